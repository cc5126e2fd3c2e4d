"""Plots dissolved by town: the union, whether they are a clean coverage or not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.layers import surveyed_layer
from enping_gis.errors import CRSError, InputError, SchemaError
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.measure.cutting.packing import packed
from enping_gis.measure.cutting.uniting import covered, united
from enping_gis.measure.dissolve import dissolve
from tests.measure.mosaics import mosaic

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CAMBRIDGE = SHARED_DATA / "cambridge_fy2013.gpkg"
X, Y = 634_000.0, 2_451_000.0
NEAR_M2 = 1e-6
STEP_M = float(np.spacing(Y))


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def layer(*shapes: object, **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4546)


def grid(columns: int, rows: int) -> list[shapely.Polygon]:
    return [
        box(50 * c, 80 * r, 50 * c + 50, 80 * r + 80) for r in range(rows) for c in range(columns)
    ]


def shaken(shapes: Any, off_m: float, seed: int = 1) -> np.ndarray:  # noqa: ANN401 - shapes in any container
    """Survey each plot on its own: none shares a vertex with another any more."""
    random = np.random.default_rng(seed)
    rings = [shapely.get_coordinates(shape)[:-1] for shape in shapes]
    return np.array(
        [shapely.Polygon(ring + random.uniform(-off_m, off_m, ring.shape)) for ring in rings]
    )


def apart_m2(one: shapely.Geometry, other: shapely.Geometry) -> float:
    return float(shapely.area(shapely.symmetric_difference(one, other)))


def test_by_hand() -> None:
    plots = layer(
        box(0, 0, 50, 80), box(50, 0, 100, 80), box(200, 0, 250, 80), box(240, 0, 260, 80),
        box(300, 0, 350, 80), box(300, 100, 350, 180),
        town=["b", "b", "a", "a", None, " "],
    )  # fmt: skip
    found = dissolve(plots, method="planar")
    assert found.crs == plots.crs
    assert found.drop(columns="geometry").to_numpy().tolist() == [
        ["a", 2, 0, 5600, 4800, 800], ["b", 2, 0, 8000, 8000, 0], ["unknown", 2, 0, 8000, 8000, 0],
    ]  # fmt: skip
    assert set(found.geom_type) == {"MultiPolygon"}
    assert found.geometry[1].equals(box(0, 0, 100, 80))
    assert shapely.get_num_geometries(found.geometry.to_numpy()).tolist() == [1, 1, 2]


def test_areas_are_those_of_the_plots() -> None:
    plots = layer(*grid(8, 8), town=["t"] * 64)
    found = dissolve(plots)
    assert found["area_m2"][0] == pytest.approx(area(plots).sum(), abs=1e-6)
    assert found["planar_m2"][0] == 64 * 4000


def test_a_gap_of_5_mm_stays() -> None:
    found = dissolve(layer(box(0, 0, 50, 80), box(50.005, 0, 100, 80), town=["t", "t"]))
    assert shapely.get_num_geometries(found.geometry[0]) == 2
    found = dissolve(layer(box(0, 0, 50, 80), box(49.995, 0, 100, 80), town=["t", "t"]))
    assert shapely.get_num_geometries(found.geometry[0]) == 1
    assert found["overlap_m2"][0] == pytest.approx(0.4, abs=1e-6)


def test_any_column() -> None:
    plots = layer(*grid(2, 2), year=[2022.0, 2023.0, np.nan, 2022.0])
    assert dissolve(plots, "year")["year"].tolist() == ["2022", "2023", "unknown"]
    demo = Inventory.demo().parcels
    found = dissolve(demo, "responsible")
    assert found["parcels"].sum() == len(demo)
    assert found["area_m2"].sum() == pytest.approx(area(demo).sum())


def test_what_has_no_polygon() -> None:
    unreal = shapely.Polygon([(X, Y), (X + 9, Y), (np.inf, Y + 9)])
    plots = layer(
        None, unreal, shapely.LineString([(X, Y), (X + 9, Y)]), shapely.force_3d(box(0, 0, 50, 80)),
        town=["none", "t", "t", "t"],
    )  # fmt: skip
    found = dissolve(plots, method="planar")
    assert found[["town", "parcels", "without_area"]].to_numpy().tolist() == [
        ["none", 1, 1], ["t", 3, 1],
    ]  # fmt: skip
    assert found["area_m2"].tolist() == [0, 4000]
    assert found.geometry[0].is_empty
    assert not found.geometry[1].has_z


@pytest.mark.parametrize("count", [2, 100])
def test_invalid_plots_count_as_repaired(count: int) -> None:
    bow_tie = shapely.Polygon([(X, Y), (X + 100, Y + 80), (X + 100, Y), (X, Y + 80)])
    shapes = [box(200 * n, 0, 200 * n + 100, 80) for n in range(1, count)]
    found = dissolve(layer(bow_tie, *shapes, town=["t"] * count), method="planar")
    assert found["planar_m2"][0] == pytest.approx(4000 + 8000 * (count - 1))
    assert found.geometry[0].is_valid


@pytest.mark.parametrize(
    ("plots", "by", "options", "code"),
    [
        (layer(box(0, 0, 1, 1), town=["t"]), "place", {}, "dissolve_column"),
        (layer(box(0, 0, 1, 1), town=["t"]), "geometry", {}, "dissolve_column"),
        (layer(box(0, 0, 1, 1), town=["t"]).to_crs(4490), "town", {}, "crs_not_metric"),
        (layer(box(0, 0, 1, 1), town=["t"]).set_crs(None, allow_override=True), "town", {},
         "crs_none"),
        (layer(box(0, 0, 1, 1), town=["t"]), "town", {"method": "round"}, "area_method"),
    ],
)  # fmt: skip
def test_wrong_use(plots: gpd.GeoDataFrame, by: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises((InputError, CRSError, SchemaError)) as caught:
        dissolve(plots, by, **options)
    assert caught.value.code == f"error.{code}"


def clean() -> np.ndarray:
    shapes: np.ndarray = mosaic(X, Y, X + 2000, Y + 1500, columns=20, rows=15).geometry.to_numpy()
    return shapes


def in_part_dirty() -> np.ndarray:
    shapes = clean()
    shapes[::97] = shaken(shapes[::97], 0.05)
    return shapes


def with_roads() -> np.ndarray:
    shapes: np.ndarray = surveyed_layer(300, seed=4).parcels.geometry.to_numpy()
    return shapes


def bricks() -> np.ndarray:
    return np.array(
        [box(50 * c + 20 * (r % 2), 30 * r, 50 * c + 50 + 20 * (r % 2), 30 * r + 30)
         for c in range(18) for r in range(18)]
    )  # fmt: skip


def doubled() -> np.ndarray:
    return np.concatenate([clean(), clean()[40:90]])


def nested() -> np.ndarray:
    return np.array([box(n, n, 400 - n, 400 - n) for n in range(0, 190, 2)])


def holed() -> np.ndarray:
    shapes = clean()
    return np.array([*np.delete(shapes, [33, 47, 120]), shapes[47].buffer(-20)])


def all_over() -> np.ndarray:
    return np.array([*with_roads(), shapely.box(*shapely.total_bounds(with_roads())).buffer(-300)])


LAYERS: dict[str, Callable[[], np.ndarray]] = {
    "clean": clean,
    "shaken": lambda: shaken(clean(), 0.05),
    "in part dirty": in_part_dirty,
    "roads, islands, slivers": with_roads,
    "T-junctions": bricks,
    "plots that come twice": doubled,
    "plots within plots": nested,
    "holes": holed,
    "one plot over all": all_over,
    "apart": lambda: np.array([shape.buffer(-3) for shape in grid(12, 12)]),
    "multipolygons": lambda: np.array(
        [shapely.multipolygons(pair) for pair in clean().reshape(-1, 2)]
    ),
    "shaken by nanometres": lambda: shaken(clean(), 1e-9),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())
def test_the_union_is_that_of_plain_overlays(make: Callable[[], np.ndarray]) -> None:
    shapes = make()
    found = united(shapes)
    assert found.geom_type == "MultiPolygon"
    assert found.is_valid
    assert apart_m2(found, shapely.unary_union(shapes)) <= NEAR_M2 * len(shapes)


def test_a_coverage_is_proved_before_it_is_believed() -> None:
    assert shapely.area(covered(clean(), STEP_M)) == pytest.approx(2000 * 1500, rel=0.1)
    for dirty in (shaken(clean(), 0.05), doubled(), nested(), bricks(), in_part_dirty()):
        joined = covered(dirty, STEP_M)
        assert joined is None or apart_m2(joined, shapely.unary_union(dirty)) <= NEAR_M2
    # Crossing plots: the segments that are left have the right area but are no polygon.
    crossing = shaken(clean()[:60], 0.05)
    plain = shapely.coverage_union_all(crossing)
    assert plain.area == pytest.approx(shapely.area(crossing).sum())
    assert not plain.is_valid
    assert covered(crossing, STEP_M) is None


figures = st.integers(0, 12)
random_boxes = st.builds(
    lambda x, y, width, height: box(10 * x, 10 * y, 10 * (x + width), 10 * (y + height)),
    figures, figures, st.integers(1, 4), st.integers(1, 4),
)  # fmt: skip


@given(st.lists(random_boxes, min_size=1, max_size=60), st.sampled_from([0.0, 0.05, 1e-7]))
def test_random_plots(shapes: list[shapely.Polygon], off_m: float) -> None:
    given_shapes = shaken(shapes, off_m) if off_m else np.array(shapes)
    found = united(given_shapes)
    assert found.is_valid
    assert apart_m2(found, shapely.unary_union(given_shapes)) <= NEAR_M2 * len(shapes)


@given(st.lists(random_boxes, min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_plots_changes_nothing(shapes: list[shapely.Polygon], random: Any) -> None:  # noqa: ANN401 - a random.Random
    groups = [random.choice("ab") for _ in shapes]
    order = list(range(len(shapes)))
    random.shuffle(order)
    plots = layer(*shapes, town=groups)
    found, again = dissolve(plots), dissolve(plots.iloc[order])
    assert found["town"].tolist() == again["town"].tolist()
    assert found["parcels"].tolist() == again["parcels"].tolist()
    for one, other in zip(found.geometry, again.geometry, strict=True):
        assert apart_m2(one, other) <= NEAR_M2


def test_runs_of_boxes_are_compact() -> None:
    sides = shapely.bounds(np.array(grid(32, 32)))
    order = packed(sides, 64)
    assert sorted(order) == list(range(1024))
    for run in np.split(order, 16):
        low, high = sides[run, :2].min(axis=0), sides[run, 2:].max(axis=0)
        assert np.prod(high - low) <= 2 * 64 * 4000
    assert packed(sides[:0], 64).size == 0


@pytest.mark.skipif(not CAMBRIDGE.is_file(), reason="the real parcels are not beside this checkout")
def test_real_parcels() -> None:
    plots = gpd.read_file(CAMBRIDGE).iloc[:4000]
    plots = plots.set_geometry(shapely.force_2d(plots.geometry.to_numpy()))
    west, _, east, _ = plots.total_bounds
    centre = plots.geometry.representative_point().x
    plots["town"] = np.minimum(3, (centre - west) / (east - west) * 4).astype(int)
    found = dissolve(plots).set_index("town")
    for town, shapes in plots.geometry.groupby(plots["town"]):
        plain = shapely.unary_union(shapely.make_valid(shapes.to_numpy()))
        assert apart_m2(found.geometry[str(town)], plain) <= 1e-3
