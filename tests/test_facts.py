"""Facts: every row has a source, and conflicting sources are chosen from by the stated rule."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.facts import (
    COLUMNS,
    FOLDER,
    FactsError,
    choose,
    events,
    investment_people,
    read_facts,
    targets,
    trade_series,
)


@pytest.mark.parametrize("name", list(COLUMNS))
def test_every_row_has_a_source_with_an_address(name: str) -> None:
    assert read_facts(name)["source_url"].str.match(r"https?://").all()


def rows(*cells: tuple[float, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(cells, columns=["value", "basis", "rounded_to"])
    return table.assign(year=2020, source_url=[f"s{i}" for i in range(len(cells))])


@pytest.mark.parametrize(
    ("cells", "chosen"),
    [
        ([(1, "outlier", 0.1), (2, "approximate", 10)], 2),
        ([(1, "approximate", 0.1), (2, "derived", 10)], 2),
        ([(1, "derived", 0.1), (2, "printed", 10)], 2),
        ([(1, "printed", 0.1), (2, "revised", 10)], 2),
        ([(1, "printed", 10), (2, "printed", 0.1)], 2),
        ([(1, "printed", 1), (2, "printed", 1), (2, "printed", 1)], 2),
        ([(2, "printed", 1), (1, "printed", 1)], 2),
    ],
)
def test_the_rule_step_by_step(cells: list[tuple[float, str, float]], chosen: float) -> None:
    found = choose(rows(*cells), ["year"])
    assert found["value"].tolist() == [chosen]
    assert found["sources"].tolist() == [len(cells)]


def test_choosing_does_not_change_its_input() -> None:
    table = rows((1, "printed", 10), (2, "printed", 1))
    before = table.copy()
    choose(table, ["year"])
    pd.testing.assert_frame_equal(table, before)


def test_trade_by_reporter() -> None:
    vietnam, korea = (trade_series(r).set_index("year")["value"] / 1e9 for r in ("VNM", "KOR"))
    # 66.56 of 2017 is an outlier; 65.0 of 2020 is rounded more coarsely than 66.0.
    assert vietnam[[2017, 2020, 2024]].tolist() == [61.5, 66.0, 81.5]
    # 86.7 of 2024 was revised to 86.8.
    assert korea[[2024, 2025]].tolist() == [86.8, 94.5]
    exports = trade_series("KOR", flow_from="VNM").set_index("year")["value"] / 1e9
    assert exports[2023] == 25.94
    assert 2022 not in vietnam.index


def test_parts_of_a_year_are_not_years() -> None:
    assert (read_facts("trade")["period"] == "2024-01/2024-06").any()
    assert trade_series("VNM")["year"].is_unique


def test_targets_join_sources_and_keep_a_dropped_horizon() -> None:
    found = targets()
    day = found[found["date_from"] == "2023-06-23"].set_index("value")
    assert day["sources"].to_dict() == {100e9: 1, 150e9: 2}
    assert day["horizon"].isna().to_dict() == {100e9: True, 150e9: False}
    assert found["sources"].sum() == len(read_facts("targets"))


def test_events_keep_shared_days_and_show_contradiction() -> None:
    found = events().set_index("event")
    assert found.index.is_unique
    row = found.loc["4th defence policy dialogue"]
    assert row["disputed"]
    assert (row["date_from"], row["date_to"]) == (
        pd.Timestamp("2015-04-01"),
        pd.Timestamp("2015-09-30"),
    )
    elevated = events("status").iloc[-1]
    assert elevated["date_from"] == elevated["date_to"] == pd.Timestamp("2022-12-05")
    assert elevated["sources"] == 2
    assert not elevated["disputed"]


def test_people_series() -> None:
    found = investment_people("fdi_registered", "KOR", "VNM")
    # The value of August 2025 contradicts all others and is never chosen.
    assert found["value"].iloc[-1] == 94e9
    assert not (found["value"].diff() < 0).any()


def test_bad_files_are_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "trade.csv"
    good = path.read_text("utf-8")
    path.write_text(good.replace(",printed,", ",hearsay,", 1), "utf-8")
    with pytest.raises(FactsError, match=r"trade.csv line\(s\) 3: basis allows revised"):
        trade_series("KOR", folder=tmp_path)
    path.write_text(good.replace("36500000000", "many", 1), "utf-8")
    with pytest.raises(FactsError, match=r"line\(s\) 2: value is unreadable"):
        trade_series("KOR", folder=tmp_path)
    path.write_text(good + good.splitlines()[1].replace("KOR-VNM", "JPN-VNM") + "\n", "utf-8")
    with pytest.raises(FactsError, match="say which of JPN-VNM, KOR-VNM"):
        trade_series("KOR", folder=tmp_path)
    path.unlink()
    with pytest.raises(FactsError, match="no such file"):
        trade_series("KOR", folder=tmp_path)
