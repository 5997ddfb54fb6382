"""Who is in a text: persons introduced by a title, an apposition or a term of office, their sides.

A person is known from the article alone; the terms of office in the knowledge only give the
canonical spelling, and the side or office where the article gives none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from analysis.lexicon import Lexicon
from analysis.matcher import Reach
from analysis.names import key
from analysis.namings import Naming
from analysis.office_holders import Offices, Written

if TYPE_CHECKING:
    from analysis.knowledge import Document

# Whom a speaker tells of, greets from or sends is of the speaker's own side.
OF_THE_SPEAKER = re.compile(r"(?:\b(?:from|that|on behalf of)|['’]s)\s+(?:the\s+)?(?:\w+,\s+)?$")
VISIT_OF = re.compile(r"\b[Vv]isit (?:of|by) (?:the )?$")
VISITS = re.compile(r"(?:,[^,.\n]{1,80},)? (?:is|was|will be|arrived|has arrived) in ")
AGAIN = re.compile(r"(?:He|She)\b")
BACK = 3  # sentences before, the first named of which "he" is
RANKS = {"prime", "deputy", "vice"}  # words of a role that change the rank, not the field


@dataclass(slots=True)
class Person:
    """One person of one article."""

    name: str
    key: str
    parts: frozenset[str]
    first: int
    side: str | None = None
    roles: list[str] = field(default_factory=list)
    forms: tuple[str, ...] = ()  # folded, the name itself first
    heads: set[str] = field(default_factory=set)  # the words of office before or after the name


def persons(
    doc: Document, known: Offices, lexicon: Lexicon, named: list[Naming], dateline_end: int
) -> tuple[list[Person], dict[int, Person]]:
    """Return the persons of a text, and which naming (by its start) is whose."""
    found: list[Person] = []
    whose: dict[int, Person] = {}
    full: list[tuple[Naming, Written]] = []
    short: list[tuple[Naming, Written]] = []
    for naming in sorted(named, key=lambda n: n.start - n.end):
        name = known.written(doc.text[naming.start : naming.end])
        (full if len(name.parts) > 1 else short).append((naming, name))
    # Full names first, with their offices: so "Minister Kim" finds the minister of two Kims.
    _meet(full, found, whose)
    met = [n for n in named if n.start in whose] if short else named
    again = _give_offices(met, whose, known.deputies)
    if short or again:
        _meet(short, found, whose)
        _give_offices(named, whose, known.deputies)
    _give_sides(doc, known, lexicon, named, whose, dateline_end)
    for person in found:
        person.forms = known.forms(person.name, person.side)
    return sorted(found, key=lambda p: p.first), whose


def _meet(
    names: list[tuple[Naming, Written]], found: list[Person], whose: dict[int, Person]
) -> None:
    """Give each name its person, one already met or a new one."""
    for naming, name in names:
        person = _same(found, name, naming)
        if person is None:
            person = Person(name.name, key(name.name), name.parts, naming.start)
            found.append(person)
        person.first = min(person.first, naming.start)
        whose[naming.start] = person


def _same(found: list[Person], name: Written, naming: Naming) -> Person | None:
    """Return the person already met that a name, or a part of one, stands for."""
    able = [p for p in found if name.parts <= p.parts or p.key == name.key]
    if not able:
        return None
    if len(able) > 1:
        roles = {r for t in naming.titles for r in t.roles}
        office = [p for p in able if roles & set(p.roles)]
        office = office or [p for p in able if p.heads & {t.head for t in naming.titles}]
        kin = [p for p in able if any(means(r, h) for r in roles for h in p.roles)]
        office = office or kin
        able = office or able
    return min(able, key=lambda p: (p.first > naming.start, p.first))


@lru_cache(maxsize=1 << 14)
def means(office: str, held: str) -> bool:
    """Tell whether an office named without its field may be one that is held.

    Examples
    --------
    >>> means("minister", "foreign_minister"), means("minister", "vice_minister")
    (True, False)
    """
    words, all_words = set(office.split("_")), set(held.split("_"))
    return words <= all_words and not (all_words - words) & RANKS


def _give_offices(named: list[Naming], whose: dict[int, Person], deputies: dict[str, str]) -> bool:
    """Give each person the roles of the titles; a counterpart holds that of the person before.

    Returns whether somebody's roles depend on another person's, which may still grow.
    """
    before: Person | None = None
    depends = False
    for naming in named:
        person = whose[naming.start]
        for title in naming.titles:
            roles = title.roles
            if (title.kind == "counterpart" or (title.part and title.kind == "generic")) and before:
                depends = True
                roles = tuple(before.roles[-1:])
                if title.part == "deputy":
                    roles = tuple(deputies.get(r, "official") for r in roles)
            person.heads.add(title.head)
            if roles and not title.former:
                held = person.roles
                later = naming.start != person.first
                new = [r for r in roles if r not in held]
                if later and held:
                    new = [r for r in new if not any(means(r, h) for h in held)]
                held += new
        before = person
    return depends


def _give_sides(
    doc: Document,
    known: Offices,
    lexicon: Lexicon,
    named: list[Naming],
    whose: dict[int, Person],
    dateline_end: int,
) -> None:
    """Give each person a side: by title, term of office, shape of the name, or as the other one."""
    for naming in named:
        person = whose[naming.start]
        if not person.side:
            person.side = next((t.side for t in naming.titles if t.side), naming.side)
    everyone = list({id(p): p for p in whose.values()}.values())
    unknown = [p for p in everyone if not p.side]
    if not unknown:
        return
    # A place in a title that has no side is a part of the office: "European Union Affairs".
    offices = Reach([t[:2] for n in named for t in n.titles if not t.side])
    sided = [place for place in lexicon.sided if not offices.covers(place[0])]
    counted: dict[str, int] = {}
    for start, _, side in sided:
        if start >= dateline_end:
            counted[side] = counted.get(side, 0) + 1
    for person in unknown:
        terms = known.of(person.name)
        if terms:
            person.side = terms[0].side
            continue
        shaped, telling = known.shaped(person.name)
        fits = [s for s in shaped if s in counted]
        if fits:
            person.side = max(fits, key=counted.__getitem__)
        elif telling:
            person.side = telling[0]
    if all(p.side for p in unknown):
        return
    places = sorted(sided, key=itemgetter(0))
    dateline = next((side for _, end, side in places if end <= dateline_end), None)
    leading = sorted(counted, key=counted.__getitem__, reverse=True)[:2]
    order = list(dict.fromkeys([s for at, _, s in places if at >= dateline_end and s in leading]))
    marked = {p.side for p in everyone}
    place = [_sentence(doc, n.start) for n in named]
    times: dict[int, int] = {}
    within: dict[int, dict[int, Person]] = {}
    for naming, i in zip(named, place, strict=True):
        times[i] = times.get(i, 0) + 1
        within.setdefault(i, {})[id(whose[naming.start])] = whose[naming.start]
    away: dict[int, set[str | None]] = {}
    for naming in named:
        away.setdefault(id(whose[naming.start]), set()).add(_visited(doc.text, naming, lexicon))
    for naming, i in zip(named, place, strict=True):
        person = whose[naming.start]
        if not person.side:
            lo = doc.sentences[i][0]
            beside = {p.side for p in within[i].values()} | away[id(person)]
            lead = naming.lead
            spoken_of = OF_THE_SPEAKER.search(doc.text, max(lo, lead - 30), lead)
            speaker = _named_before(doc.text[lo:lead], everyone) if spoken_of else None
            if spoken_of and speaker is None and AGAIN.match(doc.text, lo):
                speaker = _messenger(spoken_of.group(), within, i)
            # A house marks the other side's people, and of two unmarked it names its subject first.
            free = [s for s in order if s not in beside]
            home = [s for s in free if s not in marked]
            alone = times[i] == 1 and not marked - {None} and dateline not in beside
            own = speaker.side if speaker else None
            free = free or [s for s in (dateline,) if s and s not in beside]
            other = next(iter(home or free or order), None)
            person.side = own or (dateline if alone else None) or other


def _sentence(doc: Document, at: int) -> int:
    return max(bisect_right(doc.sentences, (at, len(doc.text))) - 1, 0)


def _visited(text: str, naming: Naming, lexicon: Lexicon) -> str | None:
    """Return the side that somebody visits: "visit of X to Berlin", "X is in Berlin"."""
    visit = VISIT_OF.search(text, max(0, naming.lead - 14), naming.lead)
    here = VISITS.match(text, naming.end)
    if visit and text.startswith(" to ", naming.end):
        place = lexicon.country_starts.get(naming.end + len(" to "))
    else:
        place = lexicon.country_starts.get(here.end()) if here else None
    return place.row.side if place else None


def _messenger(words: str, within: dict[int, dict[int, Person]], i: int) -> Person | None:
    """Return who "he" is that brings greetings "from" somebody: the first named just before."""
    if not words.startswith(("from", "on behalf")):
        return None
    before = (p for back in range(1, BACK + 1) for p in within.get(i - back, {}).values())
    return next((p for p in before if p.side), None)


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
