"""Measures how much faster several processes extract than one, and that they write the same bytes.

    python benchmarks/processes.py [--articles 6000] [--workers 2]

Each way runs twice, in turn, and the faster run counts; what a run on five articles takes is the
start, which "faster" leaves out. The clock tells the truth only on a machine with nothing else to
do. On a busy one look at the time of the processors: what the first process uses, to read, to store
and to put the tables together, is what more workers cannot make shorter.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import tempfile
from pathlib import Path

from articles import write
from measured import BUILD, Cost, extraction

ARTICLES, WORKERS, ROUNDS, FEW = 6_000, 2, 2, 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What several processes gain.")
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--workers", type=int, default=WORKERS)
    given = parser.parse_args()
    if given.articles < 1 or given.workers < 1:
        parser.error("give 1 or more articles and workers")
    report(given.articles, given.workers)


def report(articles: int = ARTICLES, workers: int = WORKERS) -> None:
    """Print a row for one process and for each number of workers beside it."""
    ways = {"no worker": [], "1 worker": ["--workers", "1"]}
    ways[f"{workers} workers"] = ["--workers", str(workers)]
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as made:
        folder = Path(made)
        few, many = folder / "few.jsonl", folder / "many.jsonl"
        write(few, FEW)
        write(many, articles)
        runs = {way: (run(few, folder / "out", how), run(many, folder / "out", how))
                for way, how in ways.items()}  # fmt: skip
        again = {way: run(many, folder / "out", how) for way, how in ways.items()}
    print(f"\nprocesses: {articles} varied articles, on the clock and of the processor")
    print(f"{'':<10} {'start s':>7} {'clock s':>7} {'faster':>6}", end="")
    print(f" {'CPU s':>6} {'first':>6} {'peak MB':>7}")
    alone = None
    for way, ((start, _), (first, _)) in runs.items():
        cost = min(first, again[way][0], key=lambda c: c.wall)
        net = cost.wall - start.wall
        alone = alone or net
        print(
            f"{way:<10} {start.wall:7.1f} {cost.wall:7.1f} {alone / net:5.2f}x {cost.cpu:6.1f} "
            f"{cost.own:6.1f} {cost.peak_mb:7.0f}"
        )
    hashes = {bytes for way in runs for bytes in (runs[way][1][1], again[way][1])}
    print("the tables of all runs are the same to the byte" if len(hashes) == 1 else
          "DEFECT: the tables of these runs differ")  # fmt: skip


def run(source: Path, out: Path, how: list[str]) -> tuple[Cost, str]:
    """Extract into an empty folder; return the cost and a hash of all tables."""
    shutil.rmtree(out, ignore_errors=True)
    done = extraction(source, out, *how)
    shutil.rmtree(out / ".parts")
    digest = hashlib.sha256()
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return done, digest.hexdigest()


if __name__ == "__main__":
    main()
