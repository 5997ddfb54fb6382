"""Tables → files for other programs: CSV that a spreadsheet can open, Parquet, Excel.

`Tables.save` writes tables to be loaded again; what is written here is to be looked at. The two
CSV formats differ: here a text is kept from running as a formula, and Excel sees its letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.commit import in_force
from analysis.durable import whole
from analysis.formulas import guarded
from analysis.schema import TABLES, Column, codes
from analysis.workbook import Sheet, write_workbook

SUFFIXES = (".csv", ".parquet", ".xlsx")
FOLDERS = ("csv", "parquet")
BOM = "\ufeff".encode()  # by which Excel knows UTF-8

WORDS = {"text": "text", "int": "whole number", "int?": "whole number", "real?": "number"}
WORDS |= {"date?": "date"}


class ExportError(ValueError):
    """A call that cannot be followed; the message says what was given and what is allowed."""


def export(table: pd.DataFrame, path: str | Path) -> Path:
    """Write one table, such as a ledger, for another program; the name's ending says which.

    Named levels of the index become columns; an index without a name is left out. The file is
    written whole or not at all.

    Parameters
    ----------
    table : DataFrame
        Any table; never changed.
    path : str or Path
        ``.csv``: UTF-8 with a byte order mark, by which Excel reads every letter. A text that a
        spreadsheet could take for a formula (its first letter, behind white space and quotes, is
        one of ``= + - @``, or it starts with a tab or a line's end) gets an apostrophe before it.
        So does, within a text, what a formula could be behind a semicolon, a tab or a line's end,
        where some computers begin another cell; and what starts there with an apostrophe. To get
        the texts back, take one apostrophe off wherever one stands first or behind one of these.
        Numbers and dates stay as they are. Excel splits CSV by the computer's own list separator;
        where that is a semicolon, take ``.xlsx``.

        ``.parquet``: types and texts exactly.

        ``.xlsx``: one sheet for the table and one before it for its columns. Control characters are
        shown as pictures (``␇``), and a text over 32,767 characters is cut with a note.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        The ending is another one, or two columns, or a level of the index and a column, have the
        same name.
    TooLarge
        The table has more rows or columns than an Excel sheet.

    Examples
    --------
    >>> export(pd.DataFrame({"n": [1]}), "ledger.pdf")
    Traceback (most recent call last):
    ...
    analysis.spreadsheets.ExportError: ledger.pdf: ends in '.pdf'; allowed: .csv, .parquet, .xlsx
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ExportError(f"{path}: ends in {path.suffix!r}; allowed: {', '.join(SUFFIXES)}")
    flat = _flat(table)
    with whole([path]) as [part]:
        if path.suffix.lower() == ".xlsx":
            write_workbook(part, [Sheet("about", _about_one(flat)), Sheet("table", flat)])
        else:
            _write(flat, part, path.suffix.lower()[1:])
    return path


def export_tables(
    tables: Sequence[tuple[str, pd.DataFrame]], out: str | Path, format: str | None = None
) -> list[Path]:
    """Write the tables of a corpus, as `Tables.export` says, and return the files."""
    out = Path(out)
    if format is None and out.suffix.lower() == ".xlsx":
        format = "xlsx"
    if format == "xlsx":
        if out.suffix.lower() != ".xlsx":
            raise ExportError(f"{out}: an Excel file's name ends in .xlsx; give it that ending")
        with whole([out]) as [part]:
            sheets = [Sheet(name, table) for name, table in tables]
            write_workbook(part, [Sheet("about", _about(tables)), *sheets])
        return [out]
    if format not in FOLDERS:
        got = "no format is given" if format is None else f"format {format!r} is unknown"
        raise ExportError(
            f"{out}: {got}; allowed: csv or parquet for a folder, or a file that ends in .xlsx"
        )
    if out.suffix.lower() in SUFFIXES:
        raise ExportError(f"{out}: {len(tables)} tables need a folder; name one without an ending")
    paths = [out / f"{name}.{format}" for name, _ in tables]
    if format == "csv":
        _only_exports(paths)
    if in_force(out) is not None:
        raise ExportError(f"{out}: holds stored tables and the list of them; name another folder")
    with whole(paths) as parts:
        for (_, table), part in zip(tables, parts, strict=True):
            _write(table, part, format)
    return paths


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without an index, whose columns are named by text."""
    named = [name for name in table.index.names if name is not None]
    names = [
        " ".join(map(str, c)).strip() if isinstance(c, tuple) else str(c)
        for c in [*named, *table.columns]
    ]
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if twice:
        levels = " (named levels of the index are columns too)" if named else ""
        raise ExportError(f"columns {twice} are there more than once; rename them{levels}")
    flat = table.reset_index(level=named) if named else table
    flat = flat.reset_index(drop=True).infer_objects()
    return flat.set_axis(names, axis="columns")


def csv_of(table: pd.DataFrame) -> bytes:
    """Return one table as CSV for spreadsheets, as `export` writes it.

    Examples
    --------
    >>> csv_of(pd.DataFrame({"said": ["=1+1"], "n": [2]})).decode("utf-8-sig").splitlines()
    ['said,n', "'=1+1,2"]
    """
    safe = _flat(table).rename(columns=guarded)
    for name in safe.columns:
        if not _plain(safe[name]):
            safe[name] = safe[name].astype(object).map(_safe, na_action="ignore")
    return BOM + str(safe.to_csv(index=False, lineterminator="\r\n")).encode("utf-8")


def _write(table: pd.DataFrame, path: Path, format: str) -> None:
    if format == "parquet":
        table.to_parquet(path, index=False)
    else:
        path.write_bytes(csv_of(table))


def _safe(value: Any) -> Any:
    return value if isinstance(value, int | float) else guarded(str(value))


def _plain(column: pd.Series) -> bool:
    """Tell whether a column holds numbers, days or truth values, which no program runs."""
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)


def _only_exports(paths: Sequence[Path]) -> None:
    """Refuse to replace CSV files that `Tables.save` wrote, which are exact where these are not."""
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                if file.read(len(BOM)) != BOM:
                    raise ExportError(f"{path}: was not written by an export; name another folder")


def _about(tables: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Describe every table and column; a row is one of them."""
    rows: list[tuple[Any, ...]] = []
    for name, table in tables:
        spec = TABLES[name]
        meaning = f"A row is {spec.row}. Key: {', '.join(spec.key)}."
        rows.append((name, None, f"{len(table):,} rows", meaning, None))
        rows += [(name, c.name, WORDS[c.dtype], c.meaning, _values(c)) for c in spec.columns]
    return pd.DataFrame(rows, columns=["table", "column", "type", "meaning", "values"])


def _values(column: Column) -> str | None:
    listed = [", ".join(codes(column.codes))] if column.codes else []
    return "; ".join([*listed, "several with ;"] if column.many else listed) or None


def _about_one(table: pd.DataFrame) -> pd.DataFrame:
    """Describe the columns of one table; the meaning where all tables of a corpus share it."""
    known: dict[str, set[str]] = {}
    for spec in TABLES.values():
        for c in spec.columns:
            known.setdefault(c.name, set()).add(c.meaning)
    rows: list[tuple[Any, ...]] = []
    for name in table.columns:
        meanings = known.get(name, set())
        held = int(table[name].notna().sum())
        rows.append((name, held, meanings.pop() if len(meanings) == 1 else None))
    return pd.DataFrame(rows, columns=["column", "cells filled", "meaning"])
