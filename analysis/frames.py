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

from analysis.clauses import Quantity, Sentence
from analysis.knowledge import Document
from analysis.matcher import Hit, longest
from analysis.subjects import DIRECT, OBJECT, PRONOUN, Subjects

INTO = re.compile(r"[^,;.]{0,60}? (?:in|into|to) ")
WORTH = re.compile(r"\b(?:worth|for|with)(?: [a-z]+){0,3} ?$|^ ?(?:worth )?of ")
COSTS = re.compile(r"\b(?:with|at a cost of)(?: [a-z]+){0,2} ?$")
PRICED = re.compile(r"\bfor(?: [a-z]+){0,3} ?$")
FROM = re.compile(r" from (?:the )?")
# "A €70 million brewery in …", but no "$3 million mine clearance".
ATTACHED = re.compile(r" (?:[a-z]+ ){0,2}")
CLOSED = re.compile(r"[^a-z ]|$| (?:in|near|at|outside|on|for|to|and|that|which|by|with)\b")
MOST_FRAMES = 6


class Frames(Subjects):
    """The verb frames of one document."""

    def __init__(self, doc: Document) -> None:
        super().__init__(doc)
        # The verbs and nouns of frames, in order, none inside another.
        self.hits = longest(doc.hits.get("money_frames", ()))

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
                return measure, "" if h.row.status and s.modal(h) else h.row.status
        if mark is None or mark.row.measure == "bilateral_trade":
            return self._after(s, d)
        return None

    def commercial(self, s: Sentence, d: Quantity) -> bool:
        """Tell whether a credit is no aid: it serves buyers or exporters, or is being repaid."""
        end = s.next_break(d.end)
        if any(h.row.frame == "repay" for h in self._before(s, d, s.begin)):
            return True
        return self._names(d.end, end, "commerce") or self._names(d.end, end, "outlet")

    def other_subject(self, s: Sentence, d: Quantity) -> bool:
        """Tell whether another subject than goods stands before an amount: "the turnover"."""
        return self._names(s.begin, d.start, "mutual") or self._names(s.begin, d.start, "firm")

    def _before(self, s: Sentence, d: Quantity, floor: int) -> Iterator[Hit]:
        k = bisect_left(self.hits, (d.start,))
        for h in reversed(self.hits[max(0, k - MOST_FRAMES) : k]):
            if h.start < floor or d.start - h.end > OBJECT:
                return
            if h.end <= d.start:
                yield h

    def _after(self, s: Sentence, d: Quantity) -> tuple[str, str] | None:
        """Return what stands after an amount makes of it: "beef worth $9 million went to …"."""
        k = bisect_left(self.hits, (d.end,))
        for h in self.hits[k : k + 2]:
            if h.start > min(s.end, d.end + DIRECT):
                return None
            frame = h.row.frame
            if frame == "went" and WORTH.search(self.text(d.start - DIRECT, d.start)):
                return ("exports", "actual") if self.sides(h.end, s.end) else None
            between, then = self.text(d.end, h.start), self.text(h.end, h.end + 9)
            if frame == "site" and ATTACHED.fullmatch(between) and CLOSED.match(then):
                return "investment", ""
            if frame == "mutual" and h.start - d.end <= 2 and self.mutual(s):
                return "bilateral_trade", h.row.status
        return None

    def _measure(self, s: Sentence, d: Quantity, h: Hit) -> str | None:
        gap = self.text(h.end, d.start)
        direct = len(gap) <= DIRECT and "," not in gap
        frame = h.row.frame
        if frame in ("place", "spend", "give", "ask", "receive", "traded") and not direct:
            return None
        state = self.subject(s, h) if frame not in ("goods", "mutual", "ask", "earn") else None
        match frame:
            case "place":
                into = state is None and INTO.match(self.doc.folded, d.end, s.end)
                return "investment" if into else None
            case "spend":
                return self._spent(s, d, h, state)
            case "give":
                gives = state or (state == "" and self.recipient(s, d, h, state))
                if gives and not self._own(s, d, h):
                    return "development_aid"
                return self._spent(s, d, h, None) if state is None else None
            case "attract":
                return "investment" if direct else None
            case "cost":
                return "investment" if self._site(s, h) else None
            case "receive":
                giver = FROM.match(self.doc.folded, d.end, s.end)
                if state is None or giver is None:
                    return None
                return "development_aid" if self.sides(giver.end(), giver.end() + 1) else None
            case "finance":
                by = gap.startswith(" by ") and self.sides(h.end + 4, h.end + 9)
                return "development_aid" if (state or by) and COSTS.search(gap) else None
            case "thank":
                given = PRICED.search(gap) and self.sides(h.end, d.start)
                return "development_aid" if given else None
            case "ask":
                wanted = len(gap) <= 12 and self.text(d.end, d.end + 5) == " for "
                return "development_aid" if wanted and self.sides(0, len(self.doc.text)) else None
            case "sell" | "buy":
                of = WORTH.search(gap) or WORTH.search(self.text(d.end, d.end + 10))
                if state and of and self.recipient(s, d, h, state):
                    return "exports" if frame == "sell" else "imports"
                return self._acquired(s, d, h, gap) if frame == "buy" and state is None else None
            case "acquire":
                return self._acquired(s, d, h, gap) if state is None else None
            case "traded":
                return "bilateral_trade" if len(gap) <= 12 and self.mutual(s) else None
            case "mutual":
                return "bilateral_trade" if self.mutual(s) else None
            case "goods" | "earn":
                return "exports" if self._of_a_state(s, h, d, frame) else None
        return None

    def _spent(self, s: Sentence, d: Quantity, h: Hit, state: str | None) -> str | None:
        """Return what spending is: aid by a state on another, investment by a firm abroad."""
        if state is not None:
            home = self._own(s, d, h) or self._names(d.end, s.end, "arms")
            abroad = not home and self.recipient(s, d, h, state)
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
        begin = self.sentence_before(s)[0]
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
            if x.row.kind == "adjective" or self.text(x.end, x.end + 2) == "'s"
        ]
        if frame == "goods":
            of = self.text(h.end, h.end + 4) == " of " and self.sides(h.end + 3, h.end + 5)
            outlet = self._names(s.begin, h.start, "outlet")
            return bool(of or outlet or (seller and h.start - seller[-1].end <= OBJECT // 3))
        names = {x.row.side for x in self.sides(h.end, s.end)} - {x.row.side for x in seller}
        delivered = self._names(s.begin, h.start, "goods")
        return bool(seller and seller[0].start - s.begin <= DIRECT and (names or delivered))

    def _own(self, s: Sentence, d: Quantity, h: Hit) -> bool:
        return self._names(s.begin, s.next_break(d.end), "own")

    def _names(self, begin: int, end: int, frame: str) -> bool:
        """Tell whether a word of one frame stands between two offsets."""
        k, e = bisect_left(self.hits, (begin,)), bisect_left(self.hits, (end,))
        return any(h.row.frame == frame for h in self.hits[k:e])
