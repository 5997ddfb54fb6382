"""Signatures in an order → each with the first one that it is like: stories of any number of texts.

What is computed is what going through the texts one by one would give: each is compared with the
leaders so far, joins the one it is most alike, and becomes a leader if it is like none. It is done
in rounds instead, all texts at once that wait for no other, which comes to the same (Blelloch,
Fineman and Shun 2012: greedy independent sets) and needs numpy only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis.signatures import ODD, alike

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Leaders of a bucket with which what stands behind them is compared. Only texts of which a great
# part is the same boilerplate have more in one bucket.
MOST = 64
AT_ONCE = 1 << 16  # pairs that are gathered at once
# Texts that are led in rounds together; all later ones are then compared with their leaders.
STRETCH, STRETCHES = 1 << 12, 64  # at least so many texts, at most about so many stretches
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
IN_CACHE = 1 << 11  # pairs whose signatures stay in a processor's cache while they are compared


class Led(NamedTuple):
    """The leader of each text, by its place (its own if it is one), and how alike they are."""

    leader: NDArray[np.int64]
    similarity: NDArray[np.float64]


class _Buckets(NamedTuple):
    """Texts that agree in a key: ``bucket`` ascending, and in each ``text`` ascending."""

    bucket: NDArray[np.int32]
    text: NDArray[np.int32]


def lead(signed: NDArray[np.uint16], order: NDArray[np.int64], least: float) -> Led:
    """Lead each text to the earlier one that it is most alike, `least` or more.

    Parameters
    ----------
    signed : array
        Signatures, a row a text.
    order : array
        Their rows from the earliest to the latest.
    least : float
        The similarity from which on a text is led.

    Returns
    -------
    Led
        In the order of the rows of `signed`.

    Examples
    --------
    >>> from analysis.signatures import signatures
    >>> signed = signatures(["Talks on fish were held in Oslo.", "No talks.", "No talks."])
    >>> lead(signed, np.array([2, 1, 0]), 0.5).leader.tolist()
    [0, 2, 2]
    """
    # Most reprints are the same to the letter; these go first, and only one of each goes on.
    keys = signed.view("<u8")
    same = _rounds(_buckets([_digest(keys)[order]]), signed, order, 1.0)
    kept = np.flatnonzero(same.leader == np.arange(len(order)))
    rows = order[kept]
    bands = (keys[rows, band] for band in range(keys.shape[1]))
    found = _rounds(_buckets(bands), signed, rows, least)
    place = np.zeros(len(order), np.int64)
    place[kept] = np.arange(len(kept))
    of_kept = place[same.leader]
    leader, similarity = np.empty(len(order), np.int64), np.empty(len(order))
    leader[order] = rows[found.leader[of_kept]]
    similarity[order] = found.similarity[of_kept]
    return Led(leader, similarity)


def _digest(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a number for each row that is the same where rows are, and hardly ever else."""
    digest = np.zeros(len(keys), np.uint64)
    for column in keys.T:
        digest = (digest ^ column) * ODD
        digest ^= digest >> np.uint64(32)
    return digest


def _buckets(columns: Iterable[NDArray[np.uint64]]) -> _Buckets:
    """Gather the texts that agree in a column of keys, two or more."""
    buckets, texts, count = [np.empty(0, np.int32)], [np.empty(0, np.int32)], 0
    for keys in columns:
        order = np.argsort(keys, kind="stable")
        equal = keys[order[1:]] == keys[order[:-1]]
        like_next, like_last = np.append(equal, False), np.append(False, equal)[: len(order)]
        inside = like_next[: len(order)] | like_last
        begins = (inside & ~like_last)[inside]
        buckets.append((np.cumsum(begins) - 1 + count).astype(np.int32))
        texts.append(order[inside].astype(np.int32))
        count += int(begins.sum())
    return _Buckets(np.concatenate(buckets), np.concatenate(texts))


