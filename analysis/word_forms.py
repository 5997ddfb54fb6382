"""The forms of a word that no list need spell out: inflection, British and American spelling.

They are added to the patterns of the matcher when these are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def plural(word: str) -> str:
    """Return the regular English plural of a noun."""
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def verb_forms(word: str) -> list[str]:
    """Return the regular forms of an English verb: base, -s, -ed, -ing."""
    third = plural(word)
    if word.endswith("e"):
        return [word, third, word + "d", word[:-1] + "ing"]
    if word.endswith("y") and word[-2:-1] not in ("a", "e", "o", "u"):
        return [word, third, word[:-1] + "ied", word + "ing"]
    return [word, third, word + "ed", word + "ing"]


def inflect(surface: str, how: str, forms: str = "") -> list[str]:
    """Return the forms of an entry: of its last word (noun), of its first word (verb), or itself.

    `forms` holds irregular forms, separated by ``;``: of a noun its plural, of a verb the
    other forms of its first word.
    """
    given = [f for f in forms.split(";") if f]
    if how == "verb":
        first, space, rest = surface.partition(" ")
        return [f + space + rest for f in (given and [first, *given]) or verb_forms(first)]
    if how == "noun":
        return [surface, *(given or [plural(surface)])]
    return [surface, *given]


def spellings(surface: str, words: Mapping[str, str]) -> Iterator[str]:
    """Yield the British and the American spelling of an entry.

    `words` maps a word to its other spelling; -isation and -ising change by rule.
    """
    yield surface
    tokens = surface.split(" ")
    other = [_respelt(t, words) for t in tokens]
    if other != tokens:
        yield " ".join(other)


def _respelt(word: str, words: Mapping[str, str]) -> str:
    low = word.lower()
    if low not in words and "is" not in low:
        return word
    other = words.get(low) or low.replace("isation", "ization").replace("ising", "izing")
    return word if other == low else other.capitalize() if word[:1].isupper() else other
