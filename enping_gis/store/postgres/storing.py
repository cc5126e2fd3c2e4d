"""Read an inventory from a schema of PostGIS, write a new one, and change one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.errors import OutputError, SourceError
from enping_gis.schema import conformed, tables
from enping_gis.store.database import META_TABLE, meta_of, set_meta
from enping_gis.store.differences import differences, storable
from enping_gis.store.events import add_events, note_heads
from enping_gis.store.keeping import GEOMETRY_COLUMN, KEPT_TABLES, outside_edits, remember
from enping_gis.store.layout import is_furnished, is_kept, set_standing
from enping_gis.store.place import NAME_BYTES
from enping_gis.store.postgres.layout import (
    TEXT,
    declared,
    drop_views,
    furnish,
    make_kept,
    make_table,
    register_views,
    srid_of,
)
from enping_gis.store.postgres.session import beginning, looking, writing
from enping_gis.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyproj import CRS

    from enping_gis.store.database import State
    from enping_gis.store.differences import Difference
    from enping_gis.store.place import Database
    from enping_gis.store.postgres.session import Session

# Columns that other programs added may have any of these types.
_WHOLE, _BROKEN = {"BIGINT", "INTEGER", "SMALLINT"}, {"DOUBLE PRECISION", "REAL", "NUMERIC"}
_TEXTS = ("TEXT", "CHARACTER")


def read_meta(place: Database) -> dict[str, str]:
    """
    Read what an inventory says of itself.

    Parameters
    ----------
    place : Database
        The schema of an inventory.

    Returns
    -------
    dict of str to str
        Keys such as ``crs``, ``as_of``, ``area_method`` and ``county_extent``.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    """
    with looking(place) as (session, _):
        return meta_of(session)


def read_stored(place: Database) -> tuple[dict[str, pd.DataFrame], State]:
    """
    Read all tables of the layer model as they stand at one moment.

    Parameters
    ----------
    place : Database
        The schema of an inventory.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        By table name, indexed by the numbers that the rows have.
    state : State
        How often the inventory was changed when it was read.

    Raises
    ------
    SourceError
        The server does not answer, or refuses; or ``parcels`` or ``places`` is missing.
    """
    with looking(place) as (session, state):
        return _frames(session, place), state


def write_inventory(
    place: Database,
    frames: Mapping[str, pd.DataFrame],
    meta: Mapping[str, str],
    crs: CRS,
    standing: pd.DataFrame,
) -> None:
    """
    Write a new inventory in one transaction.

    Parameters
    ----------
    place : Database
        The schema; it is made where there is none.
    frames : mapping of str to pandas.DataFrame
        Tables of the layer model; those left out are written empty.
    meta : mapping of str to str
        What the inventory says of itself.
    crs : pyproj.CRS
        Working CRS of ``parcels`` and ``places``, in metres.
    standing : pandas.DataFrame
        Where each plot stands, columns `enping_gis.store.layout.STANDING_COLUMNS`.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    OutputError
        The schema cannot be written.
    """
    with beginning(place) as session:
        schema = "SELECT count(*) FROM pg_namespace WHERE nspname = ?"
        if not session.execute(schema, [place.schema]).fetchone()[0]:
            session.execute(f"CREATE SCHEMA {quoted(place.schema)}")
        srid = srid_of(session, crs)
        for name, model in tables().items():
            make_table(session, name, srid)
            frame = frames.get(name, pd.DataFrame())
            if model.geometry is not None and not isinstance(frame, gpd.GeoDataFrame):
                frame = gpd.GeoDataFrame(frame, geometry=[], crs=crs)
            layer = storable(frame, name)
            _add_columns(session, name, {str(column): None for column in layer}, frame, place)
            _insert(session, name, list(map(str, layer)), layer.to_dict("records"), srid)
        session.execute(f"CREATE TABLE {META_TABLE} (key {TEXT} PRIMARY KEY, value {TEXT})")
        make_kept(session)
        note_heads(session)
        set_meta(session, **meta, revision=1, changes=0, changes_seen=0)
        set_standing(session, standing)
        register_views(session, frames["places"])
        for name in KEPT_TABLES:
            remember(session, name)
        furnish(session)


def change_inventory(
    place: Database,
    frames: Mapping[str, pd.DataFrame],
    meta: Mapping[str, str],
    crs: CRS,
    standing: pd.DataFrame,
    *,
    revision: int | None,
) -> None:
    """
    Write the differences between an inventory and its schema, in one transaction.

    Parameters
    ----------
    place : Database
        The schema.
    frames : mapping of str to pandas.DataFrame
        Tables of the layer model; those left out stay as they are.
    meta : mapping of str to str
        What the inventory says of itself.
    crs : pyproj.CRS
        Working CRS of ``parcels`` and ``places``, in metres.
    standing : pandas.DataFrame
        Where each plot stands, columns `enping_gis.store.layout.STANDING_COLUMNS`.
    revision : int or None
        Revision when the inventory was opened; None where it was not.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    OutputError
        The inventory was written since it was opened, or edited in another program and not
        adopted; events of it are missing here; or the account may not write that.
    """
    if revision is None:
        raise OutputError("error.inventory_other", path=place)
    with writing(place) as change:
        session: Session = change.connection  # type: ignore[assignment]  # `writing` made it
        if change.state.revision != revision:
            raise OutputError("error.inventory_moved_on", path=place)
        is_new = not is_kept(session)
        edit = None if change.is_known or is_new else next(outside_edits(session), None)
        if edit is not None:
            raise OutputError("error.inventory_edited", path=place, table=edit.layer)
        found = differences(_frames(session, place), frames, place)
        if is_new:
            make_kept(session)
            note_heads(session)
        if not is_furnished(session):
            furnish(session)
        there, srid = meta_of(session), srid_of(session, crs)
        if there.get("crs") != meta["crs"]:
            _move_system(session, srid)
        for each in found:
            _apply(session, each, srid, place)
        set_standing(session, standing)
        register_views(session, frames["places"])
        for name in KEPT_TABLES if is_new else ():
            remember(session, name)
        set_meta(session, **{key: said for key, said in meta.items() if there.get(key) != said})
        change.is_known = True


def _frames(session: Session, place: Database) -> dict[str, pd.DataFrame]:
    frames: dict[str, pd.DataFrame] = {}
    for name, model in tables().items():
        there = session.columns_of(name)
        if there:
            frames[name] = _frame(session, name, there)
        elif model.geometry is None:
            frames[name] = conformed(pd.DataFrame(), name)
        else:
            raise SourceError("error.inventory_table", path=place, table=name)
    return frames


def _frame(session: Session, name: str, there: Mapping[str, str]) -> pd.DataFrame:
    columns = ", ".join(
        f"ST_AsBinary({quoted(each)})" if each == GEOMETRY_COLUMN else quoted(each)
        for each in there
    )
    rows = session.execute(f"SELECT {columns} FROM {quoted(name)} ORDER BY fid").fetchall()  # noqa: S608 - names are quoted
    cells = dict(zip(there, zip(*rows, strict=True), strict=True)) if rows else {}
    fids = pd.Index(cells.pop("fid", ()), dtype="int64", name="fid")
    shapes = cells.pop(GEOMETRY_COLUMN, ())
    frame = pd.DataFrame(
        {
            each: _typed(cells.get(each, ()), kind, fids)
            for each, kind in there.items()
            if each not in {"fid", GEOMETRY_COLUMN}
        },
        index=fids,
    )
    if GEOMETRY_COLUMN in there:
        frame = gpd.GeoDataFrame(frame, geometry=shapely.from_wkb(list(shapes)))
    return conformed(frame, name)


def _typed(cells: Sequence[Any], kind: str, fids: pd.Index) -> pd.Series:
    """Return a column in the type that the same column of a GeoPackage would have."""
    given = pd.Series(cells, index=fids, dtype=object)
    if kind.startswith("TIMESTAMP"):
        is_zoned = kind.endswith("WITH TIME ZONE")
        days = pd.to_datetime(given, utc=is_zoned)
        return days.astype("datetime64[ms, UTC]" if is_zoned else "datetime64[ms]")
    if kind in _WHOLE:
        return given.astype("float64" if given.isna().any() else "int64")
    if kind in _BROKEN:
        return given.astype("float64")
    if kind == "BOOLEAN":
        return given.astype("float64" if given.isna().any() else "bool")
    return given.astype("str") if given.notna().any() else given


def _apply(session: Session, found: Difference, srid: int, place: Database) -> None:
    if found.name == "events":
        add_events(session, sorted(found.added, key=_moment))
        return
    _add_columns(session, found.name, found.columns, found.wanted, place)
    if found.is_empty:
        return
    layer = quoted(found.name)
    (last,) = session.execute(f"SELECT coalesce(max(fid), 0) FROM {layer}").fetchone()  # noqa: S608 - a name of the layer model
    for fid in found.removed:
        _one(session, f"DELETE FROM {layer} WHERE fid = ?", [fid], found.name, place)  # noqa: S608 - the same
    for fid, cells in found.changed:
        names = ", ".join(f"{quoted(name)} = ?" for name in cells)
        values = [stored(cell, srid) for cell in cells.values()]
        query = f"UPDATE {layer} SET {names} WHERE fid = ?"  # noqa: S608 - names are quoted
        _one(session, query, [*values, fid], found.name, place)
    _insert(session, found.name, list(found.columns), found.added, srid)
    new = session.execute(f"SELECT fid FROM {layer} WHERE fid > ?", [last])  # noqa: S608 - a name of the layer model
    fids = [*found.removed, *(fid for fid, _ in found.changed), *(fid for (fid,) in new)]
    remember(session, found.name, fids)


def _one(session: Session, sql: str, values: list[Any], name: str, place: Database) -> None:
    """Change one row: a row that an account may not change is passed over without a word."""
    if session.execute(sql, values).rowcount != 1:
        raise OutputError("error.database_right", path=place, reason=f"{name}, fid {values[-1]}")


def _moment(event: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(event["origin"] or ""), str(event["recorded_at"] or ""), str(event["event_id"])


def _insert(
    session: Session, name: str, columns: list[str], rows: Iterable[Mapping[str, Any]], srid: int
) -> None:
    listed, places = ", ".join(map(quoted, columns)), ", ".join("?" * len(columns))
    session.executemany(
        f"INSERT INTO {quoted(name)} ({listed}) VALUES ({places})",  # noqa: S608 - names are quoted
        ([stored(row[column], srid) for column in columns] for row in rows),
    )


def _add_columns(
    session: Session,
    name: str,
    columns: Mapping[str, object],
    cells: pd.DataFrame,
    place: Database,
) -> None:
    """Add columns that are missing, and make those of numbers anew where texts are to be kept."""
    there = session.columns_of(name)
    if not there:
        make_table(session, name, 0)
        there = session.columns_of(name)
    own = {
        column: TEXT if is_text else declared(cells.get(column))
        for column, is_text in columns.items()
        if column not in there or (is_text and not there[column].startswith(_TEXTS))
    }
    own.pop(GEOMETRY_COLUMN, None)
    if own and name == "parcels":
        drop_views(session)  # they name the columns
    for column, kind in own.items():
        if len(column.encode()) > NAME_BYTES:
            raise OutputError("error.column_long", path=place, column=column, n=NAME_BYTES)
        if column in there:
            session.execute(f"ALTER TABLE {quoted(name)} DROP COLUMN {quoted(column)}")
        session.execute(f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column)} {kind}")


def _move_system(session: Session, srid: int) -> None:
    """Give layers another working system; their shapes are written anew after."""
    drop_views(session)
    for name, model in tables().items():
        if model.geometry is not None:
            session.execute(
                f"ALTER TABLE {name} ALTER COLUMN {GEOMETRY_COLUMN} TYPE"
                f" geometry({model.geometry}, {srid:d}) USING ST_SetSRID({GEOMETRY_COLUMN},"
                f" {srid:d})"
            )


def stored(cell: Any, srid: int) -> object:  # noqa: ANN401 - a cell of any table
    """
    Return a cell as the driver takes it.

    Parameters
    ----------
    cell : Any
        A cell of any table; a polygon becomes a multipolygon of one.
    srid : int
        Number of the working CRS in PostGIS.

    Returns
    -------
    object
        A plain value; None where there is none.
    """
    if hasattr(cell, "geom_type"):
        shape = shapely.MultiPolygon([cell]) if cell.geom_type == "Polygon" else cell
        return shapely.to_wkb(shapely.set_srid(shape, srid), include_srid=True)
    if cell is None or pd.isna(cell):
        return None
    if isinstance(cell, np.datetime64 | datetime):
        moment = pd.Timestamp(cell)
        return moment.floor("ms").to_pydatetime()
    return cell.item() if isinstance(cell, np.generic) else cell
