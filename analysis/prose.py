"""Numbers, shares, lists and names of topics as prose writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.knowledge import load
from analysis.word_forms import plural

DIGITS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip


def listing(parts: Iterable[Any], at_most: int | None = None) -> str:
    """Join parts as a sentence does; of more than `at_most` the others are counted.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a", "b", "c"], at_most=1), listing([])
    ('a, b and c', 'a and 2 more', 'none')
    """
    names = [str(part) for part in parts]
    if at_most is not None and len(names) > at_most:
        names = [*names[:at_most], f"{len(names) - at_most} more"]
    if len(names) < 2:
        return names[0] if names else "none"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def number(n: int) -> str:
    """Write a whole number as prose does: up to twelve in letters.

    Examples
    --------
    >>> number(5), number(71)
    ('five', '71')
    """
    return DIGITS[n] if 0 <= n < len(DIGITS) else f"{n:,}"


def part(n: int) -> str:
    """Write how many of a whole.

    Examples
    --------
    >>> part(0), part(3)
    ('none', 'three')
    """
    return number(n) if n else "none"


def counted(n: int, unit: str) -> str:
    """Write how many of a unit there are.

    Examples
    --------
    >>> counted(1, "meeting"), counted(71, "story")
    ('1 meeting', '71 stories')
    """
    return f"{n:,} {unit}" if n == 1 else f"{n:,} {plural(unit)}"


def name(topic: str) -> str:
    """Return the label of a topic, or a readable form of another id.

    Examples
    --------
    >>> name("east_sea"), name("regional_issues")
    ('East Sea', 'Regional issues')
    """
    return _labels().get(topic) or topic.replace("_", " ").capitalize()


def percent(share: float) -> str:
    """Write a share in whole percent.

    Examples
    --------
    >>> percent(0.529)
    '53 %'
    """
    return f"{100 * share:.0f} %"


def points(change: float) -> str:
    """Write a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(-0.124), points(0.004)
    ('−12.4', '+0.4')
    """
    return f"{100 * change:+.1f}".replace("-", "−")


def sentence(text: str) -> str:
    """Return `text` with a full stop unless it has an end of its own.

    Examples
    --------
    >>> sentence("Trade leads"), sentence("Is it so?"), sentence("")
    ('Trade leads.', 'Is it so?', '')
    """
    return text if not text or text[-1] in ".!?…" else f"{text}."


def _labels() -> dict[str, str]:
    """Return the readable name of each topic of the codebook."""
    return {row.topic: row.label for row in load().rows["topics"]}
