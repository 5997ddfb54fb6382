"""Extraction against a panel's codes, on three made-up articles counted by hand."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.cli import main
from analysis.panel import PanelError
from analysis.panel_evaluation import evaluate_panel
from analysis.panel_files import COLUMNS
from analysis.presence import themes

TEXTS = {
    "a": " date 2024-05-03 \nOSLO — Foreign Minister of Norway Anna Berg held talks with Foreign "
    "Minister of Laos Lu Tan on May 2. They agreed to raise two-way trade to US$5 billion by 2030.",
    "b": " date 2024-05-10 \nVIENTIANE — Foreign Minister of Laos Lu Tan received Norwegian "
    "Ambassador Kari Moe on May 9. The Minister thanked Norway for its aid of US$40 million in "
    "agriculture.",
    "c": " date 2024-06-05 \nOSLO — Foreign Minister of Norway Anna Berg held talks with Foreign "
    "Minister of Laos Lu Tan on June 4. They spoke about energy and about investment of US$12 "
    "billion in hydropower. They also agreed to cooperate in tourism.",
    "not_in_the_panel": "They agreed to raise trade to US$7 billion.",
}
# The coder of c read as far as "US$12", which is no amount yet.
READ_OF_C = TEXTS["c"].index(" billion") - TEXTS["c"].index("OSLO")
EVENTS = {
    "a": ("2024-05-02", "2024-05-02"),
    "b": ("2024-05-08", "2024-05-10"),
    "c": ("2024-06-01", "2024-06-01"),
    "no_text": ("2024-07-01", "2024-07-01"),
}
TOPICS = [
    ("a", "trade", "coded"),
    ("a", "partnership", "coded"),
    ("b", "development_finance", "coded"),
    ("b", "agriculture", "optional"),
    ("b", "tourism", "optional"),
    ("c", "energy", "coded"),
    ("no_text", "trade", "coded"),
]
PEOPLE = [
    ("a", "Anna-Berg", "NOR"),
    ("a", "Lu Tan", "LAO"),
    ("b", "Lu Tan", "LAO"),
    ("b", "Kari Moe", "NOR"),
    ("b", "Ola Nord", "NOR"),
    ("c", "Anna-Berg", "NOR"),
    ("c", "Lu Tan", "LAO"),
    ("c", "Kim Ho", "KOR"),
]
MONEY = [("a", "5000000000", "USD"), ("b", "40000000", "EUR")]
# Of each measure tp, fp, fn, counted by hand from the above.
COUNTED = {
    "topics_article": (3, 1, 1),  # extra investment (c); missed partnership; optional: neither way
    "persons": (6, 0, 2),  # missed Ola Nord, Kim Ho; a hyphen makes no other person
    "sides": (6, 0, 1),  # missed KOR
    "money_values": (1, 1, 1),  # another currency in b; nothing at the cut in c
    "meeting_day": (2, 1, 1),  # b is within the panel's days, c is not
}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Write panel and texts; return both folders."""
    article = dict.fromkeys(COLUMNS["articles"].split(), "")
    article |= {"publisher": "Wire", "publisher_side": "LAO", "dyad": "LAO-NOR"}
    article |= {"date_basis": "stated", "format": "talks", "level": "foreign_minister"}
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in COLUMNS}
    for i, (first, last) in EVENTS.items():
        rows["articles"].append(
            article
            | {"article_id": i, "url": f"https://example.org/{i}", "meeting_key": i}
            | {"event_from": first, "event_to": last}
            | {"chars_read": str(READ_OF_C if i == "c" else 2000)}
        )
    for i, topic, certainty in TOPICS:
        row = {"article_id": i, "topic": topic, "theme": themes()[topic], "certainty": certainty}
        rows["topics"].append(row)
    for i, actor, side in PEOPLE:
        row = {"article_id": i, "actor": actor, "kind": "person", "side": side, "role": ""}
        rows["actors"].append(row)
    for i, value, unit in MONEY:
        row = dict.fromkeys(COLUMNS["figures"].split(), "") | {"article_id": i, "kind": "money"}
        rows["figures"].append(row | {"value": value, "unit": unit})
    panel, texts = tmp_path / "panel", tmp_path / "texts"
    panel.mkdir()
    texts.mkdir()
    for name, columns in COLUMNS.items():
        table = pd.DataFrame(rows[name], columns=columns.split(), dtype="string")
        table.to_csv(panel / f"{name}.csv", index=False)
    for name, text in TEXTS.items():
        (texts / f"{name}.txt").write_text(text, "utf-8")
    return panel, texts


