"""One run at a time in a folder, by a lock that ends with its process however that ends."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.durable import sync_folder

LOCK = ".lock"


class BusyError(ValueError):
    """A folder that another run is writing to; the message says which, and what to do about it."""


@contextmanager
def alone(folder: Path, beside: bool = False) -> Iterator[None]:
    """Keep every other run out of a folder while this one writes to it.

    Parameters
    ----------
    folder : Path
        Made if it is not there, and removed again if it is still empty at the end.
    beside : bool
        Lock it from outside, for a folder that is replaced as a whole.

    Raises
    ------
    BusyError
        Another run, or another thread of this process, is writing to the folder.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, alone(Path(folder)):
    ...     with alone(Path(folder)):  # doctest: +ELLIPSIS
    ...         pass
    Traceback (most recent call last):
    ...
    analysis.lock.BusyError: /...: process ... is writing there (...); wait until it has ended, ...
    """
    within = folder.parent if beside else folder
    new = [path for path in (within, *within.parents) if not path.exists()]
    within.mkdir(parents=True, exist_ok=True)
    for made in new:
        sync_folder(made.parent)
    path = within / (f".{folder.name}.lock" if beside else LOCK)
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"{folder}: {_holder(path)}; wait until it has ended, or name another folder"
        ) from None
    try:
        _sign(path)
        yield
    finally:
        # While it is held: whoever waits for a file that has lost its name opens the next one.
        path.unlink(missing_ok=True)
        lock.release()
        with suppress(OSError):  # the first that holds something stays, and so do those above
            for made in new:
                made.rmdir()


def _sign(path: Path) -> None:
    """Write down who holds the lock, where the system lets a locked file be written."""
    held = {"process": os.getpid(), "computer": socket.gethostname(), "call": sys.argv[:2]}
    with suppress(OSError):
        path.write_text(json.dumps(held), encoding="utf-8")


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        call = " ".join([Path(held["call"][0]).name, *held["call"][1:]])
        return f"process {held['process']} is writing there ({call}, on {held['computer']})"
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return "another process is writing there"
