"""Hold the tables of the layer model and bring data frames into their shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from enping_gis._resources import shipped_json
from enping_gis.cells import as_flags, as_texts
from enping_gis.errors import SchemaError
from enping_gis.messages import language
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enping_gis.messages import Language

ColumnType = Literal["text", "float", "bool", "date"]

# Several codes in one cell, and several aliases, are kept apart by this.
LIST_SEPARATOR = ";"
# GeoPackage and GeoPandas keep these names for themselves.
RESERVED_NAMES = ("fid", "ogc_fid", "geom", "geometry")


@dataclass(frozen=True)
class Column:
    """
    One column of a table.

    Parameters
    ----------
    name : str
        Its name in the inventory.
    type : {"text", "float", "bool", "date"}
        What its cells hold; a date is an ISO text, so that every format carries it alike.
    zh, en : str
        Heading in either language.
    aliases : tuple of str
        Names that planners' files give it.
    vocabulary : str
        Kind of the terms its cells hold, empty for free text.
    is_list : bool
        A cell may hold several terms, kept apart by `LIST_SEPARATOR`.
    required : bool
        A row without it has no meaning.
    unit : str
        Unit of a number, code in ``tables.json``; empty for plain numbers.
    refers : str
        Table whose key its cells hold, empty for none.
    """

    name: str
    type: ColumnType
    zh: str
    en: str
    aliases: tuple[str, ...]
    vocabulary: str
    is_list: bool
    required: bool
    unit: str = ""
    refers: str = ""

    def heading(self, lang: Language | None = None) -> str:
        """
        Return the heading of the column.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language; by default the one in force.

        Returns
        -------
        str
            What to print above it.
        """
        return self.zh if (lang or language()) == "zh" else self.en


@dataclass(frozen=True)
class Table:
    """
    One table of the layer model.

    Parameters
    ----------
    name : str
        Its name in the inventory.
    geometry : str or None
        ``"MultiPolygon"``, or None for a table without geometry.
    key : str or None
        Column that names a row, None where no single column does.
    columns : tuple of Column
        Its columns, in order.
    identity : tuple of str
        Columns that together name a row; the key alone where there is one.
    """

    name: str
    geometry: str | None
    key: str | None
    columns: tuple[Column, ...]
    identity: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """
        Return the names of the columns, in order.

        Returns
        -------
        list of str
            Without the geometry.
        """
        return [column.name for column in self.columns]


@cache
def tables() -> dict[str, Table]:
    """
    Return all tables by name.

    Returns
    -------
    dict of str to Table
        The layer model.

    Examples
    --------
    >>> tables()["parcels"].key, tables()["events"].geometry
    ('parcel_id', None)
    """
    return {name: _table(name, record) for name, record in shipped_json("schema.json").items()}


def table(name: str) -> Table:
    """
    Return one table.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    Table
        The table.

    Raises
    ------
    SchemaError
        There is no such table.

    Examples
    --------
    >>> table("places").names
    ['place', 'name', 'kind', 'source', 'schematic']
    >>> table("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SchemaError: ...
    """
    try:
        return tables()[name]
    except KeyError:
        raise SchemaError("error.table", value=name, known=", ".join(tables())) from None


def recognised_columns(name: str, columns: Iterable[str]) -> dict[str, str]:
    """
    Map the columns of a planner's file to those of a table, by name or alias.

    Where two columns claim one place, the exact name wins, then the first alias listed.

    Parameters
    ----------
    name : str
        Table of the layer model.
    columns : iterable of str
        Column names of the file.

    Returns
    -------
    dict of str to str
        Standard name -> the file's own name; what is not recognised is left out.

    Examples
    --------
    >>> recognised_columns("parcels", ["DKBH", "镇街", "Shape_Leng"])
    {'parcel_id': 'DKBH', 'town': '镇街'}
    >>> recognised_columns("parcels", [])
    {}
    """
    by_key: dict[str, str] = {}
    columns = [str(column) for column in columns]
    for own in columns:
        key = normalised(own)
        if own == key or key not in by_key:
            by_key[key] = own
    for own in columns:
        # Of a header in two rows, joined as upper/lower, the lower one says what the cells are.
        by_key.setdefault(normalised(own.rsplit("/", 1)[-1]), own)
    found: dict[str, str] = {}
    taken: set[str] = set()
    standard = [column.name for column in table(name).columns]
    taken.update(by_key[key] for key in map(normalised, standard) if key in by_key)
    for column in table(name).columns:
        own_name = by_key.get(normalised(column.name))
        if own_name is None:
            candidates = (by_key.get(normalised(a)) for a in (column.zh, *column.aliases))
            own_name = next((c for c in candidates if c is not None and c not in taken), None)
        if own_name is not None:
            found[column.name] = own_name
            taken.add(own_name)
    return found


def conformed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """
    Return a copy of `frame` with the columns and types of a table; further columns follow.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        Rows with some of the standard columns.
    name : str
        Table of the layer model.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        Every standard column is there; missing cells are None, NaN or False by type.

    Raises
    ------
    SchemaError
        There is no such table.

    Examples
    --------
    >>> given = pd.DataFrame({"period": ["2022"], "area_mu": [3000]})
    >>> conformed(given, "targets")["place"].tolist()
    [None]
    >>> conformed(pd.DataFrame(), "targets").shape
    (0, 7)
    """
    result = frame.copy()
    for column in table(name).columns:
        cells = result.get(column.name)
        result[column.name] = _typed(cells, column, result.index)
    first = table(name).names
    rest = [each for each in result.columns if each not in first]
    return result[[*first, *rest]]


def free_names(columns: Iterable[str]) -> dict[str, str]:
    """
    Return names under which columns can be stored.

    Parameters
    ----------
    columns : iterable of str
        Column names of a file, without the geometry.

    Returns
    -------
    dict of str to str
        Own name -> the same, or one with a number where it is empty, reserved, or differs
        from an earlier one by case alone, which a GeoPackage does not tell apart.

    Examples
    --------
    >>> free_names(["NAME", "name", "fid"])
    {'NAME': 'NAME', 'name': 'name_2', 'fid': 'fid_2'}
    >>> free_names([])
    {}
    """
    own = list(columns)
    taken = {*RESERVED_NAMES, ""}
    spoken_for = {each.casefold() for each in own}
    names: dict[str, str] = {}
    for each in own:
        free, number = each, 1
        while free.casefold() in taken or (number > 1 and free.casefold() in spoken_for):
            number += 1
            free = f"{each}_{number}"
        taken.add(free.casefold())
        names[each] = free
    return names


def synthetic_rows(parcels: pd.DataFrame) -> pd.Series[bool]:
    """
    Tell which plots stand for no real plot; page and command line both go by this.

    Parameters
    ----------
    parcels : pandas.DataFrame
        Table ``parcels``.

    Returns
    -------
    pandas.Series of bool
        True where area, town and shape are all synthetic; where no basis is given, as in a
        file that lacks these columns, True where the source begins with "synthetic".

    Examples
    --------
    >>> synthetic_rows(conformed(pd.DataFrame(), "parcels")).size
    0
    """
    bases = parcels[["area_basis", "town_basis", "geometry_basis"]]
    named = [str(source or "").startswith("synthetic") for source in parcels["source"]]
    unsaid = bases.isna().all(axis=1) & pd.Series(named, index=parcels.index, dtype="bool")
    return (bases == "synthetic").all(axis=1) | unsaid


def _table(name: str, record: dict[str, Any]) -> Table:
    key = record["key"]
    identity = tuple(record.get("identity", () if key is None else (key,)))
    return Table(name, record["geometry"], key, tuple(map(_column, record["columns"])), identity)


def _column(record: dict[str, object]) -> Column:
    return Column(
        name=str(record["name"]),
        type=record["type"],  # type: ignore[arg-type]  # a test compares the file with ColumnType
        zh=str(record["zh"]),
        en=str(record["en"]),
        aliases=tuple(record.get("aliases", ())),  # type: ignore[arg-type]  # JSON list of text
        vocabulary=str(record.get("vocabulary", "")),
        is_list=bool(record.get("list", False)),
        required=bool(record.get("required", False)),
        unit=str(record.get("unit", "")),
        refers=str(record.get("refers", "")),
    )


def _typed(cells: pd.Series | None, column: Column, index: pd.Index) -> pd.Series:
    if column.type == "float":
        numbers = pd.to_numeric(cells, errors="coerce") if cells is not None else float("nan")
        return pd.Series(numbers, index=index, dtype="float64")
    if cells is None:
        blank = False if column.type == "bool" else None
        return pd.Series(np.full(len(index), blank, dtype=object), index=index).astype(
            "bool" if column.type == "bool" else "object"
        )
    return as_flags(cells) if column.type == "bool" else as_texts(cells)
