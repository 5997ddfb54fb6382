"""How often extraction errs: tables against gold annotations, and the sentences nothing matched.

`evaluate` compares the tables of annotated texts with their gold and keeps every outcome: the
precision, recall, F1 and accuracy with intervals, and the list of errors, are read off the result.
`coverage` needs no gold: it lists the sentences that yielded nothing, so that a text which says
nothing of interest and a text which was not understood can be told apart by reading them.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import figures
from analysis.accuracy import Evaluation, evaluation
from analysis.articles import read_articles
from analysis.extraction import extract
from analysis.gold import figure, locate
from analysis.knowledge import Knowledge, load
from analysis.outcomes import MEASURES, compare
from analysis.outcomes import figures as compare_figures
from analysis.records import GoldError, Part, read_records
from analysis.tables import Tables


def evaluate(
    gold: str | Path,
    texts: str | Path,
    tables: Tables | None = None,
    knowledge: Knowledge | None = None,
) -> Evaluation:
    """Compare the tables of annotated texts with their gold.

    Parameters
    ----------
    gold : path
        The annotations, ``.json`` or ``.jsonl``.
    texts : path
        The folder of the texts; article ``x`` is ``x.txt``.
    tables : Tables, optional
        What was extracted from these texts; extracted here where not given.
    knowledge : Knowledge, optional
        What to extract with; that of the package by default.

    Returns
    -------
    Evaluation
        The measures of F1 are ``topics_sentence``, ``topics_article``, ``person_mentions``,
        ``persons``, ``organisations`` (each once an article), ``figures_span`` (a figure of that
        kind stands there), ``figures_value`` (with its value), ``money`` (with value and
        currency) and ``statements`` (the sentence reports one). Those of accuracy judge what was
        found: ``person_side``, ``person_roles`` (all that the gold gives), ``figure_status``,
        ``figure_horizon``, ``figure_measure`` (of money, where coded), ``statement_side``,
        ``statement_source``, ``statement_act`` (one of those coded), ``published_contains`` (the
        interval meets the gold's and is a year wide at most), ``published_exact`` (and a week
        wide at most, or as narrow as the gold's), ``meeting_date`` (the first day) and
        ``meeting_format``. An entry that the gold calls optional counts neither way.

    Raises
    ------
    GoldError
        The gold cannot be read or does not fit the texts; the message names file and record.

    Examples
    --------
    >>> evaluate("no/such/gold.json", "seeds")
    Traceback (most recent call last):
    ...
    FileNotFoundError: [Errno 2] No such file or directory: 'no/such/gold.json'
    """
    records = read_records(gold)
    paths = _paths(records, Path(texts))
    if tables is None:
        articles = read_articles(*paths.values())
        for r in articles.attrs["rejected"]:
            raise GoldError(f"{gold}: text {r['source']} {r['reason']}; {r['remedy']}")
        tables = extract(articles, knowledge)
    rows = {name: _by_article(table) for name, table in tables}
    compared = []
    for record, (article_id, path) in zip(records, paths.items(), strict=True):
        if article_id not in rows["articles"]:
            raise record.error(
                f"article {article_id!r} is not in the tables; extract them from {texts}"
            )
        article = rows["articles"][article_id][0]
        source = unicodedata.normalize("NFC", path.read_bytes().decode("utf-8", "replace"))
        start = article.text_start
        if source[start : start + len(article.text)] != article.text:
            raise record.error(f"the tables come from another text than {path}; extract them anew")
        coded = locate(record, source, start)
        found = {name: by_article.get(article_id, []) for name, by_article in rows.items()}
        compared.append((article_id, coded.group, article.text, compare(coded, found)))
    return evaluation(compared, list(MEASURES))


def evaluate_money(gold: str | Path, knowledge: Knowledge | None = None) -> Evaluation:
    """Compare the amounts of money in single sentences with their gold.

    Parameters
    ----------
    gold : path
        A record is one sentence: ``id``, ``text``, and ``money``, a list of objects with
        ``surface``, ``value``, ``value_to``, ``unit`` (ISO 4217).
    knowledge : Knowledge, optional
        What to extract with; that of the package by default.

    Returns
    -------
    Evaluation
        Each sentence counts as an article. The measures are ``figures_span`` (an amount is found
        where one stands) and ``money`` (with its value and currency).

    Raises
    ------
    GoldError
        The gold cannot be read, or an amount does not stand in its sentence.
    """
    knowledge = knowledge or load()
    measures = ["figures_span", "money"]
    compared = []
    for record in read_records(gold):
        sentence, text = record.must("id", str), record.must("text", str)
        coded = [figure(part, text) for part in record.parts("money")]
        found = figures.find(knowledge.annotate(sentence, text), knowledge)
        outcomes = compare_figures(coded, [f for f in found if f.kind == "money"])
        kept = [o for o in outcomes if o.measure in measures]
        compared.append((sentence, record.get("group", str, optional=True), text, kept))
    return evaluation(compared, measures)


def coverage(tables: Tables) -> pd.DataFrame:
    """List the sentences that nothing matched.

    Parameters
    ----------
    tables : Tables
        Of any corpus; no gold is needed.

    Returns
    -------
    DataFrame
        A row is one sentence without a topic, a person, an organisation, a figure or a statement:
        ``article_id``, ``sentence``, ``start``, ``end``, ``text``. Dates and names of countries do
        not count, since nearly every sentence has one.
    """
    key = ["article_id", "sentence"]
    matched = pd.concat(
        [
            tables.topics[key],
            tables.actors.loc[tables.actors["kind"] != "country", key],
            tables.figures.loc[tables.figures["kind"] != "date", key],
            tables.statements[key],
        ]
    ).drop_duplicates()
    joined = tables.sentences.merge(matched, on=key, how="left", indicator=True)
    silent = tables.sentences[(joined["_merge"] == "left_only").to_numpy()].reset_index(drop=True)
    texts = dict(zip(tables.articles["article_id"], tables.articles["text"], strict=True))
    spans = zip(silent["article_id"], silent["start"], silent["end"], strict=True)
    sliced = [texts[article_id][start:end] for article_id, start, end in spans]
    return silent.assign(text=pd.array(sliced, dtype="string"))


def _paths(records: list[Part], texts: Path) -> dict[str, Path]:
    """Return the text file of each record's article."""
    paths: dict[str, Path] = {}
    for record in records:
        article_id = record.must("article_id", str)
        if article_id in paths:
            raise record.error("is the second record of this article; keep one")
        path = texts / f"{article_id}.txt"
        if not path.is_file():
            raise record.error(f"article {article_id!r} is unknown: there is no {path}")
        paths[article_id] = path
    return paths


def _by_article(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the rows of each article as tuples with the column names, missing values None."""
    found: dict[str, list[Any]] = {}
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        found.setdefault(str(row.article_id), []).append(row)
    return found
