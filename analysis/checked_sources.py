"""Articles of stored tables against the sources that they were read from, where those are at hand.

The sources are read as for extraction, one file after the other. Of an article only hashes are
kept, so that an archive of any size can be checked.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.article import Article
from analysis.articles import iter_articles
from analysis.faults import fault, joined, row_faults, short
from analysis.sources import read_source

AGAIN = "get the source as it was, or extract the tables anew"
STATED = ["title", "dateline", "language"]  # what the source says beside the text
KEPT = ["article_id", "source", "sha256", "text_start", "published_from", "story_id"]
BATCH = 1000  # articles of the sources that are compared at a time


class Read(NamedTuple):
    """One article as a source holds it."""

    article_id: str
    sha256: str
    text: str
    text_start: int
    title: str | None
    dateline: str | None
    language: str | None


def kept(articles: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return what is kept of articles until their sources are read: no text, only its hash."""
    texts = articles["text"].tolist()
    stated = articles[STATED].astype(object).where(articles[STATED].notna(), None)
    return articles[KEPT].assign(
        length=np.array([len(text) for text in texts], dtype="int64"),
        digest=pd.array([_digest(text) for text in texts], dtype="string"),
        stated=pd.array([repr(tuple(row)) for row in stated.itertuples(index=False)], "string"),
        place=pd.Categorical([place] * len(texts)),
        number=articles.index.astype("int64"),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def against(
    articles: pd.DataFrame, sources: Sequence[str | Path] = ()
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Compare articles with their sources.

    Parameters
    ----------
    articles : DataFrame
        What `kept` returned, of all articles; its index counts them.
    sources : sequence of str or Path
        Where to look; without them each article's own ``source``, if a file of this name is there.

    Yields
    ------
    int, DataFrame
        Articles whose source was at hand, and a finding for each that is not what its source
        holds. With `sources` also for articles that the tables lack.
    """
    row_of = {name: i for i, name in enumerate(articles["article_id"])}
    met = pd.Series(False, index=articles.index)
    if sources:
        expected = pd.Series(True, index=articles.index)
        found = _all_of(sources)
    else:
        file_of, files = pd.factorize(articles["source"].map(_file_of).array)
        expected = pd.Series(file_of >= 0, index=articles.index)
        found = _of_files(files, file_of, row_of)
    while batch := list(islice(found, BATCH)):
        lacking = [read.article_id for read in batch if read.article_id not in row_of]
        yield 0, _lacking(lacking)
        batch = [read for read in batch if read.article_id in row_of]
        stored = articles.iloc[[row_of[read.article_id] for read in batch]]
        met[stored.index] = True
        yield len(batch), joined(_differing(batch, stored))
    lost = articles[expected & ~met]
    yield len(lost), _told(lost, None, ["no such article"] * len(lost), "the article in its source")


def _differing(batch: list[Read], stored: pd.DataFrame) -> Iterator[pd.DataFrame]:
    hashes = pd.Series([read.sha256 for read in batch], index=stored.index, dtype="string")
    other = (stored["sha256"] != hashes).to_numpy()
    bad = stored[other]
    yield _told(bad, "sha256", bad["sha256"], hashes[other])
    listed: Any = stored.itertuples()
    wrong = [not _holds(read, row) for read, row in zip(batch, listed, strict=True)] & ~other
    bad = stored[wrong]
    claims = zip(bad["length"], bad["text_start"], strict=True)
    got = [f"{count} characters at {start}" for count, start in claims]
    yield _told(bad, "text", got, "the same characters at the same place of the source")
    said = pd.Series([repr((r.title, r.dateline, r.language)) for r in batch], dtype="string")
    differs = (stored["stated"].to_numpy() != said.to_numpy()) & ~other & ~np.array(wrong)
    bad = stored[differs]
    yield _told(bad, ", ".join(STATED), bad["stated"], said[differs])


def _holds(read: Read, row: Any) -> bool:
    """Tell whether a source holds the characters of an article where it claims them."""
    first = row.text_start - read.text_start
    there = read.text[max(first, 0) : first + row.length]
    return first >= 0 and _digest(there) == str(row.digest)


def _told(rows: pd.DataFrame, column: str | None, found: Any, expected: Any) -> pd.DataFrame:
    numbered = rows.set_index("number")
    return row_faults("source", "articles", rows["place"], numbered, column, found, expected, AGAIN)


def _lacking(ids: list[str]) -> pd.DataFrame:
    said = "a row, as the sources hold it"
    return joined(
        fault("source", "articles", "missing", said, AGAIN, "articles", f"article_id {short(name)}")
        for name in ids
    )


def _all_of(sources: Sequence[str | Path]) -> Iterator[Read]:
    for table in iter_articles(*sources, batch=BATCH):
        cells = table[list(Read._fields)].astype(object)
        yield from map(Read._make, cells.where(cells.notna(), None).itertuples(index=False))


def _of_files(
    files: Iterable[str], file_of: NDArray[np.intp], row_of: Mapping[str, int]
) -> Iterator[Read]:
    """Read each file once, and of it only the articles that claim to be from there."""
    for i, file in enumerate(files):
        for item in read_source(Path(file)):
            if not isinstance(item, Article):
                continue
            row = row_of.get(item.article_id)
            if row is not None and file_of[row] == i:
                yield Read._make(getattr(item, field) for field in Read._fields)


def _file_of(source: str) -> str | None:
    """Return the file that a source names: itself, or the one with this line or archive member.

    Addresses and shares of a network are not asked for.

    Examples
    --------
    >>> _file_of("README.md, line 3"), _file_of("README.md/a.txt"), _file_of("https://a/b")
    ('README.md', 'README.md', None)
    """
    if "://" in source or source.startswith(("//", "\\\\")):
        return None
    path = Path(source)
    for name in (path, Path(source.rpartition(", ")[0]), *path.parents):
        try:
            if name.is_file():
                return sys.intern(str(name))  # one of which a million articles may be
        except OSError:  # longer than a name can be
            continue
    return None
