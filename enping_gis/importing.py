"""Fill the tables of an inventory from files: update what is there, add what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from enping_gis.collecting import collected, together, with_ledger
from enping_gis.errors import SchemaError, SourceError
from enping_gis.findings import Finding
from enping_gis.incoming import Setting, box_of
from enping_gis.intake.meaning.standard import (
    given_columns,
    one_row_each,
    standard_places,
    standard_rows,
)
from enping_gis.intake.meaning.wording import place_codes
from enping_gis.intake.stream import layers
from enping_gis.schema import conformed, recognised_columns, table, tables
from enping_gis.status import CHINA_TIME
from enping_gis.store.geopackage import is_inventory, read_tables
from enping_gis.store.merge import appended, merged, opening_events

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd

    from enping_gis.incoming import Plots
    from enping_gis.intake.stream import Wish
    from enping_gis.store.merge import Merged
    from enping_gis.store.meta import InventoryMeta

    Frames = dict[str, pd.DataFrame]

# What only the inventory itself sets; without them an event is one that a file tells of.
_CHAINED = ["event_id", "origin", "hash"]
_UNMATCHED = frozenset({"ledger_unmatched", "ledger_ambiguous", "ledger_repeated"})
_STAMPS = ["event_id", "recorded_at", "origin", "prev_hash", "hash"]


class Imported(NamedTuple):
    """
    The tables of an inventory after an import, and what changed.

    Parameters
    ----------
    frames : dict of str to pandas.DataFrame
        Tables by name.
    findings : tuple of Finding
        What was noticed on the way.
    changes : pandas.DataFrame
        Columns `table`, `change` (added, updated, unchanged, kept_aside) and `rows`.
    details : pandas.DataFrame
        Columns `table`, `key`, `change`, `column`, `before` and `after`: each cell that
        changed and each row that is new.
    """

    frames: Frames
    findings: tuple[Finding, ...]
    changes: pd.DataFrame
    details: pd.DataFrame


class _Account:
    """Collect what an import changes, table by table."""

    def __init__(self) -> None:
        self.counts: list[tuple[str, str, int]] = []
        self.details: list[tuple[str, str, str, str, str, str]] = []

    def add(self, name: str, after: Merged, kept_aside: int) -> None:
        groups = {"added": after.added, "updated": after.updated, "unchanged": after.unchanged}
        self.counts += [(name, change, len(keys)) for change, keys in groups.items()]
        self.counts.append((name, "kept_aside", kept_aside))
        self.details += [(name, key, "added", "", "", "") for key in after.added]
        self.details += [
            (name, key, "updated", column, old, new) for key, column, old, new in after.details
        ]

    def result(self, frames: Frames, findings: list[Finding]) -> Imported:
        changes = pd.DataFrame(self.counts, columns=["table", "change", "rows"])
        columns = ["table", "key", "change", "column", "before", "after"]
        return Imported(
            frames, tuple(findings), changes, pd.DataFrame(self.details, columns=columns)
        )


def imported(
    frames: Mapping[str, pd.DataFrame],
    source: str | os.PathLike[str],
    meta: InventoryMeta,
    wish: Wish,
    *,
    status_now: pd.Series[Any] | None,
    day: date,
) -> Imported:
    """
    Return the tables of an inventory with the rows of a file.

    Parameters
    ----------
    frames : mapping of str to pandas.DataFrame
        Tables before the import.
    source : path-like
        Any file that the package reads. A ledger updates the plots that it names by code or
        name; its other rows are listed.
    meta : InventoryMeta
        The inventory; its county and its plots settle the coordinates.
    wish : Wish
        Table that the rows are meant for, and how to read them.
    status_now : pandas.Series of str or None
        Status of each plot before the import, by id; no event repeats it.
    day : datetime.date
        Day on which stated statuses hold.

    Returns
    -------
    Imported
        The tables after the import, and what changed.

    Raises
    ------
    SchemaError
        There is no such table.
    InputError
        The file or an option cannot be used; the message says how to cure it.
    """
    if wish.table not in tables():
        raise SchemaError("error.import_table", value=wish.table, known=", ".join(tables()))
    result = dict(frames)
    for name in tables():
        result.setdefault(name, conformed(pd.DataFrame(), name))
    if wish.table == "parcels":
        wish = replace(wish, county=wish.county or meta.county_extent, known=result["parcels"])
        now = pd.Series(dtype=str) if status_now is None else status_now
        return _with_parcels(result, source, meta, wish, (now, day))
    wish = replace(wish, county=wish.county or meta.county_extent)
    if wish.table == "places":
        return _with_places(result, source, meta, wish)
    return _with_rows(result, source, meta, wish)


def _with_parcels(
    frames: Frames,
    source: str | os.PathLike[str],
    meta: InventoryMeta,
    wish: Wish,
    standing: tuple[pd.Series[Any], date],
) -> Imported:
    path = Path(source)
    setting = Setting(meta.crs, frames["places"], meta.county_extent)
    rows, batches, read = collected(source, wish, setting=setting, prefix=f"{path.stem}-")
    for each in batches:
        _refuse_other_table(each, source)
    findings = [each for each in read if each.rule != "no_geometry"]
    account = _Account()
    aside = sum(each.raw.rows_in - len(each.parcels) for each in batches)
    given = frozenset().union(*(given_columns(each.raw, "parcels") for each in batches))
    if all(each.raw.decision is None for each in batches):
        stated, found = _of_ledger(frames["parcels"], batches)
        findings += found
        aside += sum(each.rule in _UNMATCHED for each in found)
        before = frames["parcels"].loc[stated.index, "status_stated"]
        rows = stated.assign(status_stated=stated["status_stated"].fillna(before))
        rows = rows.drop(columns="geometry")
        given = given | {"aliases"} - {"geometry_basis"}
    else:
        stated = rows
    silent = [each for each in table("parcels").names if each not in given]
    after = merged(frames["parcels"], rows.drop(columns=silent), "parcel_id")
    frames["parcels"] = conformed(after.frame, "parcels")
    account.add("parcels", after, aside)
    opening = opening_events(stated, *standing, path.name)
    events = appended(frames["events"], opening, meta.origin, datetime.now(CHINA_TIME))
    frames["events"] = events
    account.counts.append(("events", "added", len(opening)))
    account.details += [
        ("events", str(plot), "added", "status", "", str(status))
        for plot, status in zip(opening["parcel_id"], opening["status"], strict=True)
    ]
    return account.result(frames, findings + _events_left(path))


def _of_ledger(
    parcels: gpd.GeoDataFrame, batches: list[Plots]
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Return the plots that a ledger names, with its cells filled in."""
    # What the plots stated before is no word of this ledger.
    whole, found = with_ledger(parcels.assign(status_stated=None), batches)
    alone = {each.parcel for each in found if each.rule == "parcel_unmatched"}
    return whole[~whole["parcel_id"].isin(alone)], found


