"""Patterns that are tried only where a word of theirs stands: no text that they find is missed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clauses import BREAKS, _breaks
from analysis.coreference import AND
from analysis.front import PHOTO_CREDIT
from analysis.meeting_cues import FOR_TALKS, TALKS
from analysis.participants import ABSENT, ABSENTS
from analysis.speakers import begun
from analysis.speech_acts import DUTIES, OUGHT
from analysis.tenses import DAY_AHEAD, DAY_AHEADS, DAY_PAST, DAY_PASTS, WEEKDAY_PAST, may_hold
from analysis.verb_subjects import (
    ADVERBIAL,
    GOVERNING,
    LAST_OF_ADVERBS,
    LINKED,
    LINKS,
    PREPOSITION,
    SUBORDINATE,
    SUBORDINATING,
)

NEEDED = {
    OUGHT: DUTIES,
    FOR_TALKS: TALKS,
    ABSENT: ABSENTS,
    PHOTO_CREDIT: ("hoto",),
    AND: ("and", "as well"),
}


@pytest.mark.parametrize("pattern", NEEDED)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_a_pattern_finds_holds_one_of_its_words(pattern, data):
    found = pattern.search(data.draw(st.from_regex(pattern)))
    assert any(word in found.group() for word in NEEDED[pattern])


@pytest.mark.parametrize(
    ("pattern", "words"),
    [(DAY_AHEAD, DAY_AHEADS), (DAY_PAST, DAY_PASTS), (WEEKDAY_PAST, DAY_PASTS)],
)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_pattern_finds_in_any_case_may_hold_one_of_its_words(pattern, words, data):
    found = pattern.search(data.draw(st.from_regex(pattern)))
    assert may_hold(found.group(), words)


@given(st.text(alphabet=" abB.é_1"))
def test_words_are_found_at_their_beginning_as_with_a_boundary(text):
    at = [m.start() for m in re.finditer(begun("ab|b"), text)]
    assert at == [m.start() for m in re.finditer(r"\b(?:ab|b)", text)]


@settings(max_examples=60, deadline=None)
@given(st.from_regex(LINKED))
def test_what_links_a_verb_ends_like_a_link(text):
    assert text.rstrip().endswith(LINKS)


@pytest.mark.parametrize(
    ("pattern", "words"), [(PREPOSITION, GOVERNING), (SUBORDINATE, SUBORDINATING)]
)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_governs_a_subject_ends_with_one_of_its_words(pattern, words, data):
    word = data.draw(st.from_regex(pattern)).split()[-1]
    assert word in words or not word.isalpha()


@settings(max_examples=200, deadline=None)
@given(st.from_regex(ADVERBIAL, fullmatch=True).filter(lambda gap: not gap.isspace() and gap))
def test_no_adverbial_is_taken_for_none(gap):
    word = gap.split()[-1]
    plain = word.isascii() and word.isalpha() and word.islower()
    assert not plain or word in LAST_OF_ADVERBS or word.endswith("ly")


@given(st.lists(st.sampled_from([*BREAKS, "trade", " ", "but"])).map("".join))
def test_breaks_of_clauses_lie_apart_and_none_is_missed(text):
    found = _breaks(text, 0, len(text))
    ends = [next(at + len(b) for b in BREAKS if text.startswith(b, at)) for at in found]
    assert all(end <= at for end, at in zip(ends, found[1:], strict=False))
    assert bool(found) == any(b in text for b in BREAKS)
