"""Topics: must-match and must-not-match cases, no dead term, masks and scenes, exact characters."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from analysis.knowledge import Knowledge, KnowledgeError, load
from analysis.schema import check, frame
from analysis.topics import AFFAIRS, MINISTRY, OFFICE, SCENE, find
from analysis.vectorize import TopicVectorizer

KNOWLEDGE = load()
CASES = Path(__file__).parent / "cases"
# A case is one sentence; this one before it tells that states deal with one another.
SETTING = "The ambassadors met. "


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of cases."""
    lines = (CASES / name).read_text("utf-8").splitlines()
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def topics(text: str) -> set[str]:
    return {t.topic for t in find(KNOWLEDGE.annotate("case", text), KNOWLEDGE)}


@pytest.mark.parametrize("case", read("topics.tsv"), ids=lambda c: c["text"][:40])
def test_case(case: dict[str, str]) -> None:
    expected = {t for t in case["expected"].split(";") if t}
    assert topics(SETTING + case["text"]) == expected, case["reason"]


@pytest.mark.parametrize("case", read("no_diplomacy.tsv"), ids=lambda c: c["reason"])
def test_text_without_dealings_among_states_names_no_topic(case: dict[str, str]) -> None:
    assert topics(case["text"]) == set()


def test_sentences_of_other_dyads_keep_their_accuracy() -> None:
    """Sentences that were annotated before the tool saw them; optional topics count for nothing.

    At first sight the last 85 came to 0.82 (the first 40 of them; 0.95 with what was then added to
    the knowledge) and, meant to be oblique, 0.69 (the other 45).
    """
    right = extra = missed = 0
    for case in read("topics_other_dyads.tsv"):
        expected, optional = (
            set(filter(None, case[c].split(";"))) for c in ("expected", "optional")
        )
        got = topics(SETTING + case["text"])
        right += len(got & expected)
        extra += len(got - expected - optional)
        missed += len(expected - got)
    assert 2 * right / (2 * right + extra + missed) >= 0.93


def test_every_topic_has_a_case() -> None:
    covered = {t for case in read("topics.tsv") for t in case["expected"].split(";")}
    assert covered >= {row.topic for row in KNOWLEDGE.rows["topics"]}


def spelled_out(row) -> Iterator[str]:
    """Yield sentences that hold what a term asks for and no more, for each word that meets it."""
    groups = set(row.needs.split(";"))
    needed = [f"{r.surface}: " for r in KNOWLEDGE.rows["contexts"] if r.group in groups]

    def literal(phrase: str) -> str:
        return phrase.replace("**", "").replace("*", "other").replace("#", "5")

    for word in needed or [""]:
        for phrase in row.before.split(";"):
            left, right = literal(row.after.split(";")[0]), literal(phrase)
            yield f"{SETTING}Here {word}{left} {row.surface} {right}."


def is_alive(row, text: str) -> bool:
    """Tell whether a term names its topic; without a topic, whether it keeps a shorter one out."""
    doc = KNOWLEDGE.annotate("term", text)
    if row.topic:
        return (row.topic, row.surface) in {(t.topic, t.term) for t in find(doc, KNOWLEDGE)}
    hits = doc.hits["terms"]
    start, end = next((a, b) for a, b, named in hits if named is row)
    return any(named.topic and start <= a and b <= end for a, b, named in hits)


def test_no_term_is_dead() -> None:
    terms = KNOWLEDGE.rows["terms"]
    dead = [r for r in terms if not any(is_alive(r, text) for text in spelled_out(r))]
    assert [(r.surface, r.topic) for r in dead] == []


def test_every_group_of_context_words_is_used() -> None:
    asked = {g for r in KNOWLEDGE.rows["terms"] for g in (r.needs + ";" + r.unless).split(";")}
    groups = {r.group for r in KNOWLEDGE.rows["contexts"]}
    assert groups - asked - {AFFAIRS, MINISTRY, OFFICE, SCENE} == set()


