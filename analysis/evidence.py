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


PICKS = 5  # rank of what only picks among single days
REPORTED_WITHIN = 3  # days after the day in its headline on which a text appears


class Evidence(NamedTuple):
    """Days on which the text can have been published, given one thing that it says.

    `rank` orders kinds of evidence by how seldom they mislead: 0 the dateline and the day of the
    meeting, 1 terms of office, 2 events, 3 years past and to come, 4 how long figures are quoted,
    5 how far ahead plans reach, which only picks among days and is no evidence by itself.
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
    """Return the day in the dateline, that of the headline and that of the meeting as evidence."""
    out = []
    for e in found:
        if e.start >= front.body:
            break
        given = any(s and s[0] <= e.start < s[1] for s in (front.dated, front.dateline))
        if given and e.kind == "day":
            out.append(Evidence(0, mask(e), f"dateline {said_of(doc, e)}"))
        elif given and e.kind == "month" and e.year and (whole := span(e, e.year)):
            out.append(Evidence(0, days.between(*whole), f"dateline {said_of(doc, e)}"))
        elif e.kind == "day" and front.title and e.start < front.title[1]:
            near = days.around(mask(e), 0, REPORTED_WITHIN)
            out.append(Evidence(0, near, f"headline {said_of(doc, e)}"))
    day = meeting_day(doc, found, front)
    possible = mask(day) if day else 0
    if day and possible:
        same = [e for e in found if e[3:7] == day[3:7] and abs(e.start - day.start) < 40]
        said = doc.text[same[0].start : same[-1].end]
        filed = next((e.words for e in out if e.words.startswith("dateline")), None)
        if filed:  # a report filed under a day mostly tells of that day
            out.append(Evidence(4, possible, f"{filed} is {said}"))
        out.append(Evidence(0, days.or_day_after(possible), f"meeting on {said}"))
    return out


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
