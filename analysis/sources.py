"""Folders, files and packed files → articles, and what is set aside with its reason and remedy.

A folder is read in the order of its names. Links that lead out of it are not followed, nor is any
link inside an archive; what is packed is never written to a path, its names are only shown.
"""

from __future__ import annotations

import gzip
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BufferedIOBase, BufferedReader
from pathlib import Path, PurePosixPath
from typing import cast

from analysis.article import Article, Input, Rejected, Unreadable
from analysis.formats import ALLOWED, BY_SUFFIX, read_as, split_name
from analysis.packed import Meter, unpacked

# What stands beside articles: read by people, by `read_articles` itself, or written by `fetch`.
BESIDE = {"readme.md", "manifest.csv", "report.csv"}
READABLE = "check that it is still there and that you may read it"


def read_source(source: Path) -> Iterator[Article | Rejected]:
    """Yield the articles of a file or of all files of a folder, and what is set aside."""
    if not source.is_dir():
        yield from _read_path(source)
        return
    root = source.resolve()
    pending = [source]  # the next one last
    while pending:
        path = pending.pop()
        if path.is_symlink() and path != source and not _is_inside(path, root):
            yield Rejected(
                _shown(path),
                "is a link that leads to a folder, out of this folder, or nowhere",
                "copy the file here, or name what it leads to as a source",
            )
        elif path.is_dir():
            try:
                names = os.listdir(path)
            except OSError as error:
                yield Rejected(_shown(path), f"cannot be read ({error.strerror})", READABLE)
                continue
            seen = [n for n in names if not (n.startswith(".") or n.lower() in BESIDE)]
            pending.extend(path / name for name in sorted(seen, reverse=True))
        else:
            yield from _read_path(path)


def _is_inside(link: Path, root: Path) -> bool:
    """Tell whether a link leads to a file of the folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # it leads nowhere, or in a circle
        return False
    return target.is_file() and target.is_relative_to(root)


def _read_path(path: Path) -> Iterator[Article | Rejected]:
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        yield Rejected(repr(os.fsencode(path)), "has a name that is not UTF-8", "rename the file")
        return
    shown = _shown(path)
    try:
        # A pipe would be waited for without end; what is not there says so when it is opened.
        if path.exists() and not path.is_file():
            raise Unreadable("is no regular file", "copy its content into one")
        if path.suffix.lower() == ".zip":
            yield from _read_zip(path, shown)
        else:
            suffix = _known(path.name)
            with path.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                yield from _read_stream(stream, path.name, suffix, shown, size)
    except Unreadable as fault:
        yield fault.about(shown)
    except OSError as error:
        yield Rejected(shown, f"cannot be read ({error.strerror or error})", READABLE)


def _read_zip(path: Path, shown: str) -> Iterator[Article | Rejected]:
    """Read the files of an archive, each by its own suffix; archives inside it are not followed."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Unreadable(f"is no whole zip archive ({error})", "get the file again") from None
    meter = Meter(path.stat().st_size)
    with archive:
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
            hidden = any(part.startswith(".") and part.strip(".") for part in parts)
            if entry.is_dir() or not parts or hidden or parts[-1].lower() in BESIDE:
                continue
            inside = f"{shown}/{_shown(entry.filename)}"
            try:
                if stat.S_ISLNK(entry.external_attr >> 16):  # its content would be a path
                    raise Unreadable("is a link inside an archive", "pack the file instead")
                with _opened(archive, entry) as packed:
                    stream = unpacked(packed, meter)
                    suffix = _known(parts[-1])
                    yield from _read_stream(stream, parts[-1], suffix, inside, entry.file_size)
            except Unreadable as fault:
                yield fault.about(inside)
                if meter.exceeded:
                    raise


def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> BufferedIOBase:
    try:
        return cast(BufferedIOBase, archive.open(entry))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        # Damaged, packed in a way that Python does not know, or locked with a password.
        raise Unreadable(f"cannot be unpacked ({error})", "unpack the archive") from None


def _known(name: str) -> str:
    """Return the suffix of a file that is read, without that of the packing."""
    _, suffix, _ = split_name(name)
    if suffix == ".zip":
        raise Unreadable("is an archive inside an archive, which is not followed", "unpack it")
    if suffix not in BY_SUFFIX:
        raise Unreadable(f"is of an unknown kind ({suffix or 'no suffix'})", ALLOWED)
    return suffix


def _read_stream(
    stream: BufferedReader, name: str, suffix: str, shown: str, size: int
) -> Iterator[Article | Rejected]:
    """Read one file that is no archive; gzip is unpacked on the way."""
    stem, _, packed = split_name(name)
    # Some programs unpack what they download, and leave the name as it was.
    if packed and stream.peek(2)[:2] == b"\x1f\x8b":
        with gzip.GzipFile(fileobj=stream) as inner:
            file = Input(unpacked(inner, Meter(size)), shown, stem)
            yield from _read_bytes(suffix, file)
    else:
        yield from _read_bytes(suffix, Input(stream, shown, stem))


def _read_bytes(suffix: str, file: Input) -> Iterator[Article | Rejected]:
    found = False
    try:
        for item in read_as(suffix, file):
            found = True
            yield item
    except UnicodeDecodeError as error:
        byte = f"byte {error.start} is {error.object[error.start]:#04x}"
        raise Unreadable(f"is not {error.encoding.upper()} ({byte})", "save it as UTF-8") from None
    if not found:
        raise Unreadable("holds no article", "remove it or fill it")


def _shown(name: str | Path) -> str:
    """Return a name without characters that a terminal would obey."""
    obeyed = ("C", "Zl", "Zp")  # controls, and what ends a line
    return "".join("\ufffd" if unicodedata.category(c).startswith(obeyed) else c for c in str(name))
