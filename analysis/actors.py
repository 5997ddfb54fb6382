"""Mentions of actors: persons by name or short form, organisations, countries."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from analysis.lexicon import Lexicon
from analysis.matcher import back_over, longest, make
from analysis.names import UPPER
from analysis.namings import Naming, namings
from analysis.office_holders import Offices, office_at, offices
from analysis.organisations import organisations
from analysis.persons import Person, persons
from analysis.titles import Title
from analysis.titles import find as find_titles
from analysis.whole_words import whole_words

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

MENTIONED = itemgetter(0, 1, 2)  # start, end, actor
CAPITAL_AFTER = re.compile(rf"[ \u00a0][{UPPER}][\w]")
CAPITAL_BEFORE = re.compile(rf"(?:^|[\s(\"“])([{UPPER}][\w'’.-]*)[ \u00a0]$")


# A mention to be: start, end, actor, kind, side, role, form.
Found = tuple[int, int, str, str, str | None, str | None, str]


class Mention(NamedTuple):
    """One mention of an actor; the columns of the table `actors` except the article."""

    sentence: int
    actor: str
    kind: str
    side: str | None
    role: str | None
    form: str
    start: int
    end: int
    surface: str


@dataclass(frozen=True)
class Actors:
    """What one text says of actors: mentions, the persons, the titles, and what names no topic."""

    mentions: list[Mention]
    persons: list[Person]
    titles: list[Title]
    whose: dict[int, Person]
    masks: list[tuple[int, int]]


def find(doc: Document, knowledge: Knowledge, front: Front, published: date | None) -> Actors:
    """Find the actors of a text.

    `published` is the day of publication where the source gives it; it decides which office a
    person holds whom the article names without one.
    """
    known = offices(knowledge)
    lexicon = Lexicon(doc)
    titles = find_titles(doc, lexicon)
    named = namings(doc, known, titles, lexicon, front)
    body = front.body if front.dateline else 0
    people, whose = persons(doc, known, lexicon, named, body)
    for person in people:
        if not person.roles:
            person.roles += office_at(known.of(person.name), published)
    spans = _person_spans(doc, known, titles, lexicon, named, people, whose)
    found: list[Found] = [
        (start, end, person.name, "person", person.side, ";".join(person.roles) or None, form)
        for start, end, person, form in spans
    ]
    found += [
        (start, end, actor, "organisation", None, None, "name")
        for start, end, actor in organisations(doc, knowledge)
    ]
    found += _countries(lexicon, body)
    found.sort(key=MENTIONED)
    by_start = {start: person for start, _, person, _ in spans}
    masks = sorted(_offices_only(doc, titles) + [(s, e) for s, e, _, _ in spans])
    return Actors(_mentions(doc, found), people, titles, by_start, masks)


def _mentions(doc: Document, found: list[Found]) -> list[Mention]:
    """Return the rows of what was found, in the order of the text."""
    text = doc.text
    later = [s for s, _ in doc.sentences[1:]]
    last, sentence = len(later), 0
    mentions = []
    for start, end, actor, kind, side, role, form in found:
        while sentence < last and later[sentence] <= start:
            sentence += 1
        row = (sentence, actor, kind, side, role, form, start, end, text[start:end])
        mentions.append(make(Mention, row))
    return mentions


def _offices_only(doc: Document, titles: list[Title]) -> list[tuple[int, int]]:
    """Return the stretches of titles that name no topic: an organisation at their end does."""
    bodies = [h.start for h in doc.hits["organisations"]]
    masks = []
    for title in titles:
        if title.kind == "title":
            i = bisect_right(bodies, title.start)
            end = bodies[i] if i < len(bodies) and bodies[i] < title.end else title.end
            masks.append((title.start, end))
    return masks


def _person_spans(
    doc: Document,
    known: Offices,
    titles: list[Title],
    lexicon: Lexicon,
    named: list[Naming],
    people: list[Person],
    whose: dict[int, Person],
) -> list[tuple[int, int, Person, str]]:
    """Return every stretch that names a person: the namings, and the short forms between them."""
    spans = [(n.start, n.end, whose[n.start], "name") for n in named]
    owners: dict[str, list[Person]] = {}
    for person in people:
        for form in person.forms:
            owners.setdefault(form, []).append(person)
    for naming in named:
        person = whose[naming.start]
        meant = owners.setdefault(known.written(doc.text[naming.start : naming.end]).folded, [])
        if person not in meant:
            meant.append(person)
    if not owners:
        return spans
    taken = {n.start: n.end for n in named}
    titled = {t.end: t for t in titles}
    starts = sorted(taken)
    done = 0
    for start, negative, form in sorted(whole_words(doc.folded, owners)):
        if start < done:
            continue
        done = end = -negative
        before = bisect_right(starts, start) - 1
        if before >= 0 and taken[starts[before]] > start:
            continue
        surface = doc.text[start:end]
        if not surface[0].isupper():
            continue
        candidates = owners[form]
        full = " " in form
        if not full and not _stands_alone(doc, known, form, start, end, titled, lexicon):
            continue
        if not surface.isascii() and not full and not _spelt(surface, candidates):
            continue
        title = titled.get(back_over(doc.text, start))
        person = _which(candidates, title, full)
        spans.append((start, end, person, "name" if full else "short"))
    ends = [e for _, e in doc.sentences]
    whole = [s for s in spans if bisect_right(ends, s[0]) == bisect_right(ends, s[1] - 1)]
    return sorted(whole, key=itemgetter(0, 1))


def _spelt(surface: str, candidates: list[Person]) -> bool:
    """Tell whether a word with accents spells a part of the name with its accents."""
    return "-" in surface or any(surface in c.name.split() for c in candidates)


def _stands_alone(
    doc: Document,
    known: Offices,
    form: str,
    start: int,
    end: int,
    titled: dict[int, Title],
    lexicon: Lexicon,
) -> bool:
    """Tell whether a part of a name stands for the whole, not inside some other name."""
    text = doc.text
    if lexicon.in_place(start, end):  # "Hai Phong", "Viet Nam"
        return False
    if form in known.shape.functions and _opens_sentence(doc, start):
        return False
    if CAPITAL_AFTER.match(text, end) and not lexicon.listed.covers(end + 1):
        return False
    if text[start - 1 : start] == " ":
        floor = max(0, start - 30)
        last = max(text.rfind(" ", floor, start - 1), floor)
        if text[last : start - 1].islower():
            return True  # a common word before it
    before = CAPITAL_BEFORE.search(text, max(0, start - 30), start)
    if before is None or _opens_sentence(doc, start):
        return True
    at, stop = before.span(1)
    return stop in titled or _opens_sentence(doc, at) or lexicon.listed.covers(at)


def _opens_sentence(doc: Document, at: int) -> bool:
    i = bisect_right(doc.sentences, (at, len(doc.text))) - 1
    return i >= 0 and doc.sentences[i][0] == at


def _which(candidates: list[Person], title: Title | None, full: bool) -> Person:
    """Choose among persons who share a form: by the office before it, else the first introduced."""
    if len(candidates) == 1 or full:
        return candidates[0]
    if title is not None:
        fit = [p for p in candidates if set(title.roles) & set(p.roles)]
        fit = fit or [p for p in candidates if title.head in p.heads]
        fit = fit or [p for p in candidates if title.side and p.side == title.side]
        candidates = fit or candidates
    return min(candidates, key=lambda p: p.first)


def _countries(lexicon: Lexicon, body: int) -> list[Found]:
    """Find countries by name; adjectives and capitals belong to what they qualify."""
    return [
        (start, end, row.side, "country", row.side, None, "name")
        for start, end, row in longest(lexicon.places)
        if row.kind == "name" and start >= body
    ]
