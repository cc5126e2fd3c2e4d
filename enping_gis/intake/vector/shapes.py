"""Make shapes of the binary geometry in a file; what is bent becomes short straight edges."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from shapely.errors import ShapelyError

from enping_gis.findings import Finding
from enping_gis.intake.files.reasons import shape_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

# Greatest distance between an arc and the edges that stand for it, metres: 700 m of arc then
# take less than 0.01 m2 from an area.
MAX_SAGITTA_M = 0.00002
_DEGREE_M = 111_320.0
_GREATEST_DEG = 360.0
_LEAST_STEPS = 8
_MAX_STEPS = 10_000
_POINT_BYTES = 8
# Codes of the OGC for types of geometry.
_LINE, _POLYGON = 2, 3
_WITH_RINGS = (3, 6, 7)
_COLLECTIONS = (4, 5, 6, 7, 11, 12, 15, 16)
_CIRCULAR, _COMPOUND, _CURVE_POLYGON = 8, 9, 10
_BENT = (*range(8, 13), 15, 16)
_Z_FLAG, _M_FLAG, _ID_FLAG = 0x80000000, 0x40000000, 0x20000000


class Shapes(NamedTuple):
    """
    Geometry of a batch of rows.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        None where there is none, or it could not be made.
    bent : numpy.ndarray of int
        Positions of those that had arcs.
    broken : list of tuple of int and str
        Positions of those that could not be made, and why.
    closed : tuple of int
        Positions of those with a ring that does not end where it begins.
    """

    shapes: npt.NDArray[np.object_]
    bent: npt.NDArray[np.int64]
    broken: list[tuple[int, str]]
    closed: tuple[int, ...] = ()


def shapes_of(wkb: npt.NDArray[np.object_]) -> Shapes:
    """
    Make shapes of well-known binary; one that is broken costs itself alone.

    Parameters
    ----------
    wkb : numpy.ndarray of bytes
        OGC, ISO or extended well-known binary, None where a row has no geometry.

    Returns
    -------
    Shapes
        Heights and measures are dropped.

    Examples
    --------
    >>> import numpy as np
    >>> shapes_of(np.array([None, b"x"], dtype=object)).broken[0][0]
    1
    >>> len(shapes_of(np.array([], dtype=object)).shapes)
    0
    """
    try:
        with np.errstate(invalid="ignore"):  # a vertex may be no number
            return Shapes(flat(shapely.from_wkb(wkb)), np.empty(0, dtype=np.int64), [])
    except (ShapelyError, ValueError, RuntimeError, TypeError):
        pass
    with np.errstate(invalid="ignore"):
        return _one_by_one(wkb)


def _one_by_one(wkb: npt.NDArray[np.object_]) -> Shapes:
    bent, broken, closed = [], [], []
    shapes = np.full(len(wkb), None, dtype=object)
    for position, code in enumerate(wkb):
        try:
            if code is not None and _kind(code) in _BENT:
                bent.append(position)
                shapes[position] = _Reader(code).shape()
            else:
                shapes[position], changed = _straight(code)
                closed += [position] * changed
        except (ShapelyError, ValueError, RuntimeError, TypeError, struct.error) as error:
            broken.append((position, shape_reason(error)))
    return Shapes(shapes, np.array(bent, dtype=np.int64), broken, tuple(closed))


def _straight(code: bytes | None) -> tuple[shapely.Geometry | None, bool]:
    """Make one shape; say whether a ring had to be closed for it."""
    try:
        return shapely.force_2d(shapely.from_wkb(code)), False
    except ShapelyError:
        if code is None or _kind(code) not in _WITH_RINGS:
            raise
        return _Reader(code).shape(), True


def flat(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """
    Drop heights and measures.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        Any.

    Returns
    -------
    numpy.ndarray of shapely geometries
        The same array where nothing was to be dropped.

    Examples
    --------
    >>> import numpy as np
    >>> flat(np.array([shapely.Point(1, 2, 3)]))[0].has_z
    False
    """
    deep = shapely.has_z(shapes).any() or shapely.has_m(shapes).any()
    return shapely.force_2d(shapes) if deep else shapes


def _kind(code: bytes) -> int:
    if len(code) < 5:  # noqa: PLR2004 - the order of bytes, and the type
        return 0
    number: int = struct.unpack_from("<I" if code[0] else ">I", code, 1)[0]
    return (number & 0xFFFF) % 1000


class _Reader:
    """Read well-known binary with arcs, which GEOS does not."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self.at = 0

    def shape(self) -> shapely.Geometry:
        kind, size, order = self._head()
        if kind in {_LINE, _CIRCULAR, _COMPOUND}:
            return shapely.LineString(self._curve(kind, size, order))
        if kind == _POLYGON:
            return _polygon([self._points(size, order) for _ in range(self._count(order))])
        if kind == _CURVE_POLYGON:
            rings = []
            for _ in range(self._count(order)):
                inner, inner_size, inner_order = self._head()
                rings.append(self._curve(inner, inner_size, inner_order))
            return _polygon(rings)
        if kind in _COLLECTIONS:
            parts = [self.shape() for _ in range(self._count(order))]
            return _collection(parts)
        msg = f"geometry of type {kind}"
        raise ValueError(msg)

    def _head(self) -> tuple[int, int, str]:
        order = "<" if self.code[self.at] else ">"
        number: int = struct.unpack_from(order + "I", self.code, self.at + 1)[0]
        self.at += 5 + (4 if number & _ID_FLAG else 0)
        thousand = (number & 0xFFFF) // 1000
        heights = bool(number & _Z_FLAG) or thousand in {1, 3}
        measures = bool(number & _M_FLAG) or thousand in {2, 3}
        return (number & 0xFFFF) % 1000, 2 + heights + measures, order

    def _count(self, order: str) -> int:
        count: int = struct.unpack_from(order + "I", self.code, self.at)[0]
        self.at += 4
        return count

    def _points(self, size: int, order: str) -> npt.NDArray[np.float64]:
        count = self._count(order)
        if count * size * _POINT_BYTES > len(self.code) - self.at:
            msg = "geometry ends too early"
            raise ValueError(msg)
        numbers = np.frombuffer(self.code, order + "f8", count * size, self.at)
        self.at += count * size * _POINT_BYTES
        return numbers.reshape(count, size)[:, :2].astype(np.float64)

    def _curve(self, kind: int, size: int, order: str) -> npt.NDArray[np.float64]:
        if kind == _LINE:
            return self._points(size, order)
        if kind == _CIRCULAR:
            return straightened(self._points(size, order))
        parts = []
        for _ in range(self._count(order)):
            inner, inner_size, inner_order = self._head()
            parts.append(self._curve(inner, inner_size, inner_order))
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _polygon(rings: list[npt.NDArray[np.float64]]) -> shapely.Polygon:
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


