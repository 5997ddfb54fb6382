"""Figures: every stated number or date, with what it is of and how it is meant.

A number becomes money, a percentage, a duration, an ordinal or a count by what stands beside it;
numbers inside names, labels, scores and times of day are none. Dates come from the calendar. What an
amount measures, and whether it is aimed at or reached, is read from its clause afterwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from analysis.attributes import Attributes
from analysis.calendar_dates import Calendar
from analysis.currencies import Currencies
from analysis.knowledge import Document, Knowledge
from analysis.matcher import Hit, fold
from analysis.nouns import Head, Nouns
from analysis.numbers import Number, Numbers

DIGIT_RUN = re.compile(r"\d+")
TOKEN = re.compile(r"\d+(?:[\w.,:/+'’-]*\w)?")
ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)(?![^\W\d_]{2})", re.IGNORECASE)
UNIT = re.compile(r" ?([a-z][a-z./]*\d?)(?: ([a-z]+\d?))?(?: ([a-z]+))?")
# Addresses, telephone numbers and sums such as "2+2" hold digits that state nothing.
ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\+\d[\d ()-]{6,}\d|\d+\+\d+")
GLUED_BEFORE = re.compile(
    r"(?<![^\W_])(?:about|and|around|at|by|for|from|in|nearly|of|on|over|since|some|than|the|to|with)$"
    r"|[a-z](?:of|to|in|with)$"
)
PREFIXED = re.compile(r"(?<![^\W_])(?:mid|pre|post|late|early|since|until|from|under|over)$", re.I)
SCORE = re.compile(r"[:/]\d|[-–]\d+(?![\d.,]|\s?[%a-zA-Z])|\.\d+\.")
NEXT_WORD = re.compile(r"[ -]?([^\W\d_][\w.'’]*)")
WORD_BEFORE = re.compile(r"([^\W\d_][\w.'’]*)[\s(]*$")
WORDS = re.compile(r"[^\W\d_]+")
MEMBER = re.compile(r"[-–]([a-z]{3,})(?![\w-])")
PERIOD_LEAD = re.compile(
    r"(?<![^\W_])(?:in|by|since|until|till|from|during|of|before|after|for|the|late|early|mid|end|year)"
    r"[ -]$",
    re.IGNORECASE,
)
LINK = re.compile(r" ?[-–] ?| to | and ")
SIGNED = re.compile(r"(?:[A-Za-z]{0,3} ?[^\w\s.,;:()'\"-]|[A-Z]{3}) ?(?=\d)")


class Figure(NamedTuple):
    """One row of the table ``figures``, without its article."""

    sentence: int
    kind: str
    value: float | None
    value_to: float | None
    unit: str | None
    measure: str | None
    status: str | None
    horizon: int | None
    period: str | None
    qualifier: str | None
    start: int
    end: int
    surface: str


@dataclass(slots=True)
class Draft:
    """A figure in the making; `number_start` is where its digits or words begin."""

    kind: str
    value: float | None
    value_to: float | None
    unit: str | None
    start: int
    end: int
    number_start: int = 0
    bare: bool = False


class Unit(NamedTuple):
    """A unit of ``units.csv``."""

    kind: str
    unit: str
    factor: float


def find(doc: Document, knowledge: Knowledge) -> list[Figure]:
    """Return the figures of a document in the order of the text.

    Parameters
    ----------
    doc : Document
        A text annotated by `knowledge`.
    knowledge : Knowledge
        What the words of numbers, money, units and measures mean.

    Returns
    -------
    list of Figure
        ``surface`` is ``doc.text[start:end]``; ``value`` is in main units of ``unit``.

    Examples
    --------
    >>> from analysis.knowledge import load
    >>> kb = load()
    >>> doc = kb.annotate("a", "They set a goal of US$150 billion in two-way trade by 2030.")
    >>> for f in find(doc, kb):
    ...     print(f.surface, f.kind, f.value, f.unit, f.measure, f.status, f.horizon)
    US$150 billion money 150000000000.0 USD bilateral_trade target 2030
    2030 date 2030.0 None None None None
    """
    grammar = _grammar(knowledge)
    drafts = _Reader(grammar, doc).read()
    return [
        _row(doc, d, *a) for d, a in zip(drafts, grammar.attributes.of(doc, drafts), strict=True)
    ]


def _row(
    doc: Document,
    d: Draft,
    measure: str | None,
    status: str | None,
    horizon: int | None,
    period: str | None,
    qualifier: str | None,
) -> Figure:
    sentence = max(0, bisect_right(doc.sentences, (d.start, len(doc.text) + 1)) - 1)
    return Figure(
        sentence,
        d.kind,
        d.value,
        d.value_to,
        d.unit,
        measure,
        status,
        horizon,
        period,
        qualifier,
        d.start,
        d.end,
        doc.text[d.start : d.end],
    )


class Grammar:
    """Everything compiled from one body of knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        rows = knowledge.rows
        words = rows["figure_words"]
        self.numbers = Numbers(rows["numbers"])
        self.currencies = Currencies(rows)
        self.calendar = Calendar(rows["calendar"], words)
        self.nouns = Nouns(words)
        self.attributes = Attributes(rows)
        self.units: dict[str, Unit] = {}
        for r in rows["units"]:
            unit = Unit(r.kind, r.unit, float(r.factor))
            plural = [] if r.forms or r.kind != "measure" else [r.surface + "s"]
            for form in (r.surface, *r.forms.split(";"), *plural):
                if form:
                    self.units[fold(form)] = unit
        self.labels = {r.word for r in words if r.kind == "label"}
        self.definite = {r.word for r in words if r.kind == "definite"}
        self.clock = {r.word for r in words if r.kind == "clock"}
        self.titles = {r.word for r in words if r.kind == "title"}
        cues = [r for r in rows["status_cues"] if r.status in ("actual", "change")]
        forms = {f for r in cues for f in (r.surface, *r.forms.split(";")) if " " not in f}
        self.changes = forms | {r.word for r in words if r.kind == "baseline"} | {"by"}


