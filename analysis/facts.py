"""Facts beside the texts: trade, targets, investment, people, events, each with its source.

The files keep every source. Where sources differ, one value is chosen by a rule, the same for all:

1. A value marked ``outlier`` is never chosen.
2. ``revised`` goes before ``printed``, ``printed`` before ``derived`` (worked out from other
   printed values), ``derived`` before ``approximate`` ("about", "more than").
3. Then the value rounded most finely.
4. Then the value that most sources give.
5. Then the first in the file.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parents[1] / "data" / "facts"

BASES = ("revised", "printed", "derived", "approximate", "outlier")

COLUMNS = {
    "trade": "pair year period flow_from flow_to value unit reporter basis rounded_to "
    "source_url note",
    "targets": "pair date_from date_to measure value unit horizon announced_by occasion "
    "source_url note",
    "investment_people": "measure country host date_from date_to value unit basis rounded_to "
    "source_url note",
    "events": "pair event kind date_from date_to place note source_url",
}
TYPES = {
    "year": "Int64",
    "value": "Float64",
    "rounded_to": "Float64",
    "horizon": "Int64",
    "date_from": "datetime64[us]",
    "date_to": "datetime64[us]",
}


class FactsError(ValueError):
    """Facts that cannot be read or asked for; the message says which file, rows and remedy."""


def read_facts(name: str, folder: str | Path | None = None) -> pd.DataFrame:
    """Read one file of facts with all its sources.

    Parameters
    ----------
    name : {"trade", "targets", "investment_people", "events"}
        The file, without suffix.
    folder : path, optional
        Where it is; the checkout's ``data/facts`` if not given.

    Returns
    -------
    DataFrame
        One value by one source a row. Money is in units of its currency, not in millions.

    Raises
    ------
    FactsError
        An unknown name, a missing file or column, a row without source, a value or day that cannot
        be read, an unknown basis.

    Examples
    --------
    >>> int((read_facts("trade")["source_url"].isna()).sum())
    0
    >>> read_facts("weather")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.facts.FactsError: no facts 'weather'; there are trade, targets, investment_people, ...
    """
    if name not in COLUMNS:
        raise FactsError(f"no facts {name!r}; there are {', '.join(COLUMNS)}")
    path = (Path(folder) if folder is not None else FOLDER) / f"{name}.csv"
    if not path.exists():
        raise FactsError(f"{path}: no such file; facts are read from {path.parent}")
    table = pd.read_csv(path, dtype="string", keep_default_na=False).replace("", pd.NA)
    if list(table.columns) != COLUMNS[name].split():
        raise FactsError(f"{path}: columns {list(table.columns)}; allowed: {COLUMNS[name]}")
    faults = []
    for column in table.columns.intersection(list(TYPES)):
        read = pd.to_datetime if column.startswith("date") else pd.to_numeric
        values = read(table[column], errors="coerce")
        faults += _fault(path, values.isna() & table[column].notna(), f"{column} is unreadable")
        table[column] = values.astype(TYPES[column])  # type: ignore[call-overload]
    faults += _fault(path, table["source_url"].isna(), "source_url is empty")
    if "basis" in table:
        rule = f"basis allows {', '.join(BASES)}"
        faults += _fault(path, ~table["basis"].isin(BASES), rule)
    if "date_from" in table:
        rule = "date_to is before date_from"
        faults += _fault(path, table["date_to"] < table["date_from"], rule)
    if faults:
        raise FactsError("\n".join(faults))
    return table


def choose(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Reduce several sources to one value each, by the rule at the head of this module.

    Parameters
    ----------
    rows : DataFrame
        Values with ``basis``, ``rounded_to``, ``source_url``.
    by : list of str
        The columns that say which fact it is.

    Returns
    -------
    DataFrame
        One fact a row: the chosen row, with ``sources`` (how many rows there are, outliers
        included) and the ``lowest`` and ``highest`` value of those that are no outliers.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "year": [2020, 2020, 2020], "value": [65e9, 66e9, 90e9], "rounded_to": [1e9, 1e8, 1e8],
    ...     "basis": ["printed", "printed", "outlier"], "source_url": ["a", "b", "c"],
    ... })
    >>> choose(rows, ["year"])[["value", "sources", "highest"]].to_dict("records")
    [{'value': 66000000000.0, 'sources': 3, 'highest': 66000000000.0}]
    """
    sound = rows[rows["basis"] != "outlier"]
    same = sound.groupby([*by, "value"], dropna=False)["source_url"].transform("size")
    rank = sound["basis"].map({b: i for i, b in enumerate(BASES)})
    ordered = sound.assign(_rank=rank, _fewer=-same).sort_values(
        [*by, "_rank", "rounded_to", "_fewer"], kind="stable"
    )
    chosen = ordered.drop_duplicates(by).drop(columns=["_rank", "_fewer"]).set_index(by)
    chosen["sources"] = rows.groupby(by, dropna=False).size()
    values = sound.groupby(by, dropna=False)["value"]
    chosen["lowest"], chosen["highest"] = values.min(), values.max()
    return chosen.reset_index()


