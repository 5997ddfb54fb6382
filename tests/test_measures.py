"""Measures: what amounts of money are of, by the verb, the subject and the sentence before.

A case lists its amounts as ``surface: measure status horizon``; ``-`` stands for no status.
"""

import csv
from pathlib import Path

import pytest

from analysis.figures import find
from analysis.knowledge import load
from analysis.schema import codes

CASES = Path(__file__).parent / "cases" / "measures.tsv"


def cases():
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def expected(cell):
    """Return {surface: (measure, status, horizon)} of a case."""
    wanted = {}
    for part in cell.split("; "):
        surface, _, stated = part.rpartition(": ")
        measure, status, *horizon = stated.split()
        assert measure in codes("measure"), part
        year = int(horizon[0]) if horizon else None
        wanted[surface] = (measure, None if status == "-" else status, year)
    return wanted


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["text"][:60])
def test_case(case):
    kb = load()
    found = find(kb.annotate("a", case["text"]), kb)
    got = {f.surface: (f.measure, f.status, f.horizon) for f in found if f.kind == "money"}
    assert got == expected(case["expected"]), case["reason"]


def test_cases_are_distinct_and_cover_every_measure_of_money():
    texts = [c["text"] for c in cases()]
    assert len(set(texts)) == len(texts) >= 150
    measures = {m for c in cases() for m, _, _ in expected(c["expected"]).values()}
    flows = {"bilateral_trade", "investment", "development_aid", "exports", "imports", "other"}
    assert measures == flows


def test_frames_are_those_that_are_read():
    read = (Path(__file__).parents[1] / "analysis" / "frames.py").read_text("utf-8")
    assert {r.frame for r in load().rows["money_frames"] if f'"{r.frame}"' not in read} == set()


@pytest.mark.parametrize(
    "piece",
    ["Oslo gave ", "it spent $5 ", "Peru sold Chile tin worth $5 ", "put $5 into ", "they "],
)
def test_repetition_is_read_without_harm(piece):
    kb = load()
    found = find(kb.annotate("a", piece * 500), kb)
    assert all(f.measure in codes("measure") for f in found if f.kind == "money")
