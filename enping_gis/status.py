"""Fold events into the status of each plot at the end of a day."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from enping_gis.cells import UNREADABLE, as_moments
from enping_gis.findings import Finding
from enping_gis.units import M2_PER_MU
from enping_gis.vocabulary import UNKNOWN, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

# Days begin in China; the offset has been fixed since 1991, so no time-zone data is needed.
CHINA_TIME = timezone(timedelta(hours=8))
# A rest that prints as 0.00 mu is no rest: events are recorded in mu with two decimals.
NOTHING_LEFT_M2 = float(M2_PER_MU) * 0.005
# In these a plot is still to be put back to work, so a part already done is told apart.
OPEN_STATUSES = frozenset({UNKNOWN, "surveyed", "remediating", "disputed"})
COLUMNS = ("status", "since", "since_basis", "area_m2", "done_m2", "rest_m2", "partly")

_EPOCH = date(1970, 1, 1)
_DAY_US = timedelta(days=1) // timedelta(microseconds=1)
_AHEAD_US = timedelta(hours=8) // timedelta(microseconds=1)
# What an event does where it leads to no status: nothing, or end a dispute.
_NOTHING, _SETTLED = -1, -2


def today() -> date:
    """
    Return the present day in China.

    Returns
    -------
    datetime.date
        Day in Asia/Shanghai.

    Examples
    --------
    >>> today().year >= 2022
    True
    """
    return datetime.now(CHINA_TIME).date()


def standing_events(events: pd.DataFrame, day: date) -> pd.DataFrame:
    """
    Return the events that count at the end of a day, in the order in which they count.

    Left out are events after the day, events whose date cannot be read, and events that a
    `corrected` event of that day or before takes back, unless it was taken back itself.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns of table ``events``.
    day : datetime.date
        The day, in Asia/Shanghai.

    Returns
    -------
    pandas.DataFrame
        The same columns, ordered by date, recorded_at and event_id.

    Examples
    --------
    >>> none = pd.DataFrame(columns=["event_id", "date", "kind", "recorded_at", "corrects_id"])
    >>> standing_events(none, date(2023, 3, 30)).empty
    True
    """
    rows, _ = _standing(events, day)
    return events.iloc[rows]


def _standing(events: pd.DataFrame, day: date) -> tuple[Rows, Rows]:
    """Return the rows of the events that count, in order, and the day of each since 1970."""
    moments = as_moments(events["date"])
    days = _days(moments)
    last = (day - _EPOCH).days
    rows = np.flatnonzero((moments != UNREADABLE) & (days <= last))
    recorded = as_moments(events["recorded_at"].iloc[rows])
    rows = _in_order(rows, days[rows], recorded, events["event_id"])
    corrections = events.iloc[rows[(events["kind"].to_numpy() == "corrected")[rows]]]
    taken_back: set[object] = set()
    pairs = list(_records(corrections, ("event_id", "corrects_id")))
    for event_id, corrects_id in reversed(pairs):
        if event_id not in taken_back and isinstance(corrects_id, str):
            taken_back.add(corrects_id)
    if taken_back:
        rows = rows[~events["event_id"].iloc[rows].isin(taken_back).to_numpy()]
    return rows, days[rows]


def _in_order(rows: Rows, days: Rows, recorded: Rows, ids: pd.Series[Any]) -> Rows:
    """Order rows by day, moment of recording and, where these are the same, by event id."""
    order = np.lexsort((recorded, days))
    rows, days, recorded = rows[order], days[order], recorded[order]
    same = (days[1:] == days[:-1]) & (recorded[1:] == recorded[:-1])
    tied = np.flatnonzero(np.append(same, False) | np.insert(same, 0, values=False))
    names = ids.iloc[rows[tied]].fillna("").astype(str).to_numpy(dtype=object)
    rank = np.empty(len(tied), dtype=np.int64)
    rank[np.argsort(names, kind="stable")] = np.arange(len(tied))
    # Those that are tied stand together, so among themselves they keep to the same places.
    rows[tied] = rows[tied][np.lexsort((rank, recorded[tied], days[tied]))]
    return rows


def event_days(events: pd.DataFrame) -> pd.Series[Any]:
    """
    Return the day of each event.

    Parameters
    ----------
    events : pandas.DataFrame
        Column `date` of table ``events``: ISO days, or moments, which count in China.

    Returns
    -------
    pandas.Series of str
        ISO days on the index of `events`; None where the date cannot be read.

    Examples
    --------
    >>> event_days(pd.DataFrame({"date": ["2023-03-30", "2023-03-30T20:00Z", "spring"]})).tolist()
    ['2023-03-30', '2023-03-31', None]
    >>> event_days(pd.DataFrame({"date": []})).size
    0
    """
    moments = as_moments(events["date"])
    days = _iso(_days(moments))
    days[moments == UNREADABLE] = None
    return pd.Series(days, index=events.index, dtype="object")


def _days(moments: Rows) -> Rows:
    """Return the days since 1970 in China on which moments fall."""
    return (moments + _AHEAD_US) // _DAY_US


def _iso(days: Rows) -> npt.NDArray[np.object_]:
    """Write days since 1970; there are few of them, however many events."""
    code, found = pd.factorize(days)
    written: npt.NDArray[np.object_] = np.datetime_as_string(found.astype("M8[D]")).astype(object)
    return written[code]


def faulty_events(
    events: pd.DataFrame, parcel_ids: Collection[str], file: str
) -> tuple[Finding, ...]:
    """
    Name the events that cannot count, so that nothing of a plot's life is lost in silence.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns of table ``events``.
    parcel_ids : collection of str
        The plots there are.
    file : str
        Where the events are from.

    Returns
    -------
    tuple of Finding
        Plots that are not there, dates that cannot be read, kinds that nobody knows.

    Examples
    --------
    >>> from enping_gis.schema import conformed
    >>> faulty_events(conformed(pd.DataFrame(), "events"), [], "")
    ()
    """
    where: dict[str, Any] = {"file": file, "layer": "events"}
    orphans = set(events["parcel_id"].dropna()) - set(parcel_ids)
    findings = [Finding("event_orphan", "warning", parcel=each, **where) for each in orphans]
    findings.sort(key=lambda finding: finding.parcel)
    kinds = {term.code for term in terms("event_kind")}
    faults = {"date": event_days(events).isna(), "kind": ~events["kind"].isin(kinds)}
    for column, faulty in faults.items():
        rows = events[faulty]
        findings += [
            Finding(f"event_{column}", "warning", parcel=parcel or "", field=column,
                    value=str(cell or ""), values={"event": event}, **where)
            for event, parcel, cell in _records(rows, ("event_id", "parcel_id", column))
        ]  # fmt: skip
    return tuple(findings)


def folded(
    events: pd.DataFrame,
    day: date,
    area_m2: pd.Series[float],
    stated_m2: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """
    Return the status of each plot at the end of a day.

    A status is what the last event says that leads to one. `revitalised` counts with its own
    area and is reached when nothing of the plot is left; `settled` goes back to the status
    before the litigation; `imported` carries the status that the imported file stated.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns of table ``events``; rows without `parcel_id` concern the programme.
    day : datetime.date
        The day, in Asia/Shanghai.
    area_m2 : pandas.Series of float
        Area of each plot in m2, indexed by parcel id; a plot without events is ``unknown``.
    stated_m2 : pandas.Series of float, optional
        Area of each plot in the ledger, m2, on the same index. Revitalised areas are recorded
        by the ledger, so nothing is left when they reach the smaller of the two figures.

    Returns
    -------
    pandas.DataFrame
        Index as `area_m2`; columns `status`, `since` (ISO date or None) and `since_basis`
        (stated, inferred or synthetic, as the event has it), `area_m2`, `done_m2` and
        `rest_m2` (revitalised so far, and the rest), `partly` (a part is done, and the rest is
        still open).

    Examples
    --------
    >>> from enping_gis.schema import conformed
    >>> none = conformed(pd.DataFrame(), "events")
    >>> folded(none, date(2023, 3, 30), pd.Series({"a": 10.0})).loc["a", "status"]
    'unknown'
    >>> folded(none, date(2023, 3, 30), pd.Series(dtype=float)).empty
    True
    """
    # A ledger that says 0 says nothing.
    ledger_m2 = area_m2 if stated_m2 is None else stated_m2.where(stated_m2 > 0, area_m2)
    own_m2 = area_m2.to_numpy(dtype=float)
    whole_m2 = np.minimum(own_m2, ledger_m2.to_numpy(dtype=float))
    rows, days = _standing(events, day)
    plot = area_m2.index.get_indexer(pd.Index(events["parcel_id"].iloc[rows], dtype="object"))
    rows, days, plot = rows[plot >= 0], days[plot >= 0], plot[plot >= 0]
    done_m2, completes = _done(events, rows, plot, whole_m2)
    names, leads_to = _leading(events, rows, completes)
    status, changed = _changes(plot, leads_to, names.index("disputed"), len(own_m2))
    since = np.full((2, len(own_m2)), None, dtype=object)
    # An import tells what the status is, not since when.
    told = np.append((events["kind"].to_numpy() != "imported")[rows], False)[changed]
    since[0, told] = _iso(days[changed[told]])
    since[1, told] = events["date_basis"].to_numpy(dtype=object)[rows[changed[told]]]
    # NaN, the area of a plot without geometry, compares False: nothing measured is left.
    complete = (done_m2 != 0) & ~(whole_m2 - done_m2 >= NOTHING_LEFT_M2)
    done_m2 = np.where(complete, own_m2, done_m2)
    rest_m2 = np.maximum(own_m2 - done_m2, 0.0)
    is_open = np.array([name in OPEN_STATUSES for name in names])[status]
    columns = {
        "status": np.array(names, dtype=object)[status],
        "since": pd.Series(since[0], index=area_m2.index, dtype="object"),
        "since_basis": pd.Series(since[1], index=area_m2.index, dtype="object"),
        "area_m2": own_m2,
        # Of a plot without geometry nothing is known to be done.
        "done_m2": np.where(own_m2 < done_m2, own_m2, done_m2),
        "rest_m2": rest_m2,
        "partly": is_open & (done_m2 > 0) & (rest_m2 > 0),
    }
    return pd.DataFrame(columns, index=area_m2.index, columns=list(COLUMNS))


def _done(
    events: pd.DataFrame, rows: Rows, plot: Rows, whole_m2: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Add up what was revitalised of each plot, and tell the events after which nothing is left."""
    completes = np.zeros(len(rows), dtype=bool)
    at = np.flatnonzero((events["kind"].to_numpy() == "revitalised")[rows])
    parts_m2 = events["area_m2"].to_numpy(dtype=float, na_value=np.nan)[rows[at]]
    done_m2, most_m2 = [0.0] * len(whole_m2), whole_m2.tolist()
    # Floats are added up one after the other, as they would be if each were recorded alone.
    for row, each, part_m2 in zip(at.tolist(), plot[at].tolist(), parts_m2.tolist(), strict=True):
        left_m2 = max(most_m2[each] - done_m2[each], 0.0)
        done_m2[each] += left_m2 if math.isnan(part_m2) else max(part_m2, 0.0)
        completes[row] = not most_m2[each] - done_m2[each] >= NOTHING_LEFT_M2
    return np.array(done_m2, dtype=float), completes


