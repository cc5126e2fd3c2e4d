"""Write drawings in DXF, group by group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from tests.hazards.land import Plot


def groups(*pairs: tuple[int, object]) -> str:
    """Return group codes and values, a line each."""
    return "".join(f"{code:>3}\n{value}\n" for code, value in pairs)


def _corners(plot: Plot) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in plot.shape.exterior.coords[:-1]]


def _light(corners: list[tuple[float, float]], *, flag: int, layer: str, bulge: float = 0.0) -> str:
    pairs: list[tuple[int, object]] = [
        (0, "LWPOLYLINE"),
        (5, "1F"),
        (100, "AcDbEntity"),
        (8, layer),
        (100, "AcDbPolyline"),
        (90, len(corners)),
        (70, flag),
    ]
    for number, (x, y) in enumerate(corners):
        pairs += [(10, f"{x:.6f}"), (20, f"{y:.6f}")]
        if bulge and number == 0:
            pairs.append((42, bulge))
    return groups(*pairs)


def closed(plot: Plot, *, layer: str = "0", bulge: float = 0.0) -> str:
    """Return a closed LWPOLYLINE; with a bulge, its first side is an arc."""
    return _light(_corners(plot), flag=1, layer=layer, bulge=bulge)


def opened(plot: Plot, *, gap_m: float) -> str:
    """Return an open LWPOLYLINE that ends so far from its begin."""
    corners = _corners(plot)
    x, y = corners[0]
    return _light([*corners, (x + gap_m, y)], flag=0, layer="0")


def polyline(plot: Plot, *, layer: str = "JZD") -> str:
    """Return a closed POLYLINE of VERTEX entities, as R12 has it."""
    text = groups((0, "POLYLINE"), (8, layer), (66, 1), (10, 0.0), (20, 0.0), (30, 0.0), (70, 1))
    for x, y in _corners(plot):
        text += groups((0, "VERTEX"), (8, layer), (10, f"{x:.6f}"), (20, f"{y:.6f}"), (30, 0.0))
    return text + groups((0, "SEQEND"), (8, layer))


def text(plot: Plot, *, layer: str = "0") -> str:
    """Return the name as a TEXT inside the plot."""
    place = shapely.point_on_surface(plot.shape)
    return groups(
        (0, "TEXT"),
        (5, "2F"),
        (100, "AcDbEntity"),
        (8, layer),
        (100, "AcDbText"),
        (10, f"{place.x:.6f}"),
        (20, f"{place.y:.6f}"),
        (30, 0.0),
        (40, 5.0),
        (1, plot.name),
        (100, "AcDbText"),
    )


def drawing(entities: str, *, version: str = "AC1032", page: str = "") -> str:
    """Return a whole drawing."""
    pairs: list[tuple[int, object]] = [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, version)]
    if page:
        pairs += [(9, "$DWGCODEPAGE"), (3, page)]
    head = groups(*pairs, (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES"))
    return head + entities + groups((0, "ENDSEC"), (0, "EOF"))


def bulged(ring: shapely.Polygon, bulge: float) -> shapely.Polygon:
    """Return a polygon whose first side is an arc of that bulge (tan of a quarter of its angle)."""
    (x0, y0), (x1, y1), *rest = ring.exterior.coords[:-1]
    chord = math.hypot(x1 - x0, y1 - y0)
    angle = 4 * math.atan(bulge)
    radius = chord / 2 / math.sin(angle / 2)
    away = radius * math.cos(angle / 2)
    middle_x = (x0 + x1) / 2 - (y1 - y0) / chord * away
    middle_y = (y0 + y1) / 2 + (x1 - x0) / chord * away
    start = math.atan2(y0 - middle_y, x0 - middle_x)
    arc = [
        (
            middle_x + radius * math.cos(start + angle * step / 200),
            middle_y + radius * math.sin(start + angle * step / 200),
        )
        for step in range(200)
    ]
    return shapely.Polygon([*arc, (x1, y1), *rest])
