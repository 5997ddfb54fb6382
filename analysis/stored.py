"""How tables lie in a folder: a file each, or a file a year each; written piece by piece, and read.

They are put in place all together, as `commit` has it, with a list of what belongs to them.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.commit import (
    REJECTED,
    begin,
    commit,
    in_force,
    located,
    mend_for_reader,
    tables_in,
    waiting,
)
from analysis.durable import described, named
from analysis.exact_csv import read_csv, write_csv
from analysis.formulas import guarded
from analysis.schema import SCHEMA, TABLES, TableError, empty

FORMATS = ("parquet", "csv")
TRIES = 5  # to read tables that others replace meanwhile
# Arrow's size of the rows that are held until they are written as one group of rows.
GROUP_BYTES = 64 * 2**20

# Pieces of a table, each with the year that it belongs to; "" where one file holds all.
Pieces = Iterable[tuple[str, "pd.DataFrame | pa.Table"]]


def store(
    folder: Path,
    pieces: Callable[[str], Pieces],
    format: str = "parquet",
    provenance: Mapping[str, Any] = {},
    rejected: Sequence[Mapping[str, str]] = (),
) -> None:
    """Write tables into a folder piece by piece; the bytes depend only on the rows and their order.

    Parameters
    ----------
    folder : Path
        Tables that it holds are replaced, all at once. The caller is alone in it (`lock.alone`).
    pieces : callable
        Returns the pieces of a table, given its name. A piece with the year ``""`` goes into
        ``NAME.parquet`` or ``NAME.csv``, another one into ``NAME/year=YEAR/part-0.parquet``.
    format : {"parquet", "csv"}
        CSV has no years.
    provenance : mapping
        What the tables were made of and by. It is kept in ``tables.json``, with the schema's
        version and, under ``files``, the sha256, bytes and rows of each file.
    rejected : sequence
        What was set aside: source, reason and remedy; for ``rejected.csv``, if there is any.

    Raises
    ------
    TableError
        `format` is unknown, or something else has the place of a file; nothing is written.

    Examples
    --------
    >>> store(Path("tables"), lambda name: [("", empty(name))], "xlsx")
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: format 'xlsx' is unknown; allowed: parquet, csv
    """
    require_format(format)
    new = begin(folder)
    write = _write_parquet if format == "parquet" else _write_csv
    rows: dict[str, int] = {}
    for name in TABLES:
        rows |= write(new, name, pieces(name))
    if rejected:
        rows |= _write_rejected(new, rejected)
    files = {
        place: {**described(new / place), "rows": count} for place, count in sorted(rows.items())
    }
    commit(folder, {"schema": SCHEMA, "format": format, **provenance, "files": files})


def require_format(format: str) -> None:
    """Refuse a format in which tables cannot be stored."""
    if format not in FORMATS:
        raise TableError(f"format {format!r} is unknown; allowed: {', '.join(FORMATS)}")


def load_all(folder: Path) -> dict[str, pd.DataFrame]:
    """Read all tables as they lie there, all of them old or all new if they are being replaced.

    Raises
    ------
    TableError
        A table is missing or damaged.
    """
    mend_for_reader(folder)
    for left in reversed(range(TRIES)):
        before = in_force(folder)
        try:
            loaded = {name: load_table(folder, name) for name in TABLES}
        except (TableError, FileNotFoundError):
            if not left or (in_force(folder) == before and waiting(folder) is None):
                raise
        else:
            if in_force(folder) == before:
                return loaded
    raise TableError(f"{folder}: the tables are replaced again and again; read them when that ends")


def load_table(folder: Path, name: str) -> pd.DataFrame:
    """Read one table as it lies there, its types as the format has them.

    Raises
    ------
    TableError
        The table is missing or damaged.
    """
    paths = require_files(folder, name)
    if paths[0].suffix == ".csv":
        return read_csv(paths[0])
    if len(paths) == 1:
        return read_parquet(paths[0])
    return pd.concat([read_parquet(path) for path in paths], ignore_index=True)


def require_files(folder: Path, name: str) -> list[Path]:
    """Return the files of a table, or refuse a folder that has none."""
    paths = files_of(folder, name)
    if not paths:
        raise TableError(
            f"{folder}: no {name}.parquet or {name}.csv; "
            "write the tables there with `analysis extract SOURCE --out FOLDER`"
        )
    return paths


def files_of(folder: Path, name: str) -> list[Path]:
    """Return the files of a table: one Parquet file, else those of its years, else one of CSV."""
    listed = waiting(folder)
    there = tables_in(folder, name) if listed is None else set(listed)
    years = sorted(place for place in there if place.startswith(f"{name}/"))
    for places in ([f"{name}.parquet"], years, [f"{name}.csv"]):
        if there.issuperset(places) and places:
            return [folder / p if listed is None else located(folder, p) for p in places]
    return []


def read_parquet(path: Path) -> pd.DataFrame:
    """Read one file; the name of a folder above it never becomes a column."""
    try:
        return pd.read_parquet(path, partitioning=None)
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: is no Parquet file ({error}); extract the tables anew") from None


def read_arrow(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read one file, or some of its columns, as Arrow holds it."""
    try:
        return pq.ParquetFile(path).read(columns)
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: is no Parquet file ({error}); extract the tables anew") from None


