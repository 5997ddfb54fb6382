"""Extraction against the codes of a panel, on texts that the user has and the panel has not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.accuracy import Evaluation, evaluation
from analysis.articles import read_articles
from analysis.extraction import extract
from analysis.knowledge import Knowledge
from analysis.outcomes import PANEL_MEASURES, Outcome, letters, sets
from analysis.panel import Panel, PanelError, read_panel
from analysis.tables import Tables


def evaluate_panel(
    panel: str | Path, texts: str | Path, knowledge: Knowledge | None = None
) -> tuple[Evaluation, list[dict[str, str]]]:
    """Compare what is extracted from texts with the codes that a panel has of the same articles.

    The coder of a panel saw the beginning of each page only. So of each text the first
    ``chars_read`` characters are extracted, back to the last whole word, and an amount that stands
    at the cut does not count. Where the page began otherwise for the coder (a menu, a caption),
    the two have still not read quite the same: differences are not all errors of the extraction.

    Parameters
    ----------
    panel : path
        The folder of the panel.
    texts : path
        The folder of the texts, as `analysis fetch` writes it; article ``x`` is ``x.txt``. Only
        articles that both have are compared.
    knowledge : Knowledge, optional
        What to extract with; that of the package by default.

    Returns
    -------
    Evaluation
        Groups are the panel's ``publisher_side``. All measures are F1 over sets of one article:
        ``topics_article`` (optional codes count neither way), ``persons`` (of those named),
        ``sides`` (states that the persons act for), ``money_values`` (amount and currency) and
        ``meeting_day`` (right if the first day found is one of the panel's days of the meeting,
        where the panel has them).
    list of dict
        The texts that were set aside, with source, reason and remedy.

    Raises
    ------
    PanelError
        The panel cannot be used, or none of its articles is among the texts.

    Examples
    --------
    >>> evaluate_panel("data/panel", "data/facts")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.panel.PanelError: data/facts: no text of an article of data/panel; fetch them with ...
    """
    coded = read_panel(panel)
    texts = Path(texts)
    known = set(coded.articles["article_id"])
    paths = sorted(p for p in texts.rglob("*.txt") if p.stem in known)
    if not paths:
        raise PanelError(
            f"{texts}: no text of an article of {panel}; fetch them with "
            f"`analysis fetch {Path(panel) / 'articles.csv'} --out {texts} --contact ADDRESS`"
        )
    articles = read_articles(*paths)
    rejected = articles.attrs["rejected"]
    if articles.empty:
        first = rejected[0]
        raise PanelError(f"{first['source']}: {first['reason']}; {first['remedy']}")
    read = coded.articles.set_index("article_id")["chars_read"]
    whole = dict(zip(articles["article_id"], articles["text"], strict=True))
    cut = {i: _beginning(text, int(read[i])) for i, text in whole.items()}
    tables = extract(articles.assign(text=pd.array([*cut.values()], dtype="string")), knowledge)
    cut_at = {i: len(text) for i, text in cut.items() if len(text) < len(whole[i])}
    expected, received = _panel_codes(coded), _text_codes(tables, cut_at)
    optional = coded.topics[coded.topics["certainty"] == "optional"]
    unsure = _by_article(optional, optional["topic"])
    groups = coded.articles.set_index("article_id")["publisher_side"]
    compared = []
    for i, text in cut.items():
        wanted = {measure: codes.get(i, set()) for measure, codes in expected.items()}
        found = {measure: codes.get(i, set()) for measure, codes in received.items()}
        outcomes = list(_compare(wanted, found, unsure.get(i, set())))
        compared.append((i, str(groups[i]), text, outcomes))
    return evaluation(compared, list(PANEL_MEASURES)), rejected


def _beginning(text: str, length: int) -> str:
    """Return at most `length` characters, without a word that is cut in two."""
    if len(text) <= length:
        return text
    head = text[:length]
    return head if text[length].isspace() else head.rsplit(maxsplit=1)[0]


def _compare(
    wanted: dict[str, set[str]], found: dict[str, set[str]], unsure: set[str]
) -> Iterator[Outcome]:
    yield from sets("topics_article", wanted["topics_article"], found["topics_article"], unsure)
    # Names are compared by their letters; the panel's spelling is shown.
    spelled = {letters(name): name for name in wanted["persons"]}
    named = {spelled.get(letters(name), name) for name in found["persons"]}
    yield from sets("persons", set(spelled.values()), named)
    for measure in ("sides", "money_values"):
        yield from sets(measure, wanted[measure], found[measure])
    if wanted["meeting_day"]:
        days, first = wanted["meeting_day"], found["meeting_day"]
        kind = "missed" if not first else "right" if first <= days else "differs"
        expected, received = ";".join(sorted(days)), ";".join(first) or None
        yield Outcome("meeting_day", kind, expected, received, None, None)


def _panel_codes(coded: Panel) -> dict[str, dict[str, set[str]]]:
    topics = coded.topics[coded.topics["certainty"] != "optional"]
    people = coded.actors[coded.actors["kind"] == "person"]
    held = coded.meetings.dropna(subset=["date_from", "date_to"])
    columns = (held[c] for c in ("article_id", "date_from", "date_to"))
    days = {
        article_id: {str(day.date()) for day in pd.date_range(first, last)}
        for article_id, first, last in zip(*columns, strict=True)
    }
    return {**_codes(topics, people, coded.figures), "meeting_day": days}


def _text_codes(tables: Tables, cut_at: dict[str, int]) -> dict[str, dict[str, set[str]]]:
    named = ~tables.actors["form"].isin(["role", "pronoun"])
    people = tables.actors[(tables.actors["kind"] == "person") & named]
    whole = tables.figures["end"] < tables.figures["article_id"].map(cut_at).fillna(math.inf)
    held = tables.meetings.dropna(subset="date_from")
    first = _by_article(held, held["date_from"].dt.strftime("%Y-%m-%d"))
    return {**_codes(tables.topics, people, tables.figures[whole]), "meeting_day": first}


def _codes(
    topics: pd.DataFrame, people: pd.DataFrame, figures: pd.DataFrame
) -> dict[str, dict[str, set[str]]]:
    money = figures[(figures["kind"] == "money") & figures["value"].notna()]
    amounts = money["value"].map("{:,.12g} ".format).astype("string") + money["unit"]
    return {
        "topics_article": _by_article(topics, topics["topic"]),
        "persons": _by_article(people, people["actor"]),
        "sides": _by_article(people, people["side"]),
        "money_values": _by_article(money, amounts),
    }


def _by_article(rows: pd.DataFrame, codes: pd.Series) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for article_id, code in zip(rows["article_id"], codes, strict=True):
        if not pd.isna(code):
            found.setdefault(article_id, set()).add(code)
    return found
