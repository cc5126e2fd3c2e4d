"""Turn the cells of a planner's table into codes, numbers and days; name what is not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from enping_gis.findings import Finding
from enping_gis.intake.raw import ROW
from enping_gis.intake.tables.figures import day, figure, is_blank
from enping_gis.schema import LIST_SEPARATOR, Column, table
from enping_gis.vocabulary import code_of, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Cells with more than one term are written with any of these in between.
_LIST_MARKS = str.maketrans(dict.fromkeys("\uff1b\u3001,\uff0c/|", LIST_SEPARATOR))


class Origin(NamedTuple):
    """
    Where the cells of a frame are from, for messages.

    Parameters
    ----------
    where : dict of str to Any
        File and layer.
    sources : mapping of str to str
        Standard column -> the file's own name of it.
    letters : mapping of str to str
        Own name of a column -> its letter in the sheet; empty where there is none.
    """

    where: dict[str, Any]
    sources: Mapping[str, str]
    letters: Mapping[str, str]

    def cell(self, column: str, row: int) -> str:
        """
        Return the address of a cell.

        Parameters
        ----------
        column : str
            Standard column.
        row : int
            Row of the sheet.

        Returns
        -------
        str
            Such as ``"C7"``, empty where the source is no sheet.
        """
        letter = self.letters.get(self.sources.get(column, column), "")
        return f"{letter}{row}" if letter else ""


class _Read(NamedTuple):
    """What a cell means; a cell that is blank, or says that there is nothing, means None."""

    value: object
    understood: bool = True
    remark: str = ""


def interpreted(
    frame: pd.DataFrame, name: str, places: Mapping[str, str], origin: Origin
) -> tuple[pd.DataFrame, list[Finding]]:
    """
    Replace cells by codes, numbers and days.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with `ROW` and some of the standard columns.
    name : str
        Table that the rows belong to.
    places : mapping of str to str
        What `place_codes` returned.
    origin : Origin
        Where the cells are from.

    Returns
    -------
    frame : pandas.DataFrame
        The rows; a cell that is not understood is None, and its column is kept as it was
        read under ``<column>_as_read``.
    findings : list of Finding
        Each cell that was not understood, was approximate, or was in another unit.

    Examples
    --------
    >>> rows = pd.DataFrame({ROW: [1], "stated_mu": ["1.5"], "category": ["批而未供土地"]})
    >>> interpreted(rows, "parcels", {}, Origin({}, {}, {}))[0].iloc[0, 1:].tolist()
    [1.5, 'approved_unsupplied']
    >>> interpreted(rows.iloc[:0], "parcels", {}, Origin({}, {}, {}))[1]
    []
    """
    frame = frame.copy()
    findings: list[Finding] = []
    for column in table(name).columns:
        if column.name in frame and not _is_free_text(column):
            findings += _interpret(frame, column, places, origin)
    return frame, findings


def _is_free_text(column: Column) -> bool:
    told = column.vocabulary or column.refers == "places"
    return not told and column.type in {"text", "bool"}


def _interpret(
    frame: pd.DataFrame, column: Column, places: Mapping[str, str], origin: Origin
) -> list[Finding]:
    """Replace the cells of one column of `frame`."""
    cells = frame[column.name]
    if column.type == "float" and pd.api.types.is_numeric_dtype(cells):
        frame[column.name] = cells.astype("float64").where(np.isfinite(cells.astype("float64")))
        return []
    read = _reader(column, places)
    known: dict[tuple[type, object], _Read] = {}
    result: list[object] = []
    notable: list[tuple[int, _Read]] = []
    for index, cell in enumerate(cells.array.astype(object)):
        key = (type(cell), cell)
        if key not in known:
            known[key] = read(cell)
        each = known[key]
        result.append(each.value)
        if each.remark or not each.understood:
            notable.append((index, each))
    findings = [
        _finding(column, frame.iloc[index], each, origin, cells.iloc[index])
        for index, each in notable
    ]
    if notable and f"{column.name}_as_read" not in frame:
        frame[f"{column.name}_as_read"] = [None if is_blank(cell) else str(cell) for cell in cells]
    frame[column.name] = pd.Series(result, index=frame.index, dtype="object")
    return findings


def _finding(
    column: Column, row: pd.Series[Any], read: _Read, origin: Origin, cell: object
) -> Finding:
    if read.understood:
        rule = read.remark
    elif column.type == "date":
        rule = "date_unread"
    elif column.type == "float":
        rule = "number_unread"
    else:
        rule = "place_unknown" if _is_place(column) else "term_unknown"
    number = int(row[ROW])
    return Finding(
        rule,
        "info" if read.understood else "warning",
        row=number,
        parcel=str(row.get("parcel_id") or ""),
        field=column.name,
        value=str(cell),
        cell=origin.cell(column.name, number),
        values={"read": read.value},
        **origin.where,
    )


def _is_place(column: Column) -> bool:
    return column.vocabulary == "place" or column.refers == "places"


def _reader(column: Column, places: Mapping[str, str]) -> Callable[[object], _Read]:
    def place(cell: object) -> _Read:
        code = places.get(normalised(_whole_number(cell)))
        if code is None and column.refers:
            return _Read(None if is_blank(cell) else str(_whole_number(cell)))
        return _Read(code, code is not None or is_blank(cell))

    def number(cell: object) -> _Read:
        return _number(cell, column.unit)

    def iso_day(cell: object) -> _Read:
        if is_blank(cell):
            return _Read(None)
        value = day(cell, serial=True)
        return _Read(value, value is not None)

    def listed(cell: object) -> _Read:
        return _listed(cell, column.vocabulary)

    def single(cell: object) -> _Read:
        code = code_of(column.vocabulary, cell)
        return _Read(code, code is not None or is_blank(cell))

    if _is_place(column):
        return place
    if column.type in {"float", "date"}:
        return number if column.type == "float" else iso_day
    return listed if column.is_list else single


def _listed(cell: object, vocabulary: str) -> _Read:
    parts = [part for part in str(cell).translate(_LIST_MARKS).split(LIST_SEPARATOR) if part]
    codes = [code_of(vocabulary, part) for part in parts]
    if is_blank(cell):
        return _Read(None)
    whole = bool(codes) and all(codes)
    return _Read(LIST_SEPARATOR.join(map(str, codes)) if whole else None, whole)


def _number(cell: object, unit: str) -> _Read:
    if is_blank(cell):
        return _Read(None)
    found = figure(cell)
    if found is None or found.value is None:
        return _Read(None, understood=False)
    remark = "figure_approximate" if found.qualifier else ""
    if not found.unit or found.unit == unit:
        return _Read(float(found.value), remark=remark)
    # A unit where none belongs, or of another kind, leaves open what the figure says.
    converted = found.in_unit(unit) if unit else None
    if converted is None:
        return _Read(None, understood=False)
    return _Read(float(converted), remark=remark or "figure_unit")


def _whole_number(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
