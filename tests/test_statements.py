"""Statements: which verbs are acts of speech, whose they are, and what only looks like one."""

import csv
from pathlib import Path

import pytest

from analysis import actors
from analysis.front import front_matter
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


def marked():
    """Return the cases; one whose reason opens with "known miss" is expected to fail."""
    for case in cases():
        miss = case["reason"].startswith("known miss")
        marks = [pytest.mark.xfail(strict=True, reason=case["reason"])] if miss else []
        yield pytest.param(case, marks=marks, id=case["text"][:60])


@pytest.mark.parametrize("case", list(marked()))
def test_case(case):
    found = statements(SETTING + case["text"])
    wanted = [w for w in case["expected"].split("; ") if w]
    shown = [f"{s.source}/{s.side}/{s.act}" for s in found]
    assert agree(found, wanted), f"{case['reason']}: wanted {wanted}, found {shown}"


def test_cases_are_many_and_distinct():
    texts = [c["text"] for c in cases()]
    assert len(texts) >= 190
    assert len(set(texts)) == len(texts)
    assert all(c["reason"] for c in cases())
    assert sum(not c["expected"] for c in cases()) >= 45, "cases that must not match"


def test_the_notation_of_the_cases_tells_right_from_wrong():
    (found,) = statements(SETTING + "Ahn proposed a fair.")
    assert agree([found], ["Ahn/KOR/propose"])
    assert agree([found], ["?Ahn/KOR/state", "*/KOR/state|propose"])
    for wrong in ("Hạnh/KOR/propose", "Ahn/VNM/propose", "Ahn/KOR/state"):
        assert not agree([found], [wrong])
    assert not agree([found], [])
    assert not agree([], ["Ahn/KOR/propose"])


def test_every_act_of_the_verbs_has_a_case():
    covered = {
        act
        for case in cases()
        for wanted in case["expected"].split("; ")
        for act in wanted.rpartition("/")[2].split("|")
    }
    assert covered >= {row.act for row in KNOWLEDGE.rows["verbs"] if row.act}


@pytest.mark.parametrize(
    ("sentence", "addressee"),
    [
        ("Hạnh asked Ahn to come.", "Ahn Jae-wook"),
        ("Ahn told the Vietnamese deputy minister so.", "Lương Thị Hạnh"),
        ("Hạnh urged the RoK to open its market.", "KOR"),
        ("Hạnh said the market was open.", None),
    ],
)
def test_addressee(sentence, addressee):
    (found,) = statements(SETTING + sentence)
    assert found.addressee == addressee


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("Hạnh welcomed the guests. Her deputy said that trade grew.", "Trần Văn Bách"),
        ("Ahn welcomed the progress. His deputy said that trade grew.", "Seo Ji-hun"),
        ("Hạnh spoke. The Korean deputy said that trade grew.", "Seo Ji-hun"),
        ("Seo thanked Hạnh. The deputy said that trade grew.", "Seo Ji-hun"),
    ],
)
def test_a_deputy_is_of_a_lower_rank_and_of_the_side_of_whose_he_is(said, source):
    setting = (
        "HÀ NỘI — Vietnamese Foreign Minister Lương Thị Hạnh received Korean Foreign Minister Ahn "
        "Jae-wook on Monday. Vice Foreign Minister Trần Văn Bách of Việt Nam and Korean Vice "
        "Foreign Minister Seo Ji-hun came too.\n\n"
    )
    assert statements(setting + said)[-1].source == source


def test_a_deputy_whom_nobody_named_is_nobody_else():
    found = statements(SETTING + "Ahn spoke of ties. His deputy said that trade grew.")
    assert [s.source for s in found] == ["Ahn Jae-wook"], "his own words, not his deputy's"


@pytest.mark.parametrize(
    ("said", "sources"),
    [
        ("He said trade grew. She added that exports grew. He urged calm.", "Salim Ann Salim"),
        ("She said trade grew. He added that exports grew.", "Salim Ann"),
        ("Mr Salim al-Rawahi thanked her. She said trade grew.", "Salim Ann"),
        ("Ms Otieno thanked him. He said trade grew.", "Ann Salim"),
        ("Ms Otieno thanked him. She said trade grew.", "Ann Ann"),
        ("Otieno thanked him. She said trade grew.", "Ann Ann"),
        ("Al-Rawahi thanked her. He said trade grew.", "Salim Salim"),
    ],
)
def test_who_is_he_is_not_she(said, sources):
    setting = (
        "MUSCAT — Omani Minister of Labour Salim al-Rawahi met Kenyan Ambassador Ann Otieno on "
        "Monday.\n\n"
    )
    found = [s.source.split()[0] for s in statements(setting + said)]
    assert found == sources.split()


def test_who_alone_is_in_a_text_is_whoever_speaks():
    text = "MUSCAT — Omani Minister Salim al-Rawahi spoke on Monday.\n\nHe said so. She said so."
    assert [s.source for s in statements(text)] == ["Salim al-Rawahi"] * 2


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("The Prince conveyed greetings.", "Mishaal bin Faris"),
        ("His Highness thanked her.", "Mishaal bin Faris"),
        ("Her Excellency thanked the Prince.", "Norhayati Osman"),
        ("The General thanked him.", None),
        ("His Majesty thanked the guests.", "Mishaal bin Faris"),
        ("Her Majesty thanked the guests.", None),
        ("The general public thanked the guests.", None),
    ],
)
def test_ranks_and_honorifics_stand_for_their_bearers(said, source):
    setting = (
        "RIYADH — Saudi Minister of Trade Prince Mishaal bin Faris received the Malaysian Minister "
        "of Plantation, Norhayati Osman, on Monday.\n\n"
    )
    assert [s.source for s in statements(setting + said)] == ([source] if source else [])


def test_a_host_is_somebody_in_office():
    text = (
        "ACCRA — “The boys never stopped running,” coach Ebo Quansah said.\n\nGhanaian Foreign "
        "Minister Akosua Bonsu sat next to Dutch Foreign Minister Marleen Terpstra. Terpstra told "
        "reporters that trade grew. Her host said that football was easy."
    )
    sources = [s.source.split()[0] for s in statements(text)]
    assert sources[-2:] == ["Marleen", "Akosua"]


def test_acts_of_one_sentence_part_its_characters():
    text = SETTING + "Ahn thanked Hạnh, praised the city and promised to return."
    found = statements(text)
    spans = [text[s.start : s.end] for s in found]
    assert spans == ["Ahn thanked Hạnh, ", "praised the city and ", "promised to return."]


def test_a_headline_and_a_caption_state_nothing():
    text = "Ahn praises Hạnh\nHÀ NỘI — Vietnamese Minister Lê Văn A met Korean Minister Ahn B."
    assert statements(text) == []


def test_role_phrases_and_pronouns_become_mentions():
    text = SETTING + "Ahn spoke. He said trade was growing. The Vietnamese host thanked him."
    doc = KNOWLEDGE.annotate("a", text)
    who = actors.find(doc, KNOWLEDGE, front_matter(text), None)
    _, meant = find(doc, KNOWLEDGE, who, front_matter(text))
    assert [(m.surface, m.actor.split()[0], m.form) for m in meant] == [
        ("He", "Ahn", "pronoun"),
        ("Vietnamese host", "Lương", "role"),
    ]
    assert all(text[m.start : m.end] == m.surface for m in meant)
