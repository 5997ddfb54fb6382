"""Makes money, percentages, durations and measures of a number, by what stands beside it."""

from __future__ import annotations

import re

from analysis.currencies import Money
from analysis.grammar import Draft, Reading, Unit
from analysis.numbers import Number

UNIT_HEAD = re.compile(r" ?([a-z][a-z./]*\d?)")
UNIT = re.compile(r" ?([a-z][a-z./]*\d?)(?: ([a-z]+\d?))?(?: ([a-z]+))?")
LINK = re.compile(r" ?[-–] ?| to | and ")
SIGNED = re.compile(r"(?:[A-Za-z]{0,3} ?[^\w\s.,;:()'\"-]|[A-Z]{3}) ?(?=\d)")

# What leads the first of two amounts, of which the second may lack the sign.
PAIRED = frozenset({"between", "from"})
LEAST_SCALED = 1000.0
CENTS = 9  # decimals kept of a sub-unit
LONG = 12  # letters, of which no word of money before its amount has more


def money(reading: Reading, number: Number) -> Draft | None:
    """Return the amount that a number makes with a sign before it or a word after it."""
    sign = _sign(reading, number)
    if sign is None or sign.start < reading.reach:
        return _followed(reading, number)
    number = with_letter(number)
    draft = Draft("money", number.value, number.value_to, sign.currency, sign.start, number.end)
    return draft if number.value_to is not None else _range(reading, draft, number)


def _sign(reading: Reading, number: Number) -> Money | None:
    if not number.digits or not number.start:
        return None
    scaled = number.scale > 1 or bool(number.letter)
    sides, currencies = reading.sides, reading.grammar.currencies
    found = currencies.before(reading.text, number.start, sides, scaled)
    if found or not (scaled or (number.exact and number.value >= LEAST_SCALED)):
        return found
    lead = reading.word_before(number.start)
    if lead is None or not lead.word[0].isupper() or len(lead.word) > LONG:
        return None
    parted = lead.start + len(lead.word) + 1 != number.start
    if parted or reading.head(number.end):  # "Zaire 5 million refugees"
        return None
    return currencies.leads(lead.word, lead.start, number.start, sides)


def _followed(reading: Reading, number: Number) -> Draft | None:
    """Return the amount that the word, code or sign after a number makes."""
    after = reading.grammar.currencies.after
    found = None
    if number.letter and (found := after(reading, with_letter(number))):
        number = with_letter(number)
    found = found or after(reading, number)
    if found is None:
        return None
    value, to = number.value, number.value_to
    if found.share != 1:
        value = round(value * found.share, CENTS)
        to = round(to * found.share, CENTS) if to is not None else None
    return Draft("money", value, to, found.currency, number.start, found.end)


def _range(reading: Reading, draft: Draft, number: Number) -> Draft:
    """Extend "$5-$7 million" and "between $5 million and $7 million" to their second amount.

    "From $5 to $7 million" and "fell $5 million to $7 million" are two amounts each.
    """
    text = reading.text
    link = LINK.match(text, number.end)
    if link is None:
        return draft
    lead = reading.word_before(draft.start)
    word = lead.word.lower() if lead else ""
    m = SIGNED.match(text, link.end())
    at = m.end() if m else link.end()
    if not m and not text[at : at + 1].isdecimal():
        return draft
    second = reading.number(at)
    if second is None or second.value_to is not None:
        return draft
    if not m and word not in PAIRED and (second.scale == 1 or reading.head(second.end)):
        return draft  # "$30 million to 40 million people"
    second = with_letter(second)
    sign = _sign(reading, second) if m else None
    if m and (sign is None or (sign.currency != draft.unit and sign.end - sign.start > 1)):
        return draft
    low = scaled_as(number, second)
    joins = {" to ": word not in reading.grammar.changes, " and ": word == "between"}
    if joins.get(link[0], True) and low < second.value:
        draft.value, draft.value_to, draft.end = low, second.value, second.end
    elif word == "from":
        draft.value = low
    return draft


def measured(reading: Reading, number: Number) -> Draft | None:
    """Return the percentage, the duration or the count of a measure that a number makes."""
    found = _unit(reading, number.end)
    if found is None:
        return None
    unit, end = found
    value, value_to = number.value, number.value_to
    if unit.kind == "percent" and value_to is None:
        second = _second(reading, number.start, end, unit)
        if second and second[0] > value:
            value_to, end = second
    kind = "count" if unit.kind == "measure" else unit.kind
    to = value_to * unit.factor if value_to is not None else None
    return Draft(kind, value * unit.factor, to, unit.unit, number.start, end)


def _unit(reading: Reading, end: int) -> tuple[Unit, int] | None:
    """Return the unit right after a number and where it ends."""
    folded, grammar = reading.folded, reading.grammar
    p = end + 1 if folded[end : end + 1] == " " else end
    if folded[p : p + 1] == "%":
        return grammar.units["%"], p + 1
    head = UNIT_HEAD.match(folded, end)
    if head is None or head[1].rstrip(".") not in grammar.unit_heads:
        return None
    m = UNIT.match(folded, end)
    parts = [g for g in m.groups() if g] if m else []
    for k in range(len(parts), 0, -1):
        phrase = " ".join(parts[:k]).rstrip(".")
        if phrase in grammar.units:
            return grammar.units[phrase], head.start(1) + len(phrase)
    return None


def _second(reading: Reading, start: int, end: int, unit: Unit) -> tuple[float, int] | None:
    """Return the second of "20%-30%" or "between 20 per cent and 30 per cent"."""
    text = reading.text
    link = LINK.match(text, end)
    if link is None or not text[link.end() : link.end() + 1].isdecimal() or link[0] == " to ":
        return None
    if link[0] == " and " and not text.endswith("etween ", max(0, start - 8), start):
        return None
    number = reading.number(link.end())
    found = _unit(reading, number.end) if number else None
    return (number.value, found[1]) if number and found and found[0] == unit else None


def before_to(reading: Reading, number: Number) -> Draft | None:
    """Return the first amount of "from 20 to 35 per cent", with the unit of the second."""
    text, at = reading.text, number.end + 4
    if not text.startswith(" to ", number.end) or not text[at : at + 1].isdecimal():
        return None
    second = reading.number(at)
    if second is None or not text.endswith("from ", 0, number.start):
        return None
    value = scaled_as(number, second)
    whole = _followed(reading, second) or measured(reading, second)
    if whole is None:
        head = reading.head(second.end)
        return Draft("count", value, None, head.noun, number.start, number.end) if head else None
    share = whole.value / second.value if whole.value and second.value else 1.0
    return Draft(whole.kind, value * share, None, whole.unit, number.start, number.end)


def scaled_as(number: Number, second: Number) -> float:
    """Return the value of the first of two numbers that share the scale after the second.

    "From 3 to 2.5 billion" may also fall; a scale goes with numbers below a thousand.
    """
    if number.scale == 1 < second.scale and number.value < LEAST_SCALED:
        return number.value * second.scale
    return number.value


def with_letter(number: Number) -> Number:
    """Take the letter after a number, if any, for its scale."""
    if not number.letter:
        return number
    to = number.value_to * number.letter if number.value_to is not None else None
    return number._replace(
        value=number.value * number.letter,
        value_to=to,
        scale=number.letter,
        end=number.letter_end,
        letter=0.0,
        exact=True,
    )
