"""Characters that are obeyed instead of being seen, written out so that they do nothing.

Texts and names come from the open web. Some of their characters move the cursor of a terminal,
turn the words around them (Unicode Standard Annex 9), or cannot be seen at all. Tables hold every
one of them; where a name, a title or a quote is shown, they stand as a sign or by their number.
"""

from __future__ import annotations

import re

# Below U+0020 there is a picture of each, and one of the character 127. Tab and line ends are
# white space; a carriage return alone would let a line write over another.
PICTURED = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
# Others have none: the second set of controls, what separates lines, what turns or isolates the
# words around it, what is nothing but invisible, tags, and halves of characters. Joiners and the
# marks of direction stay: Persian, Hindi, Arabic and families of emoji are written with them, and
# they reach no further than the words beside them.
NUMBERED = (
    "\x80-\x9f\u180e\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff"
)
CONTROL = re.compile(rf"\r(?!\n)|[{PICTURED}{NUMBERED}]")
IN_TEXT = re.compile(rf"[{PICTURED}]")


def spelled(text: str) -> str:
    r"""Return a text in which each character that is obeyed can be seen; for names and messages.

    A text without such characters comes back as it is.

    Examples
    --------
    >>> spelled("red\x1b[31m, \u202egpj.exe"), spelled("Đà Nẵng\n서울")
    ('red␛[31m, [U+202E]gpj.exe', 'Đà Nẵng\n서울')
    """
    return CONTROL.sub(_sign, text)


def pictured(text: str) -> str:
    r"""Return a running text in which the lowest controls are pictures, a letter for a letter.

    HTML and XML drop or refuse these. What turns the words around it stays: it ends with its
    paragraph, and the text of an article is shown as it was written.

    Examples
    --------
    >>> pictured("a\x00b\u202ec") == "a␀b\u202ec"
    True
    """
    return IN_TEXT.sub(_sign, text)


def one_line(text: str) -> str:
    r"""Return a text whose line ends are blanks.

    Examples
    --------
    >>> one_line("They\r\nagreed\non trade")
    'They agreed on trade'
    """
    return text.replace("\r\n", " ").replace("\n", " ")


def _sign(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"[U+{code:04X}]"
