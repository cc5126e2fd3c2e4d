"""Find runs of sides that stand for an arc: of one length, on one circle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from enping_gis.check.ground import once
from enping_gis.check.rules import rules

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.check.ground import Ground

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arc:
    """
    Sides that stand for an arc.

    Parameters
    ----------
    plot : int
        Row of the plot.
    corners : numpy.ndarray of int, shape (k,)
        Rows in `Ground.corners` at which its sides begin.
    places : numpy.ndarray of int, shape (k + 1,)
        Where in the points of the outlines its vertices are.
    radius_m : float
        Of the circle, in metres.
    """

    plot: int
    corners: Rows
    places: Rows
    radius_m: float


@once
def arcs_of(ground: Ground) -> list[Arc]:
    """
    Find the arcs of a layer.

    Parameters
    ----------
    ground : Ground
        The plots.

    Returns
    -------
    list of Arc
        In the order of the layer.
    """
    corners, points = ground.corners, ground.plane.outlines.points
    limits = rules()["G4"].limits
    side = points[corners.place + 1] - points[corners.place]
    length_m = np.hypot(*side.T)
    ahead = side[corners.after]
    cross = side[:, 0] * ahead[:, 1] - side[:, 1] * ahead[:, 0]
    # From each side to the next one.
    turn = np.arctan2(cross, (side * ahead).sum(axis=1))
    size, after = np.abs(turn), corners.after
    bent = (size >= math.radians(limits["least_turn_deg"])) & (
        size <= math.radians(limits["most_turn_deg"])
    )
    bent &= _alike(length_m, length_m[after], limits["length_percent"])
    # Whether a side goes on to the next, and that one to the one after it, in the same way.
    goes_on = bent & bent[after] & _alike(turn, turn[after], limits["turn_percent"])
    return [
        arc
        for start in np.flatnonzero(goes_on & ~goes_on[corners.before]).tolist()
        if (arc := _arc(ground, start, goes_on, turn, length_m)) is not None
    ] + _circles(ground, goes_on, turn, length_m)


def _alike(one: Floats, other: Floats, percent: float) -> Flags:
    """Tell whether figures differ by no more than a share of the first; 0 is like nothing."""
    alike: Flags = (one != 0) & (np.abs(one - other) <= np.abs(one) * (percent / 100))
    return alike


def _arc(ground: Ground, start: int, goes_on: Flags, turn: Floats, length_m: Floats) -> Arc | None:
    """Follow sides as long as they go on; return the arc if it is long enough."""
    after = ground.corners.after
    sides = [start]
    while goes_on[sides[-1]]:
        sides.append(int(after[sides[-1]]))
    # The turn at the end of the last but one is the same, too.
    sides.append(int(after[sides[-1]]))
    if len(sides) < rules()["G4"].limits["least_sides"]:
        return None
    return _made(ground, np.array(sides), turn[sides[:-1]], length_m)


def _circles(ground: Ground, goes_on: Flags, turn: Floats, length_m: Floats) -> list[Arc]:
    """Return the rings that are one arc all round."""
    if not goes_on.any():
        return []
    ring = ground.corners.ring
    stops = np.bincount(ring[~goes_on], minlength=int(ring[-1]) + 1)
    arcs = []
    for number in np.flatnonzero(stops == 0).tolist():
        rows = np.arange(*np.searchsorted(ring, [number, number + 1]))
        if len(rows) >= rules()["G4"].limits["least_sides"]:
            arcs.append(_made(ground, rows, turn[rows], length_m))
    return arcs


def _made(ground: Ground, sides: Rows, turn: Floats, length_m: Floats) -> Arc:
    """Make the arc of some sides."""
    place = ground.corners.place
    half = float(np.abs(turn).mean()) / 2
    radius_m = float(length_m[sides].mean()) / (2 * math.sin(half))
    places = np.append(place[sides], place[sides[-1]] + 1)
    return Arc(int(ground.corners.plot[sides[0]]), sides, places, radius_m)