def _refuse_other_table(plots: Plots, source: str | os.PathLike[str]) -> None:
    """Refuse a table whose columns are those of another one: its figures are no plot's."""
    if plots.raw.decision is not None:
        return
    own = recognised_columns("parcels", plots.raw.columns)
    for name, other in tables().items():
        needed = {each.name for each in other.columns if each.required} - {"event_id"}
        found = recognised_columns(name, plots.raw.columns)
        strange = {found[each] for each in needed & set(found)} - set(own.values())
        if len(needed) > 1 and needed <= set(found) and strange:
            raise SchemaError("error.table_other", path=source, table=name)


def _events_left(path: Path) -> list[Finding]:
    if not path.is_file() or not is_inventory(path):
        return []
    left = len(read_tables(path)["events"])
    if not left:
        return []
    return [Finding("events_left", "warning", file=str(path), layer="events", value=str(left))]


def _with_places(
    frames: Frames, source: str | os.PathLike[str], meta: InventoryMeta, wish: Wish
) -> Imported:
    findings: list[Finding] = []
    parts, aside, given = [], 0, frozenset[str]()
    for raw in layers(source, wish):
        if raw.decision is None:
            raise SourceError("error.no_polygons", path=source, known=raw.layer)
        rows, found = standard_places(raw, meta.crs)
        findings += [*raw.findings, *found]
        aside += raw.rows_in - len(raw.frame)
        aside += sum(finding.rule == "place_code" for finding in found)
        given |= given_columns(raw, "places")
        parts.append(rows)
    if not parts:
        raise SourceError("error.no_polygons", path=source, known="-")
    rows = one_row_each(together(parts, "places"))
    silent = [each for each in table("places").names if each not in given]
    after = merged(frames["places"], rows.drop(columns=silent), "place")
    frames["places"] = conformed(after.frame, "places")
    findings += _still_schematic(frames["places"]) + _outside(rows, meta, str(source))
    account = _Account()
    account.add("places", after, aside)
    return account.result(frames, findings)


