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
from enping_gis.schema import conformed, free_names, tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyproj import CRS

META_TABLE = "enping_inventory"
_GEOMETRY_COLUMN = "geom"
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
        _check_counts(path, {name: len(frames[name]) for name in present & frames.keys()})
    except (*_GDAL_ERRORS, sqlite3.Error, UnicodeDecodeError) as error:
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
    _settle(path)
    with replacing(path) as temporary:
        try:
            for name, table in tables().items():
                frame = frames.get(name, pd.DataFrame())
                if table.geometry is None:
                    layer = conformed(frame, name)
                    layer = _storable(layer, free_names(layer.columns))
                    pyogrio.write_dataframe(layer, temporary, layer=name, driver="GPKG")
                else:
                    _write_layer(frame, temporary, name, table.geometry, crs)
            with closing(sqlite3.connect(temporary)) as connection, connection:
                _write_meta(connection, meta)
                _register_views(connection, frames["places"])
        except (*_GDAL_ERRORS, sqlite3.Error) as error:
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


def _check_counts(path: Path, read: Mapping[str, int]) -> None:
    """Refuse a file whose own count of rows is wrong: GDAL reads no further than that."""
    with closing(_opened(path)) as connection:
        for name, rows in read.items():
            (there,) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - a name of the layer model
            if there != rows:
                raise SourceError("error.inventory_rows", path=path, table=name, n=there, read=rows)


def _settle(path: Path) -> None:
    """Bring what another program left beside an old file into it, lest it spoil the new one."""
    if not path.is_file() or not is_inventory(path):
        return
    try:
        with closing(_opened(path)) as connection:
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as error:
        raise OutputError("error.inventory_busy", path=path) from error
    if mode != "delete":
        raise OutputError("error.inventory_busy", path=path)


def _write_layer(frame: pd.DataFrame, path: Path, name: str, geometry_type: str, crs: CRS) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[], crs=crs)
    layer = conformed(frame, name)
    pyogrio.write_dataframe(
        _storable(layer, free_names(layer.columns.drop(layer.geometry.name))),
        path,
        layer=name,
        driver="GPKG",
        geometry_type=geometry_type,
        promote_to_multi=True,
        layer_options={"GEOMETRY_NAME": _GEOMETRY_COLUMN},
    )


def _storable(layer: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Give columns names that can be stored, and cells of several types one: text."""
    result = layer.rename(columns=dict(names))
    for name in names.values():
        cells = result[name]
        if cells.dtype == object and len({type(cell) for cell in cells.dropna()} - {str}) > 0:
            result[name] = [None if pd.isna(cell) else str(cell) for cell in cells]
    return result


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
            (view, f"{name} ({place})", name),
        )
        connection.execute(
            "INSERT INTO gpkg_geometry_columns SELECT ?, column_name, geometry_type_name,"
            " srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = 'parcels'",
            (view,),
        )
