"""Small inventories to test with: plots whose areas follow by hand, and what happened to them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from enping_gis.inventory import Inventory
from enping_gis.opening import parsed_day
from enping_gis.schema import conformed
from enping_gis.store.meta import InventoryMeta
from tests.plots import EAST_M, NORTH_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENCHENG, HENGPI, PARK = "440785001", "440785100", "440785400"


@cache
def places() -> gpd.GeoDataFrame:
    """Return the twelve places."""
    return Inventory.demo().places


@cache
def empty(name: str) -> pd.DataFrame:
    """Return a table without rows."""
    return conformed(pd.DataFrame(), name)


def office(
    plots: Mapping[str, Mapping[str, Any]],
    events: Iterable[Mapping[str, Any]] = (),
    *,
    as_of: str = "2023-03-30",
    **tables: Iterable[Mapping[str, Any]],
) -> Inventory:
    """
    Return an inventory: each plot has `mu` (default 15) and columns of table ``parcels``.

    Areas are planar, so that they are the ones given; who answers is Encheng unless said.
    """
    rows, shapes = [], []
    for number, (parcel, given) in enumerate(plots.items()):
        row = {"town": ENCHENG, "responsible": ENCHENG, "name": f"plot {parcel}"} | dict(given)
        west_m = EAST_M + 1_000 * number
        shapes.append(
            shapely.box(west_m, NORTH_M, west_m + 100 * row.pop("mu", 15) / 15, NORTH_M + 100)
        )
        rows.append(row | {"parcel_id": parcel})
    parcels = conformed(pd.DataFrame(rows), "parcels")
    others = ("projects", "parcel_projects", "targets", "agreements", "teams")
    frames: dict[str, pd.DataFrame] = {name: empty(name) for name in others} | {
        "parcels": gpd.GeoDataFrame(parcels, geometry=shapes, crs=4546),
        "places": places(),
        "events": conformed(
            pd.DataFrame(
                [{"event_id": f"e{n:03}"} | dict(event) for n, event in enumerate(events)]
            ),
            "events",
        ),
    }
    for name, records in tables.items():
        frames[name] = conformed(pd.DataFrame([dict(each) for each in records]), name)
    meta = InventoryMeta(CRS.from_epsg(4546), as_of=parsed_day(as_of), area_method="planar")
    return Inventory(frames, meta)


def done(parcel: str, day: str, mu: float | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - cells of any kind
    """Return an event by which a part of a plot is put back to use."""
    area_m2 = None if mu is None else mu * 2000 / 3
    return {"parcel_id": parcel, "date": day, "kind": "revitalised", "area_m2": area_m2, **more}


def event(parcel: str, day: str, kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - cells of any kind
    """Return an event."""
    return {"parcel_id": parcel, "date": day, "kind": kind, **more}
