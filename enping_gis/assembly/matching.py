"""Match projects to sets of plots that do not overlap: which project goes where."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Unpack

import geopandas as gpd
import numpy as np
import pandas as pd

from enping_gis.assembly.demands import Demands
from enping_gis.assembly.land import candidate_plots, land_of, near_rows
from enping_gis.assembly.missing import unplaced_rows
from enping_gis.assembly.offers import offers_of
from enping_gis.assembly.packing import packed
from enping_gis.assembly.tabling import frame_of
from enping_gis.assembly.wanted import Waiting, own_columns, wanted
from enping_gis.assembly.worth import DIRECTIONS, choices_of, most_of, scale_of, told
from enping_gis.cells import as_texts
from enping_gis.errors import InputError
from enping_gis.inventory import Inventory

if TYPE_CHECKING:
    from enping_gis.assembly.demands import Wishes
    from enping_gis.assembly.land import Land
    from enping_gis.assembly.offers import Offers
    from enping_gis.assembly.worth import Direction, Scale

# Land of these plots is given already.
_GIVEN_STATUS = ("supplied", "building", "producing")
# Share of the time that looking for sets may take.
_LOOKING = 0.4


class Greedy(NamedTuple):
    """
    What letting one project choose after the other gives.

    Parameters
    ----------
    placed : int
        How many projects find land.
    value : float
        In the unit of the matching.
    """

    placed: int
    value: float


@dataclass(frozen=True)
class Matching:
    """
    Which project gets which plots, and what is proven of it.

    Parameters
    ----------
    rows : geopandas.GeoDataFrame
        A row for each project that is placed, in the order of the projects.
    unplaced : pandas.DataFrame
        A row for each of the others, with the reason.
    direction : str
        ``projects`` or ``land``.
    unit : str
        What `value` counts: ``projects``, ``yi`` (亿元 of investment), ``mu`` or ``score``.
    status : str
        ``optimal``: proven, over all sets of at most `max_plots` plots; ``feasible``: not proven;
        ``infeasible``: proven that no project can be placed; ``unknown``: none was placed, and
        not every set was looked at.
    value, bound : float
        Of this matching; and what none exceeds that places as many projects as `greedy`.
    gap : float
        Distance of the two as a share of the bound, 0 where the optimum is proven.
    complete : bool
        Whether every set was considered. Where some were left out, the bound is that of the area
        of all land, which holds for any sets.
    greedy : Greedy
        The baseline: never more projects and never more value.
    max_plots : int
        Most plots of a set, which is part of the claim.
    offered : int
        How many plots were there to be given.
    considered : int
        How many choices, a set for a project, were weighed against each other.
    without_area : tuple of str
        Ids of plots left out because they have no area.
    """

    rows: gpd.GeoDataFrame
    unplaced: pd.DataFrame
    direction: str
    unit: str
    status: str
    value: float
    bound: float
    gap: float
    complete: bool
    greedy: Greedy
    max_plots: int
    offered: int
    considered: int
    without_area: tuple[str, ...] = ()


def match_projects(
    parcels: Inventory | gpd.GeoDataFrame,
    projects: pd.DataFrame | None = None,
    *,
    direction: Direction = "projects",
    max_plots: int = 8,
    max_sets: int = 300,
    spare_share: float = 0.1,
    time_limit_s: float | None = 60.0,
    **wishes: Unpack[Wishes],
) -> Matching:
    """
    Give each project a connected set of plots of its own, for the best of all together.

    Where projects wait for land (项目等地, ``projects``), the value is the investment of the
    projects placed, or their number where not every project states an investment. Where land waits
    for projects (地等项目, ``land``), it is the area of the land used, or its score where a column
    is named by `score` (a set with a score below zero is not given). Either way no fewer projects
    are placed than by turns: one project after the other takes what suits it among the plots still
    free, in the first case who brings most for the mu first and the least land, in the second who
    wants most first and the most land; ties by deadline, then by id.

    What counts as connected is told at `feasible_assemblies`.

    Parameters
    ----------
    parcels : Inventory or geopandas.GeoDataFrame
        As for `feasible_assemblies`. Of an inventory, plots that a project uses are left out, and,
        unless `status` says otherwise, those supplied, under construction or producing.
    projects : pandas.DataFrame, optional
        Columns as in the table ``projects`` of the layer model; ``project_id`` and ``need_mu_min``
        have to be there, ``need_mu_max``, ``min_width_m``, ``investment_yi``, ``name`` and
        ``deadline`` may be. None is the table of the inventory.
    direction : {"projects", "land"}, default "projects"
        Who waits.
    max_plots : int, default 8
        Most plots of a set.
    max_sets : int, default 300
        Most sets that are weighed for a project, those of the fewest plots, then of the least
        area (the most, where land waits). Where there are more, `complete` is False.
    spare_share : float, default 0.1
        Where a project states the least area only, it takes up to so much more, as a share.
    time_limit_s : float or None, default 60.0
        Seconds for all; None is no limit.
    **wishes : Wishes
        Further demands on each set, such as ``within_m``, ``status``, ``town``, ``unblocked``,
        see `enping_gis.assembly.demands.Demands`.

    Returns
    -------
    Matching
        `rows` has ``project_id``, ``name``, ``need_mu_min``, ``need_mu_max``, ``need_width_m``,
        ``investment_yi``, ``deadline`` and the columns of `Assemblies.rows`; `unplaced` has the
        same of the project, ``reason`` (``no_need``, ``has_land``, ``no_set``, ``too_narrow``,
        ``taken``, ``not_found``), ``why`` in words, ``nearest_ids``, ``nearest_mu``, ``miss_mu``
        (below zero: too little land), ``miss_m`` (width that lacks) and ``rivals``, the projects
        that have the plots instead.

    Raises
    ------
    InputError
        A demand or a figure of a project makes no sense, or the layer cannot be measured.
    SchemaError
        The projects lack a column, have no unique ids, or a cell is no number.

    Examples
    --------
    >>> import pandas as pd
    >>> from enping_gis.inventory import Inventory
    >>> wishes = pd.DataFrame({"project_id": ["A", "B"], "need_mu_min": [165, 4000]})
    >>> found = match_projects(Inventory.demo().parcels, wishes)
    >>> found.status, found.rows["area_mu"].between(165, 181.5).tolist()
    ('optimal', [True])
    >>> found.unplaced["reason"].tolist()
    ['no_set']
    >>> match_projects(Inventory.demo(), wishes.iloc[:0]).rows.empty
    True
    """
    begun = time.monotonic()
    if direction not in DIRECTIONS:
        raise InputError("error.direction", value=direction, known=", ".join(DIRECTIONS))
    if max_sets < 1:
        raise InputError("error.at_least_one", name="max_sets", value=max_sets)
    if projects is None:
        if not isinstance(parcels, Inventory):
            raise InputError("error.no_projects")
        projects = parcels.projects
    rows = wanted(projects, spare_share)
    plots = candidate_plots(parcels)
    common = Demands.of((0, 1), max_plots=max_plots, **wishes)
    common = replace(common, must_not=_left_out(parcels, plots, common))
    land = land_of(plots, common)
    roots = near_rows(land, plots, common)
    waiting = _waiting(parcels, rows, common, roots)
    until = None if time_limit_s is None else begun + time_limit_s * _LOOKING
    offers = offers_of(
        land,
        [waiting.demands[each] for each in waiting.asking],
        roots=roots,
        smallest=direction == "projects",
        max_sets=max_sets,
        until=until,
    )
    left_s = None
    if time_limit_s is not None:
        left_s = max(begun + time_limit_s - time.monotonic(), time_limit_s * (1 - _LOOKING) / 2)
    scale = scale_of(rows.iloc[waiting.asking], land, common, direction)
    return _matching(land, waiting, offers, scale, left_s)


def _left_out(
    parcels: Inventory | gpd.GeoDataFrame, plots: gpd.GeoDataFrame, common: Demands
) -> tuple[str, ...]:
    """Return the plots that are not to be had."""
    if not isinstance(parcels, Inventory):
        return common.must_not
    used = plots["parcel_id"].isin(as_texts(parcels.parcel_projects["parcel_id"]).dropna())
    if not common.status:
        used |= plots["status"].isin(_GIVEN_STATUS)
    return tuple(sorted({*common.must_not, *plots.loc[used, "parcel_id"]}))


def _waiting(
    parcels: Inventory | gpd.GeoDataFrame,
    rows: pd.DataFrame,
    common: Demands,
    roots: list[int] | None,
) -> Waiting:
    """Tell which projects do not ask for land, and what the others demand."""
    settled: set[str] = set()
    if isinstance(parcels, Inventory):
        settled = {*as_texts(parcels.parcel_projects["project_id"]).dropna()}
    fate: list[str | None] = []
    demands = []
    for row in rows.to_dict("records"):
        asks = math.isfinite(row["need_mu_min"])
        fate.append("has_land" if row["project_id"] in settled else None if asks else "no_need")
        if fate[-1] is None:
            width_m = max(row["min_width_m"], common.min_width_m)
            low, high = row["need_mu_min"], row["need_mu_max"]
            demands.append(replace(common, low_mu=low, high_mu=high, min_width_m=width_m))
        else:
            demands.append(common)
    return Waiting(rows, fate, demands, common, roots)


def _matching(
    land: Land, waiting: Waiting, offers: Offers, scale: Scale, left_s: float | None
) -> Matching:
    """Weigh the choices, and say what came of it."""
    wanting = [waiting.demands[each] for each in waiting.asking]
    choices = choices_of(waiting, offers, scale)
    most = most_of(land, wanting, choices if offers.complete else None, scale)
    found = packed(choices, most=most, time_limit_s=left_s)
    value = found.plan.value
    bound = found.bound if offers.complete else max(most, value)
    given = {waiting.asking[each]: choices.of_project[each][place]
             for each, place in found.plan.given.items()}  # fmt: skip
    if given:
        status = "optimal" if value == bound else "feasible"
    else:
        status = "infeasible" if offers.complete and not any(choices.of_project) else "unknown"
    return Matching(
        rows=_placed_rows(land, waiting, offers, given),
        unplaced=unplaced_rows(land, waiting, offers, given),
        direction=scale.direction,
        unit=scale.unit,
        status=status,
        value=told(value, scale),
        bound=told(bound, scale, up=bound > value),
        gap=(bound - value) / bound if bound > 0 else 0.0,
        complete=offers.complete,
        greedy=Greedy(len(found.greedy.given), told(found.greedy.value, scale)),
        max_plots=waiting.common.max_plots or len(land),
        offered=len(land),
        considered=sum(map(len, choices.of_project)),
        without_area=land.without_area,
    )


def _placed_rows(
    land: Land, waiting: Waiting, offers: Offers, given: dict[int, int]
) -> gpd.GeoDataFrame:
    """Put what each project gets beside what it wanted."""
    order = sorted(given)
    figures = offers.figures.at(np.array([given[each] for each in order], dtype=np.int64))
    sets = frame_of(land, figures, waiting.common, shapes=len(order))
    own = own_columns(waiting.rows.iloc[order])
    return gpd.GeoDataFrame(
        pd.concat([own, sets], axis=1), geometry="geometry", crs=land.parcels.crs
    )
