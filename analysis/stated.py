"""The day of publication as a source states it: in a field of its own, or in the address.

Only what can be read in one way is a day: 03/05/2024 is none, since it is March to some and May to
others. The day is taken as it is written, without turning it into another time zone.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from analysis.days import FIRST, LAST

# Year first: 2024-03-05, 2024/3/5, 20240305, each with or without a time of day.
YEAR_FIRST = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d\d)(\d\d))(?:[T\s].*)?", re.S)
# The month in letters: "Tue, 05 Mar 2024 10:00:00 GMT" (RFC 2822), "5 March 2024", "March 5, 2024".
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"({'|'.join(MONTHS)})[a-z]{{0,6}}\.?"
DAY_FIRST = re.compile(
    rf"(?:[a-z]{{3,9}},?\s+)?(\d\d?)[\s-]{MONTH}[\s-](\d{{4}})(?:\s.*)?", re.I | re.S
)
# Also "March, 05/2024".
MONTH_FIRST = re.compile(rf"{MONTH}(?:\s(\d\d?),?\s|,?\s(\d\d?)/)(\d{{4}})(?:\s.*)?", re.I | re.S)
# /2024/03/05/, /2024-03-05-talks, /20240305/, AEN20240305001: a day among the words of a path.
IN_PATH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:([-/_])(\d{1,2})\2(\d{1,2})(?!\d)|(\d\d)(\d\d)(?=\D|$|\d{3,}))"
)


class Stated(NamedTuple):
    """A day of publication, what gives it (a code of `date_basis`), and the words that do."""

    day: date
    basis: str
    evidence: str


def day_written(written: str) -> date | None:
    """Return the day that a date or a time stamp means, or None where that is not certain.

    Examples
    --------
    >>> day_written("2024-03-05T23:30:00+07:00"), day_written("Tue, 05 Mar 2024 10:00:00 GMT")
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 5))
    >>> day_written("03/05/2024") is None and day_written("2024-13-05") is None
    True
    """
    written = written.strip()
    if found := YEAR_FIRST.fullmatch(written):
        return _day(found[1], found[3] or found[5], found[4] or found[6])
    if found := DAY_FIRST.fullmatch(written):
        return _day(found[3], found[2], found[1])
    if found := MONTH_FIRST.fullmatch(written):
        return _day(found[4], found[1], found[2] or found[3])
    return None


def day_of_address(address: str) -> Stated | None:
    """Return the day that an address holds, if it holds exactly one.

    Examples
    --------
    >>> day_of_address("https://news.example/politics/2024/03/05/talks.html").day
    datetime.date(2024, 3, 5)
    >>> day_of_address("https://news.example/politics/1694147/talks.html") is None
    True
    """
    try:
        path = urlsplit(address).path
    except ValueError:  # such as an IPv6 address that is none
        return None
    found = [_day(m[1], m[3] or m[5], m[4] or m[6]) for m in IN_PATH.finditer(path)]
    days = {day for day in found if day}
    return Stated(days.pop(), "url", f"address {path[:200]}") if len(days) == 1 else None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdecimal() else MONTHS.index(month.lower()) + 1
    try:
        found = date(int(year), number, int(day))
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None
