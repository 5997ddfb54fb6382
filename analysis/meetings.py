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
from datetime import date, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import calendar, dates, days
from analysis.events import Events
from analysis.evidence import meeting_day, sentence
from analysis.meeting_cues import read
from analysis.meeting_grammar import BY_RANK, Cue, within
from analysis.participants import participants
from analysis.schema import codes

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge
    from analysis.matcher import Hit

END = itemgetter(1)
HEAD = 3  # sentences of the body in which a report says what it reports
PLACE = re.compile(
    r"in(?<!\win)\s+(?:the\s+)?((?:[^\W\d_a-z][\w'’.-]*)(?:\s+[^\W\d_a-z][\w'’-]*){0,3})"
)
PLACE_END = re.compile(r"(?:['’]s|\.)$")
# Words after which "in X" is no longer where they met.
ELSEWHERE = re.compile(r"\b(?:that|said|says|to|who|which|while|when|where|embassy|visit)\b|[;:]")
SAID = re.compile(r"\W+(?:said|says|announced|told|confirmed|reported)\b")

SERVANT = ("special_envoy", "ambassador", "governor", "official", "executive")
TOP = ("general_secretary", "president", "monarch", "prime_minister", "assembly_chair")


class Meeting(NamedTuple):
    """One meeting reported; the columns of the table `meetings` except the article."""

    format: str
    date_from: date | None
    date_to: date | None
    place: str | None
    level: str | None
    ordinal: int | None
    participants: str | None


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
    >>> from analysis.front import front_matter
    >>> from analysis.knowledge import load
    >>> text = "Prices rose on Tuesday, the ministry said."
    >>> nobody = dates.Publication(None, None, None, None)
    >>> find(load().annotate("a", text), load(), [], nobody, front_matter(text)) is None
    True
    """
    people = [m for m in mentions if m.kind == "person" and m.form != "pronoun"]
    if not any(m.role for m in people) and not doc.hits["titles"]:
        return None
    hits = doc.hits["formats"]
    if not hits:
        return None
    first = bisect_right(doc.sentences, front.body, key=END)
    head = [(max(a, front.body), b) for a, b in doc.sentences[first : first + HEAD]]
    cue = read(doc, hits, head, mentions, front)
    if cue is None:
        return None
    present = participants(doc, hits, head, people, front, cue)
    if present is None:
        return None
    roles = {m.actor: m.role.split(";") for m in people if m.role}
    ranks = {name: _rank(roles[name]) for name in present if name in roles}
    told = sentence(doc, cue.start)
    first_named = {m.actor for m in people if told[0] <= m.start < told[1]} & set(present)
    form = _by_rank(cue.format, [ranks.get(name) for name in first_named or present])
    level = _rank([r for r in ranks.values() if r])
    begin, stop = _days(doc, publication, front, told, form == "signing")
    return Meeting(
        form,
        begin,
        stop,
        None if form in ("phone_talks", "video_talks") else _place(doc, cue, front),
        level,
        _ordinal(doc, knowledge, form, cue),
        ";".join(present) or None,
    )


def _rank(roles: list[str]) -> str | None:
    return roles[0] if len(roles) == 1 else min(roles, key=codes("role").index, default=None)


def _by_rank(form: str, ranks: list[str | None]) -> str:
    """Tell talks from a reception where the words leave it open: equals talk."""
    if form != BY_RANK:
        return form

    def step(rank: str | None) -> int:
        if rank in TOP:
            return 0
        return 2 if rank in SERVANT or rank is None else 1

    known = [r for r in ranks if r]
    steps = {step(r) for r in (known if len(known) > 1 else ranks)}
    return "reception" if len(steps) > 1 else "talks"


def _days(
    doc: Document,
    publication: dates.Publication,
    front: Front,
    told: tuple[int, int],
    signing: bool,
) -> tuple[date | None, date | None]:
    """Return the days of the meeting, as far as text and publication tell."""
    found = calendar.find(doc)
    e = meeting_day(doc, found, front, told, signing)
    earliest, latest = publication.earliest, publication.latest
    if e is not None:
        span = dates.resolve(e, earliest, latest)
        if span:
            return span
        mask = calendar.mask(e)
    else:
        mask = days.ALL
    if earliest is None or latest is None:
        return None, None
    first = earliest - timedelta(7 if e and e.shift else 1)  # "last Friday", else the day before
    return days.bounds(mask & days.between(first, latest)) or (None, None)


def _place(doc: Document, cue: Cue, front: Front) -> str | None:
    """Return where they met: the place named beside the meeting, or that of the dateline."""
    start, end = sentence(doc, cue.start)
    start = max(start, front.body)
    for low, governed_from, high in ((cue.start, cue.end, end), (start, start, cue.start)):
        m = next(
            (m for m in PLACE.finditer(doc.text, low, high) if _is_place(doc, m.start(1))), None
        )
        if m is None or SAID.match(doc.text, m.end()):
            continue
        if not ELSEWHERE.search(doc.text, governed_from, m.start()):
            return PLACE_END.sub("", m[1])
    if not front.dateline:
        return None
    if front.dateline == front.dated:  # a line of its own names more than the place
        towns = within(doc.hits["countries"], front.dateline)
        town = next((h for h in towns if h.row.kind == "capital"), None)
        return doc.text[town.start : town.end] if town else None
    line = re.split(r"[,(/|\[]|\s\d|\. ", doc.text[slice(*front.dateline)])[0].strip()
    return line.title() if line.isupper() else line


def _is_place(doc: Document, at: int) -> bool:
    """Tell whether a capitalised word is no month and no country."""
    if _starting(doc.hits["calendar"], at):
        return False
    kinds = [h.row.kind for h in _starting(doc.hits["countries"], at)]
    return not kinds or "capital" in kinds


def _starting(hits: list[Hit], at: int) -> list[Hit]:
    return hits[bisect_left(hits, (at,)) : bisect_left(hits, (at + 1,))]


def _ordinal(doc: Document, knowledge: Knowledge, form: str, cue: Cue) -> int | None:
    """Return the number of a meeting in its series."""
    if form not in ("dialogue", "committee", "summit", "forum"):
        return None
    start = sentence(doc, cue.start)[0]
    found = Events.of(knowledge).ordinal_before(doc.folded, max(start, cue.start - 110), cue.start)
    return found[0] if found else None
