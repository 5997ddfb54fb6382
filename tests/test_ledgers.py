"""Ledgers on small texts whose right answer can be counted by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

import analysis
from analysis.ask_rates import answer_rates, ask_history, asked_topics, compare_answers
from analysis.series import successive
from analysis.targets import required_growth
from analysis.timeline import located

EARLIER = """ date 2020-05-04 HÀ NỘI — Vietnamese Foreign Minister Tran Van Binh held phone talks \
with Korean Foreign Minister Park Seo-jun on Monday.

Both sides praised the strategic cooperative partnership. They hoped for more tourism. — VNS"""


@pytest.fixture(scope="module")
def three(corpus, two_readouts):
    return corpus(**two_readouts, a=EARLIER)


def test_targets_are_listed_in_time_with_what_became_of_amount_and_horizon(three):
    ledger = analysis.target_ledger(three)
    rows = ledger[["article_id", "value", "change"]].to_dict("split")["data"]
    assert rows == [
        ["b", 100e9, "first"],
        ["b", 150e9, "further"],
        ["c", 100e9, "horizon dropped"],
    ]
    assert ledger["horizon"].tolist()[:2] == [2023, 2030]
    assert pd.isna(ledger["horizon"].iloc[2])
    assert ledger["previous"].iloc[2] == "b"
    assert set(ledger["dyad"]) == {"KOR-VNM"}
    assert set(ledger["act"]) == {"agree"}


def test_a_target_shows_its_characters_and_the_growth_still_needed(three):
    row = analysis.target_ledger(three).iloc[1]
    assert "«US$150 billion»" in three.evidence(row)
    years = int(row["horizon"]) - int(row["actual_year"])
    assert row["growth_low"] == pytest.approx(required_growth(row["actual_high"], 150e9, years))
    assert row["growth_low"] <= row["growth_high"]


def test_growth_needed_agrees_with_compounding():
    rate = required_growth(94.5e9, 150e9, 5)
    assert 94.5e9 * (1 + rate) ** 5 == pytest.approx(150e9)
    assert required_growth(150e9, 94.5e9, 5) < 0
    with pytest.raises(ValueError, match="amounts above 0"):
        required_growth(0, 150e9, 5)


def test_horizons_set_moved_and_dropped_are_told_apart():
    stated = [("a", 2020, pd.NA), ("b", 2021, 2025), ("c", 2022, pd.NA), ("d", 2023, 2027)]
    stated += [("e", 2024, 2027)]
    tables = panel(stated)
    changes = analysis.target_ledger(tables)["change"].tolist()
    expected = ["first", "horizon set", "horizon dropped", "horizon moved", "restated"]
    assert changes == expected


def panel(stated):
    """Make the least of a panel: one article a meeting a year, one target each."""
    ids = pd.array([a for a, _, _ in stated], dtype="string")
    days = pd.to_datetime([f"{year}-01-15" for _, year, _ in stated])
    articles = {"article_id": ids, "published_from": days, "published_to": days}
    figures = {
        "article_id": ids,
        "sentence": pd.array([pd.NA] * len(ids), dtype="Int64"),
        "kind": "money",
        "status": "target",
        "measure": "exports",
        "value": 5.0,
        "value_to": pd.NA,
        "unit": "EUR",
        "horizon": pd.array([h for _, _, h in stated], dtype="Int64"),
        "qualifier": pd.NA,
        "start": pd.NA,
        "end": pd.NA,
        "surface": pd.NA,
    }
    spoken = ("article_id", "sentence", "start", "source", "side", "act")
    held = {"article_id": ids, "date_from": days, "date_to": days, "meeting_key": ids}
    return SimpleNamespace(
        articles=pd.DataFrame(articles | {"dyad": "FRA-KEN", "meeting_key": ids}),
        figures=pd.DataFrame(figures),
        statements=pd.DataFrame({c: pd.array([], dtype="string") for c in spoken}),
        meetings=pd.DataFrame(held | {"participants": pd.NA}),
        topics=pd.DataFrame({c: pd.array([], "string") for c in ("article_id", "topic")}).assign(
            sentence=pd.array([], "Int64")
        ),
    )


def test_asks_have_asker_answer_and_return(three):
    ledger = analysis.ask_ledger(three)
    requests = ledger[ledger["kind"] == "request"].set_index("topics")
    first = requests[requests["article_id"] == "b"]
    assert first.loc["labour", ["side", "asked", "answer"]].tolist() == ["VNM", "KOR", "pledged"]
    assert first.loc["labour", "repeated"] == 1
    assert first.loc["tourism", "answer"] == "none"
    assert first.loc["tourism", "unanswered"] == "tourism"
    again = requests[requests["article_id"] == "c"]
    assert again.loc["labour", "answer"] == "none"
    evidence = first.loc["labour", "answer_evidence"].split(":")[1].split("-")
    text = three.articles.set_index("article_id").loc["b", "text"]
    assert text[int(evidence[0]) : int(evidence[1])].startswith("Kim pledged")


def test_a_relationship_without_asks_has_an_empty_ledger(corpus):
    text = """ date 2023-05-10 OSLO — Norwegian Foreign Minister Anna Berg met Kenyan Foreign \
