"""Who can be the subject of a sentence, and who is meant: names, role phrases, pronouns, sides.

A role phrase is resolved by the side and the office it names, then by who spoke last; a pronoun to
the last single speaker; "they", "both sides" and two names of different sides to `both`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.matcher import back_over, make
from analysis.persons import Person
from analysis.titles import Title

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document


def begun(words: str) -> str:
    r"""Return a pattern for words that stand at their beginning, separated by ``|``.

    With ``\b`` before them `re` would ask for a boundary at each character of a text; so it goes
    from one first letter to the next.
    """
    return "|".join(rf"{word}(?<!\w{word})" for word in words.split("|"))


# Before a noun of knowledge ("sides", "leaders"): what makes it stand for all who meet.
COUNTED = re.compile(
    rf"(?:{begun('both|two|the two|the three|the four|all')})(?: [a-z'-]+){{0,3}} $"
)
DEFINITE = re.compile(r"\bthe $")
# After a country: those who meet for it, which stand in the group, or a body of the state.
BODY = re.compile(
    r"(?:'s)? (?:(side|delegation|party|team)|government"
    r"|(?:foreign|defen[cs]e|trade|finance) ministry|presidential office|embassy)\b"
)
MINISTRY = " ministry"  # after a portfolio
TURN = re.compile(r",? (?:for (?:his|her) part|in (?:turn|reply|response|return))\b")
AND = re.compile(
    r"\s*+,?\s*+(?:and|as well as)\s++(?:(?:his|her|the|their)\s++)?(?:host\s++|guest\s++)?"
)
OPENING = re.compile(r"\b(?:the|his|her|their|an?)\s+(?:[\w-]+\s+)?$")


class Speaker(NamedTuple):
    """Somebody who stands where a subject may stand.

    `lead` is where the phrase starts with its title, `start` where the (last) name itself starts.
    """

    lead: int
    start: int
    end: int
    source: str | None
    side: str | None
    joint: bool = False
    persons: tuple[str, ...] = ()
    official: bool = True  # somebody who acts for a side, not the bare name of a country
    form: str = "name"  # of a person: name, role or pronoun


FORMS = {"pronoun": "pronoun", "latter": "role", "title": "role"}
BOTH = Speaker(0, 0, 0, "both", "both", True)
BEFORE_NAME = ' ,\n"“‘'  # what may part a title from the name that it belongs to
ROLES = frozenset(("title", "generic", "counterpart"))  # titles that stand for somebody alone
SOLE = frozenset(("name", "capital", "seat", "bloc"))  # what stands for a country by itself


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
        # Start, end below zero, number, lead, kind and who it is: those who are known at once as
        # speakers, others as what tells, once it is known who has spoken before.
        self._raw: list[tuple[int, int, int, int, str, Any]] = []
        self._covered = bytearray(len(doc.text))  # 1 for each character of a name or a title
        self._add_persons(who)
        self._add_titles(who)
        self._add_phrases()
        self._add_countries(front.body if front.dateline else 0)
        self._raw.sort()
        self._first = [bisect_left(self._raw, (start,)) for start in self._starts]
        self._first.append(len(self._raw))

    def _add_persons(self, who: Actors) -> None:
        text, add = self._doc.text, self._raw.append
        titles = {t.end: t.start for t in who.titles}
        for _, name, kind, _, _, _, start, end, _ in who.mentions:
            if kind != "person":
                continue
            at = start
            while at and text[at - 1] in BEFORE_NAME:
                at -= 1
            lead = titles.get(at, start)
            side = self._by_name[name].side
            speaker = make(Speaker, (lead, start, end, name, side, False, (name,), True, "name"))
            add((start, -end, len(self._raw), lead, "person", speaker))
            self._cover(lead, end)

    def _cover(self, start: int, end: int) -> None:
        self._covered[start:end] = b"\1" * (end - start)

    def _add_titles(self, who: Actors) -> None:
        """Add the role phrases that stand for somebody; what they cover holds no country."""
        text, folded = self._doc.text, self._doc.folded
        ends = {-end for _, end, *_ in self._raw}
        openings = set(self._starts)
        kept = []
        for title in who.titles:
            start, end = title.start, title.end
            if title.kind not in ROLES or self._covered[start]:
                continue  # it belongs to a name
            head = back_over(text, start)
            if text[head - 1 : head] == "," and (head - 1) in ends:
                continue  # in apposition to the name before it
            if folded[end - 1] == "s" and not title.head.endswith("s"):
                continue  # several: the joint phrases
            if title.side or start in openings or OPENING.search(folded, max(0, start - 24), start):
                kept.append(title)
        for title in kept:  # two may overlap
            self._raw.append((title.start, -title.end, len(self._raw), title.start, "title", title))
            self._cover(title.start, title.end)

    def _add_phrases(self) -> None:
        """Add those who meet, and the pronouns."""
        hits, folded, add = self._doc.hits, self._doc.folded, self._raw.append
        joint = []
        parties = hits["parties"]
        nouns = {h.end: h.start for h in parties}
        for start, end, _ in parties:
            at = _several(folded, start)
            if at >= 0:
                joint.append((_members(folded, nouns, at), end))
        joint += [(start, end) for start, end, row in hits["pronouns"] if row.kind == "joint"]
        for start, end in joint:
            speaker = make(Speaker, (start, start, end, "both", "both", True, (), True, "name"))
            add((start, -end, len(self._raw), start, "joint", speaker))
        for start, end, row in hits["pronouns"]:
            if row.kind != "joint":
                add((start, -end, len(self._raw), start, row.kind, row.surface))

    def _add_countries(self, body: int) -> None:
        doc, folded, covered = self._doc, self._doc.folded, self._covered
        raw, add = self._raw, self._raw.append
        seen: set[int] = set()
        ministries = {
            h.start: h.end + len(MINISTRY)
            for h in (doc.hits["portfolios"] if MINISTRY in folded else ())
            if folded.startswith(MINISTRY, h.end)
        }
        for kind in ("countries", "country_words"):
            for start, end, row in doc.hits[kind]:
                side = row.side
                if start < body or covered[start] or not side or start in seen:
                    continue
                seen.add(start)
                m = BODY.match(folded, end)
                if m and m[1]:
                    speaker = self._party(start, m.end(), side)
                else:
                    official = m.end() if m else 0
                    if ministries and not m:
                        at = end + (3 if folded.startswith("'s ", end) else 1)
                        official = ministries.get(at, 0)
                    if not official and row.kind not in SOLE:
                        continue
                    end = official or end
                    told = (start, start, end, side, side, False, (), bool(official), "name")
                    speaker = make(Speaker, told)
                add((start, -speaker.end, len(raw), start, "country", speaker))

    def _party(self, start: int, end: int, side: str) -> Speaker:
        """Return who "the Korean side" is: whoever of it is named, or the side itself."""
        person = next((p for p in self._people if p.side == side), None)
        if person:
            return _in_role(start, end, person, "role")
        return Speaker(start, start, end, side, side)

    def in_sentence(self, i: int) -> list[Speaker]:
        """Return the possible subjects of a sentence in order, names joined by "and" as one."""
        speakers: list[Speaker] = []
        folded = self._doc.folded
        reach = -1
        for start, negative, _, lead, kind, value in self._raw[self._first[i] : self._first[i + 1]]:
            if start < reach:
                continue
            if kind in FORMS:
                person = self._person(kind, value, start, speakers)
                if person is None:
                    continue
                value = _in_role(start, -negative, person, FORMS[kind])
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

    def _person(self, kind: str, value: Any, at: int, before: list[Speaker]) -> Person | None:
        """Return whom a role phrase or a pronoun means."""
        if kind == "title":
            return self._officer(value)
        if kind == "latter":
            named = [n for s in before for n in s.persons]
            named = named or self._named_before(at) or [p.name for p in self._last_pair]
            pick = named[-1:] if value == "the latter" else named[:1]
            return self._by_name.get(pick[0]) if pick else None
        for speaker in before:
            if len(speaker.persons) == 1 and self._is_subject(speaker):
                return self._by_name[speaker.persons[0]]
        if self._last or self._last_pair:
            return self._last or self._last_pair[0]
        return next(map(self._by_name.get, self._named_before(at)), None)

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
        if title.roles:
            able = self._in_office(title, able)
            named = [p for p in able if title.head in p.heads]
            able = named or able
        elif not side:
            able = self._by_part(title, able)
        if len(able) > 1 and TURN.match(self._doc.folded, title.end):
            able = [p for p in able if p is not self._last]
        if not able:
            return None
        if self._last in able:
            return self._last
        return able[0]

    def _in_office(self, title: Title, able: list[Person]) -> list[Person]:
        """Return those who hold the office that a phrase names, or else one like it."""
        exact = [p for p in able if not set(title.roles).isdisjoint(p.roles)]
        if exact:
            return exact
        words = set(title.roles[0].split("_"))
        kin = [p for p in able if any(words <= set(r.split("_")) for r in p.roles)]
        return kin or (able if title.side or title.kind == "generic" else [])

    def _by_part(self, title: Title, able: list[Person]) -> list[Person]:
        """Return those whom "host", "guest", "counterpart" can mean: by the place, or the other."""
        if title.part and self._home:
            return [p for p in able if (p.side == self._home) == (title.part == "home")]
        if title.part or title.kind == "counterpart":
            return [p for p in able if self._last and p.side != self._last.side]
        return able

    def heard(self, speaker: Speaker) -> None:
        """Remember who spoke."""
        if len(speaker.persons) == 1:
            self._last = self._by_name.get(speaker.persons[0], self._last)
        elif len(speaker.persons) > 1:
            self._last_pair = [self._by_name[n] for n in speaker.persons]


def _in_role(start: int, end: int, person: Person, form: str) -> Speaker:
    """Return a person as the speaker whom a phrase or a pronoun means."""
    name = person.name
    return make(Speaker, (start, start, end, name, person.side, False, (name,), True, form))


def _several(folded: str, at: int) -> int:
    """Return where what makes a noun stand for all who meet begins, -1 where there is none."""
    window = max(0, at - 40)
    several = COUNTED.search(folded, window, at)
    if not several and folded.endswith("the ", window, at):
        several = DEFINITE.search(folded, window, at)
    return several.start() if several else -1


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


def _members(folded: str, nouns: dict[int, int], at: int) -> int:
    """Return where "officials of both countries" starts, given where "both countries" does."""
    for link in (" of ", " from "):
        if folded.endswith(link, 0, at):
            return nouns.get(at - len(link), at)
    return at


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


def speakers(doc: Document, who: Actors, front: Front) -> Scene:
    """Return the possible subjects of a text."""
    return Scene(doc, who, front)
