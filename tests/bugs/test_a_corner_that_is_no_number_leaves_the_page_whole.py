"""A corner in the middle of a ring that was no number stopped the page: bounds leave it out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.shapes import polygonal
from tests.viewer import unpacking


def test_the_plot_is_listed_without_a_place() -> None:
    demo = Inventory.demo()
    parcels = demo.parcels.iloc[:3].copy()
    corners = shapely.get_coordinates(parcels.geometry.iloc[1])
    corners[2] = np.nan
    shapes = parcels.geometry.to_numpy().copy()
    with np.errstate(invalid="ignore"):
        shapes[1] = shapely.Polygon(corners)
    assert polygonal(shapes)[1] is None
    parcels = parcels.set_geometry(shapes, crs=demo.crs)
    inventory = replace(demo, tables=demo.tables | {"parcels": parcels})
    page = unpacking.data_of(ParcelMap(inventory).get_root().render())
    assert page["unplaced"] == [1]
