"""HTML, feeds and WARC: the text of the article, the day that is stated, and what breaks off."""

import gzip
import hashlib
import io
import json
import unicodedata
from datetime import date
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from analysis.stated import day_of_address, day_written

SAID = "The two sides agreed to widen cooperation in trade, energy and science in the coming years."
KOREAN = "양국 외교장관은 서울에서 회담을 갖고 경제와 안보 분야의 협력 방안을 논의했다. " * 6
VIETNAMESE = "Hai bên nhất trí tăng cường hợp tác thương mại và đầu tư trong thời gian tới. " * 6
TONES = "\u0300\u0301\u0303\u0309\u0323"  # letters of their own in windows-1258
ARTICLE = f"<p>HANOI — {SAID}</p><p>{SAID} {SAID}</p>"


def page(head="", body=ARTICLE, lang="en", title="Talks held"):
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>'
        '<nav><ul><li><a href="/">Home</a></li><li><a href="/p">Politics</a></li></ul></nav>'
        f"<h1>{title}</h1>{body}"
        "<footer>© 2019 Wire. Updated 03/05/2024</footer></body></html>"
    )


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def described(**fields):
    return f'<script type="application/ld+json">{json.dumps(fields)}</script>'


def windows_1258(text):
    def letter(c):
        parts = unicodedata.normalize("NFD", c)
        tone = "".join(t for t in TONES if t in parts)
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in TONES))
        return (base + tone).encode("cp1258")

    return b"".join(map(letter, text))


# ---------------------------------------------------------------- a day that is stated


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05",
        "2024-03-05T23:59:59Z",
        "2024-03-05 00:00:01+09:00",
        "2024/3/5",
        "2024.03.05",
        "20240305",
        "20240305T101500",
        "Tue, 05 Mar 2024 10:00:00 GMT",
        "Tuesday, 5 March 2024",
        "05-Mar-2024",
        "March 5, 2024",
        "Mar. 5 2024 10:00",
        " 2024-03-05\n",
    ],
)
def test_a_day_that_can_be_read_in_one_way(written):
    assert day_written(written) == date(2024, 3, 5)


@pytest.mark.parametrize(
    "written",
    [
        "03/05/2024",
        "5.3.2024",
        "2024-13-01",
        "2024-02-30",
        "2024-3/5",
        "2024",
        "2024-03",
        "5 Mar 24",
        "yesterday",
        "",
        "0001-01-01",
        "© 2019",
        "1709600000",
        "99999999",
    ],
)
def test_a_day_that_is_not_certain_is_none(written):
    assert day_written(written) is None


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2024/03/05/talks.html", (2024, 3, 5)),
        ("/news/2024-3-5-talks", (2024, 3, 5)),
        ("/view/AEN20240305001200315", (2024, 3, 5)),
        ("/20240305/a?ref=2023-01-01", (2024, 3, 5)),
        ("/politics/1694147/talks.html", None),
        ("/2024/03/talks.html", None),
        ("/2024/13/05/", None),
        ("/2024-03-05/until-2024-03-07", None),
        ("/id/120240305", None),
    ],
)
def test_the_day_of_an_address(path, day):
    found = day_of_address(f"https://wire.example{path}")
    assert (found and found.day) == (date(*day) if day else None)
    if found:
        assert found.basis == "url"
        assert found.evidence == f"address {path.partition('?')[0]}"


@given(st.text())
def test_any_text_is_a_day_or_none(text):
    day_written(text)
    day_of_address(text)
    day_of_address(f"http://{text}")


# ---------------------------------------------------------------- HTML


def test_the_article_of_a_page_without_menu_and_footer(read_file):
    data = page(meta("og:site_name", "Wire &amp; Co")).encode()
    [found], rejected = read_file("talks.html", data)
    assert rejected == []
    assert (found.article_id, found.source) == ("talks", "talks.html")
    assert found.text == f"Talks held\nHANOI — {SAID}\n{SAID} {SAID}"
    assert (found.title, found.publisher, found.language) == ("Talks held", "Wire & Co", "en")
    assert (found.text_start, found.dateline) == (0, "HANOI")
    assert found.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta name="pubdate" content="03/05/2024">',
        meta("article:modified_time", "2024-03-05"),
        '<meta http-equiv="last-modified" content="Tue, 05 Mar 2024 10:00:00 GMT">',
        described(**{"@type": "WebSite", "datePublished": "2024-03-05"}),
        described(**{"@type": "NewsArticle", "dateModified": "2024-03-05"}),
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": </script>',
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<time datetime="2024-03-05">5 March</time><time datetime="2024-03-06">6 March</time>',
        '<time datetime="03/05/2024">5 March</time>',
    ],
)
def test_no_day_is_made_up(read_file, head):
    [found], _ = read_file("x.html", page(head).encode())
    assert (found.published, found.date_basis, found.date_evidence) == (None, None, None)


