"""Check the figures of a sheet: areas in two units, totals, rates, stages, texts in cells."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from enping_gis._resources import shipped_json
from enping_gis.check.auditing.dates import dates_in
from enping_gis.check.auditing.pairs_said import pair_claim, pairs_in
from enping_gis.check.auditing.percentages import percentages_in
from enping_gis.check.auditing.precision import precision_of
from enping_gis.check.auditing.quantities import Quantity, Reading
from enping_gis.check.auditing.sums_said import sums_in
from enping_gis.check.auditing.words import any_of, half_width, words
from enping_gis.check.records.pairs import placed
from enping_gis.intake.tables.asides import kept_rows
from enping_gis.intake.tables.figures import Figure, figure
from enping_gis.intake.tables.grid import address
from enping_gis.intake.tables.header import found_header, split_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enping_gis.check.auditing.claims import Claim
    from enping_gis.check.auditing.precision import Precision
    from enping_gis.intake.tables.grid import Sheet
    from enping_gis.intake.tables.header import Header

_SHORTEST_TEXT = 4


class Column(NamedTuple):
    """
    A column of a table.

    Parameters
    ----------
    number : int
        Counted from 1.
    name, base, unit : str
        Its name, what it counts, and the code of its unit, empty where it names none.
    """

    number: int
    name: str
    base: str
    unit: str


class Table(NamedTuple):
    """
    The table of a sheet.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    columns : tuple of Column
        Its columns.
    rows : tuple of int
        Rows that stand for one thing each.
    hidden : tuple of int
        Such rows that somebody hid.
    totals : tuple of int
        Rows that add up others.
    precision : Precision
        With how many decimals its cells are exact.
    """

    sheet: Sheet
    columns: tuple[Column, ...]
    rows: tuple[int, ...]
    hidden: tuple[int, ...]
    totals: tuple[int, ...]
    precision: Precision

    def figure(self, row: int, column: Column) -> Figure | None:
        """
        Return the figure of a cell, with the unit of the cell or of the column.

        Parameters
        ----------
        row : int
            Row of the sheet.
        column : Column
            A column.

        Returns
        -------
        Figure or None
            None where the cell holds none.
        """
        cell = self.sheet.rows[row].get(column.number)
        found = _percentage(cell) or placed(cell, figure(cell))
        if found is None or found.value is None:
            return None
        value = self.precision.printed(row, column.number, cell, found)
        return replace(found, value=value).taken_as(column.unit)

    def stored(self, row: int, column: Column) -> Fraction | None:
        """
        Return the number that a cell of a workbook holds, however it is printed.

        Parameters
        ----------
        row : int
            Row of the sheet.
        column : Column
            A column.

        Returns
        -------
        fractions.Fraction or None
            None for text, and for a cell that holds no number.
        """
        cell = self.sheet.rows[row].get(column.number)
        if isinstance(cell, str) or self.figure(row, column) is None:
            return None
        found = figure(cell)
        return None if found is None or found.value is None else Fraction(found.value)


def table_of(sheet: Sheet, formats: Mapping[tuple[int, int], int] | None = None) -> Table | None:
    """
    Find the table of a sheet.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    formats : mapping of tuple of int and int to int, optional
        Row and column of a cell -> decimals that the workbook prints of it.

    Returns
    -------
    Table or None
        None where it holds none.

    Examples
    --------
    >>> from enping_gis.intake.tables.grid import Sheet
    >>> cells = {1: {1: "编号", 2: "面积（亩）"}, 2: {1: "a", 2: 5}, 3: {1: "合计", 2: 5}}
    >>> table_of(Sheet("a", cells)).totals
    (3,)
    >>> table_of(Sheet("empty", {})) is None
    True
    """
    header = found_header(sheet)
    if header is None:
        return None
    rows, asides = kept_rows(sheet, header, {})
    found = {rule: tuple(each.row for each in asides if each.rule == rule and each.row)
             for rule in ("total_row", "row_hidden")}  # fmt: skip
    columns = tuple(_columns(header))
    kept = (*rows, *found["row_hidden"], *found["total_row"])
    precision = precision_of(sheet, kept, formats or {})
    return Table(
        sheet, columns, tuple(rows), found["row_hidden"], found["total_row"], precision
    )  # fmt: skip


def pairs_of(table: Table) -> Iterator[Claim]:
    """
    Compare the columns that give one area in two units, row by row.

    Parameters
    ----------
    table : Table
        The table.

    Yields
    ------
    Claim
        Of kind ``pair``, one for each row with both.
    """
    for first, second in _paired_columns(table):
        for row in (*table.rows, *table.totals):
            one, other = table.figure(row, first), table.figure(row, second)
            if one is None or other is None or one.unit == other.unit:
                continue
            if one.in_unit("m2") is None or other.in_unit("m2") is None:
                continue
            names = _unit_words()
            quantities = [
                Quantity(0, 0, "area", each, None, names.get(each.unit, each.unit), "")
                for each in (one, other)
            ]
            written = " / ".join(f"{each.value:f} {each.written_unit}" for each in quantities)
            yield pair_claim(
                written, *quantities, line=row, sheet=table.sheet.name,
                cell=address(row, first.number),
            )  # fmt: skip


def texts_of(sheet: Sheet) -> Iterator[Claim]:
    """
    Check the texts in the cells of a sheet.

    Parameters
    ----------
    sheet : Sheet
        The sheet.

    Yields
    ------
    Claim
        What each cell says by itself; of dates only those that cannot be.
    """
    for row, cells in sheet.rows.items():
        for column, cell in cells.items():
            if not isinstance(cell, str) or len(cell) < _SHORTEST_TEXT:
                continue
            if _may_say_something().search(cell) is None:
                continue
            reading = Reading(cell)
            for find in (pairs_in, sums_in, percentages_in, dates_in):
                for claim in find(reading):
                    if claim.kind != "date" or claim.rule:
                        yield replace(
                            claim,
                            line=row,
                            sheet=sheet.name,
                            cell=address(row, column),
                            place=column,
                        )


def _columns(header: Header) -> Iterator[Column]:
    for number, name in sorted(header.names.items()):
        base, unit = split_unit(name)
        yield Column(number, name, base, unit or _area_unit(header.unit, base))


def _area_unit(unit: str, base: str) -> str:
    """Return the unit above the table for columns of areas, and no others."""
    areas = shipped_json("tables.json")["areas"]
    return unit if base and any(base in several for several in areas.values()) else ""


def _paired_columns(table: Table) -> Iterator[tuple[Column, Column]]:
    """Yield columns of one name in two units of area, those in mu second."""
    units = shipped_json("tables.json")["units"]
    areas = [each for each in table.columns if units.get(each.unit, {}).get("of") == "m2"]
    for one in areas:
        for other in areas:
            if one.base == other.base and "mu" in other.unit and "mu" not in one.unit:
                yield one, other


def _percentage(cell: object) -> Figure | None:
    if not isinstance(cell, str) or not half_width(cell).rstrip().endswith("%"):
        return None
    several = Reading(cell).quantities
    return several[0].figure if len(several) == 1 else None


@cache
def _unit_words() -> dict[str, str]:
    units = shipped_json("tables.json")["units"].items()
    return {code: record["words"][0] for code, record in units}


@cache
def _may_say_something() -> re.Pattern[str]:
    day = any_of(words("day_marks"), words("percent"), words("counters"))
    units = [word for record in shipped_json("tables.json")["units"].values()
             for word in record["words"] if len(word) > 1 or not word.isascii()]  # fmt: skip
    return re.compile(rf"{day}|{any_of(units)}|[0-9]{{4}}[-/.][0-9]{{1,2}}[-/.][0-9]")
