"""Write what a plot's file says of its course: what it is, what is planned, agreed and done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enping_gis.reports.model import Column, Grid, Row, Table, Text
from enping_gis.units import MU, half_up, printed
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.reports.dossier_words import PlotWords
    from enping_gis.reports.model import Block


def basic_section(file: PlotWords) -> Iterator[Block]:
    """
    Say what the plot is.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Grid
        Name, place, holder, status.
    """
    floor = file.plot.get("floor_area_m2")
    floor_words = None if floor is None else f"{half_up(floor, 2):,} m²"
    yield Grid(
        (
            (file.named("name"), file.named("site")),
            (file.place("town"), file.place("responsible")),
            (file.named("holder"), file.named("category")),
            ((file.say("dossier.status"), file.status()), file.since()),
            (file.field("floor_area_m2", floor_words), file.field("source", file.source())),
            (file.named("aliases"),),
        )
    )


def remedy_section(file: PlotWords) -> Iterator[Block]:
    """
    Say what is planned for the plot.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Grid
        Disposal, mechanism, blockers and the next date.
    """
    duty = (file.say("dossier.next"), file.next_duty() or file.missing)
    yield Grid(
        (
            (file.named("disposal"), file.named("mechanism")),
            (file.named("blockers"), duty),
        )
    )


def projects_section(file: PlotWords) -> Iterator[Block]:
    """
    List the projects on the plot.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Table
        Nothing where there is none.
    """
    rows = [
        Row(
            (
                row.get("name"),
                row.get("investor"),
                row.get("industry"),
                _span(row, "investment_yi", "investment_yi"),
                _span(row, "need_mu_min", "need_mu_max"),
                row.get("deadline"),
            )
        )
        for row in file.facts.projects.get(file.parcel_id, [])
    ]
    if rows:
        yield Table(
            (
                Column(file.say("dossier.project"), weight=1.0),
                Column(file.say("dossier.investor"), weight=0.6),
                Column(file.say("dossier.industry"), weight=0.4),
                Column(file.say("dossier.investment"), "yi", 0.7),
                Column(file.say("dossier.need"), "yi", 0.7),
                Column(file.say("dossier.deadline"), "date", 0.5),
            ),
            tuple(rows),
        )


def agreements_section(file: PlotWords) -> Iterator[Block]:
    """
    Hold what was agreed against what is.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Table or Text
        Nothing where nothing was agreed; the evidence where something is to be looked into.
    """
    found = file.facts.agreements.get(file.parcel_id, [])
    if not found:
        return
    rows = [_agreement(file, row) for row in found]
    yield Table(
        (
            Column(file.say("dossier.indicator"), weight=1.0),
            Column(file.say("dossier.agreed"), "yi", 0.4),
            Column(file.say("dossier.actual"), "yi", 0.4),
            Column(file.say("dossier.gap"), "yi", 0.4),
            Column(file.say("dossier.verdict")),
            Column(file.say("dossier.as_of"), "date"),
        ),
        tuple(rows),
    )
    for row in found:
        evidence = row.get(f"evidence_{file.lang}")
        if evidence and row.get("proposal", "none") != "none":
            yield Text(str(evidence), "note")


def life_section(file: PlotWords) -> Iterator[Block]:
    """
    Tell the plot's life, that of the plots it was made of included.

    Parameters
    ----------
    file : PlotWords
        The plot.

    Yields
    ------
    Table or Text
        The oldest event first.
    """
    before = file.facts.ancestors(file.parcel_id)
    if before:
        yield Text(file.say("dossier.made_of", plots=file.join(before)), "note")
    events = [
        (row, owner)
        for owner in (file.parcel_id, *before)
        for row in file.facts.events.get(owner, [])
    ]
    events.sort(key=lambda pair: str(pair[0].get("day", "9999")))
    if not events:
        return
    yield Table(
        (
            Column(file.say("dossier.day"), "date"),
            Column(file.say("dossier.matter"), weight=5.0),
            Column(file.say("dossier.mu"), "mu", 1.4),
            Column(file.say("dossier.actor"), weight=1.0),
            Column(file.say("dossier.document"), weight=1.0),
        ),
        tuple(_event(file, row, owner) for row, owner in events),
    )


def _span(row: dict[str, Any], least: str, most: str) -> str | None:
    """Print a figure as it is given, or the two that it lies between."""
    figures = [f"{row[each]:,g}" for each in dict.fromkeys((least, most)) if each in row]
    return "\N{EN DASH}".join(dict.fromkeys(figures)) or None


def _agreement(file: PlotWords, row: dict[str, Any]) -> Row:
    name = label("agreement_indicator", row["indicator"], file.lang)
    unit = row.get("unit")
    if unit:
        name = file.say("dossier.indicator_unit", name=name, unit=unit)
    gap = row.get("gap")
    days = isinstance(row.get("agreed", row.get("actual")), str)
    if gap is not None:
        gap = _change(gap, 0 if days else 2)
        gap = file.say("dossier.days", n=gap) if days else gap
    verdict = label("verdict", row["verdict"], file.lang)
    return Row((name, _figure(row.get("agreed")), _figure(row.get("actual")), gap, verdict,
                row.get("as_of")))  # fmt: skip


def _figure(value: object) -> str | None:
    """Print a figure as it was agreed; days are texts already."""
    return f"{value:,g}" if isinstance(value, int | float) else value  # type: ignore[return-value]  # a text or None


def _change(value: float, decimals: int) -> str:
    figure = half_up(value, decimals)
    sign = "+" if figure > 0 else "\N{MINUS SIGN}" if figure else ""
    return f"{sign}{abs(figure):,}"


def _event(file: PlotWords, row: dict[str, Any], owner: str) -> Row:
    matter = label("event_kind", row.get("kind"), file.lang)
    basis = row.get("date_basis")
    if basis in {"inferred", "synthetic"}:
        basis_words = label("basis", basis, file.lang)
        matter = file.say("dossier.event_basis", matter=matter, basis=basis_words)
    if "note" in row:
        matter = file.say("dossier.event_note", matter=matter, note=row["note"])
    if "amount_yuan" in row:
        matter = file.say("dossier.event_yuan", matter=matter, n=f"{row['amount_yuan']:,g}")
    if owner != file.parcel_id:
        matter = file.say("dossier.event_of", matter=matter, plot=owner)
    if not row["counts"]:
        matter = file.say("dossier.event_void", matter=matter)
    area_m2 = row.get("area_m2")
    area_mu = None if area_m2 is None else printed(area_m2, MU)
    day = row.get("day", row.get("date"))
    return Row((day, matter, area_mu, row.get("actor"), file.document(row.get("document"))))
