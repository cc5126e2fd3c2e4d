"""Layers drawn by hand near Enping, to check by rules, so that figures follow by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from enping_gis.check.coverage.finders import COVERAGE_FINDERS
from enping_gis.check.ground import Ground
from enping_gis.check.shapes.finders import SHAPE_FINDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enping_gis.check.faults import Fault

# A corner near 大槐 in EPSG:4546, metres.
CORNER = np.array([634_000.0, 2_451_000.0])
FINDERS = SHAPE_FINDERS | COVERAGE_FINDERS


def layer(shapes: Sequence[shapely.Geometry | None]) -> gpd.GeoDataFrame:
    """Lay shapes out near Enping, as plots a, b, c and so on."""
    moved = [None if shape is None else there(shape) for shape in shapes]
    ids = [chr(ord("a") + row) if len(moved) <= 26 else f"p{row:04}" for row in range(len(moved))]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=moved, crs=4546)


def there(shape: shapely.Geometry) -> shapely.Geometry:
    """Move a shape from the origin to the layer."""
    moved: shapely.Geometry = shapely.transform(shape, lambda points: points + CORNER)
    return moved


def here(shape: shapely.Geometry) -> shapely.Geometry:
    """Move a shape from the layer to the origin, to tenths of a millimetre."""
    moved = shapely.transform(shape, lambda points: np.round(points - CORNER, 4))
    return shapely.normalize(moved)


def faults(*shapes: shapely.Geometry | None) -> list[Fault]:
    """Apply all rules to shapes and neighbours."""
    ground = Ground(layer(shapes))
    return [fault for find in FINDERS.values() for fault in find(ground)]


def told(*shapes: shapely.Geometry | None) -> list[tuple[str, str, str]]:
    """Say what all rules find: rule, case, plots."""
    return [(fault.rule, fault.case, "".join(fault.parcels)) for fault in faults(*shapes)]
