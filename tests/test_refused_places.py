"""Where tables cannot be written: one clear line, and the tables of before are whole."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.cli import NOTHING, main
from analysis.commit import NEXT
from analysis.lock import LOCK
from analysis.scale import PARTS
from analysis.tables import load_tables

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from analysis.cli import main
sys.exit(main(sys.argv[2:]))
"""


def contents(folder):
    aside = {PARTS, LOCK, NEXT}
    found = [p for p in folder.rglob("*") if p.is_file() and not aside & {*p.parts}]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@pytest.fixture
def out(tmp_path):
    """Return a folder with the tables of one article, whose parts are not kept."""
    (tmp_path / "a.txt").write_text("SEOUL — They agreed on trade.", encoding="utf-8")
    folder = tmp_path / "out"
    assert main(["extract", str(tmp_path / "a.txt"), "--out", str(folder)]) == 0
    shutil.rmtree(folder / PARTS)
    return folder


def refused(*words):
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == NOTHING, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("analysis extract: ")
    return lines[0]


def run_again(out):
    assert main(["extract", str(SEEDS), "--out", str(out)]) == 0
    assert len(load_tables(out).articles) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize("size", [0, 2_000, 12_000])
def test_no_room_while_parts_or_tables_are_written(out, size):
    before = contents(out)
    said = refused("-c", LIMITED, size, "extract", SEEDS, "--out", out)
    assert "File too large; make room and call again, what is there is as it was" in said
    assert contents(out) == before
    assert len(load_tables(out).articles) == 1
    run_again(out)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_no_room_for_the_tables_when_the_parts_are_there(out):
    """Of the tables the largest is larger than in any part, so that only it has no room."""
    before = contents(out)
    with_parts = out.parent / "other"
    assert main(["extract", str(SEEDS), "--out", str(with_parts)]) == 0
    (with_parts / PARTS).rename(out / PARTS)
    said = refused("-c", LIMITED, 12_000, "extract", SEEDS, "--out", out)
    assert f"{NEXT}/" in said
    assert contents(out) == before
    run_again(out)


def test_a_full_disk(tmp_path):
    """A small file system in memory, where the user may mount one."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(small)], capture_output=True
    ) if shutil.which("mount") else None  # fmt: skip
    if mounted is None or mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (tmp_path / "a.txt").write_text("SEOUL — They agreed on trade.", encoding="utf-8")
        assert main(["extract", str(tmp_path / "a.txt"), "--out", str(small / "out")]) == 0
        before = contents(small / "out")
        said = refused("-m", "analysis.cli", "extract", SEEDS, "--out", small / "out")
        assert "No space left on device; make room and call again" in said
        assert contents(small / "out") == before
        subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=True)
        run_again(small / "out")
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        said = refused("-m", "analysis.cli", "extract", SEEDS, "--out", small / "out")
        assert "Read-only file system; check the path and its permissions" in said
        assert len(load_tables(small / "out").articles) == 5
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.parametrize("place", ["a file", "below a file"])
def test_a_file_in_the_place_of_the_folder(tmp_path, place):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    said = refused(
        "-m", "analysis.cli", "extract", SEEDS, "--out", taken / "x" if place[0] == "b" else taken
    )
    assert "taken" in said
    assert "check the path and its permissions" in said
    assert taken.read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
def test_a_folder_where_nobody_may_write():
    assert "/proc/tables" in refused(
        "-m", "analysis.cli", "extract", SEEDS, "--out", "/proc/tables"
    )


def test_the_folder_is_removed_meanwhile(out, tmp_path, monkeypatch, capsys):
    from analysis import scale

    make = scale.in_this_process

    def remove_then_make(tasks):
        yield from make(tasks)
        shutil.rmtree(out)
        (tmp_path / "removed").touch()

    monkeypatch.setattr(scale, "in_this_process", remove_then_make)
    assert main(["extract", str(SEEDS), "--out", str(out)]) == NOTHING
    said = capsys.readouterr().err
    assert (tmp_path / "removed").exists()
    assert "Traceback" not in said
    assert str(out) in said
    monkeypatch.undo()
    run_again(out)
    assert os.listdir(out)
