"""Vector files give the same plain rows, whatever the format and whatever is wrong with them."""

from __future__ import annotations

import json
import math
import sqlite3
import struct
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import fiona
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import EnpingError, SourceError
from enping_gis.intake.raw import ROW
from enping_gis.intake.vector import bulk, features
from enping_gis.intake.vector.vector import layers_of, rows_of
from tests.plots import geojson, layer, shapefile, square

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.findings import Finding
    from enping_gis.intake.raw import RawRows

NAMES = ["恩平市一号地", "君堂纺织", "plain"]
CODE = "4407851080000000001"
FORMATS = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".gdb": "OpenFileGDB", ".geojson": "GeoJSON",
           ".shp": "ESRI Shapefile", ".parquet": ""}  # fmt: skip


def read(path: Path) -> tuple[RawRows, list[Finding]]:
    """Return all rows of the first layer as one batch, and what was found."""
    batches = list(rows_of(path, layers_of(path)[0].name))
    frame = pd.concat([batch.frame for batch in batches], ignore_index=True)
    shapes = None
    if batches[0].shapes is not None:
        shapes = np.concatenate([batch.shapes for batch in batches if batch.shapes is not None])
    first = batches[0]
    whole = type(first)(
        frame, shapes, first.file, first.layer, first.driver, first.encoding, first.declared,
        first.declared_text, first.hints, sum(batch.rows_in for batch in batches),
    )  # fmt: skip
    return whole, [finding for batch in batches for finding in batch.findings]


def rules(findings: list[Finding]) -> list[str]:
    for finding in findings:
        assert finding.message("zh")
        assert finding.cure("en")
    return [finding.rule for finding in findings]


def written(path: Path, frame: gpd.GeoDataFrame) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        whole = frame.select_dtypes("int64").columns
        frame = frame.astype(dict.fromkeys(whole, "int32"))  # what a FileGDB of ArcGIS 10 keeps
        frame.to_file(path, driver=FORMATS[path.suffix], geometry_type="Polygon")
    return path


def edited(path: Path, *statements: str) -> Path:
    """Change a GeoPackage behind the back of its drivers."""
    with closing(sqlite3.connect(path)) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _: 0)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_plain_rows(tmp_path: Path, suffix: str) -> None:
    frame = layer(3, name=NAMES, code=[CODE, None, CODE], n=[1, 2, 3], x=[0.5, None, 1.5])
    path = written(tmp_path / f"a{suffix}", frame)
    rows, findings = read(path)
    order = np.argsort(rows.frame["n"].to_numpy(), kind="stable")
    cells = rows.frame.iloc[order]
    assert cells["name"].tolist() == NAMES
    assert cells["code"].tolist() == [CODE, None, CODE]
    assert cells["x"].tolist()[::2] == [0.5, 1.5]
    assert np.isnan(cells["x"].iloc[1])
    assert {str(kind) for kind in rows.frame.dtypes} <= {"object", "int64", "int32", "float64"}
    assert rows.frame[ROW].tolist() == [1, 2, 3]
    assert rows.shapes is not None
    assert all(rows.shapes[n].equals(square(i)) for i, n in enumerate(order))
    assert rows.declared is not None
    assert rows.declared.to_epsg() == 4546
    assert rows.rows_in == 3
    assert not rules(findings)


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_layer_is_one_empty_batch(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"a{suffix}", layer(1, name=["a"]).iloc[:0])
    batches = list(rows_of(path, layers_of(path)[0].name))
    assert [len(batch.frame) for batch in batches] == [0]


def test_days_are_iso_text(tmp_path: Path) -> None:
    times = pd.to_datetime(["2023-03-30 00:00:00", "2023-03-30 08:30:00", None])
    for suffix in (".gpkg", ".fgb", ".gdb", ".parquet", ".geojson"):
        rows, _ = read(written(tmp_path / f"a{suffix}", layer(3, n=[1, 2, 3], day=times)))
        days = rows.frame.sort_values("n")["day"].tolist()
        assert [str(day)[:10] for day in days] == ["2023-03-30", "2023-03-30", "None"]
        assert days[1] == "2023-03-30T08:30:00"


def test_batches_are_bounded_and_rows_numbered_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH_ROWS", 10)
    monkeypatch.setattr(features, "_BATCH_ROWS", 10)
    for suffix in (".gpkg", ".shp", ".geojson"):
        path = written(tmp_path / f"a{suffix}", layer(25, n=list(range(25))))
        batches = list(rows_of(path, layers_of(path)[0].name))
        assert [len(batch.frame) for batch in batches] == [10, 10, 5]
        assert [n for batch in batches for n in batch.frame[ROW]] == list(range(1, 26))
        assert [n for batch in batches for n in batch.frame["n"]] == list(range(25))


