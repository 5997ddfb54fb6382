"""Rows of stored tables that do not hold: types, codes, keys, references, offsets, characters.

All of it is told from some articles with all their rows, looked at column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.faults import row_faults, short
from analysis.schema import COUNTED, DTYPES, TABLES, Column, codes, failures, parse

MANY = 2**31  # more than an article has sentences


def typed(name: str, place: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the rows whose cells hold to the specification, and a finding for each other cell."""
    found, cells, wrong = [], {}, pd.Series(False, index=rows.index)
    for c in TABLES[name].columns:
        cells[c.name], bad = parse(c, rows[c.name])
        if bad.any():
            wrong |= bad
            got = rows.loc[bad, c.name]
            found.append(row_faults("type", name, place, rows[bad], c.name, got, DTYPES[c.dtype]))
    kept = pd.DataFrame(cells)[~wrong]
    kept = kept.astype({c.name: DTYPES[c.dtype] for c in TABLES[name].columns})
    cases = failures(name, kept)
    if cases is None:
        return kept, found
    known = {c.name: c for c in TABLES[name].columns}
    of_cells = cases[cases["check"] != "multiple_fields_uniqueness"]
    for (column, check), group in of_cells.groupby(["column", "check"], sort=False):
        bad_rows = kept.loc[group["index"].astype("int64").unique()]
        label = "missing" if check == "not_nullable" else "value"
        allowed = _allowed(known[str(column)])
        got = bad_rows[column]
        found.append(row_faults(label, name, place, bad_rows, str(column), got, allowed))
    kept = kept[~kept.index.isin(of_cells["index"].astype("int64"))]
    again = kept.duplicated(list(TABLES[name].key))
    twice = kept[again]
    found.append(row_faults("key", name, place, twice, None, ["twice"] * len(twice), "once"))
    return kept[~again], found


def _allowed(c: Column) -> str:
    if c.codes:
        return f"one of {', '.join(codes(c.codes))}" + ("; several with ;" if c.many else "")
    if c.name == "side":
        return "ISO 3166-1 alpha-3, or both"
    if c.dtype == "text":
        return "a text that is not empty"
    return f"{DTYPES[c.dtype]} from 0" if c.name in COUNTED else DTYPES[c.dtype]


def related(piece: Mapping[str, pd.DataFrame], places: Mapping[str, str]) -> Iterable[pd.DataFrame]:
    """Yield findings on rows that do not go with their article, their sentence or their words.

    Parameters
    ----------
    piece : mapping
        The tables by name, as `typed` returned them; those of one piece.
    places : mapping
        How the file of each table is called.
    """
    articles = piece["articles"]
    ids = pd.Index(articles["article_id"])
    texts = np.array(articles["text"].tolist(), dtype=object)
    lengths = np.array([len(text) for text in texts], dtype="int64")
    spans = None
    for name, table in piece.items():
        if name == "articles":
            continue
        place = places[name]
        at = ids.get_indexer(table["article_id"])
        lost = table[at < 0]
        said = "an article of the file of articles"
        yield row_faults("reference", name, place, lost, "article_id", lost["article_id"], said)
        rows, at = table[at >= 0], at[at >= 0]
        if "start" not in rows:
            continue
        wrong = _outside(rows, lengths[at])
        bad, length = rows[wrong], lengths[at[wrong]]
        got = _ranges(bad["start"], bad["end"])
        within = [f"0 <= start < end <= {n}" for n in length]
        yield row_faults("offsets", name, place, bad, "start, end", got, within)
        rows, at = rows[~wrong], at[~wrong]
        if "surface" in rows:
            yield _other_words(name, place, rows, texts[at])
        if name == "sentences":
            spans = pd.DataFrame({"start": rows["start"], "end": rows["end"], "at": at})
            spans["number"] = rows["sentence"]
            yield from _miscounted(place, rows, spans)
            yield from _uncovered(place, rows, spans, texts)
            yield _unfinished(places["articles"], articles, spans, texts)
        elif spans is not None:
            yield from _without_sentence(name, place, rows, at, spans)


def _outside(rows: pd.DataFrame, lengths: np.ndarray) -> np.ndarray:
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
    wrong: np.ndarray = (start < 0) | (start >= end) | (end > lengths)
    return wrong


