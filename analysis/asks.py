"""The ask ledger: who asks the other side for what, what it answers, whether the ask returns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.knowledge import load
from analysis.responses import ANSWER, Answers, Line, Reply
from analysis.timeline import said, span, statement_topics, timeline, words_of

KINDS = {"propose": "request", "pledge": "offer"}
# What a side can answer, weakest first; the strongest answer counts.
ANSWERS = {"discuss": "noted", "state": "noted", "appraise": "noted", "pledge": "pledged"}
ANSWERS |= {"agree": "agreed"}
RANK = {answer: rank for rank, answer in ANSWER.items()}
COLUMNS = (
    "dyad",
    "article_id",
    "meeting",
    "day_from",
    "day_to",
    "kind",
    "source",
    "side",
    "asked",
    "topics",
    "answer",
    "answered",
    "unanswered",
    "answer_evidence",
    "answer_places",
    "repeated",
    "later_answer",
    "later_answered",
    "later_evidence",
    "later_places",
    "sentence",
    "start",
    "end",
)


def ask_ledger(tables: Any, dyad: str | None = None) -> pd.DataFrame:
    """List every request and offer of one side; a row is one reported act of asking or offering.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    dyad : str, optional
        One relationship, ``KOR-VNM``; all if not given.

    Returns
    -------
    DataFrame
        - ``kind``: ``request`` (proposes, asks, urges) or ``offer`` (pledges);
        - ``source``, ``side``: who asks; ``asked``: the other side of the dyad;
        - ``topics``: what for, ids separated by ``;``, missing where no topic is named;
        - ``answer`` in the same meeting, the strongest on any of the topics: ``agreed`` (both sides
          agree on it), ``pledged`` (the asked side pledges it), ``noted`` (the asked side states,
          discusses or welcomes something on it; thanks do not count), ``none``; ``answered`` and
          ``unanswered``: the topics with and without an answer; ``answer_evidence``: where the
          strongest is, ``article:start-end`` separated by ``;``, the first 50 places of the
          ``answer_places`` that there are;
        - ``repeated``: in how many later meetings the same side asks for one of the topics;
        - ``later_answer``, ``later_answered``, ``later_evidence``, ``later_places``: the same of
          later meetings.

        What both sides propose together is no ask, and neither is an invitation. In a text, an
        answer stands behind the ask and shares a topic with it that says what it is about
        (``frame_topics.csv`` lists those that do not), or it refers back ("in reply", "these
        proposals": ``replies.csv``) and so answers what the other side asked in the turn before.
        Of the panel, which has neither order nor words, any act on the same topic counts.

    Raises
    ------
    ValueError
        No article is about this dyad.

    Examples
    --------
    >>> from analysis import read_panel
    >>> asks = ask_ledger(read_panel(), "KOR-VNM")
    >>> sorted(asks["kind"].unique()), sorted(asks["asked"].unique())
    (['offer', 'request'], ['KOR', 'VNM'])
    >>> ask_ledger(read_panel(), "FRA-KEN")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: no article about dyad 'FRA-KEN'; there are ...
    """
    order = timeline(tables, dyad)
    order["place"] = order.groupby("dyad", dropna=False)["meeting"].transform(_places)
    spoken = statement_topics(tables).merge(order, on="article_id", how="inner")
    spoken = spoken.sort_values(["day_from", "day_to", "article_id", "start"], ignore_index=True)
    spoken["where"] = span(spoken)
    spoken = _in_line(_worded(spoken, tables.articles))
    single = spoken["act"].isin(KINDS) & spoken["side"].ne("both") & spoken["side"].notna()
    asks = spoken[single & _one_of(spoken["dyad"], spoken["side"])]
    asks = asks.rename_axis("ask").reset_index()
    asks["kind"] = asks["act"].map(KINDS).astype("string")
    asks["asked"] = [_other(d, s) for d, s in zip(asks["dyad"], asks["side"], strict=True)]
    asks = asks.astype({"asked": "string"})
    told = spoken.assign(rank=_answering(spoken).map(RANK))
    asks = asks.join(_answered(asks, told)).join(_repeated(asks))
    asks["unanswered"] = [
        _without(topics, done)
        for topics, done in zip(asks["topics"], asks["answered"], strict=True)
    ]
    texts = ["answer", "answered", "unanswered", "answer_evidence"]
    texts += ["later_answer", "later_answered", "later_evidence"]
    asks = asks.astype(dict.fromkeys(texts, "string"))
    asks[["answer", "later_answer"]] = asks[["answer", "later_answer"]].fillna("none")
    return asks[list(COLUMNS)]


def _without(topics: Any, done: Any) -> Any:
    if pd.isna(topics):
        return pd.NA
    answered = set() if pd.isna(done) else set(done.split(";"))
    return ";".join(t for t in topics.split(";") if t not in answered) or pd.NA


def _places(meetings: pd.Series) -> pd.Series:
    """Return the number of each meeting of one relationship, in their order."""
    return pd.Series(pd.factorize(meetings)[0], index=meetings.index)


def _one_of(dyads: pd.Series, sides: pd.Series) -> pd.Series:
    """Tell which sides belong to the dyad."""
    found = [
        pd.notna(dyad) and pd.notna(side) and side in str(dyad).split("-")
        for dyad, side in zip(dyads, sides, strict=True)
    ]
    return pd.Series(found, index=dyads.index, dtype=bool)


def _other(dyad: str, side: str) -> str:
    first, _, second = dyad.partition("-")
    return second if side == first else first


def _worded(spoken: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Add the run of each statement (unbroken ones of one side) and whether it refers back."""
    one = spoken[spoken["side"].notna() & spoken["side"].ne("both") & spoken["start"].notna()]
    before = one.groupby("article_id")["side"].shift()
    changed = one["side"].ne(before).fillna(True).astype("int64")
    texts = said(spoken, articles).str.lower()
    requests = (
        rf"\b(?:{words_of('replies', 'pointer')}) (?:\w+ )?(?:{words_of('replies', 'request')})\b"
    )
    return spoken.assign(
        run=changed.groupby(one["article_id"]).cumsum().reindex(spoken.index).astype("Int64"),
        refers=texts.str.contains(requests, regex=True),
        replies=texts.str.contains(rf"\b(?:{words_of('replies', 'reply')})\b(?! to\b)", regex=True),
        thanks=texts.str.contains(rf"\b(?:{words_of('replies', 'thanks')})\b", regex=True),
    )


def _answering(spoken: pd.DataFrame) -> pd.Series:
    """Return what each act is as an answer; thanks and joint talk without agreement are none."""
    answer = spoken["act"].map(ANSWERS).astype("string")
    idle = spoken["thanks"] | spoken["side"].eq("both").fillna(False)
    return answer.mask(answer.eq("noted").fillna(False) & idle.astype(bool))


def _in_line(spoken: pd.DataFrame) -> pd.DataFrame:
    """Add where each statement stands meeting by meeting, and where those it can answer to do.

    ``at`` is its place in the line, ``meeting_from`` to ``meeting_to`` that of its meeting. What
    stands from ``own_from`` up to its own place cannot answer it: it was said before in the same
    article. The panel's statements have no order within an article.
    """
    at = pd.Series(spoken["place"].argsort(kind="stable").argsort(), index=spoken.index)
    meeting = at.groupby([spoken["dyad"], spoken["place"]], dropna=False)
    own = at.groupby(spoken["article_id"]).transform("min")
    return spoken.assign(
        at=at,
        own_from=own.where(spoken["start"].notna(), at + 1),
        meeting_from=meeting.transform("min"),
        meeting_to=meeting.transform("max") + 1,
    )


def _answered(asks: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return what answers each ask in its meeting and in later ones, by the rows of `asks`."""
    frame = {row.topic for row in load().rows["frame_topics"]}
    lines, replies, end = _lines(told), _replies(asks, told), len(told)
    nobody = Line(pd.DataFrame(columns=["at", "order", "rank", "where", "topic"]))
    rows: dict[Any, tuple[Any, ...]] = {}
    same = asks.fillna({"topics": ""}).assign(worded=asks["start"].notna())
    for (dyad, asked, topics, worded), alike in same.groupby(["dyad", "asked", "topics", "worded"]):
        line = lines.get((dyad, asked), nobody)
        # In the panel a topic is what the coder read, not a word such as "visit", and links alone.
        acts = line.on(str(topics).split(";") if topics else [], frame if worded else ())
        rows |= dict(zip(alike.index, _of_each(alike, acts, replies, end), strict=True))
    names = ["answer", "answered", "answer_evidence", "answer_places"]
    names += ["later_answer", "later_answered", "later_evidence", "later_places"]
    out = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return out.reindex(asks.index).astype({"answer_places": "int64", "later_places": "int64"})


def _of_each(
    asks: pd.DataFrame, acts: Answers, replies: dict[int, list[Reply]], end: int
) -> Iterator[tuple[Any, ...]]:
    """Look up the answers to asks for the same topics."""
    later: dict[int, tuple[Any, ...]] = {}
    listed: Any = asks.itertuples()
    for ask in listed:
        spans = [(ask.meeting_from, ask.own_from), (ask.at + 1, ask.meeting_to)]
        here = acts.within(spans, replies.get(ask.ask, []))
        if ask.meeting_to not in later:
            later[ask.meeting_to] = acts.within([(ask.meeting_to, end)]).row()
        yield *here.row(), *later[ask.meeting_to]


def _lines(told: pd.DataFrame) -> dict[Any, Line]:
    """Lay out the acts that can answer by the dyad and the side whose answer they are.

    Those of both are an answer of either. In the panel the acts of an article that answer alike
    are one: nothing tells where they stand.
    """
    acts = told[told[["dyad", "side", "rank"]].notna().all(axis="columns")]
    asked = acts["side"].mask(acts["side"].eq("both"), acts["dyad"]).str.split("-")
    acts = acts.assign(asked=asked, order=acts.index).explode("asked", ignore_index=True)
    alike = acts.groupby(["dyad", "asked", "where", "rank"])["at"].transform("min")
    acts["at"] = acts["at"].where(acts["start"].notna(), alike)
    named = _by_topic(acts, ["dyad", "asked", "at", "order", "rank", "where"])
    return {key: Line(rows) for key, rows in named.groupby(["dyad", "asked"])}


def _by_topic(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the columns with ``topic``, a row for each of a statement's topics."""
    each = rows[columns].assign(topic=rows["topics"].str.split(";")).explode("topic")
    return each.dropna(subset="topic")


def _replies(asks: pd.DataFrame, told: pd.DataFrame) -> dict[int, list[Reply]]:
    """Return the answers that refer back to what was asked in the turn of the other side before.

    All acts of a sentence that refers back belong to the reply. It answers every ask of that turn,
    unless it only says "in reply" and names the topics of some of them: then it answers these.
    """
    keys = ["article_id", "sentence", "run"]
    told = told[told["run"].notna()]
    shown = told.groupby(keys)[["refers", "replies"]].transform("any")
    told = told.assign(refers=shown["refers"])[shown.any(axis=1)]
    told = told.assign(run=told["run"] - 1)
    kept = ["article_id", "run", "sentence", "side", "rank", "where", "topics", "at"]
    pairs = asks[["ask", "article_id", "run", "asked", "topics"]].merge(
        told[[*kept, "refers"]], on=["article_id", "run"], suffixes=("", "_said")
    )
    pairs["topic"] = pairs["topics"].str.split(";")
    pairs = pairs.explode("topic", ignore_index=True)
    named = [
        pd.notna(t) and t in str(topics).split(";")
        for t, topics in zip(pairs["topic"], pairs["topics_said"], strict=True)
    ]
    shared = pd.Series(named, index=pairs.index, dtype=bool)
    some = shared.groupby([pairs["article_id"], pairs["sentence"]]).transform("any")
    pairs = pairs[pairs["refers"] | shared | ~some.astype(bool)]
    pairs = pairs[pairs["rank"].notna() & pairs["side"].eq(pairs["asked"]).fillna(False)]
    found: dict[int, list[Reply]] = {}
    for _, rows in pairs.groupby(["ask", "at"]):
        first = rows.iloc[0]
        at, rank = int(first["at"]), int(first["rank"])
        reply = Reply(at, rank, first["where"], rows["topic"].dropna().tolist())
        found.setdefault(int(first["ask"]), []).append(reply)
    return found


def _repeated(asks: pd.DataFrame) -> pd.Series:
    """Count the later meetings in which the same side asks for one of the topics again."""
    counts = pd.Series(0, index=asks.index, name="repeated")
    each = _by_topic(asks, ["dyad", "side", "place"])
    held = {key: rows.unique() for key, rows in each.groupby(["dyad", "side", "topic"])["place"]}
    for (dyad, side, topics), alike in asks.groupby(["dyad", "side", "topics"])["place"]:
        every = [held[dyad, side, topic] for topic in str(topics).split(";")]
        places = np.unique(np.concatenate(every))
        counts[alike.index] = len(places) - np.searchsorted(places, alike, side="right")
    return counts
