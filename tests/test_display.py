"""Texts with marks: nothing of the text is lost or run, and every mark can be found and read."""

import re
import sys
from collections import Counter
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from analysis.controls import pictured, spelled
from analysis.display import Span, annotate

HOSTILE = "<script>done()</script><img src=x onerror='done()'>&amp;\"</mark></p>"


class Reader(HTMLParser):
    """Reads HTML strictly: every tag is closed in its order; labels are kept apart from the text.

    `marked` has, by the id of a mark, the characters of its first piece.
    """

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.labels, self.ids, self.tags = [], [], [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert set(attrs) <= {"class", "id"}, f"attribute never written: {attrs}"
        assert tag in ("p", "mark", "span"), f"element never written: {tag}"
        if tag == "p":
            assert not self.open, "a paragraph starts inside of something"
        if tag == "mark":
            assert self.open[:1] == ["p"], "a mark outside of a paragraph"
        if tag == "span":
            assert self.open[-1] == "mark"
            self.labels.append("")
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, "tags cross"

    def handle_data(self, data):
        if self.open[-1:] == ["span"]:
            self.labels[-1] += data
        else:
            self.text.append(data)

    def said(self):
        return "".join(self.text)


def plain(html):
    """The text of the HTML, found without a parser: labels and tags cut out."""
    return unescape(re.sub(r'<span class="label">[^<]*</span>|<[^>]*>', "", str(html)))


# ---------------------------------------------------------------- what a mark looks like


def test_a_text_without_marks_is_its_paragraphs():
    assert annotate("One.\n\nTwo.\nThree.", []) == "<p>One.</p>\n\n<p>Two.</p>\n<p>Three.</p>"
    assert annotate("", []) == ""
    assert annotate("\n One.\n", []) == "\n <p>One.</p>\n"


def test_a_template_does_not_escape_it_again():
    html = annotate("a < b", [Span(0, 1, "topics", "topic: A & B")])
    assert isinstance(html, Markup)
    assert html == (
        '<p><mark class="topics" id="c0-1"><span class="label">topic: A &amp; B </span>a</mark>'
        " &lt; b</p>"
    )


def test_rows_on_the_same_characters_share_one_mark_with_all_labels():
    spans = [(0, 5, "topics", "topic: Trade"), (0, 5, "actors", "organisation: TRADE")]
    assert annotate("trade", spans) == (
        '<p><mark class="topics actors" id="c0-5"><span class="label">topic: Trade </span>'
        '<span class="label">organisation: TRADE </span>trade</mark></p>'
    )
    twice = [(0, 5, "topics", "topic: Trade")] * 2
    assert str(annotate("trade", twice)).count("topic: Trade") == 1


def test_a_mark_without_words_has_no_label():
    html = annotate("trade", [(0, 5, "found", "")])
    assert html == '<p><mark class="found" id="c0-5">trade</mark></p>'


def test_a_mark_inside_of_another_is_nested_whatever_the_order():
    outer, inner = (0, 11, "statements", "agree"), (5, 11, "topics", "topic: Trade")
    html = annotate("they trade!", [outer, inner])
    assert html == (
        '<p><mark class="statements" id="c0-11"><span class="label">agree </span>they '
        '<mark class="topics" id="c5-11"><span class="label">topic: Trade </span>trade!</mark>'
        "</mark></p>"
    )
    assert annotate("they trade!", [inner, outer]) == html


def test_of_two_marks_from_one_place_the_longer_is_outside():
    short, long = (0, 4, "actors", "they"), (0, 10, "statements", "agree")
    html = annotate("they trade", [short, long])
    assert html == (
        '<p><mark class="statements" id="c0-10"><span class="label">agree </span>'
        '<mark class="actors" id="c0-4"><span class="label">they </span>they</mark> trade'
        "</mark></p>"
    )


def test_crossing_marks_are_closed_and_opened_again():
    html = annotate("abcdef", [(0, 4, "topics", "A"), (2, 6, "actors", "B")])
    assert html == (
        '<p><mark class="topics" id="c0-4"><span class="label">A </span>ab'
        '<mark class="actors" id="c2-6"><span class="label">B </span>cd</mark></mark>'
        '<mark class="actors continued">ef</mark></p>'
    )


def test_a_mark_over_two_paragraphs_goes_on_in_the_second():
    html = annotate("ab\n\ncd", [(1, 5, "statements", "agree")])
    assert html == (
        '<p>a<mark class="statements" id="c1-5"><span class="label">agree </span>b</mark></p>'
        '\n\n<p><mark class="statements continued">c</mark>d</p>'
    )


def test_a_mark_that_starts_or_ends_between_paragraphs_is_in_its_paragraph():
    html = annotate("ab\n\ncd", [(3, 5, "topics", "A"), (0, 4, "actors", "B")])
    assert html == (
        '<p><mark class="actors" id="c0-4"><span class="label">B </span>ab</mark></p>'
        '\n\n<p><mark class="topics" id="c3-5"><span class="label">A </span>c</mark>d</p>'
    )


def test_hostile_text_and_labels_stay_text():
    html = annotate(HOSTILE, [(0, 8, "topics", HOSTILE), (4, len(HOSTILE), "actors", "x")])
    page = Reader(html)
    assert page.said() == HOSTILE
    assert page.labels == [f"{HOSTILE} ", "x "]


def test_a_carriage_return_is_kept():
    assert "a&#13;" in annotate("a\r\nb", [])
    assert plain(annotate("a\r\nb", [])) == "a\r\nb"


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 2), (0, 4), (7, 9)])
def test_a_span_outside_of_the_text_is_refused(span):
    with pytest.raises(ValueError, match=r"lies outside of the text, which has 3 characters"):
        annotate("abc", [(*span, "topics", "A")])


