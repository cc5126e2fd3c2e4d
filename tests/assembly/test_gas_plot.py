"""The gas company's plot and the plots beside it: 150 mu and 21.22 mu make 171.22."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from enping_gis import Inventory, ParcelError, best_assembly, feasible_assemblies

GAS, JIAOLONG = "EP005", "EP004"
WINDOW = (160, 180)


def first(plots: gpd.GeoDataFrame, near: str) -> tuple[set[str], float]:
    row = feasible_assemblies(plots, area_mu=WINDOW, near=near, shapes=0).rows.iloc[0]
    return set(row["parcel_ids"].split(";")), row["area_mu"]


@pytest.fixture(scope="module")
def plots() -> gpd.GeoDataFrame:
    return Inventory.demo().parcels


def moved(plots: gpd.GeoDataFrame, east_m: float) -> gpd.GeoDataFrame:
    """Move the gas plot away from its neighbour by so much, along the line of their centres."""
    gas = plots["parcel_id"] == GAS
    other = plots.geometry[plots["parcel_id"] == JIAOLONG].iloc[0].centroid
    here = plots.geometry[gas].iloc[0].centroid
    length = here.distance(other)
    step = ((here.x - other.x) / length * east_m, (here.y - other.y) / length * east_m)
    shifted = plots.copy()
    shifted.loc[gas, "geometry"] = plots.geometry[gas].translate(*step)
    return shifted


def test_gas_with_jiaolong_comes_first(plots: gpd.GeoDataFrame) -> None:
    assert first(plots, GAS) == ({GAS, JIAOLONG}, 171.22)
    best = best_assembly(plots, area_mu=WINDOW, near=GAS, objective="fewest")
    assert (best.status, best.value, best.gap) == ("optimal", 2.0, 0.0)


def test_names_and_order_change_nothing(plots: gpd.GeoDataFrame) -> None:
    renamed = plots.assign(parcel_id=[f"z{len(plots) - row:03}" for row in range(len(plots))])
    names = dict(zip(plots["parcel_id"], renamed["parcel_id"], strict=True))
    shuffled = renamed.sample(frac=1.0, random_state=5)
    assert first(shuffled, names[GAS]) == ({names[GAS], names[JIAOLONG]}, 171.22)


@pytest.mark.parametrize("east_m", [0.005, -0.005])
def test_a_gap_or_an_overlap_of_5_mm_changes_nothing(
    plots: gpd.GeoDataFrame, east_m: float
) -> None:
    assert first(moved(plots, east_m), GAS) == ({GAS, JIAOLONG}, 171.22)


def test_a_decoy_does_not_come_first(plots: gpd.GeoDataFrame) -> None:
    """A thin strip between the town's plots and the gas plot fits only as a third plot."""
    gas = plots.geometry[plots["parcel_id"] == GAS].iloc[0]
    ring = gas.buffer(2.0).difference(shapely.union_all(plots.geometry.to_numpy()))
    decoy = gpd.GeoDataFrame(
        {"parcel_id": ["A-decoy"]}, geometry=[max(shapely.get_parts(ring), key=lambda e: e.area)],
        crs=plots.crs,
    )  # fmt: skip
    with_decoy = pd.concat([plots[["parcel_id", "geometry"]], decoy], ignore_index=True)
    found = feasible_assemblies(with_decoy, area_mu=WINDOW, near=GAS, shapes=0).rows
    assert found["parcel_ids"].iloc[0] == f"{JIAOLONG};{GAS}"
    assert any("A-decoy" in ids for ids in found["parcel_ids"])


def test_a_road_is_crossed_only_when_that_is_asked_for() -> None:
    sides = [shapely.box(0, 0, 250, 400), shapely.box(262, 0, 300, 372)]
    plots = gpd.GeoDataFrame({"parcel_id": ["left", "right"]}, geometry=sides, crs=4546)
    plots.geometry = plots.geometry.translate(500_000, 2_450_000)
    assert feasible_assemblies(plots, area_mu=WINDOW, within_m=11).rows.empty
    rows = feasible_assemblies(plots, area_mu=WINDOW, within_m=12).rows
    assert rows[["parcel_ids", "roads", "road_m"]].iloc[0].tolist() == ["left;right", 1, 12.0]


def test_an_unknown_plot_is_refused(plots: gpd.GeoDataFrame) -> None:
    with pytest.raises(ParcelError):
        feasible_assemblies(plots, area_mu=WINDOW, near="nowhere")
