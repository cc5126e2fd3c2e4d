"""Measure how far the boundaries of two plots run along each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

# Segments asked for at a time; bounds the memory that their hits take.
_BATCH = 100_000


@dataclass(frozen=True)
class _Segments:
    """The sides of all rings, with the plot each belongs to; sides without length are left out."""

    start: Floats
    end: Floats
    unit: Floats
    length_m: Floats
    plot: Rows


def running_lengths(
    shapes: npt.NDArray[np.object_], left: Rows, right: Rows, reach_m: float
) -> Floats:
    """
    Measure the length over which the boundaries of two plots run along each other.

    A point of one boundary counts where the other boundary passes within `reach_m` of it, at a
    right angle to the side the point lies on. So ends have no caps, and a corner or a square
    crossing counts nothing, a T-junction what it shares, a hole what fills it. The length is
    the mean of both directions. Rings count as they are: along a sliver thinner than
    `reach_m` both of its long sides run along the neighbour.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Plots in metres near the origin; None where a plot has no usable geometry.
    left, right : array of int, shape (m,)
        Rows of the plots of each pair; no pair twice, in whatever order.
    reach_m : float
        How far apart the boundaries may be, in metres.

    Returns
    -------
    numpy.ndarray of float, shape (m,)
        Length in metres per pair.
    """
    lengths_m = np.zeros(len(left))
    if not len(left):
        return lengths_m
    keys = np.minimum(left, right) * len(shapes) + np.maximum(left, right)
    order = np.argsort(keys)
    sides = _segments(shapes, np.unique(np.concatenate([left, right])))
    for near in _close(sides, reach_m):
        ends = sides.plot[near]
        key = ends.min(axis=0) * len(shapes) + ends.max(axis=0)
        pair = order[np.minimum(np.searchsorted(keys, key, sorter=order), len(order) - 1)]
        asked = keys[pair] == key
        (onto, other), pair = near[:, asked], pair[asked]
        low, high = _spans(sides, onto, other, reach_m)
        covered_m, pair = _united(low, high, onto * len(left) + pair, pair)
        lengths_m += np.bincount(pair, covered_m, minlength=len(left))
    return lengths_m / 2


def _segments(shapes: npt.NDArray[np.object_], rows: Rows) -> _Segments:
    parts, part_row = shapely.get_parts(shapes[rows], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = points[:-1], points[1:]
    steps = end - start
    lengths_m = np.hypot(steps[:, 0], steps[:, 1])
    kept = (ring[:-1] == ring[1:]) & (lengths_m > 0)
    lengths_m = lengths_m[kept]
    return _Segments(
        start=start[kept],
        end=end[kept],
        unit=steps[kept] / lengths_m[:, None],
        length_m=lengths_m,
        plot=rows[part_row[ring_part[ring[:-1][kept]]]],
    )


def _close(sides: _Segments, reach_m: float) -> Iterator[Rows]:
    """Find pairs of sides of different plots whose boxes come close, each in both orders."""
    # A diagonal has the box of the side; half the reach on either side adds up to the whole.
    low = np.minimum(sides.start, sides.end) - reach_m / 2
    high = np.maximum(sides.start, sides.end) + reach_m / 2
    boxes = shapely.linestrings(np.stack([low, high], axis=1))
    tree = shapely.STRtree(boxes)
    for first in range(0, len(boxes), _BATCH):
        near = tree.query(boxes[first : first + _BATCH])
        near[0] += first
        foreign = sides.plot[near[0]] != sides.plot[near[1]]
        yield near[:, foreign]


def _spans(sides: _Segments, onto: Rows, other: Rows, reach_m: float) -> tuple[Floats, Floats]:
    """Project onto each side the part of another that lies square to it within the reach."""
    unit, origin = sides.unit[onto], sides.start[onto]
    x_start, y_start = _seen_along(unit, sides.start[other] - origin)
    x_end, y_end = _seen_along(unit, sides.end[other] - origin)
    rise = y_end - y_start
    level = rise == 0
    safe_rise = np.where(level, 1.0, rise)
    lower, upper = (-reach_m - y_start) / safe_rise, (reach_m - y_start) / safe_rise
    # The other side is followed from 0 to 1; it lies within the reach from `enters` to `leaves`.
    enters = np.where(level, 0.0, np.maximum(np.minimum(lower, upper), 0.0))
    leaves = np.where(level, 1.0, np.minimum(np.maximum(lower, upper), 1.0))
    leaves[level & (np.abs(y_start) > reach_m)] = -1.0
    x_enters = x_start + enters * (x_end - x_start)
    x_leaves = x_start + leaves * (x_end - x_start)
    low = np.maximum(np.minimum(x_enters, x_leaves), 0.0)
    high = np.minimum(np.maximum(x_enters, x_leaves), sides.length_m[onto])
    return low, np.where(enters < leaves, high, low)


def _seen_along(unit: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Turn offsets into the frame whose x axis is `unit`."""
    along = offset[:, 0] * unit[:, 0] + offset[:, 1] * unit[:, 1]
    across = offset[:, 1] * unit[:, 0] - offset[:, 0] * unit[:, 1]
    return along, across


def _united(low: Floats, high: Floats, group: Rows, pair: Rows) -> tuple[Floats, Rows]:
    """Give each interval the length it adds to the union of its group."""
    some = high > low
    low, high, group, pair = low[some], high[some], group[some], pair[some]
    order = np.lexsort((low, group))
    low, high, group, pair = low[order], high[order], group[order], pair[order]
    # The running maximum of `high` must start anew with each group. On ranks, which are whole
    # numbers, a step per group does that without touching the last digits of the lengths.
    count = len(high)
    by_high = np.argsort(high)
    rank = np.empty(count, dtype=np.int64)
    rank[by_high] = np.arange(count)
    new_group = np.ones(count, dtype=bool)
    new_group[1:] = group[1:] != group[:-1]
    highest = np.maximum.accumulate(np.cumsum(new_group) * count + rank) % max(count, 1)
    begins = low.copy()
    begins[1:] = np.maximum(low[1:], high[by_high[highest[:-1]]])
    begins = np.where(new_group, low, begins)
    return np.maximum(high - begins, 0.0), pair
