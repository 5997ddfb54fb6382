"""Charts: what a picture says is in its text, and nothing is claimed beyond the table."""

import warnings
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import charts, corpus_charts, figure_charts, prose, theme_charts, trend_charts
from analysis.association import topic_association
from analysis.frequency import topic_frequency
from analysis.statistics import wilson
from analysis.style import COLOURS, SIDES, installed_fonts, side_colours
from analysis.topic_clusters import cluster_topics

SOURCE = "Source: made up for a test"
PNG = b"\x89PNG"


def tables(years, topics):
    """Tables of made-up articles: a year each (or none), and the topics that each names."""
    ids = [f"a{i}" for i in range(len(years))]
    days = pd.to_datetime([f"{y}-06-01" if y else None for y in years]).astype("datetime64[us]")
    articles = pd.DataFrame({"article_id": pd.array(ids, "string")})
    articles["published_from"] = articles["published_to"] = days
    rows = [
        (i, topic, theme) for i, named in zip(ids, topics, strict=True) for topic, theme in named
    ]
    found = pd.DataFrame(rows, columns=["article_id", "topic", "theme"]).astype("string")
    found["start"], found["end"] = 0, 1
    meetings = pd.DataFrame(
        {"article_id": [], "date_from": [], "date_to": [], "participants": []}
    ).astype({"date_from": "datetime64[us]", "date_to": "datetime64[us]"})
    return SimpleNamespace(articles=articles, topics=found, meetings=meetings)


TRADE, HEALTH = ("trade", "economy"), ("health", "people")


@pytest.fixture(scope="module")
def years():
    """Trade in every article; health in one of two; nothing in 2022."""
    corpus = tables(["2021", "2021", "2023", "2024"], [[TRADE, HEALTH], [TRADE], [TRADE], [TRADE]])
    return topic_frequency(corpus, unit="article")


@pytest.fixture(scope="module")
def pooled(years):
    found = years.groupby(["theme", "topic", "counted"], sort=False)[["n", "n_all"]].sum()
    found = found.reset_index()
    found["share"], found["low"], found["high"] = wilson(found["n"], found["n_all"])
    return found


def trends(**changes):
    """Two topics: one that rose clearly, one of which nothing can be told."""
    rows = pd.DataFrame(
        {
            "theme": ["economy", "people"],
            "topic": ["trade", "health"],
            "n": [30, 12],
            "n_all": [60, 60],
            "share_first": [0.1, 0.2],
            "share_last": [0.9, 0.3],
            "change": [0.2, 0.02],
            "low": [0.1, -0.05],
            "high": [0.3, 0.09],
            "p": [0.001, 0.6],
            "p_holm": [0.002, 0.6],
        }
    )
    return rows.assign(**changes)


def test_a_chart_shows_as_a_picture_with_the_same_text_for_readers_and_for_tests(pooled):
    chart = charts.frequency(pooled, SOURCE, "2021 to 2024")
    data, metadata = chart._repr_mimebundle_()
    assert data["image/png"].startswith(PNG)
    assert data["text/plain"] == metadata["image/png"]["alt"] == chart.alt
    assert "Trade named in all four articles" in chart.alt
    assert "Trade 4 (51 % to 100 %)" in chart.alt
    assert chart.alt.endswith(f"{SOURCE}.")


def test_the_same_table_gives_the_same_bytes(pooled):
    first, second = (charts.frequency(pooled, SOURCE, "2021 to 2024") for _ in range(2))
    assert first.png == second.png


def test_few_articles_are_said_to_be_few(pooled):
    assert "Four articles are four articles" in charts.frequency(pooled, SOURCE, "2021").alt
    many = pooled.assign(n_all=40)
    assert "are forty" not in charts.frequency(many, SOURCE, "2021").alt


def test_a_year_without_articles_is_no_zero(years):
    alt = trend_charts.years(years, SOURCE).alt
    assert "No articles in 2022" in alt
    assert "2022: 0" not in alt


def test_only_what_passes_the_corrected_test_is_called_a_change():
    alt = trend_charts.trends(trends(), SOURCE, "2021", "2025").alt
    assert "Trade rose: 10 % in 2021, 90 % in 2025" in alt
    assert "Intervals that include no change: Health" in alt
    alt = trend_charts.trends(trends(p_holm=[0.06, 1.0]), SOURCE, "2021", "2025").alt
    assert alt.startswith("None of 2 topics clearly rose or fell")
    assert "Not clear after correction for 2 topics: Trade" in alt


