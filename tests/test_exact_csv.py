"""CSV of tables: what is saved is loaded to the last character, or refused."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.articles import articles_frame, parse_text
from analysis.exact_csv import read_csv, write_csv
from analysis.schema import TABLES, TableError, cast, empty, frame
from analysis.stored import FORMATS
from analysis.tables import Tables, load_tables

# Letters by which a CSV reader tells cells and rows apart, and letters that some take for those.
TELLING = "\r\n\",;\t\x00\x0b\x0c\x1a\x1c\x85\u2028\u2029\ufeff\\'` "
WRITTEN = st.text(st.sampled_from(TELLING) | st.characters(exclude_categories=["Cs"]), min_size=1)


def tables_of(*texts):
    """Return tables whose articles have these texts as text and as title, and no other row."""
    articles = [parse_text("x", f"a{i}", f"{i}.txt", "0", None) for i in range(len(texts))]
    written = pd.array(list(texts), dtype="string")
    filled = articles_frame(articles).assign(text=written, title=written)
    return Tables(filled, *(empty(name) for name in TABLES if name != "articles"))


def same(one, other):
    for (name, left), (_, right) in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(left, right, obj=name)


@pytest.mark.parametrize("format", FORMATS)
@given(texts=st.lists(WRITTEN, min_size=1, max_size=4))
@example(texts=["one\rtwo", "\r", "three"])
@example(texts=[f"{chr(code)}x{chr(code)}" for code in range(0xA0)])
@example(texts=[chr(code) for code in range(0xA0)])
@settings(max_examples=20, deadline=None)
def test_every_text_that_is_saved_comes_back(tmp_path_factory, format, texts):
    folder = tmp_path_factory.mktemp("tables")
    saved = tables_of(*texts)
    saved.save(folder, format)
    same(load_tables(folder), saved)


@settings(deadline=None)
@given(values=st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False)))
def test_every_number_that_is_saved_comes_back(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "figures.csv"
    count = len(values)
    cells = {c.name: [0 if c.dtype == "int" else None] * count for c in TABLES["figures"].columns}
    saved = frame("figures", cells | {"value": values})
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(saved, file, header=True)
    pd.testing.assert_frame_equal(cast("figures", read_csv(path)), saved)


@pytest.mark.parametrize("format", FORMATS)
def test_half_of_a_character_is_refused_and_nothing_is_written(tmp_path, format):
    tables = tables_of("x")
    half = pd.array(["Vi\ud800t"], dtype=pd.StringDtype("python"))
    with pytest.raises(TableError, match=r"received 'Vi\\ud800t', where half of a character"):
        replace(tables, articles=tables.articles.assign(title=half)).save(tmp_path / "t", format)
    assert not list((tmp_path / "t").glob("[a-z]*"))


def test_a_folder_that_was_exported_for_spreadsheets_is_not_loaded(tmp_path):
    tables_of("=1+1").export(tmp_path, "csv")
    with pytest.raises(
        TableError, match=r"articles\.csv: was written by `export` for spreadsheets"
    ):
        load_tables(tmp_path)


def test_a_folder_that_was_exported_as_parquet_is_the_same_tables(tmp_path):
    tables = tables_of("=1+1")
    tables.export(tmp_path, "parquet")
    same(load_tables(tmp_path), tables)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b'a,b\n"open,1\n', b"a\n1,2\n", b"a,b\n1\n", b"a,a\n1,2\n"]
)
def test_what_is_no_csv_is_refused(tmp_path, data):
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(TableError, match=r"x\.csv: is no whole CSV file"):
        read_csv(tmp_path / "x.csv")
