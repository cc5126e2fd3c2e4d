"""Measure what pairs of plots have in common, without building it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import STEPS_A_PAIR, compiled, in_blocks, part_of_loops
from enping_gis.measure.outlines.pieces import (
    MANY_PIECES,
    Chords,
    area_in_common_m2,
    depth_m,
    longest_chord_m,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

# Beyond this the work grows with the square of the sides, and an overlay with a sweep is quicker.
_MANY_PRODUCTS = 100_000
# Turning all vertices of an outline, to see how far it extends, pays only while they are few.
_FEW_RUNS = 4


class Common(NamedTuple):
    """
    What pairs of plots have in common.

    Parameters
    ----------
    area_m2 : numpy.ndarray of float, shape (m,)
        Area of the intersection; nan where it has too many sides to be measured this way.
    narrow : numpy.ndarray of bool, shape (m,)
        Whether it is certain that no disk of the width asked for fits into the intersection.
    """

    area_m2: Floats
    narrow: Flags


class _Window(NamedTuple):
    """A rectangle that holds the intersection; its long side may run in any direction."""

    x: float  # of the origin, in the plane
    y: float
    along: float  # unit vector of its own x axis
    across: float
    west: float  # edges in its own axes
    south: float
    east: float
    north: float


class _Scratch(NamedTuple):
    """Room for the turned vertices of two outlines, and their pieces within a window."""

    turned: Floats
    other_turned: Floats
    ones: Floats
    others: Floats
    chords: Chords


def in_common(
    outlines: Outlines, left: Rows, right: Rows, along: Floats, *, width_m: float
) -> Common:
    """
    Measure the intersections of pairs of valid plots.

    The area of an intersection is the sum, over all pairs of sides of the two plots, of the area
    below both sides, with the sign of the directions they run in. The sum takes no decision on
    which side passes above which, so it cannot fail, and errs by rounding alone. Only what lies
    in the rectangle that the two plots share is added up; for two neighbours, seen along their
    boundary, that is a strip.

    A disk holds an upright chord through its centre. So where all upright chords of the
    intersection are shorter than the disk is wide, it does not fit.

    Parameters
    ----------
    outlines : Outlines
        The plots.
    left, right : numpy.ndarray of int, shape (m,)
        Rows of the plots of each pair.
    along : numpy.ndarray of float, shape (m, 2)
        Unit vector in which the boundary of each pair runs, as far as is known.
    width_m : float
        Diameter of the disk, in metres.

    Returns
    -------
    Common
        The figures of each pair.
    """
    found = Common(np.zeros(len(left)), np.ones(len(left), dtype=bool))
    measure_all = _in_common.at(len(left) * STEPS_A_PAIR)

    def _measure(block: slice) -> None:
        part = Common(found.area_m2[block], found.narrow[block])
        room = _room(outlines.most_vertices)
        measure_all(outlines, left[block], right[block], along[block], width_m, part, room)

    in_blocks(_measure, len(left))
    return found


def _room(vertices: int) -> _Scratch:
    # The window cuts a side into three at the most.
    turned, pieces = np.empty((2, vertices, 2)), np.empty((2, 3 * vertices, 5))
    stops = np.empty(2 * MANY_PIECES + MANY_PIECES * MANY_PIECES)
    chords = Chords(stops, np.empty((MANY_PIECES, 5)))
    return _Scratch(turned[0], turned[1], pieces[0], pieces[1], chords)


@compiled
def _in_common(
    outlines: Outlines,
    left: Rows,
    right: Rows,
    along: Floats,
    width_m: float,
    found: Common,
    scratch: _Scratch,
) -> None:
    ones, others = scratch.ones, scratch.others
    disk_m2 = math.pi * width_m * width_m / 4
    for pair in range(len(left)):
        window = _window(outlines, left[pair], right[pair], along[pair, 0], along[pair, 1])
        window = _tighter(outlines, left[pair], window, scratch.turned)
        window = _tighter(outlines, right[pair], window, scratch.other_turned)
        if window.west >= window.east or window.south >= window.north:
            continue
        count = _pieces(outlines, left[pair], window, scratch.turned, ones)
        other_count = _pieces(outlines, right[pair], window, scratch.other_turned, others)
        if count * other_count > _MANY_PRODUCTS:
            found.area_m2[pair], found.narrow[pair] = math.nan, False
            continue
        found.area_m2[pair] = area_in_common_m2(ones, count, others, other_count)
        if found.area_m2[pair] <= disk_m2:
            continue
        if min(window.east - window.west, window.north - window.south) < width_m:
            continue
        found.narrow[pair] = (
            depth_m(ones, count, others, other_count) < width_m
            or depth_m(others, other_count, ones, count) < width_m
        ) or (
            count + other_count <= MANY_PIECES
            and longest_chord_m(ones, count, others, other_count, scratch.chords) < width_m
        )


@part_of_loops
def _window(outlines: Outlines, one: int, other: int, along: float, across: float) -> _Window:
    box = outlines.plot_box
    west, east = max(box[one, 0], box[other, 0]), min(box[one, 2], box[other, 2])
    south, north = max(box[one, 1], box[other, 1]), min(box[one, 3], box[other, 3])
    x, y = (west + east) / 2, (south + north) / 2
    wide, high = (east - west) / 2, (north - south) / 2
    half_x = abs(along) * wide + abs(across) * high
    half_y = abs(across) * wide + abs(along) * high
    if wide < 0 or high < 0:
        half_x = half_y = -1.0
    return _Window(x, y, along, across, -half_x, -half_y, half_x, half_y)


@part_of_loops
def _tighter(outlines: Outlines, plot: int, window: _Window, turned: Floats) -> _Window:
    """Cut the window back to the extent that the plot has in its directions."""
    first, last = outlines.plot_run[plot], outlines.plot_run[plot + 1]
    if last - first > _FEW_RUNS:
        return window
    _turn(outlines, plot, first, last, window, turned)
    west, south, east, north = math.inf, math.inf, -math.inf, -math.inf
    for point in range(outlines.run_last[last - 1] + 1 - outlines.run_first[first]):
        west, east = min(west, turned[point, 0]), max(east, turned[point, 0])
        south, north = min(south, turned[point, 1]), max(north, turned[point, 1])
    return _Window(
        window.x,
        window.y,
        window.along,
        window.across,
        max(window.west, west),
        max(window.south, south),
        min(window.east, east),
        min(window.north, north),
    )


@part_of_loops
def _turn(
    outlines: Outlines, plot: int, first_run: int, end_run: int, window: _Window, turned: Floats
) -> None:
    """Turn the vertices of some runs of a plot to the axes of the window."""
    begin = outlines.run_first[outlines.plot_run[plot]]
    for point in range(outlines.run_first[first_run], outlines.run_last[end_run - 1] + 1):
        x, y = outlines.points[point, 0] - window.x, outlines.points[point, 1] - window.y
        turned[point - begin, 0] = x * window.along + y * window.across
        turned[point - begin, 1] = y * window.along - x * window.across


@part_of_loops
def _pieces(outlines: Outlines, plot: int, window: _Window, turned: Floats, pieces: Floats) -> int:
    """
    Cut the sides of a plot to the window, heights measured from its floor; return how many.

    What passes over the window runs along its top, what passes under it is left out.
    """
    used = 0
    first_run, end_run = outlines.plot_run[plot], outlines.plot_run[plot + 1]
    for run in range(first_run, end_run):
        place, sign = _place(outlines, run, window), outlines.run_sign[run]
        if place == _AWAY:
            continue
        if end_run - first_run > _FEW_RUNS:
            _turn(outlines, plot, run, run + 1, window, turned)
        first = outlines.run_first[run] - outlines.run_first[first_run]
        last = outlines.run_last[run] - outlines.run_first[first_run]
        if place == _OVER:
            # However it winds up there, only where it enters and leaves counts.
            top = window.north
            used = _cut(turned[first, 0], top, turned[last, 0], top, sign, window, pieces, used)
            continue
        for point in range(first, last):
            x1, y1 = turned[point, 0], turned[point, 1]
            x2, y2 = turned[point + 1, 0], turned[point + 1, 1]
            used = _cut(x1, y1, x2, y2, sign, window, pieces, used)
    return used


_AWAY, _OVER, _AT = 0, 1, 2


@part_of_loops
def _place(outlines: Outlines, run: int, window: _Window) -> int:
    """Tell whether the box of a run is beside or under the window, over it, or at it."""
    box = outlines.run_box
    x, y = (box[run, 0] + box[run, 2]) / 2 - window.x, (box[run, 1] + box[run, 3]) / 2 - window.y
    wide, high = (box[run, 2] - box[run, 0]) / 2, (box[run, 3] - box[run, 1]) / 2
    half_x = abs(window.along) * wide + abs(window.across) * high
    half_y = abs(window.across) * wide + abs(window.along) * high
    x, y = x * window.along + y * window.across, y * window.along - x * window.across
    if x + half_x <= window.west or x - half_x >= window.east or y + half_y <= window.south:
        return _AWAY
    return _OVER if y - half_y >= window.north else _AT


@part_of_loops
def _cut(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    sign: float,
    window: _Window,
    pieces: Floats,
    used: int,
) -> int:
    """Add what a side covers of the window: the piece within, and the piece along the top."""
    if x1 == x2:
        return used
    if x1 < x2:
        sign = -sign
    else:
        x1, y1, x2, y2 = x2, y2, x1, y1
    if x2 <= window.west or x1 >= window.east:
        return used
    slope = (y2 - y1) / (x2 - x1)
    west, east = max(x1, window.west), min(x2, window.east)
    top = window.north - window.south
    low = (y1 if west == x1 else y1 + slope * (west - x1)) - window.south
    high = (y2 if east == x2 else y1 + slope * (east - x1)) - window.south
    if low <= 0 and high <= 0:
        return used
    if low >= top and high >= top:
        return _add(west, top, east, top, sign, pieces, used)
    return _cut_to_height(west, low, east, high, top, sign, pieces, used)


@part_of_loops
def _cut_to_height(
    west: float,
    low: float,
    east: float,
    high: float,
    top: float,
    sign: float,
    pieces: Floats,
    used: int,
) -> int:
    # Where the side passes through the floor and the top of the window.
    floor_x, top_x = west, west
    if low != high:
        floor_x = west + (0 - low) / (high - low) * (east - west)
        top_x = west + (top - low) / (high - low) * (east - west)
    if low < 0:
        west, low = floor_x, 0.0
    elif low > top:
        used = _add(west, top, top_x, top, sign, pieces, used)
        west, low = top_x, top
    if high < 0:
        east, high = floor_x, 0.0
    elif high > top:
        used = _add(top_x, top, east, top, sign, pieces, used)
        east, high = top_x, top
    return _add(west, low, east, high, sign, pieces, used)


@part_of_loops
def _add(x1: float, y1: float, x2: float, y2: float, sign: float, pieces: Floats, used: int) -> int:
    if x1 >= x2:
        return used
    pieces[used, 0], pieces[used, 1] = x1, y1
    pieces[used, 2], pieces[used, 3] = x2, y2
    pieces[used, 4] = sign
    return used + 1