@lru_cache(maxsize=4)
def _grammar(knowledge: Knowledge) -> Grammar:
    return Grammar(knowledge)


class _Reader:
    """Reads the figures of one document from left to right."""

    def __init__(self, grammar: Grammar, doc: Document) -> None:
        self.g = grammar
        self.doc = doc
        self.text = doc.text
        self.folded = doc.folded
        self.words = _longest(doc.hits.get("numbers", ()))
        self.drafts: list[Draft] = []
        self.currency = ""  # the one named last
        self.reach = 0

    def read(self) -> list[Draft]:
        """Return the drafts in the order of the text, none overlapping."""
        text, hits = self.text, self.doc.hits
        closed = [(h.start, 0, h.end) for h in hits.get("not_figures", ())]
        if "@" in text or "://" in text or "www." in text or "+" in text:
            closed += [(m.start(), 0, m.end()) for m in ADDRESS.finditer(text)]
        dates = self.g.calendar.words(text, hits.get("calendar", ()))
        places: list[tuple[int, int, Any]] = [
            *closed,
            *((date.start, 1, date) for date in dates),
            *((at, 2, hit) for at, hit in self.words.items()),
            *((m.start(), 3, None) for m in DIGIT_RUN.finditer(text)),
        ]
        places.sort(key=_place)
        for at, what, thing in places:
            if at < self.reach:
                continue
            if what == 0:
                self.reach = thing
            elif what == 1:
                self._add(
                    Draft("date", thing.year, thing.year_to, None, thing.start, thing.end, at)
                )
            else:
                draft = self._word(at, thing) if what == 2 else self._digits(at)
                if draft:
                    self._add(draft)
        return self.drafts

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)
        self.reach = draft.end
        if draft.kind == "money" and draft.unit:
            self.currency = draft.unit

    # -- where a number may stand ---------------------------------------------------------------

    def _digits(self, at: int) -> Draft | None:
        """Read what begins with a digit; a token that is none is skipped whole."""
        text = self.text
        before = text[at - 1] if at else " "
        beyond = text[at - 2] if at > 1 else " "
        part = before in ".,:/'’" and beyond.isdigit()
        joined = (
            before in "-–/"
            and beyond.isalnum()
            and not PREFIXED.search(text, max(0, at - 8), at - 1)
        )
        glued = before.isalpha() and not GLUED_BEFORE.search(text, max(0, at - 8), at)
        free = not (part or joined or glued)
        draft = None
        if not part:
            draft = self._date(at, free) or (self._ordinal(at) if free else None)
            draft = draft or self._number(at, free)
        if draft is None:
            token = TOKEN.match(text, at)
            self.reach = max(self.reach, token.end() if token else at + 1)
        return draft

    def _word(self, at: int, hit: Hit) -> Draft | None:
        """Read what begins with the word of a number."""
        kind = hit.row.kind
        following = self.words.get(hit.end + 1)
        value = float(hit.row.value)
        end = hit.end
        if kind == "tens" and following and following.row.kind == "ordinal":
            kind, value, end = "ordinal", value + float(following.row.value), following.end
        if kind == "ordinal":
            m = NEXT_WORD.match(self.text, end)
            title = m and m[1][0].isupper() and m[1].lower() in self.g.titles
            return None if title else Draft("ordinal", value, None, None, at, end, at)
        number = self.g.numbers.read(self.text, self.words, at)
        if number is None:
            return None
        self.reach = number.end
        return self._money(number) or self._unit(number) or self._count(number)

    def _date(self, at: int, free: bool) -> Draft | None:
        date = self.g.calendar.numeric(self.text, at)
        if date is None or not (free or date.start < at):
            return None
        if self.g.currencies.before(self.text, at, self._sides(at), False):
            return None
        if date.start == at and (self._labelled(at) or self._counts(at, date.end)):
            return None
        return Draft("date", date.year, date.year_to, None, date.start, date.end, at)

    def _counts(self, at: int, end: int) -> bool:
        """Tell whether four digits that could be a year count or measure what follows them."""
        number = self.g.numbers.read(self.text, self.words, at)
        if number is None or number.end != end:
            return number is not None and number.exact
        if NEXT_WORD.match(self.text, end) is None and self.text[end : end + 1] != "%":
            return False
        m = NEXT_WORD.match(self.text, end)
        if m and m[1].lower().rstrip(".") in self.g.clock:
            return True
        if self._unit(number) or self._after(number):
            return True
        if PERIOD_LEAD.search(self.text, max(0, at - 12), at):
            return False
        head = self._head(end)
        return bool(head) and (
            head.noun == "person" or fold(head.noun) in self.g.attributes.counted
        )

    def _ordinal(self, at: int) -> Draft | None:
        m = ORDINAL.match(self.text, at)
        return Draft("ordinal", float(m[0][:-2]), None, None, at, m.end(), at) if m else None

    def _number(self, at: int, free: bool) -> Draft | None:
        number = self.g.numbers.read(self.text, self.words, at)
        if number is None:
            return None
        money = self._money(number)
        if money or not free:
            return money
        if SCORE.match(self.text, number.end):
            return None
        if number.letter and (count := self._lettered(number)):
            return count
        draft = self._unit(number)
        if draft or (self._labelled(at) and not number.exact):
            return draft
        return self._count(number) or self._carried(number)

    def _labelled(self, at: int) -> bool:
        m = WORD_BEFORE.search(self.text, max(0, at - 24), at)
        return bool(m) and m[1].lower() in self.g.labels

    # -- money ----------------------------------------------------------------------------------

    def _money(self, number: Number) -> Draft | None:
        """Return the amount of money that a number makes with a sign before or a word after it."""
        scaled = number.scale > 1 or bool(number.letter)
        sign = None
        if number.digits:
            sign = self.g.currencies.before(
                self.text, number.start, self._sides(number.start), scaled
            )
        if sign is None:
            return self._after(number)
        if number.letter:
            number = _lettered(number)
        draft = Draft(
            "money",
            number.value,
            number.value_to,
            sign.currency,
            sign.start,
            number.end,
            number.start,
        )
        return self._money_range(draft, number)

    def _money_range(self, draft: Draft, number: Number) -> Draft:
        """Extend "$5-$7 million" and "between $5 million and $7 million" to their second amount."""
        link = LINK.match(self.text, number.end) if number.value_to is None else None
        m = SIGNED.match(self.text, link.end()) if link else None
        if link is None or m is None:
            return draft
        second = self.g.numbers.read(self.text, self.words, m.end())
        if second is None or second.value_to is not None:
            return draft
        second = _lettered(second) if second.letter else second
        sign = self.g.currencies.before(
            self.text, second.start, self._sides(second.start), second.scale > 1
        )
        if sign is None or (sign.currency != draft.unit and sign.end - sign.start > 1):
            return draft
        low = number.value
        if number.scale == 1 < second.scale and low < second.value / second.scale:
            low *= second.scale
        lead = WORD_BEFORE.search(self.text, max(0, draft.start - 24), draft.start)
        word = lead[1].lower() if lead else ""
        draft.value = low
        dash = link[0].strip() in ("-", "–")
        spans = dash or word == "between" or (link[0] == " to " and word not in self.g.changes)
        if spans and low < second.value:
            draft.value_to, draft.end = second.value, second.end
        elif word != "from":
            draft.value = number.value
        return draft

    def _after(self, number: Number) -> Draft | None:
        """Return the amount of money that a word, code or sign after a number makes."""
        scaled = number.scale > 1
        ends = [(number, scaled)]
        if number.letter:
            ends.insert(0, (_lettered(number), True))
        for n, large in ends:
            money = self.g.currencies.after(
                self.text,
                self.folded,
                n.end,
                self._sides(n.start),
                self._side_of,
                n.value,
                large,
                self.currency,
            )
            if money:
                to = n.value_to * money.share if n.value_to else None
                return Draft(
                    "money", n.value * money.share, to, money.currency, n.start, money.end, n.start
                )
        return None

    def _sides(self, at: int) -> Callable[[], list[frozenset[str]]]:
        """Return how to ask for the sides named in the sentence at `at`, then in the whole text."""

        def ask() -> list[frozenset[str]]:
            k = max(0, bisect_right(self.doc.sentences, (at, len(self.text) + 1)) - 1)
            begin, end = self.doc.sentences[k]
            named = [(h.start, h.row.side) for h in self._countries() if h.row.side]
            return [
                frozenset(side for start, side in named if begin <= start < end),
                frozenset(side for _, side in named),
            ]

        return ask

    def _countries(self) -> list[Hit]:
        hits = self.doc.hits
        return [*hits.get("countries", ()), *hits.get("country_words", ())]

    def _side_of(self, at: int) -> str:
        """Return the side of the country or adjective that begins at `at`, if one does."""
        return next((h.row.side for h in self._countries() if h.start == at), "")

    # -- percentages, durations, measures ---------------------------------------------------------

    def _unit(self, number: Number) -> Draft | None:
        found = self._unit_at(number.end)
        if found is None:
            return None
        unit, end = found
        value, value_to = number.value, number.value_to
        if unit.kind == "percent" and value_to is None:
            second = self._second_percent(end, unit, between=self._between(number.start))
            if second and second[0] > value:
                value_to, end = second
        if unit.kind == "measure":
            return Draft("count", value, value_to, unit.unit, number.start, end, number.start)
        to = value_to * unit.factor if value_to is not None else None
        value *= unit.factor
        return Draft(unit.kind, value, to, unit.unit, number.start, end, number.start)

    def _unit_at(self, end: int) -> tuple[Unit, int] | None:
        p = end + 1 if self.folded[end : end + 1] == " " else end
        if self.text[p : p + 1] == "%":
            return self.g.units["%"], p + 1
        m = UNIT.match(self.folded, end)
        if m is None:
            return None
        parts = [g for g in m.groups() if g]
        for k in range(len(parts), 0, -1):
            phrase = " ".join(parts[:k]).rstrip(".")
            unit = self.g.units.get(phrase)
            if unit and (unit.kind != "percent" or k > 1 or phrase != "pc"):
                return unit, m.start(1) + len(phrase)
        return None

    def _second_percent(self, end: int, unit: Unit, between: bool) -> tuple[float, int] | None:
        """Return the second of "20%-30%" or "between 20 per cent and 30 per cent"."""
        link = LINK.match(self.text, end)
        if link is None or not (between if link[0] == " and " else link[0].strip() in ("-", "–")):
            return None
        if not self.text[link.end() : link.end() + 1].isdecimal():
            return None
        number = self.g.numbers.read(self.text, self.words, link.end())
        found = self._unit_at(number.end) if number else None
        return (number.value, found[1]) if number and found and found[0] == unit else None

    def _between(self, at: int) -> bool:
        return self.folded[max(0, at - 8) : at] == "between "

    # -- counts -----------------------------------------------------------------------------------

    def _head(self, end: int) -> Head | None:
        return self.g.nouns.head(self.text, end, lambda at: bool(self._side_of(at)))

    def _count(self, number: Number) -> Draft | None:
        start, end = number.start, number.end
        if (
            not number.digits
            and not number.exact
            and (number.value <= 1 or self.text[end : end + 1] in "-–" or self._definite(start))
        ):
            return None
        if number.digits and self.text[end : end + 1] in "-–" and end < len(self.text):
            m = MEMBER.match(self.text, end)
            if m and number.value >= 10 and number.value_to is None:
                return Draft("count", number.value, None, m[1].lower(), start, m.end(), start)
        head = self._head(end)
        if head is None or (
            not number.digits and not number.exact and head.noun.lower() in self.g.nouns.party
        ):
            return None
        if number.digits and not number.exact and self._named(start):
            return None
        return Draft("count", number.value, number.value_to, head.noun, start, head.end, start)

    def _lettered(self, number: Number) -> Draft | None:
        """Return the count of "1.5m tourists"; "5 m" stays a length."""
        head = self._head(number.letter_end)
        if head is None or (
            head.noun != "person" and fold(head.noun) not in self.g.attributes.counted
        ):
            return None
        n = _lettered(number)
        return Draft("count", n.value, n.value_to, head.noun, n.start, head.end, n.start)

    def _definite(self, at: int) -> bool:
        m = WORD_BEFORE.search(self.text, max(0, at - 24), at)
        return bool(m) and m[1].lower() in self.g.definite

    def _named(self, at: int) -> bool:
        """Tell whether a number is part of a name: "Boeing 737", "Ninh Thuan 2"."""
        m = WORD_BEFORE.search(self.text, max(0, at - 24), at)
        if m is None or not m[1][0].isupper() or "\n" in m[0]:
            return False
        begins = any(a == m.start() for a, _ in self.doc.sentences)
        return not begins and not self._side_of(m.start()) and self.text[at - 1] != "("

    # -- numbers without a unit of their own ------------------------------------------------------

    def _carried(self, number: Number) -> Draft | None:
        """Return what a bare number is of, from the amount before it or after "to"."""
        start, end = number.start, number.end
        k = max(0, bisect_right(self.doc.sentences, (start, len(self.text) + 1)) - 1)
        begin = self.doc.sentences[k][0]
        if self.folded[max(0, start - 5) : start] == "from " and (draft := self._from(number)):
            return draft
        last = next((d for d in reversed(self.drafts) if d.kind in ("money", "count")), None)
        if last is None or last.start < begin:
            last = None
        if last and last.kind == "money" and number.scale >= 1000:
            return Draft("money", number.value, number.value_to, last.unit, start, end, start)
        words = self.folded[max(begin, start - 24) : start].split()
        qualified = any(" ".join(words[-n:]) in self.g.attributes.qualifiers for n in (1, 2, 3))
        if not (number.exact and number.value >= 1000) and not qualified:
            return None
        noun = last.unit if last and last.kind == "count" else self._noun_before(begin, start)
        return (
            Draft("count", number.value, number.value_to, noun, start, end, start) if noun else None
        )

    def _from(self, number: Number) -> Draft | None:
        """Return the first amount of "from 20 to 35 per cent", with the unit of the second."""
        if not self.text.startswith(" to ", number.end):
            return None
        at = number.end + 4
        if not self.text[at : at + 1].isdecimal():
            return None
        second = self.g.numbers.read(self.text, self.words, at)
        whole = second and (self._after(second) or self._unit(second) or self._count(second))
        if second is None or not whole:
            return None
        share = whole.value / second.value if second.value and whole.value else 1.0
        if whole.kind == "count":
            share = 1.0
        return Draft(
            whole.kind,
            number.value * share,
            None,
            whole.unit,
            number.start,
            number.end,
            number.start,
        )

    def _noun_before(self, begin: int, at: int) -> str | None:
        """Return the nearest plural before a bare count, as in "workers, of whom over 5,000"."""
        for word in reversed(WORDS.findall(self.text, max(begin, at - 90), at)):
            noun = self.g.nouns.singular(word)
            if noun:
                return noun.lower()
        return None


def _lettered(number: Number) -> Number:
    """Take the letter after a number for its scale."""
    to = number.value_to * number.letter if number.value_to else None
    low = number.value * number.letter
    return number._replace(
        value=low, value_to=to, scale=number.letter, end=number.letter_end, letter=0.0, exact=True
    )


def _longest(hits: Iterable[Hit]) -> dict[int, Hit]:
    """Return the longest hit by its start; hits come by start, the longest first."""
    found: dict[int, Hit] = {}
    for hit in hits:
        found.setdefault(hit.start, hit)
    return found


def _place(place: tuple[int, int, Any]) -> tuple[int, int]:
    return place[:2]
