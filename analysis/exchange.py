"""A folder that is replaced as a whole, and keeps what its user has put into it.

The new folder is made beside the old one and brought to the disk; then the old one is renamed, the
new one gets its name, and the user's own files move over. Each folder lists its files, so that own
ones are known: all that are not on the list. Whoever comes next finds what a process that was
killed has left: without a folder the old one gets its name back, with both the files move over.
"""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.durable import described, sync_below, sync_folder

LIST = "files.json"


class OwnFileError(ValueError):
    """A file of the user that stands where a new one would; the message says which."""


@contextmanager
def workplace(out: Path) -> Iterator[Path]:
    """Give an empty folder beside `out` to make the new one in; the caller is alone in `out`."""
    mend(out)
    work = _beside(out, "new")
    work.mkdir(parents=True)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def exchange(made: Path, out: Path) -> None:
    """Put a folder in the place of another one, whose own files it takes over.

    Raises
    ------
    OwnFileError
        An own file has the name of a new one; nothing has changed.
    """
    files = {path: described(made / path) for path in sorted(_files(made))}
    if out.exists() and (clash := sorted(_own(out, set(files)) & {*files, LIST})):
        raise OwnFileError(
            f"{out / clash[0]}: is yours, and what is made here has a file of that name; "
            "move yours away or name another folder"
        )
    (made / LIST).write_text(json.dumps({"files": files}, indent=1) + "\n", encoding="utf-8")
    sync_below(made)
    before = _beside(out, "before")
    if out.exists():
        os.rename(out, before)
    try:
        os.rename(made, out)
    except OSError:
        if before.exists():
            os.rename(before, out)
        raise
    sync_folder(out.parent)
    if before.exists():
        _take_over(before, out)


def mend(out: Path) -> None:
    """Bring to an end what a process that was killed has left beside `out`."""
    before = _beside(out, "before")
    if before.exists() and not out.exists():
        os.rename(before, out)
        sync_folder(out.parent)
        warnings.warn(f"{out}: an interrupted run had moved it; it is back", stacklevel=2)
    elif before.exists():
        _take_over(before, out)
    for left in (_beside(out, "new"), _beside(out, "gone")):
        if left.exists():
            shutil.rmtree(left)


def _take_over(before: Path, out: Path) -> None:
    """Move the user's files from the old folder into the new one, and remove the old one."""
    for path in sorted(_own(before, _listed(out) or set())):
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(before / path, target)
        sync_folder(target.parent)
    # Half removed it would have no list, and its pages would pass for the user's.
    gone = _beside(out, "gone")
    os.rename(before, gone)
    sync_folder(out.parent)
    shutil.rmtree(gone)


def _own(folder: Path, made_now: set[str]) -> set[str]:
    """Return the files that are the user's: those not on the list, if there is one.

    A folder without a list was made before there were any: what is made now as well is not own.
    """
    listed = _listed(folder)
    return _files(folder) - (made_now if listed is None else listed) - {LIST}


def _listed(folder: Path) -> set[str] | None:
    try:
        return set(json.loads((folder / LIST).read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> set[str]:
    """Return all files in a folder by their way from there; a link is one, wherever it leads."""
    found = set()
    for at, folders, names in os.walk(folder):
        links = [name for name in folders if Path(at, name).is_symlink()]
        found |= {Path(at, name).relative_to(folder).as_posix() for name in [*names, *links]}
    return found


def _beside(out: Path, what: str) -> Path:
    return out.parent / f".{out.name}.{what}"
