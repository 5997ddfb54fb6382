"""What a checkout commits under ``data/``: the seeds' tables, the dictionary, a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import trend_charts
from analysis.articles import read_articles
from analysis.chart import Chart
from analysis.evaluate import evaluate
from analysis.extraction import extract
from analysis.frequency import topic_frequency
from analysis.panel import read_panel
from analysis.schema import dictionary
from analysis.tables import Tables
from analysis.trends import topic_trends

ROOT = Path(__file__).resolve().parents[1]
MEASURED = ROOT / "data" / "accuracy.csv"
HEAD = """# The data

Everything here is made or checked by code. `python3 run.py data` makes it again; a test compares.

- `seeds/`: the tables of the five articles in `seeds/`, as CSV. Columns are explained below.
  `tables.json` lists the files with their hashes; `analysis verify data/seeds` checks all of it.
- `panel/`: a coded panel of public articles, without texts; see its README.
- `facts/`: trade, targets, investment, people and events with their sources; see its README.
- `charts/`: the picture of the project's README.
- `accuracy.csv`: how often extraction errs on each annotated set, with intervals; `first` is the
  score of a set before anything was mended by it.

Missing values are empty fields. Every `start` and `end` is a half-open range of characters of
`articles.text`, so that each row can be traced to its words.

"""


def rebuild(folder: Path = ROOT / "data") -> None:
    """Make what is committed under ``data/`` again."""
    seeds().save(folder / "seeds", "csv")
    accuracy().to_csv(folder / MEASURED.name, index=False)
    (folder / "README.md").write_text(HEAD + dictionary().rstrip() + "\n", encoding="utf-8")
    (folder / "charts").mkdir(exist_ok=True)
    (folder / "charts" / "topic_trends.png").write_bytes(picture().png)


def seeds() -> Tables:
    """Extract the tables of the five seed articles."""
    articles = read_articles(ROOT / "seeds")
    names = articles["source"].map(lambda source: Path(source).relative_to(ROOT).as_posix())
    # Without a hash of the code, which every edit would change.
    return replace(extract(articles.assign(source=names.astype("string"))), made=None)


def accuracy() -> pd.DataFrame:
    """Measure extraction on the annotated sets; a row is one measure on one set."""
    gold = ROOT / "tests" / "gold"
    sets = {"seeds": (gold / "seeds.json", ROOT / "seeds")}
    sets["development"] = (gold / "readouts.jsonl", gold / "readouts")
    sets |= {path.stem: (path, gold / path.stem) for path in sorted(gold.glob("world*.jsonl"))}
    parts = [evaluate(*files).summary().assign(set=name) for name, files in sets.items()]
    measured = pd.concat(parts, ignore_index=True)
    measured = measured.dropna(subset=["f1", "accuracy"], how="all")
    first = pd.read_csv(gold / "first_scores.csv")
    first = first.melt("measure", var_name="set", value_name="first")
    measured = measured.merge(first, how="left", on=["measure", "set"])
    return measured[["set", *measured.columns.drop("set")]].round(4)


def picture() -> Chart:
    """Draw which topics rose or fell between the first and the last full year of the panel."""
    commonest = read_panel().articles["dyad"].mode().iloc[0]
    years = topic_frequency(read_panel(dyad=commonest))
    full = years[years["note"].isna()]
    first, last = full["period"].min(), full["period"].max()
    source = "Source: coded panel in data/panel, a convenience sample of public articles"
    return trend_charts.trends(topic_trends(full), source, first, last)
