"""How charts look: one theme, one palette, one choice of fonts and one width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib
import seaborn as sns
from matplotlib import font_manager

# Petroff's six colours (2021), told apart with any colour vision; ordered values are in cividis.
BLUE, ORANGE, RED, PURPLE, GREY, VIOLET = (
    "#5790fc", "#f89c20", "#e42536", "#964a8b", "#9c9ca1", "#7a21dd",
)  # fmt: skip
INK, MUTED, RULE, EMPTY = "#1f1f1f", "#5a5a5a", "#dddddd", "#eeeeee"
ORDERED = "cividis_r"  # the more, the darker
COLOURS = {
    "rose": BLUE,
    "fell": RED,
    "unclear": GREY,
    "earlier": ORANGE,
    "later": BLUE,
    "actual": BLUE,
    "target": RED,
    "needed": GREY,
    "share": BLUE,
    "both": GREY,
}
SIDES = (BLUE, RED, PURPLE, ORANGE, VIOLET)  # in the order in which sides are given

# DejaVu comes with matplotlib and has every Vietnamese letter; the others have Korean and Chinese.
FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumGothic",
)
WIDTH = 8.0  # inches
DPI = 110


@contextmanager
def themed() -> Iterator[None]:
    """Draw with the theme of this module, and leave the settings of the caller as they were."""
    with matplotlib.rc_context():
        sns.set_theme(
            style="white",
            palette=[BLUE, ORANGE, RED, PURPLE, GREY, VIOLET],
            rc={
                # set_theme puts Arial first, which has neither Vietnamese nor Korean letters.
                "font.family": installed_fonts(),
                "font.size": 9,
                "axes.labelsize": 9,
                "xtick.labelsize": 9,
                "ytick.labelsize": 9,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.spines.left": False,
                "axes.edgecolor": MUTED,
                "axes.labelcolor": MUTED,
                "text.color": INK,
                "xtick.color": MUTED,
                "ytick.color": INK,
                "figure.dpi": DPI,
                "text.parse_math": False,  # "US$1 and US$2" is no formula
            },
        )
        yield


@cache
def installed_fonts() -> list[str]:
    """Return those of `FONTS` that this machine has; others would be reported missing each time."""
    present = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in FONTS if name in present]


def side_colours(sides: Iterable[str]) -> dict[str, str]:
    """Give each side its colour, in the order given; speakers together and unknown ones are grey.

    Examples
    --------
    >>> side_colours(["NOR", "KEN", "both"])
    {'NOR': '#5790fc', 'KEN': '#e42536', 'both': '#9c9ca1'}
    """
    named = [side for side in dict.fromkeys(sides) if side in COLOURS or side.isupper()]
    own = [side for side in named if side not in COLOURS]
    picked = {side: SIDES[i % len(SIDES)] for i, side in enumerate(own)}
    return {side: picked.get(side, GREY) for side in named}
