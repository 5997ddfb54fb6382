"""The tables in a folder change as one: killed at any moment, they are all old or all new.

New files are written into the folder ``.next``, under the places that they are meant for, and are
brought to the disk. Then the list of them, ``.next/tables.json``, gets its name, and that is the
moment of the change: before it the older tables stand untouched, and ``.next`` is waste; from then
on the new ones count, and what is left to do is to move them into their places, to remove what is
not on the list, and to move the list last. Each of these steps may be done twice, so whoever finds
a list in ``.next`` does them all, be it the next run or a reader. A reader that may not write reads
the new files where they lie.

Names are brought to the disk in that order too: files and their folders before the list, the moved
files before the list is moved. What the system has not yet written when the power fails is then
only what would be done again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.durable import sync_below, sync_folder, whole
from analysis.lock import BusyError, alone
from analysis.schema import TABLES, TableError

NEXT = ".next"
MANIFEST = "tables.json"
REJECTED = "rejected.csv"
# A list comes from whoever gave the folder away: it may name the places of tables and no others.
PLACE = re.compile(
    rf"(?:{'|'.join(TABLES)})(?:\.parquet|\.csv|/year=\w+/part-0\.parquet)|{re.escape(REJECTED)}"
)


def begin(folder: Path) -> Path:
    """Return the empty folder for new files; the caller is alone in `folder`."""
    mend(folder)
    new = folder / NEXT
    new.mkdir(parents=True)
    return new


def commit(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Put the files in place that stand in ``.next`` and in the manifest; the rest goes.

    Parameters
    ----------
    folder : Path
        The caller is alone in it.
    manifest : mapping
        Under ``files`` the places of all files, relative to the folder.

    Raises
    ------
    TableError
        Something else stands in a place; nothing has changed.
    """
    new = folder / NEXT
    _require_places(folder, [*manifest["files"], MANIFEST])
    sync_below(new)
    sync_folder(folder)
    with whole([new / MANIFEST]) as [part]:
        part.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    _move(folder)


def mend(folder: Path) -> bool:
    """Finish a change that was interrupted, or remove what was left of one that was not made.

    Returns
    -------
    bool
        Whether one was finished; a warning says so.
    """
    new = folder / NEXT
    finished = (new / MANIFEST).is_file()
    if finished:
        _move(folder)
        warnings.warn(
            f"{folder}: the tables of an interrupted run were whole and have been put in place",
            stacklevel=2,
        )
    elif new.exists():
        shutil.rmtree(new)
    return finished


def mend_for_reader(folder: Path) -> None:
    """Finish a change if there is one and nobody is writing; else the new files stay in ``.next``.

    What was left of a change that was not made does not concern a reader.
    """
    if not (folder / NEXT / MANIFEST).is_file():
        return
    try:
        with alone(folder):
            mend(folder)
    except BusyError:
        pass  # who is writing moves them right now
    except OSError as error:
        warnings.warn(
            f"{folder}: the tables of an interrupted run are read from {NEXT}, as they cannot be "
            f"put in place here ({error.strerror})",
            stacklevel=2,
        )


def in_force(folder: Path) -> bytes | None:
    """Return the manifest that counts, as it lies there; None if the tables came without one."""
    for path in (folder / NEXT / MANIFEST, folder / MANIFEST):
        with suppress(FileNotFoundError, NotADirectoryError):
            return path.read_bytes()
    return None


def waiting(folder: Path) -> list[str] | None:
    """Return the places of all files if some of them still wait in ``.next``.

    Raises
    ------
    TableError
        The list is none, or names what is no place of a table.
    """
    path = folder / NEXT / MANIFEST
    try:
        files = list(json.loads(path.read_bytes())["files"])
        wrong = [place for place in files if not PLACE.fullmatch(place)]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise TableError(
            f"{path}: is no list of tables ({type(error).__name__}); remove {folder / NEXT}"
        ) from None
    if wrong:
        raise TableError(
            f"{path}: lists {wrong[0]!r}, which is no place of a table; nothing was moved. Remove "
            f"{folder / NEXT}, and do not trust what else came with it"
        )
    return files


def located(folder: Path, place: str) -> Path:
    """Return where a file that `waiting` lists lies, moved into its place or not."""
    new = folder / NEXT / place
    return new if new.exists() else folder / place


def tables_in(folder: Path, name: str | None = None) -> set[str]:
    """Return the places that hold tables, in any layout; of one table if it is named."""
    found: set[str] = set()
    for table in TABLES if name is None else (name,):
        flat = [folder / f"{table}.parquet", folder / f"{table}.csv"]
        years = (folder / table).glob("year=*/part-0.parquet")
        found |= {path.relative_to(folder).as_posix() for path in (*flat, *years) if path.is_file()}
    return found


def _move(folder: Path) -> None:
    new = folder / NEXT
    files = waiting(folder) or []
    # The folders of years first, also on the disk: a file that is moved into one must not be lost
    # with it.
    folders = sorted({folder / above for place in files for above in Path(place).parents})
    for path in folders:
        path.mkdir(exist_ok=True)
    _sync_all(folders)
    for place in files:
        if (new / place).exists():
            os.replace(new / place, folder / place)
    older = tables_in(folder) | ({REJECTED} if (folder / REJECTED).is_file() else set())
    for place in sorted(older - set(files)):
        (folder / place).unlink()
        if "/" in place:
            with suppress(OSError):  # that of another year, or a file of the user, is still there
                (folder / place).parent.rmdir()
                (folder / place).parent.parent.rmdir()
    _sync_all(folders)
    os.replace(new / MANIFEST, folder / MANIFEST)
    sync_folder(folder)
    shutil.rmtree(new)


def _sync_all(folders: Iterable[Path]) -> None:
    for path in folders:
        sync_folder(path)


def _require_places(folder: Path, places: Iterable[str]) -> None:
    for place in places:
        above = [folder / path for path in Path(place).parents[:-1]]
        taken = [path for path in above if path.is_file()]
        taken += [path for path in above if path.is_symlink()]  # it leads somewhere else
        taken += [path for path in [folder / place] if path.is_dir()]
        if taken:
            raise TableError(
                f"{taken[0]}: something else has the place of {place}; move it away, or name "
                "another folder"
            )
