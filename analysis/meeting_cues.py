"""The words in the head of a text that tell of a meeting: a verb, or a noun that one governs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.matcher import Hit
from analysis.meeting_grammar import (
    BY_RANK,
    HINT,
    PEOPLE,
    REACH,
    REMOTE,
    SCENE,
    START,
    STRONG,
    WEAK,
    WHO,
    Cue,
    Said,
    governed,
    intended,
    names_person,
    said_in,
    signs,
    titled,
    within,
)

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document

STATE = frozenset(("general_secretary", "president", "monarch"))
ONE_SUBJECT = re.compile(
    r" (?:\([^)]*\) )?(?:and|with|together with|along with|,? and)\b[^.;:]{0,110}$"
)
TO_COME = re.compile(
    r"\b(?:will|would|is to|are to|plan|plans|planned|expected|due|may|might|could|should)\b"
)
# What is received and is no person.
THING = re.compile(
    r"(?: on \w+day\w*| today| yesterday)? (?:an?|the|his|her|two|several) (?:\w+ ){0,3}?"
    r"(?:letter|message|cable|telegram|invitation|award|order|medal|report|copy|note|gift|prize"
    r"|grant|loan|request|offer)s?\b"
)
AT = re.compile(
    r"\b(?:at|during|on the (?:sidelines|margins) of|attending) (?:the|an?) [^,;.]{0,60}$"
)
ASKED_TO = re.compile(r"[^,;.]{0,120}?\b(?:to|for) [a-z]+")
BY_SOMEBODY = re.compile(r" by\b")
ANOTHER_VERB = re.compile(r"\band (?:\w+ly )?\w{2,}ed\b")


# What follows the verb of a cue. Of `TALKS` one is in whatever FOR_TALKS matches.
TALKS = ("talk", "discuss", "negotiat", "meeting", "exchange")
SPOKEN_WITH = re.compile(
    r"(?: (?!(?:after|at|during|before|following|of|about|in|for)\b)\w+){0,5}? (?:with|to) "
)
FOR_TALKS = re.compile(
    r"[^;.]{0,140}?\b(?:for (?:\w+ ){0,2}(?:talks|discussions|negotiations)"
    r"|for an? (?:\w+ )?(?:meeting|discussion|exchange)|to (?:talk|discuss|negotiate))\b"
)
TOGETHER = re.compile(
    r"\b(?:the two|both) (?:foreign |prime |trade |defen[cs]e )?"
    r"(?:ministers|presidents|leaders|sides|officials|parties|countries|governments|chairmen"
    r"|speakers|secretaries|delegations|governors)\b(?: (?:also|then))? ?$"
)
SPOKEN = re.compile(
    r" (?:again |briefly |earlier |together )?"
    r"(?:by|over|via|today|yesterday|this|last|on [mtwfs]\w+day)\b"
)
IN_PERSON = re.compile(r"\b(?:sidelines|margins|in person|face to face|aboard)\b")
REPORTED = re.compile(r"\b(?:last|ago|earlier|previous\w*|had|since|would|will|could|may|if)\b")
VISITING = re.compile(r"\b(?:during|on|amid) (?:an?|the|his|her|their) (?:[\w.]+ ){0,3}$")
IN_CALL = re.compile(
    r"(?:in|during|over|by) (?!(?:an?|the) (?:separate|other|previous|earlier|last|next)\b|another)"
)
EARLIER = re.compile(r"\b(?:last|ago|earlier|previous\w*|had|separate\w*|with)\b")
FAR = 1000  # characters; in a longer sentence what stands farther off tells nothing
MOST = 50  # persons before a word that may be those who meet
HERE = 60  # characters at most between a verb and the person that is its object


def read(
    doc: Document,
    hits: list[Hit],
    head: list[tuple[int, int]],
    mentions: Sequence[Any],
    front: Front,
) -> Cue | None:
    """Return what tells of the meeting.

    The head tells it, or the headline or the caption; where words only imply a meeting, the first
    that do. Where none of them does, the first sentence after the head that makes one.
    """
    spans = [*head, (front.title or (0, 0)), (0, front.dateline[0] if front.dateline else 0)]
    implied = None
    for number, span in enumerate(spans):
        if span[1] <= span[0]:
            continue
        said = said_in(doc, hits, span, mentions)
        cues = [c for h in said.found if (c := _reads(doc, h, said, number >= len(head)))]
        manner = next((h for h in said.found if h.row.kind == "manner"), None)
        if manner and not any(_elsewhere(doc, c, manner) for c in cues) and (cues or not number):
            return Cue(manner.row.format, manner.start, manner.end)
        if number == 0 and not any(c.force >= STRONG for c in cues):
            joint = _joint(doc, said)
            cues += [joint] if joint else []
        if any(c.force == STRONG for c in cues):
            cues = [c for c in cues if not _setting(doc, c, cues)]
        best = max(cues, key=lambda c: c.force, default=None)
        if best and (best.force >= STRONG or (best.force == WEAK and not number)):
            scene = _scene(doc, hits, said.found, best, span)
            return scene or _remote(doc, hits, head[number + 1 :], said, best) or best
        if best and (implied is None or best.force > implied.force):
            implied = best
    return (
        implied
        or _later(doc, hits, head, mentions)
        or _together(doc, hits, head)
        or _one_subject(doc, hits, head, mentions)
    )


def _setting(doc: Document, cue: Cue, cues: Sequence[Cue]) -> bool:
    """Tell whether a forum or summit is only where two sides met apart: "met X at the forum"."""
    if cue.format not in ("forum", "summit") or cue.force <= STRONG:
        return False
    apart = [c for c in cues if c.force == STRONG and c.format in (BY_RANK, "talks", "reception")]
    return any(
        c.end < cue.start and AT.search(doc.folded, max(c.end, cue.start - 90), cue.start)
        for c in apart
    )


def _later(
    doc: Document, hits: list[Hit], head: list[tuple[int, int]], mentions: Sequence[Any]
) -> Cue | None:
    """Return what makes a meeting of two sides in a sentence after the head."""
    for span in doc.sentences if head else ():
        if span[0] < head[-1][1] or REPORTED.search(doc.folded, *span):
            continue
        said = said_in(doc, hits, span, mentions)
        if len(said.sides) > 1 and said.people:
            for hit in said.found:
                cue = _reads(doc, hit, said)
                if cue and cue.force >= STRONG:
                    return cue
    return None


def _together(doc: Document, hits: list[Hit], head: list[tuple[int, int]]) -> Cue | None:
    """Return where both sides are told to have agreed or decided something together."""
    for hit in hits:
        if hit.row.kind == "joint" and head and hit.start > head[0][0]:
            start = max(0, hit.start - 60)
            if TOGETHER.search(doc.folded, start, hit.start):
                return Cue("talks", head[0][0], head[0][0] + 1, WEAK)
    return None


def _one_subject(
    doc: Document, hits: list[Hit], head: list[tuple[int, int]], mentions: Sequence[Any]
) -> Cue | None:
    """Return where officials of two sides open a text as the one subject of whatever they did."""
    if not head:
        return None
    said = said_in(doc, hits, head[0], mentions)
    held = [m for m in said.people if m.role and m.role != "executive"]
    if len(held) < 2 or held[0].start - head[0][0] > REACH or TO_COME.search(doc.folded, *head[0]):
        return None
    a, b = held[:2]
    one = a.side and b.side and a.side != b.side
    if one and ONE_SUBJECT.fullmatch(doc.folded, a.end, b.start):
        return Cue("talks", head[0][0], head[0][0] + 1, HINT)
    return None


def _reads(doc: Document, hit: Hit, said: Said, headline: bool = False) -> Cue | None:
    """Return what one word tells of a meeting."""
    kind, form = hit.row.kind, hit.row.format
    span, people = said.span, said.people
    since = max(span[0], hit.start - FAR)
    if kind in ("mechanism", "noun"):
        if governed(doc, hit, said.found, span) or (headline and titled(doc, hit, span)):
            return Cue(form or BY_RANK, hit.start, hit.end, STRONG + (kind == "mechanism"))
        if form == "visit" and people and VISITING.search(doc.folded, since, hit.start):
            return Cue(form, hit.start, hit.end, HINT)
        return None
    if kind in ("none", "holds", "manner", "joint", "instrument"):
        return None
    if intended(doc, span[0], hit.start):
        return None
    ahead = bisect_left(people, hit.start, key=START)
    earlier = people[max(0, ahead - MOST) : ahead]
    behind = bisect_left(people, hit.end, ahead, key=START)
    after = people[behind : bisect_left(people, hit.end + REACH, behind, key=START)]
    known = {m.side for m in [*earlier, *after] if m.side}
    distinct = len({m.actor for m in [*earlier, *after]}) > 1 and len(said.sides) > 1
    two = len(known) > 1 or distinct or bool(after and said.paired)
    near = bool(after) and after[0].start - hit.end < HERE
    cue = Cue(form or BY_RANK, hit.start, hit.end)
    if form == "reception":
        if THING.match(doc.folded, hit.end, span[1]):
            return None
        far = min(span[1], hit.end + FAR)
        told = any(doc.folded.find(word, hit.end, far) >= 0 for word in TALKS)
        if told and FOR_TALKS.match(doc.folded, hit.end, span[1]):
            cue = cue._replace(format=BY_RANK)
    if kind == "act":
        return cue if signs(doc, hit, said) else None
    if kind == "press":
        return cue._replace(force=WEAK) if people else None
    if kind == "rite":
        return cue if len(said.sides) > 1 else None
    if kind == "speak":
        with_whom = SPOKEN_WITH.match(doc.folded, hit.end, span[1])
        together = SPOKEN.match(doc.folded, hit.end, span[1]) and two and len(earlier) > 1
        if not together and not (with_whom and after and (two or not earlier)):
            return None
        there = IN_PERSON.search(doc.folded, hit.end, min(span[1], hit.end + FAR))
        return cue._replace(format=BY_RANK) if there else cue
    if kind == "welcome":
        person = near and names_person(doc, hit.end, after[0]) and (two or not earlier)
        return cue if person else None
    if kind == "told":
        between = within(said.found, (hit.end, after[0].start - 1)) if near else ()
        direct = near and not any(h.row.kind == "press" for h in between)
        return cue if direct and earlier and two else None
    if form == "visit":
        framing = WHO.search(doc.folded, max(0, hit.start - 20), hit.start)
        return cue._replace(force=WEAK) if earlier and not framing else None
    if hit.row.surface == "call on" and ASKED_TO.match(doc.folded, hit.end, span[1]):
        return None
    somebody = after or PEOPLE.match(doc.folded, hit.end, span[1])
    if somebody or BY_SOMEBODY.match(doc.folded, hit.end):
        return cue
    return cue if not form and len(said.sides) > 1 else None


def _scene(
    doc: Document, hits: list[Hit], found: list[Hit], best: Cue, span: tuple[int, int]
) -> Cue | None:
    """Return a mechanism of the first sentence that a later one opens with: "At the forum, …"."""
    if best.format not in ("talks", BY_RANK, "reception"):
        return None
    named = {
        h.row.format: h
        for h in found
        if h.row.kind == "mechanism" and not intended(doc, span[0], h.start)
    }
    if not named:
        return None
    for start, end in doc.sentences:
        if start <= span[0]:
            continue
        m = SCENE.match(doc.folded, start, end)
        for h in within(hits, (start, min(end, start + 50))) if m else ():
            if h.row.kind == "mechanism" and h.row.format in named:
                hit = named[h.row.format]
                return Cue(h.row.format, hit.start, hit.end)
    return None


def _remote(
    doc: Document, hits: list[Hit], later: list[tuple[int, int]], said: Said, best: Cue
) -> Cue | None:
    """Return the call in which they talked, where only the next sentence says so.

    "X and Y agreed to … . In phone talks lasting an hour, …"; whoever met was not on the telephone.
    """
    there = (h for h in said.found if h.row.kind in ("verb", "rite", "act", "welcome"))
    met = any(not intended(doc, said.span[0], h.start) for h in there)
    if met or best.format not in ("talks", "summit", BY_RANK):
        return None
    for start, end in later:
        opening = IN_CALL.match(doc.folded, start, end)
        for h in within(hits, (start, min(end, start + 50))) if opening else ():
            form = h.row.format
            if form in REMOTE and not EARLIER.search(doc.folded, start, min(end, h.end + 50)):
                return Cue(form, h.start, h.end)
    return None


def _elsewhere(doc: Document, cue: Cue, manner: Hit) -> bool:
    """Tell whether "by video link" says how something else was done than the meeting before it."""
    return bool(ANOTHER_VERB.search(doc.folded, cue.end, manner.start))


def _joint(doc: Document, said: Said) -> Cue | None:
    """Return a meeting told only by its outcome: two sides agree or discuss together."""
    for verb in said.found:
        if verb.row.kind != "joint":
            continue
        actors = {m.actor: m for m in said.people if m.start < verb.start and m.role}
        if len({m.side for m in actors.values() if m.side}) > 1:
            heads = all(STATE.intersection((m.role or "").split(";")) for m in actors.values())
            return Cue("summit" if heads else "talks", verb.start, verb.end)
    return None
