"""Texts → signatures of a few hundred bytes, from which can be told how alike two texts are.

A text is taken as the set of its runs of five words, without case, accents and punctuation. How
alike two texts are is the Jaccard similarity of these sets: the runs that both have, as a share of
the runs that either has. MinHash estimates it (Broder 1997): under a random order of all runs, the
chance that two sets have the same first run is their similarity. A signature holds the first run
under each of 128 such orders, 16 bits of it (Li and König 2010), so that the standard error
of an estimate is at most 0.044.

What a word is: what stands between blanks and punctuation, so in Vietnamese a syllable; in scripts
that set no blanks, each character. A text of fewer than five words is a run of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from analysis.folding import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Runs of five words are seldom a phrase that many readouts use: of the seeds and the annotated
# readouts no two share more than one run in forty; of three words it would be one in fifteen.
RUN = 5
SIZE = 128  # numbers in a signature
HELD = 4096  # runs that are hashed at once, so that the longest text needs no more memory
SEED = 1  # of the random orders; another one gives other signatures, none of them comparable
ODD = np.uint64(
    0x9E3779B97F4A7C15
)  # 2**64 / golden ratio: spreads the hashes of words over 64 bits

# Thai, Lao, Burmese, Khmer, kana and Han set no blanks between words.
UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])")
WORD = re.compile(r"\w+")
_BLANKED = bytes(c if chr(c).isalnum() and c < 128 else 32 for c in range(256))


def signatures(texts: Iterable[str]) -> NDArray[np.uint16]:
    """Return the signature of each text, a row a text; the same wherever and whenever it is made.

    Examples
    --------
    >>> one = "Việt Nam and the RoK agreed to bring their trade to US$100 billion by 2023."
    >>> signed = signatures([one, one.replace("Việt", "VIET") + "!", one.replace("by", "in")])
    >>> signed.shape
    (3, 128)
    >>> alike(signed, signed[0]).round(1).tolist()
    [1.0, 1.0, 0.7]
    """
    rows = [_signature(text) for text in texts]
    return np.array(rows, dtype="<u2").reshape(len(rows), SIZE)


def alike(one: NDArray[np.uint16], other: NDArray[np.uint16]) -> Any:
    """Estimate how alike texts are, from 0 to 1, by their signatures, row by row.

    Examples
    --------
    >>> texts = signatures(["They met in Seoul on Monday.", "They agreed on nothing at all."])
    >>> alike(texts, texts[::-1])
    array([0., 0.])
    """
    agree = np.packbits(one == other, axis=-1).view(np.uint64)
    return np.bitwise_count(agree).sum(axis=-1) / SIZE


@cache
def _orders() -> Any:
    """Return an empty sketch of datasketch, which knows the random orders."""
    from datasketch import MinHash  # takes a third of a second, half of it SciPy's

    return MinHash(SIZE, seed=SEED, hashfunc=int, scheme="affine32")


def _signature(text: str) -> NDArray[np.uint16]:
    sketch = _orders().copy()
    runs = _runs(text)
    for i in range(0, len(runs), HELD):
        sketch.update_batch(runs[i : i + HELD].tolist())
    low: NDArray[np.uint16] = (sketch.hashvalues & np.uint32(0xFFFF)).astype("<u2")
    return low


def _runs(text: str) -> NDArray[np.uint32]:
    """Return the runs of words of a text, each as a hash."""
    words = _words(fold(text)) or [text.encode()]
    hashes = np.fromiter(map(crc32, words), np.uint64, len(words)) * ODD
    size = min(RUN, len(words))
    count = len(words) - size + 1
    runs = hashes[:count].copy()
    for i in range(1, size):
        runs *= ODD
        runs += hashes[i : i + count]
    return (runs >> np.uint64(32)).astype(np.uint32)


def _words(folded: str) -> list[bytes]:
    if folded.isascii():
        return folded.encode("ascii").translate(_BLANKED).split()
    return [word.encode() for word in WORD.findall(UNSPACED.sub(r" \1 ", folded))]
