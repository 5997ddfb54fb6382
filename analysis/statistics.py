"""Statistics of shares: intervals, tests and effect sizes, on plain arrays.

Everything here but `resamples` is closed form or exact, and needs no knowledge of tables. Each
function names the publication of its method; the tests hold them to other implementations and to
worked examples.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Reals = NDArray[np.float64]


class Interval(NamedTuple):
    """An estimate with its interval, element by element."""

    value: Reals
    low: Reals
    high: Reals


def wilson(count: ArrayLike, total: ArrayLike, confidence: float = 0.95) -> Interval:
    """Share with its score interval (Wilson 1927), which holds up for small counts and 0 or 1.

    Parameters
    ----------
    count, total : array_like of int
        How many have the property, of how many. Where `total` is 0 the results are NaN.
    confidence : float
        Level of the interval, between 0 and 1.

    Raises
    ------
    ValueError
        A count below 0 or above its total; a confidence outside 0 to 1.

    Examples
    --------
    >>> share, low, high = wilson([2, 0], [10, 0])
    >>> [round(float(x[0]), 3) for x in (share, low, high)]
    [0.2, 0.057, 0.51]
    >>> wilson(3, 2)
    Traceback (most recent call last):
    ...
    ValueError: counts must lie between 0 and their totals; received 3.0 of 2.0
    """
    k, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(total, float))
    wrong = (k < 0) | (k > n)
    if wrong.any():
        raise ValueError(
            f"counts must lie between 0 and their totals; "
            f"received {float(k[wrong].flat[0])} of {float(n[wrong].flat[0])}"
        )
    z2 = _z(confidence) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = k / n
        centre = (k + z2 / 2) / (n + z2)
        half = np.sqrt(z2 * (share * (1 - share) * n + z2 / 4)) / (n + z2)
    # At 0 and 1 a limit is the share itself; rounding must not push it past.
    return Interval(
        share, np.where(k == 0, share, centre - half), np.where(k == n, share, centre + half)
    )


def contrast(
    weights: ArrayLike, count: ArrayLike, total: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Weighted sum of independent shares with its interval, along the last axis.

    Wilson limits of the shares are combined by the method of variance estimates recovery (Zou,
    Huang & Zhang 2009); with weights +1 and -1 that is Newcombe's (1998) method 10 for a
    difference of two shares.

    Examples
    --------
    Newcombe's first example, 56 of 70 against 48 of 80:

    >>> value, low, high = contrast([1, -1], [56, 48], [70, 80])
    >>> [round(float(x), 4) for x in (value, low, high)]
    [0.2, 0.0524, 0.3339]
    """
    c = np.asarray(weights, float)
    share, low, high = wilson(count, total, confidence)
    below = np.where(c > 0, share - low, high - share)
    above = np.where(c > 0, high - share, share - low)
    value = (c * share).sum(-1)
    return Interval(
        value,
        value - np.sqrt(((c * below) ** 2).sum(-1)),
        value + np.sqrt(((c * above) ** 2).sum(-1)),
    )


def holm(p: ArrayLike) -> Reals:
    """Adjust p-values so that any false claim among them is as rare as stated (Holm 1979).

    It holds under any dependence between the tests, as there is between topics. NaN stays NaN and
    is not counted as a test.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, float)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted = np.full_like(values, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def log_likelihood(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Reals:
    """G2 of a feature in a target against a reference (Dunning 1993), four-cell form.

    Parameters
    ----------
    a, b : array_like of int
        How often the feature occurs in the target, in the reference.
    c, d : array_like of int
        How many occurrences of all features there are in the target, in the reference.

    Examples
    --------
    >>> round(float(log_likelihood(10, 10, 100, 200)), 3)
    2.535
    """
    a, b, c, d = np.broadcast_arrays(*(np.asarray(v, float) for v in (a, b, c, d)))
    observed = np.stack([a, b, c - a, d - b])
    rows = np.stack([a + b, a + b, c + d - a - b, c + d - a - b])
    expected = rows * np.stack([c, d, c, d]) / (c + d)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(observed > 0, observed * np.log(observed / expected), 0.0)
    g2: Reals = np.maximum(2 * parts.sum(0), 0.0)
    return g2


def log_ratio(
    a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Binary logarithm of the ratio of two relative frequencies (Hardie 2014): 1 is twice as often.

    The interval is that of a relative risk on the log scale (Katz et al. 1978). Half an occurrence
    is added where a count is 0, so that the ratio stays finite.

    Examples
    --------
    >>> [round(float(x), 2) for x in log_ratio(20, 10, 100, 100)]
    [1.0, -0.02, 2.02]
    """
    a, b, c, d = np.broadcast_arrays(*(np.asarray(v, float) for v in (a, b, c, d)))
    none = (a == 0) | (b == 0)
    a, b, c, d = (v + np.where(none, 0.5, 0.0) for v in (a, b, c, d))
    value = np.log2(a / c) - np.log2(b / d)
    half = _z(confidence) * np.sqrt(1 / a - 1 / c + 1 / b - 1 / d) / np.log(2)
    return Interval(value, value - half, value + half)


def paired_difference(
    only_first: ArrayLike, only_second: ArrayLike, pairs: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Difference of two shares over the same units, with its interval (Bonett & Price 2012).

    Examples
    --------
    >>> [round(float(x), 3) for x in paired_difference(8, 2, 20)]
    [0.3, -0.014, 0.56]
    """
    b, c, n = (np.asarray(v, float) for v in (only_first, only_second, pairs))
    p, q = (b + 1) / (n + 2), (c + 1) / (n + 2)
    half = _z(confidence) * np.sqrt((p + q - (p - q) ** 2) / (n + 2))
    low, high = np.maximum(p - q - half, -1.0), np.minimum(p - q + half, 1.0)
    return Interval((b - c) / n, low, high)


def mcnemar(only_first: ArrayLike, only_second: ArrayLike) -> Reals:
    """Exact two-sided p that a topic is as often in only one as in only the other (McNemar 1947).

    Examples
    --------
    >>> [round(float(p), 4) for p in mcnemar([8, 0], [2, 0])]
    [0.1094, 1.0]
    """
    b, c = np.broadcast_arrays(np.asarray(only_first, int), np.asarray(only_second, int))
    p: Reals = np.minimum(2 * stats.binom.cdf(np.minimum(b, c), b + c, 0.5), 1.0)
    return p


def resamples(units: int, draws: int, seed: int) -> NDArray[np.int_]:
    """Return how often each unit is drawn in each bootstrap sample (Efron 1979): draws by units.

    Examples
    --------
    >>> resamples(5, 3, seed=0).sum(axis=1).tolist()
    [5, 5, 5]
    """
    return np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=draws)


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1; received {confidence}")
    return float(stats.norm.ppf((1 + confidence) / 2))
