"""Measure areas in the image of a smooth map, with polynomials in place of the map."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.measure.outlines.rings import rings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

# Over a cell of 20 km, what degree 5 leaves out of a map projection is below the 4e-9 m that
# doubles leave of coordinates this large; degree 4 would leave out 1e-7 m.
CELL_M = 20_000.0
DEGREE = 5
NODES_PER_SIDE = 7
# How far a plot may reach out of its cell, in sides of the cell.
MARGIN = 0.05
# The greatest error of a polynomial at a node. More means a jump, a pole, or a bend too sharp.
RESIDUAL_LIMIT_M = 2e-8
# With fewer points than this for a cell, mapping them takes less time than fitting.
LEAST_VERTICES = 1000
# So much stays in the cache of the processor.
BATCH_VERTICES = 32_768
BATCH_SHAPES = 2_048
_SURFACES = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
# Cells further from the origin have no exact number.
_FURTHEST_CELL = 2.0**30


class _Cells(NamedTuple):
    """Plots in the order of their cells with the vertices of each, and which of them each holds."""

    rows: Rows
    sizes: Rows
    first: Rows
    last: Rows
    centres: Floats


class _Fit(NamedTuple):
    """Nodes over -1 to 1, powers of both coordinates, their values at the nodes, and the solver."""

    nodes: Floats
    powers: Rows
    monomials: Floats
    solver: Floats


class Charts(NamedTuple):
    """
    Polynomials for each cell of a rectangle of square cells.

    Parameters
    ----------
    corner : numpy.ndarray of float, shape (2,)
        The least column and line of cells there are.
    side : float
        Side of a cell.
    lines : int
        How many cells a column has.
    centres, images : numpy.ndarray of float, shape (c, 2)
        The middle of each cell, column after column, and where it is mapped.
    tables : numpy.ndarray of float, shape (c, 2, DEGREE + 1, DEGREE + 1)
        What a point is mapped off the image, by powers of how far it lies off the middle, which
        is 1 on the rim of the reach.
    fitting : numpy.ndarray of bool, shape (c,)
        Whether the polynomials keep within the limit.
    """

    corner: Floats
    side: float
    lines: int
    centres: Floats
    images: Floats
    tables: Floats
    fitting: npt.NDArray[np.bool_]

    @property
    def half(self) -> float:
        """
        How far the polynomials of a cell reach from its middle.

        Returns
        -------
        float
            In the unit of the points.
        """
        return self.side * (0.5 + MARGIN)


def charts_over(
    points: Floats, side: float, mapped: Callable[[Floats], Floats], limit: float
) -> Charts:
    """
    Fit polynomials to a map over the rectangle in which points lie.

    Parameters
    ----------
    points : numpy.ndarray of float, shape (n, 2)
        Finite.
    side : float
        Side of a cell, in the unit of the points.
    mapped : callable
        Takes points and returns where they are mapped, infinite where that is nowhere.
    limit : float
        The greatest error of a polynomial at a node, in the unit of what is mapped.

    Returns
    -------
    Charts
        Without a cell where cells would be too many for the points.
    """
    none = np.empty((0, 2))
    charts = Charts(np.zeros(2), side, 0, none, none, np.empty((0, 2, 0, 0)), np.empty(0, bool))
    if not len(points):
        return charts
    # One coordinate after the other: numpy takes far longer over both at once.
    least, most = (
        np.floor(np.array([reach(along) for along in points.T]) / side)
        for reach in (np.min, np.max)
    )
    columns, lines = (most - least + 1).tolist()
    if columns * lines * LEAST_VERTICES > len(points):
        return charts
    grid = np.meshgrid(np.arange(columns), np.arange(lines), indexing="ij")
    centres = (np.stack(grid, axis=-1).reshape(-1, 2) + least + 0.5) * side
    charts = charts._replace(corner=least, lines=int(lines), centres=centres)
    tables, fitting = _fitted(centres, charts.half, mapped, limit)
    middle = _fit().nodes[len(_fit().nodes) // 2]
    images = mapped(centres + charts.half * middle)
    return charts._replace(images=images, tables=tables, fitting=fitting)


def charted_m2(
    shapes: Shapes,
    side: float,
    mapped: Callable[[Floats], Floats],
) -> Floats:
    """
    Measure the area that plots have once their vertices are mapped; edges stay straight.

    The plots are laid into square cells of a grid that does not depend on them, so that the area
    of a plot is the same, to the last bit, whatever else is in the layer. In each cell a polynomial
    of degree `DEGREE` is fitted to the map at a few nodes and then takes the place of the map.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        Plots.
    side : float
        Side of a cell in the units of the plots, about `CELL_M` long.
    mapped : callable
        Takes points, shape (m, 2), in the units of the plots and returns them in metres; what
        it cannot map it returns as infinite.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Shells less holes in m2, whatever direction they run in. NaN where the map itself has to
        be asked: for a plot that is no polygon or lies in several cells, and where no polynomial
        comes within `RESIDUAL_LIMIT_M` of the map.
    """
    areas_m2 = np.full(len(shapes), np.nan)
    cells = _cells_of(shapes, side)
    if not len(cells.centres):
        return areas_m2
    half = side * (0.5 + MARGIN)
    charts, fitting = _fitted(cells.centres, half, mapped, RESIDUAL_LIMIT_M)
    for cell in np.flatnonzero(fitting):
        in_cell = slice(cells.first[cell], cells.last[cell])
        for rows in _batches(cells.rows[in_cell], cells.sizes[in_cell]):
            areas_m2[rows] = _areas_m2(shapes[rows], cells.centres[cell], half, charts[cell])
    return areas_m2


def _cells_of(shapes: Shapes, side: float) -> _Cells:
    bounds, sizes = _bounds_and_sizes(shapes)
    with np.errstate(invalid="ignore", over="ignore"):  # what is infinite has no middle
        west, south, east, north = bounds / side
        column, line = np.floor((west + east) / 2), np.floor((south + north) / 2)
    inside = (np.abs(column) < _FURTHEST_CELL) & (np.abs(line) < _FURTHEST_CELL)
    inside &= (west >= column - MARGIN) & (east <= column + 1 + MARGIN)
    inside &= (south >= line - MARGIN) & (north <= line + 1 + MARGIN)
    rows = np.flatnonzero(inside)
    column, line = column[rows], line[rows]
    number = column.astype(np.int64) * 2**32 + line.astype(np.int64)
    order = np.argsort(number, kind="stable")
    rows, number = rows[order], number[order]
    sizes = sizes[rows]
    first = np.flatnonzero(np.diff(number, prepend=number[:1] - 1))
    last = np.append(first, len(rows))[1:]
    corners = np.column_stack([column[order[first]], line[order[first]]])
    return _Cells(rows, sizes, first, last, (corners + 0.5) * side)


def _bounds_and_sizes(shapes: Shapes) -> tuple[Floats, Rows]:
    """Return west, south, east and north of polygons, NaN for the rest, and vertices of all."""
    bounds = np.empty((4, len(shapes)))
    sizes = np.empty(len(shapes), dtype=np.int64)
    # Shapes lie scattered in memory: all questions to a few of them, while they are in the cache.
    for start in range(0, len(shapes), BATCH_SHAPES):
        batch = slice(start, start + BATCH_SHAPES)
        kinds = shapely.get_type_id(shapes[batch])
        bounds[:, batch] = shapely.bounds(shapes[batch]).T
        bounds[:, batch][:, ~np.isin(kinds, _SURFACES)] = np.nan
        sizes[batch] = shapely.get_num_coordinates(shapes[batch])
    return bounds, sizes


@cache
def _fit() -> _Fit:
    # Chebyshev's nodes reach the rim of the cell, so that a jump anywhere in it shows at a node.
    along = np.cos(np.linspace(0, np.pi, NODES_PER_SIDE))
    nodes = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    powers = np.argwhere(np.add.outer(*[np.arange(DEGREE + 1)] * 2) <= DEGREE)
    monomials = (nodes[:, None, :] ** powers).prod(axis=2)
    return _Fit(nodes, powers, monomials, np.linalg.pinv(monomials))


def _fitted(
    centres: Floats, half: float, mapped: Callable[[Floats], Floats], limit: float
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the coefficients of each cell, by coordinate and power, and whether they fit."""
    fit = _fit()
    nodes = centres[:, None, :] + half * fit.nodes
    images_m = mapped(nodes.reshape(-1, 2)).reshape(nodes.shape)
    with np.errstate(invalid="ignore"):  # infinite images become NaN, which no limit lets pass
        images_m = images_m - images_m[:, len(fit.nodes) // 2, None]
        solved = fit.solver @ images_m
        off_m = np.abs(fit.monomials @ solved - images_m).max(axis=(1, 2))
    charts = np.zeros((len(centres), 2, DEGREE + 1, DEGREE + 1))
    charts[:, :, fit.powers[:, 0], fit.powers[:, 1]] = solved.transpose(0, 2, 1)
    return charts, off_m <= limit


def _batches(rows: Rows, sizes: Rows) -> Iterator[Rows]:
    stretch = np.cumsum(sizes) // BATCH_VERTICES
    yield from np.split(rows, np.flatnonzero(np.diff(stretch)) + 1)


def _areas_m2(shapes: Shapes, centre: Floats, half: float, chart: Floats) -> Floats:
    rings = rings_of(shapes)
    across = (rings.points[:, 0] - centre[0]) / half
    up = (rings.points[:, 1] - centre[1]) / half
    x_m = _polynomial(chart[0], across, up)
    y_m = _polynomial(chart[1], across, up)
    strips_m2 = np.empty_like(x_m)
    np.multiply(x_m[1:] + x_m[:-1], y_m[1:] - y_m[:-1], out=strips_m2[:-1])
    strips_m2[rings.first[1:] - 1] = 0.0  # from one ring to the next there is no edge
    ring_m2 = np.abs(np.add.reduceat(strips_m2, rings.first[:-1])) / 2
    ring_m2[rings.hole] *= -1
    areas_m2 = np.zeros(len(shapes))
    np.add.at(areas_m2, rings.plot, ring_m2)
    return areas_m2


def _polynomial(table: Floats, across: Floats, up: Floats) -> Floats:
    """Evaluate by Horner's scheme; `table` has a row for each power of `across`."""
    total = table[DEGREE, 0] * across
    for power in range(DEGREE - 1, -1, -1):
        lowest, *middle, highest = table[power, : DEGREE + 1 - power]
        inner = highest * up
        for coefficient in reversed(middle):
            inner += coefficient
            inner *= up
        inner += lowest
        total += inner
        if power:
            total *= across
    return total
