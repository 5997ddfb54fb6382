"""Dated events that a text names: which they are, and whether they lie ahead, run, or are over."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analysis import days
from analysis.evidence import Evidence, sentence
from analysis.matcher import longest

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

KNOWN_UNTIL = "known_until"  # the series whose one row says how far the knowledge reaches
NEAR = 3  # sentences from the head in which attending means: these days
YEAR_AFTER = re.compile(r"(?:\W{1,2}in)?\W{1,2}((?:19|20)\d\d)\b")
NUMBER_IN_NAME = re.compile(r"(?<=[^\W\d_])\d+$")  # COP29
# On the folded text, before the name of an event.
AHEAD = re.compile(
    r"\b(?:ahead of|prior to|prepar\w+|invit\w+|upcoming|forthcoming|coming|will|would|to host"
    r"|hosting|host|plan\w*|scheduled|look\w* forward|bid|candidature|before|next|support\w*"
    r"|back\w*|run up)\b"
)
OVER = re.compile(
    r"\b(?:outcomes?|results?|success\w*|following|after|since|conclu\w+|adopted|hosted"
    r"|organi[sz]ed|issued|last|previous|was|were|had|signed|announced|past)\b"
)
RUNNING = re.compile(
    r"\b(?:attend(?:ing|s|ed)?|sidelines?|margins?|framework|occasion|participat\w+|taking part"
    r"|took part|take part|co.?chair\w*|opening|opened|opens|convened|at)\b"
)
MARKED = ("anniversary", "of diplomatic", "of relations", "of ties")  # none: no need to look
MARK = re.compile(r"anniversary|years of|decades of")
ANNIVERSARY = re.compile(
    r"\b(?:(\d{1,3})(?:st|nd|rd|th)|(\w+)) (?:founding )?anniversary\b"
    r"|\b(\d{1,3}) years of (?:diplomatic )?(?:relations|ties)"
    r"|\b(\w+) decades of (?:diplomatic )?(?:relations|ties)"
)
SESSION = re.compile(r" (?:meeting|session|round|edition)\b")
YEAR_OF = {"this year": 0, "next year": -1, "last year": 1}


class Events:
    """The dated events of the knowledge, by series and ordinal or year."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.rows: dict[str, dict[int | None, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for row in knowledge.rows["events"]:
            self.rows[row.series][int(row.ordinal) if row.ordinal else None].append(row)
        known = self.rows.pop(KNOWN_UNTIL, {}).get(None)
        self.known_until = days.period(known[0].since)[1] if known else None
        words = {r.surface: int(r.value) for r in knowledge.rows["numbers"] if r.kind == "ordinal"}
        tens = {r.surface: int(r.value) for r in knowledge.rows["numbers"] if r.kind == "tens"}
        units = {w: v for w, v in words.items() if v < 10}
        words |= {f"{t} {u}": tv + uv for t, tv in tens.items() for u, uv in units.items()}
        self.cardinals = {
            r.surface: int(r.value) for r in knowledge.rows["numbers"] if r.kind == "cardinal"
        }
        self.ordinals = words
        longest_first = "|".join(sorted(words, key=len, reverse=True))
        self.ordinal = re.compile(rf"\b(?:(\d{{1,3}})(?:st|nd|rd|th)|({longest_first}))\b")
        # Few texts hold a word that ends like an ordinal; to look for all of them costs more.
        ends = sorted({re.escape(w[-3:]) for w in words})
        self.ordinal_end = re.compile(rf"(?:\d(?:st|nd|rd|th)|{'|'.join(ends)})\b")

    @staticmethod
    @lru_cache(maxsize=8)
    def of(knowledge: Knowledge) -> Events:
        """Return the events of a knowledge, built once."""
        return Events(knowledge)

    def ordinal_before(self, folded: str, start: int, end: int) -> tuple[int, int] | None:
        """Return the last ordinal in a stretch of folded text and where it begins.

        Few words, and no end of a clause, may stand between it and the end of the stretch.
        """
        found = None
        if not self.ordinal_end.search(folded, start, end):
            return None
        for m in self.ordinal.finditer(folded, start, end):
            found = m
        if found is None:
            return None
        between = folded[found.end() : end]
        value = int(found[1]) if found[1] else self.ordinals[found[2]]
        few = value > 1 or SESSION.match(between)  # "the first meeting of …", else "first" is loose
        if len(between.split()) > (12 if few else 2) or re.search(r"[.;:()\"]|, ", between):
            return None
        return value, found.start()

    def evidence(self, doc: Document, mentions: Sequence[Any], front: Front) -> list[Evidence]:
        """Return what the dated events named in a text prove about its day."""
        sides = {m.side for m in mentions if m.side}
        near = [end for _, end in doc.sentences if end > front.body][:NEAR]
        near_end = near[-1] if near else 0
        out: list[Evidence] = []
        starts = [s for s, _ in doc.sentences]
        for hit in longest(doc.hits["event_names"]):
            start = starts[max(0, bisect_right(starts, hit.start) - 1)]
            known = {
                n: [r for r in rows if not r.sides or set(r.sides.split(";")) <= sides]
                for n, rows in self.rows[hit.row.series].items()
            }
            known = {n: rows for n, rows in known.items() if rows}
            if None in known:
                since = min(days.period(r.since)[0] for r in known[None])
                out.append(Evidence(2, days.between(since, None), known[None][0].event))
                continue
            number, at = self._number(doc, start, hit.start, hit.end)
            if number is None:
                number = _by_place(known, doc.text[hit.end : hit.end + 60])
            span = _span(known, number) if number else None
            if span is None:
                continue
            state = _state(doc.folded[max(start, at - 70) : at], hit.start < near_end)
            first, last, words = span
            if state == "running" and first and last:
                out.append(Evidence(2, days.or_day_after(days.between(first, last)), words))
            elif state == "ahead" and last:
                out.append(Evidence(2, days.between(None, last), f"{words} ahead"))
            elif state == "over" and first:
                out.append(Evidence(2, days.between(first, None), f"{words} over"))
        return out + self._anniversaries(doc, sides)

    def _number(self, doc: Document, start: int, at: int, end: int) -> tuple[int | None, int]:
        """Return the ordinal or year that tells which event of a series is meant."""
        inside = NUMBER_IN_NAME.search(doc.text, at, end)
        if inside:
            return int(inside.group()), at
        after = YEAR_AFTER.match(doc.text, end)
        if after:
            return int(after[1]), at
        if re.fullmatch(r"(?:19|20)\d\d ", doc.folded[max(start, at - 5) : at]):
            return int(doc.folded[at - 5 : at - 1]), at - 5
        found = self.ordinal_before(doc.folded, max(start, at - 110), at)
        return found or (None, at)

    def _anniversaries(self, doc: Document, sides: set[str]) -> list[Evidence]:
        """Return what an anniversary of diplomatic relations this year or next proves."""
        out: list[Evidence] = []
        if not any(word in doc.folded for word in MARKED):
            return out
        since = [r for r in self.rows["ties"][None] if set(r.sides.split(";")) <= sides]
        if len(since) != 1:
            return out
        founded = days.period(since[0].since)[0].year
        for mark in MARK.finditer(doc.folded):
            start, end = sentence(doc, mark.start())
            m = ANNIVERSARY.search(
                doc.folded, max(start, mark.start() - 30), min(end, mark.end() + 30)
            )
            if m is None:
                continue
            years = self._count(m)
            around = doc.folded[max(start, m.start() - 60) : min(end, m.end() + 60)]
            near = [k for k in YEAR_OF if k in around]
            if years and len(near) == 1:
                year = founded + years + YEAR_OF[near[0]]
                span = date(year, 1, 1), date(year, 12, 31)
                out.append(Evidence(2, days.between(*span), f"{years} years of ties {near[0]}"))
        return out

    def _count(self, m: re.Match[str]) -> int | None:
        if m[1] or m[3]:
            return int(m[1] or m[3])
        if m[2]:
            return self.ordinals.get(m[2])
        tens = self.cardinals.get(m[4])
        return tens * 10 if tens else None


