"""What is written opens elsewhere, and comes back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import shutil
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from enping_gis.crs import WGS84, transformed
from enping_gis.errors import CRSError, EnpingError, OutputError
from enping_gis.export.shapefile import short_names
from enping_gis.export.write import Sink, write
from enping_gis.gcj02 import to_gcj02
from enping_gis.intake.coordinates.georeference import decoded
from enping_gis.intake.points.points import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

EAST_M, NORTH_M = 634_060.0, 2_456_521.0
MILLIMETRE = 1e-3
ALL = ("csv", "dxf", "fgb", "gdb", "geojson", "gpkg", "json", "kml", "kmz", "parquet", "shp",
       "txt", "xlsx")  # fmt: skip
# What GDAL opens as a layer of polygons with its attributes.
LAYERS = ("fgb", "gdb", "geojson", "gpkg", "json", "shp")


def box(west: float, south: float, side: float = 100) -> shapely.Polygon:
    x, y = EAST_M + west, NORTH_M + south
    return shapely.box(x, y, x + side, y + side)


HOLED = box(0, 0) - box(30, 30, 20)
ISLAND = shapely.MultiPolygon([HOLED, box(35, 35, 8), box(300, 0)])


def plots(**columns: Sequence[object]) -> gpd.GeoDataFrame:
    own = {
        "parcel_id": ["440785-1", "007", None],
        "name": ["米仓木材市场", "蛟龙", "甲,乙"],
        "stated_ha": [0.96, np.nan, 1.5],
        "category": ["idle_closed", None, None],
        "土地使用权人名称": ["张三", None, "李四"],
        "checked": [True, False, True],
    } | columns
    return gpd.GeoDataFrame(own, geometry=[HOLED, box(200, 0), ISLAND], crs=4546)


def opened(path: Path) -> gpd.GeoDataFrame:
    """Open a file with geopandas alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # KML: GDAL on columns without a name
        if path.suffix == ".parquet":
            return gpd.read_parquet(path)
        return gpd.read_file(path)


def far(shapes: npt.ArrayLike, expected: npt.ArrayLike, crs: CRS | int) -> float:
    """Return the greatest distance of shapes from where they should be, in metres."""
    moved = transformed(np.asarray(shapes, dtype=object), CRS.from_user_input(crs), plots().crs)
    return float(shapely.hausdorff_distance(moved, np.asarray(expected, dtype=object)).max())


@pytest.mark.parametrize("suffix", ALL)
def test_geopandas_opens_what_is_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"地块 表.{suffix}"
    write(plots(), path)
    assert {each.name.split(".")[0] for each in tmp_path.iterdir()} == {"地块 表"}
    if suffix not in {"txt", "csv", "xlsx"}:
        assert len(opened(path)) >= 3


