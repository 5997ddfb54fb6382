"""run.py from a fresh checkout, with a stand-in for uv that makes an environment of shell scripts.

The real set-up, with pip and with uv, is what brought the reader of this file here.
"""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("analysis", "mypy", "pytest", "python", "ruff")
STAND_IN_FOR_UV = """#!/bin/sh
echo "$@" >> "$PWD/uv.log"
if [ "$1" = venv ]; then
  for folder in "$@"; do :; done
  rm -rf "$folder"; mkdir -p "$folder/bin"; exit 0
fi
if [ -e broken ]; then echo "cannot reach the index"; exit 1; fi
while [ "$1" != --python ]; do shift; done
for tool in TOOLS; do cp tool "$(dirname "$2")/$tool"; done
"""
# Writes down how it was called, and fails when told to.
STAND_IN_FOR_A_TOOL = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in *exit-seven*) exit 7;; esac
exit 0
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path):
    """Make a checkout without `.venv`, and a function that calls its run.py."""
    folder = tmp_path / "check out"
    folder.mkdir()
    for name in ("run.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    script(folder / "tool", STAND_IN_FOR_A_TOOL)
    tools = tmp_path / "tools"
    tools.mkdir()
    script(tools / "uv", STAND_IN_FOR_UV.replace("TOOLS", " ".join(TOOLS)))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(tools), os.defpath]),
        "CALLS": str(folder / "calls"),
    }

    def run(*arguments, cwd=folder):
        command = [sys.executable, folder / "run.py", *arguments]
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)

    run.folder = folder
    return run


def lines(path):
    return path.read_text().splitlines() if path.exists() else []


def load():
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- setting up


def test_the_first_call_sets_up_and_the_second_does_not(checkout):
    first = checkout("report")
    assert first.returncode == 0, first.stderr
    assert "Setting up .venv" in first.stdout
    made = lines(checkout.folder / "uv.log")
    assert made[0].startswith("venv --clear")
    assert "-c constraints.txt -e .[fetch,lab,read,scale,test]" in made[1]

    second = checkout("report")
    assert second.returncode == 0
    assert "Setting up" not in second.stdout
    assert lines(checkout.folder / "uv.log") == made
    assert lines(checkout.folder / "calls").count("analysis report") == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "again"),
    [
        ("pyproject.toml", "pandas>=3,<4", "pandas>=3.0.1,<4", True),
        ("constraints.txt", "seaborn==", "# seaborn==", True),
        ("pyproject.toml", "line-length = 100", "line-length = 99", False),
    ],
    ids=["a bound", "a constraint", "a setting of ruff"],
)
def test_it_sets_up_again_when_requirements_change(checkout, file, old, new, again):
    checkout("setup")
    path = checkout.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert ("Setting up" in checkout("setup").stdout) is again


def test_a_failed_set_up_says_what_to_do_and_is_done_again(checkout):
    (checkout.folder / "broken").touch()
    failed = checkout("report")
    assert failed.returncode == 2
    assert "cannot reach the index" in failed.stderr
    assert "check the network, then call again" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert lines(checkout.folder / "calls") == []

    (checkout.folder / "broken").unlink()
    repaired = checkout("report")
    assert repaired.returncode == 0
    assert "Setting up" in repaired.stdout


def test_a_folder_left_half_made_is_made_anew(checkout):
    checkout("setup")
    (checkout.folder / ".venv" / "complete").unlink()
    (checkout.folder / ".venv" / "rest of a set-up that was stopped").touch()
    assert "Setting up" in checkout("setup").stdout
    assert not (checkout.folder / ".venv" / "rest of a set-up that was stopped").exists()


def test_a_checkout_that_moved_is_set_up_again(checkout, tmp_path):
    checkout("setup")
    moved = tmp_path / "moved"
    checkout.folder.rename(moved)
    checkout.folder.symlink_to(moved)
    assert "Setting up" in checkout("setup").stdout


def test_python_without_venv_is_told_what_to_install(monkeypatch, tmp_path, capsys):
    run = load()
    monkeypatch.setattr(run, "STAMP", tmp_path / "no such file")
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    monkeypatch.setattr(run, "find_spec", lambda name: None)
    assert run.main(["report"]) == 2
    assert "apt install python3-venv" in capsys.readouterr().err


