"""Loads, validates and compiles the knowledge files: one row a fact, edited without Python.

``FILES`` says of each file what its columns are, which of them identify a row, and how the entries
of its ``surface`` column are inflected when a text is scanned for them. A folder given by the user
may hold any of these files; what it does not hold is taken from the package.
"""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis import days, offices
from analysis.matcher import Hit, Matcher, fold, inflect, spellings
from analysis.schema import codes
from analysis.sentences import Splitter

ENDLESS = re.compile(r"\)(?:[*+]|\{\d*,\})")  # a group, then a repeat without an upper bound


def _real(cell: str) -> float:
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(f"{cell} is not finite")
    return value


def _shape(cell: str) -> re.Pattern[str]:
    """Compile a pattern; one whose groups repeat without end could take forever on a name."""
    if ENDLESS.search(cell):
        raise ValueError("a group repeats without end")
    return re.compile(cell)


# How cells are read that are no plain words, and what an error calls them.
READERS: dict[Callable[[str], Any], str] = {
    _real: "a number",
    int: "a whole number",
    _shape: "a regular expression, whose groups repeat at most as often as they say: (…){1,4}",
    days.period: "YYYY, YYYY-MM or YYYY-MM-DD",
}
INFLECT = {"inflect": "literal none noun verb"}


