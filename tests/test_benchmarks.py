"""The articles that speed is measured on, many and different; and that each script measures."""

import doctest
import sys
from importlib import import_module
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest

from analysis.articles import articles_frame, parse_text
from analysis.extraction import extract
from analysis.tables import load_tables

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def benchmark():
    """Return how a script imports a module of its folder."""
    sys.path.insert(0, str(FOLDER))
    yield import_module
    sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def varied(benchmark):
    return benchmark("articles").varied


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


@pytest.mark.parametrize("name", ["articles", "measured", "processes", "sizes", "stack"])
def test_examples_of_the_scripts_are_true(benchmark, name):
    found = doctest.testmod(benchmark(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0


def test_every_stage_costs_something_and_all_are_about_the_whole(benchmark, monkeypatch, tmp_path):
    extraction = benchmark("extraction")
    monkeypatch.setattr(extraction, "OUT", tmp_path)
    cost = extraction.measure("varied", 20)
    assert all(cost[stage] > 0 for stage in [*extraction.STAGES, "yardstick", "save", "start"])
    assert sum(cost[stage] for stage in extraction.STAGES) < 2 * cost["extract"]


def test_the_cost_of_a_size_counts_what_was_written(benchmark, tmp_path):
    row = benchmark("sizes").measure(tmp_path, 3)
    articles = pd.read_json(tmp_path / "3.jsonl", lines=True)
    tables = {name: len(table) for name, table in load_tables(tmp_path / "3")}
    assert tables["articles"] == len(articles) == 3
    assert row["rows"] == sum(tables.values()) > 100
    assert 0 < row["tables_mb"] < row["parts_mb"] + row["tables_mb"] < 1
    assert row["cpu"] > 0.1
    assert row["peak_mb"] > 50


def test_a_run_beside_workers_gives_the_same_bytes(benchmark, tmp_path):
    processes, source = benchmark("processes"), tmp_path / "a.jsonl"
    benchmark("articles").write(source, 3)
    _, same = processes.run(source, tmp_path / "out", [])
    beside, again = processes.run(source, tmp_path / "out", ["--workers", "1"])
    assert same == again
    assert beside.own < beside.cpu
    benchmark("articles").write(source, 4)
    assert processes.run(source, tmp_path / "out", [])[1] != same


def test_without_the_packages_to_compare_with_it_says_how_to_get_them(benchmark, monkeypatch):
    stack = benchmark("stack")
    monkeypatch.setattr(stack, "PYTHON", Path("no/such/python"))
    with pytest.raises(stack.NotInstalled, match=r"`python benchmarks/stack\.py` makes"):
        stack.other_side([], [])


def test_packages_to_compare_with_are_pinned(benchmark):
    lines = benchmark("stack").REQUIREMENTS.read_text("utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    assert {line.split("==")[0] for line in wanted} >= {"spacy", "quantulum3", "dateparser"}
    assert all(line.count("==") == 1 for line in wanted)


def test_what_is_found_is_held_against_the_gold_alike_for_both_sides(benchmark):
    stack = benchmark("stack")
    name, gold = next((n, g) for n in stack.CODED for g, _ in stack.coded_texts(n))
    assert name == "readouts"
    persons = [stack.Found(*span) for person in gold.persons for span in person.mentions]
    assert stack.compared("persons", gold, persons) == (len(persons), len(persons), 0)
    nowhere = stack.Found(10**6, 10**6 + 5, 7.0)
    assert stack.compared("persons", gold, [nowhere]) == (len(persons), 0, 1)
    amounts = [f for f in gold.figures if f.kind not in ("date", "ordinal") and not f.optional]
    right = [stack.Found(f.start, f.end, f.value) for f in amounts]
    wrong = [f._replace(value=-1.0) for f in right]
    assert stack.compared("quantities", gold, right) == (len(amounts), len(amounts), 0)
    assert stack.compared("quantities", gold, wrong) == (len(amounts), 0, 0)


def test_ours_is_held_against_the_gold_by_what_it_finds(benchmark):
    stack = benchmark("stack")
    gold, text = next(stack.coded_texts("readouts"))
    found = stack.our_findings([(gold.article_id, text)])
    for kind in stack.KINDS:
        coded, hits, _ = stack.compared(kind, gold, found[kind][gold.article_id])
        assert 0 < hits <= coded


def test_topics_of_a_folder_are_counted_and_drawn(benchmark, monkeypatch, capsys, tmp_path):
    benchmark("articles").write(tmp_path / "a.jsonl", 40)
    benchmark("processes").extraction(tmp_path / "a.jsonl", tmp_path / "tables")
    picture = tmp_path / "years.png"
    monkeypatch.setattr(sys, "argv", ["frequency", str(tmp_path / "tables"), str(picture)])
    benchmark("frequency").main()
    counted, words = capsys.readouterr().out.splitlines()
    assert counted.startswith("40 articles counted: ")
    assert "40 made-up articles" in words
    assert picture.read_bytes().startswith(b"\x89PNG")
