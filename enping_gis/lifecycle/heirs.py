"""Hand on what is known of plots to those that take their place: events, terms, projects."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.errors import InputError
from enping_gis.measure.cutting.shares import unrounded
from enping_gis.messages import text
from enping_gis.opening import parsed_day
from enping_gis.schema import conformed
from enping_gis.status import CHINA_TIME, event_days, folded, standing_events, today
from enping_gis.store.merge import appended
from enping_gis.vocabulary import label, terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from enping_gis.inventory import Inventory

    Floats = npt.NDArray[np.float64]

# The tables that refer to plots, besides the events.
_LINKED = ("parcel_projects", "agreements")
# What an event tells of the plot itself; what was done and paid stays in the file of the old one.
_HANDED_ON = ["date", "date_basis", "kind", "status", "area_m2", "actor", "note", "document"]
_WORDS = ("actor", "document", "note")
_EFFECTIVE = {term.code for term in terms("event_kind") if term.attributes["leads_to"]}
_EFFECTIVE |= {"settled", "imported"}


def day_of_change(day: date | str) -> date:
    """
    Read the day on which plots are to be divided or merged.

    Parameters
    ----------
    day : datetime.date or str
        A day, or its ISO form.

    Returns
    -------
    datetime.date
        The day.

    Raises
    ------
    InputError
        It is no day, or still to come.

    Examples
    --------
    >>> day_of_change("2023-03-30").year
    2023
    >>> day_of_change("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SchemaError: ...
    """
    when = parsed_day(day)
    if when > today():
        raise InputError("error.divide_future", value=when, today=today())
    return when


def effective_events(inventory: Inventory, parcel_ids: Sequence[str], day: date) -> pd.DataFrame:
    """
    Return the events that made plots what they are at the end of a day.

    Parameters
    ----------
    inventory : Inventory
        Plots and events.
    parcel_ids : sequence of str
        The plots.
    day : datetime.date
        The day, in Asia/Shanghai.

    Returns
    -------
    pandas.DataFrame
        Rows of table ``events``, in the order in which they count; without those that were
        taken back, and those without effect on a status.

    Raises
    ------
    InputError
        A plot has such an event after the day.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> found = effective_events(Inventory.demo(), ["EP002"], date(2023, 3, 30))
    >>> found["kind"].iloc[-1], round(float(found["area_m2"].iloc[-1]) * 15 / 10_000, 2)
    ('revitalised', 103.12)
    >>> len(effective_events(Inventory.demo(), [], date(2023, 3, 30)))
    0
    """
    found = []
    for last in (day, date.max):
        counted = standing_events(inventory.events, last)
        told = counted["parcel_id"].isin(list(parcel_ids)) & counted["kind"].isin(_EFFECTIVE)
        found.append(counted[told].assign(day=event_days))
    now, ever = found
    later = ever[ever["day"] > day.isoformat()]
    if len(later):
        first = later.iloc[0]
        raise InputError(
            "error.divide_later", parcel=first["parcel_id"], day=first["day"], value=day,
            kind=label("event_kind", first["kind"]),
        )  # fmt: skip
    return now.drop(columns="day")


def handed_on(events: pd.DataFrame, heir: str) -> pd.DataFrame:
    """
    Return events as those of the plot that takes the place of theirs.

    Parameters
    ----------
    events : pandas.DataFrame
        Rows of table ``events``.
    heir : str
        Id of the new plot.

    Returns
    -------
    pandas.DataFrame
        As many rows, without identifiers; the note says whose event it was.

    Examples
    --------
    >>> handed_on(conformed(pd.DataFrame(), "events"), "EP001-1").shape
    (0, 17)
    """
    rows = pd.DataFrame(events[_HANDED_ON].assign(parcel_id=heir))
    rows["note"] = [
        " ".join(filter(None, (text("lifecycle.inherited", parcel=parcel), note or "")))
        for parcel, note in zip(events["parcel_id"], events["note"], strict=True)
    ]
    return conformed(rows, "events").reset_index(drop=True)


def divided_areas(areas_m2: Floats, weights: Sequence[float]) -> Floats:
    """
    Divide areas in proportion to weights, so that floats add up without any error.

    Parameters
    ----------
    areas_m2 : array of float, shape (n,)
        Areas in m2; NaN stays.
    weights : sequence of float
        One for each part, not negative, not all of them 0.

    Returns
    -------
    numpy.ndarray of float, shape (n, m)
        A row for each area, a column for each part.

    Examples
    --------
    >>> divided_areas(np.array([90.0]), [2, 1]).tolist()
    [[60.0, 30.0]]
    >>> divided_areas(np.array([]), [2, 1]).shape
    (0, 2)
    """
    share = np.asarray(weights, dtype=float) / np.sum(weights)
    # The largest takes what rounding leaves; with a share of 0 there is nothing to round.
    order = np.argsort(-share, kind="stable")
    plot = np.repeat(np.arange(len(areas_m2)), len(share))
    parts = unrounded(np.tile(share[order], len(areas_m2)), plot, np.asarray(areas_m2, dtype=float))
    result = np.empty((len(areas_m2), len(share)))
    result[:, order] = parts.reshape(result.shape)
    return result


def fitted(
    events: pd.DataFrame, day: date, plot: Mapping[str, Any], *, complete: bool
) -> pd.DataFrame:
    """
    Make the events of a new plot lead where those of the old ones led.

    Areas by the ledger and as measured differ by some square metres, so of a plot that was
    done, the parts may seem not quite done; the last event takes what is missing.

    Parameters
    ----------
    events : pandas.DataFrame
        What `handed_on` returned, in the order in which they count.
    day : datetime.date
        The day from which the new plot stands.
    plot : mapping of str to Any
        Of the new plot: `parcel_id`, `area_m2`, `stated_m2` and the `status` it has to have.
    complete : bool
        Nothing was left to do of the old plots.

    Returns
    -------
    pandas.DataFrame
        The events, an event `imported` with the status behind them where they lead elsewhere.

    Examples
    --------
    >>> none = conformed(pd.DataFrame(), "events")
    >>> plot = {"parcel_id": "a", "area_m2": 9.0, "stated_m2": np.nan, "status": "unknown"}
    >>> len(fitted(none, date(2023, 3, 30), plot, complete=False))
    0
    """
    parcel = plot["parcel_id"]
    whole = [pd.Series({parcel: plot[name]}, dtype=float) for name in ("area_m2", "stated_m2")]

    def _led_to(rows: pd.DataFrame) -> pd.Series[Any]:
        numbered = rows.assign(event_id=[f"{number:08}" for number in range(len(rows))])
        return folded(numbered, day, *whole).loc[parcel]

    result = events.copy()
    found = _led_to(result)
    done = np.flatnonzero(result["kind"] == "revitalised")
    if complete and len(done) and found["rest_m2"] > 0:
        recorded_m2 = result["area_m2"].iloc[done].clip(lower=0).sum()
        ledger_m2 = plot["stated_m2"] if plot["stated_m2"] > 0 else plot["area_m2"]
        missing_m2 = min(plot["area_m2"], ledger_m2) - recorded_m2
        last = result.index[done[-1]]
        result.loc[last, "area_m2"] += missing_m2
        found = _led_to(result)
    finished = found["done_m2"] > 0 and not found["rest_m2"] > 0
    if found["status"] == plot["status"] or (finished and not complete):
        return result
    told = {"parcel_id": parcel, "date": day.isoformat(), "date_basis": "inferred",
            "kind": "imported", "status": plot["status"]}  # fmt: skip
    return pd.concat([result, conformed(pd.DataFrame([told]), "events")], ignore_index=True)


def told_of_change(
    kind: str, said: Mapping[str, str], day: date, words: Mapping[str, str]
) -> pd.DataFrame:
    """
    Return the events that tell of a division or a merger.

    Parameters
    ----------
    kind : {"split", "merged"}
        Kind of the events.
    said : mapping of str to str
        Id of each plot that takes part, and what its event says.
    day : datetime.date
        The day.
    words : mapping of str to str
        `actor`, `document` and a further `note`.

    Returns
    -------
    pandas.DataFrame
        One row for each plot, without identifiers.

    Raises
    ------
    TypeError
        There is no such word.

    Examples
    --------
    >>> told_of_change("split", {"a": "into b, c"}, date(2023, 3, 30), {})["note"].tolist()
    ['into b, c']
    >>> len(told_of_change("split", {}, date(2023, 3, 30), {}))
    0
    """
    unknown = [name for name in words if name not in _WORDS]
    if unknown:
        msg = f"unexpected keyword argument {unknown[0]!r}, there are {', '.join(_WORDS)}"
        raise TypeError(msg)
    rows = [
        {
            "parcel_id": parcel,
            "date": day.isoformat(),
            "date_basis": "stated",
            "kind": kind,
            "actor": words.get("actor") or None,
            "note": " ".join(filter(None, (note, words.get("note")))),
            "document": words.get("document") or None,
        }
        for parcel, note in said.items()
    ]
    return conformed(pd.DataFrame(rows), "events")


def with_events(inventory: Inventory, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """
    Append events to the inventory's own chain.

    Parameters
    ----------
    inventory : Inventory
        The inventory.
    parts : sequence of pandas.DataFrame
        Rows of table ``events`` without identifiers, in the order in which they count.

    Returns
    -------
    pandas.DataFrame
        Table ``events``.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> len(with_events(demo, [])) == len(demo.events)
    True
    """
    new = pd.concat([conformed(pd.DataFrame(), "events"), *parts], ignore_index=True)
    new = conformed(new, "events")
    return appended(inventory.events, new, inventory.meta.origin, datetime.now(CHINA_TIME))


def with_links(inventory: Inventory, heirs: Mapping[str, Sequence[str]]) -> dict[str, pd.DataFrame]:
    """
    Give new plots the projects and the terms of the plots that they come from.

    Parameters
    ----------
    inventory : Inventory
        The inventory.
    heirs : mapping of str to sequence of str
        Id of each old plot, and of the new ones in its place.

    Returns
    -------
    dict of str to pandas.DataFrame
        Tables by name, those of the old plots in them as they were; a new plot may have the
        same row several times.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> demo = Inventory.demo()
    >>> frames = with_links(demo, {"EP001": ["EP001-1", "EP001-2"]})
    >>> len(frames["parcel_projects"]) - len(demo.parcel_projects)
    2
    """
    frames = {}
    for name in _LINKED:
        rows = getattr(inventory, name)
        new = [
            rows[rows["parcel_id"] == parcel].assign(parcel_id=heir)
            for parcel, its in heirs.items()
            for heir in its
        ]
        frames[name] = conformed(pd.concat([rows, *new], ignore_index=True), name)
    return frames
