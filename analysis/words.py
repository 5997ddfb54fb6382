"""Codes and numbers of the tables in the words of a page; every page says them alike."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from analysis.figure_findings import SCALES
from analysis.findings import name
from analysis.knowledge import load

NOTHING = "–"


@cache
def _labels() -> dict[str, str]:
    rows = load().rows
    topics = {row.topic: row.label for row in rows["topics"]}
    return {row.code: row.label for row in rows["codes"]} | topics


def label(code: Any) -> str:
    """Return the codebook's words for a code; other ids, such as those of themes, made readable.

    Examples
    --------
    >>> label("high_level_exchange"), label("regional_issues"), label("VNM"), label(pd.NA)
    ('High-level exchange', 'Regional issues', 'VNM', '–')
    """
    if not isinstance(code, str):
        return NOTHING
    return _labels().get(code) or (name(code) if code.islower() else code)


def labels(codes: Any) -> str:
    """Return the words for codes that one field holds, separated by ``;``.

    Examples
    --------
    >>> labels("president;general_secretary"), labels(pd.NA)
    ('President, General Secretary', '–')
    """
    return ", ".join(map(label, codes.split(";"))) if isinstance(codes, str) else NOTHING


def names(values: Any) -> str:
    """Return what one field holds, separated by ``;``, as it is.

    Examples
    --------
    >>> names("Bùi Thanh Sơn;Cho Tae-yul"), names(pd.NA)
    ('Bùi Thanh Sơn, Cho Tae-yul', '–')
    """
    return ", ".join(values.split(";")) if isinstance(values, str) else NOTHING


def figure(value: Any) -> str:
    """Write a number as one reads it.

    Examples
    --------
    >>> figure(150e9), figure(9.7), figure(52_000), figure(pd.NA)
    ('150 billion', '9.7', '52,000', '–')
    """
    if pd.isna(value):
        return NOTHING
    for scale, word in SCALES:
        if value >= scale:
            return f"{value / scale:.12g} {word}"
    return f"{value:,.12g}"


def stated(row: Any) -> str:
    """Say what a row of `figures` states: about how much, of what, aimed at or reached, by when.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> goal = dict(kind="money", value=150e9, value_to=pd.NA, unit="USD", qualifier=pd.NA)
    >>> stated(Row(**goal, measure="bilateral_trade", status="target", horizon=2030, period=pd.NA))
    '150 billion USD, bilateral trade, target, by 2030'
    >>> day = dict(kind="date", value=2026.0, value_to=pd.NA, unit=pd.NA, qualifier=pd.NA)
    >>> stated(Row(**day, measure=pd.NA, status=pd.NA, horizon=pd.NA, period=pd.NA))
    '2026'
    """
    said = f"{row.value:g}" if row.kind == "date" and pd.notna(row.value) else figure(row.value)
    if pd.isna(row.value) and isinstance(row.surface, str):
        said = row.surface  # "next month" has no number of its own
    to = getattr(row, "value_to", pd.NA)
    if pd.notna(to):
        said += f" to {to:g}" if row.kind == "date" else f" to {figure(to)}"
    parts = [f"{said} {row.unit}" if pd.notna(row.unit) else said]
    if pd.notna(row.qualifier):
        parts[0] = f"{label(row.qualifier).lower()} {parts[0]}"
    parts += [label(code).lower() for code in (row.measure, row.status) if pd.notna(code)]
    if pd.notna(row.horizon):
        parts.append(f"by {row.horizon}")
    if pd.notna(row.period):
        parts.append(f"in {row.period}")
    return ", ".join(parts)


def day(when: Any) -> str:
    """Write a day.

    Examples
    --------
    >>> day(pd.Timestamp("2026-03-10")), day(pd.NaT)
    ('10 March 2026', 'day not known')
    """
    return "day not known" if pd.isna(when) else f"{when.day} {when:%B %Y}"


def days(first: Any, last: Any, between: str = " to ") -> str:
    """Write an interval of days, or its one day.

    Examples
    --------
    >>> first, last = pd.Timestamp("2025-10-29"), pd.Timestamp("2025-11-01")
    >>> days(first, last), days(first, first), days(pd.NaT, pd.NaT)
    ('29 October 2025 to 1 November 2025', '29 October 2025', 'day not known')
    """
    ends = [day(d) for d in (first, last) if pd.notna(d)]
    return between.join(dict.fromkeys(ends)) or day(pd.NaT)
