"""Areas against the published series, geodesics and the plane."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from enping_gis.errors import CRSError, InputError
from enping_gis.measure import areas
from enping_gis.measure.areas import AREA_METHODS, AreaMethod, area
from tests.measure.oracles import geodesic_area_m2, series_area_m2

ENPING = CRS.from_epsg(4546)


@pytest.fixture(params=["chart", "map"], autouse=True)
def _route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure by polynomials, and once more without."""
    if request.param == "map":
        monkeypatch.setattr(areas, "charted_m2", lambda shapes, *_: np.full(len(shapes), np.nan))


def irregular_plots(
    count: int, *, seed: int, radius_m: tuple[float, float]
) -> list[shapely.Polygon]:
    """Make star-shaped plots with bent edges around the county, every fifth with a hole."""
    random = np.random.default_rng(seed)
    plots: list[shapely.Polygon] = []
    for number in range(count):
        corners = int(random.integers(3, 25))
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
        angles += np.linspace(0, 1e-3, corners)
        spokes_m = random.uniform(*radius_m) * random.uniform(0.4, 1.0, corners)
        centre = random.uniform((592_000, 2_425_000), (660_000, 2_490_000))
        ray = np.column_stack([np.cos(angles), np.sin(angles)])
        plot = shapely.Polygon(centre + ray * spokes_m[:, None]).buffer(0)
        if number % 5 == 0:
            plot = plot.difference(plot.representative_point().buffer(spokes_m.min() / 10, 2))
        plots.extend(part for part in shapely.get_parts(plot) if part.area > 1)
    return plots[:count]


def layer(*shapes: object, crs: object = ENPING) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def test_ellipsoidal_is_the_published_series_on_2000_irregular_plots() -> None:
    plots = irregular_plots(2000, seed=32, radius_m=(5, 600))
    assert len(plots) == 2000
    expected_m2 = [series_area_m2(plot, ENPING) for plot in plots]
    off_m2 = np.abs(area(layer(*plots)).to_numpy() - expected_m2)
    assert off_m2.max() <= 1e-3


@pytest.mark.parametrize("epsg", [4490, 4525, 4526, 4546])
def test_ellipsoidal_does_not_depend_on_the_zone_the_plot_is_written_in(epsg: int) -> None:
    plots = layer(*irregular_plots(50, seed=5, radius_m=(20, 300)))
    assert area(plots.to_crs(epsg)).to_numpy() == pytest.approx(area(plots).to_numpy(), abs=1e-3)


@pytest.mark.parametrize("radius_m", [(20, 200), (100, 600), (300, 3000)])
def test_short_edges_bring_ellipsoidal_and_geodesic_together(radius_m: tuple[float, float]) -> None:
    plots = irregular_plots(150, seed=7, radius_m=radius_m)
    truth_m2 = np.array([geodesic_area_m2(plot, ENPING, step_m=5) for plot in plots])
    allowed_m2 = np.maximum(0.2e-6 * truth_m2, 0.02)
    for method in AREA_METHODS[::2]:
        off_m2 = area(layer(*plots), method=method, max_edge_m=70).to_numpy() - truth_m2
        assert (np.abs(off_m2) <= allowed_m2).all()


def test_planar_is_the_plane_and_differs_from_the_ellipsoid_at_the_zone_edge() -> None:
    plots = layer(*irregular_plots(20, seed=1, radius_m=(50, 200)))
    planar_m2 = area(plots, method="planar")
    assert planar_m2.tolist() == plots.area.tolist()
    excess = planar_m2 / area(plots) - 1
    # The scale of the projection squared: some 100 km from the central meridian.
    assert excess.between(1e-4, 7e-4).all()


@pytest.mark.parametrize("method", AREA_METHODS)
def test_parts_holes_heights_and_directions(method: AreaMethod) -> None:
    outer, inner = (
        shapely.box(634_000, 2_451_000, 634_100, 2_451_100),
        (634_020, 2_451_020, 634_040, 2_451_040),
    )
    far = shapely.box(634_500, 2_451_000, 634_550, 2_451_050)
    holed = outer.difference(shapely.box(*inner))
    plots = layer(
        outer,
        shapely.box(*inner),
        far,
        holed,
        shapely.MultiPolygon([holed, far]),
        shapely.GeometryCollection(
            [shapely.MultiPolygon([holed, far]), shapely.Point(634_000, 2_451_000)]
        ),
        shapely.force_3d(holed, 17.0),
        shapely.reverse(holed),
    )
    whole_m2, hole_m2, far_m2, *rest_m2 = area(plots, method=method)
    solid_m2 = whole_m2 - hole_m2
    assert rest_m2 == pytest.approx(
        [solid_m2, solid_m2 + far_m2, solid_m2 + far_m2, solid_m2, solid_m2]
    )


@pytest.mark.parametrize("method", AREA_METHODS)
def test_no_geometry_is_nan_and_an_empty_one_is_zero(method: AreaMethod) -> None:
    plots = layer(None, shapely.Polygon(), shapely.Point(634_000, 2_451_000))
    measured_m2 = area(plots, method=method, max_edge_m=70)
    assert np.isnan(measured_m2[0])
    assert measured_m2[1:].tolist() == [0.0, 0.0]
    nothing = area(plots.iloc[:0], method=method)
    assert (nothing.size, nothing.dtype, nothing.name) == (0, np.float64, "area_m2")


def test_index_is_kept_and_the_input_is_left_alone() -> None:
    plots = layer(*irregular_plots(3, seed=2, radius_m=(20, 90))).set_index(
        pd.Index(["c", "a", "b"])
    )
    before = plots.copy(deep=True)
    assert area(plots, method="geodesic", max_edge_m=10).index.tolist() == ["c", "a", "b"]
    assert plots.equals(before)


def test_a_bow_tie_is_measured_as_it_stands() -> None:
    bow_tie = shapely.Polygon(
        [(634_000, 2_451_000), (634_100, 2_451_100), (634_100, 2_451_000), (634_000, 2_451_100)]
    )
    assert area(layer(bow_tie), method="planar").tolist() == [0.0]
    assert area(layer(bow_tie)).tolist() == pytest.approx([0.0], abs=1.0)


def test_a_vertex_that_is_nowhere_leaves_no_area() -> None:
    with np.errstate(invalid="ignore"):
        lost = shapely.from_wkt(
            "POLYGON ((634000 2451000, nan 2451000, 634100 2451100, 634000 2451000))"
        )
    plots = layer(lost, shapely.box(634_000, 2_451_000, 634_100, 2_451_100))
    for method in AREA_METHODS:
        assert area(plots, method=method).isna().tolist() == [True, False]


def test_what_cannot_be_measured_is_refused() -> None:
    plot = shapely.box(112.2, 22.1, 112.21, 22.11)
    with pytest.raises(CRSError, match=r"set_crs\(4546\)"):
        area(layer(plot, crs=None))
    for crs in (4490, 3857, 2249):
        with pytest.raises(CRSError, match="EPSG:4546"):
            area(layer(plot, crs=crs), method="planar")
        with pytest.raises(CRSError, match="EPSG:4546"):
            area(layer(plot, crs=crs), max_edge_m=70)
    with pytest.raises(InputError, match="ellipsoidal, planar, geodesic"):
        area(layer(plot), method="spherical")  # type: ignore[arg-type]  # what is refused
    for max_edge_m in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InputError, match="max_edge_m"):
            area(layer(plot), max_edge_m=max_edge_m)
