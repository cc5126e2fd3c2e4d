"""Look at plots beside each other: overlaps, gaps, slivers, nodes that do not match (T1-T4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.check.coverage.gaps import gaps_of
from enping_gis.check.coverage.overlapping import in_common
from enping_gis.check.faults import Fault
from enping_gis.check.ground import ground_of
from enping_gis.check.rules import rules
from enping_gis.check.shapes.thin import thin_parts
from enping_gis.measure.outlines.nodes import Unmatched, unmatched_vertices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.check.ground import Ground
    from enping_gis.findings import Severity

    Flags = npt.NDArray[np.bool_]
    Finder = Callable[[gpd.GeoDataFrame | Ground], Iterator[Fault]]

# Pairs whose ground is built at a time: enough for arrays to pay, little memory.
_BLOCK = 65_536


def overlaps(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find plots that overlap (T1).

    Of an invalid plot counts the ground that a repair by its structure leaves. What is no wider
    than survey noise is information.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        One for each pair that overlaps by more than 0.01 m2: the area in m2, the ground as shape,
        its width (the diameter of the greatest disk that fits) among the values. Case ``repeated``
        (both cover the same ground), ``contained`` (the one lies within the other), ``overlap``,
        or ``overlap_noise`` (information: nowhere wider than 0.05 m).

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b"]},
    ...     geometry=[shapely.box(0, 0, 50, 80), shapely.box(49, 0, 99, 80)],
    ...     crs=4546,
    ... )
    >>> [(fault.case, fault.parcels, fault.size) for fault in overlaps(plots)]
    [('overlap', ('a', 'b'), 80.0)]
    >>> list(overlaps(plots.iloc[:1]))
    []
    """
    ground = ground_of(plots).sound
    limits = rules()["T1"].limits
    tolerance = f"area > {limits['area_m2']:g} m2, width > {limits['width_m']:g} m"
    rows = np.flatnonzero(_overlapping(ground))
    for begin in range(0, len(rows), _BLOCK):
        for each in in_common(ground, rows[begin : begin + _BLOCK]):
            names = {"inner": str(ground.ids[each.lesser]), "outer": str(ground.ids[each.greater])}
            noise = each.case == "overlap_noise"
            yield Fault(
                "T1",
                each.case,
                "info" if noise else "error",
                ground.names(each.lesser, each.greater),
                size=each.area_m2,
                unit="m2",
                tolerance=tolerance,
                shape=each.shape,
                values={"size": _area(each.area_m2), "width": f"{each.width_m:.2f}", **names},
            )


def _overlapping(ground: Ground) -> Flags:
    """Tell which pairs overlap by as much as counts."""
    overlapping: Flags = ground.pairs.overlap_m2 > rules()["T1"].limits["area_m2"]
    return overlapping


def _area(area_m2: float) -> str:
    """Print an area: with two decimals, more where it is small."""
    return f"{area_m2:.2f}" if area_m2 >= 1 else f"{area_m2:.4f}"


def gaps(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find gaps between plots that should meet (T2).

    A gap is ground between plots, of none of them, at its widest over 0.05 m and up to 2 m: a slit
    between boundaries that run along each other (within about ten degrees), or a hole that plots
    enclose.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``gap``, one for each slit or hole: the plots along it, the area in m2, the ground as
        shape, the width (the diameter of the greatest disk that fits) among the values.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b"]},
    ...     geometry=[shapely.box(0, 0, 50, 80), shapely.box(50.5, 0, 99, 80)],
    ...     crs=4546,
    ... )
    >>> [(fault.parcels, round(fault.size, 6)) for fault in gaps(plots)]
    [(('a', 'b'), 40.0)]
    >>> list(gaps(plots.iloc[:1]))
    []
    """
    ground = ground_of(plots).sound
    limits = rules()["T2"].limits
    tolerance = f"width {limits['width_min_m']:g}-{limits['width_max_m']:g} m"
    found = gaps_of(ground)
    shapes = ground.in_layer(np.array([gap.shape for gap in found], dtype=object))
    for gap, shape in zip(found, shapes, strict=True):
        yield Fault(
            "T2",
            "gap",
            "warning",
            ground.names(*gap.rows),
            size=gap.area_m2,
            unit="m2",
            tolerance=tolerance,
            shape=shape,
            values={"size": _area(gap.area_m2), "width": f"{gap.width_m:.2f}"},
        )


def slivers(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find plots, and parts of plots, that are too small or too thin to be plots (T3).

    Too small is less than 200 m2, too thin a compactness 4 pi A / P2 of less than 0.1. A plot that
    is thin only for a spike is G3's; one without area is G1's; what is thin, but on the mean 2 m
    wide, is a road or a ditch rather than a sliver: information.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``sliver_thin``, ``sliver_small``, ``sliver_part`` or ``long_narrow`` (information),
        with the area in m2 and the plot or part as shape.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b", "c"]},
    ...     geometry=[
    ...         shapely.box(0, 0, 10, 9),
    ...         shapely.box(20, 0, 420, 1),
    ...         shapely.box(0, 9, 9, 99),
    ...     ],
    ...     crs=4546,
    ... )
    >>> [(fault.case, fault.parcels, fault.size) for fault in slivers(plots)]
    [('sliver_small', ('a',), 90.0), ('sliver_thin', ('b',), 400.0)]
    >>> list(slivers(plots.iloc[2:]))
    []
    """
    ground = ground_of(plots)
    limits = rules()["T3"].limits
    tolerance = f"area < {limits['area_m2']:g} m2, 4 pi A / P2 < {limits['compactness']:g}"
    found = thin_parts(ground)
    small = found.area_m2 < limits["area_m2"]
    for each, row in enumerate(found.plot.tolist()):
        severity: Severity = "warning"
        case = "sliver_small"
        if not (small[each] or found.narrow[each]):
            case, severity = "long_narrow", "info"
        elif not found.whole[each]:
            case = "sliver_part"
        elif found.narrow[each]:
            case = "sliver_thin"
        area_m2 = float(found.area_m2[each])
        yield Fault(
            "T3",
            case,
            severity,
            ground.names(row),
            size=area_m2,
            unit="m2",
            tolerance=tolerance,
            shape=found.shape[each],
            values={"size": _area(area_m2), "width": f"{found.width_m[each]:.2f}"},
        )


