"""Precision, recall, F1 and accuracy with intervals, from the outcomes of comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.outcomes import MEASURES, PANEL_MEASURES, Outcome
from analysis.statistics import resamples

DRAWS = 2000  # enough that the ends of a 95 % interval move by less than half a point
SEED = 2021
# What each kind of outcome counts as: a figure found with another value is both one too many and
# one too few.
COUNTED = {"tp": ("right",), "fp": ("extra", "differs"), "fn": ("missed", "differs")}
STATISTICS = MEASURES | PANEL_MEASURES
COUNTS = ["tp", "fp", "fn", "right", "of"]


@dataclass(frozen=True)
class Evaluation:
    """What came of a comparison with gold.

    Attributes
    ----------
    counts : DataFrame
        A row is one article and one measure: ``article_id``, ``group`` (as the gold gives it),
        ``measure``, then ``tp``, ``fp``, ``fn`` for measures of F1, or how many were ``right``
        ``of`` how many for measures of accuracy; the others are missing.
    errors : DataFrame
        A row is one error: ``article_id``, ``measure``, ``kind`` (missed, extra, differs),
        ``expected``, ``received``, and ``start``, ``end`` in ``articles.text`` with the characters
        there as ``surface``; these are missing where the error is one of the whole article.
    """

    counts: pd.DataFrame
    errors: pd.DataFrame

    def summary(self, level: float = 0.95, by: str | None = None) -> pd.DataFrame:
        """Sum up over articles; a row is one measure, or one measure of one group.

        Parameters
        ----------
        level : float
            Coverage of the intervals.
        by : {"group"}, optional
            Sum up within each group of articles.

        Returns
        -------
        DataFrame
            ``measure``, micro-averaged ``precision``, ``recall`` and ``f1``, or ``accuracy``; the
            bounds ``low`` and ``high`` of the percentile bootstrap interval (Efron 1979) of f1 or
            accuracy; ``items`` that the gold holds and the number of ``articles`` that count for
            the measure. Whole articles are drawn with a fixed seed, because the errors of one
            article are not independent. Missing is what cannot be computed: precision where
            nothing was found, an interval of fewer than two articles. An interval from 1 to 1 says
            that these articles hold no error, not that others will hold none.

        Raises
        ------
        ValueError
            `level` is not between 0 and 1, or `by` is no grouping.
        """
        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1; received {level}")
        if by is None:
            return _summary(self.counts, level)
        if by != "group":
            raise ValueError(f"by {by!r} is no grouping; allowed: 'group', or None for all")
        parts = []
        for name, counts in self.counts.groupby(by, dropna=False, sort=True):
            part = _summary(counts, level)
            part.insert(0, by, pd.Series(name, index=part.index, dtype="string"))
            parts.append(part)
        return pd.concat(parts, ignore_index=True)


def evaluation(
    compared: Sequence[tuple[str, str | None, str, Iterable[Outcome]]], measures: list[str]
) -> Evaluation:
    """Lay out outcomes as counts and errors; an item is one article: id, group, text, outcomes."""
    articles = pd.DataFrame(
        [(article_id, group) for article_id, group, _, _ in compared],
        columns=["article_id", "group"],
        dtype="string",
    )
    rows = [
        (article_id, o.measure, o.kind, o.expected, o.received, *_located(text, o))
        for article_id, _, text, outcomes in compared
        for o in outcomes
    ]
    text_columns = ["article_id", "measure", "kind", "expected", "received"]
    table = pd.DataFrame(rows, columns=[*text_columns, "start", "end", "surface"]).astype(
        dict.fromkeys([*text_columns, "surface"], "string") | {"start": "Int64", "end": "Int64"}
    )
    kinds = table.groupby(["article_id", "measure", "kind"]).size().unstack(fill_value=0)
    kinds = kinds.reindex(columns=["right", "missed", "extra", "differs"], fill_value=0)
    grid = articles.merge(
        pd.DataFrame({"measure": pd.array(measures, dtype="string")}), how="cross"
    )
    counts = grid.merge(kinds, how="left", on=["article_id", "measure"]).fillna(
        dict.fromkeys(kinds.columns, 0)
    )
    of_f1 = counts["measure"].map(STATISTICS) == "f1"
    summed = {name: counts[list(from_)].sum(axis=1) for name, from_ in COUNTED.items()}
    summed |= {"right": counts["right"], "of": counts["right"] + counts["differs"]}
    for name, column in summed.items():
        kept = of_f1 if name in COUNTED else ~of_f1
        grid[name] = column.astype("Int64").where(kept)
    errors = table[table["kind"] != "right"].reset_index(drop=True)
    return Evaluation(grid, errors)


def _located(text: str, o: Outcome) -> tuple[int | None, int | None, str | None]:
    """Return an outcome's offsets, kept within the text, and the characters there."""
    if o.start is None or o.end is None:
        return None, None, None
    start, end = max(0, o.start), min(len(text), o.end)
    return start, end, text[start:end]


def _summary(counts: pd.DataFrame, level: float) -> pd.DataFrame:
    """Sum up counts; every array has a column a measure."""
    measures = counts["measure"].drop_duplicates()
    cells = {
        name: counts.pivot(index="article_id", columns="measure", values=name)[list(measures)]
        .fillna(0)
        .to_numpy(float)
        for name in COUNTS
    }
    total = {name: cell.sum(axis=0) for name, cell in cells.items()}
    of_f1 = (measures.map(STATISTICS) == "f1").to_numpy()
    # F1 is 2 tp / (2 tp + fp + fn), accuracy is right / of: one ratio, summed over articles.
    above = np.where(of_f1, 2 * cells["tp"], cells["right"])
    below = np.where(of_f1, 2 * cells["tp"] + cells["fp"] + cells["fn"], cells["of"])
    value = _ratio(above.sum(axis=0), below.sum(axis=0))
    drawn = resamples(len(above), DRAWS, SEED)
    bounds = _interval(_ratio(drawn @ above, drawn @ below), level)
    bounds[:, (below > 0).sum(axis=0) < 2] = np.nan
    items = np.where(of_f1, total["tp"] + total["fn"], total["of"])
    columns = {
        "precision": np.where(of_f1, _ratio(total["tp"], total["tp"] + total["fp"]), np.nan),
        "recall": np.where(of_f1, _ratio(total["tp"], total["tp"] + total["fn"]), np.nan),
        "f1": np.where(of_f1, value, np.nan),
        "accuracy": np.where(of_f1, np.nan, value),
        "low": bounds[0],
        "high": bounds[1],
    }
    summed = pd.DataFrame({"measure": measures.to_numpy()}).astype("string")
    for name, column in columns.items():
        summed[name] = pd.Series(column, dtype="Float64")
    summed["items"] = items.astype("int64")
    summed["articles"] = (below > 0).sum(axis=0).astype("int64")
    return summed


def _ratio(above: NDArray[Any], below: NDArray[Any]) -> NDArray[np.float64]:
    missing = np.full(above.shape, np.nan)
    return np.asarray(np.divide(above, below, out=missing, where=below > 0))


def _interval(values: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return the bounds of the middle `level` of each column; draws that gave no value are out."""
    bounds = np.full((2, values.shape[1]), np.nan)
    for column, drawn in enumerate(values.T):
        given = drawn[~np.isnan(drawn)]
        if given.size:
            bounds[:, column] = np.quantile(given, [(1 - level) / 2, (1 + level) / 2])
    return bounds
