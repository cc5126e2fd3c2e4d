"""
Lay out blocks of plots between roads: where plots lie before any survey, and what they share.

Blocks have two rows of plots, cut at different places; the grid is bent and turned so that hardly
a side is parallel to an axis. What is straight in the square of a block, `u` and `v` from 0 to 1,
is straight in the plane.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

# Somewhere in the county, so that coordinates are as large as real ones.
CENTRE_M = (634_000.0, 2_451_000.0)
ROAD_M = 12.0
ROW_DEPTH_M = 60.0
BLOCK_WIDTH_M = 320.0
ACROSS, LEVELS = 8, 2
PER_BLOCK = ACROSS * LEVELS
# How far the corner of a block may lie off the grid.
WOBBLE_M = 2.0
# The radius about which the grid is bent, in extents of the layer: it turns by half a radian.
BEND = 2.0

# One block in so many has a plot with an island, and one a plot of two parts beside a lane.
ISLAND_EVERY, ISLAND_M = 10, 8.0
LANE_EVERY, LANE_PLOT, LANE = 12, 4, (0.70, 0.75)
# Green belts fill a road from one end of the layer to the other.
BELTS = 3


@dataclass(frozen=True)
class Plan:
    """
    The blocks before any survey.

    Parameters
    ----------
    corners : numpy.ndarray of float, shape (blocks, 4, 2)
        In metres, counterclockwise.
    cuts : numpy.ndarray of float, shape (blocks, 2, 9)
        Where along u the plots of each row begin and end, from 0 to 1.
    columns : int
        Blocks side by side.
    belts : numpy.ndarray of int
        Rows of blocks that have a belt on their far side.
    """

    corners: Floats
    cuts: Floats
    columns: int
    belts: Rows

    @property
    def blocks(self) -> Rows:
        """Number the blocks."""
        return np.arange(len(self.corners))

    @property
    def islands(self) -> Rows:
        """Blocks whose first plot has an island."""
        return self.blocks[::ISLAND_EVERY]

    @property
    def lanes(self) -> Rows:
        """Blocks in which a lane cuts a plot of the upper row in two."""
        return self.blocks[1::LANE_EVERY]

    @property
    def cut_plots(self) -> Rows:
        """Rows of the plots that a lane cuts in two."""
        return self.lanes * PER_BLOCK + ACROSS + LANE_PLOT

    @property
    def plots(self) -> int:
        """How many plots the blocks have; islands follow them, belts come last."""
        return len(self.corners) * PER_BLOCK

    def island_box(self) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Return where the islands begin and end along u and along v."""
        width_m, depth_m = (size_m[self.islands] for size_m in self.metres())
        u, v = self.cuts[self.islands, 0, :2].mean(axis=1), np.full(len(self.islands), 1 / 4)
        half_u, half_v = ISLAND_M / 2 / width_m, ISLAND_M / 2 / depth_m
        return (u - half_u, u + half_u), (v - half_v, v + half_v)

    def points(self, block: Rows, u: Floats, v: Floats) -> Floats:
        """Place points of blocks in the plane; straight lines along u and v stay straight."""
        a, b, c, d = np.moveaxis(self.corners[block], -2, 0)
        u, v = u[..., None], v[..., None]
        return (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)

    def length_m(self, block: Rows, u: tuple[Floats, Floats], v: tuple[Floats, Floats]) -> Floats:
        """Measure straight lines between pairs of points of blocks."""
        step = self.points(block, u[1], v[1]) - self.points(block, u[0], v[0])
        return np.hypot(step[..., 0], step[..., 1])

    def metres(self) -> tuple[Floats, Floats]:
        """Return the mean width and depth of each block."""
        a, b, c, d = np.moveaxis(self.corners, 1, 0)
        width_m = np.hypot(*(b - a + c - d).T) / 2
        return width_m, np.hypot(*(d - a + c - b).T) / 2


