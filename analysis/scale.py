"""Sources of any size → a folder of tables, with several workers, resumed where it was stopped.

The articles are cut into parts by what they are, never by who works on them, and each part that is
done is kept. At the end the tables are put together from the parts in the order of the sources. So
the folder holds the same bytes whoever made the parts, and however often the work was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.articles import iter_articles
from analysis.assembly import pieces
from analysis.cluster import on_cluster
from analysis.commit import mend
from analysis.knowledge import load
from analysis.lock import alone
from analysis.part_store import Store
from analysis.part_stories import story_ids
from analysis.parts import Task, cut, name_of, texts_of
from analysis.progress import bar
from analysis.provenance import made_by, made_with, of_sources
from analysis.schema import TABLES
from analysis.stored import read_arrow, require_format, store
from analysis.workers import Made, WorkerError, in_processes, in_this_process

PARTS = ".parts"
# Articles up to which a table is one file; beyond, one file a year of publication, so that a
# program can read the years that it needs.
ONE_FILE = 50_000
BATCH = 256  # articles read at a time; parts do not depend on it


class Extracted(NamedTuple):
    """What `extract_into` has done.

    Attributes
    ----------
    rows : dict of str to int
        The rows of each table; empty if no article could be read.
    rejected : list of dict
        What was set aside: source, reason and remedy.
    made, kept : int
        Parts that were made now, and that were there already.
    """

    rows: dict[str, int]
    rejected: list[dict[str, str]]
    made: int
    kept: int


def extract_into(
    folder: str | Path,
    *sources: str | Path,
    format: str = "parquet",
    knowledge: Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: bool = False,
) -> Extracted:
    """Extract the tables of sources into a folder, a part at a time.

    Parameters
    ----------
    folder : str or Path
        For the tables; its folder ``.parts`` keeps the parts, so that another call does only what
        is new or changed. It may be deleted.
    *sources : str or Path
        As for `iter_articles`.
    format : {"parquet", "csv"}
        Parquet of more than 50,000 articles is one file a year of ``published_from``, in
        ``NAME/year=YEAR``; `load_tables` reads both.
    knowledge : Path, optional
        A folder of knowledge files over those of the package.
    workers : int, optional
        Processes to use; without it this one does the work.
    scheduler : str, optional
        The address of a Dask scheduler, whose workers do the work instead.
    progress : bool
        Show a bar on a terminal.

    Returns
    -------
    Extracted
        The numbers of rows, and what was set aside. Without any article nothing is written.

    Raises
    ------
    SourceError, KnowledgeError, TableError
        The sources, the knowledge or `format` cannot be used.
    WorkerError, PartError
        The workers cannot be used, or one part costs worker after worker.
    BusyError
        Another run is writing to `folder`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     first = extract_into(folder, "seeds")
    ...     again = extract_into(folder, "seeds")
    >>> first.rows["articles"], first.made, again.made
    (5, 1, 0)
    >>> extract_into("tables", "seeds", workers=0)
    Traceback (most recent call last):
    ...
    analysis.workers.WorkerError: workers 0 is no number of processes; give 1 or more
    """
    require_format(format)
    with alone(Path(folder)):
        return _extract_into(Path(folder), sources, format, knowledge, workers, scheduler, progress)


def _extract_into(
    folder: Path,
    sources: Sequence[str | Path],
    format: str,
    knowledge: Path | None,
    workers: int | None,
    scheduler: str | None,
    progress: bool,
) -> Extracted:
    mend(folder)
    parts = Store(folder / PARTS)
    known, own = load(knowledge), texts_of(knowledge)
    rejected: list[dict[str, str]] = []
    rows: dict[str, dict[str, int]] = {}  # of each part, in the order of the sources
    made = 0

    def missing() -> Iterator[Task]:
        for articles in cut(_noted(iter_articles(*sources, batch=BATCH), rejected)):
            name = name_of(articles, known)
            there = parts.rows(name)
            rows[name] = there or {}
            if there is None:
                yield Task(name, articles, own, made_by())

    def finished() -> Iterator[str]:
        nonlocal made
        for task, tables in _made(missing(), workers, scheduler):
            rows[task.name] = parts.add(task.name, tables)
            made += 1
            yield from task.articles["article_id"]

    for _ in bar(finished(), None, "articles", progress):
        pass
    if not rows:
        return Extracted({}, rejected, 0, 0)
    total = {table: sum(part[table] for part in rows.values()) for table in TABLES}
    by_year = format == "parquet" and total["articles"] > ONE_FILE
    stories = story_ids(parts, {name: part["articles"] for name, part in rows.items()})
    of_table = partial(pieces, parts, stories, by_year)
    articles = (read_arrow(parts.path(name, "articles"), ["sha256"]) for name in rows)
    hashes = (some["sha256"].to_pylist() for some in articles)
    provenance = {**made_with(known), "sources": of_sources(hashes)}
    store(folder, of_table, format, provenance, rejected)
    parts.keep(rows)
    return Extracted(total, rejected, made, len(rows) - made)


def _made(tasks: Iterator[Task], workers: int | None, scheduler: str | None) -> Made:
    if workers is not None and scheduler is not None:
        raise WorkerError("workers and scheduler exclude each other; give one of them")
    if scheduler is not None:
        return on_cluster(tasks, scheduler)
    return in_this_process(tasks) if workers is None else in_processes(tasks, workers)


def _noted(
    tables: Iterable[pd.DataFrame], rejected: list[dict[str, str]]
) -> Iterator[pd.DataFrame]:
    """Pass on tables of articles and note what was set aside meanwhile."""
    for table in tables:
        rejected += table.attrs["rejected"]
        yield table
