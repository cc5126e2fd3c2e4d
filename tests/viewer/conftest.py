"""A browser without network, and inventories small enough to read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from enping_gis.inventory import Inventory
from enping_gis.schema import conformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pandas as pd
    from playwright.sync_api import Browser, Dialog, Page, Request
    from shapely import Geometry

X_M, Y_M = 634_000.0, 2_450_000.0


@pytest.fixture
def complaints() -> list[str]:
    """Return what pages did that a quiet offline page does not do; `opened` fills it."""
    return []


@pytest.fixture
def opened(browser: Browser, complaints: list[str]) -> Callable[..., AbstractContextManager[Page]]:
    """Return a context manager that opens a page file with the network off."""

    @contextmanager
    def open_page(path: Path, width: int = 1366, height: int = 768) -> Iterator[Page]:
        context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
        page = context.new_page()

        def note_request(request: Request) -> None:
            if not request.url.startswith(("data:", path.as_uri())):
                complaints.append(request.url)

        def dismiss(dialog: Dialog) -> None:
            complaints.append(dialog.message)
            dialog.dismiss()

        page.on("request", note_request)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", dismiss)
        page.goto(path.as_uri())
        page.evaluate("enping.ready")
        yield page
        context.close()

    return open_page


def plot(number: int, geometry: Geometry | None) -> dict[str, Any]:
    """Return one row of table parcels."""
    return {"parcel_id": f"T{number}", "name": f"试{number}", "geometry": geometry}


def inventory_of(rows: list[dict[str, Any]], **tables: pd.DataFrame) -> Inventory:
    """Return an inventory with these plots, in the CRS of the demonstration."""
    demo = Inventory.demo()
    frame = conformed(gpd.GeoDataFrame(rows, geometry="geometry", crs=demo.crs), "parcels")
    parcels = gpd.GeoDataFrame(frame, geometry="geometry", crs=demo.crs)
    places = demo.places.iloc[:0]
    meta = replace(demo.meta, is_demo=False, name="tests")
    return Inventory(tables={"parcels": parcels, "places": places, **tables}, meta=meta)


@pytest.fixture
def odd_shapes() -> Inventory:
    """A plot with a hole and an island in it, one of two parts, one without shape, a bow tie."""
    outer = box(X_M, Y_M, X_M + 300, Y_M + 300)
    hole = box(X_M + 50, Y_M + 50, X_M + 250, Y_M + 250)
    island = box(X_M + 120, Y_M + 120, X_M + 180, Y_M + 180)
    ring = MultiPolygon([Polygon(outer.exterior, [hole.exterior]), island])
    east = X_M + 400
    two = MultiPolygon(
        [box(east, Y_M, east + 90, Y_M + 90), box(east, Y_M + 200, east + 60, Y_M + 260)]
    )
    far = X_M + 600
    tie = Polygon([(far, Y_M), (far + 100, Y_M + 120), (far + 100, Y_M), (far, Y_M + 100)])
    rows = [
        plot(1, ring),
        plot(2, two),
        plot(3, None),
        plot(4, MultiPolygon([tie])),
        plot(5, box(X_M + 60, Y_M + 60, X_M + 110, Y_M + 110)),
    ]
    return inventory_of(rows)