def _write_parquet(folder: Path, name: str, pieces: Pieces) -> dict[str, int]:
    """Write the pieces of a table; return the place of each file and its number of rows."""
    schema = arrow_schema(name)
    rows: Counter[str] = Counter()
    writers: dict[str, pq.ParquetWriter] = {}
    with ExitStack() as opened:
        for year, group in _groups(pieces, schema):
            place = f"{name}/year={year}/part-0.parquet" if year else f"{name}.parquet"
            with named(folder / place):
                if place not in writers:
                    (folder / place).parent.mkdir(parents=True, exist_ok=True)
                    writer = pq.ParquetWriter(folder / place, schema)
                    writers[place] = opened.enter_context(writer)
                writers[place].write_table(group)
            rows[place] += len(group)
    return rows


@cache
def arrow_schema(name: str) -> pa.Schema:
    """Return the types of a table's columns as Arrow has them."""
    return pa.Schema.from_pandas(empty(name), preserve_index=False)


def _groups(pieces: Pieces, schema: pa.Schema) -> Iterator[tuple[str, pa.Table]]:
    """Gather pieces into groups of rows, so that a file has few and memory holds one."""
    held: defaultdict[str, list[pa.Table]] = defaultdict(list)
    size = 0
    for year, rows in pieces:
        held[year].append(_in_arrow(rows, schema))
        size += held[year][-1].nbytes
        if size >= GROUP_BYTES:
            yield from _emptied(held)
            size = 0
    yield from _emptied(held)


def _in_arrow(rows: pd.DataFrame | pa.Table, schema: pa.Schema) -> pa.Table:
    if isinstance(rows, pa.Table):
        return rows.select(schema.names).cast(schema)
    # By one thread: texts are Arrow's already, and to start others takes longer than the rest.
    return pa.Table.from_pandas(rows, schema, preserve_index=False, nthreads=1)


def _emptied(held: dict[str, list[pa.Table]]) -> Iterator[tuple[str, pa.Table]]:
    while held:
        year = next(iter(held))
        yield year, pa.concat_tables(held.pop(year)).combine_chunks()


def _write_csv(folder: Path, name: str, pieces: Pieces) -> dict[str, int]:
    path = folder / f"{name}.csv"
    count = 0
    with named(path), path.open("w", encoding="utf-8", newline="") as file:
        for i, (_, rows) in enumerate(pieces):
            write_csv(_in_pandas(rows), file, header=i == 0)
            count += len(rows)
    return {path.name: count}


def _in_pandas(rows: pd.DataFrame | pa.Table) -> pd.DataFrame:
    return rows if isinstance(rows, pd.DataFrame) else rows.to_pandas()


def _write_rejected(folder: Path, rejected: Sequence[Mapping[str, str]]) -> dict[str, int]:
    path = folder / REJECTED
    with named(path), path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["source", "reason", "remedy"])
        writer.writeheader()
        writer.writerows({name: guarded(said) for name, said in r.items()} for r in rejected)
    return {path.name: len(rejected)}
