"""Cells of ledgers: units in words, dates, codes as numbers, formulas."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import xlsxwriter

from tests.hazards.biff import xls
from tests.hazards.clean import LEDGER, LISTED
from tests.hazards.expectation import Corpus, note, reads, refuses
from tests.hazards.land import named
from tests.hazards.writing import workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


from tests.hazards.ledgers import (
    CODES,
    HEAD,
    NAMES,
    ROWS,
    TOTAL,
    TWO_ROWS,
    UNCODED,
    _rows,
    areas,
    listed_ha,
    listed_mu,
    right,
)

CORPUS = Corpus("ledgers")


# Units and figures.
_rows(
    "about",
    "with 约20.6公顷 in a cell",
    areas("约20.6公顷", 9.0, 12.6),
    right(
        note("figure_approximate", cell="C2"),
        values=listed_ha(20.6, None, None) | listed_mu(None, 9.0, 12.6),
    ),
)
_rows(
    "unit_in_cell",
    "with 308.93亩 in a cell",
    areas("308.93亩", "9亩", "12.6 亩", head="面积"),
    right(values=listed_mu(308.93, 9.0, 12.6)),
)
_rows("full_width", "with full-width digits", areas("１５", "９.０", "１２．６"), right())
_rows(
    "thousands",
    "with thousands separators",
    areas("1,234.5", "9.0", "12，345"),
    right(values=listed_mu(1234.5, 9.0, 12345.0)),
)
_rows(
    "ten_thousand_m2",
    "with 12万平方米 in a cell",
    areas("12万平方米", "6000㎡", "8400平方米", head="面积"),
    right(values=listed_ha(12.0, 0.6, 0.84)),
)
_rows(
    "head_hectares",
    "with hectares in the header",
    areas(1.0, 0.6, 0.84, head="用地面积（公顷）"),
    right(values=listed_ha(1.0, 0.6, 0.84)),
)
_rows(
    "head_m2",
    "with m2 in the header",
    areas(10_000, 6000, 8400, head="用地面积（平方米）"),
    right(values=listed_ha(1.0, 0.6, 0.84)),
)
_rows(
    "no_unit",
    "with no unit anywhere",
    areas(15.0, 9.0, 12.6, head="面积"),
    right(note("area_unit_unknown"), values={"面积": (15.0, 9.0, 12.6)}),
)
_rows(
    "no_value_signs",
    "with —, / and 无 for no value",
    areas("—", "/", "无"),
    right(values=listed_mu(None, None, None)),
)
_rows(
    "words_for_area",
    "with words for an area",
    areas("待测", 9.0, 12.6),
    right(note("figure_unread", cell="C2"), values=listed_mu(None, 9.0, 12.6)),
    right(note("figure_unread", row=2), values=listed_mu(None, 9.0, 12.6)),
)
_rows(
    "two_figures",
    "with two figures in a cell",
    areas("10.5+4.5", 9.0, 12.6),
    right(note("figure_unread", row=2), values=listed_mu(None, 9.0, 12.6)),
)
_rows(
    "range_of_area",
    "with a range for an area",
    areas("10-15亩", 9.0, 12.6),
    right(note("figure_unread", row=2), values=listed_mu(None, 9.0, 12.6)),
)
_rows(
    "negative_area",
    "with a negative area",
    areas(-15.0, 9.0, 12.6),
    right(note("area_negative", row=2), values={}),
)
_rows(
    "comma_decimal",
    "with a decimal comma",
    areas("15,5", 9.0, 12.6),
    right(note("figure_unread", row=2), values=listed_mu(None, 9.0, 12.6)),
)
# Dates.


def _dates(
    name: str, what: str, cells: Sequence[object], values: Sequence[str | None], *notes: Any
) -> None:
    rows = [[*HEAD, "valid_from"], *([*row, cell] for row, cell in zip(ROWS, cells, strict=True))]
    _rows(name, what, rows, right(*notes, values={"valid_from": tuple(values)}))


_dates(
    "dates_text",
    "with dates as text in three forms",
    ("2023年3月30日", "2023.3.30", "2023/3/30"),
    ("2023-03-30",) * 3,
)
_dates(
    "dates_serial",
    "with a date left as the number 44600",
    (44600, 44601, dt.date(2022, 2, 10)),
    ("2022-02-08", "2022-02-09", "2022-02-10"),
)
_dates(
    "dates_digits",
    "with dates as eight digits",
    (20230330, "20230330", "2023-03-30"),
    ("2023-03-30",) * 3,
)
_dates(
    "dates_impossible",
    "with 30 February",
    ("2022-02-30", "2023-03-30", None),
    (None, "2023-03-30", None),
    note("date_unread", row=2),
)
_dates(
    "dates_month_only",
    "with a month for a date",
    ("2023年3月", "2023-03-30", "2023"),
    (None, "2023-03-30", None),
    note("date_unread", row=2),
)
# Codes.
DIGITS = tuple(f"440785001001000000{n}" for n in (1, 2, 3))


def coded(codes: Sequence[object]) -> list[list[object]]:
    """Return a ledger with codes of one's own."""
    return [HEAD, *([code, *row[1:]] for code, row in zip(codes, ROWS, strict=True))]


