"""Look into a layer that lies in a folder as GeoParquet files, one for each partition."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS

from enping_gis.atomic import replacing
from enping_gis.crs import crs_name, is_metric
from enping_gis.errors import CRSError, SourceError

if TYPE_CHECKING:
    import os

# Few enough that those along an edge can be read alone.
GROUP_ROWS = 2048
ID_COLUMN = "parcel_id"
_FAILURES = (pa.ArrowException, OSError, ValueError, TypeError, KeyError)


@dataclass(frozen=True)
class Part:
    """
    One partition of a layer.

    Parameters
    ----------
    path : pathlib.Path
        Its file.
    rows : int
        How many plots it owns.
    bounds : tuple of float
        West, south, east and north of its plots, in metres; west is above east where it has none.
    stamp : str
        Size and time of the file: another stamp is another input.

    Examples
    --------
    >>> Part(Path("part-00000.parquet"), 0, (0.0, 0.0, -1.0, -1.0), "0-0").name
    'part-00000'
    """

    path: Path
    rows: int
    bounds: tuple[float, float, float, float]
    stamp: str

    @property
    def name(self) -> str:
        """
        What results of it are called.

        Returns
        -------
        str
            The name of its file without the ending.
        """
        return self.path.stem

    def meets(self, other: Part, reach_m: float) -> bool:
        """
        Tell whether plots of two partitions may lie within reach of each other.

        Parameters
        ----------
        other : Part
            Another partition.
        reach_m : float
            How far apart, in metres.

        Returns
        -------
        bool
            Whether their boxes come as close as that.
        """
        west, south, east, north = self.bounds
        left, low, right, high = other.bounds
        return (
            left <= east + reach_m
            and right >= west - reach_m
            and low <= north + reach_m
            and high >= south - reach_m
        )


@dataclass(frozen=True)
class Partitions:
    """
    A layer of plots in partitions.

    Parameters
    ----------
    folder : pathlib.Path
        Where its files are.
    parts : tuple of Part
        In the order of their names. A plot belongs to the partition it lies in, a pair of plots
        to the first of its two.
    crs : pyproj.CRS
        The projected CRS, in metres, of all of them.
    columns : tuple of str
        Columns of the first file, without those of the geometry.
    """

    folder: Path
    parts: tuple[Part, ...]
    crs: CRS
    columns: tuple[str, ...]

    @property
    def rows(self) -> int:
        """
        How many plots there are.

        Returns
        -------
        int
            The plots of all partitions.
        """
        return sum(part.rows for part in self.parts)


def open_partitions(folder: str | os.PathLike[str]) -> Partitions:
    """
    Look at the files of a layer in partitions; no plot is read.

    Parameters
    ----------
    folder : path-like
        A folder of GeoParquet files, such as `partition`, `write_province`, geopandas and
        dask-geopandas write them. What tells the partitions of a plot and its neighbours fast
        are the boxes of plots (``covering`` of GeoParquet 1.1); without them whole files are read.

    Returns
    -------
    Partitions
        Its files with rows and bounds.

    Raises
    ------
    SourceError
        The folder has no such file, or one of them is damaged or has no column ``parcel_id``.
    CRSError
        Files differ in their CRS, or it is not projected in metres.

    Examples
    --------
    >>> import tempfile
    >>> import shapely
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[shapely.box(0, 0, 9, 9)], crs=4546)
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_part(plots, folder / "part-00000.parquet")
    >>> open_partitions(folder).rows
    1
    """
    # Workers may run elsewhere: to them a path that starts here says nothing.
    place = Path(folder).resolve()
    files = sorted(place.glob("*.parquet"))
    if not files:
        raise SourceError("error.no_partitions", path=place)
    seen = [_looked_into(path) for path in files]
    crs, columns = seen[0][1], seen[0][2]
    for path, (_, other, its) in zip(files, seen, strict=True):
        if other != crs:
            raise CRSError(
                "error.partition_crs", path=path, value=crs_name(other), known=crs_name(crs)
            )
        if ID_COLUMN not in its:
            raise SourceError("error.partition_id", path=path, column=ID_COLUMN)
    if not is_metric(crs):
        raise CRSError("error.crs_not_metric", value=crs_name(crs))
    return Partitions(place, tuple(part for part, _, _ in seen), crs, columns)


def _looked_into(path: Path) -> tuple[Part, CRS, tuple[str, ...]]:
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
        geo = json.loads((schema.metadata or {})[b"geo"])
        column = geo["primary_column"]
        about = geo["columns"][column]
        crs = CRS.from_user_input(about.get("crs", "OGC:CRS84") or "OGC:CRS84")
        bounds = _bounds(about, path) if rows else (0.0, 0.0, -1.0, -1.0)
        stat = path.stat()
    except _FAILURES as error:
        raise SourceError("error.unreadable", path=path, reason=error) from error
    names = tuple(name for name in schema.names if name not in {column, "bbox"})
    return Part(path, rows, bounds, f"{stat.st_size}-{stat.st_mtime_ns}"), crs, names


def _bounds(about: dict[str, Any], path: Path) -> tuple[float, float, float, float]:
    box = about.get("bbox")
    if box is None or not np.isfinite(box).all():
        box = gpd.read_parquet(path, columns=["geometry"]).total_bounds
        if not np.isfinite(box).all():
            return (0.0, 0.0, -1.0, -1.0)
    half = len(box) // 2
    west, south, east, north = (float(box[each]) for each in (0, 1, half, half + 1))
    return west, south, east, north


def write_part(plots: gpd.GeoDataFrame, path: Path) -> None:
    """
    Write a partition, whole or not at all, with the boxes of its plots.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        Its plots.
    path : pathlib.Path
        Its file.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with replacing(path) as temporary:
        plots.to_parquet(
            temporary,
            index=False,
            compression="zstd",
            write_covering_bbox=True,
            schema_version="1.1.0",
            row_group_size=GROUP_ROWS,
        )
