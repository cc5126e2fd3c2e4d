"""Say in which of eight directions a neighbour lies."""

from __future__ import annotations

import math

import shapely

from enping_gis.measure.outlines.sides import SLACK_M

# Clockwise from the north, codes of the vocabulary.
DIRECTIONS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_STEP_DEG = 360 / len(DIRECTIONS)
# A boundary faces a neighbour where it is at most this much further from it than the nearest
# point: roads are not drawn to the millimetre.
_FACING_M, _FACING_SHARE = 0.5, 0.25


def direction(east_m: float, north_m: float) -> str:
    """
    Return the direction of a step.

    Parameters
    ----------
    east_m, north_m : float
        The step, in metres, to grid east and grid north.

    Returns
    -------
    str
        One of `DIRECTIONS`, each 45 degrees wide about its middle; empty for no step.

    Examples
    --------
    >>> direction(0.0, 5.0), direction(-3.0, -3.0), direction(0.0, 0.0)
    ('n', 'sw', '')
    """
    if math.hypot(east_m, north_m) < SLACK_M:
        return ""
    bearing_deg = math.degrees(math.atan2(east_m, north_m)) % 360
    return DIRECTIONS[int((bearing_deg + _STEP_DEG / 2) // _STEP_DEG) % len(DIRECTIONS)]


def towards(plot: shapely.Geometry, other: shapely.Geometry, gap_m: float) -> str:
    """
    Return the direction in which a plot meets or faces another.

    What counts is where along the plot's boundary the other lies, not where the middle of the
    other is: a long neighbour along the south side lies south, however far it runs east.

    Parameters
    ----------
    plot, other : shapely.Polygon or shapely.MultiPolygon
        Two plots in one projected CRS, metres.
    gap_m : float
        Least distance between them, in metres.

    Returns
    -------
    str
        One of `DIRECTIONS`; empty where none can be told, as of a plot around this one.

    Examples
    --------
    >>> plot, other = shapely.box(0, 0, 100, 100), shapely.box(0, -60, 900, -10)
    >>> towards(plot, other, 10.0)
    's'
    >>> towards(plot, shapely.Polygon(), 0.0)
    ''
    """
    own, its = _solid(plot), _solid(other)
    if own.is_empty or its.is_empty:
        return ""
    reach_m = gap_m + max(_FACING_M, _FACING_SHARE * gap_m)
    facing = shapely.intersection(own.boundary, shapely.buffer(its, reach_m))
    if facing.is_empty:
        return _step(own.centroid, its.centroid)
    # A boundary that faces it all round has its middle in the plot's own.
    if facing.length > (1 - SLACK_M) * own.boundary.length:
        return _step(own.centroid, its.centroid)
    return _step(own.centroid, facing.centroid)


def rank(code: str) -> int:
    """
    Return where a direction stands clockwise from the north.

    Parameters
    ----------
    code : str
        A direction, or empty.

    Returns
    -------
    int
        0 for north, 7 for north-west, 8 for none.

    Examples
    --------
    >>> rank("n"), rank("")
    (0, 8)
    """
    return DIRECTIONS.index(code) if code in DIRECTIONS else len(DIRECTIONS)


def _solid(shape: shapely.Geometry) -> shapely.Geometry:
    return shape if shape.is_valid else shapely.make_valid(shape)


def _step(start: shapely.Point, end: shapely.Point) -> str:
    return direction(end.x - start.x, end.y - start.y)
