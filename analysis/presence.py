"""Which topics each counted unit has: the table that frequency, trends and themes start from.

A unit is an article, a story with all its reprints, or a meeting with all articles that report it.
Tables may come from texts, from a coded panel or from a user's corpus: only ``articles`` and
``topics`` are needed, for stories ``articles.story_id``, and for meetings either
``articles.meeting_key`` or the table ``meetings``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from analysis import knowledge

UNITS = ("meeting", "story", "article")
LEVELS = ("topic", "theme")
PERIODS = {"year": "Y", "quarter": "Q"}
UNDATED = "undated"
UNKNOWN = "unknown"

# Reports of one meeting are brought together by its days and participants. A longer interval says
# that the day is not known, and two meetings of the same people could share it.
LONGEST_MEETING = pd.Timedelta(days=7)


class Presence(NamedTuple):
    """Units and what they have, aligned row by row.

    Attributes
    ----------
    units : DataFrame
        One counted unit a row: ``unit`` (meeting key, story_id or article_id), the days
        ``held_from`` and ``held_to`` (of a meeting, where known), ``first_from`` and ``first_to``
        (the interval in which it was first reported), and the group's column if there is one.
    has : DataFrame of bool
        The same rows; one column a topic (or theme) of the codebook, in its order.
    evidence : DataFrame
        One topic of one article a row: ``row`` (of `units`), ``topic`` (or ``theme``), and
        ``evidence`` (``article_id``, or ``article_id:start-end`` of its first mention in text).
    """

    units: pd.DataFrame
    has: pd.DataFrame
    evidence: pd.DataFrame


def themes() -> dict[str, str]:
    """Return the theme of each topic of the codebook, in its order.

    Examples
    --------
    >>> themes()["trade"]
    'economy'
    """
    return {r.topic: r.theme for r in knowledge.load().rows["topics"]}


def topic_rows(level: str, names: Any) -> pd.DataFrame:
    """Return a table of one topic (or theme) a row, a topic with its theme before it.

    Examples
    --------
    >>> topic_rows("topic", ["trade"]).to_dict("records")
    [{'theme': 'economy', 'topic': 'trade'}]
    """
    out = pd.DataFrame({level: pd.array(list(names), dtype="string")})
    if level == "topic":
        out.insert(0, "theme", out["topic"].map(themes()).astype("string"))
    return out


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise ValueError unless `value` is among the `allowed` ones.

    Examples
    --------
    >>> one_of("unit", "meeting", UNITS)
    >>> one_of("unit", "sentence", UNITS)
    Traceback (most recent call last):
    ...
    ValueError: unit='sentence'; allowed: meeting, story, article
    """
    if value not in allowed:
        raise ValueError(f"{name}={value!r}; allowed: {', '.join(allowed)}")


def meeting_keys(tables: Any) -> pd.Series:
    """Return the key of the meeting that each article reports, by article_id.

    A panel brings its own keys. Otherwise articles report one meeting if their rows of ``meetings``
    agree in days (at most a week) and participants. Where days or participants are not known, an
    article reports the meeting of its story: of the first article, or if that does not say, of the
    next that does. What is left, an article or a story, is a meeting of its own.
    """
    articles = tables.articles
    own = articles["article_id"].astype("string")
    if "meeting_key" in articles:
        return pd.Series(articles["meeting_key"].fillna(own).to_numpy(), index=own.to_numpy())
    meetings = tables.meetings
    length = meetings["date_to"] - meetings["date_from"]
    held = meetings[meetings["participants"].notna() & (length <= LONGEST_MEETING)]
    people = held["participants"].map(lambda names: ";".join(sorted(names.split(";"))))
    days = held["date_from"].dt.strftime("%Y-%m-%d/") + held["date_to"].dt.strftime("%Y-%m-%d ")
    by_article = dict(zip(held["article_id"], days + people, strict=True))
    stories = articles.get("story_id", own).fillna(own)
    by_story: dict[str, str] = {}
    for article, story in sorted(zip(own, stories, strict=True), key=lambda pair: pair[0]):
        if article in by_article and (article == story or story not in by_story):
            by_story[story] = by_article[article]
    keys = [by_article.get(a) or by_story.get(s, s) for a, s in zip(own, stories, strict=True)]
    return pd.Series(keys, index=own.to_numpy(), dtype="string")


def story_keys(articles: pd.DataFrame) -> pd.Series:
    """Return the story of each article, by article_id.

    Raises
    ------
    ValueError
        Texts were not compared, as in a panel, which has none.
    """
    own = articles["article_id"]
    missing = articles["story_id"].isna().sum() if "story_id" in articles else len(own)
    if missing:
        raise ValueError(
            f"unit='story': {missing} of {len(own)} articles have no story_id, which needs texts; "
            "count by meeting or article, or extract the tables from texts anew"
        )
    return pd.Series(articles["story_id"].to_numpy(), index=own.to_numpy(), dtype="string")


