"""The command line: exit statuses, messages that say what to do, and a quick start."""

import csv
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from analysis import cli
from analysis.cli import DONE, NOTHING, SET_ASIDE, main
from analysis.commit import MANIFEST
from analysis.scale import PARTS
from analysis.schema import TABLES

SEEDS = Path(__file__).parent.parent / "seeds"
BODY = "HÀ NỘI — Vietnamese Foreign Minister Đinh Quốc Bảo said on Monday that trade was growing."


@pytest.fixture
def call(capsys):
    """Return a function that runs a command in this process: exit status, output, errors."""

    def run(*words):
        try:
            status = main([str(w) for w in words])
        except SystemExit as ended:  # argparse ends the process on a wrong call
            status = ended.code
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return status, out, err

    return run


@pytest.fixture
def texts(tmp_path):
    """Return a function that writes articles into a folder, and the folder."""
    folder = tmp_path / "texts"
    folder.mkdir()

    def write(**files):
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (folder / f"{name}.txt").write_bytes(data)
        return folder

    return write


def tables_in(folder):
    if not folder.exists():
        return None
    return sorted(p.name for p in folder.iterdir() if p.name != PARTS)


# ---------------------------------------------------------------- extract


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_done(call, texts, tmp_path, kind):
    out = tmp_path / "tables"
    status, said, err = call("extract", texts(a=BODY), "--out", out, "--format", kind)
    assert status == DONE
    assert err == ""
    assert said.startswith(f"{out}: 1 articles, 1 sentences, ")
    assert tables_in(out) == sorted([*(f"{name}.{kind}" for name in TABLES), MANIFEST])


@pytest.mark.parametrize(
    ("name", "content", "reason", "remedy"),
    [
        ("empty", "", "holds no text", "remove it or fill it"),
        ("blank", " \n\n ", "holds no text", "remove it or fill it"),
        ("latin", "Vũ".encode("utf-16"), "is not UTF-8 (byte 0 is 0xff)", "save it as UTF-8"),
        (
            "dated",
            f" date 2025-02-31 {BODY}",
            "date header '2025-02-31' is no date",
            "write date YYYY-MM-DD",
        ),
    ],
)
def test_a_bad_article_is_set_aside_and_the_rest_is_done(
    call, texts, tmp_path, name, content, reason, remedy
):
    out = tmp_path / "tables"
    folder = texts(good=BODY, **{name: content})
    status, said, err = call("extract", folder, "--out", out)
    path = str(folder / f"{name}.txt")
    assert status == SET_ASIDE
    assert "1 articles" in said
    assert err == f"set aside: {path}: {reason}; {remedy}\n"
    with (out / "rejected.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{"source": path, "reason": reason, "remedy": remedy}]


def test_a_duplicate_article_id_is_set_aside(call, texts, tmp_path):
    folder = texts(a=BODY)
    (folder / "more").mkdir()
    (folder / "more" / "a.txt").write_text(BODY, encoding="utf-8")
    status, _, err = call("extract", folder, "--out", tmp_path / "tables")
    assert status == SET_ASIDE
    assert "article_id 'a' is already that of " in err
    assert "give one of the files another name" in err


def test_a_list_of_rejected_inputs_of_an_earlier_run_does_not_stay(call, texts, tmp_path):
    out = tmp_path / "tables"
    folder = texts(good=BODY, empty="")
    assert call("extract", folder, "--out", out)[0] == SET_ASIDE
    assert (out / "rejected.csv").exists()
    (folder / "empty.txt").unlink()
    assert call("extract", folder, "--out", out)[0] == DONE
    assert not (out / "rejected.csv").exists()


def test_no_article_can_be_read(call, texts, tmp_path):
    out = tmp_path / "tables"
    status, said, err = call("extract", texts(empty=""), "--out", out)
    assert status == NOTHING
    assert said == ""
    assert "holds no text" in err
    assert "no article could be read; nothing was written" in err
    assert tables_in(out) is None


def test_a_folder_without_articles(call, tmp_path):
    status, _, err = call("extract", tmp_path, "--out", tmp_path / "tables")
    assert status == NOTHING
    assert err == (
        f"analysis extract: {tmp_path}: no article in this folder; allowed: .txt, .html, .htm, "
        ".xhtml, .jsonl, .ndjson, .csv, .tsv, .parquet, .rss, .atom, .xml, .warc, each also as "
        ".gz or in a .zip\n"
    )


def test_a_source_that_is_not_there(call, tmp_path):
    status, _, err = call("extract", tmp_path / "none", "--out", tmp_path / "tables")
    assert status == NOTHING
    assert err == f"analysis extract: {tmp_path / 'none'}: no such file or folder\n"


def test_an_output_folder_that_cannot_be_made(call, texts, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    status, _, err = call("extract", texts(a=BODY), "--out", tmp_path / "taken")
    assert status == NOTHING
    assert "taken: File exists; check the path and its permissions" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("shout",), "invalid choice: 'shout'"),
        (("extract",), "the following arguments are required: source, --out"),
        (("extract", "x", "--out", "y", "--format", "xlsx"), "invalid choice: 'xlsx'"),
        (("extract", "x", "--out", "y", "--colour"), "unrecognized arguments: --colour"),
    ],
)
def test_a_wrong_call(call, words, said):
    status, _, err = call(*words)
    assert status == NOTHING
    assert err.startswith("usage: analysis")
    assert said in err


