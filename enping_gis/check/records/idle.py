"""Read the clock of idle land: plots that were to be started long ago and were not (L2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enping_gis.check.faults import Fault
from enping_gis.idle import limit_years, start_clocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import pandas as pd


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
    >>> from datetime import date
    >>> import pandas as pd
    >>> from enping_gis.schema import conformed
    >>> handed = pd.DataFrame({"parcel_id": ["a"], "day": ["2020-03-30"], "kind": ["supplied"]})
    >>> none = conformed(pd.DataFrame(), "agreements")
    >>> [fault.size for fault in idle_clocks(handed, none, date(2023, 3, 30))]
    [730.0]
    """
    for parcel, clock in start_clocks(counted, agreements).items():
        if not clock.idle_on(day):
            continue
        long = clock.recoverable_on(day)
        days = (day - clock.due).days
        yield Fault(
            "L2", "idle_long" if long else "idle", "info", (parcel,), field="start_by",
            value=clock.due.isoformat(), size=float(days), unit="",
            tolerance=f"> {limit_years('idle_years')} year", values={"days": days},
        )  # fmt: skip
