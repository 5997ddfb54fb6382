"""Makes counts of numbers: by the noun after them, or by the amounts and nouns before them."""

from __future__ import annotations

import re

from analysis.amounts import before_to, with_letter
from analysis.grammar import Draft, Reading
from analysis.matcher import fold
from analysis.numbers import Number

MEMBER = re.compile(r"[-–]([a-z]{3,})(?![\w-])")
WORDS = re.compile(r"[^\W\d_]+")
PART_OF = re.compile(r" of (?:the|its|their|those|these|all)(?: [\d,]+(?= ))?")
PARTITIVE = re.compile(r" (?:of (?:whom|which|them)|who|which|to)\b")
NUMBERED = re.compile(r"\b(?:number|intake|total|from)\b")
CHANGE = re.compile(r" to \d")
# A bare number from here on, or one with a scale, states something even without a noun.
LEAST_BARE = 1000.0
# "A 12-member team" counts, "a 5-star hotel" ranks.
LEAST_HYPHENED = 10.0
LOOK_BACK = 90
RECENT = 8


def count(reading: Reading, number: Number) -> Draft | None:
    """Return the count that a number makes with the noun phrase after it.

    In words, small numbers count things only where they are news: "nine documents" is a count,
    "the two documents", "two-way" and "two ministers" are not.
    """
    text, grammar = reading.text, reading.grammar
    start, end = number.start, number.end
    hyphened = text[end : end + 1] in ("-", "–")
    small = not number.digits and not number.exact
    if small:
        lead = reading.word_before(start)
        if number.value <= 1 or hyphened or (lead and lead[1].lower() in grammar.definite):
            return None
    elif hyphened and number.value >= LEAST_HYPHENED and number.value_to is None:
        m = MEMBER.match(text, end)
        if m:
            return Draft("count", number.value, None, m[1], start, m.end())
    part = PART_OF.match(text, end) if number.digits else None
    if part:
        whole = reading.head(part.end())
        return Draft("count", number.value, None, whole.noun, start, end) if whole else None
    head = reading.head(end)
    if head is None or (small and head.noun.lower() in grammar.nouns.party):
        return None
    if number.digits and not number.exact and _named(reading, start):
        return None
    return Draft("count", number.value, number.value_to, head.noun, start, head.end)


def lettered(reading: Reading, number: Number) -> Draft | None:
    """Return the count of "1.5m tourists"; "5 m" stays a length."""
    head = reading.head(number.letter_end)
    if head is None or not is_counted(reading, head.noun):
        return None
    n = with_letter(number)
    return Draft("count", n.value, n.value_to, head.noun, n.start, head.end)


def is_counted(reading: Reading, noun: str) -> bool:
    """Tell whether a noun is one of people or firms, which are always counted."""
    return noun == "person" or fold(noun) in reading.grammar.attributes.counted


def labelled(reading: Reading, at: int) -> bool:
    """Tell whether a word such as "Article" or "No." makes a label of the number at `at`."""
    lead = reading.word_before(at)
    return bool(lead) and lead[1].lower() in reading.grammar.labels if lead else False


def _named(reading: Reading, at: int) -> bool:
    """Tell whether a number is part of a name: "Boeing 737", "Ninh Thuan 2"."""
    lead = reading.word_before(at)
    if lead is None or not lead[1][0].isupper() or reading.text[at - 1] in "(\n":
        return False
    opens = reading.sentence(at)[0] == lead.start()
    return not opens and not reading.is_people(lead.start())


def carried(reading: Reading, number: Number) -> Draft | None:
    """Return what a bare number is of, from the amount after "to" or the one before it.

    Without a noun a number counts only where it is compared or picked out: "from 12,000 to
    15,000", "more than 60,000", or after a count in the same sentence.
    """
    text, start, end = reading.text, number.start, number.end
    draft = before_to(reading, number)
    if draft:
        return draft
    begin = reading.sentence(start)[0]
    recent = reading.drafts[-RECENT:]
    last = next((d for d in reversed(recent) if d.kind in ("money", "count")), None)
    if last and last.start < begin:
        last = None
    if last and last.kind == "money":
        if number.scale < LEAST_BARE or text[start - 1] == "(":
            return None
        return Draft("money", number.value, number.value_to, last.unit, start, end)
    large = number.exact and number.value >= LEAST_BARE
    picked = (
        number.scale > 1
        or last
        or CHANGE.match(text, end)
        or text.startswith("from ", max(0, start - 5))
    )
    if not (large and picked) and not _qualified(reading, start):
        return None
    unit = last.unit if last else None
    if unit is None and (
        PARTITIVE.match(text, end) or NUMBERED.search(text, max(begin, start - LOOK_BACK), start)
    ):
        unit = _noun_before(reading, begin, start)
    return Draft("count", number.value, number.value_to, unit, start, end)


def _qualified(reading: Reading, at: int) -> bool:
    words = reading.folded[max(0, at - 24) : at].split()
    known = reading.grammar.attributes.qualifiers
    return any(" ".join(words[-k:]) in known for k in (1, 2, 3))


def _noun_before(reading: Reading, begin: int, at: int) -> str | None:
    """Return the nearest plural before a bare count, as in "workers, of whom over 5,000"."""
    for word in reversed(WORDS.findall(reading.text, max(begin, at - LOOK_BACK), at)):
        noun = reading.grammar.nouns.singular(word)
        if noun:
            return noun.lower()
    return None
