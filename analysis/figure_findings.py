"""What tables of actors and figures say, in words; the rules are those of `analysis.findings`."""

from __future__ import annotations

import pandas as pd

from analysis.findings import NAMED_AT_MOST, Finding
from analysis.named_rows import records
from analysis.prose import listing, number, part

LISTED_AT_MOST = 40  # amounts in words; an archive states hundreds
SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def amount(value: float, unit: str) -> str:
    """Write an amount of money with its currency.

    Examples
    --------
    >>> amount(150e9, "USD"), amount(2.5e6, "NOK"), amount(900, "KES")
    ('USD 150 billion', 'NOK 2.5 million', 'KES 900')
    """
    for scale, word in SCALES:
        if value >= scale:
            return f"{unit} {value / scale:g} {word}"
    return f"{unit} {value:g}"


def people(table: pd.DataFrame, unit: str) -> Finding:
    """Who is named most, and how the sides compare."""
    first = table.sort_values("n", ascending=False, kind="stable").iloc[0]
    total = table.groupby("side")["n"].sum().sort_values(ascending=False, kind="stable")
    title = f"{first['actor']} is named most ({first['n']} {unit})"
    words = "; ".join(
        f"{side} {int(n)}: "
        + ", ".join(
            f"{r.actor} {r.n}"
            for r in records(
                table[table["side"] == side].sort_values("n", ascending=False, kind="stable")
            )
        )
        for side, n in total.items()
    )
    return Finding(title, f"{number(len(table)).capitalize()} people. {words}")


def acts(table: pd.DataFrame) -> Finding:
    """Which act is commonest on each side."""
    top = table.sort_values("n", ascending=False, kind="stable").drop_duplicates("side")
    top = top.sort_values("side", kind="stable")
    title = "Commonest act: " + listing(
        f"{r.act} ({r.n}) by {'both together' if r.side == 'both' else r.side}"
        for r in records(top)
    )
    words = "; ".join(
        f"{side}: " + ", ".join(f"{r.act} {r.n}" for r in records(rows))
        for side, rows in table.groupby("side")
    )
    return Finding(title, words)


def targets(table: pd.DataFrame) -> Finding:
    """Which amounts are aimed at, by when, and how often that is said."""
    by = ["value", "unit", "horizon"]
    counts = table.groupby(by, dropna=False).size().rename("n").reset_index()
    counts = counts.sort_values(["value", "horizon"], kind="stable")
    each = [
        f"{amount(r.value, r.unit)} "
        + (f"by {r.horizon}" if pd.notna(r.horizon) else "without a year")
        + f" {number(r.n)} time{'' if r.n == 1 else 's'}"
        for r in records(counts)
    ]
    top = counts[counts["n"] == counts["n"].max()]
    most = [
        amount(r.value, r.unit) + (f" by {r.horizon}" if pd.notna(r.horizon) else " without a year")
        for r in records(top)
    ]
    times = f"{number(int(top['n'].iloc[0]))} of {number(int(counts['n'].sum()))} times"
    title = (
        f"{listing(most, NAMED_AT_MOST)} {'is' if len(top) == 1 else 'are'} the target"
        f"{'' if len(top) == 1 else 's'} stated most: {times}{'' if len(top) == 1 else ' each'}"
    )
    return Finding(title, listing(each, LISTED_AT_MOST))


def trade(actual: pd.DataFrame, announced: pd.DataFrame, needed: pd.DataFrame) -> Finding:
    """Which targets were met, and which growth the open ones still take."""
    best = actual.groupby("year")["value"].max()
    last = int(actual["year"].max())
    due = announced[announced["horizon"] <= last]
    unit = actual["unit"].iloc[0]
    reached = [bool(best.get(r.horizon, 0) >= r.value) for r in records(due)]
    parts = []
    if len(due):
        met = part(sum(reached)).capitalize()
        parts.append(
            f"{met} of {number(len(due))} targets whose year has passed "
            f"{'was' if sum(reached) < 2 else 'were'} reached"
        )
    if len(needed):
        r = needed.sort_values("year", ascending=False, kind="stable").iloc[0]
        parts.append(
            f"{amount(r['target'], unit)} by {int(r['horizon'])} takes {100 * r['growth']:.1f} % "
            "growth a year"
        )
    goals = "; ".join(
        f"{amount(r.value, unit)} by {r.horizon}, announced {r.times} times"
        + (
            f", reached {amount(best[r.horizon], unit)}"
            if r.horizon in best.index
            else ", no full year known"
            if r.horizon <= last
            else ""
        )
        for r in records(announced)
    )
    ways = "; ".join(
        f"from {amount(r.value, unit)} in {r.year} ({r.reporter}) {100 * r.growth:.1f} % a year to "
        f"{amount(r.target, unit)} by {int(r.horizon)}"
        for r in records(needed)
    )
    return Finding("; ".join(parts), f"{goals}. {ways}")
