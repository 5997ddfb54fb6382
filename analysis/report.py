"""Articles and notebooks → one static site: pages, reader, explorer, in a folder of its own.

For the project's own corpus the stored outputs of the notebooks are shown: the tests run every
notebook again and compare each output, so they are what a clean run gives. For a reader's own
articles the tables are extracted once, and the notebooks are run on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis import data, notebooks
from analysis.articles import SourceError, read_articles
from analysis.exchange import exchange, workplace
from analysis.extraction import extract
from analysis.lock import alone
from analysis.panel import Panel, read_panel
from analysis.progress import bar
from analysis.site import explorer, meeting_pages, notebook_pages, overview, reader, reference
from analysis.site.frame import GENERATOR, Site
from analysis.tables import Tables

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
        The folder for the site. An earlier one there is replaced as a whole; files that you have
        put into it stay.

    Returns
    -------
    tuple
        The index page, and what was set aside: dicts with source, reason and remedy.

    Raises
    ------
    SourceError
        No article can be read, or `out` holds something that is not a report.
    OwnFileError
        A file of yours in `out` has the name of a new page.
    BusyError
        Another run is making a report there.

    Examples
    --------
    >>> build(["no/such/folder"], "build/none")
    Traceback (most recent call last):
    ...
    analysis.articles.SourceError: no/such/folder: no such file or folder
    """
    out = Path(out)
    place = out.resolve() if out.is_symlink() else out
    with alone(place, beside=True), workplace(place) as work:
        _ours(place)
        made = work / "pages"
        made.mkdir()
        rejected = _make(sources, made, work / "tables")
        exchange(made, place)
    return out / "index.html", rejected


def _make(sources: Sequence[str | Path], made: Path, place: Path) -> list[dict[str, str]]:
    """Make all pages, with the tables at `place` meanwhile; return what was set aside."""
    if not sources:
        pages = [notebook_pages.page(p.stem, notebooks.read(p)) for p in notebooks.paths()]
        _write(made, pages, data.seeds(), read_panel())
        return []
    articles = read_articles(*sources)
    rejected: list[dict[str, str]] = articles.attrs["rejected"]
    if articles.empty:
        raise SourceError("no article could be read; nothing was made")
    tables = extract(articles, progress=True)
    tables.save(place)
    _write(made, _run(place), tables, None)
    return rejected


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
