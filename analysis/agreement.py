"""Do two coders of the same articles agree? Krippendorff's alpha, topic by topic."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.presence import one_of, themes, topic_rows
from analysis.statistics import Reals, resamples

RULES = ("strict", "counted", "left out")
ALL = "all topics"


def agreement(
    first: pd.DataFrame,
    second: pd.DataFrame,
    optional: str = "strict",
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure how far two codings of the same articles agree on each topic.

    Parameters
    ----------
    first, second : DataFrame
        One topic of one article a row: ``article_id``, ``topic``, ``certainty``. Articles that only
        one of them has take no part.
    optional : {"strict", "counted", "left out"}
        What is made of a code that a coder marked as optional. "strict": the topic counts as not
        coded by that coder. "counted": it counts as coded. "left out": that article is not judged
        for that topic.
    draws, seed : int
        Bootstrap samples of articles for the intervals, and the seed that makes them repeatable.

    Returns
    -------
    DataFrame
        One topic a row and a last row for all topics taken together: ``articles`` (judged by
        both), ``first`` and ``second`` (how many of them each coder gave the topic), ``agreement``
        (share of equal judgements) and ``alpha`` with its 95 % percentile interval ``low`` to
        ``high`` over articles drawn with replacement. Where neither or both coders gave the topic
        everywhere there is nothing to agree about, and alpha is NaN. In the last row ``articles``
        and the counts are over pairs of article and topic.

    Raises
    ------
    ValueError
        No article in common, or an unknown rule for optional codes.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> panel = read_panel()
    >>> found = agreement(panel.topics, panel.second_coding, draws=200).set_index("topic")
    >>> int(found.loc["trade", "articles"]), bool(found.loc["all topics", "alpha"] > 0.5)
    (58, True)
    >>> agreement(panel.topics, panel.second_coding.head(0))
    Traceback (most recent call last):
    ...
    ValueError: no article is coded by both; the first has 124, the second 0
    """
    one_of("optional", optional, RULES)
    ids = sorted(set(first["article_id"]) & set(second["article_id"]))
    if not ids:
        sizes = [t["article_id"].nunique() for t in (first, second)]
        raise ValueError(
            f"no article is coded by both; the first has {sizes[0]}, the second {sizes[1]}"
        )
    topics = list(themes())
    one, one_unsure = _judged(first, ids, topics)
    two, two_unsure = _judged(second, ids, topics)
    judged = np.ones(one.shape, bool)
    if optional == "left out":
        judged = ~(one_unsure | two_unsure)
    elif optional == "counted":
        one, two = one | one_unsure, two | two_unsure
    parts = [judged & (one != two), judged * (one.astype(int) + two), judged]
    value = alpha(*(p.sum(0) for p in parts))
    drawn = resamples(len(ids), draws, seed)
    spread = alpha(*(drawn @ p.astype(int) for p in parts))
    pooled = alpha(*(p.sum() for p in parts))
    pooled_spread = alpha(*((drawn @ p.astype(int)).sum(1) for p in parts))

    out = topic_rows("topic", [*topics, ALL])
    for name, counts in (
        ("articles", judged),
        ("first", judged & one),
        ("second", judged & two),
    ):
        out[name] = [*counts.sum(0), counts.sum()]
    equal = judged & (one == two)
    out["agreement"] = [*equal.sum(0), equal.sum()] / out["articles"]
    out["alpha"] = [*value, float(pooled)]
    limits = [_limits(column) for column in [*spread.T, pooled_spread]]
    out["low"], out["high"] = zip(*limits, strict=True)
    return out


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


def _judged(
    codes: pd.DataFrame, ids: list[str], topics: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return articles by topics: coded for sure, and marked as optional."""
    found = []
    for certainty in ("coded", "optional"):
        rows = codes[codes["certainty"] == certainty]
        table = pd.crosstab(rows["article_id"], rows["topic"])
        found.append(table.reindex(index=ids, columns=topics, fill_value=0).to_numpy() > 0)
    return found[0], found[1]


def _limits(draws: np.ndarray) -> tuple[float, float]:
    """Percentiles of the draws in which alpha exists."""
    exists = draws[~np.isnan(draws)]
    if not len(exists):
        return float("nan"), float("nan")
    low, high = np.percentile(exists, [2.5, 97.5])
    return float(low), float(high)
