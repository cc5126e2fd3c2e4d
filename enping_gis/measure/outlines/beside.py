"""Measure how far apart two plots lie, and how far their boundaries run along each other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import STEPS_A_PAIR, compiled, in_blocks, part_of_loops
from enping_gis.measure.outlines.inside import one_inside
from enping_gis.measure.outlines.sides import SLACK_M, box_gap2
from enping_gis.measure.outlines.spans import united

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]


# Runs whose sides are compared together: all those of a usual plot.
_BATCH_RUNS = 8


class Beside(NamedTuple):
    """
    How pairs of plots lie beside each other.

    Parameters
    ----------
    gap_m : numpy.ndarray of float, shape (m,)
        Least distance of the plots, in metres; inf where it is beyond the reach.
    shared_m : numpy.ndarray of float, shape (m,)
        Length over which the boundaries run along each other, in metres.
    along : numpy.ndarray of float, shape (m, 2)
        Unit vector of the side that runs along the other plot furthest.
    """

    gap_m: Floats
    shared_m: Floats
    along: Floats


class _Near(NamedTuple):
    """
    Room for the sides of a plot that lie near another, and for the stretches of one side.

    `counts` notes the batches of runs that were near, and the sides of both in the last of them.
    """

    ends: Floats
    box: Floats
    along: Floats
    low: Floats
    high: Floats
    hull: Floats
    counts: Rows


def beside(
    outlines: Outlines, left: Rows, right: Rows, *, tolerance_m: float, reach_m: float
) -> Beside:
    """
    Measure how pairs of plots lie beside each other.

    A point of one boundary counts as shared where the other boundary passes within
    `tolerance_m` of it, at a right angle to the side the point lies on. So ends have no caps,
    and a corner or a square crossing counts nothing, a T-junction what it shares, a hole what
    fills it. The length is the mean of both directions. Rings count as they are: along a sliver
    thinner than `tolerance_m` both of its long sides run along the neighbour.

    Parameters
    ----------
    outlines : Outlines
        The plots.
    left, right : numpy.ndarray of int, shape (m,)
        Rows of the plots of each pair.
    tolerance_m : float
        How far apart boundaries may run and still be one, in metres.
    reach_m : float
        How far apart plots may lie, in metres; not less than `tolerance_m`.

    Returns
    -------
    Beside
        The figures of each pair.
    """
    found = Beside(np.full(len(left), np.inf), np.zeros(len(left)), np.empty((len(left), 2)))
    room, measure_all = outlines.most_vertices, _beside.at(len(left) * STEPS_A_PAIR)

    def _measure(block: slice) -> None:
        part = Beside(*(column[block] for column in found))
        one, other = _room(room), _room(room)
        measure_all(outlines, left[block], right[block], tolerance_m, reach_m, part, one, other)

    in_blocks(_measure, len(left))
    return found


def _room(sides: int) -> _Near:
    rows, numbers = np.empty((3, sides, 4)), np.empty((2, sides))
    return _Near(
        *(rows[0], rows[1], rows[2], numbers[0], numbers[1]),
        hull=np.empty((1, 4)),
        counts=np.zeros(3, dtype=np.int64),
    )


@compiled
def _beside(
    outlines: Outlines,
    left: Rows,
    right: Rows,
    tolerance_m: float,
    reach_m: float,
    found: Beside,
    one: _Near,
    other: _Near,
) -> None:
    near2, reach2 = tolerance_m * tolerance_m, reach_m * reach_m
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        found.along[pair, 0], found.along[pair, 1] = 1.0, 0.0
        gap2, boxes2 = math.inf, box_gap2(outlines.plot_box, a, outlines.plot_box, b)
        if boxes2 <= near2:
            gap2, shared_m, x, y = _followed(outlines, a, b, tolerance_m, one, other)
            found.shared_m[pair] = shared_m
            found.along[pair, 0], found.along[pair, 1] = x, y
        if gap2 > near2 and reach2 > near2:
            gap2 = _far_gap2(outlines, a, b, reach2, one, other)
        if boxes2 == 0 and gap2 > SLACK_M * SLACK_M and one_inside(outlines, a, b):
            gap2 = 0.0
        found.gap_m[pair] = math.sqrt(gap2)


@part_of_loops
def _followed(
    outlines: Outlines, plot: int, neighbour: int, tolerance_m: float, one: _Near, other: _Near
) -> tuple[float, float, float, float]:
    """Follow both outlines; return gap2 (inf if beyond), shared_m, unit of the side shared most."""
    gap2, there_m, x, y = _followed_one_way(outlines, plot, neighbour, tolerance_m, one, other)
    if one.counts[0] == 1:
        # The sides of both are at hand: no others are near.
        sides, others = one.counts[1], one.counts[2]
        back2, back_m, _, _ = _stretches(other, others, one, sides, tolerance_m)
    else:
        back2, back_m, _, _ = _followed_one_way(outlines, neighbour, plot, tolerance_m, one, other)
    gap2 = min(gap2, back2)
    if gap2 > tolerance_m * tolerance_m:
        return math.inf, 0.0, x, y
    return gap2, (there_m + back_m) / 2, x, y


@part_of_loops
def _followed_one_way(
    outlines: Outlines, plot: int, neighbour: int, tolerance_m: float, one: _Near, other: _Near
) -> tuple[float, float, float, float]:
    """Follow an outline; return the least gap2, shared_m, and the unit of the side shared most."""
    gap2, shared_m, longest_m, x, y = math.inf, 0.0, 0.0, 1.0, 0.0
    batches, end = 0, outlines.plot_run[plot + 1]
    for run in range(outlines.plot_run[plot], end, _BATCH_RUNS):
        last = min(run + _BATCH_RUNS, end)
        sides, others = _both_gathered(outlines, run, last, neighbour, tolerance_m, one, other)
        if sides == 0:
            continue
        batch2, batch_m, batch_longest_m, side = _stretches(one, sides, other, others, tolerance_m)
        gap2 = min(gap2, batch2)
        shared_m += batch_m
        if batch_longest_m > longest_m:
            longest_m, x, y = batch_longest_m, one.along[side, 0], one.along[side, 1]
        batches += 1
        one.counts[1], one.counts[2] = sides, others
    one.counts[0] = batches
    return gap2, shared_m, x, y


@part_of_loops
def _stretches(
    one: _Near, sides: int, other: _Near, others: int, tolerance_m: float
) -> tuple[float, float, float, int]:
    """Follow some sides along others; return gap2, shared_m, the longest stretch and its side."""
    near2 = tolerance_m * tolerance_m
    gap2, shared_m, longest_m, longest = math.inf, 0.0, 0.0, 0
    for side in range(sides):
        spans = 0
        for each in range(others):
            if box_gap2(one.box, side, other.box, each) > near2:
                continue
            off1, at1, off2, at2 = _seen_from(one, side, other, each)
            length_m = one.along[side, 2]
            if gap2 > 0:
                gap2 = min(gap2, _ends_gap2(off1, at1, off2, at2, length_m))
            if min(off1, off2) <= tolerance_m and max(off1, off2) >= -tolerance_m:
                low, high = _stretch(off1, at1, off2, at2, length_m, tolerance_m)
                if low < high:
                    one.low[spans], one.high[spans] = low, high
                    spans += 1
        length_m = united(one.low, one.high, spans)
        shared_m += length_m
        if length_m > longest_m:
            longest_m, longest = length_m, side
    return gap2, shared_m, longest_m, longest


@part_of_loops
def _seen_from(one: _Near, side: int, other: _Near, each: int) -> tuple[float, float, float, float]:
    """Return how far off and how far along a side the two ends of another lie, in metres."""
    x, y = one.along[side, 0], one.along[side, 1]
    x1, y1 = other.ends[each, 0] - one.ends[side, 0], other.ends[each, 1] - one.ends[side, 1]
    x2, y2 = other.ends[each, 2] - one.ends[side, 0], other.ends[each, 3] - one.ends[side, 1]
    return y1 * x - x1 * y, x1 * x + y1 * y, y2 * x - x2 * y, x2 * x + y2 * y


@part_of_loops
def _ends_gap2(off1: float, at1: float, off2: float, at2: float, length_m: float) -> float:
    """Return the squared distance of the ends of another side to a side; 0 if the two cross."""
    if off1 * off2 < 0 and 0 <= at1 + off1 / (off1 - off2) * (at2 - at1) <= length_m:
        return 0.0
    past1, past2 = max(-at1, at1 - length_m, 0.0), max(-at2, at2 - length_m, 0.0)
    return min(off1 * off1 + past1 * past1, off2 * off2 + past2 * past2)


@part_of_loops
def _stretch(
    off1: float, at1: float, off2: float, at2: float, length_m: float, tolerance_m: float
) -> tuple[float, float]:
    """Return from where to where a side has another square beside it within the tolerance."""
    if max(abs(off1), abs(off2)) > tolerance_m:
        # The other side is followed from 0 to 1; in between it comes within the tolerance.
        low, high = (-tolerance_m - off1) / (off2 - off1), (tolerance_m - off1) / (off2 - off1)
        enters, leaves = max(min(low, high), 0.0), min(max(low, high), 1.0)
        at1, at2 = at1 + enters * (at2 - at1), at1 + leaves * (at2 - at1)
    return max(min(at1, at2), 0.0), min(max(at1, at2), length_m)


@part_of_loops
def _far_gap2(
    outlines: Outlines, plot: int, neighbour: int, reach2: float, one: _Near, other: _Near
) -> float:
    """Return the least squared distance of two outlines that do not meet; inf beyond the reach."""
    # The sides nearest to the box of the other plot are seldom far from being the nearest.
    first, second = _nearest(outlines, plot, neighbour), _nearest(outlines, neighbour, plot)
    _gather(outlines.points, first, one, 0)
    _gather(outlines.points, second, other, 0)
    gap2 = _sides_gap2(one, 0, other, 0)
    limit2 = min(gap2, reach2)
    end = outlines.plot_run[plot + 1]
    for run in range(outlines.plot_run[plot], end, _BATCH_RUNS):
        last, limit_m = min(run + _BATCH_RUNS, end), math.sqrt(limit2)
        sides, others = _both_gathered(outlines, run, last, neighbour, limit_m, one, other)
        for side in range(sides):
            for each in range(others):
                if box_gap2(one.box, side, other.box, each) < limit2:
                    gap2 = min(gap2, _sides_gap2(one, side, other, each))
                    limit2 = min(gap2, limit2)
    return gap2 if gap2 <= reach2 else math.inf


@part_of_loops
def _sides_gap2(one: _Near, side: int, other: _Near, each: int) -> float:
    """Return the squared distance of two sides: an end of one of them is nearest."""
    off1, at1, off2, at2 = _seen_from(one, side, other, each)
    there2 = _ends_gap2(off1, at1, off2, at2, one.along[side, 2])
    off1, at1, off2, at2 = _seen_from(other, each, one, side)
    return min(there2, _ends_gap2(off1, at1, off2, at2, other.along[each, 2]))


@part_of_loops
def _nearest(outlines: Outlines, plot: int, neighbour: int) -> int:
    """Return the vertex at which the side begins that lies nearest to the box of the neighbour."""
    points, box = outlines.points, outlines.plot_box
    least2, nearest = math.inf, outlines.run_first[outlines.plot_run[plot]]
    for run in range(outlines.plot_run[plot], outlines.plot_run[plot + 1]):
        if box_gap2(outlines.run_box, run, box, neighbour) >= least2:
            continue
        for point in range(outlines.run_first[run], outlines.run_last[run]):
            x1, x2 = points[point, 0], points[point + 1, 0]
            y1, y2 = points[point, 1], points[point + 1, 1]
            x = max(min(x1, x2) - box[neighbour, 2], box[neighbour, 0] - max(x1, x2), 0.0)
            y = max(min(y1, y2) - box[neighbour, 3], box[neighbour, 1] - max(y1, y2), 0.0)
            if x * x + y * y < least2 and (x1 != x2 or y1 != y2):
                least2, nearest = x * x + y * y, point
    return nearest


@part_of_loops
def _both_gathered(
    outlines: Outlines,
    first_run: int,
    end_run: int,
    neighbour: int,
    limit_m: float,
    one: _Near,
    other: _Near,
) -> tuple[int, int]:
    """Gather the sides of some runs near a plot, and its sides near them; return how many."""
    sides, others, limit2 = 0, 0, limit_m * limit_m
    for run in range(first_run, end_run):
        if box_gap2(outlines.run_box, run, outlines.plot_box, neighbour) <= limit2:
            sides = _gathered(outlines, run, outlines.plot_box, neighbour, limit_m, one, sides)
    if sides == 0:
        return 0, 0
    _write_hull(one, sides)
    for run in range(outlines.plot_run[neighbour], outlines.plot_run[neighbour + 1]):
        if box_gap2(outlines.run_box, run, one.hull, 0) <= limit2:
            others = _gathered(outlines, run, one.hull, 0, limit_m, other, others)
    return sides, others


@part_of_loops
def _gathered(
    outlines: Outlines, run: int, boxes: Floats, box: int, limit_m: float, near: _Near, used: int
) -> int:
    """Gather the sides of a run near a box behind those that are there; return how many."""
    points = outlines.points
    west, south = boxes[box, 0] - limit_m, boxes[box, 1] - limit_m
    east, north = boxes[box, 2] + limit_m, boxes[box, 3] + limit_m
    first, last = outlines.run_first[run], outlines.run_last[run]
    x1, y1 = points[first, 0], points[first, 1]
    before = (x1 < west) | (x1 > east) << 1 | (y1 < south) << 2 | (y1 > north) << 3
    for point in range(first, last):
        x2, y2 = points[point + 1, 0], points[point + 1, 1]
        after = (x2 < west) | (x2 > east) << 1 | (y2 < south) << 2 | (y2 > north) << 3
        # A side lies off the box where both its ends are beyond the same edge.
        if before & after == 0 and (x1 != x2 or y1 != y2):
            _gather(points, point, near, used)
            used += 1
        x1, y1, before = x2, y2, after
    return used


@part_of_loops
def _gather(points: Floats, point: int, near: _Near, used: int) -> None:
    x1, y1 = points[point, 0], points[point, 1]
    x2, y2 = points[point + 1, 0], points[point + 1, 1]
    near.ends[used, 0], near.ends[used, 1] = x1, y1
    near.ends[used, 2], near.ends[used, 3] = x2, y2
    near.box[used, 0], near.box[used, 1] = min(x1, x2), min(y1, y2)
    near.box[used, 2], near.box[used, 3] = max(x1, x2), max(y1, y2)
    length_m = math.sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1))
    # Whoever asks for a side without length finds its start.
    share = 1.0 / length_m if length_m > 0 else 0.0
    near.along[used, 0], near.along[used, 1] = (x2 - x1) * share, (y2 - y1) * share
    near.along[used, 2] = length_m


@part_of_loops
def _write_hull(near: _Near, sides: int) -> None:
    west, south, east, north = math.inf, math.inf, -math.inf, -math.inf
    for side in range(sides):
        west, south = min(west, near.box[side, 0]), min(south, near.box[side, 1])
        east, north = max(east, near.box[side, 2]), max(north, near.box[side, 3])
    near.hull[0, 0], near.hull[0, 1], near.hull[0, 2], near.hull[0, 3] = west, south, east, north
