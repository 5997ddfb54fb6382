"""The explorer: its data are the tables, and its numbers are those of the library."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

import analysis
from analysis import addresses, linked
from analysis.folding import fold
from analysis.presence import themes
from analysis.site import explorer, explorer_data, explorer_labels
from analysis.site.frame import Site
from analysis.timeline import statement_topics
from analysis.words import days, label

KINDS = ("topics", "actors", "figures", "statements")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NAMES = "#rows .what strong"
# Letters beyond the first plane, a separator that ends a line of a script, controls of direction.
HOSTILE = (
    " date 2025-03-18 HÀ NỘI — Vietnamese Foreign Minister Tran Van Binh held phone talks with "
    "Korean Foreign Minister Park Seo-jun on Tuesday.\n\nThe two sides 😀𝒳 agreed to expand trade "
    "</script><script>document.title='done'</script><img src=x onerror=\"document.title='done'\"> "
    "and \u2028energy, \u202ereversed\u202c 'and' \\u0041 \x00 tourism cooperation"
    + " and" * 3
    + " "
    + "x" * 300
    + "."
)


def written(folder, text, panel):
    site = Site(folder, {"explorer.html": "Explorer"}, {}, "The foot.")
    site.assets()
    explorer.write(site, text, panel)
    return folder


@pytest.fixture(scope="module")
def text(pytestconfig):
    return analysis.extract(analysis.read_articles(pytestconfig.rootpath / "seeds"))


@pytest.fixture(scope="module")
def panel():
    return analysis.read_panel()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, text, panel):
    return written(tmp_path_factory.mktemp("explorer"), text, panel)


@pytest.fixture(scope="module")
def hostile(corpus):
    return corpus(hostile=HOSTILE)


def content(path):
    """Return what a data file hands over; the call around it is checked."""
    found = re.fullmatch(r'explorerData\("(.+?)", (.+)\);\n', path.read_text("ascii"))
    assert found[1] == path.stem
    return json.loads(found[2])


def decoded(folder):
    """Read the data files as the page does: the tables, by corpus and kind, and the sentences."""
    folder = folder / "explorer"
    head = content(folder / "index.js")
    tables = [{c: [] for c in (*t["columns"], *t["texts"])} for t in head["tables"]]
    for number in range(head["files"]):
        part = content(folder / f"rows-{number}.js")
        into = tables[part["table"]]
        for name, coded in part["columns"].items():
            dtype = "<" + head["tables"][part["table"]]["columns"][name]
            assert len(into[name]) == part["first"]
            into[name] += np.frombuffer(b64decode(coded), dtype).tolist()
        for name, values in part["texts"].items():
            into[name] += values
    for table in tables:
        for name, values in table.items():
            entries = head["dictionaries"].get(head["shared"].get(name, name))
            if entries:
                table[name] = [entries[v] for v in values]
    said = []
    for number, first in enumerate(head["sentences"]["first"]):
        assert len(said) == first
        part = content(folder / f"sentences-{number}.js")
        said += zip(part["starts"], part["texts"], strict=True)
    assert len(said) == head["sentences"]["count"]
    named = [(t.get("corpus"), t["kind"]) for t in head["tables"]]
    made = {key: pd.DataFrame(t) for key, t in zip(named, tables, strict=True)}
    assert [len(t) for t in made.values()] == [t["rows"] for t in head["tables"]]
    return SimpleNamespace(tables=made, sentences=said, articles=made[None, "articles"])


def plain(values):
    return [None if pd.isna(v) else v for v in values]


def test_every_row_comes_back_as_the_tables_have_it(folder, text, panel):
    found = decoded(folder)
    for name, tables in (("text", text), ("panel", panel)):
        for kind in KINDS:
            table = getattr(tables, kind)
            if kind == "statements":
                table = statement_topics(tables)
            rows = found.tables[name, kind]
            ids = found.articles["article_id"].to_numpy()[rows["article"]]
            assert ids.tolist() == table["article_id"].tolist()
            columns = [c for c in explorer.COLUMNS[kind] if c in table]
            assert len(columns) >= 1 + (kind != "topics")
            for column in columns:
                assert plain(rows[column]) == plain(table[column]), (name, kind, column)


def test_every_row_of_a_text_comes_back_with_its_characters(folder, text):
    found = decoded(folder)
    assert [said for _, said in found.sentences] == [
        text.articles.set_index("article_id")["text"][r.article_id][r.start : r.end]
        for r in text.sentences.itertuples()
    ]
    for kind in ("topics", "actors", "figures"):
        rows = found.tables["text", kind]
        for row, surface in zip(
            rows.itertuples(), getattr(text, kind)["surface"].tolist(), strict=True
        ):
            first, said = found.sentences[row.sentence - 1]
            assert said[row.start - first : row.start - first + row.length] == surface
    assert "sentence" not in found.tables["panel", "topics"]


def test_the_words_of_a_figure_are_those_of_the_other_pages(folder):
    stated = decoded(folder).tables["text", "figures"]["stated"].tolist()
    assert "150 billion USD, bilateral trade, target, by 2030" in stated
    assert "Tuesday" in stated  # which has no number: its own characters are its words


def test_an_article_leads_to_its_page_and_to_nothing_but_the_web(text, panel, tmp_path):
    articles = text.articles.assign(source="javascript:alert(1)")
    other = analysis.Tables(**dict(text) | {"articles": articles})
    told = decoded(written(tmp_path, other, panel)).articles
    assert told["page"][0] == addresses.reader(text.articles["article_id"][0])
    assert told["page"].iloc[-1] == addresses.meeting(panel.articles["meeting_key"].iloc[-1])
    assert told["url"][: len(articles)].isna().all()
    assert told["url"][len(articles) :].tolist() == panel.articles["source"].tolist()


def test_hostile_text_comes_back_letter_by_letter(hostile, tmp_path):
    found = decoded(written(tmp_path, hostile, None))
    said = " ".join(text for _, text in found.sentences)
    for part in ("</script>", "\u2028", "\u202e", "\x00", "😀𝒳", '"', "\\u0041"):
        assert part in HOSTILE
        assert part in said


def test_a_lone_surrogate_survives(tmp_path):
    data = explorer_data.Data(tmp_path / "explorer", [])
    data.say([(0, "a\ud800b")])
    assert content(tmp_path / "explorer" / "sentences-0.js")["texts"] == ["a\ud800b"]


def test_columns_and_files_grow_with_the_table(tmp_path):
    few, many = 300, 70_000
    table = pd.DataFrame(
        {
            "article": np.arange(120_000) % few,
            "start": np.arange(120_000),
            "actor": pd.array([f"n{i % many}" for i in range(120_000)], dtype="string"),
            "side": pd.array(["KOR", None] * 60_000, dtype="string"),
        }
    )
    data = explorer_data.Data(tmp_path / "explorer", [table])
    data.add(table, kind="actors")
    data.close()
    [types] = [t["columns"] for t in content(tmp_path / "explorer" / "index.js")["tables"]]
    assert types == {"article": "u2", "start": "u4", "actor": "u4", "side": "u1"}
    assert len(list((tmp_path / "explorer").glob("rows-*.js"))) == 3
    back = decoded_table(tmp_path, "actors")
    for column in table:
        assert plain(back[column]) == plain(table[column])


def decoded_table(folder, kind):
    """Return one table where there are no articles."""
    head = content(folder / "explorer" / "index.js")
    out = {}
    for number in range(head["files"]):
        part = content(folder / "explorer" / f"rows-{number}.js")
        for name, coded in part["columns"].items():
            values = np.frombuffer(b64decode(coded), "<" + head["tables"][0]["columns"][name])
            entries = head["dictionaries"].get(name)
            out.setdefault(name, []).extend(
                values.tolist() if entries is None else [entries[v] for v in values]
            )
    return pd.DataFrame(out)


def test_rows_of_an_article_that_is_not_there_are_left_out(text, tmp_path):
    fewer = analysis.Tables(**dict(text) | {"articles": text.articles.iloc[1:3]})
    found = decoded(written(tmp_path, fewer, None))
    kept = text.topics["article_id"].isin(fewer.articles["article_id"])
    rows = found.tables["text", "topics"]
    assert rows["topic"].tolist() == text.topics.loc[kept, "topic"].tolist()
    for row, surface in zip(
        rows.itertuples(), text.topics.loc[kept, "surface"].tolist(), strict=True
    ):
        first, said = found.sentences[row.sentence - 1]
        assert said[row.start - first :].startswith(surface)


def test_the_page_has_no_script_or_style_of_its_own(folder):
    html = (folder / "explorer.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", html)


# In the browser ------------------------------------------------------------------------------


def counted(page, folder, hash=""):
    """Open the explorer at an address and return the numbers of rows, articles and meetings."""
    page.goto(f"{(folder / 'explorer.html').as_uri()}#{hash}")
    page.locator("#content").wait_for()
    return shown(page)


def shown(page):
    said = page.locator("#count").inner_text()
    numbers = re.fullmatch(
        r"([\d,]+) rows? in ([\d,]+) articles? of ([\d,]+) meetings?(?: \((.+)\))?", said
    )
    return tuple(int(n.replace(",", "")) for n in numbers.groups()[:3])


def searched(page):
    """Return the numbers once all texts are searched."""
    page.locator("#count", has_not_text="searching").wait_for()
    return shown(page)


def address(page):
    return dict(parse_qsl(page.url.partition("#")[2]))


def totals(page, hashes):
    """Return the totals that the page finds for many addresses at once."""
    return page.evaluate(
        "hashes => hashes.map(h => explorer.query.run(fromAddress(h)).total)", hashes
    )


@pytest.mark.parametrize("level", ["topic", "theme"])
@pytest.mark.parametrize("unit", ["meeting", "article"])
@pytest.mark.parametrize("name", ["text", "panel"])
def test_every_count_is_that_of_the_library(page, folder, text, panel, name, unit, level):
    counts = analysis.topic_frequency({"text": text, "panel": panel}[name], unit=unit, level=level)
    counts = counts[counts["n"] > 0]
    assert len(counts) > 20
    coded = {"certainty": "coded"} if name == "panel" else {}
    hashes = [
        urlencode(
            {"corpus": name, "kind": "topics", level: code, "period": year, "unit": unit} | coded
        )
        for code, year in zip(counts[level], counts["period"], strict=True)
    ]
    counted(page, folder)
    found = [t[f"{unit}s"] for t in totals(page, hashes)]
    assert found == counts["n"].tolist()


def test_every_count_of_a_side_is_that_of_the_library(page, folder, panel):
    for group in ("publisher_side", "channel", "level", "publisher"):
        counts = analysis.topic_frequency(panel, group=group)
        counts = counts[counts["n"] > 0]
        names = ["topic", "period", group]
        fixed = {"corpus": "panel", "kind": "topics", "certainty": "coded"}
        hashes = [urlencode(fixed | row) for row in counts[names].to_dict("records")]
        counted(page, folder)
        assert [t["meetings"] for t in totals(page, hashes)] == counts["n"].tolist(), group


def test_every_count_of_a_pair_of_states_is_that_of_the_library(page, folder, panel):
    pair = analysis.read_panel(dyad="KOR-VNM")
    counts = analysis.topic_frequency(pair)
    counts = counts[counts["n"] > 0]
    fixed = {"corpus": "panel", "kind": "topics", "certainty": "coded", "dyad": "KOR-VNM"}
    rows = counts[["topic", "period"]].to_dict("records")
    counted(page, folder)
    found = [t["meetings"] for t in totals(page, [urlencode(fixed | row) for row in rows])]
    assert found == counts["n"].tolist()
    assert counted(page, folder, "corpus=panel&dyad=KOR-VNM")[1] == len(pair.articles)


def test_a_meeting_at_the_turn_of_a_year_is_counted_as_the_library_does(page, tmp_path, panel):
    late = panel.articles.copy()
    late[["published_from", "published_to"]] += pd.Timedelta(days=200)
    other = replace(panel, articles=late)
    assert (late["published_from"].dt.year != panel.meetings["date_from"].dt.year).any()
    folder = written(tmp_path, None, other)
    for unit in ("meeting", "article"):
        counts = analysis.topic_frequency(other, unit=unit)
        rows = counts.loc[counts["n"] > 0, ["topic", "period"]].to_dict("records")
        counted(page, folder)
        hashes = [
            urlencode({"kind": "topics", "certainty": "coded", "unit": unit} | r) for r in rows
        ]
        found = [t[f"{unit}s"] for t in totals(page, hashes)]
        assert found == counts.loc[counts["n"] > 0, "n"].tolist()


def test_corpora_that_use_the_same_keys_are_counted_apart(page, tmp_path, text, panel):
    ids = text.articles["article_id"]
    names = dict(zip(ids, panel.articles["article_id"], strict=False))
    same = {n: t.assign(article_id=t["article_id"].map(names).astype("string")) for n, t in text}
    same["meetings"] = (
        same["meetings"].assign(participants=pd.NA).astype({"participants": "string"})
    )
    own = replace(panel, articles=panel.articles.assign(meeting_key=panel.articles["article_id"]))
    folder = written(tmp_path, analysis.Tables(**same), own)
    _, articles, meetings = counted(page, folder)
    assert articles == meetings == len(ids) + len(panel.articles)


def test_what_both_sides_say_has_no_single_speaker(page, folder):
    counted(page, folder, "side=both")
    speakers = page.locator("#by-actor option").evaluate_all("all => all.map(o => o.value)")
    assert "both" not in speakers
    assert counted(page, folder, "actor=both") == (0, 0, 0)


def test_a_meeting_of_both_corpora_is_said_to_count_in_both(page, folder, text, panel):
    one, other = expected(text, topic="energy"), expected(panel, topic="energy")
    rows, articles, meetings = (sum(n) for n in zip(one, other, strict=True))
    assert counted(page, folder, "topic=energy") == (rows, articles, meetings)
    said = page.locator("#count").inner_text()
    assert said.endswith(f"{meetings} meetings ({one[2]} of the texts, {other[2]} of the panel)")
    counted(page, folder, "topic=energy&corpus=panel")
    assert page.locator("#count").inner_text().endswith(f" of {other[2]} meetings")


def test_meetings_are_called_by_day_place_and_form_and_asked_for_by_key(page, folder, panel):
    key = panel.meetings.loc[panel.meetings["place"] == "Đà Nẵng", "meeting_key"].iloc[0]
    counted(page, folder)
    options = {
        o.get_attribute("value"): o.inner_text()
        for o in page.locator("#by-meeting option:not([disabled])").all()
    }
    assert re.fullmatch(r"2021-03-09, Đà Nẵng, reception \(\d+\)", options[key])
    talks = "2025-04-15/2025-04-15 Bùi Thanh Sơn;Cho Tae-yul"
    assert options[talks].startswith("2025-04-15, Hà Nội, talks, Cho Tae-yul, Bùi Thanh Sơn (")
    page.get_by_label("Meeting", exact=True).select_option(key)
    assert address(page) == {"meeting": key}
    assert shown(page)[2] == 1


def test_no_two_meetings_are_called_alike(text, panel):
    same = panel.meetings.assign(date_from=pd.NaT, date_to=pd.NaT, place=pd.NA, format=pd.NA)
    for tables in (text, panel, replace(panel, meetings=same)):
        found = explorer_labels.meetings(tables)
        assert set(found) == set(analysis.presence.meeting_keys(tables))
        assert all(found.values())
        assert len(set(found.values())) == len(found)


def test_a_text_without_participants_is_called_by_its_title(text):
    alone = analysis.Tables(**dict(text) | {"meetings": text.meetings.iloc[:0]})
    titles = text.articles.set_index("article_id")["title"]
    assert titles.notna().any()
    found = explorer_labels.meetings(alone)
    for article, name in titles.dropna().items():
        assert found[article] == name


def test_every_filter_that_a_linked_table_asks_for_is_one_of_the_page(page, folder):
    counted(page, folder)
    facets = page.evaluate("FACETS.map(facet => facet.name)")
    assert set(linked.FILTERS) <= set(facets)


def test_the_chart_counts_what_the_library_counts(page, folder, panel):
    counts = analysis.topic_frequency(panel)
    trade = counts[counts["topic"] == "trade"]
    counted(page, folder, "corpus=panel&kind=topics&topic=trade&certainty=coded")
    said = page.locator("#chart svg").get_attribute("aria-label")
    wanted = [f"{r.period} {r.n} of {r.n_all}" for r in trade.itertuples()]
    assert said == f"Meetings by year: {', '.join(wanted)}"
    rows = page.locator("#chart tbody tr").all_inner_texts()
    assert [r.split()[:3] for r in rows] == [
        [r.period, str(r.n), str(r.n_all)] for r in trade.itertuples()
    ]


def test_a_year_without_articles_is_a_gap_and_no_zero(page, folder, text):
    counted(page, folder, "corpus=text&unit=article")
    said = page.locator("#chart svg").get_attribute("aria-label")
    years = text.articles["published_from"].dt.year.value_counts().sort_index()
    assert said == "Articles by year: " + ", ".join(
        f"{y} {years[y]} of {years[y]}" if y in years else f"{y} no articles"
        for y in range(years.index.min(), years.index.max() + 1)
    )


def test_what_is_undated_has_a_place_of_its_own(page, tmp_path, text):
    undated = text.articles.assign(published_from=pd.NaT, published_to=pd.NaT).astype(
        {"published_from": "datetime64[us]", "published_to": "datetime64[us]"}
    )
    folder = written(tmp_path, analysis.Tables(**dict(text) | {"articles": undated}), None)
    rows, articles, _ = counted(page, folder, "unit=article&period=undated&topic=trade")
    assert articles == text.topics.loc[text.topics["topic"] == "trade", "article_id"].nunique()
    assert rows > articles
    assert page.locator("#rows .where").first.inner_text().startswith("undated · ")


def expected(tables, **filters):
    """Count rows, articles and meetings with pandas, one kind after the other."""
    keys = analysis.presence.meeting_keys(tables)
    found = []
    for kind in KINDS:
        table = statement_topics(tables) if kind == "statements" else getattr(tables, kind)
        keep = pd.Series(kind == filters.get("kind", kind), index=table.index)
        for column, value in filters.items():
            if column == "kind":
                continue
            names = {"topic": ["topic", "topics"], "actor": ["actor", "source"]}.get(
                column, [column]
            )
            column = next((n for n in names if n in table), None)
            if column is None:
                keep &= False
            else:
                keep &= (
                    table[column]
                    .str.split(";")
                    .map(lambda v, value=value: isinstance(v, list) and value in v)
                )
        found.append(table.loc[keep.astype(bool), "article_id"])
    articles = pd.concat(found)
    return len(articles), articles.nunique(), articles.map(keys).nunique()


FILTERS = (
    {},
    {"kind": "statements", "topic": "labour"},
    {"topic": "trade"},
    {"actor": "Bùi Thanh Sơn"},
    {"actor": "Bùi Thanh Sơn", "side": "VNM"},
    {"side": "KOR", "act": "propose", "topic": "investment"},
    {"measure": "bilateral_trade", "status": "target"},
    {"kind": "statements", "side": "both"},
)


@pytest.mark.parametrize("name", ["text", "panel"])
def test_filters_keep_the_rows_that_hold_to_all_of_them(page, folder, text, panel, name):
    tables = {"text": text, "panel": panel}[name]
    for filters in FILTERS:
        found = counted(page, folder, urlencode({"corpus": name} | filters))
        assert found == expected(tables, **filters), filters
        assert found[0] or name == "text", filters
        assert page.locator("#rows > li").count() == min(found[0], 50)


@pytest.mark.parametrize(
    "base", ["", "topic=trade", "kind=statements&side=KOR", "period=2025&q=trade"]
)
def test_each_option_says_how_many_rows_its_choice_gives(page, folder, base):
    counted(page, folder, base)
    page.locator("#count", has_not_text="searching").wait_for()
    wrong, n = page.evaluate(
        """() => {
        const { query, state } = explorer;
        const wrong = [];
        let n = 0;
        for (const [name, counts] of query.run(state).options) {
            for (const [value, rows] of counts) {
                const { total } = query.run({ ...state, [name]: value });
                n++;
                if (total.rows !== rows || !rows) wrong.push([name, value, rows, total.rows]);
            }
        }
        return [wrong, n];
        }"""
    )
    assert not wrong
    assert n > 50


def test_a_choice_changes_the_numbers_the_rows_and_the_address(page, folder, text):
    counted(page, folder)
    page.get_by_label("Corpus").select_option("text")
    page.get_by_label("Topic", exact=True).select_option("trade")
    assert shown(page) == expected(text, topic="trade")
    assert address(page) == {"corpus": "text", "topic": "trade"}
    kinds = page.locator("#rows .kind").all_inner_texts()
    assert set(kinds) == {"Topic", "Statement"}
    page.get_by_label("Kind of row").select_option("topics")
    assert set(page.locator(NAMES).all_inner_texts()) == {label("trade")}
    page.get_by_label("Topic", exact=True).select_option("")
    assert address(page) == {"corpus": "text", "kind": "topics"}
    page.get_by_role("button", name="Clear all").click()
    assert not address(page)
    assert page.get_by_label("Corpus").input_value() == ""


def test_the_address_and_the_button_back_lead_to_the_same_rows(page, folder):
    before = counted(page, folder, "corpus=panel&kind=figures&status=target&sort=value")
    assert page.get_by_label("Target or actual").input_value() == "target"
    assert page.get_by_label("Sort by").input_value() == "value"
    page.get_by_label("Target or actual").select_option("actual")
    assert shown(page) != before
    page.get_by_label("Kind of row").select_option("")
    page.go_back()
    page.go_back()
    assert shown(page) == before
    assert page.get_by_label("Target or actual").input_value() == "target"
    page.go_forward()
    assert address(page)["status"] == "actual"
    assert page.get_by_label("Target or actual").input_value() == "actual"


def test_letters_typed_are_one_step_back(page, folder):
    before = counted(page, folder, "corpus=text")
    page.get_by_label("Words").press_sequentially("trade")
    assert searched(page) != before
    assert address(page) == {"corpus": "text", "q": "trade"}
    page.go_back()
    assert shown(page) == before
    assert page.get_by_label("Words").input_value() == ""


def test_what_an_address_asks_for_in_vain_is_said(page, folder):
    everything = counted(page, folder)
    assert counted(page, folder, "topic=cheese") == (0, 0, 0)
    assert page.get_by_label("Topic", exact=True).input_value() == "cheese"
    assert counted(page, folder, "unit=week&sort=colour&page=-1&cheese=1") == everything
    assert page.get_by_label("Count").input_value() == "meeting"
    assert counted(page, folder, "page=99999") == everything
    assert page.get_by_role("button", name="Next 50").is_disabled()
    assert page.locator("#rows > li").count() == everything[0] % 50


LACKING = {
    "kind=figures&topic=trade": "Figures have no topic of their own: filter by words, or choose "
    "the kind topics or statements.",
    "kind=topics&side=KOR": "Topics have no side of their own: filter by words, or choose the kind "
    "actors or statements.",
    "kind=figures&topic=trade&side=KOR": "Figures have no topic and no side of their own: filter "
    "by words, or choose the kind statements.",
    "corpus=text&certainty=coded": "Rows of the texts have no certainty of their own: filter by "
    "words.",
    "measure=bilateral_trade&side=KOR": "No row has its own side and measure: choose fewer, or "
    "filter by words.",
}


@pytest.mark.parametrize("hash", LACKING)
def test_a_choice_that_no_row_can_hold_to_says_why(page, folder, hash):
    assert counted(page, folder, hash) == (0, 0, 0)
    assert page.locator("#why").inner_text() == LACKING[hash]


@pytest.mark.parametrize("hash", ["", "topic=trade", "kind=topics&topic=cheese", "kind=cheese"])
def test_of_a_choice_that_rows_could_hold_to_nothing_is_said(page, folder, hash):
    counted(page, folder, hash)
    assert page.locator("#why").inner_text() == ""


def test_signs_alone_are_no_word_and_the_page_says_so(page, folder):
    before = counted(page, folder, "corpus=panel")
    page.get_by_label("Words").fill("$")
    assert shown(page) == before
    said = page.locator("#why")
    assert said.inner_text() == "In “$” there is no word to search for; it leaves out no row."
    page.get_by_label("Words").fill("$ 150")
    assert searched(page) != before
    assert said.inner_text() == ""
    page.get_by_label("Words").fill(" ")
    assert said.inner_text() == ""


def found_by_words(tables, words):
    """Find rows with every word at the beginning of a word, in the sentence or in what they say."""
    texts = tables.articles.set_index("article_id")["text"]
    said = tables.sentences.set_index(["article_id", "sentence"])
    n = 0
    for kind, columns in {
        "topics": ["topic"],
        "actors": ["actor", "role"],
        "figures": ["stated"],
        "statements": ["act", "source", "addressee", "topics"],
    }.items():
        table = statement_topics(tables) if kind == "statements" else getattr(tables, kind)
        if kind == "figures":
            table = table.assign(stated=[explorer.stated(r) for r in table.itertuples()])
        for row in table.itertuples():
            values = [getattr(row, c) for c in columns]
            parts = [label(v) for value in values if pd.notna(value) for v in value.split(";")]
            if len(said):
                start, end = said.loc[(row.article_id, row.sentence)]
                parts.append(texts[row.article_id][start:end])
            there = re.findall(r"\w+", fold(" ".join(parts)).replace("_", " "))
            n += all(any(t.startswith(w) for t in there) for w in words.split())
    return n


WORDS = {
    "viet nam": "viet nam",
    "Bùi Thanh SƠN": "bui thanh son",
    "bui thanh son": "bui thanh son",
    "Đào": "dao",
    "dao ngoc": "dao ngoc",
    "150 billion target": "150 billion target",
    "semicond": "semicond",
    "am": "am",
    "cho trade": "cho trade",
    "zebra": "zebra",
}


@pytest.mark.parametrize("name", ["text", "panel"])
def test_words_are_found_without_accents_at_the_beginning_of_words(page, folder, text, panel, name):
    tables = {"text": text, "panel": panel}[name]
    for asked, plain in WORDS.items():
        counted(page, folder, urlencode({"corpus": name, "q": asked}))
        assert searched(page)[0] == found_by_words(tables, plain), asked
    counted(page, folder, urlencode({"corpus": name, "q": "viet nam", "kind": "topics"}))
    assert (searched(page)[0] > 0) == (name == "text")  # in the sentence, which the panel has not


def test_words_of_a_script_without_spaces_are_found_anywhere(page, corpus, tmp_path):
    texts = corpus(
        a=" date 2025-03-18 SEOUL — Foreign Minister Park Seo-jun (朴瑞俊外長) spoke of trade.",
        b=" date 2025-03-19 SEOUL — Foreign Minister Park Seo-jun spoke of 무역 trade. — VNS",
    )
    folder = written(tmp_path, texts, None)
    counted(page, folder, urlencode({"q": "外長", "kind": "topics"}))
    assert searched(page)[:2] == (1, 1)
    counted(page, folder, urlencode({"q": "무역", "kind": "topics"}))
    assert searched(page)[:2] == (1, 1)
    counted(page, folder, urlencode({"q": "역", "kind": "topics"}))
    assert searched(page)[:2] == (0, 0)


def test_a_search_says_how_many_texts_are_loaded(page, tmp_path, text, monkeypatch):
    monkeypatch.setattr(explorer_data, "CHARACTERS", 1000)
    folder = written(tmp_path, text, None)
    files = len(list((folder / "explorer").glob("sentences-*.js")))
    assert files > 5
    counted(page, folder)
    page.evaluate(
        """() => {
        globalThis.said = [];
        new MutationObserver(() => said.push(document.getElementById("count").textContent))
            .observe(document.getElementById("count"), { childList: true });
        }"""
    )
    page.get_by_label("Words").fill("viet nam")
    assert searched(page)[0] == found_by_words(text, "viet nam")
    said = page.evaluate("said")
    for n in range(1, files + 1):
        assert any(s.endswith(f"; searching … texts loaded {n} of {files}") for s in said)


def test_tables_in_many_files_are_put_together(page, tmp_path, text, panel, monkeypatch):
    monkeypatch.setattr(explorer_data, "ROWS", 30)
    folder = written(tmp_path, text, panel)
    assert len(list((folder / "explorer").glob("rows-*.js"))) > 50
    for filters in FILTERS:
        for name, tables in (("text", text), ("panel", panel)):
            found = counted(page, folder, urlencode({"corpus": name} | filters))
            assert found == expected(tables, **filters), (name, filters)


def test_only_the_texts_that_are_shown_are_loaded(page, tmp_path, text, monkeypatch):
    monkeypatch.setattr(explorer_data, "CHARACTERS", 1000)
    folder = written(tmp_path, text, None)
    first = text.articles["article_id"][0]
    counted(page, folder, urlencode({"article": first, "kind": "figures"}))
    page.locator("#rows .said mark").first.wait_for()
    loaded = page.evaluate("explorer.query.search.sentences.there.filter(Boolean).length")
    assert 0 < loaded < len(list((folder / "explorer").glob("sentences-*.js"))) / 2


def in_order(page):
    """Return kind, article and place of all rows found, in the order in which they are listed."""
    return page.evaluate(
        """() => explorer.query.list(explorer.state.sort, 0, Infinity).map((row) => {
        const { table, i } = explorer.rows.at(row);
        const article = table.columns.article[i];
        const about = (c) => explorer.rows.entries(c)[explorer.rows.articles.columns[c][article]];
        return { kind: table.kind, article, start: table.columns.start?.[i] ?? 0,
          published: about("published"), value: explorer.rows.value({ table, i }, "value"),
          name: explorer.rows.value({ table, i }, NAMED[table.kind]) };
        })"""
    )


def test_rows_are_sorted_as_asked_and_equal_ones_as_in_the_articles(page, folder, text, panel):
    total = sum(len(getattr(tables, kind)) for tables in (text, panel) for kind in KINDS)

    def rows(sort):
        counted(page, folder, f"sort={sort}")
        found = in_order(page)
        assert len(found) == total
        return found

    base = rows("order")
    assert base == sorted(base, key=lambda r: (r["article"], r["start"], KINDS.index(r["kind"])))
    last = "9999"
    keys = {
        "oldest": lambda r: r["published"] or last,
        "kind": lambda r: KINDS.index(r["kind"]),
        "value": lambda r: np.inf if r["value"] is None else -r["value"],
    }
    for sort, key in keys.items():
        assert rows(sort) == sorted(base, key=key), sort
    newest = [r["published"] for r in rows("newest")]
    assert newest == sorted(newest, reverse=True)
    named = [label(r["name"]) for r in rows("label") if r["kind"] == "topics"]
    assert named == sorted(named, key=str.casefold)


def test_fifty_rows_a_page_and_each_row_once(page, folder, text):
    counted(page, folder, "corpus=text&kind=topics")
    titles, pages = [], 0
    while True:
        titles += [a.get_attribute("href") for a in page.locator(f"{NAMES} a").all()]
        pages += 1
        if page.get_by_role("button", name="Next 50").is_disabled():
            break
        page.get_by_role("button", name="Next 50").click()
        assert address(page)["page"] == str(pages + 1)
        assert page.locator("#rows").get_attribute("start") == str(50 * pages + 1)
    assert sorted(titles) == sorted(
        addresses.reader(r.article_id, r.start, r.end) for r in text.topics.itertuples()
    )
    assert pages == -(-len(text.topics) // 50)
    page.get_by_role("button", name="Previous 50").click()
    assert address(page)["page"] == str(pages - 1)
    page.get_by_label("Topic", exact=True).select_option("trade")
    assert "page" not in address(page)


def test_a_row_says_what_it_is_when_by_whom_and_in_which_words(page, folder, text):
    figures = text.figures
    aim = figures[(figures["status"] == "target") & (figures["horizon"] == 2030)].iloc[0]
    article = text.articles.set_index("article_id").loc[aim["article_id"]]
    counted(
        page,
        folder,
        f"corpus=text&kind=figures&status=target&article={aim['article_id']}&sort=order",
    )
    row = page.locator("#rows > li").filter(has_text="by 2030").first
    assert row.locator(".kind").inner_text() == "Figure"
    assert "150 billion USD, bilateral trade, target, by 2030" in row.inner_text()
    assert row.locator("mark").inner_text() == aim["surface"]
    sentence = text.sentences.set_index(["article_id", "sentence"]).loc[
        (aim["article_id"], aim["sentence"])
    ]
    said = article["text"][sentence["start"] : sentence["end"]]
    assert row.locator(".said").inner_text() == " ".join(said.split())
    assert days(article["published_from"], article["published_to"]) in row.inner_text()
    assert article["publisher"] in row.inner_text()
    assert row.locator("strong a").get_attribute("href") == addresses.reader(
        aim["article_id"], aim["start"], aim["end"]
    )


def test_a_row_of_the_panel_leads_to_the_meeting_and_to_the_public_page(page, folder, panel):
    article = panel.articles.iloc[0]
    counted(page, folder, f"corpus=panel&article={article['article_id']}")
    first = page.locator("#rows > li").first
    assert not first.locator(".said").count()
    meeting = first.locator("strong a").get_attribute("href")
    assert meeting == addresses.meeting(article["meeting_key"])
    public = first.locator(".where a")
    assert public.get_attribute("href") == article["source"]
    assert public.get_attribute("rel") == "noopener noreferrer"


def test_a_row_leads_to_all_rows_of_its_name(page, folder, text):
    counted(page, folder, "corpus=text&kind=topics&sort=label")
    name = page.locator(NAMES).first.inner_text()
    topic = next(t for t in themes() if label(t) == name)
    page.get_by_role("link", name=f"only {name}").first.press("Enter")
    assert shown(page) == expected(text, kind="topics", topic=topic)
    assert page.evaluate("document.activeElement.id") == "count"
    assert not page.get_by_role("link", name=f"only {name}").count()


@pytest.mark.parametrize("name", ["text", "panel"])
def test_an_act_leads_to_its_rule_and_the_row_still_to_its_place(page, folder, text, panel, name):
    tables = {"text": text, "panel": panel}[name]
    said = tables.statements[tables.statements["act"] == "propose"].iloc[0]
    article = urlencode({"article": said["article_id"]})
    counted(page, folder, f"corpus={name}&kind=statements&act=propose&sort=order&{article}")
    row = page.locator("#rows > li").first
    act = row.locator("strong a")
    assert act.inner_text() == "Propose"
    assert act.get_attribute("href") == "codebook.html#act-propose"
    if name == "text":
        place = row.get_by_role("link", name="in the article")
        wanted = addresses.reader(said["article_id"], said["start"], said["end"])
    else:
        place = row.get_by_role("link", name="the meeting")
        wanted = addresses.meeting(analysis.presence.meeting_keys(panel)[said["article_id"]])
    assert place.get_attribute("href") == wanted


def test_hostile_text_stays_text(page, hostile, tmp_path):
    folder = written(tmp_path, hostile, None)
    rows, *_ = counted(page, folder, "sort=order")
    page.locator("#rows mark").nth(rows - 1).wait_for()
    assert page.title() == "All rows"
    assert not page.locator("#rows script, #rows img").count()
    text = hostile.articles["text"][0]
    said = hostile.sentences.iloc[-1]
    quoted = page.locator("#rows .said").last.evaluate("e => e.textContent")
    assert quoted == text[said["start"] : said["end"]]
    assert "</script>" in quoted
    marks = page.evaluate("[...document.querySelectorAll('#rows mark')].map(m => m.textContent)")
    spans = [(r.start, r.end) for kind in KINDS for r in getattr(hostile, kind).itertuples()]
    assert sorted(marks) == sorted(text[start:end] for start, end in spans)
    assert any(start > text.index("😀") for start, _ in spans)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(SIDEWAYS) == 0


def tabbed(page, wanted):
    """Press the tabulator until an element that is named so has the focus."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("name => document.activeElement.matches(name)", wanted):
            return
    raise AssertionError(f"the tabulator does not reach {wanted}")


