"""The tables: saved and loaded without loss, written whole or not at all, the same every time."""

import random
import time
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.articles import articles_frame, parse_text, read_articles
from analysis.commit import MANIFEST
from analysis.extraction import extract, extract_texts
from analysis.knowledge import load
from analysis.schema import TABLES, TableError
from analysis.stored import FORMATS
from analysis.tables import Tables, load_tables

SEEDS = Path(__file__).parent.parent / "seeds"
PROVEN = ("topics", "actors", "figures")  # tables whose rows hold their characters


@pytest.fixture(scope="module")
def seeds():
    return read_articles(SEEDS)


@pytest.fixture(scope="module")
def tables(seeds):
    return extract(seeds)


def table_of(**texts):
    return articles_frame([parse_text(t, i, f"{i}.txt", "0", None) for i, t in texts.items()])


def same(one, other):
    for (name, left), (_, right) in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(left, right, obj=name)


# ---------------------------------------------------------------- what the rows rest on


def test_every_row_is_proven_by_its_characters(tables):
    texts = tables.articles.set_index("article_id")["text"]
    for name in PROVEN:
        table = getattr(tables, name)
        assert len(table)
        for row in table.itertuples():
            assert texts[row.article_id][row.start : row.end] == row.surface


def test_every_row_lies_in_its_sentence(tables):
    spans = tables.sentences.set_index(["article_id", "sentence"])
    for name in (*PROVEN, "statements"):
        for row in getattr(tables, name).itertuples():
            start, end = spans.loc[(row.article_id, row.sentence), ["start", "end"]]
            assert start <= row.start < row.end <= end, f"{name}: {row}"


def test_evidence_shows_the_row_in_its_context(tables):
    for row in tables.figures.itertuples():
        assert f"«{row.surface}»".replace("\n", " ") in tables.evidence(row, context=10)
    shown = tables.evidence(next(tables.figures.itertuples()), context=0)
    assert shown.startswith("«")
    assert shown.endswith("»")


def test_evidence_of_a_strange_article_is_refused(tables):
    row = next(tables.figures.itertuples())._replace(article_id="none")
    with pytest.raises(TableError, match="article 'none' is not among these articles"):
        tables.evidence(row)


def test_the_number_of_rows_is_shown(tables):
    assert repr(tables).startswith("Tables(articles: 5, sentences: ")


# ---------------------------------------------------------------- the same every time


def test_extraction_twice_gives_the_same_and_changes_no_input(seeds, tables):
    before = seeds.copy(deep=True)
    same(extract(seeds), tables)
    pd.testing.assert_frame_equal(seeds, before)
    assert seeds.attrs["rejected"] == []


def test_the_order_of_the_articles_does_not_matter(seeds, tables):
    turned = extract(seeds.iloc[::-1].reset_index(drop=True))
    for name, table in tables:
        key = list(TABLES[name].key)
        left, right = (
            t.sort_values(key).reset_index(drop=True) for t in (table, getattr(turned, name))
        )
        pd.testing.assert_frame_equal(left, right, obj=name)


def test_an_article_is_coded_from_itself_alone(seeds, tables):
    for article_id in seeds["article_id"]:
        alone = extract(seeds[seeds["article_id"] == article_id].reset_index(drop=True))
        for name, table in tables:
            part = table[table["article_id"] == article_id].reset_index(drop=True)
            pd.testing.assert_frame_equal(getattr(alone, name), part, obj=name)


def test_articles_that_are_extracted_together_do_not_mix(seeds, tables, monkeypatch):
    for size in (1, 2):
        monkeypatch.setattr("analysis.extraction.BATCH", size)
        same(extract(seeds), tables)


def test_no_article_gives_empty_tables(seeds):
    empty = extract(seeds.iloc[:0])
    assert all(table.empty for _, table in empty)
    empty.check()


def test_articles_that_break_the_specification_are_refused(seeds):
    with pytest.raises(TableError, match="table articles: 1 rule broken"):
        extract(seeds.drop(columns="sha256"))


def sentences_of_the_seeds():
    table = extract(read_articles(SEEDS))
    texts = table.articles.set_index("article_id")["text"]
    return [texts[s.article_id][s.start : s.end] for s in table.sentences.itertuples()]


SENTENCES = sentences_of_the_seeds()
SNIPPETS = (
    "Foreign Minister| X Y,| Viet Nam's| (RoK)|\n| said |, who | of the |“|”|US$5 bn| by 2030"
    "|Kim Dae-ho|ĐINH Quốc Bảo| and | both sides |agreed|.|— |Ambassador to |조태열|𝔘|İ|ﬁ"
)


def assert_proven(text):
    [(_, rows)] = extract_texts([("a", text, None)], load())
    for name in PROVEN:
        for row in rows[name]:
            assert text[row.start : row.end] == row.surface
            start, end = rows["sentences"][row.sentence][1:]
            assert start <= row.start < row.end <= end, f"{name}: {row}"
    assert len({(r.start, r.end) for r in rows["statements"]}) == len(rows["statements"])


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffled_sentences_stay_proven(rng: random.Random):
    picked = rng.sample(SENTENCES, 12)
    assert_proven(rng.choice([" ", "\n\n"]).join(picked))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=150).map(lambda t: unicodedata.normalize("NFC", t)),
        st.lists(st.sampled_from(SNIPPETS.split("|")), max_size=30).map(" ".join),
        st.lists(st.sampled_from(SNIPPETS.split("|")), max_size=30).map("".join),
    )
)
def test_any_text_gives_proven_rows(text):
    assert_proven(text)


