"""The first page: what was found, each finding with a small chart, and the way to everything."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from io import BytesIO

from PIL import Image

from analysis.panel import Panel
from analysis.site.frame import GENERATOR, Site
from analysis.site.notebook_pages import Page, Picture
from analysis.tables import Tables
from analysis.words import days

FINDINGS = 5
SMALL_WIDTH = 640  # pixels
SMALL_COLOURS = 64  # a chart has a handful, and steps between them at the edges of letters
SMALL_TALLEST = 1.4  # of its width; a longer chart shows its upper part


def write(site: Site, pages: Sequence[Page], tables: Tables, panel: Panel | None) -> None:
    """Write the first page, with the small charts of its findings."""
    found = findings(pages)
    charts = site.folder / "charts"
    charts.mkdir(exist_ok=True)
    for _, picture, _ in found:
        (charts / f"{picture.name}-small.png").write_bytes(small(picture))
    first, last = tables.articles["published_from"].min(), tables.articles["published_to"].max()
    site.write(
        "index.html",
        "overview.html.j2",
        "What diplomatic readouts say",
        found=found,
        pages=pages,
        n=len(tables.articles),
        span=days(first, last),
        sides=_sides(tables),
        panel=None if panel is None else (len(panel.articles), panel.meetings["meeting_key"]),
        name=GENERATOR,
        version=version(GENERATOR),
    )


def _sides(tables: Tables) -> list[str]:
    """Return the two sides that the articles name most, whose codes charts and tables use."""
    people = tables.actors.loc[tables.actors["kind"] == "person", "side"]
    return sorted(people.value_counts().index[:2])


def findings(pages: Sequence[Page]) -> list[tuple[Page, Picture, int]]:
    """Return the charts that the notebooks mark as findings, with page and number.

    Where fewer are marked than the first page shows, the first charts of other pages follow.
    """
    listed = [(p, picture, i) for p in pages for i, picture in enumerate(p.pictures, start=1)]
    marked = [entry for entry in listed if entry[1].chosen][:FINDINGS]
    told = {page.name for page, _, _ in marked}
    for entry in listed:
        if len(marked) < FINDINGS and entry[0].name not in told:
            marked.append(entry)
            told.add(entry[0].name)
    return marked


def small(picture: Picture) -> bytes:
    """Return a chart without its words, narrower, in few colours, and of a long one the top."""
    with Image.open(BytesIO(picture.png)) as opened:
        drawn = opened.convert("RGB")
    top, bottom = picture.plot or (0, drawn.height)
    bottom = min(bottom, top + int(drawn.width * SMALL_TALLEST))
    drawn = drawn.crop((0, top, drawn.width, bottom))
    height = round(drawn.height * SMALL_WIDTH / drawn.width)
    drawn = drawn.resize((SMALL_WIDTH, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    # The colour of a few dots counts as much as that of the paper, which is most of the picture.
    few = drawn.quantize(SMALL_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
