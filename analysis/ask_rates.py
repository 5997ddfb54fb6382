"""The ask ledger over many meetings: which asks are answered, and where asks and answers stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics import holm, resamples, wilson
from analysis.timeline import places_of, span

DRAWS = 2000  # enough that the ends of a 95 % interval move by less than a point
SEED = 2021


def asked_topics(asks: pd.DataFrame) -> pd.DataFrame:
    """Lay the asks out by topic; a row is one topic that one side asks for in one meeting.

    Parameters
    ----------
    asks : DataFrame
        Rows of `analysis.ask_ledger`.

    Returns
    -------
    DataFrame
        ``side``, ``topic``, ``meeting``, ``day_from``, ``articles`` that tell it (ids separated by
        ``;``), ``answered``: whether the same meeting has an answer on the topic, ``later``:
        whether a later one has. Asks without a topic are left out.
    """
    each = asks.assign(topic=asks["topics"].str.split(";")).explode("topic")
    each = each.dropna(subset="topic").astype({"topic": "string"})
    for name, column in (("answered", "answered"), ("later", "later_answered")):
        done = each[column].fillna("").str.split(";")
        each[name] = [topic in topics for topic, topics in zip(each["topic"], done, strict=True)]
    grouped = each.groupby(["side", "topic", "meeting"], sort=False)
    return grouped.agg(
        day_from=("day_from", "min"),
        articles=("article_id", lambda ids: ";".join(dict.fromkeys(ids))),
        answered=("answered", "max"),
        later=("later", "max"),
    ).reset_index()


def answer_rates(asks: pd.DataFrame, by: Sequence[str] = ("side", "topic")) -> pd.DataFrame:
    """Count how often what is asked for is answered; a row is one side, topic or both.

    What is counted is a topic that one side asks for in one meeting, however often it does. It is
    answered if in that meeting both together agree on the topic, or the other side agrees to it,
    pledges it or (where texts tell) responds on it.

    Parameters
    ----------
    asks : DataFrame
        Rows of `analysis.ask_ledger`; mostly only its requests.
    by : sequence of {"side", "topic"}
        What a row stands for.

    Returns
    -------
    DataFrame
        The columns of `by`, ``meetings``, ``asked``, ``answered``, ``never`` (neither in the
        meeting nor in a later one), and ``share`` answered with its 95 % interval ``low`` to
        ``high``: Wilson's (1927) where each meeting counts once, else percentiles over meetings
        drawn with replacement (Efron 1979), since the asks of one meeting are not independent.

    Raises
    ------
    ValueError
        A column other than side and topic.

    Examples
    --------
    >>> from analysis import ask_ledger, read_panel
    >>> asks = ask_ledger(read_panel(dyad="KOR-VNM"))
    >>> rates = answer_rates(asks[asks["kind"] == "request"], by=["side"])
    >>> list(rates["side"]), bool((rates["answered"] <= rates["asked"]).all())
    (['KOR', 'VNM'], True)
    >>> answer_rates(asks, by=["publisher"])
    Traceback (most recent call last):
    ...
    ValueError: by=['publisher']; allowed: side, topic, or both
    """
    keys = list(by)
    if not keys or not set(keys) <= {"side", "topic"}:
        raise ValueError(f"by={keys}; allowed: side, topic, or both")
    pairs = asked_topics(asks)
    pairs["never"] = ~pairs["answered"] & ~pairs["later"]
    grouped = pairs.groupby(keys, sort=True)
    out = grouped.agg(
        meetings=("meeting", "nunique"),
        asked=("answered", "size"),
        answered=("answered", "sum"),
        never=("never", "sum"),
    )
    value = wilson(out["answered"], out["asked"])
    out["share"], out["low"], out["high"] = value
    if (out["asked"] > out["meetings"]).any():
        out["low"], out["high"] = _drawn(pairs, keys)
    return out.reset_index()


def _drawn(pairs: pd.DataFrame, keys: list[str]) -> Any:
    """Return the bounds of each group's share over meetings drawn with replacement."""
    counts = pairs.groupby(["meeting", *keys])["answered"].agg(["sum", "size"]).unstack(keys)
    above, below = (counts[c].sort_index(axis=1).fillna(0).to_numpy(float) for c in ("sum", "size"))
    weights = resamples(len(counts), DRAWS, SEED)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nanpercentile((weights @ above) / (weights @ below), [2.5, 97.5], axis=0)


def compare_answers(rates: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """Compare how often two sides are answered on the same topic; a row is one topic.

    Parameters
    ----------
    rates : DataFrame
        From `answer_rates` by side and topic.
    first, second : str
        The two sides.

    Returns
    -------
    DataFrame
        ``topic``, ``asked_first``, ``answered_first``, ``asked_second``, ``answered_second``, ``p``
        (Fisher's exact test) and ``p_holm``, corrected over all topics that both ask for.

    Raises
    ------
    ValueError
        No topic is asked for by both.
    """
    counts = ["topic", "asked", "answered"]
    one, two = (rates.loc[rates["side"] == side, counts] for side in (first, second))
    out = one.merge(two, on="topic", suffixes=("_first", "_second"))
    if out.empty:
        raise ValueError(f"no topic is asked for by both {first} and {second}")
    tables = out.drop(columns="topic").itertuples(index=False)
    out["p"] = [stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue for n, a, m, b in tables]
    out["p_holm"] = holm(out["p"])
    return out.sort_values(["p", "topic"], ignore_index=True)


def ask_history(asks: pd.DataFrame) -> pd.DataFrame:
    """Lay out where asks and their answers stand; a row is one place.

    Parameters
    ----------
    asks : DataFrame
        Rows of `analysis.ask_ledger`.

    Returns
    -------
    DataFrame
        ``ask`` (the number of the row of `asks`, from 0), ``what`` (``asked``, ``answer`` in the
        meeting, ``later`` answer), and the place: ``article_id``, ``start``, ``end`` (missing for
        the panel).
    """
    rows = asks.assign(where=span(asks))
    places = {"asked": "where", "answer": "answer_evidence", "later": "later_evidence"}
    found = rows.reset_index(drop=True).rename_axis("ask")[list(places.values())]
    found = found.set_axis(list(places), axis="columns").melt(
        var_name="what", value_name="where", ignore_index=False
    )
    found = found.dropna(subset="where").sort_index(kind="stable").reset_index()
    found = found.assign(where=found["where"].str.split(";")).explode("where", ignore_index=True)
    out = found[["ask", "what"]].join(places_of(found["where"]))
    return out.astype({"what": "string"})