@pytest.mark.parametrize(
    ("head", "basis", "evidence"),
    [
        (
            meta("article:published_time", "2024-03-05T08:00:00+07:00"),
            "header",
            "article:published_time 2024-03-05T08:00:00+07:00",
        ),
        (
            '<meta itemprop="datePublished" content="2024-03-05">',
            "header",
            "datepublished 2024-03-05",
        ),
        (
            described(**{"@graph": [{"@type": ["NewsArticle"], "datePublished": "2024-03-05"}]}),
            "header",
            "datePublished 2024-03-05",
        ),
        ('<time datetime="2024-03-05T10:00">5 March</time>', "header", "time 2024-03-05T10:00"),
        (
            '<time itemprop="datePublished" datetime="2024-03-05">5</time>'
            '<time datetime="2023-01-01">related</time>',
            "header",
            "time 2024-03-05",
        ),
        (
            '<link rel="canonical" href="https://wire.example/2024/03/05/talks">',
            "url",
            "address /2024/03/05/talks",
        ),
    ],
)
def test_the_day_that_a_page_states(read_file, head, basis, evidence):
    [found], _ = read_file("x.html", page(head).encode())
    assert found.published == date(2024, 3, 5)
    assert (found.date_basis, found.date_evidence) == (basis, evidence)


def test_the_page_states_its_day_before_its_address(read_file):
    head = meta("og:url", "https://wire.example/2023/01/01/a") + meta(
        "article:published_time", "2024-03-05"
    )
    [found], _ = read_file("x.html", page(head).encode())
    assert (found.published, found.date_basis) == (date(2024, 3, 5), "header")


@pytest.mark.parametrize("declared", ["euc-kr", "utf-8", "iso-8859-1", "no-such"])
def test_korean_pages_in_another_encoding_than_they_declare(read_file, declared):
    text = page(f'<meta charset="{declared}">', f"<p>{KOREAN}</p>", "ko", "회담")
    [found], _ = read_file("x.html", text.replace("©", "").encode("euc-kr"))
    assert KOREAN.strip() in found.text
    assert found.language == "ko"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_pages_with_a_byte_order_mark(read_file, encoding):
    text = page('<meta charset="euc-kr">', f"<p>{KOREAN}</p>", "ko", "회담")
    [found], _ = read_file("x.html", text.encode(encoding))
    assert KOREAN.strip() in found.text


def test_vietnamese_in_windows_1258_is_composed(read_file):
    text = page('<meta charset="windows-1258">', f"<p>{VIETNAMESE}</p>", "vi", "Hội đàm")
    [found], _ = read_file("x.html", windows_1258(text))
    assert VIETNAMESE.strip() in found.text
    assert found.text == unicodedata.normalize("NFC", found.text)


def test_a_template_that_claims_english_is_not_believed(read_file):
    [found], _ = read_file("x.html", page(body=f"<p>{VIETNAMESE}</p>", lang="en").encode())
    assert found.language is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html>",
        b"\x00" * 500,
        b"<html><body><ul><li>Home</li><li>Politics</li></ul><p>It rained.</p></body></html>",
        b"<html>" + b"<div>" * 50_000,
    ],
)
def test_a_page_without_article_is_set_aside_and_its_menu_is_no_text(read_file, data):
    found, [rejected] = read_file("x.html", data)
    assert found == []
    assert rejected.reason.startswith("is no page with an article (")
    assert rejected.remedy == "save the article's text as .txt"


def test_a_page_that_is_named_otherwise_is_read_as_a_page(read_file):
    [found], _ = read_file("x.txt", b"\xef\xbb\xbf \n<!-- saved -->" + page().encode())
    assert found.title == "Talks held"
    assert "<p>" not in found.text


# ---------------------------------------------------------------- feeds


def entry(**changes):
    fields = {
        "title": "Talks held",
        "link": "https://wire.example/talks",
        "guid": "g1",
        "pubDate": "Wed, 06 Mar 2024 01:00:00 +0700",
        "content:encoded": ARTICLE,
    } | changes
    return "<item>" + "".join(f"<{n}>{escape(v)}</{n}>" for n, v in fields.items()) + "</item>"


