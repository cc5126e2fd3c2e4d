"""Unite polygons: those of a clean coverage by their segments, others in a few large overlays."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.measure.cutting.clipping import areal, repaired
from enping_gis.measure.cutting.joining import joined
from enping_gis.measure.cutting.packing import packed

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

# Fewer shapes are united as they come, nothing is saved on them.
_FEW = 16
# A neighbourhood that is looked at as a whole: clean or not.
_RUN = 64
# Up to so many polygons that hang together are united two by two.
_BLOCK = 64
# One run in so many is looked at before the others, and so much of it must be clean.
_PROBE_EVERY = 32
# More rounding than this, per polygon, comes of coordinates far from where the others lie.
_MOST_SLACK_M2 = 1e-6
# Where each polygon meets so many others, they lie in a heap that has no neighbours to colour.
_HEAP = 100
_MOSTLY = 0.7


def united(shapes: Shapes) -> shapely.MultiPolygon:
    """
    Unite polygons.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        In metres, with finite coordinates, without heights.

    Returns
    -------
    shapely.MultiPolygon
        All that any of them covers; empty where there are none.
    """
    if len(shapes) < _FEW:
        return _multi(shapely.union_all(repaired(shapes)))
    sides = shapely.bounds(shapes)
    # New corners would be rounded to the grid of floating-point numbers: how far that can matter.
    step_m = float(np.spacing(np.nanmax(np.abs(sides), initial=0.0)))
    runs = np.array_split(shapes[packed(sides, _RUN)], -(-len(shapes) // _RUN))
    clean = _cleanness(runs[len(runs) % _PROBE_EVERY // 2 :: _PROBE_EVERY], step_m)
    if clean < _MOSTLY:
        return _multi(_overlaid(repaired(shapes)))
    found = covered(shapes, step_m) if clean == 1 else None
    if found is not None:
        return _multi(found)
    return _multi(_overlaid(repaired(_by_runs(runs, step_m))))


def _cleanness(runs: list[Shapes], step_m: float) -> float:
    """Return how much of some runs is clean: what is dirty throughout takes other ways."""
    clean = [
        len(run) if covered(run, step_m) is not None else int(_clean(run).sum()) for run in runs
    ]
    return sum(clean) / sum(map(len, runs))


def _by_runs(runs: list[Shapes], step_m: float) -> Shapes:
    """Unite what is clean in each run, and leave the rest as it is."""
    left: list[shapely.Geometry] = []
    for run in runs:
        found = covered(run, step_m)
        if found is not None:
            left.append(found)
            continue
        clean = _clean(run)
        found = covered(run[clean], step_m) if clean.any() else None
        left += list(run) if found is None else [found, *run[~clean]]
    return np.array(left, dtype=object)


def covered(shapes: Shapes, step_m: float) -> shapely.Geometry | None:
    """
    Unite the polygons of a coverage by leaving out the segments that come twice.

    What is left of the segments encloses the ground that an odd number of the polygons cover.
    That ground is no larger than their union, and the union no larger than the sum of their
    areas. So where all polygons are valid, and the result is a valid polygon with just that area,
    nothing overlaps, and the result is the union; where segments cross or lie upon one another
    without a common node, it is no valid polygon.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Polygons that may or may not be a clean coverage.
    step_m : float
        Distance of neighbouring floating-point numbers, as large as coordinates are.

    Returns
    -------
    shapely.Geometry or None
        The union, None where that is not certain.
    """
    slack_m2 = step_m * float(shapely.length(shapes).sum())
    if slack_m2 > _MOST_SLACK_M2 * len(shapes) or not shapely.is_valid(shapes).all():
        return None
    found = joined(shapes)
    if found is None or not shapely.is_valid(found):
        try:
            found = shapely.coverage_union_all(shapes)
        except shapely.errors.GEOSException:
            return None
        if not shapely.is_valid(found):
            return None
    off_m2 = abs(shapely.area(found) - float(shapely.area(shapes).sum()))
    return found if off_m2 <= slack_m2 else None


def _clean(shapes: Shapes) -> Flags:
    """Tell which polygons meet the others of their neighbourhood at common nodes alone."""
    faults = shapely.coverage_invalid_edges(shapes)
    clean: Flags = shapely.is_empty(faults) & shapely.is_valid(shapes)
    return clean


def _overlaid(shapes: Shapes) -> shapely.Geometry:
    """Unite polygons, block by block: what no road or river lets touch has no need of the rest."""
    parts = _distinct(shapely.get_parts(shapes))
    one, other = _meeting_boxes(parts)
    if len(one) > _HEAP * len(parts):
        return shapely.union_all(parts)
    block = _blocks(parts, one, other)
    order = np.argsort(block, kind="stable")
    blocks = np.split(order, np.flatnonzero(np.diff(block[order])) + 1)
    unite = {True: shapely.union_all, False: _by_colours}
    found = [unite[len(rows) <= _BLOCK](parts[rows]) for rows in blocks if len(rows)]
    return shapely.multipolygons(shapely.get_parts(areal(np.array(found, dtype=object))))


def _distinct(shapes: Shapes) -> Shapes:
    """Leave out repetitions: a heap of equal shapes would make as many pairs as its square."""
    first = np.unique(shapely.to_wkb(shapely.normalize(shapes)), return_index=True)[1]
    return shapes[np.sort(first)]


def _blocks(shapes: Shapes, one: Rows, other: Rows) -> Rows:
    """Return a number for each shape, the same for all that touch, directly or by others."""
    # What is prepared answers quickly however long it is; it is the longer of two.
    sizes = shapely.get_num_coordinates(shapes)
    one, other = np.where(sizes[one] > sizes[other], (one, other), (other, one))
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    shapely.prepare(shapes)
    touch = shapely.intersects(shapes[one], shapes[other])
    shapely.destroy_prepared(shapes)
    one, other = np.hstack([(one[touch], other[touch]), (other[touch], one[touch])])
    block = np.arange(len(shapes))
    while True:
        least = block.copy()
        np.minimum.at(least, one, block[other])
        least = least[least]
        if (least == block).all():
            return block
        block = least


def _by_colours(shapes: Shapes) -> shapely.Geometry:
    """
    Unite polygons in as few overlays as there are colours to keep neighbours apart.

    Polygons of one colour make a multipolygon as they are. To unite a handful of those takes a
    fraction of the time of uniting all polygons two by two, again and again in larger groups.
    """
    colour = _coloured(shapes)
    classes = [shapely.multipolygons(shapes[colour == each]) for each in range(colour.max() + 1)]
    number = count()
    waiting = [(shapely.get_num_coordinates(each), next(number), each) for each in classes]
    heapify(waiting)
    while len(waiting) > 1:
        both = shapely.union(heappop(waiting)[2], heappop(waiting)[2])
        heappush(waiting, (shapely.get_num_coordinates(both), next(number), both))
    return waiting[0][2]


def _coloured(shapes: Shapes) -> Rows:
    """Give shapes whose boxes meet different colours, each the first that is free."""
    one, other = _meeting_boxes(shapes)
    order = np.argsort(other, kind="stable")
    first = np.searchsorted(other[order], np.arange(len(shapes) + 1)).tolist()
    before = one[order].tolist()
    colour: list[int] = []
    for row in range(len(shapes)):
        taken = {colour[each] for each in before[first[row] : first[row + 1]]}
        colour.append(next(each for each in count() if each not in taken))
    return np.array(colour)


def _meeting_boxes(shapes: Shapes) -> tuple[Rows, Rows]:
    """Return each pair of shapes whose boxes meet, the earlier first."""
    one, other = shapely.STRtree(shapes).query(shapes)
    earlier = one < other
    return one[earlier], other[earlier]


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shapely.multipolygons(shapely.get_parts(areal(np.array([shape], dtype=object))))
