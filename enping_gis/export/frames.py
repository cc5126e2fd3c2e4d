"""Bring frames into what files can hold: names, texts, one coordinate system."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.crs import (
    CGCS2000,
    WGS84,
    is_metric,
    lonlat_extent,
    parsed_crs,
    transformed,
    working_crs,
)
from enping_gis.errors import CRSError
from enping_gis.export.columns import cells_of
from enping_gis.findings import Finding
from enping_gis.schema import conformed, free_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    from pyproj import CRS

# Above this a double no longer holds every integer.
_EXACT_TO = 2**53
_SHOWN_CHARACTERS = 60


def empty_parcels() -> gpd.GeoDataFrame:
    """
    Return no parcels, in the standard columns.

    Returns
    -------
    geopandas.GeoDataFrame
        Table ``parcels`` without a row, EPSG:4546.

    Examples
    --------
    >>> len(empty_parcels())
    0
    """
    frame = conformed(pd.DataFrame(), "parcels")
    return gpd.GeoDataFrame(frame, geometry=[], crs=4546)


def target_crs(frame: gpd.GeoDataFrame, wish: str | int | CRS | None, *, need: str) -> CRS:
    """
    Choose the system in which a layer is written.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        The layer, with a CRS.
    wish : str, int or pyproj.CRS, optional
        What the user says.
    need : {"any", "degrees", "metres"}
        What the format asks for: longitude and latitude of WGS 84, or a metre system.

    Returns
    -------
    pyproj.CRS
        The system asked for, or that of the layer, or the one that the format needs.

    Raises
    ------
    CRSError
        The layer has no CRS, or the one asked for does not go with the format.

    Examples
    --------
    >>> target_crs(empty_parcels(), None, need="degrees").to_epsg()
    4326
    """
    if frame.crs is None:
        raise CRSError("error.crs_none")
    asked = None if wish is None else parsed_crs(wish)
    if need == "degrees":
        # CGCS2000 and WGS 84 are one to a few centimetres, and PROJ moves nothing between them.
        if asked is not None and asked not in {WGS84, CGCS2000}:
            raise CRSError("error.crs_kind", value=asked.name)
        return WGS84
    chosen = asked or frame.crs
    if need == "metres" and not is_metric(chosen):
        if asked is not None:
            raise CRSError("error.crs_not_metric", value=asked.name)
        bounds = frame.total_bounds if len(frame) else np.zeros(4)
        return working_crs(chosen, lonlat_extent(bounds, chosen))
    return chosen


def shapes_in(frame: gpd.GeoDataFrame, crs: CRS) -> npt.NDArray[np.object_]:
    """
    Return the geometry of a layer in a system.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        The layer.
    crs : pyproj.CRS
        The system.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        None where a row has none.

    Raises
    ------
    CRSError
        The layer has no CRS.

    Examples
    --------
    >>> shapes_in(empty_parcels(), WGS84).size
    0
    """
    if frame.crs is None:
        raise CRSError("error.crs_none")
    shapes = frame.geometry.to_numpy()
    return shapes if frame.crs == crs else transformed(shapes, frame.crs, crs)


def rings_of(shapes: npt.NDArray[np.object_]) -> list[list[list[list[list[float]]]]]:
    """
    Return the corners of polygons, row by row.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Polygons and MultiPolygons; what else there is has no rings.

    Returns
    -------
    list
        For each row its parts, for each part its rings, outer one first, for each ring its
        corners as ``[x, y]``, the closing one left out.

    Examples
    --------
    >>> rings_of(np.array([shapely.box(0, 0, 1, 2), None]))
    [[[[[1.0, 0.0], [1.0, 2.0], [0.0, 2.0], [0.0, 0.0]]]], []]
    """
    parts, row = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, row = parts[areal & ~shapely.is_empty(parts)], row[areal & ~shapely.is_empty(parts)]
    rings, part = shapely.get_rings(parts, return_index=True)
    ends = np.cumsum(shapely.get_num_coordinates(rings))
    corners = shapely.get_coordinates(rings).tolist()
    by_part: list[list[list[list[float]]]] = [[] for _ in parts]
    start = 0
    for at, end in zip(part.tolist(), ends.tolist(), strict=True):
        by_part[at].append(corners[start : end - 1])
        start = end
    by_row: list[list[list[list[list[float]]]]] = [[] for _ in shapes]
    for at, own in zip(row.tolist(), by_part, strict=True):
        by_row[at].append(own)
    return by_row


def attributes(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return the columns of a layer as numbers, flags and texts, which every format can hold.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Any layer.

    Returns
    -------
    pandas.DataFrame
        Without geometry. Dates are ISO text; a column of several types is text; a whole
        number beyond 2**53 is text, since most formats would lose its last digits.

    Examples
    --------
    >>> attributes(pd.DataFrame({"a": [1, "x", None]}))["a"].tolist()
    ['1', 'x', None]
    >>> attributes(pd.DataFrame()).shape
    (0, 0)
    """
    geometry = {
        name for name in frame.columns if isinstance(frame[name].dtype, gpd.array.GeometryDtype)
    }
    kept = [at for at, name in enumerate(frame.columns) if name not in geometry]
    columns = {frame.columns[at]: _plain(frame.iloc[:, at]) for at in kept}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))


