"""Whatever an article says is shown, and does nothing: in pages, notebooks, charts, a terminal.

Pages are looked at in a browser that is told to pass over their Content-Security-Policy: what is
neutralised is neutralised because it is text, not because the policy stops it.
"""

import csv
import json
import re
import xml.etree.ElementTree as ElementTree
from base64 import b64encode
from io import BytesIO, StringIO

import openpyxl
import pandas as pd
import pytest
from injections import (
    BETWEEN,
    BODY,
    CASES,
    HALVES,
    OBEYED,
    STORED,
    groups,
    hostile_panel,
    hostile_tables,
    of,
    words,
)
from matplotlib.text import Text
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

import analysis
from analysis import addresses, figure_charts, linked
from analysis.annotations import export_without_text
from analysis.cli import main
from analysis.controls import CONTROL, pictured, spelled
from analysis.display import annotate
from analysis.exact_csv import read_csv
from analysis.exploration import answer
from analysis.formulas import guarded
from analysis.knowledge_files import FILES
from analysis.lock import alone
from analysis.site import explorer, meeting_pages, notebook_pages, reader, reference
from analysis.site.frame import Site
from analysis.stored import store
from analysis.workbook import visible

# What a spreadsheet passes over before it looks for a formula.
UNSEEN = '^[\\s"\x00-\x1f\u200b-\u200f\u2060\ufeff]+'
# What must be in no page, whoever put it there. An inline script is one without a source.
FOREIGN = """() => {
    const bad = "iframe, object, embed, base, form:not(#filters), link:not([rel=stylesheet]),"
        + "style, script:not([src]), main svg:not([role=img]), math, video, audio, template,"
        + "marquee, [style]:not(svg)";
    const found = [...document.querySelectorAll(bad)].map((e) => e.outerHTML.slice(0, 200));
    for (const e of document.querySelectorAll("*")) {
        for (const a of e.attributes) {
            if (/^on/i.test(a.name)) found.push(`${a.name}=${a.value}`);
            if (["href", "src", "action", "formaction"].includes(a.name)
                && !/^(?:https?:|#|[\\w./~-]+(?:#|$))/.test(a.value)) found.push(a.value);
            const loads = ["src", "srcset"].includes(a.name);
            if (loads && /:|^\\/\\//.test(a.value)) found.push(a.value);
        }
    }
    return found.concat(window.__hit === undefined ? [] : ["it ran"]);
}"""


@pytest.fixture(scope="module")
def tables():
    return hostile_tables()


@pytest.fixture(scope="module")
def panel():
    return hostile_panel()


@pytest.fixture(scope="module")
def shown(tables):
    """Everything that a notebook can show of the tables, as HTML and as text."""
    article = tables.articles["article_id"].iloc[0]
    counts = tables.actors.groupby(["actor", "side"]).size().reset_index(name="n")
    made = [tables, tables.annotated(article), analysis.show(analysis.ask_ledger(tables), tables)]
    made += [analysis.show(table, tables, rows=len(table)) for _, table in tables]
    made += [answer(tables, kind, rows=500) for kind in ("actors", "figures", "statements")]
    made.append(linked.to_rows(counts, ["n"], corpus="text"))
    made.append(linked.to_words(tables.actors, ["actor", "side"], link="actor"))
    return [*made, tables.actors, pd.DataFrame({BETWEEN.join(of("script")): STORED})]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tables, panel, shown):
    """A site of hostile articles, a hostile panel, and a notebook that shows both."""
    out = tmp_path_factory.mktemp("hostile")
    field = groups()[0]
    site = Site(out, {"explorer.html": "Explorer", "index.html": field}, {}, BETWEEN.join(STORED))
    site.assets()
    reader.write(site, tables)
    explorer.write(site, tables, panel)
    reference.write(site, tables, panel)
    meeting_pages.write(site, panel)
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    everything = BETWEEN.join(STORED)
    about = {"alt": everything, "title": everything, "note": everything, "csv": everything}
    outputs = [
        new_output("execute_result", {"text/html": item._repr_html_()}, execution_count=1)
        for item in shown
    ]
    outputs += [
        new_output("stream", text=everything),
        new_output("error", ename="ValueError", evalue=everything, traceback=[everything]),
        new_output("execute_result", {"text/plain": everything}, execution_count=1),
        new_output(
            "display_data", {"image/png": notebook_png(picture)}, metadata={"image/png": about}
        ),
    ]
    cells = [new_code_cell(f"TABLES = {everything!r}", outputs=[output]) for output in outputs]
    notebook_pages.write(site, notebook_pages.page("hostile", new_notebook(cells=cells)))
    return out


def notebook_png(picture):
    return b64encode(picture.getvalue()).decode()


