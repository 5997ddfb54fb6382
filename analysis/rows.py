"""Rows of JSON Lines, CSV and Parquet → articles: which columns there are, and what they may hold.

The source as read is the text field in NFC, so that `text_start` is an offset into it.
"""

from __future__ import annotations

import math
import reprlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from analysis.article import (
    LARGEST,
    Article,
    Input,
    Rejected,
    Unreadable,
    parse_text,
    sound,
)
from analysis.days import FIRST, LAST
from analysis.stated import Stated, day_of_address, day_written

# Each field of an article, and the names that a column may have for it, the first found goes.
COLUMNS = {
    "text": ("text",),
    "article_id": ("article_id", "id"),
    "title": ("title",),
    "publisher": ("publisher",),
    "published": ("published", "date"),
    "source": ("url", "source"),
    "language": ("language",),
}
ALLOWED = "allowed: text (needed), " + ", ".join(
    " or ".join(names) for field, names in COLUMNS.items() if field != "text"
)
GIVE_UP = 100  # records none of which can be used; a file of another layout has millions


class Record(NamedTuple):
    """One row: where it stands, its cells by column (or what is wrong with it), its hash."""

    number: int
    where: str
    cells: Mapping[str, object] | Unreadable
    sha256: str


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Return the fields that the columns of a file hold, and the column of each.

    Examples
    --------
    >>> columns_of(["ID", "Text", "author"])
    {'text': 'Text', 'article_id': 'ID'}
    >>> columns_of(["id", "body"])
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: has no column text (it has: 'id', 'body'); allowed: text
    (needed), article_id or id, title, publisher, published or date, url or source, language
    """
    names = list(names)
    there = {name.strip().casefold(): name for name in reversed(names)}
    found = {
        field: next((there[name] for name in allowed if name in there), None)
        for field, allowed in COLUMNS.items()
    }
    if found["text"] is None:
        has = ", ".join(_short(name) for name in names[:20]) or "none"
        raise Unreadable(f"has no column text (it has: {has})", ALLOWED)
    return {field: name for field, name in found.items() if name is not None}


def articles_of(file: Input, records: Iterable[Record]) -> Iterator[Article | Rejected]:
    """Yield an article a record, or why there is none.

    Raises
    ------
    Unreadable
        None of the first records can be used; the rest is not read.
    """
    usable, unusable = False, 0
    for record in records:
        try:
            if isinstance(record.cells, Unreadable):
                raise record.cells
            yield _article(file, record, record.cells)
            usable = True
        except Unreadable as fault:
            yield fault.about(f"{file.shown}, {record.where}")
            unusable += 1
        if unusable == GIVE_UP and not usable:
            reason = f"none of its first {GIVE_UP} records can be used; the rest was not read"
            raise Unreadable(reason, "mend what is said of these")


def _article(file: Input, record: Record, cells: Mapping[str, object]) -> Article:
    cells = {field: cells[name] for field, name in columns_of(cells).items()}
    text = cells["text"]
    if text is None or text == "":
        raise Unreadable("holds no text", "remove it or fill it")
    if not isinstance(text, str):
        raise Unreadable(f"text: received {_short(text)}", "write text")
    if len(text) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST >> 20} MiB", "no article is; split it")
    address = _word(cells, "source")
    return parse_text(
        unicodedata.normalize("NFC", sound("text", text)),
        _word(cells, "article_id") or f"{file.stem}-{record.number}",
        address or f"{file.shown}, {record.where}",
        record.sha256,
        _word(cells, "publisher"),
        title=_word(cells, "title"),
        stated=_published(cells) or (day_of_address(address) if address else None),
        language=_word(cells, "language"),
    )


def _published(cells: Mapping[str, object]) -> Stated | None:
    value = cells.get("published")
    if isinstance(value, datetime):
        day: date | None = value.date()
    elif isinstance(value, date):
        day = value
    else:
        written = _word(cells, "published")
        if written is None:
            return None
        day = day_written(written)
    if day is None or not FIRST <= day <= LAST:
        raise Unreadable(f"published: {_short(value)} is no date", "write YYYY-MM-DD, or nothing")
    return Stated(day, "header", f"published {day}")


def _word(cells: Mapping[str, object], field: str) -> str | None:
    """Return a cell as text on one line, or None where it is empty."""
    value = cells.get(field)
    if value is None or value != value:  # NaN
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{field}: received {_short(value)}", "write text, or nothing")
    if value in (math.inf, -math.inf):  # what Python makes of 1e400
        raise Unreadable(f"{field}: received a number that is too large", "write it as text")
    return " ".join(unicodedata.normalize("NFC", sound(field, str(value))).split()) or None


def _short(value: object) -> str:
    return reprlib.repr(value)  # bounded in length and depth, whatever it is given
