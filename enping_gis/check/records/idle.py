"""Read the clock of idle land: plots that were to be started long ago and were not (L2)."""

from __future__ import annotations

import calendar
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.check.faults import Fault
from enping_gis.check.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTS = ("construction", "trial_production", "producing")
_DATE_DIGITS = 8


def idle_clocks(
    counted: pd.DataFrame, agreements: pd.DataFrame, day: date
) -> Iterator[Fault]:  # fmt: skip
    """
    Find plots that were to be started more than a year ago and were not (L2).

    The clock is that of the rules on idle land (Order 53 of 2012): it runs from the day of
    start in the contract, else from a year after the land was handed over.

    Parameters
    ----------
    counted : pandas.DataFrame
        What `enping_gis.check.records.lives.counted_events` returned.
    agreements : pandas.DataFrame
        Table ``agreements``; ``start_by`` as a number such as 20220331.
    day : datetime.date
        The day on which the clock is read.

    Yields
    ------
    Fault
        Information, one for each plot, with the days since it was to be started. Whether a
        plot is idle in law, and through whom, is for the bureau to establish.

    Examples
    --------
    >>> from enping_gis.schema import conformed
    >>> handed = pd.DataFrame({"parcel_id": ["a"], "day": ["2020-03-30"], "kind": ["supplied"]})
    >>> none = conformed(pd.DataFrame(), "agreements")
    >>> [fault.size for fault in idle_clocks(handed, none, date(2023, 3, 30))]
    [730.0]
    """
    limits = rules()["L2"].limits
    started = set(counted.loc[counted["kind"].isin(_STARTS), "parcel_id"])
    handed = counted[counted["kind"] == "supplied"].groupby("parcel_id", sort=False)["day"].min()
    supplied = {
        parcel: _years_on(date.fromisoformat(when), int(limits["start_years"]))
        for parcel, when in handed.items()
    }
    agreed = agreements[agreements["indicator"] == "start_by"]
    contracted = {
        parcel: when
        for parcel, when in zip(agreed["parcel_id"], map(_as_day, agreed["agreed"]), strict=True)
        if when is not None
    }
    for parcel, start in sorted(chain({**supplied, **contracted}.items())):
        if parcel in started or day <= _years_on(start, int(limits["idle_years"])):
            continue
        long = day > _years_on(start, int(limits["recover_years"]))
        yield Fault(
            "L2", "idle_long" if long else "idle", "info", (str(parcel),), field="start_by",
            value=start.isoformat(), size=float((day - start).days), unit="",
            tolerance=f"> {limits['idle_years']:g} year", values={"days": (day - start).days},
        )  # fmt: skip


def _years_on(day: date, years: int) -> date:
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def _as_day(figure: object) -> date | None:
    """Read a day that a column of numbers holds as 20220331."""
    digits = "" if pd.isna(figure) else f"{figure:.0f}"
    try:
        return date.fromisoformat(digits) if len(digits) == _DATE_DIGITS else None
    except ValueError:
        return None
