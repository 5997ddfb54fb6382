"""Notebooks → pages to read in a browser: self-contained, without scripts, without any request.

For the project's own corpus the stored outputs are shown: the tests run every notebook again and
compare each output, so they are what a clean run gives. For a reader's own articles the tables are
extracted once, and the notebooks are run on them.

Articles are not trusted. Templates escape, all HTML is cleaned by a list of what may stay, and a
Content-Security-Policy forbids scripts, styles and requests that are not the page's own.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import nh3
from nbconvert import HTMLExporter
from tqdm import tqdm

from analysis import notebooks
from analysis.articles import SourceError, read_articles
from analysis.tables import extract

GENERATOR = "diplomatic-readouts"
TEMPLATES = files("analysis") / "templates"
TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "code", "dd", "details", "div", "dl", "dt", "em", "i"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "ul"),
    *("section", "strong", "sub", "summary", "sup"),
    *("caption", "table", "tbody", "td", "th", "thead", "tr"),
}
ATTRIBUTES = {
    "*": {"id", "class"},
    "a": {"href"},
    "img": {"src", "alt"},
    "div": {"id", "class", "role", "tabindex", "aria-label"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
PICTURE = "data:image/png;base64,"
LINK = re.compile(r"https?://|#|[\w-]+\.html(?:#|$)")
FOLDED_ABOVE = 12  # rows; a longer table is opened by the reader
FOOTER = (
    "Made from the notebooks of diplomatic-readouts. Every number is computed in the notebook; the "
    "code stands folded below each result. Texts belong to their publishers."
)


class Page(NamedTuple):
    """One page: file name, title, the first paragraph, body, and the finding of each chart."""

    name: str
    title: str
    lead: str
    body: str
    findings: list[str]


def build(sources: Sequence[str | Path], out: str | Path) -> tuple[Path, list[dict[str, str]]]:
    """Make the pages of the project's corpus, or of a reader's own articles.

    Parameters
    ----------
    sources : sequence of path
        Folders or files of articles; none for the project's own corpus.
    out : path
        The folder for the pages. An earlier report there is replaced as a whole.

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
            tables = Path(work) / "tables"
            extract(articles).save(tables)
            pages = _run(tables)
        else:
            pages = [_page(path.stem, notebooks.read(path)) for path in notebooks.paths()]
        _write(pages, made)
        if out.exists():
            os.replace(out, Path(work) / "before")
        os.replace(made, out)
    return out / "index.html", rejected


