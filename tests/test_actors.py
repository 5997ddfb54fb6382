"""Actors: who is named in a text, of which side and office; names of towns and firms are nobody's."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.actors import find
from analysis.articles import front_matter
from analysis.knowledge import load
from analysis.schema import check, frame, codes

CASES = Path(__file__).parent / "cases" / "actors.tsv"
KNOWLEDGE = load()
# surface=canonical name/side/roles of a person, surface=@id of an organisation; "?" is left open.
ENTRY = re.compile(
    r"(?P<surface>.+?)=(?:@(?P<id>.+)|(?P<name>.+)/(?P<side>\?|[A-Z]{3})/(?P<role>\S+))",
    re.DOTALL,
)


def cases():
    """Return the cases; the two characters ``\\n`` in a text stand for a line break."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [{k: v.replace("\\n", "\n") for k, v in row.items()} for row in rows]


def mentions(text):
    doc = KNOWLEDGE.annotate("case", text)
    return find(doc, KNOWLEDGE, front_matter(text), None).mentions


def written(mention, wanted=None):
    """Return a mention in the notation of the cases, open where `wanted` is."""
    if mention.kind == "organisation":
        return f"{mention.surface}=@{mention.actor}"
    role = (mention.role or "-").replace(";", "+")
    found = {"name": mention.actor, "side": mention.side or "-", "role": role}
    if wanted and wanted["name"]:
        found = {k: "?" if wanted[k] == "?" else v for k, v in found.items()}
    return f"{mention.surface}={found['name']}/{found['side']}/{found['role']}"


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["text"][:60])
def test_case(case):
    entries = [e for e in case["expected"].split("; ") if e]
    wanted = [ENTRY.fullmatch(e) for e in entries]
    assert all(wanted), f"cannot read the case {case['expected']!r}"
    got = [m for m in mentions(case["text"]) if m.kind != "country"]
    open_like = [*wanted, *[None] * len(got)]
    shown = [written(m, w) for m, w in zip(got, open_like, strict=False)]
    assert shown == entries, f"{case['reason']}: wanted {entries}, found {shown}"
