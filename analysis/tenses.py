"""Whether a year or a day is spoken of as past or to come: the nearest word that governs it tells.

English alone decides this, no list of names: a preposition ("since", "by"), a verb ("signed",
"will"), or a noun ("target", "figure"). Where nothing clear stands before it, nothing is said.
"""

from __future__ import annotations

import re

WINDOW = 180  # characters before a date in which the word that governs it is sought
CLAUSE = re.compile(r"[;:]|, (?:and|but|while|whereas|whose)\b|\b(?:but|while|whereas)\b")
EDGE = r"\W(?:the\W)?(?:(?:early|late|mid|beginning|middle|end|close|year|the|of)\W)*$"

# What stands immediately before the date decides alone.
PAST_PREPOSITION = re.compile(rf"\b(?:since|back in|as of|as early as){EDGE}", re.I)
AHEAD_PREPOSITION = re.compile(
    rf"\b(?:by|until|till|towards?|within|before|no later than|horizon|vision){EDGE}", re.I
)
OPEN_PREPOSITION = re.compile(
    r"(?:\b(?:in|for|of|on|during|at|to|from|throughout|late|early|mid|year)|[A-Z][a-z]+)\W{1,2}$"
)
SPAN_PREPOSITION = re.compile(r"\b(?:for|to|from)\W$")
DATED_THING = re.compile(
    r"\b(?:agreement|treaty|convention|statement|declaration|accord|pact|memorandum|protocol"
    r"|figure|level|total)s? (?:of|from|in)\W$",
    re.I,
)
AMOUNT = re.compile(
    r"\d(?: ?(?:[mbtr]+illion|bn|mn|tn|crore|lakh))?(?: ?%| ?per ?cent| (?:US )?[^\W\d_]+)? (?:in|of)\W$"
)
# Otherwise the nearest of these words in the clause.
INFINITIVE = (
    r"(?-i:to (?!the\b|an?\b|its\b|their\b|his\b|her\b|more\b|about\b|around\b|nearly\b|over\b"
    r"|some\b|almost\b|up\b|date\b)[a-z]{2,})"
)
AHEAD = (
    rf"will|would|shall|should|may|might|can|could|must|let|{INFINITIVE}"
    r"|targets?|targeted|goals?|aims?|aimed|aiming|plans?|planned|planning|scheduled?|expect\w*"
    r"|invit\w+|propos\w+|pledg\w+|promis\w+|vow\w*|offer\w*|request\w*|ask\w*|urg\w+|suggest\w*"
    r"|call\w* (?:on|for)|hop\w+|next|upcoming|forthcoming|coming|ahead of|prior to|prepar\w+"
    r"|hosting|striv\w+|due|set to|ready|bid|candidature|look\w* (?:forward|ahead)|roadmap"
    r"|pipeline|deadline|celebration of|support\w*|agreed? to"
)
PAST = (
    r"was|were|had|has been|have been|came|stood|rose|fell|grew|grown|reach|reached|hit|amounted"
    r"|signed|signing|establishment|founded|launch|elevation|upgrade|began|took|made|met|won|held"
    r"|saw|went|left|became|ran|brought|put|built|set up|set in|against|last|previous"
    r"|compared (?:with|to)|following|after|ago|[a-z]{2,}[^e\W]ed"
)
CUES = re.compile(rf"\b(?:(?P<ahead>{AHEAD})|(?P<past>{PAST}))\b", re.I)
AFTERWARDS = re.compile(rf"[^;.]{{0,80}}?\b(?:(?P<ahead>will|would|is to|are to)|(?P<past>{PAST}))\b")
# A target spoken of as reached or missed no longer lies ahead; "by 2020 trade had" is past.
OVERTAKEN = re.compile(
    r"\b(?:exceed\w*|surpass\w*|miss(?:ed|ing)|fail\w*|ahead of schedule|met the|achieved the"
    r"|earlier than|had been|years? ahead)\b",
    re.I,
)
CHANGE_AFTER = re.compile(
    r"\W{1,3}(?:up|down|an? (?:increase|rise|decrease|fall|drop)|representing|accounting)\b", re.I
)
DAY_PAST = re.compile(
    r"\b(?:since|signed|last|adopted|established|issued|dated|elected|sworn)\b[^,;]{0,40}$", re.I
)
DAY_AHEAD = re.compile(
    r"\b(?:by|until|till|before|ahead of)\W$"
    r"|\b(?:will|would|is to|are to|due|scheduled|plans?|planned|expected|invit\w+|next|upcoming)\b"
    r"[^.;]{0,60}$",
    re.I,
)


def of_year(text: str, sentence: tuple[int, int], start: int, end: int) -> int | None:
    """Return -1 for a date spoken of as past, 1 for one to come, None where it is unclear.

    Examples
    --------
    >>> def tense(text, year):
    ...     at = text.index(year)
    ...     return of_year(text, (0, len(text)), at, at + len(year))
    >>> tense("Since ties were upgraded in 2022, trade has grown.", "2022")
    -1
    >>> tense("They aim for 100 billion by 2030.", "2030")
    1
    >>> tense("The 2030 Agenda", "2030") is None
    True
    """
    clause = _clause(text, sentence[0], start)
    if PAST_PREPOSITION.search(clause) or DATED_THING.search(clause):
        return -1
    if CHANGE_AFTER.match(text, end):
        return None if AHEAD_PREPOSITION.search(clause) else -1
    if OVERTAKEN.search(clause):
        return None
    if AHEAD_PREPOSITION.search(clause):
        return 1
    if not OPEN_PREPOSITION.search(clause):
        return None
    tense = None
    for m in CUES.finditer(clause):
        tense = 1 if m["ahead"] else -1
    if tense == -1 and SPAN_PREPOSITION.search(clause):
        return None
    if tense is None and "nniversary" in clause:
        return 1
    if tense is None and AMOUNT.search(clause):
        return -1
    if tense is None:
        m = AFTERWARDS.match(text, end, sentence[1])
        tense = (1 if m["ahead"] else -1) if m else None
    return tense


def _clause(text: str, sentence: int, at: int) -> str:
    """Return the part of the clause before a date."""
    before = text[max(sentence, at - WINDOW) : at]
    cut = 0
    for m in CLAUSE.finditer(before):
        cut = m.end()
    return before[cut:]


def of_day(text: str, sentence: tuple[int, int], start: int, end: int) -> int | None:
    """Return -1 or 1 for a day that is told as before or after the reported meeting, else None."""
    before = text[max(sentence[0], start - 80) : start]
    if DAY_AHEAD.search(before):
        return 1
    if DAY_PAST.search(before):
        return -1
    return None