Minister John Otieno in Oslo on Wednesday. The two ministers discussed trade. — X"""
    tables = corpus(n=text)
    ledger = analysis.ask_ledger(tables, "KEN-NOR")
    assert len(ledger) == 0
    assert list(ledger) == list(analysis.ask_ledger(tables))


def test_the_status_ladder_shows_each_wording_with_its_first_use(three):
    ladder = analysis.status_ladder(three)
    assert ladder["rung"].tolist() == [
        "strategic cooperative partnership",
        "comprehensive strategic partnership",
    ]
    assert ladder["change"].tolist() == ["first", "raised"]
    assert ladder["articles"].tolist() == [1, 2]
    assert ladder["article_id"].tolist() == ["a", "b"]


def test_the_commitment_ladder_takes_the_firmest_act_and_tells_a_hope(three):
    ladder = analysis.commitment_ladder(three, "tourism")
    assert ladder["rung"].tolist() == ["hoped", "proposed"]
    assert ladder["change"].tolist() == ["first", "raised"]
    trade = analysis.commitment_ladder(three, "trade")
    assert trade["rung"].tolist() == ["agreed", "agreed"]
    assert trade["change"].tolist() == ["first", "level"]


def test_staples_that_are_missing_are_reported_with_their_run(three):
    silence = analysis.silence_report(three, "c").set_index("topic")
    assert silence.loc["tourism", ["meetings", "named", "run"]].tolist() == [2, 2, 2]
    assert "labour" not in silence.index


def test_ordinals_imply_the_meetings_before(corpus):
    text = """ date 2023-05-10 OSLO — Norwegian Foreign Minister Anna Berg and Kenyan Foreign \
