"""Sets of days as whole numbers, one bit a day, so that evidence of any shape meets in one ``&``.

A weekday, "11 August of any year", a term of office and "not before 2023" are all sets of days.
Python's integers hold 55,000 bits as easily as 64; an intersection takes about a microsecond.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import cache

FIRST = date(1950, 1, 1)
LAST = date(2099, 12, 31)
LENGTH = (LAST - FIRST).days + 1
ALL = (1 << LENGTH) - 1
# Every weekday of every calendar day but 29 February comes round within 12 years; a set that is
# empty in the first or last 40 is bounded on that side.
MARGIN = 40 * 366


def between(first: date | None, last: date | None) -> int:
    """Return the days from `first` to `last`, both included; None is open.

    Examples
    --------
    >>> bounds(between(date(2025, 4, 14), date(2025, 4, 17)))
    (datetime.date(2025, 4, 14), datetime.date(2025, 4, 17))
    >>> bounds(between(date(2025, 4, 17), date(2025, 4, 14))) is None
    True
    """
    a = max(0, (first - FIRST).days) if first else 0
    b = min(LENGTH, (last - FIRST).days + 1) if last else LENGTH
    return (1 << b) - (1 << a) if b > a else 0


@cache
def weekday(number: int) -> int:
    """Return all days with a weekday, Monday 0."""
    start = (number - FIRST.weekday()) % 7
    weeks = len(range(start, LENGTH, 7))
    return (((1 << 7 * weeks) - 1) // ((1 << 7) - 1)) << start  # a geometric series


@cache
def yearly(month: int, day: int | None = None, to_month: int = 0, to_day: int = 0) -> int:
    """Return a day, a month or a stretch of the calendar in every year."""
    days = 0
    for year in range(FIRST.year, LAST.year + 1):
        last_month = to_month or month
        last_day = to_day or day or 31
        first = _day(year, month, day or 1)
        last = _day(year + (last_month < month), last_month, last_day)
        if day is None or first.day == day:  # there is no 30 February to move to the 28th
            days |= between(first, last)
    return days


def or_day_after(days: int) -> int:
    """Return the days and the day after each: when a report of them appears."""
    return (days | days << 1) & ALL


def around(days: int, before: int, after: int) -> int:
    """Return the days and those up to `before` days earlier and `after` days later.

    Examples
    --------
    >>> bounds(around(between(date(2025, 4, 14), date(2025, 4, 14)), 2, 1))
    (datetime.date(2025, 4, 12), datetime.date(2025, 4, 15))
    """
    wide, reach = days, 0
    while reach < before + after:  # doubles the reach at each step
        step = min(reach + 1, before + after - reach)
        wide |= wide << step
        reach += step
    return (wide >> before) & ALL


def day_before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(1)


def bounds(days: int) -> tuple[date | None, date | None] | None:
    """Return the first and the last day, None for a side without bound; None of the empty set.

    Examples
    --------
    >>> bounds(between(date(2023, 4, 1), None) & weekday(2))
    (datetime.date(2023, 4, 5), None)
    """
    if not days:
        return None
    low = (days & -days).bit_length() - 1
    high = days.bit_length() - 1
    first = FIRST + timedelta(low) if low >= MARGIN else None
    last = FIRST + timedelta(high) if high < LENGTH - MARGIN else None
    return first, last


@cache
def period(text: str) -> tuple[date, date]:
    """Return the first and last day of a full or partial date of a knowledge file.

    Examples
    --------
    >>> period("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> period("2024-2")
    Traceback (most recent call last):
    ...
    ValueError: '2024-2' is no date; write YYYY, YYYY-MM or YYYY-MM-DD
    """
    parts = text.split("-")
    try:
        if [len(p) for p in parts] not in ([4], [4, 2], [4, 2, 2]):
            raise ValueError
        year, month, day = (*map(int, parts), 0, 0)[:3]
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD") from None
    return first, first if day else _day(year, month or 12, 31)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
