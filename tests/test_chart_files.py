"""Charts for papers: pictures at their width in print, the rows that are drawn, the caption."""

import csv
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import analysis
from analysis import figure_charts, theme_charts, trend_charts
from analysis.association import topic_association
from analysis.topic_clusters import cluster_topics
from analysis.trends import topic_trends

SOURCE = "Source: made up for a test"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def panel():
    return analysis.read_panel(dyad="KOR-VNM")


@pytest.fixture(scope="module")
def acts():
    return pd.DataFrame({"act": ["agree", "propose"], "side": ["NOR", "KEN"], "n": [7, 3]})


@pytest.fixture(scope="module")
def chart(acts):
    return figure_charts.acts(acts, SOURCE)


@pytest.fixture(scope="module")
def drawn(panel):
    """Charts of every kind: dots, heat map, small panels, a ring; with one table or several."""
    years = analysis.topic_frequency(panel)
    some = years[years["topic"].isin(["trade", "labour", "health"])]
    pairs, found = topic_association(panel), cluster_topics(panel, draws=5)
    day = pd.to_datetime(["2022-12-05"])
    events = pd.DataFrame({"date_from": day, "event": "Upgrade", "kind": "status"})
    return {
        "trends": trend_charts.trends(
            topic_trends(analysis.topic_frequency(panel)), SOURCE, "2021", "2025"
        ),
        "years": trend_charts.years(some, SOURCE),
        "over_time": trend_charts.over_time(some, SOURCE, "Share of meetings.", events),
        "links": theme_charts.links(pairs, found, SOURCE),
    }


@pytest.fixture(scope="module")
def saved(drawn, tmp_path_factory):
    """The files of each of these charts, over two columns."""
    folder = tmp_path_factory.mktemp("paper")
    return {name: chart.save(folder / name, 180) for name, chart in drawn.items()}


def files_of(paths):
    return {path.suffix: path.read_bytes() for path in paths}


def test_four_files_are_written_and_nothing_else(chart, tmp_path):
    paths = chart.save(tmp_path / "paper" / "acts.of.speech")
    names = [f"acts.of.speech.{ending}" for ending in ("svg", "png", "csv", "txt")]
    assert [path.name for path in paths] == names
    assert sorted(p.name for p in (tmp_path / "paper").iterdir()) == sorted(names)


def test_the_same_chart_is_the_same_files_each_time(acts, tmp_path):
    chart = figure_charts.acts(acts, SOURCE)
    first = files_of(chart.save(tmp_path / "a"))
    assert files_of(chart.save(tmp_path / "a")) == first
    assert files_of(figure_charts.acts(acts, SOURCE).save(tmp_path / "b")) == first
    assert not re.search(rb"\d{4}-\d\d-\d\dT|Matplotlib v", first[".svg"])


def test_pictures_have_their_width_in_print(chart, tmp_path):
    for width in (180, 170):
        svg, png, *_ = chart.save(tmp_path / "acts", width)
        root = ElementTree.parse(svg).getroot()
        _, _, across, up = map(float, root.get("viewBox").split())
        assert root.get("width") == f"{width}mm"
        assert float(root.get("height")[:-2]) == pytest.approx(width * up / across, rel=1e-3)
        with Image.open(png) as picture:
            assert picture.width == pytest.approx(width / 25.4 * 300, abs=1)
            assert picture.width / picture.height == pytest.approx(across / up, rel=1e-2)
            assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_letters_are_outlines_and_the_words_are_there_for_readers_of_screens(chart, tmp_path):
    root = ElementTree.parse(chart.save(tmp_path / "acts")[0]).getroot()
    assert root.find(f"{SVG}title").text == chart.finding.title
    assert not list(root.iter(f"{SVG}text"))
    assert list(root.iter(f"{SVG}path"))


def test_the_rows_that_are_drawn_are_beside_the_picture(chart, acts, tmp_path):
    _, _, rows, _ = chart.save(tmp_path / "acts")
    with rows.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == acts.astype(str).to_dict("records")


def test_a_chart_of_several_tables_says_which_row_is_from_which(drawn):
    assert set(drawn["over_time"].data["drawn"]) == {"shares", "events"}
    assert set(drawn["links"].data["drawn"]) == {"pairs", "clusters"}
    assert "drawn" not in drawn["years"].data


def test_every_number_told_of_a_chart_is_in_its_rows(drawn, panel):
    told = drawn["trends"]
    topics = topic_trends(analysis.topic_frequency(panel))
    assert set(told.data["topic"]) == set(topics["topic"])
    assert told.data["n"].sum() == topics["n"].sum()
    years = analysis.topic_frequency(panel)
    shown = drawn["years"].data
    assert shown["n"].sum() == years.loc[years["topic"].isin(shown["topic"]), "n"].sum() > 0


def test_the_caption_has_the_finding_what_was_counted_and_the_source(drawn, saved):
    for name, chart in drawn.items():
        caption = saved[name][3].read_text("utf-8")
        said, _, alt = caption.partition("\n\nAlternative text: ")
        assert said.startswith(chart.finding.title)
        assert SOURCE in said
        assert alt == f"{chart.alt}\n"
    assert "71 meetings" in saved["trends"][3].read_text("utf-8")


def test_all_charts_can_be_read_over_two_columns_and_none_in_one(drawn, saved, tmp_path):
    said = r"width_mm=90: the smallest letters would be 3\.\d points high; allowed: 1[56]\d or"
    for name, chart in drawn.items():
        assert all(path.stat().st_size for path in saved[name])
        with pytest.raises(ValueError, match=said):
            chart.save(tmp_path / "small", 90)
    assert not list(tmp_path.iterdir())


def test_the_width_that_is_called_allowed_is(chart, tmp_path):
    with pytest.raises(ValueError, match="allowed: ") as refused:
        chart.save(tmp_path / "acts", 100)
    least = int(re.search(r"allowed: (\d+)", str(refused.value))[1])
    assert chart.save(tmp_path / "acts", least)
    with pytest.raises(ValueError, match=f"allowed: {least} or more"):
        chart.save(tmp_path / "acts", least - 1)


@pytest.mark.parametrize("name", ["acts.svg", "acts.txt"])
def test_a_name_with_an_ending_is_refused(chart, tmp_path, name):
    with pytest.raises(ValueError, match=r"give the name without \.\w+; four files are written"):
        chart.save(tmp_path / name)


def test_saving_changes_neither_the_chart_nor_the_settings(chart, tmp_path):
    import matplotlib

    settings, shown = dict(matplotlib.rcParams), chart._repr_mimebundle_()
    size, dpi = tuple(chart.figure.get_size_inches()), chart.figure.dpi
    chart.save(tmp_path / "acts")
    assert dict(matplotlib.rcParams) == settings
    assert chart._repr_mimebundle_() == shown
    assert (tuple(chart.figure.get_size_inches()), chart.figure.dpi) == (size, dpi)


def test_a_failure_while_writing_leaves_the_older_files(chart, tmp_path, monkeypatch):
    before = files_of(chart.save(tmp_path / "acts"))

    def full_disk(self, *args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(OSError, match="No space left"):
        chart.save(tmp_path / "acts", 170)
    assert {p.suffix: p.read_bytes() for p in tmp_path.iterdir()} == before