def _ours(out: Path) -> None:
    """Refuse to replace a folder that holds anything but a report."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    index = out / "index.html"
    if not (index.is_file() and f'content="{GENERATOR}"' in index.read_text("utf-8")[:4000]):
        raise SourceError(f"{out}: holds files that are no report; name a new or an empty folder")


def _run(tables: Path) -> list[Page]:
    """Run the notebooks on the tables in a folder, but for those about our corpus only."""
    pages = []
    for path in tqdm(notebooks.paths(), unit=" notebooks", disable=None):
        notebook = notebooks.for_tables(path, tables)
        if not any(cell.cell_type == "code" for cell in notebook.cells[1:]):
            continue
        notebooks.execute(notebook, path.parent, go_on=True)
        pages.append(_page(path.stem, notebook))
    return pages


def _page(name: str, notebook: Any) -> Page:
    """Turn a notebook with outputs into a page."""
    charts, tables = [], 0
    failed = False
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        kept = []
        for output in cell.outputs:
            if output.output_type == "error":
                # What follows a failure rests on it: the first one says what was the matter.
                kept += [] if failed and output.ename == "NameError" else [output]
                failed = True
                continue
            data = output.get("data", {})
            if "image/png" in data:
                charts.append(output.metadata["image/png"]["alt"])
                cell.metadata["chart"] = str(len(charts))
            elif "text/html" in data:
                tables += 1
                caption = cell.metadata.get("caption") or f"Table {tables}"
                data["text/html"] = table_region(data["text/html"], caption)
            kept.append(output)
        cell.outputs = kept
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic",
        template_file=str(TEMPLATES / "cells.html.j2"),
        exclude_anchor_links=True,
    )
    html, _ = exporter.from_notebook_node(notebook)
    body = clean(html)
    title = _first(r"<h1[^>]*>(.*?)</h1>", body) or name
    lead = _first(r"<p>(.*?)</p>", body)
    return Page(f"{name}.html", title, lead, body, [_first(r"(.+?)\.(?: |$)", c) for c in charts])


def clean(html: str) -> str:
    """Keep of HTML what a page needs and nothing that runs, loads or leads elsewhere unseen.

    Examples
    --------
    >>> clean('<p onclick="x()">a<script>b</script><a href="javascript:c">d</a></p>')
    '<p>a<a rel="noopener noreferrer">d</a></p>'
    """

    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if value.startswith(PICTURE) else None
        if name == "href":
            return value if LINK.match(value) else None
        return value

    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=allowed,
        url_schemes={"http", "https", "data"},
        link_rel="noopener noreferrer",
    )


def table_region(html: str, caption: str) -> str:
    """Give a table its caption and the direction of its headings, in a region that can be scrolled.

    Examples
    --------
    >>> html = table_region("<table><thead><tr><th></th><th>n</th></tr></thead></table>", "Counts")
    >>> html[html.index("<caption") : html.index("</thead")]
    '<caption>Counts</caption><thead><tr><td></td><th scope="col">n</th></tr>'
    """
    html = clean(html)
    head, found, rest = html.partition("</thead>")
    head = re.sub(r"<th></th>", "<td></td>", head)
    head = re.sub(r"<th(?=[ >])(?! scope)", '<th scope="col"', head)
    rest = re.sub(r"<th(?=[ >])(?! scope)", '<th scope="row"', rest)
    # A missing value, shown as such in Python, is a dash for readers.
    rest = re.sub("<td>(?:&lt;NA&gt;|NaT|NaN)</td>", "<td>–</td>", rest)
    said = escape(caption)
    table = re.sub(
        r"<table[^>]*>", f"<table><caption>{said}</caption>", head + found + rest, count=1
    )
    region = f'<div class="scroll" role="region" tabindex="0" aria-label="{said}">{table}</div>'
    rows = rest.count("<tr>")
    if rows <= FOLDED_ABOVE:
        return region
    return f"<details><summary>{said} ({rows} rows)</summary>{region}</details>"


def _first(pattern: str, text: str) -> str:
    """Return the first match as plain text, or nothing."""
    found = re.search(pattern, text, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


def _write(pages: list[Page], folder: Path) -> None:
    """Write the pages and their index."""
    index = Page("index.html", "What diplomatic readouts say", "", _index(pages), [])
    for page in (index, *pages):
        (folder / page.name).write_text(_html(page, [index, *pages]), encoding="utf-8")


def _index(pages: list[Page]) -> str:
    cards = []
    for page in pages:
        # Titles come out of cleaned HTML, where text is escaped already; chart texts are not.
        found = "".join(
            f'<li><a href="{page.name}#chart-{i}">{escape(text, quote=False)}</a></li>'
            for i, text in enumerate(page.findings, start=1)
        )
        cards.append(
            f'<li><h2><a href="{page.name}">{page.title}</a></h2><p>{page.lead}</p>'
            f"<ul>{found}</ul></li>"
        )
    intro = (
        "<h1>What diplomatic readouts say</h1><p>Topics, people, figures and promises in accounts "
        "of meetings between states, counted from tables in which every row points to its source. "
        "Each question has its page; the findings below lead to their charts.</p>"
    )
    return clean(f'{intro}<ul class="cards">{"".join(cards)}</ul>')


def _html(page: Page, pages: list[Page]) -> str:
    """Put a page's body into its frame."""
    style = (TEMPLATES / "page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    links = "".join(
        f'<li><a href="{p.name}"{" aria-current=page" if p is page else ""}>'
        f"{'Overview' if p.name == 'index.html' else _short(p.name)}</a></li>"
        for p in pages
    )
    frame = Template((TEMPLATES / "page.html").read_text("utf-8"))
    return frame.substitute(
        style_hash=digest,
        generator=GENERATOR,
        title=page.title,
        style=style,
        links=links,
        body=page.body,
        footer=FOOTER,
    )


def _short(name: str) -> str:
    """Return the words of a notebook's file name."""
    return re.sub(r"^\d+_|\.html$", "", name).replace("_", " ").capitalize()
