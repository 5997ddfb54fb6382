"""What a corpus is, and one article with its marks, as a notebook shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.controls import one_line, spelled
from analysis.display import Span, annotate, framed
from analysis.presence import one_of
from analysis.schema import TABLES, TableError
from analysis.words import label, names, stated

KINDS = ("topics", "actors", "figures", "statements")


@dataclass(frozen=True)
class Marked:
    """One article in which the rows of its tables are marked; see `Tables.annotated`.

    Attributes
    ----------
    head : str
        Which article, and how many rows of each kind are marked.
    html : Markup
        The text in paragraphs, as `analysis.display.annotate` makes it.
    """

    head: str
    html: Markup = field(repr=False)

    def __repr__(self) -> str:
        """Return which article it is; the marks need a page."""
        return self.head

    def _repr_html_(self) -> str:
        """Return the text with its marks; everything is escaped."""
        return framed(Markup("<p>{}</p>{}").format(self.head, self.html))


def marked(tables: Any, article_id: str, kinds: Sequence[str]) -> Marked:
    """Mark one article, as `Tables.annotated` says."""
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for kind in kinds:
        one_of("kinds", kind, KINDS)
    found = tables.articles[tables.articles["article_id"] == article_id]
    if found.empty:
        there = ", ".join(tables.articles["article_id"].head(5))
        raise TableError(f"article {article_id!r} is not among these articles: {there}, …")
    rows: dict[str, list[Any]] = {name: [] for name in TABLES}
    for kind in kinds:
        table = getattr(tables, kind)
        rows[kind] = list(table[table["article_id"] == article_id].itertuples(index=False))
    told = ", ".join(f"{len(rows[kind])} {kind}" for kind in kinds)
    head = spelled(one_line(f"{article_id}: {told}"))
    return Marked(head, annotate(found["text"].iloc[0], spans(rows)))


def spans(rows: dict[str, list[Any]]) -> Iterator[Span]:
    """Yield the marks of the rows of one article, with what each row says in words."""
    for r in rows["sentences"]:
        yield Span(r.start, r.end, "sentences", "")  # an address for what is said of a sentence
    for r in rows["statements"]:
        yield Span(r.start, r.end, "statements", f"{said_by(r)}: {label(r.act).lower()}")
    for r in rows["topics"]:
        yield Span(r.start, r.end, "topics", f"topic: {label(r.topic)}")
    for r in rows["actors"]:
        side = f", {r.side}" if isinstance(r.side, str) else ""
        said = r.actor if r.kind == "country" else f"{r.kind}: {r.actor}{side}"
        yield Span(r.start, r.end, "actors", said)
    for r in rows["figures"]:
        yield Span(r.start, r.end, "figures", f"{r.kind}: {stated(r)}")


def said_by(row: Any) -> str:
    """Say whose statement it is."""
    if row.side == "both":
        return "both sides"
    who = names(row.source) if isinstance(row.source, str) else "a speaker not named"
    return f"{who}, {row.side}" if isinstance(row.side, str) else who


def overview(tables: Any) -> str:
    """Return the tables of a corpus as HTML: how many rows, what a row is, which columns.

    Examples
    --------
    >>> from analysis.articles import read_articles
    >>> from analysis.extraction import extract
    >>> "one mention of a topic" in overview(extract(read_articles("seeds")))
    True
    """
    rows = [
        (name, len(table), TABLES[name].row, ", ".join(table.columns)) for name, table in tables
    ]
    listed = pd.DataFrame(rows, columns=["table", "rows", "a row is", "columns"])
    with pd.option_context("display.max_colwidth", None):
        html = Markup(listed.to_html(index=False))  # which escapes
    return framed(Markup("<p>{}</p>{}").format(span(tables.articles), html))


def span(articles: pd.DataFrame) -> str:
    """Say how many articles there are, and between which days they were published.

    Examples
    --------
    >>> days = pd.to_datetime(["2021-04-28", None])
    >>> span(pd.DataFrame({"published_from": days, "published_to": days}))
    '2 articles, published from 2021-04-28 to 2021-04-28; of 1 no day is known'
    """
    said = f"{len(articles):,} article{'' if len(articles) == 1 else 's'}"
    days = articles.dropna(subset=["published_from", "published_to"])
    if days.empty:
        return f"{said}, of no known day"
    first, last = days["published_from"].min(), days["published_to"].max()
    said += f", published from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    unknown = len(articles) - len(days)
    return f"{said}; of {unknown:,} no day is known" if unknown else said
