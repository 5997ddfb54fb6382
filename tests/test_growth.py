"""What a text costs grows with its length, however often it repeats one thing."""

import time

import pytest

from analysis.knowledge import load
from analysis.tables import extract_texts

KNOWLEDGE = load()
LENGTH = 8000  # characters; the cost is compared with that of a text four times as long
ALLOWED = 8  # times; linear is 4, quadratic 16
REPEATED = {
    "numbers": "111 ",
    "talks": "talks during the ",
    "dialogues": "the 5th dialogue ",
    "portfolios": "Minister of Xxx and Yyy, ",
    "acronyms": "Rural Energy Agency (REA) ",
    "speeches": "President Aa Bb said ",
    "counterparts": "his counterpart X, ",
    "energies": "Energy ",
    "dots": ".",
    "spaced dots": ". ",
    "capitals": "Aa, ",
    "said": "said ",
    "quoted": '"said ',
}


def many_names(length):
    """Return a text in which every sentence names somebody new."""
    given = ("Anders", "Bela", "Carlo", "Dinu", "Emil", "Fabio", "Goran", "Hanno")
    ends = ("ak", "el", "in", "os", "ur", "an", "em", "il")
    told = "".join(
        f"Trade Minister {given[i % 8]} {chr(65 + i % 26)}{ends[i // 8 % 8]}{ends[i % 7]} agreed. "
        for i in range(length // 40)
    )
    return told[:length]


def text_of(what, length):
    """Return a text of a length that repeats one thing."""
    if what == "names":
        return many_names(length)
    head = "two sides " if what == "energies" else ""
    return head + REPEATED[what] * (length // len(REPEATED[what]))


def cost(text):
    """Return the least processor time of three extractions."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        extract_texts([("repeated", text, None)], KNOWLEDGE)
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize("what", [*REPEATED, "names"])
def test_the_cost_grows_with_the_length(what):
    short, long = (cost(text_of(what, n)) for n in (LENGTH, LENGTH * 4))
    assert long <= ALLOWED * short, f"{short:.3f} s became {long:.3f} s for four times the text"
