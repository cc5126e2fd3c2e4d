"""List what stands in the way: blockers, remedies, courts, terms of contracts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.messages import text
from enping_gis.reports.figures import added, ids
from enping_gis.reports.model import Cell, Column, Row, Text
from enping_gis.reports.moving import plot_cell
from enping_gis.reports.overall import late_units
from enping_gis.reports.phrasing import listed, named, plots_words
from enping_gis.status import OPEN_STATUSES
from enping_gis.units import MU, half_up, printed
from enping_gis.vocabulary import UNKNOWN, label, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Block, Value

_FIGURE_DECIMALS = 2
# Terms that are dates: work has to begin and to end, and land must not lie idle.
_CLOCKS = ("start_by", "complete_by")


def blockers_table(facts: Facts) -> list[Block]:
    """
    Count by blocker the plots that are not back at work.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table and a note where plots have several blockers; or a line that there is nothing.
    """
    lang = facts.lang
    plots = [plot for plot in facts.plots.values() if _open(plot)]
    behind = {term.code: _blocked(facts, term.code) for term in terms("blocker")}
    rows = [
        Row((label("blocker", code, lang), *_counted(mine), _names(facts, mine)))
        for code, mine in behind.items()
        if mine
    ]
    several = [plot for plot in plots if len(ids(plot["blockers"])) > 1]
    columns = (Column(text("paper.col_blocker", lang)), *_count_columns(facts))
    table = listed(columns, rows, lang)
    if several and rows:
        mu = printed(sum((_m2(plot) for plot in several), Fraction(0)), MU)
        plots_said = plots_words(len(several), lang)
        table.append(Text(text("paper.several_blockers", lang, plots=plots_said, mu=mu), "note"))
    return table


def blockers_line(facts: Facts) -> list[Block]:
    """
    Count by blocker the plots that are not back at work, in one sentence.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A paragraph.
    """
    lang = facts.lang
    parts = []
    for term in terms("blocker"):
        mine = _blocked(facts, term.code)
        if mine:
            count, mu = _counted(mine)
            plots = plots_words(int(count.value), lang)  # type: ignore[arg-type]  # a count
            name = term.label(lang)
            parts.append(text("paper.blocked_part", lang, name=name, plots=plots, mu=mu))
    if not parts:
        return [Text(text("paper.none", lang))]
    words = text("list_mark", lang).join(parts)
    return [Text(text("paper.blocked_line", lang, parts=words))]


def _blocked(facts: Facts, code: str) -> list[dict[str, Any]]:
    return [plot for plot in facts.plots.values() if _open(plot) and code in ids(plot["blockers"])]


def remedies_table(facts: Facts) -> list[Block]:
    """
    Count plots and areas by method of disposal, and what of them is back at work.

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
    plots = list(facts.plots.values())
    codes = [term.code for term in terms("disposal")] + [UNKNOWN]
    whole = added((_disposal(plot), float(_m2(plot))) for plot in plots)
    open_mu = added((_disposal(plot), float(_m2(plot))) for plot in plots if _open(plot))
    rows = []
    for code in codes:
        mine = [plot for plot in plots if _disposal(plot) == code]
        if not mine:
            continue
        still = [plot for plot in mine if _open(plot)]
        name = None if code == UNKNOWN else code
        rows.append(Row((
            label("disposal", name, lang), Cell(len(mine), _keys(mine)), whole[code],
            Cell(len(still), _keys(still)), open_mu.get(code, Decimal("0.00")),
        )))  # fmt: skip
    still = [plot for plot in plots if _open(plot)]
    if rows:
        sums = sum(whole.values(), Decimal(0)), sum(open_mu.values(), Decimal("0.00"))
        total = (
            text("total", lang), Cell(len(plots), _keys(plots)), sums[0],
            Cell(len(still), _keys(still)), sums[1],
        )  # fmt: skip
        rows.append(Row(total, "total"))
    columns = (
        Column(text("paper.col_disposal", lang), weight=1),
        Column(text("column.parcels", lang), "whole"),
        Column(text("column.area_mu", lang), "mu"),
        Column(text("paper.col_open_plots", lang), "whole"),
        Column(text("paper.col_open_mu", lang), "mu"),
    )
    return listed(columns, rows, lang)


