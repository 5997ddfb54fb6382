"""Parquet: a row is an article, with columns named as in `rows.COLUMNS`."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from analysis.article import Article, Input, Rejected, Unreadable
from analysis.rows import Record, articles_of, columns_of

BATCH = 10  # rows; few, since a text that is stored once may occur in each of them
PIECE = 2**20  # bytes of a column read at a time; a group of rows may have gigabytes of it


def read(file: Input) -> Iterator[Article | Rejected]:
    """Yield an article a row; other columns than those of `rows.COLUMNS` are not read.

    The source as read is the cell ``text`` in NFC; `sha256` is that of the cell in UTF-8, as a row
    of this format has no bytes of its own.

    Raises
    ------
    Unreadable
        It is no Parquet file, or is damaged, or has no column ``text`` that holds text.

    Examples
    --------
    >>> from io import BufferedReader, BytesIO
    >>> data = BytesIO()
    >>> pq.write_table(pa.table({"id": [7], "text": ["Talks were held."]}), data)
    >>> [article] = read(Input(BufferedReader(BytesIO(data.getvalue())), "x.parquet", "x"))
    >>> article.article_id, article.text
    ('7', 'Talks were held.')
    >>> list(read(Input(BufferedReader(BytesIO(b"PAR1")), "x.parquet", "x")))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: is damaged, or no Parquet file (...); get the file again
    """
    with _seekable(file.stream) as stream:
        try:
            yield from articles_of(file, _records(stream))
        except (pa.ArrowException, OSError) as error:
            said = str(error).partition("\n")[0][:200]
            raise Unreadable(
                f"is damaged, or no Parquet file ({said})", "get the file again"
            ) from None


@contextmanager
def _seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield the stream itself or, as the table of contents stands at the end, a copy on disk."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy, 2**20)
        copy.seek(0)
        yield copy


def _records(stream: IO[bytes]) -> Iterator[Record]:
    schema = pq.read_schema(stream)
    columns = columns_of(schema.names)
    text = schema.field(schema.names.index(columns["text"])).type
    value = text.value_type if pa.types.is_dictionary(text) else text
    if not (pa.types.is_string(value) or pa.types.is_large_string(value)):
        raise Unreadable(f"column {columns['text']} is of type {text}", "write it as strings")
    file = pq.ParquetFile(stream, buffer_size=PIECE, pre_buffer=False)
    wanted = list(columns.values())
    number = 0
    for batch in file.iter_batches(BATCH, columns=wanted, use_threads=False):
        for row in range(batch.num_rows):
            number += 1
            yield _record(number, batch, row, columns["text"])


def _record(number: int, batch: Any, row: int, text: str) -> Record:
    where = f"row {number}"
    try:
        cells = {
            name: column[row].as_py()
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
    except (ValueError, OverflowError, KeyError) as error:
        # Not UTF-8, a time beyond what Python counts, an unknown time zone.
        return Record(number, where, Unreadable(f"holds no value ({error})", "mend it"), "")
    data = str(cells[text] or "").encode("utf-8", "surrogatepass")
    return Record(number, where, cells, hashlib.sha256(data).hexdigest())
