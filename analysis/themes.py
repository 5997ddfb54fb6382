"""Which themes of cooperation travel together: sentences → clusters, with their stability.

A sentence is described by the topics that it mentions and by what its other words mean; both are
reduced to as many dimensions as there are clusters, the directions along which k-means clusters
differ (Ding and He 2004), and clustered by k-means. How far the result depends on the sentences
that happened to be there is measured by repeating everything, from the weights to the clusters, on
subsamples. Of very many sentences a sample is clustered, and the others join the nearest cluster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.clustering import (
    SHUFFLES,
    centres,
    compare,
    drawn_from,
    kmeans,
    nearest,
    one_thread,
    resample,
)
from analysis.distinctive import log_odds
from analysis.knowledge import Knowledge, load
from analysis.presence import one_of
from analysis.representations import (
    KEY,
    REPRESENTATIONS,
    Sentences,
    Space,
    counted,
    points_of,
    restricted,
    sentence_table,
    sentences_of,
)
from analysis.resampling import Labels, recovery

# The most stable beyond its construction, in the mean over four to twelve clusters, on the seeds
# and on other readouts. "topics and themes" is stabler with few clusters: it repeats the codebook.
CHOSEN = "topics and meaning"
CLUSTERS = (4, 12)  # from half the codebook's nine themes to a third more
PER_CLUSTER = 5  # sentences that each cluster must have on average
LARGEST = 0.5  # a partition with a cluster above this share is stable without saying anything
RESAMPLES = 20
# Sentences that clusters are fitted on; of more a sample is. A mean over hundreds of sentences a
# cluster hardly moves with more of them, while words and weights of all would fill the memory.
FITTED = 5000
BLOCK = 5000  # other sentences that are given their cluster at a time
NAMED = 1.64  # z above which a topic or term is over-represented: 5 % one-sided
LABEL_TOPICS = 3
TERMS = 8


def cluster_themes(
    tables: Any,
    clusters: int | None = None,
    representation: str = CHOSEN,
    seed: int = 0,
    knowledge: Knowledge | None = None,
) -> pd.DataFrame:
    """Cluster the sentences that mention a topic of cooperation.

    Of more than 5,000 sentences a random sample of 5,000 is clustered, and each of the others joins
    the cluster whose mean is nearest to it.

    Parameters
    ----------
    tables : Tables
        Tables of texts, as `analysis.extract` returns them.
    clusters : int, optional
        How many clusters. By default the number between 4 and 12 with the highest
        ``above_shuffled`` of `theme_comparison`, with at least five sentences a cluster on average
        and no cluster of more than half the sentences.
    representation : str
        A name of ``REPRESENTATIONS``.
    seed : int
        Fixes samples and starts; equal seeds give equal clusters.
    knowledge : Knowledge, optional
        Labels of topics and the set phrases that are masked.

    Returns
    -------
    DataFrame
        One sentence a row: ``article_id``, ``sentence``, ``start``, ``end``, ``topics``
        (``;``-separated), ``cluster`` (0 is the largest), ``label``, the cluster's, and ``fitted``:
        whether it is one of the sentences that the clusters rest on.

    Raises
    ------
    ValueError
        Fewer than 30 sentences with a topic, or than 3 topics; tables without text; an unknown
        representation; a number of clusters below 2 or above a fifth of the sentences.

    See Also
    --------
    theme_summary : what the clusters are, and how stable each is.
    theme_comparison : how stable other representations and numbers of clusters are.

    Examples
    --------
    >>> import analysis
    >>> tables = analysis.extract(analysis.read_articles("seeds"))
    >>> themes = cluster_themes(tables, clusters=8)
    >>> themes["cluster"].nunique()
    8
    >>> cluster_themes(tables, clusters=40)
    Traceback (most recent call last):
    ...
    ValueError: clusters=40; allowed: 2 to 12, a fifth of the 63 sentences with a topic
    """
    one_of("representation", representation, tuple(REPRESENTATIONS))
    knowledge = knowledge or load()
    table = sentence_table(tables)
    rows = drawn_from(len(table), seed, FITTED)
    found = _sentences(tables, table, rows, knowledge)
    labels = np.zeros(len(table), dtype=np.int64)
    with one_thread():
        if clusters is None:
            tried = compare(found, [representation], _numbers(found), RESAMPLES, seed)
            clusters = _choose(tried)
        _allowed(clusters, found)
        space = Space(found, found.counts, representation, (clusters,), seed)
        labels[rows] = _ordered(kmeans(space.points[clusters], clusters, seed))
        means = centres(space.points[clusters], labels[rows])
        for others, counts in _others(tables, table, rows, found, knowledge):
            labels[others] = nearest(space.place(counts, clusters), means)
    labels = _ordered(labels)
    described = _describe(found, labels[rows], knowledge)
    return table.assign(
        cluster=labels,
        label=described["label"].take(labels).array,
        fitted=np.isin(np.arange(len(table)), rows),
    )


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
    >>> themes = cluster_themes(tables, clusters=8)
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
    found = _sentences(tables, table, fitted, knowledge)
    labels = joined["cluster"].to_numpy(np.int64)[fitted]
    rows = drawn_from(len(labels), seed)
    with one_thread():
        drawn = resample(found, found.counts[rows], representation, (number,), resamples, seed)
        points = points_of(found, found.counts, representation, (number,), seed)[number]
    described = _describe(found, labels, knowledge)
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


def theme_comparison(
    tables: Any,
    clusters: Sequence[int] | None = None,
    representations: Sequence[str] = tuple(REPRESENTATIONS),
    resamples: int = RESAMPLES,
    seed: int = 0,
    knowledge: Knowledge | None = None,
) -> pd.DataFrame:
    """Compare representations of sentences and numbers of clusters by what resampling shows.

    All use the same k-means with ten starts, so that only the representation differs; "all words"
    is the naive baseline.

    Parameters
    ----------
    tables : Tables
        Tables of texts.
    clusters : sequence of int, optional
        Numbers of clusters; by default 4, 8 and 12, as far as the sentences allow.
    representations : sequence of str
        Names of ``REPRESENTATIONS``.
    resamples, seed : int
        How many subsamples of 80 % of the sentences are clustered anew, and what fixes them.
    knowledge : Knowledge, optional
        The set phrases that are masked.

    Returns
    -------
    DataFrame
        One representation and number of clusters a row: ``representation``, ``clusters``,
        ``sentences``; ``stability`` (mean adjusted Rand index over all pairs of resamples, on their
        common sentences), ``stability_low`` to ``stability_high`` (the middle 95 % of the pairs),
        ``stability_error`` (standard error of the mean); ``stability_shuffled`` (the same for
        sentences whose topics and words were exchanged at random, so that each sentence keeps how
        many it has and each topic how often it occurs: what comes from the construction alone) and
        ``above_shuffled`` (what the stability is above that, of what it could be: 1 perfect, 0 no
        more than by construction); ``silhouette`` (cosine, in the representation's own space, which
        flatters reduced spaces), ``silhouette_words`` (the same partition in the space of the words
        that are not masked, one yardstick for all); ``largest`` (share of sentences in the largest
        cluster) and ``theme_information`` (adjusted mutual information with the theme of the
        codebook that a sentence mentions most; near 1 the clusters only repeat the codebook).
        ``sentences_all``: how many mention a topic; of more than 2,500 a sample is compared.

    Raises
    ------
    ValueError
        As `cluster_themes`; also fewer than eight resamples.

    Examples
    --------
    >>> import analysis
    >>> tables = analysis.extract(analysis.read_articles("seeds"))
    >>> found = theme_comparison(tables, (8,), ("all words", CHOSEN), resamples=10)
    >>> bool(found["stability"][1] > 2 * found["stability"][0])
    True
    >>> theme_comparison(tables, (8,), ("nouns",))
    Traceback (most recent call last):
    ...
    ValueError: representation='nouns'; allowed: all words, words, words reduced, meaning,
    meaning reduced, topics, topics reduced, topics and words, topics and meaning, topics and themes
    """
    for name in representations:
        one_of("representation", name, tuple(REPRESENTATIONS))
    if resamples < 2 * SHUFFLES:
        raise ValueError(f"resamples={resamples}; allowed: {2 * SHUFFLES} or more, to have pairs")
    table = sentence_table(tables)
    found = _sentences(tables, table, drawn_from(len(table), seed, FITTED), knowledge or load())
    numbers = tuple(clusters) if clusters is not None else _numbers(found)[::4]
    for number in numbers:
        _allowed(number, found)
    with one_thread():
        compared = compare(found, list(representations), numbers, resamples, seed)
    return compared.assign(sentences_all=len(table))


def _sentences(
    tables: Any, table: pd.DataFrame, rows: NDArray[np.int64], knowledge: Knowledge
) -> Sentences:
    """Count the words of some sentences, of all if there are no others."""
    part = tables if len(rows) == len(table) else restricted(tables, table.iloc[rows])
    return sentences_of(part, knowledge)


def _others(
    tables: Any,
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    found: Sentences,
    knowledge: Knowledge,
) -> Iterator[tuple[NDArray[np.int64], Any]]:
    """Count of the sentences that are not fitted what the fitted ones have, block by block."""
    left = np.setdiff1d(np.arange(len(table)), rows)
    for begin in range(0, len(left), BLOCK):
        others = left[begin : begin + BLOCK]
        part = restricted(tables, table.iloc[others])
        yield others, counted(part, knowledge, found.names).counts


def _ordered(labels: Labels) -> Labels:
    """Give the largest cluster the number 0, of equals the one that comes first."""
    kinds, first, size = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    return np.asarray(np.argsort(order)[np.searchsorted(kinds, labels)], dtype=np.int64)


def _numbers(found: Sentences) -> tuple[int, ...]:
    fewest, most = CLUSTERS
    return tuple(range(fewest, min(most, len(found.table) // PER_CLUSTER) + 1))


def _allowed(clusters: int, found: Sentences) -> None:
    sentences = len(found.table)
    if not 2 <= clusters <= sentences // PER_CLUSTER:
        raise ValueError(
            f"clusters={clusters}; allowed: 2 to {sentences // PER_CLUSTER}, "
            f"a fifth of the {sentences} sentences with a topic"
        )


def _choose(tried: pd.DataFrame) -> int:
    """Return the number of clusters that is the most stable beyond its construction."""
    even = tried[tried["largest"] <= LARGEST]
    even = even if len(even) else tried
    return int(even["clusters"].to_numpy()[even["above_shuffled"].to_numpy().argmax()])


def _describe(found: Sentences, labels: Labels, knowledge: Knowledge) -> pd.DataFrame:
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
