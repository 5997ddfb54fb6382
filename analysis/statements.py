"""Reported acts of speech: who says, proposes, pledges, agrees, appraises, invites or discusses.

A verb of speech makes a statement where it is finite and has a subject: a person, a role phrase
("the Korean official"), a pronoun, both sides, a government. The subject stands before the verb,
parted from it by adverbs or an insertion between commas at most, or behind it ("…, said Kim").
Verbs that follow the same subject ("welcomed … and called on …, proposing …") are acts of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.actors import Mention
from analysis.matcher import Hit, back_over
from analysis.names import UPPER
from analysis.speakers import BOTH, Speaker, speakers

if TYPE_CHECKING:
    from analysis.actors import Actors
    from analysis.front import Front
    from analysis.knowledge import Document, Knowledge

# Between a subject and its verb: adverbs, auxiliaries, a day or a place (with a capital).
# Possessive, so that a long list of capitalised words is given up at once.
ADVERBIAL = re.compile(
    r"(?:\s++|\b(?:also|then|too|again|once|later|further|jointly|both|each|all|in turn|in response"
    r"|in reply|nevertheless|however|meanwhile|instead|likewise|thus|therefore|even|just|though"
    r"|has|have|had|did|would like to|once more|earlier|now|still|himself|herself|themselves"
    r"|yesterday|today|on the occasion|on the same day|that|\w+ly"
    rf"|(?:(?:on|in|at|late|early) )?(?-i:[{UPPER}])\w*+(?: \d{{1,2}})?)\b)*+",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    r"\b(?:of|with|to|for|by|in|from|between|on|at|including|than|as|against|under|via|through|among"
    r"|toward|towards|into|over|about|like)\s+(?:the\s+|an?\s+|his\s+|her\s+|their\s+)?$"
)
WITH = re.compile(r"\bwith\s+(?:the\s+)?$")
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
PASSIVE = frozenset(["is", "are", "was", "were", "be", "been", "being"])
BY = re.compile(r" (?:\w+ )?by (?:the |his |her |their |an? )?")
IMPERSONAL = re.compile(r"\bit (?:is|was|has been) (?:also )?$")
APPOSITION = re.compile(r",\s(?:\w+\.?\s){0,2}$")
LINKED = re.compile(
    r"(?:,|\band|\bbut|;|\bthen|\bwhile|\bor|[\"”])\s*(?:also\s+|then\s+|\w+ly\s+)*$"
)
# How what LINKED finds ends, blanks aside: a search walks the window, and mostly for nothing.
LINKS = (",", "and", "but", ";", "then", "while", "or", '"', "”", "also", "ly")
WILL = re.compile(r"\s+(?:also |further |jointly |\w+ly )?(?:will|shall)\b")
OUGHT = re.compile(
    r"\b(?:sides?|countries|nations|parties|both|they|we|governments|ministries|authorities)\b"
    r"(?: \w+){0,2} (?:should|must|ought to|have to|need to)\b"
)
DUTIES = ("should", "must", "ought to", "have to", "need to")
SUBORDINATE = re.compile(
    r"(?<!during )(?<!at )\b(?:that|which|whether|how|because|if|when|where|who|whom)"
    r"\s+(?:the\s+)?$"
)
PROMISE = re.compile(r"\s*(?:\w+\s+){0,3}?(?:will|would|(?:is|are|stands?) ready)\b")
READY = re.compile(r"\s*(?:is|are|stands?|remains?) (?:always )?ready\b")
OWN = re.compile(
    r" (?:that )?(?:his|her|their) (?:own )?(?:\w+ )?(?:government|ministry|country|embassy"
    r"|parliament|agency|bank|side)\b"
)
BEHIND = re.compile(r"[ ,]*(?:(?:the|his|her|their|an?) )?")
BIDDEN = re.compile(r" to (?!the |an? |its |his |her |their )")  # "wants X to come"
ASKED = re.compile(r"(?:,[^,.;]{1,80},)? (?:\w+ )?(?:not )?" + BIDDEN.pattern.lstrip())
POSTPOSED = re.compile(r"(?:^|[,\"”’'?!—–])\s*$")
QUOTES = '"“”'
QUOTE = re.compile(f"[{QUOTES}]")
OBJECT_REACH = 70  # characters after "expressed" within which its noun stands
ADDRESSEE_REACH = 24
OPENERS = 3  # possible subjects at the head of a sentence
REACH = 260  # characters; what stands farther from a verb is neither its subject nor its object
WINDOW = 40  # characters before a verb or subject in which what governs it stands


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
    verbs = doc.hits["verbs"]
    verb_starts = [h.start for h in verbs]
    scene = speakers(doc, who, front)
    headline = front.title[1] if front.title else 0
    found: list[Statement] = []
    meant: dict[tuple[int, int], Mention] = {}
    roles = {p.name: ";".join(p.roles) or None for p in who.persons}
    visits = {row.surface for row in knowledge.rows["visit_verbs"]}
    affairs = any(roles.values())  # where nobody holds an office, private people speak
    for i, (start, end) in enumerate(doc.sentences):
        if start < headline or (end <= front.body and front.dateline):
            continue
        present = scene.in_sentence(i)
        if not affairs:
            present = [s for s in present if len(s.persons) != 1]
        inside = verbs[bisect_left(verb_starts, start) : bisect_right(verb_starts, end)]
        acts = _acts(doc, start, end, inside, present, visits)
        if not acts:
            acts = _joint_will(doc, start, end, present)
        for n, act in enumerate(acts):
            scene.heard(act.speaker)
            if len(act.speaker.persons) == 1 and act.speaker.form != "name":
                mention = _mention(doc, i, act.speaker, roles)
                meant[mention.start, mention.end] = mention
            begin = start if n == 0 else act.at
            stop = end if n + 1 == len(acts) else acts[n + 1].at
            # What is agreed or discussed is so among those who speak.
            spoken_to = act.act not in ("agree", "discuss")
            reach = ADDRESSEE_REACH if spoken_to else -1
            addressee = scene.addressee(present, act.end, reach, act.speaker)
            found.append(
                Statement(i, act.speaker.source, act.speaker.side, addressee, act.act, begin, stop)
            )
    return _distinct(found), list(meant.values())


def _mention(doc: Document, i: int, speaker: Speaker, roles: dict[str, str | None]) -> Mention:
    """Return the mention that a role phrase or pronoun is, once it is known who is meant."""
    name = speaker.persons[0]
    surface = doc.text[speaker.start : speaker.end]
    return Mention(
        i,
        name,
        "person",
        speaker.side,
        roles[name],
        speaker.form,
        speaker.start,
        speaker.end,
        surface,
    )


def _acts(
    doc: Document,
    start: int,
    end: int,
    verbs: list[Hit],
    present: list[Speaker],
    visits: set[str],
) -> list[Act]:
    acts: list[Act] = [
        Act(h.start, h.end, h.row.act, s)
        for h in doc.hits["attributions"]
        for s in present
        if start <= h.start < end and 0 <= s.lead - h.end <= 5
    ]
    reach = -1
    leads, ends = [s.lead for s in present], [s.end for s in present]
    quotes = _quotes(doc.text, start, end)
    for (at, stop), rows in _by_position(verbs):
        if at < reach or _quoted(quotes, at):
            continue
        near = present[bisect_left(ends, at - REACH) : bisect_right(leads, stop + REACH)]
        word = doc.folded[at:stop].split(" ")[0]
        speaker = _subject(doc, start, end, at, stop, word, near, acts)
        if speaker is None and not acts and _linked(doc.folded, max(start, at - WINDOW), at):
            speaker = _opener(doc, start, at, present[:OPENERS])
        if speaker is None or (_bare(rows[0], word) and not _plural(speaker)):
            continue
        sense = (
            None
            if rows[0].surface in visits and _visit(doc, stop, near)
            else _sense(doc, rows, stop, end)
        )
        act = sense.act if sense else ""
        if act == "state":
            act = _reported(doc, start, at, stop, end, speaker, near)
        acts.append(Act(at, stop, act, speaker))
        reach = stop
    return _governing(doc, start, end, [a for a in acts if a.act])


def _quotes(text: str, start: int, end: int) -> list[tuple[int, bool]]:
    """Return the quotation marks of a sentence, and whether each opens."""
    if not any(text.find(mark, start, end) >= 0 for mark in QUOTES):
        return []
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
        before = doc.folded[start : min(last.at, last.speaker.lead)].rstrip()
        after = doc.folded[max(last.end, last.speaker.end) : end]
        if before.endswith((",", '"', "'")) and not after.strip(" ."):
            return [last]
    return acts


def _bare(row: Any, word: str) -> bool:
    """Tell whether a form is the bare one ("demand"), which no singular subject takes."""
    return word == row.surface.split(" ")[0].lower() and word not in row.forms.split(";")


def _plural(speaker: Speaker) -> bool:
    return speaker.joint or len(speaker.persons) > 1


def _by_position(verbs: list[Hit]) -> list[tuple[tuple[int, int], list[Any]]]:
    """Group the hits of one place, the longest first, so that "call on" is not "call"."""
    grouped: dict[tuple[int, int], list[Any]] = {}
    for hit in verbs:
        grouped.setdefault((hit.start, hit.end), []).append(hit.row)
    return list(grouped.items())


def _sense(doc: Document, rows: list[Any], stop: int, end: int) -> Any:
    """Choose among the senses of a verb the one whose object comes first after it.

    None where each sense asks for an object ("raise an issue") and none of them is there.
    """
    after = doc.folded[stop : min(end, stop + OBJECT_REACH)]
    best = None
    for row in rows:
        for noun in row.object.split(";") if row.object else ():
            where = after.find(noun)
            if where >= 0 and (best is None or where < best[0]):
                best = (where, row)
    if best:
        return best[1]
    return next((r for r in rows if not r.object), None)


def _visit(doc: Document, stop: int, present: list[Speaker]) -> bool:
    """Tell whether calling on a person asks nothing ("called on the President"): a visit."""
    met = next((s for s in present if stop <= s.lead <= stop + 5 and s.persons), None)
    return met is not None and not ASKED.match(doc.folded, met.end)


def _reported(
    doc: Document,
    start: int,
    at: int,
    stop: int,
    end: int,
    speaker: Speaker,
    present: list[Speaker],
) -> str:
    """Tell what "said that" does: what others ought to do is proposed, one's own promised."""
    begin, limit = (stop, end) if at - start < 60 else (start, at)
    limit = min(limit, begin + REACH)
    duty = any(doc.folded.find(word, begin, limit) >= 0 for word in DUTIES)
    ought = OUGHT.search(doc.folded, begin, limit) if duty else None
    if ought and ought.start() < begin + 60:
        return "propose"
    subject = next((s for s in present if stop <= s.lead <= stop + 20), None)
    if subject and subject.side != speaker.side and BIDDEN.match(doc.folded, subject.end):
        return "propose"
    own = subject and (
        doc.folded[subject.start : subject.end] in ("he", "she")
        or (subject.official and subject.side == speaker.side != "both")
    )
    if subject and own and PROMISE.match(doc.folded, subject.end, min(end, subject.end + 40)):
        return "pledge"
    # A country "will" do much that is no promise to the other; its government, or readiness, is.
    body = OWN.match(doc.folded, stop, end)
    if body and PROMISE.match(doc.folded, body.end(), min(end, body.end() + 40)):
        return "pledge"
    if subject and subject.side == speaker.side and READY.match(doc.folded, subject.end, end):
        return "pledge"
    return "state"


