"""Lay out what an inventory keeps beside the tables of the layer model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import geopandas as gpd

from enping_gis.schema import tables
from enping_gis.store.postgres.session import Session
from enping_gis.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from enping_gis.store.sql import Connection

STANDING, CHAINS, ROWS = "standing", "enping_chains", "enping_rows"
STANDING_COLUMNS = ("parcel_id", "status", "since", "done_m2", "rest_m2")
# What a database has in addition: tables can be emptied, edits of others be seen, and teams
# have rights of their own.
MORE_GUARDS = (
    "enping_events_whole",
    "enping_parcels_named",
    *(f"enping_see_{name}" for name in tables() if name != "events"),
)
_VIEWS = "parcels_"
_TABLES = {
    STANDING: f"CREATE TABLE {STANDING} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
    " parcel_id TEXT NOT NULL UNIQUE, status TEXT, since TEXT, done_m2 REAL, rest_m2 REAL)",
    CHAINS: f"CREATE TABLE {CHAINS} (origin TEXT PRIMARY KEY NOT NULL, events INTEGER NOT NULL,"
    " head TEXT, recorded_at TEXT)",
    ROWS: f"CREATE TABLE {ROWS} (layer TEXT NOT NULL, fid INTEGER NOT NULL,"
    " content TEXT NOT NULL, shape BLOB, PRIMARY KEY (layer, fid))",
}
_INDEXES = {
    "enping_events_parcel": "events (parcel_id)",
    "enping_events_id": "events (event_id)",
    "enping_events_chain": "events (origin, recorded_at, event_id)",
    "enping_events_corrects": "events (corrects_id)",
    "enping_parcels_id": "parcels (parcel_id)",
}
# INSERT OR REPLACE would take a row away without a DELETE, so a row that is there is guarded too.
_TRIGGERS = {
    "enping_events_stay": "BEFORE UPDATE ON events BEGIN"
    " SELECT RAISE(ABORT, 'events can only grow: record a correction'); END",
    "enping_events_remain": "BEFORE DELETE ON events BEGIN"
    " SELECT RAISE(ABORT, 'events can only grow: record a correction'); END",
    "enping_events_chained": "BEFORE INSERT ON events WHEN NEW.hash IS NULL"
    " OR length(NEW.hash) <> 64 OR EXISTS (SELECT 1 FROM events WHERE"
    " event_id = NEW.event_id OR fid = NEW.fid) BEGIN"
    " SELECT RAISE(ABORT, 'events are chained: record them with enping-gis record'); END",
}


def is_furnished(connection: Connection) -> bool:
    """
    Tell whether a file has everything that is kept beside the layer model.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.

    Returns
    -------
    bool
        False for an inventory of an earlier release, which gets it when it is first written.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     is_furnished(connection)
    False
    """
    return _names(connection) >= {*_TABLES, *_INDEXES, *_TRIGGERS}


def is_kept(connection: Connection) -> bool:
    """
    Tell whether a file keeps states, ends of chains and copies of its rows, guarded or not.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.

    Returns
    -------
    bool
        False for a file of an earlier release.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     is_kept(connection)
    False
    """
    return _names(connection) >= _TABLES.keys()


def missing_guards(connection: Connection, revision: int) -> list[str]:
    """
    Name the tables that keep what was written, and the triggers, that somebody took away.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.
    revision : int
        How often this package wrote the file; 0 for a file of an earlier release, which had none.

    Returns
    -------
    list of str
        Their names, in order.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     missing_guards(connection, 0), len(missing_guards(connection, 1))
    ([], 6)
    """
    wanted = {*_TABLES, *_TRIGGERS, *(MORE_GUARDS if isinstance(connection, Session) else ())}
    return sorted(wanted - _names(connection)) if revision else []


def furnish(connection: Connection) -> None:
    """
    Add what a file lacks: tables, indexes, and the triggers by which events only grow.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    """
    there = _names(connection)
    for name, statement in _TABLES.items():
        if name not in there:
            connection.execute(statement)
    for name, columns in _INDEXES.items():
        connection.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON {columns}')
    for name, body in _TRIGGERS.items():
        connection.execute(f'CREATE TRIGGER IF NOT EXISTS "{name}" {body}')
    connection.execute(
        "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, description)"
        " VALUES (?, 'attributes', ?, '')",
        (STANDING, STANDING),
    )


def _names(connection: Connection) -> set[str]:
    if isinstance(connection, Session):
        return connection.names()
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def set_standing(connection: Connection, standing: pd.DataFrame) -> None:
    """
    Note where plots stand; plots that are left out are forgotten.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    standing : pandas.DataFrame
        Columns `STANDING_COLUMNS`, one row for each plot.
    """
    rows = standing[list(STANDING_COLUMNS)].astype(object)
    wanted = list(rows.where(rows.notna(), None).itertuples(index=False, name=None))
    columns = ", ".join(STANDING_COLUMNS)
    there = {row[0]: row for row in connection.execute(f"SELECT {columns} FROM {STANDING}")}  # noqa: S608 - constants
    gone = there.keys() - {row[0] for row in wanted}
    connection.executemany(
        f"DELETE FROM {STANDING} WHERE parcel_id = ?",  # noqa: S608 - a constant
        [(parcel,) for parcel in sorted(gone)],
    )
    note_standing(connection, [row for row in wanted if there.get(row[0]) != row])


def note_standing(connection: Connection, rows: Iterable[tuple[object, ...]]) -> None:
    """
    Note where some plots stand.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    rows : iterable of tuple
        Cells in the order of `STANDING_COLUMNS`.
    """
    columns = ", ".join(STANDING_COLUMNS)
    places = ", ".join("?" * len(STANDING_COLUMNS))
    renewed = ", ".join(f"{name} = excluded.{name}" for name in STANDING_COLUMNS[1:])
    connection.executemany(
        f"INSERT INTO {STANDING} ({columns}) VALUES ({places})"  # noqa: S608 - constants
        f" ON CONFLICT (parcel_id) DO UPDATE SET {renewed}",
        rows,
    )


def view_name(place: str) -> str:
    """
    Return the name of the view that holds the plots of a place.

    Parameters
    ----------
    place : str
        Code of the place.

    Returns
    -------
    str
        Name of a layer in the file.

    Examples
    --------
    >>> view_name("440785108")
    'parcels_440785108'
    """
    return f"{_VIEWS}{place}"


def register_views(connection: Connection, places: pd.DataFrame) -> None:
    """
    Offer the plots of each place as a layer, with the status that their events give them.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    places : pandas.DataFrame
        Table ``places``; a town or street has the plots that lie in it (`town`), a park those
        it answers for (`responsible`).
    """
    wanted = {view: (sql, place) for view, sql, place in _views(connection, places)}
    there = place_views(connection)
    if there == {view: sql for view, (sql, _) in wanted.items()}:
        return
    drop_views(connection)
    for view, (sql, (place, name)) in wanted.items():
        connection.execute(sql)
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description,"
            " min_x, min_y, max_x, max_y, srs_id) SELECT ?, 'features', ?, ?,"
            " min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = 'parcels'",
            (view, f"{name} ({place})", name),
        )
        connection.execute(
            "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name,"
            " srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = 'parcels'",
            (view,),
        )


def register_layer(connection: Connection, name: str, rows: pd.DataFrame) -> None:
    """
    Keep the count, box and moment right by which other programs open a layer.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    name : str
        Table of the layer model.
    rows : pandas.DataFrame or geopandas.GeoDataFrame
        Its rows; of shapes, those of the file in its system.
    """
    connection.execute(
        f"UPDATE gpkg_ogr_contents SET feature_count = (SELECT count(*) FROM {quoted(name)})"  # noqa: S608 - the name is quoted
        " WHERE table_name = ?",
        (name,),
    )
    box: list[float | None] = [None] * 4
    if isinstance(rows, gpd.GeoDataFrame):
        sides = [float(side) for side in rows.total_bounds]
        box = [*sides] if all(map(math.isfinite, sides)) else box
    names = [name, *(place_views(connection) if name == "parcels" else ())]
    connection.executemany(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?,"
        " last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?",
        [(*box, each) for each in names],
    )


def drop_views(connection: Connection) -> None:
    """
    Take the layers of the places away.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    """
    for view in place_views(connection):
        connection.execute(f"DROP VIEW {quoted(view)}")
        for register in ("gpkg_geometry_columns", "gpkg_contents"):
            connection.execute(f"DELETE FROM {register} WHERE table_name = ?", (view,))  # noqa: S608 - a constant


def place_views(connection: Connection) -> Mapping[str, str]:
    """
    Return the layers of the places.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.

    Returns
    -------
    mapping of str to str
        The statement that made each, by name.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     place_views(connection)
    {}
    """
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    return {name: sql for name, sql in rows if name.startswith(_VIEWS)}


def columns_of(connection: Connection, table: str) -> dict[str, str]:
    """
    Return the columns of a table with the types they were declared with.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.
    table : str
        Name of the table.

    Returns
    -------
    dict of str to str
        In the order of the file; empty where there is no such table.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     columns_of(connection, "parcels")
    {}
    """
    if isinstance(connection, Session):
        return connection.columns_of(table)
    rows = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return {name: declared.upper() for name, declared in rows}


def _views(
    connection: Connection, places: pd.DataFrame
) -> Iterator[tuple[str, str, tuple[str, str]]]:
    names = [name for name in columns_of(connection, "parcels") if name != "fid"]
    taken = {name.casefold() for name in names}
    status = next(each for each in ("status", "status_now") if each not in taken)
    columns = ", ".join(f"parcels.{quoted(name)}" for name in names)
    for place, name, kind in zip(places["place"], places["name"], places["kind"], strict=True):
        view = view_name(place)
        attribute = "responsible" if kind == "park" else "town"
        code = str(place).replace("'", "''")
        sql = (
            f"CREATE VIEW {quoted(view)} AS SELECT parcels.fid AS OGC_FID, {columns}, "  # noqa: S608 - names are quoted, a view takes no parameters
            f"{STANDING}.status AS {status} FROM parcels LEFT JOIN {STANDING} ON"
            f" {STANDING}.parcel_id = parcels.parcel_id WHERE parcels.{attribute} = '{code}'"
        )
        yield view, sql, (str(place), str(name))
