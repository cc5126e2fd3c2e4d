"""
Share boundaries: rings of whole numbers become arcs that neighbours have in common.

An arc runs from one node to the next. A node is a vertex where two rings part, that is, which
does not have the same two neighbours wherever it stands; a ring without a node is one closed arc.
Every arc is kept once, whatever the direction in which rings follow it, so that the two sides of
a shared boundary are drawn from the same numbers. All of it is arithmetic on whole arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

# The world is cut into 2^31 steps, 1.87 cm on the equator and 1.73 cm in Enping: signed numbers of
# 32 bits hold it. https://epsg.io/3857
BITS = 31
_X_BITS = 32
# Beyond this latitude the square map of the world ends.
_MOST_LATITUDE = 85.0511287798066


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


@dataclass(frozen=True)
class Arcs:
    """
    The arcs of rings, and how rings are put together from them.

    Parameters
    ----------
    per_ring : numpy.ndarray of int
        How many arcs each ring has.
    used : numpy.ndarray of int
        Arcs of the rings, in order; arcs are numbered as they first come.
    backward : numpy.ndarray of bool
        Whether the arc is followed against its direction, for each of `used`.
    sizes : numpy.ndarray of int
        How many vertices each arc has; a closed one without the closing vertex.
    closed : numpy.ndarray of bool
        Whether the arc ends where it begins.
    x, y : numpy.ndarray of int
        Vertices, arc after arc.
    """

    per_ring: Ints
    used: Ints
    backward: Flags
    sizes: Ints
    closed: Flags
    x: Ints
    y: Ints


def world(degrees: npt.NDArray[np.float64], bits: int = BITS) -> Ints:
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
    latitude = np.radians(np.clip(degrees[:, 1], -_MOST_LATITUDE, _MOST_LATITUDE))
    share = np.column_stack(
        [degrees[:, 0] / 360 + 0.5, 0.5 - np.arctanh(np.sin(latitude)) / (2 * np.pi)]
    )
    return np.clip(np.rint(share * 2.0**bits), 0, 2.0**bits - 1).astype(np.int64)


def rings_of(shapes: Shapes, bits: int = BITS) -> Rings:
    """
    Take shapes apart into rings of whole numbers.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely (multi)polygons or None
        Longitude and latitude in degrees.
    bits : int
        As of `world`.

    Returns
    -------
    Rings
        Outer rings run counterclockwise on the ground and holes clockwise; a vertex that falls
        together with the one before it is left out.

    Examples
    --------
    >>> found = rings_of(np.array([shapely.box(0, 0, 90, 45), None]), bits=3)
    >>> found.per_shape.tolist(), found.sizes.tolist(), found.x.tolist()
    ([1, 0], [4], [6, 6, 4, 4])
    >>> rings_of(np.array([], dtype=object)).x.size
    0
    """
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    parts = shapely.orient_polygons(parts, exterior_cw=False)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    steps = world(vertices, bits)
    last = np.append(ring[1:] != ring[:-1], np.ones(min(len(ring), 1), dtype=bool))
    steps, ring = steps[~last], ring[~last]
    new = np.append(np.ones(min(len(ring), 1), dtype=bool), ring[1:] != ring[:-1])
    moved = np.append(np.zeros(min(len(ring), 1), dtype=bool), (np.diff(steps, axis=0) != 0).any(1))
    steps, ring = steps[new | moved], ring[new | moved]
    sizes = np.bincount(ring, minlength=len(rings))
    ends = np.cumsum(sizes)
    # What comes back to its first vertex has said so before it closes.
    again = (sizes > 1) & (steps[ends - 1] == steps[ends - sizes]).all(axis=1)
    steps = np.delete(steps, ends[again] - 1, axis=0)
    per_shape = np.bincount(shape_of_part[part_of_ring], minlength=len(shapes))
    return Rings(per_shape, sizes - again, steps[:, 0], steps[:, 1])


def arcs_of(rings: Rings) -> Arcs:
    """
    Cut rings where they part, and keep each piece once.

    Parameters
    ----------
    rings : Rings
        As `rings_of` returns them.

    Returns
    -------
    Arcs
        Followed ring by ring they give the vertices of each ring, from another first vertex.

    Examples
    --------
    >>> two = np.array([shapely.box(0, 0, 45, 45), shapely.box(45, 0, 90, 45)])
    >>> found = arcs_of(rings_of(two, bits=3))
    >>> found.used.tolist(), found.backward.tolist()
    ([0, 1, 0, 2], [False, False, True, False])
    >>> arcs_of(rings_of(np.array([], dtype=object))).used.size
    0
    """
    count = len(rings.x)
    ring = np.repeat(np.arange(len(rings.sizes)), rings.sizes)
    first = np.cumsum(rings.sizes) - rings.sizes
    following, before = _around(rings.sizes, first)
    _, once, vertex = np.unique(
        (rings.x << _X_BITS) | rings.y, return_index=True, return_inverse=True
    )
    cut = np.flatnonzero(_cuts(vertex, once, (before, following), (ring, first)))
    # The next cut of the same ring; after the last one comes the first.
    own = ring[cut]
    starts = np.flatnonzero(np.append(np.ones(min(len(own), 1), dtype=bool), own[1:] != own[:-1]))
    per_ring = np.diff(np.append(starts, len(cut)))
    to = np.roll(cut, -1)
    to[starts + per_ring - 1] = cut[starts]
    steps = (to - cut) % rings.sizes[own]
    steps[steps == 0] = rings.sizes[own][steps == 0]
    forth = vertex[cut] * count + vertex[following[cut]]
    back = vertex[to] * count + vertex[before[to]]
    _, earliest, which = np.unique(np.minimum(forth, back), return_index=True, return_inverse=True)
    order = np.argsort(earliest)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    kept = earliest[order]
    closed = vertex[cut[kept]] == vertex[to[kept]]
    sizes = steps[kept] + ~closed
    at = np.repeat(cut[kept] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    end = np.repeat((first + rings.sizes)[own[kept]], sizes)
    at = np.where(at >= end, at - np.repeat(rings.sizes[own[kept]], sizes), at)
    return Arcs(
        per_ring, number[which], forth != forth[earliest[which]], sizes, closed,
        rings.x[at], rings.y[at],
    )  # fmt: skip


def _around(sizes: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Return where the next and the previous vertex of the same ring stand."""
    following = np.arange(1, sizes.sum() + 1)
    before = np.arange(-1, sizes.sum() - 1)
    following[first + sizes - 1] = first
    before[first] = first + sizes - 1
    return following, before


def _cuts(vertex: Ints, once: Ints, sides: tuple[Ints, Ints], rings: tuple[Ints, Ints]) -> Flags:
    """Tell where arcs begin: at nodes, and once in rings that have none."""
    neighbours = [vertex[side] for side in sides]
    low, high = np.minimum(*neighbours), np.maximum(*neighbours)
    same = once[vertex]
    node = np.zeros(len(once), dtype=bool)
    node[vertex[(low != low[same]) | (high != high[same])]] = True
    cut = node[vertex]
    ring, first = rings
    if not len(first):
        return cut
    whole = ~np.logical_or.reduceat(cut, first)
    # Equal rings begin at the same vertex, whatever plots they belong to.
    least = np.minimum.reduceat(vertex, first)
    return cut | (whole[ring] & (vertex == least[ring]))
