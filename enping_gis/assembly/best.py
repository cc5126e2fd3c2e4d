"""Find the best set of plots, and prove it: value, bound, gap, and whether it is the optimum."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from enping_gis.assembly.branching import Found, Progress, goals
from enping_gis.assembly.demands import Demands
from enping_gis.assembly.figures import figures_of
from enping_gis.assembly.land import candidate_plots, land_of
from enping_gis.assembly.objectives import COLUMNS, search_for, told
from enping_gis.assembly.relaxing import Relaxation, relaxations
from enping_gis.assembly.tabling import frame_of
from enping_gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from enping_gis.assembly.demands import Wishes
    from enping_gis.assembly.land import Land
    from enping_gis.inventory import Inventory


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
    relax : tuple of Relaxation
        Where there is no set: each demand that would let one in if it alone were relaxed, and
        the figure that would do; empty where no single one would, or time was up.
    """

    rows: gpd.GeoDataFrame
    objective: str
    status: str
    value: float
    bound: float
    gap: float
    steps: int
    relax: tuple[Relaxation, ...] = ()


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
    no set exceeds; where there is no set, the answer says which demand to relax.

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
        Stop searching after so many seconds; None is no limit. Measuring the plots comes before,
        and the loops are compiled once for a machine: neither is counted.
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
    >>> none = best_assembly(Inventory.demo(), area_mu=(172, 180), near="EP005", max_plots=2)
    >>> none.status, none.relax[0].demand, none.relax[0].needed
    ('infeasible', 'low_mu', 171.22)
    >>> best_assembly(Inventory.demo().parcels.iloc[:0], area_mu=(1, 2)).status
    'infeasible'
    """
    begun = time.monotonic()
    demands = Demands.of(area_mu, max_plots=max_plots, **wishes)
    if objective not in goals():
        raise InputError("error.objective", value=objective, known=", ".join(sorted(goals())))
    if objective in COLUMNS and getattr(demands, COLUMNS[objective]) is None:
        raise InputError("error.objective_column", value=objective)
    plots = candidate_plots(parcels)
    land = land_of(plots, demands)
    search = search_for(land, plots, demands, objective)

    def _tell(found: Found) -> None:
        """Hand the news on in the unit of the objective."""
        if progress is not None:
            value = told(found.value, objective, land)
            bound = told(found.bound, objective, land)
            progress(Progress(time.monotonic() - begun, found.steps,
                              None if math.isnan(value) else value,
                              None if math.isnan(bound) else bound))  # fmt: skip

    until = None if time_limit_s is None else time.monotonic() + time_limit_s
    found = search.run(until=until, tell=_tell)
    best = _assembly(found, land, demands, objective)
    if best.status == "infeasible":
        left = None if until is None else until + search.compiled_s
        best = replace(best, relax=relaxations(plots, land, demands, until=left))
    return best


def _assembly(found: Found, land: Land, demands: Demands, objective: str) -> Assembly:
    """Say what a search showed."""
    members = np.array([found.rows], dtype=np.int64)
    if not found.rows:
        members = np.empty((0, 1), dtype=np.int64)
    rows = frame_of(land, figures_of(land, members), demands, shapes=1)
    # A search that ended has left nothing that could be better than what it found.
    reached = found.value if found.finished else found.bound
    value, bound = (told(each, objective, land) for each in (found.value, reached))
    greater = max(abs(value), abs(bound))
    apart = abs(bound - value) / greater if greater > 0 else abs(bound - value)
    if found.rows:
        status = "optimal" if found.finished else "feasible"
    else:
        status = "infeasible" if found.finished else "unknown"
    return Assembly(rows, objective, status, value, bound, apart, found.steps)
