"""What the verb around an amount makes of it: who gives, spends, sells or builds, and for whom.

A verb frame is the verb, who stands before it and what follows the amount: money that a state
gives is aid, money that a firm puts into something is an investment, goods that one state sells to
another are its exports. The verbs and nouns stand in ``money_frames.csv``; frames in the sense of
C. J. Fillmore, "Frame semantics" (1982).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

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
    rf"\b(?:government|minister|ministry|ambassador|president|secretary|commissioner|cabinet)"
    rf"{BETWEEN} $"
)
PRONOUN = re.compile(rf"(?:it|he|she|they){BETWEEN} $")
GOVERNED = frozenset({"from", "in", "of", "to", "with", "for", "at", "by", "between", "into", "on"})
STATES = frozenset({"name", "capital", "seat", "bloc", "city"})
INTO = re.compile(r"[^,;.]{0,60}? (?:in|into|to) ")
WORTH = re.compile(r"\b(?:worth|for|with)(?: [a-z]+){0,3} ?$|^ ?(?:worth )?of ")
COSTS = re.compile(r"\b(?:with|at a cost of)(?: [a-z]+){0,2} ?$")
PRICED = re.compile(r"\bfor(?: [a-z]+){0,3} ?$")
BOTH = re.compile(r"\b(?:the two|both|between|bilateral|mutual|two way)\b")
# "A €70 million brewery in …", but no "$3 million mine clearance".
ATTACHED = re.compile(r" (?:[a-z]+ ){0,2}")
CLOSED = re.compile(r"[^a-z ]|$| (?:in|near|at|outside|on|for|to|and|that|which|by|with)\b")
# How far, in characters, a verb reaches to its object, and to the amount behind its object.
DIRECT, OBJECT = 40, 90
MOST_FRAMES = 6


class Frames:
    """The verb frames of one document and the states named in it."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.hits = longest(doc.hits.get("money_frames", ()))
        self._starts = [h.start for h in self.hits]

    @cached_property
    def _sides(self) -> list[Hit]:
        hits = self.doc.hits
        named = [*hits.get("countries", ()), *hits.get("country_words", ())]
        named.sort(key=lambda h: (h.start, -h.end))
        return [h for h in longest(named) if h.row.side]

    @cached_property
    def _side_starts(self) -> list[int]:
        return [h.start for h in self._sides]

    def sides(self, begin: int, end: int) -> list[Hit]:
        """Return the countries named between two offsets."""
        starts = self._side_starts
        return self._sides[bisect_left(starts, begin) : bisect_left(starts, end)]

    def of(self, s: Sentence, d: Quantity, floor: int, mark: Hit | None) -> tuple[str, str] | None:
        """Return the measure and the status that the nearest frame gives an amount, if one does.

        `mark` is the mark of measure that would govern it; a frame before that mark gives way.
        """
        goods = mark is None or mark.row.measure == "bilateral_trade"
        for h in self._before(s, d, floor):
            if mark and h.end <= mark.start and not (goods and h.row.frame in ("sell", "buy")):
                return None
            if s.broken(h.end, d.start):
                return None
            measure = self._measure(s, d, h)
            if measure:
                return measure, "" if s.modal(h) else h.row.status
        if mark is None or mark.row.measure == "bilateral_trade":
            return self._after(s, d)
        return None

    def commercial(self, s: Sentence, d: Quantity) -> bool:
        """Tell whether a credit serves buyers or exporters: it is no aid then."""
        end = s.next_break(d.end)
        return self._names(d.end, end, "commerce") or self._names(d.end, end, "outlet")

    def _before(self, s: Sentence, d: Quantity, floor: int) -> Iterator[Hit]:
        k = bisect_left(self._starts, d.start)
        for h in reversed(self.hits[max(0, k - MOST_FRAMES) : k]):
            if h.start < floor or d.start - h.end > OBJECT:
                return
            if h.end <= d.start:
                yield h

    def _after(self, s: Sentence, d: Quantity) -> tuple[str, str] | None:
        """Return what stands after an amount makes of it: "beef worth $9 million went to …"."""
        k = bisect_left(self._starts, d.end)
        for h in self.hits[k : k + 2]:
            if h.start > min(s.end, d.end + DIRECT):
                return None
            frame = h.row.frame
            if frame == "went" and WORTH.search(self._text(d.start - DIRECT, d.start)):
                return ("exports", "actual") if self.sides(h.end, s.end) else None
            between, then = self._text(d.end, h.start), self._text(h.end, h.end + 9)
            if frame == "site" and ATTACHED.fullmatch(between) and CLOSED.match(then):
                return "investment", ""
            if frame == "mutual" and h.start - d.end <= 2 and self._mutual(s):
                return "bilateral_trade", h.row.status
        return None

    def _measure(self, s: Sentence, d: Quantity, h: Hit) -> str | None:
        gap = self._text(h.end, d.start)
        direct = len(gap) <= DIRECT and "," not in gap
        frame = h.row.frame
        if frame in ("place", "spend", "give", "ask", "traded") and not direct:
            return None
        state = self._subject(s, h) if frame not in ("goods", "mutual", "ask", "earn") else None
        match frame:
            case "place":
                into = state is None and INTO.match(self.doc.folded, d.end, s.end)
                return "investment" if into else None
            case "spend":
                return self._spent(s, d, h, state)
            case "give":
                given = state or (state == "" and self._recipient(s, d, h, state))
                if given and not self._own(s, d, h):
                    return "development_aid"
                return self._spent(s, d, h, None) if state is None else None
            case "attract":
                return "investment" if direct else None
            case "cost":
                return "investment" if self._site(s, h) else None
            case "finance":
                return "development_aid" if state and COSTS.search(gap) else None
            case "ask":
                wanted = len(gap) <= 12 and self._text(d.end, d.end + 5) == " for "
                return "development_aid" if wanted and self._sides else None
            case "sell" | "buy":
                of = WORTH.search(gap) or WORTH.search(self._text(d.end, d.end + 10))
                if state and of and self._recipient(s, d, h, state):
                    return "exports" if frame == "sell" else "imports"
                return self._acquired(s, d, h, gap) if frame == "buy" and state is None else None
            case "acquire":
                return self._acquired(s, d, h, gap) if state is None else None
            case "traded":
                return "bilateral_trade" if len(gap) <= 12 and self._mutual(s) else None
            case "mutual":
                return "bilateral_trade" if self._mutual(s) else None
            case "goods" | "earn":
                return "exports" if self._of_a_state(s, h, d, frame) else None
        return None

    def _spent(self, s: Sentence, d: Quantity, h: Hit, state: str | None) -> str | None:
        """Return what spending is: aid by a state on another, investment by a firm abroad."""
        if state is not None:
            abroad = self._recipient(s, d, h, state) and not self._own(s, d, h)
            return "development_aid" if abroad else "other"
        signs = (
            self._names(s.begin, h.start, "firm"),
            self._names(d.end, s.end, "site"),
            bool(self.sides(s.begin, s.end)),
        )
        return "investment" if sum(signs) > 1 and (signs[0] or signs[1]) else None

    def _site(self, s: Sentence, h: Hit) -> bool:
        """Tell whether what costs something is a plant, or stands for one named before."""
        if self._names(s.begin, h.start, "site"):
            return True
        begin = self._sentence_before(s)[0]
        built = PRONOUN.match(self.doc.folded, s.begin, h.start)
        return bool(built) and self._names(begin, s.begin, "site")

    def _acquired(self, s: Sentence, d: Quantity, h: Hit, gap: str) -> str | None:
        abroad = (
            PRICED.search(gap) and self._names(h.end, s.end, "site") and self.sides(s.begin, s.end)
        )
        return "investment" if abroad else None

    def _of_a_state(self, s: Sentence, h: Hit, d: Quantity, frame: str) -> bool:
        """Tell whether what is sold is of one state: "sales of Thai rice", "Chile's cherries"."""
        seller = [
            x
            for x in self.sides(s.begin, h.start)
            if x.row.kind == "adjective" or self._text(x.end, x.end + 2) == "'s"
        ]
        if frame == "goods":
            of = self._text(h.end, h.end + 4) == " of " and self.sides(h.end + 3, h.end + 5)
            outlet = self._names(s.begin, h.start, "outlet")
            return bool(of or outlet or (seller and h.start - seller[-1].end <= OBJECT // 3))
        names = {x.row.side for x in self.sides(h.end, s.end)} - {x.row.side for x in seller}
        delivered = self._names(s.begin, h.start, "goods")
        return bool(seller and seller[0].start - s.begin <= DIRECT and (names or delivered))

    # -- who and for whom -----------------------------------------------------------------------

    def _subject(self, s: Sentence, h: Hit) -> str | None:
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
            return self._opening(self._sentence_before(s)[0])
        if self._text(h.start - 5, h.start) == " its ":
            return self._opening(s.begin)
        return "" if OFFICE.search(folded, max(s.begin, h.start - DIRECT), h.start) else None

    def _opening(self, begin: int) -> str | None:
        """Return the side of the state that opens a sentence."""
        opening = (x for x in self.sides(begin, begin + 5) if x.row.kind in STATES)
        return next((str(x.row.side) for x in opening), None)

    def _sentence_before(self, s: Sentence) -> tuple[int, int]:
        k = bisect_left(self.doc.sentences, (s.begin, s.end)) - 1
        return self.doc.sentences[k] if k >= 0 else (s.begin, s.begin)

    def _recipient(self, s: Sentence, d: Quantity, h: Hit, side: str) -> bool:
        """Tell whether another state is named after the verb, or by a deal that it falls under."""
        found = self.sides(h.end, s.next_break(d.end))
        if any(x.row.side != side and not d.start <= x.start < d.end for x in found):
            return True
        if not self.doc.folded.startswith("under ", s.begin):
            return False
        return len({x.row.side for x in self.sides(*self._sentence_before(s))}) > 1

    def _own(self, s: Sentence, d: Quantity, h: Hit) -> bool:
        return self._names(s.begin, s.next_break(d.end), "own")

    def _mutual(self, s: Sentence) -> bool:
        if BOTH.search(self.doc.folded, s.begin, s.end):
            return True
        return len({x.row.side for x in self.sides(s.begin, s.end)}) > 1

    def _names(self, begin: int, end: int, frame: str) -> bool:
        """Tell whether a word of one frame stands between two offsets."""
        k, e = bisect_left(self._starts, begin), bisect_left(self._starts, end)
        return any(h.row.frame == frame for h in self.hits[k:e])

    def _text(self, begin: int, end: int) -> str:
        return self.doc.folded[max(0, begin) : end]
