"""Carry edits between a file taken into the field and a database; what both changed is listed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd

from enping_gis.crs import crs_name
from enping_gis.errors import InputError, OutputError
from enping_gis.inventory import Inventory
from enping_gis.schema import conformed, tables
from enping_gis.store.differences import keys_of, storable
from enping_gis.store.engines import is_inventory, require_inventory
from enping_gis.store.meeting import digests, met, note_met, plain, shown
from enping_gis.store.place import Database, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from enping_gis.store.place import Place, Where

    Known = Mapping[str, Mapping[str, str]]

CARRIED_COLUMNS = ("table", "key", "parcel_id", "change")
CONFLICT_COLUMNS = ("parcel_id", "table", "key", "column", "here", "there")
# Somebody may write between reading and writing; then all is looked at anew.
_TRIES = 20
_OUTSIDE = frozenset({"edited_outside", "added_outside", "removed_outside"})


class Exchanged(NamedTuple):
    """
    What an exchange carried, and what it left alone.

    Parameters
    ----------
    carried : pandas.DataFrame
        Columns `table`, `key`, `parcel_id` and `change` (added, updated, removed), a line
        for each row, events too.
    conflicts : pandas.DataFrame
        Columns `parcel_id`, `table`, `key`, `column`, `here` (in the file) and `there` (in
        the database): rows that both sides changed since they last met, cell by cell. Neither
        side was touched.
    """

    carried: pd.DataFrame
    conflicts: pd.DataFrame


class _Plan(NamedTuple):
    """What an exchange will do to the target."""

    tables: dict[str, pd.DataFrame]
    carried: list[tuple[str, str, str, str]]
    conflicts: dict[str, list[str]]
    agreed: dict[str, dict[str, str]]


def push(file: Where, database: Where) -> Exchanged:
    """
    Carry what was edited and recorded in a file to a database.

    Parameters
    ----------
    file : path-like
        An inventory.
    database : str or Database
        Address ``postgresql://...``; where it holds no inventory yet, it gets this one.

    Returns
    -------
    Exchanged
        What was carried, and the conflicts. A row is carried where the database has it as it
        was when the two last met; a row that both changed is listed and left alone.

    Raises
    ------
    InputError
        One of the two is not what it should be, or they have different working CRS.
    OutputError
        Edits of other programs were not adopted, or the account may not write that; then
        nothing is carried.

    Examples
    --------
    >>> push("missing.gpkg", "postgresql://office/land")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    here, there = _ends(file, database)
    require_inventory(here)
    if not is_inventory(there):
        _copy(here, there)
    return _exchanged(here, there, here)


def pull(database: Where, file: Where) -> Exchanged:
    """
    Carry what was edited and recorded in a database to a file.

    Parameters
    ----------
    database : str or Database
        Address ``postgresql://...`` of an inventory.
    file : path-like
        An inventory; where there is none, it becomes a copy to be taken into the field, with
        a chain of events of its own.

    Returns
    -------
    Exchanged
        What was carried, and the conflicts, as `push` has them.

    Raises
    ------
    InputError
        One of the two is not what it should be, or they have different working CRS.
    OutputError
        Edits of other programs were not adopted, or the file cannot be written.

    Examples
    --------
    >>> pull("plots.gpkg", "copy.gpkg")
    Traceback (most recent call last):
    ...
    enping_gis.errors.InputError: ...
    """
    here, there = _ends(file, database)
    require_inventory(there)
    if not here.exists():
        _copy(there, here)
    require_inventory(here)
    return _exchanged(there, here, here)


def _ends(file: Where, database: Where) -> tuple[Path, Database]:
    here, there = place_of(file), place_of(database)
    if not isinstance(here, Path) or not isinstance(there, Database):
        raise InputError("error.exchange_ends", file=here, database=there)
    return here, there


def _copy(source: Place, target: Place) -> None:
    """Make a copy that writes a chain of its own: two that wrote one could not meet again."""
    whole = _opened(source)
    meta = replace(whole.meta, origin="", source_path=None)
    replace(whole, meta=meta).save(target)


def _opened(place: Place) -> Inventory:
    inventory = Inventory.open(place)
    for finding in inventory.findings:
        if finding.rule in _OUTSIDE:
            raise OutputError("error.inventory_edited", path=place, table=finding.layer)
    return inventory


def _exchanged(source: Place, target: Place, file: Path) -> Exchanged:
    for _ in range(_TRIES):
        known, one, other = met(file), _opened(source), _opened(target)
        if one.crs != other.crs:
            here, there = crs_name(one.crs), crs_name(other.crs)
            raise InputError("error.exchange_crs", path=source, here=here, there=there)
        plan = _plan(one, other, known)
        try:
            if plan.carried:
                replace(other, tables=plan.tables).save(target)
        except OutputError as error:
            if error.code != "error.inventory_moved_on":
                raise
            continue
        if plan.agreed != known:
            note_met(file, plan.agreed)
        ours, theirs = (other, one) if target == file else (one, other)
        lines = [
            line
            for name, keys in plan.conflicts.items()
            for line in _differing(name, keys, ours, theirs)
        ]
        return Exchanged(
            pd.DataFrame(plan.carried, columns=list(CARRIED_COLUMNS), dtype=object),
            pd.DataFrame(lines, columns=list(CONFLICT_COLUMNS), dtype=object),
        )
    raise OutputError("error.inventory_moved_on", path=target)


