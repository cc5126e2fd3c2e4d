"""A small inventory to write to, cut out of the demonstration: synthetic and schematic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from enping_gis.inventory import Inventory

if TYPE_CHECKING:
    from enping_gis.store.place import Place

PLOTS = ("EP096", "EP097", "EP099", "EP100")
DAY = "2023-03-30"


def small_inventory(path: Place) -> Inventory:
    """Save four plots with their events, and return them opened."""
    demo = Inventory.demo()
    parcels = demo.parcels[demo.parcels["parcel_id"].isin(PLOTS)].reset_index(drop=True)
    near = demo.places["place"].isin({*parcels["town"], *parcels["responsible"]})
    tables = {
        "parcels": parcels,
        "places": demo.places[near].reset_index(drop=True),
        "targets": demo.targets.head(3),
    }
    mine = demo.events["parcel_id"].isin(PLOTS)
    # Cut out of the demonstration's chain they are in none, and get one of their own.
    tables["events"] = demo.events[mine].assign(hash=None).reset_index(drop=True)
    replace(demo, tables=tables).save(path)
    return Inventory.open(path)
