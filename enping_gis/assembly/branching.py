"""Drive the search for the best set of plots: roots in turn, widths asked for, the time kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.assembly.demands import CM2_PER_M2, TENTHS_PER_M
from enping_gis.assembly.field import (
    ANSWER,
    ASKING,
    AWAY,
    COMPACT,
    DEPTH,
    DONE,
    GAIN,
    HOLDERS,
    NOTHING,
    PERIMETER,
    REASON,
    STEPS,
    VALUE,
    Field,
    Rules,
    Stand,
)
from enping_gis.assembly.figures import HULL
from enping_gis.assembly.land import DIRECTIONS
from enping_gis.assembly.reaching import begun, outlooks
from enping_gis.assembly.search import searched

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from enping_gis.assembly.demands import Demands
    from enping_gis.assembly.land import Land
    from enping_gis.assembly.widths import Widths
    from enping_gis.measure.outlines.compiled import Loop

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

# So many steps are made in plain Python, some tenths of a second, before loops are compiled.
_PLAIN_STEPS, _PLAIN_AT_A_TIME, _STEPS_AT_A_TIME = 1_500, 100, 100_000
# The most promising roots are first searched so far only, for a good set to compare with.
_GLANCE_STEPS, _GLANCES = 500, 1_000
_NO_LIMIT = np.iinfo(np.int64).max // 4
_PRICES = np.array([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0])


class Progress(NamedTuple):
    """
    How far a search is.

    Parameters
    ----------
    elapsed_s : float
        Seconds since it began.
    steps : int
        How many sets were looked at.
    value : float or None
        Of the best set so far, in the unit of the objective.
    bound : float or None
        No set is better than this.
    """

    elapsed_s: float
    steps: int
    value: float | None
    bound: float | None


@dataclass(frozen=True)
class Sought:
    """
    What is sought: the most of it.

    Parameters
    ----------
    goal : int
        One of the goals of `enping_gis.assembly.field`.
    gain : numpy.ndarray of int, optional
        What each plot adds, where the goal adds up.
    """

    goal: int
    gain: Ints | None = None


@dataclass(frozen=True)
class Found:
    """
    What a search found.

    Parameters
    ----------
    rows : tuple of int
        The plots of the best set; none where there is no set.
    value : float
        Its value; minus infinity where there is none.
    bound : float
        No set has a greater value.
    finished : bool
        Whether the search came to its end.
    steps : int
        How many sets were looked at.
    """

    rows: tuple[int, ...]
    value: float
    bound: float
    finished: bool
    steps: int


@dataclass
class Search:
    """
    A search for the set of the greatest value.

    Parameters
    ----------
    land : Land
        The plots.
    demands : Demands
        What a set has to be.
    sought : Sought
        What is sought.
    widths : Widths
        What is known of the width of sets.
    roots : list of int, optional
        Rows of which a set contains one.
    """

    land: Land
    demands: Demands
    sought: Sought
    widths: Widths
    roots: list[int] | None = None
    # What compiling took, in seconds, which no limit of time counts.
    compiled_s: float = field(default=0.0, init=False)
    _plain: int = field(default=_PLAIN_STEPS, init=False)
    _ready: set[int] = field(default_factory=set, init=False)

    def run(
        self,
        *,
        until: float | None = None,
        tell: Callable[[Found], None] | None = None,
        first: bool = False,
    ) -> Found:
        """
        Search until the best set is proven, or time is up.

        Parameters
        ----------
        until : float, optional
            Moment of `time.monotonic` at which to stop.
        tell : callable, optional
            Told how far the search is, some times a second.
        first : bool, default False
            Stop once there is any set.

        Returns
        -------
        Found
            The best set, and the bound.
        """
        required = self.land.rows(self.demands.required)
        roots = self.roots
        if len(required) < len(self.demands.required):
            roots = []
        elif required:
            roots = required[:1]
        if not len(self.land) or roots == []:
            return Found((), -np.inf, -np.inf, finished=True, steps=0)
        self._until, self._tell, self._first = until, tell, first
        self._lay_out(required, roots)
        begin = np.flatnonzero(self._field.root)
        bounds = np.empty(len(begin))
        self._call(outlooks, len(begin), begin, bounds)
        # Few plots often bound well what they can be worth: the best outlook comes first.
        order = np.argsort(-bounds, kind="stable")
        self._left = [(float(bounds[each]), int(begin[each])) for each in order]
        if len(self._left) > 1:
            glanced = [
                each for each in self._left[:_GLANCES] if not self._settled(*each, _GLANCE_STEPS)
            ]
            self._left = glanced + self._left[_GLANCES:]
        while self._left and not self._late():
            if self._settled(*self._left[0], None):
                self._left.pop(0)
        return self._found()

    def _settled(self, bound: float, root: int, most_steps: int | None) -> bool:
        """Search the sets of a root; tell whether nothing is left of them."""
        if self._late():
            return False
        if not self._beaten(bound):
            return True
        stand, names = self._stand, self._order
        self._call(begun, 1, self._best, root)
        begin = int(stand.at[STEPS])
        while stand.at[REASON] != DONE:
            if stand.at[REASON] == ASKING:
                plots = names[stand.chosen[: stand.at[DEPTH] + 1]]
                stand.at[ANSWER] = 1 if self.widths.enough(plots.tolist()) else 2
                self._field.wide[:] = self.widths.alone[names]
            room = _STEPS_AT_A_TIME if self._plain <= 0 else _PLAIN_AT_A_TIME
            if most_steps is not None:
                room = min(room, most_steps - int(stand.at[STEPS]) + begin)
            before = int(stand.at[STEPS])
            self._call(searched, room, self._best, room)
            self._plain -= int(stand.at[STEPS]) - before
            self._report(bound)
            spent = int(stand.at[STEPS]) - begin
            over = most_steps is not None and spent >= most_steps
            if stand.at[REASON] != DONE and (over or self._late()):
                self._abandon()
                return False
        return True

    def _abandon(self) -> None:
        """Leave a root in the middle: nothing is taken, nothing passed over."""
        stand = self._stand
        stand.state[:] = AWAY
        stand.holder_count[:] = 0
        stand.at[REASON] = DONE

    def _call(self, loop: Loop[..., None], steps: int, *arguments: object) -> None:
        everything = (self._field, self._rules, self._stand, *arguments)
        if self._plain > 0 and steps <= _PLAIN_STEPS:
            loop.plain(*everything)
            return
        if id(loop) not in self._ready:
            began = time.monotonic()
            loop.make_ready(*everything)
            self._ready.add(id(loop))
            self.compiled_s += time.monotonic() - began
        loop.quick(*everything)

    def _beaten(self, bound: float) -> bool:
        value = self._stand.found[VALUE]
        return bound != NOTHING and bound > value + (1e-12 if self.sought.goal == COMPACT else 0.5)

    def _late(self) -> bool:
        if self._first and self._stand.found[VALUE] != NOTHING:
            return True
        return self._until is not None and time.monotonic() - self.compiled_s >= self._until

    def _report(self, bound: float) -> None:
        if self._tell is not None:
            self._tell(self._found(bound))

    def _found(self, bound: float = NOTHING) -> Found:
        value = float(self._stand.found[VALUE])
        there = value != NOTHING
        left = max([bound, value, *(each for each, _ in self._left[:1])])
        rows = tuple(sorted(self._order[self._best[self._best >= 0]].tolist()))
        return Found(
            rows=rows,
            value=value if there else -np.inf,
            bound=left if left != NOTHING else -np.inf,
            finished=not self._left,
            steps=int(self._stand.at[STEPS]),
        )

    def _lay_out(self, required: list[int], roots: list[int] | None) -> None:
        """Order the plots by what they add per area, and make the arrays."""
        land, demands, count = self.land, self.demands, len(self.land)
        gain = self.sought.gain
        gain = np.zeros(count, dtype=np.int64) if gain is None else gain
        price = self._price(gain)
        worth = gain - price * land.cost_fen
        by = land.area_cm2 if self.sought.goal != GAIN else worth / land.area_cm2
        self._order = order = np.argsort(-by, kind="stable")
        number = np.empty(count, dtype=np.int64)
        number[order] = np.arange(count)
        links = land.links
        degree = np.diff(links.first)[order]
        first = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
        link = np.repeat(links.first[:-1][order] - first[:-1], degree) + np.arange(first[-1])
        flags = np.zeros((2, count), dtype=np.int64)
        flags[0, slice(None) if roots is None else number[roots]] = 1
        flags[1, number[required]] = 1
        self._field = Field(
            first, number[links.other[link]], links.shared[link], land.area_cm2[order],
            land.planar_cm2[order], land.cost_fen[order], gain[order], land.perimeter[order],
            land.holder[order], worth[order].astype(np.float64),
            np.ascontiguousarray(land.support[order]), flags[0], flags[1],
            self.widths.alone[order].copy(),
        )  # fmt: skip
        smallest = np.cumsum(np.sort(land.area_cm2))
        deepest = int(np.searchsorted(smallest, demands.high_cm2, side="right"))
        most = min(deepest, demands.max_plots or deepest)
        thick = land.planar_cm2 / land.area_cm2
        self._rules = Rules(
            goal=self.sought.goal,
            low=demands.low_cm2,
            high=demands.high_cm2,
            budget=_NO_LIMIT if demands.budget_fen is None else demands.budget_fen,
            most=max(most, 1),
            holders=demands.max_holders or _NO_LIMIT,
            required=len(required),
            compactness=float(demands.min_compactness),
            square=4 * np.pi * TENTHS_PER_M**2 / CM2_PER_M2,
            hull=HULL,
            thick=float(thick.max()),
            thin=float(thick.min()),
            price=price,
        )
        self._stand = _stand(count, max(most, 1), int(land.holder.max()) + 1)
        self._best = np.full(max(most, 1), -1, dtype=np.int64)

    def _price(self, gain: Ints) -> float:
        """Choose what a fen of the budget is worth, so that the bound of all plots is least."""
        budget, cost = self.demands.budget_fen, self.land.cost_fen
        if budget is None or self.sought.goal != GAIN or not cost.any():
            return 0.0
        usual = float(np.abs(gain).sum()) / float(cost.sum())
        bounds = []
        for price in _PRICES * usual:
            worth = np.maximum(gain - price * cost, 0.0)
            order = np.argsort(-worth / self.land.area_cm2, kind="stable")
            area = self.land.area_cm2[order]
            before = np.cumsum(area) - area
            part = np.clip((self.demands.high_cm2 - before) / area, 0.0, 1.0)
            bounds.append(price * budget + float((worth[order] * part).sum()))
        return float(_PRICES[int(np.argmin(bounds))] * usual)


def _stand(count: int, most: int, holders: int) -> Stand:
    """Make the arrays of a search that has not begun."""
    plots = [np.zeros(count, dtype=np.int64) for _ in range(8)]
    depths = [np.zeros(most + 1, dtype=np.int64) for _ in range(8)]
    state = np.full(count, AWAY, dtype=np.int64)
    return Stand(
        np.zeros(6, dtype=np.int64), np.full(2, NOTHING), state, plots[0], plots[1], plots[2],
        depths[0], depths[1], depths[2], depths[3], depths[4], depths[5], depths[6], depths[7],
        np.zeros(most + 1, dtype=np.int64), np.zeros(most + 1),
        np.zeros((most + 1, DIRECTIONS), dtype=np.int64), plots[3],
        plots[4], plots[5], plots[6], plots[7],
        np.zeros(holders, dtype=np.int64), np.zeros(holders, dtype=np.int64),
    )  # fmt: skip


def goals() -> dict[str, int]:
    """
    Name the goals of the search.

    Returns
    -------
    dict of str to int
        By the name of the objective.

    Examples
    --------
    >>> goals()["compact"] == COMPACT
    True
    """
    names = ("score", "cost", "fewest", "largest", "smallest")
    return dict.fromkeys(names, GAIN) | {
        "perimeter": PERIMETER, "compact": COMPACT, "holders": HOLDERS,
    }  # fmt: skip
