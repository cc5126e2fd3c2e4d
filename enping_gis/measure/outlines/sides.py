"""Distances between boxes and between sides, as compiled loops need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.measure.outlines.compiled import part_of_loops

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Coordinates of eight digits before the point are good to some nanometres: distances that
# differ by less than this are the same distance.
SLACK_M = 1e-6


@part_of_loops
def box_gap2(boxes: Floats, one: int, others: Floats, other: int) -> float:
    """
    Return the squared distance of two boxes.

    Parameters
    ----------
    boxes : numpy.ndarray of float, shape (n, 4)
        West, south, east and north of the boxes to choose from, in metres.
    one : int
        The row to take: a row taken out as an array of its own costs more than the distance.
    others : numpy.ndarray of float, shape (n, 4)
        The same for the other one.
    other : int
        The row to take there.

    Returns
    -------
    float
        In square metres; 0 where they touch or overlap.
    """
    x = max(boxes[one, 0] - others[other, 2], others[other, 0] - boxes[one, 2], 0.0)
    y = max(boxes[one, 1] - others[other, 3], others[other, 1] - boxes[one, 3], 0.0)
    return x * x + y * y


@part_of_loops
def side_gap2(sides: Floats, one: int, others: Floats, other: int) -> float:
    """
    Return the squared distance of two sides.

    Parameters
    ----------
    sides : numpy.ndarray of float, shape (n, 4)
        Start and end of the sides to choose from: x, y, x, y, in metres.
    one : int
        The row to take: a row taken out as an array of its own costs more than the distance.
    others : numpy.ndarray of float, shape (n, 4)
        The same for the other one.
    other : int
        The row to take there.

    Returns
    -------
    float
        In square metres; 0 where they cross.
    """
    ax, ay, bx, by = sides[one, 0], sides[one, 1], sides[one, 2], sides[one, 3]
    cx, cy, dx, dy = others[other, 0], others[other, 1], others[other, 2], others[other, 3]
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    a = cdx * (ay - cy) - cdy * (ax - cx)
    b = cdx * (by - cy) - cdy * (bx - cx)
    c = abx * (cy - ay) - aby * (cx - ax)
    d = abx * (dy - ay) - aby * (dx - ax)
    if (a > 0) != (b > 0) and (c > 0) != (d > 0):
        return 0.0
    return min(
        point_gap2(ax, ay, cx, cy, cdx, cdy),
        point_gap2(bx, by, cx, cy, cdx, cdy),
        point_gap2(cx, cy, ax, ay, abx, aby),
        point_gap2(dx, dy, ax, ay, abx, aby),
    )


@part_of_loops
def point_gap2(x: float, y: float, ax: float, ay: float, abx: float, aby: float) -> float:
    """
    Return the squared distance of a point to a side.

    Parameters
    ----------
    x, y : float
        The point, in metres.
    ax, ay : float
        Where the side begins.
    abx, aby : float
        How far it goes from there.

    Returns
    -------
    float
        In square metres.
    """
    length2 = abx * abx + aby * aby
    share = 0.0
    if length2 > 0:
        share = min(max(((x - ax) * abx + (y - ay) * aby) / length2, 0.0), 1.0)
    off_x, off_y = x - ax - share * abx, y - ay - share * aby
    return off_x * off_x + off_y * off_y
