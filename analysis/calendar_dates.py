"""Finds calendar dates: days, months, years, spans of years, quarters, weekdays, "this year".

What a date is worth as a day is settled elsewhere, against the day of publication; here it is a
stretch of text, with its year (and the last year of a span) where it names one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from analysis.matcher import Hit

YEAR = r"(?:1[89]|20)\d\d"
# After a month: a day or two and a year, or a year alone.
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DAY_AFTER = re.compile(
    rf",? (?P<slashed>\d{{1,2}})/(?P<slash_year>{YEAR})(?!\d)"  # "June, 18/2025"
    rf"|\.? ?(?P<day>{DAY})(?:\s?(?:[-–/]|to|and|or)\s?{DAY})?"
    rf"(?![\d:%]|[.,]\d|\s?[-–]\s?\d| (?:million|billion|trillion|per cent|percent))"
    rf"(?: ?, ?(?P<year>{YEAR})(?!\d)| (?P<bare>{YEAR})(?![\d,.%]\d))?"
)
YEAR_AFTER = re.compile(rf"(?:\.|,| of)?\s?(?P<year>{YEAR})(?!\d|[,.]\d|\s?%)")
DAY_BEFORE = re.compile(rf"(?<![\d.,:/$€£-])(?:{DAY}\s?(?:[-–/]|to|and)\s?)?{DAY}(?: of)?\s?$")
NUMERIC = re.compile(
    rf"(?P<first>{YEAR})[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)"
    rf"|(?:0?[1-9]|[12]\d|3[01])(?P<sep>[-/.])(?:0?[1-9]|[12]\d|3[01])(?P=sep)(?P<last>{YEAR})(?!\d)"
)
SPAN = re.compile(
    rf"({YEAR})(?:(?:\s?[-–—]\s?|/)({YEAR}|\d\d)(?!\d|[,.]\d|\s?%|-\d)|(s)(?![^\W\d_])|)(?!\d)"
)
PERIOD_BEFORE = re.compile(
    r"(?<![^\W_])(?:FY ?|[Ff]iscal(?: year)? |[QH][1-4],? (?:of )?|[1-4][QH] ?)$"
)
DECADE = 10
SEPARATORS = frozenset("-/.")
# What PERIOD_BEFORE ends with, but for blanks.
PERIOD_ENDS = frozenset("YlrfQH,1234")


class Found(NamedTuple):
    """A date: its characters, and the first and last year that it names."""

    start: int
    end: int
    year: float | None
    year_to: float | None


class Calendar:
    """The words of the calendar, compiled from ``calendar.csv`` and ``figure_words.csv``."""

    def __init__(self, calendar: Sequence[Any], words: Iterable[Any]) -> None:
        names: dict[str, list[str]] = {}
        for r in calendar:
            if r.kind == "month":
                names.setdefault(r.value, []).append(r.surface)
        whole = [max(spelt, key=len) for spelt in names.values()]
        self.whole = {m.lower() for m in whole}
        # A month glued to the word after it, where the source lost its spaces.
        self.glued = re.compile(
            rf"(?:{'|'.join(whole)})(?=(?:and|at|to|in|for|with|when|the|of)(?![^\W\d_]))"
        )
        # Newswire in lower case, where names of months and days have lost their capital.
        self.weekdays = {r.surface.lower() for r in calendar if r.kind == "weekday"}
        months = {m.lower() for spelt in names.values() for m in spelt}
        small = sorted(months | self.weekdays, key=len, reverse=True)
        self.lower = re.compile(rf"\b(?:{'|'.join(small)})\b")
        table = [(r.word, r.kind) for r in words]
        self.names = {w for w, kind in table if kind == "name"}
        self.lead = {w for w, kind in table if kind == "in"}

    def words(self, text: str, hits: Sequence[Hit]) -> list[Found]:
        """Return the dates that a month, a weekday or a phrase such as "this year" makes.

        They come in no order.
        """
        found = []
        for hit in hits:
            kind = hit.row.kind
            if kind == "month":
                date = self._month(text, hit.start, hit.end)
                if date:
                    found.append(date)
            elif kind in ("weekday", "week", "month_from", "year_from"):
                found.append(Found(hit.start, hit.end, None, None))
        loose = self.lower if text.islower() else self.glued
        for m in loose.finditer(text):
            glued = m.start() and text[m.start() - 1].isalpha()
            if loose is self.glued and m[0].lower() in self.names and not glued:
                continue  # "Augustin" is a name
            if m[0] in self.weekdays:
                found.append(Found(m.start(), m.end(), None, None))
                continue
            date = self._month(text, m.start(), m.end())
            if date:
                found.append(date)
        return found

    def _month(self, text: str, start: int, end: int) -> Found | None:
        name = text[start:end].lower()
        after = DAY_AFTER.match(text, end)
        if after:
            year = after["year"] or after["bare"] or after["slash_year"]
            return Found(start, after.end(), float(year) if year else None, None)
        before = DAY_BEFORE.search(text, max(0, start - 14), start)
        year_after = YEAR_AFTER.match(text, end)
        if before and _is_day(before[0]):
            start = before.start()
        elif not year_after:
            if name not in self.whole:
                return None
            if name in self.names and _word_before(text, start) not in self.lead:
                return None
        if year_after:
            year = float(year_after["year"])
            return Found(start, year_after.end(), year, None)
        return Found(start, end, None, None)

    def numeric(self, text: str, at: int, stop: int) -> Found | None:
        """Return the date in digits only, or the year or span of years, of the digits from `at`.

        These go to `stop`. A year is four digits from 1800 to 2099; whether they count something
        instead is for the caller to tell.
        """
        if text[stop : stop + 1] in SEPARATORS and stop - at <= 4:
            m = NUMERIC.match(text, at)
            if m:
                return Found(at, m.end(), float(m["first"] or m["last"]), None)
        m = SPAN.match(text, at) if stop - at == 4 else None
        if m is None:
            return None
        first, end, last = int(m[1]), m.end(), None
        if m[2]:
            last = int(m[2]) if len(m[2]) == 4 else first - first % 100 + int(m[2])
            if not first < last <= first + 100:
                last, end = None, m.end(1)
                if not m[0][4:].startswith(" "):
                    return None
        elif m[3]:
            last = first + DECADE - 1
        start = at
        if text[max(0, at - 3) : at].rstrip()[-1:] in PERIOD_ENDS:
            lead = PERIOD_BEFORE.search(text, max(0, at - 14), at)
            start = lead.start() if lead else at
        return Found(start, end, float(first), float(last) if last else None)


def _is_day(words: str) -> bool:
    days = [int(d) for d in re.findall(r"\d+", words)]
    return all(1 <= d <= 31 for d in days)


def _word_before(text: str, at: int) -> str:
    m = re.search(r"([^\W\d_]+)[\s-]*$", text[max(0, at - 16) : at])
    return m[1].lower() if m else ""
