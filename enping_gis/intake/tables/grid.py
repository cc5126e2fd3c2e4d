"""Take the cells of a workbook as they stand, with what the sheet says about each of them."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from enping_gis.errors import SourceError
from enping_gis.intake.tables.formulas import uncomputed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Cell = tuple[int, int]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What an old-format workbook may begin with besides: the bare stream of Excel 2.1 to 4.
_BARE_XLS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
# Size of a sheet in Excel; a cell beyond it is damage.
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_FILTER_NAME = "_FilterDatabase"
_ZEROS = re.compile("00+")


class _LockedError(Exception):
    """The workbook is locked by a password."""


class Merged(NamedTuple):
    """
    A block of cells merged into one, whose value stands in its first cell.

    Parameters
    ----------
    top, left, bottom, right : int
        Rows and columns, counted from 1, all inclusive.
    """

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """
    One sheet, or a table of text, as it stands.

    Parameters
    ----------
    name : str
        Its name.
    rows : mapping of int to mapping of int to object
        Row -> column -> value, both counted from 1; empty cells are left out.
    visible : bool
        False for a sheet that is hidden.
    hidden : frozenset of int
        Rows hidden by hand.
    filtered : frozenset of int
        Rows that an active filter hides.
    merged : tuple of Merged
        Merged blocks.
    uncomputed : frozenset of tuple of int and int
        Cells with a formula whose value the file does not hold.
    errors : mapping of tuple of int and int to str
        Cells that hold an error such as ``#REF!``.
    broken : mapping of int to tuple of str and str
        Rows of a text that cannot be read -> rule of the finding, and what stands there.
    struck : frozenset of int
        Rows whose cells are all struck through.
    from_1904 : bool
        Dates count from 1904-01-01, as workbooks of old Macintosh programs do.
    """

    name: str
    rows: Mapping[int, Mapping[int, object]]
    visible: bool = True
    hidden: frozenset[int] = frozenset()
    filtered: frozenset[int] = frozenset()
    merged: tuple[Merged, ...] = ()
    uncomputed: frozenset[Cell] = frozenset()
    errors: Mapping[Cell, str] = field(default_factory=dict)
    broken: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()
    from_1904: bool = False


def address(row: int, column: int) -> str:
    """
    Return the address of a cell.

    Parameters
    ----------
    row, column : int
        Both counted from 1.

    Returns
    -------
    str
        Such as ``"C7"``.

    Examples
    --------
    >>> address(7, 3), address(1, 1)
    ('C7', 'A1')
    """
    return f"{get_column_letter(column)}{row}"


def is_workbook(path: Path) -> bool:
    """
    Tell by its first bytes whether a file is a workbook, whatever its name says.

    Parameters
    ----------
    path : pathlib.Path
        A local file.

    Returns
    -------
    bool
        False for a table of text, and for an empty file.

    Raises
    ------
    SourceError
        The file cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            begin = stream.read(8)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError("error.unreadable", path=path, reason=reason) from error
    return begin.startswith((_ZIP, _OLE, *_BARE_XLS))


def workbook_sheets(path: Path, *, shown: str = "", encoding: str = "") -> tuple[Sheet, ...]:
    """
    Return the sheets of a workbook, hidden ones too; charts are left out.

    Parameters
    ----------
    path : pathlib.Path
        A ``.xlsx`` file whose archive was checked, or a ``.xls`` file.
    shown : str
        How messages call it; by default the path.
    encoding : str
        Codec of the texts of a ``.xls`` file older than Excel 97; by default what it says.

    Returns
    -------
    tuple of Sheet
        In the order of the workbook.

    Raises
    ------
    SourceError
        The file is locked by a password, damaged, or no workbook.
    """
    state = path.stat()
    mark = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    try:
        return _sheets(path, mark, encoding)
    except _LockedError as error:
        raise SourceError("error.workbook_locked", path=shown or path) from error
    except Exception as error:  # the libraries raise anything on a damaged file
        raise SourceError("error.workbook", path=shown or path) from error


def driver_of(path: Path) -> str:
    """
    Return which reader a file takes.

    Parameters
    ----------
    path : pathlib.Path
        A local file.

    Returns
    -------
    {"XLSX", "XLS", "CSV"}
        By its first bytes.

    Raises
    ------
    SourceError
        The file cannot be opened.
    """
    if not is_workbook(path):
        return "CSV"
    with path.open("rb") as stream:
        return "XLSX" if stream.read(4) == _ZIP else "XLS"


@lru_cache(maxsize=1)
def _sheets(path: Path, mark: tuple[int, ...], encoding: str) -> tuple[Sheet, ...]:  # noqa: ARG001 - `mark` tells a rewritten file from the one in the cache
    content = path.read_bytes()
    with warnings.catch_warnings():
        # What openpyxl warns of are drawings, styles and headers, never cells.
        warnings.simplefilter("ignore")
        return tuple(_of_xlsx(content) if content.startswith(_ZIP) else _of_xls(content, encoding))


