"""Who can be the subject of a sentence, and who is meant: names, role phrases, pronouns, sides.

A role phrase is resolved by the side and the office it names, then by who spoke last; a pronoun to
the last single speaker; "they", "both sides" and two names of different sides to `both`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from analysis.matcher import Reach, back_over
from analysis.persons import Person
from analysis.titles import Title

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document

# Before a noun of knowledge ("sides", "leaders"): what makes it stand for all who meet.
COUNTED = re.compile(r"\b(?:both|two|the two|the three|the four|all)(?: [a-z'-]+){0,3} $")
DEFINITE = re.compile(r"\bthe $")
PARTY = re.compile(r"(?:'s)? (?:side|delegation|party|team)\b")
GOVERNMENT = re.compile(
    r"(?:'s)? (?:government|(?:foreign|defen[cs]e|trade|finance) ministry|presidential office"
    r"|embassy)\b"
)
MINISTRY = " ministry"  # after a portfolio
TURN = re.compile(r",? (?:for (?:his|her) part|in (?:turn|reply|response|return))\b")
TOWARDS = ("", "the", "to", "to the", "with", "with the", "on", "on the", "for", "for the")
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


FORMS = {"person": "name", "pronoun": "pronoun"}
BOTH = Speaker(0, 0, 0, "both", "both", True)


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
        self._raw: list[list[tuple[int, int, int, str, object]]] = [[] for _ in doc.sentences]
        body = front.body if front.dateline else 0
        covered = self._add_persons(who)
        self._add_phrases(who, covered)
        self._add_countries(covered, body)
        for row in self._raw:
            row.sort(key=lambda c: (c[1], -c[2]))

    def _put(self, lead: int, start: int, end: int, kind: str, value: object) -> None:
        at = bisect_right(self._starts, start) - 1
        if at >= 0:
            self._raw[at].append((lead, start, end, kind, value))

    def _add_persons(self, who: Actors) -> list[tuple[int, int]]:
        text = self._doc.text
        titles = {t.end: t for t in who.titles}
        covered = []
        for m in who.mentions:
            if m.kind != "person":
                continue
            title = titles.get(back_over(text, m.start, ' ,\n"“‘'))
            lead = title.start if title else m.start
            self._put(lead, m.start, m.end, "person", self._by_name[m.actor])
            covered.append((lead, m.end))
        return covered

    def _add_phrases(self, who: Actors, covered: list[tuple[int, int]]) -> None:
        doc = self._doc
        ends = {e for _, e in covered}
        named = Reach(covered)  # no title lies in another
        openings = set(self._starts)
        for title in who.titles:
            if title.kind not in ("title", "generic", "counterpart") or named.covers(title.start):
                continue
            head = back_over(doc.text, title.start)
            if doc.text[head - 1 : head] == "," and (head - 1) in ends:
                continue  # in apposition to the name before it
            if doc.folded[title.end - 1] == "s" and not title.head.endswith("s"):
                continue  # several: the joint phrases
            opening = OPENING.search(doc.folded, max(0, title.start - 24), title.start)
            if not opening and not title.side and title.start not in openings:
                continue
            self._put(title.start, title.start, title.end, "title", title)
            covered.append((title.start, title.end))
        nouns = {h.end: h.start for h in doc.hits["parties"]}
        for hit in doc.hits["parties"]:
            window = max(0, hit.start - 40)
            several = COUNTED.search(doc.folded, window, hit.start)
            several = several or DEFINITE.search(doc.folded, window, hit.start)
            if several:
                begin = _members(doc.folded, nouns, several.start())
                self._put(begin, begin, hit.end, "joint", None)
        for hit in doc.hits["pronouns"]:
            self._put(hit.start, hit.start, hit.end, hit.row.kind, hit.row.surface)

    def _add_countries(self, covered: list[tuple[int, int]], body: int) -> None:
        doc = self._doc
        seen: set[int] = set()
        taken = Reach(covered)
        ministries = {
            h.start: h.end + len(MINISTRY)
            for h in doc.hits["portfolios"]
            if doc.folded.startswith(MINISTRY, h.end)
        }
        for kind in ("countries", "country_words"):
            for hit in doc.hits[kind]:
                if hit.start < body or not hit.row.side or hit.start in seen:
                    continue
                if taken.covers(hit.start):
                    continue
                seen.add(hit.start)
                party = PARTY.match(doc.folded, hit.end)
                government = GOVERNMENT.match(doc.folded, hit.end)
                at = hit.end + (3 if doc.folded.startswith("'s ", hit.end) else 1)
                if party:
                    self._put(hit.start, hit.start, party.end(), "party", hit.row.side)
                elif end := government.end() if government else ministries.get(at):
                    self._put(hit.start, hit.start, end, "government", hit.row.side)
                elif hit.row.kind in ("name", "capital", "seat", "bloc"):
                    self._put(hit.start, hit.start, hit.end, "country", hit.row.side)

    def in_sentence(self, i: int) -> list[Speaker]:
        """Return the possible subjects of a sentence in order, names joined by "and" as one."""
        speakers: list[Speaker] = []
        for lead, start, end, kind, value in self._raw[i]:
            if speakers and start < speakers[-1].end:
                continue
            speaker = self._resolve(lead, start, end, kind, value, speakers)
            if speaker is None:
                continue
            gap = self._doc.folded[speakers[-1].end : speaker.lead] if speakers else ""
            if ("and" in gap or "as well" in gap) and AND.fullmatch(gap):
                joined = _join(speakers[-1], speaker)
                if joined:
                    speakers[-1] = joined
                    continue
            speakers.append(speaker)
        return speakers

    def _resolve(
        self, lead: int, start: int, end: int, kind: str, value: object, before: list[Speaker]
    ) -> Speaker | None:
        if kind == "joint":
            return Speaker(start, start, end, BOTH.source, BOTH.side, joint=True)
        if kind in ("country", "government"):
            official = kind == "government"
            return Speaker(lead, start, end, str(value), str(value), official=official)
        person: Person | None
        if isinstance(value, Person):
            person = value
        elif isinstance(value, Title):
            person = self._officer(value)
        elif kind == "party":
            person = next((p for p in self._people if p.side == value), None)
            if person is None:
                return Speaker(lead, start, end, str(value), str(value))
        elif kind == "latter":
            named = [n for s in before for n in s.persons]
            named = named or self._named_before(lead) or [p.name for p in self._last_pair]
            pick = named[-1:] if value == "the latter" else named[:1]
            person = self._by_name.get(pick[0]) if pick else None
        else:
            subject = next((s for s in before if len(s.persons) == 1 and self._is_subject(s)), None)
            person = self._by_name[subject.persons[0]] if subject else None
            person = person or self._last or next(iter(self._last_pair), None)
            person = person or next(map(self._by_name.get, self._named_before(lead)), None)
        if person is None:
            return None
        form = FORMS.get(kind, "role")
        return Speaker(
            lead, start, end, person.name, person.side, persons=(person.name,), form=form
        )

    def _named_before(self, at: int) -> list[str]:
        """Return the persons whom the sentence before the one at an offset names."""
        i = bisect_right(self._starts, at) - 2
        return [p.name for *_, p in self._raw[i] if isinstance(p, Person)] if i >= 0 else []

    def _is_subject(self, speaker: Speaker) -> bool:
        """Tell whether a person opens the sentence, alone or after an adverbial with its comma."""
        i = bisect_right(self._starts, speaker.lead) - 1
        folded, start = self._doc.folded, self._starts[i]
        opens = back_over(folded, speaker.lead, floor=start) <= start
        return opens or folded.endswith(", ", start, speaker.lead)

    def _officer(self, title: Title) -> Person | None:
        """Return the person whom a role phrase means."""
        met = [p for p in self._people if p.first < title.start] or self._people
        able = [p for p in met if not title.side or p.side == title.side]
        if title.roles:
            exact = [p for p in able if set(title.roles) & set(p.roles)]
            words = set(title.roles[0].split("_"))
            kin = [p for p in able if any(words <= set(r.split("_")) for r in p.roles)]
            able = exact or kin or (able if title.side or title.kind == "generic" else [])
            named = [p for p in able if title.head in p.heads]
            able = named or able
        elif not title.side:
            able = self._by_part(title, able)
        if len(able) > 1 and TURN.match(self._doc.folded, title.end):
            able = [p for p in able if p is not self._last]
        if not able:
            return None
        if self._last in able:
            return self._last
        return able[0]

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

    def addressee(
        self, present: list[Speaker], at: int, reach: int, speaker: Speaker
    ) -> str | None:
        """Return who is spoken to: the actor that stands right behind the verb."""
        for i in range(bisect_right(present, at, key=lambda s: s.end), len(present)):
            candidate = present[i]
            if candidate.lead > at + reach:
                return None
            if at <= candidate.lead and candidate.side != speaker.side:
                between = self._doc.folded[at : candidate.lead].strip()
                return candidate.source if between in TOWARDS else None
        return None


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
    places = (h for k in ("countries", "country_words") for h in doc.hits[k])
    return next((h.row.side for h in places if lo <= h.start < hi and h.row.side), None)


def speakers(doc: Document, who: Actors, front: Front) -> Scene:
    """Return the possible subjects of a text."""
    return Scene(doc, who, front)
