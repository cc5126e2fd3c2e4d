"""Commitments and what was done of them, at the ends of quarters and today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.lifecycle.targets import progress
from enping_gis.status import event_days

if TYPE_CHECKING:
    from enping_gis.inventory import Inventory

    Record = dict[str, Any]

# So many ends of quarters at the most: each is counted anew.
_MOST_DAYS = 4
_MONTHS = (1, 4, 7, 10)


def scores(inventory: Inventory) -> list[Record]:
    """
    Return what each place had done of its commitment at the ends of the latest quarters.

    Parameters
    ----------
    inventory : Inventory
        Targets, events and plots.

    Returns
    -------
    list of dict
        The latest days last: ``day``, ``period``, and ``rows`` with `place`, `label`,
        `committed`, `done`, `due` (mu, as printed) and `mark`. Empty without commitments.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> scores(Inventory.demo())[-1]["day"]
    '2023-03-30'
    """
    if inventory.targets.empty:
        return []
    return [_score(inventory.on(day), day) for day in _days(inventory)]


def _days(inventory: Inventory) -> list[str]:
    """Name the ends of the latest quarters in which there was anything, and the day itself."""
    last = inventory.as_of
    known = event_days(inventory.events).dropna()
    first = date.fromisoformat(min(known)) if len(known) else last
    years = range(first.year, last.year + 1)
    begins = (date(year, month, 1) for year in years for month in _MONTHS)
    ends = sorted(each - timedelta(days=1) for each in begins if first < each <= last)
    return [*(each.isoformat() for each in ends[-_MOST_DAYS:]), last.isoformat()]


def _score(inventory: Inventory, day: str) -> Record:
    found = progress(inventory)
    periods = [period for period in found["period"].unique() if str(period) == day[:4]]
    # Without a commitment for the year, the last period that has one.
    period = periods[-1] if periods else (found["period"].iloc[-1] if len(found) else "")
    rows = found[found["period"] == period].to_dict("records")
    return {"day": day, "period": str(period), "rows": [_row(row) for row in rows]}


def _row(row: Record) -> Record:
    kept = {"committed": "commitment_mu", "done": "done_mu", "due": "due_mu"}
    figures = {name: row[column] for name, column in kept.items()}
    return {
        "place": row["place"],
        "label": row["label"],
        "mark": row["mark"],
        **{name: str(value) for name, value in figures.items() if not pd.isna(value)},
    }
