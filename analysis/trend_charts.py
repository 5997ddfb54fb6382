"""Charts of topics over time: change a year, shares in each period, shares from year to year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from analysis import findings
from analysis.chart import Chart, finish, frame, something, stacked, year_of
from analysis.charts import ROW, intervals, unsaid_caveat
from analysis.findings import FEW
from analysis.named_rows import records
from analysis.prose import counted, name
from analysis.style import COLOURS, EMPTY, GREY, INK, MUTED, ORDERED, RULE, themed
from analysis.word_forms import plural

COLUMNS = 3  # small multiples beside each other


@themed()
def trends(table: pd.DataFrame, source: str, first: str, last: str, unit: str = "meeting") -> Chart:
    """Draw each topic's share in the first and last year, and its change a year with interval.

    Parameters
    ----------
    table : DataFrame
        From `analysis.trends.topic_trends`.
    source, first, last, unit : str
        Where the counted units are from, the first and the last year, and what a unit is.
    """
    finding = findings.trends(table, first, last)
    told = findings.moved(table)
    rows = table.assign(told=told).sort_values("change", kind="stable").reset_index(drop=True)
    n_all = int(rows["n_all"].max())
    subtitle = (
        f"{counted(n_all, unit)}, {first} to {last}. Left: share that names the topic in {first} "
        f"(hollow) and {last} (filled). Right: change a year with its 95 % interval. ▲ rose, "
        "▼ fell, also after correction for the number of topics (Holm); ○ no clear change. In "
        "brackets: n."
    )
    figure = frame(finding, subtitle, source, 0.6 + ROW * len(rows))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1, 1.15])
    y = np.arange(len(rows))
    left.hlines(y, rows["share_first"], rows["share_last"], color=RULE, lw=2.5, zorder=1)
    left.plot(
        rows["share_first"], y, "o", ms=5, mfc="white", mec=COLOURS["earlier"], mew=1.4, zorder=2
    )
    left.plot(rows["share_last"], y, "o", ms=5, color=COLOURS["later"], zorder=3)
    left.set_xlim(-0.03, 1.0)
    left.xaxis.set_major_formatter(PercentFormatter(1))
    left.set_xlabel(f"share in {first} ○ and {last} ●")
    points = rows.assign(**{c: 100 * rows[c].astype(float) for c in ("change", "low", "high")})
    intervals(right, points, "change", rows["told"], rows["told"] == "unclear")
    right.axvline(0, color=MUTED, lw=0.8, zorder=0)
    right.set_xlabel("change a year, percentage points")
    left.set_yticks(y, [f"{name(r.topic)}  ({r.n})" for r in records(rows)])
    for text, way in zip(left.get_yticklabels(), rows["told"], strict=True):
        text.set_weight("bold" if way != "unclear" else "normal")
    left.set_ylim(-0.7, len(rows) - 0.3)
    for ax in (left, right):
        ax.grid(axis="y", color=EMPTY, lw=0.6)
        ax.set_axisbelow(True)
    return finish(figure, finding, subtitle, source, rows)


@themed()
def years(table: pd.DataFrame, source: str) -> Chart:
    """Draw the share of each topic in each period as a heat map, with counts in the cells.

    Parameters
    ----------
    table : DataFrame
        From `analysis.topic_frequency`, without groups. Periods without articles are hatched and
        marked as such, and a period that is not over says up to which day there are articles.
    source : str
        Where the units are from.
    """
    something(table[table["n_all"] > 0], "dated articles")
    finding = findings.periods(table)
    level = "topic" if "topic" in table else "theme"
    share = table.pivot(index=level, columns="period", values="share")
    count = table.pivot(index=level, columns="period", values="n")
    order = table[level].drop_duplicates()
    share, count = share.loc[order].astype(float), count.loc[order]
    text = count.astype("string").fillna("").to_numpy(dtype=object)
    unit = table["counted"].iloc[0]
    n_all = table.drop_duplicates("period").set_index("period")["n_all"]
    subtitle = (
        f"Colour: share of the {plural(unit)} of the period; number: {plural(unit)} with the "
        f"{level}. "
        f"{counted(int(n_all.sum()), unit).capitalize()} in all; periods of fewer than {FEW} are "
        f"hatched.{unsaid_caveat(int(n_all.sum()), unit, source)}"
    )
    figure = frame(finding, subtitle, source, 1.3 + 0.225 * len(share))
    ax = figure.subplots()
    sns.heatmap(
        share.mask(count.isna() | (count == 0)), ax=ax, cmap=ORDERED, vmin=0, vmax=1,
        annot=text, fmt="", annot_kws={"size": 8.5}, linewidths=1.5, mask=share.isna(),
        cbar_kws={"format": PercentFormatter(1), "location": "bottom", "shrink": 0.35,
                  "aspect": 30, "pad": 0.01},
    )  # fmt: skip
    notes = table.drop_duplicates("period").set_index("period")["note"]
    heads = []
    for x, period in enumerate(share.columns):
        n = int(n_all[period])
        if n == 0:
            ax.axvspan(x, x + 1, facecolor=EMPTY, edgecolor="white", hatch="///", lw=0)
            ax.text(x + 0.5, len(share) / 2, "no articles", rotation=90, ha="center", va="center",
                    color=INK, size=10, bbox={"fc": "white", "ec": "none"})  # fmt: skip
            heads.append(str(period))
        else:
            note = "" if pd.isna(notes[period]) else str(notes[period])
            heads.append("\n".join([period, counted(n, unit), *note.rsplit(" ", 1)]).strip())
            if n < FEW:
                ax.add_patch(Rectangle((x, 0), 1, len(share), fill=False, hatch="/", ec="white",
                                       lw=0))  # fmt: skip
        for y in np.flatnonzero(count[period] == 0) if n else ():
            ax.text(x + 0.5, y + 0.5, "0", ha="center", va="center", size=8.5, color=GREY)
    ax.set_xticks(np.arange(len(heads)) + 0.5, heads, rotation=0, size=8, va="top")
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", pad=38 if any("\nup" in h for h in heads) else 24)
    ax.set_yticks(np.arange(len(share)) + 0.5, [name(t) for t in share.index], rotation=0)
    ax.tick_params(length=0)
    ax.set(xlabel="", ylabel="")
    _themes_apart(ax, table, level)
    return finish(figure, finding, subtitle, source, table)


@themed()
def over_time(
    table: pd.DataFrame, source: str, subtitle: str, events: pd.DataFrame | None = None
) -> Chart:
    """Draw one small panel a topic (or label) with its share over the years and its interval.

    Parameters
    ----------
    table : DataFrame
        One topic, theme or label in one year a row: ``period``, ``n_all``, ``share`` or
        ``weight``, ``low``, ``high``. Years of fewer than five units are hollow.
    source, subtitle : str
        Where the units are from; what the share is a share of.
    events : DataFrame, optional
        ``date_from``, ``event`` and ``kind``: each is marked by a line with a letter, changes of
        office by small strokes at the foot.
    """
    finding = findings.over_time(table)
    level = next(c for c in ("topic", "theme", "label") if c in table)
    value = "share" if "share" in table else "weight"
    dated = table[table["n_all"] > 0].assign(at=lambda d: d["period"].astype(int) + 0.5)
    events = pd.DataFrame(columns=["date_from", "event", "kind"]) if events is None else events
    marks = records(events[events["kind"] != "office"])
    offices = [year_of(day) for day in events.loc[events["kind"] == "office", "date_from"]]
    letters = [chr(ord("A") + i) for i in range(len(marks))]
    for letter, event in zip(letters, marks, strict=True):
        subtitle += f" {letter}: {event.event}, {event.date_from:%B %Y}."
    if (dated["n_all"] < FEW).any():
        subtitle += f" Hollow: fewer than {FEW}."
    if offices:
        subtitle += " Strokes at the foot: changes of office."
    keys = list(dated[level].drop_duplicates())
    rows = -(-len(keys) // COLUMNS)
    figure = frame(finding, subtitle, source, 0.3 + 1.35 * rows)
    axes = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    first, last = int(dated["at"].min()), int(dated["at"].max())
    top = min(1.0, float(dated["high"].max()) * 1.1)
    for ax, key in zip(axes, keys, strict=False):
        line = dated[dated[level] == key].sort_values("at")
        x, y = line["at"].to_numpy(float), line[value].to_numpy(float)
        ax.fill_between(
            x, line["low"].to_numpy(float), line["high"].to_numpy(float),
            color=COLOURS["share"], alpha=0.18, lw=0,
        )  # fmt: skip
        ax.plot(x, y, color=COLOURS["share"], lw=1.6)
        few = (line["n_all"] < FEW).to_numpy(bool)
        ax.plot(x[~few], y[~few], "o", color=COLOURS["share"], ms=4, clip_on=False, zorder=3)
        ax.plot(
            x[few], y[few], "o", mfc="white", mec=COLOURS["share"], ms=4, clip_on=False, zorder=3
        )
        for letter, event in zip(letters, marks, strict=True):
            at = year_of(event.date_from)
            ax.axvline(at, color=MUTED, lw=0.8, ls=(0, (3, 2)), zorder=0)
            ax.text(at + 0.06, top, letter, size=7.5, color=MUTED, va="top")
        ax.vlines(offices, 0, 0.06 * top, color=INK, lw=0.9)
        ax.set_title(name(str(key)), loc="left", size=9.5, weight="bold", pad=3)
        ax.set_ylim(0, top)
        ax.set_xlim(first, last + 1)
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        ax.set_xticks([y + 0.5 for y in range(first, last + 1)], range(first, last + 1), size=7.5)
        ax.tick_params(axis="y", labelsize=7.5)
        ax.grid(axis="y", color=EMPTY, lw=0.6)
    for ax in axes[len(keys) :]:
        ax.set_visible(False)
    data = dated if events.empty else stacked(shares=dated, events=events)
    return finish(figure, finding, subtitle, source, data)


def _themes_apart(ax: Axes, table: pd.DataFrame, level: str) -> None:
    """Draw a line between the topics of two themes, and the themes' names beside them."""
    if level != "topic":
        return
    theme = table.drop_duplicates("topic")["theme"].to_numpy()
    starts = [0, *(np.flatnonzero(theme[1:] != theme[:-1]) + 1)]
    for y in starts:
        if y:
            ax.axhline(y, color=INK, lw=0.8)
        ax.text(ax.get_xlim()[1] + 0.06, y + 0.5, name(theme[y]), size=8, color=MUTED, va="center")
