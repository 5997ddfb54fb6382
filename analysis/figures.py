"""Figures: every stated number or date, with what it is of and how it is meant.

A number becomes money, a percentage, a duration, an ordinal or a count by what stands beside it;
numbers inside names, labels, scores and times of day are none. Dates come from the calendar. What
an amount measures, and whether it is aimed at or reached, is read from its clause afterwards.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import NamedTuple

from analysis import amounts, counts
from analysis.grammar import Draft, Place, Reading, grammar
from analysis.knowledge import Document, Knowledge
from analysis.matcher import Hit, make

TOKEN = re.compile(r"\d+(?:[\w.,:/+'’-]*\w)?")
ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)(?![^\W\d_]{2})", re.IGNORECASE)
# Addresses, telephone numbers and sums such as "2+2" hold digits that state nothing.
# One set of first characters is searched for faster than two branches.
SUM = re.compile(r"[+\d](?:(?<=\+)\d[\d ()-]{6,}\d|(?<=\d)(?<!\d\d)\d*\+\d+)")
ADDRESS = re.compile(rf"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{{1,64}}@\S+|{SUM.pattern}")
# Words that a missing space may have glued to the number after them.
GLUED = re.compile(
    r"(?<![^\W_])(?:about|and|around|at|by|for|from|in|nearly|of|on|over|since|some|than|the|to|with)$"
    r"|[a-z](?:of|to|in|with)$"
)
PREFIX = re.compile(r"(?<![^\W_])(?:mid|pre|post|late|early|since|until|from|under|over)$", re.I)
ORDINAL_FIRST = frozenset("snrtSNRT")
SCORE_FIRST = frozenset(":/-–.")
SCORE = re.compile(r"[:/]\d|[-–]\d+(?![\d.,]|\s?[%a-zA-Z])|\.\d+\.")
# "1 in 5" is a fraction, not two counts.
RATIO = re.compile(r" (?:in|out of)(?: every)? \d{1,2}(?![\d.,%]\d)\b")
NEXT_WORD = re.compile(r"[ -]?([^\W\d_][\w.'’]*)")
TIME_BEFORE = re.compile(
    r"(?<![^\W_])(?:in|by|since|until|till|from|during|of|before|after|for|the|late|early|mid|end|year)"
    r"[ -]$",
    re.IGNORECASE,
)
# What is read first where several begin at one place.
CLOSED, DATE, WORD, DIGITS = range(4)
ORDER = itemgetter(0, 1)


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
    compiled = grammar(knowledge)
    drafts = read(Reading(compiled, doc))
    text, spans = doc.text, doc.sentences
    rows = []
    sentence, last = 0, len(spans) - 1
    for d, stated in zip(drafts, compiled.attributes.of(doc, drafts), strict=True):
        while sentence < last and spans[sentence + 1][0] <= d.start:
            sentence += 1
        start, end = d.start, d.end
        number = (sentence, d.kind, d.value, d.value_to, d.unit)
        rows.append(make(Figure, (*number, *stated, start, end, text[start:end])))
    return rows


def read(reading: Reading) -> list[Draft]:
    """Return the numbers and dates of a text in order, none overlapping."""
    text, hits = reading.text, reading.doc.hits
    places: list[Place] = [(h.start, CLOSED, h.end) for h in hits.get("not_figures", ())]
    if "@" in text or "://" in text or "www." in text:
        places += [(m.start(), CLOSED, m.end()) for m in ADDRESS.finditer(text)]
    elif "+" in text:
        places += [(m.start(), CLOSED, m.end()) for m in SUM.finditer(text)]
    dates = reading.grammar.calendar.words(text, hits.get("calendar", ()))
    places += [(date.start, DATE, date) for date in dates]
    places += [(at, WORD, hit) for at, hit in reading.words.items()]
    places += [(start, DIGITS, end) for start, end in reading.doc.digits]
    places.sort(key=ORDER)
    for at, what, thing in places:
        if at < reading.reach:
            continue
        if what == CLOSED:
            reading.reach = thing
            continue
        if what == DATE:
            draft: Draft | None = Draft("date", thing.year, thing.year_to, None, at, thing.end)
        else:
            draft = _word(reading, at, thing) if what == WORD else _digits(reading, at, thing)
        if draft:
            reading.add(draft)
    return reading.drafts


def _word(reading: Reading, at: int, hit: Hit) -> Draft | None:
    """Read what begins with the word of a number."""
    kind, end = hit.row.kind, hit.end
    if kind in ("tens", "ordinal"):
        units = reading.words.get(end + 1) if kind == "tens" else None
        tens = float(hit.row.value)
        if units and units.row.kind == "ordinal":
            return Draft("ordinal", tens + float(units.row.value), None, None, at, units.end)
        if kind == "ordinal":
            m = NEXT_WORD.match(reading.text, end)
            title = m and m[1][0].isupper() and m[1].lower() in reading.grammar.titles
            return None if title else Draft("ordinal", tens, None, None, at, end)
    elif kind == "cardinal" and _mere(reading, end):
        return None
    number = reading.number(at)
    if number is None:
        return None
    draft = (
        amounts.money(reading, number)
        or amounts.measured(reading, number)
        or counts.count(reading, number)
    )
    if draft is None:
        reading.reach = number.end
    return draft


def _mere(reading: Reading, end: int) -> bool:
    """Tell at a glance that a number word counts nothing: "one of", "two ministers"."""
    m = NEXT_WORD.match(reading.text, end)
    if m is None:
        return True
    word = m[1].lower()
    nouns = reading.grammar.nouns
    return word in nouns.mere or nouns.singular(word) in nouns.party


def _digits(reading: Reading, at: int, end: int) -> Draft | None:
    """Read what begins with a run of digits; a token that states nothing is skipped whole."""
    text = reading.text
    before = text[at - 1] if at else " "
    free = True
    if not before.isspace():
        beyond = text[at - 2] if at > 1 else " "
        if before.isalpha():
            free = bool(GLUED.search(text, max(0, at - 8), at))
        elif before in "-–/" and beyond.isalnum():
            free = bool(PREFIX.search(text, max(0, at - 8), at - 1))
        elif before in ".,:'’" and beyond.isdigit():
            return _skip(reading, at)
    draft = _date(reading, at, end, free)
    if draft is None and free:
        m = ORDINAL.match(text, at) if text[end : end + 1] in ORDINAL_FIRST else None
        if m:
            return Draft("ordinal", float(m[0][:-2]), None, None, at, m.end())
    return draft or _number(reading, at, free) or _skip(reading, at)


def _skip(reading: Reading, at: int) -> Draft | None:
    m = TOKEN.match(reading.text, at)
    reading.reach = max(reading.reach, m.end() if m else at + 1)
    return None


def _date(reading: Reading, at: int, end: int, free: bool) -> Draft | None:
    """Return the date that the digits from `at` to `end` begin, unless an amount or a label."""
    date = reading.grammar.calendar.numeric(reading.text, at, end)
    if date is None or not (free or date.start < at):
        return None
    if date.start == at:
        sides = reading.sides
        if at and reading.grammar.currencies.before(reading.text, at, sides, False):
            return None
        if counts.labelled(reading, at) or _counts(reading, at, date.end):
            return None
    return Draft("date", date.year, date.year_to, None, date.start, date.end)


def _counts(reading: Reading, at: int, end: int) -> bool:
    """Tell whether four digits that could be a year count or measure what follows them."""
    text = reading.text
    m = NEXT_WORD.match(text, end)
    if m is None:
        return text[end : end + 2].lstrip()[:1] in reading.grammar.measured_marks
    word = m[1].lower().rstrip(".")
    if word in reading.grammar.nouns.stop:
        return False
    if word in reading.grammar.clock:
        return True
    number = reading.number(at)
    if number is None or number.end != end:
        return number is not None and number.exact
    if amounts.money(reading, number) or amounts.measured(reading, number):
        return True
    if TIME_BEFORE.search(text, max(0, at - 12), at):
        return False
    head = reading.head(end)
    return head is not None and counts.is_counted(reading, head.noun)


def _number(reading: Reading, at: int, free: bool) -> Draft | None:
    """Return what a number in digits states; one glued into a name can only be money."""
    number = reading.number(at)
    if number is None:
        return None
    money = amounts.money(reading, number)
    ratio = None if money or number.exact else RATIO.match(reading.text, number.end)
    if ratio:
        reading.reach = ratio.end()
        return None
    if money or not free:
        return money
    end = number.end
    if reading.text[end : end + 1] in SCORE_FIRST and SCORE.match(reading.text, end):
        return None
    if number.letter and (draft := counts.lettered(reading, number)):
        return draft
    draft = amounts.measured(reading, number)
    if draft or (not number.exact and counts.labelled(reading, at)):
        return draft
    return counts.count(reading, number) or counts.carried(reading, number)
