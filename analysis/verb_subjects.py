"""Who does what a verb of speech says: its subject, among those who stand in the sentence.

The subject stands before the verb, parted from it by adverbs or an insertion between commas at
most, or behind it ("…, said Kim"). A noun that a preposition governs is none, nor one in a clause
that tells what is said.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from analysis.names import UPPER
from analysis.speakers import BOTH, Speaker, begun

if TYPE_CHECKING:
    from analysis.knowledge import Document

# Between a subject and its verb: adverbs, auxiliaries, a day or a place (with a capital).
# Possessive, so that a long list of capitalised words is given up at once.
ADVERBS = (
    "also|then|too|again|once|later|further|jointly|both|each|all|in turn|in response"
    "|in reply|nevertheless|however|meanwhile|instead|likewise|thus|therefore|even|just|though"
    "|has|have|had|did|would like to|once more|earlier|now|still|himself|herself|themselves"
    "|yesterday|today|on the occasion|on the same day|that"
)
ADVERBIAL = re.compile(
    rf"(?:\s++|\b(?:{ADVERBS}|\w+ly"
    rf"|(?:(?:on|in|at|late|early) )?(?-i:[{UPPER}])\w*+(?: \d{{1,2}})?)\b)*+",
    re.IGNORECASE,
)
LAST_OF_ADVERBS = frozenset(adverb.split()[-1] for adverb in ADVERBS.split("|"))
PREPOSITIONS = (
    "of|with|to|for|by|in|from|between|on|at|including|than|as|against|under|via|through|among"
    "|toward|towards|into|over|about|like"
)
PREPOSITION = re.compile(rf"\b(?:{PREPOSITIONS})\s+(?:(?:the|an?|his|her|their)\s+)?$")
SUBORDINATORS = "that|which|whether|how|because|if|when|where|who|whom"
SUBORDINATE = re.compile(rf"(?<!during )(?<!at )\b(?:{SUBORDINATORS})\s+(?:the\s+)?$")
# The last words of what these two find: few subjects stand behind one.
GOVERNING = frozenset((*PREPOSITIONS.split("|"), "the", "a", "an", "his", "her", "their"))
SUBORDINATING = frozenset((*SUBORDINATORS.split("|"), "the"))
WITH = re.compile(rf"{begun('with')}\s+(?:the\s+)?$")
# The word before a verb, an adverb aside, that makes it no act: an infinitive or a noun, a reduced
# clause ("as suggested"), a passive.
AUXILIARY = frozenset(
    [
        "to",
        "will",
        "would",
        "should",
        "can",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "not",
        "the",
        "a",
        "an",
    ]
)
REDUCED = frozenset(("as", "when", "where", "if"))
PASSIVE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
BY = re.compile(r" (?:\w+ )?by (?:the |his |her |their |an? )?")
# Adverbs between an auxiliary and its participle: "it was further agreed".
MANNER = (
    "also|then|too|again|once|later|further|likewise|furthermore|moreover|thus|therefore"
    "|instead|thereby|besides|hereby|even|now|already"
)
BY_DOING = re.compile(r" (?:\w+ ){0,4}by ")
OCCASIONS = ("opportunity", "occasion", "chance")
IMPERSONAL = re.compile(
    rf"\bit (?:is|was|(?:has|had)(?: (?:{MANNER}))? been) (?:(?:{MANNER}|\w+ly) )?$"
)
MANNERS = frozenset(MANNER.split("|"))
APPOSITION = re.compile(r",\s(?:\w+\.?\s){0,2}$")
LINKED = re.compile(
    rf"(?:[,;\"”]|{begun('and|but|then|while|or')})\s*(?:also\s+|then\s+|\w+ly\s+)*$"
)
# How what LINKED finds ends, blanks aside: a search walks the window, and mostly for nothing.
LINKS = (",", "and", "but", ";", "then", "while", "or", '"', "”", "also", "ly")
BEHIND = re.compile(r"[ ,]*(?:(?:the|his|her|their|an?) )?")
POSTPOSED = (",", '"', "'", "?", "!")  # before a verb whose subject follows
OPENERS = 3  # possible subjects at the head of a sentence
REACH = 260  # characters; what stands farther from a verb is neither its subject nor its object
WINDOW = 40  # characters before a verb or subject in which what governs it stands
LEAD = attrgetter("lead")


class Act(NamedTuple):
    """One verb of speech that has a subject."""

    at: int
    end: int
    act: str
    speaker: Speaker


def following(present: list[Speaker], passed: int, stop: int) -> list[Speaker]:
    """Return those who end behind the beginning of a verb, as far as it reaches."""
    return present[passed : bisect_right(present, stop + REACH, key=LEAD)]


def subject_of(
    doc: Document,
    start: int,
    at: int,
    stop: int,
    participle: bool,
    words: list[str],
    present: list[Speaker],
    passed: int,
    acts: list[Act],
) -> Speaker | None:
    """Return the subject of a verb, given the last words before it and those present.

    `passed` of them end before the verb.
    """
    folded = doc.folded
    if acts and words and words[-1] in ("by", "to") and _carried(folded, acts[-1], at, participle):
        return acts[-1].speaker
    floor = at - REACH  # who ends before it is no subject
    if words and folded[at - 1] == " ":
        last = real = words[-1]
        plain = last.isalpha()
        if not plain:
            last = real = last.strip("\"'(").lstrip("0123456789")
        if len(words) > 1:
            if last in MANNERS or last.endswith("ly"):
                real = words[-2].strip("\"'(")
            elif (
                plain
                and last not in LAST_OF_ADVERBS
                and last.isascii()
                and doc.text.startswith(last, at - 1 - len(last))  # with no capital
            ):
                floor = at - len(last)  # a word that is no adverb parts all before it
        if last in AUXILIARY or real in REDUCED:
            return None
        if real in PASSIVE:
            return _agent(folded, start, at, stop, following(present, passed, stop))
    for i in range(passed - 1, -1, -1):
        speaker = present[i]
        if speaker.end < floor:
            break
        gap = doc.text[speaker.end : at]
        if participle:
            if WITH.search(folded, start, speaker.start) and ADVERBIAL.fullmatch(gap):
                return speaker
            break
        if not gap.isspace() and not _adjacent(_closed(doc, speaker, gap)):
            continue
        leading = _leading(folded, start, speaker.lead)
        if not _governed(folded, start, speaker, leading):
            inner = acts and _embedded(folded, start, speaker, acts[-1], leading)
            return None if inner else speaker
    if not participle and (not words or words[-1].endswith(POSTPOSED)):
        follower = next((s for s in following(present, passed, stop) if s.lead >= stop), None)
        if follower and BEHIND.fullmatch(folded, stop, follower.lead):
            return follower
    if acts and words and words[-1].endswith(LINKS):
        before = folded[max(start, at - WINDOW) : at]
        return acts[-1].speaker if LINKED.search(before) else None
    return None


def _carried(folded: str, before: Act, at: int, participle: bool) -> bool:
    """Tell whether a verb has its subject from one that is no speech before it.

    "Concluded by inviting …", "took the occasion to thank …".
    """
    if before.act:
        return False
    if participle:
        return BY_DOING.fullmatch(folded, before.end, at) is not None
    return folded[before.end : at] == " to " and folded.endswith(OCCASIONS, before.at, before.end)


def _agent(folded: str, start: int, at: int, stop: int, following: list[Speaker]) -> Speaker | None:
    """Return the subject of a passive: "was proposed by X", "it was agreed"."""
    agent = BY.match(folded, stop)
    if agent:
        return next((s for s in following if 0 <= s.lead - agent.end() <= 1), None)
    return BOTH if IMPERSONAL.search(folded[max(start, at - WINDOW) : at]) else None


def opener(
    folded: str, start: int, at: int, words: list[str], present: list[Speaker]
) -> Speaker | None:
    """Return the subject that a sentence opens with, for verbs linked to one that is no speech."""
    if not words or not words[-1].endswith(LINKS):
        return None
    if not LINKED.search(folded, max(start, at - WINDOW), at):
        return None
    for speaker in present[:OPENERS]:
        ahead = folded[start : speaker.lead].removesuffix("the ")
        if speaker.end <= at and (not ahead.strip() or ahead.endswith(", ")):
            leading = _leading(folded, start, speaker.lead)
            return None if _governed(folded, start, speaker, leading) else speaker
    return None


def _adjacent(gap: str) -> bool:
    """Tell whether nothing but adverbs or an insertion between commas parts subject and verb."""
    if gap.isspace() or ADVERBIAL.fullmatch(gap):
        return True
    inner = gap.strip()
    if inner.startswith(",") and "," in inner[1:] and len(inner) < 240:
        return bool(ADVERBIAL.fullmatch(inner[inner.rfind(",") + 1 :]))
    return inner.startswith("(") and ")" in inner and _adjacent(gap[gap.rfind(")") + 1 :])


def _closed(doc: Document, speaker: Speaker, gap: str) -> str:
    """Return the gap without the comma that closes an apposition ("his counterpart, X, agreed")."""
    if not gap.startswith(","):
        return gap
    opened = APPOSITION.search(doc.text, max(0, speaker.start - 20), speaker.start)
    return gap[1:] if opened else gap


def _leading(folded: str, start: int, lead: int) -> str:
    """Return the word before a subject, "" where there is none."""
    if lead <= start:
        return ""
    words = folded[max(start, lead - WINDOW) : lead].rsplit(None, 1)
    return words[-1] if words and folded[lead - 1] == " " else ""


def _embedded(folded: str, start: int, speaker: Speaker, before: Act, leading: str) -> bool:
    """Tell whether a subject stands in what is said, not beside the one who says it."""
    lead = speaker.lead
    if not before.act:
        return False
    if before.end <= lead and not folded[before.end : lead].strip(" ,'\""):
        return True
    if leading.isalpha() and leading not in SUBORDINATING:
        return False
    return bool(leading and SUBORDINATE.search(folded, max(start, lead - WINDOW), lead))


def _governed(folded: str, start: int, speaker: Speaker, leading: str) -> bool:
    """Tell whether a noun is the object of a preposition, so no subject, or owns the next one."""
    if folded.startswith("'s", speaker.end):
        return True
    if not leading or (leading.isalpha() and leading not in GOVERNING):
        return False
    lead = speaker.lead
    return bool(PREPOSITION.search(folded, max(start, lead - WINDOW), lead))
