"""Files of a folder of tables against what its ``tables.json`` says of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from analysis.commit import MANIFEST, located
from analysis.durable import described
from analysis.faults import EXTRACT, RESTORE, fault
from analysis.manifest import Manifest
from analysis.schema import TABLES


def of_files(folder: Path, manifest: Manifest | None) -> Iterator[pd.DataFrame]:
    """Yield a finding for each file that has changed, is missing, or is there beside the others."""
    if manifest is None:
        due = "a list of the files with their hashes"
        yield fault("manifest", MANIFEST, "missing", due, EXTRACT)
        return
    for place, said in manifest.files.items():
        path = located(folder, place)
        size = path.stat().st_size if path.is_file() else None
        if size is None:
            yield fault("file", place, "missing", f"{said['bytes']} bytes", RESTORE)
        elif size != said["bytes"]:
            yield fault("file", place, f"{size} bytes", f"{said['bytes']} bytes", RESTORE)
        elif (found := described(path)["sha256"]) != said["sha256"]:
            yield fault("file", place, f"sha256 {found}", f"sha256 {said['sha256']}", RESTORE)
    for place in sorted(_places(folder) - set(manifest.files)):
        remedy = "remove it, or extract the tables anew"
        yield fault("file", place, "there", "not among the files of these tables", remedy)


def _places(folder: Path) -> set[str]:
    """Return the files that stand where tables do, in any layout."""
    flat = [path for name in TABLES for path in folder.glob(f"{name}.*")]
    years = [path for name in TABLES for path in (folder / name).rglob("*")]
    return {p.relative_to(folder).as_posix() for p in (*flat, *years) if p.is_file()}
