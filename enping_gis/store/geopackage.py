"""Read and write an inventory as one GeoPackage that opens in QGIS."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from enping_gis.atomic import replacing
from enping_gis.errors import OutputError, SourceError
from enping_gis.schema import conformed, tables
from enping_gis.store.database import (
    META_TABLE,
    begin_meta,
    connected,
    looking,
    meta_of,
    set_meta,
    writing,
)
from enping_gis.store.differences import storable
from enping_gis.store.events import note_heads
from enping_gis.store.keeping import GEOMETRY_COLUMN, KEPT_TABLES, remember
from enping_gis.store.layout import furnish, register_views, set_standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyproj import CRS

    from enping_gis.store.database import State

# Nobody writes for so long that none of so many readings falls in between.
_TRIES = 10
_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.CRSError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
)


def is_inventory(path: Path) -> bool:
    """
    Tell whether a file is an inventory that this package wrote.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Returns
    -------
    bool
        False for any other file, also for one that is no SQLite file at all.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     empty = Path(folder, "empty.gpkg")
    ...     _ = empty.write_bytes(b"")
    ...     is_inventory(empty)
    False
    """
    query = "SELECT count(*) FROM sqlite_master WHERE name = ?"
    try:
        with closing(connected(path)) as connection:
            return bool(connection.execute(query, (META_TABLE,)).fetchone()[0])
    except sqlite3.DatabaseError:
        return False


def read_meta(path: Path) -> dict[str, str]:
    """
    Read what an inventory says of itself.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    dict of str to str
        Keys such as ``crs``, ``as_of``, ``area_method`` and ``county_extent``.

    Raises
    ------
    SourceError
        The file cannot be read, or is no inventory.
    """
    try:
        with closing(connected(path)) as connection:
            return meta_of(connection)
    except sqlite3.DatabaseError as error:
        raise SourceError("error.not_inventory", path=path, reason=error) from error


def read_tables(path: Path) -> dict[str, pd.DataFrame]:
    """
    Read all tables of the layer model from an inventory.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    dict of str to pandas.DataFrame
        By table name, in the shape of the layer model; ``parcels`` and ``places`` are
        GeoDataFrames. A table that the file lacks is empty.

    Raises
    ------
    SourceError
        The file is damaged, or ``parcels`` or ``places`` is missing.
    """
    frames, _ = read_stored(path)
    return {name: frame.reset_index(drop=True) for name, frame in frames.items()}


def read_stored(path: Path) -> tuple[dict[str, pd.DataFrame], State]:
    """
    Read all tables of the layer model as they stand at one moment.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    frames : dict of str to pandas.DataFrame
        Like `read_tables`, indexed by the numbers that the rows have in the file.
    state : State
        How often the file was changed when it was read.

    Raises
    ------
    SourceError
        The file is damaged, ``parcels`` or ``places`` is missing, or it is written so often
        that it cannot be read in between.
    """
    try:
        for _ in range(_TRIES):
            # GDAL opens the file anew for each table: what it read is of one moment only when
            # nobody wrote from the first to the last.
            before = state_of(path)
            frames = _read_frames(path)
            if state_of(path) == before:
                return frames, before
    except (*_GDAL_ERRORS, sqlite3.Error, UnicodeDecodeError, OSError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError("error.not_inventory", path=path, reason=error) from error
    raise SourceError("error.inventory_restless", path=path)


def state_of(path: Path) -> State:
    """
    Tell how often an inventory was changed.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    State
        Its counters.

    Raises
    ------
    sqlite3.DatabaseError
        It is no inventory, or damaged.
    """
    with looking(path) as (_, state):
        return state


def _read_frames(path: Path) -> dict[str, pd.DataFrame]:
    present = {name for name, _ in pyogrio.list_layers(path)}
    frames: dict[str, pd.DataFrame] = {}
    for name, table in tables().items():
        if name in present:
            rows = pyogrio.read_dataframe(path, layer=name, fid_as_index=True)
            frames[name] = conformed(rows, name)
        elif table.geometry is None:
            frames[name] = conformed(pd.DataFrame(), name)
        else:
            raise SourceError("error.inventory_table", path=path, table=name)
    _check_counts(path, {name: len(frames[name]) for name in present & frames.keys()})
    return frames


def write_inventory(
    path: Path,
    frames: Mapping[str, pd.DataFrame],
    meta: Mapping[str, str],
    crs: CRS,
    standing: pd.DataFrame,
) -> None:
    """
    Write a new inventory file in one step.

    Besides the tables, the plots of each place are registered as a view of ``parcels`` (by
    `town`, those of a park by `responsible`), so that QGIS lists them as layers.

    Parameters
    ----------
    path : pathlib.Path
        The file; what is there is replaced only when the new one is complete.
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
    OutputError
        The file cannot be written.
    """
    with replacing(path) as temporary:
        try:
            for name, table in tables().items():
                frame = frames.get(name, pd.DataFrame())
                if table.geometry is None:
                    layer = storable(frame, name)
                    pyogrio.write_dataframe(layer, temporary, layer=name, driver="GPKG")
                else:
                    _write_layer(frame, temporary, name, table.geometry, crs)
            with closing(connected(temporary)) as connection:
                begin_meta(connection)
            with writing(temporary) as change:
                furnish(change.connection)
                set_meta(change.connection, **meta)
                set_standing(change.connection, standing)
                note_heads(change.connection)
                register_views(change.connection, frames["places"])
                for name in KEPT_TABLES:
                    remember(change.connection, name)
                change.is_known = True
        except _GDAL_ERRORS as error:
            raise OutputError("error.output", path=path, reason=error) from error
        except OutputError as error:
            # The path that failed is one that nobody asked for.
            raise OutputError(error.code, **{**error.values, "path": path}) from error
        _drop_strays(path)


def _check_counts(path: Path, read: Mapping[str, int]) -> None:
    """Refuse a file whose own count of rows is wrong: GDAL reads no further than that."""
    with closing(connected(path)) as connection:
        for name, rows in read.items():
            (there,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - a name of the layer model
            if there != rows:
                raise SourceError("error.inventory_rows", path=path, table=name, n=there, read=rows)


def _drop_strays(path: Path) -> None:
    """Take away what another program left beside an old file, lest it is read into the new one."""
    for suffix in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _write_layer(frame: pd.DataFrame, path: Path, name: str, geometry_type: str, crs: CRS) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[], crs=crs)
    layer = storable(frame, name)
    pyogrio.write_dataframe(
        gpd.GeoDataFrame(layer, geometry=GEOMETRY_COLUMN, crs=frame.crs),
        path,
        layer=name,
        driver="GPKG",
        geometry_type=geometry_type,
        promote_to_multi=True,
        layer_options={"GEOMETRY_NAME": GEOMETRY_COLUMN},
    )
