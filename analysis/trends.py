"""What changed and who stresses what: trends, keyness, paired accounts and their sensitivity."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.presence import UNDATED, period_of, presence, themes
from analysis.statistics import (
    holm,
    log_likelihood,
    log_ratio,
    mcnemar,
    paired_difference,
    resamples,
    trend_slope,
    trend_test,
)


def topic_trends(frequency: pd.DataFrame) -> pd.DataFrame:
    """Whether each topic's share rose or fell over the years, and by how much.

    Parameters
    ----------
    frequency : DataFrame
        From `topic_frequency` by year, without groups. Leave out a year by leaving out its rows;
        undated units and years without articles take no part.

    Returns
    -------
    DataFrame
        One topic (or theme) a row, as ordered in `frequency`: ``n`` of ``n_all`` units over all
        years, ``share_first`` and ``share_last`` (of the first and the last year), ``change`` (of
        the share a year, least squares) with its 95 % interval ``low`` to ``high``, ``p`` (exact
        test of a linear trend) and ``p_holm``, corrected over all rows with at least one unit
        (Holm 1979: no more than one time in twenty does a single false claim pass 0.05).

    Raises
    ------
    ValueError
        Rows that are not one a topic and year, or fewer than two years with articles.

    Examples
    --------
    >>> from analysis.frequency import topic_frequency
    >>> from analysis.panel import read_panel
    >>> years = topic_frequency(read_panel(dyad="KOR-VNM"))
    >>> trends = topic_trends(years[years["period"] < "2026"]).set_index("topic")
    >>> round(float(trends.loc["agriculture", "change"]), 3)
    -0.088
    >>> topic_trends(years[years["period"] == "2025"])
    Traceback (most recent call last):
    ...
    ValueError: a trend needs two years with articles or more; received 2025
    """
    level = _level(frequency)
    dated = frequency[(frequency["period"] != UNDATED) & (frequency["n_all"] > 0)]
    if not dated["period"].str.fullmatch(r"\d{4}").all():
        raise ValueError(f"periods must be years; received {sorted(dated['period'].unique())}")
    if dated.duplicated([level, "period"]).any():
        raise ValueError(f"one row a {level} and year expected; choose one group first")
    years = sorted(dated["period"].unique())
    if len(years) < 2:
        raise ValueError(
            f"a trend needs two years with articles or more; received {', '.join(years) or 'none'}"
        )
    wide = dated.pivot(index=level, columns="period", values="n")
    wide = wide.reindex(dated[level].unique())
    count = wide.to_numpy(int)
    total = dated.drop_duplicates("period").set_index("period")["n_all"].loc[years].to_numpy(int)
    scores = np.array([int(y) for y in years])
    slope = trend_slope(scores, count, total)
    named = count.sum(1) > 0
    p = np.where(named, trend_test(scores, count, total), np.nan)
    out = _named(level, wide.index)
    out["n"], out["n_all"] = count.sum(1), total.sum()
    out["share_first"], out["share_last"] = count[:, 0] / total[0], count[:, -1] / total[-1]
    out["change"], out["low"], out["high"] = slope
    out["p"], out["p_holm"] = p, holm(p)
    return out


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
    level = _level(frequency)
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
    out = _named(level, names)
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
    out = _named(level, found.has.columns)
    out["meetings"] = len(shared)
    out["both"] = (one & two).sum().to_numpy()
    out["only_first"], out["only_second"] = only_first.to_numpy(), only_second.to_numpy()
    change = paired_difference(only_first, only_second, len(shared))
    out["difference"], out["low"], out["high"] = change
    p = np.where((one | two).any(), mcnemar(only_first, only_second), np.nan)
    out["p"], out["p_holm"] = p, holm(p)
    return out


def trend_sensitivity(
    tables: Any, publisher: str = "publisher", draws: int = 2000, seed: int = 0
) -> pd.DataFrame:
    """How each topic's yearly change depends on choices and on the sample.

    Parameters
    ----------
    tables : Tables or Panel
        As for `topic_frequency`.
    publisher : str
        The column whose values are left out in turn.
    draws, seed : int
        Bootstrap samples of meetings, and the seed that makes them repeatable.

    Returns
    -------
    DataFrame
        One topic a row, each figure a change of the share a year: ``change`` (meetings, optional
        codes left out), ``with_optional``, ``by_article``, ``without_least`` and ``without_most``
        (lowest and highest when one publisher is left out), ``low`` and ``high`` (95 % percentile
        interval over meetings drawn with replacement, Efron 1979), and ``same_sign`` (the part of
        those draws whose change has the sign of ``change``).

    Raises
    ------
    ValueError
        There is no such column.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> found = trend_sensitivity(read_panel(dyad="KOR-VNM"), draws=200).set_index("topic")
    >>> bool(found.loc["agriculture", "without_most"] < 0)
    True
    """
    base, years = _dated(tables)
    out = _named("topic", base.columns)
    out["change"] = _slopes(base, years).to_numpy()
    out["with_optional"] = _slopes(*_dated(tables, optional=True)).reindex(base.columns).to_numpy()
    out["by_article"] = _slopes(*_dated(tables, unit="article")).reindex(base.columns).to_numpy()
    left_out = pd.DataFrame(
        [_slopes(*_dated(_without(tables, publisher, p))) for p in _values(tables, publisher)]
    )[base.columns]
    out["without_least"], out["without_most"] = left_out.min().array, left_out.max().array
    drawn = _drawn_slopes(base, years, draws, seed)
    out["low"], out["high"] = np.nanpercentile(drawn, [2.5, 97.5], axis=0)
    out["same_sign"] = np.nanmean(np.sign(drawn) == np.sign(out["change"].to_numpy()), axis=0)
    return out


def _level(frequency: pd.DataFrame) -> str:
    return "topic" if "topic" in frequency else "theme"


def _named(level: str, names: Any) -> pd.DataFrame:
    out = pd.DataFrame({level: pd.array(list(names), dtype="string")})
    if level == "topic":
        out.insert(0, "theme", out["topic"].map(themes()).astype("string"))
    return out


def _dated(
    tables: Any, unit: str = "meeting", optional: bool = False
) -> tuple[pd.DataFrame, pd.Series]:
    """Units with a year, and their years."""
    found = presence(tables, unit, optional=optional)
    period = period_of(found.units)
    dated = period != UNDATED
    return found.has[dated], period[dated].astype(int)


def _slopes(has: pd.DataFrame, years: pd.Series) -> pd.Series:
    x = years - years.mean()
    return has.mul(x, axis=0).sum() / (x**2).sum()


def _drawn_slopes(has: pd.DataFrame, years: pd.Series, draws: int, seed: int) -> Any:
    weights = resamples(len(has), draws, seed)
    x, y = years.to_numpy(float), has.to_numpy(float)
    n, sx, sxx = len(has), weights @ x, weights @ x**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return (n * (weights * x) @ y - sx[:, None] * (weights @ y)) / (n * sxx - sx**2)[:, None]


def _values(tables: Any, column: str) -> list[str]:
    articles = tables.articles
    if column not in articles:
        raise ValueError(f"no column {column!r} in articles; there are {', '.join(articles)}")
    return sorted(articles[column].dropna().unique())


def _without(tables: Any, column: str, value: str) -> Any:
    kept = tables.articles[tables.articles[column] != value]
    return SimpleNamespace(articles=kept, topics=tables.topics, meetings=tables.meetings)
