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
    views = known[["row", "day"]].drop_duplicates().sort_values(["row", "day"], ignore_index=True)
    if views.empty:
        return pd.DataFrame(columns=list(STEPS))
    views["view"] = np.arange(len(views))
    copies = _copies(known, views)
    # A plot of one day is a plot of its own; a correction speaks of the same day's copy.
    mark = "@" + copies["view"].astype(str)
    copies = copies.assign(
        parcel_id=copies["view"].astype(str),
        event_id=copies["event_id"].astype(str) + mark,
        corrects_id=copies["corrects_id"].where(copies["corrects_id"].isna(),
                                                copies["corrects_id"].astype(str) + mark),
    )  # fmt: skip
    ids = pd.Index(views["view"].astype(str))
    own = pd.Series(area_m2.to_numpy(dtype=float)[views["row"]], index=ids)
    ledger = None
    if stated_m2 is not None:
        ledger = pd.Series(stated_m2.to_numpy(dtype=float)[views["row"]], index=ids)
    then = folded(copies, day, own, ledger).reset_index(drop=True)
    found = pd.concat([views[["row", "day"]], then[list(_KEPT)]], axis=1)
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


def _copies(known: pd.DataFrame, views: pd.DataFrame) -> pd.DataFrame:
    """Repeat each event for its own day and every later day of its plot."""
    at = views.set_index(["row", "day"])["view"]
    own = at.loc[pd.MultiIndex.from_frame(known[["row", "day"]])].to_numpy()
    last = views.groupby("row")["view"].max().loc[known["row"]].to_numpy()
    times = last - own + 1
    first = np.repeat(np.cumsum(times) - times, times)
    view: Ints = np.repeat(own, times) + np.arange(int(times.sum())) - first
    return known.iloc[np.repeat(np.arange(len(known)), times)].assign(view=view)


def _differs(found: pd.DataFrame) -> npt.NDArray[np.bool_]:
    before = found.shift(1)
    same = (found["row"] == before["row"]).to_numpy()
    for column in _KEPT:
        cells, others = found[column], before[column]
        alike = (cells == others) | (cells.isna() & others.isna())
        same = same & alike.to_numpy(dtype=bool)
    return ~same
