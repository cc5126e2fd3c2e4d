"""Make polygons fit to be cut: sound ones, and of large ones what lies near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.outlines.rings import surfaces_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

_NOTHING = shapely.Polygon()
_SURFACES = frozenset({"Polygon", "MultiPolygon"})
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
# To overlay a polygon takes time by its vertices, beside a time that does not depend on them.
# With so few vertices, or so few over all plots, clipping takes longer than it saves.
_FEW_VERTICES = 64
_FEW_VISITS = 4096
# Where a clipped polygon ends, it has sides of its own; they must not come near the plot.
_MARGIN_M = 1.0


def areal(shapes: Shapes) -> Shapes:
    """
    Keep polygons as they are, take the polygons out of collections, drop the rest.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        May hold None.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        A new array of polygons and multipolygons; an empty polygon for what has no surface.
    """
    kept: Shapes = np.array(shapes, dtype=object)
    other = np.flatnonzero(~np.isin(shapely.get_type_id(kept), _POLYGONAL))
    for row in other:
        parts = surfaces_of(kept[row])
        kept[row] = shapely.multipolygons(parts) if len(parts) else _NOTHING
    return kept


def repaired(shapes: Shapes) -> Shapes:
    """
    Return shapes with those repaired that GEOS cannot overlay; the others are not copied.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Coordinates are finite.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Valid polygons and multipolygons; spikes are gone.
    """
    solid: Shapes = shapes.copy()
    faulty = ~shapely.is_valid(solid)
    solid[faulty] = areal(
        shapely.make_valid(solid[faulty], method="structure", keep_collapsed=False)
    )
    return solid


def clipped(towns: Shapes, town: Rows, sides: Floats) -> Shapes:
    """
    Return for each plot the polygon that it meets, cut off somewhere beyond the plot.

    Parameters
    ----------
    towns : array of shapely polygons and multipolygons, shape (m,)
        Valid, in metres.
    town : array of int, shape (n,)
        The polygon that each plot meets.
    sides : array of float, shape (n, 4)
        Box of each plot.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Small polygons as they are.
    """
    near: Shapes = towns[town]
    order = np.argsort(town, kind="stable")
    large = shapely.get_num_coordinates(towns) > _FEW_VERTICES
    first = np.searchsorted(town[order], np.arange(len(towns) + 1))
    for row in np.flatnonzero(large):
        waiting = [(towns[row], order[first[row] : first[row + 1]])]
        while waiting:
            whole, plots = waiting.pop()
            vertices = shapely.get_num_coordinates(whole)
            if vertices <= _FEW_VERTICES or vertices * len(plots) <= _FEW_VISITS:
                near[plots] = whole
            elif len(plots) == 1:
                near[plots] = _around(whole, sides[plots])
            else:
                halves = _halves(plots, sides)
                waiting += [(_around(whole, sides[half]), half) for half in halves]
    return near


def _halves(plots: Rows, sides: Floats) -> list[Rows]:
    """Cut a set of plots in two across its longer direction."""
    centre = sides[plots, :2] + sides[plots, 2:]
    axis = int(np.argmax(np.ptp(centre, axis=0)))
    order = np.argsort(centre[:, axis], kind="stable")
    return [plots[half] for half in np.array_split(order, 2)]


def _around(town: shapely.Geometry, sides: Floats) -> shapely.Geometry:
    low, high = sides[:, :2].min(axis=0) - _MARGIN_M, sides[:, 2:].max(axis=0) + _MARGIN_M
    near = shapely.intersection(town, shapely.box(*low, *high))
    return near if near.geom_type in _SURFACES else areal(np.array([near]))[0]
