"""Figures: cases with reasons, invariants on any text, and the currencies held to their source."""

import csv
import re
from pathlib import Path

import derive_currencies
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.figures import find
from analysis.knowledge import load

CASES = Path(__file__).parent / "cases" / "figures.tsv"
EXPECTED = re.compile(
    r"(?P<surface>.+?)=(?P<kind>[a-z]+)(?: (?P<value>[\d.e]+?)(?:\.\.(?P<to>[\d.e]+))?)?"
    r"(?P<unit>(?: [^\s=]+(?![^\s]*=))*)(?P<more>(?: \w+=\S+)*)"
)


def cases():
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def expected(cell):
    """Return [(surface, kind, value, value_to, unit)] and [{attribute: value}] of a case."""
    core, attributes = [], []
    for part in filter(None, cell.split("; ")):
        m = EXPECTED.fullmatch(part)
        assert m, f"cannot read the case {part!r}"
        number = [float(m[g]) if m[g] else None for g in ("value", "to")]
        core.append((m["surface"], m["kind"], *number, m["unit"].strip() or None))
        attributes.append(dict(pair.split("=") for pair in m["more"].split()))
    return core, attributes


@pytest.mark.parametrize("case", cases(), ids=lambda c: c["text"][:60])
def test_case(case):
    kb = load()
    found = find(kb.annotate("a", case["text"]), kb)
    core, attributes = expected(case["expected"])
    got = [(f.surface, f.kind, f.value, f.value_to, f.unit) for f in found]
    for k, (*_, kind, _value, _to, unit) in enumerate(core):
        if unit is None and kind == "count" and k < len(got):  # the noun is left open
            got[k] = (*got[k][:4], None)
    assert [g[:2] for g in got] == [c[:2] for c in core], case["reason"]
    for g, c in zip(got, core, strict=True):
        assert g == (*c[:2], *(pytest.approx(x) if x is not None else None for x in c[2:4]), c[4])
    for f, wanted in zip(found, attributes, strict=True):
        for name, value in wanted.items():
            assert str(getattr(f, name)) == value, f"{case['reason']}: {name} of {f.surface!r}"


def test_cases_are_many_and_distinct():
    texts = [c["text"] for c in cases()]
    assert len(texts) >= 150
    assert len(set(texts)) == len(texts)
    assert all(c["reason"] for c in cases())


FRAGMENTS = st.sampled_from(
    [
        *(
            "US$",
            "€",
            "₩",
            "Rs",
            "#",
            "0₩",
            "%",
            "(",
            ")",
            ",",
            ".",
            "-",
            "–",
            "\n\n",
            " ",
            "10:30",
        ),
        *(
            "1,250",
            "3.5",
            "20",
            "2030",
            "2021-2030",
            "18",
            "1/2",
            "4th",
            "first",
            "two",
            "half",
            "a",
        ),
        *(
            "million",
            "billion",
            "hundred",
            "bn",
            "m",
            "dollars",
            "won",
            "pounds",
            "kronor",
            "years",
        ),
        *("per", "cent", "and", "to", "from", "between", "nearly", "by", "the", "new", "of", "in"),
        *(
            "trade",
            "target",
            "exports",
            "firms",
            "Canadian",
            "respectively",
            "March",
            "May",
            "COVID-19",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(FRAGMENTS, max_size=40).map(" ".join),
        st.lists(FRAGMENTS, max_size=40).map("".join),
    )
)
def test_any_text_gives_proven_ordered_rows(text):
    kb = load()
    doc = kb.annotate("a", text)
    found = find(doc, kb)
    assert found == find(doc, kb)
    reach = 0
    for f in found:
        assert reach <= f.start < f.end <= len(text)
        assert f.surface == text[f.start : f.end]
        assert f.value is not None or f.kind == "date"
        assert f.value_to is None or f.value_to > f.value
        assert f.unit is None or f.kind not in ("date", "ordinal")
        assert 0 <= f.sentence < len(doc.sentences)
        reach = f.end


@pytest.mark.parametrize(
    "piece",
    [
        *("1", "1,111,", "1 111 ", "$ ", "1 to ", "from 1 to ", "million ", "1 billion million "),
        *(
            "1 trillion 200 billion ",
            "two hundred and ",
            "US$1 billion and ",
            "€1-",
            "2020-",
            "1/2 ",
        ),
        *("trade 5 million ", "target 5 of ", "between 1 and ", "5 new and ", "Kim 5 ", "5 a.a."),
    ],
)
def test_repetition_is_read_without_harm(piece):
    kb = load()
    found = find(kb.annotate("a", piece * 400), kb)
    assert all(f.value is None or 0 <= f.value < 1e21 for f in found)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Exports reached $5 billion between January and August, 2 % more.", "January and August"),
        ("Between January and August, exports reached $5 billion.", "January and August"),
        ("Exports reached $5 billion from January to August 2024.", "January to August 2024"),
        ("Exports reached $5 billion in January and imports fell in August.", "January"),
    ],
)
def test_a_span_of_months_is_one_period(text, period):
    kb = load()
    (amount,) = [f for f in find(kb.annotate("a", text), kb) if f.kind == "money"]
    assert amount.period == period


def test_currencies_are_those_of_cldr():
    assert derive_currencies.FILE.read_text("utf-8") == derive_currencies.text()


def test_every_current_currency_is_read_by_code_and_plural():
    kb = load()
    for row in kb.rows["currencies"]:
        if not row.noun or row.currency in ("ALL", "CUP", "MOP", "PEN", "SOS", "TOP", "TRY"):
            continue
        for amount in (f"{row.currency} 5 million", f"5 million {row.currency}"):
            (f,) = find(kb.annotate("a", f"It cost {amount}."), kb)
            assert (f.kind, f.value, f.unit, f.surface) == ("money", 5e6, row.currency, amount)
        if row.until == "":
            (f,) = find(kb.annotate("a", f"It cost 5 million {row.plural}."), kb)
            assert (f.kind, f.unit) == ("money", row.currency), row.plural
