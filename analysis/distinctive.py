"""What one group has more of than the others, with shrinkage for what is rare."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def log_odds(has: Any, groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return z-scores of log-odds ratios, each group against all others.

    The method of Monroe, Colaresi and Quinn (2008, equations 16 and 22), with a prior that has the
    shares of all groups together and the weight of one group, so that something said once stands
    out nowhere.

    Parameters
    ----------
    has : array or sparse array, shape (items, features)
        How often each item has each feature; not below 0.
    groups : array of int, shape (items,)
        The group of each item, counted from 0.

    Returns
    -------
    array of float, shape (groups, features)
        Above 1.64 a feature is over-represented at 5 % (one-sided).

    Examples
    --------
    >>> has = np.array([[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 1, 1]])
    >>> log_odds(has, np.array([0, 0, 1, 1])).round(2).tolist()
    [[1.24, -1.24, 0.0], [-1.24, 1.24, 0.0]]
    """
    items = np.arange(len(groups))
    member = sparse.csr_array((np.ones(len(groups)), (groups, items)))
    inside = member @ sparse.csr_array(has, dtype=np.float64)
    counts = np.asarray(inside.toarray())
    everywhere = counts.sum(axis=0)
    prior = everywhere / len(counts)
    here, elsewhere = counts + prior, everywhere - counts + prior
    odds = np.log(here / (here.sum(axis=1, keepdims=True) - here))
    others = np.log(elsewhere / (elsewhere.sum(axis=1, keepdims=True) - elsewhere))
    return np.asarray((odds - others) / np.sqrt(1 / here + 1 / elsewhere))
