"""Tell the life of a plot: its events in order, those of the plots that it came from too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.intake.meaning.wording import found_parcel
from enping_gis.saving import LAST_DAY
from enping_gis.schema import LIST_SEPARATOR, table
from enping_gis.status import event_days, standing_events
from enping_gis.units import MU, printed

if TYPE_CHECKING:
    from enping_gis.inventory import Inventory

COLUMNS = (
    "date", "parcel_id", "kind", "area_mu", "quantity", "amount_yuan", "actor", "note", "document",
    "counts", "event_id", "corrects_id", "recorded_at", "origin",
)  # fmt: skip


def history(inventory: Inventory, parcel: str | None = None) -> pd.DataFrame:
    """
    Return the events of a plot, in the order in which they count.

    Parameters
    ----------
    inventory : Inventory
        Plots and events.
    parcel : str, optional
        Id, name or alias of a plot, also of one that was divided since; its `parents`
        belong to its life. By default all events, those of the programme too. Those after a
        day are left out by `Inventory.on`.

    Returns
    -------
    pandas.DataFrame
        Columns `date`, `parcel_id`, `kind`, `area_mu` (mu, two decimals, None where the event
        has none), `quantity`, `amount_yuan`, `actor`, `note`, `document`, `counts` (False
        where a correction took the event back, or its date cannot be read), `event_id`,
        `corrects_id`, `recorded_at` and `origin`.

    Raises
    ------
    ParcelError
        No plot fits, or several do; the message lists the candidates.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> rows = history(demo, "EP068")
    >>> bool(rows["date"].is_monotonic_increasing), set(rows["counts"])
    (True, {True})
    >>> history(demo.on("2000-01-01"), "EP068").empty
    True
    """
    events = inventory.events
    if parcel is not None:
        chosen = found_parcel(inventory.tables["parcels"], parcel)
        events = events[events["parcel_id"].isin(_lineage(inventory, chosen))]
    # Corrections elsewhere may take an event of this plot back, so all are asked.
    counting = set(standing_events(inventory.events, LAST_DAY)["event_id"])
    days = event_days(events)
    order = events.assign(day=days.fillna(events["date"].fillna("")))
    order = order.sort_values(["day", "recorded_at", "event_id"], kind="stable")
    rows = order[table("events").names].assign(
        area_mu=[None if pd.isna(cell) else printed(cell, MU) for cell in order["area_m2"]],
        counts=order["event_id"].isin(counting),
    )
    return rows[list(COLUMNS)].reset_index(drop=True)


def _lineage(inventory: Inventory, parcel: str) -> set[str]:
    rows = inventory.tables["parcels"]
    parents = dict(zip(rows["parcel_id"], rows["parents"].fillna(""), strict=True))
    found, left = set(), [parcel]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += [name.strip() for name in parents.get(each, "").split(LIST_SEPARATOR) if name]
    return found
