"""What a text costs grows with its length, however often it repeats one thing."""

import time
import tracemalloc

import pytest

from analysis.extraction import extract_texts
from analysis.knowledge import load

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
    "told": "Minister Kim Min-su said Minister Park Jin-ho told ",
}
# What no readout looks like: nothing ends, nothing divides, or everything does.
SHAPES = {
    "no sentence end": "the two sides discussed trade and energy with partners ",
    "one word": "a",
    "all capitals": "SEOUL TALKS HELD ",
    "digits with commas": "1,234,",
    "quotes": '"',
    "nested quotes": "“‘",
    "quotes after a stop": '."',
    "apostrophes after a term": "coast" + "'" * 40,
    "titles": "Mr. ",
    "chained offices": "Minister of Trade, ",
    "short names": "Aa Bb Cc ",
    "dates": "5 March 2025 ",
    "years": "2025-",
    "and": "and ",
    "one term": "trade ",
    "money": "US$1 ",
    "percentages": "5% ",
    "punctuation": ";:,-/()[]!?",
    "marks on letters": "a\u0301\u0302",
    "marks alone": "\u0301",
    "CJK": "韓国外交部長官會談",
    "Hangul": "한국",
    "bidi": "\u202e\u202dab",
    "zero width": "\u200b",
    "one-line paragraphs": "Aa.\n",
    "line ends": "\n",
    "blanks": " ",
    "brackets": "(",
    "initials": "A.B.",
    "addresses": "www.a",
    "mail": "a@",
    "ordinals": "5th ",
    "persons": "Dr. Kim ",
    "sides that speak": "Viet Nam said Korea told Japan, and Korea said Viet Nam told the RoK, ",
    "persons who meet": "Minister Kim Min-su of Viet Nam met Minister Lee Bo-ra of Korea, ",
}
LARGE = 10 * LENGTH
LEAST = 0.02  # seconds; what takes less is not compared
TRIES = 3  # a busy machine may double a cost, but hardly the same one thrice


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


def assert_grows_with_the_length(short, long, least=0.0):
    """Compare the costs of two texts, the second four times as long as the first."""
    for _ in range(TRIES):
        less, more = cost(short), cost(long)
        if more <= ALLOWED * max(less, least):
            return
    pytest.fail(f"{less:.3f} s became {more:.3f} s for four times the text")


@pytest.mark.parametrize("what", [*REPEATED, "names"])
def test_the_cost_grows_with_the_length(what):
    assert_grows_with_the_length(text_of(what, LENGTH), text_of(what, LENGTH * 4))


def memory(text):
    """Return the most memory that an extraction takes at a time."""
    tracemalloc.start()
    extract_texts([("shaped", text, None)], KNOWLEDGE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("what", SHAPES)
def test_a_text_of_a_hostile_shape_costs_what_its_length_does(what):
    unit = SHAPES[what]
    short, long = (unit * (length // len(unit)) for length in (LARGE // 4, LARGE))
    assert_grows_with_the_length(short, long, LEAST / 4)
    less, more = memory(short), memory(long)
    assert more <= ALLOWED * max(less, 2**20), f"{less} bytes became {more}"
