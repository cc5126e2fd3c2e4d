"""Sets of plots, and the best of them, equal what trying every set gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.crooked import crooked_layer
from enping_gis import area, best_assembly, contacts, feasible_assemblies
from tests.assembly.oracle import Layer, feasible, random_wish

MOST, SUITE = 6, 12
OBJECTIVES = {
    "compact": ("compact", max), "perimeter": ("perimeter_m", min), "holders": ("holders", min),
    "fewest": ("fewest", min), "largest": ("area", max), "smallest": ("area", min),
    "cost": ("cost", min), "score": ("score", max),
}  # fmt: skip


def case(seed: int) -> tuple[Any, Layer, dict[str, Any]]:
    random = np.random.default_rng(seed)
    within_m = float(random.choice([0.0, 14.0]))
    plots = crooked_layer(int(random.integers(9, 15)), seed=seed, plots_per_road=12.0)
    layer = Layer.of(plots, within_m)
    wish = random_wish(layer, random, hopeless=seed % 5 == 0) | {"within_m": within_m}
    return plots, layer, wish


def told(figures: dict[str, Any], objective: str) -> float:
    if objective in {"largest", "smallest"}:
        return figures["area_m2"] * 3 / 2000
    return float(figures[objective])


def agree(seed: int) -> bool:
    """Compare, and tell whether there was any set."""
    plots, layer, wish = case(seed)
    expected = feasible(layer, wish, MOST)
    wish |= {"cost": "cost_yuan", "score": "merit"}
    found = feasible_assemblies(plots, max_plots=MOST, shapes=0, limit=100_000, **wish)
    assert found.complete
    assert {*found.rows["parcel_ids"]} == {";".join(chosen) for chosen in expected}
    for number, (objective, (_, better)) in enumerate(sorted(OBJECTIVES.items())):
        if seed >= 150 and number % 4 != seed % 4:
            continue
        best = best_assembly(
            plots, objective=objective, max_plots=MOST, time_limit_s=None, **wish
        )  # fmt: skip
        if not expected:
            assert best.status == "infeasible", (seed, objective)
            assert best.rows.empty
            continue
        assert best.status == "optimal", (seed, objective)
        value = better(told(each, objective) for each in expected.values())
        assert best.value == pytest.approx(value, rel=1e-6, abs=1e-3), (seed, objective)
        chosen = tuple(best.rows["parcel_ids"].iloc[0].split(";"))
        assert told(expected[chosen], objective) == pytest.approx(value, rel=1e-6, abs=1e-3)
    return bool(expected)


def test_sets_and_optima_equal_brute_force() -> None:
    met = [agree(seed) for seed in range(SUITE)]
    # Of hopeless demands none is met, of the others most are.
    assert not any(met[::5])
    assert sum(met) > SUITE / 3


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_a_thousand_layers_equal_brute_force() -> None:
    assert sum(agree(seed) for seed in range(SUITE, 1_150)) > 300


def test_counts_equal_growth_plot_by_plot() -> None:
    plots = crooked_layer(70, seed=3)
    low, high, most = 80.0, 110.0, 5
    found = feasible_assemblies(plots, area_mu=(low, high), max_plots=most, shapes=0)
    area_mu = dict(zip(plots["parcel_id"], area(plots) * 3 / 2000, strict=True))
    near: dict[str, set[str]] = {plot: set() for plot in area_mu}
    for pair in contacts(plots).query("kind in ('shared', 'overlap')").itertuples():
        near[pair.left].add(pair.right)
        near[pair.right].add(pair.left)
    level = {frozenset([plot]) for plot in near}
    count = 0
    for _ in range(most):
        count += sum(low <= round(sum(area_mu[plot] for plot in each), 2) <= high for each in level)
        level = {
            each | {other}
            for each in level
            for other in set().union(*(near[plot] for plot in each)) - each
        }
    assert (found.count, found.complete) == (count, True)
    assert count > 100
