"""Workbooks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from enping_gis.errors import OutputError
from enping_gis.reports import workbook
from enping_gis.reports.model import DECIMALS, Column, Row, Table, as_cell
from enping_gis.reports.workbook import Book, Sheet, write_workbook
from enping_gis.units import half_up
from tests.reports.papers_read import ADDING, demo_book
from tests.reports.sample import HOSTILE, NOTICE, table

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 3


def read(book: Book, path: Path) -> Any:  # noqa: ANN401 - a workbook of a library
    write_workbook(book, path)
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - see above
    return read(demo_book("quarterly"), tmp_path_factory.mktemp("book") / "季度 通报.xlsx")


def test_sheets_stand_in_their_order(demo: Any) -> None:  # noqa: ANN401 - see above
    assert demo.sheetnames == [
        "总览", "单位对照", "单位状态", "本期变动", "逾期临期", "地块台账", "事件", "数字溯源",
        "说明",
    ]  # fmt: skip


def test_every_sheet_can_be_read_filtered_and_printed(demo: Any) -> None:  # noqa: ANN401 - see above
    for page, sheet in zip(demo.worksheets, demo_book("quarterly").sheets, strict=True):
        assert page["A1"].value == f"恩平市低效产业用地整治提升 · {sheet.name}"
        assert (page["A1"].font.name, page["A1"].font.size) == ("黑体", 16)
        assert "数据截至2023年3月30日" in page["A2"].value
        assert "110宗为程序合成" in page["A2"].value
        assert page["A3"].fill.fgColor.rgb == "FFF2F0EA"
        assert page.freeze_panes == ("C4" if sheet.name == "地块台账" else "B4")
        assert page.auto_filter.ref.startswith("A3:")
        assert page.print_title_rows == "$1:$3"
        assert page.page_setup.orientation == "landscape"
        on_paper = sheet.printed or len(sheet.table.columns)
        assert str(page.page_setup.paperSize) == ("9" if on_paper <= 10 else "8")
        assert (page.page_setup.fitToWidth or 1, page.sheet_properties.pageSetUpPr.fitToPage) == (
            1, True,
        )  # fmt: skip
        assert "演示数据" in page.oddHeader.right.text
        assert page.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_figures_are_numbers_and_printed_parts_add_up(demo: Any) -> None:  # noqa: ANN401 - see above
    """The cells of the file are compared, not what was meant to be written."""
    figures = 0
    for page, sheet in zip(demo.worksheets, demo_book("quarterly").sheets, strict=True):
        above: list[int] = []
        for number, row in enumerate(sheet.table.rows, start=HEAD + 1):
            if row.kind == "group":
                above = []
                continue
            for at, (column, own) in enumerate(
                zip(sheet.table.columns, row.cells, strict=True), start=1
            ):
                value, cell = as_cell(own).value, page.cell(number, at)
                if isinstance(value, int | Decimal):
                    assert cell.data_type == "n"
                    scale = 100 if column.form == "percent" else 1
                    back = Decimal(repr(cell.value)) * scale
                    digits = DECIMALS.get(column.form, 2)
                    assert half_up(back, digits) == half_up(Decimal(value), digits)
                    figures += 1
                if row.kind == "total" and above and column.form in ADDING and value is not None:
                    parts = [page.cell(each, at).value for each in above]
                    parts = [Decimal(repr(each)) for each in parts if each is not None]
                    assert sum(parts) == Decimal(repr(cell.value)), (sheet.name, column.heading)
            above = [*above, number] if row.kind == "plain" else []
    assert figures > 1_000


def test_no_cell_is_a_formula(demo: Any) -> None:  # noqa: ANN401 - see above
    for page in demo.worksheets:
        for row in page.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_texts_stay_texts_and_have_their_forms(tmp_path: Path) -> None:
    sample = table()
    rows = tuple(Row((None, words, words, *[None] * 5)) for words in HOSTILE[:-1])
    sheet = Sheet("x", "=title", "=line", Table(sample.columns, (*sample.rows, *rows)))
    page = read(Book((sheet,), "zh", "t", NOTICE, {}), tmp_path / "a.xlsx")["x"]
    assert (page["A1"].value, page["A1"].data_type) == ("=title", "s")
    for number, words in enumerate(HOSTILE[:-1], start=HEAD + len(sample.rows) + 1):
        for letter in "BC":
            assert (page[f"{letter}{number}"].value, page[f"{letter}{number}"].data_type) == (
                words, "s",
            )  # fmt: skip
    assert (page["B5"].value, page["B5"].data_type) == ("001", "s")  # an id keeps its zeros
    assert page["H5"].value == datetime(2023, 3, 30)  # noqa: DTZ001 - a cell has no zone
    forms = {letter: page[f"{letter}5"].number_format for letter in "DEFH"}
    assert forms == {"D": "#,##0.00", "E": "0.0000", "F": "0.00%", "H": "yyyy-mm-dd"}
    assert page["F5"].value == pytest.approx(0.3965)
    assert (page["D6"].value, page["E6"].value) == (0, None)
    assert page["D7"].font.bold
    assert page["D7"].border.top.style == "medium"
    assert page["C5"].border.left.style == "thick"
    assert page["C5"].border.left.color.rgb == "FF3FA87F"


@pytest.mark.parametrize("name", ["总览", "单位对照", "单位状态"])
def test_a_figure_leads_to_its_plots(demo: Any, name: str) -> None:  # noqa: ANN401 - see above
    page, traced = demo[name], demo["数字溯源"]
    links = [cell.hyperlink for row in page.iter_rows(min_row=HEAD + 1) for cell in row
             if cell.hyperlink]  # fmt: skip
    assert len(links) >= 12
    for link in links:
        sheet, _, target = link.location.partition("!")
        assert sheet.strip("'") == "数字溯源"
        heading = traced[target]
        assert "·" in heading.value
        number, total = heading.row + 1, Decimal(0)
        while traced.cell(number, 1).value != "合计":
            total += Decimal(repr(traced.cell(number, 5).value))
            assert str(traced.cell(number, 2).value).startswith("EP")
            number += 1
        assert total == Decimal(repr(traced.cell(number, 5).value))
        figure = page[link.ref]
        if figure.number_format == "#,##0.00":
            assert total == Decimal(repr(figure.value))


def test_the_chart_shows_every_unit_once(demo: Any) -> None:  # noqa: ANN401 - see above
    (chart,) = demo["单位对照"]._charts
    assert len(demo_book("quarterly").sheets[1].table.rows) == 14
    (marks,) = (other for other in chart._charts if other is not chart)
    series = [*chart.series, *marks.series]
    assert [each.val.numRef.f for each in series] == [
        "单位对照!$F$4:$F$16", "单位对照!$H$4:$H$16", "单位对照!$J$4:$J$16",
    ]  # fmt: skip


def test_the_notes_say_what_figures_are_made_from(demo: Any) -> None:  # noqa: ANN401 - see above
    notes = {row[0].value: row[1].value for row in demo["说明"].iter_rows(min_row=HEAD + 1)}
    assert notes["截至"] == "2023-03-30"
    assert notes["面积方法"].startswith("图斑椭球面积")
    assert len(notes["台账校验"].split()[1]) == 64
    assert "12个单位中12个的界线为示意" in notes["界线"]


def test_a_sheet_without_rows_says_so(tmp_path: Path) -> None:
    sheet = Sheet("x", "t", "l", Table((Column("a"),), ()))
    page = read(Book((sheet,), "zh", "t", "", {}), tmp_path / "a.xlsx")["x"]
    assert page["A4"].value == "本期无。"


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_SHEET_ROWS", 5)
    sheet = Sheet("x", "t", "l", Table((Column("a"),), (Row(("1",)),) * 3))
    with pytest.raises(OutputError):
        write_workbook(Book((sheet,), "zh", "t", "", {}), tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()
