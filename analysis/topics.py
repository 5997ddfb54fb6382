"""Finds the topics that a text names: terms of the codebook, each where its context allows it.

A term is a row of ``knowledge/terms.csv``. The longest term that holds at a place wins, and a row
without a topic wins too and names nothing: so "food security" is agriculture, and "Security
Council" keeps "security" out. Nothing is named inside the spans that the caller masks (titles,
names of persons and of ministries) nor inside what only sets the scene ("on the sidelines of …").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache, partial
from typing import NamedTuple

from analysis.knowledge import Document, Knowledge, KnowledgeError, context
from analysis.matcher import make
from analysis.names import UPPER
from analysis.word_forms import spellings

# A text names topics only where it tells of dealings among states: by a word of the first group, or
# by one of the second, an office of state, together with two countries.
AFFAIRS, OFFICE = "affairs", "office"
# A row with this word under `unless` is weak: it stands back where its sentence names another
# topic.
OTHER = "other"
# Words of this group open a stretch that only sets the scene; it ends with its phrase.
SCENE = "scene"
# With its field a word of this group names a ministry, and names name no topic (T4).
MINISTRY = "ministry"
FIELD_BEFORE = re.compile(r"(?<!\w)[^\W\d_]+ \Z")
LONGEST_WORD = 30  # characters
FIELD_FOLLOWS = re.compile(r" (?:of|for) (?:the )?")
CAPITALS = re.compile(rf"[{UPPER}][\w-]*(?: [{UPPER}][\w-]*){{0,3}}")
FIELD_GOES_ON = re.compile(r",? and |, ")
PHRASE_END = re.compile(
    r"[,.;:()\n]|\b(?:and|to|where|when|while|who|which|that|with|said|as|after|before|agreed|held"
    r"|met|discussed)\b"
)
PLURAL = re.compile("[^s']s")
# How far from a term its neighbours are read; longer than any phrase of the knowledge.
REACH = 60


class Topic(NamedTuple):
    """One mention of a topic: its sentence, topic and theme, its characters, the term's surface."""

    sentence: int
    topic: str
    theme: str
    start: int
    end: int
    surface: str
    term: str


