"""Meetings: cases of many pairs of countries, and texts that report none."""

import csv
from datetime import date
from pathlib import Path

import pytest

from analysis import actors, dates, meetings
from analysis.front import front_matter
from analysis.knowledge import load
from analysis.schema import codes

CASES = list(
    csv.DictReader(
        (Path(__file__).parent / "cases" / "meetings.tsv").read_text("utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)


def meeting(text, published):
    knowledge = load()
    front = front_matter(text)
    doc = knowledge.annotate("a", text)
    who = actors.find(doc, knowledge, front, published).mentions
    when = dates.infer(doc, knowledge, who, published, front)
    return meetings.find(doc, knowledge, who, when, front)


@pytest.mark.parametrize("case", CASES, ids=[f"{c['reason']} {i}" for i, c in enumerate(CASES)])
def test_case(case):
    published = date.fromisoformat(case["published"]) if case["published"] else None
    found = meeting(case["text"].replace("\\n", "\n"), published)
    if not case["format"]:
        assert found is None
        return
    assert found is not None
    assert found.format == case["format"]
    assert case["place"] in ("?", found.place or "")  # "?": the place is not asked for
    assert case["ordinal"] in ("", str(found.ordinal))
    if case["date"]:
        first, _, last = case["date"].partition("/")
        assert found.date_from == date.fromisoformat(first)
        assert found.date_to == date.fromisoformat(last or first)


def test_every_format_has_a_case():
    told = {c["format"] for c in CASES if c["format"]}
    assert told <= set(codes("format"))
    assert len(told) >= 9


def test_who_takes_part_and_who_is_only_named():
    text = (
        "AMMAN — Italian Foreign Minister Antonio Tajani held talks with Jordanian Foreign "
        "Minister Ayman Safadi in Amman on Tuesday. Tajani conveyed an invitation from President "
        "Sergio Mattarella. Later the same day, Prime Minister Bisher Khasawneh received Tajani."
    )
    found = meeting(text, date(2024, 3, 6))
    assert found.participants == "Antonio Tajani;Ayman Safadi;Bisher Khasawneh"
    assert found.level == "prime_minister"


@pytest.mark.parametrize(
    ("how", "second", "form"),
    [
        ("agreed on Monday to meet again", "In phone talks lasting an hour, Eide", "phone_talks"),
        ("agreed on Monday to meet again", "By telephone, the two ministers", "phone_talks"),
        ("held talks on Monday", "During the call, they", "phone_talks"),
        ("agreed on Monday to meet again", "In a video call, they", "video_talks"),
        ("held talks on Monday", "In a phone call with the Danish minister, Eide", "talks"),
        ("held talks on Monday", "In a separate phone call, Eide", "talks"),
        ("agreed on Monday to meet again", "In a phone call last week they", "talks"),
        ("met in Oslo on Monday", "During the call, they", "talks"),
    ],
)
def test_the_next_sentence_may_tell_that_they_talked_by_telephone(how, second, form):
    text = (
        "OSLO — Norwegian Foreign Minister Espen Eide and Canadian Foreign Minister Melanie Joly "
        f"{how}.\n\n{second} discussed trade."
    )
    found = meeting(text, date(2024, 3, 6))
    assert found.format == form


def test_colleagues_who_are_hosted_take_part():
    text = (
        "OSLO — Norwegian Foreign Minister Espen Eide hosted his colleagues Melanie Joly of Canada "
        "and Lars Rasmussen of Denmark for talks on Monday."
    )
    found = meeting(text, date(2024, 3, 6))
    assert found.participants == "Espen Eide;Melanie Joly;Lars Rasmussen"


def test_without_a_day_the_meeting_was_on_the_day_or_the_day_before():
    text = "Italian Foreign Minister Antonio Tajani met Jordanian Foreign Minister Ayman Safadi."
    found = meeting(text, date(2024, 3, 6))
    assert (found.date_from, found.date_to) == (date(2024, 3, 5), date(2024, 3, 6))
