"""List what moved in a period, what is overdue, and what comes next."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from enping_gis.messages import text
from enping_gis.reports.figures import known
from enping_gis.reports.model import Cell, Column, Row, Text
from enping_gis.reports.phrasing import BLANK, listed
from enping_gis.vocabulary import label, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enping_gis.reports.facts import Facts
    from enping_gis.reports.model import Block, Value

    Record = Mapping[Any, Any]

_ROWS_BY_HAND = 4
_STATUSES = {term.code: term.attributes["colour"] for term in terms("status")}


def changes_table(facts: Facts) -> list[Block]:
    """
    List what changed within the period, by kind.

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
    columns = (
        Column(text("paper.col_plot", lang), weight=2),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("column.area_mu", lang), "mu"),
        Column(text("paper.col_before", lang)),
        Column(text("paper.col_after", lang)),
        Column(text("column.date", lang), "date"),
        Column(text("paper.col_evidence", lang), weight=2),
    )
    return listed(columns, list(changed_rows(facts)), lang)


def changed_rows(facts: Facts) -> Iterable[Row]:
    """
    Return the rows of what changed, each kind under its heading.

    Parameters
    ----------
    facts : Facts
        The period.

    Yields
    ------
    Row
        Plot, unit, mu, before, after, day, evidence.
    """
    records = facts.changes.to_dict("records")
    for kind in terms("change"):
        mine = [record for record in records if record["change"] == kind.code]
        if not mine:
            continue
        heading = text("paper.group", facts.lang, name=kind.label(facts.lang), n=len(mine))
        yield Row((heading,), "group")
        yield from (_changed(facts, record) for record in mine)


def _changed(facts: Facts, record: Record) -> Row:
    return Row((
        plot_cell(facts, record), facts.unit(record["place"]), known(record["area_mu"]),
        state_cell(facts, record["before"]), state_cell(facts, record["after"]),
        _said(record["date"]), _said(record["document"]) or _said(record["note"]),
    ))  # fmt: skip


def plot_cell(facts: Facts, record: Record) -> Cell:
    """
    Return a cell that names a plot and leads to it.

    Parameters
    ----------
    facts : Facts
        The period.
    record : dict
        With `parcel_id` and `name`.

    Returns
    -------
    Cell
        Name and id.
    """
    parcel = _said(record["parcel_id"])
    name = _said(record["name"])
    if parcel is None:
        return Cell(name)
    words = parcel if name in {None, parcel} else f"{name} {parcel}"
    return Cell(words, (parcel,) if parcel in facts.plots else ())


def state_cell(facts: Facts, state: object) -> Cell:
    """
    Return a cell for what a plot was before or after a change.

    Parameters
    ----------
    facts : Facts
        The period.
    state : object
        Code of a status, of a place, or an area in mu.

    Returns
    -------
    Cell
        The status with its colour, the name of the place, or the area.
    """
    if isinstance(state, str) and state in _STATUSES:
        return status_cell(facts, state)
    if isinstance(state, Decimal):
        return Cell(text("paper.mu", facts.lang, mu=f"{state:,}"))
    if not isinstance(state, str) or not state:
        return Cell(None)
    return Cell(facts.unit(state) if state in set(facts.inventory.places["place"]) else state)


def status_cell(facts: Facts, status: str) -> Cell:
    """
    Return a cell for a status.

    Parameters
    ----------
    facts : Facts
        The period.
    status : str
        Its code.

    Returns
    -------
    Cell
        Its name with a swatch of its colour.
    """
    return Cell(label("status", status, facts.lang), colour=_STATUSES.get(status, ""))


def deadlines_table(facts: Facts, *, ahead: bool = True) -> list[Block]:
    """
    List what is overdue, the longest first, then what falls due until the next paper.

    Parameters
    ----------
    facts : Facts
        The period.
    ahead : bool
        With what is still to fall due.

    Returns
    -------
    list of Block
        A table, or a line that there is nothing.
    """
    lang = facts.lang
    columns = (
        Column(text("paper.col_plot", lang), weight=2),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("column.area_mu", lang), "mu"),
        Column(text("paper.col_matter", lang), weight=2),
        Column(text("paper.col_due_date", lang), "date"),
        Column(text("paper.col_overdue", lang), "whole"),
        Column(text("paper.col_post", lang)),
    )
    return listed(columns, due_rows(facts, ahead=ahead), lang)


def due_rows(facts: Facts, *, ahead: bool = True) -> list[Row]:
    """
    Return the rows of what is overdue and of what falls due, each under its heading.

    Parameters
    ----------
    facts : Facts
        The period.
    ahead : bool
        With what is still to fall due.

    Returns
    -------
    list of Row
        Plot, unit, mu, matter, day, days overdue, post.
    """
    records = facts.deadlines.to_dict("records")
    over = [record for record in records if record["days"] < 0]
    soon = [record for record in records if record["days"] >= 0]
    rows = []
    for code, mine in (("paper.overdue", over), ("paper.soon", soon if ahead else [])):
        if mine:
            heading = text(code, facts.lang, n=len(mine), days=facts.ahead_days)
            rows += [Row((heading,), "group"), *(_due(facts, record) for record in mine)]
    return rows


