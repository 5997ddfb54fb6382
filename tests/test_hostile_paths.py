"""No id, name or list becomes a path that it should not: nothing is written but below ``--out``."""

import csv
import hashlib
import io
import json
import os
import stat
import unicodedata
import zipfile

import pytest
from injections import BODY, CASES, EVERY, STORED

import analysis
from analysis.addresses import DEVICE, file_name
from analysis.article import Rejected
from analysis.cli import main
from analysis.commit import MANIFEST, NEXT
from analysis.durable import whole
from analysis.fetch import read_list
from analysis.fetched import FetchError
from analysis.schema import TABLES, TableError
from analysis.sources import read_source

# Names that one file system or another takes for the same, for a device, or for somewhere else.
NAMES = [
    *EVERY, "", ".", "..", "...", "/", "\\", "a/../b", "../a", "/a", "C:a", "C:\\a", "a:b", "a.",
    "a..", "a ", " a", "a\t", "a\n", "a\x00", "CON", "con", "Con.txt", "nul", "NUL.tar.gz", "aux",
    "prn", "com1", "COM¹", "lpt9.x", "conin$", "CONOUT$", "index", "index-2", "Index", "INDEX.html",
    "A", "a", "Seoul", "seoul", "SEOUL", "straße", "strasse", "STRASSE", "İ", "i̇", "ſ", "s", "K",
    "é", "e\u0301", "Å", "Å", "ﬁ", "fi", "a" * 79, "a" * 80, "a" * 81, "a" * 300, "한" * 100,
    "Việt" * 60, "%2e%2e", "a#b", "a?b", "a&b", "~", "~a", "-a", "*", "a*", "<a>", '"', "|",
]  # fmt: skip


