"""Sets of plots to combine: beside brute force, beside plain growth, and the article's plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks.crooked import crooked_layer
from enping_gis import Inventory, contacts, feasible_assemblies
from enping_gis.assembly.growing import Ground, Limits, plain_sets, quick_sets
from enping_gis.errors import InputError
from enping_gis.schema import LIST_SEPARATOR
from tests.assembly.oracle import Layer, feasible, random_wish
from tests.plots import square

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enping_gis.assembly.figures import Best

GAS, PARK, WINDOW = "EP005", "EP004", (160.0, 180.0)
MOST = 6


def ids_of(rows: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    return [tuple(sorted(each.split(LIST_SEPARATOR))) for each in rows["parcel_ids"]]


def plots_of(shapes: Iterable[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    drawn = list(shapes)
    names = [chr(97 + number) for number in range(len(drawn))]
    return gpd.GeoDataFrame({"parcel_id": names, **columns}, geometry=drawn, crs=4546)


def compare(seed: int) -> bool:
    """Compare a random layer and random demands with brute force; say whether there was a set."""
    random = np.random.default_rng([seed, 8])
    plots = crooked_layer(int(random.integers(7, 12)), seed=seed, plots_per_road=4.0)
    within_m = float(random.choice([0.0, 15.0]))
    layer = Layer.of(plots, within_m)
    wish = random_wish(layer, random, hopeless=seed % 5 == 0)
    wanted = feasible(layer, wish, MOST)
    found = feasible_assemblies(
        plots, max_plots=MOST, within_m=within_m, shapes=0, limit=100_000, **wish
    )
    assert found.complete
    assert len(found.rows) == found.count
    assert sorted(ids_of(found.rows)) == sorted(tuple(sorted(each)) for each in wanted), seed
    by_ids = {tuple(sorted(each)): told for each, told in wanted.items()}
    for ids, row in zip(ids_of(found.rows), found.rows.to_dict("records"), strict=True):
        told = by_ids[ids]
        assert row["area_mu"] == pytest.approx(told["area_mu"], abs=1e-9)
        assert row["shared_m"] == pytest.approx(told["shared_m"], abs=0.01)
        assert row["perimeter_m"] >= told["perimeter"] - 0.01
        assert row["holders"] == told["holders"]
        assert row["plots"] == len(ids)
    goals: tuple[tuple[Best, str, int], ...] = (
        ("compact", "compactness", -1), ("cost", "cost_yuan", 1),
    )  # fmt: skip
    for best, column, sign in goals:
        columns = {"cost": "cost_yuan"} if best == "cost" else {}
        first = feasible_assemblies(
            plots,
            max_plots=MOST,
            within_m=within_m,
            best=best,
            limit=3,
            shapes=0,
            **(wish | columns),
        ).rows
        if len(first):
            every = feasible_assemblies(plots, max_plots=MOST, within_m=within_m, limit=100_000,
                                        shapes=0, **(wish | columns)).rows[column]  # fmt: skip
            assert sign * first[column].iloc[0] == pytest.approx((sign * every).min(), abs=1e-4)
    return bool(wanted)


def test_many_layers_are_as_brute_force_has_them() -> None:
    there = [compare(seed) for seed in range(24)]
    assert 5 < sum(there) < 22


@pytest.mark.campaign
@pytest.mark.parametrize("start", range(0, 1000, 100))
def test_a_thousand_layers_are_as_brute_force_has_them(start: int) -> None:
    there = [compare(seed) for seed in range(1000 + start, 1100 + start)]
    assert 20 < sum(there) < 95


def test_counts_are_those_of_plain_growth() -> None:
    """All connected sets up to four plots, grown as sets of sets."""
    plots = crooked_layer(60, seed=3)
    pairs = contacts(plots)
    near: dict[str, set[str]] = {each: set() for each in plots["parcel_id"]}
    ties = pairs[pairs["kind"].isin(["shared", "overlap"])]
    for left, right in zip(ties["left"], ties["right"], strict=True):
        near[left].add(right)
        near[right].add(left)
    grown = {frozenset([each]) for each in near}
    every = set(grown)
    for _ in range(3):
        grown = {chosen | {other} for chosen in grown for plot in chosen
                 for other in near[plot] - chosen}  # fmt: skip
        every |= grown
    found = feasible_assemblies(plots, area_mu=(0, 1e6), max_plots=4, limit=10, shapes=0)
    assert found.count == len(every)
    assert found.complete
    assert len(found.rows) == 10


@pytest.mark.parametrize("seed", range(20))
def test_the_compiled_loop_finds_the_same_in_the_same_order(seed: int) -> None:
    random = np.random.default_rng(seed)
    ties = np.triu(random.random((12, 12)) < 0.3, 1)
    near = [np.flatnonzero(row) for row in ties | ties.T]
    ground = Ground(
        np.cumsum([0, *map(len, near)]), np.concatenate(near).astype(np.int64),
        random.integers(1, 9, 12), random.integers(0, 5, 12),
    )  # fmt: skip
    limits = Limits(5, 20, 12, 5, 12)
    plain = plain_sets(ground, limits, None)
    quick = [
        tuple(each[each >= 0].tolist())
        for batch in quick_sets(ground, limits)
        for each in batch.sets
    ]
    assert plain == quick
    assert len(set(map(frozenset, plain))) == len(plain)


def test_the_gas_company_and_the_park() -> None:
    found = feasible_assemblies(Inventory.demo(), area_mu=WINDOW, near=GAS)
    assert ids_of(found.rows)[0] == (PARK, GAS)
    assert found.rows["area_mu"].tolist()[0] == 171.22
    assert found.complete


def changed(how: str) -> tuple[gpd.GeoDataFrame, str, str]:
    """Return the plots of the demonstration, changed in a way that must not matter."""
    plots = Inventory.demo().parcels.copy()
    shapes = plots.set_index("parcel_id").geometry
    names = {each: each for each in plots["parcel_id"]}
    if how == "renamed":
        names = {each: f"地块 {97 * n % 119:03}" for n, each in enumerate(plots["parcel_id"])}
    elif how == "shuffled":
        plots = plots.sample(frac=1.0, random_state=5)
    elif how in {"gap", "overlap"}:
        away = shapes[GAS].centroid
        east, north = away.x - shapes[PARK].centroid.x, away.y - shapes[PARK].centroid.y
        share = (0.005 if how == "gap" else -0.005) / np.hypot(east, north)
        moved = shapely.affinity.translate(shapes[GAS], east * share, north * share)
        plots.loc[plots["parcel_id"] == GAS, "geometry"] = moved
    elif how == "decoy":
        # As large as the park, with a corner at the gas company's only.
        west, south, _, _ = shapes[GAS].bounds
        corner = shapely.get_coordinates(shapes[GAS])[np.argmin(
            shapely.get_coordinates(shapes[GAS]).sum(axis=1))]  # fmt: skip
        decoy = plots[plots["parcel_id"] == PARK].assign(
            parcel_id="EP999",
            geometry=[shapely.box(corner[0] - 400, corner[1] - 250, corner[0] - 1, corner[1] - 1)],
        )
        free = decoy.geometry.iloc[0].difference(shapely.union_all(shapes.to_numpy()).buffer(0.5))
        plots = gpd.pd.concat([plots, decoy.assign(geometry=[free])], ignore_index=True)
        names["EP999"] = "EP999"
        assert min(west, south) > 0
    plots["parcel_id"] = plots["parcel_id"].map(names)
    return gpd.GeoDataFrame(plots, crs=4546), names[GAS], names[PARK]


@pytest.mark.parametrize("how", ["renamed", "shuffled", "gap", "overlap", "decoy"])
def test_they_are_found_however_the_layer_came(how: str) -> None:
    plots, gas, park = changed(how)
    rows = feasible_assemblies(plots, area_mu=WINDOW, near=gas).rows
    assert ids_of(rows)[0] == tuple(sorted((gas, park)))


def test_across_a_road_only_where_it_is_asked_for() -> None:
    """Two plots of 15 mu on either side of a road of 12 m."""
    plots = plots_of([shapely.box(0, 0, 100, 100), shapely.box(112, 0, 212, 100)])
    window = (29.0, 31.0)
    assert feasible_assemblies(plots, area_mu=window).count == 0
    assert feasible_assemblies(plots, area_mu=window, within_m=11.9).count == 0
    (row,) = feasible_assemblies(plots, area_mu=window, within_m=12).rows.to_dict("records")
    assert (row["roads"], row["road_m"], row["shared_m"]) == (1, 12.0, 0.0)


def test_figures_that_can_be_worked_out_by_hand() -> None:
    """Three squares of 100 m in the shape of an L."""
    shapes = [square(0), square(1), shapely.box(0, 100, 100, 200)]
    origin = shapely.get_coordinates(square(0)).min(axis=0)
    shapes[2] = shapely.box(*origin, *(origin + 100))
    shapes[2] = shapely.affinity.translate(shapes[2], 0, 100)
    plots = plots_of(shapes, holder=["甲", "甲", None], cost_yuan=[1.5, 2.5, 3.0])
    found = feasible_assemblies(plots, area_mu=(44.9, 45.1), cost="cost_yuan")
    (row,) = found.rows.to_dict("records")
    assert row["plots"] == 3
    assert row["shared_m"] == pytest.approx(200, abs=0.05)
    assert row["perimeter_m"] == pytest.approx(800, abs=0.1)
    assert row["compactness"] == pytest.approx(4 * np.pi * 30_000 / 800**2, abs=2e-4)
    assert row["holders"] == 2
    assert row["cost_yuan"] == 7.0
    # A disk in the corner touches both outer sides and the corner inside: r + r/sqrt(2) = 100.
    assert row["min_width_m"] == pytest.approx(200 / (1 + np.sqrt(0.5)), abs=0.05)
    assert (row["rectangle_long_m"], row["rectangle_short_m"]) == pytest.approx((200, 100), abs=0.1)
    assert feasible_assemblies(plots, area_mu=(44.9, 45.1), min_width_m=130).count == 0
    assert feasible_assemblies(plots, area_mu=(44.9, 45.1), min_width_m=110).count == 1


@pytest.mark.parametrize(
    ("wishes", "seen"),
    [
        ({"area_mu": (5, 4)}, "5"),
        ({"area_mu": (1, 2), "max_plots": 0}, "max_plots"),
        ({"area_mu": (1, 2), "limit": 0}, "limit"),
        ({"area_mu": (1, 2), "best": "cost"}, "cost"),
        ({"area_mu": (1, 2), "best": "nicest"}, "nicest"),
        ({"area_mu": (1, 2), "colour": "red"}, "colour"),
        ({"area_mu": (1, 2), "near": "nothing"}, "nothing"),
        ({"area_mu": (1, 2), "budget_yuan": 5}, "5"),
        ({"area_mu": (1, 2), "min_compactness": 2}, "2"),
        ({"area_mu": (1, 2), "near": "EP005", "must_not": "EP005"}, "EP005"),
        ({"area_mu": (1, 2), "cost": "no_such_column"}, "no_such_column"),
    ],
)
def test_what_makes_no_sense_is_refused(wishes: dict[str, Any], seen: str) -> None:
    with pytest.raises(InputError) as caught:
        feasible_assemblies(Inventory.demo(), **wishes)
    assert seen in str(caught.value)


def test_a_search_that_is_cut_off_says_so() -> None:
    plots = crooked_layer(400, seed=1)
    found = feasible_assemblies(plots, area_mu=(300, 900), max_plots=30, limit=5, shapes=0,
                                time_limit_s=0.0)  # fmt: skip
    assert not found.complete
    assert len(found.rows) == 5