def feed(*entries, encoding="utf-8"):
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Wire</title><language>en-us</language>{''.join(entries)}</channel></rss>"
    )


def test_an_entry_with_its_whole_text_is_an_article(read_file):
    [found], rejected = read_file("x.rss", feed(entry(description="Short…")).encode())
    assert rejected == []
    assert found.text == f"Talks held\nHANOI — {SAID}\n{SAID} {SAID}"
    assert (found.article_id, found.source) == ("g1", "https://wire.example/talks")
    assert (found.publisher, found.language, found.title) == ("Wire", "en", "Talks held")
    assert found.published == date(2024, 3, 6), "as written, not as in Greenwich"
    assert found.date_evidence == "published Wed, 06 Mar 2024 01:00:00 +0700"


def test_atom_is_read_and_the_day_of_a_change_is_none_of_publication(read_file):
    data = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title><entry><id>urn:x</id>'
        "<title>Talks held</title><updated>2024-03-05T00:00:00Z</updated>"
        f'<content type="html">{escape(ARTICLE)}</content></entry></feed>'
    )
    [found], _ = read_file("x.atom", data.encode())
    assert (found.article_id, found.source) == ("urn:x", "x.atom, entry 1")
    assert found.published is None


@pytest.mark.parametrize(
    "teaser",
    [
        f"{SAID} {SAID} {SAID}…",
        f"{SAID} {SAID} {SAID} [...]",
        f"<p>{SAID} {SAID} {SAID} [&hellip;]</p>",
        f"{SAID} {SAID} {SAID}… <a href='/a'>Continue reading</a>",
        f"{SAID} {SAID} {SAID} ... Read more »",
    ],
)
@pytest.mark.parametrize("field", ["description", "content:encoded"])
def test_a_summary_that_is_cut_off_is_not_taken_for_the_article(read_file, teaser, field):
    data = feed(entry(**{"content:encoded": "", field: teaser}))
    found, [rejected] = read_file("x.rss", data.encode())
    assert found == []
    assert rejected == (
        "x.rss, entry 1",
        "has a summary only",
        "list its address for `analysis fetch`, which gets the whole text",
    )


@pytest.mark.parametrize("summary", ["", "Talks were held.", f"<p>{SAID}</p>"])
def test_a_short_summary_is_not_taken_for_the_article(read_file, summary):
    data = feed(entry(**{"content:encoded": "", "description": summary}))
    found, [rejected] = read_file("x.rss", data.encode())
    assert found == []
    assert rejected.reason == "has no text" or rejected.reason.startswith("has no article (")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Talks &amp; trade", "Talks & trade"),
        ("<script>alert(1)</script>Talks <b>held</b>", "Talks held"),
        ("<img src=x onerror=alert(1)>Talks", "Talks"),
        ("Talks\n  held", "Talks held"),
    ],
)
def test_titles_with_entities_and_scripts_are_plain(read_file, title, shown):
    data = feed(entry(title=title, **{"content:encoded": f"<script>x()</script>{ARTICLE}"}))
    [found], _ = read_file("x.rss", data.encode())
    assert found.title == shown
    assert found.text.startswith(f"{shown}\nHANOI")
    assert "x()" not in found.text


def test_a_feed_that_breaks_off_keeps_the_entries_that_are_whole(read_file):
    whole = feed(entry(), entry(guid="g2")).encode()
    found, [rejected] = read_file("x.rss", whole[:-60])
    assert [a.article_id for a in found] == ["g1"]
    assert rejected.reason.startswith("is not well-formed XML (")
    assert rejected.reason.endswith(", of its entries 1 could be read")


def test_a_feed_with_a_bare_ampersand_is_read_and_said_to_be_broken(read_file):
    data = feed(entry()).replace("Talks held", "A & B").encode()
    [found], [rejected] = read_file("x.rss", data)
    assert found.title == "A & B"
    assert rejected.reason.startswith("is not well-formed XML (")


@pytest.mark.parametrize("declared", ["euc-kr", "utf-8"])
def test_feeds_in_another_encoding_than_they_declare(read_file, declared):
    text = entry(title="회담", **{"content:encoded": f"<p>{KOREAN}</p>"})
    [found], rejected = read_file("x.xml", feed(text, encoding=declared).encode("euc-kr"))
    assert KOREAN.strip() in found.text
    assert rejected == []


