"""A chart as files for a paper: two pictures, the rows behind them, and the caption."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.durable import whole
from analysis.prose import sentence
from analysis.spreadsheets import export
from analysis.style import WIDTH, themed

if TYPE_CHECKING:
    from analysis.chart import Chart

INCH = 25.4  # mm
PRINT_DPI = 300
SMALLEST = 6.0  # points; journals ask for six or seven
ENDINGS = (".svg", ".png", ".csv", ".txt")
# Ids are made from a word instead of chance, so that the same chart is the same file.
SALT = "diplomatic-readouts"


def save(chart: Chart, stem: Path, width_mm: float) -> list[Path]:
    """Write the four files of a chart, as `Chart.save` says."""
    if stem.suffix in ENDINGS:
        raise ValueError(f"{stem}: give the name without {stem.suffix}; four files are written")
    _readable(chart.figure, width_mm)
    paths = [stem.with_name(stem.name + ending) for ending in ENDINGS]
    svg, png, rows, caption = paths
    told = {"Title": chart.finding.title, "Description": chart.alt, "Date": None, "Creator": None}
    with whole([svg, png, caption]) as [svg_part, png_part, caption_part]:
        with themed(), _as_laid_out(chart.figure), matplotlib.rc_context({"svg.hashsalt": SALT}):
            chart.figure.savefig(svg_part, format="svg", metadata=told)
            chart.figure.savefig(
                png_part,
                format="png",
                dpi=PRINT_DPI * width_mm / INCH / WIDTH,
                metadata={"Software": None, "Title": chart.finding.title},
                pil_kwargs={"dpi": (PRINT_DPI, PRINT_DPI), "optimize": True},
            )
        _resize(svg_part, chart.figure, width_mm)
        caption_part.write_text(_caption(chart), encoding="utf-8")
        export(chart.data, rows)
    return paths


def _readable(figure: Figure, width_mm: float) -> None:
    """Refuse a width at which the smallest letters could not be read."""
    texts = [t for t in figure.findobj(Text) if isinstance(t, Text)]
    smallest = min(
        float(t.get_fontsize()) for t in texts if t.get_visible() and t.get_text().strip()
    )
    printed = smallest * width_mm / INCH / WIDTH
    if printed < SMALLEST:
        least = -(-SMALLEST * INCH * WIDTH // smallest)
        raise ValueError(
            f"width_mm={width_mm:g}: the smallest letters would be {printed:.1f} points high; "
            f"allowed: {least:g} or more, where they have {SMALLEST:g}"
        )


@contextmanager
def _as_laid_out(figure: Figure) -> Iterator[None]:
    """Keep everything in its place: another resolution would lay the axes out anew."""
    engine = figure.get_layout_engine()
    figure.set_layout_engine("none")
    try:
        yield
    finally:
        figure.set_layout_engine(engine)


def _resize(path: Path, figure: Figure, width_mm: float) -> None:
    """Give an SVG its width in print; what is drawn stays and is scaled by the program."""
    width, height = figure.get_size_inches()
    svg = path.read_text(encoding="utf-8")
    head, found, rest = svg.partition(' viewBox="')
    start = head.rindex(' width="')
    size = f' width="{width_mm:g}mm" height="{width_mm * height / width:.4g}mm"'
    path.write_text(head[:start] + size + found + rest, encoding="utf-8")


def _caption(chart: Chart) -> str:
    """Return the finding with what was counted and the source; then the words for a screen."""
    return f"{sentence(chart.finding.title)} {chart.note}\n\nAlternative text: {chart.alt}\n"
