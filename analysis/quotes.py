"""The sentences that rows rest on, with the words of the row told apart from those around them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from analysis.controls import one_line
from analysis.timeline import places_of

WORDS = "words"  # what a row's own place is called
EVIDENCE = "evidence"  # columns of places are called so, or end so
NO_PLACES = {"date_evidence"}  # this one of `articles` quotes words


class Quote(NamedTuple):
    """A sentence in three parts; all are empty where only the article is known.

    `day` is that of publication or the interval of days, `source` the path or address of the
    article.
    """

    article_id: str
    day: str
    source: str
    before: str
    words: str
    after: str


class Found(NamedTuple):
    """One place that a row of a table points to: the row, counted from 0, and what it shows."""

    row: int
    part: str
    quote: Quote


def quotes(table: pd.DataFrame, tables: Any) -> list[Found]:
    """Return what the rows of a table rest on, in the order of the rows.

    Parameters
    ----------
    table : DataFrame
        Any table or ledger. A row's own words stand at ``article_id``, ``start`` and ``end``;
        further places in its columns ``evidence`` and ``…_evidence``.
    tables : Tables or Panel
        Those the table was made from. A coded panel has no text to quote.

    Examples
    --------
    >>> from analysis.articles import articles_frame, parse_text
    >>> from analysis.extraction import extract
    >>> text = "SEOUL — Talks were held. They agreed to bring trade to US$100 billion."
    >>> tables = extract(articles_frame([parse_text(text, "a", "a.txt", "0", None)]))
    >>> [found] = quotes(tables.figures, tables)
    >>> found.quote.before, found.quote.words
    ('They agreed to bring trade to ', 'US$100 billion')
    """
    listed = _places(table)
    mine = set(listed["article_id"])
    articles = _by_article(tables.articles, mine)
    sentences: dict[str, list[tuple[int, int]]] = {}
    for s in _rows(tables.sentences[tables.sentences["article_id"].isin(mine)]):
        sentences.setdefault(s.article_id, []).append((s.start, s.end))
    found = []
    for p in _rows(listed):
        article = articles.get(p.article_id)
        if article is None:
            raise ValueError(f"article {p.article_id!r} is not among these articles")
        span = None if pd.isna(p.start) else (int(p.start), int(p.end))
        parts = ("", "", "")
        if span and isinstance(article.text, str):
            parts = _around(article.text, span, sentences.get(p.article_id, []))
        said = Quote(p.article_id, _day(article), article.source, *parts)
        found.append(Found(p.row, p.part, said))
    return found


def is_evidence(name: Any) -> bool:
    """Tell whether a column of this name holds places.

    Examples
    --------
    >>> is_evidence("later_evidence"), is_evidence("date_evidence"), is_evidence(2021)
    (True, False, False)
    """
    if not isinstance(name, str) or name in NO_PLACES:
        return False
    return name == EVIDENCE or name.endswith(f"_{EVIDENCE}")


def _places(table: pd.DataFrame) -> pd.DataFrame:
    """Return the places that each row names; a row is one of them."""
    table = table.reset_index(drop=True)
    own = table.reindex(columns=["article_id", "start", "end"]).dropna(subset="article_id")
    parts = [own.assign(part=WORDS)] if "article_id" in table else []
    for name in filter(is_evidence, table.columns):
        named = table[name].astype("string").str.split(";").explode().astype("string")
        named = named[named.str.strip().ne("").fillna(False)]
        part = name.removesuffix(EVIDENCE).strip("_").replace("_", " ") or WORDS
        parts.append(places_of(named).assign(part=part))
    if not parts:
        raise ValueError(
            f"no column says where the rows' words stand: there are {list(table.columns)}; "
            "allowed: article_id with start and end, evidence, or …_evidence"
        )
    together = pd.concat([p.astype({"start": "Int64", "end": "Int64"}) for p in parts])
    placed = together.rename_axis("row").reset_index()
    return placed.sort_values("row", kind="stable").drop_duplicates(
        ["row", "article_id", "start", "end"]
    )


def _around(
    text: str, span: tuple[int, int], sentences: list[tuple[int, int]]
) -> tuple[str, str, str]:
    """Return the sentence, or the sentences, around a span in three parts."""
    start, end = span
    at = bisect_right(sentences, (start, len(text))) - 1
    first = sentences[at][0] if at >= 0 else start
    at = bisect_left(sentences, (end, -1)) - 1
    last = max(sentences[at][1], end) if at >= 0 else end
    cut = (text[first:start], text[start:end], text[end:last])
    before, words, after = map(one_line, cut)
    return before, words, after


def _day(article: Any) -> str:
    ends = (article.published_from, article.published_to)
    return "/".join(dict.fromkeys(f"{d:%Y-%m-%d}" for d in ends if pd.notna(d)))


def _by_article(articles: pd.DataFrame, wanted: set[str]) -> dict[str, Any]:
    chosen = articles[articles["article_id"].isin(wanted)]
    return {a.article_id: a for a in _rows(chosen)}


def _rows(table: pd.DataFrame) -> Iterable[Any]:
    return table.itertuples(index=False)
