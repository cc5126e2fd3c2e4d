"""Write tables as a workbook that an office filters, prints and traces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from enping_gis.atomic import replacing
from enping_gis.errors import OutputError
from enping_gis.messages import text
from enping_gis.reports.layout import type_columns
from enping_gis.reports.model import DECIMALS, as_cell, shown

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from enping_gis.messages import Language
    from enping_gis.reports.model import Cell, Column, Row, Table

_SHEET_ROWS, _CELL_CHARACTERS, _HEADER_CHARACTERS = 1_048_576, 32_767, 200
_A4, _A3 = 9, 8
_A4_COLUMNS = 10
_ONE_PAGE_ROWS = 48
_HEAD_ROW = 2
_NARROWEST, _WIDEST_TEXT, _WIDEST_SHORT = 6.0, 34.0, 40.0
_LINE_PT, _HEAD_LINE_PT, _MOST_LINES = 15.0, 16.0, 24
# Twice as many columns of type as a text cell has are two lines; a little room is for the edge.
_EDGE = 1.5
_NUMBER_FORMS = {
    "whole": "#,##0", "mu": "#,##0.00", "ha": "0.0000", "m2": "#,##0.00", "metres": "#,##0.00",
    "coordinate": "0.000", "percent": "0.00%", "signed": "+#,##0.00;\N{MINUS SIGN}#,##0.00;0.00",
    "difference": "#,##0.00", "yi": "#,##0.##", "date": "yyyy-mm-dd",
}  # fmt: skip
_HEAD_FILL, _LINE = "#F2F0EA", "#9AA0A5"
_OPTIONS = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False, "default_date_format": "yyyy-mm-dd",
}  # fmt: skip


@dataclass(frozen=True)
class Chart:
    """
    Bars of what is done against a commitment, with marks of what is due.

    Parameters
    ----------
    names, commitment, done, due : int
        Columns of the sheet that hold them.
    rows : int
        So many rows from the first are shown.
    title : str
        What stands above it.
    """

    names: int
    commitment: int
    done: int
    due: int
    rows: int
    title: str


@dataclass(frozen=True)
class Sheet:
    """
    A sheet: one table under a title.

    Parameters
    ----------
    name : str
        On its tab, 31 characters at most.
    title : str
        The first line.
    line : str
        The second line: as of which day, in which unit, whether data are synthetic.
    table : Table
        What it shows.
    frozen : int
        So many columns stay in sight.
    chart : Chart, optional
        A chart under the table.
    trace : bool
        Figures lead to the sheet of traced figures, where there is one.
    printed : int
        So many columns are printed; 0 for all.
    role : {"", "traced"}
        ``traced`` for the sheet that lists the plots behind figures.
    """

    name: str
    title: str
    line: str
    table: Table
    frozen: int = 1
    chart: Chart | None = None
    trace: bool = True
    printed: int = 0
    role: Literal["", "traced"] = ""


@dataclass(frozen=True)
class Book:
    """
    A workbook.

    Parameters
    ----------
    sheets : tuple of Sheet
        In order.
    lang : {"zh", "en"}
        Language it is written in.
    title : str
        Of the file.
    notice : str
        What has to be said of synthetic data, at the head of every printed page.
    anchors : dict of tuple to int
        Row of the sheet of traced figures at which the plots of a figure begin, counted from
        its first row, by ids and parts.
    """

    sheets: tuple[Sheet, ...]
    lang: Language
    title: str
    notice: str
    anchors: dict[tuple[tuple[str, ...], tuple[Decimal, ...]], int]


def write_workbook(book: Book, path: str | os.PathLike[str]) -> None:
    """
    Write a workbook; texts stay texts whatever they begin with, figures are numbers.

    Parameters
    ----------
    book : Book
        What it holds.
    path : path-like
        The file, ``.xlsx``; an old one is replaced when the new one is complete.

    Raises
    ------
    OutputError
        A sheet has too many rows, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_workbook(Book((), "en", "", "", {}), Path(folder, "empty.xlsx"))
    ...     Path(folder, "empty.xlsx").is_file()
    True
    """
    file = Path(path)
    for sheet in book.sheets:
        if len(sheet.table.rows) + _HEAD_ROW + 1 > _SHEET_ROWS:
            raise OutputError("error.sheet_full", path=file.name, n=_SHEET_ROWS)
    with replacing(file) as temporary:
        try:
            with xlsxwriter.Workbook(str(temporary), _OPTIONS) as workbook:
                workbook.set_properties({"title": book.title, "comments": book.notice})
                workbook.set_size(2400, 1500)
                writer = _Writer(workbook, book)
                for sheet in book.sheets:
                    writer.add(sheet)
        except XlsxWriterException as error:
            raise OutputError("error.output", path=file, reason=error) from error


class _Writer:
    """Add sheet after sheet to a workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook, book: Book) -> None:
        self.workbook = workbook
        self.book = book
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.traced = next((each.name for each in book.sheets if each.role == "traced"), "")

    def form(self, **looks: Any) -> Any:  # noqa: ANN401 - a format of a library
        key = tuple(sorted(looks.items()))
        if key not in self.formats:
            font = "Times New Roman" if looks.pop("figure", False) else ""
            self.formats[key] = self.workbook.add_format(
                {**({"font_name": font} if font else {}), "valign": "vcenter", **looks}
            )
        return self.formats[key]

    def add(self, sheet: Sheet) -> None:
        page = self.workbook.add_worksheet(sheet.name)
        columns, rows = sheet.table.columns, sheet.table.rows
        page.set_row(0, 26)
        page.write_string(0, 0, sheet.title, self.form(bold=True, font_size=16, font_name=_hei()))
        page.write_string(1, 0, sheet.line, self.form(font_size=9, font_color="#3A4046"))
        head = self.form(
            bold=True, text_wrap=True, align="center", bg_color=_HEAD_FILL, border=1,
            border_color=_LINE, font_name=_hei(),
        )  # fmt: skip
        widths = _widths(sheet.table, self.book.lang)
        lines = max((_lines(each.heading, w) for each, w in zip(columns, widths, strict=True)),
                    default=1)  # fmt: skip
        page.set_row(_HEAD_ROW, _HEAD_LINE_PT * lines + 4)
        for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
            page.set_column(at, at, width)
            page.write_string(_HEAD_ROW, at, column.heading, head)
        for number, row in enumerate(rows, start=_HEAD_ROW + 1):
            self.row(page, number, row, sheet, widths)
        self.finish(page, sheet, widths)

    def row(
        self, page: Any, number: int, row: Row, sheet: Sheet, widths: Sequence[float]  # noqa: ANN401 - a sheet of a library
    ) -> None:  # fmt: skip
        columns = sheet.table.columns
        if row.kind == "group":
            form = self.form(bold=True, bg_color="#FAF9F5", bottom=1, bottom_color=_LINE)
            for at in range(len(columns)):
                page.write_blank(number, at, None, form)
            page.write_string(number, 0, str(as_cell(row.cells[0]).value), form)
            return
        height = 1
        for at, (column, own, width) in enumerate(zip(columns, row.cells, widths, strict=True)):
            cell = as_cell(own)
            self.cell(page, (number, at), cell, column, row, sheet)
            if isinstance(cell.value, str):
                height = max(height, _lines(cell.value, width))
        page.set_row(number, _LINE_PT * min(height, _MOST_LINES) + 2)

    def cell(  # noqa: PLR0917 - what a cell is, and where
        self, page: Any, at: tuple[int, int], cell: Cell, column: Column, row: Row, sheet: Sheet  # noqa: ANN401 - see above
    ) -> None:  # fmt: skip
        looks = _looks(cell, column, row)
        value = cell.value
        if value is None or value == "":
            page.write_blank(*at, None, self.form(**looks))
            return
        key = (cell.plots, cell.parts_mu)
        leads = self.traced and sheet.trace and key in self.book.anchors
        if leads and isinstance(value, int | Decimal):
            where = f"internal:'{self.traced}'!A{self.book.anchors[key] + _HEAD_ROW + 2}"
            looks |= {"font_color": "#0B5CAD", "underline": 1}
            # The link gives the cell a text, which the number then takes the place of.
            page.write_url(*at, where, self.form(**looks), string=shown(value, column.form))
        if isinstance(value, date):
            page.write_datetime(*at, value, self.form(**looks))
        elif isinstance(value, int | Decimal):
            number = float(Decimal(value) / 100) if column.form == "percent" else float(value)
            page.write_number(*at, number, self.form(**looks))
        else:
            page.write_string(*at, str(value)[:_CELL_CHARACTERS], self.form(**looks))

    def finish(self, page: Any, sheet: Sheet, widths: Sequence[float]) -> None:  # noqa: ANN401 - see above
        columns, rows = sheet.table.columns, sheet.table.rows
        if rows:
            # Totals stay where they are when rows are sorted or filtered.
            last = max((at for at, row in enumerate(rows) if row.kind != "total"), default=0)
            page.autofilter(_HEAD_ROW, 0, _HEAD_ROW + 1 + last, len(columns) - 1)
        else:
            page.write_string(_HEAD_ROW + 1, 0, text("paper.none", self.book.lang), self.form())
        page.freeze_panes(_HEAD_ROW + 1, sheet.frozen)
        page.hide_gridlines(2)
        page.set_landscape()
        on_paper = sheet.printed or len(columns)
        page.set_paper(_A4 if on_paper <= _A4_COLUMNS else _A3)
        if sheet.printed:
            page.print_area(0, 0, _HEAD_ROW + len(rows), on_paper - 1)
        # A short table is one page, a long one as many as it needs.
        page.fit_to_pages(1, int(len(rows) <= _ONE_PAGE_ROWS))
        page.repeat_rows(0, _HEAD_ROW)
        page.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        if self.book.notice:
            # An ampersand begins a code in a header, and 255 characters are all there is room for.
            page.set_header(f"&R&9{self.book.notice.replace('&', '&&')[:_HEADER_CHARACTERS]}")
        page.set_footer(f"&C{text('paper.page', self.book.lang)}")
        if sheet.chart is not None:
            self.chart(page, sheet, sum(widths))

    def chart(self, page: Any, sheet: Sheet, width: float) -> None:  # noqa: ANN401 - see above
        """Draw bars in black over grey ones, and marks; all of it is told apart in grey."""
        own = sheet.chart
        if own is None or not own.rows:
            return
        first, last = _HEAD_ROW + 1, _HEAD_ROW + own.rows
        names = [sheet.name, first, own.names, last, own.names]
        columns = sheet.table.columns
        chart = self.workbook.add_chart({"type": "column"})
        for at, fill in ((own.commitment, "#C9CCC8"), (own.done, "#1B1F24")):
            chart.add_series({
                "name": columns[at].heading, "categories": names, "gap": 60, "overlap": 0,
                "values": [sheet.name, first, at, last, at],
                "fill": {"color": fill}, "border": {"color": "#565C63", "width": 0.5},
            })  # fmt: skip
        marks = self.workbook.add_chart({"type": "line"})
        marks.add_series({
            "name": columns[own.due].heading, "categories": names,
            "values": [sheet.name, first, own.due, last, own.due],
            "line": {"none": True},
            "marker": {"type": "diamond", "size": 7, "fill": {"color": "#D5342B"},
                       "border": {"color": "#1B1F24", "width": 1.25}},
        })  # fmt: skip
        chart.combine(marks)
        chart.set_title({"name": own.title, "name_font": {"size": 12, "bold": True}})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {
            "visible": True, "line": {"color": "#D9DBD5", "width": 0.5}}})  # fmt: skip
        chart.set_size({"width": min(max(int(width * 7.2), 640), 1200), "height": 330})
        page.insert_chart(_HEAD_ROW + len(sheet.table.rows) + 2, 0, chart,
                          {"description": own.title})  # fmt: skip


