"""Topics counted in a folder that is never loaded: the same numbers as from loaded tables."""

import pandas as pd
import pytest

from analysis import folder_frequency, load_tables, scale, topic_frequency, topic_frequency_in
from analysis.schema import TableError

SOURCES = ("seeds", "tests/gold/world2", "tests/gold/reprints.jsonl")


@pytest.fixture(scope="module", params=["one file", "a file a year"])
def folder(request, tmp_path_factory):
    """Return a folder of tables in either layout, with undated articles and empty years."""
    out = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scale, "ONE_FILE", 0 if request.param == "a file a year" else 10**6)
        scale.extract_into(out, *SOURCES)
    assert (out / "topics.parquet").is_file() == (request.param == "one file")
    return out


@pytest.mark.parametrize("by", ["year", "quarter"])
@pytest.mark.parametrize("level", ["topic", "theme"])
@pytest.mark.parametrize("unit", ["article", "story"])
def test_the_numbers_are_those_of_the_loaded_tables(folder, by, level, unit):
    loaded = topic_frequency(load_tables(folder), by, unit=unit, level=level)
    told = set(loaded["note"].dropna())
    assert told > {"dates fit into no single period", *(["no articles"] if by == "quarter" else [])}
    assert any(note.startswith("up to") for note in told)
    found = topic_frequency_in(folder, by, level, unit)
    pd.testing.assert_frame_equal(found, loaded.drop(columns="evidence"))


def test_texts_are_not_read(folder, monkeypatch):
    read = []

    def noted(path, columns, partitioning):
        read.extend(columns)
        return pd_read(path, columns=columns, partitioning=partitioning)

    pd_read = pd.read_parquet
    monkeypatch.setattr(folder_frequency.pd, "read_parquet", noted)
    topic_frequency_in(folder)
    assert set(read) == {"article_id", "published_from", "published_to"}
    topic_frequency_in(folder, unit="story")
    assert set(read) == {"article_id", "published_from", "published_to", "story_id"}


def test_a_story_of_two_years_is_counted_in_the_first(tmp_path, monkeypatch):
    text = "HÀ NỘI — The two ministers of Norway and Kenya agreed on trade and on fish."
    for name, day in (("b", "2023-12-31"), ("a", "2024-01-01"), ("c", "2024-01-02")):
        (tmp_path / f"{name}.txt").write_text(f" date {day} {text}", encoding="utf-8")
    monkeypatch.setattr(scale, "ONE_FILE", 0)
    scale.extract_into(tmp_path / "out", tmp_path)
    for unit, expected in (("article", {"2023": 1, "2024": 2}), ("story", {"2023": 1})):
        found = topic_frequency_in(tmp_path / "out", unit=unit)
        trade = found[found["topic"] == "trade"]
        assert dict(zip(trade["period"], trade["n"], strict=True)) == expected
        assert dict(zip(trade["period"], trade["n_all"], strict=True)) == expected


def test_what_cannot_be_counted_is_refused(folder):
    with pytest.raises(ValueError, match="by='week'; allowed: year, quarter"):
        topic_frequency_in(folder, by="week")
    with pytest.raises(ValueError, match="level='word'; allowed: topic, theme"):
        topic_frequency_in(folder, level="word")
    with pytest.raises(ValueError, match="unit='meeting'; allowed: article, story"):
        topic_frequency_in(folder, unit="meeting")
    with pytest.raises(TableError, match="has no articles as Parquet"):
        topic_frequency_in(folder / "none")
