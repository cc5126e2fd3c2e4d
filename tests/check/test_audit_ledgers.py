"""Numbers that a workbook stores are exact, however few decimals it prints of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis import audit
from enping_gis.check.auditing.adding import sum_verdict
from enping_gis.check.auditing.formats import decimals_printed
from enping_gis.check.auditing.precision import precision_of
from enping_gis.intake.tables.figures import Figure, figure
from enping_gis.intake.tables.grid import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd


def book(folder: Path, rows: Sequence[Sequence[object]], number_format: str = "") -> pd.DataFrame:
    path = folder / "ledger.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if number_format and isinstance(cell.value, int | float):
            cell.number_format = number_format
    made.save(path)
    return audit(path)


def table(folder: Path, rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    path = folder / "ledger.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    return audit(path)


def faults(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    wrong = frame[frame["verdict"] != "ok"]
    return list(zip(wrong["kind"], wrong["cell"], wrong["suggestion"], strict=True))


AREAS = (100.25, 50, 10, 20, 200, 300)


def column(total: object) -> list[list[object]]:
    named = [[f"A{place}", area] for place, area in enumerate(AREAS)]
    return [["编号", "面积（亩）"], *named, ["合计", total]]


@pytest.mark.parametrize("number_format", ["0.00", "#,##0.00_ ", "", "0"])
def test_whole_numbers_in_a_workbook_are_not_rounded_to_units(
    tmp_path: Path, number_format: str
) -> None:
    assert faults(book(tmp_path, column(682.25), number_format)) == [("sum", "B8", "680.25")]
    assert faults(book(tmp_path, column(680.25), number_format)) == []


def test_whole_numbers_beside_decimals_in_a_text_are_exact_to_them(tmp_path: Path) -> None:
    assert faults(table(tmp_path, column(682.25))) == [("sum", "B8", "680.25")]
    assert faults(table(tmp_path, column(680.25))) == []


def test_a_pair_of_whole_numbers_is_exact_to_the_printed_decimals(tmp_path: Path) -> None:
    rows: list[list[object]] = [["编号", "面积（公顷）", "面积（亩）"], ["A", 10, 152]]
    assert [kind for kind, _, _ in faults(book(tmp_path, rows, "0.0000"))] == ["pair"]
    # Without decimals anywhere, ten hectares may be 10.13.
    assert faults(book(tmp_path, rows)) == []
    assert faults(book(tmp_path, [*rows, ["B", 1.5, 22.5]]))[0][:2] == ("pair", "B2")


def test_parts_that_are_printed_rounded_have_to_be_levelled(tmp_path: Path) -> None:
    """Three thirds of 100 are stored right and printed as 33.33, 33.33, 33.33 and 100.00."""
    rows: list[list[object]] = [
        ["编号", "面积（亩）"],
        *[[f"A{place}", 100 / 3] for place in range(3)],
        ["合计", 100],
    ]
    frame = book(tmp_path, rows, "0.00")
    assert faults(frame) == [("sum", "B5", "99.99")]
    assert "调平" in frame["cure_zh"].iloc[-1]
    # As they are stored they add up.
    assert faults(book(tmp_path, rows)) == []
    rows[-1][1] = 101
    assert faults(book(tmp_path, rows))[0][:2] == ("sum", "B5")


def test_a_rate_stored_as_a_fraction_is_exact_to_whole_percents(tmp_path: Path) -> None:
    head: list[object] = ["镇街", "任务（亩）", "完成（亩）", "完成率"]
    assert faults(book(tmp_path, [head, ["恩城", 500, 250, 0.5]])) == []
    assert faults(book(tmp_path, [head, ["恩城", 500, 230, 0.5]])) == [
        ("percentage", "D2", "46.0%")
    ]


def test_about_stays_about(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["编号", "公顷", "亩"],
        ["A", "约10", 152.5],
        ["B", "10.1667", 152.5],
    ]
    assert faults(book(tmp_path, rows)) == []


@pytest.mark.parametrize(
    ("written", "decimals"),
    [
        ("0.00", 2),
        ("#,##0.0000", 4),
        ("0.00_);[Red](0.00)", 2),
        ('0.00"亩"', 2),
        ("0.0%", 3),
        ("0%", 2),
        ("0", None),
        ("General", None),
        ("yyyy-mm-dd", None),
        ("0.00E+00", None),
        ("0.00,", None),
        ("", None),
    ],
)
def test_decimals_of_a_number_format(written: str, decimals: int | None) -> None:
    assert decimals_printed(written) == decimals


def test_computed_cells_say_nothing_of_typed_ones() -> None:
    sheet = Sheet("a", {1: {1: 1 / 3}, 2: {1: 20.5}, 3: {1: 7}})
    found = precision_of(sheet, (1, 2, 3), {})
    printed = [found.printed(row, 1, cells[1], figure(cells[1]) or Figure(None))
               for row, cells in sheet.rows.items()]  # fmt: skip
    assert [str(each) for each in printed] == ["0.333333", "20.5", "7.0"]


@given(
    st.lists(st.integers(min_value=1, max_value=10**6), min_size=2, max_size=8),
    st.integers(min_value=-300, max_value=300),
)
def test_stored_numbers_add_up_exactly_or_not_at_all(cents: list[int], off: int) -> None:
    parts = [Figure((Decimal(each) / 100).normalize(), "mu") for each in cents]
    total = Figure((Decimal(sum(cents) + off) / 100).normalize(), "mu")
    assert (sum_verdict(parts, total, exact=True).verdict == "ok") == (off == 0)
