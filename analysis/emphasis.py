"""Who stresses what: topics that mark one period or side, and what one account leaves out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.presence import presence, topic_rows
from analysis.statistics import holm, log_likelihood, log_ratio, mcnemar, paired_difference


def keyness(frequency: pd.DataFrame, column: str, target: str) -> pd.DataFrame:
    """Which topics mark one period, side or level against all others.

    A topic's weight is its part of all topics named, so that a side that simply writes more does
    not come out as stressing everything.

    Parameters
    ----------
    frequency : DataFrame
        From `topic_frequency`.
    column, target : str
        The column that divides the rows (``period`` or the group's) and the value of interest.

    Returns
    -------
    DataFrame
        One topic a row, the most marked first: ``n`` and ``n_reference`` (units with it),
        ``of`` and ``of_reference`` (topics named in all), ``log_ratio`` (Hardie 2014; 1 is twice as
        often) with its 95 % interval ``low`` to ``high``, ``g2`` (log-likelihood, Dunning 1993),
        ``p`` and ``p_holm``.

    Raises
    ------
    ValueError
        A column or target that the table does not have.

    Examples
    --------
    >>> from analysis.frequency import topic_frequency
    >>> from analysis.panel import read_panel
    >>> sides = topic_frequency(read_panel(dyad="KOR-VNM"), group="publisher_side")
    >>> keyness(sides, "publisher_side", "KOR")["topic"].head(2).tolist()
    ['korean_peninsula', 'asean']
    >>> keyness(sides, "publisher_side", "JPN")
    Traceback (most recent call last):
    ...
    ValueError: publisher_side has no 'JPN'; it has KOR, VNM
    """
    level = "topic" if "topic" in frequency else "theme"
    if column not in frequency:
        raise ValueError(f"no column {column!r}; the table has {', '.join(frequency.columns)}")
    values = sorted(frequency[column].dropna().unique())
    if target not in values:
        raise ValueError(f"{column} has no {target!r}; it has {', '.join(values)}")
    mine = frequency[column] == target
    names = frequency[level].unique()
    a = frequency[mine].groupby(level)["n"].sum().reindex(names).to_numpy(int)
    b = frequency[~mine].groupby(level)["n"].sum().reindex(names).to_numpy(int)
    ratio = log_ratio(a, b, a.sum(), b.sum())
    g2 = log_likelihood(a, b, a.sum(), b.sum())
    p = np.where(a + b > 0, stats.chi2.sf(g2, 1), np.nan)
    out = topic_rows(level, names)
    out["n"], out["of"], out["n_reference"], out["of_reference"] = a, a.sum(), b, b.sum()
    out["log_ratio"], out["low"], out["high"] = ratio
    out["g2"], out["p"], out["p_holm"] = g2, p, holm(p)
    signed = np.sign(ratio.value) * g2
    order = np.argsort(-signed, kind="stable")
    return out.iloc[order].reset_index(drop=True)


def compare_groups(
    tables: Any,
    first: str,
    second: str,
    group: str = "publisher_side",
    level: str = "topic",
    optional: bool = False,
) -> pd.DataFrame:
    """Compare two sides' reports of the same meetings: who names what that the other leaves out.

    Parameters
    ----------
    tables : Tables or Panel
        As for `topic_frequency`; meetings reported by both groups are used.
    first, second : str
        Two values of the column `group`.

    Returns
    -------
    DataFrame
        One topic (or theme) a row: ``meetings`` (reported by both), ``both``, ``only_first``,
        ``only_second``, ``difference`` of the shares (first less second) with its 95 % interval
        ``low`` to ``high`` (Bonett & Price 2012), ``p`` (exact McNemar) and ``p_holm``.

    Raises
    ------
    ValueError
        No meeting has reports of both.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> pairs = compare_groups(read_panel(dyad="KOR-VNM"), "VNM", "KOR")
    >>> int(pairs["meetings"].iloc[0])
    14
    >>> compare_groups(read_panel(), "VNM", "PHL")
    Traceback (most recent call last):
    ...
    ValueError: no meeting is reported by both 'VNM' and 'PHL' of publisher_side
    """
    found = presence(tables, "meeting", level, group, optional)
    one, two = (
        found.has[found.units[group] == side].set_axis(
            found.units.loc[found.units[group] == side, "unit"]
        )
        for side in (first, second)
    )
    shared = one.index.intersection(two.index)
    if shared.empty:
        raise ValueError(f"no meeting is reported by both {first!r} and {second!r} of {group}")
    one, two = one.loc[shared], two.loc[shared]
    only_first, only_second = (one & ~two).sum(), (two & ~one).sum()
    out = topic_rows(level, found.has.columns)
    out["meetings"] = len(shared)
    out["both"] = (one & two).sum().to_numpy()
    out["only_first"], out["only_second"] = only_first.to_numpy(), only_second.to_numpy()
    change = paired_difference(only_first, only_second, len(shared))
    out["difference"], out["low"], out["high"] = change
    p = np.where((one | two).any(), mcnemar(only_first, only_second), np.nan)
    out["p"], out["p_holm"] = p, holm(p)
    return out
