"""Title phrases: an office with its modifiers, portfolio and country, in any order of the words.

A phrase grows from its head ("minister", "president", "ambassador") to the left and to the right,
as `title_grammar` has it. Neighbouring phrases join into one ("Deputy Prime Minister and Minister
of Foreign Affairs"). Which words these are is knowledge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.lexicon import Lexicon
from analysis.matcher import Hit, back_over, longest
from analysis.names import UPPER
from analysis.title_grammar import BODY, after_head, before_head

if TYPE_CHECKING:
    from analysis.knowledge import Document

HEADS = frozenset(("head", "open", "rank", "honorific", "counterpart", "generic", "kin"))
# No comma alone and no "and the": those part two persons.
CHAIN = re.compile(r"\s*+(?:and|,\s*+and|&|/|cum|[-–—])?\s*+")
APPOSED = re.compile(r",\s+(?:the\s+|an?\s+)?$")
NAME_AFTER = re.compile(rf"\s+[{UPPER}]")
WHOSE = re.compile(r"(?:\b(?:his|her|their|its))\s+$", re.I)
BODY_OF = re.compile(rf"\b[{UPPER}]\w+ of (?:the )?$")


class Title(NamedTuple):
    """A title phrase: where it stands, the offices and the side it names, and of what kind it is.

    `kind` is ``title`` (an office), ``rank``, ``honorific``, ``counterpart``, ``kin`` ("wife") or
    ``generic`` ("leader", "host"); `former` marks offices once held; `part` is ``home`` for "host",
    ``away`` for "guest", ``deputy`` for "his deputy"; `linked` says that the phrase goes on after
    its head, as in "Minister of Trade".
    """

    start: int
    end: int
    kind: str
    roles: tuple[str, ...]
    side: str | None
    former: bool
    head: str
    part: str = ""
    linked: bool = False


def _heads(lexicon: Lexicon) -> list[Hit]:
    modifiers = lexicon.modifiers
    return longest(
        [
            h
            for h in lexicon.titles
            if h.row.part in HEADS and (h.end not in modifiers or lexicon.is_head(h))
        ]
    )


def find(doc: Document, lexicon: Lexicon) -> list[Title]:
    """Return the title phrases of a document in order, chained ones joined."""
    titles: list[Title] = []
    floor = 0
    for head in _heads(lexicon):
        if head.start < floor:
            continue
        phrase = _phrase(head, lexicon, floor)
        if titles and _joins(doc.text, titles[-1], phrase):
            titles[-1] = _join(titles[-1], phrase)
        else:
            titles.append(phrase)
        floor = phrase.end
    return titles


def _phrase(head: Hit, lexicon: Lexicon, floor: int) -> Title:
    start, left_parts, side, modifiers = before_head(head.start, lexicon, floor)
    text, row = lexicon.doc.text, head.row
    if side and text.find(" of ", max(floor, start - 9), start) >= 0:  # "Bank of Japan Governor"
        body = BODY_OF.search(text, max(floor, start - 30), start)
        start = body.start() if body else start
    end, right_parts, right_side = after_head(head, lexicon)
    ranks = [m.role for m in modifiers]
    part = row.part
    place = row.role if row.role in ("home", "away", "deputy") else ""
    roles: tuple[str, ...] = ()
    if not place and part in ("head", "open", "generic"):
        role = _role(row, left_parts + right_parts, "deputy" in ranks)
        roles = (role,) if role else ()
    kind = "title" if part in ("head", "open") else part
    side, former, linked = right_side or side, "former" in ranks, end > head.end
    return Title(start, end, kind, roles, side, former, row.surface, place, linked)


def _role(row: Any, portfolios: list[Any], deputy: bool) -> str:
    """Return the role of an office: of its portfolio or body where the head leaves that open."""
    column = "deputy" if deputy or row.role.startswith("vice_") else "role"
    if row.part == "open" and portfolios:
        ranked = [p for p in portfolios if p.role not in ("minister", "official")] or portfolios
        chosen = ranked[0]
        if chosen is BODY and row.role not in ("president", "official"):
            return str(getattr(row, column) or row.role)
        ministerial = row.role == "minister"
        if not ministerial or chosen.role.endswith("minister"):
            return str(getattr(chosen, column))
    return str(getattr(row, column) or row.role)


def _joins(text: str, first: Title, second: Title) -> bool:
    gap = text[first.end : second.start]
    between = gap.strip()
    if gap.count("\n") > 1:  # a headline above a text
        return False
    if len(between) > 4 and not (between[0] == "," and between.endswith("and")):
        return False
    if first.kind == "counterpart" and second.kind == "honorific":  # "his counterpart Sheikh X"
        return gap == " "
    if {"counterpart", "generic"} & {first.kind, second.kind}:
        return False
    apposed = "," in gap and APPOSED.search(text, max(0, first.start - 6), first.start)
    if apposed and NAME_AFTER.match(text, second.end):  # "X, an economist, and Professor Y"
        return False
    if between == "," and second.kind == "honorific":  # "the Minister of Energy, Mr X"
        return not text.endswith(",", 0, back_over(text, first.start))
    return bool(CHAIN.fullmatch(gap))


def _join(first: Title, second: Title) -> Title:
    roles = tuple(dict.fromkeys(first.roles + second.roles))
    kind = "title" if "title" in (first.kind, second.kind) else first.kind
    side = first.side or second.side
    head = first.head if first.roles else second.head
    former = first.former and second.former
    return Title(first.start, second.end, kind, roles, side, former, head, "", second.linked)


def owned(text: str, title: Title) -> bool:
    """Tell whether a title is somebody's: "his Korean counterpart"."""
    return bool(WHOSE.search(text, max(0, title.start - 8), title.start))
