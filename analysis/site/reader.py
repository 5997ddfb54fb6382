"""A page an article: its text with every row of the tables marked, each mark with an address.

Pages are written one by one while the tables are read along, so that memory does not grow with
the number of articles beyond the tables themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from analysis import addresses
from analysis.display import annotate
from analysis.marked import said_by, spans
from analysis.named_rows import records
from analysis.progress import bar
from analysis.site.frame import Site
from analysis.tables import Tables
from analysis.words import days, label, stated

ON_A_PAGE = 500  # articles in one page of the list


def write(site: Site, tables: Tables, progress: bool = False) -> None:
    """Write the page of every article, and the list of all in the order of publication."""
    order = tables.articles.sort_values(["published_from", "article_id"], kind="stable")
    ids = order["article_id"].tolist()
    articles = records(order)
    titles = [title(a) for a in articles]
    called = dict(zip(ids, titles, strict=True))
    near = [("", ""), *((_page(i), t) for i, t in zip(ids, titles, strict=True)), ("", "")]
    found = {name: _by_article(table, ids) for name, table in tables if name != "articles"}
    pages = bar(articles, len(articles), "pages", progress)
    for at, article in enumerate(pages):
        rows = {name: next(lists) for name, lists in found.items()}
        site.write(
            addresses.reader(article.article_id),
            "article.html.j2",
            titles[at],
            article=article,
            meeting=rows["meetings"][0] if rows["meetings"] else None,
            first_print=_first_print(article, called),
            text=annotate(article.text, spans(rows)),
            lists=_lists(rows),
            before=near[at],
            after=near[at + 2],
        )
    _write_lists(site, [*zip(articles, titles, strict=True)])


def _first_print(article: Any, called: dict[str, str]) -> tuple[str, str] | None:
    """Return page and title of the article that this one reprints, if it is among them."""
    if article.story_id not in called or article.story_id == article.article_id:
        return None
    return _page(article.story_id), called[article.story_id]


def title(article: Any) -> str:
    """Return what an article is called: its headline, else publisher and day, else its id."""
    if isinstance(article.title, str):
        return article.title
    if isinstance(article.publisher, str) and pd.notna(article.published_from):
        return f"{article.publisher}, {days(article.published_from, article.published_to)}"
    return f"Article {article.article_id}"


def _lists(rows: dict[str, list[Any]]) -> dict[str, list[tuple[str, list[str]]]]:
    """Return, by kind, what was found in words, each with the ids of its marks in the text."""
    named: dict[str, Iterable[tuple[str, Any]]] = {
        "Topics": ((label(r.topic), r) for r in rows["topics"]),
        "Actors": ((_actor(r), r) for r in rows["actors"]),
        "Figures": ((stated(r), r) for r in rows["figures"]),
        "Statements": ((f"{label(r.act)}: {said_by(r)}", r) for r in rows["statements"]),
    }
    lists = {}
    for kind, found in named.items():
        marks: dict[str, list[str]] = {}
        for words, r in found:
            marks.setdefault(words, []).append(addresses.mark(r.start, r.end))
        lists[kind] = sorted(marks.items(), key=lambda item: -len(item[1]))
    return lists


def _actor(row: Any) -> str:
    apart = isinstance(row.side, str) and row.kind != "country"
    return f"{row.actor} ({row.side})" if apart else str(row.actor)


def _by_article(table: pd.DataFrame, ids: list[str]) -> Iterator[list[Any]]:
    """Yield the rows of each article, article by article in the order of `ids`."""
    place = pd.Index(ids).get_indexer(pd.Index(table["article_id"]))
    rows = table.iloc[np.argsort(place, kind="stable")].itertuples(index=False)
    for size in np.bincount(place, minlength=len(ids)):
        yield list(islice(rows, int(size)))


def _page(article_id: str) -> str:
    return f"{addresses.file_name(article_id)}.html"


def _write_lists(site: Site, listed: list[tuple[Any, str]]) -> None:
    """Write the list of articles, in as many pages as it needs."""
    pages = [listed[i : i + ON_A_PAGE] for i in range(0, len(listed), ON_A_PAGE)]
    addresses_of = ["index.html", *(f"index-{i}.html" for i in range(2, len(pages) + 1))]
    years = Counter(_year(a) for a, _ in listed)
    for name, entries in zip(addresses_of, pages, strict=True):
        site.write(
            f"reader/{name}",
            "articles.html.j2",
            "The articles",
            entries=entries,
            pages=addresses_of,
            name=name,
            n=len(listed),
            years=years,
        )


def _year(article: Any) -> str:
    same = pd.notna(article.published_from) and (
        article.published_from.year == article.published_to.year
    )
    return str(article.published_from.year) if same else "undated"