@pytest.mark.parametrize("value", [7, 12])
def test_a_changed_number_changes_the_text(value):
    """Pictures are not compared by the tests of notebooks: their text has to give it away."""
    table = pd.DataFrame({"act": ["agree", "propose"], "side": ["NOR", "KEN"], "n": [value, 3]})
    assert f"agree {value}" in figure_charts.acts(table, SOURCE).alt


def test_letters_of_every_language_at_hand_are_drawn():
    """A letter that no font has is drawn as a box, with a warning, which is an error here."""
    names = ["Nguyễn Thị Đỗ Hằng", "Bùi Thanh Sơn"]
    if len(installed_fonts()) > 1:
        names.append("조태열")
    people = pd.DataFrame({"actor": names, "side": "VNM", "role": "foreign_minister"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chart = figure_charts.people(people.assign(n=range(1, len(names) + 1)), SOURCE, "mentions")
    assert all(name in chart.alt for name in names)


def test_drawing_leaves_the_callers_settings_and_tables_alone(pooled):
    import matplotlib

    settings, before = dict(matplotlib.rcParams), pooled.copy()
    charts.frequency(pooled, SOURCE, "2021")
    assert dict(matplotlib.rcParams) == settings
    pd.testing.assert_frame_equal(pooled, before)


def test_sides_have_colours_of_their_own_whatever_states_they_are():
    colours = side_colours(["NOR", "KEN", "BRA", "both"])
    assert len(set(colours.values())) == 4
    assert colours["both"] == COLOURS["both"]
    assert colours["NOR"] == SIDES[0]


def test_targets_in_any_currency_with_and_without_a_year():
    table = pd.DataFrame(
        {
            "date_from": pd.to_datetime(["2021-05-01", "2022-05-01", "2022-06-01"]),
            "by": ["one", "two", "three"],
            "value": [5e9, 2e9, 2e9],
            "unit": ["NOK", "KES", "KES"],
            "horizon": pd.array([2030, None, None], "Int64"),
        }
    )
    alt = figure_charts.targets(table, SOURCE).alt
    assert alt.startswith("KES 2 billion without a year is the target stated most: two of three")
    assert "NOK 5 billion by 2030 one time" in alt


def test_trade_says_which_targets_were_reached_and_what_the_open_one_takes():
    actual = pd.DataFrame(
        {"year": [2020, 2021], "value": [60e9, 70e9], "unit": "USD", "reporter": "KEN"}
    )
    goals = pd.DataFrame(
        {"value": [65e9, 90e9, 140e9], "horizon": [2021, 2021, 2022], "first": 2015, "last": 2016}
    ).assign(times=2)
    way = pd.DataFrame({"reporter": ["KEN"], "year": [2021], "value": [70e9]})
    way = way.assign(target=140e9, horizon=2022, growth=1.0)
    alt = figure_charts.trade(actual, goals, way, SOURCE).alt
    assert "One of two targets whose year has passed was reached" in alt
    assert "USD 140 billion by 2022 takes 100.0 % growth a year" in alt


def test_topics_that_travel_together_are_named_with_their_test():
    both, other = [TRADE, HEALTH], [("culture", "people"), ("energy", "sustainability")]
    corpus = tables(["2021"] * 40, [both] * 20 + [other] * 20)
    pairs = topic_association(corpus, unit="article")
    found = cluster_topics(corpus, unit="article", draws=5)
    alt = theme_charts.association(pairs, found, SOURCE).alt
    assert "Trade and Health travel together most (phi 1.00)" in alt
    assert "two of 6 pairs pass" in alt
    assert "two of 2" not in theme_charts.links(pairs, found, SOURCE).alt


def test_a_corpus_shows_its_gaps():
    table = pd.DataFrame(
        {
            "period": ["2021", "2022", "2023"],
            "articles": [3, 0, 1],
            "meetings": [2, 0, 1],
            "note": pd.array([None, "no articles", None], "string"),
        }
    )
    alt = corpus_charts.corpus(table, SOURCE).alt
    assert "4 articles on 3 meetings; most meetings (2) in 2021, nothing in 2022" in alt


@pytest.mark.parametrize(
    ("numbers", "said"),
    [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_parts_are_listed_as_a_sentence_does(numbers, said):
    assert prose.listing(numbers) == said


def test_a_chart_of_thousands_of_targets_draws_the_latest():
    days = pd.date_range("2015-01-01", periods=3000)
    stated = pd.DataFrame({"date_from": days, "value": 1e11, "unit": "USD", "by": "a"})
    stated = stated.assign(horizon=pd.array([2030] * len(stated), dtype="Int64"))
    chart = figure_charts.targets(stated, "Source: made up")
    assert len(chart.data) == 40
    assert chart.data["date_from"].max() == days[-1]
    assert "3,000 statements of a target; the latest 40 are drawn" in chart.alt
