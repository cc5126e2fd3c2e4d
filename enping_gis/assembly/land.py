"""Lay plots out for assembly: whole numbers that add up, and who lies against whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from enping_gis.assembly.demands import CM2_PER_M2, FEN_PER_YUAN, TENTHS_PER_M
from enping_gis.assembly.links import Links, links_of
from enping_gis.cells import as_texts
from enping_gis.errors import InputError, ParcelError, SchemaError
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.measure.standing import status_on

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

# Outlines are seen from so many directions; a circle seen so is 0.6 % shorter than it is.
DIRECTIONS = 16
# Scores are added as whole multiples of this share of the greatest of them.
_SCORE_STEPS = 1 << 40


@dataclass(frozen=True)
class Land:
    """
    The plots that may be combined, ordered by id, in whole numbers.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        The plots, one row each, ordered by ``parcel_id``.
    area_cm2, planar_cm2 : numpy.ndarray of int
        Area by the method asked for, and in the plane of the layer.
    perimeter : numpy.ndarray of int
        Length of the outlines in tenths of a millimetre, holes included; never less than what
        a plot shares with all of its neighbours.
    support : numpy.ndarray of int, shape (n, DIRECTIONS)
        How far each plot reaches in each direction, in tenths of a millimetre.
    done_cm2 : numpy.ndarray of int or None
        Area revitalised, where it is known.
    ready_cm2 : numpy.ndarray of int or None
        Area that a project could have: all of a plot without blockers and not in court, else
        nothing; None where neither is known.
    cost_fen : numpy.ndarray of int
        Cost in fen, 0 where no column is named.
    score : numpy.ndarray of int
        Score in steps of `score_step`.
    score_step : float
        One step of the score.
    holder : numpy.ndarray of int
        A number for each holder; a plot whose holder is not known has one of its own.
    links : Links
        What lies against what.
    without_area : tuple of str
        Ids of plots left out because they have no area.
    """

    parcels: gpd.GeoDataFrame
    area_cm2: Ints
    planar_cm2: Ints
    perimeter: Ints
    support: Ints
    done_cm2: Ints | None
    ready_cm2: Ints | None
    cost_fen: Ints
    score: Ints
    score_step: float
    holder: Ints
    links: Links
    without_area: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        """
        The ids of the plots, in order.

        Returns
        -------
        list of str
            One for each row.
        """
        return list(self.parcels["parcel_id"])

    def __len__(self) -> int:
        """
        Return how many plots there are.

        Returns
        -------
        int
            Number of rows.
        """
        return len(self.parcels)

    def rows(self, ids: tuple[str, ...]) -> list[int]:
        """
        Return where plots stand.

        Parameters
        ----------
        ids : tuple of str
            Their ids; those that may not be combined are left out.

        Returns
        -------
        list of int
            Rows, in order.
        """
        place = {parcel: row for row, parcel in enumerate(self.parcels["parcel_id"])}
        return sorted(place[parcel] for parcel in ids if parcel in place)


def candidate_plots(source: Inventory | gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Return plots with what assembly looks at, ordered by id.

    Parameters
    ----------
    source : Inventory or geopandas.GeoDataFrame
        Of an inventory, the plots of its day with their status; or any plots with
        ``parcel_id``.

    Returns
    -------
    geopandas.GeoDataFrame
        The plots with ``area_m2``, and with ``status`` and ``done_m2`` where they are known.

    Raises
    ------
    SchemaError
        There is no column ``parcel_id``, or an id is missing or repeated.
    """
    if isinstance(source, Inventory):
        told = status_on(source).reset_index(drop=True)[["status", "area_m2", "done_m2"]]
        plots = source.parcels.reset_index(drop=True).drop(columns=told.columns, errors="ignore")
        plots = plots.assign(**{name: told[name] for name in told})
    else:
        plots = source.reset_index(drop=True)
        plots = plots.assign(area_m2=area(plots))
    if "parcel_id" not in plots:
        raise SchemaError("error.parcel_id_column", column="parcel_id")
    ids = plots["parcel_id"]
    faulty = ids[ids.isna() | ids.duplicated(keep=False)]
    if len(faulty):
        raise SchemaError(
            "error.parcel_id_values", column="parcel_id", value=faulty.iloc[0], count=len(faulty)
        )
    return plots.assign(parcel_id=ids.astype(str)).sort_values("parcel_id", ignore_index=True)


def land_of(plots: gpd.GeoDataFrame, demands: Demands) -> Land:
    """
    Lay plots out for assembly.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        What `candidate_plots` returned.
    demands : Demands
        Which plots may be combined, and what lies against what.

    Returns
    -------
    Land
        The plots that the filters let through.

    Raises
    ------
    SchemaError
        A demand names a column that is not there, or costs that are no costs.
    ParcelError
        A demand names a plot that is not there.
    CRSError
        The layer has no projected CRS in metres.
    """
    known = set(plots["parcel_id"])
    near = () if demands.near is None else (demands.near,)
    for parcel in (*demands.must_contain, *demands.must_not, *near):
        if parcel not in known:
            raise ParcelError("error.parcel_id_unknown", value=parcel, column="parcel_id")
    shapes = plots.geometry.to_numpy()
    area_cm2 = _whole(plots["area_m2"].fillna(0.0).to_numpy(), CM2_PER_M2)
    chosen = (area_cm2 > 0) & _let_through(plots, demands)
    links, bordering = links_of(plots, demands)
    length = np.maximum(_whole(np.nan_to_num(shapely.length(shapes)), TENTHS_PER_M), bordering)
    rows = np.flatnonzero(chosen)
    kept = plots.iloc[rows].reset_index(drop=True)
    score, step = _scores(kept, demands.score)
    return Land(
        parcels=kept,
        area_cm2=area_cm2[rows],
        planar_cm2=_whole(shapely.area(shapes[rows]), CM2_PER_M2),
        perimeter=length[rows],
        support=_support(shapes[rows]),
        done_cm2=_done(kept),
        ready_cm2=_ready(kept, area_cm2[rows]),
        cost_fen=_costs(kept, demands.cost),
        score=score,
        score_step=step,
        holder=_holders(kept),
        links=links.among(rows, len(plots)),
        without_area=tuple(plots["parcel_id"][area_cm2 <= 0]),
    )


