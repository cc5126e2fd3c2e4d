"""Areas by polynomials: maps whose areas follow by hand, then against projecting every vertex."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from enping_gis.measure import areas, chart
from enping_gis.measure.areas import area
from enping_gis.measure.chart import NODES_PER_SIDE, charted_m2
from tests.measure.oracles import series_area_m2

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

SIDE = 1000.0
# What doubles leave of coordinates: an area may be off by this for each metre of boundary.
ROUNDING_M = 4e-9


def measured_m2(*shapes: object, mapped: Callable[[Floats], Floats]) -> list[float]:
    plots = np.empty(len(shapes), dtype=object)
    plots[:] = shapes
    return charted_m2(plots, SIDE, mapped).tolist()


def itself(points: Floats) -> Floats:
    return points


def test_a_linear_map_stretches_areas() -> None:
    def mapped(points: Floats) -> Floats:
        return points * (2.0, 3.0) + (5e6, -7e6)

    plot, hole = shapely.box(100, 200, 200, 300), shapely.box(150, 220, 170, 240)
    far = shapely.box(-5020, -7020, -5000, -7000)
    near, holed = shapely.box(300, 300, 310, 310), plot.difference(hole)
    shapes = (plot, holed, shapely.MultiPolygon([near, holed]), shapely.reverse(holed), far)
    expected_m2 = [60_000, 57_600, 58_200, 57_600, 2_400]
    assert measured_m2(*shapes, mapped=mapped) == pytest.approx(expected_m2, abs=1e-5)


def test_edges_stay_straight_between_mapped_vertices() -> None:
    def bent(points: Floats) -> Floats:
        x, y = points.T
        return np.column_stack([x + x * x / 1000, y])

    # x = 0, 50, 100 becomes 0, 52.5, 110: half of base times height, not the bent side's area.
    triangle = shapely.Polygon([(0, 0), (100, 0), (50, 60)])
    halved = shapely.Polygon([(0, 0), (50, 0), (100, 0), (50, 60)])
    square = shapely.box(0, 0, 100, 100)
    leaning = shapely.Polygon([(0, 0), (100, 0), (100, 100), (50, 50)])
    found_m2 = measured_m2(triangle, halved, square, leaning, mapped=bent)
    assert found_m2 == pytest.approx([3300, 3300, 11_000, 5625], abs=1e-6)


def test_degree_five_is_followed_and_degree_six_refused() -> None:
    def of_degree(degree: int) -> Callable[[Floats], Floats]:
        return lambda points: np.column_stack([points[:, 0], points[:, 1] ** degree])

    # Coordinates near 1, so that no power runs away.
    plots = np.array([shapely.box(0.2, 0.0, 0.7, 0.5)])
    assert charted_m2(plots, 1.0, of_degree(5)).tolist() == pytest.approx([0.5 * 0.5**5])
    assert np.isnan(charted_m2(plots, 1.0, of_degree(6))).all()


def test_a_jump_or_an_edge_of_the_world_leaves_its_cell_to_the_map() -> None:
    def wrapped(points: Floats) -> Floats:
        x, y = points.T
        return np.column_stack([np.where(x < 1500, x, x - 4e7), np.where(y < 1500, y, np.inf)])

    plot = shapely.box(100, 100, 110, 110)
    corners = [(0, 0), (1000, 0), (0, 1000), (2000, 0), (0, 2000)]
    plots = [shapely.transform(plot, lambda xy, by=by: xy + by) for by in corners]
    found_m2 = measured_m2(*plots, mapped=wrapped)
    assert found_m2 == pytest.approx([100, np.nan, np.nan, 100, np.nan], nan_ok=True)


@pytest.mark.parametrize("at", [-49.0, -1.0, 1.0, 500.0, 999.0, 1049.0])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_jump_anywhere_in_the_reach_of_a_cell_is_seen(at: float, axis: int) -> None:
    def wrapped(points: Floats) -> Floats:
        return points - np.where(points[:, axis] < at, 0.0, 4e7)[:, None]

    assert np.isnan(measured_m2(shapely.box(400, 400, 600, 600), mapped=wrapped)).all()


def test_what_lies_in_several_cells_is_left_to_the_map() -> None:
    shapes = [
        shapely.box(-50, -50, 1050, 1050),
        shapely.box(-51, 0, 1000, 10),
        shapely.box(0, -51, 10, 1000),
        shapely.box(0, 0, 1051, 10),
        shapely.box(0, 0, 10, 1051),
        shapely.box(-9000, -9000, 9000, 9000),
        shapely.box(990, 990, 1010, 1010),
    ]
    expected_m2 = [1100.0**2, *[np.nan] * 5, 400.0]
    assert measured_m2(*shapes, mapped=itself) == pytest.approx(expected_m2, nan_ok=True)


def test_what_is_no_plot_is_left_to_the_map() -> None:
    plot = shapely.box(10, 10, 20, 20)
    with np.errstate(invalid="ignore"):
        nowhere = shapely.from_wkt(
            [
                "POLYGON ((0 0, nan 9, 9 9, 0 0))",
                "POLYGON ((0 0, inf 9, 9 9, 0 0))",
                "POLYGON ((-inf 0, inf 9, 9 9, -inf 0))",
                "POLYGON ((1e308 0, 1.1e308 9, 1.2e308 9, 1e308 0))",
            ]
        )
    shapes = [
        None,
        shapely.Polygon(),
        shapely.MultiPolygon(),
        shapely.Point(5, 5),
        shapely.LineString([(0, 0), (9, 9)]),
        shapely.LinearRing([(0, 0), (9, 9), (9, 0)]),
        shapely.GeometryCollection([plot]),
        *nowhere,
        shapely.box(1e15, 1e15, 1e15 + 1, 1e15 + 1),
        plot,
    ]
    found_m2 = measured_m2(*shapes, mapped=itself)
    assert np.isnan(found_m2[:-1]).all()
    assert found_m2[-1] == pytest.approx(100)
    assert np.isnan(charted_m2(nowhere, 0.1, itself)).all()
    assert measured_m2(mapped=itself) == []
    assert np.isnan(measured_m2(None, shapely.Polygon(), mapped=itself)).all()


def test_parts_without_vertices_and_heights_count_for_nothing() -> None:
    two = shapely.from_wkt("MULTIPOLYGON (EMPTY, ((0 0, 9 0, 9 9, 0 9, 0 0)), EMPTY)")
    high = shapely.force_3d(shapely.box(0, 0, 5, 5), 17.0)
    flat = shapely.Polygon([(0, 0), (9, 9), (0, 0)])
    assert measured_m2(two, high, flat, mapped=itself) == pytest.approx([81, 25, 0])


def test_the_map_is_asked_once_and_at_nodes_only() -> None:
    asked: list[int] = []

    def mapped(points: Floats) -> Floats:
        asked.append(len(points))
        return points

    # Three plots in one cell, one in another, with 65 vertices each.
    wheel = shapely.Point(0, 0).buffer(9)
    plots = [shapely.transform(wheel, lambda xy, x=x: xy + x) for x in (500, 700, 1500, 200)]
    found_m2 = measured_m2(*plots, mapped=mapped)
    assert found_m2 == pytest.approx([wheel.area] * 4)
    assert asked == [2 * NODES_PER_SIDE**2]


@pytest.mark.parametrize(("vertices", "shapes"), [(1, 1), (10, 3), (64, 7), (10**6, 10**6)])
def test_batches_change_nothing(
    monkeypatch: pytest.MonkeyPatch, vertices: int, shapes: int
) -> None:
    random = np.random.default_rng(4)
    low = random.uniform(-2000, 2000, (200, 2))
    plots = shapely.box(*low.T, *(low + random.uniform(1, 60, (200, 2))).T)
    plots[::9] = shapely.buffer(plots[::9], 5)
    plots[::13] = None
    whole_m2 = charted_m2(plots, SIDE, itself)
    assert whole_m2 == pytest.approx(shapely.area(plots), abs=1e-8, nan_ok=True)
    monkeypatch.setattr(chart, "BATCH_VERTICES", vertices)
    monkeypatch.setattr(chart, "BATCH_SHAPES", shapes)
    assert np.array_equal(charted_m2(plots, SIDE, itself), whole_m2, equal_nan=True)


@pytest.fixture
def charted(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list that tells of each plot measured whether it was measured by polynomials."""
    told: list[bool] = []

    def telling(*arguments: object) -> Floats:
        areas_m2 = charted_m2(*arguments)  # type: ignore[arg-type]  # as they come
        told.extend(np.isfinite(areas_m2).tolist())
        return areas_m2

    monkeypatch.setattr(areas, "charted_m2", telling)
    return told


