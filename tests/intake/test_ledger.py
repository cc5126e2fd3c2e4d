"""Ledgers: headers, totals, notes, hidden rows, units; and a long search for faults."""

from __future__ import annotations

import datetime as dt
import io
import random
import time
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from enping_gis.errors import EnpingError, SourceError
from enping_gis.intake.raw import ROW
from enping_gis.intake.tables.grid import Merged, Sheet
from enping_gis.intake.tables.header import found_header, split_unit
from enping_gis.intake.tables.ledger import hidden_layers, layers_of, rows_of
from enping_gis.intake.tables.quantities import area_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from enping_gis.intake.raw import RawRows

Cells = list[list[object]]
CAMPAIGN_S = 300
HEAD: list[object] = ["地块编号", "地块名称", "面积（亩）", "镇街"]
PLAIN: Cells = [HEAD, ["a", "甲", 15.0, "君堂镇"], ["b", "乙", 30, None]]


def workbook(
    path: Path,
    rows: Sequence[Sequence[object]],
    change: Callable[[Worksheet], object] | None = None,
) -> Path:
    """Write rows to a sheet called 台账."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    for row in rows:
        page.append(list(row))
    if change is not None:
        change(page)
    book.save(path)
    return path


def only(path: Path, layer: str | None = None) -> RawRows:
    """Read the one table of a file."""
    name = layer or layers_of(path)[0].name
    (rows,) = rows_of(path, name, shown=path.name)
    return rows


def told(rows: RawRows, *severities: str) -> list[tuple[str, str]]:
    """Return rule and cell of the findings, by default of warnings and errors."""
    wanted = severities or ("warning", "error")
    return [(each.rule, each.cell) for each in rows.findings if each.severity in wanted]


def test_a_plain_ledger(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", PLAIN)
    (layer,) = layers_of(path)
    assert (layer.name, layer.geometry, layer.rows) == ("台账", "None", 2)
    assert layer.columns == (*map(str, HEAD), "stated_mu")
    rows = only(path)
    expected = pd.DataFrame(
        {
            ROW: [2, 3],
            "地块编号": pd.Series(["a", "b"], dtype=object),
            "地块名称": pd.Series(["甲", "乙"], dtype=object),
            "面积（亩）": [15, 30],
            "镇街": pd.Series(["君堂镇", None], dtype=object),
            "stated_mu": [15.0, 30.0],
        }
    )
    pd.testing.assert_frame_equal(rows.frame, expected)
    assert (rows.file, rows.layer, rows.driver, rows.shapes) == ("a.xlsx", "台账", "XLSX", None)
    assert rows.letters == {**dict(zip(HEAD, "ABCD", strict=True)), "stated_mu": "C"}
    assert (rows.rows_in, rows.findings) == (2, ())


def test_text_and_workbook_give_the_same(tmp_path: Path) -> None:
    book = only(workbook(tmp_path / "a.xlsx", PLAIN))
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in PLAIN]
    for codec in ("utf-8", "gbk", "utf-16"):
        (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode(codec))
        text = only(tmp_path / "a.csv")
        assert (
            text.frame.astype(str)
            .replace("None", "nan")
            .drop(columns="面积（亩）")
            .equals(book.frame.astype(str).replace("None", "nan").drop(columns="面积（亩）"))
        )
        assert text.driver == "CSV"


def test_what_stands_around_the_rows_is_no_plot(tmp_path: Path) -> None:
    rows: Cells = [
        ["恩平市低效用地台账"],
        ["填报单位：恩平市自然资源局", None, "单位：公顷"],
        ["编号", "名称", "用地面积"],
        [1, 2, 3],
        ["a", "甲", 1.0],
        ["小 计", None, 1.0],
        ["编号", "名称", "用地面积"],
        [],
        ["b", "合计里地块", "2.0"],
        ["君堂镇小计", None, 2],
        ["合计（2宗）", None, 3],
        ["其中：工业用地", None, 3],
        ["备注：以实测为准"],
        ["填表人：张三", None, "审核人：李四"],
    ]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert result.frame["编号"].tolist() == ["a", "b"]
    assert result.frame["stated_ha"].tolist() == [1.0, 2.0]
    assert told(result) == []
    aside = {each.row: each.rule for each in result.findings}
    total, note = "total_row", "note_row"
    assert aside == {1: note, 2: note, 4: note, 6: total, 7: note, 10: total, 11: total, 12: total,
                     13: note, 14: note}  # fmt: skip


def test_a_total_without_a_word(tmp_path: Path) -> None:
    rows: Cells = [*PLAIN, [None, None, 45.0, None]]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert len(result.frame) == 2
    assert told(result) == [("total_row", "C4")]
    differs = only(workbook(tmp_path / "b.xlsx", [*PLAIN, [None, None, 44.0, None]]))
    assert len(differs.frame) == 3


def test_hidden_rows_and_sheets(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.row_dimensions[3].hidden = True
        other = page.parent.create_sheet("旧表")
        for row in PLAIN:
            other.append(row)
        other.sheet_state = "hidden"
        page.parent.create_sheet("说明").append(["只有一句话"])
        page.parent.create_sheet("空")

    path = workbook(tmp_path / "a.xlsx", PLAIN, change)
    assert [layer.name for layer in layers_of(path)] == ["台账"]
    result = only(path)
    assert result.frame["地块编号"].tolist() == ["a"]
    assert result.rows_in == 2
    assert told(result) == [("sheet_hidden", ""), ("row_hidden", "A3")]
    assert told(result, "info") == [("sheet_no_table", "")]
    assert hidden_layers(path) == ("旧表",)
    assert len(only(path, "旧表").frame) == 2
    with pytest.raises(SourceError) as error:
        only(path, "无此表")
    assert error.value.code == "error.layer"


def test_rows_that_a_filter_hides_are_read(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.auto_filter.ref = "A1:D3"
        page.auto_filter.add_filter_column(0, ["a"])
        page.row_dimensions[3].hidden = True

    result = only(workbook(tmp_path / "a.xlsx", PLAIN, change))
    assert len(result.frame) == 2
    assert told(result) == []
    assert told(result, "info") == [("rows_filtered", "")]


def test_only_hidden_sheets_or_no_table(tmp_path: Path) -> None:
    def hide(page: Worksheet) -> None:
        page.sheet_state = "hidden"
        page.parent.create_sheet("封面").append(["恩平市"])

    with pytest.raises(SourceError) as error:
        layers_of(workbook(tmp_path / "a.xlsx", PLAIN, hide))
    assert error.value.code == "error.sheets_hidden"
    for content in (b"", b"\n", b"1,2\n3,4\n"):
        (tmp_path / "a.csv").write_bytes(content)
        with pytest.raises(SourceError) as error:
            layers_of(tmp_path / "a.csv")
        assert error.value.code == "error.no_table"
    with pytest.raises(SourceError):
        layers_of(tmp_path / "missing.csv")


def test_a_header_alone_is_said(tmp_path: Path) -> None:
    result = only(workbook(tmp_path / "a.xlsx", [HEAD]))
    assert result.frame.empty
    assert told(result) == [("no_rows", "")]


def test_units_of_cell_header_and_title(tmp_path: Path) -> None:
    head: list[object] = ["编号", "面积（公顷）", "建筑面积（万㎡）"]
    rows: Cells = [head, ["a", "约20.6", 1.5], ["b", "308.93亩", "2"], ["c", "12万平方米", "—"],
            ["d", "20.6公顷（309亩）", None], ["e", "待测", "100㎡"], ["f", -1, None],
            ["g", "１，２３４．５", "无"]]  # fmt: skip
    result = only(workbook(tmp_path / "a.xlsx", rows))
    nan = None
    frame = result.frame.astype(object).where(result.frame.notna(), None)
    assert frame["stated_ha"].tolist() == [20.6, nan, 12.0, 20.6, nan, nan, 1234.5]
    assert frame["stated_mu"].tolist() == [nan, 308.93, nan, 309.0, nan, nan, nan]
    assert frame["floor_area_m2"].tolist() == [15000.0, 20000.0, nan, nan, 100.0, nan, nan]
    assert frame["面积（公顷）"].tolist()[:2] == ["约20.6", "308.93亩"]
    assert told(result) == [("figure_unread", "B6"), ("area_negative", "B7")]
    assert ("figure_approximate", "B2") in told(result, "info")
    assert ("figure_unit", "B3") in told(result, "info")


def test_an_area_without_a_unit_is_not_guessed(tmp_path: Path) -> None:
    result = only(workbook(tmp_path / "a.xlsx", [["编号", "面积"], ["a", 15.0], ["b", "2亩"]]))
    assert result.frame["stated_mu"].tolist()[1] == 2.0
    assert result.frame["stated_mu"].isna().tolist() == [True, False]
    assert told(result) == [("area_unit_unknown", "B2")]


def test_headers_of_two_rows(tmp_path: Path) -> None:
    rows: Cells = [["编号", "基本情况", None, "用地面积", None, "企业"],
            [None, "名称", "镇街", "公顷", "亩", "名称"],
            ["a", "甲", "君堂镇", 1, 15, "某厂"]]  # fmt: skip

    def merge(page: Worksheet) -> None:
        for block in ("A1:A2", "B1:C1", "D1:E1"):
            page.merge_cells(block)

    names = ["编号", "名称", "镇街", "用地面积(公顷)", "用地面积(亩)", "企业名称"]
    for path in (workbook(tmp_path / "a.xlsx", rows, merge), tmp_path / "b.csv"):
        if path.suffix == ".csv":
            lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
            path.write_text("\n".join(lines), encoding="utf-8")
        result = only(path)
        assert list(result.frame.columns)[:7] == [ROW, *names]
        assert result.frame[ROW].tolist() == [3]
        assert (result.frame["stated_ha"][0], result.frame["stated_mu"][0]) == (1.0, 15.0)


def test_names_of_columns_are_unique_and_none_is_lost(tmp_path: Path) -> None:
    rows: Cells = [["编号", "备注", "备注", None, "*面积\n（亩）"], ["a", "x", "y", "z", 1.0, "w"]]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert list(result.frame.columns) == [
        ROW, "编号", "备注", "备注_2", "column_D", "面积 （亩）", "column_F", "stated_mu",
    ]  # fmt: skip
    assert [each.cell for each in result.findings if each.rule == "column_unnamed"] == ["D2", "F2"]


def test_merged_cells_of_data(tmp_path: Path) -> None:
    rows: Cells = [
        HEAD,
        ["a", "甲", 15.0, "君堂镇"],
        ["b", "乙", None, None],
        ["c", "丙", 1.0, None],
    ]

    def merge(page: Worksheet) -> None:
        page.merge_cells("D2:D4")
        page.merge_cells("C2:C3")

    result = only(workbook(tmp_path / "a.xlsx", rows, merge))
    assert result.frame["镇街"].tolist() == ["君堂镇"] * 3
    # One figure for two plots is not counted twice.
    assert result.frame["stated_mu"].sum() == 16.0
    assert told(result) == [("merged_figure", "C2")]
    assert told(result, "info") == [("merged_filled", "D2")]


def test_long_codes(tmp_path: Path) -> None:
    code = "4407850010010000001"
    rows: Cells = [HEAD, [code, "甲", 1.0, None], [int(code), "乙", 1.0, None]]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert result.frame["地块编号"][0] == code
    assert isinstance(result.frame["地块编号"][1], str)
    assert told(result) == [("code_digits_lost", "A3")]
    (tmp_path / "a.csv").write_text(f"编号,名称\n{code},甲\n4.40785E+18,乙\n", encoding="utf-8")
    text = only(tmp_path / "a.csv")
    assert text.frame["编号"].tolist() == [code, "4.40785E+18"]
    assert told(text) == [("code_digits_lost", "A3")]


def test_errors_and_formulas_name_their_cells(tmp_path: Path) -> None:
    rows: Cells = [
        HEAD,
        ["a", "甲", "=1+1", "#REF!"],
        ["b", "乙", 2.0, "x"],
        ["合计", None, "=SUM(C2:C3)"],
    ]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert sorted(told(result)) == [("cell_error", "D2"), ("formula_uncached", "C2")]
    assert result.frame["stated_mu"].isna().tolist() == [True, False]
    finding = next(each for each in result.findings if each.rule == "cell_error")
    assert finding.message("zh").startswith("工作表“台账”D2 单元格")
    assert finding.field == "镇街"


def test_days_stay_days(tmp_path: Path) -> None:
    # A sheet knows no time zone.
    midnight, moment = (dt.datetime(2023, 3, 30, *more) for more in ((), (8, 30)))  # noqa: DTZ001 - see above
    rows: Cells = [["编号", "供地时间"], ["a", midnight], ["b", moment], ["c", "2023.3.30"]]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert result.frame["供地时间"].tolist() == [dt.date(2023, 3, 30), moment, "2023.3.30"]


def test_plain_numbers_of_days_in_a_workbook_of_1904(tmp_path: Path) -> None:
    def old(page: Worksheet) -> None:
        page.parent.epoch = CALENDAR_MAC_1904

    cells: Cells = [["编号", "截止日期", "面积（亩）"], ["a", 43138, 43138]]
    rows = only(workbook(tmp_path / "a.xlsx", cells, old))
    assert rows.frame["截止日期"].tolist() == [dt.date(2022, 2, 8)]
    assert rows.frame["stated_mu"].tolist() == [43138]
    assert told(rows, "info") == [("date_1904", "B2")]
    plain = only(workbook(tmp_path / "b.xlsx", cells))
    assert plain.frame["截止日期"].tolist() == [43138]
    assert told(plain, "info") == []


def test_rows_struck_through_are_read_and_named(tmp_path: Path) -> None:
    def strike(page: Worksheet) -> None:
        for row, columns in ((2, 4), (3, 1)):
            for column in range(1, columns + 1):
                page.cell(row, column).font = Font(strike=True)

    rows = only(workbook(tmp_path / "a.xlsx", PLAIN, strike))
    assert rows.frame["地块编号"].tolist() == ["a", "b"]
    assert told(rows, "info") == [("row_struck", "A2")]


def test_floor_areas_without_a_unit_are_square_metres(tmp_path: Path) -> None:
    rows = only(workbook(tmp_path / "a.xlsx", [["编号", "建筑面积"], ["a", "1,234.5"], ["b", 10]]))
    assert rows.frame["floor_area_m2"].tolist() == [1234.5, 10]
    assert told(rows, "info", "warning") == [("floor_area_unit", "B2")]


def test_rows_of_shares_and_means_are_no_plots(tmp_path: Path) -> None:
    rows = only(workbook(tmp_path / "a.xlsx", [*PLAIN, ["平均", None, 22.5], ["占比", None, 1]]))
    assert rows.frame["地块编号"].tolist() == ["a", "b"]
    assert told(rows, "info") == [("total_row", "A4"), ("total_row", "A5")]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("编号,名称,镇街\na,甲,君堂镇\nb,乙", ["row_cut"]),
        ("编号,名称,镇街\nb,乙", ["row_cut"]),
        ("编号,名称,镇街\nb,乙\n", []),
        ("编号,名称,镇街\nb,乙,君堂镇", []),
    ],
)
def test_a_text_that_ends_within_a_row(tmp_path: Path, text: str, rules: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert [rule for rule, _ in told(only(path))] == rules


def test_a_damaged_cell_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,名称\na,甲\0地\n".encode())
    (finding,) = only(path).findings
    assert (finding.rule, finding.cell, finding.value) == ("text_damaged", "B2", "甲\0地")


def test_rows_of_a_text_that_cannot_be_divided(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        '编号,名称,面积（亩）\na,"甲,1\nb,乙\nc,丙,1,234.5\nd,丁,2\n', encoding="utf-8"
    )
    result = only(tmp_path / "a.csv")
    assert result.frame["编号"].tolist() == ["a", "b", "d"]
    assert told(result) == [("row_shifted", "A4"), ("quote_kept", "A2")]
    assert result.rows_in == 4


def test_a_figure_torn_by_its_comma_costs_its_row(tmp_path: Path) -> None:
    lines = [
        "编号,名称,面积（亩）,镇街,备注",
        "a,甲,1,君堂镇,",
        "b,乙,1,234.5,君堂镇,",
        "c,丙,2,君堂镇,,",
    ]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    result = only(tmp_path / "a.csv")
    assert result.frame["编号"].tolist() == ["a", "c"]
    assert told(result) == [("row_shifted", "A3")]


def test_a_second_table_is_not_read_as_plots(tmp_path: Path) -> None:
    rows: Cells = [
        *PLAIN,
        [],
        ["地块编号", "镇街", "面积（公顷）", "备注"],
        ["c", "君堂镇", 1.0, "x"],
    ]
    result = only(workbook(tmp_path / "a.xlsx", rows))
    assert result.frame["地块编号"].tolist() == ["a", "b"]
    assert told(result) == [("second_table", "A5")]


def test_the_form_of_one_plot_is_no_table(tmp_path: Path) -> None:
    rows: Cells = [["地块编号", "a"], ["地块名称", "甲"], ["面积（亩）", "15"], ["镇街", "君堂镇"]]
    with pytest.raises(SourceError) as error:
        layers_of(workbook(tmp_path / "a.xlsx", rows))
    assert error.value.code == "error.no_table"


def test_zeros_that_a_format_shows_belong_to_the_code(tmp_path: Path) -> None:
    def show(page: Worksheet) -> None:
        page["A2"].number_format = "0000"

    result = only(workbook(tmp_path / "a.xlsx", [HEAD, [12, "甲", 1, None]], show))
    assert result.frame["地块编号"].tolist() == ["0012"]


def test_corners_make_a_layer_of_shapes(tmp_path: Path) -> None:
    rows: Cells = [["坐标系：2000国家大地坐标系"], ["编号", "点号", "X", "Y"], ["a", "J1", 0, 0],
            [None, "J2", 0, 1], [None, "J3", 1, 1], ["合计", None, None, None]]  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", rows)
    (layer,) = layers_of(path)
    assert (layer.geometry, layer.rows, layer.may_hold_parcels) == ("Unknown", 3, True)
    result = only(path)
    assert result.shapes is not None
    assert result.shapes[0].area == 0.5
    assert result.hints.datum == "cgcs2000"
    assert (result.rows_in, len(result.frame)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "base", "unit"),
    [
        ("用地面积（亩）", "用地面积", "mu"),
        ("面积/公顷", "面积", "ha"),
        ("面积(单位：平方米)", "面积", "m2"),
        ("面积亩", "面积", "mu"),
        ("亩", "", "mu"),
        ("area_mu", "area", "mu"),
        ("form", "form", ""),
        ("面积【万亩】", "面积", "wan_mu"),
        ("面积（实测）", "面积(实测)", ""),
        ("", "", ""),
    ],
)
def test_the_unit_in_a_header(name: str, base: str, unit: str) -> None:
    assert split_unit(name) == (base, unit)


def test_which_columns_state_areas() -> None:
    assert [each.name for each in area_columns(["面积", "用地面积（亩）"])] == ["用地面积（亩）"]
    assert [each.unit for each in area_columns(["面积"], "ha")] == ["ha"]
    assert area_columns(["stated_mu", "已盘活面积（亩）", "投资（亿元）", "编号"]) == []
    assert [each.name for each in area_columns(["占地（亩）", "面积（亩）"])] == ["占地（亩）"]


def test_a_header_below_merged_titles() -> None:
    sheet = Sheet("a", {1: {1: "台账"}, 3: {1: "编号", 2: "面积（亩）"}, 4: {1: "a", 2: 1}},
                  merged=(Merged(1, 1, 2, 2),))  # fmt: skip
    header = found_header(sheet)
    assert header is not None
    assert (header.top, header.bottom, dict(header.names)) == (3, 3, {1: "编号", 2: "面积（亩）"})


WORDS = ["合计", "小计", "编号", "面积", "亩", "备注：", "X", "Y", "点号", "POLYGON ((0 0", "12亩",
         "约3公顷", "—", "2023年3月30日"]  # fmt: skip
CELL = st.one_of(
    st.none(),
    st.integers(-5, 10**19),
    st.floats(),
    st.booleans(),
    st.text(max_size=6),
    st.sampled_from(WORDS),
)


@given(st.lists(st.lists(CELL, max_size=5), max_size=9), st.data())
def test_any_sheet_is_read_or_refused(grid: list[list[object]], data: st.DataObject) -> None:
    from enping_gis.intake.tables.ledger import _Table  # noqa: PLC0415 - looks inside

    rows = {
        number: {place: cell for place, cell in enumerate(cells, 1) if cell is not None}
        for number, cells in enumerate(grid, 1)
    }
    rows = {number: cells for number, cells in rows.items() if cells}
    corner = st.integers(1, 6)
    blocks = data.draw(st.lists(st.tuples(corner, corner, corner, corner), max_size=2))
    merged = tuple(Merged(a, b, a + c - 1, b + d - 1) for a, b, c, d in blocks)
    sheet = Sheet(
        "a", rows, merged=merged, hidden=frozenset(data.draw(st.sets(corner, max_size=1)))
    )
    header = found_header(sheet)
    if header is None:
        return
    assert len(set(header.names.values())) == len(header.names)
    table = _Table(sheet, header, {"file": "a", "layer": "a"})
    frame = table.frame()
    aside = {each.row for each in table.findings if each.rule in
             {"total_row", "note_row", "row_hidden"}}  # fmt: skip
    # Every row of the sheet is header, plot, or named.
    header_rows = set(range(header.top, header.bottom + 1))
    assert set(frame[ROW]) | aside | header_rows >= set(rows)
    assert not set(frame[ROW]) & (aside | header_rows)


# A long search for faults.


def _strange(source: random.Random) -> object:
    words = ["合计", "小计", "面积（亩）", "约20.6公顷", "=1/0", "=A1", "#REF!", "", " ", "—", "X",
             "Y", "x1", "y1", "经度", "坐标", "点号", "WKT", "POLYGON ((0 0, 1 1, 1 0, 0 0))",
             "SRID=1;POINT(", "0,0;1,1;1,0", '{"type":"Polygon"', "2022-02-30", "1e999", "备注：",
             "'", '"', "（亩", "甲" * 40]  # fmt: skip
    numbers = [0, -1, 1e308, 10**18, 44600, 1e-320, True, dt.date(1900, 1, 1), dt.time(1, 2)]
    long = "亩" * source.randrange(300)
    return source.choice([*words, *numbers, None, long, source.random() * 10**7])


def _random_book(source: random.Random) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    heads: list[object] = [*HEAD, "X", "Y", "点号"]
    page.append(source.sample(heads, source.randrange(1, 7)))
    for _ in range(source.randrange(12)):
        page.append([_strange(source) for _ in range(source.randrange(1, 8))])
    for _ in range(source.randrange(4)):
        page.cell(source.randrange(1, 14), source.randrange(1, 9)).value = _strange(source)
    for _ in range(source.randrange(3)):
        top, left = source.randrange(1, 12), source.randrange(1, 8)
        page.merge_cells(start_row=top, start_column=left, end_row=top + source.randrange(3),
                         end_column=left + source.randrange(1, 3))  # fmt: skip
    page.row_dimensions[source.randrange(1, 12)].hidden = source.random() < 0.3
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _torn(source: random.Random, content: bytes) -> bytes:
    """Change, cut or double a few bytes."""
    torn = bytearray(content)
    for _ in range(source.randrange(1, 6)):
        place = source.randrange(len(torn) or 1)
        kind = source.randrange(4)
        if kind == 0 and torn:
            torn[min(place, len(torn) - 1)] = source.randrange(256)
        elif kind == 1:
            del torn[place : place + source.randrange(40)]
        elif kind == 2:
            torn[place:place] = torn[place : place + source.randrange(40)]
        else:
            torn[place:place] = source.choice(
                [b'"', b"\0", b",", b"\r", b"\xff", b"\n\n", b";", b"'"]
            )
    return bytes(torn)


def _torn_parts(source: random.Random, content: bytes) -> bytes:
    """Change the bytes of a part inside the archive, so that the archive stays whole."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        chosen = source.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, _torn(source, part) if name == chosen else part)
    return stream.getvalue()


