"""Find where the rings of a plot begin and end in the order of its points."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from enping_gis.intake.points.lines import Plot, Points

# Coordinates that differ by less than this are one point: a millimetre, as surveys print.
_SAME_M = 1.01e-3
_SAME_DEG = 1.01e-8
# A closing point further away than this from its ring was garbled, no plot is so large.
_FAR_M = 10_000.0
_FAR_DEG = 0.1
_LARGEST_DEGREE = 360.0
_CORNERS = 3


@dataclass(slots=True)
class Traced:
    """
    The rings of one plot.

    Parameters
    ----------
    rings : list of tuple of int and int
        Start and end of each ring in the arrays of points, closing points left out.
    fault : tuple of str, int and str, optional
        Why the plot cannot be made: rule, line, text.
    dropped : list of tuple of int and str
        Line and coordinates of closing points that were left out as garbled.
    corners : int
        Different points of the ring that has too few of them, else 0.
    """

    rings: list[tuple[int, int]] = field(default_factory=list)
    fault: tuple[str, int, str] | None = None
    dropped: list[tuple[int, str]] = field(default_factory=list)
    corners: int = 0


def traced(plots: Sequence[Plot], points: Points) -> list[Traced]:
    """
    Find the rings of plots, by ring numbers and by points that come again.

    A ring ends where it comes back to its first point, or where the ring number changes. The
    closing point may carry the number of the next ring, or be missing.

    Parameters
    ----------
    plots : sequence of Plot
        The plots.
    points : Points
        Arrays that the plots point into.

    Returns
    -------
    list of Traced
        One for each plot.

    Examples
    --------
    >>> from enping_gis.intake.points.lines import Points
    >>> traced([], Points())
    []
    """
    ends = _plain_ends(plots, points)
    return [
        Traced([(plot.start, end)]) if end else _traced(plot, points)
        for plot, end in zip(plots, ends, strict=True)
    ]


def _plain_ends(plots: Sequence[Plot], points: Points) -> list[int]:
    """Return where the ring of a plot ends if it plainly has but one; 0 where that takes a look."""
    starts = np.array([plot.start for plot in plots], dtype=np.int64)
    counts = np.array([plot.end for plot in plots], dtype=np.int64) - starts
    usable = np.array([plot.broken is None and plot.kind == "area" for plot in plots], dtype=bool)
    usable &= counts > _CORNERS
    ends = np.zeros(starts.size, dtype=np.int64)
    if not usable.any():
        return list(map(int, ends))
    first, count = starts[usable], counts[usable]
    begun = np.cumsum(count) - count
    place = np.arange(count.sum()) - np.repeat(begun, count)
    at = np.repeat(first, count) + place
    x, y = np.asarray(points.xs, dtype=float), np.asarray(points.ys, dtype=float)
    ring = pd.factorize(np.array(points.rings, dtype=object))[0]
    with np.errstate(all="ignore"):
        away = np.maximum(
            np.abs(x[at] - np.repeat(x[first], count)), np.abs(y[at] - np.repeat(y[first], count))
        )
        degrees = np.maximum(np.abs(x[first]), np.abs(y[first])) <= _LARGEST_DEGREE
    same = np.repeat(np.where(degrees, _SAME_DEG, _SAME_M), count)
    far = np.repeat(np.where(degrees, _FAR_DEG, _FAR_M), count)
    comes_back = (away <= same) & (place >= _CORNERS)
    last = begun + count - 1
    closes = comes_back[last]
    comes_back[last] = False
    # Not "away > far": that is False for what is no number.
    odd = comes_back | ~(away <= far) | (ring[at] != np.repeat(ring[first], count))
    plain = ~np.logical_or.reduceat(odd, begun) & _has_three(x[at], y[at], begun, count)
    ends[np.flatnonzero(usable)[plain]] = (first + count - closes)[plain]
    return list(map(int, ends))


def _has_three(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    begun: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Tell which plots, each a run of points, have three that differ."""

    def differs(points: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        others = np.repeat(points, count)
        return np.asarray((x != x[others]) | (y != y[others]))

    from_first = differs(begun)
    places = np.where(from_first, np.arange(x.size), x.size)
    second = np.minimum(np.minimum.reduceat(places, begun), begun + count - 1)
    return np.asarray(np.logical_or.reduceat(from_first & differs(second), begun))


def _traced(plot: Plot, points: Points) -> Traced:
    result = Traced()
    if plot.broken is not None:
        result.fault = plot.broken
        return result
    if plot.end == plot.start:
        result.fault = ("points_missing", plot.line, ",".join(plot.fields))
        return result
    for at in range(plot.start, plot.end):
        if not (math.isfinite(points.xs[at]) and math.isfinite(points.ys[at])):
            result.fault = ("point_line", points.lines[at], f"{points.xs[at]},{points.ys[at]}")
            return result
    if plot.kind != "area":
        result.rings = [(plot.start, plot.end)]
        return result
    degrees = max(abs(points.xs[plot.start]), abs(points.ys[plot.start])) <= _LARGEST_DEGREE
    result.rings = _Tracer(points, plot.end, _SAME_DEG if degrees else _SAME_M).run(plot.start)
    _drop_far(result, plot, points, _FAR_DEG if degrees else _FAR_M)
    for start, stop in result.rings:
        if result.fault is not None:
            break
        # More than a few points are hardly ever one point again and again.
        corners = len(set(zip(points.xs[start:stop], points.ys[start:stop], strict=True)))
        if corners < _CORNERS:
            result.corners = corners
            text = f"{points.xs[start]},{points.ys[start]}"
            result.fault = ("points_few", points.lines[start], text)
            break
    return result


class _Tracer:
    def __init__(self, points: Points, end: int, same: float) -> None:
        self.xs, self.ys, self.keys = points.xs, points.ys, points.rings
        self.end, self.same = end, same

    def run(self, start: int) -> list[tuple[int, int]]:
        rings: list[tuple[int, int]] = []
        firsts: dict[str, int] = {}
        at = start
        while at < self.end:
            # The closing point, written once more: of the ring before, or of the outer ring to
            # which a line returns from each of its holes.
            before = {rings[-1][0], firsts.get(self.keys[at], start)} if rings else set()
            if any(self._near(at, each) for each in before) and self._only_closes(at):
                at += 1
                continue
            stop, following = self._ring(at)
            rings.append((at, stop))
            firsts.setdefault(self.keys[at], at)
            at = following
        return rings

    def _ring(self, start: int) -> tuple[int, int]:
        """Return where the ring ends, without its closing point, and where the next one begins."""
        xs, ys, keys, same = self.xs, self.ys, self.keys, self.same
        x, y, key = xs[start], ys[start], keys[start]
        for at in range(start + 1, self.end):
            other = keys[at] != key
            if abs(xs[at] - x) <= same and abs(ys[at] - y) <= same and at - start >= _CORNERS:
                if not other or self._only_closes(at):
                    return at, at + 1
                return at, at
            if other:
                return at, at
        return self.end, self.end

    def _near(self, one: int, other: int) -> bool:
        return (
            abs(self.xs[one] - self.xs[other]) <= self.same
            and abs(self.ys[one] - self.ys[other]) <= self.same
        )

    def _only_closes(self, at: int) -> bool:
        """Tell whether a point closes the ring before it, and begins none that touches there."""
        following = at + 1
        if following >= self.end or self.keys[following] != self.keys[at]:
            return True
        for later in range(following + 2, self.end):
            if self._near(later, following):
                return True
            if self._near(later, at):
                return False
        return False


def _drop_far(result: Traced, plot: Plot, points: Points, far: float) -> None:
    """
    Leave out a closing point that was garbled, and so lies far from its ring.

    Any other point that lies so far is a corner whose place is not known: the plot cannot be made.
    """
    xs, ys = points.xs, points.ys
    for number, (start, stop) in enumerate(result.rings):
        last = stop - 1
        if stop - start <= _CORNERS or (
            abs(xs[last] - xs[start]) <= far and abs(ys[last] - ys[start]) <= far
        ):
            continue
        others_x, others_y = xs[start:last], ys[start:last]
        if (
            min(others_x) - far <= xs[last] <= max(others_x) + far
            and min(others_y) - far <= ys[last] <= max(others_y) + far
        ):
            continue
        line, written = points.lines[last], f"{xs[last]},{ys[last]}"
        if not _closes(plot, points, start, last):
            result.fault = ("corner_far", line, written)
            return
        result.rings[number] = (start, last)
        result.dropped.append((line, written))


def _closes(plot: Plot, points: Points, start: int, last: int) -> bool:
    """Tell a garbled closing point: one number twice, zeros, or one too many for the headline."""
    xs, ys, following = points.xs, points.ys, last + 1
    if following < plot.end and (xs[following], ys[following]) == (xs[start], ys[start]):
        return False  # the ring is closed already
    stated = plot.fields[0] if plot.fields else ""
    one_too_many = plot.start == start and plot.end == following and stated == str(last - start)
    return xs[last] == ys[last] or one_too_many
