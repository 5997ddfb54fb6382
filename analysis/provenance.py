"""What a folder of tables was made of and by, as ``tables.json`` keeps it.

No time and no path of a machine: the same articles, knowledge and code give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import numpy as np

from analysis.knowledge import Knowledge


def made_with(knowledge: Knowledge) -> dict[str, Any]:
    """Return what extraction rests on beside the articles: version, code and knowledge.

    Examples
    --------
    >>> from analysis.knowledge import load
    >>> sorted(made_with(load())), made_with(load())["knowledge"]["own"]
    (['code', 'knowledge', 'library'], [])
    """
    from analysis.parts import made_by

    return {
        "library": version("diplomatic-readouts"),
        "code": made_by(),
        "knowledge": {"sha256": knowledge.hash, "own": list(knowledge.own)},
    }


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
