"""Bring imported rows into an inventory's tables: update what is there, add what is new."""

from __future__ import annotations

import math
import os
import secrets
import time
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.schema import conformed
from enping_gis.store.chain import event_hash
from enping_gis.vocabulary import code_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

# Survey coordinates are written to the millimetre.
_SAME_PLACE_M = 1e-3


class Merged(NamedTuple):
    """
    A table after an import, and what the import did to it.

    Parameters
    ----------
    frame : pandas.DataFrame or geopandas.GeoDataFrame
        The table.
    added, updated, unchanged : list of str
        Keys of the imported rows, by what became of them.
    details : list of tuple of str
        Key, column, cell before and cell after, for each cell that changed; of a geometry,
        its planar area.
    """

    frame: gpd.GeoDataFrame
    added: list[str]
    updated: list[str]
    unchanged: list[str]
    details: list[tuple[str, str, str, str]]


def merged(old: pd.DataFrame, new: pd.DataFrame, identity: str | Sequence[str]) -> Merged:
    """
    Update rows by what names them and add the new ones at the end.

    Parameters
    ----------
    old, new : pandas.DataFrame or geopandas.GeoDataFrame
        The same table, in the same CRS where it has one; `identity` is unique in either.
    identity : str or sequence of str
        Column or columns that name a row; missing cells are a value of their own.

    Returns
    -------
    Merged
        The table, rows of `old` in their order; columns that only `old` has keep their cells.

    Examples
    --------
    >>> none = gpd.GeoDataFrame({"place": []}, geometry=[], crs=4546)
    >>> merged(none, none, "place").added
    []
    """
    names = [identity] if isinstance(identity, str) else list(identity)
    before = old.set_axis(_keys(old, names), axis=0)
    after = new.set_axis(_keys(new, names), axis=0)
    common = after.index.intersection(before.index)
    added = [each for each in after.index if each not in before.index]
    columns = [*before.columns, *after.columns.difference(before.columns, sort=False)]
    if "geometry" in columns:
        columns.append(columns.pop(columns.index("geometry")))
    result = before.reindex(columns=columns)
    proposal = after.reindex(columns=columns)
    only_old = before.columns.difference(after.columns)
    differs = _differences(result.loc[common], proposal.loc[common], list(after.columns))
    changed = differs.any(axis=1)
    updated, unchanged = list(common[changed]), list(common[~changed])
    kept = proposal.loc[updated].copy()
    kept[only_old] = before.loc[updated, only_old]
    parts = [result.drop(index=updated), kept, proposal.loc[added]]
    frame = pd.concat([part for part in parts if len(part)] or [result])
    frame = frame.loc[[*before.index, *added]].reset_index(drop=True)
    if isinstance(old, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=old.crs)
    details = _details(before, after, differs)
    return Merged(frame, added, updated, unchanged, details)


def _keys(frame: pd.DataFrame, names: list[str]) -> pd.Index:
    """Return what names each row, as one text."""
    cells = [frame[name].map(lambda cell: _written(cell) or "") for name in names]
    return pd.Index([" ".join(row) for row in zip(*cells, strict=True)], dtype="object")


def _details(
    before: pd.DataFrame, after: pd.DataFrame, differs: pd.DataFrame
) -> list[tuple[str, str, str, str]]:
    details = []
    for column in differs:
        for key in differs.index[differs[column]]:
            # One cell is meant, so the quick way in is the right one.
            old = before.at[key, column] if column in before else None  # noqa: PD008 - see above
            new = after.at[key, column]  # noqa: PD008 - see above
            details.append((str(key), str(column), _shown(old), _shown(new)))
    return sorted(details, key=lambda each: each[0])


def _shown(cell: object) -> str:
    if isinstance(cell, shapely.Geometry):
        return f"{cell.area:.2f} m2"
    return _written(cell) or ""


def opening_events(
    parcels: pd.DataFrame, status_now: pd.Series[str], day: date, document: str
) -> pd.DataFrame:
    """
    Turn the stated statuses of imported parcels into `imported` events.

    Parameters
    ----------
    parcels : pandas.DataFrame
        Imported rows of table ``parcels``.
    status_now : pandas.Series of str
        Status of each parcel before the import, by parcel id; a new one may be left out.
    day : datetime.date
        Day on which the statuses hold.
    document : str
        The file they are from.

    Returns
    -------
    pandas.DataFrame
        Table ``events``, one row for each parcel whose stated status is understood and
        differs from the one it has; identifiers and hashes are still empty.

    Examples
    --------
    >>> none = pd.DataFrame({"parcel_id": [], "status_stated": []})
    >>> from datetime import date
    >>> opening_events(none, pd.Series(dtype=str), date(2023, 3, 30), "a.shp").empty
    True
    """
    rows = []
    for parcel, stated in zip(parcels["parcel_id"], parcels["status_stated"], strict=True):
        status = code_of("status", stated)
        if status is not None and status != status_now.get(parcel, "unknown"):
            rows.append(
                {
                    "parcel_id": parcel,
                    "date": day.isoformat(),
                    "date_basis": "inferred",
                    "kind": "imported",
                    "status": status,
                    "note": str(stated),
                    "document": document,
                }
            )
    return conformed(pd.DataFrame(rows), "events")


