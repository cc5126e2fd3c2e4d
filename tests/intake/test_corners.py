"""Shapes from the columns of a table: WKT, corners in rows, in columns, in one cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.intake.raw import ROW
from enping_gis.intake.tables.corner_columns import axis_of
from enping_gis.intake.tables.corners import Shaped, coordinate, shaped

SQUARE = [(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0)]
HOLE = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0)]
FAR = [(9.0, 9.0), (9.0, 10.0), (10.0, 10.0)]
WHERE: dict[str, Any] = {"file": "a.csv", "layer": "a"}


def table(**columns: list[Any]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    return pd.DataFrame({ROW: range(2, count + 2), **columns})


def read(frame: pd.DataFrame) -> Shaped:
    letters = {name: chr(64 + number) for number, name in enumerate(frame.columns)}
    return shaped(frame, letters, WHERE)


def corners(*rings: list[tuple[float, float]], code: str = "a", closed: bool = False) -> list[Any]:
    rows = []
    for number, ring in enumerate(rings, 1):
        points = [*ring, ring[0]] if closed else ring
        rows += [(code, f"J{n}", number, x, y) for n, (x, y) in enumerate(points, 1)]
    return rows


def by_rows(rows: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["编号", "点号", "圈号", "X", "Y"])
    frame.insert(0, ROW, range(2, len(rows) + 2))
    return frame


@pytest.mark.parametrize("closed", [False, True])
def test_corners_in_rows_become_rings_by_how_they_lie(*, closed: bool) -> None:
    rows = corners(SQUARE, HOLE, FAR, closed=closed) + corners(FAR, code="b", closed=closed)
    result = read(by_rows(rows))
    assert result.frame["编号"].tolist() == ["a", "b"]
    assert result.frame[ROW].tolist() == [2, 2 + len(corners(SQUARE, HOLE, FAR, closed=closed))]
    assert result.shapes is not None
    expected = shapely.MultiPolygon([shapely.Polygon(SQUARE, [HOLE]), shapely.Polygon(FAR)])
    assert result.shapes[0].equals(expected)
    assert [shape.area for shape in result.shapes] == [15.5, 0.5]
    assert (result.rows_in, result.findings) == (2, ())
    assert list(result.frame.columns) == [ROW, "编号"]


def test_a_blank_code_belongs_to_the_plot_above() -> None:
    frame = table(
        编号=["a", None, "", "b", np.nan, " "], X=[0, 0, 1, 5, 5, 6], Y=[0, 1, 1, 5, 6, 6]
    )
    result = read(frame)
    assert result.frame["编号"].tolist() == ["a", "b"]
    assert result.shapes is not None
    assert [shape.area for shape in result.shapes] == [0.5, 0.5]


def test_without_codes_a_first_point_begins_a_plot() -> None:
    frame = table(点号=["1", "2", "3", "1", "1", "2", "3"],
                  X=[0, 0, 1, 0, 5, 5, 6], Y=[0, 1, 1, 0, 5, 6, 6])  # fmt: skip
    result = read(frame)
    assert result.shapes is not None
    assert [shape.area for shape in result.shapes] == [0.5, 0.5]


def test_a_closing_point_with_the_number_of_the_next_ring() -> None:
    rows = [("a", f"J{n}", 1, x, y) for n, (x, y) in enumerate(SQUARE, 1)]
    result = read(by_rows([*rows, ("a", "J1", 2, 0.0, 0.0)]))
    assert result.shapes is not None
    assert result.shapes[0].equals(shapely.Polygon(SQUARE))
    assert result.findings == ()


def test_a_corner_that_is_none_costs_its_plot_alone() -> None:
    rows = corners(SQUARE) + corners(FAR, code="b") + corners(FAR[:2], code="c")
    rows[1] = ("a", "J2", 1, 0.0, "24565E1l")
    result = read(by_rows(rows))
    assert result.frame["编号"].tolist() == ["b"]
    assert [(each.rule, each.severity, each.row, each.cell) for each in result.findings] == [
        ("corner_unread", "error", 3, "E3"),
        ("ring_short", "error", 9, ""),
    ]
    assert result.rows_in == 3


def test_one_point_a_plot_is_no_boundary() -> None:
    result = read(table(编号=["a", "b", "c"], X=[1.0, 2.0, 3.0], Y=[1.0, 2.0, 3.0]))
    assert result.shapes is None
    assert [each.rule for each in result.findings] == ["points_only"]
    assert list(result.frame.columns) == [ROW, "编号", "X", "Y"]


@pytest.mark.parametrize(
    ("names", "unit", "northing_first", "turned"),
    [
        (("X", "Y"), "", True, False),
        (("纵坐标", "横坐标"), "", False, True),
        (("横坐标", "纵坐标"), "", False, False),
        (("N", "E"), "", False, True),
        (("Y坐标", "X坐标"), "", True, True),
        (("经度", "纬度"), "degree", False, False),
        (("纬度", "经度"), "degree", False, True),
        (("lon", "lat"), "degree", False, False),
        (("经度(GCJ02)", "纬度(GCJ02)"), "degree", False, False),
    ],
)
def test_what_the_names_of_columns_say(
    *, names: tuple[str, str], unit: str, northing_first: bool, turned: bool
) -> None:
    scale = 1 if unit else 1000
    first, second = [112.0, 112.0, 112.5], [22.0, 22.5, 22.5]
    columns = {names[0]: [x * scale for x in first], names[1]: [y * scale for y in second]}
    result = read(table(**columns))
    assert result.shapes is not None
    assert result.hints.unit == unit
    assert result.hints.northing_first == northing_first
    assert result.hints.datum == ("gcj02" if "GCJ02" in names[0] else "")
    x = shapely.get_coordinates(result.shapes[0])[0][0]
    assert x == (22.0 if turned else 112.0) * scale


def test_what_stands_above_names_the_datum() -> None:
    frame = table(X=[0, 0, 1], Y=[0, 1, 1])
    assert shaped(frame, {}, WHERE, "坐标系：1980西安坐标系").hints.datum == "xian80"
    assert shaped(frame, {}, WHERE, "西安80，北京54").hints.datum == ""


def test_corners_in_columns() -> None:
    row: dict[str, list[Any]] = {"编号": ["a", "b"]}
    for number, (x, y) in enumerate(SQUARE, 1):
        row |= {
            f"x{number}": [x, x if number < 4 else None],
            f"y{number}": [y, y if number < 4 else ""],
        }
    result = read(table(**row))
    assert result.shapes is not None
    assert [shape.area for shape in result.shapes] == [16.0, 8.0]
    assert list(result.frame.columns) == [ROW, "编号"]


@pytest.mark.parametrize(
    "cell",
    [
        "0,0;0,4;4,4;4,0",
        "0 0\n0 4\n4 4\n4 0",
        "0,0,5 0,4,5 4,4,5 4,0,5",
        "(0,0),(0,4),(4,4),(4,0)",
        "J1(0,0);J2(0,4);J3(4,4);J4(4,0)",
        "J1:0,0；J2:0,4；J3:4,4；J4:4,0",
        "０,０；０,４；４,４；４,０",
        "[[0,0],[0,4],[4,4],[4,0]]",
        "X=0,Y=0;X=0,Y=4;X=4,Y=4;X=4,Y=0;",
        "J1,0,0\nJ2,0,4\nJ3,4,4\nJ4,4,0",
        "0,0、0,4、4,4、4,0",
    ],
)
def test_corners_in_a_cell(cell: str) -> None:
    result = read(table(编号=["a", "b", "c"], 坐标=[cell, "112.1，?", None]))
    assert result.shapes is not None
    assert result.shapes[0].equals(shapely.Polygon(SQUARE))
    assert result.shapes[1] is None
    assert [(each.rule, each.cell) for each in result.findings] == [("corner_unread", "B3")]


def test_wkt_and_what_is_none() -> None:
    cells = [
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "SRID=4546;polygon((0 0,1 0,1 1,0 0))",
        "POLYGON ((0 0",
        "",
        "SRID=4547;POLYGON ((0 0, 1 0, 1 1, 0 0))",
        '{"type":"Point","coordinates":[1,2]}',
    ]
    result = read(table(编号=list("abcdef"), WKT=cells))
    assert result.frame["编号"].tolist() == ["a", "b", "d", "f"]
    assert result.shapes is not None
    assert [shape and shape.geom_type for shape in result.shapes] == [
        "Polygon",
        "Polygon",
        None,
        "Point",
    ]
    assert result.declared.to_epsg() == 4546
    assert [(each.rule, each.row) for each in result.findings] == [
        ("geometry_unread", 4),
        ("srid_mixed", 6),
    ]


def test_a_column_of_shapes_under_any_name() -> None:
    shape = shapely.Polygon(SQUARE)
    for cell in (shape.wkt, shape.wkb_hex, shapely.to_geojson(shape)):
        result = read(table(编号=["a"], 范围=[cell]))
        assert result.shapes is not None
        assert result.shapes[0].equals(shape)


def test_a_table_without_coordinates_stays_as_it_is() -> None:
    frame = table(编号=["a"], 名称=["POLYGON 公司"], 备注=["x"])
    result = read(frame)
    assert result.shapes is None
    pd.testing.assert_frame_equal(result.frame, frame)
    assert read(frame.iloc[:0]).shapes is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("112°15′36″", 112.26),
        ("东经112度15分36秒", 112.26),
        ("112°15.6′E", 112.26),
        ("22.5°", 22.5),
        ("2,458,823.1", 2458823.1),
        ("３７.５米", 37.5),
        (7, 7.0),
        (True, None),
        ("约5", None),
        ("x", None),
        (float("inf"), None),
        ("12亩", None),
        ("", None),
    ],
)
def test_a_coordinate(cell: object, value: float | None) -> None:
    found = coordinate(cell)
    assert found is None if value is None else found == pytest.approx(value, abs=1e-12)


@given(
    points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12),
    sign=st.sampled_from(["3", "x"]),
)
def test_any_corners_make_a_shape_or_a_finding(points: list[tuple[int, int]], sign: str) -> None:
    rows = [
        ("a", f"J{n}", n // 5, x, sign if x == y == 3 else y) for n, (x, y) in enumerate(points, 1)
    ]
    result = read(by_rows([*rows, *corners(FAR, code="b")]))
    assert result.shapes is not None
    assert len(result.shapes) == len(result.frame)
    assert len(result.frame) + len(result.findings) == result.rows_in == (2 if points else 1)


@pytest.mark.parametrize(
    "names",
    [
        ("X坐标(m)", "Y坐标(m)"), ("x坐标（米）", "y坐标（米）"), ("X/m", "Y/m"), ("X_m", "Y_m"),
        ("北(X)", "东(Y)"), ("纵坐标X(m)", "横坐标Y(m)"), ("纵坐标（米）", "横坐标（米）"),
        ("XZB", "YZB"), ("坐标-X", "坐标-Y"), ("X2000", "Y2000"), ("X【米】", "Y【米】"),
        ("X(单位：米)", "Y(单位：米)"), ("CGCS2000_X(m)", "CGCS2000_Y(m)"),
        ("纬度(°)", "经度(°)"), ("北纬（度）", "东经（度）"), ("B纬度(度分秒)", "L经度(度分秒)"),
        ("lat(deg)", "lon(deg)"),
    ],
)  # fmt: skip
def test_units_and_signs_in_the_names_of_coordinates(names: tuple[str, str]) -> None:
    xs, ys = zip(*SQUARE, strict=True)
    result = read(table(编号=["a"] * 4, **{names[0]: list(xs), names[1]: list(ys)}))
    assert result.shapes is not None
    assert result.shapes[0].area == 16
    assert list(result.frame.columns) == [ROW, "编号"]


@pytest.mark.parametrize("name", ["面积(m)", "经度差", "X光", "进度", "宽(m)", "N年", "E区"])
def test_other_names_are_no_coordinates(name: str) -> None:
    assert axis_of(name) is None


@pytest.mark.parametrize(
    ("south", "west"),
    [
        ((2456521.0, 2456600.5), (634060.0, 634100.0)),
        ((2456521.0, 2456600.5), (37634060.0, 37634100.0)),
        ((22.2, 22.201), (112.3, 112.301)),
    ],
)  # fmt: skip
def test_coordinates_under_names_that_say_nothing(
    south: tuple[float, float], west: tuple[float, float]
) -> None:
    columns = {"甲列": [south[0], south[1], south[1]], "乙列": [west[0], west[0], west[1]]}
    result = read(table(编号=["a"] * 3, **columns))
    assert (len(result.frame), result.rows_in) == (0, 3)
    (finding,) = result.findings
    assert (finding.rule, finding.severity) == ("corners_unnamed", "error")
    assert (finding.row, finding.value) == (2, "甲列, 乙列")


def test_numbers_of_single_plots_are_not_taken_for_corners() -> None:
    frame = table(编号=["a", "b", "c"], 甲=[22.2, 22.3, 22.1], 乙=[112.2, 112.3, 112.4])
    assert read(frame).frame.equals(frame)
    visits = table(编号=["a"] * 4, 甲=[22.2] * 4, 乙=[112.2] * 4)
    assert read(visits).frame.equals(visits)
    areas = table(编号=["a", "a", "a"], 面积=[22.2, 22.3, 22.1], 租金=[5000, 6000, 7000])
    assert read(areas).findings == ()


@given(st.permutations(range(7)))
def test_rows_of_several_plots_mixed_are_put_in_order_of_their_numbers(order: list[int]) -> None:
    rows = corners(SQUARE) + corners(FAR, code="b")
    result = read(by_rows([rows[n] for n in order]))
    assert result.shapes is not None
    areas = dict(zip(result.frame["编号"], (each.area for each in result.shapes), strict=True))
    rules = {each.rule for each in result.findings}
    if rules:
        assert rules == {"corners_sorted"}
        assert areas == {"a": 16, "b": 0.5}
    assert set(areas) == {"a", "b"}


def test_numbers_that_run_on_over_closed_rings_are_no_order() -> None:
    points = [*SQUARE, SQUARE[0], *HOLE, HOLE[0]]
    names = ["J1", "J2", "J3", "J4", "J1", "J5", "J6", "J7", "J8", "J5"]
    mine = [("a", name, 1, *point) for name, point in zip(names, points, strict=True)]
    others = corners(FAR, code="b")
    rows = [mine[0], others[0], *mine[1:], *others[1:]]
    result = read(by_rows(rows))
    assert result.frame["编号"].tolist() == ["b"]
    assert [each.rule for each in result.findings] == ["corners_scattered", "corners_sorted"]


def test_turns_of_plots_without_numbers_are_kept_aside() -> None:
    frame = table(编号=["a", "b"] * 3, X=[0, 5, 0, 5, 1, 6], Y=[0, 5, 1, 6, 1, 6])
    result = read(frame)
    assert [each.rule for each in result.findings] == ["corners_scattered"] * 2
    assert len(result.frame) == 0
    numbered = frame.assign(点号=["J1", "J1", "J2", "J2", "J3", "J3"])
    again = read(numbered)
    assert [each.rule for each in again.findings] == ["corners_sorted"]
    assert again.shapes is not None
    assert [each.area for each in again.shapes] == [0.5, 0.5]


def test_a_blank_coordinate_is_called_blank() -> None:
    result = read(table(编号=["a"] * 4, X=[0, 0, 4, 4], Y=[0, 4, None, 0]))
    (finding,) = result.findings
    assert (finding.rule, finding.row, finding.field) == ("corner_blank", 4, "Y")
    assert "None" not in finding.message()


def test_a_ring_of_a_text_that_does_not_close_is_closed() -> None:
    cells = ["POLYGON ((0 0, 0 4, 4 4, 4 0))", "POLYGON ((0 0, 1 1))", "POLYGON ((0 0, 0 4"]
    result = read(table(编号=["a", "b", "c"], WKT=cells))
    assert result.frame["编号"].tolist() == ["a"]
    assert result.shapes is not None
    assert result.shapes[0].area == 16
    assert [(each.rule, each.severity, each.row) for each in result.findings] == [
        ("ring_closed", "warning", 2),
        ("geometry_unread", "error", 3),
        ("geometry_unread", "error", 4),
    ]
