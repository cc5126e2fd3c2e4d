"""Measure plots one by one, so that a stored figure is the same whatever stands beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod

from enping_gis.crs import geographic_of, transformed
from enping_gis.units import M2_PER_HA, M2_PER_MU

if TYPE_CHECKING:
    from typing import Any

    import geopandas as gpd

    from enping_gis.store.meta import AreaMethod

_EQUAL_AREA = CRS.from_proj4("+proj=cea +ellps=GRS80")
_GRS80 = Geod(ellps="GRS80")


def plot_areas_m2(parcels: gpd.GeoDataFrame, method: AreaMethod) -> pd.Series[Any]:
    """
    Return the area of each plot, each measured vertex by vertex.

    `enping_gis.area` follows polynomials where plots are many and differs by less than
    1e-6 m2; here a plot has the same figure alone and among thousands, to the last bit.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with a projected CRS in metres.
    method : {"ellipsoidal", "planar", "geodesic"}
        How to measure; ``ellipsoidal`` is the area of 国土调查办发〔2008〕32号, in the plane
        ``+proj=cea +ellps=GRS80``.

    Returns
    -------
    pandas.Series of float
        Area in m2 on the index of `parcels`; NaN where there is no geometry.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plot = shapely.box(634_000, 2_451_000, 634_100, 2_451_100)
    >>> plots = gpd.GeoDataFrame(geometry=[plot, None], crs=4546)
    >>> plot_areas_m2(plots, "ellipsoidal").round(2).tolist()
    [9995.56, nan]
    >>> plot_areas_m2(plots.iloc[:0], "planar").size
    0
    """
    shapes = parcels.geometry.to_numpy()
    if method == "planar":
        areas_m2 = shapely.area(shapes)
    else:
        degrees = geographic_of(parcels.crs)
        laid = transformed(shapes, parcels.crs, degrees)
        if method == "geodesic":
            areas_m2 = np.array([_geodesic_m2(shape) for shape in laid], dtype=np.float64)
        else:
            with np.errstate(invalid="ignore"):  # a vertex beyond the Earth has no place there
                areas_m2 = shapely.area(transformed(laid, degrees, _EQUAL_AREA))
    areas_m2 = np.where(np.isfinite(areas_m2), areas_m2, math.nan)
    return pd.Series(areas_m2, index=parcels.index, dtype="float64")


def ledger_areas_m2(parcels: pd.DataFrame) -> pd.Series[Any]:
    """
    Return the area of each plot in the ledger.

    Parameters
    ----------
    parcels : pandas.DataFrame
        Columns `stated_mu` and `stated_ha`; mu is the primary figure, hectares are its print.

    Returns
    -------
    pandas.Series of float
        Area in m2 on the index of `parcels`, NaN where the ledger has none.

    Examples
    --------
    >>> rows = pd.DataFrame({"stated_mu": [1.5, None], "stated_ha": [None, 1.0]})
    >>> ledger_areas_m2(rows).tolist(), ledger_areas_m2(rows.iloc[:0]).size
    ([1000.0, 10000.0], 0)
    """
    mu = parcels["stated_mu"].astype("float64") * float(M2_PER_MU)
    ha = parcels["stated_ha"].astype("float64") * float(M2_PER_HA)
    return mu.fillna(ha)


def _geodesic_m2(shape: shapely.Geometry | None) -> float:
    """Add up shells and take off holes, whatever direction their rings run in."""
    if shape is None:
        return math.nan
    polygons = [each for each in shapely.get_parts(shape) if each.geom_type == "Polygon"]
    return sum(
        _ring_m2(each.exterior) - sum(_ring_m2(hole) for hole in each.interiors)
        for each in polygons
    )


def _ring_m2(ring: shapely.LinearRing) -> float:
    signed_m2, _ = _GRS80.polygon_area_perimeter(*shapely.get_coordinates(ring).T)
    return abs(float(signed_m2))
