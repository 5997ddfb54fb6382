"""The ask ledger: who asks the other side for what, what it answers, whether the ask returns."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.knowledge import load
from analysis.timeline import said, span, statement_topics, timeline, words_of

KINDS = {"propose": "request", "pledge": "offer"}
# What a side can answer, weakest first; the strongest answer counts.
ANSWERS = {"discuss": "noted", "state": "noted", "appraise": "noted", "pledge": "pledged"}
ANSWERS |= {"agree": "agreed"}
RANK = {"noted": 1, "pledged": 2, "agreed": 3}
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
          agree on it), ``pledged`` (the asked side pledges it), ``noted`` (the asked side states,
          discusses or welcomes something on it; thanks do not count), ``none``; ``answered`` and
          ``unanswered``: the topics with and without an answer; ``answer_evidence``: where the
          strongest is, ``article:start-end`` separated by ``;``;
        - ``repeated``: in how many later meetings the same side asks for one of the topics;
        - ``later_answer``, ``later_answered``, ``later_evidence``: the same of later meetings.

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
    spoken["turn"] = spoken.groupby("article_id").cumcount()
    spoken["where"] = span(spoken)
    spoken = _worded(spoken, tables.articles)
    asks = spoken[spoken["act"].isin(KINDS) & spoken["side"].ne("both") & spoken["side"].notna()]
    asks = asks[[_one_of(d, s) for d, s in zip(asks["dyad"], asks["side"], strict=True)]]
    asks = asks.rename_axis("ask").reset_index()
    asks["kind"] = asks["act"].map(KINDS).astype("string")
    asks["asked"] = [_other(d, s) for d, s in zip(asks["dyad"], asks["side"], strict=True)]
    asks = asks.astype({"asked": "string"})
    told = spoken.assign(answer=_answering(spoken))
    replies = pd.concat(
        [_telling(_answers(_pairs(asks, told))), _replies(asks, told)], ignore_index=True
    )
    here = _strongest(replies[replies["place"] == replies["place_said"]])
    later = _strongest(replies[replies["place_said"] > replies["place"]]).add_prefix("later_")
    asks = asks.join(here.rename(columns={"evidence": "answer_evidence"}), on="ask")
    asks = asks.join(later, on="ask").join(_repeated(asks, spoken), on="ask")
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


def _pairs(asks: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Pair each ask with every act that can answer it and shares a topic with it.

    The acts are laid out by the side whose answer they are (those of both by either), so that an
    ask meets no others: their number, not that of all statements, bounds the pairs.
    """
    left = _by_topic(asks, ["ask", "dyad", "place", "asked", "article_id", "turn", "start"])
    acts = spoken[spoken[["dyad", "side", "answer"]].notna().all(axis="columns")]
    asked = acts["side"].mask(acts["side"].eq("both"), acts["dyad"]).str.split("-")
    acts = acts.assign(asked=asked).explode("asked").astype({"asked": "string"})
    kept = ["dyad", "asked", "place", "side", "answer", "article_id", "where", "turn"]
    pairs = left.merge(_by_topic(acts, kept), on=["dyad", "topic", "asked"], suffixes=("", "_said"))
    return pairs[pairs["place_said"] >= pairs["place"]].rename(columns={"side": "side_said"})


def _by_topic(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the columns with ``topic``, a row for each of a statement's topics."""
    each = rows[columns].assign(topic=rows["topics"].str.split(";")).explode("topic")
    return each.dropna(subset="topic")


def _answers(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep what answers: an act of the asked side, or an agreement of both; with its strength."""
    found = pairs.assign(rank=pairs["answer"].map(RANK))
    by = found["side_said"].eq(found["asked"]) | found["side_said"].eq("both")
    worded = found["start"].notna()  # the panel's statements have no order
    behind = found["article_id"].ne(found["article_id_said"]) | (found["turn_said"] > found["turn"])
    return found[found["rank"].notna() & by.fillna(False) & (behind | ~worded)]


def _telling(found: pd.DataFrame) -> pd.DataFrame:
    """Keep the answers linked by more than a word such as "visit" or "mechanism".

    In the panel a topic is what the coder read, not a word, and links alone.
    """
    frame = {row.topic for row in load().rows["frame_topics"]}
    telling = ~found["topic"].isin(frame) | found["start"].isna()
    return found[telling.groupby([found["ask"], found["where"]]).transform("any").astype(bool)]


def _replies(asks: pd.DataFrame, spoken: pd.DataFrame) -> pd.DataFrame:
    """Return the answers that refer back to what was asked in the turn of the other side before.

    All acts of a sentence that refers back belong to the reply. It answers every ask of that turn,
    unless it only says "in reply" and names the topics of some of them: then it answers these.
    """
    keys = ["article_id", "sentence", "run"]
    told = spoken[spoken["run"].notna()]
    shown = told.groupby(keys)[["refers", "replies"]].transform("any")
    told = told.assign(refers=shown["refers"])[shown.any(axis=1)]
    told = told.assign(run=told["run"] - 1)
    kept = ["article_id", "run", "sentence", "place", "side", "answer", "where", "topics", "turn"]
    pairs = asks.drop(columns=["refers", "replies", "where"]).merge(
        told[[*kept, "refers"]], on=["article_id", "run"], suffixes=("", "_said")
    )
    pairs["article_id_said"] = pairs["article_id"]
    pairs["topic"] = pairs["topics"].str.split(";")
    pairs = pairs.explode("topic", ignore_index=True)
    named = [
        pd.notna(t) and t in str(topics).split(";")
        for t, topics in zip(pairs["topic"], pairs["topics_said"], strict=True)
    ]
    shared = pd.Series(named, index=pairs.index, dtype=bool)
    some = shared.groupby([pairs["article_id"], pairs["sentence_said"]]).transform("any")
    pairs = pairs[pairs["refers"] | shared | ~some.astype(bool)]
    return _answers(pairs)


def _strongest(found: pd.DataFrame) -> pd.DataFrame:
    """Return of each ask the strongest answer, the topics answered at all, and where."""
    best = found[found["rank"] == found.groupby("ask")["rank"].transform("max")]
    grouped = best.drop_duplicates(["ask", "where"]).groupby("ask")
    topics = found.dropna(subset="topic").drop_duplicates(["ask", "topic"]).groupby("ask")["topic"]
    return pd.DataFrame(
        {
            "answer": grouped["answer"].first().astype("string"),
            "answered": topics.agg(";".join).astype("string"),
            "evidence": grouped["where"].agg(";".join).astype("string"),
        }
    )


def _repeated(asks: pd.DataFrame, spoken: pd.DataFrame) -> pd.Series:
    """Count the later meetings in which the same side asks for one of the topics again."""
    keys = ["dyad", "side", "topic"]
    again = _by_topic(spoken[spoken["act"].isin(KINDS)], ["dyad", "side", "place"])
    pairs = _by_topic(asks, ["ask", "dyad", "side", "place"]).merge(
        again.drop_duplicates(), on=keys, suffixes=("", "_said")
    )
    after = pairs[pairs["place_said"] > pairs["place"]]
    return after.groupby("ask")["place_said"].nunique().rename("repeated")
