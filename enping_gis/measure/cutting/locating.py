"""Find the town that each plot lies in, and the plots that lie across a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.cutting.packing import packed

if TYPE_CHECKING:
    import numpy.typing as npt

    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

NOWHERE = -1
# So many plots are looked at as one box; few boxes meet a line, so most plots are settled so.
_BOX_OF = 32


def located(shapes: Shapes, towns: Shapes) -> tuple[Rows, Rows, Rows]:
    """
    Find the towns of plots.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Plots; empty ones meet nothing.
    towns : array of shapely polygons and multipolygons, shape (m,)
        Valid ones, in the plane of the plots.

    Returns
    -------
    home : numpy.ndarray of int, shape (n,)
        Row of the town that holds a plot and is the only one that it meets; else `NOWHERE`.
    plot, town : numpy.ndarray of int, shape (k,)
        Rows of what meets without being settled so.
    """
    order, boxes, box = _boxes(shapes)
    box_settled, box_inner, _, _ = _settled(boxes, towns)
    settled, home = np.zeros(len(shapes), dtype=bool), np.full(len(shapes), NOWHERE)
    settled[order], home[order] = box_settled[box], box_inner[box]
    home[shapely.is_empty(shapes)] = NOWHERE
    left = np.flatnonzero(~settled)
    settled[left], home[left], town, near = _settled(shapes[left], towns)
    home[~settled] = NOWHERE
    return home, left[near], town


def _settled(shapes: Shapes, towns: Shapes) -> tuple[Flags, Rows, Rows, Rows]:
    """
    Tell which shapes lie inside one town and meet no other, or meet none at all.

    Returns whether that is so, the town, and the pairs of towns and shapes that are open.
    """
    tree = shapely.STRtree(shapes)
    town, near = tree.query(towns, predicate="intersects")
    holder, held = tree.query(towns, predicate="contains_properly")
    inner = np.full(len(shapes), NOWHERE)
    inner[held] = holder
    met = np.bincount(near, minlength=len(shapes))
    settled = (met == 0) | ((met == 1) & (inner != NOWHERE))
    is_open = ~settled[near]
    return settled, inner, town[is_open], near[is_open]


def _boxes(shapes: Shapes) -> tuple[Rows, Shapes, Rows]:
    """Put boxes around shapes that lie together; return their order, the boxes, the box of each."""
    sides = shapely.bounds(shapes)
    order = packed(sides, _BOX_OF)
    first = np.arange(0, len(shapes), _BOX_OF)
    if not len(first):
        return order, np.array([], dtype=object), order
    # An empty shape has no sides (NaN), and must not take those of its neighbours.
    low = np.fmin.reduceat(sides[order, :2], first)
    high = np.fmax.reduceat(sides[order, 2:], first)
    return order, shapely.box(*low.T, *high.T), np.arange(len(shapes)) // _BOX_OF
