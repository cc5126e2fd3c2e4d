"""Find plots that lie inside others without touching their boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.outlines.compiled import part_of_loops

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]


def inside_wide(shapes: Shapes, outlines: Outlines, wide: Rows) -> tuple[Rows, Rows]:
    """
    Find all plots of which a part begins inside one of a few wide plots.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (k,)
        The wide plots, in the numbers of `outlines`.
    outlines : Outlines
        The plots.
    wide : numpy.ndarray of int, shape (k,)
        Rows of the wide plots.

    Returns
    -------
    tuple of numpy.ndarray of int, shape (m,)
        Rows of the lesser and of the greater; a pair may come twice.
    """
    opens = np.flatnonzero(outlines.run_opens)
    starts = outlines.points[outlines.run_first[opens]]
    order = np.argsort(starts[:, 0])
    starts, plot = starts[order], outlines.plot_of_run[opens][order]
    pairs = [np.empty((2, 0), dtype=np.int64)]
    shapely.prepare(shapes)
    for row, shape in zip(wide, shapes, strict=True):
        west, south, east, north = outlines.plot_box[row]
        first, last = np.searchsorted(starts[:, 0], [west, east])
        y = starts[first:last, 1]
        at = first + np.flatnonzero((y >= south) & (y <= north) & (plot[first:last] != row))
        inner = plot[at[shapely.contains_xy(shape, starts[at, 0], starts[at, 1])]]
        pairs.append(np.stack([np.minimum(inner, row), np.maximum(inner, row)]))
    lesser, greater = np.concatenate(pairs, axis=1)
    return lesser, greater


@part_of_loops
def one_inside(outlines: Outlines, left: int, right: int) -> bool:
    """
    Tell whether of two plots, whose boundaries do not touch, one lies inside the other.

    Parameters
    ----------
    outlines : Outlines
        The plots.
    left, right : int
        Their rows.

    Returns
    -------
    bool
        Whether any part of one of the two lies inside the other.
    """
    return _begins_in(outlines, left, right) or _begins_in(outlines, right, left)


@part_of_loops
def _begins_in(outlines: Outlines, one: int, other: int) -> bool:
    """Tell whether a ring of the one plot begins inside the other: then all of it is inside."""
    west, south = outlines.plot_box[other, 0], outlines.plot_box[other, 1]
    east, north = outlines.plot_box[other, 2], outlines.plot_box[other, 3]
    for run in range(outlines.plot_run[one], outlines.plot_run[one + 1]):
        if outlines.run_opens[run]:
            x = outlines.points[outlines.run_first[run], 0]
            y = outlines.points[outlines.run_first[run], 1]
            near = west <= x <= east and south <= y <= north
            if near and _contains(outlines, other, x, y):
                return True
    return False


@part_of_loops
def _contains(outlines: Outlines, plot: int, x: float, y: float) -> bool:
    """Count the sides that a ray to the east crosses: odd inside, holes and parts alike."""
    odd = False
    points = outlines.points
    for run in range(outlines.plot_run[plot], outlines.plot_run[plot + 1]):
        if not outlines.run_box[run, 1] <= y <= outlines.run_box[run, 3]:
            continue
        for point in range(outlines.run_first[run], outlines.run_last[run]):
            x1, y1 = points[point, 0], points[point, 1]
            x2, y2 = points[point + 1, 0], points[point + 1, 1]
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                odd = not odd
    return odd
