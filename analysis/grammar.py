"""What reading the figures of a text needs: the compiled knowledge, and the text being read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from analysis.attributes import Attributes
from analysis.calendar_dates import Calendar
from analysis.currencies import Currencies
from analysis.folding import fold
from analysis.knowledge import Document, Knowledge
from analysis.matcher import Hit
from analysis.nouns import Head, Nouns
from analysis.numbers import Number, Numbers

WINDOW = 24
FAR = 400  # characters before an amount in which its country is looked for
LIST_GAP = 12


@dataclass(slots=True)
class Draft:
    """A figure in the making: what the number is, before its clause is read."""

    kind: str
    value: float | None
    value_to: float | None
    unit: str | None
    start: int
    end: int


class Lead(NamedTuple):
    """The word before a number, and where it begins."""

    start: int
    word: str


class Unit(NamedTuple):
    """A unit of ``units.csv``: what it makes of a number, its name, how many of that it is."""

    kind: str
    unit: str
    factor: float


class Grammar:
    """Everything compiled from one body of knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        rows = knowledge.rows
        words: dict[str, set[str]] = {}
        for r in rows["figure_words"]:
            words.setdefault(r.kind, set()).add(r.word)
        self.numbers = Numbers(rows["numbers"], rows["units"])
        self.currencies = Currencies(rows)
        self.calendar = Calendar(rows["calendar"], rows["figure_words"])
        self.nouns = Nouns(rows["figure_words"])
        self.attributes = Attributes(rows)
        self.units: dict[str, Unit] = {}
        for r in (r for r in rows["units"] if r.kind != "letter"):
            plural = [r.surface + "s"] if r.kind == "measure" and not r.forms else []
            unit = Unit(r.kind, r.unit, float(r.factor))
            for form in filter(None, (r.surface, *r.forms.split(";"), *plural)):
                self.units[fold(form)] = unit
        self.unit_heads = {form.split(" ")[0] for form in self.units}
        self.measured_marks = self.currencies.marks | {"%"}
        self.labels, self.clock = words["label"], words["clock"]
        # What is counted as one: "crowd" of persons, "quota" of what was named before.
        self.collective_units = {
            r.word: r.value for r in rows["figure_words"] if r.kind == "collective"
        }
        self.collectives = re.compile(rf"\b({'|'.join(map(re.escape, self.collective_units))})\b")
        self.moves = words["move"]  # what such a number does: "rose", "cut", "up"
        self.definite, self.titles = words["definite"], words["title"]
        verbs = [r for r in rows["status_cues"] if r.status in ("actual", "change")]
        forms = {f for r in verbs for f in (r.surface, *r.forms.split(";")) if f and " " not in f}
        # Before "$5 million to $7 million" these tell a change from a range.
        self.changes = forms | words["baseline"] | {"by"}


@lru_cache(maxsize=4)
def grammar(knowledge: Knowledge) -> Grammar:
    """Return the grammar of a body of knowledge, compiled once."""
    return Grammar(knowledge)


class Reading:
    """One document while it is read from left to right."""

    def __init__(self, compiled: Grammar, doc: Document) -> None:
        self.grammar = compiled
        self.doc = doc
        self.text = doc.text
        self.folded = doc.folded
        self._named = (doc.hits.get("countries", []), doc.hits.get("country_words", []))
        self.words = _longest(doc.hits.get("numbers", ()))
        self.drafts: list[Draft] = []
        self._numbers: dict[int, Number | None] = {}
        self._lead: tuple[int, Lead | None] = (-1, None)  # the last word before, and before what
        self.currency = ""  # the one named last
        self.reach = 0

    def add(self, draft: Draft) -> None:
        """Append a draft; what is read next begins after it."""
        self.drafts.append(draft)
        self.reach = draft.end
        if draft.kind == "money" and draft.unit:
            self.currency = draft.unit

    def number(self, at: int) -> Number | None:
        """Return the number that begins at `at`."""
        if at not in self._numbers:
            self._numbers[at] = self.grammar.numbers.read(self.text, self.words, at)
        return self._numbers[at]

    def head(self, at: int) -> Head | None:
        """Return the noun counted by a number that ends at `at`."""
        return self.grammar.nouns.head(self.text, at, self.is_people)

    def sentence(self, at: int) -> tuple[int, int]:
        """Return the bounds of the sentence at `at`."""
        spans = self.doc.sentences
        return spans[max(0, bisect_right(spans, (at, len(self.text) + 1)) - 1)]

    def word_before(self, at: int) -> Lead | None:
        """Return the word before `at`, over blanks and brackets."""
        if self._lead[0] != at:
            self._lead = (at, self._word_before(at))
        return self._lead[1]

    def _word_before(self, at: int) -> Lead | None:
        text, least = self.text, max(0, at - WINDOW)
        window = text[least:at].rstrip()
        words = window.rsplit(None, 1)
        if words and words[-1].isalpha():  # most often: no bracket, full stop or digit in between
            end = least + len(window)
            return Lead(end - len(words[-1]), words[-1])
        end = at
        while end > least and (text[end - 1] in " (" or text[end - 1].isspace()):
            end -= 1
        start = end
        while start > least and (text[start - 1].isalnum() or text[start - 1] in "_.'’"):
            start -= 1
        while start < end and (not text[start].isalnum() or text[start].isdecimal()):
            start += 1
        return Lead(start, text[start:end]) if start < end else None

    def is_people(self, at: int) -> bool:
        """Tell whether the name or adjective of a country begins at `at`."""
        return bool(self.side_of(at))

    def side_of(self, at: int) -> str:
        """Return the side of the country or adjective that begins at `at`, if one does."""
        for named in self._named:
            k = bisect_left(named, (at,))
            while k < len(named) and named[k].start == at:
                if named[k].row.side:
                    return str(named[k].row.side)
                k += 1
        return ""

    def lists_money(self, at: int) -> bool:
        """Tell whether an amount of money stands right before `at`, as in a list."""
        last = self.drafts[-1] if self.drafts else None
        return last is not None and last.kind == "money" and at - last.end <= LIST_GAP

    def sides(self, at: int) -> list[dict[str, int]]:
        """Return the sides named before `at` in its clause and sentence, and in the text, in order.

        Only a semicolon parts clauses here: "India gave Sri Lanka …" is India's money.
        """
        begin = max(self.sentence(at)[0], at - FAR)
        clause = self.text.rfind(";", begin, at)
        spans = [(bisect_left(n, (begin,)), bisect_left(n, (at,)), n) for n in self._named]
        near = [h for a, b, named in spans for h in named[a:b]]
        levels = [] if clause < 0 else [_order(h for h in near if h.start > clause)]
        return [*levels, _order(near), self._all_sides]

    @cached_property
    def _all_sides(self) -> dict[str, int]:
        return _order(h for named in self._named for h in named)


def _order(hits: Iterable[Hit]) -> dict[str, int]:
    """Return the sides named, each with its place in the order in which they are named first."""
    named = sorted([(h.start, str(h.row.side)) for h in hits if h.row.side])
    return {side: k for k, side in enumerate(dict.fromkeys(side for _, side in named))}


def _longest(hits: Iterable[Hit]) -> dict[int, Hit]:
    """Return the longest hit by its start; hits come by start, the longest first."""
    found: dict[int, Hit] = {}
    for hit in hits:
        found.setdefault(hit.start, hit)
    return found


Place = tuple[int, int, Any]
