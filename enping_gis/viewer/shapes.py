"""Prepare geometry for drawing: the point deepest inside a plot, and rings in small integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.outlines.compiled import STEPS_A_VERTEX, compiled
from enping_gis.measure.outlines.rings import rings_of
from enping_gis.measure.outlines.sides import point_gap2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

# Seven decimals of a degree are 1 cm; the page draws, it does not measure.
UNITS_PER_DEGREE = 10**7

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_LEAST_DEPTH_M = 1e-3
_BATCH = 2_048


def polygonal(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """
    Keep what can be filled.

    Parameters
    ----------
    geometries : numpy.ndarray of shapely geometries or None
        Any kinds.

    Returns
    -------
    numpy.ndarray of shapely geometries or None
        Polygons and multipolygons as they are, collections cut down to their polygons, None
        for everything else, for what is empty, and where a coordinate is not finite.

    Examples
    --------
    >>> polygonal(np.array([shapely.box(0, 0, 1, 1), shapely.Point(0, 0), None]))
    array([<POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))>, None, None], dtype=object)
    >>> polygonal(np.array([], dtype=object)).size
    0
    """
    kept = np.empty(len(geometries), dtype=object)
    kinds = shapely.get_type_id(geometries)
    # Bounds leave out what is no number, lengths do not.
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = shapely.length(geometries)
    finite = np.isfinite(shapely.bounds(geometries)).all(axis=1) & np.isfinite(lengths)
    area = np.isin(kinds, (_POLYGON, _MULTIPOLYGON)) & finite & ~shapely.is_empty(geometries)
    high = area & shapely.has_z(geometries)
    kept[area] = geometries[area]
    kept[high] = shapely.force_2d(geometries[high])
    for row in np.flatnonzero((kinds == _COLLECTION) & finite):
        parts = [part for part in _flat(geometries[row]) if part.geom_type == "Polygon"]
        kept[row] = shapely.force_2d(shapely.MultiPolygon(parts)) if parts else None
    return kept


def _flat(geometry: shapely.Geometry) -> Iterable[shapely.Geometry]:
    for part in shapely.get_parts(geometry):
        if hasattr(part, "geoms"):
            yield from _flat(part)
        else:
            yield part


def inner_points(
    geometries: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.float64]]:
    """
    Find a point inside each plot, and how far it is from the boundary.

    It is the point that every GIS calls point on surface, so that others find the same one.
    What the even-odd rule says is inside counts, as it does on the page, so that a boundary
    that crosses itself leaves the point where colour is drawn.

    Parameters
    ----------
    geometries : numpy.ndarray of shapely (multi)polygons or None
        Projected coordinates, metres.

    Returns
    -------
    points : numpy.ndarray of shapely points or None
        None where there is no area.
    depths_m : numpy.ndarray of float
        Distance to the boundary in metres, NaN where there is no area.

    Examples
    --------
    >>> points, depths_m = inner_points(np.array([shapely.box(0, 0, 2, 2), None]))
    >>> points[0].wkt, depths_m.tolist()
    ('POINT (1 1)', [1.0, nan])
    >>> [each.size for each in inner_points(np.array([], dtype=object))]
    [0, 0]
    """
    points = np.full(len(geometries), None, dtype=object)
    depths_m = np.full(len(geometries), np.nan)
    # Shapes lie scattered in memory: all questions to a few of them, while they are in the cache.
    for start in range(0, len(geometries), _BATCH):
        batch = slice(start, start + _BATCH)
        solid = geometries[batch].copy()
        # Most plots are sound; only the others are looked at one by one.
        for row in np.flatnonzero(~shapely.is_valid(solid) | ~(shapely.area(solid) > 0)):
            solid[row] = _solid(solid[row])
        points[batch] = shapely.point_on_surface(solid)
        depths_m[batch] = _depths_m(solid, points[batch])
    return points, np.maximum(depths_m, _LEAST_DEPTH_M)


def _depths_m(solid: npt.NDArray[np.object_], points: npt.NDArray[np.object_]) -> Floats:
    laid = rings_of(solid)
    there = ~shapely.is_missing(points)
    at = np.full((len(solid), 2), np.nan)
    at[there] = shapely.get_coordinates(points[there])
    gap2_m2 = np.where(there, np.inf, np.nan)
    _narrow.at(len(laid.points) * STEPS_A_VERTEX)(laid.points, laid.first, laid.plot, at, gap2_m2)
    return np.sqrt(gap2_m2)


@compiled
def _narrow(points: Floats, first: Rows, plot: Rows, at: Floats, gap2_m2: Floats) -> None:
    """Lower the squared distance of each point to that of the nearest side of its plot."""
    for ring in range(len(plot)):
        row = plot[ring]
        x, y, least = at[row, 0], at[row, 1], gap2_m2[row]
        for vertex in range(first[ring], first[ring + 1] - 1):
            ax, ay = points[vertex, 0], points[vertex, 1]
            abx, aby = points[vertex + 1, 0] - ax, points[vertex + 1, 1] - ay
            least = min(least, point_gap2(x, y, ax, ay, abx, aby))
        gap2_m2[row] = least


def _solid(geometry: shapely.Geometry | None) -> shapely.Geometry | None:
    if geometry is None:
        return None
    valid = geometry if geometry.is_valid else shapely.make_valid(geometry)
    parts = [part for part in _flat(valid) if part.geom_type == "Polygon" and part.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def rings(geometry: shapely.Geometry) -> list[list[int]]:
    """
    Write the rings of a shape as whole 1e-7 degrees.

    Parameters
    ----------
    geometry : shapely.Polygon or shapely.MultiPolygon
        Longitude and latitude in degrees.

    Returns
    -------
    list of list of int
        Per ring longitude and latitude of the first vertex, then the step to each next one;
        the closing vertex is left out, and so are steps of nothing. Outer and inner rings
        are told apart by the even-odd rule alone.

    Examples
    --------
    >>> rings(shapely.box(112, 22, 112.001, 22.001))
    [[1120010000, 220000000, 0, 10000, -10000, 0, 0, -10000]]
    >>> rings(shapely.Polygon())
    []
    """
    found = (ring for part in shapely.get_parts(geometry) for ring in shapely.get_rings(part))
    return [_steps(shapely.get_coordinates(ring)[:-1]) for ring in found]


def _steps(degrees: npt.NDArray[np.float64]) -> list[int]:
    vertices = np.rint(degrees * UNITS_PER_DEGREE)
    steps = np.diff(vertices, axis=0, prepend=0).astype(np.int64)
    moved: npt.NDArray[np.bool_] = np.asarray(steps.any(axis=1))
    moved[0] = True  # the first is a position, and 0, 0 is one
    return steps[moved].ravel().tolist()


def paths(geometry: shapely.Geometry) -> list[list[int]]:
    """
    Write the lines and points of a shape as whole 1e-7 degrees; polygons are left out.

    Parameters
    ----------
    geometry : shapely.Geometry
        Longitude and latitude in degrees.

    Returns
    -------
    list of list of int
        Per line longitude and latitude of the first vertex, then the step to each next one;
        a point is a line of one vertex.

    Examples
    --------
    >>> paths(shapely.LineString([(112, 22), (112.001, 22)]))
    [[1120000000, 220000000, 10000, 0]]
    >>> paths(shapely.Point())
    []
    """
    parts = (part for part in _flat(geometry) if part.geom_type != "Polygon" and not part.is_empty)
    return [_steps(shapely.get_coordinates(part)) for part in parts]
