"""Title phrases: an office with its modifiers, portfolio and country, in any order of the words.

A phrase grows from its head ("minister", "president", "ambassador"): to the left over modifiers,
portfolios and countries ("Vietnamese Deputy Prime Minister", "Trade and Energy Minister"), to the
right over "of", portfolios, bodies and countries ("Minister of Foreign Affairs of the
Republic of Korea (RoK)"). Neighbouring phrases join into one ("Deputy Prime Minister and Minister
of Foreign Affairs"). Which words these are is knowledge; how they combine is the grammar here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.matcher import Hit, back_over, longest
from analysis.names import UPPER

if TYPE_CHECKING:
    from analysis.knowledge import Document

TOWNS = frozenset(("city", "capital", "seat"))
HEADS = frozenset(("head", "open", "rank", "honorific", "counterpart", "generic", "kin"))
LINK = re.compile(
    r"\s*(?:,\s*)?(?:of|for|to|at|in charge of|from)\s+(?:the\s+)?"
    r"(?:(?:Ministry|Department|Office|Bureau)\s+(?:of|for)\s+(?:the\s+)?)?"
)
LIST = re.compile(r"\s*(?:,\s*and|,|and|&)\s+(?:the\s+)?|\s+")
POSSESSIVE = re.compile(r"['’]s?\s+(?:national\s+)?(?:parliament|legislature|government)?\s*", re.I)
ACRONYM = re.compile(r"\s*\([^()\n]{1,12}\)")
# No comma alone and no "and the": those part two persons.
CHAIN = re.compile(r"\s*+(?:and|,\s*+and|&|/|cum|[-–—])?\s*+")
APPOSED = re.compile(r",\s+(?:the\s+|an?\s+)?$")
NAME_AFTER = re.compile(rf"\s+[{UPPER}]")
WHOSE = re.compile(r"(?:\b(?:his|her|their|its))\s+$", re.I)
PROVINCE_NOUN = re.compile(
    r" (?:Province|City|County|Prefecture|Region|District|State|Municipality|Oblast)\b"
)
PROVINCE = re.compile(rf"[{UPPER}][\w'’-]*(?: [{UPPER}][\w'’-]*){{0,2}}?{PROVINCE_NOUN.pattern}")
# One portfolio that no list knows between two that are known.
UNLISTED = re.compile(rf"[{UPPER}][\w-]*(?: [{UPPER}][\w-]*)?(?:,? and |, | & )")
BODY_OF = re.compile(rf"\b[{UPPER}]\w+ of (?:the )?$")
MINISTRY = re.compile(rf"[{UPPER}][\w-]*(?:,? and [{UPPER}][\w-]*|, [{UPPER}][\w-]*(?=,| and ))*")
SPACE = re.compile(r"\s")
CAPITALISED_WORDS = re.compile(
    rf"[{UPPER}][\w&'’.-]*(?: (?:of |and |for |the )*[{UPPER}][\w&'’.-]*)*"
)


class Role(NamedTuple):
    """What a body outside the list of portfolios makes of its head."""

    role: str
    deputy: str


ORGANISATION = Role("official", "official")
BODY = Role("executive", "executive")


class Title(NamedTuple):
    """A title phrase: where it stands, the offices and the side it names, and of what kind it is.

    `kind` is ``title`` (an office), ``rank``, ``honorific``, ``counterpart`` or ``generic``
    ("leader", "host"); `former` marks offices once held; `part` is ``home`` or ``away`` for "host"
    and "guest"; `linked` says that the phrase ends in a portfolio after "of".
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


