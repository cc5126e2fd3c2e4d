"""Find the best set of plots, and prove it: value, bound, gap, and whether it is the optimum."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np

from enping_gis.assembly.branching import Found, Progress, Search, Sought, goals
from enping_gis.assembly.demands import CM2_PER_M2, FEN_PER_YUAN, TENTHS_PER_M, Demands
from enping_gis.assembly.field import COMPACT, GAIN, PERIMETER
from enping_gis.assembly.figures import figures_of
from enping_gis.assembly.land import candidate_plots, land_of, near_rows
from enping_gis.assembly.tabling import frame_of
from enping_gis.assembly.widths import Widths
from enping_gis.errors import InputError
from enping_gis.units import M2_PER_MU

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.assembly.demands import Wishes
    from enping_gis.assembly.land import Land
    from enping_gis.inventory import Inventory

    Ints = npt.NDArray[np.int64]

_COLUMNS = {"score": "score", "cost": "cost"}


@dataclass(frozen=True)
class Assembly:
    """
    The best set of plots that was found, and what is proven of it.

    Parameters
    ----------
    rows : geopandas.GeoDataFrame
        The set as one row, columns as in `Assemblies.rows`; empty where there is none.
    objective : str
        What was asked for.
    status : str
        ``optimal``: proven; ``feasible``: a set, not proven the best; ``infeasible``: proven that
        there is none; ``unknown``: none found before time was up.
    value : float
        Of the set, in yuan, mu, metres, or as it comes; NaN where there is none.
    bound : float
        No set is better than this; NaN where none can exist.
    gap : float
        Distance of value and bound as a share of the greater of the two; NaN where there is no
        set, 0 where the optimum is proven.
    steps : int
        How many sets were looked at.
    """

    rows: gpd.GeoDataFrame
    objective: str
    status: str
    value: float
    bound: float
    gap: float
    steps: int


def best_assembly(
    parcels: Inventory | gpd.GeoDataFrame,
    *,
    area_mu: tuple[float, float],
    objective: str = "compact",
    max_plots: int | None = None,
    time_limit_s: float | None = 60.0,
    progress: Callable[[Progress], None] | None = None,
    **wishes: Unpack[Wishes],
) -> Assembly:
    """
    Find the best connected set of plots in an area window, and prove it.

    Branch and bound over all sets, see `enping_gis.assembly.search`; what counts as connected is
    told at `feasible_assemblies`. Where time runs out, the best set so far comes with a bound that
    no set exceeds.

    Parameters
    ----------
    parcels : Inventory or geopandas.GeoDataFrame
        As for `feasible_assemblies`.
    area_mu : tuple of float
        Least and most area in mu, both included, as printed with two decimals.
    objective : str, default "compact"
        ``compact`` (greatest Polsby-Popper score), ``perimeter`` (shortest), ``holders``
        (fewest), ``fewest`` plots, ``largest`` or ``smallest`` area, ``cost`` (least; names a
        column by `cost`), ``score`` (most; names a column by `score`).
    max_plots : int, optional
        Most plots of a set; None is no limit.
    time_limit_s : float or None, default 60.0
        Stop searching after so many seconds; None is no limit. The loops are compiled once for
        a machine, which is not counted.
    progress : callable, optional
        Told how far the search is.
    **wishes : Wishes
        Further demands, the fields of `enping_gis.assembly.demands.Demands`.

    Returns
    -------
    Assembly
        The set, its value, the bound, the gap, the status.

    Raises
    ------
    InputError
        A demand makes no sense, names what is not there, or there is no such objective.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> best = best_assembly(Inventory.demo(), area_mu=(160, 180), near="EP005", max_plots=4)
    >>> best.rows["parcel_ids"].tolist(), best.status
    (['EP004;EP005'], 'optimal')
    >>> best_assembly(Inventory.demo().parcels.iloc[:0], area_mu=(1, 2)).status
    'infeasible'
    """
    begun = time.monotonic()
    demands = Demands.of(area_mu, max_plots=max_plots, **wishes)
    if objective not in goals():
        raise InputError("error.objective", value=objective, known=", ".join(sorted(goals())))
    if objective in _COLUMNS and getattr(demands, _COLUMNS[objective]) is None:
        raise InputError("error.objective_column", value=objective)
    plots = candidate_plots(parcels)
    land = land_of(plots, demands)
    widths = Widths(land, demands.min_width_m, demands.tolerance_m)
    sought = Sought(goals()[objective], _gain(land, objective))
    search = Search(land, demands, sought, widths, near_rows(land, plots, demands))

    def _tell(found: Found) -> None:
        """Hand the news on in the unit of the objective."""
        if progress is not None:
            value = _told(found.value, objective, land)
            bound = _told(found.bound, objective, land)
            progress(Progress(time.monotonic() - begun, found.steps,
                              None if math.isnan(value) else value,
                              None if math.isnan(bound) else bound))  # fmt: skip

    until = None if time_limit_s is None else begun + time_limit_s
    found = search.run(until=until, tell=_tell)
    return _assembly(found, land, demands, objective)


def _assembly(found: Found, land: Land, demands: Demands, objective: str) -> Assembly:
    """Say what a search showed."""
    members = np.array([found.rows], dtype=np.int64)
    if not found.rows:
        members = np.empty((0, 1), dtype=np.int64)
    rows = frame_of(land, figures_of(land, members), demands, shapes=1)
    # A search that ended has left nothing that could be better than what it found.
    reached = found.value if found.finished else found.bound
    value, bound = (_told(each, objective, land) for each in (found.value, reached))
    greater = max(abs(value), abs(bound))
    apart = abs(bound - value) / greater if greater > 0 else abs(bound - value)
    if found.rows:
        status = "optimal" if found.finished else "feasible"
    else:
        status = "infeasible" if found.finished else "unknown"
    return Assembly(rows, objective, status, value, bound, apart, found.steps)


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


def _told(value: float, objective: str, land: Land) -> float:
    """Turn a value of the search, the most of which is sought, into the unit of the objective."""
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
