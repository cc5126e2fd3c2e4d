"""Build the ground that pairs of plots have in common, and tell which kind of overlap it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from enping_gis.check.rules import rules
from enping_gis.measure.outlines.compiled import in_blocks
from enping_gis.measure.outlines.sides import SLACK_M

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.check.ground import Ground

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

Case = Literal["repeated", "contained", "overlap", "overlap_noise"]

_SURFACE = 2
# What an overlay may be off by, in m2 and as a share of it, beside what was measured otherwise.
_ERROR_M2, _SHARE = 1e-6, 1e-9
# Halving ends at a millimetre.
_WIDTH_M = 0.001


@dataclass(frozen=True)
class Overlap:
    """
    What two plots have in common.

    Parameters
    ----------
    lesser, greater : int
        Rows of the plots, by area.
    case : str
        Which kind it is.
    area_m2 : float
        Its area.
    width_m : float
        Diameter of the greatest disk that fits into it; 0 where it is no wider than survey noise.
    shape : shapely.Geometry
        The ground, in the numbers of the layer.
    """

    lesser: int
    greater: int
    case: Case
    area_m2: float
    width_m: float
    shape: shapely.Geometry


def in_common(ground: Ground, pairs: Rows) -> list[Overlap]:
    """
    Build what some pairs have in common.

    Parameters
    ----------
    ground : Ground
        The plots, as `Ground.sound` has them.
    pairs : numpy.ndarray of int, shape (m,)
        Rows of `Ground.pairs`.

    Returns
    -------
    list of Overlap
        In the same order.
    """
    left, right = ground.pairs.left[pairs], ground.pairs.right[pairs]
    bigger = ground.area_m2[left] > ground.area_m2[right]
    lesser, greater = np.where(bigger, right, left), np.where(bigger, left, right)
    solid = ground.solid_at_origin
    area_m2 = ground.pairs.overlap_m2[pairs]
    common = np.empty(len(pairs), dtype=object)

    def _build(block: slice) -> None:
        common[block] = surfaces(shapely.intersection(solid[left[block]], solid[right[block]]))

    in_blocks(_build, len(pairs))
    # Where sides run along each other that differ by rounding alone, GEOS may fail, and silently.
    wrong = np.abs(shapely.area(common) - area_m2) > np.maximum(_ERROR_M2, area_m2 * _SHARE)
    common[wrong] = surfaces(
        shapely.intersection(solid[left[wrong]], solid[right[wrong]], grid_size=SLACK_M)
    )
    wide = ground.pairs.overlaps[pairs]
    width_m = np.zeros(len(pairs))
    width_m[wide] = widths_m(common[wide])
    rest = np.flatnonzero(area_m2 > ground.area_m2[lesser] / 2)
    contained, repeated = np.zeros((2, len(pairs)), dtype=bool)
    contained[rest] = _covered(solid[lesser[rest]], common[rest])
    repeated[rest] = contained[rest] & _covered(solid[greater[rest]], common[rest])
    cases: tuple[Case, ...] = ("repeated", "contained", "overlap", "overlap_noise")
    kind = np.select([repeated, contained, wide], [0, 1, 2], 3)
    shapes = ground.in_layer(common)
    columns = (lesser, greater, kind, area_m2, width_m)
    return [
        Overlap(one, other, cases[number], m2, wide_m, shape)
        for one, other, number, m2, wide_m, shape in zip(
            *(column.tolist() for column in columns), shapes, strict=True
        )
    ]


def surfaces(shapes: Shapes) -> Shapes:
    """
    Leave out the points and lines of collections.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        What an overlay has made.

    Returns
    -------
    array of shapely geometries, shape (n,)
        Polygons and multipolygons; what has none is an empty polygon.
    """
    kept = shapes.copy()
    mixed = shapely.get_type_id(kept) == shapely.GeometryType.GEOMETRYCOLLECTION
    for row in np.flatnonzero(mixed).tolist():
        parts = shapely.get_parts(kept[row])
        parts = parts[shapely.get_dimensions(parts) == _SURFACE]
        kept[row] = shapely.union_all(parts) if len(parts) else shapely.Polygon()
    kept[shapely.get_dimensions(kept) < _SURFACE] = shapely.Polygon()
    return kept


def widths_m(shapes: Shapes) -> Floats:
    """
    Measure the greatest disks that fit into shapes.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        Not empty.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Diameters in metres, to about one per cent: so much GEOS simplifies when it erodes.
    """
    # Halving takes a thousandth of the time that GEOS needs for the circle in a long strip.
    fits_m, most_m = np.zeros(len(shapes)), np.sqrt(shapely.area(shapes) / math.pi)
    while (most_m - fits_m).max(initial=0.0) > _WIDTH_M / 4:
        middle_m = (fits_m + most_m) / 2
        fits = ~shapely.is_empty(shapely.buffer(shapes, -middle_m))
        fits_m, most_m = np.where(fits, middle_m, fits_m), np.where(fits, most_m, middle_m)
    widths: Floats = fits_m + most_m
    return widths


def _covered(shapes: Shapes, common: Shapes) -> Flags:
    """Tell which shapes are covered by what they have in common with another, but for noise."""
    rest = shapely.difference(shapes, common)
    noise_m = rules()["T1"].limits["width_m"]
    covered: Flags = shapely.is_empty(shapely.buffer(rest, -noise_m / 2))
    return covered
