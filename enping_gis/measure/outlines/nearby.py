"""Find the pairs of plots that may lie within reach of each other, through a hashed grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import FEW_STEPS, STEPS_A_VERTEX, compiled, part_of_loops
from enping_gis.measure.outlines.sides import box_gap2
from enping_gis.measure.outlines.spans import sort_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

# A plot that is wider or longer than so many cells is entered where its sides run, not where
# its box lies: the box of a river bank covers half a town.
_WIDE_CELLS = 4
_LOW_BITS = 0xFFFFFFFF


class Nearby(NamedTuple):
    """
    Pairs of plots that may lie within reach of each other.

    Parameters
    ----------
    left, right : numpy.ndarray of int, shape (m,)
        Rows, left the lesser; sorted by left, then right.
    wide : numpy.ndarray of bool, shape (n,)
        Plots so wide that what lies inside them, away from their sides, is not among the pairs.
    """

    left: Rows
    right: Rows
    wide: Flags


class _Marks(NamedTuple):
    """Trapezoids with upright flanks: the box of a plot, or one of its sides (no height)."""

    plot: Rows
    x: Floats  # of the two flanks
    low: Floats  # lower end of either flank
    high: Floats


def nearby_pairs(outlines: Outlines, reach_m: float) -> Nearby:
    """
    Find all pairs of plots whose outlines may come within reach of each other.

    Parameters
    ----------
    outlines : Outlines
        The plots.
    reach_m : float
        The distance, in metres.

    Returns
    -------
    Nearby
        No pair within reach is missing, but for what lies inside a wide plot; pairs that are
        further apart may be among them.
    """
    box = outlines.plot_box
    span_m = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    there = span_m >= 0
    # As wide as a usual plot and the reach, so that most plots are entered four times at most.
    cell_m = max(float(np.median(span_m[there])) if there.any() else 0.0, 1e-3) + reach_m
    wide = span_m > _WIDE_CELLS * cell_m
    marks = _marks(outlines, np.flatnonzero(there & ~wide), np.flatnonzero(wide))
    # Half the reach on either side adds up to the whole; the rest is for rounding.
    plot, bucket = _entries(marks, cell_m, reach_m / 2 + 1e-6)
    left, right = _pairs(box, plot, bucket, reach_m)
    return Nearby(left, right, wide)


def _marks(outlines: Outlines, usual: Rows, wide: Rows) -> _Marks:
    box = outlines.plot_box[usual]
    plot_of_run = outlines.plot_of_run
    runs = np.flatnonzero(np.isin(plot_of_run, wide))
    counts = outlines.run_last[runs] - outlines.run_first[runs]
    begins = np.cumsum(counts) - counts
    side = np.arange(counts.sum()) + np.repeat(outlines.run_first[runs] - begins, counts)
    starts, ends = outlines.points[side], outlines.points[side + 1]
    heights = np.column_stack([starts[:, 1], ends[:, 1]])
    plot = np.concatenate([usual, np.repeat(plot_of_run[runs], counts)])
    order = np.argsort(plot, kind="stable")
    return _Marks(
        plot=plot[order],
        x=np.concatenate([box[:, [0, 2]], np.column_stack([starts[:, 0], ends[:, 0]])])[order],
        low=np.concatenate([box[:, [1, 1]], heights])[order],
        high=np.concatenate([box[:, [3, 3]], heights])[order],
    )


def _entries(marks: _Marks, cell_m: float, rim_m: float) -> tuple[Rows, Rows]:
    """Enter each mark in all cells it comes within the rim of; return plots and buckets."""
    none = np.empty(0, dtype=np.int64)
    # A long side runs through many cells; those beyond are not worth an exact count.
    cells = np.minimum(np.abs(np.diff(marks.x, axis=1)) / cell_m + 1.0, FEW_STEPS)
    enter = _enter.at(int(max(cells.sum(), len(marks.plot)) * STEPS_A_VERTEX))
    count = enter(marks, cell_m, rim_m, none, none)
    plot, bucket = np.empty((2, count), dtype=np.int64)
    enter(marks, cell_m, rim_m, plot, bucket)
    return plot, bucket


@compiled
def _enter(marks: _Marks, cell_m: float, rim_m: float, plot: Rows, bucket: Rows) -> int:
    """Write the entries where there is room for them; return how many there are."""
    used = 0
    for mark in range(len(marks.plot)):
        west, east = marks.x[mark, 0], marks.x[mark, 1]
        first = math.floor((min(west, east) - rim_m) / cell_m)
        last = math.floor((max(west, east) + rim_m) / cell_m)
        for column in range(first, last + 1):
            # The share of the way from one flank to the other at either edge of the column.
            enters = _share(column * cell_m - rim_m, west, east)
            leaves = _share((column + 1) * cell_m + rim_m, west, east)
            low = min(_between(marks.low, mark, enters), _between(marks.low, mark, leaves))
            high = max(_between(marks.high, mark, enters), _between(marks.high, mark, leaves))
            bottom, top = math.floor((low - rim_m) / cell_m), math.floor((high + rim_m) / cell_m)
            for line in range(bottom, top + 1):
                if used < len(plot):
                    plot[used], bucket[used] = marks.plot[mark], _hash(column, line)
                used += 1
    return used


@part_of_loops
def _share(x: float, west: float, east: float) -> float:
    if west == east:
        return 0.0 if x < west else 1.0
    return min(max((x - west) / (east - west), 0.0), 1.0)


@part_of_loops
def _between(ends: Floats, mark: int, share: float) -> float:
    return ends[mark, 0] + share * (ends[mark, 1] - ends[mark, 0])


@part_of_loops
def _hash(column: int, line: int) -> int:
    # Columns a thousand million cells away would overflow.
    return (column & _LOW_BITS) * 73_856_093 ^ (line & _LOW_BITS) * 19_349_663


class _Buckets(NamedTuple):
    """Entries of plots in buckets; those of a bucket lie side by side, plots ascending."""

    plot: Rows  # of each entry
    place: Rows  # of each entry in `held`
    end: Rows  # of its bucket in `held`
    held: Rows


def _pairs(box: Floats, plot: Rows, bucket: Rows, reach_m: float) -> tuple[Rows, Rows]:
    """Compare the boxes of plots that share a bucket."""
    size = 1 << max(len(plot) - 1, 0).bit_length()
    bucket = bucket & (size - 1)
    first = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(bucket, minlength=size), out=first[1:])
    place, held = np.empty((2, len(plot)), dtype=np.int64)
    _sort_into_buckets.at(len(plot) * STEPS_A_VERTEX)(plot, bucket, first[:-1].copy(), place, held)
    buckets = _Buckets(plot, place, first[bucket + 1], held)
    seen, none = np.full(len(box), -1), np.empty(0, dtype=np.int64)
    compare = _compare.at(int((buckets.end - buckets.place).sum()) * STEPS_A_VERTEX)
    count = compare(box, buckets, reach_m, seen, none, none)
    seen[:] = -1
    left, right = np.empty((2, count), dtype=np.int64)
    compare(box, buckets, reach_m, seen, left, right)
    return left, right


@compiled
def _sort_into_buckets(plot: Rows, bucket: Rows, free: Rows, place: Rows, held: Rows) -> None:
    for entry in range(len(plot)):
        place[entry] = free[bucket[entry]]
        held[place[entry]] = plot[entry]
        free[bucket[entry]] += 1


@compiled
def _compare(
    box: Floats, buckets: _Buckets, reach_m: float, seen: Rows, left: Rows, right: Rows
) -> int:
    """Write the pairs whose boxes come within reach, where there is room; return how many."""
    used, begin = 0, 0
    plot, held = buckets.plot, buckets.held
    for entry in range(len(plot)):
        one = plot[entry]
        for each in range(buckets.place[entry] + 1, buckets.end[entry]):
            other = held[each]
            if other == one or seen[other] == one:
                continue
            if box_gap2(box, one, box, other) > reach_m * reach_m:
                continue
            seen[other] = one
            if used < len(left):
                left[used], right[used] = one, other
            used += 1
        if entry + 1 == len(plot) or plot[entry + 1] != one:
            sort_rows(right, begin, min(used, len(right)))
            begin = used
    return used
