"""Pages: hostile text stays text, nothing is requested, and a reader of any kind finds the way."""

import ast
import base64
import builtins
import json
import posixpath
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis import data, notebooks, report
from analysis.addresses import mark
from analysis.articles import SourceError
from analysis.exchange import LIST
from analysis.site import notebook_pages
from analysis.site.frame import POLICY, Site

HOSTILE = "<script>window.done=1</script><img src=x onerror='window.done=1'>"
PIXEL = base64.b64encode(b"\x89PNG: only the page around it matters").decode()


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes what matters here."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.headings, self.text = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def display(**data):
    kinds = {"png": "image/png", "html": "text/html", "plain": "text/plain"}
    meta = {"image/png": {"alt": data.pop("alt", "")}} if "png" in data else {}
    return new_output(
        "execute_result", {kinds[k]: v for k, v in data.items()}, metadata=meta, execution_count=1
    )


def hostile_notebook():
    """A notebook whose every kind of output carries a script."""
    outputs = [
        display(html=f"<table><thead><tr><th></th><th>{HOSTILE}</th></tr></thead></table>"),
        display(png=PIXEL, alt=f"A chart. {HOSTILE}", plain="x"),
        display(plain=HOSTILE),
        new_output("stream", text=f"{HOSTILE}\n"),
        new_output("error", ename="ValueError", evalue=HOSTILE, traceback=[HOSTILE]),
    ]
    cells = [new_markdown_cell(f"# Title {HOSTILE}\n\nLead [link](javascript:alert(1))")]
    cells += [new_code_cell(f"x = {HOSTILE!r}", outputs=[o]) for o in outputs]
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    page = notebook_pages.page("hostile", hostile_notebook())
    notebook_pages.write(Site(folder, {}, {}, ""), page)
    return (folder / "hostile.html").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "reports"
    index, rejected = report.build([], out)
    assert index == out / "index.html"
    assert not rejected
    return out


@pytest.fixture(scope="module")
def site(folder):
    """Return the text of every page by its name within the site."""
    paths = sorted(folder.rglob("*.html"))
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def test_hostile_text_is_shown_as_text_and_does_nothing(hostile):
    page = Reader(hostile)
    assert not page.all("script")
    assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
    loaded = [i["src"] for i in page.all("img") if "src" in i]
    assert loaded == ["charts/hostile-1.png"]
    assert not [a for a in page.all("a") if "javascript" in a.get("href", "")]
    said = "".join(page.text)
    assert said.count("window.done=1") >= 4, "the text itself is not lost"


def test_an_error_is_a_note_without_a_traceback(hostile):
    assert "This part could not be made for these articles." in hostile
    assert "Traceback" not in hostile


def test_one_failure_is_not_repeated_for_all_that_rests_on_it():
    failures = [
        new_output("error", ename="ValueError", evalue="too few sentences", traceback=[]),
        new_output("error", ename="NameError", evalue="name 'x' is not defined", traceback=[]),
    ]
    cells = [new_code_cell("x", outputs=[failure]) for failure in failures]
    page = notebook_pages.page("failed", new_notebook(cells=cells))
    assert "too few sentences" in page.body
    assert "NameError" not in page.body
    assert "not defined" not in page.body


def test_pages_load_nothing_from_outside_and_forbid_it(site, hostile):
    for name, text in [*site.items(), ("hostile.html", hostile)]:
        page = Reader(text)
        assert not [t for t, _ in page.tags if t in ("iframe", "object", "embed", "style")], name
        assert not [a for _, attrs in page.tags for a in attrs if a == "style" or a[:2] == "on"]
        loaded = [(name, a["src"]) for a in [*page.all("img"), *page.all("script")] if "src" in a]
        loaded += [(name, a["href"]) for a in page.all("link")]
        assert not [s for s in page.all("script") if "src" not in s], name
        assert not [src for _, src in loaded if re.match(r"[a-z]+:|/", src)], name
        (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv")]
        assert policy == POLICY


def test_every_file_that_a_page_loads_is_in_the_site(site, folder):
    for name, text in site.items():
        page = Reader(text)
        files = [a["src"] for a in [*page.all("img"), *page.all("script")]]
        for file in [*files, *(a["href"] for a in page.all("link"))]:
            assert (folder / name).parent.joinpath(file).is_file(), f"{name}: {file}"


def test_styles_and_scripts_name_no_address_of_the_web(folder):
    for path in (folder / "assets").iterdir():
        said = re.sub(r"http://www\.w3\.org/2000/svg", "", path.read_text("utf-8"))
        assert not re.search(r"https?:|//[\w-]+\.\w|@import|url\(", said), path.name


def test_every_picture_has_words_and_every_table_a_caption(site):
    for name, text in site.items():
        page = Reader(text)
        for img in page.all("img"):
            # The small picture of a finding repeats the heading beside it.
            assert len(img["alt"]) > 40 or img["src"].endswith("-small.png"), name
        assert len(page.all("caption")) == len(page.all("table")), name
        assert all(th.get("scope") in ("col", "row") for th in page.all("th")), name
        regions = [d for d in page.all("div") if d.get("role") == "region"]
        assert all(d["tabindex"] == "0" and d["aria-label"] for d in regions), name


def test_pages_have_language_landmarks_a_skip_link_and_headings_in_order(site):
    for name, text in site.items():
        page = Reader(text)
        assert page.all("html")[0]["lang"] == "en"
        assert len(page.all("main")) == 1
        assert all(nav["aria-label"] for nav in page.all("nav"))
        assert page.all("a")[0]["href"] == "#main"
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1, name
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), name


