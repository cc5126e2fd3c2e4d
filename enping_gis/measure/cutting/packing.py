"""Put shapes that lie together next to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]


def packed(sides: Floats, size: int) -> Rows:
    """
    Order boxes so that runs of them are compact: strips from west to east, each south to north.

    This is the packing of the STR tree (sort, tile, recurse) on one level.

    Parameters
    ----------
    sides : array of float, shape (n, 4)
        West, south, east and north side of each box.
    size : int
        How many boxes there will be in a run.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Rows of the boxes.

    Examples
    --------
    >>> packed(np.array([[5, 0, 6, 1], [0, 9, 1, 10], [0, 0, 1, 1]]), 1).tolist()
    [2, 1, 0]
    """
    count = len(sides)
    strips = max(1, round((count / size) ** 0.5))
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(sides[:, 0], kind="stable")] = np.arange(count)
    return np.lexsort((sides[:, 1], rank * strips // max(1, count)))