Minister John Otieno co-chaired the third political dialogue between the two countries in Oslo on \
Wednesday. Berg said trade is growing. — X"""
    calendar = analysis.meeting_calendar(corpus(n=text))
    assert calendar["ordinal"].tolist() == [1, 2, 3]
    assert calendar["known"].tolist() == ["implied", "implied", "reported"]
    assert calendar["not_after"].iloc[0] == pd.Timestamp("2023-05-10")


@pytest.mark.parametrize(
    "function",
    [
        analysis.target_ledger,
        analysis.ask_ledger,
        analysis.status_ladder,
        analysis.meeting_calendar,
    ],
)
def test_an_unknown_dyad_is_refused_with_those_there_are(three, function):
    with pytest.raises(ValueError, match="no article about dyad 'FRA-KEN'; there are KOR-VNM"):
        function(three, dyad="FRA-KEN")


def test_silence_needs_a_known_article_and_a_meeting_before(three):
    with pytest.raises(ValueError, match="no dated article 'z'"):
        analysis.silence_report(three, "z")
    with pytest.raises(ValueError, match="no meeting of KOR-VNM before 2020-05-04"):
        analysis.silence_report(three, "a")


def test_inputs_are_not_changed(three):
    before = {name: table.copy() for name, table in three}
    for function in (analysis.target_ledger, analysis.ask_ledger, analysis.status_ladder):
        function(three)
    for name, table in three:
        pd.testing.assert_frame_equal(table, before[name])


def asked(*rows):
    """Make the least of an ask ledger: side, meeting, topics, answered, answered later."""
    columns = ["side", "meeting", "topics", "answered", "later_answered"]
    table = pd.DataFrame(rows, columns=columns).astype("string")
    ids = "article of " + table["meeting"]
    return table.assign(article_id=ids, day_from=pd.Timestamp("2024-01-02"))


FIVE = asked(
    ("FRA", "m1", "trade;energy", "trade", pd.NA),
    ("FRA", "m1", "trade", pd.NA, pd.NA),  # again in the same meeting: counts once
    ("FRA", "m2", "trade", "trade", pd.NA),
    ("KEN", "m2", "trade;labour", pd.NA, "labour"),
    ("KEN", "m3", pd.NA, pd.NA, pd.NA),
)


def test_a_topic_that_a_side_asks_for_counts_once_a_meeting():
    rows = asked_topics(FIVE).set_index(["side", "topic", "meeting"])
    assert len(rows) == 5
    assert rows.loc[("FRA", "trade", "m1"), ["answered", "later"]].tolist() == [True, False]
    assert rows.loc[("KEN", "labour", "m2"), ["answered", "later"]].tolist() == [False, True]


def test_answers_are_counted_by_side_and_topic():
    rates = answer_rates(FIVE).set_index(["side", "topic"])
    counted = rates[["meetings", "asked", "answered", "never"]]
    assert counted.loc[("FRA", "trade")].tolist() == [2, 2, 2, 0]
    assert counted.loc[("FRA", "energy")].tolist() == [1, 1, 0, 1]
    assert counted.loc[("KEN", "labour")].tolist() == [1, 1, 0, 0]
    # Wilson's interval of 2 of 2 begins at 2 / (2 + z²).
    assert rates.loc[("FRA", "trade"), "low"] == pytest.approx(2 / (2 + 1.959964**2), abs=1e-6)


def test_asks_of_one_meeting_are_drawn_together():
    rates = answer_rates(FIVE, by=["side"]).set_index("side")
    assert rates.loc["FRA", ["asked", "answered"]].tolist() == [3, 2]
    # Two meetings: one answers one of two topics, the other its only one.
    assert rates.loc["FRA", ["low", "high"]].tolist() == [0.5, 1.0]


def test_answers_to_two_sides_are_compared_on_topics_that_both_ask_for():
    many = [("FRA", f"m{i}", "trade", "trade", pd.NA) for i in range(4)]
    many += [("KEN", f"m{i}", "trade", pd.NA, pd.NA) for i in range(4)]
    many += [("KEN", "m9", "labour", pd.NA, pd.NA)]
    table = compare_answers(answer_rates(asked(*many)), "FRA", "KEN")
    assert table["topic"].tolist() == ["trade"]
    assert table.loc[0, ["answered_first", "answered_second"]].tolist() == [4, 0]
    assert table.loc[0, "p"] == pytest.approx(2 / 70)  # of 8 over 4 ways, the two extreme ones
    with pytest.raises(ValueError, match="no topic is asked for by both FRA and DEU"):
        compare_answers(answer_rates(FIVE), "FRA", "DEU")


def test_the_places_of_ask_and_answer_are_laid_out(three):
    asks = analysis.ask_ledger(three)
    history = ask_history(asks)
    first = history[history["ask"] == 0]
    assert first["what"].tolist()[:2] == ["asked", "answer"]
    assert three.evidence(first.iloc[0], context=0).startswith("«Hung asked")
    assert (history["what"] == "asked").sum() == len(asks)


def test_places_are_read_back_from_evidence():
    places = located("b:3-9;c")
    assert places["article_id"].tolist() == ["b", "c"]
    assert places["start"].tolist() == [3, pd.NA]


def test_the_readout_before_is_of_the_same_format_where_there_is_one(three):
    assert successive(three) == ("a", "c")  # phone talks, though a visit lies between
    assert successive(three, "b") == ("a", "b")
    with pytest.raises(ValueError, match="no meeting of KOR-VNM before 2020-05-04"):
        successive(three, "a")
    with pytest.raises(ValueError, match="no dated article 'z'"):
        successive(three, "z")


TALKS = """ date 2024-11-06 OSLO — Norwegian Foreign Minister Anna Berg and Kenyan Foreign \
Minister John Otieno held talks in Oslo on Wednesday.

