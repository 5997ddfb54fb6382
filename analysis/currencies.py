"""Names the currency of an amount from the sign, code or word beside its number.

Every currency of ISO 4217, present and past, comes from ``currencies.csv``, which is derived from
Unicode CLDR. What CLDR does not say, the press's own signs and abbreviations, sub-units and which
currency a bare "pound" most often is, stands in ``money_signs.csv`` and ``money_words.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any, NamedTuple, Protocol

from analysis.folding import fold
from analysis.numbers import Number

TWO_WORDS = re.compile(r"([a-z][a-z.']*)(?: ([a-z][a-z.']*))?")
FOLLOWING = re.compile(
    r"([a-z][a-z.']*)(?: ([a-z][a-z.'\u02bb]*))?(?: ([a-z&]+))?(?: ([a-z]+))?(?: ([a-z]+))?"
)
LETTERS = re.compile(r"[A-Za-z]{2,4}(?!\w)")
SIGN_LEADS = re.compile(r"\w| \d")
PREFIX = re.compile(r"(?:(?<![^\W_])[A-Za-z.]{1,4}|(?<=[a-z])[A-Z]{1,3})( ?)$")
ADJECTIVE = re.compile(r"(?:[^\W\d_]+ )?([^\W\d_]+) $")
BLANKS = (" ", "\u00a0", "\u202f")
LINKS = (*BLANKS, "-")
# Below these a bare "won" or "marks" is more often a verb or a school grade than money; the
# second holds where the text names the country.
LEAST_AMOUNT = 1000.0
LEAST_AT_HOME = 100.0
YEARS = range(1900, 2101)
ENDS = frozenset("./")  # what may end a sign written in letters: "Rs.", "S/"
LONG = 5  # letters, of which no sign has so many


# Asks for the sides named in the sentence before an offset, then for those of the whole text, each
# side with its place in the order in which they are named.
Sides = Callable[[int], Sequence[Mapping[str, int]]]


class Surroundings(Protocol):
    """What of a text being read settles the meaning of a word of money."""

    text: str
    folded: str
    currency: str

    def sides(self, at: int) -> Sequence[Mapping[str, int]]:
        """Return the sides named in the sentence before an offset, and in the text, in order."""

    def side_of(self, at: int) -> str:
        """Return the side of the country or adjective that begins at an offset."""

    def lists_money(self, at: int) -> bool:
        """Tell whether an amount of money stands right before an offset, as in a list."""


class Word(NamedTuple):
    """What a word of money means.

    `candidates` maps each currency that the word may be to the sides whose tender it is; `default`
    is taken where the text does not decide; `shares` are the parts of the main units named in `of`,
    one for all or one for each.
    """

    default: str
    candidates: dict[str, frozenset[str]]
    shares: tuple[float, ...] = (1.0,)
    of: tuple[str, ...] = ()
    needs: str = ""

    def share(self, noun: str) -> float:
        """Return the part that this is of a main unit: fils are 1/100 dirham, 1/1000 dinar."""
        return self.shares[self.of.index(noun) if noun in self.of[: len(self.shares)] else 0]


class Money(NamedTuple):
    """The currency found, the part of it that the word stands for, and the characters used."""

    currency: str
    share: float
    start: int
    end: int


def check(rows: dict[str, list[Any]]) -> list[str]:
    """Return in words which signs are of no currency that has a name, as "dollar" is of "$"."""
    named = {r.currency for r in rows["currencies"] if r.name}
    return [
        f"money_signs.csv: currency {r.currency!r} of {r.sign!r} has no name in currencies.csv; "
        "add a row"
        for r in rows["money_signs"]
        if r.currency not in named
    ]


class Currencies:
    """The words, codes and signs of money, compiled from the knowledge files."""

    def __init__(self, rows: dict[str, list[Any]]) -> None:
        currencies = [r for r in rows["currencies"] if r.name]
        # What is in use overrides what was, and tender overrides accounts of the same name.
        currencies.sort(key=lambda r: (bool(r.sides), r.until or "9999"))
        self.codes = {r.currency for r in currencies}
        self.noun = {r.currency: fold(r.noun) for r in currencies}
        self.sides = {r.currency: frozenset(r.sides.split(";")) - {""} for r in currencies}
        self.former = {r.currency for r in currencies if r.until}
        # "try" stands for the code in capitals, "Le" for a sign as it is written.
        others = {r.word for r in rows["figure_words"] if r.kind == "code_word"}
        self.code_words = {w.upper() if w.islower() else w for w in others}
        candidates: dict[str, dict[str, frozenset[str]]] = {}
        self.words: dict[str, Word] = {}
        for r in currencies:
            for noun in filter(None, (fold(r.noun), fold(r.nouns))):
                candidates.setdefault(noun, {})[r.currency] = self.sides[r.currency]
                self.words[noun] = Word(r.currency, candidates[noun])
        named = {}
        for r in currencies:
            for name in (fold(r.name), fold(r.plural)):
                for form in (name, name.replace("&", "and"), name.replace("\u02bb", "'")):
                    named[form] = Word(r.currency, {})
        for r in rows["money_words"]:
            forms = [fold(f) for f in [r.surface, *r.forms.split(";")] if f]
            of = tuple(r.of.split(";")) if r.of else ()
            may = {c: s for f in [*forms, *of] for c, s in candidates.get(f, {}).items()}
            shares = tuple(float(share) for share in r.share.split(";"))
            word = Word(r.currency, may, shares, of, r.needs)
            self.words |= dict.fromkeys(forms, word)
        self.words |= {n: w for n, w in named.items() if n not in self.words}
        self.heads = {phrase.split(" ")[0].rstrip(".") for phrase in self.words}
        # What may stand before its amount too, "Taka 5 crore", and is no other word.
        self.leading = {
            phrase
            for phrase, word in self.words.items()
            if " " not in phrase and not word.needs and word.default not in self.former
        }
        self.signs: dict[str, list[str]] = {}
        for r in rows["money_signs"]:
            self.signs.setdefault(r.sign, []).append(r.currency)
        for r in currencies:
            for sign in r.sign.split():
                key = sign if sign[-1].isalpha() else sign.lower()
                self.signs.setdefault(key, [r.currency])
        self.heads |= {sign for sign in self.signs if sign.isalpha() and sign.islower()}
        # Two letters with which no sign or code ends, and what ends one that is parted, "HK $".
        ends = {s[-2:] for s in self.signs}
        self.no_ends = {a + b for a in ascii_lowercase for b in ascii_lowercase} - ends
        self.parted = {s[-3:].lower() for s in self.signs if s[-2:-1] == " "}
        # The words before a noun that a sign stands for: "canadian" of "canadian dollar".
        nouns = {" " + self.noun[known[0]] for known in self.signs.values()}
        before = {w[: -len(n)] for n in nouns for w in self.words if w.endswith(n)}
        self.adjectives = {words.rpartition(" ")[2] for words in before}
        self.marks = frozenset(s[-1] for s in self.signs if not s[-1].isalpha()) - ENDS
        self.after_signs = {s for s in self.signs if len(s) > 1 and s[0].isupper()}
        self.after_signs -= self.code_words

    def before(self, text: str, at: int, sides: Sides, scaled: bool) -> Money | None:
        """Return the money whose sign or code stands before the number at `at`."""
        p = at - 1 if text[at - 1] in BLANKS else at
        if text[p - 2 : p] in self.no_ends:
            return None
        mark = text[p - 1 : p]
        if mark in self.marks and mark:
            return self._sign(text, p, mark, sides, scaled)
        if mark not in ENDS and not mark.isalpha():
            return None
        tail = text[max(0, p - LONG) : p]
        if len(tail) == LONG and tail.isalpha() and tail.islower():
            return None  # a word longer than any sign or code
        for k in (3, 2, 4, 1):
            if p < k:
                continue
            before, word = text[p - k - 1 : p - k], text[p - k : p]
            if before.isalnum() and not (before.islower() and word[0].isupper()):
                continue
            known = self.signs.get(word) or self.signs.get(word.lower())
            if not known and word not in self.codes:
                continue
            if not scaled and (k == 1 or word in self.code_words):
                return None
            return Money(self._of_sign(known or [word], sides, p), 1.0, p - k, at)
        return None

    def _of_sign(self, known: Sequence[str], sides: Sides, at: int) -> str:
        """Return which of the currencies that share a sign is meant."""
        if len(known) == 1:
            return known[0]
        return self._fitting({c: self.sides[c] for c in known}, sides(at), known[0])

    def leads(self, word: str, start: int, end: int, sides: Sides) -> Money | None:
        """Return the money of a word written like a name before its amount: "Taka 5 crore"."""
        known = self.words.get(fold(word)) if fold(word) in self.leading else None
        if known is None:
            return None
        currency = self._fitting(known.candidates, sides(start), known.default)
        return Money(currency, known.share(self.noun[currency]), start, end)

    def _sign(self, text: str, p: int, mark: str, sides: Sides, scaled: bool) -> Money | None:
        """Return the money of a sign, with the letters or the adjective before it."""
        start = p - 1
        lead = text[start - 1 : start]
        if lead == " ":
            leads = (text[max(0, start - 2) : start] + mark).lower() in self.parted
        else:
            leads = lead.isalpha() or lead in ".\n"
        m = PREFIX.search(text, max(0, start - 6), start) if leads else None
        if m:
            known = self.signs.get((m[0] + mark).lower())
            if known:
                return Money(self._of_sign(known, sides, p), 1.0, m.start(), p)
        known = self.signs.get(mark)
        if not known or (mark == "#" and not scaled):
            return None
        noun = self.noun[known[0]]
        adjective = self._adjective_before(text, start) if lead in " \n" else None
        if adjective:
            for k in (0, 1):
                named = self.words.get(fold(f"{adjective[k].strip()} {noun}"))
                if named:
                    return Money(named.default, 1.0, adjective.start(k), p)
        return Money(self._of_sign(known, sides, p), 1.0, start, p)

    def _adjective_before(self, text: str, at: int) -> re.Match[str] | None:
        """Return the two words before a sign, unless the last can be none that names a currency."""
        least = max(0, at - 24)
        word = text[least:at].rpartition(" ")[0].rpartition(" ")[2]
        if word.isascii() and word.isalpha() and word.lower() not in self.adjectives:
            return None
        return ADJECTIVE.search(text, least, at)

    def after(self, reading: Surroundings, number: Number) -> Money | None:
        """Return the money whose word, code or sign follows a number."""
        text, folded, at = reading.text, reading.folded, number.end
        p = at + 1 if text[at : at + 1] in LINKS else at
        first = text[p : p + 1]
        if first in self.marks:
            leads = SIGN_LEADS.match(text, p + 1)  # the sign of the next amount
            # "¢" ends a sign, "GH¢", and is none by itself.
            if first not in self.signs or first == "#" or leads:
                return None
            return Money(self.signs[first][0], 1.0, at, p + 1)
        scaled = number.scale > 1
        code = text[p : p + 3]
        if code in self.codes and not text[p + 3 : p + 4].isupper():
            settled = scaled or code not in self.code_words
            return Money(code, 1.0, at, p + 3) if settled else None
        m = TWO_WORDS.match(folded, p)
        if m is None:
            return None
        head = m[1].rstrip(".'")
        if head in self.heads:
            named = self._phrase(reading, number, p)
            if named:
                return named
        if first.isupper() and (scaled or (number.exact and number.value >= LEAST_AMOUNT)):
            written = LETTERS.match(text, p)
            if written and written[0] in self.after_signs:
                currency = self._of_sign(self.signs[written[0]], reading.sides, at)
                return Money(currency, 1.0, at, written.end())
        # A country's adjective leads to a noun or a sign of money.
        if (m[2] or "").rstrip(".'") not in self.words and (
            text[m.end(1) + 1 : m.end(1) + 2] not in self.marks
        ):
            return None
        return self._adjective(reading, number, p, m)

    def _phrase(self, reading: Surroundings, number: Number, p: int) -> Money | None:
        """Return the money of the longest phrase after a number that names some."""
        m = FOLLOWING.match(reading.folded, p)
        parts = [g for g in m.groups() if g] if m else []
        for k in range(len(parts), 0, -1):
            phrase = " ".join(parts[:k]).rstrip(".'")
            word = self.words.get(phrase)
            if word and k == 1:
                return self._open(word, reading, number, p + len(phrase))
            if word:
                return Money(word.default, word.shares[0], number.end, p + len(phrase))
        word_1 = parts[0].rstrip(".'") if parts else ""
        if word_1 in self.signs:
            currency = self._of_sign(self.signs[word_1], reading.sides, number.end)
            return Money(currency, 1.0, number.end, p + len(word_1))
        return None

    def _adjective(
        self, reading: Surroundings, number: Number, p: int, m: re.Match[str]
    ) -> Money | None:
        """Return the money of "Bolivian pesos" or "12 million Canadian $" by the country's side."""
        end = m.end(1)
        mark = reading.text[end + 1 : end + 2]
        if mark in self.marks and mark in self.signs and mark != "#":
            noun, end = self.noun[self.signs[mark][0]], end + 2
        else:
            noun = (m[2] or "").rstrip(".'")
            end = end + 1 + len(noun)
        word = self.words.get(noun)
        if word and m[1] == "new":
            return self._open(word, reading, number, end)
        side = reading.side_of(p) if word else ""
        if not word or not side:
            return None
        fits = [c for c, of in word.candidates.items() if side in of]
        if not fits:
            return None
        return Money(fits[-1], word.share(self.noun[fits[-1]]), number.end, end)

    def _open(self, word: Word, reading: Surroundings, number: Number, end: int) -> Money | None:
        """Settle a bare noun by the text: a sub-unit by the money named last, others by country."""
        at = number.end
        if word.shares != (1.0,) and self.noun.get(reading.currency) in word.of:
            share = word.share(self.noun[reading.currency])
            return Money(reading.currency, share, at, end)
        currency, fit = "", False
        if word.needs != "world" and len(word.candidates) > 1:
            currency = self._fitting(word.candidates, reading.sides(number.start), "")
            fit = bool(currency)
        elif word.needs in ("amount", "country"):
            sides = frozenset().union(*word.candidates.values())
            fit = not sides.isdisjoint(reading.sides(number.start)[-1])
        fit = fit or reading.lists_money(number.start)
        scaled = number.scale > 1
        large = scaled or number.value >= LEAST_AMOUNT or (fit and number.value >= LEAST_AT_HOME)
        if not scaled and number.end - number.start == 4 and int(number.value) in YEARS:
            large = False  # "2024 marks the anniversary"
        allowed = {"amount": large, "country": scaled or fit, "code": False}
        if not allowed.get(word.needs, True):
            return None
        currency = currency or word.default
        return Money(currency, word.share(self.noun[currency]), at, end)

    def _fitting(
        self,
        candidates: Mapping[str, Iterable[str]],
        sides: Sequence[Mapping[str, int]],
        default: str,
    ) -> str:
        """Return the currency that is tender in the country named first, in use before former."""
        for named in sides:
            found = [
                (c in self.former, min(named[s] for s in of if s in named), -k, c)
                for k, (c, of) in enumerate(candidates.items())
                if not named.keys().isdisjoint(of)
            ]
            if found:
                return min(found)[3]  # one country's present money, after its past ones
        return default
