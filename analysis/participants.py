"""Who takes part in the meeting that a text reports, and who is only named in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.matcher import Hit
from analysis.meeting_cues import ASKED_TO
from analysis.meeting_grammar import (
    PAIR,
    REACH,
    SCENE,
    START,
    STRONG,
    Cue,
    governed,
    intended,
    sides_named,
    within,
)

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document

# On the folded text, before a person who is only spoken of.
ABSENT = re.compile(
    r"\b(?:invitation (?:of|from)|invited|(?:government|party|cabinet) (?:led|headed) by|behalf of"
    r"|through him,?"
    r"|(?:message|greetings|congratulations|regards|invitation)s? (?:of|from|to)"
    r"|visits? (?:to [^,;.]{2,40} )?(?:by|of))\b[^,;.]{0,100}$"
)
# Words of which ABSENT needs one: most texts before a person hold none.
ABSENTS = (
    *("invit", "led by", "headed by", "behalf", "through him", "message", "greeting"),
    *("congratulation", "regard", "visit"),
)
ABSENT_AFTER = re.compile(
    r"'s (?:\w+ )?(?:visit|invitation|trip|letter|message|government|administration)\b"
)


def participants(
    doc: Document,
    hits: list[Hit],
    head: list[tuple[int, int]],
    people: Sequence[Any],
    front: Front,
    cue: Cue,
) -> list[str] | None:
    """Return who takes part; None if only one side meets.

    Those named where the meeting is told, and those who later receive, meet or call on somebody.
    """
    where = next((s for s in head if s[0] <= cue.start < s[1]), head[0] if head else (0, 0))
    top = head[-1][1] if head else 0
    here = [m for m in people if where[0] <= m.start < where[1] and not _absent(doc, m)]
    present = dict.fromkeys([m.actor for m in here])
    side = {m.actor: m.side for m in people}
    if len({side[p] for p in present if side[p]}) < 2:
        here = [m for m in people if m.start < top and not _absent(doc, m)]
        present |= dict.fromkeys([m.actor for m in here])
    by_sentence: dict[int, list[Any]] = {}
    for m in people:
        if m.start >= where[1]:
            by_sentence.setdefault(m.sentence, []).append(m)
    told = [h.start for h in hits if h.row.kind in ("verb", "mechanism")]
    for number, people_named in by_sentence.items():
        start, end = doc.sentences[number]
        if bisect_left(told, start) == bisect_right(told, end):
            continue
        named: list[Any] | None = None
        for hit in within(hits, (start, end)):
            if not _may_tell(hit, people_named, cue) or intended(doc, start, hit.start):
                continue
            if named is None:
                named = [m for m in people_named if not _absent(doc, m)]
            before = bisect_left(named, hit.start, key=START)
            if hit.row.kind == "verb":
                after = _object(hit, named)
                asks = hit.row.surface == "call on" and ASKED_TO.match(doc.folded, hit.end, end)
                if before and after and not asks:
                    present |= dict.fromkeys((named[before - 1].actor, after.actor))
            elif named:
                if SCENE.match(doc.folded, start, hit.start + 1):
                    present.setdefault(named[0].actor)
                elif governed(doc, hit, within(hits, (start, end)), (start, end)):
                    present |= dict.fromkeys(m.actor for m in named[:before])
    sides = {side[p] for p in present if side[p]}
    if len(sides) < 2:
        # The other side may be there without a name, or named where the text was filed.
        sides |= sides_named(doc, where) | sides_named(doc, (0, front.body))
        if len(sides) < 2 and not (present and PAIR.search(doc.folded, *where)):
            return None
    if not any(m.role for m in people):
        # No name is known, but offices of two sides are named where the meeting is told.
        offices = within(doc.hits["titles"], where)
        return [] if offices and len(sides_named(doc, where)) > 1 and cue.force >= STRONG else None
    official = any(m.actor in present and m.role and m.role != "executive" for m in people)
    return list(present) if official else None


def _may_tell(hit: Hit, named: list[Any], cue: Cue) -> bool:
    """Tell whether those named in a sentence stand as those who meet by a word would stand."""
    if hit.row.kind == "mechanism":
        return bool(hit.row.format == cue.format)
    if hit.row.kind != "verb" or named[0].start >= hit.start:
        return False
    return _object(hit, named) is not None


def _object(hit: Hit, named: list[Any]) -> Any:
    """Return the person who is named right behind a word, None where nobody is."""
    behind = bisect_left(named, hit.end, key=START)
    near = behind < len(named) and named[behind].start < hit.end + REACH
    return named[behind] if near else None


def _absent(doc: Document, m: Any) -> bool:
    """Tell whether a person is only spoken of: whose invitation, whose visit."""
    begin = max(0, m.start - 130)
    before = doc.folded[begin : m.start]
    told = any(word in before for word in ABSENTS)
    if told and ABSENT.search(doc.folded, begin, m.start):
        return True
    return bool(ABSENT_AFTER.match(doc.folded, m.end))