class Lexicon:
    """The hits of one document that title phrases are made of, by where they start and end."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.modifiers = _by_end([h for h in doc.hits["titles"] if h.row.part == "modifier"])
        places = [h for k in ("countries", "country_words") for h in doc.hits[k] if h.row.side]
        self.country_starts = _by_start(places)
        self.country_ends = _by_end(places)
        portfolios = doc.hits["portfolios"]
        self.portfolio_starts = _by_start(portfolios)
        self.portfolio_ends = _by_end(portfolios)

        self.body_starts = _by_start(doc.hits["organisations"])
        regions = [h for h in doc.hits["country_words"] if not h.row.side]
        offices = {
            h.start for h in doc.hits["titles"] if h.row.part in ("head", "open", "modifier")
        }
        self.word_starts = offices | self.portfolio_starts.keys()
        others = (*doc.hits["organisations"], *doc.hits["titles"])
        self._known = sorted({h.start for h in (*places, *portfolios, *regions, *others)})
        # A town may be part of a name ("Vuong Dinh Hue"), a state or a nationality is not.
        self.barring = {h.start for h in (*places, *regions) if h.row.kind not in TOWNS}

    def free_of_knowledge(self, start: int, end: int) -> bool:
        """Tell whether no country, portfolio, organisation or title starts inside a stretch."""
        return bisect_left(self._known, start) >= bisect_left(self._known, end)


def _by_start(hits: list[Hit]) -> dict[int, Hit]:
    found: dict[int, Hit] = {}
    for hit in hits:
        if hit.start not in found or found[hit.start].end < hit.end:
            found[hit.start] = hit
    return found


def _by_end(hits: list[Hit]) -> dict[int, Hit]:
    found: dict[int, Hit] = {}
    for hit in hits:
        if hit.end not in found or found[hit.end].start > hit.start:
            found[hit.end] = hit
    return found


def find(doc: Document, lexicon: Lexicon) -> list[Title]:
    """Return the title phrases of a document in order, chained ones joined."""
    heads = longest(h for h in doc.hits["titles"] if h.row.part in HEADS and _is_head(h, lexicon))
    titles: list[Title] = []
    for head in heads:
        if titles and head.start < titles[-1].end:
            continue
        floor = titles[-1].end if titles else 0
        phrase = _phrase(head, lexicon, floor)
        if titles and _joins(doc.text, titles[-1], phrase):
            titles[-1] = _join(titles[-1], phrase)
        else:
            titles.append(phrase)
    return titles


def _is_head(hit: Hit, lexicon: Lexicon) -> bool:
    """Tell whether a word that also modifies ("deputy", "host") stands for somebody here."""
    modifier = lexicon.modifiers.get(hit.end)
    if modifier is None or modifier.start != hit.start:
        return True
    if hit.end + 1 in lexicon.word_starts:
        return False
    after = lexicon.doc.folded[hit.end : hit.end + 2]
    return after[:1] in ",.;'" or not lexicon.doc.text[hit.end + 1 : hit.end + 2].isupper()


def _phrase(head: Hit, lexicon: Lexicon, floor: int) -> Title:
    start, left_parts, side, modifiers = _left(head.start, lexicon, floor)
    body = BODY_OF.search(lexicon.doc.text, max(floor, start - 30), start) if side else None
    start = body.start() if body else start  # "Bank of Japan Governor"
    end, right_parts, right_side = _right(head, lexicon)
    deputy = any(m.role == "deputy" for m in modifiers)
    part = head.row.part
    roles: tuple[str, ...] = ()
    if part in ("head", "open", "generic") and head.row.role not in ("home", "away", "deputy"):
        role = _role(head.row, left_parts + right_parts, deputy)
        roles = (role,) if role else ()
    kind = "title" if part in ("head", "open") else part
    former = any(m.role == "former" for m in modifiers)
    place = head.row.role if head.row.role in ("home", "away", "deputy") else ""
    return Title(
        start, end, kind, roles, right_side or side, former, head.row.surface, place, end > head.end
    )


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


def _left(at: int, lexicon: Lexicon, floor: int) -> tuple[int, list[Any], str | None, list[Any]]:
    """Walk left from a head; return the start, portfolios, side and modifiers met."""
    text = lexicon.doc.text
    portfolios: list[Any] = []
    modifiers: list[Any] = []
    side = None
    start = at
    while True:
        stop = back_over(text, start, " \u00a0", floor)
        if text[stop - 1 : stop] == "\n" and text[stop - 2 : stop - 1] not in ("\n", "."):
            stop = back_over(text, stop, floor=floor)  # a line break inside a paragraph
        if text[stop - 1 : stop] == ")":
            opened = text.rfind("(", max(floor, stop - 14), stop)
            stop = back_over(text, opened) if opened > 0 else stop
        if text[stop - 2 : stop] in ("'s", "’s"):
            stop -= 2
        elif text[stop - 1 : stop] == "-" or (text[stop - 1 : stop] in "'’" and stop < start):
            stop -= 1
        hit = lexicon.modifiers.get(stop)
        if hit is None or hit.start < floor:
            hit = lexicon.portfolio_ends.get(stop)
            if hit is None and portfolios:
                hit = _listed(text, stop, lexicon)
            if hit is not None and hit.start >= floor:
                portfolios.insert(0, hit.row)
            else:
                hit = lexicon.country_ends.get(stop)
                if hit is None or hit.start < floor:
                    return start, portfolios, side, modifiers
                side = side or hit.row.side
        else:
            modifiers.append(hit.row)
        start = hit.start


def _listed(text: str, stop: int, lexicon: Lexicon) -> Hit | None:
    """Find a portfolio that a comma or "and" links to the one after it."""
    for link in (" and", ",", " &"):
        if text[stop - len(link) : stop] == link:
            return lexicon.portfolio_ends.get(back_over(text, stop - len(link), ", "))
    return None


def _right(head: Hit, lexicon: Lexicon) -> tuple[int, list[Any], str | None]:
    """Walk right from a head; return the end, portfolios and side met."""
    text = lexicon.doc.text
    portfolios: list[Any] = []
    side = None
    at = _past_acronym(text, head.end)
    while True:
        link = LINK.match(text, at)
        if link is None:
            return at, portfolios, side
        begin = link.end()
        country = lexicon.country_starts.get(begin)
        portfolio = lexicon.portfolio_starts.get(begin)
        body = lexicon.body_starts.get(begin)
        reach = max((h.end for h in (country, portfolio) if h), default=begin)
        if body and body.end > reach:
            at = _past_acronym(text, body.end)
            organ = lexicon.portfolio_starts.get(at + 1)
            if organ and not _heads_a_title(organ, lexicon):
                at = _past_acronym(text, organ.end)
            return at, [*portfolios, ORGANISATION], side
        if country and not (portfolio and portfolio.end > country.end):
            if " to " not in link.group() or country.row.kind == "adjective":
                side = side or country.row.side  # an ambassador "to" a state is another's
            at = _past_acronym(text, country.end)
            ward = PROVINCE_NOUN.match(text, at)
            at = ward.end() if ward else at
            possessive = POSSESSIVE.match(text, at)
            owned_body = lexicon.portfolio_starts.get(possessive.end()) if possessive else None
            if owned_body is None and country.row.kind == "adjective":
                owned_body = lexicon.portfolio_starts.get(at + 1)
            if owned_body:
                portfolio = owned_body
            elif country.row.kind == "adjective" and _names_body(link.group()):
                return at, portfolios or [BODY], side  # "president of the Saudi aviation authority"
            else:
                at += len(possessive.group().rstrip()) if possessive else 0
                continue
        if portfolio is None:
            named_body = _names_body(link.group())
            at = _unknown(lexicon, head, at, begin, portfolios) if named_body else at
            return at, portfolios or ([BODY] if named_body else []), side
        while portfolio is not None:
            portfolios.append(portfolio.row)
            at = _past_acronym(text, portfolio.end)
            gap = LIST.match(text, at)
            portfolio = lexicon.portfolio_starts.get(gap.end()) if gap else None
            if gap and gap.group().strip() and portfolio is None:
                unlisted = UNLISTED.match(text, gap.end())
                portfolio = lexicon.portfolio_starts.get(unlisted.end()) if unlisted else None
            if portfolio is not None and _heads_a_title(portfolio, lexicon):
                portfolio = None


def _names_body(link: str) -> bool:
    """Tell whether what follows a head is its body: "president of", not "president to"."""
    return " of " in link or " at " in link


def _unknown(lexicon: Lexicon, head: Hit, at: int, begin: int, portfolios: list[Any]) -> int:
    """Return where a body that no list knows ends: one word of a ministry, all of another body."""
    text = lexicon.doc.text
    province = PROVINCE.match(text, begin)
    if province:
        return province.end()
    if portfolios or not text[begin : begin + 1].isupper():
        return at
    if head.row.role == "minister":
        word = MINISTRY.match(text, begin)
        return word.end() if word else at
    words = CAPITALISED_WORDS.match(text, begin)
    if words is None:
        return at
    nouns = (lexicon.portfolio_starts.get(begin + m.end()) for m in SPACE.finditer(words.group()))
    return next((hit.end for hit in nouns if hit), words.end())  # "Daehan Group", then a name


def _heads_a_title(portfolio: Hit, lexicon: Lexicon) -> bool:
    """Tell whether a portfolio belongs to a head after it ("… and Trade Minister X")."""
    after = lexicon.doc.folded[portfolio.end : portfolio.end + 12].lstrip()
    return after.startswith(("minister", "secretary"))


def _past_acronym(text: str, at: int) -> int:
    found = ACRONYM.match(text, at)
    return found.end() if found else at


def _joins(text: str, first: Title, second: Title) -> bool:
    gap = text[first.end : second.start]
    if first.kind == "counterpart" and second.kind == "honorific":  # "his counterpart Sheikh X"
        return gap == " "
    if {"counterpart", "generic"} & {first.kind, second.kind}:
        return False
    apposed = "," in gap and APPOSED.search(text, max(0, first.start - 6), first.start)
    if apposed and NAME_AFTER.match(text, second.end):  # "X, an economist, and Professor Y"
        return False
    if gap.strip() == "," and second.kind == "honorific":  # "the Minister of Energy, Mr X"
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
