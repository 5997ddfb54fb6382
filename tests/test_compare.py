"""Comparison of readouts and of accounts on small texts that can be read at a glance."""

import dataclasses

import pytest

import analysis
from analysis.accounts import account_overlap, account_pattern, retold_asks
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


@pytest.fixture(scope="module")
def accounts(corpus):
    """Return two meetings with accounts of two publishers each, and one with a single account."""
    kenyan = KENYAN.replace("raised visas", "asked Norway to issue visas")
    texts = {
        "n": NORWEGIAN,
        "k": kenyan,
        "m": NORWEGIAN.replace("2024-11-06", "2024-11-07").replace("Wednesday", "Thursday"),
        "l": kenyan.replace("2024-11-06", "2024-11-07").replace("Wednesday", "Thursday"),
        "s": NORWEGIAN.replace("2024-11-06", "2024-11-08").replace("Wednesday", "Friday"),
    }
    tables = corpus(**texts)
    houses = {"n": "NTB", "m": "NTB", "s": "NTB", "k": "KNA", "l": "KNA"}
    articles = tables.articles
    named = articles.assign(publisher=articles["article_id"].map(houses).astype("string"))
    return dataclasses.replace(tables, articles=named)


def test_the_pattern_counts_meetings_with_accounts_of_both(accounts):
    table = account_pattern(accounts, "NTB", "KNA", group="publisher")
    assert set(table["meetings"]) == {2}
    topics = of(table, "topic")[["both", "only_first", "only_second"]]
    assert topics.loc["trade"].tolist() == [2, 0, 0]
    assert topics.loc["united_nations"].tolist() == [0, 2, 0]
    assert topics.loc["consular"].tolist() == [0, 0, 2]
    acts = of(table, "act")[["both", "only_first", "only_second"]]
    assert acts.loc["both agree"].tolist() == [2, 0, 0]
    assert acts.loc["KEN propose", "both"] == 0
    assert of(table, "topic").loc["consular", "p"] == pytest.approx(0.5)  # two of two
    assert (table["p_holm"] >= table["p"]).all()


def test_the_overlap_lists_the_accounts_and_counts_topics(accounts):
    table = account_overlap(accounts, "NTB", "KNA", group="publisher")
    assert table["first_accounts"].tolist() == ["n", "m"]
    assert table["second_accounts"].tolist() == ["k", "l"]
    pair = analysis.compare_accounts(accounts, "n", "k")
    changes = of(pair, "topic")["change"].value_counts()
    assert table.loc[0, "both"] == changes["both"]
    assert table.loc[0, "only_first"] == changes["only-n"]


def test_accounts_of_both_sides_are_needed(accounts):
    with pytest.raises(ValueError, match="no meeting has accounts of both 'NTB' and 'AFP'"):
        account_overlap(accounts, "NTB", "AFP", group="publisher")


def test_requests_are_looked_up_in_the_other_account(accounts):
    table = retold_asks(accounts, "NTB", "KNA", group="publisher")
    by_meeting = table.groupby("meeting")["topic"].agg(set)
    assert by_meeting.tolist() == [{"energy", "consular", "education_training"}] * 2
    assert set(table["told_by"]) == {"KNA"}
    assert set(table["side"]) == {"KEN"}
    by_topic = table.drop_duplicates("topic").set_index("topic")
    assert by_topic.loc["energy", ["retold", "acts"]].tolist() == ["pledge", "NOR pledge"]
    assert by_topic.loc["consular", "retold"] == "absent"


def test_a_topic_without_an_answer_does_not_take_that_of_its_row(corpus, two_readouts):
    later = two_readouts["c"].replace(
        "to receive more Vietnamese workers.",
        "to receive more Vietnamese workers and tourists. Park pledged labour cooperation.",
    )
    table = of(analysis.compare_readouts(corpus(b=two_readouts["b"], c=later), "b", "c"), "ask")
    assert table.loc["VNM labour", "later"] == "pledged"
    assert table.loc["VNM tourism", "later"] == "none"


def test_an_unknown_column_of_accounts_is_refused_with_those_there_are(accounts):
    with pytest.raises(ValueError, match="no column 'nosuch' in articles; there are article_id, "):
        account_pattern(accounts, "NTB", "AFP", group="nosuch")


def test_articles_of_no_relationship_have_no_asks_in_common(corpus):
    tables = corpus(x="OSLO — It rained on Monday.", y="OSLO — It rained on Tuesday.")
    assert of(analysis.compare_readouts(tables, "x", "y"), "ask").empty