@pytest.fixture
def watched(browser):
    """A page without policy and network; a dialog, a request, a download or an error is a fault."""
    context = browser.new_context(bypass_csp=True, offline=True)
    opened = context.new_page()
    faults = opened.faults = []
    opened.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else 0)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    opened.on("download", lambda download: faults.append(download.url))
    opened.on("popup", lambda popup: faults.append(popup.url))
    opened.on("request", lambda r: None if r.url.startswith("file:") else faults.append(r.url))
    yield opened
    context.close()
    assert not faults


def missing(payloads, said, as_shown=spelled):
    return [p for p in payloads if words(as_shown(p)) not in said]


# ---------------------------------------------------------------- pages in a browser


def test_the_watch_itself_sees_what_runs(watched, tmp_path):
    """Without an escape the payloads run: the tests below can fail."""
    ran = 0
    for i, payload in enumerate(of("script", "event", "vector")):
        path = tmp_path / f"{i}.html"
        path.write_text(f"<!doctype html><title>x</title><p>{payload}</p>", encoding="utf-8")
        watched.goto(path.as_uri())
        ran += bool(watched.evaluate(FOREIGN))
    assert ran > 20
    watched.faults.clear()


def test_no_page_of_the_site_runs_loads_or_loses_anything(watched, folder):
    everything, lost = set(STORED), {}
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 90
    articles = folder / "reader"  # but for their list these are looked at below
    pages = [p for p in pages if p.parent != articles or p.name.startswith("index")]
    for path in pages:
        watched.goto(path.as_uri())
        assert watched.evaluate(FOREIGN) == [], path.name
        foot = words(watched.locator("footer").inner_text())
        lost[path.name] = missing(everything, foot)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", watched.title())
    assert not {name: some for name, some in lost.items() if some}


def test_a_page_of_an_article_shows_its_fields_and_its_text(watched, folder, tables):
    for a in tables.articles.itertuples():
        watched.goto((folder / addresses.reader(a.article_id)).as_uri())
        assert watched.evaluate(FOREIGN) == []
        assert words(watched.title()) == words(spelled(a.title))
        payloads = a.title.split(BETWEEN)
        for place in ("h1", "dl.facts"):
            said = words(watched.locator(place).inner_text())
            assert not missing(payloads, said), place
        body = "[...document.querySelectorAll('.text .label')].forEach(e => e.remove())"
        watched.evaluate(body)
        text = words(watched.locator(".text").evaluate("e => e.textContent"))
        assert text == words(pictured(a.text))


def test_the_lists_of_articles_meetings_and_people_name_them_all(watched, folder):
    for name in ("reader/index.html", "people.html", "meetings/index.html"):
        watched.goto((folder / name).as_uri())
        said = words(watched.locator("main").inner_text())
        lost = missing(STORED, said)
        assert not lost, name


def test_a_page_of_a_notebook_shows_everything(watched, folder):
    watched.goto((folder / "hostile.html").as_uri())
    watched.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for cell in ("td", ".said", ".note", "pre.plain", "figcaption"):
        found = watched.evaluate(
            "s => [...document.querySelectorAll(s)].map(e => e.textContent).join(' ')", cell
        )
        assert not missing(STORED, words(found)), cell


def test_the_explorer_shows_every_name_and_its_address_only_chooses(watched, folder):
    watched.goto((folder / "explorer.html").as_uri())
    watched.locator("#content").wait_for()
    names = "FACETS.map(f => f.name).concat(['q', 'sort', 'unit', 'page', '__proto__', 'x'])"
    shown = watched.evaluate(
        f"""payloads => payloads.map(p => {{
            for (const names of [["actor"], {names}]) {{
                const said = names.map(name => [name, p]);
                explorer.show(fromAddress("#" + new URLSearchParams(said)));
                if (names.length > 1) continue;
                var out = [byId("rows").innerText, byId("by-actor").selectedOptions[0].text,
                    byId("count").textContent];
            }}
            return out.concat(byId("why").textContent);
        }})""",
        STORED,
    )
    for payload, (rows, option, count, why) in zip(STORED, shown, strict=True):
        said = words(spelled(payload))
        assert not count.startswith("0 "), payload
        assert said in words(rows)
        assert words(option).startswith(said)
        assert not CONTROL.search(rows.replace("\n", ""), re.M) or payload in of("direction")
        assert not CONTROL.search(why)
    assert watched.evaluate(FOREIGN) == []
    assert watched.title() == "All rows"


