"""The plots of the corpus: three, near 112.3 E 22.2 N, told apart by area, name and code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EAST_M, NORTH_M = 634_060.0, 2_456_521.0
CODE, NAME = "DKBH", "DKMC"


class Plot(NamedTuple):
    """A plot as it must arrive: code and name (None: not looked at), shape in EPSG:4546 or None."""

    code: str | None
    name: str | None
    shape: Any


def box(east: float, north: float, width: float, height: float) -> shapely.Polygon:
    """Return a rectangle by its south-west corner off the corner of the plots, metres."""
    west, south = EAST_M + east, NORTH_M + north
    return shapely.box(west, south, west + width, south + height)


GAS = Plot("440785001001GB00001", "燃气地块", box(0, 0, 100, 100))  # 10,000 m2
MICANG = Plot("440785001001GB00002", "米仓地块", box(150, 10, 120, 50))  # 6,000 m2
JIAOLONG = Plot(
    "440785001001GB00003",
    "蛟龙木业地块",
    shapely.difference(box(300, 0, 100, 100), box(360, 60, 40, 40)),  # 8,400 m2
)
PLOTS = (GAS, MICANG, JIAOLONG)
# With a hole of 20 x 20 m: 9,600 m2; in two parts: 10,000 + 2,500 m2.
HOLED = Plot(
    "440785001001GB00004",
    "带孔地块",
    shapely.difference(box(0, 200, 100, 100), box(30, 230, 20, 20)),
)
PARTED = Plot(
    "440785001001GB00005",
    "两块地块",
    shapely.union_all([box(150, 200, 100, 100), box(270, 200, 50, 50)]),
)


def named(plot: Plot, **changes: Any) -> Plot:  # noqa: ANN401 - any field
    """Return a plot with something about it changed."""
    return plot._replace(**changes)


def frame(
    plots: Sequence[Plot] = PLOTS, *, code: str = CODE, name: str = NAME, crs: object = 4546
) -> gpd.GeoDataFrame:
    """Return plots as a layer; shapes are taken as they stand, whatever `crs` says."""
    columns = {code: [plot.code for plot in plots], name: [plot.name for plot in plots]}
    shapes = np.array([plot.shape for plot in plots], dtype=object)
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=crs))


def moved(shape: shapely.Geometry, crs: object) -> shapely.Geometry:
    """Return a shape of EPSG:4546 in another system, longitude or easting first."""
    move = Transformer.from_crs(4546, crs, always_xy=True).transform
    return shapely.transform(shape, move, interleaved=False)


def moved_from(crs: object, shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape of another system in EPSG:4546."""
    move = Transformer.from_crs(crs, 4546, always_xy=True).transform
    return shapely.transform(shape, move, interleaved=False)


def shifted(shape: shapely.Geometry, east: float = 0.0, north: float = 0.0) -> shapely.Geometry:
    """Return a shape moved by hand, as a zone prefix does."""
    return shapely.transform(shape, lambda points: points + np.array([east, north]))


def swapped(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape with its axes exchanged."""
    return shapely.transform(shape, lambda points: points[:, ::-1])


def reshaped(change: Callable[[Any], Any], plots: Sequence[Plot] = PLOTS) -> tuple[Plot, ...]:
    """Return plots with a function applied to each shape."""
    return tuple(plot._replace(shape=change(plot.shape)) for plot in plots)
