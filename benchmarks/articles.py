"""Varied articles in any number, made from the development readouts.

A readout gives the sentences; names, numbers, days and the order of its sentences change from
article to article, so that no two are alike and nothing is gained by remembering a sentence. They
serve to measure speed only: what they say is nonsense, and nobody has coded it.

    python benchmarks/articles.py COUNT FILE.jsonl
"""

from __future__ import annotations

import calendar
import json
import random
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from analysis.actors import find
from analysis.article import DATE_HEADER
from analysis.front import front_matter
from analysis.knowledge import load

READOUTS = Path(__file__).resolve().parents[1] / "tests" / "gold" / "readouts"
LEAD = 2  # sentences that keep their place: they tell who met, when and where
FIRST_DAY, DAYS = date(2021, 1, 1), 5 * 365
MONTHS = [month for month in calendar.month_name if month]
WORD = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|[^\W\d_]+|\d+")
YEAR = re.compile(r"20[12]\d")


class Readout(NamedTuple):
    """One readout as it is varied: its sentences, and the words of the names in it."""

    name: str
    dated: bool
    sentences: list[str]
    names: frozenset[str]


def readouts(folder: Path = READOUTS) -> list[Readout]:
    """Return the readouts of a folder with their sentences and the names of persons in them."""
    knowledge = load()
    found = []
    for path in sorted(folder.glob("*.txt")):
        raw = path.read_text(encoding="utf-8")
        header = DATE_HEADER.match(raw)
        text = raw[header.end() if header else 0 :]
        doc = knowledge.annotate(path.stem, text)
        who = find(doc, knowledge, front_matter(text), None)
        names = {word for person in who.persons for word in person.name.split() if len(word) > 2}
        # A sentence keeps the blanks after it, and with them the paragraphs.
        starts = [0, *(start for start, _ in doc.sentences[1:]), len(text)]
        sentences = [text[a:b] for a, b in pairwise(starts)]
        found.append(Readout(path.stem, header is not None, sentences, frozenset(names)))
    return found


def varied(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield `count` articles one at a time: an id and a text in the format of the seeds.

    Examples
    --------
    >>> [name for name, _ in varied(3)]
    ['000000_01_pm_phone_talks_2021', '000001_02_na_chairman_in_seoul',
    '000002_03_defence_policy_dialogue']
    >>> list(varied(2, seed=7)) == list(varied(2, seed=7)) != list(varied(2, seed=8))
    True
    """
    for name, readout, day, text in _drawn(count, seed):
        yield name, f" date {day} {text}" if readout.dated else text


def write(path: Path, count: int) -> None:
    """Write `count` articles as JSON Lines, each with a date; one at a time is in memory.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Path(folder) / "two.jsonl", 2)
    ...     lines = (Path(folder) / "two.jsonl").read_text("utf-8").splitlines()
    >>> [json.loads(line)["article_id"] for line in lines]
    ['000000_01_pm_phone_talks_2021', '000001_02_na_chairman_in_seoul']
    """
    with path.open("w", encoding="utf-8") as file:
        for name, _, day, text in _drawn(count):
            record = {"article_id": name, "date": str(day), "text": text}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def _drawn(count: int, seed: int = 0) -> Iterator[tuple[str, Readout, date, str]]:
    draw = random.Random(seed)
    given = readouts()
    pool = sorted({word for readout in given for word in readout.names})
    for i in range(count):
        readout = given[i % len(given)]
        text = _vary(readout, pool, draw)
        day = FIRST_DAY + timedelta(draw.randrange(DAYS))
        yield f"{i:06}_{readout.name}", readout, day, text


def _vary(readout: Readout, pool: list[str], draw: random.Random) -> str:
    names = {word: draw.choice(pool) for word in sorted(readout.names)}
    lead, rest = readout.sentences[:LEAD], readout.sentences[LEAD:]
    draw.shuffle(rest)

    def other(m: re.Match[str]) -> str:
        word = m.group()
        if word in names:
            return names[word]
        if word in MONTHS:
            return draw.choice(MONTHS)
        return _number(word, draw) if word.isdecimal() else word

    return WORD.sub(other, "".join([*lead, *rest]))


def _number(digits: str, draw: random.Random) -> str:
    """Return a number of the same kind: a year, what may be a day, or as many digits."""
    if YEAR.fullmatch(digits):
        return str(draw.randrange(2016, 2031))
    if len(digits) < 3:
        return str(draw.randrange(1, 29))
    return str(draw.randrange(10 ** (len(digits) - 1), 10 ** len(digits)))


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdecimal():
        sys.exit("call: python benchmarks/articles.py COUNT FILE.jsonl")
    write(Path(sys.argv[2]), int(sys.argv[1]))
