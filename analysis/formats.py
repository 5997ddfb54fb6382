"""The formats that are read: a row each, with its suffixes and how its content begins.

To add a format, add a row, and a module with a function ``read(file: Input)`` that yields articles
and what it sets aside. Modules are imported when a file asks for them: some need packages that not
everybody has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from analysis.article import Article, Input, Rejected, Unreadable

SNIFFED = 4096  # bytes in which the content shows what it is
# What may stand before the first element of a page or feed.
PROLOGUE = rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<\?xml-stylesheet[^>]*>|<!--.*?-->)*+"


class Format(NamedTuple):
    """One format: its name, the suffixes of its files, its reader, and what it begins with."""

    name: str
    suffixes: tuple[str, ...]
    module: str
    beginning: re.Pattern[bytes] | None = None


FORMATS = (
    Format("text", (".txt",), "read_text"),
    Format(
        "HTML",
        (".html", ".htm", ".xhtml"),
        "read_html",
        re.compile(PROLOGUE + rb"<(?:!doctype\s+html|html)\b", re.I | re.S),
    ),
    Format("JSON Lines", (".jsonl", ".ndjson"), "read_jsonl"),
    Format("CSV", (".csv", ".tsv"), "read_csv"),
    Format("Parquet", (".parquet",), "read_parquet", re.compile(rb"PAR1[\x00-\x1f]")),
    Format(
        "RSS or Atom",
        (".rss", ".atom", ".xml"),
        "read_feed",
        re.compile(PROLOGUE + rb"<(?:rss|feed|rdf:RDF)\b", re.S),
    ),
    Format("WARC", (".warc",), "read_warc", re.compile(rb"WARC/\d\.\d\r?\n")),
)
BY_SUFFIX = {suffix: f for f in FORMATS for suffix in f.suffixes}
ALLOWED = f"allowed: {', '.join(BY_SUFFIX)}, each also as .gz or in a .zip"


def split_name(name: str) -> tuple[str, str, bool]:
    """Return the stem of a file's name, its suffix, and whether it ends in ``.gz``.

    Examples
    --------
    >>> split_name("crawl.2024.WARC.gz")
    ('crawl.2024', '.warc', True)
    >>> split_name("notes")
    ('notes', '', False)
    """
    packed = name.lower().endswith(".gz")
    name = name[:-3] if packed else name
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix.lower(), packed) if stem else (name, "", packed)


def read_as(suffix: str, file: Input) -> Iterator[Article | Rejected]:
    """Read a file by its suffix, or by its content where that is clearly something else.

    Raises
    ------
    Unreadable
        The file is of no known format, holds no article, or breaks off; what could be read of it
        has been yielded before.
    """
    content = file.stream.peek(SNIFFED)[:SNIFFED]
    if content[:4] == b"PK\x03\x04" or content[:3] == b"\x1f\x8b\x08":
        raise Unreadable(
            f"is a packed file inside another, or one that is named {suffix}",
            "unpack it, or name it .zip or .gz",
        )
    by_content = (f for f in FORMATS if f.beginning and f.beginning.match(content))
    form = next(by_content, None) or BY_SUFFIX[suffix]
    try:
        reader = import_module(f"analysis.{form.module}")
    except ImportError as error:
        if (error.name or "").startswith("analysis"):
            raise  # a defect of ours, not a package that is missing
        raise Unreadable(
            f"needs more packages to read {form.name} ({error.name or error})",
            'install them with pip install "diplomatic-readouts[read]"',
        ) from None
    read: Iterator[Article | Rejected] = reader.read(file)
    yield from read
