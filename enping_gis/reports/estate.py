"""List what there is: statuses, projects and their land, plots to combine, the ledger."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.measure.contacts import contacts
from enping_gis.messages import text
from enping_gis.reports.model import Cell, Column, Row
from enping_gis.reports.moving import status_cell
from enping_gis.reports.phrasing import listed, named, plots_words
from enping_gis.units import MU, dealt, half_up, printed
from enping_gis.vocabulary import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Block

_PERCENT_UNITS = 10_000
# From here on a project is landed: the plot is supplied, or work on it has begun.
_LANDED = ("supplied", "building", "producing")
# Plots that can still be given away together, and how far apart a road may keep them.
_TO_COMBINE = ("unknown", "surveyed", "remediating", "revitalised")
_ROAD_M = 40.0
_MOST_PAIRS = 20


def statuses_table(facts: Facts) -> list[Block]:
    """
    Count plots and areas by status, with their shares and what changed over the period.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table whose parts add up.
    """
    lang = facts.lang
    now, before = facts.statuses, facts.statuses_before
    then = dict(zip(before.rows["key"], before.rows["area_mu"], strict=True))
    rest = [key for key in then if key not in set(now.rows["key"])]
    records = now.rows.to_dict("records") + [
        {"key": key, "parcels": 0, "area_mu": Decimal("0.00")} for key in rest
    ]
    shares = percents({row["key"]: row["area_mu"] for row in records})
    behind = plots_by_status(facts)
    rows = [
        Row((
            status_cell(facts, row["key"]),
            Cell(int(row["parcels"]), behind.get(row["key"], ())), row["area_mu"],
            shares[row["key"]], row["area_mu"] - then.get(row["key"], Decimal(0)),
        ))
        for row in records
    ]  # fmt: skip
    if rows:
        total_mu = facts.total_mu
        moved_mu = total_mu - Decimal(before.total["area_mu"])
        whole = Decimal("100.00") if total_mu else None
        total = (text("total", lang), int(now.total["parcels"]), total_mu, whole, moved_mu)
        rows.append(Row(total, "total"))
    columns = (
        Column(text("paper.col_status", lang), weight=1),
        Column(text("column.parcels", lang), "whole"),
        Column(text("column.area_mu", lang), "mu"),
        Column(text("column.share", lang), "percent"),
        Column(text(f"paper.col_since_{facts.cadence}", lang), "signed"),
    )
    return listed(columns, rows, lang)


def plots_by_status(facts: Facts) -> dict[str, tuple[str, ...]]:
    """
    Return the plots of each status.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    dict of str to tuple of str
        Ids by code of the status.
    """
    groups = facts.standing.groupby("status", sort=False).groups
    return {str(status): tuple(map(str, members)) for status, members in groups.items()}


def percents(parts_mu: Mapping[str, Decimal]) -> dict[str, Decimal | None]:
    """
    Return shares in percent that add up to 100.00.

    Parameters
    ----------
    parts_mu : mapping of str to decimal.Decimal
        The parts.

    Returns
    -------
    dict of str to decimal.Decimal or None
        Percent with two decimals; None where all parts are nothing.

    Examples
    --------
    >>> third = Decimal(1)
    >>> percents({"a": third, "b": third, "c": third})["a"], percents({})
    (Decimal('33.34'), {})
    """
    whole = sum(parts_mu.values(), Decimal(0))
    if not whole:
        return dict.fromkeys(parts_mu)
    exact = {key: Fraction(part) / Fraction(whole) * _PERCENT_UNITS
             for key, part in parts_mu.items()}  # fmt: skip
    units = dealt(exact, _PERCENT_UNITS)
    return {key: Decimal(each).scaleb(-2) for key, each in units.items()}


def landed_table(facts: Facts) -> list[Block]:
    """
    List the projects whose land was supplied, or on whose land work goes on.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table, or a line that there is nothing.
    """
    lang = facts.lang
    plots_of = project_plots(facts)
    rows = []
    for project in facts.inventory.projects.to_dict("records"):
        mine = plots_of.get(project["project_id"], ())
        stages = [facts.plots[plot]["status"] for plot in mine]
        if not set(stages) & set(_LANDED):
            continue
        furthest = max(stages, key=lambda stage: _LANDED.index(stage) if stage in _LANDED else -1)
        rows.append(Row((
            _said(project["name"]) or project["project_id"],
            Cell(named([facts.name(plot) for plot in mine], lang), mine),
            sum((facts.printed_mu.get(plot, Decimal(0)) for plot in mine), Decimal("0.00")),
            _yi(project["investment_yi"]), status_cell(facts, furthest),
        )))  # fmt: skip
    columns = (
        Column(text("paper.col_project", lang), weight=3),
        Column(text("paper.col_plots", lang), weight=2),
        Column(text("paper.col_land_mu", lang), "mu"),
        Column(text("paper.col_investment", lang), "yi"),
        Column(text("paper.col_stage", lang)),
    )
    return listed(columns, rows, lang)


def project_plots(facts: Facts) -> dict[str, tuple[str, ...]]:
    """
    Return the plots of each project.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    dict of str to tuple of str
        Ids of plots that stand on the day, by id of the project.
    """
    result: dict[str, tuple[str, ...]] = {}
    for record in facts.inventory.parcel_projects.to_dict("records"):
        if record["parcel_id"] in facts.plots:
            project = str(record["project_id"])
            result[project] = (*result.get(project, ()), str(record["parcel_id"]))
    return result


def landless_table(facts: Facts) -> list[Block]:
    """
    List the projects that wait for land.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table, or a line that there is nothing.
    """
    lang = facts.lang
    placed = project_plots(facts)
    rows = [
        Row((
            _said(project["name"]) or project["project_id"], _said(project["industry"]),
            _yi(project["investment_yi"]), _mu(project["need_mu_min"]),
            _mu(project["need_mu_max"]), _mu(project["min_width_m"]), _said(project["deadline"]),
        ))
        for project in facts.inventory.projects.to_dict("records")
        if project["project_id"] not in placed
    ]  # fmt: skip
    columns = (
        Column(text("paper.col_project", lang), weight=3),
        Column(text("paper.col_industry", lang), weight=1),
        Column(text("paper.col_investment", lang), "yi"),
        Column(text("paper.col_need_min", lang), "mu"),
        Column(text("paper.col_need_max", lang), "mu"),
        Column(text("paper.col_min_width", lang), "metres"),
        Column(text("paper.col_due_date", lang), "date"),
    )
    return listed(columns, rows, lang)


def candidates_table(facts: Facts) -> list[Block]:
    """
    List pairs of plots not yet given away that lie together, as candidates to combine.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table, those with the longest shared boundary first, or a line that there is nothing.
    """
    lang = facts.lang
    parcels = facts.inventory.parcels
    free_ids = [key for key, plot in facts.plots.items() if plot["status"] in _TO_COMBINE]
    free = parcels[parcels["parcel_id"].isin(free_ids)]
    pairs = contacts(free, within_m=_ROAD_M)
    pairs = pairs[pairs["kind"].isin(("shared", "across"))]
    pairs = pairs.sort_values(["shared_m", "gap_m", "left", "right"],
                              ascending=[False, True, True, True])  # fmt: skip
    rows = []
    for record in pairs.head(_MOST_PAIRS).to_dict("records"):
        both = (str(record["left"]), str(record["right"]))
        area = sum((Fraction(facts.plots[key]["area_m2"]) for key in both), Fraction(0))
        holders = {facts.plots[key]["holder"] for key in both} - {None}
        rows.append(Row((
            Cell(named([facts.name(key) for key in both], lang), both),
            facts.unit(facts.plots[both[0]]["responsible"]), printed(area, MU),
            label("contact", record["kind"], lang), half_up(record["shared_m"], 2),
            half_up(record["gap_m"], 2), len(holders) or None,
        )))  # fmt: skip
    columns = (
        Column(text("paper.col_plots", lang), weight=3),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("paper.col_sum_mu", lang), "mu"),
        Column(text("column.kind", lang)),
        Column(text("column.shared_m", lang), "metres"),
        Column(text("column.gap_m", lang), "metres"),
        Column(text("paper.col_holders", lang), "whole"),
    )
    return listed(columns, rows, lang)


def ledger_table(facts: Facts) -> list[Block]:
    """
    List all plots, by unit, for a page across.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table whose parts add up.
    """
    lang = facts.lang
    order = {code: number for number, code in enumerate(facts.inventory.places["place"])}
    plots = sorted(
        facts.plots.values(),
        key=lambda plot: (order.get(plot["responsible"], len(order)), plot["parcel_id"]),
    )
    rows = [
        Row((
            number, plot["parcel_id"], plot["name"], facts.unit(plot["responsible"]),
            plot["holder"], label("category", plot["category"], lang),
            label("disposal", plot["disposal"], lang), status_cell(facts, plot["status"]),
            plot["since"], facts.printed_mu.get(plot["parcel_id"]), basis_words(facts, plot),
        ))
        for number, plot in enumerate(plots, start=1)
    ]  # fmt: skip
    if rows:
        count = plots_words(len(plots), lang)
        cells = (None, text("total", lang), count, *[None] * 6, facts.total_mu, None)
        rows.append(Row(cells, "total"))
    columns = (
        Column(text("paper.col_number", lang), "whole"),
        Column(text("paper.col_id", lang), "id"),
        Column(text("column.name", lang), weight=2),
        Column(text("paper.col_unit", lang)),
        Column(text("paper.col_holder", lang), weight=1),
        Column(text("paper.col_category", lang), weight=1),
        Column(text("paper.col_disposal", lang), weight=1),
        Column(text("paper.col_status", lang)),
        Column(text("paper.col_since", lang), "date"),
        Column(text("column.area_mu", lang), "mu"),
        Column(text("paper.col_basis", lang)),
    )
    return listed(columns, rows, lang, wide=True)


def basis_words(facts: Facts, plot: dict[str, Any]) -> str:
    """
    Say whether a plot is synthetic, schematic or neither.

    Parameters
    ----------
    facts : Facts
        The period.
    plot : dict
        One of `Facts.plots`.

    Returns
    -------
    str
        A word; empty for a plot whose data and shape are its own.
    """
    if plot["area_basis"] == "synthetic":
        return label("basis", "synthetic", facts.lang)
    return text("paper.schematic", facts.lang) if plot["schematic"] else ""


def _yi(value: object) -> Decimal | None:
    return None if pd.isna(value) else Decimal(repr(value)).normalize() + 0


def _mu(value: object) -> Decimal | None:
    return None if pd.isna(value) else Decimal(repr(value))


def _said(cell: object) -> str | None:
    return cell if isinstance(cell, str) and cell else None
