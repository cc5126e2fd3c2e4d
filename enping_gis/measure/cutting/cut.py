"""Cut polygons along the lines of a layer, and only those that such a line crosses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from enping_gis.measure.cutting.clipping import areal, clipped, repaired
from enping_gis.measure.cutting.locating import NOWHERE, located

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Shapes = npt.NDArray[np.object_]

# Areas that differ by less than this digit are the same area.
_SAME_M2_DECIMALS = 6
# The interiors of two shapes meet, in the intersection matrix of DE-9IM.
_OVERLAP = "T********"


class Conflict(NamedTuple):
    """
    Two polygons that both claim a part of a plot wider than the tolerance.

    Parameters
    ----------
    plot : int
        Row of the plot.
    one, other : int
        Rows of the polygons.
    """

    plot: int
    one: int
    other: int


@dataclass(frozen=True)
class Ground:
    """
    The polygons that plots are cut along.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        Valid polygons and multipolygons, in the plane of the plots.
    code : array of int, shape (n,)
        What each belongs to; polygons of one code are one area.
    tolerance_m : float
        Width in metres up to which polygons of two codes may overlap; the earlier one wins.
    sliver_m : float
        Mean width in metres below which a piece is no part of its own.
    """

    shapes: Shapes
    code: Rows
    tolerance_m: float
    sliver_m: float


@dataclass(frozen=True)
class Pieces:
    """
    The parts of plots, by plot; the largest part of a plot comes first.

    Parameters
    ----------
    plot : array of int, shape (n,)
        Row of the plot.
    code : array of int, shape (n,)
        What the part lies in, `NOWHERE` for none of the polygons.
    shape : array of shapely geometries, shape (n,)
        Of a plot with one part the plot's own.
    planar_m2 : array of float, shape (n,)
        Area of the part in the plane.
    moved_m2 : array of float, shape (n,)
        How much of it are slivers that lie elsewhere.
    contested_m2 : array of float, shape (n,)
        How much of it a later polygon of another code claims too.
    repaired : array of bool, shape (n,)
        Whether the plot was cut as a repaired copy.
    """

    plot: Rows
    code: Rows
    shape: Shapes
    planar_m2: Floats
    moved_m2: Floats
    contested_m2: Floats
    repaired: Flags


def cut(shapes: Shapes, planar_m2: Floats, ground: Ground) -> Pieces | Conflict:
    """
    Cut plots along the outlines of polygons.

    Parameters
    ----------
    shapes : array of shapely geometries, shape (n,)
        Plots, metres; may hold None.
    planar_m2 : array of float, shape (n,)
        Area of each in the plane, NaN for those that cannot be measured.
    ground : Ground
        What to cut along.

    Returns
    -------
    Pieces or Conflict
        At least one piece for each plot, or the first plot that two polygons claim.
    """
    flat = areal(shapes)
    usable = np.flatnonzero(~shapely.is_empty(flat) & np.isfinite(planar_m2))
    home = np.full(len(shapes), NOWHERE)
    home[usable], plot, town = located(flat[usable], ground.shapes)
    cutter = _Cutter(flat, usable[plot], town, ground)
    conflict = cutter.conflict()
    if conflict is not None:
        return conflict
    made = cutter.pieces()
    count = np.bincount(made.plot, minlength=len(shapes))
    alone = count[made.plot] == 1
    # What is in one part is not cut: it keeps its own geometry, to the last bit.
    made.shape[alone] = shapes[made.plot[alone]]
    made.planar_m2[alone] = planar_m2[made.plot[alone]]
    made.repaired[alone] = False
    rows = np.flatnonzero(count == 0)
    # The code after the last is that of `NOWHERE`, which is -1.
    code = np.append(ground.code, NOWHERE)[home[rows]]
    whole = (rows, code, shapes[rows], planar_m2[rows], *np.zeros((2, len(rows))))
    columns = [
        np.concatenate(pair)
        for pair in zip(_columns(made), (*whole, np.zeros(len(rows), dtype=bool)), strict=True)
    ]
    order = np.argsort(columns[0], kind="stable")
    return Pieces(*(column[order] for column in columns))


def _columns(pieces: Pieces) -> list[Any]:
    return list(vars(pieces).values())


class _Cutter:
    """
    Cut plots by the polygons they meet, near the origin of a plane of their own.

    There coordinates have some more digits, and overlays of nearly equal lines do not have to
    shift them. A claim is what a plot has in common with one polygon, in the order of plots
    and polygons.
    """

    def __init__(self, shapes: Shapes, plot: Rows, town: Rows, ground: Ground) -> None:
        order = np.lexsort((town, plot))
        self.ground = ground
        self.rows, self.plot = np.unique(plot[order], return_inverse=True)
        self.town = town[order]
        flat = shapely.force_2d(shapes[self.rows])
        sides = shapely.bounds(flat)
        # Whole metres, so that the shift itself rounds nothing.
        self.centre = np.round(sides.mean(axis=0).reshape(2, 2).mean(axis=0)) if len(flat) else 0.0
        flat = shapely.transform(flat, lambda xy: xy - self.centre)
        self.repaired = ~shapely.is_valid(flat)
        self.solid = repaired(flat)
        self.area_m2 = shapely.area(self.solid)
        # A corner that was ever computed is rounded to the grid of floating-point numbers, which
        # moves a line by at most one step of it.
        step_m = np.spacing(np.abs(sides).max(axis=1, initial=0.0))
        self.noise_m2 = step_m * shapely.length(self.solid)
        self.near = self._near()
        self.claim = areal(shapely.intersection(self.solid[self.plot], self.near))
        self.claim_m2 = shapely.area(self.claim)
        self._drop(self.claim_m2 <= self.noise_m2[self.plot])
        self.contested_m2 = np.zeros(len(self.plot))
        self.contests = self._contests()

    def _near(self) -> Shapes:
        """Return what lies near each plot of the polygons it meets."""
        used, town = np.unique(self.town, return_inverse=True)
        moved = shapely.transform(self.ground.shapes[used], lambda xy: xy - self.centre)
        return clipped(moved, town, shapely.bounds(self.solid)[self.plot])

    def _drop(self, given_up: Flags) -> None:
        kept = ~given_up
        self.plot, self.town, self.near = self.plot[kept], self.town[kept], self.near[kept]
        self.claim, self.claim_m2 = self.claim[kept], self.claim_m2[kept]

    def _contests(self) -> tuple[Rows, Rows, Shapes]:
        """Find pairs of claims on the same ground, the earlier polygon first."""
        one, other = self._neighbours()
        towns = np.stack([self.town[one], self.town[other]])
        pairs, pair = np.unique(towns, axis=1, return_inverse=True)
        shapes = self.ground.shapes
        # Whether outlines overlap at all is told exactly; to measure claims leaves some noise.
        overlap = shapely.relate_pattern(shapes[pairs[0]], shapes[pairs[1]], _OVERLAP)[pair]
        one, other = one[overlap], other[overlap]
        common = areal(shapely.intersection(self.claim[other], self.near[one]))
        there = shapely.area(common) > self.noise_m2[self.plot[one]]
        return one[there], other[there], common[there]

    def _neighbours(self) -> tuple[Rows, Rows]:
        """Pair the claims within each plot whose boxes overlap."""
        found = [np.empty((2, 0), dtype=np.int64)]
        sides = shapely.bounds(self.claim)
        step, one = 1, np.arange(len(self.plot))
        while len(one):
            one = one[one + step < len(self.plot)]
            one = one[self.plot[one] == self.plot[one + step]]
            low = np.maximum(sides[one, :2], sides[one + step, :2])
            high = np.minimum(sides[one, 2:], sides[one + step, 2:])
            met = one[(low < high).all(axis=1)]
            found.append(np.stack([met, met + step]))
            step += 1
        pairs = np.concatenate(found, axis=1)
        one, other = pairs[:, np.lexsort(pairs[::-1])]
        return one, other

    def conflict(self) -> Conflict | None:
        """Return the worst case of two codes that overlap by more than the tolerance."""
        one, other, common = self.contests
        apart = self.ground.code[self.town[one]] != self.ground.code[self.town[other]]
        wide = apart & (mean_width_m(common) > self.ground.tolerance_m)
        if not wide.any():
            return None
        worst = int(np.argmax(np.where(wide, shapely.area(common), 0.0)))
        plot = int(self.rows[self.plot[one[worst]]])
        return Conflict(plot, int(self.town[one[worst]]), int(self.town[other[worst]]))

    def pieces(self) -> Pieces:
        """Turn the claims into parts that tile each plot."""
        self._settle_contests()
        plot, code = self.plot, self.ground.code[self.town]
        rest_plot, rest = self._rest()
        made = Pieces(
            plot=np.concatenate([plot, rest_plot]),
            code=np.concatenate([code, np.full(len(rest_plot), NOWHERE)]),
            shape=np.concatenate([self.claim, rest]),
            planar_m2=np.concatenate([self.claim_m2, shapely.area(rest)]),
            moved_m2=np.zeros(len(plot) + len(rest_plot)),
            contested_m2=np.concatenate([self.contested_m2, np.zeros(len(rest_plot))]),
            repaired=self.repaired[np.concatenate([plot, rest_plot])],
        )
        made = _without_slivers(_merged(made), self.ground.sliver_m)
        made.plot[:] = self.rows[made.plot]
        made.shape[:] = shapely.transform(made.shape, lambda xy: xy + self.centre)
        return made

    def _settle_contests(self) -> None:
        """Leave contested ground to the polygon that holds the whole plot, else to the earlier."""
        whole = self.claim_m2 >= (self.area_m2 - self.noise_m2)[self.plot]
        holder = np.full(len(self.rows), -1)
        for claim in np.flatnonzero(whole)[::-1]:
            holder[self.plot[claim]] = claim
        one, other, common = self.contests
        code = self.ground.code[self.town]
        for left, right, common_m2 in zip(one, other, shapely.area(common), strict=True):
            keeper = holder[self.plot[left]]
            winner, loser = (right, left) if keeper == right else (left, right)
            if code[winner] != code[loser] and keeper in {-1, winner}:
                self.contested_m2[winner] += common_m2
            if keeper == -1:
                self.claim[loser] = shapely.difference(self.claim[loser], self.near[winner])
        losers = np.unique(other)
        self.claim[losers] = areal(self.claim[losers])
        self.claim_m2[losers] = shapely.area(self.claim[losers])
        held = holder[self.plot]
        given_up = (held >= 0) & (held != np.arange(len(held)))
        given_up |= self.claim_m2 <= self.noise_m2[self.plot]
        self.contested_m2 = self.contested_m2[~given_up]
        self._drop(given_up)

    def _rest(self) -> tuple[Rows, Shapes]:
        """Return what no polygon claims."""
        left_m2 = self.area_m2 - np.bincount(self.plot, self.claim_m2, minlength=len(self.rows))
        plots = np.flatnonzero(left_m2 > self.noise_m2)
        first = np.searchsorted(self.plot, np.arange(len(self.rows) + 1))
        taken = [shapely.union_all(self.near[first[row] : first[row + 1]]) for row in plots]
        rest = areal(shapely.difference(self.solid[plots], np.array(taken, dtype=object)))
        some = shapely.area(rest) > self.noise_m2[plots]
        return plots[some], rest[some]


def mean_width_m(shapes: Shapes) -> Floats:
    """
    Return the mean width of thin shapes: twice the area by the perimeter.

    Parameters
    ----------
    shapes : array of shapely polygons and multipolygons, shape (n,)
        In metres.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Metres; of a long strip its width, of a square half its side, 0 for what is empty.
    """
    perimeter_m = shapely.length(shapes)
    return 2 * shapely.area(shapes) / np.where(perimeter_m > 0, perimeter_m, 1.0)


def _merged(made: Pieces) -> Pieces:
    """Make one part of all that a plot has in polygons of one code."""
    order = np.lexsort((made.code, made.plot))
    plot, code = made.plot[order], made.code[order]
    begins = np.ones(len(plot), dtype=bool)
    begins[1:] = (plot[1:] != plot[:-1]) | (code[1:] != code[:-1])
    first = np.flatnonzero(begins)
    shape, planar_m2 = made.shape[order], made.planar_m2[order]
    ends = np.append(first, len(plot))[1:]
    for start, end in zip(first, ends, strict=True):
        if end - start > 1:
            shape[start] = shapely.union_all(shape[start:end])
            planar_m2[start] = shapely.area(shape[start])
    contested_m2 = np.add.reduceat(made.contested_m2[order], first) if len(first) else np.empty(0)
    return Pieces(
        plot[first],
        code[first],
        shape[first],
        planar_m2[first],
        np.zeros(len(first)),
        contested_m2,
        made.repaired[order][first],
    )


def _without_slivers(made: Pieces, sliver_m: float) -> Pieces:
    """Join pieces too narrow to be parts to the largest part of their plot."""
    # Halves are equal but for the last digits; what lies nowhere comes after its equals.
    rank = np.where(made.code == NOWHERE, made.code.max(initial=0) + 1, made.code)
    order = np.lexsort((rank, -np.round(made.planar_m2, _SAME_M2_DECIMALS), made.plot))
    made = Pieces(*(column[order] for column in _columns(made)))
    largest = np.ones(len(made.plot), dtype=bool)
    largest[1:] = made.plot[1:] != made.plot[:-1]
    head = np.maximum.accumulate(np.where(largest, np.arange(len(largest)), 0))
    sliver = ~largest & (mean_width_m(made.shape) < sliver_m)
    for piece in np.flatnonzero(sliver):
        to = head[piece]
        made.shape[to] = shapely.union(made.shape[to], made.shape[piece])
        made.moved_m2[to] += made.planar_m2[piece]
    grown = np.unique(head[sliver])
    made.planar_m2[grown] = shapely.area(made.shape[grown])
    return Pieces(*(column[~sliver] for column in _columns(made)))
