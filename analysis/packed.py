"""Streams out of packed files: bounded, and with an error where the packed data is cut or damaged.

A few kilobytes can unpack to terabytes. What is unpacked is read piece by piece and never held as a
whole, so that such a file cannot fill the memory; it is given up when it has grown to more than any
text does, so that it cannot take forever either.
"""

from __future__ import annotations

import lzma
import zlib
from gzip import BadGzipFile
from io import BufferedIOBase, BufferedReader, RawIOBase
from typing import Any
from zipfile import BadZipFile

from analysis.article import Unreadable

UNPACKED = 64 * 2**30  # bytes; an archive of a million pages has about as many
RATIO = 200  # text packs to between a third and a thirtieth
SMALL = 64 * 2**20  # bytes that may come of anything; a ratio says little about a small file


class Meter:
    """Counts what comes out of one packed file.

    Examples
    --------
    >>> Meter(packed=1000).count(50_000_000)
    >>> Meter(packed=1000).count(70_000_000)
    Traceback (most recent call last):
    ...
    analysis.article.Unreadable: unpacks to more than 200 times its size; it may be made to fill
    memory or disk, allowed are 200 times its size, or 64 MiB, and at most 64 GiB
    """

    def __init__(self, packed: int) -> None:
        self.packed = packed
        self.unpacked = 0
        self.exceeded = False

    def count(self, size: int) -> None:
        """Add `size` bytes; an `Unreadable` is raised where they have become too many."""
        self.unpacked += size
        if self.unpacked > UNPACKED:
            too_many = f"{UNPACKED >> 30} GiB"
        elif self.unpacked > max(SMALL, RATIO * self.packed):
            too_many = f"{RATIO} times its size"
        else:
            return
        self.exceeded = True
        raise Unreadable(
            f"unpacks to more than {too_many}",
            f"it may be made to fill memory or disk, allowed are {RATIO} times its size, "
            f"or {SMALL >> 20} MiB, and at most {UNPACKED >> 30} GiB",
        )


def unpacked(stream: BufferedIOBase, meter: Meter) -> BufferedReader:
    """Return what `stream` unpacks, counted by `meter`; its faults are raised as `Unreadable`."""
    return BufferedReader(_Unpacked(stream, meter), 2**16)


class _Unpacked(RawIOBase):
    def __init__(self, stream: BufferedIOBase, meter: Meter) -> None:
        self.stream = stream
        self.meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            # One piece at a time: what precedes a fault is still handed on.
            data = self.stream.read1(len(view))
        except EOFError:
            raise Unreadable(
                "is cut off: its packed data ends too early", "get the file again"
            ) from None
        except (zlib.error, lzma.LZMAError, BadGzipFile, BadZipFile) as error:
            raise Unreadable(f"is damaged ({error})", "get the file again") from None
        except OSError as error:
            if error.errno is not None:
                raise  # of the disk, not of the data
            raise Unreadable(f"is damaged ({error})", "get the file again") from None
        self.meter.count(len(data))
        view[: len(data)] = data
        return len(data)
