"""Title phrases: one phrase for every order of the words, with its offices and its side."""

import pytest

from analysis.knowledge import load
from analysis.lexicon import Lexicon
from analysis.titles import find, owned

KNOWLEDGE = load()


def titles(text):
    doc = KNOWLEDGE.annotate("a", text)
    return find(doc, Lexicon(doc))


FOREIGN = "foreign_minister"
CASES = [
    ("Foreign Minister X", "Foreign Minister", FOREIGN, None),
    ("the foreign minister", "foreign minister", FOREIGN, None),
    ("Minister of Foreign Affairs X", "Minister of Foreign Affairs", FOREIGN, None),
    ("Minister for Foreign Affairs X", "Minister for Foreign Affairs", FOREIGN, None),
    ("minister of foreign affairs", "minister of foreign affairs", FOREIGN, None),
    ("Foreign Affairs Minister X", "Foreign Affairs Minister", FOREIGN, None),
    (
        "State Secretary at the Federal Foreign Office X",
        "State Secretary at the Federal Foreign Office",
        "vice_foreign_minister",
        None,
    ),
    ("Chief finance officer X", "Chief finance officer", "executive", None),
    ("External Affairs Minister X", "External Affairs Minister", FOREIGN, None),
    ("Vietnamese Foreign Minister X", "Vietnamese Foreign Minister", FOREIGN, "VNM"),
    ("Viet Nam's Foreign Minister X", "Viet Nam's Foreign Minister", FOREIGN, "VNM"),
    ("Foreign Minister of Viet Nam X", "Foreign Minister of Viet Nam", FOREIGN, "VNM"),
    (
        "Minister of Foreign Affairs of the Republic of Korea (RoK) X",
        "Minister of Foreign Affairs of the Republic of Korea (RoK)",
        FOREIGN,
        "KOR",
    ),
    ("Deputy Foreign Minister X", "Deputy Foreign Minister", "vice_foreign_minister", None),
    (
        "Deputy Minister of Foreign Affairs X",
        "Deputy Minister of Foreign Affairs",
        "vice_foreign_minister",
        None,
    ),
    (
        "First Vice Minister of Foreign Affairs X",
        "First Vice Minister of Foreign Affairs",
        "vice_foreign_minister",
        None,
    ),
    (
        "Undersecretary for Foreign Affairs X",
        "Undersecretary for Foreign Affairs",
        "vice_foreign_minister",
        None,
    ),
    (
        "Minister of State for External Affairs X",
        "Minister of State for External Affairs",
        "vice_foreign_minister",
        None,
    ),
    ("Minister of National Defence X", "Minister of National Defence", "defence_minister", None),
    ("Minister of National Defense X", "Minister of National Defense", "defence_minister", None),
    ("Deputy Defence Minister X", "Deputy Defence Minister", "vice_defence_minister", None),
    ("Minister of Industry and Trade X", "Minister of Industry and Trade", "trade_minister", None),
    (
        "Trade, Industry and Energy Minister X",
        "Trade, Industry and Energy Minister",
        "trade_minister",
        None,
    ),
    (
        "Minister of Agriculture and Rural Development X",
        "Minister of Agriculture and Rural Development",
        "minister",
        None,
    ),
    (
        "Minister of Trade, Agribusiness and Industry X",
        "Minister of Trade, Agribusiness and Industry",
        "trade_minister",
        None,
    ),
    ("Deputy Prime Minister X", "Deputy Prime Minister", "deputy_prime_minister", None),
    (
        "Deputy Prime Minister and Minister of Foreign Affairs X",
        "Deputy Prime Minister and Minister of Foreign Affairs",
        "deputy_prime_minister;foreign_minister",
        None,
    ),
    (
        "Deputy Prime Minister – Minister of Foreign Affairs X",
        "Deputy Prime Minister – Minister of Foreign Affairs",
        "deputy_prime_minister;foreign_minister",
        None,
    ),
    ("State President X", "State President", "president", None),
    ("National Assembly Chairman X", "National Assembly Chairman", "assembly_chair", None),
    (
        "Chairman of the National Assembly X",
        "Chairman of the National Assembly",
        "assembly_chair",
        None,
    ),
    (
        "Speaker of the House of Representatives X",
        "Speaker of the House of Representatives",
        "assembly_chair",
        None,
    ),
    ("President of the Senate X", "President of the Senate", "assembly_chair", None),
    (
        "Chairman of the People's Committee of Hải Dương Province X",
        "Chairman of the People's Committee of Hải Dương Province",
        "governor",
        None,
    ),
    ("Governor of Gangwon Province X", "Governor of Gangwon Province", "governor", None),
    ("Korean Ambassador to Viet Nam X", "Korean Ambassador to Viet Nam", "ambassador", "KOR"),
    ("Ambassador to Viet Nam X", "Ambassador to Viet Nam", "ambassador", None),
    ("Chairman of Daehan Group X", "Chairman of Daehan Group", "executive", None),
    ("Central Bank Governor X", "Central Bank Governor", "official", None),
    ("WTO Director-General X", "Director-General", "official", None),
]


@pytest.mark.parametrize(("text", "phrase", "roles", "side"), CASES, ids=[c[0] for c in CASES])
def test_phrase(text, phrase, roles, side):
    (title,) = titles(text)
    assert text[title.start : title.end] == phrase
    assert ";".join(title.roles) == roles
    assert title.side == side


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Foreign Minister X", "title"),
        ("General X", "rank"),
        ("Mr X", "honorific"),
        ("his Korean counterpart", "counterpart"),
        ("the Korean official", "generic"),
        ("his wife, X,", "kin"),
    ],
)
def test_kind(text, kind):
    (title,) = titles(text)
    assert title.kind == kind


def test_an_office_once_held():
    (title,) = titles("former Foreign Minister X")
    assert title.former
    assert not titles("Foreign Minister X")[0].former


def test_two_persons_are_two_phrases():
    text = "Foreign Minister X and the Trade Minister Y, Defence Minister Z"
    assert [text[t.start : t.end] for t in titles(text)] == [
        "Foreign Minister",
        "Trade Minister",
        "Defence Minister",
    ]


def test_an_apposition_ends_before_the_next_person():
    text = "X, a Korean economist, and Professor Y Z"
    assert [text[t.start : t.end] for t in titles(text)] == ["Korean economist", "Professor"]


@pytest.mark.parametrize(
    "text", ["ministerial talks", "the ministry", "presidential", "the speakership", "governance"]
)
def test_no_phrase(text):
    assert titles(text) == []


def test_whose():
    text = "his Korean counterpart met the Korean official"
    first, second = titles(text)
    assert owned(text, first)
    assert not owned(text, second)
