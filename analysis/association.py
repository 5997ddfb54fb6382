"""Themes of coded tables: which topics travel together, and which meetings are alike.

Distances and linkage are stated, not chosen by result. Topics are compared by their phi
coefficients over meetings: columns of 0 and 1 are standardised, and their Euclidean distance is
sqrt(2 - 2 phi). Meetings are compared by the Hellinger distance of their topic profiles, so that a
long report is not far from a short one that names the same things. Both are Euclidean, as Ward's
linkage needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    silhouette_score,
)

from analysis.presence import UNDATED, period_of, presence, themes
from analysis.statistics import holm, resamples
from analysis.word_forms import plural

Reals = NDArray[np.float64]

# A topic of fewer meetings has no profile to compare: its phi hangs on one or two of them.
LEAST = 5
# No more clusters than the codebook has themes: beyond that the codebook is the better summary.
MOST_CLUSTERS = 9
# Part of the meetings that a resample of meetings keeps (Ben-Hur, Elisseeff & Guyon 2002).
KEPT = 0.8


class Clusters(NamedTuple):
    """A clustering with what speaks for and against it.

    Attributes
    ----------
    members : DataFrame
        One topic (``theme``, ``topic``, ``n``) or meeting (``unit``) a row, in the order of the
        dendrogram's leaves, with its ``cluster`` (1, 2, …, from the first leaf on).
    linkage : array
        The tree as ``scipy.cluster.hierarchy`` has it; its rows count members as in ``names``.
    names : list of str
        The members in the order of the tree's numbering.
    scores : DataFrame
        One number of clusters a row: ``clusters``, ``silhouette``, ``smallest`` cluster,
        ``stability`` (mean adjusted Rand index over resamples) and ``chosen``.
    stability : float
        Of the clustering chosen: 1 if resampling meetings never changes it, 0 for chance.
    theme_information : float
        Adjusted mutual information of the clusters with the codebook's themes (topics only; NaN
        for meetings): 1 if they are the same, 0 for chance.
    """

    members: pd.DataFrame
    linkage: Reals
    names: list[str]
    scores: pd.DataFrame
    stability: float
    theme_information: float


def topic_association(
    tables: Any, unit: str = "meeting", optional: bool = False, least: int = LEAST
) -> pd.DataFrame:
    """Which pairs of topics are named together more, or less, often than apart.

    Parameters
    ----------
    tables : Tables or Panel
        As for `topic_frequency`.
    unit : {"meeting", "story", "article"}
        What is counted.
    optional : bool
        Whether codes marked as optional count.
    least : int
        Topics of fewer units are left out.

    Returns
    -------
    DataFrame
        One pair a row, the strongest first: ``topic``, ``other``, ``n`` (units with both),
        ``n_topic``, ``n_other``, ``n_all``, ``phi``, ``log_odds`` (natural logarithm of the odds
        ratio, half a unit added to each cell) with its 95 % interval ``low`` to ``high`` (Woolf
        1955, Haldane 1956), ``p`` (Fisher's exact test) and ``p_holm``.

    Raises
    ------
    ValueError
        Fewer than two topics with enough units.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> pairs = topic_association(read_panel(dyad="KOR-VNM"))
    >>> pairs.loc[0, ["topic", "other"]].tolist()
    ['trade', 'investment']
    >>> topic_association(read_panel(), least=1000)
    Traceback (most recent call last):
    ...
    ValueError: 0 topics have 1000 units or more; at least 2 are needed
    """
    has = _frequent(presence(tables, unit, optional=optional).has, least)
    x = has.to_numpy(float)
    both, single, n = x.T @ x, x.sum(0), len(x)
    first, second = np.array(list(combinations(range(len(single)), 2))).T
    a = both[first, second]
    b, c = single[first] - a, single[second] - a
    d = n - a - b - c
    spread = single * (n - single)
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = (a * d - b * c) / np.sqrt(spread[first] * spread[second])
    log_odds = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    half = stats.norm.ppf(0.975) * np.sqrt(sum(1 / (v + 0.5) for v in (a, b, c, d)))
    p = np.array([_fisher(*cells) for cells in zip(a, b, c, d, strict=True)])
    names = has.columns.astype("string")
    out = pd.DataFrame(
        {
            "topic": names[first],
            "other": names[second],
            "n": a.astype(int),
            "n_topic": single[first].astype(int),
            "n_other": single[second].astype(int),
            "n_all": n,
            "phi": phi,
            "log_odds": log_odds,
            "low": log_odds - half,
            "high": log_odds + half,
            "p": p,
            "p_holm": holm(p),
        }
    )
    return out.sort_values("phi", ascending=False, kind="stable", ignore_index=True)


def cluster_topics(
    tables: Any,
    unit: str = "meeting",
    optional: bool = False,
    least: int = LEAST,
    draws: int = 100,
    seed: int = 0,
) -> Clusters:
    """Cluster topics that are named in the same meetings.

    Ward's linkage on the distance sqrt(2 - 2 phi). Of 2 to 9 clusters those with the best mean
    silhouette are taken among the cuts without a cluster of one topic.

    Parameters
    ----------
    tables, unit, optional, least
        As for `topic_association`.
    draws, seed : int
        How often four fifths of the meetings are drawn to see whether the clusters come back, and
        the seed that makes that repeatable.

    Returns
    -------
    Clusters
        See there; ``stability`` and ``theme_information`` are part of the answer, also when poor.

    Raises
    ------
    ValueError
        Fewer than four topics with enough units.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> found = cluster_topics(read_panel(dyad="KOR-VNM"), draws=20)
    >>> len(found.members), bool(0 < found.stability < 1)
    (36, True)
    """
    has = _frequent(presence(tables, unit, optional=optional).has, least, needed=4)
    x = has.to_numpy(float)

    def again(rows: NDArray[np.int_], clusters: int) -> tuple[NDArray[Any], NDArray[Any]]:
        tree = linkage(_standardised(x[rows]).T, "ward")
        return fcluster(tree, clusters, "maxclust"), np.arange(x.shape[1])

    names = list(has.columns)
    tree, labels, scores = _cluster(_standardised(x).T, len(x), again, draws, seed)
    theme = [themes().get(t, t) for t in names]
    members = pd.DataFrame({"theme": theme, "topic": names}).astype("string")
    members["n"] = x.sum(0).astype(int)
    return _clusters(
        members, names, tree, labels, scores, adjusted_mutual_info_score(theme, labels)
    )


def cluster_meetings(
    tables: Any,
    unit: str = "meeting",
    optional: bool = False,
    least: int = LEAST,
    draws: int = 100,
    seed: int = 0,
) -> Clusters:
    """Cluster meetings by the topics named in them.

    Ward's linkage on the Hellinger distance of topic profiles; the number of clusters as in
    `cluster_topics`. Meetings that name none of the topics are left out.

    Raises
    ------
    ValueError
        Fewer than four meetings with topics.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> found = cluster_meetings(read_panel(dyad="KOR-VNM"), draws=20)
    >>> len(found.members)
    71
    """
    shown = presence(tables, unit, optional=optional)
    has = _frequent(shown.has, least)
    has = has[has.any(axis=1)]
    if len(has) < 4:
        raise ValueError(
            f"{len(has)} {plural(unit)} name topics; at least 4 are needed to cluster them"
        )
    x = has.to_numpy(float)
    profile = np.sqrt(x / x.sum(1, keepdims=True))

    def again(rows: NDArray[np.int_], clusters: int) -> tuple[NDArray[Any], NDArray[Any]]:
        return fcluster(linkage(profile[rows], "ward"), clusters, "maxclust"), rows

    tree, labels, scores = _cluster(profile, len(x), again, draws, seed)
    names = shown.units.loc[has.index, "unit"].tolist()
    members = pd.DataFrame({"unit": pd.array(names, dtype="string")})
    return _clusters(members, names, tree, labels, scores, float("nan"))


def label_weights(
    tables: Any,
    labels: Mapping[str, str | int] | None = None,
    by: str = "year",
    unit: str = "meeting",
    optional: bool = False,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """How the weight of themes (or clusters) moves from period to period.

    Each meeting has the weight 1, divided equally among its topics; a label's weight in a period is
    the mean over its meetings. Weights of a period sum to 1, so that long reports count no more.

    Parameters
    ----------
    labels : mapping of topic to label, optional
        The codebook's themes if not given; topics without a label take no part.
    by, unit, optional
        As for `topic_frequency`.
    draws, seed : int
        Bootstrap samples of each period's meetings, and the seed that makes them repeatable.

    Returns
    -------
    DataFrame
        ``label``, ``period``, ``n_all`` (meetings with a labelled topic), ``weight`` and its 95 %
        percentile interval ``low`` to ``high``.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> weights = label_weights(read_panel(dyad="KOR-VNM"), draws=100)
    >>> weights.groupby("period")["weight"].sum().round(6).unique().tolist()
    [1.0]
    """
    found = presence(tables, unit, optional=optional)
    label = themes() if labels is None else dict(labels)
    kept = [str(t) for t in found.has if t in label]
    has = found.has[kept].astype(float)
    share = has.div(has.sum(axis=1).replace(0, np.nan), axis=0)
    summed = share.T.groupby([str(label[t]) for t in kept], sort=False).sum().T
    period = period_of(found.units, by)
    usable = share.notna().any(axis=1) & (period != UNDATED)
    parts = []
    for name, rows in summed[usable].groupby(period[usable]):
        x = rows.to_numpy(float)
        drawn = resamples(len(x), draws, seed) @ x / len(x)
        low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
        part = pd.DataFrame({"label": pd.array(list(summed.columns), dtype="string")})
        part["period"] = pd.array([name] * len(part), dtype="string")
        part["n_all"], part["weight"], part["low"], part["high"] = len(x), x.mean(0), low, high
        parts.append(part)
    if not parts:
        raise ValueError(f"no {unit} has both a date and a labelled topic")
    return pd.concat(parts, ignore_index=True)


def _frequent(has: pd.DataFrame, least: int, needed: int = 2) -> pd.DataFrame:
    kept = has.loc[:, has.sum() >= least]
    if kept.shape[1] < needed:
        raise ValueError(
            f"{kept.shape[1]} topics have {least} units or more; at least {needed} are needed"
        )
    return kept


def _standardised(x: Reals) -> Reals:
    """Centre columns and scale them to length 1; a column without variation becomes 0."""
    centred = x - x.mean(0)
    length = np.sqrt((centred**2).sum(0))
    scaled: Reals = centred / np.where(length > 0, length, 1.0)
    return scaled


def _cluster(
    points: Reals, meetings: int, again: Any, draws: int, seed: int
) -> tuple[Reals, NDArray[np.int_], pd.DataFrame]:
    """Cut Ward's tree at the best number of clusters; score every number tried."""
    tree = linkage(points, "ward")
    distances = squareform(pdist(points))
    random = np.random.default_rng(seed)
    size = max(int(KEPT * meetings), 2)
    samples = [np.sort(random.permutation(meetings)[:size]) for _ in range(draws)]
    rows = []
    for clusters in range(2, min(MOST_CLUSTERS, len(points) - 1) + 1):
        labels = fcluster(tree, clusters, "maxclust")
        found = len(np.unique(labels))
        index = [
            adjusted_rand_score(labels[members], again_labels)
            for again_labels, members in (again(sample, clusters) for sample in samples)
        ]
        width = silhouette_score(distances, labels, metric="precomputed") if found > 1 else np.nan
        smallest = np.unique(labels, return_counts=True)[1].min()
        rows.append((clusters, width, smallest, np.mean(index)))
    scores = pd.DataFrame(rows, columns=["clusters", "silhouette", "smallest", "stability"])
    sound = scores[scores["smallest"] > 1]
    best = (scores if sound.empty else sound)["silhouette"].idxmax()
    scores["chosen"] = scores.index == best
    clusters = int(scores.loc[scores["chosen"], "clusters"].iloc[0])
    return tree, fcluster(tree, clusters, "maxclust"), scores


def _clusters(
    members: pd.DataFrame,
    names: list[str],
    tree: Reals,
    labels: NDArray[np.int_],
    scores: pd.DataFrame,
    information: float,
) -> Clusters:
    leaves = leaves_list(tree)
    number = {old: new for new, old in enumerate(dict.fromkeys(labels[leaves]), start=1)}
    ordered = members.iloc[leaves].assign(cluster=[number[c] for c in labels[leaves]])
    stability = float(scores.loc[scores["chosen"], "stability"].iloc[0])
    return Clusters(
        ordered.reset_index(drop=True), tree, names, scores, stability, float(information)
    )


def _fisher(a: float, b: float, c: float, d: float) -> float:
    return float(stats.fisher_exact([[a, b], [c, d]]).pvalue)
