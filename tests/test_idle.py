"""The clock of idle land, to the day and to the share."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.idle import StartClock, as_day, share, start_clocks, stopped_idle, years_on
from enping_gis.schema import conformed

START = date(2022, 3, 30)


def counted(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parcel_id", "kind", "day"])


def agreed(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["parcel_id", "indicator", "agreed"])
    return conformed(frame, "agreements")


@pytest.mark.parametrize(
    ("due", "days", "idle"),
    [
        ("2022-03-30", 364, False),
        ("2022-03-30", 365, False),  # the year is full: not yet more than a year
        ("2022-03-30", 366, True),
        # A leap day within: the year has 366 days.
        ("2019-03-30", 365, False),
        ("2019-03-30", 366, False),
        ("2019-03-30", 367, True),
        # From a leap day, the year is full on 28 February.
        ("2020-02-29", 365, False),
        ("2020-02-29", 366, True),
        ("2022-03-30", 0, False),
        ("2022-03-30", -1, False),
    ],
)
def test_more_than_a_year_after_the_day_of_start(due: str, days: int, *, idle: bool) -> None:
    first = date.fromisoformat(due)
    clock = StartClock(first, agreed=True, handed=None, started=None)
    assert clock.idle_on(first + timedelta(days=days)) is idle


def test_two_years_without_a_start() -> None:
    clock = StartClock(START, agreed=True, handed=None, started=None)
    assert not clock.recoverable_on(date(2024, 3, 30))
    assert clock.recoverable_on(date(2024, 3, 31))
    begun = StartClock(START, agreed=True, handed=None, started=date(2024, 3, 1))
    assert not begun.idle_on(date(2030, 1, 1))
    assert not begun.recoverable_on(date(2030, 1, 1))


def test_the_contract_counts_before_the_hand_over() -> None:
    events = counted(
        ("a", "supplied", "2021-05-01"), ("a", "supplied", "2020-05-01"),
        ("b", "supplied", "2020-02-29"), ("c", "construction", "2021-01-01"),
        ("d", "supplied", "2020-01-01"), ("d", "trial_production", "2020-06-01"),
    )  # fmt: skip
    terms = agreed(("a", "start_by", 20210930), ("e", "start_by", 20220101), ("b", "far", 1.2),
                   ("b", "start_by", 20210231))  # fmt: skip
    clocks = start_clocks(events, terms)
    assert list(clocks) == ["a", "b", "d", "e"]
    assert clocks["a"] == StartClock(date(2021, 9, 30), True, date(2020, 5, 1), None)  # noqa: FBT003 - the form of a record
    assert clocks["b"].due == date(2021, 2, 28)
    assert not clocks["b"].agreed, "30 February is no day"
    assert clocks["d"].started == date(2020, 6, 1)
    assert clocks["e"].handed is None


@pytest.mark.parametrize(
    ("developed", "invested", "idle"),
    [
        (Fraction(1, 3), Fraction(1, 4), False),
        (Fraction(333_333, 1_000_000), Fraction(1, 4), True),
        (Fraction(1, 3), Fraction(249_999, 1_000_000), True),
        (None, Fraction(1, 4), False),
        (Fraction(0), None, True),
        (None, None, False),
    ],
)
def test_a_third_developed_and_a_quarter_invested(
    developed: Fraction | None, invested: Fraction | None, *, idle: bool
) -> None:
    day = date(2023, 3, 30)
    assert stopped_idle(day, START, developed=developed, invested=invested) is idle


@pytest.mark.parametrize(("days", "idle"), [(364, False), (365, True), (366, True), (0, False)])
def test_stopped_for_a_year_or_more(days: int, *, idle: bool) -> None:
    none = Fraction(0)
    assert stopped_idle(START + timedelta(days=days), START, developed=none) is idle
    leap = date(2019, 3, 30)
    assert not stopped_idle(leap + timedelta(days=365), leap, developed=none)
    assert stopped_idle(leap + timedelta(days=366), leap, developed=none)


def test_shares_are_exact() -> None:
    assert share(50.0, 150.0) == Fraction(1, 3)
    assert share(0.1, 0.4) == Fraction(1, 4)
    nothing: list[tuple[Any, Any]] = [(1.0, 0.0), (float("nan"), 1.0), (1.0, float("nan"))]
    assert [share(*pair) for pair in nothing] == [None] * 3


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 5))
def test_years_later_is_the_same_day(day: date, years: int) -> None:
    later = years_on(day, years)
    assert later.year == day.year + years
    assert later.month == day.month
    assert later.day == day.day or (day.month, day.day, later.day) == (2, 29, 28)


@pytest.mark.parametrize("figure", [None, float("nan"), 0.0, 20220230.0, 2022.0, -20220301.0])
def test_what_is_no_day(figure: object) -> None:
    assert as_day(figure) is None
    assert as_day(20240229.0) == date(2024, 2, 29)
