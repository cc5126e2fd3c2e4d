"""Join the polygons of a clean coverage: leave out the sides that come twice, chain the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.measure.outlines.rings import rings_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.measure.outlines.rings import Rings

    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Keys = npt.NDArray[np.uint64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

# Odd numbers with bits all over, so that a multiplication spreads each bit of a coordinate.
_SPREAD, _SPREAD_AGAIN = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_FEW_BITS, _MANY_BITS = np.uint64(29), np.uint64(32)


class _Runs(NamedTuple):
    """Runs of sides that are left, each a stretch of one ring; all run with the plots on the left.

    Parameters
    ----------
    points : array of float, shape (n, 2)
        All vertices.
    first, sides : array of int, shape (m,)
        The vertex at which each run begins, and how many sides it has.
    following : array of int, shape (m,)
        The run that begins where each run ends.
    """

    points: Floats
    first: Rows
    sides: Rows
    following: Rows


def joined(shapes: Shapes) -> shapely.Geometry | None:
    """
    Join polygons that meet at common nodes alone.

    What is left when sides that come twice cancel out is chained into rings by their nodes. No
    side is looked at for what it crosses, so the result is right for clean coverages and has to
    be proved; keys of sides are numbers of 64 bits, a wrong match shows in the area.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        With finite coordinates, without heights.

    Returns
    -------
    shapely.Geometry or None
        A multipolygon; None where it is not plain how the sides go on: several begin at one
        node, or none does; or where a hole lies in nothing.
    """
    runs = _runs_left(rings_of(shapes))
    if runs is None:
        return None
    if not len(runs.first):
        return shapely.MultiPolygon()
    order, ring = _in_rings(runs.following)
    first, sides = runs.first[order], runs.sides[order]
    # The end of a run is the start of the next; a ring closes by itself.
    before = np.cumsum(sides) - sides
    vertex = np.repeat(first - before, sides) + np.arange(sides.sum())
    return _polygons(runs.points[vertex], np.repeat(ring, sides))


def _runs_left(rings: Rings) -> _Runs | None:
    points = _turned(rings)
    node = _keys(points)
    begins = np.ones(len(points), dtype=bool)
    begins[rings.first[1:] - 1] = False  # the last vertex repeats the first
    side = np.flatnonzero(begins)
    side = side[node[side] != node[side + 1]]
    key = node[side] + node[side + 1]
    order = np.argsort(key)
    new = np.ones(len(order), dtype=bool)
    new[1:] = key[order[1:]] != key[order[:-1]]
    start = np.flatnonzero(new)
    times = np.diff(start, append=len(order))
    left = np.sort(side[order[start[times % 2 == 1]]])
    opens = np.ones(len(left), dtype=bool)
    opens[1:] = left[1:] != left[:-1] + 1
    number = np.flatnonzero(opens)
    sides = np.diff(number, append=len(left))
    first = left[number]
    following = _following(node[first], node[first + sides])
    return None if following is None else _Runs(points, first, sides, following)


def _turned(rings: Rings) -> Floats:
    """Return the vertices with every shell running to the left, and every hole to the right."""
    points, sizes = rings.points, np.diff(rings.first)
    wrong = (_twice_m2(points, rings.first) > 0) == rings.hole
    place = np.arange(len(points))
    mirrored = np.repeat(rings.first[:-1] + rings.first[1:] - 1, sizes) - place
    turned: Floats = points[np.where(np.repeat(wrong, sizes), mirrored, place)]
    return turned


def _twice_m2(points: Floats, first: Rows) -> Floats:
    """Return twice the area of each ring, positive where it runs to the left."""
    if not len(points):
        return np.empty(0)
    x, y = (points - points[0]).T
    cross = np.zeros(len(points))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[first[1:] - 1] = 0.0
    return np.add.reduceat(cross, first[:-1])


def _keys(points: Floats) -> Keys:
    """Return a number for each vertex, the same where coordinates are."""
    bits = (points + 0.0).view(np.uint64)  # there are two zeros, of different bits
    key = bits[:, 0] * _SPREAD
    key ^= key >> _FEW_BITS
    key += bits[:, 1]
    key *= _SPREAD_AGAIN
    return key ^ (key >> _MANY_BITS)


def _following(begins: Keys, ends: Keys) -> Rows | None:
    order = np.argsort(begins)
    ordered = begins[order]
    if (ordered[1:] == ordered[:-1]).any():
        return None
    place = np.searchsorted(ordered, ends)
    if (place == len(ordered)).any() or (ordered[place] != ends).any():
        return None
    following: Rows = order[place]
    return following


def _in_rings(following: Rows) -> tuple[Rows, Rows]:
    """Return the runs ring by ring in their order, and the ring of each; each pass doubles."""
    count = len(following)
    passes = range(count.bit_length())
    head, further = np.arange(count), following.copy()
    for _ in passes:
        head = np.minimum(head, head[further])
        further = further[further]
    ends = following == head
    to_end, further = (~ends).astype(np.int64), np.where(ends, np.arange(count), following)
    for _ in passes:
        to_end += to_end[further]
        further = further[further]
    order = np.lexsort((-to_end, head))
    return order, np.unique(head[order], return_inverse=True)[1]


def _polygons(points: Floats, ring: Rows) -> shapely.MultiPolygon | None:
    lines = shapely.linearrings(points, indices=ring)
    closed, which = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(which, np.arange(len(lines) + 1))
    outer = _twice_m2(closed, first) > 0
    shells, holes = shapely.polygons(lines[outer]), lines[~outer]
    inner, sizes_m2 = shapely.polygons(holes), shapely.area(shells)
    hole, shell = shapely.STRtree(shells).query(shapely.point_on_surface(inner), predicate="within")
    # Rings do not cross: of two that hold the same point, the greater holds the other.
    around = sizes_m2[shell] > shapely.area(inner)[hole]
    hole, shell = hole[around], shell[around]
    order = np.lexsort((sizes_m2[shell], hole))
    hole, place = np.unique(hole[order], return_index=True)
    if len(hole) < len(holes):  # no hole at all: such as a ring that crosses itself
        return None
    shell = shell[order][place]
    for row in np.unique(shell):
        within = list(holes[hole[shell == row]])
        shells[row] = shapely.Polygon(shells[row].exterior, within)
    return shapely.multipolygons(shells)
