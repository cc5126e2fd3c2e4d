"""
Find every connected set of plots in an area window, each once.

A set is grown from its first plot by plots discovered on the way: who is passed over once is never
taken later, so no set comes twice (the scheme of ESU, Wernicke 2006, IEEE/ACM TCBB 3(4), in the
"simple" form of Komusiewicz and Sommer 2021, with areas in place of sizes). Few sets are found in
plain Python; many by the compiled loop, which yields the same sets in the same order.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from enping_gis.measure.outlines.compiled import compiled_with_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

# So many plots are looked at in plain Python, a tenth of a second, before the loop is compiled.
PLAIN_STEPS = 60_000
_BATCH = 65_536
_STEPS_AT_A_TIME = 4_000_000
# Where a walk stands: the root, how deep, how far it got.
_ROOT, _DEPTH, _STEPS, _END = 0, 1, 2, 3


class Ground(NamedTuple):
    """
    Plots in the order in which sets begin with them, and who lies against whom.

    Parameters
    ----------
    first, other : numpy.ndarray of int
        Neighbours of each plot, as in `Links`.
    area, cost : numpy.ndarray of int
        Of each plot, in cm2 and fen.
    """

    first: Ints
    other: Ints
    area: Ints
    cost: Ints


class Limits(NamedTuple):
    """
    What sets have to keep to.

    Parameters
    ----------
    low, high : int
        Window of the area, in cm2.
    budget : int
        Most cost, in fen.
    most : int
        Most plots.
    roots : int
        Sets begin with one of the first so many plots.
    """

    low: int
    high: int
    budget: int
    most: int
    roots: int


class _Walk(NamedTuple):
    """Where the compiled loop stands, so that it can go on."""

    at: Ints
    queue: Ints
    seen: npt.NDArray[np.uint8]
    chosen: Ints
    following: Ints
    length: Ints
    total: Ints
    spent: Ints


class Batch(NamedTuple):
    """
    Some of the sets.

    Parameters
    ----------
    sets : numpy.ndarray of int, shape (m, k)
        Plots of each set, in the order of growth, then -1.
    complete : bool
        Whether these are the last ones and none is missing.
    """

    sets: Ints
    complete: bool


def plain_sets(ground: Ground, limits: Limits, most_steps: int | None) -> list[tuple[int, ...]]:
    """
    Find all sets in plain Python.

    Parameters
    ----------
    ground : Ground
        The plots.
    limits : Limits
        The demands.
    most_steps : int or None
        Give up after looking at so many plots.

    Returns
    -------
    list of tuple of int
        Plots of each set, in the order of growth.

    Raises
    ------
    OverflowError
        There was more to look at.

    Examples
    --------
    >>> row = Ground(*map(np.array, ([0, 1, 3, 4], [1, 0, 2, 1], [5, 5, 5], [0, 0, 0])))
    >>> plain_sets(row, Limits(10, 15, 0, 3, 3), None)
    [(0, 1), (0, 1, 2), (1, 2)]
    """
    first, other = ground.first.tolist(), ground.other.tolist()
    area, cost = ground.area.tolist(), ground.cost.tolist()
    low, high, budget, most, roots = limits
    neighbours = [other[first[plot] : first[plot + 1]] for plot in range(len(area))]
    least = min(area, default=0)
    seen = bytearray(len(area))
    found: list[tuple[int, ...]] = []
    left = -1 if most_steps is None else most_steps

    def _grow(chosen: tuple[int, ...], total: int, spent: int, queue: list[int]) -> None:
        nonlocal left
        deeper = len(chosen) + 1 < most
        left -= len(queue)
        if -len(queue) <= left < 0 and most_steps is not None:
            raise OverflowError
        for place, plot in enumerate(queue, 1):
            together, price = total + area[plot], spent + cost[plot]
            if together > high or price > budget:
                continue
            both = (*chosen, plot)
            if together >= low:
                found.append(both)
            if deeper and together + least <= high:
                fresh = [each for each in neighbours[plot] if not seen[each]]
                for each in fresh:
                    seen[each] = 1
                _grow(both, together, price, queue[place:] + fresh)
                for each in fresh:
                    seen[each] = 0

    for root in range(min(roots, len(area))):
        seen[root] = 1
        _grow((), 0, 0, [root])
    return found


def grown_sets(ground: Ground, limits: Limits, *, until: float | None = None) -> Iterator[Batch]:
    """
    Find all sets, batch after batch.

    Parameters
    ----------
    ground : Ground
        The plots.
    limits : Limits
        The demands.
    until : float, optional
        Moment of `time.monotonic` at which to stop.

    Yields
    ------
    Batch
        Sets; the last batch tells whether none is missing.
    """
    if not len(ground.area) or not limits.roots:
        yield Batch(np.empty((0, 1), dtype=np.int64), complete=True)
        return
    try:
        found = plain_sets(ground, limits, PLAIN_STEPS)
    except OverflowError:
        yield from quick_sets(ground, limits, until=until)
        return
    yield Batch(_padded(found), complete=True)


def quick_sets(ground: Ground, limits: Limits, *, until: float | None = None) -> Iterator[Batch]:
    """
    Find all sets by the compiled loop.

    Parameters
    ----------
    ground : Ground
        The plots.
    limits : Limits
        The demands.
    until : float, optional
        Moment of `time.monotonic` at which to stop.

    Yields
    ------
    Batch
        As `grown_sets` yields them.
    """
    most = _most_plots(ground.area, limits)
    limits = limits._replace(most=most, roots=min(limits.roots, len(ground.area)))
    walk = _fresh_walk(len(ground.area), most)
    fill = _filled.quick
    complete = False
    while not complete:
        sets = np.full((_BATCH, most), -1, dtype=np.int64)
        count = fill(ground, limits, walk, sets, int(walk.at[_STEPS]) + _STEPS_AT_A_TIME)
        complete = bool(walk.at[_END])
        yield Batch(sets[:count], complete)
        if until is not None and time.monotonic() >= until:
            return


def _most_plots(area: Ints, limits: Limits) -> int:
    """Return how many plots can be in a set at all."""
    smallest = np.cumsum(np.sort(area))
    return max(min(limits.most, int(np.searchsorted(smallest, limits.high, side="right"))), 1)


def _fresh_walk(count: int, most: int) -> _Walk:
    depth = most + 1
    columns = [np.zeros(depth, dtype=np.int64) for _ in range(5)]
    at = np.array([-1, -1, 0, 0], dtype=np.int64)
    queue, seen = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.uint8)
    return _Walk(at, queue, seen, *columns)


def _padded(found: Sequence[tuple[int, ...]]) -> Ints:
    most = max(map(len, found), default=1)
    sets = np.full((len(found), most), -1, dtype=np.int64)
    for row, each in enumerate(found):
        sets[row, : len(each)] = each
    return sets


@compiled_with_arrays
def _filled(  # noqa: C901 - one loop, which would be slower in pieces
    ground: Ground, limits: Limits, walk: _Walk, sets: Ints, most_steps: int
) -> int:
    """Write sets into rows until these are full, or all is done; return how many."""
    at, queue, seen = walk.at, walk.queue, walk.seen
    root, depth, steps = at[0], at[1], at[2]
    least = ground.area.min()
    count = 0
    while count < len(sets) and steps < most_steps:
        if depth < 0:
            root += 1
            if root >= limits.roots:
                at[3] = 1
                break
            seen[root] = 1
            queue[0] = root
            depth, walk.following[0], walk.length[0] = 0, 0, 1
        place = walk.following[depth]
        if place == walk.length[depth]:
            depth -= 1
            if depth >= 0:
                for back in range(walk.length[depth], walk.length[depth + 1]):
                    seen[queue[back]] = 0
            continue
        steps += 1
        walk.following[depth] = place + 1
        plot = queue[place]
        together = walk.total[depth] + ground.area[plot]
        price = walk.spent[depth] + ground.cost[plot]
        if together > limits.high or price > limits.budget:
            continue
        walk.chosen[depth] = plot
        if together >= limits.low:
            for each in range(depth + 1):
                sets[count, each] = walk.chosen[each]
            count += 1
        if depth + 1 < limits.most and together + least <= limits.high:
            length = walk.length[depth]
            for link in range(ground.first[plot], ground.first[plot + 1]):
                other = ground.other[link]
                if not seen[other]:
                    seen[other] = 1
                    queue[length] = other
                    length += 1
            depth += 1
            walk.following[depth], walk.length[depth] = place + 1, length
            walk.total[depth], walk.spent[depth] = together, price
    at[0], at[1], at[2] = root, depth, steps
    return count
