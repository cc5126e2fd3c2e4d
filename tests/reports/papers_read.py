"""Read papers back, as the tests of papers do."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from enping_gis.inventory import Inventory
from enping_gis.reports.facts import Facts, facts_of
from enping_gis.reports.model import Table, as_cell
from enping_gis.reports.papers import paper_of
from enping_gis.reports.sheets import sheets_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enping_gis.messages import Language
    from enping_gis.reports.model import Paper, Value
    from enping_gis.reports.workbook import Book

ADDING = {"whole", "mu", "ha", "m2", "signed"}


@cache
def demo_facts(cadence: str, lang: Language = "zh", day: str = "2023-03-30") -> Facts:
    """Return the facts of the demonstration inventory; they are read by many tests."""
    return facts_of(Inventory.demo().on(day), cadence, lang)


@cache
def demo_paper(cadence: str, lang: Language = "zh", day: str = "2023-03-30") -> Paper:
    return paper_of(demo_facts(cadence, lang, day))


@cache
def demo_book(cadence: str, lang: Language = "zh", day: str = "2023-03-30") -> Book:
    return sheets_of(demo_facts(cadence, lang, day))


def tables_of(paper: Paper) -> list[Table]:
    return [block for block in paper.blocks if isinstance(block, Table)]


def wrong_totals(table: Table) -> Iterable[str]:
    """Name the totals that are not what the rows above add up to, back to the last heading."""
    above: list[tuple[Value, ...]] = []
    for row in table.rows:
        values = tuple(as_cell(cell).value for cell in row.cells)
        if row.kind == "group":
            above = []
        elif row.kind == "plain":
            above.append(values)
        elif above:
            for at, column in enumerate(table.columns):
                total, parts = values[at], [each[at] for each in above]
                figures = [part for part in parts if isinstance(part, int | Decimal)]
                adds = column.form in ADDING or total == Decimal("100.00")
                if adds and isinstance(total, int | Decimal) and sum(figures) != total:
                    yield f"{column.heading}: {sum(figures)} is not {total}"
            above = []


def totals_checked(table: Table) -> int:
    """Count the figures of totals that stand under rows."""
    return sum(
        isinstance(as_cell(cell).value, int | Decimal) and column.form in ADDING
        for row in table.rows
        if row.kind == "total"
        for column, cell in zip(table.columns, row.cells, strict=True)
    )