@pytest.mark.parametrize("payload", of("direction"))
def test_what_turns_letters_does_not_reach_beyond_its_field(watched, tmp_path, tables, payload):
    """Words that follow a title stand in their order, and to the right of it."""
    site = Site(tmp_path, {}, {}, "The foot.")
    site.assets()
    entry = next(tables.articles.head(1).assign(publisher=payload, article_id="a").itertuples())
    reader._write_lists(site, [(entry, payload)])
    watched.goto((tmp_path / "reader" / "index.html").as_uri())
    places = watched.evaluate(
        """() => { const item = document.querySelector("main li").lastChild;
            const range = document.createRange(), out = [];
            const place = (e) => { const { top, left } = e.getBoundingClientRect();
                return [Math.round(top), left]; };
            for (const word of ["18", "March", "2025"]) {
                const at = item.data.indexOf(word);
                range.setStart(item, at); range.setEnd(item, at + word.length);
                out.push(place(range));
            }
            return [place(document.querySelector("main li a")), ...out]; }"""
    )
    assert places == sorted(places), "line by line, from left to right"


# ---------------------------------------------------------------- notebooks


def test_what_a_notebook_shows_runs_nothing_and_sets_no_formula(watched, tmp_path, shown):
    """The worst case: a trusted notebook, in which HTML is taken as it is."""
    for i, item in enumerate(shown):
        path = tmp_path / f"{i}.html"
        html = item._repr_html_()
        path.write_text(f"<!doctype html><meta charset=utf-8><main>{html}", encoding="utf-8")
        watched.goto(path.as_uri())
        found = [f for f in watched.evaluate(FOREIGN) if not f.startswith(("<style", "<tr style"))]
        assert found == [], i
        outside = """() => { const all = [...document.querySelectorAll("main *")];
            return all.filter(e => !e.childElementCount && e.textContent.includes("$")
                && e.tagName !== "STYLE" && !e.closest(".mathjax_ignore")).length }"""
        assert watched.evaluate(outside) == 0, i


def test_text_that_is_shown_in_a_terminal_is_obeyed_nowhere(shown, tables):
    ours = [item for item in shown if not isinstance(item, pd.DataFrame)]
    said = [repr(item) for item in ours]
    said += [tables.evidence(row, context=9999) for row in tables.figures.itertuples()]
    for text in said:
        assert not OBEYED.search(text)
    everything = words(" ".join(said))
    assert not missing(of("terminal", "control", "direction", "lookalike"), everything)


# ---------------------------------------------------------------- one text in several places


@pytest.mark.parametrize("payload", STORED)
def test_a_text_and_its_label_stay_text(payload):
    text = f"a {payload} b"
    html = str(annotate(text, [(0, 1, "topics", payload)]))
    assert set(re.findall(r"<(\w+)", html)) == {"p", "mark", "span"}
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", html)


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_charts_draw_words_as_they_are_and_their_files_hold_no_script(tmp_path):
    payloads = of("markdown", "terminal", "control")[::2] + of("direction", "comment")[::3]
    table = pd.DataFrame({"actor": payloads, "side": "KOR", "role": payloads, "n": 3})
    chart = figure_charts.people(table, BETWEEN.join(payloads), "times")
    drawn = {text.get_text() for text in chart.figure.findobj(Text)}
    assert {spelled(p) for p in payloads} <= drawn
    assert not CONTROL.search(chart.alt)
    assert not [t for t in drawn if CONTROL.search(t)]
    svg, png, rows, caption = chart.save(tmp_path / "chart", 200)
    root = ElementTree.parse(svg).getroot()  # which refuses what is not well-formed
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "foreignObject", "a", "image", "iframe", "set", "animate"}
    assert not [n for e in root.iter() for n in e.attrib if n.startswith("on")]
    with Image.open(png) as picture:
        assert not CONTROL.search(picture.info["Title"])
    assert not missing(payloads, words(caption.read_text("utf-8")))
    with rows.open(encoding="utf-8-sig", newline="") as file:
        assert [r["actor"] for r in csv.DictReader(file)] == [guarded(p) for p in payloads]


def test_what_stands_between_two_signs_of_the_dollar_is_drawn_as_it_is():
    table = pd.DataFrame({"actor": ["US$1 and US$2"], "side": "KOR", "role": "$x$", "n": 3})
    chart = figure_charts.people(table, r"$\frac{", "times")
    for text in chart.figure.findobj(Text):
        assert not text.get_parse_math() or "$" not in text.get_text()


# ---------------------------------------------------------------- files for other programs


