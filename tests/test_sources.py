"""Folders and packed files: what is read, what is set aside, and how much memory it takes."""

import builtins
import gzip
import io
import json
import os
import sys
import tracemalloc
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis
from analysis import packed
from analysis.article import Unreadable
from analysis.articles import SourceError, iter_articles, read_articles
from analysis.formats import BY_SUFFIX, FORMATS, split_name
from analysis.packed import Meter
from analysis.schema import check

BODY = "OSLO — The two ministers agreed to widen trade and to hold the talks again in the spring."
LINE = json.dumps({"text": BODY}) + "\n"


def fill(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def archive(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def rejected(table, folder):
    """Return what was set aside, by its path in the folder."""
    return {
        Path(r["source"]).relative_to(folder).as_posix(): (r["reason"], r["remedy"])
        for r in table.attrs["rejected"]
    }


# ---------------------------------------------------------------- folders


def test_a_folder_of_many_formats_is_read_in_the_order_of_names(tmp_path):
    fill(
        tmp_path,
        b_txt=BODY,
        a_jsonl=LINE,
        c__d_csv=f"text\n{BODY}\n",
        e_txt_gz=gzip.compress(BODY.encode()),
        f_zip=archive(g_txt=BODY, h_jsonl_gz=gzip.compress(LINE.encode())),
    )
    table = read_articles(tmp_path)
    assert table["article_id"].tolist() == ["a-1", "b", "d-2", "e", "g", "h-1"]
    assert table["text"].unique().tolist() == [BODY]
    assert table.attrs["rejected"] == []
    sources = [Path(s).relative_to(tmp_path).as_posix() for s in table["source"]]
    assert sources == [
        "a.jsonl, line 1",
        "b.txt",
        "c/d.csv, line 2",
        "e.txt.gz",
        "f.zip/g.txt",
        "f.zip/h.jsonl.gz, line 1",
    ]


def test_files_of_unknown_kinds_are_set_aside_with_what_is_allowed(tmp_path):
    table = read_articles(fill(tmp_path, a_txt=BODY, b_pdf="%PDF", c="x", d_tar_gz=b"\x1f\x8b"))
    allowed = (
        "allowed: .txt, .html, .htm, .xhtml, .jsonl, .ndjson, .csv, .tsv, .parquet, .rss, "
        ".atom, .xml, .warc, each also as .gz or in a .zip"
    )
    assert rejected(table, tmp_path) == {
        "b.pdf": ("is of an unknown kind (.pdf)", allowed),
        "c": ("is of an unknown kind (no suffix)", allowed),
        "d.tar.gz": ("is of an unknown kind (.tar)", allowed),
    }


def test_hidden_files_and_what_stands_beside_articles_are_passed_over(tmp_path):
    fill(tmp_path, a_txt=BODY, README_md="x", report_csv="article_id\na\n", manifest_csv="a,b\n")
    fill(tmp_path, **{"_hidden_txt": "x", "_git__config_txt": "x"})
    assert (tmp_path / ".git" / "config.txt").exists()
    table = read_articles(tmp_path)
    assert table["article_id"].tolist() == ["a"]
    assert table.attrs["rejected"] == []


def test_the_list_of_publishers_goes_before_what_a_record_says(tmp_path):
    lines = [json.dumps({"id": i, "text": BODY, "publisher": "Wire"}) for i in ("a", "b")]
    fill(tmp_path, x_jsonl="\n".join(lines), manifest_csv="article_id,publisher\na,Agency\n")
    assert read_articles(tmp_path)["publisher"].tolist() == ["Agency", "Wire"]


def test_links_that_lead_out_of_the_folder_are_not_followed(tmp_path):
    outside = fill(tmp_path / "outside", secret_txt=BODY)
    inside = fill(tmp_path / "inside", a_txt=BODY)
    (inside / "b.txt").symlink_to(inside / "a.txt")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    (inside / "nowhere.txt").symlink_to(tmp_path / "none")
    (inside / "round.txt").symlink_to(inside / "round.txt")
    table = read_articles(inside)
    assert table["article_id"].tolist() == ["a", "b"]
    aside = rejected(table, inside)
    assert set(aside) == {"file.txt", "folder", "loop", "nowhere.txt", "round.txt"}
    assert {reason for reason, _ in aside.values()} == {
        "is a link that leads to a folder, out of this folder, or nowhere"
    }


def test_folders_deeper_than_python_counts_are_read(tmp_path):
    fill(tmp_path, e_txt=BODY)
    path = tmp_path
    for _ in range(1100):
        path = path / "d"
        path.mkdir()
    fill(path, a_txt=BODY)
    try:
        assert read_articles(tmp_path)["article_id"].tolist() == ["a", "e"]
    finally:  # which pytest could not do
        (path / "a.txt").unlink()
        while path != tmp_path:
            path.rmdir()
            path = path.parent


def test_a_pipe_is_not_waited_for(tmp_path):
    fill(tmp_path, a_txt=BODY)
    os.mkfifo(tmp_path / "b.txt")
    table = read_articles(tmp_path)
    assert rejected(table, tmp_path)["b.txt"][0] == "is no regular file"


def test_a_file_that_vanishes_or_cannot_be_opened_is_set_aside(tmp_path, monkeypatch):
    fill(tmp_path, a_txt=BODY, b_txt=BODY, c_zip=archive(d_txt=BODY))
    whole = Path.open

    def refuse(path, *args, **kwargs):
        if path.name == "b.txt":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return whole(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    table = read_articles(tmp_path)
    assert table["article_id"].tolist() == ["a", "d"]
    assert rejected(table, tmp_path) == {
        "b.txt": (
            "cannot be read (No such file or directory)",
            "check that it is still there and that you may read it",
        )
    }


def test_a_folder_that_cannot_be_listed_is_set_aside(tmp_path, monkeypatch):
    fill(tmp_path, a_txt=BODY, deep__b_txt=BODY)
    whole = os.listdir

    def refuse(path):
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(os, "listdir", refuse)
    table = read_articles(tmp_path)
    assert rejected(table, tmp_path)["deep"][0] == "cannot be read (Permission denied)"


@pytest.mark.parametrize("suffix", BY_SUFFIX)
@pytest.mark.parametrize("packing", ["", ".gz"])
def test_an_empty_file_of_any_kind_is_set_aside(read_file, suffix, packing):
    data = gzip.compress(b"") if packing else b""
    found, [aside] = read_file(f"x{suffix}{packing}", data)
    assert found == []
    assert aside.source == f"x{suffix}{packing}"
    assert aside.reason
    assert aside.remedy


def test_names_are_shown_without_what_a_terminal_would_obey(read_file):
    _, [aside] = read_file("x.zip", archive(**{"\x1b[31mred.txt": ""}))
    assert aside.source == "x.zip/\ufffd[31mred.txt"


def test_a_repeated_id_is_set_aside_across_formats_and_names_the_first(tmp_path):
    fill(tmp_path, a_txt=BODY, b_jsonl=json.dumps({"id": "a", "text": BODY}))
    table = read_articles(tmp_path)
    assert rejected(table, tmp_path)["b.jsonl, line 1"] == (
        f"article_id 'a' is already that of {tmp_path / 'a.txt'}",
        "give one of the files another name, or one of the records another id",
    )


# ---------------------------------------------------------------- which format


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a.txt", ("a", ".txt", False)),
        ("a.b.JSONL.GZ", ("a.b", ".jsonl", True)),
        ("a", ("a", "", False)),
        (".txt", (".txt", "", False)),
        ("a.gz", ("a", "", True)),
    ],
)
def test_the_parts_of_a_name(name, parts):
    assert split_name(name) == parts


def test_every_format_has_a_reader_and_suffixes_of_its_own():
    suffixes = [s for f in FORMATS for s in f.suffixes]
    assert len(suffixes) == len(set(suffixes))
    for f in FORMATS:
        assert callable(__import__(f"analysis.{f.module}", fromlist=["read"]).read)


@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.jsonl"])
def test_a_zip_archive_under_another_name_is_told(read_file, name):
    found, [aside] = read_file(name, archive(a_txt=BODY))
    assert found == []
    assert aside.reason.startswith("is a packed file inside another, or one that is named .")


def test_a_file_that_was_unpacked_and_kept_its_name_is_read(read_file):
    [found], _ = read_file("x.txt.gz", BODY.encode())
    assert (found.article_id, found.text) == ("x", BODY)


@pytest.mark.parametrize(
    ("suffix", "package"),
    [(".html", "trafilatura"), (".rss", "feedparser"), (".warc", "fastwarc")],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(
    read_file, monkeypatch, suffix, package
):
    whole = builtins.__import__

    def without(name, *args, **kwargs):
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return whole(name, *args, **kwargs)

    for module in list(sys.modules):
        if module.startswith(("analysis.read_", "analysis.page")):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", without)
    found, [aside] = read_file(f"x{suffix}", b"x")
    assert found == []
    assert aside.reason.startswith("needs more packages to read ")
    assert package in aside.reason
    assert aside.remedy == 'install them with pip install "diplomatic-readouts[read]"'


# ---------------------------------------------------------------- packed files


def test_what_is_packed_inside_an_archive_is_only_read(tmp_path):
    file = tmp_path / "x.zip"
    with zipfile.ZipFile(file, "w") as out:
        for name in ("../../up.txt", "/abs.txt", "C:\\win.txt", "a/../b.txt", ".hidden.txt"):
            out.writestr(name, BODY)
        out.writestr("__MACOSX/._b.txt", "x")
        out.writestr("manifest.csv", "x")
        out.writestr("folder/", "")
    table = read_articles(file)
    assert table["article_id"].tolist() == ["up", "abs", "win", "b"]
    assert table.attrs["rejected"] == []
    assert list(tmp_path.rglob("*")) == [file]


def test_archives_inside_archives_are_not_followed(read_file):
    inner = archive(a_txt=BODY)
    data = archive(b_txt=BODY, inner_zip=inner, other_zip_gz=gzip.compress(inner))
    found, aside = read_file("x.zip", data)
    assert [a.article_id for a in found] == ["b"]
    assert {r.source for r in aside} == {"x.zip/inner.zip", "x.zip/other.zip.gz"}
    assert {r.reason for r in aside} == {"is an archive inside an archive, which is not followed"}
    _, [twice] = read_file("x.txt.gz", gzip.compress(gzip.compress(BODY.encode())))
    assert twice.reason.startswith("is a packed file inside another")


def test_a_locked_entry_is_set_aside_and_the_rest_is_read(read_file):
    data = bytearray(archive(a_txt=BODY, b_txt=BODY))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + flags] |= 1  # says: encrypted
    [found], [aside] = read_file("x.zip", bytes(data))
    assert found.article_id == "b"
    assert aside.source == "x.zip/a.txt"
    assert "password" in aside.reason


def test_a_damaged_entry_is_set_aside_and_the_rest_is_read(read_file):
    data = archive(a_txt=BODY, b_txt=BODY)
    at = data.find(b"a.txt") + 20
    [found], [aside] = read_file("x.zip", data[:at] + b"\x00\x00\x00" + data[at + 3 :])
    assert found.article_id == "b"
    assert aside.source == "x.zip/a.txt"


@pytest.mark.parametrize("cut", [0, 10, -1, -30])
def test_a_cut_archive_is_set_aside(read_file, cut):
    found, [aside] = read_file("x.zip", archive(a_txt=BODY)[:cut])
    assert found == []
    assert aside.reason.startswith("is no whole zip archive (")


def test_a_packed_file_that_is_cut_off_keeps_what_stands_before(read_file):
    lines = "".join(
        json.dumps({"text": f"{BODY} {i} {os.urandom(50).hex()}"}) + "\n" for i in range(99)
    )
    found, [aside] = read_file("x.jsonl.gz", gzip.compress(lines.encode())[:-500])
    assert 50 < len(found) < 99
    assert aside == (
        "x.jsonl.gz",
        "is cut off: its packed data ends too early",
        "get the file again",
    )


def test_a_file_that_unpacks_to_far_more_than_text_does_is_given_up(read_file, monkeypatch):
    monkeypatch.setattr(packed, "SMALL", 2**20)
    bomb = gzip.compress(LINE.encode() + bytes(10 * 2**20))
    found, [aside] = read_file("x.csv.gz", bomb)
    assert found == []
    found, aside = read_file("x.jsonl.gz", bomb)
    assert [a.article_id for a in found] == ["x-1"]
    assert aside[-1].source == "x.jsonl.gz"
    assert aside[-1].reason == "unpacks to more than 200 times its size"
    assert "at most 64 GiB" in aside[-1].remedy


def test_an_archive_that_unpacks_to_far_more_than_text_does_is_given_up(read_file, monkeypatch):
    monkeypatch.setattr(packed, "SMALL", 2**20)
    blank = b" " * 2**19
    data = archive(a_jsonl=LINE, **{f"b{i}_jsonl": blank for i in range(9)}, c_jsonl=LINE)
    found, aside = read_file("x.zip", data)
    assert [a.article_id for a in found] == ["a-1"]
    assert aside[-1] == ("x.zip", *aside[-2][1:])
    assert aside[-1].reason == "unpacks to more than 200 times its size"


def test_the_limit_in_bytes_holds_whatever_the_ratio(monkeypatch):
    monkeypatch.setattr(packed, "UNPACKED", 10**9)
    meter = Meter(packed=10**9)
    meter.count(10**9)
    with pytest.raises(Unreadable, match="unpacks to more than"):
        meter.count(1)


@settings(deadline=None)
@given(st.binary(), st.sampled_from([".txt", ".zip", ".txt.gz", ".csv.gz", ".parquet.gz"]))
def test_any_bytes_give_articles_or_reasons(read_file, data, suffix):
    read_file(f"x{suffix}", data)
    if suffix.endswith(".gz"):
        read_file(f"x{suffix}", gzip.compress(data))


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_an_archive_gives_articles_or_reasons(read_file, data):
    whole = archive(a_txt=BODY, b_jsonl=LINE)
    at = data.draw(st.integers(0, len(whole) - 1))
    found, _ = read_file("x.zip", whole[:at] + data.draw(st.binary(max_size=9)) + whole[at + 1 :])
    assert {a.text for a in found} <= {BODY}


# ---------------------------------------------------------------- in batches


def test_batches_hold_what_the_whole_table_holds(tmp_path):
    lines = [LINE if i % 7 else "{" for i in range(100)]
    fill(tmp_path, a_jsonl="\n".join(lines), b_txt=BODY, c_txt="")
    whole = read_articles(tmp_path)
    batches = list(analysis.iter_articles(tmp_path, batch=10))
    assert [len(b) for b in batches[:-1]] == [10] * (len(batches) - 1)
    for b in batches:
        check("articles", b)
    assert [i for b in batches for i in b["article_id"]] == whole["article_id"].tolist()
    assert [r for b in batches for r in b.attrs["rejected"]] == whole.attrs["rejected"]
    assert len(whole.attrs["rejected"]) == 16
    assert whole.index.tolist() == list(range(len(whole)))


def test_what_is_set_aside_travels_along_without_articles(tmp_path):
    fill(tmp_path, a_jsonl=LINE + "{\n" * 25)
    batches = list(iter_articles(tmp_path, batch=10))
    assert [(len(b), len(b.attrs["rejected"])) for b in batches] == [(1, 10), (0, 10), (0, 5)]


def test_ids_are_told_apart_across_batches_and_sources(tmp_path):
    fill(tmp_path, a_txt=BODY)
    batches = list(iter_articles(tmp_path, tmp_path / "a.txt", batch=1))
    assert [b["article_id"].tolist() for b in batches] == [["a"], []]
    assert "is already that of" in batches[1].attrs["rejected"][0]["reason"]


def test_a_source_that_is_not_there_is_told_before_anything_is_read(tmp_path):
    fill(tmp_path, a_txt=BODY)
    with pytest.raises(SourceError, match="none: no such file or folder"):
        iter_articles(tmp_path, tmp_path / "none")


def streamed(path, count):
    """Return how many bytes reading a file in batches takes at most."""
    with path.open("w", encoding="utf-8") as file:
        for i in range(count):
            file.write(json.dumps({"text": f"{BODY} {i} " * 50}) + "\n")
    tracemalloc.start()
    try:
        assert sum(len(b) for b in iter_articles(path, batch=30)) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_articles_take_hardly_more_memory(tmp_path):
    streamed(tmp_path / "first.jsonl", 10)  # imports
    few, many = streamed(tmp_path / "few.jsonl", 90), streamed(tmp_path / "many.jsonl", 300)
    size = (tmp_path / "many.jsonl").stat().st_size / 300
    kept = (many - few) / 210  # bytes an article: its id and where it stands
    assert kept < size / 8


def test_a_text_is_a_slice_of_what_was_read_in_every_format(tmp_path):
    raw = unicodedata.normalize("NFD", f"  date 2024-03-05 \nTalks\nHà Nội — {BODY} — VNS\n")
    fill(tmp_path, a_txt=raw, b_jsonl=json.dumps({"text": raw}))
    table = read_articles(tmp_path)
    for row in table.itertuples():
        slice_ = unicodedata.normalize("NFC", raw)[row.text_start :][: len(row.text)]
        assert slice_ == row.text
    assert table["published_from"].nunique() == 1
