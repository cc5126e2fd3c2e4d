"""Give ground in question to one plot: what overlaps, what lies between, what is a sliver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.check.mending.reshaping import as_before, without_close_points
from enping_gis.measure.cutting.clipping import areal

if TYPE_CHECKING:
    import numpy.typing as npt

    Shapes = npt.NDArray[np.object_]

# Pieces with a mean width below this are what overlays leave over, not ground; it is the last
# digit that files keep of coordinates.
_DUST_M = 0.001
# Sides that should be one may miss each other by what rounding leaves of an overlay.
_SNAP_M = 0.001


def cut_back(plot: shapely.Geometry, by: shapely.Geometry) -> shapely.Geometry | None:
    """
    Take the ground of one plot from another.

    Parameters
    ----------
    plot : shapely.Geometry
        Valid polygon or multipolygon that gives way.
    by : shapely.Geometry
        Valid polygon or multipolygon that stays.

    Returns
    -------
    shapely.Geometry or None
        What is left of the plot, without dust; None where nothing is left.
    """
    parts = shapely.get_parts(areal(np.array([shapely.difference(plot, by)], dtype=object)))
    parts = parts[~(shapely.is_empty(parts) | _dust(parts))]
    if not len(parts):
        return None
    left = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return as_before(left, plot)


def joined(
    plot: shapely.Geometry, ground: shapely.Geometry, others: Shapes, width_m: float
) -> shapely.Geometry | None:
    """
    Add ground to a plot that it lies against.

    Parameters
    ----------
    plot : shapely.Geometry
        Valid polygon or multipolygon that takes the ground.
    ground : shapely.Geometry
        Valid polygon or multipolygon.
    others : array of shapely polygons and multipolygons, shape (n,)
        The plots around, valid; what they cover is not given.
    width_m : float
        How wide, in metres, a crack between the two may be; it is filled.

    Returns
    -------
    shapely.Geometry or None
        The plot with the ground, in as many parts as before and without a new hole; None
        where the two do not come together so.
    """
    free = areal(np.array([shapely.difference(ground, shapely.union_all(others))], dtype=object))[0]
    if shapely.is_empty(free):
        return None
    for piece in (free, _snapped(free, plot)):
        whole = _whole(plot, [piece])
        if whole is not None:
            return whole
    whole = _whole(plot, [free, *_cracks(plot, free, others, width_m)])
    # The ends of a crack come within a hair of the corners beside them.
    return None if whole is None else _sound(without_close_points(whole, 2 * _SNAP_M), plot)


def _dust(parts: Shapes) -> npt.NDArray[np.bool_]:
    return 2 * shapely.area(parts) < _DUST_M * shapely.length(parts)


def _snapped(ground: shapely.Geometry, plot: shapely.Geometry) -> shapely.Geometry:
    near = shapely.snap(ground, plot, _SNAP_M)
    return near if shapely.is_valid(near) else ground


def _whole(plot: shapely.Geometry, pieces: list[shapely.Geometry]) -> shapely.Geometry | None:
    return _sound(areal(np.array([shapely.union_all([plot, *pieces])], dtype=object))[0], plot)


def _sound(whole: shapely.Geometry | None, plot: shapely.Geometry) -> shapely.Geometry | None:
    """Return a plot with its gain if it is one as the plot was, else None."""
    if whole is None or not shapely.is_valid(whole):
        return None
    parts, before = shapely.get_parts(whole), shapely.get_parts(plot)
    holes = int(shapely.get_num_interior_rings(parts).sum())
    if len(parts) > len(before) or holes > int(shapely.get_num_interior_rings(before).sum()):
        return None
    return as_before(whole, plot)


def _cracks(
    plot: shapely.Geometry, ground: shapely.Geometry, others: Shapes, width_m: float
) -> list[shapely.Geometry]:
    """Return the cracks between a plot and ground beside it, a hair wider than they are."""
    both = shapely.union(plot, ground)
    reach_m = width_m / 2 + _SNAP_M
    style = {"join_style": "mitre", "cap_style": "flat"}
    closed = shapely.buffer(shapely.buffer(both, reach_m, **style), -reach_m, **style)
    cracks = shapely.get_parts(areal(np.array([shapely.difference(closed, both)], dtype=object)))
    cracks = shapely.buffer(cracks[~_dust(cracks)], _SNAP_M / 10, **style)
    between = shapely.intersects(cracks, plot) & shapely.intersects(cracks, ground)
    taken = shapely.difference(cracks[between], shapely.union_all(others))
    return [each for each in areal(np.array(taken, dtype=object)) if not shapely.is_empty(each)]
