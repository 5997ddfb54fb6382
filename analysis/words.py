"""Codes and numbers of the tables in the words of a page; every page says them alike."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from analysis.figure_findings import SCALES
from analysis.knowledge import load
from analysis.prose import name

NOTHING = "–"
WORDED = ("date", "ordinal")  # kinds of figures whose number says less than the text


@cache
def _labels() -> dict[tuple[str, str], str]:
    rows = load().rows
    found = {("", row.code): row.label for row in rows["codes"]}
    found |= {("", row.topic): row.label for row in rows["topics"]}
    return found | {(row.column, row.code): row.label for row in rows["codes"]}


def label(code: Any, column: str = "") -> str:
    """Return the codebook's words for a code; other ids, such as those of themes, made readable.

    Some codes are those of two columns: `column` says which one is meant, else the topic is.

    Examples
    --------
    >>> label("high_level_exchange"), label("regional_issues"), label("VNM"), label(pd.NA)
    ('High-level exchange', 'Regional issues', 'VNM', '–')
    >>> label("investment"), label("investment", "measure")
    ('Investment and business', 'Investment')
    """
    if not isinstance(code, str):
        return NOTHING
    found = _labels().get((column, code)) or _labels().get(("", code))
    return found or (name(code) if code.islower() else code)


def labels(codes: Any) -> str:
    """Return the words for codes that one field holds, separated by ``;``.

    Examples
    --------
    >>> labels("president;general_secretary"), labels(pd.NA)
    ('President, General Secretary', '–')
    """
    return ", ".join(map(label, codes.split(";"))) if isinstance(codes, str) else NOTHING


def plain(value: Any) -> str:
    """Return what one field holds as it is, or a dash.

    Examples
    --------
    >>> plain("djournal.kr"), plain(pd.NA)
    ('djournal.kr', '–')
    """
    return value if isinstance(value, str) else NOTHING


def state(code: str) -> str:
    """Return the name of a state by its code, or nothing.

    Examples
    --------
    >>> state("KOR"), state("both")
    ('Republic of Korea', '')
    """
    return next(
        (r.surface for r in load().rows["countries"] if (r.side, r.kind) == (code, "name")), ""
    )


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
    >>> day = dict(kind="date", value=2023.0, surface="June 2023", qualifier=pd.NA, unit=pd.NA)
    >>> stated(Row(**day, measure=pd.NA, status=pd.NA, horizon=pd.NA, period=pd.NA))
    'June 2023'
    """
    parts = [_number(row)]
    if pd.notna(row.qualifier):
        parts[0] = f"{label(row.qualifier).lower()} {parts[0]}"
    coded = (("measure", row.measure), ("status", row.status))
    parts += [label(code, column).lower() for column, code in coded if pd.notna(code)]
    if pd.notna(row.horizon):
        parts.append(f"by {row.horizon}")
    if pd.notna(row.period):
        parts.append(f"in {row.period}")
    return ", ".join(parts)


def _number(row: Any) -> str:
    """Write the number of a figure; a day and an ordinal are what the text says."""
    said = getattr(row, "surface", pd.NA)
    if isinstance(said, str) and (row.kind in WORDED or pd.isna(row.value)):
        return said
    write = "{:g}".format if row.kind in WORDED else figure
    to = getattr(row, "value_to", pd.NA)
    number = figure(pd.NA) if pd.isna(row.value) else write(row.value)
    number += f" to {write(to)}" if pd.notna(to) else ""
    return f"{number} {row.unit}" if pd.notna(row.unit) else number


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
