"""Reported acts of speech: who says, proposes, pledges, agrees, appraises, invites or discusses.

A verb of speech makes a statement where it is finite and has a subject: a person, a role phrase
("the Korean official"), a pronoun, both sides, a government. The subject stands before the verb,
parted from it by adverbs or an insertion between commas at most, or behind it ("…, said Kim").
Verbs that follow the same subject ("welcomed … and called on …, proposing …") are acts of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.actors import Mention
from analysis.matcher import Hit
from analysis.names import UPPER
from analysis.speakers import BOTH, Speaker, begun, make, speakers

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

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
IMPERSONAL = re.compile(r"\bit (?:is|was|has been) (?:also )?$")
APPOSITION = re.compile(r",\s(?:\w+\.?\s){0,2}$")
LINKED = re.compile(
    rf"(?:[,;\"”]|{begun('and|but|then|while|or')})\s*(?:also\s+|then\s+|\w+ly\s+)*$"
)
# How what LINKED finds ends, blanks aside: a search walks the window, and mostly for nothing.
LINKS = (",", "and", "but", ";", "then", "while", "or", '"', "”", "also", "ly")
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
BEHIND = re.compile(r"[ ,]*(?:(?:the|his|her|their|an?) )?")
BIDDEN = re.compile(r" to (?!the |an? |its |his |her |their )")  # "wants X to come"
ASKED = re.compile(r"(?:,[^,.;]{1,80},)? (?:\w+ )?(?:not )?" + BIDDEN.pattern.lstrip())
POSTPOSED = (",", '"', "'", "?", "!")  # before a verb whose subject follows
QUOTES = '"“”'
QUOTE = re.compile(f"[{QUOTES}]")
OBJECT_REACH = 70  # characters after "expressed" within which its noun stands
TOWARDS = ("", "the", "to", "to the", "with", "with the", "on", "on the", "for", "for the")
ADDRESSEE_REACH = 24
OPENERS = 3  # possible subjects at the head of a sentence
REACH = 260  # characters; what stands farther from a verb is neither its subject nor its object
WINDOW = 40  # characters before a verb or subject in which what governs it stands


LEAD = attrgetter("lead")
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


class Act(NamedTuple):
    """One verb of speech that has a subject."""

    at: int
    end: int
    act: str
    speaker: Speaker


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
    for candidate in present:
        if candidate.end <= at:
            continue
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
        speaker = _subject(doc, start, at, stop, participle, words, present, passed, acts)
        if speaker is None and not acts and words and words[-1].endswith(LINKS):
            linked = LINKED.search(folded, window, at)
            speaker = _opener(folded, start, at, present[:OPENERS]) if linked else None
        if speaker is None:
            continue
        row = rows[0]
        if word == _bare(row.surface, row.forms) and not _plural(speaker):
            continue
        if row.surface in visits and _visit(doc, stop, _following(present, passed, stop)):
            act = ""
        elif row.object or len(rows) > 1:
            act = _sense(doc, rows, stop, end)
        else:
            act = row.act
        if act == "state":
            following = _following(present, passed, stop)
            act = _reported(doc, start, at, stop, end, speaker, following)
        acts.append(make(Act, (at, stop, act, speaker)))
        reach = stop
    return _governing(doc, start, end, [a for a in acts if a.act])


def _following(present: list[Speaker], passed: int, stop: int) -> list[Speaker]:
    """Return those who end behind the beginning of a verb, as far as it reaches."""
    return present[passed : bisect_right(present, stop + REACH, key=LEAD)]


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


def _visit(doc: Document, stop: int, following: list[Speaker]) -> bool:
    """Tell whether calling on a person asks nothing ("called on the President"): a visit."""
    met = next((s for s in following if stop <= s.lead <= stop + 5 and s.persons), None)
    return met is not None and not ASKED.match(doc.folded, met.end)


def _reported(
    doc: Document,
    start: int,
    at: int,
    stop: int,
    end: int,
    speaker: Speaker,
    following: list[Speaker],
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
    subject = next((s for s in following if stop <= s.lead <= stop + 20), None)
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


def _subject(
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
    floor = at - REACH  # who ends before it is no subject
    if words and folded[at - 1] == " ":
        last = real = words[-1]
        plain = last.isalpha()
        if not plain:
            last = real = last.strip("\"'(").lstrip("0123456789")
        if len(words) > 1:
            if last == "also" or last.endswith("ly"):
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
            return _agent(folded, start, at, stop, _following(present, passed, stop))
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
        follower = next((s for s in _following(present, passed, stop) if s.lead >= stop), None)
        if follower and BEHIND.fullmatch(folded, stop, follower.lead):
            return follower
    if acts and words and words[-1].endswith(LINKS):
        before = folded[max(start, at - WINDOW) : at]
        return acts[-1].speaker if LINKED.search(before) else None
    return None


def _agent(folded: str, start: int, at: int, stop: int, following: list[Speaker]) -> Speaker | None:
    """Return the subject of a passive: "was proposed by X", "it was agreed"."""
    agent = BY.match(folded, stop)
    if agent:
        return next((s for s in following if 0 <= s.lead - agent.end() <= 1), None)
    return BOTH if IMPERSONAL.search(folded[max(start, at - WINDOW) : at]) else None


def _opener(folded: str, start: int, at: int, present: list[Speaker]) -> Speaker | None:
    """Return the subject that a sentence opens with, for verbs linked to one that is no speech."""
    for speaker in present:
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
