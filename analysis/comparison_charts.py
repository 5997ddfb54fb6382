"""Charts of comparisons: successive readouts, and two sides' accounts of the same meetings."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from analysis import findings_ledgers as findings
from analysis.chart import Chart, finish, frame
from analysis.named_rows import records
from analysis.prose import counted, name
from analysis.style import BLUE, COLOURS, GREY, INK, MUTED, RED, side_colours, themed

RETOLD = {
    "same request": "the same request",
    "joint": "agreed or pledged by both",
    "pledge": "pledged by the side asked",
    "reversed": "the request of the side asked",
    "named": "named otherwise",
    "absent": "not named",
}
CHANGES = {"new": BLUE, "dropped": RED, "kept": GREY, "moved up": BLUE, "moved down": RED}


@themed()
def successive(table: pd.DataFrame, source: str, earlier: str, later: str) -> Chart:
    """Draw the topics of two readouts in their order of first mention, and what became of each.

    Parameters
    ----------
    table : DataFrame
        From `analysis.compare_readouts`.
    source, earlier, later : str
        Where the readouts are from, and what to call the two.
    """
    finding = findings.successive(table)
    topics = table[table["aspect"] == "topic"]
    places = {c: topics[c].astype("Int64") for c in ("earlier", "later")}
    longest = max(int(p.max()) for p in places.values() if p.notna().any())
    subtitle = (
        "Topics in the order in which each readout first names them. Lines join those in both: "
        "blue moved up, red moved down (two ranks or more among them), grey kept. Blue names are "
        "new, red ones dropped."
    )
    figure = frame(finding, subtitle, source, 0.6 + 0.2 * longest)
    ax = figure.subplots()
    for topic, change, *ranks in zip(
        topics["item"], topics["change"], *places.values(), strict=True
    ):
        colour = CHANGES[change]
        if all(pd.notna(rank) for rank in ranks):
            ax.plot([0, 1], ranks, color=colour, lw=1.6, marker="o", ms=4)
        for x, rank, side, push in ((0, ranks[0], "right", -0.03), (1, ranks[1], "left", 0.03)):
            if pd.isna(rank):
                continue
            alone = change in ("new", "dropped")
            if alone:
                ax.plot(x, rank, "o", ms=4, color=colour)
            ax.text(x + push, rank, f"{rank} {name(topic)}" if x else f"{name(topic)} {rank}",
                    ha=side, va="center", size=8.5, weight="bold" if alone else "normal",
                    color=colour if alone else INK)  # fmt: skip
    for x, label, side in ((0, earlier, "right"), (1, later, "left")):
        ax.text(x, -0.3, label, ha=side, va="center", size=9.5, weight="bold")
    ax.set_xlim(-1.1, 2.1)
    ax.set_ylim(longest + 0.8, -1)
    ax.axis("off")
    return finish(figure, finding, subtitle, source, topics)


@themed()
def overlap(table: pd.DataFrame, source: str, first: str, second: str) -> Chart:
    """Draw for each meeting how many topics both accounts name, and how many only one.

    Parameters
    ----------
    table : DataFrame
        From `analysis.accounts.account_overlap`.
    source, first, second : str
        Where the accounts are from, and the two sides.
    """
    finding = findings.overlap(table, first, second)
    rows = table.iloc[::-1].reset_index(drop=True)
    subtitle = (
        f"{counted(len(rows), 'meeting')} with accounts of both sides: topics that only "
        f"{first}'s accounts name (left), both (grey), only {second}'s (right)."
    )
    figure = frame(finding, subtitle, source, 0.7 + 0.27 * len(rows))
    ax = figure.subplots()
    _three(ax, rows, [f"{r.day_from.day} {r.day_from:%b %Y}" for r in records(rows)], first, second)
    return finish(figure, finding, subtitle, source, rows)


@themed()
def pattern(table: pd.DataFrame, source: str, first: str, second: str) -> Chart:
    """Draw in how many meetings both accounts have an item, and in how many only one.

    Parameters
    ----------
    table : DataFrame
        Rows of one aspect of `analysis.accounts.account_pattern`.
    source, first, second : str
        Where the accounts are from, and the two sides.
    """
    finding = findings.pattern(table, first, second)
    total = table[["both", "only_first", "only_second"]].sum(axis=1)
    rows = table.assign(total=total).sort_values("total", kind="stable").reset_index(drop=True)
    subtitle = (
        f"{counted(int(table['meetings'].iloc[0]), 'meeting')} with accounts of both sides: in how "
        f"many only {first}'s accounts tell it (left), both (grey), only {second}'s (right)."
    )
    figure = frame(finding, subtitle, source, 0.7 + 0.3 * len(rows))
    ax = figure.subplots()
    _three(ax, rows, [str(item).replace("_", " ") for item in rows["item"]], first, second)
    return finish(figure, finding, subtitle, source, rows)


@themed()
def retold(table: pd.DataFrame, source: str) -> Chart:
    """Draw how the other side's accounts tell what one side's accounts tell as a request.

    Parameters
    ----------
    table : DataFrame
        From `analysis.accounts.retold_asks`.
    source : str
        Where the accounts are from.
    """
    finding = findings.retold(table)
    tellers = sorted(table["told_by"].unique())
    colours = side_colours(tellers)
    counts = table.groupby(["told_by", "retold"]).size()
    widest = int(counts.max())
    subtitle = (
        f"{counted(len(table), 'topic')} that one side's accounts of a meeting tell as a request, "
        "and what the other side's accounts of the same meeting make of them."
    )
    figure = frame(finding, subtitle, source, 0.5 + 0.3 * len(RETOLD))
    axes = figure.subplots(1, len(tellers), sharey=True, squeeze=False)[0]
    for ax, teller in zip(axes, tellers, strict=True):
        for y, kind in enumerate(reversed(RETOLD)):
            n = int(counts.get((teller, kind), 0))
            ax.barh(y, n, height=0.62, color=GREY if kind == "absent" else colours[teller])
            ax.text(n + widest / 40, y, f"{n}", size=8.5, va="center")
        ax.set_title(f"requests in {teller}'s accounts", loc="left", size=9.5, weight="bold")
        ax.set_xlim(0, widest * 1.15)
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        ax.set_yticks(range(len(RETOLD)), list(RETOLD.values())[::-1])
        ax.tick_params(axis="y", length=0)
    return finish(figure, finding, subtitle, source, table)


def _three(ax: Axes, rows: pd.DataFrame, labels: list[str], first: str, second: str) -> None:
    """Draw what both have around the middle, and what only one has to its side."""
    colours = side_colours(sorted([first, second]))
    for y, r in enumerate(records(rows)):
        middle = r.both / 2
        parts = (
            (-middle - r.only_first, r.only_first, colours[first]),
            (-middle, r.both, COLOURS["both"]),
            (middle, r.only_second, colours[second]),
        )
        for left, width, colour in parts:
            ax.barh(y, width, left=left, height=0.66, color=colour, edgecolor="white", lw=0.6)
            if width:
                ax.text(left + width / 2, y, f"{width}", ha="center", va="center", size=8.5,
                        weight="bold")  # fmt: skip
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(-0.6, len(rows) + 0.3)
    for x, text, side in (
        (ax.get_xlim()[0], f"only {first}", "left"),
        (0, "both", "center"),
        (ax.get_xlim()[1], f"only {second}", "right"),
    ):
        ax.text(x, len(rows) - 0.15, text, ha=side, va="center", size=9, color=MUTED)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)
