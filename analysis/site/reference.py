"""The pages to look things up in: the codebook, the people and their offices, the method."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

import pandas as pd

from analysis.data import MEASURED
from analysis.knowledge import load
from analysis.named_rows import records
from analysis.panel import Panel
from analysis.schema import TABLES
from analysis.site.frame import Site
from analysis.tables import Tables

MOST_PEOPLE = 400  # on the page; an archive names thousands, and the explorer has them all
# What the columns of codes.csv are called here, in the order in which they are explained.
CODED = {
    "act": "Acts of speech",
    "role": "Offices",
    "format": "Formats of meetings",
    "measure": "What amounts measure",
    "status": "Status of an amount",
    "qualifier": "Qualifiers of a number",
    "kind_figure": "Kinds of figures",
    "kind_actor": "Kinds of actors",
    "form": "How actors are mentioned",
    "date_basis": "What gives the date of an article",
}
SETS = {
    "seeds": "the five articles that the rules were written on",
    "development": "texts whose errors were read and mended",
    "world": "texts of other countries; held out at first, then read and mended",
    "world2": "a second such set; held out at first, then read and mended",
    "world3": "a third such set; held out at first, then read and mended",
    "world4": "a fourth, of ten texts; held out at first, then read and mended in part",
}


class Person(NamedTuple):
    """A person: the terms of office known, and how often texts and panel name them."""

    name: str
    offices: list[Any]
    mentions: int
    reports: int


def write(site: Site, tables: Tables, panel: Panel | None) -> None:
    """Write the three pages."""
    corpora: dict[str, Any] = {"text": tables} | ({"panel": panel} if panel else {})
    named = {corpus: _articles_by_topic(c.topics) for corpus, c in corpora.items()}
    rows = load().rows
    themes = {t: list(r) for t, r in groupby(rows["topics"], key=lambda row: row.theme)}
    codes = {words: [r for r in rows["codes"] if r.column == c] for c, words in CODED.items()}
    site.write(
        "codebook.html", "codebook.html.j2", "The codebook", themes=themes, codes=codes,
        named=named, sizes={corpus: len(c.articles) for corpus, c in corpora.items()},
    )  # fmt: skip
    sides, left_out = _people(tables, panel)
    site.write(
        "people.html", "people.html.j2", "People and offices",
        sides=sides, left_out=left_out, with_panel=panel is not None,
    )  # fmt: skip
    site.write(
        "method.html", "method.html.j2", "How it is done, and how often it errs",
        tables=TABLES.values(), measures=_measures(), sets=SETS, panel=panel is not None,
        sizes={name: len(table) for name, table in tables},
    )  # fmt: skip


def _articles_by_topic(topics: pd.DataFrame) -> dict[str, int]:
    if "certainty" in topics:
        topics = topics[topics["certainty"] == "coded"]
    counts = topics.groupby("topic")["article_id"].nunique()
    return {str(topic): int(n) for topic, n in counts.items()}


def _people(tables: Tables, panel: Panel | None) -> tuple[dict[str, list[Person]], int]:
    """Return the people of each side, those named most first, and how many are not shown."""
    mentions = _persons(tables.actors).value_counts()
    coded = _persons(panel.actors) if panel else _persons(tables.actors).head(0)
    reports = coded.value_counts()
    named = set(mentions.index) | set(reports.index)
    at_hand = {side for _, side in named}
    held: dict[tuple[str, str], list[Any]] = {}
    for row in load().rows["offices"]:
        if row.side in at_hand:
            held.setdefault((row.surface, row.side), []).append(row)
    everyone = sorted(
        named | set(held),
        key=lambda who: (-int(mentions.get(who, 0)), -int(reports.get(who, 0)), who),
    )
    often = pd.concat([mentions, reports]).groupby("side").sum()
    order = sorted(at_hand, key=lambda side: (-int(often[side]), side))
    sides: dict[str, list[Person]] = {side: [] for side in order}
    for who in everyone[:MOST_PEOPLE]:
        counts = int(mentions.get(who, 0)), int(reports.get(who, 0))
        sides[who[1]].append(Person(who[0], held.get(who, []), *counts))
    return sides, max(0, len(everyone) - MOST_PEOPLE)


def _persons(actors: pd.DataFrame) -> pd.DataFrame:
    people = actors[(actors["kind"] == "person") & actors["side"].notna()]
    return people[["actor", "side"]]


def _measures() -> list[tuple[str, dict[str, Any]]]:
    """Return, by measure, what each set scored; nothing where the figures are not at hand."""
    if not MEASURED.exists():
        return []
    measured = pd.read_csv(MEASURED)
    by_measure = measured.groupby("measure", sort=False)
    return [(str(m), {r.set: r for r in records(rows)}) for m, rows in by_measure]
