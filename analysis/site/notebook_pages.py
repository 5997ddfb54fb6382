"""Notebooks → pages: prose, pictures with their words and data, tables, the code folded away.

Articles are not trusted. Templates escape, and all HTML is cleaned by a list of what may stay.
"""

from __future__ import annotations

import base64
import re
from html import escape, unescape
from typing import Any, NamedTuple

import nh3
from nbconvert import HTMLExporter

from analysis.addresses import FROM_NOTEBOOKS
from analysis.controls import spelled
from analysis.site.frame import PACKAGE, Site

CELLS = PACKAGE / "templates" / "cells.html.j2"
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
PICTURE = re.compile(r"charts/[\w-]+\.png")
LINK = re.compile(r"https?://|#|(?:charts|meetings|reader)/[\w.~-]+(?:#|$)|[\w-]+\.html(?:#|$)")
# pandas sets the name of an index on a line of its own, below those of the columns.
NAMED_INDEX = re.compile(
    r"(<thead>\s*<tr>\s*)<th></th>((?:\s*<th>[^<]+</th>)+\s*</tr>)"
    r"\s*<tr>\s*(<th>[^<]+</th>)(?:\s*<th></th>)+\s*</tr>"
)
# Row numbers say nothing to a reader: an index without a name whose labels are numbers.
NUMBERS = re.compile(r"\s*<th>\d+</th>")
FINDING = "finding"  # tag of cells whose chart is one of the first page's findings
FOLDED_ABOVE = 12  # rows; a longer table is opened by the reader


class Picture(NamedTuple):
    """A chart of a page: its name, the picture, its words, and the rows behind it as CSV."""

    name: str
    png: bytes
    alt: str
    title: str  # the finding
    note: str  # what is counted, and the source
    plot: tuple[int, int] | None  # the rows of pixels between which the axes lie
    csv: str | None
    chosen: bool  # whether the notebook marks it as a finding for the first page


class Page(NamedTuple):
    """One page: its name without ending, title, first paragraph, body and charts."""

    name: str
    title: str
    lead: str
    body: str
    pictures: list[Picture]

    @property
    def short(self) -> str:
        """The words of the notebook's file name, for a menu."""
        return re.sub(r"^\d+_", "", self.name).replace("_", " ").capitalize()


def page(name: str, notebook: Any) -> Page:
    """Turn a notebook with outputs into a page."""
    pictures: list[Picture] = []
    tables = 0
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
                pictures.append(_picture(f"{name}-{len(pictures) + 1}", cell, output))
                cell.metadata["chart"] = str(len(pictures))
                cell.metadata["file"] = pictures[-1].name
                cell.metadata["csv"] = pictures[-1].csv is not None
            elif "text/html" in data:
                tables += 1
                caption = cell.metadata.get("caption") or f"Table {tables}"
                data["text/html"] = table_region(data["text/html"], caption)
            kept.append(output)
        cell.outputs = kept
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic",
        template_file=str(CELLS),
        exclude_anchor_links=True,
    )
    html, _ = exporter.from_notebook_node(notebook)
    body = clean(html)
    title = _first(r"<h1[^>]*>(.*?)</h1>", body) or name
    return Page(name, title, _first(r"<p>(.*?)</p>", body), body, pictures)


def write(site: Site, made: Page) -> None:
    """Write a page with its pictures, and the rows behind each beside it."""
    charts = site.folder / "charts"
    charts.mkdir(exist_ok=True)
    for picture in made.pictures:
        (charts / f"{picture.name}.png").write_bytes(picture.png)
        if picture.csv is not None:
            (charts / f"{picture.name}.csv").write_bytes(picture.csv.encode("utf-8-sig"))
    site.write(f"{made.name}.html", "notebook.html.j2", made.title, body=made.body)


def _picture(name: str, cell: Any, output: Any) -> Picture:
    about = output.metadata.get("image/png", {})
    return Picture(
        name,
        base64.b64decode(output.data["image/png"]),
        about.get("alt", ""),
        about.get("title", ""),
        about.get("note", ""),
        tuple(about["plot"]) if "plot" in about else None,
        about.get("csv"),
        FINDING in cell.metadata.get("tags", []),
    )


def clean(html: str) -> str:
    """Keep of HTML what a page needs and nothing that runs, loads or leads elsewhere unseen.

    Examples
    --------
    >>> clean('<p onclick="x()">a<script>b</script><a href="javascript:c">d</a></p>')
    '<p>a<a rel="noopener noreferrer">d</a></p>'
    """

    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if PICTURE.fullmatch(value) else None
        if name == "href":
            value = value.removeprefix(FROM_NOTEBOOKS)
            return value if LINK.match(value) else None
        return value

    return nh3.clean(
        spelled(html),  # which it would drop
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=allowed,
        url_schemes={"http", "https"},
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
    html = NAMED_INDEX.sub(r"\1\3\2", clean(html))
    head, found, rest = html.partition("</thead>")
    numbered = len(NUMBERS.findall(rest))
    if numbered and rest.count("<th>") == numbered and head.count("<th></th>") == 1:
        head, rest = head.replace("<th></th>", ""), NUMBERS.sub("", rest)
    head = re.sub(r"<th></th>", "<td></td>", head)
    head = re.sub(r"<th(?=[ >])(?! scope)", '<th scope="col"', head)
    rest = re.sub(r"<th(?=[ >])(?! scope)", '<th scope="row"', rest)
    # A missing value, shown as such in Python, is a dash for readers.
    rest = re.sub(r"(<td>(?:<a [^>]*>)?)(?:&lt;NA&gt;|NaT|NaN)(?=</)", r"\1–", rest)
    said = escape(caption)
    table = re.sub(
        r"<table[^<>]*>", f"<table><caption>{said}</caption>", head + found + rest, count=1
    )
    region = f'<div class="scroll" role="region" tabindex="0" aria-label="{said}">{table}</div>'
    rows = rest.count("<tr>")
    if rows <= FOLDED_ABOVE:
        return region
    return f"<details><summary>{said} ({rows} rows)</summary>{region}</details>"


def _first(pattern: str, text: str) -> str:
    """Return the first match as plain text, or nothing."""
    found = re.search(pattern, text, flags=re.DOTALL)
    return unescape(re.sub(r"<[^<>]+>", "", found.group(1))).strip() if found else ""
