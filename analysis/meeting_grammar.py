"""What governs a word for a meeting: did they meet in it, sign it there, or only speak of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.matcher import Hit, longest

if TYPE_CHECKING:
    from analysis.knowledge import Document

START = attrgetter("start")
REACH = 150  # characters between a verb and the noun or the person that it governs
BY_RANK = ""  # the words leave open whether they talked as equals
REMOTE = ("phone_talks", "video_talks")
# All on the folded text.
PREPOSITION = re.compile(
    r"\b(?:during|at|in|after|following|amid)\W(?:(?:a|an|the|his|her|their|its|this|these|separate)\W)"
    r"(?:\w[^\s,;.]*\W){0,6}$|\b(?:during|after|following|at|in)\W(?:\w+\W){0,2}$"
    r"|\bfor (?:an?|the|their|his|her) (?:\w+ ){0,6}$|\bfor $"
    r"|\b(?:it|this|that|which) (?:is|was) (?:an?|the|their|his|her) (?:\w+ ){0,4}$"
)
# A mechanism that is itself the subject: "The Joint Commission met in …".
SUBJECT = re.compile(
    r"(?:\W|\d{1,2}\. )*(?:(?:the|an?) )?(?!at |in |on |during |after )[^,;.]{0,110}$"
)
CONVENES = re.compile(
    r"[^;.,]{0,60}? (?:met|convened|gathered|sat|assembled|held|wound up|wrapped up|concluded"
    r"|completed|closed|opened|started|brought together|attracted|drew) "
)
DAY_OF = re.compile(r"\b(?:today|yesterday|\w+day)'s (?:\w+ ){0,3}$")
BETWEEN = re.compile(r" between ")
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
    r"\b(?:agree[ds]?|agreeing|propos\w+|suggest\w*|plan\w*|pledg\w+|invit\w+|urg\w+|decid\w+"
    r"|vow\w*|want\w*|prepar\w+|hop\w+|ask\w*|promis\w+|consider\w*|look\w* forward|expect\w*"
    r"|ahead of|next|due|not|never|denie[ds]|deny|cancel\w*|postpon\w*|refus\w*|declin\w*"
    r"|ruled out)\b[^,;]{0,60}$"
    r"|\b(?:will|would|shall|is to|are to|set to|scheduled to|going to)(?: \w+)? $"
)
CALLED_OFF = re.compile(
    r"[^,;.]{0,70}?\b(?:(?:is|was|were|are|will|would|has|did) (?:not|never)|cancell?ed"
    r"|postponed|called off)\b"
)
OF_SOMEBODY = re.compile(r"\b(?:of|by|from|that|with|which|for)\b|[,;:]")
PAIR = re.compile(
    r"\b(?:his|her|their)\b[^,;.]{0,30}\b(?:counterpart|colleague|opposite number|host|guest)s?\b"
)
WHO = re.compile(r"\bwho (?:\w+ )?$")
SCENE = re.compile(
    r"(?:\W|\d{1,2}\. )*(?:speaking |addressing |opening )?(?:at|during|in|throughout)? ?"
    r"(?:the|their|his|her) "
)
# An instrument that was signed there and then: "signed here", "signed in Oslo on Wednesday".
IT_WAS = re.compile(r"\W*(?:it|they|which|both) (?:was|were)(?: \w+ly| also)? ")
JUST_SIGNED = re.compile(
    r"(?: between [^,;.]{3,60}| by [^,;.]{3,90})?(?: here| in [^,;.\d]{2,40})??"
    r"(?:,? on | here\b| today\b| this (?:morning|afternoon|evening|week)\b| [mtwfs]\w{2,5}day\b)"
)
PASSIVE_BEFORE = re.compile(r"\b(?:was|were|been|is|are|being)(?: \w+ly| also)? $")
STRONG, WEAK, HINT = 2, 1, 0


PEOPLE = re.compile(
    r"\W(?:\w+\W){0,8}?(?:delegation|ambassador|minister|president|chairman|chairwoman|leaders?|envoy"
    r"|executives?|representatives?|secretary|speaker|governor|officials?|ceo|director)\b"
)


class Cue(NamedTuple):
    """What in a text tells of the meeting: its format and where that stands.

    `force` tells a mechanism (3) from words that make a meeting (2), those that imply one (1) and
    a visit that only frames something else (0).
    """

    format: str
    start: int
    end: int
    force: int = STRONG


@dataclass
class Said:
    """A stretch of text in which a meeting may be told, with what is known of it."""

    folded: str  # the whole text
    span: tuple[int, int]
    found: list[Hit]
    people: list[Any]
    sides: set[str]

    @cached_property
    def paired(self) -> bool:
        """Whether it speaks of two who meet as of a pair."""
        return PAIR.search(self.folded, *self.span) is not None


def within(hits: list[Hit], span: tuple[int, int]) -> list[Hit]:
    """Return the hits of a stretch, the longest where they overlap."""
    found = hits[bisect_left(hits, (span[0],)) : bisect_left(hits, (span[1] + 1,))]
    return longest(found) if len(found) > 1 else found


def said_in(doc: Document, hits: list[Hit], span: tuple[int, int], mentions: Sequence[Any]) -> Said:
    """Return what a stretch of text holds: words for meetings, persons, sides."""
    low = bisect_left(mentions, span[0], key=START)
    here = mentions[low : bisect_left(mentions, span[1], low, key=START)]
    people = [m for m in here if m.kind == "person" and m.form != "pronoun"]
    sides = {m.side for m in here if m.side} | sides_named(doc, span)
    return Said(doc.folded, span, within(hits, span), people, sides)


def sides_named(doc: Document, span: tuple[int, int]) -> set[str]:
    """Return the sides that a stretch names by country, adjective or capital."""
    found = set()
    for kind in ("countries", "country_words"):
        hits = doc.hits[kind]
        here = hits[bisect_left(hits, (span[0],)) : bisect_left(hits, (span[1],))]
        found |= {h.row.side for h in longest(here)}
    return found - {""}


def names_person(doc: Document, at: int, person: Any) -> bool:
    """Tell whether what is welcomed is a person, not a decision, a visit or a step of theirs."""
    if doc.folded[person.end : person.end + 2] == "'s":
        return False
    between = doc.folded[at : person.start]
    return bool(PEOPLE.match(doc.folded, at)) or not OF_SOMEBODY.search(between)


def titled(doc: Document, noun: Hit, span: tuple[int, int]) -> bool:
    """Tell whether a headline names what they met in: "Call with …", "Talks between …"."""
    return bool(re.match(r" (?:with|between|of)\b", doc.folded[noun.end : noun.end + 9])) or (
        noun.end == span[1] or doc.folded[noun.end : noun.end + 2] in (" (", ", ")
    )


def signs(doc: Document, hit: Hit, said: Said) -> bool:
    """Tell whether something is signed there and then, not an instrument of some other day."""
    folded = doc.folded
    things = [h for h in said.found if h.row.kind == "instrument"]
    before = next((h for h in reversed(things) if h.end <= hit.start <= h.end + 120), None)
    after = next((h for h in things if hit.end <= h.start <= hit.end + 120), None)
    if before:
        if PASSIVE_BEFORE.search(folded, before.end, hit.start):
            return True
        if hit.start - before.end < 25:
            return bool(JUST_SIGNED.match(folded, hit.end, said.span[1]))
    if IT_WAS.fullmatch(folded, said.span[0], hit.start):
        return True
    return bool(after) and len(said.sides) > 1


def intended(doc: Document, start: int, at: int) -> bool:
    """Tell whether what begins at an offset is only agreed, proposed or hoped for."""
    return bool(INTENDED.search(doc.folded, max(start, at - 80), at))


def governed(doc: Document, noun: Hit, found: list[Hit], span: tuple[int, int]) -> bool:
    """Tell whether a noun is what they met in, not what they talked about."""
    before = doc.folded[max(span[0], noun.start - REACH) : noun.start]
    if CALLED_OFF.match(doc.folded, noun.end, span[1]):
        return False
    for i in range(bisect_left(found, (noun.start,)) - 1, -1, -1):
        verb = found[i]
        if verb.end < noun.start - REACH:
            break
        called = (
            noun.row.format in REMOTE
            and verb.row.kind == "verb"
            and CALLED.fullmatch(doc.folded, verb.end, noun.start)
        )
        holds = called or verb.row.kind == "holds" or verb.row.surface == "host"
        if not holds or verb.end > noun.start:
            continue
        between = doc.folded[verb.end : noun.start]
        if noun.row.format == "visit" and WHO.search(
            doc.folded, max(span[0], verb.start - REACH), verb.start
        ):
            continue
        if ";" in between or ":" in between or intended(doc, span[0], verb.start):
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
        return bool(SUBJECT.match(doc.folded, span[0], noun.start)) and not intended(
            doc, span[0], noun.start
        )
    if noun.row.kind == "noun" and not intended(doc, span[0], noun.start):
        told_of = BETWEEN.match(doc.folded, noun.end) and not YET_TO_COME.search(before[-40:])
        if told_of or DAY_OF.search(before[-50:]):
            return True
    return bool(PASSIVE.match(doc.folded, noun.end, span[1]))