@pytest.mark.parametrize("encoding", ["", "no-such", "hex"])
def test_an_unknown_encoding(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "a.gpkg", layer(1, n=[1]))
    with pytest.raises(SourceError) as caught:
        layers_of(path, encoding=encoding)
    assert caught.value.code == "error.encoding"


# Shapefiles.


def test_a_code_of_nineteen_digits_in_a_number_field(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    schema = {"geometry": "Polygon", "properties": {"code": "float:19.0", "day": "date"}}
    with fiona.open(path, "w", driver="ESRI Shapefile", schema=schema, crs="EPSG:4546") as file:
        geometry = shapely.geometry.mapping(square())
        cells = {"code": 1.0, "day": "2023-03-30"}
        file.writerecords([{"geometry": geometry, "properties": cells}] * 2)
    dbf = path.with_suffix(".dbf")
    content = dbf.read_bytes()
    content = content.replace(b" " * 18 + b"1", CODE.encode(), 1).replace(
        b"20230330", b"20220230", 1
    )
    dbf.write_bytes(content)
    rows, _ = read(path)
    assert rows.frame["code"].tolist() == [CODE, "1"]
    assert rows.frame["day"].tolist() == ["2022-02-30", "2023-03-30"]


def test_a_shapefile_cut_off(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(20, n=list(range(20))))
    path.write_bytes(path.read_bytes()[:1500])
    rows, findings = read(path)
    assert rows.rows_in == 20
    assert rows.shapes is not None
    assert 9 <= sum(shape is not None for shape in rows.shapes) < 20
    assert rules(findings) == ["file_cut"]


def test_attributes_cut_off(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(20, name=["恩平"] * 20))
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[: 65 + 81 * 7 + 5])
    rows, findings = read(path)
    assert rows.frame["name"].tolist() == ["恩平"] * 7 + [None] * 13
    assert rows.shapes is not None
    assert shapely.area(rows.shapes).sum() == pytest.approx(20 * 10_000)
    assert [(f.rule, f.row, f.severity) for f in findings] == [("attributes_cut", 8, "error")]


def test_a_shapefile_without_its_index_and_with_a_wrong_one(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(3, name=NAMES))
    path.with_suffix(".shx").unlink()
    rows, findings = read(path)
    assert rows.frame["name"].tolist() == NAMES
    assert rules(findings) == ["index_rebuilt"]
    assert not path.with_suffix(".shx").exists()
    path.with_suffix(".shx").write_bytes(bytes(200))
    rows, findings = read(path)
    assert len(rows.frame) == 3
    assert rules(findings) == ["index_rebuilt"]


def test_deleted_rows_are_left_out_and_row_numbers_stay(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(3, name=NAMES))
    dbf = path.with_suffix(".dbf")
    content = bytearray(dbf.read_bytes())
    content[int.from_bytes(content[8:10], "little")] = ord("*")
    dbf.write_bytes(content)
    rows, findings = read(path)
    assert rows.frame["name"].tolist() == NAMES[1:]
    assert rows.frame[ROW].tolist() == [2, 3]
    assert rows.shapes is not None
    assert rows.shapes[0].equals(square(1))
    assert rules(findings) == ["rows_deleted"]


def test_a_hole_wound_like_a_shell_is_a_hole(tmp_path: Path) -> None:
    outer, inner = square(), shapely.box(620_010, 2_453_010, 620_030, 2_453_030)
    shape = shapely.MultiPolygon([outer, inner])
    path = shapefile(tmp_path / "a.shp", gpd.GeoDataFrame({"n": [1]}, geometry=[shape], crs=4546))
    rows, findings = read(path)
    assert rows.shapes is not None
    assert rows.shapes[0].area == pytest.approx(9600)
    assert rules(findings) == ["hole_direction"]


def test_rows_of_another_encoding_and_broken_bytes(tmp_path: Path) -> None:
    path = shapefile(tmp_path / "a.shp", layer(4, name=[*NAMES, "恩平市"]))
    dbf = path.with_suffix(".dbf")
    content = dbf.read_bytes().replace("君堂纺织".encode("gbk") + b" " * 4, "君堂纺织".encode())
    content = content.replace("恩平市 ".encode("gbk"), b"\xff\xff\xc6\xbd\xca\xd0 ")
    dbf.write_bytes(content)
    rows, findings = read(path)
    assert rows.frame["name"].tolist()[:3] == NAMES
    assert [(f.rule, f.row) for f in findings if f.severity == "warning"] == [
        ("text_recoded", 2), ("text_damaged", 4),
    ]  # fmt: skip


