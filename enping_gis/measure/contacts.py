"""Find the plots that lie against each other, and measure how."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
import shapely

from enping_gis.errors import InputError, ParcelError, SchemaError
from enping_gis.measure.outlines.beside import beside
from enping_gis.measure.outlines.faults import solid_shapes
from enping_gis.measure.outlines.inside import inside_wide
from enping_gis.measure.outlines.nearby import nearby_pairs
from enping_gis.measure.outlines.overlaps import in_common
from enping_gis.measure.outlines.plane import plane_of
from enping_gis.measure.outlines.sides import SLACK_M

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.measure.outlines.plane import Plane

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

ContactKind = Literal["overlap", "shared", "corner", "across"]
CONTACT_KINDS: tuple[ContactKind, ...] = get_args(ContactKind)
CONTACT_COLUMNS = ("left", "right", "kind", "shared_m", "gap_m", "overlap_m2")
ID_COLUMN = "parcel_id"


@dataclass(frozen=True)
class _Limits:
    """The distances, in metres, that decide what counts as a contact."""

    tolerance_m: float
    within_m: float
    min_shared_m: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, str) or not (math.isfinite(value) and value >= 0):
                raise InputError("error.length", name=name, value=value)

    @property
    def reach_m(self) -> float:
        """How far apart the plots of a row may lie."""
        return max(self.tolerance_m, self.within_m) + SLACK_M


def contacts(
    parcels: gpd.GeoDataFrame,
    *,
    tolerance_m: float = 0.2,
    within_m: float = 0.0,
    min_shared_m: float = 1.0,
) -> pd.DataFrame:
    """
    Find all pairs of plots that lie against each other, and measure how.

    ``shared_m`` is the length over which the two boundaries (shells and holes) run along each
    other no further apart than `tolerance_m`, the mean of both directions, without end caps.
    The ``kind`` of a pair is the first that holds:

    - ``overlap``: they overlap by more than `tolerance_m` in width (a disk of that diameter
      fits into what they have in common), or one contains or repeats the other;
    - ``shared``: not further apart than `tolerance_m`, and ``shared_m >= min_shared_m``;
    - ``corner``: not further apart than `tolerance_m`;
    - ``across``: not further apart than `within_m`, as over a road (隔路相邻).

    Distances count as equal within a micrometre, which large coordinates cannot tell apart.
    Rings count as they stand; only what plots overlap by is taken from a repaired copy where
    one is invalid. A plot without polygon, or with a coordinate that is not finite, has no
    contacts.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with a unique ``parcel_id``, in a projected CRS in metres.
    tolerance_m : float, default 0.2
        How far apart, in metres, boundaries may run and still be one boundary.
    within_m : float, default 0.0
        How far apart, in metres, plots may lie and still make a row.
    min_shared_m : float, default 1.0
        Least length, in metres, of a shared boundary.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``left`` and ``right`` (ids, left is the earlier row of `parcels`),
        ``kind``, ``shared_m`` (m), ``gap_m`` (least distance, m), ``overlap_m2`` (m2); sorted
        by the rows of left and right.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    SchemaError
        There is no column ``parcel_id``, or an id is missing or repeated.
    InputError
        A length is negative or not finite.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b", "c"]},
    ...     geometry=[shapely.box(x, 0, x + 50, 80) for x in (0, 50.005, 112)],
    ...     crs=4546,
    ... )
    >>> contacts(plots, within_m=12).round(3).to_dict("split", index=False)["data"]
    [['a', 'b', 'shared', 80.0, 0.005, 0.0], ['b', 'c', 'across', 0.0, 11.995, 0.0]]
    >>> contacts(plots.iloc[:0]).columns.tolist()
    ['left', 'right', 'kind', 'shared_m', 'gap_m', 'overlap_m2']
    """
    ids = _ids(parcels)
    found = contacts_by_row(
        parcels, tolerance_m=tolerance_m, within_m=within_m, min_shared_m=min_shared_m
    )
    return _named(found, ids)


def contacts_by_row(
    parcels: gpd.GeoDataFrame,
    *,
    tolerance_m: float = 0.2,
    within_m: float = 0.0,
    min_shared_m: float = 1.0,
) -> pd.DataFrame:
    """
    Find the pairs that `contacts` finds, by row and number, where names would be many.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS in metres.
    tolerance_m, within_m, min_shared_m : float
        As of `contacts`.

    Returns
    -------
    pandas.DataFrame
        The columns of `contacts`: ``left`` and ``right`` are rows of `parcels` from 0, ``kind``
        is a place in `CONTACT_KINDS`.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    InputError
        A length is negative or not finite.

    Examples
    --------
    >>> import geopandas as gpd
    >>> shapes = [shapely.box(x, 0, x + 50, 80) for x in (0, 50)]
    >>> contacts_by_row(gpd.GeoDataFrame(geometry=shapes, crs=4546)).to_numpy().tolist()
    [[0.0, 1.0, 1.0, 80.0, 0.0, 0.0]]
    """
    limits = _Limits(tolerance_m, within_m, min_shared_m)
    plane = plane_of(parcels)
    return _measured(plane, *_pairs(plane, limits.reach_m), limits)


def _named(found: pd.DataFrame, ids: pd.Series[str]) -> pd.DataFrame:
    """Put ids and words in the place of rows and numbers."""
    return found.assign(
        left=ids.take(found["left"].to_numpy()).array,
        right=ids.take(found["right"].to_numpy()).array,
        kind=pd.array(CONTACT_KINDS, dtype="str").take(found["kind"].to_numpy()),
    )


def neighbours(
    parcels: gpd.GeoDataFrame,
    parcel_id: str,
    *,
    tolerance_m: float = 0.2,
    within_m: float = 0.0,
    min_shared_m: float = 1.0,
) -> pd.DataFrame:
    """
    Find the plots that lie against one plot; only what lies near it is measured.

    The figures are those of `contacts`.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with a unique ``parcel_id``, in a projected CRS in metres.
    parcel_id : str
        The plot asked for.
    tolerance_m : float, default 0.2
        How far apart, in metres, boundaries may run and still be one boundary.
    within_m : float, default 0.0
        How far apart, in metres, plots may lie and still make a row.
    min_shared_m : float, default 1.0
        Least length, in metres, of a shared boundary.

    Returns
    -------
    pandas.DataFrame
        The columns of `contacts`; ``left`` is always `parcel_id`. The longest shared boundary
        comes first, then the least gap, then the order of the layer.

    Raises
    ------
    CRSError
        The layer has no CRS, or one that is not projected in metres.
    SchemaError
        There is no column ``parcel_id``, or an id is missing or repeated.
    ParcelError
        No plot has this id.
    InputError
        A length is negative or not finite.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b", "c"]},
    ...     geometry=[shapely.box(x, 0, x + 50, 80) for x in (0, 50, 112)],
    ...     crs=4546,
    ... )
    >>> neighbours(plots, "b")["right"].tolist()
    ['a']
    >>> neighbours(plots, "c").empty
    True
    """
    limits = _Limits(tolerance_m, within_m, min_shared_m)
    ids = _ids(parcels)
    rows = np.flatnonzero(ids == parcel_id)
    if not len(rows):
        raise ParcelError("error.parcel_id_unknown", value=parcel_id, column=ID_COLUMN)
    near = _rows_near(parcels, int(rows[0]), limits.reach_m)
    asked = int(np.searchsorted(near, rows[0]))
    plane = plane_of(parcels.iloc[near])
    left, right = _pairs(plane, limits.reach_m)
    its = (left == asked) | (right == asked)
    others = np.where(left[its] == asked, right[its], left[its])
    found = _measured(plane, np.full(len(others), asked), others, limits)
    found = _named(found, ids.iloc[near])
    # What differs by less than a micrometre is a tie, in which the order of the layer stays.
    order = np.lexsort((found["gap_m"].round(6), -found["shared_m"].round(6)))
    return found.iloc[order].reset_index(drop=True)


def _ids(parcels: gpd.GeoDataFrame) -> pd.Series[str]:
    if ID_COLUMN not in parcels:
        raise SchemaError("error.parcel_id_column", column=ID_COLUMN)
    ids: pd.Series[str] = parcels[ID_COLUMN]
    faulty = ids[ids.isna() | ids.duplicated(keep=False)]
    if len(faulty):
        value, count = faulty.iloc[0], len(faulty)
        raise SchemaError("error.parcel_id_values", column=ID_COLUMN, value=value, count=count)
    return ids


def _rows_near(parcels: gpd.GeoDataFrame, row: int, reach_m: float) -> Rows:
    """Return the rows whose box comes close to that of one row, and the row itself."""
    west, south, east, north = shapely.bounds(parcels.geometry.to_numpy()).T
    near = (west <= east[row] + reach_m) & (east >= west[row] - reach_m)
    near &= (south <= north[row] + reach_m) & (north >= south[row] - reach_m)
    near[row] = True
    return np.flatnonzero(near)


def _pairs(plane: Plane, reach_m: float) -> tuple[Rows, Rows]:
    """Return all pairs that may lie within reach: the lesser rows, in order, and the greater."""
    near = nearby_pairs(plane.outlines, reach_m)
    wide = np.flatnonzero(near.wide)
    if not len(wide):
        return near.left, near.right
    inner, outer = inside_wide(plane.at_origin(plane.shapes[wide]), plane.outlines, wide)
    count = len(plane.shapes)
    keys, more = near.left * count + near.right, np.unique(inner * count + outer)
    place = np.searchsorted(keys, more)
    fresh = np.append(keys, -1)[place] != more
    left, right = np.divmod(np.insert(keys, place[fresh], more[fresh]), count)
    return left, right


def _measured(plane: Plane, left: Rows, right: Rows, limits: _Limits) -> pd.DataFrame:
    tolerance_m = limits.tolerance_m + SLACK_M
    found = beside(plane.outlines, left, right, tolerance_m=tolerance_m, reach_m=limits.reach_m)
    gap_m, shared_m, along = found
    kept = gap_m <= limits.reach_m
    left, right = left[kept], right[kept]
    gap_m, shared_m, along = gap_m[kept], shared_m[kept], along[kept]
    touching = gap_m <= tolerance_m
    overlap_m2, overlaps = np.zeros(len(gap_m)), np.zeros(len(gap_m), dtype=bool)
    meeting = gap_m <= SLACK_M
    overlap_m2[meeting], overlaps[meeting] = _overlap(
        plane, left[meeting], right[meeting], along[meeting], limits.tolerance_m
    )
    long_enough = shared_m >= limits.min_shared_m - SLACK_M
    kind = np.select([overlaps, touching & long_enough, touching], [0, 1, 2], 3)
    columns = (left, right, kind, shared_m, gap_m, overlap_m2)
    return pd.DataFrame(dict(zip(CONTACT_COLUMNS, columns, strict=True)))


def _overlap(
    plane: Plane, left: Rows, right: Rows, along: Floats, tolerance_m: float
) -> tuple[Floats, Flags]:
    """Return what pairs overlap by, in m2, and whether that makes them overlapping plots."""
    overlap_m2, narrow = in_common(
        plane.outlines, left, right, along, width_m=tolerance_m + 2 * SLACK_M
    )
    solid, invalid = solid_shapes(plane)
    # GEOS sees what is not certain from the outlines alone.
    unsure = invalid[left] | invalid[right] | np.isnan(overlap_m2)
    shown = np.flatnonzero(unsure | ~narrow)
    rows, place = np.unique([left[shown], right[shown]], return_inverse=True)
    one, other = plane.at_origin(solid[rows])[place]
    common = shapely.intersection(one, other)
    overlap_m2[unsure] = shapely.area(common)[unsure[shown]]
    radius_m = tolerance_m / 2 + SLACK_M
    overlaps = np.zeros(len(left), dtype=bool)
    overlaps[shown] = ~shapely.is_empty(shapely.buffer(common, -radius_m))
    # A plot lies within another when less is left of it than a rim of a micrometre.
    areas_m2 = shapely.area(solid)
    lesser = np.where(areas_m2[left] < areas_m2[right], left, right)
    mostly = np.flatnonzero(overlap_m2 > areas_m2[lesser] / 2)
    rest_m2 = areas_m2[lesser[mostly]] - overlap_m2[mostly]
    overlaps[mostly] |= rest_m2 <= shapely.length(solid[lesser[mostly]]) * SLACK_M
    return overlap_m2, overlaps