def trade_series(
    reporter: str,
    flow_from: str | None = None,
    pair: str | None = None,
    folder: str | Path | None = None,
) -> pd.DataFrame:
    """Trade of full years as one side's statistics have it.

    Parameters
    ----------
    reporter : str
        Whose statistics, an ISO 3166-1 alpha-3 code.
    flow_from : str, optional
        Only goods from this country; both directions together if not given.
    pair : str, optional
        The two countries, in alphabetical order; may be left out where the file has only one pair.

    Returns
    -------
    DataFrame
        One year a row, as `choose` leaves it.

    Raises
    ------
    FactsError
        No full year for this pair, reporter and direction; the message lists those there are.

    Examples
    --------
    >>> series = trade_series("KOR").set_index("year")["value"] / 1e9
    >>> float(series[2025])
    94.5
    >>> trade_series("JPN")
    Traceback (most recent call last):
    ...
    analysis.facts.FactsError: no full year of trade reported by 'JPN'; reporters: KOR, VNM
    """
    rows = read_facts("trade", folder)
    rows = _of_pair(rows, pair)
    ours = rows[rows["period"] == rows["year"].astype("string")]
    way = ours["flow_from"].isna() if flow_from is None else ours["flow_from"].eq(flow_from)
    found = ours[way.fillna(False) & (ours["reporter"] == reporter)]
    if found.empty:
        known = ", ".join(sorted(ours["reporter"].unique())) or "none"
        way_text = "" if flow_from is None else f" from {flow_from!r}"
        raise FactsError(
            f"no full year of trade{way_text} reported by {reporter!r}; reporters: {known}"
        )
    return choose(found, ["year"])


def targets(pair: str | None = None, folder: str | Path | None = None) -> pd.DataFrame:
    """Announced targets, one announcement of one amount and horizon a row.

    Rows of the same days, measure, amount and horizon are one announcement with several sources:
    ``source_url`` joins them with blanks, ``sources`` counts them.

    Examples
    --------
    >>> announced = targets()
    >>> announced[announced["value"] == 150e9]["horizon"].unique().tolist()
    [2030]
    """
    rows = _of_pair(read_facts("targets", folder), pair)
    by = ["date_from", "date_to", "measure", "value", "unit", "horizon"]
    grouped = rows.groupby(by, dropna=False, sort=False)
    out = grouped.agg(
        announced_by=("announced_by", "first"),
        occasion=("occasion", "first"),
        sources=("source_url", "size"),
        source_url=("source_url", " ".join),
    )
    return out.reset_index().sort_values(["date_from", "value"], kind="stable", ignore_index=True)


def investment_people(
    measure: str, country: str, host: str, folder: str | Path | None = None
) -> pd.DataFrame:
    """One measure of investment or people of `country` in `host`, one period a row.

    Raises
    ------
    FactsError
        No such series; the message lists those there are.

    Examples
    --------
    >>> visitors = investment_people("visitors", "KOR", "VNM")
    >>> bool(visitors["value"].iloc[-1] > 4e6)
    True
    >>> investment_people("visitors", "KOR", "JPN")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.facts.FactsError: no series visitors of KOR in JPN; there are ...
    """
    rows = read_facts("investment_people", folder)
    names = rows[["measure", "country", "host"]].drop_duplicates()
    found = rows[(rows[["measure", "country", "host"]] == [measure, country, host]).all(axis=1)]
    if found.empty:
        known = ", ".join(f"{r.measure} of {r.country} in {r.host}" for r in names.itertuples())
        raise FactsError(f"no series {measure} of {country} in {host}; there are {known}")
    return choose(found, ["date_from", "date_to"])


def events(*kinds: str, pair: str | None = None, folder: str | Path | None = None) -> pd.DataFrame:
    """Dated events, one event a row, of the kinds asked for (all if none is given).

    Where sources overlap, the days they share are kept; where they contradict each other, the row
    spans them all and ``disputed`` is true. ``source_url`` joins the sources with blanks.

    Raises
    ------
    FactsError
        A kind that no event has.

    Examples
    --------
    >>> events("status")["date_from"].dt.year.tolist()[-1]
    2022
    >>> events("weather")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.facts.FactsError: no events of kind weather; kinds: agreement, congress, dialogue, ...
    """
    rows = _of_pair(read_facts("events", folder), pair)
    known = sorted(rows["kind"].unique())
    unknown = [k for k in kinds if k not in known]
    if unknown:
        raise FactsError(f"no events of kind {', '.join(unknown)}; kinds: {', '.join(known)}")
    rows = rows[rows["kind"].isin(kinds or known)]
    grouped = rows.groupby(["event", "kind"], sort=False)
    out = grouped.agg(
        date_from=("date_from", "max"),
        date_to=("date_to", "min"),
        first=("date_from", "min"),
        last=("date_to", "max"),
        place=("place", "first"),
        sources=("source_url", "size"),
        source_url=("source_url", " ".join),
    ).reset_index()
    out["disputed"] = out["date_to"] < out["date_from"]
    out["date_from"] = out["date_from"].mask(out["disputed"], out["first"])
    out["date_to"] = out["date_to"].mask(out["disputed"], out["last"])
    out = out.drop(columns=["first", "last"])
    return out.sort_values(["date_from", "date_to"], kind="stable", ignore_index=True)


def _of_pair(rows: pd.DataFrame, pair: str | None) -> pd.DataFrame:
    known = sorted(rows["pair"].unique())
    if pair is None and len(known) == 1:
        return rows
    if pair not in known:
        raise FactsError(f"pair {pair!r} is not in the facts; say which of {', '.join(known)}")
    return rows[rows["pair"] == pair]


def _fault(path: Path, wrong: pd.Series, rule: str) -> list[str]:
    lines = [str(int(i) + 2) for i in wrong.index[wrong.fillna(False).astype(bool)]]
    return [f"{path} line(s) {', '.join(lines[:5])}: {rule}"] if lines else []