def _plain(cells: pd.Series) -> pd.Series:
    plain = _plain_cells(cells)
    # Said outright, lest pandas takes texts for its own type and None for NaN.
    return pd.Series(plain, dtype=plain.dtype)


def _plain_cells(cells: pd.Series) -> npt.NDArray[Any]:
    kind = cells.dtype.kind if isinstance(cells.dtype, np.dtype) else "O"
    if kind in "bf":
        return cells.to_numpy()
    if kind in "iu" and (not len(cells) or np.abs(cells.to_numpy(float)).max() <= _EXACT_TO):
        return cells.to_numpy()
    objects = cells.astype(object).to_numpy()
    known = [cell for cell in objects if not _missing(cell)]
    if known and all(isinstance(cell, bool | np.bool_) for cell in objects):
        return objects.astype(bool)
    if known and all(_is_number(cell) for cell in known):
        return np.array([np.nan if _missing(cell) else float(cell) for cell in objects])
    return np.array([None if _missing(cell) else _text(cell) for cell in objects], dtype=object)


def _is_number(cell: object) -> bool:
    if isinstance(cell, bool | np.bool_):
        return False
    return (
        isinstance(cell, int | float | np.integer | np.floating) and abs(float(cell)) <= _EXACT_TO
    )


def _missing(cell: object) -> bool:
    nothing = cell is None or cell is pd.NA or cell is pd.NaT
    return nothing or (isinstance(cell, float) and math.isnan(cell))


def _text(cell: object) -> str:
    if isinstance(cell, pd.Timestamp | dt.datetime):
        whole = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return cell.date().isoformat() if whole else cell.isoformat()
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def stored_names(
    columns: list[str], where: Mapping[str, Any]
) -> tuple[dict[str, str], list[Finding]]:
    """
    Return the names under which columns can be stored, and what was renamed.

    Parameters
    ----------
    columns : list of str
        Names of columns.
    where : mapping
        ``file`` of the findings.

    Returns
    -------
    names : dict of str to str
        Own name -> stored name.
    findings : list of Finding
        One for each name that had to change.

    Examples
    --------
    >>> stored_names(["fid"], {})[0]
    {'fid': 'fid_2'}
    >>> stored_names([], {})
    ({}, [])
    """
    names = free_names(map(str, columns))
    return names, renamed(names, where)


def renamed(names: Mapping[str, str], where: Mapping[str, Any]) -> list[Finding]:
    """
    Return a finding for each column that is stored under another name.

    Parameters
    ----------
    names : mapping of str to str
        Own name -> stored name.
    where : mapping
        ``file`` of the findings.

    Returns
    -------
    list of Finding
        Informative ones.

    Examples
    --------
    >>> [each.value for each in renamed({"a": "a", "name": "DKMC"}, {})]
    ['DKMC']
    """
    return [
        Finding("field_renamed", "info", field=own, value=new, **where)
        for own, new in names.items()
        if own != new
    ]


def parcel_ids(frame: pd.DataFrame) -> list[str]:
    """
    Return the ids of a layer for messages.

    Parameters
    ----------
    frame : pandas.DataFrame
        The layer.

    Returns
    -------
    list of str
        Empty where a row has none.

    Examples
    --------
    >>> parcel_ids(pd.DataFrame({"parcel_id": ["7", None]})), parcel_ids(pd.DataFrame())
    (['7', ''], [])
    """
    return ["" if _missing(cell) else str(cell) for cell in cells_of(frame, "parcel_id")]


def short(text: str) -> str:
    """
    Return the beginning of a text, for a message.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        At most 61 characters.

    Examples
    --------
    >>> short(""), len(short("a" * 100))
    ('', 61)
    """
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def without_shape(
    frame: pd.DataFrame, shapes: npt.NDArray[np.object_], first_row: int, where: Mapping[str, Any]
) -> Iterator[Finding]:
    """
    Name the rows that a format of polygons alone cannot hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        The layer.
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Its geometry; None or empty where there is none.
    first_row : int
        Number of its first row.
    where : mapping
        ``file`` of the findings.

    Yields
    ------
    Finding
        One for each such row.
    """
    for at, (shape, parcel) in enumerate(zip(shapes, parcel_ids(frame), strict=True)):
        areal = shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"}
        if not areal or shape.is_empty:
            yield Finding("row_not_written", "warning", row=first_row + at, parcel=parcel, **where)
