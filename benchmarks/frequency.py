"""Counts and draws how often each topic is named in a large folder of tables.

    python benchmarks/frequency.py TABLES PICTURE.png

The articles are made up from the same twenty readouts in every year: the shares hardly move from
year to year, and a chart that shows a trend would be wrong.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import pandas as pd

import analysis


def main() -> None:
    """Count, print what that cost, and draw."""
    if len(sys.argv) != 3:
        sys.exit("call: python benchmarks/frequency.py TABLES PICTURE.png")
    folder, picture = map(Path, sys.argv[1:])
    begun = time.process_time()
    table = analysis.topic_frequency_in(folder)
    used, held = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    articles = int(table.drop_duplicates("period")["n_all"].sum())
    print(f"{articles:,} articles counted: {used:.1f} s of the processor, peak {held >> 10} MiB")
    draw(table[table["n_all"] > 0], articles, picture)


def draw(table: pd.DataFrame, articles: int, picture: Path) -> None:
    """Write the chart of the years and print its alternative text."""
    from analysis.trend_charts import years

    chart = years(table, f"{articles:,} made-up articles of the benchmark, which say nothing true")
    chart.figure.savefig(picture, dpi=90)
    print(chart.alt)


if __name__ == "__main__":
    main()
