"""The site in a real browser: no request, no error, no sideways scroll, nothing that axe finds."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe

from analysis import report

WIDTHS = {"phone": 360, "desktop": 1280}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "reports"
    report.build([], out)
    return out


@pytest.fixture(scope="module")
def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


def kinds(names):
    """Return the pages with one of the articles and one of the meetings for all of these."""
    return {re.sub(r"/(?!index).*", "/", name): name for name in names}.values()


def address(folder, name):
    return (folder / name.partition("#")[0]).as_uri() + "".join(name.partition("#")[1:])


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_page_has_a_sideways_scroll_an_error_or_a_request(
    page, folder, names, width, pytestconfig
):
    page.set_viewport_size({"width": width, "height": 800})
    kept = pytestconfig.getoption("screenshots")
    wide = []
    for name in names:
        page.goto(address(folder, name))
        if page.evaluate(SIDEWAYS) > 0:
            wide.append(name)
        if kept and name in kinds(names):
            picture = f"{name.replace('/', '_').removesuffix('.html')}-{width}.png"
            page.screenshot(path=Path(kept) / picture, full_page=True)
    assert not wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_page(page, folder, names, scheme):
    page.emulate_media(color_scheme=scheme)
    axe = Axe()
    found = []
    options = {"preload": False, "resultTypes": ["violations"]}
    if scheme == "dark":
        options["runOnly"] = ["color-contrast"]
    # In the dark the pages of one kind differ from the light ones in colours alone.
    for name in names if scheme == "light" else kinds(names):
        page.goto(address(folder, name))
        for violation in axe.run(page, options=options).response["violations"]:
            nodes = [node["html"] for node in violation["nodes"][:3]]
            found.append((name, violation["id"], nodes))
    assert not found


def test_a_mark_in_the_address_is_shown_in_the_page(page, folder, names):
    reader = next(name for name in names if name.startswith("reader/0"))
    page.goto(address(folder, reader))
    mark = page.locator("mark.figures").last.get_attribute("id")
    page.goto(address(folder, f"{reader}#{mark}"))
    assert page.evaluate("document.querySelector('mark:target').id") == mark
    box = page.locator("mark:target").bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"]


def test_the_legend_takes_marks_of_a_kind_and_their_words_away(page, folder, names):
    reader = next(name for name in names if name.startswith("reader/0"))
    page.goto(address(folder, reader))
    mark = page.locator("mark.topics").first
    words = mark.locator("> .label").first
    assert words.is_visible()
    assert "underline" in mark.evaluate("e => getComputedStyle(e).textDecorationLine")
    page.locator("#show-topics").press("Space")
    assert not words.is_visible()
    assert "underline" not in mark.evaluate("e => getComputedStyle(e).textDecorationLine")
    assert page.locator("mark.figures > .label").first.is_visible()
    page.locator("#show-words").uncheck()
    assert not page.locator("mark.figures > .label").first.is_visible()


def test_the_first_stop_of_the_tabulator_skips_the_menu(page, folder):
    page.goto(address(folder, "index.html"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_words_behind_a_target_are_two_links_away(page, folder):
    """From the first page to the sentence that says US$150 billion by 2030."""
    page.goto(address(folder, "index.html"))
    page.get_by_role("link", name="Every stated target").press("Enter")
    row = page.locator("#rows li", has_text="150 billion USD").first
    row.locator("a[href*='reader/']").press("Enter")
    page.wait_for_url(re.compile(r"/reader/"))
    assert "150 billion" in page.locator("mark:target").inner_text()


def test_names_in_vietnamese_and_korean_are_drawn_with_letters_of_the_fonts(page, folder):
    """A letter that no font has is drawn as the box of a character that does not exist."""
    page.goto(address(folder, "people.html"))
    width = """text => { const c = document.createElement('canvas').getContext('2d');
        c.font = getComputedStyle(document.body).font; c.fillText(text, 0, 20);
        return [...c.getImageData(0, 0, 40, 30).data].join(); }"""
    missing = page.evaluate(width, "\U0010fffd")
    assert page.evaluate(width, "ễ") != missing
    assert page.evaluate(width, "ơ") != missing
    assert page.evaluate(width, "한") != missing


def test_each_count_that_is_linked_is_the_count_that_the_explorer_gives(page, folder, names):
    """Every number of a table that leads to the explorer is what the explorer says there."""
    linked = []
    for name in names:
        page.goto(address(folder, name))
        cells = page.evaluate(
            "[...document.querySelectorAll('td a[href*=\"explorer.html#\"]')]"
            ".map(a => [a.getAttribute('href'), a.textContent])"
        )
        linked += [(urljoin(name, href), name, said) for href, said in cells]
    assert len(linked) > 200
    page.goto(address(folder, "explorer.html"))
    page.locator("#count").wait_for()  # it is hidden until all rows are loaded
    # Of meetings or articles where the address says which unit is counted, of rows elsewhere.
    counts = page.evaluate(
        """addresses => addresses.map(address => {
            const said = address.slice(address.indexOf("#"));
            const { total } = explorer.query.run(fromAddress(said));
            const unit = new URLSearchParams(said.slice(1)).get("unit") ?? "row";
            return total[`${unit}s`];
        })""",
        [href for href, _, _ in linked],
    )
    wrong = [
        (name, href, said, found)
        for (href, name, said), found in zip(linked, counts, strict=True)
        if int(float(said.replace(",", ""))) != found
    ]
    assert not wrong
