"""Loads, validates and compiles the knowledge files: one row a fact, edited without Python.

`knowledge_files` says what each file holds. A user's folder may hold any of them; what it
does not hold is taken from the package.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from analysis import currencies, offices
from analysis.folding import fold
from analysis.knowledge_files import FILES
from analysis.knowledge_rows import read_file, rows_of, unknown_files
from analysis.matcher import Matcher
from analysis.schema import codes
from analysis.sentences import Splitter
from analysis.word_forms import inflect, spellings

DIGITS = re.compile(r"\d\d*")  # scans a text in two thirds of the time of \d+


class KnowledgeError(ValueError):
    """Knowledge files that cannot be used; the message lists every file and row at fault."""


class Knowledge:
    """All knowledge files, validated, with the one matcher compiled from them.

    Attributes
    ----------
    rows : dict of str to list of namedtuple
        The rows of each file, by file name without suffix; attributes are the columns.
    hash : str
        SHA-256 over all files, to tell tables of different knowledge apart.
    own : tuple of str
        The names of the files that the user's folder holds.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.rows: dict[str, list[Any]] = {}
        digest = hashlib.sha256()
        faults: list[str] = []
        for name, spec in FILES.items():
            text, where = read_file(name, folder, faults)
            if text is None:
                continue
            digest.update(name.encode() + text.encode())
            told = len(faults)
            self.rows[name] = rows_of(name, spec, text, where, faults)
            if name == "offices":
                faults += [f"{where}: {fault}" for fault in offices.check(self.rows[name])]
            if name == "topics" and len(faults) == told:
                lacking = set(codes("topic")).difference(row.topic for row in self.rows[name])
                faults += [f"{where}: has no row for topic {t!r}; add it" for t in sorted(lacking)]
        faults += unknown_files(folder)
        faults += [] if faults else currencies.check(self.rows)
        if faults:
            raise KnowledgeError(
                f"knowledge cannot be used, {len(faults)} fault(s):\n  " + "\n  ".join(faults)
            )
        self.hash = digest.hexdigest()
        self.own = tuple(sorted(path.name for path in folder.glob("*.csv"))) if folder else ()

    @cached_property
    def matcher(self) -> Matcher:
        """The automaton over the ``surface`` columns of all scanned files."""
        words = {r.british: r.american for r in self.rows["spellings"]}
        words |= {american: british for british, american in words.items()}
        entries = []
        for name, spec in FILES.items():
            for row in self.rows[name] if spec.scan else ():
                how = row.inflect if spec.scan == "column" else spec.scan
                kind = context(row.group) if name == "contexts" else name
                for form in inflect(row.surface, how, getattr(row, "forms", "")):
                    entries += [(kind, s, row) for s in dict.fromkeys(spellings(form, words))]
        groups = {context(row.group) for row in self.rows["contexts"]}
        return Matcher(entries, frozenset({"terms", *groups}))

    @cached_property
    def splitter(self) -> Splitter:
        """The sentence splitter with the abbreviations that end in a full stop."""
        return Splitter(r.abbreviation for r in self.rows["abbreviations"])

    def annotate(self, article_id: str, text: str) -> Document:
        """Fold, scan and split one text."""
        folded = fold(text)
        hits = self.matcher.scan(text, folded)
        digits = [m.span() for m in DIGITS.finditer(text)]
        return Document(article_id, text, folded, self.splitter.split(text), hits, digits)


def context(group: str) -> str:
    """Return the kind of hit that the words of a group of ``contexts.csv`` make."""
    return f"contexts/{group}"


@dataclass(slots=True)
class Document:
    """One text with what the single pass over it found; every extractor reads from it.

    `hits` are `Hit`, but of terms and contexts plain tuples of start, end and row; a kind that is
    not there has none. `digits` are the runs of digits; `dated` the date expressions, once they
    have been read.
    """

    article_id: str
    text: str
    folded: str
    sentences: list[tuple[int, int]]
    hits: defaultdict[str, list[Any]]
    digits: list[tuple[int, int]]
    dated: list[Any] | None = None


@cache
def load(folder: Path | None = None) -> Knowledge:
    """Return the knowledge of a folder over that of the package, loaded once a process.

    Examples
    --------
    >>> load().rows["topics"][0].topic
    'partnership'
    >>> load(Path("no/such/folder"))
    Traceback (most recent call last):
    ...
    analysis.knowledge.KnowledgeError: no/such/folder: no such folder of knowledge files
    """
    if folder is not None and not folder.is_dir():
        raise KnowledgeError(f"{folder}: no such folder of knowledge files")
    return Knowledge(folder)
