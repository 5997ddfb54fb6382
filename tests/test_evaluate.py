"""Evaluation against gold, on an article small enough to count every measure by hand."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.accuracy import Evaluation, evaluation
from analysis.cli import main
from analysis.evaluate import coverage, evaluate, evaluate_money
from analysis.gold import locate
from analysis.outcomes import MEASURES, Outcome
from analysis.records import GoldError, Part, read_records
from analysis.schema import TABLES, frame
from analysis.tables import Tables

HEADER = "date 2024-05-02 "  # stands before the text, so that offsets into source and text differ
TEXT = (
    "Minister Anna Berg met Minister Lu Tan on May 1. "
    "Berg proposed more trade and energy worth $5 billion by 2030. "
    "Both agreed on 3 visits and 20 percent growth. "
    "It rained in Norway in June."
)
RECORD: dict[str, Any] = {
    "article_id": "a",
    "group": "wire",
    "published": {"earliest": "2024-05-02", "latest": "2024-05-02"},
    "meeting": {"format": "talks", "date_from": "2024-05-01"},
    "persons": [
        {
            "name": "Anna Berg",
            "side": "NOR",
            "roles": ["foreign_minister"],
            "surfaces": ["Anna Berg", "Berg"],
        },
        {"name": "Lu Tan", "side": "LAO", "roles": ["minister"], "surfaces": ["Lu Tan"]},
    ],
    "organisations": ["UN"],
    "optional_organisations": ["EU"],
    "figures": [
        {"surface": "May 1", "kind": "date", "value": None, "unit": None},
        {
            "surface": "$5 billion",
            "kind": "money",
            "value": 5e9,
            "unit": "USD",
            "measure": "bilateral_trade",
            "status": "target",
            "horizon": 2030,
        },
        {"surface": "2030", "kind": "date", "value": 2030, "unit": None},
        {"surface": "3 visits", "kind": "count", "value": 3, "unit": "visit"},
        {
            "surface": "20 percent",
            "kind": "percent",
            "value": 20,
            "unit": "percent",
            "optional": True,
        },
        {"surface": "June", "kind": "date", "value": None, "unit": None},
    ],
    "sentences": [
        {
            "text_start": "Minister Anna",
            "topics": [],
            "optional_topics": ["partnership"],
            "source": None,
            "side": None,
            "acts": [],
        },
        {
            "text_start": "Berg proposed",
            "topics": ["trade", "energy"],
            "source": "Anna Berg",
            "side": "NOR",
            "acts": ["propose"],
        },
        {
            "text_start": "Both agreed",
            "topics": ["high_level_exchange", "trade"],
            "source": "both",
            "side": "both",
            "acts": ["agree"],
        },
        {"text_start": "It rained", "topics": [], "source": None, "side": None, "acts": []},
    ],
}
# What was extracted: sentence and characters, then the columns that differ from missing.
TOPICS = [
    (0, "met", {"topic": "partnership"}),
    (1, "trade", {"topic": "trade"}),
    (1, "worth", {"topic": "investment"}),
    (2, "visits", {"topic": "high_level_exchange"}),
]
ACTORS = [
    (0, "Anna Berg", {"actor": "Anna Berg", "side": "NOR", "form": "name"}),
    (0, "Minister", {"actor": "Anna Berg", "role": "foreign_minister;official", "form": "role"}),
    (0, "Lu Tan", {"actor": "LU-TAN", "side": "CHN", "form": "name"}),
    (0, "May", {"actor": "May", "form": "name"}),
    (1, "more", {"actor": "UN", "kind": "organisation", "form": "name"}),
    (1, "energy", {"actor": "EU", "kind": "organisation", "form": "name"}),
    (1, "by", {"actor": "WTO", "kind": "organisation", "form": "name"}),
    (3, "Norway", {"actor": "NOR", "kind": "country", "form": "name"}),
]
FIGURES = [
    (0, "May 1", {"kind": "date"}),
    (
        1,
        "$5 billion",
        {
            "kind": "money",
            "value": 5e9,
            "unit": "EUR",
            "measure": "bilateral_trade",
            "status": "target",
            "horizon": 2035,
        },
    ),
    (2, "Both", {"kind": "ordinal", "value": 2.0}),
    (2, "3 visits", {"kind": "count", "value": 3.0, "unit": "visit"}),
    (2, "20 percent", {"kind": "percent", "value": 20.0, "unit": "percent"}),
    (3, "June", {"kind": "date"}),
]
STATEMENTS = [
    (1, "proposed", {"source": "ANNA BERG;Lu Tan", "side": "NOR", "act": "state"}),
    (3, "rained", {"act": "state"}),
]
FOUND = {"topics": TOPICS, "actors": ACTORS, "figures": FIGURES, "statements": STATEMENTS}
DEFAULTS = {"actors": {"kind": "person"}, "topics": {"theme": "economy", "term": "x"}}

# Counted by hand from the above: tp, fp, fn, or right, of.
COUNTED = {
    "topics_sentence": (2, 1, 2),  # extra investment; missed energy, trade in the third sentence
    "topics_article": (2, 1, 1),  # trade and high_level_exchange are found somewhere
    "person_mentions": (2, 1, 1),  # extra May; missed Berg; the role phrase is no mention
    "persons": (2, 1, 0),
    "organisations": (1, 1, 0),  # extra WTO; EU is optional
    "figures_span": (4, 1, 1),  # extra ordinal; missed 2030; 20 percent is optional
    "figures_value": (3, 2, 2),  # the currency differs
    "money": (0, 1, 1),
    "statements": (1, 1, 1),  # extra in the last sentence, missed in the third
    "person_side": (1, 2),
    "person_roles": (1, 2),
    "figure_status": (1, 1),
    "figure_horizon": (0, 1),
    "figure_measure": (1, 1),
    "statement_side": (1, 1),
    "statement_source": (1, 1),
    "statement_act": (0, 1),
    "published_contains": (1, 1),
    "published_exact": (0, 1),
    "meeting_date": (1, 1),
    "meeting_format": (0, 1),
}


def table(name: str, found: list[tuple[int, str, dict[str, Any]]]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {c: [] for c in TABLES[name].names}
    for sentence, surface, given in found:
        start = TEXT.index(surface)
        row = {"article_id": "a", "sentence": sentence, "surface": surface}
        row |= {"start": start, "end": start + len(surface)} | DEFAULTS.get(name, {}) | given
        for column, values in columns.items():
            values.append(row.get(column))
    return frame(name, columns)


def tables(**changes: pd.DataFrame) -> Tables:
    starts = [TEXT.index(s["text_start"]) for s in RECORD["sentences"]]
    ends = [start - 1 for start in starts[1:]] + [len(TEXT)]
    article = dict.fromkeys(TABLES["articles"].names) | {
        "article_id": "a",
        "source": "a.txt",
        "published_from": "2024-04-20",
        "published_to": "2024-05-20",
        "text": TEXT,
        "text_start": len(HEADER),
        "sha256": "0",
    }
    meeting = dict.fromkeys(TABLES["meetings"].names)
    meeting |= {"article_id": "a", "format": "visit", "date_from": "2024-05-01"}
    sentences = {"article_id": ["a"] * 4, "sentence": [0, 1, 2, 3], "start": starts, "end": ends}
    made = {
        "articles": frame("articles", {c: [v] for c, v in article.items()}),
        "sentences": frame("sentences", sentences),
        "meetings": frame("meetings", {c: [v] for c, v in meeting.items()}),
    } | {name: table(name, found) for name, found in FOUND.items()}
    return Tables(**made | changes).check()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., tuple[Path, Path]]:
    """Write gold and the text; return both paths."""

    def writer(gold: Any, text: str = HEADER + TEXT) -> tuple[Path, Path]:
        (tmp_path / "a.txt").write_text(text, "utf-8")
        path = tmp_path / "gold.json"
        path.write_text(gold if isinstance(gold, str) else json.dumps(gold), "utf-8")
        return path, tmp_path

    return writer


@pytest.fixture
def result(write: Callable[..., tuple[Path, Path]]) -> Evaluation:
    return evaluate(*write([RECORD]), tables=tables())


def test_every_measure_is_counted_here() -> None:
    assert list(COUNTED) == list(MEASURES)


@pytest.mark.parametrize(("measure", "expected"), COUNTED.items())
def test_counts(result: Evaluation, measure: str, expected: tuple[int, ...]) -> None:
    row = result.counts.set_index("measure").loc[measure]
    columns = ["tp", "fp", "fn"] if MEASURES[measure] == "f1" else ["right", "of"]
    assert tuple(row[columns]) == expected
    assert row.drop([*columns, "article_id", "group"]).isna().all()


def test_errors_add_up_to_the_counts(result: Evaluation) -> None:
    kinds = result.errors.groupby(["measure", "kind"]).size().unstack(fill_value=0)
    for measure, counted in COUNTED.items():
        errors = kinds.loc[measure] if measure in kinds.index else kinds.iloc[0] * 0
        if MEASURES[measure] == "f1":
            assert errors["extra"] + errors["differs"] == counted[1], measure
            assert errors["missed"] + errors["differs"] == counted[2], measure
        else:
            assert errors["differs"] == counted[1] - counted[0], measure


def test_errors_show_the_characters(result: Evaluation) -> None:
    placed = result.errors.dropna(subset="start")
    assert [TEXT[a:b] for a, b in zip(placed["start"], placed["end"], strict=True)] == list(
        placed["surface"]
    )
    errors = result.errors.set_index("measure")
    assert errors.loc["money", ["kind", "expected", "received", "surface"]].tolist() == [
        "differs",
        "money 5,000,000,000 USD",
        "money 5,000,000,000 EUR",
        "$5 billion",
    ]
    missed = result.errors.query("measure == 'person_mentions' and kind == 'missed'")
    assert missed["start"].tolist() == [TEXT.index("Berg proposed")]


def test_summary_is_precision_recall_and_f1(result: Evaluation) -> None:
    row = result.summary().set_index("measure").loc["topics_sentence"]
    assert [row["precision"], row["recall"], row["f1"]] == pytest.approx([2 / 3, 2 / 4, 4 / 7])
    assert pd.isna(row["accuracy"])
    assert (row["items"], row["articles"]) == (4, 1)
    assert pd.isna(row["low"]), "one article says nothing about others"
    side = result.summary().set_index("measure").loc["person_side"]
    assert (side["accuracy"], side["items"]) == (0.5, 2)
    assert pd.isna(side["f1"])


def two_articles() -> Evaluation:
    """One article without an error and one without anything right."""
    right = Outcome("persons", "right", "A", "A", None, None)
    missed = Outcome("persons", "missed", "B", None, None, None)
    return evaluation([("a", "x", "", [right]), ("b", None, "", [missed])], ["persons", "money"])


def test_interval_is_that_of_the_bootstrap_over_articles() -> None:
    # Of two articles a and b, a quarter of the samples are aa (F1 1), a half ab (2/3), the rest bb.
    wide, narrow = two_articles().summary(0.95).iloc[0], two_articles().summary(0.4).iloc[0]
    assert [wide["f1"], wide["low"], wide["high"]] == pytest.approx([2 / 3, 0, 1])
    assert [narrow["low"], narrow["high"]] == pytest.approx([2 / 3, 2 / 3])


def test_what_cannot_be_computed_is_missing() -> None:
    money = two_articles().summary().set_index("measure").loc["money"]
    assert money[["precision", "recall", "f1", "low", "high"]].isna().all()
    assert money["items"] == 0


def test_summary_by_group() -> None:
    by = two_articles().summary(by="group").query("measure == 'persons'")
    assert by["group"].tolist() == ["x", pd.NA]
    assert by["f1"].tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="by 'side' is no grouping; allowed: 'group'"):
        two_articles().summary(by="side")
    with pytest.raises(ValueError, match="between 0 and 1; received 95"):
        two_articles().summary(level=95)


def test_order_of_rows_and_inputs_stay(write: Callable[..., tuple[Path, Path]]) -> None:
    given = tables()
    before = {name: t.copy() for name, t in given}
    turned = {name: t.iloc[::-1].reset_index(drop=True) for name, t in given}
    first = evaluate(*write([RECORD]), tables=given)
    second = evaluate(*write([RECORD]), tables=Tables(**turned))
    pd.testing.assert_frame_equal(first.counts, second.counts)
    for name, t in given:
        pd.testing.assert_frame_equal(t, before[name])


def test_one_record_a_line_is_read_like_an_array(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f"{json.dumps(RECORD)}\n\n{json.dumps(RECORD)}\n", "utf-8")
    assert [r.data for r in read_records(path)] == [RECORD, RECORD]


# -- where an annotation stands ---------------------------------------------------------------


def located(text: str, **changes: Any) -> Any:
    record = deepcopy(RECORD) | {"persons": [], "figures": [], "meeting": None}
    opening = {"text_start": text[:3], "topics": [], "source": None, "side": None, "acts": []}
    return locate(Part(record | {"sentences": [opening]} | changes, "gold"), text, 0)


def test_a_short_form_inside_another_persons_name_is_no_mention() -> None:
    def person(name: str) -> dict[str, Any]:
        return {"name": name, "side": None, "roles": [], "surfaces": [name, "Kim"]}

    text = "Kim Ho met Kim An. Kim left."
    ho, an = located(text, persons=[person("Kim Ho"), person("Kim An")]).persons
    assert [text[a:b] for a, b in ho.mentions] == ["Kim Ho", "Kim"]
    assert [text[a:b] for a, b in an.mentions] == ["Kim An", "Kim"]


@pytest.mark.parametrize(
    ("text", "surface", "start", "reason"),
    [
        ("In 2021 and 2021 again", "2021#2", 12, "the second place"),
        ("US$50 or 50 firms", "50", 9, "an amount is not cut"),
        ("12021 in 2021", "2021", 9, "a number is not cut"),
        ("worth 5bn a year", "5", 6, "a word is cut where it stands nowhere alone"),
    ],
)
def test_figures_are_found(text: str, surface: str, start: int, reason: str) -> None:
    figure = {"surface": surface, "kind": "count", "value": 1, "unit": None}
    assert located(text, figures=[figure]).figures[0].start == start, reason


# -- gold that cannot be used -----------------------------------------------------------------


def changed(path: str, value: Any) -> list[dict[str, Any]]:
    record = deepcopy(RECORD)
    *parents, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    at: Any = record
    for p in parents:
        at = at[p]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return [record]


BAD = {
    "no JSON": ("[{", ["line 1, column 3", "is not JSON", "one record a line"]),
    "empty": ("", ["holds no record"]),
    "no object": ([3], ["record 1", "received 3"]),
    "missing field": (changed("figures", ...), ["record 1 (a)", "field 'figures' is missing"]),
    "missing inside": (
        changed("persons.1.roles", ...),
        ["record 1 (a), persons[1]", "field 'roles' is missing", "fields present: name, side"],
    ),
    "wrong type": (
        changed("sentences.1.topics", "trade"),
        ["sentences[1]", 'topics: received "trade"', "allowed: list"],
    ),
    "unknown article": (
        changed("article_id", "b"),
        ["record 1 (b)", "article 'b' is unknown", "b.txt"],
    ),
    "two records": ([RECORD, RECORD], ["record 2 (a)", "second record of this article"]),
    "sentence not found": (
        changed("sentences.2.text_start", "Both denied"),
        ["record 1 (a), sentences[2]", "'Both denied' is not found"],
    ),
    "unknown topic": (
        changed("sentences.1.topics", ["trade", "chess"]),
        ["sentences[1]", "received ['chess']", "allowed: ", "high_level_exchange"],
    ),
    "unknown act": (changed("sentences.1.acts", ["shout"]), ["received ['shout']", "propose"]),
    "no sentences": (changed("sentences", []), ["annotate every sentence"]),
    "person not found": (
        changed("persons.1.surfaces", ["Lee"]),
        ["persons[1]", "none of the surfaces ['Lee'] is in the text"],
    ),
    "figure not found": (
        changed("figures.0.surface", "May 1#2"),
        ["figures[0]", "'May 1' stands 1 times", "add #2"],
    ),
    "no date": (
        changed("published.latest", "May 2"),
        ["published", "latest: 'May 2' is no date; write YYYY-MM-DD"],
    ),
    "half an interval": (changed("published.latest", None), ["is no interval"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_gold_is_refused(
    name: str, write: Callable[..., tuple[Path, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    content, words = BAD[name]
    gold, texts = write(content)
    assert main(["evaluate", "--gold", str(gold), "--texts", str(texts)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"analysis evaluate: {gold}")
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_bad_bytes_and_a_missing_file_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.json"
    call = ["evaluate", "--gold", str(gold), "--texts", str(tmp_path)]
    assert main(call) == 2
    assert "No such file" in capsys.readouterr().err
    gold.write_bytes(b'[{"article_id": "\xe9"}]')
    assert main(call) == 2
    assert "is not UTF-8 (byte 17)" in capsys.readouterr().err


def test_a_text_that_cannot_be_read_is_named(write: Callable[..., tuple[Path, Path]]) -> None:
    with pytest.raises(GoldError, match=r"a\.txt date header '2024-13-02' is no date"):
        evaluate(*write([RECORD], "date 2024-13-02 " + TEXT))


def test_tables_must_be_those_of_the_texts(write: Callable[..., tuple[Path, Path]]) -> None:
    with pytest.raises(GoldError, match="come from another text"):
        evaluate(*write([RECORD], HEADER + TEXT.replace("rained", "snowed")), tables=tables())
    empty = {name: t.iloc[:0] for name, t in tables()}
    with pytest.raises(GoldError, match="article 'a' is not in the tables"):
        evaluate(*write([RECORD]), tables=Tables(**empty))


# -- the rest ---------------------------------------------------------------------------------


def test_coverage_lists_sentences_that_yielded_only_dates_and_countries() -> None:
    assert coverage(tables()).empty
    silent = coverage(tables(statements=table("statements", STATEMENTS[:1])))
    assert silent.to_dict("records") == [
        {
            "article_id": "a",
            "sentence": 3,
            "start": TEXT.index("It rained"),
            "end": len(TEXT),
            "text": "It rained in Norway in June.",
        }
    ]


def test_money_sentences(tmp_path: Path) -> None:
    def amount(surface: str, value: float, unit: str) -> dict[str, Any]:
        return {"surface": surface, "value": value, "value_to": None, "unit": unit}

    rows = [
        {"id": "1", "text": "it paid $ 5 million .", "money": [amount("$ 5 million", 5e6, "USD")]},
        {"id": "2", "text": "it paid 3 euros .", "money": [amount("3 euros", 4, "EUR")]},
        {"id": "3", "text": "it paid nothing in 2021 .", "money": []},
    ]
    gold = tmp_path / "money.jsonl"
    gold.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    summed = evaluate_money(gold).counts.groupby("measure")[["tp", "fp", "fn"]].sum()
    assert summed.loc["figures_span"].tolist() == [2, 0, 0]
    assert summed.loc["money"].tolist() == [1, 1, 1]


def test_command_prints_the_measures_and_the_errors(
    write: Callable[..., tuple[Path, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    gold, texts = write(changed("organisations", ["NOSUCH"]))
    call = ["evaluate", "--gold", str(gold), "--texts", str(texts)]
    assert main(call) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["measure", *MEASURES]
    assert len({len(line) for line in lines}) == 1, "columns are aligned"
    assert main([*call, "--errors"]) == 0
    listed = capsys.readouterr().out
    assert "NOSUCH" in listed
    assert "<NA>" not in listed


@pytest.mark.parametrize("name", ["gold.json", "gold.jsonl"])
def test_records_nested_too_deeply_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(("" if name == "gold.json" else '{"id": ') + "[" * 100_000, "utf-8")
    with pytest.raises(GoldError, match=f"{name}, line 1: is nested too deeply"):
        read_records(path)
