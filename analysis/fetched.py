"""The folder of fetched texts: its list of texts, its report, and what of it needs no new request.

The folder is in order at any moment, whenever the process is killed or the power fails: a text
appears whole or not at all, and the two lists grow by one row at a time. They are sorted and
written anew at the end.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from analysis.answers import FETCHED, GONE, NO_ARTICLE, NOT_HTML, TOO_LARGE
from analysis.durable import named, whole

OWN = "saved by hand"
FINAL = {GONE, TOO_LARGE, NOT_HTML, NO_ARTICLE}  # asking again would not help
MANIFEST = ("article_id", "publisher", "address", "sha256", "fetched")
REPORT = ("article_id", "address", "outcome", "status", "remedy")


class FetchError(ValueError):
    """A list or a folder that cannot be used; the message says what to change."""


class Wanted(NamedTuple):
    """One article to fetch: whose it is, where it stands, its day where known (YYYY-MM-DD)."""

    article_id: str
    address: str
    publisher: str
    published: str

    @property
    def header(self) -> str:
        """The date header of its text."""
        return f" date {self.published} \n" if self.published else ""


class Folder:
    """A folder of fetched texts; threads may share it, processes may not (`lock.alone`).

    Attributes
    ----------
    manifest, report : dict
        The rows of ``manifest.csv`` and ``report.csv`` by article_id.
    """

    def __init__(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.manifest = self._read("manifest.csv", MANIFEST)
        self.report = self._read("report.csv", REPORT)
        self._adding = Lock()
        for part in out.glob(".*.part"):  # left by a process that was killed
            part.unlink()
        self.finish()

    def pending(self, wanted: Iterable[Wanted]) -> list[Wanted]:
        """Return the articles that must be asked for; a text saved by hand enters the lists."""
        asked = []
        for w in wanted:
            row, last = self.manifest.get(w.article_id), self.report.get(w.article_id)
            path = self._path(w.article_id)
            if path.is_file() and (row is None or not row["fetched"]):
                self._enter(w, path.read_bytes(), OWN, None, "", fetched="")
            elif path.is_file() and row is not None:
                if not _unchanged(row, w, path.read_bytes()):
                    asked.append(w)
            elif not (last and last["address"] == w.address and last["outcome"] in FINAL):
                asked.append(w)
        return asked

    def save(self, w: Wanted, text: str, status: int | None, remedy: str) -> None:
        """Write a text, whole or not at all, and enter it into both lists."""
        data = (w.header + text + "\n").encode()
        with whole([self._path(w.article_id)]) as [part]:
            part.write_bytes(data)
            # First the list: a text without a row would be taken for one saved by hand.
            when = datetime.now(UTC).isoformat("T", "seconds")
            self._enter(w, data, FETCHED, status, remedy, when)

    def fail(self, w: Wanted, outcome: str, status: int | None, remedy: str) -> None:
        """Enter into the report why an article is not there."""
        row = (w.article_id, w.address, outcome, "" if status is None else str(status), remedy)
        with self._adding:
            self.report[w.article_id] = dict(zip(REPORT, row, strict=True))
            self._append("report.csv", REPORT, self.report[w.article_id])

    def finish(self) -> None:
        """Write both lists anew, sorted, one row an article."""
        there = {i: row for i, row in self.manifest.items() if self._path(i).is_file()}
        for name, columns, rows in (
            ("manifest.csv", MANIFEST, there),
            ("report.csv", REPORT, self.report),
        ):
            with (
                whole([self.out / name]) as [part],
                part.open("w", encoding="utf-8", newline="") as file,
            ):
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows[i] for i in sorted(rows))

    def _enter(
        self, w: Wanted, data: bytes, outcome: str, status: int | None, remedy: str, fetched: str
    ) -> None:
        digest = hashlib.sha256(data).hexdigest()
        row = (w.article_id, w.publisher, w.address, digest, fetched)
        with self._adding:
            self.manifest[w.article_id] = dict(zip(MANIFEST, row, strict=True))
            self._append("manifest.csv", MANIFEST, self.manifest[w.article_id])
        self.fail(w, outcome, status, remedy)

    def _append(self, name: str, columns: tuple[str, ...], row: dict[str, str]) -> None:
        line = io.StringIO()
        csv.DictWriter(line, columns, lineterminator="\n").writerow(row)
        path = self.out / name
        with named(path), path.open("ab") as file:
            end = file.tell()
            try:
                file.write(line.getvalue().encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:  # of a full disk: the next row must not join half of this one
                os.truncate(path, end)
                raise

    def _read(self, name: str, columns: tuple[str, ...]) -> dict[str, dict[str, str]]:
        path = self.out / name
        if not path.exists():
            return {}
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):  # the system was stopped in the midst of a row
            data = data[: data.rfind(b"\n") + 1]
        reader = csv.DictReader(io.StringIO(data.decode(), newline=""))
        rows = list(reader)
        if tuple(reader.fieldnames or ()) != columns:
            raise FetchError(f"{path} is another list; give another folder as --out")
        return {r["article_id"]: r for r in rows if None not in r.values()}

    def _path(self, article_id: str) -> Path:
        return self.out / f"{article_id}.txt"


def _unchanged(row: dict[str, str], w: Wanted, data: bytes) -> bool:
    return (
        row["address"] == w.address
        and row["sha256"] == hashlib.sha256(data).hexdigest()
        and data.startswith(w.header.encode())
    )
