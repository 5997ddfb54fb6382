"""Exports: another program reads what was written, nothing of it runs, and nothing is lost unsaid.

Excel files are read back with openpyxl, CSV files with the standard library.
"""

import csv
import re
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis import workbook
from analysis.cli import main
from analysis.formulas import guarded
from analysis.schema import TABLES
from analysis.spreadsheets import ExportError
from analysis.workbook import LAST_COLUMN, LAST_ROW, LONGEST_TEXT, TooLarge

SEEDS = Path(__file__).parent.parent / "seeds"
FORMULAS = [
    "=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "' =1", "\u00a0=1",
    "\ufeff=1", "\u200b@x", "\uff1d1+1", "\tplain", "-",
]  # fmt: skip
# Where a semicolon separates cells, Excel splits there and at line ends, quoted or not.
INSIDE = ["a;=1+1", 'a;"@x', "a\n-1", "a\r\n+1", "a\t=1", "a; '=1", "a;\uff1d1", "b;'c"]
PLAIN = ["a = b", "2 + 3", "", "Việt Nam – Hàn Quốc", "조태열", "1-2", "x@y.org", "–5"]


@pytest.fixture(scope="module")
def tables():
    return analysis.extract(analysis.read_articles(SEEDS))


def unguarded(text):
    """Take one apostrophe off wherever a cell may begin, as the documentation says."""
    return re.sub(r"(^|[;\t\r\n])'", r"\1", text)


def rows_of(path):
    """Rows of a CSV file, without the mark at its beginning."""
    data = path.read_bytes()
    assert data.startswith("\ufeff".encode())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def sheet_of(path, name="table"):
    return openpyxl.load_workbook(path)[name]


def column_of(sheet, heading):
    """The cells below a heading."""
    (place,) = (c.column for c in sheet[1] if c.value == heading)
    return [sheet.cell(row, place) for row in range(2, sheet.max_row + 1)]


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(text):
    safe = guarded(text)
    assert safe.startswith("'")
    assert unguarded(safe) == text


@pytest.mark.parametrize("text", INSIDE)
def test_what_some_computers_take_for_another_cell_gets_one_too(text):
    cells = re.split(r"[;\t\r\n]+", guarded(text))
    assert cells[-1].startswith("'")
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_stay_as_they_are(text):
    assert guarded(text) == text


@given(st.text(st.sampled_from("'=+-@; \t\r\n\"a1\u00a0é"), max_size=12))
def test_taking_one_apostrophe_off_gives_the_text_back(text):
    assert unguarded(guarded(text)) == text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1))
