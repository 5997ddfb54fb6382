"""``tables.json``: what a folder of tables says of itself, read with distrust."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from analysis.commit import MANIFEST, in_force
from analysis.schema import SCHEMA, TableError

OF_FOLDER = ("format", "sources")  # what a folder says of its files, not of the extraction


class ManifestError(TableError):
    """A list of tables that cannot be read; the message says which, and what to do about it."""


class Manifest(NamedTuple):
    """What was stored: version of the schema, the files with their hashes, and what made them."""

    schema: int
    files: Mapping[str, Mapping[str, Any]]
    made: Mapping[str, Any]


def read_manifest(folder: Path) -> Manifest | None:
    """Read what a folder of tables says of itself, or None where it says nothing.

    Raises
    ------
    ManifestError
        It cannot be read.
    TableError
        The tables are of a later schema than this library knows.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "tables.json").write_text('{"schema": 999, "files": {}}')
    ...     read_manifest(Path(folder))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: /...: its tables are of schema 999, and this library knows them up
    to ...; update the library, or extract the tables anew with this one
    """
    data = in_force(folder)
    if data is None:
        return None
    try:
        said = json.loads(data)
        schema, files = said.pop("schema"), said.pop("files")
        sound = type(schema) is int and schema > 0
        sound = sound and all(_sound(place, file) for place, file in files.items())
        used = said.get("knowledge", {"sha256": "", "own": []})
        sound = sound and all(isinstance(text, str) for text in (used["sha256"], *used["own"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise ManifestError(
            f"{folder / MANIFEST}: is no list of tables; get it again, or extract the tables anew"
        )
    if schema > SCHEMA:
        raise TableError(
            f"{folder}: its tables are of schema {schema}, and this library knows them up to "
            f"{SCHEMA}; update the library, or extract the tables anew with this one"
        )
    return Manifest(schema, files, said)


def made_of(manifest: Manifest | None) -> dict[str, Any] | None:
    """Return what extraction stored tables come from."""
    made = {k: v for k, v in manifest.made.items() if k not in OF_FOLDER} if manifest else {}
    return made or None


def _sound(place: str, said: Any) -> bool:
    """Tell whether a file lies below the folder, and is said to have a hash, a size and rows."""
    path = PurePosixPath(place)
    below = not path.is_absolute() and ".." not in path.parts and "\\" not in place
    kinds = {"sha256": str, "bytes": int, "rows": int}
    return below and all(type(said.get(k)) is kind for k, kind in kinds.items())
