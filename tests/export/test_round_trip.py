"""What the package writes, the package reads back, without an option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

import enping_gis

if TYPE_CHECKING:
    from pathlib import Path

EAST_M, NORTH_M = 634_060.0, 2_456_521.0
FORMS: list[tuple[str, dict[str, Any]]] = [
    *((suffix, {}) for suffix in ("csv", "fgb", "gdb", "geojson", "gpkg", "kml", "kmz", "ovkml",
                                  "ovkmz", "parquet", "shp", "txt", "xlsx")),
    ("kml", {"gcj02": True}),
    ("shp", {"crs": 4526}),
    ("shp", {"encoding": "UTF-8"}),
    ("gpkg", {"crs": 4490}),
    ("csv", {"crs": 4547}),
    ("csv", {"encoding": "GB18030"}),
    ("txt", {"prefix": False}),
    ("txt", {"crs": 4497, "fields": 13, "encoding": "UTF-8"}),
    ("txt", {"crs": 4547}),
]  # fmt: skip


def box(west: float, south: float, side: float = 100) -> shapely.Polygon:
    x, y = EAST_M + west, NORTH_M + south
    return shapely.box(x, y, x + side, y + side)


def plots() -> gpd.GeoDataFrame:
    holed = box(0, 0) - box(30, 30, 20)
    parts = shapely.MultiPolygon([box(500, 0) - box(530, 30, 20), box(535, 35, 8), box(700, 0)])
    columns = {
        "parcel_id": ["4407850012345678901", "007", "8"],
        "name": ["米仓木材市场", "蛟龙㐀", "君堂"],
        "stated_ha": [0.96, 1.0, 1.9664],
    }
    return gpd.GeoDataFrame(columns, geometry=[holed, box(200, 0), parts], crs=4546)


@pytest.mark.parametrize(("suffix", "options"), FORMS)
def test_everything_comes_back(tmp_path: Path, suffix: str, options: dict[str, Any]) -> None:
    path = tmp_path / f"地块.{suffix}"
    frame = plots()
    if suffix == "shp" and "encoding" not in options:
        frame["name"] = frame["name"].str.replace("㐀", "")  # not in GBK
    enping_gis.write(frame, path, **options)
    got = enping_gis.read(path)
    assert got.parcels.crs.to_epsg() == 4546
    far = shapely.hausdorff_distance(got.parcels.geometry.to_numpy(), frame.geometry.to_numpy())
    assert far.max() < 1e-3
    assert got.parcels.area.to_numpy() == pytest.approx(frame.area.to_numpy(), abs=0.1)
    for name in ("parcel_id", "name", "stated_ha"):
        assert got.parcels[name].tolist() == frame[name].tolist()
    assert not [each for each in got.findings if each.severity == "error"]


def test_a_drawing_comes_back_ring_by_ring(tmp_path: Path) -> None:
    enping_gis.write(plots(), tmp_path / "a.dxf")
    got = enping_gis.read(tmp_path / "a.dxf").parcels
    expected = shapely.get_parts(plots().geometry.to_numpy())
    assert len(got) == len(expected)
    assert shapely.symmetric_difference(
        shapely.union_all(got.geometry.to_numpy()), shapely.union_all(expected)
    ).area == pytest.approx(0, abs=0.1)
    assert {"米仓木材市场", "蛟龙㐀", "君堂"} <= set(got["name"])
