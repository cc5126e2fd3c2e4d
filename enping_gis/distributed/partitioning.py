"""Cut a layer into partitions of plots that lie together."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from enping_gis.distributed.engine import needed
from enping_gis.distributed.partitions import Partitions, open_partitions, write_part
from enping_gis.errors import InputError, OutputError

if TYPE_CHECKING:
    import os

ROWS = 100_000
# Of the curve along which plots are put in order: 2^15 cells a side.
_LEVEL = 15


def partition(
    source: gpd.GeoDataFrame | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    partitions: int | None = None,
) -> Partitions:
    """
    Write a layer as partitions of plots that lie together, along Hilbert's curve.

    Parameters
    ----------
    source : geopandas.GeoDataFrame or path-like
        Plots with ``parcel_id`` in memory, or a folder of GeoParquet files of any size, which
        dask-geopandas sorts without reading it whole.
    folder : path-like
        Where files ``part-00000.parquet`` and so on are written; it must hold no such files yet.
    partitions : int, optional
        How many; by default one for each 100,000 plots.

    Returns
    -------
    Partitions
        What was written.

    Raises
    ------
    InputError
        `partitions` is less than 1.
    OutputError
        The folder holds partitions already, or cannot be written.
    SourceError
        The folder `source` has no GeoParquet files.

    Notes
    -----
    Hilbert's curve keeps neighbours together: Kamel, Faloutsos, "Hilbert R-tree" (VLDB 1994).

    Examples
    --------
    >>> import tempfile
    >>> shapes = [shapely.box(x, 0, x + 9, 9) for x in range(0, 90, 9)]
    >>> ids = [f"p{number}" for number in range(10)]
    >>> plots = gpd.GeoDataFrame({"parcel_id": ids}, geometry=shapes, crs=4546)
    >>> [part.rows for part in partition(plots, tempfile.mkdtemp(), partitions=3).parts]
    [4, 3, 3]
    >>> partition(plots.iloc[:0], tempfile.mkdtemp()).rows
    0
    """
    if partitions is not None and partitions < 1:
        raise InputError("error.partitions", value=partitions)
    place = Path(folder)
    if any(place.glob("*.parquet")):
        raise OutputError("error.partitions_there", path=place)
    if isinstance(source, gpd.GeoDataFrame):
        _from_memory(source, place, partitions or math.ceil(len(source) / ROWS) or 1)
    else:
        whole = open_partitions(source)
        _from_files(whole, place, partitions or math.ceil(whole.rows / ROWS) or 1)
    return open_partitions(place)


def _from_memory(plots: gpd.GeoDataFrame, folder: Path, count: int) -> None:
    shapes = plots.geometry
    # What has no place on the curve comes last.
    there = ~(shapely.is_missing(shapes.to_numpy()) | shapely.is_empty(shapes.to_numpy()))
    there &= np.isfinite(shapely.bounds(shapes.to_numpy())).all(axis=1)
    distance = np.full(len(plots), np.iinfo(np.int64).max)
    if there.any():
        distance[there] = shapes[there].hilbert_distance(level=_LEVEL).to_numpy()
    order = np.argsort(distance, kind="stable")
    for number, rows in enumerate(np.array_split(order, count)):
        write_part(plots.iloc[rows], folder / f"part-{number:05d}.parquet")


def _from_files(whole: Partitions, folder: Path, count: int) -> None:
    """Let dask-geopandas sort plots over files, which it does on disk."""
    frames = needed("dask_geopandas")
    layer = frames.read_parquet(str(whole.folder), gather_spatial_partitions=False)
    if "bbox" in layer.columns:
        layer = layer.drop(columns="bbox")
    sorted_layer = layer.spatial_shuffle(by="hilbert", npartitions=count, level=_LEVEL)
    for number, piece in enumerate(sorted_layer.to_delayed()):
        frame = gpd.GeoDataFrame(piece.compute(), geometry="geometry", crs=whole.crs)
        write_part(frame, folder / f"part-{number:05d}.parquet")
