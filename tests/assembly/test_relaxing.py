"""Where no set keeps to the demands: which one to relax, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks.crooked import crooked_layer
from enping_gis import Inventory, best_assembly
from tests.assembly.oracle import Layer, feasible, random_wish

if TYPE_CHECKING:
    from enping_gis.assembly.relaxing import Relaxation

MOST, SUITE = 6, 40
LAST_DIGIT = {
    "low_mu": 0.01, "high_mu": -0.01, "max_plots": -1, "budget_yuan": -0.01, "max_holders": -1,
    "min_compactness": 0.0001, "min_width_m": 0.1, "within_m": -0.01,
}  # fmt: skip


def relax(plots: gpd.GeoDataFrame | Inventory, **wish: Any) -> dict[str, Relaxation]:  # noqa: ANN401
    best = best_assembly(plots, time_limit_s=None, **wish)
    assert best.status == "infeasible"
    return {each.demand: each for each in best.relax}


def row_of(widths_m: list[float], gaps_m: list[float], **columns: list[Any]) -> gpd.GeoDataFrame:
    """Lay plots 100 m deep side by side: 1.5 mu for each ten metres of width."""
    shapes, east_m = [], 500_000.0
    for width_m, gap_m in zip(widths_m, [*gaps_m, 0.0], strict=True):
        shapes.append(shapely.box(east_m, 2_450_000, east_m + width_m, 2_450_100))
        east_m += width_m + gap_m
    names = [chr(97 + number) for number in range(len(shapes))]
    return gpd.GeoDataFrame({"parcel_id": names, **columns}, geometry=shapes, crs=4546)


def test_the_least_and_the_most_area() -> None:
    plots = row_of([100.0, 200.0], [0.0])
    found = relax(plots, area_mu=(16.0, 29.0))
    assert found["low_mu"][1:] == (16.0, 15.0, True, "a")
    assert found["high_mu"][1:] == (29.0, 30.0, True, "b")
    assert {*found} == {"low_mu", "high_mu"}


def test_the_number_of_plots_and_of_holders() -> None:
    plots = row_of([100.0, 100.0, 100.0], [0.0, 0.0], holder=["甲", "乙", "丙"])
    found = relax(plots, area_mu=(45.0, 45.0), max_plots=2)
    assert found["max_plots"].needed == 3
    found = relax(plots, area_mu=(45.0, 45.0), max_holders=1)
    assert found["max_holders"].needed == 3
    assert found["low_mu"].needed == 15.0


def test_the_budget() -> None:
    plots = row_of([100.0, 100.0], [0.0], cost_yuan=[700.5, 300.25])
    found = relax(plots, area_mu=(30.0, 30.0), cost="cost_yuan", budget_yuan=1000.0)
    assert found["budget_yuan"][1:] == (1000.0, 1000.75, True, "a;b")
    # One plot is within the budget, too.
    assert found["low_mu"].needed == 15.0


def test_compactness_and_width() -> None:
    plots = row_of([100.0, 300.0], [0.0])
    square = np.pi / 4
    found = relax(plots, area_mu=(10.0, 20.0), min_compactness=0.9)
    assert found["min_compactness"].needed == 0.7853 < square
    found = relax(plots, area_mu=(10.0, 20.0), min_width_m=120.0)
    assert found["min_width_m"].needed == pytest.approx(100.0, abs=0.05)


def test_the_narrowest_road_that_would_do() -> None:
    plots = row_of([100.0, 100.0, 100.0], [24.0, 12.0])
    found = relax(plots, area_mu=(30.0, 30.0))
    assert found["within_m"][1:] == (0.0, 12.0, True, "b;c")
    found = relax(plots, area_mu=(45.0, 45.0), within_m=12.0)
    assert found["within_m"].needed == 24.0
    assert "within_m" not in relax(row_of([100.0, 100.0], [61.0]), area_mu=(30.0, 30.0))


def test_a_plot_left_out_by_a_filter_is_no_road() -> None:
    plots = row_of([100.0, 10.0, 100.0], [1.0, 1.0], town=["x", "y", "x"])
    found = relax(plots, area_mu=(30.0, 30.0), town="x", within_m=2.0)
    assert "within_m" not in found


def test_how_near() -> None:
    plots = row_of([100.0, 200.0, 300.0], [40.0, 0.0])
    assert relax(plots, area_mu=(45.0, 45.0), near="a")["near_m"].needed == 240.0
    found = relax(plots, area_mu=(30.0, 30.0), near="a", near_m=39.9)
    assert (found["near_m"].needed, found["near_m"].parcel_ids) == (40.0, "b")


def test_a_filter_that_has_to_be_dropped() -> None:
    plots = row_of([100.0, 200.0], [0.0], town=["x", "y"], blockers=["mortgage", None])
    found = relax(plots, area_mu=(15.0, 15.0), unblocked=True)
    assert (found["unblocked"].needed, found["unblocked"].parcel_ids) == (None, "a")
    found = relax(plots, area_mu=(45.0, 45.0), town="x")
    assert (found["town"].needed, found["town"].parcel_ids) == (None, "a;b")
    found = relax(plots, area_mu=(30.0, 30.0), must_contain="a")
    assert found["must_contain"].parcel_ids == "b"
    found = relax(plots, area_mu=(30.0, 30.0), must_not="b")
    assert found["must_not"].parcel_ids == "b"


def test_nothing_to_relax() -> None:
    plots = row_of([100.0], [])
    assert relax(plots, area_mu=(20.0, 30.0), min_width_m=200.0) == {}
    assert relax(plots.iloc[:0], area_mu=(20.0, 30.0)) == {}
    best = best_assembly(plots, area_mu=(10.0, 20.0))
    assert (best.status, best.relax) == ("optimal", ())


def test_out_of_time_is_not_proven() -> None:
    plots = row_of([100.0, 200.0], [0.0])
    best = best_assembly(plots, area_mu=(16.0, 29.0), time_limit_s=0.0)
    assert (best.status, best.relax) == ("unknown", ())


def agree(seed: int) -> int:
    """Compare with brute force, and return how many demands could be relaxed."""
    random = np.random.default_rng([seed, 77])
    plots = crooked_layer(int(random.integers(8, 12)), seed=seed, plots_per_road=12.0)
    layer = Layer.of(plots, 0.0)
    wish = random_wish(layer, random, hopeless=seed % 3 == 0)
    low = wish["area_mu"][0]
    wish["area_mu"] = (low, round(low * 1.02, 2)) if seed % 3 else wish["area_mu"]
    most = int(random.integers(1, MOST + 1))
    if feasible(layer, wish, most):
        return 0
    found = relax(plots, max_plots=most, **wish)
    asked = {"max_plots": most, "low_mu": wish["area_mu"][0], "high_mu": wish["area_mu"][1]} | wish
    for demand in ("low_mu", "high_mu", "budget_yuan", "max_holders", "min_compactness",
                   "min_width_m", "must_not"):  # fmt: skip
        if not asked.get(demand):
            continue
        dropped = {"low_mu": 0.0, "high_mu": 1e9, "min_compactness": 0.0, "min_width_m": 0.0,
                   "must_not": ()}.get(demand, 1e12)  # fmt: skip
        there = bool(feasible(layer, changed(wish, demand, dropped), most))
        assert there == (demand in found), (seed, demand)
    for demand, each in found.items():
        if demand not in LAST_DIGIT or demand == "within_m":
            continue
        assert each.proven
        if demand == "max_plots":
            assert feasible(layer, wish, int(each.needed or 0)), seed
            assert not feasible(layer, wish, int(each.needed or 0) - 1), seed
            continue
        needed = float(each.needed or 0.0)
        slack = 0.05 if demand == "min_width_m" else 0.0
        assert feasible(layer, changed(wish, demand, needed - slack), most), (seed, demand)
        stricter = needed + LAST_DIGIT[demand] + slack
        assert not feasible(layer, changed(wish, demand, stricter), most), (seed, demand)
    return len(found)


def changed(wish: dict[str, Any], demand: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
    if demand in {"low_mu", "high_mu"}:
        low, high = wish["area_mu"]
        return wish | {"area_mu": (value, high) if demand == "low_mu" else (low, value)}
    return wish | {demand: value}


def test_what_to_relax_equals_brute_force() -> None:
    assert sum(agree(seed) for seed in range(SUITE)) > SUITE / 2


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_what_to_relax_equals_brute_force_often() -> None:
    assert sum(agree(seed) for seed in range(SUITE, 600)) > 300
