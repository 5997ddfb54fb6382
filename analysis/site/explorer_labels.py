"""What the explorer calls codes, days and meetings; the values themselves stay in the addresses."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.named_rows import records
from analysis.panel import Panel
from analysis.presence import meeting_keys, themes
from analysis.site.reader import title
from analysis.tables import Tables
from analysis.words import days, label, names

CODED = ("topic", "certainty", "kind", "role", "measure", "status", "act", "level", "channel")
TOLD = ["date_from", "date_to", "place", "format", "who"]

Labels = dict[str, dict[str, str]]


def labels(entries: dict[str, pd.Index]) -> Labels:
    """Return the words for codes, as the other pages have them, by column.

    Parameters
    ----------
    entries : dict of Index
        The values that occur, by column.

    Examples
    --------
    >>> found = labels({"act": pd.Index(["propose"]), "published": pd.Index([])})
    >>> found["act"], found["side"]
    ({'propose': 'Propose'}, {'both': 'both sides'})
    """
    found = {
        name: {code: label(code, name) for value in entries[name] for code in value.split(";")}
        for name in CODED
        if name in entries
    }
    found["theme"] = {theme: label(theme) for theme in themes().values()}
    found["corpus"] = {"text": "article texts", "panel": "coded panel"}
    found["side"] = {"both": "both sides"}
    found["published"] = {}
    for period in entries["published"]:
        first, last = period.split("/")
        found["published"][period] = days(pd.Timestamp(first), pd.Timestamp(last))
    return found


def meetings(tables: Tables | Panel) -> dict[str, str]:
    """Return when, where, in which form and with whom each meeting was, as far as known, by key.

    The day is written as 2025-03-18, so that meetings sorted by their words are sorted by day. A
    text whose meeting has no participants is a meeting of its own, and is called by its title.
    Meetings that would read alike have their key beside the words.

    Examples
    --------
    >>> from analysis.panel import read_panel
    >>> meetings(read_panel(dyad="KOR-VNM"))["2021-03-09-danang-consul"]
    '2021-03-09, Đà Nẵng, reception'
    """
    articles = tables.articles
    told = articles[["article_id"]].merge(tables.meetings, on="article_id", how="left")
    told["who"] = told["participants"].map(names, na_action="ignore").astype("string")
    if not isinstance(tables, Panel):
        titles = dict(zip(articles["article_id"], map(title, records(articles)), strict=True))
        told["who"] = told["who"].fillna(told["article_id"].map(titles))
    keys = told["article_id"].map(meeting_keys(tables)).astype("string")
    held = told.groupby(keys.to_numpy())[TOLD].first()  # what the first report knows that knows it
    said = [_meeting(m) or key for key, m in zip(held.index, records(held), strict=True)]
    words = pd.Series(said, index=held.index, dtype="string")
    return dict(words.mask(words.duplicated(keep=False), words + " (" + held.index + ")"))


def _meeting(held: Any) -> str:
    ends = [d.strftime("%Y-%m-%d") for d in (held.date_from, held.date_to) if pd.notna(d)]
    parts = [" to ".join(dict.fromkeys(ends))]
    parts += [held.place] if pd.notna(held.place) else []
    parts += [label(held.format).lower()] if pd.notna(held.format) else []
    parts += [held.who] if pd.notna(held.who) else []
    return ", ".join(filter(None, parts))
