"""List what was promised for a plot by a day: to start, to complete, to serve a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.errors import SchemaError
from enping_gis.idle import STARTS, as_day
from enping_gis.opening import parsed_day
from enping_gis.status import event_days, standing_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.inventory import Inventory

COLUMNS = ("parcel_id", "name", "responsible", "town", "duty", "subject", "due", "done_on")
_FULFILS = {
    "start_by": frozenset(STARTS),
    "complete_by": frozenset({"trial_production", "producing", "struck_off"}),
    # The land of a project is there when it was handed over, or whatever comes after that.
    "project": frozenset({"supplied", *STARTS}),
}
_STEP_OF_STATUS = {"building": "construction", "producing": "producing"}


def duties(inventory: Inventory) -> pd.DataFrame:
    """
    Return what was promised for plots by a day, and when it was done.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, agreements and projects, on its own day.

    Returns
    -------
    pandas.DataFrame
        One row for each promise: `parcel_id` (empty for a project that has no plot yet),
        `name`, the codes `responsible` and `town` (None where there is none), `duty`
        (``start_by``, ``complete_by`` or ``project``), `subject` (name of the project), `due`
        and `done_on` (ISO days; None while it is not done), ordered by `due` and plot. A date
        agreed is a number such as 20230331; one that cannot be read is left out.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> duties(Inventory.demo())["duty"].unique().tolist()
    ['project']
    """
    plots = {
        row["parcel_id"]: {each: _cell(row[each]) for each in ("name", "responsible", "town")}
        for row in inventory.parcels[["parcel_id", "name", "responsible", "town"]].to_dict(
            "records"
        )
    }
    promised = [*_agreed(inventory, plots), *_of_projects(inventory, plots)]
    counted = steps(inventory)
    firsts = {duty: first_days(counted, duty) for duty in _FULFILS}
    records = [
        {
            "parcel_id": parcel, **plots.get(parcel, {"name": subject}), "duty": duty,
            "subject": subject, "due": due, "done_on": firsts[duty].get(parcel),
        }
        for parcel, duty, subject, due in promised
    ]  # fmt: skip
    frame = pd.DataFrame({name: _column(records, name) for name in COLUMNS})
    return frame.sort_values(["due", "parcel_id", "duty"], kind="stable").reset_index(drop=True)


def _cell(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _column(records: list[dict[str, Any]], name: str) -> pd.Series[Any]:
    return pd.Series([record.get(name) for record in records], dtype=object)


def steps(inventory: Inventory) -> pd.DataFrame:
    """
    Return the events that count on the inventory's day, each with its day.

    Parameters
    ----------
    inventory : Inventory
        With table ``events``.

    Returns
    -------
    pandas.DataFrame
        The columns of the events, and ``day``. What a file stated as building or producing
        counts as the step that leads there.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> len(steps(Inventory.demo()))
    535
    """
    counted = standing_events(inventory.events, inventory.as_of)
    stated = counted["status"].map(_STEP_OF_STATUS).astype(object)
    told = (counted["kind"] == "imported") & stated.notna()
    return counted.assign(kind=counted["kind"].mask(told, stated), day=event_days(counted))


def first_days(counted: pd.DataFrame, duty: str) -> dict[str, str]:
    """
    Return when a kind of promise was first kept on each plot.

    Parameters
    ----------
    counted : pandas.DataFrame
        What `steps` returned.
    duty : {"start_by", "complete_by", "project"}
        The kind of promise.

    Returns
    -------
    dict of str to str
        ISO days by plot; plots on which it was not kept are left out.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> first_days(steps(Inventory.demo()), "complete_by")["EP007"]
    '2022-10-20'
    """
    fulfils = counted["kind"].isin(_FULFILS[duty])
    if duty == "project":
        fulfils |= (counted["kind"] == "imported") & (counted["status"] == "supplied")
    rows = counted[fulfils & counted["parcel_id"].notna()]
    return dict(rows.groupby("parcel_id", sort=False)["day"].min().items())


def _agreed(
    inventory: Inventory, plots: dict[str, dict[str, str | None]]
) -> Iterator[tuple[str, str, str | None, str]]:
    table = inventory.agreements
    rows = table[table["indicator"].isin(["start_by", "complete_by"])]
    for parcel, duty, agreed in zip(
        rows["parcel_id"], rows["indicator"], rows["agreed"], strict=True
    ):
        due = as_day(agreed)
        if parcel in plots and due is not None:
            yield str(parcel), str(duty), None, due.isoformat()


def _of_projects(
    inventory: Inventory, plots: dict[str, dict[str, str | None]]
) -> Iterator[tuple[str, str, str | None, str]]:
    linked = inventory.parcel_projects
    for row in inventory.projects[["project_id", "name", "deadline"]].to_dict("records"):
        due = _iso_day(row["deadline"])
        if due is None:
            continue
        own = linked.loc[linked["project_id"] == row["project_id"], "parcel_id"]
        for parcel in [each for each in own if each in plots] or [""]:
            yield parcel, "project", _cell(row["name"]) or row["project_id"], due


def _iso_day(cell: object) -> str | None:
    """Return a day in its ISO form; a date that no calendar has is the check's business."""
    try:
        return parsed_day(str(cell).strip()[:10]).isoformat()
    except SchemaError:
        return None


def open_duties(inventory: Inventory) -> pd.DataFrame:
    """
    Return the promises that are not yet kept, with how long there is.

    Parameters
    ----------
    inventory : Inventory
        Plots, events, agreements and projects, on its own day.

    Returns
    -------
    pandas.DataFrame
        Columns of `duties` and `days` to the day due, negative where it is over.

    Examples
    --------
    >>> from enping_gis.inventory import Inventory
    >>> bool((open_duties(Inventory.demo())["days"] > 0).all())
    True
    """
    rows = duties(inventory)
    still = rows[rows["done_on"].isna()].reset_index(drop=True)
    days = [(parsed_day(due) - inventory.as_of).days for due in still["due"]]
    return still.assign(days=pd.Series(days, index=still.index, dtype="int64"))
