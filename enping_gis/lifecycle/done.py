"""List what was put back to use: each part of a plot with its day and its area."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from enping_gis.measure.areas import area
from enping_gis.measure.standing import stated_m2
from enping_gis.schema import LIST_SEPARATOR
from enping_gis.status import event_days, standing_events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enping_gis.inventory import Inventory

COLUMNS = ("event_id", "parcel_id", "day", "done_m2", "responsible", "town")


def revitalised_parts(inventory: Inventory) -> pd.DataFrame:
    """
    Return the parts of plots that were put back to use up to the inventory's day.

    Parameters
    ----------
    inventory : Inventory
        Plots and events. Plots that stand no longer count with what was done on them, those
        that were divided or merged by the plots in their place, which have their events.

    Returns
    -------
    pandas.DataFrame
        One row for each event `revitalised` that counts, in the order of days: `event_id`,
        `parcel_id`, `day` (ISO), `done_m2` in m2, and the codes `responsible` and `town` (None
        where the plot has none). An event without an area is of what was left of its plot:
        the smaller of its measured area and the ledger's, as `enping_gis.status.folded` has it.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> parts = revitalised_parts(Inventory.demo())
    >>> this_year = parts[parts["day"] >= "2023-01-01"]
    >>> len(this_year), int(this_year["done_m2"].sum() * 15 / 10_000)
    (9, 793)
    >>> len(revitalised_parts(Inventory.demo().on("2022-01-01")))
    0
    """
    plots = inventory.tables["parcels"].drop_duplicates("parcel_id").set_index("parcel_id")
    counted = standing_events(inventory.events, inventory.as_of)
    counting = _counting(plots, inventory.as_of.isoformat())
    rows = counted[(counted["kind"] == "revitalised") & counted["parcel_id"].isin(counting)]
    done_m2 = rows["area_m2"].astype("float64").clip(lower=0)
    lacking = rows.loc[done_m2.isna(), "parcel_id"].unique()
    if len(lacking):
        done_m2 = _filled(rows["parcel_id"], done_m2, _whole_m2(inventory, lacking))
    return pd.DataFrame(
        {
            "event_id": rows["event_id"],
            "parcel_id": rows["parcel_id"],
            "day": event_days(rows),
            "done_m2": done_m2,
            "responsible": rows["parcel_id"].map(plots["responsible"]),
            "town": rows["parcel_id"].map(plots["town"]),
        },
        columns=list(COLUMNS),
    ).reset_index(drop=True)


def _counting(plots: pd.DataFrame, day: str) -> list[str]:
    """
    Return the plots whose events count on a day.

    A plot that was divided or merged handed its events on to those in its place, so they count
    there; one that ended without an heir keeps its own.
    """
    begun = plots[plots["valid_from"].isna() | (plots["valid_from"].fillna("") <= day)]
    handed_on = {
        parent.strip()
        for cell in begun["parents"].dropna()
        for parent in cell.split(LIST_SEPARATOR)
    }
    ended = begun["valid_to"].notna() & (begun["valid_to"].fillna("9") <= day)
    return begun.index[~(ended & begun.index.isin(list(handed_on)))].tolist()


def _whole_m2(inventory: Inventory, parcel_ids: Iterable[str]) -> dict[str, float]:
    """Measure the plots named; what nothing is known of has no area."""
    rows = inventory.tables["parcels"]
    mine = rows[rows["parcel_id"].isin(list(parcel_ids))]
    measured = area(mine, method=inventory.meta.area_method).to_numpy()
    stated = stated_m2(mine).to_numpy()
    whole_m2 = np.fmin(measured, np.where(stated > 0, stated, np.nan))
    return dict(zip(mine["parcel_id"], np.nan_to_num(whole_m2).tolist(), strict=True))


def _filled(
    parcels: pd.Series[str], done_m2: pd.Series[float], whole_m2: dict[str, float]
) -> pd.Series[float]:
    """Give events without an area what was left of their plots at that time."""
    so_far: defaultdict[str, float] = defaultdict(float)
    filled = []
    for parcel, part_m2 in zip(parcels, done_m2, strict=True):
        known = not pd.isna(part_m2)
        each_m2 = float(part_m2) if known else max(whole_m2[parcel] - so_far[parcel], 0.0)
        so_far[parcel] += each_m2
        filled.append(each_m2)
    return pd.Series(filled, index=done_m2.index, dtype="float64")
