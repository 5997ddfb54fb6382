"""What a web page states about its article: day of publication, publisher, language, address.

Only what is made for machines counts: ``meta``, JSON-LD, ``time datetime``. Days in the prose, in
footers or in the headers of the server's answer are no day of publication.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml.html import HtmlElement
from trafilatura import load_html

from analysis.pages import is_web_address
from analysis.stated import Stated, day_of_address, day_written

# Names of <meta> that hold the day of publication, in lower case; the first found goes.
META_DAYS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "dcterms.issued",
    "dc.date.issued",
    "citation_publication_date",
    "pubdate",
)
PUBLISHERS = ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher")
# Types of schema.org that are texts with a day of their own; they end in these words.
TEXTS = ("Article", "BlogPosting", "Report")
HALF = re.compile("[\ud800-\udfff]")
NODES = 10_000  # of JSON-LD; no page describes so much of itself


class Facts(NamedTuple):
    """What a page states; each may be missing."""

    published: Stated | None = None
    publisher: str | None = None
    language: str | None = None


def facts_of(html: str, address: str | None = None) -> Facts:
    """Return what a decoded page states about itself.

    Parameters
    ----------
    html : str
        The page.
    address : str, optional
        Where it was fetched from; otherwise the address that the page gives as its own.

    Returns
    -------
    Facts
        The day is that of ``meta``, or of JSON-LD, or of the ``time`` elements where all agree, or
        of the address.

    Examples
    --------
    >>> page = '<meta property="article:published_time" content="2024-03-05T08:00:00+07:00"><p>a'
    >>> facts_of(page).published
    Stated(day=datetime.date(2024, 3, 5), basis='header', evidence='article:published_time
    2024-03-05T08:00:00+07:00')
    >>> facts_of("<p>Updated 03/05/2024</p><footer>© 2019</footer>").published is None
    True
    """
    try:
        tree = load_html(html)
    except Exception:  # whatever a page may do to the parser, it then states nothing
        tree = None
    if tree is None:
        return Facts(day_of_address(address) if address else None)
    metas = _metas(tree)
    described = list(_described(tree))
    own = [*tree.xpath("//link[@rel='canonical']/@href"), metas.get("og:url", "")]
    address = address or next(filter(is_web_address, map(str, own)), None)
    published = (
        _first(f"{name} {metas[name]}" for name in META_DAYS if name in metas)
        or _first(f"datePublished {day}" for day in _days(described))
        or _agreed(tree)
        or (day_of_address(address) if address else None)
    )
    stated = (metas[name] for name in PUBLISHERS if name in metas)
    publisher = next(stated, None) or next(_publishers(described), None)
    return Facts(published, publisher, tree.get("lang") or tree.get("{*}lang"))


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Return the content of each <meta> by its name; of several with one name the first."""
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        content = " ".join((meta.get("content") or "").split())[:500]
        if content:
            found.setdefault(name.lower(), content)
    return found


def _described(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON-LD, the nested ones too."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            pending = deque([json.loads(script.text or "", strict=False)])
        except (ValueError, RecursionError):
            continue
        for _ in range(NODES):
            if not pending:
                break
            node = pending.popleft()
            if isinstance(node, dict):
                yield node
                pending.extend(node.values())
            elif isinstance(node, list):
                pending.extend(node)


def _whole(text: str) -> str:
    """Return the beginning of a text; JSON may spell half of a character, which no file holds."""
    return HALF.sub("\ufffd", text[:500])


def _days(described: list[dict[str, Any]]) -> list[str]:
    """Return the day of the texts described, if they have one in common."""
    days = {
        _whole(str(node["datePublished"]))
        for node in described
        if str(node.get("@type", "")).strip("[]'").endswith(TEXTS) and "datePublished" in node
    }
    return list(days) if len({day_written(day) for day in days}) == 1 else []


def _publishers(described: list[dict[str, Any]]) -> Iterator[str]:
    for node in described:
        publisher = node.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else publisher
        if isinstance(name, str) and name.strip():
            yield _whole(" ".join(name.split()))


def _agreed(tree: HtmlElement) -> Stated | None:
    """Return the day of the <time> elements: of those that say they are it, or of all if one."""
    times = [t for t in tree.iter("time") if t.get("datetime")]
    marked = [t for t in times if t.get("pubdate") is not None or _is_published(t)]
    written = sorted({str(t.get("datetime"))[:500] for t in marked or times})
    if len({day_written(w) for w in written}) != 1:
        return None
    return _first([f"time {written[0]}"])


def _is_published(element: HtmlElement) -> bool:
    return (element.get("itemprop") or "").lower() == "datepublished"


def _first(statements: Any) -> Stated | None:
    """Return the first of some statements, each a name and what it says, that is a day."""
    for statement in statements:
        day = day_written(statement.partition(" ")[2])
        if day:
            return Stated(day, "header", statement)
    return None
