"""Two texts sentence by sentence: which are two wordings of one thing, and which stand alone."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from analysis.timeline import span

WORD = re.compile(r"\w++(?:[-'’]\w++)*+")
SIMILAR = 0.35  # cosine of TF-IDF from which two sentences are two wordings of one thing
SAME = 0.95  # ratio of common words from which they are the same wording
PHRASE = 6  # words: a shorter run in common is chance or a name


class Wording(NamedTuple):
    """A sentence in its two wordings, or a phrase that both have; none where a text lacks it.

    `item` is the ratio of common words of a sentence that both have, and the phrase itself.
    """

    aspect: str
    item: str
    change: str
    texts: tuple[str | None, str | None]
    where: tuple[str | None, str | None]


def wordings(tables: Any, pair: tuple[str, str]) -> list[Wording]:
    """Match the sentences of two texts and show the two wordings, and the phrases they share.

    Parameters
    ----------
    tables : Tables or Panel
        Articles without a text, such as those of the panel, have no wordings.
    pair : tuple of str
        The two articles.
    """
    texts = tables.articles.set_index("article_id")["text"]
    if texts.loc[list(pair)].isna().any():
        return []
    found = [tables.sentences[tables.sentences["article_id"] == a] for a in pair]
    said = [
        [texts[a][s:e] for s, e in zip(f["start"], f["end"], strict=True)]
        for a, f in zip(pair, found, strict=True)
    ]
    where = [list(span(f)) for f in found]
    matched = _match(said[0], said[1])
    rows = []
    for i, j in matched:
        words = [WORD.findall(said[0][i].lower()), WORD.findall(said[1][j].lower())]
        common = SequenceMatcher(None, words[0], words[1], autojunk=False)
        change = "kept" if common.ratio() >= SAME else "reworded"
        item = f"{common.ratio():.2f}"
        rows.append(
            Wording("sentence", item, change, (said[0][i], said[1][j]), (where[0][i], where[1][j]))
        )
        for block in common.get_matching_blocks():
            if block.size >= PHRASE:
                phrase = " ".join(words[0][block.a : block.a + block.size])
                rows.append(
                    Wording("phrase", phrase, "kept", (phrase, phrase), (where[0][i], where[1][j]))
                )
    first, second = {i for i, _ in matched}, {j for _, j in matched}
    for i, sentence in enumerate(said[0]):
        if i not in first:
            rows.append(Wording("sentence", "", "dropped", (sentence, None), (where[0][i], None)))
    for j, sentence in enumerate(said[1]):
        if j not in second:
            rows.append(Wording("sentence", "", "new", (None, sentence), (None, where[1][j])))
    return rows


def _match(first: list[str], second: list[str]) -> list[tuple[int, int]]:
    """Return the pairs of sentences that are each other's nearest, in the order of the first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(token_pattern=WORD.pattern, sublinear_tf=True, stop_words="english")
    try:
        matrix = weights.fit_transform([*first, *second])
    except ValueError:  # no word but stop words on either side
        return []
    likeness = (matrix[: len(first)] @ matrix[len(first) :].T).toarray()
    pairs = []
    for i in range(len(first)):
        j = int(likeness[i].argmax())
        if likeness[i, j] >= SIMILAR and int(likeness[:, j].argmax()) == i:
            pairs.append((i, j))
    return pairs
