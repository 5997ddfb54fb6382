"""Files → articles: reads, finds what stands around the body, and never rewrites a character.

The text format known here is that of a wire's plain-text archive: an optional `` date YYYY-MM-DD ``
before everything, an optional headline on a line of its own, an optional dateline (``HÀ NỘI —``,
``SEOUL, Aug. 11 (Yonhap) --``), the body, and a closing byline (``— VNA/VNS``) or ``./.``.
What cannot be read is set aside with its reason and remedy, and the rest is done.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.schema import check, frame

if TYPE_CHECKING:
    import pandas as pd

DATE_HEADER = re.compile(r"\s*date[ \t]+(\d\S*)\s*")
# A dateline: capitalised words, days and years, an agency in brackets or slashes, and a mark that
# ends it. A word takes its own full stop, so that no text can be divided in two ways.
PLACE = (
    r"[^\W\d_a-z][\w'’.-]*"
    r"(?:(?:,? | ?[/|] ?)(?:[^\W\d_a-z][\w'’.-]*|of|and|d[aeiou]s?|del|al|el|la|\d{1,2}(?:st|nd|rd|th)?|\d{4}))*"
)
AGENCY = r"(?:,? ?(?:\([^()\n]{2,40}\)|\[[^\[\]\n]{2,40}\]|/[^/\n]{2,30}/))"
DATELINE = re.compile(
    rf"[(\[]?({PLACE}{AGENCY}{{0,2}}(?:, {PLACE}{AGENCY}?)?)[)\]]?"
    r"\s*(?:[—–]|\s-{1,3}|(?<=[^\W\d_a-z]{3}):|(?<=[)\]\d]):|\.\s?-{1,2}|/\.?)\s+"
    r"(?=[^\W\d_a-z\"“‘'])"
)
# "BAKU, Azerbaijan, March 14. President …": without a mark, only capitals and a day tell.
STOPPED = re.compile(
    r"([^\W\d_a-z]{3}[^\W\d_a-z .'’-]*(?:, |\. )[^.\n]{0,30}(?:\. )?\d{1,2}"
    r"(?:, \d{4})?(?:, [^\W\d_a-z]{3,}| \([^()\n]{2,30}\)| ?/ ?[^/\n]{2,20} ?/)?)\.\s+"
    r"(?:/[^/\n]{2,20}/\.?\s+)?(?=[^\W\d_a-z\"“‘])"
)
# A line of its own that holds a full date, or a month with its year, and little else.
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
DAY_SAID = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]{MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?|{MONTH})"
    r",?[ -](?:19|20)\d\d\b|\b(?:19|20)\d\d-\d\d?-\d\d?\b|\b\d\d?[./]\d\d?[./](?:19|20)\d\d\b",
    re.I,
)
DAY_LINE_LIMIT = 120  # characters
DAY_LINE_WORDS = 12  # beside the date: place, time of day, who issued it
HEAD_LINES = 5  # lines that may stand before the body
PHOTO_CREDIT = re.compile(
    r"(?:[—–-]\s?[^\W\d_a-z][\w/. ]{1,30}\s?[Pp]hotos?|[\[(][Pp]hoto[^\])\n]{0,60}[\])])"
    r"(?=\s|[^\W\d_a-z])"
)
BYLINE = re.compile(r"(?:(?<=\.)/\.|\s*[—–]\s*[^\W\d_a-z][\w.]*(?:[/ ][^\W\d_a-z][\w.]*){0,3})\s*$")
HEADLINE_LIMIT = 200  # characters; a longer first line is a paragraph
# The commonest words of English prose; in running text one word in five is among them.
FUNCTION_WORDS = re.compile(r"\b(?:the|of|and|to|in|that|on|for|with)\b")


class Article(NamedTuple):
    """One article as read; the columns of the table `articles` except the inferred ones."""

    article_id: str
    source: str
    publisher: str | None
    title: str | None
    dateline: str | None
    language: str | None
    published: date | None
    text: str
    text_start: int
    sha256: str


class Rejected(NamedTuple):
    """One input that was set aside: which, why, and what to do about it."""

    source: str
    reason: str
    remedy: str


class SourceError(ValueError):
    """A source that cannot be used at all; the message says what to give instead."""


class Front(NamedTuple):
    """What stands before the body, as offsets into the text: headline, dateline, body's start.

    `dated` is a line of its own that holds the date; without another dateline it is one too.
    """

    title: tuple[int, int] | None
    dateline: tuple[int, int] | None
    body: int
    dated: tuple[int, int] | None = None


def front_matter(text: str) -> Front:
    r"""Find headline, photo caption and dateline at the head of a text.

    Examples
    --------
    >>> text = "Ministers meet in Oslo\nOSLO — Foreign Minister A B said…"
    >>> front = front_matter(text)
    >>> text[slice(*front.title)], text[slice(*front.dateline)], text[front.body:]
    ('Ministers meet in Oslo', 'OSLO', 'Foreign Minister A B said…')
    >>> text = "Visit to Oslo\nPosted on: 13 March 2025, 18:30\n\nThe ministers met."
    >>> front = front_matter(text)
    >>> text[slice(*front.dateline)], text[front.body:]
    ('Posted on: 13 March 2025, 18:30', 'The ministers met.')
    """
    title, dated, at = _head_lines(text)
    credit = PHOTO_CREDIT.search(text, at, at + 400)
    if credit:
        at = _skip_space(text, credit.end())
    found = DATELINE.match(text, at) or STOPPED.match(text, at)
    if found and len(found.group(1)) <= 80:
        return Front(title, found.span(1), found.end(), dated)
    return Front(title, dated, at, dated)


def _head_lines(
    text: str,
) -> tuple[tuple[int, int] | None, tuple[int, int] | None, int]:
    """Return the headline, the line with the date, and where what follows them begins."""
    lines: list[tuple[int, int, str]] = []
    at = _skip_space(text, 0)
    while len(lines) < HEAD_LINES and 0 <= (end := text.find("\n", at)) <= at + HEADLINE_LIMIT:
        line = text[at:end].rstrip()
        kind = "dated" if _is_dated(line) else "" if line[-1:] in ".!?:;,…”\"" else "headline"
        if not kind:
            break
        lines.append((at, at + len(line), kind))
        at = _skip_space(text, end)
    # Short lines are the head only as far as the headline or the line with the date.
    last = max((i for i, (_, _, kind) in enumerate(lines) if kind == "dated"), default=0)
    head = lines[: last + 1]
    title = next(((a, b) for a, b, kind in head if kind == "headline"), None)
    dated = next(((a, b) for a, b, kind in head if kind == "dated"), None)
    return title, dated, _skip_space(text, head[-1][1]) if head else _skip_space(text, 0)


def _is_dated(line: str) -> bool:
    """Tell whether a line gives the day of the text: a date, and little else."""
    if len(line) > DAY_LINE_LIMIT or line.endswith("."):
        return False
    said = DAY_SAID.search(line)
    if not said:
        return False
    rest = (line[: said.start()] + line[said.end() :]).split()
    before, after = line[: said.start()].rstrip(), line[said.end() :].strip(" :)]")
    apart = not before or before[-1] in ",:;|·•–—-(" or ":" in line
    return len(rest) <= (DAY_LINE_WORDS if apart and (not after or ":" in line) else 3)


def _skip_space(text: str, at: int) -> int:
    return at + len(text[at : at + 200]) - len(text[at : at + 200].lstrip())


def parse_text(
    raw: str, article_id: str, source: str, sha256: str, publisher: str | None
) -> Article:
    """Turn the content of one text file into an article.

    Raises
    ------
    SourceError
        The file holds no text, or its date header holds no date.

    Examples
    --------
    >>> a = parse_text(" date 2025-03-19 HÀ NỘI — Talks were held. — VNS", "a", "a.txt", "0", None)
    >>> a.published, a.dateline, a.text
    (datetime.date(2025, 3, 19), 'HÀ NỘI', 'HÀ NỘI — Talks were held.')
    >>> parse_text(" date 2025-13-19 Talks were held.", "a", "a.txt", "0", None)
    Traceback (most recent call last):
    ...
    analysis.articles.SourceError: date header '2025-13-19' is no date; write date YYYY-MM-DD
    """
    header = DATE_HEADER.match(raw)
    published = None
    start = len(raw) - len(raw.lstrip("\ufeff \t\r\n"))
    if header:
        try:
            published = date.fromisoformat(header.group(1))
        except ValueError:
            raise SourceError(
                f"date header {header.group(1)!r} is no date; write date YYYY-MM-DD"
            ) from None
        start = header.end()
    end = len(raw.rstrip())
    byline = BYLINE.search(raw, max(start, end - 60), end)
    if byline:
        end = byline.start()
    text = raw[start:end]
    if not text.strip():
        raise SourceError("holds no text; remove it or fill it")
    front = front_matter(text)
    words = len(text.split())
    english = len(FUNCTION_WORDS.findall(text)) >= 0.08 * words
    return Article(
        article_id,
        source,
        publisher,
        text[slice(*front.title)] if front.title else None,
        text[slice(*front.dateline)] if front.dateline else None,
        "en" if english else None,
        published,
        text,
        start,
        sha256,
    )


def iter_articles(sources: Iterable[str | Path]) -> Iterator[Article | Rejected]:
    """Yield the articles of files and folders in order of their names, and what is set aside."""
    seen: dict[str, str] = {}
    for path, publisher in _files(sources):
        try:
            data = path.read_bytes()
            raw = unicodedata.normalize("NFC", data.decode("utf-8"))
            digest = hashlib.sha256(data).hexdigest()
            article = parse_text(raw, path.stem, str(path), digest, publisher)
        except UnicodeDecodeError as error:
            reason = f"is not UTF-8 (byte {error.start} is {data[error.start]:#04x})"
            yield Rejected(str(path), reason, "save it as UTF-8")
        except OSError as error:
            yield Rejected(str(path), f"cannot be read ({error.strerror})", "check its permissions")
        except SourceError as error:
            reason, _, remedy = str(error).partition("; ")
            yield Rejected(str(path), reason, remedy)
        else:
            if article.article_id in seen:
                reason = f"article_id {article.article_id!r} is already that of {seen[path.stem]}"
                yield Rejected(str(path), reason, "give one of the files another name")
            else:
                seen[article.article_id] = str(path)
                yield article


def _files(sources: Iterable[str | Path]) -> Iterator[tuple[Path, str | None]]:
    for source in map(Path, sources):
        if source.is_file():
            yield source, _publishers(source.parent).get(source.stem)
        elif source.is_dir():
            publishers = _publishers(source)
            found = sorted(p for p in source.rglob("*.txt") if p.is_file())
            if not found:
                raise SourceError(f"{source}: no article in this folder; articles are .txt files")
            for path in found:
                yield path, publishers.get(path.stem)
        else:
            raise SourceError(f"{source}: no such file or folder")


def _publishers(folder: Path) -> dict[str, str | None]:
    """Read who published each article, where the folder has a manifest that says so."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        return {}
    rows = csv.DictReader(manifest.read_text("utf-8").splitlines())
    return {r["article_id"]: r.get("publisher") or None for r in rows if r.get("article_id")}


