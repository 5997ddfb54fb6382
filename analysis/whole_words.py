"""Where given words stand whole in a text."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation

FEW = 24  # words to search for one by one


def whole_words(text: str, words: Iterable[str]) -> list[tuple[int, int, str]]:
    """Return where words stand whole in a text, in no order, with the end negative.

    So they sort in the order of the text, the longest first at one place.

    Examples
    --------
    >>> sorted(whole_words("to lam, lam", ["lam", "to lam"]))
    [(0, -6, 'to lam'), (3, -6, 'lam'), (8, -11, 'lam')]
    """
    wanted = [word for word in words if word]
    found = _few(text, wanted) if len(wanted) <= FEW else _many(text, wanted)
    whole = []
    for place in found:
        start, end = place[0], -place[1]
        before, after = text[start - 1 : start], text[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            whole.append(place)
    return whole


def _few(text: str, words: list[str]) -> list[tuple[int, int, str]]:
    """Return where words stand; a search each, while an automaton costs more."""
    found = []
    for word in words:
        at = text.find(word)
        size = len(word)
        while at >= 0:
            found.append((at, -at - size, word))
            at = text.find(word, at + 1)
    return found


def _many(text: str, words: list[str]) -> list[tuple[int, int, str]]:
    """Return the same from one pass over the text, however many words there are."""
    automaton = AhoCorasick(words, implementation=Implementation.NoncontiguousNFA)
    found = automaton.find_matches_as_indexes(text, overlapping=True)
    return [(start, -end, words[word]) for word, start, end in found]
