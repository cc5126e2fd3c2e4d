"""Read ledgers: workbooks and tables of text, one layer for each sheet that holds a table."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.big5 import big5_finding
from enping_gis.intake.raw import ROW, Encoding, Layer, RawRows
from enping_gis.intake.tables.asides import kept_rows
from enping_gis.intake.tables.corners import shaped
from enping_gis.intake.tables.delimited import DAMAGE, text_sheet
from enping_gis.intake.tables.figures import day, figures
from enping_gis.intake.tables.grid import Sheet, address, driver_of, workbook_sheets
from enping_gis.intake.tables.header import Header, found_header
from enping_gis.intake.tables.quantities import Cell, area_columns, areas_read
from enping_gis.schema import recognised_columns, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from enping_gis.findings import Severity

# A number of a sheet keeps fifteen digits; a longer code has lost the rest.
_MOST_NUMBER = 10**15
# From the day that other workbooks count from to 1904-01-01, as Excel documents.
_DAYS_TO_1904 = 1462
# Enough to tell encodings apart.
_SAMPLE_BYTES = 1_000_000
_SCIENTIFIC = re.compile(r"\s*[0-9](?:\.[0-9]+)?[eE]\+?(1[1-9]|[2-9][0-9])\s*")


class _Book(NamedTuple):
    sheets: tuple[Sheet, ...]
    driver: str
    encoding: Encoding
    shown: str
    sample: bytes = b""


def layers_of(path: Path, *, encoding: str | None = None) -> tuple[Layer, ...]:
    """
    Return the tables of a workbook or of a text.

    Parameters
    ----------
    path : pathlib.Path
        A ``.xlsx``, ``.xls``, ``.csv``, ``.tsv`` or ``.txt`` file.
    encoding : str, optional
        Codec of its texts instead of what is found.

    Returns
    -------
    tuple of Layer
        One for each visible sheet that holds a table, in their order; `Layer.geometry` is
        ``"Unknown"`` where columns hold shapes or corners, else ``"None"``.

    Raises
    ------
    SourceError
        The file cannot be read, or no visible sheet holds a table.
    """
    book = _book(path, str(path), encoding)
    layers = []
    for sheet in book.sheets:
        header = found_header(sheet) if sheet.visible else None
        if header is None:
            continue
        table = _Table(sheet, header, {"file": book.shown, "layer": sheet.name})
        frame = table.frame()
        shapes = shaped(frame, table.letters, table.where).shapes
        own = tuple(name for name in frame.columns if name != ROW)
        kind = "None" if shapes is None else "Unknown"
        layers.append(Layer(sheet.name, kind, own, len(frame)))
    if not layers:
        hidden = ", ".join(sheet.name for sheet in book.sheets if not sheet.visible)
        if hidden:
            raise SourceError("error.sheets_hidden", path=path, known=hidden)
        raise SourceError("error.no_table", path=path)
    return tuple(layers)


def hidden_layers(path: Path) -> tuple[str, ...]:
    """
    Return the sheets that are hidden; `rows_of` reads one that is asked for by name.

    Parameters
    ----------
    path : pathlib.Path
        A workbook, or a table of text, which has none.

    Returns
    -------
    tuple of str
        Their names.

    Raises
    ------
    SourceError
        The file cannot be read.
    """
    return tuple(each.name for each in _book(path, str(path), None).sheets if not each.visible)


def rows_of(
    path: Path, layer: str, *, encoding: str | None = None, shown: str = ""
) -> Iterator[RawRows]:
    """
    Read one table as it stands, in one batch.

    Columns keep their names and cells; the areas of the plots and of their buildings come
    besides in the standard columns ``stated_ha``, ``stated_mu`` and ``floor_area_m2`` where
    the unit is known.

    Parameters
    ----------
    path : pathlib.Path
        A ``.xlsx``, ``.xls``, ``.csv``, ``.tsv`` or ``.txt`` file.
    layer : str
        Name of the sheet; of a text, its name without the suffix. A hidden sheet is read.
    encoding : str, optional
        Codec of its texts instead of what is found.
    shown : str
        How messages call the file; by default its path.

    Yields
    ------
    RawRows
        The rows, shapes in the numbers of the table, and all that was noticed.

    Raises
    ------
    SourceError
        The file cannot be read, or it has no such sheet or no table in it.
    """
    book = _book(path, shown or str(path), encoding)
    sheet = next((each for each in book.sheets if each.name == layer), None)
    if sheet is None:
        known = ", ".join(each.name for each in book.sheets)
        raise SourceError("error.layer", path=book.shown, value=layer, known=known)
    header = found_header(sheet)
    if header is None:
        raise SourceError("error.no_table", path=f"{book.shown}: {layer}")
    where: dict[str, Any] = {"file": book.shown, "layer": layer}
    table = _Table(sheet, header, where)
    frame = table.frame()
    shape = shaped(frame, table.letters, where, table.said_above())
    findings = (*_about_the_book(book, sheet), *table.findings, *shape.findings)
    if frame.empty:
        findings += (Finding("no_rows", "warning", **where),)
    yield RawRows(
        frame=shape.frame,
        shapes=shape.shapes,
        file=book.shown,
        layer=layer,
        driver=book.driver,
        encoding=book.encoding,
        declared=shape.declared,
        declared_text=shape.declared_text,
        hints=shape.hints,
        rows_in=shape.rows_in + table.lost,
        findings=findings,
        letters=table.letters,
    )


class _Table:
    """The cells of one table on their way into a frame, and what is noticed about them."""

    def __init__(self, sheet: Sheet, header: Header, where: dict[str, Any]) -> None:
        self.sheet, self.header, self.where = sheet, header, where
        self.rows, self.findings = kept_rows(sheet, header, where)
        self.lost = sum(
            each.rule in {"row_hidden", "quote_open", "row_long", "row_shifted"}
            for each in self.findings
        )
        self.filled = self._merged_cells()
        self.columns = self._columns()
        self.letters = {name: get_column_letter(column) for column, name in self.columns.items()}
        self.dates = _date_columns(self.columns.values()) if sheet.from_1904 else set()

    def frame(self) -> pd.DataFrame:
        """Return the rows in their own columns, `ROW`, and the areas."""
        columns: dict[str, list[Any]] = {
            name: [self._cell(row, column, name) for row in self.rows]
            for column, name in self.columns.items()
        }
        self._about_rows()
        places = {name: column for column, name in self.columns.items()}
        for each in area_columns(columns, self.header.unit):
            cells = [
                Cell(row, address(row, places[each.name]), value)
                for row, value in zip(self.rows, columns[each.name], strict=True)
            ]
            areas, findings = areas_read(each, cells, self.where)
            self.findings += findings
            for name, values in areas.items():
                before = columns.setdefault(name, [None] * len(cells))
                columns[name] = [
                    a if a is not None else b for a, b in zip(before, values, strict=True)
                ]
                self.letters.setdefault(name, self.letters[each.name])
        series = {name: _series(cells) for name, cells in columns.items()}
        return pd.DataFrame({ROW: pd.Series(self.rows, dtype="int64"), **series})

    def said_above(self) -> str:
        """Return what stands above the header."""
        above = (row for row in sorted(self.sheet.rows) if row < self.header.top)
        return " ".join(str(cell) for row in above for cell in self.sheet.rows[row].values())

    def _columns(self) -> dict[int, str]:
        """Return the columns with a name or with data."""
        used = {column for row in self.rows for column in self.sheet.rows[row]}
        headed = {
            column
            for row in range(self.header.top, self.header.bottom + 1)
            for column in self.sheet.rows.get(row, {})
        }
        taken = set(self.header.names.values()) | {ROW}
        names = {
            # A column of the sheet never takes the place of the row numbers.
            column: _free(name, taken) if name == ROW else name
            for column, name in self.header.names.items()
            if column in used or (column in headed and name)
        }
        taken |= set(names.values())
        for column in sorted(used - set(self.header.names)):
            name = _free(f"column_{get_column_letter(column)}", taken)
            names[column] = name
            row = next(each for each in self.rows if column in self.sheet.rows[each])
            self._find("column_unnamed", "info", row, column, name)
        return dict(sorted(names.items()))

    def _merged_cells(self) -> dict[tuple[int, int], object]:
        """Return what cells below the first of a merged block stand for."""
        filled: dict[tuple[int, int], object] = {}
        kept = set(self.rows)
        names = {name: column for column, name in self.header.names.items()}
        keys = {names[own] for key, own in recognised_columns("parcels", names).items()
                if key in {"parcel_id", "name"}}  # fmt: skip
        for block in self.sheet.merged:
            if block.bottom == block.top or block.top <= self.header.bottom:
                continue
            value = self.sheet.rows.get(block.top, {}).get(block.left)
            below = [
                row
                for row in range(block.top + 1, min(block.bottom, max(kept, default=0)) + 1)
                if row in kept
            ]
            if value is None or not below:
                continue
            # One figure for several plots is theirs together: repeated, it would count again.
            together = (
                block.left not in keys and not isinstance(value, date) and bool(figures(value))
            )
            rule = "merged_figure" if together else "merged_filled"
            last = address(below[-1], block.left)
            self._find(
                rule, "warning" if together else "info", block.top, block.left, value, last=last
            )
            if not together:
                filled |= {(row, block.left): value for row in below}
        return filled

    def _cell(self, row: int, column: int, name: str) -> object:
        place = (row, column)
        value = self.sheet.rows[row].get(column)
        if value is None:
            value = self.filled.get(place)
        if place in self.sheet.errors:
            self._find("cell_error", "error", row, column, self.sheet.errors[place], field=name)
        elif place in self.sheet.uncomputed:
            self._find("formula_uncached", "error", row, column, "", field=name)
            return None
        if name in self.dates and isinstance(value, int | float):
            counted = _day_of_1904(value)
            if counted is not None:
                self._find("date_1904", "info", row, column, value, field=name, last=counted)
                return counted
        long = (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and abs(value) >= _MOST_NUMBER
        )
        if long or (isinstance(value, str) and _SCIENTIFIC.fullmatch(value)):
            text = (
                str(int(value))
                if isinstance(value, int | float) and value == value // 1
                else str(value)
            )
            self._find("code_digits_lost", "warning", row, column, text, field=name)
            return text
        return value

    def _about_rows(self) -> None:
        for row in self.rows:
            rule, value = self.sheet.broken.get(row, ("", ""))
            cells = self.sheet.rows[row]
            if rule == "text_damaged":
                for column, cell in cells.items():
                    if any(sign in str(cell) for sign in DAMAGE):
                        self._find(rule, "warning", row, column, cell)
            elif rule and rule != "row_long":
                self._find(rule, "warning", row, min(cells), value)
            if row in self.sheet.struck:
                self._find("row_struck", "info", row, min(cells), cells[min(cells)])

    def _find(
        self,
        rule: str,
        severity: Severity,
        row: int,
        column: int,
        value: object,
        **more: Any,  # noqa: ANN401 - fields of the finding
    ) -> None:
        last = more.pop("last", "")
        name = more.pop("field", self.header.names.get(column, ""))
        self.findings.append(
            Finding(rule, severity, row=row, field=name, value=str(value),
                    cell=address(row, column), values={"last": last}, **self.where)
        )  # fmt: skip


def _book(path: Path, shown: str, encoding: str | None) -> _Book:
    driver = driver_of(path)
    if driver == "CSV":
        sheet, found = text_sheet(path, shown=shown, encoding=encoding)
        with path.open("rb") as stream:
            sample = stream.read(_SAMPLE_BYTES) if found.how == "detected" else b""
        return _Book((sheet,), driver, found, shown, sample)
    sheets = workbook_sheets(path, shown=shown, encoding=encoding or "")
    return _Book(sheets, driver, Encoding("UTF-8", "declared", ""), shown)


def _about_the_book(book: _Book, sheet: Sheet) -> Iterator[Finding]:
    """Name, with the first table that is read, the encoding and the sheets that are not."""
    if book.sample:
        yield from big5_finding(
            [book.sample], book.encoding.name, {"file": book.shown, "layer": sheet.name}
        )
    tables = [each for each in book.sheets if each.visible and found_header(each) is not None]
    if not tables or tables[0] is not sheet:
        return
    for each in book.sheets:
        if not each.visible and each.rows:
            yield Finding(
                "sheet_hidden", "warning", file=book.shown, layer=each.name, value=each.name
            )
        elif each.visible and each.rows and each not in tables:
            yield Finding(
                "sheet_no_table", "info", file=book.shown, layer=each.name, value=each.name
            )


def _date_columns(names: Iterable[str]) -> set[str]:
    known = list(names)
    return {
        own
        for table in tables().values()
        for standard, own in recognised_columns(table.name, known).items()
        if any(each.name == standard and each.type == "date" for each in table.columns)
    }


def _day_of_1904(number: float) -> date | None:
    """Return the day that a plain number counts in a workbook that begins with 1904."""
    iso = day(number + _DAYS_TO_1904, serial=True)
    return None if iso is None else date.fromisoformat(iso)


def _free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken."""
    while name in taken:
        name += "_2"
    return name


def _series(cells: list[Any]) -> pd.Series[Any]:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and kinds <= {int, float}:
        whole = kinds == {int} and None not in cells
        numbers = [np.nan if cell is None else cell for cell in cells]
        return pd.Series(numbers, dtype="int64" if whole else "float64")
    return pd.Series(cells, dtype="object")
