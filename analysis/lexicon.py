"""The places, offices, portfolios and bodies that one document names, by where they start and end.

Titles and names are made of them, or end where one of them begins.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import TYPE_CHECKING

from analysis.matcher import Hit, Reach

if TYPE_CHECKING:
    from analysis.knowledge import Document

TOWNS = frozenset(("city", "capital", "seat"))


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
        if modifier is None or modifier.start > hit.start:
            return True
        if hit.end + 1 in self._word_starts:
            return False
        after = self.doc.folded[hit.end : hit.end + 2]
        return after[:1] in ",.;'" or not self.doc.text[hit.end + 1 : hit.end + 2].isupper()
