"""Find plots whose geometry is missing or invalid, and name each cause with its place (G1)."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.check.faults import Fault
from enping_gis.check.ground import ground_of
from enping_gis.check.rules import rules
from enping_gis.check.shapes.crossings import self_meetings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import numpy.typing as npt

    from enping_gis.check.ground import Ground
    from enping_gis.check.shapes.crossings import Meetings

    Rows = npt.NDArray[np.int64]

_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING)
# What GEOS says of an invalid polygon, with the place in brackets.
_REASON = re.compile(r"^(?P<reason>[^[]*)(?:\[(?P<x>\S+) (?P<y>[^\s\]]+).*\])?$")
_CASES = {
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "hole_in_hole",
    "Nested shells": "part_in_part",
    "Interior is disconnected": "interior_cut",
    "Too few points in geometry component": "ring_collapsed",
}
_MEETING = ("Self-intersection", "Ring Self-intersection", "Duplicate Rings")


def invalid_shapes(plots: gpd.GeoDataFrame | Ground) -> Iterator[Fault]:
    """
    Find plots whose geometry is missing or invalid (G1).

    A plot is invalid where GEOS says so. Each cause is one fault of the plot, with all its places:
    the boundary crosses itself, runs back over itself, touches itself, a side of two rings is the
    same, a hole lies outside or in another hole, a part lies in another, holes cut the plot in
    two, a ring has collapsed. So is a plot without geometry, with coordinates that are no numbers,
    with a line or a point for a polygon (a line that does not come back to its start is a boundary
    not closed), and with an area that is printed as 0.00 m2.

    Parameters
    ----------
    plots : geopandas.GeoDataFrame or Ground
        Plots with ``parcel_id``, in a projected CRS in metres.

    Yields
    ------
    Fault
        In the order of the layer.

    Examples
    --------
    >>> import geopandas as gpd
    >>> bow = shapely.Polygon([(0, 0), (40, 40), (40, 0), (0, 40)])
    >>> plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[bow], crs=4546)
    >>> [(fault.case, fault.shape.wkt) for fault in invalid_shapes(plots)]
    [('self_crossing', 'POINT (20 20)')]
    >>> list(invalid_shapes(plots.iloc[:0]))
    []
    """
    ground = ground_of(plots)
    kinds = shapely.get_type_id(ground.shapes)
    missing = shapely.is_missing(ground.shapes) | shapely.is_empty(ground.shapes)
    points, owner = shapely.get_coordinates(ground.shapes, return_index=True)
    endless = np.bincount(owner[~np.isfinite(points).all(axis=1)], minlength=len(kinds))
    other = ~missing & (endless == 0) & ~np.isin(kinds, _POLYGONS)
    flat = ~missing & (endless == 0) & ~other & ground.flat
    invalid = np.flatnonzero(ground.invalid & ~flat & ~other)
    causes = _causes(ground, invalid)
    for row in np.flatnonzero(missing | (endless > 0) | other | flat | ground.invalid).tolist():
        name, shape = ground.names(row), ground.shapes[row]
        if missing[row]:
            yield Fault("G1", "geometry_missing", "error", name)
        elif endless[row]:
            # A shape with such a coordinate has no place that a map could show.
            yield Fault("G1", "not_finite", "error", name, size=int(endless[row]))
        elif other[row]:
            yield _no_polygon(name, shape)
        elif flat[row]:
            yield _flat(name, shape, float(ground.area_m2[row]))
        yield from causes.get(row, ())


def _no_polygon(name: tuple[str, ...], shape: shapely.Geometry) -> Fault:
    if shape.geom_type in {"LineString", "LinearRing"} and not shape.is_closed:
        start, end = shapely.get_point(shape, 0), shapely.get_point(shape, -1)
        apart_m = float(shapely.distance(start, end))
        values = {"size": f"{apart_m:.3f}"}
        return Fault(
            "G1", "ring_open", "error", name, size=apart_m, unit="m", shape=end, values=values
        )
    return Fault("G1", "not_polygon", "error", name, value=shape.geom_type, shape=shape)


def _flat(name: tuple[str, ...], shape: shapely.Geometry, area_m2: float) -> Fault:
    limit_m2 = rules()["G1"].limits["area_m2"]
    return Fault(
        "G1",
        "zero_area",
        "error",
        name,
        size=area_m2,
        unit="m2",
        tolerance=f"area < {limit_m2:g} m2",
        shape=shapely.get_point(shapely.get_exterior_ring(shapely.get_geometry(shape, 0)), 0),
    )


def _causes(ground: Ground, rows: Rows) -> dict[int, list[Fault]]:
    """Name what is wrong with invalid plots, by row."""
    shapes = ground.shapes[rows]
    reasons = [_REASON.match(text) for text in shapely.is_valid_reason(shapes)]
    texts = [found["reason"] if found else "" for found in reasons]
    meeting = np.array([text in _MEETING for text in texts], dtype=bool)
    # About the origin, where crossings lose nothing to large coordinates.
    found = self_meetings(ground.plane.at_origin(shapes[meeting]))
    meetings = dict(zip(rows[meeting].tolist(), found, strict=True))
    causes: dict[int, list[Fault]] = {}
    for row, text, reason in zip(rows.tolist(), texts, reasons, strict=True):
        name = ground.names(row)
        causes[row] = _meeting_faults(ground, name, meetings[row]) if row in meetings else []
        if not causes[row]:
            place = None
            if reason and reason["x"] is not None:
                x, y = float(reason["x"]), float(reason["y"])
                place = shapely.Point(x, y) if math.isfinite(x) and math.isfinite(y) else None
            case = "self_crossing" if text in _MEETING else _CASES.get(text, "invalid")
            causes[row] = [Fault("G1", case, "error", name, value=text, size=1, shape=place)]
    return causes


def _meeting_faults(ground: Ground, name: tuple[str, ...], found: Meetings) -> list[Fault]:
    """Make a fault of each way in which an outline meets itself."""
    faults = []
    for case, points in (("self_crossing", found.crossings), ("self_touching", found.touches)):
        if len(points):
            place = shapely.points(points + ground.plane.centre)
            shape = place[0] if len(points) == 1 else shapely.multipoints(place)
            faults.append(Fault("G1", case, "error", name, size=len(points), shape=shape))
    for case, lines in (("run_back", found.run_back), ("rings_share_side", found.shared)):
        if lines is not None:
            (shape,) = ground.in_layer(np.array([lines]))
            length_m = float(shapely.length(lines))
            values = {"size": f"{length_m:.2f}"}
            faults.append(
                Fault(
                    "G1", case, "error", name, size=length_m, unit="m", shape=shape, values=values
                )
            )
    return faults
