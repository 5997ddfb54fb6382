"""Topic frequency on a corpus small enough to count by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.frequency import topic_frequency
from analysis.panel import read_panel
from analysis.presence import meeting_keys
from analysis.schema import codes

DAY = "datetime64[us]"


def corpus(**changes: object) -> SimpleNamespace:
    """Six articles: a and b on one meeting, c alone, d of 2023, e undated, f across a new year."""
    articles = pd.DataFrame(
        {
            "article_id": list("abcdef"),
            "published_from": [
                "2021-05-01",
                "2021-05-03",
                "2021-07-01",
                "2023-02-01",
                None,
                "2022-12-30",
            ],
            "published_to": [
                "2021-05-01",
                "2021-05-03",
                "2021-07-01",
                "2023-02-09",
                None,
                "2023-01-04",
            ],
            "publisher": ["P", "Q", "P", "P", "Q", "Q"],
            "publisher_side": ["VNM", "KOR", "VNM", "VNM", None, "KOR"],
        }
    ).astype({"published_from": DAY, "published_to": DAY})
    topics = pd.DataFrame(
        [
            ("a", "trade", "economy", 5, 10, "coded"),
            ("a", "trade", "economy", 2, 4, "coded"),
            ("b", "trade", "economy", 0, 5, "coded"),
            ("b", "energy", "sustainability", 7, 9, "coded"),
            ("c", "finance", "economy", 1, 3, "optional"),
            ("d", "trade", "economy", 1, 3, "coded"),
            ("e", "trade", "economy", 1, 3, "coded"),
        ],
        columns=["article_id", "topic", "theme", "start", "end", "certainty"],
    )
    held = ["2021-04-30", "2021-04-30", None, None, None, None]
    meetings = pd.DataFrame(
        {
            "article_id": list("abcdef"),
            "date_from": held,
            "date_to": held,
            "participants": ["X;Y", "Y;X", None, "X;Y", "X;Y", None],
        }
    ).astype({"date_from": DAY, "date_to": DAY})
    return SimpleNamespace(articles=articles, topics=topics, meetings=meetings, **changes)


def counts(found: pd.DataFrame, topic: str, level: str = "topic") -> dict[str, tuple[int, int]]:
    rows = found[found[level] == topic]
    return {r.period: (r.n, r.n_all) for r in rows.itertuples()}


def test_meetings_are_counted_once_and_have_the_union_of_their_reports() -> None:
    found = topic_frequency(corpus())
    assert counts(found, "trade") == {
        "2021": (1, 2), "2022": (0, 0), "2023": (1, 1), "undated": (1, 2)
    }  # fmt: skip
    assert counts(found, "energy")["2021"] == (1, 2)


def test_articles_are_counted_one_by_one() -> None:
    found = topic_frequency(corpus(), unit="article")
    assert counts(found, "trade") == {
        "2021": (2, 3), "2022": (0, 0), "2023": (1, 1), "undated": (1, 2)
    }  # fmt: skip
    assert found["counted"].unique().tolist() == ["article"]


def test_period_without_articles_is_no_zero() -> None:
    row = topic_frequency(corpus()).query("topic == 'trade' and period == '2022'").iloc[0]
    assert row["n_all"] == 0
    assert row["share"] is pd.NA
    assert row["low"] is pd.NA
    assert row["note"] == "no articles"


def test_every_topic_of_the_codebook_is_there_in_its_order() -> None:
    found = topic_frequency(corpus())
    assert found["topic"].drop_duplicates().tolist() == list(codes("topic"))
    assert len(found) == 40 * 4


def test_quarters_set_apart_what_fits_into_none() -> None:
    found = topic_frequency(corpus(), by="quarter", unit="article")
    trade = counts(found, "trade")
    assert next(iter(trade)) == "2021Q2"
    assert list(trade)[-2:] == ["2023Q1", "undated"]
    assert len(trade) == 9
    assert trade["undated"] == (1, 2)


def test_the_day_of_a_meeting_decides_before_its_report() -> None:
    tables = corpus()
    tables.meetings.loc[5, ["date_from", "date_to"]] = pd.Timestamp("2022-12-30")
    assert counts(topic_frequency(tables), "trade")["2022"] == (0, 1)


def test_optional_codes_count_only_when_asked() -> None:
    assert counts(topic_frequency(corpus()), "finance")["2021"] == (0, 2)
    assert counts(topic_frequency(corpus(), optional=True), "finance")["2021"] == (1, 2)


def test_tables_from_text_have_no_certainty() -> None:
    tables = corpus()
    tables.topics = tables.topics.drop(columns="certainty")
    assert counts(topic_frequency(tables), "finance")["2021"] == (1, 2)


def test_themes_are_the_union_of_their_topics() -> None:
    found = topic_frequency(corpus(), level="theme", optional=True)
    assert counts(found, "economy", "theme")["2021"] == (2, 2)
    assert "topic" not in found


def test_groups_count_a_meeting_for_each_that_reports_it() -> None:
    found = topic_frequency(corpus(), group="publisher_side")
    by_side = found[(found["topic"] == "energy") & (found["period"] == "2021")]
    assert dict(zip(by_side["publisher_side"], by_side["n"], strict=True)) == {
        "KOR": 1, "VNM": 0, "unknown": 0
    }  # fmt: skip
    assert dict(zip(by_side["publisher_side"], by_side["n_all"], strict=True)) == {
        "KOR": 1, "VNM": 2, "unknown": 0
    }  # fmt: skip


def test_evidence_is_the_first_mention_in_each_article() -> None:
    row = topic_frequency(corpus()).query("topic == 'trade' and period == '2021'").iloc[0]
    assert row["evidence"] == "a:2-4;b:0-5"


def test_last_period_says_up_to_when() -> None:
    notes = topic_frequency(read_panel(dyad="KOR-VNM")).set_index("period")["note"]
    assert notes["2026"].unique().tolist() == ["up to 2026-03-10"]
    assert notes["2021"].isna().all()


def test_order_of_rows_does_not_matter_and_input_stays() -> None:
    tables, before = corpus(), corpus()
    turned = SimpleNamespace(
        articles=tables.articles[::-1], topics=tables.topics[::-1], meetings=tables.meetings[::-1]
    )
    pd.testing.assert_frame_equal(topic_frequency(tables), topic_frequency(turned))
    for name in ("articles", "topics", "meetings"):
        pd.testing.assert_frame_equal(getattr(tables, name), getattr(before, name))


def test_meeting_keys_need_days_and_people() -> None:
    keys = meeting_keys(corpus())
    assert keys["a"] == keys["b"]
    assert keys["c"] == "c"
    assert keys["d"] != keys["e"]
    long = corpus()
    long.meetings["date_from"] = pd.Timestamp("2021-01-01")
    long.meetings["date_to"] = pd.Timestamp("2021-12-31")
    assert meeting_keys(long).is_unique


def test_panel_shares_counted_by_hand() -> None:
    panel = read_panel(dyad="KOR-VNM")
    found = topic_frequency(panel)
    assert found.drop_duplicates("period")["n_all"].sum() == panel.articles["meeting_key"].nunique()
    day = panel.meetings["date_from"].dt.year
    keys = set(panel.meetings.loc[day == 2025, "meeting_key"])
    named = panel.topics[(panel.topics["topic"] == "apec") & (panel.topics["certainty"] == "coded")]
    of = panel.articles.set_index("article_id")["meeting_key"]
    expected = len(set(of[named["article_id"]]) & keys), len(keys)
    assert counts(found, "apec")["2025"] == expected


def test_no_topic_at_all_is_all_zero() -> None:
    tables = corpus()
    tables.topics = tables.topics.head(0)
    found = topic_frequency(tables)
    assert found["n"].sum() == 0
    assert found["evidence"].isna().all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"by": "month"}, "by='month'; allowed: year, quarter"),
        ({"unit": "page"}, "unit='page'; allowed: meeting, story, article"),
        ({"level": "word"}, "level='word'; allowed: topic, theme"),
        ({"group": "colour"}, "group='colour'; allowed: a column of articles or meetings"),
    ],
)
def test_bad_calls_are_refused(call: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        topic_frequency(corpus(), **call)


# ---------------------------------------------------------------- stories


def reprinted() -> SimpleNamespace:
    """The corpus with three reprints: g of a, in the next year, h of c and of h's own reprint i."""
    tables = corpus()
    tables.articles["story_id"] = tables.articles["article_id"]
    more = pd.DataFrame(
        {
            "article_id": list("ghi"),
            "published_from": ["2022-01-01", "2021-07-02", "2021-07-02"],
            "published_to": ["2022-01-01", "2021-07-02", "2021-07-02"],
            "publisher": ["R", "Q", "R"],
            "story_id": list("acc"),
        }
    ).astype({"published_from": DAY, "published_to": DAY})
    tables.articles = pd.concat([tables.articles, more], ignore_index=True)
    named = [("g", "trade", "economy", 5, 10, "coded"), ("i", "health", "society", 1, 3, "coded")]
    topics = pd.DataFrame(named, columns=tables.topics.columns)
    tables.topics = pd.concat([tables.topics, topics], ignore_index=True)
    held = pd.DataFrame({"article_id": list("ghi")}, columns=tables.meetings.columns)
    held = held.astype({"date_from": DAY, "date_to": DAY})
    tables.meetings = pd.concat([tables.meetings, held], ignore_index=True)
    return tables


