"""Sets that no other set beats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.crooked import crooked_layer
from enping_gis import InputError, Inventory, pareto_assemblies
from enping_gis.assembly.pareto import undominated
from tests.assembly.oracle import Layer, feasible, random_wish

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.assembly.pareto import Criterion

MOST, SUITE = 5, 20


def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Tell whether all of one is at least as small, and something smaller."""
    return one != other and all(here <= there for here, there in zip(one, other, strict=True))


@given(arrays.arrays(np.float64, st.tuples(st.integers(0, 12), st.integers(1, 3)),
                     elements=st.integers(0, 4).map(float)))  # fmt: skip
def test_the_front_is_what_nothing_beats(losses: npt.NDArray[np.float64]) -> None:
    rows = [tuple(row) for row in losses.tolist()]
    wanted = {row for row in rows if not any(beats(other, row) for other in rows)}
    kept = undominated(losses).tolist()
    assert {rows[each] for each in kept} == wanted
    assert len(kept) == len(wanted)
    assert all(rows.index(rows[each]) == each for each in kept)


def test_a_case_done_by_hand() -> None:
    """Three squares in a row: the middle one is dear, the last one is in court."""
    shapes = [shapely.box(x, 0, x + 100, 100) for x in (0, 100, 200)]
    plots = gpd.GeoDataFrame(
        {"parcel_id": ["a", "b", "c"], "yuan": [5.0, 9.0, 4.0], "blockers": [None, None, "law"]},
        geometry=shapes, crs=4546,
    )  # fmt: skip
    plots.geometry = plots.geometry.translate(500_000, 2_450_000)
    front = pareto_assemblies(plots, area_mu=(15, 30), cost="yuan")
    # c is cheapest; a is ready; b is dearer than a and no better; a pair is dearer and longer.
    assert front.rows["parcel_ids"].tolist() == ["c", "a"]
    assert front.rows["ready_share"].tolist() == [0.0, 1.0]
    assert (front.count, front.complete) == (5, True)
    front = pareto_assemblies(plots, area_mu=(30, 30), over=("cost", "readiness"), cost="yuan")
    assert front.rows["parcel_ids"].tolist() == ["b;c", "a;b"]


def test_equal_sets_are_told_once() -> None:
    shapes = [shapely.box(x, 0, x + 100, 100) for x in (500_000, 500_300)]
    plots = gpd.GeoDataFrame({"parcel_id": ["a", "b"]}, geometry=shapes, crs=4546)
    front = pareto_assemblies(plots, area_mu=(1, 20), over=("compactness",))
    assert (front.rows["parcel_ids"].tolist(), front.count) == (["a"], 2)


def test_wrong_words() -> None:
    demo = Inventory.demo()
    words: list[Any] = [("beauty",), (), ("cost",), ("score", "plots")]
    for over in words:
        with pytest.raises(InputError):
            pareto_assemblies(demo, area_mu=(1, 2), over=over)
    bare = demo.parcels[["parcel_id", "geometry"]]
    with pytest.raises(InputError, match="readiness"):
        pareto_assemblies(bare, area_mu=(1, 2), over=("readiness",))


def agree(seed: int) -> bool:
    random = np.random.default_rng([seed, 5])
    plots = crooked_layer(int(random.integers(8, 12)), seed=seed, plots_per_road=12.0)
    ready = random.uniform(size=len(plots)) < 0.6
    plots["blockers"] = [None if is_ready else "mortgage" for is_ready in ready]
    layer = Layer.of(plots, 0.0)
    wish = random_wish(layer, random, hopeless=False)
    low, high = wish["area_mu"]
    wanted = feasible(layer, wish | {"area_mu": (low / 2, high)}, MOST)
    free = {parcel for parcel, is_ready in zip(plots["parcel_id"], ready, strict=True) if is_ready}
    losses = {}
    for chosen, told in wanted.items():
        free_m2 = sum(round(layer.told[plot]["area_m2"], 4) for plot in chosen if plot in free)
        losses[chosen] = (round(told["cost"], 2), -round(told["compact"], 9),
                          -round(free_m2 / told["area_m2"], 9))  # fmt: skip
    kept = {row for row in losses.values() if not any(beats(o, row) for o in losses.values())}
    over: tuple[Criterion, ...] = ("cost", "compactness", "readiness")
    found = pareto_assemblies(
        plots, over=over, max_plots=MOST, shapes=0,
        **(wish | {"area_mu": (low / 2, high), "cost": "cost_yuan"}),
    )  # fmt: skip
    assert (found.complete, found.count) == (True, len(wanted)), seed
    names = [tuple(each.split(";")) for each in found.rows["parcel_ids"]]
    assert {losses[each][0] for each in names} == {row[0] for row in kept}, seed
    assert len(names) == len(kept), seed
    return len(kept) > 1


def test_the_front_equals_brute_force() -> None:
    assert sum(agree(seed) for seed in range(SUITE)) > SUITE / 3


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_the_front_equals_brute_force_often() -> None:
    assert sum(agree(seed) for seed in range(SUITE, 400)) > 100
