"""How far clusterings of resampled data agree, on plain arrays of labels.

A row of `labels` is one clustering, a column one item; -1 says that the item was not drawn. Two
clusterings are compared on the items that both have.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Labels = NDArray[np.int64]


class Stability(NamedTuple):
    """The mean agreement of pairs, the middle 95 % of the pairs, and the error of the mean."""

    mean: float
    low: float
    high: float
    error: float


def crossings(labels: Labels) -> Reals:
    """Return how many items clusters share: an array (run, cluster, run, cluster) of counts."""
    runs, items = labels.shape
    clusters = int(labels.max()) + 1
    member = np.zeros((items, runs, clusters))
    run, item = np.nonzero(labels >= 0)
    member[item, run, labels[run, item]] = 1
    flat = member.reshape(items, -1)
    return (flat.T @ flat).reshape(runs, clusters, runs, clusters)


def adjusted_rand(labels: Labels) -> Reals:
    """Return the adjusted Rand index (Hubert and Arabie 1985) of each pair of runs, once a pair.

    It is 1 for the same partition, 0 on average for partitions drawn by chance.

    Examples
    --------
    >>> adjusted_rand(np.array([[0, 0, 1, 1, -1], [1, 1, 0, 0, 0], [0, 1, 1, -1, 1]])).round(2)
    array([ 1. , -0.5,  0. ])
    """
    shared = crossings(labels)

    def pairs(n: Reals) -> Reals:
        return n * (n - 1) / 2

    both = pairs(shared).sum(axis=(1, 3))
    one = pairs(shared.sum(axis=3)).sum(axis=1)  # [a, b]: pairs together in a, on common items
    every = pairs(shared.sum(axis=(1, 3)))
    expected = np.divide(one * one.T, every, out=np.zeros_like(every), where=every > 0)
    room = (one + one.T) / 2 - expected
    # No room: both runs put all items into one cluster, or each into its own. They are the same.
    index = np.divide(both - expected, room, out=np.ones_like(room), where=room > 1e-12)
    return np.asarray(index[np.triu_indices(len(labels), 1)])


def stability(labels: Labels) -> Stability:
    """Summarise the adjusted Rand index over all pairs of runs.

    The pairs are not independent: the error of their mean is that of a U-statistic of degree two
    (Hoeffding 1948), from the mean agreement of each run with all others.
    """
    runs = len(labels)
    index = np.zeros((runs, runs))
    index[np.triu_indices(runs, 1)] = adjusted_rand(labels)
    each = (index + index.T).sum(axis=1) / (runs - 1)
    values = index[np.triu_indices(runs, 1)]
    low, high = np.quantile(values, (0.025, 0.975))
    error = 2 * each.std(ddof=1) / np.sqrt(runs)
    return Stability(float(values.mean()), float(low), float(high), float(error))


def recovery(whole: Labels, labels: Labels) -> Reals:
    """Return how well runs find each cluster of the whole again: mean best Jaccard (Hennig 2007).

    Parameters
    ----------
    whole : array of int, shape (items,)
        The clustering of all items.
    labels : array of int, shape (runs, items)
        Those of the resamples.

    Returns
    -------
    array of float, shape (clusters of the whole,)
        Above 0.75 a cluster counts as stable, below 0.5 as dissolved. Runs without any item of a
        cluster are left out.

    Examples
    --------
    >>> recovery(np.array([0, 0, 1, 1]), np.array([[0, 0, 1, -1], [0, 0, 0, 1]])).round(2)
    array([0.83, 0.75])
    """
    shared = crossings(np.vstack([whole, labels]))[0, :, 1:, :]  # (cluster, run, its cluster)
    shared = shared[: int(whole.max()) + 1]
    ours = shared.sum(axis=2)
    theirs = shared.sum(axis=0)
    union = ours[:, :, None] + theirs[None] - shared
    best = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0).max(axis=2)
    met = ours > 0
    return np.asarray((best * met).sum(axis=1) / np.maximum(met.sum(axis=1), 1))
