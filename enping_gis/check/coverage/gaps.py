"""Build the ground of gaps: slits between plots, and holes that plots enclose."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.check.coverage.overlapping import surfaces, widths_m
from enping_gis.check.ground import once
from enping_gis.check.rules import rules
from enping_gis.measure.outlines.facing import facing
from enping_gis.measure.outlines.sides import SLACK_M

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from enping_gis.check.ground import Ground

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

# How far around the stretches that face each other plots are looked at, and gaps are kept, in
# metres: further than any gap is wide, so that where plots are cut off for this does not show.
_AROUND_M, _KEPT_M = 5.0, 4.0
# Corners of less than ten degrees between two plots are filled, wider ones stay open: the limit of
# a mitre is one over the sine of half the angle.
_MITRE = 11.5
# Cracks up to this width, in metres, join no gaps: points as far apart as this are one.
_CRACK_M = 0.001
# Overlays are done on a grid, in metres: without, GEOS may fail, and silently, where sides run
# along each other that differ by rounding alone. Coordinates of surveys, in millimetres, lie on it.
_GRID_M = 1e-8
# What an overlay moves a vertex by stays below this.
_MOVED_M = 1e-5
# Slits that go round a plot are one gap; more than so many are looked at one by one.
_MOST_AROUND = 32
_BLOCK = 8192
_SAME = 0.5


@dataclass(frozen=True)
class Gap:
    """
    A gap.

    Parameters
    ----------
    rows : tuple of int
        The plots along it, ascending.
    shape : shapely.Polygon
        Its ground, in the numbers of the outlines.
    area_m2 : float
        Its area.
    width_m : float
        Diameter of the greatest disk that fits into it.
    """

    rows: tuple[int, ...]
    shape: shapely.Polygon
    area_m2: float
    width_m: float


class _Pieces(NamedTuple):
    """Ground of gaps: the number of the pair it was found at, and whether it has open ends."""

    pair: Rows
    shape: Shapes
    open: Flags


@once
def gaps_of(ground: Ground) -> tuple[Gap, ...]:
    """
    Find the gaps of a layer.

    The ground between two plots is what closing adds to them: they are widened by half the
    widest gap and taken in by as much, with mitred corners, so that a slit with parallel sides is
    filled to its ends and a corner stays a corner. Other plots are taken off. Where that leaves
    nothing, or slits with open ends, the plots around are united: a hole among them is one gap of
    all plots along it.

    Parameters
    ----------
    ground : Ground
        The plots, as `Ground.sound` has them.

    Returns
    -------
    tuple of Gap
        In the order of their plots.
    """
    pairs, limits = ground.pairs, rules()["T2"].limits
    found = facing(
        ground.plane.outlines,
        pairs.left,
        pairs.right,
        least_m=limits["width_min_m"],
        most_m=limits["width_max_m"] + SLACK_M,
    )
    maybe = np.flatnonzero(found.width_m)
    rows = np.column_stack([pairs.left[maybe], pairs.right[maybe]])
    box = found.box[maybe]
    pieces = [
        _slits(ground, rows[begin : begin + _BLOCK], box[begin : begin + _BLOCK], begin)
        for begin in range(0, len(maybe), _BLOCK)
    ]
    if not pieces:
        return ()
    slits = _Pieces(*(np.concatenate(columns) for columns in zip(*pieces, strict=True)))
    # What is complete needs no second look.
    empty = np.ones(len(maybe), dtype=bool)
    empty[slits.pair] = False
    places = [*_boxes(box[empty], 0.0)[:, None], *_beside_each_other(slits.shape[slits.open])]
    holes = [
        hole
        for begin in range(0, len(places), _BLOCK)
        for hole in _holes(ground, places[begin : begin + _BLOCK])
    ]
    sets = [set(pair) for pair in rows[slits.pair].tolist()] + [set(its) for its, _ in holes]
    shapes = np.concatenate([slits.shape, np.array([hole for _, hole in holes], dtype=object)])
    return _merged(sets, shapes)


def _slits(ground: Ground, rows: Rows, box: Floats, begin: int) -> _Pieces:
    """Close pairs of plots, and keep what that adds between them."""
    limits, solid = rules()["T2"].limits, ground.solid_at_origin
    window = _boxes(box, _AROUND_M)
    one = surfaces(shapely.intersection(solid[rows[:, 0]], window))
    other = surfaces(shapely.intersection(solid[rows[:, 1]], window))
    both = _overlaid(shapely.union, one, other)
    half_m = limits["width_max_m"] / 2 + SLACK_M
    closed = _mitred(_mitred(both, half_m), -half_m)
    between = _overlaid(shapely.difference, closed, both)
    between = _overlaid(shapely.intersection, between, _boxes(box, _KEPT_M))
    between = _without_others(ground, between, rows)
    # What rounding leaves between sides that are one is no gap, and connects none.
    core = _mitred(between, -_CRACK_M / 2)
    wide = _mitred(core, _CRACK_M / 2 + SLACK_M)
    between = _overlaid(shapely.intersection, between, wide)
    shape, pair = shapely.get_parts(between, return_index=True)
    kept = _is_gap(shape)
    for plots in (one, other):
        kept[kept] = shapely.dwithin(shape[kept], plots[pair[kept]], _MOVED_M)
    shape, pair = shape[kept], pair[kept]
    ends = shapely.intersection(
        shapely.boundary(shape), shapely.boundary(closed[pair]), grid_size=SLACK_M
    )
    ends_m = shapely.length(ends)
    # A slit is longer than wide: where two corners nearly meet there is none.
    slit = ends_m < shapely.length(shape) / 2
    return _Pieces(pair[slit] + begin, shape[slit], ends_m[slit] > _MOVED_M)


def _mitred(shapes: Shapes, by_m: float) -> Shapes:
    """Widen shapes, or take them in, so that corners stay corners."""
    widened: Shapes = shapely.buffer(shapes, by_m, join_style="mitre", mitre_limit=_MITRE)
    # Where mitres of sharp corners meet, GEOS may leave an outline that crosses itself.
    wrong = ~shapely.is_valid(widened)
    mended = shapely.make_valid(widened[wrong], method="structure", keep_collapsed=False)
    widened[wrong] = surfaces(mended)
    return widened


def _overlaid(overlay: Callable[..., Shapes], ones: Shapes, others: Shapes) -> Shapes:
    """Overlay shapes on the grid, and keep polygons."""
    try:
        return surfaces(overlay(ones, others, grid_size=_GRID_M))
    except shapely.GEOSException:
        # One that is not valid spoils all: those are mended, and the grid made coarser.
        mended = [
            shapely.make_valid(shapes, method="structure", keep_collapsed=False)
            for shapes in (ones, others)
        ]
        return surfaces(overlay(*mended, grid_size=SLACK_M))


def _boxes(box: Floats, around_m: float) -> Shapes:
    boxes: Shapes = shapely.box(*(box + np.array([-1, -1, 1, 1]) * around_m).T)
    return boxes


def _without_others(ground: Ground, between: Shapes, rows: Rows) -> Shapes:
    """Take off what third plots cover."""
    piece, plot = ground.tree.query(between, predicate="intersects")
    third = (plot != rows[piece, 0]) & (plot != rows[piece, 1])
    piece, plot = piece[third], plot[third]
    order = np.lexsort((plot, piece))
    piece, plot = piece[order], plot[order]
    turn = np.arange(len(piece)) - np.searchsorted(piece, piece)
    left = between.copy()
    for each in range(int(turn.max(initial=-1)) + 1):
        now = turn == each
        others = ground.solid_at_origin[plot[now]]
        left[piece[now]] = _overlaid(shapely.difference, left[piece[now]], others)
    return left


def _is_gap(shape: Shapes) -> Flags:
    """Tell which pieces are as large and as wide as counts."""
    limits = rules()["T2"].limits
    gap: Flags = shapely.area(shape) > limits["area_m2"]
    inner = shapely.buffer(shape[gap], -(limits["width_min_m"] / 2 + SLACK_M))
    gap[gap] = ~shapely.is_empty(inner)
    return gap


def _beside_each_other(shapes: Shapes) -> list[Shapes]:
    """Put slits with open ends that lie beside each other together: they may go round a plot."""
    reach_m = rules()["T2"].limits["width_max_m"]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach_m)
    groups = _groups(len(shapes), one.tolist(), other.tolist())
    # The gaps of a layer whose plots nowhere meet are no hole.
    return [shapes[group] for group in groups if len(group) <= _MOST_AROUND]


def _holes(ground: Ground, places: list[Shapes]) -> list[tuple[tuple[int, ...], shapely.Polygon]]:
    """Unite the plots around each place, and return the holes among them with their plots."""
    limits = rules()["T2"].limits
    window = _boxes(np.array([shapely.total_bounds(place) for place in places]), _AROUND_M)
    place_of, row = _around(ground, places)
    near = surfaces(shapely.intersection(ground.solid_at_origin[row], window[place_of]))
    bounds = np.searchsorted(place_of, np.arange(len(places) + 1))
    parts = [slice(*ends) for ends in pairwise(bounds.tolist())]
    covered = np.array([shapely.union_all(near[part], grid_size=_GRID_M) for part in parts])
    free = _overlaid(shapely.difference, window, covered)
    core, of = shapely.get_parts(_mitred(free, -_CRACK_M / 2), return_index=True)
    inner = ~shapely.dwithin(core, shapely.get_exterior_ring(window)[of], _CRACK_M)
    core, of = core[inner], of[inner]
    wide = _mitred(core, _CRACK_M / 2 + SLACK_M)
    holes = _overlaid(shapely.intersection, wide, free[of])
    kept = _is_gap(holes)
    # A disk wider than the widest gap makes it a place of its own.
    open_m = limits["width_max_m"] / 2 + SLACK_M
    kept[kept] = shapely.is_empty(shapely.buffer(holes[kept], -open_m))
    found = []
    for hole, place in zip(holes[kept], of[kept].tolist(), strict=True):
        rim = shapely.intersection(shapely.buffer(near[parts[place]], _MOVED_M), hole.boundary)
        along = row[parts[place]][shapely.length(rim) > limits["width_min_m"]]
        if len(along) > 1:
            found.append((tuple(along.tolist()), hole))
    return found


def _around(ground: Ground, places: list[Shapes]) -> tuple[Rows, Rows]:
    """Return the plots around places: numbers of places, ascending, and rows."""
    sizes = np.array([len(place) for place in places])
    shapes = np.concatenate(places)
    each, row = ground.tree.query(_boxes(shapely.bounds(shapes), _AROUND_M))
    place = np.repeat(np.arange(len(places)), sizes)[each]
    count = len(ground.ids)
    place_of, rows = np.divmod(np.unique(place * count + row), count)
    return place_of, rows


def _merged(sets: list[set[int]], shapes: Shapes) -> tuple[Gap, ...]:
    """Unite what was found more than once, and measure it."""
    # Pieces touch at every corner; only one that holds a point of another may be the same ground.
    points = shapely.point_on_surface(shapes)
    one, other = shapely.STRtree(shapes).query(points, predicate="within")
    one, other = one[one != other], other[one != other]
    common_m2 = shapely.area(_overlaid(shapely.intersection, shapes[one], shapes[other]))
    lesser_m2 = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    same = common_m2 > _SAME * lesser_m2
    united, rows = [], []
    for members in _groups(len(shapes), one[same].tolist(), other[same].tolist()):
        united.append(_whole(shapes[members]))
        rows.append(tuple(sorted(set().union(*(sets[each] for each in members)))))
    grounds = np.array(united, dtype=object)
    columns = (shapely.area(grounds).tolist(), widths_m(grounds).tolist())
    gaps = [Gap(*each) for each in zip(rows, grounds, *columns, strict=True)]
    return tuple(sorted(gaps, key=lambda gap: gap.rows))


def _whole(shapes: Shapes) -> shapely.Geometry:
    """Unite shapes; mostly the greatest is all of it."""
    areas_m2 = shapely.area(shapes)
    greatest = shapes[areas_m2.argmax()]
    united = greatest
    if len(shapes) > 1:
        united = shapely.union_all(shapes, grid_size=_GRID_M)
        if shapely.area(united) - areas_m2.max() <= shapely.length(greatest) * _MOVED_M:
            united = greatest
    return united


def _groups(count: int, one: list[int], other: list[int]) -> list[list[int]]:
    """Return what hangs together through pairs, as lists of numbers."""
    first = list(range(count))

    def least(each: int) -> int:
        while first[each] != each:
            first[each] = each = first[first[each]]
        return each

    for a, b in zip(one, other, strict=True):
        low, high = sorted((least(a), least(b)))
        first[high] = low
    groups: dict[int, list[int]] = {}
    for each in range(count):
        groups.setdefault(least(each), []).append(each)
    return list(groups.values())
