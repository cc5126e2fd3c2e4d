"""Ask a GeoPackage itself what GDAL does not tell: true counts, and cells of another type."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.look import looked
from enping_gis.intake.files.reasons import file_reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from enping_gis.intake.raw import Layer
    from enping_gis.intake.vector.bulk import Batch, Place

# Virtual tables that hold indexes; any other kind could lead to a further file.
_INDEXES = ("rtree", "fts3", "fts4", "fts5")
# Time that all views of a file may take to be counted, and how often that is looked at.
_VIEW_S = 10.0
_STEPS = 100_000
_WHOLE = {"TINYINT": 2**7, "SMALLINT": 2**15, "MEDIUMINT": 2**31, "INT": 2**63, "INTEGER": 2**63}
_REAL = ("REAL", "DOUBLE", "FLOAT")
_TIMES = ("DATE", "DATETIME")
# SQLite reads its own schema as UTF-8, whatever stands there.
_FAILURES = (sqlite3.Error, UnicodeError, OverflowError)


def geopackage_layers(path: Path, shown: str) -> tuple[Layer, ...]:
    """
    List the layers of a GeoPackage with the rows that are really there.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    shown : str
        How messages call it.

    Returns
    -------
    tuple of Layer
        In the order of the file.

    Raises
    ------
    SourceError
        It is damaged, or has tables that lead elsewhere.
    """
    try:
        with closing(_connected(path)) as connection:
            _refuse_links(connection, shown)
            _refuse_endless(connection, shown)
            layers = looked(path, "GPKG", shown)
            return tuple(
                layer._replace(rows=_count(connection, layer.name, layer.rows)) for layer in layers
            )
    except _FAILURES as error:
        raise SourceError("error.unreadable", path=shown, reason=file_reason(error)) from error


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.text_factory = bytes  # a text may be in any encoding
    return connection


def _refuse_links(connection: sqlite3.Connection, shown: str) -> None:
    query = "SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
    for (sql,) in connection.execute(query):
        words = sql.decode("utf-8", "replace").casefold().partition(" using ")[2].split("(")
        if words[0].strip() not in _INDEXES:
            raise SourceError("error.not_its_kind", path=shown, kind="GPKG")


def _refuse_endless(connection: sqlite3.Connection, shown: str) -> None:
    """Count the rows of each view: one that calls itself has no last row."""
    views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    deadline_s = time.monotonic() + _VIEW_S
    connection.set_progress_handler(lambda: time.monotonic() > deadline_s, _STEPS)
    for (name,) in views:
        view = name.decode("utf-8", "replace")
        try:
            connection.execute(f"SELECT count(*) FROM {_quoted(view)}").fetchone()  # noqa: S608 - the name is quoted
        except _FAILURES as error:
            if time.monotonic() > deadline_s:
                raise SourceError("error.endless_view", path=shown, value=view) from error
    connection.set_progress_handler(None, 0)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _count(connection: sqlite3.Connection, table: str, otherwise: int) -> int:
    try:
        return int(connection.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])  # noqa: S608 - the name is quoted
    except _FAILURES:
        return otherwise


def misfits(path: Path, table: str) -> dict[str, dict[int, str]]:
    """
    Find the cells that are not what their column says; GDAL would drop or change them.

    SQLite keeps a text in a column of numbers, and any text at all in a column of dates.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    table : str
        Name of the layer.

    Returns
    -------
    dict of str to dict of int to str
        Column -> key of the row -> the text that stands there.
    """
    found: dict[str, dict[int, str]] = {}
    try:
        with closing(_connected(path)) as connection:
            columns = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
            for _, name, declared, *_ in columns:
                column = name.decode("utf-8", "replace")
                test = _misfit(_quoted(column), declared.decode("ascii", "replace").upper())
                if test:
                    query = f"SELECT rowid, {_quoted(column)} FROM {_quoted(table)} WHERE {test}"  # noqa: S608 - names are quoted
                    rows = connection.execute(query).fetchall()
                    if rows:
                        found[column] = {key: _written(cell) for key, cell in rows}
    except _FAILURES:  # such as a view, which has no key
        return found
    return found


def _misfit(column: str, declared: str) -> str:
    """Return the condition under which a cell does not fit the type of its column."""
    if declared in _WHOLE:
        limit = _WHOLE[declared]
        text = f"typeof({column}) NOT IN ('integer', 'null')"
        if limit == 2**63:
            return text
        return f"{text} OR {column} >= {limit} OR {column} < {-limit}"
    if declared in _REAL:
        return f"typeof({column}) NOT IN ('integer', 'real', 'null')"
    if declared in _TIMES:
        # SQLite takes 30 February for 2 March, so the day must come out as it went in.
        return f"{column} IS NOT NULL AND date({column}, '+0 days') IS NOT substr({column}, 1, 10)"
    return ""


def _written(cell: object) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def mender(place: Place) -> Callable[[dict[str, npt.NDArray[Any]], Batch], tuple[Finding, ...]]:
    """
    Make what puts the misfits of a layer back into its columns.

    Parameters
    ----------
    place : Place
        The layer.

    Returns
    -------
    callable
        For `enping_gis.intake.vector.bulk.plain_rows`.
    """
    wrong = misfits(place.path, place.layer)

    def _mend(columns: dict[str, npt.NDArray[Any]], batch: Batch) -> tuple[Finding, ...]:
        key = batch.meta.get("fid_column")
        if not wrong or key not in batch.table.schema.names:
            return ()
        keys = batch.table[key].to_numpy(zero_copy_only=False)
        findings = []
        for column, cells in wrong.items():
            positions = np.flatnonzero(np.isin(keys, list(cells)))
            if column not in columns or not len(positions):
                continue
            columns[column] = columns[column].astype(object)
            for position in positions:
                text = cells[int(keys[position])]
                columns[column][position] = text
                row = batch.start + int(position) + 1
                findings.append(
                    Finding("cell_misfit", "warning", row=row, field=column, value=text,
                            **place.where)
                )  # fmt: skip
        return tuple(findings)

    return _mend
