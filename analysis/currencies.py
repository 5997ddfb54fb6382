"""Names the currency of an amount from the sign, code or word beside its number.

Every currency of ISO 4217, present and past, comes from ``currencies.csv``, which is derived from
Unicode CLDR. What CLDR does not say, the press's own signs and abbreviations, sub-units and which
currency a bare "pound" most often is, stands in ``money_signs.csv`` and ``money_words.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from analysis.matcher import fold

FOLLOWING = re.compile(r" ?([a-z][a-z.']*)(?: ([a-z][a-z.']*))?(?: ([a-z]+))?(?: ([a-z]+))?")
PREFIX = re.compile(r"(?:(?<![^\W_])[A-Za-z.]{1,4}|(?<=[a-z])[A-Z]{1,3})( ?)$")
WORD_BEFORE = re.compile(r"(?:(?<![^\W_])|(?<=[a-z])(?=[A-Z]))([A-Za-z]{2,5}\.?)$")
ADJECTIVE = re.compile(r"([^\W\d_]+)(?: ([^\W\d_]+))? $")
MOST_WORDS = 4
# Below this a bare "won" or "pound" is more often a verb or a weight than money.
LEAST_AMOUNT = 1000.0


# Asks for the sides named around an amount: those of its sentence, then those of the whole text.
Sides = Callable[[], Sequence[frozenset[str]]]


class Word(NamedTuple):
    """What a word of money means.

    `candidates` maps each currency that the word may be to the sides whose tender it is; `default`
    is taken where the text does not decide; `share` is the part of the main unit.
    """

    noun: str
    default: str
    candidates: dict[str, frozenset[str]]
    share: float = 1.0
    of: tuple[str, ...] = ()
    needs: str = ""


class Money(NamedTuple):
    """The currency found, the part of it that the word stands for, and the characters used."""

    currency: str
    share: float
    start: int
    end: int


class Currencies:
    """The words, codes and signs of money, compiled from the knowledge files."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        currencies = [r for r in rows["currencies"] if r.name]
        currencies.sort(key=lambda r: r.until or "9999")  # what is in use overrides what was
        self.codes = {r.currency for r in currencies}
        self.noun = {r.currency: fold(r.noun) for r in currencies}
        self.sides = {r.currency: frozenset(r.sides.split(";")) - {""} for r in currencies}
        self.code_words = {r.word.upper() for r in rows["figure_words"] if r.kind == "code_word"}
        candidates: dict[str, dict[str, frozenset[str]]] = {}
        self.words: dict[str, Word] = {}
        for r in currencies:
            for noun in filter(None, (fold(r.noun), fold(r.nouns))):
                candidates.setdefault(noun, {})[r.currency] = self.sides[r.currency]
                self.words[noun] = Word(noun, r.currency, candidates[noun])
        named = {}
        for r in currencies:
            for name in (fold(r.name), fold(r.plural)):
                named[name] = Word(fold(r.noun), r.currency, {})
        for r in rows["money_words"]:
            forms = [fold(f) for f in [r.surface, *r.forms.split(";")] if f]
            of = tuple(r.of.split(";")) if r.of else ()
            may = {c: s for f in [*forms, *of] for c, s in candidates.get(f, {}).items()}
            word = Word(forms[0], r.currency, may, float(r.share), of, r.needs)
            self.words |= dict.fromkeys(forms, word)
        self.words |= {n: w for n, w in named.items() if n not in self.words}
        self.signs: dict[str, list[str]] = {}
        for r in rows["money_signs"]:
            self.signs.setdefault(r.sign, []).append(r.currency)
        for r in currencies:
            for sign in r.sign.split():
                key = sign if sign[-1].isalpha() else sign.lower()
                self.signs.setdefault(key, [r.currency])
        self.marks = frozenset(s[-1] for s in self.signs if not s[-1].isalpha() and s[-1] != ".")

    def before(self, text: str, at: int, sides: Sides, scaled: bool) -> Money | None:
        """Return the money whose sign or code stands before the number at `at`."""
        p = at - 1 if text[at - 1 : at] in (" ", "\u00a0", "\u202f") and at else at
        mark = text[p - 1 : p] if p else ""
        if mark in self.marks and mark:
            return self._sign(text, p, mark, sides, scaled)
        if mark.isalpha() or mark == ".":
            m = WORD_BEFORE.search(text, max(0, p - 6), p)
            if m is None:
                return None
            word = m[1]
            if word in self.codes and (scaled or word not in self.code_words):
                return Money(word, 1.0, m.start(), at)
            if word in self.signs:
                return Money(self.signs[word][0], 1.0, m.start(), at)
        return None

    def _sign(self, text: str, p: int, mark: str, sides: Sides, scaled: bool) -> Money | None:
        start = p - 1
        m = PREFIX.search(text, max(0, start - 6), start)
        if m:
            known = self.signs.get((m[0] + mark).lower())
            if known:
                return Money(known[0], 1.0, m.start(), p)
        known = self.signs.get(mark)
        if not known or (mark == "#" and not scaled):
            return None
        currency = known[0]
        if len(known) > 1:
            currency = self._fitting({c: self.sides[c] for c in known}, sides(), currency)
        adjective = ADJECTIVE.search(text, max(0, start - 24), start)
        if adjective:
            for k in (0, 2):
                words = fold(adjective[k].strip()) if adjective[k] else ""
                named = self.words.get(f"{words} {self.noun[known[0]]}")
                if named and words:
                    begin = adjective.start(k) if k else adjective.start()
                    return Money(named.default, 1.0, begin, p)
        return Money(currency, 1.0, start, p)

    def after(
        self,
        text: str,
        folded: str,
        at: int,
        sides: Sides,
        side_of: Callable[[int], str],
        amount: float,
        scaled: bool,
        last: str,
    ) -> Money | None:
        """Return the money whose word, code or sign follows the number that ends at `at`.

        `sides` gives the sides of the text, `side_of` the side of the adjective at an offset, both
        asked for only where a word leaves the currency open; `last` is the currency named last.
        """
        p = at + 1 if text[at : at + 1] in (" ", "-", "\u00a0", "\u202f") else at
        code = text[p : p + 3]
        if code in self.codes and not text[p + 3 : p + 4].isupper():
            if scaled or code not in self.code_words:
                return Money(code, 1.0, at, p + 3)
            return None
        if code[:1] in self.marks and code[0] != "#":
            after = text[p + 1 : p + 2]
            return None if after.isdigit() else Money(self.signs[code[0]][0], 1.0, at, p + 1)
        m = FOLLOWING.match(folded, at)
        if m is None:
            return None
        parts = [g for g in m.groups() if g]
        for k in range(len(parts), 0, -1):
            phrase = " ".join(parts[:k]).rstrip(".'")
            word = self.words.get(phrase)
            end = m.start(1) + len(phrase)
            if word and k == 1:
                return self._open(word, at, end, sides, amount, scaled, last)
            if word:
                return Money(word.default, word.share, at, end)
            noun = self.words.get(parts[k - 1].rstrip(".'")) if k > 1 else None
            if noun and (side := side_of(m.start(1))):
                fits = [c for c, of in noun.candidates.items() if side in of]
                if fits:
                    return Money(fits[-1], noun.share, at, end)
        phrase = parts[0].rstrip(".'")
        if phrase in self.signs and phrase.isalpha():
            return Money(self.signs[phrase][0], 1.0, at, m.start(1) + len(phrase))
        return None

    def _open(
        self,
        word: Word,
        at: int,
        end: int,
        sides: Sides,
        amount: float,
        scaled: bool,
        last: str,
    ) -> Money | None:
        """Settle a bare noun by the text: a sub-unit by the money named last, others by country."""
        if word.of and self.noun.get(last) in word.of:
            return Money(last, word.share, at, end)
        if word.needs == "code":
            return None
        if word.needs == "world" or len(word.candidates) < 2:
            currency, fit = word.default, not word.candidates
        else:
            currency = self._fitting(word.candidates, sides(), "")
            fit, currency = bool(currency), currency or word.default
        large = scaled or amount >= LEAST_AMOUNT or (fit and amount >= 100)
        if (word.needs == "amount" and not large) or (word.needs == "country" and not scaled | fit):
            return None
        return Money(currency, word.share, at, end)

    def _fitting(
        self, candidates: dict[str, frozenset[str]], sides: Sequence[frozenset[str]], default: str
    ) -> str:
        """Return the one currency of the candidates that is tender in a country of the text."""
        for named in sides:
            found = [c for c, of in candidates.items() if not named.isdisjoint(of)]
            if len(found) == 1 or len({candidates[c] for c in found}) == 1:
                return found[-1]  # one country's present money, after its past ones
        return default