# GeoPackages.


def test_cells_that_do_not_fit_their_column_are_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    schema = {"geometry": "Polygon", "properties": {"name": "str", "n": "int", "day": "date"}}
    options = {"driver": "GPKG", "crs": "EPSG:4546", "layer": "a", "schema": schema}
    with fiona.open(path, "w", **options) as file:
        for n, name in enumerate(NAMES):
            cells = {"name": name, "n": n + 1, "day": "2023-03-30"}
            geometry = shapely.geometry.mapping(square(n))
            file.write({"geometry": geometry, "properties": cells})
    edited(path, "UPDATE a SET n='约三' WHERE fid=2", "UPDATE a SET day='2022-02-30' WHERE fid=3",
           "UPDATE a SET name=CAST(x'b6f7c6bd' AS TEXT) WHERE fid=1")  # fmt: skip
    rows, findings = read(path)
    assert rows.frame["n"].tolist() == [1, "约三", 3]
    assert rows.frame["day"].tolist() == ["2023-03-30", "2023-03-30", "2022-02-30"]
    assert rows.frame["name"].tolist() == ["恩平", *NAMES[1:]]
    assert [(f.rule, f.row) for f in findings] == [
        ("text_recoded", 1), ("cell_misfit", 2), ("cell_misfit", 3),
    ]  # fmt: skip


def test_rows_that_the_register_does_not_count_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", layer(5, n=list(range(5))))
    edited(path, "UPDATE gpkg_ogr_contents SET feature_count = 3")
    assert layers_of(path)[0].rows == 5
    rows, findings = read(path)
    assert len(rows.frame) == 5
    assert not findings


