"""Bars: on a terminal letters, in a notebook a widget, in a pipe nothing, nowhere a warning."""

import os
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

WORK = (
    "from analysis.progress import bar\n"
    "done = [n for n in bar(range(7), 7, 'texts', shown={shown})]\n"
    "assert done == list(range(7))"
)


@pytest.mark.parametrize(("shown", "drawn"), [(True, True), (False, False)])
def test_a_terminal_has_a_bar_where_one_is_wanted(shown, drawn):
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-W", "error", "-c", WORK.format(shown=shown)]
    subprocess.run(command, stderr=theirs, check=True)
    os.write(theirs, b"end")
    os.close(theirs)
    said = b""
    while not said.endswith(b"end"):
        said += os.read(ours, 4096)
    os.close(ours)
    assert (b"7/7" in said and b" texts/s" in said) is drawn
    assert (said == b"end") is not drawn


def test_a_pipe_stays_silent():
    command = [sys.executable, "-W", "error", "-c", WORK.format(shown=True)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout + done.stderr == b""


@pytest.fixture(scope="module")
def shown_in_a_notebook():
    """What cells show in a kernel in which every warning is an error."""
    wanted, unwanted = WORK.format(shown=True), WORK.format(shown=False)
    hidden = "import analysis.progress; analysis.progress.find_spec = lambda name: None\n"
    cells = ["import warnings; warnings.simplefilter('error')", wanted, wanted, unwanted]
    notebook = new_notebook(cells=[new_code_cell(c) for c in [*cells, hidden + wanted]])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    return [cell.outputs for cell in notebook.cells[1:]]


def test_a_notebook_has_a_widget_whose_stored_text_is_always_the_same(shown_in_a_notebook):
    (once,), (again,), *_ = shown_in_a_notebook
    assert "application/vnd.jupyter.widget-view+json" in once["data"]
    assert "0/7" in once["data"]["text/plain"]
    assert once["data"]["text/plain"] == again["data"]["text/plain"]


def test_a_notebook_shows_nothing_that_was_not_asked_for(shown_in_a_notebook):
    assert shown_in_a_notebook[2] == []


def test_a_notebook_without_widgets_has_letters_and_no_warning(shown_in_a_notebook):
    outputs = shown_in_a_notebook[3]
    assert {output["name"] for output in outputs} == {"stderr"}
    said = "".join(output["text"] for output in outputs)
    assert "7/7" in said
    assert "Warning" not in said