@cache
def to_equal_area(crs: CRS) -> tuple[Transformer, Transformer]:
    degrees = crs.geodetic_crs
    return (
        Transformer.from_crs(crs, degrees, always_xy=True),
        Transformer.from_crs(degrees, "+proj=cea +ellps=GRS80", always_xy=True),
    )


def projected(plots: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """Project every vertex, by way of the longitude and latitude of the layer's own datum."""
    shapes = shapely.force_2d(plots.geometry.to_numpy())
    for step in to_equal_area(plots.crs):
        shapes = shapely.transform(shapes, step.transform, interleaved=False)
    return shapes


def off_m2(plots: gpd.GeoDataFrame) -> Floats:
    return np.abs(area(plots).to_numpy() - shapely.area(projected(plots)))


def rounding_m2(plots: gpd.GeoDataFrame) -> Floats:
    return shapely.length(projected(plots)) * ROUNDING_M + 1e-9


def stars(count: int, *, radius_m: tuple[float, float]) -> gpd.GeoDataFrame:
    """Strew bent plots over the county and the land around it."""
    random = np.random.default_rng(21)
    centres = random.uniform((592_000, 2_425_000), (660_000, 2_490_000), (count, 2))
    angles = np.sort(random.uniform(0, 2 * np.pi, (count, 14)), axis=1)
    spokes_m = random.uniform(*radius_m, (count, 1)) * random.uniform(0.4, 1.0, (count, 14))
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    rings = centres[:, None, :] + rays * spokes_m[..., None]
    return gpd.GeoDataFrame(geometry=shapely.polygons(rings), crs=4546)


def test_plots_of_the_county(charted: list[bool]) -> None:
    plots = stars(2000, radius_m=(5, 400))
    off = off_m2(plots)
    assert charted == [True] * 2000
    assert (off <= rounding_m2(plots)).all()
    small = plots.length < 500
    assert small.sum() > 300
    assert off[small].max() <= 1e-6


@pytest.mark.parametrize("epsg", [4490, 4525, 4526, 4546, 32649, 3857, 4326, 2249])
def test_long_and_short_numbers(epsg: int, charted: list[bool]) -> None:
    plots = stars(300, radius_m=(20, 80))
    if epsg == 2249:  # feet, in another part of the world
        plots = plots.translate(-400_000, -2_200_000).to_frame("geometry")
        plots = plots.set_crs(epsg, allow_override=True)
    else:
        plots = plots.to_crs(epsg)
    assert off_m2(plots).max() <= 1e-6
    assert all(charted)


def test_the_published_series_is_met_in_every_zone() -> None:
    plots = stars(100, radius_m=(50, 600))
    expected_m2 = [series_area_m2(plot, CRS.from_epsg(4546)) for plot in plots.geometry]
    for epsg in (4546, 4525, 4526, 4490):
        assert area(plots.to_crs(epsg)).tolist() == pytest.approx(expected_m2, abs=1e-3)


def test_short_edges_are_cut_before_they_are_charted(charted: list[bool]) -> None:
    plots = stars(50, radius_m=(300, 900))
    cut = plots.set_geometry(plots.segmentize(70))
    assert area(plots, max_edge_m=70).tolist() == area(cut).tolist()
    assert (area(cut) != area(plots)).all()
    assert charted == [True] * 200


def test_huge_plots_among_small_ones(charted: list[bool]) -> None:
    small = shapely.box(634_000, 2_451_000, 634_100, 2_451_100)
    town = shapely.Point(634_000, 2_451_000).buffer(15_000, 4500)
    county = shapely.box(592_000, 2_425_000, 660_000, 2_490_000)
    estate = shapely.Point(630_000, 2_450_000).buffer(3000, 4500)
    shapes = [small, town, county.difference(town), county, estate]
    plots = gpd.GeoDataFrame(geometry=shapes, crs=4546)
    assert (off_m2(plots) <= rounding_m2(plots)).all()
    assert charted == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("epsg", "box", "is_charted"),
    [
        (4490, (179.9, 20.0, 179.95, 20.05), False),  # its cell reaches over the date line
        (4490, (179.99, 20.0, 180.01, 20.01), False),
        (4490, (179.5, 20.0, 179.51, 20.01), True),
        (4490, (111.0, 89.99, 111.01, 90.0), False),
        (3031, (-10, -10, 10, 10), False),  # around the pole
        (32649, (488_000, 9_290_000, 488_100, 9_290_100), False),  # near it
        (3031, (3_000_000, 3_000_000, 3_000_100, 3_000_100), True),
    ],
)
def test_where_a_projection_breaks_every_vertex_is_projected(
    epsg: int, box: tuple[float, ...], charted: list[bool], *, is_charted: bool
) -> None:
    plots = gpd.GeoDataFrame(geometry=[shapely.box(*box)], crs=epsg)
    assert (off_m2(plots) <= rounding_m2(plots)).all()
    assert charted == [is_charted]


