"""Fixtures that several test modules share."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

import analysis
from analysis.article import Article, Rejected
from analysis.articles import articles_frame, parse_text
from analysis.sources import read_source

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_addoption(parser):
    parser.addoption(
        "--screenshots", metavar="FOLDER", help="keep a picture of each kind of page here"
    )


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


# Of the module and not of the session: while it runs, no other event loop can.
@pytest.fixture(scope="module")
def browser():
    """Return the machine's Chromium; without one tests are skipped, or fail where they must run."""
    executable = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if executable is None:
        reason = "this machine has no Chromium; on Debian: `apt install chromium`"
        if os.environ.get("BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    # Chromium refuses to run as root unless its sandbox is off; here it only sees our own pages.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=sandbox)
        yield started
        started.close()


@pytest.fixture
def page(browser):
    """Return an empty page without a network; errors and requests of any page in it fail the test.

    `page.faults` lists them, for a test that wants to say more.
    """
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    faults = []
    opened = context.new_page()
    opened.faults = faults
    opened.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else 0)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on(
        "request", lambda r: None if r.url.startswith(("file:", "data:")) else faults.append(r.url)
    )
    yield opened
    context.close()
    assert not faults
