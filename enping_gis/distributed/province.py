"""
Write a layer as large as that of a province, partition by partition; all of it is synthetic.

Plots stand in rows of an endless grid, of which each partition draws a rectangle. Where corners
lie is drawn from their numbers in the grid alone, so that partitions that are drawn apart meet.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.distributed.partitions import Partitions, open_partitions, write_part
from enping_gis.errors import InputError, OutputError
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

EPSG = 4546
# The middle of the layer: somewhere in Guangdong.
CENTRE_M = (634_000.0, 2_560_000.0)
# A plot is about 0.18 ha, so that 10^8 of them fill 180,000 km2, as many as Guangdong has.
WIDTH_M, DEPTH_M = 40.0, 45.0
# Streets run after so many rows and columns, and are so wide.
BLOCK_COLUMNS, BLOCK_ROWS, STREET_M = 8, 2, 8.0
# Corners lie off the grid by up to this; marks along sides off the straight line.
CORNER_M, BEND_M = 4.0, 0.6
MARKS_ALONG, MARKS_UP = 3, 4
# Each plot is surveyed on its own: its points lie off their true place by up to so much.
SURVEY_M = 0.01
# One plot in so many has a yard within it that is not its own.
YARD_EVERY = 50
YARD = 0.25
# So many columns and rows make a town, and so many towns a county.
TOWN_COLUMNS, TOWN_ROWS = 160, 140
DECIMALS = 4
_MIX = tuple(
    np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)


class _Cells(NamedTuple):
    """Which plots of the grid a partition draws."""

    column: Ints
    row: Ints


def write_province(
    folder: str | os.PathLike[str],
    plots: int,
    *,
    part_rows: int = 100_000,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Partitions:
    """
    Write synthetic plots of a province as partitions, in the memory of one partition.

    Plots stand two deep between streets, in rows that are shifted against each other, so that the
    middle line of a block is all T-junctions; sides bend, every plot is surveyed on its own to a
    centimetre, and some have a yard within them that is not their own.

    Parameters
    ----------
    folder : path-like
        Where files ``part-00000.parquet`` and so on are written; those that are there already,
        of the same size and seed, are kept.
    plots : int
        How many.
    part_rows : int, default 100_000
        How many plots a partition has at most, as a square.
    seed : int, default 1
        The same seed makes the same plots, whatever the partitions.
    progress : callable, optional
        Called with the numbers of partitions written and of all.

    Returns
    -------
    Partitions
        The layer, in EPSG:4546: ``parcel_id``, ``town``, ``category``, ``source`` and geometry.

    Raises
    ------
    InputError
        `plots` or `part_rows` is less than 1.
    OutputError
        The folder holds other partitions, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> layer = write_province(tempfile.mkdtemp(), 1000, part_rows=400)
    >>> layer.rows, len(layer.parts)
    (1000, 4)
    """
    if min(plots, part_rows) < 1:
        raise InputError("error.province", plots=plots, rows=part_rows)
    place = Path(folder)
    pieces = list(_pieces(plots, part_rows))
    names = [f"part-{number:05d}.parquet" for number in range(len(pieces))]
    mark = f"{plots} plots, {part_rows} a partition, seed {seed}\n"
    sign = place / "_province.txt"
    if any(place.glob("*.parquet")) and not (sign.exists() and sign.read_text("utf-8") == mark):
        raise OutputError("error.partitions_there", path=place)
    place.mkdir(parents=True, exist_ok=True)
    sign.write_text(mark, encoding="utf-8")
    for number, (name, cells) in enumerate(zip(names, pieces, strict=True)):
        if not (place / name).exists():
            write_part(_drawn(cells, seed), place / name)
        if progress is not None:
            progress(number + 1, len(names))
    return open_partitions(place)


def _pieces(plots: int, part_rows: int) -> list[_Cells]:
    """Cut as square a piece of the grid as holds the plots into squares of columns and rows."""
    columns = math.ceil(math.sqrt(plots * DEPTH_M / WIDTH_M))
    rows = math.ceil(plots / columns)
    down = max(1, math.isqrt(part_rows))
    across = max(1, part_rows // down)
    pieces = []
    for row in range(0, rows, down):
        for column in range(0, columns, across):
            grid = np.meshgrid(
                np.arange(row, min(row + down, rows)),
                np.arange(column, min(column + across, columns)),
                indexing="ij",
            )
            its_row, its_column = (each.ravel() for each in grid)
            there = its_row * columns + its_column < plots
            if there.any():
                pieces.append(_Cells(its_column[there], its_row[there]))
    return pieces


def _drawn(cells: _Cells, seed: int) -> gpd.GeoDataFrame:
    """Draw the plots of a piece of the grid."""
    column, row = cells
    rings = _rings(column, row, seed)
    noise = _noise(seed, 7, column[:, None], row[:, None], np.arange(rings.shape[1])[None, :])
    rings = np.round(rings + noise * SURVEY_M, DECIMALS)
    shapes = shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1))
    yard = np.flatnonzero(_chance(seed, 8, column, row) < 1 / YARD_EVERY)
    shapes[yard] = _with_yards(shapes[yard], rings[yard])
    town = 1000 * (row // TOWN_ROWS) + column // TOWN_COLUMNS
    codes = np.array([*(term.code for term in terms("category")), None], dtype=object)
    kind = (_chance(seed, 9, column, row) * len(codes)).astype(np.int64)
    data = {
        "parcel_id": [
            f"S{r:06d}-{c:06d}" for r, c in zip(row.tolist(), column.tolist(), strict=True)
        ],
        "town": pd.array([f"S{code:06d}" for code in town.tolist()], dtype="str"),
        "category": codes[kind],
        "source": "synthetic",
    }
    return gpd.GeoDataFrame(data, geometry=shapes, crs=EPSG)


def _rings(column: Ints, row: Ints, seed: int) -> Floats:
    """Return the true outlines, counterclockwise from the corner in the south-west."""
    south_west = _corner(column, row, 0, 0, seed)
    south_east = _corner(column + 1, row, 1, 0, seed)
    north_west = _corner(column, row, 0, 1, seed)
    north_east = _corner(column + 1, row, 1, 1, seed)
    # A side is drawn from its own numbers, so that both plots along it bend alike.
    south = _along(south_west, south_east, MARKS_ALONG)
    north = _along(north_east, north_west, MARKS_ALONG)
    west = _bent(south_west, north_west, column, row, seed)
    east = _bent(south_east, north_east, column + 1, row, seed)
    return np.concatenate([south, east, north, north_west[:, None], west[:, :0:-1]], axis=1)


def _corner(column: Ints, row: Ints, is_east: int, is_north: int, seed: int) -> Floats:
    """
    Place the corners of plots.

    Lines between rows are straight, so that rows with other cuts meet along them; where a row
    is cut is drawn from the numbers of the cut.
    """
    streets = (column - is_east) // BLOCK_COLUMNS
    cut = _noise(seed, 1, column, row)[..., 0] * CORNER_M
    # At a street the cut is that of the block, and every other row is shifted.
    at_street = (column % BLOCK_COLUMNS) == 0
    shift = np.where(row % BLOCK_ROWS == 1, WIDTH_M / 3, 0.0)
    x = column * WIDTH_M + streets * STREET_M + np.where(at_street, 0.0, cut + shift)
    line = row + is_north
    y = line * DEPTH_M + (row // BLOCK_ROWS) * STREET_M
    return np.stack([x + CENTRE_M[0], y + CENTRE_M[1]], axis=-1)


def _along(start: Floats, end: Floats, marks: int) -> Floats:
    share = np.arange(marks)[None, :, None] / marks
    return start[:, None] + (end - start)[:, None] * share


def _bent(start: Floats, end: Floats, column: Ints, row: Ints, seed: int) -> Floats:
    points = _along(start, end, MARKS_UP)
    mark = np.arange(1, MARKS_UP)[None, :]
    points[:, 1:] += _noise(seed, 2, column[:, None], row[:, None], mark) * BEND_M
    return points


def _with_yards(shapes: npt.NDArray[np.object_], rings: Floats) -> npt.NDArray[np.object_]:
    middle = rings.mean(axis=1)
    half = np.array([WIDTH_M, DEPTH_M]) * YARD / 2
    low, high = np.round(middle - half, DECIMALS), np.round(middle + half, DECIMALS)
    yards: npt.NDArray[np.object_] = shapely.difference(
        shapes, shapely.box(*low.T, *high.T), grid_size=0
    )
    return yards


def _noise(seed: int, subject: int, *numbers: Ints) -> Floats:
    """Draw two figures from -1 to 1 for each row of numbers."""
    pair = [_chance(seed, subject * 2 + each, *numbers) * 2 - 1 for each in (0, 1)]
    return np.stack(pair, axis=-1)


def _chance(seed: int, subject: int, *numbers: Ints) -> Floats:
    """
    Draw a figure from 0 to 1 for each row of numbers, the same wherever it is drawn.

    The mixing is that of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
    generators" (OOPSLA 2014).
    """
    with np.errstate(over="ignore"):
        mixed = np.full(np.broadcast(*numbers).shape, seed * 1_000_003 + subject, dtype=np.uint64)
        for number in numbers:
            mixed = (mixed + number.astype(np.uint64)) * np.uint64(2) + np.uint64(1)
            mixed *= _MIX[0]
            mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[1]
            mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[2]
            mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
