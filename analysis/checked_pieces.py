"""Stored tables read some articles at a time with all their rows, and checked as they come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analysis.assembly import UNDATED
from analysis.checked_again import extracted_again
from analysis.checked_rows import related, typed
from analysis.checked_sources import kept
from analysis.commit import located
from analysis.faults import EXTRACT, RESTORE, fault, joined, row_faults
from analysis.knowledge import Knowledge
from analysis.schema import TABLES, empty
from analysis.signatures import signatures
from analysis.stored import arrow_schema, require_files
from analysis.stored_pieces import DAMAGED, StoredTable

PIECE = 1000  # articles; with all their rows some ten megabytes


class Checked(NamedTuple):
    """What was found in some articles, what is kept of them, and the rows of each file.

    `signed` are the signatures of the articles, if they are extracted again.
    """

    findings: pd.DataFrame
    articles: pd.DataFrame
    rows: dict[str, int]
    signed: NDArray[np.uint16]


def groups(folder: Path) -> list[dict[str, str]]:
    """Return the files that belong together by table: all that there are, or those of each year.

    Raises
    ------
    TableError
        There is no table of articles.
    """
    listed = require_files(folder, "articles")
    by_year = listed[0].parent.name.startswith("year=")
    ends = [f"/{p.parent.name}/{p.name}" if by_year else p.suffix for p in listed]
    return [{name: f"{name}{end}" for name in TABLES} for end in ends]


def check_group(
    folder: Path, places: Mapping[str, str], schema: int, knowledge: Knowledge | None
) -> Iterator[Checked]:
    """Check the rows of files that belong together, piece by piece.

    Parameters
    ----------
    folder : Path
        The tables.
    places : mapping
        The file of each table, relative to the folder.
    schema : int
        Columns that came later may be missing.
    knowledge : Knowledge, optional
        To extract the articles anew and compare.
    """
    tables: dict[str, StoredTable] = {}
    ids: pd.Index | None = None  # those of the articles, the first table
    for name, place in places.items():
        path = located(folder, place)
        if not path.is_file():
            yield _only(fault("file", place, "missing", f"the file of {name}", RESTORE, name))
            continue
        try:
            table = StoredTable(path, ids)
        except DAMAGED as error:
            yield _only(fault("file", place, _said(error), f"a table {name}", RESTORE, name))
            continue
        found = joined(_columns(name, place, table.schema, schema))
        yield _only(found)
        if not found["check"].eq("missing column").any():
            tables[name] = table
            ids = table.ids if name == "articles" else ids
    if ids is None:
        return
    for first in range(0, max(len(ids), 1), PIECE):
        yield _checked(tables, places, min(first + PIECE, len(ids)), knowledge)


def _only(findings: pd.DataFrame) -> Checked:
    return Checked(findings, kept(empty("articles"), ""), {}, signatures(()))


def _said(error: BaseException) -> str:
    return f"unreadable ({str(error).partition(chr(10))[0][:200]})"


def _columns(name: str, place: str, there: Any, schema: int) -> Iterator[pd.DataFrame]:
    """Yield findings on columns that are missing, unknown, in another order or of another type."""
    spec, due = TABLES[name], arrow_schema(name)
    wanted = ", ".join(spec.names)
    for c in spec.columns:
        if c.name not in there.names:
            if c.since <= schema:
                said = f"a column: {c.meaning}"
                yield fault("missing column", place, "missing", said, EXTRACT, name, column=c.name)
            continue
        found, expected = there.field(c.name).type, due.field(c.name).type
        if place.endswith(".parquet") and found not in (expected, pa.string()):
            yield fault("type", place, str(found), str(expected), EXTRACT, name, column=c.name)
    for column in there.names:
        if column not in spec.names:
            remedy = "remove the column, or extract the tables anew"
            yield fault("column", place, "unknown", wanted, remedy, name, column=column)
    known = [column for column in there.names if column in spec.names]
    if known != [column for column in spec.names if column in known]:
        yield fault("column", place, ", ".join(known), wanted, EXTRACT, name)


def _checked(
    tables: dict[str, StoredTable],
    places: Mapping[str, str],
    until: int,
    knowledge: Knowledge | None,
) -> Checked:
    found: list[pd.DataFrame] = []
    rows: dict[str, int] = {}
    piece: dict[str, pd.DataFrame] = {}
    for name, table in list(tables.items()):
        place = places[name]
        try:
            stored = table.until(until)
        except DAMAGED as error:
            found.append(fault("file", place, _said(error), f"a table {name}", RESTORE, name))
            del tables[name]
            continue
        rows[place] = len(stored)
        later = [c for c in TABLES[name].names if c not in stored]
        stored = stored.assign(**dict.fromkeys(later))
        piece[name], faults = typed(name, place, stored)
        found += faults
    if "articles" not in piece:
        return _only(joined(found))._replace(rows=rows)
    found += related(piece, places)
    found.append(_of_other_years(piece["articles"], places["articles"]))
    if knowledge is not None:
        found += extracted_again(piece, places, knowledge)
    signed = signatures(piece["articles"]["text"] if knowledge is not None else ())
    return Checked(joined(found), kept(piece["articles"], places["articles"]), rows, signed)


def _of_other_years(articles: pd.DataFrame, place: str) -> pd.DataFrame:
    """Return findings on articles that lie in the file of a year that is not theirs."""
    years = articles["published_from"].dt.year.astype("Int64").astype("string").fillna(UNDATED)
    of_file = place.partition("year=")[2].partition("/")[0] or years
    bad = articles[(years != of_file).to_numpy(dtype=bool)]
    said = f"only articles of {of_file} in this file"
    return row_faults("year", "articles", place, bad, "published_from", bad["published_from"], said)
