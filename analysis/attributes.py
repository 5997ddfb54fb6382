"""Reads from the clause of an amount what it measures, and whether it is aimed at or reached.

English puts what governs an amount before it ("trade reached …", "the goal of lifting trade to …")
or attaches it with a preposition after it ("… in two-way trade by 2030"). So the nearest mark to the
left governs, one attached on the right comes first, and a coordinated amount without marks of its
own takes over those of the amount before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from analysis.knowledge import Document
from analysis.matcher import Hit, fold, longest

QUANTITIES = frozenset({"money", "percent", "count"})
# Measures that count heads: what money never is of.
HEADS = frozenset({"workers", "tourists", "students", "companies", "nationals"})
FLOWS = frozenset({"bilateral_trade", "exports", "imports"})
BREAK = re.compile(r";| while | whereas | but | yet | although |: ")
ATTACHED = re.compile(
    r" (?:(?:in|of|worth of|as|for) )?(?:an? |the |its |their )?((?:[a-z']+ ){0,3})$"
)
WORDS_BEFORE = re.compile(r"(?:([a-z']+) )?(?:([a-z']+) )?(?:([a-z']+) )?([a-z'.]+) ?[(]?$")
TO_BEFORE = re.compile(r"\b(?:to|by|at|from)(?: [a-z]+){0,3} ?$")
DUE = re.compile(
    r"\b(by|before|until|till|in|for|to|of|from|within|during|over)(?: the)?"
    r"(?: (?:end|beginning|start|middle|year|years|fiscal|early|late|mid|first|second|third|fourth"
    r"|last|half|quarter|\w+ months?|well|period|of|in))* $"
)
FIRM = frozenset({"by", "before", "until", "till"})
JOINED = re.compile(r",|;| and | while | but ")
ARTICLES = frozenset({"a", "an", "the", "of"})
REACH = 150
NEAR = 25


class Quantity(Protocol):
    """What is needed of a figure in the making."""

    kind: str
    value: float | None
    value_to: float | None
    unit: str | None
    start: int
    end: int


class Stated(NamedTuple):
    """What the clause says of an amount, in the order of the columns."""

    measure: str | None = None
    status: str | None = None
    horizon: int | None = None
    period: str | None = None
    qualifier: str | None = None


NOTHING = Stated()


class Attributes:
    """The marks of measure and status, compiled from the knowledge files."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        self.counted = {}
        for r in rows["measures"]:
            if r.measure in HEADS:
                self.counted[fold(r.surface)] = r.measure
        words = rows["figure_words"]
        self.qualifiers = {fold(r.word): r.value for r in words if r.kind == "qualifier"}
        self.baseline = {r.word for r in words if r.kind == "baseline"}
        self.last_words = {phrase.rpartition(" ")[2] for phrase in self.qualifiers}
        self.additive = {r.word for r in words if r.kind == "additive"}
        self.stop = {r.word for r in words if r.kind == "stop"}

    def of(self, doc: Document, drafts: Sequence[Quantity]) -> list[Stated]:
        """Return what is stated of each of the drafts, which are in the order of the text."""
        out = [NOTHING] * len(drafts)
        measures = [h for h in longest(doc.hits.get("measures", ())) if h.row.measure]
        cues = longest(doc.hits.get("status_cues", ()))
        measure_starts = [h.start for h in measures]
        cue_starts = [h.start for h in cues]
        earlier: str | None = None  # the measure of the last amount of money
        i, n = 0, len(drafts)
        while i < n:
            k = bisect_right(doc.sentences, (drafts[i].start, len(doc.text) + 1)) - 1
            begin, end = doc.sentences[k] if k >= 0 else (0, len(doc.text))
            j = i
            while j < n and drafts[j].start < end:
                j += 1
            j = max(j, i + 1)
            if any(d.kind in QUANTITIES for d in drafts[i:j]):
                a, b = (bisect_left(measure_starts, x) for x in (begin, end))
                c, e = (bisect_left(cue_starts, x) for x in (begin, end))
                clause = _Sentence(self, doc, begin, end, drafts[i:j], measures[a:b], cues[c:e])
                out[i:j] = clause.read(earlier)
                for d, s in zip(drafts[i:j], out[i:j], strict=True):
                    earlier = s.measure if d.kind == "money" else earlier
            i = j
        return out


