"""Tables → an Excel workbook: a sheet a table, and a first one that says what they hold.

Cells are written by the type of their column, never guessed from what they spell, so that a text
that looks like a formula or an address stays a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter
from pandas.api import types

LAST_ROW = 1_048_576  # of a sheet, with its headings
LAST_COLUMN = 16_384
EXACT = 2**53  # the last whole number up to which a cell, a float, holds each one
LONGEST_TEXT = 32_767  # UTF-16 units in a cell
CUT = " … [cut here: {n:,} characters do not fit into a cell; see the CSV or Parquet export]"
FIRST_DAY = datetime(1900, 1, 1)  # Excel counts days from here
NARROW, WIDE = 8, 60  # letters that a column is wide at least and at most
FILTER = 3  # letters that the arrow of the filter takes
SAMPLE = 200  # rows that a column's width is taken from

# What XML cannot hold becomes a picture of it (U+2400 on) or the mark of a lost character. A
# carriage return is among them: reading the XML would turn it into a newline.
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class TooLarge(ValueError):
    """A table that a sheet cannot hold; the message says what to export instead."""


class Sheet(NamedTuple):
    """One sheet: its name and the table on it."""

    name: str
    table: pd.DataFrame


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write tables into one Excel file, in the order given.

    Parameters
    ----------
    path : Path
        The file; an older one is overwritten.
    sheets : iterable of Sheet
        Their columns are written, their index is not.

    Raises
    ------
    TooLarge
        A table has more rows or columns than a sheet.

    Examples
    --------
    >>> long = pd.DataFrame({"n": range(LAST_ROW)})
    >>> write_workbook(Path("build/never.xlsx"), [Sheet("topics", long)])
    Traceback (most recent call last):
    ...
    analysis.workbook.TooLarge: topics has 1,048,576 rows, and an Excel sheet holds 1,048,575 below
    its headings; export as CSV or Parquet, or fewer rows
    """
    sheets = list(sheets)
    for name, table in sheets:
        if len(table) >= LAST_ROW:
            raise TooLarge(
                f"{name} has {len(table):,} rows, and an Excel sheet holds {LAST_ROW - 1:,} below "
                "its headings; export as CSV or Parquet, or fewer rows"
            )
        if len(table.columns) > LAST_COLUMN:
            raise TooLarge(
                f"{name} has {len(table.columns):,} columns, and an Excel sheet holds "
                f"{LAST_COLUMN:,}; export as CSV or Parquet, or fewer columns"
            )
    with path.open("wb") as file:
        # Rows go to disk as they are written: memory does not grow with the table.
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        formats = {
            "heading": book.add_format({"bold": True, "bottom": 1}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        try:
            for name, table in sheets:
                _write(book.add_worksheet(name), table, formats)
        finally:  # also after a failure, so that the files behind the sheets are removed
            book.close()


def _write(sheet: Any, table: pd.DataFrame, formats: dict[str, Any]) -> None:
    """Write one table: headings that stay in sight, a filter, columns as wide as their words."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), max(len(table.columns) - 1, 0))
    names = [visible(str(name)) for name in table.columns]
    cells = [_cells(table.iloc[:, i]) for i in range(len(names))]
    for i, (name, (_, values)) in enumerate(zip(names, cells, strict=True)):
        shown = [len(str(v)) for v in values[:SAMPLE] if v is not None]
        sheet.set_column(i, i, min(max(NARROW, len(name) + FILTER, *shown, 0), WIDE))
    for i, name in enumerate(names):
        sheet.write_string(0, i, name, formats["heading"])
    writers: list[tuple[Callable[..., Any], list[Any], Any]] = [
        (getattr(sheet, f"write_{kind}"), values, _format(kind, values, formats))
        for kind, values in cells
    ]
    for row in range(len(table)):
        for i, (write, values, look) in enumerate(writers):
            if values[row] is not None:
                write(row + 1, i, values[row], look)


def _format(kind: str, values: list[Any], formats: dict[str, Any]) -> Any:
    if kind != "datetime":
        return None
    whole = all(v is None or (v.hour, v.minute, v.second) == (0, 0, 0) for v in values)
    return formats["day" if whole else "time"]


def _cells(column: pd.Series) -> tuple[str, list[Any]]:
    """Return how a column's cells are written, and their values with None where one is missing."""
    if types.is_bool_dtype(column):
        kind = "boolean"
    elif types.is_numeric_dtype(column):
        # Infinity is no number of Excel's, and a long whole number would be another one there.
        wild = column.isin([float("inf"), float("-inf")])
        if types.is_integer_dtype(column):
            wild = (column > EXACT) | (column < -EXACT)
        kind = "string" if wild.any() else "number"
    elif types.is_datetime64_dtype(column) and not (column < FIRST_DAY).any():
        kind = "datetime"
    else:
        kind = "string"
    values = column.astype(object).where(column.notna(), None).tolist()
    if kind == "string":
        values = [None if v is None else _fitting(visible(_said(v))) for v in values]
    return kind, values


def _said(value: Any) -> str:
    """Write a value as text; a day without its midnight."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return str(value)


def visible(text: str) -> str:
    r"""Return a text in which what XML cannot hold can be seen.

    Examples
    --------
    >>> visible("bell\x07, line\r\nnext, \ud800")
    'bell␇, line␍\nnext, �'
    """
    return UNWRITABLE.sub(_picture, text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code == 0x7F:
        return "␡"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _fitting(text: str) -> str:
    """Return a text that fits into a cell; what is cut off is counted at its end."""
    if len(text) <= LONGEST_TEXT // 2:  # fits whatever its letters are
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    note = CUT.format(n=len(text))
    return units[: 2 * (LONGEST_TEXT - len(note))].decode("utf-16-le", "ignore") + note
