"""Make shapes of GeoJSON geometry, all of a batch at once where nothing is odd."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
import shapely.geometry
from shapely.errors import ShapelyError

from enping_gis.intake.files.reasons import shape_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_FAILURES = (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError,
             OverflowError, RecursionError)  # fmt: skip


class JsonShapes(NamedTuple):
    """
    Geometry of a batch of features.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        None where there is none, or it could not be made.
    broken : list of tuple of int and str
        Positions of those that could not be made, and why.
    closed : list of int
        Positions of those with a ring that does not end where it begins.
    heights : bool
        Some vertices have more than two numbers.
    """

    shapes: npt.NDArray[np.object_]
    broken: list[tuple[int, str]]
    closed: list[int]
    heights: bool


def shapes_from_json(geometries: Sequence[dict[str, Any] | None]) -> JsonShapes:
    """
    Make shapes of GeoJSON geometry objects.

    Parameters
    ----------
    geometries : sequence of dict or None
        Parsed objects.

    Returns
    -------
    JsonShapes
        A ring that is not closed is closed and named; one that is broken costs its row.

    Examples
    --------
    >>> ring = [[0, 0], [1, 0], [1, 1]]
    >>> made = shapes_from_json([{"type": "Polygon", "coordinates": [ring]}, None])
    >>> float(made.shapes[0].area), made.closed
    (0.5, [0])
    >>> shapes_from_json([]).shapes.tolist()
    []
    """
    with np.errstate(invalid="ignore"):  # a vertex may be no number
        try:
            return _together(geometries)
        except _FAILURES:
            return _one_by_one(geometries)


def _together(geometries: Sequence[dict[str, Any] | None]) -> JsonShapes:
    shapes = np.full(len(geometries), None, dtype=object)
    rings: list[Any] = []
    ring_owners: list[int] = []
    owners: list[int] = []
    many: set[int] = set()
    for position, geometry in enumerate(geometries):
        if geometry is None:
            continue
        kind = geometry["type"]
        if kind not in {"Polygon", "MultiPolygon"} or not geometry["coordinates"]:
            shapes[position] = shapely.force_2d(shapely.geometry.shape(geometry))
            continue
        parts = geometry["coordinates"]
        if kind == "Polygon":
            parts = [parts]
        else:
            many.add(position)
        for part in parts:
            ring_owners.extend([len(owners)] * len(part))
            owners.append(position)
            rings.extend(part)
    if not owners:
        return JsonShapes(shapes, [], [], heights=False)
    made, heights = _polygons(rings, ring_owners)
    if len(made) != len(owners):  # a part without any ring
        raise ValueError
    whose = np.array(owners)
    single = ~np.isin(whose, list(many))
    shapes[whose[single]] = made[single]
    if many:
        # Parts of one shape stand together, and shapes in order.
        _, numbers = np.unique(whose[~single], return_inverse=True)
        shapes[sorted(many)] = shapely.multipolygons(made[~single], indices=numbers)
    open_rings = [n for n, ring in enumerate(rings) if ring[0] != ring[-1]]
    closed = sorted({owners[ring_owners[n]] for n in open_rings})
    return JsonShapes(shapes, [], closed, heights)


def _polygons(
    rings: list[Any], owners: list[int]
) -> tuple[npt.NDArray[np.object_], bool]:  # fmt: skip
    sizes = [len(ring) for ring in rings]
    points = list(chain.from_iterable(rings))
    heights = any(len(point) != 2 for point in points)  # noqa: PLR2004 - x and y
    if heights:
        points = [point[:2] for point in points]
    vertices = np.array(points, dtype=np.float64)
    numbers = np.repeat(np.arange(len(rings)), sizes)
    lines = shapely.linearrings(vertices, indices=numbers)
    return shapely.polygons(lines, indices=np.array(owners)), heights


def _one_by_one(geometries: Sequence[dict[str, Any] | None]) -> JsonShapes:
    shapes = np.full(len(geometries), None, dtype=object)
    broken, closed, heights = [], [], False
    for position, geometry in enumerate(geometries):
        if geometry is None:
            continue
        try:
            single = _together([geometry])
            shapes[position] = single.shapes[0]
            closed += [position] * len(single.closed)
            heights |= single.heights
        except _FAILURES as error:
            broken.append((position, _reason(geometry, error)))
    return JsonShapes(shapes, broken, closed, heights)


def _reason(geometry: dict[str, Any], error: Exception) -> str:
    """Give the reason; of a vertex that is no number GEOS says only that its ring is open."""
    numbers = shape_reason(ValueError("nan"))
    return numbers if "NaN" in json.dumps(geometry, default=str) else shape_reason(error)
