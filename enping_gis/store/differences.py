"""Find the rows in which the tables of an inventory differ from those of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.errors import OutputError
from enping_gis.schema import conformed, free_names, table, tables
from enping_gis.store.keeping import GEOMETRY_COLUMN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from enping_gis.store.place import Place

    Cells = dict[str, Any]


class Difference(NamedTuple):
    """
    What has to be written for a table of the file to be as it is wanted.

    Parameters
    ----------
    name : str
        The table.
    columns : dict of str to bool
        Every column wanted, and whether its cells are texts.
    removed : list of int
        Numbers of rows to take away.
    changed : list of tuple
        Number of a row, and the cells that differ.
    added : list of dict
        New rows.
    wanted : pandas.DataFrame
        The table as it is wanted.
    """

    name: str
    columns: dict[str, bool]
    removed: list[int]
    changed: list[tuple[int, Cells]]
    added: list[Cells]
    wanted: pd.DataFrame

    @property
    def is_empty(self) -> bool:
        """
        Tell whether nothing has to be written.

        Returns
        -------
        bool
            True where the file is as it is wanted.
        """
        return not (self.removed or self.changed or self.added)


def differences(
    stored: Mapping[str, pd.DataFrame], wanted: Mapping[str, pd.DataFrame], path: Place
) -> list[Difference]:
    """
    Compare the tables of an inventory with those of its file, row by row.

    Parameters
    ----------
    stored : mapping of str to pandas.DataFrame
        Tables of the file, indexed by the numbers of their rows.
    wanted : mapping of str to pandas.DataFrame
        Tables of the inventory; those left out stay as they are.
    path : pathlib.Path or Database
        The file or the schema, for messages.

    Returns
    -------
    list of Difference
        One for each table; rows are matched by what names them in the layer model.

    Raises
    ------
    OutputError
        Events of the file are missing in the inventory, or changed.
    """
    result = [difference(name, stored[name], wanted[name]) for name in tables() if name in wanted]
    for each in result:
        if each.name == "events" and (each.removed or each.changed):
            n = len(each.removed) + len(each.changed)
            raise OutputError("error.events_grow", path=path, n=n)
    return result


def difference(name: str, stored: pd.DataFrame, wanted: pd.DataFrame) -> Difference:
    """
    Compare one table of an inventory with that of its file, row by row.

    Parameters
    ----------
    name : str
        Table of the layer model.
    stored, wanted : pandas.DataFrame
        As it is in the file, indexed by the numbers of the rows, and as it is to be.

    Returns
    -------
    Difference
        What has to be written.

    Examples
    --------
    >>> here = pd.DataFrame({"period": ["2022"], "area_mu": [3000.0]}, index=[7])
    >>> there = pd.DataFrame({"period": ["2022", "2023"], "area_mu": [3001.0, 2000.0]})
    >>> found = difference("targets", here, there)
    >>> [(fid, list(cells)) for fid, cells in found.changed], len(found.added)
    ([(7, ['area_mu'])], 1)
    >>> difference("targets", here.iloc[:0], there.iloc[:0]).is_empty
    True
    """
    if tables()[name].geometry is None and stored.reset_index(drop=True).equals(wanted):
        return Difference(name, {}, [], [], [], wanted)
    old, new = storable(stored, name), storable(wanted, name)
    keys_there, keys_wanted = keys_of(old, name), keys_of(new, name)
    rows_there = pd.Series(np.arange(len(old)), index=keys_there)
    places = rows_there.reindex(keys_wanted).to_numpy()
    is_new = np.isnan(places.astype("float64"))
    common = places[~is_new].astype(np.int64)
    left, right = old.iloc[common], new.loc[~is_new]
    fids = left.index.to_numpy()
    changed: dict[int, Cells] = {}
    for column in new.columns:
        cells = right[column].to_numpy()
        there = left[column].to_numpy() if column in left else np.full(len(left), None)
        differs = _moved if column == GEOMETRY_COLUMN else _differs
        for row in np.flatnonzero(differs(there, cells)):
            changed.setdefault(int(fids[row]), {})[str(column)] = cells[row]
    removed = [int(fid) for fid in old.index[~keys_there.isin(keys_wanted)]]
    added: list[Cells] = new.loc[is_new].to_dict("records")
    texts = {str(column): _is_text(new[column]) for column in new.columns}
    return Difference(name, texts, removed, sorted(changed.items()), added, wanted)


def storable(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """
    Give the columns of a table names and cells that a GeoPackage can hold.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Rows of a table.
    name : str
        Table of the layer model.

    Returns
    -------
    pandas.DataFrame
        In the shape of the layer model; the geometry is a column ``geom`` of shapes, and
        cells of several types are one: text.

    Examples
    --------
    >>> mixed = pd.DataFrame({"period": ["2022"], "fid": ["x"], "own": [1]})
    >>> storable(mixed, "targets").columns[-2:].tolist()
    ['fid_2', 'own']
    >>> len(storable(mixed.iloc[:0], "targets"))
    0
    """
    rows = conformed(frame, name)
    shapes = None
    if isinstance(rows, gpd.GeoDataFrame):
        shapes = rows.geometry.to_numpy()
        rows = pd.DataFrame(rows.drop(columns=rows.geometry.name))
    rows = rows.rename(columns=free_names(rows.columns))
    for column in rows.columns:
        cells = rows[column]
        if cells.dtype == object and len({type(cell) for cell in cells.dropna()} - {str}) > 0:
            rows[column] = pd.Series(
                [None if pd.isna(cell) else str(cell) for cell in cells],
                index=rows.index,
                dtype=object,
            )
    if shapes is not None:
        rows[GEOMETRY_COLUMN] = pd.Series(shapes, index=rows.index, dtype=object)
    return rows


def keys_of(rows: pd.DataFrame, name: str) -> pd.Index:
    """
    Return what names each row; rows that say the same are counted, so that each has its own.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of a table, in the shape of the layer model.
    name : str
        The table.

    Returns
    -------
    pandas.Index of str
        In the order of the rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"period": ["2022", "2022"], "place": None})
    >>> keys_of(rows, "targets").is_unique, keys_of(rows.iloc[:0], "targets").size
    (True, 0)
    """
    columns = [rows[each].map(lambda cell: "" if pd.isna(cell) else str(cell)) for each in
               table(name).identity]  # fmt: skip
    said = pd.Series(["\x1f".join(cells) for cells in zip(*columns, strict=True)], dtype=object)
    again = said.groupby(said).cumcount()
    return pd.Index([f"{key}\x1f{n}" for key, n in zip(said, again, strict=True)], dtype=object)


def _moved(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    return np.array(shapely.to_wkb(left) != shapely.to_wkb(right), dtype=bool)


def _differs(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    one, other = left.astype(object), right.astype(object)
    blank, empty = pd.isna(one), pd.isna(other)
    return np.array(~((one == other) | (blank & empty)), dtype=bool)


def _is_text(cells: pd.Series[Any]) -> bool:
    return bool(cells.dtype == object) and cells.name != GEOMETRY_COLUMN