def test_the_keyboard_alone_reaches_everything(page, folder, text):
    before = counted(page, folder, "corpus=text")
    tabbed(page, "#q")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.type("trade")
    assert searched(page) != before
    page.keyboard.press("Enter")  # which sends no form anywhere
    assert address(page) == {"corpus": "text", "q": "trade"}
    tabbed(page, "#by-kind")
    page.keyboard.type("topics")
    assert address(page) == {"corpus": "text", "q": "trade", "kind": "topics"}
    tabbed(page, "button[type=reset]")
    page.keyboard.press("Enter")
    assert not address(page)
    tabbed(page, "#rows a")
    tabbed(page, "[data-step='1']")
    page.keyboard.press("Enter")
    assert address(page) == {"page": "2"}
    assert page.evaluate("document.activeElement.id") == "found"


def test_two_key_presses_after_the_menu_lead_to_the_rows(page, folder):
    before = counted(page, folder, "corpus=text&topic=trade")
    tabbed(page, "main a, main button, main input, main select")
    skip = page.get_by_role("link", name="Skip to the rows")
    assert skip.evaluate("e => e === document.activeElement")
    box = skip.bounding_box()
    assert box["x"] >= 0
    assert 0 <= box["y"] <= page.viewport_size["height"] - box["height"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "found"
    assert (shown(page), address(page)) == (before, {"corpus": "text", "topic": "trade"})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#rows a')")
    assert skip.bounding_box()["x"] < 0


def test_the_link_to_the_content_keeps_the_choice(page, folder):
    before = counted(page, folder, "corpus=text&topic=trade")
    tabbed(page, "a[href='#main']")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert (shown(page), address(page)) == (before, {"corpus": "text", "topic": "trade"})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "hash", ["corpus=text", "corpus=panel&topic=trade&period=2025", "topic=cheese"]
)
def test_axe_finds_no_violation(page, folder, scheme, hash):
    page.emulate_media(color_scheme=scheme)
    counted(page, folder, hash)
    # Without "preload", which asks for the style sheets again, against the policy of the page.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert not [(v["id"], [node["html"] for node in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_as_wide_as_the_window(page, folder, width):
    page.set_viewport_size({"width": width, "height": 800})
    for hash in ("", "corpus=text&kind=statements", "corpus=panel&unit=article", "topic=cheese"):
        counted(page, folder, hash)
        assert page.evaluate(SIDEWAYS) == 0
        assert page.locator("#filters").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_each_control_has_a_name_and_the_count_is_announced(page, folder):
    counted(page, folder)
    for control in page.locator("#filters select, #filters input").all():
        assert control.evaluate("e => e.labels[0].textContent")
    assert page.locator("#count").get_attribute("role") == "status"


