"""Write and read shapes in the form in which a GeoPackage stores them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

# OGC 12-128r19, clause 2.1.3: magic, version, flags, SRS, envelope, then ISO WKB.
_HEAD = struct.Struct("<2sBBi")
_BOX = struct.Struct("<4d")
_LITTLE, _WITH_BOX, _EMPTY = 0x01, 0x02, 0x10
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def blob_of(shape: shapely.Geometry | None, srs_id: int) -> bytes | None:
    """
    Return a shape as a GeoPackage stores it.

    Parameters
    ----------
    shape : shapely.Geometry or None
        The shape.
    srs_id : int
        Number of its system in ``gpkg_spatial_ref_sys``.

    Returns
    -------
    bytes or None
        Header with the box in the plane, then ISO WKB; None stays None.

    Examples
    --------
    >>> shape_of(blob_of(shapely.box(0, 0, 1, 2), 4546)).bounds
    (0.0, 0.0, 1.0, 2.0)
    >>> blob_of(None, 4546) is None
    True
    """
    if shape is None:
        return None
    body = shapely.to_wkb(shape, byte_order=1, flavor="iso")
    if shape.is_empty:
        return _HEAD.pack(b"GP", 0, _LITTLE | _EMPTY, srs_id) + body
    west, south, east, north = shape.bounds
    head = _HEAD.pack(b"GP", 0, _LITTLE | _WITH_BOX, srs_id)
    return head + _BOX.pack(west, east, south, north) + body


def shape_of(blob: bytes | None) -> shapely.Geometry | None:
    """
    Return the shape that a GeoPackage or a database stores.

    Parameters
    ----------
    blob : bytes or None
        A cell of a geometry column.

    Returns
    -------
    shapely.Geometry or None
        The shape; None where there is none, or what is there cannot be read.

    Examples
    --------
    >>> shape_of(blob_of(shapely.Point(1, 2), 4546)).wkt
    'POINT (1 2)'
    >>> shape_of(None) is None, shape_of(b"") is None
    (True, True)
    """
    if blob is None or len(blob) < _HEAD.size or blob[:2] != b"GP":
        # A database keeps plain WKB, which begins with its byte order.
        return shapely.from_wkb(blob, on_invalid="ignore") if blob and blob[0] in {0, 1} else None
    start = _HEAD.size + _BOX_BYTES.get(blob[3] >> 1 & 7, 0)
    return shapely.from_wkb(blob[start:], on_invalid="ignore")


def teach_shapes(connection: sqlite3.Connection) -> None:
    """
    Give a connection the functions by which a GeoPackage keeps its spatial indexes.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection; its triggers can then call ``ST_IsEmpty``, ``ST_MinX`` and the like.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     teach_shapes(connection)
    ...     connection.execute("SELECT ST_IsEmpty(NULL)").fetchone()
    (None,)
    """
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
    for position, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        connection.create_function(name, 1, _side(position), deterministic=True)


def _is_empty(blob: bytes | None) -> int | None:
    shape = shape_of(blob)
    return None if shape is None else int(shape.is_empty)


def _side(position: int) -> Callable[[bytes | None], float | None]:
    def side(blob: bytes | None) -> float | None:
        shape = shape_of(blob)
        return None if shape is None or shape.is_empty else float(shape.bounds[position])

    return side
