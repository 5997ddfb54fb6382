"""Ledgers and other tables to look at: every row with the sentences that it rests on.

Tables stay plain DataFrames. What is shown is made of escaped text, without a script and without
colours of its own, so that it is right in a light and in a dark page, and folded in `<details>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

import pandas as pd
from markupsafe import Markup, escape
from pandas.api import types

from analysis import addresses
from analysis.controls import one_line, spelled
from analysis.display import framed
from analysis.quotes import WORDS, Found, Quote, is_evidence, quotes

# What only says where words stand; the words themselves are shown instead.
PLACES = ("sentence", "start", "end")
SUMMARY = 60  # letters of a quote on its folded line
MOST_QUOTES = 5  # of a row
MISSING = "–"
NUMBER = r"-?\d[\d,.-]*(?:e[+-]\d+)?"  # also a day
# Codes or names put together with ";"; an address or a sentence with that sign is none.
CODES = re.compile(r"[^;:/\s][^;:/\n]*(?:;[^;:/\s][^;:/\n]*)+")
LONG = 10_000  # from here on digits are grouped; a year is below


@dataclass(frozen=True)
class Shown:
    """A table with its evidence; shows as HTML in a notebook and as text elsewhere.

    Attributes
    ----------
    head : str
        What is shown, in a sentence.
    table : DataFrame
        The rows shown, each cell as text.
    found : list of Found
        What the rows rest on.
    unfolded : bool
        Whether the sentences are open to see at once.
    """

    head: str
    table: pd.DataFrame = field(repr=False)
    found: Sequence[Found] = field(repr=False)
    unfolded: bool = False

    def __repr__(self) -> str:
        """Return the rows one below the other, each with its sentences."""
        lines, found = [self.head], self._by_row()
        for row, cells in enumerate(self.table.to_dict("records")):
            said = [f"{name} {value}" for name, value in cells.items() if value != MISSING]
            lines += ["", f"{row + 1}. {', '.join(said)}"]
            lines += [f"   {_line(f)}" for f in found.get(row, [])]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the rows as a table whose last column holds the sentences; all is escaped."""
        kinds = [_kind(self.table[name]) for name in self.table.columns]
        heading = Markup("").join(
            Markup('<th scope="col"{}>{}</th>').format(kind, name)
            for kind, name in zip(kinds, self.table.columns, strict=True)
        )
        rows, found = [], self._by_row()
        for row, cells in enumerate(self.table.itertuples(index=False)):
            pairs = zip(kinds, cells, strict=True)
            own = Markup("").join(Markup("<td{}>{}</td>").format(*pair) for pair in pairs)
            details = self._details(found.get(row, []))
            rows.append(Markup("<tr>{}<td>{}</td></tr>").format(own, details))
        table = Markup(
            '<p>{}</p><table class="dataframe"><thead><tr>{}<th scope="col">words</th></tr></thead>'
            "<tbody>{}</tbody></table>"
        )
        return framed(table.format(self.head, heading, Markup("\n").join(rows)))

    def _by_row(self) -> dict[int, list[Found]]:
        by_row: dict[int, list[Found]] = {}
        for found in self.found:
            by_row.setdefault(found.row, []).append(found)
        return by_row

    def _details(self, found: list[Found]) -> Markup:
        if not found:
            return escape(MISSING)
        inside = Markup("").join(
            Markup("<p>{}</p>").format(_sentence(f)) for f in found[:MOST_QUOTES]
        )
        if len(found) > MOST_QUOTES:
            inside += Markup("<p>… and {} more places</p>").format(len(found) - MOST_QUOTES)
        summary = found[0].quote.words or found[0].quote.article_id
        return Markup("<details{}><summary>{}</summary>{}</details>").format(
            Markup(" open") if self.unfolded else "",
            spelled(shorten(summary, SUMMARY, placeholder=" …")),
            inside,
        )


