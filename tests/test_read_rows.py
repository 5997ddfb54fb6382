"""JSON Lines, CSV and Parquet: which columns, which cells, and what happens to a broken record."""

import csv
import gzip
import hashlib
import io
import json
import unicodedata
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import rows

BODY = "The two ministers agreed to widen trade and to hold the talks again in the spring."


def jsonl(*records):
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def table(text, delimiter=","):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(text)
    return file.getvalue()


def parquet(**columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


# ---------------------------------------------------------------- the same row in every format

WHOLE = {
    "article_id": "a1",
    "text": f"Ministers meet\nOSLO — {BODY} — VNS",
    "title": "Talks in Oslo",
    "publisher": "Wire",
    "published": "2024-03-05",
    "url": "https://wire.example/talks",
    "language": "en-GB",
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.jsonl", jsonl(WHOLE)),
        ("x.ndjson", jsonl(WHOLE)),
        ("x.csv", table([WHOLE, WHOLE.values()]).encode()),
        ("x.tsv", table([WHOLE, WHOLE.values()], "\t").encode()),
        ("x.parquet", parquet(**{name: [value] for name, value in WHOLE.items()})),
    ],
)
def test_a_record_gives_the_same_article_in_every_format(read_file, name, data):
    [found], rejected = read_file(name, data)
    assert rejected == []
    assert found.article_id == "a1"
    assert found.source == "https://wire.example/talks"
    assert (found.title, found.publisher, found.dateline) == ("Talks in Oslo", "Wire", "OSLO")
    assert (found.published, found.date_basis) == (date(2024, 3, 5), "header")
    assert found.date_evidence == "published 2024-03-05"
    assert found.language == "en"
    assert found.text == f"Ministers meet\nOSLO — {BODY}"
    assert WHOLE["text"][found.text_start :].startswith(found.text)


def test_other_names_of_columns_and_columns_that_are_not_known(read_file):
    record = {"ID": 7, "Text ": BODY, "Date": "5 March 2024", "source": "desk", "mood": [1, {}]}
    [found], _ = read_file("x.jsonl", jsonl(record))
    assert (found.article_id, found.source, found.published) == ("7", "desk", date(2024, 3, 5))


def test_what_is_not_given_is_made_of_the_file_and_the_line(read_file):
    found, _ = read_file("wire.jsonl", jsonl({"text": BODY}, "", {"text": BODY, "id": None}))
    assert [a.article_id for a in found] == ["wire-1", "wire-3"]
    assert [a.source for a in found] == ["wire.jsonl, line 1", "wire.jsonl, line 3"]
    assert found[0].published is None


def test_the_day_in_the_address_counts_where_no_other_is_stated(read_file):
    address = "https://wire.example/2024/03/05/talks"
    stated = {"text": BODY, "url": address, "date": "2024-03-06"}
    found, _ = read_file("x.jsonl", jsonl({"text": BODY, "url": address}, stated))
    assert [(a.published, a.date_basis) for a in found] == [
        (date(2024, 3, 5), "url"),
        (date(2024, 3, 6), "header"),
    ]


