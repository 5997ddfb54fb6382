"""Charts about a corpus: what it holds, what extraction leaves empty, how far coders agree."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.ticker import PercentFormatter

from analysis import corpus_findings as findings
from analysis.chart import Chart, finish, frame
from analysis.charts import ROW, intervals
from analysis.corpus_findings import TENTATIVE
from analysis.findings import SMALL
from analysis.named_rows import records
from analysis.prose import counted, name
from analysis.style import COLOURS, GREY, MUTED, RULE, themed


@themed()
def corpus(table: pd.DataFrame, source: str) -> Chart:
    """Draw how many articles and meetings there are in each period.

    Parameters
    ----------
    table : DataFrame
        One period a row: ``period``, ``articles``, ``meetings``, ``note``.
    source : str
        Where the articles are from.
    """
    finding = findings.corpus(table)
    subtitle = "Wide bars: articles; narrow bars: the meetings that they report."
    figure = frame(finding, subtitle, source, 2.9)
    ax = figure.subplots()
    x = list(range(len(table)))
    ax.bar(x, table["articles"].astype(int), width=0.72, color=RULE)
    ax.bar(x, table["meetings"].astype(int), width=0.4, color=COLOURS["share"])
    for at, r in zip(x, records(table), strict=True):
        if r.articles == 0:
            continue
        ax.text(at, r.articles, f"{r.articles}", ha="center", va="bottom", size=9)
        inside = r.meetings > 0.25 * table["articles"].max() and r.meetings < r.articles
        if inside:
            ax.text(at, r.meetings / 2, f"{r.meetings}", ha="center", va="center", size=9,
                    weight="bold")  # fmt: skip
    heads = [
        f"{r.period}\n{textwrap.fill(r.note, 14)}" if pd.notna(r.note) else r.period
        for r in records(table)
    ]
    ax.set_xticks(x, heads)
    ax.set_yticks([])
    return finish(figure, finding, subtitle, source, table)


@themed()
def coverage(table: pd.DataFrame, source: str) -> Chart:
    """Draw in how many sentences something of each kind was found.

    Parameters
    ----------
    table : DataFrame
        One kind a row: ``kind`` (``nothing`` for sentences without any row), ``n``, ``n_all``.
    source : str
        Where the sentences are from.
    """
    finding = findings.coverage(table)
    rows = records(table.iloc[::-1])
    subtitle = f"Share of {counted(int(table['n_all'].max()), 'sentence')} with a row of the kind."
    figure = frame(finding, subtitle, source, 0.5 + 0.32 * len(rows))
    ax = figure.subplots()
    for y, r in enumerate(rows):
        share = r.n / r.n_all
        ax.barh(y, share, height=0.6, color=GREY if r.kind == "nothing" else COLOURS["share"])
        ax.text(share + 0.01, y, f"{r.n}", va="center", size=9)
    ax.set_yticks(range(len(rows)), [r.kind for r in rows])
    ax.set_xlim(0, 1.06)
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.tick_params(axis="y", length=0)
    return finish(figure, finding, subtitle, source, table)


@themed()
def agreement(table: pd.DataFrame, source: str) -> Chart:
    """Draw Krippendorff's alpha of each topic with its interval.

    Parameters
    ----------
    table : DataFrame
        From `analysis.agreement.agreement`.
    source : str
        Whose codings are compared.
    """
    finding = findings.agreement(table)
    rows = table[table["alpha"].notna()].sort_values("alpha", kind="stable").reset_index(drop=True)
    articles = int(table["articles"].iloc[:-1].max())
    subtitle = (
        f"Krippendorff's alpha over {articles} articles with 95 % intervals (bootstrap over "
        "articles); 1 is agreement, 0 is chance. In brackets: how often each coder gave the topic."
    )
    figure = frame(finding, subtitle, source, 0.6 + ROW * len(rows))
    ax = figure.subplots()
    intervals(ax, rows, "alpha", ["share"] * len(rows), rows["first"] + rows["second"] < SMALL)
    ax.axvline(TENTATIVE, color=MUTED, lw=0.8, ls=(0, (3, 2)), zorder=0)
    ax.set_yticks(
        range(len(rows)),
        [f"{name(r.topic)}  ({r.first} : {r.second})" for r in records(rows)],
    )
    ax.set_xlim(min(-0.1, float(rows["low"].min()) - 0.05), 1.02)
    ax.set_xlabel(f"alpha (dashed: {TENTATIVE}, the least for tentative conclusions)")
    return finish(figure, finding, subtitle, source, rows)
