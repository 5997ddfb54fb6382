"""What is committed under data/ is what the code makes today."""

from pathlib import Path

import pytest

from analysis import data
from analysis.tables import load_tables

COMMITTED = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    data.rebuild(folder)
    return folder


def files(folder):
    """The text files that are rebuilt: tables and dictionary."""
    return sorted(
        p.relative_to(folder)
        for p in [*folder.glob("seeds/*"), folder / "README.md", folder / "accuracy.csv"]
    )


def test_rebuilt_equals_committed(rebuilt):
    assert files(rebuilt) == files(COMMITTED)
    stale = [
        str(name)
        for name in files(rebuilt)
        if (rebuilt / name).read_bytes() != (COMMITTED / name).read_bytes()
    ]
    assert not stale, "call `python3 run.py data` and read the difference before committing it"


def test_the_picture_of_the_readme_is_made_by_the_project(rebuilt):
    """Its bytes depend on the machine's fonts, so only that both are pictures is compared."""
    for folder in (rebuilt, COMMITTED):
        assert (folder / "charts" / "topic_trends.png").read_bytes().startswith(b"\x89PNG")


def test_committed_tables_load_and_hold_to_their_specification():
    tables = load_tables(COMMITTED / "seeds").check()
    assert len(tables.articles) == 5
    texts = tables.articles.set_index("article_id")["text"]
    for _, table in tables:
        if "surface" in table:
            for row in table.itertuples():
                assert texts[row.article_id][row.start : row.end] == row.surface
