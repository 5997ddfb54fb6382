"""Whether a year or a day is spoken of as past or to come: the nearest word that governs it tells.

A preposition beside the date decides alone ("since", "by"). Otherwise the words before it in the
clause are read backwards until one is clear: a verb or noun of ``tense_words.csv``, a speech verb
that proposes or pledges, an infinitive, a past tense. Where none is, nothing is said.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.word_forms import inflect

if TYPE_CHECKING:
    from analysis.knowledge import Knowledge

WINDOW = 180  # characters before a date in which the word that governs it is sought
TAIL = 40  # and those in which a preposition is
CLAUSE_ENDS = (";", ":", ", and ", ", whose ", " but ", " while ", " whereas ")
EDGE = r"\W(?:the\W)?(?:(?:early|late|mid|beginning|middle|end|close|year|the|of)\W)*$"
PAST_PREPOSITION = re.compile(rf"\b(?:since|back in|as of|as early as){EDGE}", re.I)
AHEAD_PREPOSITION = re.compile(
    rf"\b(?:by|until|till|towards?|within|before|no later than|horizon|vision){EDGE}", re.I
)
OPEN_PREPOSITION = re.compile(
    r"\b(?:in|for|of|on|during|at|to|from|throughout|late|early|mid|year)\W{1,2}$", re.I
)
SPAN_PREPOSITION = re.compile(r"\b(?:for|to|from)\W$")
DATED_THING = re.compile(
    r"\b(?:(?:agreement|treaty|convention|statement|declaration|accord|pact|memorandum|protocol"
    r"|figure|level|total)s? (?:of|from)|set up in)\W$",
    re.I,
)
BASELINE = re.compile(r"\b(?:from|against|compared (?:with|to))\W[^,;]{1,30}\W(?:in|of)\W$", re.I)
AMOUNT = re.compile(
    r"\d(?: ?(?:million|billion|trillion|bn|mn|tn|crore|lakh))?"
    r"(?: ?%| ?per ?cent| (?:US )?[^\W\d_]+)? (?:in|of)\W$"
)
# A target spoken of as reached or missed no longer lies ahead; "by 2020 trade had" is past.
OVERTAKEN = re.compile(
    r"\b(?:exceed\w*|surpass\w*|miss(?:ed|ing)|fail\w*|ahead of schedule|met the|achieved the"
    r"|earlier than|had been|years? ahead)\b",
    re.I,
)
TARGET = re.compile(r"\b(?:targets?|goals?|plans?)\b", re.I)
CHANGE_AFTER = re.compile(
    r"\W{1,3}(?:up|down|an? (?:increase|rise|decrease|decline|fall|drop|jump|surge|gain|growth)"
    r"|representing|accounting)\b",
    re.I,
)
OPENING = 3  # words at most before a date that opens its clause
AFTERWARDS = re.compile(r"[^;.]{0,80}")
DAY_PAST = re.compile(
    r"\b(?:since|signed|last|adopted|established|issued|dated|elected|sworn)\b[^,;]{0,40}$", re.I
)
WEEKDAY_PAST = re.compile(r"\b(?:since|elected|sworn)\b[^,;]{0,40}$", re.I)
DAY_AHEAD = re.compile(
    r"\b(?:by|until|till|before|ahead of)\W$"
    r"|\b(?:will|would|is to|are to|due|scheduled|plans? (?:to|for)|planned|expected|invit\w+|next"
    r"|upcoming)\b[^.;]{0,60}$",
    re.I,
)
# Words of which these need one: most texts before a day hold none. The patterns look for them
# at each character; and they take the letters of `LIKE` for an i or an s.
DAY_PASTS = (
    *("since", "signed", "last", "adopted", "established", "issued", "dated"),
    *("elected", "sworn"),
)
DAY_AHEADS = (
    *("by", "until", "till", "before", "ahead of", "will", "would", "is to", "are to", "due"),
    *("scheduled", "plan", "expected", "invit", "next", "upcoming"),
)
LIKE = "İıſ"
WORD = re.compile(r"[^\W_]+")
# Before a word in -ed these make it an adjective ("300 skilled welders") or a passive to come.
ADJECTIVE_AFTER = frozenset(
    (
        *("a", "an", "the", "its", "their", "his", "her", "our"),
        *("of", "for", "with", "in", "by", "on", "as", "be", "being"),
    )
)
NOT_INFINITIVE_AFTER = frozenset(
    ("thanks", "compared", "according", "due", "owing", "close", "related", "contrary")
)
NO_VERB = re.compile(
    r"(?:[^s]s|tion|ment|ing|the|an?|its|their|his|her|our|more|about|around|nearly|over|some|almost|up|date)$|\d|[A-Z]"
)


class Tenses:
    """The words of a knowledge that tell past from future, compiled once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._words: dict[str, int] = {}
        self._speech: dict[str, int] = {}
        for row in knowledge.rows["verbs"]:
            if not row.act:
                continue  # "to finish", "to hold" are of what is to come
            tense = {"propose": 1, "pledge": 1, "invite": 1}.get(row.act, 0)
            for form in inflect(row.surface, "verb", row.forms):
                if " " not in form:
                    self._speech.setdefault(form, tense)
        for row in knowledge.rows["tense_words"]:
            self._words[row.word] = 1 if row.tense == "ahead" else -1
        self._words = self._speech | self._words

    @staticmethod
    @lru_cache(maxsize=8)
    def of(knowledge: Knowledge) -> Tenses:
        """Return the tenses of a knowledge, built once."""
        return Tenses(knowledge)

    def of_year(self, text: str, sentence: tuple[int, int], start: int, end: int) -> int | None:
        """Return -1 for a date spoken of as past, 1 for one to come, None where it is unclear.

        Examples
        --------
        >>> from analysis.knowledge import load
        >>> def tense(text, year):
        ...     at = text.index(year)
        ...     return Tenses.of(load()).of_year(text, (0, len(text)), at, at + len(year))
        >>> tense("Since ties were upgraded in 2022, trade has grown.", "2022")
        -1
        >>> tense("They aim for 100 billion by 2030.", "2030")
        1
        >>> tense("The 2030 Agenda", "2030") is None
        True
        """
        clause = _clause(text, sentence[0], start)
        beside = clause[-TAIL:]
        if PAST_PREPOSITION.search(beside) or DATED_THING.search(beside):
            return -1
        if BASELINE.search(beside) and AMOUNT.search(beside):
            return -1
        if AHEAD_PREPOSITION.search(beside):
            return None if OVERTAKEN.search(clause) else 1
        if not OPEN_PREPOSITION.search(beside):
            return None
        overtaken = OVERTAKEN.search(clause)
        if overtaken and overtaken[0] != "had been":
            return -1 if AMOUNT.search(beside) and not TARGET.search(clause) else None
        words = WORD.findall(clause)
        tense = self._nearest(words)
        if tense == -1 and SPAN_PREPOSITION.search(beside):
            return None
        changed = CHANGE_AFTER.match(text, end)
        if changed and not any(self._words.get(w.lower()) == 1 for w in words):
            return -1
        if tense is None and AMOUNT.search(beside):
            return -1
        if tense is None:
            rest = AFTERWARDS.match(text, end, sentence[1])
            after = WORD.findall(rest.group()) if rest else []
            if any(w.lower() in self._speech for w in words):  # "agreed here in 2022 to widen"
                after = after[: after.index("to")] if "to" in after else after
            told = ((i, t) for i in range(len(after)) if (t := self._tense(after, i)))
            at, found = next(told, (0, None))
            # "trade in 2024 rose": the verb right after the year is that of its subject
            tense = found if found == 1 or len(words) <= OPENING or at <= 1 else None
        return tense

    def _nearest(self, words: list[str]) -> int | None:
        """Return the tense of the last clear word."""
        for i in range(len(words) - 1, -1, -1):
            if words[i] == "anniversary":
                near = words[max(0, i - 5) : i]
                return -1 if any(w.endswith("ed") and w not in self._speech for w in near) else 1
            if i == len(words) - 2 and words[i].endswith("ed") and words[i] in self._speech:
                return -1  # "pledged in 2022": the verb itself is dated
            tense = self._tense(words, i)
            if tense:
                return tense
        return None

    def _tense(self, words: list[str], i: int) -> int | None:
        word = words[i]
        before = words[i - 1] if i else ""
        if word == "to":
            after = words[i + 1] if i + 1 < len(words) else ""
            noun = NO_VERB.search(after) or before.lower() in NOT_INFINITIVE_AFTER
            return None if not after or noun or self._speech.get(after) == 0 else 1
        known = self._words.get(word if word == "May" else word.lower())
        if known is None and word.endswith("ed") and not word.endswith("eed") and len(word) > 4:
            finite = before.lower() not in ADJECTIVE_AFTER and not before.isdigit()
            return -1 if finite else None
        # A participle after "be" is yet to come: "to be held".
        return None if known == -1 and before.lower() in ("be", "being") else known


def _clause(text: str, sentence: int, at: int) -> str:
    """Return the part of the clause before a date."""
    before = text[max(sentence, at - WINDOW) : at]
    cut = 0
    for mark in CLAUSE_ENDS:  # plain searches: one pattern of seven branches is slower
        found = before.rfind(mark)
        if found >= 0:
            cut = max(cut, found + len(mark))
    return before[cut:]


def may_hold(before: str, words: tuple[str, ...]) -> bool:
    """Tell whether one of some words may stand in a text, in capitals or not."""
    low = before.lower()
    if any(word in low for word in words):
        return True
    return not before.isascii() and any(c in before for c in LIKE)


def of_day(text: str, sentence: tuple[int, int], start: int, bare: bool = False) -> int | None:
    """Return -1 or 1 for a day that is told as before or after the reported meeting, else None.

    A bare weekday, without its date, is one of these days: what was signed on it was signed now.
    """
    before = text[max(sentence[0], start - 80) : start]
    if may_hold(before, DAY_AHEADS) and DAY_AHEAD.search(before):
        return 1
    if may_hold(before, DAY_PASTS) and (WEEKDAY_PAST if bare else DAY_PAST).search(before):
        return -1
    return None
