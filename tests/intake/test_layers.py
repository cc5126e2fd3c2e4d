"""A layer as it is read: its system, its geometry, and a word about every row left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from enping_gis import read
from enping_gis.errors import CRSError
from enping_gis.inventory import Inventory
from tests.plots import geojson, in_degrees, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path

RING = [[112.2, 22.2], [112.201, 22.2], [112.201, 22.201], [112.2, 22.2]]


def rules(inventory: Inventory) -> list[tuple[str, int | None]]:
    return [(finding.rule, finding.row) for finding in inventory.findings]


def test_degrees_without_a_word_on_the_system(tmp_path: Path) -> None:
    inventory = Inventory.open(geojson(tmp_path / "a.geojson", [in_degrees(square())]))
    assert inventory.crs.to_epsg() == 4546
    assert shapely.hausdorff_distance(inventory.parcels.geometry[0], square()) < 1e-3
    assert inventory.findings == ()


@pytest.mark.parametrize(("add_m", "epsg"), [(0, 4546), (37_000_000, 4525)])
def test_metres_without_a_word_are_told_by_the_county(
    tmp_path: Path, add_m: float, epsg: int
) -> None:
    moved = shapely.transform(square(), lambda xy: xy + np.array([add_m, 0]))
    inventory = Inventory.open(geojson(tmp_path / "a.geojson", [moved]))
    assert shapely.hausdorff_distance(inventory.parcels.geometry[0], square()) < 1e-3
    # Numbers without a zone number could be those of a UTM zone as well.
    other = [("crs_other", None)] if add_m == 0 else []
    assert rules(inventory) == [("crs_detected", None), *other]
    assert f"EPSG:{epsg}" in inventory.findings[0].value


def test_a_zone_number_inside_a_system_without(tmp_path: Path) -> None:
    moved = shapely.transform(square(), lambda xy: xy + np.array([37_000_000, 0]))
    inventory = Inventory.open(geojson(tmp_path / "a.geojson", [moved], crs="EPSG:4546"))
    assert shapely.hausdorff_distance(inventory.parcels.geometry[0], square()) < 1e-3
    assert rules(inventory) == [("crs_impossible", None)]
    assert "4546" in inventory.findings[0].message("zh")


def test_a_system_nobody_can_tell(tmp_path: Path) -> None:
    near_zero = shapely.box(0, 0, 1000, 1000)
    with pytest.raises(CRSError, match="--crs"):
        Inventory.open(geojson(tmp_path / "a.geojson", [near_zero]))
    bare = shapefile(tmp_path / "a.shp", gpd.GeoDataFrame(geometry=[near_zero], crs=4546))
    bare.with_suffix(".prj").unlink()
    with pytest.raises(CRSError) as caught:
        Inventory.open(tmp_path / "a.shp")
    assert caught.value.code == "error.crs_missing"


def test_the_option_settles_it_and_is_worked_in(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [square()])
    inventory = Inventory.open(path, crs="EPSG:4546")
    assert inventory.findings == ()
    assert Inventory.open(path, crs="EPSG:32649").crs.to_epsg() == 32649
    with pytest.raises(CRSError):
        Inventory.open(path, crs="EPSG:4490")
    degrees = geojson(tmp_path / "b.geojson", [in_degrees(square())])
    assert Inventory.open(degrees, crs="EPSG:4490").crs.to_epsg() == 4546
    with pytest.raises(CRSError):
        Inventory.open(degrees, crs="EPSG:4546")


@pytest.mark.parametrize("epsg", [2383, 2415])
def test_old_datums_are_refused(tmp_path: Path, epsg: int) -> None:
    path = shapefile(tmp_path / "a.shp", layer().set_crs(epsg, allow_override=True))
    with pytest.raises(CRSError) as caught:
        Inventory.open(path)
    assert caught.value.code == "error.crs_datum_file"


def test_every_row_left_out_is_named(tmp_path: Path) -> None:
    half_open: dict[str, Any] = {"type": "Polygon", "coordinates": [[*RING[:3], [112.2, 22.2005]]]}
    rows: list[Any] = [
        in_degrees(square()),
        None,
        shapely.Polygon(),
        shapely.Point(112.2, 22.2),
        shapely.LineString([(112.2, 22.2), (112.3, 22.3)]),
        {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [RING]}]},
        in_degrees(square(2)),
    ]
    path = geojson(tmp_path / "a.geojson", rows)
    inventory = Inventory.open(path)
    assert inventory.parcels["parcel_id"].tolist() == ["p0", "p6"]
    assert sorted(rules(inventory), key=lambda found: found[1] or 0) == [
        ("geometry_missing", 2),
        ("geometry_unread", 3),
        ("geometry_kind", 4),
        ("geometry_kind", 5),
        ("geometry_kind", 6),
    ]
    account = read(path).account.iloc[0]
    assert (account["rows_in"], account["rows_out"]) == (7, 2)
    unclosed = Inventory.open(geojson(tmp_path / "b.geojson", [in_degrees(square()), half_open]))
    assert unclosed.parcels["parcel_id"].tolist() == ["p0", "p1"]
    assert rules(unclosed) == [("ring_closed", 2)]


def test_coordinates_that_are_no_numbers(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.transform(square(), lambda xy: np.where(xy == xy.max(), np.nan, xy))
    frame = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[square(), broken], crs=4546)
    frame.to_file(tmp_path / "a.gpkg")
    inventory = Inventory.open(tmp_path / "a.gpkg")
    assert inventory.parcels["parcel_id"].tolist() == ["a"]
    assert rules(inventory) == [("geometry_not_finite", 2)]


def test_a_bow_tie_is_kept_and_named(tmp_path: Path) -> None:
    west, south, east, north = square().bounds
    tie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    path = geojson(tmp_path / "a.geojson", [tie, square(3)], crs="EPSG:4546")
    inventory = Inventory.open(path)
    assert len(inventory.parcels) == 2
    assert [(f.rule, f.parcel, f.row) for f in inventory.findings] == [
        ("geometry_invalid", "p0", 1)
    ]


def test_heights_are_dropped(tmp_path: Path) -> None:
    high = shapely.force_3d(square(), 40.0)
    inventory = Inventory.open(geojson(tmp_path / "a.geojson", [high], crs="EPSG:4546"))
    assert not inventory.parcels.has_z.any()
    assert inventory.parcels.geometry[0].area == pytest.approx(10_000)


def test_polygons_are_multipolygons(tmp_path: Path) -> None:
    both = [square(), shapely.MultiPolygon([square(2), square(4)])]
    inventory = Inventory.open(geojson(tmp_path / "a.geojson", both, crs="EPSG:4546"))
    assert set(inventory.parcels.geom_type) == {"MultiPolygon"}


@pytest.mark.parametrize("epsg", [None, 4525])
def test_an_empty_layer_is_empty(tmp_path: Path, epsg: int | None) -> None:
    path = tmp_path / "a.shp"
    layer(1, id=["a"]).iloc[:0].to_crs(epsg or 4525).to_file(path, geometry_type="Polygon")
    if epsg is None:
        path.with_suffix(".prj").unlink()
    inventory = Inventory.open(path)
    assert (len(inventory.parcels), inventory.crs.to_epsg()) == (0, 4546)
    assert len(Inventory.open(geojson(tmp_path / "b.geojson", [], crs="EPSG:4525")).parcels) == 0


def test_a_text_that_is_no_text_ends_in_one_line(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(name=["一" * 40] * 3), encoding="UTF-8", cpg="UTF-8")
    content = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(content.replace("一".encode(), b"\xff\xfe\x80"))
    inventory = Inventory.open(path)
    assert "encoding_detected" in {finding.rule for finding in inventory.findings}


def test_a_date_that_is_none_costs_no_row(tmp_path: Path) -> None:
    rows = [{"id": "a", "d": "2022-02-27"}, {"id": "b", "d": "2022-02-30"}]
    path = geojson(tmp_path / "a.geojson", [square(), square(2)], rows, crs="EPSG:4546")
    inventory = Inventory.open(path)
    assert inventory.parcels["d"].tolist() == ["2022-02-27", "2022-02-30"]