# ---------------------------------------------------------------- knowledge


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "surface,act,note\nin a whisper,mumble,\n",
            "attributions.csv:2: act 'mumble' is unknown; allowed: ",
        ),
        (
            "surface,act,note\nas per,state,\nAs Per,state,\n",
            "attributions.csv:3: repeats line 2 (as per)",
        ),
        (
            "surface,note\nas per,\n",
            "attributions.csv: column(s) act missing; has ['surface', 'note']",
        ),
        ("surface,act,note\nas per,state\n", "attributions.csv:2: 3 cells expected; quote commas"),
        (
            "surface,act,note\nas per,state,a,b\n",
            "attributions.csv:2: 3 cells expected; quote commas",
        ),
        (
            "surface,act,note\nsélon,state,\n".encode("latin-1"),
            "attributions.csv: cannot be read as UTF-8",
        ),
    ],
)
@pytest.mark.parametrize("command", ["extract", "check-knowledge"])
def test_knowledge_that_cannot_be_used_is_refused_whole(
    call, texts, tmp_path, command, content, said
):
    own = tmp_path / "own"
    own.mkdir()
    data = content if isinstance(content, bytes) else content.encode()
    (own / "attributions.csv").write_bytes(data)
    out = tmp_path / "tables"
    words = ("extract", texts(a=BODY), "--out", out, "--knowledge", own)
    status, shown, err = call(*(words if command == "extract" else (command, own)))
    assert status == NOTHING
    assert shown == ""
    assert err.startswith(f"analysis {command}: knowledge cannot be used, 1 fault(s):\n  {own}")
    assert said in err
    assert tables_in(out) is None


def test_a_knowledge_folder_that_is_not_there(call, tmp_path):
    status, _, err = call("check-knowledge", tmp_path / "none")
    assert status == NOTHING
    assert err.endswith("none: no such folder of knowledge files\n")


def test_a_group_of_words_that_is_not_there(call, tmp_path):
    columns = "surface,topic,inflect,forms,needs,unless,after,not_after,before,not_before,note"
    (tmp_path / "terms.csv").write_text(f"{columns}\nreef,trade,noun,,nosuch,,,,,,\n")
    status, _, err = call("check-knowledge", tmp_path)
    assert status == NOTHING
    assert "'reef' (trade): no group 'nosuch' in contexts.csv" in err


def test_knowledge_in_order(call):
    status, said, _ = call("check-knowledge")
    assert status == DONE
    assert said.startswith("in order: 40 topics, ")


def test_own_knowledge_is_used(call, texts, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "organisations.csv").write_text(
        "surface,organisation,note\nPan-Arctic Fisheries Board,PAFB,\n", encoding="utf-8"
    )
    folder = texts(a="OSLO — The Pan-Arctic Fisheries Board met on Monday.")
    out = tmp_path / "tables"
    assert call("extract", folder, "--out", out, "--format", "csv", "--knowledge", own)[0] == DONE
    assert ",PAFB,organisation," in (out / "actors.csv").read_text(encoding="utf-8")


# ---------------------------------------------------------------- what the system refuses


def test_an_error_of_the_system_is_worded(call, texts, tmp_path, monkeypatch):
    def refuse(args):
        raise PermissionError(13, "Permission denied", str(args.out))

    monkeypatch.setattr(cli, "_extract", refuse)
    status, _, err = call("extract", texts(a=BODY), "--out", "/sealed")
    assert status == NOTHING
    assert err == (
        "analysis extract: /sealed: Permission denied; check the path and its permissions\n"
    )


def test_a_full_disk_is_worded(call, texts, monkeypatch):
    def full(args):
        raise OSError(28, "No space left on device", "out/.next/topics.parquet")

    monkeypatch.setattr(cli, "_extract", full)
    assert call("extract", texts(a=BODY), "--out", "out") == (
        NOTHING,
        "",
        "analysis extract: out/.next/topics.parquet: No space left on device; "
        "make room and call again, what is there is as it was\n",
    )


def test_a_warning_is_one_line(call, texts, monkeypatch):
    def warn(args):
        warnings.warn("the tables were mended", stacklevel=1)
        return DONE

    monkeypatch.setattr(cli, "_extract", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        assert call("extract", texts(a=BODY), "--out", "x") == (
            DONE,
            "",
            "analysis: the tables were mended\n",
        )


def test_a_closed_pipe_is_no_error_of_ours(call, texts, monkeypatch):
    def cut(args):
        raise BrokenPipeError

    monkeypatch.setattr(cli, "_extract", cut)
    assert call("extract", texts(a=BODY), "--out", "x") == (NOTHING, "", "")


# ---------------------------------------------------------------- as a program


def run(*code_or_words):
    return subprocess.run(
        [sys.executable, *code_or_words], capture_output=True, text=True, check=False
    )


def test_help_imports_no_heavy_library():
    code = (
        "import sys\nfrom analysis.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit as e: assert e.code == 0\n"
        "heavy = {'pandas', 'numpy', 'pandera', 'pyarrow', 'sklearn', 'matplotlib', 'tqdm'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    assert "COMMAND" in done.stdout


def test_the_program_ends_with_the_status_and_without_a_traceback(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    done = run("-m", "analysis.cli", "extract", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == NOTHING
    assert "is not UTF-8" in done.stderr
    assert "Traceback" not in done.stderr
