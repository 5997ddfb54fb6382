"""What the tables of themes say, in words; the rules are those of `analysis.findings`."""

from __future__ import annotations

import pandas as pd

from analysis.findings import LEVEL, Finding
from analysis.named_rows import records
from analysis.prose import counted, listing, name, number, part
from analysis.topic_clusters import Clusters


def representations(table: pd.DataFrame) -> Finding:
    """Which representation of sentences gives the most stable clusters, beyond its construction."""
    best = table.sort_values("above_shuffled", kind="stable").groupby("representation").tail(1)
    best = best.sort_values("above_shuffled", ascending=False, kind="stable")
    first, last = best.iloc[0], best.iloc[-1]
    title = (
        f"“{first['representation'].capitalize()}” is the most stable beyond chance "
        f"({first['above_shuffled']:.2f} of 1), “{last['representation']}” the least "
        f"({last['above_shuffled']:.2f})"
    )
    words = "; ".join(
        f"{r.representation}, {r.clusters} clusters: {r.stability:.2f} ({r.stability_low:.2f} to "
        f"{r.stability_high:.2f}), shuffled {r.stability_shuffled:.2f}, above it "
        f"{r.above_shuffled:.2f}"
        for r in records(best)
    )
    every = int(table["sentences_all"].max())
    sample = _sample(int(table["sentences"].max()), every)
    return Finding(title, f"{sample}Best number of clusters of each: {words}")


def clusters(table: pd.DataFrame) -> Finding:
    """How many clusters there are, and how many of them resampling finds again."""
    stable = int((table["stability"] >= 0.75).sum())
    dissolved = int((table["stability"] < 0.5).sum())
    total = int(table["size"].sum())
    title = (
        f"{number(len(table)).capitalize()} themes in {total} sentences: "
        f"{part(stable)} stable, {part(dissolved)} dissolved by resampling"
    )
    words = "; ".join(
        f"{r.label}: {counted(r.size, 'sentence')}, found again {r.stability:.2f}"
        for r in records(table)
    )
    return Finding(title, _sample(int(table["fitted"].sum()), total) + words)


def _sample(sentences: int, every: int) -> str:
    """Say that what is told rests on a sample, where it does."""
    if sentences == every:
        return ""
    return f"Estimated on a random sample of {sentences:,} of {every:,} sentences. "


def composition(table: pd.DataFrame) -> Finding:
    """How far topics keep to one cluster."""
    top = table.loc[table.groupby("topic")["n"].idxmax()]
    total = table.groupby("topic")["n"].sum()
    frequent = total[total >= 3].index
    held = int((table.groupby("topic")["label"].size()[frequent] == 1).sum())
    title = (
        f"{part(held).capitalize()} of {len(frequent)} topics with three sentences or more stay "
        "within one cluster"
    )
    most = top.sort_values("n", ascending=False, kind="stable").head(12)
    words = "; ".join(
        f"{name(r.topic)}: {r.n} of {total[r.topic]} in {r.label}" for r in records(most)
    )
    return Finding(title, words)


def association(pairs: pd.DataFrame, found: Clusters) -> Finding:
    """Which topics travel together most, and how stable their clusters are."""
    strong = pairs[(pairs["p_holm"] < LEVEL) & (pairs["phi"] > 0)]
    top = pairs.iloc[0]
    title = (
        f"{name(top['topic'])} and {name(top['other'])} travel together most (phi "
        f"{top['phi']:.2f}); {part(len(strong))} of {len(pairs)} pairs pass the corrected test"
    )
    words = "; ".join(
        f"{name(r.topic)} and {name(r.other)} {r.phi:.2f} (both in {r.n} of {r.n_all})"
        for r in records(strong)
    )
    members = "; ".join(
        f"{key}: {listing(map(name, rows['topic']))}"
        for key, rows in found.members.groupby("cluster", sort=False)
    )
    return Finding(
        title,
        f"{words}. Clusters (stability {found.stability:.2f}, information on the codebook's "
        f"themes {found.theme_information:.2f}): {members}",
    )


def links(pairs: pd.DataFrame, strong: pd.DataFrame) -> Finding:
    """Which topics have the most strong links."""
    ends = pd.concat([strong["topic"], strong["other"]]).value_counts(sort=False)
    ends = ends.sort_values(ascending=False, kind="stable")
    if ends.empty:
        return Finding(f"None of {len(pairs)} pairs of topics passes the corrected test", "")
    most = ends[ends == ends.iloc[0]]
    title = (
        f"{listing(map(name, most.index))} {'has' if len(most) == 1 else 'have'} the most strong "
        f"links: {number(int(ends.iloc[0]))} of {len(strong)}"
    )
    words = "; ".join(f"{name(r.topic)} – {name(r.other)} {r.phi:.2f}" for r in records(strong))
    return Finding(title, words)
