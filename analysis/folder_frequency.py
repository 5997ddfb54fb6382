"""How often each topic is named in tables that are too large to load: read a file at a time.

A million articles have some thirty million mentions of topics. To count articles, only the ids, the
days and the topics are needed, and of those only one year's at a time: texts are never read.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analysis.frequency import grid, latest, notes, shares
from analysis.presence import LEVELS, PERIODS, one_of, period_of, themes
from analysis.schema import TableError
from analysis.stored import files_of

DAYS = ["published_from", "published_to"]


def topic_frequency_in(folder: str | Path, by: str = "year", level: str = "topic") -> pd.DataFrame:
    """How many articles name each topic, period by period, in a folder of tables of any size.

    A row is one topic (or theme) in one period. It is what `topic_frequency` returns for the loaded
    tables with ``unit="article"``, without ``evidence``, which would name every article.

    Parameters
    ----------
    folder : str or Path
        What `analysis extract` wrote, as Parquet.
    by : {"year", "quarter"}
        Length of a period.
    level : {"topic", "theme"}
        Topics, or the codebook's themes.

    Returns
    -------
    DataFrame
        ``theme``, ``topic`` (not for themes), ``period``, ``counted`` ("article"), ``n``,
        ``n_all``, ``share``, ``low``, ``high``, ``note``.

    Raises
    ------
    ValueError
        An unknown period or level.
    TableError
        The tables are missing, or in CSV.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from analysis.scale import extract_into
    >>> with TemporaryDirectory() as folder:
    ...     _ = extract_into(folder, "seeds")
    ...     found = topic_frequency_in(folder)
    >>> found.loc[found["topic"] == "health", ["period", "n", "n_all", "note"]].head(2)
        period  n  n_all         note
    168   2021  1      1         <NA>
    169   2022  0      0  no articles
    >>> topic_frequency_in("data/seeds")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: data/seeds: has no articles as Parquet; extract with `analysis ...
    """
    one_of("by", by, tuple(PERIODS))
    one_of("level", level, LEVELS)
    in_all: Counter[str] = Counter()
    named: Counter[tuple[str, str]] = Counter()  # articles of a period with a topic
    ends: dict[str, pd.Timestamp] = {}
    for articles, topics in zip(
        _files(Path(folder), "articles"), _files(Path(folder), "topics"), strict=True
    ):
        units = _units(articles)
        period = period_of(units, by)
        in_all.update(period)
        named.update(_named(topics, level, period.set_axis(units["article_id"])))
        if last := latest(units, period):
            ends[last[0]] = max(last[1], ends.get(last[0], last[1]))
    periods = pd.Series(list(in_all), dtype="string")
    order = list(dict.fromkeys(themes() if level == "topic" else themes().values()))
    order += sorted({topic for _, topic in named} - set(order))
    rows = pd.DataFrame(
        [(topic, at, named[at, topic], in_all[at]) for topic in order for at in grid(periods, by)],
        columns=[level, "period", "n", "n_all"],
    )
    out = shares(rows, ["period"], "article", level)
    out["note"] = notes(rows, max(ends.items()) if ends else None, by)
    return out


def _files(folder: Path, name: str) -> list[Path]:
    paths = files_of(folder, name)
    if not paths or paths[0].suffix != ".parquet":
        raise TableError(
            f"{folder}: has no {name} as Parquet; extract with `analysis extract SOURCE --out "
            "FOLDER`, or load the tables and call `topic_frequency`"
        )
    return paths


def _units(path: Path) -> pd.DataFrame:
    """Return the articles of a file as units of `presence`: their ids and days."""
    units = pd.read_parquet(path, columns=["article_id", *DAYS], partitioning=None)
    units = units.rename(columns={"published_from": "first_from", "published_to": "first_to"})
    unknown = pd.Series(pd.NaT, index=units.index, dtype="datetime64[us]")
    return units.assign(held_from=unknown, held_to=unknown)


def _named(path: Path, level: str, period: pd.Series) -> Counter[tuple[str, str]]:
    """Count the articles of each period with each topic; `period` has the ids as its index."""
    columns = ["article_id", level]
    # As numbers with a list of the words: a few bytes a mention.
    mentions = pq.read_table(
        path, columns=columns, read_dictionary=columns, partitioning=None
    ).to_pandas()
    pairs = mentions.drop_duplicates()
    ids = pairs["article_id"].cat
    at = period.reindex(ids.categories).to_numpy()[ids.codes]
    counts = pairs.groupby([at, level], observed=True).size()
    return Counter({(str(p), str(t)): int(n) for (p, t), n in counts.items()})
