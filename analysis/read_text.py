"""Plain text: a file is an article, in UTF-8 and in the format that `parse_text` knows."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator

from analysis.article import Article, Input, parse_text


def read(file: Input) -> Iterator[Article]:
    """Yield the article of a text file; the source as read is its content in NFC.

    Raises
    ------
    Unreadable
        It holds no text, or its date header holds no date.
    UnicodeDecodeError
        It is not UTF-8.

    Examples
    --------
    >>> from io import BufferedReader, BytesIO
    >>> data = BytesIO(b" date 2025-03-19 Talks were held.")
    >>> [article] = read(Input(BufferedReader(data), "a.txt", "a"))
    >>> article.text, article.text_start
    ('Talks were held.', 17)
    >>> list(read(Input(BufferedReader(BytesIO()), "a.txt", "a")))
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: holds no text; remove it or fill it
    """
    data = file.whole()
    raw = unicodedata.normalize("NFC", data.decode("utf-8"))
    yield parse_text(raw, file.stem, file.shown, hashlib.sha256(data).hexdigest(), None)
