"""Text in lines of bounded length, from bytes in UTF-8 or, if they say so, UTF-16."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import BufferedReader, TextIOWrapper

from analysis.article import LARGEST


def lines(stream: BufferedReader, newline: str) -> Iterator[str]:
    r"""Yield lines with their ends, and of one that is longer than `LARGEST` its beginning.

    Bytes that are not UTF-8 come as lone surrogates, so that one of them does not end the reading;
    `original` turns lines back into bytes.

    Examples
    --------
    >>> from io import BytesIO
    >>> list(lines(BufferedReader(BytesIO("\ufeffVi\u1ec7t\nNam".encode())), "\n"))
    ['Việt\n', 'Nam']
    """
    wide = stream.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding, errors = ("utf-16", "strict") if wide else ("utf-8-sig", "surrogateescape")
    text = TextIOWrapper(stream, encoding, errors, newline)
    while line := text.readline(LARGEST + 1):
        rest = line
        while len(rest) > LARGEST and not rest.endswith("\n"):
            rest = text.readline(LARGEST + 1)
        yield line
    text.detach()


def original(text: str) -> bytes:
    """Return the bytes of lines; those of UTF-16 as UTF-8."""
    return text.encode("utf-8", "surrogateescape")
