"""Measures how the cost of `analysis extract` grows with the number of articles.

    python benchmarks/sizes.py [--sizes 1000,10000,100000,1000000]

The articles are varied ones, written into a JSON Lines file one at a time. A run on five articles
comes first: what it takes is the start of the process, which the milliseconds leave out.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from articles import write
from measured import BUILD, MB, extraction, size_mb

SIZES = (1_000, 10_000)
FEW = 5  # articles of the run that measures the start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What extraction costs, size by size.")
    parser.add_argument("--sizes", type=sizes, default=SIZES, help="articles, as 1000,10000")
    report(parser.parse_args().sizes)


def sizes(given: str) -> tuple[int, ...]:
    """Read sizes as they are given, such as 1000,10000.

    Examples
    --------
    >>> sizes("1000,10000")
    (1000, 10000)
    >>> sizes("1000,many")
    Traceback (most recent call last):
    ...
    argparse.ArgumentTypeError: 1000,many: give numbers of articles above 0, as 1000,10000
    """
    found = tuple(int(size) for size in given.split(",") if size.strip().isdecimal())
    if len(found) != len(given.split(",")) or not all(found):
        raise argparse.ArgumentTypeError(
            f"{given}: give numbers of articles above 0, as 1000,10000"
        )
    return found


def report(wanted: tuple[int, ...] = SIZES) -> None:
    """Print a row for each size."""
    print("\nsizes: analysis extract on varied articles, one process")
    print(
        f"{'articles':>9} {'CPU ms each':>11} {'to first':>8} {'rows':>11} {'tables MB':>9} "
        f"{'parts MB':>8} {'peak MB':>7} {'a second':>8}"
    )
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        start = measure(Path(folder), FEW)["cpu"]
        first = None
        for count in wanted:
            row = measure(Path(folder), count)
            each = (row["cpu"] - start) / count * 1000
            first = first or each
            print(
                f"{count:9,} {each:11.2f} {each / first:7.2f}x {row['rows']:11,.0f} "
                f"{row['tables_mb']:9.1f} {row['parts_mb']:8.1f} {row['peak_mb']:7.0f} "
                f"{count / row['wall']:8.0f}",
                flush=True,
            )
    print(f"start of the process, with {FEW} articles: {start:.2f} s of the processor")


def measure(folder: Path, count: int) -> dict[str, float]:
    """Return what some varied articles cost: seconds, rows, and megabytes of memory and disk."""
    source, out = folder / f"{count}.jsonl", folder / f"{count}"
    write(source, count)
    done = extraction(source, out)
    rows = sum(int(number) for number in re.findall(r"(\d+) [a-z]+", done.printed.split(": ")[-1]))
    everything, parts = size_mb(out), size_mb(out / ".parts")
    return {
        "wall": done.wall,
        "cpu": done.cpu,
        "rows": rows,
        "source_mb": source.stat().st_size / MB,
        "tables_mb": everything - parts,
        "parts_mb": parts,
        "peak_mb": done.peak_mb,
    }


if __name__ == "__main__":
    main()