def test_term_that_asks_for_an_unknown_group_is_refused(tmp_path: Path) -> None:
    header = "surface,topic,inflect,forms,needs,unless,after,not_after,before,not_before,note\n"
    (tmp_path / "terms.csv").write_text(header + "canal,infrastructure,noun,,wroks,,,,,,\n")
    knowledge = Knowledge(tmp_path)
    doc = knowledge.annotate("a", SETTING + "A canal.")
    with pytest.raises(KnowledgeError, match=r"'canal' \(infrastructure\): no group 'wroks'"):
        find(doc, knowledge)


def test_mask_hides_what_it_touches_but_not_a_longer_term() -> None:
    text = "The ambassador and the Trade Minister discussed the economic security dialogue."
    doc = KNOWLEDGE.annotate("a", text)
    title = text.index("Trade"), text.index("Trade") + len("Trade Minister")
    inside = text.index("security"), text.index("security") + len("security")
    masked = {t.surface for t in find(doc, KNOWLEDGE, [title, inside])}
    assert masked == {"economic security dialogue"}


def test_scene_ends_with_its_phrase() -> None:
    text = "On the sidelines of the G20 trade forum in Rio, the ambassadors spoke of energy."
    assert topics(text) == {"energy"}


SENTENCES = [case["text"] for case in read("topics.tsv")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), max_size=8), st.sampled_from([" ", "\n\n", "\n", ""]))
def test_rows_prove_themselves(sentences: list[str], glue: str) -> None:
    text = SETTING + glue.join(sentences)
    doc = KNOWLEDGE.annotate("a", text)
    found = find(doc, KNOWLEDGE)
    assert found == find(KNOWLEDGE.annotate("a", text), KNOWLEDGE)
    for t in found:
        start, end = doc.sentences[t.sentence]
        assert text[t.start : t.end] == t.surface
        assert start <= t.start < t.end <= end
    columns = ("sentence", "topic", "theme", "start", "end", "surface", "term")
    table = {c: [getattr(t, c) for t in found] for c in columns}
    check("topics", frame("topics", {"article_id": ["a"] * len(found), **table}))


def test_office_of_state_and_two_countries_open_a_text() -> None:
    school = " Primary schools in the north need teachers."
    assert topics("The minister of education flew from Finland to Zambia." + school)
    assert not topics("The minister of education flew to the north of Zambia." + school)
    assert not topics("The coach flew from Finland to Zambia." + school)


def test_weak_term_stands_back_for_another_topic() -> None:
    assert topics(SETTING + "They spoke of the hotels.") == {"tourism"}
    assert topics(SETTING + "They spoke of the nuclear plant and of hotels.") == {"energy"}


def test_plural_at_the_end_of_a_title_is_people() -> None:
    text = SETTING + "Chinese lawmakers and the Chinese lawmaker Li were there."
    doc = KNOWLEDGE.annotate("a", text)
    titles = [m.span() for m in re.finditer(r"Chinese lawmakers?", text)]
    found = find(doc, KNOWLEDGE, titles)
    assert [t.surface for t in found] == ["lawmakers"]


def test_vectorizer_counts_sentences_in_a_pipeline() -> None:
    texts = [SETTING + "Trade grew. Trade and tourism were discussed.", "A recipe for soup."]
    vectorizer = clone(TopicVectorizer()).set_output(transform="pandas")
    counts = vectorizer.fit_transform(texts)
    assert isinstance(counts, pd.DataFrame)
    assert list(counts.columns) == [row.topic for row in KNOWLEDGE.rows["topics"]]
    assert counts.loc[0, ["trade", "tourism"]].tolist() == [2, 1]
    assert counts.loc[1].sum() == 0
    scaled = make_pipeline(TopicVectorizer(), MaxAbsScaler())
    assert scaled.fit_transform(texts).max() == 1
    assert scaled.get_feature_names_out().tolist() == list(counts.columns)


def test_vectorizer_names_the_text_that_is_none() -> None:
    with pytest.raises(ValueError, match=r"no str at positions \[1\], received None"):
        TopicVectorizer().fit([]).transform(["trade", None])
