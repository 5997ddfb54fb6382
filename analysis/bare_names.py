"""Bare names: full names that no title introduces, told by what else the sentence shows.

They stand after a nationality and a calling ("the Ghana forward X"), before ", who" or an age,
after "chaired by", and beside a verb of speech ("X said", "complained X").
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.lexicon import Lexicon
from analysis.names import UPPER

if TYPE_CHECKING:
    from analysis.knowledge import Document
    from analysis.office_holders import Offices

CHAIRED = (("chaired by ", True), ("headed by ", False))  # a firm may head a consortium
PERSONAL = re.compile(r",(?= (?:who|whose|aged|of|\d\d,)\b)")
NOT_A_CALLING = (
    r"(?!(?:and|or|the|of|in|on|at|to|from|by|with|for|as|is|are|was|has|had|will|that|\w+ed)\b)"
)
CALLING = re.compile(rf"(?: {NOT_A_CALLING}[a-z][a-z-]+){{1,2}} (?=[{UPPER}])")
DESCRIBED = re.compile(r", [a-z][^,;.!?\n]{2,90}, $")
QUOTED = re.compile(r"[,\"”’'?!] $")
RUN = re.compile(r"[\w-]+")
LONE = re.compile(rf"(?<![\w-])[\w-]++(?! [{UPPER}])")
SOON = re.compile(r"\b(?:[Hh]e|[Ss]he)\b")


def by_nationality(
    doc: Document, known: Offices, lexicon: Lexicon, barred: set[int]
) -> Iterator[tuple[int, int, str]]:
    """Yield names and sides after a nationality and a calling: "the Ghana forward X Y".

    Where the nationality names a person, no calling is needed: "the Pole X Y".
    """
    text = doc.text
    for _, stop, row in lexicon.country_starts.values():
        begin = stop + 1
        calling = CALLING.match(text, stop) if text[begin : begin + 1].islower() else None
        if calling:
            begin = calling.end()
        elif row.kind != "people" or not text.startswith(" ", stop):
            continue
        end = known.shape.at(text, begin, barred)
        if " " in text[begin:end] and lexicon.free_of_knowledge(begin, end):
            yield begin, end, row.side


def by_sentence(
    doc: Document,
    known: Offices,
    lexicon: Lexicon,
    headline: int,
    barred: set[int],
    taken: Container[int],
) -> Iterator[tuple[int, int]]:
    """Yield names that no title introduces: before ", who", after "chaired by", beside "said".

    A verb alone does not make a person (firms speak too): a part of the name must come again alone,
    or a "he" or "she" soon after. `taken` holds the ends of the names found so far.
    """
    text = doc.text
    verbs = [(s, e) for s, e, row in doc.hits["verbs"] if row.act and not row.object]
    alone = _Alone(text)
    spots = [(m.start(), True) for m in PERSONAL.finditer(text)]
    spots += [(start - 1, False) for start, _ in verbs]
    for end, sure in spots:
        last_word = text.rfind(" ", 0, end) + 1
        if text[last_word].islower() or end <= headline or not text[end - 1 : end].isalpha():
            continue  # most verbs stand behind a common word
        if end in taken:
            continue  # found already
        start = known.shape.before(text, end, max(headline + 1, end - 60, 0))
        if _plausible(text, start, end, lexicon) and (sure or alone.again(start, end)):
            yield start, end
    for words, sure in CHAIRED:
        at = text.find(words, headline + 1)
        while at >= 0:
            start = at + len(words)
            end = known.shape.at(text, start, barred)
            named = end not in taken and _plausible(text, start, end, lexicon)
            if named and (sure or alone.again(start, end)):
                yield start, end
            at = text.find(words, start)
    for begin, stop in verbs:
        if text.startswith(", ", begin - 2):
            described = DESCRIBED.search(text, max(headline + 1, begin - 110, 0), begin)
            if described:  # "X Y, head of the trade office, said"
                end = described.start()
                start = known.shape.before(text, end, max(headline + 1, end - 60, 0))
                if _plausible(text, start, end, lexicon):
                    yield start, end
        start = stop + 1
        if start <= headline or not text[start : start + 1].isupper():
            continue
        if QUOTED.search(text, begin - 3, begin):
            end = known.shape.at(text, start, barred)
            if _plausible(text, start, end, lexicon):
                yield start, end


def _plausible(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    return 1 <= text.count(" ", start, end) <= 3 and lexicon.free_of_knowledge(start, end)


class _Alone:
    """Where the words of a text last stand without a capitalised word after them."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _last(self) -> dict[str, int]:
        return {m.group(): m.start() for m in LONE.finditer(self._text)}

    def again(self, start: int, end: int) -> bool:
        """Tell whether a part of a name comes again alone, or soon after "he" or "she"."""
        words = self._text[start:end].split()
        if any(self._after(w, end) for w in (words[0], words[-1])):
            return True
        return bool(SOON.search(self._text, end, end + 300))

    def _after(self, word: str, end: int) -> bool:
        if RUN.fullmatch(word):
            return self._last.get(word, -1) >= end
        again = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])(?! [{UPPER}])")
        return bool(again.search(self._text, end))
