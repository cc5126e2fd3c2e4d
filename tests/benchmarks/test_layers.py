"""The generated layers: what is said to be true of them is, and dirt is as large as stated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from benchmarks.layers import SurveyedLayer, surveyed_layer
from benchmarks.towns import in_towns, towns_over

JITTER_M = 0.05
# Coordinates are rounded to tenths of a millimetre.
ROUNDED_M = 1e-3


def by_brute_force(layer: SurveyedLayer, near_m: float) -> dict[tuple[str, str], float]:
    """Measure how far the boundaries of every two plots run along each other."""
    ids = layer.parcels["parcel_id"].to_numpy()
    lines = shapely.boundary(layer.parcels.geometry.to_numpy())
    bands = shapely.buffer(lines, near_m, cap_style="flat", join_style="mitre")
    left, right = np.triu_indices(len(ids), k=1)
    length_m = shapely.length(shapely.intersection(lines[left], bands[right]))
    found = zip(ids[left], ids[right], length_m, strict=True)
    # A band crosses the sides that meet its line at a corner.
    return {(one, other): length for one, other, length in found if length > 4 * near_m}


@pytest.mark.parametrize("dirty", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
def test_truth_is_what_brute_force_finds(seed: int, *, dirty: bool) -> None:
    layer = surveyed_layer(64, seed=seed, jitter_m=0.0, dirty=dirty)
    found = by_brute_force(layer, near_m=ROUNDED_M)
    told = layer.truth.set_index(["left", "right"])["shared_m"].to_dict()
    assert {pair for pair, length_m in told.items() if length_m > 0.01} == set(found)
    for pair, length_m in found.items():
        assert length_m == pytest.approx(told[pair], abs=0.01)
    assert layer.beyond.empty


def test_one_block_can_be_counted_by_hand() -> None:
    layer = surveyed_layer(16, seed=5, jitter_m=0.0)
    truth = layer.truth.assign(
        left=layer.truth["left"].str[1:].astype(int), right=layer.truth["right"].str[1:].astype(int)
    )
    # Sixteen plots and an island in the first of them.
    assert len(layer.parcels) == 17
    island = truth[truth["right"] == 16]
    assert island["left"].tolist() == [0]
    assert island["shared_m"].item() == pytest.approx(4 * 8, rel=0.05)
    rows = truth[truth["right"] == truth["left"] + 1].query("left != 7")
    assert rows["left"].tolist() == [*range(7), *range(8, 15)]
    assert rows["shared_m"].to_numpy() == pytest.approx(np.full(14, 60), rel=0.1)
    # Two rows of eight, cut at different places, meet in fifteen pieces of one straight line.
    middle = truth[(truth["left"] < 8) & truth["right"].between(8, 15)]
    assert len(middle) == 15
    assert middle["shared_m"].sum() == pytest.approx(320, rel=0.3)
    lower = shapely.union_all(layer.parcels.geometry.to_numpy()[:8])
    upper = shapely.union_all(layer.parcels.geometry.to_numpy()[8:16])
    band = shapely.buffer(upper, ROUNDED_M, join_style="mitre")
    along = shapely.length(shapely.intersection(shapely.boundary(lower), band))
    assert middle["shared_m"].sum() == pytest.approx(along, abs=0.02)
    assert len(truth) == 14 + 15 + 1


def test_a_belt_touches_the_plots_on_both_sides_of_its_road() -> None:
    layer = surveyed_layer(16 * 12, seed=1, jitter_m=0.0)
    belts = layer.parcels.index[layer.parcels.geometry.area > 5_000].tolist()
    assert belts
    for row in belts:
        name, belt = layer.parcels["parcel_id"][row], layer.parcels.geometry[row]
        mine = layer.truth[layer.truth["right"] == name]
        # All but its two ends, and where it crosses roads, lies along plots.
        assert belt.length * 0.85 < mine["shared_m"].sum() < belt.length
        assert len(mine) % 16 == 0


def test_the_same_seed_makes_the_same_layer() -> None:
    one, other, third = (surveyed_layer(64, seed=seed) for seed in (7, 7, 8))
    assert_frame_equal(one.parcels, other.parcels)
    assert_frame_equal(one.truth, other.truth)
    assert not one.parcels.geometry.geom_equals_exact(third.parcels.geometry, 1.0).any()


def test_a_survey_is_off_by_as_much_as_stated() -> None:
    dirty, clean = (surveyed_layer(3200, seed=2, dirty=dirty) for dirty in (True, False))
    beyond = set(dirty.beyond["left"])
    kept = ~dirty.parcels["parcel_id"].isin(beyond)
    lines = shapely.boundary(clean.parcels.geometry.to_numpy())
    points, row = shapely.get_coordinates(dirty.parcels.geometry.to_numpy(), return_index=True)
    off_m = shapely.distance(shapely.points(points), lines[row])
    # A shift is at most 1.9 jitters; a corner may have one of either side.
    assert off_m[kept.to_numpy()[row]].max() <= JITTER_M * (1 + 1.9 * 2**0.5) + ROUNDED_M
    assert np.median(off_m) < JITTER_M
    assert_frame_equal(
        pd.concat([dirty.truth, dirty.beyond]).sort_values(["left", "right"], ignore_index=True),
        clean.truth.sort_values(["left", "right"], ignore_index=True),
    )


def test_overlaps_beyond_the_tolerance_are_told_apart() -> None:
    layer = surveyed_layer(16_000, seed=3)
    assert 20 < len(layer.beyond) < 100
    shapes = layer.parcels.set_index("parcel_id").geometry
    for frame, least_m, most_m in ((layer.beyond, 0.25, 0.6), (layer.truth, 0.0, 0.2)):
        common = shapely.intersection(
            shapes[frame["left"]].to_numpy(), shapes[frame["right"]].to_numpy()
        )
        wide_m = shapely.area(common) / np.maximum(frame["shared_m"].to_numpy(), 1.0)
        assert least_m <= wide_m.min()
        assert wide_m.max() <= most_m
    told = layer.truth.merge(layer.beyond, on=["left", "right"])
    assert told.empty


def test_a_layer_has_all_that_makes_parcels_hard() -> None:
    layer = surveyed_layer(6_400, seed=1)
    shapes = layer.parcels.geometry.to_numpy()
    vertices = shapely.get_num_coordinates(shapes) - 1
    assert shapely.is_valid(shapes).all()
    assert not shapely.coverage_is_valid(shapes[:100])
    assert (np.sort(vertices)[-3:] >= 18_000).all()
    assert np.mean(np.sort(vertices)[:-3]) == pytest.approx(18, abs=1)
    assert (shapely.get_num_interior_rings(shapes) > 0).sum() == 40
    assert (shapely.get_num_geometries(shapes) == 2).sum() == 34
    # Hardly a side is parallel to an axis.
    points, row = shapely.get_coordinates(shapes, return_index=True)
    east_m, north_m = np.diff(points, axis=0)[row[1:] == row[:-1]].T
    off_axis = np.abs((np.degrees(np.arctan2(north_m, east_m)) + 45) % 90 - 45)
    assert np.quantile(off_axis, 0.05) > 3


@pytest.mark.parametrize("plots", [16, 320, 3200])
def test_a_clean_layer_is_a_coverage(plots: int) -> None:
    shapes = surveyed_layer(plots, seed=4, dirty=False).parcels.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


@pytest.mark.parametrize("seed", range(5))
def test_towns_tile_the_layer(seed: int) -> None:
    plots = surveyed_layer(320, seed=seed).parcels
    towns = towns_over(plots, seed=seed)
    outlines = towns.geometry.to_numpy()
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    assert (shapely.get_num_coordinates(outlines) == 4 * 1024 + 1).all()
    assert shapely.covers(shapely.union_all(outlines), plots.geometry.to_numpy()).all()
    assert_frame_equal(towns, towns_over(plots, seed=seed))
    named = in_towns(plots, towns)
    assert "town" not in plots
    shapes = towns.set_index("place").geometry[named["town"]].to_numpy()
    assert shapely.intersects(shapes, plots.geometry.to_numpy()).all()
    assert named["town"].nunique() > 8
