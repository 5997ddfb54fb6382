"""Charts of ledgers and comparisons: the text says what the table says, counted by hand."""

import pandas as pd
import pytest

import analysis
from analysis import comparison_charts, ledger_charts

SOURCE = "Source: made up for a test"


@pytest.fixture(scope="module")
def rates():
    """Two sides, of which one is never answered on energy, asked for in five meetings."""
    rows = [("FRA", "trade", 4, 3), ("KEN", "trade", 3, 0), ("KEN", "energy", 5, 0)]
    rows += [("FRA", "health", 2, 0)]
    table = pd.DataFrame(rows, columns=["side", "topic", "asked", "answered"])
    return table.astype({"side": "string", "topic": "string"})


def test_asks_without_any_answer_are_named_only_from_five_on(rates):
    before = rates.copy()
    chart = ledger_charts.asks(rates, SOURCE)
    assert chart.alt.startswith(
        "Asked for most: Trade and Energy; no answer in the meeting to any ask for Energy."
    )
    assert "Trade 4 (3 answered)" in chart.alt
    pd.testing.assert_frame_equal(rates, before)


def answered(told_by, first, second):
    """Make one way of counting: the intervals of two sides."""
    columns = ["side", "meetings", "asked", "answered", "share", "low", "high"]
    rows = [("FRA", 40, 10, 4, 0.4, *first), ("KEN", 9, 10, 1, 0.1, *second)]
    return pd.DataFrame(rows, columns=columns).assign(told_by=told_by)


def test_sides_are_said_to_differ_only_where_their_intervals_lie_apart():
    ways = [answered("all", (0.3, 0.5), (0.0, 0.2)), answered("short", (0.1, 0.7), (0.0, 0.4))]
    chart = ledger_charts.answers(pd.concat(ways, ignore_index=True), SOURCE)
    assert "for 40 % of the topics asked for, KEN's for 10 %" in chart.alt
    assert "their intervals lie apart in one of two ways of counting" in chart.alt


def test_the_way_of_a_horizon_is_told_step_by_step():
    days = pd.to_datetime(["2020-01-05", "2021-01-05", "2022-01-05", "2022-03-05", "2020-01-05"])
    table = pd.DataFrame({"day_from": days, "value": [1e9, 1e9, 1e9, 1e9, 2e9], "unit": "EUR"})
    table["horizon"] = pd.array([2022, 2022, pd.NA, 2025, 2030], dtype="Int64")
    chart = ledger_charts.horizons(table, SOURCE)
    moved = (
        "The year for EUR 1 billion moves once, from 2022 to 2025; one of 4 statements give none"
    )
    assert chart.alt.startswith(moved)
    assert "that for EUR 2 billion never changes" in chart.alt
    assert "EUR 1 billion: 2022 → no year → 2025" in chart.alt


def test_topics_of_two_readouts_are_counted(corpus, two_readouts):
    changes = analysis.compare_readouts(corpus(**two_readouts), "b", "c")
    chart = comparison_charts.successive(changes, SOURCE, "then", "now")
    assert chart.alt.startswith("0 topics new, one dropped, three named in both readouts")
    assert "dropped: Tourism" in chart.alt


@pytest.fixture(scope="module")
def told():
    """Three items over six meetings: one in both accounts, one in either alone."""
    rows = [
        ("both agree", 5, 1, 0, 1.0),
        ("FRA propose", 0, 3, 2, 1.0),
        ("KEN pledge", 1, 0, 0, 1.0),
    ]
    table = pd.DataFrame(rows, columns=["item", "both", "only_first", "only_second", "p"])
    return table.assign(aspect="act", meetings=6, p_holm=1.0)


def test_items_that_only_one_account_ever_tells_are_named(told):
    chart = comparison_charts.pattern(told, SOURCE, "FRA", "KEN")
    assert chart.alt.startswith("FRA propose: never in both accounts of a meeting; none is clearly")
    assert "FRA propose: both 0, only FRA 3, only KEN 2" in chart.alt


def test_the_overlap_is_a_share_of_all_topics_named():
    days = pd.to_datetime(["2024-03-01", "2024-04-02"])
    table = pd.DataFrame({"day_from": days, "both": [1, 2], "only_first": [3, 2]})
    chart = comparison_charts.overlap(table.assign(only_second=[0, 2]), SOURCE, "FRA", "KEN")
    assert "30 % stand in both; 50 % only in FRA's, 20 % only in KEN's" in chart.alt
    assert "1 March 2024: both 1, only FRA 3, only KEN 0" in chart.alt


def test_requests_are_counted_by_what_becomes_of_them():
    kinds = ["joint", "joint", "absent", "reversed"]
    table = pd.DataFrame({"retold": kinds, "told_by": ["FRA", "FRA", "FRA", "KEN"]})
    chart = comparison_charts.retold(table.assign(meeting=["m", "m", "n", "n"]), SOURCE)
    assert "Of 4 topics told as a request" in chart.alt
    assert "none as the same request, two as agreed together, one as its own" in chart.alt


def test_the_title_on_accuracy_leaves_out_measures_with_few_items():
    columns = ["set", "unseen", "measure", "value", "low", "high", "items"]
    rows = [
        ("seeds", False, "topics", 1.0, 1.0, 1.0, 40),
        ("new", True, "topics", 0.8, 0.7, 0.9, 40),
        ("new", True, "persons", 0.9, 0.8, 1.0, 31),
        ("new", True, "figure_horizon", 0.5, 0.0, 1.0, 2),
    ]
    chart = ledger_charts.quality(pd.DataFrame(rows, columns=columns), SOURCE)
    assert chart.alt.startswith(
        "On the sets of other countries, of the measures with 30 items or more, topics scores "
        "lowest (0.80 in new)"
    )
    assert "figure horizon" not in chart.alt
