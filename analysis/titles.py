"""Title phrases: an office with its modifiers, portfolio and country, in any order of the words.

A phrase grows from its head ("minister", "president", "ambassador"): to the left over modifiers,
portfolios and countries ("Vietnamese Deputy Prime Minister", "Trade and Energy Minister"), to the
right over "of", portfolios, bodies and countries ("Minister of Foreign Affairs of the
Republic of Korea (RoK)"). Neighbouring phrases join into one ("Deputy Prime Minister and Minister
of Foreign Affairs"). Which words these are is knowledge; how they combine is the grammar here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.matcher import Hit, Reach, back_over, longest
from analysis.names import UPPER

if TYPE_CHECKING:
    from analysis.knowledge import Document

TOWNS = frozenset(("city", "capital", "seat"))
HEADS = frozenset(("head", "open", "rank", "honorific", "counterpart", "generic", "kin"))
LINK = re.compile(
    r"\s*(?:,\s*)?(?:of|for|to|at|in charge of|from)\s+(?:the\s+)?"
    r"(?:(?:Ministry|Department|Office|Bureau)\s+(?:of|for)\s+(?:the\s+)?)?"
)
LINKING = ("of", "for", "to", "at", "in charge of", "from")
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
        self.titles = doc.hits["titles"]
        self.portfolios = doc.hits["portfolios"]
        self.organisations = doc.hits["organisations"]
        # As hits come by start and then longest first, the first one is the longest.
        self.modifiers = {h.end: h for h in reversed(self.titles) if h.row.part == "modifier"}
        self.portfolio_starts = {h.start: h for h in reversed(self.portfolios)}
        self.portfolio_ends = {h.end: h for h in reversed(self.portfolios)}
        self.body_starts = {h.start: h for h in reversed(self.organisations)}
        places = [*doc.hits["countries"], *doc.hits["country_words"]]
        self.country_starts: dict[int, Hit] = {}
        self.country_ends: dict[int, Hit] = {}
        self.sided: list[tuple[int, int, str]] = []  # the side of each place that has one
        for hit in places:
            start, end, row = hit
            if row.side:
                self.sided.append((start, end, row.side))
                other = self.country_starts.get(start)
                if other is None or other.end < end:
                    self.country_starts[start] = hit
                other = self.country_ends.get(end)
                if other is None or other.start > start:
                    self.country_ends[end] = hit
        places.sort(key=itemgetter(1), reverse=True)
        places.sort(key=itemgetter(0))
        self.places = places  # as hits of one kind come
        # A town may be part of a name ("Vuong Dinh Hue"), a state or a nationality is not.
        self.barring = {start for start, _, row in places if row.kind not in TOWNS}

    @cached_property
    def _known(self) -> list[int]:
        kinds = (self.places, self.portfolios, self.organisations, self.titles)
        return sorted({h.start for hits in kinds for h in hits})

    @cached_property
    def _word_starts(self) -> set[int]:
        words = {h.start for h in self.titles if h.row.part in ("head", "open", "modifier")}
        return words | self.portfolio_starts.keys()

    @cached_property
    def _reached(self) -> tuple[list[int], list[int]]:
        """Where places start, and how far these and the ones before reach."""
        ends = [h.end for h in self.places]
        return [h.start for h in self.places], list(accumulate(ends, max))

    def in_place(self, start: int, end: int) -> bool:
        """Tell whether a stretch is only a part of what names a country or town."""
        starts, reach = self._reached
        i = bisect_left(starts, start)
        if i and reach[i - 1] >= end:
            return True
        i = bisect_right(starts, start, i)
        return i > 0 and reach[i - 1] > end

    @cached_property
    def listed(self) -> Reach:
        """How far countries, towns and offices reach."""
        return Reach([*self.places, *self.titles])

    def free_of_knowledge(self, start: int, end: int) -> bool:
        """Tell whether no country, portfolio, organisation or title starts inside a stretch."""
        return bisect_left(self._known, start) >= bisect_left(self._known, end)

    def is_head(self, hit: Hit) -> bool:
        """Tell whether a word that also modifies ("deputy", "host") stands for somebody here."""
        modifier = self.modifiers.get(hit.end)
        if modifier is None or modifier.start != hit.start:
            return True
        if hit.end + 1 in self._word_starts:
            return False
        after = self.doc.folded[hit.end : hit.end + 2]
        return after[:1] in ",.;'" or not self.doc.text[hit.end + 1 : hit.end + 2].isupper()


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
    start, left_parts, side, modifiers = _left(head.start, lexicon, floor)
    text, row = lexicon.doc.text, head.row
    if side and text.find(" of ", max(floor, start - 9), start) >= 0:  # "Bank of Japan Governor"
        body = BODY_OF.search(text, max(floor, start - 30), start)
        start = body.start() if body else start
    end, right_parts, right_side = _right(head, lexicon)
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


def _left(at: int, lexicon: Lexicon, floor: int) -> tuple[int, list[Any], str | None, list[Any]]:
    """Walk left from a head; return the start, portfolios, side and modifiers met."""
    text = lexicon.doc.text
    portfolios: list[Any] = []
    modifiers: list[Any] = []
    side = None
    start = at
    while True:
        stop = start
        while stop > floor and text[stop - 1] in " \u00a0":
            stop -= 1
        last = text[stop - 1 : stop]
        if last == "s" or not last.isalnum():
            stop = _past_marks(text, stop, start, floor)
        hit = lexicon.modifiers.get(stop)
        if hit is not None and hit.start >= floor:
            modifiers.append(hit.row)
            start = hit.start
            continue
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
        start = hit.start


def _past_marks(text: str, stop: int, start: int, floor: int) -> int:
    """Return where the word ends that a line break, an acronym or a mark parts from a head."""
    if text[stop - 1 : stop] == "\n" and text[stop - 2 : stop - 1] not in ("\n", "."):
        stop = back_over(text, stop, floor=floor)  # a line break inside a paragraph
    if text[stop - 1 : stop] == ")":
        opened = text.rfind("(", max(floor, stop - 14), stop)
        stop = back_over(text, opened) if opened > 0 else stop
    if text[stop - 2 : stop] in ("'s", "’s"):
        return stop - 2
    if text[stop - 1 : stop] == "-" or (text[stop - 1 : stop] in "'’" and stop < start):
        return stop - 1
    return stop


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
    at = head.end
    another = text[at : at + 1] == " " and text[at + 1 : at + 2].isalnum()
    if another and not text.startswith(LINKING, at + 1):
        return at, portfolios, side  # a name or a verb in most cases
    at = _past_acronym(text, at)
    while True:
        link = LINK.match(text, at)
        if link is None:
            return at, portfolios, side
        begin = link.end()
        country = lexicon.country_starts.get(begin)
        portfolio = lexicon.portfolio_starts.get(begin)
        body = lexicon.body_starts.get(begin)
        longer = body and body.end > (country.end if country else begin)
        if body and longer and body.end > (portfolio.end if portfolio else begin):
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
    if text[at + 1 : at + 2].isalnum() and text[at] != "(":
        return at
    found = ACRONYM.match(text, at)
    return found.end() if found else at


def _joins(text: str, first: Title, second: Title) -> bool:
    gap = text[first.end : second.start]
    between = gap.strip()
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
