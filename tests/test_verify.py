"""Stored tables prove themselves: whatever is changed in them or in their sources is named."""

import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analysis
from analysis import checked_pieces, scale
from analysis.cli import main
from analysis.scale import extract_into
from analysis.schema import TABLES, TableError, empty
from analysis.tables import load_tables

WITH_WORDS = ("topics", "actors", "figures")
IN_SENTENCES = (*WITH_WORDS, "statements")
few = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
choice = st.integers(0, 10**6)


@pytest.fixture(scope="module")
def source(tmp_path_factory, two_readouts):
    """Return a folder of three articles, one without a day."""
    folder = tmp_path_factory.mktemp("source")
    undated = "OSLO — Minister Kari Nordmann met Minister Eva Berg.\n\nThey agreed."
    for name, text in {**two_readouts, "undated": undated}.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def kept(source, tmp_path_factory):
    """Return a folder of tables, which nobody changes."""
    folder = tmp_path_factory.mktemp("kept")
    extract_into(folder, source)
    return folder


@pytest.fixture
def stored(kept, tmp_path):
    """Return a copy of the tables."""
    return shutil.copytree(kept, tmp_path / "tables", ignore=shutil.ignore_patterns(".parts"))


@pytest.fixture
def fresh(kept, tmp_path_factory):
    """Return a function that copies the tables once more: one a try."""

    def copied():
        folder = tmp_path_factory.mktemp("try") / "tables"
        return shutil.copytree(kept, folder, ignore=shutil.ignore_patterns(".parts"))

    return copied


def forge(folder, name, change, place=None):
    """Change a table and make size, rows and hash of its file anew, as a forger would."""
    path = folder / (place or f"{name}.parquet")
    table = change(pd.read_parquet(path, partitioning=None))
    schema = pa.Schema.from_pandas(empty(name), preserve_index=False)
    same = list(table.columns) == schema.names
    pq.write_table(
        pa.Table.from_pandas(table, schema if same else None, preserve_index=False), path
    )
    described(folder, path)
    return table


def described(folder, path):
    manifest = json.loads((folder / "tables.json").read_text("utf-8"))
    manifest["files"][path.relative_to(folder).as_posix()] = {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": path.stat().st_size,
        "rows": pq.read_metadata(path).num_rows if path.suffix == ".parquet" else 0,
    }
    (folder / "tables.json").write_text(json.dumps(manifest), "utf-8")


def named(findings, check, table, **cells):
    """Return the findings of a check on a table, which have these cells; there must be one."""
    some = findings[(findings["check"] == check) & (findings["table"] == table)]
    for column, value in cells.items():
        some = some[some[column] == value]
    assert len(some), f"no {check} of {table} {cells} in\n{findings.to_string()}"
    return some


def key_of(name, row):
    return ", ".join(f"{c} {row[c]!r}" for c in TABLES[name].key)


def set_cell(row, column, value):
    def change(table):
        values = table[column].tolist()
        values[row] = value
        return table.assign(**{column: pd.array(values, dtype=table[column].dtype)})

    return change


# ---------------------------------------------------------------- what holds


@pytest.mark.parametrize("format", ["parquet", "csv"])
@pytest.mark.parametrize("articles", [1, 1000])
def test_what_was_extracted_holds(source, tmp_path, monkeypatch, format, articles):
    monkeypatch.setattr(checked_pieces, "PIECE", articles)
    extract_into(tmp_path, source, format=format)
    findings = analysis.verify(tmp_path, [source], again=True)
    assert findings.empty, findings.to_string()
    rows = {name: len(table) for name, table in load_tables(tmp_path)}
    said = {"files": 7, "rows": sum(rows.values()), "articles": 3, "sources": 3}
    assert findings.attrs == {"checked": said, "notes": []}


