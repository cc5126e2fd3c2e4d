"""Lay the outlines of plots out for the compiled loops: in short runs of sides, with boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import STEPS_A_VERTEX, compiled, part_of_loops

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.rings import Rings

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

# Sides in a run. A plot as surveyed is one run or two; an outline of thousands of vertices becomes
# a list of boxes, nearly all of which lie far from any one neighbour.
RUN_SIDES = 16


class Outlines(NamedTuple):
    """
    The outlines of a layer of n plots, cut into runs of consecutive sides.

    Parameters
    ----------
    points : numpy.ndarray of float, shape (p, 2)
        Vertices of all rings, in metres near the origin.
    run_first, run_last : numpy.ndarray of int, shape (r,)
        The first and the last vertex of each run; its sides join them in turn.
    run_box : numpy.ndarray of float, shape (r, 4)
        West, south, east and north of each run.
    run_sign : numpy.ndarray of float, shape (r,)
        1 where the plot lies to the left of the run, -1 where it lies to the right.
    run_opens : numpy.ndarray of bool, shape (r,)
        Whether a run is the first of its ring.
    plot_run : numpy.ndarray of int, shape (n + 1,)
        Where in the runs each plot begins, and the end.
    plot_box : numpy.ndarray of float, shape (n, 4)
        West, south, east and north of each plot; from inf to -inf where there is none.
    """

    points: Floats
    run_first: Rows
    run_last: Rows
    run_box: Floats
    run_sign: Floats
    run_opens: Flags
    plot_run: Rows
    plot_box: Floats

    @property
    def plots(self) -> int:
        """
        How many rows the layer has.

        Returns
        -------
        int
            One for each plot, empty ones too.
        """
        return len(self.plot_box)

    @property
    def plot_of_run(self) -> Rows:
        """
        The row each run belongs to.

        Returns
        -------
        numpy.ndarray of int, shape (r,)
            Rows of the layer.
        """
        return np.repeat(np.arange(self.plots), np.diff(self.plot_run))

    @property
    def most_vertices(self) -> int:
        """
        How many vertices the longest outline has, 0 where there is none.

        Returns
        -------
        int
            Over all rings of the plot.
        """
        there = np.flatnonzero(np.diff(self.plot_run))
        first = self.run_first[self.plot_run[there]]
        return int((self.run_last[self.plot_run[there + 1] - 1] + 1 - first).max(initial=0))


def outlines_of(rings: Rings, plots: int) -> Outlines:
    """
    Cut the rings of a layer into runs.

    Parameters
    ----------
    rings : Rings
        The rings, in metres near the origin.
    plots : int
        How many rows the layer has.

    Returns
    -------
    Outlines
        Rings in their order, runs in the order of the sides.
    """
    sides = np.maximum(np.diff(rings.first) - 1, 0)
    runs = int((-(-sides // RUN_SIDES)).sum())
    outlines = Outlines(
        points=rings.points,
        run_first=np.empty(runs, dtype=np.int64),
        run_last=np.empty(runs, dtype=np.int64),
        run_box=np.empty((runs, 4)),
        run_sign=np.empty(runs),
        run_opens=np.empty(runs, dtype=bool),
        plot_run=np.zeros(plots + 1, dtype=np.int64),
        plot_box=np.tile([np.inf, np.inf, -np.inf, -np.inf], (plots, 1)),
    )
    _cut_into_runs.at(len(rings.points) * STEPS_A_VERTEX)(
        outlines, rings.first, rings.plot, rings.hole
    )
    return outlines


# Arrays are made by the callers of compiled loops: to compile their making takes longer than
# to compile the loops.
@compiled
def _cut_into_runs(outlines: Outlines, ring_first: Rows, ring_plot: Rows, ring_hole: Flags) -> None:
    points, run_box, plot_box = outlines.points, outlines.run_box, outlines.plot_box
    run = 0
    for ring in range(len(ring_plot)):
        plot, first, last = ring_plot[ring], ring_first[ring], ring_first[ring + 1] - 1
        sign = -1.0 if (doubled_area(points, first, last) < 0) != ring_hole[ring] else 1.0
        for start in range(first, last, RUN_SIDES):
            end = min(start + RUN_SIDES, last)
            west = east = points[start, 0]
            south = north = points[start, 1]
            for point in range(start + 1, end + 1):
                west, east = min(west, points[point, 0]), max(east, points[point, 0])
                south, north = min(south, points[point, 1]), max(north, points[point, 1])
            outlines.run_first[run], outlines.run_last[run] = start, end
            outlines.run_sign[run], outlines.run_opens[run] = sign, start == first
            run_box[run, 0], run_box[run, 1] = west, south
            run_box[run, 2], run_box[run, 3] = east, north
            plot_box[plot, 0] = min(plot_box[plot, 0], west)
            plot_box[plot, 1] = min(plot_box[plot, 1], south)
            plot_box[plot, 2] = max(plot_box[plot, 2], east)
            plot_box[plot, 3] = max(plot_box[plot, 3], north)
            outlines.plot_run[plot + 1] += 1
            run += 1
    for plot in range(len(plot_box)):
        outlines.plot_run[plot + 1] += outlines.plot_run[plot]


@part_of_loops
def doubled_area(points: Floats, first: int, last: int) -> float:
    """
    Return twice the area that a ring runs around.

    Parameters
    ----------
    points : numpy.ndarray of float, shape (n, 2)
        Vertices of all rings.
    first, last : int
        Where the ring begins and where it is back there.

    Returns
    -------
    float
        In squares of the unit of the points; below 0 where the ring runs clockwise.
    """
    if first >= last:
        return 0.0
    x, y, doubled = points[first, 0], points[first, 1], 0.0
    for point in range(first, last):
        doubled += (points[point, 0] - x) * (points[point + 1, 1] - y)
        doubled -= (points[point + 1, 0] - x) * (points[point, 1] - y)
    return doubled
