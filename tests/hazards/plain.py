"""What plain geopandas makes of an entry, judged with some indulgence."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj.exceptions import ProjError

from tests.hazards.expectation import Right
from tests.hazards.judging import built, distance

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hazards.expectation import Entry
    from tests.hazards.land import Plot

RIGHT, RIGHT_WARNS = "right", "right, warns"
SILENT_FAULT = "right, no word of the fault"
UNPLACED = "right, coordinate system left open"
WRONG_WARNS, SILENT = "wrong, warns", "silently wrong"
RAISES, TAKES = "raises", "takes what is to be refused"
NOT_RUN = "not run"


def outcome(entry: Entry, folder: Path) -> str:
    """
    Return one of the outcomes above; after ``raises`` follows the exception.

    Figures, dates and units inside cells are not compared: names, codes, shapes and places are.
    """
    path = built(entry, folder)
    if entry.apart or isinstance(path, str):
        return NOT_RUN
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            read = gpd.read_parquet if path.suffix == ".parquet" else gpd.read_file
            table = read(path)
        except Exception as error:  # noqa: BLE001 - whatever it raises is its outcome
            return f"{RAISES} {type(error).__name__}"
    rights = [each for each in entry.expected if isinstance(each, Right) and not each.part]
    if not any(isinstance(each, Right) for each in entry.expected):
        return WRONG_WARNS if said else TAKES
    verdicts = [_compared(right, table, bool(said)) for right in rights] or [SILENT]
    order = (RIGHT, RIGHT_WARNS, SILENT_FAULT, UNPLACED, WRONG_WARNS, SILENT)
    return min(verdicts, key=order.index)


def _compared(right: Right, table: Any, warned: bool) -> str:  # noqa: FBT001 - a fact about the run
    wrong = WRONG_WARNS if warned else SILENT
    if len(table) != len(right.plots):
        return wrong
    columns = [list(map(_text, table[name])) for name in table.columns if name != "geometry"]
    for wanted in ([plot.name for plot in right.plots], [plot.code for plot in right.plots]):
        known = {text for text in wanted if text is not None}
        if known and not any(known <= set(column) for column in columns):
            return wrong
    shapes = _shapes(table, right.plots, columns)
    placed = getattr(table, "crs", None) is not None
    if shapes is not None and placed and not _fit(right, shapes):
        return wrong
    if warned:
        return RIGHT_WARNS
    if shapes is not None and not placed:
        return UNPLACED
    return SILENT_FAULT if right.notes else RIGHT


def _shapes(table: Any, plots: tuple[Plot, ...], columns: list[list[str]]) -> Any:
    """Return the shapes in the order of the plots, moved to EPSG:4546; None for a plain table."""
    if all(plot.shape is None for plot in plots):
        return None
    if not isinstance(table, gpd.GeoDataFrame):
        return np.full(len(plots), None)
    try:
        moved = table.to_crs(4546) if table.crs is not None else table
    except ProjError:  # a system that nothing can be moved from
        return np.full(len(plots), None)
    names = [plot.name for plot in plots]
    for column in columns:
        if len(set(column)) == len(column) and set(column) == set(names):
            return moved.geometry.to_numpy()[[column.index(str(name)) for name in names]]
    return moved.geometry.to_numpy()


def _fit(right: Right, shapes: Any) -> bool:
    for plot, shape in zip(right.plots, shapes, strict=True):
        if plot.shape is None:
            continue
        if shape is None or not distance(shape, plot.shape, right.tolerance_m) <= right.tolerance_m:
            return False
        if not abs(shapely.area(shape) - shapely.area(plot.shape)) <= right.tolerance_m2:
            return False
    return True


def _text(cell: Any) -> str:
    if isinstance(cell, (list, dict)):
        return str(cell)
    return "" if pd.isna(cell) else str(cell)