def plan_of(plots: int, random: np.random.Generator) -> Plan:
    """
    Lay out blocks.

    Parameters
    ----------
    plots : int
        How many, rounded up to whole blocks.
    random : numpy.random.Generator
        Decides where blocks lie and where they are cut.

    Returns
    -------
    Plan
        As square a layer as whole blocks make.
    """
    count = -(-plots // PER_BLOCK)
    depth_m = LEVELS * ROW_DEPTH_M
    columns = max(1, round((count * depth_m / BLOCK_WIDTH_M) ** 0.5))
    down, across = np.divmod(np.arange(count), columns)
    corner = np.array([(0, 0), (BLOCK_WIDTH_M, 0), (BLOCK_WIDTH_M, depth_m), (0, depth_m)])
    pitch_m = np.array([BLOCK_WIDTH_M + ROAD_M, depth_m + ROAD_M])
    corners = np.column_stack([across, down])[:, None] * pitch_m + corner
    corners += random.uniform(-WOBBLE_M, WOBBLE_M, corners.shape)
    shares = np.cumsum(random.uniform(0.6, 1.4, (count, LEVELS, ACROSS)), axis=2)
    cuts = np.concatenate([np.zeros((count, LEVELS, 1)), shares / shares[..., -1:]], axis=2)
    full_rows = count // columns
    belts = np.unique(np.linspace(0, full_rows - 1, BELTS + 2)[1:-1].astype(np.int64))
    return Plan(
        corners=_bent(corners, random.uniform(0.3, 0.6)),
        cuts=cuts,
        columns=columns,
        belts=belts[belts < full_rows - 1],
    )


def _bent(points: Floats, turn: float) -> Floats:
    """Bend a grid about a far centre, turn it, and bring it to its place."""
    size_m = np.ptp(points, axis=(0, 1))
    east_m, north_m = np.moveaxis(points - size_m / 2, -1, 0)
    radius_m = BEND * size_m.max()
    angle = east_m / radius_m + turn
    away_m = radius_m + north_m
    middle = radius_m * np.array([np.sin(turn), np.cos(turn)])
    return np.stack([away_m * np.sin(angle), away_m * np.cos(angle)], axis=-1) - middle + CENTRE_M


def truth_of(plan: Plan) -> pd.DataFrame:
    """
    List the pairs of plots that share a boundary.

    Parameters
    ----------
    plan : Plan
        The blocks.

    Returns
    -------
    pandas.DataFrame
        ``left`` and ``right`` (row numbers, left is the lesser) and ``shared_m``, by rows.
    """
    pieces = [_within_rows(plan), _across_middle(plan), _around_islands(plan)]
    pieces += [_along_belt(plan, number) for number in range(len(plan.belts))]
    left, right, shared_m = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.lexsort((right, left))
    columns = {"left": left[order], "right": right[order], "shared_m": shared_m[order]}
    return pd.DataFrame(columns)


def _within_rows(plan: Plan) -> tuple[Rows, Rows, Floats]:
    block, level, plot = np.indices((len(plan.corners), LEVELS, ACROSS - 1))
    u, v = plan.cuts[..., 1:-1], (level / LEVELS, (level + 1) / LEVELS)
    shared_m = plan.length_m(block, (u, u), v)
    shared_m[plan.lanes, 1, LANE_PLOT - 1 : LANE_PLOT + 1] *= 1 - (LANE[1] - LANE[0]) * LEVELS
    left = (block * LEVELS + level) * ACROSS + plot
    return left.ravel(), left.ravel() + 1, shared_m.ravel()


def _across_middle(plan: Plan) -> tuple[Rows, Rows, Floats]:
    lower, upper = plan.cuts[:, 0, :, None], plan.cuts[:, 1, None, :]
    low, high = np.maximum(lower[:, :-1], upper[..., :-1]), np.minimum(lower[:, 1:], upper[..., 1:])
    block, below, above = np.nonzero(high > low)
    ends = low[block, below, above], high[block, below, above]
    middle = np.full(len(block), 1 / LEVELS)
    shared_m = plan.length_m(block, ends, (middle, middle))
    return block * PER_BLOCK + below, block * PER_BLOCK + ACROSS + above, shared_m


def _around_islands(plan: Plan) -> tuple[Rows, Rows, Floats]:
    (west, east), (south, north) = plan.island_box()
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    shared_m = np.zeros(len(plan.islands))
    for (u0, v0), (u1, v1) in pairwise(corners):
        shared_m += plan.length_m(plan.islands, (u0, u1), (v0, v1))
    return plan.islands * PER_BLOCK, plan.plots + np.arange(len(plan.islands)), shared_m


def _along_belt(plan: Plan, number: int) -> tuple[Rows, Rows, Floats]:
    south = plan.belts[number] * plan.columns + np.arange(plan.columns)
    block = np.concatenate([south, south + plan.columns])
    level = np.repeat([1, 0], plan.columns)
    cuts, v = plan.cuts[block, level], np.repeat(level[:, None], ACROSS, axis=1).astype(np.float64)
    shared_m = plan.length_m(block[:, None], (cuts[:, :-1], cuts[:, 1:]), (v, v))
    left = (block * PER_BLOCK + level * ACROSS)[:, None] + np.arange(ACROSS)
    belt = plan.plots + len(plan.islands) + number
    return left.ravel(), np.full(left.size, belt), shared_m.ravel()
