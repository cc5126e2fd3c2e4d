"""Fill plots with the colour of their status, and with a pattern that copies keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import affinity

from enping_gis._resources import shipped_json
from enping_gis.reports.marks import Shape
from enping_gis.vocabulary import terms

if TYPE_CHECKING:
    from enping_gis.reports.marks import Point

# Beyond so many lines a pattern is denser than the paper shows.
_MOST_LINES = 400


class Look(NamedTuple):
    """
    The colours of a status.

    Parameters
    ----------
    fill, stroke, ink : str
        Of the area, its outline and letters on it.
    """

    fill: str
    stroke: str
    ink: str


def look_of(status: str) -> Look:
    """
    Return the colours of a status.

    Parameters
    ----------
    status : str
        Code of the vocabulary; another one looks as one that is not stated.

    Returns
    -------
    Look
        Its colours.

    Examples
    --------
    >>> look_of("surveyed").fill, look_of("").fill
    ('#DEDACC', '#FFFFFF')
    """
    known = {each.code: each.attributes for each in terms("status")}
    colours = known.get(status, known["unknown"])
    return Look(colours["colour"], colours["stroke"], colours["text"])


def filled(area: shapely.Geometry, status: str) -> list[Shape]:
    """
    Return the marks that fill a plot.

    Parameters
    ----------
    area : shapely.Polygon or shapely.MultiPolygon
        What is seen of the plot, in mm on paper.
    status : str
        Its status.

    Returns
    -------
    list of Shape
        The colour, and the pattern of the status where it has one; no outline.

    Examples
    --------
    >>> [len(filled(shapely.box(0, 0, 9, 9), each)) for each in ("surveyed", "disputed")]
    [1, 2]
    >>> filled(shapely.Polygon(), "disputed")
    []
    """
    if area.is_empty:
        return []
    look = look_of(status)
    marks = [Shape(outlines(area), fill=look.fill)]
    pattern = shipped_json("reports/patterns.json").get(status)
    if pattern is not None:
        lines = _pattern(area, pattern["angle_deg"], pattern["pitch_mm"], dots=pattern["dots"])
        colour = look.stroke if pattern["colour"] == "stroke" else pattern["colour"]
        if lines:
            width_mm = pattern["width_mm"]
            marks.append(Shape(lines, stroke=colour, width_mm=width_mm, closed=False))
    return marks


def outlines(area: shapely.Geometry) -> tuple[tuple[Point, ...], ...]:
    """
    Return the rings of an area.

    Parameters
    ----------
    area : shapely.Geometry
        Polygons, in mm on paper; anything else has no rings.

    Returns
    -------
    tuple of tuple of (float, float)
        Outer and inner rings, without the closing corner.

    Examples
    --------
    >>> outlines(shapely.box(0, 0, 1, 1))
    (((1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)),)
    >>> outlines(shapely.Point(0, 0))
    ()
    """
    parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"]
    rings = (ring for part in parts for ring in shapely.get_rings(part))
    return tuple(_points(ring)[:-1] for ring in rings)


def _pattern(
    area: shapely.Geometry, angle_deg: float, pitch_mm: float, *, dots: bool
) -> tuple[tuple[Point, ...], ...]:
    """Cut lines on a grid of the whole paper to the area, so that neighbours agree."""
    level = affinity.rotate(area, -angle_deg, origin=(0, 0))
    left, top, right, bottom = level.bounds
    first, last = int(np.floor(top / pitch_mm)), int(np.ceil(bottom / pitch_mm))
    if last - first > _MOST_LINES:
        return ()
    rows_mm = np.arange(first, last + 1) * pitch_mm
    if dots:
        return _dots(level, (left, right), rows_mm, pitch_mm)
    ends = [((left - 1, y), (right + 1, y)) for y in rows_mm.tolist()]
    cut = shapely.intersection(shapely.MultiLineString(ends), level)
    turned = affinity.rotate(cut, angle_deg, origin=(0, 0))
    lines = [part for part in shapely.get_parts(turned) if part.geom_type == "LineString"]
    return tuple(_points(line) for line in lines)


def _dots(
    area: shapely.Geometry, sides_mm: tuple[float, float], rows_mm: np.ndarray, pitch_mm: float
) -> tuple[tuple[Point, ...], ...]:
    columns_mm = np.arange(np.floor(sides_mm[0] / pitch_mm), np.ceil(sides_mm[1] / pitch_mm) + 1)
    x, y = np.meshgrid(columns_mm * pitch_mm, rows_mm)
    x[1::2] += pitch_mm / 2
    half_mm = pitch_mm / 8
    inside = shapely.contains_xy(area, x - half_mm, y) & shapely.contains_xy(area, x + half_mm, y)
    places = np.column_stack([x[inside], y[inside]]).tolist()
    return tuple(((east - half_mm, down), (east + half_mm, down)) for east, down in places)


def _points(line: shapely.Geometry) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in shapely.get_coordinates(line).tolist())
