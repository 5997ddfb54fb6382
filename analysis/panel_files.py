"""What the files of a coded panel may hold, and in words all that is wrong with their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from analysis import knowledge
from analysis.folding import fold
from analysis.schema import codes

# An article without a day of its own is dated by the meeting it reports. In the panel no dated
# report is later than six days after its meeting; a week is the next round bound.
REPORTED_WITHIN = pd.Timedelta(days=7)

COLUMNS = {
    "articles": "article_id url publisher publisher_side dyad published event_from event_to "
    "date_basis format place level meeting_key chars_read",
    "topics": "article_id topic theme certainty",
    "actors": "article_id actor kind side role",
    "figures": "article_id kind value unit measure status horizon period qualifier",
    "statements": "article_id side act topics",
    "second_coding": "article_id coder topic certainty",
}
MAY_BE_EMPTY = {
    "articles": {"published", "event_from", "event_to", "place"},
    "actors": {"side", "role"},
    "figures": {"measure", "status", "horizon", "period", "qualifier"},
    "statements": {"side", "topics"},
}
KEYS = {
    "articles": ["article_id"],
    "topics": ["article_id", "topic"],
    "actors": ["article_id", "actor"],
    "figures": COLUMNS["figures"].split(),
    "second_coding": ["article_id", "coder", "topic"],
}
# Coded columns; a name stands for the list of codes.csv, a tuple for the panel's own vocabulary.
CODED: dict[str, dict[str, str | tuple[str, ...]]] = {
    "articles": {"format": "format", "date_basis": ("stated", "header", "url", "inferred")},
    "topics": {"topic": "topic", "theme": "theme", "certainty": ("coded", "optional")},
    "actors": {"kind": "kind_actor", "role": "role"},
    "figures": {
        "kind": "kind_figure",
        "measure": "measure",
        "status": "status",
        "qualifier": "qualifier",
    },
    "statements": {"act": "act", "topics": "topic"},
    "second_coding": {"topic": "topic", "certainty": ("coded", "optional")},
}
DAYS = ("published", "event_from", "event_to")
STATE = re.compile(r"[A-Z]{3}")
DYAD = re.compile(r"[A-Z]{3}-[A-Z]{3}|multilateral")
CURRENCY = STATE  # ISO 4217 codes have the same shape


def faults_of(raw: dict[str, pd.DataFrame]) -> Iterator[str]:
    """Yield in words all that is wrong with the rows of the files in `raw`, each by its name."""
    known = set(raw["articles"]["article_id"])
    for name, table in raw.items():
        empty_ok = MAY_BE_EMPTY.get(name, set())
        for column in table.columns:
            if column not in empty_ok:
                yield from _lines(name, table, table[column].isna(), f"{column} is empty")
        yield from _lines(
            name, table, ~table["article_id"].isin(known), "article_id is not in articles.csv"
        )
        if name in KEYS:
            repeats = table.duplicated(KEYS[name])
            yield from _lines(name, table, repeats, f"repeats an earlier {', '.join(KEYS[name])}")
        for column, allowed in CODED[name].items():
            values = codes(allowed) if isinstance(allowed, str) else allowed
            one = "|".join(values)
            wrong = ~table[column].str.fullmatch(f"(?:{one})(?:;(?:{one}))*").fillna(True)
            yield from _lines(name, table, wrong, f"{column} allows {', '.join(values)}", column)
    articles = raw["articles"]
    yield from _lines("articles", articles, articles["url"].duplicated(), "url repeats", "url")
    yield from _day_faults(articles)
    yield from _side_faults(raw)
    yield from _meeting_faults(raw)
    themes = {r.topic: r.theme for r in knowledge.load().rows["topics"]}
    topics = raw["topics"]
    yield from _lines(
        "topics",
        topics,
        topics["theme"] != topics["topic"].map(themes),
        "theme is not the codebook's theme of the topic",
        "theme",
    )
    levels = [r.level for r in knowledge.load().rows["panel_levels"]]
    yield from _lines(
        "articles",
        articles,
        ~articles["level"].isin(levels),
        f"level allows {', '.join(levels)} (panel_levels.csv)",
        "level",
    )


def _lines(
    name: str, table: pd.DataFrame, wrong: pd.Series, rule: str, column: str = ""
) -> Iterator[str]:
    """Yield one fault with up to five lines of the file, or nothing."""
    rows = table[wrong.astype("boolean").fillna(False)]
    if len(rows):
        lines = ", ".join(str(int(i) + 2) for i in rows.index[:5])
        got = f"; received {rows[column].head(5).tolist()}" if column else ""
        yield f"{name}.csv line(s) {lines}: {rule}{got}"


def _day_faults(articles: pd.DataFrame) -> Iterator[str]:
    days = articles[list(DAYS)].apply(pd.to_datetime, errors="coerce", format="%Y-%m-%d")
    for column in DAYS:
        wrong = days[column].isna() & articles[column].notna()
        yield from _lines("articles", articles, wrong, f"{column} is no YYYY-MM-DD", column)
    backwards = days["event_to"] < days["event_from"]
    yield from _lines("articles", articles, backwards, "event_to is before event_from", "event_to")
    late = days["published"] > days["event_to"] + REPORTED_WITHIN
    rule = f"published more than {REPORTED_WITHIN.days} days after the event"
    yield from _lines("articles", articles, late, rule, "published")


def _side_faults(raw: dict[str, pd.DataFrame]) -> Iterator[str]:
    people = raw["actors"][raw["actors"]["kind"] == "person"]
    money = raw["figures"][raw["figures"]["kind"] == "money"]
    for name, table, column, shape, what in (
        ("articles", raw["articles"], "publisher_side", STATE, "an ISO 3166-1 alpha-3 code"),
        ("articles", raw["articles"], "dyad", DYAD, "two such codes joined by '-', multilateral"),
        ("actors", people, "side", STATE, "an ISO 3166-1 alpha-3 code for a person"),
        ("statements", raw["statements"], "side", re.compile("[A-Z]{3}|both"), "a code or both"),
        ("figures", money, "unit", CURRENCY, "an ISO 4217 code for money"),
    ):
        wrong = ~table[column].str.fullmatch(shape.pattern).fillna(name == "statements")
        yield from _lines(name, table, wrong, f"{column} must be {what}", column)
    canonical = people.drop_duplicates("actor").assign(plain=lambda d: d["actor"].map(fold))
    for _, names in canonical.groupby("plain")["actor"]:
        if len(names) > 1:
            yield f"actors.csv: two spellings of one name, {', '.join(names)}; keep one"
    offices = {fold(r.surface): r.surface for r in knowledge.load().rows["offices"]}
    for plain, name in zip(canonical["plain"], canonical["actor"], strict=True):
        if offices.get(plain, name) != name:
            yield f"actors.csv: {name} is {offices[plain]} in offices.csv; use that spelling"
    sides = people.groupby("actor")["side"].nunique()
    for actor in sides.index[sides > 1]:
        yield f"actors.csv: {actor} acts for more than one side"


def _meeting_faults(raw: dict[str, pd.DataFrame]) -> Iterator[str]:
    """One meeting has one key, and one key one pair of states, one level and the same days."""
    articles = raw["articles"]
    for column in ("dyad", "level", "format", "event_from", "event_to"):
        values = articles.groupby("meeting_key")[column].nunique(dropna=False)
        for key in values.index[values > 1]:
            ids = articles.loc[articles["meeting_key"] == key, "article_id"]
            yield f"articles.csv: meeting {key} ({', '.join(ids)}) has more than one {column}"
    people = raw["actors"][raw["actors"]["kind"] == "person"]
    first = people.drop_duplicates(["article_id", "side"])
    leaders = first.groupby("article_id")["actor"].agg(lambda names: "; ".join(sorted(names)))
    both = set(first["article_id"][first["article_id"].duplicated()])
    held = articles[articles["article_id"].isin(both) & articles["event_from"].notna()]
    held = held.assign(leaders=held["article_id"].map(leaders))
    same = held.groupby(["event_from", "event_to", "leaders"])["meeting_key"].unique()
    for row in same[same.str.len() > 1].reset_index().to_dict("records"):
        who, keys = f"{row['leaders']} on {row['event_from']}", ", ".join(row["meeting_key"])
        yield f"articles.csv: {who} have two keys, {keys}; keep one"