def test_any_text_comes_back_from_a_csv_file(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    analysis.export(pd.DataFrame({"text": pd.array(texts, "string"), "n": 1}), path)
    rows = rows_of(path)[1:]
    assert [unguarded(row[0]) for row in rows] == texts
    assert not [row[0] for row in rows if row[0][:1] in tuple("=+-@\t\r")]


def test_numbers_days_and_gaps_stay_what_they_are_in_a_csv_file(tmp_path):
    table = pd.DataFrame(
        {
            "share": [-0.5, 1.0],
            "n": pd.array([-3, pd.NA], "Int64"),
            "day": pd.to_datetime(["2025-03-18", None]),
            "mixed": [-7, "=x"],
            "=name": ["a", "b"],
        }
    )
    before = table.copy()
    analysis.export(table, tmp_path / "ledger.csv")
    assert rows_of(tmp_path / "ledger.csv") == [
        ["share", "n", "day", "mixed", "'=name"],
        ["-0.5", "-3", "2025-03-18", "-7", "a"],
        ["1.0", "", "", "'=x", "b"],
    ]
    pd.testing.assert_frame_equal(table, before)


def test_named_levels_of_an_index_become_columns_and_row_numbers_do_not(tmp_path):
    table = pd.DataFrame({"year": [2021, 2022], "side": ["VNM", "KOR"], "n": [1, 2]})
    analysis.export(table.set_index("year")[["n"]], tmp_path / "a.csv")
    analysis.export(table[table["n"] > 1], tmp_path / "b.csv")
    wide = table.pivot(index="year", columns="side", values=["n"])
    analysis.export(wide, tmp_path / "c.csv")
    assert rows_of(tmp_path / "a.csv")[0] == ["year", "n"]
    assert rows_of(tmp_path / "b.csv") == [["year", "side", "n"], ["2022", "KOR", "2"]]
    assert rows_of(tmp_path / "c.csv")[0] == ["year", "n KOR", "n VNM"]


# ---------------------------------------------------------------- Parquet


def test_a_parquet_file_holds_types_and_texts_exactly(tables, tmp_path):
    for name, table in tables:
        analysis.export(table, tmp_path / "table.parquet")
        back = pd.read_parquet(tmp_path / "table.parquet")
        pd.testing.assert_frame_equal(back, table, obj=name)


# ---------------------------------------------------------------- Excel


def test_the_workbook_has_a_sheet_a_table_and_every_cell_comes_back(tables, tmp_path):
    tables.export(tmp_path / "tables.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    assert book.sheetnames == ["about", *TABLES]
    for name, table in tables:
        rows = list(book[name].values)
        assert rows[0] == tuple(table.columns)
        assert len(rows) == len(table) + 1
        plain = table.astype(object).where(table.notna(), None)
        expected = [tuple(row) for row in plain.itertuples(index=False)]
        assert rows[1:] == expected, name


def test_headings_stay_in_sight_and_every_column_has_its_filter(tables, tmp_path):
    tables.export(tmp_path / "tables.xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
    widths = {letter: d.width for letter, d in book["topics"].column_dimensions.items()}
    assert all(8 <= width <= 62 for width in widths.values())
    assert len({round(w) for w in widths.values()}) > 1, "widths follow what the columns hold"


def test_the_first_sheet_explains_every_table_and_column(tables, tmp_path):
    tables.export(tmp_path / "tables.xlsx")
    told = list(sheet_of(tmp_path / "tables.xlsx", "about").values)[1:]
    assert {(t, c) for t, c, *_ in told if c} == {
        (name, c.name) for name, spec in TABLES.items() for c in spec.columns
    }
    assert ("topics", None, "237 rows", "A row is one mention of a topic. Key: article_id, topic, "
            "start, end.", None) in told  # fmt: skip
    (status,) = (row for row in told if row[:2] == ("figures", "status"))
    assert status[2:] == ("text", "aimed at or reached", "target, actual")


def test_a_text_never_becomes_a_formula_or_a_link_in_excel(tmp_path):
    links = ["https://example.org/", "mailto:x@y.org", "internal:about!A1", "{=1}"]
    texts = [*FORMULAS, *PLAIN[3:], *links]
    table = pd.DataFrame({"=SUM(A1)": pd.array(texts, "string")})
    analysis.export(table, tmp_path / "t.xlsx")
    sheet = sheet_of(tmp_path / "t.xlsx")
    cells = [sheet["A1"], *column_of(sheet, "=SUM(A1)")]
    assert not [c.value for c in cells if c.data_type == "f" or c.hyperlink]
    assert [c.value.replace("␍", "\r") for c in cells[1:]] == texts
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        xml = "".join(book.read(name).decode() for name in book.namelist())
    assert "<f>" not in xml
    assert "hyperlink" not in xml


def test_numbers_and_days_are_numbers_and_days_in_excel(tmp_path):
    table = pd.DataFrame(
        {
            "real": [-0.5, float("nan")],
            "whole": pd.array([-3, pd.NA], "Int64"),
            "yes": [True, False],
            "day": pd.to_datetime(["2025-03-18", None]),
            "time": pd.to_datetime(["2025-03-18 10:30", None]),
            "old": pd.to_datetime(["1889-07-14", None]),
            "wild": [float("inf"), 1.0],
        }
    )
    analysis.export(table, tmp_path / "t.xlsx")
    sheet = sheet_of(tmp_path / "t.xlsx")
    first, second = (tuple(c.value for c in row) for row in sheet.iter_rows(min_row=2))
    day, time = datetime(2025, 3, 18), datetime(2025, 3, 18, 10, 30)
    assert first == (-0.5, -3, True, day, time, "1889-07-14", "inf")
    assert second == (None, None, False, None, None, None, "1.0")
    assert sheet["D2"].number_format == "yyyy-mm-dd"


def test_what_xml_cannot_hold_is_shown_and_not_dropped(tmp_path):
    texts = ["\x00a\x1f", "bell\x07", "a\r\nb", "\x7f", "\ufffe", "_x0041_", "tab\tend", " kept "]
    analysis.export(pd.DataFrame({"t": texts}), tmp_path / "t.xlsx")
    shown = [c.value for c in column_of(sheet_of(tmp_path / "t.xlsx"), "t")]
    assert shown[:5] == ["␀a␟", "bell␇", "a␍\nb", "␡", "\ufffd"]
    assert shown[6:] == ["tab\tend", " kept "]
    with zipfile.ZipFile(tmp_path / "t.xlsx") as book:
        assert "_x005F_x0041_" in book.read("xl/worksheets/sheet2.xml").decode()


@pytest.mark.parametrize("letter", ["a", "Đ", "𝔘"])
def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path, letter):
    units = len(letter.encode("utf-16-le")) // 2
    fits = letter * (LONGEST_TEXT // units)
    analysis.export(pd.DataFrame({"t": [fits, fits + "bc"]}), tmp_path / "t.xlsx")
    whole, cut = (c.value for c in column_of(sheet_of(tmp_path / "t.xlsx"), "t"))
    assert whole == fits
    assert len(cut.encode("utf-16-le")) // 2 in (LONGEST_TEXT - 1, LONGEST_TEXT)
    assert cut.endswith(f"[cut here: {len(fits) + 2:,} characters do not fit into a cell; see the "
                        "CSV or Parquet export]")  # fmt: skip


def test_a_table_longer_than_a_sheet_is_refused_and_the_older_file_stays(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_text("older")
    with pytest.raises(TooLarge, match=r"1,048,576 rows.*export as CSV or Parquet, or fewer rows"):
        analysis.export(pd.DataFrame({"n": range(LAST_ROW)}), path)
    assert path.read_text() == "older"
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]


def test_a_table_wider_than_a_sheet_is_refused_and_the_older_file_stays(tmp_path):
    path = tmp_path / "t.xlsx"
    path.write_text("older")
    wide = pd.DataFrame([range(LAST_COLUMN + 1)])
    with pytest.raises(TooLarge, match=r"16,385 columns, and an Excel sheet holds 16,384; export"):
        analysis.export(wide, path)
    assert path.read_text() == "older"
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]


def test_whole_numbers_that_excel_would_change_are_written_as_text(tmp_path):
    most = 2**53
    table = pd.DataFrame(
        {
            "fits": [most, -most],
            "long": [most + 1, 3],
            "low": pd.array([-most - 1, pd.NA], "Int64"),
            "unsigned": pd.Series([2**64 - 1, 0], dtype="uint64"),
        }
    )
    analysis.export(table, tmp_path / "t.xlsx")
    first, second = sheet_of(tmp_path / "t.xlsx").iter_rows(min_row=2, values_only=True)
    assert first == (most, str(most + 1), str(-most - 1), str(2**64 - 1))
    assert second == (-most, "3", None, "0")


def test_the_sheet_about_a_ledger_tells_what_its_columns_hold(tables, tmp_path):
    ledger = analysis.target_ledger(tables)
    analysis.export(ledger, tmp_path / "targets.xlsx")
    told = {name: rest for name, *rest in sheet_of(tmp_path / "targets.xlsx", "about").values}
    assert list(told)[1:] == list(ledger.columns)
    assert told["horizon"] == [
        int(ledger["horizon"].notna().sum()),
        "year by which a target is to be reached",
    ]
    assert told["source"][1] is None, "it means another thing in another table"


# ---------------------------------------------------------------- files


def test_a_failure_while_writing_leaves_the_older_files(tables, tmp_path, monkeypatch):
    tables.export(tmp_path / "csv", "csv")
    tables.export(tmp_path / "tables.xlsx")
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.*")}

    def full_disk(*args, **options):
        raise OSError(28, "No space left on device")

    write = Path.write_bytes
    monkeypatch.setattr(
        Path,
        "write_bytes",
        lambda self, data: (full_disk if "meetings" in self.name else write)(self, data),
    )
    monkeypatch.setattr(workbook, "_fitting", full_disk)
    for out, format in (("csv", "csv"), ("tables.xlsx", None)):
        with pytest.raises(OSError, match="No space left"):
            tables.export(tmp_path / out, format)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*.*")} == before


@pytest.mark.parametrize("saved", ["csv", "parquet"])
@pytest.mark.parametrize("exported", ["csv", "parquet"])
def test_what_save_wrote_is_not_replaced_by_an_export(tables, tmp_path, saved, exported):
    tables.save(tmp_path, saved)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(ExportError, match="name another folder"):
        tables.export(tmp_path, exported)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("out", "format", "said"),
    [
        ("folder", None, "no format is given; allowed: csv or parquet for a folder, or a file"),
        ("folder", "ods", "format 'ods' is unknown; allowed: csv or parquet for a folder"),
        ("folder", "xlsx", r"an Excel file's name ends in \.xlsx; give it that ending"),
        ("t.xlsx", "csv", "7 tables need a folder; name one without an ending"),
        ("t.csv", "csv", "7 tables need a folder; name one without an ending"),
    ],
)
def test_a_name_and_a_format_that_do_not_go_together_are_refused(
    tables, tmp_path, out, format, said
):
    with pytest.raises(ExportError, match=said):
        tables.export(tmp_path / out, format)
    assert not list(tmp_path.iterdir())


def test_two_columns_of_one_name_are_refused(tmp_path):
    table = pd.DataFrame([[1, 2]], columns=["n", "n"])
    with pytest.raises(ExportError, match=r"columns \['n'\] are there more than once; rename them"):
        analysis.export(table, tmp_path / "t.csv")


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_an_index_named_as_a_column_is_refused(tmp_path, ending):
    table = pd.DataFrame({"topic": ["trade"], "n": [1]})
    said = r"columns \['topic'\] are there more than once; rename them \(named levels of the index"
    with pytest.raises(ExportError, match=said):
        analysis.export(table.set_index("topic", drop=False), tmp_path / f"t.{ending}")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def saved(tables, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    tables.save(folder)
    return folder


def test_the_command_writes_excel_csv_and_parquet(saved, tmp_path, capsys):
    assert main(["export", str(saved), "--out", str(tmp_path / "t.xlsx")]) == 0
    assert "237 topics" in capsys.readouterr().out
    for kind in ("csv", "parquet"):
        assert main(["export", str(saved), "--out", str(tmp_path / kind), "--format", kind]) == 0
        names = sorted(p.name for p in (tmp_path / kind).iterdir())
        assert names == sorted(f"{name}.{kind}" for name in TABLES)
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames[0] == "about"


def test_the_command_says_what_is_missing(saved, tmp_path, capsys):
    assert main(["export", str(saved), "--out", str(tmp_path / "new")]) == 2
    assert "no format is given; allowed: csv or parquet" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
