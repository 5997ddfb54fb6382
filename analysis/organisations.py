"""Organisations: those of the list, and those that a text introduces as "Full Name (ACRONYM)"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.folding import fold
from analysis.matcher import Reach, longest
from analysis.names import UPPER
from analysis.whole_words import whole_words

if TYPE_CHECKING:
    from analysis.knowledge import Document, Knowledge

ACRONYM = re.compile(rf"\(([{UPPER}][{UPPER}\w&+-]{{1,11}})\)")
FULL_NAME = re.compile(
    rf"(?:[{UPPER}][\w'’.-]*(?:,? (?:of|and|the|for|on|in|de|&) |,? )){{1,9}}[{UPPER}][\w'’-]*$"
)
LONGEST_NAME = 120  # characters before an acronym that may spell it out
WORD = re.compile(r"\w+")


@lru_cache(maxsize=4)
def _heads(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(fold(r.surface) for r in knowledge.rows["organisation_heads"])


def organisations(doc: Document, knowledge: Knowledge) -> set[tuple[int, int, str]]:
    """Find the organisations of a text, in no order: where each stands, and how it is called."""
    heads = _heads(knowledge)
    acronyms: set[str] = set()
    listed = longest(doc.hits["organisations"])
    found = [(hit.start, hit.end, hit.row.organisation) for hit in listed]
    taken: Reach | None = None
    for m in ACRONYM.finditer(doc.text):
        acronym = m.group(1)
        if sum([c.isupper() for c in acronym]) < 2:
            continue
        stop = m.start() - doc.text[m.start() - 1 : m.start()].isspace()
        full = FULL_NAME.search(doc.text, max(0, stop - LONGEST_NAME), stop)
        name = _introduced(heads, full.group(), acronym) if full else ""
        if full and name:
            begin = full.end() - len(name)
            taken = taken or Reach(listed)
            if not taken.covers(begin):
                found.append((begin, full.end(), acronym))
                acronyms.add(acronym)
    found += [(start, -negative, a) for start, negative, a in whole_words(doc.text, acronyms)]
    return set(found)


@lru_cache(maxsize=1 << 12)
def _introduced(heads: frozenset[str], name: str, acronym: str) -> str:
    """Return the name at the end of capitalised words that an acronym stands for, if any."""
    if not _headed(heads, name):
        return ""
    words = _spelt_out(name, acronym)
    return words if _headed(heads, words) else ""


def _headed(heads: frozenset[str], name: str) -> bool:
    """Tell whether a name holds a noun of organisations, in whatever number."""
    words = WORD.findall(fold(name))
    return not (heads.isdisjoint(words) and heads.isdisjoint([w.rstrip("s") for w in words]))


def _spelt_out(name: str, acronym: str) -> str:
    """Return the end of a name whose initials, in their order, are most letters of an acronym.

    Examples
    --------
    >>> _spelt_out("The Lao Rural Electrification Agency", "LREA")
    'Lao Rural Electrification Agency'
    """
    letters = [c for c in fold(acronym) if c.isalpha()]
    folded = fold(name)
    begins = [m.start() for m in WORD.finditer(folded)]
    initials = "".join([folded[begin] for begin in begins])
    most, best = 1, len(name)
    for k, begin in enumerate(begins):
        if initials[k] == letters[0] and name[begin].isupper():
            matched, at = 0, k
            for letter in letters:
                at = initials.find(letter, at) + 1
                if not at:
                    break
                matched += 1
            if matched > 1 and matched >= most:
                most, best = matched, begin
    return name[best:]
