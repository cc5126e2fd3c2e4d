"""What the public may see: no persons, no notes, no exact corners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import shapely

from enping_gis.crs import WGS84, transformed

if TYPE_CHECKING:
    import pandas as pd

    from enping_gis.viewer.page_data import PageData

Frame = TypeVar("Frame", bound="pd.DataFrame")

DECIMALS = 5
# About one step of the fifth decimal on the ground.
_SIMPLER_M = 1.0
_PRIVATE = ("holder", "blockers", "note", "floor_area_m2", "stated_mu", "stated_ha", "mechanism")
_INVESTOR = ("investor", "investment_yi")


def published(data: PageData) -> PageData:
    """
    Leave out what is not for the public; areas and totals stay as they were measured.

    Parameters
    ----------
    data : PageData
        What an internal page shows.

    Returns
    -------
    PageData
        Without holders, blockers, ledger figures, investors, the days on which a status
        changed (but for the present one), events, and neighbours; shapes are simplified by 1 m and
        their coordinates rounded to five decimals of a degree.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> from enping_gis.viewer.gathering import page_data
    >>> shown = published(page_data(Inventory.demo(), "en", 40.0))
    >>> shown.parcels["holder"].notna().any(), len(shown.contacts)
    (np.False_, 0)
    """
    parcels = _blanked(_coarse(data.parcels), _PRIVATE)
    return replace(
        data,
        parcels=parcels,
        places=_coarse(data.places),
        contacts=data.contacts.iloc[:0],
        projects=_blanked(data.projects, _INVESTOR),
        steps=data.steps.iloc[:0],
        events=data.events.iloc[:0],
    )


def _blanked(frame: Frame, columns: tuple[str, ...]) -> Frame:
    return frame.assign(**{name: None for name in columns if name in frame})


def _coarse(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify shapes and round their coordinates."""
    shapes = frame.geometry.to_numpy()
    degrees = transformed(shapely.simplify(shapes, _SIMPLER_M), frame.crs, WGS84)
    rounded = shapely.transform(degrees, lambda points: np.round(points, DECIMALS))
    whole = shapely.make_valid(rounded)
    back = transformed(whole, WGS84, frame.crs)
    return frame.set_geometry(gpd.GeoSeries(back, index=frame.index, crs=frame.crs))
