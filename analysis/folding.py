"""A text as it is matched: the same length, without what writers vary without changing the word.

Folding keeps the length, so that offsets into the folded text are offsets into the text. It takes
away case, accents, curly quotes, dashes and line breaks.
"""

from __future__ import annotations

import unicodedata

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u201c": '"', "\u201d": '"'}
# No Unicode decomposition leads from these letters to their plain ones.
PLAIN = {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ħ": "h", "æ": "a", "œ": "o", "ð": "d", "þ": "t"}


class _Folding(dict[int, str]):
    """Maps each character to the one that stands for it in the folded text, computed once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in DASHES or char.isspace():
            folded = " "
        elif char in QUOTES:
            folded = QUOTES[char]
        else:
            base = unicodedata.normalize("NFD", char)[0]
            low = base.lower()
            folded = low if len(low) == 1 else base
            folded = PLAIN.get(folded) or QUOTES.get(folded, folded)
            if 0xAC00 <= code <= 0xD7A3:  # a Hangul syllable is one letter: keep it whole
                folded = char
        self[code] = folded
        return folded


_FOLDING = _Folding()

# Most texts are ASCII but for a few letters: those are replaced one by one, then all at once.
_PLAIN = bytes(range(128))
SHORT = 32  # characters; in a name or a word each is looked up
_ASCII = bytes(ord(_FOLDING[code]) if code < 128 else code for code in range(256))


def fold(text: str) -> str:
    """Return `text` in the form that is matched: the same length, without case, accents, dashes.

    Examples
    --------
    >>> fold("Việt Nam–RoK ties")
    'viet nam rok ties'
    """
    if len(text) < SHORT:
        return text.translate(_FOLDING)
    plain = text
    if not text.isascii():
        foreign = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
        for char in set(foreign.decode("utf-8", "surrogatepass")):
            plain = plain.replace(char, _FOLDING[ord(char)])
    if not plain.isascii():
        return text.translate(_FOLDING)
    return plain.encode("ascii").translate(_ASCII).decode("ascii")
