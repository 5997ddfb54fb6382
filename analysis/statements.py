"""Reported acts of speech: who says, proposes, pledges, agrees, appraises, invites or discusses.

A verb of speech makes a statement where it is finite and has a subject: a person, a role phrase
("the Korean official"), a pronoun, both sides, a government (`verb_subjects` finds it). Verbs that
follow the same subject ("welcomed … and called on …, proposing …") are acts of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.actors import Mention
from analysis.matcher import Hit, make
from analysis.speakers import Speaker, speakers
from analysis.verb_subjects import (
    REACH,
    WINDOW,
    Act,
    following,
    opener,
    subject_of,
)

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

WILL = re.compile(r"\s+(?:also |further |jointly |\w+ly )?(?:will|shall)\b")
OUGHT = re.compile(
    r"\b(?:sides?|countries|nations|parties|both|they|we|governments|ministries|authorities)\b"
    r"(?: \w+){0,2} (?:should|must|ought to|have to|need to)\b"
)
DUTIES = ("should", "must", "ought to", "have to", "need to")
PROMISE = re.compile(r"\s*(?:\w+\s+){0,3}?(?:will|would|(?:is|are|stands?) ready)\b")
READY = re.compile(r"\s*(?:is|are|stands?|remains?) (?:always )?ready\b")
OWN = re.compile(
    r" (?:that )?(?:his|her|their) (?:own )?(?:\w+ )?(?:government|ministry|country|embassy"
    r"|parliament|agency|bank|side)\b"
)
BIDDEN = re.compile(r" to (?!the |an? |its |his |her |their )")  # "wants X to come"
ASKED = re.compile(r"(?:,[^,.;]{1,80},)? (?:\w+ )?(?:not )?" + BIDDEN.pattern.lstrip())
QUOTES = '"“”'
QUOTE = re.compile(f"[{QUOTES}]")
OBJECT_REACH = 70  # characters after "expressed" within which its noun stands
TOWARDS = ("", "the", "to", "to the", "with", "with the", "on", "on the", "for", "for the")
ADDRESSEE_REACH = 24


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
    scene = speakers(doc, who, front)
    headline = front.title[1] if front.title else 0
    found: list[Statement] = []
    meant: dict[tuple[int, int], Mention] = {}
    roles = {p.name: ";".join(p.roles) or None for p in who.persons}
    visits = _visits(knowledge)
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


@lru_cache(maxsize=8)
def _visits(knowledge: Knowledge) -> frozenset[str]:
    """Return the verbs that may tell of a visit, collected once for a knowledge."""
    return frozenset(row.surface for row in knowledge.rows["visit_verbs"])


def _mention(doc: Document, i: int, speaker: Speaker, roles: dict[str, str | None]) -> Mention:
    """Return the mention that a role phrase or pronoun is, once it is known who is meant."""
    name, start, end = speaker.persons[0], speaker.start, speaker.end
    surface = doc.text[start:end]
    return Mention(i, name, "person", speaker.side, roles[name], speaker.form, start, end, surface)


def _addressee(doc: Document, present: list[Speaker], at: int, speaker: Speaker) -> str | None:
    """Return who is spoken to: the actor that stands right behind the verb."""
    for candidate in present[bisect_right(present, at, key=END) :]:
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
        if word == _bare(row.surface, row.forms) and not _plural(speaker):
            continue
        if row.surface in visits and _visit(doc, stop, following(present, passed, stop)):
            act = ""
        elif row.object or len(rows) > 1:
            act = _sense(doc, rows, stop, end)
        else:
            act = row.act
        if act == "state":
            behind = following(present, passed, stop)
            act = _reported(doc, start, at, stop, end, speaker, behind)
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
        if not doc.folded[max(last.end, last.speaker.end) : end].strip(" ."):
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


@lru_cache(maxsize=4096)
def _listed(cell: str) -> tuple[str, ...]:
    """Return what a cell lists."""
    return tuple(cell.split(";")) if cell else ()


def _sense(doc: Document, rows: list[Any], stop: int, end: int) -> str:
    """Choose among the senses of a verb the one whose object comes first after it.

    "" where each sense asks for an object ("raise an issue") and none of them is there.
    """
    after = doc.folded[stop : min(end, stop + OBJECT_REACH)]
    nearest, best = OBJECT_REACH, None
    for row in rows:
        for noun in _listed(row.object):
            where = after.find(noun)
            if 0 <= where < nearest:
                nearest, best = where, row
    best = best or next((row for row in rows if not row.object), None)
    return best.act if best else ""


def _visit(doc: Document, stop: int, behind: list[Speaker]) -> bool:
    """Tell whether calling on a person asks nothing ("called on the President"): a visit."""
    met = next((s for s in behind if stop <= s.lead <= stop + 5 and s.persons), None)
    return met is not None and not ASKED.match(doc.folded, met.end)


def _reported(
    doc: Document,
    start: int,
    at: int,
    stop: int,
    end: int,
    speaker: Speaker,
    behind: list[Speaker],
) -> str:
    """Tell what "said that" does: what others ought to do is proposed, one's own promised."""
    folded = doc.folded
    begin, limit = (stop, end) if at - start < 60 else (start, at)
    limit = min(limit, begin + REACH)
    said = folded[begin:limit]
    if any(word in said for word in DUTIES):
        ought = OUGHT.search(folded, begin, limit)
        if ought and ought.start() < begin + 60:
            return "propose"
    subject = next((s for s in behind if stop <= s.lead <= stop + 20), None)
    if subject:
        allied = subject.side == speaker.side
        if not allied and BIDDEN.match(folded, subject.end):
            return "propose"
        own = (subject.official and allied and subject.side != "both") or (
            folded[subject.start : subject.end] in ("he", "she")
        )
        if own and PROMISE.match(folded, subject.end, min(end, subject.end + 40)):
            return "pledge"
    # A country "will" do much that is no promise to the other; its government, or readiness, is.
    body = OWN.match(folded, stop, end)
    if body and PROMISE.match(folded, body.end(), min(end, body.end() + 40)):
        return "pledge"
    if subject and allied and READY.match(folded, subject.end, end):
        return "pledge"
    return "state"


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
