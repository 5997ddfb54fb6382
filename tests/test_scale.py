"""Extraction in parts: the same bytes whoever makes them, whatever is killed, wherever it stops."""

import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from importlib.util import find_spec
from multiprocessing import active_children
from pathlib import Path

import pandas as pd
import pytest

from analysis import parts, provenance, scale, workers
from analysis.articles import read_articles
from analysis.cli import NOTHING, main
from analysis.cluster import on_cluster
from analysis.commit import MANIFEST
from analysis.extraction import extract
from analysis.knowledge import load
from analysis.lock import LOCK
from analysis.part_store import Store
from analysis.parts import PartError, Task
from analysis.provenance import made_by
from analysis.scale import PARTS, extract_into
from analysis.schema import TABLES
from analysis.tables import load_tables
from analysis.workers import AHEAD, in_processes

ARTICLES = 80
# Parts of a tenth of these articles, in this process and in those that tests start.
SMALL = {"ENDS": 9, "MOST": 30}
PROGRAM = f"""
import sys
from analysis import parts
from analysis.cli import main
parts.ENDS, parts.MOST = {SMALL["ENDS"]}, {SMALL["MOST"]}
sys.exit(main(sys.argv[1:]))
"""
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="dask is not installed")


@pytest.fixture(scope="module")
def texts():
    """Return the texts of varied articles by id."""
    folder = str(Path(__file__).resolve().parents[1] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        from articles import varied
    finally:
        sys.path.remove(folder)
    return dict(varied(ARTICLES))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    for name, value in SMALL.items():
        monkeypatch.setattr(parts, name, value)


def write(folder, texts):
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory, texts):
    """Return a folder of articles, which nobody changes."""
    return write(tmp_path_factory.mktemp("source") / "articles", texts)


@pytest.fixture(scope="module")
def plain(source, tmp_path_factory):
    """Return the files of the same articles extracted at once and saved, without any part."""
    folder = tmp_path_factory.mktemp("plain")
    extract(read_articles(source)).save(folder)
    return contents(folder)


def contents(folder):
    """Return the bytes of every table and of their list, by the place in the folder."""
    aside = {PARTS, LOCK}
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not aside & {*p.parts})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def parts_in(folder):
    kept = folder / PARTS
    return sorted(p.name for p in kept.iterdir() if p.name[0] != ".") if kept.exists() else []


