"""Figures and dates as planners type them: read to the last sign, or not at all."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.intake.tables.figures import Figure, day, figure, figures, is_blank, unit_of
from enping_gis.units import ha_to_m2, mu_to_m2


@pytest.mark.parametrize(
    ("cell", "value", "unit", "qualifier"),
    [
        ("约20.6公顷", "20.6", "ha", "about"),
        ("308.93亩", "308.93", "mu", ""),
        ("１０.８３", "10.83", "", ""),
        ("１２．５　亩", "12.5", "mu", ""),
        ("1,234.5", "1234.5", "", ""),
        ("1，234，567.5平方米", "1234567.5", "m2", ""),
        ("12 345.6 m²", "12345.6", "m2", ""),
        ("12万平方米", "12", "wan_m2", ""),
        ("1.2万亩", "1.2", "wan_mu", ""),
        ("12万", "120000", "", ""),
        ("0.5㏊", "0.5", "ha", ""),
        ("3 km²", "3", "km2", ""),
        ("300余亩", "300", "mu", "over"),
        ("300亩以上", "300", "mu", "over"),
        ("近300亩", "300", "mu", "nearly"),
        ("不超过300亩", "300", "mu", "at_most"),
        ("20亩左右", "20", "mu", "about"),
        ("2.5亿元", "2.5", "yi_yuan", ""),
        ("−3.5", "-3.5", "", ""),
        ("1.5E+03", "1500", "", ""),
        (12, "12", "", ""),
        (0.1, "0.1", "", ""),
        (12.0, "12", "", ""),
        (Decimal("1.50"), "1.50", "", ""),
    ],
)
def test_a_figure(cell: object, value: str, unit: str, qualifier: str) -> None:
    assert figure(cell) == Figure(Decimal(value), unit, qualifier)


@pytest.mark.parametrize(
    "cell", ["", " ", "—", "——", "-", "/", "无", "／", "N/A", None, float("nan")]
)
def test_a_sign_for_nothing_is_no_value_and_no_fault(cell: object) -> None:
    assert is_blank(cell)
    assert figure(cell) == Figure(None)
    assert figures(cell) == ()
    assert day(cell, serial=True) is None


@pytest.mark.parametrize(
    "cell",
    [
        "10-20亩", "10~20亩", "1,23", "12,5", "1.2.3", "10²", "①30亩", "待测", "12斤", "10.5+4.5",
        "1 2", "20亩20亩", "20亩，30", "1e999", "12亩（实测）", True, float("inf"), "٣亩", 10**40,
        "亩", "约", "9" * 200, object(),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(cell: object) -> None:
    assert figure(cell) is None
    assert figures(cell) == ()


def test_one_quantity_in_two_units() -> None:
    both = figures("约20.6公顷（折合309亩）")
    assert [(each.value, each.unit) for each in both] == [
        (Decimal("20.6"), "ha"),
        (Decimal(309), "mu"),
    ]
    assert both[0].in_unit("mu") == both[1].in_unit("mu") == Fraction(309)
    assert both[0].approximate
    assert not both[1].approximate


def test_units_convert_exactly() -> None:
    assert Figure(Decimal("537.72"), "ha").in_unit("mu") == Fraction("8065.8")
    assert Figure(Decimal(1), "wan_m2").in_unit("ha") == 1
    assert Figure(Decimal(1), "wan_yuan").in_unit("yi_yuan") == Fraction(1, 10_000)
    assert Figure(Decimal(1), "ha").in_unit("yuan") is None
    assert Figure(None, "ha").in_unit("mu") is None
    assert Figure(Decimal(3)).taken_as("mu") == Figure(Decimal(3), "mu")
    assert Figure(Decimal(3), "ha").taken_as("mu").unit == "ha"


@given(st.decimals(0, 10**9, places=4, allow_nan=False))
def test_units_agree_with_the_room_of_units(value: Decimal) -> None:
    assert Figure(value, "mu").in_unit("m2") == mu_to_m2(value)
    assert Figure(value, "ha").in_unit("m2") == ha_to_m2(value)


@given(
    value=st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    unit=st.sampled_from(["", "亩", "公顷", "㎡", "万平方米"]),
    form=st.sampled_from(["{}", "{:,}"]),
    shift=st.sampled_from([0, 0xFEE0]),
)
def test_a_number_written_in_any_dress_is_read_back(
    value: Decimal, unit: str, form: str, shift: int
) -> None:
    text = form.format(value).translate({code: code + shift for code in range(0x21, 0x7F)})
    found = figure(f" {text} {unit}")
    assert found is not None
    assert found.value == value
    assert found.unit == unit_of(unit)


@given(st.text())
def test_any_text_is_read_or_left(text: str) -> None:
    found = figure(text)
    assert found is None or found.value is None or found.value.is_finite()
    iso = day(text, serial=True)
    assert iso is None or str(dt.date.fromisoformat(iso)) == iso


@pytest.mark.parametrize(
    "cell",
    [
        "2023-03-30", "2023-3-30", "2023年3月30日", "2023 年 3 月 30 日", "2023.3.30", "20230330",
        "2023/3/30", "２０２３－３－３０", "2023-03-30 00:00:00", "2023-03-30T08:30:00Z", 20230330,
        20230330.0, dt.date(2023, 3, 30), dt.datetime(2023, 3, 30, 23, 59),  # noqa: DTZ001 - a sheet has no zone
        pd.Timestamp("2023-03-30"),
    ],
)  # fmt: skip
def test_a_day(cell: object) -> None:
    assert day(cell) == "2023-03-30"


def test_a_serial_counts_in_a_column_of_dates_alone() -> None:
    assert day(44600) is None
    assert day("44600") is None
    assert day(44600, serial=True) == day("44600", serial=True) == "2022-02-08"
    assert day(44600.75, serial=True) == "2022-02-08"


@given(st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)))
def test_a_serial_agrees_with_pandas(date: dt.date) -> None:
    serial = (pd.Timestamp(date) - pd.Timestamp("1899-12-30")).days
    assert day(serial, serial=True) == date.isoformat()
    assert day(f"{date.year}年{date.month}月{date.day}日") == date.isoformat()


@pytest.mark.parametrize(
    "cell",
    ["2022-02-30", "2023年3月", "2023", 2023, 2023.3, "23.3.30", "2023.3/30", "44600", "待定中",
     "20231301", True, "3/30/2023", 12345678],
)  # fmt: skip
def test_no_day_is_invented(cell: object) -> None:
    assert day(cell) is None
