"""The coded panel: the committed files pass their own check, and each fault is refused."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.panel import FOLDER, PanelError, read_panel
from analysis.panel_files import COLUMNS
from analysis.schema import TABLES, codes


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "panel"))


def edit(folder: Path, name: str, row: int, column: str, value: str) -> None:
    path = folder / f"{name}.csv"
    table = pd.read_csv(path, dtype="string", keep_default_na=False)
    table.loc[row, column] = value
    table.to_csv(path, index=False)


def test_committed_panel_passes_and_has_the_articles_announced() -> None:
    panel = read_panel()
    assert len(panel.articles) == 124
    pair = read_panel(dyad="KOR-VNM")
    assert len(pair.articles) == 110
    assert (pair.articles["publisher_side"] == "KOR").sum() == 33
    years = pair.articles["published_from"].dt.year.value_counts()
    # As received 23 in 2024 and two undated, which the README's corrections date to that year.
    assert years.sort_index().to_dict() == {
        2021: 14,
        2022: 17,
        2023: 21,
        2024: 25,
        2025: 29,
        2026: 4,
    }


@pytest.mark.parametrize(
    "name", ["articles", "topics", "actors", "figures", "statements", "meetings"]
)
def test_tables_begin_with_the_columns_of_the_schema(name: str) -> None:
    table = getattr(read_panel(), name)
    assert list(table.columns)[: len(TABLES[name].names)] == TABLES[name].names
    assert str(table["article_id"].dtype) == "string"


def test_what_only_text_can_give_is_missing() -> None:
    panel = read_panel()
    assert panel.topics[["start", "end", "surface", "sentence", "term"]].isna().all(axis=None)
    assert panel.articles["text"].isna().all()
    assert panel.sentences.empty


def test_levels_become_roles_and_keep_the_panels_word() -> None:
    meetings = read_panel().meetings
    assert set(meetings["level"]) <= set(codes("role"))
    row = meetings[meetings["channel"] == "local"].iloc[0]
    assert row["level"] == "governor"


def test_undated_articles_get_an_interval_and_say_why() -> None:
    articles = read_panel().articles.set_index("article_id")
    row = articles.loc["p005"]
    assert row["published_from"] == pd.Timestamp("2021-06-23")
    assert row["published_to"] == pd.Timestamp("2021-06-30")
    assert row["date_basis"] == "inferred"
    assert "2021-06-23" in row["date_evidence"]
    assert articles.loc["p001", "published_from"] == articles.loc["p001", "published_to"]


def test_one_meeting_has_one_key() -> None:
    articles = read_panel().articles.set_index("article_id")["meeting_key"]
    assert articles["p084"] == articles["p085"]
    assert articles["p050"] == articles["p053"] == articles["p055"]


def test_dyad_keeps_every_table_to_its_articles() -> None:
    panel = read_panel(dyad="JPN-VNM")
    kept = set(panel.articles["article_id"])
    for name in ("topics", "actors", "figures", "statements", "meetings", "second_coding"):
        assert set(getattr(panel, name)["article_id"]) <= kept
    with pytest.raises(PanelError, match="'JPN-KOR' is not in the panel; it has IDN-KOR"):
        read_panel(dyad="JPN-KOR")


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "message"),
    [
        ("topics", 0, "topic", "weather", r"topics.csv line\(s\) 2: topic allows partnership"),
        ("topics", 0, "theme", "security", "theme is not the codebook's theme"),
        ("topics", 0, "certainty", "maybe", "certainty allows coded, optional"),
        ("topics", 1, "topic", "investment", "repeats an earlier article_id, topic"),
        ("topics", 0, "article_id", "p999", "article_id is not in articles.csv"),
        ("topics", 0, "article_id", "", "article_id is empty"),
        ("articles", 1, "article_id", "p001", "repeats an earlier article_id"),
        ("articles", 0, "level", "king", "level allows general_secretary"),
        ("articles", 0, "format", "lunch", "format allows phone_talks"),
        ("articles", 0, "publisher_side", "other", "must be an ISO 3166-1 alpha-3"),
        ("articles", 0, "published", "10/3/2021", "published is no YYYY-MM-DD"),
        ("articles", 0, "event_to", "2021-03-01", "event_to is before event_from"),
        ("articles", 0, "published", "2021-05-10", "published more than 7 days after"),
        ("articles", 3, "event_from", "2021-06-21", r"2021-06-23-fm-talks \(p004, p006\)"),
        ("articles", 3, "meeting_key", "talks", "have two keys, talks, 2021-06-23-fm-talks"),
        ("actors", 2, "actor", "Bui Thanh Son", "Bui Thanh Son, Bùi Thanh Sơn; keep one"),
        ("actors", 2, "side", "KOR", "Bùi Thanh Sơn acts for more than one side"),
        ("actors", 2, "role", "foreign_minister;boss", "role allows general_secretary"),
        ("figures", 3, "unit", "dollar", "unit must be an ISO 4217 code"),
        ("figures", 0, "measure", "height", "measure allows bilateral_trade"),
        ("statements", 0, "act", "shout", "act allows agree"),
        ("statements", 0, "topics", "trade;weather", "topics allows partnership"),
        ("second_coding", 0, "topic", "weather", r"second_coding.csv line\(s\) 2"),
    ],
)
def test_a_fault_is_refused_with_file_line_and_rule(
    copy: Path, name: str, row: int, column: str, value: str, message: str
) -> None:
    edit(copy, name, row, column, value)
    with pytest.raises(PanelError, match=message):
        read_panel(copy)


def test_all_faults_are_listed_at_once(copy: Path) -> None:
    edit(copy, "topics", 0, "certainty", "maybe")
    edit(copy, "figures", 0, "measure", "height")
    with pytest.raises(PanelError, match=r"2 fault\(s\)"):
        read_panel(copy)


def test_missing_file_and_column_are_named(copy: Path) -> None:
    (copy / "second_coding.csv").unlink()
    assert read_panel(copy).second_coding.empty
    (copy / "figures.csv").write_text("article_id,kind\n", encoding="utf-8")
    with pytest.raises(PanelError, match=r"figures.csv: columns \['article_id', 'kind'\]; allowed"):
        read_panel(copy)
    (copy / "figures.csv").unlink()
    with pytest.raises(PanelError, match=r"no figures.csv; a panel needs"):
        read_panel(copy)


def test_readme_describes_every_column() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    for name, columns in COLUMNS.items():
        assert f"`{name}.csv`" in text
        assert [c for c in columns.split() if f"`{c}`" not in text] == []