def test_a_filter_without_any_value_is_not_shown(page, tmp_path, text):
    folder = written(tmp_path, text, None)
    counted(page, folder)
    assert page.get_by_label("Publisher", exact=True).is_visible()
    assert not page.get_by_label("Side of the publisher").is_visible()
    assert not page.get_by_label("Certainty of the code").is_visible()


def test_a_long_list_of_options_says_how_many_are_left_out(page, tmp_path, text):
    many = pd.concat([text.actors] * 3, ignore_index=True)
    many["actor"] = pd.array([f"Person {i}" for i in range(len(many))], dtype="string")
    folder = written(tmp_path, analysis.Tables(**dict(text) | {"actors": many}), None)
    chosen = f"Person {len(many) - 1}"
    assert counted(page, folder, urlencode({"kind": "actors", "actor": chosen}))[0] == 1
    select = page.get_by_label("Person or organisation")
    assert select.input_value() == chosen
    options = select.locator("option").all_inner_texts()
    assert len(options) == 100 + 3  # "any", what is chosen, and how many there are more
    assert options[-1] == f"and {len(many) - 100} more: search by words"


def test_a_file_that_is_missing_or_cut_off_is_named(page, tmp_path, text, panel):
    folder = written(tmp_path, text, panel)
    path = folder / "explorer" / "rows-2.js"
    whole = path.read_text()
    for broken in (None, whole[:-20]):
        path.unlink() if broken is None else path.write_text(broken)
        page.goto((folder / "explorer.html").as_uri())
        said = page.locator("#failure", has_text="is missing or broken")
        said.wait_for()
        assert said.inner_text().startswith("explorer/rows-2.js is missing or broken; copy the")
        assert not page.locator("#content").is_visible()
    assert page.faults
    page.faults.clear()


