"""How sentences become points for clustering: topics mentioned, words, what the words mean."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.knowledge import Knowledge
from analysis.masking import subject_words

Reals = NDArray[np.float64]


class Representation(NamedTuple):
    """Blocks of features with their weights, and whether they are reduced to few dimensions."""

    weights: dict[str, float]
    reduced: bool


# The first is what one would try first: every word of the sentence. Those of several blocks are
# reduced; "topics and themes" shows what comes out when only the codebook speaks.
REPRESENTATIONS = {
    "all words": Representation({"all_words": 1}, False),
    "words": Representation({"words": 1}, False),
    "words reduced": Representation({"words": 1}, True),
    "meaning": Representation({"meaning": 1}, False),
    "meaning reduced": Representation({"meaning": 1}, True),
    "topics": Representation({"topics": 1}, False),
    "topics reduced": Representation({"topics": 1}, True),
    "topics and words": Representation({"topics": 1, "words": 1}, True),
    "topics and meaning": Representation({"topics": 1, "meaning": 1}, True),
    "topics and themes": Representation({"topics": 1, "themes": 1}, True),
}
COUNTED = {"meaning": "words", "themes": "topics"}  # blocks computed from the counts of others

FEWEST_SENTENCES = 30  # below, a cluster would rest on a handful of sentences
FEWEST_TOPICS = 3


class Sentences(NamedTuple):
    """The sentences that mention a topic, by article and place, whatever the tables' order.

    Attributes
    ----------
    table : DataFrame
        One sentence a row: ``article_id``, ``sentence``, ``start``, ``end``, ``topics``.
    counts : sparse array
        One sentence a row, with the blocks of features beside each other.
    columns, names : dict
        The first and last column of each block, and what each of its columns counts.
    theme_of : sparse array
        Topics by themes, 1 where the topic belongs to the theme.
    theme : array of str
        The theme of the codebook that each sentence mentions most.
    """

    table: pd.DataFrame
    counts: sparse.csr_array
    columns: dict[str, tuple[int, int]]
    names: dict[str, list[str]]
    theme_of: sparse.csr_array
    theme: NDArray[np.str_]


def sentences_of(tables: Any, knowledge: Knowledge) -> Sentences:
    """Count topics and words of the sentences that mention a topic.

    Raises
    ------
    ValueError
        Tables without text; too few sentences or topics to cluster.
    """
    words = subject_words(tables, knowledge)
    key = ["article_id", "sentence"]
    mentions = tables.topics[[*key, "topic", "theme"]]
    topics = mentions.drop_duplicates([*key, "topic"]).sort_values([*key, "topic"])
    table = tables.sentences.merge(topics[key].drop_duplicates()).sort_values(key)
    table = table[[*key, "start", "end"]].reset_index(drop=True)
    if len(table) < FEWEST_SENTENCES or topics["topic"].nunique() < FEWEST_TOPICS:
        raise ValueError(
            f"{len(table)} sentences mention {topics['topic'].nunique()} topics; clustering needs "
            f"{FEWEST_SENTENCES} sentences and {FEWEST_TOPICS} topics: add articles, or count "
            "topics with topic_frequency"
        )
    blocks = {
        "all_words": words[[*key, "word"]],
        "words": words.loc[~words["masked"], [*key, "word"]],
        "topics": topics[[*key, "topic"]],
    }
    row = pd.MultiIndex.from_frame(table[key])
    parts, columns, names, at = [], {}, {}, 0
    for block, cells in blocks.items():
        codes, kinds = pd.factorize(cells.iloc[:, 2], sort=True)
        rows = row.get_indexer(pd.MultiIndex.from_frame(cells[key]))
        shape = (len(table), len(kinds))
        parts.append(sparse.coo_array((np.ones(len(codes)), (rows, codes)), shape=shape))
        columns[block], names[block] = (at, at + len(kinds)), [str(k) for k in kinds]
        at += len(kinds)
    table["topics"] = topics.groupby(key)["topic"].agg(";".join).reindex(row).array
    known = topics.drop_duplicates("topic").sort_values("topic")["theme"]
    codes, _ = pd.factorize(known, sort=True)
    theme_of = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    times = mentions.groupby([*key, "theme"]).size().rename("times").reset_index()
    most = times.sort_values([*key, "times", "theme"], ascending=[True, True, False, True])
    theme = most.drop_duplicates(key)["theme"].to_numpy(np.str_)
    return Sentences(table, sparse.hstack(parts, format="csr"), columns, names, theme_of, theme)


def transformer(found: Sentences, representation: str) -> Any:
    """Build the scikit-learn transformer from counts to weighted blocks of features."""
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.pipeline import FeatureUnion, make_pipeline
    from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler

    weights = REPRESENTATIONS[representation].weights
    blocks = []
    for block in weights:
        first, last = found.columns[COUNTED.get(block, block)]
        steps = [FunctionTransformer(_columns, kw_args={"first": first, "last": last})]
        if block == "themes":
            steps.append(FunctionTransformer(_times, kw_args={"matrix": found.theme_of}))
        steps.append(TfidfTransformer(sublinear_tf=True))
        if block == "meaning":
            vectors = _vectors(tuple(found.names["words"]))
            steps.append(FunctionTransformer(_times, kw_args={"matrix": vectors}))
            # What all sentences share says nothing on their differences: centred, then one length.
            steps += [Normalizer(), StandardScaler(with_std=False), Normalizer()]
        blocks.append((block, make_pipeline(*steps)))
    return FeatureUnion(blocks, transformer_weights=weights)


def _columns(counts: sparse.csr_array, first: int, last: int) -> sparse.csr_array:
    return counts[:, first:last]


def _times(counts: sparse.csr_array, matrix: Any) -> Any:
    return counts @ matrix


@lru_cache(maxsize=2)
def _vectors(words: tuple[str, ...]) -> Reals:
    """Return static vectors of words, from the weights that ship inside the package wordllama."""
    import wordllama

    # Its default looks into the home directory and asks the network for what is not there.
    inside = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=inside, disable_download=True)
    return np.asarray(model.embed(list(words), norm=True), dtype=np.float64)


def points_of(
    found: Sentences,
    counts: sparse.csr_array,
    representation: str,
    numbers: tuple[int, ...],
    seed: int,
) -> dict[int, Any]:
    """Return the points of sentences, of length 1, for each number of clusters.

    A reduced representation has as many dimensions as there are clusters. All weights, and the
    dimensions, are computed from `counts`, which may be of some of the sentences.
    """
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    points = transformer(found, representation).fit_transform(counts)
    if not REPRESENTATIONS[representation].reduced:
        return dict.fromkeys(numbers, normalize(points))
    most = min(max(numbers), points.shape[1])
    reduced = TruncatedSVD(most, n_iter=7, random_state=seed).fit_transform(points)
    # The last digits of a decomposition differ between machines.
    return {n: normalize(reduced[:, :n].round(6)) for n in numbers}


def shuffled(found: Sentences, counts: sparse.csr_array, seed: int) -> sparse.csr_array:
    """Exchange topics among all mentions and words among all words.

    Each sentence keeps how many it has, each topic and word how often it occurs; what they have to
    do with each other is gone.
    """
    random = np.random.default_rng(seed)
    parts = []
    for first, last in found.columns.values():
        cells = counts[:, first:last].tocoo()
        column = cells.col[random.permutation(cells.nnz)]
        parts.append(sparse.coo_array((cells.data, (cells.row, column)), shape=cells.shape))
    return sparse.hstack(parts, format="csr")