class _Sentence:
    """The amounts, dates and marks of one sentence."""

    def __init__(
        self,
        known: Attributes,
        doc: Document,
        begin: int,
        end: int,
        drafts: Sequence[Quantity],
        measures: Sequence[Hit],
        cues: Sequence[Hit],
    ) -> None:
        self.known = known
        self.text, self.folded = doc.text, doc.folded
        self.begin, self.end = begin, end
        self.drafts, self.measures, self.cues = drafts, measures, cues
        self.breaks = [m.start() for m in BREAK.finditer(self.folded, begin, end)]
        self.dates = [d for d in drafts if d.kind == "date"]

    def read(self, earlier: str | None) -> list[Stated]:
        out: list[Stated] = []
        last: Quantity | None = None
        stated = NOTHING
        governing: str | None = None
        amounts = [d for d in self.drafts if d.kind in QUANTITIES]
        position = 0
        for d in self.drafts:
            if d.kind not in QUANTITIES:
                out.append(NOTHING)
                continue
            position += 1
            following = amounts[position].start if position < len(amounts) else self.end
            qualifier, lead = self._qualifier(d)
            if last and d.kind == last.kind and self._same(last, d):
                out.append(stated._replace(qualifier=qualifier))
                continue
            mark = self._mark(d, following)
            measure = self._measure(d, mark, stated if last else None, earlier)
            own, governing = self._governing(d, last, following, governing)
            baseline = lead in self.known.baseline
            due, date = self._time(d, last, following)
            status = "actual" if baseline else governing
            if (status is None and own is None and d.kind != "money") or measure in FLOWS:
                if status is None and own is None and due in FIRM and date and date.value:
                    status = "target"
            if status is None and own is None and mark and mark.row.status == "actual":
                status = "actual"
            if status == "none":
                status = None
            horizon = period = None
            if status == "target" and date and date.value:
                horizon = int(date.value_to or date.value)
            elif status == "actual":
                if date:
                    period = self._period(date)
                elif last and not baseline and self._near(last, d):
                    period = stated.period
            stated = Stated(measure, status, horizon, period, qualifier)
            out.append(stated)
            last = d
        return out

    # -- what stands right before ---------------------------------------------------------------

    def _qualifier(self, d: Quantity) -> tuple[str | None, str]:
        """Return the qualifier of an amount and the word before both."""
        known = self.known
        words = self.folded[max(self.begin, d.start - 36) : d.start].rstrip(" ($").split()[-5:]
        article = bool(words) and words[-1] in ARTICLES
        for tail in (words, words[:-1]) if article else (words,):
            if not tail or tail[-1] not in known.last_words:
                continue
            for k in (3, 2, 1):
                found = known.qualifiers.get(" ".join(tail[-k:]))
                if found:
                    return found, self._lead(tail[:-k])
        after = self.folded[d.end : d.end + 9]
        if after.startswith((" or more", "+", " plus")):
            return "over", self._lead(words)
        return None, self._lead(words)

    def _lead(self, words: list[str]) -> str:
        for k in (2, 1):
            phrase = " ".join(words[-k:])
            if phrase in self.known.baseline:
                return phrase
        return words[-1] if words else ""

    # -- what it measures -----------------------------------------------------------------------

    def _mark(self, d: Quantity, following: int) -> Hit | None:
        """Return the mark of measure that governs an amount."""
        money = d.kind == "money"
        usable = [h for h in self.measures if not (money and h.row.measure in HEADS)]
        if d.kind == "percent":  # of firms only where it is said
            usable = [h for h in usable if h.row.measure != "companies" or h.start >= d.end]
        for h in usable:
            if d.end <= h.start < following and self._attached(d.end, h.start):
                return h
        if d.kind == "count":
            return None
        before = [h for h in usable if h.end <= d.start]
        if before and (
            d.start - before[-1].end < REACH or not self._broken(before[-1].end, d.start)
        ):
            return self._antecedent(before)
        return next(
            (h for h in usable if h.start >= d.end and not self._broken(d.end, h.start)), None
        )

    def _attached(self, end: int, start: int) -> bool:
        if start - end > 2 * NEAR:
            return False
        m = ATTACHED.match(self.folded[end:start])
        return bool(m) and not any(w in self.known.stop for w in m[1].split()) if m else False

    def _antecedent(self, before: list[Hit]) -> Hit:
        """Return the fuller phrase that a bare "credit" after "a defence line of credit" repeats."""
        bare = before[-1]
        for h in before[:-1]:
            if h.row.surface != bare.row.surface and bare.row.surface in h.row.surface.split():
                return h
        return bare

    def _measure(
        self, d: Quantity, mark: Hit | None, stated: Stated | None, earlier: str | None
    ) -> str:
        if d.kind == "count":
            return self._counted(d, mark, stated)
        if mark:
            return str(mark.row.measure)
        if stated and stated.measure and not (d.kind == "money" and stated.measure in HEADS):
            return stated.measure
        opening = self.folded[self.begin : d.start].split()
        if d.kind == "money" and earlier and not self.known.additive.isdisjoint(opening):
            return earlier
        return "other"

    def _counted(self, d: Quantity, mark: Hit | None, stated: Stated | None) -> str:
        unit = d.unit or ""
        known = self.known.counted.get(fold(unit))
        if known:
            return known
        if unit == "person" or (unit[:1].isupper() and len(unit) > 3):
            heads = [h for h in self.measures if h.row.measure in HEADS]
            after = [h for h in heads if h.start >= d.end]
            near = after[:1] or heads[-1:]
            return str(near[0].row.measure) if near else "other"
        if mark and mark.row.measure in HEADS:
            return str(mark.row.measure)
        return "other"

    # -- aimed at or reached --------------------------------------------------------------------

    def _governing(
        self, d: Quantity, last: Quantity | None, following: int, inherited: str | None
    ) -> tuple[str | None, str | None]:
        """Return the amount's own cue, if any, and the status that governs it."""
        floor = last.end if last else self.begin
        for h in reversed(self.cues):
            if h.end > d.start or h.start < floor:
                continue
            if self._broken(h.end, d.start):
                break
            status = h.row.status
            if status == "change":
                if not TO_BEFORE.search(self.folded[max(h.end, d.start - 40) : d.start]):
                    continue
                status = "target"
            return status, status
        if last and not self._broken(last.end, d.start):
            return None, inherited
        for h in self.cues:
            if d.end <= h.start < following and not self._broken(d.end, h.start):
                status = h.row.status
                if status != "change":
                    return status, status
                break
        return None, None

    # -- when -----------------------------------------------------------------------------------

    def _time(
        self, d: Quantity, last: Quantity | None, following: int
    ) -> tuple[str, Quantity | None]:
        """Return the date that goes with an amount and the preposition before it."""
        for date in self.dates:
            if d.end <= date.start < following:
                gap = self.folded[d.end : date.start]
                m = DUE.search(gap)
                link = m[1] if m else ""
                if self._broken(d.end, date.start):
                    break
                if link in FIRM or ("," not in gap and (link or not date.value)):
                    return link, date
                break
        floor = last.end if last else self.begin
        for date in reversed(self.dates):
            if floor <= date.start and date.end <= d.start:
                gap = self.folded[date.end : d.start]
                opening = date.start - self.begin <= NEAR
                if self._broken(date.end, d.start) or ("," in gap and not opening):
                    break
                m = DUE.search(self.folded[max(self.begin, date.start - 2 * NEAR) : date.start])
                link = m[1] if m else ""
                if link in FIRM or link in ("in", "for") or not date.value or opening:
                    return link, date
                break
        return "", None

    def _period(self, date: Quantity) -> str:
        if date.value and not date.value_to:
            return str(int(date.value))
        return self.text[date.start : date.end]

    # -- helpers --------------------------------------------------------------------------------

    def _broken(self, start: int, end: int) -> bool:
        k = bisect_left(self.breaks, start)
        return k < len(self.breaks) and self.breaks[k] < end

    def _same(self, last: Quantity, d: Quantity) -> bool:
        """Tell whether an amount in brackets repeats the one before it in another unit."""
        return self.folded[last.end : d.start].strip() == "("

    def _near(self, last: Quantity, d: Quantity) -> bool:
        begin = max([x.end for x in self.dates if last.end <= x.start < d.start], default=last.end)
        return d.start - begin <= NEAR