def _of_xlsx(content: bytes) -> Iterator[Sheet]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    missing = uncomputed(content)
    struck = {number for number, font in enumerate(book._fonts) if font.strike}  # noqa: SLF001 - see below
    for sheet in book.worksheets:
        rows: dict[int, dict[int, object]] = {}
        kept: set[int] = set()
        errors: dict[Cell, str] = {}
        # The public way runs over every cell up to the last one, 17 thousand million at worst.
        for (row, column), cell in sorted(sheet._cells.items()):  # noqa: SLF001 - see above
            if row > _MOST_ROWS or column > _MOST_COLUMNS:
                msg = f"{sheet.title}: R{row}C{column}"
                raise ValueError(msg)
            if cell.data_type == "e":
                errors[row, column] = str(cell.value)
            else:
                _put(rows, row, column, _as_shown(cell.value, cell.number_format))
            if struck and cell.value is not None and cell._style.fontId not in struck:  # noqa: SLF001 - see above
                kept.add(row)
        hidden = {
            row for row, each in sheet.row_dimensions.items() if each.hidden or each.height == 0
        }
        filtered = hidden & set(_filter_rows(sheet))
        yield Sheet(
            sheet.title,
            rows,
            visible=sheet.sheet_state == "visible",
            hidden=frozenset(hidden - filtered),
            filtered=frozenset(filtered),
            merged=tuple(
                Merged(each.min_row, each.min_col, each.max_row, each.max_col)
                for each in sheet.merged_cells.ranges
            ),
            uncomputed=frozenset(missing.get(sheet.title, ())),
            errors=errors,
            struck=frozenset(set(rows) - kept) if struck else frozenset(),
            from_1904=book.epoch == CALENDAR_MAC_1904,
        )


def _filter_rows(sheet: Any) -> Iterator[int]:  # noqa: ANN401 - openpyxl has no types
    """Yield the rows that an active filter of the sheet, or of a table in it, may hide."""
    filters = [sheet.auto_filter, *(each.autoFilter for each in sheet.tables.values())]
    for each in filters:
        if each is not None and each.ref and each.filterColumn:
            _, top, _, bottom = range_boundaries(each.ref)
            yield from range(top + 1, (bottom or top) + 1)


def _of_xls(content: bytes, encoding: str) -> Iterator[Sheet]:
    try:
        book = xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            logfile=io.StringIO(),
            encoding_override=encoding or None,
        )
    except xlrd.XLRDError as error:
        if "EncryptedPackage".encode("utf-16-le") in content or "ncrypted" in str(error):
            raise _LockedError from error
        raise
    struck = [bool(font.struck_out) for font in book.font_list]
    ranges = {name.scope for name in book.name_obj_list if name.name == _FILTER_NAME}
    for number, sheet in enumerate(book.sheets()):
        rows: dict[int, dict[int, object]] = {}
        kept: set[int] = set()
        errors: dict[Cell, str] = {}
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row), 1):
                style = book.xf_list[cell.xf_index]
                if cell.value != "" and not struck[style.font_index]:
                    kept.add(row + 1)
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    errors[row + 1, column] = xlrd.error_text_from_code.get(cell.value, "#?")
                else:
                    value = _xls_value(cell, book.datemode)
                    written = book.format_map[style.format_key].format_str
                    _put(rows, row + 1, column, _as_shown(value, written))
        hidden = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
        # This format does not say which rows a filter hides: with one, it is taken to hide all.
        filtered = hidden if number in ranges else set()
        yield Sheet(
            sheet.name,
            rows,
            visible=sheet.visibility == 0,
            hidden=frozenset(hidden - filtered),
            filtered=frozenset(filtered),
            merged=tuple(
                Merged(top + 1, left + 1, bottom, right)
                for top, bottom, left, right in sheet.merged_cells
            ),
            errors=errors,
            struck=frozenset(set(rows) - kept),
            from_1904=book.datemode == 1,
        )


def _xls_value(cell: Any, datemode: int) -> object:  # noqa: ANN401 - xlrd has no types
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    value = cell.value
    # The format keeps whole numbers as floating ones; the planner sees and means 12, not 12.0.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_shown(value: object, number_format: str) -> object:
    """Return a code with the zeros that its format puts before it, as the planner sees it."""
    if type(value) is int and value >= 0 and _ZEROS.fullmatch(number_format or ""):
        return str(value).zfill(len(number_format))
    return value


def _put(rows: dict[int, dict[int, object]], row: int, column: int, value: object) -> None:
    """Keep a value that says something; a date at midnight is a day."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    if isinstance(value, datetime) and value.time() == value.min.time():
        value = date(value.year, value.month, value.day)
    rows.setdefault(row, {})[column] = value
