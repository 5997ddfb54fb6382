"""Charts of topics: how often each is named, and by which side more often.

Table in, chart out: nothing is computed here but places on the paper. Every function takes a
table as `analysis.topic_frequency`, `analysis.trends` or another module returns it, and the
`source` to be named below. The finding in the title is worded from the table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from analysis import findings
from analysis.chart import Chart, finish, frame, something, stacked
from analysis.findings import SMALL
from analysis.named_rows import records
from analysis.prose import counted, name
from analysis.style import COLOURS, EMPTY, MUTED, themed

ROW = 0.235  # inches a row
MARKS = {"rose": "^", "fell": "v", "unclear": "o"}


@themed()
def frequency(
    table: pd.DataFrame,
    source: str,
    period: str,
    beside: pd.DataFrame | None = None,
    beside_name: str = "",
) -> Chart:
    """Draw how often each topic is named, with its interval; hollow below 30 units.

    Parameters
    ----------
    table : DataFrame
        One topic a row: ``topic``, ``counted``, ``n``, ``n_all``, ``share``, ``low``, ``high``.
    source, period : str
        Where and when the counted units are from.
    beside : DataFrame, optional
        Another such table, drawn as hollow diamonds.
    beside_name : str
        What the other table counts.
    """
    something(table[table["n"] > 0], "topics")
    finding = findings.frequency(table)
    rows = table[table["n"] > 0].sort_values("n", kind="stable").reset_index(drop=True)
    unit, n_all = rows["counted"].iloc[0], int(rows["n_all"].max())
    subtitle = (
        f"Share of {counted(n_all, unit)} that name the topic, {period}; bars are 95 % intervals "
        f"(Wilson).{unsaid_caveat(n_all, unit, source)}"
    )
    if beside is not None:
        subtitle += f" Diamonds: {beside_name}."
    figure = frame(finding, subtitle, source, 0.5 + ROW * len(rows))
    ax = figure.subplots()
    intervals(ax, rows, "share", ["share"] * len(rows), rows["n_all"] < SMALL)
    if beside is not None:
        other = beside.set_index("topic")["share"].reindex(rows["topic"]).astype(float)
        ax.plot(other, range(len(rows)), "D", ms=6, mfc="none", mec=COLOURS["earlier"], mew=1.4,
                clip_on=False)  # fmt: skip
    ax.set_yticks(range(len(rows)), [f"{name(r.topic)}  ({r.n})" for r in records(rows)])
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    data = rows if beside is None else stacked(bars=rows, diamonds=beside)
    return finish(figure, finding, subtitle, source, data)


@themed()
def sides(table: pd.DataFrame, source: str, first: str, second: str) -> Chart:
    """Draw by how much one side's reports of the same meetings name a topic more often.

    Parameters
    ----------
    table : DataFrame
        From `analysis.emphasis.compare_groups`.
    source, first, second : str
        Where the reports are from, and the two sides as they were compared.
    """
    finding = findings.sides(table, first, second)
    shown = table[table["only_first"] + table["only_second"] > 0]
    rows = shown.sort_values("difference", kind="stable").reset_index(drop=True)
    subtitle = (
        f"{int(table['meetings'].iloc[0])} meetings reported by both. Share of {first}'s reports "
        f"naming the topic less that of {second}'s, with 95 % intervals (Bonett and Price). In "
        f"brackets: meetings where only {first} : only {second} names it."
    )
    figure = frame(finding, subtitle, source, 0.6 + ROW * len(rows))
    ax = figure.subplots()
    points = rows.assign(**{c: 100 * rows[c] for c in ("difference", "low", "high")})
    told = np.where(rows["p_holm"] < findings.LEVEL, "share", "unclear")
    intervals(ax, points, "difference", list(told), told == "unclear")
    ax.axvline(0, color=MUTED, lw=0.8, zorder=0)
    ax.set_yticks(
        range(len(rows)),
        [f"{name(r.topic)}  ({r.only_first} : {r.only_second})" for r in records(rows)],
    )
    ax.set_xlabel(f"◄ more in {second}'s reports     percentage points     more in {first}'s ►")
    return finish(figure, finding, subtitle, source, rows)


def intervals(ax: Axes, rows: pd.DataFrame, value: str, kinds: Any, hollow: Any) -> None:
    """Draw a dot and its interval on each row, from the bottom up."""
    for y, (r, kind, empty) in enumerate(
        zip(rows.to_dict("records"), kinds, np.asarray(hollow, bool), strict=True)
    ):
        colour = COLOURS[kind]
        ax.hlines(y, r["low"], r["high"], color=colour, lw=1.8, alpha=0.75)
        ax.plot(
            r[value], y, MARKS.get(kind, "o"), ms=6, color=colour, mew=1.4,
            mfc="white" if empty else colour, clip_on=False,
        )  # fmt: skip
    ax.set_ylim(-0.7, len(rows) - 0.3)
    ax.grid(axis="x", color=EMPTY, lw=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)


def unsaid_caveat(n: int, unit: str, source: str) -> str:
    """Say what few units can show, unless the source's words say so already."""
    said = findings.caveat(n, unit)
    return f" {said}" if said and said not in source else ""
