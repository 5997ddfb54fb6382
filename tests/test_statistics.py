"""Statistics against scipy, scikit-learn, krippendorff, enumeration and published examples."""

from itertools import combinations
from types import SimpleNamespace

import krippendorff
import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression

from analysis import statistics as s
from analysis.agreement import agreement, alpha
from analysis.emphasis import compare_groups, keyness
from analysis.frequency import topic_frequency
from analysis.linear_trend import trend_slope, trend_test
from analysis.panel import read_panel
from analysis.trends import _drawn_slopes, topic_trends, trend_sensitivity


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_equals_scipy(confidence: float) -> None:
    pairs = [(k, n) for n in (1, 2, 7, 29, 400) for k in {0, 1, n // 2, n - 1, n}]
    share, low, high = s.wilson(*np.array(pairs).T, confidence)
    for (k, n), value, a, b in zip(pairs, share, low, high, strict=True):
        expected = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
        assert (a, b) == pytest.approx((expected.low, expected.high), abs=1e-9)
        assert value == k / n


def test_wilson_of_newcombe_1998() -> None:
    # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3: 81/263 and 15/148.
    _, low, high = s.wilson([81, 15], [263, 148])
    assert low.round(4).tolist() == [0.2553, 0.0624]
    assert high.round(4).tolist() == [0.3662, 0.1605]


def test_wilson_of_nothing_is_nan_and_bad_input_is_refused() -> None:
    assert np.isnan(np.array(s.wilson(0, 0))).all()
    with pytest.raises(ValueError, match=r"received -1\.0 of 3\.0"):
        s.wilson([2, -1], [3, 3])
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1; received 95"):
        s.wilson(1, 2, confidence=95)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:873, table II, method 10, examples (a) to (h).
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_contrast_of_newcombe_1998(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = s.contrast([1, -1], [first[0], second[0]], [first[1], second[1]])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_slope_is_least_squares_over_units() -> None:
    years, count, total = [2021, 2022, 2024], [1, 3, 6], [4, 5, 8]
    x = np.repeat(years, total)
    y = np.concatenate([np.arange(n) < k for k, n in zip(count, total, strict=True)])
    expected = LinearRegression().fit(x[:, None], y).coef_[0]
    found = trend_slope(years, count, total)
    assert found.value == pytest.approx(expected)
    assert found.low < found.value < found.high
    turned = trend_slope(years, np.subtract(total, count), total)
    assert (-turned.high, -turned.low) == pytest.approx((found.low, found.high))


def test_exact_trend_equals_full_enumeration() -> None:
    scores, count, total = [0, 1, 3], [0, 2, 3], [3, 4, 4]
    x = np.repeat(scores, total)
    have, observed = sum(count), np.dot(scores, count)
    mean = have * x.mean()
    sums = [x[list(c)].sum() for c in combinations(range(len(x)), have)]
    expected = np.mean(np.abs(np.array(sums) - mean) >= abs(observed - mean) - 1e-9)
    assert trend_test(scores, count, total) == pytest.approx(expected, abs=1e-12)


def test_exact_trend_of_two_periods_is_fisher() -> None:
    found = trend_test([0, 1], [3, 9], [10, 10])
    assert found == pytest.approx(stats.fisher_exact([[3, 7], [9, 1]]).pvalue)


def test_normal_trend_is_the_correlation_of_scores() -> None:
    # Cochran-Armitage's statistic is N r^2 (Agresti 2013, Categorical Data Analysis, 5.3.5).
    scores, count, total = [0, 1, 2, 3], [30, 40, 55, 60], [100, 110, 120, 105]
    x = np.repeat(scores, total)
    y = np.concatenate([np.arange(n) < k for k, n in zip(count, total, strict=True)])
    statistic = len(x) * np.corrcoef(x, y)[0, 1] ** 2
    found = trend_test(scores, count, total)
    assert found == pytest.approx(stats.chi2.sf(statistic, 1))


def test_exact_and_normal_trend_meet_at_the_border() -> None:
    scores, count, total = [0, 1, 2, 3], [12, 16, 20, 24], [50, 50, 50, 50]
    exact = float(trend_test(scores, count, total))
    normal = float(trend_test(scores, [*count[:3], 24], [50, 50, 50, 51]))
    assert exact == pytest.approx(normal, abs=0.004)


def test_trend_of_all_or_none_is_no_evidence() -> None:
    assert trend_test([0, 1], [[0, 0], [5, 5]], [5, 5]).tolist() == [1.0, 1.0]
    assert trend_test([0, 1], [[0, 0], [500, 500]], [500, 500]).tolist() == [1.0, 1.0]


def test_holm_of_a_textbook_and_with_gaps() -> None:
    # Holm's steps worked by hand: 4 x 0.01, 3 x 0.013 (kept above), 2 x 0.014, 1 x 0.19.
    found = s.holm([0.01, np.nan, 0.19, 0.013, 0.014])
    assert found[[0, 3, 4, 2]] == pytest.approx([0.04, 0.04, 0.04, 0.19])
    assert np.isnan(found[1])


@pytest.mark.parametrize("cells", [(10, 10, 100, 200), (0, 5, 30, 40), (7, 3, 7, 90)])
def test_log_likelihood_equals_scipy(cells: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    table = [[a, b], [c - a, d - b]]
    expected = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert s.log_likelihood(*cells) == pytest.approx(expected.statistic, abs=1e-9)


def test_log_ratio_equals_relative_risk() -> None:
    expected = stats.contingency.relative_risk(20, 100, 15, 200)
    value, low, high = s.log_ratio(20, 15, 100, 200)
    ci = expected.confidence_interval(0.95)
    assert 2.0 ** np.array([value, low, high]) == pytest.approx(
        [expected.relative_risk, ci.low, ci.high]
    )
    assert np.isfinite(np.array(s.log_ratio(0, 3, 50, 50))).all()


def test_mcnemar_equals_binomial_test() -> None:
    for b, c in [(8, 2), (0, 6), (5, 5), (1, 0)]:
        assert s.mcnemar(b, c) == pytest.approx(stats.binomtest(b, b + c).pvalue)


def test_paired_interval_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    cells = random.multinomial(30, [0.4, 0.25, 0.1, 0.25], size=4000)
    found = s.paired_difference(cells[:, 1], cells[:, 2], 30)
    covered = np.mean((found.low <= 0.15) & (found.high >= 0.15))
    assert 0.935 < covered < 0.97


def test_alpha_equals_krippendorff() -> None:
    random = np.random.default_rng(2)
    for _ in range(50):
        n = int(random.integers(2, 80))
        one = random.random(n) < random.random()
        two = np.where(random.random(n) < 0.2, ~one, one)
        found = alpha((one != two).sum(), one.sum() + two.sum(), n)
        if len(np.unique([one, two])) == 1:
            assert np.isnan(found)
            continue
        data = np.array([one, two], float)
        expected = krippendorff.alpha(data, level_of_measurement="nominal")
        assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("optional", ["strict", "counted", "left out"])
def test_agreement_on_the_panel_equals_krippendorff(optional: str) -> None:
    panel = read_panel()
    found = agreement(panel.topics, panel.second_coding, optional, draws=50).set_index("topic")
    ids = sorted(set(panel.second_coding["article_id"]))
    firm = {"strict": ["coded"], "counted": ["coded", "optional"], "left out": ["coded"]}[optional]
    every = []
    for topic in found.index[:-1]:
        data = np.zeros((2, len(ids)))
        for coder, codes in enumerate((panel.topics, panel.second_coding)):
            rows = codes[codes["topic"] == topic].set_index("article_id")["certainty"]
            rows = rows.reindex(ids)
            data[coder] = rows.isin(firm)
            if optional == "left out":
                data[coder, (rows == "optional").to_numpy(bool, na_value=False)] = np.nan
        every.append(data)
        both = data[:, ~np.isnan(data).any(axis=0)]
        if len(np.unique(both)) > 1:
            expected = krippendorff.alpha(data, level_of_measurement="nominal")
            assert found.loc[topic, "alpha"] == pytest.approx(expected, abs=1e-9)
        else:
            assert np.isnan(found.loc[topic, "alpha"])
    pooled = krippendorff.alpha(np.hstack(every), level_of_measurement="nominal")
    assert found.loc["all topics", "alpha"] == pytest.approx(pooled, abs=1e-9)
    assert found[["agreement", "alpha", "low", "high"]].dtypes.eq("float64").all()
    row = found.loc["all topics"]
    assert row["low"] <= row["alpha"] <= row["high"]


def coding(*cells: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["article_id", "topic", "certainty"])


def test_agreement_by_hand() -> None:
    one = coding(("a", "trade", "coded"), ("b", "trade", "optional"), ("c", "energy", "coded"))
    two = coding(("a", "trade", "coded"), ("b", "energy", "coded"), ("c", "trade", "coded"))
    strict = agreement(one, two, draws=20).set_index("topic").loc["trade"]
    assert (strict["articles"], strict["first"], strict["second"]) == (3, 1, 2)
    assert strict["agreement"] == pytest.approx(2 / 3)
    left = agreement(one, two, "left out", draws=20).set_index("topic").loc["trade"]
    assert left["articles"] == 2
    with pytest.raises(ValueError, match="optional='some'; allowed: strict, counted, left out"):
        agreement(one, two, "some")


def test_trends_on_the_panel_are_those_of_the_arrays() -> None:
    years = topic_frequency(read_panel(dyad="KOR-VNM"))
    years = years[years["period"] < "2026"]
    found = topic_trends(years).set_index("topic")
    rows = years[years["topic"] == "health"]
    slope = trend_slope(
        rows["period"].astype(int), rows["n"].astype(int), rows["n_all"].astype(int)
    )
    assert found.loc["health", ["change", "low", "high"]].tolist() == pytest.approx(slope)
    assert (found["p_holm"] >= found["p"]).all()
    assert len(found) == 40


def test_trends_leave_out_empty_years_and_untouched_topics() -> None:
    rows = pd.DataFrame(
        [
            (topic, period, n, total)
            for topic, counts in {"trade": [0, 0, 8], "energy": [0, 0, 0]}.items()
            for period, n, total in zip(["2021", "2022", "2023"], counts, [8, 0, 8], strict=True)
        ],
        columns=["topic", "period", "n", "n_all"],
    )
    found = topic_trends(rows).set_index("topic")
    assert found.loc["trade", "change"] == pytest.approx(0.5)
    assert np.isnan(found.loc["energy", "p_holm"])
    assert found.loc["trade", "p_holm"] == found.loc["trade", "p"] == pytest.approx(2 / 12870)
    with pytest.raises(ValueError, match="periods must be years; received"):
        topic_trends(rows.replace("2021", "2021Q1"))
    with pytest.raises(ValueError, match="choose one group first"):
        topic_trends(pd.concat([rows, rows]))


def test_keyness_by_hand() -> None:
    rows = pd.DataFrame(
        [("trade", "A", 6), ("trade", "B", 3), ("energy", "A", 4), ("energy", "B", 17)],
        columns=["topic", "side", "n"],
    )
    found = keyness(rows, "side", "A")
    assert found["topic"].tolist() == ["trade", "energy"]
    first = found.iloc[0]
    assert (first["n"], first["of"], first["n_reference"], first["of_reference"]) == (6, 10, 3, 20)
    assert first["log_ratio"] == pytest.approx(2.0)
    assert first["g2"] == pytest.approx(s.log_likelihood(6, 3, 10, 20))
    with pytest.raises(ValueError, match="no column 'colour'"):
        keyness(rows, "colour", "A")


def test_paired_accounts_by_hand() -> None:
    articles = pd.DataFrame(
        {
            "article_id": list("abcd"),
            "meeting_key": ["m", "m", "k", "k"],
            "publisher_side": ["VNM", "KOR", "VNM", "KOR"],
            "published_from": pd.Timestamp("2024-01-01"),
            "published_to": pd.Timestamp("2024-01-01"),
        }
    )
    meetings = pd.DataFrame({"article_id": list("abcd"), "date_from": pd.NaT, "date_to": pd.NaT})
    topics = pd.DataFrame(
        {"article_id": ["a", "b", "a", "c"], "topic": ["trade", "trade", "energy", "energy"]}
    ).assign(theme="x")
    tables = SimpleNamespace(articles=articles, topics=topics, meetings=meetings)
    found = compare_groups(tables, "VNM", "KOR").set_index("topic")
    assert found.loc["trade", ["meetings", "both", "only_first", "only_second"]].tolist() == [
        2,
        1,
        0,
        0,
    ]
    assert found.loc["energy", ["both", "only_first", "difference"]].tolist() == [0, 2, 1.0]
    assert np.isnan(found.loc["labour", "p"])


def test_sensitivity_agrees_with_the_trend_and_repeats() -> None:
    panel = read_panel(dyad="KOR-VNM")
    found = trend_sensitivity(panel, draws=300, seed=3)
    again = trend_sensitivity(panel, draws=300, seed=3)
    pd.testing.assert_frame_equal(found, again)
    trends = topic_trends(topic_frequency(panel))
    assert found["change"].tolist() == pytest.approx(trends["change"].tolist())
    assert (found["without_least"] <= found["without_most"]).all()
    assert found["same_sign"].between(0, 1).all()


def test_bootstrap_slope_is_that_of_the_drawn_meetings() -> None:
    has = pd.DataFrame({"trade": [True, False, True, True, False]})
    years = pd.Series([2021, 2022, 2022, 2024, 2023])
    weights = s.resamples(5, 4, seed=7)
    found = _drawn_slopes(has, years, 4, seed=7)[:, 0]
    for row, slope in zip(weights, found, strict=True):
        x, y = np.repeat(years.to_numpy(), row), np.repeat(has["trade"].to_numpy(), row)
        assert slope == pytest.approx(np.polyfit(x, y.astype(float), 1)[0])


def test_an_unknown_column_of_publishers_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="no column 'nosuch' in articles; there are article_id, "):
        trend_sensitivity(read_panel(), publisher="nosuch", draws=10)
