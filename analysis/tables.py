"""The tables of a corpus: extract them, save them, load them, look at the evidence of a row."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import actors, dates, figures, meetings, statements, topics
from analysis.controls import one_line, spelled
from analysis.front import front_matter
from analysis.knowledge import Knowledge, load
from analysis.lock import alone
from analysis.manifest import made_of, read_manifest
from analysis.older import brought_up
from analysis.progress import bar
from analysis.provenance import made_with, of_sources
from analysis.reprints import found
from analysis.schema import TABLES, TableError, arrays, check, empty, frame
from analysis.signatures import signatures
from analysis.stored import load_all, require_format, store

if TYPE_CHECKING:
    from analysis.marked import Marked

# JupyterLab sets what stands between two signs of the dollar as a formula, which may hold a link:
# "US$1 and US$2" stays as it is where a table says that it has none.
pd.set_option("display.html.use_mathjax", False)

# Texts that go through a stage together, and are in memory at once.
BATCH = 256
MENTIONED = attrgetter("start", "end", "actor")
EXTRACTED = ("sentences", "topics", "actors", "figures", "statements", "meetings")


@dataclass(frozen=True)
class Tables:
    """The seven tables of one corpus; each attribute is a plain DataFrame.

    Attributes
    ----------
    articles, sentences, topics, actors, figures, statements, meetings : DataFrame
        A row is one article, one sentence, one mention of a topic, one mention of an actor, one
        stated number or date, one reported act of speech, one meeting reported. The columns are
        listed in ``data/README.md``.
    made : mapping, optional
        What extraction they come from (version, code, knowledge); kept in ``tables.json``.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    topics: pd.DataFrame
    actors: pd.DataFrame
    figures: pd.DataFrame
    statements: pd.DataFrame
    meetings: pd.DataFrame
    made: Any = field(default=None, compare=False)

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the name of each table and the table."""
        return ((name, getattr(self, name)) for name in TABLES)

    def __repr__(self) -> str:
        """Return the number of rows of each table."""
        return "Tables(" + ", ".join(f"{name}: {len(table)}" for name, table in self) + ")"

    def _repr_html_(self) -> str:
        from analysis.marked import overview

        return overview(self)

    def check(self) -> Tables:
        """Return the tables as they are, or say which rows break the specification."""
        for name, table in self:
            check(name, table)
        return self

    def save(self, folder: str | Path, format: str = "parquet") -> None:
        """Write each table into `folder`, as Parquet or CSV; older tables there are replaced.

        They change all at once, with the list of their files, ``tables.json``.
        Both formats hold every character and type as it is, for `load_tables`. To look at tables in
        a spreadsheet use `export`: a text that this CSV holds could run there as a formula.

        Raises
        ------
        TableError
            A table breaks its specification, a text holds half of a character, or `format` is
            unknown; nothing is written.
        BusyError
            Another run is writing to `folder`.
        """
        require_format(format)
        self.check()
        tables = dict(self)
        provenance = {**(self.made or {}), "sources": of_sources([self.articles["sha256"]])}
        try:
            with alone(Path(folder)):
                store(Path(folder), lambda name: [("", tables[name])], format, provenance)
        except UnicodeEncodeError as error:
            near = error.object[max(0, error.start - 20) : error.end + 20]
            raise TableError(
                f"received {near!r}, where half of a character stands, which no file can hold; "
                "write the whole character or none"
            ) from None

    def export(self, out: str | Path, format: str | None = None) -> list[Path]:
        """Write the tables for other programs; to load them again use `save`.

        Parameters
        ----------
        out : str or Path
            A file whose name ends in ``.xlsx``: a sheet a table and a first one that explains
            every column. Or a folder, for which `format` is needed.
        format : {"csv", "parquet", "xlsx"}, optional
            What to write into a folder, a file a table. ``csv`` can be opened in a spreadsheet:
            `analysis.export` says how its texts are kept from running there as formulas.

        Returns
        -------
        list of Path
            The files. None is put in place before all are written.

        Raises
        ------
        ExportError
            `out` and `format` do not go together, or `out` holds CSV files of `save`.
        TooLarge
            A table has more rows than an Excel sheet.
        """
        from analysis.spreadsheets import export_tables

        return export_tables(list(self), out, format)

    def annotated(
        self,
        article_id: str,
        kinds: Sequence[str] = ("topics", "actors", "figures", "statements"),
    ) -> Marked:
        """Return one article that a notebook shows with its rows marked in the text.

        Parameters
        ----------
        article_id : str
            One of ``tables.articles["article_id"]``.
        kinds : {"topics", "actors", "figures", "statements"}, or a sequence of these
            Which rows are marked; all four if not given.

        Returns
        -------
        Marked
            Its paragraphs; every mark says in words what the row says. ``.html`` is for a page of
            one's own.

        Raises
        ------
        TableError
            The article is not among these articles.
        ValueError
            A kind is another one.
        """
        from analysis.marked import marked

        return marked(self, article_id, kinds)

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The text of each article by its id."""
        return dict(zip(self.articles["article_id"], self.articles["text"], strict=True))

    def evidence(self, row: Any, context: int = 60) -> str:
        """Return the characters that a row rests on, in «marks», with `context` around them.

        Parameters
        ----------
        row : Series or namedtuple
            A row of any table with ``article_id``, ``start`` and ``end``.
        context : int
            Characters shown on either side.

        Returns
        -------
        str
            On one line, as wide as the article allows; what a terminal would obey is spelled out.

        Raises
        ------
        TableError
            The article of the row is not among these articles.
        """
        text = self._texts.get(row.article_id)
        if text is None:
            raise TableError(f"article {row.article_id!r} is not among these articles")
        start, end = int(row.start), int(row.end)
        before = text[max(0, start - context) : start]
        after = text[end : end + context]
        return spelled(one_line(f"{before}«{text[start:end]}»{after}"))


def load_tables(folder: str | Path) -> Tables:
    """Read the tables that `Tables.save` or `analysis extract` wrote into `folder`.

    Parameters
    ----------
    folder : str or Path
        A folder with each table as ``NAME.parquet``, as a file a year in ``NAME/year=YEAR``, or
        as ``NAME.csv``; the first of these that is there is read.

    Returns
    -------
    Tables
        The tables as they were saved, each checked. Those of an earlier version of the library are
        brought up to date, with a warning that says what was done.

    Raises
    ------
    TableError
        A table is missing or does not hold to its specification, or the tables are of a later
        schema than this library knows.

    Examples
    --------
    >>> load_tables("no/such/folder")
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: no/such/folder: no articles.parquet or articles.csv; write the
    tables there with `analysis extract SOURCE --out FOLDER`
    """
    folder = Path(folder)
    loaded = load_all(folder)
    manifest = read_manifest(folder)
    return Tables(**brought_up(folder, loaded, manifest), made=made_of(manifest))


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