def read_articles(*sources: str | Path) -> pd.DataFrame:
    """Read articles into the table `articles`; a row is one article.

    Parameters
    ----------
    *sources : str or Path
        Folders or files. A folder's ``manifest.csv`` (article_id, publisher) is used if present.

    Returns
    -------
    DataFrame
        Dates hold what the sources say; `extract` infers the others. What was set aside is in
        ``.attrs["rejected"]``, a list of dicts with source, reason and remedy.

    Raises
    ------
    SourceError
        A source does not exist or holds no article.

    Examples
    --------
    >>> read_articles("no/such/folder")
    Traceback (most recent call last):
    ...
    analysis.articles.SourceError: no/such/folder: no such file or folder
    """
    articles: list[Article] = []
    rejected: list[Rejected] = []
    for item in iter_articles(sources):
        if isinstance(item, Article):
            articles.append(item)
        else:
            rejected.append(item)
    table = articles_frame(articles)
    table.attrs["rejected"] = [r._asdict() for r in rejected]
    return check("articles", table)


def articles_frame(articles: list[Article]) -> pd.DataFrame:
    """Return articles as the table `articles`, dates as the sources say them."""
    by_column = {name: [getattr(a, name) for a in articles] for name in Article._fields}
    published = by_column.pop("published")
    basis = ["header" if d else None for d in published]
    evidence = [f"date header {d}" if d else None for d in published]
    return frame(
        "articles",
        by_column
        | {"published_from": published, "published_to": published}
        | {"date_basis": basis, "date_evidence": evidence},
    )
