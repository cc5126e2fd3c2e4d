"""Find the sets of plots that projects may choose from."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from enping_gis.assembly.feasible import batches
from enping_gis.assembly.figures import figures_of
from enping_gis.assembly.widths import Widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.figures import Figures
    from enping_gis.assembly.land import Land

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

# More sets than these are not kept in memory at a time.
MOST_SETS = 300_000


@dataclass(frozen=True)
class Offers:
    """
    Sets of plots, and which of them each project may have.

    Parameters
    ----------
    figures : Figures
        The sets, ranked: fewest plots first, then least area (most, where not the smallest are
        asked for), ties by rows.
    of_project : tuple of numpy.ndarray of int
        For each project, the places of its sets in `figures`, ascending.
    in_window : tuple of numpy.ndarray of int
        The same, however narrow the sets are.
    complete : bool
        Whether no set is missing that could make a better plan.
    """

    figures: Figures
    of_project: tuple[Ints, ...]
    in_window: tuple[Ints, ...]
    complete: bool


def offers_of(
    land: Land,
    demands: Sequence[Demands],
    *,
    roots: list[int] | None,
    smallest: bool,
    max_sets: int,
    until: float | None,
) -> Offers:
    """
    Find the sets that projects may have.

    Parameters
    ----------
    land : Land
        The plots.
    demands : sequence of Demands
        What each project wants; all but the window and the width are alike.
    roots : list of int or None
        Rows of which a set contains one, as `near_rows` has it.
    smallest : bool
        Leave out a set where the same project could have it with one plot less, and rank least
        area first: for plans whose worth does not depend on the land they take.
    max_sets : int
        Most sets that are kept for a project.
    until : float or None
        Moment of `time.monotonic` at which to stop looking.

    Returns
    -------
    Offers
        For each of `demands`.
    """
    if not demands:
        nothing = figures_of(land, np.empty((0, 1), dtype=np.int64))
        return Offers(nothing, (), (), complete=True)
    figures, complete = _looked_at(land, demands, roots, until)
    area = figures.area_cm2 if smallest else -figures.area_cm2
    order = np.lexsort((*figures.members.T[::-1], area, figures.plots))
    figures = figures.at(order)
    known = {
        width: Widths(land, width, demands[0].tolerance_m)
        for width in sorted({each.min_width_m for each in demands})
    }
    without = _with_one_less(figures) if smallest else None
    of_project, in_window = [], []
    for each in demands:
        inside = windowed(figures.area_cm2, [each])
        rows = np.flatnonzero(inside)
        in_window.append(rows)
        rows = rows[known[each.min_width_m].among(figures.members[rows])]
        if without is not None:
            rows = _without_spare(rows, without, len(figures))
        complete = complete and len(rows) <= max_sets
        of_project.append(rows[:max_sets])
    return Offers(figures, tuple(of_project), tuple(in_window), complete)


def windowed(area_cm2: Ints, demands: Sequence[Demands]) -> Flags:
    """
    Tell which areas lie in any window.

    Parameters
    ----------
    area_cm2 : numpy.ndarray of int
        Areas.
    demands : sequence of Demands
        With the windows.

    Returns
    -------
    numpy.ndarray of bool
        A flag for each area.
    """
    inside = np.zeros(len(area_cm2), dtype=np.bool_)
    for low, high in {(each.low_cm2, each.high_cm2) for each in demands}:
        inside |= (area_cm2 >= low) & (area_cm2 <= high)
    return inside


def _looked_at(
    land: Land, demands: Sequence[Demands], roots: list[int] | None, until: float | None
) -> tuple[Figures, bool]:
    """Return the sets in any window; where there are too many, all those of few plots."""
    low = min(each.low_mu for each in demands)
    high = max(each.high_mu for each in demands)
    whole = replace(demands[0], low_mu=low, high_mu=high, min_width_m=0.0)
    found, complete = grown(land, whole, demands, roots, until)
    if complete:
        return found, True
    # Sets of few plots are worth more than whatever was found first.
    most, shallow = 1, figures_of(land, np.empty((0, 1), dtype=np.int64))
    while whole.max_plots is None or most < whole.max_plots:
        few, reached = grown(land, replace(whole, max_plots=most), demands, roots, until)
        if not reached:
            break
        shallow, most = few, most + 1
    return (shallow if len(shallow) else found), False


def grown(
    land: Land,
    whole: Demands,
    demands: Sequence[Demands],
    roots: list[int] | None,
    until: float | None,
) -> tuple[Figures, bool]:
    """
    Collect sets until there are too many, or time is up.

    Parameters
    ----------
    land : Land
        The plots.
    whole : Demands
        A window around all others, and what else a set has to be.
    demands : sequence of Demands
        With the windows of which a set meets one.
    roots : list of int or None
        Rows of which a set contains one.
    until : float or None
        Moment of `time.monotonic` at which to stop.

    Returns
    -------
    figures : Figures
        Of the sets.
    complete : bool
        Whether none is missing.
    """
    kept, complete = figures_of(land, np.empty((0, 1), dtype=np.int64)), False
    for figures, last in batches(land, whole, roots=roots, until=until):
        kept = kept.with_more(figures.at(windowed(figures.area_cm2, demands)))
        complete = last
        if len(kept) > MOST_SETS or (until is not None and time.monotonic() > until):
            break
    return kept, complete and len(kept) <= MOST_SETS


def _with_one_less(figures: Figures) -> Ints:
    """Return, for each set, the places of those that lack one of its plots, or -1."""
    sets = [tuple(row[row >= 0].tolist()) for row in figures.members]
    place = {each: number for number, each in enumerate(sets)}
    found = np.full(figures.members.shape, -1, dtype=np.int64)
    for number, each in enumerate(sets):
        for left_out in range(len(each)):
            found[number, left_out] = place.get(each[:left_out] + each[left_out + 1 :], -1)
    return found


def _without_spare(rows: Ints, without: Ints, count: int) -> Ints:
    """Leave out the sets of a project of which it could have a part."""
    among = np.zeros(count + 1, dtype=np.bool_)
    among[rows] = True
    kept: Ints = rows[~among[without[rows]].any(axis=1)]
    return kept
