"""Names of persons: their shape in running text, their keys, their short forms.

The shape is that of the world's names in Latin letters: capitalised words, hyphens and apostrophes
inside them, initials, particles ("da", "van der", "bin") and suffixes ("Jr."). Which parts serve as
a short form is the custom of the person's country, held in knowledge; where no custom is known,
any part may.
"""

from __future__ import annotations

import calendar
import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from analysis.folding import fold
from analysis.word_forms import plural

UPPER = "".join(c for c in map(chr, range(sys.maxunicode)) if c.isupper() and ord(c) < 0x2000)
WORD = re.compile(rf"[{UPPER}](?:\w|[-'’ʻ](?=\w)(?![sS]\b))*")
INITIAL = re.compile(rf"(?:[{UPPER}]\.-?){{1,3}}(?=\s?[{UPPER}])")
DOTTED = re.compile(rf"(?:[{UPPER}]\.-?){{1,3}}")
PARTICLE = re.compile(r"[a-z]+[ -]|[a-z]+['’](?=\w)")
GAP = re.compile(r"[ \u00a0]|\n(?=\S)|(?<=\.)(?=\S)")
LETTERS = re.compile(r"[^\W\d_]+")
CALENDAR = frozenset(fold(w) for w in [*calendar.month_name, *calendar.day_name] if w)
MOST_PARTS = 7
LONGEST = 200  # characters; what is longer is no name, and would stay in memory as one


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """Return what is the same in all spellings of a name: its letters, folded.

    Examples
    --------
    >>> key("CHO Tae Yul") == key("Cho Tae-yul")
    True
    """
    return "".join(LETTERS.findall(fold(name)))


class NameShape:
    """Reads a name off a text at a given place.

    Parameters
    ----------
    words : rows of name_words.csv
        Particles and suffixes that belong to names, words that never do.
    bodies : iterable of str
        Nouns of organisations, which no person's name holds.
    """

    def __init__(self, words: Iterable[Any], bodies: Iterable[str] = ()) -> None:
        rows = list(words)
        self._particles = frozenset(r.surface for r in rows if r.kind == "particle")
        ends = " -'’"  # as PARTICLE has them
        self._particle_heads = frozenset((p + end)[:2] for p in self._particles for end in ends)
        self._suffixes = frozenset(r.surface for r in rows if r.kind == "suffix")
        self._abbreviated = frozenset(r.surface for r in rows if r.kind == "abbreviated")
        stops = {r.surface for r in rows if r.kind == "stop"}
        self._stops = frozenset(stops.union(*((b, plural(b)) for b in bodies)))
        self.is_part = lru_cache(maxsize=1 << 14)(self._is_part)
        self.functions = frozenset(fold(r.surface) for r in rows if r.kind == "function")

    def at(self, text: str, start: int, barred: frozenset[int] | set[int] = frozenset()) -> int:
        """Return where the name that starts at `start` ends; `start` itself if none does.

        `barred` are offsets at which something else begins: a country, a title, an organisation.

        Examples
        --------
        >>> text = "Luiz Inácio Lula da Silva said"
        >>> text[: NameShape([]).at(text, 0)]
        'Luiz Inácio Lula'
        """
        if not text[start : start + 1].isupper():
            return start
        at = end = start
        parts = 0
        while parts < MOST_PARTS and at not in barred:
            m = INITIAL.match(text, at) if text.startswith(".", at + 1) else None
            m = m or WORD.match(text, at)
            if m is None:
                known = parts and text[at : at + 2] in self._particle_heads
                after = self._past_particles(text, at) if known else at
                if after == at or after in barred:
                    break
                at = after
                continue
            word = m.group()
            if word in self._suffixes and parts:
                stop = text[m.end() : m.end() + 1] == "." and word + "." in self._suffixes
                return m.end() + stop
            if m.end() - start > LONGEST or not self.is_part(word):
                break
            parts += 1
            end = m.end()
            if text.startswith(" ", end):
                at = end + 1
                continue
            end += text[end : end + 1] == "." and word + "." in self._abbreviated
            gap = GAP.match(text, end)
            if gap is None:
                break
            at = gap.end()
        return end

    def _past_particles(self, text: str, at: int) -> int:
        while True:
            m = PARTICLE.match(text, at)
            if m is None or m.group().rstrip(" -'’") not in self._particles:
                return at
            at = m.end()

    def _joined(self, word: str) -> bool:
        """Tell whether a word is a particle and a name in one: "al-Rabiah"."""
        particle, hyphen, name = word.partition("-")
        return bool(hyphen) and particle in self._particles and name[:1].isupper()

    def _is_part(self, word: str) -> bool:
        """Tell whether a word by itself may be a part of a name."""
        named = WORD.fullmatch(word) or DOTTED.fullmatch(word) or self._joined(word)
        named = bool(named) or word in self._abbreviated
        return named and word not in self._stops and fold(word) not in CALENDAR

    def before(self, text: str, end: int, floor: int) -> int:
        """Return where the name that ends at `end` starts; `end` itself if none does."""
        start = at = end
        floor = max(floor, text.rfind("\n", floor, end) + 1)
        for _ in range(MOST_PARTS):
            space = text.rfind(" ", floor, at)
            begin = space + 1 or floor
            if end - begin > LONGEST:
                break
            word = text[begin:at]
            if self.is_part(word):
                start = begin
            elif word not in self._particles:
                break
            if space < 0:
                break
            at = space
        return start


def tidy(name: str) -> str:
    """Return a name in ordinary case: parts written in capitals become capitalised."""
    parts = []
    for part in name.split():
        # "LE" is a name, "JD" are initials.
        long = len(part) > 2 or (len(part) == 2 and fold(part)[-1] in "aeiou")
        shout = long and part.isupper() and part.isalpha()
        parts.append(part.capitalize() if shout else part)
    return " ".join(parts)


def short_forms(name: str, custom: Any | None) -> list[str]:
    """Return the parts of a name that may stand for it, the most usual one first.

    Examples
    --------
    >>> short_forms("Cho Tae-yul", None)
    ['Tae-yul', 'Cho']
    """
    parts = [p for p in name.split() if not p.islower() and not p.endswith(".") and len(p) > 1]
    if len(parts) < 2:
        return parts if " " in name else []
    first, last = parts[0], parts[-1]
    if custom is None or custom.short == "any":
        words = name.split()
        count = len(words)
        runs = [" ".join(words[i:j]) for i in range(count) for j in range(i + 1, count + 1)]
        named = [r for r in runs if r.split()[-1] in parts and r != name]
        return list(dict.fromkeys([last, first, *named]))
    whole = " ".join(parts[1:])
    if custom.short == "whole":
        return [whole] if len(parts) > 2 else []
    family_first = custom.order == "family_first"
    if custom.short == "family":
        usual = first if family_first else last
        given = whole if family_first else first
        return list(dict.fromkeys([usual, given]))
    return [last if family_first else first]
