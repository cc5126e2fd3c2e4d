"""
Compare listing and choosing sets of plots with networkx, a flow model in HiGHS, and CP-SAT.

``python -m benchmarks.assembly`` prints Markdown tables. The layers are irregular plots with roads,
bent boundaries and islands, of `benchmarks.crooked`, whatever ``--n`` says.
"""

from __future__ import annotations

import math
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.command import run_alone
from benchmarks.crooked import crooked_layer
from benchmarks.harness import Route
from benchmarks.report import NONE, Reached, Section, Table, decimal, timing_table
from benchmarks.solvers import by_cuts, by_flow, graph_of, grown_by_networkx, problem_of
from enping_gis.assembly.best import best_assembly
from enping_gis.assembly.demands import TENTHS_PER_M, Demands
from enping_gis.assembly.feasible import beginning_with, ground_of_land
from enping_gis.assembly.growing import Limits, grown_sets, plain_sets
from enping_gis.assembly.land import candidate_plots, land_of

if TYPE_CHECKING:
    from benchmarks.command import Options
    from benchmarks.harness import Taken
    from benchmarks.solvers import Problem, Solved
    from enping_gis.assembly.best import Assembly
    from enping_gis.assembly.growing import Ground
    from enping_gis.assembly.land import Land

NETWORKX, PLAIN, COMPILED = "networkx growth", "enping_gis in plain Python", "enping_gis compiled"
OURS, FLOW, CUTS = "enping_gis.best_assembly", "HiGHS, flow model", "CP-SAT, cuts added"
NO_BUDGET = 1 << 62


class Sizes(NamedTuple):
    """
    How large the problems are.

    Parameters
    ----------
    plots : int
        Of the layer whose sets are listed.
    window : tuple of float
        In mu.
    seeds : int
        Layers on which the best set is proved.
    seed_plots, large_plots : int
        Plots of these, and of the large one.
    solvers : tuple of tuple
        Plots and window in mu of each problem for the solvers.
    limit_s : float
        Of a solver.
    """

    plots: int = 10_000
    window: tuple[float, float] = (105.0, 110.0)
    seeds: int = 20
    seed_plots: int = 2_000
    large_plots: int = 20_000
    solvers: tuple[tuple[int, tuple[float, float]], ...] = (
        (100, (90.0, 110.0)), (300, (180.0, 200.0)), (1_000, (90.0, 110.0)),
        (2_000, (180.0, 200.0)),
    )  # fmt: skip
    limit_s: float = 20.0


QUICK = Sizes(60, (90.0, 110.0), 2, 60, 80, ((30, (60.0, 80.0)),), 5.0)
# Most plots of a listed set.
MOST = 8
# What is demanded of the best set beside its area: a site that a factory fits on.
WISHES: dict[str, Any] = {"min_compactness": 0.5, "min_width_m": 100.0}
PROVE_MU, PROVE_S, LARGE_S = (180.0, 200.0), 5.0, 30.0
TEXT = """\
Irregular plots, mean 30 mu, synthetic: cells around random points, bent boundaries, crooked roads,
islands in holes. *Every set*: all connected sets of {low:g} to {high:g} mu and at most {most} plots
on one layer whose contacts are known, listed by the package's two ways and by growing sets on a
networkx graph by their boundary. *The best set*: greatest score, {window} mu,
compactness at least 0.5, a disk of 100 m fits in, no limit of plots; wall time of
`best_assembly` with all that it measures, contacts included, given {prove_s:g} s to search.
*Beside solvers*: the greatest score, or the shortest outline, in a window of the area and nothing
else, on contacts that are known: Shirabe's flow model in HiGHS (scipy.optimize.milp), and CP-SAT
(2 workers) solved again with a cut for each part that lies by itself, {limit_s:g} s each. Where a
solver proves its set, value and package agree to 1e-6; `gap` is what the solver leaves open.
"""


def measure(options: Options) -> Section:
    """
    Run the benchmark.

    Parameters
    ----------
    options : Options
        How often to run; the sizes are this module's own.

    Returns
    -------
    Section
        Tables and targets.
    """
    sizes = QUICK if options.is_quick else Sizes()
    low, high = sizes.window
    section = Section("Which plots to combine", TEXT.format(
        low=low, high=high, most=MOST, window=f"{PROVE_MU[0]:g} to {PROVE_MU[1]:g}",
        prove_s=PROVE_S, limit_s=sizes.limit_s,
    ))  # fmt: skip
    _every_set(section, options, sizes)
    _best_set(section, sizes)
    _beside_solvers(section, sizes)
    return section


def _every_set(section: Section, options: Options, sizes: Sizes) -> None:
    land, limits = _prepared(sizes.plots, 1, sizes.window)
    ground, graph = ground_of_land(land, beginning_with(None, len(land))), graph_of(land)
    taken = options.take_turns([
        Route(COMPILED, partial(_count, ground, limits), is_ours=True),
        Route(PLAIN, lambda: len(plain_sets(ground, limits, None))),
        Route(NETWORKX, partial(grown_by_networkx, graph, limits.low, limits.high, MOST)),
    ])  # fmt: skip
    title = f"Every set: {len(land)} plots"
    section.tables.append(timing_table(title, taken, ("sets",), lambda each: [f"{each.result:,}"]))
    for code, name in (("assembly.plain", PLAIN), ("assembly.compiled", COMPILED)):
        section.reached[code] = _times(taken[NETWORKX], taken[name])
    counts = {each.result for each in taken.values() if each.failure is None}
    section.reached["assembly.counts"] = Reached(max(counts) - min(counts), f"{len(taken)} ways")


