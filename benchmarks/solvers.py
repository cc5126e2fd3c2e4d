"""Combine plots by other means: growth on a networkx graph, a flow model, cuts added in turn."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from enping_gis.assembly.land import Land

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

# CP-SAT takes whole numbers: areas in square metres, gains as so many parts of the greatest.
M2_PARTS, GAIN_PARTS = 10_000, 1_000_000
WORKERS = 2


class Problem(NamedTuple):
    """
    Find the connected set of the greatest gain in an area window.

    Parameters
    ----------
    area : numpy.ndarray of int
        Of each plot, in cm2.
    low, high : int
        The window, in cm2.
    gain : numpy.ndarray of float
        What each plot adds.
    pairs : numpy.ndarray of int, shape (m, 2)
        Plots that lie against each other, each pair once.
    bonus : numpy.ndarray of float
        What each pair adds where both are chosen.
    """

    area: Ints
    low: int
    high: int
    gain: Floats
    pairs: Ints
    bonus: Floats


class Solved(NamedTuple):
    """
    What a solver says.

    Parameters
    ----------
    value, bound : float
        Of the best set, and what none exceeds; nan where there is none.
    is_proved : bool
        Whether it says that the set is the best.
    """

    value: float
    bound: float
    is_proved: bool


def problem_of(land: Land, low: int, high: int, gain: Floats, pair_gain: float) -> Problem:
    """
    State a problem on prepared land.

    Parameters
    ----------
    land : Land
        The plots.
    low, high : int
        The window, in cm2.
    gain : numpy.ndarray of float
        What each plot adds.
    pair_gain : float
        What a tenth of a millimetre of shared boundary inside the set adds.

    Returns
    -------
    Problem
        For the solvers.
    """
    here = np.repeat(np.arange(len(land)), np.diff(land.links.first))
    once = here < land.links.other
    pairs = np.column_stack([here[once], land.links.other[once]])
    bonus = pair_gain * land.links.shared[once].astype(np.float64)
    return Problem(land.area_cm2, low, high, gain, pairs, bonus)


def graph_of(land: Land) -> nx.Graph:
    """
    Make a graph of plots that lie against each other.

    Parameters
    ----------
    land : Land
        The plots.

    Returns
    -------
    networkx.Graph
        Nodes have their area in cm2.
    """
    graph = nx.Graph()
    graph.add_nodes_from((row, {"area": area}) for row, area in enumerate(land.area_cm2.tolist()))
    here = np.repeat(np.arange(len(land)), np.diff(land.links.first))
    graph.add_edges_from(zip(here.tolist(), land.links.other.tolist(), strict=True))
    return graph


def grown_by_networkx(graph: nx.Graph, low: int, high: int, most: int) -> int:
    """
    Count the connected sets in a window: every set grows by each node of its boundary.

    Parameters
    ----------
    graph : networkx.Graph
        Nodes with ``area``.
    low, high : int
        The window.
    most : int
        Most plots.

    Returns
    -------
    int
        How many sets.
    """
    area = nx.get_node_attributes(graph, "area")
    level = {frozenset([node]): each for node, each in area.items() if each <= high}
    count = sum(total >= low for total in level.values())
    for _ in range(most - 1):
        grown = {}
        for chosen, total in level.items():
            for node in nx.node_boundary(graph, chosen):
                if total + area[node] <= high:
                    grown[chosen | {node}] = total + area[node]
        level = grown
        count += sum(total >= low for total in level.values())
    return count


def by_flow(problem: Problem, limit_s: float) -> Solved:
    """
    Solve with HiGHS: one root sends a unit of flow to every plot that is chosen.

    The model of Shirabe (2005, Geographical Analysis 37(1)) for one region. A pair adds its bonus
    where both plots are chosen.

    Parameters
    ----------
    problem : Problem
        What to solve.
    limit_s : float
        Seconds.

    Returns
    -------
    Solved
        As HiGHS says.
    """
    count, links = len(problem.area), len(problem.pairs)
    # Columns: chosen, root, flow there, flow back, pair.
    chosen, root = np.arange(count), count + np.arange(count)
    there, back = 2 * count + np.arange(links), 2 * count + links + np.arange(links)
    both = 2 * count + 2 * links + np.arange(links)
    width = 2 * count + 3 * links
    one, other = problem.pairs.T
    most = float(_most_plots(problem))
    rows = _Rows(width)
    rows.add([np.zeros(count)], [root], [1.0], 1, 1)
    rows.add([chosen, chosen], [root, chosen], [1.0, -1.0], -np.inf, 0)
    # What comes in less what goes out: a unit stays where a plot is chosen, but for the root.
    stays = [other, one, one, other, chosen, chosen]
    rows.add(stays, [there, there, back, back, chosen, root], [1, -1, 1, -1, -1, most], 0, np.inf)
    # Flow comes only to what is chosen.
    rows.add([other, one, chosen], [there, back, chosen], [1, 1, -(most - 1)], -np.inf, 0)
    area_m2 = problem.area / M2_PARTS
    rows.add([np.zeros(count)], [chosen], [area_m2], problem.low / M2_PARTS,
             problem.high / M2_PARTS)  # fmt: skip
    link = np.arange(links)
    for end in (one, other):
        rows.add([link, link], [both, end], [1.0, -1.0], -np.inf, 0)
    whole = np.zeros(width)
    whole[: 2 * count] = 1
    upper = np.concatenate([np.ones(2 * count), np.full(2 * links, most), np.ones(links)])
    cost = np.zeros(width)
    cost[chosen], cost[both] = -problem.gain, -problem.bonus
    found = milp(cost, integrality=whole, bounds=Bounds(0, upper), constraints=rows.constraint(),
                 options={"time_limit": limit_s, "mip_rel_gap": 0.0})  # fmt: skip
    bound = math.nan if found.mip_dual_bound is None else -found.mip_dual_bound
    value = math.nan if found.x is None else -float(found.fun)
    return Solved(value, bound, found.status == 0)


def by_cuts(problem: Problem, limit_s: float) -> Solved:
    """
    Solve with CP-SAT again and again, with a cut for each part that lies by itself.

    Parameters
    ----------
    problem : Problem
        What to solve.
    limit_s : float
        Seconds for all rounds.

    Returns
    -------
    Solved
        Proved where the last round's set is connected and the best of its model.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 - it must come after scipy's solver

    model = cp_model.CpModel()
    plots = [model.new_bool_var(f"x{row}") for row in range(len(problem.area))]
    scale = GAIN_PARTS / max(np.abs(problem.gain).max(), np.abs(problem.bonus).max(initial=0.0))
    total = sum(round(each * scale) * plot
                for each, plot in zip(problem.gain, plots, strict=True))  # fmt: skip
    for (one, other), bonus in zip(problem.pairs.tolist(), problem.bonus, strict=True):
        if bonus:
            both = model.new_bool_var("")
            model.add_implication(both, plots[one])
            model.add_implication(both, plots[other])
            total += round(bonus * scale) * both
    land = sum(int(each) * plot for each, plot in zip(problem.area, plots, strict=True))
    # As two constraints these make the presolve of 9.15 call a worse set optimal.
    model.add_linear_constraint(land, problem.low, problem.high)
    model.maximize(total)
    near = _neighbours(problem)
    until, bound = time.monotonic() + limit_s, math.nan
    while (left_s := until - time.monotonic()) > 0:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = left_s
        solver.parameters.num_workers = WORKERS
        status = solver.solve(model)
        bound = solver.best_objective_bound / scale
        if status != cp_model.OPTIMAL:
            break
        taken = {row for row, plot in enumerate(plots) if solver.boolean_value(plot)}
        parts = _parts(taken, near)
        if len(parts) == 1:
            rows = sorted(taken)
            pairs = np.isin(problem.pairs, rows).all(axis=1)
            value = float(problem.gain[rows].sum() + problem.bonus[pairs].sum())
            return Solved(value, bound, is_proved=True)
        for number, part in enumerate(parts):
            around = {each for plot in part for each in near[plot]} - part
            far = max(parts[number - 1], key=lambda row: problem.area[row])
            own = max(part, key=lambda row: problem.area[row])
            # Whoever has a plot of either part has a plot of the ring around the one.
            model.add(sum(plots[row] for row in sorted(around)) >= plots[own] + plots[far] - 1)
    return Solved(math.nan, bound, is_proved=False)


