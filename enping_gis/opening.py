"""Turn files into the tables of an inventory: stored ones, files of parcels, imports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from enping_gis.crs import (
    Extent,
    crs_name,
    enping_extent,
    is_metric,
    lonlat_extent,
    parsed_crs,
    transformed,
    working_crs,
)
from enping_gis.errors import CRSError, SchemaError
from enping_gis.findings import Finding
from enping_gis.intake.layers import read_layer
from enping_gis.intake.standard import given_columns, standard_parcels, standard_places
from enping_gis.intake.wording import place_codes
from enping_gis.schema import conformed, table
from enping_gis.status import CHINA_TIME, faulty_events, today
from enping_gis.store.geopackage import is_inventory, read_meta, read_tables
from enping_gis.store.merge import appended, merged, opening_events
from enping_gis.store.meta import InventoryMeta
from enping_gis.store.shipped import shipped_places

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from pyproj import CRS

    from enping_gis.intake.layers import RawLayer

    Frames = dict[str, pd.DataFrame]
    Opened = tuple[Frames, InventoryMeta, tuple[Finding, ...]]

IMPORTABLE = ("parcels", "places")


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


def stored_tables(path: Path) -> Opened:
    """
    Read an inventory file.

    Parameters
    ----------
    path : pathlib.Path
        A file that `enping_gis.store.geopackage.is_inventory` knows.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        Every table of the layer model, geometry in the working CRS.
    meta : InventoryMeta
        What it says of itself.
    findings : tuple of Finding
        Events that cannot count.

    Raises
    ------
    SourceError
        The file is damaged.
    """
    meta = InventoryMeta.read(read_meta(path), path)
    frames = read_tables(path)
    for name in ("parcels", "places"):
        frames[name] = in_crs(frames[name], meta.crs)
    findings = faulty_events(frames["events"], frames["parcels"]["parcel_id"], str(path))
    return frames, meta, findings


def tables_of_file(
    path: Path, *, layer: str | None = None, crs: str | CRS | None = None, day: date | None = None
) -> Opened:
    """
    Read a file of parcels as if it were an inventory.

    Inside Enping it gets the shipped places; what it states as status holds on the day that
    is looked at, since a file has no day of its own.

    Parameters
    ----------
    path : pathlib.Path
        GeoPackage, Shapefile or GeoJSON.
    layer : str, optional
        Layer, where there are several.
    crs : str or pyproj.CRS, optional
        System, whatever the file declares; a projected one in metres is the working CRS.
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
        The file is missing, of another kind, or damaged.
    CRSError
        The coordinate system is missing and not decidable, or cannot be used.
    """
    option = None if crs is None else parsed_crs(crs)
    raw = read_layer(path, layer=layer, crs=option)
    box = _box(raw.frame, raw.decision.crs)
    in_enping = enping_extent().holds(box)
    target = working_crs(raw.decision.crs, box)
    if option is not None and is_metric(option):
        target = option
    places = shipped_places(target)
    parcels, found = standard_parcels(raw, place_codes(places) if in_enping else {}, target)
    opening = opening_events(parcels, pd.Series(dtype=str), day or today(), path.name)
    frames: Frames = {
        "parcels": parcels,
        "places": places if in_enping else places.iloc[:0],
        "events": opening.assign(event_id=opening["parcel_id"]),
    }
    meta = InventoryMeta(
        target,
        as_of=day,
        county_extent=enping_extent() if in_enping else None,
        name=path.stem,
        source_path=path,
    )
    stray = () if in_enping or parcels.empty else (_outside(raw, box),)
    return frames, meta, (*raw.findings, *found, *stray)


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


def read_for_import(
    source: str | os.PathLike[str],
    meta: InventoryMeta,
    *,
    into: str,
    layer: str | None = None,
    crs: str | CRS | None = None,
) -> RawLayer:
    """
    Read a file whose rows are to go into an inventory.

    Parameters
    ----------
    source : path-like
        GeoPackage, Shapefile or GeoJSON.
    meta : InventoryMeta
        The inventory; its county settles a missing CRS.
    into : {"parcels", "places"}
        Table that the rows belong to.
    layer : str, optional
        Layer, where there are several.
    crs : str or pyproj.CRS, optional
        System, whatever the file declares.

    Returns
    -------
    RawLayer
        The rows as they were read.

    Raises
    ------
    SchemaError
        Rows cannot be imported into that table.
    SourceError
        The file is missing, of another kind, or damaged.
    CRSError
        The coordinate system is missing and not decidable, or cannot be used.
    """
    if into not in IMPORTABLE:
        raise SchemaError("error.import_table", value=into, known=", ".join(IMPORTABLE))
    option = None if crs is None else parsed_crs(crs)
    raw = read_layer(source, layer=layer, crs=option, county=meta.county_extent, prefer=into)
    if into != "parcels" or not is_inventory(Path(source)):
        return raw
    left = len(read_tables(Path(source))["events"])
    where: dict[str, Any] = {"file": raw.file, "layer": "events"}
    found = (Finding("events_left", "warning", value=str(left), **where),) if left else ()
    return replace(raw, findings=(*raw.findings, *found))


def tables_with(
    frames: Mapping[str, pd.DataFrame],
    raw: RawLayer,
    meta: InventoryMeta,
    *,
    into: str,
    status_now: pd.Series[Any] | None,
    day: date,
) -> tuple[Frames, tuple[Finding, ...], pd.DataFrame]:
    """
    Return the tables of an inventory with imported rows, and what changed.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Tables before the import.
    raw : RawLayer
        What `read_for_import` returned.
    meta : InventoryMeta
        The inventory.
    into : {"parcels", "places"}
        Table that the rows belong to.
    status_now : pandas.Series of str or None
        Status of each plot before the import, by id; no event repeats it.
    day : datetime.date
        Day on which stated statuses hold.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        Tables after the import.
    findings : tuple of Finding
        What was noticed on the way.
    changes : pandas.DataFrame
        Columns `table`, `change` (added, updated, unchanged, kept_aside) and `rows`.
    """
    if into == "places":
        rows, found = standard_places(raw, meta.crs)
    else:
        rows, found = standard_parcels(
            raw,
            place_codes(frames["places"]),
            meta.crs,
            row_prefix=f"{Path(raw.file).stem}-",
        )
    given = given_columns(raw, into)
    silent = [each for each in table(into).names if each not in given]
    result = dict(frames)
    after = merged(_geo(frames[into]), rows.drop(columns=silent), str(table(into).key))
    result[into] = conformed(after.frame, into)
    changes = [
        (into, "added", len(after.added)),
        (into, "updated", len(after.updated)),
        (into, "unchanged", len(after.unchanged)),
        (into, "kept_aside", raw.rows_in - len(raw.frame) + _left_out(found)),
    ]
    if into == "parcels":
        now = pd.Series(dtype=str) if status_now is None else status_now
        opening = opening_events(rows, now, day, Path(raw.file).name)
        events = frames.get("events", conformed(pd.DataFrame(), "events"))
        result["events"] = appended(events, opening, meta.origin, datetime.now(CHINA_TIME))
        changes.append(("events", "added", len(opening)))
    findings = [*raw.findings, *found]
    if into == "places":
        findings += _still_schematic(result["places"])
    box = _box(rows, meta.crs)
    if meta.county_extent is not None and len(rows) and not meta.county_extent.holds(box):
        findings.append(_outside(raw, box))
    table_of_changes = pd.DataFrame(changes, columns=["table", "change", "rows"])
    return result, tuple(findings), table_of_changes


def _left_out(findings: tuple[Finding, ...]) -> int:
    return sum(finding.rule == "place_code" for finding in findings)


def _still_schematic(places: pd.DataFrame) -> list[Finding]:
    """Name the places that the office's file lacks: their sketch stays, plots refer to them."""
    names = list(places.loc[places["schematic"], "name"])
    if not names or len(names) == len(places):
        return []
    return [Finding("places_schematic", "info", layer="places", value=", ".join(names))]


def _outside(raw: RawLayer, box: Extent) -> Finding:
    value = ", ".join(f"{side:.3f}" for side in box)
    return Finding("outside_county", "warning", file=raw.file, layer=raw.layer, value=value)


def _box(frame: gpd.GeoDataFrame, crs: CRS) -> Extent:
    if frame.empty:
        return enping_extent()
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return lonlat_extent((west, south, east, north), crs)


def _geo(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    return frame if isinstance(frame, gpd.GeoDataFrame) else gpd.GeoDataFrame(frame)