def _by_place(known: dict[Any, list[Any]], after: str) -> int | None:
    """Return the number of the event whose place is named right after it."""
    found = {n for n, rows in known.items() for r in rows if r.place and f"in {r.place}" in after}
    return min(found) if found else None


def _span(known: dict[Any, list[Any]], number: int) -> tuple[date | None, date | None, str] | None:
    """Return the days of an event, or those between its neighbours in the series."""
    if number in known:
        rows = known[number]
        begins = min(days.period(r.since)[0] for r in rows)
        ends = max(days.period(r.until or r.since)[1] for r in rows)
        said = f"{rows[0].event} {rows[0].since}"
        return begins, ends, f"{said}–{rows[0].until}" if rows[0].until != rows[0].since else said
    earlier = [n for n in known if n < number and (n > 1000) == (number > 1000)]
    later = [n for n in known if n > number and (n > 1000) == (number > 1000)]
    if number > 1000 or not (earlier or later):
        return None
    first = days.period(known[max(earlier)][0].until)[1] if earlier else None
    last = days.period(known[min(later)][0].since)[0] if later else None
    event = known[max(earlier) if earlier else min(later)][0].event
    return first, last, f"number {number} beside {event}"


def _state(before: str, near: bool) -> str | None:
    """Tell from the words before an event whether it lies ahead, runs or is over."""
    if AHEAD.search(before):
        return "ahead"
    running = max((m.start() for m in RUNNING.finditer(before)), default=-1)
    over = max((m.start() for m in OVER.finditer(before)), default=-1)
    if near and running > over:
        return "running"
    return "over" if over > running else None