class _Rows:
    """The rows of a sparse matrix, added block by block."""

    def __init__(self, width: int) -> None:
        self._width, self._count = width, 0
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []

    def add(self, rows: Iterable[npt.NDArray[np.generic]], columns: Iterable[Ints],
            values: Iterable[float | Floats], low: float, high: float) -> None:  # fmt: skip
        """Add terms, all with the same limits; rows are counted from the block's first."""
        height = 0
        for row, column, value in zip(rows, columns, values, strict=True):
            at = row.astype(np.int64)
            self._row.append(self._count + at)
            self._column.append(column)
            self._value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), at.shape))
            height = max(height, int(at.max()) + 1)
        self._low.append(np.full(height, low))
        self._high.append(np.full(height, high))
        self._count += height

    def constraint(self) -> LinearConstraint:
        """Return all rows as a constraint."""
        cells = (np.concatenate(self._row), np.concatenate(self._column))
        matrix = coo_array((np.concatenate(self._value), cells), shape=(self._count, self._width))
        return LinearConstraint(
            matrix.tocsr(), np.concatenate(self._low), np.concatenate(self._high)
        )


def _most_plots(problem: Problem) -> int:
    smallest = np.cumsum(np.sort(problem.area))
    return max(int(np.searchsorted(smallest, problem.high, side="right")), 1)


def _neighbours(problem: Problem) -> list[set[int]]:
    near: list[set[int]] = [set() for _ in problem.area]
    for one, other in problem.pairs.tolist():
        near[one].add(other)
        near[other].add(one)
    return near


def _parts(taken: set[int], near: list[set[int]]) -> list[set[int]]:
    """Return the connected parts of a set."""
    left, parts = set(taken), []
    while left:
        part, todo = set(), [left.pop()]
        while todo:
            plot = todo.pop()
            part.add(plot)
            fresh = near[plot] & left
            left -= fresh
            todo += fresh
        parts.append(part)
    return parts
