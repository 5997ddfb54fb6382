"""One sentence with its amounts, dates and marks: what stands beside an amount or governs it.

A mark is a phrase of ``measures.csv`` ("two-way trade") or ``status_cues.csv`` ("reached", "goal").
Every search begins at the amount and ends at the next one or after a fixed reach, so that a
sentence costs as much as it is long.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from analysis.knowledge import Document
from analysis.matcher import Hit

BREAKS = (";", " while ", " whereas ", " but ", " yet ", " although ", ": ")
JOINED = re.compile(r",|;| and | while | but ")
# "… in two-way trade", "… of Korean exports", "… credit line".
ATTACHED = re.compile(
    r" (?:(?:in|of|worth of|as|for) )?(?:an? |the |its |their )?((?:[a-z']+ ){0,3})$"
)
TO_BEFORE = re.compile(r"\b(?:to|towards?|by|at|from)(?: [a-z]+){0,3} ?$")
# "would soon hit", "to hit", "asked that it be widened": what is no fact yet.
MODAL = re.compile(r"\b(?:to|be|(will|would|shall|should|could|may|might)(?: [a-z]+)?) $")
POSSIBLE = frozenset({"could", "may", "might"})
BRACKET = re.compile(r" ?\( ?(?:[a-z]+ ){0,3}")
LINKS = (
    *("by", "before", "until", "till", "in", "for", "to", "of", "from"),
    *("within", "during", "over"),
)
PERIODS = (
    *("end", "beginning", "start", "middle", "year", "years", "fiscal", "early", "late", "mid"),
    *("first", "second", "third", "fourth", "last", "half", "quarter", "well", "period"),
    *("of", "in"),
)
DUE = re.compile(rf"\b({'|'.join(LINKS)})(?: the)?(?: (?:{'|'.join(PERIODS)}|\w+ months?))* $")
DUE_WORDS = frozenset({*LINKS, *PERIODS, "the", "month", "months"})
FIRM = frozenset({"by", "before", "until", "till"})
ARTICLES = frozenset({"a", "an", "the", "of"})
# What stands for the subject of the sentence before, as subject, as object, or with the amount.
SUBJECT = re.compile(
    r"\b(?:it|this|that|the (?:volume|figure|total|value|sum|flow|level))"
    r"(?: (?:[a-z]+ly|then|is|are|was|has|had|will|would|should|to|be|already|now|still))* $"
)
EQUAL = re.compile(r"\b(?:it|this|that) (?:is|was|had been)(?: [a-z]+){0,2} ?$")
OBJECT = re.compile(r" (?:it|this|that|them|these)(?: back| up)? to ")
FIGURE = re.compile(r"\b(?:figure|volume|level) of(?: [a-z]+){0,2} ?$")
# How far, in characters, a mark reaches over a break; how far an attached one or a rise stands.
REACH = 150
NEAR = 25
MOST_MARKS = 8


class Quantity(Protocol):
    """What is needed of a figure in the making."""

    kind: str
    value: float | None
    value_to: float | None
    unit: str | None
    start: int
    end: int


class Sentence:
    """The amounts, dates and marks of one sentence, each in the order of the text."""

    def __init__(
        self,
        doc: Document,
        bounds: tuple[int, int],
        drafts: Sequence[Quantity],
        measures: Sequence[Hit],
        cues: Sequence[Hit],
    ) -> None:
        self.text, self.folded = doc.text, doc.folded
        self.begin, self.end = bounds
        self.measures, self.cues = measures, cues
        self.dates = [d for d in drafts if d.kind == "date"]
        self._date_starts = [d.start for d in self.dates]
        self._ends: list[int] | None = None
        self.bracketed = doc.folded.find("(", self.begin, self.end) >= 0

    def broken(self, start: int, end: int) -> bool:
        """Tell whether a clause ends between two offsets."""
        breaks = self._breaks()
        k = bisect_left(breaks, start)
        return k < len(breaks) and breaks[k] < end

    def next_break(self, at: int) -> int:
        """Return where the clause at an offset ends."""
        breaks = self._breaks()
        k = bisect_left(breaks, at)
        return breaks[k] if k < len(breaks) else self.end

    def _breaks(self) -> list[int]:
        """Return where the clauses end, looked for when that is first asked."""
        if self._ends is None:
            self._ends = _breaks(self.folded, self.begin, self.end)
        return self._ends

    def word_before(self, at: int) -> str:
        """Return the word right before an amount."""
        return self.folded[max(self.begin, at - 36) : at].rstrip(" ($").rpartition(" ")[2]

    def words_before(self, at: int) -> list[str]:
        """Return up to five words right before an amount, the nearest last."""
        return self.folded[max(self.begin, at - 36) : at].rstrip(" ($").split()[-5:]

    def repeats(self, last: Quantity, d: Quantity) -> bool:
        """Tell whether an amount in brackets repeats the one before it in another unit."""
        gap = d.start - last.end
        return gap < REACH and bool(BRACKET.fullmatch(self.folded, last.end, d.start))

    def close(self, last: Quantity, d: Quantity) -> bool:
        """Tell whether an amount follows the one before it, or its date, at once."""
        k = bisect_left(self._date_starts, d.start) - 1
        dated = k >= 0 and self.dates[k].start >= last.end
        return d.start - (self.dates[k].end if dated else last.end) <= NEAR

    # -- marks of measure -----------------------------------------------------------------------

    def marks_after(self, d: Quantity, limit: int) -> Sequence[Hit]:
        """Return the marks of measure after an amount, up to `limit`."""
        k = bisect_left(self.measures, (d.end,))
        if k == len(self.measures):
            return ()
        return self.measures[k : bisect_left(self.measures, (limit,), k)]

    def marks_before(self, d: Quantity) -> list[Hit]:
        """Return the marks of measure before an amount, the nearest first."""
        k, start = bisect_left(self.measures, (d.start,)), d.start
        if not k:
            return []
        return [h for h in self.measures[max(0, k - MOST_MARKS) : k][::-1] if h.end <= start]

    def attached(self, d: Quantity, mark: Hit, stop: set[str]) -> bool:
        """Tell whether a mark hangs on the amount before it: "… in two-way trade"."""
        if mark.start - d.end > 2 * NEAR:
            return False
        m = ATTACHED.match(self.folded[d.end : mark.start])
        words = m[1].split() if m else ["and"]
        return words[:1] != ["and"] and all(w == "and" or w not in stop for w in words)

    def joined(self, d: Quantity, mark: Hit) -> bool:
        """Tell whether a conjunction or a comma parts an amount from a mark after it."""
        return JOINED.search(self.folded, d.end, mark.start) is not None

    def by(self, d: Quantity, mark: Hit) -> bool:
        """Tell whether a mark after an amount is who does something: "… milled by the firm"."""
        return self.folded.find(" by ", d.end, mark.start) >= 0

    # -- cues of status -------------------------------------------------------------------------

    def cue(self, d: Quantity, floor: int) -> str | None:
        """Return the status that the nearest cue gives an amount, None where there is none.

        A verb of change governs only what it leads to: "raise trade to US$5 billion".
        """
        k = bisect_left(self.cues, (d.start,)) - 1
        while k >= 0 and self.cues[k].start >= floor:
            h = self.cues[k]
            k -= 1
            if h.end > d.start:
                continue
            if self.broken(h.end, d.start):
                break
            status = str(h.row.status)
            if status == "actual" and (modal := self.modal(h)):
                return "none" if modal in POSSIBLE else "target"
            if status != "change":
                return status
            result = self.folded[h.end - 3 : h.end] == "ing" and self.folded[h.start - 2] == ","
            window = self.folded[max(h.end, d.start - 2 * NEAR) : d.start]
            if not result and TO_BEFORE.search(window):
                return "target"
        return None

    def cue_after(self, d: Quantity, following: int) -> str | None:
        """Return the status that a cue after an amount gives: "US$5 billion changed hands"."""
        k = bisect_left(self.cues, (d.end,))
        if k == len(self.cues) or self.cues[k].start >= following:
            return None
        h = self.cues[k]
        if h.row.status == "change" or self.broken(d.end, h.start):
            return None
        gap = self.folded[d.end : h.start]
        if h.row.status == "none" and (self._dated(d, h) or "," in gap):
            return None
        if " and " in gap and self._dated(d, h):
            return None
        if ", and " in gap or " and that " in gap:  # another clause
            return None
        return str(h.row.status)

    def _dated(self, d: Quantity, mark: Hit) -> bool:
        k = bisect_left(self._date_starts, d.end)
        return k < len(self.dates) and self.dates[k].start < mark.start

    def equates(self, d: Quantity) -> bool:
        """Tell whether an amount is what a pronoun is said to be: "it was just …"."""
        return EQUAL.search(self.folded, max(self.begin, d.start - 2 * NEAR), d.start) is not None

    def refers(self, d: Quantity) -> bool:
        """Tell whether an amount is said of what went before: "it came to …", "bring it to …"."""
        folded = self.folded
        window = max(self.begin, d.start - 2 * NEAR)
        if FIGURE.search(folded, window, d.start) or self.equates(d):
            return True
        k = bisect_left(self.cues, (d.start,)) - 1
        while k >= 0 and self.cues[k].start >= max(self.begin, d.start - REACH // 2):
            h = self.cues[k]
            k -= 1
            if OBJECT.match(folded, h.end) or SUBJECT.search(
                folded, max(self.begin, h.start - 2 * NEAR), h.start
            ):
                return True
        return False

    def modal(self, mark: Hit) -> str:
        """Return the word that makes a plan or a possibility of a mark: "will import"."""
        if self.folded[mark.end : mark.end + 1] == ",":  # "pointed to trade, which …": a noun
            return ""
        m = MODAL.search(self.folded, max(self.begin, mark.start - 16), mark.start)
        return m[0].split()[0] if m else ""

    # -- dates ----------------------------------------------------------------------------------

    def date_after(self, d: Quantity, following: int) -> tuple[str, Quantity | None]:
        """Return the preposition and the date that follow an amount in its clause."""
        k = bisect_left(self._date_starts, d.end)
        if k == len(self.dates) or self.dates[k].start >= following:
            return "", None
        date = self.dates[k]
        if self.broken(d.end, date.start):
            return "", None
        link = self._link(max(d.end, date.start - 2 * NEAR), date.start)
        if link in FIRM:
            return link, date
        if (link or not date.value) and self.folded.find(",", d.end, date.start) < 0:
            return link, date
        return "", None

    def date_before(self, d: Quantity, floor: int) -> tuple[str, Quantity | None]:
        """Return the preposition and the date that lead an amount: "In 2024, trade reached …"."""
        k = bisect_left(self._date_starts, d.start) - 1
        if k < 0 or self.dates[k].start < floor or d.start - self.dates[k].end > REACH:
            return "", None
        date = self.dates[k]
        opening = date.start - self.begin <= NEAR
        if not opening and self.folded.find(",", date.end, d.start) >= 0:
            return "", None
        if self.broken(date.end, d.start):
            return "", None
        link = self._link(max(self.begin, date.start - 2 * NEAR), date.start)
        if link in FIRM or link in ("in", "for") or not date.value or opening:
            return link, date
        return "", None

    def _link(self, begin: int, end: int) -> str:
        before = self.folded[begin:end]
        words = before.split(" ")[-3:]
        if words[-1]:
            return ""
        word = words[-2] if len(words) > 1 else ""
        if word.isalpha() and word not in DUE_WORDS:
            return ""
        # Most often one preposition stands there and nothing before it belongs to it.
        if word in LINKS and words[0].isalpha() and words[0] not in DUE_WORDS:
            return word
        m = DUE.search(before)
        return m[1] if m else ""

    def period(self, date: Quantity) -> str:
        """Return the time that a date stands for, all of "January to September"."""
        if date.value and not date.value_to:
            return str(int(date.value))
        k = bisect_left(self._date_starts, date.start)
        first = last = date
        before = self.dates[k - 1] if k else None
        if before and (self._spans(before, date) or self.folded[before.end : date.start] == " "):
            first = before
        elif k + 1 < len(self.dates) and self._spans(date, self.dates[k + 1]):
            last = self.dates[k + 1]
        return self.text[first.start : last.end]

    def _spans(self, first: Quantity, last: Quantity) -> bool:
        """Tell whether two dates are the ends of one time: "between January and September"."""
        link = self.folded[first.end : last.start]
        return link == " to " or (
            link == " and " and self.folded.endswith("between ", 0, first.start)
        )


def _breaks(folded: str, begin: int, end: int) -> list[int]:
    """Return where the clauses of a sentence end; no two of the breaks share a blank.

    One search for each is faster than one pattern of them all, which starts anew at each character.
    """
    found = []
    for mark in BREAKS:
        at = folded.find(mark, begin, end)
        while at >= 0:
            found.append((at, at + len(mark)))
            at = folded.find(mark, at + len(mark), end)
    if len(found) < 2:
        return [at for at, _ in found]
    found.sort()
    return [at for i, (at, _) in enumerate(found) if not i or found[i - 1][1] <= at]
