"""Files → articles: reads, finds what stands around the body, and never rewrites a character.

The text format known here is that of a wire's plain-text archive: an optional `` date YYYY-MM-DD ``
before everything, an optional headline on a line of its own, an optional dateline (``HÀ NỘI —``,
``SEOUL, Aug. 11 (Yonhap) --``), the body, and a closing byline (``— VNA/VNS``) or ``./.``.
What cannot be read is set aside with its reason and remedy, and the rest is done.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.days import FIRST, LAST
from analysis.front import front_matter
from analysis.schema import check, frame

if TYPE_CHECKING:
    import pandas as pd

DATE_HEADER = re.compile(r"\s*date[ \t]+(\d\S*)\s*")
BYLINE = re.compile(r"(?:(?<=\.)/\.|\s*[—–]\s*[^\W\d_a-z][\w.]*(?:[/ ][^\W\d_a-z][\w.]*){0,3})\s*$")
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
        if not FIRST <= published <= LAST:
            raise SourceError(
                f"date header {published} is not within {FIRST} and {LAST}; correct it"
            )
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
            str(path).encode("utf-8")
        except UnicodeEncodeError:
            shown = repr(os.fsencode(path))
            yield Rejected(shown, "has a name that is not UTF-8", "rename the file")
            continue
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


@lru_cache(maxsize=16)
def _publishers(folder: Path) -> dict[str, str | None]:
    """Read who published each article, where the folder has a manifest that says so."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        return {}
    try:
        rows = csv.DictReader(manifest.read_text("utf-8-sig").splitlines())
    except UnicodeDecodeError:
        raise SourceError(f"{manifest}: is not UTF-8; save it as UTF-8") from None
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
