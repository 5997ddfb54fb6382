"""Stored tables against those that the same articles give today, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.extraction import extract_each
from analysis.faults import EXTRACT, fault, joined, keys_of, row_faults, short
from analysis.knowledge import Knowledge
from analysis.reprints import found
from analysis.schema import TABLES

STATED = ("header", "url")  # what gives a day that is not inferred from the text
DATED = ["published_from", "published_to", "date_basis", "date_evidence"]


def extracted_again(
    piece: Mapping[str, pd.DataFrame], places: Mapping[str, str], knowledge: Knowledge
) -> Iterator[pd.DataFrame]:
    """Yield a finding for each row that is missing, additional, changed or elsewhere.

    Parameters
    ----------
    piece : mapping
        The tables of some articles by name, as `checked_rows.typed` returned them.
    places : mapping
        How the file of each table is called.
    knowledge : Knowledge
        What to look for.
    """
    articles = piece["articles"].reset_index(drop=True)
    as_read = articles.copy()
    inferred = ~as_read["date_basis"].isin(STATED).fillna(False).to_numpy(dtype=bool)
    as_read.loc[inferred, DATED] = pd.NA
    for name, fresh in extract_each(as_read, knowledge):
        if name in piece:
            yield from _compared(name, places[name], piece[name], fresh)


def stories_again(articles: pd.DataFrame, signed: NDArray[np.uint16]) -> pd.DataFrame:
    """Return a finding for each article that belongs to another story than the table says.

    Parameters
    ----------
    articles : DataFrame
        What `checked_sources.kept` returned, of all articles.
    signed : array
        The signature of each.
    """
    ids, _ = found(articles, signed)
    other = (articles["story_id"] != ids).fillna(True).to_numpy(dtype=bool)
    bad, told = articles[other].set_index("number"), [short(name) for name in ids[other]]
    got = bad["story_id"]
    return row_faults("again", "articles", bad["place"], bad, "story_id", got, told)


def _compared(
    name: str, place: str, stored: pd.DataFrame, fresh: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    if name == "articles":  # the story rests on all articles
        fresh = fresh.assign(story_id=stored["story_id"].array)
    if stored.reset_index(drop=True).equals(fresh):
        return
    key = list(TABLES[name].key)
    at = pd.MultiIndex.from_frame(fresh[key]).get_indexer(pd.MultiIndex.from_frame(stored[key]))
    added = stored[at < 0]
    none = ["such a row"] * len(added)
    yield row_faults("again", name, place, added, None, none, "no such row in the text")
    there = np.zeros(len(fresh), dtype=bool)
    there[at[at >= 0]] = True
    yield joined(
        fault("again", place, "missing", "such a row", EXTRACT, name, words)
        for words in keys_of(name, fresh[~there])
    )
    same, at = stored[at >= 0], at[at >= 0]
    today = fresh.iloc[at].set_axis(same.index, axis="index")
    for column in (c.name for c in TABLES[name].columns if c.name not in key):
        one, other = same[column], today[column]
        equal = (one == other).fillna(False) | (one.isna() & other.isna())
        bad = ~equal.to_numpy(dtype=bool)
        told = [short(value) for value in other[bad]]
        yield row_faults("again", name, place, same[bad], column, one[bad], told)
    moved = same[at < np.maximum.accumulate(at)]
    said = "before the row that it follows"
    yield row_faults("again", name, place, moved, None, ["in another order"] * len(moved), said)
