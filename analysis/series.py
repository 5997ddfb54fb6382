"""Meetings in series: the numbered ones on a timeline, the staples that one of them leaves out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.presence import presence
from analysis.schema import codes
from analysis.timeline import timeline

STAPLE = 0.5  # a topic is a staple if at least half of the meetings before had it


def meeting_calendar(tables: Any, dyad: str | None = None) -> pd.DataFrame:
    """Place numbered meetings on a timeline; a row is one meeting of a series.

    A series is a format of meeting of one relationship at one level ("the fifth deputy-ministerial
    dialogue"); its level is the highest office that both sides send, so that a second title of
    one participant ("Deputy Prime Minister and Minister of Defence") makes no other series. Every
    ordinal says how many meetings went before it: those that no article reports
    are listed too.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    dyad : str, optional
        One relationship, ``KOR-VNM``; all if not given.

    Returns
    -------
    DataFrame
        ``dyad``, ``format``, ``level``, ``ordinal``, ``known`` (``reported`` or ``implied``), the
        days and place of a reported meeting and its ``article_id``; for an implied one
        ``not_before`` and ``not_after``: the days of its reported neighbours.

    Raises
    ------
    ValueError
        No article is about this dyad.

    Examples
    --------
    >>> from analysis import extract, read_panel
    >>> from analysis.articles import articles_frame, parse_text
    >>> text = (
    ...     " date 2023-05-10 OSLO — Norwegian Foreign Minister Anna Berg and Kenyan Foreign "
    ...     "Minister John Otieno co-chaired the third political dialogue in Oslo on Wednesday."
    ... )
    >>> article = parse_text(text, "a", "a.txt", "0", None)
    >>> meeting_calendar(extract(articles_frame([article])))["known"].tolist()
    ['implied', 'implied', 'reported']
    >>> meeting_calendar(read_panel(), "FRA-KEN")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: no article about dyad 'FRA-KEN'; there are ...
    """
    numbered = tables.meetings[tables.meetings["ordinal"].notna()]
    rows = numbered.merge(timeline(tables, dyad)[["article_id", "dyad"]], on="article_id")
    keys = ["dyad", "format", "level"]
    rows["level"] = _common_levels(tables, rows).fillna(rows["level"])
    rows = rows.sort_values([*keys, "ordinal", "date_from"]).drop_duplicates([*keys, "ordinal"])
    columns = [*keys, "ordinal", "date_from", "date_to", "place", "article_id"]
    out = []
    for series, found in rows.groupby(keys, dropna=False, sort=True):
        every = pd.DataFrame({"ordinal": range(1, int(found["ordinal"].max()) + 1)})
        every = every.astype({"ordinal": "Int64"}).merge(found[columns], on="ordinal", how="left")
        every = every.assign(**dict(zip(keys, series, strict=True)))
        reported = every["article_id"].notna()
        every["known"] = reported.map({True: "reported", False: "implied"}).astype("string")
        every["not_before"] = every["date_to"].ffill().where(~reported)
        every["not_after"] = every["date_from"].bfill().where(~reported)
        out.append(every)
    types = dict.fromkeys(keys, "string") | {"ordinal": "Int64", "known": "string"}
    days = ("date_from", "date_to", "not_before", "not_after")
    types |= dict.fromkeys(days, "datetime64[us]") | {"place": "string", "article_id": "string"}
    table = pd.concat(out, ignore_index=True) if out else pd.DataFrame(columns=list(types))
    return table[list(types)].astype(types)


def _common_levels(tables: Any, meetings: pd.DataFrame) -> pd.Series:
    """Return the highest role that participants of both sides hold, missing where none is."""
    actors = getattr(tables, "actors", None)
    if actors is None or meetings.empty:
        return pd.Series(pd.NA, index=meetings.index, dtype="string")
    held = meetings[["article_id", "dyad", "participants"]].rename_axis("row").reset_index()
    held["actor"] = held["participants"].str.split(";")
    known = actors[["article_id", "actor", "side", "role"]].dropna().drop_duplicates()
    known = held.explode("actor").merge(known, on=["article_id", "actor"])
    known["role"] = known["role"].str.split(";")
    known = known.explode("role")
    sides = known.groupby(["row", "role"])["side"].nunique()
    rank = {role: i for i, role in enumerate(codes("role"))}
    both = sides[sides > 1].reset_index().sort_values("role", key=lambda r: r.map(rank))
    best = both.drop_duplicates("row").set_index("row")["role"]
    return best.reindex(meetings.index).astype("string")


def silence_report(
    tables: Any, article_id: str | None = None, dyad: str | None = None, staple: float = STAPLE
) -> pd.DataFrame:
    """List the staples that a meeting leaves out; a row is one topic not named this time.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    article_id : str, optional
        An article that reports the meeting; the last dated meeting of the dyad if not given.
    dyad : str, optional
        The relationship; that of the article if not given.
    staple : float
        A topic counts as a staple if at least this share of the earlier meetings had it.

    Returns
    -------
    DataFrame
        ``topic``, ``meetings`` (how many earlier meetings), ``named`` (in how many of them),
        ``share``, ``run`` (the longest run of meetings in a row that named it before),
        ``last_article`` and ``last_from``: where it was named last, ``silent_in``: the meeting.

    Raises
    ------
    ValueError
        No article has a date, the article or dyad is unknown, or no meeting went before.

    Examples
    --------
    >>> from analysis import read_panel
    >>> silent = silence_report(read_panel(), dyad="KOR-VNM")
    >>> bool((silent["share"] >= STAPLE).all())
    True
    >>> silence_report(read_panel(), "nosuch", "KOR-VNM")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: no dated article 'nosuch' in this relationship; there are ...
    """
    order = timeline(tables, dyad).dropna(subset="day_from")
    if order.empty:
        raise ValueError("no article has a date; give a date of publication or of a meeting")
    if article_id is None:
        now = order.iloc[-1]
    elif article_id in set(order["article_id"]):
        now = order[order["article_id"] == article_id].iloc[0]
    else:
        known = ", ".join(order["article_id"].head(5))
        raise ValueError(
            f"no dated article {article_id!r} in this relationship; there are {known}, …"
        )
    same = order[order["dyad"] == now["dyad"]]
    before = same[(same["day_from"] < now["day_from"]) & (same["meeting"] != now["meeting"])]
    if before.empty:
        raise ValueError(f"no meeting of {now['dyad']} before {now['day_from']:%Y-%m-%d}")
    found = presence(tables)
    has = found.has.set_index(pd.Index(found.units["unit"], name="meeting"))
    meetings = before.drop_duplicates("meeting", keep="last").set_index("meeting")
    past = has.loc[meetings.index]
    named = past.sum()
    silent = named[(named / len(past) >= staple) & ~has.loc[now["meeting"]]]
    last = {t: meetings.loc[past.index[past[t]][-1]] for t in silent.index}
    out = pd.DataFrame(
        {
            "topic": pd.array(list(silent.index), dtype="string"),
            "meetings": len(past),
            "named": silent.to_numpy(),
            "share": (silent / len(past)).to_numpy(),
            "run": [_longest_run(past[t]) for t in silent.index],
            "last_article": pd.array([last[t]["article_id"] for t in silent.index], dtype="string"),
            "last_from": [last[t]["day_from"] for t in silent.index],
            "silent_in": now["meeting"],
        }
    )
    return out.sort_values(["named", "topic"], ascending=[False, True], ignore_index=True)


def successive(tables: Any, article_id: str | None = None) -> tuple[str, str]:
    """Find the readout to compare with: the last one before of the same relationship.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel.
    article_id : str, optional
        The later readout; that of the last dated meeting if not given.

    Returns
    -------
    tuple
        The article ids of the earlier and the later readout. A meeting of the same format (phone
        talks, a visit) goes before a nearer one of another; reports of the same meeting are not
        successive.

    Raises
    ------
    ValueError
        The article is unknown or undated, or no meeting went before.
    """
    order = timeline(tables).dropna(subset="day_from")
    order = order.merge(tables.meetings[["article_id", "format"]], how="left", on="article_id")
    chosen = order.tail(1) if article_id is None else order[order["article_id"] == article_id]
    if chosen.empty:
        raise ValueError(f"no dated article {article_id!r} in these tables")
    now = chosen.iloc[0]
    before = order[(order["day_from"] < now["day_from"]) & (order["meeting"] != now["meeting"])]
    before = before[before["dyad"].eq(now["dyad"]).fillna(False)]
    if before.empty:
        day = f"{now['day_from']:%Y-%m-%d}"
        raise ValueError(f"no meeting of {now['dyad']} before {day}; add an earlier readout")
    alike = before[before["format"].eq(now["format"]).fillna(False)]
    earlier = (before if alike.empty else alike).iloc[-1]
    return str(earlier["article_id"]), str(now["article_id"])


def _longest_run(named: pd.Series) -> int:
    runs = named.groupby((~named).cumsum()).sum()
    return int(runs.max())
