"""Cells of workbooks and of texts as they stand, and what a sheet says about them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import SourceError
from enping_gis.intake.tables.delimited import text_sheet
from enping_gis.intake.tables.formulas import uncomputed
from enping_gis.intake.tables.grid import Merged, Sheet, driver_of, workbook_sheets
from tests.hazards.biff import xls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from enping_gis.intake.raw import Encoding

HEAD = "地块编号,名称,面积（亩）"
ROWS = {1: {1: "地块编号", 2: "名称", 3: "面积（亩）"}, 2: {1: "a", 2: "甲", 3: "1.5"}}


def book_of(path: Path, change: Callable[[Worksheet], object] | None = None) -> Sheet:
    """Write a small workbook, change it, and read it."""
    book = openpyxl.Workbook()
    page = book.active
    for row in (["编号", "面积"], ["a", 1.5], ["b", 2], ["c", None]):
        page.append(row)
    if change is not None:
        change(page)
    book.save(path)
    return workbook_sheets(path)[0]


def text(path: Path, content: bytes, *, encoding: str | None = None) -> tuple[Sheet, Encoding]:
    path.write_bytes(content)
    return text_sheet(path, encoding=encoding)


def test_cells_keep_their_types_and_places(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page["D7"] = dt.datetime(2023, 3, 30)  # noqa: DTZ001 - a sheet has no zone
        page["E7"] = " "
        page["F7"] = True

    sheet = book_of(tmp_path / "a.xlsx", change)
    assert sheet.rows == {
        1: {1: "编号", 2: "面积"},
        2: {1: "a", 2: 1.5},
        3: {1: "b", 2: 2},
        4: {1: "c"},
        7: {4: dt.date(2023, 3, 30), 6: True},
    }
    assert sheet.visible
    assert driver_of(tmp_path / "a.xlsx") == "XLSX"


def test_what_is_hidden_or_merged_is_known(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.row_dimensions[2].hidden = True
        page.merge_cells("A3:B4")

    sheet = book_of(tmp_path / "a.xlsx", change)
    assert sheet.hidden == {2}
    assert not sheet.filtered
    assert sheet.merged == (Merged(3, 1, 4, 2),)


def test_a_filter_hides_no_row_by_hand(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page.auto_filter.ref = "A1:B3"
        page.auto_filter.add_filter_column(0, ["b"])
        page.row_dimensions[2].hidden = True
        page.row_dimensions[4].hidden = True

    sheet = book_of(tmp_path / "a.xlsx", change)
    assert sheet.hidden == {4}
    assert sheet.filtered == {2}


def test_formulas_that_nobody_computed(tmp_path: Path) -> None:
    def change(page: Worksheet) -> None:
        page["B2"] = "=1+1"

    assert book_of(tmp_path / "a.xlsx", change).uncomputed == {(2, 2)}
    book = xlsxwriter.Workbook(str(tmp_path / "b.xlsx"))
    page = book.add_worksheet("甲")
    page.write_formula("B2", "=1+1", None, 2)
    page.write_formula("B4", "=1+1")
    book.close()
    sheet = workbook_sheets(tmp_path / "b.xlsx")[0]
    assert sheet.rows == {2: {2: 2}, 4: {2: 0}}
    # A zero that waits for a spreadsheet to compute it is no value.
    assert sheet.uncomputed == {(4, 2)}


def test_a_formula_of_a_spreadsheet_may_be_zero_or_empty(tmp_path: Path) -> None:
    book_of(tmp_path / "a.xlsx", lambda page: page.__setitem__("B2", "=1"))
    again = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b' fullCalcOnLoad="1"', b"")
            content = re.sub(rb"<f>1</f><v\s*(/>|></v>)", b"<f>1</f><v>0</v>", content)
            new.writestr(
                name, content.replace(b'"inlineStr"><is><t>b</t></is>', b'"str"><f>2</f><v/>')
            )
    assert b'"str"><f>2</f><v/>' in zipfile.ZipFile(again).read("xl/worksheets/sheet1.xml")
    assert uncomputed(again.getvalue()) == {"Sheet": set()}


def test_errors_are_no_values(tmp_path: Path) -> None:
    sheet = book_of(tmp_path / "a.xlsx", lambda page: page.__setitem__("B2", "#REF!"))
    assert sheet.errors == {(2, 2): "#REF!"}
    assert sheet.rows[2] == {1: "a"}


def test_an_old_workbook_is_read_alike(tmp_path: Path) -> None:
    rows: list[list[object]] = [["编号", "面积"], ["a", 1.5], ["b", 2.0]]
    path = xls(tmp_path / "a.xls", rows, sheet="台账", hidden=[3], merged=[(1, 2, 0, 0)])
    (sheet,) = workbook_sheets(path)
    assert driver_of(path) == "XLS"
    assert sheet.name == "台账"
    assert sheet.rows == {1: {1: "编号", 2: "面积"}, 2: {1: "a", 2: 1.5}, 3: {1: "b", 2: 2}}
    assert isinstance(sheet.rows[3][2], int)
    assert sheet.hidden == {3}
    assert sheet.merged == (Merged(2, 1, 3, 1),)


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 999, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 999],
)
def test_a_damaged_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(SourceError) as error:
        workbook_sheets(tmp_path / "a.xlsx", shown="zip/a.xlsx")
    assert error.value.code == "error.workbook"
    assert "zip/a.xlsx" in str(error.value)


def test_a_cell_beyond_the_sheet_is_damage_and_no_endless_loop(tmp_path: Path) -> None:
    book_of(tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "a.xlsx") as old,
        zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(
                name,
                old.read(name).replace(b'r="4"', b'r="9999999"').replace(b'"A4"', b'"A9999999"'),
            )
    with pytest.raises(SourceError):
        workbook_sheets(tmp_path / "b.xlsx")


def test_a_locked_workbook_says_so(tmp_path: Path) -> None:
    mark = "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + mark)
    with pytest.raises(SourceError) as error:
        workbook_sheets(tmp_path / "a.xlsx")
    assert error.value.code in {"error.workbook_locked", "error.workbook"}


def test_a_file_written_anew_is_read_anew(tmp_path: Path) -> None:
    first = book_of(tmp_path / "a.xlsx")
    second = book_of(tmp_path / "a.xlsx", lambda page: page.__setitem__("A2", "zz"))
    assert (first.rows[2][1], second.rows[2][1]) == ("a", "zz")


# Texts.


@pytest.mark.parametrize(
    ("codec", "how"),
    [("utf-8", "detected"), ("utf-8-sig", "declared"), ("gbk", "detected"), ("gb18030", "detected"),
     ("utf-16", "declared"), ("utf-16-le", "detected"), ("utf-16-be", "detected")],
)  # fmt: skip
def test_encodings_are_found(tmp_path: Path, codec: str, how: str) -> None:
    sheet, encoding = text(tmp_path / "a.csv", f"{HEAD}\na,甲,1.5\n".encode(codec))
    assert sheet.rows == ROWS
    assert encoding.how == how
    assert not sheet.broken


def test_an_encoding_asked_for_counts(tmp_path: Path) -> None:
    _, encoding = text(tmp_path / "a.csv", f"{HEAD}\n".encode("big5", "replace"), encoding="big5")
    assert encoding[:2] == ("big5", "option")
    for wrong in ("no-such", "hex", "\0"):
        with pytest.raises(SourceError) as error:
            text(tmp_path / "a.csv", b"a,b\n1,2\n", encoding=wrong)
        assert error.value.code == "error.encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [HEAD.replace(",", delimiter), f"a{delimiter}甲{delimiter}1.5"]
    sheet, _ = text(tmp_path / "a.csv", (end.join(lines) + end).encode())
    assert sheet.rows == ROWS


def test_the_line_that_names_the_delimiter_is_a_row_of_the_sheet(tmp_path: Path) -> None:
    sheet, _ = text(tmp_path / "a.csv", b"sep=;\r\na;b,c\r\n\r\n1;2\r\n")
    assert sheet.rows == {2: {1: "a", 2: "b,c"}, 4: {1: "1", 2: "2"}}


def test_codes_protected_from_spreadsheets(tmp_path: Path) -> None:
    sheet, _ = text(tmp_path / "a.csv", b'code,n\n="0012",1\n\'0013,2\n0014\t,3\n')
    assert [str(sheet.rows[row][1]).strip() for row in (2, 3, 4)] == ["0012", "0013", "0014"]


def test_a_quote_never_closed_costs_its_row_alone(tmp_path: Path) -> None:
    sheet, _ = text(tmp_path / "a.csv", b'a,b,c\n1,"2,3\n4,5,6\n7,"x"y,8\n9,"p\nq",0\n')
    assert sheet.rows[3] == {1: "4", 2: "5", 3: "6"}
    assert sheet.rows[5] == {1: "9", 2: "p\nq", 3: "0"}
    assert {row: rule for row, (rule, _) in sheet.broken.items()} == {
        2: "quote_kept",
        4: "quote_kept",
    }
    short, _ = text(tmp_path / "b.csv", b'a,b,c\n1,"2\n4,5,6\n7,8,9\n')
    assert short.broken[2][0] == "quote_open"


def test_more_cells_than_others_are_named(tmp_path: Path) -> None:
    sheet, _ = text(tmp_path / "a.csv", b"a,b\n1,2\n3,4,5\n6,7,\n")
    assert list(sheet.broken) == [3]


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    sheet, encoding = text(tmp_path / "a.csv", "编号,名称\na,甲\nb,".encode() + b"\xff\xfe\n")
    assert sheet.broken == {3: ("text_damaged", encoding.name)}


@pytest.mark.parametrize("content", [b"<html><table>", b"\xef\xbb\xbf <?xml version='1.0'?>"])
def test_a_page_of_markup_is_no_table(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceError) as error:
        text(tmp_path / "a.csv", content)
    assert error.value.code == "error.table_markup"


def test_an_empty_text_has_no_cells(tmp_path: Path) -> None:
    for content in (b"", b"\n\n", b"\xff\xfe", b" , \n"):
        assert text(tmp_path / "a.csv", content)[0].rows == {}


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_python_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["x"] * 3, *table])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    sheet, _ = text(path, stream.getvalue().encode("utf-8-sig"))
    for number, cells in enumerate(table, 2):
        plain = {n: c for n, c in enumerate(cells, 1) if c.strip() and c[:1] not in {"'", "="}}
        given_back = sheet.rows.get(number, {})
        assert {n: given_back.get(n) for n in plain} == plain
