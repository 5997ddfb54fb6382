"""Texts that a spreadsheet would run as formulas, kept from it by an apostrophe."""

from __future__ import annotations

import re

# What spreadsheets take for a formula, also in full-width letters, also behind white space, quotes
# or what cannot be seen; and an apostrophe, so that taking one off again is exact. It counts at the
# start of a text and wherever a program may begin another cell: where the computer's own separator
# is a semicolon or a tab, Excel splits there, and then at line ends too.
PASSED_OVER = r"[\s\"'\x00-\x1f\u200b-\u200f\u2060\ufeff]"
SIGN = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
# Each character is looked at once: from every cell to the next sign would be the square of a text.
RUN = re.compile(rf"{PASSED_OVER}++{SIGN}?|(?:^|(?<=;)){SIGN}")
SIGNED = re.compile(SIGN)
CELL = re.compile(r"(?<=[\t\r\n])")
QUOTED_CELL = re.compile(r"(?<=[\t\r\n])(?=')")


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, nor any part of it.

    Examples
    --------
    >>> guarded("=1+1"), guarded(" -5"), guarded("'quoted'"), guarded("a = b"), guarded("a;=1+1")
    ("'=1+1", "' -5", "''quoted'", 'a = b', "a;'=1+1")
    """
    return RUN.sub(_guarded_run, text)


def _guarded_run(found: re.Match[str]) -> str:
    """Return what stands before a sign, or before none, with each cell in it guarded."""
    run, at = found.group(), found.start()
    signed = SIGNED.match(run[-1]) is not None
    first = at == 0 or found.string[at - 1] == ";"
    guard = first and (signed or run[0] == "'" or (at == 0 and run[0] in "\t\r\n"))
    return "'" * guard + (CELL if signed else QUOTED_CELL).sub("'", run)