{} — NTB"""


def ask_rows(corpus, body):
    """Return the requests of one text: by the topics asked for, the answer and what it covers."""
    asks = analysis.ask_ledger(corpus(n=TALKS.format(body)))
    asks = asks[asks["kind"] == "request"].set_index("topics")
    return asks[["answer", "answered"]].fillna("").apply(tuple, axis=1).to_dict()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # An answer stands behind the ask.
        (
            "Berg pledged more scholarships. Otieno asked Norway for more scholarships.",
            {"education_training": ("none", "")},
        ),
        # Neither thanks nor talk of both sides answer.
        (
            "Otieno asked Norway for more scholarships. Berg thanked Kenya for its students.",
            {"education_training": ("none", "")},
        ),
        (
            "Otieno asked Norway to buy more tea and open trade. The two sides exchanged views on "
            "trade.",
            {"trade;agriculture": ("none", "")},
        ),
        # A reply answers what was asked in the turn before, by its strongest act.
        (
            "Otieno asked Norway for visas. He urged Norway to invest in tourism. In reply, Berg "
            "noted the delays and promised to look into these requests.",
            {
                "consular": ("pledged", "consular"),
                "investment;tourism": ("pledged", "investment;tourism"),
            },
        ),
        # If it names some of the topics it answers only these.
        (
            "Otieno asked Norway for visas. He urged Norway to boost tourism. Berg replied that "
            "her Government would issue visas.",
            {"consular": ("pledged", "consular"), "tourism": ("none", "")},
        ),
        # A reply answers also what is about no more than a frame, or names no topic.
        (
            "Otieno asked Norway to send a delegation. Berg welcomed this proposal.",
            {"high_level_exchange": ("noted", "high_level_exchange")},
        ),
        # It does not reach over a turn of one's own.
        (
            "Otieno asked Norway for visas. Berg said fish is fresh. Otieno said tea is good. "
            "In response, Berg promised to be quick.",
            {"consular": ("none", "")},
        ),
        # What comes next without referring back is no reply.
        ("Otieno asked Norway for visas. Berg said it was cold.", {"consular": ("none", "")}),
        # A word such as "mechanism" links nothing.
        (
            "Otieno asked Norway to set up a joint committee on tourism. The two sides agreed to "
            "hold a dialogue mechanism on fisheries.",
            {"mechanisms;tourism": ("none", "")},
        ),
    ],
)
def test_what_answers_an_ask_and_what_does_not(corpus, body, expected):
    assert ask_rows(corpus, body) == expected


def test_statements_of_the_panel_have_no_order_so_that_any_answers():
    panel = analysis.read_panel(dyad="KOR-VNM")
    assert (analysis.ask_ledger(panel)["answer"] != "none").any()
    turned = SimpleNamespace(**{n: getattr(panel, n) for n in ("articles", "meetings", "actors")})
    turned.statements = panel.statements.iloc[::-1]
    counts = [analysis.ask_ledger(t)["answer"].value_counts().to_dict() for t in (panel, turned)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("body", "rung"),
    [
        ("An agreement on trade was signed after the talks.", "signed"),
        ("Firms of the two countries signed a contract on trade.", "signed"),
        ("Several documents were exchanged, one of them on trade.", "signed"),
        ("The trade agreement was signed in 2015. Berg said trade is good.", "affirmed"),
        ("Berg said the trade deals signed by Norway are good.", "affirmed"),
        ("The two sides agreed to apply the trade agreement signed in May 2022.", "agreed"),
        ("The two sides agreed on trade, and views were exchanged.", "agreed"),
    ],
)
def test_only_what_is_signed_now_is_signed(corpus, body, rung):
    ladder = analysis.commitment_ladder(corpus(n=TALKS.format(body)), "trade")
    assert ladder["rung"].tolist() == [rung]
    assert rung != "signed" or ladder["side"].tolist() == ["both"]


def test_this_year_right_behind_an_amount_is_its_horizon(corpus):
    body = "The two sides agreed to raise two-way trade to EUR 2 billion {}."
    for words, year in (("this year", 2024), ("next year", 2025), ("from tea sold", None)):
        ledger = analysis.target_ledger(corpus(n=TALKS.format(body.format(words))))
        assert ledger["horizon"].tolist() == [year or pd.NA], words


def test_a_higher_amount_is_raised_against_earlier_articles(corpus):
    one = TALKS.format("The two sides agreed to raise two-way trade to EUR 1 billion by 2026.")
    two = TALKS.format(
        "The two sides agreed to raise two-way trade to EUR 2 billion by 2027 and EUR 3 billion "
        "by 2030."
    ).replace("2024-11-06", "2025-11-05")
    ledger = analysis.target_ledger(corpus(a=one, b=two))
    assert ledger["change"].tolist() == ["first", "raised", "raised"]
    alone = analysis.target_ledger(corpus(b=two))
    assert alone["change"].tolist() == ["first", "further"]


def test_targets_of_no_common_measure_are_compared_on_the_same_topics_only():
    tables = panel([("a", 2020, pd.NA), ("b", 2021, pd.NA)])
    tables.figures["measure"] = "other"
    assert analysis.target_ledger(tables)["change"].tolist() == ["first", "first"]


def test_a_second_title_makes_no_series_of_its_own(corpus):
    text = """ date {} OSLO — Norwegian {} Anna Berg and Kenyan Foreign Minister John Otieno \
