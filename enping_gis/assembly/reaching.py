"""Tell which plots are within reach of a first one, and what sets with it can be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from enping_gis.assembly.field import (
    ASKING,
    AWAY,
    BALL,
    DEPTH,
    FREE,
    NOTHING,
    REASON,
    RUNNING,
)
from enping_gis.assembly.search import bound_of, hull_of, leave, longest_outline, take, weigh
from enping_gis.measure.outlines.compiled import compiled_with_arrays, part_with_arrays

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.assembly.field import Field, Rules, Stand

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

_QUEUED = 4


@part_with_arrays
def reach(  # noqa: C901 - one search by breadth, for the compiler
    field: Field, rules: Rules, stand: Stand, root: int
) -> None:
    """Gather the plots that can be in a set with the root: by area, number, cost and hull."""
    longest = longest_outline(rules, stand)
    stand.state[root], stand.apart[root] = FREE, field.area[root]
    stand.ball[0], stand.passed[0] = root, root
    count, here, hops = 1, 1, 1
    while here > 0 and hops < rules.most:
        following = 0
        for each in range(here):
            plot = stand.passed[each]
            stand.state[plot] = FREE
        for each in range(here):
            plot = stand.passed[each]
            for link in range(field.first[plot], field.first[plot + 1]):
                other = field.other[link]
                area = stand.apart[plot] + field.area[other]
                if area > rules.high or (field.root[other] and other < root):
                    continue
                if field.cost[other] + field.cost[root] > rules.budget:
                    continue
                if stand.state[other] == AWAY:
                    if hull_of(field.support[root], field.support[other], rules.hull) > longest:
                        continue
                    stand.ball[count] = other
                    count += 1
                elif area >= stand.apart[other]:
                    continue
                stand.apart[other] = area
                if stand.state[other] != _QUEUED:
                    stand.state[other] = _QUEUED
                    stand.seen[following] = other
                    following += 1
        for each in range(following):
            stand.passed[each] = stand.seen[each]
        here = following
        hops += 1
    for each in range(here):
        stand.state[stand.passed[each]] = FREE
    stand.ball[:count] = np.sort(stand.ball[:count])
    stand.at[BALL] = count


@part_with_arrays
def forget(stand: Stand) -> None:
    """Put all plots out of reach again."""
    for each in range(stand.at[BALL]):
        stand.state[stand.ball[each]] = AWAY
    stand.at[BALL] = 0


@compiled_with_arrays
def begun(field: Field, rules: Rules, stand: Stand, best: Ints, root: int) -> None:
    """Begin the search with a root."""
    forget(stand)
    reach(field, rules, stand, root)
    take(field, stand, root, 0)
    stand.at[DEPTH], stand.at[REASON] = 0, RUNNING
    if weigh(field, rules, stand, 0, best):
        stand.at[REASON] = ASKING


@compiled_with_arrays
def outlooks(field: Field, rules: Rules, stand: Stand, roots: Ints, bounds: Floats) -> None:
    """Bound what sets that begin with each of some roots can be worth."""
    for each in range(len(roots)):
        root = roots[each]
        if field.cost[root] > rules.budget or field.area[root] > rules.high:
            bounds[each] = NOTHING
            continue
        forget(stand)
        reach(field, rules, stand, root)
        take(field, stand, root, 0)
        bounds[each] = bound_of(field, rules, stand, 0)
        leave(field, stand, 0)
    forget(stand)
