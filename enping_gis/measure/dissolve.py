"""Dissolve plots into the ground that each town, or any other group, holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.cells import as_texts
from enping_gis.crs import crs_name, is_metric
from enping_gis.errors import CRSError, SchemaError
from enping_gis.measure.areas import area
from enping_gis.measure.cutting.clipping import areal
from enping_gis.measure.cutting.uniting import united
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from enping_gis.measure.areas import AreaMethod

FIGURE_COLUMNS = ("parcels", "without_area", "area_m2", "planar_m2", "overlap_m2", "geometry")

_FIGURES = ("parcels", "without_area", "area_m2", "planar_m2", "overlap_m2")


def dissolve(
    parcels: gpd.GeoDataFrame, by: str = "town", *, method: AreaMethod = "ellipsoidal"
) -> gpd.GeoDataFrame:
    """
    Unite the plots of each group.

    The result is the union of the plots, whether they share their nodes or were surveyed one by
    one: gaps stay, overlaps count once. Where the plots are a clean coverage, common
    segments are left out instead of overlaying polygons; that this gives the union is proved for
    each neighbourhood by its area and its validity, else it is not used.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS in metres; invalid ones count as repaired copies, and what
        has no polygon, or a coordinate that is not finite, adds nothing to the ground.
    by : str, default "town"
        Column whose cells, read as text, name the groups; what is missing or blank is the
        group ``unknown``.
    method : {"ellipsoidal", "planar", "geodesic"}
        How the areas of the plots are measured.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each group, in the order of their names, ``unknown`` last: the column
        `by`, ``parcels`` (how many plots), ``without_area`` (how many of them have none),
        ``area_m2`` (sum of the plots' own areas, as totals have it; not that of the united
        outline, since areas on the ellipsoid do not add up), ``planar_m2`` (the ground in the
        plane), ``overlap_m2`` (by how much the plots' areas in the plane exceed the ground,
        where plots overlap) and the geometry, MultiPolygon.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    SchemaError
        There is no column `by`, or it has the name of a figure of the result.
    InputError
        `method` is another word.

    Examples
    --------
    >>> plots = gpd.GeoDataFrame(
    ...     {"town": ["a", "a", None]},
    ...     geometry=[shapely.box(x, 0, x + 50, 80) for x in (0, 50, 200)],
    ...     crs=4546,
    ... )
    >>> dissolve(plots, method="planar")[["town", "parcels", "area_m2"]].to_numpy().tolist()
    [['a', 2, 8000.0], ['unknown', 1, 4000.0]]
    >>> len(dissolve(plots.iloc[:0]))
    0
    """
    if by not in parcels or by == parcels.geometry.name:
        known = ", ".join(str(name) for name in parcels.columns if name != parcels.geometry.name)
        raise SchemaError("error.dissolve_column", value=by, known=known or "-")
    if by in _FIGURES:
        raise SchemaError("error.dissolve_reserved", value=by)
    if parcels.crs is None:
        raise CRSError("error.crs_none")
    if not is_metric(parcels.crs):
        raise CRSError("error.crs_not_metric", value=crs_name(parcels.crs))
    shapes = areal(parcels.geometry.to_numpy())
    if shapely.has_z(shapes).any():
        shapes = shapely.force_2d(shapes)
    with np.errstate(invalid="ignore"):  # what is not finite is measured as NaN
        own_m2 = area(parcels, method=method).to_numpy()
        planar_m2 = shapely.area(shapes)
    shapes[~np.isfinite(planar_m2)] = shapely.Polygon()
    code, names = pd.factorize(as_texts(parcels[by]).fillna(UNKNOWN))
    order = np.argsort(code, kind="stable")
    groups = np.split(order, np.searchsorted(code[order], np.arange(1, len(names))))
    listed = sorted(range(len(names)), key=lambda each: (names[each] == UNKNOWN, names[each]))
    grounds = np.array([united(shapes[groups[each]]) for each in listed], dtype=object)
    ground_m2 = shapely.area(grounds)
    members_m2 = [math.fsum(np.nan_to_num(planar_m2[groups[each]])) for each in listed]
    figures = {
        by: np.array([names[each] for each in listed], dtype=object),
        "parcels": [len(groups[each]) for each in listed],
        "without_area": [int(np.isnan(own_m2[groups[each]]).sum()) for each in listed],
        "area_m2": [math.fsum(np.nan_to_num(own_m2[groups[each]])) for each in listed],
        "planar_m2": ground_m2,
        "overlap_m2": np.maximum(np.array(members_m2) - ground_m2, 0.0),
    }
    return gpd.GeoDataFrame(figures, geometry=list(grounds), crs=parcels.crs)
