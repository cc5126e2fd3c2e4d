"""Rank the units by what they promised, and say what each has still to do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from enping_gis.messages import text
from enping_gis.reports.figures import ids, known
from enping_gis.reports.model import Cell, Column, Row, Text
from enping_gis.reports.overall import county_row, share, units_of
from enping_gis.reports.phrasing import listed
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Block, Value

    Record = dict[Hashable, Any]

_NOTHING = Decimal("0.00")


def ranking_table(facts: Facts) -> list[Block]:
    """
    Rank the units by what they did of the quarter's commitment, then of area, then by code.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table with a total; units without a commitment come last and have no rank.
    """
    lang = facts.lang
    if known(county_row(facts.year)["commitment_mu"]) is None:
        return [Text(text("paper.no_targets", lang))]
    year = {row["place"]: row for row in units_of(facts.year).to_dict("records")}
    quarter = {row["place"]: row for row in units_of(facts.quarter).to_dict("records")}
    order = sorted(year, key=lambda place: _rank(quarter.get(place), place))
    rows = [
        Row((
            number if place in quarter and known(quarter[place]["percent"]) is not None else None,
            year[place]["label"], *_done(facts, quarter.get(place)), *_done(facts, year[place]),
            Cell(int(year[place]["late_parcels"]), ids(year[place]["late_parcel_ids"])),
        ))
        for number, place in enumerate(order, start=1)
    ]  # fmt: skip
    rows.append(
        Row((None, text("total", lang),
             *_sums(facts, quarter.values()), *_sums(facts, year.values()),
             sum(int(row["late_parcels"]) for row in year.values())), "total")
    )  # fmt: skip
    columns = [
        Column(text("paper.col_rank", lang), "whole"),
        Column(text("paper.col_unit", lang), weight=1),
    ]
    for part in ("quarter", "year"):
        columns += [
            Column(text(f"paper.col_{part}_commitment", lang), "mu"),
            Column(text(f"paper.col_{part}_done", lang), "mu"),
            Column(text(f"paper.col_{part}_percent", lang), "percent"),
        ]
    columns.append(Column(text("paper.col_late_plots", lang), "whole"))
    return listed(columns, rows, lang, unit=text("paper.unit_mu", lang))


def _rank(row: Record | None, place: str) -> tuple[Any, ...]:
    percent = None if row is None else known(row["percent"])
    if row is None or percent is None:
        return (1, 0, 0, place)
    return (0, -percent, -row["done_mu"], place)


def _done(facts: Facts, row: Record | None) -> tuple[Cell | Value, ...]:
    if row is None:
        return (None, _NOTHING, None)
    done = facts.done_cell(row)
    return (known(row["commitment_mu"]), done, known(row["percent"]))


def _sums(facts: Facts, rows: Iterable[Record]) -> tuple[Decimal, Cell, Decimal | None]:
    listed_rows = list(rows)
    asked = sum((known(row["commitment_mu"]) or Decimal(0) for row in listed_rows), _NOTHING)
    done = _together(facts.done_cell(row) for row in listed_rows)
    whole = sum((row["done_mu"] for row in listed_rows), _NOTHING)
    return asked, done, share(whole, asked)


def _together(cells: Iterable[Cell]) -> Cell:
    """Add areas put back to use, with all plots behind them."""
    cells = list(cells)
    whole = sum((cell.value for cell in cells if isinstance(cell.value, Decimal)), _NOTHING)
    return Cell(
        whole,
        tuple(plot for cell in cells for plot in cell.plots),
        parts_mu=tuple(part for cell in cells for part in cell.parts_mu),
    )


def needs_table(facts: Facts) -> list[Block]:
    """
    Say what each unit has to do every month to keep its commitment of the year.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table, or a line that no commitment is recorded.
    """
    lang = facts.lang
    units = units_of(facts.year).to_dict("records")
    bound = [row for row in units if known(row["commitment_mu"]) is not None]
    rows = [
        Row((row["label"], row["commitment_mu"], facts.done_cell(row),
             max(row["commitment_mu"] - row["done_mu"], _NOTHING),
             known(row["needed_per_month_mu"]), row["deadline"]))
        for row in bound
    ]  # fmt: skip
    if not rows:
        return [Text(text("paper.no_targets", lang))]
    asked, _, rest, monthly = (
        sum((cell for cell in cells if isinstance(cell, Decimal)), _NOTHING)
        for cells in list(zip(*(row.cells for row in rows), strict=True))[1:-1]
    )
    done = _together(facts.done_cell(row) for row in bound)
    rows.append(Row((text("total", lang), asked, done, rest, monthly, None), "total"))
    columns = (
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("paper.col_year_commitment", lang), "mu"),
        Column(text("paper.col_done", lang), "mu"),
        Column(text("paper.col_rest", lang), "mu"),
        Column(text("paper.col_per_month", lang), "mu"),
        Column(text("paper.col_due_date", lang), "date"),
    )
    return listed(columns, rows, lang, unit=text("paper.unit_mu", lang))


def units_detail(facts: Facts) -> list[Block]:
    """
    Show each unit with who answers for it and its plots by status, every figure traceable.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table for a page across, whose rows and columns add up.
    """
    lang = facts.lang
    records = facts.leading.rows.to_dict("records")
    here = [term for term in terms("status") if any(row[f"{term.code}_mu"] for row in records)]
    figures = ["parcels", "area_mu", *(f"{term.code}_mu" for term in here)]
    rows = [
        Row(
            (*_who(facts, row), *(traced(facts, row, name) for name in figures)),
            "plain" if row["place"] else "total",
        )
        for row in records
    ]  # fmt: skip
    columns = [
        Column(text("paper.col_unit", lang)),
        Column(text("paper.col_team", lang), weight=2),
        Column(text("paper.col_post", lang), weight=1),
        Column(text("column.parcels", lang), "whole"),
        Column(text("column.area_mu", lang), "mu"),
        *(Column(term.label(lang), "mu") for term in here),
    ]
    unit = text("paper.unit_mu", lang)
    return listed(columns, rows, lang, unit=unit, wide=True)


def _who(facts: Facts, row: Record) -> tuple[Value, Value, Value]:
    if not row["place"]:
        return text("total", facts.lang), None, None
    return row["label"], row["team"] or None, row["post"] or None


def traced(facts: Facts, row: Record, figure: str) -> Cell:
    """
    Return a figure of the view of the county with the plots behind it.

    Parameters
    ----------
    facts : Facts
        The period.
    row : dict
        A row of `enping_gis.lifecycle.leading.Leading.rows`.
    figure : str
        Name of its column.

    Returns
    -------
    Cell
        The figure, its plots and what each adds.
    """
    plots, parts = facts.behind(row["place"], figure)
    value = row[figure]
    return Cell(int(value) if figure == "parcels" else known(value), plots, parts_mu=parts)
