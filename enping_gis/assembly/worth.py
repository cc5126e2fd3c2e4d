"""Say what a set of plots for a project is worth, and what no plan can exceed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from enping_gis.assembly.demands import CM2_PER_M2
from enping_gis.assembly.packing import Choices
from enping_gis.assembly.wanted import WAN_PER_YI, weights_of
from enping_gis.units import M2_PER_MU

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.land import Land
    from enping_gis.assembly.offers import Offers
    from enping_gis.assembly.wanted import Waiting

    Ints = npt.NDArray[np.int64]

Direction = Literal["projects", "land"]
Unit = Literal["projects", "yi", "mu", "score"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
_STEPS_A_UNIT = 100
_LAST_DAY = "9999"


class Scale(NamedTuple):
    """
    What counts.

    Parameters
    ----------
    direction : {"projects", "land"}
        Who waits.
    unit : {"projects", "yi", "mu", "score"}
        What values are told in.
    weights : numpy.ndarray of int or None
        What each project counts; None where the land counts.
    step : float
        How much one of the whole numbers is that are added.
    """

    direction: Direction
    unit: Unit
    weights: Ints | None
    step: float


def scale_of(asking: pd.DataFrame, land: Land, common: Demands, direction: Direction) -> Scale:
    """
    Say what counts.

    Parameters
    ----------
    asking : pandas.DataFrame
        The projects that ask for land, as `wanted` has them.
    land : Land
        The plots.
    common : Demands
        With the column of the score.
    direction : {"projects", "land"}
        Who waits.

    Returns
    -------
    Scale
        Investment in 万元, projects, cm2, or steps of the score.
    """
    if direction == "land":
        if common.score is not None:
            return Scale(direction, "score", None, land.score_step)
        return Scale(direction, "mu", None, 1 / (CM2_PER_M2 * float(M2_PER_MU)))
    weights = weights_of(asking)
    if weights is None:
        return Scale(direction, "projects", np.ones(len(asking), dtype=np.int64), 1.0)
    return Scale(direction, "yi", weights, 1 / WAN_PER_YI)


def told(value: int, scale: Scale, *, up: bool = False) -> float:
    """
    Tell a value in its unit.

    Parameters
    ----------
    value : int
        In steps of the scale.
    scale : Scale
        The unit.
    up : bool, default False
        Round up and not to the nearest, as a bound has to be.

    Returns
    -------
    float
        With two decimals; a score as it is.

    Examples
    --------
    >>> told(15_001, Scale("projects", "yi", None, 1e-4)), told(3, Scale("land", "score", None, 2))
    (1.5, 6)
    """
    exact = value * scale.step
    if scale.unit == "score":
        return exact
    if up:
        return math.ceil(round(exact * _STEPS_A_UNIT, 6)) / _STEPS_A_UNIT
    return round(exact, 2)


def choices_of(waiting: Waiting, offers: Offers, scale: Scale) -> Choices:
    """
    Put the sets of each project in order, with what they are worth.

    Parameters
    ----------
    waiting : Waiting
        The projects.
    offers : Offers
        The sets.
    scale : Scale
        What counts.

    Returns
    -------
    Choices
        For the projects that ask for land.
    """
    figures = offers.figures
    counts = figures.score if scale.unit == "score" else figures.area_cm2
    sets = []
    for places in offers.of_project:
        if scale.weights is not None:
            ranked = places[np.argsort(figures.area_cm2[places], kind="stable")]
        else:
            ranked = places[np.argsort(-counts[places], kind="stable")]
            ranked = ranked[counts[ranked] >= 0]
        sets.append(tuple(ranked.tolist()))
    nothing = (0,) * len(figures)
    return Choices(
        plots=tuple(tuple(row[row >= 0].tolist()) for row in figures.members),
        of_project=tuple(sets),
        set_worth=nothing if scale.weights is not None else tuple(counts.tolist()),
        project_worth=(0,) * len(sets) if scale.weights is None else tuple(scale.weights.tolist()),
        turns=_turns(waiting, scale),
    )


def most_of(land: Land, wanting: Sequence[Demands], choices: Choices | None, scale: Scale) -> int:
    """
    Return a worth that no plan exceeds, from the area of the land alone.

    Parameters
    ----------
    land : Land
        The plots.
    wanting : sequence of Demands
        What the projects demand.
    choices : Choices or None
        All there is to choose from; None where sets are missing.
    scale : Scale
        What counts.

    Returns
    -------
    int
        Where projects count, those that bring most for the least land they can have, until the
        land is used up, the last of them in part.
    """
    plots = np.arange(len(land))
    least = [each.low_cm2 for each in wanting]
    some = np.ones(len(wanting), dtype=np.bool_)
    if choices is not None:
        used = {
            plot for sets in choices.of_project for each in sets for plot in choices.plots[each]
        }
        plots = np.array(sorted(used), dtype=np.int64)
        some = np.array([bool(sets) for sets in choices.of_project], dtype=np.bool_)
    if scale.unit == "score":
        return int(np.maximum(land.score[plots], 0).sum())
    left = int(land.area_cm2[plots].sum())
    if scale.weights is None:
        return min(left, sum(each.high_cm2 for each, has in zip(wanting, some, strict=True) if has))
    weights = scale.weights.tolist()
    order = sorted(np.flatnonzero(some), key=lambda each: -weights[each] / max(least[each], 1))
    worth = 0
    for each in order:
        weight = int(weights[each])
        if least[each] > left:
            return worth + weight * left // least[each]
        worth, left = worth + weight, left - least[each]
    return worth


def _turns(waiting: Waiting, scale: Scale) -> tuple[int, ...]:
    """Say who chooses first where one project chooses after the other."""

    def key(number: int) -> tuple[float, str, str]:
        row = waiting.asking[number]
        demands = waiting.demands[row]
        deadline = waiting.rows["deadline"].iloc[row] or _LAST_DAY
        if scale.weights is None:
            first = -float(demands.high_cm2)
        else:
            first = -int(scale.weights[number]) / max(demands.low_cm2, 1)
        return first, deadline, waiting.rows["project_id"].iloc[row]

    return tuple(sorted(range(len(waiting.asking)), key=key))
