"""The meeting that a text reports: how, when and where they met, and who.

The head of a report tells it: a verb that makes a meeting (received, met, held, co-chaired) or a
noun that names one (phone talks, dialogue, joint committee) governed by such a verb or by a
preposition ("during their talks"). Without one, without a person in office, or with one side only,
there is no meeting.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import calendar, dates, days
from analysis.events import Events
from analysis.matcher import Hit, longest
from analysis.schema import codes

if TYPE_CHECKING:
    from analysis.articles import Front
    from analysis.knowledge import Document, Knowledge

HEAD = 3  # sentences of the body in which a report says what it reports
REACH = 150  # characters between a verb and the noun that it governs
PREPOSITION = re.compile(
    r"\b(?:during|at|in|after|following|amid)\W(?:(?:a|an|the|his|her|their|its|this|these|separate)\W)"
    r"(?:[^\W\d_][^\s,;.]*\W){0,6}$|\b(?:during|after|following|at|in)\W$"
)
PASSIVE = re.compile(
    r"[^;.]{0,140}?\b(?:was|were|has been|is being) (?:held|convened|opened|organi[sz]ed|(?:co )?chaired|hosted)\b"
    r"|[^;.]{0,80}?\b(?:took place|takes place|opened|kicked off|concluded|wrapped up)\b"
)
INTENDED = re.compile(
    r"\b(?:agree\w*|propos\w+|suggest\w*|plan\w*|pledg\w+|invit\w+|urg\w+|decid\w+|vow\w*|want\w*"
    r"|hop\w+|ask\w*|promis\w+|consider\w*|look\w* forward|expect\w*|ahead of|next)\b[^,;]{0,60}$"
)
SCENE = re.compile(r"(?:speaking |addressing |opening )?(?:at|during|in|throughout)? ?(?:the|their|his|her) ")
ASKED_TO = re.compile(r"[^,;.]{0,120}?\b(?:to|for) [a-z]+")
BY_SOMEBODY = re.compile(r" by\b")
PEOPLE = re.compile(
    r"\W(?:\w+\W){0,8}?(?:delegation|ambassador|minister|president|chairman|chairwoman|leaders?|envoy"
    r"|executives?|representatives?|secretary|speaker|governor|officials?|ceo|director)\b"
)
ABSENT = re.compile(
    r"\b(?:invitation (?:of|from)|invited|led by|headed by|behalf of|(?:message|greetings|congratulations"
    r"|regards|invitation)s? (?:of|from|to)|visits? (?:to [^,;.]{2,40} )?(?:by|of)|through him,?)\b[^,;.]{0,100}$",
    re.I,
)
ABSENT_AFTER = re.compile(r"['’]s (?:\w+ )?(?:visit|invitation|trip|letter|message|government|administration)\b")
PLACE = re.compile(r"\b(?:in|at)\s+(?:the\s+)?((?:[^\W\d_a-z][\w'’.-]*)(?:\s+[^\W\d_a-z][\w'’-]*){0,3})")

BY_RANK = ""  # the words leave open whether they talked as equals
SERVANT = ("special_envoy", "ambassador", "governor", "official", "executive")
VICE = ("vice_foreign_minister", "vice_defence_minister", "vice_minister")
STATE = ("general_secretary", "president", "monarch")
TOP = (*STATE, "prime_minister", "assembly_chair")


class Meeting(NamedTuple):
    """One meeting reported; the columns of the table `meetings` except the article."""

    format: str
    date_from: date | None
    date_to: date | None
    place: str | None
    level: str | None
    ordinal: int | None
    participants: str | None


class Cue(NamedTuple):
    """What in the head of a text tells of the meeting: its format and where that stands."""

    format: str
    start: int
    end: int


def find(
    doc: Document,
    knowledge: Knowledge,
    mentions: Sequence[Any],
    publication: dates.Publication,
    front: Front,
) -> Meeting | None:
    """Return the meeting that a text reports, or None.

    Parameters
    ----------
    doc : Document
        The annotated text.
    knowledge : Knowledge
        The words for meetings, the calendar.
    mentions : sequence
        The mentions of actors, as in the table `actors`.
    publication : Publication
        When the text was published; the meeting was on that day or shortly before.
    front : Front
        Headline, dateline and start of the body.

    Examples
    --------
    >>> from analysis.articles import front_matter
    >>> from analysis.knowledge import load
    >>> text = "Prices rose on Tuesday, the ministry said."
    >>> nobody = dates.Publication(None, None, None, None)
    >>> find(load().annotate("a", text), load(), [], nobody, front_matter(text)) is None
    True
    """
    people = [m for m in mentions if m.kind == "person" and m.form != "pronoun"]
    if not any(m.role for m in people):
        return None
    hits = doc.hits["formats"]
    if not hits:
        return None
    body = [s for s in doc.sentences if s[1] > front.body]
    head = [(max(a, front.body), b) for a, b in body[:HEAD]]
    cue = _cue(doc, hits, head, people, front)
    if cue is None:
        return None
    present = _participants(doc, hits, head, people, mentions, cue)
    if present is None:
        return None
    roles = {m.actor: m.role.split(";") for m in people if m.role}
    ranks = {name: _rank(roles[name]) for name in present if name in roles}
    form = _by_rank(cue.format, [ranks.get(name) for name in present])
    order = codes("role")
    levels = sorted((r for r in ranks.values() if r), key=order.index)
    first, last = _days(doc, publication, front)
    return Meeting(
        form,
        first,
        last,
        None if form in ("phone_talks", "video_talks") else _place(doc, cue, front),
        levels[0] if levels else None,
        _ordinal(doc, knowledge, form, cue),
        ";".join(present) or None,
    )


def _within(hits: Sequence[Hit], span: tuple[int, int]) -> list[Hit]:
    """Return the hits of a stretch, the longest where they overlap."""
    low = bisect_left(hits, span[0], key=lambda h: h.start)
    high = bisect_right(hits, span[1], key=lambda h: h.start)
    return longest(hits[low:high])


def _cue(
    doc: Document,
    hits: Sequence[Hit],
    head: list[tuple[int, int]],
    people: Sequence[Any],
    front: Front,
) -> Cue | None:
    """Return what tells of the meeting: in the first sentence that does, a mechanism before others."""
    spans = [*head, (front.title or (0, 0)), (0, front.dateline[0] if front.dateline else 0)]
    for number, span in enumerate(spans):
        if span[1] <= span[0]:
            continue
        found = _within(hits, span)
        manner = next((h for h in found if h.row.kind == "manner"), None)
        cues = [c for h in found if (c := _reads(doc, h, found, span, people))]
        if manner and (cues or number == 0):
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
        if not _governed(doc, hit, found, span):
            return None
        return kind == "mechanism", Cue(form or BY_RANK, hit.start, hit.end)
    if kind in ("verb", "told"):
        before = folded[span[0] : hit.start]
        if INTENDED.search(before[-80:]):
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


def _governed(doc: Document, noun: Hit, found: list[Hit], span: tuple[int, int]) -> bool:
    """Tell whether a noun is what they met in, not what they talked about."""
    before = doc.folded[span[0] : noun.start]
    for verb in reversed(found):
        if verb.row.kind not in ("holds", "verb") or verb.end > noun.start:
            continue
        between = doc.folded[verb.end : noun.start]
        if len(between) > REACH:
            break
        if noun.row.format == "visit" and (
            verb.row.kind != "holds" or re.search(r"\bwho \w+ $", doc.folded[: verb.start])
        ):
            continue
        if re.search(r"[;:]", between) or INTENDED.search(doc.folded[span[0] : verb.start][-80:]):
            continue
        return not (noun.row.surface == "call" and len(between.split()) > 3)
    if noun.row.format == "visit":
        return False
    if PREPOSITION.search(before[-90:]) and not INTENDED.search(before[-60:]):
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
        opening = re.match(r"(?:[◦•*-]|\d{1,2}\.)?\s*", doc.folded[start:end])
        at = start + (opening.end() if opening else 0)
        m = SCENE.match(doc.folded, at, end)
        for h in _within(hits, (at, min(end, at + 50))) if m else ():
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
            heads = all(set((m.role or "").split(";")) & set(STATE) for m in actors.values())
            return Cue("summit" if heads else "talks", verb.start, verb.end)
    return None


def _participants(
    doc: Document,
    hits: Sequence[Hit],
    head: list[tuple[int, int]],
    people: Sequence[Any],
    mentions: Sequence[Any],
    cue: Cue,
) -> list[str] | None:
    """Return who takes part; None if only one side meets.

    Those named where the meeting is told, and those who later receive, meet or call on somebody.
    """
    here = [m for m in people if not _absent(doc, m)]
    where = next((s for s in head if s[0] <= cue.start < s[1]), head[0] if head else (0, 0))
    present = dict.fromkeys(m.actor for m in here if where[0] <= m.start < where[1])
    side = {m.actor: m.side for m in people}
    if len({side[p] for p in present if side[p]}) < 2:
        end = head[-1][1] if head else 0
        present |= dict.fromkeys(m.actor for m in here if m.start < end)
    for start, end in doc.sentences:
        if start < where[1]:
            continue
        verbs = [h for h in _within(hits, (start, end)) if h.row.kind == "verb"]
        for verb in verbs:
            if verb.row.surface == "call on" and ASKED_TO.match(doc.folded, verb.end, end):
                continue
            if INTENDED.search(doc.folded[start : verb.start][-80:]):
                continue
            before = [m for m in here if start <= m.start < verb.start]
            after = [m for m in here if verb.end <= m.start < min(end, verb.end + REACH)]
            if before and after:
                present |= dict.fromkeys((before[-1].actor, after[0].actor))
    sides = {side[p] for p in present if side[p]}
    if len(sides) < 2:
        near = [m for m in mentions if where[0] <= m.start < where[1] and m.side]
        if not present or not ({m.side for m in near if m.kind != "person"} - sides):
            return None
    officials = [m for m in people if m.actor in present and m.role and m.role != "executive"]
    return list(present) if officials else None


def _absent(doc: Document, m: Any) -> bool:
    """Tell whether a person is only spoken of: whose invitation, whose visit."""
    if ABSENT.search(doc.text, max(0, m.start - 130), m.start):
        return True
    return bool(ABSENT_AFTER.match(doc.text, m.end))


def _rank(roles: list[str]) -> str | None:
    order = codes("role")
    return min(roles, key=order.index) if roles else None


def _by_rank(form: str, ranks: list[str | None]) -> str:
    """Tell talks from a reception where the words leave it open: equals talk, others are received."""
    if form != BY_RANK:
        return form

    def step(rank: str | None) -> int:
        if rank in TOP:
            return 0
        return 3 if rank in SERVANT or rank is None else 2 if rank in VICE else 1

    steps = {step(r) for r in ranks}
    return "reception" if len(steps) > 1 else "talks"


def _days(
    doc: Document, publication: dates.Publication, front: Front
) -> tuple[date | None, date | None]:
    """Return the days of the meeting, as far as text and publication tell."""
    found = calendar.find(doc)
    e = dates.meeting_day(doc, found, front)
    earliest, latest = publication.earliest, publication.latest
    if e is not None:
        span = dates.resolve(e, earliest, latest)
        if span:
            return span
        mask = dates.mask_of(e)
    else:
        mask = days.ALL
    if earliest is None or latest is None:
        return None, None
    return days.bounds(mask & days.between(days.day_before(earliest), latest)) or (None, None)


def _place(doc: Document, cue: Cue, front: Front) -> str | None:
    """Return where they met: the place named beside the meeting, or that of the dateline."""
    start, end = doc.sentences[max(0, bisect_right(doc.sentences, (cue.start, 1 << 60)) - 1)]
    start = max(start, front.body)
    countries = {h.start: h.row.kind for h in longest(doc.hits["countries"])}
    months = {h.start for h in doc.hits["calendar"]}
    for at in (cue.start, start):
        for m in PLACE.finditer(doc.text, at, end):
            if m.start(1) in months or countries.get(m.start(1)) in ("name", "adjective"):
                continue
            return m[1].removesuffix("'s").removesuffix("’s")
    if not front.dateline:
        return None
    line = re.split(r"[,(]|\s\d", doc.text[slice(*front.dateline)])[0].strip()
    again = doc.text.casefold().find(line.casefold(), front.body)
    if again >= 0 and not doc.text[again : again + len(line)].isupper():
        return doc.text[again : again + len(line)]
    return line.title() if line.isupper() else line


def _ordinal(doc: Document, knowledge: Knowledge, form: str, cue: Cue) -> int | None:
    """Return the number of a meeting in its series."""
    if form not in ("dialogue", "committee", "summit", "forum"):
        return None
    start = doc.sentences[max(0, bisect_right(doc.sentences, (cue.start, 1 << 60)) - 1)][0]
    found = Events.of(knowledge).ordinal_before(doc.folded, max(start, cue.start - 110), cue.start)
    return found[0] if found else None
