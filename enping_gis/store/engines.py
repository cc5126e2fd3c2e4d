"""Hand each inventory to its engine: a file to SQLite and GDAL, a database to PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from enping_gis.errors import OutputError, SourceError
from enping_gis.messages import text
from enping_gis.store import changing, database, geopackage, layout
from enping_gis.store.place import Database
from enping_gis.store.postgres import layout as server_layout
from enping_gis.store.postgres import session as server
from enping_gis.store.postgres import storing
from enping_gis.store.postgres.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    import pandas as pd

    from enping_gis.store.database import Change, State
    from enping_gis.store.place import Place
    from enping_gis.store.sql import Connection


def is_inventory(place: Place) -> bool:
    """
    Tell whether there is an inventory.

    Parameters
    ----------
    place : pathlib.Path or Database
        A file, which need not be there, or a schema.

    Returns
    -------
    bool
        False for a file of any other kind.

    Raises
    ------
    SourceError
        A database does not answer.

    Examples
    --------
    >>> is_inventory(Path("missing.gpkg"))
    False
    """
    if isinstance(place, Database):
        return server.is_inventory(place)
    return place.is_file() and geopackage.is_inventory(place)


def require_inventory(place: Place) -> None:
    """
    See that there is an inventory.

    Parameters
    ----------
    place : pathlib.Path or Database
        A file or a schema.

    Raises
    ------
    SourceError
        There is none.

    Examples
    --------
    >>> require_inventory(Path("missing.gpkg"))
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    if isinstance(place, Path) and place.exists() and not is_inventory(place):
        raise SourceError("error.not_inventory", path=place, reason=text("not_ours"))
    if not is_inventory(place):
        raise SourceError("error.no_inventory", path=place)


def refuse_existing(place: Place) -> None:
    """
    See that a new inventory can be made.

    Parameters
    ----------
    place : pathlib.Path or Database
        A file, ``.gpkg``, or a schema.

    Raises
    ------
    OutputError
        The file is named otherwise, or something is there.

    Examples
    --------
    >>> refuse_existing(Path("new.gpkg"))
    >>> refuse_existing(Path("new.shp"))
    Traceback (most recent call last):
    ...
    enping_gis.errors.OutputError: ...
    """
    if isinstance(place, Path) and place.suffix.casefold() != ".gpkg":
        raise OutputError("error.not_gpkg", path=place)
    if place.exists() if isinstance(place, Path) else server.is_inventory(place):
        raise OutputError("error.exists", path=place)


def read_meta(place: Place) -> dict[str, str]:
    """
    Read what an inventory says of itself.

    Parameters
    ----------
    place : pathlib.Path or Database
        An inventory.

    Returns
    -------
    dict of str to str
        Keys such as ``crs``, ``as_of``, ``area_method`` and ``county_extent``.
    """
    return storing.read_meta(place) if isinstance(place, Database) else geopackage.read_meta(place)


def read_stored(place: Place) -> tuple[dict[str, pd.DataFrame], State]:
    """
    Read all tables of the layer model as they stand at one moment.

    Parameters
    ----------
    place : pathlib.Path or Database
        An inventory.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        By table name, indexed by the numbers that the rows have.
    state : State
        How often the inventory was changed when it was read.
    """
    if isinstance(place, Database):
        return storing.read_stored(place)
    return geopackage.read_stored(place)


def looking(place: Place) -> AbstractContextManager[tuple[Connection, State]]:
    """
    Read an inventory at one moment.

    Parameters
    ----------
    place : pathlib.Path or Database
        An inventory.

    Returns
    -------
    context manager
        Gives the connection, inside a transaction that reads, and the state.
    """
    return server.looking(place) if isinstance(place, Database) else database.looking(place)


def writing(place: Place) -> AbstractContextManager[Change]:
    """
    Change an inventory in one transaction: when the block fails, nothing has happened.

    Parameters
    ----------
    place : pathlib.Path or Database
        An inventory.

    Returns
    -------
    context manager
        Gives the transaction; no other writer comes in between.
    """
    return server.writing(place) if isinstance(place, Database) else database.writing(place)


def save_whole(place: Place, *parts: Any) -> None:  # noqa: ANN401 - as the engines take them
    """
    Write a new inventory in one step.

    Parameters
    ----------
    place : pathlib.Path or Database
        A file or a schema.
    *parts : Any
        As `enping_gis.store.geopackage.write_inventory` takes them.
    """
    if isinstance(place, Database):
        storing.write_inventory(place, *parts)
    else:
        geopackage.write_inventory(place, *parts)


def save_changes(place: Place, *parts: Any, revision: int | None) -> None:  # noqa: ANN401 - as the engines take them
    """
    Write what differs into an existing inventory, in one transaction.

    Parameters
    ----------
    place : pathlib.Path or Database
        An inventory.
    *parts : Any
        As `enping_gis.store.changing.change_inventory` takes them.
    revision : int or None
        Revision when it was opened; None where it was not.
    """
    if isinstance(place, Database):
        storing.change_inventory(place, *parts, revision=revision)
    else:
        changing.change_inventory(place, *parts, revision=revision)


def furnish(connection: Connection) -> None:
    """
    Add what an inventory lacks beside the layer model.

    Parameters
    ----------
    connection : Connection
        A connection to an inventory, inside a transaction that writes.
    """
    if isinstance(connection, Session):
        server_layout.furnish(connection)
    else:
        layout.furnish(connection)


def register(
    connection: Connection, places: pd.DataFrame, layers: Mapping[str, pd.DataFrame]
) -> None:
    """
    Keep right what other programs are told of the layers, and the views of the places.

    Parameters
    ----------
    connection : Connection
        A connection to an inventory, inside a transaction that writes.
    places : pandas.DataFrame
        Table ``places``.
    layers : mapping of str to pandas.DataFrame
        Rows of the layers that changed, by name.
    """
    if isinstance(connection, Session):
        server_layout.register_views(connection, places)
        return
    for name, rows in layers.items():
        layout.register_layer(connection, name, rows)
    layout.register_views(connection, places)
