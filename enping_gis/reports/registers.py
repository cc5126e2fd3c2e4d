"""List what an inventory holds for a workbook: plots, events, and what figures are made from."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from enping_gis.crs import crs_name
from enping_gis.measure.standing import stated_m2
from enping_gis.messages import text
from enping_gis.reports.estate import basis_words
from enping_gis.reports.figures import ids
from enping_gis.reports.hurdles import blockers_words
from enping_gis.reports.model import Cell, Column, Row, Table
from enping_gis.reports.moving import event_plot, status_cell
from enping_gis.units import HA, M2, MU, balance, printed
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Form


def columns_named(facts: Facts, *pairs: tuple[str, Form]) -> tuple[Column, ...]:
    """
    Return columns with their headings in the language of the paper.

    Parameters
    ----------
    facts : Facts
        The period.
    *pairs : tuple of str
        Code of the message of the heading, and the form of the cells.

    Returns
    -------
    tuple of Column
        The columns.
    """
    return tuple(Column(text(code, facts.lang), form) for code, form in pairs)


def decimals_of(cells: Iterable[object]) -> list[Decimal]:
    """
    Return the figures among some cells.

    Parameters
    ----------
    cells : iterable of object
        Values; others are left out.

    Returns
    -------
    list of decimal.Decimal
        The figures.

    Examples
    --------
    >>> decimals_of([Decimal(1), None]), decimals_of([])
    ([Decimal('1')], [])
    """
    return [cell for cell in cells if isinstance(cell, Decimal)]


def ledger_sheet(facts: Facts) -> Table:
    """
    List all plots with their areas in three units, the ledger's figure and the difference.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    Table
        Its parts add up.
    """
    lang = facts.lang
    parcels = facts.inventory.parcels
    stated = dict(zip(parcels["parcel_id"], stated_m2(parcels), strict=True))
    area_m2 = {key: Fraction(plot["area_m2"]) for key, plot in facts.plots.items()
               if not pd.isna(plot["area_m2"])}  # fmt: skip
    shown = {unit.code: balance(area_m2, unit) for unit in (M2, HA, MU)}
    rows = []
    for key, plot in facts.plots.items():
        ledger = None if pd.isna(stated[key]) else printed(stated[key], MU)
        mu = shown["mu"].get(key)
        rows.append(Row((
            key, plot["name"], plot["site"], _place(facts, plot["town"]),
            _place(facts, plot["responsible"]), plot["holder"],
            label("category", plot["category"], lang), label("disposal", plot["disposal"], lang),
            text("list_mark", lang).join(
                label("mechanism", code, lang) for code in ids(plot["mechanism"])
            ),
            blockers_words(facts, plot), status_cell(facts, plot["status"]), plot["since"],
            shown["m2"].get(key), shown["ha"].get(key), mu, ledger,
            None if ledger is None or mu is None else mu - ledger, basis_words(facts, plot),
            plot["source"],
        )))  # fmt: skip
    if rows:
        sums = [sum(decimals_of(row.cells[at] for row in rows), Decimal(0)) for at in range(12, 17)]
        rows.append(Row((text("total", lang), len(rows), *[None] * 10, *sums, None, None), "total"))
    columns = columns_named(
        facts, ("paper.col_id", "id"), ("column.name", "text"), ("sheet.site", "text"),
        ("sheet.town", "text"), ("paper.col_unit", "text"), ("paper.col_holder", "text"),
        ("paper.col_category", "text"), ("paper.col_disposal", "text"),
        ("sheet.mechanism", "text"), ("paper.col_blocker", "text"), ("paper.col_status", "text"),
        ("paper.col_since", "date"), ("column.area_m2", "m2"), ("column.area_ha", "ha"),
        ("column.area_mu", "mu"), ("sheet.stated_mu", "mu"), ("sheet.difference", "signed"),
        ("paper.col_basis", "text"), ("sheet.source", "text"),
    )  # fmt: skip
    return Table(columns, tuple(rows))


def _place(facts: Facts, code: object) -> str:
    return facts.unit(code or None)


def events_sheet(facts: Facts) -> Table:
    """
    List all events that count.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    Table
        In the order in which they count.
    """
    lang = facts.lang
    rows = []
    for record in facts.events.to_dict("records"):
        area_m2 = record["area_m2"]
        plot = event_plot(facts, record["parcel_id"])
        rows.append(Row((
            str(record["date"])[:10], Cell(plot.value), label("event_kind", record["kind"], lang),
            None if pd.isna(area_m2) else printed(area_m2, MU), _number(record["quantity"]),
            _number(record["amount_yuan"]), _said(record["actor"]), _said(record["note"]),
            _said(record["document"]), _said(record["corrects_id"]), _said(record["recorded_at"]),
            _said(record["event_id"]),
        )))  # fmt: skip
    columns = columns_named(
        facts, ("column.date", "date"), ("paper.col_plot", "text"), ("paper.col_event", "text"),
        ("column.area_mu", "mu"), ("sheet.quantity", "yi"), ("sheet.amount", "mu"),
        ("paper.col_actor", "text"), ("column.note", "text"), ("sheet.document", "text"),
        ("sheet.corrects", "id"), ("sheet.recorded_at", "text"), ("sheet.event_id", "id"),
    )  # fmt: skip
    return Table(columns, tuple(rows))


def _number(value: object) -> Decimal | None:
    return None if pd.isna(value) else Decimal(repr(value))


def _said(cell: object) -> str | None:
    return cell if isinstance(cell, str) and cell else None


def notes_sheet(facts: Facts) -> Table:
    """
    Say what the figures are made from.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    Table
        Sources, methods, the notice on synthetic data, and a digest of the inventory.
    """
    from enping_gis import __version__  # noqa: PLC0415 - known when the package is complete

    lang, meta = facts.lang, facts.inventory.meta
    places = facts.inventory.places
    method = label("area_method", meta.area_method, lang)
    schematic = int(places["schematic"].fillna(value=False).astype(bool).sum())
    known = {str(plot["source"]) for plot in facts.plots.values() if plot["source"]}
    # A code such as that of generated data is said in words, a source as it is written.
    sources = sorted(label("basis", each, lang) for each in known)
    notes: list[tuple[str, str | None]] = [
        ("sheet.note_synthetic", facts.notice or text("sheet.none_synthetic", lang)),
        ("sheet.note_schematic", text("sheet.schematic", lang, n=schematic, whole=len(places))),
        ("sheet.note_inventory", meta.name or None),
        ("sheet.note_as_of", facts.day.isoformat()),
        ("sheet.note_area", text("sheet.area", lang, method=method)),
        ("sheet.note_balance", text("sheet.balance", lang)),
        ("sheet.note_done", text("sheet.done_how", lang)),
        ("sheet.note_due", text("sheet.due_how", lang)),
        ("sheet.note_crs", crs_name(facts.inventory.crs)),
        ("sheet.note_sources", "\n".join(sources) or None),
        ("sheet.note_hash", _digest(facts)),
        ("sheet.note_program", f"enping_gis {__version__}"),
    ]  # fmt: skip
    rows = tuple(Row((text(code, lang), words)) for code, words in notes)
    return Table(columns_named(facts, ("column.item", "text"), ("sheet.content", "text")), rows)


def _digest(facts: Facts) -> str:
    """Return what tells this inventory from any other: of its file, else of its events."""
    path = facts.inventory.meta.source_path
    if isinstance(path, Path) and path.is_file():
        with path.open("rb") as file:
            return f"sha256 {hashlib.file_digest(file, 'sha256').hexdigest()}"
    heads = "".join(sorted(str(each) for each in facts.inventory.events["hash"].dropna()))
    return f"sha256 {hashlib.sha256(heads.encode()).hexdigest()} ({len(facts.inventory.events)})"