co-chaired the {} political dialogue between the two countries in Oslo. Berg praised trade. — X"""
    one = text.format("2023-05-10", "Foreign Minister", "third")
    two = text.format("2024-05-10", "Deputy Prime Minister and Foreign Minister", "fourth")
    calendar = analysis.meeting_calendar(corpus(a=one, b=two))
    assert calendar["ordinal"].tolist() == [1, 2, 3, 4]
    assert set(calendar["level"]) == {"foreign_minister"}


def test_names_and_ids_of_ledgers_are_text(three):
    ids = ["article_id", "topic", "dyad", "format", "level"]
    functions = (analysis.ask_ledger, analysis.target_ledger, analysis.commitment_ladder)
    for function in (*functions, analysis.status_ladder, analysis.meeting_calendar):
        for tables in (three, analysis.read_panel(dyad="KOR-VNM")):
            types = function(tables).dtypes
            assert {str(types[c]) for c in ids if c in types} == {"string"}, function.__name__


def test_tables_without_a_date_have_no_silence(three):
    articles = three.articles.assign(published_from=pd.NaT, published_to=pd.NaT)
    undated = SimpleNamespace(
        articles=articles, meetings=three.meetings[:0], actors=three.actors, topics=three.topics
    )
    with pytest.raises(ValueError, match="no article has a date"):
        analysis.silence_report(undated)


def test_no_asks_have_no_places(three):
    empty = ask_history(analysis.ask_ledger(three)[:0])
    assert empty.empty
    pd.testing.assert_series_equal(
        empty.dtypes, ask_history(analysis.ask_ledger(three)).dtypes, check_names=False
    )


def test_a_topic_that_no_codebook_has_climbs_no_ladder(three):
    with pytest.raises(ValueError, match="topic 'nosuch' is unknown; allowed: partnership, "):
        analysis.commitment_ladder(three, topic="nosuch")