def test_ids_that_are_none_are_made_and_those_that_look_like_paths_are_only_ids(read_file):
    data = feed(entry(guid=""), entry(guid="x" * 300), entry(guid="../../etc/x"), entry(link="a"))
    found, _ = read_file("x.rss", data.encode())
    assert [a.article_id for a in found][1:] == ["x-2", "../../etc/x", "g1"]
    assert found[3].source == "x.rss, entry 4"


def test_a_feed_is_never_taken_for_an_address_or_a_path(read_file, tmp_path):
    (tmp_path / "secret.rss").write_text(feed(entry()), encoding="utf-8")
    for content in (str(tmp_path / "secret.rss"), "https://localhost:9/feed", "file:///x"):
        found, [rejected] = read_file("x.rss", content.encode())
        assert found == []
        assert rejected.reason == "is no RSS or Atom feed"


def test_entities_that_grow_are_not_expanded(read_file):
    grown = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    data = feed(entry()).replace("<rss", f'<!DOCTYPE r [<!ENTITY l0 "lol">{grown}]><rss')
    found, _ = read_file("x.rss", data.replace("Talks held", "&l9;").encode())
    assert all(len(a.text) < 10_000 for a in found)


def test_a_feed_without_entries_is_set_aside(read_file):
    assert read_file("x.rss", feed().encode())[1][0].reason == "holds no article"


# ---------------------------------------------------------------- WARC


DAY = "2024-06-01T00:00:00Z"


def warc(*pages, packed=False, status="200 OK", **headers):
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "a crawler"}))
    for number, content in enumerate(pages, 1):
        fields = {"Content-Type": "text/html; charset=utf-8"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        http = StatusAndHeaders(status, list(fields.items()), protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://wire.example/{number}",
                "response",
                io.BytesIO(content),
                length=len(content),
                http_headers=http,
                warc_headers_dict={"WARC-Record-ID": f"<urn:x:{number}>", "WARC-Date": DAY},
            )
        )
    return file.getvalue()


PAGES = [page(meta("article:published_time", f"2024-03-0{n}")).encode() for n in (1, 2, 3)]


@pytest.mark.parametrize("packed", [False, True])
def test_the_pages_of_an_archive_are_articles(read_file, packed):
    name = "crawl.warc.gz" if packed else "crawl.warc"
    found, rejected = read_file(name, warc(*PAGES, packed=packed))
    assert rejected == []
    assert [a.article_id for a in found] == ["crawl-2", "crawl-3", "crawl-4"]
    assert [a.source for a in found] == [f"https://wire.example/{n}" for n in (1, 2, 3)]
    assert [a.published.day for a in found] == [1, 2, 3]
    assert found[0].sha256 == hashlib.sha256(PAGES[0]).hexdigest()


def test_neither_the_crawl_nor_the_server_gives_the_day_of_publication(read_file):
    data = warc(page().encode(), Last_Modified="Tue, 05 Mar 2024 10:00:00 GMT", Date="2024-03-05")
    [found], _ = read_file("x.warc", data)
    assert found.published is None


@pytest.mark.parametrize(("lost", "kept"), [(1, 2), (60, 2), (700, 1)])
def test_a_packed_archive_that_is_cut_off_keeps_the_records_before_and_says_so(
    read_file, lost, kept
):
    found, rejected = read_file("x.warc.gz", warc(*PAGES, packed=True)[:-lost])
    assert [a.article_id for a in found] == ["x-2", "x-3", "x-4"][:kept]
    assert [(r.source, r.reason) for r in rejected] == [
        ("x.warc.gz", "is cut off: its packed data ends too early")
    ]


@pytest.mark.parametrize("lost", [5, 100, len(PAGES[2]) - 1, len(PAGES[2]) + 150])
def test_an_archive_that_is_cut_off_keeps_the_records_before_and_says_so(read_file, lost):
    found, rejected = read_file("x.warc", warc(*PAGES)[:-lost])
    assert [a.article_id for a in found] == ["x-2", "x-3"]
    assert rejected == [("x.warc", "is cut off in record 4", "get the file again")]


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_an_archive_without_its_last_line_ends_is_said_to_be_cut_off(read_file, lost):
    found, rejected = read_file("x.warc", warc(*PAGES)[:-lost])
    assert [a.article_id for a in found] == ["x-2", "x-3", "x-4"]
    assert rejected == [("x.warc", "is cut off after record 4", "get the file again")]


