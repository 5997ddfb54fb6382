"""Addresses within the site of reports: which page tells of what, and at which mark.

Ids and keys come from outside, so that a page's file name is made from them and never is them.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import urlencode

# The site as seen from the notebooks; a page of the site leaves this part out.
FROM_NOTEBOOKS = "../build/reports/"

WEB = re.compile(r"https?://[^\s\"'<>]+")
SAFE = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*")
LONGEST = 80  # characters; file systems allow 255 bytes for the name with its ending
DIGEST = 10  # hexadecimal digits
# Names of devices on Windows, with any ending; the raised digits are among them.
DEVICE = re.compile(r"(?:con|conin\$|conout\$|prn|aux|nul|(?:com|lpt)[\d¹²³])(?:\..*)?")
INDEX = re.compile(r"index(?:-\d+)?(?:\..*)?")  # the site's own pages in the same folders


def file_name(key: str) -> str:
    """Return the name, without ending, of the page about an article or a meeting.

    It is the key itself where that is short and of small letters, digits, ``_``, ``-`` and ``.``.
    Of any other key it is what can be kept of it and a digest, so that no two keys share a page,
    also on file systems that do not tell capitals from small letters.

    Examples
    --------
    >>> file_name("000_501d6f079c81c10e")
    '000_501d6f079c81c10e'
    >>> file_name("../../etc/passwd")
    'etc-passwd~3754d6cb3a'
    >>> file_name("con"), file_name("Seoul") != file_name("seoul")
    ('con~1143da2bc5', True)
    """
    reserved = DEVICE.fullmatch(key) or INDEX.fullmatch(key)
    if len(key) <= LONGEST and SAFE.fullmatch(key) and not reserved:
        return key
    kept = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[: LONGEST - DIGEST - 1].strip("-")
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
    return f"{kept}~{digest}"  # "~" is in no key that is kept as it is


def mark(start: int, end: int) -> str:
    """Return the id of the mark on the characters from `start` to `end`.

    Examples
    --------
    >>> mark(123, 140)
    'c123-140'
    """
    return f"c{start}-{end}"


def reader(article_id: str, start: int | None = None, end: int | None = None) -> str:
    """Return the address of an article's page, or of a mark in it.

    Examples
    --------
    >>> reader("a", 123, 140)
    'reader/a.html#c123-140'
    """
    page = f"reader/{file_name(article_id)}.html"
    return page if start is None or end is None else f"{page}#{mark(start, end)}"


def meeting(key: str) -> str:
    """Return the address of the page about a coded meeting.

    Examples
    --------
    >>> meeting("2021-03-09-danang-consul")
    'meetings/2021-03-09-danang-consul.html'
    """
    return f"meetings/{file_name(key)}.html"


def explorer(**filters: str) -> str:
    """Return the address of the rows that hold to all `filters`.

    Examples
    --------
    >>> explorer(corpus="panel", kind="topics", topic="trade", period="2025")
    'explorer.html#corpus=panel&kind=topics&topic=trade&period=2025'
    """
    return f"explorer.html#{urlencode(filters)}"


def web(address: Any) -> list[str]:
    """Return the web addresses in a text; nothing else may become a link to the outside.

    Examples
    --------
    >>> web("https://example.org/a https://example.org/b"), web("javascript:alert(1)")
    (['https://example.org/a', 'https://example.org/b'], [])
    """
    return WEB.findall(address) if isinstance(address, str) else []
