"""The data of the explorer: tables and sentences as scripts, which a page may load from anywhere.

A page that is opened from a folder may not read files, but it may load scripts. Each file is a call
that hands over its content, in ASCII. A column with few distinct values is written as their places
in the column's dictionary, counted from 1, 0 for a missing one, in the smallest type of whole
numbers that holds them, lowest byte first, as base64. Files are written one by one, so that memory
does not grow with the number of rows beyond the tables themselves.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ROWS = 50_000  # in a file: a few hundred kB
CHARACTERS = 500_000  # in a file of sentences
NUMBERS = ("article", "sentence", "start", "length")  # written as they are
TEXTS = ("article_id", "title", "page", "url")  # too different from row to row for a dictionary
SHARED = {"year_article": "year", "year_meeting": "year"}  # columns with a dictionary in common


class Data:
    """Writes tables into a folder, then the file ``index`` that says what there is.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    tables : iterable of DataFrame
        All tables that will be added: the dictionaries are made of their values.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> table = pd.DataFrame({"article": [0, 0, 1], "topic": ["trade", None, "energy"]})
    >>> with TemporaryDirectory() as folder:
    ...     Data(Path(folder), [table]).add(table)
    ...     print((Path(folder) / "rows-0.js").read_text())
    explorerData("rows-0", {"table": 0, "first": 0,
    "columns": {"article": "AAAB", "topic": "AgAB"}, "texts": {}});
    """

    def __init__(self, folder: Path, tables: Iterable[pd.DataFrame]) -> None:
        """Make the folder and the dictionaries."""
        self.folder = folder
        self.entries = _dictionaries(tables)
        self.tables: list[dict[str, Any]] = []
        self.files = 0
        self.first: list[int] = []  # the first sentence of each file of sentences
        self.sentences = 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, table: pd.DataFrame, **about: str) -> None:
        """Write a table: columns named in NUMBERS and TEXTS, and others with dictionaries."""
        texts = [c for c in TEXTS if c in table]
        columns = {c: self._encoded(table[c]) for c in table.columns if c not in texts}
        for first in range(0, len(table), ROWS):
            cut = slice(first, first + ROWS)
            content = {
                "table": len(self.tables),
                "first": first,
                "columns": {c: b64encode(v[cut].tobytes()).decode() for c, v in columns.items()},
                "texts": {c: _plain(table[c].iloc[cut]) for c in texts},
            }
            self._write(f"rows-{self.files}", content)
            self.files += 1
        types = {c: v.dtype.str[1:] for c, v in columns.items()}
        self.tables.append(about | {"rows": len(table), "columns": types, "texts": texts})

    def say(self, sentences: Iterable[tuple[int, str]]) -> None:
        """Write sentences, each with the place of its first character in the article."""
        for number, (first, said) in enumerate(_batches(sentences)):
            starts, texts = zip(*said, strict=True)
            self.first.append(first)
            self.sentences += len(texts)
            self._write(f"sentences-{number}", {"starts": starts, "texts": texts})

    def close(self, **more: Any) -> None:
        """Write the file that is read first: tables, dictionaries, and what else there is."""
        entries = {c: [None, *values.tolist()] for c, values in self.entries.items()}
        head = {
            "tables": self.tables,
            "files": self.files,
            "sentences": {"first": self.first, "count": self.sentences},
            "dictionaries": entries,
            "shared": SHARED,
        }
        self._write("index", head | more)

    def _encoded(self, values: pd.Series) -> NDArray[np.unsignedinteger]:
        if values.name in NUMBERS:
            numbers = values.to_numpy("int64")
            return numbers.astype(_type(int(numbers.max(initial=0))))
        known = self.entries[SHARED.get(str(values.name), str(values.name))]
        places = pd.Categorical(values, categories=known).codes.astype("int64") + 1
        return places.astype(_type(len(known)))

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        # ASCII: what else a text may hold (U+2028, a lone surrogate, NUL) is written as \uXXXX.
        with (self.folder / f"{name}.js").open("w", encoding="ascii") as file:
            file.write(f"explorerData({json.dumps(name)}, {json.dumps(content)});\n")


def _dictionaries(tables: Iterable[pd.DataFrame]) -> dict[str, pd.Index]:
    """Return the distinct values of each column of all tables, sorted."""
    found: dict[str, list[pd.Series]] = {}
    for table in tables:
        for name in table.columns:
            if name not in NUMBERS + TEXTS:
                values = table[name].dropna().drop_duplicates()
                found.setdefault(SHARED.get(name, name), []).append(values)
    joined = {name: pd.concat(values).drop_duplicates() for name, values in found.items()}
    return {name: pd.Index(values).sort_values() for name, values in joined.items()}


def _type(largest: int) -> str:
    """Return the smallest type of whole numbers that holds `largest`."""
    return next(t for t in ("<u1", "<u2", "<u4") if largest <= np.iinfo(t).max)


def _plain(values: pd.Series) -> list[str | None]:
    return [v if isinstance(v, str) else None for v in values]


def _batches(
    sentences: Iterable[tuple[int, str]],
) -> Iterator[tuple[int, list[tuple[int, str]]]]:
    """Yield sentences in lists of some 500,000 characters, with the number of the first one."""
    batch: list[tuple[int, str]] = []
    first = size = 0
    for start, text in sentences:
        batch.append((start, text))
        size += len(text)
        if size >= CHARACTERS:
            yield first, batch
            first, batch, size = first + len(batch), [], 0
    if batch:
        yield first, batch
