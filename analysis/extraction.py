"""Articles → tables: every text goes through the stages of extraction, a batch at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Any

import pandas as pd

from analysis import actors, dates, figures, meetings, statements, topics
from analysis.front import front_matter
from analysis.knowledge import Knowledge, load
from analysis.progress import bar
from analysis.provenance import made_with
from analysis.reprints import found
from analysis.schema import TABLES, arrays, check, empty, frame
from analysis.signatures import signatures
from analysis.tables import Tables

# Texts that go through a stage together, and are in memory at once.
BATCH = 256
MENTIONED = attrgetter("start", "end", "actor")
EXTRACTED = ("sentences", "topics", "actors", "figures", "statements", "meetings")


def extract(
    articles: pd.DataFrame, knowledge: Knowledge | None = None, progress: bool = False
) -> Tables:
    """Extract all tables from articles.

    Parameters
    ----------
    articles : DataFrame
        The table `articles`, as `read_articles` returns it; never changed.
    knowledge : Knowledge, optional
        What to look for; that of the package by default.
    progress : bool
        Show a bar on a terminal and in a notebook; in a pipe there is none anyway.

    Returns
    -------
    Tables
        `articles` with inferred dates where the source gives none and with the story of each
        (`analysis.stories`), and what the texts say.

    Raises
    ------
    TableError
        `articles` breaks the specification of the table.

    Examples
    --------
    >>> from analysis.articles import articles_frame, parse_text
    >>> text = " date 2022-12-06 SEOUL — They agreed to bring trade to US$100 billion by 2023."
    >>> articles = articles_frame([parse_text(text, "a", "a.txt", "0", None)])
    >>> tables = extract(articles)
    >>> amount = tables.figures.iloc[0]
    >>> f"{amount['value']:,.0f} {amount['unit']} by {amount['horizon']}"
    '100,000,000,000 USD by 2023'
    >>> tables.evidence(amount, context=9)
    'trade to «US$100 billion» by 2023.'
    >>> extract(articles.drop(columns="text"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: ...
    """
    tables = extract_each(articles, knowledge, progress)
    ids, _ = found(tables.articles, signatures(tables.articles["text"]))
    return replace(tables, articles=tables.articles.assign(story_id=ids))


def extract_each(
    articles: pd.DataFrame, knowledge: Knowledge | None = None, progress: bool = False
) -> Tables:
    """Extract what each article says by itself: all of `extract` but ``articles.story_id``.

    Raises
    ------
    TableError
        `articles` breaks the specification of the table.
    """
    knowledge = knowledge or load()
    check("articles", articles)
    rows: dict[str, list[Any]] = {name: [] for name in EXTRACTED}
    owners: dict[str, list[str]] = {name: [] for name in EXTRACTED}  # the article of each row
    inferred = []
    days = [None if pd.isna(d) else d.date() for d in articles["published_from"]]
    ids, texts = articles["article_id"].tolist(), articles["text"].tolist()
    counted = bar(zip(ids, texts, days, strict=True), len(ids), "articles", progress)
    with _without_collection():
        waiting = iter(counted)
        while batch := list(islice(waiting, BATCH)):
            extracted = extract_texts(batch, knowledge)
            for (article_id, _, _), (publication, found) in zip(batch, extracted, strict=True):
                inferred.append(publication)
                for name in EXTRACTED:
                    rows[name] += found[name]
                    owners[name] += [article_id] * len(found[name])
        frames = {name: _frame(name, owners[name], rows.pop(name)) for name in EXTRACTED}
    told: dict[str, Any] = {
        "published_from": [p.earliest for p in inferred],
        "published_to": [p.latest for p in inferred],
        "date_basis": [p.basis for p in inferred],
        "date_evidence": [p.evidence for p in inferred],
        "story_id": [None] * len(ids),
    }
    dated = articles.assign(**arrays("articles", told))
    stated = articles["published_from"].notna()
    for name in ("date_basis", "date_evidence"):  # a day that the source states keeps its proof
        dated[name] = articles[name].where(stated).fillna(dated[name])
    dated.attrs = {}
    made = made_with(knowledge)
    return Tables(articles=dated, **frames, made=made).check()


def _frame(name: str, articles: list[str], rows: list[Any]) -> pd.DataFrame:
    """Build a table from its rows and the article of each, column by column."""
    if not rows:
        return empty(name)
    return frame(
        name, dict(zip(TABLES[name].names, (articles, *zip(*rows, strict=True)), strict=True))
    )


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pause the collector of cycles: rows are tuples that form none, and it walks all of them."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def extract_texts(
    texts: Sequence[tuple[str, str, date | None]], knowledge: Knowledge
) -> list[tuple[dates.Publication, dict[str, list[Any]]]]:
    """Extract texts, each an id, the text and its day if that is known.

    Each gets its publication and the rows of each table without article_id. They go through stage
    by stage, so that what a stage looks up stays in the cache.
    """
    docs = [knowledge.annotate(article_id, text) for article_id, text, _ in texts]
    fronts = [front_matter(doc.text) for doc in docs]
    days = [published for _, _, published in texts]
    named = [
        actors.find(doc, knowledge, front, day)
        for doc, front, day in zip(docs, fronts, days, strict=True)
    ]
    publications = [
        dates.infer(doc, knowledge, who.mentions, day, front)
        for doc, who, day, front in zip(docs, named, days, fronts, strict=True)
    ]
    spoken = [
        statements.find(doc, knowledge, who, front)
        for doc, who, front in zip(docs, named, fronts, strict=True)
    ]
    met = [
        meetings.find(doc, knowledge, who.mentions, publication, front)
        for doc, who, publication, front in zip(docs, named, publications, fronts, strict=True)
    ]
    about = [topics.find(doc, knowledge, who.masks) for doc, who in zip(docs, named, strict=True)]
    numbers = [figures.find(doc, knowledge) for doc in docs]
    rows = [
        {
            "sentences": [(i, start, end) for i, (start, end) in enumerate(doc.sentences)],
            "topics": topic,
            "actors": sorted([*who.mentions, *meant], key=MENTIONED),
            "figures": number,
            "statements": said,
            "meetings": [meeting] if meeting else [],
        }
        for doc, who, (said, meant), meeting, topic, number in zip(
            docs, named, spoken, met, about, numbers, strict=True
        )
    ]
    return list(zip(publications, rows, strict=True))
