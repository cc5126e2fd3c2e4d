"""Turn events into what the page needs to show any day: each day a plot's status changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from enping_gis.status import event_days, folded

if TYPE_CHECKING:
    from datetime import date

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

STEPS = ("row", "day", "status", "since", "partly", "done_m2")
# Visits and notes change no status, and there are many of them.
_SILENT = frozenset(
    {
        "visit",
        "meeting",
        "note",
        "idle_investigation",
        "lawyer_letter",
        "supplementary_agreement",
        "penalty_recovered",
        "holder_changed",
        "boundary_changed",
    }
)
_KEPT = ("status", "since", "partly", "done_m2")


def steps(
    events: pd.DataFrame,
    day: date,
    area_m2: pd.Series[float],
    stated_m2: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """
    Return the days on which the standing of a plot changed, and what it was from then on.

    Every plot is folded once for each day on which it has events, with just the events that
    were known by then, so a step says what `enping_gis.status.folded` says of that day.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns of table ``events``.
    day : datetime.date
        The last day that is shown.
    area_m2, stated_m2 : pandas.Series of float
        Area of each plot and, where there is one, that of the ledger, m2, by parcel id.

    Returns
    -------
    pandas.DataFrame
        `row` (place of the plot in `area_m2`), `day`, `status`, `since`, `partly` and `done_m2`
        as `folded` has them, in the order of plots and days.

    Examples
    --------
    >>> from datetime import date
    >>> from enping_gis.schema import conformed
    >>> areas = pd.Series({"a": 10.0})
    >>> steps(conformed(pd.DataFrame(), "events"), date(2023, 3, 30), areas).empty
    True
    >>> rows = [{"event_id": "1", "parcel_id": "a", "date": "2023-01-02", "kind": "filed"}]
    >>> known = conformed(pd.DataFrame(rows), "events")
    >>> steps(known, date(2023, 3, 30), areas)[["row", "day", "status"]].values.tolist()
    [[0, '2023-01-02', 'surveyed']]
    """
    known = _known(events, day, area_m2.index)
    if known.empty:
        return pd.DataFrame(columns=list(STEPS))
    row, view, days = _views(known)
    copies = _copies(known, row, view)
    ids = pd.Index(np.arange(len(row)), dtype=object)
    own = pd.Series(area_m2.to_numpy(dtype=float)[row], index=ids)
    ledger = None
    if stated_m2 is not None:
        ledger = pd.Series(stated_m2.to_numpy(dtype=float)[row], index=ids)
    then = folded(copies, day, own, ledger).reset_index(drop=True)
    found = then[list(_KEPT)].assign(row=row, day=days)
    return found[_differs(found)].reset_index(drop=True)[list(STEPS)]


def _known(events: pd.DataFrame, day: date, ids: pd.Index[str]) -> pd.DataFrame:
    """Return the events that can change a status up to a day, each with its plot's place."""
    days = event_days(events)
    plots = events["parcel_id"]
    if events["corrects_id"].notna().any():
        owner = dict(zip(events["event_id"], plots, strict=True))
        plots = plots.where(events["corrects_id"].isna(), events["corrects_id"].map(owner))
    row = ids.get_indexer(pd.Index(plots, dtype="object"))
    wanted = (row >= 0) & days.notna() & (days.fillna("") <= day.isoformat())
    wanted &= ~events["kind"].isin(_SILENT)
    return events.assign(row=row, day=days)[wanted]


def _views(known: pd.DataFrame) -> tuple[Ints, Ints, npt.NDArray[np.object_]]:
    """Return plot and day of each view, in order, and which of them each event comes with."""
    number, days = pd.factorize(known["day"].to_numpy(dtype=object), sort=True)
    views, view = np.unique(known["row"].to_numpy() * len(days) + number, return_inverse=True)
    row, number = np.divmod(views, len(days))
    return row, view, days[number]


def _copies(known: pd.DataFrame, row: Ints, view: Ints) -> pd.DataFrame:
    """Repeat each event for its own day and every later day of its plot."""
    times = np.searchsorted(row, row[view], side="right") - view
    first = np.repeat(np.cumsum(times) - times, times)
    plot = np.repeat(view, times) + np.arange(int(times.sum())) - first
    # A plot of one day is a plot of its own.
    copies = known.iloc[np.repeat(np.arange(len(known)), times)].assign(parcel_id=plot)
    if known["corrects_id"].isna().all():
        return copies
    # A correction speaks of the same day's copy.
    mark = "@" + copies["parcel_id"].astype(str)
    corrected = copies["corrects_id"].astype(str) + mark
    return copies.assign(
        event_id=copies["event_id"].astype(str) + mark,
        corrects_id=copies["corrects_id"].where(copies["corrects_id"].isna(), corrected),
    )


def _differs(found: pd.DataFrame) -> npt.NDArray[np.bool_]:
    before = found.shift(1)
    same = (found["row"] == before["row"]).to_numpy()
    for column in _KEPT:
        cells, others = found[column], before[column]
        alike = (cells == others) | (cells.isna() & others.isna())
        same = same & alike.to_numpy(dtype=bool)
    return ~same
