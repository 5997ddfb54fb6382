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
    """How sentences become points: blocks of features with their weights, reduced or not."""

    weights: dict[str, float]
    reduced: bool


# The first is what one would try first: every word of the sentence.
REPRESENTATIONS = {
    "all words": Representation({"all_words": 1}, False),
    "words": Representation({"words": 1}, False),
    "words, reduced": Representation({"words": 1}, True),
    "meaning": Representation({"meaning": 1}, False),
    "meaning, reduced": Representation({"meaning": 1}, True),
    "topics": Representation({"topics": 1}, False),
    "topics, reduced": Representation({"topics": 1}, True),
    "topics and words, reduced": Representation({"topics": 1, "words": 1}, True),
    "topics and meaning, reduced": Representation({"topics": 1, "meaning": 1}, True),
    "topics, themes and meaning, reduced": Representation(
        {"topics": 1, "themes": 1, "meaning": 1}, True
    ),
}
CHOSEN = "topics and meaning, reduced"
COUNTED = {"meaning": "words", "themes": "topics"}  # blocks computed from the counts of others



class Sentences(NamedTuple):
    """The cooperation sentences in a fixed order, with their counts: one row a sentence."""

    table: pd.DataFrame
    counts: sparse.csr_array
    columns: dict[str, tuple[int, int]]  # block → its columns in counts
    names: dict[str, list[str]]  # block → what each column counts
    theme_of: sparse.csr_array  # topics × themes
    theme: list[str]  # the codebook's theme that each sentence mentions most


def sentences_of(tables: Any, knowledge: Knowledge) -> Sentences:
    words = subject_words(tables, knowledge)
    key = ["article_id", "sentence"]
    mentions = tables.topics[[*key, "topic", "theme"]]
    table = tables.sentences.merge(mentions[key].drop_duplicates()).sort_values(key)
    table = table[[*key, "start", "end"]].reset_index(drop=True)
    if len(table) < FEWEST_SENTENCES:
        raise ValueError(
            f"{len(table)} sentences mention a topic; clustering needs {FEWEST_SENTENCES} or more: "
            "add articles, or count topics with topic_frequency"
        )
    row = pd.MultiIndex.from_frame(table[key])
    topics = mentions.drop_duplicates([*key, "topic"]).sort_values([*key, "topic"])
    blocks = {
        "all_words": words[[*key, "word"]],
        "words": words.loc[~words["masked"], [*key, "word"]],
        "topics": topics[[*key, "topic"]],
    }
    parts, columns, names, at = [], {}, {}, 0
    for block, cells in blocks.items():
        codes, kinds = pd.factorize(cells.iloc[:, 2], sort=True)
        rows = row.get_indexer(pd.MultiIndex.from_frame(cells[key]))
        shape = (len(table), len(kinds))
        parts.append(sparse.coo_array((np.ones(len(codes)), (rows, codes)), shape=shape))
        columns[block], names[block] = (at, at + len(kinds)), [str(k) for k in kinds]
        at += len(kinds)
    table["topics"] = topics.groupby(key)["topic"].agg(";".join).reindex(row).array
    known = dict(zip(mentions["topic"], mentions["theme"], strict=True))
    codes, _ = pd.factorize(np.array([known[t] for t in names["topics"]]), sort=True)
    theme_of = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    counted = mentions.groupby([*key, "theme"]).size().rename("n").reset_index()
    most = counted.sort_values([*key, "n", "theme"], ascending=[True, True, False, True])
    theme = most.drop_duplicates(key)["theme"].tolist()
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
    """Return the points of sentences, of length 1, for each number of clusters."""
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
    """Exchange topics among all mentions, words among all words: numbers stay, company goes."""
    random = np.random.default_rng(seed)
    parts = []
    for first, last in found.columns.values():
        cells = counts[:, first:last].tocoo()
        column = cells.col[random.permutation(cells.nnz)]
        parts.append(sparse.coo_array((cells.data, (cells.row, column)), shape=cells.shape))
    return sparse.hstack(parts, format="csr")


