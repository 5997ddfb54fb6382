"""How often each topic is named in tables that are too large to load: read a file at a time.

A million articles have some thirty million mentions of topics. To count articles, only the ids, the
days and the topics are needed, and of those only one year's at a time: texts are never read. The
articles of a story may be of two years, so that its ids and topics are held for all years.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow.parquet as pq

from analysis.frequency import grid, latest, notes, shares
from analysis.presence import LEVELS, PERIODS, one_of, period_of, story_keys, themes
from analysis.schema import TableError
from analysis.stored import files_of

DAYS = ["published_from", "published_to"]
UNITS = ("article", "story")


def topic_frequency_in(
    folder: str | Path, by: str = "year", level: str = "topic", unit: str = "article"
) -> pd.DataFrame:
    """How many articles or stories name each topic in a folder of tables of any size.

    A row is one topic (or theme) in one period. It is what `topic_frequency` returns for the loaded
    tables, without ``evidence``, which would name every article.

    Parameters
    ----------
    folder : str or Path
        What `analysis extract` wrote, as Parquet.
    by : {"year", "quarter"}
        Length of a period.
    level : {"topic", "theme"}
        Topics, or the codebook's themes.
    unit : {"article", "story"}
        What is counted: each article, or an article and its reprints once.

    Returns
    -------
    DataFrame
        ``theme``, ``topic`` (not for themes), ``period``, ``counted`` (the unit), ``n``,
        ``n_all``, ``share``, ``low``, ``high``, ``note``.

    Raises
    ------
    ValueError
        An unknown period, level or unit.
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
    one_of("unit", unit, UNITS)
    counted = (_articles if unit == "article" else _stories)(Path(folder), by, level)
    periods = pd.Series(list(counted.in_all), dtype="string")
    order = list(dict.fromkeys(themes() if level == "topic" else themes().values()))
    order += sorted({topic for _, topic in counted.named} - set(order))
    rows = pd.DataFrame(
        [
            (topic, at, counted.named[at, topic], counted.in_all[at])
            for topic in order
            for at in grid(periods, by)
        ],
        columns=[level, "period", "n", "n_all"],
    )
    out = shares(rows, ["period"], unit, level)
    out["note"] = notes(rows, counted.last, by)
    return out


class _Counted(NamedTuple):
    """Units of each period, those with each topic, and the last period with its last day."""

    in_all: Counter[str]
    named: Counter[tuple[str, str]]
    last: tuple[str, pd.Timestamp] | None


def _articles(folder: Path, by: str, level: str) -> _Counted:
    in_all: Counter[str] = Counter()
    named: Counter[tuple[str, str]] = Counter()
    ends: dict[str, pd.Timestamp] = {}
    for articles, topics in zip(_files(folder, "articles"), _files(folder, "topics"), strict=True):
        units = _units(_read(articles))
        period = period_of(units, by)
        in_all.update(period)
        pairs = _pairs(topics, level)
        at = _looked_up(period.set_axis(units["article_id"]), pairs)
        named.update(_tally(at, pairs[level]))
        if last := latest(units, period):
            ends[last[0]] = max(last[1], ends.get(last[0], last[1]))
    return _Counted(in_all, named, max(ends.items()) if ends else None)


def _stories(folder: Path, by: str, level: str) -> _Counted:
    articles = pd.concat(
        [_read(path, ["story_id"]) for path in _files(folder, "articles")], ignore_index=True
    )
    story_of = story_keys(articles)
    # As in `presence`: a story was first reported when the first of its articles was.
    first = articles.groupby("story_id", sort=False)[DAYS].min()
    units = _units(first.reset_index(names="article_id"))
    period = period_of(units, by)
    number_of = story_of.map(pd.Series(units.index, index=units["article_id"]))
    pairs = [_pairs(path, level) for path in _files(folder, "topics")]
    named = pd.concat([p.assign(unit=_looked_up(number_of, p)) for p in pairs], ignore_index=True)
    named = named.drop_duplicates(["unit", level])
    at = period.to_numpy()[named["unit"].to_numpy()]
    return _Counted(Counter(period), _tally(at, named[level]), latest(units, period))


def _files(folder: Path, name: str) -> list[Path]:
    paths = files_of(folder, name)
    if not paths or paths[0].suffix != ".parquet":
        raise TableError(
            f"{folder}: has no {name} as Parquet; extract with `analysis extract SOURCE --out "
            "FOLDER`, or load the tables and call `topic_frequency`"
        )
    return paths


def _read(path: Path, more: Sequence[str] = ()) -> pd.DataFrame:
    columns = ["article_id", *DAYS, *more]
    return pd.read_parquet(path, columns=columns, partitioning=None)


def _units(articles: pd.DataFrame) -> pd.DataFrame:
    """Return articles, or stories, as units of `presence`: their ids and days."""
    units = articles.rename(columns={"published_from": "first_from", "published_to": "first_to"})
    unknown = pd.Series(pd.NaT, index=units.index, dtype="datetime64[us]")
    return units.assign(held_from=unknown, held_to=unknown)


def _pairs(path: Path, level: str) -> pd.DataFrame:
    """Return each article of a file with each of its topics once."""
    columns = ["article_id", level]
    # As numbers with a list of the words: a few bytes a mention.
    mentions: pd.DataFrame = pq.read_table(
        path, columns=columns, read_dictionary=columns, partitioning=None
    ).to_pandas()
    return mentions.drop_duplicates()


def _looked_up(by_article: pd.Series, pairs: pd.DataFrame) -> Any:
    """Return what `by_article`, whose index is the ids, holds of the article of each pair."""
    ids = pairs["article_id"].cat
    return by_article.reindex(ids.categories).to_numpy()[ids.codes]


def _tally(at: Any, topics: pd.Series) -> Counter[tuple[str, str]]:
    counts: Any = topics.groupby([at, topics], observed=True).size()
    return Counter({(str(p), str(t)): int(n) for (p, t), n in counts.items()})
