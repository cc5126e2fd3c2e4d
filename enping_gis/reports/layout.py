"""Measure texts in columns of type, and share the width of a page among columns."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from enping_gis.reports.model import as_cell, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enping_gis.messages import Language
    from enping_gis.reports.model import Column, Table

# A text column is wrapped when it is longer than this, in half-width columns of type.
_TEXT_MOST, _TEXT_WHOLE, _TEXT_LEAST = 26, 12, 6
_HEAD_LINES, _HEAD_MOST = 2, 10
_SWATCH = 2.0
# Room about the text of a cell, and for letters wider than half an em.
_MARGIN = 2.0
# Bold Latin letters are wider than half an em: heads and totals would break within a word.
_BOLD_LATIN = 0.15


def type_columns(wording: str) -> int:
    """
    Return how many half-width columns a text takes; a Chinese sign takes two.

    Parameters
    ----------
    wording : str
        One line.

    Returns
    -------
    int
        Its columns.

    Examples
    --------
    >>> type_columns("\N{CJK UNIFIED IDEOGRAPH-4EA9}2"), type_columns("")
    (3, 0)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in wording)


def needs(table: Table, lang: Language | None = None) -> list[tuple[float, float]]:
    """
    Return what each column of a table needs, in half-width columns of type.

    Parameters
    ----------
    table : Table
        The table.
    lang : {"zh", "en"}, optional
        Language of words in cells; by default the one in force.

    Returns
    -------
    list of (float, float)
        The least that keeps figures, ids, dates and words whole, and what would be pleasant.

    Examples
    --------
    >>> from enping_gis.reports.model import Column, Row, Table
    >>> needs(Table((Column("Plot", "id"),), (Row(("EP001",)),)))
    [(7.0, 7.0)]
    """
    result = []
    for at, column in enumerate(table.columns):
        rows = [row for row in table.rows if row.kind != "group"]
        cells = [as_cell(row.cells[at]) for row in rows]
        texts = [shown(cell.value, column.form, lang) for cell in cells]
        bold = max([_bolder(each) for each, row in zip(texts, rows, strict=True)
                    if row.kind == "total"], default=0.0)  # fmt: skip
        swatch = _SWATCH if any(cell.colour for cell in cells) else 0.0
        longest = float(max([type_columns(each) for each in texts], default=0))
        longest = max(longest, bold) + swatch
        heading = _bolder(column.heading)
        head = max(_longest_word(column.heading, bold=True), heading / _HEAD_LINES)
        whole_head = max(head, min(heading, _HEAD_MOST))
        if is_short(column):
            least = max(longest, head) + _MARGIN
            wish = max(longest, whole_head) + _MARGIN
        else:
            # Short texts stay on a line though Chinese could break anywhere.
            words = max([min(type_columns(each), max(_longest_word(each), _TEXT_WHOLE))
                         for each in texts], default=0)  # fmt: skip
            words = max(words, min(bold, _TEXT_WHOLE)) + swatch
            least = max(min(words, _TEXT_LEAST * 2), head, _TEXT_LEAST) + _MARGIN
            most = _TEXT_MOST * max(column.weight, 1.0)
            wish = max(min(longest, most) + _MARGIN, whole_head + _MARGIN, least)
        result.append((least, wish))
    return result


def is_short(column: Column) -> bool:
    """
    Tell whether the cells of a column are never broken: figures, ids, dates.

    Parameters
    ----------
    column : Column
        The column.

    Returns
    -------
    bool
        False for texts.

    Examples
    --------
    >>> from enping_gis.reports.model import Column
    >>> is_short(Column("a", "date")), is_short(Column("a"))
    (True, False)
    """
    return column.is_figure or column.form in {"id", "date"}


def shares(table: Table, room: float, lang: Language | None = None) -> list[float]:
    """
    Share the width of a page among the columns of a table.

    Parameters
    ----------
    table : Table
        The table.
    room : float
        The width there is, in half-width columns of the type it is set in.
    lang : {"zh", "en"}, optional
        Language of words in cells; by default the one in force.

    Returns
    -------
    list of float
        A share for each column; they add up to 1.

    Examples
    --------
    >>> from enping_gis.reports.model import Column, Row, Table
    >>> shares(Table((Column("a"), Column("b")), ()), 40)
    [0.5, 0.5]
    """
    pairs = needs(table, lang)
    least, wish = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if sum(wish) <= room:
        # What is left goes to the columns that have long texts, else to all alike.
        weights = [column.weight for column in table.columns]
        whole = sum(weights) or len(weights)
        spare = room - sum(wish)
        widths = [
            own + spare * (weight if sum(weights) else 1) / whole
            for own, weight in zip(wish, weights, strict=True)
        ]
    elif sum(least) < room:
        # Short columns take little to be pleasant, so they come first.
        first = [
            pair[1] if is_short(column) else pair[0]
            for pair, column in zip(pairs, table.columns, strict=True)
        ]
        least = first if sum(first) <= room else least
        spare, asked = room - sum(least), sum(wish) - sum(least)
        widths = [a + spare * (b - a) / asked for a, b in zip(least, wish, strict=True)]
    else:
        widths = least
    return [width / sum(widths) for width in widths]


def fitting_pt(table: Table, room_mm: float, sizes_pt: Sequence[float], lang: Language) -> float:
    """
    Return the largest of some sizes of type in which no figure or word of a table breaks.

    Parameters
    ----------
    table : Table
        The table.
    room_mm : float
        The width there is, mm.
    sizes_pt : sequence of float
        Sizes from the largest to the smallest, points.
    lang : {"zh", "en"}
        Language of the paper.

    Returns
    -------
    float
        The size; the smallest where none fits.

    Examples
    --------
    >>> from enping_gis.reports.model import Column, Table
    >>> fitting_pt(Table((Column("a"),), ()), 156, (12, 10.5), "en")
    12
    """
    least = sum(pair[0] for pair in needs(table, lang))
    for size_pt in sizes_pt:
        if least <= columns_of(room_mm, size_pt):
            return size_pt
    return sizes_pt[-1]


def columns_of(room_mm: float, size_pt: float) -> float:
    """
    Return how many half-width columns of type stand in a width.

    Parameters
    ----------
    room_mm : float
        Width, mm.
    size_pt : float
        Size of type, points; a half-width sign is half as wide.

    Returns
    -------
    float
        Columns.

    Examples
    --------
    >>> columns_of(25.4, 12)
    12.0
    """
    return room_mm / 25.4 * 72 / (size_pt / 2)


def _bolder(wording: str) -> float:
    """Return the columns of a text in bold type."""
    latin = sum(sign.isascii() and sign.isalpha() for sign in wording)
    return type_columns(wording) + _BOLD_LATIN * latin


def _longest_word(wording: str, *, bold: bool = False) -> float:
    """Return the columns of the longest part that no line may break; Chinese breaks anywhere."""
    breaks = (
        " " if unicodedata.east_asian_width(sign) in "WF" or sign in "/;" else sign
        for sign in wording
    )
    words = "".join(breaks).split()
    columns = _bolder if bold else type_columns
    return max([columns(word) for word in words] or [2 if wording else 0])
