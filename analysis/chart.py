"""A chart: a picture in one frame of finding, size and source, and a sentence.

The sentence says the finding and the numbers behind it; it is the picture's alternative text in a
page, its plain text in a notebook, and so what a test compares.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from analysis import chart_files
from analysis.controls import spelled
from analysis.findings import Finding
from analysis.prose import sentence
from analysis.spreadsheets import csv_of
from analysis.style import DPI, MUTED, WIDTH

MARGIN = 0.1  # inches
LINE = {"title": 0.235, "subtitle": 0.17, "source": 0.15}  # inches a line
LETTERS = {"title": 70, "subtitle": 107, "source": 126}  # letters a line, at the full width


@dataclass(frozen=True)
class Chart:
    """A drawn chart with its text; the last expression of a notebook's cell shows both.

    Attributes
    ----------
    figure : Figure
        The drawing, for those who want to change or save it in another form.
    png : bytes
        The picture.
    finding : Finding
        What the chart shows, and the numbers behind it.
    note : str
        What is counted, how many of it, and where the rows come from.
    data : DataFrame
        The rows that are drawn.
    """

    figure: Figure = field(repr=False)
    png: bytes = field(repr=False)
    finding: Finding
    note: str
    data: pd.DataFrame = field(repr=False)

    @property
    def alt(self) -> str:
        """The finding, the numbers behind it and the note, in words."""
        parts = (sentence(self.finding.title), sentence(self.finding.words), self.note)
        return " ".join(part for part in parts if part)

    def save(self, stem: str | Path, width_mm: float = 180) -> list[Path]:
        """Write the chart for a paper: as SVG and PNG, with its data and its caption.

        Parameters
        ----------
        stem : str or Path
            The files' name without an ending. ``figures/topics`` becomes ``topics.svg``, whose
            letters are outlines and so look alike on machines without these fonts; ``topics.png``
            of 300 dots an inch; ``topics.csv``, the rows that are drawn, as `analysis.export`
            writes them; and ``topics.txt``, the caption. Older ones are replaced.
        width_mm : float
            Width in print; the height follows. Journals set a figure over two columns at about
            180 mm. In one column of 90 mm the letters of these charts would be a little over 3
            points high, which nobody reads: a width that gives less than 6 points is refused.

        Returns
        -------
        list of Path
            The four files.

        Raises
        ------
        ValueError
            The letters would be too small, or the name has one of these endings.
        """
        return chart_files.save(self, Path(stem), width_mm)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return picture and words; a page also needs the parts of the words and the data.

        ``plot`` are the rows of pixels from and to which the axes reach, ``csv`` is the data.
        """
        rest = self.figure.get_layout_engine().get()["rect"]  # type: ignore[union-attr]
        height = self.figure.get_figheight() * DPI
        plot = [round((1 - rest[1] - rest[3]) * height), round((1 - rest[1]) * height)]
        about = {"title": self.finding.title, "note": self.note, "plot": plot}
        about["csv"] = csv_of(self.data).decode("utf-8-sig")
        return (
            {"image/png": self.png, "text/plain": self.alt},
            {"image/png": {"alt": self.alt, **about}},
        )


def frame(finding: Finding, subtitle: str, source: str, height: float) -> Figure:
    """Return a figure with finding, subtitle and source, and `height` inches for what is between.

    Parameters
    ----------
    finding : Finding
        Its title is set above the chart.
    subtitle : str
        What is counted, how many of it, and when.
    source : str
        Where the rows come from.
    height : float
        Inches left for the axes.
    """
    lines = {
        name: textwrap.wrap(text, LETTERS[name])
        for name, text in (("title", finding.title), ("subtitle", subtitle), ("source", source))
    }
    taken = {name: LINE[name] * len(wrapped) for name, wrapped in lines.items()}
    above = 2 * MARGIN + taken["title"] + taken["subtitle"]
    below = 2 * MARGIN + taken["source"]
    total = above + height + below
    rest = (0.0, below / total, 1.0, height / total)
    figure = Figure(
        figsize=(WIDTH, total),
        dpi=DPI,
        facecolor="white",
        layout=ConstrainedLayoutEngine(rect=rest),
    )
    left = MARGIN / WIDTH
    figure.text(
        left, 1 - MARGIN / total, "\n".join(lines["title"]), size=13, weight="bold", va="top",
        linespacing=1.15,
    )  # fmt: skip
    figure.text(
        left, 1 - (MARGIN + taken["title"] + 0.03) / total, "\n".join(lines["subtitle"]),
        size=9.5, color=MUTED, va="top",
    )  # fmt: skip
    figure.text(left, MARGIN / total, "\n".join(lines["source"]), size=8, color=MUTED, va="bottom")
    return figure


def finish(
    figure: Figure, finding: Finding, subtitle: str, source: str, data: pd.DataFrame
) -> Chart:
    """Draw the figure, put the chart's text together, and keep the rows that it shows."""
    finding = Finding(*map(spelled, finding))
    _spell(figure)
    picture = BytesIO()
    # Without the software's name and version the same chart is the same bytes.
    figure.savefig(picture, format="png", metadata={"Software": None},
                   pil_kwargs={"optimize": True})  # fmt: skip
    note = spelled(" ".join(sentence(part) for part in (subtitle, source) if part))
    return Chart(figure, picture.getvalue(), finding, note, data)


def _spell(figure: Figure) -> None:
    """Spell out in every word of a drawing what no font has and no SVG may hold."""
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        text.set_text(spelled(text.get_text()))
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    for ticks in {axis.get_major_formatter() for axis in axes}:
        if isinstance(ticks, FuncFormatter):  # it would set the words of the ticks anew
            ticks.func = _spelling(ticks.func)


def _spelling(words: Callable[..., Any]) -> Callable[..., str]:
    return lambda at, place=None: spelled(str(words(at, place)))


def stacked(**tables: pd.DataFrame) -> pd.DataFrame:
    """Put the tables that one chart draws one below the other; ``drawn`` says which a row is from.

    Examples
    --------
    >>> one, two = pd.DataFrame({"n": [3]}), pd.DataFrame({"day": ["2025-03-18"]})
    >>> stacked(bars=one, lines=two)["drawn"].tolist()
    ['bars', 'lines']
    """
    return pd.concat(tables, names=["drawn"]).reset_index(level="drawn").reset_index(drop=True)


def something(table: pd.DataFrame, rows: str) -> pd.DataFrame:
    """Return the table, or say that it has no rows to draw.

    Examples
    --------
    >>> something(pd.DataFrame(), "targets")
    Traceback (most recent call last):
    ...
    ValueError: there are no targets here, so there is nothing to draw
    """
    if table.empty:
        raise ValueError(f"there are no {rows} here, so there is nothing to draw")
    return table


def year_of(day: pd.Timestamp) -> float:
    """Return a day as a year with a fraction, which is a place on an axis of years.

    Examples
    --------
    >>> float(year_of(pd.Timestamp("2025-01-01")))
    2025.0
    """
    return day.year + (day.day_of_year - 1) / 366