def _ranges(starts: Iterable[int], ends: Iterable[int]) -> list[str]:
    return [f"{start} to {end}" for start, end in zip(starts, ends, strict=True)]


def _other_words(name: str, place: str, rows: pd.DataFrame, texts: np.ndarray) -> pd.DataFrame:
    words = [t[a:b] for t, a, b in zip(texts, rows["start"], rows["end"], strict=True)]
    other = rows["surface"].to_numpy(dtype=object) != np.array(words, dtype=object)
    bad = rows[other]
    there = [short(word) for word, differs in zip(words, other, strict=True) if differs]
    return row_faults("surface", name, place, bad, "surface", bad["surface"], there)


def _miscounted(place: str, rows: pd.DataFrame, spans: pd.DataFrame) -> Iterable[pd.DataFrame]:
    """Yield findings on sentences that are not counted from 0 in the order of the text."""
    order = np.lexsort((spans["number"], spans["at"]))
    rows, spans = rows.iloc[order], spans.iloc[order]
    expected = spans.groupby("at").cumcount().to_numpy()
    wrong = spans["number"].to_numpy() != expected
    bad, counted = rows[wrong], [str(n) for n in expected[wrong]]
    yield row_faults("order", "sentences", place, bad, "sentence", bad["sentence"], counted)
    before = spans.groupby("at")["end"].shift(fill_value=0).to_numpy()
    early = spans["start"].to_numpy() < before
    bad, ends = rows[early], [f"{n} or more, where the one before ends" for n in before[early]]
    yield row_faults("order", "sentences", place, bad, "start", bad["start"], ends)


def _uncovered(
    place: str, rows: pd.DataFrame, spans: pd.DataFrame, texts: np.ndarray
) -> Iterable[pd.DataFrame]:
    """Yield findings on characters between sentences that are no white space."""
    order = np.lexsort((spans["start"], spans["at"]))
    rows, spans = rows.iloc[order], spans.iloc[order]
    ends = spans.groupby("at")["end"].cummax()
    before = ends.groupby(spans["at"]).shift(fill_value=0)
    of_rows = zip(texts[spans["at"]], before, spans["start"], strict=True)
    gaps = [text[end:start].strip() for text, end, start in of_rows]
    left = np.array([gap != "" for gap in gaps], dtype=bool)
    said = "no letter between it and the sentence before"
    yield row_faults("coverage", "sentences", place, rows[left], "start", filter(None, gaps), said)


def _unfinished(
    place: str, articles: pd.DataFrame, spans: pd.DataFrame, texts: np.ndarray
) -> pd.DataFrame:
    """Return findings on articles whose last sentence ends before the text does."""
    last = np.zeros(len(texts), dtype="int64")
    np.maximum.at(last, spans["at"].to_numpy(), spans["end"].to_numpy())
    tails = [text[end:].strip() for text, end in zip(texts, last, strict=True)]
    open_end = np.array([tail != "" for tail in tails], dtype=bool)
    bad, said = articles[open_end], "no letter after its last sentence"
    return row_faults("coverage", "articles", place, bad, "text", filter(None, tails), said)


def _without_sentence(
    name: str, place: str, rows: pd.DataFrame, at: np.ndarray, spans: pd.DataFrame
) -> Iterable[pd.DataFrame]:
    known = pd.Index(spans["at"].to_numpy() * MANY + spans["number"].to_numpy())
    where = known.get_indexer(pd.Index(at * MANY + rows["sentence"].to_numpy()))
    lost = rows[where < 0]
    said = "a sentence of the article"
    yield row_faults("reference", name, place, lost, "sentence", lost["sentence"], said)
    rows, held = rows[where >= 0], spans.iloc[where[where >= 0]]
    start, end = held["start"].to_numpy(), held["end"].to_numpy()
    wrong = (rows["start"].to_numpy() < start) | (rows["end"].to_numpy() > end)
    bad = rows[wrong]
    within = [f"within {words}" for words in _ranges(start[wrong], end[wrong])]
    got = _ranges(bad["start"], bad["end"])
    yield row_faults("sentence", name, place, bad, "start, end", got, within)
