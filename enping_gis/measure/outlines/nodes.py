"""Find the vertices of plots that lie on a neighbour's boundary where it has none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import STEPS_A_PAIR, compiled, part_of_loops
from enping_gis.measure.outlines.sides import box_gap2

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Rows = npt.NDArray[np.int64]


class Unmatched(NamedTuple):
    """
    Vertices that a neighbour does not have.

    Parameters
    ----------
    pair : numpy.ndarray of int, shape (k,)
        Which of the pairs each is of, ascending.
    place : numpy.ndarray of int, shape (k,)
        Where in the points of the outlines it is.
    beside : numpy.ndarray of int, shape (k,)
        The same of the vertex of the neighbour that it lies beside; -1 where that is the middle
        of a side.
    """

    pair: Rows
    place: Rows
    beside: Rows


def unmatched_vertices(
    outlines: Outlines, left: Rows, right: Rows, *, tolerance_m: float, match_m: float
) -> Unmatched:
    """
    Find the vertices of either plot of a pair that the other should have, too.

    Parameters
    ----------
    outlines : Outlines
        The plots.
    left, right : numpy.ndarray of int, shape (m,)
        Rows of the plots of each pair.
    tolerance_m : float
        Up to this distance, in metres, square off one of its sides, a vertex lies on the
        boundary of the other plot.
    match_m : float
        Up to this distance, in metres, two vertices are one.

    Returns
    -------
    Unmatched
        Vertices on the boundary of the other plot that match none of its vertices.
    """
    runs = np.diff(outlines.plot_run)
    find = _unmatched.at(len(left) * STEPS_A_PAIR + int((runs[left] + runs[right]).sum()))
    none = np.empty(0, dtype=np.int64)
    near = np.empty(int(runs.max(initial=0)), dtype=np.int64)
    limits = (tolerance_m, match_m)
    count = find(outlines, left, right, limits, Unmatched(none, none, none), near)
    found = Unmatched(*np.empty((3, count), dtype=np.int64))
    find(outlines, left, right, limits, found, near)
    return found


@compiled
def _unmatched(
    outlines: Outlines,
    left: Rows,
    right: Rows,
    limits: tuple[float, float],
    found: Unmatched,
    near: Rows,
) -> int:
    """Write the vertices where there is room for them; return how many there are."""
    used = 0
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        for one, other in ((a, b), (b, a)):
            for run in range(outlines.plot_run[one], outlines.plot_run[one + 1]):
                runs = _runs_near(outlines, run, other, limits[0], near)
                if runs > 0:
                    used = _of_run(outlines, run, near[:runs], limits, found, pair, used)
    return used


@part_of_loops
def _runs_near(outlines: Outlines, run: int, plot: int, rim_m: float, near: Rows) -> int:
    """Note the runs of a plot near a run of another; return how many."""
    box, rim2, runs = outlines.run_box, rim_m * rim_m, 0
    if box_gap2(box, run, outlines.plot_box, plot) > rim2:
        return 0
    for other in range(outlines.plot_run[plot], outlines.plot_run[plot + 1]):
        if box_gap2(box, run, box, other) <= rim2:
            near[runs] = other
            runs += 1
    return runs


@part_of_loops
def _of_run(
    outlines: Outlines,
    run: int,
    near: Rows,
    limits: tuple[float, float],
    found: Unmatched,
    pair: int,
    used: int,
) -> int:
    """Look at the vertices of a run but for the last, which begins the next one or repeats."""
    for point in range(outlines.run_first[run], outlines.run_last[run]):
        off_m, beside = _off_m(outlines, point, near, limits)
        if off_m <= limits[0]:
            if used < len(found.pair):
                found.pair[used], found.place[used], found.beside[used] = pair, point, beside
            used += 1
    return used


@part_of_loops
def _off_m(
    outlines: Outlines, point: int, near: Rows, limits: tuple[float, float]
) -> tuple[float, int]:
    """
    Return how far square off some runs a vertex is, and which of their vertices it is beside.

    The distance is inf where one of their vertices is there; -1 stands for the middle of a side.
    """
    points, box, rim_m, match_m = outlines.points, outlines.run_box, limits[0], limits[1]
    x, y = points[point, 0], points[point, 1]
    least_m, beside = math.inf, -1
    for run in near:
        if not (box[run, 0] - rim_m <= x <= box[run, 2] + rim_m):
            continue
        if not (box[run, 1] - rim_m <= y <= box[run, 3] + rim_m):
            continue
        for side in range(outlines.run_first[run], outlines.run_last[run]):
            x1, y1 = points[side, 0] - x, points[side, 1] - y
            x2, y2 = points[side + 1, 0] - x, points[side + 1, 1] - y
            if min(x1 * x1 + y1 * y1, x2 * x2 + y2 * y2) <= match_m * match_m:
                return math.inf, -1
            length_m = math.hypot(x2 - x1, y2 - y1)
            if length_m == 0:
                continue
            along, across = (x2 - x1) / length_m, (y2 - y1) / length_m
            at_m, off_m = -(x1 * along + y1 * across), abs(x1 * across - y1 * along)
            if -match_m <= at_m <= length_m + match_m and off_m < least_m:
                least_m, beside = off_m, -1
                if at_m <= match_m:
                    beside = side
                elif at_m >= length_m - match_m:
                    beside = side + 1
    return least_m, beside
