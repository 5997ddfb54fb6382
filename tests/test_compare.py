"""Comparison of readouts and of accounts on small texts that can be read at a glance."""

import pytest

import analysis
from analysis.compare import ComparisonError

NORWEGIAN = """ date 2024-11-06 OSLO — Norwegian Foreign Minister Anna Berg and Kenyan Foreign \
Minister John Otieno held talks in Oslo on Wednesday.

The two sides agreed to increase trade to EUR 2 billion by 2030. Berg pledged support for \
renewable energy in Kenya. Berg thanked Kenya for its role in the United Nations. — NTB"""
KENYAN = """ date 2024-11-06 OSLO — Kenyan Foreign Minister John Otieno and Norwegian Foreign \
Minister Anna Berg held talks in Oslo on Wednesday.

The two sides agreed to increase trade to EUR 3 billion by 2030. Otieno asked Norway to support \
renewable energy in Kenya. Otieno raised visas for Kenyan students. — KNA"""


@pytest.fixture(scope="module")
def readouts(corpus, two_readouts):
    return corpus(**two_readouts, n=NORWEGIAN, k=KENYAN)


def of(table, aspect):
    return table[table["aspect"] == aspect].set_index("item")


def test_topics_figures_and_asks_new_kept_dropped_changed(readouts):
    table = analysis.compare_readouts(readouts, "b", "c")
    topics = of(table, "topic")["change"]
    assert topics["trade"] == "kept"
    assert topics["tourism"] == "dropped"
    figures = of(table, "figure").loc["bilateral_trade USD target"]
    assert figures["change"].tolist() == ["changed", "dropped"]
    assert figures["earlier"].tolist()[0].endswith("by 2023")
    assert of(table, "ask").loc["VNM labour", "change"] == "kept"
    assert of(table, "ask").loc["VNM tourism", "change"] == "dropped"


def test_the_two_wordings_of_one_sentence_stand_side_by_side(readouts):
    table = analysis.compare_readouts(readouts, "b", "c")
    pairs = table[(table["aspect"] == "sentence") & table["change"].isin(["reworded", "kept"])]
    asked = pairs[pairs["earlier"].str.contains("asked")].iloc[0]
    assert asked["earlier"].startswith("Hung asked the Republic of Korea")
    assert asked["later"].startswith("Binh asked the Republic of Korea")
    phrases = table[table["aspect"] == "phrase"]["item"]
    assert phrases.str.contains("asked the republic of korea to receive more").any()


def test_evidence_points_to_the_sentence(readouts):
    table = analysis.compare_readouts(readouts, "b", "c")
    texts = readouts.articles.set_index("article_id")["text"]
    row = table[(table["aspect"] == "sentence") & table["later"].notna()].iloc[0]
    article, _, where = row["later_evidence"].partition(":")
    start, end = map(int, where.split("-"))
    assert texts[article][start:end] == row["later"]


def test_two_accounts_of_one_meeting(readouts):
    table = analysis.compare_accounts(readouts, "n", "k")
    topics = of(table, "topic")
    assert topics.loc["trade", "change"] == "both"
    assert topics.loc["united_nations", "change"] == "only-n"
    assert topics.loc["consular", "change"] == "only-k"
    assert topics.loc["trade", "first_share"] == pytest.approx(1 / 4)
    assert of(table, "figure")["change"].tolist() == ["different"]
    acts = of(table, "act")
    assert acts.loc["energy", ["first", "second"]].tolist() == ["NOR pledge", "KEN propose"]
    assert acts.loc["trade", "change"] == "both"


def test_panel_rows_compare_too():
    panel = analysis.read_panel(dyad="KOR-VNM")
    articles = panel.articles
    sides = articles.groupby("meeting_key")["publisher_side"].nunique()
    two = articles[articles["meeting_key"] == sides[sides > 1].index[0]]
    first, second = two.drop_duplicates("publisher_side")["article_id"].head(2)
    changes = set(analysis.compare_accounts(panel, first, second)["change"])
    assert changes <= {"both", "different", "only-VNM", "only-KOR"}


def test_unknown_and_equal_articles_are_refused(readouts):
    with pytest.raises(ComparisonError, match="no article z in these tables; there are b, c"):
        analysis.compare_readouts(readouts, "b", "z")
    with pytest.raises(ComparisonError, match="both articles are b"):
        analysis.compare_accounts(readouts, "b", "b")
