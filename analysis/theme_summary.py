"""What clusters of sentences are: size, label, topics, words, stability, a typical sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.clustering import RESAMPLES, drawn_from, one_thread, resample
from analysis.distinctive import log_odds
from analysis.knowledge import Knowledge, load
from analysis.presence import one_of
from analysis.representations import (
    CHOSEN,
    KEY,
    REPRESENTATIONS,
    Sentences,
    points_of,
    sentence_table,
    sentences_at,
)
from analysis.resampling import Labels, recovery

NAMED = 1.64  # z above which a topic or term is over-represented: 5 % one-sided
LABEL_TOPICS = 3
TERMS = 8


def theme_summary(
    tables: Any,
    themes: pd.DataFrame,
    representation: str = CHOSEN,
    resamples: int = RESAMPLES,
    seed: int = 0,
    knowledge: Knowledge | None = None,
) -> pd.DataFrame:
    """Describe clusters of sentences: label, size, topics, terms, stability, a typical sentence.

    Parameters
    ----------
    tables : Tables
        The tables that `themes` was made from.
    themes : DataFrame
        As `cluster_themes` returns it.
    representation : str
        That of the resamples.
    resamples : int
        How many subsamples of 80 % of the sentences are clustered anew.
    seed : int
        Fixes the subsamples.
    knowledge : Knowledge, optional
        Labels of topics.

    Returns
    -------
    DataFrame
        One cluster a row: ``cluster``, ``label`` (over-represented topics), ``size`` (sentences),
        ``share`` (of all), ``fitted`` (sentences that the cluster rests on; what follows is about
        these), ``topics`` and ``terms`` (over-represented ones, the strongest first,
        ``;``-separated), ``stability`` (mean Jaccard index with the most similar cluster of each
        resample, of at most 2,500 sentences: Hennig 2007; above 0.75 stable, below 0.5 dissolved),
        and ``article_id``, ``sentence``, ``start``, ``end`` of the sentence nearest to the
        cluster's mean. Over-represented means a z-score above 1.64 of the log-odds ratio with a
        prior from all sentences (Monroe, Colaresi and Quinn 2008).

    Raises
    ------
    ValueError
        `themes` has other sentences than the tables.

    Examples
    --------
    >>> import analysis
    >>> tables = analysis.extract(analysis.read_articles("seeds"))
    >>> themes = analysis.cluster_themes(tables, clusters=8)
    >>> int(theme_summary(tables, themes, resamples=5)["size"].sum()) == len(themes)
    True
    >>> theme_summary(tables, themes.head(40))
    Traceback (most recent call last):
    ...
    ValueError: themes has 40 sentences, the tables have 63 with a topic; pass the tables that
    cluster_themes was given
    """
    one_of("representation", representation, tuple(REPRESENTATIONS))
    knowledge = knowledge or load()
    table = sentence_table(tables)
    joined = table[KEY].merge(themes[[*KEY, "cluster", "fitted"]], how="left", on=KEY)
    if len(themes) != len(joined) or joined["cluster"].isna().any():
        raise ValueError(
            f"themes has {len(themes)} sentences, the tables have {len(joined)} with a topic; "
            "pass the tables that cluster_themes was given"
        )
    size = np.bincount(joined["cluster"].to_numpy(np.int64))
    number = len(size)
    fitted = np.flatnonzero(joined["fitted"].to_numpy(bool))
    found = sentences_at(tables, table, fitted, knowledge)
    labels = joined["cluster"].to_numpy(np.int64)[fitted]
    rows = drawn_from(len(labels), seed)
    with one_thread():
        drawn = resample(found, found.counts[rows], representation, (number,), resamples, seed)
        points = points_of(found, found.counts, representation, (number,), seed)[number]
    described = describe(found, labels, knowledge)
    typical = found.table.iloc[_typical(points, labels)]
    return pd.DataFrame(
        {
            "cluster": np.arange(number),
            "label": described["label"],
            "size": size,
            "share": (size / size.sum()).round(4),
            "fitted": np.bincount(labels, minlength=number),
            "topics": described["topics"],
            "terms": described["terms"],
            "stability": recovery(labels[rows], drawn[number]).round(4),
            **{c: typical[c].array for c in ("article_id", "sentence", "start", "end")},
        }
    )


def describe(found: Sentences, labels: Labels, knowledge: Knowledge) -> pd.DataFrame:
    """Name what each cluster has more of than the others: topics, words, and a label of them."""
    text = {r.topic: r.label for r in knowledge.rows["topics"]}
    topics, words = (_over_represented(found, labels, block) for block in ("topics", "words"))
    names: list[str] = []
    for most, said in zip(topics, words, strict=True):
        name = " · ".join(
            [text[t] for t in most[:LABEL_TOPICS]] or said[:LABEL_TOPICS] or ["mixed"]
        )
        names.append(f"{name} ({', '.join(said[:2])})" if name in names else name)
    columns = {
        "label": names,
        "topics": [";".join(n) or None for n in topics],
        "terms": [";".join(n[:TERMS]) or None for n in words],
    }
    return pd.DataFrame(columns, dtype="string")


def _over_represented(found: Sentences, labels: Labels, block: str) -> list[list[str]]:
    first, last = found.columns[block]
    z = log_odds(found.counts[:, first:last] > 0, labels).round(6)
    names = found.names[block]
    return [[names[i] for i in np.argsort(-r, kind="stable") if r[i] > NAMED] for r in z]


def _typical(points: Any, labels: Labels) -> list[int]:
    """Return for each cluster the sentence whose point is nearest to the mean of its points."""
    nearest = []
    for cluster in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == cluster)
        near = points[rows] @ np.asarray(points[rows].mean(axis=0)).ravel()
        nearest.append(int(rows[np.argmax(near.round(6))]))
    return nearest
