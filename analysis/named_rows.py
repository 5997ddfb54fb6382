"""The rows of a table as namedtuples: a cell is read by the name of its column."""

from __future__ import annotations

from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> list[Any]:
    """Return the rows as namedtuples, of types that only the table knows.

    Examples
    --------
    >>> [row.n for row in records(pd.DataFrame({"n": [1, 2]}))]
    [1, 2]
    """
    return list(table.itertuples())
