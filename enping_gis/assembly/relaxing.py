"""Where no set keeps to the demands, tell which one to relax, and by how much."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.assembly.demands import CM2_PER_M2, FEN_PER_YUAN, TENTHS_PER_M
from enping_gis.assembly.figures import figures_of
from enping_gis.assembly.land import land_of
from enping_gis.assembly.links import links_of
from enping_gis.assembly.objectives import search_for
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.units import M2_PER_MU, MU, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd

    from enping_gis.assembly.branching import Found
    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.figures import Figures
    from enping_gis.assembly.land import Land

# Wider gaps than this are no roads that a site is laid out across; our choice.
WIDEST_ROAD_M = 60.0
# Least width is told to so many parts of a metre, road and distance to so many.
_WIDTH_PARTS, _LENGTH_PARTS = 10, 100
_SHAPE_PARTS = 10_000
# Demands that a single word or list states: with them or without them, nothing in between.
_FILTERS = ("status", "category", "town", "must_not", "must_contain", "unblocked")


class Relaxation(NamedTuple):
    """
    One demand which, relaxed alone, lets a set in.

    Parameters
    ----------
    demand : str
        A field of `enping_gis.assembly.demands.Demands`.
    asked : float, str, bool or tuple of str
        What was demanded.
    needed : float or None
        The strictest figure that a set keeps to; None where the demand has to be dropped.
    proven : bool
        Whether no stricter figure would do. False: time was up, and a stricter one may do.
    parcel_ids : str
        A set that keeps to the demands then, ids joined by ``;``.
    """

    demand: str
    asked: float | str | bool | tuple[str, ...]
    needed: float | None
    proven: bool
    parcel_ids: str


@dataclass(frozen=True)
class _Case:
    """What was demanded of which plots; the demands are relaxed one at a time."""

    plots: gpd.GeoDataFrame
    land: Land
    demands: Demands

    def found(
        self,
        objective: str,
        until: float | None,
        *,
        land: Land | None = None,
        first: bool = False,
        **changed: object,
    ) -> Found:
        """Search with some demands changed."""
        demands = replace(self.demands, **changed)  # type: ignore[arg-type]  # fields of Demands
        search = search_for(land or self.land, self.plots, demands, objective)
        return search.run(until=until, first=first)

    def relaxed(self, demand: str, needed: float | None, found: Found, *, proven: bool,
                land: Land | None = None) -> Relaxation:  # fmt: skip
        ids = (land or self.land).ids
        named = LIST_SEPARATOR.join(ids[row] for row in found.rows)
        return Relaxation(demand, getattr(self.demands, demand), needed, proven, named)

    def figures(self, found: Found) -> Figures:
        return figures_of(self.land, np.array([found.rows], dtype=np.int64))


def relaxations(
    plots: gpd.GeoDataFrame, land: Land, demands: Demands, *, until: float | None
) -> tuple[Relaxation, ...]:
    """
    Try each demand alone: which figure would let a set in, the others being kept.

    Area, budget, number of plots and of holders, and compactness are each the objective of a
    search without that demand; width, road and distance are narrowed down step by step.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        What `candidate_plots` returned.
    land : Land
        The plots that the filters let through.
    demands : Demands
        That no set keeps to.
    until : float or None
        Moment of `time.monotonic` at which to stop; each demand has an equal share of the time.

    Returns
    -------
    tuple of Relaxation
        Empty where no demand relaxed alone lets a set in, or none was found in time.
    """
    case = _Case(plots, land, demands)
    ways: list[Callable[[_Case, float | None], Relaxation | None]] = [
        _low, _high, _plots, _budget, _holders, _shape, _width, _road, _distance
    ]  # fmt: skip
    ways += [_without(name) for name in _FILTERS]
    result = []
    for number, way in enumerate(ways):
        now = time.monotonic()
        share = None if until is None else now + max(until - now, 0.0) / (len(ways) - number)
        relaxed = way(case, share)
        if relaxed is not None:
            result.append(relaxed)
    return tuple(result)


def _low(case: _Case, until: float | None) -> Relaxation | None:
    if case.demands.low_mu == 0:
        return None
    found = case.found("largest", until, low_mu=0.0)
    return _by_area(case, "low_mu", found)


def _high(case: _Case, until: float | None) -> Relaxation | None:
    total_mu = math.ceil(int(case.land.area_cm2.sum()) / CM2_PER_M2 / float(M2_PER_MU)) + 1.0
    if total_mu <= case.demands.high_mu:
        return None
    found = case.found("smallest", until, high_mu=total_mu)
    return _by_area(case, "high_mu", found)


def _by_area(case: _Case, demand: str, found: Found) -> Relaxation | None:
    if not found.rows:
        return None
    area_m2 = int(case.land.area_cm2[list(found.rows)].sum()) / CM2_PER_M2
    return case.relaxed(demand, float(printed(area_m2, MU)), found, proven=found.finished)


def _plots(case: _Case, until: float | None) -> Relaxation | None:
    if case.demands.max_plots is None:
        return None
    found = case.found("fewest", until, max_plots=None)
    if not found.rows:
        return None
    return case.relaxed("max_plots", len(found.rows), found, proven=found.finished)


def _budget(case: _Case, until: float | None) -> Relaxation | None:
    if case.demands.budget_yuan is None:
        return None
    found = case.found("cost", until, budget_yuan=None)
    if not found.rows:
        return None
    cost_yuan = int(case.land.cost_fen[list(found.rows)].sum()) / FEN_PER_YUAN
    return case.relaxed("budget_yuan", cost_yuan, found, proven=found.finished)


def _holders(case: _Case, until: float | None) -> Relaxation | None:
    if case.demands.max_holders is None:
        return None
    found = case.found("holders", until, max_holders=None)
    if not found.rows:
        return None
    holders = int(case.figures(found).holders[0])
    return case.relaxed("max_holders", holders, found, proven=found.finished)


def _shape(case: _Case, until: float | None) -> Relaxation | None:
    if case.demands.min_compactness == 0:
        return None
    found = case.found("compact", until, min_compactness=0.0)
    if not found.rows:
        return None
    score = float(case.figures(found).compactness[0])
    needed = math.floor(score * _SHAPE_PARTS) / _SHAPE_PARTS
    return case.relaxed("min_compactness", needed, found, proven=found.finished)


def _width(case: _Case, until: float | None) -> Relaxation | None:
    """Narrow the least width down, on whole decimetres."""
    asked = case.demands.min_width_m
    if asked == 0:
        return None
    widths_m = [part / _WIDTH_PARTS for part in range(math.ceil(asked * _WIDTH_PARTS))]

    def _tried(width_m: float) -> Found:
        return case.found("fewest", until, first=True, min_width_m=width_m)

    # From the widest to no width at all.
    return _narrowed(case, "min_width_m", widths_m[::-1], _tried)


def _road(case: _Case, until: float | None) -> Relaxation | None:
    """Narrow down the widest road to be crossed, on the roads that there are."""
    asked = case.demands.within_m
    if asked >= WIDEST_ROAD_M or len(case.land) < 2:  # noqa: PLR2004 - a road lies between two
        return None
    wide = replace(case.demands, within_m=WIDEST_ROAD_M)
    # Of all plots: where one that the filters leave out lies in between, there is no road.
    every, _ = links_of(case.plots, wide)
    place = {parcel: row for row, parcel in enumerate(case.plots["parcel_id"])}
    rows = np.array([place[parcel] for parcel in case.land.ids], dtype=np.int64)
    links = every.among(rows, len(case.plots))
    cm = TENTHS_PER_M // _LENGTH_PARTS
    gaps_m = sorted({-(-gap // cm) / _LENGTH_PARTS for gap in links.gap.tolist() if gap >= 0})
    gaps_m = [gap_m for gap_m in gaps_m if gap_m > asked]

    def _tried(gap_m: float) -> Found:
        land = replace(case.land, links=links.no_wider(round(gap_m * TENTHS_PER_M)))
        return case.found("fewest", until, first=True, land=land)

    return _narrowed(case, "within_m", gaps_m, _tried)


def _distance(case: _Case, until: float | None) -> Relaxation | None:
    """Narrow down how near a set comes to the plot that is named."""
    demands = case.demands
    if demands.near is None:
        return None
    place = case.plots.geometry[case.plots["parcel_id"] == demands.near].iloc[0]
    apart_m = shapely.distance(case.land.parcels.geometry.to_numpy(), place)
    farther = apart_m[apart_m > demands.near_m]
    if demands.near_m == 0:
        # Sets that contain the plot were demanded: those with a plot that touches it come next.
        farther = np.maximum(apart_m, 1 / _LENGTH_PARTS)
    steps_m = np.unique(np.ceil(farther * _LENGTH_PARTS)) / _LENGTH_PARTS

    def _tried(near_m: float) -> Found:
        return case.found("fewest", until, first=True, near_m=near_m)

    return _narrowed(case, "near_m", steps_m.tolist(), _tried)


def _narrowed(
    case: _Case, demand: str, values: Sequence[float], tried: Callable[[float], Found]
) -> Relaxation | None:
    """Find the first of some values, each laxer than the one before, that lets a set in."""
    if not values:
        return None
    seen: dict[int, Found] = {}

    def _lets_in(number: int) -> bool:
        seen[number] = tried(values[number])
        return bool(seen[number].rows)

    # The laxest first: where even that lets nothing in, no other does.
    if not _lets_in(len(values) - 1):
        return None
    number = bisect_left(range(len(values) - 1), x=True, key=_lets_in)
    proven = all(found.finished for found in seen.values() if not found.rows)
    return case.relaxed(demand, values[number], seen[number], proven=proven)


def _without(demand: str) -> Callable[[_Case, float | None], Relaxation | None]:
    """Return what tries to do without a demand."""

    def _tried(case: _Case, until: float | None) -> Relaxation | None:
        if not getattr(case.demands, demand):
            return None
        changed: dict[str, object] = {demand: False if demand == "unblocked" else ()}
        demands = replace(case.demands, **changed)  # type: ignore[arg-type]  # a field of Demands
        land = land_of(case.plots, demands)
        found = case.found("fewest", until, land=land, first=True, **changed)
        return case.relaxed(demand, None, found, proven=True, land=land) if found.rows else None

    return _tried
