"""Read with how many decimals a workbook prints its numbers."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING

import openpyxl
import xlrd

from enping_gis.intake.tables.grid import driver_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Decimals = dict[tuple[int, int], int]

_PERCENT_DECIMALS = 2
# Colours, conditions and words of a number format print no digit.
_ASIDES = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|[\\_*].")
_FIXED = re.compile(r"[0#?,]*[0#?](?:\.(?P<decimals>0+))?(?P<percent>%?)")


def decimals_printed(number_format: str) -> int | None:
    """
    Return how many decimals a number format prints of a number.

    Parameters
    ----------
    number_format : str
        As a workbook has it, such as ``0.00`` or ``#,##0.00_);(#,##0.00)``.

    Returns
    -------
    int or None
        Decimals of the number itself: ``0.0%`` prints 0.125 as 12.5%, and so has three.
        None for a format without decimals, of dates, or that scales numbers.

    Examples
    --------
    >>> [
    ...     decimals_printed(each)
    ...     for each in ("0.00", "#,##0.0000_ ", "0.0%", "0%", "General", "0", "")
    ... ]
    [2, 4, 3, 2, None, None, None]
    """
    found = _FIXED.fullmatch(_ASIDES.sub("", number_format.split(";", maxsplit=1)[0]).strip())
    if found is None or not (found["decimals"] or found["percent"]):
        return None
    return len(found["decimals"] or "") + (_PERCENT_DECIMALS if found["percent"] else 0)


def formats_of(path: Path) -> Mapping[str, Decimals]:
    """
    Return with how many decimals the numbers of a workbook are printed.

    Parameters
    ----------
    path : pathlib.Path
        A workbook that was read before.

    Returns
    -------
    mapping of str to dict
        Name of a sheet -> (row, column), both counted from 1 -> decimals; cells whose format
        prints none are left out.
    """
    content = path.read_bytes()
    if driver_of(path) == "XLSX":
        return _of_xlsx(content)
    return _of_xls(content)


def _of_xlsx(content: bytes) -> dict[str, Decimals]:
    with warnings.catch_warnings():
        # What openpyxl warns of are drawings, styles and headers, never cells.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    known: dict[str, int | None] = {}
    several: dict[str, Decimals] = {}
    for sheet in book.worksheets:
        found: Decimals = {}
        # The public way runs over every cell up to the last one, 17 thousand million at worst.
        for place, cell in sheet._cells.items():  # noqa: SLF001 - see above
            if cell.data_type != "n" or cell.value is None:
                continue
            written = cell.number_format
            if written not in known:
                known[written] = decimals_printed(written or "")
            decimals = known[written]
            if decimals is not None:
                found[place] = decimals
        several[sheet.title] = found
    return several


def _of_xls(content: bytes) -> dict[str, Decimals]:
    book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    formats = [decimals_printed(book.format_map[style.format_key].format_str)
               for style in book.xf_list]  # fmt: skip
    several: dict[str, Decimals] = {}
    for sheet in book.sheets():
        found: Decimals = {}
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row), 1):
                decimals = formats[cell.xf_index]
                if cell.ctype == xlrd.XL_CELL_NUMBER and decimals is not None:
                    found[row + 1, column] = decimals
        several[sheet.name] = found
    return several
