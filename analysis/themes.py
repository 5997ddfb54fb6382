"""Which themes of cooperation travel together: sentences → clusters, with their stability.

A sentence is described by the topics that it mentions and by what its other words mean; both are
reduced to as many dimensions as there are clusters, the directions along which k-means clusters
differ (Ding and He 2004), and clustered by k-means. How far the result depends on the sentences
that happened to be there is measured by repeating everything, from the weights to the clusters, on
subsamples.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.knowledge import Knowledge, load
from analysis.masking import subject_words
from analysis.presence import one_of
from analysis.resampling import Labels, Reals, recovery, stability


FEWEST_SENTENCES = 30  # below, a cluster would rest on a handful of sentences
CLUSTERS = (4, 12)  # from half the codebook's nine themes to a third more
PER_CLUSTER = 5  # sentences that each cluster must have on average
LARGEST = 0.5  # a partition with a cluster above this share is stable without saying anything
STARTS = 10  # of k-means, of which the best is kept
RESAMPLES = 20
SHARE = 0.8  # of the sentences, drawn without replacement for each resample
SHUFFLES = 4  # among which as many resamples again are divided
AT_MOST = 2500  # sentences from which resamples are drawn and silhouettes are computed
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
        Fixes subsamples and starts; equal seeds give equal clusters.
    knowledge : Knowledge, optional
        Labels of topics and the set phrases that are masked.

    Returns
    -------
    DataFrame
        One sentence a row: ``article_id``, ``sentence``, ``start``, ``end``, ``topics``
        (``;``-separated), ``cluster`` (0 is the largest) and ``label``, the cluster's.

    Raises
    ------
    ValueError
        Fewer than 30 sentences with a topic; tables without text; an unknown representation; a
        number of clusters below 2 or above a fifth of the sentences.

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
    ValueError: clusters=40; allowed: 2 to 12, a fifth of the 62 sentences with a topic
    """
    one_of("representation", representation, tuple(REPRESENTATIONS))
    knowledge = knowledge or load()
    found = sentences_of(tables, knowledge)
    with _one_thread():
        if clusters is None:
            tried = _compare(found, [representation], _numbers(found), RESAMPLES, seed)
            clusters = _choose(tried)
        _allowed(clusters, found)
        points = points_of(found, found.counts, representation, (clusters,), seed)[clusters]
        labels = _ordered(_kmeans(points, clusters, seed))
    described = _describe(found, labels, knowledge)
    return found.table.assign(
        cluster=labels,
        label=pd.array([described["label"][i] for i in labels], dtype="string"),
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
        ``share`` (of all), ``topics`` and ``terms`` (over-represented ones, the strongest first,
        ``;``-separated), ``stability`` (mean Jaccard index with the most similar cluster of each
        resample: Hennig 2007; above 0.75 stable, below 0.5 dissolved), and ``article_id``,
        ``sentence``, ``start``, ``end`` of the sentence nearest to the cluster's mean.
        Over-represented means a z-score above 1.64 of the log-odds ratio with a prior from all
        sentences (Monroe, Colaresi and Quinn 2008).

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
    ValueError: themes has 40 sentences, the tables have 62 with a topic; pass the tables that
    cluster_themes was given
    """
    one_of("representation", representation, tuple(REPRESENTATIONS))
    knowledge = knowledge or load()
    found = sentences_of(tables, knowledge)
    keys = ["article_id", "sentence"]
    joined = found.table[keys].merge(themes[[*keys, "cluster"]], how="left")
    if len(themes) != len(joined) or joined["cluster"].isna().any():
        raise ValueError(
            f"themes has {len(themes)} sentences, the tables have {len(joined)} with a topic; "
            "pass the tables that cluster_themes was given"
        )
    labels = joined["cluster"].to_numpy(np.int64)
    number = int(labels.max()) + 1
    rows = _drawn_from(len(labels), seed)
    with _one_thread():
        drawn = _resample(found, found.counts[rows], representation, (number,), resamples, seed)
        points = points_of(found, found.counts, representation, (number,), seed)[number]
    described = _describe(found, labels, knowledge)
    size = np.bincount(labels)
    typical = found.table.iloc[_typical(points, labels)]
    return pd.DataFrame(
        {
            "cluster": np.arange(number),
            "label": pd.array(described["label"], dtype="string"),
            "size": size,
            "share": (size / size.sum()).round(4),
            "topics": pd.array(described["topics"], dtype="string"),
            "terms": pd.array(described["words"], dtype="string"),
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
    ValueError: representation='nouns'; allowed: all words, words, words, reduced, meaning, ...
    """
    for name in representations:
        one_of("representation", name, tuple(REPRESENTATIONS))
    if resamples < 2 * SHUFFLES:
        raise ValueError(f"resamples={resamples}; allowed: {2 * SHUFFLES} or more, to have pairs")
    found = sentences_of(tables, knowledge or load())
    numbers = tuple(clusters) if clusters is not None else _numbers(found)[::4]
    for number in numbers:
        _allowed(number, found)
    with _one_thread():
        return _compare(found, list(representations), numbers, resamples, seed)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep sums in one order, so that results do not depend on threads; small fits are faster."""
    import sklearn.cluster  # noqa: F401  (its threads can be limited once it is loaded)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _kmeans(points: Any, clusters: int, seed: int) -> Labels:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer distinct sentences than clusters: some stay empty, which the sizes show.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(clusters, n_init=STARTS, random_state=seed).fit(points)
    return np.asarray(model.labels_, dtype=np.int64)


def _ordered(labels: Labels) -> Labels:
    """Give the largest cluster the number 0, of equals the one that comes first."""
    kinds, first, size = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    return np.asarray(np.argsort(order)[np.searchsorted(kinds, labels)], dtype=np.int64)


def _drawn_from(sentences: int, seed: int) -> NDArray[np.int64]:
    """Return the sentences that resamples are drawn from: all, or of many a sample."""
    if sentences <= AT_MOST:
        return np.arange(sentences)
    return np.sort(np.random.default_rng(seed).choice(sentences, AT_MOST, replace=False))


def _resample(
    found: Sentences,
    counts: sparse.csr_array,
    representation: str,
    numbers: tuple[int, ...],
    resamples: int,
    seed: int,
) -> dict[int, Labels]:
    """Cluster subsamples of sentences, each with its own weights, dimensions and clusters."""
    random = np.random.default_rng(seed)
    sentences = counts.shape[0]
    labels = {n: np.full((resamples, sentences), -1, dtype=np.int64) for n in numbers}
    for run in range(resamples):
        drawn = np.sort(random.choice(sentences, int(SHARE * sentences), replace=False))
        for n, points in points_of(found, counts[drawn], representation, numbers, seed).items():
            labels[n][run, drawn] = _kmeans(points, n, seed)
    return labels


def _compare(
    found: Sentences, names: list[str], numbers: tuple[int, ...], resamples: int, seed: int
) -> pd.DataFrame:
    from sklearn.metrics import adjusted_mutual_info_score, silhouette_score

    rows = _drawn_from(len(found.table), seed)
    counts = found.counts[rows]
    shuffled = [shuffled(found, counts, seed + i) for i in range(SHUFFLES)]
    words = points_of(found, counts, "words", numbers[:1], seed)[numbers[0]]
    theme = [found.theme[i] for i in rows]
    out = []
    for name in names:
        points = points_of(found, counts, name, numbers, seed)
        runs = _resample(found, counts, name, numbers, resamples, seed)
        null = [
            _resample(found, mixed, name, numbers, resamples // SHUFFLES, seed)
            for mixed in shuffled
        ]
        for number in numbers:
            labels = _kmeans(points[number], number, seed)
            agree = stability(runs[number])
            by_construction = float(np.mean([stability(n[number]).mean for n in null]))
            out.append(
                {
                    "representation": name,
                    "clusters": number,
                    "sentences": len(rows),
                    "stability": agree.mean,
                    "stability_low": agree.low,
                    "stability_high": agree.high,
                    "stability_error": agree.error,
                    "stability_shuffled": by_construction,
                    "above_shuffled": (agree.mean - by_construction) / (1 - by_construction),
                    "silhouette": silhouette_score(points[number], labels, metric="cosine"),
                    "silhouette_words": silhouette_score(words, labels, metric="cosine"),
                    "largest": np.bincount(labels).max() / len(labels),
                    "theme_information": adjusted_mutual_info_score(theme, labels),
                }
            )
    return pd.DataFrame(out).astype({"representation": "string"}).round(4)


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
    return int(even.loc[even["above_shuffled"].idxmax(), "clusters"])


def _describe(found: Sentences, labels: Labels, knowledge: Knowledge) -> dict[str, list[str]]:
    """Name what each cluster has more of than the others: topics, words, and a label of them."""
    named = {block: _over_represented(found, labels, block) for block in ("topics", "words")}
    text = {r.topic: r.label for r in knowledge.rows["topics"]}
    labelled: list[str] = []
    for topics, words in zip(named["topics"], named["words"], strict=True):
        parts = [text[t] for t in topics[:LABEL_TOPICS]] or words[:LABEL_TOPICS] or ["mixed"]
        label = " · ".join(parts)
        labelled.append(label if label not in labelled else f"{label} ({', '.join(words[:2])})")
    joined = {block: [";".join(n[:TERMS]) for n in names] for block, names in named.items()}
    return {"label": labelled, **joined}


def _over_represented(found: Sentences, labels: Labels, block: str) -> list[list[str]]:
    """Return for each cluster the names whose log-odds against the rest are high, highest first."""
    first, last = found.columns[block]
    has = (found.counts[:, first:last] > 0).astype(np.float64)
    member = sparse.csr_array(
        (np.ones(len(labels)), (labels, np.arange(len(labels)))),
        shape=(int(labels.max()) + 1, len(labels)),
    )
    inside = (member @ has).toarray()
    everywhere = inside.sum(axis=0)
    prior = everywhere / len(inside)  # all sentences, with the weight of one cluster
    a, b = inside + prior, everywhere - inside + prior
    odds = np.log(a / (a.sum(axis=1, keepdims=True) - a))
    rest = np.log(b / (b.sum(axis=1, keepdims=True) - b))
    z = ((odds - rest) / np.sqrt(1 / a + 1 / b)).round(6)
    return [
        [found.names[block][i] for i in np.argsort(-row, kind="stable") if row[i] > NAMED]
        for row in z
    ]


def _typical(points: Any, labels: Labels) -> list[int]:
    """Return for each cluster the sentence whose point is nearest to the mean of its points."""
    nearest = []
    for cluster in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == cluster)
        near = points[rows] @ np.asarray(points[rows].mean(axis=0)).ravel()
        nearest.append(int(rows[np.argmax(near.round(6))]))
    return nearest
