"""What tables about a corpus say, in words; the rules are those of `analysis.findings`."""

from __future__ import annotations

import pandas as pd

from analysis.findings import Finding
from analysis.named_rows import records
from analysis.prose import counted, listing, name, part, percent

TENTATIVE = 0.667  # least alpha for tentative conclusions (Krippendorff 2004)


def corpus(table: pd.DataFrame) -> Finding:
    """How many articles and meetings there are in each period, and where there are none."""
    rows = records(table)
    articles, meetings = int(table["articles"].sum()), int(table["meetings"].sum())
    most = table.sort_values("meetings", ascending=False, kind="stable").iloc[0]
    gaps = [r.period for r in rows if r.articles == 0]
    title = (
        f"{counted(articles, 'article')} on {counted(meetings, 'meeting')}; most meetings "
        f"({most['meetings']}) in {most['period']}"
    )
    if gaps:
        title += f", nothing in {listing(gaps)}"
    words = "; ".join(
        f"{r.period}: {counted(int(r.articles), 'article')} on "
        f"{counted(int(r.meetings), 'meeting')}"
        for r in rows
        if r.articles
    )
    return Finding(title, words)


def coverage(table: pd.DataFrame) -> Finding:
    """How many sentences yield a row of each kind, and how many none."""
    rows = {r.kind: r for r in records(table)}
    silent = rows["nothing"]
    title = (
        f"{part(int(silent.n)).capitalize()} of {counted(int(silent.n_all), 'sentence')} "
        f"{'is' if silent.n < 2 else 'are'} without a row of any kind"
    )
    words = "; ".join(
        f"{r.kind}: {r.n} of {r.n_all} ({percent(r.n / r.n_all)})" for r in rows.values()
    )
    return Finding(title, f"Sentences with a row: {words}")


def agreement(table: pd.DataFrame) -> Finding:
    """How far two coders agree, and on which topics they hardly do."""
    *_, overall = records(table)
    topics = table.iloc[:-1]
    judged = topics[topics["alpha"].notna()]
    weak = judged[judged["alpha"] < TENTATIVE]
    stays = "stays" if len(weak) < 2 else "stay"
    title = (
        f"The two coders agree with an alpha of {overall.alpha:.2f}; "
        f"{part(len(weak))} of {len(judged)} topics {stays} below {TENTATIVE}"
    )
    words = f"Alpha of all topics {overall.alpha:.2f} ({overall.low:.2f} to {overall.high:.2f})"
    if len(weak):
        words += f"; below {TENTATIVE}: " + ", ".join(
            f"{name(r.topic)} {r.alpha:.2f}" for r in records(weak)
        )
    return Finding(title, words)
