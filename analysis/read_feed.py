"""RSS and Atom: an entry is an article, if the feed has its whole text and not only a summary."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import feedparser
import nh3

from analysis.article import Article, Input, Rejected, Unreadable, is_id, parse_text
from analysis.pages import PageError, decode, is_web_address, text_of
from analysis.stated import Stated, day_of_address, day_written

DECLARED = re.compile(r"(<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']")
HEAD = 200  # characters within which the encoding is declared
# How teasers end: an ellipsis, often in brackets, often before an invitation to read on.
CUT_OFF = re.compile(r"(?:…|\.\.\.)[\s\])»]*+(?:[^\W\d_][^.!?\n]{0,40})?\s*$")
MARKS = 500_000  # tags and entities of a feed; one of a thousand long entries has half as many
FETCH = "list its address for `analysis fetch`, which gets the whole text"


def read(file: Input) -> Iterator[Article | Rejected]:
    """Yield an article an entry; an entry with a summary only is set aside.

    The source as read is the text of the entry: its headline on a line of its own, then a paragraph
    a line. `source` is its address, `article_id` its ``guid`` or ``id``, `sha256` that of its
    content as the feed has it. The day is that of ``pubDate`` or ``published``, not of ``updated``.

    Raises
    ------
    Unreadable
        It is no feed, or has too many tags and entities; or it is not well-formed, and the entries
        that are whole have been yielded.

    Examples
    --------
    >>> from io import BufferedReader
    >>> data = b"<rss><channel><item><title>a</title><description>Talks were held in"
    >>> cut = data + b"...</description></item></channel></rss>"
    >>> [aside] = read(Input(BufferedReader(BytesIO(cut)), "x.rss", "x"))
    >>> aside.source, aside.reason
    ('x.rss, entry 1', 'has a summary only')
    >>> list(read(Input(BufferedReader(BytesIO(b"<a>b</a>")), "x.xml", "x")))
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: is no RSS or Atom feed; remove it, or save its text as .txt
    """
    data = file.whole()
    if data.count(b"<") + data.count(b"&") > MARKS:
        raise Unreadable(f"has more than {MARKS:,} tags and entities", "no feed has; split it")
    feed = _parsed(data)
    if not feed.get("version"):
        raise Unreadable("is no RSS or Atom feed", "remove it, or save its text as .txt")
    whole = len(feed.entries)
    if feed.bozo:
        # Of the entry in which the feed breaks off, no one knows what is missing.
        whole = min(whole, len(re.findall(rb"</(?:\w+:)?(?:item|entry)\s*>", data)))
    for number, entry in enumerate(feed.entries[:whole], 1):
        try:
            yield _article(file, feed, entry, number)
        except Unreadable as fault:
            yield fault.about(f"{file.shown}, entry {number}")
    if feed.bozo:
        said = " ".join(str(feed.bozo_exception).split())[:100]
        raise Unreadable(
            f"is not well-formed XML ({said}), of its entries {whole} could be read",
            "get the file again, or compare these with it",
        )


def _parsed(data: bytes) -> Any:
    """Parse a feed from its bytes; feedparser takes a string for an address or a file's name."""
    try:
        feed = feedparser.parse(BytesIO(data))
        if isinstance(feed.get("bozo_exception"), feedparser.CharacterEncodingOverride):
            # It would read any wrongly declared encoding as that of Western Europe.
            text = decode(data)
            text = DECLARED.sub(r"\1", text[:HEAD], count=1) + text[HEAD:]
            feed = feedparser.parse(BytesIO(text.encode("utf-8", "replace")))
    except Exception as error:  # whatever a feed may do to the parser, it is one feed
        raise Unreadable(f"cannot be parsed ({type(error).__name__})", "get it again") from error
    return feed


def _article(file: Input, feed: Any, entry: Any, number: int) -> Article:
    content = next((c.get("value") for c in entry.get("content", []) if c.get("value")), None)
    markup = content or entry.get("summary") or ""
    if not markup.strip():
        raise Unreadable("has no text", FETCH)
    if CUT_OFF.search(_plain(markup)):
        raise Unreadable("has a summary only", FETCH)
    title = _plain(entry.get("title") or "")
    try:
        text = text_of(
            f"<html><head><title>{html.escape(title)}</title></head>"
            f"<body><article><h1>{html.escape(title)}</h1>{markup}</article></body></html>"
        )
    except PageError as error:
        raise Unreadable(f"has no article ({error})", FETCH) from None
    address = str(entry.get("link") or "")
    given = " ".join(str(entry.get("id") or "").split())
    source = address if is_web_address(address) else f"{file.shown}, entry {number}"
    detail = entry.get("title_detail") or {}
    return parse_text(
        text,
        given if is_id(given) else f"{file.stem}-{number}",
        source,
        hashlib.sha256(markup.encode("utf-8", "replace")).hexdigest(),
        _plain((entry.get("source") or {}).get("title") or feed.feed.get("title") or ""),
        title=title or None,
        stated=_published(entry) or day_of_address(address),
        language=detail.get("language") or feed.feed.get("language"),
    )


def _published(entry: Any) -> Stated | None:
    written = " ".join(str(entry.get("published") or "").split())
    day = day_written(written)
    return Stated(day, "header", f"published {written}") if day else None


def _plain(markup: str) -> str:
    """Return markup as text on one line: titles of feeds hold tags, and scripts, in disguise."""
    text = html.unescape(nh3.clean(markup, tags=set()))
    return " ".join(unicodedata.normalize("NFC", text).split())
