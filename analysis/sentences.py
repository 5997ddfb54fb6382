"""Splits a text into sentences; offsets only, the text is never touched.

A line break ends a sentence where the line ends like one or a blank line follows; a full stop does
so unless it closes an abbreviation, an initial or a number at the head of a paragraph. A dateline
glued to the caption before it opens one.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterable

MARK = re.compile(r"[.!?…\n]")  # found fast; what it ends is looked at only there
END = re.compile(
    # closing punctuation and quotes, then space and something that can open a sentence,
    r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s+[\"'“‘(\[]*[^\W_a-z]"
    # or no space at all before a capital that follows a lower-case word ("ended.The next");
    r"|[\"'”’)]*[^\W\d_a-z][a-z])"
    # a blank line; a line break
    r"|\n[ \t]*\n\s*|\n"
)
# A dateline glued to the caption before it ("PhotoHÀ NỘI — "), which only the head of a text has.
GLUED = re.compile(r"(?<=[^\s\W\d_A-Z]|[\])])(?=[^\W\d_a-z]{2}[^\n]{0,40}? ?(?:—|–|--) )")
HEAD = 600
HEADLINE = 200
OPENERS = frozenset("([\"'“‘")
LONGEST_WORD = 40
LIST_NUMBER = re.compile(r"(?:^|\n)\s*\(?\d{1,2}$")


class Splitter:
    r"""Finds the sentences of a text.

    Parameters
    ----------
    abbreviations : iterable of str
        Words whose full stop does not end a sentence, without the stop: ``Dr``, ``U.S``.

    Examples
    --------
    >>> text = "Dr. Kim spoke. Son agreed.\n\nTalks ended."
    >>> [text[a:b] for a, b in Splitter(["Dr"]).split(text)]
    ['Dr. Kim spoke.', 'Son agreed.', 'Talks ended.']
    """

    def __init__(self, abbreviations: Iterable[str]) -> None:
        self._abbreviations = {a.lower() for a in abbreviations}

    def split(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) of each sentence, without the white space around it."""
        cuts = []
        reach = 0
        for mark in MARK.finditer(text):
            m = END.match(text, mark.start()) if mark.start() >= reach else None
            if m:
                reach = m.end()
                if self._ends(text, mark.start(), reach):
                    cuts.append(reach)
        dash = max(text.rfind(d, 0, HEAD) for d in ("— ", "– ", "-- "))
        for glued in GLUED.finditer(text, 0, dash + 3):
            at = glued.end()
            if not text[at - 1].isupper() and text[at : at + 2].isupper():
                insort(cuts, at)
        spans = []
        start = 0
        for cut in [*cuts, len(text)]:
            piece = text[start:cut]
            a = start + len(piece) - len(piece.lstrip())
            b = start + len(piece.rstrip())
            if b > a:
                spans.append((a, b))
            start = cut
        return spans

    def _ends(self, text: str, at: int, end: int) -> bool:
        """Tell whether the mark between two offsets ends a sentence."""
        if text[at] == "\n":
            if text.count("\n", at, end) > 1:
                return True
            before = text[max(0, at - 3) : at].rstrip("\"'”’) \t")
            return before.endswith((".", "!", "?", "…", ":", "/", ";")) or _headline(text, at)
        if text[at] != "." or (end > at + 1 and len(text[at:end].rstrip("\"'”’)]")) > 1):
            return True
        floor = max(0, at - LONGEST_WORD)
        last = at - text.startswith("\n", at - 1)
        word = text[max(floor, text.rfind(" ", floor, last) + 1) : last]
        if not word.isalnum():
            word = text[_word_start(text, last, floor) : last]
        if not word or (word[-1].isdecimal() and LIST_NUMBER.search(text[floor:at])):
            return False
        if text[end : end + 4].lstrip()[:1].islower():
            return False
        if end < len(text) and not text[end].isspace():
            return word[-1].islower() and "." not in word and len(word) > 1
        initial = len(word) == 1 and word.isupper()
        return not initial and word.lower() not in self._abbreviations


def _word_start(text: str, at: int, floor: int) -> int:
    """Return where the word begins that ends at an offset."""
    while at > floor and text[at - 1] not in OPENERS and not text[at - 1].isspace():
        at -= 1
    return at


def _headline(text: str, at: int) -> bool:
    """Tell whether the first line, before a break, is a headline: the next opens a sentence.

    A line break further down is one that some mail program put there.
    """
    if "\n" in text[:at].lstrip():
        return False
    following = text[at + 1 : at + 40].lstrip("-–—•◦* \t\"'“‘(")
    return at < HEADLINE and following[:1].isupper() and not text[:at].endswith((",", "-"))
