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
    RESAMPLES,
    SHUFFLES,
    centres,
    compare,
    drawn_from,
    kmeans,
    nearest,
    one_thread,
)
from analysis.knowledge import Knowledge, load
from analysis.presence import one_of
from analysis.representations import (
    CHOSEN,
    REPRESENTATIONS,
    Sentences,
    Space,
    counted,
    restricted,
    sentence_table,
    sentences_at,
)
from analysis.resampling import Labels
from analysis.theme_summary import describe

CLUSTERS = (4, 12)  # from half the codebook's nine themes to a third more
PER_CLUSTER = 5  # sentences that each cluster must have on average
LARGEST = 0.5  # a partition with a cluster above this share is stable without saying anything
# Sentences that clusters are fitted on; of more a sample is. A mean over hundreds of sentences a
# cluster hardly moves with more of them, while words and weights of all would fill the memory.
FITTED = 5000
BLOCK = 5000  # other sentences that are given their cluster at a time


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
    found = sentences_at(tables, table, rows, knowledge)
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
    described = describe(found, labels[rows], knowledge)
    return table.assign(
        cluster=labels,
        label=described["label"].take(labels).array,
        fitted=np.isin(np.arange(len(table)), rows),
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
    found = sentences_at(tables, table, drawn_from(len(table), seed, FITTED), knowledge or load())
    numbers = tuple(clusters) if clusters is not None else _numbers(found)[::4]
    for number in numbers:
        _allowed(number, found)
    with one_thread():
        compared = compare(found, list(representations), numbers, resamples, seed)
    return compared.assign(sentences_all=len(table))


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
