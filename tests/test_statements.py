"""Statements: which verbs are acts of speech, whose they are, and what only looks like one."""

import csv
from pathlib import Path

import pytest

from analysis import actors
from analysis.articles import front_matter
from analysis.knowledge import load
from analysis.statements import find

CASES = Path(__file__).parent / "cases" / "statements.tsv"
KNOWLEDGE = load()
# Who is who in every case: the host Hạnh and her guest Ahn; this sentence holds no act of speech.
SETTING = (
    "HÀ NỘI — Vietnamese Deputy Foreign Minister Lương Thị Hạnh held talks with Korean Vice "
    "Foreign Minister Ahn Jae-wook on Monday.\n\n"
)


def cases():
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def statements(text):
    doc = KNOWLEDGE.annotate("case", text)
    front = front_matter(text)
    return find(doc, KNOWLEDGE, actors.find(doc, KNOWLEDGE, front, None), front)[0]


def fits(statement, wanted):
    """Tell whether a statement is `source|side|act`: "*" is any, several acts are alternatives."""
    source, side, act = wanted.lstrip("?").split("/")
    named = (statement.source or "").split()
    return (
        (source == "*" or source in named)
        and side == statement.side
        and (act == "*" or statement.act in act.split("|"))
    )


def agree(found, wanted):
    """Tell whether the statements are those wanted, in order; one that opens with "?" may lack."""
    if not wanted:
        return not found
    taken = bool(found) and fits(found[0], wanted[0]) and agree(found[1:], wanted[1:])
    return taken or (wanted[0].startswith("?") and agree(found, wanted[1:]))


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["text"][:60])
def test_case(case):
    found = statements(SETTING + case["text"])
    wanted = [w for w in case["expected"].split("; ") if w]
    shown = [f"{s.source}/{s.side}/{s.act}" for s in found]
    assert agree(found, wanted), f"{case['reason']}: wanted {wanted}, found {shown}"
