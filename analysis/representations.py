"""How sentences become points for clustering: topics mentioned, words, what the words mean."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
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
# The most stable beyond its construction, in the mean over four to twelve clusters, on the seeds
# and on other readouts. "topics and themes" is stabler with few clusters: it repeats the codebook.
CHOSEN = "topics and meaning"
COUNTED = {"meaning": "words", "themes": "topics"}  # blocks computed from the counts of others

KEY = ["article_id", "sentence"]
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
    found = counted(tables, knowledge)
    sentences, topics = len(found.table), len(found.names["topics"])
    if sentences < FEWEST_SENTENCES or topics < FEWEST_TOPICS:
        raise ValueError(
            f"{sentences} sentences mention {topics} topics; clustering needs "
            f"{FEWEST_SENTENCES} sentences and {FEWEST_TOPICS} topics: add articles, or count "
            "topics with topic_frequency"
        )
    return found


def sentences_at(
    tables: Any, table: pd.DataFrame, rows: NDArray[np.int64], knowledge: Knowledge
) -> Sentences:
    """Count topics and words of some rows of `sentence_table`, of all if there are no others."""
    part = tables if len(rows) == len(table) else restricted(tables, table.iloc[rows])
    return sentences_of(part, knowledge)


def sentence_table(tables: Any) -> pd.DataFrame:
    """Return the sentences that mention a topic, with their topics, by article and place."""
    topics = tables.topics.drop_duplicates([*KEY, "topic"]).sort_values([*KEY, "topic"])
    table: pd.DataFrame = tables.sentences.merge(topics[KEY].drop_duplicates()).sort_values(KEY)
    table = table[[*KEY, "start", "end"]].reset_index(drop=True)
    row = pd.MultiIndex.from_frame(table[KEY])
    table["topics"] = topics.groupby(KEY)["topic"].agg(";".join).reindex(row).array
    return table


def restricted(tables: Any, keys: pd.DataFrame) -> Any:
    """Return what the tables have on some sentences, given by article and place, and their texts.

    Names and figures of other sentences of the same articles stay: they hide no word here.
    """
    keys = keys[KEY]
    articles = set(keys["article_id"])
    whole = {
        name: getattr(tables, name).loc[lambda rows: rows["article_id"].isin(articles)]
        for name in ("articles", "actors", "figures")
    }
    parts = {name: getattr(tables, name).merge(keys, on=KEY) for name in ("sentences", "topics")}
    return SimpleNamespace(**whole, **parts)


def counted(
    tables: Any, knowledge: Knowledge, names: dict[str, list[str]] | None = None
) -> Sentences:
    """Count topics and words of the sentences that mention a topic, however few these are.

    With `names`, which other sentences have, only what these name is counted.
    """
    words = subject_words(tables, knowledge)
    table = sentence_table(tables)
    mentions = tables.topics[[*KEY, "topic", "theme"]]
    topics = mentions.drop_duplicates([*KEY, "topic"])
    blocks = {
        "all_words": words[[*KEY, "word"]],
        "words": words.loc[~words["masked"], [*KEY, "word"]],
        "topics": topics[[*KEY, "topic"]],
    }
    if names is None:
        names = {block: sorted(cells.iloc[:, 2].unique()) for block, cells in blocks.items()}
    row = pd.MultiIndex.from_frame(table[KEY])
    parts, columns, at = [], {}, 0
    for block, cells in blocks.items():
        codes = pd.Index(names[block]).get_indexer(cells.iloc[:, 2])
        cells, codes = cells[codes >= 0], codes[codes >= 0]
        rows = row.get_indexer(pd.MultiIndex.from_frame(cells[KEY]))
        shape = (len(table), len(names[block]))
        parts.append(sparse.coo_array((np.ones(len(codes)), (rows, codes)), shape=shape))
        columns[block] = (at, at + shape[1])
        at += shape[1]
    known = topics.drop_duplicates("topic").sort_values("topic")["theme"]
    codes, _ = pd.factorize(known, sort=True)
    theme_of = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    times = mentions.groupby([*KEY, "theme"]).size().rename("times").reset_index()
    most = times.sort_values([*KEY, "times", "theme"], ascending=[True, True, False, True])
    theme = most.drop_duplicates(KEY)["theme"].to_numpy(np.str_)
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


class Space:
    """The space of some sentences: its weights and its dimensions, computed from their counts.

    A reduced representation has as many dimensions as there are clusters.

    Attributes
    ----------
    points : dict
        The points of these sentences, of length 1, for each number of clusters.
    """

    def __init__(
        self,
        found: Sentences,
        counts: sparse.csr_array,
        representation: str,
        numbers: tuple[int, ...],
        seed: int,
    ) -> None:
        from sklearn.decomposition import TruncatedSVD
        from sklearn.preprocessing import normalize

        self._weights = transformer(found, representation)
        self._dimensions = None
        points = self._weights.fit_transform(counts)
        if not REPRESENTATIONS[representation].reduced:
            self.points = dict.fromkeys(numbers, normalize(points))
            return
        most = min(max(numbers), points.shape[1])
        self._dimensions = TruncatedSVD(most, n_iter=7, random_state=seed)
        reduced = self._dimensions.fit_transform(points)
        # The last digits of a decomposition differ between machines.
        self.points = {n: normalize(reduced[:, :n].round(6)) for n in numbers}

    def place(self, counts: sparse.csr_array, number: int) -> Any:
        """Return the points of other sentences, of length 1, for one number of clusters."""
        from sklearn.preprocessing import normalize

        points = self._weights.transform(counts)
        if self._dimensions is not None:
            points = self._dimensions.transform(points)[:, :number].round(6)
        return normalize(points)


def points_of(
    found: Sentences,
    counts: sparse.csr_array,
    representation: str,
    numbers: tuple[int, ...],
    seed: int,
) -> dict[int, Any]:
    """Return the points of sentences, of length 1, for each number of clusters.

    The `counts` may be of some of the sentences; see `Space`.
    """
    return Space(found, counts, representation, numbers, seed).points


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
