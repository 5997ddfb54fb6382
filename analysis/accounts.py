"""Accounts of the same meetings by two sides: what each habitually tells alone, what both tell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.presence import meeting_keys
from analysis.statistics import holm, mcnemar, paired_difference
from analysis.timeline import statement_topics

AMOUNTS = ("money", "percent", "count")
JOINT = "both"  # the side of what both do together


def account_pattern(
    tables: Any, first: str, second: str, group: str = "publisher_side"
) -> pd.DataFrame:
    """Say over all meetings with accounts of both what each habitually tells alone.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    first, second : str
        Two values of the column `group`.
    group : str
        A column of ``articles``. Of several accounts of one group the union counts.

    Returns
    -------
    DataFrame
        A row is one item that some account of these meetings has. ``aspect`` and ``item``: a
        ``topic``; a ``figure`` (measure, unit and status of an amount); an ``act`` (``SIDE act``).
        ``meetings`` with accounts of both, in how many of them ``both`` have the item,
        ``only_first``, ``only_second``; the ``difference`` of the shares (first less second) with
        its 95 % interval ``low`` to ``high`` (Bonett & Price 2012), ``p`` (exact McNemar) and
        ``p_holm``, corrected within the aspect. Codes marked as optional are left out.

    Raises
    ------
    ValueError
        No meeting has accounts of both, or there is no such column.

    Examples
    --------
    >>> from analysis import read_panel
    >>> told = account_pattern(read_panel(dyad="KOR-VNM"), "VNM", "KOR")
    >>> sorted(told["aspect"].unique())
    ['act', 'figure', 'topic']
    >>> account_pattern(read_panel(), "VNM", "PHL")
    Traceback (most recent call last):
    ...
    ValueError: no meeting has accounts of both 'VNM' and 'PHL' in publisher_side
    """
    accounts = _accounts(tables, (first, second), group)
    meetings = accounts["meeting"].unique()
    parts = []
    for aspect, items in _items(tables).items():
        told = items.merge(accounts, on="article_id")
        has = [_has(told[told["group"] == side], told, meetings) for side in (first, second)]
        part = pd.DataFrame({"aspect": aspect, "item": list(has[0].columns)}, dtype="string")
        part["meetings"] = len(meetings)
        one, two = (h.to_numpy() for h in has)
        part["both"] = (one & two).sum(axis=0)
        part["only_first"], part["only_second"] = (one & ~two).sum(axis=0), (two & ~one).sum(axis=0)
        change = paired_difference(part["only_first"], part["only_second"], len(meetings))
        part["difference"], part["low"], part["high"] = change
        part["p"] = mcnemar(part["only_first"], part["only_second"])
        part["p_holm"] = holm(part["p"])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def account_overlap(
    tables: Any, first: str, second: str, group: str = "publisher_side"
) -> pd.DataFrame:
    """Count the topics that two sides' accounts of each meeting share; a row is one meeting.

    Parameters and errors are those of `account_pattern`.

    Returns
    -------
    DataFrame
        ``meeting``, ``day_from``, ``first_accounts`` and ``second_accounts`` (their article ids,
        separated by ``;``), and topics in ``both``, ``only_first``, ``only_second``; in the order
        of time.
    """
    accounts = _accounts(tables, (first, second), group)
    told = _items(tables)["topic"].merge(accounts, on="article_id")
    has = pd.crosstab([told["meeting"], told["item"]], told["group"]) > 0
    has = has.reindex(columns=[first, second], fill_value=False)
    one, two = has[first], has[second]
    counts = {"both": one & two, "only_first": one & ~two, "only_second": two & ~one}
    grouped = accounts.groupby("meeting", sort=False)
    out = grouped.agg(day_from=("day_from", "min"))
    for name, side in (("first", first), ("second", second)):
        own = accounts[accounts["group"] == side].groupby("meeting")["article_id"]
        out[f"{name}_accounts"] = own.agg(";".join).astype("string")
    topics = pd.DataFrame(counts).groupby(level="meeting").sum()
    out = out.join(topics).fillna(dict.fromkeys(counts, 0)).astype(dict.fromkeys(counts, "int64"))
    return out.reset_index().sort_values(["day_from", "meeting"], ignore_index=True)


def retold_asks(
    tables: Any, first: str, second: str, group: str = "publisher_side"
) -> pd.DataFrame:
    """Say how the other side's accounts tell what one side's accounts tell as a request.

    Parameters and errors are those of `account_pattern`.

    Returns
    -------
    DataFrame
        A row is one topic for which one group's accounts of a meeting have one side ask:
        ``meeting``, ``day_from``, ``told_by`` (the group), ``side`` (who asks), ``topic``, and
        ``retold``, the first of these that holds for the topic in the other group's accounts:
        ``same request``, ``joint`` (both sides agree, pledge or propose), ``pledge`` (of the side
        that is asked), ``reversed`` (the request of the side that is asked), ``named``, ``absent``;
        ``acts``: what they tell of it (``SIDE act``, separated by ``;``).
    """
    accounts = _accounts(tables, (first, second), group)
    said = statement_topics(tables).merge(accounts, on="article_id").dropna(subset="side")
    said = said.assign(topic=said["topics"].str.split(";")).explode("topic")
    keys = ["meeting", "group", "topic"]
    said["deed"] = said["side"] + " " + said["act"]
    acts = said.dropna(subset="topic").groupby(keys)["deed"].agg(lambda d: ";".join(d.unique()))
    named = _items(tables)["topic"].rename(columns={"item": "topic"})
    names = set(named.merge(accounts, on="article_id")[keys].itertuples(index=False, name=None))
    asks = said[(said["act"] == "propose") & (said["side"] != JOINT)].dropna(subset="topic")
    asks = asks.drop_duplicates([*keys, "side"]).sort_values(["day_from", "meeting"], kind="stable")
    out = asks[["meeting", "day_from", "group", "side", "topic"]].reset_index(drop=True)
    other = {first: second, second: first}
    where = [
        (meeting, other[teller], topic)
        for meeting, teller, topic in out[keys].itertuples(index=False)
    ]
    told = [str(acts.get(at, "")) for at in where]
    out["retold"] = pd.array(
        [
            _retold(side, deeds, at in names)
            for side, deeds, at in zip(out["side"], told, where, strict=True)
        ],
        dtype="string",
    )
    out["acts"] = pd.array(told, dtype="string")
    return out.rename(columns={"group": "told_by"})


def _retold(side: str, deeds: str, named: bool) -> str:
    acts = [deed.partition(" ")[::2] for deed in deeds.split(";") if deed]
    if (side, "propose") in acts:
        return "same request"
    if any(who == JOINT for who, _ in acts):
        return "joint"
    others = {act for who, act in acts if who != side}
    if others & {"pledge", "agree"}:
        return "pledge"
    if "propose" in others:
        return "reversed"
    return "named" if named or acts else "absent"


def _accounts(tables: Any, sides: tuple[str, str], group: str) -> pd.DataFrame:
    """Return the articles of two groups on meetings that both report."""
    articles = tables.articles
    if group not in articles:
        raise ValueError(f"no column {group!r} in articles; there are {', '.join(articles)}")
    rows = pd.DataFrame({"article_id": articles["article_id"], "group": articles[group]})
    rows["meeting"] = rows["article_id"].map(meeting_keys(tables)).astype("string")
    held = tables.meetings.drop_duplicates("article_id").set_index("article_id")["date_from"]
    rows["day_from"] = rows["article_id"].map(held).fillna(articles["published_from"])
    rows = rows[rows["group"].isin(sides)]
    shared = rows.groupby("meeting")["group"].transform("nunique") == 2
    if not shared.any():
        both = " and ".join(map(repr, sides))
        raise ValueError(f"no meeting has accounts of both {both} in {group}")
    return rows[shared].reset_index(drop=True)


def _items(tables: Any) -> dict[str, pd.DataFrame]:
    """Return what an account can have, by aspect: ``article_id`` and ``item``."""
    topics = tables.topics
    if "certainty" in topics:
        topics = topics[topics["certainty"] != "optional"]
    figures = tables.figures[tables.figures["kind"].isin(AMOUNTS)]
    parts = [figures[c].astype("string").fillna("") for c in ("measure", "unit", "status")]
    figure = parts[0].str.cat(parts[1:], sep=" ").str.strip().str.replace(r"\s+", " ", regex=True)
    said = tables.statements.dropna(subset="side")
    named = {
        "topic": topics[["article_id"]].assign(item=topics["topic"]),
        "figure": figures[["article_id"]].assign(item=figure),
        "act": said[["article_id"]].assign(item=said["side"] + " " + said["act"]),
    }
    return {aspect: rows.drop_duplicates() for aspect, rows in named.items()}


def _has(told: pd.DataFrame, every: pd.DataFrame, meetings: Any) -> pd.DataFrame:
    """Return which meeting (row) has which item (column)."""
    has = pd.crosstab(told["meeting"], told["item"]) > 0
    return has.reindex(index=meetings, columns=sorted(every["item"].unique()), fill_value=False)
