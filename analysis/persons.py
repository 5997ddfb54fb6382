"""Who is in a text: persons introduced by a title, an apposition or a term of office, their sides.

A person is known from the article alone; the terms of office in the knowledge only give the
canonical spelling, and the side or office where the article gives none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analysis.matcher import fold
from analysis.names import NameShape, key, short_forms, tidy
from analysis.namings import Naming

if TYPE_CHECKING:
    from analysis.knowledge import Document, Knowledge
# Whom a speaker tells of, greets from or sends is of the speaker's own side.
OF_THE_SPEAKER = re.compile(r"(?:\b(?:from|that|on behalf of)|['’]s)\s+(?:the\s+)?(?:\w+,\s+)?$")
TURNED = re.compile(r"[^\W\d_]+-[a-z]+")  # a given name of two syllables: "Ji-won", not "Jean-Luc"

RANKS = {"prime", "deputy", "vice"}  # words of a role that change the rank, not the field


@dataclass
class Person:
    """One person of one article."""

    name: str
    parts: frozenset[str]
    first: int
    side: str | None = None
    roles: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)  # the words of office before or after the name


class Offices:
    """The terms of office of the knowledge, by the key of the person's name."""

    def __init__(self, knowledge: Knowledge) -> None:
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

    def of(self, name: str) -> list[Any]:
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


@lru_cache(maxsize=4)
def offices(knowledge: Knowledge) -> Offices:
    """Return the compiled terms of office of a knowledge, built once."""
    return Offices(knowledge)


@lru_cache(maxsize=1 << 16)
def _parts(name: str) -> frozenset[str]:
    return frozenset(key(p) for p in name.split() if key(p))


def persons(
    doc: Document, known: Offices, named: list[Naming], dateline_end: int
) -> tuple[list[Person], dict[int, Person]]:
    """Return the persons of a text, and which naming (by its start) is whose."""
    found: list[Person] = []
    whose: dict[int, Person] = {}
    # Full names first, with their offices: so "Minister Kim" finds the minister of two Kims.
    for full in (True, False):
        for naming in sorted(named, key=lambda n: -(n.end - n.start)):
            surface = doc.text[naming.start : naming.end]
            if (len(_parts(surface)) > 1) is not full:
                continue
            person = _same(found, surface, naming)
            if person is None:
                terms = known.of(surface)
                name = terms[0].surface if terms and full else known.family_first(tidy(surface))
                person = Person(name, _parts(surface), naming.start)
                found.append(person)
            person.first = min(person.first, naming.start)
            whose[naming.start] = person
        _give_offices([n for n in named if n.start in whose], whose, known.deputies)
    _give_sides(doc, known, named, whose, dateline_end)
    for person in found:
        custom = known.customs.get(person.side or "")
        person.forms = short_forms(person.name, custom)
    return sorted(found, key=lambda p: p.first), whose


def _same(found: list[Person], surface: str, naming: Naming) -> Person | None:
    """Return the person already met that a name, or a part of one, stands for."""
    parts = _parts(surface)
    whole = key(surface)
    able = [p for p in found if parts <= p.parts or key(p.name) == whole]
    if len(able) > 1:
        roles = {r for t in naming.titles for r in t.roles}
        office = [p for p in able if roles & set(p.roles)]
        office = office or [p for p in able if p.heads & {t.head for t in naming.titles}]
        kin = [p for p in able if any(means(r, h) for r in roles for h in p.roles)]
        office = office or kin
        able = office or able
    if not able:
        return None
    return min(able, key=lambda p: (p.first > naming.start, p.first))


def means(office: str, held: str) -> bool:
    """Tell whether an office named without its field may be one that is held.

    Examples
    --------
    >>> means("minister", "foreign_minister"), means("minister", "vice_minister")
    (True, False)
    """
    words, all_words = set(office.split("_")), set(held.split("_"))
    return words <= all_words and not (all_words - words) & RANKS


