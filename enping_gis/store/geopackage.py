"""Read and write an inventory as one GeoPackage that opens in QGIS."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from enping_gis.errors import OutputError, SourceError
from enping_gis.schema import conformed, tables
from enping_gis.store.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyproj import CRS

META_TABLE = "enping_inventory"
_GEOMETRY_COLUMN = "geom"
# GeoPackage keeps these names for itself, and compares names without case.
_RESERVED = {"fid", "ogc_fid", _GEOMETRY_COLUMN}


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
        with closing(_opened(path)) as connection:
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
        with closing(_opened(path)) as connection:
            return dict(connection.execute(f"SELECT key, value FROM {META_TABLE}"))  # noqa: S608 - a constant
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
    try:
        present = {name for name, _ in pyogrio.list_layers(path)}
        frames: dict[str, pd.DataFrame] = {}
        for name, table in tables().items():
            if name in present:
                frames[name] = conformed(pyogrio.read_dataframe(path, layer=name), name)
            elif table.geometry is None:
                frames[name] = conformed(pd.DataFrame(), name)
            else:
                raise SourceError("error.inventory_table", path=path, table=name)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise SourceError("error.not_inventory", path=path, reason=error) from error
    return frames


def write_inventory(
    path: Path, frames: Mapping[str, pd.DataFrame], meta: Mapping[str, str], crs: CRS
) -> None:
    """
    Write a whole inventory, in one step from the old file to the new.

    Besides the tables, the plots of each place are registered as a view of ``parcels`` (by
    `town`, those of a park by `responsible`), so that QGIS lists them as layers.

    Parameters
    ----------
    path : pathlib.Path
        The file; an old one is replaced only when the new one is complete.
    frames : mapping of str to pandas.DataFrame
        Tables of the layer model; those left out are written empty.
    meta : mapping of str to str
        What the inventory says of itself.
    crs : pyproj.CRS
        Working CRS of ``parcels`` and ``places``, in metres.

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
                    layer = conformed(frame, name)
                    pyogrio.write_dataframe(layer, temporary, layer=name, driver="GPKG")
                else:
                    _write_layer(frame, temporary, name, table.geometry, crs)
            with closing(sqlite3.connect(temporary)) as connection, connection:
                _write_meta(connection, meta)
                _register_views(connection, frames["places"])
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise OutputError("error.output", path=path, reason=error) from error


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
    return f"parcels_{place}"


def _opened(path: Path) -> sqlite3.Connection:
    # Opening to write lets SQLite roll back what a killed writer left behind.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=15)
    connection.execute("SELECT count(*) FROM sqlite_master")
    return connection


def _write_layer(
    frame: pd.DataFrame, path: Path, name: str, geometry_type: str, crs: CRS
) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[], crs=crs)
    layer = conformed(frame, name)
    pyogrio.write_dataframe(
        layer.rename(columns=_free_names(layer)),
        path,
        layer=name,
        driver="GPKG",
        geometry_type=geometry_type,
        promote_to_multi=True,
        layer_options={"GEOMETRY_NAME": _GEOMETRY_COLUMN},
    )


def _free_names(layer: gpd.GeoDataFrame) -> dict[str, str]:
    taken = set(_RESERVED)
    names: dict[str, str] = {}
    for own in layer.columns.drop(layer.geometry.name):
        free, number = own, 1
        while free.casefold() in taken:
            number += 1
            free = f"{own}_{number}"
        taken.add(free.casefold())
        names[own] = free
    return names


def _write_meta(connection: sqlite3.Connection, meta: Mapping[str, str]) -> None:
    connection.execute(f"CREATE TABLE {META_TABLE} (key TEXT PRIMARY KEY NOT NULL, value TEXT)")
    connection.executemany(f"INSERT INTO {META_TABLE} VALUES (?, ?)", meta.items())  # noqa: S608 - a constant


def _register_views(connection: sqlite3.Connection, places: pd.DataFrame) -> None:
    rows = connection.execute("SELECT name FROM pragma_table_info('parcels')")
    columns = [f'"{name.replace(chr(34), chr(34) * 2)}"' for (name,) in rows if name != "fid"]
    for place, name, kind in zip(places["place"], places["name"], places["kind"], strict=True):
        view = view_name(place)
        attribute = "responsible" if kind == "park" else "town"
        code = str(place).replace("'", "''")
        quoted = f'"{view.replace(chr(34), chr(34) * 2)}"'
        connection.execute(
            f"CREATE VIEW {quoted} AS SELECT fid AS OGC_FID, {', '.join(columns)} "  # noqa: S608 - names are quoted, a view takes no parameters
            f"FROM parcels WHERE {attribute} = '{code}'"
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description,"
            " min_x, min_y, max_x, max_y, srs_id) SELECT ?, 'features', ?, ?,"
            " min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents WHERE table_name = 'parcels'",
            (view, f"parcels {place}", name),
        )
        connection.execute(
            "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name,"
            " srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = 'parcels'",
            (view,),
        )
