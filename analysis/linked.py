"""Tables whose numbers lead to their rows: to the words in the reader, or to the explorer.

In a notebook the links lead into the site that `python3 run.py report` makes beside it; in a page
of that site they lead to its other pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pandas as pd
from markupsafe import escape

from analysis import addresses
from analysis.controls import spelled
from analysis.timeline import places_of

MOST_ROWS = 60  # of a table that is shown; pandas stops there too
CELL = re.compile(r"<td>([^<]*+)</td>")
PERIOD = re.compile(r"\d{4}|undated")  # the explorer knows years, and no shorter time
# What the explorer filters by; a column or an index of this name says by which value.
FILTERS = (
    "topic", "theme", "side", "actor", "act", "measure", "status", "period", "publisher_side",
    "level",
)  # fmt: skip


@dataclass(frozen=True)
class Linked:
    """A table with an address behind some of its cells; it looks as pandas shows it.

    Attributes
    ----------
    table : DataFrame
        What is shown.
    to : mapping
        Addresses in the web or within the site, by row and column, both counted from 0.
    """

    table: pd.DataFrame
    to: Mapping[tuple[int, int], str] = field(repr=False)

    def __repr__(self) -> str:
        """Return the table as pandas prints it."""
        return spelled(repr(self.table))

    def _repr_html_(self) -> str:
        """Return the table with its links; everything in it is escaped."""
        shown = self.table.head(MOST_ROWS)
        cells = product(range(len(shown)), range(shown.shape[1]))

        def link(cell: re.Match[str]) -> str:
            address = self.to.get(next(cells))
            if address is None:
                return cell[0]
            if not addresses.web(address):
                address = addresses.FROM_NOTEBOOKS + address
            return f'<td><a href="{escape(address)}">{cell[1]}</a></td>'

        # What pandas writes is escaped: a cell holds no tag of its own.
        html = CELL.sub(link, spelled(shown.to_html()))
        left_out = len(self.table) - len(shown)
        return html + (f"<p>{left_out:,} more rows are not shown.</p>" if left_out else "")


def to_words(rows: pd.DataFrame, columns: Sequence[str], link: str) -> Linked:
    """Show columns of rows from text; the cells of one lead to the row's words in the reader.

    Parameters
    ----------
    rows : DataFrame
        Rows with ``article_id``, ``start`` and ``end``, of any table or ledger; or with
        ``article_id`` alone, which lead to the article's page.
    columns : sequence of str
        What to show.
    link : str
        The column whose cells become links.

    Returns
    -------
    Linked
        A row without characters, such as one of the coded panel, has no link.

    Raises
    ------
    ValueError
        A column is missing; the message names it and those there are.

    Examples
    --------
    >>> rows = pd.DataFrame({"article_id": ["a"], "start": [5], "end": [9], "value": [150e9]})
    >>> to_words(rows, ["value"], link="value").to
    {(0, 0): 'reader/a.html#c5-9'}
    >>> to_words(rows.drop(columns="value"), ["value"], link="value")
    Traceback (most recent call last):
    ...
    ValueError: rows have no column value; they have article_id, start, end
    """
    _needed(rows, ["article_id", *columns, link])
    at = [*columns].index(link)
    if "start" not in rows:
        to = {(row, at): addresses.reader(article) for row, article in enumerate(rows.article_id)}
        return Linked(rows[[*columns]], to)
    places = zip(rows["article_id"], rows["start"], rows["end"], strict=True)
    to = {
        (row, at): addresses.reader(article, int(start), int(end))
        for row, (article, start, end) in enumerate(places)
        if pd.notna(start)
    }
    return Linked(rows[[*columns]], to)


def to_evidence(rows: pd.DataFrame, columns: Sequence[str], links: Mapping[str, str]) -> Linked:
    """Show columns of a comparison; cells lead to the words that another column points to.

    Parameters
    ----------
    rows : DataFrame
        Rows with columns of evidence, ``article:start-end``, of which the first one counts.
    columns : sequence of str
        What to show.
    links : mapping
        The column of evidence for each column whose cells become links.

    Raises
    ------
    ValueError
        A column is missing; the message names it and those there are.

    Examples
    --------
    >>> rows = pd.DataFrame({"later": ["150 by 2030"], "later_evidence": ["a:5-9;b:7-8"]})
    >>> to_evidence(rows, ["later"], {"later": "later_evidence"}).to
    {(0, 0): 'reader/a.html#c5-9'}
    >>> to_evidence(rows, ["earlier"], {})
    Traceback (most recent call last):
    ...
    ValueError: rows have no column earlier; they have later, later_evidence
    """
    _needed(rows, [*columns, *links, *links.values()])
    to = {}
    for shown, evidence in links.items():
        first = places_of(rows[evidence].astype("string").str.split(";").str[0])
        for row, (article, start, end) in enumerate(first.itertuples(index=False)):
            if pd.notna(start):
                address = addresses.reader(article, int(start), int(end))
                to[row, [*columns].index(shown)] = address
    return Linked(rows[[*columns]], to)


def to_sources(rows: pd.DataFrame, columns: Sequence[str], link: str) -> Linked:
    """Show columns of published facts; the cells of one lead to the first source of the row.

    Parameters
    ----------
    rows : DataFrame
        Rows with ``source_url``, one or more addresses separated by white space.
    columns : sequence of str
        What to show.
    link : str
        The column whose cells become links.

    Raises
    ------
    ValueError
        A column is missing; the message names it and those there are.
    """
    _needed(rows, ["source_url", *columns, link])
    found = [addresses.web(urls) for urls in rows["source_url"]]
    to = {(row, [*columns].index(link)): urls[0] for row, urls in enumerate(found) if urls}
    return Linked(rows[[*columns]], to)


def to_meetings(
    rows: pd.DataFrame, columns: Sequence[str], link: str, articles: pd.DataFrame
) -> Linked:
    """Show columns of rows from a coded panel; the cells of one lead to the meeting's page.

    Parameters
    ----------
    rows : DataFrame
        Rows with ``article_id``, or with the key of a meeting in ``meeting``.
    columns : sequence of str
        What to show.
    link : str
        The column whose cells become links.
    articles : DataFrame
        The panel's articles, with ``meeting_key``.

    Raises
    ------
    ValueError
        A column is missing; the message names it and those there are.
    """
    own = "meeting" if "meeting" in rows else "article_id"
    _needed(rows, [own, *columns, link])
    keys = rows[own] if own == "meeting" else rows[own].map(_meeting_keys(articles))
    at = [*columns].index(link)
    to = {(row, at): addresses.meeting(key) for row, key in enumerate(keys) if pd.notna(key)}
    return Linked(rows[[*columns]], to)


def to_rows(table: pd.DataFrame, link: Sequence[str] | None = None, **filters: str) -> Linked:
    """Show a table of counts; each leads to the rows that it counts, in the explorer.

    Which rows these are is said by `filters` and by the table itself: by every column or index
    named as the explorer's filters are (topic, side, act, period, …), and in a table that is
    pivoted, by the name of its columns.

    Parameters
    ----------
    table : DataFrame
        Counts.
    link : sequence of str, optional
        The columns that hold counts; all of them in a table that is pivoted.
    **filters : str
        What holds for the whole table, such as ``corpus="panel"``.

    Returns
    -------
    Linked
        A count of nothing, or one whose row does not say of what, has no link; nor has one of a
        period that is no year, such as a quarter.

    Raises
    ------
    ValueError
        A column is missing, or `link` is, and the table is not pivoted; or the index and a column
        have the same name, one of the explorer's filters.

    Examples
    --------
    >>> counts = pd.DataFrame({"act": ["agree"], "side": ["VNM"], "n": [3]})
    >>> to_rows(counts, ["n"], corpus="text").to
    {(0, 2): 'explorer.html#corpus=text&act=agree&side=VNM'}
    >>> to_rows(counts.pivot(index="act", columns="side", values="n"), corpus="text").to
    {(0, 0): 'explorer.html#corpus=text&act=agree&side=VNM'}
    >>> to_rows(counts)
    Traceback (most recent call last):
    ...
    ValueError: say which columns hold the counts: link is missing, and the columns have no name
    """
    pivoted = table.columns.name in FILTERS
    if link is None and not pivoted:
        raise ValueError(
            "say which columns hold the counts: link is missing, and the columns have no name"
        )
    _needed(table, [] if link is None else link)
    keys = _keys(table)
    at = [i for i, name in enumerate(table.columns) if link is None or name in link]
    to = {}
    for row in range(len(table)):
        for column in at:
            count: Any = table.iat[row, column]
            said = {name: _asked(name, values[row]) for name, values in keys.items()}
            if pivoted:
                own = str(table.columns.name)
                said[own] = _asked(own, table.columns[column])
            known = {name: value for name, value in said.items() if value is not None}
            if pd.notna(count) and count and len(known) == len(said):
                to[row, column] = addresses.explorer(**filters, **known)
    return Linked(table, to)


def _keys(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return what the rows of a table say of themselves: values by the filter of their name."""
    levels = [name for name in table.index.names if name in FILTERS]
    twice = [name for name in levels if name in table.columns]
    if twice:
        raise ValueError(
            f"the index and a column are both called {', '.join(map(str, twice))}; rename one, or "
            "leave the index out with reset_index(drop=True)"
        )
    keys = {str(name): list(table.index.get_level_values(name)) for name in levels}
    return keys | {str(name): list(table[name]) for name in table.columns if name in FILTERS}


def _asked(name: str, value: Any) -> str | None:
    """Return a value as the explorer has it; none where the explorer cannot be asked for it."""
    if pd.isna(value):
        return None
    if name != "period":
        return str(value)
    # A gap in a column of years makes them floats.
    year = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return year if PERIOD.fullmatch(year) else None


def _meeting_keys(articles: pd.DataFrame) -> pd.Series:
    return articles.set_index("article_id")["meeting_key"]


def _needed(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in dict.fromkeys(columns) if name not in table]
    if missing:
        there = ", ".join(map(str, table.columns))
        raise ValueError(f"rows have no column {', '.join(missing)}; they have {there}")
