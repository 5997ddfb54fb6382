"""What does not hold in a folder of tables: a table of findings, built without a loop over rows."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analysis.schema import TABLES

COLUMNS = ("table", "place", "key", "column", "check", "found", "expected", "remedy")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
EXTRACT = "extract the tables anew"
RESTORE = "get the file again, or extract the tables anew"


def fault(
    check: str,
    place: str,
    found: str,
    expected: str,
    remedy: str = EXTRACT,
    table: str | None = None,
    key: str | None = None,
    column: str | None = None,
) -> pd.DataFrame:
    """Return one finding: where, what was found, what was expected, and what to do about it."""
    return _table([table], [place], [key], [column], [check], [found], [expected], [remedy])


def row_faults(
    check: str,
    name: str,
    place: str | Iterable[str],
    rows: pd.DataFrame,
    column: str | None,
    found: Iterable[Any],
    expected: str | Iterable[str],
    remedy: str = EXTRACT,
) -> pd.DataFrame:
    """Return a finding for each of these rows of a table, whose index counts the rows of the file.

    Examples
    --------
    >>> rows = pd.DataFrame({"article_id": ["a"], "sentence": [3]}, index=[7])
    >>> row_faults("order", "sentences", "x.csv", rows, "sentence", [3], "2").iloc[0, 1:3].tolist()
    ['x.csv, row 7', "article_id 'a', sentence 3"]
    """
    count = len(rows)
    told = [expected] * count if isinstance(expected, str) else list(expected)
    files = [place] * count if isinstance(place, str) else place
    return _table(
        [name] * count,
        [f"{file}, row {number}" for file, number in zip(files, rows.index, strict=True)],
        keys_of(name, rows),
        [column] * count,
        [check] * count,
        [short(value) for value in found],
        told,
        [remedy] * count,
    )


def keys_of(name: str, rows: pd.DataFrame) -> list[str]:
    """Return the key of each row in words; what cannot be seen in a text is spelled out."""
    named = [[f"{c} {short(value)}" for value in rows[c]] for c in TABLES[name].key if c in rows]
    return [", ".join(cells) for cells in zip(*named, strict=True)]


def short(value: Any) -> str:
    r"""Return a value on one line, a long one without its middle.

    Examples
    --------
    >>> short("a\nb"), short(pd.NA), short(7), short(pd.Timestamp(2025, 3, 1))
    ("'a\\nb'", 'missing', '7', '2025-03-01')
    """
    if value is pd.NA or value is pd.NaT or value is None:
        return "missing"
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return _SHORT.repr(value) if isinstance(value, str) else str(value)


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return findings as one table; without any it is empty."""
    some = [part for part in parts if len(part)]
    return pd.concat(some, ignore_index=True) if some else _table(*([[]] * len(COLUMNS)))


def _table(*columns: Sequence[str | None]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), dtype="string")
