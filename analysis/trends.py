"""What changed over the years, and how far that depends on choices and on the sample."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from analysis.linear_trend import trend_slope, trend_test
from analysis.presence import UNDATED, period_of, presence, topic_rows
from analysis.statistics import holm, resamples


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
        the share a year, least squares) with its 95 % interval ``low`` to ``high``, ``p`` (test
        of a linear trend, exact up to 200 units) and ``p_holm``, corrected over all rows with at
        least one unit (Holm 1979: no more than one time in twenty does a single false claim pass
        0.05).

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
    level = "topic" if "topic" in frequency else "theme"
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
    out = topic_rows(level, wide.index)
    out["n"], out["n_all"] = count.sum(1), total.sum()
    out["share_first"], out["share_last"] = count[:, 0] / total[0], count[:, -1] / total[-1]
    out["change"], out["low"], out["high"] = slope
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
    out = topic_rows("topic", base.columns)
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
