"""A folder is replaced as a whole or stays, and a file of the user is never lost."""

import json
import os

import pytest

from analysis import exchange as module
from analysis.exchange import LIST, OwnFileError, exchange, mend, workplace

OLD = {"index.html": "old", "people.html": "old"}
NEW = {"index.html": "new", "reader/a.html": "new"}


def put(out, files):
    with workplace(out) as work:
        for name, text in files.items():
            path = work / "pages" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        exchange(work / "pages", out)


def texts(out):
    found = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    return {name: path.read_text() for name, path in found.items() if name != LIST}


@pytest.fixture
def out(tmp_path):
    """Return a folder that was put in place, with files of the user."""
    put(tmp_path / "site", OLD)
    (tmp_path / "site" / "thesis.txt").write_text("mine")
    (tmp_path / "site" / "reader").mkdir()
    (tmp_path / "site" / "reader" / "notes.txt").write_text("mine too")
    return tmp_path / "site"


MINE = {"thesis.txt": "mine", "reader/notes.txt": "mine too"}


def test_own_files_move_over_and_old_ones_go(out):
    put(out, NEW)
    assert texts(out) == NEW | MINE
    assert set(json.loads((out / LIST).read_text())["files"]) == set(NEW)
    assert [p.name for p in out.parent.iterdir()] == ["site"]


def test_an_own_file_in_the_place_of_a_new_one_is_named_and_all_stays(out):
    with pytest.raises(OwnFileError, match=r"thesis\.txt: is yours, .*; move yours away"):
        put(out, NEW | {"thesis.txt": "a page"})
    assert texts(out) == OLD | MINE


def test_a_link_of_the_user_moves_over_and_is_not_followed(out, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "far.txt").write_text("far")
    os.symlink(tmp_path / "elsewhere", out / "link")
    put(out, NEW)
    assert (out / "link" / "far.txt").read_text() == "far"
    assert (out / "link").is_symlink()


def test_without_a_list_every_file_that_is_not_made_anew_is_own(out):
    (out / LIST).unlink()
    put(out, NEW)
    assert texts(out) == NEW | MINE | {"people.html": "old"}


def test_a_failed_exchange_puts_the_old_one_back(out, monkeypatch):
    rename = os.rename

    def taken(source, target):
        if str(source).endswith("pages"):
            raise OSError(39, "Directory not empty", str(target))
        rename(source, target)

    monkeypatch.setattr(module.os, "rename", taken)
    with pytest.raises(OSError, match="Directory not empty"):
        put(out, NEW)
    assert texts(out) == OLD | MINE


def test_between_the_two_names_the_old_one_comes_back(out):
    os.rename(out, out.parent / ".site.before")
    with pytest.warns(UserWarning, match="an interrupted run had moved it; it is back"):
        mend(out)
    assert texts(out) == OLD | MINE