def test_a_file_of_sentences_that_is_missing_is_named(page, tmp_path, text):
    folder = written(tmp_path, text, None)
    (folder / "explorer" / "sentences-0.js").unlink()
    everything = counted(page, folder)
    page.locator("#failure", has_text="explorer/sentences-0.js is missing").wait_for()
    page.get_by_label("Words").fill("trade")
    assert 0 < searched(page)[0] < everything[0]  # what rows say can be searched all the same
    assert page.faults
    page.faults.clear()


def test_what_could_not_be_loaded_is_asked_for_again(page, tmp_path, text):
    folder = written(tmp_path, text, None)
    path = folder / "explorer" / "sentences-0.js"
    whole = path.read_text()
    path.unlink()
    counted(page, folder)
    failure = page.locator("#failure", has_text="explorer/sentences-0.js is missing")
    failure.wait_for()
    path.write_text(whole)
    page.get_by_label("Words").fill("viet nam")
    assert searched(page)[0] == found_by_words(text, "viet nam")
    page.locator("#rows .said mark").first.wait_for()
    assert page.locator("#failure").inner_text() == ""
    assert page.faults
    page.faults.clear()


def test_without_scripts_the_page_says_what_is_missing(browser, folder):
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "explorer.html").as_uri())
    note = page.locator("noscript .note")
    assert "needs JavaScript" in note.inner_text()
    links = [a.get_attribute("href") for a in note.locator("a").all()]
    assert links == ["reader/index.html", "meetings/index.html"]
    context.close()


def test_printed_pages_have_the_rows_and_no_controls(page, folder):
    counted(page, folder, "corpus=text&topic=trade")
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.locator("#count").is_visible()
    assert page.locator("#rows > li").first.is_visible()


def test_an_empty_corpus_has_no_rows(page, tmp_path, text):
    none = analysis.Tables(**{name: table.iloc[:0] for name, table in text})
    assert counted(page, written(tmp_path, none, None)) == (0, 0, 0)
    assert "none" in page.locator("#chart svg").get_attribute("aria-label")