def test_a_text_twice_as_long_costs_less_than_three_times_as_much():
    def cost(times):
        text = "\n\n".join(SENTENCES * times)
        spent = []
        for _ in range(3):
            begin = time.process_time()
            extract_texts([("a", text, None)], load())
            spent.append(time.process_time() - begin)
        return min(spent)

    assert any(cost(4) < 3 * cost(2) for _ in range(3))  # a machine may be busy for a moment


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("kind", FORMATS)
def test_saved_and_loaded_without_loss(tables, tmp_path, kind):
    tables.save(tmp_path, kind)
    same(load_tables(tmp_path), tables)
    assert {p.name for p in tmp_path.iterdir()} == {f"{n}.{kind}" for n in TABLES} | {MANIFEST}


@pytest.mark.parametrize("kind", FORMATS)
def test_missing_values_and_other_scripts_come_back(tmp_path, kind):
    text = (
        'HÀ NỘI — Bộ trưởng nói "có, và không".\n\n조태열 장관은\t동의했다; 外交部长, NA null nan.'
    )
    found = extract(table_of(a=text, b="Đinh Quốc Bảo\u00a0của Huế."))
    assert found.articles["publisher"].isna().all()
    assert found.meetings.empty
    found.save(tmp_path, kind)
    back = load_tables(tmp_path)
    same(back, found)
    assert back.articles["text"].tolist() == found.articles["text"].tolist()
    assert back.articles["publisher"].iloc[0] is pd.NA


@pytest.mark.parametrize("kind", FORMATS)
def test_texts_that_spell_a_missing_value_stay_texts(tmp_path, kind):
    found = extract(table_of(NA="NA", null="null", nan="nan None <NA>"))
    found.save(tmp_path, kind)
    same(load_tables(tmp_path), found)


def test_the_other_format_does_not_stay_behind(tables, tmp_path):
    tables.save(tmp_path, "csv")
    tables.save(tmp_path, "parquet")
    assert {p.suffix for p in tmp_path.iterdir()} == {".parquet", ".json"}
    tables.save(tmp_path, "csv")
    assert {p.suffix for p in tmp_path.iterdir()} == {".csv", ".json"}


def test_an_unknown_format_writes_nothing(tables, tmp_path):
    with pytest.raises(TableError, match="format 'xlsx' is unknown; allowed: parquet, csv"):
        tables.save(tmp_path / "new", "xlsx")
    assert not (tmp_path / "new").exists()


def test_tables_that_break_their_specification_are_not_written(tables, tmp_path):
    tables.save(tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    broken = replace(tables, statements=tables.statements.assign(act="mumble"))
    with pytest.raises(TableError, match="table statements: "):
        broken.save(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_failure_while_writing_leaves_the_older_tables(tables, tmp_path, monkeypatch):
    tables.save(tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    write = pq.ParquetWriter.write_table

    def full_disk(self, table):
        if "participants" in table.column_names:
            raise OSError(28, "No space left on device")
        write(self, table)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full_disk)
    with pytest.raises(OSError, match="No space left"):
        replace(tables, topics=tables.topics.iloc[:0]).save(tmp_path)
    kept = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.name in before}
    assert kept == before


def test_a_missing_table_is_named(tables, tmp_path):
    tables.save(tmp_path)
    (tmp_path / "figures.parquet").unlink()
    with pytest.raises(TableError, match=r"no figures\.parquet or figures\.csv; write the tables"):
        load_tables(tmp_path)


def test_a_table_with_a_missing_column_is_refused(tables, tmp_path):
    tables.save(tmp_path, "csv")
    path = tmp_path / "sentences.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    with pytest.raises(TableError, match=r"table sentences: columns \['end'\] are missing"):
        load_tables(tmp_path)


def test_a_table_with_an_unknown_code_is_refused(tables, tmp_path):
    tables.save(tmp_path, "csv")
    path = tmp_path / "meetings.csv"
    text = path.read_text(encoding="utf-8")
    assert "phone_talks" in text
    path.write_text(text.replace("phone_talks", "seance"), encoding="utf-8")
    with pytest.raises(TableError, match=r"table meetings: .*\n.*format: .*'seance'"):
        load_tables(tmp_path)


@pytest.mark.parametrize(
    ("name", "column", "value", "allowed"),
    [
        ("sentences", "start", "first", "int64"),
        ("sentences", "start", pd.NA, "int64"),
        ("sentences", "sentence", "1.5", "int64"),
        ("figures", "value", "plenty", "Float64"),
        ("figures", "horizon", "2030.5", "Int64"),
        ("articles", "published_from", "yesterday", r"datetime64\[us\]"),
    ],
)
def test_a_cell_of_another_type_is_refused(tables, tmp_path, name, column, value, allowed):
    tables.save(tmp_path, "csv")
    path = tmp_path / f"{name}.csv"
    table = pd.read_csv(path, dtype="string")
    table.loc[1, column] = value
    table.to_csv(path, index=False)
    said = rf"table {name}: {column}: rows \[1\]: received \['{value}'\]; allowed: {allowed}"
    with pytest.raises(TableError, match=said):
        load_tables(tmp_path)


def test_a_file_that_is_no_parquet_is_refused(tables, tmp_path):
    tables.save(tmp_path)
    (tmp_path / "topics.parquet").write_bytes(b"not a table")
    with pytest.raises(TableError, match=r"topics\.parquet"):
        load_tables(tmp_path)


def test_tables_are_seven():
    assert set(Tables.__dataclass_fields__) == {*TABLES, "made"}
