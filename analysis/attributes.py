"""Says of each amount what it measures, whether it is aimed at or reached, and when.

English puts what governs an amount before it ("trade reached …", "the goal of lifting trade to …")
or attaches it with a preposition after it ("… in two-way trade by 2030"). So an attached mark comes
first, then the nearest to the left, and a coordinated amount without marks of its own takes over
those of the amount before it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from analysis.clauses import ARTICLES, FIRM, REACH, Quantity, Sentence
from analysis.folding import fold
from analysis.frames import Frames
from analysis.knowledge import Document
from analysis.matcher import Hit, longest

QUANTITIES = frozenset({"money", "percent", "count"})
# Measures that count heads: what money never is of.
HEADS = frozenset({"workers", "tourists", "students", "companies", "nationals"})
# What is reached by a year is aimed at, even where no word says so.
FLOWS = frozenset({"bilateral_trade", "exports", "imports"})
GOODS = frozenset({"exports", "imports"})
CARRIED = FLOWS | {"investment"}
OTHER, AID = "other", "development_aid"


class Stated(NamedTuple):
    """What the clause says of an amount, in the order of the columns."""

    measure: str | None = None
    status: str | None = None
    horizon: int | None = None
    period: str | None = None
    qualifier: str | None = None


NOTHING = Stated()


class Earlier(NamedTuple):
    """What went before a sentence: the measure of the last amount, and the goods it is about."""

    measure: str = ""
    goods: str = ""  # exports or imports
    unit: str = ""

    def then(self, measure: str, unit: str = "") -> Earlier:
        """Return what goes before the next amount."""
        if measure in HEADS or not measure:
            return self
        if measure in GOODS:
            return Earlier(measure, measure, unit)
        return Earlier(measure, self.goods, self.unit)


class Attributes:
    """The marks of measure and status, compiled from the knowledge files."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        self.counted = {fold(r.surface): r.measure for r in rows["measures"] if r.measure in HEADS}
        self.flows = {r.surface for r in rows["measures"] if r.measure not in {*HEADS, OTHER}}
        words = rows["figure_words"]
        self.qualifiers = {fold(r.word): r.value for r in words if r.kind == "qualifier"}
        self.last_words = ARTICLES | {phrase.rpartition(" ")[2] for phrase in self.qualifiers}
        self.baseline = {r.word for r in words if r.kind == "baseline"}
        self.baseline_ends = {p.rpartition(" ")[2] for p in self.baseline if " " in p}
        self.pronouns = {r.word for r in words if r.kind == "pronoun"}
        self.additive = {r.word for r in words if r.kind == "additive"}
        self.stop = {r.word for r in words if r.kind == "stop"}

    def of(self, doc: Document, drafts: Sequence[Quantity]) -> list[Stated]:
        """Return what is stated of each of the drafts, which are in the order of the text."""
        out = [NOTHING] * len(drafts)
        for d in drafts:
            if d.kind in QUANTITIES:
                break
        else:
            return out
        measures = [h for h in longest(doc.hits.get("measures", ())) if h.row.measure]
        cues = longest(doc.hits.get("status_cues", ()))
        frames = Frames(doc)
        earlier = Earlier()
        head = ""  # what the first passage on goods is about: a new paragraph returns to it
        i = 0
        while i < len(drafts):
            k = bisect_right(doc.sentences, (drafts[i].start, len(doc.text) + 1)) - 1
            begin, end = bounds = doc.sentences[max(0, k)]
            j = i + 1
            while j < len(drafts) and drafts[j].start < end:
                j += 1
            amounts = [d for d in drafts[i:j] if d.kind in QUANTITIES]
            if amounts:
                a, b = bisect_left(measures, (begin,)), bisect_left(measures, (end,))
                c, e = bisect_left(cues, (begin,)), bisect_left(cues, (end,))
                sentence = Sentence(doc, bounds, drafts[i:j], measures[a:b], cues[c:e])
                if a and k and measures[a - 1].start >= doc.sentences[k - 1][0]:
                    mark = str(measures[a - 1].row.measure)
                    earlier = earlier.then(mark)
                if earlier.goods != head and doc.text[max(0, begin - 2) : begin] == "\n\n":
                    earlier = earlier._replace(goods=head)
                found = self._sentence(sentence, amounts, earlier, frames)
                out[i:j] = [found.get(d.start, NOTHING) for d in drafts[i:j]]
                for d in amounts:
                    if d.kind == "money":
                        earlier = earlier.then(found[d.start].measure or "", d.unit or "")
                head = head or earlier.goods
            i = j
        return out

    def _sentence(
        self, s: Sentence, amounts: Sequence[Quantity], earlier: Earlier, frames: Frames
    ) -> dict[int, Stated]:
        """Return what is stated of the amounts of a sentence, by where each begins."""
        found: dict[int, Stated] = {}
        last: Quantity | None = None
        stated, governing = NOTHING, None
        dated: Quantity | None = None
        framed = -1  # where the last amount stands of which a frame said what it is
        for k, d in enumerate(amounts):
            qualifier, lead = self._qualifier(s, d)
            if last and s.bracketed and d.kind == last.kind and s.repeats(amounts[k - 1], d):
                found[d.start] = stated._replace(qualifier=qualifier)
                continue
            if s.bracketed:
                following = self._following(s, amounts, k)
            else:
                following = amounts[k + 1].start if k + 1 < len(amounts) else s.end
            mark = self._mark(s, d, following) if s.measures else None
            floor = last.end if last else s.begin
            own = s.cue(d, floor) if s.cues else None
            frame = None
            if d.kind == "money" and (mark is None or mark.start < d.start):
                frame = frames.of(s, d, floor, mark)
            if frame:
                measure, fact = frame
                framed = d.start
            elif framed >= 0 and mark and mark.start < framed:
                measure, fact = stated.measure or OTHER, ""
            else:
                idle = last and last.kind != d.kind and stated.measure == OTHER
                before = None if idle else stated.measure
                past = bool(earlier.goods) and (own or governing) == "actual"
                past = past and not mark and not frames.other_subject(s, d)
                measure = self._measure(s, d, mark, before, earlier, past)
                fact = mark.row.status if mark else ""
                if fact and mark and s.modal(mark):
                    fact = ""
                if not mark and measure in FLOWS and s.equates(d):
                    fact = "actual"
                if measure == AID and frames.commercial(s, d):
                    measure = OTHER
            if own is None and (last is None or s.broken(last.end, d.start)):
                own = governing = s.cue_after(d, following) if s.cues else None
            governing = own or governing
            baseline = lead in self.baseline
            link, date = s.date_after(d, following) if s.dates else ("", None)
            if date is None and not baseline and s.dates:
                link, date = s.date_before(d, dated.end if dated else floor)
            status = "actual" if baseline else governing
            if status is None:
                due = link in FIRM and date is not None and date.value
                if due and (d.kind != "money" or measure in FLOWS or lead == "to"):
                    status = "target"
                elif fact:
                    status = fact
            horizon = period = None
            if status == "target" and date and date.value:
                horizon = int(date.value_to or date.value)
            elif status == "actual" and date:
                period = s.period(date)
            elif status == "actual" and last and not baseline and s.close(last, d):
                period = stated.period
            known = status if status in ("target", "actual") else None
            stated = found[d.start] = Stated(measure, known, horizon, period, qualifier)
            last, dated = d, date or dated
        if len(amounts) > 1 and s.folded.find(" respectively", amounts[-1].end, s.end) >= 0:
            self._distribute(s, amounts, found)
        return found

    def _following(self, s: Sentence, amounts: Sequence[Quantity], k: int) -> int:
        """Return where the next amount begins that does not repeat this one in brackets."""
        k += 1
        while k < len(amounts) and s.repeats(amounts[k - 1], amounts[k]):
            k += 1
        return amounts[k].start if k < len(amounts) else s.end

    def _qualifier(self, s: Sentence, d: Quantity) -> tuple[str | None, str]:
        """Return the qualifier of an amount, and the word or two before both."""
        lead = s.word_before(d.start)
        if lead in self.last_words or lead in self.baseline_ends:
            words = s.words_before(d.start)
            for tail in (words, words[:-1]) if lead in ARTICLES else (words,):
                for k in (3, 2, 1):
                    found = self.qualifiers.get(" ".join(tail[-k:]))
                    if found:
                        return found, self._lead(tail[:-k])
            lead = self._lead(words)
        after = s.folded.startswith((" or more", "+", " plus"), d.end)
        return ("over" if after else None), lead

    def _lead(self, words: list[str]) -> str:
        """Return the last word, or the last two where these lead to what an amount was before."""
        last = words[-1] if words else ""
        if last in self.baseline_ends:
            two = " ".join(words[-2:])
            return two if two in self.baseline else last
        return last

    def _mark(self, s: Sentence, d: Quantity, following: int) -> Hit | None:
        """Return the mark of measure that governs an amount."""
        never = HEADS if d.kind == "money" else frozenset()
        after = s.marks_after(d, following)[:2]
        if after:
            after = [h for h in after if h.row.measure not in never]
            for h in after:
                if s.attached(d, h, self.stop):
                    return h
        if d.kind == "count":
            return None
        # Of firms a percentage is only where that is said after it.
        never = never or frozenset({"companies"})
        before = [h for h in s.marks_before(d) if h.row.measure not in never]
        if before:
            far = d.start - before[0].end >= REACH and s.broken(before[0].end, d.start)
            return None if far else _antecedent(before)
        # Heads a percentage is of right before them only: no "65% of the wheat milled by firms".
        if not after or (after[0].row.measure in HEADS and s.by(d, after[0])):
            return None
        return None if s.joined(d, after[0]) else after[0]

    def _measure(
        self,
        s: Sentence,
        d: Quantity,
        mark: Hit | None,
        last: str | None,
        earlier: Earlier,
        past: bool,
    ) -> str:
        if d.kind == "count":
            return self._counted(s, d, mark)
        if mark:
            return str(mark.row.measure)
        if last and not (d.kind == "money" and last in HEADS):
            return last
        if d.kind != "money" or not (earlier.measure or earlier.goods):
            return OTHER
        words = s.folded[max(s.begin, d.start - REACH) : d.start].split()
        opens = s.folded[s.begin : s.begin + 5].split()[:1]
        if not (self.additive.isdisjoint(words) and self.pronouns.isdisjoint(opens)):
            return earlier.measure
        if earlier.measure in CARRIED and s.refers(d):
            return earlier.measure
        same = earlier.unit in ("", d.unit)
        return earlier.goods if past and earlier.goods and same else OTHER

    def _counted(self, s: Sentence, d: Quantity, mark: Hit | None) -> str:
        """Return the measure of a count: by its noun, or for people by what they do."""
        unit = d.unit or ""
        if known := self.counted.get(fold(unit)):
            return str(known)
        if unit == "person" or (unit[:1].isupper() and not unit.isupper()):
            marks = [*s.marks_after(d, min(s.end, d.end + REACH)), *s.marks_before(d)]
        else:
            marks = [mark] if mark else []
        return next((str(h.row.measure) for h in marks if h.row.measure in HEADS), OTHER)

    def _distribute(
        self, s: Sentence, amounts: Sequence[Quantity], found: dict[int, Stated]
    ) -> None:
        """Give amounts said "respectively" the marks before and the years after them in turn."""
        n, first, last = len(amounts), amounts[0], amounts[-1]
        marks = s.marks_before(first)[:n][::-1]
        years = [d.value for d in s.dates if d.start >= last.end and d.value]
        for k, d in enumerate(amounts):
            stated = found[d.start]
            if len({h.row.measure for h in marks}) == n:
                stated = stated._replace(measure=marks[k].row.measure)
            if len(years) == n and stated.status == "target":
                stated = stated._replace(horizon=int(years[k] or 0))
            elif len(years) == n and stated.status == "actual":
                stated = stated._replace(period=str(int(years[k] or 0)))
            found[d.start] = stated


def _antecedent(before: Sequence[Hit]) -> Hit:
    """Return the fuller phrase that a bare "credit" after "a defence line of credit" repeats."""
    bare = before[0]
    for h in before[1:]:
        if h.row.surface != bare.row.surface and bare.row.surface in h.row.surface.split():
            return h
    return bare
