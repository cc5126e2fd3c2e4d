"""Say where an inventory lies: in a file, or in a schema of a database."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from enping_gis.errors import SourceError

SCHEMES = ("postgresql:", "postgres:")
SCHEMA = "enping"
# PostgreSQL cuts longer names off.
NAME_BYTES = 63


@dataclass(frozen=True)
class Database:
    """
    A schema of a PostgreSQL database.

    Parameters
    ----------
    where : str
        What people read: address, database and schema, never a password.
    schema : str
        The schema; one holds one inventory.
    options : tuple of tuple of str
        What a connection is opened with. It may hold a password, so it is never shown, and
        who connects does not tell one inventory from another.
    """

    where: str
    schema: str
    options: tuple[tuple[str, str], ...] = field(repr=False, compare=False)

    def __str__(self) -> str:
        """
        Return what people read.

        Returns
        -------
        str
            Without user and password.
        """
        return self.where

    @property
    def stem(self) -> str:
        """
        Return a short name, as that of a file without its suffix.

        Returns
        -------
        str
            The schema.
        """
        return self.schema


Place = Path | Database
# What a place is named by.
Where = str | os.PathLike[str] | Database


def place_of(wording: Where) -> Place:
    """
    Return where an inventory lies.

    Parameters
    ----------
    wording : path-like or Database
        A file, or the address of a database in the form of PostgreSQL,
        ``postgresql://user@host:port/database?schema=enping``; what the address leaves out
        comes from PostgreSQL's own settings (``PGPASSWORD``, ``.pgpass``), the schema is
        ``enping``.

    Returns
    -------
    pathlib.Path or Database
        The file or the database; nothing is opened yet.

    Raises
    ------
    SourceError
        The address cannot be read. The message does not repeat it: it may hold a password.

    Examples
    --------
    >>> print(place_of("postgresql://zhang:secret@office/land?schema=y2023"))
    postgresql://office/land?schema=y2023
    >>> place_of("plots.gpkg").suffix
    '.gpkg'
    >>> place_of("postgresql://office:x/land")
    Traceback (most recent call last):
    ...
    enping_gis.errors.SourceError: ...
    """
    if isinstance(wording, Database):
        return wording
    written = os.fspath(wording)
    if not written.casefold().startswith(SCHEMES):
        return Path(written)
    try:
        return _database(written)
    except ValueError:
        # Without its cause: that one may name a part of the password.
        raise SourceError("error.database_address") from None


def _database(written: str) -> Database:
    parts = urlsplit(written)
    if not parts.scheme or not written[len(parts.scheme) :].startswith("://"):
        raise ValueError
    asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    schema = asked.pop("schema", "") or SCHEMA
    if len(schema.encode()) > NAME_BYTES or "\0" in schema or schema.startswith("pg_"):
        raise ValueError
    given = {
        "host": unquote(parts.hostname or ""),
        "port": "" if parts.port is None else str(parts.port),
        "dbname": unquote(parts.path.removeprefix("/")),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
    }
    options = {name: value for name, value in given.items() if value} | asked
    # A socket is a folder, which an address does not take for a host.
    host, port = options.get("host", ""), options.get("port", "")
    is_socket = host.startswith("/")
    address = f"{host}:{port}" if port and not is_socket else "" if is_socket else host
    folder = f"host={host}&" if is_socket else ""
    where = f"postgresql://{address}/{options.get('dbname', '')}?{folder}schema={schema}"
    return Database(where, schema, tuple(sorted(options.items())))
