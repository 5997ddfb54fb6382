"""Gold annotations: what a coder found in a text, checked and located in the text.

A record is one article as the codebook codes it; its form is described in ``tests/gold/README.md``.
Sentences are given by how they begin, persons by their spellings and figures by their characters,
or any of them by offsets into the source; here all become half-open offsets into ``articles.text``.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from analysis.records import Part

Span = tuple[int, int]


class Sentence(NamedTuple):
    """One sentence: its topics and, where it reports an act of speech, who does what in words."""

    start: int
    end: int
    topics: frozenset[str]
    optional_topics: frozenset[str]
    sources: tuple[str, ...]
    side: str | None
    acts: frozenset[str]


class Person(NamedTuple):
    """One person of the article and every place where the person is named."""

    name: str
    side: str | None
    roles: frozenset[str]
    mentions: list[Span]


class Figure(NamedTuple):
    """One stated number or date; a part that is missing was not coded and is not compared."""

    start: int
    end: int
    kind: str
    value: float | None
    value_to: float | None
    unit: str | None
    measure: str | None
    status: str | None
    horizon: int | None
    optional: bool


@dataclass(frozen=True)
class Gold:
    """The annotations of one article."""

    article_id: str
    group: str | None
    sentences: list[Sentence]
    persons: list[Person]
    organisations: frozenset[str]
    optional_organisations: frozenset[str]
    figures: list[Figure]
    published: tuple[date, date] | None
    meeting_format: str | None
    meeting_date: date | None

    def sentence_at(self, position: int) -> int | None:
        """Return the number of the sentence that holds a character, or None outside of all."""
        found = bisect_right(self.sentences, position, key=lambda s: s.start) - 1
        return found if found >= 0 and position < self.sentences[found].end else None


def locate(record: Part, source: str, text_start: int) -> Gold:
    """Check one record and locate it.

    Parameters
    ----------
    record : Part
        As `read_records` returns it.
    source : str
        The whole source in NFC, which the record's own offsets count in.
    text_start : int
        Where ``articles.text`` begins in it; what is returned counts from there.

    Raises
    ------
    GoldError
        A field is missing or holds what it may not, or something is not found in the source.
    """
    sentences = _sentences(record, source, text_start)
    persons = _persons(record, source, text_start)
    figures = [figure(part, source, text_start) for part in record.parts("figures")]
    published = Part(record.must("published", dict), f"{record.where}, published")
    first, last = published.day("earliest"), published.day("latest")
    if (first is None) != (last is None) or (first and last and first > last):
        raise published.error(f"{first} to {last} is no interval; give both days, in order")
    held = record.get("meeting", dict)
    meeting = Part(held, f"{record.where}, meeting") if held else None
    return Gold(
        article_id=record.must("article_id", str),
        group=record.get("group", str, optional=True),
        sentences=sentences,
        persons=persons,
        organisations=record.texts("organisations"),
        optional_organisations=record.texts("optional_organisations", optional=True),
        figures=figures,
        published=(first, last) if first and last else None,
        meeting_format=meeting.code("format", "format") if meeting else None,
        meeting_date=meeting.day("date_from") if meeting else None,
    )


def figure(part: Part, source: str, text_start: int = 0) -> Figure:
    """Check one annotated figure and locate it; money is the kind where none is given."""
    start, end = _given(part, source) or _surface(part, source)
    return Figure(
        start - text_start,
        end - text_start,
        part.code("kind", "kind_figure", optional=True) or "money",
        part.get("value", (int, float)),
        part.get("value_to", (int, float), optional=True),
        part.get("unit", str),
        part.code("measure", "measure", optional=True),
        part.code("status", "status", optional=True),
        part.get("horizon", int, optional=True),
        bool(part.get("optional", bool, optional=True)),
    )


def _sentences(record: Part, source: str, text_start: int) -> list[Sentence]:
    parts = list(record.parts("sentences"))
    if not parts:
        raise record.error("sentences: received none; annotate every sentence of the text")
    starts, position = [], 0
    for part in parts:
        given = part.get("start", int, optional=True)
        if given is None:
            opening = part.must("text_start", str)
            given = source.find(opening, position)
            if given < 0:
                raise part.error(
                    f"text_start: {opening!r} is not found after character {position}; copy how "
                    "the sentence begins, and keep the order of the text"
                )
        if given < position:
            raise part.error(f"starts at {given}, not after the one before; keep the text's order")
        starts.append(given)
        position = given + 1
    ends = [*starts[1:], len(source)]
    found = []
    for part, start, next_start in zip(parts, starts, ends, strict=True):
        end = part.get("end", int, optional=True) or next_start
        speaks = part.data.get("source")
        sources = part.get("source", (str, list)) or []
        found.append(
            Sentence(
                start - text_start,
                end - text_start,
                part.texts("topics", "topic"),
                part.texts("optional_topics", "topic", optional=True),
                (speaks,) if isinstance(speaks, str) else tuple(sources),
                part.get("side", str),
                part.texts("acts", "act"),
            )
        )
    return found


def _persons(record: Part, source: str, text_start: int) -> list[Person]:
    parts = list(record.parts("persons"))
    named = [(p, _mentions(p, source)) for p in parts]
    every = [(who, span) for who, (_, spans) in enumerate(named) for span in spans]
    found = []
    for who, (part, spans) in enumerate(named):
        # A short form inside another person's longer name is no mention of this one.
        own = [
            (a, b)
            for a, b in spans
            if not any(o != who and c <= a and b <= d and d - c > b - a for o, (c, d) in every)
        ]
        found.append(
            Person(
                part.must("name", str),
                part.get("side", str),
                part.texts("roles", "role"),
                [(a - text_start, b - text_start) for a, b in own],
            )
        )
    return found


def _mentions(part: Part, source: str) -> list[Span]:
    given = part.get("mentions", list, optional=True)
    if given is not None:
        if not all(isinstance(m, list) and len(m) == 2 for m in given):
            raise part.error(f"mentions: received {given}; allowed: [[start, end], …]")
        return [(a, b) for a, b in given]
    if "surfaces" not in part.data:
        raise part.error("says nowhere how the person is named; give surfaces or mentions")
    found: list[Span] = []
    for surface in sorted(part.texts("surfaces"), key=lambda s: (-len(s), s)):
        for at in _places(surface, source, whole=True):
            end = at + len(surface)
            if not any(at < b and a < end for a, b in found):
                found.append((at, end))
    if not found:
        raise part.error(f"none of the surfaces {sorted(part.texts('surfaces'))} is in the text")
    return sorted(found)


def _given(part: Part, source: str) -> Span | None:
    start, end = part.get("start", int, optional=True), part.get("end", int, optional=True)
    if start is None or end is None:
        return None
    surface = part.get("surface", str, optional=True)
    if surface is not None and source[start:end] != surface:
        raise part.error(f"surface {surface!r}, but {start}:{end} holds {source[start:end]!r}")
    return start, end


def _surface(part: Part, source: str) -> Span:
    """Find characters written as ``surface``, or ``surface#2`` for their second place."""
    written = part.must("surface", str)
    surface, _, number = written.partition("#")
    wanted = int(number) if number.isdecimal() else 1
    places = _places(surface, source, whole=True) or _places(surface, source, whole=False)
    if not surface or not 1 <= wanted <= len(places):
        raise part.error(
            f"surface {written!r}: {surface!r} stands {len(places)} times in the text; copy it "
            "from there, and add #2 for its second place"
        )
    return places[wanted - 1], places[wanted - 1] + len(surface)


def _places(surface: str, source: str, whole: bool) -> list[int]:
    """Return where `surface` stands; where `whole`, only where no word or amount is cut."""
    found = []
    at = source.find(surface) if surface else -1
    while at >= 0:
        end = at + len(surface)
        if not whole or not (_joins(source[at - 1 : at], True) or _joins(source[end : end + 1])):
            found.append(at)
            at = source.find(surface, end)
        else:
            at = source.find(surface, at + 1)
    return found


def _joins(character: str, before: bool = False) -> bool:
    if before and character and unicodedata.category(character) == "Sc":
        return True
    return character.isalnum() or character == "_"