def presence(
    tables: Any,
    unit: str = "meeting",
    level: str = "topic",
    group: str | None = None,
    optional: bool = False,
) -> Presence:
    """Find which topics each meeting (or story, or article) has.

    Parameters
    ----------
    tables : Tables or Panel
        Anything with the attributes ``articles``, ``topics`` and, for meetings, ``meetings``.
    unit : {"meeting", "story", "article"}
        What is counted. A meeting or story has a topic if any of its articles has it.
    level : {"topic", "theme"}
        Topics, or the codebook's themes: a unit has a theme if it has one of its topics.
    group : str, optional
        A column of ``articles`` or ``meetings`` to split by, such as ``publisher_side``. A meeting
        reported by two groups is one unit in each.
    optional : bool
        Whether codes that the coder marked as optional count. Tables without the column
        ``certainty`` have no such codes.

    Raises
    ------
    ValueError
        An unknown unit, level or group, or stories of articles that were not compared.
    """
    one_of("unit", unit, UNITS)
    one_of("level", level, LEVELS)
    articles = tables.articles[["article_id", "published_from", "published_to"]].copy()
    own = articles["article_id"]
    if unit == "meeting":
        articles["unit"] = own.map(meeting_keys(tables))
    else:
        articles["unit"] = own.map(story_keys(tables.articles)) if unit == "story" else own
    by = ["unit"]
    if group is not None:
        articles[group] = _group(tables, group)
        by.append(group)
    if unit == "meeting":
        held = tables.meetings.set_index("article_id")
        articles["held_from"] = held["date_from"].reindex(own).to_numpy()
        articles["held_to"] = held["date_to"].reindex(own).to_numpy()
    else:
        articles["held_from"] = articles["held_to"] = pd.NaT
    grouped = articles.groupby(by, sort=False)
    articles["row"] = grouped.ngroup()
    units = grouped.agg(
        held_from=("held_from", "min"),
        held_to=("held_to", "max"),
        first_from=("published_from", "min"),
        first_to=("published_to", "min"),
    ).reset_index()
    evidence = _evidence(tables.topics, articles, level, optional)
    columns = themes()
    names = list(dict.fromkeys(columns if level == "topic" else columns.values()))
    names += [n for n in evidence[level].unique() if n not in names]
    pairs = evidence[["row", level]].drop_duplicates()
    has = pd.crosstab(pairs["row"], pairs[level]).reindex(
        index=units.index, columns=names, fill_value=0
    )
    has.columns.name = level
    return Presence(units, has.astype(bool), evidence)


def period_of(units: pd.DataFrame, by: str = "year") -> pd.Series:
    """Return the period of each unit as text ("2021", "2021Q3"), or "undated".

    A unit belongs to the period that holds all days of its meeting; if these are unknown or cross a
    border, to the period that holds the whole interval of its first report; otherwise to none.

    Examples
    --------
    >>> day = pd.to_datetime(["2021-12-30", "2021-12-30", None])
    >>> late = pd.to_datetime(["2021-12-31", "2022-01-02", None])
    >>> none = pd.to_datetime([None, None, None])
    >>> units = pd.DataFrame(
    ...     {"held_from": day, "held_to": late, "first_from": none, "first_to": none}
    ... )
    >>> period_of(units).tolist()
    ['2021', 'undated', 'undated']
    >>> period_of(units, by="week")
    Traceback (most recent call last):
    ...
    ValueError: by='week'; allowed: year, quarter
    """
    one_of("by", by, tuple(PERIODS))
    period = pd.Series(UNDATED, index=units.index, dtype="string")
    for start, end in (("first_from", "first_to"), ("held_from", "held_to")):
        first = units[start].dt.to_period(PERIODS[by])
        inside = units[start].notna() & (first == units[end].dt.to_period(PERIODS[by]))
        period = period.mask(inside, first.astype("string"))
    return period


def _group(tables: Any, group: str) -> pd.Series:
    for table in (tables.articles, tables.meetings):
        if group in table:
            by_article = table.set_index("article_id")[group].astype("string")
            values: pd.Series = tables.articles["article_id"].map(by_article)
            return values.astype("string").fillna(UNKNOWN)
    known = [*tables.articles.columns, *tables.meetings.columns]
    raise ValueError(f"group={group!r}; allowed: a column of articles or meetings, {known}")


def _evidence(
    topics: pd.DataFrame, articles: pd.DataFrame, level: str, optional: bool
) -> pd.DataFrame:
    """Keep one row per article and topic, its first mention, with the unit's row."""
    if not optional and "certainty" in topics:
        topics = topics[topics["certainty"] != "optional"]
    first = topics.drop_duplicates(["article_id", level])
    if "start" in topics and topics["start"].notna().any():
        first = topics.sort_values("start", kind="stable").drop_duplicates(["article_id", level])
        at = first["start"].astype("string") + "-" + first["end"].astype("string")
        where = first["article_id"] + ":" + at
    else:
        where = first["article_id"]
    row = first["article_id"].map(articles.set_index("article_id")["row"])
    found = pd.DataFrame({"row": row, level: first[level], "evidence": where})
    return found.dropna(subset="row").astype({"row": "int64"}).sort_values("evidence")
