"""The parts that are done, kept in a folder beside the tables.

The name of a part says all that its tables depend on (`parts.name_of`). One that is there already
is therefore the right one, whoever made it and when.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq

from analysis.durable import named, sync_folder
from analysis.schema import TABLES, TableError

MANIFEST = "manifest.json"


class Store:
    """The finished parts in a folder; killed at any moment, it holds each part whole or not at all.

    Parameters
    ----------
    folder : Path
        Made with the first part.

    Raises
    ------
    TableError
        It is a link.
    """

    def __init__(self, folder: Path) -> None:
        if folder.is_symlink():  # what is not needed would be removed there
            raise TableError(f"{folder}: is a link; remove it, or name another folder")
        self.folder = folder
        for left in folder.glob(".?*/"):  # by a process that was killed
            shutil.rmtree(left)

    def rows(self, name: str) -> dict[str, int] | None:
        """Return the number of rows of each table, or None if the part is missing or damaged."""
        part = self.folder / name
        try:
            manifest = json.loads((part / MANIFEST).read_bytes())
            for table, said in manifest["sha256"].items():
                if hashlib.sha256((part / f"{table}.parquet").read_bytes()).hexdigest() != said:
                    return None
            return {table: manifest["rows"][table] for table in TABLES}
        except (OSError, ValueError, KeyError):
            return None

    def add(self, name: str, tables: dict[str, bytes]) -> dict[str, int]:
        """Keep a part and return the number of rows of each table."""
        part, new = self.folder / name, self.folder / f".{name}"
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir(parents=True)
        for table, data in tables.items():
            _write(new / f"{table}.parquet", data)
        rows = {table: pq.read_metadata(BytesIO(d)).num_rows for table, d in tables.items()}
        hashes = {table: hashlib.sha256(data).hexdigest() for table, data in tables.items()}
        _write(new / MANIFEST, json.dumps({"rows": rows, "sha256": hashes}, indent=1).encode())
        sync_folder(new)
        if part.exists():  # damaged, as it would not be made again else
            shutil.rmtree(part)
        os.rename(new, part)
        sync_folder(self.folder)
        return rows

    def path(self, name: str, table: str) -> Path:
        """Return where a table of a part lies."""
        return self.folder / name / f"{table}.parquet"

    def keep(self, names: Iterable[str]) -> None:
        """Remove all other parts."""
        for name in {path.name for path in self.folder.iterdir() if path.is_dir()} - set(names):
            shutil.rmtree(self.folder / name)


def _write(path: Path, data: bytes) -> None:
    with named(path), path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
