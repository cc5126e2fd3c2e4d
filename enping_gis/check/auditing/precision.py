"""Tell to how many decimals the cells of a table are exact."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.check.auditing.formulas import decimals_of
from enping_gis.intake.tables.figures import figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.intake.tables.figures import Figure
    from enping_gis.intake.tables.grid import Sheet

# Beyond this the digits of a computed cell are noise of binary fractions.
_MOST_DECIMALS = 6
_MOST_DIGITS = 26


class Precision(NamedTuple):
    """
    With how many decimals the cells of a table are exact.

    Parameters
    ----------
    formats : mapping of tuple of int and int to int
        Row and column of a number -> decimals that the workbook prints of it.
    numbers : mapping of int to int
        Column -> decimals of the finest number that somebody typed into it: a workbook
        prints 50 beside 100.25 without decimals, but stores it as exactly.
    texts : mapping of int to int
        Column -> decimals of the coarsest text with decimals: in a table of text 50 beside
        100.25 was not rounded to whole units.
    """

    formats: Mapping[tuple[int, int], int]
    numbers: Mapping[int, int]
    texts: Mapping[int, int]

    def is_formatted(self, row: int, column: int) -> bool:
        """
        Tell whether the workbook says how many decimals it prints of a cell.

        Parameters
        ----------
        row, column : int
            Both counted from 1.

        Returns
        -------
        bool
            False for text, and for a number of no fixed decimals.
        """
        return (row, column) in self.formats

    def printed(self, row: int, column: int, cell: object, found: Figure) -> Decimal:
        """
        Return the figure of a cell with the decimals to which it is exact.

        Parameters
        ----------
        row, column : int
            Both counted from 1.
        cell : object
            What stands there.
        found : Figure
            What was read of it, with a value.

        Returns
        -------
        decimal.Decimal
            Rounded half up as a workbook prints it; a figure with 约 and the like unchanged.
        """
        value = Decimal(0) if found.value is None else found.value
        own = decimals_of(value)
        if isinstance(cell, str):
            plain = not found.qualifier and not found.unit and not own
            return _with(value, self.texts.get(column, 0)) if plain else value
        if (row, column) in self.formats:
            return _with(value, self.formats[row, column])
        if own > _MOST_DECIMALS:
            return _with(value, _MOST_DECIMALS).normalize()
        return _with(value, max(own, self.numbers.get(column, 0)))


def precision_of(
    sheet: Sheet, rows: Iterable[int], formats: Mapping[tuple[int, int], int]
) -> Precision:
    """
    Find out to how many decimals the cells of a table are exact.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    rows : iterable of int
        Rows of the table, those of totals too.
    formats : mapping of tuple of int and int to int
        Row and column of a number -> decimals that the workbook prints of it.

    Returns
    -------
    Precision
        Computed numbers say nothing about typed ones.

    Examples
    --------
    >>> from enping_gis.intake.tables.grid import Sheet
    >>> found = precision_of(Sheet("a", {2: {1: 100.25}, 3: {1: 50}, 4: {1: "50"}}), [2, 3, 4], {})
    >>> found.printed(3, 1, 50, figure(50)), found.printed(4, 1, "50", figure("50"))
    (Decimal('50.00'), Decimal('50'))
    >>> precision_of(Sheet("empty", {}), [], {}).numbers
    {}
    """
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    texts: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        for column, cell in sheet.rows[row].items():
            found = figure(cell)
            if found is None or found.value is None or found.qualifier or found.unit:
                continue
            decimals = decimals_of(found.value)
            if isinstance(cell, str):
                texts[column] += [decimals] if decimals else []
            elif decimals <= _MOST_DECIMALS:
                numbers[column].append(decimals)
    return Precision(
        formats,
        {column: max(several) for column, several in numbers.items()},
        {column: min(several) for column, several in texts.items() if several},
    )


def _with(value: Decimal, decimals: int) -> Decimal:
    # Large powers of ten have no room for decimals.
    if value.adjusted() + decimals > _MOST_DIGITS:
        return value
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
