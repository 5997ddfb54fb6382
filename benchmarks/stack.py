"""Compares with what one would put together: spaCy for names, quantulum3, dateparser.

    python benchmarks/stack.py [--articles N]

Both sides read the same articles in one run, each on one processor, after it has read its models;
the ratio of their times is what counts. The other side lives in an environment of its own,
`build/stack`, made from stack.txt at the first call. Since speed alone misleads, a second table
holds against the coded texts what each side finds of the things that both look for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from articles import varied
from extraction import spent
from measured import ROOT

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "stack.txt"
STACK = ROOT / "build" / "stack"
PYTHON = STACK / ("Scripts" if os.name == "nt" else "bin") / "python"
GOLD = ROOT / "tests" / "gold"
# The coded texts, and how far ours knows them already.
CODED = {
    "readouts": "the set that ours was developed on",
    "world2": "other countries; read by ours since its first score, see tests/gold/README.md",
}
ARTICLES = 60
KINDS = ("persons", "quantities", "dates")
ONE_PROCESSOR = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

Span = tuple[int, int]


class NotInstalled(RuntimeError):
    """The environment of the other side is missing; the message says how to get it."""


class Found(NamedTuple):
    """What one side found in one text: its place, and of a quantity the value."""

    start: int
    end: int
    value: float | None = None


def main() -> None:
    """Make the environment if it is missing, measure and print."""
    parser = argparse.ArgumentParser(description="The cost beside that of the usual packages.")
    parser.add_argument("--articles", type=int, default=ARTICLES, help="articles to time (60)")
    given = parser.parse_args()
    if given.articles < 1:
        parser.error(f"--articles is {given.articles}; give 1 or more")
    try:
        install()
    except NotInstalled as error:
        raise SystemExit(str(error)) from None
    report(given.articles)


def install() -> None:
    """Make the environment of the other side, unless it is there for these requirements.

    Raises
    ------
    NotInstalled
        The packages cannot be had.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    stamp = STACK / "complete"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Fetching spaCy, quantulum3 and dateparser into {STACK}, a minute ...", flush=True)
    commands = [
        [sys.executable, "-m", "venv", "--clear", str(STACK)],
        [str(PYTHON), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise NotInstalled(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    stamp.write_text(wanted)


def report(count: int = ARTICLES) -> None:
    """Print what both sides cost, and what they find."""
    timed = list(varied(count))
    coded = [(name, gold, text) for name in CODED for gold, text in coded_texts(name)]
    theirs = other_side([text for _, text in timed], [text for _, _, text in coded])
    ours = our_seconds(timed)
    print(f"\nagainst the usual packages: {count} varied articles, one processor, models in memory")
    print(f"{'':<26} {'CPU ms each':>11} {'times ours':>10}")
    for name, seconds in costs(theirs["seconds"]).items():
        print(f"{name:<26} {seconds / count * 1000:11.1f} {seconds / ours:9.1f}x")
    print(f"{'ours, all seven tables':<26} {ours / count * 1000:11.1f} {1:9.1f}x")
    print("\nwhat is found of what is coded + what is found beside it")
    print(f"{'':<21} {'coded':>6} {'theirs':>11} {'ours':>11}")
    for name in CODED:
        rows = [(gold, text, found) for (of, gold, text), found
                in zip(coded, theirs["found"], strict=True) if of == name]  # fmt: skip
        own = our_findings([(gold.article_id, text) for gold, text, _ in rows])
        for kind in KINDS:
            their = total(kind, ((g, [Found(*f) for f in found[kind]]) for g, _, found in rows))
            our = total(kind, ((g, own[kind][g.article_id]) for g, _, _ in rows))
            line = f"{name + ', ' + kind:<21} {our[0]:>6}"
            print(line + "".join(f" {hits:>5} + {more:<3}" for _, hits, more in (their, our)))
    for name, remark in CODED.items():
        print(f"{name}: {remark}")


def costs(seconds: dict[str, float]) -> dict[str, float]:
    """Return the seconds of each step and of the whole, with and without what names do not need."""
    rest = seconds["quantities"] + seconds["dates"]
    return {
        "spaCy, whole pipeline": seconds["names"],
        "spaCy, names only": seconds["names_only"],
        "quantulum3": seconds["quantities"],
        "dateparser": seconds["dates"],
        "all three, whole pipeline": seconds["names"] + rest,
        "all three, names only": seconds["names_only"] + rest,
    }


def other_side(timed: list[str], coded: list[str]) -> dict[str, Any]:
    """Run stack_side.py in its environment.

    Raises
    ------
    NotInstalled
        There is no such environment.
    """
    if not PYTHON.exists():
        raise NotInstalled(
            "the packages to compare with are not installed; `python benchmarks/stack.py` makes "
            "the folder build/stack for them"
        )
    done = subprocess.run(
        [str(PYTHON), str(HERE / "stack_side.py")],
        input=json.dumps({"timed": timed, "coded": coded}),
        env={**os.environ, **ONE_PROCESSOR},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"stack_side.py failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def coded_texts(name: str) -> Iterator[tuple[Any, str]]:
    """Yield the gold of each article of a set and its text, as ours reads it."""
    from analysis.article import parse_text
    from analysis.gold import locate
    from analysis.records import read_records

    for record in read_records(GOLD / f"{name}.jsonl"):
        article_id = record.must("article_id", str)
        source = (GOLD / name / f"{article_id}.txt").read_text("utf-8")
        article = parse_text(source, article_id, name, "0", None)
        coded = locate(record, unicodedata.normalize("NFC", source), article.text_start)
        yield coded, article.text


def our_seconds(texts: Iterable[tuple[str, str]]) -> float:
    """Return the processor time of extraction, all tables."""
    from analysis import extract
    from analysis.articles import articles_frame, parse_text

    articles = articles_frame([parse_text(text, name, name, "0", None) for name, text in texts])
    extract(articles)  # so that the knowledge is in memory
    return spent(lambda: extract(articles))


def our_findings(texts: list[tuple[str, str]]) -> dict[str, dict[str, list[Found]]]:
    """Return what ours finds in each article, in the form of the other side."""
    from analysis import extract
    from analysis.articles import articles_frame, parse_text

    articles = articles_frame([parse_text(text, name, name, "0", None) for name, text in texts])
    tables = extract(articles)
    found = {kind: {name: list[Found]() for name, _ in texts} for kind in KINDS}
    actors = tables.actors
    named = actors[(actors["kind"] == "person") & actors["form"].isin(["name", "short"])]
    for row in named.itertuples():
        found["persons"][row.article_id].append(Found(row.start, row.end))
    for row in tables.figures.itertuples():
        if row.kind == "date":
            found["dates"][row.article_id].append(Found(row.start, row.end))
        elif row.kind != "ordinal":
            found["quantities"][row.article_id].append(Found(row.start, row.end, row.value))
    return found


def total(kind: str, rows: Iterable[tuple[Any, list[Found]]]) -> tuple[int, int, int]:
    """Return how many are coded, how many of them are found, and what is found beside them."""
    sums = [0, 0, 0]
    for gold, found in rows:
        for i, number in enumerate(compared(kind, gold, found)):
            sums[i] += number
    return sums[0], sums[1], sums[2]


def compared(kind: str, gold: Any, found: list[Found]) -> tuple[int, int, int]:
    """Compare what was found in one text with its gold.

    A name or a date is found where the spans have a character in common, wherever each begins; a
    quantity must have the value too. What touches anything else that is coded, such as a number
    within a date, counts neither way, and so do optional entries.
    """
    if kind == "persons":
        wanted = [Found(*span) for person in gold.persons for span in person.mentions]
        other: list[Span] = []
    else:
        is_date = kind == "dates"
        kinds = {"date"} if is_date else {f.kind for f in gold.figures} - {"date", "ordinal"}
        wanted = [
            Found(f.start, f.end, None if is_date else f.value)
            for f in gold.figures
            if f.kind in kinds and not f.optional
        ]
        other = [(f.start, f.end) for f in gold.figures]
    hits = sum(any(touch(w, f) and same(w.value, f.value) for f in found) for w in wanted)
    coded = [*wanted, *(Found(*span) for span in other)]
    beside = sum(not any(touch(c, f) for c in coded) for f in found)
    return len(wanted), hits, beside


def touch(a: Found, b: Found) -> bool:
    """Whether two spans have a character in common."""
    return a.start < b.end and b.start < a.end


def same(wanted: float | None, value: float | None) -> bool:
    """Whether a value is the one wanted, or none is.

    Examples
    --------
    >>> same(None, 7.0), same(5e10, 5e10), same(0.2, 5.0), same(5.0, None)
    (True, True, False, False)
    """
    if wanted is None:
        return True
    return value is not None and abs(value - wanted) <= 1e-6 * max(1.0, abs(wanted))


if __name__ == "__main__":
    main()
