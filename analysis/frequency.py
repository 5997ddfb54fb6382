"""Topics → counts, shares and weights per period, with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.presence import PERIODS, UNDATED, Presence, period_of, presence, themes
from analysis.statistics import resamples, wilson
from analysis.timeline import escaped

NO_ARTICLES = "no articles"


def topic_frequency(
    tables: Any,
    by: str = "year",
    unit: str = "meeting",
    group: str | None = None,
    level: str = "topic",
    optional: bool = False,
) -> pd.DataFrame:
    """How many meetings (or stories, or articles) name each topic, period by period.

    A row is one topic (or theme) in one period, and in one group if there are groups.

    Parameters
    ----------
    tables : Tables or Panel
        From texts, from a coded panel, or a user's own: ``articles``, ``topics``, ``meetings``.
    by : {"year", "quarter"}
        Length of a period.
    unit : {"meeting", "story", "article"}
        What is counted. Several articles on one meeting are one meeting, which has a topic if any
        of them has it; a story whose meeting is unknown is a meeting of its own. An article and
        its reprints are one story (`stories`), which belongs to the period of its first article.
    group : str, optional
        A column of ``articles`` or ``meetings``: ``publisher``, ``publisher_side``, ``level``, …
    level : {"topic", "theme"}
        Topics, or the codebook's themes.
    optional : bool
        Whether codes marked as optional by a coder count; without effect on tables from text.

    Returns
    -------
    DataFrame
        ``theme``, ``topic`` (not for themes), the group's column, ``period`` ("2021", "2021Q3" or
        "undated"), ``counted`` (the unit), ``n`` (units with the topic), ``n_all`` (units in all),
        ``share`` with its 95 % Wilson interval ``low`` to ``high``, ``note`` and ``evidence``
        (articles with the topic, ``;``-separated, in text with the characters of its first
        mention). Every topic of the codebook and every period from the first to the last is there.
        A period without articles has the share ``<NA>`` and the note "no articles". The last
        period's note says up to which day there are articles. Units whose dates fit into no single
        period are in the period "undated".

    Raises
    ------
    ValueError
        An unknown period, unit, level or group; the message lists those allowed. Or stories are
        to be counted in a panel, which has no texts to compare.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> found = topic_frequency(read_panel(dyad="KOR-VNM"))
    >>> trade = found[(found["topic"] == "trade") & (found["period"] == "2025")]
    >>> trade[["n", "n_all", "share"]].round(2).to_dict("records")
    [{'n': 6, 'n_all': 16, 'share': 0.38}]
    >>> topic_frequency(read_panel(), by="week")
    Traceback (most recent call last):
    ...
    ValueError: by='week'; allowed: year, quarter
    """
    found = presence(tables, unit, level, group, optional)
    period = period_of(found.units, by)
    at = [period.rename("period")]
    if group is not None:
        at.insert(0, found.units[group])
    groups = sorted(found.units[group].unique()) if group is not None else None
    index = grid(period, by, group, groups)
    with_topic = found.has.groupby(at).sum().reindex(index, fill_value=0)
    in_all = found.has.groupby(at).size().reindex(index, fill_value=0).to_frame("n_all")
    keys = list(index.names)
    rows = with_topic.reset_index().melt(keys, var_name=level, value_name="n")
    rows["n_all"] = rows[keys].merge(in_all.reset_index())["n_all"]
    return _finish(rows, found, period, by, unit, level, group)


def label_weights(
    tables: Any,
    labels: Mapping[str, str | int] | None = None,
    by: str = "year",
    unit: str = "meeting",
    optional: bool = False,
    draws: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """How the weight of themes (or clusters) moves from period to period.

    Each meeting has the weight 1, divided equally among its topics; a label's weight in a period is
    the mean over its meetings. Weights of a period sum to 1, so that long reports count no more.

    Parameters
    ----------
    labels : mapping of topic to label, optional
        The codebook's themes if not given; topics without a label take no part.
    by, unit, optional
        As for `topic_frequency`.
    draws, seed : int
        Bootstrap samples of each period's meetings, and the seed that makes them repeatable.

    Returns
    -------
    DataFrame
        ``label``, ``period``, ``n_all`` (meetings with a labelled topic), ``weight`` and its 95 %
        percentile interval ``low`` to ``high``.

    Raises
    ------
    ValueError
        An unknown period or unit, as in `topic_frequency`. Or nothing is left to weigh.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> weights = label_weights(read_panel(dyad="KOR-VNM"), draws=100)
    >>> weights.groupby("period")["weight"].sum().round(6).unique().tolist()
    [1.0]
    >>> label_weights(read_panel(dyad="KOR-VNM"), labels={})
    Traceback (most recent call last):
    ...
    ValueError: no meeting has both a date and a labelled topic
    """
    found = presence(tables, unit, optional=optional)
    label = themes() if labels is None else dict(labels)
    kept = [str(t) for t in found.has if t in label]
    has = found.has[kept].astype(float)
    share = has.div(has.sum(axis=1).replace(0, np.nan), axis=0)
    summed = share.T.groupby([str(label[t]) for t in kept], sort=False).sum().T
    period = period_of(found.units, by)
    usable = share.notna().any(axis=1) & (period != UNDATED)
    parts = []
    for name, rows in summed[usable].groupby(period[usable]):
        x = rows.to_numpy(float)
        drawn = resamples(len(x), draws, seed) @ x / len(x)
        low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
        part = pd.DataFrame({"label": pd.array(list(summed.columns), dtype="string")})
        part["period"] = pd.array([name] * len(part), dtype="string")
        part["n_all"], part["weight"], part["low"], part["high"] = len(x), x.mean(0), low, high
        parts.append(part)
    if not parts:
        raise ValueError(f"no {unit} has both a date and a labelled topic")
    return pd.concat(parts, ignore_index=True)


def grid(
    period: pd.Series, by: str, group: str | None = None, groups: list[str] | None = None
) -> pd.Index | pd.MultiIndex:
    """Every period from the first to the last, the undated ones behind, in every group."""
    dated = period[period != UNDATED]
    names: list[str] = []
    if len(dated):
        span = pd.period_range(dated.min(), dated.max(), freq=PERIODS[by])
        names = [str(p) for p in span]
    if len(dated) < len(period):
        names.append(UNDATED)
    if group is None:
        return pd.Index(names, name="period", dtype="string")
    return pd.MultiIndex.from_product([groups or [], names], names=[group, "period"])


def _finish(
    rows: pd.DataFrame,
    found: Presence,
    period: pd.Series,
    by: str,
    unit: str,
    level: str,
    group: str | None,
) -> pd.DataFrame:
    """Add shares, notes and evidence; order rows by the codebook, then group, then period."""
    keys = [*([group] if group is not None else []), "period"]
    places = found.units.assign(period=period)[keys].iloc[found.evidence["row"]]
    named = found.evidence.assign(**{k: places[k].to_numpy() for k in keys})
    named["evidence"] = escaped(named["evidence"])
    proof = named.groupby([*keys, level], sort=False)["evidence"].agg(";".join).reset_index()
    out = shares(rows, keys, unit, level)
    out["note"] = notes(rows, latest(found.units, period), by)
    out = out.merge(proof.astype("string"), on=[*keys, level], how="left")
    order = {name: i for i, name in enumerate(found.has.columns)}
    sorted_rows = out[level].map(order).sort_values(kind="stable").index
    return out.loc[sorted_rows].reset_index(drop=True)


def shares(rows: pd.DataFrame, keys: list[str], unit: str, level: str) -> pd.DataFrame:
    """Return the columns that say how often, with the share and its interval."""
    share, low, high = wilson(rows["n"], rows["n_all"])
    out = pd.DataFrame({level: rows[level].astype("string")})
    if level == "topic":
        out.insert(0, "theme", out["topic"].map(themes()).astype("string"))
    for key in keys:
        out[key] = rows[key].astype("string")
    out["counted"] = pd.Series(unit, index=out.index, dtype="string")
    out["n"], out["n_all"] = rows["n"].astype("Int64"), rows["n_all"].astype("Int64")
    for name, values in (("share", share), ("low", low), ("high", high)):
        out[name] = pd.Series(values, index=out.index).astype("Float64")
    return out


def latest(units: pd.DataFrame, period: pd.Series) -> tuple[str, pd.Timestamp] | None:
    """Return the last period and the last day in it that a unit is known to lie before."""
    dated = period != UNDATED
    if not dated.any():
        return None
    last = period[dated].max()
    return last, units.loc[period == last, ["held_to", "first_to"]].min(axis=1).max()


def notes(rows: pd.DataFrame, last: tuple[str, pd.Timestamp] | None, by: str) -> pd.Series:
    """Say of each row what its share cannot: a period without articles, cut off, or unknown."""
    note = pd.Series(pd.NA, index=rows.index, dtype="string")
    if last is not None:
        period, day = last
        if day < pd.Period(period, PERIODS[by]).end_time.normalize():
            note = note.mask(rows["period"] == period, f"up to {day:%Y-%m-%d}")
    note = note.mask(rows["period"] == UNDATED, "dates fit into no single period")
    return note.mask(rows["n_all"] == 0, NO_ARTICLES)
