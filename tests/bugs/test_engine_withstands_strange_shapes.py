"""Shapes that once gave a wrong figure in silence, or a traceback."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import GeometryCollection, MultiPolygon, Polygon, box

from enping_gis.errors import CRSError, SchemaError
from enping_gis.measure.areas import area
from enping_gis.measure.contacts import contacts
from enping_gis.measure.cutting.uniting import united
from enping_gis.measure.dissolve import dissolve
from enping_gis.measure.split import split

GRID = [box(x * 50, y * 50, x * 50 + 50, y * 50 + 50) for x in range(5) for y in range(5)]
FAR = Polygon([(634_000, 2_451_000), (634_009, 2_451_000), (634_009, np.inf)])


def plots(*shapes: shapely.Geometry, crs: int = 4546) -> gpd.GeoDataFrame:
    ids = [str(number) for number in range(len(shapes))]
    return gpd.GeoDataFrame({"parcel_id": ids, "town": "a"}, geometry=list(shapes), crs=crs)


def ground_m2(*shapes: shapely.Geometry) -> float:
    return float(dissolve(plots(*shapes), method="planar")["planar_m2"][0])


def test_a_hole_drawn_into_another_plot_takes_nothing_from_it() -> None:
    hole = box(110, 110, 120, 120).exterior.coords
    assert ground_m2(*GRID, Polygon(box(500, 0, 600, 100).exterior.coords, [hole])) == 72_500


def test_a_vertex_far_away_does_not_hide_an_overlap() -> None:
    twice = box(3000, 0, 3020, 20)
    stray = Polygon([(4000, 0), (4050, 0), (1e20, 50), (4000, 50)])
    found = united(np.array([*GRID, twice, twice, stray], dtype=object))
    assert found.intersection(box(2990, -10, 3030, 30)).area == pytest.approx(400)


def test_what_is_not_finite_has_no_area() -> None:
    for method in ("ellipsoidal", "planar", "geodesic"):
        assert np.isnan(area(plots(FAR), method=method)[0]), method
        assert np.isnan(area(plots(FAR), method=method, max_edge_m=70)[0]), method
    found = dissolve(plots(FAR, box(0, 0, 9, 9)), method="planar")
    assert found[["without_area", "area_m2"]].to_numpy().tolist() == [[1, 81.0]]


def test_a_point_of_a_polygon_is_measured_as_nothing() -> None:
    point = Polygon([(634_000, 2_451_000)] * 4)
    assert area(plots(point), max_edge_m=70).tolist() == [0.0]


def test_axes_from_the_middle_of_the_earth_are_refused() -> None:
    with pytest.raises(CRSError):
        area(plots(box(0, 0, 9, 9), crs=4479))


def test_groups_are_not_hidden_by_a_figure() -> None:
    with pytest.raises(SchemaError, match="parcels"):
        dissolve(plots(*GRID).assign(parcels="q"), "parcels")


def test_a_town_is_not_taken_for_nowhere() -> None:
    towns = gpd.GeoDataFrame({"key": ["unknown"]}, geometry=[box(0, 0, 90, 90)], crs=4546)
    with pytest.raises(SchemaError, match="unknown"):
        split(plots(*GRID), towns, key="key")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda shape: GeometryCollection([GeometryCollection([MultiPolygon([shape])])]),
        lambda shape: GeometryCollection([GeometryCollection([GeometryCollection([shape])])]),
    ],
)
def test_polygons_lie_however_deep(wrap: object) -> None:
    assert callable(wrap)
    layer = plots(wrap(box(0, 0, 50, 50)), box(50, 0, 90, 50))
    assert contacts(layer)["shared_m"].tolist() == [50.0]
    assert dissolve(layer, method="planar")["planar_m2"].tolist() == [4500.0]


def test_a_heap_of_equal_plots_is_one_plot() -> None:
    assert ground_m2(*[box(0, 0, 9, 9)] * 3000, Polygon([(0, 0), (0, 9), (9, 9), (9, 0)])) == 81


def test_a_vertex_beyond_the_earth_is_no_vertex() -> None:
    beyond = Polygon([(0, 0), (9, 0), (9, 1e12)])
    found = contacts(plots(*GRID, beyond))
    assert len(found[found["right"] == "25"]) == 0
    assert len(found) == len(contacts(plots(*GRID)))
