"""Terms of office: who held which office for which side, and when; and whether the rows can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from analysis import days


def term(row: Any) -> tuple[date | None, date | None]:
    """Return the longest term that a row allows: a month stands for its first and its last day."""
    since = days.period(row.since)[0] if row.since else None
    until = days.period(row.until)[1] if row.until else None
    return since, until


def label(row: Any) -> str:
    """Return a row in words: name, title, term."""
    until = f"–{row.until}" if row.until else " on"
    return f"{row.surface} {row.title} {row.since}{until}"


def check(rows: Iterable[Any]) -> list[str]:
    """Return the faults of the rows of ``offices.csv`` in words; an empty list if there are none.

    A date must be a date, a term must not end before it begins, and an office of one side has one
    holder at a time unless a note says "acting" or "one of several". Partial dates count as far as
    they are certain: two terms that meet in one month do not overlap.

    Examples
    --------
    >>> from analysis.knowledge import load
    >>> rows = load().rows["offices"]
    >>> check(rows)
    []
    >>> check([rows[0]._replace(since="2024-08", until="2024-07-19")])
    ['Nguyễn Phú Trọng, general_secretary: term ends (2024-07-19) before it begins (2024-08)']
    """
    faults = []
    offices: dict[tuple[str, str], list[tuple[date, date, Any]]] = defaultdict(list)
    for row in rows:
        who = f"{row.surface}, {row.role}"
        try:
            since = days.period(row.since) if row.since else (date.min, date.min)
            until = days.period(row.until) if row.until else (date.max, date.max)
        except ValueError as error:
            faults.append(f"{who}: {error}")
            continue
        if until[1] < since[0]:
            faults.append(f"{who}: term ends ({row.until}) before it begins ({row.since})")
        if not row.source_url and not row.note:
            faults.append(f"{who}: has neither source nor note; give one of them")
        if "one of several" not in row.note and "acting" not in row.note:
            offices[row.side, row.title].append((since[1], until[0], row))
    for terms in offices.values():
        terms.sort(key=lambda t: t[:2])
        for (_, end, a), (start, _, b) in pairwise(terms):
            if start < end and a.surface != b.surface:
                faults.append(
                    f"{b.surface}, {b.role}: term from {b.since} overlaps that of {a.surface} "
                    f"(until {a.until or 'now'}); mend a date or note acting or one of several"
                )
    return faults