def test_a_folder_by_year_holds(source, tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "ONE_FILE", 2)
    extract_into(tmp_path, source)
    assert (tmp_path / "articles" / "year=undated").is_dir()
    findings = analysis.verify(tmp_path, [source], again=True)
    assert findings.empty, findings.to_string()
    assert findings.attrs["checked"]["files"] == 21


def test_rows_in_another_order_hold_if_nothing_is_extracted_again(stored):
    for name in TABLES:
        forge(stored, name, lambda table: table.sample(frac=1, random_state=1))
    assert analysis.verify(stored).empty


def test_tables_that_were_loaded_and_saved_still_say_what_made_them(stored, tmp_path):
    load_tables(stored).save(tmp_path / "again", "csv")
    before, after = (
        json.loads((folder / "tables.json").read_text("utf-8"))
        for folder in (stored, tmp_path / "again")
    )
    assert (before.pop("format"), after.pop("format")) == ("parquet", "csv")
    del before["files"], after["files"]
    assert before == after
    assert before["sources"]["articles"] == 3


# ---------------------------------------------------------------- files


@given(choice, choice, st.integers(1, 255))
@few
def test_a_changed_byte_is_named_with_its_file(fresh, file, at, flip):
    folder = fresh()
    paths = sorted(folder.glob("*.parquet"))
    path = paths[file % len(paths)]
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= flip
    path.write_bytes(bytes(data))
    findings = analysis.verify(folder)
    assert (findings["check"] == "file").any()
    assert path.name in findings.loc[findings["check"] == "file", "place"].tolist()


@given(choice, choice)
@few
def test_a_file_that_breaks_off_is_named(fresh, file, at):
    folder = fresh()
    path = sorted(folder.glob("*.parquet"))[file % len(TABLES)]
    path.write_bytes(path.read_bytes()[: at % path.stat().st_size])
    findings = analysis.verify(folder)
    assert path.name in findings.loc[findings["check"] == "file", "place"].tolist()


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_and_an_additional_file_are_named(stored, name):
    (stored / f"{name}.csv").write_bytes(b"a")
    place = analysis.verify(stored)["place"].tolist()
    assert place == [f"{name}.csv"]
    (stored / f"{name}.csv").unlink()
    (stored / f"{name}.parquet").unlink()
    if name == "articles":
        with pytest.raises(TableError, match=r"no articles\.parquet or articles.csv"):
            analysis.verify(stored)
    else:
        findings = analysis.verify(stored)
        assert f"{name}.parquet" in findings["place"].tolist()
        assert (findings["found"] == "missing").any()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 10**5,
        b'{"schema": "1", "files": {}}',
        b'{"schema": 1, "files": {}, "knowledge": {"sha256": "0", "own": [1]}}',
        b'{"schema": 1, "files": {}, "knowledge": "own"}',
        b'{"schema": 1, "files": {"topics.parquet": {}}}',
    ],
)
def test_a_damaged_list_of_files_is_named(stored, data):
    (stored / "tables.json").write_bytes(data)
    [finding] = analysis.verify(stored).to_dict("records")
    assert (finding["check"], finding["found"]) == ("manifest", "damaged")


