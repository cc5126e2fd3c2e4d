"""Tell how much of a commitment is due by a day, and how long there is for the rest."""

from __future__ import annotations

import calendar
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from enping_gis.lifecycle.periods import Period


def due_share(period: Period, deadline: date, day: date) -> Fraction:
    """
    Return what part of a commitment is due by a day, evenly over its time.

    Parameters
    ----------
    period : Period
        The period that the commitment is for.
    deadline : datetime.date
        When it has to be fulfilled; one outside the period counts as its end.
    day : datetime.date
        The day, which counts whole.

    Returns
    -------
    fractions.Fraction
        From 0 before the period to 1 at its end.

    Examples
    --------
    >>> from datetime import date
    >>> from enping_gis.lifecycle.periods import parsed_period
    >>> year = parsed_period("2023")
    >>> due_share(year, year.end, date(2023, 3, 30)), due_share(year, year.end, date(2022, 3, 30))
    (Fraction(89, 365), Fraction(0, 1))
    """
    end = deadline if period.begin <= deadline <= period.end else period.end
    passed = (min(day, end) - period.begin).days + 1
    return Fraction(max(passed, 0), (end - period.begin).days + 1)


def months_left(day: date, deadline: date) -> Fraction:
    """
    Return how many months there are from a day to a deadline.

    Parameters
    ----------
    day : datetime.date
        The day, which is over.
    deadline : datetime.date
        The last day that counts.

    Returns
    -------
    fractions.Fraction
        Whole months and days as shares of theirs; 0 where the deadline is over.

    Examples
    --------
    >>> from datetime import date
    >>> months_left(date(2023, 3, 30), date(2023, 12, 31))
    Fraction(280, 31)
    >>> months_left(date(2023, 3, 31), date(2023, 12, 31)), months_left(date.max, date.max)
    (Fraction(9, 1), Fraction(0, 1))
    """
    if deadline <= day:
        return Fraction(0)
    months = (deadline.year - day.year) * 12 + deadline.month - day.month
    return months + _month_share(deadline) - _month_share(day)


def _month_share(day: date) -> Fraction:
    return Fraction(day.day, calendar.monthrange(day.year, day.month)[1])
