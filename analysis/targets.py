"""The target ledger: every target stated, who stated it, and what became of amount and horizon."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import facts
from analysis.timeline import said_by, timeline

COLUMNS = (
    "dyad",
    "article_id",
    "meeting",
    "day_from",
    "day_to",
    "measure",
    "value",
    "value_to",
    "unit",
    "horizon",
    "qualifier",
    "source",
    "side",
    "act",
    "change",
    "previous",
    "actual_year",
    "actual_low",
    "actual_high",
    "growth_low",
    "growth_high",
    "sentence",
    "start",
    "end",
    "surface",
)


def target_ledger(tables: Any, dyad: str | None = None) -> pd.DataFrame:
    """List every stated target in the order of time; a row is one target in one article.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    dyad : str, optional
        One relationship, ``KOR-VNM``; all if not given.

    Returns
    -------
    DataFrame
        The figure (``measure``, ``value``, ``unit``, ``horizon``, ``qualifier``), who says it
        (``source``, ``side``, ``act``), its characters, and

        - ``change`` against what was stated before of the same measure and unit between the same
          two sides: ``first``, ``raised``, ``lowered`` (an amount not named before),
          ``restated``, ``horizon set``, ``horizon dropped``, ``horizon moved`` (an amount named
          before), ``same meeting`` (another report of the meeting that named it last);
        - ``previous``: the article in which the amount was named last;
        - ``actual_year``, ``actual_low``, ``actual_high``: the official trade of the last full
          year before, by the lowest and the highest of the reporters, where the facts have it;
        - ``growth_low``, ``growth_high``: the yearly growth (0.1 is 10 %) still needed from the
          highest and from the lowest of these to the target at its horizon.

    Raises
    ------
    ValueError
        No article is about this dyad.
    """
    order = timeline(tables, dyad)
    stated = tables.figures[tables.figures["status"] == "target"]
    rows = said_by(tables, stated.astype({"sentence": "Int64"})).merge(order, on="article_id")
    rows = rows.sort_values(["day_from", "day_to", "article_id", "start"], ignore_index=True)
    rows["change"], rows["previous"] = _changes(rows)
    rows = rows.join(_actuals(rows))
    return rows[list(COLUMNS)]


def _changes(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Compare each target with those stated before of the same measure, unit and dyad."""
    history: dict[tuple[Any, ...], dict[float, tuple[Any, Any, str, str]]] = {}
    changes: list[str] = []
    before: list[str | None] = []
    listed: Any = rows.itertuples()
    for row in listed:
        named = history.setdefault((row.dyad, row.measure, row.unit), {})
        value = float(row.value)
        if value in named:
            last, known, article, meeting = named[value]
            before.append(article)
            same_meeting = row.meeting == meeting
            changes.append("same meeting" if same_meeting else _horizon(last, known, row.horizon))
        else:
            known = pd.NA
            before.append(None)
            above = bool(named) and value > max(named)
            changes.append("first" if not named else "raised" if above else "lowered")
        known = known if pd.isna(row.horizon) else row.horizon
        named[value] = (row.horizon, known, row.article_id, row.meeting)
    return pd.Series(changes, dtype="string"), pd.Series(before, dtype="string")


def _horizon(last: Any, known: Any, now: Any) -> str:
    """Compare a horizon with the one stated last and the last one that was a year."""
    if pd.isna(now):
        return "restated" if pd.isna(last) else "horizon dropped"
    if pd.isna(known):
        return "horizon set"
    return "restated" if known == now else "horizon moved"


def _actuals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the official trade of the last full year before each target, and the growth needed."""
    out: list[dict[str, Any]] = []
    series = {pair: _trade(pair) for pair in rows["dyad"].dropna().unique()}
    listed: Any = rows.itertuples()
    for row in listed:
        found: dict[str, Any] = {}
        known = series.get(row.dyad) if pd.notna(row.dyad) else None
        if known is not None and row.measure == "bilateral_trade" and pd.notna(row.day_from):
            past = known[known.index < row.day_from.year]
            if len(past):
                year = int(past.index[-1])
                low, high = past.loc[year, "min"], past.loc[year, "max"]
                found = {"actual_year": year, "actual_low": low, "actual_high": high}
                if pd.notna(row.horizon) and row.horizon > year:
                    years = int(row.horizon) - year
                    found["growth_low"] = facts.required_growth(high, row.value, years)
                    found["growth_high"] = facts.required_growth(low, row.value, years)
        out.append(found)
    columns = ["actual_year", "actual_low", "actual_high", "growth_low", "growth_high"]
    table = pd.DataFrame(out, columns=columns, index=rows.index)
    return table.astype({"actual_year": "Int64"} | dict.fromkeys(columns[1:], "Float64"))


def _trade(pair: str) -> pd.DataFrame | None:
    """Return the lowest and highest official trade of each full year, or None without facts."""
    trade = facts.read_facts("trade")
    reporters = trade.loc[trade["pair"] == pair, "reporter"].unique()
    if not len(reporters):
        return None
    every = [facts.trade_series(r, pair=pair)[["year", "value"]] for r in reporters]
    by_year = pd.concat(every).groupby("year")["value"]
    return pd.DataFrame({"min": by_year.min(), "max": by_year.max()}).sort_index()
