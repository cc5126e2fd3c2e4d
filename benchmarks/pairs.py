"""Pairs of plots that a route found, and how they compare with the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


class Pairs(NamedTuple):
    """
    Pairs of plots by their row numbers, each once, in either order.

    Parameters
    ----------
    left, right : numpy.ndarray of int
        Rows.
    shared_m : numpy.ndarray of float, optional
        Length of the shared boundary, for routes that measure it.
    """

    left: Rows
    right: Rows
    shared_m: Floats | None = None

    def keys(self, plots: int) -> Rows:
        """
        Give each pair a number.

        Parameters
        ----------
        plots : int
            How many plots there are.

        Returns
        -------
        numpy.ndarray of int
            The same in either order.
        """
        left, right = np.asarray(self.left, np.int64), np.asarray(self.right, np.int64)
        return np.minimum(left, right) * plots + np.maximum(left, right)

    def lasting(self, least_m: float) -> Pairs:
        """
        Keep the pairs that share some length, where the route measures it.

        Parameters
        ----------
        least_m : float
            Least length in metres.

        Returns
        -------
        Pairs
            Those that share as much.
        """
        if self.shared_m is None:
            return self
        kept = self.shared_m >= least_m
        return Pairs(self.left[kept], self.right[kept], self.shared_m[kept])


def pairs_of(found: Any, ids: pd.Series) -> Pairs:  # noqa: ANN401 - whatever a route returns
    """
    Bring what a route returned into one form.

    Parameters
    ----------
    found : Pairs, pandas.DataFrame, or sequence
        A table with ``left``, ``right`` and perhaps ``shared_m``; or rows or, as arrays, columns
        of row numbers and perhaps lengths.
    ids : pandas.Series of str
        Ids of the plots in the order of their rows.

    Returns
    -------
    Pairs
        The same pairs.
    """
    if isinstance(found, Pairs):
        return found
    if isinstance(found, pd.DataFrame):
        index = pd.Index(ids)
        left, right = (index.get_indexer(found[side]) for side in ("left", "right"))
        return Pairs(left, right, found["shared_m"].to_numpy())
    rows = found and isinstance(found[0], tuple)
    columns = [np.asarray(column) for column in (zip(*found, strict=True) if rows else found)]
    return Pairs(*columns) if columns else Pairs(*np.zeros((2, 0), dtype=np.int64))


@dataclass(frozen=True)
class Truth:
    """
    What is known of the pairs of a layer.

    Parameters
    ----------
    pairs : Pairs
        Those that share a boundary, with its length.
    neither : Pairs
        Those that are neither right nor wrong.
    plots : int
        How many plots there are.
    clear_m : float
        Pairs that share more, in metres, must be found.
    """

    pairs: Pairs
    neither: Pairs
    plots: int
    clear_m: float


class Quality(NamedTuple):
    """
    How found pairs compare with the truth.

    Parameters
    ----------
    pairs : int
        How many were found.
    recall : float
        Share of the pairs that must be found.
    precision : float
        Share of the pairs found that are true.
    median_m, p99_m : float
        Median and 99th percentile of the error of the length, in metres; nan without lengths.
    """

    pairs: int
    recall: float
    precision: float
    median_m: float
    p99_m: float

    @property
    def is_complete(self) -> bool:
        """Whether all pairs were found, no other, and their lengths."""
        return self.recall == 1 and self.precision == 1 and not np.isnan(self.median_m)


def quality(found: Pairs, truth: Truth, least_m: float) -> Quality:
    """
    Compare pairs with the truth.

    Parameters
    ----------
    found : Pairs
        What a route found.
    truth : Truth
        What is known.
    least_m : float
        Least length of a pair, in metres; found pairs that share less do not count.

    Returns
    -------
    Quality
        Recall, precision and errors; nan where there is nothing to divide by.
    """
    found = found.lasting(least_m)
    keys, known = found.keys(truth.plots), truth.pairs.keys(truth.plots)
    counted = ~np.isin(keys, truth.neither.keys(truth.plots))
    keys = keys[counted]
    true_m = pd.Series(truth.pairs.shared_m, index=known)
    must = known[true_m.to_numpy() > truth.clear_m]
    is_true = np.isin(keys, known)
    errors_m = np.full(1, np.nan)
    if found.shared_m is not None and is_true.any():
        errors_m = np.abs(found.shared_m[counted][is_true] - true_m[keys[is_true]].to_numpy())
    return Quality(
        pairs=len(keys),
        recall=float(np.isin(must, keys).mean()) if len(must) else np.nan,
        precision=float(is_true.mean()) if len(keys) else np.nan,
        median_m=float(np.median(errors_m)),
        p99_m=float(np.quantile(errors_m, 0.99)),
    )
