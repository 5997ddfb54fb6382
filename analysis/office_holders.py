"""What is known of a person by name, however it is written: its spelling, the side, the offices.

Office-holders stand in ``offices.csv``; of others the customs of naming tell the side.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.folding import fold
from analysis.names import NameShape, key, short_forms, tidy

if TYPE_CHECKING:
    from analysis.knowledge import Knowledge

TURNED = re.compile(r"[^\W\d_]+-[a-z]+")  # a given name of two syllables: "Ji-won", not "Jean-Luc"
REMEMBERED = 1 << 14  # names: those of a corpus come again and again


class Written(NamedTuple):
    """What a name says as it is written: its letters, and how the person is properly called."""

    folded: str
    key: str
    parts: frozenset[str]
    name: str


class Offices:
    """The terms of office of the knowledge, by the key of the person's name.

    What they say of a name is looked up once and remembered.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.of = lru_cache(REMEMBERED)(self._of)
        self.written = lru_cache(REMEMBERED)(self._written)
        self.shaped = lru_cache(REMEMBERED)(self._shaped)
        self.forms = lru_cache(REMEMBERED)(self._forms)
        self.terms: dict[frozenset[str], list[Any]] = {}
        for row in knowledge.rows["offices"]:
            self.terms.setdefault(_parts(row.surface), []).append(row)
        self.by_key = {key(rows[0].surface): p for p, rows in self.terms.items()}
        self.customs = {r.side: r for r in knowledge.rows["name_customs"]}
        self.shapes = [
            (r.side, re.compile(r.shape)) for r in knowledge.rows["name_customs"] if r.shape
        ]
        titled = [*knowledge.rows["titles"], *knowledge.rows["portfolios"]]
        self.deputies = {r.role: r.deputy for r in titled if r.role and r.deputy}
        bodies = [r.surface for r in knowledge.rows["organisation_heads"]]
        self.shape = NameShape(knowledge.rows["name_words"], bodies)

    def family_first(self, name: str) -> str:
        """Return a name in the order of its country, where its shape betrays that it was turned."""
        given, _, family = name.rpartition(" ")
        if not TURNED.fullmatch(given):
            return name
        turned = f"{family} {given}"
        fits = any(shape.fullmatch(turned.lower()) for _, shape in self.shapes)
        return turned if fits else name

    def _of(self, name: str) -> list[Any]:
        """Return the terms of a person, whatever the spelling and the order of the name.

        Initials stand for the names that begin with them: "S. Jaishankar".
        """
        parts = self.by_key.get(key(name), _parts(name))
        found = self.terms.get(parts, [])
        initials = [p for p in parts if len(p) == 1]
        if found or not initials or len(initials) == len(parts):
            return found
        full = parts.difference(initials)
        fits = [
            terms
            for names, terms in self.terms.items()
            if full < names and all(any(n[0] == i for n in names - full) for i in initials)
        ]
        return fits[0] if len(fits) == 1 else []

    def _written(self, surface: str) -> Written:
        """Return what a name says as a text writes it; a lone word is nobody's name in office."""
        parts = _parts(surface)
        terms = self.of(surface) if len(parts) > 1 else []
        name = terms[0].surface if terms else self.family_first(tidy(surface))
        return Written(fold(surface), key(surface), parts, name)

    def _shaped(self, name: str) -> tuple[list[str], list[str]]:
        """Return the sides whose names look like this one, and those that nothing else looks like.

        Accents or hyphens that are one country's own tell it even where nothing names it.
        """
        plain = fold(name).replace("'", "")
        dashed = name.lower()
        fits, telling = [], []
        for side, shape in self.shapes:
            as_plain, as_dashed = shape.fullmatch(plain), shape.fullmatch(dashed)
            if as_plain or as_dashed:
                fits.append(side)
            if dashed != plain and (as_dashed or (as_plain and not name.isascii())):
                telling.append(side)
        return fits, telling

    def _forms(self, name: str, side: str | None) -> tuple[str, ...]:
        """Return a name and what may stand for it by the custom of a side, folded."""
        short = short_forms(name, self.customs.get(side or ""))
        return tuple(dict.fromkeys(map(fold, (name, *short))))


@lru_cache(maxsize=4)
def offices(knowledge: Knowledge) -> Offices:
    """Return the compiled terms of office of a knowledge, built once."""
    return Offices(knowledge)


def _parts(name: str) -> frozenset[str]:
    return frozenset(key(p) for p in name.split() if key(p))


def office_at(terms: list[Any], day: date | None) -> list[str]:
    """Return the roles that the terms of office give on a day; none without a day."""
    if day is None:
        return []
    iso = day.isoformat()
    return [
        t.role
        for t in terms
        if t.since <= iso[: len(t.since)] and (not t.until or iso[: len(t.until)] <= t.until)
    ]
