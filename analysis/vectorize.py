"""Topics of texts as the columns of a matrix, for scikit-learn pipelines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from analysis.knowledge import load
from analysis.topics import find


class TopicVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts, for each text, the sentences that name each topic of the codebook.

    A row of the matrix is one text, a column one topic, always all topics in the codebook's order,
    so that matrices of different corpora have the same columns. Nothing is learned from the data.
    Titles and names are not masked here, as they are in `extract`; give whole articles, since a
    text without any sign that states deal with one another names no topic.

    Parameters
    ----------
    knowledge : path-like, optional
        A folder whose knowledge files replace those of the package.

    Attributes
    ----------
    feature_names_out_ : ndarray of str
        The topics, in the order of the columns.

    Examples
    --------
    >>> texts = ["Both ministers discussed trade. Trade and energy were the ambassador's themes."]
    >>> vectorizer = TopicVectorizer()
    >>> counts = vectorizer.fit_transform(texts)
    >>> counts.shape
    (1, 40)
    >>> names = vectorizer.get_feature_names_out()
    >>> {str(names[j]): int(counts[0, j]) for j in counts.nonzero()[1]}
    {'trade': 2, 'energy': 1}
    >>> vectorizer.transform("one text, not a list of texts")
    Traceback (most recent call last):
    ...
    ValueError: texts: received one str; allowed: an iterable of str, one a text
    """

    def __init__(self, knowledge: str | Path | None = None) -> None:
        self.knowledge = knowledge

    def fit(self, X: Iterable[str], y: object = None) -> TopicVectorizer:
        """Load the knowledge; the texts teach nothing."""
        self._knowledge = load(Path(self.knowledge) if self.knowledge is not None else None)
        topics = [row.topic for row in self._knowledge.rows["topics"]]
        self.feature_names_out_ = np.asarray(topics, dtype=object)
        self._column = {topic: j for j, topic in enumerate(topics)}
        return self

    def transform(self, X: Iterable[str]) -> Any:
        """Return the counts of sentences by text and topic, dense: there are few topics.

        Raises
        ------
        ValueError
            When the texts are a single string, or one of them is no string.
        """
        check_is_fitted(self, "feature_names_out_")
        texts = _texts(X)
        counts = np.zeros((len(texts), len(self._column)), dtype=np.int64)
        for i, text in enumerate(texts):
            doc = self._knowledge.annotate(str(i), text)
            for _, topic in {(t.sentence, t.topic) for t in find(doc, self._knowledge)}:
                counts[i, self._column[topic]] += 1
        return counts

    def get_feature_names_out(self, input_features: object = None) -> Any:
        """Return the names of the columns: the topics of the codebook."""
        check_is_fitted(self, "feature_names_out_")
        return self.feature_names_out_

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that a row of the input is one text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        return tags


def _texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise ValueError("texts: received one str; allowed: an iterable of str, one a text")
    listed = list(texts)
    wrong = [i for i, text in enumerate(listed) if not isinstance(text, str)]
    if wrong:
        raise ValueError(
            f"texts: no str at positions {wrong[:5]}, received {listed[wrong[0]]!r}; "
            "allowed: str; drop or fill missing texts first"
        )
    return listed
