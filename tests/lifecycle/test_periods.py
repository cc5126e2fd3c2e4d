"""Years, quarters and months as offices write them, and the issues of a paper."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import InputError
from enping_gis.lifecycle.pace import due_share, months_left
from enping_gis.lifecycle.periods import CADENCES, parsed_period, period_of

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("wording", "code", "begin", "end"),
    [
        ("2023", "2023", "2023-01-01", "2023-12-31"),
        ("2023年", "2023", "2023-01-01", "2023-12-31"),
        (" ２０２３年度 ", "2023", "2023-01-01", "2023-12-31"),
        (2023, "2023", "2023-01-01", "2023-12-31"),
        ("2023Q1", "2023Q1", "2023-01-01", "2023-03-31"),
        ("2023-q4", "2023Q4", "2023-10-01", "2023-12-31"),
        ("2023年第二季度", "2023Q2", "2023-04-01", "2023-06-30"),
        ("2023年三季度", "2023Q3", "2023-07-01", "2023-09-30"),
        ("2023H2", "2023H2", "2023-07-01", "2023-12-31"),
        ("2023年上半年", "2023H1", "2023-01-01", "2023-06-30"),
        ("2024-02", "2024-02", "2024-02-01", "2024-02-29"),
        ("2023年12月", "2023-12", "2023-12-01", "2023-12-31"),
        ("2022-2024", "2022-2024", "2022-01-01", "2024-12-31"),
        ("2022—2024年", "2022-2024", "2022-01-01", "2024-12-31"),
    ],
)
def test_a_period_is_read_as_it_is_written(
    wording: object, code: str, begin: str, end: str
) -> None:
    period = parsed_period(wording)
    assert period is not None
    assert (period.code, period.begin.isoformat(), period.end.isoformat()) == (code, begin, end)
    assert parsed_period(period.code) == period
    assert period.days == (period.end - period.begin).days + 1


@pytest.mark.parametrize(
    "wording", ["", None, "23", "2023Q5", "2023-13", "2023-00", "2024-2022", "spring", "0000", 1.5]
)
def test_what_is_no_period(wording: object) -> None:
    assert parsed_period(wording) is None


def test_names_of_periods() -> None:
    codes = ["2023", "2023H1", "2023Q1", "2023-03", "2022-2024"]
    named = [each.label("zh") for code in codes if (each := parsed_period(code))]
    assert named == ["2023年度", "2023年上半年", "2023年第一季度", "2023年3月", "2022—2024年"]
    english = [each.label("en") for code in codes if (each := parsed_period(code))]
    assert english == [
        "2023", "first half of 2023", "first quarter of 2023", "2023-03", "2022 to 2024",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cadence", "day", "begin", "year", "number"),
    [
        ("daily", "2023-03-30", "2023-03-30", 2023, 89),
        ("weekly", "2023-03-30", "2023-03-24", 2023, 13),
        # ISO 8601: the first of January 2023 is a Sunday, of the last week of 2022.
        ("weekly", "2023-01-01", "2022-12-26", 2022, 52),
        ("weekly", "2021-01-03", "2020-12-28", 2020, 53),
        ("fortnightly", "2023-03-30", "2023-03-17", 2023, 7),
        ("fortnightly", "2023-01-02", "2022-12-20", 2023, 1),
        ("monthly", "2024-02-29", "2024-02-01", 2024, 2),
        ("quarterly", "2023-03-30", "2023-01-01", 2023, 1),
        ("quarterly", "2023-12-31", "2023-10-01", 2023, 4),
    ],
)
def test_the_issue_of_a_paper(cadence: str, day: str, begin: str, year: int, number: int) -> None:
    issue = period_of(cadence, date.fromisoformat(day))
    assert (issue.begin.isoformat(), issue.end.isoformat()) == (begin, day)
    assert (issue.year, issue.number) == (year, number)
    assert issue.label("zh") == f"{year}年第{number}期"


def test_an_unknown_cadence_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"hourly.*weekly"):
        period_of("hourly", date(2023, 3, 30))


@given(DAYS, st.sampled_from(CADENCES))
def test_issues_of_days_in_a_row_never_leave_a_day_out(day: date, cadence: str) -> None:
    issue = period_of(cadence, day)
    assert issue.begin <= day == issue.end
    later = period_of(cadence, issue.begin - timedelta(days=1))
    assert later.end < issue.begin


@given(DAYS, st.sampled_from(["{0.year}", "{0.year}Q1", "{0.year}-{0.month:02}", "{0.year}H2"]))
def test_what_is_due_grows_from_nothing_to_all(day: date, form: str) -> None:
    period = parsed_period(form.format(day))
    assert period is not None
    shares = [
        due_share(period, period.end, period.begin + timedelta(days=n))
        for n in range(-2, period.days + 3)
    ]
    assert shares == sorted(shares)
    assert shares[:2] == [0, 0]
    assert shares[2] == Fraction(1, period.days)
    assert shares[-4:] == [1, 1, 1, 1]


def test_an_earlier_deadline_is_when_all_is_due() -> None:
    year = parsed_period("2023")
    assert year is not None
    assert due_share(year, date(2023, 11, 30), date(2023, 11, 30)) == 1
    assert due_share(year, date(2024, 1, 31), date(2023, 12, 31)) == 1
    assert due_share(year, date(2023, 1, 10), date(2023, 1, 5)) == Fraction(1, 2)


@given(DAYS, st.integers(0, 2000))
def test_months_left_are_those_of_the_calendar(day: date, days: int) -> None:
    deadline = day + timedelta(days=days)
    months = months_left(day, deadline)
    assert months >= 0
    assert abs(float(months) - days / 30.4375) < 0.2
    assert months_left(deadline, day) == 0
