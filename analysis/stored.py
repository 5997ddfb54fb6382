"""How tables lie in a folder: a file each, or a file a year each; written piece by piece, and read.

Nothing is put in place before every table is written, and what another layout has left is removed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.exact_csv import read_csv, write_csv
from analysis.schema import TABLES, TableError, empty

FORMATS = ("parquet", "csv")
BY_YEAR = "year=*/part-0.parquet"
# Arrow's size of the rows that are held until they are written as one group of rows.
GROUP_BYTES = 64 * 2**20

# Pieces of a table, each with the year that it belongs to; "" where one file holds all.
Pieces = Iterable[tuple[str, pd.DataFrame]]


def store(folder: Path, pieces: Callable[[str], Pieces], format: str = "parquet") -> None:
    """Write tables into a folder piece by piece; the bytes depend only on the rows and their order.

    Parameters
    ----------
    folder : Path
        Made if it is not there; tables that it holds are replaced.
    pieces : callable
        Returns the pieces of a table, given its name. A piece with the year ``""`` goes into
        ``NAME.parquet`` or ``NAME.csv``, another one into ``NAME/year=YEAR/part-0.parquet``.
    format : {"parquet", "csv"}
        CSV has no years.

    Raises
    ------
    TableError
        `format` is unknown; nothing is written.

    Examples
    --------
    >>> store(Path("tables"), lambda name: [("", empty(name))], "xlsx")
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: format 'xlsx' is unknown; allowed: parquet, csv
    """
    require_format(format)
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        name: (_write_parquet if format == "parquet" else _write_csv)(folder, name, pieces(name))
        for name in TABLES
    }
    for name, files in written.items():
        for part, path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, path)
        _remove_others(folder, name, {path for _, path in files})


def require_format(format: str) -> None:
    """Refuse a format in which tables cannot be stored."""
    if format not in FORMATS:
        raise TableError(f"format {format!r} is unknown; allowed: {', '.join(FORMATS)}")


def load_table(folder: Path, name: str) -> pd.DataFrame:
    """Read one table as it lies there, its types as the format has them.

    Raises
    ------
    TableError
        The table is missing or damaged.
    """
    parquet, text = folder / f"{name}.parquet", folder / f"{name}.csv"
    if parquet.exists():
        return read_parquet(parquet)
    if years := sorted((folder / name).glob(BY_YEAR)):
        return pd.concat([read_parquet(path) for path in years], ignore_index=True)
    if text.exists():
        return read_csv(text)
    raise TableError(
        f"{folder}: no {name}.parquet or {name}.csv; "
        "write the tables there with `analysis extract SOURCE --out FOLDER`"
    )


def read_parquet(path: Path) -> pd.DataFrame:
    """Read one file; the name of a folder above it never becomes a column."""
    try:
        return pd.read_parquet(path, partitioning=None)
    except pa.ArrowInvalid as error:
        raise TableError(f"{path}: is no Parquet file ({error}); extract the tables anew") from None


def _write_parquet(folder: Path, name: str, pieces: Pieces) -> list[tuple[Path, Path]]:
    """Write the pieces of a table; return each file and the place it is meant for."""
    schema = pa.Schema.from_pandas(empty(name), preserve_index=False)
    files: dict[str, tuple[Path, Path]] = {}
    writers: dict[str, pq.ParquetWriter] = {}
    with ExitStack() as opened:
        for year, rows in _groups(pieces, schema):
            if year not in writers:
                files[year] = _places(folder, name, year)
                writers[year] = opened.enter_context(pq.ParquetWriter(files[year][0], schema))
            writers[year].write_table(rows)
    return list(files.values())


def _places(folder: Path, name: str, year: str) -> tuple[Path, Path]:
    if not year:
        return folder / f".{name}.parquet.part", folder / f"{name}.parquet"
    return folder / f".{name}.{year}.part", folder / name / f"year={year}" / "part-0.parquet"


def _groups(pieces: Pieces, schema: pa.Schema) -> Iterator[tuple[str, pa.Table]]:
    """Gather pieces into groups of rows, so that a file has few and memory holds one."""
    held: defaultdict[str, list[pa.Table]] = defaultdict(list)
    size = 0
    for year, rows in pieces:
        held[year].append(pa.Table.from_pandas(rows, schema, preserve_index=False))
        size += held[year][-1].nbytes
        if size >= GROUP_BYTES:
            yield from _emptied(held)
            size = 0
    yield from _emptied(held)


def _emptied(held: dict[str, list[pa.Table]]) -> Iterator[tuple[str, pa.Table]]:
    while held:
        year = next(iter(held))
        yield year, pa.concat_tables(held.pop(year)).combine_chunks()


def _write_csv(folder: Path, name: str, pieces: Pieces) -> list[tuple[Path, Path]]:
    part = folder / f".{name}.csv.part"
    with part.open("w", encoding="utf-8", newline="") as file:
        for i, (_, rows) in enumerate(pieces):
            write_csv(rows, file, header=i == 0)
    return [(part, folder / f"{name}.csv")]


def _remove_others(folder: Path, name: str, kept: set[Path]) -> None:
    """Remove what an earlier call has left of a table: other layouts, years, unfinished files."""
    flat = [folder / f"{name}.{format}" for format in FORMATS]
    for path in {*flat, *folder.glob(f".{name}.*part")} - kept:
        path.unlink(missing_ok=True)
    for path in set((folder / name).glob(BY_YEAR)) - kept:
        path.unlink()
        path.parent.rmdir()
    if (folder / name).is_dir() and not any((folder / name).iterdir()):
        (folder / name).rmdir()