def test_decomposed_letters_are_composed_and_the_hash_is_that_of_the_line(read_file):
    line = jsonl({"text": unicodedata.normalize("NFD", "  Hội đàm ở Hà Nội.")})
    [found], _ = read_file("x.jsonl", line + b"\r\n")
    assert (found.text, found.text_start) == ("Hội đàm ở Hà Nội.", 2)
    assert found.sha256 == hashlib.sha256(line).hexdigest()


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("record", "reason", "remedy"),
    [
        ({"text": ""}, "holds no text", "remove it or fill it"),
        ({"text": None}, "holds no text", "remove it or fill it"),
        ({"text": " \n"}, "holds no text", "remove it or fill it"),
        ({"text": [BODY]}, "text: received ['The two mini...n the spring.']", "write text"),
        (
            {"body": BODY, "id": "a"},
            "has no column text (it has: 'body', 'id')",
            "allowed: text (needed), article_id or id, title, publisher, published or date, url "
            "or source, language",
        ),
        (
            {"text": BODY, "date": "03/05/2024"},
            "published: '03/05/2024' is no date",
            "write YYYY-MM-DD, or nothing",
        ),
        (
            {"text": BODY, "date": "1066-10-14"},
            "published: '1066-10-14' is no date",
            "write YYYY-MM-DD, or nothing",
        ),
        (
            {"text": BODY, "publisher": {"name": "Wire"}},
            "publisher: received {'name': 'Wire'}",
            "write text, or nothing",
        ),
        (
            {"text": BODY, "id": "a" * 201},
            "article_id: received 'aaaaaaaaaaaa...aaaaaaaaaaaaa'",
            "write, or name the file with, at most 200 characters that can be printed",
        ),
        (
            {"text": BODY, "id": "a\x1b[31mb"},
            "article_id: received 'a\\x1b[31mb'",
            "write, or name the file with, at most 200 characters that can be printed",
        ),
    ],
)
def test_a_record_that_cannot_be_used_is_set_aside(read_file, record, reason, remedy):
    found, rejected = read_file("x.jsonl", jsonl(record, {"text": BODY}))
    assert [a.article_id for a in found] == ["x-2"]
    assert rejected == [("x.jsonl, line 1", reason, remedy)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "Ta', "is not JSON (Unterminated string starting at, column 10)"),
        ('["text"]', "is JSON, but no object"),
        ("null", "is JSON, but no object"),
        ('{"text": ' + "[" * 100_000, "is nested too deeply"),
        ('{"text": "a", "n": ' + "9" * 5000 + "}", "holds a number of too many digits"),
        ('{"text": "a", "id": 1e400}', "article_id: received a number that is too large"),
        ('{"text": "half \\ud83d of it"}', "text: holds half of a character (\\ud83d at 5)"),
        ('{"text": "a", "title": "\\udce9"}', "title: is not UTF-8 (character 0 is 0xe9)"),
    ],
)
def test_a_broken_line_is_set_aside_with_its_number_and_the_rest_is_read(read_file, line, reason):
    found, [rejected] = read_file("x.jsonl", jsonl({"text": BODY}, line, {"text": BODY}))
    assert [a.article_id for a in found] == ["x-1", "x-3"]
    assert (rejected.source, rejected.reason) == ("x.jsonl, line 2", reason)


def test_a_line_that_is_not_utf8_is_set_aside_and_the_rest_is_read(read_file):
    data = jsonl({"text": BODY}) + b'\n{"text": "Vi\xeat Nam"}\n' + jsonl({"text": BODY})
    found, [rejected] = read_file("x.jsonl", data)
    assert len(found) == 2
    assert rejected.reason == "text: is not UTF-8 (character 2 is 0xea)"


def test_a_line_that_is_too_long_is_set_aside_and_the_rest_is_read(read_file, monkeypatch):
    for module in ("article", "lines", "read_jsonl", "rows"):
        monkeypatch.setattr(f"analysis.{module}.LARGEST", 1000)
    long = {"text": BODY * 50}
    found, [rejected] = read_file("x.jsonl", jsonl({"text": BODY}, long, {"text": BODY}))
    assert [a.article_id for a in found] == ["x-1", "x-3"]
    assert rejected.source == "x.jsonl, line 2"
    assert "is larger than" in rejected.reason


def test_a_file_of_another_layout_is_given_up_early(read_file):
    found, rejected = read_file("x.jsonl", jsonl(*[{"body": BODY}] * 5000))
    assert found == []
    assert len(rejected) == rows.GIVE_UP + 1
    assert rejected[-1].reason == (
        f"none of its first {rows.GIVE_UP} records can be used; the rest was not read"
    )


