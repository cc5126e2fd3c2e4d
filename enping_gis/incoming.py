"""Bring the plots of a planner's file together: one working CRS, standard columns, one account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd

from enping_gis.crs import (
    ENPING_EPSG,
    Extent,
    enping_extent,
    is_metric,
    lonlat_extent,
    parsed_crs,
    working_crs,
)
from enping_gis.errors import InputError, SourceError
from enping_gis.findings import Finding
from enping_gis.intake.coordinates.datum import DatumShift
from enping_gis.intake.meaning.identity import TakenIds
from enping_gis.intake.meaning.standard import standard_parcels
from enping_gis.intake.meaning.wording import place_codes
from enping_gis.intake.stream import Wish, described, layers
from enping_gis.schema import conformed, recognised_columns
from enping_gis.store.shipped import demo_parcels, shipped_places

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from pyproj import CRS

    from enping_gis.intake.raw import RawLayer

# A table that names neither is no list of plots, but a cover sheet or a key to the signs.
_NAMING = frozenset({"parcel_id", "name"})
_COLUMNS_SHOWN = 8
_CRS_OF_ENPING = parsed_crs(ENPING_EPSG)


@dataclass(frozen=True)
class Setting:
    """
    What plots are read into.

    Parameters
    ----------
    crs : pyproj.CRS
        Working CRS, in metres.
    places : geopandas.GeoDataFrame
        Table ``places``; empty outside the county.
    county : Extent or None
        Box of the county in degrees; None where the file lies outside of it.
    """

    crs: CRS
    places: gpd.GeoDataFrame
    county: Extent | None

    @classmethod
    def around(cls, raw: RawLayer | None, wish: Wish) -> Setting:
        """
        Choose the setting for the plots of a file that belongs to no inventory.

        Parameters
        ----------
        raw : RawLayer or None
            Its first batch; Enping is the setting of a table without geometry.
        wish : Wish
            How it was read; a projected system in metres that was asked for is kept.

        Returns
        -------
        Setting
            Enping with the shipped places, or a bare setting elsewhere.
        """
        county = wish.county or enping_extent()
        box = county if raw is None or raw.decision is None else box_of(raw.frame, raw.decision.crs)
        inside = county.holds(box)
        target = _CRS_OF_ENPING if raw is None or raw.decision is None else raw.decision.crs
        target = working_crs(target, box)
        if wish.crs is not None and is_metric(wish.crs):
            target = wish.crs
        places = shipped_places(target)
        in_enping = inside and wish.county is None
        return cls(target, places if in_enping else places.iloc[:0], county if inside else None)


class Plots(NamedTuple):
    """
    Plots of one batch.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Table ``parcels`` in the working CRS; of a plain table without geometry.
    raw : RawLayer
        The batch as it was read.
    findings : tuple of Finding
        What was noticed, on reading and here.
    setting : Setting
        What they were read into.
    """

    parcels: gpd.GeoDataFrame
    raw: RawLayer
    findings: tuple[Finding, ...]
    setting: Setting

    def account(self) -> dict[str, Any]:
        """
        Return how the batch was read.

        Returns
        -------
        dict of str to Any
            Keys `file`, `layer`, `driver`, `encoding`, `encoding_how`, `crs`, `how`,
            `rows_in`, `rows_out` and `parcels`.
        """
        crs, how = described(self.raw.decision)
        return {
            "file": self.raw.file,
            "layer": self.raw.layer,
            "driver": self.raw.driver,
            "encoding": self.raw.encoding.name,
            "encoding_how": self.raw.encoding.how,
            "crs": crs,
            "how": how,
            "rows_in": self.raw.rows_in,
            "rows_out": len(self.parcels),
            "parcels": len(self.parcels),
        }


def incoming(
    path: str | os.PathLike[str],
    wish: Wish | None = None,
    *,
    setting: Setting | None = None,
    prefix: str = "",
) -> Iterator[Plots]:
    """
    Read the plots of a file, batch after batch, so that a file may be larger than memory.

    Parameters
    ----------
    path : path-like
        Any file or folder that the package reads.
    wish : Wish, optional
        What to take of it and how to decode it.
    setting : Setting, optional
        What to read into; by default chosen from the first batch.
    prefix : str
        What the ids of rows without one begin with.

    Yields
    ------
    Plots
        A batch; ids are unique over all of them.

    Raises
    ------
    InputError
        The file or an option cannot be used; the message says how to cure it.

    Examples
    --------
    >>> list(incoming("missing.shp"))
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    wish = wish or Wish()
    taken = TakenIds()
    codes: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for raw in layers(path, wish):
        if setting is None or not codes:
            setting = setting or Setting.around(raw, wish)
            codes = place_codes(setting.places)
        own = (raw.file, raw.layer)
        # Numbered rows of a second layer would repeat the ids of the first.
        lead = f"{prefix}{raw.layer}-" if seen - {own} else prefix
        seen.add(own)
        if raw.decision is None and not _NAMING & set(recognised_columns("parcels", raw.columns)):
            yield _left(raw, setting)
            continue
        # The rows of a ledger have the codes of the plots that they are joined to.
        ids = None if raw.decision is None else taken
        parcels, found = standard_parcels(raw, codes, setting.crs, row_prefix=lead, taken=ids)
        findings = (*raw.findings, *found, *_stray(parcels, raw, setting))
        yield Plots(parcels, raw, findings, setting)
    if not seen:
        raise SourceError("error.no_polygons", path=path, known="-")


