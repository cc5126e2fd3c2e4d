"""Fold events into the status of each plot at the end of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pandas as pd

from enping_gis.findings import Finding
from enping_gis.units import M2_PER_MU
from enping_gis.vocabulary import UNKNOWN, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# Days begin in China; the offset has been fixed since 1991, so no time-zone data is needed.
CHINA_TIME = timezone(timedelta(hours=8))
# A rest that prints as 0.00 mu is no rest: events are recorded in mu with two decimals.
NOTHING_LEFT_M2 = float(M2_PER_MU) * 0.005
# In these a plot is still to be put back to work, so a part already done is told apart.
OPEN_STATUSES = frozenset({UNKNOWN, "surveyed", "remediating", "disputed"})
COLUMNS = ("status", "since", "since_basis", "area_m2", "done_m2", "rest_m2", "partly")


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
    order = pd.DataFrame(
        {
            "day": event_days(events),
            "recorded_at": [_moment(cell) for cell in events["recorded_at"]],
            "event_id": events["event_id"].fillna("").astype(str),
        },
        index=events.index,
    )
    order = order[order["day"].notna() & (order["day"].fillna("") <= day.isoformat())]
    known = events.loc[order.sort_values(["day", "recorded_at", "event_id"]).index]
    corrections = known.loc[known["kind"] == "corrected", ["event_id", "corrects_id"]]
    taken_back: set[object] = set()
    for event_id, corrects_id in reversed(list(corrections.itertuples(index=False, name=None))):
        if event_id not in taken_back and isinstance(corrects_id, str):
            taken_back.add(corrects_id)
    return known[~known["event_id"].isin(taken_back)]


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
    days = [_day(cell) for cell in events["date"]]
    return pd.Series(days, index=events.index, dtype="object")


def _day(cell: object) -> str | None:
    try:
        moment = datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(CHINA_TIME)).date().isoformat()


def _moment(cell: object) -> str:
    """Return a moment in the form in which moments are compared; what cannot be read is first."""
    try:
        moment = datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA_TIME)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


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
    lives = {
        parcel: _Life(float(area), min(float(area), float(ledger)))
        for (parcel, area), ledger in zip(area_m2.items(), ledger_m2, strict=True)
    }
    standing = standing_events(events, day)
    columns = ("parcel_id", "date", "date_basis", "kind", "status", "area_m2")
    for parcel, when, basis, kind, status, part_m2 in _records(standing, columns):
        life = lives.get(parcel)
        if life is not None and life.take(str(kind), status, part_m2):
            # An import tells what the status is, not since when.
            known = kind != "imported"
            life.since, life.since_basis = (str(when)[:10], basis) if known else (None, None)
    rows = [life.row() for life in lives.values()]
    return pd.DataFrame(rows, index=area_m2.index, columns=list(COLUMNS))


@dataclass
class _Life:
    """What is known of one plot while its events go by."""

    area_m2: float
    whole_m2: float
    status: str = UNKNOWN
    since: str | None = None
    since_basis: object = None
    done_m2: float = 0.0
    before_dispute: str = UNKNOWN

    def take(self, kind: str, stated: object, part_m2: object) -> bool:
        """Take one event; tell whether the status changed."""
        if kind == "revitalised":
            left_m2 = max(self.whole_m2 - self.done_m2, 0.0)
            self.done_m2 += left_m2 if pd.isna(part_m2) else max(float(part_m2), 0.0)  # type: ignore[arg-type]  # a cell of numbers
            if not self._is_done():
                return False
        reached = self._reached(kind, stated)
        if reached is None or reached == self.status:
            return False
        if reached == "disputed":
            self.before_dispute = self.status
        self.status = reached
        return True

    def row(self) -> tuple[object, ...]:
        done_m2 = self.area_m2 if self._is_done() and self.done_m2 else self.done_m2
        rest_m2 = max(self.area_m2 - done_m2, 0.0)
        partly = self.status in OPEN_STATUSES and done_m2 > 0 and rest_m2 > 0
        since = (self.since, self.since_basis)
        areas_m2 = (self.area_m2, min(done_m2, self.area_m2), rest_m2)
        return self.status, *since, *areas_m2, partly

    def _is_done(self) -> bool:
        # NaN, the area of a plot without geometry, compares False: nothing measured is left.
        return not self.whole_m2 - self.done_m2 >= NOTHING_LEFT_M2

    def _reached(self, kind: str, stated: object) -> str | None:
        if kind == "imported":
            return stated if isinstance(stated, str) and stated else None
        if kind == "settled":
            return self.before_dispute if self.status == "disputed" else None
        return _LEADS_TO.get(kind)


def _records(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    return zip(*(frame[column].tolist() for column in columns), strict=True)


_LEADS_TO = {
    term.code: term.attributes["leads_to"]
    for term in terms("event_kind")
    if term.attributes["leads_to"]
}
