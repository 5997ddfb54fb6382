"""Stories over all parts of a corpus: a part keeps its signatures, so that no text is read again.

Which story an article belongs to depends on all other articles. It is therefore no part's to say,
and is found anew from the signatures whenever the tables are put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.part_store import Store
from analysis.reprints import found
from analysis.signatures import SIZE, signatures
from analysis.stored import read_parquet

SIGNATURES = "signatures"  # the name of their file in a part
ID, DAY, SIGNATURE = "article_id", "published_from", "signature"


def signed(articles: pd.DataFrame) -> pd.DataFrame:
    """Return what a part keeps for stories; a row is one article, its day and its signature.

    Examples
    --------
    >>> from analysis.articles import read_articles
    >>> kept = signed(read_articles("seeds"))
    >>> len(kept), len(kept["signature"][0])
    (5, 256)
    """
    rows = [row.tobytes() for row in signatures(articles["text"])]
    return articles[[ID, DAY]].assign(**{SIGNATURE: pd.Series(rows, articles.index, object)})


def story_ids(parts: Store, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the story_id of each article of each part.

    Parameters
    ----------
    parts : Store
        The parts that are done.
    counts : mapping of str to int
        The parts that count, by name, and how many articles each has.
    """
    all_signed = np.empty((sum(counts.values()), SIZE), "<u2")
    dated: list[pd.DataFrame] = []
    begun = 0
    for name, count in counts.items():
        kept = read_parquet(parts.path(name, SIGNATURES))
        rows = np.frombuffer(b"".join(kept.pop(SIGNATURE)), "<u2").reshape(-1, SIZE)
        all_signed[begun : begun + count] = rows
        dated.append(kept)
        begun += count
    articles = pd.concat(dated, ignore_index=True)
    del dated
    ids, _ = found(articles, all_signed)
    ends = np.cumsum(list(counts.values()))
    return {
        name: ids[end - count : end]
        for (name, count), end in zip(counts.items(), ends, strict=True)
    }