def box_of(frame: gpd.GeoDataFrame, crs: CRS) -> Extent:
    """
    Return the box of a layer in degrees.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        The layer.
    crs : pyproj.CRS
        Its system.

    Returns
    -------
    Extent
        Its box; the county's where the layer is empty.

    Examples
    --------
    >>> box_of(gpd.GeoDataFrame(geometry=[], crs=4490), parsed_crs(4490)) == enping_extent()
    True
    """
    if frame.empty or "geometry" not in frame or frame.geometry.isna().all():
        return enping_extent()
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return lonlat_extent((west, south, east, north), crs)


def _left(raw: RawLayer, setting: Setting) -> Plots:
    """Set a sheet aside that lists no plots, such as a cover or a key."""
    empty = gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs=setting.crs))
    known = ", ".join(raw.columns[:_COLUMNS_SHOWN]) or "-"
    finding = Finding("sheet_left", "warning", file=raw.file, layer=raw.layer, value=known)
    return Plots(conformed(empty, "parcels"), raw, (*raw.findings, finding), setting)


def _stray(parcels: gpd.GeoDataFrame, raw: RawLayer, setting: Setting) -> tuple[Finding, ...]:
    box = box_of(parcels, setting.crs)
    if raw.decision is None or parcels.empty:
        return ()
    if setting.county is not None and setting.county.holds(box):
        return ()
    value = ", ".join(f"{side:.3f}" for side in box)
    return (Finding("outside_county", "warning", file=raw.file, layer=raw.layer, value=value),)


def wished(
    *,
    layer: str | None = None,
    crs: str | CRS | None = None,
    encoding: str | None = None,
    county: Extent | tuple[float, float, float, float] | None = None,
    known: gpd.GeoDataFrame | None = None,
    parameters: str | os.PathLike[str] | None = None,
    table: str = "parcels",
    together: bool = False,
) -> Wish:
    """
    Read the options that say how a file is to be read.

    Parameters
    ----------
    layer : str, optional
        Layer or sheet.
    crs : str or pyproj.CRS, optional
        System, whatever the file declares.
    encoding : str, optional
        Encoding of its texts, whatever the file declares.
    county : Extent or 4 floats, optional
        West, south, east and north side of the county in degrees.
    known : geopandas.GeoDataFrame, optional
        Plots that are known, to tell shifted coordinates by; by default those of the
        demonstration, so that it can be tried out with them.
    parameters : path-like, optional
        File of local parameters from Xi'an 80 or Beijing 54.
    table : str
        Table that the rows are meant for.
    together : bool
        Take several layers of a database together.

    Returns
    -------
    Wish
        The options, checked.

    Raises
    ------
    InputError
        An option cannot be used; the message says how to cure it.

    Examples
    --------
    >>> wished(layer="plots").layer
    'plots'
    >>> wished(county=(112.5, 22.1, 111.9, 22.6))
    Traceback (most recent call last):
    ...
    enping_gis.errors.InputError: ...
    """
    box = None if county is None else Extent(*map(float, county))
    if box is not None and not (
        -180 <= box.west < box.east <= 180  # noqa: PLR2004 - a circle has 360 degrees
        and -90 <= box.south < box.north <= 90  # noqa: PLR2004 - pole to pole
    ):
        raise InputError("error.county", value=", ".join(map(str, box)))
    return Wish(
        layer=layer,
        crs=None if crs is None else parsed_crs(crs, local=parameters is not None),
        encoding=encoding,
        county=box,
        known=known if known is not None or county is not None else demo_parcels,
        parameters=None if parameters is None else DatumShift.read(parameters),
        table=table,
        together=together,
    )
