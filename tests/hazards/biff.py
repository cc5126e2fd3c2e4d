"""Write a workbook of Excel 97 (.xls): few record kinds, in the least container that holds them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# A stream shorter than this would lie in a container of short sectors.
_LEAST_STREAM = 4096


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(value: str, width: str) -> bytes:
    return struct.pack(f"<{width}B", len(value), 1) + value.encode("utf-16-le")


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 15)
    if isinstance(value, (int, float)):
        return _record(0x0203, place + struct.pack("<d", value))
    return _record(0x0204, place + _text(str(value), "H"))


def _sheet(
    rows: Sequence[Sequence[object]],
    hidden: Sequence[int],
    merged: Sequence[tuple[int, int, int, int]],
) -> bytes:
    content = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows))
    content += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row in range(len(rows)):
        flags = 0x0100 | (0x20 if row + 1 in hidden else 0)
        content += _record(0x0208, struct.pack("<HHHHHHI", row, 0, width, 255, 0, 0, flags))
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if value is not None:
                content += _cell(row, column, value)
    if merged:
        ranges = b"".join(struct.pack("<HHHH", *each) for each in merged)
        content += _record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    return content + _record(0x000A)


def _workbook(name: str, sheet: bytes) -> bytes:
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    head += _record(0x0042, struct.pack("<H", 1200))
    font = struct.pack("<HHHHHBBBx", 200, 0, 0x7FFF, 400, 0, 0, 0, 0) + _text("Arial", "B")
    head += _record(0x0031, font) * 5
    head += _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0)) * 15
    head += _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0))
    title = _text(name, "B")
    start = len(head) + 4 + 6 + len(title) + 4
    head += _record(0x0085, struct.pack("<IBB", start, 0, 0) + title) + _record(0x000A)
    return head + sheet


def _container(stream: bytes) -> bytes:
    stream = stream.ljust(max(_LEAST_STREAM, -(-len(stream) // _SECTOR) * _SECTOR), b"\x00")
    sectors = len(stream) // _SECTOR
    table = [*range(1, sectors), _END, _END, _FAT]
    if len(table) > _SECTOR // 4:
        raise ValueError(len(stream))
    table += [_FREE] * (_SECTOR // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, sectors, 0, _LEAST_STREAM, _END, 0, _END, 0)
    head += struct.pack("<I", sectors + 1) + struct.pack("<I", _FREE) * 108
    folder = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 0, len(stream))
    folder += bytes(256)
    return head + stream + folder + struct.pack(f"<{len(table)}I", *table)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<III", _FREE, _FREE, child)
    content = text.ljust(64, b"\x00") + struct.pack("<HBB", len(text), kind, 1) + links
    return content + bytes(36) + struct.pack("<IQ", start, size)


def xls(
    path: Path,
    rows: Sequence[Sequence[object]],
    *,
    sheet: str = "台账",
    hidden: Sequence[int] = (),
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> Path:
    """
    Write one sheet.

    `hidden` counts rows from 1; `merged` holds first row, last row, first column, last column,
    counted from 0.
    """
    path.write_bytes(_container(_workbook(sheet, _sheet(rows, hidden, merged))))
    return path
