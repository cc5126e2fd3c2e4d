"""Bring the file of an inventory up to date, in place and in one transaction."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from enping_gis.errors import OutputError
from enping_gis.schema import table
from enping_gis.store.blobs import blob_of
from enping_gis.store.database import connected, looking, meta_of, set_meta, writing
from enping_gis.store.differences import Difference, differences
from enping_gis.store.events import add_events, note_heads
from enping_gis.store.geopackage import read_stored
from enping_gis.store.keeping import GEOMETRY_COLUMN, KEPT_TABLES, outside_edits, remember
from enping_gis.store.layout import (
    columns_of,
    drop_views,
    furnish,
    is_kept,
    register_layer,
    register_views,
    set_standing,
)
from enping_gis.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyproj import CRS

    from enping_gis.store.database import State
    from enping_gis.store.sql import Connection

# What SQLite is told of a column; GDAL reads the types back from these words.
_DECLARED = {"b": "BOOLEAN", "i": "INTEGER", "u": "INTEGER", "f": "REAL", "M": "DATETIME"}
_TEXTS = ("TEXT", "VARCHAR", "CHAR")


def change_inventory(
    path: Path,
    frames: Mapping[str, pd.DataFrame],
    meta: Mapping[str, str],
    crs: CRS,
    standing: pd.DataFrame,
    *,
    revision: int | None,
) -> None:
    """
    Write the differences between an inventory and its file, in one transaction.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    frames : mapping of str to pandas.DataFrame
        Tables of the layer model; those left out stay as they are.
    meta : mapping of str to str
        What the inventory says of itself.
    crs : pyproj.CRS
        Working CRS of ``parcels`` and ``places``, in metres.
    standing : pandas.DataFrame
        Where each plot stands, columns `enping_gis.store.layout.STANDING_COLUMNS`.
    revision : int or None
        Revision of the file when the inventory was opened; None where it was not.

    Raises
    ------
    OutputError
        The file was written since the inventory was opened, or edited in another program and
        not adopted; events of the file are missing in the inventory; or it cannot be written.
    """
    stored, state = read_stored(path)
    if revision is None:
        raise OutputError("error.inventory_other", path=path)
    if state.revision != revision:
        raise OutputError("error.inventory_moved_on", path=path)
    _refuse_edited(path, state)
    found = differences(stored, frames, path)
    system = None if meta_at(path).get("crs") == meta["crs"] else _registered(crs)
    with writing(path) as change:
        connection = change.connection
        now = change.state
        if now.revision != state.revision or (state.changes >= 0 and now.changes != state.changes):
            raise OutputError("error.inventory_moved_on", path=path)
        # Where only guards are gone, what is kept stays: edits and ends are not taken for ours.
        is_new = not is_kept(connection)
        furnish(connection)
        if is_new:
            note_heads(connection)
        if system is not None:
            _move_system(connection, system)
        for each in found:
            _apply(connection, each)
        set_standing(connection, standing)
        register_views(connection, frames["places"])
        set_meta(connection, **meta)
        for name in KEPT_TABLES if is_new else ():
            remember(connection, name)
        change.is_known = True


def meta_at(path: Path) -> dict[str, str]:
    """
    Read what an inventory file says of itself.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    dict of str to str
        As `enping_gis.store.database.meta_of` has it.

    Raises
    ------
    sqlite3.DatabaseError
        It is no inventory, or damaged.
    """
    with closing(connected(path)) as connection:
        return meta_of(connection)


def _refuse_edited(path: Path, state: State) -> None:
    """Refuse to write over what another program changed, before it is in the chain of events."""
    if state.is_as_left:
        return
    with looking(path) as (connection, _):
        edit = next(outside_edits(connection), None) if is_kept(connection) else None
    if edit is not None:
        raise OutputError("error.inventory_edited", path=path, table=edit.layer)


def _apply(connection: Connection, found: Difference) -> None:
    if found.name == "events":
        add_events(connection, sorted(found.added, key=_moment))
        return
    if found.is_empty and not _new_columns(connection, found):
        return
    srs_id = _srs_of(connection, found.name)
    _add_columns(connection, found)
    layer = quoted(found.name)
    last = connection.execute(f"SELECT max(fid) FROM {layer}").fetchone()[0] or 0  # noqa: S608 - a name of the layer model
    connection.executemany(
        f"DELETE FROM {layer} WHERE fid = ?",  # noqa: S608 - the same
        [(fid,) for fid in found.removed],
    )
    for fid, cells in found.changed:
        names = ", ".join(f"{quoted(name)} = ?" for name in cells)
        values = [_stored(cell, srs_id) for cell in cells.values()]
        connection.execute(f"UPDATE {layer} SET {names} WHERE fid = ?", [*values, fid])  # noqa: S608 - names are quoted
    _insert(connection, found, srs_id)
    register_layer(connection, found.name, found.wanted)
    added = connection.execute(f"SELECT fid FROM {layer} WHERE fid > ?", (last,))  # noqa: S608 - a name of the layer model
    new = [fid for (fid,) in added]
    remember(connection, found.name, [*found.removed, *(fid for fid, _ in found.changed), *new])


def _moment(event: Mapping[str, Any]) -> tuple[str, str]:
    return str(event["recorded_at"] or ""), str(event["event_id"])


def _insert(connection: Connection, found: Difference, srs_id: int) -> None:
    names = list(found.columns)
    columns, places = ", ".join(map(quoted, names)), ", ".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO {quoted(found.name)} ({columns}) VALUES ({places})",  # noqa: S608 - names are quoted
        ([_stored(row[name], srs_id) for name in names] for row in found.added),
    )


def _new_columns(connection: Connection, found: Difference) -> dict[str, str]:
    """Return the columns that the file lacks, or has for numbers where texts are to be kept."""
    there = {name.casefold(): kind for name, kind in columns_of(connection, found.name).items()}
    result = {}
    for name, is_text in found.columns.items():
        kind = there.get(name.casefold())
        if kind is None or (is_text and not kind.startswith(_TEXTS)):
            result[name] = "TEXT" if is_text else _declared(found, name)
    return {name: kind for name, kind in result.items() if name != GEOMETRY_COLUMN}


def _declared(found: Difference, name: str) -> str:
    cells = found.wanted.get(name)
    return "TEXT" if cells is None else _DECLARED.get(cells.dtype.kind, "TEXT")


def _make_table(connection: Connection, name: str) -> None:
    """Add a table without geometry that the layer model of an earlier release did not have."""
    layer, key = quoted(name), "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"
    connection.execute(f"CREATE TABLE {layer} ({key})")
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_contents (table_name, data_type, identifier, description)"
        " VALUES (?, 'attributes', ?, '')",
        (name, name),
    )
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_ogr_contents (table_name, feature_count) VALUES (?, 0)",
        (name,),
    )


def _add_columns(connection: Connection, found: Difference) -> None:
    if not columns_of(connection, found.name):
        _make_table(connection, found.name)
    new = _new_columns(connection, found)
    there = {name.casefold() for name in columns_of(connection, found.name)}
    if new and found.name == "parcels":
        drop_views(connection)  # they name the columns
    for name, kind in new.items():
        if name.casefold() in there:
            connection.execute(f"ALTER TABLE {quoted(found.name)} DROP COLUMN {quoted(name)}")
        connection.execute(f"ALTER TABLE {quoted(found.name)} ADD COLUMN {quoted(name)} {kind}")


def _stored(cell: Any, srs_id: int) -> object:  # noqa: ANN401 - a cell of any table
    """Return a cell as GDAL would store it."""
    if hasattr(cell, "geom_type"):
        return blob_of(cell, srs_id)
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, np.datetime64 | datetime):
        moment = pd.Timestamp(cell)
        zone = "" if moment.tzinfo is None else "Z"
        moment = moment if moment.tzinfo is None else moment.tz_convert("UTC")
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}{zone}"
    plain = cell.item() if isinstance(cell, np.generic) else cell
    return int(plain) if isinstance(plain, bool) else plain


def _srs_of(connection: Connection, name: str) -> int:
    if table(name).geometry is None:
        return 0
    query = "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?"
    return int(connection.execute(query, (name,)).fetchone()[0])


def _registered(crs: CRS) -> tuple[Any, ...]:
    """Return how GDAL describes a system in a GeoPackage: it alone knows its own words."""
    with tempfile.TemporaryDirectory(prefix="enping-") as folder:
        file = Path(folder, "system.gpkg")
        empty = gpd.GeoDataFrame(geometry=gpd.GeoSeries([], crs=crs))
        pyogrio.write_dataframe(empty, file, layer="a", driver="GPKG", geometry_type="Point")
        with closing(connected(file)) as connection:
            query = (
                "SELECT srs_name, srs_id, organization, organization_coordsys_id, definition,"
                " description FROM gpkg_spatial_ref_sys WHERE srs_id ="
                " (SELECT srs_id FROM gpkg_geometry_columns)"
            )
            return tuple(connection.execute(query).fetchone())


def _move_system(connection: Connection, system: tuple[Any, ...]) -> None:
    """Register another working system for every layer; their shapes are written anew after."""
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization,"
        " organization_coordsys_id, definition, description) VALUES (?, ?, ?, ?, ?, ?)",
        system,
    )
    for register in ("gpkg_geometry_columns", "gpkg_contents"):
        connection.execute(
            f"UPDATE {register} SET srs_id = ? WHERE table_name IN"  # noqa: S608 - a constant
            " (SELECT table_name FROM gpkg_geometry_columns)",
            (system[1],),
        )
