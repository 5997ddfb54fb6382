"""Charts of ledgers: asks and answers, horizons of targets; and of their accuracy."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import PercentFormatter

from analysis import findings_ledgers as findings
from analysis.chart import Chart, finish, frame, year_of
from analysis.charts import ROW, intervals
from analysis.figure_findings import amount
from analysis.findings import SMALL
from analysis.named_rows import records
from analysis.prose import counted, name
from analysis.style import EMPTY, MUTED, RULE, SIDES, side_colours, themed

LIGHT = 0.3  # opacity of what was asked for and not answered


@themed()
def asks(rates: pd.DataFrame, source: str) -> Chart:
    """Draw who asks for what in how many meetings, and how often it is answered.

    Parameters
    ----------
    rates : DataFrame
        From `analysis.ask_rates.answer_rates` by side and topic.
    source : str
        Where the asks are from.
    """
    finding = findings.asks(rates)
    order = rates.groupby("topic")["asked"].sum().sort_values(kind="stable").index
    sides = sorted(rates["side"].unique())
    colours = side_colours(sides)
    widest = int(rates["asked"].max())
    subtitle = (
        "Meetings in which a side asks for the topic (pale) and in which the other side, or both "
        "together, agree or pledge something on it (full). Numbers: answered of asked."
    )
    figure = frame(finding, subtitle, source, 0.5 + ROW * len(order))
    axes = figure.subplots(1, len(sides), sharey=True, squeeze=False)[0]
    for ax, side in zip(axes, sides, strict=True):
        mine = rates[rates["side"] == side].set_index("topic")
        for y, topic in enumerate(order):
            if topic not in mine.index:
                continue
            asked, answered = int(mine.loc[topic, "asked"]), int(mine.loc[topic, "answered"])
            ax.barh(y, asked, height=0.62, color=colours[side], alpha=LIGHT)
            ax.barh(y, answered, height=0.62, color=colours[side])
            ax.text(asked + widest / 40, y, f"{answered} of {asked}", size=8, va="center")
        ax.set_title(f"{side} asks", loc="left", size=9.5, weight="bold")
        ax.set_xlim(0, widest * 1.22)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        ax.set_yticks(range(len(order)), [name(t) for t in order])
        ax.set_ylim(-0.6, len(order) - 0.4)
        ax.tick_params(axis="y", length=0)
    return finish(figure, finding, subtitle, source, rates)


@themed()
def answers(table: pd.DataFrame, source: str) -> Chart:
    """Draw how often each side's asks are answered, under several ways of counting.

    Parameters
    ----------
    table : DataFrame
        From `analysis.ask_rates.answer_rates` by side, with ``told_by``: which accounts count.
    source : str
        Where the asks are from.
    """
    finding = findings.answers(table)
    rows = table.iloc[::-1].reset_index(drop=True)
    subtitle = (
        "Share of the topics asked for in a meeting that the same meeting answers, with 95 % "
        "intervals (bootstrap over meetings). In brackets: answered of asked."
    )
    figure = frame(finding, subtitle, source, 0.6 + 0.3 * len(rows))
    ax = figure.subplots()
    colours = side_colours(sorted(table["side"].unique()))
    for y, r in enumerate(records(rows)):
        ax.hlines(y, r.low, r.high, color=colours[r.side], lw=2)
        ax.plot(r.share, y, "o", ms=7, color=colours[r.side], mew=1.4,
                mfc="white" if r.meetings < SMALL else colours[r.side], clip_on=False)  # fmt: skip
    labels = [f"{r.told_by}: {r.side} asks  ({r.answered} of {r.asked})" for r in records(rows)]
    ax.set_yticks(range(len(rows)), labels)
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(axis="x", color=EMPTY, lw=0.8)
    return finish(figure, finding, subtitle, source, rows)


@themed()
def horizons(table: pd.DataFrame, source: str) -> Chart:
    """Draw by which year each amount was to be reached, each time it was stated.

    Parameters
    ----------
    table : DataFrame
        Rows of `analysis.target_ledger` of one measure, one a meeting and amount: ``day_from``,
        ``value``, ``unit``, ``horizon``.
    source : str
        Where the targets are from.
    """
    finding = findings.horizons(table)
    keys = list(table.groupby(["value", "unit"]).size().index)
    years = table["horizon"].dropna().astype(int)
    first = min(int(years.min()), int(table["day_from"].dt.year.min()))
    last = int(years.max())
    below = first - 1.5
    subtitle = (
        f"{counted(len(table), 'statement')} of a target: across, when it was stated; up, the year "
        "by which it is to be reached. Hollow, at the foot: no year is given. Above the slanting "
        "line a target is still to come."
    )
    figure = frame(finding, subtitle, source, 3.2)
    ax = figure.subplots()
    for i, key in enumerate(keys):
        rows = table[(table["value"] == key[0]) & (table["unit"] == key[1])]
        rows = rows.sort_values("day_from", kind="stable")
        shift = 0.22 * (i - (len(keys) - 1) / 2)  # amounts with one year stay apart
        x = [year_of(day) for day in rows["day_from"]]
        y = [(below if pd.isna(h) else int(h)) + shift for h in rows["horizon"]]
        colour = SIDES[i % len(SIDES)]
        ax.plot(x, y, color=colour, lw=1.2, alpha=0.6, zorder=1)
        for at, up, horizon in zip(x, y, rows["horizon"], strict=True):
            ax.plot(at, up, "o", ms=6, color=colour, mfc="white" if pd.isna(horizon) else colour,
                    zorder=2)  # fmt: skip
        ax.annotate(amount(*key), (x[-1], y[-1]), (8, 0), textcoords="offset points", size=9,
                    weight="bold", va="center", color=colour)  # fmt: skip
    start, end = year_of(table["day_from"].min()), year_of(table["day_from"].max())
    ax.plot([start, end], [start, end], color=MUTED, lw=0.8, ls=(0, (3, 2)), zorder=0)
    ax.axhline(first - 0.75, color=RULE, lw=0.8)
    ax.set_yticks([below, *range(first, last + 1)], ["no year", *map(str, range(first, last + 1))])
    ax.set_ylim(below - 0.7, last + 0.7)
    ax.set_xticks(range(int(start), int(end) + 2))
    ax.set_xlim(int(start) - 0.1, end + 0.22 * (end - int(start) + 1))
    ax.grid(axis="y", color=EMPTY, lw=0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("stated in")
    ax.set_ylabel("to be reached by")
    return finish(figure, finding, subtitle, source, table)


@themed()
def quality(table: pd.DataFrame, source: str) -> Chart:
    """Draw F1 or accuracy of each measure on each set, with its interval.

    Parameters
    ----------
    table : DataFrame
        One measure of one set a row: ``set``, ``unseen`` (whether it is a set of other countries
        and houses), ``measure``, ``value``, ``low``, ``high``, ``items``.
    source : str
        Where the annotations are from.
    """
    finding = findings.quality(table)
    sets = list(dict.fromkeys(table["set"]))
    measures = list(dict.fromkeys(table["measure"]))[::-1]
    subtitle = (
        "F1, or accuracy of what was found, with 95 % intervals (bootstrap over articles). Orange: "
        f"sets of other countries. Hollow: fewer than {SMALL} items."
    )
    figure = frame(finding, subtitle, source, 0.6 + 0.24 * len(measures))
    axes = figure.subplots(1, len(sets), sharey=True, squeeze=False)[0]
    left = max(0.0, min(0.7, float(table["low"].min())) - 0.05)
    for ax, name_ in zip(axes, sets, strict=True):
        mine = table[table["set"] == name_].set_index("measure").reindex(measures).reset_index()
        mine = mine.astype(dict.fromkeys(("value", "low", "high"), float))
        kind = "earlier" if mine["unseen"].fillna(False).any() else "share"
        intervals(ax, mine, "value", [kind] * len(mine), mine["items"].fillna(0) < SMALL)
        ax.set_title(name_, loc="left", size=9.5, weight="bold")
        ax.set_xlim(left, 1.02)
        ax.set_yticks(range(len(measures)), [m.replace("_", " ") for m in measures])
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="y", color=EMPTY, lw=0.6)
        ax.set_axisbelow(True)
    return finish(figure, finding, subtitle, source, table)