def start(*words, **variables):
    """Start `analysis extract` with small parts in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, "extract", *map(str, words)]
    return subprocess.Popen(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_parts(folder, count, process):
    while len(parts_in(folder)) < count:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)


# ---------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("count", [None, 2])
def test_any_number_of_workers_gives_the_bytes_of_plain_extraction(source, plain, tmp_path, count):
    done = extract_into(tmp_path / "out", source, workers=count)
    assert contents(tmp_path / "out") == plain
    assert done.made == len(parts_in(tmp_path / "out")) > 5
    assert done.rows["articles"] == ARTICLES
    assert done.rows == {name: len(table) for name, table in load_tables(tmp_path / "out")}


def test_csv_has_the_bytes_of_plain_extraction(source, tmp_path):
    extract(read_articles(source)).save(tmp_path / "plain", "csv")
    extract_into(tmp_path / "out", source, format="csv")
    assert contents(tmp_path / "out") == contents(tmp_path / "plain")


def test_parts_do_not_depend_on_the_tables_that_articles_come_in(source):
    whole = read_articles(source)
    once = [part["article_id"].tolist() for part in parts.cut([whole])]
    pieces = [whole.iloc[i : i + 7] for i in range(0, len(whole), 7)]
    assert [part["article_id"].tolist() for part in parts.cut(pieces)] == once
    assert [name for names in once for name in names] == whole["article_id"].tolist()
    assert max(map(len, once)) <= SMALL["MOST"]


def test_own_knowledge_reaches_other_processes(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "organisations.csv").write_text("surface,organisation,note\nPan-Arctic Board,PAFB,\n")
    (tmp_path / "a.txt").write_text("OSLO — The Pan-Arctic Board met.", encoding="utf-8")
    out = tmp_path / "out"
    extract_into(out, tmp_path / "a.txt", knowledge=own, workers=1)
    expected = extract(read_articles(tmp_path / "a.txt"), load(own))
    pd.testing.assert_frame_equal(load_tables(out).actors, expected.actors)
    assert "PAFB" in set(expected.actors["actor"])
    assert extract_into(out, tmp_path / "a.txt").made == 1, "other knowledge, another part"


# ---------------------------------------------------------------- killed and resumed


@needs_kill
def test_a_killed_worker_costs_only_its_part(source, plain, tmp_path, monkeypatch):
    add, start_one, started = Store.add, workers._Process._start, []
    killed = []

    def kill_then_add(store, name, tables):
        if not killed:
            killed.append(active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)
        return add(store, name, tables)

    def note(process):
        started.append(process)
        start_one(process)

    monkeypatch.setattr(Store, "add", kill_then_add)
    monkeypatch.setattr(workers._Process, "_start", note)
    done = extract_into(tmp_path / "out", source, workers=2)
    assert len(started) == 3, "two, and one in place of the killed one"
    assert contents(tmp_path / "out") == plain
    assert done.made == len(parts_in(tmp_path / "out"))


def end_at_once(task):
    os._exit(1)


def test_a_part_that_ends_every_process_is_named(source, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "make", end_at_once)
    said = r"part [0-9a-f]{12} \(\d+ articles, '000000_.*\) has cost 3 processes"
    with pytest.raises(PartError, match=said):
        extract_into(tmp_path / "out", source, workers=1)
    assert not (tmp_path / "out").exists()


def test_stopped_by_a_key_and_called_again(source, plain, tmp_path, monkeypatch, capsys):
    out, add = tmp_path / "out", Store.add

    def stop_after_three(store, name, tables):
        if len(parts_in(out)) == 3:
            raise KeyboardInterrupt
        return add(store, name, tables)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "add", stop_after_three)
        assert main(["extract", str(source), "--out", str(out), "--workers", "2"]) == NOTHING
    assert capsys.readouterr().err == f"stopped; {out} keeps what is done, call again to go on\n"
    assert contents(out) == {}
    done = extract_into(out, source)
    assert done.kept == 3
    assert contents(out) == plain


@needs_kill
def test_killed_and_called_again(source, plain, tmp_path):
    out = tmp_path / "out"
    process = start(source, "--out", out, "--workers", 2)
    wait_for_parts(out, 3, process)
    process.kill()
    # The output ends only when the processes that share it have all gone.
    assert "Traceback" not in process.communicate(timeout=30)[0]
    (out / PARTS / ".half").mkdir()  # what a part is while it is written
    kept = len(parts_in(out))
    assert contents(out) == {}
    done = extract_into(out, source)
    assert done.kept == kept >= 3
    assert done.made > 0
    assert contents(out) == plain
    assert len(list((out / PARTS).iterdir())) == done.kept + done.made


def test_a_damaged_part_is_made_again(source, plain, tmp_path):
    out = tmp_path / "out"
    extract_into(out, source)
    shorter, gone, manifest = (out / PARTS / name for name in parts_in(out)[:3])
    for path in (shorter / "topics.parquet", manifest / "manifest.json"):
        path.write_bytes(path.read_bytes()[:-9])
    (gone / "figures.parquet").unlink()
    assert extract_into(out, source).made == 3
    assert contents(out) == plain


# ---------------------------------------------------------------- only what is new


def test_nothing_new_makes_nothing(source, tmp_path):
    extract_into(tmp_path / "out", source)
    assert extract_into(tmp_path / "out", source, workers=2).made == 0


def test_one_article_costs_one_part(source, texts, tmp_path):
    out, changing = tmp_path / "out", shutil.copytree(source, tmp_path / "changing")
    before = extract_into(out, changing)
    some = changing / f"{list(texts)[40]}.txt"
    some.write_text(some.read_text("utf-8") + " They also agreed on trade.", encoding="utf-8")
    changed = extract_into(out, changing)
    assert (changed.made, changed.kept) == (1, before.made - 1)
    shutil.copy(some, changing / "000000.txt")  # before all others
    new = extract_into(out, changing)
    assert (new.made, new.kept) == (1, before.made - 1)
    some.unlink()
    gone = extract_into(out, changing)
    assert (gone.made, gone.kept) == (1, before.made - 1)
    assert len(parts_in(out)) == before.made, "parts of articles that are gone are removed"
    extract(read_articles(changing)).save(tmp_path / "plain")
    assert contents(out) == contents(tmp_path / "plain")


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("matcher.py", True),
        ("knowledge/terms.csv", True),
        ("knowledge/patterns/acts.txt", True),
        ("patterns/days.json", True),
        ("site/frame.py", False),
        ("__pycache__/matcher.cpython-311.pyc", False),
    ],
)
def test_a_part_is_named_by_every_file_that_it_may_rest_on(tmp_path, place, counts):
    (tmp_path / "tables.py").write_text("x = 1")
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("before")
    before = provenance._hash_of(tmp_path, "pandas 3")
    path.write_text("after")
    assert (provenance._hash_of(tmp_path, "pandas 3") != before) is counts
    assert provenance._hash_of(tmp_path, "pandas 4") != provenance._hash_of(tmp_path, "pandas 3")


def test_extraction_uses_nothing_of_the_pages():
    """Else those would have to count as well."""
    code = (
        "import sys; from analysis import scale, parts, provenance, articles\n"
        "parts.make(parts.Task('x', articles.read_articles('seeds'), (), provenance.made_by()))\n"
        "sys.exit(' '.join(m for m in sys.modules if m.startswith('analysis.site')) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_id_with_half_of_a_character_has_its_part():
    ids = pd.DataFrame({"article_id": ["a", "half \ud83d", "b"]}, dtype=object)
    assert sum(map(len, parts.cut([ids]))) == 3


# ---------------------------------------------------------------- stories over parts


def test_reprints_in_other_parts_and_runs_are_of_one_story(source, texts, tmp_path):
    out, growing = tmp_path / "out", shutil.copytree(source, tmp_path / "growing")
    name = "000020_01_pm_phone_talks_2021"
    dated, _, body = texts[name].partition("–")
    assert dated.startswith(" date 2")
    for copy, day in (("zz_later", "2031-01-01"), ("zz_latest", "2031-01-02")):
        (growing / f"{copy}.txt").write_text(f" date {day} SEOUL —{body}", encoding="utf-8")
    extract_into(out, growing)
    story = load_tables(out).articles.set_index("article_id")["story_id"]
    assert story["zz_later"] == story["zz_latest"] == story[name]
    assert story.nunique() < len(story) - 1
    (growing / "zz_earliest.txt").write_text(f" date 2019-01-01 SEOUL —{body}", encoding="utf-8")
    assert extract_into(out, growing, workers=2).kept > 5
    story = load_tables(out).articles.set_index("article_id")["story_id"]
    assert story["zz_later"] == story[name] == "zz_earliest"
    extract(read_articles(growing)).save(tmp_path / "plain")
    assert contents(out) == contents(tmp_path / "plain")


# ---------------------------------------------------------------- by year


def test_a_large_corpus_lies_by_year(source, plain, tmp_path, monkeypatch):
    out = tmp_path / "out"
    extract_into(out, source)
    monkeypatch.setattr(scale, "ONE_FILE", ARTICLES - 1)
    extract_into(out, source)
    by_year = contents(out)
    assert set(json.loads(by_year[MANIFEST])["files"]) == {*by_year} - {MANIFEST}
    places = {re.sub(r"year=(\d{4}|undated)/", "", place) for place in {*by_year} - {MANIFEST}}
    assert places == {f"{name}/part-0.parquet" for name in TABLES}
    tables, whole = load_tables(out), extract(read_articles(source))
    for name, table in tables:
        key = list(TABLES[name].key)
        left, right = (
            t.sort_values(key).reset_index(drop=True) for t in (table, getattr(whole, name))
        )
        pd.testing.assert_frame_equal(left, right, obj=name)
    [some] = {p.parent for p in (out / "articles").glob("year=2023/*")}
    years = pd.read_parquet(some / "part-0.parquet", partitioning=None)["published_from"]
    assert set(years.dt.year) == {2023}

    extract_into(tmp_path / "again", source)
    assert contents(tmp_path / "again") == by_year
    monkeypatch.setattr(scale, "ONE_FILE", ARTICLES)
    extract_into(out, source)
    assert contents(out) == plain, "and back again"


# ---------------------------------------------------------------- bounded


def test_few_parts_are_ahead(source, monkeypatch):
    asked, done = [], 0

    def tasks():
        for i, part in enumerate(parts.cut([read_articles(source)])):
            asked.append(i)
            assert len(asked) - done <= 2 * AHEAD + 1
            yield Task(str(i), part, (), made_by())

    for _ in in_processes(tasks(), 2):
        done += 1
    assert done == len(asked) > 2 * AHEAD + 1


# ---------------------------------------------------------------- refused


def refused(capsys, *words):
    try:
        status = main(["extract", *map(str, words)])
    except SystemExit as ended:
        status = ended.code
    said = capsys.readouterr().err
    assert status == NOTHING
    assert "Traceback" not in said
    return said


def test_no_worker_is_refused(source, tmp_path, capsys):
    said = refused(capsys, source, "--out", tmp_path / "out", "--workers", 0)
    assert said == "analysis extract: workers 0 is no number of processes; give 1 or more\n"
    assert not (tmp_path / "out").exists()


def test_workers_and_a_scheduler_exclude_each_other(source, tmp_path, capsys):
    words = (source, "--out", tmp_path / "out", "--workers", 2, "--scheduler", "tcp://x:1")
    assert "--scheduler: not allowed with argument --workers" in refused(capsys, *words)
    with pytest.raises(ValueError, match="workers and scheduler exclude each other"):
        extract_into(tmp_path / "out", source, workers=2, scheduler="tcp://x:1")


def test_a_missing_package_is_named(source, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(capsys, source, "--out", tmp_path / "out", "--scheduler", "tcp://x:1")
    assert 'install them with pip install "diplomatic-readouts[scale]"' in said


def test_a_worker_with_another_library_is_refused():
    with pytest.raises(PartError, match="install the same everywhere"):
        parts.make(Task("x", read_articles("seeds"), (), "another"))


# ---------------------------------------------------------------- a cluster


ONE = ("--nthreads", "1", "--no-nanny", "--no-dashboard")  # a worker of one process


@pytest.fixture
def cluster(tmp_path):
    """Return a function that starts Dask's own programs, which end with the test."""
    started = []

    def dask(*words):
        log = (tmp_path / f"{len(started)}.log").open("w+", encoding="utf-8")
        command = [sys.executable, "-m", "dask", *words]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
        started.append((process, log))
        return process, Path(log.name)

    yield dask
    for process, log in started:
        process.kill()
        process.wait()
        log.close()


