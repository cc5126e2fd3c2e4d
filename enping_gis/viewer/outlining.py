"""
Lay shapes out as rings of whole numbers: vertices as steps of the square map of the world.

What many vertices would ask of the map projection is asked of polynomials (`measure.chart`); where
they leave open which step is nearest, and where they do not fit, the projection itself decides, so
that the numbers are the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.crs import WGS84, transformer
from enping_gis.measure.chart import CELL_M, DEGREE, charts_over
from enping_gis.measure.outlines.compiled import STEPS_A_VERTEX, compiled
from enping_gis.measure.outlines.outline import doubled_area
from enping_gis.measure.outlines.rings import rings_of as laid_out

if TYPE_CHECKING:
    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.measure.chart import Charts

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

# The world is cut into 2^31 steps, 1.87 cm on the equator and 1.73 cm in Enping: signed numbers of
# 32 bits hold it. https://epsg.io/3857
BITS = 31
# Beyond this latitude the square map of the world ends.
_MOST_LATITUDE = 85.0511287798066
_DEGREE_M = 111_320.0
# In steps: how far polynomials may be off, and how near to the middle between two steps a point
# has to be for the map projection to be asked.
_ERROR, _TIE = 1e-5, 1e-4
_STEPS_A_POLYNOMIAL = 42


@dataclass(frozen=True)
class Rings:
    """
    Closed rings of whole numbers, the closing vertex left out.

    Parameters
    ----------
    per_shape : numpy.ndarray of int
        How many rings each shape has; none where nothing can be drawn.
    sizes : numpy.ndarray of int
        How many vertices each ring has, one at least.
    x, y : numpy.ndarray of int
        Vertices, ring after ring; x to the east, y to the south.
    """

    per_shape: Ints
    sizes: Ints
    x: Ints
    y: Ints


def world(degrees: Floats, bits: int = BITS) -> Ints:
    """
    Turn degrees into steps of the square map of the world.

    Parameters
    ----------
    degrees : numpy.ndarray of float
        Longitude and latitude in two columns.
    bits : int
        The world has two to the power of so many steps each way.

    Returns
    -------
    numpy.ndarray of int
        Steps to the east of 180 degrees West, and to the south of 85.05 degrees North.

    Examples
    --------
    >>> world(np.array([[0.0, 0.0]]), bits=8).tolist()
    [[128, 128]]
    >>> world(np.empty((0, 2))).shape
    (0, 2)
    """
    steps = np.rint(_shares(degrees) * 2.0**bits)
    return np.clip(steps, 0, 2.0**bits - 1).astype(np.int64)


def degrees_of(points: Floats, crs: CRS) -> Floats:
    """
    Return points in WGS 84 degrees.

    Parameters
    ----------
    points : numpy.ndarray of float, shape (n, 2)
        Where they are, x or longitude first.
    crs : pyproj.CRS
        System of the points.

    Returns
    -------
    numpy.ndarray of float, shape (n, 2)
        Longitude first; infinite where there is no such place.

    Examples
    --------
    >>> from pyproj import CRS
    >>> degrees_of(np.array([[500_000.0, 0.0]]), CRS.from_epsg(4546)).tolist()
    [[111.0, 0.0]]
    >>> degrees_of(np.empty((0, 2)), WGS84).shape
    (0, 2)
    """
    if crs == WGS84:
        return points
    return np.column_stack(transformer(crs, WGS84).transform(points[:, 0], points[:, 1]))


def _shares(degrees: Floats) -> Floats:
    """Return how far to the east and to the south points lie, as shares of the map."""
    latitude = np.radians(np.clip(degrees[:, 1], -_MOST_LATITUDE, _MOST_LATITUDE))
    return np.column_stack(
        [degrees[:, 0] / 360 + 0.5, 0.5 - np.arctanh(np.sin(latitude)) / (2 * np.pi)]
    )


def rings_of(shapes: Shapes, bits: int = BITS, crs: CRS = WGS84) -> Rings:
    """
    Take shapes apart into rings of whole numbers.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely (multi)polygons or None
        With finite coordinates, x or longitude first.
    bits : int
        As of `world`.
    crs : pyproj.CRS
        System of the coordinates.

    Returns
    -------
    Rings
        Outer rings run counterclockwise on the ground and holes clockwise; where a ring crosses
        itself, the greater part of it does. A vertex that falls together with the one before it
        is left out.

    Examples
    --------
    >>> import shapely
    >>> found = rings_of(np.array([shapely.box(0, 0, 90, 45), None]), bits=3)
    >>> found.per_shape.tolist(), found.sizes.tolist(), found.x.tolist()
    ([1, 0], [4], [6, 6, 4, 4])
    >>> rings_of(np.array([], dtype=object)).x.size
    0
    """
    laid = laid_out(shapes)
    steps = _steps(laid.points, bits, crs)
    x, y = np.empty((2, len(steps)), dtype=np.int64)
    traced = _Traced(x, y, np.empty(len(laid.plot), dtype=np.int64))
    trace = _trace.at(len(steps) * STEPS_A_VERTEX)
    count = trace(laid.points, laid.first, laid.hole, steps, traced)
    per_shape = np.bincount(laid.plot, minlength=len(shapes))
    return Rings(per_shape, traced.sizes, x[:count], y[:count])


def _steps(points: Floats, bits: int, crs: CRS) -> Ints:
    def mapped(points: Floats) -> Floats:
        return _shares(degrees_of(points, crs)) * 2.0**bits

    side = CELL_M if crs.is_projected else CELL_M / _DEGREE_M
    charts = charts_over(points, side, mapped, _ERROR)
    steps, unsure = np.zeros((len(points), 2)), np.ones(len(points), dtype=bool)
    if len(charts.centres):
        _follow.at(len(points) * _STEPS_A_POLYNOMIAL)(points, charts, charts.half, steps, unsure)
    steps[unsure] = mapped(points[unsure])
    return np.clip(np.rint(steps), 0, 2.0**bits - 1).astype(np.int64)


@compiled
def _follow(points: Floats, charts: Charts, half: float, steps: Floats, unsure: Flags) -> None:
    """Map points by polynomials, and tell where the nearest step is not certain."""
    for point in range(len(points)):
        column = math.floor(points[point, 0] / charts.side) - int(charts.corner[0])
        line = math.floor(points[point, 1] / charts.side) - int(charts.corner[1])
        cell = column * charts.lines + line
        if not charts.fitting[cell]:
            continue
        across = (points[point, 0] - charts.centres[cell, 0]) / half
        up = (points[point, 1] - charts.centres[cell, 1]) / half
        unsure[point] = False
        for axis in range(2):
            off = 0.0
            for power in range(DEGREE, -1, -1):
                inner = 0.0
                for other in range(DEGREE - power, -1, -1):
                    inner = inner * up + charts.tables[cell, axis, power, other]
                off = off * across + inner
            step = charts.images[cell, axis] + off
            steps[point, axis] = step
            unsure[point] |= abs(step - math.floor(step) - 0.5) < _TIE


class _Traced(NamedTuple):
    x: Ints
    y: Ints
    sizes: Ints


@compiled
def _trace(points: Floats, first: Ints, hole: Flags, steps: Ints, traced: _Traced) -> int:
    """Follow each ring in its direction, and write where it goes; return how many vertices."""
    x, y, sizes = traced.x, traced.y, traced.sizes
    used = 0
    for ring in range(len(sizes)):
        begin, size = first[ring], first[ring + 1] - 1 - first[ring]
        turned = (doubled_area(points, begin, begin + size) > 0) == hole[ring]
        start = used
        for each in range(size):
            vertex = begin + (size - each if turned and each > 0 else each)
            east, south = steps[vertex, 0], steps[vertex, 1]
            if used > start and x[used - 1] == east and y[used - 1] == south:
                continue
            x[used], y[used] = east, south
            used += 1
        # What comes back to its first vertex has said so before it closes.
        if used - start > 1 and x[used - 1] == x[start] and y[used - 1] == y[start]:
            used -= 1
        sizes[ring] = used - start
    return used