def test_counts(folders: tuple[Path, Path]) -> None:
    result, rejected = evaluate_panel(*folders)
    assert not rejected
    assert sorted(set(result.counts["article_id"])) == ["a", "b", "c"]
    summed = result.counts.groupby("measure", sort=False)[["tp", "fp", "fn"]].sum()
    assert dict(zip(summed.index, summed.itertuples(index=False, name=None), strict=True)) == (
        COUNTED
    )
    summary = result.summary().set_index("measure")
    assert summary.loc["topics_article", ["precision", "recall", "f1"]].tolist() == [0.75] * 3
    assert summary.loc["persons", "recall"] == 0.75
    assert result.summary(by="group")["group"].unique().tolist() == ["LAO"]


def test_errors_name_the_codes(folders: tuple[Path, Path]) -> None:
    columns = ["article_id", "measure", "kind", "expected", "received"]
    errors = evaluate_panel(*folders)[0].errors[columns].fillna("")
    found = set(errors.itertuples(index=False, name=None))
    assert found == {
        ("a", "topics_article", "missed", "partnership", ""),
        ("c", "topics_article", "extra", "", "investment"),
        ("b", "persons", "missed", "Ola Nord", ""),
        ("c", "persons", "missed", "Kim Ho", ""),
        ("c", "sides", "missed", "KOR", ""),
        ("b", "money_values", "missed", "40,000,000 EUR", ""),
        ("b", "money_values", "extra", "", "40,000,000 USD"),
        ("c", "meeting_day", "differs", "2024-06-01", "2024-06-04"),
    }


def test_only_what_the_coder_read_is_extracted(folders: tuple[Path, Path]) -> None:
    panel, texts = folders
    path = panel / "articles.csv"
    path.write_text(path.read_text("utf-8").replace(f",{READ_OF_C}\n", ",2000\n"), "utf-8")
    errors = evaluate_panel(panel, texts)[0].errors
    extra = errors[(errors["article_id"] == "c") & (errors["kind"] == "extra")]
    assert extra["received"].tolist() == ["investment", "tourism", "12,000,000,000 USD"]


def test_the_command(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    panel, texts = map(str, folders)
    (folders[1] / "no_text.txt").write_bytes(b"\xff\xfe")
    assert main(["evaluate", "--panel", panel, "--texts", texts, "--errors"]) == 1
    captured = capsys.readouterr()
    first, header, *_ = captured.out.splitlines()
    assert first == "3 articles, of each the characters that the coder of the panel read"
    assert header.split()[:4] == ["measure", "precision", "recall", "f1"]
    assert "40,000,000 EUR" in captured.out
    assert "no_text.txt: is not UTF-8" in captured.err


def test_refusals(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    panel, texts = folders
    with pytest.raises(PanelError, match=r"no text of an article of .*; fetch them with `analysis"):
        evaluate_panel(panel, panel)
    assert main(["evaluate", "--panel", str(panel), "--texts", str(panel / "none")]) == 2
    assert "no text of an article" in capsys.readouterr().err
    for name in "abc":
        (texts / f"{name}.txt").write_text(" \n", "utf-8")
    with pytest.raises(PanelError, match=r"a.txt: holds no text"):
        evaluate_panel(panel, texts)
    with pytest.raises(SystemExit) as caught:
        main(["evaluate", "--texts", str(texts)])
    assert caught.value.code == 2