def test_a_damaged_record_ends_the_archive_and_is_named(read_file):
    data = warc(*PAGES)
    at = data.rfind(b"WARC/1.0")
    found, [rejected] = read_file("x.warc", data[:at] + b"XXXX" + data[at + 4 :])
    assert [a.article_id for a in found] == ["x-2", "x-3"]
    assert rejected.reason.startswith("is damaged after record 3 (")


def test_a_packed_record_that_is_damaged_is_never_taken(read_file):
    whole = warc(*PAGES, packed=True)
    texts = {a.text for a in read_file("x.warc.gz", whole)[0]}

    @settings(deadline=None)
    @given(st.integers(0, len(whole) - 1), st.integers(1, 255))
    @example(657, 4)  # the record seems whole before the packed data breaks off
    @example(659, 5)
    def check(at, change):
        data = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
        found, rejected = read_file("x.warc.gz", data)
        assert {a.text for a in found} <= texts
        assert len(found) == 3 or rejected

    check()


@pytest.mark.parametrize("packing", ["gzip", "chunked", "named only"])
def test_answers_are_unpacked_and_a_header_that_only_names_it_is_not_believed(read_file, packing):
    body = PAGES[0]
    if packing == "chunked":
        data = warc(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), Transfer_Encoding="chunked")
    else:
        content = gzip.compress(body) if packing == "gzip" else body
        data = warc(content, Content_Encoding="gzip")
    [found], _ = read_file("x.warc", data)
    assert found.sha256 == hashlib.sha256(body).hexdigest()


def test_an_answer_that_unpacks_without_end_is_set_aside(read_file):
    data = warc(gzip.compress(bytes(50 * 2**20)), Content_Encoding="gzip")
    found, [rejected] = read_file("x.warc", data)
    assert found == []
    assert rejected[:2] == ("x.warc, record 2", "is larger than 16 MiB")


def test_a_record_larger_than_an_article_is_set_aside_and_the_rest_is_read(read_file):
    found, [rejected] = read_file("x.warc", warc(bytes(17 * 2**20), PAGES[0]))
    assert [a.article_id for a in found] == ["x-3"]
    assert rejected[:2] == ("x.warc, record 2", "is larger than 16 MiB")


def test_answers_that_are_no_pages(read_file):
    assert read_file("x.warc", warc(PAGES[0], Content_Type="image/png"))[1][0].reason == (
        "holds no article"
    )
    assert read_file("x.warc", warc(PAGES[0], status="301 Moved"))[1][0].reason == (
        "holds no article"
    )
    [missing] = read_file("x.warc", warc(PAGES[0], status="404 Not Found"))[1]
    assert missing[:2] == ("x.warc, record 2", "is no article: the server answered 404")


def test_the_charset_of_the_server_counts_where_the_page_has_none(read_file):
    body = page("", f"<p>{KOREAN}</p>", "ko", "회담").replace("©", "").encode("euc-kr")
    [found], _ = read_file("x.warc", warc(body, Content_Type="text/html; charset=euc-kr"))
    assert KOREAN.strip() in found.text


def test_records_of_plain_text_are_articles(read_file):
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=False)
    text = f"OSLO — {SAID}".encode()
    for kind in ("conversion", "metadata"):
        record = writer.create_warc_record(
            "https://wire.example/2024/03/05/a",
            kind,
            io.BytesIO(text),
            length=len(text),
            warc_content_type="text/plain",
        )
        writer.write_record(record)
    [found], rejected = read_file("x.warc", file.getvalue())
    assert rejected == []
    assert (found.dateline, found.date_basis) == ("OSLO", "url")


# ---------------------------------------------------------------- whatever a file holds


def mutated(data):
    """Return a strategy of copies of some bytes with a piece cut out and another put in."""
    at = st.integers(0, len(data))
    return st.builds(
        lambda a, b, piece: data[: min(a, b)] + piece + data[max(a, b) :], at, at, st.binary()
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.html", PAGES[0]),
        ("x.rss", feed(entry(), entry(guid="g2")).encode()),
        ("x.warc", warc(*PAGES)),
        ("x.warc.gz", warc(*PAGES, packed=True)),
    ],
    ids=["html", "rss", "warc", "warc.gz"],
)
def test_any_bytes_give_articles_or_reasons(read_file, name, data):
    @settings(deadline=None, max_examples=60)
    @given(st.one_of(st.binary(), mutated(data)))
    def check(content):
        found, rejected = read_file(name, content)
        for a in found:
            assert a.text
            (a.article_id + a.source + a.text + (a.title or "")).encode("utf-8")
        for r in rejected:
            assert r.source
            assert r.reason
            assert r.remedy

    check()
