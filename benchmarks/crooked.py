"""
Make layers of irregular plots to assemble: bent boundaries, roads, islands in holes.

All plots are synthetic: cells around random points, denser in some parts than in others, every
boundary bent, roads cut through, and a few plots that lie within others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Shapes = npt.NDArray[np.object_]

EPSG = 4546
CENTRE_M = (634_000.0, 2_451_000.0)
M2_PER_MU = 2000 / 3
# Holders have so many plots each, and so many in a hundred plots have none that is known.
PLOTS_PER_HOLDER, UNKNOWN_HOLDERS = 1.5, 5
ISLAND_EVERY = 40
LEAST_M2 = 200.0


def crooked_layer(
    plots: int,
    *,
    seed: int,
    mean_mu: float = 30.0,
    road_m: float = 12.0,
    plots_per_road: float = 60.0,
) -> gpd.GeoDataFrame:
    """
    Make a layer of irregular plots.

    Parameters
    ----------
    plots : int
        How many, more or less: roads cut some in two.
    seed : int
        The same seed makes the same layer.
    mean_mu : float, default 30.0
        Mean area in mu.
    road_m : float, default 12.0
        Width of the roads in metres.
    plots_per_road : float, default 60.0
        How many plots there are for each road across the layer; 0 makes no road.

    Returns
    -------
    geopandas.GeoDataFrame
        Plots with ``parcel_id``, ``holder``, ``cost_yuan`` and ``merit``, EPSG:4546; synthetic.

    Examples
    --------
    >>> layer = crooked_layer(30, seed=1)
    >>> bool(layer.is_valid.all()), len(layer) > 20
    (True, True)
    """
    random = np.random.default_rng(seed)
    roads = max(1, round(np.sqrt(plots / plots_per_road))) if plots_per_road > 0 else 0
    # A road cuts the cells in its way in two, which makes plots; so there are fewer cells.
    cells = max(4, plots - round(2 * roads * np.sqrt(plots)))
    side_m = float(np.sqrt(plots * mean_mu * M2_PER_MU))
    shapes = _bent(_cells(cells, side_m, random), side_m / np.sqrt(plots), random)
    if roads:
        shapes = _with_roads(shapes, side_m, road_m, roads, random)
    shapes = _with_islands(shapes)
    shapes = shapes[shapely.area(shapes) > LEAST_M2]
    shapes = shapes[np.lexsort(shapely.get_coordinates(shapely.centroid(shapes)).T)]
    count = len(shapes)
    holders = random.integers(0, max(1, int(count / PLOTS_PER_HOLDER)), count)
    known = random.integers(0, 100, count) >= UNKNOWN_HOLDERS
    area_mu = shapely.area(shapes) / M2_PER_MU
    columns = {
        "parcel_id": [f"p{row:06}" for row in range(count)],
        "holder": [f"h{holder}" if told else None
                   for holder, told in zip(holders, known, strict=True)],
        "cost_yuan": (area_mu * random.lognormal(12.0, 0.4, count)).round(2),
        "merit": (area_mu * random.lognormal(0.0, 0.5, count)).round(3),
    }  # fmt: skip
    moved = shapely.transform(shapes, lambda points: (points + CENTRE_M).round(4))
    return gpd.GeoDataFrame(columns, geometry=moved, crs=EPSG)


def _cells(plots: int, side_m: float, random: np.random.Generator) -> Shapes:
    """Cut a square into cells, smaller towards one corner and around a few centres."""
    points = random.uniform(0, 1, (plots, 2))
    points += 0.08 * np.sin(2 * np.pi * points[:, ::-1] * random.uniform(0.5, 2.0, 2))
    points = np.clip(points, 0.001, 0.999) ** random.uniform(1.0, 1.3, 2)
    # Moving points towards the middle of their cells takes the thinnest cells out.
    cells = _voronoi(points * side_m, side_m)
    middle = shapely.get_coordinates(shapely.centroid(cells))
    return _voronoi(middle, side_m)


def _voronoi(points: Floats, side_m: float) -> Shapes:
    square = shapely.box(0, 0, side_m, side_m)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=square)
    clipped = shapely.intersection(shapely.get_parts(cells), square)
    return clipped[shapely.area(clipped) > 1.0]


def _bent(cells: Shapes, size_m: float, random: np.random.Generator) -> Shapes:
    """Bend each boundary at one point, the same for both neighbours."""
    points, cell = shapely.get_coordinates(cells, return_index=True)
    points = points.round(3)
    same = cell[:-1] == cell[1:]
    ends = np.column_stack([points[:-1][same], points[1:][same]])
    back = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[back] = ends[back][:, [2, 3, 0, 1]]
    ends = np.unique(ends, axis=0)
    step = ends[:, 2:] - ends[:, :2]
    aside = np.column_stack([-step[:, 1], step[:, 0]])
    share = random.uniform(0.3, 0.7, (len(ends), 1))
    off = random.uniform(-0.12, 0.12, (len(ends), 1))
    off[np.hypot(*step.T) < size_m / 10] = 0.0
    bend = ends[:, :2] + step * share + aside * off
    lines = shapely.linestrings(np.stack([ends[:, :2], bend, ends[:, 2:]], axis=1))
    made = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(
        shapely.multilinestrings(lines)))))  # fmt: skip
    return made[shapely.area(made) > LEAST_M2]


def _with_roads(
    shapes: Shapes, side_m: float, road_m: float, count: int, random: np.random.Generator
) -> Shapes:
    """Cut crooked roads through, from side to side and from bottom to top."""
    roads = []
    for number in range(2 * count):
        level = (number // 2 + random.uniform(0.3, 0.7)) / count * side_m
        along = np.linspace(-0.1, 1.1, 12) * side_m
        across = level + random.uniform(-0.02, 0.02, 12) * side_m
        line = [along, across] if number % 2 else [across, along]
        roads.append(shapely.linestrings(np.column_stack(line)))
    ground = shapely.buffer(shapely.multilinestrings(roads), road_m / 2, cap_style="flat")
    touched = shapely.intersects(shapes, ground)
    left = shapely.get_parts(shapely.difference(shapes[touched], ground))
    every = np.concatenate([shapes[~touched], left])
    return every[shapely.area(every) > LEAST_M2]


def _with_islands(shapes: Shapes) -> Shapes:
    """Give some plots a hole with a plot of its own in it."""
    hosts = np.arange(ISLAND_EVERY // 2, len(shapes), ISLAND_EVERY)
    shapes, islands = shapes.copy(), []
    for host in hosts:
        disk = shapely.maximum_inscribed_circle(shapes[host], tolerance=0.5)
        island = shapely.buffer(shapely.get_point(disk, 0), shapely.length(disk) / 2, quad_segs=3)
        shapes[host] = shapely.difference(shapes[host], island)
        islands.append(island)
    return np.concatenate([shapes, np.array(islands, dtype=object)])
