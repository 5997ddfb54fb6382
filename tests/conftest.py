"""Fixtures that several test modules share."""

import pytest

import analysis
from analysis.article import Article, Rejected
from analysis.articles import articles_frame, parse_text
from analysis.sources import read_source


@pytest.fixture(scope="session")
def corpus():
    """Return a function that extracts tables from texts in the format of the seeds, by id."""

    def extract(**texts):
        articles = [
            parse_text(text, name, f"{name}.txt", "0", None) for name, text in texts.items()
        ]
        return analysis.extract(articles_frame(articles))

    return extract


@pytest.fixture(scope="session")
def read_file(tmp_path_factory):
    """Return a function that reads bytes as a file: its articles, and what is set aside."""
    folder = tmp_path_factory.mktemp("read")

    def read(name, data):
        path = folder / name
        path.write_bytes(data)
        items = [
            item._replace(source=item.source.replace(f"{folder}/", ""))
            for item in read_source(path)
        ]
        path.unlink()
        assert items, "a file is read or set aside, never passed over"
        return (
            [item for item in items if isinstance(item, Article)],
            [item for item in items if isinstance(item, Rejected)],
        )

    return read


@pytest.fixture(scope="session")
def two_readouts(corpus):
    """Return two readouts of one relationship, three years apart (articles b and c)."""
    first = """ date 2022-12-06 SEOUL — Vietnamese President Nguyen Van Hung and Korean President \
Kim Min-ho held talks in Seoul on Tuesday.

The two sides upgraded their ties to a comprehensive strategic partnership. They agreed to bring \
two-way trade to US$100 billion by 2023 and US$150 billion by 2030.

Hung asked the Republic of Korea to receive more Vietnamese workers. Hung proposed cooperation \
in tourism. Kim pledged to expand labour cooperation with Việt Nam. — VNS"""
    second = """ date 2025-03-18 HÀ NỘI — Vietnamese Foreign Minister Tran Van Binh held phone \
talks with Korean Foreign Minister Park Seo-jun on Tuesday.

Binh said the comprehensive strategic partnership is growing. The two sides agreed to strive for \
two-way trade of US$100 billion. Binh asked the Republic of Korea to receive more Vietnamese \
workers. — VNS"""
    return {"b": first, "c": second}