def _count(ground: Ground, limits: Limits) -> int:
    return sum(len(batch.sets) for batch in grown_sets(ground, limits))


def _times(slow: Taken, quick: Taken) -> Reached:
    if slow.failure is not None:
        return Reached(slow.stopped_s / quick.user, f"at least: {slow.route.name} was stopped")
    return Reached(slow.user / quick.user, f"beside {slow.route.name}")


def _best_set(section: Section, sizes: Sizes) -> None:
    # What is compiled is compiled before.
    _best(sizes.seed_plots, sizes.seeds, PROVE_S)
    found = [_best(sizes.seed_plots, seed, PROVE_S) for seed in range(sizes.seeds)]
    large = _best(sizes.large_plots, 0, LARGE_S)
    rows = [_row(f"{sizes.seed_plots:,}, seed {seed}", *each) for seed, each in enumerate(found)]
    rows.append(_row(f"{sizes.large_plots:,}, seed 0", *large))
    header = ("layer", "plots", "status", "gap", "sets looked at", "wall s")
    section.tables.append(Table("The best set", header, rows))
    in_time = [wall_s for _, best, wall_s in found
               if best.status == "optimal" and wall_s <= PROVE_S]  # fmt: skip
    note = f"of {sizes.seeds} seeds; median {median(each[2] for each in found):.2f} s"
    section.reached["assembly.proved"] = Reached(float(len(in_time)), note)
    status = large[1].status
    section.reached["assembly.large"] = Reached(
        large[2] if status == "optimal" else math.nan, f"{status}, one seed"
    )


def _best(plots: int, seed: int, limit_s: float) -> tuple[int, Assembly, float]:
    layer = crooked_layer(plots, seed=seed)
    began = time.perf_counter()
    best = best_assembly(
        layer, area_mu=PROVE_MU, objective="score", score="merit", time_limit_s=limit_s, **WISHES
    )
    return len(layer), best, time.perf_counter() - began


def _row(name: str, plots: int, best: Assembly, wall_s: float) -> list[str]:
    gap = NONE if math.isnan(best.gap) else f"{100 * best.gap:.2f} %"
    return [name, f"{plots:,}", best.status, gap, f"{best.steps:,}", decimal(wall_s)]


def _beside_solvers(section: Section, sizes: Sizes) -> None:
    rows, differences, times = [], [0.0], []
    for plots, window in sizes.solvers:
        layer = crooked_layer(plots, seed=7)
        land, limits = _prepared(plots, 7, window)
        for objective in ("score", "perimeter"):
            title = f"{len(layer):,} plots, {window[0]:g} to {window[1]:g} mu, {objective}"
            began = time.perf_counter()
            best = best_assembly(layer, area_mu=window, objective=objective, score="merit",
                                 time_limit_s=sizes.limit_s)  # fmt: skip
            ours_s = time.perf_counter() - began
            rows.append([title, OURS, best.status, decimal(best.value), _percent(best.gap),
                         decimal(ours_s)])  # fmt: skip
            problem = _problem(land, limits, objective)
            for name, solve in ((FLOW, by_flow), (CUTS, by_cuts)):
                began = time.perf_counter()
                solved = solve(problem, sizes.limit_s)
                wall_s = time.perf_counter() - began
                rows.append(_solver_row(title, name, solved, wall_s))
                times.append(wall_s / ours_s)
                if solved.is_proved and best.status == "optimal":
                    apart = abs(abs(solved.value) - best.value) / max(abs(best.value), 1e-9)
                    differences.append(apart)
    header = ("problem", "by", "status", "value", "gap", "wall s")
    section.tables.append(Table("Beside solvers", header, rows))
    proved = len(differences) - 1
    section.reached["assembly.values"] = Reached(max(differences), f"{proved} sets proved by both")
    section.reached["assembly.solvers"] = Reached(
        min(times), f"the least of {len(times)}; median {median(times):.0f}x"
    )


def _solver_row(title: str, name: str, solved: Solved, wall_s: float) -> list[str]:
    status = "optimal" if solved.is_proved else "limit"
    open_share = abs(solved.bound - solved.value) / max(abs(solved.bound), 1e-9)
    gap = 0.0 if solved.is_proved else open_share
    return [title, name, status, decimal(abs(solved.value)), _percent(gap), decimal(wall_s)]


def _percent(share: float) -> str:
    return NONE if math.isnan(share) else f"{100 * share:.2f} %"


def _problem(land: Land, limits: Limits, objective: str) -> Problem:
    """State for solvers what `best_assembly` looks for."""
    if objective == "score":
        gain, pair_gain = land.score * land.score_step, 0.0
    else:
        gain, pair_gain = -land.perimeter / TENTHS_PER_M, 2.0 / TENTHS_PER_M
    return problem_of(land, limits.low, limits.high, np.asarray(gain, dtype=float), pair_gain)


def _prepared(plots: int, seed: int, window: tuple[float, float]) -> tuple[Land, Limits]:
    demands = Demands.of(window, max_plots=MOST, score="merit")
    land = land_of(candidate_plots(crooked_layer(plots, seed=seed)), demands)
    return land, Limits(demands.low_cm2, demands.high_cm2, NO_BUDGET, MOST, len(land))


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
