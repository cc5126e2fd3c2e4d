"""Add events to an inventory's chains, and tell whether the chains are whole."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from enping_gis.schema import table
from enping_gis.store.chain import event_hash
from enping_gis.store.layout import CHAINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enping_gis.store.sql import Connection

_IN_ORDER = "ORDER BY origin NULLS FIRST, recorded_at NULLS FIRST, event_id, fid"


class Head(NamedTuple):
    """
    Where a chain ends.

    Parameters
    ----------
    events : int
        How many events it has.
    head : str or None
        Hash of the last.
    recorded_at : str or None
        When the last was recorded.
    """

    events: int = 0
    head: str | None = None
    recorded_at: str | None = None


class BrokenLink(NamedTuple):
    """
    A place where a chain is not whole.

    Parameters
    ----------
    fault : {"changed", "gap", "end"}
        The event is not what was recorded; the one before it is missing, or it was put in or
        moved; the end of the chain is not the one that was kept.
    origin : str
        Whose chain.
    event_id, parcel_id : str
        The event; of an end, the last one there is.
    expected, found : str
        Hashes, or numbers of events for an end.
    """

    fault: str
    origin: str
    event_id: str
    parcel_id: str
    expected: str
    found: str


def heads_of(connection: Connection) -> dict[str, Head]:
    """
    Return where each chain ends, as it was left.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.

    Returns
    -------
    dict of str to Head
        By origin.

    Examples
    --------
    >>> import sqlite3
    >>> from contextlib import closing
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     _ = connection.execute(f"CREATE TABLE {CHAINS} (origin, events, head, recorded_at)")
    ...     heads_of(connection)
    {}
    """
    rows = connection.execute(f"SELECT origin, events, head, recorded_at FROM {CHAINS}")  # noqa: S608 - a constant
    return {origin: Head(*rest) for origin, *rest in rows}


def head_of(connection: Connection, origin: str) -> Head:
    """
    Return where one chain ends, as it was left.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.
    origin : str
        Whose chain.

    Returns
    -------
    Head
        An empty one where the chain has not begun.
    """
    row = connection.execute(
        f"SELECT events, head, recorded_at FROM {CHAINS} WHERE origin = ?",  # noqa: S608 - a constant
        (origin,),
    ).fetchone()
    return Head() if row is None else Head(*row)


def note_heads(connection: Connection) -> None:
    """
    Note where each chain ends that is not noted yet, as in a file of an earlier release.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    """
    known = heads_of(connection)
    for origin, head in ends_of(connection).items():
        if origin not in known:
            _set_head(connection, origin, head)


def ends_of(connection: Connection) -> dict[str, Head]:
    """
    Return where each chain ends, as its events lie there.

    Parameters
    ----------
    connection : sqlite3.Connection or Session
        A connection to an inventory.

    Returns
    -------
    dict of str to Head
        By origin.
    """
    counts = "SELECT coalesce(origin, ''), count(*) FROM events GROUP BY 1"
    last = (
        "SELECT hash, recorded_at FROM events WHERE coalesce(origin, '') = ?"
        " ORDER BY recorded_at DESC NULLS LAST, event_id DESC LIMIT 1"
    )
    return {
        origin: Head(events, *connection.execute(last, (origin,)).fetchone())
        for origin, events in connection.execute(counts).fetchall()
    }


def add_events(connection: Connection, events: Iterable[Mapping[str, Any]]) -> None:
    """
    Add events, which bring their hashes, and move the ends of their chains on.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory, inside a transaction that writes.
    events : iterable of mapping
        Rows of table ``events`` that are not there yet, in the shape of the layer model.
    """
    names = table("events").names
    rows: list[dict[str, Any]] = [
        {name: _cell(event.get(name)) for name in names} for event in events
    ]
    places = ", ".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO events ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - names of the layer model
        (tuple(row.values()) for row in rows),
    )
    if isinstance(connection, sqlite3.Connection):
        _move_heads(connection, rows)


def _move_heads(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Move ends on; a database does it itself, in a trigger that nobody can pass by."""
    heads: dict[str, Head] = {}
    for row in rows:
        origin = _said(row["origin"])
        before = heads[origin] if origin in heads else head_of(connection, origin)
        after = before._replace(events=before.events + 1)
        # Events of another copy may come late; their chain ends where it ended.
        if not before.events or _said(row["recorded_at"]) >= _said(before.recorded_at):
            after = Head(after.events, row["hash"], row["recorded_at"])
        heads[origin] = after
    for origin, head in heads.items():
        _set_head(connection, origin, head)


