"""JSON Lines: a line is an article, an object whose fields are named as in `rows.COLUMNS`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from analysis.article import LARGEST, Article, Input, Rejected, Unreadable
from analysis.lines import lines, original
from analysis.rows import Record, articles_of

REMEDY = "write one object {…} a line"


def read(file: Input) -> Iterator[Article | Rejected]:
    r"""Yield an article a line; a line that is broken is set aside with its number.

    The source as read is the field ``text`` in NFC; `sha256` is that of the line's bytes, without
    its end.

    Examples
    --------
    >>> from io import BufferedReader, BytesIO
    >>> data = BytesIO(b'{"id": "a", "text": "Talks were held."}\n{"id": "b", "text": "Ta')
    >>> article, broken = read(Input(BufferedReader(data), "x.jsonl", "x"))
    >>> article.article_id, article.text
    ('a', 'Talks were held.')
    >>> broken.source, broken.reason
    ('x.jsonl, line 2', 'is not JSON (Unterminated string starting at, column 21)')
    """
    return articles_of(file, _records(file))


def _records(file: Input) -> Iterator[Record]:
    for number, line in enumerate(lines(file.stream, "\n"), 1):
        content = line.rstrip("\r\n")
        if content.strip():
            digest = hashlib.sha256(original(content)).hexdigest()
            yield Record(number, f"line {number}", _cells(content), digest)


def _cells(line: str) -> dict[str, object] | Unreadable:
    if len(line) > LARGEST:
        return Unreadable(f"is larger than {LARGEST >> 20} MiB", "no article is; split it")
    try:
        found = json.loads(line)
    except RecursionError:
        return Unreadable("is nested too deeply", REMEDY)
    except json.JSONDecodeError as error:
        return Unreadable(f"is not JSON ({error.msg}, column {error.colno})", REMEDY)
    except ValueError:  # more digits than Python turns into a number
        return Unreadable("holds a number of too many digits", "write it as text")
    return found if isinstance(found, dict) else Unreadable("is JSON, but no object", REMEDY)
