"""Signatures in an order → each with the first one that it is like: stories of any number of texts.

What is computed is what going through the texts one by one would give: each is compared with the
leaders so far, joins the one it is most alike, and becomes a leader if it is like none. It is done
in rounds instead, all texts at once that wait for no other, which comes to the same (Blelloch,
Fineman and Shun 2012: greedy independent sets) and needs numpy only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.signatures import ODD, alike

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Leaders of a bucket with which what stands behind them is compared. Only texts of which a great
# part is the same boilerplate have more in one bucket.
MOST = 64
AT_ONCE = 1 << 16  # pairs that are compared at once


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
    leader, similarity = np.arange(count), np.ones(count)
    waiting = np.ones(count, bool)
    bucket, text = buckets
    led_by = np.zeros(int(bucket.max(initial=-1)) + 1, np.int32)  # leaders of each bucket so far
    while len(text):
        # Nothing keeps a text waiting that is the first one in each of its buckets.
        open_ = np.flatnonzero(waiting[text]).astype(np.int32)
        first = open_[np.diff(bucket[open_], prepend=np.int32(-1)) > 0]
        times, wanted = (np.bincount(text[at], minlength=count) for at in (first, open_))
        ahead = first[(times == wanted)[text[first]]]
        waiting[text[ahead]] = False
        for pairs in _pairs(_Buckets(bucket, text), ahead, count):
            led, by, how = _alike(pairs, signed, rows, least)
            better = waiting[led] | (how > similarity[led])
            better |= (how == similarity[led]) & (by < leader[led])
            leader[led[better]], similarity[led[better]] = by[better], how[better]
            waiting[led] = False
        led_by[bucket[ahead]] += 1
        # What stands before the first that waits has been compared with all it can be.
        waits = waiting[text]
        sofar = np.cumsum(waits, dtype=np.int32)
        begins = np.flatnonzero(np.diff(bucket, prepend=np.int32(-1)))
        before = np.zeros(len(led_by), np.int32)
        before[bucket[begins]] = sofar[begins] - waits[begins]
        kept = (sofar > before[bucket]) & (led_by[bucket] < MOST)
        bucket, text = bucket[kept], text[kept]
    return Led(leader, similarity)


def _pairs(
    buckets: _Buckets, ahead: NDArray[np.int64], count: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield each text with each leader that stands ahead of it in a bucket, some at a time."""
    ahead = ahead[np.argsort(buckets.text[ahead], kind="stable")]
    sizes = np.searchsorted(buckets.bucket, buckets.bucket[ahead], side="right") - ahead - 1
    ends = np.cumsum(sizes)
    for block in np.split(np.arange(len(ahead)), np.flatnonzero(np.diff(ends // AT_ONCE)) + 1):
        begin, size = ahead[block], sizes[block]
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        behind = buckets.text[np.repeat(begin + 1, size) + within].astype(np.int64)
        pairs = np.unique(behind * count + np.repeat(buckets.text[begin], size))
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
    how = alike(signed[rows[led]], signed[rows[by]])
    best = np.lexsort((by, -how, led))
    best = best[how[best] >= least]
    best = best[np.diff(led[best], prepend=-1) > 0]
    return led[best], by[best], how[best]
