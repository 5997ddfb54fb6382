"""What years, halves, quarters and days with their year prove, spoken of as past or to come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis import days
from analysis.calendar import Expression, mask, span
from analysis.evidence import PICKS, Evidence, said_of, sentence
from analysis.tenses import Tenses, of_day

if TYPE_CHECKING:
    from analysis.knowledge import Document

# A part of a year before its year: "first nine months of", "Q3", "H1", "the second half of".
PART = re.compile(
    r"\b(?:the )?(?:first (\d{1,2}|[a-z]{3,6}) (months?|quarters?)"
    r"|(first|second|third|fourth|last|final) (half|quarter|month)|q([1-4])|h([12]))"
    r"(?: of)?(?: the)? $"
)
PART_ENDS = ("of", "the", "half", "month", "months", "quarter", "quarters", *"1234")
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
STATISTIC = re.compile(r"[$€£¥₩%]|\b(?:[mbtr]illion|bn|per ?cent|[A-Z]{3} ?\d|\d [A-Z]{3})\b")
LEVEL_AFTER = re.compile(
    r"\W{1,2}(?:\w+ly )?(?:rose|fell|grew|was|were|stood|totall?ed|came|amounted|climbed|dropped"
    r"|jumped|surged|soared|shrank|increased|decreased|declined|exceeded|topped|reached|hit)\b"
)
SINCE = re.compile(r"\bsince (?:the )?$", re.IGNORECASE)
AS_OF = re.compile(r"\b(?:as of|by|end of|until|first|half|quarter|Q[1-4]|months?)\b[^,;]{0,20}$")
# A year's total is known when the year is over, and quoted for two years more at the most; a figure
# of the running year is quoted until that year's total is out.
TOTAL_QUOTED = (2, 12, 31)
RUNNING_QUOTED = (1, 3, 31)
# A weekday is named with its day but without its year for days a quarter away at the most.
NEAR = 92
# Of the few days that a weekday with its day can be, the one is meant from which what is planned
# lies near: a year to aim at so many years ahead, one in which something is to be, or its half or
# month, fewer; and the first year of a span that is to come begins soon.
PLANNED_AHEAD = (10, 5, 2)
SPAN_AFTER = re.compile(r"\s?(?:to|until|till|through|[-–])\s?(?:19|20)\d\d\b")
TARGET_YEAR = re.compile(
    r"\b(?:by|before|until|till|through|to|towards?|beyond|horizon)\W+(?:\w+ ){0,3}$"
)


def told(
    doc: Document, found: Sequence[Expression], tenses: Tenses
) -> list[tuple[Expression, int | None]]:
    """Return the expressions with their tense: -1 past, 1 to come, None unclear."""
    out: list[tuple[Expression, int | None]] = []
    for e in found:
        tense = (e.shift > 0) - (e.shift < 0) or None
        if e.year:
            start = part.start() if (part := part_of(doc, e)) else e.start
            tense = tenses.of_year(doc.text, sentence(doc, e.start), start, e.end)
        out.append((e, tense))
    return out


def part_of(doc: Document, e: Expression) -> re.Match[str] | None:
    """Return the half, quarter or months named before a year, if there are any."""
    if e.kind != "year" and e.unit != "year":
        return None
    if doc.folded[e.start - 1 : e.start] != " " or e.start < 3:
        return None
    if not doc.folded.endswith(PART_ENDS, 0, e.start - 1):
        return None
    return PART.search(doc.folded, max(sentence(doc, e.start)[0], e.start - 40), e.start)


def years(
    doc: Document, told: Sequence[tuple[Expression, int | None]], cardinals: Mapping[str, int]
) -> list[Evidence]:
    """Return what years, months and days with their year prove, spoken of as past or to come."""
    out: list[Evidence] = []
    total = running = 0  # the latest year whose figures, whole or so far, are quoted
    soonest = (days.LAST.year, 0)  # the first year to come, and that in which it was planned
    text = doc.text
    for e, tense in told:
        start = sentence(doc, e.start)[0]
        said = said_of(doc, e)
        part = part_of(doc, e)
        if part and tense != 1:
            out += _year_to_date(e, _months(part, cardinals), part[0].strip())
            running = max(running, e.year or 0)
        elif e.year is None:
            if e.kind == "day" and e.weekday is not None and not e.to_day:
                side = of_day(text, (start, e.start), e.start)
                near = days.around(mask(e), 0 if side == -1 else NEAR, 0 if side == 1 else NEAR)
                out.append(Evidence(3, near, f"{said} near"))
        elif tense and (within := span(e, e.year)):
            last = e.to_year or e.year
            before = text[max(start, e.start - 90) : e.start]
            if tense > 0:
                end = within[1]
                if part:
                    end = days.period(f"{last:04}-{_months(part, cardinals):02}")[1]
                target = e.kind == "year" and not part and TARGET_YEAR.search(before)
                begins = e.to_year or SPAN_AFTER.match(text, e.end)
                reach = PLANNED_AHEAD[2 if begins else 0 if target else 1]
                soonest = min(soonest, (e.year, e.year - reach))
                out.append(Evidence(3, days.between(None, end), f"{said} to come"))
            elif e.kind == "year" and _of_figure(text, before, e) and not AS_OF.search(before):
                known = date(last, 4, 1) if e.to_year else date(last + 1, 1, 1)
                out.append(Evidence(3, days.between(known, None), f"figure for {said}"))
                total = max(total, last if not SINCE.search(before) else 0)
            else:
                out.append(Evidence(3, days.between(within[0], None), f"{said} past"))
    if soonest[1]:
        since = days.between(date(soonest[1], 1, 1), None)
        out.append(Evidence(PICKS, since, f"planned for {soonest[0]}"))
    for year, (more, month, day) in ((total, TOTAL_QUOTED), (running, RUNNING_QUOTED)):
        if year:
            until = days.between(None, date(year + more, month, day))
            out.append(Evidence(4, until, f"figures up to {year}"))
    return out


def _of_figure(text: str, before: str, e: Expression) -> bool:
    """Tell whether a year is that of a figure before it or after it."""
    if STATISTIC.search(before):
        return True
    after = LEVEL_AFTER.match(text, e.end) and STATISTIC.search(text, e.end, e.end + 90)
    return after is not None


def _year_to_date(e: Expression, months: int, said: str) -> list[Evidence]:
    """Return what a figure for a part of a year proves: it is all but over, mostly quite over."""
    last = days.period(f"{e.year or 2001:04}-{months:02}")[1]
    since = last - timedelta(6)
    if e.year:
        words = f"{said} {e.year}"
        return [Evidence(r, days.between(d, None), words) for r, d in ((3, since), (5, last))]
    if e.shift == 0:
        return [Evidence(3, days.yearly(since.month, since.day, 12, 31), f"{said} this year")]
    return []


def _months(m: re.Match[str], cardinals: Mapping[str, int]) -> int:
    """Return the last month of "first five months", "first half", "third quarter", "Q3"."""
    count, units, nth, unit, quarter, half = m.groups()
    if count:
        number = int(count) if count.isdigit() else cardinals.get(count, 1)
        return max(1, min(12, number * 3 if units.startswith("quarter") else number))
    size = {"half": 6, "quarter": 3, "month": 1}[unit] if unit else 3 if quarter else 6
    return min(12, size * (int(quarter or half) if not nth else NTH.get(nth, 12 // size)))