@pytest.mark.parametrize("suffix", [*LAYERS, "kml", "kmz", "parquet"])
def test_geometry_comes_back_within_a_millimetre(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    write(plots(), path)
    got = opened(path)
    assert far(got.geometry.to_numpy(), plots().geometry.to_numpy(), got.crs) < MILLIMETRE
    assert got.geometry.is_valid.all()
    areas = transformed(got.geometry.to_numpy(), got.crs, plots().crs)
    assert shapely.area(areas) == pytest.approx(plots().area.to_numpy(), abs=0.05)


@pytest.mark.parametrize("suffix", [*LAYERS, "parquet"])
def test_attributes_come_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    findings = write(plots(), path)
    got = opened(path)
    names = {each.field: each.value for each in findings if each.rule == "field_renamed"}
    assert bool(names) == (suffix == "shp")
    for name in plots().columns.drop(["geometry", "checked"]):
        back = got[names.get(name, name)]
        expected = plots()[name]
        assert [None if pd.isna(cell) else cell for cell in back] == [
            None if pd.isna(cell) else cell for cell in expected
        ]
    assert got[names.get("checked", "checked")].tolist() == [True, False, True]


def test_the_crs_is_declared(tmp_path: Path) -> None:
    for suffix in ("fgb", "gdb", "gpkg", "parquet", "shp"):
        path = tmp_path / f"a.{suffix}"
        write(plots(), path)
        assert opened(path).crs.to_epsg() == 4546, suffix
        write(plots(), path, crs=4525)
        assert opened(path).crs.to_epsg() == 4525, suffix
    for suffix in ("geojson", "kml"):
        write(plots(), tmp_path / f"a.{suffix}")
        assert opened(tmp_path / f"a.{suffix}").crs.to_epsg() == 4326
        with pytest.raises(CRSError):
            write(plots(), tmp_path / f"a.{suffix}", crs=4546)


@pytest.mark.parametrize("suffix", ALL)
def test_parts_make_the_same_file(tmp_path: Path, suffix: str) -> None:
    whole, parts = tmp_path / f"whole.{suffix}", tmp_path / f"parts.{suffix}"
    write(plots(), whole)
    with Sink(parts) as sink:
        for at in range(3):
            sink.add(plots().iloc[at : at + 1])
    if suffix in {"txt", "csv", "dxf", "geojson", "json", "kml"}:
        assert whole.read_bytes() == parts.read_bytes()
    elif suffix == "xlsx":
        assert cells(whole) == cells(parts)
    else:
        one, other = opened(whole), opened(parts)
        assert one.geometry.geom_equals_exact(other.geometry, 0).all()
        pd.testing.assert_frame_equal(
            pd.DataFrame(one.drop(columns="geometry")), pd.DataFrame(other.drop(columns="geometry"))
        )


def cells(path: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path).active
    return list(sheet.iter_rows(values_only=True))


@pytest.mark.parametrize("suffix", [*(each for each in LAYERS if "json" not in each), "parquet"])
def test_parts_in_other_systems_and_columns_follow_the_first(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    with Sink(path) as sink:
        sink.add(plots().iloc[:1])
        sink.add(plots().iloc[1:].to_crs(4490).drop(columns="name").assign(late=1, checked="是"))
    got = opened(path)
    assert far(got.geometry.to_numpy(), plots().geometry.to_numpy(), got.crs) < MILLIMETRE
    renamed = {each.field: each.value for each in sink.findings if each.rule == "field_renamed"}
    assert got[renamed.get("name", "name")].isna().tolist() == [False, True, True]
    others = [each for each in sink.findings if each.rule != "field_renamed"]
    assert [(each.rule, each.field, each.row) for each in others] == [
        ("cell_not_written", "checked", 2), ("cell_not_written", "checked", 3),
        ("field_late", "late", None),
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", ALL)
def test_nothing_at_all_is_a_file_too(tmp_path: Path, suffix: str) -> None:
    with Sink(tmp_path / f"a.{suffix}"):
        pass
    write(plots().iloc[:0], tmp_path / f"b.{suffix}")
    for name in ("a", "b"):
        if suffix in {*LAYERS, "parquet"}:
            assert len(opened(tmp_path / f"{name}.{suffix}")) == 0
        assert (tmp_path / f"{name}.{suffix}").exists()


@pytest.mark.parametrize("suffix", ALL)
def test_rows_without_geometry(tmp_path: Path, suffix: str) -> None:
    frame = plots()
    frame.loc[1, "geometry"] = None
    path = tmp_path / f"a.{suffix}"
    findings = [each for each in write(frame, path) if each.rule == "row_not_written"]
    shapes_alone = suffix in {"txt", "dxf", "kml", "kmz"}
    assert [(each.row, each.parcel) for each in findings] == [(2, "007")] * shapes_alone
    if suffix in {*LAYERS, "parquet"}:
        assert opened(path).geometry.isna().tolist() == [False, True, False]


# Nothing is lost when something fails.


class BrokenOffError(Exception):
    """What the tests break off with."""


@pytest.mark.parametrize("suffix", ALL)
def test_a_failure_leaves_the_old_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    write(plots(), path)
    before = contents(tmp_path)
    with pytest.raises(BrokenOffError):
        break_off(path)
    assert contents(tmp_path) == before
    with pytest.raises(EnpingError):
        add_without_crs(path)
    assert contents(tmp_path) == before


def break_off(path: Path) -> None:
    with Sink(path) as sink:
        sink.add(plots().iloc[:1])
        raise BrokenOffError


def add_without_crs(path: Path) -> None:
    with Sink(path) as sink:
        sink.add(plots())
        sink.add(plots().set_crs(None, allow_override=True))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in folder.rglob("*")
        if each.is_file()
    }


def test_an_old_shapefile_leaves_no_part_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    write(plots(), path)
    for name in ("a.sbn", "a.SBX", "a.shp.xml", "a.b.shp", "ab.shp", "a.docx"):
        (tmp_path / name).write_text("old")
    write(plots().iloc[:1], path)
    names = {each.name for each in tmp_path.iterdir()}
    assert {"a.b.shp", "ab.shp", "a.docx"} <= names
    assert not {"a.sbn", "a.SBX", "a.shp.xml"} & names
    assert len(opened(path)) == 1


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.gpkg"):
        write(plots(), tmp_path / "a.dwg")
    with pytest.raises(EnpingError):
        write(plots(), tmp_path / "a.txt", encoding="no-such")
    with pytest.raises(OutputError, match="ascii"):
        write(plots(), tmp_path / "a.txt", encoding="ascii")
    with pytest.raises(OutputError):
        write(plots(), tmp_path / "a.txt", fields=3)
    with pytest.raises(CRSError):
        write(plots(), tmp_path / "a.txt", crs=32649)
    with pytest.raises(CRSError):
        write(plots(), tmp_path / "a.dxf", crs=4490)
    (tmp_path / "a.gdb").write_text("a file")
    (tmp_path / "b.gpkg").mkdir()
    for name in ("a.gdb", "b.gpkg"):
        with pytest.raises(OutputError):
            write(plots(), tmp_path / name)
    with pytest.raises(OutputError):
        Sink(tmp_path / "a.csv").add(plots())
    assert {each.name for each in tmp_path.iterdir()} == {"a.gdb", "b.gpkg"}


def test_the_frame_given_is_not_changed(tmp_path: Path) -> None:
    frame, before = plots(), plots()
    for suffix in ALL:
        write(frame, tmp_path / f"a.{suffix}")
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


# Types of cells.


def test_dates_codes_and_mixtures_become_text(tmp_path: Path) -> None:
    frame = plots(
        day=[pd.Timestamp("2023-03-30"), pd.NaT, pd.Timestamp("2023-03-30 08:30")],
        date=[dt.date(2023, 3, 30), None, None],
        code=[4407850012345678901, 1, 2],
        mixed=[1, "x", None],
        fid=["a", "b", "c"],
    )
    findings = write(frame, tmp_path / "a.gpkg")
    got = opened(tmp_path / "a.gpkg")
    assert got["day"].iloc[[0, 2]].tolist() == ["2023-03-30", "2023-03-30T08:30:00"]
    assert got["date"].iloc[0] == "2023-03-30"
    assert got["code"].tolist() == ["4407850012345678901", "1", "2"]
    assert got["mixed"].iloc[:2].tolist() == ["1", "x"]
    assert [(each.rule, each.field, each.value) for each in findings] == [
        ("field_renamed", "fid", "fid_2")
    ]


# Shapefile.


def test_a_shapefile_is_gbk_with_short_names(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    findings = write(plots(土地使用权人地址=["甲" * 200, "a\u3400", ""]), path)
    assert (tmp_path / "a.cpg").read_text() == "GBK"
    info = pyogrio.read_info(path)
    assert list(info["fields"]) == [
        "DKBH", "DKMC", "stated_ha", "DXLX", "土地使用权", "checked", "土地使用_2",
    ]  # fmt: skip
    table = list(csv.reader((tmp_path / "a.fields.csv").read_text("utf-8-sig").splitlines()))
    assert ["土地使用_2", "土地使用权人地址"] in table
    cut, changed = [each for each in findings if each.rule != "field_renamed"]
    assert (cut.rule, cut.row, cut.parcel, cut.field) == (
        "text_shortened", 1, "440785-1", "土地使用权人地址",
    )  # fmt: skip
    assert (changed.rule, changed.row) == ("text_changed", 2)
    assert opened(path)["土地使用_2"].iloc[0] == "甲" * 127


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8, unique=True))
def test_short_names_are_short_and_unlike(columns: list[str]) -> None:
    names = short_names(columns, "GBK")
    assert list(names) == columns
    assert len({each.casefold() for each in names.values()}) == len(columns)
    assert all(0 < len(each.encode("GBK")) <= 10 for each in names.values())


# Text formats.


def test_geojson_follows_its_standard(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    write(plots(), path)
    document = json.loads(path.read_text("utf-8"))
    assert set(document) == {"type", "features"}
    first = document["features"][0]
    assert first["properties"]["土地使用权人名称"] == "张三"
    assert document["features"][1]["properties"]["stated_ha"] is None
    outer, inner = first["geometry"]["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(inner).is_ccw
    assert 112 < outer[0][0] < 113


def test_kml_keeps_chinese_keys_and_says_when_it_is_shifted(tmp_path: Path) -> None:
    write(plots(remark=['a<b>&"\x07', None, "]]>"]), tmp_path / "a.kml")
    text = (tmp_path / "a.kml").read_text("utf-8")
    assert '<Data name="土地使用权人名称"><value>张三</value></Data>' in text
    assert "GCJ" not in text
    plain = opened(tmp_path / "a.kml")
    assert plain["Name"].tolist() == ["米仓木材市场", "蛟龙", "甲,乙"]
    for name, options in [("b.kml", {"gcj02": True}), ("c.ovkml", {})]:
        write(plots(), tmp_path / name, **options)  # type: ignore[arg-type]  # a flag or none
        assert "GCJ-02" in (tmp_path / name).read_text("utf-8")
    shifted = opened(tmp_path / "b.kml")
    lon, lat = shapely.get_coordinates(plain.geometry.to_numpy()).T
    expected = np.column_stack(to_gcj02(lon, lat))
    got = shapely.get_coordinates(shifted.geometry.to_numpy())
    assert np.abs(got - expected).max() < 2e-9
    write(plots(), tmp_path / "d.kmz")
    assert zipfile.ZipFile(tmp_path / "d.kmz").namelist() == ["doc.kml"]


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    evil = ["=cmd|'/c calc'!A0", "@SUM(1)", "http://example.org"]
    frame = plots(note=evil, code=["4407850012345678901", "007", "-1"])
    findings = write(frame, tmp_path / "a.csv")
    rows = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@"}]
    assert [(each.rule, each.row, each.field) for each in findings] == [
        ("formula_disarmed", 2, "note"), ("formula_disarmed", 3, "note"),
        ("formula_disarmed", 4, "code"),
    ]  # fmt: skip
    write(frame, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    written = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    assert {written[each].data_type for each in [*evil, "4407850012345678901", "007"]} == {"s"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_tables_carry_the_geometry(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    write(plots(), path)
    table = pd.read_csv(path, dtype=str) if suffix == "csv" else pd.read_excel(path, dtype=str)
    assert far(shapely.from_wkt(table["WKT"]), plots().geometry.to_numpy(), 4546) < MILLIMETRE
    assert table["parcel_id"].tolist()[:2] == ["440785-1", "007"]


def test_a_geometry_too_long_for_a_cell_is_left_out(tmp_path: Path) -> None:
    round_plot = shapely.Point(EAST_M, NORTH_M).buffer(100, quad_segs=1000)
    frame = plots().iloc[:1].set_geometry([round_plot], crs=4546)
    (finding,) = write(frame, tmp_path / "a.xlsx")
    assert (finding.rule, finding.field, finding.row) == ("text_shortened", "WKT", 2)


def test_a_drawing_has_closed_rings_and_names(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    write(plots(name=["米仓", "\U00020000", None]), path)
    got = pyogrio.read_dataframe(path)
    rings = got[got.geometry.geom_type == "LineString"]
    assert len(rings) == 7
    assert rings.geometry.is_closed.all()
    assert rings["Layer"].tolist()[:3] == ["IDLE_CLOSED", "IDLE_CLOSED", "PARCEL"]
    texts = got[got.geometry.geom_type == "Point"]
    assert texts["Text"].tolist()[0] == "米仓"
    inside = shapely.contains(HOLED, texts.geometry.iloc[0])
    assert inside
    assert far([rings.geometry.iloc[0]], [HOLED.exterior], 4546) < MILLIMETRE


# Boundary points.


def test_boundary_points_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write(plots().iloc[:1].assign(地块用途="工业用地"), path)
    lines = path.read_text("gbk").split("\n")
    assert lines[:2] == ["[属性描述]", "格式版本号=1.01"]
    assert {"几度分带=3", "带号=37", "坐标系=2000国家大地坐标系"} <= set(lines)
    start = lines.index("[地块坐标]") + 1
    assert lines[start] == "10,0.9600,440785-1,米仓木材市场,面,,工业用地,,@"
    assert lines[start + 1 : start + 7] == [
        "J1,1,2456621.000,37634060.000",  # the north-west corner, then clockwise
        "J2,1,2456621.000,37634160.000",
        "J3,1,2456521.000,37634160.000",
        "J4,1,2456521.000,37634060.000",
        "J1,1,2456621.000,37634060.000",
        "J5,2,2456571.000,37634090.000",
    ]
    assert lines[start + 7].startswith("J6,2,2456551.000,37634090")  # anticlockwise


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"prefix": False}, "J1,1,2456621.000,634060.000"),
        ({"crs": 4508}, "J1,1,2456621.000,19634060.000"),
        ({"encoding": "utf-8", "fields": 13}, "J1,1,2456621.000,37634060.000"),
    ],
)
def test_forms_of_boundary_points(tmp_path: Path, options: dict[str, Any], line: str) -> None:
    path = tmp_path / "a.txt"
    write(plots(), path, **options)
    text = path.read_text(options.get("encoding", "gbk"))
    assert line in text.split("\n")
    headline = next(each for each in text.split("\n") if each.endswith("@"))
    assert headline.count(",") == options.get("fields", 8)
    assert far(placed(path), plots().geometry.to_numpy(), 4546) < MILLIMETRE


def placed(path: Path) -> npt.NDArray[np.object_]:
    (rows,) = rows_of(path, "a")
    assert not [each for each in rows.findings if each.severity == "error"]
    assert rows.shapes is not None
    found = decoded(rows.shapes, hints=rows.hints)
    return transformed(found.shapes, found.decision.crs, plots().crs)


def test_boundary_points_from_degrees_and_with_commas_in_names(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    findings = write(plots().to_crs(WGS84), path)
    assert [(each.rule, each.row) for each in findings] == [("text_changed", 3)]
    (rows,) = rows_of(path, "a")
    assert rows.frame["地块名称"].tolist() == ["米仓木材市场", "蛟龙", "甲，乙"]
    assert far(placed(path), plots().geometry.to_numpy(), 4546) < MILLIMETRE


Ring = list[tuple[float, float]]


def star(east: float, north: float, radii: list[float]) -> Ring:
    turn = 2 * math.pi / len(radii)
    return [
        (round(east + r * math.cos(turn * n), 3), round(north + r * math.sin(turn * n), 3))
        for n, r in enumerate(radii)
    ]


@st.composite
def random_plots(draw: st.DrawFn) -> shapely.MultiPolygon:
    """Draw plots with parts, holes, and parts in holes; corners in whole millimetres."""
    radii = st.lists(st.floats(40, 60), min_size=3, max_size=12)
    parts: list[shapely.Polygon] = []
    for number in range(draw(st.integers(1, 4))):
        east, north = EAST_M + number * 130, NORTH_M + draw(st.floats(-500, 500))
        outer = star(east, north, draw(radii))
        holes: list[Ring] = []
        if draw(st.booleans()):
            # A quarter of the outer radii lies well inside a star of three points too.
            holes.append(star(east, north, [r / 4 for r in draw(radii)]))
        parts.append(shapely.Polygon(outer, holes))
        with_island = draw(st.booleans())
        if holes and with_island:
            parts.append(shapely.Polygon(star(east, north, [r / 20 for r in draw(radii)])))
    shape = shapely.MultiPolygon(parts)
    return shape if shape.is_valid else shapely.MultiPolygon(parts[:1])


@given(shape=random_plots(), prefix=st.booleans())
def test_any_plot_comes_back_from_boundary_points(
    tmp_path_factory: pytest.TempPathFactory, shape: shapely.MultiPolygon, *, prefix: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    write(gpd.GeoDataFrame(geometry=[shape], crs=4546), path, prefix=prefix)
    (got,) = placed(path)
    assert shapely.hausdorff_distance(got, shape) < MILLIMETRE
    assert shapely.get_num_geometries(got) == shapely.get_num_geometries(shape)
    assert got.area == pytest.approx(shape.area, abs=1.0)
    assert shapely.symmetric_difference(got, shape).area < 0.5


@pytest.mark.parametrize("suffix", ["txt", "kml", "dxf"])
def test_columns_of_a_planner_are_code_and_name(tmp_path: Path, suffix: str) -> None:
    own = plots()[["parcel_id", "name", "geometry"]]
    own = own.rename(columns={"parcel_id": "地块编号", "name": "地块名称"})
    path = tmp_path / f"p.{suffix}"
    assert [each.rule for each in write(own, path)] == ["text_changed"] * (suffix == "txt")
    text = path.read_bytes().decode("utf-8" if suffix == "kml" else "gb18030")
    assert "米仓木材市场" in text
    if suffix == "txt":
        (rows,) = rows_of(path, "p")
        assert rows.frame["地块编号"].tolist() == ["440785-1", "007", None]
        assert rows.frame["地块名称"].tolist() == ["米仓木材市场", "蛟龙", "甲，乙"]
    if suffix == "kml":
        assert "<name>米仓木材市场</name>" in text
        assert 'name="地块名称"><value>米仓木材市场' in text


def test_a_number_too_large_for_a_shapefile_is_named(tmp_path: Path) -> None:
    found = write(plots(worth=[1e300, -1e21, np.nan]), tmp_path / "p.shp")
    (finding,) = (each for each in found if each.rule == "cell_not_written")
    assert (finding.row, finding.field, finding.parcel) == (1, "worth", "440785-1")
    got = opened(tmp_path / "p.shp")["worth"]
    assert got.isna().tolist() == [True, False, True]
    assert got[1] == -1e21


@pytest.mark.parametrize("suffix", ["gpkg", "gdb", "fgb", "shp"])
def test_shapes_that_are_no_polygons_are_named(tmp_path: Path, suffix: str) -> None:
    mixed = plots()
    mixed.loc[1, "geometry"] = shapely.Point(EAST_M, NORTH_M)
    found = write(mixed, tmp_path / f"p.{suffix}")
    (finding,) = (each for each in found if each.rule == "shape_not_written")
    assert (finding.severity, finding.row, finding.value) == ("warning", 2, "Point")
    got = opened(tmp_path / f"p.{suffix}")
    assert len(got) == 3
    assert got.geometry.notna().sum() == 2


@pytest.mark.parametrize("suffix", ["shp", "gpkg", "gdb", "fgb"])
@pytest.mark.parametrize("name", ["a;b", "a!b", "a?b", "a#b", "a\tb", "a\\b", "恩 平;x.y"])
def test_any_name_of_a_file_or_of_its_folder(tmp_path: Path, name: str, suffix: str) -> None:
    """GDAL cuts a path at some signs; the file must stand where it was asked for."""
    for path in (tmp_path / f"{name}.{suffix}", tmp_path / name / f"p.{suffix}"):
        write(plots(), path)
        stems = {each.name[: len(path.stem)] for each in path.parent.iterdir()}
        assert path.exists()
        assert stems - {name} == {path.stem} - {name}
        plain = tmp_path / "plain" / f"p.{suffix}"
        plain.parent.mkdir(exist_ok=True)
        for part in path.parent.glob(f"{path.stem.replace('?', '[?]')}.*"):
            part.rename(plain.with_name(f"p{part.name.removeprefix(path.stem)}"))
        assert len(opened(plain)) == 3
        shutil.rmtree(plain.parent)


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("http://example.org/a.gpkg", {}, "error.output_not_local"),
        ("/vsimem/a.gpkg", {}, "error.output_not_local"),
        ("s3://bucket/a.txt", {}, "error.output_not_local"),
        ("a.shp", {"gcj02": True}, "error.gcj02_kml"),
        ("a.geojson", {"gcj02": True}, "error.gcj02_kml"),
    ],
)
def test_what_is_not_written(path: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises(OutputError) as caught:
        write(plots(), path, **options)
    assert caught.value.code == code
    assert path in str(caught.value)
