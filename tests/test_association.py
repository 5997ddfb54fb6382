"""Topics that travel together: by hand, against scikit-learn, and on planted clusters."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import matthews_corrcoef

from analysis.association import topic_association
from analysis.frequency import label_weights
from analysis.panel import read_panel
from analysis.presence import presence, themes
from analysis.topic_clusters import _standardised, cluster_meetings, cluster_topics

DAY = pd.Timestamp("2024-05-01")


def corpus(
    groups: list[list[str]], meetings: int, noise: float = 0.0, seed: int = 0
) -> SimpleNamespace:
    """Meetings that name all topics of one group each, in turn, and others with chance `noise`."""
    random = np.random.default_rng(seed)
    rows = []
    every = [t for g in groups for t in g]
    for i in range(meetings):
        mine = set(groups[i % len(groups)])
        named = [t for t in every if (t in mine) != (random.random() < noise)]
        rows += [(f"m{i}", t, themes()[t]) for t in named]
    ids = [f"m{i}" for i in range(meetings)]
    articles = pd.DataFrame({"article_id": ids, "published_from": DAY, "published_to": DAY})
    held = pd.DataFrame({"article_id": ids, "date_from": DAY, "date_to": DAY, "participants": None})
    held["participants"] = held["participants"].astype("string")
    topics = pd.DataFrame(rows, columns=["article_id", "topic", "theme"])
    return SimpleNamespace(articles=articles, topics=topics, meetings=held)


PLANTED = [
    ["trade", "investment", "finance"],
    ["culture", "tourism", "health"],
    ["maritime", "east_sea", "defence_security"],
]


def test_association_equals_scikit_learn_and_scipy() -> None:
    panel = read_panel(dyad="KOR-VNM")
    has = presence(panel).has
    found = topic_association(panel)
    assert len(found) == 36 * 35 / 2
    for row in found.iloc[[0, 5, 100, 629]].itertuples():
        x, y = has[row.topic], has[row.other]
        assert row.phi == pytest.approx(matthews_corrcoef(x, y))
        table = [[(x & y).sum(), (x & ~y).sum()], [(~x & y).sum(), (~x & ~y).sum()]]
        assert row.p == pytest.approx(stats.fisher_exact(table).pvalue)
        (a, b), (c, d) = np.array(table) + 0.5
        assert row.log_odds == pytest.approx(np.log(a * d / (b * c)))
        assert row.low < row.log_odds < row.high
    assert (found["phi"].diff().dropna() <= 0).all()


def test_distance_is_that_of_phi() -> None:
    random = np.random.default_rng(3)
    x = (random.random((50, 4)) < 0.4).astype(float)
    z = _standardised(x).T
    distance = ((z[0] - z[1]) ** 2).sum()
    assert distance == pytest.approx(2 - 2 * matthews_corrcoef(x[:, 0], x[:, 1]))


def test_planted_clusters_are_found_and_stable() -> None:
    found = cluster_topics(corpus(PLANTED, 60, noise=0.05), draws=20)
    groups = found.members.groupby("cluster")["topic"].agg(set).tolist()
    assert sorted(map(sorted, groups)) == sorted(map(sorted, PLANTED))
    assert found.stability > 0.95
    assert found.scores["chosen"].sum() == 1
    assert 0 < found.theme_information <= 1


def test_noise_is_reported_as_unstable() -> None:
    found = cluster_topics(corpus(PLANTED, 60, noise=0.5), draws=20)
    assert found.stability < 0.6


def test_planted_meetings_are_found() -> None:
    found = cluster_meetings(corpus(PLANTED, 60, noise=0.03), draws=20)
    number = found.members["unit"].str[1:].astype(int) % 3
    assert pd.crosstab(number, found.members["cluster"]).gt(0).sum().eq(1).all()
    assert np.isnan(found.theme_information)


def test_clusters_repeat_and_name_all_frequent_topics_in_leaf_order() -> None:
    panel = read_panel(dyad="KOR-VNM")
    one, two = cluster_topics(panel, draws=10), cluster_topics(panel, draws=10)
    pd.testing.assert_frame_equal(one.members, two.members)
    pd.testing.assert_frame_equal(one.scores, two.scores)
    has = presence(panel).has
    assert set(one.members["topic"]) == set(has.columns[has.sum() >= 5])
    assert one.members["cluster"].is_monotonic_increasing
    assert one.linkage.shape == (len(one.names) - 1, 4)
    assert (one.members.groupby("cluster").size() > 1).all()


def test_weights_by_hand() -> None:
    tables = corpus([["trade"]], 2)
    tables.topics = pd.DataFrame(
        [
            ("m0", "trade", "economy"),
            ("m0", "energy", "sustainability"),
            ("m1", "trade", "economy"),
            ("m1", "finance", "economy"),
        ],
        columns=["article_id", "topic", "theme"],
    )
    found = label_weights(tables, draws=50).set_index("label")
    assert found.loc["economy", "weight"] == pytest.approx(0.75)
    assert found.loc["sustainability", "weight"] == pytest.approx(0.25)
    assert found.loc["security", "weight"] == 0
    assert (found["n_all"] == 2).all()
    own = label_weights(tables, {"trade": 1, "energy": 2}, draws=50).set_index("label")
    assert own.loc["1", "weight"] == pytest.approx(0.75)


def test_bad_input_is_refused() -> None:
    few = corpus([["trade"]], 3)
    with pytest.raises(ValueError, match="0 topics have 5 units or more; at least 2 are needed"):
        topic_association(few)
    with pytest.raises(ValueError, match="1 topics have 2 units or more; at least 4 are needed"):
        cluster_topics(few, least=2)
    with pytest.raises(ValueError, match="3 meetings name topics; at least 4"):
        cluster_meetings(corpus([["trade", "energy"]], 3), least=1)
    with pytest.raises(ValueError, match="no meeting has both a date and a labelled topic"):
        label_weights(few, {"energy": "x"})
