"""Run the notebooks: in place, for those who write them, or on a reader's own articles."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from analysis.progress import bar

# A checkout has the notebooks beside the library.
FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
CELL_SECONDS = 600
PARAMETERS = "parameters"  # tag of the cell that says which tables a notebook is about
FOLDED = "folded"  # tag of cells whose code a page does not show
OWN = {"panel", "seeds"}  # tags of cells that hold for the project's own corpus only
# Tag of cells whose output lives in the browser and is neither compared nor stored.
LIVE = "nbval-ignore-output"


def paths(folder: Path = FOLDER) -> list[Path]:
    """Return the notebooks that become pages, in reading order: those with a number.

    The others are to work in, and are nothing to read.

    Raises
    ------
    FileNotFoundError
        There are none: the library was installed without its checkout.
    """
    found = sorted(folder.glob("[0-9]*.ipynb"))
    if not found:
        raise FileNotFoundError(2, "no notebook here; reports are made in a checkout", str(folder))
    return found


def read(path: Path) -> Any:
    """Read one notebook."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def refresh(folder: Path = FOLDER) -> None:
    """Run every notebook from a clean start and store its outputs in place."""
    found = sorted(folder.glob("*.ipynb"))
    for path in bar(found, len(found), "notebooks", shown=True):
        notebook = read(path)
        execute(notebook, folder)
        notebook.metadata.pop("widgets", None)  # Their ids are random.
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)  # When it ran: not the same twice.
            if LIVE in cell.metadata.get("tags", []):
                cell.outputs = []
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def for_tables(path: Path, tables: Path) -> Any:
    """Return a notebook about the tables in a folder, without what holds for our corpus only."""
    notebook = read(path)
    notebook.cells = [c for c in notebook.cells if not OWN & set(c.metadata.get("tags", []))]
    for cell in notebook.cells:
        if PARAMETERS in cell.metadata.get("tags", []):
            cell.source = f"TABLES = {str(tables.resolve())!r}"
            cell.metadata["tags"].append(FOLDED)
    return notebook


def execute(notebook: Any, folder: Path, go_on: bool = False) -> None:
    """Run a notebook in `folder` and keep its outputs in it.

    Parameters
    ----------
    go_on : bool
        Whether to go on after a cell that fails; its error is then among the outputs.
    """
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        allow_errors=go_on,
    )
    with tempfile.TemporaryDirectory() as private:
        if os.name != "nt":
            # Files in a folder of ours instead of ports: nobody else can reach the kernel.
            client.config.KernelManager.transport = "ipc"
            client.config.KernelManager.ip = f"{private}/kernel"
        client.execute()
