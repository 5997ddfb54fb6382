"""Articles: what stands around the body, what is set aside and why; nothing is rewritten."""

import hashlib
import os
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.article import Article, Rejected, Unreadable, parse_text
from analysis.articles import SourceError, read_articles
from analysis.front import front_matter
from analysis.sources import read_source

SEEDS = Path(__file__).parent.parent / "seeds"
BODY = "HÀ NỘI — Talks were held in the capital of the country on Monday."


def parse(raw):
    return parse_text(raw, "a", "a.txt", "0", None)


def write(folder, **files):
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.txt").write_bytes(data)
    return folder


# ---------------------------------------------------------------- the parts of a text


@pytest.mark.parametrize(
    ("text", "title", "dateline", "body"),
    [
        ("HÀ NỘI — Talks were held.", None, "HÀ NỘI", "Talks were held."),
        ("HÀ NỘI – Talks were held.", None, "HÀ NỘI", "Talks were held."),
        (
            "SEOUL, Aug. 11 (Yonhap) -- Talks were held.",
            None,
            "SEOUL, Aug. 11 (Yonhap)",
            "Talks were held.",
        ),
        ("Ministers meet\nOSLO — Talks were held.", "Ministers meet", "OSLO", "Talks were held."),
        ("Ministers meet\n\nTalks were held.", "Ministers meet", None, "Talks were held."),
        ("Talks were held.\nThey ended.", None, None, "Talks were held.\nThey ended."),
        ("Talks were held.", None, None, "Talks were held."),
        (
            "BUENOS AIRES, March 3 — Talks were held.",
            None,
            "BUENOS AIRES, March 3",
            "Talks were held.",
        ),
        ("(Oslo, May 3, 2025) Talks were held.", None, "Oslo, May 3, 2025", "Talks were held."),
        ("(Oslo, 3 May) Talks were held.", None, "Oslo, 3 May", "Talks were held."),
        ("(Update 3) Talks were held.", None, None, "(Update 3) Talks were held."),
        ("(Fall of 2025) Talks were held.", None, None, "(Fall of 2025) Talks were held."),
        (
            "Ministry of Trade\nPress release – 7 May 2025\n\nNorway and Chile agree on salmon "
            "exports\n\nTalks were held.",
            *("Norway and Chile agree on salmon exports", "Press release – 7 May 2025"),
            "Talks were held.",
        ),
        (
            "Minister Meets Envoy\n7 May 2025\n\nBy Jane Doe, our correspondent in Oslo\nTalks.",
            *("Minister Meets Envoy", "7 May 2025"),
            "By Jane Doe, our correspondent in Oslo\nTalks.",
        ),
        (
            "Ministers meet in Oslo\n7 May 2025\n\nSalmon and ships lead talks this year\nTalks.",
            *("Ministers meet in Oslo", "7 May 2025"),
            "Salmon and ships lead talks this year\nTalks.",
        ),
        (
            "Minister Meets Envoy\n\n7 May 2025\n\nPhoto courtesy of the ministry\n\nTalks.",
            *("Minister Meets Envoy", "7 May 2025"),
            "Photo courtesy of the ministry\n\nTalks.",
        ),
    ],
)
def test_front_matter(text, title, dateline, body):
    front = front_matter(text)
    assert (text[slice(*front.title)] if front.title else None) == title
    assert (text[slice(*front.dateline)] if front.dateline else None) == dateline
    assert text[front.body :] == body


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Press release – 27 November 2023", date(2023, 11, 27)),
        ("Published 14 November 2024", date(2024, 11, 14)),
        ("Posted On: 12 FEB 2025 7:45PM by Press Bureau Delhi", date(2025, 2, 12)),
        ("June, 18/2025 - 19:42", date(2025, 6, 18)),
        ("March, 02/2026", date(2026, 3, 2)),
        ("March, 32/2026", None),
        ("Newsletter, September 2024", None),
        ("03/05/2024", None),
    ],
)
def test_a_line_with_the_date_is_a_header(line, day):
    article = parse(f"Ministers meet in Oslo\n{line}\n\n{BODY}")
    assert (article.published, article.date_basis) == (day, "header" if day else None)
    assert article.title == "Ministers meet in Oslo"
    assert parse(f" date 2020-02-02 Visit\n{line}\n\n{BODY}").published == date(2020, 2, 2)
    assert parse(f"{BODY} On 3 May 2025 they met.\n{line}\n\nMore.").published is None