def scheduler_in(cluster):
    """Start a scheduler; return it and its address."""
    process, log = cluster("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    while not (said := re.search(r"Scheduler at:\s+(\S+)", log.read_text(encoding="utf-8"))):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.05)
    return process, said[1]


@needs_dask
@needs_kill
def test_a_cluster_of_which_one_worker_is_killed(source, plain, tmp_path, cluster):
    _, address = scheduler_in(cluster)
    victim, _ = cluster("worker", address, *ONE)
    cluster("worker", address, *ONE)
    out = tmp_path / "out"
    process = start(source, "--out", out, "--scheduler", address)
    wait_for_parts(out, 2, process)
    victim.kill()
    shown = process.communicate(timeout=60)[0]
    assert process.returncode == 0, shown
    assert contents(out) == plain


@needs_dask
@needs_kill
def test_a_scheduler_that_goes_away_is_named(source, tmp_path, cluster):
    scheduler, address = scheduler_in(cluster)
    cluster("worker", address, *ONE)
    out = tmp_path / "out"
    process = start(source, "--out", out, "--scheduler", address)
    wait_for_parts(out, 1, process)
    scheduler.kill()
    said = process.communicate(timeout=60)[0]
    assert process.returncode == NOTHING
    assert said == (
        f"analysis extract: {address} went away; start it again and call again: "
        "what is done is kept\n"
    )
    assert contents(out) == {}


@needs_dask
def test_dask_logs_nothing_beside_what_is_said(source, cluster, monkeypatch):
    _, address = scheduler_in(cluster)
    cluster("worker", address, *ONE)
    # Which module sees first that a scheduler is gone is chance; a user may have set any level.
    import distributed  # noqa: F401, sets levels of its own

    loggers = [logging.getLogger(f"distributed{part}") for part in ("", ".batched", ".client")]
    monkeypatch.setattr(loggers[1], "level", logging.INFO)
    before = [logger.level for logger in loggers]
    [part, *_] = parts.cut([read_articles(source)])
    with closing(on_cluster([Task("a", part, (), made_by())], address)) as made:
        task, _ = next(made)
        assert task.name == "a"
        assert not any(logger.isEnabledFor(logging.ERROR) for logger in loggers)
    assert [logger.level for logger in loggers] == before
    assert loggers[1].isEnabledFor(logging.INFO)


@needs_dask
@pytest.mark.parametrize("address", ["nonsense://x", "127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_named(source, tmp_path, address):
    patience = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    process = start(source, "--out", tmp_path / "out", "--scheduler", address, **patience)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == NOTHING
    assert f"no Dask scheduler answers at '{address}'" in said
    assert "start one with `dask scheduler`" in said
    assert "Traceback" not in said
