"""What a notebook shows: every row with its sentence, nothing that runs, the same each time."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from jupyter_client.manager import start_new_kernel

import analysis
from analysis.exploration import answer, menus
from analysis.marked import KINDS
from analysis.quotes import quotes
from analysis.schema import TABLES, TableError
from analysis.shown import cells

SEEDS = Path(__file__).parent.parent / "seeds"
SCRIPT = "<script>done()</script><img src=x onerror='done()'>"
HOSTILE = (
    f" date 2025-03-18 {SCRIPT}\nHÀ NỘI — Vietnamese Foreign Minister Tran Van Binh held talks "
    f"with Korean Foreign Minister Park Seo-jun. The two sides agreed {SCRIPT} to bring two-way "
    "trade to US$100 billion by 2030. Binh asked the Republic of Korea to receive more workers."
)


class Reader(HTMLParser):
    """Collects elements, attributes and text, and finds tags that are not closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], ""
        self.feed(html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value) for name, value in attrs]
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def tables():
    return analysis.extract(analysis.read_articles(SEEDS))


@pytest.fixture(scope="module")
def panel():
    return analysis.read_panel()


@pytest.fixture(scope="module")
def hostile(corpus):
    return corpus(h=HOSTILE)


def shown_of(tables):
    """Everything that this project shows of tables as HTML of its own."""
    article = tables.articles["article_id"].iloc[0]
    yield tables
    yield tables.annotated(article)
    for ledger in (analysis.target_ledger, analysis.ask_ledger, analysis.commitment_ladder):
        yield analysis.show(ledger(tables), tables)
    for _, table in tables:
        yield analysis.show(table, tables)
    for kind in KINDS:
        yield answer(tables, kind)


