"""Tell from plots whose place is known whether degrees are shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.crs import geographic_of, is_metric, transformed
from enping_gis.intake.coordinates.moving import SHIFTS, unshifted
from enping_gis.intake.coordinates.zones import Zone, gauss_kruger

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt
    from pyproj import CRS

# A shift is believed where so much of the area lies on known plots, and so little without it.
SURE, UNLIKELY = 0.6, 0.3
# So many plots are witnesses enough.
_WITNESSES = 2_000


def overlaps(
    shapes: npt.NDArray[np.object_], crs: CRS, known: gpd.GeoDataFrame
) -> dict[str, float]:
    """
    Return the share of the area that lies on known plots, as it stands and unshifted.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Polygons in degrees, longitude first; of many, a sample is looked at.
    crs : pyproj.CRS
        Their geographic system.
    known : geopandas.GeoDataFrame
        Plots whose place is known.

    Returns
    -------
    dict of str to float
        Under ``""`` as the numbers stand, then ``"gcj02"`` and ``"bd09"``; 0 to 1.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from enping_gis.crs import CGCS2000
    >>> overlaps(np.array([], dtype=object), CGCS2000, gpd.GeoDataFrame(geometry=[], crs=4546))
    {'': 0.0, 'gcj02': 0.0, 'bd09': 0.0}
    """
    nothing = dict.fromkeys(["", *SHIFTS], 0.0)
    if known.crs is None or not len(known) or not len(shapes):
        return nothing
    plane = known.crs if is_metric(known.crs) else None
    if plane is None:
        west, _, east, _ = transformed_bounds(known)
        plane = gauss_kruger(Zone(3 * round((west + east) / 6)))
    if plane is None:
        return nothing
    places = _polygons(transformed(known.geometry.to_numpy(), known.crs, plane))
    tree = shapely.STRtree(places)
    sample = shapes[:: max(1, -(-len(shapes) // _WITNESSES))]
    found = {}
    for code in nothing:
        degrees = sample if not code else unshifted(sample, code)
        found[code] = _share(_polygons(transformed(degrees, crs, plane)), tree)
    return found


def transformed_bounds(known: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """
    Return the box of a layer in degrees.

    Parameters
    ----------
    known : geopandas.GeoDataFrame
        Any layer with a CRS and at least one shape.

    Returns
    -------
    tuple of 4 float
        West, south, east, north.
    """
    degrees = transformed(known.geometry.to_numpy(), known.crs, geographic_of(known.crs))
    west, south, east, north = (float(side) for side in shapely.total_bounds(degrees))
    return west, south, east, north


def _polygons(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return shapely.make_valid(shapes, method="structure", keep_collapsed=False)


def _share(shapes: npt.NDArray[np.object_], tree: shapely.STRtree) -> float:
    areas = shapely.area(shapes)
    if not areas.sum():
        return 0.0
    mine, theirs = tree.query(shapes, predicate="intersects")
    common = shapely.area(shapely.intersection(shapes[mine], tree.geometries[theirs]))
    covered = np.bincount(mine, common, len(shapes))
    # Known plots may overlap one another, which counts once.
    return float(np.minimum(covered, areas).sum() / areas.sum())
