"""Every table: what a row is, its columns, types, keys and allowed codes; the check and its error.

The specification below is the only place where a column is declared. The check at the boundaries
(after extraction, on saving, on loading) and the column dictionary in ``data/README.md`` are both
generated from it. Codes of the coded columns stand in ``knowledge/codes.csv``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# pandas types by their short name here; text and numbers with gaps use the nullable types, so that
# missing is <NA> in every column and survives Parquet and CSV.
DTYPES = {
    "text": "string",
    "int": "int64",
    "int?": "Int64",
    "real?": "Float64",
    "date?": "datetime64[us]",
}

# How the tables have changed. A folder of tables says of which of these it is, and an older one is
# brought up to date when it is loaded (`analysis.older`).
HISTORY = {1: "seven tables", 2: "articles have story_id"}
SCHEMA = max(HISTORY)

COUNTED = ("start", "sentence", "text_start")  # numbers that begin with 0
SIDE = re.compile(r"(?:[A-Z]{3}|both)")


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning, whether it may be missing, and its coded values."""

    name: str
    dtype: str
    meaning: str
    missing: bool = False
    codes: str = ""  # the column of codes.csv that lists the values
    many: bool = False  # several values, separated by ";"
    since: int = 1  # the version of HISTORY that brought it


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row is, its columns and the columns that identify a row."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Return the column names in order."""
        return [c.name for c in self.columns]


class TableError(ValueError):
    """A table that does not hold to its specification; the message names table, column and rows."""


ARTICLE = Column("article_id", "text", "the article: file stem or given id")
SENTENCE = Column("sentence", "int", "the sentence of the article, counted from 0")
START = Column("start", "int", "first character, an offset into articles.text")
END = Column("end", "int", "one past the last character")
SURFACE = Column("surface", "text", "the characters themselves: articles.text[start:end]")

TABLES = {
    t.name: t
    for t in (
        Table(
            "articles",
            "one article",
            (
                ARTICLE,
                Column("source", "text", "path or address it was read from"),
                Column("publisher", "text", "who published it", missing=True),
                Column("title", "text", "its headline, where the source has one", missing=True),
                Column("dateline", "text", "place (and day) before the dash", missing=True),
                Column("language", "text", "ISO 639-1 code", missing=True),
                Column("published_from", "date?", "earliest day of publication", missing=True),
                Column("published_to", "date?", "latest day; equal when known", missing=True),
                Column("date_basis", "text", "what gives the date", True, "date_basis"),
                Column("date_evidence", "text", "what the date rests on, in words", missing=True),
                Column("text", "text", "the body, a slice of the source, never rewritten"),
                Column("text_start", "int", "offset of text in the source as read (NFC)"),
                Column("sha256", "text", "hash of the source's bytes"),
                Column(
                    "story_id",
                    "text",
                    "article_id of the earliest article that this one reprints, or its own; "
                    "missing where texts were not compared",
                    missing=True,
                    since=2,
                ),
            ),
            ("article_id",),
        ),
        Table(
            "sentences",
            "one sentence",
            (ARTICLE, SENTENCE, START, END),
            ("article_id", "sentence"),
        ),
        Table(
            "topics",
            "one mention of a topic",
            (
                ARTICLE,
                SENTENCE,
                Column("topic", "text", "id of the codebook", codes="topic"),
                Column("theme", "text", "id of the codebook's theme", codes="theme"),
                START,
                END,
                SURFACE,
                Column("term", "text", "the codebook entry that matched"),
            ),
            ("article_id", "topic", "start", "end"),
        ),
        Table(
            "actors",
            "one mention of an actor",
            (
                ARTICLE,
                SENTENCE,
                Column("actor", "text", "canonical name, or organisation id, or country code"),
                Column("kind", "text", "what kind of actor", codes="kind_actor"),
                Column("side", "text", "ISO 3166-1 alpha-3 of the state acted for", missing=True),
                Column("role", "text", "offices as the article gives them", True, "role", True),
                Column("form", "text", "how it is mentioned", codes="form"),
                START,
                END,
                SURFACE,
            ),
            ("article_id", "actor", "start", "end"),
        ),
        Table(
            "figures",
            "one stated number or date",
            (
                ARTICLE,
                SENTENCE,
                Column("kind", "text", "what kind of figure", codes="kind_figure"),
                Column("value", "real?", "the number; the year of a date", missing=True),
                Column("value_to", "real?", "the end of a range", missing=True),
                Column("unit", "text", "currency, noun counted, unit of time", missing=True),
                Column("measure", "text", "what it measures", True, "measure"),
                Column("status", "text", "aimed at or reached", True, "status"),
                Column("horizon", "int?", "year by which a target is to be reached", missing=True),
                Column("period", "text", "the time an actual figure covers", missing=True),
                Column("qualifier", "text", "about, over, under, up to", True, "qualifier"),
                START,
                END,
                SURFACE,
            ),
            ("article_id", "kind", "start", "end"),
        ),
        Table(
            "statements",
            "one reported act of speech",
            (
                ARTICLE,
                SENTENCE,
                Column("source", "text", "who speaks: canonical names, or both", True, many=True),
                Column("side", "text", "ISO 3166-1 alpha-3 of the speaker, or both", missing=True),
                Column("addressee", "text", "who is asked, where named", missing=True, many=True),
                Column("act", "text", "what is done in words", codes="act"),
                START,
                END,
            ),
            ("article_id", "start", "end"),
        ),
        Table(
            "meetings",
            "one meeting reported",
            (
                ARTICLE,
                Column("format", "text", "how they met", codes="format"),
                Column("date_from", "date?", "first day", missing=True),
                Column("date_to", "date?", "last day", missing=True),
                Column("place", "text", "where, as the article spells it", missing=True),
                Column("level", "text", "highest rank present", True, "role"),
                Column("ordinal", "int?", "the fifth dialogue is 5", missing=True),
                Column("participants", "text", "canonical names", missing=True, many=True),
            ),
            ("article_id",),
        ),
    )
}


