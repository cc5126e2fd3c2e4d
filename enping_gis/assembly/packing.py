"""Give sets of plots to projects, no plot twice: by turns, by exchange, and by proof."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# What `scipy.optimize.milp` calls a search that ended.
_PROVEN = 0
# Share of the greatest worth by which the solver's sums may be off.
_SLACK = 1e-6
# So many exchanges are tried before the exact search begins, and so many projects give way at most.
_TRIALS, _GIVE_WAY = 20_000, 2


@dataclass(frozen=True)
class Choices:
    """
    What each project may have, and what that is worth.

    Parameters
    ----------
    plots : tuple of tuple of int
        Plots of each set.
    of_project : tuple of tuple of int
        For each project, the sets it may have, the one to try first in front.
    set_worth, project_worth : tuple of int
        What it is worth to give a set, and to place a project; not below zero.
    turns : tuple of int
        Projects in the order in which they choose where one chooses after the other.
    """

    plots: tuple[tuple[int, ...], ...]
    of_project: tuple[tuple[int, ...], ...]
    set_worth: tuple[int, ...]
    project_worth: tuple[int, ...]
    turns: tuple[int, ...]


class Plan(NamedTuple):
    """
    Who gets which set.

    Parameters
    ----------
    given : dict of int to int
        Place among its choices, by project.
    value : int
        Worth of all together.
    """

    given: dict[int, int]
    value: int


class Packed(NamedTuple):
    """
    The best plan found, and what is proven.

    Parameters
    ----------
    plan, greedy : Plan
        The best, and the one by turns.
    bound : int
        No plan that places as many projects as `greedy` is worth more.
    proven : bool
        Whether none can be better.
    """

    plan: Plan
    greedy: Plan
    bound: int
    proven: bool


def packed(choices: Choices, *, most: int, time_limit_s: float | None) -> Packed:
    """
    Find the plan of the greatest worth that places no fewer projects than choosing by turns.

    The exact search is an integer program for HiGHS, by `scipy.optimize.milp`. Its unknowns are
    which sets are given, each plot once at most. Sets that suit the same projects are one class,
    and projects that are worth the same and suit the same sets are one kind; how many sets of a
    class go to a kind is a flow, whole by itself once the sets are chosen.

    Parameters
    ----------
    choices : Choices
        What there is to choose from.
    most : int
        A worth that no plan exceeds, from elsewhere.
    time_limit_s : float or None
        Seconds for the exact search.

    Returns
    -------
    Packed
        Never worth less than choosing by turns.

    Examples
    --------
    Two projects; the first could have either plot, the second only the one that comes first.

    >>> choices = Choices(((0,), (1,)), ((0, 1), (0,)), (0, 0), (1, 1), (0, 1))
    >>> found = packed(choices, most=2, time_limit_s=None)
    >>> len(found.greedy.given), len(found.plan.given), found.proven
    (1, 2, True)
    >>> packed(Choices((), (), (), (), ()), most=0, time_limit_s=None).bound
    0
    """
    greedy = by_turns(choices)
    plan = exchanged(choices, greedy)
    if not any(choices.of_project) or plan.value >= most:
        return Packed(plan, greedy, plan.value, proven=True)
    found, reached, proven = _exact(choices, len(greedy.given), time_limit_s)
    if found is not None:
        plan = max(plan, with_leftovers(choices, found), key=_rank)
    bound = plan.value if proven else max(min(most, reached), plan.value)
    return Packed(plan, greedy, bound, proven or bound == plan.value)


def _rank(plan: Plan) -> tuple[int, int]:
    return plan.value, len(plan.given)


def by_turns(choices: Choices) -> Plan:
    """
    Let one project choose after the other.

    Parameters
    ----------
    choices : Choices
        What there is to choose from.

    Returns
    -------
    Plan
        Each has the first of its choices that was free when its turn came.

    Examples
    --------
    >>> by_turns(Choices(((0,), (1,)), ((0, 1), (0,)), (0, 0), (1, 1), (1, 0))).value
    2
    """
    return with_leftovers(choices, {})


def with_leftovers(choices: Choices, given: dict[int, int]) -> Plan:
    """
    Let the projects that have nothing choose from what is left.

    Parameters
    ----------
    choices : Choices
        What there is to choose from.
    given : dict of int to int
        What is given already.

    Returns
    -------
    Plan
        With those who found something.

    Examples
    --------
    >>> with_leftovers(Choices(((0,), (1,)), ((0, 1), (0,)), (0, 0), (1, 1), (0, 1)), {1: 0}).given
    {1: 0, 0: 1}
    """
    masks = _masks(choices)
    result = dict(given)
    used = _used(choices, masks, given)
    for project in choices.turns:
        if project not in result:
            place = _first_free(choices.of_project[project], masks, used)
            if place is not None:
                result[project] = place
                used |= masks[choices.of_project[project][place]]
    return Plan(result, _value(choices, result))


def exchanged(choices: Choices, plan: Plan) -> Plan:
    """
    Improve a plan: a project without land takes a set, and up to two others look for another.

    Parameters
    ----------
    choices : Choices
        What there is to choose from.
    plan : Plan
        Where to begin.

    Returns
    -------
    Plan
        Worth no less, with no fewer projects.

    Examples
    --------
    >>> choices = Choices(((0,), (1,)), ((0, 1), (0,)), (0, 0), (1, 1), (0, 1))
    >>> exchanged(choices, by_turns(choices)).value
    2
    """
    masks = _masks(choices)
    trials = _TRIALS
    while trials > 0:
        better, tried = _exchange(choices, masks, plan, trials)
        if better is None:
            break
        plan, trials = with_leftovers(choices, better.given), trials - tried
    return plan


def _exchange(
    choices: Choices, masks: Sequence[int], plan: Plan, trials: int
) -> tuple[Plan | None, int]:
    """Return a better plan that is one exchange away, if any, and how many were tried."""
    held = {project: masks[choices.of_project[project][place]]
            for project, place in plan.given.items()}  # fmt: skip
    gifts = ((project, place) for project in choices.turns if project not in plan.given
             for place in range(len(choices.of_project[project])))  # fmt: skip
    tried = 0
    for tried, gift in enumerate(islice(gifts, trials), start=1):
        better = _after_giving(choices, masks, plan, held, gift)
        if better is not None:
            return better, tried
    return None, tried


def _after_giving(
    choices: Choices,
    masks: Sequence[int],
    plan: Plan,
    held: dict[int, int],
    gift: tuple[int, int],
) -> Plan | None:
    """Give a set to a project; None where that makes no better plan."""
    project, place = gift
    mask = masks[choices.of_project[project][place]]
    moved = [each for each, land in held.items() if land & mask]
    if len(moved) > _GIVE_WAY:
        return None
    given = {each: at for each, at in plan.given.items() if each not in moved}
    used = mask
    for each in given:
        used |= held[each]
    given[project] = place
    for each in moved:
        at = _first_free(choices.of_project[each], masks, used)
        if at is not None:
            given[each] = at
            used |= masks[choices.of_project[each][at]]
    found = Plan(given, _value(choices, given))
    is_better = _rank(found) > _rank(plan) and len(given) >= len(plan.given)
    return found if is_better else None


class _Program(NamedTuple):
    """The integer program: first an unknown for each set, then one for each flow."""

    sets: list[int]
    worth: Floats
    most: Floats
    rows: LinearConstraint


def _exact(
    choices: Choices, fewest: int, time_limit_s: float | None
) -> tuple[dict[int, int] | None, int, bool]:
    """Return the solver's plan, its bound, and whether it is proven."""
    program = _program(choices, fewest)
    scale = max(float(program.worth.max()), 1.0)
    whole = np.zeros(len(program.worth))
    whole[: len(program.sets)] = 1
    options = {"mip_rel_gap": 0.0} | ({} if time_limit_s is None else {"time_limit": time_limit_s})
    solved = milp(-program.worth / scale, integrality=whole, bounds=Bounds(0, program.most),
                  constraints=program.rows, options=options)  # fmt: skip
    dual = getattr(solved, "mip_dual_bound", None)
    reached = int((program.worth * program.most).sum())
    if dual is not None and math.isfinite(dual):
        reached = math.floor((_SLACK - dual) * scale)
    if solved.x is None:
        return None, reached, False
    chosen = np.flatnonzero(np.rint(solved.x[: len(program.sets)]))
    given = _dealt(choices, [program.sets[each] for each in chosen])
    return given, reached, solved.status == _PROVEN


