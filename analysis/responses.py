"""Which acts answer an ask: found by topic and by place in time, without pairing all with all.

In an archive of one relationship everything is asked for and answered again and again, and the
pairs of asks and answers grow with the square of the articles. Here the acts that can answer one
side stand in a line, meeting by meeting. Asks for the same topics share the acts of the line on
these topics, and each looks up where its part of them begins and ends.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ANSWER = {1: "noted", 2: "pledged", 3: "agreed"}  # by rank; the strongest answer counts
# Nearly twice as many as the panel's longest row has. All of them would be, in an archive of
# 10,000 articles that repeat themselves, gigabytes of places that nobody reads: they are counted.
MOST_PLACES = 50


class Reply(NamedTuple):
    """An act that answers an ask by referring back to it, and on which of the ask's topics."""

    at: int
    rank: int
    where: str
    topics: list[str]


class Found(NamedTuple):
    """The strongest answer's rank (0 is none), the topics answered at all, and the places.

    Of the places of the strongest answer the first ones are kept; `n` counts all.
    """

    rank: int
    topics: list[str]
    places: list[str]
    n: int

    def row(self) -> tuple[str | None, str | None, str | None, int]:
        """Return the answer, the topics and the places as a ledger writes them."""
        texts = (";".join(self.topics), ";".join(self.places))
        return ANSWER.get(self.rank), texts[0] or None, texts[1] or None, self.n


class Line:
    """The acts that can answer one side of a relationship, in a line.

    Parameters
    ----------
    named : DataFrame
        A topic of an act a row: ``at`` (the place of the act in the line; rows of one place are one
        act), ``order`` (in time), ``rank``, ``where`` and ``topic``.

    Examples
    --------
    >>> named = pd.DataFrame(
    ...     [(2, 2, 1, "a:5-9", "trade"), (7, 7, 3, "b:1-4", "trade"), (8, 8, 3, "b:5-9", "port")],
    ...     columns=["at", "order", "rank", "where", "topic"],
    ... )
    >>> Line(named).on(["port", "trade"], frame=()).within([(0, 9)])
    Found(rank=3, topics=['port', 'trade'], places=['b:5-9', 'b:1-4'], n=2)
    >>> Line(named).on(["port", "trade"], frame=["port"]).within([(0, 7), (8, 9)])
    Found(rank=1, topics=['trade'], places=['a:5-9'], n=1)
    """

    def __init__(self, named: pd.DataFrame) -> None:
        acts = named.drop_duplicates("at").sort_values("at")
        self.at, self.order, self.rank = (
            acts[column].to_numpy(np.int64) for column in ("at", "order", "rank")
        )
        self.where = acts["where"].to_numpy(object)
        codes, topics = pd.factorize(named["topic"])
        self.column = {topic: i for i, topic in enumerate(topics)}
        self.has = np.zeros((len(acts), len(topics) + 1), dtype=bool)  # the last: unknown ones
        self.has[np.searchsorted(self.at, named["at"]), codes] = True

    def on(self, topics: Sequence[str], frame: Collection[str]) -> Answers:
        """Return the acts on one of the topics that is not in `frame`.

        Topics of the frame ("visit") say nothing alone; with another one they count as answered.
        """
        return Answers(self, topics, np.array([t not in frame for t in topics], dtype=bool))


class Answers:
    """The acts of a line on the topics of an ask; see `Line.on`."""

    def __init__(self, line: Line, topics: Sequence[str], telling: Any) -> None:
        has = line.has[:, [line.column.get(topic, -1) for topic in topics]]
        rows = np.flatnonzero(has[:, telling].any(axis=1))
        self.topics, self.has = topics, has[rows]
        self.at, self.order, self.where = line.at[rows], line.order[rows], line.where[rows]
        before = np.zeros((1, len(topics)), dtype=np.int64)
        self.named = np.vstack([before, self.has.cumsum(axis=0)])  # how often before each act
        self.ranked = {rank: np.flatnonzero(line.rank[rows] == rank) for rank in ANSWER}

    def within(self, spans: Sequence[tuple[int, int]], replies: Sequence[Reply] = ()) -> Found:
        """Return what is found in half-open spans of the line, in their order, and in replies.

        The first places are listed by topic, in the order in which these are asked for, and then
        in time; behind them those of replies that are no such act themselves.
        """
        cuts = np.searchsorted(self.at, spans)
        times = sum(self.named[until] - self.named[begin] for begin, until in cuts)
        topics = [t for t, n in zip(self.topics, times, strict=True) if n]
        rank, rows, n = self._strongest(cuts)
        for reply in replies:
            topics += [t for t in reply.topics if t not in topics]
        behind = [r for r in replies if r.at not in self]
        best = max([rank, *(r.rank for r in replies)])
        places = list(self.where[rows]) if rank == best else []
        more = [r.where for r in behind if r.rank == best]
        return Found(best, topics, [*places, *more][:MOST_PLACES], n * (rank == best) + len(more))

    def __contains__(self, at: int) -> bool:
        """Tell whether an act, given by its place in the line, is one of these."""
        row = np.searchsorted(self.at, at)
        return bool(row < len(self.at) and self.at[row] == at)

    def _strongest(self, cuts: Any) -> tuple[int, Any, int]:
        """Return the highest rank, the first rows that have it, and how many have it."""
        for rank in sorted(self.ranked, reverse=True):
            rows = self.ranked[rank]
            inside = np.searchsorted(rows, cuts)
            n = int((inside[:, 1] - inside[:, 0]).sum())
            if n:
                first = np.concatenate([rows[a:b][:MOST_PLACES] for a, b in inside])[:MOST_PLACES]
                topic = self.has[first].argmax(axis=1)
                return rank, first[np.lexsort((self.order[first], topic))], n
        return 0, [], 0
