"""Slow, plain ways to the figures of `enping_gis.measure`, made of other parts than it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod, Transformer

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

# Distances that differ by less are the same distance.
SLACK_M = 1e-6
GRS80_A_M = 6_378_137.0
GRS80_B_M = GRS80_A_M * (1 - 1 / 298.257222101)


def series_area_m2(plot: shapely.Polygon, crs: CRS) -> float:
    """Sum the trapezoids of 国土调查办发〔2008〕32号 between the edges and a meridian."""
    to_degrees = Transformer.from_crs(crs, 4490, always_xy=True)
    areas_m2 = [_ring_series_m2(ring, to_degrees) for ring in (plot.exterior, *plot.interiors)]
    return areas_m2[0] - sum(areas_m2[1:])


def _ring_series_m2(ring: shapely.LinearRing, to_degrees: Transformer) -> float:
    degrees = to_degrees.transform(*shapely.get_coordinates(ring).T)
    longitude, latitude = np.radians(degrees[0]), np.radians(degrees[1])
    meridian = math.radians(111)
    total_m2 = 0.0
    for here in range(len(longitude) - 1):
        reach = (longitude[here] + longitude[here + 1]) / 2 - meridian
        total_m2 += _trapezoid_m2(reach, latitude[here], latitude[here + 1])
    return abs(total_m2)


def _trapezoid_m2(longitude_span: float, south: float, north: float) -> float:
    e2 = 1 - (GRS80_B_M / GRS80_A_M) ** 2
    e4, e6, e8 = e2**2, e2**3, e2**4
    series = (
        1 + 3 / 6 * e2 + 30 / 80 * e4 + 35 / 112 * e6 + 630 / 2304 * e8,
        1 / 6 * e2 + 15 / 80 * e4 + 21 / 112 * e6 + 420 / 2304 * e8,
        3 / 80 * e4 + 7 / 112 * e6 + 180 / 2304 * e8,
        1 / 112 * e6 + 45 / 2304 * e8,
        5 / 2304 * e8,
    )
    span, middle = north - south, (north + south) / 2
    terms = (
        (-1) ** k * c * math.sin((2 * k + 1) * span / 2) * math.cos((2 * k + 1) * middle)
        for k, c in enumerate(series)
    )
    return 2 * GRS80_B_M**2 * longitude_span * sum(terms)


def geodesic_area_m2(plot: shapely.Polygon, crs: CRS, *, step_m: float) -> float:
    """Measure the plot with its straight edges in the plane followed by short geodesics."""
    to_degrees = Transformer.from_crs(crs, 4490, always_xy=True)
    oriented = shapely.geometry.polygon.orient(plot.segmentize(step_m))
    degrees = shapely.transform(oriented, to_degrees.transform, interleaved=False)
    return abs(float(Geod(ellps="GRS80").geometry_area_perimeter(degrees)[0]))


class PairFigures(NamedTuple):
    """What the definition says about two plots; `width_m` is that of their overlap."""

    shared_m: float
    gap_m: float
    overlap_m2: float
    width_m: float
    is_contained: bool

    def kind(self, *, tolerance_m: float, within_m: float, min_shared_m: float) -> str | None:
        """Say which kind of contact it is, None for none."""
        if self.width_m > tolerance_m + SLACK_M or self.is_contained:
            return "overlap"
        if self.gap_m <= tolerance_m + SLACK_M:
            return "shared" if self.shared_m >= min_shared_m - SLACK_M else "corner"
        return "across" if self.gap_m <= within_m + SLACK_M else None


def pair_figures(
    left: shapely.Geometry, right: shapely.Geometry, tolerance_m: float
) -> PairFigures:
    """Measure two plots by cutting strips out of one another's boundary."""
    gap_m = shapely.distance(left, right)
    if gap_m > tolerance_m + SLACK_M:
        return PairFigures(0.0, gap_m, 0.0, 0.0, is_contained=False)
    reach_m = tolerance_m + SLACK_M
    shared_m = (strip_length_m(left, right, reach_m) + strip_length_m(right, left, reach_m)) / 2
    solid = shapely.make_valid(left), shapely.make_valid(right)
    common = shapely.intersection(*solid)
    contained = bool(shapely.covers(*solid) or shapely.covered_by(*solid))
    return PairFigures(shared_m, gap_m, common.area, _width_m(common), is_contained=contained)