def unmatched_nodes(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find neighbours that do not have all points of their common boundary in common (T4).

    Points up to 0.001 m apart are one. Surveys leave many: T-junctions, and boundaries measured
    twice. Pairs that overlap (T1) or have a gap between them (T2) are left out: the points follow
    from that.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        Case ``nodes_unmatched`` (information), one for each pair: size is the number of points
        of either that lie within 0.05 m of the other's boundary and are none of its points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> plots = gpd.GeoDataFrame(
    ...     {"parcel_id": ["a", "b"]},
    ...     geometry=[shapely.box(0, 0, 50, 80), shapely.box(50, 20, 99, 80)],
    ...     crs=4546,
    ... )
    >>> [(fault.size, fault.shape.wkt) for fault in unmatched_nodes(plots)]
    [(1, 'POINT (50 20)')]
    >>> list(unmatched_nodes(plots.iloc[:1]))
    []
    """
    ground = ground_of(plots).sound
    limits = rules()["T4"].limits
    pairs = ground.pairs
    asked = pairs.touches & ~_overlapping(ground) & ~_with_gap(ground)
    left, right = pairs.left[asked], pairs.right[asked]
    tolerance_m, match_m = limits["tolerance_m"], limits["match_m"]
    found = unmatched_vertices(
        ground.plane.outlines, left, right, tolerance_m=tolerance_m, match_m=match_m
    )
    found = _without_those_beside_a_match(ground, found, match_m)
    points = shapely.points(ground.points_in_layer(found.place))
    tolerance = f"distance <= {tolerance_m:g} m"
    numbers, first, counts = np.unique(found.pair, return_index=True, return_counts=True)
    places = zip(numbers.tolist(), first.tolist(), counts.tolist(), strict=True)
    for pair, start, count in places:
        part = points[start : start + count]
        yield Fault(
            "T4",
            "nodes_unmatched",
            "info",
            ground.names(left[pair], right[pair]),
            size=count,
            tolerance=tolerance,
            shape=part[0] if count == 1 else shapely.multipoints(part),
        )


def _without_those_beside_a_match(ground: Ground, found: Unmatched, match_m: float) -> Unmatched:
    """Leave out a vertex beside a corner of the neighbour that the next vertex has in common."""
    corners, points = ground.corners, ground.plane.outlines.points
    row = np.searchsorted(corners.place, found.place)
    there = points[found.beside]
    matched = np.zeros(len(row), dtype=bool)
    for following in (corners.before, corners.after):
        off = points[corners.place[following[row]]] - there
        matched |= np.hypot(*off.T) <= match_m
    kept = ~matched | (found.beside < 0)
    return Unmatched(*(column[kept] for column in found))


def _with_gap(ground: Ground) -> Flags:
    """Tell between which pairs a gap lies."""
    pairs = ground.pairs
    count = len(ground.ids)
    keys = {
        one * count + other for gap in gaps_of(ground) for one in gap.rows for other in gap.rows
    }
    with_gap: Flags = np.isin(pairs.left * count + pairs.right, np.fromiter(keys, dtype=np.int64))
    return with_gap


COVERAGE_FINDERS: dict[str, Finder] = {
    "T1": overlaps,
    "T2": gaps,
    "T3": slivers,
    "T4": unmatched_nodes,
}
