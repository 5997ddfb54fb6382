"""Two readouts side by side: successive ones of a relationship, or two accounts of one meeting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.asks import COLUMNS as ASKS
from analysis.asks import ask_ledger
from analysis.timeline import span, statement_topics, timeline
from analysis.wordings import wordings

MOVED = 2  # ranks among the topics that both name
COLUMNS = ("aspect", "item", "change", "earlier", "later")
EVIDENCE = ("earlier_evidence", "later_evidence")


class ComparisonError(ValueError):
    """Two articles that cannot be compared; the message says which are there."""


def compare_readouts(tables: Any, earlier_id: str, later_id: str) -> pd.DataFrame:
    """Say what changed from one readout to the next; a row is one topic, figure, ask or sentence.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel (which has no sentences, so no wordings).
    earlier_id, later_id : str
        The two articles.

    Returns
    -------
    DataFrame
        - ``aspect``: ``topic``, ``figure``, ``ask``, ``sentence`` or ``phrase``;
        - ``item``: the topic, ``measure unit`` of the figure, ``SIDE topic`` of the ask;
        - ``change``: ``new``, ``dropped``, ``kept``; topics also ``moved up`` or ``moved down``
          (by two ranks or more among the topics that both name, in the order of first mention);
          figures ``changed`` in amount or horizon; sentences ``reworded``;
        - ``earlier``, ``later``: rank, amount, wording or the answer on the topic on either side;
        - ``earlier_evidence``, ``later_evidence``: ``article:start-end``.

        A ``phrase`` is a run of at least six words that both have in sentences that match.

    Raises
    ------
    ComparisonError
        One of the articles is unknown, or both are the same.

    Examples
    --------
    >>> from analysis import read_panel
    >>> changes = compare_readouts(read_panel(), "p121", "p122")
    >>> sorted(changes["aspect"].unique())
    ['ask', 'topic']
    >>> compare_readouts(read_panel(), "p121", "p121")
    Traceback (most recent call last):
    ...
    analysis.compare.ComparisonError: both articles are p121; give two different ones
    """
    pair = _pair(tables, earlier_id, later_id)
    rows = [*_topics(tables, pair), *_figures(tables, pair), *_asks(tables, pair)]
    rows += [_row(*wording) for wording in wordings(tables, pair)]
    return _table(rows, [*COLUMNS, *EVIDENCE])


def compare_accounts(tables: Any, first_id: str, second_id: str) -> pd.DataFrame:
    """Compare two accounts of one meeting; a row is one topic, figure or act on a topic.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    first_id, second_id : str
        The two articles.

    Returns
    -------
    DataFrame
        ``aspect`` (``topic``, ``figure``, ``act``), ``item``, ``change``: ``both``, ``different``
        (amount, horizon or act), or ``only-`` and the side of the account (its
        ``publisher_side`` where the tables have it, else the article's id); ``first`` and
        ``second``: rank, amount or acts in either; ``first_share`` and ``second_share``: the
        share of the sentences of each text that name the topic (missing for the panel); and
        where it stands.

    Raises
    ------
    ComparisonError
        One of the articles is unknown, or both are the same.

    Examples
    --------
    >>> from analysis import read_panel
    >>> told = compare_accounts(read_panel(), "p121", "p122")
    >>> set(told["change"]) <= {"both", "different", "only-VNM", "only-KOR"}
    True
    >>> compare_accounts(read_panel(), "p121", "p121")
    Traceback (most recent call last):
    ...
    analysis.compare.ComparisonError: both articles are p121; give two different ones
    """
    pair = _pair(tables, first_id, second_id)
    rows = [*_topics(tables, pair), *_figures(tables, pair), *_acts(tables, pair)]
    out = _table(rows, [*COLUMNS, *EVIDENCE])
    only = {"new": f"only-{_account(tables, second_id)}"}
    only |= {"dropped": f"only-{_account(tables, first_id)}", "kept": "both"}
    only |= {"changed": "different", "moved up": "both", "moved down": "both"}
    out["change"] = out["change"].map(only).astype("string")
    shares = [_shares(tables, article) for article in pair]
    is_topic = out["aspect"] == "topic"
    for name, share in zip(("first_share", "second_share"), shares, strict=True):
        out[name] = out["item"].map(share).where(is_topic).astype("Float64")
    names = {"earlier": "first", "later": "second"}
    names |= {"earlier_evidence": "first_evidence", "later_evidence": "second_evidence"}
    return out.rename(columns=names)


def _pair(tables: Any, first: str, second: str) -> tuple[str, str]:
    known = set(tables.articles["article_id"])
    unknown = [a for a in (first, second) if a not in known]
    if unknown:
        some = ", ".join(sorted(known)[:5])
        raise ComparisonError(
            f"no article {', '.join(unknown)} in these tables; there are {some}, …"
        )
    if first == second:
        raise ComparisonError(f"both articles are {first}; give two different ones")
    return first, second


def _account(tables: Any, article_id: str) -> str:
    article = tables.articles.set_index("article_id").loc[article_id]
    side = article.get("publisher_side")
    return article_id if side is None or pd.isna(side) else str(side)


def _row(
    aspect: str, item: str, change: str, texts: tuple[Any, Any], where: tuple[Any, Any]
) -> dict[str, Any]:
    return dict(zip([*COLUMNS, *EVIDENCE], [aspect, item, change, *texts, *where], strict=True))


def _table(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, "string"))


def _topics(tables: Any, pair: tuple[str, str]) -> list[dict[str, Any]]:
    """Compare which topics are named and in which order."""
    named = tables.topics.assign(where=span(tables.topics))
    sides = []
    for article in pair:
        own = named[named["article_id"] == article].sort_values("start", kind="stable")
        sides.append(own.drop_duplicates("topic").set_index("topic")["where"])
    ranks = [{t: i for i, t in enumerate(s.index, 1)} for s in sides]
    common = [t for t in sides[0].index if t in ranks[1]]
    later_order = [t for t in sides[1].index if t in ranks[0]]
    rows = []
    for topic in dict.fromkeys([*sides[0].index, *sides[1].index]):
        if topic in ranks[0] and topic in ranks[1]:
            moved = later_order.index(topic) - common.index(topic)
            has_order = pd.notna(sides[0][topic]) and ":" in sides[0][topic]
            up, down = moved <= -MOVED and has_order, moved >= MOVED and has_order
            change = "moved up" if up else "moved down" if down else "kept"
        else:
            change = "dropped" if topic in ranks[0] else "new"
        texts = ranks[0].get(topic), ranks[1].get(topic)
        rows.append(_row("topic", topic, change, texts, (sides[0].get(topic), sides[1].get(topic))))
    return rows


def _figures(tables: Any, pair: tuple[str, str]) -> list[dict[str, Any]]:
    """Compare amounts of the same measure, unit and status: kept, changed, new, dropped."""
    figures = tables.figures[tables.figures["kind"].isin(["money", "percent", "count"])]
    figures = figures.assign(where=span(figures))
    keys = ["kind", "measure", "unit", "status"]
    sides = [
        figures[figures["article_id"] == a]
        .fillna(dict.fromkeys(keys, ""))
        .groupby(keys, sort=False)
        for a in pair
    ]
    found: list[dict[Any, pd.DataFrame]] = [dict(iter(side)) for side in sides]
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys([*found[0], *found[1]]):
        item = " ".join(k for k in (key[1], key[2], key[3]) if k)
        amounts = [_amounts(side.get(key)) for side in found]
        same = [a for a in amounts[0] if a in amounts[1]]
        rest = [[a for a in side if a not in same] for side in amounts]
        for a in same:
            rows.append(_row("figure", item, "kept", (a, a), (amounts[0][a], amounts[1][a])))
        for old, new in zip(*rest, strict=False):
            where = amounts[0][old], amounts[1][new]
            rows.append(_row("figure", item, "changed", (old, new), where))
        for old in rest[0][len(rest[1]) :]:
            rows.append(_row("figure", item, "dropped", (old, None), (amounts[0][old], None)))
        for new in rest[1][len(rest[0]) :]:
            rows.append(_row("figure", item, "new", (None, new), (None, amounts[1][new])))
    return rows


def _amounts(figures: pd.DataFrame | None) -> dict[str, str]:
    """Return the amounts of one kind as text with their horizon or period, and where they stand."""
    out: dict[str, str] = {}
    if figures is None:
        return out
    listed: Any = figures.itertuples()
    for f in listed:
        text = f"{f.value:,.15g}" + ("" if pd.isna(f.value_to) else f"–{f.value_to:,.15g}")
        text += "" if pd.isna(f.horizon) else f" by {f.horizon}"
        text += "" if pd.isna(f.period) else f" in {f.period}"
        out.setdefault(text, f.where)
    return out


def _asks(tables: Any, pair: tuple[str, str]) -> list[dict[str, Any]]:
    """Compare who asks for what."""
    order = timeline(tables)
    dyads = order.loc[order["article_id"].isin(pair), "dyad"].dropna().unique()
    ledgers = [ask_ledger(tables, dyad) for dyad in dyads]
    asks = pd.concat(ledgers) if ledgers else pd.DataFrame(columns=list(ASKS), dtype="string")
    asks = asks[asks["kind"] == "request"].assign(where=lambda a: span(a))
    sides = []
    for article in pair:
        own = asks[asks["article_id"] == article]
        each = (
            own.assign(topic=own["topics"].str.split(";")).explode("topic").dropna(subset="topic")
        )
        each["item"] = each["side"] + " " + each["topic"]
        # The row's answer is that of its answered topics; of the others it is none.
        done = each["answered"].fillna("").str.split(";")
        named = [topic in topics for topic, topics in zip(each["topic"], done, strict=True)]
        each["answer"] = each["answer"].where(np.array(named, dtype=bool), "none")
        sides.append(each.drop_duplicates("item").set_index("item"))
    rows = []
    for item in dict.fromkeys([*sides[0].index, *sides[1].index]):
        here = [s.loc[item] if item in s.index else None for s in sides]
        change = (
            "kept" if all(h is not None for h in here) else "new" if here[0] is None else "dropped"
        )
        texts = tuple(None if h is None else h["answer"] for h in here)
        where = tuple(None if h is None else h["where"] for h in here)
        rows.append(_row("ask", item, change, (texts[0], texts[1]), (where[0], where[1])))
    return rows


def _acts(tables: Any, pair: tuple[str, str]) -> list[dict[str, Any]]:
    """Compare by which acts each account treats a topic that both name."""
    spoken = statement_topics(tables)
    spoken = spoken.assign(topic=spoken["topics"].str.split(";")).explode("topic")
    spoken = spoken.dropna(subset="topic")
    spoken["deed"] = spoken["side"].fillna("?") + " " + spoken["act"]
    spoken["where"] = span(spoken)
    sides = []
    for article in pair:
        own = spoken[spoken["article_id"] == article].drop_duplicates(["topic", "deed"])
        grouped = own.groupby("topic", sort=False)
        sides.append(
            pd.DataFrame(
                {"deed": grouped["deed"].agg("; ".join), "where": grouped["where"].first()}
            )
        )
    rows = []
    for topic in [t for t in sides[0].index if t in sides[1].index]:
        first, second = sides[0].loc[topic], sides[1].loc[topic]
        same = set(first["deed"].split("; ")) == set(second["deed"].split("; "))
        change = "kept" if same else "changed"
        texts, where = (first["deed"], second["deed"]), (first["where"], second["where"])
        rows.append(_row("act", topic, change, texts, where))
    return rows


def _shares(tables: Any, article_id: str) -> dict[str, float]:
    """Return the share of an article's sentences that name each topic."""
    sentences = int((tables.sentences["article_id"] == article_id).sum())
    named = tables.topics[tables.topics["article_id"] == article_id]
    if not sentences:
        return {}
    shares: dict[str, float] = (named.groupby("topic")["sentence"].nunique() / sentences).to_dict()
    return shares
