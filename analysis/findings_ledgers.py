"""What the ledgers and comparisons say, in words; the rules are those of `analysis.findings`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pandas as pd

from analysis.figure_findings import amount
from analysis.findings import FEW, LEVEL, SMALL, Finding
from analysis.named_rows import records
from analysis.prose import counted, listing, name, number, part, percent

MANY = 2  # topics named in a title
LOWEST = 5  # measures of a set told in words


def asks(rates: pd.DataFrame) -> Finding:
    """Say what is asked for most, and which asks never find an answer in their meeting."""
    total = rates.groupby("topic")[["asked", "answered"]].sum()
    total = total.sort_values("asked", ascending=False, kind="stable")
    never = total[(total["answered"] == 0) & (total["asked"] >= FEW)].index
    title = f"Asked for most: {listing(map(name, total.index[:MANY]))}"
    if len(never):
        most = listing(map(name, never), MANY)
        title += f"; no answer in the meeting to any ask for {most}"
    words = "; ".join(
        f"{side} asks for "
        + ", ".join(
            f"{name(r.topic)} {r.asked} ({r.answered} answered)"
            for r in records(rows.sort_values("asked", ascending=False, kind="stable"))
        )
        for side, rows in rates.groupby("side")
    )
    return Finding(title, f"Meetings in which a side asks for a topic: {words}")


def answers(table: pd.DataFrame) -> Finding:
    """How often each side's asks are answered, under each way of looking."""
    every = table[table["told_by"] == table["told_by"].iloc[0]]
    ranked = every.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    best, least = ranked.iloc[0], ranked.iloc[-1]
    title = (
        f"{best['side']}'s asks are told with an answer for {percent(best['share'])} of the topics "
        f"asked for, {least['side']}'s for {percent(least['share'])}"
    )
    ways = table.groupby("told_by", sort=False)
    apart = [way for way, rows in ways if rows["low"].max() > rows["high"].min()]
    where = f"{part(len(apart))} of {number(ways.ngroups)} ways of counting"
    title += f"; their intervals lie apart in {where}"
    words = "; ".join(
        f"{r.told_by}, {r.side}: {r.answered} of {r.asked} ({percent(r.low)} to {percent(r.high)}; "
        f"{counted(r.meetings, 'meeting')})"
        for r in records(table)
    )
    return Finding(title, words)


def horizons(table: pd.DataFrame) -> Finding:
    """How the year by which each amount is to be reached moved, and how often none is given."""
    paths = []
    for (value, unit), rows in _amounts(table):
        years = ["no year" if pd.isna(h) else str(h) for h in rows["horizon"]]
        paths.append((amount(value, unit), years, rows))
    moved = [(what, _steps(y for y in years if y != "no year"), years) for what, years, _ in paths]
    what, stated, years = max(moved, key=lambda path: (len(path[1]), len(path[2])))
    still = [w for w, s, y in moved if len(s) == 1 and "no year" not in y]
    parts = []
    if len(stated) > 1:
        way = f"once, from {stated[0]} to {stated[1]}"
        if len(stated) > 2:
            way = f"{number(len(stated) - 1)} times, {' → '.join(stated)}"
        parts.append(f"The year for {what} moves {way}")
        if "no year" in years:
            parts[0] += f"; {part(years.count('no year'))} of {len(years)} statements give none"
    if still:
        parts.append(f"{'that' if parts else 'The year'} for {listing(still)} never changes")
    title = "; ".join(parts) or "No amount is stated with a year that changes"
    words = "; ".join(
        f"{what}: {' → '.join(_steps(years))} ({counted(len(rows), 'statement')}, "
        f"{rows['day_from'].min():%B %Y} to {rows['day_from'].max():%B %Y})"
        for what, years, rows in paths
    )
    return Finding(title, words)


def _steps(values: Iterable[str]) -> list[str]:
    """Return each value that differs from the one before it."""
    return [value for value, _ in groupby(values)]


