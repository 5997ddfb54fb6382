"""A coded panel: articles coded by a reader with the codebook, held as tables without any text.

A folder of a panel has five files: ``articles.csv`` (one article a row, with the meeting that it
reports), ``topics.csv``, ``actors.csv``, ``figures.csv`` and ``statements.csv`` (one code a row);
``second_coding.csv`` (the topics of a second, independent reader) may be missing. `read_panel`
checks them and returns the tables that extraction from text would give, so that everything
downstream takes either. What only text can give (characters, sentences) is ``<NA>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import knowledge
from analysis.panel_files import COLUMNS, DAYS, REPORTED_WITHIN, faults_of
from analysis.schema import DTYPES, TABLES, empty

pd.set_option("display.html.use_mathjax", False)  # as in `tables`: no formulas

# Where a checkout keeps the panel; an installed package has no data folder beside it.
FOLDER = Path(__file__).resolve().parents[1] / "data" / "panel"


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
    faults = list(faults_of(raw))
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