@pytest.mark.parametrize(
    ("end", "day"),
    [
        ("\n\nMINISTRY OF FOREIGN AFFAIRS\nSINGAPORE\n9 OCTOBER 2024", date(2024, 10, 9)),
        ("\n\nSingapore, 9 October 2024\n", date(2024, 10, 9)),
        ("\nOslo, Wednesday, October 9, 2024", date(2024, 10, 9)),
        ("\n\n9 October 2024 — VNS", date(2024, 10, 9)),
        (" They last met on 9 October 2024.", None),
        ("\n\nThey last met on 9 October 2024", None),
        ("\n\nThe rounds so far:\n1 March 2023\n9 October 2024", None),
        ("\n\nRounds\n\n1 March 2023\n\n9 October 2024", None),
        ("\n\nThe ministers in Oslo, 9 October 2024", None),
        ("\n\nPhoto: The ministers in Oslo\n9 October 2024", None),
        ("\n\nApplications are open until\n9 October 2024", None),
        ("\n\nOslo, October 2024", None),
        ("\n\nOslo, 09/10/2024", None),
    ],
)
def test_a_day_that_closes_a_text_is_its_date(end, day):
    article = parse(BODY + end)
    assert (article.published, article.date_basis) == (day, "header" if day else None)
    assert parse(f"Visit\n3 May 2025\n\n{BODY}{end}").published == date(2025, 5, 3)
    assert parse(f"OSLO, May 3 — {BODY}{end}").published is None


def test_a_long_first_line_is_a_paragraph():
    assert front_matter("word " * 60 + "\nTalks were held.").title is None


@pytest.mark.parametrize("raw", [f" date 2025-03-19 {BODY}", f"date 2025-03-19\n{BODY}"])
def test_the_date_header_is_read_and_is_no_text(raw):
    article = parse(raw)
    assert article.published == date(2025, 3, 19)
    assert article.text == BODY
    assert raw[article.text_start :] == BODY


@pytest.mark.parametrize(
    "day", ["2025-13-19", "2025-02-30", "19-03-2025", "2025/03/19", "20250319x"]
)
def test_a_date_header_that_is_no_date(day):
    with pytest.raises(Unreadable, match=f"date header '{day}' is no date; write date YYYY-MM-DD"):
        parse(f" date {day} {BODY}")


def test_the_word_date_in_a_text_is_no_header():
    assert parse("Date palms were given to the guests in the garden.").published is None


@pytest.mark.parametrize("byline", [" — VNA/VNS", " — VNS", "\n— BERNAMA", "/.", " — VNA/VNS \n"])
def test_a_closing_byline_is_no_text(byline):
    assert parse(BODY + byline).text == BODY


def test_a_dash_inside_the_last_sentence_stays():
    raw = "The talks dealt with the two main points — trade and the visas of the workers."
    assert parse(raw).text == raw


def test_a_byte_order_mark_is_no_text():
    assert parse("\ufeff" + BODY).text == BODY


@pytest.mark.parametrize(
    "raw", ["", " \n\t", "\ufeff", " date 2025-03-19 ", " date 2025-03-19 \n\n"]
)
def test_no_text(raw):
    with pytest.raises(Unreadable, match="holds no text; remove it or fill it"):
        parse(raw)


def test_language_is_english_or_unknown():
    assert parse(BODY).language == "en"
    assert parse("HÀ NỘI — Hai bên nhất trí tăng cường hợp tác thương mại.").language is None
    assert parse("양측은 협력을 강화하기로 합의했다.").language is None


@given(st.text(max_size=120), st.sampled_from(["", "— VNS", "./.", " date 2024-01-05 "]))
def test_the_text_is_a_slice_of_the_source(body, around):
    raw = around + body if "date" in around else body + around
    try:
        article = parse(raw)
    except Unreadable:
        return
    assert raw[article.text_start :].startswith(article.text)
    for part in (article.title, article.dateline):
        assert part is None or part in article.text


# ---------------------------------------------------------------- files and folders


def test_files_of_a_folder_come_in_order_with_their_hash_and_publisher(tmp_path):
    (tmp_path / "deep").mkdir()
    write(tmp_path, b=BODY, c=BODY)
    write(tmp_path / "deep", a=BODY)
    (tmp_path / "manifest.csv").write_text("article_id,publisher\nb,Wire\nc,\n", encoding="utf-8")
    found = read_articles(tmp_path)
    assert found["article_id"].tolist() == ["b", "c", "a"]
    assert found["publisher"].fillna("").tolist() == ["Wire", "", ""]
    assert found["sha256"][0] == hashlib.sha256(BODY.encode()).hexdigest()


