"""Fold events one by one, as the table of the design reads: an oracle for the fold of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from enping_gis.status import CHINA_TIME, COLUMNS, NOTHING_LEFT_M2, OPEN_STATUSES
from enping_gis.vocabulary import UNKNOWN, terms

LEADS_TO = {term.code: term.attributes["leads_to"] for term in terms("event_kind")}


def counting(events: pd.DataFrame, day: date) -> list[dict[str, Any]]:
    """Return the events that count at the end of a day, in order."""
    rows = [row | {"day": day_of(row["date"])} for row in events.to_dict("records")]
    known = [row for row in rows if row["day"] and row["day"] <= day.isoformat()]
    known.sort(key=lambda row: (row["day"], moment_of(row["recorded_at"]), row["event_id"] or ""))
    taken_back: set[object] = set()
    for row in reversed(known):
        if row["kind"] == "corrected" and row["event_id"] not in taken_back:
            taken_back |= {row["corrects_id"]} - {None}
    return [row for row in known if row["event_id"] not in taken_back]


def day_of(cell: object) -> str | None:
    """Return the day of a cell in China."""
    try:
        moment = datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo is None else moment.astimezone(CHINA_TIME)).date().isoformat()


def moment_of(cell: object) -> str:
    """Return a moment in the form in which moments are compared; what cannot be read is first."""
    try:
        moment = datetime.fromisoformat(str(cell).strip())
    except ValueError:
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA_TIME)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def folded_one_by_one(
    events: pd.DataFrame, day: date, area_m2: pd.Series, stated_m2: pd.Series | None = None
) -> pd.DataFrame:
    """Return what `enping_gis.status.folded` has to return."""
    ledger_m2 = area_m2 if stated_m2 is None else stated_m2.where(stated_m2 > 0, area_m2)
    lives = {
        parcel: Life(float(area), min(float(area), float(ledger)))
        for (parcel, area), ledger in zip(area_m2.items(), ledger_m2, strict=True)
    }
    for row in counting(events, day):
        life = lives.get(row["parcel_id"])
        if life is not None and life.take(row["kind"], row["status"], row["area_m2"]):
            known = row["kind"] != "imported"
            life.since = (row["day"], row["date_basis"]) if known else (None, None)
    rows = [life.row() for life in lives.values()]
    return pd.DataFrame(rows, index=area_m2.index, columns=list(COLUMNS))


@dataclass
class Life:
    """What is known of one plot while its events go by."""

    area_m2: float
    whole_m2: float
    status: str = UNKNOWN
    since: tuple[object, object] = (None, None)
    done_m2: float = 0.0
    before_dispute: str = UNKNOWN

    def take(self, kind: object, stated: object, part_m2: float) -> bool:
        """Take one event; tell whether the status changed."""
        if kind == "revitalised":
            left_m2 = max(self.whole_m2 - self.done_m2, 0.0)
            self.done_m2 += left_m2 if pd.isna(part_m2) else max(part_m2, 0.0)
            if not self.is_done():
                return False
        reached = self.reached(kind, stated)
        if not reached or reached == self.status:
            return False
        if reached == "disputed":
            self.before_dispute = self.status
        self.status = reached
        return True

    def row(self) -> tuple[object, ...]:
        """Return the row of the plot."""
        done_m2 = self.area_m2 if self.is_done() and self.done_m2 else self.done_m2
        rest_m2 = max(self.area_m2 - done_m2, 0.0)
        partly = self.status in OPEN_STATUSES and done_m2 > 0 and rest_m2 > 0
        areas_m2 = (self.area_m2, min(done_m2, self.area_m2), rest_m2)
        return self.status, *self.since, *areas_m2, partly

    def is_done(self) -> bool:
        """Tell whether nothing is left of the plot; of one without area nothing is."""
        return not self.whole_m2 - self.done_m2 >= NOTHING_LEFT_M2

    def reached(self, kind: object, stated: object) -> str | None:
        """Return the status that an event leads to."""
        if kind == "imported":
            return stated if isinstance(stated, str) else None
        if kind == "settled":
            return self.before_dispute if self.status == "disputed" else None
        return LEADS_TO.get(str(kind))
