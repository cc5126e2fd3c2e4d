"""Put the sheets of a workbook together, in the order in which a meeting reads them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from enping_gis.messages import text
from enping_gis.reports.estate import percents, plots_by_status
from enping_gis.reports.figures import ids, known
from enping_gis.reports.model import Cell, Column, Row, Table, as_cell
from enping_gis.reports.moving import changed_rows, due_rows, status_cell
from enping_gis.reports.overall import (
    ahead_mu,
    county_row,
    late_units,
    mark_words,
    moved,
    period_done,
)
from enping_gis.reports.ranking import units_detail
from enping_gis.reports.registers import (
    columns_named,
    decimals_of,
    events_sheet,
    ledger_sheet,
    notes_sheet,
)
from enping_gis.reports.workbook import Book, Chart, Sheet
from enping_gis.units import HA, printed
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Value

    Record = dict[Hashable, Any]

_NOTHING = Decimal("0.00")
_TAB_CHARACTERS = 31
# When and under which number an event was recorded is for the screen.
_PRINTED = {"events": 9, "ledger": 18}
# Columns of the sheet of units: who answers and how it stands; what the county promised itself.
_WHO, _OWN = (1, 2, 11), (5, 7, 9, 12, 13)
Key = tuple[tuple[str, ...], tuple[Decimal, ...]]


def sheets_of(facts: Facts) -> Book:
    """
    Return the workbook of a meeting.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    Book
        Overview, units, changes, dates, ledger, events, the plots behind figures, and notes.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> from enping_gis.reports.facts import facts_of
    >>> [each.name for each in sheets_of(facts_of(Inventory.demo(), "weekly", "en")).sheets][:3]
    ['Overview', 'Units', 'Units by status']
    """
    lang = facts.lang
    makers: dict[str, Callable[[Facts], Table]] = {
        "overview": _overview, "units": _units, "leading": _leading, "changes": _changes,
        "deadlines": _deadlines, "ledger": ledger_sheet, "events": events_sheet,
    }  # fmt: skip
    tables = {name: maker(facts) for name, maker in makers.items()}
    traced, anchors = _traced(facts, tables)
    tables |= {"traced": traced, "notes": notes_sheet(facts)}
    line = " · ".join(filter(None, (facts.basis, facts.notice)))
    sheets = []
    for name, table in tables.items():
        tab = text(f"sheet.{name}", lang)[:_TAB_CHARACTERS]
        title = text("sheet.title", lang, county=facts.county, name=tab).strip()
        chart = None
        if name == "units" and known(county_row(facts.year)["commitment_mu"]) is not None:
            count = sum(row.kind == "plain" for row in table.rows)
            chart_title = text("sheet.chart", lang, year=facts.day.year)
            chart = Chart(0, 5, 7, 9, count, chart_title)
        sheets.append(
            Sheet(tab, title, line, table, frozen=2 if name == "ledger" else 1, chart=chart,
                  printed=_PRINTED.get(name, 0), role="traced" if name == "traced" else "")
        )  # fmt: skip
    return Book(tuple(sheets), lang, text("sheet.book", lang, county=facts.county).strip(),
                facts.notice, anchors)  # fmt: skip


def _overview(facts: Facts) -> Table:
    rows = [
        *_overview_statuses(facts), *_overview_commitments(facts), *_overview_changes(facts),
    ]  # fmt: skip
    columns = columns_named(
        facts, ("column.item", "text"), ("column.parcels", "whole"), ("column.area_mu", "mu"),
        ("column.area_ha", "ha"), ("column.share", "percent"), ("column.note", "text"),
    )  # fmt: skip
    return Table(columns, tuple(rows))


def _overview_statuses(facts: Facts) -> list[Row]:
    lang, now = facts.lang, facts.statuses
    records = now.rows.to_dict("records")
    shares = percents({row["key"]: row["area_mu"] for row in records})
    behind = plots_by_status(facts)
    rows = [Row((text("sheet.by_status", lang),), "group")]
    rows += [
        Row((status_cell(facts, row["key"]), Cell(int(row["parcels"]), behind.get(row["key"], ())),
             row["area_mu"], row["area_ha"], shares[row["key"]], None))
        for row in records
    ]  # fmt: skip
    whole = Decimal("100.00") if now.total["area_mu"] else None
    total = (text("total", lang), int(now.total["parcels"]), facts.total_mu,
             Decimal(now.total["area_ha"]), whole, None)  # fmt: skip
    return [*rows, Row(total, "total")]


def _overview_commitments(facts: Facts) -> list[Row]:
    lang = facts.lang
    rows = [Row((text("sheet.commitments", lang),), "group")]
    for part, frame in (("year", facts.year), ("quarter", facts.quarter)):
        county = county_row(frame)
        asked = known(county["commitment_mu"])
        done_m2 = Fraction(county["done_m2"])
        name = text(f"sheet.{part}", lang)
        rows += [
            Row((text("sheet.committed", lang, name=name), None, asked, None, None,
                 text("paper.no_targets", lang) if asked is None else None)),
            Row((text("sheet.done", lang, name=name),
                 Cell(int(county["parcels"]), ids(county["parcel_ids"])),
                 facts.done_cell(county), printed(done_m2, HA), known(county["percent"]), None)),
            Row((text("sheet.due", lang, name=name), None, known(county["due_mu"]), None, None,
                 None)),
            Row((text("sheet.ahead", lang, name=name), None, ahead_mu(county), None, None,
                 mark_words(county, facts))),
        ]  # fmt: skip
    late = late_units(facts)
    names = text("list_mark", lang).join(str(row["label"]) for row in late)
    rows.append(
        Row((text("sheet.late_units", lang), None, None, None, None,
             text("sheet.late_named", lang, n=len(late), names=names) if late else None))
    )  # fmt: skip
    return rows


def _overview_changes(facts: Facts) -> list[Row]:
    lang, changed = facts.lang, facts.changes
    rows = [Row((text(f"paper.this_{facts.cadence}", lang),), "group")]
    done = changed[changed["revitalised_m2"] > 0]
    plots = tuple(dict.fromkeys(map(str, done["parcel_id"])))
    rows.append(
        Row((text("sheet.new_done", lang), Cell(len(plots), plots),
             sum(done["revitalised_mu"], _NOTHING), None, None, None))
    )  # fmt: skip
    for term in terms("change"):
        mine = changed[changed["change"] == term.code]
        plots = tuple(dict.fromkeys(map(str, mine["parcel_id"])))
        rows.append(
            Row((term.label(lang), Cell(moved(changed, term.code), plots),
                 sum(decimals_of(mine["area_mu"]), _NOTHING), None, None, None))
        )  # fmt: skip
    return rows


def _units(facts: Facts) -> Table:
    lang = facts.lang
    quarter = {row["place"]: row for row in facts.quarter.to_dict("records")}
    year = {row["place"]: row for row in facts.year.to_dict("records")}
    new_mu = period_done(facts)
    rows = []
    for view in facts.leading.rows.to_dict("records"):
        place = view["place"]
        mine, now = year.get(place), quarter.get(place)
        new = new_mu.get(place, _NOTHING) if place else sum(new_mu.values(), _NOTHING)
        plots, parts = facts.behind(place, "area_mu")
        rows.append(Row((
            view["label"] if place else text("total", lang), view["team"] or None,
            view["post"] or None, Cell(int(view["parcels"]), plots, parts_mu=parts),
            Cell(view["area_mu"], plots, parts_mu=parts),
            *_year_cells(facts, mine, new), *_quarter_cells(facts, now),
            None if mine is None else known(mine["needed_per_month_mu"]),
            None if mine is None else Cell(int(mine["late_parcels"]), ids(mine["late_parcel_ids"])),
        ), "plain" if place else "total"))  # fmt: skip
    columns = columns_named(
        facts, ("paper.col_unit", "text"), ("paper.col_team", "text"), ("paper.col_post", "text"),
        ("column.parcels", "whole"), ("column.area_mu", "mu"),
        ("paper.col_year_commitment", "mu"), (f"paper.col_new_{facts.cadence}", "mu"),
        ("paper.col_done", "mu"), ("paper.col_percent", "percent"), ("paper.col_due", "mu"),
        ("paper.col_gap", "signed"), ("paper.col_mark", "text"),
        ("paper.col_quarter_commitment", "mu"), ("paper.col_quarter_done", "mu"),
        ("paper.col_quarter_percent", "percent"), ("paper.col_per_month", "mu"),
        ("paper.col_late_plots", "whole"),
    )  # fmt: skip
    return Table(columns, tuple(_with_own_sums(facts, rows, columns)))


def _year_cells(facts: Facts, row: Record | None, new_mu: Decimal) -> tuple[Cell | Value, ...]:
    if row is None:
        return (None, new_mu, _NOTHING, None, None, None, None)
    return (
        known(row["commitment_mu"]), new_mu, facts.done_cell(row), known(row["percent"]),
        known(row["due_mu"]), ahead_mu(row), mark_words(row, facts),
    )  # fmt: skip


def _quarter_cells(facts: Facts, row: Record | None) -> tuple[Cell | Value, ...]:
    if row is None:
        return (None, _NOTHING, None)
    return (known(row["commitment_mu"]), facts.done_cell(row), known(row["percent"]))


def _with_own_sums(facts: Facts, rows: list[Row], columns: tuple[Column, ...]) -> list[Row]:
    """
    Let the total be what the parts add up to.

    Where the county has promised more or less than its units together, it keeps a row of its
    own under the total, and percentages stand there alone.
    """
    *parts, county = rows
    total: list[Cell | Value] = []
    for at, column in enumerate(columns):
        own = county.cells[at]
        values = [as_cell(row.cells[at]).value for row in parts]
        figures = [value for value in values if isinstance(value, int | Decimal)]
        if column.form in {"whole", "mu", "signed"} and parts:
            whole = sum(figures, _NOTHING) if figures else None
            own = own if whole == as_cell(own).value else whole
        total.append(own)
    apart = [at for at in _OWN if as_cell(total[at]).value != as_cell(county.cells[at]).value]
    if not apart:
        return [*parts, Row(tuple(total), "total")]
    blank = [None if column.form == "percent" or at in _WHO else cell
             for at, (column, cell) in enumerate(zip(columns, total, strict=True))]  # fmt: skip
    name = text("paper.whole_county", facts.lang)
    return [*parts, Row(tuple(blank), "total"), Row((name, *county.cells[1:]), "total")]


def _leading(facts: Facts) -> Table:
    (block, *_) = units_detail(facts)
    return block if isinstance(block, Table) else Table((), ())


def _changes(facts: Facts) -> Table:
    columns = columns_named(
        facts, ("paper.col_plot", "text"), ("paper.col_unit", "text"), ("column.area_mu", "mu"),
        ("paper.col_before", "text"), ("paper.col_after", "text"), ("column.date", "date"),
        ("paper.col_evidence", "text"),
    )  # fmt: skip
    return Table(columns, tuple(changed_rows(facts)))


def _deadlines(facts: Facts) -> Table:
    columns = columns_named(
        facts, ("paper.col_plot", "text"), ("paper.col_unit", "text"), ("column.area_mu", "mu"),
        ("paper.col_matter", "text"), ("paper.col_due_date", "date"),
        ("paper.col_overdue", "whole"), ("paper.col_post", "text"),
    )  # fmt: skip
    return Table(columns, tuple(due_rows(facts)))


def _traced(facts: Facts, tables: dict[str, Table]) -> tuple[Table, dict[Key, int]]:
    """List the plots behind figures of the other sheets, and say where each list begins."""
    rows: list[Row] = []
    anchors: dict[Key, int] = {}
    for name in ("overview", "units", "leading"):
        for row in tables[name].rows:
            for column, own in zip(tables[name].columns, row.cells, strict=False):
                cell = as_cell(own)
                key = (cell.plots, cell.parts_mu)
                if cell.plots and key not in anchors:
                    anchors[key] = len(rows)
                    first = as_cell(row.cells[0]).value
                    rows += _trace(facts, cell, f"{first} · {column.heading}")
    columns = columns_named(
        facts, ("sheet.figure", "text"), ("paper.col_id", "id"), ("column.name", "text"),
        ("paper.col_unit", "text"), ("column.area_mu", "mu"),
    )  # fmt: skip
    return Table(columns, tuple(rows)), anchors


def _trace(facts: Facts, cell: Cell, figure: str) -> list[Row]:
    heading = text("paper.group", facts.lang, name=figure, n=len(cell.plots))
    rows = [Row((heading,), "group")]
    sums = []
    for number, plot in enumerate(cell.plots):
        line = facts.lines.get(plot)
        area_mu = None if line is None else line.area_mu
        part_mu = cell.parts_mu[number] if cell.parts_mu else area_mu
        sums += [] if part_mu is None else [part_mu]
        rows.append(Row((
            figure, plot, None if line is None else line.name,
            None if line is None else line.unit, part_mu,
        )))  # fmt: skip
    total = (text("total", facts.lang), None, None, None, sum(sums, _NOTHING))
    return [*rows, Row(total, "total")]