def test_stories_are_counted_once_in_the_period_of_their_first_article() -> None:
    by_article = topic_frequency(reprinted(), unit="article")
    by_story = topic_frequency(reprinted(), unit="story")
    assert counts(by_article, "trade")["2021"] == (2, 5)
    assert counts(by_article, "trade")["2022"] == (1, 1)
    assert counts(by_story, "trade")["2021"] == (2, 3)
    assert counts(by_story, "trade")["2022"] == (0, 0)
    assert counts(by_story, "health")["2021"] == (1, 3), "what any of its articles names"
    assert by_story["counted"].unique().tolist() == ["story"]


def test_reprints_report_the_meeting_of_their_story() -> None:
    keys = meeting_keys(reprinted())
    assert keys["g"] == keys["a"] == keys["b"] != "a"
    assert keys["h"] == keys["i"] == keys["c"] == "c"
    assert counts(topic_frequency(reprinted()), "trade") == counts(
        topic_frequency(corpus()), "trade"
    )


def test_the_first_article_of_a_story_says_which_meeting_it_is() -> None:
    """Of h and i only i says who met; then c does too, and goes before it where h is silent."""
    tables = reprinted()
    days = ["date_from", "date_to"]
    tables.meetings = tables.meetings.set_index("article_id")
    tables.meetings.loc["i", days], tables.meetings.loc["i", "participants"] = DAYS[1], "X;Z"
    keys = meeting_keys(unindexed(tables))
    assert keys["h"] == keys["c"] == keys["i"] == "2021-07-01/2021-07-01 X;Z"
    tables.meetings.loc["c", days], tables.meetings.loc["c", "participants"] = DAYS[0], "X;Y"
    keys = meeting_keys(unindexed(tables))
    assert keys["h"] == keys["c"] == "2021-06-30/2021-06-30 X;Y"
    assert keys["i"] == "2021-07-01/2021-07-01 X;Z", "what an article says itself stays"


DAYS = (pd.Timestamp("2021-06-30"), pd.Timestamp("2021-07-01"))


def unindexed(tables: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(tables), "meetings": tables.meetings.reset_index()})


def test_what_was_not_compared_has_no_stories_to_count() -> None:
    said = r"unit='story': 6 of 6 articles have no story_id, which needs texts; count by meeting"
    with pytest.raises(ValueError, match=said):
        topic_frequency(corpus(), unit="story")
    with pytest.raises(ValueError, match=r"unit='story': \d+ of \d+ articles have no story_id"):
        topic_frequency(read_panel(), unit="story")
