"""
Search for the best set of plots: the compiled loop of branch and bound.

A set is grown from its first plot: take the best plot that lies against it, then search on as if
that plot were not there. What is left of a branch is bounded by what the plots still within reach
can add at most: a fractional knapsack for whatever adds up, and for shape the boundary that can no
longer be covered, the hull and the circle. A branch whose bound does not beat the best set known is
not searched. Plots are numbered by what they add per area, best first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from enping_gis.assembly.field import (
    ANSWER,
    ASKING,
    BALL,
    COMPACT,
    DEPTH,
    DONE,
    FREE,
    GAIN,
    MARK,
    NOTHING,
    PASSED,
    PENDING,
    PERIMETER,
    REASON,
    RUNNING,
    STEPS,
    TAKEN,
    VALUE,
)
from enping_gis.measure.outlines.compiled import compiled_with_arrays, part_with_arrays

if TYPE_CHECKING:
    import numpy.typing as npt

    from enping_gis.assembly.field import Field, Rules, Stand

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-12


@part_with_arrays
def hull_of(support: Ints, more: Ints, hull: float) -> float:
    """Return the least length of an outline around a set and one plot more."""
    total = 0
    for each in range(len(support)):
        total += max(support[each], more[each])
    return hull * total


@part_with_arrays
def longest_outline(rules: Rules, stand: Stand) -> float:
    """Return how long an outline may be that still keeps to the demands, or beats the best."""
    least = rules.compactness
    if rules.goal == COMPACT and stand.found[VALUE] > least:
        least = stand.found[VALUE]
    longest = -NOTHING
    if least > 0:
        longest = np.sqrt(rules.square * rules.thick * rules.high / (least * (1 - 1e-9))) + 1.0
    if rules.goal == PERIMETER and -stand.found[VALUE] < longest:
        longest = -stand.found[VALUE]
    return longest


@part_with_arrays
def mark_reach(field: Field, rules: Rules, stand: Stand, depth: int) -> None:
    """Mark the plots that a set grown from this one can contain: by area, number and hull."""
    room, hops = rules.high - stand.area[depth], rules.most - depth - 1
    longest = longest_outline(rules, stand)
    stand.at[MARK] += 1
    mark = stand.at[MARK]
    queue, count = stand.queue, 0
    for each in range(stand.seen_at[depth]):
        plot = stand.seen[each]
        if hops > 0 and can_join(field, rules, stand, depth, plot, room, longest):
            stand.near[plot], stand.near_area[plot] = mark, field.area[plot]
            queue[count], stand.queued[plot] = plot, 1
            count += 1
    begin = 0
    # A plot comes back once its way gets shorter; no plot waits twice, so the ring is large enough.
    while count > 0:
        plot = queue[begin]
        begin = (begin + 1) % len(queue)
        count -= 1
        stand.queued[plot] = 0
        for link in range(field.first[plot], field.first[plot + 1]):
            other = field.other[link]
            area = stand.near_area[plot] + field.area[other]
            if stand.state[other] != FREE or area > room:
                continue
            if stand.near[other] == mark:
                if area >= stand.near_area[other]:
                    continue
            elif not can_join(field, rules, stand, depth, other, room, longest):
                continue
            stand.near[other], stand.near_area[other] = mark, area
            if stand.queued[other] == 0:
                queue[(begin + count) % len(queue)] = other
                stand.queued[other] = 1
                count += 1


@part_with_arrays
def can_join(  # noqa: PLR0917 - compiled loops hand numbers on by their place
    field: Field, rules: Rules, stand: Stand, depth: int, plot: int, room: int, longest: float
) -> bool:
    """Tell whether a plot alone breaks no demand together with the set."""
    if stand.state[plot] != FREE or field.area[plot] > room:
        return False
    if stand.cost[depth] + field.cost[plot] > rules.budget:
        return False
    if longest >= -NOTHING:
        return True
    return hull_of(stand.support[depth], field.support[plot], rules.hull) <= longest


@part_with_arrays
def open_outline(field: Field, rules: Rules, stand: Stand, depth: int) -> float:
    """Return the least length that the outline of any set grown from this one has."""
    mark = stand.at[MARK]
    total = 0
    for each in range(depth + 1):
        plot = stand.chosen[each]
        total += field.perimeter[plot]
        for link in range(field.first[plot], field.first[plot + 1]):
            other = field.other[link]
            state = stand.state[other]
            if state == TAKEN or (state == FREE and stand.near[other] == mark):
                total -= field.shared[link]
    hull = hull_of(stand.support[depth], stand.support[depth], rules.hull)
    area = max(rules.low, stand.area[depth])
    circle = np.sqrt(rules.square * rules.thin * area)
    return max(float(total), hull, circle)


@part_with_arrays
def knapsack(field: Field, rules: Rules, stand: Stand, depth: int) -> float:
    """Return what the gain can be at most, or nothing where the land within reach is too little."""
    room = rules.high - stand.area[depth]
    left, need = float(room), float(rules.low - stand.area[depth])
    bound = float(stand.gain[depth]) + rules.price * float(rules.budget - stand.cost[depth])
    mark = stand.at[MARK]
    for each in range(stand.at[BALL]):
        plot = stand.ball[each]
        if stand.state[plot] != FREE or stand.near[plot] != mark:
            continue
        worth = field.worth[plot]
        if worth > 0:
            part = min(float(field.area[plot]), left)
        elif need > 0:
            part = min(float(field.area[plot]), need)
        else:
            break
        bound += worth * (part / field.area[plot])
        left -= part
        need -= part
        if left <= 0:
            break
    return bound if need <= 0 else NOTHING


@part_with_arrays
def fewest_holders(field: Field, rules: Rules, stand: Stand, depth: int) -> float:
    """Return how many holders there are at least."""
    need = rules.low - stand.area[depth]
    most = 0
    for each in range(stand.at[BALL]):
        plot = stand.ball[each]
        if stand.state[plot] != FREE or stand.near[plot] != stand.at[MARK]:
            continue
        holder = field.holder[plot]
        if stand.holder_count[holder] > 0:
            need -= field.area[plot]
        else:
            stand.holder_area[holder] += field.area[plot]
            most = max(most, stand.holder_area[holder])
    for each in range(stand.at[BALL]):
        stand.holder_area[field.holder[stand.ball[each]]] = 0
    if need <= 0:
        return float(stand.holders[depth])
    if most == 0:
        return -NOTHING
    return float(stand.holders[depth] + (need + most - 1) // most)


@part_with_arrays
def bound_of(field: Field, rules: Rules, stand: Stand, depth: int) -> float:
    """Return what the value of any set grown from this one can be at most."""
    mark_reach(field, rules, stand, depth)
    gain = knapsack(field, rules, stand, depth)
    if gain == NOTHING:
        return NOTHING
    shaped = rules.goal in (PERIMETER, COMPACT)
    outline = 0.0
    if shaped or rules.compactness > 0:
        outline = open_outline(field, rules, stand, depth)
        if outline > longest_outline(rules, stand):
            return NOTHING
    if rules.goal == GAIN:
        return gain
    if rules.goal == PERIMETER:
        return -outline + 0.5
    if rules.goal == COMPACT:
        return min(1.0, rules.square * rules.thick * rules.high / (outline * outline))
    holders = fewest_holders(field, rules, stand, depth)
    return -holders if holders <= rules.holders else NOTHING


@part_with_arrays
def beats(rules: Rules, value: float, best: float) -> bool:
    """Tell whether a value is better than the best one by more than rounding."""
    if rules.goal == COMPACT:
        return value > best + _ROUNDING
    return value > best + 0.5


@part_with_arrays
def value_of(field: Field, rules: Rules, stand: Stand, depth: int) -> float:
    """Return the value of the set, or nothing where it does not keep to the demands."""
    if stand.area[depth] < rules.low or stand.required[depth] < rules.required:
        return NOTHING
    total = 0
    for each in range(depth + 1):
        plot = stand.chosen[each]
        total += field.perimeter[plot]
        for link in range(field.first[plot], field.first[plot + 1]):
            if stand.state[field.other[link]] == TAKEN:
                total -= field.shared[link]
    square = rules.square * stand.planar[depth]
    hull = hull_of(stand.support[depth], stand.support[depth], rules.hull)
    perimeter = max(float(total), hull, np.sqrt(square))
    compactness = square / (perimeter * perimeter)
    if compactness < rules.compactness - _ROUNDING:
        return NOTHING
    if rules.goal == GAIN:
        return float(stand.gain[depth])
    if rules.goal == PERIMETER:
        return -np.rint(perimeter)
    if rules.goal == COMPACT:
        return compactness
    return -float(stand.holders[depth])


@part_with_arrays
def take(field: Field, stand: Stand, plot: int, depth: int) -> None:
    """Put a plot into the set, which is then as deep as asked for."""
    holder = field.holder[plot]
    seen = 0
    stand.chosen[depth] = plot
    stand.area[depth], stand.planar[depth] = field.area[plot], field.planar[plot]
    stand.cost[depth], stand.gain[depth] = field.cost[plot], field.gain[plot]
    stand.holders[depth] = 1 if stand.holder_count[holder] == 0 else 0
    stand.required[depth] = field.required[plot]
    stand.support[depth] = field.support[plot]
    if depth > 0:
        seen = stand.seen_at[depth - 1]
        stand.area[depth] += stand.area[depth - 1]
        stand.planar[depth] += stand.planar[depth - 1]
        stand.cost[depth] += stand.cost[depth - 1]
        stand.gain[depth] += stand.gain[depth - 1]
        stand.holders[depth] += stand.holders[depth - 1]
        stand.required[depth] += stand.required[depth - 1]
        for each in range(stand.support.shape[1]):
            before = stand.support[depth - 1, each]
            stand.support[depth, each] = max(stand.support[depth, each], before)
    stand.holder_count[holder] += 1
    stand.state[plot] = TAKEN
    for link in range(field.first[plot], field.first[plot + 1]):
        other = field.other[link]
        if stand.state[other] == FREE and stand.apart[other] >= 0:
            stand.apart[other] = -1 - stand.apart[other]
            stand.seen[seen] = other
            seen += 1
    stand.seen_at[depth] = seen
    stand.passed_at[depth] = 0 if depth == 0 else stand.passed_at[depth - 1]


@part_with_arrays
def leave(field: Field, stand: Stand, depth: int) -> None:
    """Take the last plot out of the set again, and free what was passed over with it."""
    before_seen = 0 if depth == 0 else stand.seen_at[depth - 1]
    before_passed = 0 if depth == 0 else stand.passed_at[depth - 1]
    for each in range(before_passed, stand.passed_at[depth]):
        stand.state[stand.passed[each]] = FREE
    for each in range(before_seen, stand.seen_at[depth]):
        other = stand.seen[each]
        stand.apart[other] = -1 - stand.apart[other]
    plot = stand.chosen[depth]
    stand.state[plot] = FREE
    stand.holder_count[field.holder[plot]] -= 1


@part_with_arrays
def next_plot(field: Field, rules: Rules, stand: Stand, depth: int) -> int:
    """Return the best plot that lies against the set and may be taken, or -1."""
    if depth + 1 >= rules.most:
        return -1
    shaped = rules.goal in (PERIMETER, COMPACT)
    best, shortest = -1, 0
    for each in range(stand.seen_at[depth]):
        plot = stand.seen[each]
        if stand.state[plot] != FREE or (best >= 0 and plot > best and not shaped):
            continue
        if stand.near[plot] != stand.at[MARK]:
            continue
        new = 1 if stand.holder_count[field.holder[plot]] == 0 else 0
        if stand.holders[depth] + new > rules.holders:
            continue
        if shaped:
            longer = field.perimeter[plot]
            for link in range(field.first[plot], field.first[plot + 1]):
                if stand.state[field.other[link]] == TAKEN:
                    longer -= 2 * field.shared[link]
            if best >= 0 and (longer > shortest or (longer == shortest and plot > best)):
                continue
            shortest = longer
        best = plot
    return best


@part_with_arrays
def weigh(field: Field, rules: Rules, stand: Stand, depth: int, best: Ints) -> bool:
    """Keep the set if it is the best one; tell whether its width has to be asked for."""
    value = value_of(field, rules, stand, depth)
    if value == NOTHING or not beats(rules, value, stand.found[VALUE]):
        return False
    wide = False
    for each in range(depth + 1):
        wide |= field.wide[stand.chosen[each]] == 1
    if not wide:
        stand.found[PENDING] = value
        return True
    keep(stand, depth, value, best)
    return False


@part_with_arrays
def keep(stand: Stand, depth: int, value: float, best: Ints) -> None:
    """Keep the set as the best one."""
    stand.found[VALUE] = value
    best[:] = -1
    for each in range(depth + 1):
        best[each] = stand.chosen[each]


@compiled_with_arrays
def searched(  # noqa: C901 - one loop over arrays, for the compiler
    field: Field, rules: Rules, stand: Stand, best: Ints, most_steps: int
) -> None:
    """Search on from where it stands, until the root is done or there is something to ask."""
    at = stand.at
    depth, steps = at[DEPTH], 0
    if at[REASON] == ASKING:
        if at[ANSWER] == 1:
            keep(stand, depth, stand.found[PENDING], best)
        at[REASON] = RUNNING
    while depth >= 0 and steps < most_steps:
        steps += 1
        bound = bound_of(field, rules, stand, depth)
        stand.bound[depth] = bound
        plot = -1
        if bound != NOTHING and beats(rules, bound, stand.found[VALUE]):
            plot = next_plot(field, rules, stand, depth)
        if plot >= 0:
            depth += 1
            take(field, stand, plot, depth)
            if weigh(field, rules, stand, depth, best):
                at[REASON] = ASKING
                break
            continue
        # Nothing more to gain here: search on without the last plot, if that may be.
        while depth >= 0:
            plot = stand.chosen[depth]
            leave(field, stand, depth)
            depth -= 1
            if depth >= 0:
                stand.state[plot] = PASSED
                stand.passed[stand.passed_at[depth]] = plot
                stand.passed_at[depth] += 1
            if not field.required[plot]:
                break
    at[DEPTH] = depth
    at[STEPS] += steps
    if depth < 0:
        at[REASON] = DONE
