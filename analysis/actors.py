"""Mentions of actors: persons by name or short form, organisations, countries."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from analysis.folding import fold
from analysis.lexicon import Lexicon
from analysis.matcher import Reach, back_over, longest, make
from analysis.names import UPPER
from analysis.namings import Naming, namings
from analysis.office_holders import Offices, office_at, offices
from analysis.persons import Person, persons
from analysis.titles import Title
from analysis.titles import find as find_titles

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

ACRONYM = re.compile(rf"\(([{UPPER}][{UPPER}\w&+-]{{1,11}})\)")
FULL_NAME = re.compile(
    rf"(?:[{UPPER}][\w'’.-]*(?:,? (?:of|and|the|for|on|in|de|&) |,? )){{1,9}}[{UPPER}][\w'’-]*$"
)
WORD = re.compile(r"\w+")
FEW = 24  # words to search for one by one
MENTIONED = itemgetter(0, 1, 2)  # start, end, actor
LONGEST_NAME = 120  # characters before an acronym that may spell it out
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
    found += _organisations(doc, knowledge)
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
    for start, negative, form in sorted(_standing(doc.folded, owners)):
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


def _standing(text: str, words: Iterable[str]) -> list[tuple[int, int, str]]:
    """Return where words stand whole in a text, in no order, with the end negative.

    So they sort in the order of the text, the longest first at one place.

    Examples
    --------
    >>> sorted(_standing("to lam, lam", ["lam", "to lam"]))
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


@lru_cache(maxsize=4)
def _organisation_heads(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(fold(r.surface) for r in knowledge.rows["organisation_heads"])


def _organisations(doc: Document, knowledge: Knowledge) -> list[Found]:
    """Find organisations on the list, and those that a text introduces as "Full Name (ACRONYM)"."""
    heads = _organisation_heads(knowledge)
    acronyms: set[str] = set()
    listed = longest(doc.hits["organisations"])
    found = [(hit.start, hit.end, hit.row.organisation) for hit in listed]
    taken: Reach | None = None
    for m in ACRONYM.finditer(doc.text):
        acronym = m.group(1)
        if sum([c.isupper() for c in acronym]) < 2:
            continue
        stop = m.start() - doc.text[m.start() - 1 : m.start()].isspace()
        full = FULL_NAME.search(doc.text, max(0, stop - LONGEST_NAME), stop)
        name = _introduced(heads, full.group(), acronym) if full else ""
        if full and name:
            begin = full.end() - len(name)
            taken = taken or Reach(listed)
            if not taken.covers(begin):
                found.append((begin, full.end(), acronym))
                acronyms.add(acronym)
    found += [(start, -negative, a) for start, negative, a in _standing(doc.text, acronyms)]
    return [(s, e, actor, "organisation", None, None, "name") for s, e, actor in set(found)]


@lru_cache(maxsize=1 << 12)
def _introduced(heads: frozenset[str], name: str, acronym: str) -> str:
    """Return the name at the end of capitalised words that an acronym stands for, if any."""
    if not _headed(heads, name):
        return ""
    words = _spelt_out(name, acronym)
    return words if _headed(heads, words) else ""


def _headed(heads: frozenset[str], name: str) -> bool:
    """Tell whether a name holds a noun of organisations, in whatever number."""
    words = WORD.findall(fold(name))
    return not (heads.isdisjoint(words) and heads.isdisjoint([w.rstrip("s") for w in words]))


def _spelt_out(name: str, acronym: str) -> str:
    """Return the end of a name whose initials, in their order, are most letters of an acronym.

    Examples
    --------
    >>> _spelt_out("The Lao Rural Electrification Agency", "LREA")
    'Lao Rural Electrification Agency'
    """
    letters = [c for c in fold(acronym) if c.isalpha()]
    folded = fold(name)
    begins = [m.start() for m in WORD.finditer(folded)]
    initials = "".join([folded[begin] for begin in begins])
    most, best = 1, len(name)
    for k, begin in enumerate(begins):
        if initials[k] == letters[0] and name[begin].isupper():
            matched, at = 0, k
            for letter in letters:
                at = initials.find(letter, at) + 1
                if not at:
                    break
                matched += 1
            if matched > 1 and matched >= most:
                most, best = matched, begin
    return name[best:]


def _countries(lexicon: Lexicon, body: int) -> list[Found]:
    """Find countries by name; adjectives and capitals belong to what they qualify."""
    return [
        (start, end, row.side, "country", row.side, None, "name")
        for start, end, row in longest(lexicon.places)
        if row.kind == "name" and start >= body
    ]
