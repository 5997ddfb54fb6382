"""What stands around the body of an article: headline, photo caption, dateline, line with the date.

A dateline is read as a run of capitalised words, days and agencies that a mark ends, not from a
list of houses: ``HÀ NỘI —``, ``SEOUL, Aug. 11 (Yonhap) --``, ``Madrid, Feb 20 (EFE).-``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from analysis.stated import day_written

# A dateline: capitalised words, days and years, an agency in brackets or slashes, and a mark that
# ends it.
PLACE = (
    r"[^\W\d_a-z][\w'’.-]*"
    r"(?:(?:,? | ?[/|] ?)"
    r"(?:[^\W\d_a-z][\w'’.-]*|of|and|d[aeiou]s?|del|al|el|la|\d{1,2}(?:st|nd|rd|th)?|\d{4}))*"
)
AGENCY = r"(?:,? ?(?:\([^()\n]{2,40}\)|\[[^\[\]\n]{2,40}\]|/[^/\n]{2,30}/))"
DATELINE = re.compile(
    rf"[(\[]?({PLACE}{AGENCY}{{0,2}}(?:, {PLACE}{AGENCY}?)?)[)\]]?"
    r"\s*(?:[—–]|\s-{1,3}|(?<=[^\W\d_a-z]{3}):|(?<=[)\]\d]):|\.\s?-{1,2}|/\.?)\s+"
    r"(?=[^\W\d_a-z\"“‘'])"
)
# "BAKU, Azerbaijan, March 14. President …": without a mark, only capitals and a day tell.
STOPPED = re.compile(
    r"([^\W\d_a-z]{3}[^\W\d_a-z .'’-]*(?:, |\. )[^.\n]{0,30}(?:\. )?\d{1,2}"
    r"(?:, \d{4})?(?:, [^\W\d_a-z]{3,}| \([^()\n]{2,30}\)| ?/ ?[^/\n]{2,20} ?/)?)\.\s+"
    r"(?:/[^/\n]{2,20}/\.?\s+)?(?=[^\W\d_a-z\"“‘])"
)
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
# "(Addis Ababa, January 22, 2025) The …": in brackets a place and a day need no mark.
BRACKETED = re.compile(
    rf"[(\[]([^\W\d_a-z][^()\[\]\n]{{1,60}}?, (?:{MONTH} \d{{1,2}}|\d{{1,2}} {MONTH})"
    r"(?:,? \d{4})?)[)\]]\s+(?=[^\W\d_a-z\"“‘])"
)
DATELINES = (DATELINE, STOPPED, BRACKETED)
# A line of its own that holds a full date, or a month with its year, and little else.
DAY_SAID = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]{MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?|{MONTH})"
    rf",?[ -](?:19|20)\d\d\b|\b{MONTH},? \d{{1,2}}/(?:19|20)\d\d\b"
    r"|\b(?:19|20)\d\d-\d\d?-\d\d?\b|\b\d\d?[./]\d\d?[./](?:19|20)\d\d\b",
    re.I,
)
# What may stand before the day in the last line: a place, a weekday.
CLOSING_PLACE = re.compile(rf"(?:{PLACE},? )?")
CLOSING_LINES = 4  # that a closing block has, the one with the day included
CLOSING_LIMIT = 60  # characters of a line of a closing block
DAY_LINE_LIMIT = 120  # characters
DAY_LINE_WORDS = 12  # beside the date: place, time of day, who issued it
SENTENCE_ENDS = (".", "!", "?")
HEAD_LINES = 5  # lines that may stand before the body
PHOTO_CREDIT = re.compile(
    r"(?:[—–-]\s?[^\W\d_a-z][\w/. ]{1,30}\s?[Pp]hotos?|[\[(][Pp]hoto[^\])\n]{0,60}[\])])"
    r"(?=\s|[^\W\d_a-z])"
)
CREDIT_LIMIT = 400  # characters within which the credit of a photo stands
DATELINE_LIMIT = 200  # characters within which a dateline ends
HEADLINE_LIMIT = 200  # characters; a longer first line is a paragraph
HEADLINE_WORDS = 5  # at least, by which a headline is told from what else stands on a line
SMALL_WORD = 3  # letters at most of the words that the name of a body has in lower case


class Front(NamedTuple):
    """What stands before the body, as offsets into the text: headline, dateline, body's start.

    `dated` is a line of its own that holds the date; without another dateline it is one too.
    """

    title: tuple[int, int] | None
    dateline: tuple[int, int] | None
    body: int
    dated: tuple[int, int] | None = None


def front_matter(text: str) -> Front:
    r"""Find headline, photo caption and dateline at the head of a text.

    Examples
    --------
    >>> text = "Ministers meet in Oslo\nOSLO — Foreign Minister A B said…"
    >>> front = front_matter(text)
    >>> text[slice(*front.title)], text[slice(*front.dateline)], text[front.body:]
    ('Ministers meet in Oslo', 'OSLO', 'Foreign Minister A B said…')
    >>> text = "Visit to Oslo\nPosted on: 13 March 2025, 18:30\n\nThe ministers met."
    >>> front = front_matter(text)
    >>> text[slice(*front.dateline)], text[front.body:]
    ('Posted on: 13 March 2025, 18:30', 'The ministers met.')
    """
    title, dated, at = _head_lines(text)
    credited = text.find("hoto", at, at + CREDIT_LIMIT) >= 0
    credit = PHOTO_CREDIT.search(text, at, at + CREDIT_LIMIT) if credited else None
    if credit:
        at = _skip_space(text, credit.end())
    limit = at + DATELINE_LIMIT
    found = next(filter(None, (p.match(text, at, limit) for p in DATELINES)), None)
    if found and len(found.group(1)) <= 80:
        return Front(title, found.span(1), found.end(), dated)
    return Front(title, dated, at, dated)


def day_line(text: str, front: Front) -> date | None:
    r"""Return the day that the line with the date gives, if it gives one day.

    Examples
    --------
    >>> text = "Visit to Oslo\nPosted on: 13 March 2025, 18:30\n\nThe ministers met."
    >>> day_line(text, front_matter(text))
    datetime.date(2025, 3, 13)
    """
    said = DAY_SAID.search(text, *front.dated) if front.dated else None
    return day_written(said[0]) if said else None


def closing_day(text: str) -> tuple[str, date] | None:
    r"""Return the last line and the day that it gives: signed with a place and a day, or a day.

    Before it stand at most a few short lines of names, and before them the end of a sentence.

    Examples
    --------
    >>> closing_day("The ministers met.\n\nMINISTRY OF FOREIGN AFFAIRS\nOSLO\n9 OCTOBER 2024")
    ('9 OCTOBER 2024', datetime.date(2024, 10, 9))
    >>> closing_day("The ministers met.\n\nNext meeting:\n9 October 2024")
    """
    tail = text[-(CLOSING_LINES + 1) * CLOSING_LIMIT :]
    lines = [line.strip() for line in tail.split("\n") if line.strip()]
    if len(lines) < 2 or len(lines[-1]) > CLOSING_LIMIT:
        return None
    said = DAY_SAID.search(lines[-1])
    day = day_written(said[0]) if said and said.end() == len(lines[-1]) else None
    if not said or not day or not _named(lines[-1][: said.start()]):
        return None
    for line in lines[-2 : -CLOSING_LINES - 1 : -1]:
        if line.endswith(SENTENCE_ENDS):
            return lines[-1], day
        if len(line) > CLOSING_LIMIT or not _named(f"{line} "):
            break
    return None


def _named(words: str) -> bool:
    """Tell whether words are names of places, bodies or weekdays, and no photo's."""
    plain = CLOSING_PLACE.fullmatch(words) and not any(c.isdecimal() for c in words)
    return bool(plain) and "hoto" not in words


