"""Charts of themes: which topics travel together, in which clusters, and how stable these are."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from scipy.cluster.hierarchy import dendrogram

from analysis import theme_findings as findings
from analysis.chart import Chart, finish, frame, stacked
from analysis.findings import LEVEL
from analysis.named_rows import records
from analysis.prose import counted, name
from analysis.style import COLOURS, EMPTY, GREY, INK, MUTED, ORDERED, PURPLE, RULE, themed
from analysis.topic_clusters import Clusters

LIKELY = 0.01  # of Fisher's test before correction
DISSOLVED, STABLE = 0.5, 0.75  # of the Jaccard index, after Hennig (2007)


@themed()
def representations(table: pd.DataFrame, source: str) -> Chart:
    """Draw how stable clusters are under each representation of sentences.

    Parameters
    ----------
    table : DataFrame
        From `analysis.themes.theme_comparison`.
    source : str
        Where the sentences are from.
    """
    finding = findings.representations(table)
    names = list(dict.fromkeys(table["representation"]))[::-1]
    numbers = sorted(table["clusters"].unique())
    sentences = int(table["sentences"].iloc[0])
    subtitle = (
        f"{sentences} sentences in {listed(numbers)} clusters (numbers at the bars). Dots: mean "
        "adjusted Rand index of clusterings of resampled sentences (1: the same each time), with "
        "95 % of the pairs. Hollow: the same for shuffled sentences, which have no themes; only "
        "what is right of it counts."
    )
    figure = frame(finding, subtitle, source, 0.6 + 0.17 * (len(numbers) + 1) * len(names))
    ax = figure.subplots()
    for y, kind in enumerate(names):
        rows = table[table["representation"] == kind].sort_values("clusters")
        spread = np.linspace(0.26, -0.26, len(rows)) if len(rows) > 1 else np.zeros(1)
        for r, shift in zip(records(rows), spread, strict=True):
            ax.hlines(y + shift, r.stability_low, r.stability_high, color=COLOURS["share"],
                      lw=1.4, alpha=0.6)  # fmt: skip
            ax.plot(r.stability, y + shift, "o", color=COLOURS["share"], ms=5)
            ax.plot(r.stability_shuffled, y + shift, "o", mfc="white", mec=INK, mew=0.9, ms=5)
            ax.annotate(str(r.clusters), (r.stability_high, y + shift), (4, 0), size=7.5,
                        textcoords="offset points", va="center", color=MUTED)  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.set_xlim(min(-0.02, float(table["stability_low"].min()) - 0.02), 1.04)
    ax.grid(axis="x", color=EMPTY, lw=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("mean adjusted Rand index")
    return finish(figure, finding, subtitle, source, table)


@themed()
def clusters(table: pd.DataFrame, source: str) -> Chart:
    """Draw the size and the stability of each cluster of sentences, with its terms.

    Parameters
    ----------
    table : DataFrame
        From `analysis.theme_summary.theme_summary`.
    source : str
        Where the sentences are from.
    """
    finding = findings.clusters(table)
    rows = table.sort_values("size", kind="stable").reset_index(drop=True)
    subtitle = (
        f"{counted(int(rows['size'].sum()), 'sentence')}. Bars: sentences. Dots: how well "
        f"resamples find the cluster again (mean Jaccard index): above {STABLE} stable, below "
        f"{DISSOLVED} dissolved. Small print: the words that mark the cluster."
    )
    figure = frame(finding, subtitle, source, 0.6 + 0.62 * len(rows))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[2.1, 1])
    y = np.arange(len(rows))
    left.barh(y - 0.22, rows["size"], height=0.3, color=COLOURS["share"])
    for r in records(rows):
        left.text(0, r.Index + 0.22, r.label, size=9, weight="bold", va="center")
        left.text(r.size + 0.15, r.Index - 0.22, str(r.size), size=8.5, va="center")
        words = ", ".join(str(r.terms).split(";")[:5]) if pd.notna(r.terms) else ""
        left.text(r.size + 0.15, r.Index - 0.22, f"     {words}", size=7.5, color=MUTED,
                  va="center")  # fmt: skip
    left.set_xlim(0, float(rows["size"].max()) * 2)
    left.set_xticks([])
    left.set_yticks([])
    left.spines["bottom"].set_visible(False)
    right.hlines(y - 0.22, 0, rows["stability"], color=EMPTY, lw=2)
    right.plot(rows["stability"], y - 0.22, "o", color=PURPLE, ms=6)
    for r in records(rows):
        right.text(r.stability + 0.04, r.Index - 0.22, f"{r.stability:.2f}", size=8.5, va="center")
    for at in (DISSOLVED, STABLE):
        right.axvline(at, color=MUTED, lw=0.8, ls=(0, (3, 2)), zorder=0)
    right.set_xlim(0, 1.2)
    right.set_xticks([0, DISSOLVED, STABLE, 1])
    right.set_xlabel("found again (Jaccard)")
    left.set_ylim(-0.6, len(rows) - 0.3)
    return finish(figure, finding, subtitle, source, rows)


@themed()
def composition(table: pd.DataFrame, source: str) -> Chart:
    """Draw how often each topic is mentioned in the sentences of each cluster, as a heat map.

    Parameters
    ----------
    table : DataFrame
        One topic in one cluster a row: ``label`` (of the cluster), ``topic``, ``n`` (sentences).
    source : str
        Where the sentences are from.
    """
    finding = findings.composition(table)
    count = table.pivot(index="topic", columns="label", values="n")
    columns = table.groupby("label")["n"].sum().sort_values(ascending=False, kind="stable").index
    count = count[columns]
    order = count.fillna(0).to_numpy(float)
    # Topics stand under the cluster that has most of them, the more frequent first.
    rows = np.lexsort((-order.max(axis=1), order.argmax(axis=1)))
    count = count.iloc[rows]
    subtitle = (
        "Number and colour: sentences of the cluster that mention the topic. A topic stands with "
        "the cluster that has most of its sentences; clusters are named at the right."
    )
    figure = frame(finding, subtitle, source, 0.7 + 0.225 * len(count))
    ax = figure.subplots()
    sns.heatmap(
        count.astype(float), ax=ax, cmap=ORDERED, annot=True, fmt=".0f", linewidths=1.5,
        cbar=False, annot_kws={"size": 8.5}, vmin=0,
    )  # fmt: skip
    home = order.argmax(axis=1)[rows]
    free = 0.0  # the first row whose right side has no writing yet
    for number, label in enumerate(columns):
        own = np.flatnonzero(home == number)
        if len(own):
            words = textwrap.wrap(f"{number + 1}  {label}", 38, subsequent_indent="    ")
            at = max(float(own[0]), free)
            ax.text(len(columns) + 0.2, at + 0.15, "\n".join(words), size=8, va="top")
            free = at + 0.65 * len(words)
    ax.set_xticks(
        np.arange(len(columns)) + 0.5, [str(i + 1) for i in range(len(columns))], rotation=0
    )
    ax.xaxis.tick_top()
    ax.set_yticks(np.arange(len(count)) + 0.5, [name(t) for t in count.index], rotation=0)
    ax.tick_params(length=0)
    ax.set(xlabel="", ylabel="")
    return finish(figure, finding, subtitle, source, table)


@themed()
def association(pairs: pd.DataFrame, found: Clusters, source: str) -> Chart:
    """Draw which topics are named in the same meetings: heat map in the order of the dendrogram.

    Parameters
    ----------
    pairs : DataFrame
        From `analysis.association.topic_association`.
    found : Clusters
        From `analysis.topic_clusters.cluster_topics`, of the same tables.
    source : str
        Where the meetings are from.
    """
    finding = findings.association(pairs, found)
    order = list(found.members["topic"])
    square = pd.DataFrame(np.nan, index=order, columns=order)
    for r in records(pairs):
        square.loc[r.topic, r.other] = square.loc[r.other, r.topic] = r.phi
    subtitle = (
        f"{counted(int(pairs['n_all'].iloc[0]), 'meeting')}. Colour: phi coefficient of two topics "
        "(1: always together, 0: as by chance). Frames: clusters of Ward's linkage, whose tree is "
        "at the left. Dots: pairs that pass Fisher's test after correction (Holm)."
    )
    figure = frame(finding, subtitle, source, 7.0)
    axes = figure.subplot_mosaic("th;.b", width_ratios=[0.16, 1], height_ratios=[1, 0.015])
    tree, ax = axes["t"], axes["h"]
    dendrogram(
        found.linkage, ax=tree, orientation="left", no_labels=True, color_threshold=0,
        above_threshold_color=GREY,
    )  # fmt: skip
    tree.set_ylim(10 * len(order), 0)
    tree.axis("off")
    sns.heatmap(
        square, ax=ax, cmap=ORDERED, vmin=-0.3, vmax=0.7, linewidths=0.4, cbar_ax=axes["b"],
        cbar_kws={"orientation": "horizontal", "label": "phi"},
    )  # fmt: skip
    for r in records(pairs[pairs["p_holm"] < LEVEL]):
        x, y = order.index(r.topic), order.index(r.other)
        ax.plot([x + 0.5, y + 0.5], [y + 0.5, x + 0.5], "o", color="white", mec=INK, mew=0.6, ms=4)
    start = 0
    for _, rows in found.members.groupby("cluster", sort=False):
        ax.add_patch(
            Rectangle(
                (start, start), len(rows), len(rows), fill=False, ec=INK, lw=1.6, clip_on=False
            )
        )
        start += len(rows)
    ax.set_xticks([])
    ax.set_yticks(np.arange(len(order)) + 0.5, [name(t) for t in order], rotation=0, size=8)
    ax.yaxis.tick_right()
    ax.tick_params(length=0)
    ax.set(xlabel="", ylabel="")
    data = stacked(pairs=pairs, clusters=found.members)
    return finish(figure, finding, subtitle, source, data)


@themed()
def links(pairs: pd.DataFrame, found: Clusters, source: str) -> Chart:
    """Draw the strong links between topics as a ring, in the order of the dendrogram.

    Parameters
    ----------
    pairs, found, source
        As for `association`.
    """
    strong = pairs[(pairs["p_holm"] < LEVEL) & (pairs["phi"] > 0)]
    likely = pairs[(pairs["p"] < LIKELY) & (pairs["phi"] > 0) & (pairs["p_holm"] >= LEVEL)]
    finding = findings.links(pairs, strong)
    order = list(found.members["topic"])
    angle = {t: np.pi / 2 - 2 * np.pi * i / len(order) for i, t in enumerate(order)}
    size = dict(zip(found.members["topic"], found.members["n"], strict=True))
    subtitle = (
        f"{counted(int(pairs['n_all'].iloc[0]), 'meeting')}. Blue: pairs named together more often "
        "than chance gives, after correction (Holm); grey: only before correction (p below "
        f"{LIKELY}). The larger a dot, the more meetings. Order: that of the tree of clusters."
    )
    figure = frame(finding, subtitle, source, 6.2)
    ax = figure.subplots()
    for rows, colour, width in ((likely, RULE, 1.2), (strong, COLOURS["share"], 3.5)):
        for r in records(rows):
            one, two = ((np.cos(angle[t]), np.sin(angle[t])) for t in (r.topic, r.other))
            inside = (0.15 * (one[0] + two[0]), 0.15 * (one[1] + two[1]))
            bend = Path([one, inside, two], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
            ax.add_patch(PathPatch(bend, fill=False, ec=colour, lw=width))
    linked = {*strong["topic"], *strong["other"]}
    for topic, at in angle.items():
        x, y = np.cos(at), np.sin(at)
        ax.plot(x, y, "o", ms=3 + size[topic] / 6, color=INK if topic in linked else GREY)
        turn = np.degrees(at) % 360
        flipped = 90 < turn < 270
        ax.text(
            1.07 * x, 1.07 * y, name(topic), size=8, rotation=turn - 180 if flipped else turn,
            ha="right" if flipped else "left", va="center", rotation_mode="anchor",
            color=INK if topic in linked else MUTED,
            weight="bold" if topic in linked else "normal",
        )  # fmt: skip
    ax.set_aspect("equal")
    ax.set_xlim(-2.1, 2.1)
    ax.set_ylim(-1.75, 1.75)
    ax.axis("off")
    data = stacked(pairs=pairs, clusters=found.members)
    return finish(figure, finding, subtitle, source, data)


def listed(numbers: list[int]) -> str:
    """Write numbers as alternatives.

    Examples
    --------
    >>> listed([6, 8, 10]), listed([8])
    ('6, 8 or 10', '8')
    """
    words = [str(n) for n in numbers]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