def test_hostile_text_is_shown_as_text(hostile):
    seen = 0
    for shown in shown_of(hostile):
        html = shown._repr_html_()
        page = Reader(html)
        assert not {"script", "img", "iframe", "svg"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [v for name, v in page.attributes if name == "href" and "http" not in v]
        seen += SCRIPT in page.text
    assert seen > 5, "the text itself is not lost"


def test_the_same_tables_are_shown_the_same(tables):
    for once, again in zip(shown_of(tables), shown_of(tables), strict=True):
        assert once._repr_html_() == again._repr_html_()
        assert repr(once) == repr(again)
        assert "0x" not in repr(once)


def test_a_style_holds_for_its_own_output_alone(tables):
    for shown in shown_of(tables):
        _, found, rest = shown._repr_html_().partition("<style>")
        rules = rest.partition("</style>")[0].strip().splitlines() if found else []
        assert all(rule.startswith(".readout ") for rule in rules)


def test_no_colour_is_given_but_by_the_page(tables):
    for shown in shown_of(tables):
        html = shown._repr_html_()
        assert "#" not in html.partition("<style>")[2].partition("</style>")[0]
        assert "background:" not in html.replace("background: none", "")


# ---------------------------------------------------------------- tables and articles


def test_tables_are_shown_with_what_a_row_is_and_how_many_there_are(tables):
    page = Reader(tables._repr_html_())
    assert "5 articles, published from 2021-04-28 to 2026-03-10" in page.text
    for name, spec in TABLES.items():
        assert spec.row in page.text
        assert ", ".join(spec.names) in page.text
        assert f"{len(getattr(tables, name))}" in page.text


def test_an_article_is_shown_with_the_kinds_that_are_asked_for(tables):
    article = tables.articles["article_id"].iloc[0]
    own = {name: table[table["article_id"] == article] for name, table in tables if name in KINDS}
    counts = ", ".join(f"{len(rows)} {kind}" for kind, rows in own.items())
    whole = tables.annotated(article)
    assert repr(whole) == f"{article}: {counts}"
    for kind, rows in own.items():
        html = tables.annotated(article, [kind])._repr_html_()
        for row in rows.itertuples():
            assert f'id="c{row.start}-{row.end}"' in html
            assert f'id="c{row.start}-{row.end}"' in whole.html
        marks = html.partition("</style>")[2]
        assert not [other for other in KINDS if other != kind and f'class="{other}' in marks]


def test_an_article_or_kind_that_is_not_there_is_refused(tables):
    with pytest.raises(TableError, match="article 'none' is not among these articles: 000_501d"):
        tables.annotated("none")
    article = tables.articles["article_id"].iloc[0]
    with pytest.raises(ValueError, match="kinds='topic'; allowed: topics, actors, figures"):
        tables.annotated(article, ["topic"])
    with pytest.raises(ValueError, match="kinds='topic'; allowed: topics, actors, figures"):
        tables.annotated(article, "topic")


def test_one_kind_can_be_asked_for_by_its_word(tables):
    article = tables.articles["article_id"].iloc[0]
    one, listed = (tables.annotated(article, kinds) for kinds in ("topics", ["topics"]))
    assert one == listed


# ---------------------------------------------------------------- rows with their sentences


def test_a_quote_is_the_sentence_of_its_row(tables):
    texts = tables.articles.set_index("article_id")["text"]
    spans = tables.sentences.set_index(["article_id", "sentence"])
    for kind in KINDS:
        table = getattr(tables, kind)
        for found, row in zip(quotes(table, tables), table.itertuples(), strict=True):
            start, end = spans.loc[(row.article_id, row.sentence)]
            text = texts[row.article_id]
            parts = text[start : row.start], text[row.start : row.end], text[row.end : end]
            assert found.quote[3:] == tuple(part.replace("\n", " ") for part in parts)


def test_words_over_two_sentences_are_quoted_with_both(tables):
    article = tables.articles["article_id"].iloc[0]
    own = tables.sentences[tables.sentences["article_id"] == article]
    first, second = own.iloc[1:3].itertuples()
    row = pd.DataFrame({"article_id": [article], "start": first.end - 5, "end": second.start + 5})
    [found] = quotes(row.astype({"article_id": "string"}), tables)
    said = found.quote.before + found.quote.words + found.quote.after
    text = tables.articles["text"].iloc[0]
    assert said == text[first.start : second.end].replace("\n", " ")


def test_every_place_of_evidence_is_shown_once_with_its_name(tables, corpus, two_readouts):
    ledger = analysis.ask_ledger(tables)
    row = ledger[ledger["later_evidence"].str.contains(";").fillna(False)].head(1)
    places = row["later_evidence"].iloc[0].split(";")
    html = analysis.show(row, tables)._repr_html_()
    assert html.count("<b>later:</b>") == len(places) > 1
    readouts = corpus(**two_readouts)
    text = repr(analysis.show(analysis.compare_readouts(readouts, "b", "c"), readouts))
    assert "   earlier: b (2022-12-06): " in text
    assert "   later: c (2025-03-18): " in text


def test_a_row_of_many_places_shows_a_few_and_counts_the_others(panel):
    ledger = analysis.ask_ledger(panel, "KOR-VNM")
    lengths = ledger["later_evidence"].str.count(";") + 2  # and the ask itself
    row = ledger.loc[[lengths.idxmax()]]
    html = analysis.show(row, panel)._repr_html_()
    assert "more places</p>" in html
    assert html.count('rel="noopener noreferrer"') == 5


def test_a_panel_shows_addresses_of_the_web_and_no_other_as_links(panel):
    targets = analysis.target_ledger(panel, "KOR-VNM")
    page = Reader(analysis.show(targets, panel)._repr_html_())
    links = [value for name, value in page.attributes if name == "href"]
    assert len(links) == 20
    assert all(link.startswith("http") for link in links)


def test_what_holds_nothing_is_left_out_and_what_is_asked_for_is_not(tables):
    targets = analysis.target_ledger(tables)
    assert targets["qualifier"].isna().all()
    shown = analysis.show(targets, tables)
    assert "qualifier" not in shown.table
    assert not {"sentence", "start", "end"} & set(shown.table)
    columns = ["qualifier", "start"]
    assert list(analysis.show(targets, tables, columns).table) == columns


def test_numbers_and_days_are_written_as_one_reads_them(tables):
    shown = analysis.show(analysis.target_ledger(tables), tables, rows=3)
    assert shown.table["value"].tolist() == [
        "100,000,000,000",
        "100,000,000,000",
        "150,000,000,000",
    ]
    assert shown.table["horizon"].tolist() == ["–", "–", "2030"]
    assert shown.table["day_from"].iloc[0] == "2021-04-28"
    assert shown.head == "3 of 6 rows"


def test_the_ledger_itself_stays_a_plain_table(tables):
    ledger = analysis.target_ledger(tables)
    before = ledger.copy(deep=True)
    analysis.show(ledger, tables)._repr_html_()
    pd.testing.assert_frame_equal(ledger, before)
    assert type(ledger) is pd.DataFrame


def test_codes_have_room_between_them_and_other_texts_stay_as_they_are():
    same = ["https://x.org/a;b=1", "Talks were held; they ended.", "a;", "p:1-2;q:3-4"]
    shown = cells(pd.DataFrame({"t": ["trade;labour", "Kim Ho;Tran Binh", *same]}))["t"].tolist()
    assert shown == ["trade; labour", "Kim Ho; Tran Binh", *same]


def test_a_cell_may_hold_any_object(tables):
    row = tables.topics.head(1).assign(own=[[1, None]], empty=[[]], pair=[("a;b", 2)])
    shown = analysis.show(row, tables, ["own", "empty", "pair"])
    assert shown.table.iloc[0].tolist() == ["[1, None]", "[]", "('a;b', 2)"]
    assert "[1, None]" in shown._repr_html_()


def test_places_are_gone_through_once_however_many_rows_there_are(tables):
    class Counted(list):
        gone_through = 0

        def __iter__(self):
            self.gone_through += 1
            return super().__iter__()

    shown = analysis.show(tables.topics, tables, rows=50)
    counted = Counted(shown.found)
    again = replace(shown, found=counted)
    assert (repr(again), again._repr_html_()) == (repr(shown), shown._repr_html_())
    assert counted.gone_through == 2, "once as text and once as HTML"


def test_articles_may_have_the_sign_between_places_in_their_ids(corpus, two_readouts):
    ids = {"r;1": two_readouts["b"], "a:5-9;100%3B": two_readouts["c"]}
    tables = corpus(**ids)
    compared = analysis.compare_readouts(tables, *ids)
    assert {f.quote.article_id for f in quotes(compared, tables)} == set(ids)
    for ledger in (compared, analysis.ask_ledger(tables), analysis.topic_frequency(tables)):
        assert analysis.show(ledger, tables)._repr_html_()
    counts = analysis.topic_frequency(tables, unit="article")
    for row in counts[counts["n"] > 0].itertuples():
        places = quotes(counts.loc[[row.Index]], tables)
        assert len(places) == row.n
        assert all(found.quote.words for found in places)


def test_empty_pieces_of_evidence_are_no_places(tables):
    first = tables.topics.iloc[0]
    place = f"{first['article_id']}:{first['start']}-{first['end']}"
    rows = pd.DataFrame({"evidence": ["", f"{place};", f";{place}; ", ";", None]})
    assert [found.row for found in quotes(rows, tables)] == [1, 2]
    assert "\n4. evidence ;" in repr(analysis.show(rows, tables, ["evidence"]))


def test_rows_without_places_or_of_other_articles_are_refused(tables):
    with pytest.raises(ValueError, match=r"no column says where the rows' words stand: .*\['n'\]"):
        analysis.show(pd.DataFrame({"n": [1]}), tables)
    with pytest.raises(ValueError, match="article 'x' is not among these articles"):
        analysis.show(pd.DataFrame({"article_id": ["x"]}), tables)
    with pytest.raises(ValueError, match=r"no column 'colour'; there are article_id, sentence"):
        analysis.show(tables.topics, tables, ["topic", "colour"])


# ---------------------------------------------------------------- one's own question


def test_every_row_can_be_found_with_its_sentence(tables):
    for kind in KINDS:
        found = analysis.explore(tables, kind)
        table = getattr(tables, kind)
        key = list(TABLES[kind].key)
        assert len(found) == len(table)
        both = found.merge(table, on=key, suffixes=("", "_own"))
        assert len(both) == len(table)
        assert found["words"].notna().all()
        assert found["period"].isin(["2021", "2023", "2025", "2026"]).all()


def test_the_rows_of_a_topic_and_year_are_those_that_are_counted(panel, tables):
    for source in (panel, tables):
        counts = analysis.topic_frequency(source, unit="article")
        for row in counts[counts["n"] > 0].iloc[::7].itertuples():
            found = analysis.explore(source, topic=row.topic, period=row.period)
            assert found["article_id"].nunique() == row.n


def test_a_side_is_that_of_the_speaker(tables):
    said = analysis.explore(tables, "topics", topic="trade", side="KOR")
    assert len(said) > 0
    own = tables.statements[tables.statements["side"] == "KOR"]
    for row in said.itertuples():
        around = own[own["article_id"] == row.article_id]
        assert ((around["start"] <= row.start) & (around["sentence"] == row.sentence)).any()
    acting = analysis.explore(tables, "actors", side="KOR")
    assert set(acting["side"]) == {"KOR"}


def test_statements_are_found_by_each_of_their_topics(panel):
    found = analysis.explore(panel, "statements", topic="trade")
    assert (found["topics"].str.split(";").map(lambda t: "trade" in t)).all()
    assert found["topics"].str.contains(";").any()
    known = panel.statements["topics"].dropna().str.split(";").map(lambda t: "trade" in t)
    assert len(found) == known.sum()


def test_figures_are_found_by_the_topics_of_their_sentence(tables):
    found = analysis.explore(tables, "figures", topic="trade")
    named = tables.topics[tables.topics["topic"] == "trade"]
    sentences = set(zip(named["article_id"], named["sentence"], strict=True))
    own = list(zip(tables.figures["article_id"], tables.figures["sentence"], strict=True))
    assert len(found) == sum(place in sentences for place in own) > 0


def test_the_time_that_a_figure_covers_is_kept_apart_from_the_year_of_its_article(panel):
    figures = analysis.explore(panel, "figures")
    own = panel.figures["period"].dropna()
    assert len(own)
    assert figures["covers"].dropna().tolist() == own.tolist()
    assert set(figures["period"]) <= {*map(str, range(2021, 2027)), "undated"}


@pytest.mark.parametrize("text", ["việt nam", "VIET NAM", "viet"])
def test_letters_are_found_without_accents_and_case(tables, text):
    found = analysis.explore(tables, "statements", text=text)
    assert len(found) > 5
    assert found["words"].str.contains("Việt Nam|Vietnam").all()


def test_what_is_not_there_is_refused_with_what_is(tables):
    for asked, allowed in (
        ({"kind": "words"}, "kind='words'; allowed: topics, actors, figures, statements"),
        ({"topic": "cheese"}, "topic='cheese'; allowed: partnership, "),
        ({"side": "FRA"}, "side='FRA'; allowed: KOR, MMR, VNM, both"),
        ({"period": "1999"}, "period='1999'; allowed: 2021, 2023, 2025, 2026"),
    ):
        with pytest.raises(ValueError, match=allowed):
            analysis.explore(tables, **asked)


def test_a_year_may_be_a_number(panel):
    by_number = analysis.explore(panel, "statements", period=2025)
    pd.testing.assert_frame_equal(by_number, analysis.explore(panel, "statements", period="2025"))
    assert len(by_number) > 0
    with pytest.raises(ValueError, match="period='1999'; allowed: 2021"):
        analysis.explore(panel, period=1999)


@pytest.mark.parametrize("kind", ["topics", "figures"])
def test_a_panel_is_not_asked_who_speaks_of_a_topic(panel, kind):
    said = "side='VNM': the topics and figures of a panel have no speaker; ask for kind='stat"
    with pytest.raises(ValueError, match=said):
        analysis.explore(panel, kind, side="VNM")
    assert len(analysis.explore(panel, "statements", side="VNM")) > 0
    assert len(analysis.explore(panel, "actors", side="VNM")) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_panel_is_not_asked_for_words(panel, kind):
    with pytest.raises(ValueError, match="text='trade': a panel has no texts; ask by topic, side"):
        analysis.explore(panel, kind, text="trade")


def test_an_answer_counts_what_it_shows(tables):
    found = analysis.explore(tables, topic="trade")
    shown = answer(tables, topic="trade", rows=4)
    numbers = shown.counts.drop(columns="side")
    assert numbers.to_numpy().sum() == len(found)
    assert len(shown.shown.table) == 4
    assert f"{len(found)} rows of topics in 5 articles" in shown._repr_html_()
    assert repr(answer(tables, topic="trade", text="no such words")) == "no row"


def test_every_choice_of_the_menus_has_an_answer(tables, panel):
    for source in (tables, panel):
        choices = menus(source)
        for name in ("topic", "side", "period"):
            for _, value in choices[name]:
                kind = "statements" if name == "side" else "topics"  # whose speaker a panel knows
                assert answer(source, kind, **{name: value, "rows": 1})._repr_html_()


# ---------------------------------------------------------------- in a kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory, tables):
    folder = tmp_path_factory.mktemp("tables")
    tables.save(folder)
    manager, client = start_new_kernel()
    code = f"import analysis\ntables = analysis.load_tables({str(folder)!r})"
    client.execute(code, reply=True, timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("analysis.", {"extract", "explore", "export", "show", "topic_frequency", "Tables"}),
        ("analysis.read_panel().", {"topics", "meetings", "second_coding"}),
        ("tables.", {*TABLES, "annotated", "evidence", "export", "save"}),
        ("tables.topics.", {"topic", "theme", "surface"}),
        ("analysis.explore(tables, ki", {"kind="}),
    ],
)
def test_a_kernel_completes_what_is_typed(kernel, typed, offered):
    reply = kernel.complete(typed, reply=True, timeout=60)["content"]
    assert offered <= set(reply["matches"])
    assert not [name for name in reply["matches"] if name.startswith("_")]


def test_a_kernel_explains_what_an_argument_may_be(kernel):
    code = "analysis.explore("
    reply = kernel.inspect(code, len(code) - 1, reply=True, timeout=60)["content"]
    said = reply["data"]["text/plain"]
    for kind in KINDS:
        assert kind in said.partition("Docstring")[0], "in the signature itself"
    assert "ISO 3166-1 alpha-3" in said


def test_all_public_names_are_listed_and_lead_somewhere():
    assert dir(analysis) == analysis.__all__
    assert all(callable(getattr(analysis, name)) for name in dir(analysis))
    with pytest.raises(AttributeError, match="no attribute 'exlore'; it has"):
        analysis.exlore  # noqa: B018
