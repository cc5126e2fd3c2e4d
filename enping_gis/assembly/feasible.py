"""List every set of plots that keeps to the demands: which plots to combine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from enping_gis.assembly.demands import Demands
from enping_gis.assembly.figures import GOALS, Figures, figures_of
from enping_gis.assembly.growing import Ground, Limits, grown_sets
from enping_gis.assembly.land import candidate_plots, land_of, near_rows
from enping_gis.assembly.tabling import frame_of
from enping_gis.assembly.widths import Widths
from enping_gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.assembly.demands import Wishes
    from enping_gis.assembly.figures import Best
    from enping_gis.assembly.land import Land
    from enping_gis.inventory import Inventory

    Ints = npt.NDArray[np.int64]

# Columns that need the land itself.
_DRAWN = ["min_width_m", "rectangle_long_m", "rectangle_short_m", "geometry"]
_NO_BUDGET = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Assemblies:
    """
    Sets of plots that keep to the demands.

    Parameters
    ----------
    rows : geopandas.GeoDataFrame
        The sets, best first, with their figures and their land.
    count : int
        How many were found; `rows` keeps the best of them.
    complete : bool
        Whether every set that keeps to the demands was found. False: there may be more.
    demands : Demands
        What was demanded; the most plots of a set are part of the claim.
    without_area : tuple of str
        Ids of plots left out because they have no area.
    """

    rows: gpd.GeoDataFrame
    count: int
    complete: bool
    demands: Demands
    without_area: tuple[str, ...] = ()


def feasible_assemblies(
    parcels: Inventory | gpd.GeoDataFrame,
    *,
    area_mu: tuple[float, float],
    max_plots: int = 8,
    best: Best = "fewest",
    limit: int = 1000,
    shapes: int = 50,
    time_limit_s: float | None = None,
    **wishes: Unpack[Wishes],
) -> Assemblies:
    """
    List every connected set of plots in an area window.

    Plots are connected over a boundary they share (`enping_gis.contacts`, kinds ``shared`` and
    ``overlap``; a corner does not connect) and, with `within_m`, across roads. Sets are ranked:
    fewest plots first, then most shared boundary per perimeter, then the most compact, ties by
    ids. The order of the plots, their ids and gaps below the tolerance change nothing else.

    Parameters
    ----------
    parcels : Inventory or geopandas.GeoDataFrame
        Of an inventory, the plots of its day; or plots with a unique ``parcel_id`` in a
        projected CRS in metres.
    area_mu : tuple of float
        Least and most area in mu, both included, as printed with two decimals.
    max_plots : int, default 8
        Most plots of a set.
    best : {"fewest", "compact", "cost", "score"}, default "fewest"
        What comes first: the fewest plots, the most compact set, the least cost, or the highest
        score; the two last need their column. Ties are ranked as ``fewest``.
    limit : int, default 1000
        How many sets to keep; all are counted.
    shapes : int, default 50
        For how many of the best to measure ``min_width_m`` and a rectangle that fits in, which
        take some hundredths of a second each.
    time_limit_s : float, optional
        Stop after so many seconds; then `complete` is False.
    **wishes : Wishes
        Further demands, the fields of `enping_gis.assembly.demands.Demands`, such as
        ``within_m``, ``near``, ``status``, ``min_width_m``.

    Returns
    -------
    Assemblies
        `rows` has ``parcel_ids`` (joined by ``;``), ``plots``, ``area_mu``, ``area_m2``,
        ``holders``, ``revitalised_share``, ``ready_share`` (of the area, on plots without
        blockers and not in court), ``shared_m``, ``perimeter_m``, ``compactness``
        (Polsby-Popper), ``min_width_m`` (diameter of the largest disk that fits in),
        ``rectangle_long_m`` and ``rectangle_short_m`` (a lower bound), ``roads``, ``road_m``,
        ``blockers``, ``synthetic`` (how many of the plots stand for no real plot), ``cost_yuan``,
        ``score``, and the land.

    Raises
    ------
    InputError
        A demand makes no sense, names what is not there, or the layer cannot be measured.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> found = feasible_assemblies(Inventory.demo(), area_mu=(160, 180), near="EP005")
    >>> found.rows["parcel_ids"].tolist()[0], found.rows["area_mu"].tolist()[0], found.complete
    ('EP004;EP005', 171.22, True)
    >>> feasible_assemblies(Inventory.demo().parcels.iloc[:0], area_mu=(1, 2)).rows.empty
    True
    """
    if limit < 1:
        raise InputError("error.at_least_one", name="limit", value=limit)
    demands = Demands.of(area_mu, max_plots=max_plots, **wishes)
    if best not in GOALS or (best in {"cost", "score"} and getattr(demands, best) is None):
        raise InputError("error.best", value=best, known=", ".join(GOALS))
    plots = candidate_plots(parcels)
    land = land_of(plots, demands)
    until = None if time_limit_s is None else time.monotonic() + time_limit_s
    roots = near_rows(land, plots, demands)
    kept, count, complete = None, 0, False
    for figures, last in batches(land, demands, roots=roots, until=until):
        count, complete = count + len(figures), last
        kept = _best(kept, figures, best, limit)
    assert kept is not None  # noqa: S101 - there is a last batch, if an empty one
    rows = frame_of(land, kept, demands, shapes=shapes)
    return Assemblies(rows, count, complete, demands, land.without_area)


def assembly_batches(
    parcels: Inventory | gpd.GeoDataFrame,
    *,
    area_mu: tuple[float, float],
    max_plots: int = 8,
    **wishes: Unpack[Wishes],
) -> Iterator[pd.DataFrame]:
    """
    Find the sets of `feasible_assemblies` one batch after the other, for more than fit in memory.

    Parameters
    ----------
    parcels : Inventory or geopandas.GeoDataFrame
        As there.
    area_mu : tuple of float
        Least and most area in mu.
    max_plots : int, default 8
        Most plots of a set.
    **wishes : Wishes
        Further demands.

    Yields
    ------
    pandas.DataFrame
        The columns of `Assemblies.rows` without width, rectangle and land, in no order.

    Raises
    ------
    InputError
        A demand makes no sense, names what is not there, or the layer cannot be measured.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> batches = assembly_batches(Inventory.demo(), area_mu=(160, 180), near="EP005")
    >>> int(sum(map(len, batches))) > 0
    True
    """
    demands = Demands.of(area_mu, max_plots=max_plots, **wishes)
    plots = candidate_plots(parcels)
    land = land_of(plots, demands)
    for figures, _ in batches(land, demands, roots=near_rows(land, plots, demands)):
        rows = frame_of(land, figures, demands, shapes=0, ground=False)
        yield pd.DataFrame(rows.drop(columns=_DRAWN))


def batches(
    land: Land,
    demands: Demands,
    *,
    roots: list[int] | None = None,
    until: float | None = None,
) -> Iterator[tuple[Figures, bool]]:
    """
    Find the sets that keep to the demands.

    Parameters
    ----------
    land : Land
        The plots.
    demands : Demands
        What a set has to be.
    roots : list of int, optional
        Rows of which a set contains one.
    until : float, optional
        Moment of `time.monotonic` at which to stop.

    Yields
    ------
    figures : Figures
        Of some sets.
    last : bool
        Whether these are the last ones and none is missing.
    """
    required = land.rows(demands.required)
    if len(required) < len(demands.required):
        roots = []
    elif required:
        roots = required[:1]
    order = beginning_with(roots, len(land))
    ground = ground_of_land(land, order)
    budget = _NO_BUDGET if demands.budget_fen is None else demands.budget_fen
    count = len(land) if roots is None else len(roots)
    most = len(land) if demands.max_plots is None else demands.max_plots
    limits = Limits(demands.low_cm2, demands.high_cm2, budget, max(most, 1), count)
    widths = Widths(land, demands.min_width_m, demands.tolerance_m)
    names = np.append(order, -1)
    for batch in grown_sets(ground, limits, until=until):
        figures = figures_of(land, names[batch.sets])
        figures = figures.at(figures.meeting(demands, required))
        yield figures.at(widths.among(figures.members)), batch.complete


def beginning_with(roots: list[int] | None, count: int) -> Ints:
    """
    Put some plots first.

    Parameters
    ----------
    roots : list of int or None
        Those that come first.
    count : int
        How many plots there are.

    Returns
    -------
    numpy.ndarray of int
        All rows, in the new order.

    Examples
    --------
    >>> beginning_with([2], 4).tolist(), beginning_with(None, 2).tolist()
    ([2, 0, 1, 3], [0, 1])
    """
    first = np.array(roots or [], dtype=np.int64)
    return np.concatenate([first, np.setdiff1d(np.arange(count), first)])


def ground_of_land(land: Land, order: Ints) -> Ground:
    """
    Renumber the plots of land.

    Parameters
    ----------
    land : Land
        The plots.
    order : numpy.ndarray of int
        Rows in the order in which sets begin with them.

    Returns
    -------
    Ground
        For `grown_sets`.
    """
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    degree = np.diff(land.links.first)[order]
    first = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    within = np.arange(first[-1]) - np.repeat(first[:-1], degree)
    other = land.links.other[np.repeat(land.links.first[:-1][order], degree) + within]
    return Ground(first, number[other], land.area_cm2[order], land.cost_fen[order])


def _best(kept: Figures | None, more: Figures, best: Best, limit: int) -> Figures:
    """Merge the sets of a batch with those kept so far."""
    both = more if kept is None else kept.with_more(more)
    return both.at(both.order(best)[:limit])
