"""Look at plots one by one: close points, spikes, arcs, parts and holes (G2-G6)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from enping_gis.check.faults import Fault
from enping_gis.check.ground import ground_of
from enping_gis.check.rules import rules
from enping_gis.check.shapes.arcs import arcs_of
from enping_gis.check.shapes.thin import thin_parts
from enping_gis.check.shapes.turns import close_sides, sharp_corners
from enping_gis.check.shapes.validity import invalid_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.check.ground import Ground
    from enping_gis.findings import Severity

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Finder = Callable[[gpd.GeoDataFrame | Ground], Iterator[Fault]]

# More places of one kind in one plot are one fault: a list of a thousand rows helps nobody.
_MOST_PLACES = 10


class _Places(NamedTuple):
    """Places of one kind: row of the plot, where, and how much of it."""

    plot: Rows
    place: Rows
    size: Floats


def close_points(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find neighbouring boundary points that are the same, or closer than they can be told apart (G2).

    Points that follow on each other closely are one place. Left out is what another rule has: the
    points of arcs (G4), and rings and plots without area (G1).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``repeated_points`` or ``close_points`` with the least distance in m; one for each
        place, or one for all of a plot where there are more than ten.

    Examples
    --------
    >>> import geopandas as gpd
    >>> shape = shapely.Polygon([(0, 0), (50, 0), (50, 0.004), (50, 80), (0, 80)])
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[shape], crs=4546)
    >>> [(fault.case, round(fault.size, 6)) for fault in close_points(plots)]
    [('close_points', 0.004)]
    >>> list(close_points(plots.iloc[:0]))
    []
    """
    ground = ground_of(plots)
    close = close_sides(ground)
    corners = ground.corners
    first, size_m = _runs(close.close, close.length_m, corners.before, corners.after)
    plot = corners.plot[first]
    kept = ~ground.flat[plot]
    first, size_m, plot = first[kept], size_m[kept], plot[kept]
    distance_m = rules()["G2"].limits["distance_m"]
    for case, these in (("repeated_points", size_m == 0), ("close_points", size_m > 0)):
        found = _Places(plot[these], corners.place[first[these]], size_m[these])
        tolerance = f"distance < {distance_m:g} m"
        yield from _faults(ground, found, ("G2", case, "warning"), "m", tolerance)


def _runs(
    close: npt.NDArray[np.bool_], length_m: Floats, before: Rows, after: Rows
) -> tuple[Rows, Floats]:
    """Return the first vertex of each run of close sides, and its least distance that is not 0."""
    first = np.flatnonzero(close & ~close[before])
    size_m = np.zeros(len(first))
    for each, start in enumerate(first.tolist()):
        at, least_m = start, math.inf
        while close[at]:
            least_m = min(least_m, length_m[at]) if length_m[at] > 0 else least_m
            at = int(after[at])
        size_m[each] = least_m if math.isfinite(least_m) else 0.0
    return first, size_m


def spikes(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find corners that are too sharp (G3): spikes outwards, notches inwards.

    The angle is that between the two sides at a corner; points closer than G2 allows count as one.
    Left out are plots whose outline is not valid (G1), since a wrong order of points makes angles
    of its own, and plots that are slivers as a whole (T3). A plot that is a sliver only for its
    spike is a spike.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``spike`` or ``notch`` below 10 degrees, ``sharp_angle`` (information) below 20, with
        the angle in degrees; one for each corner, or one for all of a plot where there are more
        than ten.

    Examples
    --------
    >>> import geopandas as gpd
    >>> shape = shapely.Polygon([(0, 0), (50, 0), (50, 40), (90, 41), (50, 42), (50, 80), (0, 80)])
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[shape], crs=4546)
    >>> [(fault.case, round(fault.size, 2), fault.shape.wkt) for fault in spikes(plots)]
    [('spike', 2.86, 'POINT (90 41)')]
    >>> list(spikes(plots.iloc[:0]))
    []
    """
    ground = ground_of(plots)
    found = sharp_corners(ground)
    silent = ground.invalid | ground.flat
    silent[thin_parts(ground).sliver_rows] = True
    kept = ~silent[found.plot]
    plot, place, angle_deg = found.plot[kept], found.place[kept], found.angle_deg[kept]
    outward = found.outward[kept]
    limits = rules()["G3"].limits
    spike = angle_deg < limits["angle_deg"]
    cases: tuple[tuple[str, Severity, npt.NDArray[np.bool_], str], ...] = (
        ("spike", "warning", spike & outward, "angle_deg"),
        ("notch", "warning", spike & ~outward, "angle_deg"),
        ("sharp_angle", "info", ~spike, "report_deg"),
    )
    for case, severity, these, limit in cases:
        places = _Places(plot[these], place[these], angle_deg[these])
        tolerance = f"angle < {limits[limit]:g} deg"
        yield from _faults(ground, places, ("G3", case, severity), "deg", tolerance)


def _faults(
    ground: Ground, found: _Places, what: tuple[str, str, Severity], unit: str, tolerance: str
) -> Iterator[Fault]:
    """Make a fault of each place, or of all places of a plot that has many."""
    order = np.lexsort((found.place, found.plot))
    rows, first, counts = np.unique(found.plot[order], return_index=True, return_counts=True)
    points = shapely.points(ground.points_in_layer(found.place[order]))
    size = found.size[order]
    rule, case, severity = what
    for row, start, count in zip(rows.tolist(), first.tolist(), counts.tolist(), strict=True):
        step = 1 if count <= _MOST_PLACES else count
        for at in range(start, start + count, step):
            part = slice(at, at + step)
            least = float(size[part].min())
            yield Fault(
                rule,
                case,
                severity,
                ground.names(row),
                size=least,
                unit=unit,
                tolerance=tolerance,
                shape=points[at] if step == 1 else shapely.multipoints(points[part]),
                values={"size": f"{least:.4g}", "n": step},
            )


def arcs(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find arcs that a drawing has left, cut into short sides (G4).

    At least six sides that follow on each other, of one length and with one angle from each to the
    next, lie on a circle as a drawing's arc does. Reading has made sides of true arcs.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``arc`` (information) with the radius in m and the sides as shape.

    Examples
    --------
    >>> import geopandas as gpd
    >>> disk = shapely.Point(0, 0).buffer(30, quad_segs=8)
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[disk], crs=4546)
    >>> [(fault.case, round(fault.size, 6)) for fault in arcs(plots)]
    [('arc', 30.0)]
    >>> list(arcs(plots.iloc[:0]))
    []
    """
    ground = ground_of(plots)
    limits = rules()["G4"].limits
    for arc in arcs_of(ground):
        yield Fault(
            "G4",
            "arc",
            "info",
            ground.names(arc.plot),
            size=arc.radius_m,
            unit="m",
            tolerance=f"sides >= {limits['least_sides']:g}",
            shape=shapely.linestrings(ground.points_in_layer(arc.places)),
            values={"size": f"{arc.radius_m:.2f}", "n": len(arc.places) - 1},
        )