@pytest.mark.parametrize("span", [(1, 2), (2, 4), (1, 4)])
def test_a_span_of_nothing_but_the_space_between_paragraphs_is_refused(span):
    with pytest.raises(ValueError, match="nothing but the space between paragraphs"):
        annotate("a\n \nb", [(*span, "topics", "A")])


@pytest.mark.parametrize("kind", ["", "Topics", 'a"b', "a b", "a>"])
def test_a_kind_that_is_no_class_is_refused(kind):
    with pytest.raises(ValueError, match="is no word of small letters"):
        annotate("abc", [(0, 1, kind, "A")])


# ---------------------------------------------------------------- of any text and spans

LETTERS = st.text(alphabet=st.sampled_from("ab &<>'\"\n\r\t\u2028Việ조"), max_size=40)


@st.composite
def marked(draw):
    text = draw(LETTERS)
    if not text:
        return text, []
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)))
    spans = draw(st.lists(places, max_size=12))
    shown = {(s, e) for s, e in spans if s < e and text[s:e].strip() != ""}
    kinds = st.sampled_from(["topics", "actors", "figures", "statements"])
    return text, [Span(s, e, draw(kinds), draw(LETTERS)) for s, e in sorted(shown)]


@settings(max_examples=400, deadline=None)
@given(marked())
def test_the_text_comes_back_and_every_span_has_its_id_once(case):
    text, spans = case
    html = annotate(text, spans)
    page = Reader(str(html))
    assert page.said() == plain(html) == pictured(text)
    assert sorted(page.ids) == sorted(f"c{s.start}-{s.end}" for s in spans)
    assert sorted(page.labels) == sorted(f"{spelled(s.label)} " for s in spans if s.label)


@settings(max_examples=200, deadline=None)
@given(marked())
def test_each_character_stands_in_the_marks_of_its_spans(case):
    """A letter is inside of exactly as many marks as spans on different places hold it."""
    text, spans = case
    html = re.sub(r"<span[^>]*>[^<]*</span>", "", str(annotate(text, spans)))
    depth, at = 0, 0
    for piece in re.split(r"(<[^>]*>)", html):
        if piece.startswith("<"):
            depth += {"<mark": 1, "</mark>": -1}.get(piece.split(" ")[0], 0)
            continue
        for letter in unescape(piece):
            if letter.strip():
                assert depth == sum(s.start <= at < s.end for s in spans)
            at += 1
    assert at == len(text)


def test_twice_the_text_and_marks_are_twice_the_work():
    clause = "The two sides agreed to strive for two-way trade of US$100 billion.\n\n"

    def work(times):
        """Count the tags written and the functions called to write them."""
        text = clause * times
        starts = range(0, len(text), len(clause))
        spans = [Span(s, s + 67, "statements", "both agree") for s in starts]
        spans += [Span(s + 35, s + 48, "topics", "topic: Trade") for s in starts]
        calls, before = Counter(), sys.getprofile()
        sys.setprofile(lambda frame, event, arg: calls.update([event]))
        try:
            html = annotate(text, spans)
        finally:
            sys.setprofile(before)
        return html.count("<"), calls["call"] + calls["c_call"]

    (tags, calls), (twice_tags, twice_calls) = work(200), work(400)
    assert tags == 200 * 10  # a paragraph, two marks and two labels, each opened and closed
    assert twice_tags == 2 * tags
    assert 1.9 * calls < twice_calls < 2.1 * calls