def _subject(
    doc: Document,
    start: int,
    end: int,
    at: int,
    stop: int,
    word: str,
    present: list[Speaker],
    acts: list[Act],
) -> Speaker | None:
    before = doc.folded[max(start, at - WINDOW) : at]
    participle = word.endswith("ing")
    last, real = _words_before(before)
    if last in AUXILIARY or real in REDUCED:
        return None
    if real in PASSIVE:
        agent = BY.match(doc.folded, stop)
        if agent:
            return next((s for s in present if 0 <= s.lead - agent.end() <= 1), None)
        return BOTH if IMPERSONAL.search(before) else None
    for speaker in reversed([s for s in present if s.end <= at]):
        gap = doc.text[speaker.end : at]
        if participle:
            if WITH.search(doc.folded, start, speaker.start) and ADVERBIAL.fullmatch(gap):
                return speaker
            break
        if _adjacent(_closed(doc, speaker, gap)) and not _governed(doc, start, speaker):
            return None if acts and _embedded(doc, start, speaker, acts[-1]) else speaker
    if not participle:
        follower = next((s for s in present if s.lead >= stop), None)
        said = follower and BEHIND.fullmatch(doc.folded, stop, follower.lead)
        if follower and said and POSTPOSED.search(before):
            return follower
    if acts and _linked(before, 0, len(before)):
        return acts[-1].speaker
    return None


