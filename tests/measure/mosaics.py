"""Layers of towns to cut along: a mosaic of areas with crooked lines between them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely


def mosaic(
    west: float,
    south: float,
    east: float,
    north: float,
    *,
    columns: int = 4,
    rows: int = 3,
    seed: int = 1,
    step_m: float = 50.0,
    off_m: float = 10.0,
) -> gpd.GeoDataFrame:
    """Return areas that tile a box; neighbours share every vertex of the line between them."""
    random = np.random.default_rng(seed)
    grid = {
        (column, row): (
            west + (east - west) * column / columns,
            south + (north - south) * row / rows,
        )
        for column in range(columns + 1)
        for row in range(rows + 1)
    }

    def line(start: tuple[int, int], end: tuple[int, int]) -> np.ndarray:
        first, last = np.array(grid[start]), np.array(grid[end])
        count = max(2, int(np.hypot(*(last - first)) / step_m))
        points = first + (last - first) * np.linspace(0, 1, count + 1)[:, None]
        points[1:-1] += random.uniform(-off_m, off_m, (count - 1, 2))
        return points

    level = {(c, r): line((c, r), (c + 1, r)) for c in range(columns) for r in range(rows + 1)}
    upright = {(c, r): line((c, r), (c, r + 1)) for c in range(columns + 1) for r in range(rows)}
    shapes, names = [], []
    for column in range(columns):
        for row in range(rows):
            sides = (
                level[column, row],
                upright[column + 1, row],
                level[column, row + 1][::-1],
                upright[column, row][::-1],
            )
            shapes.append(shapely.Polygon(np.vstack([side[:-1] for side in sides])))
            names.append(f"t{column}{row}")
    towns = gpd.GeoDataFrame({"place": names}, geometry=shapes, crs=4546)
    assert towns.is_valid.all()
    return towns
