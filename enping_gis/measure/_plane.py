"""Bring plots into a plane in which they can be compared side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.crs import crs_name, is_metric
from enping_gis.errors import CRSError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Shapes = npt.NDArray[np.object_]

# Coordinates of eight digits before the point are good to some nanometres: distances that
# differ by less than this are the same distance.
SLACK_M = 1e-6
_SURFACE = 2


def plane_shapes(parcels: gpd.GeoDataFrame) -> Shapes:
    """
    Copy the polygons of a layer into a local plane: flat, near the origin, else as they stand.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS in metres.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Polygons and multipolygons in metres; None where there is none, or a coordinate is not
        finite.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    """
    if parcels.crs is None:
        raise CRSError("error.crs_none")
    if not is_metric(parcels.crs):
        raise CRSError("error.crs_not_metric", value=crs_name(parcels.crs))
    shapes: Shapes = shapely.force_2d(np.array(parcels.geometry.to_numpy(), dtype=object))
    points, row = shapely.get_coordinates(shapes, return_index=True)
    finite = np.isfinite(points).all(axis=1)
    shapes[np.unique(row[~finite])] = None
    if finite.any():
        # Whole metres, so that the shift itself rounds nothing.
        centre = np.round(points[finite].mean(axis=0))
        shapes = shapely.transform(shapes, lambda xy: xy - centre)
    return _polygonal(shapes)


def repaired(shapes: Shapes) -> Shapes:
    """
    Return shapes with those repaired that GEOS cannot overlay; the others are not copied.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        May hold None.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Valid polygons and multipolygons, None where None was; spikes are gone.
    """
    solid = shapes.copy()
    invalid = ~shapely.is_valid(solid) & ~shapely.is_missing(solid)
    solid[invalid] = shapely.make_valid(solid[invalid], method="structure", keep_collapsed=False)
    return solid


def _polygonal(shapes: Shapes) -> Shapes:
    """Keep polygons, take the polygons out of collections, drop the rest."""
    kinds = shapely.get_type_id(shapes)
    for row in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(shapely.get_parts(shapes[row]))
        shapes[row] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == _SURFACE])
    shapes[(shapely.get_dimensions(shapes) != _SURFACE) | shapely.is_empty(shapes)] = None
    return shapes
