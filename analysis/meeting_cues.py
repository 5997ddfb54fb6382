"""The words in the head of a text that tell of a meeting: a verb, or a noun that one governs."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.matcher import Hit, longest

if TYPE_CHECKING:
    from analysis.articles import Front
    from analysis.knowledge import Document

REACH = 150  # characters between a verb and the noun or the person that it governs
BY_RANK = ""  # the words leave open whether they talked as equals
REMOTE = ("phone_talks", "video_talks")
STATE = frozenset(("general_secretary", "president", "monarch"))
# All on the folded text.
PREPOSITION = re.compile(
    r"\b(?:during|at|in|after|following|amid)\W(?:(?:a|an|the|his|her|their|its|this|these|separate)\W)"
    r"(?:\w[^\s,;.]*\W){0,6}$|\b(?:during|after|following|at|in)\W(?:\w+\W){0,2}$"
    r"|\bfor an? (?:[^\W\d_]+ ){0,3}$|\bfor $"
)
# Where something was agreed is where they met, whatever they agreed to do.
SCENE_OF = re.compile(r"\b(?:during|after|following|amid)\W[^,;.]{0,90}$")
YET_TO_COME = re.compile(r"\b(?:next|upcoming|forthcoming|future|coming|planned)\b")
PASSIVE = re.compile(
    r"[^;.]{0,140}?\b(?:was|were|has been|is being) "
    r"(?:held|convened|opened|organi[sz]ed|(?:co )?chaired|hosted)\b"
    r"|[^;.]{0,80}?\b(?:took place|takes place|opened|kicked off|concluded|wrapped up)\b"
)
INTENDED = re.compile(
    r"\b(?:agree\w*|propos\w+|suggest\w*|plan\w*|pledg\w+|invit\w+|urg\w+|decid\w+|vow\w*|want\w*"
    r"|hop\w+|ask\w*|promis\w+|consider\w*|look\w* forward|expect\w*|ahead of|next|due)\b"
    r"[^,;]{0,60}$"
)
WHO = re.compile(r"\bwho (?:\w+ )?$")
SCENE = re.compile(
    r"(?:\W|\d{1,2}\. )*(?:speaking |addressing |opening )?(?:at|during|in|throughout)? ?"
    r"(?:the|their|his|her) "
)
ASKED_TO = re.compile(r"[^,;.]{0,120}?\b(?:to|for) [a-z]+")
BY_SOMEBODY = re.compile(r" by\b")
ANOTHER_VERB = re.compile(r"\band (?:\w+ly )?\w{2,}ed\b")
PEOPLE = re.compile(
    r"\W(?:\w+\W){0,8}?(?:delegation|ambassador|minister|president|chairman|chairwoman|leaders?|envoy"
    r"|executives?|representatives?|secretary|speaker|governor|officials?|ceo|director)\b"
)


class Cue(NamedTuple):
    """What in the head of a text tells of the meeting: its format and where that stands."""

    format: str
    start: int
    end: int


def within(hits: Sequence[Hit], span: tuple[int, int]) -> list[Hit]:
    """Return the hits of a stretch, the longest where they overlap."""
    low = bisect_left(hits, span[0], key=lambda h: h.start)
    high = bisect_right(hits, span[1], key=lambda h: h.start)
    return longest(hits[low:high])


def read(
    doc: Document,
    hits: Sequence[Hit],
    head: list[tuple[int, int]],
    people: Sequence[Any],
    front: Front,
) -> Cue | None:
    """Return what tells of the meeting: in the first sentence that does, a mechanism first."""
    spans = [*head, (front.title or (0, 0)), (0, front.dateline[0] if front.dateline else 0)]
    for number, span in enumerate(spans):
        if span[1] <= span[0]:
            continue
        found = within(hits, span)
        manner = next((h for h in found if h.row.kind == "manner"), None)
        cues = [c for h in found if (c := _reads(doc, h, found, span, people))]
        if manner and not any(_elsewhere(doc, c, manner) for _, c in cues) and (cues or not number):
            return Cue(manner.row.format, manner.start, manner.end)
        mechanisms = [c for c in cues if c[0]]
        if mechanisms or cues:
            best = (mechanisms or cues)[0][1]
            return _scene(doc, hits, found, best, span) or best
        if number == 0:
            joint = _joint(doc, found, span, people)
            if joint:
                return joint
    return None


def _reads(
    doc: Document, hit: Hit, found: list[Hit], span: tuple[int, int], people: Sequence[Any]
) -> tuple[bool, Cue] | None:
    """Return what a word of the head tells of the meeting, and whether it names a mechanism."""
    kind, form = hit.row.kind, hit.row.format
    folded = doc.folded
    if kind in ("mechanism", "noun"):
        if not governed(doc, hit, found, span):
            return None
        return kind == "mechanism", Cue(form or BY_RANK, hit.start, hit.end)
    if kind in ("verb", "told"):
        if intended(doc, span[0], hit.start):
            return None
        after = [m for m in people if hit.end <= m.start < min(span[1], hit.end + REACH)]
        earlier = [m for m in people if span[0] <= m.start < hit.start]
        if form == "visit":
            return (False, Cue(form, hit.start, hit.end)) if earlier else None
        if hit.row.surface == "call on" and ASKED_TO.match(folded, hit.end, span[1]):
            return None
        sides = {m.side for m in [*earlier, *after] if m.side}
        if kind == "told":
            told = bool(earlier and after) and len(sides) > 1 and after[0].start - hit.end < 60
            return (False, Cue(BY_RANK, hit.start, hit.end)) if told else None
        to_people = PEOPLE.match(folded, hit.end, span[1]) or BY_SOMEBODY.match(folded, hit.end)
        if after or to_people or (not form and len(sides) > 1):
            return False, Cue(form or BY_RANK, hit.start, hit.end)
    return None


def intended(doc: Document, start: int, at: int) -> bool:
    """Tell whether what begins at an offset is only agreed, proposed or hoped for."""
    return bool(INTENDED.search(doc.folded, max(start, at - 80), at))


def _elsewhere(doc: Document, cue: Cue, manner: Hit) -> bool:
    """Tell whether "by video link" says how something else was done than the meeting before it."""
    return bool(ANOTHER_VERB.search(doc.folded, cue.end, manner.start))


def governed(doc: Document, noun: Hit, found: list[Hit], span: tuple[int, int]) -> bool:
    """Tell whether a noun is what they met in, not what they talked about."""
    before = doc.folded[span[0] : noun.start]
    for verb in reversed(found):
        called = (
            noun.row.format in REMOTE and verb.row.kind == "verb" and noun.start - verb.end < 12
        )
        holds = called or verb.row.kind == "holds" or verb.row.surface == "host"
        if not holds or verb.end > noun.start:
            continue
        between = doc.folded[verb.end : noun.start]
        if len(between) > REACH:
            break
        if noun.row.format == "visit" and WHO.search(doc.folded[span[0] : verb.start]):
            continue
        if re.search(r"[;:]", between) or intended(doc, span[0], verb.start):
            continue
        return not (noun.row.surface == "call" and len(between.split()) > 3)
    if noun.row.format == "visit":
        return False
    if found_at := PREPOSITION.search(before[-90:]):
        scene = SCENE_OF.match(found_at[0]) and not YET_TO_COME.search(found_at[0])
        if scene or not INTENDED.search(before[-60:]):
            return True
    return bool(PASSIVE.match(doc.folded, noun.end, span[1]))


def _scene(
    doc: Document, hits: Sequence[Hit], found: list[Hit], best: Cue, span: tuple[int, int]
) -> Cue | None:
    """Return a mechanism of the first sentence that a later one opens with: "At the forum, …"."""
    if best.format not in ("talks", BY_RANK, "reception"):
        return None
    named = {h.row.format: h for h in found if h.row.kind == "mechanism"}
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


def _joint(
    doc: Document, found: list[Hit], span: tuple[int, int], people: Sequence[Any]
) -> Cue | None:
    """Return a meeting told only by its outcome: persons of two sides agree or discuss together."""
    for verb in found:
        if verb.row.kind != "joint":
            continue
        actors = {m.actor: m for m in people if span[0] <= m.start < verb.start}
        if len({m.side for m in actors.values() if m.side}) > 1:
            heads = all(STATE.intersection((m.role or "").split(";")) for m in actors.values())
            return Cue("summit" if heads else "talks", verb.start, verb.end)
    return None
