"""Which themes of cooperation travel together: sentences → clusters, with their stability.

A sentence is described by the topics that it mentions and by what its other words mean; both are
reduced to as many dimensions as there are clusters, the directions along which k-means clusters
differ (Ding and He 2004), and clustered by k-means. How far the result depends on the sentences
that happened to be there is measured by repeating everything, from the weights to the clusters, on
subsamples.
"""

from __future__ import annotations

import warnings
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


class Representation(NamedTuple):
    """How sentences become points: blocks of features with their weights, reduced or not."""

    weights: dict[str, float]
    reduced: bool


# From the naive one, every word of the sentence, to the one that is used. A weight of a half lets
# meaning decide between sentences alike in topics, and no more.
REPRESENTATIONS = {
    "all words": Representation({"all_words": 1}, False),
    "words": Representation({"words": 1}, False),
    "words, reduced": Representation({"words": 1}, True),
    "meaning": Representation({"meaning": 1}, False),
    "meaning, reduced": Representation({"meaning": 1}, True),
    "topics": Representation({"topics": 1}, False),
    "topics, reduced": Representation({"topics": 1}, True),
    "topics and words, reduced": Representation({"topics": 1, "words": 0.5}, True),
    "topics and meaning, reduced": Representation({"topics": 1, "meaning": 0.5}, True),
    "topics, themes and meaning, reduced": Representation(
        {"topics": 1, "themes": 0.5, "meaning": 0.5}, True
    ),
}
CHOSEN = "topics and meaning, reduced"
COUNTED = {"meaning": "words", "themes": "topics"}  # blocks computed from the counts of others

FEWEST_SENTENCES = 30  # below, a cluster of four would rest on a handful of sentences
CLUSTERS = (4, 12)  # themes of the codebook, halved and a third more: fewer say less than it does
PER_CLUSTER = 5  # sentences that each cluster must have on average
LARGEST = 0.5  # a partition with a cluster above this share is stable without saying anything
STARTS = 10  # of k-means, of which the best is kept
RESAMPLES = 30
SHARE = 0.8  # of the sentences, drawn without replacement for each resample
AT_MOST = 2500  # sentences from which resamples are drawn and silhouettes are computed
NAMED = 1.64  # z above which a topic or term is over-represented: 5 % one-sided
LABEL_TOPICS = 3
TERMS = 8


class _Sentences(NamedTuple):
    """The cooperation sentences in a fixed order, with their counts: one row a sentence."""

    table: pd.DataFrame
    counts: sparse.csr_array
    columns: dict[str, tuple[int, int]]  # block → its columns in counts
    names: dict[str, list[str]]  # block → what each column counts
    theme_of: sparse.csr_array  # topics × themes
    theme: list[str]  # the codebook's theme that each sentence mentions most


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
        How many clusters. By default the smallest number between 4 and 12 whose stability is within
        one standard error of the best (the rule of one standard error, Breiman et al. 1984), with
        at least five sentences a cluster on average and none that holds more than half of them.
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
    found = _sentences(tables, knowledge)
    if clusters is None:
        tried = _compare(found, [representation], _numbers(len(found.table)), RESAMPLES, seed)
        clusters = _choose(tried)
    _allowed(clusters, found)
    points = _points(found, representation, (clusters,), slice(None), seed)[clusters]
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
    found = _sentences(tables, knowledge)
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
    runs = _resample(found, representation, (number,), rows, resamples, seed)[number]
    described = _describe(found, labels, knowledge)
    size = np.bincount(labels)
    typical = found.table.iloc[_typical(found, representation, labels)]
    return pd.DataFrame(
        {
            "cluster": np.arange(number),
            "label": pd.array(described["label"], dtype="string"),
            "size": size,
            "share": (size / size.sum()).round(4),
            "topics": pd.array(described["topics"], dtype="string"),
            "terms": pd.array(described["words"], dtype="string"),
            "stability": recovery(labels[rows], runs).round(4),
            **{c: typical[c].array for c in ("article_id", "sentence", "start", "end")},
        }
    )