def successive(table: pd.DataFrame) -> Finding:
    """Which topics are new, dropped, kept or moved between two readouts."""
    topics = table[table["aspect"] == "topic"]
    by = {change: list(rows["item"]) for change, rows in topics.groupby("change", sort=False)}
    new, dropped = by.get("new", []), by.get("dropped", [])
    kept = len(topics) - len(new) - len(dropped)
    title = (
        f"{counted(len(new), 'topic')} new, {number(len(dropped))} dropped, {number(kept)} named "
        "in both readouts"
    )
    up = by.get("moved up", [])
    if up:
        title += f"; {listing(map(name, up), MANY)} moved up"
    words = "; ".join(f"{change}: {listing(map(name, by[change]))}" for change in map(str, by))
    return Finding(title, words)


def overlap(table: pd.DataFrame, first: str, second: str) -> Finding:
    """How much of what either account names the other names too."""
    sums = table[["both", "only_first", "only_second"]].sum()
    share = sums["both"] / sums.sum()
    title = (
        f"Of the topics that either account names, {percent(share)} stand in both; "
        f"{percent(sums['only_first'] / sums.sum())} only in {first}'s, "
        f"{percent(sums['only_second'] / sums.sum())} only in {second}'s"
    )
    words = "; ".join(
        f"{r.day_from.day} {r.day_from:%B %Y}: both {r.both}, only {first} {r.only_first}, "
        f"only {second} {r.only_second}"
        for r in records(table)
    )
    return Finding(title, f"Topics by meeting: {words}")


def pattern(table: pd.DataFrame, first: str, second: str) -> Finding:
    """Which acts or figures only one side's accounts tell."""
    lone = table[(table["both"] == 0) & (table["only_first"] + table["only_second"] >= FEW)]
    clear = table[table["p_holm"] < LEVEL]
    title = (
        f"{listing(map(_item, lone['item']))}: never in both accounts of a meeting"
        if len(lone)
        else "Every item told often stands in both accounts of some meeting"
    )
    title += (
        f"; clearly one side's after correction: {listing(map(_item, clear['item']))}"
        if len(clear)
        else "; none is clearly one side's after correction"
    )
    words = "; ".join(
        f"{_item(r.item)}: both {r.both}, only {first} {r.only_first}, only {second} "
        f"{r.only_second} (p {r.p:.3f}, corrected {r.p_holm:.2f})"
        for r in records(table)
    )
    return Finding(title, f"{counted(int(table['meetings'].iloc[0]), 'meeting')}. {words}")


def retold(table: pd.DataFrame) -> Finding:
    """How the other side's accounts tell what one side's accounts tell as a request."""
    count = table["retold"].value_counts()
    same = int(count.get("same request", 0))
    title = (
        f"Of {len(table)} topics told as a request, the other side's account tells "
        f"{part(same)} as the same request, {number(int(count.get('joint', 0)))} as agreed "
        f"together, {number(int(count.get('reversed', 0)))} as its own; "
        f"{number(int(count.get('absent', 0)))} it leaves out"
    )
    words = "; ".join(
        f"told by {teller}: " + ", ".join(f"{kind} {n}" for kind, n in rows.value_counts().items())
        for teller, rows in table.groupby("told_by")["retold"]
    )
    return Finding(title, f"In {counted(table['meeting'].nunique(), 'meeting')}, {words}")


def quality(table: pd.DataFrame) -> Finding:
    """Which measures are best and worst, on the sets of other countries where there are any."""
    known = table[table["items"] >= SMALL]
    unseen = known[known["unseen"]]
    ranked = (unseen if len(unseen) else known).sort_values("value", kind="stable")
    low, high = ranked.iloc[0], ranked.iloc[-1]
    where = "On the sets of other countries" if len(unseen) else "On these texts"
    title = (
        f"{where}, of the measures with {SMALL} items or more, {_item(low['measure'])} scores "
        f"lowest ({low['value']:.2f} in {low['set']}), {_item(high['measure'])} highest "
        f"({high['value']:.2f} in {high['set']})"
    )
    words = "; ".join(
        f"{named}: "
        + ", ".join(
            f"{_item(r.measure)} {r.value:.2f} ({r.low:.2f} to {r.high:.2f})"
            for r in records(rows.sort_values("value", kind="stable").head(LOWEST))
        )
        for named, rows in known.groupby("set", sort=False)
    )
    return Finding(title, f"Lowest {number(LOWEST)} measures with {SMALL} items or more: {words}")


def _amounts(table: pd.DataFrame) -> Any:
    return table.groupby(["value", "unit"], sort=True)


def _item(item: str) -> str:
    return item.replace("_", " ")