@dataclass(frozen=True)
class File:
    """What one knowledge file holds.

    `scan` says how its ``surface`` is matched: "" (not scanned), "literal", "noun", "verb", or
    "column" (the file's own column ``inflect`` says it, row by row). `blank` names the columns
    that may be empty, `coded` the columns that hold codes of the codebook, `allowed` those that
    hold one of a few words, `reads` those that hold a number, a date or a pattern.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    scan: str = ""
    blank: tuple[str, ...] = ()
    coded: dict[str, str] = field(default_factory=dict)
    allowed: dict[str, str] = field(default_factory=dict)
    reads: dict[str, Callable[[str], Any]] = field(default_factory=dict)


FILES: dict[str, File] = {
    "topics": File(
        ("theme", "topic", "label", "counts", "does_not_count"), ("topic",), "", ("does_not_count",)
    ),
    "frame_topics": File(("topic", "note"), ("topic",), "", ("note",), {"topic": "topic"}),
    "codes": File(("column", "code", "label", "meaning"), ("column", "code"), "", ("meaning",)),
    "titles": File(
        ("surface", "part", "role", "deputy", "note"),
        ("surface", "part"),
        "noun",
        ("role", "deputy", "note"),
        allowed={
            "part": "counterpart generic head honorific kin modifier none open part rank",
        },
    ),
    "portfolios": File(
        ("surface", "role", "deputy", "ministry", "note"),
        ("surface",),
        "literal",
        ("ministry", "note"),
        {"role": "role", "deputy": "role"},
    ),
    "verbs": File(
        ("surface", "forms", "act", "object", "note"),
        ("surface", "act", "object"),
        "verb",
        ("forms", "act", "object", "note"),
        {"act": "act"},
    ),
    "attributions": File(
        ("surface", "act", "note"), ("surface",), "literal", ("note",), {"act": "act"}
    ),
    "visit_verbs": File(("surface", "note"), ("surface",), "", ("note",)),
    "replies": File(
        ("surface", "kind", "note"),
        ("surface", "kind"),
        "",
        ("note",),
        allowed={"kind": "pointer reply request thanks"},
    ),
    "pronouns": File(
        ("surface", "kind", "note"),
        ("surface",),
        "literal",
        ("note",),
        allowed={"kind": "joint latter pronoun"},
    ),
    "parties": File(("surface", "note"), ("surface",), "literal", ("note",)),
    "ladders": File(
        ("ladder", "rung", "rank", "by", "surface", "note"),
        ("ladder", "surface"),
        "",
        ("note",),
        allowed={"ladder": "commitment status", "by": "act deed deed_phrase term word"},
        reads={"rank": int},
    ),
    "name_words": File(
        ("surface", "kind", "note"),
        ("surface", "kind"),
        "",
        ("note",),
        allowed={"kind": "abbreviated function given particle stop suffix"},
    ),
    "name_customs": File(
        ("side", "order", "short", "shape", "note"),
        ("side",),
        "",
        ("shape", "note"),
        allowed={"order": "any family_first given_first", "short": "any family given whole"},
        reads={"shape": _shape},
    ),
    "countries": File(
        ("surface", "side", "kind"),
        ("surface",),
        "literal",
        allowed={"kind": "adjective capital name"},
    ),
    "country_words": File(
        ("surface", "side", "kind", "note"),
        ("surface",),
        "literal",
        ("side", "note"),
        allowed={"kind": "adjective bloc capital city name people region seat"},
    ),
    "organisations": File(("surface", "organisation", "note"), ("surface",), "literal", ("note",)),
    "organisation_heads": File(("surface", "note"), ("surface",), "", ("note",)),
    "numbers": File(
        ("surface", "kind", "value"),
        ("surface",),
        "literal",
        allowed={"kind": "cardinal hundred ordinal part plus scale tens"},
        reads={"value": _real},
    ),
    "units": File(
        ("surface", "forms", "kind", "unit", "factor"),
        ("surface", "kind"),
        "",
        ("forms",),
        allowed={"kind": "duration letter measure percent"},
        reads={"factor": _real},
    ),
    "currencies": File(
        ("currency", "name", "plural", "noun", "nouns", "sign", "sides", "until"),
        ("currency",),
        "",
        ("name", "plural", "noun", "nouns", "sign", "sides", "until"),
    ),
    "money_words": File(
        ("surface", "forms", "currency", "share", "of", "needs", "note"),
        ("surface",),
        "",
        ("forms", "of", "needs", "note"),
        reads={"share": _real},
    ),
    "money_signs": File(("sign", "currency", "note"), ("sign", "currency"), "", ("note",)),
    "calendar": File(
        ("surface", "kind", "value"),
        ("surface",),
        "literal",
        allowed={"kind": "day month month_from same week weekday weekday_short year_from"},
        reads={"value": int},
    ),
    "figure_words": File(
        ("word", "kind", "value"),
        ("word", "kind"),
        "",
        ("value",),
        allowed={
            "kind": "additive baseline clock code_word definite in label name party plural pronoun "
            "qualifier singular stop title",
        },
    ),
    "not_figures": File(("surface", "note"), ("surface",), "literal", ("note",)),
    "measures": File(
        ("surface", "inflect", "forms", "measure", "status", "note"),
        ("surface",),
        "column",
        ("forms", "measure", "status", "note"),
        {"measure": "measure", "status": "status"},
        INFLECT,
    ),
    "money_frames": File(
        ("surface", "inflect", "forms", "frame", "status", "note"),
        ("surface",),
        "column",
        ("forms", "status", "note"),
        {"status": "status"},
        INFLECT
        | {
            "frame": "acquire arms ask attract buy commerce cost earn finance firm give goods "
            "mutual outlet own place receive repay sell site spend thank traded went",
        },
    ),
    "status_cues": File(
        ("surface", "inflect", "forms", "status", "note"),
        ("surface",),
        "column",
        ("forms", "note"),
        allowed=INFLECT | {"status": "actual change none target"},
    ),
    "events": File(
        (
            *("series", "sides", "ordinal", "since", "until"),
            *("place", "event", "note", "source_url"),
        ),
        ("series", "sides", "ordinal", "since", "until"),
        "",
        ("sides", "ordinal", "until", "place", "note", "source_url"),
        reads={"ordinal": int, "since": days.period, "until": days.period},
    ),
    "event_names": File(("surface", "series", "note"), ("surface",), "literal", ("note",)),
    "formats": File(
        ("surface", "inflect", "forms", "format", "kind", "note"),
        ("surface",),
        "column",
        ("forms", "format", "note"),
        {"format": "format"},
        INFLECT
        | {
            "kind": "act holds instrument joint manner mechanism none noun press rite speak told "
            "verb welcome",
        },
    ),
    "tense_words": File(
        ("word", "tense", "note"), ("word",), "", ("note",), allowed={"tense": "ahead past"}
    ),
    "offices": File(
        ("surface", "side", "role", "title", "since", "until", "note", "source_url"),
        ("surface", "side", "role", "since"),
        "literal",
        ("since", "until", "note", "source_url"),
        {"role": "role"},
    ),
    "terms": File(
        (
            *("surface", "topic", "inflect", "forms", "needs", "unless"),
            *("after", "not_after", "before", "not_before", "note"),
        ),
        ("surface", "topic"),
        "column",
        (
            *("topic", "forms", "needs", "unless"),
            *("after", "not_after", "before", "not_before", "note"),
        ),
        {"topic": "topic"},
        INFLECT,
    ),
    "contexts": File(
        ("group", "surface", "inflect", "forms", "note"),
        ("group", "surface"),
        "column",
        ("forms", "note"),
        allowed=INFLECT,
    ),
    "boilerplate": File(
        ("surface", "inflect", "forms", "note"),
        ("surface",),
        "",
        ("forms", "note"),
        allowed=INFLECT,
    ),
    "spellings": File(("british", "american"), ("british",)),
    "abbreviations": File(("abbreviation", "note"), ("abbreviation",), "", ("note",)),
    "panel_levels": File(("level", "role", "note"), ("level",), "", ("note",), {"role": "role"}),
}

DIGITS = re.compile(r"\d\d*")  # scans a text in two thirds of the time of \d+


class KnowledgeError(ValueError):
    """Knowledge files that cannot be used; the message lists every file and row at fault."""


class Knowledge:
    """All knowledge files, validated, with the one matcher compiled from them.

    Attributes
    ----------
    rows : dict of str to list of namedtuple
        The rows of each file, by file name without suffix; attributes are the columns.
    hash : str
        SHA-256 over all files, to tell tables of different knowledge apart.
    own : tuple of str
        The names of the files that the user's folder holds.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.rows: dict[str, list[Any]] = {}
        digest = hashlib.sha256()
        faults: list[str] = []
        for name, spec in FILES.items():
            text, where = _read(name, folder, faults)
            if text is None:
                continue
            digest.update(name.encode() + text.encode())
            self.rows[name] = _rows(name, spec, text, where, faults)
            if name == "offices":
                faults += [f"{where}: {fault}" for fault in offices.check(self.rows[name])]
        faults += _unknown_files(folder)
        if faults:
            raise KnowledgeError(
                f"knowledge cannot be used, {len(faults)} fault(s):\n  " + "\n  ".join(faults)
            )
        self.hash = digest.hexdigest()
        self.own = tuple(sorted(path.name for path in folder.glob("*.csv"))) if folder else ()

    @cached_property
    def matcher(self) -> Matcher:
        """The automaton over the ``surface`` columns of all scanned files."""
        words = {r.british: r.american for r in self.rows["spellings"]}
        words |= {american: british for british, american in words.items()}
        entries = []
        for name, spec in FILES.items():
            for row in self.rows[name] if spec.scan else ():
                how = row.inflect if spec.scan == "column" else spec.scan
                kind = context(row.group) if name == "contexts" else name
                for form in inflect(row.surface, how, getattr(row, "forms", "")):
                    entries += [(kind, s, row) for s in dict.fromkeys(spellings(form, words))]
        groups = {context(row.group) for row in self.rows["contexts"]}
        return Matcher(entries, frozenset({"terms", *groups}))

    @cached_property
    def splitter(self) -> Splitter:
        """The sentence splitter with the abbreviations that end in a full stop."""
        return Splitter(r.abbreviation for r in self.rows["abbreviations"])

    def annotate(self, article_id: str, text: str) -> Document:
        """Fold, scan and split one text."""
        folded = fold(text)
        hits = self.matcher.scan(text, folded)
        digits = [m.span() for m in DIGITS.finditer(text)]
        return Document(article_id, text, folded, self.splitter.split(text), hits, digits)