@cache
def codes(column: str) -> tuple[str, ...]:
    """Return the values that a coded column may take, in the codebook's order.

    Examples
    --------
    >>> codes("status")
    ('target', 'actual')
    >>> codes("colour")
    Traceback (most recent call last):
    ...
    KeyError: "no codes for 'colour' in codes.csv or topics.csv"
    """
    folder = files("analysis") / "knowledge"
    if column in ("topic", "theme"):
        rows = csv.DictReader((folder / "topics.csv").read_text("utf-8").splitlines())
        return tuple(dict.fromkeys(r[column] for r in rows))
    rows = csv.DictReader((folder / "codes.csv").read_text("utf-8").splitlines())
    found = tuple(r["code"] for r in rows if r["column"] == column)
    if not found:
        raise KeyError(f"no codes for {column!r} in codes.csv or topics.csv")
    return found


@cache
def _validator(name: str) -> Any:
    import pandera.pandas as pa

    def spec(c: Column) -> Any:
        checks = []
        if c.codes and c.many:
            one = "|".join(codes(c.codes))
            checks.append(pa.Check.str_matches(rf"^(?:{one})(?:;(?:{one}))*$"))
        elif c.codes:
            checks.append(pa.Check.isin(codes(c.codes)))
        elif c.name == "side":
            checks.append(pa.Check.str_matches(f"^{SIDE.pattern}$"))
        elif c.dtype == "text":
            checks.append(pa.Check.str_length(min_value=1))
        elif c.name in COUNTED:
            checks.append(pa.Check.ge(0))
        return pa.Column(DTYPES[c.dtype], checks, nullable=c.missing)

    table = TABLES[name]
    return pa.DataFrameSchema(
        {c.name: spec(c) for c in table.columns}, strict=True, ordered=True, unique=list(table.key)
    )


def empty(name: str) -> pd.DataFrame:
    """Return table `name` with its columns and types and no row."""
    return frame(name, {c.name: [] for c in TABLES[name].columns})


