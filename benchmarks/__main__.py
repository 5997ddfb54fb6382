"""Everything that is measured, one table after the other: what `python3 run.py bench` runs.

    python benchmarks [--articles N] [--sizes 1000,10000] [--against FOLDER]

With `--against` only the stages are measured, in turn with those of another checkout.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import extraction
import processes
import sizes
import stack


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description="What extraction costs.")
    parser.add_argument(
        "--articles", type=int, default=extraction.ARTICLES, help="articles a stage (400)"
    )
    parser.add_argument("--against", type=Path, help="another checkout: its stages beside these")
    parser.add_argument(
        "--sizes", type=sizes.sizes, default=sizes.SIZES, help="numbers of articles (1000,10000)"
    )
    given = parser.parse_args()
    extraction.require(parser, given.articles, given.against)
    extraction.compare(given.articles, given.against)
    if given.against:
        return
    sizes.report(given.sizes)
    processes.report()
    # By itself: in this process, after all of the above, ours took half as long again.
    subprocess.run([sys.executable, stack.__file__], check=False)


if __name__ == "__main__":
    main()