def test_a_list_that_leads_out_of_the_folder_is_not_followed(stored, tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    said = {"sha256": "0", "bytes": 1, "rows": 0}
    (stored / "tables.json").write_text(json.dumps({"schema": 1, "files": {"../secret": said}}))
    [finding] = analysis.verify(stored).to_dict("records")
    assert (finding["check"], finding["found"]) == ("manifest", "damaged")


def test_a_missing_list_of_files_is_named(stored):
    (stored / "tables.json").unlink()
    [finding] = analysis.verify(stored).to_dict("records")
    assert (finding["check"], finding["found"]) == ("manifest", "missing")


def test_another_number_of_rows_and_other_sources_are_named(stored):
    manifest = json.loads((stored / "tables.json").read_text("utf-8"))
    manifest["files"]["topics.parquet"]["rows"] += 1
    manifest["sources"]["articles"] = 4
    (stored / "tables.json").write_text(json.dumps(manifest))
    findings = analysis.verify(stored)
    assert findings["check"].tolist() == ["rows", "sources"]
    assert findings["place"].tolist() == ["topics.parquet", "tables.json"]


# ---------------------------------------------------------------- rows, with hashes made anew


@given(
    st.sampled_from(WITH_WORDS), choice, st.sampled_from(["start", "end"]), st.sampled_from([-1, 1])
)
@few
def test_an_offset_off_by_one_is_named(fresh, name, row, column, step):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    at = row % len(table)
    changed = forge(folder, name, set_cell(at, column, int(table[column].iloc[at]) + step))
    findings = analysis.verify(folder)
    place = f"{name}.parquet, row {at}"
    assert place in findings["place"].tolist()
    assert key_of(name, changed.iloc[at].to_dict()) in findings["key"].tolist()


@given(st.sampled_from(IN_SENTENCES), choice)
@few
def test_a_range_outside_of_the_text_or_turned_round_is_named(fresh, name, row):
    folder = fresh()
    at = row % len(pd.read_parquet(folder / f"{name}.parquet"))
    forge(folder, name, set_cell(at, "end", 10**6))
    named(analysis.verify(folder), "offsets", name, place=f"{name}.parquet, row {at}")
    forge(folder, name, set_cell(at, "end", 0))
    named(analysis.verify(folder), "offsets", name, place=f"{name}.parquet, row {at}")


@given(st.sampled_from(WITH_WORDS), choice, st.text(min_size=1, max_size=5))
@few
def test_a_changed_surface_is_named_with_what_stands_there(fresh, name, row, words):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    at = row % len(table)
    forge(folder, name, set_cell(at, "surface", f"{table['surface'].iloc[at]}{words}"))
    [finding] = analysis.verify(folder).to_dict("records")
    assert (finding["check"], finding["place"]) == ("surface", f"{name}.parquet, row {at}")
    assert finding["expected"] == repr(table["surface"].iloc[at])


@given(choice, st.sampled_from(["start", "end"]), st.sampled_from([-1, 1]))
@few
def test_a_sentence_off_by_one_is_named(fresh, row, column, step):
    folder = fresh()
    table = pd.read_parquet(folder / "sentences.parquet")
    at = row % len(table)
    forge(folder, "sentences", set_cell(at, column, int(table[column].iloc[at]) + step))
    findings = analysis.verify(folder, again=True)
    assert f"sentences.parquet, row {at}" in findings["place"].tolist()


@given(choice)
@few
def test_a_sentence_that_is_taken_out_leaves_letters_out(fresh, row):
    folder = fresh()
    table = pd.read_parquet(folder / "sentences.parquet")
    forge(folder, "sentences", lambda t: t.drop(index=row % len(table)))
    assert "coverage" in analysis.verify(folder)["check"].tolist()


@given(st.sampled_from([name for name in TABLES if name != "articles"]), choice)
@few
def test_a_row_that_is_taken_out_is_named_by_extracting_again(fresh, name, row):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    at = row % len(table)
    forge(folder, name, lambda t: t.drop(index=at))
    found = named(analysis.verify(folder, again=True), "again", name, found="missing")
    assert found["key"].tolist() == [key_of(name, table.iloc[at].to_dict())]


@given(st.sampled_from(list(TABLES)), choice)
@few
def test_a_row_that_stands_there_twice_is_named(fresh, name, row):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    at = row % len(table)
    forge(folder, name, lambda t: pd.concat([t, t.iloc[[at]]], ignore_index=True))
    named(analysis.verify(folder), "key", name, place=f"{name}.parquet, row {len(table)}")


@given(st.sampled_from(["sentences", *IN_SENTENCES]), choice)
@few
def test_a_row_that_was_moved_is_named_by_extracting_again(fresh, name, row):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    first = table.index[table["article_id"] == table["article_id"].iloc[0]]
    at = row % (len(first) - 1)
    order = [*first.drop(at), at, *range(len(first), len(table))]
    forge(folder, name, lambda t: t.loc[order])
    place = f"{name}.parquet, row {len(first) - 1}"
    named(analysis.verify(folder, again=True), "again", name, place=place)


@given(st.sampled_from(IN_SENTENCES), choice, st.sampled_from(["b", "c", "undated", "nobody"]))
@few
def test_a_row_of_another_article_is_named(fresh, name, row, other):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    at = row % len(table)
    if table["article_id"].iloc[at] == other:
        other = "nobody"
    forge(folder, name, set_cell(at, "article_id", other))
    findings = analysis.verify(folder, again=True)
    assert f"{name}.parquet, row {at}" in findings["place"].tolist()
    if other == "nobody":
        named(findings, "reference", name, place=f"{name}.parquet, row {at}")


@given(st.sampled_from(IN_SENTENCES), choice)
@few
def test_a_row_of_another_sentence_is_named(fresh, name, row):
    folder = fresh()
    table = pd.read_parquet(folder / f"{name}.parquet")
    at = row % len(table)
    forge(folder, name, set_cell(at, "sentence", int(table["sentence"].iloc[at]) + 1))
    findings = analysis.verify(folder)
    assert set(findings["place"]) == {f"{name}.parquet, row {at}"}
    assert set(findings["check"]) <= {"sentence", "reference"}


@pytest.mark.parametrize("article_id", ["b", "c", "undated"])
def test_an_article_that_is_taken_out_is_named_by_its_rows_and_the_hash_of_all(
    stored, source, article_id
):
    forge(stored, "articles", lambda t: t[t["article_id"] != article_id])
    findings = analysis.verify(stored, [source])
    for name in ("sentences", "actors"):
        named(findings, "reference", name, found=repr(article_id))
    named(findings, "sources", "articles")
    named(findings, "source", "articles", key=f"article_id {article_id!r}", found="missing")


@pytest.mark.parametrize(
    ("name", "one", "other", "check"),
    [
        ("topics", "start", "end", "offsets"),
        ("topics", "surface", "term", "surface"),
        ("topics", "topic", "theme", "value"),
        ("statements", "sentence", "end", "offsets"),
        ("articles", "title", "dateline", "source"),
        ("meetings", "place", "participants", "again"),
    ],
)
def test_columns_that_were_swapped_are_named(stored, name, one, other, check):
    forge(stored, name, lambda t: t.assign(**{one: t[other], other: t[one]}))
    named(analysis.verify(stored, again=check == "again"), check, name)


def test_a_table_of_another_run_is_named(stored, tmp_path, corpus):
    other = corpus(x="OSLO — Norway and Sweden agreed to promote cooperation in tourism.")
    other.save(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "topics.parquet", stored)
    findings = analysis.verify(stored)
    assert findings["check"].tolist()[0] == "file"
    assert len(other.topics)
    described(stored, stored / "topics.parquet")
    named(analysis.verify(stored), "reference", "topics", found="'x'")


@pytest.mark.parametrize(
    ("name", "column", "value", "check"),
    [
        ("topics", "topic", "lunar_affairs", "value"),
        ("actors", "side", "Korea", "value"),
        ("actors", "kind", None, "missing"),
        ("sentences", "start", -1, "value"),
        ("meetings", "format", "", "value"),
    ],
)
def test_a_cell_that_is_not_allowed_is_named(stored, name, column, value, check):
    forge(stored, name, set_cell(0, column, value))
    found = named(analysis.verify(stored), check, name, column=column)
    assert found["place"].tolist() == [f"{name}.parquet, row 0"]


def test_a_cell_of_csv_that_is_no_number_is_named(stored, tmp_path):
    load_tables(stored).save(tmp_path / "csv", "csv")
    path = tmp_path / "csv" / "sentences.csv"
    lines = path.read_text("utf-8").splitlines()
    lines[2] = lines[2].rpartition(",")[0] + ",last"
    path.write_text("\n".join(lines), "utf-8")
    findings = analysis.verify(tmp_path / "csv")
    found = named(findings, "type", "sentences", column="end", found="'last'")
    assert found["place"].tolist() == ["sentences.csv, row 1"]


def test_missing_unknown_turned_and_retyped_columns_are_named(stored):
    forge(stored, "sentences", lambda t: t.drop(columns="end"))
    forge(stored, "topics", lambda t: t.assign(mood="good"))
    forge(stored, "actors", lambda t: t[t.columns[::-1]])
    forge(stored, "meetings", lambda t: t.rename(columns={"article_id": "article"}))
    findings = analysis.verify(stored)
    named(findings, "missing column", "sentences", column="end")
    named(findings, "column", "topics", column="mood", found="unknown")
    named(findings, "column", "actors")
    assert "meetings.parquet" in findings["place"].tolist()
    forge(stored, "figures", lambda t: t.assign(start=t["start"].astype(np.int32), x=1))
    named(analysis.verify(stored), "type", "figures", column="start", found="int32")


def test_an_article_in_the_file_of_another_year_is_named(source, tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "ONE_FILE", 2)
    extract_into(tmp_path, source)
    place = "articles/year=2022/part-0.parquet"
    days = {"published_from": pd.Timestamp(2021, 3, 1), "published_to": pd.Timestamp(2021, 3, 1)}
    forge(tmp_path, "articles", lambda t: t.assign(**days), place)
    found = named(analysis.verify(tmp_path), "year", "articles")
    assert found["place"].tolist() == [f"{place}, row 0"]


def test_an_article_in_the_files_of_two_years_is_named(source, tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "ONE_FILE", 2)
    extract_into(tmp_path, source)
    place = "articles/year=2022/part-0.parquet"
    forge(tmp_path, "articles", lambda t: t.assign(article_id="c"), place)
    named(analysis.verify(tmp_path), "key", "articles", found="'twice'")


# ---------------------------------------------------------------- texts and sources


@given(choice, choice)
@few
def test_a_changed_letter_of_a_text_is_named(fresh, row, at):
    folder = fresh()
    table = pd.read_parquet(folder / "articles.parquet")
    row %= len(table)
    text = table["text"].iloc[row]
    at %= len(text)
    changed = f"{text[:at]}{'x' if text[at] != 'x' else 'y'}{text[at + 1 :]}"
    forge(folder, "articles", set_cell(row, "text", changed))
    findings = analysis.verify(folder)
    place = f"articles.parquet, row {row}"
    named(findings, "source", "articles", place=place, column="text")


@given(choice, st.integers(1, 255))
@few
def test_a_source_that_was_changed_is_named(tmp_path_factory, source, at, flip):
    copy = shutil.copytree(source, tmp_path_factory.mktemp("changed") / "source")
    folder = copy.parent / "tables"
    extract_into(folder, copy)
    path = copy / "b.txt"
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= flip
    path.write_bytes(bytes(data))
    found = analysis.verify(folder)
    assert set(found["key"]) == {"article_id 'b'"}
    assert set(found["check"]) == {"source"}


def test_a_source_that_is_not_at_hand_is_counted_and_one_that_is_given_must_be_there(
    stored, source, tmp_path
):
    forge(stored, "articles", lambda t: t.assign(source="elsewhere/" + t["article_id"]))
    findings = analysis.verify(stored)
    assert findings.empty
    assert findings.attrs["checked"]["sources"] == 0
    copy = shutil.copytree(source, tmp_path / "copy")
    assert analysis.verify(stored, [copy]).attrs["checked"]["sources"] == 3
    (copy / "c.txt").unlink()
    (copy / "new.txt").write_text("Talks were held.", encoding="utf-8")
    findings = analysis.verify(stored, [copy])
    named(findings, "source", "articles", key="article_id 'c'", found="'no such article'")
    named(findings, "source", "articles", key="article_id 'new'", found="missing")
    assert len(findings) == 2


def test_records_of_one_file_are_traced_to_their_line(tmp_path):
    rows = [{"id": f"a{i}", "text": f"Talks number {i} were held in Oslo."} for i in range(5)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    extract_into(tmp_path / "tables", path)
    assert analysis.verify(tmp_path / "tables").attrs["checked"]["sources"] == 5
    path.write_text(path.read_text("utf-8").replace("number 3", "number 7"), "utf-8")
    findings = analysis.verify(tmp_path / "tables")
    assert findings["key"].tolist() == ["article_id 'a3'"]


# ---------------------------------------------------------------- extracting again


def test_other_code_and_other_knowledge_are_said_before_the_rows(stored):
    manifest = json.loads((stored / "tables.json").read_text("utf-8"))
    manifest["code"] = "0"
    manifest["knowledge"] = {"sha256": "0", "own": ["topics.csv"]}
    (stored / "tables.json").write_text(json.dumps(manifest))
    code, knowledge = analysis.verify(stored, again=True).attrs["notes"]
    assert code.startswith("they were made with other code (version 0.1.0")
    assert knowledge.endswith("give the folder with topics.csv as knowledge")
    del manifest["code"]
    (stored / "tables.json").write_text(json.dumps(manifest))
    [unknown] = analysis.verify(stored, again=True).attrs["notes"]
    assert unknown.startswith("nothing says with which code")


@given(choice)
@few
def test_a_changed_value_is_named_with_what_it_should_be(fresh, row):
    folder = fresh()
    table = pd.read_parquet(folder / "figures.parquet")
    at = row % len(table)
    forge(folder, "figures", set_cell(at, "value", 7.25))
    [finding] = analysis.verify(folder, again=True).to_dict("records")
    assert (finding["column"], finding["found"]) == ("value", "7.25")
    due = table["value"].iloc[at]
    assert finding["expected"] == ("missing" if pd.isna(due) else str(due))


# ---------------------------------------------------------------- the command line


def test_the_command_says_what_holds(stored, capsys):
    assert main(["verify", str(stored), "--again"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{stored}: checked 7 files, ")
    assert said[-1] == "all holds"


def test_the_command_lists_the_first_findings_and_writes_all(stored, tmp_path, capsys):
    forge(stored, "topics", lambda t: t.assign(surface="=1+1"))
    count = pq.read_metadata(stored / "topics.parquet").num_rows
    for name in ("actors", "figures"):
        forge(stored, name, lambda t: t.assign(surface="\x1b[31m"))
        count += pq.read_metadata(stored / f"{name}.parquet").num_rows
    assert count > 20
    out = tmp_path / "all.csv"
    assert main(["verify", str(stored), "--out", str(out)]) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert f"{count} findings, of which 20 are shown" in said
    assert len(said.splitlines()) == 22
    written = pd.read_csv(out)
    assert len(written) == count


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "no articles.parquet or articles.csv"),
        (["{}", "--out", "x.txt"], "ends in '.txt'; allowed: .csv"),
        (["{}", "--sources", "nowhere"], "nowhere: no such file or folder"),
        (["{}", "--knowledge", "nowhere"], "no such folder of knowledge files"),
    ],
)
def test_a_call_that_cannot_be_followed_says_why(stored, capsys, words, said):
    assert main(["verify", *[word.format(stored) for word in words]]) == 2
    assert said in capsys.readouterr().err


def test_tables_of_a_later_schema_are_refused(stored, capsys):
    manifest = json.loads((stored / "tables.json").read_text("utf-8"))
    manifest["schema"] = 99
    (stored / "tables.json").write_text(json.dumps(manifest))
    assert main(["verify", str(stored)]) == 2
    assert (
        "its tables are of schema 99, and this library knows them up to" in capsys.readouterr().err
    )
    with pytest.raises(TableError, match="update the library"):
        load_tables(stored)
