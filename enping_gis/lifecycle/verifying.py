"""Verify an inventory: every chain of events whole, every state what its events say."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.inventory import Inventory
from enping_gis.messages import text
from enping_gis.saving import standing_of
from enping_gis.store.engines import is_inventory, looking
from enping_gis.store.events import Head, broken_links, ends_of, event_rows, heads_of
from enping_gis.store.layout import STANDING, STANDING_COLUMNS, is_kept, missing_guards
from enping_gis.store.place import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enping_gis.store.events import BrokenLink
    from enping_gis.store.place import Place, Where
    from enping_gis.store.sql import Connection

COLUMNS = ("origin", "events", "head", "recorded_at", "whole")
# Projections of other releases of PROJ differ by less; a millionth of a square metre is nothing.
_SAME_M2 = 1e-5


class Verified(NamedTuple):
    """
    What a verification found.

    Parameters
    ----------
    chains : pandas.DataFrame
        Columns `origin`, `events`, `head` (hash of the last event), `recorded_at` and `whole`.
        A head that was printed or sent elsewhere proves later what the chain was.
    findings : tuple of Finding
        Errors: where a chain is broken, and states that are not what the events say.
    """

    chains: pd.DataFrame
    findings: tuple[Finding, ...]


def verified(path: Where | None = None) -> Verified:
    """
    Verify the chains of events of an inventory, and the states that were stored with them.

    Found are events that were changed, removed in the middle or at the end, put in, or moved;
    and states that differ from what a replay of all events gives.

    Parameters
    ----------
    path : path-like, optional
        An inventory; by default the demonstration, which has no file and so no ends kept.

    Returns
    -------
    Verified
        The chains, and what is wrong.

    Raises
    ------
    SourceError
        There is no such inventory, or it cannot be read.

    Examples
    --------
    >>> result = verified()
    >>> bool(result.chains["whole"].all()), len(result.findings)
    (True, 0)
    """
    if path is None:
        rows = Inventory.demo().events.sort_values(["origin", "recorded_at", "event_id"])
        links = list(broken_links(rows.to_dict("records")))
        groups = rows.groupby("origin")
        last = groups.tail(1).set_index("origin")
        heads = {
            str(origin): Head(len(group), last["hash"][origin], last["recorded_at"][origin])
            for origin, group in groups
        }
        return _verified(links, heads, "")
    file = place_of(path)
    if isinstance(file, Path) and not file.is_file():
        raise SourceError("error.missing_file", path=file)
    if not is_inventory(file):
        raise SourceError("error.not_inventory", path=file, reason=text("not_ours"))
    try:
        with looking(file) as (connection, state):
            kept = heads_of(connection) if is_kept(connection) else None
            guards = missing_guards(connection, state.revision)
            links = list(broken_links(event_rows(connection), kept))
            # A file of an earlier release kept no ends: what is there is all that can be told.
            heads = ends_of(connection) if kept is None else kept
            states = _states(connection) if kept is not None else None
    except sqlite3.Error as error:
        raise SourceError("error.not_inventory", path=file, reason=error) from error
    result = _verified(links, heads, str(file))
    differing = () if states is None else tuple(_differing(states, file))
    unguarded = (
        Finding("events_unguarded", "error", file=str(file), layer="events", value=each)
        for each in guards
    )
    return result._replace(findings=(*result.findings, *differing, *unguarded))


def _verified(links: list[BrokenLink], heads: Mapping[str, Head], file: str) -> Verified:
    findings = tuple(
        Finding(
            f"chain_{link.fault}", "error", file=file, layer="events", parcel=link.parcel_id,
            value=link.event_id or "-",
            values={"origin": link.origin, "expected": link.expected or "-",
                    "found": link.found or "-"},
        )
        for link in links
    )  # fmt: skip
    broken = {link.origin for link in links}
    origins = sorted(heads.keys() | broken)
    rows = [(origin, *heads.get(origin, Head()), origin not in broken) for origin in origins]
    return Verified(pd.DataFrame(rows, columns=list(COLUMNS)), findings)


def _states(connection: Connection) -> dict[str, tuple[object, ...]]:
    columns = ", ".join(STANDING_COLUMNS)
    return {row[0]: row for row in connection.execute(f"SELECT {columns} FROM {STANDING}")}  # noqa: S608 - constants


def _differing(states: Mapping[str, tuple[object, ...]], file: Place) -> Iterator[Finding]:
    inventory = Inventory.open(file)
    replay = standing_of(
        inventory.tables["parcels"], inventory.events, inventory.meta.area_method
    ).astype(object)
    replay = replay.where(replay.notna(), None)
    for row in replay.itertuples(index=False, name=None):
        stored = states.get(row[0], (row[0], None, None, None, None))
        if stored[:3] != row[:3] or not all(map(_is_same, stored[3:], row[3:])):
            yield Finding(
                "standing_differs", "error", file=str(file), layer=STANDING, parcel=str(row[0]),
                value=str(stored[1] or "-"), values={"expected": str(row[1])},
            )  # fmt: skip


def _is_same(one: object, other: object) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(str(one)) - float(str(other))) <= _SAME_M2
