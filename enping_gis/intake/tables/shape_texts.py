"""Read shapes that stand in a table as text: WKT, WKB in hexadecimal, GeoJSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from pandas.api.types import is_numeric_dtype

from enping_gis._resources import shipped_json
from enping_gis.findings import Finding
from enping_gis.intake.raw import ROW
from enping_gis.intake.tables.figures import is_blank
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from enping_gis.intake.tables.corner_rings import Place

_WKT = re.compile(
    r"\s*(?:SRID=\d{1,9};)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)"
    r"\s*Z?M?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
_WKB = re.compile(r"\s*0[01](?:[0-9A-Fa-f]{2}){20,}\s*")
_SRID = re.compile(r"\s*SRID=(\d{1,9});", re.IGNORECASE)


def text_column(frame: pd.DataFrame, names: list[str]) -> str | None:
    """
    Return the column that holds shapes as text: by its name, else by its cells.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table.
    names : list of str
        Its own columns.

    Returns
    -------
    str or None
        None where no cell of a column of that name, or not most cells of another one, look
        like a shape.

    Examples
    --------
    >>> import pandas as pd
    >>> text_column(pd.DataFrame({"WKT": ["POINT (1 2)"]}), ["WKT"])
    'WKT'
    >>> text_column(pd.DataFrame(), []) is None
    True
    """
    words = {normalised(word) for word in shipped_json("tables.json")["geometry"]["text"]}
    named = [name for name in names if normalised(name) in words]
    others = [name for name in names if name not in named and not is_numeric_dtype(frame[name])]
    for name in (*named, *others):
        cells = [each for each in frame[name] if isinstance(each, str)]
        fitting = sum(_is_shape_text(each) for each in cells)
        if fitting and (name in named or 2 * fitting > len(cells)):
            return name
    return None


def shapes_of_texts(
    frame: pd.DataFrame, column: str, place: Place
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_], str, list[Finding]]:
    """
    Read the shapes of a column of text.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table with `ROW`.
    column : str
        The column.
    place : Place
        Where it is from.

    Returns
    -------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        None where the cell is blank.
    keep : numpy.ndarray of bool, shape (n,)
        False for rows whose text is not understood, or names another CRS than the first.
    mark : str
        EPSG code of ``SRID=4546;POLYGON ...``, empty where the cells name none.
    findings : list of Finding
        The reason for each row that is not kept, and a warning for each ring that was closed.
    """
    cells = frame[column].tolist()
    shapes = np.full(len(cells), None, dtype=object)
    shapes[:] = [_shape_of(cell) for cell in cells]
    closed = [None if shape is not None else _closed(cell)
              for shape, cell in zip(shapes, cells, strict=True)]  # fmt: skip
    marks = [_srid(cell) for cell in cells]
    mark = next((each for each in marks if each), "")
    findings: list[Finding] = []
    keep = np.ones(len(cells), dtype=bool)
    for index, (row, cell) in enumerate(zip(frame[ROW], cells, strict=True)):
        if closed[index] is not None:
            shapes[index] = closed[index]
            findings.append(
                Finding("ring_closed", "warning", row=int(row), field=column, **place.where)
            )
        if shapes[index] is None and not is_blank(cell):
            findings.append(place.error("geometry_unread", int(row), column, cell))
            keep[index] = False
        elif marks[index] and marks[index] != mark:
            findings.append(place.error("srid_mixed", int(row), column, f"SRID={marks[index]}"))
            keep[index] = False
    return shapes, keep, mark, findings


def crs_of(mark: str) -> Any:  # noqa: ANN401 - pyproj.CRS or None
    """
    Return the CRS of an EPSG code.

    Parameters
    ----------
    mark : str
        The code, empty for none.

    Returns
    -------
    pyproj.CRS or None
        None where there is no such code.

    Examples
    --------
    >>> crs_of("4546").to_epsg(), crs_of(""), crs_of("1")
    (4546, None, None)
    """
    try:
        return pyproj.CRS.from_epsg(int(mark)) if mark else None
    except pyproj.exceptions.CRSError:
        return None


def _is_shape_text(cell: str) -> bool:
    geojson = cell.lstrip().startswith("{") and '"coordinates"' in cell
    return bool(geojson or _WKT.match(cell) or _WKB.fullmatch(cell))


def _shape_of(cell: object) -> shapely.Geometry | None:
    if not isinstance(cell, str):
        return None
    try:
        if cell.lstrip().startswith("{"):
            return shapely.from_geojson(cell)
        if _WKB.fullmatch(cell):
            return shapely.from_wkb(cell.strip())
        return shapely.from_wkt(cell.strip().rpartition(";")[2])
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None


def _closed(cell: object) -> shapely.Geometry | None:
    """Return a shape whose rings do not end where they begin, with rings that do."""
    if not isinstance(cell, str) or not _WKT.match(cell):
        return None
    shape = shapely.from_wkt(cell.strip().rpartition(";")[2], on_invalid="fix")
    return shape if shape is not None and shape.area > 0 else None


def _srid(cell: object) -> str:
    found = _SRID.match(cell) if isinstance(cell, str) else None
    return found[1] if found and int(found[1]) else ""
