"""
Measure what fits on a piece of land: the widest disk, and a large rectangle.

The width of a piece of land is here the diameter of the largest disk that lies within it, twice
the radius of the maximum inscribed circle (pole of inaccessibility; Garcia-Castellanos and Lombardo
2007, Scottish Geographical Journal 123(3)): erode the land by half the width, and nothing is left.
More land never makes it less; how narrow land is elsewhere, it does not tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

# Widths are true to a centimetre.
SLACK_M = 0.005
_ARC_SIDES = 16
# Rectangles are looked for on a grid of so many cells each way, in the directions of the longest
# sides and in so many others, then grown to the outline.
_CELLS = 48
_LONGEST_SIDES, _EVEN_TURNS, _GROWN = 8, 6, 4
# A rectangle may reach over the outline by this much.
_GRAZE_M = 1e-4


class Rectangle(NamedTuple):
    """
    A rectangle on the land.

    Parameters
    ----------
    long_m, short_m : float
        Its sides, in metres.
    shape : shapely.Polygon
        Where it lies.
    """

    long_m: float
    short_m: float
    shape: shapely.Polygon


def ground_of(shapes: Sequence[shapely.Geometry] | Shapes, tolerance_m: float) -> shapely.Geometry:
    """
    Unite plots to one piece of land; what runs along each other within the tolerance is closed.

    Parameters
    ----------
    shapes : sequence of shapely.Geometry
        The plots, in metres.
    tolerance_m : float
        Widest gap that is closed.

    Returns
    -------
    shapely.Geometry
        Polygon or MultiPolygon.

    Examples
    --------
    >>> round(ground_of([shapely.box(0, 0, 50, 80), shapely.box(50.005, 0, 100, 80)], 0.2).area, 3)
    8000.0
    >>> ground_of([], 0.2).is_empty
    True
    """
    solid = np.array(list(shapes), dtype=object)
    invalid = ~shapely.is_valid(solid)
    solid[invalid] = shapely.make_valid(solid[invalid])
    if len(solid) <= 1:
        return shapely.union_all(solid)
    half_m = tolerance_m / 2
    wider = shapely.buffer(solid, half_m, join_style="mitre")
    return shapely.buffer(shapely.union_all(wider), -half_m, join_style="mitre")


def width_m(ground: shapely.Geometry) -> float:
    """
    Return the width of a piece of land, the diameter of the largest disk in it.

    Parameters
    ----------
    ground : shapely.Geometry
        In metres; of several parts the widest counts.

    Returns
    -------
    float
        In metres, at most a centimetre too small and never too great; 0 where there is no land.

    Examples
    --------
    >>> round(width_m(shapely.box(0, 0, 40, 500)), 2)
    40.0
    >>> width_m(shapely.Polygon())
    0.0
    """
    if ground.is_empty:
        return 0.0
    radius = shapely.maximum_inscribed_circle(ground, tolerance=SLACK_M)
    return 2 * float(shapely.length(radius))


def is_wide(ground: shapely.Geometry, least_m: float) -> bool:
    """
    Tell whether a disk fits on a piece of land.

    Parameters
    ----------
    ground : shapely.Geometry
        In metres.
    least_m : float
        Diameter of the disk; a centimetre less will do.

    Returns
    -------
    bool
        Whether it fits.

    Examples
    --------
    >>> is_wide(shapely.box(0, 0, 40, 500), 40), is_wide(shapely.box(0, 0, 40, 500), 41)
    (True, False)
    >>> is_wide(shapely.Polygon(), 1)
    False
    """
    radius_m = least_m / 2 - SLACK_M
    if ground.is_empty or shapely.area(ground) < np.pi * radius_m * max(radius_m, 0.0):
        return False
    if radius_m <= 0:
        return True
    left = shapely.buffer(ground, -radius_m, quad_segs=_ARC_SIDES)
    if left.is_empty:
        return False
    # What is left is too large by the flat sides of its arcs, so its corners are measured.
    corners = shapely.points(shapely.get_coordinates(left))
    away_m = shapely.distance(corners, shapely.boundary(ground))
    return bool(away_m.max() >= radius_m) or width_m(ground) / 2 >= radius_m


def rectangle_in(ground: shapely.Geometry) -> Rectangle | None:
    """
    Find a large rectangle, turned in any way, that lies on a piece of land.

    It is looked for in the directions of the longest sides and in some others, and grown until
    it meets the outline. A larger one may exist, so its size is a lower bound.

    Parameters
    ----------
    ground : shapely.Geometry
        In metres.

    Returns
    -------
    Rectangle or None
        None where no cell of the search grid lies within the land.

    Examples
    --------
    >>> found = rectangle_in(
    ...     shapely.Polygon([(0, 0), (90, 0), (90, 30), (40, 30), (40, 50), (0, 50)])
    ... )
    >>> round(found.long_m, 2), round(found.short_m, 2)
    (90.0, 30.0)
    >>> rectangle_in(shapely.Polygon()) is None
    True
    """
    if ground.is_empty:
        return None
    centre = np.array(ground.centroid.coords[0])
    start, end = _sides(ground, centre)
    angles = _angles(ground)
    turned = [(_turned(start, angle), _turned(end, angle)) for angle in angles]
    boxes = [_on_grid(one, other) for one, other in turned]
    size = np.array([0.0 if box is None else _area(box) for box in boxes])
    best, best_angle = None, 0.0
    for number in np.argsort(-size, kind="stable")[:_GROWN]:
        box = boxes[number]
        if box is None:
            continue
        grown = _grown(box, *turned[number])
        if best is None or _area(grown) > _area(best) * (1 + 1e-9):
            best, best_angle = grown, angles[number]
    if best is None:
        return None
    west, south, east, north = best
    corners = np.array([(west, south), (east, south), (east, north), (west, north)])
    shape = shapely.Polygon(_turned(corners, -best_angle) + centre)
    short_m, long_m = sorted((east - west, north - south))
    return Rectangle(float(long_m), float(short_m), shape)


def _sides(ground: shapely.Geometry, centre: Floats) -> tuple[Floats, Floats]:
    """Return where the sides of all rings begin and end, from a centre."""
    rings = shapely.get_rings(shapely.get_parts(ground))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    points = points - centre
    inner = ring[:-1] == ring[1:]
    return points[:-1][inner], points[1:][inner]


def _angles(ground: shapely.Geometry) -> list[float]:
    """Choose how to turn the land, in radians below a right angle."""
    start, end = _sides(shapely.simplify(ground, 1.0), np.zeros(2))
    step = end - start
    length = np.hypot(*step.T)
    longest = np.argsort(-length, kind="stable")[:_LONGEST_SIDES]
    along = np.arctan2(step[longest, 1], step[longest, 0])
    even = np.arange(_EVEN_TURNS) * np.pi / 2 / _EVEN_TURNS
    angles = np.concatenate([along % (np.pi / 2), even])
    _, first = np.unique(angles.round(6), return_index=True)
    return angles[np.sort(first)].tolist()


def _turned(points: Floats, angle: float) -> Floats:
    """Turn points clockwise."""
    cos, sin = np.cos(angle), np.sin(angle)
    turned: Floats = points @ np.array([[cos, -sin], [sin, cos]])
    return turned


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _on_grid(start: Floats, end: Floats) -> tuple[float, float, float, float] | None:
    """Return the largest upright rectangle of whole cells that no side of the land enters."""
    low = np.minimum(start.min(axis=0), end.min(axis=0))
    cell = (np.maximum(start.max(axis=0), end.max(axis=0)) - low) / _CELLS
    if not (cell > 0).all():
        return None
    free = _free_cells((start - low) / cell, (end - low) / cell)
    # Heights of free cells above each row, then for each height the longest run of them.
    best, found = 0.0, None
    standing = free.copy()
    column = np.arange(_CELLS)
    for height in range(1, _CELLS + 1):
        if not standing.any():
            break
        last_blocked = np.maximum.accumulate(np.where(standing, -1, column), axis=1)
        run = np.where(standing, column - last_blocked, 0)
        row, right = np.unravel_index(int(run.argmax()), run.shape)
        width = int(run[row, right])
        size = width * height * cell[0] * cell[1]
        if size > best:
            best = size
            found = (right + 1 - width, row, right + 1, row + height)
        standing = standing[:-1] & free[height:]
    if found is None:
        return None
    west, south, east, north = (low[place % 2] + cell[place % 2] * edge
                                for place, edge in enumerate(found))  # fmt: skip
    return float(west), float(south), float(east), float(north)


def _free_cells(start: Floats, end: Floats) -> Flags:
    """Tell which cells, row by row, lie within the land and have no side in them."""
    (x0, y0), (x1, y1) = (start.T[..., None], end.T[..., None])
    row = np.arange(_CELLS)
    # Where each side runs within each row.
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(y1 == y0, 0.0, (x1 - x0) / (y1 - y0))
    low_y, high_y = np.minimum(y0, y1), np.maximum(y0, y1)
    enters = (low_y <= row + 1) & (high_y >= row)
    one = x0 + slope * (np.clip(np.where(y1 == y0, y0, row), low_y, high_y) - y0)
    other = x0 + slope * (np.clip(np.where(y1 == y0, y0, row + 1.0), low_y, high_y) - y0)
    level = y1 == y0
    one, other = np.where(level, x0, one), np.where(level, x1, other)
    first = np.clip(np.floor(np.minimum(one, other) - 1e-9), 0, _CELLS - 1).astype(np.int64)
    last = np.clip(np.floor(np.maximum(one, other) + 1e-9), 0, _CELLS - 1).astype(np.int64)
    change = np.zeros((_CELLS, _CELLS + 1), dtype=np.int64)
    side, rows = np.nonzero(enters)
    np.add.at(change, (rows, first[side, rows]), 1)
    np.add.at(change, (rows, last[side, rows] + 1), -1)
    blocked = np.cumsum(change, axis=1)[:, :-1] > 0
    # A cell without a side is within where an odd number of sides lies left of its middle.
    middle = row + 0.5
    crosses = (low_y <= middle) & (high_y > middle)
    at = np.clip(np.ceil(x0 + slope * (middle - y0) - 0.5), 0, _CELLS).astype(np.int64)
    parity = np.zeros((_CELLS, _CELLS + 1), dtype=np.int64)
    side, rows = np.nonzero(crosses)
    np.add.at(parity, (rows, at[side, rows]), 1)
    within = np.cumsum(parity, axis=1)[:, :-1] % 2 == 1
    return within & ~blocked


def _grown(
    box: tuple[float, float, float, float], start: Floats, end: Floats
) -> tuple[float, float, float, float]:
    """Push the sides of an empty rectangle outwards until they meet the outline."""
    best = box
    for order in ((0, 2, 1, 3), (1, 3, 0, 2)):
        edges = list(box)
        for which in order:
            edges[which] = _pushed(edges, which, start, end)
        grown = (edges[0], edges[1], edges[2], edges[3])
        if _area(grown) > _area(best):
            best = grown
    return best


def _pushed(edges: list[float], which: int, start: Floats, end: Floats) -> float:
    """Return how far one side can go: 0 west, 1 south, 2 east, 3 north."""
    axis, sign = which % 2, 1.0 if which > 1 else -1.0
    low, high = edges[1 - axis], edges[3 - axis]
    one, other = start[:, 1 - axis], end[:, 1 - axis]
    beside = (np.minimum(one, other) < high - _GRAZE_M) & (np.maximum(one, other) > low + _GRAZE_M)
    a, b = start[beside], end[beside]
    run = b[:, 1 - axis] - a[:, 1 - axis]
    steady = run == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [
            np.where(steady, side, np.clip((edge - a[:, 1 - axis]) / run, 0.0, 1.0))
            for side, edge in ((0.0, low), (1.0, high))
        ]
    along = [a[:, axis] + share * (b[:, axis] - a[:, axis]) for share in ends]
    nearest = np.minimum(sign * along[0], sign * along[1])
    ahead = nearest[nearest >= sign * edges[which] - _GRAZE_M]
    return float(sign * ahead.min()) if len(ahead) else edges[which]
