"""Tell what changed between two days, or between two inventories."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.errors import InputError
from enping_gis.lifecycle.duties import open_duties
from enping_gis.lifecycle.ends import News, Plot, State, state
from enping_gis.lifecycle.levelling import levelled
from enping_gis.lifecycle.moves import move
from enping_gis.messages import text
from enping_gis.opening import parsed_day
from enping_gis.units import MU, printed
from enping_gis.vocabulary import UNKNOWN, label, terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from decimal import Decimal

    from enping_gis.inventory import Inventory
    from enping_gis.messages import Language

COLUMNS = (
    "parcel_id", "name", "place", "town", "change", "before", "after", "date", "area_mu",
    "delta_mu", "revitalised_mu", "actor", "note", "document", "event_id", "delta_m2",
    "revitalised_m2",
)  # fmt: skip
# A difference that prints as 0.00 m2 comes of writing coordinates, not of a survey.
SAME_M2 = 0.005
TELLS = {term.code for term in terms("event_kind") if term.attributes["leads_to"]} | {
    "settled", "imported", "corrected",
}  # fmt: skip


def changes(
    inventory: Inventory,
    *,
    since: date | str | None = None,
    until: date | str | None = None,
    before: Inventory | None = None,
    lang: Language | None = None,
) -> pd.DataFrame:
    """
    Tell what changed between two days, or between two inventories.

    Compared are the end of the day before `since` and the end of `until`; or the other
    inventory on its day, and this one. Intermediate steps of one plot are not told apart.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, agreements and projects.
    since : datetime.date or str, optional
        The first day whose changes count; needed unless `before` is given.
    until : datetime.date or str, optional
        The last day whose changes count; by default the inventory's.
    before : Inventory, optional
        An earlier state to compare with, such as last year's file; areas follow the method of
        `inventory`.
    lang : {"zh", "en"}, optional
        Language of the notes on promises; by default the one in force.

    Returns
    -------
    pandas.DataFrame
        One row for each change, those of a kind together: `parcel_id`, `name`, `place` and
        `town` (codes of who answers and of where it lies, None where there is none), `change`
        (``forward``, ``back``, ``aside`` to or from the courts, ``added``, ``removed``,
        ``split``, ``merged``, ``area``, ``moved`` to another place, ``late``), `before` and
        `after` (codes of statuses; mu for ``area``, codes of places for ``moved``), `date`
        (ISO), `area_mu` (of the plot), `delta_mu` (what the total of its place changed by),
        `revitalised_mu` (put back to use in between) as printed decimals, and `actor`, `note`,
        `document` and `event_id` of the event that tells of it. `delta_m2` and
        `revitalised_m2` are exact: by place or by town they add up to the difference of what
        `totals` and `progress` are made from; the printed ones add up to the difference of the
        printed totals.

    Raises
    ------
    InputError
        Neither `since` nor `before` is given, or `since` is after `until`.
    SchemaError
        A day is no date.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> rows = changes(Inventory.demo(), since="2023-01-01")
    >>> rows.loc[rows["revitalised_m2"] > 0, "parcel_id"].nunique()
    9
    >>> sum(rows["revitalised_mu"])
    Decimal('793.00')
    >>> changes(Inventory.demo(), since="2023-03-30", until="2023-03-30")["change"].tolist()
    []
    """
    after = inventory if until is None else inventory.on(until)
    if before is None:
        if since is None:
            raise InputError("error.changes_since")
        first = parsed_day(since)
        if first > after.as_of:
            raise InputError("error.changes_order", since=first, until=after.as_of)
        before = after.on(first - timedelta(days=1))
    else:
        method = after.meta.area_method
        before = replace(before, meta=replace(before.meta, area_method=method))
    return _compared(state(before), state(after), lang)


@dataclass(frozen=True)
class _Change:
    """One row of the result, with exact figures."""

    parcel: str
    plot: Plot
    change: str
    before: object = None
    after: object = None
    date: str | None = None
    event: Mapping[str, Any] | None = None
    delta_m2: Fraction = Fraction(0)
    done_m2: Fraction = Fraction(0)
    note: str | None = None


def _compared(base: State, end: State, lang: Language | None) -> pd.DataFrame:
    news = News(base, end)
    ids = dict.fromkeys([*end.plots, *base.plots, *end.done_m2, *base.done_m2])
    rows = [row for parcel in ids for row in _of_plot(parcel, base, end, news)]
    rows = [*_netted(rows, news), *_late(base, end, lang)]
    order = {term.code: rank for rank, term in enumerate(terms("change"))}
    rows.sort(key=lambda row: (order[row.change], row.date or "", row.parcel))
    groups = [row.plot.place or UNKNOWN for row in rows]
    whole_m2 = sum((Fraction(plot.area_m2) for plot in base.plots.values()), Fraction(0))
    done_m2 = sum(base.done_m2.values(), Fraction(0))
    deltas = levelled([row.delta_m2 for row in rows], groups, whole_m2)
    done = levelled([row.done_m2 for row in rows], groups, done_m2)
    records = [_record(*row) for row in zip(rows, deltas, done, strict=True)]
    frame = pd.DataFrame(
        {name: pd.Series([each[name] for each in records], dtype=object) for name in COLUMNS}
    )
    return frame.astype({"delta_m2": "float64", "revitalised_m2": "float64"})


def _record(row: _Change, delta: Decimal, done: Decimal) -> dict[str, Any]:
    event = row.event or {}
    return {
        "parcel_id": row.parcel,
        "name": row.plot.name,
        "place": row.plot.place,
        "town": row.plot.town,
        "change": row.change,
        "before": row.before,
        "after": row.after,
        "date": row.date or event.get("day"),
        "area_mu": printed(row.plot.area_m2, MU),
        "delta_mu": delta,
        "revitalised_mu": done,
        "actor": event.get("actor"),
        "note": row.note or event.get("note"),
        "document": event.get("document"),
        "event_id": event.get("event_id"),
        "delta_m2": float(row.delta_m2),
        "revitalised_m2": float(row.done_m2),
    }


def _of_plot(parcel: str, base: State, end: State, news: News) -> list[_Change]:
    """Return what changed on one plot."""
    old, new = base.plots.get(parcel), end.plots.get(parcel)
    done_m2 = end.done_m2.get(parcel, Fraction(0)) - base.done_m2.get(parcel, Fraction(0))
    if old is None and new is None:
        plot = (end.gone if parcel in end.gone else base.gone)[parcel]
        return _worked(parcel, plot, [], done_m2, news)
    if old is None or new is None:
        return [_came_or_went(parcel, old, new, news, done_m2)]
    rows = []
    way = move(old.status, new.status)
    if way is not None:
        event = news.last(parcel, TELLS)
        rows.append(_Change(parcel, new, way, old.status, new.status, event=event))
    if (old.place, old.town) != (new.place, new.town):
        ends = base.done_m2.get(parcel), end.done_m2.get(parcel)
        return [*rows, *_moved(parcel, old, new, ends, news)]
    event = news.last(parcel, {"boundary_changed"})
    if abs(new.area_m2 - old.area_m2) >= SAME_M2 or event is not None:
        figures = printed(old.area_m2, MU), printed(new.area_m2, MU)
        delta_m2 = Fraction(new.area_m2) - Fraction(old.area_m2)
        day = None if event is not None else news.day
        rows.append(_Change(parcel, new, "area", *figures, day, event, delta_m2))
    return _worked(parcel, new, rows, done_m2, news)


def _moved(
    parcel: str, old: Plot, new: Plot, done_m2: tuple[Fraction | None, ...], news: News
) -> Iterator[_Change]:
    """Yield what leaves one place and what comes to another, so that both add up."""
    which = "place" if old.place != new.place else "town"
    event = news.last(parcel, {"corrected", "note"})
    for plot, sign, own_m2 in ((old, -1, done_m2[0]), (new, 1, done_m2[1])):
        yield _Change(
            parcel, plot, "moved", getattr(old, which), getattr(new, which), news.day, event,
            sign * Fraction(plot.area_m2), sign * (own_m2 or Fraction(0)),
        )  # fmt: skip


def _worked(
    parcel: str, plot: Plot, rows: list[_Change], done_m2: Fraction, news: News
) -> list[_Change]:
    """Add what was put back to use to the move of a plot, or tell it by itself."""
    if not done_m2:
        return rows
    if rows and rows[0].change in {"forward", "back", "aside"}:
        return [replace(rows[0], done_m2=done_m2), *rows[1:]]
    way = "forward" if done_m2 > 0 else "back"
    event = news.last(parcel, {"revitalised", "corrected"})
    own = _Change(parcel, plot, way, plot.status, plot.status, event=event, done_m2=done_m2)
    return [own, *rows]


def _came_or_went(
    parcel: str, old: Plot | None, new: Plot | None, news: News, done_m2: Fraction
) -> _Change:
    """Return the row of a plot that stands at one end only."""
    if new is not None:
        change = news.came_by(new)
        event = news.last(parcel, {change}) or news.first(parcel)
        day = new.begins or (None if event is not None else news.day)
        area_m2 = Fraction(new.area_m2)
        return _Change(parcel, new, change, None, new.status, day, event, area_m2, done_m2)
    plot = old if old is not None else news.gone(parcel)
    change = news.went_by(parcel)
    event = news.last(parcel, {change, "corrected"})
    day = news.gone(parcel).ends or (None if event is not None else news.day)
    area_m2 = -Fraction(plot.area_m2)
    return _Change(parcel, plot, change, plot.status, None, day, event, area_m2, done_m2)


def _netted(rows: list[_Change], news: News) -> list[_Change]:
    """
    Tell what was done on plots divided or merged once.

    The new plots have the old ones' events, so as much comes on the one side as goes on the
    other; what is left of the two in each place is the first new plot's.
    """
    sums: defaultdict[tuple[object, ...], Fraction] = defaultdict(Fraction)
    first: dict[tuple[object, ...], int] = {}
    keys: dict[int, tuple[object, ...]] = {}
    for number, row in enumerate(rows):
        if row.change in {"split", "merged"}:
            key = news.family(row.parcel), row.plot.place, row.plot.town
            keys[number] = key
            sums[key] += row.done_m2
            if key not in first or (row.after is not None and rows[first[key]].after is None):
                first[key] = number
    return [
        replace(row, done_m2=sums[keys[number]] if first[keys[number]] == number else Fraction(0))
        if number in keys else row
        for number, row in enumerate(rows)
    ]  # fmt: skip


def _late(base: State, end: State, lang: Language | None) -> Iterator[_Change]:
    """Yield the promises that became overdue."""
    keys = ["parcel_id", "duty", "subject", "due"]
    known, now = (
        {tuple(row) for row in rows.loc[rows["days"] < 0, keys].to_numpy().tolist()}
        for rows in (open_duties(base.inventory), open_duties(end.inventory))
    )
    for parcel, duty, subject, due in sorted(now - known, key=str):
        plot = end.plots.get(parcel)
        if plot is not None:
            matter = label("duty", duty, lang)
            said = text("deadline.project", lang, matter=matter, project=subject)
            note = said if subject else matter
            yield _Change(parcel, plot, "late", plot.status, plot.status, due, note=note)