class _Neighbours:
    """Phrases that stand next to a term, compiled when a text first asks: most never are."""

    def __init__(self, cell: str, words: Mapping[str, str], *, before_term: bool) -> None:
        self._phrases = [
            p for phrase in cell.split(";") if phrase for p in spellings(phrase, words)
        ]
        self._before_term = before_term

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrases as one pattern, which ends or begins where the term begins or ends.

        ``*`` is any word, ``**`` up to three words, ``#`` a number with or without its currency.
        """
        phrases = ("".join(map(self._token, phrase.split())) for phrase in self._phrases)
        joined = "|".join(phrases)
        return re.compile(
            rf"(?<!\w)(?:{joined})\Z" if self._before_term else rf"(?:{joined})(?!\w)"
        )

    def _token(self, token: str) -> str:
        # An apostrophe is of the gap or of the word: what has been taken is not tried again.
        gap = r"\W{1,2}+"
        number = r"(?:[a-z]{1,4}\W{0,2})?\d[\w.,]*"
        step = {"*": r"[\w']++", "**": r"[\w']++", "#": number}.get(token, re.escape(token))
        step = step + gap if self._before_term else gap + step
        return f"(?:{step}){{0,3}}" if token == "**" else step


class Condition(NamedTuple):
    """What must hold around a term for it to count; None or empty where the row asks nothing."""

    needs: tuple[str, ...]
    unless: tuple[str, ...]
    weak: bool
    after: _Neighbours | None
    not_after: _Neighbours | None
    before: _Neighbours | None
    not_before: _Neighbours | None


def find(doc: Document, knowledge: Knowledge, masks: Sequence[tuple[int, int]] = ()) -> list[Topic]:
    """Return the mentions of topics in a text, in order.

    Parameters
    ----------
    doc : Document
        The annotated text.
    knowledge : Knowledge
        Gives the terms, their conditions and the theme of each topic.
    masks : sequence of (start, end)
        Stretches inside which nothing names a topic, sorted, in characters of ``doc.text``.

    Raises
    ------
    KnowledgeError
        When a term asks for a group of words that ``contexts.csv`` does not have.

    Examples
    --------
    >>> from analysis.knowledge import load
    >>> knowledge = load()
    >>> text = "The two countries will cooperate in trade and food security."
    >>> [(t.topic, t.surface) for t in find(knowledge.annotate("a", text), knowledge)]
    [('trade', 'trade'), ('agriculture', 'food security')]
    """
    terms = _compiled(knowledge)
    hits = doc.hits
    if not hits.get(context(AFFAIRS)) and not (hits.get(context(OFFICE)) and _two_countries(doc)):
        return []
    scenes = _scenes(doc)
    closed = _merge([*masks, *scenes, *_ministries(doc)])
    titles = {end for _, end in masks} - {end for _, end in scenes}
    found: list[Topic] = []
    weak: list[int] = []
    named: set[str] = set()
    text, sentences = doc.text, doc.sentences
    sentence, last = 0, len(sentences) - 1
    mask, masked = 0, len(closed)
    start_kept = reach = blocked = -1
    for start, end, row in hits["terms"]:
        same = start == start_kept and end == reach
        if start < blocked or (end <= reach and not same):
            continue
        while mask < masked and closed[mask][1] <= start:
            mask += 1
        # A hit that touches a mask is dropped unless it is the longer of the two: "Foreign
        # Ministers' Dialogue" is a mechanism although it begins like a title. A plural at the end
        # of a title is no title but people: "Chinese lawmakers".
        if mask < masked and closed[mask][0] < end:
            a, b = closed[mask]
            longer = start <= a and b <= end and (start, end) != (a, b)
            people = end == b and end in titles and PLURAL.match(doc.folded, end - 2)
            if not longer and not people:
                continue
        while sentence < last and start >= sentences[sentence + 1][0]:
            sentence += 1
        condition, topic, theme, term = terms[id(row)]
        if condition and not _holds(condition, doc, sentence, start, end):
            continue
        if not same:
            start_kept, reach = start, end
            named.clear()
        if not topic:
            blocked = end
        elif topic not in named:
            named.add(topic)
            if condition and condition.weak:
                weak.append(len(found))
            mention = (sentence, topic, theme, start, end, text[start:end], term)
            found.append(make(Topic, mention))
    return _without_weak(found, weak) if weak else found


def _without_weak(found: list[Topic], weak: list[int]) -> list[Topic]:
    """Leave out the weak mentions where one of another topic in the sentence is not weak."""
    standing = set(weak)
    strong: dict[int, set[str]] = {}
    for i, mention in enumerate(found):
        if i not in standing:
            strong.setdefault(mention.sentence, set()).add(mention.topic)
    return [
        mention
        for i, mention in enumerate(found)
        if i not in standing or strong.get(mention.sentence, {mention.topic}) == {mention.topic}
    ]


def _two_countries(doc: Document) -> bool:
    """Tell whether a text names two countries or more."""
    places = (h.row.side for kind in ("countries", "country_words") for h in doc.hits[kind])
    return len({side for side in places if side}) > 1


def _scenes(doc: Document) -> list[tuple[int, int]]:
    """Return the stretches that only set the scene, each to the end of its phrase."""
    folded, hits = doc.folded, doc.hits.get(context(SCENE), ())
    ends = [(end, PHRASE_END.search(folded, end)) for _, end, _ in hits]
    return [(start, m.start() if m else len(folded)) for start, m in ends]


def _ministries(doc: Document) -> list[tuple[int, int]]:
    """Return the names of ministries: "Ministry of Trade and Energy", "trade ministry"."""
    words = doc.hits.get(context(MINISTRY))
    if not words:
        return []
    ends: dict[int, int] = {}
    starts: dict[int, int] = {}
    for hit in doc.hits["portfolios"]:  # by start and then longest first
        ends.setdefault(hit.start, hit.end)
        starts.setdefault(hit.end, hit.start)
    folded, names = doc.folded, []
    for start, end, _ in words:
        word = FIELD_BEFORE.search(folded, max(0, start - LONGEST_WORD), start)
        first = starts.get(start - 1, word.start() if word else start)
        last = end
        m = FIELD_FOLLOWS.match(folded, end)
        capitals = CAPITALS.match(doc.text, m.end()) if m else None
        if m and capitals and capitals.end() > ends.get(m.end(), 0):
            last = capitals.end()  # a field that no list knows whole
            m = FIELD_GOES_ON.match(folded, last)
        while m and m.end() in ends:
            last = ends[m.end()]
            m = FIELD_GOES_ON.match(folded, last)
        names.append((first, last))
    return names


def _within(doc: Document, kinds: Iterable[str], first: int, last: int) -> bool:
    """Tell whether a hit of one of some kinds begins between two characters."""
    for kind in kinds:
        hits = doc.hits[kind]
        at = bisect_left(hits, (first,))
        if at < len(hits) and hits[at][0] < last:
            return True
    return False


def _holds(c: Condition, doc: Document, sentence: int, start: int, end: int) -> bool:
    """Tell whether the words around a hit let its row count."""
    first, last = doc.sentences[sentence]
    # A term's own words do not prove it.
    if c.needs and not (_within(doc, c.needs, first, start) or _within(doc, c.needs, end, last)):
        return False
    if c.unless and _within(doc, c.unless, first, last):
        return False
    left, right = max(first, start - REACH), min(last, end + REACH)
    if c.not_after and c.not_after.pattern.search(doc.folded, left, start):
        return False
    if c.after and not c.after.pattern.search(doc.folded, left, start):
        return False
    if c.not_before and c.not_before.pattern.match(doc.folded, end, right):
        return False
    return not c.before or c.before.pattern.match(doc.folded, end, right) is not None


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join overlapping spans."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def check(knowledge: Knowledge) -> None:
    """Raise KnowledgeError if terms ask for groups of words that the contexts do not have."""
    _compiled(knowledge)


@lru_cache(maxsize=8)
def _compiled(knowledge: Knowledge) -> dict[int, tuple[Condition | None, str, str, str]]:
    """Return of each term, by the id of its row, the condition, topic, theme and surface."""
    known = {r.group for r in knowledge.rows["contexts"]}
    words = {r.british: r.american for r in knowledge.rows["spellings"]}
    words |= {american: british for british, american in words.items()}
    before = cache(partial(_Neighbours, words=words, before_term=True))
    after = cache(partial(_Neighbours, words=words, before_term=False))
    conditions: dict[int, Condition] = {}
    faults = []
    for row in knowledge.rows["terms"]:
        if not any((row.needs, row.unless, row.after, row.not_after, row.before, row.not_before)):
            continue
        needs = [n for n in row.needs.split(";") if n]
        unless = [n for n in row.unless.split(";") if n]
        faults += [
            f"terms.csv, {row.surface!r} ({row.topic}): no group {name!r} in contexts.csv"
            for name in [*needs, *unless]
            if name not in known and name != OTHER
        ]
        conditions[id(row)] = Condition(
            tuple(map(context, needs)),
            tuple(context(n) for n in unless if n != OTHER),
            OTHER in unless,
            before(row.after) if row.after else None,
            before(row.not_after) if row.not_after else None,
            after(row.before) if row.before else None,
            after(row.not_before) if row.not_before else None,
        )
    if faults:
        raise KnowledgeError(
            "terms ask for unknown groups; add the group to contexts.csv or correct the name:\n  "
            + "\n  ".join(faults)
        )
    themes = {r.topic: r.theme for r in knowledge.rows["topics"]}
    return {
        id(r): (conditions.get(id(r)), r.topic, themes[r.topic] if r.topic else "", r.surface)
        for r in knowledge.rows["terms"]
    }
