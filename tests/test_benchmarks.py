"""The articles that speed is measured on: many, different, and the same every time."""

import sys
from itertools import islice
from pathlib import Path

import pytest

from analysis.articles import articles_frame, parse_text
from analysis.tables import extract

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def varied():
    """Return the generator of varied articles, imported as the benchmark imports it."""
    sys.path.insert(0, str(FOLDER))
    try:
        from articles import varied
    finally:
        sys.path.remove(str(FOLDER))
    return varied


def test_articles_come_one_at_a_time(varied):
    assert len(list(islice(varied(10**9), 3))) == 3


def test_a_seed_gives_the_same_articles_and_another_seed_others(varied):
    assert list(varied(20)) == list(varied(20))
    assert not {text for _, text in varied(20)} & {text for _, text in varied(20, seed=1)}


def test_hardly_a_sentence_comes_twice(varied):
    lines = [line for _, text in varied(200) for line in text.split(". ") if len(line) > 40]
    assert len(set(lines)) > 0.8 * len(lines)


def test_there_is_as_much_to_find_as_in_the_readouts(varied):
    read = [parse_text(text, name, name, "0", None) for name, text in varied(40)]
    tables = extract(articles_frame(read))
    assert len(tables.meetings) > 0.9 * 40
    assert set(tables.figures["article_id"]) == set(tables.articles["article_id"])
    assert (tables.actors["kind"] == "person").sum() > 6 * 40
