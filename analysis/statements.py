"""Reported acts of speech: who says, proposes, pledges, agrees, appraises, invites or discusses.

A verb of speech makes a statement where it is finite and has a subject: a person, a role phrase
("the Korean official"), a pronoun, both sides, a government (`verb_subjects` finds it). Verbs that
follow the same subject ("welcomed … and called on …, proposing …") are acts of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.actors import Mention
from analysis.coreference import Scene
from analysis.matcher import Hit, make
from analysis.speakers import Speaker
from analysis.speech_acts import is_visit, reported, sense, visit_verbs
from analysis.verb_subjects import WINDOW, Act, following, opener, subject_of

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

WILL = re.compile(r"\s+(?:also |further |jointly |\w+ly )?(?:will|shall)\b")
QUOTES = '"“”'
QUOTE = re.compile(f"[{QUOTES}]")
TOWARDS = ("", "the", "to", "to the", "with", "with the", "on", "on the", "for", "for the")
ANONYMOUS = "on condition of anonymity"
ADDRESSEE_REACH = 24  # characters after a verb within which an addressee stands
END = attrgetter("end")
Place = tuple[int, int, list[Any]]  # start and end of a verb, and the rows that match it


class Statement(NamedTuple):
    """One reported act of speech; the columns of the table `statements` except the article."""

    sentence: int
    source: str | None
    side: str | None
    addressee: str | None
    act: str
    start: int
    end: int


def find(
    doc: Document, knowledge: Knowledge, who: Actors, front: Front
) -> tuple[list[Statement], list[Mention]]:
    """Find the statements of a text, and the role phrases and pronouns that stand for a speaker.

    Both come sentence by sentence in reading order.
    """
    places = _places(doc.hits["verbs"])
    scene = Scene(doc, who, front)
    headline = front.title[1] if front.title else 0
    found: list[Statement] = []
    meant: dict[tuple[int, int], Mention] = {}
    roles = {p.name: ";".join(p.roles) or None for p in who.persons}
    visits = visit_verbs(knowledge)
    affairs = any(roles.values())  # where nobody holds an office, private people speak
    quoting = any(mark in doc.text for mark in QUOTES)
    for i, (start, end) in enumerate(doc.sentences):
        if start < headline or (end <= front.body and front.dateline):
            continue
        present = scene.in_sentence(i)
        if not affairs:
            present = [s for s in present if len(s.persons) != 1]
        inside = places[bisect_left(places, (start,)) : bisect_left(places, (end + 1,))]
        quotes = _quotes(doc.text, start, end) if quoting else []
        acts = _acts(doc, start, end, inside, present, visits, quotes)
        if not acts:
            acts = _joint_will(doc, start, end, present)
        acts = [a for a in acts if a.speaker.source]
        begin = start
        for n, (_, behind, act, speaker) in enumerate(acts, 1):
            scene.heard(speaker)
            if speaker.form != "name" and len(speaker.persons) == 1:
                meant[speaker.start, speaker.end] = _mention(doc, i, speaker, roles)
            stop = acts[n].at if n < len(acts) else end
            # What is agreed or discussed is so among those who speak.
            among = act in ("agree", "discuss")
            addressee = None if among else _addressee(doc, present, behind, speaker)
            row = (i, speaker.source, speaker.side, addressee, act, begin, stop)
            found.append(make(Statement, row))
            begin = stop
    # The acts of verbs part their sentence; what is told "according to" two is told once.
    return _distinct(found) if doc.hits["attributions"] else found, list(meant.values())


def _mention(doc: Document, i: int, speaker: Speaker, roles: dict[str, str | None]) -> Mention:
    """Return the mention that a role phrase or pronoun is, once it is known who is meant."""
    name, start, end = speaker.persons[0], speaker.start, speaker.end
    surface = doc.text[start:end]
    return Mention(i, name, "person", speaker.side, roles[name], speaker.form, start, end, surface)


def _addressee(doc: Document, present: list[Speaker], at: int, speaker: Speaker) -> str | None:
    """Return who is spoken to: the actor that stands right behind the verb."""
    for i in range(bisect_right(present, at, key=END), len(present)):
        candidate = present[i]
        if candidate.lead > at + ADDRESSEE_REACH:
            return None
        if at <= candidate.lead and candidate.side != speaker.side:
            between = doc.folded[at : candidate.lead].strip()
            return candidate.source if between in TOWARDS else None
    return None


def _places(verbs: list[Hit]) -> list[Place]:
    """Group the hits of one place, which are the senses of a verb; the longest comes first."""
    places: list[Place] = []
    at = stop = -1
    for start, end, row in verbs:
        if start == at and end == stop:
            places[-1][2].append(row)
        else:
            at, stop = start, end
            places.append((start, end, [row]))
    return places


def _acts(
    doc: Document,
    start: int,
    end: int,
    verbs: list[Place],
    present: list[Speaker],
    visits: frozenset[str],
    quotes: list[tuple[int, bool]],
) -> list[Act]:
    """Return the acts of a sentence, of the longest verb of a place: "call on" is not "call"."""
    folded = doc.folded
    acts = _attributed(doc, start, end, present) if doc.hits["attributions"] else []
    ends = [s.end for s in present]
    passed = 0  # how many of those present end before the verb
    reach = -1
    finite = False  # whether the last act shows it by its form: "agreed"
    for at, stop, rows in verbs:
        if at < reach or (quotes and _quoted(quotes, at)):
            continue
        passed = bisect_right(ends, at, passed)
        word = folded[at:stop].partition(" ")[0]
        window = at - WINDOW if at - WINDOW > start else start
        words = folded[window:at].rsplit(None, 2)
        participle = word.endswith("ing")
        speaker = subject_of(doc, start, at, stop, participle, words, present, passed, acts)
        if speaker is None:
            speaker = None if acts else opener(folded, start, at, words, present)
            if speaker is None:
                continue
        row = rows[0]
        bare = word == _bare(row.surface, row.forms)
        # "They agreed to meet and discuss trade": what is linked to an infinitive is one.
        linked = finite and speaker is acts[-1].speaker
        if bare and words[-1:] != ["to"] and (linked or not _plural(speaker)):
            continue
        finite = not bare
        if row.surface in visits and is_visit(doc, stop, following(present, passed, stop)):
            act = ""
        elif row.object or len(rows) > 1:
            act = sense(doc, rows, stop, end)
        else:
            act = row.act
        if act == "state":
            behind = following(present, passed, stop)
            act = reported(doc, start, at, stop, end, speaker, behind)
        acts.append(make(Act, (at, stop, act, speaker)))
        reach = stop
    return _governing(doc, start, end, [a for a in acts if a.act])


def _attributed(doc: Document, start: int, end: int, present: list[Speaker]) -> list[Act]:
    """Return what is told as "according to X"."""
    return [
        Act(h.start, h.end, h.row.act, s)
        for h in doc.hits["attributions"]
        if start <= h.start < end
        for s in present
        if 0 <= s.lead - h.end <= 5
    ]


def _quotes(text: str, start: int, end: int) -> list[tuple[int, bool]]:
    """Return the quotation marks of a sentence, and whether each opens."""
    return [
        (m.start(), m.group() == "“" or (m.group() == '"' and _opens(text, start, m.start())))
        for m in QUOTE.finditer(text, start, end)
    ]


def _opens(text: str, start: int, at: int) -> bool:
    return at == start or text[at - 1].isspace() or text[at - 1] == "("


def _quoted(quotes: list[tuple[int, bool]], at: int) -> bool:
    """Tell whether a place stands in a quotation: what is quoted reports nothing."""
    i = bisect_left(quotes, (at, False)) - 1
    return i >= 0 and quotes[i][1]


def _governing(doc: Document, start: int, end: int, acts: list[Act]) -> list[Act]:
    """Keep only the last act where it reports all that stands before it: "…, X said."."""
    if len(acts) > 1:
        last = acts[-1]
        rest = doc.folded[max(last.end, last.speaker.end) : end].strip(" .")
        if not rest or (not last.speaker.source and rest == ANONYMOUS):
            before = doc.folded[start : min(last.at, last.speaker.lead)].rstrip()
            if before.endswith((",", '"', "'")):
                return [last]
    return acts


@lru_cache(maxsize=4096)
def _bare(surface: str, forms: str) -> str:
    """Return the bare form of a verb ("demand"), which no singular subject takes; "" for none."""
    word = surface.split(" ")[0].lower()
    return "" if word in forms.split(";") else word


def _plural(speaker: Speaker) -> bool:
    return speaker.joint or len(speaker.persons) > 1


def _joint_will(doc: Document, start: int, end: int, present: list[Speaker]) -> list[Act]:
    """Return as agreed what both sides will do, where no verb of speech says so."""
    for speaker in present:
        if speaker.joint and WILL.match(doc.folded, speaker.end, end):
            return [Act(speaker.start, speaker.end, "agree", speaker)]
    return []


def _distinct(found: list[Statement]) -> list[Statement]:
    unique: dict[tuple[int, int], Statement] = {}
    for statement in found:
        unique.setdefault((statement.start, statement.end), statement)
    return list(unique.values())
