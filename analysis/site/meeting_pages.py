"""A page a coded meeting: its days, people and codes, and the public pages that report it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import addresses
from analysis.named_rows import records
from analysis.panel import Panel
from analysis.site.frame import Site
from analysis.words import days, label

ABOUT = ["publisher", "publisher_side", "published_from", "date_basis", "source", "article_id"]


def write(site: Site, panel: Panel) -> None:
    """Write a page for every meeting of the panel, and the list of all."""
    articles = panel.articles.sort_values(["published_from", "article_id"], kind="stable")
    held = panel.meetings.drop_duplicates("meeting_key")
    held = held.sort_values(["date_from", "meeting_key"], kind="stable")
    keys = panel.articles.set_index("article_id")["meeting_key"]
    held = _with_people(held, panel.actors, keys)
    coded = ("topics", "actors", "figures", "statements")
    parts = {name: _by_meeting(panel, name, keys) for name in coded}
    reports = dict(list(articles.groupby("meeting_key")))
    meetings = records(held)
    for before, meeting, after in zip(
        [None, *meetings[:-1]], meetings, [*meetings[1:], None], strict=True
    ):
        key = meeting.meeting_key
        own = reports[key]
        site.write(
            addresses.meeting(key),
            "meeting.html.j2",
            heading(meeting),
            meeting=meeting,
            dyad=own["dyad"].iloc[0],
            reports=records(own[ABOUT]),
            topics=_topics(parts["topics"].get(key)),
            people=records(parts["actors"].get(key, pd.DataFrame())),
            figures=records(parts["figures"].get(key, pd.DataFrame())),
            statements=records(parts["statements"].get(key, pd.DataFrame())),
            before=before,
            after=after,
            heading=heading,
        )
    site.write(
        "meetings/index.html",
        "meetings.html.j2",
        "The coded meetings",
        years=_years(held, articles),
        heading=heading,
        n_articles=len(articles),
    )


def heading(meeting: Any) -> str:
    """Return when, where, how and between whom a meeting was, in words."""
    where = f", {meeting.place}" if pd.notna(meeting.place) else ""
    who = f", {meeting.people}" if isinstance(meeting.people, str) else ""
    how = label(meeting.format, "format").lower()
    return f"{days(meeting.date_from, meeting.date_to)}{where}: {how}{who}"


def _with_people(held: pd.DataFrame, actors: pd.DataFrame, keys: pd.Series) -> pd.DataFrame:
    """Add the person named first on either side, by whom one knows a meeting."""
    people = actors[(actors["kind"] == "person") & actors["side"].notna()]
    people = people.assign(meeting_key=people["article_id"].map(keys))
    leading = people.drop_duplicates(["meeting_key", "side"]).groupby("meeting_key").head(2)
    names = leading.groupby("meeting_key")["actor"].agg(" and ".join)
    return held.assign(people=held["meeting_key"].map(names))


def _by_meeting(panel: Panel, name: str, keys: pd.Series) -> dict[str, pd.DataFrame]:
    """Return the rows of a table by the key of the meeting that their article reports."""
    table: pd.DataFrame = getattr(panel, name)
    table = table.assign(meeting_key=table["article_id"].map(keys))
    return {str(key): rows for key, rows in table.groupby("meeting_key")}


def _topics(rows: pd.DataFrame | None) -> list[Any]:
    """Return a topic a row: in which reports it is coded, and in which only as an option."""
    if rows is None:
        return []
    firm = rows["certainty"] == "coded"
    own = ["theme", "topic"]
    named = rows[own].drop_duplicates()
    for column, chosen in (("coded", rows[firm]), ("optional", rows[~firm])):
        ids = chosen.groupby(own)["article_id"].agg(", ".join).rename(column)
        named = named.merge(ids, how="left", left_on=own, right_index=True)
    return records(named)


def _years(held: pd.DataFrame, articles: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the meetings with the number of their reports, by year."""
    sizes = articles.groupby("meeting_key").size()
    counted = held.assign(
        reports=held["meeting_key"].map(sizes),
        dyad=held["article_id"].map(articles.set_index("article_id")["dyad"]),
    )
    year = counted["date_from"].dt.strftime("%Y").fillna("day not known")
    return {str(y): records(rows) for y, rows in counted.groupby(year, sort=True)}
