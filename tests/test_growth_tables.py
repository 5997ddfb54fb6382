"""What derived tables cost grows with the articles, however often these repeat themselves."""

import time
import tracemalloc
from functools import cache

import pandas as pd
import pytest
from test_themes import planted

import analysis
from analysis import data, themes
from analysis.tables import Tables

FEW = 60  # articles; the cost is compared with that of four times as many
ALLOWED = 7  # times; linear is 4, quadratic 16
TRIES = 3  # a busy machine may double a cost, but hardly the same one thrice


@cache
def archive(articles, days):
    """Repeat the seeds: everything is asked and answered again, in few meetings or in many."""
    tables = data.seeds()
    copies = range(articles // len(tables.articles))
    many = {
        name: pd.concat(
            [rows.assign(article_id=rows["article_id"] + f"_{i}") for i in copies],
            ignore_index=True,
        )
        for name, rows in tables
    }
    if days:
        shift = pd.to_timedelta(many["meetings"].index, unit="D")
        for column in ("date_from", "date_to"):
            many["meetings"][column] = many["meetings"][column] + shift
    return Tables(**many)


def cost(function, tables):
    """Return the least processor time of three calls, and the most memory that one takes."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        function(tables)
        best = min(best, time.process_time() - begun)
    tracemalloc.start()
    function(tables)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return best, peak


@pytest.mark.parametrize("days", [False, True], ids=["few meetings", "many meetings"])
@pytest.mark.parametrize(
    "function", [analysis.ask_ledger, analysis.target_ledger, analysis.commitment_ladder]
)
def test_the_cost_grows_with_the_articles(function, days):
    for _ in range(TRIES):
        few, many = (cost(function, archive(n, days)) for n in (FEW, FEW * 4))
        if all(more <= ALLOWED * less for less, more in zip(few, many, strict=True)):
            return
    pytest.fail(f"{few} seconds and bytes became {many} for four times the articles")


def test_the_memory_of_clustering_is_that_of_a_sample(monkeypatch):
    monkeypatch.setattr(themes, "FITTED", 200, raising=False)
    monkeypatch.setattr(themes, "BLOCK", 200, raising=False)
    few, many = (
        cost(lambda tables: analysis.cluster_themes(tables, clusters=4), planted(n)[1])[1]
        for n in (500, 2000)
    )
    assert many <= 2.5 * few, f"{few} bytes became {many} for four times the sentences"


def test_many_places_are_counted_and_the_first_are_listed():
    ledger = analysis.ask_ledger(archive(FEW * 4, True))
    row = ledger.loc[ledger["later_places"].idxmax()]
    listed = row["later_evidence"].split(";")
    assert row["later_places"] > len(set(listed)) == 50
    days = ledger.drop_duplicates("article_id").set_index("article_id")["day_from"]
    told = pd.Series([place.rpartition(":")[0] for place in listed]).map(days).dropna()
    assert told.max() < ledger["day_from"].max()
    few = ledger[ledger["later_places"] <= 50]
    assert (few["later_evidence"].str.count(";").add(1).fillna(0) == few["later_places"]).all()
