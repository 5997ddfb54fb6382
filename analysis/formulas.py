"""Texts that a spreadsheet would run as formulas, kept from it by an apostrophe."""

from __future__ import annotations

import re

# What spreadsheets take for a formula, also in full-width letters, also behind white space, quotes
# or what cannot be seen; and an apostrophe, so that taking one off again is exact. It counts at the
# start of a text and wherever a program may begin another cell: where the computer's own separator
# is a semicolon or a tab, Excel splits there, and then at line ends too.
GUARDED = re.compile(
    r"(?:^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))"
    r"(?='|[\s\"'\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]))"
)


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, nor any part of it.

    Examples
    --------
    >>> guarded("=1+1"), guarded(" -5"), guarded("'quoted'"), guarded("a = b"), guarded("a;=1+1")
    ("'=1+1", "' -5", "''quoted'", 'a = b', "a;'=1+1")
    """
    return GUARDED.sub("'", text)
