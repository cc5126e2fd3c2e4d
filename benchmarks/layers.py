"""Make layers of plots as surveys leave them: neighbours that run along but share no node."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

EPSG = 4546
# Somewhere in the county, so that coordinates are as large as real ones.
CORNER_M = (620_000.0, 2_440_000.0)
ROAD_M = 12.0
ROW_DEPTH_M = 60.0
BLOCK_WIDTH_M = 320.0
PLOTS_PER_ROW = 8
SIDE_STEP_M = 15.0
ISLAND_M = 8.0
# One block in so many has a plot with an island.
ISLAND_EVERY = 10


@dataclass(frozen=True)
class SurveyedLayer:
    """
    Plots, and what was known of their contacts before the survey shook them.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots with ``parcel_id``, EPSG:4546.
    truth : pandas.DataFrame
        ``left``, ``right`` (left is the earlier row) and ``shared_m``, the length shared.
    """

    parcels: gpd.GeoDataFrame
    truth: pd.DataFrame


@dataclass
class _Draft:
    jitter_m: float
    random: np.random.Generator
    shapes: list[shapely.Polygon] = field(default_factory=list)
    truth: list[tuple[int, int, float]] = field(default_factory=list)

    def add(self, ring: npt.NDArray[np.float64]) -> int:
        """Survey a ring, given by its corners; return the row of the new plot."""
        self.shapes.append(shapely.Polygon(self.surveyed(ring)))
        return len(self.shapes) - 1

    def surveyed(self, corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Cut the sides of a ring and shift every vertex a little."""
        step_m = self.random.uniform(SIDE_STEP_M, 2 * SIDE_STEP_M)
        points = shapely.get_coordinates(shapely.segmentize(shapely.LinearRing(corners), step_m))
        angle = self.random.uniform(0, 2 * np.pi, len(points) - 1)
        off_m = self.jitter_m * np.sqrt(self.random.uniform(0, 1, len(points) - 1))
        points[:-1] += np.column_stack([np.cos(angle), np.sin(angle)]) * off_m[:, None]
        return points[:-1]


def surveyed_layer(plots: int, *, seed: int, jitter_m: float = 0.05) -> SurveyedLayer:
    """
    Make blocks of two rows of plots between roads, each plot surveyed on its own.

    The rows are cut at different places, so that their middle line is all T-junctions. Some
    plots have a hole with an island in it.

    Parameters
    ----------
    plots : int
        How many, give or take a block.
    seed : int
        The same seed makes the same layer.
    jitter_m : float, default 0.05
        How far a vertex may lie off its true place, in metres.

    Returns
    -------
    SurveyedLayer
        The plots and the truth about them.

    Examples
    --------
    >>> layer = surveyed_layer(100, seed=1)
    >>> len(layer.parcels) >= 100, layer.truth.columns.tolist()
    (True, ['left', 'right', 'shared_m'])
    """
    draft = _Draft(jitter_m, np.random.default_rng(seed))
    blocks = -(-plots // (2 * PLOTS_PER_ROW))
    columns = max(1, round((blocks * 2 * ROW_DEPTH_M / BLOCK_WIDTH_M) ** 0.5))
    for block in range(blocks):
        down, across = divmod(block, columns)
        west = CORNER_M[0] + across * (BLOCK_WIDTH_M + ROAD_M)
        south = CORNER_M[1] + down * (2 * ROW_DEPTH_M + ROAD_M)
        _add_block(draft, west, south, has_island=block % ISLAND_EVERY == 0)
    ids = np.array([f"p{row}" for row in range(len(draft.shapes))], dtype=object)
    truth = pd.DataFrame(draft.truth, columns=["left", "right", "shared_m"])
    truth["left"], truth["right"] = ids[truth["left"]], ids[truth["right"]]
    parcels = gpd.GeoDataFrame({"parcel_id": ids}, geometry=draft.shapes, crs=EPSG)
    return SurveyedLayer(parcels, truth)


def _add_block(draft: _Draft, west: float, south: float, *, has_island: bool) -> None:
    rows = []
    for level in range(2):
        shares = draft.random.uniform(0.6, 1.4, PLOTS_PER_ROW)
        cuts = west + np.concatenate([[0.0], np.cumsum(shares / shares.sum())]) * BLOCK_WIDTH_M
        bottom = south + level * ROW_DEPTH_M
        first = len(draft.shapes)
        for left, right in pairwise(cuts):
            draft.add(_box(left, bottom, right, bottom + ROW_DEPTH_M))
        draft.truth += [
            (row, row + 1, ROW_DEPTH_M) for row in range(first, first + PLOTS_PER_ROW - 1)
        ]
        rows.append((first, cuts))
    (lower, lower_cuts), (upper, upper_cuts) = rows
    for one in range(PLOTS_PER_ROW):
        for other in range(PLOTS_PER_ROW):
            low = max(lower_cuts[one], upper_cuts[other])
            high = min(lower_cuts[one + 1], upper_cuts[other + 1])
            if high > low:
                draft.truth.append((lower + one, upper + other, high - low))
    if has_island:
        _add_island(draft, lower, (float(lower_cuts[:2].mean()), south + ROW_DEPTH_M / 2))


def _add_island(draft: _Draft, row: int, centre: tuple[float, float]) -> None:
    half_m = ISLAND_M / 2
    ring = _box(centre[0] - half_m, centre[1] - half_m, centre[0] + half_m, centre[1] + half_m)
    shell = shapely.get_coordinates(draft.shapes[row].exterior)
    island = draft.add(ring)
    draft.shapes[row] = shapely.Polygon(shell, [draft.surveyed(ring)])
    draft.truth.append((row, island, 4 * ISLAND_M))


def _box(west: float, south: float, east: float, north: float) -> npt.NDArray[np.float64]:
    return np.array([(west, south), (east, south), (east, north), (west, north)])