def _collection(parts: list[shapely.Geometry]) -> shapely.Geometry:
    if parts and all(part.geom_type == "Polygon" for part in parts):
        return shapely.MultiPolygon(parts)
    if parts and all(part.geom_type == "LineString" for part in parts):
        return shapely.MultiLineString(parts)
    return shapely.GeometryCollection(parts)


def straightened(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """
    Replace a chain of arcs by edges that stay within `MAX_SAGITTA_M` of it.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2)
        Start, a point on the way, end, a point on the way, end, and so on.

    Returns
    -------
    numpy.ndarray, shape (m, 2)
        The points given, and those between.

    Examples
    --------
    >>> import numpy as np
    >>> half = straightened(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]))
    >>> bool(np.allclose(np.hypot(half[:, 0] - 1, half[:, 1]), 1))
    True
    >>> straightened(np.empty((0, 2))).shape
    (0, 2)
    """
    arcs = [_arc(*points[first : first + 3])[1:] for first in range(0, len(points) - 2, 2)]
    return np.concatenate([points[:1], *arcs])


def straightened_bulges(
    points: npt.NDArray[np.float64], bulges: Sequence[float]
) -> npt.NDArray[np.float64]:
    """
    Replace the bent edges of a closed polyline, as drawings have them, by short straight ones.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2)
        Vertices.
    bulges : sequence of float
        Per vertex, the tangent of a quarter of the angle of the edge after it; positive bends
        to the right of it.

    Returns
    -------
    numpy.ndarray, shape (m, 2)
        Vertices, within `MAX_SAGITTA_M` of the arcs.

    Examples
    --------
    >>> import numpy as np
    >>> circle = straightened_bulges(np.array([[-1.0, 0.0], [1.0, 0.0]]), [1.0, 1.0])
    >>> bool(abs(shapely.Polygon(circle).area - math.pi) < 1e-3)
    True
    >>> straightened_bulges(np.empty((0, 2)), []).shape
    (0, 2)
    """
    parts = [np.empty((0, 2))]
    for start, end, bulge in zip(points, np.roll(points, -1, axis=0), bulges, strict=True):
        if bulge == 0 or np.array_equal(start, end):
            parts.append(start[None])
            continue
        # The middle of the arc lies beside the middle of its chord.
        chord = end - start
        way = (start + end) / 2 + np.array([chord[1], -chord[0]]) * bulge / 2
        parts.append(_arc(start, way, end)[:-1])
    return np.concatenate(parts)


def _arc(
    start: npt.NDArray[np.float64], way: npt.NDArray[np.float64], end: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    a, b = way - start, end - start
    full = bool(np.array_equal(start, end))
    cross = 2 * (a[0] * b[1] - a[1] * b[0])
    if full:
        # The circle that has the middle point opposite the start.
        center, turn = (start + way) / 2, 2 * math.pi
    elif cross == 0:
        return np.array([start, way, end])
    else:
        squares = np.array([a @ a, b @ b])
        center = start + np.array([b[1] * squares[0] - a[1] * squares[1],
                                   a[0] * squares[1] - b[0] * squares[0]]) / cross  # fmt: skip
        turn = 0.0
    radius = math.dist(start, center)
    angles = [math.atan2(*(point - center)[::-1]) for point in (start, way, end)]
    if not full:
        sense = 1 if cross > 0 else -1
        turn = sense * ((sense * (angles[2] - angles[0])) % (2 * math.pi))
    degrees = max(abs(start[0]), abs(start[1])) <= _GREATEST_DEG
    sagitta = MAX_SAGITTA_M / (_DEGREE_M if degrees else 1)
    step = 2 * math.acos(max(1 - sagitta / radius, 0)) if radius > sagitta else math.pi / 4
    count = min(max(math.ceil(abs(turn) / step), _LEAST_STEPS), _MAX_STEPS)
    along = angles[0] + turn * np.linspace(0, 1, count + 1)
    result: npt.NDArray[np.float64] = center + radius * np.column_stack(
        [np.cos(along), np.sin(along)]
    )
    result[0], result[-1] = start, end
    return result


def shape_findings(
    found: Shapes, rows: Sequence[int] | npt.NDArray[np.int64], where: dict[str, Any]
) -> tuple[Finding, ...]:
    """
    Say which rows had arcs, and which have a geometry that could not be made.

    Parameters
    ----------
    found : Shapes
        Result of `shapes_of`.
    rows : sequence of int
        Row number of each position.
    where : dict
        File and layer.

    Returns
    -------
    tuple of Finding
        One for all arcs, one for each row that lost its geometry or had a ring closed.

    Examples
    --------
    >>> import numpy as np
    >>> shape_findings(shapes_of(np.array([None], dtype=object)), [1], {})
    ()
    """
    findings = [
        Finding("geometry_unread", "error", row=int(rows[position]), value=reason, **where)
        for position, reason in found.broken
    ]
    findings += [
        Finding("ring_closed", "warning", row=int(rows[position]), **where)
        for position in found.closed
    ]
    if len(found.bent):
        values: dict[str, object] = {"n": len(found.bent)}
        row = int(rows[found.bent[0]])
        findings.append(Finding("arcs_straightened", "info", row=row, values=values, **where))
    return tuple(findings)
