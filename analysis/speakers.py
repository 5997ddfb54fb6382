"""Who can be the subject of a sentence: names, role phrases, pronouns, sides, bodies of a state."""

from __future__ import annotations

import re
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
GENDERS = {"His ": "masculine", "Her ": "feminine"}
OWNED = tuple(GENDERS)  # how an honorific begins that stands for its bearer: "Her Highness"
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


BOTH = Speaker(0, 0, 0, "both", "both", True)
BEFORE_NAME = ' ,\n"“‘'  # what may part a title from the name that it belongs to
RANKS = ("rank", "honorific")  # titles that stand for somebody behind "the": "the Prince"
ROLES = frozenset(("title", "generic", "counterpart"))  # titles that stand for somebody alone
SOLE = frozenset(("name", "capital", "seat", "bloc"))  # what stands for a country by itself
# Start, end below zero, number, lead, kind and who it is: those who are known at once as
# speakers, others as what tells, once it is known who has spoken before.
Candidate = tuple[int, int, int, int, str, Any]


class Candidates:
    """Gathers all who may stand as subjects in a text; `found` holds them in its order."""

    def __init__(self, doc: Document, who: Actors, front: Front) -> None:
        self._doc = doc
        self._people = who.persons
        self.found: list[Candidate] = []
        self._covered = bytearray(len(doc.text))  # 1 for each character of a name or a title
        self._add_persons(who)
        self._add_titles(who)
        self._add_phrases()
        self._add_countries(front.body if front.dateline else 0)
        self.found.sort()

    def _add_persons(self, who: Actors) -> None:
        text, add = self._doc.text, self.found.append
        titles = {t.end: t.start for t in who.titles}
        sides = {p.name: p.side for p in who.persons}
        for _, name, kind, _, _, _, start, end, _ in who.mentions:
            if kind != "person":
                continue
            at = start
            while at and text[at - 1] in BEFORE_NAME:
                at -= 1
            lead = titles.get(at, start)
            told = (lead, start, end, name, sides[name], False, (name,), True, "name")
            speaker = make(Speaker, told)
            add((start, -end, len(self.found), lead, "person", speaker))
            self._cover(lead, end)

    def _cover(self, start: int, end: int) -> None:
        self._covered[start:end] = b"\1" * (end - start)

    def _add_titles(self, who: Actors) -> None:
        """Add the role phrases that stand for somebody; what they cover holds no country."""
        text, folded = self._doc.text, self._doc.folded
        ends = {-end for _, end, *_ in self.found}
        openings = {start for start, _ in self._doc.sentences}
        kept = []
        for title in who.titles:
            start, end = title.start, title.end
            if self._covered[start] or not (title.kind in ROLES or _alone(text, title)):
                continue  # it belongs to a name
            head = back_over(text, start)
            if text[head - 1 : head] == "," and (head - 1) in ends:
                continue  # in apposition to the name before it
            if folded[end - 1] == "s" and not title.head.endswith("s"):
                continue  # several: the joint phrases
            if (
                title.kind in RANKS
                or title.side
                or start in openings
                or OPENING.search(folded, max(0, start - 24), start)
            ):
                kept.append(title)
        for title in kept:  # two may overlap
            start, end = title.start, title.end
            self.found.append((start, -end, len(self.found), start, "title", title))
            self._cover(start, end)

    def _add_phrases(self) -> None:
        """Add those who meet, and the pronouns."""
        hits, folded, add = self._doc.hits, self._doc.folded, self.found.append
        joint = []
        parties = hits["parties"]
        nouns = {h.end: h.start for h in parties}
        for start, end, row in parties:
            at = _several(folded, start, bool(row.counted))
            if at >= 0:
                joint.append((_members(folded, nouns, at), end))
        joint += [(start, end) for start, end, row in hits["pronouns"] if row.kind == "joint"]
        for start, end in joint:
            speaker = make(Speaker, (start, start, end, "both", "both", True, (), True, "name"))
            add((start, -end, len(self.found), start, "joint", speaker))
        for start, end, row in hits["pronouns"]:
            if row.kind in ("pronoun", "latter"):
                add((start, -end, len(self.found), start, row.kind, row.surface))

    def _add_countries(self, body: int) -> None:
        doc, folded, covered = self._doc, self._doc.folded, self._covered
        raw, add = self.found, self.found.append
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
            return in_role(start, end, person, "role")
        return Speaker(start, start, end, side, side)


def _alone(text: str, title: Title) -> bool:
    """Tell whether a rank or an honorific stands for its bearer: "the Prince", "Her Highness"."""
    if title.kind not in RANKS or text[title.end + 1 : title.end + 2].isupper():
        return False
    return title.head.startswith(OWNED) or text[title.start - 4 : title.start].lower() == "the "


def in_role(start: int, end: int, person: Person, form: str) -> Speaker:
    """Return a person as the speaker whom a phrase or a pronoun means."""
    name = person.name
    return make(Speaker, (start, start, end, name, person.side, False, (name,), True, form))


def _several(folded: str, at: int, counted: bool) -> int:
    """Return where what makes a noun stand for all who meet begins, -1 where there is none.

    Of a noun that asks to be `counted`, "the" is not enough: "both authorities".
    """
    window = max(0, at - 40)
    several = COUNTED.search(folded, window, at)
    if not several and not counted and folded.endswith("the ", window, at):
        several = DEFINITE.search(folded, window, at)
    return several.start() if several else -1


def _members(folded: str, nouns: dict[int, int], at: int) -> int:
    """Return where "officials of both countries" starts, given where "both countries" does."""
    for link in (" of ", " from "):
        if folded.endswith(link, 0, at):
            return nouns.get(at - len(link), at)
    return at
