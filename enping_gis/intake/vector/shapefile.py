"""Read a Shapefile: geometry through GDAL, attributes to the letter, and what is cut off named."""

from __future__ import annotations

import struct
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from enping_gis.errors import SourceError
from enping_gis.findings import Finding
from enping_gis.intake.files.encoding import checked_encoding, shapefile_encoding, sibling
from enping_gis.intake.files.unpack import alias
from enping_gis.intake.raw import Encoding, Layer, RawRows
from enping_gis.intake.vector.bulk import Place, batches
from enping_gis.intake.vector.columns import frame_of
from enping_gis.intake.vector.dbf import Dbf, attributes, field_names, opened_dbf
from enping_gis.intake.vector.declared import declared_crs
from enping_gis.intake.vector.shapes import shape_findings, shapes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

_HEADER_BYTES = 100
_MAGIC = 9994
_VERSION = 1000
# Codes of the standard for types of shapes; 10 and 20 more with heights or measures.
_KINDS = {0: "None", 1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint", 31: "MultiPatch"}


class Parts(NamedTuple):
    """
    What lies beside the ``.shp``, and what it says.

    Parameters
    ----------
    shp : pathlib.Path
        The file.
    shx : pathlib.Path or None
        Its index, None where it is missing or does not fit.
    dbf : Dbf or None
        Its attributes.
    kind : str
        Type of geometry.
    claimed_bytes, there_bytes : int
        Length of the ``.shp`` by its header, and in truth.
    rows : int
        Rows of the index, -1 without one.
    prj : str
        Content of the ``.prj`` file.
    """

    shp: Path
    shx: Path | None
    dbf: Dbf | None
    kind: str
    claimed_bytes: int
    there_bytes: int
    rows: int
    prj: str


def _parts(path: Path, shown: str) -> Parts:
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
    if len(head) < _HEADER_BYTES:
        raise SourceError("error.not_its_kind", path=shown, kind="ESRI Shapefile")
    claimed = 2 * int(struct.unpack_from(">i", head, 24)[0])
    number = int(struct.unpack_from("<i", head, 32)[0])
    height = {1: " Z", 2: " M"}.get(number // 10, "") if number != 31 else ""  # noqa: PLR2004 - a type of its own
    kind = _KINDS.get(number if number == 31 else number % 10, "Unknown") + height  # noqa: PLR2004 - the same
    shx = sibling(path, ".shx")
    rows = -1
    if shx is not None:
        rows = (shx.stat().st_size - _HEADER_BYTES) // 8
        if rows < 0 or not _index_fits(shx, path.stat().st_size):
            shx, rows = None, -1
    dbf = sibling(path, ".dbf")
    prj = sibling(path, ".prj")
    wording = "" if prj is None else prj.read_bytes()[:20_000].decode("utf-8", "replace")
    table = None if dbf is None else opened_dbf(dbf)
    size = path.stat().st_size
    return Parts(path, shx, table, kind, claimed, size, rows, wording.strip("\ufeff \r\n\t\x00"))


def _index_fits(shx: Path, shp_bytes: int) -> bool:
    """Tell whether an index is one, and begins where the first shape lies."""
    with shx.open("rb") as stream:
        head = stream.read(_HEADER_BYTES + 8)
    if len(head) < _HEADER_BYTES or struct.unpack_from(">i", head)[0] != _MAGIC:
        return False
    if len(head) == _HEADER_BYTES:
        return shp_bytes == _HEADER_BYTES
    return bool(2 * struct.unpack_from(">i", head, _HEADER_BYTES)[0] == _HEADER_BYTES)


def shapefile_layers(path: Path, shown: str, encoding: str | None) -> tuple[Layer, ...]:
    """
    Look into a Shapefile.

    Parameters
    ----------
    path : pathlib.Path
        The ``.shp`` file.
    shown : str
        How messages call it.
    encoding : str or None
        Encoding that somebody asked for.

    Returns
    -------
    tuple of Layer
        Its one layer, named after the file.

    Raises
    ------
    SourceError
        It is damaged.
    """
    parts = _parts(path, shown)
    codec = checked_encoding(encoding) or shapefile_encoding(path).name
    names = field_names(parts.dbf, codec, {})[0] if parts.dbf is not None else []
    rows = parts.rows if parts.rows >= 0 or parts.dbf is None else parts.dbf.claimed
    return (Layer(path.stem, parts.kind, tuple(names), rows, parts.prj),)


@contextmanager
def _bare(parts: Parts) -> Iterator[Path]:
    """Put .shp and .shx alone into a folder: then every shape is read, whatever the .dbf says."""
    with tempfile.TemporaryDirectory(prefix="enping-", ignore_cleanup_errors=True) as scratch:
        copy = Path(scratch) / "shapes.shp"
        alias(parts.shp, copy)
        if parts.shx is not None:
            alias(parts.shx, copy.with_suffix(".shx"))
        else:
            copy.with_suffix(".shx").write_bytes(_index(parts.shp))
        yield copy


def _index(shp: Path) -> bytes:
    """Make the index anew by walking from shape to shape."""
    entries = bytearray()
    size = shp.stat().st_size
    with shp.open("rb") as stream:
        head = bytearray(stream.read(_HEADER_BYTES))
        at = _HEADER_BYTES
        while at + 8 <= size:
            stream.seek(at)
            record = stream.read(8)
            words = int(struct.unpack_from(">i", record, 4)[0])
            if words < 2 or at > 2 * (2**31 - 1):  # noqa: PLR2004 - a shape has a type at least
                break
            entries += struct.pack(">ii", at // 2, words)
            at += 8 + 2 * words
    struct.pack_into(">i", head, 24, (_HEADER_BYTES + len(entries)) // 2)
    return bytes(head + entries)


def shapefile_rows(path: Path, layer: str, shown: str, encoding: str | None) -> Iterator[RawRows]:
    """
    Read a Shapefile.

    Parameters
    ----------
    path : pathlib.Path
        The ``.shp`` file.
    layer : str
        Its one layer.
    shown : str
        How messages call it.
    encoding : str or None
        Encoding that somebody asked for.

    Yields
    ------
    RawRows
        At most 65,536 rows each; row numbers count deleted rows, too.

    Raises
    ------
    SourceError
        Nothing can be read.
    """
    parts = _parts(path, shown)
    asked = checked_encoding(encoding)
    found = shapefile_encoding(path)
    if asked is not None:
        found = Encoding(asked, "option", asked)
    where = {"file": shown, "layer": layer}
    findings = _state(parts, found.name, where)
    done = deleted_rows = 0
    with _bare(parts) as bare:
        place = Place(bare, "shapes", shown, "ESRI Shapefile")
        for batch in batches(place, columns=[]):
            wkb = batch.wkb()
            if wkb is None:
                wkb = np.full(batch.table.num_rows, None, dtype=object)
            count = len(wkb)
            rows = np.arange(done + 1, done + count + 1)
            columns, deleted, doubts = _attributes(parts, found.name, (done, count), where)
            made = shapes_of(wkb)
            shapes, notes = nested(made.shapes, rows, where)
            findings += doubts + shape_findings(made, rows, where) + notes
            deleted_rows += int(deleted.sum())
            done += count
            keep = ~deleted
            frame = frame_of({name: cells[keep] for name, cells in columns.items()}, rows[keep])
            yield RawRows(
                frame, shapes[keep], shown, layer, "ESRI Shapefile", found,
                declared_crs(parts.prj), parts.prj, rows_in=len(frame), findings=findings,
            )  # fmt: skip
            findings = ()
    findings = _ending(parts, done, deleted_rows, where)
    if findings:
        missing = max((parts.dbf.claimed if parts.dbf else parts.rows) - done, 0)
        yield RawRows(
            frame.iloc[:0], shapes[:0], shown, layer, "ESRI Shapefile", found,
            declared_crs(parts.prj), parts.prj, rows_in=missing, findings=findings,
        )  # fmt: skip


def _attributes(
    parts: Parts, codec: str, span: tuple[int, int], where: dict[str, Any]
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.bool_], tuple[Finding, ...]]:
    if parts.dbf is None:
        return {}, np.zeros(span[1], dtype=bool), ()
    return attributes(parts.dbf, codec, span, where)


def _state(parts: Parts, codec: str, where: dict[str, Any]) -> tuple[Finding, ...]:
    """Say what is wrong with the parts, before any row is read."""
    findings = []
    if parts.shx is None:
        findings.append(Finding("index_rebuilt", "warning", **where))
    if parts.there_bytes < parts.claimed_bytes:
        values: dict[str, object] = {"claimed": parts.claimed_bytes, "read": parts.there_bytes}
        findings.append(Finding("file_cut", "error", value=".shp", values=values, **where))
    if parts.kind.endswith((" Z", " M")):
        findings.append(Finding("heights_dropped", "info", value=parts.kind, **where))
    if parts.dbf is None:
        return (*findings, Finding("attributes_missing", "error", **where))
    if parts.dbf.rows < parts.dbf.claimed:
        values = {"claimed": parts.dbf.claimed, "read": parts.dbf.rows}
        findings.append(Finding("attributes_cut", "error", row=parts.dbf.rows + 1, values=values,
                                **where))  # fmt: skip
    return (*findings, *field_names(parts.dbf, codec, where)[1])


def _ending(parts: Parts, read: int, deleted: int, where: dict[str, Any]) -> tuple[Finding, ...]:
    """Say what is wrong with the number of rows, after all are read."""
    findings = []
    claimed = max(parts.rows, parts.dbf.claimed if parts.dbf is not None else -1)
    if read < claimed:
        values: dict[str, object] = {"claimed": claimed, "read": read}
        findings.append(Finding("rows_missing", "error", value=str(read), values=values, **where))
    elif parts.dbf is not None and parts.dbf.claimed < read:
        values = {"claimed": read, "read": parts.dbf.claimed}
        findings.append(Finding("attributes_cut", "error", row=parts.dbf.claimed + 1,
                                values=values, **where))  # fmt: skip
    if deleted:
        findings.append(Finding("rows_deleted", "info", value=str(deleted), **where))
    return tuple(findings)


def nested(
    shapes: npt.NDArray[np.object_], rows: npt.NDArray[np.int64], where: dict[str, Any]
) -> tuple[npt.NDArray[np.object_], tuple[Finding, ...]]:
    """
    Make holes of parts that lie inside another part of the same plot.

    A hole wound in the wrong direction is a part of its own to GDAL, and would add its area
    instead of taking it away.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        As GDAL makes them.
    rows : numpy.ndarray of int
        Their row numbers.
    where : dict
        File and layer.

    Returns
    -------
    shapes : numpy.ndarray of shapely geometries
        The same, but for those.
    findings : tuple of Finding
        One for each row that changed.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> yard = shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(1, 1, 2, 2)])
    >>> shapes, findings = nested(np.array([yard]), np.array([1]), {})
    >>> float(shapes[0].area), findings[0].rule
    (80.0, 'hole_direction')
    """
    many = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON)
    many = many[~shapely.is_valid(shapes[many])]
    if not len(many):
        return shapes, ()
    result, findings = shapes.copy(), []
    for position in many:
        parts = shapely.get_parts(shapes[position])
        rings = shapely.polygons(shapely.get_exterior_ring(parts))
        if not shapely.is_valid(rings).all():
            continue
        inside = rings[:, None] != rings[None, :]
        inside &= shapely.covers(rings[:, None], rings[None, :])
        crossing = shapely.overlaps(rings[:, None], rings[None, :])
        if crossing.any() or not inside.any() or (inside & inside.T).any():
            continue
        # Each part takes itself away from, or adds itself to, what lies around it.
        depth = inside.sum(axis=0)
        solid = shapely.MultiPolygon()
        for part in np.argsort(depth, kind="stable"):
            solid = solid.difference(parts[part]) if depth[part] % 2 else solid.union(parts[part])
        if solid.geom_type in {"Polygon", "MultiPolygon"}:
            result[position] = solid
            value = f"{shapes[position].area:.2f} -> {solid.area:.2f}"
            findings.append(
                Finding("hole_direction", "warning", row=int(rows[position]), value=value, **where)
            )
    return result, tuple(findings)
