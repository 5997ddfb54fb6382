"""The tables of a corpus: save them, load them, show them, look at the evidence of a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.controls import one_line, spelled
from analysis.lock import alone
from analysis.manifest import made_of, read_manifest
from analysis.older import brought_up
from analysis.provenance import of_sources
from analysis.schema import TABLES, TableError, check
from analysis.stored import load_all, require_format, store

if TYPE_CHECKING:
    from analysis.marked import Marked

# JupyterLab sets what stands between two signs of the dollar as a formula, which may hold a link:
# "US$1 and US$2" stays as it is where a table says that it has none.
pd.set_option("display.html.use_mathjax", False)


@dataclass(frozen=True)
class Tables:
    """The seven tables of one corpus; each attribute is a plain DataFrame.

    Attributes
    ----------
    articles, sentences, topics, actors, figures, statements, meetings : DataFrame
        A row is one article, one sentence, one mention of a topic, one mention of an actor, one
        stated number or date, one reported act of speech, one meeting reported. The columns are
        listed in ``data/README.md``.
    made : mapping, optional
        What extraction they come from (version, code, knowledge); kept in ``tables.json``.
    """

    articles: pd.DataFrame
    sentences: pd.DataFrame
    topics: pd.DataFrame
    actors: pd.DataFrame
    figures: pd.DataFrame
    statements: pd.DataFrame
    meetings: pd.DataFrame
    made: Any = field(default=None, compare=False)

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield the name of each table and the table."""
        return ((name, getattr(self, name)) for name in TABLES)

    def __repr__(self) -> str:
        """Return the number of rows of each table."""
        return "Tables(" + ", ".join(f"{name}: {len(table)}" for name, table in self) + ")"

    def _repr_html_(self) -> str:
        from analysis.marked import overview

        return overview(self)

    def check(self) -> Tables:
        """Return the tables as they are, or say which rows break the specification."""
        for name, table in self:
            check(name, table)
        return self

    def save(self, folder: str | Path, format: str = "parquet") -> None:
        """Write each table into `folder`, as Parquet or CSV; older tables there are replaced.

        They change all at once, with the list of their files, ``tables.json``.
        Both formats hold every character and type as it is, for `load_tables`. To look at tables in
        a spreadsheet use `export`: a text that this CSV holds could run there as a formula.

        Raises
        ------
        TableError
            A table breaks its specification, a text holds half of a character, or `format` is
            unknown; nothing is written.
        BusyError
            Another run is writing to `folder`.
        """
        require_format(format)
        self.check()
        tables = dict(self)
        provenance = {**(self.made or {}), "sources": of_sources([self.articles["sha256"]])}
        try:
            with alone(Path(folder)):
                store(Path(folder), lambda name: [("", tables[name])], format, provenance)
        except UnicodeEncodeError as error:
            near = error.object[max(0, error.start - 20) : error.end + 20]
            raise TableError(
                f"received {near!r}, where half of a character stands, which no file can hold; "
                "write the whole character or none"
            ) from None

    def export(self, out: str | Path, format: str | None = None) -> list[Path]:
        """Write the tables for other programs; to load them again use `save`.

        Parameters
        ----------
        out : str or Path
            A file whose name ends in ``.xlsx``: a sheet a table and a first one that explains
            every column. Or a folder, for which `format` is needed.
        format : {"csv", "parquet", "xlsx"}, optional
            What to write into a folder, a file a table. ``csv`` can be opened in a spreadsheet:
            `analysis.export` says how its texts are kept from running there as formulas.

        Returns
        -------
        list of Path
            The files. None is put in place before all are written.

        Raises
        ------
        ExportError
            `out` and `format` do not go together, or `out` holds CSV files of `save`.
        TooLarge
            A table has more rows than an Excel sheet.
        """
        from analysis.spreadsheets import export_tables

        return export_tables(list(self), out, format)

    def annotated(
        self,
        article_id: str,
        kinds: Sequence[str] = ("topics", "actors", "figures", "statements"),
    ) -> Marked:
        """Return one article that a notebook shows with its rows marked in the text.

        Parameters
        ----------
        article_id : str
            One of ``tables.articles["article_id"]``.
        kinds : {"topics", "actors", "figures", "statements"}, or a sequence of these
            Which rows are marked; all four if not given.

        Returns
        -------
        Marked
            Its paragraphs; every mark says in words what the row says. ``.html`` is for a page of
            one's own.

        Raises
        ------
        TableError
            The article is not among these articles.
        ValueError
            A kind is another one.
        """
        from analysis.marked import marked

        return marked(self, article_id, kinds)

    @cached_property
    def _texts(self) -> dict[str, str]:
        """The text of each article by its id."""
        return dict(zip(self.articles["article_id"], self.articles["text"], strict=True))

    def evidence(self, row: Any, context: int = 60) -> str:
        """Return the characters that a row rests on, in «marks», with `context` around them.

        Parameters
        ----------
        row : Series or namedtuple
            A row of any table with ``article_id``, ``start`` and ``end``.
        context : int
            Characters shown on either side.

        Returns
        -------
        str
            On one line, as wide as the article allows; what a terminal would obey is spelled out.

        Raises
        ------
        TableError
            The article of the row is not among these articles.
        """
        text = self._texts.get(row.article_id)
        if text is None:
            raise TableError(f"article {row.article_id!r} is not among these articles")
        start, end = int(row.start), int(row.end)
        before = text[max(0, start - context) : start]
        after = text[end : end + context]
        return spelled(one_line(f"{before}«{text[start:end]}»{after}"))


def load_tables(folder: str | Path) -> Tables:
    """Read the tables that `Tables.save` or `analysis extract` wrote into `folder`.

    Parameters
    ----------
    folder : str or Path
        A folder with each table as ``NAME.parquet``, as a file a year in ``NAME/year=YEAR``, or
        as ``NAME.csv``; the first of these that is there is read.

    Returns
    -------
    Tables
        The tables as they were saved, each checked. Those of an earlier version of the library are
        brought up to date, with a warning that says what was done.

    Raises
    ------
    TableError
        A table is missing or does not hold to its specification, or the tables are of a later
        schema than this library knows.

    Examples
    --------
    >>> load_tables("no/such/folder")
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: no/such/folder: no articles.parquet or articles.csv; write the
    tables there with `analysis extract SOURCE --out FOLDER`
    """
    folder = Path(folder)
    loaded = load_all(folder)
    manifest = read_manifest(folder)
    return Tables(**brought_up(folder, loaded, manifest), made=made_of(manifest))
