"""The matcher: folding keeps every offset, forms are spelt out, capitals and accents count."""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.folding import DASHES, fold
from analysis.knowledge import context, load
from analysis.knowledge_files import FILES
from analysis.matcher import Hit, Matcher, longest
from analysis.word_forms import inflect, plural, spellings, verb_forms

KNOWLEDGE = load()


class Row(NamedTuple):
    surface: str


def found(text, *surfaces):
    """Return the stretches of `text` that a matcher of `surfaces` finds."""
    matcher = Matcher(("words", s, Row(s)) for s in surfaces)
    return [text[h.start : h.end] for h in matcher.scan(text, fold(text))["words"]]


# ---------------------------------------------------------------- folding


@given(st.text(max_size=200))
def test_folding_keeps_the_length_and_is_done_once(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(st.text(max_size=200))
def test_a_long_text_folds_as_its_characters_do(text):
    assert fold(40 * "A" + text)[40:] == "".join(map(fold, text))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đinh Quốc Bảo", "dinh quoc bao"),
        ("HUẾ", "hue"),
        ("Łódź Ødegård Þórdís", "lodz odegard tordis"),
        ("İstanbul ışık", "istanbul isik"),
        ("조태열 장관", "조태열 장관"),
        ("外交部长", "外交部长"),
        ("Ho–jin", "ho jin"),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("“so”, he’d", '"so", he\'d'),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_is_a_blank(dash):
    assert found(f"a Vietnam{dash}Korea fund", "Vietnam Korea") == [f"Vietnam{dash}Korea"]


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("treaty", "treaties"),
        ("day", "days"),
        ("tax", "taxes"),
        ("church", "churches"),
        ("car", "cars"),
    ],
)
def test_plural(noun, many):
    assert plural(noun) == many


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("propose", ["propose", "proposes", "proposed", "proposing"]),
        ("rely", ["rely", "relies", "relied", "relying"]),
        ("stay", ["stay", "stays", "stayed", "staying"]),
        ("wish", ["wish", "wishes", "wished", "wishing"]),
    ],
)
def test_regular_verbs(verb, forms):
    assert verb_forms(verb) == forms


def test_the_last_word_of_a_noun_and_the_first_of_a_verb_are_inflected():
    assert inflect("free trade area", "noun") == ["free trade area", "free trade areas"]
    assert inflect("man of state", "noun", "men of state") == ["man of state", "men of state"]
    assert inflect("call on", "verb")[:3] == ["call on", "calls on", "called on"]
    assert inflect("speak of", "verb", "speaks;spoke") == ["speak of", "speaks of", "spoke of"]
    assert inflect("as is", "literal") == ["as is"]


def test_other_spelling():
    words = {"defence": "defense", "labour": "labor"}
    assert list(spellings("defence", words)) == ["defence", "defense"]
    assert list(spellings("Labour law", words)) == ["Labour law", "Labor law"]
    assert list(spellings("modernisation", words)) == ["modernisation", "modernization"]
    assert list(spellings("trade", words)) == ["trade"]


def test_no_verb_repeats_the_words_that_follow_it():
    for row in KNOWLEDGE.rows["verbs"]:
        rest = row.surface.partition(" ")[2]
        forms = inflect(row.surface, "verb", row.forms)
        assert not rest or not any(f.endswith(f"{rest} {rest}") for f in forms), row


# ---------------------------------------------------------------- what matches what


@pytest.mark.parametrize(
    ("text", "surface", "hits", "reason"),
    [
        ("The UN met.", "UN", ["UN"], "capitals match capitals"),
        ("un autre", "UN", [], "capitals match nothing else"),
        ("Un autre", "UN", [], "one capital is not all"),
        ("The Party met.", "Party", ["Party"], "a capital matches a capital"),
        ("the party met", "Party", [], "a capital matches no small letter"),
        ("THE PARTY MET", "Party", ["PARTY"], "a headline in capitals"),
        ("Trade grew, TRADE fell", "trade", ["Trade", "TRADE"], "small letters match any case"),
        ("in Hue today", "Huế", ["Hue"], "no accents in the text"),
        ("in Huế today", "Hue", ["Huế"], "no accents in the entry"),
        ("Mr Huệ spoke", "Huế", [], "other accents are another word"),
        ("Hoà Bình", "Hòa Bình", ["Hoà Bình"], "the place of an accent does not count"),
        ("untrade trades", "trade", [], "inside a word is no match"),
        ("trade-offs", "trade offs", ["trade-offs"], "hyphen or blank"),
        ("Vietnam’s firms", "Vietnam", ["Vietnam"], "a curly apostrophe ends a word"),
        ("ended.The talks", "The", ["The"], "a missing blank"),
        ("cooperationVietnam", "Vietnam", ["Vietnam"], "words glued where the case turns"),
        ("US$5 million", "US", [], "a currency sign is no country"),
        ("the US and", "US", ["US"], "the country itself"),
        ("a\ntrade\ndeal", "trade deal", ["trade\ndeal"], "a line break is a blank"),
        ("한국과 베트남", "베트남", ["베트남"], "Hangul"),
    ],
)
def test_match(text, surface, hits, reason):
    assert found(text, surface) == hits, reason


def test_overlapping_hits_come_by_start_and_longest_first():
    text = "free trade agreement"
    assert found(text, "trade", "free trade", "free trade agreement") == [
        "free trade agreement",
        "free trade",
        "trade",
    ]


def test_longest_keeps_what_nothing_covers():
    hits = [Hit(0, 20, "a"), Hit(0, 10, "b"), Hit(5, 10, "c"), Hit(15, 25, "d"), Hit(30, 31, "e")]
    assert [h.row for h in longest(hits)] == ["a", "d", "e"]


@pytest.mark.parametrize("name", [n for n, spec in FILES.items() if spec.scan])
def test_every_entry_finds_itself(name):
    for row in KNOWLEDGE.rows[name]:
        text = f"; {row.surface} ;"
        kind = context(row.group) if name == "contexts" else name
        hits = KNOWLEDGE.matcher.scan(text, fold(text))[kind]
        assert any(found == row for _, _, found in hits), (
            f"{name}.csv: {row.surface!r} cannot match"
        )


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_hits_lie_inside_any_text(text):
    for hits in KNOWLEDGE.matcher.scan(text, fold(text)).values():
        assert hits == sorted(hits, key=lambda h: (h[0], -h[1]))
        assert all(0 <= start < end <= len(text) for start, end, _ in hits)