def test_one_article_is_enough_for_the_rest_to_be_read(read_file):
    records = [{"text": BODY}, *[{"body": BODY}] * 200, {"text": BODY}]
    found, rejected = read_file("x.jsonl", jsonl(*records))
    assert (len(found), len(rejected)) == (2, 200)


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_byte_order_marks(read_file, delimiter, encoding):
    text = f'{BODY}\nThen "all, of; it\t|" ended.'
    data = table([["id", "text"], ["a", text], ["b", "Việt Nam"]], delimiter).encode(encoding)
    found, rejected = read_file("x.csv", data)
    assert rejected == []
    assert [(a.article_id, a.text) for a in found] == [("a", text), ("b", "Việt Nam")]


def test_the_hash_of_a_row_is_that_of_its_bytes(read_file):
    row = b'a,"One\nTwo"\r\n'
    [found], _ = read_file("x.csv", b"id,text\r\n" + row)
    assert found.sha256 == hashlib.sha256(row).hexdigest()
    assert found.source == "x.csv, line 2"


def test_a_cell_larger_than_the_csv_modules_own_limit_is_read(read_file):
    text = "word " * 60_000
    [found], _ = read_file("x.csv", table([["text"], [text]]).encode())
    assert found.text == text.rstrip()


def test_a_row_with_other_cells_is_set_aside_and_the_rest_is_read(read_file):
    data = f"id,text\na,{BODY}\nb,one,two\n\nc,{BODY}\n".encode()
    found, [rejected] = read_file("x.csv", data)
    assert [a.article_id for a in found] == ["a", "c"]
    assert (rejected.source, rejected.reason) == (
        "x.csv, line 3",
        "has 3 cells, the first line 2",
    )


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ('"open to the end\nc,d\n', "(unexpected end of data)"),
        ('"He said "yes" there"\nc,d\n', "(',' expected after '\"')"),
    ],
)
def test_after_quotation_marks_out_of_order_nothing_is_made_up(read_file, rest, reason):
    found, [rejected] = read_file("x.csv", f"id,text\na,{BODY}\nb,{rest}".encode())
    assert [a.article_id for a in found] == ["a"]
    assert rejected.source == "x.csv"
    assert rejected.reason == (
        f"the row at line 3 cannot be told apart {reason}; it and what follows was not read"
    )


def test_a_row_without_end_is_given_up(read_file, monkeypatch):
    monkeypatch.setattr("analysis.read_csv.LARGEST", 10_000)
    data = f"id,text\na,{BODY}\nb," + '"' + "x\n" * 10_000
    found, [rejected] = read_file("x.csv", data.encode())
    assert [a.article_id for a in found] == ["a"]
    assert rejected.reason.startswith("the row at line 3 is larger than ")


@pytest.mark.parametrize("header", ["id,body", "", "text body", '"'])
def test_a_first_line_without_text_is_refused_with_what_is_allowed(read_file, header):
    found, [rejected] = read_file("x.csv", f"{header}\na,b\n".encode())
    assert found == []
    assert rejected.reason.startswith("has no column text (it has: ")
    assert rejected.remedy == rows.ALLOWED


# ---------------------------------------------------------------- Parquet


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
def test_types_of_parquet_columns(read_file, compression):
    columns = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int32()),
            "text": pa.array([BODY, None, BODY]).dictionary_encode(),
            "published": pa.array([date(2024, 3, 5)] * 3, pa.date32()),
            "publisher": pa.array(["Wire", None, None], pa.large_string()),
            "tags": pa.array([[1], [2], []]),
        }
    )
    file = io.BytesIO()
    pq.write_table(columns, file, compression=compression)
    found, [rejected] = read_file("x.parquet", file.getvalue())
    assert [(a.article_id, a.published) for a in found] == [
        ("1", date(2024, 3, 5)),
        ("3", date(2024, 3, 5)),
    ]
    assert [a.publisher for a in found] == ["Wire", None]
    assert rejected[:2] == ("x.parquet, row 2", "holds no text")
    assert found[0].sha256 == hashlib.sha256(BODY.encode()).hexdigest()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_parquet_are_days(read_file, unit):
    time = pa.array([datetime(2024, 3, 5, 23, 30), None], pa.timestamp(unit))
    found, _ = read_file("x.parquet", parquet(text=[BODY, BODY], date=time))
    assert [a.published for a in found] == [date(2024, 3, 5), None]


