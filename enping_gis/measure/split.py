"""Split plots along the outlines of towns, and share the area of each among its parts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.cells import as_texts
from enping_gis.crs import crs_name, is_metric, transformed
from enping_gis.errors import CRSError, InputError, SchemaError
from enping_gis.measure.areas import area
from enping_gis.measure.cutting.clipping import areal, repaired
from enping_gis.measure.cutting.cut import Conflict, Ground, cut
from enping_gis.measure.cutting.shares import exact_sums, printed_columns, shares, unrounded
from enping_gis.measure.totals import COLUMNS, Totals
from enping_gis.messages import text
from enping_gis.units import AREA_UNITS, balance, printed
from enping_gis.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.measure.areas import AreaMethod
    from enping_gis.messages import Language

    Shapes = npt.NDArray[np.object_]
    Texts = npt.NDArray[np.object_]

PART_COLUMNS = (
    "parcel_id", "part", "key", "share", "area_m2", "area_ha", "area_mu", "unrounded_m2",
    "planar_m2", "moved_m2", "contested_m2", "repaired", "geometry",
)  # fmt: skip
ID_COLUMN = "parcel_id"
# Repairing an outline may move so much of its area, as loops at a corner do; more is no outline.
_LOOPS_M2 = 1.0


def split(
    parcels: gpd.GeoDataFrame,
    by: gpd.GeoDataFrame,
    *,
    key: str = "place",
    method: AreaMethod = "ellipsoidal",
    tolerance_m: float = 0.2,
    sliver_m: float = 0.001,
) -> gpd.GeoDataFrame:
    """
    Cut plots where they cross the outlines of towns, or of any other polygons.

    A plot that lies in one town is not cut and keeps its geometry to the last bit; a plot
    across a line becomes a part for each town, and one part without a key for what lies in
    none of them. Areas on the ellipsoid do not add up under cutting, so the parts have the
    shares in the plane of the plot's own area.

    Where polygons with different keys overlap by up to `tolerance_m` (their mean width), as
    outlines do that were drawn one by one, a plot that lies wholly in one of them is its,
    other ground goes to the earlier row. Pieces narrower than `sliver_m` go to the largest
    part of their plot.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with a unique ``parcel_id``, in a projected CRS in metres. What has no polygon,
        or a coordinate that is not finite, is one part without key and without area.
        An invalid plot that a line crosses is cut as a repaired copy.
    by : geopandas.GeoDataFrame
        Polygons in any CRS; their vertices are moved to that of `parcels`, edges stay
        straight. Rows with the same key are one area. Of the table ``places``, industrial
        parks are left out, since they overlap the towns.
    key : str, default "place"
        Column of `by` that says what a part lies in; read as text.
    method : {"ellipsoidal", "planar", "geodesic"}
        How the area of a plot is measured.
    tolerance_m : float, default 0.2
        Mean width in metres (twice the area by the perimeter) up to which polygons may
        overlap within a plot; the default is the one that boundaries have in `contacts`.
    sliver_m : float, default 0.001
        Mean width in metres below which a piece is no part; the default is the last digit
        that files keep of coordinates, so that what was written and read is not cut anew.

    Returns
    -------
    geopandas.GeoDataFrame
        Parts in the order of the plots, the largest of a plot first: ``parcel_id``, ``part``
        (from 1), ``key`` (None in no polygon), ``share`` (of the plot, 0 to 1), ``area_m2``,
        ``area_ha``, ``area_mu`` (as printed: those of a plot add up to the plot as printed),
        ``unrounded_m2`` (floats that add up to the plot's area exactly), ``planar_m2``
        (in the plane), ``moved_m2`` (of it, slivers from elsewhere), ``contested_m2`` (of it,
        what a polygon with another key covers too), ``repaired`` and the geometry.

    Raises
    ------
    CRSError
        A layer has no CRS, or that of `parcels` is not projected in metres.
    SchemaError
        There is no column ``parcel_id`` or `key`, a cell in it is missing, or an id is repeated.
    InputError
        Two polygons overlap by more than `tolerance_m` within a plot, an outline of `by`
        crosses itself, a length is negative or not finite, or `method` is another word.

    Examples
    --------
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b"]},
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)],
    ...     crs=4546,
    ... )
    >>> towns = gpd.GeoDataFrame(
    ...     {"place": ["west", "east"]},
    ...     geometry=[shapely.box(-500, 0, 30, 500), shapely.box(30, 0, 500, 500)],
    ...     crs=4546,
    ... )
    >>> parts = split(plots, towns, method="planar")
    >>> parts[["parcel_id", "part", "key", "area_m2"]].to_numpy().tolist()
    [['a', 1, 'east', 7000.0], ['a', 2, 'west', 3000.0], ['b', 1, 'east', 10000.0]]
    >>> len(split(plots.iloc[:0], towns))
    0
    """
    for name, value in (("tolerance_m", tolerance_m), ("sliver_m", sliver_m)):
        if not (math.isfinite(value) and value >= 0):
            raise InputError("error.length", name=name, value=value)
    ids = _ids(parcels)
    if parcels.crs is None:
        raise CRSError("error.crs_none")
    if not is_metric(parcels.crs):
        raise CRSError("error.crs_not_metric", value=crs_name(parcels.crs))
    names, outlines = _outlines(by, key, parcels.crs)
    keys, code = np.unique(names, return_inverse=True)
    shapes: Shapes = np.array(parcels.geometry.to_numpy(), dtype=object)
    with np.errstate(invalid="ignore"):  # what is not finite is measured as NaN
        own_m2 = area(parcels, method=method).to_numpy()
        planar_m2 = shapely.area(shapes)
    found = cut(shapes, planar_m2, Ground(outlines, code, tolerance_m, sliver_m))
    if isinstance(found, Conflict):
        common = shapely.intersection(outlines[found.one], outlines[found.other])
        raise InputError(
            "error.split_overlap", one=names[found.one], other=names[found.other],
            overlap_m2=f"{shapely.area(common):,.2f}", parcel=ids.iloc[found.plot],
            tolerance_m=tolerance_m,
        )  # fmt: skip
    first = np.searchsorted(found.plot, np.arange(len(shapes)))
    share = shares(found.planar_m2, found.plot)
    unrounded_m2 = unrounded(share, found.plot, own_m2)
    columns: dict[str, Any] = {
        "parcel_id": ids.to_numpy()[found.plot],
        "part": np.arange(len(found.plot)) - first[found.plot] + 1,
        "key": np.append(keys, np.array([None]))[found.code],
        "share": share,
        "unrounded_m2": unrounded_m2,
        "planar_m2": found.planar_m2,
        "moved_m2": found.moved_m2,
        "contested_m2": found.contested_m2,
        "repaired": found.repaired,
        "geometry": gpd.GeoSeries(found.shape, crs=parcels.crs),
    }
    columns |= printed_columns(unrounded_m2, found.plot)
    return gpd.GeoDataFrame({name: columns[name] for name in PART_COLUMNS}, crs=parcels.crs)


def split_totals(
    parts: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    lang: Language | None = None,
) -> Totals:
    """
    Add up the parts of plots per town.

    The total is the half-up rounding of the exact sum, and the groups of each unit are
    balanced to it (`enping_gis.units.balance`), so that the printed columns add up. Since the
    unrounded parts of a plot add up to its area exactly, the total is that of the plots.

    Parameters
    ----------
    parts : pandas.DataFrame
        What `split` returned.
    labels : mapping of str to str, optional
        How each key is called, in the order in which they are shown; a key that is not there
        follows under its own name.
    lang : {"zh", "en"}, optional
        Language of the label for what lies in no town; by default the one in force.

    Returns
    -------
    Totals
        One row for each key, what lies nowhere last; ``parcels`` counts the plots with a part
        there, so that plots in two towns are counted in both, but once in the total.

    Examples
    --------
    >>> parts = pd.DataFrame(
    ...     {
    ...         "parcel_id": ["a", "a", "b"],
    ...         "key": ["east", "west", "east"],
    ...         "unrounded_m2": [0.006, 0.004, 1.0],
    ...     }
    ... )
    >>> split_totals(parts).rows[["key", "parcels", "area_m2"]].to_numpy().tolist()
    [['east', 2, Decimal('1.01')], ['west', 1, Decimal('0.00')]]
    >>> split_totals(parts.iloc[:0]).total["area_mu"]
    Decimal('0.00')
    """
    labels = labels or {}
    code, found = pd.factorize(parts["key"].fillna(UNKNOWN))
    rank = {key: number for number, key in enumerate(labels)}
    keys = sorted(found, key=lambda key: (key == UNKNOWN, rank.get(key, len(rank)), key))
    known = parts["unrounded_m2"].notna()
    areas_m2 = parts["unrounded_m2"].fillna(0.0).to_numpy(dtype=float)
    sums = dict(zip(found, exact_sums(areas_m2, code, len(found)), strict=True))
    exact = {key: sums[key] for key in keys}
    there = pd.DataFrame({"key": code, "plot": parts["parcel_id"].to_numpy()}).drop_duplicates()
    counts = dict(zip(found, np.bincount(there["key"], minlength=len(found)), strict=True))
    columns: dict[str, Any] = {
        "key": keys,
        "label": [labels.get(k, text("split.nowhere", lang) if k == UNKNOWN else k) for k in keys],
        "parcels": [int(counts[key]) for key in keys],
    }
    total: dict[str, int | Decimal] = {"parcels": parts["parcel_id"].nunique()}
    for unit in AREA_UNITS:
        columns[f"area_{unit.code}"] = list(balance(exact, unit).values())
        total[f"area_{unit.code}"] = printed(sum(exact.values(), Fraction(0)), unit)
    without_area = tuple(parts.loc[~known, "parcel_id"].unique())
    return Totals(pd.DataFrame(columns, columns=list(COLUMNS)), total, without_area)


def _ids(parcels: gpd.GeoDataFrame) -> pd.Series[str]:
    if ID_COLUMN not in parcels:
        raise SchemaError("error.parcel_id_column", column=ID_COLUMN)
    ids: pd.Series[str] = parcels[ID_COLUMN]
    faulty = ids[ids.isna() | ids.duplicated(keep=False)]
    if len(faulty):
        value, count = faulty.iloc[0], len(faulty)
        raise SchemaError("error.parcel_id_values", column=ID_COLUMN, value=value, count=count)
    return ids


def _outlines(by: gpd.GeoDataFrame, key: str, crs: CRS) -> tuple[Texts, Shapes]:
    """Return the polygons to cut along, valid and in the plane of the plots, and their keys."""
    if key not in by:
        known = ", ".join(str(name) for name in by.columns if name != by.geometry.name)
        raise SchemaError("error.split_key", value=key, known=known or "-")
    if by.crs is None:
        raise CRSError("error.crs_none")
    if {"place", "kind"} <= set(by.columns):
        by = by[by["kind"] != "park"]
    names = as_texts(by[key]).to_numpy()
    nameless = np.flatnonzero(pd.isna(names))
    if len(nameless):
        raise SchemaError("error.split_key_missing", column=key, row=int(nameless[0]) + 1)
    reserved = np.flatnonzero(names == UNKNOWN)
    if len(reserved):
        first = int(reserved[0]) + 1
        raise SchemaError("error.split_key_reserved", column=key, value=UNKNOWN, row=first)
    moved = areal(transformed(by.geometry, by.crs, crs))
    for row in np.flatnonzero(~shapely.is_valid(moved)):
        as_drawn = moved[row]
        finite = np.isfinite(shapely.get_coordinates(as_drawn)).all()
        if finite:
            moved[row : row + 1] = repaired(moved[row : row + 1])
        if not finite or abs(shapely.area(moved[row]) - shapely.area(as_drawn)) > _LOOPS_M2:
            reason = shapely.is_valid_reason(as_drawn)
            raise InputError("error.split_outline", value=names[row], row=row + 1, reason=reason)
    return names, moved
