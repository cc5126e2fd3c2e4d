"""Turn files into the tables of an inventory: stored ones, and files of parcels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from enping_gis.collecting import collected
from enping_gis.crs import crs_name, is_metric, parsed_crs, transformed
from enping_gis.errors import CRSError, SchemaError, SourceError
from enping_gis.incoming import wished
from enping_gis.status import faulty_events, today
from enping_gis.store.edited import edited_outside
from enping_gis.store.engines import is_inventory, read_meta, read_stored, require_inventory
from enping_gis.store.merge import opening_events
from enping_gis.store.meta import InventoryMeta
from enping_gis.store.place import Database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from enping_gis.findings import Finding
    from enping_gis.store.place import Place

    Frames = dict[str, pd.DataFrame]
    Opened = tuple[Frames, InventoryMeta, tuple[Finding, ...]]


def parsed_day(day: date | str) -> date:
    """
    Read a day.

    Parameters
    ----------
    day : datetime.date or str
        A day, or its ISO form.

    Returns
    -------
    datetime.date
        The day.

    Raises
    ------
    SchemaError
        The text is no date.

    Examples
    --------
    >>> parsed_day("2023-03-30").year
    2023
    >>> parsed_day("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SchemaError: ...
    """
    if isinstance(day, datetime):
        return day.date()
    try:
        return day if isinstance(day, date) else date.fromisoformat(day)
    except ValueError as error:
        raise SchemaError("error.date", value=day) from error


def is_stored(path: Place, layer: str | None) -> bool:
    """
    Tell whether an inventory is to be opened, and not a file of parcels.

    Parameters
    ----------
    path : pathlib.Path or Database
        What somebody names.
    layer : str or None
        Layer of a file of parcels.

    Returns
    -------
    bool
        True for an inventory.

    Raises
    ------
    SourceError
        A database does not answer, or holds no inventory.

    Examples
    --------
    >>> from pathlib import Path
    >>> is_stored(Path("missing.gpkg"), None)
    False
    """
    if isinstance(path, Database):
        require_inventory(path)
    return layer is None and is_inventory(path)


def stored_tables(path: Place) -> Opened:
    """
    Read an inventory file.

    Parameters
    ----------
    path : pathlib.Path or Database
        What `is_stored` says to be an inventory.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        Every table of the layer model, geometry in the working CRS.
    meta : InventoryMeta
        What it says of itself.
    findings : tuple of Finding
        Events that cannot count, and what other programs changed in the file.

    Raises
    ------
    SourceError
        The file is damaged.
    """
    frames, state = read_stored(path)
    meta = replace(InventoryMeta.read(read_meta(path), path), revision=state.revision)
    for name, frame in frames.items():
        frames[name] = frame.reset_index(drop=True)
    for name in ("parcels", "places"):
        frames[name] = in_crs(frames[name], meta.crs)
    findings = faulty_events(frames["events"], frames["parcels"]["parcel_id"], str(path))
    if not state.is_as_left:
        findings += edited_outside(path)
    return frames, meta, findings


def tables_of_file(
    path: Place,
    *,
    layer: str | None = None,
    crs: str | CRS | None = None,
    encoding: str | None = None,
    day: date | None = None,
) -> Opened:
    """
    Read a file of parcels as if it were an inventory.

    Inside Enping it gets the shipped places; what it states as status holds on the day that
    is looked at, since a file has no day of its own.

    Parameters
    ----------
    path : pathlib.Path
        Any file of plots that the package reads.
    layer : str, optional
        Layer, where there are several.
    crs : str or pyproj.CRS, optional
        System, whatever the file declares; a projected one in metres is the working CRS.
    encoding : str, optional
        Encoding of its texts, whatever the file declares.
    day : datetime.date, optional
        The day to look at.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        Tables ``parcels``, ``places`` and ``events``.
    meta : InventoryMeta
        Working CRS, county, name and path.
    findings : tuple of Finding
        What was noticed on the way.

    Raises
    ------
    SourceError
        The file is missing, of another kind, damaged, or a ledger without any geometry.
    CRSError
        The coordinate system is missing and not decidable, or cannot be used.
    """
    if isinstance(path, Database):
        raise SourceError("error.database_layer", path=path)
    parcels, batches, findings = collected(path, wished(layer=layer, crs=crs, encoding=encoding))
    if all(each.raw.decision is None for each in batches):
        raise SourceError("error.no_geometry", path=path)
    setting = batches[0].setting
    opening = opening_events(parcels, pd.Series(dtype=str), day or today(), path.name)
    frames: Frames = {
        "parcels": parcels,
        "places": setting.places,
        "events": opening.assign(event_id=opening["parcel_id"]),
    }
    meta = InventoryMeta(
        setting.crs,
        as_of=day,
        county_extent=setting.county if len(setting.places) else None,
        name=path.stem,
        source_path=path,
    )
    return frames, meta, findings


def in_crs(frame: pd.DataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """
    Return a layer of an inventory in another CRS.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Table ``parcels`` or ``places``; without a CRS it is taken to be in `crs`.
    crs : pyproj.CRS
        Projected, in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows, geometry in `crs`.

    Examples
    --------
    >>> from pyproj import CRS
    >>> in_crs(gpd.GeoDataFrame(geometry=[], crs=4490), CRS.from_epsg(4546)).crs.to_epsg()
    4546
    """
    layer = _geo(frame)
    if layer.crs is None or parsed_crs(layer.crs) == crs:
        return layer.set_crs(crs, allow_override=True)
    geometry = transformed(layer.geometry.to_numpy(), parsed_crs(layer.crs), crs)
    return layer.set_geometry(gpd.GeoSeries(geometry, index=layer.index, crs=crs))


def moved(frames: Mapping[str, pd.DataFrame], crs: str | CRS) -> tuple[Frames, CRS]:
    """
    Return the tables of an inventory in another working CRS.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Tables of the layer model.
    crs : str or pyproj.CRS
        A projected system in metres.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        The same tables, geometry in `crs`.
    crs : pyproj.CRS
        The system.

    Raises
    ------
    CRSError
        It is no CRS, cannot be used, or nothing can be measured in it.
    """
    target = parsed_crs(crs)
    if not is_metric(target):
        raise CRSError("error.crs_not_metric", value=crs_name(target))
    layers = {name: in_crs(frames[name], target) for name in ("parcels", "places")}
    return dict(frames) | layers, target


def _geo(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    return frame if isinstance(frame, gpd.GeoDataFrame) else gpd.GeoDataFrame(frame)
