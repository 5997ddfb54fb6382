"""Where full names stand: beside a title, as a known office-holder, or by what the sentence shows.

Names come after titles ("Foreign Minister X", "his counterpart, X,") and before them ("X, Minister
of …"). Those without a title are the `bare_names`.
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from analysis.bare_names import by_nationality, by_sentence
from analysis.lexicon import Lexicon
from analysis.titles import Title, owned
from analysis.word_forms import plural

if TYPE_CHECKING:
    from analysis.front import Front
    from analysis.knowledge import Document
    from analysis.office_holders import Offices

APPOSED = re.compile(
    r"(?:,\s+|\s\()(?:who (?:is (?:also )?|(?:also )?(?:doubles|serves) as ))?"
    r"(?:(?:the|an?|his|her|their)\s+)?(?:\w+['’]s\s+)?$"
)
ASIDE = re.compile(r"\s\([^()\n]{1,30}\)$")
OWNER = re.compile(r"['’]s?\s$")
OF = re.compile(r" of (?:the )?")
NEXT = re.compile(r"\s*(?:,\s*and|,|and)\s+")
AFTER_TITLE = re.compile(r"\s*(?:[\"“‘]\s*)?")
AFTER_COMMA = re.compile(r"\s*,\s+")
CLOSED = re.compile(r"\s*(?:,|\band\b|\(|\.)")
LONGEST_NAME = 200
GOES_ON = 12  # characters behind a name, more than a mark or a date's end


@dataclass(slots=True)
class Naming:
    """One place where a full name stands, with the titles and the side that stand beside it."""

    start: int
    end: int
    titles: list[Title] = field(default_factory=list)
    side: str | None = None

    @property
    def lead(self) -> int:
        """Where the name begins, or the first of its titles."""
        return min([self.start, *(t.start for t in self.titles)])


class _Collector:
    """Takes in names as they are found; no two overlap."""

    def __init__(self) -> None:
        self.found: list[Naming] = []
        self.by_end: dict[int, Naming] = {}
        self._ends: list[int] = []

    def add(self, naming: Naming) -> None:
        i = bisect_right(self._ends, naming.start)  # the first name that ends behind its start
        if i == len(self._ends) or self.by_end[self._ends[i]].start >= naming.end:
            self.found.append(naming)
            self.by_end[naming.end] = naming
            insort(self._ends, naming.end)


def namings(
    doc: Document, known: Offices, titles: list[Title], lexicon: Lexicon, front: Front
) -> list[Naming]:
    """Return where full names stand, in the order of the text."""
    text = doc.text
    headline = front.title[1] if front.title else -1
    barred = {t.start for t in titles} | lexicon.barring
    barred.update(lexicon.body_starts)
    names = _Collector()
    for title in titles:
        if title.start >= headline:
            _beside(doc, known, title, names, headline, barred, lexicon)
    for hit in doc.hits["offices"]:
        if hit.start >= headline and known.shape.at(doc.text, hit.start) <= hit.end:
            names.add(Naming(hit.start, hit.end))
    for start, end, side in by_nationality(doc, known, lexicon, barred):
        if start >= headline:
            names.add(Naming(start, end, [], side))
    for start, end in by_sentence(doc, known, lexicon, headline, barred, names.by_end):
        names.add(Naming(start, end))
    found = sorted(names.found, key=lambda n: n.start)
    starts = [s for s, _ in doc.sentences]
    for naming in found:
        # No name runs on into the next sentence, whatever a missing space has glued to it.
        naming.end = min(naming.end, doc.sentences[bisect_right(starts, naming.start) - 1][1])
        naming.side = naming.side or _owner(text, naming, lexicon)
    unlisted = _lone_after_portfolio(text, found)
    return [
        n
        for n in found
        if n.start not in unlisted
        and not _names_a_body(text, n, lexicon)
        and not (text[n.end - 1].isupper() and _in_capitals(text, n))
    ]


def _beside(
    doc: Document,
    known: Offices,
    title: Title,
    names: _Collector,
    headline: int,
    barred: set[int],
    lexicon: Lexicon,
) -> None:
    """Take in the name after a title, else the one it stands in apposition to."""
    text = doc.text
    floor = max(0, title.start - 30)
    # No phrase in apposition holds another comma or bracket, before which a blank stands.
    mark = max(text.rfind(",", floor, title.start), text.rfind("(", floor, title.start) - 1)
    apposed = APPOSED.match(text, mark, title.start) if mark >= floor else None
    spaced = text.startswith(" ", title.end) and text[title.end + 1 : title.end + 2].isalpha()
    quote = None if spaced else AFTER_TITLE.match(text, title.end)
    begin = quote.end() if quote else title.end + 1
    end = known.shape.at(text, begin, barred)
    if title.kind == "generic" and text[title.end - len(title.head)].isupper():
        end = begin  # "Official Development Assistance" is nobody's title
    if end > begin and not (apposed and title.linked and " " not in text[begin:end]):
        names.add(Naming(begin, end, [title]))
        if _several(title, text):
            _companions(text, end, title, names, known, barred, lexicon)
        return
    comma = None if spaced else AFTER_COMMA.match(text, title.end)
    if comma and (title.kind in ("title", "counterpart") or owned(text, title)):
        end = known.shape.at(text, comma.end(), barred)
        introduced = " " in text[comma.end() : end] and CLOSED.match(text, end)
    else:
        introduced = None
    if apposed and title.kind != "honorific" and _closes(text, apposed, title, introduced):
        stop = apposed.start()
        aside = ASIDE.search(text, max(0, stop - 34), stop)
        stop = aside.start() if aside else stop
        before = names.by_end.get(stop)
        if before is not None:
            before.titles.append(title)
            return
        floor = max([headline + 1, stop - LONGEST_NAME, *(n.end for n in names.found[-1:])])
        begin = known.shape.before(text, stop, floor)
        known_words = not lexicon.free_of_knowledge(begin, stop)
        whole = " " in text[begin:stop].strip() or "who" in apposed.group()
        place = text[begin - 4 : begin].lower() == "the "  # "at the Palácio X, the Minister, Y"
        if begin < stop and whole and not known_words and not place:
            names.add(Naming(begin, stop, [title]))
            return
    if comma and introduced:
        names.add(Naming(comma.end(), end, [title]))


def _closes(text: str, apposed: re.Match[str], title: Title, introduced: object) -> bool:
    """Tell whether a phrase behind a comma or bracket can belong to the name before it."""
    if "(" in apposed.group():
        return text[title.end : title.end + 1] == ")"
    if owned(text, title):  # "X, his host." but not "in Port Moresby, his host, X, said"
        return not introduced and text[title.end : title.end + 1] in (",", ".", ";", ")")
    return True


def _several(title: Title, text: str) -> bool:
    """Tell whether an office is a plural: "Presidents X and Y"."""
    return _plural(title.head) in text[title.start : title.end].lower()


@lru_cache(maxsize=1 << 10)
def _plural(head: str) -> str:
    return plural(head).lower()


def _companions(
    text: str,
    at: int,
    title: Title,
    names: _Collector,
    known: Offices,
    barred: set[int],
    lexicon: Lexicon,
) -> None:
    """Take in the names that share a plural office: "Ministers X of A, Y of B and Z of C"."""
    while True:
        of = OF.match(text, at)
        country = lexicon.country_starts.get(of.end()) if of else None
        link = NEXT.match(text, country.end if country else at)
        end = known.shape.at(text, link.end(), barred) if link else at
        if link is None or " " not in text[link.end() : end]:
            return
        shared = title._replace(start=link.end(), end=link.end())
        names.add(Naming(link.end(), end, [shared]))
        at = end


def _owner(text: str, naming: Naming, lexicon: Lexicon) -> str | None:
    """Return the side of "Spain's X" and of "X of Spain"."""
    near = text[max(0, naming.start - 3) : naming.start]
    owned = "'" in near or "’" in near
    whose = OWNER.search(text, naming.start - len(near), naming.start) if owned else None
    before = lexicon.country_ends.get(whose.start()) if whose else None
    of = OF.match(text, naming.end) if text.startswith(" of ", naming.end) else None
    after = lexicon.country_starts.get(of.end()) if of else None
    if after and (after.row.kind == "adjective" or text.startswith(("-", "'", "’"), after.end)):
        after = None  # "X of the Chilean-German Chamber"
    country = before or after
    return country.row.side if country else None


def _lone_after_portfolio(text: str, found: list[Naming]) -> set[int]:
    """Return where a lone word after "Minister of …" is a portfolio that no list knows.

    A name comes again, alone or in a longer one.
    """
    lone = {
        n.start: text[n.start : n.end]
        for n in found
        if text.find(" ", n.start, n.end) < 0 and any(t.linked for t in n.titles)
    }
    if not lone:
        return set()
    words = Counter([w for n in found for w in set(text[n.start : n.end].split())])
    return {start for start, word in lone.items() if words[word] < 2}


def _in_capitals(text: str, naming: Naming) -> bool:
    """Tell whether a name stands in a line of capitals that goes on, as headlines do."""
    begin = text.rfind("\n", 0, naming.start) + 1
    end = text.find("\n", naming.end)
    line = text[begin : end if end >= 0 else len(text)]
    return line.isupper() and len(line) > naming.end - begin + GOES_ON


def _names_a_body(text: str, naming: Naming, lexicon: Lexicon) -> bool:
    """Tell whether a name is part of a longer one of an institution: "King Sejong Institute"."""
    body = lexicon.portfolio_starts.get(naming.end + 1)
    if body is None or text[naming.end] != " ":
        return False
    return body.row.role in ("official", "executive") and text[body.start].isupper()
