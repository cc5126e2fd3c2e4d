"""Add up what pieces of two outlines cover together, and find the longest chord through it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from enping_gis.measure.outlines.compiled import part_of_loops
from enping_gis.measure.outlines.spans import sort_numbers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# The chords of so many pieces are looked at; beyond them the work grows with their cube.
MANY_PIECES = 64
# Widths that add up to less than this add up to nothing.
_ROUNDING_M = 1e-9


class Chords(NamedTuple):
    """
    Room to look for the longest chord.

    Parameters
    ----------
    stops : numpy.ndarray of float, shape (s,)
        Where pieces end or cross: two for each piece, and one for each pair.
    order : numpy.ndarray of float, shape (MANY_PIECES, 5)
        The pieces between two stops, from above.
    """

    stops: Floats
    order: Floats


@part_of_loops
def area_in_common_m2(ones: Floats, count: int, others: Floats, other_count: int) -> float:
    """
    Return the area that two plots have in common within a window.

    Parameters
    ----------
    ones : numpy.ndarray of float, shape (n, 5)
        Pieces of one outline, as far as they cover the window from above: x and y of the
        western end, x and y of the eastern end, heights from the floor of the window; and 1
        where the plot lies below the piece, -1 where it lies above.
    count : int
        How many pieces there are.
    others : numpy.ndarray of float, shape (n, 5)
        Pieces of the other outline.
    other_count : int
        How many of them there are.

    Returns
    -------
    float
        In square metres: the area under both of two pieces, added up over all pairs.
    """
    total_m2 = 0.0
    for one in range(count):
        for other in range(other_count):
            west, east = max(ones[one, 0], others[other, 0]), min(ones[one, 2], others[other, 2])
            if west >= east:
                continue
            a, b = _height_at(ones, one, west), _height_at(ones, one, east)
            c, d = _height_at(others, other, west), _height_at(others, other, east)
            mean_m = (min(a, c) + min(b, d)) / 2
            if (a > c) != (b > d):
                # They cross: the lower of the two has a peak there that the mean cuts off.
                first, second = abs(a - c), abs(b - d)
                mean_m += first * second / (2 * (first + second))
            total_m2 += ones[one, 4] * others[other, 4] * mean_m * (east - west)
    return max(total_m2, 0.0)


@part_of_loops
def depth_m(ones: Floats, count: int, others: Floats, other_count: int) -> float:
    """
    Bound the upright chords of what two plots have in common in a window.

    A chord ends no higher than the one plot does, and no lower than the other. The bound is
    close for neighbours, of which the one lies below their boundary and the other above.

    Parameters
    ----------
    ones : numpy.ndarray of float, shape (n, 5)
        Pieces of one outline, as `area_in_common_m2` takes them.
    count : int
        How many pieces there are.
    others : numpy.ndarray of float, shape (n, 5)
        Pieces of the other outline.
    other_count : int
        How many of them there are.

    Returns
    -------
    float
        In metres, at least as long as the longest chord; inf where the other plot covers any
        of the floor of the window.
    """
    floor_m = 0.0
    for other in range(other_count):
        floor_m += others[other, 4] * (others[other, 2] - others[other, 0])
    if abs(floor_m) > _ROUNDING_M:
        return math.inf
    deepest_m = 0.0
    for one in range(count):
        for other in range(other_count):
            west, east = max(ones[one, 0], others[other, 0]), min(ones[one, 2], others[other, 2])
            if west < east and ones[one, 4] > 0 and others[other, 4] < 0:
                at_west_m = _height_at(ones, one, west) - _height_at(others, other, west)
                at_east_m = _height_at(ones, one, east) - _height_at(others, other, east)
                deepest_m = max(deepest_m, at_west_m, at_east_m)
    return deepest_m


@part_of_loops
def _height_at(pieces: Floats, piece: int, x: float) -> float:
    x1, y1, x2, y2 = pieces[piece, 0], pieces[piece, 1], pieces[piece, 2], pieces[piece, 3]
    if x <= x1:
        return y1
    if x >= x2:
        return y2
    return y1 + (y2 - y1) * ((x - x1) / (x2 - x1))


@part_of_loops
def longest_chord_m(
    ones: Floats, count: int, others: Floats, other_count: int, chords: Chords
) -> float:
    """
    Return the length of the longest upright chord of what two plots have in common in a window.

    Parameters
    ----------
    ones : numpy.ndarray of float, shape (n, 5)
        Pieces of one outline, as `area_in_common_m2` takes them.
    count : int
        How many pieces there are, together no more than `MANY_PIECES`.
    others : numpy.ndarray of float, shape (n, 5)
        Pieces of the other outline.
    other_count : int
        How many of them there are.
    chords : Chords
        Room.

    Returns
    -------
    float
        In metres. The longest lies where a piece ends or crosses another.
    """
    stops, order = chords.stops, chords.order
    found = _stops(ones, count, others, other_count, stops)
    sort_numbers(stops, found)
    longest_m = 0.0
    for each in range(1, found):
        west, east = stops[each - 1], stops[each]
        if west < east:
            above = _ordered(ones, count, west, east, 0.0, order, 0)
            above = _ordered(others, other_count, west, east, 1.0, order, above)
            longest_m = max(longest_m, _chord_m(order, above))
    return longest_m


@part_of_loops
def _stops(ones: Floats, count: int, others: Floats, other_count: int, stops: Floats) -> int:
    """Note where pieces end, and where one of one plot crosses one of the other."""
    found = 0
    for piece in range(count):
        stops[found], stops[found + 1] = ones[piece, 0], ones[piece, 2]
        found += 2
    for piece in range(other_count):
        stops[found], stops[found + 1] = others[piece, 0], others[piece, 2]
        found += 2
    for one in range(count):
        for other in range(other_count):
            west, east = max(ones[one, 0], others[other, 0]), min(ones[one, 2], others[other, 2])
            if west >= east:
                continue
            first = _height_at(ones, one, west) - _height_at(others, other, west)
            second = _height_at(ones, one, east) - _height_at(others, other, east)
            if (first > 0) != (second > 0):
                stops[found] = west + first / (first - second) * (east - west)
                found += 1
    return found


@part_of_loops
def _ordered(
    pieces: Floats, count: int, west: float, east: float, plot: float, order: Floats, used: int
) -> int:
    """Put the pieces that pass between two stops among the others, the highest first."""
    middle = (west + east) / 2
    for piece in range(count):
        if pieces[piece, 0] >= middle or pieces[piece, 2] <= middle:
            continue
        height, free = _height_at(pieces, piece, middle), used
        while free > 0 and order[free - 1, 0] < height:
            for each in range(5):
                order[free, each] = order[free - 1, each]
            free -= 1
        order[free, 0] = height
        order[free, 1], order[free, 2] = (
            _height_at(pieces, piece, west),
            _height_at(pieces, piece, east),
        )
        order[free, 3], order[free, 4] = plot, pieces[piece, 4]
        used += 1
    return used


@part_of_loops
def _chord_m(order: Floats, count: int) -> float:
    """Go down through the pieces; return the longest way on which both plots are about."""
    longest_m, west_m, east_m = 0.0, 0.0, 0.0
    one, other, both = 0.0, 0.0, False
    for piece in range(count):
        if order[piece, 3] == 0:
            one += order[piece, 4]
        else:
            other += order[piece, 4]
        now = one > 0 and other > 0
        if now and not both:
            west_m, east_m = order[piece, 1], order[piece, 2]
        elif both and not now:
            longest_m = max(longest_m, west_m - order[piece, 1], east_m - order[piece, 2])
        both = now
    return max(longest_m, west_m, east_m) if both else longest_m