def _linked(folded: str, begin: int, at: int) -> bool:
    """Tell whether a verb goes on with the subject of the verb before it."""
    return folded.endswith(LINKS, begin, back_over(folded, at, floor=begin)) and bool(
        LINKED.search(folded, begin, at)
    )


def _words_before(before: str) -> tuple[str, str]:
    """Return the word before a verb, and that before its adverb where it has one."""
    words = before.split()
    if not words or not before[-1].isspace():
        return "", ""
    last = words[-1].strip("\"'(").lstrip("0123456789")
    adverb = len(words) > 1 and (last == "also" or last.endswith("ly"))
    return last, words[-2].strip("\"'(") if adverb else last


def _opener(doc: Document, start: int, at: int, present: list[Speaker]) -> Speaker | None:
    """Return the subject that a sentence opens with, for verbs linked to one that is no speech."""
    for speaker in present:
        ahead = doc.folded[start : speaker.lead].removesuffix("the ")
        if speaker.end <= at and (not ahead.strip() or ahead.endswith(", ")):
            return None if _governed(doc, start, speaker) else speaker
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


def _embedded(doc: Document, start: int, speaker: Speaker, before: Act) -> bool:
    """Tell whether a subject stands in what is said, not beside the one who says it."""
    if not before.act:
        return False
    if before.end <= speaker.lead and not doc.folded[before.end : speaker.lead].strip(" ,'\""):
        return True
    return bool(SUBORDINATE.search(doc.folded, max(start, speaker.lead - WINDOW), speaker.lead))


def _governed(doc: Document, start: int, speaker: Speaker) -> bool:
    """Tell whether a noun is the object of a preposition, so no subject, or owns the next one."""
    if doc.folded[speaker.end : speaker.end + 2] == "'s":
        return True
    return bool(PREPOSITION.search(doc.folded, max(start, speaker.lead - WINDOW), speaker.lead))


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
