"""Articles → stories: an article and its reprints are one.

A dispatch of a news agency is printed by many, cut at its end, under another headline, a figure
corrected. Two articles are taken for one story if their texts share at least half of their
different runs of five words (`signatures`). The articles are gone through from the earliest to the
latest: each joins the story whose first article it is most alike, and begins one if there is none
that is alike enough. So every article of a story is like its first one. Linking each to any article
of a story would chain: the yearly joint statements, each made from the one before, would be one.

To compare all pairs would take years for a million articles. Only those are compared that agree in
four numbers of a signature that stand together (32 bands of 4): of the pairs that are half alike
0.87 do, of those that are 0.6 alike 0.99, of those that are a twentieth alike one in 5,000.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.leaders import lead
from analysis.schema import TableError
from analysis.signatures import signatures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIMILARITY = 0.5


def stories(articles: pd.DataFrame, similarity: float = SIMILARITY) -> pd.DataFrame:
    """Find the reprints among articles; a row is one article and the story it belongs to.

    `extract` has done so already: ``tables.articles["story_id"]``. This is for another similarity.

    Parameters
    ----------
    articles : DataFrame
        ``article_id``, ``published_from`` and ``text``, such as ``tables.articles``.
    similarity : float
        From 0.5 to 1: the share of runs of five words that both texts have, at which an article is
        a reprint. Two texts that have nothing but half of their words together are at 0.5 or less,
        so lower values would say less; below, too many pairs would also go unseen.

    Returns
    -------
    DataFrame
        The rows of `articles`, in their order: ``article_id``, ``story_id`` (the ``article_id`` of
        the story's earliest article; where days are equal or not known, the id that comes first)
        and ``similarity`` (to that article, estimated; 1 for itself).

    Raises
    ------
    TableError
        A column is missing, a text is not there, or `similarity` is out of range.

    Examples
    --------
    >>> from analysis.articles import read_articles
    >>> seeds = read_articles("seeds")
    >>> again = seeds.assign(article_id="r" + seeds["article_id"], text=seeds["text"].str[:-500])
    >>> found = stories(pd.concat([again, seeds]))
    >>> found["story_id"].nunique(), float(found["similarity"].min()) > 0.6
    (5, True)
    >>> stories(seeds, similarity=0.1)
    Traceback (most recent call last):
    ...
    analysis.schema.TableError: similarity 0.1; allowed: 0.5 to 1
    """
    if not 0.5 <= similarity <= 1:
        raise TableError(f"similarity {similarity}; allowed: 0.5 to 1")
    needed = ("article_id", "published_from", "text")
    if absent := [column for column in needed if column not in articles]:
        raise TableError(f"columns {absent} are missing; stories need {', '.join(needed)}")
    if articles["text"].isna().any():
        raise TableError("articles without text have no stories; use `reattach` to put texts back")
    ids, alike = found(articles, signatures(articles["text"]), similarity)
    told = {"article_id": articles["article_id"].array, "story_id": ids, "similarity": alike}
    return pd.DataFrame(told, index=articles.index)


def found(
    articles: pd.DataFrame, signed: NDArray[np.uint16], similarity: float = SIMILARITY
) -> tuple[Any, NDArray[np.float64]]:
    """Return the story_id of each article and how alike it is to the first of its story.

    Parameters
    ----------
    articles : DataFrame
        ``article_id``, which no two share, and ``published_from``.
    signed : array
        The signature of each, a row an article.
    similarity : float
        As for `stories`.
    """
    ids = articles["article_id"].array
    # By Arrow, since pandas makes an object of each id to sort by two columns.
    told = pa.table({"day": pa.array(articles["published_from"]), "id": pa.array(ids)})
    order = pc.sort_indices(told, [("day", "ascending"), ("id", "ascending")])
    led = lead(signed, order.to_numpy(), similarity)
    return ids.take(led.leader), led.similarity
