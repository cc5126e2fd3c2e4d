"""
Read the clock of idle land: what the rules of 2012 count, in days and in shares.

The figures of 闲置土地处置办法 (Order 53 of the Ministry of Land and Resources, in force since
2012-07-01) stand in ``idle.json``. Nothing here says that a plot is idle in law: whether it
is, and through whom, is for the bureau to establish.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis._resources import shipped_json
from enping_gis.units import as_typed

if TYPE_CHECKING:
    from collections.abc import Iterable

# A plot on which any of these happened has been started.
STARTS = ("construction", "trial_production", "producing")
_DATE_DIGITS = 8


@dataclass(frozen=True)
class StartClock:
    """
    When a plot was to be started, and when it was.

    Parameters
    ----------
    due : datetime.date
        The day of start in the contract, else a year after the land was handed over.
    agreed : bool
        The contract names the day.
    handed : datetime.date or None
        The first day on which the land was supplied.
    started : datetime.date or None
        The first day of building or producing on it.
    """

    due: date
    agreed: bool
    handed: date | None
    started: date | None

    def idle_on(self, day: date) -> bool:
        """
        Tell whether the plot was left for more than a year after it was to be started.

        Parameters
        ----------
        day : datetime.date
            The day on which the clock is read.

        Returns
        -------
        bool
            False on the day on which the year is full: the rules say "more than".
        """
        return self.started is None and day > years_on(self.due, limit_years("idle_years"))

    def recoverable_on(self, day: date) -> bool:
        """
        Tell whether the plot was left for more than two years after it was to be started.

        Parameters
        ----------
        day : datetime.date
            The day on which the clock is read.

        Returns
        -------
        bool
            True from when on the rules speak of taking it back.
        """
        return self.started is None and day > years_on(self.due, limit_years("recover_years"))


def start_clocks(counted: pd.DataFrame, agreements: pd.DataFrame) -> dict[str, StartClock]:
    """
    Return the clock of each plot that has one.

    Parameters
    ----------
    counted : pandas.DataFrame
        The events that count on the day that is looked at: ``parcel_id``, ``kind`` and the ISO
        day in ``day``.
    agreements : pandas.DataFrame
        Table ``agreements``; ``start_by`` as a number such as 20220331.

    Returns
    -------
    dict of str to StartClock
        By plot, in the order of ids.

    Examples
    --------
    >>> from enping_gis.schema import conformed
    >>> handed = pd.DataFrame({"parcel_id": ["a"], "day": ["2020-03-30"], "kind": ["supplied"]})
    >>> none = conformed(pd.DataFrame(), "agreements")
    >>> clock = start_clocks(handed, none)["a"]
    >>> clock.due.isoformat(), clock.idle_on(date(2022, 3, 30)), clock.idle_on(date(2022, 3, 31))
    ('2021-03-30', False, True)
    >>> start_clocks(handed.iloc[:0], none)
    {}
    """
    handed = _first_days(counted, ("supplied",))
    started = _first_days(counted, STARTS)
    agreed = agreements[agreements["indicator"] == "start_by"]
    contracted = {
        str(parcel): when
        for parcel, when in zip(agreed["parcel_id"], map(as_day, agreed["agreed"]), strict=True)
        if when is not None
    }
    clocks = {}
    for parcel in sorted({*handed, *contracted}):
        hand = handed.get(parcel)
        due = contracted.get(parcel)
        if due is None and hand is not None:
            due = years_on(hand, limit_years("start_years"))
        if due is not None:
            clocks[parcel] = StartClock(due, parcel in contracted, hand, started.get(parcel))
    return clocks


def _first_days(counted: pd.DataFrame, kinds: Iterable[str]) -> dict[str, date]:
    of_kind = counted[counted["kind"].isin(list(kinds)) & counted["parcel_id"].notna()]
    first = of_kind.groupby("parcel_id", sort=False)["day"].min()
    return {str(parcel): date.fromisoformat(day) for parcel, day in first.items()}


def stopped_idle(
    day: date,
    stopped: date | None,
    *,
    developed: Fraction | None = None,
    invested: Fraction | None = None,
) -> bool:
    """
    Tell whether a plot that was started stands still as the rules describe it.

    Parameters
    ----------
    day : datetime.date
        The day that is looked at.
    stopped : datetime.date or None
        When building stopped; None where it did not, or nobody knows.
    developed, invested : fractions.Fraction, optional
        Developed area of the area to be developed, and money invested of the money agreed.

    Returns
    -------
    bool
        True where less than a third is developed or less than a quarter invested, and
        building has stopped for a year or more. What is not known proves nothing.

    Examples
    --------
    >>> stopped_idle(date(2023, 3, 30), date(2022, 3, 30), developed=Fraction(1, 4))
    True
    >>> stopped_idle(date(2023, 3, 30), date(2022, 3, 30), developed=Fraction(1, 3))
    False
    >>> stopped_idle(date(2023, 3, 30), None)
    False
    """
    if stopped is None or day < years_on(stopped, limit_years("stopped_years")):
        return False
    short_of_land = developed is not None and developed < limit_share("developed_share")
    return short_of_land or (invested is not None and invested < limit_share("invested_share"))


def share(actual: float, agreed: float) -> Fraction | None:
    """
    Return what part of a figure is reached.

    Parameters
    ----------
    actual, agreed : float
        The two figures, in one unit; they count as they were typed.

    Returns
    -------
    fractions.Fraction or None
        The exact share; None where a figure is missing or the whole is not above zero.

    Examples
    --------
    >>> share(50.1, 150.3), share(float("nan"), 10.0)
    (Fraction(1, 3), None)
    """
    if pd.isna(actual) or pd.isna(agreed) or agreed <= 0:
        return None
    return as_typed(float(actual)) / as_typed(float(agreed))


def limit_years(name: str) -> int:
    """
    Return a period of the rules.

    Parameters
    ----------
    name : str
        Its name in ``idle.json``, where its source stands too.

    Returns
    -------
    int
        Years.

    Examples
    --------
    >>> limit_years("idle_years"), limit_years("recover_years")
    (1, 2)
    """
    return int(shipped_json("idle.json")[name]["value"])


def limit_share(name: str) -> Fraction:
    """
    Return a share of the rules.

    Parameters
    ----------
    name : str
        Its name in ``idle.json``, where its source stands too.

    Returns
    -------
    fractions.Fraction
        The share, exact.

    Examples
    --------
    >>> limit_share("developed_share"), limit_share("invested_share")
    (Fraction(1, 3), Fraction(1, 4))
    """
    return Fraction(shipped_json("idle.json")[name]["value"])


def years_on(day: date, years: int) -> date:
    """
    Return the same day some years later.

    Parameters
    ----------
    day : datetime.date
        A day.
    years : int
        How many years.

    Returns
    -------
    datetime.date
        The day; 29 February becomes 28 February where there is none.

    Examples
    --------
    >>> years_on(date(2020, 2, 29), 1).isoformat(), years_on(date(2020, 2, 29), 4).isoformat()
    ('2021-02-28', '2024-02-29')
    """
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def as_day(figure: object) -> date | None:
    """
    Read a day that a column of numbers holds.

    Parameters
    ----------
    figure : object
        A number such as 20220331, or a missing cell.

    Returns
    -------
    datetime.date or None
        The day; None where it is none.

    Examples
    --------
    >>> as_day(20220331.0), as_day(20220231.0), as_day(float("nan"))
    (datetime.date(2022, 3, 31), None, None)
    """
    digits = "" if pd.isna(figure) else f"{figure:.0f}"
    try:
        return date.fromisoformat(digits) if len(digits) == _DATE_DIGITS else None
    except ValueError:
        return None
