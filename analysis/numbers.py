"""Reads one number from a text: digits in the styles of the world, words, scales and ranges.

A number is read where it begins; finding the places is the caller's business. ``1,250.5``,
``1.250,5``, ``1 250``, ``1,00,000``, ``4 1/2``, ``seventy-five``, ``half a billion``, ``a hundred
thousand`` and ``20 to 30 million`` all come out as values with the characters they stand on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from analysis.matcher import make

BLANKS = " \t\u00a0\u2009\u202f"
# Eight groups parted by blanks are larger than LARGEST: a longer run need not be read to its end.
DIGITS = re.compile(
    rf"""(?:(?P<english>\d{{1,3}}(?:,\d{{2,3}})*,\d{{3}}(?:\.\d+)?)(?![\d,]\d|\d)
    |(?P<spaced>\d{{1,3}}(?:[{BLANKS}],[{BLANKS}]\d{{3}}){{1,7}}(?:\.\d+)?)(?!\d)
    |(?P<european>\d{{1,3}}(?:\.\d{{3}})+,\d+|\d{{1,3}}(?:\.\d{{3}}){{2,}})(?!\d)
    |(?P<blank>\d{{1,3}}(?:[{BLANKS}]\d{{3}}){{1,7}}(?:[.,]\d+)?)(?!\d|[.,]\d)
    |(?P<comma>\d+,\d{{1,2}})(?![\d,])
    |(?P<plain>\d+(?:\ ?\.\d+)?))
    (?:(?P<fraction>[{BLANKS}]\d{{1,2}}/\d{{1,2}})(?!\d|/)|(?P<vulgar>[½¼¾]))?""",
    re.VERBOSE,
)
# Most numbers: a run of digits with nothing after it that could belong to it.
RUN = re.compile(rf"\d+(?![\d.,/½¼¾]|[{BLANKS}][\d.,])")
# What is no part of a number and joins it to no other: a word, or the end of a clause.
APART = r"(?= (?!and )[^\W\d_]{3}|[.,](?!\d)|[;:%)'’\n]|\Z)"
PLAIN = re.compile(rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?{APART}")
ENDS = re.compile(APART)
VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75}
JOINTS = frozenset(f"-–{BLANKS}")
# What is larger states nothing: a serial number, a jest.
LARGEST = 1e21
# From here on a first number is written out, "5,000 to 1.2 million", and shares no scale.
LEAST_BARE = 1000.0
LETTER = re.compile(rf"[-{BLANKS}]?([a-zA-Z]{{1,2}})(?![^\W_])")
RANGE = re.compile(r" ?[-–~] ?| (?:to|or) ")


class Number(NamedTuple):
    """A number and where it stands.

    `exact` is true of one that has a scale, a separator or a decimal: such a number counts or
    measures and is no label. `letter` is the factor of a letter that follows and may be a scale
    (``5m``), which only its context can tell; `letter_end` is where that letter ends.
    """

    start: int
    end: int
    value: float
    value_to: float | None
    scale: float
    digits: bool
    exact: bool
    letter: float = 0.0
    letter_end: int = 0


class Numbers:
    """The words of numbers, from ``numbers.csv``, and the letters of scale, from ``units.csv``."""

    def __init__(self, rows: Iterable[Any], units: Iterable[Any]) -> None:
        self.values = {r.surface: (r.kind, float(r.value)) for r in rows}
        self.letters = {r.surface: float(r.factor) for r in units if r.kind == "letter"}

    def read(self, text: str, words: Mapping[int, Any], at: int) -> Number | None:
        """Return the number or the range that begins at `at`.

        Parameters
        ----------
        text : str
            The text as it is.
        words : mapping of int to Hit
            The longest hit of ``numbers.csv`` by its start.
        at : int
            An offset of a digit or of a hit.

        Returns
        -------
        Number or None
            None where no number begins, as at "hundred" in "several hundred".
        """
        first = self._plain(text, words, at)
        if first:
            return first
        first = self._one(text, words, at)
        if first is None:
            return None
        if text.startswith(" and ", first.end):
            if not text[max(0, at - 9) : at].lower().endswith("between "):
                return first
            link = first.end + 5
        else:
            m = RANGE.match(text, first.end)
            if m is None:
                return first
            link = m.end()
        second = self._one(text, words, link)
        if second is None or second.digits != first.digits:
            return first
        low = first.value
        if first.scale == 1 < second.scale and low < second.value / second.scale:
            low *= second.scale
        falls = first.scale == 1 < second.scale and low == first.value
        if low >= second.value or (falls and low < LEAST_BARE):
            return first
        if _from(text, at) and text.startswith(" ", first.end):
            return first._replace(value=low, scale=second.scale, exact=second.exact)
        return second._replace(
            start=first.start,
            value=low,
            value_to=second.value,
            exact=first.exact or second.exact,
        )

    def _plain(self, text: str, words: Mapping[int, Any], at: int) -> Number | None:
        """Return a number in digits with at most one scale, and nothing else; most are so."""
        m = PLAIN.match(text, at)
        if m is None:
            return None
        said, end, factor = m[0], m.end(), 1.0
        if end in words:
            return None
        exact = not said.isdecimal()
        hit = words.get(end + 1)
        if hit:
            kind, factor = self.values[hit.row.surface]
            if kind != "scale" or text[end] != " ":
                return None
            end, exact = hit.end, True
            if end in words or end + 1 in words or not ENDS.match(text, end):
                return None
        value = float(said.replace(",", "") if exact else said) * factor
        if value >= LARGEST or factor >= LARGEST:
            return None
        return make(Number, (at, end, value, None, factor, True, exact, 0.0, 0))

    def _one(
        self, text: str, words: Mapping[int, Any], at: int, below: float = LARGEST
    ) -> Number | None:
        """Read one number whose scale is smaller than `below`."""
        if text[at : at + 1].isdecimal():
            run = RUN.match(text, at)
            m = run or DIGITS.match(text, at)
            if m is None:
                return None
            value = float(m[0]) if run else digits(m)
            if value >= LARGEST:
                return None
            return self._scaled(text, words, at, m.end(), value, below, not m[0].isdecimal(), True)
        return self._words(text, words, at, below) if at in words else None

    def _words(self, text: str, words: Mapping[int, Any], at: int, below: float) -> Number | None:
        """Read a number written in words, with its scales smaller than `below`."""
        kind, value = self.values[words[at].row.surface]
        start, end = at, words[at].end
        if kind in ("scale", "hundred"):
            if text[max(0, at - 2) : at].lower() != "a " or text[max(0, at - 3) : at - 2].isalnum():
                return None
            return self._scaled(text, words, at - 2, at, 1.0, below, True)
        if kind == "part":
            found = self._scaled(text, words, start, end, value, below)
            return found if found.scale > 1 else None
        if kind not in ("cardinal", "tens"):
            return None
        following = words.get(end + 1)
        if kind == "tens" and following and text[end] in "- –":
            kind_2, units = self.values[following.row.surface]
            if kind_2 == "cardinal" and units < 10:
                value, end = value + units, following.end
        return self._scaled(text, words, start, end, value, below)

    def _scaled(
        self,
        text: str,
        words: Mapping[int, Any],
        start: int,
        end: int,
        value: float,
        below: float,
        exact: bool = False,
        in_digits: bool = False,
    ) -> Number:
        """Extend a number by the scales and the smaller parts that follow it."""
        scale, letter, letter_end = 1.0, 0.0, 0
        while True:
            gap = 1 if text[end : end + 1] in JOINTS else 0
            hit = words.get(end + gap)
            if hit is None:
                if in_digits and scale == 1 and (m := LETTER.match(text, end)):
                    letter, letter_end = self.letters.get(m[1].lower(), 0.0), m.end()
                break
            kind, factor = self.values[hit.row.surface]
            if kind in ("scale", "hundred"):
                if scale * factor >= below or value * factor >= LARGEST:
                    break
                value, scale, end, exact = value * factor, scale * factor, hit.end, True
                if kind == "hundred" and (part := self._part(text, words, end, factor, True)):
                    value, end = value + part.value, part.end
            elif kind == "plus":
                value, end, exact = value + factor * scale, hit.end, True
            else:
                break
        if scale >= 1000 and (part := self._part(text, words, end, scale, scale == 1000)):
            value, end = value + part.value, part.end
        return Number(start, end, value, None, scale, in_digits, exact, letter, letter_end)

    def _part(
        self, text: str, words: Mapping[int, Any], end: int, scale: float, joined: bool
    ) -> Number | None:
        """Return the smaller part that follows a scale.

        "200 billion" of "1 trillion 200 billion", "twenty-five" of "a hundred and twenty-five";
        "and" is read where `joined`.
        """
        at = end + (5 if joined and text.startswith(" and ", end) else 1)
        if at >= len(text) or text[end] not in " -":
            return None
        if text[at].isdecimal():
            part = self._one(text, words, at, scale) if at == end + 1 else None
            return part if part and part.scale > 1 else None
        hit = words.get(at)
        if hit is None or self.values[hit.row.surface][0] not in ("cardinal", "tens"):
            return None
        part = self._words(text, words, at, scale)
        return part if part and part.value < scale else None


def digits(m: re.Match[str]) -> float:
    """Return the value of a match of ``DIGITS``."""
    style = m.lastgroup
    whole = m["english"] or m["spaced"]
    if whole:
        value = float(re.sub(rf"[,{BLANKS}]", "", whole))
    elif m["european"]:
        value = float(m["european"].replace(".", "").replace(",", "."))
    elif m["blank"]:
        value = float(re.sub(rf"[{BLANKS}]", "", m["blank"]).replace(",", "."))
    elif m["comma"]:
        value = float(m["comma"].replace(",", "."))
    else:
        value = float(m["plain"].replace(" ", ""))
    if style == "fraction":
        top, _, bottom = m["fraction"].strip(BLANKS).partition("/")
        value += int(top) / int(bottom) if int(bottom) else 0.0
    elif style == "vulgar":
        value += VULGAR[m["vulgar"]]
    return value


def _from(text: str, at: int) -> bool:
    """Tell whether "from" leads a number: "from 20 to 30" is a change, not a range."""
    return text[max(0, at - 5) : at].lower() == "from "
