"""Whether a long piece of work shows a bar, and which one: decided here and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def bar(items: Iterable[T], total: int | None, unit: str, shown: bool) -> Iterable[T]:
    """Go through `items` with a bar where somebody can see it.

    On a terminal it is drawn with letters; in a notebook as a widget, which also a check of stored
    outputs finds the same each time, since what is stored is the bar at its start. In a pipe or a
    log file there is none.

    Parameters
    ----------
    items : iterable
        What is worked through.
    total : int, optional
        How many there are, or None where that is seen at the end only.
    unit : str
        What one of them is called, in the plural.
    shown : bool
        Whether a bar is wanted at all.

    Examples
    --------
    >>> [2 * n for n in bar([1, 2], total=2, unit="numbers", shown=False)]
    [2, 4]
    """
    if not shown:
        return items
    notebook = _in_notebook()
    if notebook and find_spec("ipywidgets"):  # without them tqdm.auto would warn
        from tqdm.notebook import tqdm as widget

        return widget(items, total=total, unit=f" {unit}")
    # None: only on a terminal, which the output of a notebook is not.
    return tqdm(items, total=total, unit=f" {unit}", disable=False if notebook else None)


def _in_notebook() -> bool:
    """Tell whether a Jupyter kernel runs this; nothing is imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and "IPKernelApp" in shell.config
