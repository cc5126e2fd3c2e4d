"""Open the database of an inventory, and change it in one transaction."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.errors import EnpingError, OutputError
from enping_gis.store.blobs import teach_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enping_gis.store.sql import Connection

META_TABLE = "enping_inventory"
# So long a second writer waits for the first.
WAIT_S = 15.0
# Where SQLite keeps, in the first page, how the file is written and how often it was changed.
_MODE_BYTES, _CHANGES_BYTES, _WAL = slice(18, 20), slice(24, 28), 2
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class State(NamedTuple):
    """
    How often an inventory file was changed.

    Parameters
    ----------
    revision : int
        Number of times that this package wrote it; 0 for a file that does not count yet.
    changes : int
        SQLite's own counter, which every program moves on; -1 while another program keeps
        its changes in a log beside the file.
    changes_left : int
        What SQLite's counter was when this package left the file; -1 where that is not known.
    """

    revision: int
    changes: int
    changes_left: int

    @property
    def is_as_left(self) -> bool:
        """
        Tell whether no other program wrote to the file.

        Returns
        -------
        bool
            False also where that is not known.
        """
        return self.changes == self.changes_left >= 0


@dataclass
class Change:
    """
    One transaction that changes an inventory.

    Parameters
    ----------
    connection : sqlite3.Connection or Session
        The connection, inside the transaction.
    state : State
        How the file was when the transaction began.
    is_known : bool
        Every row is as this package knows it. Set it where outside edits were taken in.
    """

    connection: Connection
    state: State
    is_known: bool


def connected(path: Path) -> sqlite3.Connection:
    """
    Open the database of an existing file, and roll back what a killed writer left.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    sqlite3.Connection
        Without implicit transactions; it waits `WAIT_S` seconds for others.

    Raises
    ------
    sqlite3.DatabaseError
        It is no database, or damaged.

    Examples
    --------
    >>> from pathlib import Path
    >>> connected(Path("missing.gpkg"))
    Traceback (most recent call last):
    ...
    sqlite3.OperationalError: ...
    """
    uri = f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=WAIT_S, isolation_level=None)
    try:
        teach_shapes(connection)
        # Reading is what makes SQLite look for a journal to roll back.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def looking(path: Path) -> Iterator[tuple[sqlite3.Connection, State]]:
    """
    Read an inventory at one moment.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Yields
    ------
    connection : sqlite3.Connection
        The connection, inside a transaction that reads.
    state : State
        How often the file was changed.

    Raises
    ------
    sqlite3.DatabaseError
        It is no database, or damaged.
    """
    with _head_of(path) as head, closing(connected(path)) as connection:
        connection.execute("BEGIN")
        yield connection, _state(connection, head)
        connection.execute("ROLLBACK")


@contextmanager
def writing(path: Path) -> Iterator[Change]:
    """
    Change an inventory in one transaction: when the block fails, nothing has happened.

    Parameters
    ----------
    path : pathlib.Path
        An inventory.

    Yields
    ------
    Change
        The transaction; no other writer comes in between.

    Raises
    ------
    OutputError
        Another program keeps the file to itself for longer than `WAIT_S` seconds, or it
        cannot be written.
    """
    try:
        with _head_of(path) as head, closing(connected(path)) as connection:
            _keep_journal(connection, path)
            connection.execute("PRAGMA synchronous = EXTRA")
            connection.execute("BEGIN IMMEDIATE")
            try:
                state = _state(connection, head)
                change = Change(connection, state, state.is_as_left)
                yield change
                _count(change)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
            raise OutputError("error.inventory_busy", path=path) from error
        raise OutputError("error.output", path=path, reason=error) from error
    except OSError as error:
        if isinstance(error, EnpingError):
            raise
        raise OutputError("error.output", path=path, reason=error.strerror or error) from error


def begin_meta(connection: sqlite3.Connection) -> None:
    """
    Make the table in which an inventory says what it is; without it a file is none.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to a new file.

    Examples
    --------
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     begin_meta(connection)
    ...     meta_of(connection)
    {}
    """
    connection.execute(f"CREATE TABLE {META_TABLE} (key TEXT PRIMARY KEY NOT NULL, value TEXT)")


def meta_of(connection: Connection) -> dict[str, str]:
    """
    Read what an inventory says of itself.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.

    Returns
    -------
    dict of str to str
        Keys such as ``crs``, ``as_of`` and ``revision``.

    Examples
    --------
    >>> with closing(sqlite3.connect(":memory:")) as connection:
    ...     begin_meta(connection)
    ...     meta_of(connection)
    {}
    """
    return dict(connection.execute(f"SELECT key, value FROM {META_TABLE}"))  # noqa: S608 - a constant


def set_meta(connection: Connection, **values: object) -> None:
    """
    Write what an inventory says of itself.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection to an inventory.
    **values : object
        Values by key; they are kept as text.
    """
    rows = [(key, str(value)) for key, value in values.items()]
    connection.executemany(
        f"INSERT INTO {META_TABLE} VALUES (?, ?)"  # noqa: S608 - a constant
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        rows,
    )


def _state(connection: sqlite3.Connection, head: int) -> State:
    # The first read inside the transaction takes the lock; from then on the header stands still.
    meta = meta_of(connection)
    page = os.pread(head, 28, 0) if hasattr(os, "pread") else _from_start(head)
    is_log = _WAL in page[_MODE_BYTES]
    changes = -1 if is_log else int.from_bytes(page[_CHANGES_BYTES], "big")
    return State(int(meta.get("revision", "0")), changes, int(meta.get("changes", "-1")))


def _from_start(head: int) -> bytes:
    os.lseek(head, 0, os.SEEK_SET)
    return os.read(head, 28)


def _count(change: Change) -> None:
    """Move the revision on, and foretell SQLite's counter: a commit moves it on by one."""
    set_meta(change.connection, revision=change.state.revision + 1)
    if change.is_known:
        set_meta(change.connection, changes=change.state.changes + 1)


def _keep_journal(connection: sqlite3.Connection, path: Path) -> None:
    """Take in the log of another program: office folders are shared, and a log cannot be."""
    (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete":
        raise OutputError("error.inventory_busy", path=path)


@contextmanager
def _head_of(path: Path) -> Iterator[int]:
    # Opened before the connection and closed after it: on POSIX, closing any handle of a file
    # gives up the locks that this process holds on it.
    head = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        yield head
    finally:
        os.close(head)
