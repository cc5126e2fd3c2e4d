"""What the page carries of a check: places, sizes, words; and files that give the same back."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)

from enping_gis.check.faults import Fault, faults_frame
from enping_gis.check.writing import write_faults
from enping_gis.crs import lonlat
from enping_gis.errors import SchemaError, SourceError
from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.finding_files import read_findings
from enping_gis.viewer.findings import PagePlots, encoded
from enping_gis.viewer.offline import json_block
from tests.viewer.unpacking import data_of

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import Geometry

    from enping_gis.messages import Language

HOME = CRS.from_epsg(4546)
X_M, Y_M = 634_000.0, 2_450_000.0
PLOTS = {"EP001": 0, "EP002": 1, "EP003": 2}


def found(**columns: object) -> dict[str, Any]:
    """Return one row of findings."""
    usual = {
        "rule": "T1",
        "severity": "error",
        "parcel_ids": "EP001;EP002",
        "message_zh": "两宗重叠",
        "message_en": "Two plots overlap",
        "cure_zh": "改正一宗",
        "cure_en": "Correct one",
        "size": 12.345,
        "unit": "m2",
    }
    return usual | columns


def layer(*rows: dict[str, Any], crs: CRS | None = HOME) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs=crs)


def page(findings: pd.DataFrame, lang: Language = "zh") -> dict[str, Any]:
    return encoded(findings, PagePlots(PLOTS, HOME, lang))


def one(shape: Geometry | None, **columns: object) -> dict[str, Any]:
    row: dict[str, Any] = page(layer(found(geometry=shape, **columns)))["rows"][0]
    return row


def degrees(x_m: float, y_m: float) -> list[float]:
    point = lonlat(gpd.GeoDataFrame(geometry=[Point(x_m, y_m)], crs=HOME))[0]
    return [point.x, point.y]


def decoded(steps: list[int]) -> np.ndarray[Any, Any]:
    return np.cumsum(np.reshape(steps, (-1, 2)), axis=0) / 1e7


@pytest.mark.parametrize(("lang", "words"), [("zh", "两宗重叠"), ("en", "Two plots overlap")])
def test_a_finding_has_place_ground_size_and_words(lang: Language, words: str) -> None:
    ground = box(X_M, Y_M, X_M + 20, Y_M + 10)
    data = page(layer(found(geometry=ground)), lang)
    (row,) = data["rows"]
    assert row["message"] == words
    assert row["size"] == "12.35 m²"
    assert row["plots"] == [0, 1]
    assert "elsewhere" not in row
    assert row["at"] == pytest.approx(degrees(X_M + 10, Y_M + 5), abs=0.5e-7 + 1e-12)
    corners = decoded(row["rings"][0])
    true = np.array([degrees(*corner) for corner in ground.exterior.coords[:-1]])
    assert np.abs(corners - true).max() <= 0.5e-7 + 1e-12
    assert data["rules"] == [{"code": "T1", "label": data["rules"][0]["label"], "ground": True}]
    assert data["rules"][0]["label"].startswith("T1 ")


def test_the_gravest_come_first_and_rules_in_their_order() -> None:
    rows = [
        found(rule=rule, severity=severity, geometry=None)
        for rule, severity in (("L1", "info"), ("ZZ", "error"), ("G1", "warning"), ("T1", "odd"))
    ]
    data = page(layer(*rows))
    assert [each["code"] for each in data["severities"]] == ["error", "warning", "info"]
    assert [each["code"] for each in data["rules"]] == ["G1", "T1", "L1", "ZZ"]
    assert [each["label"] for each in data["rules"]][-1] == "ZZ"
    assert [(row["rule"], row["severity"]) for row in data["rows"]] == [
        (2, 2), (3, 0), (0, 1), (1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0, "m2", "0.00 m²"),
        (0.0031, "m2", "0.0031 m²"),
        (12345.678, "m2", "12,345.68 m²"),
        (0.004, "m", "0.004 m"),
        (1.5, "m", "1.50 m"),
        (14072.0, "m", "14,072 m"),
        (9.96, "deg", "10.0°"),
        (-3.2, "%", "−3.20%"),
        (540.04, "mu", "540.04 亩"),
        (2.0, "", "2"),
        (3, "pieces", "3"),
    ],
)
def test_a_size_is_printed_with_its_unit(value: float, unit: str, said: str) -> None:
    assert one(None, size=value, unit=unit)["size"] == said


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "wide"])
def test_what_is_no_number_is_no_size(value: object) -> None:
    assert "size" not in one(None, size=value)


def test_plots_of_another_file_keep_their_ids() -> None:
    row = one(None, parcel_ids=" EP003 ;X9;;EP003")
    assert row["plots"] == [2]
    assert row["elsewhere"] == ["X9"]
    assert one(None, parcel_ids=None)["plots"] == []
    assert one(None, parcel_ids=["EP002", "EP001"])["plots"] == [1, 0]


def test_the_same_place_in_every_system() -> None:
    shape = box(X_M, Y_M, X_M + 20, Y_M + 10)
    home = layer(found(geometry=shape))
    rows = [page(home.to_crs(code))["rows"][0]["at"] for code in (4546, 4326, 4490, 3857, 32649)]
    assert np.ptp(np.array(rows), axis=0).max() <= 2e-7
    unnamed = page(layer(found(geometry=shape), crs=None))["rows"][0]
    assert unnamed["at"] == rows[0]


def test_a_table_is_placed_by_x_and_y() -> None:
    table = pd.DataFrame([found(x=X_M, y=Y_M), found(x=None, y=Y_M), found(x="no", y=Y_M)])
    rows = page(table)["rows"]
    assert rows[0]["at"] == pytest.approx(degrees(X_M, Y_M), abs=1e-7)
    assert ["at" in row for row in rows] == [True, False, False]
    # Metres beside shapes in degrees, as a GeoJSON file has them.
    mixed = layer(found(geometry=None, x=X_M, y=Y_M), crs=CRS.from_epsg(4326))
    assert page(mixed)["rows"][0]["at"] == rows[0]["at"]


BOW = Polygon([(X_M, Y_M), (X_M + 9, Y_M + 9), (X_M + 9, Y_M), (X_M, Y_M + 9)])
SQUARE = box(X_M, Y_M, X_M + 1, Y_M + 1)
with np.errstate(invalid="ignore"):
    UNFINISHED = LineString([(0, 0), (np.nan, 1)])
FLAT = Polygon([(X_M, Y_M), (X_M + 5, Y_M), (X_M + 9, Y_M)])


@pytest.mark.parametrize(
    ("shape", "rings", "lines"),
    [
        (Point(X_M, Y_M), 0, 1),
        (MultiPoint([(X_M, Y_M), (X_M + 1, Y_M)]), 0, 2),
        (LineString([(X_M, Y_M), (X_M + 5, Y_M)]), 0, 1),
        (BOW, 1, 0),
        (FLAT, 1, 0),
        (MultiPolygon([SQUARE, box(X_M + 2, Y_M, X_M + 3, Y_M + 1)]), 2, 0),
        (GeometryCollection([Point(X_M, Y_M), SQUARE]), 1, 1),
        (Point(X_M, Y_M, 7), 0, 1),
    ],
    ids=["point", "points", "line", "bow", "flat", "parts", "mixed", "height"],
)  # fmt: skip
def test_shapes_of_every_kind_have_a_place(shape: Geometry, rings: int, lines: int) -> None:
    row = one(shape)
    assert (len(row.get("rings", [])), len(row.get("lines", []))) == (rings, lines)
    low, high = degrees(X_M - 1, Y_M - 1), degrees(X_M + 10, Y_M + 10)
    assert all(a <= at <= b for a, at, b in zip(low, row["at"], high, strict=True))


@pytest.mark.parametrize(
    "shape",
    [None, Point(), Polygon(), GeometryCollection(), Point(np.nan, 1), Point(np.inf, 1),
     UNFINISHED],
)  # fmt: skip
def test_what_has_no_place_is_kept_without(shape: Geometry | None) -> None:
    assert not {"at", "rings", "lines"} & set(one(shape))


def test_no_column_of_rules_is_refused() -> None:
    with pytest.raises(SchemaError, match="rule"):
        page(pd.DataFrame({"message": ["?"]}))
    assert page(pd.DataFrame([{"rule": "G1"}]))["rows"][0]["severity"] == 0


def test_only_asked_for_the_page_has_findings() -> None:
    demo = Inventory.demo()
    plain = ParcelMap(demo).get_root().render()
    assert "Enping.FindingLayer = " not in plain
    assert "findings" not in data_of(plain)
    empty = ParcelMap(demo, findings=faults_frame([], demo.crs)).get_root().render()
    assert "Enping.FindingLayer = " in empty
    assert data_of(empty)["findings"]["rows"] == []


TEXTS = st.one_of(st.none(), st.text(max_size=12), st.floats(), st.sampled_from(["EP001", "T1"]))
SHAPES = st.one_of(
    st.none(),
    st.tuples(st.floats(), st.floats()).map(Point),
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 4e6)), min_size=3, max_size=6).map(Polygon),
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"rule": st.text(max_size=4), "geometry": SHAPES},
            optional=dict.fromkeys(
                ("severity", "parcel_ids", "message", "cure", "size", "unit", "value", "x", "y"),
                TEXTS,
            ),
        ),
        max_size=5,
    )
)
def test_whatever_a_file_says_becomes_plain_json(rows: list[dict[str, Any]]) -> None:
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=None if rows else ["rule", "geometry"], dtype=object),
        geometry="geometry",
        crs=HOME,
    )
    before = frame.copy()
    data = page(frame)
    assert json.loads(json_block(data)) == data
    assert len(data["rows"]) == len(rows)
    for row in data["rows"]:
        assert row["rule"] < len(data["rules"])
        assert set(row["plots"]) <= set(PLOTS.values())
        assert row["message"] is not None
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


# Files.


@pytest.fixture
def faults() -> gpd.GeoDataFrame:
    ground = box(X_M, Y_M, X_M + 20, Y_M + 10)
    made = [
        Fault("T1", "overlap_noise", "error", ("EP001", "EP002"), size=200, unit="m2",
              shape=ground),
        Fault("G5", "multipart", "info", ("EP003",), field="=1+1", value="-x", size=2,
              shape=Point(X_M, Y_M)),
        Fault("L1", "multipart", "warning", ("X9",), size=1),
    ]  # fmt: skip
    return faults_frame(made, HOME)


@pytest.mark.parametrize("kind", [".gpkg", ".geojson", ".xlsx"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_check_writes_is_read_back(
    faults: gpd.GeoDataFrame, tmp_path: Path, kind: str, lang: Language
) -> None:
    path = tmp_path / f"found{kind}"
    write_faults(faults, path)
    told = page(read_findings(path), lang)["rows"]
    for row, true in zip(told, page(faults, lang)["rows"], strict=True):
        assert {
            key: row.get(key) for key in ("severity", "plots", "elsewhere", "size", "rule")
        } == {key: true.get(key) for key in ("severity", "plots", "elsewhere", "size", "rule")}
        assert row.get("field") == true.get("field")
        assert row.get("value") == true.get("value")
        assert ("at" in row) == ("at" in true)
        assert row.get("at", []) == pytest.approx(true.get("at", []), abs=1e-7)
        if kind != ".xlsx":
            assert row == true


def test_english_workbooks_are_read_on_chinese_pages(
    faults: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENPING_LANG", "en")
    write_faults(faults, tmp_path / "found.xlsx")
    monkeypatch.delenv("ENPING_LANG")
    rows = page(read_findings(tmp_path / "found.xlsx"), "zh")["rows"]
    assert [row["severity"] for row in rows] == [0, 2, 1]
    assert rows[1]["message"] == faults["message_en"].iloc[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_tables_of_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "found.csv"
    lines = ["规则,级别,地块,问题,改法,大小,单位,东坐标,北坐标",
             f"T1 地块重叠,错误,EP001; EP002,重叠,'=改正,5,m2,{X_M},{Y_M}",
             ",,共 1 条,,,,,,"]  # fmt: skip
    path.write_text("\n".join(lines), encoding=encoding)
    (row,) = page(read_findings(path))["rows"]
    assert (row["rule"], row["severity"], row["plots"]) == (0, 0, [0, 1])
    assert (row["message"], row["cure"], row["size"]) == ("重叠", "=改正", "5.00 m²")
    assert row["at"] == pytest.approx(degrees(X_M, Y_M), abs=1e-7)


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_json_in_the_encodings_of_shells(tmp_path: Path, mark: bytes) -> None:
    document = {"meta": {"crs": "EPSG:3857 (web)"}, "rows": [found(x=12_500_000.0, y=2_500_000.0)]}
    text = json.dumps(document, ensure_ascii=False)
    path = tmp_path / "found.json"
    path.write_bytes(mark + text.encode())
    first = read_findings(path)
    assert first.crs.to_epsg() == 3857
    path.write_text(text, encoding="utf-16")
    pd.testing.assert_frame_equal(pd.DataFrame(read_findings(path)), pd.DataFrame(first))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "rule,severity,parcel_ids,x,y\n"),
        ("a.json", '{"meta": {"crs": "nowhere"}, "findings": [], "rows": []}'),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}'),
    ],
)
def test_a_clean_file_holds_nothing(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert len(read_findings(tmp_path / name)) == 0


OTHER = json.dumps(
    {"features": [{"type": "Feature", "properties": {"name": "x"}, "geometry": None}]}
)


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.csv", "parcel_id,name\nEP001,x\n", SchemaError),
        ("a.json", '{"rows": 5}', SourceError),
        ("a.json", "{", SourceError),
        ("a.json", '{"meta": {}}', SourceError),
        ("a.geojson", OTHER, SchemaError),
        ("a.gpkg", "SQLite format 3\0 and no more", SourceError),
        ("a.kml", "<kml/>", SourceError),
        ("a.pdf", "%PDF", SourceError),
        ("missing.csv", None, SourceError),
    ],
)  # fmt: skip
def test_another_file_is_refused_in_one_line(
    tmp_path: Path, name: str, content: str | None, error: type[Exception]
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(error) as caught:
        read_findings(tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_inventory_is_no_file_of_findings(tmp_path: Path) -> None:
    Inventory.demo().save(tmp_path / "office.gpkg")
    with pytest.raises(SchemaError, match=r"office\.gpkg"):
        read_findings(tmp_path / "office.gpkg")
    assert shapely.is_missing(read_findings_of_nothing(tmp_path).geometry.to_numpy()).all()


def read_findings_of_nothing(folder: Path) -> gpd.GeoDataFrame:
    """Read findings of which none has a place."""
    frame = faults_frame([Fault("L1", "multipart", "error", ("X9",), size=1)], HOME)
    write_faults(frame, folder / "nowhere.gpkg")
    return read_findings(folder / "nowhere.gpkg")
