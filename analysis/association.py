"""Which topics are named together more, or less, often than apart."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.presence import presence
from analysis.statistics import holm

# A topic of fewer meetings has no profile to compare: its phi hangs on one or two of them.
LEAST = 5


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
    has = frequent(presence(tables, unit, optional=optional).has, least)
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


def frequent(has: pd.DataFrame, least: int, needed: int = 2) -> pd.DataFrame:
    """Keep the topics that `least` units have, or raise ValueError if they are too few.

    Examples
    --------
    >>> has = pd.DataFrame({"trade": [True, True], "tourism": [True, False]})
    >>> list(frequent(has, 1)), list(frequent(has, 2, needed=1))
    (['trade', 'tourism'], ['trade'])
    """
    kept = has.loc[:, has.sum() >= least]
    if kept.shape[1] < needed:
        raise ValueError(
            f"{kept.shape[1]} topics have {least} units or more; at least {needed} are needed"
        )
    return kept


def _fisher(a: float, b: float, c: float, d: float) -> float:
    return float(stats.fisher_exact([[a, b], [c, d]]).pvalue)