def test_a_time_that_python_cannot_count_is_set_aside(read_file):
    time = pa.array([2**60, 0], pa.timestamp("us"))
    found, [rejected] = read_file("x.parquet", parquet(text=[BODY, BODY], date=time))
    assert [a.article_id for a in found] == ["x-2"]
    assert rejected.reason.startswith("holds no value (")


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"body": [BODY]}, "has no column text (it has: 'body')"),
        ({"text": [[BODY]]}, "column text is of type list<"),
        ({"text": [7]}, "column text is of type int64"),
        ({"text": [BODY.encode()]}, "column text is of type binary"),
    ],
)
def test_parquet_of_another_layout_is_refused(read_file, columns, reason):
    found, [rejected] = read_file("x.parquet", parquet(**columns))
    assert found == []
    assert rejected.reason.startswith(reason)


@pytest.mark.parametrize("cut", [0, 3, 4, 100, -1, -5])
def test_a_cut_parquet_file_is_set_aside(read_file, cut):
    found, [rejected] = read_file("x.parquet", parquet(text=[BODY])[:cut])
    assert found == []
    assert rejected.reason.startswith("is damaged, or no Parquet file (")


def test_packed_parquet_is_read(read_file):
    [found], _ = read_file("x.parquet.gz", gzip.compress(parquet(text=[BODY])))
    assert found.text == BODY


# ---------------------------------------------------------------- whatever a file holds


def mutated(data):
    """Return a strategy of copies of some bytes with a piece cut out and another put in."""
    at = st.integers(0, len(data))
    return st.builds(
        lambda a, b, piece: data[: min(a, b)] + piece + data[max(a, b) :], at, at, st.binary()
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.jsonl", jsonl(WHOLE, {"text": BODY})),
        ("x.csv", table([WHOLE, WHOLE.values(), WHOLE.values()]).encode()),
        ("x.parquet", parquet(text=[BODY, None], id=["a", "b"])),
    ],
    ids=["jsonl", "csv", "parquet"],
)
def test_any_bytes_give_articles_or_reasons(read_file, name, data):
    @given(st.one_of(st.binary(), mutated(data)))
    def check(content):
        found, rejected = read_file(name, content)
        for a in found:
            assert a.text
            (a.article_id + a.source + a.text).encode("utf-8")
        for r in rejected:
            assert r.source
            assert r.reason
            assert r.remedy

    check()


@given(text=st.text(st.characters(exclude_categories=["Cs"])), ends=st.sampled_from(["\n", "\r\n"]))
def test_a_text_comes_back_from_json_lines_as_it_went_in(read_file, text, ends):
    found, rejected = read_file("x.jsonl", (json.dumps({"text": text}) + ends).encode())
    raw = unicodedata.normalize("NFC", text)
    if found:
        [a] = found
        assert raw[a.text_start :].startswith(a.text)
    else:
        assert rejected[0].reason == "holds no text" or "date header" in rejected[0].reason


@given(text=st.text(st.characters(exclude_categories=["Cs"])), delimiter=st.sampled_from(",;\t|"))
def test_a_text_comes_back_from_csv_as_it_went_in(read_file, text, delimiter):
    found, _ = read_file("x.csv", table([["id", "text"], ["a", text]], delimiter).encode())
    for a in found:
        assert unicodedata.normalize("NFC", text)[a.text_start :].startswith(a.text)
