"""When a text was published, as an interval; and which days its date expressions mean.

A date that the source gives is taken. Otherwise everything that the text proves is a set of days,
and the sets are intersected: the day in the dateline, the weekday and the day of the meeting that
is reported, terms of office of the persons named with an office, dated events, years spoken of as
past or to come. What contradicts stronger evidence is left out. A side that nothing bounds stays
open; without evidence there is no date.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import calendar, days, offices, tenses
from analysis.calendar import Expression
from analysis.events import Events
from analysis.matcher import fold

if TYPE_CHECKING:
    from analysis.articles import Front
    from analysis.knowledge import Document, Knowledge

LEAD = 2  # sentences of the body that tell of the meeting itself
FORMER = re.compile(
    r"\b(?:former|then|late|ex|outgoing|incoming|future|designate|predecessor)\b[^,;:.]{0,90}$", re.I
)
FORMER_AFTER = re.compile(r"\W{1,2}(?:an? |the |\w+'s )?(?:former|then|late|ex)\b", re.I)
TO_DATE = re.compile(
    r"\bfirst (?:(\d{1,2}|[a-z]{3,6}) (months?|quarters?)|(half|quarter|month)) of (?:the |this )*$",
    re.I,
)
STATISTIC = re.compile(r"[$€£¥₩%]|\b(?:[mbtr]illion|bn|per ?cent|[A-Z]{3} ?\d|\d [A-Z]{3})\b")
AS_OF = re.compile(r"\b(?:as of|by|end of|until|first|half|quarter|Q[1-4]|months?)\b[^,;]{0,20}$")
# Yearly figures appear in the last days of the year; they are quoted until the next ones are out,
# figures of a running year until that year's total is out.
YEARLY_FROM = (12, 15)
QUOTED_UNTIL = (3, 31)


class Publication(NamedTuple):
    """The first and last day on which a text can have been published, and what says so."""

    earliest: date | None
    latest: date | None
    basis: str | None
    evidence: str | None


class Evidence(NamedTuple):
    """Days on which the text can have been published, given one thing that it says.

    `rank` orders kinds of evidence by how seldom they mislead: 0 the dateline and the day of the
    meeting, 1 terms of office, 2 events, 3 years past and to come, 4 how long figures are quoted.
    """

    rank: int
    days: int
    words: str


def infer(
    doc: Document,
    knowledge: Knowledge,
    mentions: Sequence[Any],
    published: date | None,
    front: Front,
) -> Publication:
    """Return when a text was published.

    Parameters
    ----------
    doc : Document
        The annotated text.
    knowledge : Knowledge
        Terms of office, events, words of the calendar.
    mentions : sequence
        The mentions of actors, as in the table `actors`.
    published : date, optional
        The day that the source gives.
    front : Front
        Headline, dateline and start of the body.

    Returns
    -------
    Publication
        Both sides missing where the text proves nothing.

    Examples
    --------
    >>> from analysis.articles import front_matter
    >>> from analysis.knowledge import load
    >>> text = "The envoys met on Monday, 16 October, to review trade of $5 million in 2022."
    >>> infer(load().annotate("a", text), load(), [], None, front_matter(text))
    Publication(earliest=datetime.date(2023, 10, 16), latest=datetime.date(2023, 10, 17),
    basis='inferred', evidence='meeting on Monday, 16 October; figure for 2022')
    """
    if published:
        return Publication(published, published, "header", f"date header {published}")
    found = calendar.find(doc)
    evidence = [
        *_lead(doc, found, front),
        *_terms(doc, knowledge, mentions, found),
        *Events.of(knowledge).evidence(doc, mentions, front),
        *_years(doc, found, front),
    ]
    allowed, used = combine(Evidence(*e) for e in evidence)
    earliest, latest = days.bounds(allowed) or (None, None)
    if not used or not (earliest or latest):
        return Publication(None, None, None, None)
    stated = earliest == latest and any(e.words.startswith("dateline") for e in used)
    words = "; ".join(dict.fromkeys(e.words for e in used))
    return Publication(earliest, latest, "dateline" if stated else "inferred", words)


def combine(evidence: Iterable[Evidence]) -> tuple[int, list[Evidence]]:
    """Intersect evidence, rank by rank; within a rank, items that contradict each other fall out.

    The result does not depend on the order of the evidence.
    """
    allowed = days.ALL
    used: list[Evidence] = []
    items = sorted(set(evidence), key=lambda e: (e.rank, e.words, e.days))
    for rank in sorted({e.rank for e in items}):
        group = [e for e in items if e.rank == rank and e.days & allowed]
        together = allowed
        for e in group:
            together &= e.days
        if not together:
            group = [e for e in group if all(e.days & o.days & allowed for o in group)]
            together = allowed
            for e in group:
                together &= e.days
            if not together:
                continue
        used += [e for e in group if e.days & allowed != allowed or rank == 1]
        allowed = together
    return allowed, used


def resolve(
    e: Expression, earliest: date | None, latest: date | None, ahead: bool = False
) -> tuple[date, date] | None:
    """Return the first and last day that an expression means in a text published in an interval.

    A weekday or a day without its year is the latest one up to publication, or with `ahead` the
    first one from then on. None where the interval leaves it open.

    Examples
    --------
    >>> tuesday = Expression(0, 7, "weekday", weekday=1)
    >>> resolve(tuesday, date(2025, 4, 15), date(2025, 4, 16))
    (datetime.date(2025, 4, 15), datetime.date(2025, 4, 15))
    >>> resolve(tuesday, date(2025, 4, 1), date(2025, 4, 30)) is None
    True
    """
    if e.kind == "year" or (e.kind in ("day", "month") and e.year):
        assert e.year is not None
        return _fixed(e, e.year)
    if earliest is None or latest is None:
        return None
    first, last = (_nearest(e, day, ahead) for day in (earliest, latest))
    if first is None or last is None:
        return None
    if first == last or e.kind == "relative":
        return first[0], last[1]
    if (latest - earliest).days <= 1:
        return min(first, last) if not ahead else max(first, last)
    return None


def _nearest(e: Expression, day: date, ahead: bool) -> tuple[date, date] | None:
    """Return what an expression means to a reader on one day."""
    if e.kind == "weekday" and e.month is None:
        assert e.weekday is not None
        gap = (e.weekday - day.weekday()) % 7 if ahead else -((day.weekday() - e.weekday) % 7)
        found = day + timedelta(gap)
        return found, found
    if e.kind in ("day", "month", "weekday"):
        years = (day.year, day.year + 1) if ahead else (day.year, day.year - 1)
        for year in years:
            span = _fixed(e, year)
            if span and (span[1] >= day if ahead else span[0] <= day):
                return span
        return None
    if e.unit == "day":
        found = day + timedelta(e.shift)
        return found, found
    if e.unit == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * e.shift)
        return monday, monday + timedelta(6)
    if e.unit == "month":
        month = day.month - 1 + e.shift
        return days.period(f"{day.year + month // 12:04}-{month % 12 + 1:02}")
    if e.unit == "year":
        return days.period(f"{day.year + e.shift:04}")
    return None


def _fixed(e: Expression, year: int) -> tuple[date, date] | None:
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


def _sentence(doc: Document, at: int) -> tuple[int, int]:
    """Return the sentence around an offset."""
    return doc.sentences[max(0, bisect_right(doc.sentences, (at, len(doc.text))) - 1)]


def lead_end(doc: Document, front: Front) -> int:
    """Return where the sentences end that tell of the meeting itself."""
    body = [end for _, end in doc.sentences if end > front.body]
    return body[min(LEAD, len(body)) - 1] if body else len(doc.text)


def meeting_day(doc: Document, found: Sequence[Expression], front: Front) -> Expression | None:
    """Return the expression in the lead that says when the reported meeting was."""
    end = lead_end(doc, front)
    start = front.dateline[1] if front.dateline else 0
    best = None
    for e in found:
        if e.start >= end:
            break
        if e.start < start or e.kind not in ("day", "weekday", "relative"):
            continue
        if e.kind == "relative" and (e.unit != "day" or e.shift > 0):
            continue
        sentence = _sentence(doc, e.start)
        if tenses.of_day(doc.text, sentence, e.start, e.end):
            continue
        if best is None or (best.kind == "weekday" and best.day is None and e.kind == "day"):
            same = best is None or _sentence(doc, best.start) == sentence
            best = e if same else best
    return best


def _lead(doc: Document, found: Sequence[Expression], front: Front) -> list[tuple[int, int, str]]:
    """Return the day in the dateline and the day of the meeting as evidence."""
    out = []
    if front.dateline:
        for e in found:
            if front.dateline[0] <= e.start < front.dateline[1] and e.kind == "day":
                out.append((0, mask_of(e), f"dateline {_said(doc, e)}"))
    e = meeting_day(doc, found, front)
    mask = mask_of(e) if e else 0
    if e and mask:
        beside = next((o for o in found if o.weekday is not None and o.start < e.start), None)
        if beside and beside.day is None and beside.kind == "weekday" and e.weekday is None:
            mask &= days.weekday(beside.weekday or 0) if beside.start > front.body else days.ALL
        out.append((0, days.or_day_after(mask), f"meeting on {_said(doc, e)}"))
    return out


def mask_of(e: Expression) -> int:
    """Return all days that a day, a range of days or a weekday can be."""
    mask = days.ALL
    if e.month and e.day:
        span = _fixed(e, e.year) if e.year else None
        if e.year:
            mask = days.between(*span) if span else 0
        else:
            mask = days.yearly(e.month, e.day, e.to_month or 0, e.to_day or 0)
    if e.weekday is not None and not e.to_day:
        mask &= days.weekday(e.weekday)
    return 0 if mask == days.ALL else mask


def _said(doc: Document, e: Expression) -> str:
    return doc.text[e.start : e.end].replace("\n", " ")


@lru_cache(maxsize=8)
def _by_office(knowledge: Knowledge) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Return the days in office and the terms in words by name, side and role."""
    out: dict[tuple[str, str, str], tuple[int, str]] = {}
    for row in knowledge.rows["offices"]:
        at = (fold(row.surface), row.side, row.role)
        mask, words = out.get(at, (0, ""))
        mask |= days.between(*offices.term(row))
        out[at] = mask, f"{words}, {offices.label(row)}" if words else offices.label(row)
    return out


