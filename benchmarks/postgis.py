"""Start a PostgreSQL server with PostGIS for a while, and leave nothing behind."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import psycopg

# Where Debian and Ubuntu put the releases of PostgreSQL, and the extension of each.
PROGRAMS = Path("/usr/lib/postgresql")
EXTENSION = "/usr/share/postgresql/{}/extension/postgis.control"
# PostgreSQL refuses to run as root; Debian makes this account for it.
ACCOUNT = "postgres"
PATIENCE_S = 60.0
PIECES = {
    "pieces": "SELECT id, ST_Subdivide(geom, 128) AS geom FROM plots",
    "lines": "SELECT id, ST_NPoints(geom) AS vertices, ST_Subdivide(ST_Boundary(geom), 128) AS geom"
    " FROM plots",
}
# Nothing outlives the cluster, so nothing needs to reach the disk. One process answers a query:
# its CPU time is all there is to count. Compiling expressions costs more than it saves here.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "shared_buffers": "512MB",
    "work_mem": "256MB",
    "maintenance_work_mem": "256MB",
}


class PostgisMissingError(RuntimeError):
    """There is no PostGIS here that could be started; the message says what is missing."""


class Programs(NamedTuple):
    """
    Where the server lies, and as whom it runs.

    Parameters
    ----------
    folder : pathlib.Path
        Has ``initdb`` and ``postgres``.
    prefix : list of str
        Words before a command that make it run as another user, and end with this process.
    account : pwd.struct_passwd
        The user that the server runs as.
    """

    folder: Path
    prefix: list[str]
    account: pwd.struct_passwd


def programs() -> Programs:
    """
    Find the newest PostgreSQL that has PostGIS.

    Returns
    -------
    Programs
        What to start, and how.

    Raises
    ------
    PostgisMissingError
        PostgreSQL, PostGIS, psycopg, setpriv or, for root, the user ``postgres`` is not there.
    """
    releases = [path for path in PROGRAMS.glob("*") if Path(EXTENSION.format(path.name)).is_file()]
    releases = [path / "bin" for path in releases if (path / "bin" / "initdb").is_file()]
    if not releases:
        message = "no PostGIS here: scripts/install_debian_packages.sh installs it"
        raise PostgisMissingError(message)
    try:
        import psycopg  # noqa: F401, PLC0415 - a peer, which need not be installed
    except ImportError as fault:
        message = f"no psycopg here ({fault}): the extra 'bench' installs it"
        raise PostgisMissingError(message) from fault
    folder = max(releases, key=lambda path: float(path.parent.name))
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        message = "no setpriv here, which starts PostGIS: the package util-linux has it"
        raise PostgisMissingError(message)
    # The server ends with the process that started it, however that ends.
    prefix = [setpriv, "--pdeathsig=QUIT"]
    if os.geteuid() != 0:
        return Programs(folder, [*prefix, "--"], pwd.getpwuid(os.geteuid()))
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError as fault:
        message = f"PostgreSQL refuses to run as root, and there is no user {ACCOUNT}"
        raise PostgisMissingError(message) from fault
    user = [f"--reuid={ACCOUNT}", f"--regid={account.pw_gid}", "--init-groups"]
    return Programs(folder, [*prefix, *user, "--"], account)


@contextmanager
def postgis() -> Iterator[psycopg.Connection]:
    """
    Start a throw-away cluster that listens on a socket in a temporary folder only.

    Yields
    ------
    psycopg.Connection
        To a database with the extension; every statement stands for itself.

    Raises
    ------
    PostgisMissingError
        What it needs is not installed.
    RuntimeError
        The server did not start.
    """
    found = programs()
    # A plain folder of the system's: the path of a socket has a hundred characters at most.
    folder = Path(tempfile.mkdtemp(prefix="enping-pg-"))
    try:
        os.chown(folder, found.account.pw_uid, found.account.pw_gid)
        _make_cluster(found, folder)
        with _server(found, folder), closing(_connection(folder)) as connection:
            connection.execute("CREATE EXTENSION postgis")
            yield connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(found: Programs, folder: Path) -> None:
    command = [*found.prefix, str(found.folder / "initdb"), "--pgdata", str(folder / "data")]
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    done = subprocess.run(  # noqa: S603 - the server's own program
        [*command, f"--username={ACCOUNT}", *options],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
    lines.append(f"unix_socket_directories = '{folder}'")
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("\n".join(lines) + "\n")


@contextmanager
def _server(found: Programs, folder: Path) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - the server's own program
            [*found.prefix, str(found.folder / "postgres"), "-D", str(folder / "data")],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(server, folder)
            yield
        finally:
            # Immediate shutdown: there is nothing to keep.
            server.send_signal(signal.SIGQUIT)
            try:
                server.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    import psycopg  # noqa: PLC0415 - a peer, which need not be installed

    end_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            _connection(folder).close()
        except psycopg.OperationalError as fault:
            if server.poll() is not None or time.monotonic() > end_s:
                log = (folder / "log").read_text(encoding="utf-8", errors="replace")
                message = f"PostgreSQL does not start: {log or fault}"
                raise RuntimeError(message) from fault
            time.sleep(0.05)
        else:
            return


def _connection(folder: Path) -> psycopg.Connection:
    import psycopg  # noqa: PLC0415 - a peer, which need not be installed

    return psycopg.connect(host=str(folder), user=ACCOUNT, dbname="postgres", autocommit=True)


def load(connection: psycopg.Connection, parcels: gpd.GeoDataFrame) -> None:
    """
    Bring plots into the table ``plots``: indexed, in spatial order, vacuumed.

    Parameters
    ----------
    connection : psycopg.Connection
        To a database with PostGIS.
    parcels : geopandas.GeoDataFrame
        Plots in a CRS that has an EPSG code; each gets its row number as ``id``.
    """
    shapes = shapely.set_srid(parcels.geometry.to_numpy(), parcels.crs.to_epsg())
    connection.execute("CREATE TEMP TABLE given (id integer, shape bytea)")
    with connection.cursor().copy("COPY given FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["int4", "bytea"])
        for row, shape in enumerate(shapely.to_wkb(shapes, include_srid=True)):
            copy.write_row((row, shape))
    _make_table(connection, "plots", "SELECT id, shape::geometry AS geom FROM given")
    connection.execute("DROP TABLE given")


def cut_up(connection: psycopg.Connection) -> None:
    """
    Cut plots of many vertices into pieces, as PostGIS advises for large polygons.

    To find how far a plot is from one of thousands of vertices, all sides of both are compared.
    So ``pieces`` has the plots in pieces of at most 128 vertices (`ST_Subdivide`), ``lines``
    their boundaries, with the number of vertices of the whole plot.

    Parameters
    ----------
    connection : psycopg.Connection
        To a database with valid plots, loaded.
    """
    for table, rows in PIECES.items():
        _make_table(connection, table, rows)


def _make_table(connection: psycopg.Connection, table: str, rows: str) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} AS {rows}")
    connection.execute(f"CREATE INDEX {table}_geom ON {table} USING gist (geom)")
    connection.execute(f"CLUSTER {table} USING {table}_geom")
    connection.execute(f"VACUUM ANALYZE {table}")


def server_user_s(connection: psycopg.Connection) -> float:
    """
    Return the user CPU that the server has spent on a connection.

    Parameters
    ----------
    connection : psycopg.Connection
        Its backend is one process, see `SETTINGS`.

    Returns
    -------
    float
        Seconds, in steps of the kernel's clock (10 ms).
    """
    stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text(encoding="ascii")
    # The name of the program, in brackets, may hold blanks; user time is the 14th figure.
    return int(stat.rpartition(")")[2].split()[11]) / os.sysconf("SC_CLK_TCK")


def postgis_version() -> str:
    """
    Start a server and ask for its versions.

    Returns
    -------
    str
        Those of PostgreSQL, PostGIS and GEOS; where there is none, the reason.
    """
    query = "SELECT split_part(version(), ' ', 2), postgis_lib_version(), postgis_geos_version()"
    try:
        with postgis() as connection:
            (row,) = connection.execute(query).fetchall()
    except PostgisMissingError as reason:
        return str(reason)
    return "PostgreSQL {}, PostGIS {}, GEOS {}".format(*row)
