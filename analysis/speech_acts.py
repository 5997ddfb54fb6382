"""What a verb of speech does, by its object or by what is said: state, propose, pledge, visit."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analysis.speakers import Speaker
from analysis.verb_subjects import REACH

if TYPE_CHECKING:
    from analysis.knowledge import Document, Knowledge

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
OBJECT_REACH = 70  # characters after "expressed" within which its noun stands


@lru_cache(maxsize=8)
def visit_verbs(knowledge: Knowledge) -> frozenset[str]:
    """Return the verbs that may tell of a visit, collected once for a knowledge."""
    return frozenset(row.surface for row in knowledge.rows["visit_verbs"])


@lru_cache(maxsize=4096)
def _listed(cell: str) -> tuple[str, ...]:
    """Return what a cell lists."""
    return tuple(cell.split(";")) if cell else ()


def sense(doc: Document, rows: list[Any], stop: int, end: int) -> str:
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


def is_visit(doc: Document, stop: int, behind: list[Speaker]) -> bool:
    """Tell whether calling on a person asks nothing ("called on the President"): a visit."""
    met = next((s for s in behind if stop <= s.lead <= stop + 5 and s.persons), None)
    return met is not None and not ASKED.match(doc.folded, met.end)


def reported(
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