def _terms(
    doc: Document, knowledge: Knowledge, mentions: Sequence[Any], found: Sequence[Expression]
) -> list[tuple[int, int, str]]:
    """Return the terms of office of the persons who are named with their office.

    A person spoken of in a sentence about the past proves only that the term had begun.
    """
    terms = _by_office(knowledge)
    past = [e.start for e in found if e.kind in ("year", "month", "day") or e.shift < 0]
    current: dict[tuple[str, str, str], bool] = {}
    for m in mentions:
        if m.kind != "person" or not m.role or not m.side or m.form == "pronoun":
            continue
        start, end = _sentence(doc, m.start)
        if FORMER.search(doc.text, max(start, m.start - 100), m.start):
            continue
        if FORMER_AFTER.match(doc.text, m.end):
            continue
        once = any(start <= at < end for at in past) and m.sentence > LEAD
        for role in m.role.split(";"):
            at = (fold(m.actor), m.side, role)
            if at in terms and m.form == "name":
                current[at] = current.get(at, False) or not once
    out = []
    for at, now in current.items():
        mask, words = terms[at]
        if not now:
            mask = days.between(_first(mask), None)
        out.append((1, mask, words))
    return out


def _first(mask: int) -> date | None:
    found = days.bounds(mask)
    return found[0] if found else None