def show(
    table: pd.DataFrame,
    tables: Any,
    columns: Sequence[Any] | None = None,
    rows: int = 20,
) -> Shown:
    """Show a ledger, or any table with places, with the sentences that each row rests on.

    Parameters
    ----------
    table : DataFrame
        What `target_ledger`, `ask_ledger`, `compare_readouts`, … returned, or rows of a table;
        never changed. Sentences are found by ``article_id``, ``start`` and ``end`` and by every
        column ``evidence`` or ``…_evidence``.
    tables : Tables or Panel
        Those it was made from. Of a coded panel, which has no texts, the addresses are shown.
    columns : sequence of str, optional
        What to show; all that hold something and are no places if not given.
    rows : int
        How many rows at most, from the first on.

    Returns
    -------
    Shown
        The last expression of a notebook's cell shows it; ``print`` shows it as text.

    Raises
    ------
    ValueError
        A column is missing, or no column says where the words stand.

    Examples
    --------
    >>> import analysis
    >>> panel = analysis.read_panel()
    >>> targets = analysis.target_ledger(panel, "KOR-VNM")
    >>> shown = show(targets, panel, ["day_from", "value", "unit", "change"], rows=1)
    >>> print(shown)  # doctest: +ELLIPSIS
    1 of 37 rows
    <BLANKLINE>
    1. day_from 2021-06-23, value 100,000,000,000, unit USD, change first
       p005 (2021-06-23/2021-06-30): see https://...
    >>> show(targets, panel, ["colour"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: no column 'colour'; there are dyad, article_id, meeting, ...
    """
    missing = [name for name in columns or () if name not in table]
    if missing:
        there = ", ".join(map(str, table.columns))
        raise ValueError(f"no column {', '.join(map(repr, missing))}; there are {there}")
    first = table.head(rows)
    found = quotes(first, tables)
    if columns is None:
        columns = [
            name
            for name in first
            if name not in PLACES and not is_evidence(name) and first[name].notna().any()
        ]
    of = f"{len(first):,} of {len(table):,}" if len(first) < len(table) else f"{len(table):,}"
    return Shown(f"{of} rows", cells(first[list(columns)]), found)


def cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose cells are as one reads them.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-03-18"])
    >>> row = pd.DataFrame({"day": days, "value": [150e9], "horizon": [2030], "none": [None]})
    >>> cells(row).iloc[0].tolist()
    ['2025-03-18', '150,000,000,000', '2030', '–']
    >>> texts = pd.DataFrame({"topics": ["trade;labour"], "url": ["https://x.org/a;b"]})
    >>> cells(texts).iloc[0].tolist()
    ['trade; labour', 'https://x.org/a;b']
    """
    return table.astype(object).map(_cell).rename(columns=lambda name: spelled(str(name)))


def _cell(value: Any) -> str:
    if types.is_scalar(value) and pd.isna(value):
        return MISSING
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.12g}" if abs(value) >= LONG else f"{value:.6g}"
    if isinstance(value, str) and CODES.fullmatch(value):
        value = value.replace(";", "; ")  # so that they can be broken into lines there
    return spelled(one_line(str(value)))


def _kind(column: pd.Series) -> Markup:
    """Return the class of a column of numbers or days, which stand to the right."""
    plain = column.ne(MISSING) & ~column.str.fullmatch(NUMBER)
    return Markup("") if plain.any() else Markup(' class="number"')


def _origin(quote: Quote) -> str:
    name = spelled(one_line(quote.article_id))
    return f"{name} ({quote.day})" if quote.day else name


def _line(found: Found) -> str:
    """Say in one line of text what a row rests on."""
    part = "" if found.part == WORDS else f"{found.part}: "
    q = found.quote
    if not q.words:
        return f"{part}{_origin(q)}: see {spelled(one_line(q.source))}"
    return f"{part}{_origin(q)}: {spelled(f'{q.before}«{q.words}»{q.after}')}"


def _sentence(found: Found) -> Markup:
    """Say the same as HTML, with a link only to what is an address of the web."""
    part = Markup("") if found.part == WORDS else Markup("<b>{}:</b> ").format(found.part)
    q = found.quote
    if q.words:
        said = Markup("{}<mark>{}</mark>{}").format(*map(spelled, (q.before, q.words, q.after)))
    else:
        urls = addresses.web(q.source)
        link = Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>')
        said = Markup("see {}").format(link.format(urls[0]) if urls else spelled(q.source))
    return Markup("{}{}: {}").format(part, _origin(q), said)
