"""
Draw plots that look like a cadastral map and have given areas.

A site is a bent main road with blocks on either side. A block is one row of plots, or rows
back to back, between streets; a row lies between two polylines and is cut by bent lines. The
depth of a row and the place of each cut are solved so that every plot has its area, measured
as the package does: planar in ``+proj=cea +ellps=GRS80``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Lengthwise = Callable[[float], float]

TO_EQUAL_AREA = Transformer.from_crs("EPSG:4546", "+proj=cea +ellps=GRS80", always_xy=True)
# Floating-point noise of an area at these coordinates is a few 1e-7 m2.
SOLVED_M2 = 1e-6


@dataclass(frozen=True)
class Cut:
    """
    A dividing line between two plots of a row.

    Parameters
    ----------
    skew : float
        How far its far end is moved along the row, as a share of the row's length.
    bends : tuple of tuple of float
        Its inner nodes: share of the way to the far end, and offset along the row in m.
    miss_m : float
        The right-hand plot's own line lies this much further: a gap, or an overlap where
        negative.
    """

    skew: float = 0.0
    bends: tuple[tuple[float, float], ...] = ()
    miss_m: float = 0.0


@dataclass(frozen=True)
class Strip:
    """
    The ground of one row: between a near and a far polyline, and two end lines.

    Parameters
    ----------
    near, far : numpy.ndarray
        Polylines in the same direction, m in EPSG:4546.
    left, right : numpy.ndarray
        Inner nodes of the end lines, from near to far.
    """

    near: Points
    far: Points
    left: Points
    right: Points

    def ring(self) -> Points:
        """
        Return the outline of the whole strip.

        Returns
        -------
        numpy.ndarray
            Not closed.
        """
        return np.vstack([self.near, self.right, self.far[::-1], self.left[::-1]])


def area_m2(ring: Points) -> float:
    """
    Return the ellipsoidal area of a ring.

    Parameters
    ----------
    ring : numpy.ndarray
        Nodes in EPSG:4546, edges as they stand.

    Returns
    -------
    float
        Area in m2, planar in the equal-area projection of GRS 80.
    """
    x, y = TO_EQUAL_AREA.transform(ring[:, 0], ring[:, 1])
    return float(abs(shapely.area(shapely.polygons(np.column_stack([x, y])))))


def solved(function: Lengthwise, low: float, high: float) -> float:
    """
    Find where a rising function is zero, by the Illinois variant of false position.

    Parameters
    ----------
    function : callable
        Difference of areas in m2 for a length in m.
    low, high : float
        Bracket in m.

    Returns
    -------
    float
        The length.

    Raises
    ------
    ValueError
        The bracket holds no zero: the layout asks for more ground than there is.
    """
    at_low, at_high = function(low), function(high)
    if at_low > 0 or at_high < 0:
        msg = f"no zero between {low:.1f} m ({at_low:.1f}) and {high:.1f} m ({at_high:.1f})"
        raise ValueError(msg)
    for _ in range(200):
        middle = low + (high - low) * at_low / (at_low - at_high)
        at_middle = function(middle)
        if abs(at_middle) < SOLVED_M2:
            break
        if at_middle > 0:
            high, at_high, at_low = middle, at_middle, at_low / 2
        else:
            low, at_low, at_high = middle, at_middle, at_high / 2
    return middle


def stretch(line: Points, start_m: float, end_m: float) -> Points:
    """
    Cut a piece out of a polyline.

    Parameters
    ----------
    line : numpy.ndarray
        Its nodes.
    start_m, end_m : float
        Distances along it.

    Returns
    -------
    numpy.ndarray
        The two cut points and the nodes between them.
    """
    along = _along(line)
    # A node closer than this to a cut would make an edge that no survey has.
    inner = line[(along > start_m + 1e-6) & (along < end_m - 1e-6)]
    return np.vstack([_at(line, start_m), inner, _at(line, end_m)])


def length_m(line: Points) -> float:
    """
    Return the length of a polyline.

    Parameters
    ----------
    line : numpy.ndarray
        Its nodes.

    Returns
    -------
    float
        Length in m.
    """
    return float(_along(line)[-1])


def cut_rings(strip: Strip, targets_m2: Sequence[float], cuts: Sequence[Cut]) -> list[Points]:
    """
    Divide a strip into plots of given areas.

    Parameters
    ----------
    strip : Strip
        The ground; what the last plot gets is what is left.
    targets_m2 : sequence of float
        Area of each plot from left to right.
    cuts : sequence of Cut
        One between each two plots.

    Returns
    -------
    list of numpy.ndarray
        Their outlines, not closed.
    """
    start = (0.0, 0.0, strip.left)
    near_m, far_m = length_m(strip.near), length_m(strip.far)
    rings = []

    def ends(at: float, cut: Cut) -> tuple[float, float, Points]:
        far = min(max(at / near_m + cut.skew, 0.0), 1.0) * far_m
        near_point, far_point = _at(strip.near, at), _at(strip.far, far)
        along = strip.near[-1] - strip.near[0]
        along = along / math.hypot(*along)
        bends = [
            near_point + (far_point - near_point) * share + along * offset
            for share, offset in cut.bends
        ]
        return at, far, np.asarray(bends).reshape(-1, 2)

    def ring(left: tuple[float, float, Points], right: tuple[float, float, Points]) -> Points:
        near = stretch(strip.near, left[0], right[0])
        far = stretch(strip.far, left[1], right[1])
        return np.vstack([near, right[2], far[::-1], left[2][::-1]])

    for target, cut in zip(targets_m2, cuts, strict=False):

        def missing(at: float, target: float = target, cut: Cut = cut) -> float:
            return area_m2(ring(start, ends(at, cut))) - target  # noqa: B023 - used at once

        share = target / sum(targets_m2) * near_m
        at = solved(missing, start[0] + 0.3 * share, min(start[0] + 2.5 * share, near_m))
        rings.append(ring(start, ends(at, cut)))
        start = ends(at + cut.miss_m, cut)
    rings.append(ring(start, (near_m, far_m, strip.right)))
    return rings


def row_rings(
    strip_of: Callable[[float], Strip],
    targets_m2: Sequence[float],
    cuts: Sequence[Cut],
    depth_m: float,
) -> tuple[Strip, list[Points]]:
    """
    Find the depth at which a row holds its plots, and cut it.

    Parameters
    ----------
    strip_of : callable
        Depth in m -> the ground of the row.
    targets_m2 : sequence of float
        Area of each plot.
    cuts : sequence of Cut
        One between each two plots.
    depth_m : float
        About how deep the row is.

    Returns
    -------
    strip : Strip
        The ground.
    rings : list of numpy.ndarray
        The outlines of the plots.
    """
    lost_m2 = 0.0
    # Gaps and overlaps between plots change what the last one gets; a few rounds settle it.
    for _ in range(6):
        wanted = sum(targets_m2) + lost_m2
        depth = solved(
            lambda depth, wanted=wanted: area_m2(strip_of(depth).ring()) - wanted,  # type: ignore[misc]  # mypy cannot infer a default
            0.6 * depth_m,
            1.6 * depth_m,
        )
        strip = strip_of(depth)
        rings = cut_rings(strip, targets_m2, cuts)
        error = area_m2(rings[-1]) - targets_m2[-1]
        if abs(error) < 3 * SOLVED_M2:
            break
        lost_m2 -= error
    return strip, rings


def _along(line: Points) -> Points:
    steps = np.hypot(*np.diff(line, axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _at(line: Points, distance_m: float) -> Points:
    along = _along(line)
    return np.array([np.interp(distance_m, along, line[:, axis]) for axis in (0, 1)])
