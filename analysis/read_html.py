"""HTML: a page is an article; its text is found as for fetched pages, its day is what it states."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from analysis.article import Article, Input, Unreadable, parse_text
from analysis.page_facts import facts_of
from analysis.pages import PageError, decode, text_of

BY_HAND = "save the article's text as .txt"


def read(file: Input) -> Iterator[Article]:
    """Yield the article of a saved page.

    The source as read is the text that is found in the page: the headline on a line of its own,
    then a paragraph a line. `sha256` is that of the page's bytes.

    Raises
    ------
    Unreadable
        The page has no article, or one that cannot be told from its menu.

    Examples
    --------
    >>> from io import BufferedReader, BytesIO
    >>> said = "Both sides agreed to widen cooperation in trade, energy and science. " * 3
    >>> page = f"<title>Talks held</title><h1>Talks held</h1><p>{said}</p><p>{said}</p>"
    >>> [article] = read(Input(BufferedReader(BytesIO(page.encode())), "a.html", "a"))
    >>> article.title, article.language
    ('Talks held', 'en')
    >>> list(read(Input(BufferedReader(BytesIO(b"<p>Page not found")), "b.html", "b")))
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: is no page with an article (0 characters of paragraphs, fewer than
    200); save the article's text as .txt
    """
    yield article_of_page(file.whole(), file.stem, file.shown)


def article_of_page(
    page: bytes,
    article_id: str,
    source: str,
    *,
    charset: str | None = None,
    address: str | None = None,
) -> Article:
    """Return the article of a page; see `read`.

    Parameters
    ----------
    page : bytes
        The page.
    article_id, source
        As in the table `articles`.
    charset : str, optional
        What the server says about the encoding.
    address : str, optional
        Where the page was fetched from.
    """
    html = decode(page, charset)
    try:
        text = text_of(html)
    except PageError as error:
        raise Unreadable(f"is no page with an article ({error})", BY_HAND) from None
    facts = facts_of(html, address)
    return parse_text(
        text,
        article_id,
        source,
        hashlib.sha256(page).hexdigest(),
        facts.publisher,
        stated=facts.published,
        language=facts.language,
    )
