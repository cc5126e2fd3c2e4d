"""Read the plots of a partition, and those of others that lie near them: its halo."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from enping_gis.distributed.partitions import ID_COLUMN
from enping_gis.errors import SchemaError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from enping_gis.distributed.partitions import Part

    Flags = npt.NDArray[np.bool_]
    Rows = npt.NDArray[np.int64]

# What rounding may take off a distance.
_SPARE_M = 0.001


class Near(NamedTuple):
    """
    Plots of a partition and of its halo, in the order of their ids.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame
        In the order of their ids, so that what is measured does not depend on partitions.
    part : numpy.ndarray of int, shape (n,)
        The number of the partition that each belongs to.
    """

    plots: gpd.GeoDataFrame
    part: Rows


def near(parts: Mapping[int, Part], number: int, reach_m: float, *, columns: Sequence[str]) -> Near:
    """
    Read a partition with its halo.

    Parameters
    ----------
    parts : mapping of int to Part
        Partitions by number: this one, and those whose plots count where they lie near it.
    number : int
        Number of the partition.
    reach_m : float
        How far from its plots, in metres, those of other partitions belong to the halo.
    columns : sequence of str
        Columns to read, besides the id and the geometry.

    Returns
    -------
    Near
        Its plots, and those of others that lie within reach of one of them.

    Raises
    ------
    SourceError
        A file is damaged.
    SchemaError
        An id is missing or repeated among these plots.
    """
    part = parts[number]
    own = _read(part, columns)
    frames, numbers = [own], [np.full(len(own), number)]
    tree = shapely.STRtree(own.geometry.to_numpy())
    for other, its in parts.items():
        if other == number:
            continue
        west, south, east, north = part.bounds
        box = (west - reach_m, south - reach_m, east + reach_m, north + reach_m)
        plots = _read(its, columns, box)
        plots = plots[_reached(tree, plots, reach_m + _SPARE_M)]
        frames.append(plots)
        numbers.append(np.full(len(plots), other))
    plots = pd.concat(frames, ignore_index=True)
    ids, belongs = plots[ID_COLUMN], np.concatenate(numbers)
    faulty = ids[ids.isna() | ids.duplicated(keep=False)]
    if len(faulty):
        raise SchemaError(
            "error.parcel_id_values", column=ID_COLUMN, value=faulty.iloc[0], count=len(faulty)
        )
    order = np.argsort(ids.to_numpy(dtype=object), kind="stable")
    return Near(plots.iloc[order].reset_index(drop=True), belongs[order])


def _read(
    part: Part, columns: Sequence[str], box: tuple[float, float, float, float] | None = None
) -> gpd.GeoDataFrame:
    wanted = list(dict.fromkeys([ID_COLUMN, *columns, "geometry"]))
    try:
        try:
            return gpd.read_parquet(part.path, columns=wanted, bbox=box)
        except ValueError:
            # Without boxes of plots the file is read whole; what is far is left out afterwards.
            return gpd.read_parquet(part.path, columns=wanted)
    except (OSError, ValueError, KeyError) as error:
        raise SourceError("error.unreadable", path=part.path, reason=error) from error


def _reached(tree: shapely.STRtree, plots: gpd.GeoDataFrame, reach_m: float) -> Flags:
    shapes = plots.geometry.to_numpy()
    reached = np.zeros(len(shapes), dtype=bool)
    # Boxes first: a distance is asked of the few whose boxes come close.
    close = np.unique(tree.query(_widened(shapes, reach_m))[0])
    pairs = tree.query(shapes[close], predicate="dwithin", distance=reach_m)
    reached[close[np.unique(pairs[0])]] = True
    return reached


def _widened(shapes: npt.NDArray[np.object_], reach_m: float) -> npt.NDArray[np.object_]:
    boxes: npt.NDArray[np.object_] = shapely.box(
        *(shapely.bounds(shapes) + np.array([-1, -1, 1, 1]) * reach_m).T
    )
    return boxes
