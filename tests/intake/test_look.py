"""A look into a file before it is read: only the kinds allowed, and only what they say they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from enping_gis.errors import SourceError
from enping_gis.intake.files.look import look
from enping_gis.inventory import Inventory
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.errors import EnpingError


def known(error: EnpingError) -> str:
    """Return the candidates that an error lists."""
    return str(dict(error.values)["known"])


VRT = """<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource>
<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""


def refused(path: Path) -> str:
    """Return the code of the error with which a file is refused."""
    with pytest.raises(SourceError) as caught:
        Inventory.open(path)
    message = caught.value.text("zh")
    assert str(path) in message
    assert "\n" not in message
    return caught.value.code


def test_what_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.gpkg") == "error.missing_file"
    assert refused(tmp_path / "no folder" / "missing.shp") == "error.missing_file"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "plots.gpkg"
    folder.mkdir()
    assert refused(folder) == "error.kind"
    assert refused(folder.rename(tmp_path / "plots")) == "error.nothing_inside"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a.vrt", "convert_virtual"), ("a.xlsx", "not_its_kind"), ("a", "kind"),
        ("a.dbf", "convert_shapefile"), ("a.zip", "not_its_kind"), ("a.gpkg.bak", "kind"),
    ],
)  # fmt: skip
def test_other_kinds_are_not_read(tmp_path: Path, name: str, code: str) -> None:
    path = tmp_path / name
    path.write_text("{}")
    assert refused(path) == f"error.{code}"


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".json"])
@pytest.mark.parametrize("content", ["", "hello", "<kml/>", "[]", "\x00\x00"])
def test_a_file_is_what_its_name_says(tmp_path: Path, suffix: str, content: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(content)
    assert refused(path) == "error.not_its_kind"


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".json"])
def test_a_renamed_vrt_leads_nowhere(tmp_path: Path, suffix: str) -> None:
    secret = geojson(tmp_path / "secret.geojson", [square()])
    path = tmp_path / f"a{suffix}"
    path.write_text(VRT.format(secret))
    assert refused(path) == "error.not_its_kind"


@pytest.mark.parametrize("content", ["{}", '{"type":"Topology"}', '{"a":', '{"type":"Catalog"}'])
def test_json_of_another_kind(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(content)
    assert refused(path) in {"error.json_kind", "error.json_broken"}


def test_a_pipeline_in_json_is_not_run(tmp_path: Path) -> None:
    """GDAL 3.11 and later would follow such a file to any other."""
    secret = geojson(tmp_path / "secret.geojson", [square()])
    pipeline = {"type": "gdal_streamed_alg", "command_line": f"gdal vector read {secret}"}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(pipeline))
    assert refused(path) == "error.json_kind"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_a_file_cut_off(tmp_path: Path, share: float) -> None:
    whole = layer(200, name=["n" * 200] * 200)
    for suffix in (".gpkg", ".geojson"):
        path = tmp_path / f"a{suffix}"
        whole.to_file(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(SourceError):
            Inventory.open(path)


def test_a_shapefile_cut_off_names_the_rows_that_are_gone(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(20, id=list(range(20))))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    inventory = Inventory.open(path)
    gone = [f.row for f in inventory.findings if f.rule == "geometry_missing"]
    assert len(inventory.parcels) + len(gone) == 20
    assert len(gone) >= 9
    assert {f.severity for f in inventory.findings if f.rule == "geometry_missing"} == {"error"}


def test_a_shapefile_without_its_index(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(3, id=["a", "b", "c"]))
    path.with_suffix(".shx").unlink()
    with pytest.raises(SourceError) as caught:
        look(path)
    assert caught.value.code == "error.shapefile_part"
    inventory = Inventory.open(path)
    assert inventory.parcels["parcel_id"].tolist() == ["a", "b", "c"]
    assert "index_rebuilt" in {finding.rule for finding in inventory.findings}


def test_layers_are_listed_and_chosen(tmp_path: Path) -> None:
    path = tmp_path / "many.gpkg"
    layer(2, id=["a", "b"]).to_file(path, layer="east")
    assert look(path).layer().name == "east"
    layer(3, id=["a", "b", "c"]).to_file(path, layer="west")
    points = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4546)
    points.to_file(path, layer="wells")
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="notes")
    with pytest.raises(SourceError, match="--layer") as caught:
        Inventory.open(path)
    assert known(caught.value) == "east, west"
    assert len(Inventory.open(path, layer="west").parcels) == 3
    with pytest.raises(SourceError) as caught:
        Inventory.open(path, layer="north")
    assert known(caught.value) == "east, west, wells, notes"
    layer(1, id=["x"]).to_file(path, layer="parcels")
    assert len(Inventory.open(path).parcels) == 1


def test_a_file_without_polygons(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)], crs=4546).to_file(path, layer="wells")
    assert refused(path) == "error.no_polygons"


@pytest.mark.parametrize("name", ["a b", "恩平 地块", "50%20", "q?x", "h#1", "a'b", "[1]", "a&b"])
def test_names_that_are_no_plain_words(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    path = geojson(folder / f"{name}.geojson", [square()], crs="EPSG:4546")
    assert len(Inventory.open(path).parcels) == 1
    inventory = Inventory.create(folder / f"{name}.gpkg")
    after, _ = inventory.with_import(path)
    after.save(folder / f"{name}.gpkg")
    assert len(Inventory.open(folder / f"{name}.gpkg").parcels) == 1
