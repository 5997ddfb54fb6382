"""Who is meant where a role phrase or a pronoun is a subject, by names and by who has spoken.

A role phrase is resolved by the side and the office it names, then by who spoke last; a pronoun to
the last single speaker; "they", "both sides" and two names of different sides to `both`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from analysis.matcher import back_over, make
from analysis.persons import Person
from analysis.speakers import GENDERS, OWNED, RANKS, Candidates, Speaker, in_role
from analysis.titles import Title, owned

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document

TURN = re.compile(r",? (?:for (?:his|her) part|in (?:turn|reply|response|return))\b")
AND = re.compile(
    r"\s*+,?\s*+(?:and|as well as)\s++(?:(?:his|her|the|their)\s++)?(?:host\s++|guest\s++)?"
)
DEPUTY = ("deputy_", "vice_")  # how a role of such a rank begins
# Before a noun that means somebody new: "an official", "a senior Korean diplomat".
INDEFINITE = re.compile(
    r"\b(?:an?|one|another)\s(?:(?!the\b|his\b|her\b|their\b|its\b)[\w'-]+\s){0,2}$"
)
FIRST = attrgetter("first")
MOST = 20  # possible subjects, or persons, among whom somebody is looked for
FORMS = {"pronoun": "pronoun", "latter": "role", "title": "role"}


class Scene:
    """The possible subjects of a text by sentence, and who has spoken so far."""

    def __init__(self, doc: Document, who: Actors, front: Front) -> None:
        self._doc = doc
        self._people = who.persons
        self._last: Person | None = None
        self._last_pair: list[Person] = []
        self._by_name = {p.name: p for p in who.persons}
        self._starts = [s for s, _ in doc.sentences]
        self._home = _home(doc, front)
        self._raw = Candidates(doc, who, front).found
        self._words = {row.surface.lower(): row for _, _, row in doc.hits["pronouns"]}
        self._bears = self._borne()
        self._genders = {name: row.gender for name, rows in self._bears.items() for row in rows}
        self._first = [bisect_left(self._raw, (start,)) for start in self._starts]
        self._first.append(len(self._raw))

    def in_sentence(self, i: int) -> list[Speaker]:
        """Return the possible subjects of a sentence in order, names joined by "and" as one."""
        speakers: list[Speaker] = []
        folded = self._doc.folded
        reach = -1
        for start, negative, _, lead, kind, value in self._raw[self._first[i] : self._first[i + 1]]:
            if start < reach:
                continue
            if kind in FORMS:
                value = self._meant(kind, value, start, -negative, speakers)
                if value is None:
                    continue
                lead = value.lead
            if speakers:
                gap = folded[reach:lead]
                if ("and" in gap or "as well" in gap) and AND.fullmatch(gap):
                    joined = _join(speakers[-1], value)
                    if joined:
                        speakers[-1] = joined
                        reach = joined.end
                        continue
            speakers.append(value)
            reach = -negative
        return speakers

    def _meant(
        self, kind: str, value: Any, at: int, end: int, before: list[Speaker]
    ) -> Speaker | None:
        """Return who a role phrase or a pronoun is: a person, or somebody without a name.

        Who has none (no `source`) still is the subject of a verb, and says what follows it.
        """
        folded = self._doc.folded
        lead, side = at, None
        somebody = INDEFINITE.search(folded, max(0, at - 40), at) if kind == "title" else None
        if somebody:  # "an official" is nobody who was named before
            lead, side = somebody.start(), value.side
            apposed = before and before[-1].persons and folded[before[-1].end : lead] == ", "
            if apposed and folded.startswith(",", end):
                return None  # "Kim, an official, said"
        else:
            person = self._person(kind, value, at, before)
            if person:
                return in_role(at, end, person, FORMS[kind])
        return make(Speaker, (lead, at, end, side, side, False, (), True, "role"))

    def _person(self, kind: str, value: Any, at: int, before: list[Speaker]) -> Person | None:
        """Return whom a role phrase or a pronoun means."""
        if kind == "title":
            return self._officer(value)
        if kind == "latter":
            named = [n for s in before for n in s.persons]
            named = named or self._named_before(at) or [p.name for p in self._last_pair]
            pick = named[-1:] if value == "the latter" else named[:1]
            return self._by_name.get(pick[0]) if pick else None
        gender = self._words[value].gender
        first = None
        for person in self._able(at, before):
            if self._may_be(gender, person):
                return person
            first = first or person
        # Nobody whom it would be otherwise: another who is known, or else as if nothing were told.
        known = bisect_left(self._people, at, key=FIRST)
        others = self._people[max(0, known - MOST) : known] if first else []
        return next((p for p in reversed(others) if p.roles and self._may_be(gender, p)), first)

    def _able(self, at: int, before: list[Speaker]) -> Iterator[Person]:
        """Yield whom a pronoun can mean, the likeliest first."""
        nobody = not self._last and not self._last_pair
        for speaker in before[:MOST]:
            if len(speaker.persons) == 1 and self._is_subject(speaker):
                yield self._by_name[speaker.persons[0]]
                nobody = False
        if self._last:
            yield self._last
        yield from self._last_pair
        if nobody:
            yield from map(self._by_name.__getitem__, self._named_before(at))

    def _may_be(self, gender: str, person: Person) -> bool:
        """Tell whether nothing in the text says that a person is of another gender."""
        return not gender or self._genders.get(person.name, gender) == gender

    def _named_before(self, at: int) -> list[str]:
        """Return the persons whom the sentence before the one at an offset names."""
        i = bisect_right(self._starts, at) - 2
        if i < 0:
            return []
        before = self._raw[self._first[i] : self._first[i + 1]]
        return [who.source for *_, kind, who in before if kind == "person"]

    def _is_subject(self, speaker: Speaker) -> bool:
        """Tell whether a person opens the sentence, alone or after an adverbial with its comma."""
        i = bisect_right(self._starts, speaker.lead) - 1
        folded, start = self._doc.folded, self._starts[i]
        if folded.endswith(", ", start, speaker.lead):
            return True
        return back_over(folded, speaker.lead, floor=start) <= start

    def _officer(self, title: Title) -> Person | None:
        """Return the person whom a role phrase means."""
        met = [p for p in self._people if p.first < title.start] or self._people
        side = title.side
        able = [p for p in met if p.side == side] if side else met
        if title.kind in RANKS:
            able = self._bearers(title, able)
        elif title.roles:
            able = self._in_office(title, able)
            named = [p for p in able if title.head in p.heads]
            able = named or able
        elif title.part == "deputy":
            able = self._deputies(title, able)
        elif not side:
            able = self._by_part(title, able)
        if len(able) > 1 and TURN.match(self._doc.folded, title.end):
            able = [p for p in able if p is not self._last]
        if not able:
            return None
        if self._last in able:
            return self._last
        return able[0]

    def _bearers(self, title: Title, able: list[Person]) -> list[Person]:
        """Return those who bear a rank or an honorific: "the Prince", "Her Highness"."""
        word = self._words.get(title.head.lower())
        named = [p for p in able if title.head in p.heads or word in self._bears.get(p.name, ())]
        if named or not title.head.startswith(OWNED):
            return named
        able = [p for p in able if self._may_be(GENDERS[title.head[:4]], p)]
        if title.head.endswith("Excellency"):
            return [p for p in able if p.roles]
        return [p for p in able if any(r.kind == "noble" for r in self._bears.get(p.name, ()))]

    def _borne(self) -> dict[str, list[Any]]:
        """Return the words of rank and gender ("Prince", "Ms") among the titles of each person."""
        borne = {p.name: [self._words.get(head.lower()) for head in p.heads] for p in self._people}
        named = [(start, lead, who) for start, *_, lead, kind, who in self._raw if kind == "person"]
        for start, _, row in self._doc.hits["pronouns"] if named else ():
            _, lead, who = named[min(bisect_left(named, (start,)), len(named) - 1)]
            if row.gender and lead <= start < who.start:
                borne[who.source].append(row)
        return {name: [row for row in rows if row] for name, rows in borne.items()}

    def _in_office(self, title: Title, able: list[Person]) -> list[Person]:
        """Return those who hold the office that a phrase names, or else one like it."""
        exact = [p for p in able if not set(title.roles).isdisjoint(p.roles)]
        if exact:
            return exact
        words = set(title.roles[0].split("_"))
        kin = [p for p in able if any(words <= set(r.split("_")) for r in p.roles)]
        return kin or (able if title.side or title.kind == "generic" else [])

    def _deputies(self, title: Title, able: list[Person]) -> list[Person]:
        """Return those who are somebody's deputy: of the one who spoke last, for "his deputy"."""
        able = [p for p in able if any(r.startswith(DEPUTY) for r in p.roles)]
        if not owned(self._doc.text, title) or self._last is None:
            return able
        return [p for p in able if p is not self._last and p.side == self._last.side]

    def _by_part(self, title: Title, able: list[Person]) -> list[Person]:
        """Return those whom "host", "guest", "counterpart" can mean: by the place, or the other."""
        able = [p for p in able if p.roles and p.roles != ["executive"]] or able
        if title.part and self._home:  # "host" or "guest"
            return [p for p in able if (p.side == self._home) == (title.part == "home")]
        if title.part or title.kind == "counterpart":
            return [p for p in able if self._last and p.side != self._last.side]
        return able

    def heard(self, speaker: Speaker) -> None:
        """Remember who spoke."""
        if len(speaker.persons) == 1:
            if speaker.form == "pronoun":
                word = self._words.get(self._doc.folded[speaker.start : speaker.end])
                if word:
                    self._genders.setdefault(speaker.persons[0], word.gender)
            self._last = self._by_name.get(speaker.persons[0], self._last)
        elif len(speaker.persons) > 1:
            self._last_pair = [self._by_name[n] for n in speaker.persons]


def _join(first: Speaker, second: Speaker) -> Speaker | None:
    if not first.source or not second.source or "both" in (first.source, second.source):
        return None
    if set(first.persons) & set(second.persons):
        return None  # "… thanked X, and X invited …"
    persons = first.persons + second.persons
    if first.side != second.side:
        return Speaker(first.lead, second.start, second.end, "both", "both", True, persons)
    source = f"{first.source};{second.source}"
    return Speaker(first.lead, second.start, second.end, source, first.side, False, persons)


def _home(doc: Document, front: Front) -> str | None:
    """Return the country that the dateline lies in, which is that of the host."""
    if front.dateline is None:
        return None
    lo, hi = front.dateline
    for kind in ("countries", "country_words"):
        for hit in doc.hits[kind]:
            if hit.start >= hi:
                break
            if hit.start >= lo and hit.row.side:
                return str(hit.row.side)
    return None