def _program(choices: Choices, fewest: int) -> _Program:
    """Write the choices as an integer program."""
    kinds: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for project, suiting in enumerate(choices.of_project):
        if suiting:
            kinds.setdefault((suiting, choices.project_worth[project]), []).append(project)
    suits: dict[int, list[int]] = {}
    for kind, (suiting, _) in enumerate(kinds):
        for each in suiting:
            suits.setdefault(each, []).append(kind)
    sets = sorted(suits)
    classes: dict[tuple[int, ...], list[int]] = {}
    for column, each in enumerate(sets):
        classes.setdefault(tuple(suits[each]), []).append(column)
    plots = sorted({plot for each in sets for plot in choices.plots[each]})
    row_of = {plot: row for row, plot in enumerate(plots)}
    # Rows: each plot once; each kind as often as there are projects of it; of each class as many
    # given as taken; no fewer in all.
    kind_row, class_row = len(plots), len(plots) + len(kinds)
    last = class_row + len(classes)
    entries = [(row_of[plot], column, 1.0)
               for column, each in enumerate(sets) for plot in choices.plots[each]]  # fmt: skip
    entries += [(last, column, 1.0) for column in range(len(sets))]
    members = [len(each) for each in kinds.values()]
    worth: list[float] = [choices.set_worth[each] for each in sets]
    most = [1.0] * len(sets)
    for number, (served, columns) in enumerate(classes.items()):
        entries += [(class_row + number, column, 1.0) for column in columns]
        for kind in served:
            entries += [(class_row + number, len(worth), -1.0), (kind_row + kind, len(worth), 1.0)]
            worth.append(list(kinds)[kind][1])
            most.append(float(members[kind]))
    rows, places, values = np.array(entries).T
    matrix = csr_array((values, (rows.astype(np.int64), places.astype(np.int64))),
                       shape=(last + 1, len(worth)))  # fmt: skip
    low, high = np.full(last + 1, -np.inf), np.ones(last + 1)
    high[kind_row:class_row] = members
    low[class_row:last] = high[class_row:last] = 0
    low[last], high[last] = fewest, np.inf
    once = LinearConstraint(matrix, low, high)
    return _Program(sets, np.array(worth, dtype=np.float64), np.array(most), once)


