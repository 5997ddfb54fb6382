"""Web pages → the text of the article, or the reason why there is none.

The article is found by trafilatura (Barbaresi 2021), which drops menus, footers and comments. What
it is known to get wrong is caught here: of a very short article it returns the menu too, so a text
that is not mostly paragraphs is refused; and it guesses dates (from a footer's "© 2019"), so that
none of its dates is used. What a page states of its date is read in `page_facts`.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from urllib.parse import urlsplit

from trafilatura import bare_extraction
from trafilatura.utils import detect_encoding

from analysis.front import HEADLINE_LIMIT

PARAGRAPH = 40  # characters; entries of menus are shorter, and do not end in punctuation
SHORTEST = 200  # characters of paragraphs; notices such as "page not found" are shorter
# Articles have some thousands; trafilatura's time grows faster than their number.
TAGS = 20_000  # of a page
BROKEN = 0.5  # of what is beyond ASCII; texts in other encodings show at least 0.65 in UTF-8
META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([\w:.-]{1,40})", re.IGNORECASE
)
# Browsers read these labels as the larger encoding (WHATWG Encoding Standard, section 4.2).
READ_AS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}


class PageError(ValueError):
    """A page without an article; the message says why."""


def article_text(page: bytes, charset: str | None = None) -> str:
    r"""Return the article of a page: its headline on a line of its own, then a paragraph a line.

    Parameters
    ----------
    page : bytes
        The HTML of the page.
    charset : str, optional
        What the server says about the encoding; it is believed only if the bytes bear it out.

    Returns
    -------
    str
        Plain text in NFC, without markup.

    Raises
    ------
    PageError
        The page has no article, or one so short that it cannot be told from the menu; or so many
        tags that looking for one would take minutes.

    Examples
    --------
    >>> said = "Both sides agreed to widen cooperation in trade, energy and science. " * 3
    >>> page = f"<title>Talks held</title><h1>Talks held</h1><p>{said}</p><p>{said}</p>"
    >>> article_text(page.encode()).splitlines()[0]
    'Talks held'
    >>> article_text(b"<ul><li>Home</li><li>Politics</li></ul><p>It rained in Oslo.</p>")
    Traceback (most recent call last):
    ...
    analysis.pages.PageError: 0 characters of paragraphs, fewer than 200
    """
    return text_of(decode(page, charset))


def text_of(html: str) -> str:
    """Return the article of a decoded page, as `article_text` does."""
    if html.count("<") > TAGS:
        raise PageError(f"more than {TAGS:,} tags, which no article has")
    try:
        # Only the headline is used of the metadata.
        found = bare_extraction(html, include_comments=False, with_metadata=True)
    except Exception as error:  # whatever a page may do to the parser, it is one page
        raise PageError(f"the page cannot be parsed ({type(error).__name__})") from error
    text = unicodedata.normalize("NFC", getattr(found, "text", None) or "")
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    prose = sum(len(line) for line in lines if _is_paragraph(line))
    if prose < SHORTEST:
        raise PageError(f"{prose} characters of paragraphs, fewer than {SHORTEST}")
    if prose < sum(map(len, lines)) / 2:
        raise PageError("more menu or list than paragraphs")
    title = unicodedata.normalize("NFC", getattr(found, "title", None) or "")
    title = " ".join(title.split())
    there = lines[0].startswith(title) or lines[0] in title
    if len(title) <= HEADLINE_LIMIT and not there:
        lines.insert(0, title)
    return "\n".join(lines)


def decode(page: bytes, charset: str | None = None) -> str:
    """Decode a page, which may declare a wrong encoding, or none.

    Bytes that are UTF-8, but for a few broken ones, are UTF-8 whatever is declared. Of other bytes
    the encodings that fit are determined from their statistics; a declared one is taken if it is
    among them, the page's own before the server's, which is often only a default.

    Examples
    --------
    >>> decode("Việt Nam".encode(), charset="iso-8859-1")
    'Việt Nam'
    >>> korean = "양국 외교장관은 서울에서 회담을 갖고 협력 방안을 논의했다."
    >>> decode(korean.encode("euc-kr"), charset="windows-1258") == korean
    True
    """
    if page.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return page.decode("utf-16", "replace")
    text = page.decode("utf-8-sig", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    if text.count("\ufffd") <= BROKEN * beyond_ascii:
        return text
    fitting = [codecs.lookup(name).name for name in detect_encoding(page)]
    meta = META_CHARSET.search(page, 0, 4096)
    declared = [_python_name(label) for label in (meta and meta[1].decode("ascii"), charset)]
    candidates = [name for name in declared if name in fitting] + fitting
    return page.decode(candidates[0] if candidates else "utf-8", "replace")


def is_web_address(address: str) -> bool:
    """Tell whether an address is one of http or https with a host.

    Examples
    --------
    >>> is_web_address("https://example.org/a"), is_web_address("file:///etc/passwd")
    (True, False)
    """
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _python_name(label: str | None) -> str | None:
    try:
        name = codecs.lookup(label or "").name
    except LookupError:
        return None
    return READ_AS.get(name, name)


def _is_paragraph(line: str) -> bool:
    """Tell whether a line is long and ends in punctuation, which every script has its own of."""
    return len(line) >= PARAGRAPH and unicodedata.category(line[-1]).startswith("P")
