"""Which topics are named in the same meetings, and which meetings name the same: Ward's clusters.

Distances and linkage are stated, not chosen by result. Topics are compared by their phi
coefficients over meetings: columns of 0 and 1 are standardised, and their Euclidean distance is
sqrt(2 - 2 phi). Meetings are compared by the Hellinger distance of their topic profiles, so that a
long report is not far from a short one that names the same things. Both are Euclidean, as Ward's
linkage needs it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import pdist, squareform
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    silhouette_score,
)

from analysis.association import LEAST, frequent
from analysis.presence import presence, themes
from analysis.word_forms import plural

Reals = NDArray[np.float64]

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
    has = frequent(presence(tables, unit, optional=optional).has, least, needed=4)
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
    has = frequent(shown.has, least)
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
