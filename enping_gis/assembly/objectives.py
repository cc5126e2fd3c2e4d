"""Say what the best set is: what each plot adds, and in which unit the value is told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from enping_gis.assembly.branching import Search, Sought, goals
from enping_gis.assembly.demands import CM2_PER_M2, FEN_PER_YUAN, TENTHS_PER_M
from enping_gis.assembly.field import COMPACT, GAIN, PERIMETER
from enping_gis.assembly.land import near_rows
from enping_gis.assembly.widths import Widths
from enping_gis.units import M2_PER_MU

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.land import Land

    Ints = npt.NDArray[np.int64]

# Objectives that add up a column, which a demand names.
COLUMNS = {"score": "score", "cost": "cost"}


def search_for(land: Land, plots: gpd.GeoDataFrame, demands: Demands, objective: str) -> Search:
    """
    Set up the search for the best set.

    Parameters
    ----------
    land : Land
        The plots that may be combined.
    plots : geopandas.GeoDataFrame
        All plots, what `candidate_plots` returned.
    demands : Demands
        What a set has to be.
    objective : str
        A name of `enping_gis.assembly.branching.goals`.

    Returns
    -------
    Search
        Not begun yet.
    """
    sought = Sought(goals()[objective], _gain(land, objective))
    widths = Widths(land, demands.min_width_m, demands.tolerance_m)
    return Search(land, demands, sought, widths, near_rows(land, plots, demands))


def told(value: float, objective: str, land: Land) -> float:
    """
    Turn a value of the search, the most of which is sought, into the unit of the objective.

    Parameters
    ----------
    value : float
        Of a set, or a bound.
    objective : str
        Its name.
    land : Land
        With the step of the score.

    Returns
    -------
    float
        In yuan, mu, metres, or as it comes; NaN for no value.
    """
    if not math.isfinite(value):
        return math.nan
    goal = goals()[objective]
    if goal == COMPACT:
        return value
    if goal == PERIMETER:
        return -value / TENTHS_PER_M
    if goal == GAIN:
        mu = CM2_PER_M2 * float(M2_PER_MU)
        scale = {
            "score": land.score_step, "cost": -1 / FEN_PER_YUAN, "fewest": -1.0,
            "largest": 1 / mu, "smallest": -1 / mu,
        }  # fmt: skip
        return value * scale[objective]
    return -value


def _gain(land: Land, objective: str) -> Ints | None:
    """Return what each plot adds where the objective adds up, the most being sought."""
    gains = {
        "score": land.score,
        "cost": -land.cost_fen,
        "fewest": -np.ones(len(land), dtype=np.int64),
        "largest": land.area_cm2,
        "smallest": -land.area_cm2,
    }
    return gains.get(objective)
