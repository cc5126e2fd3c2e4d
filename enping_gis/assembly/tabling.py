"""Write sets of plots as rows that planners read and maps show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from enping_gis.assembly.demands import CM2_PER_M2, FEN_PER_YUAN, TENTHS_PER_M
from enping_gis.assembly.fitting import ground_of, rectangle_in, width_m
from enping_gis.cells import as_texts
from enping_gis.schema import LIST_SEPARATOR, conformed, synthetic_rows
from enping_gis.units import MU, half_up, printed

if TYPE_CHECKING:
    import shapely

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.figures import Figures
    from enping_gis.assembly.land import Land

_LENGTH_DECIMALS, _SHARE_DECIMALS = 2, 4


def frame_of(
    land: Land, figures: Figures, demands: Demands, *, shapes: int, ground: bool = True
) -> gpd.GeoDataFrame:
    """
    Write sets as rows.

    Parameters
    ----------
    land : Land
        The plots.
    figures : Figures
        The sets, in the order of the rows.
    demands : Demands
        With the tolerance, and the columns of cost and score.
    shapes : int
        For how many rows, from the first, width and rectangle are measured.
    ground : bool, default True
        Whether to draw the land of each set.

    Returns
    -------
    geopandas.GeoDataFrame
        Areas in mu as printed; lengths in metres.
    """
    ids = np.append(np.array(land.ids, dtype=object), "")
    names = [LIST_SEPARATOR.join(ids[row[row >= 0]]) for row in figures.members]
    geometry = [None] * len(figures)
    if ground:
        plots = land.parcels.geometry.to_numpy()
        geometry = [ground_of(plots[row[row >= 0]], demands.tolerance_m) for row in figures.members]
    fits = [_fitting(shape) if number < shapes else (np.nan, np.nan, np.nan)
            for number, shape in enumerate(geometry)]  # fmt: skip
    columns = {
        "parcel_ids": pd.array(names, dtype="str"),
        "plots": figures.plots,
        "area_mu": [float(printed(area / CM2_PER_M2, MU)) for area in figures.area_cm2.tolist()],
        "area_m2": figures.area_cm2 / CM2_PER_M2,
        "holders": figures.holders,
        "revitalised_share": _shares(land.done_cm2, figures.done_cm2, figures),
        "ready_share": _shares(land.ready_cm2, figures.ready_cm2, figures),
        "shared_m": _metres(figures.shared),
        "perimeter_m": _metres(figures.perimeter),
        "compactness": [float(half_up(each, _SHARE_DECIMALS)) for each in figures.compactness],
        "min_width_m": [fit[0] for fit in fits],
        "rectangle_long_m": [fit[1] for fit in fits],
        "rectangle_short_m": [fit[2] for fit in fits],
        "roads": figures.roads,
        "road_m": _metres(figures.road),
        "blockers": pd.array(_blockers(land, figures), dtype="str"),
        "synthetic": _synthetic(land, figures),
        "cost_yuan": figures.cost_fen / FEN_PER_YUAN if demands.cost else np.nan,
        "score": figures.score * land.score_step if demands.score else np.nan,
    }
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=land.parcels.crs)


def _fitting(ground: shapely.Geometry | None) -> tuple[float, float, float]:
    if ground is None:
        return np.nan, np.nan, np.nan
    found = rectangle_in(ground)
    sides = (np.nan, np.nan) if found is None else (found.long_m, found.short_m)
    long_m, short_m = (round(side, _LENGTH_DECIMALS) for side in sides)
    return round(width_m(ground), _LENGTH_DECIMALS), long_m, short_m


def _metres(tenths: np.ndarray) -> np.ndarray:
    return np.round(tenths / TENTHS_PER_M, _LENGTH_DECIMALS)


def _shares(known: np.ndarray | None, part_cm2: np.ndarray, figures: Figures) -> np.ndarray:
    if known is None:
        return np.full(len(figures), np.nan)
    return np.round(part_cm2 / np.maximum(figures.area_cm2, 1), _SHARE_DECIMALS)


def _synthetic(land: Land, figures: Figures) -> np.ndarray:
    """Count the plots of each set that stand for no real plot."""
    rows = conformed(pd.DataFrame(land.parcels.drop(columns="geometry")), "parcels")
    counts: np.ndarray = np.append(synthetic_rows(rows), False)[figures.members].sum(axis=1)
    return counts


def _blockers(land: Land, figures: Figures) -> list[str | None]:
    """Name the blockers of all plots of each set, as codes."""
    if "blockers" not in land.parcels:
        return [None] * len(figures)
    told = as_texts(land.parcels["blockers"]).tolist()
    result: list[str | None] = []
    for row in figures.members:
        codes = {
            code.strip()
            for plot in row[row >= 0]
            for code in (told[plot] or "").split(LIST_SEPARATOR)
        }
        result.append(LIST_SEPARATOR.join(sorted(codes - {""})) or None)
    return result
