"""One's own question: rows by topic, side, year and words, each with its sentence.

`explore` gives the rows as a table; `answer` shows them, and is what menus in a notebook call.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd
from markupsafe import Markup

from analysis.controls import spelled
from analysis.display import framed
from analysis.folding import fold
from analysis.knowledge import load
from analysis.presence import one_of, period_of
from analysis.schema import codes
from analysis.shown import Shown, show
from analysis.timeline import said, said_by, topics_within

KINDS = ("topics", "actors", "figures", "statements")
NOT_SAID = "not said"  # a side, in a table of counts
# What is shown of each kind beside period, side and the sentence.
COLUMNS = {
    "topics": ["topic", "act"],
    "actors": ["actor", "kind", "role"],
    "figures": ["kind", "value", "unit", "measure", "status", "horizon"],
    "statements": ["act", "source", "topics"],
}


def explore(
    tables: Any,
    kind: Literal["topics", "actors", "figures", "statements"] = "topics",
    topic: str | None = None,
    side: str | None = None,
    period: str | int | None = None,
    text: str = "",
) -> pd.DataFrame:
    """Find the rows of one kind that a question asks for; a row is a row of the table `kind`.

    Parameters
    ----------
    tables : Tables or Panel
        From texts or from the coded panel; codes that a coder marked as optional are left out.
    kind : {"topics", "actors", "figures", "statements"}
        Which table.
    topic : str, optional
        A topic of the codebook, such as ``"trade"``. Of actors and figures those are found in
        whose sentence it is named; in a panel, which has no sentences, in whose article.
    side : str, optional
        ISO 3166-1 alpha-3, or ``"both"``: of actors the side they act for, of all else the side
        that says so. The topics and figures of a panel have no speaker: ask for ``"statements"``.
    period : str or int, optional
        The year of publication, ``"2025"`` or ``2025``, or ``"undated"``.
    text : str
        Letters that the sentence holds; case and accents do not count. A panel has no texts.

    Returns
    -------
    DataFrame
        The columns of the table; of topics and figures also who speaks (``source``, ``side``,
        ``act``), of statements the ``topics`` within; the time that a figure covers is ``covers``;
        and ``period``, ``publisher`` and ``words``,
        the sentence as text.

    Raises
    ------
    ValueError
        A kind, topic, side or period that is not there; the message lists those that are. Or a
        panel is asked for words, or for who speaks of a topic or figure.

    Examples
    --------
    >>> import analysis
    >>> panel = analysis.read_panel()
    >>> asked = explore(panel, "statements", topic="labour", side="VNM", period=2025)
    >>> asked["act"].value_counts().to_dict()
    {'propose': 1}
    >>> explore(panel, topic="cheese")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: topic='cheese'; allowed: partnership, ...
    """
    one_of("kind", kind, KINDS)
    period = None if period is None else str(period)
    there = menus(tables)
    allowed = {"topic": codes("topic"), "side": _values(there, "side")}
    allowed["period"] = _values(there, "period")
    for name, value in (("topic", topic), ("side", side), ("period", period)):
        if value is not None:
            one_of(name, value, allowed[name])
    if tables.articles["text"].isna().any():
        _refuse_words(kind, side, text)
    rows: pd.DataFrame = getattr(tables, kind)
    if "certainty" in rows:
        rows = rows[rows["certainty"] != "optional"]
    rows = _with_article(rows, tables)
    if period is not None:
        rows = rows[rows["period"] == period]
    spoken = "side" in rows  # of the others the side is that of their statement
    if spoken and side is not None:
        rows = rows[rows["side"] == side]
    rows = rows.reset_index(drop=True)
    if kind == "statements" and "topics" not in rows:
        rows["topics"] = topics_within(rows, tables.topics)
    if topic is not None:
        rows = rows[_named(rows, topic, tables)]
    if not spoken:
        rows = said_by(tables, rows.astype({"sentence": "Int64"}))
        rows = rows if side is None else rows[rows["side"] == side]
    rows = rows.reset_index(drop=True)
    rows["words"] = _sentences(rows, tables)
    if text:
        folded = rows["words"].fillna("").map(fold)
        rows = rows[folded.str.contains(fold(text), regex=False)].reset_index(drop=True)
    return rows


def menus(tables: Any) -> dict[str, Any]:
    """Return what `answer` can be asked, for the menus that `interact` of ipywidgets makes.

    Returns
    -------
    dict
        By argument: the choices as pairs of words and value, the first one for all; of ``text``
        an empty field. Only what occurs in the tables is there.

    Examples
    --------
    >>> import analysis
    >>> menus(analysis.read_panel())["topic"][:2]
    [('all', None), ('Partnership status', 'partnership')]
    """
    occurring = set(tables.topics["topic"].unique())
    labels = [(r.label, r.topic) for r in load().rows["topics"] if r.topic in occurring]
    sides = pd.concat([tables.statements["side"], tables.actors["side"]]).dropna().unique()
    periods = _periods(tables).unique()
    return {
        "kind": list(KINDS),
        "topic": [("all", None), *labels],
        "side": [("all", None), *((side, side) for side in sorted(sides))],
        "period": [("all", None), *((period, period) for period in sorted(periods))],
        "text": "",
    }


@dataclass(frozen=True)
class Answer:
    """What was found: counts by side and year, and the first rows with their sentences."""

    head: str
    counts: pd.DataFrame = field(repr=False)
    shown: Shown = field(repr=False)

    def __repr__(self) -> str:
        """Return counts and rows as text."""
        if self.counts.empty:
            return self.head
        counts = spelled(self.counts.to_string(index=False))
        return f"{self.head}\n\n{counts}\n\n{self.shown!r}"

    def _repr_html_(self) -> str:
        """Return counts and rows as tables; everything in them is escaped."""
        head = Markup("<p>{}</p>").format(self.head)
        if self.counts.empty:
            return str(head)
        counts = Markup(self.counts.to_html(index=False))  # which escapes
        return framed(head + counts) + self.shown._repr_html_()


def answer(
    tables: Any,
    kind: Literal["topics", "actors", "figures", "statements"] = "topics",
    topic: str | None = None,
    side: str | None = None,
    period: str | int | None = None,
    text: str = "",
    rows: int = 20,
) -> Answer:
    """Show what `explore` finds: how many by side and year, and the first rows with sentences.

    Parameters
    ----------
    tables, kind, topic, side, period, text
        As in `explore`.
    rows : int
        How many rows are shown at most.

    Raises
    ------
    ValueError
        As `explore`.

    Examples
    --------
    >>> import analysis
    >>> answer(analysis.read_panel(), "statements", topic="apec", period="2021")
    no row
    >>> answer(analysis.read_panel(), kind="words")
    Traceback (most recent call last):
    ...
    ValueError: kind='words'; allowed: topics, actors, figures, statements
    """
    found = explore(tables, kind, topic, side, period, text)
    if found.empty:
        return Answer("no row", found, Shown("", found, []))
    n = found["article_id"].nunique()
    head = f"{len(found):,} rows of {kind} in {n:,} article{'' if n == 1 else 's'}"
    by = [found["side"].fillna(NOT_SAID), found["period"]]
    counts = found.groupby(by).size().unstack(fill_value=0).reset_index()
    counts.columns.name = None
    columns = ["period", "publisher", "side", *COLUMNS[kind]]
    return Answer(head, counts, replace(show(found, tables, columns, rows), unfolded=True))


def _refuse_words(kind: str, side: str | None, text: str) -> None:
    """Refuse what a coded panel cannot answer, rather than find nothing."""
    if text:
        raise ValueError(
            f"text={text!r}: a panel has no texts; ask by topic, side or period, or ask tables "
            "extracted from articles"
        )
    if side is not None and kind in ("topics", "figures"):
        raise ValueError(
            f"side={side!r}: the topics and figures of a panel have no speaker; ask for "
            "kind='statements', which have one, or leave the side out"
        )


def _values(there: dict[str, Any], name: str) -> tuple[str, ...]:
    return tuple(value for _, value in there[name] if value is not None)


def _periods(tables: Any) -> pd.Series:
    """Return the year of each article, by article_id, as `topic_frequency` has it of articles."""
    articles = tables.articles
    days = {"first_from": articles["published_from"], "first_to": articles["published_to"]}
    units = pd.DataFrame(days | {"held_from": pd.NaT, "held_to": pd.NaT})
    units = units.astype(dict.fromkeys(units.columns, "datetime64[us]"))
    return period_of(units).set_axis(articles["article_id"])


def _with_article(rows: pd.DataFrame, tables: Any) -> pd.DataFrame:
    """Return the rows with the year and the publisher of their article."""
    publishers = tables.articles.set_index("article_id")["publisher"]
    return rows.rename(columns={"period": "covers"}).assign(
        period=rows["article_id"].map(_periods(tables)).astype("string"),
        publisher=rows["article_id"].map(publishers).astype("string"),
    )


def _named(rows: pd.DataFrame, topic: str, tables: Any) -> pd.Series:
    """Tell of each row whether it is about a topic, or stands where the topic is named."""
    if "topic" in rows:
        return rows["topic"] == topic
    if "topics" in rows:
        return (";" + rows["topics"] + ";").str.contains(f";{topic};", regex=False).fillna(False)
    named = tables.topics[tables.topics["topic"] == topic]
    if named["sentence"].isna().all():
        return rows["article_id"].isin(named["article_id"])
    places = pd.MultiIndex.from_frame(named[["article_id", "sentence"]])
    own = pd.MultiIndex.from_frame(rows[["article_id", "sentence"]])
    return pd.Series(own.isin(places), index=rows.index)


def _sentences(rows: pd.DataFrame, tables: Any) -> pd.Series:
    """Return the sentence of each row as text, missing where there is no text."""
    key = ["article_id", "sentence"]
    wanted = rows[key].dropna().drop_duplicates().merge(tables.sentences, on=key)
    words = said(wanted, tables.articles).str.replace("\n", " ", regex=False)
    by_place = dict(zip(zip(wanted[key[0]], wanted[key[1]], strict=True), words, strict=True))
    places = zip(rows[key[0]], rows[key[1]], strict=True)
    return pd.Series([by_place.get(p, pd.NA) for p in places], index=rows.index, dtype="string")
