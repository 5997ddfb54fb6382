"""Measures what extraction costs, as ratios within one run: stage by stage, against a yardstick.

    python benchmarks/extraction.py [--articles N] [--against FOLDER]

The yardstick is one pass of ``re`` over the words of the same articles: on another machine, or one
that is busy, both take longer, and their ratio stays. With ``--against`` the library of another
checkout of this project is measured in turn with this one, and the table tells how many times
faster this one is. Times are of the processor, the least of several rounds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "benchmark" / "tables"
ARTICLES, ROUNDS = 400, 3
WORDS = re.compile(r"\w+")
CORPORA = ("varied", "seeds", "readouts")
STAGES = ("annotate", "actors", "dates", "statements", "meetings", "topics", "figures", "stories")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What extraction costs, as ratios in one run.")
    parser.add_argument("--articles", type=int, default=ARTICLES, help="articles a corpus (400)")
    parser.add_argument("--against", type=Path, help="another checkout of this project")
    parser.add_argument("--measure", choices=CORPORA, help=argparse.SUPPRESS)
    given = parser.parse_args()
    require(parser, given.articles, given.against)
    if given.measure:
        print(json.dumps(measure(given.measure, given.articles)))
        return
    compare(given.articles, given.against)


def require(parser: argparse.ArgumentParser, articles: int, against: Path | None) -> None:
    """Refuse a number of articles, or a checkout, that cannot be measured."""
    if articles < 1:
        parser.error(f"--articles is {articles}; give 1 or more")
    if against and not (against / "analysis" / "tables.py").is_file():
        parser.error(f"--against {against}: no checkout of this project: no analysis/ there")


def compare(articles: int = ARTICLES, against: Path | None = None) -> None:
    """Print a table for each corpus, beside the times of another checkout if there is one."""
    folders = [ROOT, *([against.resolve()] if against else [])]
    for corpus in CORPORA:
        report(corpus, [least(folder, corpus, articles) for folder in folders])


def least(folder: Path, corpus: str, articles: int) -> dict[str, float]:
    """Return the least times of some processes, each with the library of one folder."""
    command = [sys.executable, __file__, "--measure", corpus, "--articles", str(articles)]
    # Before the installed library: a script's own folder and PYTHONPATH come first.
    env = {**os.environ, "PYTHONPATH": str(folder)}
    done = [
        json.loads(subprocess.run(command, env=env, check=True, capture_output=True).stdout)
        for _ in range(2)
    ]
    return {name: min(d[name] for d in done) for name in done[0]}


def report(corpus: str, measured: list[dict[str, float]]) -> None:
    """Print the table of one corpus, in milliseconds an article."""
    now = measured[0]
    speed, size = 1000 / now["extract"], now["characters"]
    print(f"\n{corpus}: {speed:.0f} articles a second of {size:.0f} characters")
    print(f"{'stage':<11} {'ms':>7} {'share':>6} {'yardsticks':>10}", end="")
    print(f" {'before':>7} {'faster':>7}" if len(measured) > 1 else "")
    for name in (*STAGES, "the rest", "extract", "save"):
        line = f"{name:<11} {now[name]:7.3f} {now[name] / now['extract']:6.0%}"
        line += f" {now[name] / now['yardstick']:10.1f}"
        for before in measured[1:]:
            line += f" {before[name]:7.3f} {before[name] / now[name]:6.2f}x"
        print(line)
    starts = " and ".join(f"{m['start'] / 1000:.2f} s" for m in measured)
    print(f"a process is ready, its first five articles extracted, after {starts}")


def measure(corpus: str, count: int) -> dict[str, float]:
    """Return milliseconds an article of this process's library; "start" is that of the process."""
    begun = time.process_time()
    import pandas as pd

    from analysis import extract
    from analysis.articles import articles_frame, parse_text, read_articles

    extract(read_articles(ROOT / "seeds"))
    start = time.process_time() - begun
    from articles import varied

    if corpus == "varied":
        read = [parse_text(text, name, name, "0", None) for name, text in varied(count)]
        articles = articles_frame(read)
    else:
        once = read_articles(ROOT / ("seeds" if corpus == "seeds" else "tests/gold/readouts"))
        articles = once.iloc[[i % len(once) for i in range(count)]].reset_index(drop=True)
        ids = [f"{i:06}_{name}" for i, name in enumerate(articles["article_id"])]
        articles = articles.assign(article_id=pd.array(ids, dtype="string"))
    times = {"extract": spent(lambda: extract(articles))}
    times["yardstick"] = spent(lambda: [len(WORDS.findall(text)) for text in articles["text"]])
    tables = extract(articles)
    times["save"] = spent(lambda: tables.save(OUT))
    times |= stages(articles)
    times["the rest"] = times["extract"] - sum(times[name] for name in STAGES)
    per_article = {name: seconds / count * 1000 for name, seconds in times.items()}
    return per_article | {"start": start * 1000, "characters": articles["text"].str.len().mean()}


def spent(work: Callable[[], Any]) -> float:
    """Return the least processor time of some rounds of a piece of work."""
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def stages(articles: Any) -> dict[str, float]:
    """Return the seconds of each stage over all articles, one stage after the other."""
    from analysis import actors, dates, figures, meetings, statements, topics
    from analysis.front import front_matter
    from analysis.knowledge import load

    known = load()
    texts = list(zip(articles["article_id"], articles["text"], strict=True))
    days = [None if day != day else day.date() for day in articles["published_from"]]
    fronts = [front_matter(text) for _, text in texts]
    taken: dict[str, float] = {}

    def stage(name: str, work: Callable[..., Any], *columns: Iterable[Any]) -> list[Any]:
        rows = list(zip(*columns, strict=True))
        taken[name] = spent(lambda: [work(*row) for row in rows])
        return [work(*row) for row in rows]

    gc.disable()  # as `extract` does
    docs = stage("annotate", lambda text: known.annotate(*text), texts)
    who = stage("actors", lambda d, f, day: actors.find(d, known, f, day), docs, fronts, days)
    when = stage(
        "dates",
        lambda d, w, f, day: dates.infer(_unread(d), known, w.mentions, day, f),
        *(docs, who, fronts, days),
    )
    stage("statements", lambda d, w, f: statements.find(d, known, w, f), docs, who, fronts)
    stage(
        "meetings",
        lambda d, w, p, f: meetings.find(d, known, w.mentions, p, f),
        *(docs, who, when, fronts),
    )
    stage("topics", lambda d, w: topics.find(d, known, w.masks), docs, who)
    stage("figures", lambda d: figures.find(d, known), docs)
    gc.enable()
    taken["stories"] = 0.0
    if find_spec("analysis.reprints"):  # a checkout to compare with may be older
        from analysis.reprints import stories

        taken["stories"] = spent(lambda: stories(articles))
    return taken


def _unread(doc: Any) -> Any:
    """Forget the date expressions of a document, so that every round reads them."""
    doc.dated = None
    return doc


if __name__ == "__main__":
    main()
