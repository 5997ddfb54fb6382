"""Date expressions of a text, read by one small grammar: days, months, years, weekdays, ranges.

The names of months and weekdays and phrases such as "last year" are rows of ``calendar.csv`` and
come with the single scan; what stands around them (day, year, range) is read here. Nothing is
resolved: an expression holds what is said and leaves the rest open. `dates.resolve` does that.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from analysis import days

if TYPE_CHECKING:
    from analysis.knowledge import Document

DAY = r"(\d{1,2})(?!\d)(?:st|nd|rd|th)?"
TO = r"\s*(?:[-–—]|to|till|until|through)\s*"
YEAR = r"((?:19|20)\d\d)(?!\d)"
BEFORE_MONTH = re.compile(rf"(?<![\d.,])(?:{DAY}{TO})?{DAY}\s*(?:of\s+)?$")
AFTER_MONTH = re.compile(
    rf"\.?(?:,?\s*(?:of\s+)?{YEAR}|\s*{DAY}(?![.,]\d|\s*(?:%|per\b))(?:{TO}{DAY}(?!\s*[^\W\d_]+\s+{YEAR}))?"
    rf"(?:,?\s+(?:of\s+)?{YEAR})?)"
)
SLASHED = re.compile(rf",?\s{DAY}/{YEAR}")  # "June, 18/2025"
YEAR_AFTER = re.compile(rf"\.?,?\s*(?:of\s+)?{YEAR}")
ALONE = re.compile(
    r"(?:in|of|since|until|till|by|from|to|before|after|last|next|this|early|mid|late|for|[-–])\W$"
)
# What stands before is left to Python.
YEARS = re.compile(
    r"[12][0-9]{3}(?!\d)(?:\s?[-–—/]\s?((?:19|20)?\d\d)(?!\d))?"
    r"(?![.,]\d|\s?%|\s*(?:million|billion|trillion|per\b))"
)
NOT_BEFORE_YEAR = frozenset("0123456789.,/:$€£¥₩")
NUMERIC = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{1,2})(?!\d)")
WEEKDAY_BEFORE = re.compile(r"(?:\s+(?:morning|afternoon|evening|night))?\s*,?\s*\(?(?:the\s+)?$")
WEEKDAY_AFTER = re.compile(r"\s*[,(]\s*$")
RANGE = re.compile(rf"{TO}$")


class Expression(NamedTuple):
    """One date as it is said; a part that is not said is None.

    `kind` is ``day`` (month and day), ``month``, ``year``, ``weekday``, or ``relative``, whose
    `unit` (day, week, month, year, same) is counted `shift` from the day of publication; the
    `shift` of "last Friday" is -1. `to_year`, `to_month` and `to_day` are the end of a range.
    """

    start: int
    end: int
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    to_year: int | None = None
    to_month: int | None = None
    to_day: int | None = None
    unit: str | None = None
    shift: int = 0


def find(doc: Document) -> list[Expression]:
    """Return the date expressions of a text in order.

    Examples
    --------
    >>> from analysis.knowledge import load
    >>> doc = load().annotate("a", "They met on Monday, 11 August, and will meet in May 2027.")
    >>> [(e.kind, e.year, e.month, e.day, e.weekday) for e in find(doc)]
    [('weekday', None, 8, 11, 0), ('day', None, 8, 11, 0), ('month', 2027, 5, None, None)]
    >>> find(load().annotate("a", "You may march 2,000 km."))
    []
    """
    if doc.dated is None:
        doc.dated = _read(doc)
    return doc.dated


def _read(doc: Document) -> list[Expression]:
    text = doc.text
    found: list[Expression] = []
    short: list[Expression] = []
    reach = 0
    for hit in doc.hits["calendar"]:
        if hit.start < reach:
            continue
        kind, value = hit.row.kind, int(hit.row.value)
        if kind == "month":
            e = _month(text, hit.start, hit.end, value, reach)
            if e is None:
                continue
            found.append(e)
            reach = e.end
        elif kind in ("weekday", "weekday_short"):
            last = text[max(0, hit.start - 5) : hit.start].lower() == "last "
            e = Expression(hit.start, hit.end, "weekday", weekday=value, shift=-last)
            (found if kind == "weekday" else short).append(e)
            reach = hit.end
        else:
            found.append(
                Expression(
                    hit.start, hit.end, "relative", unit=kind.removesuffix("_from"), shift=value
                )
            )
            reach = hit.end
    found += _numeric(text, doc.digits)
    found += _years(text, doc.digits, found)
    return _join(text, found, short)


def _month(text: str, start: int, end: int, month: int, reach: int) -> Expression | None:
    """Read the day, the range of days and the year that stand around the name of a month."""
    before = BEFORE_MONTH.search(text, max(reach, start - 16), start)
    if before:
        first, last = before.group(1), before.group(2)
        day = int(first or last)
        if 1 <= day <= 31 and int(last) <= 31:
            tail = YEAR_AFTER.match(text, end)
            year = int(tail.group(1)) if tail else None
            to_day = int(last) if first else None
            begin, stop = before.start(1 if first else 2), tail.end() if tail else end
            return Expression(begin, stop, "day", year, month, day, to_day=to_day)
    slashed = SLASHED.match(text, end)
    if slashed and 1 <= int(slashed[1]) <= 31:
        day, year = int(slashed[1]), int(slashed[2])
        return Expression(start, slashed.end(), "day", year, month, day)
    after = AFTER_MONTH.match(text, end)
    if after:
        lone_year, first, last, year_after = (
            after.group(1),
            after.group(2),
            after.group(3),
            after.group(5),
        )
        if lone_year:
            return Expression(start, after.end(), "month", int(lone_year), month)
        if 1 <= int(first) <= 31 and (not last or int(last) <= 31):
            stop = after.end()
            year = int(year_after) if year_after else None
            to_day = int(last) if last else None
            return Expression(start, stop, "day", year, month, int(first), to_day=to_day)
    if end - start > 3 or ALONE.search(text, max(0, start - 7), start):
        if text[start:end] in ("May", "March") and not ALONE.search(text, max(0, start - 7), start):
            return None
        return Expression(start, end, "month", month=month)
    return None


def _numeric(text: str, digits: list[tuple[int, int]]) -> list[Expression]:
    """Read 2025-08-11, 11.08.2025 and, where only one reading is possible, 8/25/2025."""
    out = []
    reach = 0
    for (first, last), (start, stop), (third, _) in zip(
        digits, digits[1:], digits[2:], strict=False
    ):
        if start - last != 1 or third - stop != 1 or text[last] not in "-/.":
            continue
        # Of a longer run of digits the last four may be a year.
        places = range(max(first, last - 4, reach), last)
        m = next(filter(None, (NUMERIC.match(text, at) for at in places)), None)
        if m is None:
            continue
        reach = m.end()
        parts = re.split(r"[-/.]", m.group())
        a, b, c = (int(p) for p in parts)
        if len(parts[0]) == 4 and len(parts[2]) <= 2:
            year, month, day = a, b, c
        elif len(parts[0]) <= 2 and len(parts[2]) == 4:
            day, month, year = (b, a, c) if b > 12 else (a, b, c)
            if m.group(1) == "/" and a <= 12 and b <= 12 and a != b:
                continue
        else:
            continue
        if 1 <= month <= 12 and 1 <= day <= 31 and 1900 <= year < 2100:
            out.append(Expression(m.start(), m.end(), "day", year, month, day))
    return out


def _years(text: str, digits: list[tuple[int, int]], found: list[Expression]) -> list[Expression]:
    """Read years and spans of years (2024-2030, 2022-23) outside the expressions found so far."""
    taken = sorted([e[:2] for e in found if e.kind in ("day", "month")])
    k = held = 0  # the expressions that begin before a year, and how far they reach
    out = []
    reach = 0
    for first, last in digits:
        start = last - 4  # a year is the end of its run of digits
        m = YEARS.match(text, start) if start >= max(first, reach) else None
        if m is None:
            continue
        reach = m.end()
        year = int(text[start : start + 4])
        while k < len(taken) and taken[k][0] <= start:
            held = max(held, taken[k][1])
            k += 1
        if start < held or not 1900 <= year < 2100:
            continue
        if text[start - 1 : start] in NOT_BEFORE_YEAR and start:
            continue
        to_year = None
        end = start + 4
        if m.group(1):
            until = int(m.group(1)) + (year // 100 * 100 if len(m.group(1)) == 2 else 0)
            if until > year:
                to_year, end = until, m.end()
        out.append(Expression(start, end, "year", year, to_year=to_year))
    return out


def _join(text: str, found: list[Expression], short: list[Expression]) -> list[Expression]:
    """Tie a weekday to the day beside it and two days to a range."""
    out: list[Expression] = []
    for e in sorted([*found, *short]):
        last = out[-1] if out else None
        kinds = (last.kind, e.kind) if last else None
        if last and kinds == ("day", "day") and RANGE.fullmatch(text, last.end, e.start):
            joined = last._replace(end=e.end, year=last.year or e.year, to_year=e.year)
            out[-1] = joined._replace(to_month=e.month, to_day=e.day)
            continue
        if (
            last
            and kinds == ("weekday", "day")
            and WEEKDAY_BEFORE.fullmatch(text, last.end, e.start)
        ):
            out[-1] = last._replace(year=e.year, month=e.month, day=e.day)
            e = e._replace(weekday=last.weekday)
        elif (
            last
            and kinds == ("day", "weekday")
            and WEEKDAY_AFTER.fullmatch(text, last.end, e.start)
        ):
            out[-1] = last._replace(weekday=e.weekday)
            e = e._replace(year=last.year, month=last.month, day=last.day)
        out.append(e)
    dropped = {e.start for e in short}
    return [e for e in out if e.start not in dropped]


def span(e: Expression, year: int) -> tuple[date, date] | None:
    """Return the days of an expression in a given year, None for 30 February."""
    try:
        if e.month is None:
            return days.period(f"{year:04}")[0], days.period(f"{e.to_year or year:04}")[1]
        if e.day is None:
            return days.period(f"{year:04}-{e.month:02}")
        first = date(year, e.month, e.day)
        month = e.to_month or e.month
        last = date(e.to_year or year + (month < e.month), month, e.to_day or e.day)
    except ValueError:
        return None
    return first, max(first, last)


def mask(e: Expression) -> int:
    """Return all days that a day, a range of days or a weekday can be; 0 if it does not say.

    Examples
    --------
    >>> days.bounds(mask(Expression(0, 9, "day", 2025, 8, 11)))
    (datetime.date(2025, 8, 11), datetime.date(2025, 8, 11))
    """
    found = days.ALL
    if e.month and e.day:
        within = span(e, e.year) if e.year else None
        if e.year:
            found = days.between(*within) if within else 0
        else:
            found = days.yearly(e.month, e.day, e.to_month or 0, e.to_day or 0)
    if e.weekday is not None and not e.to_day:
        found &= days.weekday(e.weekday)
    return 0 if found == days.ALL else found
