"""Finds the noun that a number counts: the head of the noun phrase after it.

English puts the head last and in the plural, "129 infantry fighting vehicles", so the head is the
last plural before the phrase ends at a preposition, a verb or punctuation. What looks like a plural
and is none, and plurals without -s, stand in ``figure_words.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

# A blank or a hyphen, and the word after it.
PART = re.compile(r"[ \-\u00a0\n]?([^\W\d_]+(?:[-–'’.][^\W\d_]+)*)")
SIBILANT = ("sses", "shes", "ches", "xes", "zzes")
MOST_MODIFIERS = 5
LONG = 40


class Head(NamedTuple):
    """The noun counted, in the singular, and where its phrase ends."""

    noun: str
    end: int


class Nouns:
    """Plurals, and the words at which a noun phrase ends."""

    def __init__(self, words: Iterable[Any]) -> None:
        rows = list(words)
        self.irregular: dict[str, str] = {r.word: r.value for r in rows if r.kind == "plural"}
        self.stop = {r.word for r in rows if r.kind == "stop"}
        self.not_plural = {r.word for r in rows if r.kind == "singular"}
        # After "one" or "two" these end the phrase; a conjunction may lead to a second number.
        self.mere = self.stop - {"and", "or", "to", "a", "per"}
        self.party = {r.word for r in rows if r.kind == "party"}

        self._seen = lru_cache(maxsize=4096)(self._parse)

    def _parse(self, word: str) -> tuple[bool, bool, str | None]:
        """Tell whether a word is a conjunction, whether it ends a phrase, and its singular."""
        low = word.lower()
        if low in self.stop or low in ("and", "or"):
            return low in ("and", "or"), low in self.stop, None
        last = 0 if word.isalpha() else max(map(word.rfind, "-–'’")) + 1
        return False, False, self.singular(word[last:])

    def singular(self, word: str) -> str | None:
        """Return the singular of a plural noun, or None where `word` is no plural."""
        low = word.lower()
        if low in self.irregular:
            return self.irregular[low]
        if low[-1] != "s" or len(low) < 3:
            return None
        if not word[1:].islower() and sum(map(str.isupper, word[:-1])) > 1:  # "SMEs", "MoUs"
            return word[:-1] if word[-1] == "s" else None
        if len(low) < 4 or low.endswith(("ss", "us", "is", "'s", "’s")):
            return None
        if low in self.not_plural or low in self.stop:
            return None
        if low.endswith("ies") and len(low) > 4:
            return word[:-3] + "y"
        if low.endswith(SIBILANT):
            return word[:-2]
        return word[:-1]

    def head(self, text: str, at: int, is_people: Callable[[int], bool]) -> Head | None:
        """Return the head of the noun phrase that begins at `at`, right after a number.

        `is_people` tells whether the adjective of a country begins at an offset: alone it is the
        head of "350,000 Vietnamese who live there".
        """
        found: Head | None = None
        people: Head | None = None
        joined = False
        for k in range(MOST_MODIFIERS + 1):
            m = PART.match(text, at)
            if m is None or (k and m.start(1) == at):
                break
            word = m[1]
            short = len(word) < LONG  # what is kept stays small
            joins, stops, noun = self._seen(word) if short else self._parse(word)
            if joins and k and found is None and not joined:
                joined, at = True, m.end()  # "12 political and economic accords"
                continue
            if stops:
                break
            if noun is not None:
                found = Head(_lower(noun), m.end())
            elif found:
                break
            elif k == 0 and word[0].isupper() and is_people(m.start(1)):
                people = Head(word, m.end())
            elif not joined:
                people = None
            at = m.end()
            if text[at : at + 2] in ("'s", "’s"):
                at += 2
        return found or people


def _lower(noun: str) -> str:
    """Keep the capitals of an acronym or a people, drop that of a name ("Impact Projects")."""
    keeps = noun[1:].lower() != noun[1:] or noun.endswith(("an", "ese", "ish", "i"))
    return noun if keeps else noun.lower()
