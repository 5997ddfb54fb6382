"""The ask ledger: who asks the other side for what, what it answers, whether the ask returns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.timeline import span, statement_topics, timeline

KINDS = {"propose": "request", "pledge": "offer"}
# What a side can answer, weakest first; the strongest answer counts.
ANSWERS = {"discuss": "noted", "state": "noted", "appraise": "noted", "pledge": "pledged"}
ANSWERS |= {"agree": "agreed"}
RANK = {"none": 0, "noted": 1, "pledged": 2, "agreed": 3}
REPLY_WITHIN = 3  # statements: "welcomed these proposals" answers what was asked just before
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
    "repeated",
    "later_answer",
    "later_answered",
    "later_evidence",
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
          agree on it), ``pledged`` or ``noted`` (the asked side pledges, welcomes or states
          something on it, or answers right after without naming a topic), ``none``;
          ``answered`` and ``unanswered``: the topics with and without an answer;
          ``answer_evidence``: where the strongest is, ``article:start-end`` separated by ``;``;
        - ``repeated``: in how many later meetings the same side asks for one of the topics;
        - ``later_answer``, ``later_answered``, ``later_evidence``: the same of later meetings.

        What both sides propose together is no ask, and neither is an invitation.

    Raises
    ------
    ValueError
        No article is about this dyad.
    """
    order = timeline(tables, dyad)
    order["place"] = order.groupby("dyad", dropna=False)["meeting"].transform(_places)
    spoken = statement_topics(tables).merge(order, on="article_id", how="inner")
    spoken = spoken.sort_values(["day_from", "day_to", "article_id", "start"], ignore_index=True)
    spoken["turn"] = spoken.groupby("article_id").cumcount()
    spoken["where"] = span(spoken)
    asks = spoken[spoken["act"].isin(KINDS) & spoken["side"].ne("both") & spoken["side"].notna()]
    asks = asks[[_one_of(d, s) for d, s in zip(asks["dyad"], asks["side"], strict=True)]]
    asks = asks.rename_axis("ask").reset_index()
    asks["kind"] = asks["act"].map(KINDS).astype("string")
    asks["asked"] = [_other(d, s) for d, s in zip(asks["dyad"], asks["side"], strict=True)]
    asks = asks.astype({"asked": "string"})
    pairs = _pairs(asks, spoken)
    replies = pd.concat([_answers(pairs), _replies(asks, spoken)], ignore_index=True)
    here = _strongest(replies[replies["place"] == replies["place_said"]])
    later = _strongest(replies[replies["place_said"] > replies["place"]]).add_prefix("later_")
    asks = asks.join(here.rename(columns={"evidence": "answer_evidence"}), on="ask")
    asks = asks.join(later, on="ask").join(_repeated(pairs), on="ask")
    asks["unanswered"] = [
        _without(topics, done)
        for topics, done in zip(asks["topics"], asks["answered"], strict=True)
    ]
    asks["repeated"] = asks["repeated"].fillna(0).astype("int64")
    texts = ("answer", "later_answer"), ("answered", "unanswered", "later_answered")
    asks = asks.astype(dict.fromkeys([*texts[0], *texts[1]], "string"))
    asks[list(texts[0])] = asks[list(texts[0])].fillna("none")
    return asks[list(COLUMNS)]


def _without(topics: Any, done: Any) -> Any:
    if pd.isna(topics):
        return pd.NA
    answered = set() if pd.isna(done) else set(done.split(";"))
    return ";".join(t for t in topics.split(";") if t not in answered) or pd.NA


def _places(meetings: pd.Series) -> pd.Series:
    """Return the number of each meeting of one relationship, in their order."""
    return pd.Series(pd.factorize(meetings)[0], index=meetings.index)


def _one_of(dyad: Any, side: str) -> bool:
    return pd.notna(dyad) and side in str(dyad).split("-")


def _other(dyad: str, side: str) -> str:
    first, _, second = dyad.partition("-")
    return second if side == first else first


def _pairs(asks: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Pair each ask with every statement of the relationship that shares a topic with it."""
    own = ["ask", "dyad", "place", "side", "topics"]
    left = (
        asks[own]
        .assign(topic=asks["topics"].str.split(";"))
        .explode("topic")
        .dropna(subset="topic")
    )
    said = spoken[["dyad", "place", "side", "act", "article_id", "where", "topics", "turn"]]
    said = said.assign(topic=said["topics"].str.split(";")).explode("topic").dropna(subset="topic")
    return left.merge(said, on=["dyad", "topic"], suffixes=("", "_said"))


def _answers(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep what answers: an act of the asked side or of both; with its strength."""
    answering = pairs["act"].isin(ANSWERS) & (pairs["side_said"] != pairs["side"])
    found = pairs[answering & pairs["side_said"].notna()].copy()
    found["answer"] = found["act"].map(ANSWERS).astype("string")
    found["rank"] = found["answer"].map(RANK)
    return found


def _replies(asks: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Return the answers that name no topic but follow at once: "welcomed these proposals"."""
    next_ones = spoken[spoken["topics"].isna() & spoken["start"].notna()]
    pairs = asks.merge(next_ones, on=["article_id", "place"], suffixes=("", "_said"))
    gap = pairs["turn_said"] - pairs["turn"]
    close = pairs[(gap > 0) & (gap <= REPLY_WITHIN) & (pairs["side_said"] == pairs["asked"])]
    pairs = close.assign(
        place_said=close["place"],
        where=close["where_said"],
        act=close["act_said"],
        topic=close["topics"].str.split(";"),
    )
    return _answers(pairs.explode("topic").dropna(subset="topic"))


def _strongest(found: pd.DataFrame) -> pd.DataFrame:
    """Return of each ask the strongest answer, the topics answered at all, and where."""
    best = found[found["rank"] == found.groupby("ask")["rank"].transform("max")]
    grouped = best.drop_duplicates(["ask", "where"]).groupby("ask")
    topics = found.drop_duplicates(["ask", "topic"]).groupby("ask")["topic"]
    return pd.DataFrame(
        {
            "answer": grouped["answer"].first().astype("string"),
            "answered": topics.agg(";".join).astype("string"),
            "evidence": grouped["where"].agg(";".join).astype("string"),
        }
    )


def _repeated(pairs: pd.DataFrame) -> pd.Series:
    """Count the later meetings in which the same side asks for one of the topics again."""
    after = pairs[(pairs["place_said"] > pairs["place"]) & (pairs["side_said"] == pairs["side"])]
    return after[after["act"].isin(KINDS)].groupby("ask")["place_said"].nunique().rename("repeated")