def _due(facts: Facts, record: Record) -> Row:
    days: Value = -record["days"]
    if record["days"] >= 0:
        days = text("paper.days_left", facts.lang, n=record["days"])
    return Row((
        due_plot(facts, record), facts.unit(record["place"]), known(record["area_mu"]),
        record["matter"], record["due"], days, _said(record["post"]),
    ))  # fmt: skip


def due_plot(facts: Facts, record: Record) -> Cell:
    """
    Return a cell for what a date is of: a plot, a project, or nothing but the unit.

    Parameters
    ----------
    facts : Facts
        The period.
    record : dict
        A row of `deadlines`.

    Returns
    -------
    Cell
        Its name; a dash for a commitment, whose unit stands beside it.
    """
    return Cell(None) if record["duty"] == "target" else plot_cell(facts, record)


def decisions_table(facts: Facts) -> list[Block]:
    """
    List what was decided at meetings; where nothing is recorded, rows to write in.

    Parameters
    ----------
    facts : Facts
        The period.

    Returns
    -------
    list of Block
        A table.
    """
    lang = facts.lang
    columns = (
        Column(text("paper.col_number", lang), "whole"),
        Column(text("paper.col_decision", lang), weight=3),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("paper.col_until", lang), weight=1),
        Column(text("paper.col_outcome", lang), weight=2),
        Column(text("paper.col_closed", lang), weight=1),
    )
    events = facts.new_events
    meetings = events[events["kind"] == "meeting"]
    rows = [
        Row((number, _meeting(record), _meeting_unit(facts, record), BLANK, BLANK, BLANK))
        for number, record in enumerate(meetings.to_dict("records"), start=1)
    ]
    by_hand = [
        Row((number, BLANK, BLANK, BLANK, BLANK, BLANK)) for number in range(1, _ROWS_BY_HAND + 1)
    ]
    return listed(columns, rows or by_hand, lang)


def _meeting(record: Record) -> Value:
    return _said(record["note"]) or _said(record["document"])


def _meeting_unit(facts: Facts, record: Record) -> Value:
    plot = facts.plots.get(str(record["parcel_id"]))
    return _said(record["actor"]) if plot is None else facts.unit(plot["responsible"])


def nodes_table(facts: Facts) -> list[Block]:
    """
    List what falls due until the next paper.

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
    columns = (
        Column(text("column.date", lang), "date"),
        Column(text("paper.col_plot", lang), weight=2),
        Column(text("paper.col_unit", lang), weight=1),
        Column(text("paper.col_matter", lang), weight=2),
        Column(text("paper.col_post", lang)),
    )
    rows = [
        Row((record["due"], due_plot(facts, record), facts.unit(record["place"]),
             record["matter"], _said(record["post"])))
        for record in facts.deadlines.to_dict("records")
        if record["days"] > 0
    ]  # fmt: skip
    return listed(columns, rows, lang)


def events_table(facts: Facts) -> list[Block]:
    """
    List what was recorded within the period.

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
    columns = (
        Column(text("column.date", lang), "date"),
        Column(text("paper.col_plot", lang), weight=2),
        Column(text("paper.col_event", lang)),
        Column(text("paper.col_actor", lang)),
        Column(text("column.note", lang), weight=2),
    )
    rows = [
        Row((str(record["date"])[:10], event_plot(facts, record["parcel_id"]),
             label("event_kind", record["kind"], lang), _said(record["actor"]),
             _said(record["note"])))
        for record in facts.new_events.to_dict("records")
    ]  # fmt: skip
    return listed(columns, rows, lang)


def event_plot(facts: Facts, parcel_id: object) -> Cell:
    """
    Return a cell for the plot of an event.

    Parameters
    ----------
    facts : Facts
        The period.
    parcel_id : object
        Its id; an event without one concerns the programme.

    Returns
    -------
    Cell
        The plot, or the words for the whole programme.
    """
    parcel = _said(parcel_id)
    if parcel is None:
        return Cell(text("paper.programme", facts.lang))
    return plot_cell(facts, {"parcel_id": parcel, "name": facts.name(parcel)})


def placeholder(facts: Facts, code: str) -> Text:
    """
    Leave room for what the data cannot say.

    Parameters
    ----------
    facts : Facts
        The period.
    code : str
        Code of the message that names it.

    Returns
    -------
    Text
        A line in brackets.
    """
    return Text(text(code, facts.lang))


def _said(cell: object) -> str | None:
    return cell if isinstance(cell, str) and cell.strip() else None