def context(group: str) -> str:
    """Return the kind of hit that the words of a group of ``contexts.csv`` make."""
    return f"contexts/{group}"


@dataclass(slots=True)
class Document:
    """One text with what the single pass over it found; every extractor reads from it.

    `digits` are the runs of digits; `dated` the date expressions, once they have been read.
    """

    article_id: str
    text: str
    folded: str
    sentences: list[tuple[int, int]]
    hits: dict[str, list[Hit]]
    digits: list[tuple[int, int]]
    dated: list[Any] | None = None


@cache
def load(folder: Path | None = None) -> Knowledge:
    """Return the knowledge of a folder over that of the package, loaded once a process.

    Examples
    --------
    >>> load().rows["topics"][0].topic
    'partnership'
    >>> load(Path("no/such/folder"))
    Traceback (most recent call last):
    ...
    analysis.knowledge.KnowledgeError: no/such/folder: no such folder of knowledge files
    """
    if folder is not None and not folder.is_dir():
        raise KnowledgeError(f"{folder}: no such folder of knowledge files")
    return Knowledge(folder)


def _read(name: str, folder: Path | None, faults: list[str]) -> tuple[str | None, str]:
    path = folder / f"{name}.csv" if folder else None
    if path is None or not path.exists():
        return (files("analysis") / "knowledge" / f"{name}.csv").read_text("utf-8"), f"{name}.csv"
    try:
        return path.read_text("utf-8-sig"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{path}: cannot be read as UTF-8 text ({error}); save it as UTF-8")
        return None, str(path)


def _unknown_files(folder: Path | None) -> list[str]:
    stray = [p for p in sorted(folder.glob("*.csv")) if p.stem not in FILES] if folder else []
    return [f"{p}: no such knowledge file; known: {', '.join(FILES)}" for p in stray]


def _rows(name: str, spec: File, text: str, where: str, faults: list[str]) -> list[Any]:
    """Parse and validate one file; faults are collected, so that all are shown at once."""
    reader = csv.reader(text.splitlines())
    try:
        header = next(reader, [])
        numbered = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        faults.append(f"{where}:{reader.line_num}: is no CSV ({error}); look for a quote left open")
        return []
    absent = [c for c in spec.columns if c not in header]
    if absent:
        faults.append(f"{where}: column(s) {', '.join(absent)} missing; has {header or None}")
        return []
    order = [header.index(c) for c in spec.columns]
    make = namedtuple(name.capitalize(), spec.columns)  # type: ignore[misc]
    rows: list[Any] = []
    lines: list[int] = []
    for line, cells in numbered:
        if len(cells) != len(header):
            faults.append(f"{where}:{line}: {len(spec.columns)} cells expected; quote commas")
            continue
        rows.append(make._make([cells[i].strip() for i in order]))
        lines.append(line)
    # Each different value of a column is looked at once; lines are gone through only for a fault.
    for c, values in zip(spec.columns, zip(*rows, strict=True), strict=False):
        wrong = {value: found for value in set(values) if (found := _faults(spec, c, value))}
        for line, value in zip(lines, values, strict=True) if wrong else ():
            faults += [f"{where}:{line}: {c} {fault}" for fault in wrong.get(value, ())]
    seen: dict[tuple[str, ...], int] = {}
    at = [(spec.columns.index(c), c == "surface") for c in spec.key]
    for line, row in zip(lines, rows, strict=True):
        key = tuple([fold(row[i]) if folded else row[i] for i, folded in at])
        if key in seen:
            faults.append(f"{where}:{line}: repeats line {seen[key]} ({', '.join(key)})")
        seen[key] = line
    return rows


def _faults(spec: File, column: str, value: str) -> list[str]:
    """Return in words what is wrong with a cell."""
    if not value:
        return [] if column in spec.blank else ["is empty"]
    if column in spec.reads:
        read = spec.reads[column]
        try:
            read(value)
        except (ValueError, re.error):
            return [f"{value!r} cannot be read; write {READERS[read]}"]
    if column in spec.allowed:
        allowed, values = spec.allowed[column].split(), [value]
    elif column in spec.coded:
        allowed, values = list(codes(spec.coded[column])), value.split(";")
    else:
        return []
    return [f"{v!r} is unknown; allowed: {', '.join(allowed)}" for v in values if v not in allowed]
