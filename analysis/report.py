"""Articles and notebooks → one static site: pages, reader, explorer, in a folder of its own.

For the project's own corpus the stored outputs of the notebooks are shown: the tests run every
notebook again and compare each output, so they are what a clean run gives. For a reader's own
articles the tables are extracted once, and the notebooks are run on them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from analysis import data, notebooks
from analysis.articles import SourceError, read_articles
from analysis.panel import Panel, read_panel
from analysis.progress import bar
from analysis.site import explorer, meeting_pages, notebook_pages, overview, reader, reference
from analysis.site.frame import GENERATOR, Site
from analysis.tables import Tables, extract

FOOT = (
    f"Made with {GENERATOR}. Every number is computed from tables whose rows point to their words. "
    "Texts belong to their publishers."
)


def build(sources: Sequence[str | Path], out: str | Path) -> tuple[Path, list[dict[str, str]]]:
    """Make the site of the project's corpus, or of a reader's own articles.

    Parameters
    ----------
    sources : sequence of path
        Folders or files of articles; none for the project's own corpus.
    out : path
        The folder for the site. An earlier one there is replaced as a whole.

    Returns
    -------
    tuple
        The index page, and what was set aside: dicts with source, reason and remedy.

    Raises
    ------
    SourceError
        No article can be read, or `out` holds something that is not a report.

    Examples
    --------
    >>> build(["no/such/folder"], "build/none")
    Traceback (most recent call last):
    ...
    analysis.articles.SourceError: no/such/folder: no such file or folder
    """
    out = Path(out)
    _ours(out)
    rejected: list[dict[str, str]] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as work:
        made = Path(work) / "pages"
        made.mkdir()
        if sources:
            articles = read_articles(*sources)
            rejected = articles.attrs["rejected"]
            if articles.empty:
                raise SourceError("no article could be read; nothing was made")
            tables = extract(articles, progress=True)
            tables.save(Path(work) / "tables")
            pages = _run(Path(work) / "tables")
            panel = None
        else:
            tables, panel = data.seeds(), read_panel()
            pages = [notebook_pages.page(p.stem, notebooks.read(p)) for p in notebooks.paths()]
        _write(made, pages, tables, panel)
        if out.exists():
            os.replace(out, Path(work) / "before")
        os.replace(made, out)
    return out / "index.html", rejected


def _ours(out: Path) -> None:
    """Refuse to replace a folder that holds anything but a report."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    index = out / "index.html"
    if not (
        index.is_file() and f'content="{GENERATOR}"' in index.read_text("utf-8", "replace")[:4000]
    ):
        raise SourceError(f"{out}: holds files that are no report; name a new or an empty folder")


def _run(tables: Path) -> list[notebook_pages.Page]:
    """Run the notebooks on the tables in a folder, but for those about our corpus only."""
    pages = []
    found = notebooks.paths()
    for path in bar(found, len(found), "notebooks", shown=True):
        notebook = notebooks.for_tables(path, tables)
        if not any(cell.cell_type == "code" for cell in notebook.cells[1:]):
            continue
        notebooks.execute(notebook, path.parent, go_on=True)
        pages.append(notebook_pages.page(path.stem, notebook))
    return pages


def _write(
    folder: Path, pages: list[notebook_pages.Page], tables: Tables, panel: Panel | None
) -> None:
    """Write every page of the site."""
    menu = {"index.html": "Overview", "explorer.html": "Explorer", "reader/index.html": "Articles"}
    if panel is not None:
        menu["meetings/index.html"] = "Meetings"
    menu |= {"codebook.html": "Codebook", "people.html": "People", "method.html": "Method"}
    site = Site(folder, menu, {f"{p.name}.html": p.short for p in pages}, FOOT)
    site.assets()
    overview.write(site, pages, tables, panel)
    for page in pages:
        notebook_pages.write(site, page)
    reader.write(site, tables, progress=True)
    if panel is not None:
        meeting_pages.write(site, panel)
    reference.write(site, tables, panel)
    explorer.write(site, tables, panel)
