"""Damaged or incomplete files end in plain words: no trace, no text of a library, no lost row."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from enping_gis.errors import SourceError
from enping_gis.intake.drawings import kml
from enping_gis.intake.drawings.balloons import table_cells
from enping_gis.intake.files.unpack import members
from enping_gis.intake.vector.declared import declared_crs
from enping_gis.intake.vector.shapes import shape_findings, shapes_of
from enping_gis.intake.vector.vector import layers_of, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.findings import Finding

PLOTS = gpd.GeoDataFrame(
    {"code": ["1", "2"]}, geometry=[shapely.box(0, 0, 9, 9), shapely.box(20, 0, 29, 9)], crs=4546
)
RING: list[list[float]] = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]
TAB = ('PROJCS["unnamed",GEOGCS["unnamed",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,'
       '{flattening}]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
       'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
       'PARAMETER["central_meridian",111],PARAMETER["scale_factor",1],'
       'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]'
       )  # fmt: skip


def wkb(points: list[tuple[float, float]]) -> bytes:
    """Write a polygon of one ring, however it is."""
    head = struct.pack("<BIII", 1, 3, 1, len(points))
    return head + b"".join(struct.pack("<dd", *point) for point in points)


def found(path: Path) -> list[Finding]:
    batches = rows_of(path, layers_of(path)[0].name)
    return [finding for batch in batches for finding in batch.findings]


def geojson(path: Path, *rows: tuple[object, list[list[float]]]) -> Path:
    features = [
        {"type": "Feature", "properties": {"code": code},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code, ring in rows
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def archive(path: Path, name: str = "a.geojson", content: bytes = b"{}") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return path


def refusal(path: Path) -> SourceError:
    with pytest.raises(SourceError) as caught, members(path) as contents:
        layers_of(contents.members[0].path)
    assert "enping-" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("end", [b"\xff\xff\xff\x7f", b"\x01\x00\x00\x00"])
def test_an_offset_that_leads_nowhere(tmp_path: Path, end: bytes) -> None:
    path = archive(tmp_path / "a.zip")
    packed = bytearray(path.read_bytes())
    at = packed.rfind(b"PK\x01\x02") + 42
    packed[at : at + 4] = end
    path.write_bytes(packed)
    assert refusal(path).code == "error.archive_damaged"


def test_the_reason_why_nothing_in_an_archive_is_read(tmp_path: Path) -> None:
    inner = archive(tmp_path / "in.zip").read_bytes()
    assert refusal(archive(tmp_path / "a.zip", "in.zip", inner)).code == "error.archive_nested"
    error = refusal(archive(tmp_path / "b.zip", "v.gpkg", b"<VRT/>"))
    assert (error.code, error.values["path"]) == (
        "error.not_its_kind", f"{tmp_path / 'b.zip'}/v.gpkg",
    )  # fmt: skip
    error = refusal(archive(tmp_path / "c.zip", "v.geojson", b'{"type": 1}'))
    assert str(tmp_path / "c.zip/v.geojson") in str(error)


def test_a_schema_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    PLOTS.to_file(path, layer="a")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW zzzz AS SELECT 1 AS yyyy")
        connection.commit()
    path.write_bytes(path.read_bytes().replace(b"yyyy", b"\xff\xff\xff\xff"))
    with pytest.raises(SourceError) as caught:
        layers_of(path)
    assert caught.value.code == "error.unreadable"


def test_a_code_kept_as_a_float_among_exact_ones(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", (4.407851001e18, RING), (4407851001000000012, RING))
    batch = next(rows_of(path, "a"))
    assert batch.frame["code"].tolist() == ["4407851001000000000", "4407851001000000012"]
    assert [(f.rule, f.row) for f in batch.findings] == [("id_inexact", 1)]


def test_a_vertex_that_is_no_number(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", ("1", [[float("nan"), 0], *RING[1:]]))
    (finding,) = found(path)
    assert finding.rule == "geometry_unread"
    assert "Exception" not in finding.value


def test_a_table_of_a_geodatabase_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a.gdb"
    PLOTS.to_file(path, layer="a", driver="OpenFileGDB")
    assert found(path) == []
    table = path / "a00000009.gdbtable"
    table.write_bytes(table.read_bytes()[:-100])
    assert ("file_cut", "error") in [(f.rule, f.severity) for f in found(path)]


def test_rings_that_are_open_or_too_short() -> None:
    made = shapes_of([wkb([(0, 0), (2, 0), (2, 2)]), wkb([(0, 0), (2, 0)]), None])  # type: ignore[arg-type]  # a list will do
    assert shapely.area(made.shapes[0]) == 2
    notes = [(f.rule, f.row) for f in shape_findings(made, [1, 2, 3], {})]
    assert notes == [("geometry_unread", 2), ("ring_closed", 1)]
    assert "Exception" not in made.broken[0][1]


def test_parts_of_mapinfo_that_are_missing(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=4546)
    frame.to_file(tmp_path / "a.mif", driver="MapInfo File")
    frame.to_file(tmp_path / "b.tab", driver="MapInfo File")
    assert "part_missing" not in [finding.rule for finding in found(tmp_path / "a.mif")]
    (tmp_path / "a.mid").unlink()
    (tmp_path / "b.dat").unlink()
    assert "part_missing" in [finding.rule for finding in found(tmp_path / "a.mif")]
    with pytest.raises(SourceError) as caught:
        layers_of(tmp_path / "b.tab")
    assert caught.value.values["part"] == ".dat"


def test_a_system_without_a_name() -> None:
    zone = declared_crs(TAB.format(flattening=298.257223563))
    other = declared_crs(TAB.format(flattening=298.3))
    assert zone is not None
    assert other is not None
    assert (zone.to_epsg(), other.to_epsg()) == (4546, None)


def test_a_description_that_is_a_table(tmp_path: Path) -> None:
    rows = "<tr><td colspan=2>x</td></tr><tr><th>code</th><td>44<br>07</td></tr><tr><td>b<td>c"
    assert table_cells(f"<table>{rows}") == [("code", "44 07"), ("b", "c")]
    assert table_cells("code: 7") == []
    path = tmp_path / "a.kml"
    path.write_text(
        "<kml><Placemark><description><![CDATA[<table><tr><td>code</td><td>7</td></tr></table>]]>"
        "</description></Placemark></kml>"
    )
    assert next(kml.rows_of(path, "a")).frame["code"].tolist() == ["7"]


def test_the_list_of_fields_beside_a_shapefile_is_no_member(tmp_path: Path) -> None:
    geojson(tmp_path / "a.geojson", ("1", RING))
    (tmp_path / "a.fields.csv").write_text("field,column\nDKBH,parcel_id\n")
    with members(tmp_path) as contents:
        assert [member.kind for member in contents.members] == [".geojson"]
        assert contents.findings == ()
