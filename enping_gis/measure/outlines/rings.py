"""Lay the rings of polygons out as arrays, without making a geometry for each ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

_COLLECTIONS = (
    shapely.GeometryType.MULTIPOINT,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.MULTIPOLYGON,
    shapely.GeometryType.GEOMETRYCOLLECTION,
)


@dataclass(frozen=True)
class Rings:
    """
    The rings of a layer, in the order of its plots; each shell is followed by its holes.

    Parameters
    ----------
    points : numpy.ndarray of float, shape (n, 2)
        All vertices; the last of a ring repeats its first.
    first : numpy.ndarray of int, shape (r + 1,)
        Where in `points` each ring begins, and the end.
    plot : numpy.ndarray of int, shape (r,)
        Row of the plot each ring belongs to, ascending.
    hole : numpy.ndarray of bool, shape (r,)
        Whether a ring is a hole.
    """

    points: Floats
    first: Rows
    plot: Rows
    hole: Flags


def rings_of(shapes: Shapes) -> Rings:
    """
    Lay out the rings of polygons and multipolygons.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        What is None, empty or no polygon has no rings.

    Returns
    -------
    Rings
        Vertices without heights, in the numbers of the shapes.
    """
    kinds = shapely.get_type_id(shapes)
    polygons = kinds == shapely.GeometryType.POLYGON
    surfaces = polygons | (kinds == shapely.GeometryType.MULTIPOLYGON)
    if not surfaces.all():
        shapes = shapes.copy()
        shapes[~surfaces] = None
    points = shapely.get_coordinates(shapes)
    sizes = shapely.get_num_coordinates(shapes)
    # Nearly all plots are one ring, which their vertices are; only the others are taken apart.
    alone = polygons & (shapely.get_num_interior_rings(shapes) == 0)
    alone_rows = np.flatnonzero(alone & (sizes > 0))
    other_rows = np.flatnonzero(surfaces & ~alone)
    parts, part_of = shapely.get_parts(shapes[other_rows], return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    repeated = np.zeros(len(rings), dtype=bool)
    repeated[1:] = ring_of[1:] == ring_of[:-1]
    plot = np.concatenate([alone_rows, other_rows[part_of[ring_of]]])
    hole = np.concatenate([np.zeros(len(alone_rows), dtype=bool), repeated])
    sizes = np.concatenate([sizes[alone_rows], shapely.get_num_coordinates(rings)])
    order = np.argsort(plot, kind="stable")
    first = np.zeros(len(plot) + 1, dtype=np.int64)
    np.cumsum(sizes[order], out=first[1:])
    return Rings(points=points, first=first, plot=plot[order], hole=hole[order])


def surfaces_of(shape: shapely.Geometry | None) -> Shapes:
    """
    Take the polygons out of a collection, however deep they lie.

    Parameters
    ----------
    shape : shapely.Geometry or None
        Of any kind.

    Returns
    -------
    array of shapely polygons, shape (n,)
        Its polygons, in their order.
    """
    parts: Shapes = np.array([shape], dtype=object)
    while np.isin(shapely.get_type_id(parts), _COLLECTIONS).any():
        parts = shapely.get_parts(parts)
    polygons: Shapes = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return polygons
