"""Work out the figures of sets of plots, many at a time, from sums alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from enping_gis.assembly.demands import CM2_PER_M2, TENTHS_PER_M
from enping_gis.assembly.land import DIRECTIONS
from enping_gis.measure.outlines.compiled import compiled_with_arrays

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.land import Land

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

Best = Literal["fewest", "compact", "cost", "score"]
GOALS: tuple[Best, ...] = get_args(Best)
# Length of a hull over the sum of its reach in all directions, never too much: the hull runs at
# least along the chords between its outermost points (Cauchy's formula, each corner cut short).
HULL = 2 * math.sin(math.pi / DIRECTIONS)
# A score of compactness may fall short of what is asked by this much, which is rounding.
COMPACTNESS_SLACK = 1e-12
_ROWS_AT_A_TIME = 16_384
_STEPS_A_PLOT = 12


@dataclass(frozen=True)
class Figures:
    """
    Figures of sets, one entry for each.

    Parameters
    ----------
    members : numpy.ndarray of int, shape (m, k)
        Rows of the plots of each set, ascending, then -1.
    plots : numpy.ndarray of int
        How many plots.
    area_cm2, planar_cm2, done_cm2, ready_cm2, cost_fen, score : numpy.ndarray of int
        Sums.
    holders : numpy.ndarray of int
        How many different holders.
    shared, perimeter : numpy.ndarray of int
        Length of the boundaries inside, and of the outline, in tenths of a millimetre. The
        outline is the sum of those of the plots less twice what they share, but at least that
        of the hull and that of a circle.
    compactness : numpy.ndarray of float
        Polsby-Popper score, 4 pi area / perimeter^2.
    roads : numpy.ndarray of int
        How many roads are crossed, at least, to reach every plot.
    road : numpy.ndarray of int
        The widest of them, in tenths of a millimetre.
    """

    members: Ints
    plots: Ints
    area_cm2: Ints
    planar_cm2: Ints
    done_cm2: Ints
    ready_cm2: Ints
    cost_fen: Ints
    score: Ints
    holders: Ints
    shared: Ints
    perimeter: Ints
    compactness: Floats
    roads: Ints
    road: Ints

    def __len__(self) -> int:
        """
        Return how many sets there are.

        Returns
        -------
        int
            Number of entries.
        """
        return len(self.plots)

    def at(self, chosen: Ints | Flags) -> Figures:
        """
        Return some of the sets.

        Parameters
        ----------
        chosen : numpy.ndarray
            Their places, or a flag for each set.

        Returns
        -------
        Figures
            In the order asked for.
        """
        return Figures(**{name: column[chosen] for name, column in vars(self).items()})

    def with_more(self, more: Figures) -> Figures:
        """
        Return these sets and others.

        Parameters
        ----------
        more : Figures
            The others, which come behind.

        Returns
        -------
        Figures
            All of them.
        """
        width = max(self.members.shape[1], more.members.shape[1])
        columns = {}
        for name, column in vars(self).items():
            both = [column, getattr(more, name)]
            if name == "members":
                both = [np.pad(each, ((0, 0), (0, width - each.shape[1])), constant_values=-1)
                        for each in both]  # fmt: skip
            columns[name] = np.concatenate(both)
        return Figures(**columns)

    def order(self, best: Best = "fewest") -> Ints:
        """
        Rank the sets.

        Parameters
        ----------
        best : {"fewest", "compact", "cost", "score"}
            What comes before all else.

        Returns
        -------
        numpy.ndarray of int
            Then fewest plots first, then most shared boundary per perimeter, then the most
            compact, ties by ids.
        """
        per = self.shared / np.maximum(self.perimeter, 1)
        keys = (*self.members.T[::-1], -self.compactness, -per, self.plots)
        goal = {"compact": -self.compactness, "cost": self.cost_fen, "score": -self.score}
        ranked: Ints = np.lexsort(keys if best == "fewest" else (*keys, goal[best]))
        return ranked

    def meeting(self, demands: Demands, required: list[int]) -> Flags:
        """
        Tell which sets keep to the demands that are not about their area, cost or number.

        Parameters
        ----------
        demands : Demands
            With least compactness and most holders; the width is seen to elsewhere.
        required : list of int
            Rows of plots that every set contains.

        Returns
        -------
        numpy.ndarray of bool
            A flag for each set.
        """
        met = self.compactness >= demands.min_compactness - COMPACTNESS_SLACK
        if demands.max_holders is not None:
            met &= self.holders <= demands.max_holders
        for row in required:
            met &= (self.members == row).any(axis=1)
        return met


def figures_of(land: Land, sets: Ints) -> Figures:
    """
    Work out the figures of sets.

    Parameters
    ----------
    land : Land
        The plots.
    sets : numpy.ndarray of int, shape (m, k)
        Rows of the plots of each set, in any order, then -1.

    Returns
    -------
    Figures
        In the order of `sets`.
    """
    last = np.iinfo(np.int64).max
    members = np.sort(np.where(sets < 0, last, sets), axis=1)
    members = np.where(members == last, -1, members)
    there = members >= 0
    tally = np.zeros((len(members), 4), dtype=np.int64)
    steps = int(there.sum()) * _STEPS_A_PLOT
    links = land.links
    _tallied.at(steps)(members, links.first, links.other, links.shared, links.gap,
                      np.full(len(land), -1, dtype=np.int64), tally)  # fmt: skip
    planar = _sums(land.planar_cm2, members)
    perimeter, compactness = outlined(
        _sums(land.perimeter, members) - 2 * tally[:, 0], _reach(land, members), planar
    )
    nothing = np.zeros(len(land), dtype=np.int64)
    done = nothing if land.done_cm2 is None else land.done_cm2
    ready = nothing if land.ready_cm2 is None else land.ready_cm2
    return Figures(
        members=members,
        plots=there.sum(axis=1),
        area_cm2=_sums(land.area_cm2, members),
        planar_cm2=planar,
        done_cm2=_sums(done, members),
        ready_cm2=_sums(ready, members),
        cost_fen=_sums(land.cost_fen, members),
        score=_sums(land.score, members),
        holders=_different(land.holder, members),
        shared=tally[:, 0],
        perimeter=perimeter,
        compactness=compactness,
        roads=tally[:, 1] - 1,
        road=tally[:, 2],
    )


def outlined(outline: Ints, reach: Ints, planar_cm2: Ints) -> tuple[Ints, Floats]:
    """
    Return perimeter and compactness.

    Parameters
    ----------
    outline : numpy.ndarray of int
        Sum of the outlines less twice what they share, in tenths of a millimetre.
    reach : numpy.ndarray of int
        Sum of how far each set reaches in all directions, in tenths of a millimetre.
    planar_cm2 : numpy.ndarray of int
        Area in the plane.

    Returns
    -------
    perimeter : numpy.ndarray of int
        In tenths of a millimetre.
    compactness : numpy.ndarray of float
        From 0 to 1.
    """
    square = 4 * math.pi * (TENTHS_PER_M**2 / CM2_PER_M2) * planar_cm2
    circle = np.sqrt(square)
    perimeter = np.maximum(np.maximum(outline, HULL * reach), circle)
    with np.errstate(invalid="ignore", divide="ignore"):
        compactness = np.where(perimeter > 0, square / (perimeter * perimeter), 0.0)
    return np.rint(perimeter).astype(np.int64), compactness


def _sums(values: Ints, members: Ints) -> Ints:
    summed: Ints = np.append(values, 0)[members].sum(axis=1)
    return summed


def _reach(land: Land, members: Ints) -> Ints:
    """Add up how far sets reach in all directions."""
    nowhere = np.full((1, DIRECTIONS), np.iinfo(np.int64).min // DIRECTIONS)
    support = np.concatenate([land.support, nowhere])
    reach = np.zeros(len(members), dtype=np.int64)
    for begin in range(0, len(members), _ROWS_AT_A_TIME):
        rows = slice(begin, begin + _ROWS_AT_A_TIME)
        farthest = support[members[rows, 0]]
        for column in members[rows].T[1:]:
            farthest = np.maximum(farthest, support[column])
        reach[rows] = farthest.sum(axis=1)
    return reach


def _different(holder: Ints, members: Ints) -> Ints:
    holders = np.sort(np.append(holder, -1)[members], axis=1)
    new = np.diff(holders, axis=1, prepend=-1) != 0
    count: Ints = (new & (holders >= 0)).sum(axis=1)
    return count


@compiled_with_arrays
def _tallied(  # noqa: C901, PLR0912, PLR0917 - one loop over arrays, for the compiler
    members: Ints, first: Ints, other: Ints, shared: Ints, gap: Ints, place: Ints, tally: Ints
) -> None:
    """Count for each set: length shared, pieces without roads, widest road, pieces with roads."""
    group = np.zeros(members.shape[1], dtype=np.int64)
    for row in range(len(members)):
        count = 0
        for plot in members[row]:
            if plot < 0:
                break
            place[plot] = count
            group[count] = count
            count += 1
        twice = 0
        pieces = count
        for number in range(count):
            plot = members[row, number]
            for link in range(first[plot], first[plot + 1]):
                there = place[other[link]]
                if there < 0:
                    continue
                twice += shared[link]
                if gap[link] < 0 and group[there] != group[number]:
                    pieces -= 1
                    old, new = group[there], group[number]
                    for each in range(count):
                        if group[each] == old:
                            group[each] = new
        tally[row, 0] = twice // 2
        tally[row, 1] = pieces
        while pieces > 1:
            best, old, new = -1, 0, 0
            for number in range(count):
                plot = members[row, number]
                for link in range(first[plot], first[plot + 1]):
                    there = place[other[link]]
                    if there < 0 or group[there] == group[number]:
                        continue
                    if best < 0 or gap[link] < best:
                        best, old, new = gap[link], group[there], group[number]
            if best < 0:
                break
            tally[row, 2] = max(tally[row, 2], best)
            for each in range(count):
                if group[each] == old:
                    group[each] = new
            pieces -= 1
        tally[row, 3] = pieces
        for number in range(count):
            place[members[row, number]] = -1
