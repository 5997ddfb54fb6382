"""What a text proves about its day of publication, each item as a set of days with its words."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import days, offices
from analysis.calendar import Expression, mask, span
from analysis.folding import fold
from analysis.tenses import of_day

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

LEAD = 2  # sentences of the body that tell of the meeting itself
# On the folded text.
FORMER = re.compile(
    r"\b(?:former|then|late|ex|outgoing|incoming|future|designate|predecessor)\b[^,;:.]{0,90}$"
)
FORMER_AFTER = re.compile(r"\W{1,2}(?:an? |the |\w+'s )?(?:former|then|late|ex)\b")


PICKS = 6  # rank of what only picks among single days
REPORTED_WITHIN = 3  # days after the day in its headline on which a text appears
REPORTED_LATE = 7  # days after a meeting on which a text dated otherwise still tells of it


class Evidence(NamedTuple):
    """Days on which the text can have been published, given one thing that it says.

    `rank` orders kinds of evidence by how seldom they mislead: 0 the dateline and the day of the
    meeting, 1 terms of office, 2 events, 3 years past and to come, 4 how long figures are quoted,
    5 that a part of a year is over of which there are figures, 6 how far ahead plans reach, which
    only picks among days and is no evidence by itself.
    """

    rank: int
    days: int
    words: str


def sentence(doc: Document, at: int) -> tuple[int, int]:
    """Return the sentence around an offset."""
    return doc.sentences[max(0, bisect_right(doc.sentences, (at, len(doc.text))) - 1)]


def lead_end(doc: Document, front: Front) -> int:
    """Return where the sentences end that tell of the meeting itself."""
    body = [end for _, end in doc.sentences if end > front.body]
    return body[min(LEAD, len(body)) - 1] if body else len(doc.text)


def meeting_day(
    doc: Document,
    found: Sequence[Expression],
    front: Front,
    told: tuple[int, int] | None = None,
    signing: bool = False,
) -> Expression | None:
    """Return the expression that says when the reported meeting was.

    It stands in the lead, or in the sentence `told` where that tells of the meeting later. A day on
    which something was signed is another day than that of the meeting unless that was the signing.
    """
    end = lead_end(doc, front)
    start = front.dateline[1] if front.dateline else 0
    later = _day_within(doc, found, *told, signing) if told and told[0] >= end else None
    return later or _day_within(doc, found, start, end, signing)


def _day_within(
    doc: Document, found: Sequence[Expression], start: int, end: int, signing: bool
) -> Expression | None:
    best = None
    for e in found:
        if e.start >= end:
            break
        if e.start < start or e.kind not in ("day", "weekday", "relative"):
            continue
        if e.kind == "relative" and (e.unit != "day" or e.shift > 0):
            continue
        around = sentence(doc, e.start)
        if of_day(doc.text, around, e.start, bare=signing or e.day is None):
            continue
        if best is None or (best.kind == "weekday" and best.day is None and e.kind == "day"):
            same = best is None or sentence(doc, best.start) == around
            best = e if same else best
    return best


def lead(doc: Document, found: Sequence[Expression], front: Front) -> list[Evidence]:
    """Return the day in the dateline, that of the headline and that of the meeting as evidence.

    Of two that contradict each other the weaker is left out: the line with the date goes before the
    dateline, that before the meeting, and the headline comes last.
    """
    given = _given(doc, found, front)
    out = list(given)
    filed = days.ALL
    for item in given:
        filed &= item.days
    day = meeting_day(doc, found, front)
    possible = mask(day) if day and (day.month or not day.shift) else 0
    if day and possible:
        same = [e for e in found if e[3:7] == day[3:7] and abs(e.start - day.start) < 40]
        said = doc.text[same[0].start : same[-1].end]
        near = days.or_day_after(possible)
        if not near & filed and day.month:
            near = days.around(possible, 0, REPORTED_LATE)
        if near & filed:
            if given:  # a report filed under a day mostly tells of that day
                out.append(Evidence(4, possible, f"{given[0].words} is {said}"))
            out.append(Evidence(0, near, f"meeting on {said}"))
            filed &= near
    for e in found:
        if not front.title or e.start >= front.title[1]:
            break
        if e.kind == "day" and not _inside(e, front.dated):
            near = days.around(mask(e), 0, REPORTED_WITHIN)
            if near & filed:
                out.append(Evidence(0, near, f"headline {said_of(doc, e)}"))
                filed &= near
    return out


def _given(doc: Document, found: Sequence[Expression], front: Front) -> list[Evidence]:
    """Return the days in the line with the date and in the dateline as far as they agree."""
    out: list[Evidence] = []
    filed = days.ALL
    for place in dict.fromkeys((front.dated, front.dateline)):
        for e in found:
            if e.start >= front.body:
                break
            whole = span(e, e.year) if e.kind == "month" and e.year else None
            possible = days.between(*whole) if whole else mask(e) if e.kind == "day" else 0
            if _inside(e, place) and possible & filed:
                filed &= possible
                out.append(Evidence(0, possible, f"dateline {said_of(doc, e)}"))
    return out


def _inside(e: Expression, place: tuple[int, int] | None) -> bool:
    return place is not None and place[0] <= e.start < place[1]


def said_of(doc: Document, e: Expression) -> str:
    """Return an expression as it is said."""
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


def terms(
    doc: Document,
    knowledge: Knowledge,
    mentions: Sequence[Any],
    told: Sequence[tuple[Expression, int | None]],
) -> list[Evidence]:
    """Return the terms of office of the persons who are named with their office.

    A person spoken of in a sentence about the past proves only that the term had begun.
    """
    by_office = _by_office(knowledge)
    past = [e.start for e, tense in told if tense == -1]
    current: dict[tuple[str, str, str], bool] = {}
    last = 0
    for m in mentions:
        if m.kind == "person":
            after, last = last, m.end
        if m.kind != "person" or not m.role or not m.side or m.form != "name":
            continue
        name = fold(m.actor)
        held = [at for role in m.role.split(";") if (at := (name, m.side, role)) in by_office]
        if not held or FORMER_AFTER.match(doc.folded, m.end):
            continue
        start, end = sentence(doc, m.start)
        if FORMER.search(doc.folded, max(start, after, m.start - 100), m.start):
            continue
        once = m.sentence > LEAD and bisect_left(past, start) < bisect_left(past, end)
        for at in held:
            current[at] = current.get(at, False) or not once
    out = []
    for office, now in current.items():
        days_held, words = by_office[office]
        if not now:
            since = days.bounds(days_held)
            days_held = days.between(since[0] if since else None, None)
        out.append(Evidence(1, days_held, words))
    return out
