"""The target ledger: every target stated, who stated it, and what became of amount and horizon."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from analysis import facts
from analysis.knowledge import load
from analysis.timeline import said_by, timeline

REACH = 5  # characters between an amount and the year it is for: " by ", " in "
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


class _Named(NamedTuple):
    """How an amount was named last, its last horizon that was a year, and where it was first."""

    horizon: Any
    known: Any
    article: str
    meeting: str
    first: str


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
        The figure (``measure``, ``value``, ``unit``, ``horizon``, ``qualifier``; "this year"
        right behind an amount without a horizon is the year of the article), who says it
        (``source``, ``side``, ``act``), its characters, and

        - ``change`` against what earlier articles stated of the same measure and unit between the
          same two sides (of the measure ``other`` also on the same topics): ``first``,
          ``raised``, ``lowered`` (an amount not named before), ``restated``, ``horizon set``,
          ``horizon dropped``, ``horizon moved`` (an amount named before), ``same meeting``
          (another report of the meeting that named it last); ``further`` is another horizon's
          amount in the article that names the first ("100 by 2025 and 150 by 2030");
        - ``previous``: the article in which the amount was named last;
        - ``actual_year``, ``actual_low``, ``actual_high``: the official trade of the last full
          year before, by the lowest and the highest of the reporters, where the facts have it;
        - ``growth_low``, ``growth_high``: the yearly growth (0.1 is 10 %) still needed from the
          highest and from the lowest of these to the target at its horizon.

    Raises
    ------
    ValueError
        No article is about this dyad.

    Examples
    --------
    >>> from analysis import read_panel
    >>> targets = target_ledger(read_panel(), "KOR-VNM")
    >>> first = targets[targets["measure"] == "bilateral_trade"].iloc[0]
    >>> f"{first['value']:,.0f} {first['unit']}", first["change"]
    ('100,000,000,000 USD', 'first')
    >>> target_ledger(read_panel(), "FRA-KEN")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: no article about dyad 'FRA-KEN'; there are ...
    """
    order = timeline(tables, dyad)
    stated = tables.figures[tables.figures["status"] == "target"]
    rows = said_by(tables, stated.astype({"sentence": "Int64"})).merge(order, on="article_id")
    rows = rows.sort_values(["day_from", "day_to", "article_id", "start"], ignore_index=True)
    rows["horizon"] = rows["horizon"].fillna(_relative_year(rows, tables))
    rows["change"], rows["previous"] = _changes(rows.assign(subject=_subjects(rows, tables.topics)))
    rows = rows.join(_actuals(rows))
    return rows[list(COLUMNS)]


def _relative_year(rows: pd.DataFrame, tables: Any) -> pd.Series:
    """Return the year that "this year" right behind an amount means, by the rows of `rows`."""
    years = {r.surface: int(r.value) for r in load().rows["calendar"] if r.kind == "year_from"}
    dates: pd.DataFrame = tables.figures[tables.figures["kind"] == "date"]
    dates = dates.assign(offset=dates["surface"].str.lower().map(years)).dropna(subset="offset")
    left = rows.rename_axis("row").reset_index()[["row", "article_id", "end"]]
    near = left.merge(dates[["article_id", "start", "offset"]], on="article_id")
    gap = near["start"] - near["end"]
    near = near[gap.between(0, REACH).fillna(False)].drop_duplicates("row").set_index("row")
    published = tables.articles.set_index("article_id")["published_from"].dt.year
    year = near["article_id"].map(published).astype("Int64") + near["offset"].astype("Int64")
    return year.reindex(rows.index).astype("Int64")


def _subjects(rows: pd.DataFrame, topics: pd.DataFrame) -> pd.Series:
    """Return what a target of no common measure is about: the topics of its sentence.

    Where there are none each target is a subject of its own; a common measure says it all.
    """
    listed = topics.drop_duplicates(["article_id", "sentence", "topic"]).dropna(subset="sentence")
    by_sentence = listed.sort_values("topic").groupby(["article_id", "sentence"])["topic"]
    keys = pd.MultiIndex.from_frame(rows[["article_id", "sentence"]])
    own = pd.Series(
        by_sentence.agg(";".join).reindex(keys).to_numpy(), index=rows.index, dtype="string"
    )
    own = own.fillna(pd.Series(rows.index.astype("string"), index=rows.index))
    return own.where(rows["measure"].eq("other").fillna(False), "")


def _changes(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Compare each target with those stated before of the same measure, unit and dyad."""
    history: dict[tuple[Any, ...], dict[float, _Named]] = {}
    changes: list[str] = []
    before: list[str | None] = []
    listed: Any = rows.itertuples()
    for row in listed:
        named = history.setdefault((row.dyad, row.measure, row.unit, row.subject), {})
        value = float(row.value)
        last = named.get(value)
        before.append(last.article if last else None)
        if last is None:
            changes.append(_amount(named, row))
        elif row.meeting == last.meeting:
            changes.append("same meeting")
        else:
            changes.append(_horizon(last.horizon, last.known, row.horizon))
        known = row.horizon if last is None or pd.notna(row.horizon) else last.known
        first = last.first if last else row.article_id
        named[value] = _Named(row.horizon, known, row.article_id, row.meeting, first)
    return pd.Series(changes, dtype="string"), pd.Series(before, dtype="string")


def _amount(named: dict[float, _Named], row: Any) -> str:
    """Compare an amount not named before with those of earlier articles, else of its own."""
    earlier = [value for value, n in named.items() if n.first != row.article_id]
    if not named:
        return "first"
    if not earlier and str(row.horizon) not in {str(n.horizon) for n in named.values()}:
        return "further"
    return "raised" if row.value > max(earlier or named) else "lowered"


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
                    found["growth_low"] = required_growth(high, row.value, years)
                    found["growth_high"] = required_growth(low, row.value, years)
        out.append(found)
    columns = ["actual_year", "actual_low", "actual_high", "growth_low", "growth_high"]
    table = pd.DataFrame(out, columns=columns, index=rows.index)
    return table.astype({"actual_year": "Int64"} | dict.fromkeys(columns[1:], "Float64"))


def required_growth(latest: float, target: float, years: float) -> float:
    """Return the yearly growth that leads from `latest` to `target` in `years` (0.1 is 10 %).

    Raises
    ------
    ValueError
        An amount that is not above 0, or no time left.

    Examples
    --------
    >>> round(required_growth(94.5e9, 150e9, 5), 4)
    0.0968
    >>> required_growth(94.5e9, 150e9, 0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: growth needs amounts above 0 and years above 0; received 94500000000.0, ...
    """
    if not (latest > 0 and target > 0 and years > 0):
        raise ValueError(
            f"growth needs amounts above 0 and years above 0; received {latest}, {target}, {years}"
        )
    return float((target / latest) ** (1 / years) - 1)


def _trade(pair: str) -> pd.DataFrame | None:
    """Return the lowest and highest official trade of each full year, or None without facts."""
    trade = facts.read_facts("trade")
    reporters = trade.loc[trade["pair"] == pair, "reporter"].unique()
    if not len(reporters):
        return None
    every = [facts.trade_series(r, pair=pair)[["year", "value"]] for r in reporters]
    by_year = pd.concat(every).groupby("year")["value"]
    return pd.DataFrame({"min": by_year.min(), "max": by_year.max()}).sort_index()