def _width_m(common: shapely.Geometry) -> float:
    widths = [
        2 * shapely.length(shapely.maximum_inscribed_circle(part, tolerance=1e-4))
        for part in shapely.get_parts(shapely.get_parts(common))
        if shapely.get_dimensions(part) == 2 and part.area > 0
    ]
    return max(widths, default=0.0)


def strip_length_m(plot: shapely.Geometry, other: shapely.Geometry, tolerance_m: float) -> float:
    """Measure how much of the plot's boundary has the other's boundary square beside it."""
    outline = shapely.boundary(other)
    sides = _sides(plot)
    sides = sides[shapely.dwithin(sides, outline, tolerance_m)]
    strips = shapely.buffer(sides, tolerance_m, cap_style="flat")
    pieces = shapely.intersection(outline, strips)
    return sum(map(_covered_m, sides, pieces))


def _covered_m(side: shapely.LineString, beside: shapely.Geometry) -> float:
    (x0, y0), (x1, y1) = side.coords
    length_m = math.hypot(x1 - x0, y1 - y0)
    intervals = []
    for piece in [] if beside.is_empty else shapely.get_parts(beside):
        along = [((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length_m for x, y in piece.coords]
        intervals.append((min(along), max(along)))
    total_m = reached_m = 0.0
    for low_m, high_m in sorted(intervals):
        total_m += max(0.0, min(high_m, length_m) - max(low_m, reached_m))
        reached_m = max(reached_m, high_m)
    return total_m


def _sides(plot: shapely.Geometry) -> npt.NDArray[np.object_]:
    rings = [ring.coords for ring in shapely.get_parts(shapely.boundary(plot))]
    ends = [pair for ring in rings for pair in pairwise(ring)]
    return shapely.linestrings([pair for pair in ends if pair[0] != pair[1]])


def probed_shared_m(
    left: shapely.Geometry, right: shapely.Geometry, tolerance_m: float, *, step_m: float
) -> float:
    """Probe both boundaries every `step_m` with a needle square to them."""
    both_m = 0.0
    for plot, other in ((left, right), (right, left)):
        outline = shapely.boundary(other)
        shapely.prepare(outline)
        for side in _sides(plot):
            if shapely.dwithin(outline, side, tolerance_m):
                both_m += _probed_m(side, outline, tolerance_m, step_m)
    return both_m / 2


def _probed_m(
    side: shapely.LineString, outline: shapely.Geometry, tolerance_m: float, step_m: float
) -> float:
    start, end = np.array(side.coords)
    count = math.ceil(side.length / step_m)
    points = start + (end - start) * ((np.arange(count) + 0.5) / count)[:, None]
    square = np.array([start[1] - end[1], end[0] - start[0]]) / side.length * tolerance_m
    needles = shapely.linestrings(np.stack([points - square, points + square], axis=1))
    return float(shapely.intersects(outline, needles).mean()) * side.length


def brute_force_contacts(
    parcels: gpd.GeoDataFrame,
    *,
    tolerance_m: float = 0.2,
    within_m: float = 0.0,
    min_shared_m: float = 1.0,
) -> pd.DataFrame:
    """Measure every pair of plots whose boxes come near, found without an index."""
    shapes = parcels.geometry.to_numpy()
    ids = parcels["parcel_id"].to_numpy()
    reach_m = max(tolerance_m, within_m) + SLACK_M
    west, south, east, north = shapely.bounds(shapes).T
    rows = []
    for left in range(len(shapes)):
        near = (west <= east[left] + reach_m) & (east >= west[left] - reach_m)
        near &= (south <= north[left] + reach_m) & (north >= south[left] - reach_m)
        for right in np.flatnonzero(near):
            if right <= left:
                continue
            figures = pair_figures(shapes[left], shapes[right], tolerance_m)
            kind = figures.kind(
                tolerance_m=tolerance_m, within_m=within_m, min_shared_m=min_shared_m
            )
            if kind is not None:
                rows.append((ids[left], ids[right], kind, *figures))
    return pd.DataFrame(rows, columns=["left", "right", "kind", *PairFigures._fields])
