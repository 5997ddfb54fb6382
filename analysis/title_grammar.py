"""How the words of a title phrase combine: what belongs to its head on the left and on the right.

On the left stand modifiers, portfolios and countries ("Vietnamese Deputy Prime Minister", "Trade
and Energy Minister"), on the right "of", portfolios, bodies and countries ("Minister of Foreign
Affairs of the Republic of Korea (RoK)").
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from analysis.lexicon import Lexicon
from analysis.matcher import Hit, back_over
from analysis.names import UPPER

LINK = re.compile(
    r"\s*(?:,\s*)?(?:of|for|to|at|in charge of|from)\s+(?:the\s+)?"
    r"(?:(?:Ministry|Department|Office|Bureau)\s+(?:of|for)\s+(?:the\s+)?)?"
)
LINKING = ("of", "for", "to", "at", "in", "from")
# Where somebody is posted: "Ambassador in Seoul", "Ambassador of Malaysia to the Kingdom".
POSTED = re.compile(r"\s+in\s+")
REALM = re.compile(
    r"\s+to\s+the\s+(?:Commonwealth|Emirate|Kingdom|Principality|Republic|Sultanate|Union)\b(?! of)"
)
LIST = re.compile(r"\s*(?:,\s*and|,|and|&)\s+(?:the\s+)?|\s+")
POSSESSIVE = re.compile(r"['’]s?\s+(?:national\s+)?(?:parliament|legislature|government)?\s*", re.I)
ACRONYM = re.compile(r"\s*\([^()\n]{1,12}\)")
PROVINCE_NOUN = re.compile(
    r" (?:Province|City|County|Prefecture|Region|District|State|Municipality|Oblast)\b"
)
PROVINCE = re.compile(rf"[{UPPER}][\w'’-]*(?: [{UPPER}][\w'’-]*){{0,2}}?{PROVINCE_NOUN.pattern}")
# One portfolio that no list knows between two that are known.
UNLISTED = re.compile(rf"[{UPPER}][\w-]*(?: [{UPPER}][\w-]*)?(?:,? and |, | & )")
# The last of a list: "Trade and Worship, X Y", "Migration and Tunisians Abroad of …".
LAST = re.compile(rf"[{UPPER}][\w-]* Abroad\b|[{UPPER}][\w-]*(?=, [{UPPER}])")
MINISTRY = re.compile(
    rf"[{UPPER}][\w-]* [{UPPER}][\w-]*(?=, [{UPPER}][\w-]* [{UPPER}])"  # "Polar Waters, X Y"
    rf"|[{UPPER}][\w-]*(?:,? and [{UPPER}][\w-]*|, [{UPPER}][\w-]*(?=,| and ))*"
)
SPACE = re.compile(r"\s")
CAPITALISED_WORDS = re.compile(
    rf"[{UPPER}][\w&'’.-]*(?: (?:of |and |for |the )*[{UPPER}][\w&'’.-]*)*"
)


SEAT = "seat"  # a portfolio that is also one is of a single country, as "Sejm"
CLOSED = re.compile(r",| \([^()\n]{1,12}\),")


class Role(NamedTuple):
    """What a body outside the list of portfolios makes of its head."""

    role: str
    deputy: str


ORGANISATION = Role("official", "official")
BODY = Role("executive", "executive")


def before_head(
    at: int, lexicon: Lexicon, floor: int
) -> tuple[int, list[Any], str | None, list[Any]]:
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
            whose = lexicon.country_ends.get(stop)
            if whose is not None and whose.start == hit.start and whose.row.kind == SEAT:
                side = side or whose.row.side
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


def after_head(head: Hit, lexicon: Lexicon) -> tuple[int, list[Any], str | None]:
    """Walk right from a head; return the end, portfolios and side met."""
    text = lexicon.doc.text
    portfolios: list[Any] = []
    side = None
    at = head.end
    another = text[at : at + 1] == " " and text[at + 1 : at + 2].isalnum()
    if another and not text.startswith(LINKING, at + 1):
        return at, portfolios, side  # a name or a verb in most cases
    at = _past_acronym(text, at)
    if head.row.role == "ambassador":
        posted = POSTED.match(text, at)
        town = lexicon.country_starts.get(posted.end()) if posted else None
        at = town.end if town else at
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
        if country and portfolio and portfolio.end == country.end:
            side = side or (country.row.side if country.row.kind == SEAT else None)
        elif country and not (portfolio and portfolio.end > country.end):
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
            elif possessive and (ward := PROVINCE.match(text, possessive.end())):
                return ward.end(), portfolios, side  # "the country's Gyeonggi Province", a name
            elif country.row.kind == "adjective" and _names_body(link.group()):
                return at, portfolios or [BODY], side  # "president of the Saudi aviation authority"
            else:
                at += len(possessive.group().rstrip()) if possessive else 0
                continue
        if portfolio is None:
            realm = REALM.match(text, at)
            if realm:
                return realm.end(), portfolios, side
            named_body = _names_body(link.group())
            if named_body or (head.row.role == "minister" and " for " in link.group()):
                at = _past_acronym(text, _unknown(lexicon, head, at, begin, portfolios))
            return at, portfolios or ([BODY] if named_body else []), side
        while portfolio is not None:
            portfolios.append(portfolio.row)
            at = _past_acronym(text, portfolio.end)
            gap = LIST.match(text, at)
            portfolio = lexicon.portfolio_starts.get(gap.end()) if gap else None
            if gap and gap.group().strip() and portfolio is None:
                unlisted = UNLISTED.match(text, gap.end())
                portfolio = lexicon.portfolio_starts.get(unlisted.end()) if unlisted else None
                last = LAST.match(text, gap.end()) if "and" in gap.group() else None
                at = last.end() if last else at
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
    if not text[begin : begin + 1].isupper():
        return at
    if portfolios:  # "Federation of Industries", where no name can follow without a mark
        words = CAPITALISED_WORDS.match(text, begin)
        closed = words and CLOSED.match(text, words.end())
        return words.end() if words and closed and portfolios[-1].role == "executive" else at
    if head.row.role == "minister":
        word = MINISTRY.match(text, begin)
        known = lexicon.portfolio_starts.get(word.end() + 1) if word else None
        return known.end if known else word.end() if word else at  # "External Trade"
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