def frame(name: str, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Build table `name` from lists, one a column, with the specified types (unchecked)."""
    import pandas as pd

    return pd.DataFrame(arrays(name, {c: columns[c] for c in TABLES[name].names}))


def arrays(name: str, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return columns of table `name` as arrays with the specified types (unchecked)."""
    known = {c.name: c for c in TABLES[name].columns}
    return {column: _array(known[column], values) for column, values in columns.items()}


def _array(c: Column, values: Sequence[Any]) -> Any:
    """Return a column as a typed array; text goes straight to Arrow, which reads it fastest."""
    import pandas as pd
    import pyarrow as pa

    if c.dtype == "text":
        return pd.array(pa.array(values, pa.large_string()), dtype="string")
    return pd.array(values, dtype=DTYPES[c.dtype])  # type: ignore[call-overload]


def check(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` as it is, or say which rows do not hold to the specification.

    Parameters
    ----------
    name : str
        A table of ``TABLES``.
    table : DataFrame
        The rows; never changed.

    Raises
    ------
    TableError
        Names the table, the column, the rule, and up to five rows with what they hold.

    Examples
    --------
    >>> len(check("sentences", empty("sentences")))
    0
    >>> check("sentences", empty("sentences").drop(columns="end"))
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: table sentences: 1 rule broken
      end: column is missing; allowed: int64, one past the last character
    """
    cases = failures(name, table)
    if cases is not None:
        raise TableError(_explain(name, cases))
    return table


def failures(name: str, table: pd.DataFrame) -> pd.DataFrame | None:
    """Return every cell that does not hold to the specification, or None where all do.

    A row is a failure as pandera tells it: ``column``, the rule in ``check``, the cell in
    ``failure_case`` and its row in ``index``.
    """
    if _holds(TABLES[name], table):
        return None
    import pandera.pandas as pa

    try:
        _validator(name).validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases: pd.DataFrame = error.failure_cases
        return cases
    return None


def _holds(spec: Table, table: pd.DataFrame) -> bool:
    """Tell whether a table plainly holds to its specification, each column looked at once.

    Where it does not, or not plainly, pandera decides and says which rows do not: it looks at each
    column many times.
    """
    if list(table.columns) != spec.names:
        return False
    for c in spec.columns:
        values = table[c.name]
        if str(values.dtype) != DTYPES[c.dtype] or (not c.missing and values.hasnans):
            return False
        if c.dtype == "text" and not _words_hold(c, values):
            return False
        if c.name in COUNTED and len(values) and values.min() < 0:
            return False
    return not table.duplicated(list(spec.key)).any()


def _words_hold(c: Column, values: pd.Series) -> bool:
    """Tell whether the texts of a column are allowed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        words = pa.array(values.array)
    except UnicodeEncodeError:  # half of a character, which no code has
        words = pa.array([w.encode("utf-8", "replace").decode() for w in values.dropna()])
    if not c.codes and c.name != "side":
        return bool(pc.min(pc.binary_length(words)).as_py() != 0)
    different = pc.unique(words).drop_null().to_pylist()
    if c.name == "side":
        return all(map(SIDE.fullmatch, different))
    allowed = set(codes(c.codes))
    return all(w in allowed or (c.many and allowed.issuperset(w.split(";"))) for w in different)


def _explain(name: str, cases: pd.DataFrame) -> str:
    known = {c.name: c for c in TABLES[name].columns}
    lines = []
    for (column, rule), group in cases.groupby(["column", "check"], dropna=False, sort=False):
        where = str(group["failure_case"].iloc[0]) if str(rule).startswith("column_") else column
        c = known.get(str(where))
        allowed = ", ".join(codes(c.codes)) if c and c.codes else c and f"{DTYPES[c.dtype]}"
        if rule == "column_in_dataframe":
            lines.append(f"  {where}: column is missing; allowed: {allowed}, {c and c.meaning}")
        elif str(rule).startswith("column_"):
            lines.append(f"  {where}: {rule}; columns allowed, in order: {', '.join(known)}")
        else:
            rows = group["index"].dropna().astype(int).head(5).tolist()
            got = [str(v)[:40] for v in group["failure_case"].head(5)]
            at = f"rows {rows}: " if rows else ""
            lines.append(f"  {where}: {at}received {got}; {rule}; allowed: {allowed}")
    lines = list(dict.fromkeys(lines))
    rules = "1 rule" if len(lines) == 1 else f"{len(lines)} rules"
    return f"table {name}: {rules} broken\n" + "\n".join(lines)


def cast(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with the specified columns in order, each cast to its type.

    For tables that come back from CSV or from an engine that drifts types; `check` comes after.

    Raises
    ------
    TableError
        A column is missing, or a cell is no number or date where one is asked for.
    """
    import pandas as pd

    spec = TABLES[name]
    absent = [c for c in spec.names if c not in table.columns]
    if absent:
        raise TableError(
            f"table {name}: columns {absent} are missing; it has {list(table.columns)}; "
            f"was it written by `analysis extract`?"
        )
    return pd.DataFrame({c.name: _typed(name, c, table[c.name]) for c in spec.columns})


def _typed(name: str, c: Column, values: pd.Series) -> pd.Series:
    """Return a column in its type, or say which cells cannot be read so."""
    parsed, wrong = parse(c, values)
    if wrong.any():
        rows = values.index[wrong][:5].tolist()
        got = [str(v)[:40] for v in values[wrong][:5]]
        raise TableError(
            f"table {name}: {c.name}: rows {rows}: received {got}; allowed: {DTYPES[c.dtype]}"
        )
    typed: pd.Series[Any] = parsed.astype(DTYPES[c.dtype])  # type: ignore[call-overload]
    return typed


def parse(c: Column, values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the values of a column as texts, numbers or dates, and which cells are none."""
    import pandas as pd

    if c.dtype == "text":
        text = values.astype("string")
        return text, text.isna() & values.notna()
    read = pd.to_datetime if c.dtype == "date?" else pd.to_numeric
    parsed = read(values, errors="coerce")
    wrong = parsed.isna() & (values.notna() | (c.dtype == "int"))
    if c.dtype.startswith("int"):
        wrong |= (parsed % 1 != 0).fillna(False).astype(bool)
    return parsed, wrong


def dictionary() -> str:
    """Return the column dictionary as Markdown: a heading a table, a line a column."""
    lines = []
    for t in TABLES.values():
        lines += [f"## {t.name}", "", f"A row is {t.row}. Key: {', '.join(t.key)}.", ""]
        lines += ["| column | type | meaning | values |", "|---|---|---|---|"]
        for c in t.columns:
            values = ", ".join(f"`{v}`" for v in codes(c.codes)) if c.codes else ""
            values += " (several with `;`)" if c.many else ""
            gap = " or missing" if c.missing else ""
            lines.append(
                f"| `{c.name}` | {DTYPES[c.dtype]}{gap} | {c.meaning} | {values.strip()} |"
            )
        lines.append("")
    return "\n".join(lines)
