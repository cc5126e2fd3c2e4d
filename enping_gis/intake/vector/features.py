"""Read GeoJSON feature by feature, without a library that would follow what it says."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.encoding import text_encoding
from enping_gis.intake.raw import Layer, RawRows
from enping_gis.intake.vector.columns import EXACT_TO, frame_of, table_of
from enping_gis.intake.vector.declared import declared_crs
from enping_gis.intake.vector.json_shapes import shapes_from_json
from enping_gis.intake.vector.json_text import JsonText, MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.intake.raw import Encoding

# Features take far more room as Python objects than in a table.
_BATCH_ROWS = 16_384
_HEAD_ROWS = 100
_TAIL_BYTES = 65_536
_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
    | {"GeometryCollection"}
)
_GREATEST_DEG = 180.0


def feature_layers(path: Path, shown: str, encoding: str | None) -> tuple[Layer, ...]:
    """
    Look into a GeoJSON file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    shown : str
        How messages call it.
    encoding : str or None
        Encoding that somebody asked for.

    Returns
    -------
    tuple of Layer
        Its one layer, named after the file; columns and type of geometry by its first rows.

    Raises
    ------
    SourceError
        It is no GeoJSON.
    """
    found = text_encoding(path, encoding, shown)
    about: dict[str, Any] = {}
    first = []
    for feature in _features(path, shown, found, about):
        first.append(feature)
        if len(first) == _HEAD_ROWS:
            break
    kinds = {str((_member(each, "geometry") or {}).get("type", "None")) for each in first}
    names = dict.fromkeys(name for each in first for name in _properties(each))
    kind = kinds.pop() if len(kinds) == 1 else "Unknown"
    wording = _crs_wording(path, about)
    return (Layer(path.stem, kind, tuple(map(str, names)), -1, wording),)


def feature_rows(path: Path, layer: str, shown: str, encoding: str | None) -> Iterator[RawRows]:
    """
    Read a GeoJSON file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    layer : str
        Its one layer.
    shown : str
        How messages call it.
    encoding : str or None
        Encoding that somebody asked for.

    Yields
    ------
    RawRows
        At most 16,384 rows each.

    Raises
    ------
    SourceError
        It is no GeoJSON, or is damaged.
    """
    found = text_encoding(path, encoding, shown)
    about: dict[str, Any] = {}
    where = {"file": shown, "layer": layer}
    batch: list[Any] = []
    crs: tuple[CRS | None, str] | None = None
    start = 0
    for feature in _features(path, shown, found, about):
        batch.append(feature)
        if len(batch) == _BATCH_ROWS:
            crs = crs or _crs(path, about, batch)
            yield _rows(batch, start, where, (found, *crs))
            start += len(batch)
            batch = []
    if batch or not start:
        crs = crs or _crs(path, about, batch)
        yield _rows(batch, start, where, (found, *crs))


def _features(path: Path, shown: str, found: Encoding, about: dict[str, Any]) -> Iterator[Any]:
    """Yield features; what else the file says is put into `about`."""
    count = 0
    try:
        with path.open(encoding=found.name, newline="") as stream:
            # GDAL and others begin with a mark that tells the encoding.
            if stream.read(1) != "\ufeff":
                stream.seek(0)
            for name, value in JsonText(stream).members("features"):
                if name == "features":
                    count += 1
                    yield value
                elif name:
                    about[name] = value
                elif about.get("type") == "Feature":  # one text for each feature
                    count += 1
                    yield dict(about)
                    about.clear()
    except (MalformedError, UnicodeError, OSError) as error:
        reason = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else str(error)
        raise SourceError("error.json_broken", path=shown, row=count + 1, reason=reason) from error
    kind = about.get("type")
    if kind == "Feature":
        yield dict(about)
    elif kind in _GEOMETRIES:
        yield {"type": "Feature", "properties": {}, "geometry": dict(about)}
    elif kind != "FeatureCollection":
        raise SourceError("error.json_kind", path=shown, value=str(kind or "-")[:40])


def _member(feature: object, name: str) -> dict[str, Any] | None:
    value = feature.get(name) if isinstance(feature, dict) else None
    return value if isinstance(value, dict) else None


def _properties(feature: object) -> dict[str, Any]:
    own = _member(feature, "properties") or {}
    key = feature.get("id") if isinstance(feature, dict) else None
    # The key of the feature is an attribute, too, where no other has its name.
    return own if key is None or "id" in own else {"id": key, **own}


def _rows(
    batch: list[Any], start: int, where: dict[str, Any],
    how: tuple[Encoding, CRS | None, str],
) -> RawRows:  # fmt: skip
    rows = np.arange(start + 1, start + len(batch) + 1)
    columns, findings = table_of([_properties(each) for each in batch], where)
    made = shapes_from_json([_member(each, "geometry") for each in batch])
    findings = (findings if not start else ()) + _inexact(batch, columns, rows, where)
    findings += tuple(
        Finding("geometry_unread", "error", row=int(rows[position]), value=reason, **where)
        for position, reason in made.broken
    )
    findings += tuple(
        Finding("ring_closed", "warning", row=int(rows[position]), **where)
        for position in made.closed
    )
    strange = [n for n, each in enumerate(batch) if not isinstance(each, dict)]
    findings += tuple(
        Finding("geometry_unread", "error", row=int(rows[position]),
                value=str(batch[position])[:40], **where)
        for position in strange
    )  # fmt: skip
    if made.heights and not start:
        findings += (Finding("heights_dropped", "info", value="3D", **where),)
    encoding, crs, wording = how
    return RawRows(
        frame_of(columns, rows), made.shapes, where["file"], where["layer"], "GeoJSON",
        encoding, crs, wording, rows_in=len(batch), findings=findings,
    )  # fmt: skip


def _inexact(
    batch: list[Any], columns: dict[str, npt.NDArray[Any]], rows: npt.NDArray[np.int64],
    where: dict[str, Any],
) -> tuple[Finding, ...]:  # fmt: skip
    """Name codes written as floats among exact ones; where all are floats the column shows it."""
    texts = {name for name, cells in columns.items() if cells.dtype == object}
    return tuple(
        Finding("id_inexact", "warning", row=int(rows[position]), field=name,
                value=f"{cell:.0f}", **where)
        for position, each in enumerate(batch)
        for name, cell in _properties(each).items()
        if type(cell) is float and EXACT_TO < abs(cell) < math.inf and name in texts
    )  # fmt: skip


def _crs(path: Path, about: dict[str, Any], batch: list[Any]) -> tuple[CRS | None, str]:
    wording = _crs_wording(path, about)
    if wording or "crs" in about:
        return declared_crs(wording), wording
    # Without a word the standard means degrees; many files have metres all the same.
    made = shapes_from_json([_member(each, "geometry") for each in batch[:_HEAD_ROWS]])
    return (declared_crs("EPSG:4326") if _degrees(made.shapes) else None), ""


def _degrees(shapes: npt.NDArray[np.object_]) -> bool:
    bounds = np.array([each.bounds for each in shapes if each is not None and not each.is_empty])
    return bool(bounds.size and np.nanmax(np.abs(bounds)) <= _GREATEST_DEG)


def _crs_wording(path: Path, about: dict[str, Any]) -> str:
    crs = about.get("crs")
    if "crs" not in about:
        crs = _crs_at_end(path)
    if not isinstance(crs, dict):
        return ""
    own = crs.get("properties")
    own = own if isinstance(own, dict) else {}
    if "code" in own:
        return f"EPSG:{own['code']}"
    return str(own.get("name") or own.get("href") or "")


def _crs_at_end(path: Path) -> object:
    """Look for a system that is stated after the features."""
    with path.open("rb") as stream:
        stream.seek(0, 2)
        stream.seek(max(stream.tell() - _TAIL_BYTES, 0))
        tail = stream.read().decode("utf-8", "replace")
    # Behind the last feature no more than the end of the list and a few members can stand.
    match = re.search(r"\]\s*,(?:\s*\"\w+\"\s*:\s*\"[^\"]*\"\s*,)*\s*\"crs\"\s*:\s*(?=\{)", tail)
    if match is None:
        return None
    try:
        return json.JSONDecoder().raw_decode(tail, match.end())[0]
    except (ValueError, RecursionError):
        return None
