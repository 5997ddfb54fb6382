"""Parts → the pieces of a table, in the order of the sources, and of each part year by year.

All stays in Arrow: no row becomes an object of Python. This is the one step that more processes do
not make shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analysis.part_store import Store
from analysis.stored import read_arrow

UNDATED = "undated"


def pieces(
    parts: Store, stories: Mapping[str, Any], by_year: bool, table: str
) -> Iterator[tuple[str, pa.Table]]:
    """Yield a table part by part, with the year it belongs to, or "" where years stay together.

    Parameters
    ----------
    parts : Store
        The parts that are done.
    stories : mapping of str to array
        The parts that count, in their order, and the story_id of each one's articles.
    by_year : bool
        Whether rows go by the year of ``published_from`` of their article.
    table : str
        The name of the table.
    """
    for name, story_id in stories.items():
        rows = read_arrow(parts.path(name, table))
        if table == "articles":
            at = rows.schema.get_field_index("story_id")
            rows = rows.set_column(at, "story_id", pa.array(story_id, rows.schema.field(at).type))
        if by_year:
            yield from _by_year(rows, parts.path(name, "articles"))
        else:
            yield "", rows


def _by_year(rows: pa.Table, path: Path) -> Iterator[tuple[str, pa.Table]]:
    articles = read_arrow(path, ["article_id", "published_from"])
    years = pc.year(articles["published_from"]).cast(pa.string()).fill_null(UNDATED)
    year_of = years.take(pc.index_in(rows["article_id"], articles["article_id"]))
    # Also where a year has no row, so that every table has its file.
    for year in sorted(years.unique().to_pylist()):
        yield year, rows.filter(pc.equal(year_of, year))