def test_an_uv_inside_the_environment_is_not_used_to_clear_it(monkeypatch, tmp_path, capsys):
    run = load()
    monkeypatch.setattr(run, "STAMP", tmp_path / "no such file")
    monkeypatch.setattr(run.shutil, "which", lambda name: str(run.BIN / name))
    monkeypatch.setattr(run, "find_spec", lambda name: None)
    assert run.main(["report"]) == 2
    assert "cannot make virtual environments" in capsys.readouterr().err


def test_an_old_python_is_refused_in_a_sentence(monkeypatch, capsys):
    run = load()
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 4, "final", 0))
    assert run.main(["test"]) == 2
    said = capsys.readouterr().err
    assert "Python 3.11 or later is needed, and this is 3.10." in said


# ---------------------------------------------------------------- the commands


def test_arguments_and_exit_status_are_passed_on(checkout, tmp_path):
    done = checkout("analysis", "extract", "my texts", "--exit-seven", cwd=tmp_path)
    assert done.returncode == 7
    assert lines(checkout.folder / "calls")[-1] == "analysis extract my texts --exit-seven"


def test_test_runs_every_check_also_after_a_failure(checkout):
    done = checkout("test", "-k", "exit-seven")
    called = [line.split()[0] for line in lines(checkout.folder / "calls")][1:]
    assert called == ["ruff", "ruff", "mypy", "analysis", "pytest", "pytest"]
    assert done.returncode == 1
    summary = done.stdout.partition("== summary")[2].splitlines()[1:]
    outcomes = {line.split()[0]: line.split()[1] for line in summary}
    assert outcomes == {
        "lint": "ok",
        "format": "ok",
        "types": "ok",
        "knowledge": "ok",
        "tests": "FAILED",
        "notebooks": "ok",
    }
    assert checkout("test").returncode == 0


def test_an_audit_has_its_tools_beside_the_environment_that_it_looks_at(checkout):
    first = checkout("audit")
    assert first.returncode == 0, first.stderr
    made = lines(checkout.folder / "uv.log")
    assert len(made) == 4
    assert "-c constraints.txt cyclonedx-bom" in made[3]
    called = lines(checkout.folder / "calls")[-1].split("tests/audit.py ")[1]
    assert called == f"{checkout.folder}/.venv/bin/python {checkout.folder}/build/audit"
    checkout("audit")
    assert lines(checkout.folder / "uv.log") == made
    assert checkout("audit", "numpy").returncode == 2


def test_lab_opens_on_the_notebooks_without_news(checkout):
    assert checkout("lab", "--no-browser").returncode == 0
    opened = lines(checkout.folder / "calls")[-1]
    assert opened.startswith("python -m jupyterlab")
    assert opened.endswith("--LabApp.default_url=/lab/tree/notebooks --no-browser")
    settings = checkout.folder / ".venv" / "etc" / "jupyter" / "labconfig" / "page_config.json"
    assert "announcements" in settings.read_text()


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_help_needs_no_set_up_and_names_every_command(checkout, arguments):
    done = checkout(*arguments)
    assert done.returncode == 0
    assert all(f"run.py {verb}" in done.stdout for verb in load().VERBS)
    assert not (checkout.folder / ".venv").exists()


def test_an_unknown_command_is_refused_with_the_known_ones(checkout):
    done = checkout("reprot")
    assert done.returncode == 2
    assert "there is no command 'reprot'" in done.stderr
    assert f"Commands: {', '.join(load().VERBS)}, help." in done.stderr


# ---------------------------------------------------------------- the files


def test_run_py_needs_the_standard_library_only():
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_an_old_python_can_read_run_py():
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_makefile_has_the_same_commands():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (targets,) = [line for line in text.splitlines() if line.startswith(".PHONY:")]
    assert set(targets.split()[1:]) == {*load().VERBS, "help"}


@pytest.mark.parametrize("name", ["run.py", ".ci/run"])
def test_scripts_can_be_called(name):
    assert os.access(ROOT / name, os.X_OK)
