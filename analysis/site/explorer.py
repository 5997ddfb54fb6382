"""The explorer: one page over all rows of one or two corpora, with filters, a chart and sentences.

What a row says is worded by the library; the page counts, sorts and shows. Its numbers are those of
`topic_frequency`: meetings, and the years of meetings and of articles, are taken from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import addresses
from analysis.folding import PLAIN
from analysis.named_rows import records
from analysis.panel import Panel
from analysis.presence import UNKNOWN, meeting_keys, period_of, presence, themes
from analysis.site import explorer_labels
from analysis.site.explorer_data import Data
from analysis.site.frame import Site
from analysis.site.reader import title
from analysis.tables import Tables
from analysis.timeline import statement_topics, timeline
from analysis.words import WORDED, stated

# What a row of each kind says. The words of a figure are those of the other pages.
COLUMNS = {
    "topics": ["topic", "certainty"],
    "actors": ["actor", "kind", "side", "role"],
    "figures": ["kind", "measure", "status", "value", "stated"],
    "statements": ["act", "side", "source", "addressee", "topics"],
}
STATED = ["kind", "value", "value_to", "unit", "measure", "status", "horizon", "period",
          "qualifier", "surface"]  # fmt: skip
SENTENCES = 2**32  # no article has as many

Numbers = NDArray[np.int64]


class Corpus(NamedTuple):
    """One corpus: its name, one article a row, and its rows by kind."""

    name: str
    articles: pd.DataFrame
    rows: dict[str, pd.DataFrame]


def write(site: Site, text: Tables | None, panel: Panel | None) -> None:
    """Write the page ``explorer.html`` and its data, in the folder ``explorer`` of the site.

    Parameters
    ----------
    site : Site
        The site that is being written.
    text : Tables or None
        Tables from articles; each row leads to its characters on the page of the article.
    panel : Panel or None
        A coded panel; each row leads to the page of the meeting, and to the public report.

    Raises
    ------
    ValueError
        Neither is given.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from analysis.panel import read_panel
    >>> with TemporaryDirectory() as folder:
    ...     write(Site(Path(folder), {}, {}, ""), None, read_panel(dyad="KOR-VNM"))
    ...     sorted(path.name for path in (Path(folder) / "explorer").iterdir())
    ['index.js', 'rows-0.js', 'rows-1.js', 'rows-2.js', 'rows-3.js', 'rows-4.js']
    >>> write(Site(Path("nowhere"), {}, {}, ""), None, None)
    Traceback (most recent call last):
    ...
    ValueError: there are no tables to explore; give those from texts, a panel, or both
    """
    given = {
        name: tables for name, tables in (("text", text), ("panel", panel)) if tables is not None
    }
    if not given:
        raise ValueError("there are no tables to explore; give those from texts, a panel, or both")
    corpora: list[Corpus] = []
    for name, tables in given.items():
        before = sum(len(c.articles) for c in corpora)
        corpora.append(Corpus(name, _articles(name, tables), _rows(tables, before)))
    articles = pd.concat([c.articles for c in corpora], ignore_index=True)
    data = Data(
        site.folder / "explorer", [articles, *(t for c in corpora for t in c.rows.values())]
    )
    data.add(articles, kind="articles")
    for corpus in corpora:
        for kind, table in corpus.rows.items():
            data.add(table, kind=kind, corpus=corpus.name)
    if text is not None:
        data.say(_sentences(text))
    labels = explorer_labels.labels(data.entries)
    labels["meeting"] = {}
    for tables in given.values():
        labels["meeting"] |= explorer_labels.meetings(tables)
    data.close(labels=labels, themes=themes(), plain=PLAIN)
    site.write("explorer.html", "explorer.html.j2", "All rows", corpora=list(given))


def _articles(name: str, tables: Tables | Panel) -> pd.DataFrame:
    """Return what the explorer tells of each article, and the address of its page."""
    articles, meetings = tables.articles, tables.meetings.set_index("article_id")
    own = articles["article_id"].astype("string")
    key = own.map(meeting_keys(tables)).astype("string")
    ends = [articles[f"published_{end}"].dt.strftime("%Y-%m-%d") for end in ("from", "to")]
    about = {
        "article_id": own,
        "corpus": pd.Series(name, index=own.index, dtype="string"),
        "meeting": key,
        "year_article": own.map(_years(tables, "article")),
        "year_meeting": key.map(_years(tables, "meeting")),
        "published": (ends[0] + "/" + ends[1]).astype("string"),
        "dyad": own.map(timeline(tables).set_index("article_id")["dyad"]).astype("string"),
        "url": [next(iter(addresses.web(source)), None) for source in articles["source"]],
    }
    if name == "text":
        about |= {"title": [title(a) for a in records(articles)], "page": own.map(addresses.reader)}
    else:
        about |= {"title": "report " + own + " of " + key, "page": key.map(addresses.meeting)}
    for column in ("publisher", "publisher_side", "level", "channel"):
        told = articles.get(column)
        if told is None and column in meetings:
            told = own.map(meetings[column])
        if told is not None:
            about[column] = told.astype("string").fillna(UNKNOWN)
    return pd.DataFrame(about)


def _years(tables: Tables | Panel, unit: str) -> pd.Series:
    """Return the period of each article or meeting, as `topic_frequency` counts them."""
    units = presence(tables, unit).units
    return pd.Series(period_of(units).to_numpy(), index=units["unit"].to_numpy(), dtype="string")


def _rows(tables: Tables | Panel, before: int) -> dict[str, pd.DataFrame]:
    """Return what rows say and where they stand, by kind; articles count from `before`.

    A sentence counts from 1 over all articles; a panel's rows have no sentence and no characters.
    """
    ids = pd.Index(tables.articles["article_id"])
    places = _places(tables.sentences, ids)
    said = pd.Index(np.sort(places[places >= 0]))
    worded = {
        "topics": tables.topics,
        "actors": tables.actors,
        "figures": tables.figures.assign(stated=_stated(tables.figures)),
        "statements": statement_topics(tables),
    }
    rows = {}
    for kind, table in worded.items():
        article = ids.get_indexer(pd.Index(table["article_id"]))
        out = pd.DataFrame({"article": article + before}, index=table.index)
        if len(said):
            out["sentence"] = said.get_indexer(pd.Index(_places(table, ids))) + 1
            out["start"] = table["start"]
            out["length"] = table["end"] - table["start"]
        for name in COLUMNS[kind]:
            if name in table:
                out[name] = table[name]
        rows[kind] = out if (article >= 0).all() else out[article >= 0]
    return rows


def _places(rows: pd.DataFrame, ids: pd.Index) -> Numbers:
    """Return one number for article and sentence of each row; negative without an article."""
    article = ids.get_indexer(pd.Index(rows["article_id"])).astype("int64")
    places: Numbers = article * SENTENCES + rows["sentence"].to_numpy("int64", na_value=0)
    return places


def _stated(figures: pd.DataFrame) -> pd.Series:
    """Return the words of each figure; each wording is made once."""
    # Most figures are worded without their characters, so that few wordings are distinct.
    quoted = figures["value"].isna() | figures["kind"].isin(WORDED)
    own = figures[STATED].assign(surface=figures["surface"].where(quoted))
    wording = own.groupby(STATED, dropna=False, sort=False).ngroup()
    words = pd.Series([stated(r) for r in records(own[~wording.duplicated()])], dtype="string")
    return wording.map(words).astype("string")


def _sentences(tables: Tables) -> Iterator[tuple[int, str]]:
    """Yield each sentence with its place in the article, in the order that `_rows` counts."""
    places = _places(tables.sentences, pd.Index(tables.articles["article_id"]))
    order = np.argsort(places, kind="stable")[np.count_nonzero(places < 0) :]
    articles = (places[order] // SENTENCES).tolist()
    ends = (tables.sentences[end].to_numpy("int64")[order].tolist() for end in ("start", "end"))
    before, text = None, ""
    for article, start, end in zip(articles, *ends, strict=True):
        if article != before:
            before, text = article, str(tables.articles["text"].iat[article])
        yield start, text[start:end]