def test_exports_hold_every_payload_and_run_none(tables, tmp_path):
    tables.export(tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    held = [cell for row in book["actors"].iter_rows() for cell in row]
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row
                if c.data_type == "f" or c.hyperlink]  # fmt: skip
    values = {c.value for c in held}
    for payload in STORED:
        assert visible(payload).replace("\r\n", "\n") in values or visible(payload) in values
    tables.export(tmp_path / "csv", "csv")
    for path in (tmp_path / "csv").iterdir():
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    pieces = re.split(r"[;\t\r\n]+", cell)
                    pieces = [
                        re.sub('^[\\s"\x00-\x1f\u200b-\u200f\u2060\ufeff]+', "", p) for p in pieces
                    ]
                    runs = [p for p in pieces if p[:1] in tuple("=+-@＝＋－＠")]
                    assert not [p for p in runs if not re.fullmatch(r"-?\d[\d.]*", p)]
    named = {guarded(p) for p in STORED}
    with (tmp_path / "csv" / "actors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert named <= {row["actor"] for row in csv.DictReader(file)}


def test_annotations_are_a_line_each_and_give_every_payload_back(tables, tmp_path):
    path = tmp_path / "a.jsonl"
    count = export_without_text(tables, path)
    lines = path.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    bodies = [json.loads(line)["body"] for line in lines]
    assert len(bodies) == count
    assert set(STORED) <= {body.get("actor") for body in bodies}


def test_tables_come_back_from_both_formats_letter_by_letter(tables, tmp_path):
    for format in ("csv", "parquet"):
        store(tmp_path / format, lambda name: [("", getattr(tables, name))], format)
        name = f"actors.{format}"
        if format == "parquet":
            back = pd.read_parquet(tmp_path / format / name)["actor"].tolist()
        else:
            back = read_csv(tmp_path / format / name)["actor"].tolist()
        assert back == tables.actors["actor"].tolist()


# ---------------------------------------------------------------- the command line


def test_messages_and_the_list_of_what_is_set_aside_obey_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "in.jsonl"
    fields = ("id", "title", "publisher", "url", "language", "date")
    records = [{"text": BODY.format("x"), field: c["payload"]} for c in CASES for field in fields]
    records += [{"text": BODY.format("x"), "id": "same", "url": p} for p in STORED]
    source.write_text("".join(f"{json.dumps(r)}\n" for r in records), encoding="utf-8")
    assert main(["extract", str(source), "--out", "out"]) == 1
    said = "".join(capsys.readouterr())
    assert not OBEYED.search(said)
    assert "Traceback" not in said
    with (tmp_path / "out" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    cells = [cell for row in rows for cell in row]
    assert not [c for c in cells if c.lstrip()[:1] in tuple("=+-@")]
    assert len(rows) > len(STORED)


@pytest.mark.parametrize("name", ["organisations.csv", "titles.csv", "nobody\x1b[2J.csv"])
def test_errors_about_knowledge_files_obey_nothing(tmp_path, capsys, name):
    text = StringIO()
    known = FILES.get(name.removesuffix(".csv"))
    columns = known.columns if known else ("surface",)
    csv.writer(text).writerows([columns, *([p] * len(columns) for p in STORED)])
    (tmp_path / name).write_text(text.getvalue(), encoding="utf-8", newline="")
    main(["check-knowledge", str(tmp_path)])
    said = "".join(capsys.readouterr())
    assert said
    assert not OBEYED.search(said)


def test_findings_about_tables_that_somebody_changed_are_a_line_each(tables, tmp_path, capsys):
    with alone(tmp_path):
        store(tmp_path, lambda name: [("", getattr(tables, name))], "csv")
    assert main(["verify", str(tmp_path), "--out", str(tmp_path / "found.csv")]) == 1
    said = capsys.readouterr()
    assert not OBEYED.search(said.out + said.err)
    first, *findings, last = said.out.splitlines()
    assert "checked" in first
    assert re.match(r"\d+ findings", last)
    assert all("; expected " in line or line.startswith("note: ") for line in findings)
    with (tmp_path / "found.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [c for c in cells if c[:1] in tuple("=+@")]


def test_half_a_character_is_refused_where_it_comes_in(read_file):
    for half in HALVES:
        for field in ("id", "text", "title", "publisher", "url"):
            record = {"text": BODY.format("x"), field: f"{BODY} {half}"[-150:]}
            found, aside = read_file("x.jsonl", json.dumps(record).encode())
            assert not found
            assert "half of a character" in aside[0].reason
        described = json.dumps({"@type": "NewsArticle", "publisher": {"name": f"Wire {half}"}})
        said = "Both sides agreed to widen cooperation in trade, energy and science. " * 3
        page = f"<title>Talks held</title><script type='application/ld+json'>{described}</script>"
        page += f"<h1>Talks held</h1><p>{said}</p><p>{said}</p>"
        [article], _ = read_file("x.html", page.encode())
        assert article.publisher.startswith("Wire")
        assert "\ufffd" in article.publisher