def below(folder):
    """Every file below a folder with what it holds, links as links."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[name] = "folder"
    return found


# ---------------------------------------------------------------- names of pages


@pytest.mark.parametrize("name", dict.fromkeys(NAMES))
def test_a_name_becomes_the_name_of_one_file_in_its_folder_on_any_system(name):
    made = file_name(name) + ".html"
    assert len(made.encode()) <= 255
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789._~-")
    assert made[0] not in ".-"
    assert "..html" not in made
    assert not DEVICE.fullmatch(made)
    assert made.rpartition("/")[2] == made


def test_no_two_names_share_a_file_where_case_and_accents_do_not_count():
    made = [file_name(name) for name in dict.fromkeys(NAMES)]
    assert len({unicodedata.normalize("NFC", m).casefold() for m in made}) == len(made)


# ---------------------------------------------------------------- what is read


def test_names_of_files_that_cannot_be_shown_are_set_aside_and_the_others_are_ids(tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    usable, kept = 0, []
    for case in CASES:
        name = case["payload"]
        if "/" in name or "\x00" in name or name.startswith(".") or name not in STORED:
            continue
        if len(name.encode()) > 250:
            continue
        (texts / f"{name}.txt").write_text(BODY.format("x"), encoding="utf-8")
        kept.append(name)
        usable += 1
    found = analysis.read_articles(texts)
    aside = found.attrs["rejected"]
    assert usable > 150
    assert len(found) + len(aside) == usable
    assert 10 < len(aside) < 60
    assert all("article_id: received" in r["reason"] for r in aside)
    assert all(r["source"].isprintable() for r in aside)
    assert set(found["article_id"]) <= set(kept)


def archive(path, *names, link=None):
    with zipfile.ZipFile(path, "w") as packed:
        for name in names:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            packed.writestr(entry, BODY.format("x"))
        if link:
            entry = zipfile.ZipInfo("link.txt")
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            packed.writestr(entry, link)


def test_members_of_an_archive_are_read_and_written_nowhere(tmp_path):
    before = tmp_path / "deep" / "source"
    before.mkdir(parents=True)
    names = ["../../../up.txt", "/root.txt", "C:\\disk.txt", "a/../../b.txt", "..\\..\\c.txt"]
    archive(before / "x.zip", *names, link="../../../../etc/passwd")
    snapshot = below(tmp_path)
    items = list(read_source(before / "x.zip"))
    aside = [item for item in items if isinstance(item, Rejected)]
    assert below(tmp_path) == snapshot
    assert {i.article_id for i in items if not isinstance(i, Rejected)} == {
        "up", "root", "disk", "b", "c",
    }  # fmt: skip
    assert [(a.reason, a.remedy) for a in aside] == [
        ("is a link inside an archive", "pack the file instead")
    ]


# ---------------------------------------------------------------- what is written


@pytest.fixture
def source(tmp_path):
    """Records whose ids are names of files elsewhere, in a folder that is to stay as it is."""
    folder = tmp_path / "source"
    folder.mkdir()
    ids = [name for name in NAMES if name.strip() and name in (*STORED, *NAMES[len(EVERY) :])]
    records = [{"id": name, "text": BODY.format("x"), "title": name} for name in dict.fromkeys(ids)]
    lines = "".join(f"{json.dumps(record)}\n" for record in records)
    (folder / "in.jsonl").write_text(lines, encoding="ascii")
    return folder


@pytest.fixture
def surroundings(tmp_path, source, monkeypatch):
    """Return a function that calls a command and tells what changed outside of its folder."""
    place = tmp_path / "work" / "here"
    place.mkdir(parents=True)
    monkeypatch.chdir(place)

    def call(*words, out):
        before = below(tmp_path)
        status = main([str(word) for word in words])
        after = below(tmp_path)
        inside = out.relative_to(tmp_path).as_posix()
        changed = {n for n in {*before, *after} if before.get(n) != after.get(n)}
        return status, {n for n in changed if n != inside and not n.startswith(f"{inside}/")}

    return call


def test_every_command_writes_below_out_only(surroundings, source, tmp_path):
    tables, flat = tmp_path / "work" / "tables", tmp_path / "work" / "flat"
    assert surroundings("extract", source, "--out", tables, out=tables) == (1, set())
    made = analysis.load_tables(tables)
    assert len(made.articles) > 150
    for format in ("csv", "parquet"):
        done = surroundings("export", tables, "--out", flat, "--format", format, out=flat)
        assert done == (0, set())
    book, lines = tmp_path / "work" / "t.xlsx", tmp_path / "work" / "t.jsonl"
    assert surroundings("export", tables, "--out", book, out=book) == (0, set())
    without = ("export", tables, "--out", lines, "--without-text")
    assert surroundings(*without, out=lines) == (0, set())


@pytest.mark.parametrize("path", ["../x.txt", "/etc/passwd", "..", ".", "", "a\x00b", "x" * 300])
def test_annotations_lead_to_no_file_outside_of_the_texts(tmp_path, capsys, path):
    texts = tmp_path / "texts"
    texts.mkdir()
    secret = tmp_path / "x.txt"
    secret.write_text("a secret", encoding="utf-8")
    digest = hashlib.sha256(secret.read_bytes()).hexdigest()
    selector = {"type": "TextPositionSelector", "start": 0, "end": 8}
    body = {"table": "articles", "article_id": "a"}
    line = {"body": body, "target": {"source": path, "sha256": digest, "selector": selector}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    call = [
        "reattach",
        str(tmp_path / "a.jsonl"),
        "--texts",
        str(texts),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main(call) == 2
    assert "a secret" not in "".join(capsys.readouterr())
    assert not (tmp_path / "o").exists()


def test_a_list_to_fetch_names_no_file_elsewhere_and_none_twice(tmp_path):
    path = tmp_path / "list.csv"
    refused = 0
    for name in dict.fromkeys(NAMES):
        text = io.StringIO()
        csv.writer(text).writerows([["article_id", "url"], [name, "https://x.org/a"]])
        try:
            path.write_text(text.getvalue(), encoding="utf-8", newline="")
            [wanted] = read_list(path)
        except (FetchError, UnicodeEncodeError):
            refused += 1
        else:
            written = f".{wanted.article_id}.txt.part"
            assert len(written.encode()) <= 255
            assert os.path.basename(written) == written
            assert not DEVICE.fullmatch(wanted.article_id.lower())
            assert wanted.article_id.isprintable()
    assert refused > 200
    path.write_text("article_id,url\nSeoul,https://x.org/a\nseoul,https://x.org/b\n")
    with pytest.raises(FetchError, match="occurs more than once"):
        read_list(path)


@pytest.mark.parametrize("name", ["CON", "aux.txt", "com1", "한" * 90])
def test_a_name_that_no_file_can_have_everywhere_is_refused_with_the_reason(tmp_path, name):
    path = tmp_path / "list.csv"
    path.write_text(f"article_id,url\n{name},https://x.org/a\n", encoding="utf-8")
    with pytest.raises(FetchError, match="a name that Windows keeps, or over 200 bytes long"):
        read_list(path)


# ---------------------------------------------------------------- folders that somebody prepared


def test_a_link_as_out_is_followed_and_stays_a_link(surroundings, source, tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    link = tmp_path / "link"
    link.symlink_to(real)
    status, changed = surroundings("extract", source, "--out", link, out=real)
    assert (status, changed) == (1, set())
    assert link.is_symlink()
    assert (real / "articles.parquet").is_file()


def test_parts_that_are_kept_elsewhere_are_refused_and_nothing_is_removed_there(
    source, tmp_path, capsys
):
    home = tmp_path / "home"
    for name in (".ssh", "thesis"):
        (home / name).mkdir(parents=True)
        (home / name / "kept").write_text("years of work")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".parts").symlink_to(home)
    before = below(home)
    assert main(["extract", str(source), "--out", str(out)]) == 2
    assert ".parts: is a link; remove it" in capsys.readouterr().err
    assert below(home) == before


def test_what_is_half_written_is_not_written_through_a_link(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("kept")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".t.csv.part").symlink_to(secret)
    with whole([out / "t.csv"]) as [part]:
        part.write_text("new")
    assert secret.read_text() == "kept"
    assert (out / "t.csv").read_text() == "new"
    assert not (out / "t.csv").is_symlink()


def test_tables_that_are_links_are_replaced_and_not_written_through(surroundings, source, tmp_path):
    out, other = tmp_path / "work" / "out", tmp_path / "other"
    out.mkdir()
    other.mkdir()
    for name in (*(f"{name}.parquet" for name in TABLES), "rejected.csv", "tables.json"):
        (other / name).write_text("of somebody else")
        (out / name).symlink_to(other / name)
    status, changed = surroundings("extract", source, "--out", out, out=out)
    assert changed == set()
    assert status in (1, 2)


@pytest.mark.parametrize(
    "place", ["../escaped", "/escaped", "topics/../../escaped", "articles.parquet/../../x", ".lock",
              "topics/year=../part-0.parquet", "a", ""],
)  # fmt: skip
def test_a_list_of_tables_moves_no_file_to_another_place(tmp_path, place):
    """The list comes with the folder, from whoever made it; reading the folder follows it."""
    folder = tmp_path / "deep" / "tables"
    analysis.extract(analysis.read_articles("seeds")).save(folder)
    (folder / NEXT).mkdir()
    (folder / "escaped").write_text("x")
    (folder / NEXT / MANIFEST).write_text(json.dumps({"files": {place: {}}}))
    before = below(tmp_path)
    with pytest.raises(TableError, match="is no place of a table; nothing was moved"):
        analysis.load_tables(folder)
    assert below(tmp_path) == before


@pytest.mark.parametrize("content", ["", "[]", "{", '{"files": 3}', '{"files": [3]}', "\ufeff"])
def test_a_list_of_tables_that_is_none_is_said_so(tmp_path, content):
    analysis.extract(analysis.read_articles("seeds")).save(tmp_path)
    (tmp_path / NEXT).mkdir()
    (tmp_path / NEXT / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match="is no list of tables"):
        analysis.load_tables(tmp_path)
