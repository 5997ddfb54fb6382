"""Tables without text, and the way back."""

import json

import pandas as pd
import pytest

import analysis
from analysis.annotations import ReattachError, export_without_text, reattach


@pytest.fixture(scope="module")
def seeds(pytestconfig):
    return analysis.extract(analysis.read_articles(pytestconfig.rootpath / "seeds"))


def test_the_way_there_and_back_loses_nothing(seeds, tmp_path, pytestconfig):
    path = tmp_path / "annotations.jsonl"
    assert export_without_text(seeds, path) == sum(len(table) for _, table in seeds)
    again = reattach(path, pytestconfig.rootpath / "seeds")
    for name, table in again:
        pd.testing.assert_frame_equal(table, getattr(seeds, name))


def test_no_sentence_and_no_headline_is_exported(seeds, tmp_path):
    path = tmp_path / "annotations.jsonl"
    export_without_text(seeds, path)
    exported = path.read_text("utf-8")
    texts = seeds.articles.set_index("article_id")["text"]
    for row in seeds.sentences.itertuples():
        assert texts[row.article_id][row.start : row.start + 60] not in exported
    for title in seeds.articles["title"].dropna():
        assert title not in exported


def test_a_row_is_a_web_annotation_with_a_position(seeds, tmp_path):
    path = tmp_path / "annotations.jsonl"
    export_without_text(seeds, path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    topic = next(r for r in rows if r["body"]["table"] == "topics")
    assert topic["type"] == "Annotation"
    assert topic["target"]["selector"]["type"] == "TextPositionSelector"
    assert set(topic["target"]) == {"source", "sha256", "selector"}


def test_another_text_is_refused(seeds, tmp_path, pytestconfig):
    path = tmp_path / "annotations.jsonl"
    export_without_text(seeds, path)
    folder = tmp_path / "texts"
    folder.mkdir()
    with pytest.raises(ReattachError, match=r"annotations.jsonl:1: .* is missing"):
        reattach(path, folder)
    for source in (pytestconfig.rootpath / "seeds").glob("*.txt"):
        (folder / source.name).write_bytes(source.read_bytes() + b" ")
    with pytest.raises(ReattachError, match="is not the text that was annotated"):
        reattach(path, folder)


@pytest.mark.parametrize("line", ["{", "[]", '{"body": {"table": "nothing"}, "target": {}}'])
def test_lines_that_are_no_annotation_are_refused(line, tmp_path):
    path = tmp_path / "annotations.jsonl"
    path.write_text(line)
    with pytest.raises(ReattachError, match=r"annotations.jsonl:1: is no annotation of a table"):
        reattach(path, tmp_path)


def test_a_line_at_fault_is_named_with_its_file(seeds, tmp_path, pytestconfig):
    path, folder = tmp_path / "annotations.jsonl", pytestconfig.rootpath / "seeds"
    export_without_text(seeds, path)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    first = next(i for i, line in enumerate(lines) if line["body"]["table"] == "topics")
    topic, article = lines[first], lines[0]
    nameless = topic | {"body": {"table": "topics"}}
    stray = topic | {"body": topic["body"] | {"article_id": "stray"}}
    placeless = topic | {"target": {}}
    untold = article | {"target": {k: v for k, v in article["target"].items() if k != "selector"}}
    for wrong, message in (
        (nameless, "is no annotation of a table .*article_id"),
        (stray, "no line before gives the article 'stray'"),
        (placeless, "is no annotation of a table .*selector"),
        (topic | {"target": None}, "is no annotation of a table"),
    ):
        path.write_text(f"{json.dumps(article)}\n{json.dumps(wrong)}\n", "utf-8")
        with pytest.raises(ReattachError, match=f"annotations.jsonl:2: {message}"):
            reattach(path, folder)
    path.write_text(json.dumps(untold), "utf-8")
    with pytest.raises(ReattachError, match=r"annotations.jsonl:1: .*selector"):
        reattach(path, folder)


@pytest.mark.parametrize(
    ("data", "message"), [(b"", "holds no annotation"), (b"\xff\xfe", "is not UTF-8")]
)
def test_files_without_annotations_are_refused_by_name(data, message, tmp_path):
    path = tmp_path / "annotations.jsonl"
    path.write_bytes(data)
    with pytest.raises(ReattachError, match=f"annotations.jsonl: {message}"):
        reattach(path, tmp_path)