def test_a_virtual_table_leads_nowhere(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", layer(1, n=[1]))
    edited(path, "PRAGMA writable_schema=1",
           "INSERT INTO sqlite_master VALUES('table','v','v',0,"
           "'CREATE VIRTUAL TABLE v USING VirtualOGR(''secret.geojson'')')")  # fmt: skip
    with pytest.raises(SourceError) as caught:
        layers_of(path)
    assert caught.value.code == "error.not_its_kind"


def test_arcs_become_edges(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", layer(1, n=[1]))
    points = [(0, 0), (100, 100), (200, 0), (100, -100), (0, 0)]
    circle = struct.pack("<BII", 1, 8, 5)
    circle += b"".join(struct.pack("<dd", 620_000 + x, 2_453_000 + y) for x, y in points)
    blob = b"GP\x00\x01" + struct.pack("<i", 4546) + struct.pack("<BII", 1, 10, 1) + circle
    edited(path, f"UPDATE a SET geom = x'{blob.hex()}'")  # noqa: S608 - hexadecimal digits
    rows, findings = read(path)
    assert rows.shapes is not None
    assert rows.shapes[0].area == pytest.approx(math.pi * 1e4, abs=0.01)
    assert rules(findings) == ["arcs_straightened"]


def test_one_broken_geometry_costs_itself(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", layer(3, name=NAMES))
    blob = b"GP\x00\x01" + struct.pack("<i", 4546) + struct.pack("<BIIIdd", 1, 3, 1, 1, 0, 0)
    edited(path, f"UPDATE a SET geom = x'{blob.hex()}' WHERE fid = 2")  # noqa: S608 - the same
    rows, findings = read(path)
    assert rows.shapes is not None
    assert [shape is None for shape in rows.shapes] == [False, True, False]
    assert [(f.rule, f.row) for f in findings] == [("geometry_unread", 2)]


def test_a_flatgeobuf_cut_off_says_what_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fgb", layer(500, n=list(range(500))))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.9)])
    rows, findings = read(path)
    assert 0 < len(rows.frame) < 500
    assert rows.rows_in == 500
    assert [(f.rule, f.severity) for f in findings] == [("rows_missing", "error")]


def test_layers_are_listed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", layer(2, n=[1, 2]))
    layer(1, n=[1]).to_file(path, layer="b")
    assert [(each.name, each.rows, each.columns) for each in layers_of(path)] == [
        ("a", 2, ("n",)), ("b", 1, ("n",)),
    ]  # fmt: skip
    with pytest.raises(SourceError) as caught:
        list(rows_of(path, "c"))
    assert caught.value.code == "error.layer"


@pytest.mark.parametrize("suffix", [".tab", ".mif"])
def test_mapinfo_in_gbk_that_says_neutral(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    layer(3, name=NAMES).to_file(path, driver="MapInfo File", encoding="GBK", engine="pyogrio")
    rows, _ = read(path)
    assert rows.frame["name"].tolist() == NAMES
    assert (rows.encoding.name, rows.encoding.how) == ("GB18030", "detected")


def test_a_mapinfo_table_that_leads_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "a.tab"
    path.write_text(
        '!table\n!version 300\nOpen Table "secret" Hide\nCreate View a As Select * From b'
    )
    with pytest.raises(SourceError) as caught:
        layers_of(path)
    assert caught.value.code == "error.convert_virtual"


# GeoJSON.


def test_odd_features_cost_themselves(tmp_path: Path) -> None:
    ring = json.loads(shapely.to_geojson(square()))["coordinates"][0]
    path = geojson(
        tmp_path / "a.geojson",
        [square(), None, {"type": "Polygon", "coordinates": [ring[:-1]]},
         {"type": "Polygon", "coordinates": [[[0, 0]]]}, {"type": "Polygon", "coordinates": "x"}],
        [{"id": 12345678901234567890123, "day": "2022-02-30"}, {"a": {"b": 1}}, {}, {}, {}],
        crs="urn:ogc:def:crs:EPSG::4546",
    )  # fmt: skip
    rows, findings = read(path)
    assert rows.frame["id"].iloc[0] == "12345678901234567890123"
    assert rows.frame["day"].iloc[0] == "2022-02-30"
    assert rows.frame["a"].iloc[1] == '{"b": 1}'
    assert rows.shapes is not None
    assert rows.shapes[2].equals(square())
    assert rows.declared is not None
    assert rows.declared.to_epsg() == 4546
    assert sorted((f.rule, f.row or 0) for f in findings) == [
        ("geometry_unread", 4), ("geometry_unread", 5), ("ring_closed", 3),
    ]  # fmt: skip


@pytest.mark.parametrize(("factor", "epsg"), [(1, None), (1e-5, 4326)])
def test_without_a_crs_the_numbers_tell(tmp_path: Path, factor: float, epsg: int | None) -> None:
    shape = shapely.transform(square(), lambda xy: xy * factor)
    rows, _ = read(geojson(tmp_path / "a.geojson", [shape]))
    assert (rows.declared and rows.declared.to_epsg()) == epsg
    assert rows.declared_text == ""


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
def test_geojson_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    path = geojson(tmp_path / "a.geojson", [square()], [{"name": NAMES[0]}])
    path.write_text(path.read_text("utf-8"), encoding)
    rows, _ = read(path)
    assert rows.frame["name"].tolist() == NAMES[:1]


@pytest.mark.parametrize(
    "content",
    ["{}", '{"type":"Topology"}', '{"a":', '{"type":"FeatureCollection","features":[{},',
     '{"type":"gdal_streamed_alg","command_line":"gdal vector read b.geojson"}',
     '{"a":' + "[" * 100_000],
)  # fmt: skip
def test_json_that_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(SourceError) as caught:
        list(rows_of(path, "a"))
    assert caught.value.code in {"error.json_kind", "error.json_broken"}
    assert str(path) in caught.value.text("zh")


def test_a_crs_after_the_features_counts(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", [square()])
    document = json.loads(path.read_text("utf-8"))
    document["crs"] = {"type": "name", "properties": {"name": "EPSG:4525"}}
    path.write_text(json.dumps(document), "utf-8")
    rows, _ = read(path)
    assert rows.declared_text == "EPSG:4525"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection", "x"])
GEOMETRY = st.fixed_dictionaries({"type": KINDS, "coordinates": JSON}) | JSON
FEATURE = st.fixed_dictionaries(
    {"type": st.just("Feature"), "properties": JSON, "geometry": GEOMETRY}
)


@given(found=st.lists(FEATURE | JSON, max_size=4))
def test_any_json_gives_a_row_for_each_feature(
    tmp_path_factory: pytest.TempPathFactory, found: list[Any]
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}), "utf-8")
    rows, findings = read(path)
    assert len(rows.frame) == len(found) == rows.rows_in
    rules(findings)


@given(
    content=st.binary(max_size=300),
    head=st.sampled_from([b"\x00\x00\x27\x0a", b"fgb\x03fgb\x00", b"PAR1", b"SQLite format 3\x00",
                          b"{", b"!table\n", b"Version 300\n"]),
)  # fmt: skip
def test_any_bytes_end_in_the_packages_own_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bytes
) -> None:
    suffix = {b"\x00": ".shp", b"f": ".fgb", b"P": ".parquet", b"S": ".gpkg", b"{": ".json",
              b"!": ".tab", b"V": ".mif"}[head[:1]]  # fmt: skip
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(head + content)
    with suppress(EnpingError):
        for each in layers_of(path):
            list(rows_of(path, each.name))
