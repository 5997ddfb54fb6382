"""Names: where one begins and ends in running text, and which of its parts stand for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.knowledge import load
from analysis.names import NameShape, key, short_forms, tidy

ROWS = load().rows
SHAPE = NameShape(ROWS["name_words"])
CUSTOMS = {r.side: r for r in ROWS["name_customs"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Đinh Quốc Bảo said", "Đinh Quốc Bảo"),
        ("Rhee Sang-woo said", "Rhee Sang-woo"),
        ("RHEE Sang-woo said", "RHEE Sang-woo"),
        ("Luiz Inácio Lula da Silva said", "Luiz Inácio Lula da Silva"),
        ("Hanneke van der Berg said", "Hanneke van der Berg"),
        ("Faisal bin Turki Al Saud said", "Faisal bin Turki Al Saud"),
        ("Ayman al-Hourani said", "Ayman al-Hourani"),
        ("Fiona O’Sullivan’s visit", "Fiona O’Sullivan"),
        ("Fiona O'Sullivan's visit", "Fiona O'Sullivan"),
        ("Robert J. Hollis Jr. said", "Robert J. Hollis Jr."),
        ("K. P. Nambiar said", "K. P. Nambiar"),
        ("K.P. Nambiar said", "K.P. Nambiar"),
        ("Md. Rafiqul Haque said", "Md. Rafiqul Haque"),
        ("Jean-Luc Béranger, who", "Jean-Luc Béranger"),
        ("Þórdís Gunnarsdóttir and", "Þórdís Gunnarsdóttir"),
        ("Kemal Yılmazer met", "Kemal Yılmazer"),
        ("Juan Tomás de la Vega met", "Juan Tomás de la Vega"),
        ("Suharyono met", "Suharyono"),
        ("Kim Dae-ho On Monday", "Kim Dae-ho"),
        ("Kim Dae-ho Monday", "Kim Dae-ho"),
        ("Kim Dae-ho\nMonday", "Kim Dae-ho"),
        ("the minister", ""),
        ("The minister", ""),
        ("3 ministers", ""),
        ("March 3", ""),
        ("", ""),
    ],
)
def test_the_name_that_starts_a_text(text, name):
    assert text[: SHAPE.at(text, 0)] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("met Đinh Quốc Bảo", "Đinh Quốc Bảo"),
        ("yesterday Hanneke van der Berg", "Hanneke van der Berg"),
        ("by Ayman al-Hourani", "Ayman al-Hourani"),
        ("with K. P. Nambiar", "K. P. Nambiar"),
        ("with Md. Rafiqul Haque", "Md. Rafiqul Haque"),
        ("On Monday Kim Dae-ho", "Kim Dae-ho"),
        ("Meanwhile Kim Dae-ho", "Kim Dae-ho"),
        ("the minister", ""),
    ],
)
def test_the_name_that_ends_a_text(text, name):
    assert text[SHAPE.before(text, len(text), 0) :] == name


def test_a_name_ends_where_something_else_begins():
    text = "Kim Dae-ho Viet Nam"
    assert text[: SHAPE.at(text, 0, {text.index("Viet")})] == "Kim Dae-ho"


def test_a_name_does_not_reach_over_the_floor():
    text = "Foreign Minister Kim"
    assert SHAPE.before(text, len(text), text.index("Minister")) == text.index("Minister")


@given(st.text(max_size=80), st.integers(0, 80))
def test_a_name_lies_inside_any_text(text, at):
    at = min(at, len(text))
    assert at <= SHAPE.at(text, at) <= len(text)
    assert 0 <= SHAPE.before(text, at, 0) <= at


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Cho Tae-yul", "CHO Tae Yul", True),
        ("Bùi Thanh Sơn", "Bui Thanh Son", True),
        ("Fiona O'Sullivan", "Fiona O’Sullivan", True),
        ("Cho Tae-yul", "Cho Tae-yong", False),
    ],
)
def test_key(one, other, same):
    assert (key(one) == key(other)) is same


@pytest.mark.parametrize(
    ("name", "tidied"),
    [
        ("RHEE Sang-woo", "Rhee Sang-woo"),
        ("LÊ Văn HẢI", "Lê Văn Hải"),
        ("K. P. Nambiar", "K. P. Nambiar"),
        ("Robert McKay", "Robert McKay"),
    ],
)
def test_tidy(name, tidied):
    assert tidy(name) == tidied


@pytest.mark.parametrize(
    ("name", "side", "usual", "never"),
    [
        ("Đinh Quốc Bảo", "VNM", "Bảo", "Đinh"),
        ("Rhee Sang-woo", "KOR", "Rhee", "Sang"),
        ("Wang Zhenhua", "CHN", "Wang", "Zhen"),
        ("Khamphoui Sisavath", "LAO", "Khamphoui", "Sisavath"),
        ("Somchai Rattanakul", "THA", "Somchai", "Rattanakul"),
        ("Tadesse Bekele", "ETH", "Tadesse", "Bekele"),
        ("Joko Raharjo", "IDN", "Raharjo", ""),
        ("Aung Kyaw Thu", "MMR", "Kyaw Thu", "Thu"),
    ],
)
def test_short_forms_follow_the_custom_of_the_country(name, side, usual, never):
    forms = short_forms(name, CUSTOMS[side])
    assert usual in forms
    assert never not in forms


def test_without_a_custom_any_part_may_stand_for_the_name():
    assert {"Lins", "Andrade", "Otávio"} <= set(short_forms("Otávio Lins de Andrade", None))


def test_particles_and_initials_stand_for_nobody():
    forms = short_forms("K. P. van der Nambiar", None)
    assert not {"K.", "P.", "van", "der"} & set(forms)


def test_one_name_has_no_short_form():
    assert short_forms("Suharyono", CUSTOMS["IDN"]) == []
