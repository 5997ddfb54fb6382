"""Parts of a corpus: articles in, their seven tables out, the same bytes wherever that is done.

A part is named by all that its tables depend on.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.extraction import extract_each
from analysis.knowledge import Knowledge, load
from analysis.part_stories import SIGNATURES, signed
from analysis.provenance import made_by

# One article in so many ends its part, as the hash of its id has it. A new article then changes the
# part that it falls into, and not where all later parts begin.
ENDS = 256
MOST = 512  # articles of a part that no id has ended


class PartError(ValueError):
    """A part that cannot be made; the message says which, and what to do about it."""


class Task(NamedTuple):
    """One part to make: its name, its articles, and what to look for in them.

    `own` holds the user's knowledge files as name and text, since a worker may be on a machine that
    does not have them; `made_by` is the library that must do it.
    """

    name: str
    articles: pd.DataFrame
    own: tuple[tuple[str, str], ...]
    made_by: str

    def __str__(self) -> str:
        """Say which articles these are."""
        ids = self.articles["article_id"]
        return f"part {self.name[:12]} ({len(ids)} articles, {ids.iloc[0]!r} to {ids.iloc[-1]!r})"


def make(task: Task) -> dict[str, bytes]:
    """Extract one part and return each table as the bytes of a Parquet file, always the same ones.

    Beside the tables, whose ``story_id`` is still missing, there are the signatures of its texts.
    This runs in the process that asks, in another one, or on another machine.

    Raises
    ------
    PartError
        The library here is not the one that asks.

    Examples
    --------
    >>> from analysis.articles import read_articles
    >>> task = Task("seeds", read_articles("seeds"), (), made_by())
    >>> list(make(task))[:3]
    ['articles', 'sentences', 'topics']
    >>> make(task._replace(made_by="0"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.parts.PartError: this worker has another version of the library, of pandas, ...
    """
    if task.made_by != made_by():
        raise PartError(
            "this worker has another version of the library, of pandas, pyarrow or datasketch than "
            "the process that asks; install the same everywhere and start the workers again"
        )
    tables = extract_each(task.articles, _knowledge(task.own))
    made = {}
    for name, table in [*tables, (SIGNATURES, signed(tables.articles))]:
        file = BytesIO()
        table.to_parquet(file, index=False)
        made[name] = file.getvalue()
    return made


def texts_of(folder: Path | None) -> tuple[tuple[str, str], ...]:
    """Return the knowledge files of a folder as name and text."""
    found = sorted(folder.glob("*.csv")) if folder else []
    return tuple((path.name, path.read_text("utf-8-sig")) for path in found)


@cache
def _knowledge(own: tuple[tuple[str, str], ...]) -> Knowledge:
    if not own:
        return load()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in own:
            (Path(folder) / name).write_text(text, encoding="utf-8", newline="")
        return Knowledge(Path(folder))


def cut(tables: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Cut a stream of articles into parts, the same whatever tables they come in.

    Examples
    --------
    >>> from analysis.articles import iter_articles
    >>> [len(part) for part in cut(iter_articles("seeds", batch=2))]
    [5]
    """
    held: list[pd.DataFrame] = []
    size = 0
    for table in tables:
        begun = 0
        for i, article_id in enumerate(table["article_id"], 1):
            size += 1
            hashed = int.from_bytes(hashlib.sha256(_bytes(article_id)).digest())
            if size == MOST or hashed % ENDS == 0:
                yield _joined([*held, table.iloc[begun:i]])
                held, begun, size = [], i, 0
        if begun < len(table):
            held.append(table.iloc[begun:])
    if held:
        yield _joined(held)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    for table in tables:
        table.attrs = {}  # else they would be compared with each other
    return pd.concat(tables, ignore_index=True)


def name_of(articles: pd.DataFrame, knowledge: Knowledge) -> str:
    """Return the name of a part: a hash of its articles, of the knowledge and of the library."""
    rows = articles.to_json(orient="split", index=False, date_format="iso")
    told = "\n".join([made_by(), knowledge.hash, rows])
    return hashlib.sha256(_bytes(told)).hexdigest()


def _bytes(text: str) -> bytes:
    """Return the bytes of any text, also of one with half of a character."""
    return text.encode("utf-8", "surrogatepass")