def appended(
    events: pd.DataFrame, new: pd.DataFrame, origin: str, recorded_at: datetime
) -> pd.DataFrame:
    """
    Append new events to the chain of their origin.

    Events that are there keep the hashes they carry, so that tampering with them stays
    visible.

    Parameters
    ----------
    events, new : pandas.DataFrame
        Table ``events``; `new` still lacks identifiers.
    origin : str
        Who records them; each origin has one hash chain.
    recorded_at : datetime.datetime
        The present moment, with its time zone.

    Returns
    -------
    pandas.DataFrame
        `events` as they were, then `new` with `event_id`, `recorded_at`, `origin`,
        `prev_hash` and `hash`.

    Examples
    --------
    >>> from datetime import UTC
    >>> none = conformed(pd.DataFrame(), "events")
    >>> appended(none, none, "office", datetime(2023, 3, 30, tzinfo=UTC)).empty
    True
    """
    if new.empty:
        return events.copy()
    chain = events[events["origin"] == origin].fillna({"recorded_at": ""})
    chain = chain.sort_values(["recorded_at", "event_id"])
    last_hash: str | None = None
    if len(chain):
        last_hash = chain["hash"].iloc[-1]
        recorded_at = _after(recorded_at, chain["recorded_at"].iloc[-1])
    rows = new.assign(
        event_id=sorted(new_event_id() for _ in range(len(new))),
        recorded_at=recorded_at.isoformat(timespec="seconds"),
        origin=origin,
    ).to_dict("records")
    for row in rows:
        row["prev_hash"] = last_hash
        row["hash"] = last_hash = event_hash(row, last_hash)
    stamped = conformed(pd.DataFrame(rows), "events")
    if events.empty:
        return stamped
    return conformed(pd.concat([events, stamped], ignore_index=True), "events")


def _after(now: datetime, last: str) -> datetime:
    """Return a moment after the last of a chain, also where a clock was set back."""
    try:
        earliest = datetime.fromisoformat(last) + timedelta(seconds=1)
        return max(now, earliest.astimezone(now.tzinfo))
    except ValueError:
        return now


def _differences(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Tell cell by cell what differs; the rows of both are the same, in the same order."""
    differs = {}
    for column in columns:
        if column == "geometry":
            # Formats write rings from other corners, in other directions, to fewer digits.
            one, other = left[column].to_numpy(), right[column].to_numpy()
            equal = shapely.equals_exact(one, other, _SAME_PLACE_M)
            apart = shapely.hausdorff_distance(one[~equal], other[~equal])
            equal[~equal] = apart <= _SAME_PLACE_M
            equal |= shapely.is_missing(one) & shapely.is_missing(other)
        else:
            one, other = left[column].astype(object), right[column].astype(object)
            if left[column].dtype != right[column].dtype:
                # Cells of several types are stored as text.
                one, other = one.map(_written), other.map(_written)
            equal = np.array([_alike(*cells) for cells in zip(one, other, strict=True)], bool)
        differs[column] = ~equal.astype(bool)
    return pd.DataFrame(differs, index=left.index)


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        # A sheet keeps fifteen digits of a number.
        return math.isclose(one, other, rel_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return one == other or (_is_blank(one) and _is_blank(other))


def _is_blank(cell: object) -> bool:
    return bool(pd.isna(cell)) or cell == ""


def _written(cell: object) -> str | None:
    if pd.isna(cell):
        return None
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def new_event_id() -> str:
    """
    Return an id for a new event: a UUID that begins with the present moment.

    Returns
    -------
    str
        UUID version 7 (RFC 9562, section 5.7).

    Examples
    --------
    >>> uuid.UUID(new_event_id()).version, new_event_id() != new_event_id()
    (7, True)
    """
    # The standard library has it from Python 3.14 on.
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def new_origin() -> str:
    """
    Return a name for a new chain of events.

    Returns
    -------
    str
        Random, so that two copies of an inventory never write the same chain.

    Examples
    --------
    >>> new_origin() != new_origin()
    True
    """
    return secrets.token_hex(6)
