"""Ledgers as offices keep them: titles, totals, hidden rows, units in words, codes as numbers."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl

from tests.hazards.clean import LEDGER, LEDGER_VALUES, LISTED
from tests.hazards.expectation import Corpus, note, reads, refuses
from tests.hazards.land import named
from tests.hazards.writing import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.hazards.expectation import Outcome

CORPUS = Corpus("ledgers")
HEAD, *ROWS = LEDGER
CODES, NAMES = [row[0] for row in ROWS], [row[1] for row in ROWS]
UNCODED = tuple(named(plot, code=None) for plot in LISTED)


def right(*notes: Any, **more: Any) -> Outcome:
    """Return the outcome that the three rows arrive with their areas."""
    return reads(*notes, **{"plots": LISTED, "values": LEDGER_VALUES, **more})


def _rows(name: str, what: str, rows: Sequence[Sequence[object]], *due: Outcome) -> None:
    CORPUS.add(name, f"ledger {what}", lambda folder: workbook(folder / "ledger.xlsx", rows), *due)


def _book(
    name: str,
    what: str,
    change: Callable[[Any], object],
    *due: Outcome,
    rows: Any = LEDGER,
    **options: Any,
) -> None:
    """Add a ledger whose workbook is changed after the cells are written."""

    def build(folder: Path) -> Path:
        path = workbook(folder / "ledger.xlsx", rows)
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return path

    CORPUS.add(name, f"ledger {what}", build, *due, **options)


def areas(*cells: object, head: str = "面积（亩）") -> list[list[object]]:
    """Return a ledger with areas of one's own."""
    rows = [
        [code, name, cell, "圣堂镇"] for code, name, cell in zip(CODES, NAMES, cells, strict=True)
    ]
    return [["地块编号", "地块名称", head, "所在镇"], *rows]


def listed_mu(*values: float | None) -> dict[str, tuple[float | None, ...]]:
    """Return the areas expected, in mu."""
    return {"stated_mu": values}


def listed_ha(*values: float | None) -> dict[str, tuple[float | None, ...]]:
    """Return the areas expected, in hectares."""
    return {"stated_ha": values}


# Shape of the sheet.
_rows(
    "title_rows",
    "with title and unit above the header",
    [["恩平市低效用地台账"], ["填报单位：恩平市自然资源局", None, "2023年3月30日"], *LEDGER],
    right(clean=True),
)
TOTAL = ["合计", None, 36.6, None]
_rows(
    "total_row",
    "with a total: others read it as a plot",
    [*LEDGER, TOTAL],
    right(note("total_row", row=5)),
)
_rows(
    "subtotal_rows",
    "with subtotals between",
    [
        HEAD,
        ROWS[0],
        ["小计", None, 15.0, None],
        *ROWS[1:],
        ["小 计", None, 21.6, None],
        ["总计", None, 36.6, None],
    ],
    right(note("total_row", row=3), note("total_row", row=6), note("total_row", row=7)),
)
_rows(
    "total_in_name",
    "with the total in the column of names",
    [*LEDGER, [None, "合  计", 36.6, None]],
    right(note("total_row", row=5)),
)
_rows(
    "total_first",
    "with the total as its first row",
    [HEAD, TOTAL, *ROWS],
    right(note("total_row", row=2)),
)
_rows(
    "plot_called_total",
    "with a plot whose name begins like a total",
    [HEAD, [CODES[0], "合计里地块", 15.0, "圣堂镇"], *ROWS[1:]],
    right(plots=(named(LISTED[0], name="合计里地块"), *LISTED[1:])),
)
_rows(
    "note_below",
    "with a note below",
    [*LEDGER, [None] * 4, ["备注：面积为约数，以实测为准。"]],
    right(),
)
_rows(
    "signatures_below",
    "with signatures below",
    [*LEDGER, ["填表人：张三", None, "审核人：李四"]],
    right(),
)
_rows(
    "empty_rows",
    "with empty rows between",
    [HEAD, ROWS[0], [], [None, " ", None], ROWS[1], [], ROWS[2]],
    right(clean=True),
)
_rows(
    "header_only", "with a header and no row", [HEAD], reads(note("no_rows"), plots=()), refuses()
)
_rows(
    "no_header",
    "without a header",
    ROWS,
    refuses(),
    reads(note("note_row|sheet_left"), plots=tuple(named(p, code=None, name=None) for p in LISTED)),
)
_rows(
    "numbers_row",
    "with a row of column numbers below the header",
    [HEAD, [1, 2, 3, 4], *ROWS],
    right(),
    right(note("note_row", row=2)),
)
_rows(
    "serial_column",
    "with a column of serial numbers",
    [["序号", *HEAD], *([n, *row] for n, row in enumerate(ROWS, 1))],
    right(clean=True),
)
_rows(
    "header_breaks",
    "with line breaks and blanks in the header",
    [["地块\n编号", " 地块名称 ", "面积\n（亩）", "所在镇"], *ROWS],
    right(clean=True),
)
_rows(
    "header_traditional",
    "with half-width brackets in the header",
    [["地块编号", "地块名称", "面积(亩)", "所在镇"], *ROWS],
    right(clean=True),
)
_rows(
    "header_twice",
    "with the header repeated on each page",
    [*LEDGER[:2], HEAD, *LEDGER[2:]],
    right(),
    right(note("note_row", row=3)),
)
_rows(
    "column_twice",
    "with two columns of the same header",
    [[*HEAD, "备注", "备注"], *([*row, "甲", "乙"] for row in ROWS)],
    right(),
)
_rows(
    "two_areas",
    "with areas in mu and hectares",
    [
        ["地块编号", "地块名称", "面积（亩）", "面积（公顷）"],
        *([*row[:3], row[2] / 15] for row in ROWS),
    ],
    right(values=listed_mu(15.0, 9.0, 12.6) | listed_ha(1.0, 0.6, 0.84)),
)
_rows(
    "two_areas_differ",
    "whose areas in mu and hectares contradict each other",
    [["地块编号", "地块名称", "面积（亩）", "面积（公顷）"], *([*row[:3], 7.7] for row in ROWS)],
    right(values=listed_mu(15.0, 9.0, 12.6) | listed_ha(7.7, 7.7, 7.7)),
)


