"""What a page is made of: the tables and figures of an inventory, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from pyproj import CRS

    from enping_gis.messages import Language

    Ints = npt.NDArray[np.int64]
    Record = dict[str, Any]


@dataclass(frozen=True)
class PageData:
    """
    What the page shows, measured already.

    Parameters
    ----------
    parcels, places : geopandas.GeoDataFrame
        Tables of those names, in a projected CRS; all plots that stood at any time up to the day.
    lives : pandas.DataFrame
        From when to when each plot stood: `valid_from` and `valid_to`, ISO or empty.
    standing : pandas.DataFrame
        As `enping_gis.measure.standing.status_on` returns it.
    contacts : pandas.DataFrame
        As `enping_gis.measure.contacts.contacts_by_row` returns it.
    projects, parcel_projects : pandas.DataFrame
        Tables of those names.
    grouping : {"responsible", "town"}
        Column of `parcels` that makes the units.
    legend, units : pandas.DataFrame
        Rows of the totals by status and by `grouping`.
    total : dict
        The total that both add up to.
    steps : pandas.DataFrame
        As `enping_gis.viewer.history.steps` returns it.
    events : pandas.DataFrame
        As `enping_gis.viewer.events.life` returns it.
    progress : list of dict
        Commitments and what was done of them, day by day of change.
    labels : dict of str to dict
        What units and places with commitments are called, by language and key.
    """

    parcels: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    lives: pd.DataFrame
    standing: pd.DataFrame
    contacts: pd.DataFrame
    projects: pd.DataFrame
    parcel_projects: pd.DataFrame
    grouping: Literal["responsible", "town"]
    legend: pd.DataFrame
    units: pd.DataFrame
    total: Mapping[str, Any]
    steps: pd.DataFrame
    events: pd.DataFrame
    progress: list[Record]
    labels: Mapping[Language, Mapping[str, str]]


@dataclass(frozen=True)
class PageFacts:
    """
    What the page says of itself.

    Parameters
    ----------
    lang : {"zh", "en"}
        Its language.
    title : str
        Its title.
    as_of : datetime.date
        The day it shows.
    crs : pyproj.CRS
        CRS in which areas and contacts were measured.
    area_method : str
        Code of the area method.
    is_demo : bool
        The plots are those of the demonstration.
    source : str
        Where the data is from, as the foot line says it.
    within_m : float
        How far apart neighbours may lie, in metres.
    is_public : bool
        The page is for the public.
    """

    lang: Language
    title: str
    as_of: date
    crs: CRS
    area_method: str
    is_demo: bool
    source: str
    within_m: float
    is_public: bool = False
