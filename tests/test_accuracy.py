"""Extraction is as accurate as promised, and does not get worse on any annotated set."""

from functools import cache
from pathlib import Path

import pytest

from analysis.evaluate import evaluate, evaluate_money

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests" / "gold"

# The least that is accepted of each measure: F1, or accuracy.
DEVELOPMENT = {
    "topics_sentence": 0.90,
    "person_mentions": 0.95,
    "persons": 0.97,
    "organisations": 0.93,
    "figures_value": 0.95,
    "money": 0.97,
    "statements": 0.93,
    "person_side": 0.97,
    "person_roles": 0.93,
    "figure_status": 0.92,
    "figure_horizon": 0.92,
    "figure_measure": 0.92,
    "statement_side": 0.94,
    "statement_source": 0.90,
    "statement_act": 0.90,
    "published_contains": 1.0,
    "meeting_date": 0.95,
    "meeting_format": 0.90,
}
SEEDS = DEVELOPMENT | {
    "topics_sentence": 0.95,
    "person_mentions": 0.98,
    "organisations": 0.95,
    "figures_value": 0.97,
    "money": 1.0,
    "person_side": 1.0,
    "person_roles": 1.0,
    "figure_status": 1.0,
    "figure_horizon": 1.0,
    "figure_measure": 1.0,
}
# Texts of other countries and houses, written before any rule was mended by them. What they were
# first scored at stands in tests/gold/README.md; these bars only keep them from getting worse.
WORLD = {measure: bar - 0.04 for measure, bar in DEVELOPMENT.items()} | {"person_side": 0.85}
WORLD_2 = WORLD | {"published_contains": 0.80, "meeting_date": 0.70, "meeting_format": 0.70}
del WORLD_2["figure_horizon"]  # two items
WORLD_3 = WORLD_2 | {"person_side": 0.80, "person_roles": 0.85, "figure_measure": 0.85}
del WORLD_3["organisations"]  # eight items
WORLD_4 = WORLD_3 | {"person_roles": 0.80}
MONEY_SENTENCES = 0.85


@cache
def reached(gold: str, texts: str) -> dict[str, float]:
    summary = evaluate(GOLD / gold, ROOT / texts).summary().set_index("measure")
    return summary["f1"].fillna(summary["accuracy"]).to_dict()


def hold(gold: str, texts: str, measure: str, bar: float) -> None:
    value = reached(gold, texts)[measure]
    assert value >= bar, (
        f"{measure} is {value:.3f} on {gold}, below {bar:.2f}; read the misses with "
        f"`analysis evaluate --gold tests/gold/{gold} --texts {texts} --errors`"
    )


@pytest.mark.parametrize(("measure", "bar"), SEEDS.items())
def test_seeds(measure: str, bar: float) -> None:
    hold("seeds.json", "seeds", measure, bar)


@pytest.mark.parametrize(("measure", "bar"), DEVELOPMENT.items())
def test_development_set(measure: str, bar: float) -> None:
    hold("readouts.jsonl", "tests/gold/readouts", measure, bar)


@pytest.mark.parametrize(("measure", "bar"), WORLD.items())
def test_first_set_of_the_world(measure: str, bar: float) -> None:
    hold("world.jsonl", "tests/gold/world", measure, bar)


@pytest.mark.parametrize(("measure", "bar"), WORLD_2.items())
def test_second_set_of_the_world(measure: str, bar: float) -> None:
    hold("world2.jsonl", "tests/gold/world2", measure, bar)


@pytest.mark.parametrize(("measure", "bar"), WORLD_3.items())
def test_third_set_of_the_world(measure: str, bar: float) -> None:
    hold("world3.jsonl", "tests/gold/world3", measure, bar)


@pytest.mark.parametrize(("measure", "bar"), WORLD_4.items())
def test_fourth_set_of_the_world(measure: str, bar: float) -> None:
    hold("world4.jsonl", "tests/gold/world4", measure, bar)


def test_money_in_sentences_of_a_newswire() -> None:
    summary = evaluate_money(GOLD / "money_sentences.jsonl").summary().set_index("measure")
    assert summary.loc["money", "f1"] >= MONEY_SENTENCES
