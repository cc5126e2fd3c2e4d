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
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.viewer.outlining import Rings

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_X_BITS = 32


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
    >>> import shapely
    >>> from enping_gis.viewer.outlining import rings_of
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
    place = (rings.x << _X_BITS) | rings.y
    vertex, _ = pd.factorize(place)
    once = _firsts(vertex)
    cut = np.flatnonzero(_cuts(vertex, once, place, (before, following), (ring, first)))
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
    # Arcs are numbered as they first come.
    used, _ = pd.factorize(np.minimum(forth, back))
    kept = _firsts(used)
    closed = vertex[cut[kept]] == vertex[to[kept]]
    sizes = steps[kept] + ~closed
    at = np.repeat(cut[kept] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    end = np.repeat((first + rings.sizes)[own[kept]], sizes)
    at = np.where(at >= end, at - np.repeat(rings.sizes[own[kept]], sizes), at)
    return Arcs(
        per_ring, used, forth != forth[kept[used]], sizes, closed,
        rings.x[at], rings.y[at],
    )  # fmt: skip


def _firsts(numbers: Ints) -> Ints:
    """Return where each number first comes, where they are numbered as they come."""
    return np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1))


def _around(sizes: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Return where the next and the previous vertex of the same ring stand."""
    following = np.arange(1, sizes.sum() + 1)
    before = np.arange(-1, sizes.sum() - 1)
    following[first + sizes - 1] = first
    before[first] = first + sizes - 1
    return following, before


def _cuts(
    vertex: Ints, once: Ints, place: Ints, sides: tuple[Ints, Ints], rings: tuple[Ints, Ints]
) -> Flags:
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
    least = np.minimum.reduceat(place, first)
    return cut | (whole[ring] & (place == least[ring]))
