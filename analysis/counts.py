"""Makes counts of numbers: by the noun after them, or by the amounts and nouns before them."""

from __future__ import annotations

import re

from analysis.amounts import before_to, with_letter
from analysis.folding import fold
from analysis.grammar import Draft, Reading
from analysis.numbers import Number

MEMBER = re.compile(r"[-–]([a-z]{3,})(?![\w-])")
WORDS = re.compile(r"[^\W\d_]+")
PART_OF = re.compile(r" of (?:the|its|their|those|these|all)(?: [\d,]+(?= ))?")
PARTITIVE = re.compile(r" (?:of (?:whom|which|them)|who|which|to)\b")
NUMBERED = re.compile(r"\b(?:number|intake|total|from)\b")
# What may stand before and behind the number in "the number of … rose from 38 to 50".
OF = re.compile(r" (?:of|for)")
PLACES = re.compile(
    r"(to|from|now|of|(?:st(?:oo|an)ds?|remain(?:s|ed)?|set|put|capped|kept) at|reached)$"
)
ENDS = re.compile(
    r"(?=[,.;:)]|$|\s(?:in|by|this|next|last|from|to|over|and|for|within|during)\b|\n)"
)
UNKNOWN_SIGN = re.compile(r"\b[A-Z]{1,4} ?$")
CHANGE = re.compile(r" to \d")
# A bare number from here on, or one with a scale, states something even without a noun.
LEAST_BARE = 1000.0
# "A 12-member team" counts, "a 5-star hotel" ranks.
LEAST_HYPHENED = 10.0
MILLION = 1e6
LOOK_BACK = 90
RECENT = 8
PLACE = 36  # characters before a number in which what leads to it stands


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
        if number.value <= 1 or hyphened or (lead and lead.word.lower() in grammar.definite):
            return None
    elif hyphened and number.value >= LEAST_HYPHENED and number.value_to is None:
        m = MEMBER.match(text, end)
        if m:
            unit = grammar.nouns.irregular.get(m[1], m[1])
            return Draft("count", number.value, None, unit, start, m.end())
    part = PART_OF.match(text, end) if number.digits else None
    if part:
        whole = reading.head(part.end())
        return Draft("count", number.value, None, whole.noun, start, end) if whole else None
    head = reading.head(end)
    if head is None or (small and head.noun.lower() in grammar.nouns.party):
        return None
    if number.scale >= MILLION and head.noun in grammar.attributes.flows:
        return None  # "300 million in grants and 200 million loans"
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
    return lead is not None and lead.word.lower() in reading.grammar.labels


def _named(reading: Reading, at: int) -> bool:
    """Tell whether a number is part of a name: "Boeing 737", "Ninh Thuan 2"."""
    lead = reading.word_before(at)
    if lead is None or not lead.word[0].isupper() or reading.text[at - 1] in "(\n":
        return False
    opens = reading.sentence(at)[0] == lead.start
    return not opens and not reading.is_people(lead.start)


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
    numbered = _numbered(reading, number, last)
    if numbered:
        return numbered
    if last and last.kind == "money" and not _changes_subject(reading, last.end, start):
        if number.scale < LEAST_BARE or text[start - 1] == "(":
            return None
        return Draft("money", number.value, number.value_to, last.unit, start, end)
    if UNKNOWN_SIGN.search(text, max(0, start - 6), start):
        return None
    if last and last.kind == "money":
        last = None
    large = number.exact and number.value >= LEAST_BARE
    picked = (
        number.scale > 1
        or last
        or CHANGE.match(text, end)
        or text.startswith("from ", max(0, start - 5))
    )
    changed = _changed(reading, number, last)
    if not changed and not (large and picked) and not _qualified(reading, start):
        return None
    unit = last.unit if last else None
    if unit is None and (
        PARTITIVE.match(text, end) or NUMBERED.search(text, max(begin, start - LOOK_BACK), start)
    ):
        unit = _noun_before(reading, begin, start)
    return Draft("count", number.value, number.value_to, unit, start, end)


def _numbered(reading: Reading, number: Number, last: Draft | None) -> Draft | None:
    """Return the count in "the number of … rose from 38 to 50", "the quota is to rise to 220"."""
    start, folded = number.start, reading.folded
    if number.value < LEAST_HYPHENED:
        return None
    begin = max(reading.sentence(start)[0], start - LOOK_BACK)
    place = PLACES.search(folded, max(begin, start - PLACE), _unqualified(reading, begin, start))
    if place is None:
        return None
    begin = max(begin, last.end) if last and last.kind == "money" else begin
    named = [*reading.grammar.collectives.finditer(folded, begin, place.start())]
    if not named:
        return None
    found = named[-1]
    direct = place[1] == "of"
    if found.end() != place.start() - 1 if direct else not ENDS.match(reading.text, number.end):
        return None
    between = WORDS.findall(folded, begin, place.start())
    if place[1] in ("to", "from") and reading.grammar.moves.isdisjoint(between):
        return None
    of = None if direct else OF.match(folded, found.end())
    head = reading.head(of.end()) if of else None
    if found[1] == "number" and head is None:
        return None
    unit = head.noun if head else reading.grammar.collective_units[found[1]] or None
    if unit is None and last and last.kind == "count":
        unit = last.unit
    return Draft("count", number.value, number.value_to, unit, start, number.end)


def _unqualified(reading: Reading, begin: int, at: int) -> int:
    """Return where the words before a number end that do not only qualify it: "to | around 50"."""
    end = at - 1
    words = reading.folded[max(begin, at - PLACE) : end].split(" ")
    for k in (3, 2, 1):
        phrase = " ".join(words[-k:])
        if len(words) > k and phrase in reading.grammar.attributes.qualifiers:
            return end - len(phrase) - 1
    return end


def _changes_subject(reading: Reading, begin: int, end: int) -> bool:
    """Tell whether heads are named after an amount: "$5bn and tourist numbers to 1 million"."""
    words = WORDS.findall(reading.folded, max(begin, end - LOOK_BACK), end)
    counted, nouns = reading.grammar.attributes.counted, reading.grammar.nouns
    return any((nouns.singular(w) or w) in counted for w in words)


def _changed(reading: Reading, number: Number, last: Draft | None) -> bool:
    """Tell whether a number is one of the two in "flights from 80 to 120"."""
    text, start = reading.text, number.start
    if number.value < LEAST_HYPHENED:
        return False
    if last and text[last.end : start] == " to ":
        return True
    if not text.startswith("from ", max(0, start - 5)) or not CHANGE.match(text, number.end):
        return False
    lead = reading.word_before(start - 5)
    return lead is not None and reading.grammar.nouns.singular(lead.word) is not None


def _qualified(reading: Reading, at: int) -> bool:
    words = reading.folded[max(0, at - 24) : at].split()
    attributes = reading.grammar.attributes
    if not words or words[-1] not in attributes.last_words:
        return False
    return any(" ".join(words[-k:]) in attributes.qualifiers for k in (1, 2, 3))


def _noun_before(reading: Reading, begin: int, at: int) -> str | None:
    """Return the nearest plural before a bare count, as in "workers, of whom over 5,000"."""
    for word in reversed(WORDS.findall(reading.text, max(begin, at - LOOK_BACK), at)):
        noun = reading.grammar.nouns.singular(word)
        if noun:
            return noun.lower()
    return None
