"""Find the header of a table in a sheet, and give every column one name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from enping_gis._resources import shipped_json
from enping_gis.intake.tables.corner_columns import axis_of
from enping_gis.intake.tables.figures import folded, unit_of
from enping_gis.schema import tables
from enping_gis.vocabulary import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.intake.tables.grid import Sheet

# Titles, units and names of offices stand above the header, hardly ever more rows of them.
_ROWS_SEARCHED = 40
_MOST_HEADER_ROWS = 4
# A block over more columns is a title that somebody merged to the edge of the sheet.
_WIDEST_BLOCK = 1_000
_BRACKETED = re.compile(r"(.*?)[(\[\u3010\u3014]([^()\[\]]*)[)\]\u3011\u3015]")
_BETWEEN = re.compile(r"[\s/_:,\-\u3001]+$")
_ENDS = "*:\uff0a\uff1a \t\r\n\u3000"


@dataclass(frozen=True)
class Header:
    """
    The header of a table.

    Parameters
    ----------
    top, bottom : int
        Its first and last row in the sheet.
    names : mapping of int to str
        Column, counted from 1 -> its name; names are unique.
    unit : str
        Unit of area that stands above the table for all of it, empty where none does.
    """

    top: int
    bottom: int
    names: Mapping[int, str]
    unit: str = ""


def found_header(sheet: Sheet) -> Header | None:
    """
    Find the header of the table in a sheet.

    It is the row among the first forty with the most words that the layer model knows, and
    the rows above and below that belong to it by merged cells or by gaps; where no word is
    known, the first row of nothing but text that has rows below.

    Parameters
    ----------
    sheet : Sheet
        The sheet.

    Returns
    -------
    Header or None
        None where the sheet holds no table.

    Examples
    --------
    >>> from enping_gis.intake.tables.grid import Sheet
    >>> found_header(Sheet("a", {2: {1: "编号", 2: "面积（亩）"}, 3: {1: "a", 2: 1.5}})).names
    {1: '编号', 2: '面积（亩）'}
    >>> found_header(Sheet("empty", {})) is None
    True
    """
    numbers = sorted(sheet.rows)[:_ROWS_SEARCHED]
    scores = {row: _score(sheet.rows[row].values()) for row in numbers}
    best = max(scores, key=lambda row: (scores[row], -row), default=None)
    if best is None or scores[best] < min(2, len(sheet.rows[best])):
        best = _unknown_header(sheet, numbers)
    if best is None or _is_form(sheet, numbers, scores[best]):
        return None
    top = bottom = best
    while bottom - top + 1 < _MOST_HEADER_ROWS and _stands_above(sheet, top - 1, top):
        top -= 1
    while bottom - top + 1 < _MOST_HEADER_ROWS and _stands_below(sheet, top, bottom):
        bottom += 1
    names = _unique(_names(sheet, top, bottom))
    return Header(top, bottom, names, _unit_above(sheet, top))


def split_unit(name: str) -> tuple[str, str]:
    """
    Split the name of a column into what it counts and in which unit.

    Parameters
    ----------
    name : str
        Such as ``用地面积（亩）``, ``面积/公顷`` or ``area_mu``.

    Returns
    -------
    base : str
        The rest, in the form of `figures.folded` without spaces.
    unit : str
        Code of the unit, empty where it names none.

    Examples
    --------
    >>> (
    ...     split_unit("用地面积（亩）"),
    ...     split_unit("面积/公顷"),
    ...     split_unit("面积（实测）"),
    ...     split_unit(""),
    ... )
    (('用地面积', 'mu'), ('面积', 'ha'), ('面积(实测)', ''), ('', ''))
    """
    written = folded(name).replace(" ", "").strip(_ENDS)
    bracketed = _BRACKETED.fullmatch(written)
    if bracketed:
        inner = bracketed[2].rpartition(":")[2]
        for word in _unit_statements():
            inner = inner.removeprefix(word)
        unit = unit_of(inner)
        return (bracketed[1], unit) if unit else (written, "")
    for length in range(min(8, len(written)), 0, -1):
        unit = unit_of(written[-length:])
        base = written[:-length]
        # A Latin unit needs a sign before it: the m of "form" is none.
        if unit and (not base or not written[-length:].isascii() or _BETWEEN.search(base)):
            return _BETWEEN.sub("", base), unit
    return written, ""


def is_header_again(sheet: Sheet, header: Header, row: int) -> bool:
    """
    Tell whether a row repeats a row of the header, as printed pages do.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    header : Header
        Its header.
    row : int
        A row below it.

    Returns
    -------
    bool
        True where every cell is that of the header.

    Examples
    --------
    >>> from enping_gis.intake.tables.grid import Sheet
    >>> sheet = Sheet("a", {1: {1: "编号", 2: "面积"}, 2: {1: "编号", 2: "面积"}})
    >>> is_header_again(sheet, found_header(sheet), 2), is_header_again(Sheet("b", {}), None, 1)
    (True, False)
    """
    cells = sheet.rows.get(row)
    if not cells:
        return False
    return any(
        cells == sheet.rows.get(each) and len(cells) > 1
        for each in range(header.top, header.bottom + 1)
    )


def _score(cells: Iterable[object]) -> int:
    known = _known_words()
    words = {normalised(each.strip(_ENDS)) for each in cells if isinstance(each, str)}
    return sum(
        word in known or normalised(split_unit(word)[0]) in known or axis_of(word) is not None
        for word in words
        if word
    )


@cache
def _known_words() -> frozenset[str]:
    data = shipped_json("tables.json")
    words = [*data["header_words"], *(word for each in data["areas"].values() for word in each)]
    words += [word for each in data["geometry"].values() for word in each]
    for table in tables().values():
        for column in table.columns:
            words += [column.name, column.zh, *column.aliases]
    return frozenset(normalised(word) for word in words) - {""}


def _is_form(sheet: Sheet, numbers: list[int], best: int) -> bool:
    """Tell whether the words stand below each other, as on the form of a single plot."""
    firsts = [cells[min(cells)] for cells in (sheet.rows[row] for row in numbers)]
    words = [each for each in firsts if isinstance(each, str)]
    known = _score(words)
    return known > max(best, 2) and 2 * known > len(firsts)


def header_words(cells: Mapping[int, object]) -> int:
    """
    Count the words of a row that could head a column.

    Parameters
    ----------
    cells : mapping of int to object
        Column -> cell.

    Returns
    -------
    int
        0 where a cell is no text, or the first one is no such word.

    Examples
    --------
    >>> (
    ...     header_words({1: "编号", 2: "面积（亩）"}),
    ...     header_words({1: "编号", 2: 5}),
    ...     header_words({}),
    ... )
    (2, 0, 0)
    """
    first = cells[min(cells)] if cells else None
    # Most rows are plots: their first cell tells at once.
    if not isinstance(first, str) or normalised(first.strip(_ENDS)) not in _known_words():
        return 0
    return _score(cells.values()) if all(isinstance(each, str) for each in cells.values()) else 0


def _unknown_header(sheet: Sheet, numbers: list[int]) -> int | None:
    widest = max((len(sheet.rows[row]) for row in numbers), default=0)
    for row in numbers[:-1]:
        cells = sheet.rows[row].values()
        if len(cells) > 1 and 2 * len(cells) >= widest and all(_is_label(each) for each in cells):
            return row
    return None


def _is_label(cell: object) -> bool:
    return isinstance(cell, str) and not any(sign.isdecimal() for sign in cell[:1])


def _says_something_else(cells: Mapping[int, object]) -> bool:
    """Tell whether a row is a title, or tells the unit, the office or the date."""
    texts = [folded(each) for each in cells.values() if isinstance(each, str)]
    return len(texts) < len(cells) or any(":" in each for each in texts)


def _stands_above(sheet: Sheet, row: int, top: int) -> bool:
    """Tell whether a row names groups of the columns below it."""
    cells = sheet.rows.get(row)
    if not cells or _says_something_else(cells):
        return False
    below = sheet.rows[top]
    last = max((*cells, *below))
    for block in sheet.merged:
        if block.top == row and block.right > block.left and block.left in cells:
            return len(cells) > 1 and block.right - block.left + 1 < last
    return len(cells) > 1 and any(column not in below for column in cells)


def _stands_below(sheet: Sheet, top: int, bottom: int) -> bool:
    """Tell whether the row below divides groups of the header, or names units."""
    cells = sheet.rows.get(bottom + 1)
    if not cells or not all(isinstance(each, str) for each in cells.values()):
        return False
    if any(block.top <= bottom < block.bottom for block in sheet.merged if block.top >= top):
        return True
    if all(unit_of(each) for each in cells.values()):
        return True
    above = sheet.rows[bottom]
    last = max((*above, *cells))
    wide = {
        column
        for block in sheet.merged
        if block.top == bottom and block.right > block.left
        for column in range(block.left, block.right + 1)
    }
    if not sheet.merged:
        # A text cannot merge cells: a name with gaps to its right stands for a group.
        for column in above:
            gap = column + 1
            while gap <= last and gap not in above:
                wide |= {column, gap}
                gap += 1
    return bool(wide) and set(cells) <= wide and _score(cells.values()) * 2 >= len(cells)


def _names(sheet: Sheet, top: int, bottom: int) -> dict[int, str]:
    rows = range(top, bottom + 1)
    columns = sorted({column for row in rows for column in sheet.rows.get(row, {})})
    spread = {row: _spread(sheet, row, columns, bottom) for row in rows}
    extra = {column for cells in spread.values() for column in cells} - set(columns)
    names = {}
    for column in sorted({*columns, *extra}):
        parts: list[str] = []
        for row in rows:
            cell = spread[row].get(column)
            said = "" if cell is None else " ".join(str(cell).split()).strip(_ENDS)
            if said and (not parts or normalised(parts[-1]) != normalised(said)):
                parts.append(said)
        names[column] = _joined(parts)
    return names


def _spread(sheet: Sheet, row: int, columns: list[int], bottom: int) -> dict[int, object]:
    """Return the cells of a row of the header, each merged one over all its columns."""
    cells = dict(sheet.rows.get(row, {}))
    blocks = [block for block in sheet.merged if block.top <= row <= block.bottom]
    for block in blocks:
        anchor = sheet.rows.get(block.top, {}).get(block.left)
        if anchor is not None and block.right - block.left < _WIDEST_BLOCK:
            for column in range(block.left, block.right + 1):
                cells.setdefault(column, anchor)
    if not sheet.merged and row < bottom:
        last: object = None
        for column in columns:
            last = cells.get(column, last)
            if column in sheet.rows.get(row + 1, {}) and last is not None:
                cells.setdefault(column, last)
    return cells


def _joined(parts: list[str]) -> str:
    """Join the words above a column so that the layer model recognises what it knows."""
    if len(parts) > 1 and unit_of(parts[-1]):
        return f"{_joined(parts[:-1])}({parts[-1]})"
    if len(parts) > 1:
        groups = {normalised(word) for word in shipped_json("tables.json")["group_words"]}
        while len(parts) > 1 and normalised(parts[0]) in groups and _score(parts[1:]):
            parts = parts[1:]
        run = "".join(parts)
        return run if len(parts) > 1 and _score([run]) else "/".join(parts)
    return parts[0] if parts else ""


def _unique(names: Mapping[int, str]) -> dict[int, str]:
    """Name columns without a word by their letter, and number those of one name."""
    result: dict[int, str] = {}
    for column, name in names.items():
        own = name or f"column_{get_column_letter(column)}"
        free, number = own, 1
        while free in result.values():
            number += 1
            free = f"{own}_{number}"
        result[column] = free
    return result


@cache
def _unit_statements() -> tuple[str, ...]:
    words = (folded(each) for each in shipped_json("tables.json")["unit_statements"])
    return tuple(sorted(words, key=len, reverse=True))


def _unit_above(sheet: Sheet, top: int) -> str:
    units = shipped_json("tables.json")["units"]
    for row in sorted(number for number in sheet.rows if number < top)[-_ROWS_SEARCHED:]:
        for cell in sheet.rows[row].values():
            said = folded(str(cell)).replace(" ", "")
            for word in _unit_statements():
                _, found, rest = said.partition(f"{word}:")
                for part in re.split(r"[,;/()\u3001]", rest) if found else ():
                    code = unit_of(part)
                    if code and units[code]["of"] == "m2":
                        return code
    return ""
