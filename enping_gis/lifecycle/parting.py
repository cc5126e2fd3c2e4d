"""Cut the shape of a plot into the parts that a line makes, or that polygons describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.errors import InputError
from enping_gis.measure.cutting.clipping import areal, repaired
from enping_gis.measure.cutting.cut import Conflict, Ground, cut, mean_width_m
from enping_gis.measure.cutting.locating import NOWHERE

if TYPE_CHECKING:
    import numpy.typing as npt

    Shapes = npt.NDArray[np.object_]

_LINES = frozenset({"LineString", "MultiLineString", "LinearRing"})
_POLYGONS = frozenset({"Polygon", "MultiPolygon"})
_AT_LEAST = 2
# Shapes that lie so near each other share a boundary: overlays move corners by far less.
_TOUCHING_M = 1e-4


def parts_of(
    parcel: str, shape: shapely.Geometry, given: Shapes, *, tolerance_m: float
) -> list[shapely.MultiPolygon]:
    """
    Return the parts that tile a plot.

    Parameters
    ----------
    parcel : str
        Id of the plot, for messages.
    shape : shapely.Geometry
        The plot, metres.
    given : array of shapely geometries, shape (n,)
        Lines to cut along, or polygons that cover the plot, in the plane of the plot.
    tolerance_m : float
        Width in metres up to which lines may fall short of the boundary, and polygons leave
        strips of the plot free, overlap, or reach beyond it.

    Returns
    -------
    list of shapely.MultiPolygon
        Two parts or more: of polygons in their order, of lines from west to east or from north to
        south, whichever they spread over more.

    Raises
    ------
    InputError
        The plot has no usable shape, or what is given does not divide it.

    Examples
    --------
    >>> plot, line = shapely.box(0, 0, 10, 10), shapely.linestrings([[4, -1], [4, 11]])
    >>> [part.area for part in parts_of("a", plot, np.array([line]), tolerance_m=0.2)]
    [40.0, 60.0]
    >>> parts_of("a", plot, np.array([]), tolerance_m=0.2)
    Traceback (most recent call last):
    ...
    enping_gis.errors.InputError: ...
    """
    plot = shapely.force_2d(areal(np.array([shape], dtype=object))[0])
    if plot.is_empty or not np.isfinite(plot.area) or not plot.is_valid:
        raise InputError("error.divide_shape", parcel=parcel)
    kinds = {"-" if each is None or each.is_empty else each.geom_type for each in given}
    if kinds and kinds <= _LINES:
        outlines = _faces(parcel, plot, given, tolerance_m)
    elif kinds <= _POLYGONS and len(given) >= _AT_LEAST:
        outlines = repaired(shapely.force_2d(given))
    else:
        known = ", ".join(sorted(kinds)) or "-"
        raise InputError("error.divide_parts", parcel=parcel, value=f"{known} x {len(given)}")
    return [
        shapely.multipolygons(shapely.get_parts(part))
        for part in _tiled(parcel, plot, outlines, tolerance_m)
    ]


def _faces(parcel: str, plot: shapely.Geometry, lines: Shapes, tolerance_m: float) -> Shapes:
    """Return the pieces that lines make of a plot, each with what lies beside it uncut."""
    near = [_reaching(each, tolerance_m) for each in shapely.get_parts(shapely.force_2d(lines))]
    edges = shapely.union_all([shapely.boundary(plot), *near])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts([edges])))
    faces = faces[shapely.contains_properly(plot, shapely.point_on_surface(faces))]
    # A part that no line divides, or a strip along a line, keeps company with what is nearest.
    solid = mean_width_m(faces) > tolerance_m
    solid &= np.array([_is_cut(plot, face) for face in faces], dtype=bool)
    groups: list[list[shapely.Geometry]] = [[face] for face in faces[solid]]
    if len(groups) < _AT_LEAST:
        raise InputError("error.divide_line", parcel=parcel, n=1)
    for face in faces[~solid]:
        _nearest(face, groups).append(face)
    pieces = np.array([shapely.union_all(group) for group in groups], dtype=object)
    return pieces[_along(pieces)]


def _is_cut(plot: shapely.Geometry, face: shapely.Geometry) -> bool:
    """Tell whether a face is less than a whole part of its plot."""
    inside = face.point_on_surface()
    own = next(part for part in shapely.get_parts(plot) if part.contains(inside))
    return bool(own.area - face.area > _TOUCHING_M * own.length)


def _nearest(
    face: shapely.Geometry, groups: list[list[shapely.Geometry]]
) -> list[shapely.Geometry]:
    """Return the group with the longest boundary along a face, else the nearest, else largest."""
    beside = face.buffer(_TOUCHING_M)

    def _rank(group: list[shapely.Geometry]) -> tuple[float, float, float]:
        first = group[0]
        return -first.boundary.intersection(beside).length, first.distance(face), -first.area

    return min(groups, key=_rank)


def _reaching(line: shapely.LineString, more_m: float) -> shapely.LineString:
    """Lengthen a line at both ends: one drawn up to a boundary falls short by rounding."""
    points = shapely.get_coordinates(line)
    points = points[np.append(np.any(np.diff(points, axis=0) != 0, axis=1), True)]
    if len(points) < _AT_LEAST:
        return line
    for end, inner in ((0, 1), (-1, -2)):
        way = points[end] - points[inner]
        points[end] = points[end] + way / np.hypot(*way) * more_m
    return shapely.linestrings(points)


def _along(pieces: Shapes) -> list[int]:
    """Order pieces from west to east, or from north to south where they spread more so."""
    east, north = shapely.get_coordinates(shapely.centroid(pieces)).T
    place = east if np.ptp(east) >= np.ptp(north) else -north
    return np.argsort(place, kind="stable").tolist()


def _tiled(parcel: str, plot: shapely.Geometry, outlines: Shapes, tolerance_m: float) -> Shapes:
    """Return what each polygon has of the plot; together all of it."""
    ground = Ground(outlines, np.arange(len(outlines)), tolerance_m, 0.0)
    found = cut(np.array([plot], dtype=object), np.array([plot.area]), ground)
    if isinstance(found, Conflict):
        common = outlines[found.one].intersection(outlines[found.other]).intersection(plot)
        raise InputError(
            "error.divide_overlap", parcel=parcel, one=found.one + 1, other=found.other + 1,
            **_sizes(common, tolerance_m),
        )  # fmt: skip
    for number, beyond in enumerate(shapely.difference(outlines, plot)):
        if _widest_m(beyond) > tolerance_m:
            raise InputError(
                "error.divide_outside", parcel=parcel, one=number + 1, **_sizes(beyond, tolerance_m)
            )
    parts = np.full(len(outlines), None, dtype=object)
    own = found.code != NOWHERE
    parts[found.code[own]] = found.shape[own]
    for each in np.flatnonzero(shapely.is_missing(parts)):
        raise InputError("error.divide_empty", parcel=parcel, one=each + 1)
    for rest in found.shape[~own]:
        if _widest_m(rest) > tolerance_m:
            raise InputError("error.divide_gap", parcel=parcel, **_sizes(rest, tolerance_m))
        for strip in shapely.get_parts(rest):
            groups = [[part] for part in parts]
            taker = groups.index(_nearest(strip, groups))
            parts[taker] = shapely.union(parts[taker], strip)
    return areal(parts)


def _widest_m(shape: shapely.Geometry) -> float:
    pieces = shapely.get_parts(areal(np.array([shape], dtype=object)))
    return float(mean_width_m(pieces).max(initial=0.0))


def _sizes(where: shapely.Geometry, tolerance_m: float) -> dict[str, str]:
    return {"area_m2": f"{where.area:,.2f}", "tolerance_m": f"{tolerance_m:g}"}
