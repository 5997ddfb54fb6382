"""Killed before any step, or without power before any step: old or new, and the next run is right.

Steps are all that changes or secures a file (`dying`). Every one of them is tried.
"""

import hashlib
import json
import shutil
import warnings

import pytest
from dying import Disk, deaths

from analysis import commit, part_store, parts, scale, stored
from analysis.answers import FETCHED
from analysis.articles import read_articles
from analysis.commit import MANIFEST, NEXT
from analysis.exchange import LIST, exchange, mend, workplace
from analysis.extraction import extract
from analysis.fetched import Folder, Wanted
from analysis.lock import LOCK, alone
from analysis.scale import PARTS, extract_into
from analysis.schema import TABLES
from analysis.stored import load_all, store

TEXTS = {
    "a": " date 2023-05-01 SEOUL — The two sides agreed to bring trade to US$100 billion by 2025.",
    "b": " date 2024-06-02 HÀ NỘI — Foreign Minister Vu Van An proposed cooperation in tourism.",
}
MORE = {"c": " date 2024-07-03 SEOUL — They agreed on health and on labour.", "d": ""}


@pytest.fixture(autouse=True)
def two_tables(monkeypatch):
    """Have two tables instead of seven: each file takes the same steps, and every step is tried."""
    few = {name: TABLES[name] for name in ("articles", "topics")}
    for module in (commit, stored, scale, part_store):
        monkeypatch.setattr(module, "TABLES", few)


@pytest.fixture(autouse=True)
def made_once(monkeypatch):
    """Extract each part once: the same articles give the same tables (`test_scale`)."""
    made = {}

    def remembered(tasks):
        for task in tasks:
            if task.name not in made:
                made[task.name] = parts.make(task)
            yield task, made[task.name]

    monkeypatch.setattr(scale, "in_this_process", remembered)


def contents(folder):
    aside = {PARTS, LOCK}
    found = [p for p in folder.rglob("*") if p.is_file() and not aside & {*p.parts}]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(found)}


def write(folder, texts):
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def holds_to_its_list(folder):
    files = contents(folder)
    listed = json.loads(files.pop(MANIFEST))["files"]
    said = {place: row["sha256"] for place, row in listed.items()}
    assert said == {place: hashlib.sha256(data).hexdigest() for place, data in files.items()}


def rows(folder):
    """Return what `load_tables` reads, without its check of every cell, which costs most."""
    return {name: table.to_csv() for name, table in load_all(folder).items()}