def near_rows(land: Land, plots: gpd.GeoDataFrame, demands: Demands) -> list[int] | None:
    """
    Return the plots of which a set must contain one.

    Parameters
    ----------
    land : Land
        The plots that may be combined.
    plots : geopandas.GeoDataFrame
        All plots, the one that is named among them.
    demands : Demands
        With `near` and `near_m`.

    Returns
    -------
    list of int or None
        Rows of `land`; None where any plot will do.
    """
    if demands.near is None or demands.near_m == 0:
        return None
    place = plots.geometry[plots["parcel_id"] == demands.near].iloc[0]
    apart_m = shapely.distance(land.parcels.geometry.to_numpy(), place)
    return np.flatnonzero(apart_m <= demands.near_m).tolist()


def _whole(values: Any, steps: int) -> Ints:  # noqa: ANN401 - an array or a column of numbers
    return np.rint(np.asarray(values, dtype=np.float64) * steps).astype(np.int64)


def _let_through(plots: gpd.GeoDataFrame, demands: Demands) -> Flags:
    chosen = ~plots["parcel_id"].isin(demands.must_not).to_numpy()
    for name in ("status", "category", "town"):
        wanted = getattr(demands, name)
        if wanted:
            chosen &= _column(plots, name).isin(wanted).to_numpy()
    if demands.unblocked:
        chosen &= as_texts(_column(plots, "blockers")).isna().to_numpy()
    return np.asarray(chosen, dtype=np.bool_)


def _column(plots: gpd.GeoDataFrame, name: str) -> pd.Series[Any]:
    if name not in plots:
        raise SchemaError("error.demand_column", value=name)
    column: pd.Series[Any] = plots[name]
    return column


def _numbers(plots: gpd.GeoDataFrame, name: str) -> npt.NDArray[np.float64]:
    numbers = pd.to_numeric(_column(plots, name), errors="coerce")
    lost = plots["parcel_id"][~np.isfinite(numbers.to_numpy(dtype=np.float64, na_value=math.nan))]
    if len(lost):
        raise SchemaError("error.demand_number", value=name, parcel=lost.iloc[0])
    return numbers.to_numpy(dtype=np.float64)


def _costs(plots: gpd.GeoDataFrame, name: str | None) -> Ints:
    if name is None:
        return np.zeros(len(plots), dtype=np.int64)
    costs = _numbers(plots, name)
    below = plots["parcel_id"][costs < 0]
    if len(below):
        raise InputError("error.cost_below_zero", value=name, parcel=below.iloc[0])
    return _whole(costs, FEN_PER_YUAN)


def _scores(plots: gpd.GeoDataFrame, name: str | None) -> tuple[Ints, float]:
    if name is None:
        return np.zeros(len(plots), dtype=np.int64), 1.0
    scores = _numbers(plots, name)
    greatest = float(np.abs(scores).max(initial=0.0))
    # A power of two, so that scores which are whole numbers stay exact.
    step = 2.0 ** math.ceil(math.log2(greatest)) / _SCORE_STEPS if greatest > 0 else 1.0
    return np.rint(scores / step).astype(np.int64), step


def _done(plots: gpd.GeoDataFrame) -> Ints | None:
    if "done_m2" not in plots:
        return None
    return _whole(plots["done_m2"].fillna(0.0), CM2_PER_M2)


def _ready(plots: gpd.GeoDataFrame, area_cm2: Ints) -> Ints | None:
    known = [name for name in ("blockers", "status") if name in plots]
    if not known:
        return None
    free = np.ones(len(plots), dtype=np.bool_)
    if "blockers" in known:
        free &= as_texts(plots["blockers"]).isna().to_numpy()
    if "status" in known:
        free &= (plots["status"] != "disputed").to_numpy()
    return np.where(free, area_cm2, 0)


def _holders(plots: gpd.GeoDataFrame) -> Ints:
    if "holder" not in plots:
        return np.arange(len(plots), dtype=np.int64)
    codes = pd.factorize(as_texts(plots["holder"]))[0].astype(np.int64)
    unknown = np.flatnonzero(codes < 0)
    codes[unknown] = codes.max(initial=-1) + 1 + np.arange(len(unknown))
    return codes


def _support(shapes: npt.NDArray[np.object_]) -> Ints:
    """Tell how far each shape reaches in each direction from the middle of the layer."""
    reach = np.zeros((len(shapes), DIRECTIONS), dtype=np.int64)
    points, row = shapely.get_coordinates(shapes, return_index=True)
    if not len(points):
        return reach
    points = points - np.round(points.mean(axis=0))
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    rows, first = np.unique(row, return_index=True)
    for number, (east, north) in enumerate(zip(np.cos(angle), np.sin(angle), strict=True)):
        along = points[:, 0] * east + points[:, 1] * north
        reach[rows, number] = _whole(np.maximum.reduceat(along, first), TENTHS_PER_M)
    return reach
