"""Sources → the table `articles`, whole or in batches that fit into memory however many there are.

What cannot be read is set aside with its reason and remedy, and the rest is done.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.article import Article, Rejected, parse_text
from analysis.formats import ALLOWED
from analysis.schema import check, empty, frame
from analysis.sources import read_source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SourceError", "articles_frame", "iter_articles", "parse_text", "read_articles"]


class SourceError(ValueError):
    """A source that cannot be used at all; the message says what to give instead."""


def read_articles(*sources: str | Path) -> pd.DataFrame:
    """Read articles into the table `articles`; a row is one article.

    Parameters
    ----------
    *sources : str or Path
        Folders or files: text, HTML, JSON Lines, CSV, Parquet, RSS, Atom, WARC, also as ``.gz`` or
        in a ``.zip``. What a file's format is its suffix says, unless its content is clearly
        something else. A folder's ``manifest.csv`` (article_id, publisher) is used if present.

    Returns
    -------
    DataFrame
        Dates hold what the sources say; `extract` infers the others. `text` is a slice of the
        source as read: of the file, of the field ``text`` of a row, or of the text found in a page
        or entry. What was set aside is in ``.attrs["rejected"]``, a list of dicts with source,
        reason and remedy.

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
    import pandas as pd

    batches = list(iter_articles(*sources))
    filled = [b for b in batches if len(b)]
    rejected = [r for b in batches for r in b.attrs["rejected"]]
    for b in filled:
        b.attrs = {}  # else they would be compared with each other
    table = pd.concat(filled, ignore_index=True) if filled else empty("articles")
    table.attrs["rejected"] = rejected
    return table


def iter_articles(*sources: str | Path, batch: int = 1000) -> Iterator[pd.DataFrame]:
    """Read articles into tables of at most `batch` rows, so that any archive fits into memory.

    Parameters
    ----------
    *sources : str or Path
        As for `read_articles`.
    batch : int
        Articles in a table. Beside one such table only the ids are kept, to tell repeated ones.

    Yields
    ------
    DataFrame
        The table `articles`, in the order of the sources. What has been set aside since the table
        before is in ``.attrs["rejected"]``; the last table may have no row and only this.

    Raises
    ------
    SourceError
        A source does not exist or holds no article, or `batch` is less than 1.

    Examples
    --------
    >>> [len(table) for table in iter_articles("seeds", batch=2)]
    [2, 2, 1]
    >>> next(iter_articles("seeds", batch=0))
    Traceback (most recent call last):
    ...
    analysis.articles.SourceError: batch 0 is no number of articles; give 1 or more
    """
    if batch < 1:
        raise SourceError(f"batch {batch} is no number of articles; give 1 or more")
    paths = [Path(source) for source in sources]
    for path in paths:
        if not path.exists():
            raise SourceError(f"{path}: no such file or folder")
    return _batches(paths, batch)


def _batches(paths: list[Path], batch: int) -> Iterator[pd.DataFrame]:
    articles: list[Article] = []
    rejected: list[dict[str, str]] = []
    for item in _told_apart(paths):
        if isinstance(item, Article):
            articles.append(item)
        else:
            rejected.append(item._asdict())
        if max(len(articles), len(rejected)) == batch:
            yield _table(articles, rejected)
            articles, rejected = [], []
    if articles or rejected:
        yield _table(articles, rejected)


def _table(articles: list[Article], rejected: list[dict[str, str]]) -> pd.DataFrame:
    table = check("articles", articles_frame(articles))
    table.attrs["rejected"] = rejected
    return table


def _told_apart(paths: list[Path]) -> Iterator[Article | Rejected]:
    """Yield what the sources hold, an article whose id has occurred before as set aside."""
    seen: dict[str, str] = {}
    for path in paths:
        publishers = _publishers(path if path.is_dir() else path.parent)
        found = False
        for item in read_source(path):
            found = True
            if isinstance(item, Rejected):
                yield item
            elif item.article_id in seen:
                reason = f"article_id {item.article_id!r} is already that of"
                remedy = "give one of the files another name, or one of the records another id"
                yield Rejected(item.source, f"{reason} {seen[item.article_id]}", remedy)
            else:
                seen[item.article_id] = item.source
                yield item._replace(publisher=publishers.get(item.article_id) or item.publisher)
        if not found:
            raise SourceError(f"{path}: no article in this folder; {ALLOWED}")


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


def articles_frame(articles: list[Article]) -> pd.DataFrame:
    """Return articles as the table `articles`, dates as the sources say them."""
    by_column = {name: [getattr(a, name) for a in articles] for name in Article._fields}
    published = by_column.pop("published")
    by_column |= {"published_from": published, "published_to": published}
    # Which articles are reprints shows only when all are there and dated: `extract` says so.
    return frame("articles", by_column | {"story_id": [None] * len(articles)})