def courts_table(facts: Facts) -> list[Block]:
    """
    List the plots that are before a court.

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
    mine = [plot for plot in facts.plots.values() if plot["status"] == "disputed"]
    mine.sort(key=lambda plot: (plot["since"] or "9", plot["parcel_id"]))
    rows = [
        Row((
            plot_cell(facts, plot), facts.unit(plot["responsible"]),
            facts.printed_mu.get(plot["parcel_id"]), plot["since"], _days_since(facts, plot),
            blockers_words(facts, plot),
        ))
        for plot in mine
    ]  # fmt: skip
    if rows:
        mu = sum((facts.printed_mu.get(key, Decimal(0)) for key in _keys(mine)), Decimal("0.00"))
        total = (text("total", lang), plots_words(len(mine), lang), mu, None, None, None)
        rows.append(Row(total, "total"))
    columns = (
        Column(text("paper.col_plot", lang), weight=2),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("column.area_mu", lang), "mu"),
        Column(text("paper.col_since", lang), "date"),
        Column(text("paper.col_days", lang), "whole"),
        Column(text("paper.col_blocker", lang), weight=1),
    )
    return listed(columns, rows, lang)


def blockers_words(facts: Facts, plot: dict[str, Any]) -> str:
    """
    Name the blockers of a plot.

    Parameters
    ----------
    facts : Facts
        The period.
    plot : dict
        One of `Facts.plots`.

    Returns
    -------
    str
        Their names, joined.
    """
    return text("list_mark", facts.lang).join(
        label("blocker", code, facts.lang) for code in ids(plot["blockers"])
    )


def late_units_words(facts: Facts) -> list[Block]:
    """
    Name the units that are behind, with their figures and no judgement.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A line for each unit, and room for causes; or a line that there is none.
    """
    lang = facts.lang
    late = late_units(facts)
    if not late:
        return [Text(text("paper.none", lang))]
    lines: list[Block] = [
        Text(text("paper.late_unit", lang, unit=row["label"], done=row["done_mu"],
                  due=row["due_mu"], gap=row["behind_mu"]))
        for row in late
    ]  # fmt: skip
    return [*lines, Text(text("paper.fill_causes", lang))]


def terms_table(facts: Facts, *, clocks: bool | None = None) -> list[Block]:
    """
    List the terms of contracts that ask for a look, with the evidence and no verdict.

    Parameters
    ----------
    facts : Facts
        The period.
    clocks : bool, optional
        True for dates to start and to complete alone, False for all others; by default both.

    Returns
    -------
    list of Block
        A table, or a line that there is nothing.
    """
    lang = facts.lang
    found = proposals(facts)
    if clocks is not None:
        found = found[found["indicator"].isin(_CLOCKS) == clocks]
    rows: list[Row] = []
    for term in terms("proposal"):
        mine = found[found["proposal"] == term.code].to_dict("records")
        if mine:
            heading = text("paper.group", lang, name=term.label(lang), n=len(mine))
            rows += [Row((heading,), "group"), *(_term(facts, record) for record in mine)]
    columns = (
        Column(text("paper.col_plot", lang), weight=1),
        Column(text("paper.col_indicator", lang)),
        Column(text("paper.col_agreed", lang)),
        Column(text("paper.col_actual", lang)),
        Column(text("paper.col_evidence", lang), weight=3),
    )
    return listed(columns, rows, lang)


def _term(facts: Facts, record: Mapping[Any, Any]) -> Row:
    return Row((
        plot_cell(facts, record), label("agreement_indicator", record["indicator"], facts.lang),
        figure_words(record["agreed"]), figure_words(record["actual"]),
        record[f"evidence_{facts.lang}"],
    ))  # fmt: skip


def proposals(facts: Facts) -> pd.DataFrame:
    """
    Return the terms of contracts for which a letter or an investigation is proposed.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    pandas.DataFrame
        Rows of `agreements`.
    """
    rows = facts.agreements
    return rows[rows["proposal"] != "none"]


def figure_words(value: object) -> str | None:
    """
    Return an agreed or actual figure, which is a number or a day.

    Parameters
    ----------
    value : object
        A cell of `agreements`.

    Returns
    -------
    str or None
        With no more decimals than it has; None where it is missing.

    Examples
    --------
    >>> figure_words(1.27), figure_words(248.0), figure_words("2023-03-30"), figure_words(None)
    ('1.27', '248', '2023-03-30', None)
    """
    if isinstance(value, str):
        return value or None
    if not isinstance(value, int | float | Decimal) or pd.isna(value):
        return None
    rounded = half_up(Decimal(str(value)), _FIGURE_DECIMALS)
    return f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,}"


def _counted(plots: list[dict[str, Any]]) -> tuple[Cell, Decimal]:
    mu = printed(sum((_m2(plot) for plot in plots), Fraction(0)), MU)
    return Cell(len(plots), _keys(plots)), mu


def _count_columns(facts: Facts) -> tuple[Column, ...]:
    return (
        Column(text("column.parcels", facts.lang), "whole"),
        Column(text("column.area_mu", facts.lang), "mu"),
        Column(text("paper.col_plots", facts.lang), weight=3),
    )


def _names(facts: Facts, plots: list[dict[str, Any]]) -> str:
    largest = sorted(plots, key=lambda plot: (-_m2(plot), plot["parcel_id"]))
    return named([facts.name(plot["parcel_id"]) for plot in largest], facts.lang)


def _keys(plots: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(str(plot["parcel_id"]) for plot in plots)


def _m2(plot: dict[str, Any]) -> Fraction:
    area_m2 = plot["area_m2"]
    return Fraction(0) if pd.isna(area_m2) else Fraction(area_m2)


def _open(plot: dict[str, Any]) -> bool:
    return plot["status"] in OPEN_STATUSES


def _disposal(plot: dict[str, Any]) -> str:
    known_codes = {term.code for term in terms("disposal")}
    return plot["disposal"] if plot["disposal"] in known_codes else UNKNOWN


def _days_since(facts: Facts, plot: Mapping[str, Any]) -> Value:
    since = plot["since"]
    return None if not since else (facts.day - pd.Timestamp(since).date()).days
