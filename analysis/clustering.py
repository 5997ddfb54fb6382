"""Clusters of points, and how well they hold up when sentences are left out or mixed up."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.representations import Sentences, points_of, shuffled
from analysis.resampling import Labels, stability

STARTS = 10  # of k-means, of which the best is kept
SHARE = 0.8  # of the sentences, drawn without replacement for each resample
RESAMPLES = 20
SHUFFLES = 4  # among which as many resamples again are divided
AT_MOST = 2500  # sentences from which resamples are drawn and silhouettes are computed


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep sums in one order, so that results do not depend on threads; small fits are faster."""
    import sklearn.cluster  # noqa: F401  (its threads can be limited once it is loaded)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def kmeans(points: Any, clusters: int, seed: int) -> Labels:
    """Return the cluster of each point; the best of ten seeded starts."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # Fewer distinct sentences than clusters: some stay empty, which the sizes show.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = KMeans(clusters, n_init=STARTS, random_state=seed).fit(points)
    return np.asarray(model.labels_, dtype=np.int64)


def drawn_from(sentences: int, seed: int, at_most: int = AT_MOST) -> NDArray[np.int64]:
    """Return the sentences that resamples are drawn from: all, or of many a sample."""
    if sentences <= at_most:
        return np.arange(sentences)
    return np.sort(np.random.default_rng(seed).choice(sentences, at_most, replace=False))


def centres(points: Any, labels: Labels) -> NDArray[np.float64]:
    """Return the mean of the points of each cluster."""
    kinds = range(int(labels.max()) + 1)
    return np.vstack([np.asarray(points[labels == k].mean(axis=0)).ravel() for k in kinds])


def nearest(points: Any, means: NDArray[np.float64]) -> Labels:
    """Return the cluster whose mean is nearest to each point, as k-means has it."""
    from sklearn.metrics import pairwise_distances_argmin

    return np.asarray(pairwise_distances_argmin(points, means), dtype=np.int64)


def resample(
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
            labels[n][run, drawn] = kmeans(points, n, seed)
    return labels


def compare(
    found: Sentences, names: list[str], numbers: tuple[int, ...], resamples: int, seed: int
) -> pd.DataFrame:
    """Return the rows of `theme_comparison`, representation by representation."""
    from sklearn.metrics import adjusted_mutual_info_score, silhouette_score

    rows = drawn_from(len(found.table), seed)
    counts = found.counts[rows]
    mixtures = [shuffled(found, counts, seed + i) for i in range(SHUFFLES)]
    words = points_of(found, counts, "words", numbers[:1], seed)[numbers[0]]
    theme = found.theme[rows]
    out = []
    for name in names:
        points = points_of(found, counts, name, numbers, seed)
        runs = resample(found, counts, name, numbers, resamples, seed)
        null = [
            resample(found, mixed, name, numbers, resamples // SHUFFLES, seed) for mixed in mixtures
        ]
        for number in numbers:
            labels = kmeans(points[number], number, seed)
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