def _looks(cell: Cell, column: Column, row: Row) -> dict[str, Any]:
    looks: dict[str, Any] = {"border": 1, "border_color": _LINE}
    if row.kind == "total":
        looks |= {"bold": True, "top": 2, "top_color": "#404040"}
    if cell.strong:
        looks["bold"] = True
    if cell.colour:
        looks |= {"left": 5, "left_color": cell.colour, "indent": 1}
    if isinstance(cell.value, int | Decimal | date):
        looks |= {"figure": True, "num_format": _NUMBER_FORMS.get(column.form, "General")}
        is_day = isinstance(cell.value, date)
        looks |= {"align": "center"} if is_day else {"align": "right"}
    elif column.form in {"id", "date"}:
        looks |= {"num_format": "@"} if column.form == "id" else {"align": "center"}
    else:
        looks["text_wrap"] = True
    return looks


def _widths(table: Table, lang: Language) -> list[float]:
    widths = []
    for at, column in enumerate(table.columns):
        cells = [
            type_columns(shown(as_cell(row.cells[at]).value, column.form, lang))
            for row in table.rows
            if row.kind != "group"
        ]
        figure = column.form in DECIMALS or column.form in {"id", "date", "yi"}
        longest = max(cells, default=0) + _EDGE + (2 if figure else 0)
        # The arrow of the filter covers the end of a heading, which may take two lines.
        head = type_columns(column.heading) / 2 + 4
        most = _WIDEST_SHORT if figure else _WIDEST_TEXT
        widths.append(min(max(longest, head, _NARROWEST), most))
    return widths


def _lines(wording: str, width: float) -> int:
    """Return about how many lines a text takes: not every program fits rows to wrapped texts."""
    room = max(int(width - _EDGE), 1)
    return sum(max(1, -(-type_columns(line) // room)) for line in wording.split("\n"))


def _hei() -> str:
    return text("paper.font_hei")