def test_every_link_leads_somewhere(site):
    ids = {
        name: {a["id"] for _, a in Reader(text).tags if a.get("id")} for name, text in site.items()
    }
    for name, text in site.items():
        for link in Reader(text).all("a"):
            href = link["href"]
            if href.startswith(("http://", "https://")) or href.endswith((".png", ".csv")):
                continue
            target, _, anchor = href.partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            page = page if target else name
            assert page in site, f"{name}: {href}"
            if page == "explorer.html":
                continue  # what stands behind # there is a choice of rows
            assert not anchor or anchor in ids[page], f"{name}: {href}"


def test_the_index_leads_to_every_page(site):
    links = {a["href"].partition("#")[0] for a in Reader(site["index.html"]).all("a")}
    assert {f"{path.stem}.html" for path in notebooks.paths()} <= links
    assert {name for name in site if "/" not in name} <= links | {"index.html"}


def test_the_first_page_tells_five_findings(site):
    page = Reader(site["index.html"])
    assert len([i for i in page.all("img") if i["src"].endswith("-small.png")]) == 5


def test_pages_are_light(site, folder):
    sizes = {name: (folder / name).stat().st_size for name in site}
    assert max(sizes.values()) < 1_500_000
    small = sum(path.stat().st_size for path in folder.glob("charts/*-small.png"))
    assert sizes["index.html"] + small < 300_000


def test_every_row_of_the_tables_has_its_mark_in_the_reader(site):
    tables = data.seeds()
    for name in ("sentences", "topics", "actors", "figures", "statements"):
        for row in getattr(tables, name).itertuples():
            page = site[f"reader/{row.article_id}.html"]
            assert f'id="{mark(row.start, row.end)}"' in page


def test_a_folder_of_other_files_is_never_replaced(tmp_path):
    kept = tmp_path / "thesis.txt"
    kept.write_text("years of work")
    with pytest.raises(SourceError, match="holds files that are no report; name a new"):
        report.build([], tmp_path)
    assert kept.read_text() == "years of work"


def test_an_index_in_another_encoding_is_no_report(tmp_path):
    kept = tmp_path / "index.html"
    kept.write_bytes("<title>Hà Nội, Séoul</title>".encode("cp1258", "replace"))
    with pytest.raises(SourceError, match="holds files that are no report; name a new"):
        report.build([], tmp_path)
    assert kept.read_bytes().startswith(b"<title>H")


def test_an_earlier_report_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path):
    out = tmp_path / "pages"
    report.build([], out)
    made = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    listed = json.loads((out / LIST).read_bytes())
    listed["files"]["stale.html"] = {}
    (out / LIST).write_text(json.dumps(listed))
    (out / "stale.html").write_text("of an earlier version")
    (out / "people.html").write_text("changed by hand")
    own = out / "reader" / "mine" / "thesis.txt"
    own.parent.mkdir()
    own.write_text("years of work")
    report.build([], out)
    assert own.read_text() == "years of work"
    own.unlink()
    assert {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} == made
    assert [p.name for p in tmp_path.iterdir()] == ["pages"]


def test_cells_about_our_corpus_are_left_out_for_others(tmp_path):
    for path in notebooks.paths():
        other = notebooks.for_tables(path, tmp_path)
        tags = {tag for cell in other.cells for tag in cell.metadata.get("tags", [])}
        assert not tags & notebooks.OWN
        code = "\n".join(cell.source for cell in other.cells if cell.cell_type == "code")
        assert "panel" not in code, path.name
        assert "../data" not in code, path.name


def test_what_is_left_for_others_uses_no_name_that_was_left_out(tmp_path):
    for path in notebooks.paths():
        code = [
            c.source for c in notebooks.for_tables(path, tmp_path).cells if c.cell_type == "code"
        ]
        names = [*ast.walk(ast.parse("\n".join(code)))]
        imported = {
            (alias.asname or alias.name).partition(".")[0]
            for node in names
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        named = [node for node in names if isinstance(node, ast.Name)]
        stored = {node.id for node in named if not isinstance(node.ctx, ast.Load)}
        stored |= {node.arg for node in names if isinstance(node, ast.arg)}
        used = {node.id for node in named} - stored - imported - set(dir(builtins))
        assert not used, path.name


def test_a_table_knows_which_way_its_headings_point():
    html = "<table border='1'><thead><tr><th></th><th>n</th></tr></thead><tbody><tr><th>a</th>"
    html += "<td>&lt;NA&gt;</td></tr></tbody></table>"
    region = notebook_pages.table_region(html, "Counts & shares")
    for part in (
        "<caption>Counts &amp; shares</caption>",
        '<th scope="col">n</th>',
        '<th scope="row">a</th>',
        "<td></td>",
        "<td>–</td>",
    ):
        assert part in region


def test_the_name_of_an_index_stands_in_the_line_of_the_headings():
    table = pd.DataFrame({"n": [1]}, index=pd.Index(["trade"], name="topic"))
    region = notebook_pages.table_region(table._repr_html_(), "Counts")
    headings = re.findall("<th[^>]*>([^<]*)</th>", region)
    assert headings == ["topic", "n", "trade"]
    assert region.count("<tr>") == 2


def test_row_numbers_are_left_out_of_a_page():
    table = pd.DataFrame({"topic": ["trade"], "n": [12]}, index=[7])
    region = notebook_pages.table_region(table._repr_html_(), "Counts")
    assert re.findall("<th[^>]*>([^<]*)</th>", region) == ["topic", "n"]
    assert re.findall("<td>([^<]*)</td>", region) == ["trade", "12"]


def test_a_missing_value_with_a_link_is_a_dash_too():
    cell = '<td><a href="reader/a.html">&lt;NA&gt;</a></td>'
    html = f"<table><thead><tr><th>title</th></tr></thead><tbody><tr>{cell}</tr></tbody></table>"
    region = notebook_pages.table_region(html, "Titles")
    assert ">–</a></td>" in region
