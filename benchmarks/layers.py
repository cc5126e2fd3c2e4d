"""
Make layers of plots as surveys leave them: neighbours that run along but share no node.

All plots are synthetic: blocks of two rows between roads, bent and turned so that hardly a side
is parallel to an axis. What is measured in blocks, `u` and `v` from 0 to 1, stays straight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.blocks import ACROSS, LANE, LANE_PLOT, LEVELS, PER_BLOCK, plan_of, truth_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchmarks.blocks import Plan

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

EPSG = 4546
# Sides are cut into pieces of about this length; it makes 18 vertices a plot.
SIDE_STEP_M = (9.0, 17.0)
CLEAN_STEP_M = 13.0
BELT_VERTICES, BELT_VERTICES_PER_PLOT = 18_000, 5
DECIMALS = 4

# Share of sides shifted as a whole, and how far in units of the jitter, outwards above 0. With the
# jitter of both neighbours a sliver of the first two kinds stays below 4 jitters, 0.2 m; the third
# is an overlap beyond any tolerance.
SLIVERS, OVERLAPS, BEYOND = (0.10, -1.2, 1.2), (0.04, 1.2, 1.9), (0.003, 7.0, 10.0)


@dataclass(frozen=True)
class SurveyedLayer:
    """
    Plots, and what was known of their contacts before the survey shook them.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``, EPSG:4546; synthetic.
    truth : pandas.DataFrame
        ``left``, ``right`` (left is the earlier row) and ``shared_m``, the length shared.
    beyond : pandas.DataFrame
        The same columns, for pairs that share a boundary in truth but were surveyed to overlap
        by more than the usual tolerance: to find them, or not, is neither right nor wrong.
    """

    parcels: gpd.GeoDataFrame
    truth: pd.DataFrame
    beyond: pd.DataFrame


def surveyed_layer(
    plots: int, *, seed: int, jitter_m: float = 0.05, dirty: bool = True
) -> SurveyedLayer:
    """
    Make blocks of two rows of plots between roads, each plot surveyed on its own.

    The rows are cut at different places, so that their middle line is all T-junctions. Some
    plots have a hole with an island in it, some lie on both sides of a lane, and a few green
    belts of up to 18,000 vertices wind along whole rows of blocks. Every plot has vertices of
    its own, each up to `jitter_m` off its true place; some sides are shifted as a whole, which
    leaves slivers and small overlaps.

    Parameters
    ----------
    plots : int
        How many, give or take a block; islands and belts come on top.
    seed : int
        The same seed makes the same layer.
    jitter_m : float, default 0.05
        How far a vertex may lie off its true place, in metres; slivers and overlaps grow with it.
    dirty : bool, default True
        Whether plots are surveyed on their own; else neighbours share all their nodes, those of
        T-junctions too, and the layer is a valid coverage.

    Returns
    -------
    SurveyedLayer
        The plots and the truth about them.

    Examples
    --------
    >>> layer = surveyed_layer(100, seed=1)
    >>> len(layer.parcels) >= 100, layer.truth.columns.tolist()
    (True, ['left', 'right', 'shared_m'])
    >>> bool(shapely.coverage_is_valid(surveyed_layer(100, seed=1, dirty=False).parcels.geometry))
    True
    """
    plan, random = (
        plan_of(plots, np.random.default_rng([seed, 0])),
        np.random.default_rng([seed, 1]),
    )
    pairs = truth_of(plan)
    if dirty:
        shift_m = _shifts_m(plan, random, jitter_m)
        rings = _surveyed(plan, _dirty_nodes(plan, shift_m), random, jitter_m)
        apart = pairs["left"].isin(_beyond_rows(shift_m, jitter_m))
        apart &= pairs["right"] == pairs["left"] + 1
    else:
        rings, apart = _drawn(plan, _clean_nodes(plan)), pd.Series(data=False, index=pairs.index)
    shapes = _polygons(plan, rings)
    ids = pd.Series(np.arange(len(shapes))).astype(str).radd("p").to_numpy(dtype=object)
    pairs["left"], pairs["right"] = ids[pairs["left"]], ids[pairs["right"]]
    return SurveyedLayer(
        parcels=gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=EPSG),
        truth=pairs[~apart].reset_index(drop=True),
        beyond=pairs[apart].reset_index(drop=True),
    )


def _shifts_m(plan: Plan, random: np.random.Generator, jitter_m: float) -> Floats:
    """Draw how far the right and the far side of each plot are shifted, in metres."""
    shape = (len(plan.corners), LEVELS, ACROSS, 2)
    chance = random.uniform(size=shape)
    shift_m = np.zeros(shape)
    drawn = 0.0
    for share, least, most in (SLIVERS, OVERLAPS, BEYOND):
        here = (chance >= drawn) & (chance < drawn + share)
        shift_m[here] = random.uniform(least, most, here.sum()) * jitter_m
        drawn += share
    # An overlap beyond the tolerance with one neighbour only: the next one in the same row.
    far = chance >= SLIVERS[0] + OVERLAPS[0]
    far[..., :-1, 0] = False
    shift_m[far] = 0.0
    return shift_m


def _beyond_rows(shift_m: Floats, jitter_m: float) -> Rows:
    least_m = BEYOND[1] * jitter_m
    return np.flatnonzero((shift_m[..., 0] >= least_m) & (least_m > 0))


@dataclass(frozen=True)
class _Nodes:
    """
    Corners of rings, in no order; `along` orders those of a ring.

    Rings are numbered: plots, second parts of plots, islands, holes, belts.
    """

    ring: Rows
    along: Floats
    block: Rows
    u: Floats
    v: Floats

    @classmethod
    def joined(cls, tables: list[_Nodes]) -> _Nodes:
        columns = zip(*(vars(table).values() for table in tables), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    @classmethod
    def of_boxes(
        cls, ring: Rows, block: Rows, u: tuple[Floats, Floats], v: tuple[Floats, Floats]
    ) -> _Nodes:
        """Make the corners of boxes, counterclockwise."""
        side = np.repeat(np.arange(4.0), len(ring))
        east, north = np.concatenate([*u, *u[::-1]]), np.concatenate([*v[:1] * 2, *v[1:] * 2])
        return cls(np.tile(ring, 4), side, np.tile(block, 4), east, north)


def _first_rings(plan: Plan) -> dict[str, int]:
    """Return the number of the first ring of each kind, and where they end."""
    counts = {
        "plot": plan.plots,
        "part": len(plan.lanes),
        "island": len(plan.islands),
        "hole": len(plan.islands),
        "belt": len(plan.belts),
        "end": 0,
    }
    ends = np.cumsum([0, *counts.values()])
    return dict(zip(counts, ends.tolist(), strict=False))


def _dirty_nodes(plan: Plan, shift_m: Floats) -> _Nodes:
    """Give each ring its own corners, sides shifted."""
    width_m, depth_m = (size_m[:, None, None] for size_m in plan.metres())
    boxes = _box_nodes(plan, shift_m[..., 0] / width_m, shift_m[..., 1] / depth_m)
    return _Nodes.joined([boxes, _belt_nodes(plan, plan.cuts[..., [0, -1]])])


def _box_nodes(plan: Plan, east: Floats | float, north: Floats | float) -> _Nodes:
    first = _first_rings(plan)
    block, level, _ = np.indices((len(plan.corners), LEVELS, ACROSS))
    west, south = plan.cuts[..., :-1], level / LEVELS
    ring = np.arange(first["part"])
    u = (west.ravel(), (plan.cuts[..., 1:] + east).ravel())
    v = (south.ravel(), ((level + 1) / LEVELS + north).ravel())
    # A plot beside a lane ends there, and its second part begins behind it.
    cut = plan.cut_plots
    part_u, part_v = (u[0][cut], u[1][cut]), (np.full(len(cut), LANE[1]), v[1][cut].copy())
    v[1][cut] = LANE[0]
    part = first["part"] + np.arange(len(cut))
    tables = [
        _Nodes.of_boxes(ring, block.ravel(), u, v),
        _Nodes.of_boxes(part, plan.lanes, part_u, part_v),
    ]
    for kind in ("island", "hole"):
        number = first[kind] + np.arange(len(plan.islands))
        tables.append(_Nodes.of_boxes(number, plan.islands, *plan.island_box()))
    return _Nodes.joined(tables)


def _belt_nodes(plan: Plan, cuts: Floats) -> _Nodes:
    """Follow the blocks south of a belt eastwards, those north of it westwards."""
    first, (size, ends) = _first_rings(plan)["belt"], (plan.columns, cuts.shape[2])
    number, level, across, end = np.indices((len(plan.belts), LEVELS, size, ends))
    block = (plan.belts[number] + 1 - level) * size + across
    forth = across * ends + end
    along = np.where(level == 1, forth, 2.0 * size * ends - 1 - forth)
    u, v = cuts[block, level, end], level.astype(np.float64)
    columns = (first + number, along, block, u, v)
    return _Nodes(*(column.ravel() for column in columns))


def _clean_nodes(plan: Plan) -> _Nodes:
    """Give rings the corners of their neighbours, too, where these lie on their sides."""
    tables = [_box_nodes(plan, 0.0, 0.0), _belt_nodes(plan, plan.cuts)]
    for level, side in ((0, 2), (1, 0)):
        west, east = (plan.cuts[:, level, ends, None] for ends in (slice(-1), slice(1, None)))
        other = np.broadcast_to(plan.cuts[:, 1 - level, None, 1:-1], (*west.shape[:2], ACROSS - 1))
        here = (other > west) & (other < east)
        share = (other - west) / (east - west)
        block, plot, _ = np.nonzero(here)
        along = side + (share[here] if side == 0 else 1 - share[here])
        ring = block * PER_BLOCK + level * ACROSS + plot
        tables.append(_Nodes(ring, along, block, other[here], np.full(len(ring), 1 / LEVELS)))
    for offset, side in ((-1, 1), (1, 3)):
        ring = plan.cut_plots + offset
        # The right side of the plot to the left is the left side of the plot beside the lane.
        u = plan.cuts[plan.lanes, 1, LANE_PLOT + (offset > 0)]
        for height in LANE:
            share_up = (height - 1 / LEVELS) * LEVELS
            place = np.full(len(ring), side + (share_up if side == 1 else 1 - share_up))
            tables.append(_Nodes(ring, place, plan.lanes, u, np.full(len(ring), height)))
    return _Nodes.joined(tables)


@dataclass(frozen=True)
class _Sides:
    """Straight sides of rings, in order."""

    ring: Rows
    start: Floats
    end: Floats

    @property
    def length_m(self) -> Floats:
        return np.hypot(*(self.end - self.start).T)

    def cut(self, step_m: Floats | float) -> tuple[Floats, Rows]:
        """Return the points that cut sides into equal pieces, and the ring of each."""
        pieces = np.maximum(np.ceil(self.length_m / step_m), 1).astype(np.int64)
        side = np.repeat(np.arange(len(pieces)), pieces)
        number = np.arange(len(side)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        # Both neighbours of a side must come to the same point, to the last digit: they count
        # from the same end.
        (x0, y0), (x1, y1) = self.start.T, self.end.T
        back = (x0 > x1) | ((x0 == x1) & (y0 > y1))
        low = np.where(back[:, None], self.end, self.start)
        high = np.where(back[:, None], self.start, self.end)
        share = np.where(back[side], pieces[side] - number, number) / pieces[side]
        return low[side] + (high - low)[side] * share[:, None], self.ring[side]


def _sides(plan: Plan, nodes: _Nodes) -> _Sides:
    order = np.lexsort((nodes.along, nodes.ring))
    ring = nodes.ring[order]
    points = plan.points(nodes.block[order], nodes.u[order], nodes.v[order]).round(DECIMALS)
    _, first = np.unique(ring, return_index=True)
    following = np.arange(1, len(ring) + 1)
    following[np.append(first[1:], len(ring)) - 1] = first
    return _Sides(ring, points, points[following])


def _surveyed(plan: Plan, nodes: _Nodes, random: np.random.Generator, jitter_m: float) -> Shapes:
    """Cut sides into pieces as long as the surveyor of the ring likes them, and shake them."""
    sides, first = _sides(plan, nodes), _first_rings(plan)
    step_m = random.uniform(*SIDE_STEP_M, first["end"])
    outline_m = np.bincount(sides.ring, sides.length_m, minlength=first["end"])[first["belt"] :]
    vertices = min(BELT_VERTICES, BELT_VERTICES_PER_PLOT * first["part"])
    step_m[first["belt"] :] = outline_m / vertices
    points, ring = sides.cut(step_m[sides.ring])
    angle = random.uniform(0, 2 * np.pi, len(points))
    off_m = jitter_m * np.sqrt(random.uniform(0, 1, len(points)))
    points += np.column_stack([np.cos(angle), np.sin(angle)]) * off_m[:, None]
    return shapely.linearrings(points.round(DECIMALS), indices=ring)


def _drawn(plan: Plan, nodes: _Nodes) -> Shapes:
    points, ring = _sides(plan, nodes).cut(CLEAN_STEP_M)
    return shapely.linearrings(points.round(DECIMALS), indices=ring)


def _polygons(plan: Plan, rings: Shapes) -> Shapes:
    first = _first_rings(plan)
    shapes = shapely.polygons(np.delete(rings, slice(first["hole"], first["belt"])))
    hosts, cut = plan.islands * PER_BLOCK, plan.cut_plots
    holes = rings[first["hole"] : first["belt"]]
    shapes[hosts] = shapely.polygons(rings[hosts], holes=holes[:, None])
    parts = np.column_stack([shapes[cut], shapes[first["part"] : first["island"]]])
    shapes[cut] = shapely.multipolygons(parts)
    return np.delete(shapes, slice(first["part"], first["island"]))
