"""Charts of actors and figures: who is named, which amounts are aimed at, what was reached."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from analysis import figure_findings as findings
from analysis.chart import Chart, finish, frame, something, stacked, year_of
from analysis.named_rows import records
from analysis.prose import counted
from analysis.style import EMPTY, GREY, INK, MUTED, RULE, SIDES, side_colours, themed

ROW = 0.25  # inches a row
MOST_STATEMENTS = 40  # of targets in one chart; a taller one shows no more
STYLES = ("-", (0, (4, 2)), (0, (1, 1.5)))  # one line style a reporter, besides its colour


@themed()
def people(table: pd.DataFrame, source: str, unit: str) -> Chart:
    """Draw who is named how often, by side, with the roles they had.

    Parameters
    ----------
    table : DataFrame
        One person a row: ``actor``, ``side``, ``role`` (in words), ``n`` (times or units).
    source, unit : str
        Where the rows are from, and what ``n`` counts.
    """
    finding = findings.people(something(table, "people"), unit)
    sides = list(table.groupby("side")["n"].sum().sort_values(ascending=False).index)
    order = table.assign(place=table["side"].map({s: i for i, s in enumerate(sides)}))
    rows = order.sort_values(["place", "n"], ascending=[False, True], kind="stable")
    rows = rows.reset_index(drop=True)
    colours = side_colours(sides)
    total = table.groupby("side")["n"].sum()
    subtitle = f"Number of {unit} by person and side, with the office that is given most often."
    figure = frame(finding, subtitle, source, 0.5 + ROW * (len(rows) + len(sides)))
    ax = figure.subplots()
    widest, at, ticks = float(rows["n"].max()), 0.0, []
    for side in dict.fromkeys(rows["side"]):
        group = rows[rows["side"] == side]
        for r in records(group):
            ax.hlines(at, 0, r.n, color=colours[side], lw=2)
            ax.plot(r.n, at, "o", color=colours[side], ms=6)
            ax.text(r.n + widest / 60, at, f"{r.n}", size=8.5, va="center")
            ax.text(
                r.n + widest / 11,
                at,
                str(r.role).replace("_", " ").replace(";", ", "),
                size=8,
                color=MUTED,
                va="center",
            )
            ticks.append((at, r.actor))
            at += 1
        ax.text(0, at - 0.1, f"{side}: {int(total[side])} in all", size=9, weight="bold",
                va="center")  # fmt: skip
        at += 1
    ax.set_yticks([t for t, _ in ticks], [label for _, label in ticks])
    ax.set_xlim(0, widest * 1.6)
    ax.set_ylim(-0.7, at - 0.2)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return finish(figure, finding, subtitle, source, table)


@themed()
def acts(table: pd.DataFrame, source: str) -> Chart:
    """Draw which acts of speech each side performs.

    Parameters
    ----------
    table : DataFrame
        One act of one side a row: ``act``, ``side``, ``n``.
    source : str
        Where the statements are from.
    """
    finding = findings.acts(something(table, "statements"))
    sides = sorted(table["side"].dropna().unique(), key=lambda side: (side == "both", side))
    colours = side_colours(sides)
    names = list(table.groupby("act")["n"].sum().sort_values(kind="stable").index)
    widest = int(table["n"].max())
    subtitle = f"{counted(int(table['n'].sum()), 'statement')} by side and act."
    figure = frame(finding, subtitle, source, 0.5 + 0.3 * len(names))
    axes = figure.subplots(1, len(sides), sharey=True, squeeze=False)[0]
    for ax, side in zip(axes, sides, strict=True):
        mine = table[table["side"] == side].set_index("act")["n"].reindex(names).fillna(0)
        ax.barh(range(len(names)), mine.to_numpy(float), color=colours[side], height=0.6)
        for y, n in enumerate(mine):
            ax.text(n + widest / 40, y, f"{int(n)}", size=8.5, va="center",
                    color=INK if n else GREY)  # fmt: skip
        ax.set_title(side if side != "both" else "both together", loc="left", size=9.5,
                     weight="bold")  # fmt: skip
        ax.set_xlim(0, widest * 1.15)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        ax.set_yticks(range(len(names)), names)
        ax.tick_params(axis="y", length=0)
    return finish(figure, finding, subtitle, source, table)


@themed()
def targets(table: pd.DataFrame, source: str) -> Chart:
    """Draw each stated target as a line from the day it was stated to its horizon.

    Parameters
    ----------
    table : DataFrame
        One statement of a target a row: ``date_from`` (of the statement), ``value``, ``unit``,
        ``horizon`` (year, may be missing), ``by`` (who or which article states it).
    source : str
        Where the targets are from.
    """
    finding = findings.targets(something(table, "targets"))
    rows = table.sort_values(["date_from", "value"], ascending=False, kind="stable")
    rows = rows.head(MOST_STATEMENTS)
    latest = f"; the latest {len(rows)} are drawn" if len(rows) < len(table) else ""
    subtitle = (
        f"{counted(len(table), 'statement')} of a target{latest}. A line runs from the day (dot) "
        "to the end of the year by which the amount is to be reached (bar); a hollow dot gives no "
        "year."
    )
    figure = frame(finding, subtitle, source, 0.5 + ROW * len(rows))
    ax = figure.subplots()
    for y, r in enumerate(records(rows)):
        colour = _amount_colour(table, r.value)
        start = year_of(r.date_from)
        ax.plot(start, y, "o", color=colour, ms=6, mfc="white" if pd.isna(r.horizon) else colour)
        end = start
        if pd.notna(r.horizon):
            end = int(r.horizon) + 1
            ax.hlines(y, start, end, color=colour, lw=1.8)
            ax.plot(end, y, "|", color=colour, ms=9, mew=2.2)
        by = f" by {r.horizon}" if pd.notna(r.horizon) else ", no year"
        ax.annotate(f"{findings.amount(r.value, r.unit)}{by}", (end, y), (7, 0), size=8,
                    textcoords="offset points", va="center", annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(rows)), [f"{r.by}, {r.date_from:%b %Y}" for r in records(rows)])
    ax.set_ylim(-0.7, len(rows) - 0.3)
    ends = rows["horizon"].dropna()
    last = max([int(rows["date_from"].max().year), *ends.astype(int)])
    first = int(rows["date_from"].min().year)
    ax.set_xlim(first, last + 1 + 0.45 * (last + 1 - first))
    _year_axis(ax, first, last)
    ax.tick_params(axis="y", length=0, labelsize=8)
    return finish(figure, finding, subtitle, source, rows)


@themed()
def trade(
    actual: pd.DataFrame, announced: pd.DataFrame, needed: pd.DataFrame, source: str
) -> Chart:
    """Draw what was reached against every announced target, and the growth still needed.

    Parameters
    ----------
    actual : DataFrame
        One year of one reporter a row: ``year``, ``value``, ``unit``, ``reporter``.
    announced : DataFrame
        One amount and horizon a row: ``value``, ``horizon``, ``first`` and ``last`` (years in
        which it was announced), ``times``.
    needed : DataFrame
        One way from a latest year to a target a row: ``reporter``, ``year``, ``value``,
        ``target``, ``horizon``, ``growth`` (a year).
    source : str
        Where the amounts are from.
    """
    finding = findings.trade(actual, announced, needed)
    unit = actual["unit"].iloc[0]
    reporters = list(dict.fromkeys(actual["reporter"]))
    subtitle = (
        f"Billion {unit} a year as {' and '.join(reporters)} statistics have it; crosses: targets, "
        "at the year by which they were to be reached; dotted: the way that is left, with the "
        "growth a year that it takes. In brackets: when a target was announced."
    )
    figure = frame(finding, subtitle, source, 4.3)
    ax = figure.subplots()
    for i, reporter in enumerate(reporters):
        line = actual[actual["reporter"] == reporter].sort_values("year")
        x, y = line["year"].to_numpy(float), line["value"].to_numpy(float) / 1e9
        ax.plot(x, y, color=SIDES[i], lw=1.8, ls=STYLES[i % len(STYLES)], marker="o", ms=4)
        ax.annotate(f"{reporter}: {y[-1]:.1f} in {int(x[-1])}", (x[-1], y[-1]),
                    (8, -10 if i == 0 else -14), textcoords="offset points", size=8.5,
                    color=SIDES[i], weight="bold")  # fmt: skip
    for i, r in enumerate(records(needed)):
        colour = SIDES[reporters.index(r.reporter)]
        ax.plot([r.year, r.horizon], [r.value / 1e9, r.target / 1e9], ls=":", lw=1.4, color=colour)
        half = 0.6 - 0.15 * i
        ax.annotate(
            f"{r.reporter} +{100 * r.growth:.1f} % a year",
            (r.year + half * (r.horizon - r.year), (r.value + half * (r.target - r.value)) / 1e9),
            (-8, 6) if i == 0 else (8, -10), textcoords="offset points", size=8.5, color=colour,
            ha="right" if i == 0 else "left",
        )  # fmt: skip
    for r in records(announced):
        ax.plot(r.horizon, r.value / 1e9, "x", color=INK, ms=8, mew=2)
        when = f"{r.first}" if r.first == r.last else f"{r.first}–{r.last % 100:02d}"
        # The lower of two targets for one year is labelled below its cross.
        below = bool(((announced["horizon"] == r.horizon) & (announced["value"] > r.value)).any())
        ax.annotate(f"{r.value / 1e9:.0f} by {r.horizon}\n({when})",
                    (r.horizon, r.value / 1e9), (0, -9 if below else 7), size=8, ha="center",
                    textcoords="offset points", va="top" if below else "bottom")  # fmt: skip
    last = int(max(announced["horizon"].max(), actual["year"].max()))
    first = int(min(announced["horizon"].min(), actual["year"].min()))
    ax.set_xlim(first - 0.5, last + 1)
    ax.set_ylim(0, float(max(announced["value"].max(), actual["value"].max())) / 1e9 * 1.18)
    ax.set_xticks(range(first, last + 1), [f"{y}" for y in range(first, last + 1)], size=8)
    ax.grid(axis="y", color=EMPTY, lw=0.8)
    ax.set_axisbelow(True)
    ax.set_ylabel(f"billion {unit}")
    data = stacked(actual=actual, announced=announced, needed=needed)
    return finish(figure, finding, subtitle, source, data)


def _amount_colour(table: pd.DataFrame, value: float) -> str:
    amounts = sorted(table["value"].unique())
    return SIDES[amounts.index(value) % len(SIDES)]


def _year_axis(ax: Axes, first: int, last: int) -> None:
    """Mark the beginnings of years, of many only some."""
    years = range(first, last + 2, 1 if last - first < 8 else 3)
    ax.set_xticks(years, [str(y) for y in years], size=8)
    ax.grid(axis="x", color=RULE, lw=0.6)
    ax.set_axisbelow(True)
