"""What each knowledge file holds: its columns, what identifies a row, how its entries are matched.

``FILES`` is the list of files. What a cell may hold is said here too, so that a user's file is
refused with the file, the line and what is allowed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from analysis import days
from analysis.schema import codes

ENDLESS = re.compile(r"\)(?:[*+]|\{\d*,\})")  # a group, then a repeat without an upper bound


def _real(cell: str) -> float:
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(f"{cell} is not finite")
    return value


def _reals(cell: str) -> list[float]:
    return [_real(value) for value in cell.split(";")]


def _shape(cell: str) -> re.Pattern[str]:
    """Compile a pattern; one whose groups repeat without end could take forever on a name."""
    if ENDLESS.search(cell):
        raise ValueError("a group repeats without end")
    return re.compile(cell)


# How cells are read that are no plain words, and what an error calls them.
READERS: dict[Callable[[str], Any], str] = {
    _real: "a number",
    _reals: "a number, or several separated by ;",
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
        ("theme", "topic", "label", "counts", "does_not_count"),
        ("topic",),
        "",
        ("does_not_count",),
        {"theme": "theme", "topic": "topic"},
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
        ("surface", "kind", "gender", "note"),
        ("surface",),
        "literal",
        ("gender", "note"),
        allowed={"kind": "honorific joint latter noble pronoun", "gender": "feminine masculine"},
    ),
    "parties": File(
        ("surface", "counted", "note"),
        ("surface",),
        "literal",
        ("counted", "note"),
        allowed={"counted": "yes"},
    ),
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
        reads={"share": _reals},
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
            "kind": "additive baseline clock code_word collective definite in label move name "
            "party plural pronoun qualifier singular stop title",
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


def cell_faults(spec: File, column: str, value: str) -> list[str]:
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
