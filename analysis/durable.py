"""Files that outlast a crash: written beside their place, brought to the disk, then named.

A name is given only to bytes that are on the disk already, and a name is on the disk itself when
its folder has been brought there. So after a loss of power a file is the older or the newer one,
never an empty one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Give names to write to; the files get their own names only when all are written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with whole([Path(folder, "a.txt")]) as [part]:
    ...         written = part.write_text("all of it")
    ...     Path(folder, "a.txt").read_text()
    'all of it'
    """
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
    parts = [path.with_name(f".{path.name}.part") for path in paths]
    for part in parts:  # it may be a link, through which another file would be written
        part.unlink(missing_ok=True)
    try:
        with named(parts[0] if parts else None):
            yield parts
        for part in parts:
            sync(part)
        for part, path in zip(parts, paths, strict=True):
            os.replace(part, path)
        for folder in sorted({path.parent for path in paths}):
            sync_folder(folder)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def described(path: Path) -> dict[str, str | int]:
    """Return what a list of files says of one: its hash and its size."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}


def sync(path: Path) -> None:
    """Bring the bytes of a file to the disk."""
    with named(path), path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where a folder can be opened for that."""
    if os.name == "nt":
        return
    try:
        opened = os.open(folder, os.O_RDONLY)
    except PermissionError:  # names may be made there, but not read
        return
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_below(folder: Path) -> None:
    """Bring all that stands in a folder to the disk, files before the folders that name them."""
    for found, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(found, name))
        sync_folder(Path(found))


@contextmanager
def named(path: Path | None) -> Iterator[None]:
    """Let an error of the system say which file was written: that of a full disk does not."""
    try:
        yield
    except OSError as error:
        if path is not None and error.errno is not None and error.filename is None:
            raise OSError(error.errno, os.strerror(error.errno), str(path)) from error
        raise