def _dealt(choices: Choices, chosen: list[int]) -> dict[int, int]:
    """Deal chosen sets out to projects that they suit, for the most worth."""
    place_of = [{each: place for place, each in enumerate(sets)} for sets in choices.of_project]
    unsuited = -float(sum(choices.project_worth) + 1)
    worth = np.array([
        [1.0 + choices.project_worth[project] if each in places else unsuited
         for project, places in enumerate(place_of)]
        for each in chosen
    ]).reshape(len(chosen), len(place_of))  # fmt: skip
    rows, projects = linear_sum_assignment(worth, maximize=True)
    return {
        int(project): place_of[project][chosen[row]]
        for row, project in zip(rows, projects, strict=True)
        if chosen[row] in place_of[project]
    }


def _masks(choices: Choices) -> list[int]:
    """Write the plots of each set as bits."""
    return [sum(1 << plot for plot in plots) for plots in choices.plots]


def _used(choices: Choices, masks: Sequence[int], given: dict[int, int]) -> int:
    used = 0
    for project, place in given.items():
        used |= masks[choices.of_project[project][place]]
    return used


def _value(choices: Choices, given: dict[int, int]) -> int:
    return sum(
        choices.project_worth[project] + choices.set_worth[choices.of_project[project][place]]
        for project, place in given.items()
    )


def _first_free(sets: tuple[int, ...], masks: Sequence[int], used: int) -> int | None:
    return next((place for place, each in enumerate(sets) if not masks[each] & used), None)
