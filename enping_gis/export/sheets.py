"""Write workbooks in which nothing is alive: no formula, no link."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import shapely
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from enping_gis.errors import OutputError
from enping_gis.export.frames import attributes, shapes_in, short, target_crs
from enping_gis.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from pyproj import CRS

    from enping_gis.export.options import Options

# What a cell and a sheet of a workbook can hold.
_CELL_CHARACTERS = 32_767
_SHEET_ROWS = 1_048_576
_DECIMALS = 9
_METRE_DECIMALS = 4


class WorkbookWriter:
    """
    Write a workbook with one sheet: texts stay texts, geometry is WKT in the last column.

    Parameters
    ----------
    path : pathlib.Path
        Temporary path, where nothing is yet.
    shown : str
        How messages name the file.
    options : Options
        What the user wants.
    """

    def __init__(self, path: Path, shown: str, options: Options) -> None:
        self.shown, self.options = shown, options
        self.findings: list[Finding] = []
        self.rows = 0
        self._crs: CRS | None = None
        self._names: list[str] = []
        self._book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "nan_inf_to_errors": True},
        )  # fmt: skip
        self._sheet = self._book.add_worksheet("parcels")

    def add(self, frame: gpd.GeoDataFrame) -> None:
        """
        Write further rows.

        Parameters
        ----------
        frame : geopandas.GeoDataFrame
            The rows.

        Raises
        ------
        OutputError
            A sheet has no room for so many.
        """
        table = attributes(frame)
        if self._crs is None:
            self._crs = target_crs(frame, self.options.crs, need="any")
            self._names = list(map(str, table.columns))
            for at, name in enumerate([*self._names, "WKT"]):
                self._sheet.write_string(0, at, name)
        if self.rows + len(table) >= _SHEET_ROWS:
            raise OutputError("error.sheet_full", path=self.shown, n=_SHEET_ROWS)
        decimals = _DECIMALS if self._crs.is_geographic else _METRE_DECIMALS
        shapes = shapely.to_wkt(shapes_in(frame, self._crs), rounding_precision=decimals)
        columns = [
            table[name].tolist() if name in table else [None] * len(table) for name in self._names
        ]
        for at, cells in enumerate(zip(*columns, shapes, strict=True)):
            for column, cell in enumerate(cells):
                self._cell(self.rows + at + 1, column, cell)
        self.rows += len(table)

    def _cell(self, row: int, column: int, cell: Any) -> None:  # noqa: ANN401 - a cell
        if cell is None or cell != cell:  # noqa: PLR0124 - NaN
            return
        if isinstance(cell, bool):
            self._sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float) and abs(cell) != float("inf"):
            self._sheet.write_number(row, column, cell)
        else:
            text = str(cell)
            if len(text) > _CELL_CHARACTERS:
                text = self._too_long(row, column, text)
            self._sheet.write_string(row, column, text)

    def _too_long(self, row: int, column: int, text: str) -> str:
        """Cut a text that is too long for a cell; half a geometry is none, so it is left out."""
        is_shape = column == len(self._names)
        field = "WKT" if is_shape else self._names[column]
        self.findings.append(
            Finding("text_shortened", "warning", file=self.shown, row=row + 1, field=field,
                    value=short(text))
        )  # fmt: skip
        return "" if is_shape else text[:_CELL_CHARACTERS]

    def finish(self) -> None:
        """
        Close the workbook.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        try:
            self._book.close()
        except XlsxWriterException as error:
            raise OutputError("error.output", path=self.shown, reason=error) from error

    def close(self) -> None:
        """Close what is open after a failure."""
        with suppress(XlsxWriterException, OSError):
            self._book.close()