def _random_text(source: random.Random) -> bytes:
    sign = source.choice(",;\t")
    rows: list[list[object]] = [[*HEAD, "X", "Y"]]
    rows += [[_strange(source) for _ in range(6)] for _ in range(source.randrange(12))]
    lines = [sign.join("" if cell is None else str(cell) for cell in row) for row in rows]
    codec = source.choice(["utf-8", "gb18030", "utf-16", "utf-8-sig"])
    return _torn(source, "\n".join(lines).encode(codec, "replace"))


def _may_be_read(path: Path) -> None:
    refused = ""
    try:
        for layer in layers_of(path):
            for rows in rows_of(path, layer.name):
                count = len(rows.frame) if rows.shapes is None else len(rows.shapes)
                assert count == len(rows.frame)
                for finding in rows.findings:
                    assert finding.message("zh")
                    assert finding.cure("en")
    except EnpingError as error:
        refused = error.text("zh")
    assert not refused or str(path) in refused


def _search(folder: Path, seconds: float, seed: int) -> int:
    source = random.Random(seed)  # noqa: S311 - no secret, and it must come again
    begin, count = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        book = _random_book(source)
        kinds = [
            ("a.xlsx", book),
            ("b.xlsx", _torn_parts(source, book)),
            ("c.xlsx", _torn(source, book)),
        ]
        kinds += [(f"{n}.csv", _random_text(source)) for n in range(5)]
        for name, content in kinds:
            (folder / name).write_bytes(content)
            _may_be_read(folder / name)
            count += 1
    return count


def test_a_short_search_finds_no_fault(tmp_path: Path) -> None:
    assert _search(tmp_path, 3.0, 20230330) > 20


@pytest.mark.campaign
@pytest.mark.timeout(2 * CAMPAIGN_S)
def test_a_long_search_finds_no_fault(tmp_path: Path) -> None:
    seed = time.time_ns()
    try:
        assert _search(tmp_path, CAMPAIGN_S, seed) > 1000
    except BaseException as error:
        error.add_note(f"seed {seed}")
        raise