_rows(
    "codes_text",
    "with 19-digit codes as text",
    coded(DIGITS),
    right(plots=tuple(named(p, code=c) for p, c in zip(LISTED, DIGITS, strict=True)), clean=True),
)
_rows(
    "codes_number",
    "with 19-digit codes as numbers: digits are lost in the file",
    coded([int(code) for code in DIGITS]),
    right(note("code_digits_lost|id_inexact", cell="A2"), plots=UNCODED),
)
_rows(
    "codes_scientific",
    "with codes like 4.40785E+18 as text",
    coded(["4.40785E+18"] * 3),
    right(note("code_digits_lost|id_inexact|id_repeated"), plots=UNCODED),
)
_rows(
    "codes_short_number",
    "with short codes as numbers",
    coded([101, 102.0, "103"]),
    right(
        plots=tuple(named(p, code=c) for p, c in zip(LISTED, ("101", "102", "103"), strict=True))
    ),
)
_rows(
    "codes_zeros",
    "with codes that begin with zeros",
    coded(["001", "002", "003"]),
    right(
        plots=tuple(named(p, code=c) for p, c in zip(LISTED, ("001", "002", "003"), strict=True))
    ),
)
_rows(
    "codes_twice",
    "with a code twice",
    coded([CODES[0], CODES[0], CODES[2]]),
    right(note("id_repeated", row=3), plots=(LISTED[0], UNCODED[1], LISTED[2])),
)
_rows(
    "codes_missing",
    "with a code missing",
    coded([CODES[0], None, CODES[2]]),
    right(note("id_missing", row=3), plots=(LISTED[0], UNCODED[1], LISTED[2])),
)
_rows(
    "names_twice",
    "with a name twice",
    [HEAD, ROWS[0], [CODES[1], NAMES[0], 9.0, "圣堂镇"], ROWS[2]],
    right(plots=(LISTED[0], named(LISTED[1], name=NAMES[0]), LISTED[2])),
)
_rows(
    "formula_text",
    "with a name that is a formula as text",
    [HEAD, [CODES[0], "'=1+1", 15.0, "圣堂镇"], *ROWS[1:]],
    right(plots=(named(LISTED[0], name=None), *LISTED[1:])),
)
# Formulas.
_rows(
    "formula_uncached",
    "with a formula that was never computed",
    areas("=10+5", 9.0, 12.6),
    right(note("formula_uncached", cell="C2", severity="error"), values=listed_mu(None, 9.0, 12.6)),
)


@CORPUS.entry("ledger with a formula and its result", right())
def formula_cached(folder: Path) -> Path:
    return _written(folder, (2, "=10+5", 15.0))


@CORPUS.entry(
    "ledger with #REF! in a cell",
    right(note("cell_error", cell="C2"), values=listed_mu(None, 9.0, 12.6)),
)
def formula_broken(folder: Path) -> Path:
    return _written(folder, (2, "=#REF!", "#REF!"))


@CORPUS.entry(
    "ledger with a sum as its last row, without a word",
    right(note("total_row", row=5)),
    right(note("id_missing", row=5), plots=(*UNCODED, named(UNCODED[0], name=None)), values={}),
)
def total_unnamed(folder: Path) -> Path:
    return _written(folder, (5, "=SUM(C2:C4)", 36.6))


def _written(folder: Path, formula: tuple[int, str, object]) -> Path:
    row_number, text, result = formula
    book = xlsxwriter.Workbook(str(folder / "ledger.xlsx"))
    page = book.add_worksheet("台账")
    for row, cells in enumerate(LEDGER):
        page.write_row(row, 0, cells)
    page.write_formula(row_number - 1, 2, text, None, result)
    book.close()
    return folder / "ledger.xlsx"


# The old format, where the same holds.
CORPUS.add(
    "xls_hidden",
    "old workbook with a hidden row",
    lambda folder: xls(folder / "ledger.xls", LEDGER, hidden=(3,)),
    right(
        note("row_hidden", row=3, severity="warning"),
        plots=(LISTED[0], LISTED[2]),
        values=listed_mu(15.0, 12.6),
    ),
)
CORPUS.add(
    "xls_total",
    "old workbook with a total",
    lambda folder: xls(folder / "ledger.xls", [*LEDGER, TOTAL]),
    right(note("total_row", row=5)),
)
CORPUS.add(
    "xls_merged",
    "old workbook with a merged header",
    lambda folder: xls(
        folder / "ledger.xls", TWO_ROWS, merged=((0, 0, 2, 3), (0, 1, 0, 0), (0, 1, 1, 1))
    ),
    right(values=listed_mu(15.0, 9.0, 12.6) | listed_ha(1.0, 0.6, 0.84)),
)
CORPUS.add(
    "xls_codes",
    "old workbook with 19-digit codes as numbers",
    lambda folder: xls(folder / "ledger.xls", coded([int(code) for code in DIGITS])),
    right(note("code_digits_lost|id_inexact", cell="A2"), plots=UNCODED),
)


@CORPUS.entry("ledger with a chart sheet and no table", refuses())
def chart_only(folder: Path) -> Path:
    book = xlsxwriter.Workbook(str(folder / "ledger.xlsx"))
    page = book.add_chartsheet("图")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=空!$A$1:$A$3"})
    page.set_chart(chart)
    book.add_worksheet("空")
    book.close()
    return folder / "ledger.xlsx"


LONG = tuple(named(LISTED[0], code=f"C{n:05}", name=f"第{n}号地块") for n in range(10_000))


@CORPUS.entry("ledger 10,000 rows long", reads(plots=LONG, clean=True))
def long_ledger(folder: Path) -> Path:
    rows = [[plot.code, plot.name, 1.5] for plot in LONG]
    return workbook(folder / "ledger.xlsx", [HEAD[:3], *rows])