def theme_comparison(
    tables: Any,
    clusters: tuple[int, ...] | None = None,
    representations: tuple[str, ...] = tuple(REPRESENTATIONS),
    resamples: int = 20,
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
    clusters : tuple of int, optional
        Numbers of clusters; by default every second from 4 to 12, as the sentences allow.
    representations : tuple of str
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
        ``stability_error`` (standard error of the mean); ``silhouette`` (cosine, in the
        representation's own space, which flatters reduced spaces), ``silhouette_words`` (the same
        partition in the space of the words that are not masked, one yardstick for all);
        ``largest`` (share of sentences in the largest cluster) and ``theme_information`` (adjusted
        mutual information with the theme of the codebook that a sentence mentions most; near 1 the
        clusters only repeat the codebook).

    Raises
    ------
    ValueError
        As `cluster_themes`; also fewer than two resamples.

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
    if resamples < 2:
        raise ValueError(f"resamples={resamples}; allowed: 2 or more, to have a pair to compare")
    found = _sentences(tables, knowledge or load())
    numbers = clusters or _numbers(len(found.table))[::2]
    for number in numbers:
        _allowed(number, found)
    return _compare(found, list(representations), numbers, resamples, seed)


def _sentences(tables: Any, knowledge: Knowledge) -> _Sentences:
    words = subject_words(tables, knowledge)
    key = ["article_id", "sentence"]
    mentions = tables.topics[[*key, "topic", "theme"]]
    table = tables.sentences.merge(mentions[key].drop_duplicates()).sort_values(key)
    table = table[[*key, "start", "end"]].reset_index(drop=True)
    if len(table) < FEWEST_SENTENCES:
        raise ValueError(
            f"{len(table)} sentences mention a topic; clustering needs {FEWEST_SENTENCES} or more: "
            "add articles, or count topics with topic_frequency"
        )
    row = pd.MultiIndex.from_frame(table[key])
    topics = mentions.drop_duplicates([*key, "topic"]).sort_values([*key, "topic"])
    blocks = {
        "all_words": words[[*key, "word"]],
        "words": words.loc[~words["masked"], [*key, "word"]],
        "topics": topics[[*key, "topic"]],
    }
    parts, columns, names, at = [], {}, {}, 0
    for block, cells in blocks.items():
        codes, kinds = pd.factorize(cells.iloc[:, 2], sort=True)
        rows = row.get_indexer(pd.MultiIndex.from_frame(cells[key]))
        shape = (len(table), len(kinds))
        parts.append(sparse.coo_array((np.ones(len(codes)), (rows, codes)), shape=shape))
        columns[block], names[block] = (at, at + len(kinds)), [str(k) for k in kinds]
        at += len(kinds)
    table["topics"] = topics.groupby(key)["topic"].agg(";".join).reindex(row).array
    known = dict(zip(mentions["topic"], mentions["theme"], strict=True))
    codes, _ = pd.factorize(np.array([known[t] for t in names["topics"]]), sort=True)
    theme_of = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    counted = mentions.groupby([*key, "theme"]).size().rename("n").reset_index()
    most = counted.sort_values([*key, "n", "theme"], ascending=[True, True, False, True])
    theme = most.drop_duplicates(key)["theme"].tolist()
    return _Sentences(table, sparse.hstack(parts, format="csr"), columns, names, theme_of, theme)


def _represent(found: _Sentences, representation: str, dimensions: int, seed: int) -> Any:
    """Build the scikit-learn pipeline from counts to points."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
    from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler

    weights, reduced = REPRESENTATIONS[representation]
    blocks, width = [], 0
    for block in weights:
        first, last = found.columns[COUNTED.get(block, block)]
        steps = [FunctionTransformer(_columns, kw_args={"first": first, "last": last})]
        if block == "themes":
            of = found.theme_of
            steps.append(FunctionTransformer(_times, kw_args={"matrix": of}))
        steps.append(TfidfTransformer(sublinear_tf=True))
        if block == "meaning":
            vectors = _vectors(tuple(found.names["words"]))
            steps.append(FunctionTransformer(_times, kw_args={"matrix": vectors}))
            # What all sentences share says nothing on their differences: centred, then one length.
            steps += [Normalizer(), StandardScaler(with_std=False), Normalizer()]
        width += {"meaning": 256, "themes": 9}.get(block, last - first)
        blocks.append((block, make_pipeline(*steps)))
    union = FeatureUnion(blocks, transformer_weights=weights)
    if not reduced:
        return union
    reduce = TruncatedSVD(min(dimensions, width), n_iter=7, random_state=seed)
    # The last digits of a decomposition differ between machines.
    return Pipeline(
        [
            ("represent", union),
            ("reduce", reduce),
            ("round", FunctionTransformer(np.round, kw_args={"decimals": 6})),
        ]
    )


def _columns(counts: sparse.csr_array, first: int, last: int) -> sparse.csr_array:
    return counts[:, first:last]


def _times(counts: sparse.csr_array, matrix: Any) -> Any:
    return counts @ matrix


@lru_cache(maxsize=2)
def _vectors(words: tuple[str, ...]) -> Reals:
    """Return static vectors of words, from the weights that ship inside the package wordllama."""
    import wordllama

    # Its default looks into the home directory and asks the network for what is not there.
    inside = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=inside, disable_download=True)
    return np.asarray(model.embed(list(words), norm=True), dtype=np.float64)


def _points(
    found: _Sentences, representation: str, numbers: tuple[int, ...], rows: Any, seed: int
) -> dict[int, Any]:
    """Return the points of sentences, of length 1, for each number of clusters."""
    from sklearn.preprocessing import normalize

    pipeline = _represent(found, representation, max(numbers), seed)
    points = pipeline.fit_transform(found.counts[rows])
    reduced = REPRESENTATIONS[representation].reduced
    return {n: normalize(points[:, :n] if reduced else points) for n in numbers}


def _kmeans(points: Any, clusters: int, seed: int) -> Labels:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer distinct sentences than clusters: some stay empty, which the sizes show.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(clusters, n_init=STARTS, random_state=seed).fit(points)
    return np.asarray(model.labels_, dtype=np.int64)


def _ordered(labels: Labels) -> Labels:
    """Number clusters by size, the largest 0, of equals the one that comes first."""
    kinds, first, size = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    return np.asarray(np.argsort(order)[np.searchsorted(kinds, labels)], dtype=np.int64)


def _drawn_from(sentences: int, seed: int) -> NDArray[np.int64]:
    """Return the sentences that resamples are drawn from: all, or of many a sample."""
    if sentences <= AT_MOST:
        return np.arange(sentences)
    return np.sort(np.random.default_rng(seed).choice(sentences, AT_MOST, replace=False))


def _resample(
    found: _Sentences,
    representation: str,
    numbers: tuple[int, ...],
    rows: NDArray[np.int64],
    resamples: int,
    seed: int,
) -> dict[int, Labels]:
    """Cluster subsamples of `rows`, each with its own weights, dimensions and clusters."""
    random = np.random.default_rng(seed)
    labels = {n: np.full((resamples, len(rows)), -1, dtype=np.int64) for n in numbers}
    for run in range(resamples):
        drawn = np.sort(random.choice(len(rows), int(SHARE * len(rows)), replace=False))
        for n, points in _points(found, representation, numbers, rows[drawn], seed).items():
            labels[n][run, drawn] = _kmeans(points, n, seed)
    return labels


def _compare(
    found: _Sentences, names: list[str], numbers: tuple[int, ...], resamples: int, seed: int
) -> pd.DataFrame:
    from sklearn.metrics import adjusted_mutual_info_score, silhouette_score

    rows = _drawn_from(len(found.table), seed)
    words = _points(found, "words", numbers[:1], rows, seed)[numbers[0]]
    theme = [found.theme[i] for i in rows]
    out = []
    for name in names:
        points = _points(found, name, numbers, rows, seed)
        runs = _resample(found, name, numbers, rows, resamples, seed)
        for number in numbers:
            labels = _kmeans(points[number], number, seed)
            agree = stability(runs[number])
            out.append(
                {
                    "representation": name,
                    "clusters": number,
                    "sentences": len(rows),
                    "stability": agree.mean,
                    "stability_low": agree.low,
                    "stability_high": agree.high,
                    "stability_error": agree.error,
                    "silhouette": silhouette_score(points[number], labels, metric="cosine"),
                    "silhouette_words": silhouette_score(words, labels, metric="cosine"),
                    "largest": np.bincount(labels).max() / len(labels),
                    "theme_information": adjusted_mutual_info_score(theme, labels),
                }
            )
    return pd.DataFrame(out).astype({"representation": "string"}).round(4)


def _numbers(sentences: int) -> tuple[int, ...]:
    fewest, most = CLUSTERS
    return tuple(range(fewest, min(most, sentences // PER_CLUSTER) + 1))


def _allowed(clusters: int, found: _Sentences) -> None:
    sentences = len(found.table)
    if not 2 <= clusters <= sentences // PER_CLUSTER:
        raise ValueError(
            f"clusters={clusters}; allowed: 2 to {sentences // PER_CLUSTER}, "
            f"a fifth of the {sentences} sentences with a topic"
        )


def _choose(tried: pd.DataFrame) -> int:
    """Apply the rule of one standard error to the numbers of clusters that were tried."""
    even = tried[tried["largest"] <= LARGEST]
    even = even if len(even) else tried
    best = even.loc[even["stability"].idxmax()]
    near = even["stability"] >= best["stability"] - best["stability_error"]
    return int(even.loc[near, "clusters"].min())


def _describe(found: _Sentences, labels: Labels, knowledge: Knowledge) -> dict[str, list[str]]:
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


def _over_represented(found: _Sentences, labels: Labels, block: str) -> list[list[str]]:
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


def _typical(found: _Sentences, representation: str, labels: Labels) -> list[int]:
    """Return for each cluster the sentence whose point is nearest to the mean of its points."""
    number = int(labels.max()) + 1
    points = _points(found, representation, (number,), slice(None), 0)[number]
    nearest = []
    for cluster in range(number):
        rows = np.flatnonzero(labels == cluster)
        near = points[rows] @ np.asarray(points[rows].mean(axis=0)).ravel()
        nearest.append(int(rows[np.argmax(near.round(6))]))
    return nearest
