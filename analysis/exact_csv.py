"""Tables as CSV that loads to the last character; `analysis.spreadsheets` writes CSV to look at."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

import pandas as pd

from analysis.article import LARGEST
from analysis.schema import TableError

BOM = "\ufeff".encode()  # what `export` begins a file with, and nothing here does


class _Rows:
    r"""Takes rows from a CSV writer, which quotes the letters of its line end and these alone.

    Told that a row ends in ``\r\n`` it also quotes a cell with a single ``\r``, which a reader
    would take for the end of the row; what is written ends in ``\n`` on every system.
    """

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, row: str) -> None:
        self.file.write(row.removesuffix("\r\n") + "\n")


def write_csv(table: pd.DataFrame, file: TextIO, header: bool) -> None:
    r"""Append rows to a file that is open as UTF-8 with ``newline=""``; missing is an empty cell.

    Examples
    --------
    >>> from io import StringIO
    >>> rows = pd.DataFrame({"text": pd.array(["one\rtwo", None], dtype="string"), "n": [1, 2]})
    >>> file = StringIO()
    >>> write_csv(rows, file, header=True)
    >>> file.getvalue()
    'text,n\n"one\rtwo",1\n,2\n'
    """
    writer = csv.writer(_Rows(file), lineterminator="\r\n")
    if header:
        writer.writerow(table.columns)
    cells = [table[c].astype("string").fillna("") for c in table.columns]
    writer.writerows(zip(*cells, strict=True))


def read_csv(path: Path) -> pd.DataFrame:
    """Read what `write_csv` wrote: every cell as text, an empty one as missing.

    Raises
    ------
    TableError
        The file was written by `export` for spreadsheets, is not UTF-8 or no CSV.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from analysis.spreadsheets import export
    >>> with TemporaryDirectory() as folder:
    ...     read_csv(export(pd.DataFrame({"n": [1]}), f"{folder}/n.csv"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: /...n.csv: was written by `export` for spreadsheets, ...
    """
    with path.open("rb") as file:
        if file.read(len(BOM)) == BOM:
            raise TableError(
                f"{path}: was written by `export` for spreadsheets, where texts that could run as "
                "a formula have an apostrophe before them; load the folder that was exported"
            )
    # The default of the module, 128 KiB, is less than a long speech has.
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST))
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            names, *rows = csv.reader(lines, strict=True)
    except (ValueError, csv.Error) as error:  # not UTF-8; no first line; a quote left open
        raise _broken(path, str(error)) from None
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise _broken(path, f"row {number} has {len(row)} cells, the first line {len(names)}")
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    read = {
        name: pd.array([cell or None for cell in cells], dtype="string")
        for name, cells in zip(names, columns, strict=True)
    }
    if len(read) != len(names):
        raise _broken(path, "two of its columns have the same name")
    return pd.DataFrame(read)


def _broken(path: Path, fault: str) -> TableError:
    return TableError(f"{path}: is no whole CSV file ({fault}); extract the tables anew")
