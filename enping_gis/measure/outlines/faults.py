"""Find the plots whose outlines meet themselves: rather one too many than one too few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.outlines.compiled import STEPS_A_VERTEX, compiled, part_of_loops
from enping_gis.measure.outlines.sides import box_gap2, side_gap2

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines
    from enping_gis.measure.outlines.plane import Plane

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

# Sides that come closer than a nanometre are looked at by GEOS, which decides exactly.
_TOUCH_M2 = 1e-18


def solid_shapes(plane: Plane) -> tuple[Shapes, Flags]:
    """
    Return the plots with those repaired that GEOS cannot overlay.

    Parameters
    ----------
    plane : Plane
        The plots.

    Returns
    -------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Valid, in the numbers of the layer, without spikes; None where there is none.
    repaired : numpy.ndarray of bool, shape (n,)
        Which were invalid.
    """
    outlines = plane.outlines
    # Most plots are one simple ring, which is quick to tell; GEOS sees the rest.
    rings = np.bincount(outlines.plot_of_run[outlines.run_opens], minlength=outlines.plots)
    doubtful = rings > 1
    room = np.empty((2, outlines.most_vertices, 4))
    _mark_meeting.at(len(outlines.points) * STEPS_A_VERTEX)(outlines, room[0], room[1], doubtful)
    repaired = np.zeros(len(doubtful), dtype=bool)
    repaired[doubtful] = ~shapely.is_valid(plane.shapes[doubtful])
    shapes = plane.shapes.copy()
    mended = shapely.make_valid(shapes[repaired], method="structure", keep_collapsed=False)
    # Parts that have a side in common come out of the repair side by side, still invalid.
    for row in np.flatnonzero(~shapely.is_valid(mended)):
        mended[row] = shapely.union_all(shapely.get_parts(mended[row]))
    shapes[repaired] = mended
    return shapes, repaired


@compiled
def _mark_meeting(outlines: Outlines, sides: Floats, boxes: Floats, doubtful: Flags) -> None:
    for plot in range(len(doubtful)):
        first, last = outlines.plot_run[plot], outlines.plot_run[plot + 1]
        if doubtful[plot] or first == last:
            continue
        begin, end = outlines.run_first[first], outlines.run_last[last - 1]
        _copy_sides(outlines.points, begin, end, sides, boxes)
        for run in range(first, last):
            for other in range(run, last):
                if box_gap2(outlines.run_box, run, outlines.run_box, other) > _TOUCH_M2:
                    continue
                doubtful[plot] |= _meet(
                    sides,
                    boxes,
                    (outlines.run_first[run] - begin, outlines.run_last[run] - begin),
                    (outlines.run_first[other] - begin, outlines.run_last[other] - begin),
                )


@part_of_loops
def _copy_sides(points: Floats, begin: int, end: int, sides: Floats, boxes: Floats) -> None:
    for point in range(begin, end):
        x1, y1, x2, y2 = (
            points[point, 0],
            points[point, 1],
            points[point + 1, 0],
            points[point + 1, 1],
        )
        side = point - begin
        sides[side, 0], sides[side, 1], sides[side, 2], sides[side, 3] = x1, y1, x2, y2
        boxes[side, 0], boxes[side, 1] = min(x1, x2), min(y1, y2)
        boxes[side, 2], boxes[side, 3] = max(x1, x2), max(y1, y2)


@part_of_loops
def _meet(sides: Floats, boxes: Floats, run: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two sides meet elsewhere than where one ends and the next begins."""
    for one in range(run[0], run[1]):
        for each in range(max(one + 1, other[0]), other[1]):
            if box_gap2(boxes, one, boxes, each) > _TOUCH_M2:
                continue
            follows = sides[one, 2] == sides[each, 0] and sides[one, 3] == sides[each, 1]
            leads = sides[each, 2] == sides[one, 0] and sides[each, 3] == sides[one, 1]
            if follows or leads:
                if _turns_back(sides, one, each):
                    return True
            elif side_gap2(sides, one, sides, each) <= _TOUCH_M2:
                return True
    return False


@part_of_loops
def _turns_back(sides: Floats, one: int, other: int) -> bool:
    """Tell whether the one side runs back over the other, as at a spike."""
    ax, ay = sides[one, 2] - sides[one, 0], sides[one, 3] - sides[one, 1]
    bx, by = sides[other, 2] - sides[other, 0], sides[other, 3] - sides[other, 1]
    forward = ax * bx + ay * by
    return forward <= 0 and abs(ax * by - ay * bx) <= 1e-9 * abs(forward)
