"""Boundary-point files as people write them: what is read, and what is said of the rest."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import EnpingError, SourceError
from enping_gis.findings import findings_frame
from enping_gis.intake.files.look import checked_kind
from enping_gis.intake.points.points import layers_of, rows_of
from enping_gis.intake.points.text import holds_points, is_table
from enping_gis.intake.rings import nested
from enping_gis.intake.stream import layers

if TYPE_CHECKING:
    from pathlib import Path

    from enping_gis.intake.raw import RawRows

# A square of 100 m: X is northing. One hectare, 15 mu.
A, B, C, D = "1100,1200", "1100,1300", "1200,1300", "1200,1200"
SQUARE = shapely.box(1100, 1200, 1200, 1300)
NEAR = [f"{2_456_521 + x},{634_060 + y}" for x, y in ((0, 0), (0, 100), (100, 100), (100, 0))]
HEAD = "4,1.0,7,甲,面,,,,@"
FUZZING_S = 300


def shifted(pair: str, by: int = 1000) -> str:
    x, y = pair.split(",")
    return f"{int(x) + by},{int(y) + by}"


def lines(*pairs: str, ring: int = 1, first: int = 1) -> list[str]:
    return [f"J{number},{ring},{pair}" for number, pair in enumerate(pairs, first)]


def read_all(path: Path, *rows: str, **options: str) -> list[RawRows]:
    path = path / "p.txt"
    path.write_text("\n".join(rows), encoding="utf-8")
    return list(rows_of(path, "p", **options))


def read(path: Path, *rows: str, **options: str) -> RawRows:
    (only,) = read_all(path, *rows, **options)
    return only


def rules(rows: RawRows) -> list[str]:
    assert findings_frame(rows.findings).notna().any(axis=None) or not rows.findings
    return [each.rule for each in rows.findings]


def shape(rows: RawRows) -> shapely.Geometry:
    assert rows.shapes is not None
    assert len(rows.shapes) == 1
    return rows.shapes[0]


def test_a_plot_keeps_its_fields_and_its_numbers(tmp_path: Path) -> None:
    got = read(
        tmp_path,
        "[属性描述]", "坐标系=2000国家大地坐标系", "几度分带=3", "带号=37", "计量单位=米",
        "联系人=张=三", "[地块坐标]", "4,1.0000,7,燃气地块,面,F49,工业用地,061,@",
        *lines(A, B, C, D),
    )  # fmt: skip
    assert rules(got) == []
    assert shapely.equals(shape(got), SQUARE)
    row = got.frame.iloc[0]
    fields = ["_row", "地块编号", "地块名称", "图幅号", "地块用途", "地类编码", "地块面积"]
    assert row[fields].tolist() == [8, "7", "燃气地块", "F49", "工业用地", "061", "1.0000"]
    assert row["联系人"] == "张=三"
    assert row["stated_ha"] == 1
    assert np.isnan(row["stated_mu"])
    assert got.hints == (
        "cgcs2000", "坐标系=2000国家大地坐标系", True, 37, 3, "metre", True,
    )  # fmt: skip
    assert (got.driver, got.rows_in, got.encoding.name) == ("boundary points TXT", 1, "UTF-8")


@pytest.mark.parametrize(
    ("stated", "datum"),
    [
        ("1980西安坐标系", "xian80"), ("80", "xian80"), ("北京54坐标系", "beijing54"),
        ("CGCS2000", "cgcs2000"), ("WGS84", "wgs84"), ("火星坐标", "gcj02"), ("", ""),
        ("地方坐标系", ""),
    ],
)  # fmt: skip
def test_the_datum_of_the_header(tmp_path: Path, stated: str, datum: str) -> None:
    got = read(tmp_path, f"坐标系={stated}", HEAD, *lines(A, B, C, D))
    assert got.hints.datum == datum


# Rings.

HOLE = ["1130,1230", "1130,1260", "1160,1260", "1160,1230"]
WITH_HOLE = SQUARE - shapely.box(1130, 1230, 1160, 1260)
OTHER = [shifted(pair) for pair in (A, B, C, D)]
TWO = shapely.MultiPolygon([SQUARE, shapely.box(2100, 2200, 2200, 2300)])


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (lines(A, B, C, D, *HOLE[:0]) + lines(*HOLE, ring=2, first=5), WITH_HOLE),
        (lines(*HOLE) + lines(A, B, C, D, ring=2), WITH_HOLE),  # the hole first
        (lines(A, B, C, D) + lines(*OTHER, ring=2, first=5), TWO),
        (lines(A, B, C, D, A, *OTHER, OTHER[0]), TWO),  # one number, each closed
        (lines(A, B, C, D, A, A, *OTHER, OTHER[0], OTHER[0]), TWO),  # closed twice
        ([*lines(A, B, C, D), f"J1,2,{A}"], SQUARE),  # closed under the next ring number
        ([*lines(A, B, C, D), "J1,2," + A, *lines(*OTHER, ring=2), "J5,3," + OTHER[0]], TWO),
        # A hole that touches at the first corner, not closed: it begins there, and closes nothing.
        (lines(A, B, C, D) + lines(A, "1120,1250", "1150,1250", ring=2),
         shapely.Polygon(SQUARE.exterior, [[(1100, 1200), (1120, 1250), (1150, 1250)]])),
    ],
)  # fmt: skip
def test_rings(tmp_path: Path, points: list[str], expected: shapely.Geometry) -> None:
    got = read(tmp_path, f"{len(points)},,7,甲,面,,,,@", *points)
    assert rules(got) == []
    assert shapely.equals(shape(got), expected)
    assert shape(got).is_valid


def test_equal_headlines_are_two_plots(tmp_path: Path) -> None:
    got = read(tmp_path, HEAD, *lines(A, B, C, D), HEAD, *lines(*OTHER))
    assert got.rows_in == len(got.frame) == 2
    assert got.frame["地块编号"].tolist() == ["7", "7"]


def test_a_garbled_closing_point_is_dropped(tmp_path: Path) -> None:
    points = [shifted(pair, 2_000_000) for pair in (A, B, C, D)]
    points = [pair.replace(",2001", ",37001") for pair in points]  # eastings with a zone number
    x = points[0].split(",")[0]
    got = read(tmp_path, "5,,7,甲,面,,,,@", *lines(*points, f"{x},{x}"))
    (finding,) = got.findings
    assert (finding.rule, finding.severity, finding.parcel) == ("point_far", "error", "7")
    assert shape(got).area == 10_000
    assert "6" in finding.message("en")  # the line


def test_a_corner_far_away_costs_the_plot(tmp_path: Path) -> None:
    got = read(tmp_path, "5,,7,甲,面,,,,@", *lines(A, B, C, D, "1150,9001200"))
    assert rules(got) == ["corner_far"]
    assert (got.rows_in, len(got.frame)) == (1, 0)


# Headlines.


@pytest.mark.parametrize(
    "headline",
    [
        "4,1.0,7,甲,面,,,@",
        "4,1.0,7,甲,面,,,,@",
        "4,1.0,7,甲,面,,,,",
        "4,1.0,7,甲,面",
        "4,1.0,7,甲,面,,,,,,,,,@",
        "4，1.0，7，甲，面，，，，＠",
        "4, 1.0, 7, 甲, 面, , , , @,",
        "4\t1.0\t7\t甲\t面\t\t\t\t@",
        "4,1.0,7,甲,,,,,@",
    ],
)  # fmt: skip
def test_headlines(tmp_path: Path, headline: str) -> None:
    got = read(tmp_path, headline, *lines(A, B, C, D))
    assert rules(got) == []
    assert got.frame[["地块编号", "地块名称", "stated_ha"]].iloc[0].tolist() == ["7", "甲", 1]


def test_thirteen_fields(tmp_path: Path) -> None:
    got = read(tmp_path, "4,1.0,7,甲,面,F,工业,061,旱地,0103,12,11,注,第十四,@", *lines(A, B, C, D))
    assert got.frame.iloc[0][["图斑类型", "改造后质量等别", "备注", "字段14"]].tolist() == [
        "旱地", "11", "注", "第十四",
    ]  # fmt: skip


def test_a_name_with_commas(tmp_path: Path) -> None:
    got = read(tmp_path, "4,1.0,7,甲,乙,面,F,,,@", *lines(A, B, C, D))
    assert got.frame[["地块名称", "图幅号"]].iloc[0].tolist() == ["甲,乙", "F"]
    got = read(tmp_path, "4,1.0,7,甲，乙（一期）,面,F,,,@", *lines(A, B, C, D))
    assert got.frame["地块名称"].item() == "甲，乙（一期）"


@pytest.mark.parametrize(
    ("area", "hectares", "mu", "found"),
    [
        ("1.002", 1.002, None, []),
        ("1.01", 1.01, None, []),  # its last digit may be rounded
        ("1.0100", 1.01, None, ["area_differs"]),
        ("1.02", 1.02, None, ["area_differs"]),
        ("15.10", None, 15.1, ["area_differs", "area_unit"]),
        ("10000", 1, None, ["area_unit"]),
        ("15", None, 15, ["area_unit"]),
        ("15亩", None, 15, ["area_unit"]),
        ("1公顷", 1, None, []),
        ("3.7", 3.7, None, ["area_differs"]),
        ("", None, None, []),
        ("约1", None, None, []),
    ],
)
def test_areas(
    tmp_path: Path, area: str, hectares: float | None, mu: float | None, found: list[str]
) -> None:
    got = read(tmp_path, f"4,{area},7,甲,面,,,,@", *lines(A, B, C, D).copy(), HEAD, *lines(*OTHER))
    assert rules(got) == found
    row = got.frame.iloc[0]
    assert [row["stated_ha"], row["stated_mu"]] == pytest.approx(
        [np.nan if hectares is None else hectares, np.nan if mu is None else mu], nan_ok=True
    )


@pytest.mark.parametrize(("count", "found"), [(4, []), (5, []), (6, ["point_count"]), ("四", [])])
@pytest.mark.parametrize("closed", [False, True])
def test_the_number_of_points(
    tmp_path: Path, count: object, found: list[str], *, closed: bool
) -> None:
    got = read(tmp_path, f"{count},1,7,甲,面,,,,@", *lines(A, B, C, D, *[A] * closed))
    assert rules(got) == found


# Points.


@pytest.mark.parametrize(
    "form",
    [
        "J{n},1,{x}.000,{y}.000", "{n},1,{x},{y}", "J{n}，1，{x}，{y}", "J{n}\t1\t{x}\t{y}",
        "J{n} 1 {x} {y}", "J{n},1,{x},{y},", "J{n},1,{x},{y},,,,,", "J{n}, 1 , {x} , {y}",
        "J{n},{x},{y}", "{n},{x},{y}", "{x},{y}", "{x}.0 {y}.0", "{x}.0,{y}.0,12.5",
        ",1,{x},{y}", "J{n},,{x},{y}", "J1-{n},1,{x},{y}", '"J{n}","1","{x}","{y}"',
        "J{n};1;{x};{y}", "界址{n},1,{x},{y}", "X={x},Y={y}", "J{n},1,X={x},Y={y}",
        "J{n},1.0,{x},{y}", "  J{n},1,{x},{y}  ", "J{n},1,{x},{y},35.2", "J{n},{x}.5,{y}.5,35.2",
    ],
)  # fmt: skip
def test_points_however_written(tmp_path: Path, form: str) -> None:
    rows = [
        form.format(n=n, x=pair.split(",")[0], y=pair.split(",")[1])
        for n, pair in enumerate((A, B, C, D), 1)
    ]
    got = read(tmp_path, HEAD, *rows)
    assert set(rules(got)) <= {"point_extra"}
    assert shape(got).area == 10_000
    assert shape(got).bounds[0] in {1100, 1100.5}


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\n\n", "\r\r\n", " \t\n"])
@pytest.mark.parametrize("headed", [True, False])
def test_line_ends_and_empty_lines(tmp_path: Path, ends: str, *, headed: bool) -> None:
    path = tmp_path / "p.txt"
    rows = [HEAD] * headed + lines(A, B, C, D, A)
    path.write_bytes(ends.join(["\ufeff# comment", "// another", *rows]).encode() + b"\n\x1a")
    (got,) = rows_of(path, "p")
    assert shapely.equals(shape(got), SQUARE)


def test_bare_coordinates(tmp_path: Path) -> None:
    (path := tmp_path / "p.txt").write_text("\n".join([A, B, C, D, "", *OTHER]))
    (got,) = rows_of(path, "p")
    assert rules(got) == ["headline_missing"]
    assert got.shapes is not None
    assert shapely.equals(shapely.union_all(got.shapes), TWO)
    assert len(got.shapes) == 2
    numbered = [f"{n},{pair}" for n, pair in enumerate((A, B, C, D), 1)]
    numbered += [f"{n},{pair}" for n, pair in enumerate(OTHER, 1)]
    assert len(read(tmp_path, *numbered).frame) == 2


@pytest.mark.parametrize(
    "bad",
    [
        "J3,1,12O0,1300",
        "J3,1,,",
        "J3,1,1200",
        "J3",
        "J3,1,nan,1300",
        "J3,1,1e999,1300",
        "J3,1,1_200,1300",
    ],
)
def test_a_broken_line_costs_its_plot_alone(tmp_path: Path, bad: str) -> None:
    broken = lines(A, B, C, D)
    broken[2] = bad
    got = read(tmp_path, HEAD, *broken, HEAD.replace(",7,", ",8,"), *lines(*OTHER))
    (finding,) = got.findings
    assert (finding.rule, finding.severity, finding.row) == ("point_line", "error", 1)
    assert finding.file.endswith("p.txt")
    assert finding.values["line"] == 4
    assert (got.rows_in, got.frame["地块编号"].tolist()) == (2, ["8"])
    assert got.frame["_row"].tolist() == [6]


def test_notes_are_named_and_cost_nothing(tmp_path: Path) -> None:
    got = read(tmp_path, "恩平市勘测成果", HEAD, *lines(A, B, C, D), "以下空白")
    assert rules(got) == ["line_unread", "line_unread"]
    assert [each.values["line"] for each in got.findings] == [1, 7]
    assert shapely.equals(shape(got), SQUARE)


@pytest.mark.parametrize(
    ("points", "rule"), [([], "points_missing"), (lines(A, B), "points_few")]
)  # fmt: skip
def test_a_plot_without_enough_points(tmp_path: Path, points: list[str], rule: str) -> None:
    got = read(tmp_path, HEAD, *points)
    assert rules(got) == [rule]
    assert (got.rows_in, len(got.frame)) == (1, 0)
    assert got.shapes is not None
    assert got.shapes.size == 0


def test_lines_and_points_are_kept_as_such(tmp_path: Path) -> None:
    got = read(tmp_path, "4,,7,甲,线,,,,@", *lines(A, B, C), "1,,8,乙,点,,,,@", *lines(A))
    assert got.shapes is not None
    assert [each.geom_type for each in got.shapes] == ["LineString", "MultiPoint"]


def test_every_header_has_its_own_hints(tmp_path: Path) -> None:
    half = ["[属性描述]", "带号=37", "[地块坐标]", HEAD, *lines(A, B, C, D)]
    first, second = read_all(tmp_path, *half, *[each.replace("37", "38") for each in half])
    assert (first.hints.zone, second.hints.zone) == (37, 38)
    assert (first.frame["_row"].tolist(), second.frame["_row"].tolist()) == ([4], [12])


def test_every_finding_about_a_plot_names_the_line_of_its_headline(tmp_path: Path) -> None:
    got = read(
        tmp_path, "[地块坐标]", "", HEAD, *lines(A, B), HEAD.replace(",1.0,", ",7,"),
        *lines(A, B, C, D), HEAD.replace("4,", "9,", 1), *lines(A, B, C, D),
    )  # fmt: skip
    found = {each.rule: each.row for each in got.findings}
    assert found == {"points_few": 3, "area_differs": 6, "point_count": 11}
    assert got.frame["_row"].tolist() == [6, 11]


@pytest.mark.parametrize("points", [lines(A, B), lines(A, B, A), lines(A, A, B, A, ring=3)])
def test_a_ring_of_two_points_names_its_line_and_their_number(
    tmp_path: Path, points: list[str]
) -> None:
    (finding,) = read(tmp_path, HEAD, *points).findings
    assert finding.rule == "points_few"
    assert "第 2 行起的一圈只有 2 个不同的点" in finding.message("zh")
    assert "line 2 on has only 2 different points" in finding.message("en")


@pytest.mark.parametrize(
    ("pair", "is_kept"),
    [
        ("2.456500E+06,3.763400E+07", False), ("2.4565E6,37634000.1", False),
        ("2456500.1,3.763400012E+07", True), ("2.456500123456e+06,3.763400012345e+07", True),
        ("2.21234567E+01,1.121234567E+02", True), ("2.2123E+01,1.12123E+02", False),
        ("-2.4E6,.3E8", False),
    ],
)  # fmt: skip
def test_coordinates_that_a_sheet_rounded(tmp_path: Path, pair: str, *, is_kept: bool) -> None:
    """A centimetre must still be there: 2.456500E+06 is only good to a metre."""
    x, y = map(float, pair.split(","))
    step = 10 if abs(x) > 360 else 1e-3
    others = lines(f"{x},{y + step}", f"{x + step},{y + step}", first=2)
    got = read(tmp_path, HEAD.replace("4,1.0", ","), f"J1,1,{pair}", *others)
    assert len(got.frame) == is_kept
    if not is_kept:
        (finding,) = got.findings
        assert (finding.rule, finding.severity, finding.row) == ("point_rounded", "error", 1)
        assert finding.values["line"] == 2
        assert pair in finding.message("zh")


def test_a_ring_with_a_way_to_its_hole(tmp_path: Path) -> None:
    """The outer ring is closed, then the hole, then the line comes back; all under one number."""
    second = ["1170,1270", "1170,1290", "1190,1290", "1190,1270"]
    both = WITH_HOLE - shapely.box(1170, 1270, 1190, 1290)
    one = lines(A, B, C, D, A, *HOLE, HOLE[0], A)
    two = lines(A, B, C, D, A, *HOLE, HOLE[0], A, *second, second[0], A)
    for points, expected in ((one, WITH_HOLE), (two, both)):
        got = read(tmp_path, ",,7,甲,面,,,,@", *points)
        assert rules(got) == []
        assert shapely.equals(shape(got), expected)


def test_a_way_that_leaves_from_another_corner(tmp_path: Path) -> None:
    """A-B-(hole and back)-B-C-D: the line between B and the hole is no boundary."""
    got = read(tmp_path, ",,7,甲,面,,,,@", *lines(A, B, *HOLE, HOLE[0], B, C, D))
    assert rules(got) == ["ring_bridged"]
    assert got.findings[0].row == 1
    assert shape(got).is_valid
    assert shapely.equals(shape(got), WITH_HOLE)


@pytest.mark.parametrize("mark", [",", "，", "、", ";", "；", "\t", "|"])
def test_separators(tmp_path: Path, mark: str) -> None:
    rows = [HEAD.replace("甲", "甲 地"), *lines(A, B, C, D)]
    got = read(tmp_path, *(each.replace(",", mark) for each in rows))
    assert rules(got) == []
    assert got.frame[["地块编号", "地块名称"]].iloc[0].tolist() == ["7", "甲 地"]
    assert shapely.equals(shape(got), SQUARE)


def test_marks_of_a_list_in_a_name_do_not_divide_it(tmp_path: Path) -> None:
    got = read(tmp_path, "4 1.0 7 甲、乙、丙、丁 面 @", *lines(A, B, C, D))
    assert got.frame["地块名称"].tolist() == ["甲、乙、丙、丁"]


@pytest.mark.parametrize(
    "headline",
    [
        '"4","1.0","7","甲","面","","","","@"', '"4,1.0,7,甲,面,,,,@"', '4,1.0,7,"甲",面,,,,@',
        '"4",1.0,"7","甲","面",,,,"@",,,', '"4"\t"1.0"\t"7"\t"甲"\t"面"\t""\t""\t""\t"@"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("quote", ["", '"'])
def test_quoted_cells(tmp_path: Path, headline: str, quote: str) -> None:
    points = [
        ",".join(f"{quote}{cell}{quote}" for cell in line.split(","))
        for line in lines(A, B, C, D)
    ]  # fmt: skip
    got = read(tmp_path, headline, *points)
    assert rules(got) == []
    fields = ["界址点数", "地块面积", "地块编号", "地块名称", "记录图形属性"]
    assert got.frame[fields].iloc[0].tolist() == ["4", "1.0", "7", "甲", "面"]
    assert shapely.equals(shape(got), SQUARE)


def test_a_quoted_name_keeps_its_commas_and_thousands_are_no_cells(tmp_path: Path) -> None:
    points = [line.replace("1100", '"1,100"').replace("1200", '"1,200.0"')
              for line in lines(A, B, C, D)]  # fmt: skip
    got = read(tmp_path, '4,1.0,7,"甲,乙",面,,"工,业",,@', *points)
    assert got.frame[["地块名称", "地块用途"]].iloc[0].tolist() == ["甲,乙", "工,业"]
    assert shapely.equals(shape(got), SQUARE)


def test_full_width(tmp_path: Path) -> None:
    wide = str.maketrans({chr(code - 0xFEE0): chr(code) for code in range(0xFF01, 0xFF5F)})
    header = ["坐标系=2000国家大地坐标系", "带 号=37", "计量单位=米", "几度分带=3"]
    rows = [*header, "4,1.0,44-7A,甲,面,,,,@", *lines(A, B, C, D)]
    got = read(tmp_path, *(each.translate(wide) for each in rows))
    (finding,) = got.findings
    assert (finding.rule, finding.severity, finding.row) == ("code_full_width", "info", 5)
    assert got.frame[["parcel_id", "地块编号"]].iloc[0].tolist() == ["44-7A", "４４－７Ａ"]
    assert got.frame["stated_ha"].tolist() == [1.0]
    assert got.hints[:1] + got.hints[2:] == ("cgcs2000", True, 37, 3, "metre", True)
    assert shapely.equals(shape(got), SQUARE)


def test_a_code_with_an_exponent_is_named(tmp_path: Path) -> None:
    got = read(tmp_path, HEAD.replace(",7,", ",4.40785E+18,"), *lines(A, B, C, D))
    assert rules(got) == ["code_digits_lost"]
    assert got.findings[0].row == 1


def test_points_under_the_suffix_of_another_kind(tmp_path: Path) -> None:
    """Survey software writes .dat, sheets write .csv and fill up the lines with commas."""
    survey = [f"{n},,{pair}.5,12.3" for n, pair in enumerate((A, B, C, D), 1)]
    padded = ["[属性描述],,,", "坐标系=CGCS2000,,,", "[地块坐标],,,", HEAD + ",,",
              *(f"{line},,," for line in lines(A, B, C, D))]  # fmt: skip
    table = ["台账,,", "编号,名称,面积", "1,甲,5.5", "2,乙,6.5", "3,丙,7.5"]
    for content, is_points in (
        (survey, True), (padded, True), (table, False), (table[1:], False), (table[2:], False),
        (["[属性描述]", "带号=37"], False), ([HEAD], False), ([], False),
    ):  # fmt: skip
        path = tmp_path / "p.dat"
        path.write_text("\r\n".join(content), encoding="gbk")
        assert holds_points(path) is is_points, content
        if is_points:
            assert checked_kind(path) == ".txt"
            (rows,) = rows_of(path, "p")
            assert len(rows.frame) == 1
    (tmp_path / "p.tab").write_text("!table")
    with pytest.raises(SourceError, match="MapInfo"):
        checked_kind(path)
    assert rows.hints.datum == "cgcs2000"
    path.write_bytes(b"\x03" + "\n".join(survey).encode())
    assert not holds_points(path)


def test_points_that_a_sheet_saved_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("\n".join([HEAD, *lines(*NEAR)]), encoding="gbk")
    (layer,) = layers(path)
    assert (layer.driver, layer.frame["地块编号"].tolist()) == ("boundary points TXT", ["7"])
    path.write_text(f"编号,WKT\n7,{shapely.box(634060, 2456521, 634160, 2456621).wkt!r}\n")
    (layer,) = layers(path)
    assert layer.driver == "CSV"


def test_traditional_characters(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    rows = ["坐標系=2000國家大地坐標系", "幾度分帶=3", "帶號=37", "計量單位=米",
            HEAD.replace("甲", "恩平市大槐鎮陶瓷廠"), *lines(A, B, C, D)]  # fmt: skip
    path.write_bytes("\n".join(rows).encode("big5"))
    (got,) = rows_of(path, "p")
    assert rules(got) == ["encoding_big5"]
    assert got.frame["地块名称"].tolist() == ["恩平市大槐鎮陶瓷廠"]
    assert got.hints == ("cgcs2000", rows[0], True, 37, 3, "metre", True)


# Degrees.


@pytest.mark.parametrize(
    ("unit", "points", "found"),
    [
        ("度", ["112.3,22.1", "112.301,22.1", "112.301,22.101"], ("degree", [])),
        ("度分秒", ["112.1830,22.06", "112.1835,22.06", "112.1835,22.0605"], ("dms", [])),
        ("", ["112.3,22.1", "112.301,22.1", "112.301,22.101"], ("", [])),
        ("米", ["112.3,22.1", "112.301,22.1", "112.301,22.101"], ("", ["header_unit"])),
        ("", ["112°18'00\",22°06'0\"", "112°18'3.6\",22°06'0\"", "112°18′3.6″,22°6′3.6″"],
         ("degree", [])),
        ("", ["112度18分0秒,22度6分0秒", "112度18分3.6秒,22度6分", "112度18分3.6秒,22度6分3.6秒"],
         ("degree", [])),
    ],
)  # fmt: skip
def test_degrees(
    tmp_path: Path, unit: str, points: list[str], found: tuple[str, list[str]]
) -> None:
    got = read(tmp_path, f"计量单位={unit}", "3,0.5,7,甲,面,,,,@", *lines(*points))
    assert (got.hints.unit, rules(got)) == found
    if found[0] == "degree":
        expected = [(112.3, 22.1), (112.301, 22.1), (112.301, 22.101)]
        assert shape(got).equals_exact(shapely.Polygon(expected), 1e-9)


# Encodings.


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8-SIG"), ("gbk", "GB18030"), ("gb18030", "GB18030"),
        ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16-LE"), ("utf-16-be", "UTF-16-BE"),
    ],
)  # fmt: skip
def test_encodings(tmp_path: Path, codec: str, name: str) -> None:
    path = tmp_path / "p.txt"
    path.write_bytes("\n".join([HEAD, *lines(A, B, C, D)]).encode(codec))
    (got,) = rows_of(path, "p")
    assert (got.frame["地块名称"].item(), got.encoding.name) == ("甲", name)
    (asked,) = rows_of(path, "p", encoding=codec)
    assert (asked.frame["地块名称"].item(), asked.encoding.how) == ("甲", "option")


def test_a_lost_byte_does_not_turn_the_text_into_another(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    content = "\n".join([HEAD.replace("甲", "恩平市米仓木材市场一带"), *lines(A, B, C, D)]).encode()
    path.write_bytes(content.replace("木".encode(), "木".encode()[:2]))
    (got,) = rows_of(path, "p")
    assert rules(got) == ["bytes_unread"]
    assert got.frame["地块名称"].item() == "恩平市米仓\ufffd材市场一带"


def test_refusals_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    for content in (b"", b"\x00" * 100, "没有坐标".encode(), b"1,x\n"):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=r"p\.txt"):
            list(rows_of(path, "p"))
    path.write_text("甲", encoding="gbk")
    with pytest.raises(SourceError, match=r"q\.txt"):
        list(rows_of(path, "p", encoding="utf-8", shown="q.txt"))
    for encoding in ("no-such", "hex"):
        with pytest.raises(SourceError, match=encoding):
            list(rows_of(path, "p", encoding=encoding))
    with pytest.raises(SourceError, match="gone"):
        list(rows_of(tmp_path / "gone.txt", "p"))


def test_tables_are_told_from_points(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    assert layers_of(path)[0].may_hold_parcels
    for content, table in [
        ("\n".join([HEAD, *lines(A, B, C, D)]), False),
        ("[地块坐标]\nJ1,1,2,3", False),
        (f"{A}\n{B}\n{C}", False),
        ("J1,1," + A, False),
        ("成果表,2023年\n" + HEAD, False),
        ("编号,名称\n1,甲\n2,乙\n3,丙", True),
        ("地块编号\t点号\tX\tY\nA\t1\t2456521\t634060", True),
        ("", False),
    ]:
        path.write_text(content, encoding="utf-8")
        assert is_table(path) is table, content


# Every shape, and any bytes.


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_squares_in_squares_in_any_order(depths: list[int], order: random.Random) -> None:
    """Even-odd: of rings in each other, every other one is a hole."""
    rings, expected = [], shapely.Polygon()
    for column, depth in enumerate(depths):
        for level in range(depth + 1):
            box = shapely.box(column * 100 + level, level, column * 100 + 50 - level, 50 - level)
            rings.append(box.exterior)
            expected = expected.symmetric_difference(box)
    order.shuffle(rings)
    (got,) = nested(np.array(rings), np.zeros(len(rings), dtype=int), 1)
    assert got.is_valid
    assert shapely.equals(got, expected)


SEED = "\n".join(
    ["[属性描述]", "坐标系=2000国家大地坐标系", "带号=37", "[地块坐标]", HEAD,
     *lines(A, B, C, D, A), *lines(*HOLE, ring=2), "4,15,8,乙，丙,面,,,,@", *lines(*OTHER),
     "112.3,22.1", "112°18'0\",22"]
)  # fmt: skip
PIECES = [
    "@", ",", "，", "\n", "\r", "=", "[", "】", "J1,1,1e308,-1e308", "nan", "inf", "-0", "9" * 400,
    "面", "线", "点", "\x00", "\ufeff", "°", "'", " ", "\t", "²", "٣", "_", "1", HEAD, A,
    '"', '","', '@"', "、", "|", "E+07", "e5", "；", "４", "J1,1,2.4E+06,3.7e7",
]  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    content = SEED
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(content) + 1)
        length = chance.choice([0, 0, 1, 3, 40])
        piece = chance.choice([*PIECES, content[at : at + 60]])
        content = content[:at] + piece + content[at + length :]
    raw = bytearray(
        content.encode(chance.choice(["utf-8", "gbk", "utf-16", "utf-8-sig"]), "replace")
    )
    for _ in range(chance.choice([0, 0, 1, 5])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw[: chance.choice([len(raw), len(raw), chance.randrange(len(raw) + 1)])])


def survives(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    if is_table(path):
        return  # the reader of tables has its own tests
    try:
        for rows in rows_of(path, "p"):
            assert rows.shapes is not None
            assert len(rows.shapes) == len(rows.frame) <= rows.rows_in
            aside = {each.row for each in rows.findings if each.severity == "error"}
            assert len(rows.frame) + len(aside) >= rows.rows_in
            findings_frame(rows.findings)
    except EnpingError as error:
        names_it = "p.txt" in str(error)
        assert names_it


@pytest.mark.parametrize("seed", range(200))
def test_damaged_files(tmp_path: Path, seed: int) -> None:
    survives(tmp_path / "p.txt", mutated(random.Random(seed)))  # noqa: S311 - no secret


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    survives(tmp_path_factory.getbasetemp() / "p.txt", content)


@pytest.mark.campaign
@pytest.mark.timeout(FUZZING_S + 60)
def test_files_damaged_at_random(tmp_path: Path) -> None:
    seed = time.time_ns()
    ends = time.monotonic() + FUZZING_S
    while time.monotonic() < ends:
        seed += 1
        try:
            survives(tmp_path / "p.txt", mutated(random.Random(seed)))  # noqa: S311 - no secret
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
