"""Make towns with crooked lines between them over a layer of plots; they are synthetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

COLUMNS, ROWS = 4, 3
# Lines between towns reach so far beyond the plots, in extents of the layer.
MARGIN = 0.05
# How far a corner of a town may lie off the grid, and the middle of a line off the straight line,
# in lengths of a line. Each halving moves the middles by less than half as much, so that a line
# stays within a narrow wedge and never meets another.
CORNER_OFF, MIDDLE_OFF, FADE = 0.08, 0.06, 0.4
HALVINGS = 10


def towns_over(parcels: gpd.GeoDataFrame, *, seed: int) -> gpd.GeoDataFrame:
    """
    Cover a layer with twelve towns of some thousand vertices each.

    Neighbouring towns share every vertex of the line between them.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots in a projected CRS in metres.
    seed : int
        The same seed makes the same towns.

    Returns
    -------
    geopandas.GeoDataFrame
        ``place`` (``t0`` to ``t11``) and the outline, in the CRS of the plots.

    Examples
    --------
    >>> plots = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9)], crs=4546)
    >>> towns = towns_over(plots, seed=1)
    >>> len(towns), bool(shapely.coverage_is_valid(towns.geometry))
    (12, True)
    """
    random = np.random.default_rng([seed, 2])
    west, south, east, north = parcels.total_bounds
    margin_m = MARGIN * np.array([east - west, north - south])
    low, high = np.array([west, south]) - margin_m, np.array([east, north]) + margin_m
    across, up = np.meshgrid(np.arange(COLUMNS + 1), np.arange(ROWS + 1), indexing="ij")
    grid = np.stack([across, up], axis=-1).astype(np.float64)
    # Corners at the rim stay, so that every plot lies in a town.
    grid[1:-1, 1:-1] += random.uniform(-CORNER_OFF, CORNER_OFF, grid[1:-1, 1:-1].shape)
    corners = low + grid / (COLUMNS, ROWS) * (high - low)
    level = [
        [_line(corners[c, r], corners[c + 1, r], random) for r in range(ROWS + 1)]
        for c in range(COLUMNS)
    ]
    upright = [
        [_line(corners[c, r], corners[c, r + 1], random) for r in range(ROWS)]
        for c in range(COLUMNS + 1)
    ]
    outlines = []
    for r in range(ROWS):
        for c in range(COLUMNS):
            sides = (level[c][r], upright[c + 1][r], level[c][r + 1][::-1], upright[c][r][::-1])
            outlines.append(shapely.Polygon(np.concatenate([side[:-1] for side in sides])))
    names = [f"t{number}" for number in range(len(outlines))]
    return gpd.GeoDataFrame({"place": names}, geometry=outlines, crs=parcels.crs)


def _line(start: Floats, end: Floats, random: np.random.Generator) -> Floats:
    """Halve a line again and again, and move each middle square to the whole line."""
    off = np.zeros(2)
    reach = MIDDLE_OFF
    for _ in range(HALVINGS):
        finer = np.zeros(2 * len(off) - 1)
        finer[::2] = off
        finer[1::2] = (off[1:] + off[:-1]) / 2 + random.uniform(-reach, reach, len(off) - 1)
        off, reach = finer, reach * FADE
    step = end - start
    square = np.array([-step[1], step[0]])
    return start + np.linspace(0, 1, len(off))[:, None] * step + off[:, None] * square


def in_towns(parcels: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Say of each plot in which town it lies.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Plots.
    towns : geopandas.GeoDataFrame
        What `towns_over` made, in the CRS of the plots.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy of the plots with the column ``town``: where a point inside the plot lies.
    """
    inside = shapely.point_on_surface(parcels.geometry.to_numpy())
    outlines = towns.geometry.to_numpy()
    town, plot = shapely.STRtree(inside).query(outlines, predicate="intersects")
    names = np.full(len(parcels), None, dtype=object)
    names[plot] = towns["place"].to_numpy()[town]
    return parcels.assign(town=names)
