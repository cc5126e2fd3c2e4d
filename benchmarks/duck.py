"""Give DuckDB plots to query; its spatial extension comes as a wheel, nothing is downloaded."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

if TYPE_CHECKING:
    import duckdb
    import geopandas as gpd


def duckdb_of(parcels: gpd.GeoDataFrame) -> duckdb.DuckDBPyConnection:
    """
    Open a database in memory with the plots in a table ``plots``, columns ``id`` and ``geom``.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots; each gets its row number as ``id``.

    Returns
    -------
    duckdb.DuckDBPyConnection
        It uses all cores.

    Raises
    ------
    ImportError
        DuckDB or the wheel of its extension is not installed.
    """
    import duckdb  # noqa: PLC0415 - a peer, which need not be installed

    wheel = find_spec("duckdb_extension_spatial")
    if wheel is None or wheel.origin is None:
        message = "duckdb-extension-spatial is not installed"
        raise ImportError(message)
    folder = Path(wheel.origin).parent
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{next(folder.rglob('spatial.duckdb_extension'))}'")
    shapes = shapely.to_wkb(parcels.geometry.to_numpy())
    columns = {"id": np.arange(len(shapes), dtype=np.int32), "wkb": pa.array(shapes, pa.binary())}
    connection.register("given", pa.table(columns))
    connection.execute("CREATE TABLE plots AS SELECT id, ST_GeomFromWKB(wkb) AS geom FROM given")
    return connection


def answer(connection: duckdb.DuckDBPyConnection, *statements: str) -> list[np.ndarray]:
    """
    Run statements and return what the last one selects.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The database.
    *statements : str
        SQL.

    Returns
    -------
    list of numpy.ndarray
        The columns.
    """
    found: Any = None
    for statement in statements:
        found = connection.execute(statement)
    return [np.asarray(column) for column in found.fetchnumpy().values()]
