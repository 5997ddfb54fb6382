"""Stored tables → some articles at a time with all their rows, so that any folder fits in memory.

Rows normally stand in the order of their articles, and each file is then read once from its start.
Where they do not, the table of that file is held as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.exact_csv import read_csv
from analysis.schema import TableError

# What Arrow has for numbers with gaps comes back as such, and not as floating point.
PANDAS = {
    pa.string(): pd.StringDtype(),
    pa.large_string(): pd.StringDtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
}
READ = 65536  # names of articles read at a time
BATCH = 4096  # rows read at a time; so many texts are some ten megabytes
# What reading a damaged file raises.
DAMAGED = (pa.ArrowException, OSError, ValueError, MemoryError)


class StoredTable:
    """One file of a table, whose rows are handed out article by article.

    Parameters
    ----------
    path : Path
        Parquet or CSV as `stored.store` writes it.
    ids : Index, optional
        The articles in the order in which their rows are handed out; a row of none goes with the
        one before. Without them those of this table, in its order.

    Attributes
    ----------
    schema : pyarrow.Schema
        The columns and their types; of CSV all are text.
    ids : Index
        The articles.

    Raises
    ------
    One of `DAMAGED`
        The file cannot be read, or its rows have no article.
    """

    def __init__(self, path: Path, ids: pd.Index | None = None) -> None:
        parquet = path.suffix == ".parquet"
        # Read ahead, a group of rows would be in memory as a whole.
        source = pq.ParquetFile(path, pre_buffer=False) if parquet else _arrow(read_csv(path))
        self.schema: Any = source.schema_arrow if parquet else source.schema
        if self.schema.names.count("article_id") != 1:
            raise TableError(f"{path}: has not one column article_id, but {self.schema.names}")
        owners = _encoded(
            (batch.column(0) for batch in source.iter_batches(READ, columns=["article_id"]))
            if parquet
            else source["article_id"].chunks
        )
        self.ids = pd.Index(owners.dictionary.to_pandas()) if ids is None else ids
        at = _positions(owners, self.ids)
        articles = np.maximum.accumulate(at)
        self._numbers: Any = None  # of the rows in another order, those in the file
        self._whole: Any = None if parquet else source
        if (at[at >= 0] != articles[at >= 0]).any():
            self._numbers = np.argsort(at, kind="stable")
            articles = at[self._numbers]
            whole = pq.read_table(path) if self._whole is None else self._whole
            self._whole = whole.take(self._numbers)
        self._ends = np.searchsorted(articles, np.arange(len(self.ids) + 1))
        self._batches = source.iter_batches(BATCH) if parquet else iter(())
        self._held: list[Any] = []
        self._taken = 0

    def until(self, article: int) -> pd.DataFrame:
        """Return the next rows, those before an article; their index counts the rows of the file.

        Raises
        ------
        One of `DAMAGED`
            The file is damaged further down.
        """
        first, last = self._taken, int(self._ends[article])
        self._taken = last
        rows = self._next(last - first) if self._whole is None else self._whole[first:last]
        rows.validate(full=True)  # the texts of a damaged file may be no UTF-8
        found: pd.DataFrame = rows.to_pandas(ignore_metadata=True, types_mapper=PANDAS.get)
        in_order = self._numbers is None
        numbers = np.arange(first, last) if in_order else self._numbers[first:last]
        return found.set_axis(numbers, axis="index")

    def _next(self, count: int) -> Any:
        while sum(len(batch) for batch in self._held) < count:
            self._held.append(next(self._batches))
        held = pa.Table.from_batches(self._held, self.schema)
        self._held = held[count:].to_batches()
        return held[:count]


def _arrow(table: pd.DataFrame) -> Any:
    return pa.Table.from_pandas(table, preserve_index=False)


def _encoded(parts: Iterable[Any]) -> Any:
    """Return texts, most of which are those before them, as numbers of a list of the different."""
    chunks = [part.cast(pa.large_string()).dictionary_encode() for part in parts]
    kind = pa.dictionary(pa.int32(), pa.large_string())
    return pa.chunked_array(chunks, kind).unify_dictionaries().combine_chunks()


def _positions(owners: Any, ids: pd.Index) -> np.ndarray:
    """Return the position of the article of each row, -1 where there is none."""
    of_word = np.append(ids.get_indexer(owners.dictionary.to_pandas()), -1).astype(np.int32)
    found: np.ndarray = of_word[owners.indices.fill_null(len(owners.dictionary)).to_numpy()]
    return found
