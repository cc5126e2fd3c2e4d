"""Make polygons of rings by how they lie in each other, whatever their numbers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

# Up to so many rings all pairs of a plot are compared at once; beyond, a tree finds them.
_PAIRS_UP_TO = 48
_CORNERS = 3


def nested(
    rings: npt.NDArray[np.object_], owners: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.object_]:
    """
    Return one shape for each owner of rings, by the even-odd rule.

    A ring in an even number of other rings of its owner is an outer one, a ring in an odd
    number a hole of the smallest outer ring around it.

    Parameters
    ----------
    rings : numpy.ndarray of shapely.LinearRing, shape (n,)
        Closed rings, finite coordinates in any unit.
    owners : numpy.ndarray of int, shape (n,)
        Position of the owner of each ring, ascending.
    count : int
        Number of owners.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (count,)
        Polygon, or MultiPolygon where there are several outer rings; None without a ring.

    Examples
    --------
    >>> square = [shapely.LinearRing([(0, 0), (9, 0), (9, 9), (0, 9)])]
    >>> [each.wkt for each in nested(np.array(square), np.array([0]), 1)]
    ['POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))']
    >>> nested(np.array([], dtype=object), np.array([], dtype=int), 1).tolist()
    [None]
    """
    shapes = np.full(count, None, dtype=object)
    if not rings.size:
        return shapes
    numbers = np.bincount(owners, minlength=count)
    filled = shapely.polygons(rings)
    single = numbers[owners] == 1
    shapes[owners[single]] = filled[single]
    several = np.flatnonzero(~single)
    inner, outer = _containing(filled, owners, several)
    depth = np.bincount(inner, minlength=rings.size)
    # The ring just around another one is the smallest of those around it.
    around = np.full(rings.size, -1)
    order = np.argsort(-shapely.area(filled[outer]), kind="stable")
    around[inner[order]] = outer[order]
    for mine in np.split(several, np.flatnonzero(np.diff(owners[several])) + 1):
        if mine.size:
            shapes[owners[mine[0]]] = _one_shape(rings, mine, depth, around)
    return shapes


def unbridged(
    shapes: npt.NDArray[np.object_],
    rings: npt.NDArray[np.object_],
    owners: npt.NDArray[np.int64],
) -> list[int]:
    """
    Take rings apart that run to a hole and back along one line, and make their shapes anew.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        What `nested` made; shapes with such rings are replaced.
    rings, owners : numpy.ndarray
        What they were made of.

    Returns
    -------
    list of int
        Positions of the shapes that were replaced.

    Examples
    --------
    >>> corners = [(0, 0), (2, 2), (2, 6), (6, 2), (2, 2), (0, 0), (9, 0), (9, 9), (0, 9)]
    >>> keyhole, owner = np.array([shapely.LinearRing(corners)]), np.array([0])
    >>> shapes = nested(keyhole, owner, 1)
    >>> unbridged(shapes, keyhole, owner), shapes[0].interiors[0].coords[:]
    ([0], [(2.0, 2.0), (2.0, 6.0), (6.0, 2.0), (2.0, 2.0)])
    >>> unbridged(np.array([], dtype=object), keyhole[:0], owner[:0])
    []
    """
    replaced = []
    for at in np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)):
        mine = rings[np.searchsorted(owners, at) : np.searchsorted(owners, at, side="right")]
        parts = [part for ring in mine for part in _without_bridges(shapely.get_coordinates(ring))]
        if len(parts) > len(mine):
            apart = np.array([shapely.LinearRing(part) for part in parts], dtype=object)
            shapes[at] = nested(apart, np.zeros(len(apart), dtype=np.int64), 1)[0]
            replaced.append(int(at))
    return replaced


def _without_bridges(corners: npt.NDArray[np.float64]) -> list[list[tuple[float, float]]]:
    """Cut a ring where it comes back to a corner along the line on which it left it."""
    open_ring = [(float(x), float(y)) for x, y in corners[:-1]]
    found, waiting = [], [open_ring]
    while waiting:
        ring = waiting.pop()
        cut = _bridge(ring)
        if cut is None:
            found.append(ring)
        else:
            first, last = cut
            waiting += [ring[first + 1 : last - 1], ring[: first + 1] + ring[last + 1 :]]
    return found


def _bridge(ring: list[tuple[float, float]]) -> tuple[int, int] | None:
    """Return where a ring leaves a corner for a hole, and where it is back there."""
    seen: dict[tuple[float, float], int] = {}
    for last, corner in enumerate(ring):
        first = seen.get(corner)
        if (
            first is not None
            and ring[first + 1] == ring[last - 1]
            and last - first - 2 >= _CORNERS
            and len(ring) - (last - first) >= _CORNERS
        ):
            return first, last
        seen[corner] = last
    return None


def _one_shape(
    rings: npt.NDArray[np.object_],
    mine: npt.NDArray[np.int64],
    depth: npt.NDArray[np.int64],
    around: npt.NDArray[np.int64],
) -> shapely.Polygon | shapely.MultiPolygon:
    holes: dict[int, list[shapely.LinearRing]] = {
        int(ring): [] for ring in mine if depth[ring] % 2 == 0
    }
    for ring in mine:
        if depth[ring] % 2:
            # Rings that cross each other may leave a hole no outer ring: the first takes it.
            shell = int(around[ring])
            holes[shell if shell in holes else next(iter(holes))].append(rings[ring])
    parts = [shapely.Polygon(rings[shell], inside) for shell, inside in holes.items()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _containing(
    filled: npt.NDArray[np.object_],
    owners: npt.NDArray[np.int64],
    several: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return pairs of rings of one owner, the first of which lies in the second."""
    firsts: list[npt.NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    seconds = [np.empty(0, dtype=np.int64)]
    for mine in np.split(several, np.flatnonzero(np.diff(owners[several])) + 1):
        if mine.size <= _PAIRS_UP_TO:
            firsts.append(np.repeat(mine, mine.size))
            seconds.append(np.tile(mine, mine.size))
        else:
            one, other = shapely.STRtree(filled[mine]).query(filled[mine], predicate=None)
            firsts.append(mine[one])
            seconds.append(mine[other])
    inner, outer = np.concatenate(firsts), np.concatenate(seconds)
    area = shapely.area(filled)
    smaller = area[inner] < area[outer]
    inner, outer = inner[smaller], outer[smaller]
    # A point inside the smaller ring tells, also where the rings touch or miss by a rounding.
    inside = shapely.point_on_surface(filled)
    lies = shapely.intersects(filled[outer], inside[inner])
    return inner[lies], outer[lies]
