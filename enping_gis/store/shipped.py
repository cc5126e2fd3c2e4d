"""Read the places and the demonstration inventory that travel with the package."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from enping_gis._resources import data_folder
from enping_gis.crs import ENPING_EPSG, enping_extent, parsed_crs, transformed
from enping_gis.schema import conformed, tables
from enping_gis.store.meta import DEMO_ORIGIN, InventoryMeta


def shipped_places(crs: CRS) -> gpd.GeoDataFrame:
    """
    Return Enping's towns, street and park as they ship: schematic.

    Parameters
    ----------
    crs : pyproj.CRS
        Working CRS, in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``places``, 12 rows, in `crs`.

    Examples
    --------
    >>> len(shipped_places(CRS.from_epsg(4546)))
    12
    """
    content = data_folder("boundaries").joinpath("places.geojson").read_bytes()
    return _layer(content, "places", crs)


@cache
def demo_parcels() -> gpd.GeoDataFrame:
    """
    Return the plots of the demonstration.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``parcels`` in EPSG:4546; shared, so not to be changed.

    Examples
    --------
    >>> len(demo_parcels())
    119
    """
    parcels = demo_tables()[0]["parcels"]
    return parcels if isinstance(parcels, gpd.GeoDataFrame) else gpd.GeoDataFrame(parcels)


def demo_tables() -> tuple[dict[str, pd.DataFrame], InventoryMeta]:
    """
    Return the demonstration inventory as it ships.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        Every table of the layer model, geometry in EPSG:4546.
    meta : InventoryMeta
        What it says of itself.

    Examples
    --------
    >>> frames, meta = demo_tables()
    >>> len(frames["parcels"]), meta.is_demo
    (119, True)
    """
    folder = data_folder("demo")
    about = json.loads(folder.joinpath("index.json").read_text("utf-8"))
    crs = CRS.from_epsg(ENPING_EPSG)
    parcels = folder.joinpath("parcels.geojson").read_bytes()
    frames: dict[str, pd.DataFrame] = {
        "places": shipped_places(crs),
        "parcels": _layer(parcels, "parcels", crs),
    }
    for name in tables().keys() - frames.keys():
        with folder.joinpath(f"{name}.csv").open("rb") as stream:
            frames[name] = conformed(pd.read_csv(stream, dtype=str), name)
    meta = InventoryMeta(
        crs,
        as_of=date.fromisoformat(about["as_of"]),
        county_extent=enping_extent(),
        name=DEMO_ORIGIN,
        origin=DEMO_ORIGIN,
        is_demo=True,
    )
    return frames, meta


def _layer(content: bytes, name: str, crs: CRS) -> gpd.GeoDataFrame:
    # GDAL cannot read from inside a zipped wheel, so these files are parsed here.
    collection = json.loads(content)
    source = parsed_crs(collection["crs"]["properties"]["name"])
    features = collection["features"]
    shapes = shapely.from_geojson([json.dumps(each["geometry"]) for each in features])
    multi = [shapely.MultiPolygon(getattr(each, "geoms", [each])) for each in shapes]
    geometry = gpd.GeoSeries(transformed(gpd.GeoSeries(multi), source, crs), crs=crs)
    rows = pd.DataFrame([each["properties"] for each in features])
    return gpd.GeoDataFrame(conformed(rows, name), geometry=geometry)
