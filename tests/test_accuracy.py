"""Extraction is as accurate as promised, on texts it was developed with and on texts it was not."""

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
# Texts that nobody tuned a rule on may come out four points lower.
HELDOUT = {measure: bar - 0.04 for measure, bar in DEVELOPMENT.items()}
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


@pytest.mark.parametrize(("measure", "bar"), HELDOUT.items())
def test_held_out_set(measure: str, bar: float) -> None:
    value = reached("heldout.jsonl", "tests/gold/heldout")[measure]
    # Where to look is not said: once a rule is mended by these texts, they are held out no more.
    assert value >= bar, f"{measure} is {value:.3f} on the held-out set, below {bar:.2f}"


def test_money_in_sentences_of_a_newswire() -> None:
    summary = evaluate_money(GOLD / "money_sentences.jsonl").summary().set_index("measure")
    assert summary.loc["money", "f1"] >= MONEY_SENTENCES