def stored_events(
    connection: Connection, where: str = "", values: Sequence[object] = ()
) -> pd.DataFrame:
    """
    Read events as they stand in the file, to the letter.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.
    where : str
        Condition in SQL, with question marks; empty for all.
    values : sequence
        What the question marks stand for.

    Returns
    -------
    pandas.DataFrame
        Rows of table ``events``, in the order of their chains.
    """
    names = table("events").names
    condition = f"WHERE {where}" if where else ""
    query = f"SELECT {', '.join(names)} FROM events {condition} {_IN_ORDER}"  # noqa: S608 - names of the layer model, and conditions of this package
    return pd.DataFrame(connection.execute(query, values).fetchall(), columns=names, dtype=object)


def broken_links(
    events: Iterable[Mapping[str, Any]], heads: Mapping[str, Head] | None = None
) -> Iterator[BrokenLink]:
    """
    Follow each chain, and find where it is not whole.

    Parameters
    ----------
    events : iterable of mapping
        Events by column, in the order of their chains: by origin, recorded_at, event_id.
    heads : mapping of str to Head, optional
        Where each chain ends, as it was left; without, missing ends are not found.

    Yields
    ------
    BrokenLink
        Each fault once: behind a gap the chain is followed on from the event after it.

    Examples
    --------
    >>> from enping_gis.store.chain import chained
    >>> three = pd.DataFrame({"event_id": ["a", "b", "c"], "kind": "visit", "origin": "x"})
    >>> rows = chained(three).to_dict("records")
    >>> list(broken_links(rows)), [each.fault for each in broken_links([rows[0], rows[2]])]
    ([], ['gap'])
    >>> [each.fault for each in broken_links(rows[:2], {"x": Head(3, rows[2]["hash"])})]
    ['end']
    >>> list(broken_links([]))
    []
    """
    ends: dict[str, tuple[int, str, str, str]] = {}
    for event in events:
        origin, names = (
            _said(event["origin"]),
            (_said(event["event_id"]), _said(event["parcel_id"])),
        )
        n, previous = ends.get(origin, (0, "", "", ""))[:2]
        written, before = _said(event["hash"]), _said(event["prev_hash"])
        if before != previous:
            yield BrokenLink("gap", origin, *names, previous, before)
        if event_hash(event, before) != written:
            yield BrokenLink("changed", origin, *names, event_hash(event, before), written)
        ends[origin] = (n + 1, written, *names)
    for origin, head in (heads or {}).items():
        n, last, *where = ends.get(origin, (0, "", "", ""))
        if n != head.events or last != _said(head.head):
            yield BrokenLink("end", origin, where[0], where[1], str(head.events), str(n))
    if heads is not None:
        for origin in ends.keys() - heads.keys():
            n, _, *where = ends[origin]
            yield BrokenLink("end", origin, where[0], where[1], "0", str(n))


def event_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """
    Read events one by one, in the order of their chains, so that a million need no memory.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.

    Yields
    ------
    dict of str to Any
        An event by column.
    """
    names = table("events").names
    for row in connection.execute(f"SELECT {', '.join(names)} FROM events {_IN_ORDER}"):  # noqa: S608 - names of the layer model
        yield dict(zip(names, row, strict=True))


def _set_head(connection: Connection, origin: str, head: Head) -> None:
    connection.execute(
        f"INSERT INTO {CHAINS} (origin, events, head, recorded_at) VALUES (?, ?, ?, ?)"  # noqa: S608 - a constant
        " ON CONFLICT (origin) DO UPDATE SET events = excluded.events, head = excluded.head,"
        " recorded_at = excluded.recorded_at",
        (origin, *head),
    )


def _cell(cell: Any) -> object:  # noqa: ANN401 - a cell of any table
    return None if cell is None or cell == "" or pd.isna(cell) else cell


def _said(cell: object) -> str:
    return cell if isinstance(cell, str) else ""
