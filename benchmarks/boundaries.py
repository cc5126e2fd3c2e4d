"""Ways to the pairs that share a boundary, and its length, with shapely and geopandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.pairs import Pairs
from benchmarks.peers import within

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Shapes = npt.NDArray[np.object_]

TOLERANCE_M = 0.2
PIECE_VERTICES = 128
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)


def by_buffer(shapes: Shapes) -> Pairs:
    """
    Cut the boundary of the plot with more vertices by the buffered other one.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.

    Returns
    -------
    Pairs
        With lengths.
    """
    one, other = within(shapes, TOLERANCE_M)
    lines = shapely.boundary(shapes)
    bands = shapely.buffer(shapes, TOLERANCE_M, join_style="mitre")
    return Pairs(one, other, shapely.length(shapely.intersection(lines[one], bands[other])))


def by_pieces(shapes: Shapes) -> Pairs:
    """
    Cut boundaries, in pieces of at most `PIECE_VERTICES`, by the buffered plots of less vertices.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.

    Returns
    -------
    Pairs
        With lengths.
    """
    bands = shapely.buffer(shapes, TOLERANCE_M, join_style="mitre")
    lines, owner = shapely.get_parts(shapely.boundary(shapes), return_index=True)
    is_long = shapely.get_num_coordinates(lines) > PIECE_VERTICES
    pieces, owners = [*lines[~is_long]], [owner[~is_long]]
    for row in np.flatnonzero(is_long):
        points = shapely.get_coordinates(lines[row])
        first = range(0, len(points) - 1, PIECE_VERTICES - 1)
        pieces += [shapely.linestrings(points[each : each + PIECE_VERTICES]) for each in first]
        owners.append(np.full(len(first), owner[row]))
    lines, owner = np.array(pieces), np.concatenate(owners)
    band, line = shapely.STRtree(lines).query(bands, predicate="intersects")
    one = owner[line]
    size = shapely.get_num_coordinates(shapes)
    larger = (size[one] > size[band]) | ((size[one] == size[band]) & (one < band))
    one, band, line = one[larger], band[larger], line[larger]
    length_m = shapely.length(shapely.intersection(lines[line], bands[band]))
    return added_up(one, band, length_m, len(shapes))


def added_up(one: Rows, other: Rows, length_m: Floats, plots: int) -> Pairs:
    """
    Add up lengths by pair.

    Parameters
    ----------
    one, other : numpy.ndarray of int
        Rows of plots; a pair may come several times, in either order.
    length_m : numpy.ndarray of float
        In metres.
    plots : int
        How many plots there are.

    Returns
    -------
    Pairs
        Each once.
    """
    keys, pair = np.unique(Pairs(one, other).keys(plots), return_inverse=True)
    shared_m = np.bincount(pair, length_m).astype(np.float64)
    return Pairs(keys // plots, keys % plots, shared_m)


def by_bands(shapes: Shapes) -> Pairs:
    """
    Cut both boundaries by the round band about the other: slow, but symmetric.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.

    Returns
    -------
    Pairs
        With lengths, the mean of both directions.
    """
    one, other = within(shapes, TOLERANCE_M)
    lines = shapely.boundary(shapes)
    bands = shapely.buffer(lines, TOLERANCE_M)
    forth_m = shapely.length(shapely.intersection(lines[one], bands[other]))
    back_m = shapely.length(shapely.intersection(lines[other], bands[one]))
    return Pairs(one, other, (forth_m + back_m) / 2)


def by_sjoin(outlines: gpd.GeoDataFrame) -> Pairs:
    """
    Join what intersects, and measure what is common: lines, or half the outline of overlaps.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        The plots, on their row numbers.

    Returns
    -------
    Pairs
        With lengths.
    """
    joined = gpd.sjoin(outlines, outlines, predicate="intersects")
    left, right = joined.index.to_numpy(), joined["index_right"].to_numpy()
    left, right = left[left < right], right[left < right]
    shapes = outlines.geometry.to_numpy()
    common = shapely.intersection(shapes[left], shapes[right])
    length_m = shapely.length(common)
    return Pairs(left, right, np.where(shapely.area(common) > 0, length_m / 2, length_m))


def by_cleaning(shapes: Shapes) -> Pairs:
    """
    Clean the coverage, then find segments that two plots share.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries
        The plots.

    Returns
    -------
    Pairs
        With lengths.
    """
    clean = shapely.coverage_clean(shapes, gap_width=0.0, snapping_distance=TOLERANCE_M)
    parts, plot = shapely.get_parts(clean, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    start, end = points[:-1][follows], points[1:][follows]
    owner = plot[part[ring[:-1][follows]]]
    back = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(back[:, None], end, start), np.where(back[:, None], start, end)
    # Odd factors spread the bits of the four coordinates; sums of integers wrap around.
    words = np.hstack([low, high]).view(np.uint64)
    code = (words * np.array(FACTORS, dtype=np.uint64)).sum(axis=1)
    order = np.argsort(code, kind="stable")
    twice = code[order[1:]] == code[order[:-1]]
    one, other = order[:-1][twice], order[1:][twice]
    length_m = np.hypot(*(end - start)[one].T)
    return added_up(owner[one], owner[other], length_m, len(shapes))
