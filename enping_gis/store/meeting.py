"""Keep what a file and a database had in common when they last met, row by row."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from enping_gis.store.database import looking, writing
from enping_gis.store.differences import keys_of, storable
from enping_gis.store.layout import columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MET = "enping_met"
_MAKE = (
    f"CREATE TABLE IF NOT EXISTS {MET} (layer TEXT NOT NULL, row TEXT NOT NULL,"
    " digest TEXT NOT NULL, PRIMARY KEY (layer, row))"
)


def digests(frame: pd.DataFrame, name: str) -> dict[str, str]:
    """
    Return what each row of a table says, in short.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Rows of a table.
    name : str
        Table of the layer model.

    Returns
    -------
    dict of str to str
        A hash by what names the row, in the order of the rows. Empty cells do not count, and
        numbers are the same whatever column they come from, so that rows of a file and of a
        database that say the same have the same hash.

    Examples
    --------
    >>> one = pd.DataFrame({"period": ["2022"], "area_mu": [5]})
    >>> other = pd.DataFrame({"period": ["2022"], "area_mu": [5.0], "own": [None]})
    >>> digests(one, "targets") == digests(other, "targets")
    True
    >>> digests(one.iloc[:0], "targets")
    {}
    """
    rows = storable(frame, name)
    found = {}
    for key, row in zip(keys_of(rows, name), rows.to_dict("records"), strict=True):
        said = {str(column): plain(cell) for column, cell in row.items()}
        whole = {column: cell for column, cell in said.items() if cell is not None}
        written = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        found[str(key)] = hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()
    return found


def met(path: Path) -> dict[str, dict[str, str]]:
    """
    Return what a file and its database had in common when they last met.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Returns
    -------
    dict of str to dict
        By table, hashes as `digests` has them; empty for a file that never met one.
    """
    with looking(path) as (connection, _):
        result: dict[str, dict[str, str]] = {}
        if columns_of(connection, MET):
            for layer, row, digest in connection.execute(f"SELECT layer, row, digest FROM {MET}"):  # noqa: S608 - a constant
                result.setdefault(layer, {})[row] = digest
        return result


def note_met(path: Path, known: Mapping[str, Mapping[str, str]]) -> None:
    """
    Note what a file and its database have in common.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.
    known : mapping of str to mapping
        By table, hashes as `digests` has them; what was noted before is forgotten.
    """
    rows = {(layer, row, digest) for layer, each in known.items() for row, digest in each.items()}
    with writing(path) as change:
        change.connection.execute(_MAKE)
        query = f"SELECT layer, row, digest FROM {MET}"  # noqa: S608 - a constant
        there = set(change.connection.execute(query).fetchall())
        gone = [(layer, row) for layer, row, _ in sorted(there - rows)]
        change.connection.executemany(f"DELETE FROM {MET} WHERE layer = ? AND row = ?", gone)  # noqa: S608 - the same
        change.connection.executemany(
            f"INSERT INTO {MET} VALUES (?, ?, ?)",  # noqa: S608 - the same
            sorted(rows - there),
        )


def plain(cell: Any) -> str | float | None:  # noqa: ANN401 - a cell of any table
    """
    Return a cell in the form in which files and databases are compared.

    Parameters
    ----------
    cell : Any
        A cell of any table.

    Returns
    -------
    str, float or None
        None for an empty cell.

    Examples
    --------
    >>> plain(True) == plain(1), plain(float("nan")) is None, plain("a")
    (True, True, 'a')
    """
    if isinstance(cell, shapely.Geometry):
        # A database has multipolygons only.
        whole = shapely.MultiPolygon([cell]) if cell.geom_type == "Polygon" else cell
        return str(shapely.to_wkb(whole, hex=True))
    if isinstance(cell, str):
        return cell or None
    if cell is None or pd.isna(cell):
        return None
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else float(cell)


def shown(cell: Any) -> str:  # noqa: ANN401 - a cell of any table
    """
    Return a cell as it is told to people.

    Parameters
    ----------
    cell : Any
        A cell of any table; of a geometry, the planar area is told.

    Returns
    -------
    str
        The cell; a dash where there is none.

    Examples
    --------
    >>> shown(None), shown("a"), shown(shapely.box(0, 0, 2, 3))
    ('-', 'a', '6.00 m2')
    """
    if isinstance(cell, shapely.Geometry):
        return f"{cell.area:.2f} m2"
    said = plain(cell)
    return "-" if said is None else str(cell)