def _rounds(
    buckets: _Buckets, signed: NDArray[np.uint16], rows: NDArray[np.int64], least: float
) -> Led:
    """Lead the texts of `rows`, whose order is theirs, to the first one that each is most like."""
    count = len(rows)
    leading = _Leading(signed, rows, least, int(buckets.bucket.max(initial=-1)) + 1)
    stretch = max(STRETCH, count // STRETCHES)
    for begin in range(0, count, stretch):
        near = buckets.text < begin + stretch
        ahead = leading.settle(_Buckets(*(of[near] for of in buckets)), begin, stretch)
        buckets = _Buckets(*(of[~near] for of in buckets))
        # All leaders of the stretch are known: what comes later is compared with them at once.
        start, end = (np.searchsorted(buckets.bucket, ahead.bucket, side) for side in SIDES)
        leading.follow(ahead.text, start, end - start, buckets.text)
        more = leading.led_by[buckets.bucket] < MOST
        buckets = _Buckets(*(of[more] for of in buckets))
    return Led(leading.leader, leading.similarity)


class _Leading:
    """Who leads whom so far; ``led_by`` counts the leaders of each bucket."""

    def __init__(
        self, signed: NDArray[np.uint16], rows: NDArray[np.int64], least: float, buckets: int
    ) -> None:
        self.leader, self.similarity = np.arange(len(rows)), np.ones(len(rows))
        self.led_by = np.zeros(buckets, np.int32)
        self._waiting = np.ones(len(rows), bool)
        self._signed, self._rows, self._least = signed, rows, least

    def settle(self, buckets: _Buckets, begin: int, stretch: int) -> _Buckets:
        """Find the leaders among the texts of a stretch, in rounds; return their buckets."""
        bucket, text = buckets
        found = [_Buckets(bucket[:0], text[:0])]
        while len(text):
            # Nothing keeps a text waiting that is the first one in each of its buckets.
            open_ = np.flatnonzero(self._waiting[text])
            first = open_[np.diff(bucket[open_], prepend=-1) > 0]
            times, wanted = (
                np.bincount(text[at] - begin, minlength=stretch) for at in (first, open_)
            )
            ahead = first[(times == wanted)[text[first] - begin]]
            self._waiting[text[ahead]] = False
            found.append(_Buckets(bucket[ahead], text[ahead]))
            ends = np.searchsorted(bucket, bucket[ahead], side="right")
            self.follow(text[ahead], ahead + 1, ends - ahead - 1, text)
            self.led_by[bucket[ahead]] += 1
            # What stands before the first that waits has been compared with all it can be.
            waits = self._waiting[text]
            sofar = np.cumsum(waits, dtype=np.int32)
            begins = np.flatnonzero(np.diff(bucket, prepend=-1))
            before = np.repeat(sofar[begins] - waits[begins], np.diff(begins, append=len(bucket)))
            kept = (sofar > before) & (self.led_by[bucket] < MOST)
            bucket, text = bucket[kept], text[kept]
        return _Buckets(*map(np.concatenate, zip(*found, strict=True)))

    def follow(
        self,
        leaders: NDArray[np.int32],
        start: NDArray[np.int64],
        size: NDArray[np.int64],
        text: NDArray[np.int32],
    ) -> None:
        """Lead texts by leaders: each leader has `size` of them, from `start` on."""
        for pairs in _pairs(leaders, start, size, text, len(self._rows)):
            led, by, how = _alike(pairs, self._signed, self._rows, self._least)
            better = self._waiting[led] | (how > self.similarity[led])
            better |= (how == self.similarity[led]) & (by < self.leader[led])
            self.leader[led[better]], self.similarity[led[better]] = by[better], how[better]
            self._waiting[led] = False


def _pairs(
    leaders: NDArray[np.int32],
    start: NDArray[np.int64],
    size: NDArray[np.int64],
    text: NDArray[np.int32],
    count: int,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield each text with each leader that stands ahead of it in a bucket, some at a time."""
    order = np.argsort(leaders, kind="stable")  # the buckets of a leader one after the other
    ends = np.cumsum(size[order])
    for block in np.split(order, np.flatnonzero(np.diff(ends // AT_ONCE)) + 1):
        sizes = size[block]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        behind = text[np.repeat(start[block], sizes) + within].astype(np.int64)
        pairs = np.sort(behind * count + np.repeat(leaders[block], sizes))
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        for i in range(0, len(pairs), AT_ONCE):
            yield np.divmod(pairs[i : i + AT_ONCE], count)


def _alike(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    signed: NDArray[np.uint16],
    rows: NDArray[np.int64],
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return each text that is like one of its leaders once, with the one it is most like."""
    led, by = pairs
    how = np.empty(len(led))
    for i in range(0, len(led), IN_CACHE):
        block = slice(i, i + IN_CACHE)
        how[block] = alike(signed[rows[led[block]]], signed[rows[by[block]]])
    enough = how >= least
    led, by, how = led[enough], by[enough], how[enough]
    best = np.lexsort((by, -how, led))
    best = best[np.diff(led[best], prepend=-1) > 0]
    return led[best], by[best], how[best]
