"""Find the plots that lie against each other, and measure how."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
import shapely

from enping_gis.errors import InputError, ParcelError, SchemaError
from enping_gis.measure._plane import SLACK_M, plane_shapes, repaired
from enping_gis.measure._running import running_lengths

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

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
            if not (math.isfinite(value) and value >= 0):
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
    limits = _Limits(tolerance_m, within_m, min_shared_m)
    ids = _ids(parcels)
    shapes = plane_shapes(parcels)
    left, right = shapely.STRtree(shapes).query(
        shapes, predicate="dwithin", distance=limits.reach_m
    )
    once = left < right
    left, right = left[once], right[once]
    order = np.lexsort((right, left))
    return _measured(ids, shapes, left[order], right[order], limits)


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
    others = np.flatnonzero(np.arange(len(near)) != asked)
    shapes = plane_shapes(parcels.iloc[near])
    found = _measured(ids.iloc[near], shapes, np.full(len(others), asked), others, limits)
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


def _measured(
    ids: pd.Series[str], shapes: Shapes, left: Rows, right: Rows, limits: _Limits
) -> pd.DataFrame:
    gap_m = shapely.distance(shapes[left], shapes[right])
    # A plot without geometry is nan away from all others.
    kept = gap_m <= limits.reach_m
    left, right, gap_m = left[kept], right[kept], gap_m[kept]
    touching = gap_m <= limits.tolerance_m + SLACK_M
    shared_m = np.zeros(len(gap_m))
    shared_m[touching] = running_lengths(
        shapes, left[touching], right[touching], limits.tolerance_m + SLACK_M
    )
    overlap_m2, overlaps = np.zeros(len(gap_m)), np.zeros(len(gap_m), dtype=bool)
    meeting = gap_m == 0
    solid = repaired(shapes)
    overlap_m2[meeting], overlaps[meeting] = _overlap(
        solid[left[meeting]], solid[right[meeting]], limits.tolerance_m
    )
    long_enough = shared_m >= limits.min_shared_m - SLACK_M
    kind = np.select([overlaps, touching & long_enough, touching], CONTACT_KINDS[:3], "across")
    columns = (
        ids.take(left).array,
        ids.take(right).array,
        pd.array(kind.astype(object), dtype="str"),
        shared_m,
        gap_m,
        overlap_m2,
    )
    return pd.DataFrame(dict(zip(CONTACT_COLUMNS, columns, strict=True)))


def _overlap(
    left: Shapes, right: Shapes, tolerance_m: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return what pairs overlap by, in m2, and whether that makes them overlapping plots."""
    common = shapely.intersection(left, right)
    overlap_m2 = shapely.area(common)
    radius_m = tolerance_m / 2 + SLACK_M
    # Most overlaps of surveyed plots are slivers too small for the disk: no need to erode them.
    wide = overlap_m2 > math.pi * radius_m**2
    wide[wide] = ~shapely.is_empty(shapely.buffer(common[wide], -radius_m))
    left_m2, right_m2 = shapely.area(left), shapely.area(right)
    outline_m = shapely.length(np.where(left_m2 < right_m2, left, right))
    # A plot lies within another when less is left of it than a rim of a micrometre.
    rest_m2 = np.minimum(left_m2, right_m2) - overlap_m2
    within = (overlap_m2 > 0) & (rest_m2 <= outline_m * SLACK_M)
    return overlap_m2, wide | within
