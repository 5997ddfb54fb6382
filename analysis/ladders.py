"""Ladders: how the relationship is worded, and how firmly a subject is committed to, over time.

Which wordings and which acts stand on which rung is knowledge (``ladders.csv``).
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from analysis.knowledge import load
from analysis.schema import codes
from analysis.timeline import said, statement_topics, timeline, topics_within

# "were signed" (not "was signed in 2015"), or a subject of both and its object ("the two sides
# signed a deal"), which a participle ("the deal signed in May") lacks.
PASSIVE = r"\b(?:was|were|been) (?:\w+ly |also |then )?(?:{})\b(?! (?:in|on)\b[^.;]{{0,20}}\d{{4}})"
ACTIVE = (
    r"\b(?:both|two|they|and)\b[^.;]{{0,80}}(?<!was )(?<!were )(?<!been )\b(?:{}) "
    r"(?:an?|the|their|more than|over|some|several|many|two|three|four|five|six|\d+)\b"
)


def status_ladder(tables: Any, dyad: str | None = None) -> pd.DataFrame:
    """List the wordings of the relationship's level; a row is one wording in one relationship.

    Parameters
    ----------
    tables : Tables
        From texts: the panel's codes do not keep the wording, so a panel gives no row.
    dyad : str, optional
        One relationship, ``KOR-VNM``; all if not given.

    Returns
    -------
    DataFrame
        ``dyad``, ``rung`` (the wording), ``rank`` (higher is closer), ``articles`` that use it,
        ``first_from`` and ``first_to``: the days of the first of them, ``last_from`` of the last,
        ``change``: whether it is ``first``, ``raised``, ``lowered`` or ``level`` against the
        closest wording before it; and the characters of the first use (``article_id``,
        ``sentence``, ``start``, ``end``, ``surface``).

    Raises
    ------
    ValueError
        No article is about this dyad.

    Examples
    --------
    >>> from analysis import extract, read_panel
    >>> from analysis.articles import articles_frame, parse_text
    >>> text = " date 2022-12-06 SEOUL — Both sides praised the strategic partnership."
    >>> article = parse_text(text, "a", "a.txt", "0", None)
    >>> tables = extract(articles_frame([article]))
    >>> status_ladder(tables)[["rung", "change", "surface"]].iloc[0].tolist()
    ['strategic partnership', 'first', 'strategic partnership']
    >>> status_ladder(read_panel(), "FRA-KEN")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: no article about dyad 'FRA-KEN'; there are ...
    """
    rungs = _rungs("status", "term").rename(columns={"surface": "term"})
    topics: pd.DataFrame = tables.topics
    named = topics.merge(rungs, on="term").merge(timeline(tables, dyad), on="article_id")
    named = named.sort_values(["day_from", "day_to", "article_id", "start"], ignore_index=True)
    grouped = named.groupby(["dyad", "rung"], dropna=False, sort=False)
    firsts = named.drop_duplicates(["dyad", "rung"]).set_index(["dyad", "rung"])
    columns = ["rank", "article_id", "sentence", "start", "end", "surface"]
    out = firsts[columns].assign(
        articles=grouped["article_id"].nunique(),
        first_from=firsts["day_from"],
        first_to=firsts["day_to"],
        last_from=grouped["day_from"].max(),
    )
    out = out.reset_index()
    highest = out.groupby("dyad", dropna=False)["rank"].transform(lambda r: r.cummax().shift())
    out["change"] = _moves(out["rank"], highest)
    order = ["dyad", "rung", "rank", "change", "articles", "first_from", "first_to", "last_from"]
    return out[[*order, *columns[1:]]]


def commitment_ladder(
    tables: Any, topic: str | None = None, dyad: str | None = None
) -> pd.DataFrame:
    """Show how firmly each meeting commits to a topic; a row is one topic in one meeting.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    topic : str, optional
        An id of the codebook; all topics if not given.
    dyad : str, optional
        One relationship, ``KOR-VNM``; all if not given.

    Returns
    -------
    DataFrame
        ``dyad``, ``topic``, ``meeting``, ``day_from``, ``rung`` and ``rank`` of the firmest act
        on the topic (affirmed < hoped < proposed < pledged < agreed < signed; "hoped" and
        "signed" are told from the words, so only with texts; what a sentence without a speaker
        says was signed, or both sides signed, is an act of both), ``side`` whose act it is,
        ``change`` against the meeting before that named the topic, and the characters.

    Raises
    ------
    ValueError
        No article is about this dyad, or the codebook has no such topic.

    Examples
    --------
    >>> from analysis import read_panel
    >>> ladder = commitment_ladder(read_panel(), "trade", "KOR-VNM")
    >>> ladder[["rung", "change"]].head(2).to_numpy().tolist()
    [['agreed', 'first'], ['proposed', 'lowered']]
    >>> commitment_ladder(read_panel(), "weather")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: topic 'weather' is unknown; allowed: partnership, ...
    """
    if topic is not None and topic not in codes("topic"):
        raise ValueError(f"topic {topic!r} is unknown; allowed: {', '.join(codes('topic'))}")
    acts = _rungs("commitment", "act").rename(columns={"surface": "act"})
    told = pd.concat([statement_topics(tables), _signatures(tables)], ignore_index=True)
    spoken = told.merge(acts, on="act").merge(timeline(tables, dyad), on="article_id")
    spoken = _by_words(spoken, tables.articles)
    spoken = spoken.assign(topic=spoken["topics"].str.split(";")).explode("topic")
    spoken = spoken.dropna(subset="topic")
    if topic is not None:
        spoken = spoken[spoken["topic"] == topic]
    keys = ["dyad", "topic", "meeting"]
    firmest = spoken.sort_values(["rank", "start"], ascending=[False, True], kind="stable")
    out = firmest.drop_duplicates(keys).sort_values(["dyad", "topic", "day_from"], kind="stable")
    before = out.groupby(["dyad", "topic"], dropna=False)["rank"].shift()
    out["change"] = _moves(out["rank"], before)
    out = out.astype({"topic": "string"})
    columns = [*keys, "day_from", "rung", "rank", "side", "change"]
    return out[[*columns, "article_id", "sentence", "start", "end"]].reset_index(drop=True)


def _rungs(ladder: str, by: str) -> pd.DataFrame:
    rows = [r for r in load().rows["ladders"] if r.ladder == ladder and r.by == by]
    return pd.DataFrame(
        {
            "surface": pd.array([r.surface for r in rows], dtype="string"),
            "rung": pd.array([r.rung for r in rows], dtype="string"),
            "rank": [int(r.rank) for r in rows],
        }
    )


def _signatures(tables: Any) -> pd.DataFrame:
    """Return as agreed by both the sentences without a statement that tell of a signature."""
    sentences: pd.DataFrame = tables.sentences
    keys = ["article_id", "sentence"]
    spoken = pd.MultiIndex.from_frame(tables.statements[keys])
    silent = sentences[~pd.MultiIndex.from_frame(sentences[keys]).isin(spoken)]
    silent = silent[[*keys, "start", "end"]].reset_index(drop=True)
    silent = silent[_signing(said(silent, tables.articles))].reset_index(drop=True)
    silent = silent.assign(side="both", act="agree")
    silent["topics"] = topics_within(silent, tables.topics)
    return silent.astype({"side": "string", "act": "string"})


def _signing(text: pd.Series) -> pd.Series:
    """Tell which texts say that something was signed, or that both sides signed it."""
    verbs, phrases = (_alternatives(_rungs("commitment", by)) for by in ("deed", "deed_phrase"))
    pattern = "|".join([PASSIVE.format(verbs), ACTIVE.format(verbs), rf"\b(?:{phrases})\b"])
    return text.str.contains(pattern, regex=True, flags=re.IGNORECASE).astype(bool)


def _alternatives(rungs: pd.DataFrame) -> str:
    return "|".join(map(re.escape, rungs["surface"]))


def _by_words(spoken: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Move statements whose words say more or less than their act: a hope, a signature."""
    text = said(spoken, articles)
    out = spoken.copy()
    hopes, deeds = _rungs("commitment", "word"), _rungs("commitment", "deed")
    hoped = text.str.contains(rf"\b(?:{_alternatives(hopes)})\b", regex=True).astype(bool)
    found: tuple[tuple[Any, Any], ...] = (
        (hoped & out["act"].eq("propose"), hopes),
        (_signing(text) & out["side"].eq("both"), deeds),
    )
    for rows, rungs in found:
        out.loc[rows.fillna(False), ["rung", "rank"]] = rungs.loc[0, ["rung", "rank"]].tolist()
    return out


def _moves(rank: pd.Series, before: pd.Series) -> pd.Series:
    words = pd.Series("level", index=rank.index, dtype="string")
    words[before.isna()] = "first"
    words[rank > before] = "raised"
    words[rank < before] = "lowered"
    return words
