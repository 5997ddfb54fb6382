"""One article as read, one input that is set aside, and how a text becomes an article.

Every reader ends here, so that the same text gives the same row whatever it came in. The format of
a text is that of a wire's plain-text archive: an optional `` date YYYY-MM-DD `` before everything,
an optional headline on a line of its own, an optional dateline (``HÀ NỘI —``, ``SEOUL, Aug. 11
(Yonhap) --``), the body, and a closing byline (``— VNA/VNS``) or ``./.``.
A line of its own with the date (``Press release – 27 November 2023``) is a date header too.
"""

from __future__ import annotations

import re
import reprlib
from datetime import date
from io import BufferedReader
from typing import NamedTuple

from analysis.controls import CONTROL
from analysis.days import FIRST, LAST
from analysis.front import closing_day, day_line, front_matter
from analysis.stated import Stated

DATE_HEADER = re.compile(r"\s*date[ \t]+(\d\S*)\s*")
BYLINE = re.compile(r"(?:(?<=\.)/\.|\s*[—–]\s*[^\W\d_a-z][\w.]*(?:[/ ][^\W\d_a-z][\w.]*){0,3})\s*$")
# The commonest words of English prose; in running text one word in five is among them.
FUNCTION_WORDS = re.compile(r"\b(?:the|of|and|to|in|that|on|for|with)\b")
SAMPLE = 2**20  # characters that show the language
LANGUAGE = re.compile(r"\s*([A-Za-z]{2})(?:[-_][\w-]*)?\s*")
LARGEST = 16 * 2**20  # bytes or characters of one record; a novel has one
LONGEST_ID = 200  # characters
LINE = re.compile(r"[\t\r\n]")


class Article(NamedTuple):
    """One article as read; the columns of the table `articles`, dates only as the source says."""

    article_id: str
    source: str
    publisher: str | None
    title: str | None
    dateline: str | None
    language: str | None
    published: date | None
    text: str
    text_start: int
    sha256: str
    date_basis: str | None = None
    date_evidence: str | None = None


class Rejected(NamedTuple):
    """One input that was set aside: which, why, and what to do about it."""

    source: str
    reason: str
    remedy: str


class Unreadable(ValueError):
    """A file or record without an article; it says why, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy

    def about(self, source: str) -> Rejected:
        """Return this as an input that is set aside."""
        return Rejected(source, self.reason, self.remedy)


class Input(NamedTuple):
    """One file to read, packed or not: its bytes, how it is shown, and what ids are made of."""

    stream: BufferedReader
    shown: str
    stem: str

    def whole(self) -> bytes:
        """Return all its bytes, for formats in which a file is one article or one feed.

        Raises
        ------
        Unreadable
            They are more than an article has.
        """
        data = self.stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Unreadable(f"is larger than {LARGEST >> 20} MiB", "no article is; split it")
        return data


def parse_text(
    raw: str,
    article_id: str,
    source: str,
    sha256: str,
    publisher: str | None,
    *,
    title: str | None = None,
    stated: Stated | None = None,
    language: str | None = None,
) -> Article:
    """Turn a text into an article; what is stated beside the text goes before what it says itself.

    Parameters
    ----------
    raw : str
        The text as read, in NFC.
    article_id, source, sha256, publisher
        As in the table `articles`.
    title : str, optional
        The headline, where the source gives it apart from the text.
    stated : Stated, optional
        The day of publication, likewise.
    language : str, optional
        The language as the source has it, such as ``vi-VN``.

    Raises
    ------
    Unreadable
        There is no text, its date header holds no date, its id is no name that can be shown, or
        something holds half of a character, which no file can.

    Examples
    --------
    >>> a = parse_text(" date 2025-03-19 HÀ NỘI — Talks were held. — VNS", "a", "a.txt", "0", None)
    >>> a.published, a.dateline, a.text
    (datetime.date(2025, 3, 19), 'HÀ NỘI', 'HÀ NỘI — Talks were held.')
    >>> parse_text(" date 2025-13-19 Talks were held.", "a", "a.txt", "0", None)
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: date header '2025-13-19' is no date; write date YYYY-MM-DD
    """
    if not is_id(article_id):
        rule = f"write, or name the file with, at most {LONGEST_ID} characters that can be printed"
        raise Unreadable(f"article_id: received {reprlib.repr(article_id)}", rule)
    fields = {"text": raw, "source": source, "publisher": publisher, "title": title}
    for field, value in fields.items():
        sound(field, value or "")
    header = DATE_HEADER.match(raw)
    start = len(raw) - len(raw.lstrip("\ufeff \t\r\n"))
    if header:
        said = _day(header.group(1))
        stated = stated or Stated(said, "header", f"date header {said}")
        start = header.end()
    end = len(raw.rstrip())
    byline = BYLINE.search(raw, max(start, end - 60), end)
    if byline:
        end = byline.start()
    text = raw[start:end]
    if not text.strip():
        raise Unreadable("holds no text", "remove it or fill it")
    front = front_matter(text)
    if not stated and front.dated and (day := day_line(text, front)):
        stated = Stated(day, "header", f"date line {text[slice(*front.dated)]}")
    place = text[slice(*front.dateline)] if front.dateline else ""
    dated = front.dated or any(c.isdecimal() for c in place)
    if not stated and not dated and (closing := closing_day(text)):
        stated = Stated(closing[1], "header", f"date line {closing[0]}")
    found = text[slice(*front.title)] if front.title else None
    return Article(
        article_id,
        source,
        publisher or None,
        title or found,
        text[slice(*front.dateline)] if front.dateline else None,
        _language(text, language),
        stated.day if stated else None,
        text,
        start,
        sha256,
        stated.basis if stated else None,
        stated.evidence if stated else None,
    )


def is_id(name: str) -> bool:
    r"""Tell whether a text can be the id of an article: short, and nothing that is obeyed in it.

    Examples
    --------
    >>> is_id("p001"), is_id("red\x1b[31m"), is_id("\u202egpj.exe"), is_id("")
    (True, False, False, False)
    """
    return 0 < len(name) <= LONGEST_ID and not (CONTROL.search(name) or LINE.search(name))


def sound(field: str, text: str) -> str:
    """Return text as it is, if all of it can be stored.

    Raises
    ------
    Unreadable
        It holds half of a character.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        if 0xDC80 <= code <= 0xDCFF:  # what decoding made of a byte that is not UTF-8
            reason = f"{field}: is not UTF-8 (character {error.start} is {code - 0xDC00:#04x})"
            raise Unreadable(reason, "save it as UTF-8") from None
        reason = f"{field}: holds half of a character (\\u{code:04x} at {error.start})"
        raise Unreadable(reason, "write the whole character or none") from None
    return text


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise Unreadable(
            f"date header {reprlib.repr(written)} is no date", "write date YYYY-MM-DD"
        ) from None
    if not FIRST <= day <= LAST:
        raise Unreadable(f"date header {day} is not within {FIRST} and {LAST}", "correct it")
    return day


def _language(text: str, stated: str | None) -> str | None:
    """Return the ISO 639-1 code; that a text is English is seen, since templates often claim it."""
    text = text[:SAMPLE]
    if len(FUNCTION_WORDS.findall(text)) >= 0.08 * len(text.split()):
        return "en"
    code = LANGUAGE.fullmatch(stated or "")
    return code[1].lower() if code and code[1].lower() != "en" else None
