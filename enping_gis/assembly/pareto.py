"""Weigh sets of plots against each other: those that no other set beats in every respect."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal, Unpack, get_args

import numpy as np

from enping_gis.assembly.demands import Demands
from enping_gis.assembly.feasible import Assemblies, batches
from enping_gis.assembly.land import candidate_plots, land_of, near_rows
from enping_gis.assembly.tabling import frame_of
from enping_gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.assembly.demands import Wishes
    from enping_gis.assembly.figures import Figures
    from enping_gis.inventory import Inventory

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

Criterion = Literal["cost", "compactness", "readiness", "score", "holders", "plots", "perimeter",
                    "roads"]  # fmt: skip
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
_COLUMNS = ("cost", "score")


def pareto_assemblies(
    parcels: Inventory | gpd.GeoDataFrame,
    *,
    area_mu: tuple[float, float],
    over: Sequence[Criterion] = ("cost", "compactness", "readiness"),
    max_plots: int = 8,
    shapes: int = 50,
    time_limit_s: float | None = None,
    **wishes: Unpack[Wishes],
) -> Assemblies:
    """
    Return the sets that no other set beats: the Pareto front.

    A set is left out where another one is at least as good by every criterion and better by one.
    Of sets that are equal by all of them the one with the fewest plots stands for the others, ties
    as in `feasible_assemblies`. Every set that keeps to the demands is compared, so the front is
    exact where `complete` is True.

    Parameters
    ----------
    parcels : Inventory or geopandas.GeoDataFrame
        As for `feasible_assemblies`.
    area_mu : tuple of float
        Least and most area in mu, both included, as printed with two decimals.
    over : sequence of str, default ("cost", "compactness", "readiness")
        The criteria: least ``cost`` (names a column by `cost`), greatest ``compactness``
        (Polsby-Popper), greatest ``readiness`` (share of the area on plots without blockers and
        not in court), greatest ``score`` (names a column by `score`), fewest ``holders``, fewest
        ``plots``, shortest ``perimeter``, fewest ``roads``.
    max_plots : int, default 8
        Most plots of a set.
    shapes : int, default 50
        For how many sets to measure ``min_width_m`` and a rectangle.
    time_limit_s : float, optional
        Stop after so many seconds; then `complete` is False.
    **wishes : Wishes
        Further demands, the fields of `enping_gis.assembly.demands.Demands`.

    Returns
    -------
    Assemblies
        `rows` is the front, best by the first criterion first; `count` says how many sets were
        compared.

    Raises
    ------
    InputError
        There is no such criterion, a criterion lacks its column, or a demand makes no sense.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> front = pareto_assemblies(
    ...     Inventory.demo(), area_mu=(160, 180), near="EP005", over=("plots", "compactness")
    ... )
    >>> front.rows["plots"].tolist()[0], front.complete
    (2, True)
    >>> empty = Inventory.demo().parcels.iloc[:0]
    >>> pareto_assemblies(empty, area_mu=(1, 2), over=("plots",)).rows.empty
    True
    """
    demands = Demands.of(area_mu, max_plots=max_plots, **wishes)
    _refuse(over, demands)
    plots = candidate_plots(parcels)
    land = land_of(plots, demands)
    if "readiness" in over and land.ready_cm2 is None:
        raise InputError("error.readiness")
    until = None if time_limit_s is None else time.monotonic() + time_limit_s
    front, count, complete = None, 0, False
    for figures, last in batches(land, demands, roots=near_rows(land, plots, demands), until=until):
        count, complete = count + len(figures), last
        both = figures if front is None else front.with_more(figures)
        ranked = both.at(both.order())
        front = ranked.at(undominated(_losses(ranked, over)))
    assert front is not None  # noqa: S101 - there is a last batch, if an empty one
    rows = frame_of(land, front, demands, shapes=shapes)
    return Assemblies(rows, count, complete, demands, land.without_area)


def undominated(losses: Floats) -> Ints:
    """
    Return the rows that no other row beats.

    Parameters
    ----------
    losses : numpy.ndarray of float, shape (n, k)
        What each row has by each criterion, less being better.

    Returns
    -------
    numpy.ndarray of int
        Their places, by the first column, then by the next; of equal rows the first.

    Examples
    --------
    >>> undominated(np.array([[2.0, 1.0], [1.0, 2.0], [2.0, 2.0]])).tolist()
    [1, 0]
    >>> undominated(np.empty((0, 2))).tolist()
    []
    """
    left = np.lexsort(losses.T[::-1])
    kept = []
    # In this order no row is beaten by a later one, so the first that is left is on the front.
    while len(left):
        first = left[0]
        kept.append(first)
        left = left[~(losses[left] >= losses[first]).all(axis=1)]
    return np.array(kept, dtype=np.int64)


def _refuse(over: Sequence[Criterion], demands: Demands) -> None:
    if not over:
        raise InputError("error.criterion", value="", known=", ".join(CRITERIA))
    for criterion in over:
        if criterion not in CRITERIA:
            raise InputError("error.criterion", value=criterion, known=", ".join(CRITERIA))
        if criterion in _COLUMNS and getattr(demands, criterion) is None:
            raise InputError("error.objective_column", value=criterion)


def _losses(figures: Figures, over: Sequence[Criterion]) -> Floats:
    """Return what is to be least, a column for each criterion."""
    ready = figures.ready_cm2 / np.maximum(figures.area_cm2, 1)
    columns = {
        "cost": figures.cost_fen, "compactness": -figures.compactness, "readiness": -ready,
        "score": -figures.score, "holders": figures.holders, "plots": figures.plots,
        "perimeter": figures.perimeter, "roads": figures.roads,
    }  # fmt: skip
    return np.column_stack([columns[each] for each in over]).astype(np.float64)
