"""Dating: cases of many pairs of countries, and what must hold of any evidence."""

import csv
import json
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import actors, calendar, dates, days, offices
from analysis.articles import parse_text
from analysis.calendar import Expression
from analysis.evidence import Evidence
from analysis.front import front_matter
from analysis.knowledge import Knowledge, KnowledgeError, load

HERE = Path(__file__).parent
CASES = list(
    csv.DictReader(
        (HERE / "cases" / "dates.tsv").read_text("utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)


def publication(text, published=None):
    knowledge = load()
    front = front_matter(text)
    doc = knowledge.annotate("a", text)
    mentions = actors.find(doc, knowledge, front, published).mentions
    return dates.infer(doc, knowledge, mentions, published, front)


@pytest.mark.parametrize("case", CASES, ids=[c["reason"] for c in CASES])
def test_case(case):
    found = publication(case["text"].replace("\\n", "\n"))
    if not case["earliest"]:
        assert found == (None, None, None, None)
        return
    truth = date.fromisoformat(case["earliest"]), date.fromisoformat(case["latest"])
    assert found.earliest is None or found.earliest <= truth[1]
    assert found.latest is None or truth[0] <= found.latest
    if case["days"]:
        assert (found.latest - found.earliest).days <= int(case["days"])
    assert found.evidence


@pytest.mark.parametrize(
    "path", sorted((HERE.parent / "seeds").glob("*.txt")), ids=lambda p: p.stem
)
def test_seeds_without_their_header_keep_their_date(path):
    gold = json.loads((HERE / "gold" / "seeds.json").read_text("utf-8"))
    articles = gold["articles"] if isinstance(gold, dict) else gold
    truth = next(a["published"] for a in articles if a["article_id"] == path.stem)
    article = parse_text(path.read_text("utf-8"), path.stem, "", "", None)
    found = publication(article.text)
    assert found.earliest <= date.fromisoformat(truth["latest"])
    assert found.latest >= date.fromisoformat(truth["earliest"])
    if article.published is None:
        assert (found.latest - found.earliest).days <= 1


def test_given_date_is_taken():
    found = publication("The envoys met on Monday, 16 October.", date(2024, 1, 2))
    assert found[:3] == (date(2024, 1, 2), date(2024, 1, 2), "header")


def test_offices_hold_to_their_rules():
    rows = load().rows["offices"]
    assert offices.check(rows) == []
    head, second = rows[0], rows[1]
    assert "before it begins" in offices.check([head._replace(since="2024-08", until="2024-07")])[0]
    assert "is no date" in offices.check([head._replace(since="spring 2024")])[0]
    twice = [head, second._replace(title=head.title, since="2020-01-01", note="x")]
    assert "overlaps" in offices.check(twice)[0]
    assert offices.check([head, twice[1]._replace(note="acting")]) == []
    assert "neither source nor note" in offices.check([head._replace(source_url="", note="")])[0]


def test_a_knowledge_with_impossible_terms_is_refused(tmp_path):
    text = (files("analysis") / "knowledge" / "offices.csv").read_text("utf-8")
    head, first, *_ = text.splitlines()
    cells = next(csv.reader([first]))
    columns = next(csv.reader([head]))
    cells[columns.index("since")], cells[columns.index("until")] = "2024-08-03", "2021-01-01"
    path = tmp_path / "offices.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([columns, cells])
    with pytest.raises(KnowledgeError, match=r"offices\.csv: .*before it begins \(2024-08-03\)"):
        Knowledge(tmp_path)


def test_events_are_dated_and_named():
    rows = load().rows
    series = {r.series for r in rows["events"]}
    for row in rows["events"]:
        first, last = days.period(row.since), days.period(row.until or row.since)
        assert first[0] <= last[1], row
    assert {r.series for r in rows["event_names"]} <= series


SPAN = st.dates(date(1995, 1, 1), date(2050, 1, 1))
SETS = st.one_of(
    st.builds(lambda a, b: days.between(min(a, b), max(a, b)), SPAN, SPAN),
    st.builds(lambda a: days.between(a, None), SPAN),
    st.integers(0, 6).map(days.weekday),
    st.builds(days.yearly, st.integers(1, 12), st.integers(1, 28)),
)
PROOFS = st.lists(
    st.builds(Evidence, st.integers(0, 4), SETS, st.sampled_from("abcdef")), max_size=7
)


@given(PROOFS, st.randoms())
def test_order_does_not_matter_and_intervals_are_not_inverted(proofs, random):
    allowed, _ = dates.combine(proofs)
    shuffled = list(proofs)
    random.shuffle(shuffled)
    assert dates.combine(shuffled)[0] == allowed
    assert allowed
    earliest, latest = days.bounds(allowed)
    assert earliest is None or latest is None or earliest <= latest


@given(PROOFS, SETS)
def test_weaker_evidence_never_widens(proofs, more):
    allowed, _ = dates.combine(proofs)
    narrowed, _ = dates.combine([*proofs, Evidence(9, more, "more")])
    assert narrowed & ~allowed == 0


@given(SPAN, st.integers(0, 6))
def test_a_weekday_is_within_the_week_before(day, weekday):
    first, last = dates.resolve(Expression(0, 1, "weekday", weekday=weekday), day, day)
    assert first == last
    assert first.weekday() == weekday
    assert timedelta(0) <= day - first < timedelta(7)
    after, _ = dates.resolve(Expression(0, 1, "weekday", weekday=weekday), day, day, ahead=True)
    assert timedelta(0) <= after - day < timedelta(7)


@given(SPAN, st.integers(1, 12), st.integers(1, 31))
def test_a_day_without_its_year_is_the_last_one(day, month, number):
    found = dates.resolve(Expression(0, 1, "day", month=month, day=number), day, day)
    if found:
        assert found[0] <= day < found[0] + timedelta(8 * 366)
        assert (found[0].month, found[0].day) == (month, number)


@given(st.text(max_size=200))
def test_expressions_are_slices_and_do_not_overlap(text):
    found = calendar.find(load().annotate("a", text))
    assert all(0 <= e.start < e.end <= len(text) for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on Monday afternoon, December 13", [(None, 12, 13, 0), (None, 12, 13, 0)]),
        ("from 10 to 13 August 2025", [(2025, 8, 10, None)]),
        ("August 30 - September 2, 2024", [(2024, 8, 30, None)]),
        ("on October 18 (Tue.) in", [(None, 10, 18, 1)]),
        ("on March 15to discuss", [(None, 3, 15, None)]),
        ("8/25/2025 but not 3/4/2025", [(2025, 8, 25, None)]),
        ("June, 18/2025 and March 2/2026", [(2025, 6, 18, None), (2026, 3, 2, None)]),
        ("from June, 18/20 of the seats", [(None, 6, None, None)]),
        ("US$2020, 2000.5 and 2030%", []),
        ("They may march in", []),
    ],
)
def test_expressions(text, said):
    found = calendar.find(load().annotate("a", text))
    assert [(e.year, e.month, e.day, e.weekday) for e in found] == said