def _head_lines(
    text: str,
) -> tuple[tuple[int, int] | None, tuple[int, int] | None, int]:
    """Return the headline, the line with the date, and where what follows them begins."""
    lines: list[tuple[int, int, str]] = []
    at = _skip_space(text, 0)
    while len(lines) < HEAD_LINES and 0 <= (end := text.find("\n", at)) <= at + HEADLINE_LIMIT:
        line = text[at:end].rstrip()
        kind = "dated" if _is_dated(line) else "" if line[-1:] in '.!?:;,…”"' else "headline"
        if not kind:
            break
        lines.append((at, at + len(line), kind))
        at = _skip_space(text, end)
    # Short lines are the head only as far as the headline or the line with the date.
    last = max((i for i, (_, _, kind) in enumerate(lines) if kind == "dated"), default=0)
    head = lines[: last + 1]
    title = next(((a, b) for a, b, kind in head if kind == "headline"), None)
    dated = next(((a, b) for a, b, kind in head if kind == "dated"), None)
    if title and dated and _letterhead(text, head, lines[len(head) : len(head) + 1]):
        head.append(lines[len(head)])
        title = head[-1][:2]
    return title, dated, _skip_space(text, head[-1][1]) if head else _skip_space(text, 0)


def _letterhead(
    text: str, head: list[tuple[int, int, str]], after: list[tuple[int, int, str]]
) -> bool:
    """Tell whether who issued the text and its date are one block above the headline.

    The first line is then a name, and the line behind a blank one reads like a sentence.
    """
    if not after or head[0][2] == "dated":
        return False
    breaks = text.count("\n", head[0][0], head[-1][1]), text.count("\n", head[-1][1], after[0][0])
    small = [w for w in text[slice(*head[0][:2])].split() if w[0].islower()]
    if breaks[0] >= len(head) or breaks[1] < 2 or any(len(w) > SMALL_WORD for w in small):
        return False
    words = text[slice(*after[0][:2])].split()
    plain = [w for w in words if w[0].islower() and len(w) > SMALL_WORD]
    return len(words) >= HEADLINE_WORDS and len(plain) > 1


def _is_dated(line: str) -> bool:
    """Tell whether a line gives the day of the text: a date, and little else."""
    if len(line) > DAY_LINE_LIMIT or line.endswith("."):
        return False
    said = DAY_SAID.search(line)
    if not said:
        return False
    rest = (line[: said.start()] + line[said.end() :]).split()
    before, after = line[: said.start()].rstrip(), line[said.end() :].strip(" :)]")
    apart = not before or before[-1] in ",:;|·•–—-(" or ":" in line
    return len(rest) <= (DAY_LINE_WORDS if apart and (not after or ":" in line) else 3)


def _skip_space(text: str, at: int) -> int:
    return at + len(text[at : at + 200]) - len(text[at : at + 200].lstrip())