def save(tables, folder, format="parquet"):
    """Do what `Tables.save` does, without that check."""
    with alone(folder):
        store(folder, lambda name: [("", getattr(tables, name))], format)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Return a folder of articles, and one with more of them and one that is set aside."""
    folder = tmp_path_factory.mktemp("sources")
    return write(folder / "old", TEXTS), write(folder / "new", TEXTS | MORE)


@pytest.fixture(scope="module")
def both(sources):
    return [extract(read_articles(source)) for source in sources]


def assert_old_then_new(found, old, new):
    """Each is the one or the other, and after the first new one none is old."""
    kinds = ["old" if one == old else "new" if one == new else "neither" for one in found]
    assert set(kinds) == {"old", "new"}
    assert kinds == sorted(kinds, reverse=True)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
@pytest.mark.parametrize(("was", "format"), [("parquet", "parquet"), ("csv", "parquet")])
def test_tables_are_saved_all_or_none(both, tmp_path, was, format, power):
    save(both[0], tmp_path / "old", was)
    save(both[1], tmp_path / "new", format)
    old, new, plain = rows(tmp_path / "old"), rows(tmp_path / "new"), contents(tmp_path / "new")
    work = tmp_path / "work"
    work.mkdir()
    seen = []
    for root, ended in deaths(
        lambda root: shutil.copytree(tmp_path / "old", root / "out"),
        lambda root: save(both[1], root / "out", format),
        work,
        power,
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen.append(rows(root / "out"))
            if ended:
                assert seen[-1] == new
            save(both[1], root / "out", format)
        assert contents(root / "out") == plain
    assert len(seen) > 20
    assert all(one in (old, new) for one in seen)
    if not power:
        assert_old_then_new(seen, old, new)


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
def test_extraction_goes_from_old_to_new_in_any_layout(sources, both, tmp_path, monkeypatch, power):
    """Also from a file a table to a file a year, and to a list of what was set aside."""
    before, after = sources
    monkeypatch.setattr(scale, "ONE_FILE", len(TEXTS))  # more lie by year
    extract_into(tmp_path / "first", before)
    extract_into(tmp_path / "plain", after)
    plain = contents(tmp_path / "plain")
    assert "rejected.csv" in plain
    assert "articles/year=2024/part-0.parquet" in plain
    work = tmp_path / "work"
    work.mkdir()
    old, new = (rows(tmp_path / name) for name in ("first", "plain"))
    seen = []
    for root, _ in deaths(
        lambda root: shutil.copytree(tmp_path / "first", root / "out"),
        lambda root: extract_into(root / "out", after),
        work,
        power,
        in_turn=True,
    ):
        out = root / "out"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen.append(rows(out))
            extract_into(out, after)
        assert contents(out) == plain
        holds_to_its_list(out)
    assert len(seen) > 35
    assert all(one in (old, new) for one in seen)
    if not power:
        assert_old_then_new(seen, old, new)


def test_the_first_extraction_leaves_nothing_or_all(sources, tmp_path):
    source = sources[1]
    extract_into(tmp_path / "plain", source)
    work = tmp_path / "work"
    work.mkdir()
    seen = []
    for root, ended in deaths(
        lambda root: None, lambda root: extract_into(root / "a" / "out", source), work
    ):
        out = root / "a" / "out"
        decided = (out / NEXT / MANIFEST).is_file()
        whole = (out / MANIFEST).is_file()
        if whole and not decided:
            holds_to_its_list(out)
        if ended:
            assert whole or decided
        seen.append(whole)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            extract_into(out, source)
        assert contents(out) == contents(tmp_path / "plain")
    assert len(seen) > 20


def test_dying_again_while_an_interrupted_change_is_finished(both, tmp_path):
    save(both[1], tmp_path / "plain")
    new, plain = rows(tmp_path / "plain"), contents(tmp_path / "plain")

    def half(root):
        """Leave a change that was decided, and of which one file has been moved."""
        save(both[0], root / "out")
        moved = Disk(root)
        moved.run(lambda: save(both[1], root / "probe"))
        decided = [name for name, _ in moved.steps].index("replace")
        shutil.rmtree(root / "probe")
        disk = Disk(root, decided + 2)
        assert not disk.run(lambda: save(both[1], root / "out"))
        disk.close()
        moved.close()
        assert (root / "out" / NEXT / MANIFEST).is_file()

    work = tmp_path / "work"
    work.mkdir()
    count = 0
    for root, _ in deaths(half, lambda root: load_all(root / "out"), work):
        count += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert rows(root / "out") == new
            save(both[1], root / "out")
        assert contents(root / "out") == plain
    assert count > 5


# ---------------------------------------------------------------- the site

OLD = {"index.html": "old", "people.html": "old"}
NEW = {"index.html": "new", "reader/a.html": "new"}
MINE = {"thesis.txt": "mine", "reader/notes.txt": "mine too"}


def put(out, files):
    with alone(out, beside=True), workplace(out) as work:
        for name, text in files.items():
            path = work / "pages" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        exchange(work / "pages", out)


def pages(out):
    return {n: data.decode() for n, data in contents(out).items() if n != LIST}


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
def test_a_site_is_old_or_new_and_own_files_are_there(tmp_path, power):
    def prepare(root):
        put(root / "site", OLD)
        for name, text in MINE.items():
            (root / "site" / name).parent.mkdir(exist_ok=True)
            (root / "site" / name).write_text(text)

    seen = []
    for root, ended in deaths(prepare, lambda root: put(root / "site", NEW), tmp_path, power):
        out = root / "site"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            mend(out)
            seen.append(pages(out))
            put(out, NEW)
        if ended:
            assert seen[-1] == NEW | MINE
        assert pages(out) == NEW | MINE
        assert {p.name for p in root.iterdir()} - {".site.lock"} == {"site"}
    assert all(one in (OLD | MINE, NEW | MINE) for one in seen)
    if not power:
        assert_old_then_new(seen, OLD | MINE, NEW | MINE)


# ---------------------------------------------------------------- fetched texts


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
def test_fetched_texts_are_whole_and_known_or_asked_for_again(tmp_path, power):
    wanted = [Wanted(name, f"http://x/{name}", "", "2024-01-01") for name in ("a", "b", "c")]

    def text(w):
        return f"What {w.article_id} says.\n" * 50

    def fetch(out):
        with alone(out):
            folder = Folder(out)
            asked = folder.pending(wanted)
            for w in asked:
                folder.save(w, text(w), 200, "")
            folder.finish()
        return [w.article_id for w in asked]

    def prepare(root):
        with alone(root / "texts"):
            folder = Folder(root / "texts")
            folder.save(wanted[0], text(wanted[0]), 200, "")
            folder.finish()

    steps = 0
    for root, ended in deaths(prepare, lambda root: fetch(root / "texts"), tmp_path, power):
        steps += 1
        out = root / "texts"
        whole = {w.article_id: (w.header + text(w) + "\n").encode() for w in wanted}
        there = {p.stem: p.read_bytes() for p in out.glob("*.txt")}
        assert there.items() <= whole.items()
        assert "a" in there
        asked = fetch(out)
        if not power:
            assert {*asked} == {*whole} - {*there}, "what is there is not asked for again"
        assert not ended or asked == []
        assert {p.stem: p.read_bytes() for p in out.glob("*.txt")} == whole
        known = Folder(out)
        assert {i: row["outcome"] for i, row in known.report.items()} == dict.fromkeys(
            whole, FETCHED
        )
    assert steps > 30


# ---------------------------------------------------------------- the tests can fail


def test_a_rename_before_the_bytes_are_on_the_disk_is_seen(tmp_path):
    def careless():
        (tmp_path / "part").write_text("bytes")
        (tmp_path / "part").replace(tmp_path / "file")

    disk = Disk(tmp_path)
    assert disk.run(careless)
    assert disk.unsafe == [str(tmp_path / "part")]
    disk.close()


def test_tables_that_are_replaced_one_after_the_other_are_seen(both, tmp_path):
    """As they were before: the same check finds the mixture."""
    save(both[0], tmp_path / "old")
    save(both[1], tmp_path / "new")

    def one_by_one(root):
        for path in sorted((tmp_path / "new").iterdir()):
            shutil.copy(path, root / ".part")
            (root / ".part").replace(root / "out" / path.name)

    work = tmp_path / "work"
    work.mkdir()
    found = deaths(lambda root: shutil.copytree(tmp_path / "old", root / "out"), one_by_one, work)
    with pytest.raises(AssertionError, match="got a name before it was on the disk"):
        list(found)