def _give_offices(named: list[Naming], whose: dict[int, Person], deputies: dict[str, str]) -> None:
    """Give each person the roles of the titles; a counterpart holds that of the person before."""
    before: Person | None = None
    for naming in named:
        person = whose[naming.start]
        for title in naming.titles:
            roles = title.roles
            if (title.kind == "counterpart" or (title.part and title.kind == "generic")) and before:
                roles = tuple(before.roles[-1:])
                if title.part == "deputy":
                    roles = tuple(deputies.get(r, "official") for r in roles)
            person.heads.add(title.head)
            if not title.former:
                later = naming.start != person.first
                met = [r for r in roles if later and any(means(r, h) for h in person.roles)]
                person.roles += [r for r in roles if r not in (*person.roles, *met)]
        before = person


def _give_sides(
    doc: Document,
    known: Offices,
    named: list[Naming],
    whose: dict[int, Person],
    dateline_end: int,
) -> None:
    """Give each person a side: by title, term of office, shape of the name, or as the other one."""
    counted = Counter(
        h.row.side
        for k in ("countries", "country_words")
        for h in doc.hits[k]
        if h.row.side and h.start >= dateline_end
    )
    for naming in named:
        person = whose[naming.start]
        said = next((t.side for t in naming.titles if t.side), naming.side)
        person.side = person.side or said
    everyone = list({id(p): p for p in whose.values()}.values())
    for person in everyone:
        if not person.side:
            terms = known.of(person.name)
            person.side = terms[0].side if terms else None
        if not person.side:
            plain = fold(person.name).replace("'", "")
            dashed = person.name.lower()
            fits = [
                s for s, shape in known.shapes if shape.fullmatch(plain) or shape.fullmatch(dashed)
            ]
            # Accents or hyphens that are one country's own tell it even where nothing names it.
            accents = not person.name.isascii()
            telling = [
                s
                for s, shape in known.shapes
                if dashed != plain
                and (shape.fullmatch(dashed) or (accents and shape.fullmatch(plain)))
            ]
            fits = [s for s in fits if counted[s]] or telling[:1]
            person.side = max(fits, key=lambda s: counted[s]) if fits else None
    places = [h for k in ("countries", "country_words") for h in doc.hits[k] if h.row.side]
    places.sort(key=lambda h: h.start)
    dateline = next((h.row.side for h in places if h.end <= dateline_end), None)
    leading = {side for side, _ in counted.most_common(2)}
    order = [
        s
        for s in dict.fromkeys(h.row.side for h in places if h.start >= dateline_end)
        if s in leading
    ]
    marked = {p.side for p in everyone}
    place = {n.start: _sentence(doc, n.start) for n in named}
    times = Counter(place.values())
    within: dict[int, dict[int, Person]] = {}
    for start, i in place.items():
        within.setdefault(i, {})[id(whose[start])] = whose[start]
    for naming in named:
        person = whose[naming.start]
        if not person.side:
            i = place[naming.start]
            lo = doc.sentences[i][0]
            beside = {p.side for p in within[i].values()}
            lead = min([naming.start, *(t.start for t in naming.titles)])
            spoken_of = OF_THE_SPEAKER.search(doc.text, max(lo, lead - 30), lead)
            speaker = _named_before(doc.text[lo:lead], everyone) if spoken_of else None
            # A house marks the other side's people, and of two unmarked it names its subject first.
            free = [s for s in order if s not in beside]
            home = [s for s in free if s not in marked]
            alone = times[i] == 1 and not marked - {None}
            own = speaker.side if speaker else None
            other = (home or free or order or [None])[0]
            person.side = own or (dateline if alone else None) or other


def _sentence(doc: Document, at: int) -> int:
    return max(bisect_right(doc.sentences, (at, len(doc.text))) - 1, 0)


def _named_before(text: str, people: list[Person]) -> Person | None:
    """Return the person of known side whose name, or a part of it, stands last in a text."""
    places = [
        (text.rfind(part), person)
        for person in people
        if person.side
        for part in person.name.split()
        if len(part) > 2
    ]
    found = max(places, key=lambda p: p[0], default=(-1, None))
    return found[1] if found[0] >= 0 else None


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
