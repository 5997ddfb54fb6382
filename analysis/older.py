"""Tables that an earlier version of this library stored → tables as they are now."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.manifest import Manifest
from analysis.reprints import found
from analysis.schema import HISTORY, SCHEMA, TABLES, TableError, cast, check
from analysis.signatures import signatures


def brought_up(
    folder: Path, stored: Mapping[str, pd.DataFrame], manifest: Manifest | None
) -> dict[str, pd.DataFrame]:
    """Return stored tables with the columns and types of now, checked.

    Tables without a manifest may be of any earlier schema. What is computed anew is said in a
    warning.

    Parameters
    ----------
    folder : Path
        Where they lie, for the warning and the errors.
    stored : mapping
        All tables as they were read.
    manifest : Manifest, optional
        What the folder says of itself.

    Raises
    ------
    TableError
        A column is missing that their schema has, or no schema knows one that is there, or a table
        does not hold to its specification.
    """
    schema = manifest.schema if manifest else min(HISTORY)
    tables = {}
    later: list[str] = []
    for name, table in stored.items():
        unknown = [c for c in table.columns if c not in TABLES[name].names]
        if unknown:
            raise TableError(
                f"{folder}: table {name}: columns {unknown} are unknown; allowed: "
                f"{', '.join(TABLES[name].names)}; remove them, or load the tables with the "
                "version of the library that stored them"
            )
        new = [
            c.name for c in TABLES[name].columns if c.since > schema and c.name not in table.columns
        ]
        later += [f"{name}.{column}" for column in new]
        tables[name] = check(name, cast(name, table.assign(**dict.fromkeys(new))))
    if "articles.story_id" in later:
        articles = tables["articles"]
        ids, _ = found(articles, signatures(articles["text"]))
        tables["articles"] = articles.assign(story_id=ids)
    if later:
        warnings.warn(
            f"{folder}: its tables are of an earlier schema than {SCHEMA} and have no "
            f"{', '.join(later)}, which was found from the texts; save them again to keep it, or "
            "extract the tables anew",
            stacklevel=3,
        )
    return tables
