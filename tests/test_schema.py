"""The specification of the tables: types, keys, codes, and errors that say what to do."""

import pandas as pd
import pytest

from analysis import schema
from analysis.schema import DTYPES, TABLES, TableError, cast, check, codes, dictionary, empty, frame


def sentences(**changes):
    columns = {"article_id": ["a", "a"], "sentence": [0, 1], "start": [0, 10], "end": [9, 20]}
    return frame("sentences", columns | changes)


def one(name, **changes):
    """Return a table with one valid row, with `changes` made to its cells."""
    plain = {"text": "x", "int": 0, "int?": None, "real?": None, "date?": None}
    cells = {}
    for c in TABLES[name].columns:
        value = codes(c.codes)[0] if c.codes else plain[c.dtype]
        cells[c.name] = [None if c.missing else value]
    return frame(name, cells | {k: [v] for k, v in changes.items()})


def refusal(name, table):
    with pytest.raises(TableError) as caught:
        check(name, table)
    return str(caught.value)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_has_the_columns_and_types_and_is_in_order(name):
    table = empty(name)
    assert check(name, table) is table
    assert [str(t) for t in table.dtypes] == [DTYPES[c.dtype] for c in TABLES[name].columns]


@pytest.mark.parametrize("name", TABLES)
def test_one_row_passes_and_twice_the_same_row_does_not(name):
    table = one(name)
    assert check(name, table) is table
    twice = pd.concat([table, table], ignore_index=True)
    assert f"table {name}: " in refusal(name, twice)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_plainly_holds_is_looked_at_once(name, monkeypatch):
    monkeypatch.setattr(schema, "_validator", None)
    assert len(check(name, one(name))) == 1


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_columns_and_coded_columns_have_codes(name):
    table = TABLES[name]
    assert set(table.key) <= set(table.names)
    assert all(codes(c.codes) for c in table.columns if c.codes)
    assert len(set(table.names)) == len(table.names)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("topics", {"topic": "lunar_affairs"}, "topic: rows [0]: received ['lunar_affairs']"),
        ("actors", {"kind": "robot"}, "kind: rows [0]: received ['robot']"),
        ("actors", {"role": "minister;wizard"}, "role: rows [0]: received ['minister;wizard']"),
        ("actors", {"side": "Korea"}, "side: rows [0]: received ['Korea']"),
        ("actors", {"start": -1}, "start: rows [0]: received ['-1']"),
        ("figures", {"kind": None}, "kind: rows [0]"),
        ("statements", {"act": "shout"}, "act: rows [0]: received ['shout']"),
        ("meetings", {"format": ""}, "format: rows [0]: received ['']"),
        ("articles", {"text": ""}, "text: rows [0]: received ['']"),
    ],
)
def test_a_wrong_cell_is_named_with_table_column_row_and_what_is_allowed(name, change, said):
    message = refusal(name, one(name, **change))
    assert message.startswith(f"table {name}: 1 rule broken\n")
    assert said in message
    column = next(iter(change))
    listed = next(c.codes for c in TABLES[name].columns if c.name == column)
    assert not listed or f"allowed: {', '.join(codes(listed))}" in message


def test_several_codes_may_stand_in_one_cell_where_the_column_allows_it():
    check("actors", one("actors", role="deputy_prime_minister;foreign_minister"))


def test_a_missing_column_a_strange_one_and_another_order():
    assert "end: column is missing; allowed: int64" in refusal(
        "sentences", sentences().drop(columns="end")
    )
    assert "mood: column_in_schema; columns allowed, in order: article_id, sentence" in refusal(
        "sentences", sentences().assign(mood="good")
    )
    turned = sentences()[["sentence", "article_id", "start", "end"]]
    assert "columns allowed, in order: article_id, sentence, start, end" in refusal(
        "sentences", turned
    )


def test_another_type_is_named():
    message = refusal("sentences", sentences().astype({"start": "Float64"}))
    assert "start: " in message
    assert "allowed: int64" in message


def test_no_more_than_five_rows_are_listed():
    many = frame(
        "sentences",
        {"article_id": ["a"] * 9, "sentence": list(range(9)), "start": [-1] * 9, "end": [1] * 9},
    )
    assert "rows [0, 1, 2, 3, 4]: received ['-1', '-1', '-1', '-1', '-1']" in refusal(
        "sentences", many
    )


def test_check_changes_nothing():
    table = sentences()
    before = table.copy(deep=True)
    check("sentences", table)
    pd.testing.assert_frame_equal(table, before)


def test_cast_gives_columns_their_types_and_order_back():
    drifted = sentences().astype("object")[["end", "start", "sentence", "article_id"]]
    pd.testing.assert_frame_equal(cast("sentences", drifted.assign(more=1)), sentences())


def test_cast_names_what_lacks():
    with pytest.raises(TableError, match=r"table sentences: columns \['end'\] are missing"):
        cast("sentences", sentences().drop(columns="end"))


def test_codes_of_an_unknown_column_are_refused():
    with pytest.raises(KeyError, match="no codes for 'mood'"):
        codes("mood")


def test_topics_and_themes_are_those_of_the_codebook():
    assert len(codes("topic")) == 40
    assert len(codes("theme")) == 9


def test_the_dictionary_has_a_line_for_every_column():
    text = dictionary()
    for table in TABLES.values():
        section = text.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
        assert [f"| `{c.name}` |" in section for c in table.columns] == [True] * len(table.columns)
        assert f"A row is {table.row}." in section


def test_missing_is_na_in_every_column_that_may_lack():
    for name, table in TABLES.items():
        row = one(name).iloc[0]
        assert all(
            row[c.name] is pd.NA or row[c.name] is pd.NaT for c in table.columns if c.missing
        )