def _plan(one: Inventory, other: Inventory, known: Known) -> _Plan:
    plan = _Plan(dict(other.tables), [], {}, {})
    for name in tables():
        rows, there = _table(one, name), _table(other, name)
        left, right = digests(rows, name), digests(there, name)
        if name == "events":
            take, clashing = _events_to_take(rows, there, left, right)
        else:
            take, clashing = _rows_to_take(left, right, known.get(name, {}))
        if clashing:
            plan.conflicts[name] = clashing
        if take:
            plan.tables[name] = _with_rows(name, rows, there, take)
            plan.carried.extend(_told(name, (rows, there), take, left, right))
        if name != "events":
            after = {key: right.get(key) for key in right.keys() - take}
            after |= {key: left[key] for key in left.keys() & take}
            agreed = _agreed(left, after, known.get(name, {}))
            plan.agreed.update({name: agreed} if agreed else {})
    return plan


def _table(inventory: Inventory, name: str) -> pd.DataFrame:
    rows = inventory.tables.get(name)
    return conformed(pd.DataFrame(), name) if rows is None else rows


def _rows_to_take(
    left: Mapping[str, str], right: Mapping[str, str], known: Mapping[str, str]
) -> tuple[set[str], list[str]]:
    """Compare three ways: what only the source changed is taken, what both changed clashes."""
    take, clashing = set(), []
    for key in {**right, **left}:
        source, target, before = left.get(key), right.get(key), known.get(key)
        if source in {target, before}:
            continue
        if target == before:
            take.add(key)
        else:
            clashing.append(key)
    return take, clashing


def _agreed(
    left: Mapping[str, str], after: Mapping[str, str | None], known: Mapping[str, str]
) -> dict[str, str]:
    """Return what both say now; where they still differ, what they said when they last met."""
    same = {key: digest for key, digest in left.items() if after.get(key) == digest}
    apart = {key: digest for key, digest in known.items() if left.get(key) != after.get(key)}
    return apart | same


def _events_to_take(
    rows: pd.DataFrame, there: pd.DataFrame, left: Mapping[str, str], right: Mapping[str, str]
) -> tuple[set[str], list[str]]:
    """
    Take events that continue their chain; others clash.

    They do where two copies went on writing one chain, or somebody changed an event.
    """
    clashing = [key for key, digest in left.items() if right.get(key, digest) != digest]
    ends = {
        origin: chain.iloc[-1]["hash"]
        for origin, chain in _in_order(there).groupby("origin", dropna=False)
    }
    take: set[str] = set()
    keys = pd.Series([*left], index=rows.index, dtype=object)
    new = rows[~keys.isin([*right])]
    for origin, chain in _in_order(new).groupby("origin", dropna=False):
        last = ends.get(origin)
        for row, event in zip(chain.index, chain.to_dict("records"), strict=True):
            if (event["prev_hash"] or None) == last:
                take.add(str(keys[row]))
                last = event["hash"]
            else:
                clashing.append(str(keys[row]))
    return take, clashing


def _in_order(events: pd.DataFrame) -> pd.DataFrame:
    return events.sort_values(["recorded_at", "event_id"])


def _with_rows(name: str, rows: pd.DataFrame, there: pd.DataFrame, take: set[str]) -> pd.DataFrame:
    """Return the target's table with the rows that are taken from the source."""
    staying = there[~_keys(name, there).isin(take)]
    coming = rows[_keys(name, rows).isin(take)]
    parts = [part for part in (staying, coming) if len(part)]
    whole = pd.concat(parts, ignore_index=True) if parts else there.iloc[:0]
    if isinstance(there, gpd.GeoDataFrame):
        whole = gpd.GeoDataFrame(whole, geometry="geometry", crs=there.crs)
    return conformed(whole, name)


def _keys(name: str, rows: pd.DataFrame) -> pd.Series[Any]:
    """Return what names each row, on the index of the rows."""
    return pd.Series(keys_of(storable(rows, name), name), index=rows.index, dtype=object)


def _told(
    name: str,
    both: tuple[pd.DataFrame, pd.DataFrame],
    take: Iterable[str],
    left: Mapping[str, str],
    right: Mapping[str, str],
) -> Iterator[tuple[str, str, str, str]]:
    cells = _cells(name, both[1]) | _cells(name, both[0])
    for key in sorted(take):
        change = "added" if key not in right else "updated" if key in left else "removed"
        yield name, _named(key), str(cells[key].get("parcel_id") or ""), change


def _differing(
    name: str, keys: Iterable[str], here: Inventory, there: Inventory
) -> Iterator[tuple[str, ...]]:
    """Tell cell by cell what differs; a row that one side lacks is told in one line."""
    ours, theirs = _cells(name, _table(here, name)), _cells(name, _table(there, name))
    for key in keys:
        one, other = ours.get(key), theirs.get(key)
        plot = str((one or other or {}).get("parcel_id") or "")
        if one is None or other is None:
            sides = ("-" if side is None else _named(key) for side in (one, other))
            yield (plot, name, _named(key), "", *sides)
            continue
        for column in dict.fromkeys([*one, *other]):
            cells = [shown(side.get(column)) for side in (one, other)]
            if plain(one.get(column)) != plain(other.get(column)):
                yield (plot, name, _named(key), column, *cells)


def _cells(name: str, rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    stored = storable(rows, name)
    records = stored.to_dict("records")
    return {str(key): row for key, row in zip(keys_of(stored, name), records, strict=True)}


def _named(key: str) -> str:
    """Return the key of a row as people read it."""
    return " ".join(part for part in key.split("\x1f")[:-1] if part)