def _with_rows(
    frames: Frames, source: str | os.PathLike[str], meta: InventoryMeta, wish: Wish
) -> Imported:
    name = wish.table
    findings: list[Finding] = []
    parts, aside, given = [], 0, frozenset[str]()
    codes = place_codes(frames["places"])
    for raw in layers(source, wish):
        if not recognised_columns(name, raw.columns):
            raise SchemaError("error.no_columns", path=source, value=", ".join(raw.columns) or "-",
                              table=name, known=_headings(name))  # fmt: skip
        rows, found = standard_rows(raw, name, codes, frames["parcels"])
        findings += [*raw.findings, *found]
        aside += raw.rows_in - len(rows)
        given |= given_columns(raw, name)
        parts.append(rows)
    rows = conformed(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), name)
    account = _Account()
    if name == "events":
        new, repeated = _new_events(frames["events"], rows)
        frames["events"] = _with_events(frames["events"], new, meta)
        account.counts += [(name, "added", len(new)), (name, "unchanged", repeated)]
        account.counts.append((name, "kept_aside", aside))
        account.details += [
            (name, str(plot or ""), "added", "kind", "", f"{day} {kind}")
            for plot, day, kind in zip(new["parcel_id"], new["date"], new["kind"], strict=True)
        ]
        return account.result(frames, findings)
    identity = table(name).identity
    rows = rows.drop_duplicates(list(identity), keep="last")
    silent = [each for each in table(name).names if each not in {*given, *identity}]
    after = merged(frames[name], rows.drop(columns=silent), identity)
    frames[name] = conformed(after.frame, name)
    account.add(name, after, aside)
    return account.result(frames, findings)


def _headings(name: str) -> str:
    return ", ".join(column.heading() for column in table(name).columns if column.required)


def _new_events(events: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the events that are not there yet, by id or else by what they say."""
    said = [each for each in table("events").names if each not in _STAMPS]
    known = {_said(row) for row in events[said].to_dict("records")}
    ids = set(events["event_id"].dropna())
    keep = []
    for row in rows.to_dict("records"):
        content = _said({each: row[each] for each in said})
        keep.append(row["event_id"] not in ids if row["event_id"] else content not in known)
        known.add(content)
    return rows[np.array(keep, dtype=bool)].reset_index(drop=True), len(rows) - sum(keep)


def _said(row: dict[Any, Any]) -> tuple[str, ...]:
    return tuple("" if pd.isna(cell) else str(cell) for cell in row.values())


def _with_events(events: pd.DataFrame, new: pd.DataFrame, meta: InventoryMeta) -> pd.DataFrame:
    """Append events: those of another inventory keep their chain, others join this one's."""
    chained = new[_CHAINED].notna().all(axis=1)
    events = conformed(pd.concat([events, new[chained]], ignore_index=True), "events")
    return appended(events, new[~chained], meta.origin, datetime.now(CHINA_TIME))


def _still_schematic(places: pd.DataFrame) -> list[Finding]:
    """Name the places that the office's file lacks: their sketch stays, plots refer to them."""
    names = list(places.loc[places["schematic"], "name"])
    if not names or len(names) == len(places):
        return []
    return [Finding("places_schematic", "info", layer="places", value=", ".join(names))]


def _outside(rows: gpd.GeoDataFrame, meta: InventoryMeta, file: str) -> list[Finding]:
    box = box_of(rows, meta.crs)
    if meta.county_extent is None or rows.empty or meta.county_extent.holds(box):
        return []
    value = ", ".join(f"{side:.3f}" for side in box)
    return [Finding("outside_county", "warning", file=file, layer="places", value=value)]