def test_real_plots_in_feet(shared_data: Path, charted: list[bool]) -> None:
    plots = gpd.read_file(shared_data / "cambridge_fy2013.gpkg").to_crs(2249)
    assert (off_m2(plots) <= rounding_m2(plots)).all()
    assert np.mean(charted) > 0.99


# Where a plot lies in metres from the middle, its size, its corners, and what is odd about it.
drafts = st.tuples(
    st.floats(-30_000, 30_000),
    st.floats(-30_000, 30_000),
    st.sampled_from([3.0, 40.0, 300.0, 4000.0, 25_000.0]),
    st.integers(3, 40),
    st.sampled_from(["plain", "hole", "parts", "high", "collection", "none", "empty"]),
)


def drafted(
    east_m: float, north_m: float, radius_m: float, corners: int, oddity: str
) -> shapely.Geometry | None:
    """Return a star, in metres from the middle of its layer."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    spokes_m = radius_m * (0.7 + 0.3 * np.cos(5 * angle + corners))
    star = np.column_stack([np.cos(angle), np.sin(angle)]) * spokes_m[:, None]
    star += np.array([east_m, north_m])
    inner = star.mean(axis=0) + (star - star.mean(axis=0)) * 0.3
    holed = shapely.Polygon(star, [inner[::-1]])
    beside = shapely.Polygon(star + np.array([3 * radius_m, 0.0]))
    shapes = {
        "plain": shapely.Polygon(star),
        "hole": holed,
        "parts": shapely.MultiPolygon([holed, beside]),
        "high": shapely.force_3d(holed, 9.0),
        "collection": shapely.GeometryCollection([holed, shapely.Point(east_m, north_m)]),
        "empty": shapely.Polygon(),
    }
    return shapes.get(oddity)


@given(
    rows=st.lists(drafts, max_size=12),
    epsg=st.sampled_from([4490, 4525, 4526, 4546, 32649, 32650]),
    lon=st.floats(109, 116),
    lat=st.floats(18, 54),
    order=st.randoms(use_true_random=False),
)
def test_any_layer_is_measured_as_if_every_vertex_were_projected(
    rows: list[tuple[float, float, float, int, str]],
    epsg: int,
    lon: float,
    lat: float,
    order: random.Random,
) -> None:
    crs = CRS.from_epsg(epsg)
    to_degrees, _ = to_equal_area(crs)
    middle = to_degrees.transform(lon, lat, direction="INVERSE")
    unit_m = 111_320.0 if crs.is_geographic else 1.0
    shapes = shapely.transform(
        np.array([drafted(*row) for row in rows], dtype=object),
        lambda x, y, *z: (x / unit_m + middle[0], y / unit_m + middle[1], *z),
        include_z=None,
        interleaved=False,
    )
    plots = gpd.GeoDataFrame(geometry=shapes, crs=crs)
    found_m2 = area(plots)
    there = ~shapely.is_missing(plots.geometry.to_numpy())
    assert (off_m2(plots) <= rounding_m2(plots))[there].all()
    assert np.isnan(found_m2[~there]).all()
    shuffled = order.sample(range(len(plots)), len(plots))
    assert area(plots.iloc[shuffled]).equals(found_m2.iloc[shuffled])
    assert area(plots.iloc[shuffled[::2]]).equals(found_m2.iloc[shuffled[::2]])
