"""Read KML, and Ovital's shifted kind of it, placemark by placemark; links are not followed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.drawings.placemarks import Placemarks
from enping_gis.intake.files.encoding import text_encoding
from enping_gis.intake.files.look import checked_kind
from enping_gis.intake.files.reasons import file_reason
from enping_gis.intake.raw import Encoding, Hints, Layer, RawRows
from enping_gis.intake.vector.columns import frame_of, table_of
from enping_gis.intake.vector.declared import declared_crs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from enping_gis.intake.drawings.placemarks import Placemark

_CHUNK_CHARS = 1 << 20
_BATCH_ROWS = 16_384
_HEAD_CHARS = 65_536
_XML_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
# Signs that XML forbids; programs write them into descriptions all the same.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OVITAL = re.compile(r"ovital|<Ov[A-Z]", re.IGNORECASE)
_DATUMS = (
    ("gcj02", re.compile(r"gcj[-_ ]?0?2", re.IGNORECASE)),
    ("bd09", re.compile(r"bd[-_ ]?0?9", re.IGNORECASE)),
    ("cgcs2000", re.compile(r"cgcs[-_ ]?2000", re.IGNORECASE)),
    ("wgs84", re.compile(r"wgs[-_ ]?(?:19)?84", re.IGNORECASE)),
)
_GB = ("GBK", "GB2312", "GB18030")


def layers_of(path: Path, *, encoding: str | None = None) -> tuple[Layer, ...]:
    """
    Look into a KML file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.kml`` or ``.ovkml`` file.
    encoding : str, optional
        Encoding of its texts, whatever it declares.

    Returns
    -------
    tuple of Layer
        Its one layer, named after the file; folders become a column.

    Raises
    ------
    SourceError
        It is no KML.
    """
    checked_kind(path)
    found = _encoding(path, encoding, str(path))
    with path.open(encoding=found.name, errors="replace") as stream:
        head = stream.read(_HEAD_CHARS)
    _refuse_other_kinds(head, str(path))
    return (Layer(path.stem, "Unknown", (), -1, "EPSG:4326"),)


def _refuse_other_kinds(head: str, shown: str) -> None:
    if re.search(r"<!(DOCTYPE|ENTITY)", head, re.IGNORECASE):
        raise SourceError("error.xml_doctype", path=shown)
    if not re.search(r"<(\w+:)?(kml|Document|Folder|Placemark)[\s/>]", head):
        raise SourceError("error.not_its_kind", path=shown, kind="KML")


def rows_of(
    path: Path, layer: str, *, encoding: str | None = None, shown: str = ""
) -> Iterator[RawRows]:
    """
    Read a KML file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.kml`` or ``.ovkml`` file.
    layer : str
        Its one layer.
    encoding : str, optional
        Encoding of its texts, whatever it declares.
    shown : str
        How messages call the file; by default its path.

    Yields
    ------
    RawRows
        At most 16,384 placemarks each; ``hints.datum`` says where coordinates are shifted.

    Raises
    ------
    SourceError
        It is no KML, is damaged, or has a document type.
    """
    shown = shown or str(path)
    checked_kind(path, shown)
    found = _encoding(path, encoding, shown)
    where: dict[str, Any] = {"file": shown, "layer": layer}
    reader = Placemarks()
    batch: list[Placemark] = []
    start = 0
    with _told(reader, shown), path.open(encoding=found.name, newline="") as stream:
        head = stream.read(_HEAD_CHARS).removeprefix("\ufeff")
        _refuse_other_kinds(head, shown)
        text = head
        while text:
            reader.feed(_FORBIDDEN.sub(" ", text))
            batch += reader.taken()
            while len(batch) >= _BATCH_ROWS:
                hints = _hints(path, head, reader)
                yield _rows(batch[:_BATCH_ROWS], start, where, (found, hints))
                start += _BATCH_ROWS
                batch = batch[_BATCH_ROWS:]
            text = stream.read(_CHUNK_CHARS)
        reader.close()
        batch += reader.taken()
    links = tuple(
        Finding("link_not_followed", "warning", value=link[:200], **where) for link in reader.links
    )
    if batch or links or not start:
        yield _rows(batch, start, where, (found, _hints(path, head, reader)), links)


@contextmanager
def _told(reader: Placemarks, shown: str) -> Iterator[None]:
    """Turn what may go wrong while a file is parsed into one message that names the line."""
    try:
        yield
    except expat.ExpatError as error:
        reason, line = expat.ErrorString(error.code), error.lineno
        raise SourceError("error.xml_broken", path=shown, row=line, reason=reason) from error
    except reader.Forbidden as error:
        raise SourceError("error.xml_doctype", path=shown) from error
    except (UnicodeError, OSError) as error:
        raise SourceError("error.unreadable", path=shown, reason=file_reason(error)) from error


def _encoding(path: Path, asked: str | None, shown: str) -> Encoding:
    found = text_encoding(path, asked, shown)
    with path.open(encoding=found.name, errors="replace") as stream:
        match = _XML_ENCODING.search(stream.read(500))
    declared = match[1] if match is not None else ""
    if found.how == "detected" and declared.upper() in _GB:
        return Encoding(found.name, "declared", declared)
    return found._replace(declared=found.declared or declared)


def _hints(path: Path, head: str, reader: Placemarks) -> Hints:
    """Say which datum a file names; Ovital's files are shifted unless they say otherwise."""
    for datum, words in _DATUMS:
        said = next((each for each in reader.remarks if words.search(each)), None)
        if said is not None:
            return Hints(datum=datum, said=said[:80], unit="degree")  # type: ignore[arg-type]  # a key of the table above
    mark = _OVITAL.search(head)
    if path.suffix.casefold() == ".ovkml" or mark is not None:
        said = mark[0] if mark is not None else path.suffix
        return Hints(datum="gcj02", said=said, unit="degree")
    return Hints(unit="degree")


def _rows(
    batch: list[Placemark], start: int, where: dict[str, Any], how: tuple[Encoding, Hints],
    links: tuple[Finding, ...] = (),
) -> RawRows:  # fmt: skip
    rows = np.arange(start + 1, start + len(batch) + 1)
    columns, renamed = table_of([each.cells for each in batch], where)
    findings = [*links, *(renamed if not start else ())]
    shapes = np.full(len(batch), None, dtype=object)
    for position, placemark in enumerate(batch):
        shapes[position], notes = placemark.shape()
        for rule, value in notes:
            severity: Any = {"geometry_unread": "error", "ring_closed": "warning"}.get(rule, "info")
            findings.append(Finding(rule, severity, row=int(rows[position]), value=value, **where))
    encoding, hints = how
    return RawRows(
        frame_of(columns, rows), shapes, where["file"], where["layer"], "KML", encoding,
        declared_crs("EPSG:4326"), "WGS 84 (KML)", hints, len(batch), tuple(findings),
    )  # fmt: skip