def several_parts(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find plots of several parts (G5).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``multipart`` (information): size is the number of parts, shape all but the greatest.

    Examples
    --------
    >>> import geopandas as gpd
    >>> shape = shapely.MultiPolygon([shapely.box(0, 0, 9, 9), shapely.box(20, 0, 25, 9)])
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[shape], crs=4546)
    >>> [(fault.size, fault.shape.bounds) for fault in several_parts(plots)]
    [(2, (20.0, 0.0, 25.0, 9.0))]
    >>> list(several_parts(plots.iloc[:0]))
    []
    """
    ground = ground_of(plots)
    parts, owner = shapely.get_parts(ground.plane.shapes, return_index=True)
    # A part that has collapsed is G1's.
    there = (shapely.area(parts) > 0) & ~ground.flat[owner]
    parts, owner = parts[there], owner[there]
    counts = np.bincount(owner, minlength=len(ground.ids))
    ends = np.cumsum(counts)
    for row in np.flatnonzero(counts > 1).tolist():
        its = parts[ends[row] - counts[row] : ends[row]]
        lesser = np.delete(its, shapely.area(its).argmax())
        shape = shapely.force_2d(lesser[0] if len(lesser) == 1 else shapely.multipolygons(lesser))
        size = int(counts[row])
        yield Fault("G5", "multipart", "info", ground.names(row), size=size, shape=shape)


def holes(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find plots with holes (G6).

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``hole`` (information): size is the number of holes, shape what they leave out.

    Examples
    --------
    >>> import geopandas as gpd
    >>> shape = shapely.box(0, 0, 50, 80).difference(shapely.box(20, 20, 30, 30))
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[shape], crs=4546)
    >>> [(fault.size, fault.shape.area) for fault in holes(plots)]
    [(1, 100.0)]
    >>> list(holes(plots.iloc[:0]))
    []
    """
    ground = ground_of(plots)
    parts, owner = shapely.get_parts(ground.plane.shapes, return_index=True)
    holed = np.flatnonzero((shapely.get_num_interior_rings(parts) > 0) & ~ground.flat[owner])
    rings, ring_of = shapely.get_rings(parts[holed], return_index=True)
    inner = np.zeros(len(rings), dtype=bool)
    inner[1:] = ring_of[1:] == ring_of[:-1]
    rows = owner[holed][ring_of[inner]]
    left_out = shapely.force_2d(shapely.polygons(rings[inner]))
    plots_with, first = np.unique(rows, return_index=True)
    for row, its in zip(plots_with.tolist(), np.split(left_out, first[1:]), strict=False):
        area_m2 = float(shapely.area(its).sum())
        yield Fault(
            "G6",
            "hole",
            "info",
            ground.names(row),
            size=len(its),
            shape=its[0] if len(its) == 1 else shapely.multipolygons(its),
            values={"area": f"{area_m2:.2f}"},
        )


SHAPE_FINDERS: dict[str, Finder] = {
    "G1": invalid_shapes,
    "G2": close_points,
    "G3": spikes,
    "G4": arcs,
    "G5": several_parts,
    "G6": holes,
}
