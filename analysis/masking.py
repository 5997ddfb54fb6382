"""What remains of a sentence for telling its subject: its words, without names and set phrases.

Sentences of diplomatic texts are alike by who speaks, where and in which formula, and clusters made
of whole sentences follow these. Nothing is rewritten here: stretches of characters are masked, and
the words between them keep their places in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.folding import fold
from analysis.knowledge import Knowledge, load
from analysis.matcher import Matcher
from analysis.word_forms import inflect, spellings

WORD = re.compile(r"[^\W\d_]{2,}")  # in folded text, where a hyphen is a blank
COLUMNS = ("article_id", "sentence", "start", "end", "word", "masked")


class _Span(NamedTuple):
    start: int
    end: int


def subject_words(tables: Any, knowledge: Knowledge | None = None) -> pd.DataFrame:
    """Return the words of all sentences that mention a topic, and whether each is masked.

    Masked are persons, countries, figures and dates; where no topic is mentioned also
    organisations, words with a capital inside a sentence (places, titles, names of events) and the
    set phrases of ``boilerplate.csv``. A country that is itself the topic is not masked. Function
    words (scikit-learn's English stop words) are left out.

    Parameters
    ----------
    tables : Tables
        ``articles``, ``sentences``, ``topics``, ``actors`` and ``figures`` of texts.
    knowledge : Knowledge, optional
        Where the set phrases and British and American spellings come from.

    Returns
    -------
    DataFrame
        One word a row, in the order of article_id and place: ``article_id``, ``sentence``,
        ``start``, ``end``, ``word`` (lower case, without accents, plural taken off), ``masked``.

    Raises
    ------
    ValueError
        The tables have no text, as those of a coded panel.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from analysis.schema import empty, frame
    >>> text = "Seoul agreed to expand trade in farm products."
    >>> tables = SimpleNamespace(
    ...     articles=pd.DataFrame({"article_id": ["a"], "text": [text]}),
    ...     sentences=frame(
    ...         "sentences", {"article_id": ["a"], "sentence": [0], "start": [0], "end": [46]}
    ...     ),
    ...     topics=pd.DataFrame({"article_id": ["a"], "sentence": [0], "start": [23], "end": [28]}),
    ...     actors=pd.DataFrame(
    ...         {"article_id": ["a"], "kind": ["country"], "start": [0], "end": [5]}
    ...     ),
    ...     figures=empty("figures"),
    ... )
    >>> words = subject_words(tables)
    >>> words.loc[~words["masked"], "word"].tolist()
    ['trade', 'farm', 'product']
    >>> subject_words(SimpleNamespace(articles=pd.DataFrame({"article_id": ["a"]})))
    Traceback (most recent call last):
    ...
    ValueError: the articles have no column 'text'; themes need texts: tables of analysis.extract
    """
    if "text" not in tables.articles:
        raise ValueError(
            "the articles have no column 'text'; themes need texts: tables of analysis.extract"
        )
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    phrases = _phrases(knowledge or load())
    named = tables.topics[["article_id", "sentence"]].drop_duplicates()
    sentences = {
        key: rows[["sentence", "start", "end"]].to_numpy().tolist()
        for key, rows in tables.sentences.merge(named)
        .sort_values(["article_id", "sentence"])
        .groupby("article_id")
    }
    topics, figures = _spans(tables.topics), _spans(tables.figures)
    bodies = tables.actors["kind"] == "organisation"
    actors, organisations = _spans(tables.actors[~bodies]), _spans(tables.actors[bodies])
    texts = dict(zip(tables.articles["article_id"], tables.articles["text"], strict=True))
    found: list[tuple[Any, ...]] = []
    for article, rows in sentences.items():
        text = str(texts[article])
        folded = fold(text)
        subject = topics[article]
        own = {(s.start, s.end) for s in subject}
        kept = _marked(len(text), subject)
        soft = [*phrases.scan(text, folded).get("phrase", ()), *organisations.get(article, ())]
        hard = [s for s in actors.get(article, ()) if (s.start, s.end) not in own]
        masked = _marked(len(text), soft) & ~kept
        masked |= _marked(len(text), [*hard, *figures.get(article, ())])
        for sentence, begin, until in rows:
            first = True
            for m in WORD.finditer(folded, begin, until):
                start, end = m.span()
                if m.group() in ENGLISH_STOP_WORDS:
                    first = False
                    continue
                written = text[start:end]
                name = written[0].isupper() and (not first or written.isupper())
                first = False
                hidden = bool(masked[start:end].any() or (name and not kept[start:end].any()))
                found.append((article, sentence, start, end, singular(m.group()), hidden))
    return pd.DataFrame(found, columns=list(COLUMNS))


def singular(word: str) -> str:
    """Return an English noun without its plural ending; the s-stemmer of Harman (1991).

    Examples
    --------
    >>> [singular(w) for w in ("policies", "taxes", "exports", "business", "focus")]
    ['policy', 'tax', 'export', 'business', 'focus']
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "sses", "ches", "shes", "zes")):
        return word[:-2]
    if word.endswith("s") and len(word) > 3 and word[-2] not in "su":
        return word[:-1]
    return word


@lru_cache(maxsize=4)
def _phrases(knowledge: Knowledge) -> Matcher:
    """Compile the set phrases, apart from other knowledge: extraction has no use for them."""
    words = {r.british: r.american for r in knowledge.rows["spellings"]}
    return Matcher(
        ("phrase", spelling, row)
        for row in knowledge.rows["boilerplate"]
        for form in inflect(row.surface, row.inflect, row.forms)
        for spelling in dict.fromkeys(spellings(form, words))
    )


def _spans(table: pd.DataFrame) -> dict[str, list[_Span]]:
    spans: dict[str, list[_Span]] = {}
    for article, start, end in zip(table["article_id"], table["start"], table["end"], strict=True):
        spans.setdefault(article, []).append(_Span(start, end))
    return spans


def _marked(length: int, spans: list[Any]) -> NDArray[np.bool_]:
    """Tell of each character whether a span covers it."""
    steps = np.zeros(length + 1, dtype=np.int64)
    np.add.at(steps, [s.start for s in spans], 1)
    np.add.at(steps, [s.end for s in spans], -1)
    return np.cumsum(steps[:-1]) > 0
