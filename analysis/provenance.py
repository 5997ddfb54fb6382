"""What a folder of tables was made of and by, as ``tables.json`` keeps it.

No time and no path of a machine: the same articles, knowledge and code give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.knowledge import Knowledge

APART = ("site",)  # folders of the package that extraction does not use


def made_with(knowledge: Knowledge) -> dict[str, Any]:
    """Return what extraction rests on beside the articles: version, code and knowledge.

    Examples
    --------
    >>> from analysis.knowledge import load
    >>> sorted(made_with(load())), made_with(load())["knowledge"]["own"]
    (['code', 'knowledge', 'library'], [])
    """
    return {
        "library": version("diplomatic-readouts"),
        "code": made_by(),
        "knowledge": {"sha256": knowledge.hash, "own": list(knowledge.own)},
    }


@cache
def made_by() -> str:
    """Return a hash of this library's code and knowledge and of what its files depend on.

    Every file of the package counts, but for those of the pages, on which no table rests.
    """
    writers = f"pandas {pd.__version__} pyarrow {pa.__version__} datasketch {version('datasketch')}"
    return _hash_of(files("analysis"), writers)


def _hash_of(package: Traversable, written_with: str) -> str:
    digest = hashlib.sha256(written_with.encode())
    for name, path in sorted(_files(package)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"\n{name} {content}".encode())
    return digest.hexdigest()


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for path in folder.iterdir():
        name = above + path.name
        if path.is_dir():
            if name not in APART and path.name != "__pycache__":
                yield from _files(path, f"{name}/")
        elif not path.name.endswith(".pyc"):
            yield name, path


def of_sources(hashes: Iterable[Iterable[str]]) -> dict[str, Any]:
    """Return how many sources there are, and one hash over theirs, whatever their order.

    Examples
    --------
    >>> of_sources([["a1", "b2"]]) == of_sources([["b2"], ["a1"]])
    True
    """
    digests = np.concatenate([np.array(list(some), dtype="S64") for some in hashes])
    digests.sort()
    return {"articles": len(digests), "sha256": hashlib.sha256(digests.tobytes()).hexdigest()}
