"""Clusters of sentences: planted ones are found, order does not matter, limits are told."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import adjusted_rand_score

import analysis
from analysis import resampling, theme_findings
from analysis.distinctive import log_odds
from analysis.folding import fold
from analysis.knowledge import load
from analysis.masking import subject_words
from analysis.representations import sentences_of, shuffled
from analysis.theme_summary import theme_summary
from analysis.themes import cluster_themes, theme_comparison

# Fields of cooperation with words of their own; a sentence names one or two topics of its field.
PLANTED = {
    "economy": (("trade", "investment"), "factories farms markets exporters tariffs goods"),
    "people": (("labour", "education_training"), "nurses students schools wages hospitals"),
    "security": (("maritime", "defence_security"), "navies vessels patrols officers harbours"),
    "technology": (("digital", "energy"), "turbines software chips reactors laboratories"),
}


def planted(sentences=80, seed=0):
    """Tables of ten articles by rule, and the field that each sentence was made from."""
    random = np.random.default_rng(seed)
    fields = list(PLANTED)
    texts, rows, topics, actors, truth = {}, [], [], [], {}
    for i in range(sentences):
        article, field = f"a{i % 10}", fields[random.integers(len(fields))]
        pair, words = PLANTED[field]
        named = list(pair) if random.random() < 0.5 else [pair[random.integers(2)]]
        said = " ".join(random.choice(words.split(), 3, replace=False))
        text = texts.get(article, "")
        start = len(text)
        number = sum(r[0] == article for r in rows)
        text += f"Kim Lee agreed to enhance {' and '.join(named)} of {said} in Seoul. "
        texts[article] = text
        rows.append((article, number, start, len(text) - 1))
        actors.append((article, "person", start, start + 7))
        actors.append((article, "country", text.index("Seoul", start), len(text) - 2))
        truth[article, number] = field
        for topic in named:
            at = text.index(topic, start)
            topics.append((article, number, topic, field, at, at + len(topic)))
    frame = pd.DataFrame
    return truth, SimpleNamespace(
        articles=frame(list(texts.items()), columns=["article_id", "text"]),
        sentences=frame(rows, columns=["article_id", "sentence", "start", "end"]),
        topics=frame(topics, columns=["article_id", "sentence", "topic", "theme", "start", "end"]),
        actors=frame(actors, columns=["article_id", "kind", "start", "end"]),
        figures=frame(columns=["article_id", "start", "end"]),
    )


@cache
def seeds():
    return analysis.extract(analysis.read_articles("seeds"))


def reversed_tables(tables):
    return replace(tables, **{name: table.iloc[::-1] for name, table in tables})


# ---------------------------------------------------------------- masking


def test_words_are_slices_of_the_text():
    tables = seeds()
    text = tables.articles.set_index("article_id")["text"]
    words = subject_words(tables)
    surfaces = [text[w.article_id][w.start : w.end] for w in words.itertuples()]
    assert len(words) > 500
    assert all(fold(s).startswith(w[:-1]) for s, w in zip(surfaces, words["word"], strict=True))


def test_no_word_left_lies_in_a_name_or_a_figure():
    tables = seeds()
    left = subject_words(tables).query("~masked")
    names = tables.actors[tables.actors["kind"] == "person"][["article_id", "start", "end"]]
    hidden = pd.concat([names, tables.figures[["article_id", "start", "end"]]])
    both = left.merge(hidden, on="article_id", suffixes=("", "_name"))
    assert len(both) > 500
    assert not ((both["start"] < both["end_name"]) & (both["start_name"] < both["end"])).any()


def test_topics_stay_and_names_places_and_set_phrases_go():
    _, tables = planted(30)
    words = subject_words(tables)
    assert {"kim", "lee", "seoul", "agreed", "enhance"} <= set(words.loc[words["masked"], "word"])
    left = set(words.loc[~words["masked"], "word"])
    assert {"trade", "labour", "factory"} <= left
    assert not {"kim", "lee", "seoul", "agreed", "enhance"} & left


def test_a_country_that_is_the_topic_stays():
    _, tables = planted(1)
    country = tables.actors.iloc[[1]]
    about = country.assign(sentence=0, topic="myanmar", theme="regional_issues")
    tables.topics = pd.concat([tables.topics, about])[tables.topics.columns]
    words = subject_words(tables).set_index("word")["masked"]
    assert not words["seoul"]
    assert words["kim"]


# ---------------------------------------------------------------- clusters


def test_planted_clusters_are_found():
    truth, tables = planted()
    themes = cluster_themes(tables, clusters=4)
    fields = [truth[key] for key in zip(themes["article_id"], themes["sentence"], strict=True)]
    assert adjusted_rand_score(fields, themes["cluster"]) > 0.9


def test_the_planted_number_is_chosen():
    _, tables = planted(40)
    assert cluster_themes(tables)["cluster"].nunique() == 4


def test_planted_clusters_are_described():
    _, tables = planted()
    themes = cluster_themes(tables, clusters=4)
    summary = theme_summary(tables, themes)
    assert summary["size"].tolist() == sorted(summary["size"], reverse=True)
    assert summary["size"].sum() == len(themes)
    assert summary["stability"].min() > 0.75
    pairs = {frozenset(pair) for pair, _ in PLANTED.values()}
    assert {frozenset(t.split(";")) for t in summary["topics"]} == pairs
    typical = zip(summary["article_id"], summary["sentence"], strict=True)
    cluster = themes.set_index(["article_id", "sentence"])["cluster"]
    assert [cluster[key] for key in typical] == summary["cluster"].tolist()


def test_chance_gives_no_stability():
    """Topics without company are not above the shuffled ones, stable or not."""
    _, tables = planted()
    random = np.random.default_rng(1)
    mixed = tables.topics[["topic", "theme"]].to_numpy()[random.permutation(len(tables.topics))]
    tables.topics[["topic", "theme"]] = mixed
    found = theme_comparison(tables, (4,), ("topics reduced",))
    assert abs(found["above_shuffled"][0]) < 0.3


def test_seeds_beat_the_naive_baseline_clearly():
    names = ("all words", "topics and meaning")
    found = theme_comparison(seeds(), (8,), names, resamples=8).iloc[:, :6]
    naive, chosen = found.itertuples(index=False)
    assert chosen.stability_low > naive.stability_high - 0.05
    assert chosen.stability > naive.stability + 0.3


def test_clustering_twice_gives_the_same_and_changes_nothing():
    before = [table.copy() for _, table in seeds()]
    first, second = (cluster_themes(seeds(), clusters=8) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    for old, (_, table) in zip(before, seeds(), strict=True):
        pd.testing.assert_frame_equal(old, table)


def test_the_order_of_articles_does_not_matter():
    turned = reversed_tables(seeds())
    first = cluster_themes(seeds(), clusters=8)
    pd.testing.assert_frame_equal(first, cluster_themes(turned, clusters=8))
    summaries = (theme_summary(tables, first, resamples=4) for tables in (seeds(), turned))
    pd.testing.assert_frame_equal(*summaries)


def test_shuffling_keeps_how_many_and_how_often():
    found = sentences_of(seeds(), load())
    mixed = shuffled(found, found.counts, seed=1)
    assert mixed.shape == found.counts.shape
    assert (mixed.sum(axis=1) == found.counts.sum(axis=1)).all()
    assert (mixed.toarray() != found.counts.toarray()).any()


def test_of_many_sentences_a_sample_is_clustered_and_the_others_join(monkeypatch):
    monkeypatch.setattr("analysis.themes.FITTED", 80)
    monkeypatch.setattr("analysis.themes.BLOCK", 90)
    truth, tables = planted(300)
    themes = cluster_themes(tables, clusters=4)
    fields = [truth[key] for key in zip(themes["article_id"], themes["sentence"], strict=True)]
    assert themes["fitted"].sum() == 80
    joined = ~themes["fitted"].to_numpy()
    assert adjusted_rand_score(np.array(fields)[joined], themes.loc[joined, "cluster"]) > 0.9
    summary = theme_summary(tables, themes, resamples=4)
    assert summary["size"].tolist() == themes["cluster"].value_counts().sort_index().tolist()
    assert summary["size"].sum() == 300
    assert summary["fitted"].sum() == 80
    assert "a random sample of 80 of 300 sentences" in theme_findings.clusters(summary).words
    compared = theme_comparison(tables, (4,), ("topics reduced",), resamples=8)
    assert compared[["sentences", "sentences_all"]].to_numpy().tolist() == [[80, 300]]
    assert "sample of 80 of 300" in theme_findings.representations(compared).words


def test_up_to_the_size_of_the_sample_all_sentences_are_clustered(monkeypatch):
    monkeypatch.setattr("analysis.themes.FITTED", 80)
    _, tables = planted(80)
    themes = cluster_themes(tables, clusters=4)
    assert themes["fitted"].all()
    summary = theme_summary(tables, themes, resamples=4)
    assert "sample" not in theme_findings.clusters(summary).words


# ---------------------------------------------------------------- limits


def test_too_few_sentences_are_refused():
    _, tables = planted(29)
    with pytest.raises(ValueError, match=r"29 sentences mention 8 topics; clustering needs 30 sen"):
        cluster_themes(tables)


def test_too_few_topics_are_refused():
    _, tables = planted(40)
    tables.topics["topic"] = "trade"
    with pytest.raises(ValueError, match=r"40 sentences mention 1 topics; .*and 3 topics"):
        theme_comparison(tables)


@pytest.mark.parametrize("clusters", [1, 17])
def test_a_number_of_clusters_out_of_range_is_refused(clusters):
    _, tables = planted(80)
    with pytest.raises(ValueError, match=rf"clusters={clusters}; allowed: 2 to 16, a fifth of"):
        cluster_themes(tables, clusters=clusters)


def test_tables_without_text_are_refused():
    _, tables = planted(40)
    tables.articles = tables.articles.drop(columns="text")
    with pytest.raises(ValueError, match="no column 'text'"):
        cluster_themes(tables)


def test_themes_of_other_tables_are_refused():
    _, tables = planted(40)
    themes = cluster_themes(tables, clusters=4)
    other = themes.assign(article_id=themes["article_id"] + "x")
    with pytest.raises(ValueError, match="pass the tables that cluster_themes was given"):
        theme_summary(tables, other)


def test_too_few_resamples_are_refused():
    _, tables = planted(40)
    with pytest.raises(ValueError, match="resamples=7; allowed: 8 or more"):
        theme_comparison(tables, resamples=7)


# ---------------------------------------------------------------- agreement


@settings(max_examples=60, deadline=None)
@given(arrays(np.int64, (3, 12), elements=st.integers(-1, 3)))
def test_the_adjusted_rand_index_is_that_of_scikit_learn(labels):
    labels[:, :2] = 0  # at least two items in common
    expected = [
        adjusted_rand_score(labels[a][both], labels[b][both])
        for a, b in ((0, 1), (0, 2), (1, 2))
        for both in [(labels[a] >= 0) & (labels[b] >= 0)]
    ]
    assert resampling.adjusted_rand(labels) == pytest.approx(expected)


def test_stability_of_equal_runs_is_one():
    runs = np.tile(np.array([0, 0, 1, 1, 2]), (4, 1))
    assert resampling.stability(runs) == pytest.approx((1, 1, 1, 0))
    assert resampling.recovery(runs[0], runs).tolist() == [1, 1, 1]


def test_the_error_shrinks_with_runs():
    random = np.random.default_rng(0)
    few, many = (resampling.stability(random.integers(0, 3, (n, 40))) for n in (8, 64))
    assert many.error < few.error
    assert abs(many.mean) < 0.02


def test_a_cluster_that_is_never_drawn_has_no_recovery():
    assert resampling.recovery(np.array([0, 0, 1]), np.array([[0, 0, -1]])).tolist() == [1, 0]


def test_what_all_groups_share_is_distinctive_of_none():
    has = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1]] * 5)
    z = log_odds(has, np.array([0, 0, 1, 1] * 5))
    assert abs(z[:, 0]).max() < 1e-9
    assert z[0, 1] > 1.64
    assert z[1, 2] > 1.64
