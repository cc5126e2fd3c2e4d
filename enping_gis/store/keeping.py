"""Keep each row as it was last written, and find what other programs changed since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from enping_gis.schema import tables
from enping_gis.store.blobs import shape_of
from enping_gis.store.layout import ROWS, columns_of
from enping_gis.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from enping_gis.store.sql import Connection

GEOMETRY_COLUMN = "geom"
# Events have their chain, and need no second copy.
KEPT_TABLES = tuple(name for name in tables() if name != "events")
# Survey coordinates are written to the millimetre.
_SAME_PLACE_M = 1e-3


class Row(NamedTuple):
    """
    A row as it stands in the file.

    Parameters
    ----------
    cells : dict of str to Any
        Cells by column, without the geometry; empty ones are left out.
    shape : bytes or None
        Its geometry as a GeoPackage stores it.
    """

    cells: dict[str, Any]
    shape: bytes | None


class Edit(NamedTuple):
    """
    A row that another program changed, added or removed.

    Parameters
    ----------
    layer : str
        Table of the layer model.
    fid : int
        Number of the row.
    before, after : Row or None
        None before it was added, and after it was removed.
    columns : tuple of str
        What differs; ``geom`` is the geometry.
    """

    layer: str
    fid: int
    before: Row | None
    after: Row | None
    columns: tuple[str, ...] = ()


def remember(connection: Connection, layer: str, fids: Collection[int] | None = None) -> None:
    """
    Keep rows as they stand now.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    layer : str
        Table of the layer model.
    fids : collection of int, optional
        Numbers of the rows; one that is gone is forgotten. By default all rows.
    """
    is_there = bool(columns_of(connection, layer))
    if fids is None:
        connection.execute(f"DELETE FROM {ROWS} WHERE layer = ?", (layer,))  # noqa: S608 - a constant
        rows = _rows(connection, layer) if is_there else iter(())
    else:
        gone = [(layer, fid) for fid in fids]
        connection.executemany(f"DELETE FROM {ROWS} WHERE layer = ? AND fid = ?", gone)  # noqa: S608 - a constant
        rows = (each for fid in fids if is_there for each in _rows(connection, layer, fid))
    connection.executemany(
        f"INSERT INTO {ROWS} (layer, fid, content, shape) VALUES (?, ?, ?, ?)",  # noqa: S608 - a constant
        ((layer, fid, _content(row), row.shape) for fid, row in rows),
    )


def outside_edits(connection: Connection) -> Iterator[Edit]:
    """
    Find the rows that differ from how they were last written here.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory that keeps its rows.

    Yields
    ------
    Edit
        Table by table, changed and added rows before removed ones. A shape that moved by a
        millimetre or less is no change.
    """
    for layer in KEPT_TABLES:
        kept = {
            fid: (content, shape)
            for fid, content, shape in connection.execute(
                f"SELECT fid, content, shape FROM {ROWS} WHERE layer = ? ORDER BY fid",  # noqa: S608 - a constant
                (layer,),
            )
        }
        for fid, after in _rows(connection, layer) if columns_of(connection, layer) else ():
            if fid not in kept:
                yield Edit(layer, fid, None, after)
                continue
            content, shape = kept.pop(fid)
            if content == _content(after) and shape == after.shape:
                continue
            before = Row(json.loads(content), shape)
            columns = differing(before, after)
            if columns:
                yield Edit(layer, fid, before, after, columns)
        for fid, (content, shape) in kept.items():
            yield Edit(layer, fid, Row(json.loads(content), shape), None)


def differing(before: Row, after: Row) -> tuple[str, ...]:
    """
    Tell in which columns two rows differ.

    Parameters
    ----------
    before, after : Row
        The rows.

    Returns
    -------
    tuple of str
        Names of columns; ``geom`` where the shape moved by more than a millimetre.

    Examples
    --------
    >>> differing(Row({"holder": "A", "town": "x"}, None), Row({"town": "x"}, None))
    ('holder',)
    >>> differing(Row({}, None), Row({}, None))
    ()
    """
    names = [*before.cells, *(name for name in after.cells if name not in before.cells)]
    found = [name for name in names if before.cells.get(name) != after.cells.get(name)]
    if not _is_same_shape(before.shape, after.shape):
        found.append(GEOMETRY_COLUMN)
    return tuple(found)


def _rows(connection: Connection, layer: str, fid: int | None = None) -> Iterator[tuple[int, Row]]:
    where = "" if fid is None else f" WHERE fid = {int(fid)}"
    found = connection.execute(f"SELECT * FROM {quoted(layer)}{where} ORDER BY fid")  # noqa: S608 - a name of the layer model
    names = [each[0] for each in found.description]
    for values in found:
        cells = dict(zip(names, values, strict=True))
        number, shape = cells.pop("fid"), cells.pop(GEOMETRY_COLUMN, None)
        yield number, Row({name: _plain(cell) for name, cell in cells.items() if cell is not None},
                          shape)  # fmt: skip


def _plain(cell: object) -> object:
    if isinstance(cell, bytes):
        return cell.hex()
    # Other programs may add columns of any type that a database has.
    return cell if isinstance(cell, str | int | float) else str(cell)


def _content(row: Row) -> str:
    return json.dumps(row.cells, ensure_ascii=False, sort_keys=True)


def _is_same_shape(one: bytes | None, other: bytes | None) -> bool:
    if one == other:
        return True
    before, after = shape_of(one), shape_of(other)
    if before is None or after is None or before.is_empty or after.is_empty:
        return before is None and after is None
    if shapely.equals_exact(before, after, _SAME_PLACE_M):
        return True
    # Rings are written from other corners too; a hole that is gone is far from any ring left.
    far_m = shapely.hausdorff_distance(before.boundary, after.boundary)
    return bool(far_m <= _SAME_PLACE_M)
