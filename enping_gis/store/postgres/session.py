"""Connect to the database of an inventory, and change it in one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from enping_gis.errors import OutputError, SourceError
from enping_gis.store.database import META_TABLE, Change, State, meta_of
from enping_gis.store.sql import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from enping_gis.store.place import Database

# So long a second writer waits for the first, and a server may take to answer at all.
WAIT_MS, CONNECT_S = 15_000, "10"
# A writer whose machine went away in mid-write keeps others out no longer than this.
_SILENT_MS = 60_000
_SETTINGS = {
    "lock_timeout": WAIT_MS,
    "idle_in_transaction_session_timeout": _SILENT_MS,
    "timezone": "UTC",
}


class Session:
    """
    A connection to the schema of an inventory, inside a transaction.

    It takes statements in the form of `enping_gis.store.sql.Connection`.

    Parameters
    ----------
    connection : psycopg.Connection
        The driver's connection.
    schema : str
        The schema of the inventory, first on the search path.
    """

    def __init__(self, connection: Any, schema: str) -> None:  # noqa: ANN401 - the driver is not always there
        self.connection, self.schema = connection, schema

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Any:  # noqa: ANN401 - the driver's cursor
        """
        Carry out one statement.

        Parameters
        ----------
        sql : str
            The statement, with question marks for values.
        values : sequence
            The values.

        Returns
        -------
        psycopg.Cursor
            What it found.
        """
        if not values:
            return self.connection.execute(sql)
        return self.connection.execute(_translated(sql), tuple(values))

    def executemany(self, sql: str, rows: Iterable[Any], /) -> object:
        """
        Carry out one statement for many rows.

        Parameters
        ----------
        sql : str
            The statement, with question marks for values.
        rows : iterable of sequence
            The values.

        Returns
        -------
        object
            Nothing of interest.
        """
        cursor = self.connection.cursor()
        cursor.executemany(_translated(sql), [tuple(row) for row in rows])
        return cursor

    def names(self) -> set[str]:
        """
        Name the tables, indexes, views and triggers of the schema.

        Returns
        -------
        set of str
            A trigger that is switched off is not among them.
        """
        found = self.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = CAST(? AS regnamespace)"
            " UNION SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE relnamespace = CAST(? AS regnamespace) AND tgenabled IN ('O', 'A')",
            [quoted(self.schema)] * 2,
        )
        return {name for (name,) in found}

    def columns_of(self, table: str) -> dict[str, str]:
        """
        Return the columns of a table with their types.

        Parameters
        ----------
        table : str
            Name of the table.

        Returns
        -------
        dict of str to str
            In the order of the table; empty where there is no such table.
        """
        found = self.execute(
            "SELECT attname, upper(format_type(atttypid, NULL)) FROM pg_attribute"
            " WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum",
            [f"{quoted(self.schema)}.{quoted(table)}"],
        )
        return dict(found.fetchall())


@contextmanager
def looking(place: Database) -> Iterator[tuple[Session, State]]:
    """
    Read an inventory at one moment.

    Parameters
    ----------
    place : Database
        The schema of an inventory.

    Yields
    ------
    session : Session
        The connection, inside a transaction that only reads.
    state : State
        How often the inventory was changed.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    """
    driver = _driver()
    try:
        with connected(place, only_reads=True) as session:
            yield session, state_of(session)
    except driver.Error as error:
        raise SourceError("error.database", path=place, reason=said(error, place)) from None


@contextmanager
def writing(place: Database) -> Iterator[Change]:
    """
    Change an inventory in one transaction: when the block fails, nothing has happened.

    Parameters
    ----------
    place : Database
        The schema of an inventory.

    Yields
    ------
    Change
        The transaction; no other writer comes in between, also no other program.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    OutputError
        Another writer takes longer than `WAIT_MS`, or this one may not write there.
    """
    with beginning(place) as session:
        session.execute("SELECT enping_begin()")
        state = state_of(session)
        change = Change(session, state, state.is_as_left)
        yield change
        changes = state.changes if change.is_known else None
        session.execute("SELECT enping_count(CAST(? AS bigint))", [changes])


@contextmanager
def beginning(place: Database) -> Iterator[Session]:
    """
    Write in one transaction, also where there is no inventory yet.

    Parameters
    ----------
    place : Database
        The schema.

    Yields
    ------
    Session
        The connection, inside the transaction.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    OutputError
        Another writer takes longer than `WAIT_MS`, or this one may not write there.
    """
    driver = _driver()
    try:
        with connected(place) as session:
            yield session
    except driver.errors.LockNotAvailable:
        raise OutputError("error.inventory_busy", path=place) from None
    except driver.errors.InsufficientPrivilege as error:
        reason = said(error, place)
        raise OutputError("error.database_right", path=place, reason=reason) from None
    except driver.Error as error:
        raise OutputError("error.database", path=place, reason=said(error, place)) from None


@contextmanager
def connected(place: Database, *, only_reads: bool = False) -> Iterator[Session]:
    """
    Open one transaction in the schema of an inventory.

    Parameters
    ----------
    place : Database
        The schema; it need not be there yet.
    only_reads : bool
        Every statement sees the same moment, and none can write.

    Yields
    ------
    Session
        The connection. What it wrote holds when the block ends well, else it is undone.

    Raises
    ------
    SourceError
        The driver is not installed, the server does not answer, or it lacks PostGIS.
    """
    driver = _driver()
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options = {"connect_timeout": CONNECT_S} | dict(place.options)
    options["options"] = f"{options.get('options', '')} {settings}".strip()
    try:
        connection = driver.connect(**options)
    except driver.Error as error:
        reason = said(error, place)
        raise SourceError("error.database", path=place, reason=reason) from None
    if only_reads:
        connection.isolation_level = driver.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
    with connection:
        where = connection.execute(
            "SELECT quote_ident(nspname) FROM pg_extension JOIN"
            " pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'postgis'"
        ).fetchone()
        if where is None:
            raise SourceError("error.database_postgis", path=place)
        connection.execute(f"SET LOCAL search_path TO {quoted(place.schema)}, {where[0]}")
        _teach_shapes(connection)
        yield Session(connection, place.schema)


def said(error: Exception, place: Database) -> str:
    """
    Return what the server said, on one line and without a password.

    Parameters
    ----------
    error : psycopg.Error
        What went wrong.
    place : Database
        Where.

    Returns
    -------
    str
        The first line of it, without the row that it is about.
    """
    diagnosis = getattr(error, "diag", None)
    reason = getattr(diagnosis, "message_primary", None) or str(error)
    secret = dict(place.options).get("password", "")
    words = reason.replace(secret, "***") if secret else reason
    return " ".join(words.split())


def state_of(session: Session) -> State:
    """
    Tell how often an inventory was changed.

    Parameters
    ----------
    session : Session
        A connection to an inventory.

    Returns
    -------
    State
        Its counters; a trigger counts what others than this package wrote.
    """
    meta = meta_of(session)
    seen, left = int(meta.get("changes_seen", "-1")), int(meta.get("changes", "-1"))
    return State(int(meta.get("revision", "0")), seen, left)


def is_inventory(place: Database) -> bool:
    """
    Tell whether a schema holds an inventory.

    Parameters
    ----------
    place : Database
        The schema.

    Returns
    -------
    bool
        False where there is no such schema, or it has other tables.

    Raises
    ------
    SourceError
        The server does not answer, or refuses.
    """
    driver = _driver()
    try:
        with connected(place) as session:
            return bool(session.columns_of(META_TABLE))
    except driver.Error as error:
        raise SourceError("error.database", path=place, reason=said(error, place)) from None


def _driver() -> Any:  # noqa: ANN401 - a module that is not always there
    try:
        import psycopg  # noqa: PLC0415 - the extra "postgis" brings it
    except ImportError as error:
        raise SourceError("error.database_driver") from error
    return psycopg


def _teach_shapes(connection: Any) -> None:  # noqa: ANN401 - the driver's connection
    """Let geometry come as the bytes that shapely reads."""
    from psycopg.adapt import Loader  # noqa: PLC0415 - the extra "postgis" brings it

    class Shapes(Loader):  # type: ignore[misc]  # the driver is taken as Any
        def load(self, data: bytes) -> bytes:
            return bytes.fromhex(bytes(data).decode("ascii"))

    (number,) = connection.execute("SELECT CAST(to_regtype('geometry') AS oid)").fetchone()
    connection.adapters.register_loader(number, Shapes)


def _translated(sql: str) -> str:
    return sql.replace("%", "%%").replace("?", "%s")
