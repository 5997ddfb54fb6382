"""Tables change as one: old or new after any end, found and finished by whoever comes next."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis import commit
from analysis.articles import read_articles
from analysis.commit import MANIFEST, NEXT
from analysis.extraction import extract
from analysis.lock import BusyError, alone
from analysis.schema import SCHEMA, TABLES, TableError
from analysis.tables import load_tables

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def new():
    return extract(read_articles(SEEDS))


@pytest.fixture(scope="module")
def old(new):
    """Return tables of the same articles with fewer rows."""
    return replace(new, topics=new.topics.iloc[:3], figures=new.figures.iloc[:2])


def contents(folder):
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def holds_to_its_list(folder):
    files = contents(folder)
    listed = json.loads(files.pop(MANIFEST))["files"]
    assert {place: said["sha256"] for place, said in listed.items()} == {
        place: hashlib.sha256(data).hexdigest() for place, data in files.items()
    }


@pytest.fixture
def unfinished(old, new, tmp_path, monkeypatch):
    """Return a folder of tables whose change to new ones was decided and not carried out."""
    folder = tmp_path / "tables"
    old.save(folder)

    def die(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(commit, "_move", die)
        with pytest.raises(KeyboardInterrupt):
            new.save(folder)
    assert (folder / NEXT / MANIFEST).is_file()
    return folder


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_the_list_says_what_lies_there(new, tmp_path, format):
    new.save(tmp_path, format)
    holds_to_its_list(tmp_path)
    listed = json.loads((tmp_path / MANIFEST).read_bytes())
    assert listed["schema"] == SCHEMA
    for name, table in new:
        said = listed["files"][f"{name}.{format}"]
        assert said["rows"] == len(table)
        assert said["bytes"] == (tmp_path / f"{name}.{format}").stat().st_size


def test_the_same_tables_are_the_same_bytes(new, tmp_path):
    new.save(tmp_path / "a")
    new.save(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_reader_finishes_a_change_and_says_so(unfinished, new):
    with pytest.warns(UserWarning, match="of an interrupted run were whole and have been put in"):
        assert len(load_tables(unfinished).topics) == len(new.topics)
    holds_to_its_list(unfinished)
    assert not (unfinished / NEXT).exists()


def test_the_next_run_finishes_a_change_before_its_own(unfinished, old, tmp_path):
    with pytest.warns(UserWarning, match="have been put in place"):
        old.save(unfinished)
    old.save(tmp_path / "plain")
    assert contents(unfinished) == contents(tmp_path / "plain")


def test_a_reader_that_may_not_write_reads_the_new_files_where_they_lie(
    unfinished, new, monkeypatch
):
    """Also half moved; a folder that may not be written is not one to root, so the lock refuses."""
    before = contents(unfinished)
    (unfinished / NEXT / "topics.parquet").replace(unfinished / "topics.parquet")

    def read_only(folder):
        raise OSError(30, "Read-only file system", str(folder))

    monkeypatch.setattr(commit, "alone", read_only)
    with pytest.warns(UserWarning, match=r"are read from \.next, .*\(Read-only file system\)"):
        loaded = load_tables(unfinished)
    assert len(loaded.topics) == len(new.topics)
    assert len(loaded.figures) == len(new.figures)
    assert contents(unfinished).keys() == before.keys() - {f"{NEXT}/topics.parquet"}


def test_a_reader_waits_for_nobody(unfinished, new):
    with alone(unfinished):
        assert len(load_tables(unfinished).figures) == len(new.figures)
    assert (unfinished / NEXT / MANIFEST).is_file()


def test_what_was_not_decided_is_removed_and_the_old_tables_stay(old, new, tmp_path, monkeypatch):
    folder = tmp_path / "tables"
    old.save(folder)
    before = contents(folder)

    def full(self, table):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(pq.ParquetWriter, "write_table", full)
        with pytest.raises(OSError, match=r"No space left on device: '.*articles\.parquet'"):
            new.save(folder)
    assert {p: d for p, d in contents(folder).items() if not p.startswith(NEXT)} == before
    assert len(load_tables(folder).topics) == len(old.topics)
    old.save(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("place", ["topics.parquet", MANIFEST])
def test_what_stands_in_the_place_of_a_file_is_named_and_stays(old, tmp_path, place):
    (tmp_path / place).mkdir()
    (tmp_path / place / "thesis.txt").write_text("years of work")
    with pytest.raises(TableError, match=f"{place}: something else has the place"):
        old.save(tmp_path)
    assert (tmp_path / place / "thesis.txt").read_text() == "years of work"
    assert not (tmp_path / "articles.parquet").exists()


def test_a_reader_during_a_change_sees_all_old_or_all_new(old, new, tmp_path, monkeypatch):
    """Between any two steps of the change another reader comes."""
    old.save(tmp_path)
    wanted = [{n: len(t) for n, t in tables} for tables in (old, new)]
    seen = []
    replace_file, inside = commit.os.replace, []

    def look_then_replace(source, target):
        if not inside:
            inside.append(True)
            seen.append({name: len(table) for name, table in load_tables(tmp_path)})
            inside.clear()
        replace_file(source, target)

    monkeypatch.setattr("analysis.commit.os.replace", look_then_replace)
    new.save(tmp_path)
    assert seen[0] == wanted[0]
    assert seen[-1] == wanted[1]
    assert all(rows in wanted for rows in seen)
    assert len(seen) == len(TABLES) + 2


def test_two_runs_in_one_folder_are_refused_with_who_is_there(old, tmp_path):
    folder = tmp_path / "tables"
    code = (
        "import sys; from pathlib import Path; from analysis.lock import alone\n"
        "with alone(Path(sys.argv[1])): print('in', flush=True); input()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with other:
        assert other.stdout.readline() == "in\n"
        with pytest.raises(
            BusyError, match=rf"process {other.pid} is writing there \(-c .*\); wait"
        ):
            old.save(folder)
        other.kill()
        other.wait()
    assert (folder / ".lock").exists(), "the killed process has left its file, which locks nobody"
    old.save(folder)
    holds_to_its_list(folder)


def test_a_lock_leaves_nothing_behind(tmp_path):
    with pytest.raises(ZeroDivisionError), alone(tmp_path / "a" / "b"):
        raise ZeroDivisionError
    assert not (tmp_path / "a").exists()
    with alone(tmp_path / "c"):
        (tmp_path / "c" / "made").touch()
    assert [p.name for p in (tmp_path / "c").iterdir()] == ["made"]
