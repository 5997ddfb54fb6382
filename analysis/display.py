"""One text with its marks as HTML: escaped, in paragraphs, each mark with its kind in words.

The words of a mark stand in the page itself, not in a colour or a tooltip, so that they are read
by a screen reader, in print and where no style sheet is loaded.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from markupsafe import Markup, escape

from analysis.controls import pictured, spelled

BREAK = re.compile(r"\n\s*")  # what lies between two paragraphs
KIND = re.compile(r"[a-z][a-z-]*")
# JupyterLab would set what stands between two signs of the dollar as a formula, links and all.
CLASSES = "readout mathjax_ignore tex2jax_ignore"
# For notebooks: holds for their own output alone, and takes its colours from the page, which is
# light or dark; kinds are told apart by lines and words. A page of the site has its own styles.
STYLE = """<style>
.readout mark { background: none; color: inherit; text-underline-offset: 0.25em; }
.readout mark.topics { text-decoration: underline solid 2px; }
.readout mark.actors { text-decoration: underline dotted 2px; }
.readout mark.figures { text-decoration: underline double 2px; }
.readout mark.statements { border-left: 3px solid; padding-left: 0.2em; }
.readout mark.continued { border-left: none; padding-left: 0; }
.readout details mark { font-weight: bold; }
.readout details { min-width: 14em; }
.readout details[open] { min-width: 24em; }
.readout .label { display: inline-block; border: 1px solid; border-radius: 3px; }
.readout .label { padding: 0 0.25em; margin-right: 0.25em; font-size: 70%; line-height: 1.3; }
.readout .label { color: var(--jp-ui-font-color2, inherit); user-select: none; }
.readout table.dataframe :is(td, th) { text-align: left; vertical-align: top; }
.readout table.dataframe .number { text-align: right; white-space: nowrap; }
</style>"""


class Span(NamedTuple):
    """Characters to mark: where, the kind (a CSS class) and what the mark says in words."""

    start: int
    end: int
    kind: str
    label: str


def framed(html: Markup) -> str:
    """Return HTML as the output of a notebook, with the style that belongs to it alone.

    Examples
    --------
    >>> framed(Markup("<p>12 rows</p>")).splitlines()[-1]
    '</style><p>12 rows</p></div>'
    """
    return str(Markup('<div class="{}">{}{}</div>').format(CLASSES, Markup(STYLE), html))


class _Mark(NamedTuple):
    """All spans on the very same characters: the characters between breaks, and the two tags."""

    start: int
    end: int
    opening: str
    again: str


def annotate(text: str, spans: Iterable[tuple[int, int, str, str]]) -> Markup:
    r"""Return a text as paragraphs of HTML in which spans are marked.

    Every span is a ``<mark>`` whose class is its kind, with the id ``c{start}-{end}`` and its label
    in a ``<span class="label">`` before the text. Spans on the very same characters share one mark
    with all their labels. Marks nest; where two cross or one goes on in the next paragraph, the
    inner one is closed and opened again as ``<mark class="KIND continued">`` without id and label.
    Without its tags and labels the HTML is the text, character by character, but for controls that
    a page would drop: their pictures stand for them. A newline and the white space after it stand
    between two paragraphs.

    The work is proportional to the text and the tags written: for n spans that all cross each
    other these are n² tags.

    Parameters
    ----------
    text : str
        Anything; it is escaped.
    spans : iterable of (start, end, kind, label)
        ``Span`` or plain tuples in any order; half-open ranges of characters of `text`. `kind` is
        a word of small letters, `label` any text; an empty one is left out.

    Returns
    -------
    Markup
        Safe to put into a page; a template does not escape it again.

    Raises
    ------
    ValueError
        A span lies outside of the text or between two paragraphs, or its kind is no word.

    Examples
    --------
    >>> print(annotate("They agreed\non trade.", [(15, 20, "topics", "topic: Trade")]))
    <p>They agreed</p>
    <p>on <mark class="topics" id="c15-20"><span class="label">topic: Trade
    </span>trade</mark>.</p>
    >>> annotate("trade", [(3, 9, "topics", "topic: Trade")])
    Traceback (most recent call last):
    ...
    ValueError: span 3-9 (topic: Trade) lies outside of the text, which has 5 characters; give the
    spans of this article only
    """
    breaks = [m.span() for m in BREAK.finditer(text)]
    starting, ending = defaultdict(list), Counter[int]()
    for mark in _marks(text, spans, breaks):
        starting[mark.start].append(mark)
        ending[mark.end] += 1
    leaves = {start for start, _ in breaks}
    edges = sorted({0, len(text), *starting, *ending, *(edge for b in breaks for edge in b)})
    out: list[str] = []
    opened: list[_Mark] = []  # from the outermost to the innermost
    waiting: list[_Mark] = []  # closed only to let another one end, or a paragraph
    written: set[_Mark] = set()
    paragraph = False
    for here, there in pairwise(edges):
        due = ending[here]
        while due or (opened and here in leaves):
            mark = opened.pop()
            out.append("</mark>")
            if mark.end > here:
                waiting.append(mark)
            else:
                due -= 1
        if here in leaves:
            out.append("</p>" if paragraph else "")
            paragraph = False
        else:
            out.append("" if paragraph else "<p>")
            paragraph = True
            waiting += starting[here]
            # The one that ends last goes outside, so that the others can end without it.
            for mark in sorted(waiting, key=lambda m: (-m.end, m.start)):
                out.append(mark.again if mark in written else mark.opening)
                opened.append(mark)
            written.update(waiting)
            waiting = []
        out.append(_escaped(text[here:there]))
    out.append("</mark>" * len(opened) + ("</p>" if paragraph else ""))
    return Markup("".join(out))


def _marks(
    text: str, spans: Iterable[tuple[int, int, str, str]], breaks: list[tuple[int, int]]
) -> list[_Mark]:
    """Return one mark for all spans on the same characters, trimmed to what a paragraph holds."""
    together: dict[tuple[int, int], dict[tuple[str, str], None]] = defaultdict(dict)
    for start, end, kind, label in spans:
        if not 0 <= start < end <= len(text):
            raise ValueError(
                f"span {start}-{end} ({label}) lies outside of the text, which has {len(text)} "
                "characters; give the spans of this article only"
            )
        if not KIND.fullmatch(kind):
            raise ValueError(f"kind {kind!r} of span {start}-{end} is no word of small letters")
        together[start, end][kind, label] = None
    marks = []
    for (start, end), said in together.items():
        first, last = _trimmed(start, end, breaks)
        if first >= last:
            raise ValueError(f"span {start}-{end} holds nothing but the space between paragraphs")
        kinds = " ".join(dict.fromkeys(kind for kind, _ in said))
        words = [_escaped(spelled(label)) for _, label in said if label]
        labels = "".join(f'<span class="label">{word} </span>' for word in words)
        opening = f'<mark class="{kinds}" id="c{start}-{end}">{labels}'
        marks.append(_Mark(first, last, opening, f'<mark class="{kinds} continued">'))
    return marks


def _trimmed(start: int, end: int, breaks: list[tuple[int, int]]) -> tuple[int, int]:
    """Move the ends of a span that lie between two paragraphs into its own paragraphs."""
    at = bisect_right(breaks, start, key=itemgetter(0)) - 1
    if at >= 0 and start < breaks[at][1]:
        start = breaks[at][1]
    at = bisect_left(breaks, end, key=itemgetter(0)) - 1
    if at >= 0 and end <= breaks[at][1]:
        end = breaks[at][0]
    return start, end


def _escaped(text: str) -> str:
    """Escape a text; a page would drop controls and turn a carriage return into a newline."""
    return str(escape(pictured(text))).replace("\r", "&#13;")
