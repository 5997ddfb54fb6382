"""Actors: who is named in a text, of which side and office; towns and firms are nobody."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.actors import find
from analysis.front import front_matter
from analysis.knowledge import load
from analysis.whole_words import _few, _many

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


def marked():
    """Return the cases; one whose reason opens with "known miss" is expected to fail."""
    for case in cases():
        miss = case["reason"].startswith("known miss")
        marks = [pytest.mark.xfail(strict=True, reason=case["reason"])] if miss else []
        yield pytest.param(case, marks=marks, id=case["text"][:60])


@pytest.mark.parametrize("case", list(marked()))
def test_case(case):
    entries = [e for e in case["expected"].split("; ") if e]
    wanted = [ENTRY.fullmatch(e) for e in entries]
    assert all(wanted), f"cannot read the case {case['expected']!r}"
    got = [m for m in mentions(case["text"]) if m.kind != "country"]
    open_like = [*wanted, *[None] * len(got)]
    shown = [written(m, w) for m, w in zip(got, open_like, strict=False)]
    assert shown == entries, f"{case['reason']}: wanted {entries}, found {shown}"


def test_cases_are_many_and_distinct():
    texts = [c["text"] for c in cases()]
    assert len(texts) >= 180
    assert len(set(texts)) == len(texts)
    assert all(c["reason"] for c in cases())
    assert sum(not c["expected"] for c in cases()) >= 30, "cases that must not match"


def test_short_forms_are_told_from_full_names():
    text = "Korean Minister Rhee Sang-woo arrived. Rhee met Viet Nam's Minister Lê Thị Mai."
    people = [(m.surface, m.form) for m in mentions(text) if m.kind == "person"]
    assert people == [("Rhee Sang-woo", "name"), ("Rhee", "short"), ("Lê Thị Mai", "name")]


def test_countries_are_named_by_their_names_alone():
    text = "OSLO — Korean and Vietnamese firms in Seoul trade with Laos, the US and North Korea."
    found = [(m.surface, m.actor, m.side) for m in mentions(text) if m.kind == "country"]
    assert found == [("Laos", "LAO", "LAO"), ("US", "USA", "USA"), ("North Korea", "PRK", "PRK")]


def test_a_headline_introduces_nobody():
    text = "Minister Rhee Sang-woo Visits Oslo\nOSLO — Korean firms will invest in the country."
    assert not [m for m in mentions(text) if m.kind == "person"]


def test_an_office_holder_without_an_office_holds_the_one_of_the_day():
    row = next(r for r in KNOWLEDGE.rows["offices"] if r.since and r.until and r.role)
    doc = KNOWLEDGE.annotate("a", f"The guests met {row.surface} on Monday.")
    day = date.fromisoformat((row.since + "-28")[:10])
    (known,) = find(doc, KNOWLEDGE, front_matter(doc.text), day).mentions
    assert row.role in known.role.split(";")
    assert known.side == row.side
    (undated,) = find(doc, KNOWLEDGE, front_matter(doc.text), None).mentions
    assert undated.role is None


def test_what_is_longer_than_any_name_is_none():
    found = [m.surface for m in mentions(f"Minister A{'a' * 150} Berg met Minister B{'b' * 250}.")]
    assert found == [f"A{'a' * 150} Berg"]


def test_masks_cover_names_and_offices():
    text = "Vietnamese Minister of National Defence Lê Văn Tám spoke."
    found = find(KNOWLEDGE.annotate("a", text), KNOWLEDGE, front_matter(text), None)
    covered = {text[a:b] for a, b in found.masks}
    assert covered == {"Vietnamese Minister of National Defence", "Lê Văn Tám"}


@given(st.text("ab ", max_size=30), st.sets(st.text("ab ", min_size=1, max_size=3), min_size=1))
def test_few_words_are_found_where_many_are(text, words):
    assert sorted(_few(text, list(words))) == sorted(_many(text, list(words)))
