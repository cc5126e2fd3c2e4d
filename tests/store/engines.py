"""What tests do to an inventory past the package, in a file and in a database alike."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import psycopg

from enping_gis.store import database
from enping_gis.store.place import Database, place_of
from enping_gis.store.postgres.session import Session
from enping_gis.store.sql import quoted
from tests.store import faults
from tests.store.small import small_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from enping_gis.store.place import Place
    from enping_gis.store.sql import Connection

# Set by the fixture that starts the server.
SERVER: list[str] = []
_NUMBERS = itertools.count(1)
_ORIGINAL: list[Path] = []


class Engine(Protocol):
    """One kind of store."""

    guards: int
    registers: frozenset[str]

    def empty(self) -> Place:
        """Return a place where nothing is yet."""

    def small(self) -> Place:
        """Return a new small inventory."""

    def address(self, place: Place) -> str:
        """Return what to write on a command line."""

    def contents(self, place: Place) -> dict[str, list[Any]]:
        """Return every row of every table."""

    def connected(self, place: Place) -> AbstractContextManager[Connection]:
        """Open the tables as another program does; every statement stands for itself."""

    def triggers(self, connection: Connection) -> dict[str, str]:
        """Return the triggers of the events, and what makes each anew."""

    def drop(self, connection: Connection, kind: str, name: str) -> None:
        """Take a trigger, an index or a table away."""


class GeoPackage:
    """Files in folders of their own."""

    guards, registers = 3, frozenset({"gpkg_contents"})

    def empty(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="原件 ")) / "台账 一.gpkg"

    def small(self) -> Path:
        if not _ORIGINAL:
            path = self.empty()
            small_inventory(path)
            _ORIGINAL.append(path)
        return Path(shutil.copy(_ORIGINAL[0], self.empty()))

    def address(self, place: Place) -> str:
        return str(place)

    def contents(self, place: Place) -> dict[str, list[Any]]:
        assert isinstance(place, Path)
        return faults.contents(place)

    def connected(self, place: Place) -> AbstractContextManager[Connection]:
        assert isinstance(place, Path)
        return closing(database.connected(place))

    def triggers(self, connection: Connection) -> dict[str, str]:
        return dict(
            connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                " AND name LIKE 'enping_%'"
            ).fetchall()
        )

    def drop(self, connection: Connection, kind: str, name: str) -> None:
        connection.execute(f'DROP {kind} "{name}"')


class Postgis:
    """Schemas of one database, as its superuser."""

    guards, registers = 4, frozenset[str]()

    def empty(self, user: str = "postgres") -> Database:
        return self.at(f"台账 {next(_NUMBERS)}", user)

    def at(self, schema: str, user: str) -> Database:
        place = place_of(self._address(schema, user))
        assert isinstance(place, Database)
        return place

    def small(self) -> Database:
        place = self.empty()
        small_inventory(place)
        return place

    def address(self, place: Place) -> str:
        assert isinstance(place, Database)
        return self._address(place.schema, "postgres")

    def contents(self, place: Place) -> dict[str, list[Any]]:
        assert isinstance(place, Database)
        with self.connected(place) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = ? ORDER BY 1", [place.schema]
            ).fetchall()
            return {
                name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall()  # noqa: S608 - names of tables
                for (name,) in names
            }

    @contextmanager
    def connected(self, place: Place) -> Iterator[Connection]:
        assert isinstance(place, Database)
        with psycopg.connect(**dict(place.options), autocommit=True) as connection:
            connection.execute(f"SET search_path TO {quoted(place.schema)}, public")
            yield Session(connection, place.schema)

    def triggers(self, connection: Connection) -> dict[str, str]:
        return dict(
            connection.execute(
                "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger"
                " WHERE tgrelid = CAST('events' AS regclass) AND NOT tgisinternal"
            ).fetchall()
        )

    def drop(self, connection: Connection, kind: str, name: str) -> None:
        of = " ON events" if kind == "TRIGGER" else " CASCADE" if kind == "TABLE" else ""
        connection.execute(f'DROP {kind} "{name}"{of}')

    def _address(self, schema: str, user: str) -> str:
        host = quote(SERVER[0], safe="")
        return f"postgresql://{user}@/postgres?host={host}&schema={quote(schema)}"