def _merged(book: Any) -> None:
    page = book.active
    page.merge_cells("C1:D1")
    for column in "AB":
        page.merge_cells(f"{column}1:{column}2")


TWO_ROWS: list[list[Any]] = [
    ["地块编号", "地块名称", "用地面积", None],
    [None, None, "亩", "公顷"],
    *([*row[:3], row[2] / 15] for row in ROWS),
]
_book(
    "merged_header",
    "with a header of two rows, merged",
    _merged,
    right(values=listed_mu(15.0, 9.0, 12.6) | listed_ha(1.0, 0.6, 0.84)),
    rows=TWO_ROWS,
)


def _towns(book: Any) -> None:
    book.active.merge_cells("D2:D4")


_book(
    "merged_towns",
    "with one town merged over its rows",
    _towns,
    right(values={"town": ("440785104",) * 3}),
    right(values={"town": ("440785105",) * 3}),
    right(values={"所在镇": ("圣堂镇",) * 3}),
    rows=[HEAD, ROWS[0], *([*row[:3], None] for row in ROWS[1:])],
)


def _hide_row(book: Any) -> None:
    book.active.row_dimensions[3].hidden = True


_book(
    "row_hidden",
    "with a row hidden by hand: others count it",
    _hide_row,
    right(
        note("row_hidden", row=3, severity="warning"),
        plots=(LISTED[0], LISTED[2]),
        values=listed_mu(15.0, 12.6),
    ),
)


def _filter(book: Any) -> None:
    page = book.active
    page.auto_filter.ref = "A1:D4"
    page.auto_filter.add_filter_column(1, ["燃气地块", "蛟龙木业地块"])
    page.row_dimensions[3].hidden = True


_book(
    "row_filtered",
    "with a row hidden by a filter: it is read, with a word",
    _filter,
    right(note("rows_filtered")),
)


def _hide_sheet(book: Any) -> None:
    page = book.create_sheet("旧台账")
    for row in LEDGER:
        page.append([*(cell if cell != "燃气地块" else "旧地块" for cell in row)])
    page.sheet_state = "hidden"


_book(
    "sheet_hidden", "with a hidden sheet: others read it", _hide_sheet, right(note("sheet_hidden"))
)
_book(
    "sheet_hidden_asked",
    "with a hidden sheet, asked for",
    _hide_sheet,
    right(plots=(named(LISTED[0], name="旧地块"), *LISTED[1:])),
    layer="旧台账",
)


def _hide_column(book: Any) -> None:
    book.active.column_dimensions["C"].hidden = True


_book("column_hidden", "with a hidden column", _hide_column, right())


def _second(book: Any) -> None:
    page = book.create_sheet("二期")
    for row in [HEAD, ["B1", "二期地块", 3.0, "圣堂镇"]]:
        page.append(row)


SECOND = (named(LISTED[0], code="B1", name="二期地块"),)
_book(
    "two_sheets",
    "with two sheets of plots, none chosen",
    _second,
    refuses("layers", says=("台账", "二期")),
    right(plots=(*LISTED, *SECOND), values={}),
)
_book(
    "sheet_chosen",
    "with two sheets of plots, the second chosen",
    _second,
    right(plots=SECOND, values=listed_mu(3.0)),
    layer="二期",
)
_book(
    "sheet_unknown",
    "with a sheet asked for that is not there",
    _second,
    refuses("layer", says=("三期",)),
    layer="三期",
)
_book(
    "sheet_empty",
    "with empty sheets beside",
    lambda book: [book.create_sheet(f"Sheet{n}") for n in (2, 3)],
    right(),
)
