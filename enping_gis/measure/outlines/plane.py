"""Bring plots into a plane in which they can be compared side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.crs import crs_name, is_metric
from enping_gis.errors import CRSError
from enping_gis.measure.outlines.outline import outlines_of
from enping_gis.measure.outlines.rings import Rings, rings_of, surfaces_of

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.measure.outlines.outline import Outlines

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

# Beyond this lies nothing in any system of metres: the Earth is 4e7 m around, and a zone number
# before the easting makes at most 6e7.
_FARTHEST_M = 1e8


@dataclass(frozen=True)
class Plane:
    """
    The plots of a layer in a plane of metres, near its origin.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        As they stand in the layer; None where a coordinate is not finite. What is no polygon
        has no outline.
    centre : numpy.ndarray of float, shape (2,)
        Where the origin lies in the layer, in whole metres, so that the shift rounds nothing.
    outlines : Outlines
        The rings about the origin.
    """

    shapes: Shapes
    centre: Floats
    outlines: Outlines

    def at_origin(self, shapes: Shapes) -> Shapes:
        """
        Copy shapes of the layer to where their outlines are.

        Parameters
        ----------
        shapes : array of shapely geometries, shape (m,)
            In the numbers of the layer.

        Returns
        -------
        array of shapely geometries, shape (m,)
            Flat.
        """
        moved: Shapes = shapely.transform(
            shapely.force_2d(shapes), lambda points: points - self.centre
        )
        return moved


def plane_of(parcels: gpd.GeoDataFrame) -> Plane:
    """
    Lay out the polygons of a layer in a plane.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS in metres.

    Returns
    -------
    Plane
        Without what is no polygon, is empty or has a coordinate that is not finite or beyond
        any place on the Earth; polygons are taken out of collections.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    """
    if parcels.crs is None:
        raise CRSError("error.crs_none")
    if not is_metric(parcels.crs):
        raise CRSError("error.crs_not_metric", value=crs_name(parcels.crs))
    shapes = _without_collections(np.array(parcels.geometry.to_numpy(), dtype=object))
    rings = rings_of(shapes)
    real = np.abs(rings.points) <= _FARTHEST_M
    if not real.all():
        lost = np.flatnonzero(~real.all(axis=1))
        shapes[rings.plot[np.searchsorted(rings.first, lost, side="right") - 1]] = None
        rings = rings_of(shapes)
    centre = np.round(rings.points.mean(axis=0)) if len(rings.points) else np.zeros(2)
    centred = Rings(rings.points - centre, rings.first, rings.plot, rings.hole)
    return Plane(shapes, centre, outlines_of(centred, len(shapes)))


def _without_collections(shapes: Shapes) -> Shapes:
    """Take the polygons out of collections."""
    kinds = shapely.get_type_id(shapes)
    for row in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
        shapes[row] = shapely.multipolygons(surfaces_of(shapes[row]))
    return shapes
