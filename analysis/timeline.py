"""One relationship in time: which two sides an article is about, when, and who said what in it.

Every ledger starts from here. It works on tables from texts and on the coded panel, which brings
its own dyads, meeting keys and topics of statements but no characters.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis.knowledge import load
from analysis.presence import meeting_keys


def timeline(tables: Any, dyad: str | None = None) -> pd.DataFrame:
    """Return the articles of a relationship in the order of their meetings; a row is one article.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    dyad : str, optional
        Two ISO 3166-1 alpha-3 codes in alphabetical order, ``KOR-VNM``; all if not given.

    Returns
    -------
    DataFrame
        ``article_id``, ``dyad`` (missing where fewer than two sides act), ``meeting`` (its key),
        ``day_from`` and ``day_to``: the days of the meeting, or of publication where unknown.

    Raises
    ------
    ValueError
        No article is about this dyad; the message lists the dyads there are.
    """
    articles = tables.articles
    rows: pd.DataFrame = articles[["article_id"]].reset_index(drop=True).astype("string")
    own = articles["dyad"] if "dyad" in articles else _dyads(tables).reindex(rows["article_id"])
    rows["dyad"] = pd.array(own.to_numpy(), dtype="string")
    rows["meeting"] = rows["article_id"].map(meeting_keys(tables)).astype("string")
    held = tables.meetings.drop_duplicates("article_id").set_index("article_id")
    for day, published in (("from", "published_from"), ("to", "published_to")):
        met = held[f"date_{day}"].reindex(rows["article_id"]).reset_index(drop=True)
        rows[f"day_{day}"] = met.fillna(articles[published].reset_index(drop=True))
    if dyad is not None:
        known = sorted(rows["dyad"].dropna().unique())
        if dyad not in known:
            raise ValueError(f"no article about dyad {dyad!r}; there are {', '.join(known)}")
        rows = rows[rows["dyad"] == dyad]
    return rows.sort_values(["day_from", "day_to", "article_id"], ignore_index=True)


def _dyads(tables: Any) -> pd.Series:
    """Return the two sides whose actors a text names most, by article_id."""
    every: pd.DataFrame = tables.actors
    actors = every[every["side"].notna() & (every["side"] != "both")]
    # A person weighs more than the name of a country: who acts counts before what is talked about.
    weight = actors["kind"].eq("person").map({True: 100, False: 1})
    counted = weight.groupby([actors["article_id"], actors["side"]]).sum().reset_index(name="n")
    counted = counted.sort_values(["article_id", "n", "side"], ascending=[True, False, True])
    leading = counted.groupby("article_id").head(2)
    pairs: pd.Series = leading.groupby("article_id")["side"].agg(lambda s: "-".join(sorted(s)))
    return pairs[pairs.str.contains("-")]


def said_by(tables: Any, rows: pd.DataFrame) -> pd.DataFrame:
    """Return who says each row: `rows` with ``source``, ``side`` and ``act`` of its statement.

    A row belongs to the last statement of its sentence that starts at or before it. Rows without
    characters (the panel's) stay without a speaker.
    """
    keys = ["article_id", "sentence"]
    numbered = rows.reset_index(drop=True).rename_axis("row").reset_index()
    statements: pd.DataFrame = tables.statements
    spoken = statements[[*keys, "start", "source", "side", "act"]]
    spoken = spoken.rename(columns={"start": "_start"}).dropna(subset=["_start"])
    left = numbered.drop(columns=["source", "side", "act"], errors="ignore")
    merged = left.merge(spoken.astype({"sentence": "Int64"}), how="left", on=keys)
    known = merged["_start"].notna() & (merged["_start"] <= merged["start"]).fillna(False)
    best = merged[known].sort_values("_start").drop_duplicates("row", keep="last")
    speakers = best.set_index("row")[["source", "side", "act"]]
    return left.join(speakers, on="row").drop(columns="row")


def statement_topics(tables: Any) -> pd.DataFrame:
    """Return the statements with ``topics``: the ids named in their characters, in order.

    The panel's statements bring their own; missing is none.
    """
    statements: pd.DataFrame = tables.statements.reset_index(drop=True)
    if "topics" in statements:
        return statements
    return statements.assign(topics=topics_within(statements, tables.topics))


def topics_within(rows: pd.DataFrame, topics: pd.DataFrame) -> pd.Series:
    """Return the ids named in the characters of each row, in order and separated by ``;``."""
    named = topics[["article_id", "sentence", "topic", "start"]]
    left = rows.rename_axis("row").reset_index()[["row", "article_id", "sentence", "start", "end"]]
    merged = left.merge(named, on=["article_id", "sentence"], suffixes=("", "_topic"))
    inside = merged[
        (merged["start_topic"] >= merged["start"]) & (merged["start_topic"] < merged["end"])
    ]
    first = inside.sort_values(["row", "start_topic"]).drop_duplicates(["row", "topic"])
    joined = first.groupby("row")["topic"].agg(";".join).astype("string")
    return joined.reindex(rows.index).astype("string")


def said(rows: pd.DataFrame, articles: pd.DataFrame) -> pd.Series:
    """Return the characters of each row as text, empty where there are none (the panel's)."""
    texts = articles.set_index("article_id")["text"].dropna().to_dict()
    own = [
        texts.get(a, "")[s:e] if pd.notna(s) else ""
        for a, s, e in rows[["article_id", "start", "end"]].itertuples(index=False)
    ]
    return pd.Series(pd.array(own, dtype="string"), index=rows.index)


def words_of(file: str, kind: str) -> str:
    """Return the surfaces of one kind in a knowledge file as alternatives of a pattern.

    Examples
    --------
    >>> "proposal" in words_of("replies", "request").split("|")
    True
    """
    return "|".join(re.escape(r.surface) for r in load().rows[file] if r.kind == kind)


def span(rows: pd.DataFrame) -> pd.Series:
    """Return the evidence of rows as text: ``article:start-end``, or the article alone.

    Places are put together with ``;``, so that one in an id is written as `escaped` says.

    Examples
    --------
    >>> span(pd.DataFrame({"article_id": ["a", "r;1"], "start": [3, 5], "end": [9, 7]})).tolist()
    ['a:3-9', 'r%3B1:5-7']
    """
    start, end = rows["start"].astype("string"), rows["end"].astype("string")
    article = escaped(rows["article_id"])
    return (article + ":" + start + "-" + end).fillna(article)


def escaped(places: pd.Series) -> pd.Series:
    """Return single places without the sign that separates them; `places_of` undoes it.

    Examples
    --------
    >>> escaped(pd.Series(["a:3-9", "r;1:5-7", "100%"])).tolist()
    ['a:3-9', 'r%3B1:5-7', '100%25']
    """
    text = places.astype("string")
    return text.str.replace("%", "%25", regex=False).str.replace(";", "%3B", regex=False)


def located(evidence: str) -> pd.DataFrame:
    """Return the places that evidence names, which is the way back from `span`.

    Examples
    --------
    >>> located("a:3-9;b")
      article_id  start   end
    0          a      3     9
    1          b   <NA>  <NA>
    """
    return places_of(pd.Series(evidence.split(";"), dtype="string"))


def places_of(evidence: pd.Series) -> pd.DataFrame:
    """Return the place that each single piece of evidence names, with the same index.

    Examples
    --------
    >>> places_of(pd.Series(["r%3B1:5-7"])).to_dict("records")
    [{'article_id': 'r;1', 'start': 5, 'end': 7}]
    """
    types = {"article_id": "string", "start": "Int64", "end": "Int64"}
    parts = evidence.astype("string").str.extract(r"^(.+?)(?::(\d+)-(\d+))?$")
    places = parts.set_axis(list(types), axis="columns").astype(types)
    coded = places["article_id"].str.replace("%3B", ";", regex=False)
    places["article_id"] = coded.str.replace("%25", "%", regex=False)
    return places
