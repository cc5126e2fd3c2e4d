"""Measure sides and angles at all vertices of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.check.ground import once
from enping_gis.check.rules import rules
from enping_gis.check.shapes.arcs import arcs_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.check.ground import Ground

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

_TRIANGLE = 3


class CloseSides(NamedTuple):
    """
    Sides that are too short.

    Parameters
    ----------
    close : numpy.ndarray of bool, shape (v,)
        Whether the side that begins at a vertex is too short; not where all of its ring are.
    length_m : numpy.ndarray of float, shape (v,)
        Length of each side, in metres.
    """

    close: Flags
    length_m: Floats


class Sharp(NamedTuple):
    """
    Corners that are sharp.

    Parameters
    ----------
    plot : numpy.ndarray of int, shape (k,)
        Row of the plot.
    place : numpy.ndarray of int, shape (k,)
        Where in the points of the outlines the corner is.
    angle_deg : numpy.ndarray of float, shape (k,)
        Angle between its sides, in degrees.
    outward : numpy.ndarray of bool, shape (k,)
        Whether the plot lies in the angle; else it lies around it.
    """

    plot: Rows
    place: Rows
    angle_deg: Floats
    outward: Flags


@once
def close_sides(ground: Ground) -> CloseSides:
    """
    Find sides shorter than points can be told apart; those of arcs are left out.

    Parameters
    ----------
    ground : Ground
        The plots.

    Returns
    -------
    CloseSides
        Of all vertices of `Ground.corners`.
    """
    corners, points = ground.corners, ground.plane.outlines.points
    starts, ends = points[corners.place], points[corners.place + 1]
    length_m = np.hypot(*(ends - starts).T)
    close = length_m < rules()["G2"].limits["distance_m"]
    if close.any():
        # A ring of nothing but short sides has collapsed.
        long = np.bincount(corners.ring[~close], minlength=int(corners.ring[-1]) + 1)
        close &= long[corners.ring] > 0
        for arc in arcs_of(ground):
            close[arc.corners] = False
    return CloseSides(close, length_m)


@once
def sharp_corners(ground: Ground) -> Sharp:
    """
    Find all corners sharper than is worth a report; close points count as one.

    Parameters
    ----------
    ground : Ground
        The plots.

    Returns
    -------
    Sharp
        In the order of the layer.
    """
    corners, points = ground.corners, ground.plane.outlines.points
    sides = close_sides(ground)
    kept = _kept(ground, sides)
    ring, place = corners.ring[kept], corners.place[kept]
    plot, sign = corners.plot[kept], corners.sign[kept]
    _, first, counts = np.unique(ring, return_index=True, return_counts=True)
    last = first + counts - 1
    before, after = np.arange(len(place)) - 1, np.arange(len(place)) + 1
    before[first], after[last] = last, first
    at = points[place]
    back, forth = at[before] - at, at[after] - at
    cross = back[:, 0] * forth[:, 1] - back[:, 1] * forth[:, 0]
    angle_deg = np.degrees(np.arctan2(np.abs(cross), (back * forth).sum(axis=1)))
    sharp = angle_deg < rules()["G3"].limits["report_deg"]
    sharp &= np.repeat(counts, counts) >= _TRIANGLE
    # Walking with the plot to the left, it lies in the angle where the way turns left.
    return Sharp(plot[sharp], place[sharp], angle_deg[sharp], cross[sharp] * sign[sharp] <= 0)


def _kept(ground: Ground, sides: CloseSides) -> Flags:
    """Leave out vertices too close to the one kept before them."""
    corners, points = ground.corners, ground.plane.outlines.points
    kept = ~sides.close[corners.before]
    # Where several short sides follow on each other, they may lead far.
    chain = sides.close & sides.close[corners.before]
    distance_m = rules()["G2"].limits["distance_m"]
    for start in np.flatnonzero(chain & ~chain[corners.before]).tolist():
        at = int(corners.before[start])
        anchor = points[corners.place[at]]
        while sides.close[at]:
            at = int(corners.after[at])
            if np.hypot(*(points[corners.place[at]] - anchor)) >= distance_m:
                kept[at] = True
                anchor = points[corners.place[at]]
    return kept
