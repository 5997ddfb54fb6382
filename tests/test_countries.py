"""Countries: the derived file is what the libraries yield; words added by hand add to it."""

import derive_countries

from analysis.folding import fold
from analysis.knowledge import load
from analysis.lexicon import Lexicon
from analysis.matcher import longest

KNOWLEDGE = load()
ROWS = KNOWLEDGE.rows


def test_countries_are_those_of_the_libraries():
    written = (derive_countries.KNOWLEDGE / "countries.csv").read_text(encoding="utf-8")
    assert written == derive_countries.countries(), "run tests/derive_countries.py"


def test_words_added_by_hand_are_not_derived_already():
    derived = {fold(r.surface) for r in ROWS["countries"]}
    again = [r.surface for r in ROWS["country_words"] if fold(r.surface) in derived]
    assert not again, f"in countries.csv already: {again}"


def test_sides_are_alpha_3_codes_and_each_word_says_what_it_is():
    for row in [*ROWS["countries"], *ROWS["country_words"]]:
        assert row.kind in {
            *("name", "adjective", "people", "capital", "city", "seat", "region", "bloc")
        }, row
        assert bool(row.side) == (row.kind != "region"), row
        assert not row.side or (len(row.side) == 3 and row.side.isupper()), row


def test_every_state_of_a_custom_or_an_office_has_a_name():
    named = {r.side for name in ("countries", "country_words") for r in ROWS[name]}
    asked = {r.side for name in ("name_customs", "offices") for r in ROWS[name]}
    assert asked <= named


def sides(text):
    """Return the sides that a text names, the longest name first at each place."""
    places = Lexicon(KNOWLEDGE.annotate("case", text)).places
    return [hit.row.side for hit in longest(places) if hit.row.side]


def test_the_longest_name_of_a_state_wins():
    assert sides("in the eastern Democratic Republic of Congo") == ["COD"]
    assert sides("the Democratic Republic of the Congo and the Republic of Congo") == ["COD", "COG"]
    assert sides("the Republic of Sudan and Bosnia-Herzegovina") == ["SDN", "BIH"]
    assert sides("the Congo Basin, Lake Chad, the Niger Delta and Northern Ireland") == ["GBR"]
