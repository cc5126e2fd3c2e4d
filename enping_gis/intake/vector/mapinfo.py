"""Read MapInfo files, whose charset is often not that of their texts."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.encoding import checked_encoding, fitting_encoding
from enping_gis.intake.files.look import looked
from enping_gis.intake.files.unpack import alias
from enping_gis.intake.raw import Encoding
from enping_gis.intake.vector.bulk import Place, all_rows, chosen_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enping_gis.intake.raw import Layer, RawRows

_CHARSETS = {"GB18030": "WindowsSimpChinese", "UTF-8": "UTF-8"}
_NAMED = {"windowssimpchinese": "GB18030", "utf-8": "UTF-8"}
_CHARSET = re.compile(rb"(charset\s+\"?)([A-Za-z0-9-]+)", re.IGNORECASE)
# A table of these kinds leads to other files.
_LINKS = re.compile(
    rb"Open\s+Table|IsSeamless|Type\s+(?:LINKED|ODBC|ACCESS|RASTER|WMS|WFS|TILESERVER|XLS|ASCII)",
    re.IGNORECASE,
)
_SAMPLE_BYTES = 4_000_000
_HEADER_BYTES = 65_536
_NEEDED = (".dat", ".map", ".id")
_COLUMNS = re.compile(rb"^\s*columns\s+([1-9]\d*)", re.IGNORECASE | re.MULTILINE)
_TEXT_PARTS: dict[str, tuple[str, ...]] = {".tab": (".dat",), ".mif": (".mid",)}


def _encoding(path: Path, asked: str | None) -> Encoding:
    """Find out how texts are encoded: asked for, or what the bytes are."""
    head = _read(path, _HEADER_BYTES)
    match = _CHARSET.search(head)
    declared = "" if match is None else match[2].decode("ascii")
    if asked is not None:
        return Encoding(asked, "declared", asked)
    texts = [_read(each, _SAMPLE_BYTES) for each in _parts(path, _TEXT_PARTS)]
    found = fitting_encoding([re.sub(rb"[\x00-\x08\x0e-\x1f]+", b"\n", text) for text in texts])
    named = _NAMED.get(declared.casefold())
    if found == "ISO-8859-1" and declared.casefold() in {"", "neutral"}:
        found = "GB18030"  # the name of a column may be cut off within a character
    if found == "ISO-8859-1" or all(map(bytes.isascii, texts)):
        return Encoding(named or "UTF-8", "declared", declared)
    return Encoding(found, "declared" if named == found else "detected", declared)


def _parts(path: Path, table: dict[str, tuple[str, ...]]) -> list[Path]:
    suffixes = table[path.suffix.casefold()]
    beside = [each for each in path.parent.iterdir() if each.stem == path.stem]
    return [each for each in beside if each.suffix.casefold() in suffixes]


def _read(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)


@contextmanager
def _opened(path: Path, shown: str, encoding: str | None) -> Iterator[tuple[Path, Encoding]]:
    """Give the file with the charset that its texts have; the original stays as it is."""
    head = _read(path, _HEADER_BYTES)
    if path.suffix.casefold() == ".tab" and _LINKS.search(head):
        raise SourceError("error.convert_virtual", path=shown, kind=".tab")
    missing = _missing(path, head)
    if missing and missing != ".mid":
        raise SourceError("error.part_missing", path=shown, part=missing)
    found = _encoding(path, checked_encoding(encoding))
    charset = _CHARSETS.get(found.name)
    match = _CHARSET.search(head)
    fits = match is not None and _NAMED.get(match[2].decode().casefold()) == found.name
    if charset is None or fits:
        yield path, found
        return
    with tempfile.TemporaryDirectory(prefix="enping-", ignore_cleanup_errors=True) as scratch:
        copy = Path(scratch) / path.name
        for each in path.parent.iterdir():
            if each.stem == path.stem and each != path and each.is_file():
                alias(each, Path(scratch) / each.name)
        changed = _CHARSET.sub(rb"\g<1>" + charset.encode(), head)
        with path.open("rb") as source, copy.open("wb") as target:
            source.seek(len(head))
            target.write(changed if match is not None else _with_charset(head, charset))
            while chunk := source.read(_SAMPLE_BYTES):
                target.write(chunk)
        yield copy, found


def _missing(path: Path, head: bytes) -> str:
    """Return the suffix of a part that is not there, or nothing."""
    beside = [each for each in path.parent.iterdir() if each.stem == path.stem]
    there = {each.suffix.casefold() for each in beside}
    if path.suffix.casefold() == ".mif":
        return ".mid" if ".mid" not in there and _COLUMNS.search(head) else ""
    # A table without shapes has neither .map nor .id.
    return next((part for part in _NEEDED[: 3 if there & {".map", ".id"} else 1]
                 if part not in there), "")  # fmt: skip


def _with_charset(head: bytes, charset: str) -> bytes:
    first, newline, rest = head.partition(b"\n")
    quoted = f'Charset "{charset}"'.encode()
    return first + newline + quoted + b"\n" + rest


def mapinfo_layers(path: Path, shown: str, encoding: str | None) -> tuple[Layer, ...]:
    """
    Look into a MapInfo file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.tab`` or ``.mif`` file.
    shown : str
        How messages call it.
    encoding : str or None
        Encoding that somebody asked for.

    Returns
    -------
    tuple of Layer
        Its one layer.

    Raises
    ------
    SourceError
        It is damaged, or leads to other files.
    """
    with _opened(path, shown, encoding) as (copy, _):
        return looked(copy, "MapInfo File", shown)


def mapinfo_rows(path: Path, layer: str, shown: str, encoding: str | None) -> Iterator[RawRows]:
    """
    Read a MapInfo file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.tab`` or ``.mif`` file.
    layer : str
        Its one layer.
    shown : str
        How messages call it.
    encoding : str or None
        Encoding that somebody asked for.

    Yields
    ------
    RawRows
        At most 65,536 rows each.

    Raises
    ------
    SourceError
        It is damaged, or leads to other files.
    """
    with _opened(path, shown, encoding) as (copy, found):
        known = {each.name: each for each in looked(copy, "MapInfo File", shown)}
        place = Place(copy, layer, shown, "MapInfo File")
        place = place._replace(claimed=chosen_layer(known, place).rows)
        notes: tuple[Finding, ...] = ()
        if _missing(path, _read(path, _HEADER_BYTES)):
            notes = (Finding("part_missing", "error", value=".mid", **place.where),)
        for rows in all_rows(place):
            yield replace(rows, encoding=found, findings=notes + rows.findings)
            notes = ()
