"""Tables whose cells lead to words and rows: the right address, or none."""

import pandas as pd
import pytest

from analysis.addresses import reader
from analysis.linked import to_evidence, to_rows
from analysis.timeline import located, span


def test_evidence_leads_to_its_own_article_whatever_its_id_is():
    ids = ["a", "r;1", "a:5-9;b", "100%", "100%3B", "x%253By"]
    places = span(pd.DataFrame({"article_id": ids, "start": 7, "end": 8}))
    assert places[0] == "a:7-8"
    assert located(";".join(places))["article_id"].tolist() == ids
    rows = pd.DataFrame({"later": ids, "where": places + ";other:1-2"})
    found = to_evidence(rows, ["later"], {"later": "where"})
    assert found.to == {(row, 0): reader(own, 7, 8) for row, own in enumerate(ids)}


def test_an_article_without_characters_keeps_its_id_in_evidence():
    ids = ["p;1", "p%2"]
    rows = pd.DataFrame({"article_id": ids, "start": pd.NA, "end": pd.NA})
    assert located(";".join(span(rows)))["article_id"].tolist() == ids


def test_evidence_of_nothing_or_of_a_whole_article_has_no_link():
    rows = pd.DataFrame({"later": list("abcd"), "where": [None, "", "a", "a;b:1-2"]})
    assert to_evidence(rows, ["later"], {"later": "where"}).to == {}
    none = rows.assign(where=None)
    assert to_evidence(none, ["later"], {"later": "where"}).to == {}


def test_counts_of_a_period_that_is_no_year_have_no_link():
    periods = ["2021", "undated", "2021Q3", 2022, 2023.0, None]
    table = pd.DataFrame({"period": pd.Series(periods, dtype=object), "n": 1})
    assert to_rows(table, ["n"]).to == {
        (0, 1): "explorer.html#period=2021",
        (1, 1): "explorer.html#period=undated",
        (3, 1): "explorer.html#period=2022",
        (4, 1): "explorer.html#period=2023",
    }


def test_a_column_of_years_with_a_gap_links_as_years():
    table = pd.DataFrame({"period": [2021, None], "n": [3, 1]})
    assert table["period"].dtype == float
    assert to_rows(table, ["n"]).to == {(0, 1): "explorer.html#period=2021"}


def test_headings_of_a_pivoted_table_are_held_to_the_same():
    table = pd.DataFrame([[1, 1, 1]], index=pd.Index(["trade"], name="topic"))
    table.columns = pd.Index(["2021Q3", 2021.0, None], dtype=object, name="period")
    assert to_rows(table).to == {(0, 1): "explorer.html#topic=trade&period=2021"}


def test_an_index_and_a_column_of_one_name_are_refused():
    table = pd.DataFrame({"topic": ["trade"], "n": [1]})
    said = r"both called topic; rename one, or leave the index out with reset_index\(drop=True\)"
    with pytest.raises(ValueError, match=said):
        to_rows(table.set_index("topic", drop=False), ["n"])


def test_an_index_of_a_name_that_is_no_filter_does_not_matter():
    table = pd.DataFrame({"topic": ["trade"], "n": [1]}).set_index("n", drop=False)
    assert to_rows(table, ["n"]).to == {(0, 1): "explorer.html#topic=trade"}