def _leading(
    events: pd.DataFrame, rows: Rows, completes: npt.NDArray[np.bool_]
) -> tuple[list[str], Rows]:
    """Return the statuses by number, ``unknown`` first, and which of them each event leads to."""
    names = list(dict.fromkeys([UNKNOWN, *_LEADS_TO.values()]))
    effect = {kind: names.index(status) for kind, status in _LEADS_TO.items()}
    effect["settled"] = _SETTLED
    code, kinds = pd.factorize(events["kind"].to_numpy(dtype=object)[rows])
    # A missing kind has the code -1, which is the last.
    number = [*(effect.get(kind, _NOTHING) for kind in kinds), _NOTHING]
    leads_to = np.array(number, dtype=np.int64)[code]
    leads_to[(leads_to == effect["revitalised"]) & ~completes] = _NOTHING
    imports = np.flatnonzero(np.append(kinds == "imported", False)[code])
    code, stated = pd.factorize(events["status"].to_numpy(dtype=object)[rows[imports]])
    names += [each for each in stated if isinstance(each, str) and each and each not in names]
    number = [names.index(each) if each in names else _NOTHING for each in stated]
    leads_to[imports] = np.array([*number, _NOTHING], dtype=np.int64)[code]
    return names, leads_to


def _changes(plot: Rows, leads_to: Rows, disputed: int, plots: int) -> tuple[Rows, Rows]:
    """Return the status of each plot after all events, and the event that last changed it or -1."""
    effective = np.flatnonzero(leads_to != _NOTHING)
    effective = effective[np.argsort(plot[effective], kind="stable")]
    plot, after = plot[effective], leads_to[effective]
    _settle(plot, after, disputed)
    before = np.zeros(len(after), dtype=np.int64)
    before[1:] = np.where(plot[1:] == plot[:-1], after[:-1], 0)
    moved = after != before
    status, changed = np.zeros(plots, dtype=np.int64), np.full(plots, -1)
    # Of several cells for one place the last is kept.
    status[plot], changed[plot[moved]] = after, effective[moved]
    return status, changed


def _settle(plot: Rows, after: Rows, disputed: int) -> None:
    """Replace the ends of disputes by the status that each goes back to; few plots have any."""
    rows = np.flatnonzero(np.isin(plot, plot[after == _SETTLED]))
    last, status, back_to = -1, 0, 0
    for row, each, number in zip(
        rows.tolist(), plot[rows].tolist(), after[rows].tolist(), strict=True
    ):
        if each != last:
            last, status, back_to = each, 0, 0
        if number == disputed != status:
            back_to = status
        if number != _SETTLED:
            status = number
        elif status == disputed:
            status = back_to
        after[row] = status


def _records(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    return zip(*(frame[column].tolist() for column in columns), strict=True)


_LEADS_TO = {
    term.code: term.attributes["leads_to"]
    for term in terms("event_kind")
    if term.attributes["leads_to"]
}
