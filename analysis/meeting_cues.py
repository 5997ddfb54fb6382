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
    r"|\bfor (?:an?|the|their|his|her) (?:\w+ ){0,6}$|\bfor $"
    r"|\b(?:it|this|that|which) (?:is|was) (?:an?|the|their|his|her) (?:\w+ ){0,4}$"
)
# A mechanism that is itself the subject: "The Joint Commission met in …".
SUBJECT = re.compile(r"(?:\W|\d{1,2}\. )*(?:(?:the|an?) )?(?!at |in |on |during |after )[^,;.]{0,110}$")
CONVENES = re.compile(r"[^;.,]{0,60}?(?<!sidelines) (?:met|convened|gathered|sat|assembled|held"
    r"|wound up|wrapped up|concluded|completed|closed|opened|started) ")
DAY_OF = re.compile(r"\b(?:today|yesterday|\w+day)'s (?:\w+ ){0,3}$")
BETWEEN = re.compile(r" between ")
ONE_SUBJECT = re.compile(r" (?:\([^)]*\) )?(?:and|with|together with|along with|,? and)\b[^.;:]{0,110}$")
TO_COME = re.compile(r"\b(?:will|would|is to|are to|plan|plans|planned|expected|due|may|might|could|should)\b")
# Where something was agreed is where they met, whatever they agreed to do.
THERE_FOR = re.compile(r"\bwho (?:is|was|are|were)\b[^,;]*$")  # somebody there for something else
CALLED = re.compile(r"(?: (?:on )?\w+| on \w+ \d+)?,? an? (?:\w+ )?")
SCENE_OF = re.compile(r"\b(?:during|after|following|amid)\W[^,;.]{0,90}$")
YET_TO_COME = re.compile(r"\b(?:next|upcoming|forthcoming|future|coming|planned)\b")
PASSIVE = re.compile(
    r"[^;.]{0,140}?\b(?:was|were|has been|is being) "
    r"(?:held|convened|opened|organi[sz]ed|(?:co )?chaired|hosted)\b"
    r"|[^;.]{0,80}?\b(?:took place|takes place|opened|kicked off|concluded|wrapped up"
    r"|began|begins|ended|continued|resumed|got under way|were under way|was under way)\b"
)
INTENDED = re.compile(
    r"\b(?:agree[ds]?|agreeing|propos\w+|suggest\w*|plan\w*|pledg\w+|invit\w+|urg\w+|decid\w+|vow\w*|want\w*|prepar\w+|not|never|denie[ds]|deny|cancel\w*|postpon\w*|refus\w*|declin\w*|ruled out"
    r"|hop\w+|ask\w*|promis\w+|consider\w*|look\w* forward|expect\w*|ahead of|next|due)\b"
    r"[^,;]{0,60}$"
)
CALLED_OFF = re.compile(
    r"[^,;.]{0,70}?\b(?:(?:is|was|were|are|will|would|has|did) (?:not|never)|cancell?ed|postponed|called off)\b"
)
# What is received and is no person.
THING = re.compile(
    r"(?: on \w+day\w*| today| yesterday)? (?:an?|the|his|her|two|several) (?:\w+ ){0,3}?(?:letter|message|cable"
    r"|telegram|invitation|award|order|medal|report|copy|note|gift|prize|grant|loan|request|offer)s?\b"
)
PAIR = re.compile(
    r"\b(?:his|her|their)\b[^,;.]{0,30}\b(?:counterpart|colleague|opposite number|host|guest)s?\b"
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


# What follows the verb of a cue.
SPOKEN_WITH = re.compile(
    r"(?: (?!(?:after|at|during|before|following|of|about|in|for)\b)\w+){0,5}? (?:with|to) "
)
FOR_TALKS = re.compile(
    r"[^;.]{0,140}?\b(?:for (?:\w+ ){0,2}(?:talks|discussions|negotiations)"
    r"|for an? (?:\w+ )?(?:meeting|discussion|exchange)|to (?:talk|discuss|negotiate))\b"
)
TOGETHER = re.compile(
    r"\b(?:the two|both) (?:foreign |prime |trade |defen[cs]e )?(?:ministers|presidents|leaders|sides"
    r"|officials|parties|countries|governments|chairmen|speakers|secretaries|delegations|governors)\b(?: (?:also|then))? ?$"
)
SPOKEN = re.compile(
    r" (?:again |briefly |earlier |together )?(?:by|over|via|today|yesterday|this|last|on [mtwfs]\w+day)\b"
)
IN_PERSON = re.compile(r"\b(?:sidelines|margins|in person|face to face|aboard)\b")
# An instrument that was signed there and then: "signed here today", "signed in Nairobi on Wednesday".
JUST_SIGNED = re.compile(
    r"(?: between [^,;.]{3,60}| by [^,;.]{3,90})?(?: here| in [^,;.\d]{2,40})??"
    r"(?:,? on | here\b| today\b| this (?:morning|afternoon|evening|week)\b| [mtwfs]\w{2,5}day\b)"
)
SIGNED_ALREADY = re.compile(r"\b(?:since|under|of|by|with|in|from|implement\w*)\b[^,;]{0,60}$")
PASSIVE_BEFORE = re.compile(r"\b(?:was|were|been|is|are|being)(?: \w+ly| also)? $")
NOT_ONLY_SPOKEN_OF = re.compile(r"[^,;.:]{0,70}$")
REPORTED = re.compile(r"\b(?:last|ago|earlier|previous\w*|had|since|would|will|could|may|if)\b")
VISITING = re.compile(r"\b(?:during|on|amid) (?:an?|the|his|her|their) (?:[\w.]+ ){0,3}$")
HERE = 60  # characters at most between a verb and the person that is its object
STRONG, WEAK, HINT = 2, 1, 0


class Cue(NamedTuple):
    """What in a text tells of the meeting: its format and where that stands.

    `force` tells a mechanism (3) from words that make a meeting (2), those that imply one (1) and a visit that only frames something else (0).
    """

    format: str
    start: int
    end: int
    force: int = STRONG


class Said(NamedTuple):
    """A stretch of text in which a meeting may be told, with what is known of it."""

    span: tuple[int, int]
    found: list[Hit]
    people: list[Any]
    sides: set[str]


def within(hits: Sequence[Hit], span: tuple[int, int]) -> list[Hit]:
    """Return the hits of a stretch, the longest where they overlap."""
    low = bisect_left(hits, span[0], key=lambda h: h.start)
    high = bisect_right(hits, span[1], key=lambda h: h.start)
    return longest(hits[low:high])


def read(
    doc: Document,
    hits: Sequence[Hit],
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
        said = _said(doc, hits, span, mentions)
        cues = [c for h in said.found if (c := _reads(doc, h, said, number >= len(head)))]
        manner = next((h for h in said.found if h.row.kind == "manner"), None)
        if manner and not any(_elsewhere(doc, c, manner) for c in cues) and (cues or not number):
            return Cue(manner.row.format, manner.start, manner.end)
        if number == 0 and not any(c.force >= STRONG for c in cues):
            joint = _joint(doc, said)
            cues += [joint] if joint else []
        best = max(cues, key=lambda c: c.force, default=None)
        if best and (best.force >= STRONG or (best.force == WEAK and not number)):
            return _scene(doc, hits, said.found, best, span) or best
        if best and (implied is None or best.force > implied.force):
            implied = best
    return (
        implied
        or _later(doc, hits, head, mentions)
        or _together(doc, hits, head)
        or _one_subject(doc, hits, head, mentions)
    )


def _later(
    doc: Document, hits: Sequence[Hit], head: list[tuple[int, int]], mentions: Sequence[Any]
) -> Cue | None:
    """Return what makes a meeting of two sides in a sentence after the head."""
    for span in doc.sentences if head else ():
        if span[0] < head[-1][1] or REPORTED.search(doc.folded, *span):
            continue
        said = _said(doc, hits, span, mentions)
        if len(said.sides) > 1 and said.people:
            for hit in said.found:
                cue = _reads(doc, hit, said)
                if cue and cue.force >= STRONG:
                    return cue
    return None


def _together(doc: Document, hits: Sequence[Hit], head: list[tuple[int, int]]) -> Cue | None:
    """Return where both sides are told to have agreed or decided something together."""
    for hit in hits:
        if hit.row.kind == "joint" and head and hit.start > head[0][0]:
            start = max(0, hit.start - 60)
            if TOGETHER.search(doc.folded, start, hit.start):
                return Cue("talks", head[0][0], head[0][0] + 1, WEAK)
    return None


def _one_subject(
    doc: Document, hits: Sequence[Hit], head: list[tuple[int, int]], mentions: Sequence[Any]
) -> Cue | None:
    """Return where officials of two sides open a text as the one subject of whatever they did."""
    if not head:
        return None
    said = _said(doc, hits, head[0], mentions)
    held = [m for m in said.people if m.role and m.role != "executive"]
    if len(held) < 2 or held[0].start - head[0][0] > REACH or TO_COME.search(doc.folded, *head[0]):
        return None
    a, b = held[:2]
    one = a.side and b.side and a.side != b.side
    if one and ONE_SUBJECT.fullmatch(doc.folded, a.end, b.start):
        return Cue("talks", head[0][0], head[0][0] + 1, HINT)
    return None


def _said(
    doc: Document, hits: Sequence[Hit], span: tuple[int, int], mentions: Sequence[Any]
) -> Said:
    low = bisect_left(mentions, span[0], key=lambda m: m.start)
    high = bisect_left(mentions, span[1], key=lambda m: m.start)
    here = mentions[low:high]
    people = [m for m in here if m.kind == "person" and m.form != "pronoun"]
    sides = {m.side for m in here if m.side} | sides_named(doc, span)
    return Said(span, within(hits, span), people, sides)


def sides_named(doc: Document, span: tuple[int, int]) -> set[str]:
    """Return the sides that a stretch names by country, adjective or capital."""
    found = set()
    for kind in ("countries", "country_words"):
        hits = doc.hits[kind]
        low = bisect_left(hits, span[0], key=lambda h: h.start)
        high = bisect_left(hits, span[1], key=lambda h: h.start)
        found |= {h.row.side for h in longest(hits[low:high]) if h.row.side}
    return found


def _reads(doc: Document, hit: Hit, said: Said, headline: bool = False) -> Cue | None:
    """Return what one word tells of a meeting."""
    kind, form = hit.row.kind, hit.row.format
    span, people = said.span, said.people
    if kind in ("mechanism", "noun"):
        if governed(doc, hit, said.found, span) or (headline and _titled(doc, hit, span)):
            return Cue(form or BY_RANK, hit.start, hit.end, STRONG + (kind == "mechanism"))
        if form == "visit" and people and VISITING.search(doc.folded[span[0] : hit.start]):
            return Cue(form, hit.start, hit.end, HINT)
        return None
    if kind in ("none", "holds", "manner", "joint", "instrument"):
        return None
    if intended(doc, span[0], hit.start):
        return None
    earlier = [m for m in people if m.start < hit.start]
    after = [m for m in people if hit.end <= m.start < hit.end + REACH]
    known = {m.side for m in [*earlier, *after] if m.side}
    distinct = len({m.actor for m in [*earlier, *after]}) > 1 and len(said.sides) > 1
    two = len(known) > 1 or distinct or bool(after and PAIR.search(doc.folded, *span))
    near = bool(after) and after[0].start - hit.end < HERE
    owned = near and doc.folded[after[0].end : after[0].end + 2] == "'s"
    cue = Cue(form or BY_RANK, hit.start, hit.end)
    told: Cue | None = None
    if form == "reception" and THING.match(doc.folded, hit.end, span[1]):
        return None
    if form == "reception" and FOR_TALKS.match(doc.folded, hit.end, span[1]):
        cue = cue._replace(format=BY_RANK)
    if kind == "act":
        told = cue if _signs(doc, hit, said) else None
    elif kind == "press":
        told = cue._replace(force=WEAK) if people else None
    elif kind == "rite":
        told = cue if len(said.sides) > 1 else None
    elif kind == "speak":
        with_whom = SPOKEN_WITH.match(doc.folded, hit.end, span[1])
        together = SPOKEN.match(doc.folded, hit.end, span[1]) and two and len(earlier) > 1
        if (with_whom and after and (two or not earlier)) or together:
            there = IN_PERSON.search(doc.folded, hit.end, span[1])
            told = cue._replace(format=BY_RANK) if there else cue
    elif kind == "welcome":
        told = cue if near and not owned and (two or not earlier) and _names(doc, hit, after) else None
    elif form == "visit":
        framing = WHO.search(doc.folded, max(0, hit.start - 20), hit.start)
        told = cue._replace(force=WEAK) if earlier and not framing else None
    elif kind == "told":
        told = cue if earlier and near and two else None
        told = told and _no_press(said, hit, after[0].start) and told
        told = told and told._replace(force=STRONG if said.found and earlier else WEAK)
    elif hit.row.surface == "call on" and ASKED_TO.match(doc.folded, hit.end, span[1]):
        told = None
    elif after or PEOPLE.match(doc.folded, hit.end, span[1]) or (not form and len(said.sides) > 1):
        told = cue
    elif BY_SOMEBODY.match(doc.folded, hit.end):
        told = cue
    return told


def _names(doc: Document, hit: Hit, after: Sequence[Any]) -> bool:
    """Tell whether what is welcomed is a person, not a decision, a visit or a step of theirs."""
    between = doc.folded[hit.end : after[0].start]
    return not re.search(r"\b(?:of|by|from|that|with|which|for)\b(?! (?:the )?(?:foreign|state|defen)|"
                         r" \w+ (?:and|affairs))|[,;:]", between) or " of " in between and bool(
        PEOPLE.match(doc.folded, hit.end))


def _no_press(said: Said, hit: Hit, until: int) -> bool:
    return not any(h.row.kind == "press" and hit.end <= h.start < until for h in said.found)


def _titled(doc: Document, noun: Hit, span: tuple[int, int]) -> bool:
    """Tell whether a headline names what they met in: "Call with …", "Talks between …"."""
    return bool(re.match(r" (?:with|between|of)\b", doc.folded[noun.end : noun.end + 9])) or (
        noun.end == span[1] or doc.folded[noun.end : noun.end + 2] in (" (", ", ")
    )


def _signs(doc: Document, hit: Hit, said: Said) -> bool:
    """Tell whether something is signed there and then, not an instrument of some other day."""
    folded = doc.folded
    things = [h for h in said.found if h.row.kind == "instrument"]
    before = next((h for h in reversed(things) if h.end <= hit.start <= h.end + 120), None)
    after = next((h for h in things if hit.end <= h.start <= hit.end + 120), None)
    if before and (hit.start - before.end < 25 or PASSIVE_BEFORE.search(folded, before.end, hit.start)):
        passive = PASSIVE_BEFORE.search(folded, before.end, hit.start)
        return bool(passive or JUST_SIGNED.match(folded, hit.end, said.span[1]))
    return bool(after) and len(said.sides) > 1 and bool(said.people or said.sides)


def intended(doc: Document, start: int, at: int) -> bool:
    """Tell whether what begins at an offset is only agreed, proposed or hoped for."""
    return bool(INTENDED.search(doc.folded, max(start, at - 80), at))


def _elsewhere(doc: Document, cue: Cue, manner: Hit) -> bool:
    """Tell whether "by video link" says how something else was done than the meeting before it."""
    return bool(ANOTHER_VERB.search(doc.folded, cue.end, manner.start))


def governed(doc: Document, noun: Hit, found: list[Hit], span: tuple[int, int]) -> bool:
    """Tell whether a noun is what they met in, not what they talked about."""
    before = doc.folded[span[0] : noun.start]
    if CALLED_OFF.match(doc.folded, noun.end, span[1]):
        return False
    for verb in reversed(found):
        called = (
            noun.row.format in REMOTE
            and verb.row.kind == "verb"
            and CALLED.fullmatch(doc.folded, verb.end, noun.start)
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
    found_at = PREPOSITION.search(before[-90:])
    if found_at and not (found_at[0].startswith("for") and THERE_FOR.search(before)):
        scene = SCENE_OF.match(found_at[0]) and not YET_TO_COME.search(found_at[0])
        if scene or not INTENDED.search(before[-60:]):
            return True
    if noun.row.kind == "mechanism" and CONVENES.match(doc.folded, noun.end, span[1]):
        return bool(SUBJECT.match(before)) and not intended(doc, span[0], noun.start)
    if noun.row.kind == "noun" and not intended(doc, span[0], noun.start):
        told_of = BETWEEN.match(doc.folded, noun.end) and not YET_TO_COME.search(before[-40:])
        if told_of or DAY_OF.search(before[-50:]):
            return True
    return bool(PASSIVE.match(doc.folded, noun.end, span[1]))


def _scene(
    doc: Document, hits: Sequence[Hit], found: list[Hit], best: Cue, span: tuple[int, int]
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
