"""Find all places where outlines meet themselves, and tell crossing from touching."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.measure.outlines.rings import rings_of
from enping_gis.measure.outlines.sides import SLACK_M

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

_LINE = 1
# At a point where an outline comes by twice, it leaves and arrives in four directions.
_ARMS = 4


class Meetings(NamedTuple):
    """
    Where the outline of a plot meets itself.

    Parameters
    ----------
    crossings : numpy.ndarray of float, shape (k, 2)
        Points where it crosses itself.
    touches : numpy.ndarray of float, shape (m, 2)
        Points where a ring comes by twice without crossing itself.
    run_back : shapely.Geometry, optional
        Lines along which a ring runs twice.
    shared : shapely.Geometry, optional
        Lines along which two rings of the plot run.
    """

    crossings: Floats
    touches: Floats
    run_back: shapely.Geometry | None
    shared: shapely.Geometry | None


class _Sides(NamedTuple):
    """Sides of outlines; `first` and `last` are the first and the last of its ring."""

    start: Floats
    end: Floats
    plot: Rows
    ring: Rows
    first: Rows
    last: Rows


def self_meetings(shapes: Shapes) -> list[Meetings]:
    """
    Find where outlines meet themselves.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Invalid ones, in metres near the origin.

    Returns
    -------
    list of Meetings
        One for each shape. What two rings have in common in single points without crossing is
        left out: it is allowed.
    """
    sides = _sides_of(shapes)
    lines = shapely.linestrings(np.stack([sides.start, sides.end], axis=1))
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    mine = (one < other) & (sides.plot[one] == sides.plot[other])
    one, other = one[mine], other[mine]
    common = shapely.intersection(lines[one], lines[other])
    # Where one side ends and the next begins is no meeting, unless the next runs back.
    joined = (other == one + 1) & (other <= sides.last[one])
    joined |= (one == sides.first[one]) & (other == sides.last[one])
    along = shapely.get_dimensions(common) == _LINE
    kept = along | ~joined
    order = np.flatnonzero(kept)[np.argsort(sides.plot[one[kept]], kind="stable")]
    one, other, common, along = one[order], other[order], common[order], along[order]
    bounds = np.searchsorted(sides.plot[one], np.arange(len(shapes) + 1))
    return [
        _meetings(sides, one[part], other[part], common[part], along[part])
        for part in map(slice, bounds[:-1], bounds[1:])
    ]


def _sides_of(shapes: Shapes) -> _Sides:
    """Take outlines apart; sides without length are left out."""
    rings = rings_of(shapes)
    ring = np.repeat(np.arange(len(rings.plot)), np.diff(rings.first))
    start = np.flatnonzero(ring[:-1] == ring[1:])
    start = start[(rings.points[start] != rings.points[start + 1]).any(axis=1)]
    ring = ring[start]
    _, first, counts = np.unique(ring, return_index=True, return_counts=True)
    return _Sides(
        start=rings.points[start],
        end=rings.points[start + 1],
        plot=rings.plot[ring],
        ring=ring,
        first=np.repeat(first, counts),
        last=np.repeat(first + counts - 1, counts),
    )


def _meetings(sides: _Sides, one: Rows, other: Rows, common: Shapes, along: Flags) -> Meetings:
    """Sort the meetings of one plot."""
    same = sides.ring[one] == sides.ring[other]
    run_back, shared = _united(common[along & same]), _united(common[along & ~same])
    points = shapely.get_coordinates(common[~along])
    one, other, same = one[~along], other[~along], same[~along]
    crosses = _crosses(sides, one, other, points)
    # What lines begin and end with is no meeting of its own.
    lines = [line for line in (run_back, shared) if line is not None]
    free = np.ones(len(points), dtype=bool)
    for line in lines:
        free &= ~shapely.dwithin(shapely.points(points), line, SLACK_M)
    crossings = _distinct(points[crosses & free])
    touches = _distinct(points[same & ~crosses & free])
    return Meetings(crossings, touches, run_back, shared)


def _united(lines: Shapes) -> shapely.Geometry | None:
    if not len(lines):
        return None
    united = shapely.union_all(lines)
    return shapely.line_merge(united) if united.geom_type == "MultiLineString" else united


def _distinct(points: Floats) -> Floats:
    """Leave out what repeats a point."""
    _, kept = np.unique(np.round(points / SLACK_M), axis=0, return_index=True)
    return points[np.sort(kept)]


def _crosses(sides: _Sides, one: Rows, other: Rows, points: Floats) -> Flags:
    """Tell which pairs of sides, or the outline at the vertices they meet at, cross."""
    ends = np.stack(
        [sides.start[one], sides.end[one], sides.start[other], sides.end[other]], axis=1
    )
    # A crossing is rounded, a vertex is not.
    at_vertex = (ends == points[:, None]).all(axis=2).any(axis=1)
    crosses = ~at_vertex
    for each in np.flatnonzero(at_vertex).tolist():
        point = points[each]
        first = _arms(sides, int(one[each]), point)
        second = _arms(sides, int(other[each]), point)
        crosses[each] = _interleaved(first - point, second - point)
    return crosses


def _arms(sides: _Sides, side: int, point: Floats) -> Floats:
    """Return the vertices before and after a point on an outline, as seen from one of its sides."""
    start, end = sides.start[side], sides.end[side]
    if (start == point).all():
        before = side - 1 if side > sides.first[side] else int(sides.last[side])
        start = sides.start[before]
    elif (end == point).all():
        after = side + 1 if side < sides.last[side] else int(sides.first[side])
        end = sides.end[after]
    return np.stack([start, end])


def _interleaved(first: Floats, second: Floats) -> bool:
    """Tell whether two ways through a point cross: their arms come in turn around it."""
    angles = np.arctan2(*np.concatenate([first, second]).T[::-1])
    order = np.argsort(angles, kind="stable")
    way = (order >= _ARMS // 2).tolist()
    distinct = len(np.unique(angles)) == _ARMS
    return distinct and way[0] != way[1] and way[1] != way[2]
