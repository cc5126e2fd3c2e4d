"""Find where two plots face each other across a gap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import STEPS_A_PAIR, compiled, in_blocks, part_of_loops
from enping_gis.measure.outlines.sides import box_gap2

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

# Sides face each other where what leads out of the one leads into the other: their outward normals
# make more than about 105 degrees. In a triangular hole they make 120.
_FACING_COSINE = -0.25
# Shorter stretches are what corners have that are not quite square.
_LEAST_M = 0.01


class Facing(NamedTuple):
    """
    Where pairs of plots face each other.

    Parameters
    ----------
    width_m : numpy.ndarray of float, shape (m,)
        How far apart sides that face each other lie at the most, up to the widest gap asked for;
        0 where there are none.
    box : numpy.ndarray of float, shape (m, 4)
        West, south, east and north of the stretches that lie further apart than the least.
    """

    width_m: Floats
    box: Floats


class _Side(NamedTuple):
    """A side whose plot lies to the left: its start, its unit vector, its length."""

    x: float
    y: float
    along: float
    across: float
    length_m: float


def facing(outlines: Outlines, left: Rows, right: Rows, *, least_m: float, most_m: float) -> Facing:
    """
    Find where the boundaries of pairs of plots face each other across a gap.

    A point of a side faces a side of the other plot where the other side passes square before it,
    on the outer side, its own outer side turned to the point. What lies between is not looked at:
    it may be a third plot.

    Parameters
    ----------
    outlines : Outlines
        The plots.
    left, right : numpy.ndarray of int, shape (m,)
        Rows of the plots of each pair.
    least_m, most_m : float
        How wide the gap is, in metres.

    Returns
    -------
    Facing
        The figures of each pair; the width is 0 where it certainly has no such gap between
        sides that face each other.
    """
    none = [math.inf, math.inf, -math.inf, -math.inf]
    found = Facing(np.zeros(len(left)), np.tile(none, (len(left), 1)))
    runs = np.diff(outlines.plot_run)
    find_all = _facing.at(len(left) * STEPS_A_PAIR + int((runs[left] + runs[right]).sum()))

    def _find(block: slice) -> None:
        part = Facing(*(column[block] for column in found))
        find_all(outlines, left[block], right[block], least_m, most_m, part)
        find_all(outlines, right[block], left[block], least_m, most_m, part)

    in_blocks(_find, len(left))
    return found


@compiled
def _facing(
    outlines: Outlines, left: Rows, right: Rows, least_m: float, most_m: float, found: Facing
) -> None:
    run_box, plot_run, most2 = outlines.run_box, outlines.plot_run, most_m * most_m
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        for run in range(plot_run[a], plot_run[a + 1]):
            if box_gap2(run_box, run, outlines.plot_box, b) > most2:
                continue
            for other in range(plot_run[b], plot_run[b + 1]):
                if box_gap2(run_box, run, run_box, other) <= most2:
                    _compare(outlines, run, other, (least_m, most_m), found, pair)


@part_of_loops
def _compare(
    outlines: Outlines,
    run: int,
    other: int,
    limits: tuple[float, float],
    found: Facing,
    pair: int,
) -> None:
    """Compare all sides of one run with all sides of another."""
    points, most_m = outlines.points, limits[1]
    for side in range(outlines.run_first[run], outlines.run_last[run]):
        one = _side(points, side, outlines.run_sign[run])
        if one.length_m == 0 or _off_m(one, outlines.run_box, other) > most_m:
            continue
        for each in range(outlines.run_first[other], outlines.run_last[other]):
            _note(one, _side(points, each, outlines.run_sign[other]), limits, found, pair)


@part_of_loops
def _side(points: Floats, side: int, sign: float) -> _Side:
    """Return a side so turned that its plot lies to the left."""
    start, end = (side, side + 1) if sign > 0 else (side + 1, side)
    x, y = points[start, 0], points[start, 1]
    along, across = points[end, 0] - x, points[end, 1] - y
    length_m = math.sqrt(along * along + across * across)
    share = 1.0 / length_m if length_m > 0 else 0.0
    return _Side(x, y, along * share, across * share, length_m)


@part_of_loops
def _off_m(side: _Side, box: Floats, run: int) -> float:
    """Return how far a side lies off a box, along the axes."""
    x, y = side.x + side.along * side.length_m, side.y + side.across * side.length_m
    off_x = max(min(side.x, x) - box[run, 2], box[run, 0] - max(side.x, x))
    off_y = max(min(side.y, y) - box[run, 3], box[run, 1] - max(side.y, y))
    return max(off_x, off_y)


@part_of_loops
def _note(one: _Side, other: _Side, limits: tuple[float, float], found: Facing, pair: int) -> None:
    """Note the stretch over which two sides face each other."""
    cosine = one.along * other.along + one.across * other.across
    if other.length_m == 0 or cosine > _FACING_COSINE:
        return
    # Along the one side, and out of its plot, which is to the right.
    x, y = other.x - one.x, other.y - one.y
    at, out = x * one.along + y * one.across, x * one.across - y * one.along
    sine = other.along * one.across - other.across * one.along
    end, far = at + cosine * other.length_m, out + sine * other.length_m
    # The other side runs back: from its end to its start. Its share of the way within both.
    low, high = max(end, 0.0), min(at, one.length_m)
    if high - low < _LEAST_M:
        return
    slope = (out - far) / (at - end)
    at_low, at_high = far + (low - end) * slope, far + (high - end) * slope
    least_m, most_m = limits
    if max(at_low, at_high) <= least_m or min(at_low, at_high) >= most_m:
        return
    found.width_m[pair] = max(found.width_m[pair], min(max(at_low, at_high), most_m))
    for along_m, out_m in ((low, at_low), (high, at_high), (low, 0.0), (high, 0.0)):
        ahead_m = min(max(out_m, 0.0), most_m)
        _widen(
            found.box,
            pair,
            one.x + one.along * along_m + one.across * ahead_m,
            one.y + one.across * along_m - one.along * ahead_m,
        )


@part_of_loops
def _widen(box: Floats, row: int, x: float, y: float) -> None:
    box[row, 0], box[row, 1] = min(box[row, 0], x), min(box[row, 1], y)
    box[row, 2], box[row, 3] = max(box[row, 2], x), max(box[row, 3], y)
