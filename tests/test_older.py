"""Tables of earlier versions: brought up to date with a warning, or refused, never misread."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.cli import main
from analysis.exact_csv import read_csv
from analysis.schema import HISTORY, SCHEMA, TABLES, TableError, cast
from analysis.tables import load_tables

# Stored by the library before tables had a list of their files, and articles a story.
FIRST = Path(__file__).parent / "cases" / "tables_v1"


@pytest.fixture
def first(tmp_path):
    return shutil.copytree(FIRST, tmp_path / "first")


def as_parquet(folder):
    """Store the same tables as that version stored them as Parquet."""
    for name in TABLES:
        path = folder / f"{name}.csv"
        table = read_csv(path).assign(**{"story_id": None} if name == "articles" else {})
        typed = cast(name, table).drop(columns="story_id", errors="ignore")
        typed.to_parquet(folder / f"{name}.parquet", index=False)
        path.unlink()


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_tables_of_the_first_schema_get_their_stories_with_one_warning(first, tmp_path, format):
    if format == "parquet":
        as_parquet(first)
    with pytest.warns(UserWarning, match=r"articles\.story_id, which was found from") as told:
        tables = load_tables(first)
    assert len(told) == 1
    assert "save them again to keep it" in str(told[0].message)
    assert tables.articles["story_id"].tolist() == ["a", "a", "c"]
    again = analysis.extract(tables.articles.assign(story_id=None).astype({"story_id": "string"}))
    assert again.articles["story_id"].tolist() == ["a", "a", "c"]
    tables.save(tmp_path / "now")
    for (name, one), (_, other) in zip(load_tables(tmp_path / "now"), tables, strict=True):
        pd.testing.assert_frame_equal(one, other, obj=name)
    manifest = json.loads((tmp_path / "now" / "tables.json").read_text("utf-8"))
    assert manifest["schema"] == SCHEMA == max(HISTORY)


@pytest.mark.filterwarnings("default")
def test_the_warning_is_one_line_of_the_command(first, tmp_path, capsys):
    assert main(["export", str(first), "--out", str(tmp_path / "t.xlsx")]) == 0
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "its tables are of an earlier schema" in said[0]


def test_tables_of_the_first_schema_are_verified_but_for_what_they_lack(first):
    findings = analysis.verify(first)
    assert findings["check"].tolist() == ["manifest"]
    stories, sources = findings.attrs["notes"]
    assert stories == "no article has a story_id, so that none was checked"
    assert sources.startswith("of 3 articles the source is not at hand")
    path = first / "topics.csv"
    text = path.read_text("utf-8")
    assert ",tourism," in text
    path.write_text(text.replace(",tourism,", ",fishing,"), "utf-8")
    assert "value" in analysis.verify(first)["check"].tolist()


def test_a_table_that_lost_a_column_of_its_schema_is_refused(first):
    with pytest.warns(UserWarning, match="earlier schema"):
        tables = load_tables(first)
    tables.save(first)
    table = pd.read_parquet(first / "articles.parquet").drop(columns="story_id")
    table.to_parquet(first / "articles.parquet")
    with pytest.raises(TableError, match=r"table articles: columns \['story_id'\] are missing"):
        load_tables(first)
    findings = analysis.verify(first)
    assert "missing column" in findings["check"].tolist()


def test_an_unknown_column_is_refused_by_its_name(first):
    path = first / "meetings.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(f"{line},x" for line in lines), "utf-8")
    with pytest.raises(TableError, match=r"table meetings: columns \['x'\] are unknown; allowed: "):
        load_tables(first)


def test_tables_of_a_later_schema_are_refused_with_what_to_do(first):
    (first / "tables.json").write_text(json.dumps({"schema": SCHEMA + 1, "files": {}}))
    with pytest.raises(TableError, match=rf"of schema {SCHEMA + 1}, .* up to {SCHEMA}; update"):
        load_tables(first)


@pytest.mark.parametrize("data", ["", "{}", "null", '{"schema": true, "files": {}}'])
def test_a_list_of_files_that_cannot_be_read_is_refused(first, data):
    (first / "tables.json").write_text(data)
    with pytest.raises(TableError, match=r"tables\.json: is no list of tables; get it again"):
        load_tables(first)


def test_a_folder_written_for_spreadsheets_is_refused_by_the_command(first, tmp_path, capsys):
    with pytest.warns(UserWarning, match="earlier schema"):
        load_tables(first).export(tmp_path / "sheets", "csv")
    for words in (["verify"], ["export", "--out", str(tmp_path / "t.xlsx")]):
        main([words[0], str(tmp_path / "sheets"), *words[1:]])
        said = capsys.readouterr()
        assert "was written by `export` for spreadsheets" in said.out + said.err


def test_every_version_of_the_schema_is_told():
    assert list(HISTORY) == list(range(1, SCHEMA + 1))
    came = {c.since for table in TABLES.values() for c in table.columns}
    assert came <= set(HISTORY)
