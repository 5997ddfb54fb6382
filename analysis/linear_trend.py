"""A linear trend in shares over whole scores such as years: its slope, and its test.

On plain arrays, as `analysis.statistics`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.statistics import Interval, Reals, contrast

# The exact test of trend enumerates all splits of the units with a topic over the years. Above this
# many units the normal approximation is as good and the enumeration slow.
EXACT_UP_TO = 200


def trend_slope(
    scores: ArrayLike, count: ArrayLike, total: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Change of a share per unit of score, least squares over units, with its interval.

    The slope is a weighted sum of the periods' shares, so its interval is that of `contrast`.

    Raises
    ------
    ValueError
        Fewer than two scores with units.

    Examples
    --------
    >>> slope = trend_slope([0, 1, 2], [1, 5, 9], [10, 10, 10])
    >>> round(float(slope.value), 3), bool(slope.low > 0)
    (0.4, True)
    >>> trend_slope([0, 1], [1, 0], [10, 0])
    Traceback (most recent call last):
    ...
    ValueError: a trend needs units at two scores or more; totals are [10.0, 0.0]
    """
    x, n = np.asarray(scores, float), np.asarray(total, float)
    kept = n > 0
    if len(np.unique(x[kept])) < 2:
        raise ValueError(f"a trend needs units at two scores or more; totals are {n.tolist()}")
    x, n, k = x[kept], n[kept], np.asarray(count, float)[..., kept]
    centred = x - (n * x).sum() / n.sum()
    return contrast(n * centred / (n * centred**2).sum(), k, n, confidence)


def trend_test(scores: ArrayLike, count: ArrayLike, total: ArrayLike) -> Reals:
    """Two-sided p of a linear trend in shares (Cochran 1954, Armitage 1955), along the last axis.

    Up to 200 units the p is exact: given how many units have the property, every way to spread
    them over the periods is weighed (the permutation distribution of the sum of their scores).
    Above, it is the normal approximation. Scores are whole numbers, such as years.

    Examples
    --------
    >>> p = trend_test([0, 1, 2], [[1, 5, 9], [5, 5, 5]], [10, 10, 10])
    >>> [float(x.round(5)) for x in p]
    [0.00052, 1.0]
    """
    x, n = np.asarray(scores, int), np.asarray(total, int)
    k = np.atleast_2d(np.asarray(count, int))
    x = x - x.min()
    have, units = k.sum(1), n.sum()
    observed, mean = k @ x, have * (n @ x) / units
    distance = np.abs(observed - mean)
    if units > EXACT_UP_TO:
        spread = have * (units - have) / units**2 * (n @ x**2 - (n @ x) ** 2 / units)
        with np.errstate(invalid="ignore", divide="ignore"):
            p = 2 * stats.norm.sf(distance / np.sqrt(spread))
        p = np.where(spread > 0, p, 1.0)
    else:
        ways = _ways(x, n)
        sums = np.arange(ways.shape[1])
        p = np.array(
            [
                ways[m, np.abs(sums - e) >= d - 1e-9].sum() / ways[m].sum()
                for m, e, d in zip(have, mean, distance, strict=True)
            ]
        )
    return np.minimum(p, 1.0).reshape(np.shape(count)[:-1])


def _ways(x: NDArray[np.int_], n: NDArray[np.int_]) -> Reals:
    """Weigh how many units are drawn (rows) and what their scores sum to (columns)."""
    ways = np.zeros((n.sum() + 1, n @ x + 1))
    ways[0, 0] = 1.0
    for score, size in zip(x, n, strict=True):
        more = np.zeros_like(ways)
        # Binomial weights at one half keep the numbers in range; they cancel in every ratio.
        for drawn, weight in enumerate(stats.binom.pmf(np.arange(size + 1), size, 0.5)):
            step = drawn * score
            more[drawn:, step:] += weight * ways[: len(ways) - drawn, : ways.shape[1] - step]
        ways = more
    return ways
