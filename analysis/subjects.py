"""Who gives, spends or sells an amount, and which other state its sentence names.

The subject of a verb is the state named right before it, over its auxiliaries; a pronoun stands for
the state that opens the sentence before.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from analysis.clauses import Quantity, Sentence
from analysis.knowledge import Document
from analysis.matcher import Hit, longest

# What may stand between a subject and its verb.
BETWEEN = (
    r"(?: (?:[a-z]+ly|also|is|are|was|be|been|has|have|had|will|would|shall|should|to|now|soon|then"
    r"|again|further|already|itself|himself|herself|plans?|planned|intends?|wants?|agreed|decided"
    r"|due|ready|stands?|hopes?|expects?|set|took|note|and))*"
)
STATE = re.compile(rf"{BETWEEN} $")
STATE_OFFICE = re.compile(
    rf"(?:'s?)? (?:government|side|cabinet|parliament|ministry|[a-z]+ ministry|lenders?){BETWEEN} $"
)
OFFICE = re.compile(
    r"\b(?:government|minister|ministry|ambassador|envoy|president|premier|chancellor|secretary"
    rf"|commissioner|cabinet|delegation){BETWEEN} $"
)
PRONOUN = re.compile(rf"(?:it|he|she|they){BETWEEN} $")
GOVERNED = frozenset({"from", "in", "of", "to", "with", "for", "at", "by", "between", "into", "on"})
STATES = frozenset({"name", "capital", "seat", "bloc", "city"})
BOTH = re.compile(r"\b(?:the two|both|between|bilateral|mutual|two way)\b")
# How far, in characters, a verb reaches to its object, and to the amount behind its object.
DIRECT, OBJECT = 40, 90


class Subjects:
    """The states named in one document, as subjects of verbs and as those who receive."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc

    def sides(self, begin: int, end: int) -> list[Hit]:
        """Return the countries named between two offsets."""
        hits = self.doc.hits
        found: list[Hit] = []
        for named in (hits.get("countries", ()), hits.get("country_words", ())):
            found += named[bisect_left(named, (begin,)) : bisect_left(named, (end,))]
        if len(found) > 1:
            found.sort(key=lambda h: (h.start, -h.end))
            found = longest(found)
        return [h for h in found if h.row.side]

    def subject(self, s: Sentence, h: Hit) -> str | None:
        """Return the side of the state that is the subject of a verb, "" where it is not named."""
        folded = self.doc.folded
        for x in reversed(self.sides(max(s.begin, h.start - OBJECT), h.start)):
            state = x.row.kind in STATES and STATE.match(folded, x.end, h.start)
            if state or STATE_OFFICE.match(folded, x.end, h.start):
                lead = folded[max(s.begin, x.start - 24) : x.start].split()
                lead = lead[:-1] if lead[-1:] == ["the"] else lead
                return None if lead and lead[-1] in GOVERNED else str(x.row.side)
            break
        if PRONOUN.match(folded, s.begin, h.start):
            return self._opening(self.sentence_before(s)[0])
        if self.text(h.start - 5, h.start) == " its ":
            return self._opening(s.begin)
        return "" if OFFICE.search(folded, max(s.begin, h.start - DIRECT), h.start) else None

    def _opening(self, begin: int) -> str | None:
        """Return the side of the state that opens a sentence."""
        opening = (x for x in self.sides(begin, begin + 5) if x.row.kind in STATES)
        return next((str(x.row.side) for x in opening), None)

    def sentence_before(self, s: Sentence) -> tuple[int, int]:
        """Return the bounds of the sentence before one, empty where there is none."""
        k = bisect_left(self.doc.sentences, (s.begin, s.end)) - 1
        return self.doc.sentences[k] if k >= 0 else (s.begin, s.begin)

    def recipient(self, s: Sentence, d: Quantity, h: Hit, side: str) -> bool:
        """Tell whether another state is named after the verb, or by a deal that it falls under."""
        found = self.sides(h.end, s.next_break(d.end))
        if any(x.row.side != side and not d.start <= x.start < d.end for x in found):
            return True
        if not self.doc.folded.startswith("under ", s.begin):
            return False
        return len({x.row.side for x in self.sides(*self.sentence_before(s))}) > 1

    def mutual(self, s: Sentence) -> bool:
        """Tell whether a sentence is about two states or more."""
        if BOTH.search(self.doc.folded, s.begin, s.end):
            return True
        return len({x.row.side for x in self.sides(s.begin, s.end)}) > 1

    def text(self, begin: int, end: int) -> str:
        """Return the folded text between two offsets, of which the first may be below zero."""
        return self.doc.folded[max(0, begin) : end]