def test_a_file_may_be_a_source(tmp_path):
    write(tmp_path, a=BODY, b=BODY)
    (found,) = read_source(tmp_path / "b.txt")
    assert found.article_id == "b"


def test_decomposed_letters_are_composed_first(tmp_path):
    write(tmp_path, a=unicodedata.normalize("NFD", "  " + BODY))
    (article,) = read_source(tmp_path)
    assert article.text == BODY
    assert article.text_start == 2


def test_what_cannot_be_read_is_set_aside_with_reason_and_remedy_and_the_rest_is_done(tmp_path):
    write(
        tmp_path,
        good=BODY,
        empty="",
        latin="Hội đàm".encode("utf-16"),
        dateless=f" date 2025-99-01 {BODY}",
    )
    found = list(read_source(tmp_path))
    assert [f.article_id for f in found if isinstance(f, Article)] == ["good"]
    aside = {
        Path(f.source).relative_to(tmp_path).as_posix(): f for f in found if isinstance(f, Rejected)
    }
    assert set(aside) == {"empty.txt", "latin.txt", "dateless.txt"}
    assert (aside["empty.txt"].reason, aside["empty.txt"].remedy) == (
        "holds no text",
        "remove it or fill it",
    )
    assert aside["latin.txt"].reason == "is not UTF-8 (byte 0 is 0xff)"
    assert aside["latin.txt"].remedy == "save it as UTF-8"
    assert aside["dateless.txt"].reason == "date header '2025-99-01' is no date"
    assert aside["dateless.txt"].remedy == "write date YYYY-MM-DD"


def test_a_duplicate_article_id_names_both_files(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, same=BODY)
    found = read_articles(tmp_path)
    assert found["source"].tolist() == [str(tmp_path / "x" / "same.txt")]
    assert found.attrs["rejected"] == [
        {
            "source": str(tmp_path / "y" / "same.txt"),
            "reason": f"article_id 'same' is already that of {tmp_path / 'x' / 'same.txt'}",
            "remedy": "give one of the files another name, or one of the records another id",
        }
    ]


def test_a_folder_without_articles_and_a_source_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="no article in this folder"):
        read_articles(tmp_path)
    with pytest.raises(SourceError, match="no such file or folder"):
        read_articles(tmp_path / "none")


def test_the_table_says_what_the_sources_say(tmp_path):
    write(tmp_path, dated=f" date 2025-03-19 {BODY}", undated=BODY, empty="")
    table = read_articles(tmp_path)
    assert table["article_id"].tolist() == ["dated", "undated"]
    assert table["date_basis"].tolist()[0] == "header"
    assert table.loc[1, ["published_from", "published_to", "date_basis"]].isna().all()
    assert [r["source"] for r in table.attrs["rejected"]] == [str(tmp_path / "empty.txt")]


def test_the_seeds_are_slices_of_their_files():
    table = read_articles(SEEDS)
    assert len(table) == 5
    assert table.attrs["rejected"] == []
    for row in table.itertuples():
        raw = unicodedata.normalize("NFC", Path(row.source).read_bytes().decode("utf-8"))
        assert raw[row.text_start :].startswith(row.text)
        assert row.publisher


def test_a_date_header_far_from_any_readout_is_set_aside(tmp_path):
    (tmp_path / "a.txt").write_text(" date 0001-01-01 Talks were held yesterday.", "utf-8")
    (tmp_path / "b.txt").write_text("Talks were held on Tuesday.", "utf-8")
    table = read_articles(tmp_path)
    assert table["article_id"].tolist() == ["b"]
    assert table.attrs["rejected"][0]["reason"].startswith("date header 0001-01-01 is not within")


def test_a_file_name_that_is_not_utf8_is_set_aside(tmp_path):
    (tmp_path / "b.txt").write_text("Talks were held on Tuesday.", "utf-8")
    name = os.fsencode(tmp_path) + b"/\xff.txt"
    try:
        Path(os.fsdecode(name)).write_text("Talks.", "utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    table = read_articles(tmp_path)
    assert table["article_id"].tolist() == ["b"]
    assert table.attrs["rejected"][0]["reason"] == "has a name that is not UTF-8"


def test_a_manifest_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "b.txt").write_text("Talks were held on Tuesday.", "utf-8")
    (tmp_path / "manifest.csv").write_bytes(b"article_id,publisher\nb,Vi\xff")
    with pytest.raises(SourceError, match=r"manifest\.csv: is not UTF-8"):
        read_articles(tmp_path)