def _years(doc: Document, found: Sequence[Expression], front: Front) -> list[tuple[int, int, str]]:
    """Return what years, months and days with their year prove, spoken of as past or to come."""
    out: list[tuple[int, int, str]] = []
    latest_figure = latest_running = 0
    text = doc.text
    for e in found:
        start, end = _sentence(doc, e.start)
        partial = TO_DATE.search(text, max(start, e.start - 40), e.start)
        if partial and (e.kind == "year" or e.unit == "year"):
            month = _months(partial)
            if e.kind == "year" and e.year:
                since = days.period(f"{e.year:04}-{month:02}")[1] - timedelta(6)
                out.append((3, days.between(since, None), f"first {month} months of {e.year}"))
                latest_running = max(latest_running, e.year)
            elif e.shift == 0:
                day = days.period(f"2001-{month:02}")[1].day - 6
                mask = days.yearly(month, day, 12, 31)
                out.append((3, mask, f"first {month} months of this year"))
            continue
        if e.year is None:
            continue
        span = _fixed(e, e.year)
        tense = tenses.of_year(text, (start, end), e.start, e.end)
        if span is None or tense is None:
            continue
        if tense > 0:
            out.append((3, days.between(None, span[1]), f"{_said(doc, e)} to come"))
            continue
        lowest = span[0]
        last = e.to_year or e.year
        before = text[max(start, e.start - 90) : e.start]
        if e.kind == "year" and STATISTIC.search(before) and not AS_OF.search(before):
            lowest = date(last, *YEARLY_FROM) if not e.to_year else date(last, 4, 1)
            out.append((3, days.between(lowest, None), f"figure for {_said(doc, e)}"))
            latest_figure = max(latest_figure, last)
        else:
            out.append((3, days.between(lowest, None), f"{_said(doc, e)} past"))
    for year, quoted in ((latest_figure, 2), (latest_running, 1)):
        if year:
            mask = days.between(None, date(year + quoted, *QUOTED_UNTIL))
            out.append((4, mask, f"figures up to {year}"))
    return out


def _months(m: re.Match[str]) -> int:
    """Return the number of months in "first five months", "first half", "first two quarters"."""
    number, unit, single = m.groups()
    if single:
        return {"half": 6, "quarter": 3, "month": 1}[single.lower()]
    words = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    n = int(number) if number.isdigit() else words.index(number) + 1 if number in words else 1
    return max(1, min(11, n * 3 if unit.startswith("quarter") else n))
