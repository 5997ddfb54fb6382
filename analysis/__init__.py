"""Articles and readouts of diplomacy → tidy tables of topics, actors and figures, with proof.

The flow: `read_articles` makes the table of articles; `extract` turns it into `Tables`, in which
every row points to its characters; `topic_frequency`, `cluster_themes` and the other functions of
derived tables take `Tables`, from texts or from the coded panel, and return DataFrames. Only
`cluster_themes` and `status_ladder` need texts: the panel's codes keep no wording.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Names are resolved when first used, so that the command line starts without pandas.
_HOME = {
    "read_articles": "articles",
    "iter_articles": "articles",
    "extract": "extraction",
    "verify": "verification",
    "load_tables": "tables",
    "Tables": "tables",
    "explore": "exploration",
    "show": "shown",
    "export": "spreadsheets",
    "stories": "reprints",
    "topic_frequency": "frequency",
    "topic_frequency_in": "folder_frequency",
    "cluster_themes": "themes",
    "TopicVectorizer": "vectorize",
    "read_panel": "panel",
    "target_ledger": "targets",
    "ask_ledger": "asks",
    "status_ladder": "ladders",
    "commitment_ladder": "ladders",
    "compare_readouts": "compare",
    "compare_accounts": "compare",
    "silence_report": "series",
    "meeting_calendar": "series",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}; it has {__all__}")
    return getattr(import_module(f"analysis.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
