"""Texts whose words were swapped, glued, cut and recased: whatever they say, rows stand on them."""

import random
from datetime import date
from pathlib import Path

import pytest
from fuzz import proven

from analysis.extraction import extract_texts
from analysis.knowledge import load

HERE = Path(__file__).parent
TEXTS = sorted([*(HERE.parent / "seeds").glob("*.txt"), *(HERE / "gold").glob("*/*.txt")])
PUT_IN = ("US$5", "12.5", "2030", "May 5,", "two", "Minister", "he", "Mr.", "ễ", "\n\n", "–", "”")
ROUNDS = 3


def changed(words, at, rng):
    """Change one word of a list, or its place."""
    word, other = words[at], rng.randrange(len(words))
    match rng.randrange(6):
        case 0:
            words[at] = rng.choice((word.upper(), word.lower(), word.capitalize()))
        case 1:
            words[at] = ""
        case 2:
            words[at] = word + rng.choice((",", ".", ";", '"', "'s", "-", "\u00a0", "\n"))
        case 3:
            words[at] = rng.choice(PUT_IN)
        case 4:
            words[at] = word + words[other]
        case 5:
            words[at], words[other] = words[other], word


def mutated(text, seed):
    """Return a text with about a tenth of its words changed."""
    rng = random.Random(seed)
    words = text.split(" ")
    for _ in range(1 + len(words) // 10):
        changed(words, rng.randrange(len(words)), rng)
    return " ".join(words)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_rows_of_a_mutated_text_stand_on_its_characters(path):
    text = path.read_text("utf-8")
    day = date(2024, 3, 5)
    variants = [("a", mutated(text, seed), day) for seed in range(ROUNDS)]
    for (_, variant, _), (_, tables) in zip(variants, extract_texts(variants, load()), strict=True):
        proven(variant, tables)


def test_an_office_in_apposition_to_a_common_word_names_nobody():
    text = "Prime Minister Ada Lovelace met him. abdullah, who is also the prime minister, spoke."
    ((_, tables),) = extract_texts([("a", text, None)], load())
    proven(text, tables)
    persons = [m.surface for m in tables["actors"] if m.kind == "person"]
    assert persons == ["Ada Lovelace"]
