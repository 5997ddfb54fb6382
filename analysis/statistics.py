"""Statistics of shares: intervals, tests and effect sizes, on plain arrays.

Everything here is closed form or exact and needs no knowledge of tables. Each function names the
publication of its method; the tests hold them to other implementations and to worked examples.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Reals = NDArray[np.float64]

# The exact test of trend enumerates all splits of the units with a topic over the years. Above this
# many units the normal approximation is as good and the enumeration slow.
EXACT_UP_TO = 200


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


def alpha(disagreements: ArrayLike, positives: ArrayLike, pairs: ArrayLike) -> Reals:
    """Krippendorff's alpha of two coders and a yes-or-no code (Krippendorff 2011).

    Parameters
    ----------
    disagreements : array_like of int
        Units on which one coder says yes and the other no.
    positives : array_like of int
        How often yes was said, both coders together.
    pairs : array_like of int
        Units that both coders judged.

    Returns
    -------
    array of float
        1 is perfect agreement, 0 what chance gives. NaN where all said the same: there is nothing
        to agree about.

    Examples
    --------
    Krippendorff's own example of two observers and ten units:

    >>> round(float(alpha(4, 6, 10)), 3)
    0.095
    """
    d, yes, n = (np.asarray(v, float) for v in (disagreements, positives, pairs))
    no = 2 * n - yes
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(yes * no > 0, 1 - (2 * n - 1) * d / (yes * no), np.nan)


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1; received {confidence}")
    return float(stats.norm.ppf((1 + confidence) / 2))
