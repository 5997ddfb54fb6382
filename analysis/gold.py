"""Gold annotations: what a coder found in a text, read from JSON, checked and located in the text.

A file is a JSON array of records, or one record a line; a record is one article as the codebook
codes it (the form is described in ``tests/gold/README.md``). Sentences are given by how they begin,
persons by their spellings and figures by their characters, or any of them by offsets into the
source; here all become half-open offsets into ``articles.text``.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from analysis.schema import codes

Span = tuple[int, int]


class GoldError(ValueError):
    """A gold file that cannot be used; the message names the file, the record and the field."""


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


class Part:
    """One object of a gold file and where it stands, so that every error can say so."""

    def __init__(self, data: Any, where: str) -> None:
        self.where = where
        if not isinstance(data, dict):
            raise self.error(f"received {_short(data)}; write an object {{…}}")
        self.data = data

    def error(self, message: str) -> GoldError:
        """Return an error about this object."""
        return GoldError(f"{self.where}: {message}")

    def get(self, name: str, kind: type | tuple[type, ...], optional: bool = False) -> Any:
        """Return a field that may be null, and also absent where `optional`."""
        if name not in self.data and not optional:
            fields = ", ".join(self.data) or "none"
            raise self.error(f"field {name!r} is missing; fields present: {fields}")
        value = self.data.get(name)
        if value is not None and not isinstance(value, kind):
            raise self.error(f"{name}: received {_short(value)}; allowed: {_kinds(kind)}")
        return value

    def must(self, name: str, kind: type | tuple[type, ...]) -> Any:
        """Return a field that must be there and not null."""
        value = self.get(name, kind)
        if value is None:
            raise self.error(f"{name}: received null; allowed: {_kinds(kind)}")
        return value

    def code(self, name: str, column: str, optional: bool = False) -> str | None:
        """Return a coded field."""
        value: str | None = self.get(name, str, optional)
        if value is not None:
            self._allow(name, [value], column)
        return value

    def texts(self, name: str, column: str = "", optional: bool = False) -> frozenset[str]:
        """Return a list of strings, coded where `column` says by what."""
        values = self.get(name, list, optional) or []
        if not all(isinstance(v, str) for v in values):
            raise self.error(f"{name}: received {_short(values)}; allowed: a list of strings")
        if column:
            self._allow(name, values, column)
        return frozenset(values)

    def day(self, name: str) -> date | None:
        """Return a calendar day."""
        value = self.get(name, str)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError:
            raise self.error(f"{name}: {value!r} is no date; write YYYY-MM-DD or null") from None

    def parts(self, name: str) -> Iterator[Part]:
        """Yield the objects of a list."""
        for number, item in enumerate(self.must(name, list)):
            yield Part(item, f"{self.where}, {name}[{number}]")

    def _allow(self, name: str, values: list[str], column: str) -> None:
        wrong = [v for v in values if v not in codes(column)]
        if wrong:
            raise self.error(f"{name}: received {wrong}; allowed: {', '.join(codes(column))}")


def read_records(path: str | Path) -> list[Part]:
    """Read a gold file; an item is one record, not yet checked beyond being an object.

    Raises
    ------
    GoldError
        The file is not UTF-8, not JSON, or holds no record.
    OSError
        It cannot be read.

    Examples
    --------
    >>> read_records("no/such/file.jsonl")
    Traceback (most recent call last):
    ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no/such/file.jsonl'
    """
    try:
        content = Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GoldError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    array = content.lstrip().startswith("[")
    lines = [(1, content)] if array else list(enumerate(content.split("\n"), 1))
    items: list[Any] = []
    for line, chunk in lines:
        if not chunk.strip():
            continue
        try:
            item = json.loads(chunk)
        except json.JSONDecodeError as error:
            raise GoldError(
                f"{path}, line {line + error.lineno - 1}, column {error.colno}: is not JSON "
                f"({error.msg}); write one array of records, or one record a line"
            ) from None
        items.extend(item if array else [item])
    if not items:
        raise GoldError(f"{path}: holds no record; write one array of records, or one a line")
    return [Part(item, f"{path}, record {number}") for number, item in enumerate(items, 1)]


def annotations(record: Part, source: str, text_start: int) -> Gold:
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
            raise part.error(f"mentions: received {_short(given)}; allowed: [[start, end], …]")
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


def _short(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= 60 else written[:57] + "…"


def _kinds(kind: type | tuple[type, ...]) -> str:
    words = {str: "text", int: "whole number", float: "number", list: "list", dict: "object"}
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return " or ".join(words.get(k, k.__name__) for k in kinds)
