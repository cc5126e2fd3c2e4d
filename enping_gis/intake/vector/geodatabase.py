"""Read a FileGDB, and say where a table of it is cut off: GDAL then finds no rows at all."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from enping_gis.findings import Finding
from enping_gis.intake.vector.bulk import Place, all_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.intake.raw import RawRows

_HEADER_BYTES = 32
# Tables 1 to 8 are the folder's own.
_OWN_TABLES = 8


def geodatabase_rows(place: Place) -> Iterator[RawRows]:
    """
    Read a layer of a FileGDB.

    Parameters
    ----------
    place : Place
        The layer.

    Yields
    ------
    RawRows
        At most 65,536 rows each.

    Raises
    ------
    SourceError
        Not even the first row can be read.
    """
    read = 0
    notes = _cut(place)
    for rows in all_rows(place):
        read += len(rows.frame)
        yield replace(rows, findings=notes + rows.findings)
        last, notes = rows, ()
    held = 0 if read else _held(place)
    if held:
        lost = Finding("layer_lost", "error", values={"n": held}, **place.where)
        shapes = None if last.shapes is None else last.shapes[:0]
        yield replace(last, frame=last.frame.iloc[:0], shapes=shapes, rows_in=1, findings=(lost,))


def _tables(place: Place) -> list[tuple[str, int, int, int]]:
    """Return name, rows, bytes claimed and bytes there of each table with data."""
    found = []
    for path in sorted(place.path.glob("a*.gdbtable")):
        with path.open("rb") as stream:
            head = stream.read(_HEADER_BYTES)
        try:
            number = int(path.stem[1:], 16)
        except ValueError:
            continue
        if number > _OWN_TABLES and len(head) == _HEADER_BYTES:
            # By the published notes on the format: rows at 4, length of the file at 24.
            rows, claimed = (
                struct.unpack_from("<i", head, 4)[0],
                struct.unpack_from("<q", head, 24)[0],
            )
            found.append((path.name, rows, claimed, path.stat().st_size))
    return found


def _cut(place: Place) -> tuple[Finding, ...]:
    return tuple(
        Finding("file_cut", "error", value=name, values={"claimed": claimed, "read": there},
                **place.where)
        for name, _, claimed, there in _tables(place)
        if there < claimed
    )  # fmt: skip


def _held(place: Place) -> int:
    """Return the bytes of data when there is one table alone, which then must be this layer's."""
    tables = _tables(place)
    return tables[0][3] if len(tables) == 1 and tables[0][1] > 0 else 0
