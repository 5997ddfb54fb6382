"""One automaton for all literal knowledge: scan a folded text once, return hits by kind.

Capitals count where the entry has them: ``UN`` does not match "un", ``Party`` does not match
"party". Accents count where the entry has them and the text too: ``Huế`` matches "Hue", not "Huệ".
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from analysis.folding import fold

ANY, CAPITAL, CAPITALS = 0, 1, 2
make = tuple.__new__  # a named tuple's own constructor costs twice as much
# What an entry asks of the text: its case, the length of what is in capitals, its accents.
_Asks = tuple[int, int, str]

# What stands beside a match: a small letter, what may be another letter or a digit, or neither.
LOWER, OTHER = 1, 2
_KINDS = bytes(
    LOWER if chr(c).islower() else OTHER if c > 127 or chr(c).isalnum() or chr(c) == "?" else 0
    for c in range(256)
)


class Hit(NamedTuple):
    """One stretch of text that an entry of the knowledge matches."""

    start: int
    end: int
    row: Any


class Matcher:
    """The compiled patterns of all knowledge files, found in one pass over a text.

    Parameters
    ----------
    entries : iterable of (kind, surface, row)
        `kind` groups the hits; `surface` is the literal in its final form; `row` comes back with
        each hit.
    plain : set of str
        Kinds whose hits are plain tuples instead of `Hit`, which take a quarter of the time.
    """

    def __init__(
        self, entries: Iterable[tuple[str, str, Any]], plain: frozenset[str] = frozenset()
    ) -> None:
        meanings: dict[str, list[tuple[_Asks | None, bool, str, Any]]] = defaultdict(list)
        for kind, surface, row in entries:
            stem = getattr(row, "surface", surface)
            case = ANY if surface.islower() else _case(surface, stem)
            marks = _marks(surface)
            asks = (case, len(stem) if case == CAPITALS else 0, marks) if case or marks else None
            meanings[fold(surface)].append((asks, kind in plain, kind, row))
        self._automaton = AhoCorasick(
            list(meanings),
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
        )
        # What asks the same is asked once.
        self._meanings = [
            [
                (asks, bare, [(kind, row) for _, _, kind, row in same])
                for (asks, bare), same in groupby(found, key=itemgetter(0, 1))
            ]
            for found in meanings.values()
        ]

    def scan(self, text: str, folded: str) -> defaultdict[str, list[Any]]:
        """Return all hits by kind, overlapping ones too, by start and then longest first."""
        hits: defaultdict[str, list[Any]] = defaultdict(list)
        meanings = self._meanings
        kinds = text.encode("ascii", "replace").translate(_KINDS) + b"\0"  # before and behind
        spans = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(
            folded, overlapping=True
        ):
            # Inside a word in most cases: the cheap tests come first.
            if kind := kinds[end]:
                if kind == LOWER == kinds[end - 1]:
                    continue
                if folded[end].isalnum() and not _ends(text, end):
                    continue
            if kind := kinds[start - 1]:
                if kind == LOWER == kinds[start]:
                    continue
                if folded[start - 1].isalnum() and not _begins(text, folded, start):
                    continue
            spans.append((start, -end, pattern))
        spans.sort()  # once for all kinds
        dollars = "$" in text
        for start, negative, pattern in spans:
            end = -negative
            for asks, bare, named in meanings[pattern]:
                if asks:
                    case, stem, marks = asks
                    if stem and not text[start : start + stem].isupper():
                        continue
                    if case and text[start].islower():
                        continue
                    if case and dollars and text.startswith("$", end):
                        continue  # US$ is a currency, not the country
                    if marks and not _alike(marks, text[start:end]):
                        continue
                if bare:
                    for name, row in named:
                        hits[name].append((start, end, row))
                else:
                    for name, row in named:
                        hits[name].append(make(Hit, (start, end, row)))
        return hits


def _case(surface: str, stem: str) -> int:
    """Return what capitals an entry asks for, given a form of it and the entry itself."""
    if not next(filter(str.isalpha, surface), "").isupper():
        return ANY
    letters = [c for c in stem if c.isalpha()]
    return CAPITALS if len(letters) > 1 and all(c.isupper() for c in letters) else CAPITAL


def _marks(surface: str) -> str:
    """Return the accents of a surface, in no order: Hoà and Hòa are one word, Huế and Huệ two."""
    if surface.isascii():
        return ""
    return "".join(
        sorted(c for c in unicodedata.normalize("NFD", surface) if unicodedata.combining(c))
    )


def _alike(marks: str, surface: str) -> bool:
    """Tell whether a stretch has the accents of an entry, or none."""
    return surface.isascii() or marks == _marks(surface)


def _begins(text: str, folded: str, at: int) -> bool:
    """Tell whether a word may begin behind a letter or digit."""
    if text[at].islower() and folded[at - 1].isalpha():
        return False
    return _switch(text, at)


def _ends(text: str, at: int) -> bool:
    """Tell whether a word may end before a letter or digit."""
    if text[at].islower() and text[at - 1].islower():
        return False
    return _switch(text, at)


def _switch(text: str, at: int) -> bool:
    """Tell whether a word may end between two characters that a missing space has glued."""
    before, after = text[at - 1], text[at]
    if before.isdigit() != after.isdigit():
        return True
    if before.islower() and after.isupper():
        return True
    acronym = text[max(0, at - 3) : at]
    return len(acronym) == 3 and acronym.isalpha() and acronym.isupper() and after.islower()


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Keep, of hits ordered by start, those that no earlier or longer one covers."""
    kept: list[Hit] = []
    reach = -1
    for hit in hits:
        if hit.end > reach:
            kept.append(hit)
            reach = hit.end
    return kept


class Reach:
    """How far stretches reach that start at or before an offset, whichever reaches furthest.

    Examples
    --------
    >>> reach = Reach([(2, 9), (4, 6)])
    >>> reach(1), reach(5)
    (0, 9)
    """

    def __init__(self, spans: Iterable[tuple[Any, ...]]) -> None:
        ordered = sorted([s[:2] for s in spans])
        self._starts = [s for s, _ in ordered]
        self._ends = list(accumulate([e for _, e in ordered], max))

    def __call__(self, at: int) -> int:
        """Return the furthest end of the stretches that start at or before `at`; 0 for none."""
        i = bisect_right(self._starts, at)
        return self._ends[i - 1] if i else 0

    def covers(self, at: int) -> bool:
        """Tell whether a stretch holds the character at an offset."""
        return self(at) > at


def back_over(text: str, at: int, skipped: str = "", floor: int = 0) -> int:
    """Return where a text ends before an offset without the characters skipped, blanks by default.

    Examples
    --------
    >>> back_over("Seoul,  X", 8), back_over("Seoul,  X", 8, ", ")
    (6, 5)
    """
    while at > floor and (text[at - 1] in skipped if skipped else text[at - 1].isspace()):
        at -= 1
    return at
