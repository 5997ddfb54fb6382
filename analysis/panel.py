"""A coded panel: articles coded by a reader with the codebook, held as tables without any text.

A folder of a panel has five files: ``articles.csv`` (one article a row, with the meeting that it
reports), ``topics.csv``, ``actors.csv``, ``figures.csv`` and ``statements.csv`` (one code a row);
``second_coding.csv`` (the topics of a second, independent reader) may be missing. `read_panel`
checks them and returns the tables that extraction from text would give, so that everything
downstream takes either. What only text can give (characters, sentences) is ``<NA>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import knowledge
from analysis.folding import fold
from analysis.schema import DTYPES, TABLES, codes, empty

pd.set_option("display.html.use_mathjax", False)  # as in `tables`: no formulas

# Where a checkout keeps the panel; an installed package has no data folder beside it.
FOLDER = Path(__file__).resolve().parents[1] / "data" / "panel"

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


class PanelError(ValueError):
    """A panel that cannot be used; the message lists every file and line at fault."""


@dataclass(frozen=True)
class Panel:
    """The tables of a coded panel, named and shaped as those of an extraction.

    ``articles`` has ``publisher_side``, ``dyad``, ``meeting_key`` and ``chars_read`` (how many
    characters the reader saw) besides the columns of the schema; ``topics`` has ``certainty``;
    ``statements`` has ``topics``; ``meetings`` has ``meeting_key`` and ``channel`` (the level in
    the panel's own words). ``second_coding`` is one topic of one article by a second reader.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    topics: pd.DataFrame
    actors: pd.DataFrame
    figures: pd.DataFrame
    statements: pd.DataFrame
    meetings: pd.DataFrame
    second_coding: pd.DataFrame


def read_panel(folder: str | Path | None = None, *, dyad: str | None = None) -> Panel:
    """Read, check and shape a coded panel.

    Parameters
    ----------
    folder : path, optional
        The folder with the panel's CSV files; that of the checkout if not given.
    dyad : str, optional
        Keep only articles on this pair of states, such as ``"KOR-VNM"``; all if not given.

    Returns
    -------
    Panel
        Tables with the columns of the schema; what only a text can give is ``<NA>``.

    Raises
    ------
    PanelError
        Lists all faults: files or columns that are missing, codes outside the codebook, days out
        of order, repeated rows, two names of one person, two keys of one meeting, an unknown dyad.

    Examples
    --------
    >>> panel = read_panel(dyad="KOR-VNM")
    >>> len(panel.articles), panel.articles["meeting_key"].nunique()
    (110, 71)
    >>> read_panel("no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.panel.PanelError: no/such/folder: no articles.csv; a panel needs articles.csv, ...
    """
    raw = _read(Path(folder) if folder is not None else FOLDER)
    faults = list(_faults(raw))
    if faults:
        raise PanelError(f"panel: {len(faults)} fault(s)\n  " + "\n  ".join(faults))
    if dyad is not None:
        known = sorted(raw["articles"]["dyad"].unique())
        if dyad not in known:
            raise PanelError(f"dyad {dyad!r} is not in the panel; it has {', '.join(known)}")
        kept = raw["articles"].loc[raw["articles"]["dyad"] == dyad, "article_id"]
        raw = {name: t[t["article_id"].isin(kept)] for name, t in raw.items()}
    return _shape({name: t.reset_index(drop=True) for name, t in raw.items()})


def _read(folder: Path) -> dict[str, pd.DataFrame]:
    raw = {}
    for name, columns in COLUMNS.items():
        path = folder / f"{name}.csv"
        if name == "second_coding" and not path.exists():
            raw[name] = pd.DataFrame(columns=columns.split(), dtype="string")
            continue
        if not path.exists():
            needed = ", ".join(f"{n}.csv" for n in COLUMNS if n != "second_coding")
            raise PanelError(f"{folder}: no {path.name}; a panel needs {needed}")
        table = pd.read_csv(path, dtype="string", keep_default_na=False).replace("", pd.NA)
        if list(table.columns) != columns.split():
            raise PanelError(f"{path}: columns {list(table.columns)}; allowed: {columns}")
        raw[name] = table
    return raw


def _faults(raw: dict[str, pd.DataFrame]) -> Iterator[str]:
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


def _shape(raw: dict[str, pd.DataFrame]) -> Panel:
    articles = raw["articles"]
    days = articles[list(DAYS)].apply(pd.to_datetime).astype(DTYPES["date?"])
    dated = days["published"].notna()
    held = "held on " + articles["event_from"] + ", reported within a week"
    tables = {
        "articles": articles.assign(
            source=articles["url"],
            published_from=days["published"].fillna(days["event_from"]),
            published_to=days["published"].fillna(days["event_to"] + REPORTED_WITHIN),
            date_basis=articles["date_basis"].where(articles["date_basis"] == "url", "header"),
            date_evidence=held.where(~dated),
        ),
        "topics": raw["topics"],
        "actors": raw["actors"],
        "figures": raw["figures"],
        "statements": raw["statements"],
        "meetings": articles.assign(
            date_from=days["event_from"],
            date_to=days["event_to"],
            channel=articles["level"],
            level=articles["level"].map(
                {r.level: r.role for r in knowledge.load().rows["panel_levels"]}
            ),
        ),
    }
    known_day = tables["articles"]["published_from"].notna()
    tables["articles"].loc[~dated & known_day, "date_basis"] = "inferred"
    tables["articles"].loc[~known_day, "date_basis"] = pd.NA
    more = {
        "articles": ["publisher_side", "dyad", "meeting_key", "chars_read"],
        "topics": ["certainty"],
        "statements": ["topics"],
        "meetings": ["meeting_key", "channel"],
    }
    shaped = {n: _as_table(n, t, more.get(n, [])) for n, t in tables.items()}
    shaped["articles"]["chars_read"] = shaped["articles"]["chars_read"].astype("Int64")
    return Panel(sentences=empty("sentences"), second_coding=raw["second_coding"], **shaped)


def _as_table(name: str, table: pd.DataFrame, more: list[str]) -> pd.DataFrame:
    """Return the schema's columns, absent ones missing, and the panel's own behind them."""
    out = {}
    for column in TABLES[name].columns:
        # Offsets are int64 in text; here they are missing, which int64 cannot say.
        dtype = "Int64" if column.dtype == "int" else DTYPES[column.dtype]
        values = table.get(column.name, pd.Series(pd.NA, index=table.index, dtype="string"))
        out[column.name] = values.astype(dtype)  # type: ignore[call-overload]
    return pd.DataFrame({**out, **{c: table[c] for c in more}})
