"""Sort and unite short lists of numbers in compiled loops."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from enping_gis.measure.outlines.compiled import part_of_loops

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]


@part_of_loops
def sort_rows(values: Rows, first: int, last: int) -> None:
    """
    Sort part of an array in place, by Shell's method: most lists here are short or in order.

    Parameters
    ----------
    values : numpy.ndarray of int, shape (n,)
        What to sort.
    first, last : int
        Where the part begins, and where it ends.
    """
    step = 1
    while step < (last - first) // 3:
        step = 3 * step + 1
    while step > 0:
        for each in range(first + step, last):
            value, free = values[each], each
            while free >= first + step and values[free - step] > value:
                values[free] = values[free - step]
                free -= step
            values[free] = value
        step //= 3


@part_of_loops
def sort_numbers(values: Floats, count: int) -> None:
    """
    Sort the beginning of an array in place.

    Parameters
    ----------
    values : numpy.ndarray of float, shape (n,)
        What to sort.
    count : int
        How many.
    """
    for each in range(1, count):
        value, free = values[each], each
        while free > 0 and values[free - 1] > value:
            values[free] = values[free - 1]
            free -= 1
        values[free] = value


@part_of_loops
def united(low: Floats, high: Floats, count: int) -> float:
    """
    Return the length of the union of intervals; afterwards they are in order.

    Parameters
    ----------
    low, high : numpy.ndarray of float, shape (n,)
        Where each begins and ends.
    count : int
        How many there are; what lies behind them does not count.

    Returns
    -------
    float
        What they cover together.
    """
    step = 1
    while step < count // 3:
        step = 3 * step + 1
    while step > 0:
        for each in range(step, count):
            begins, ends, free = low[each], high[each], each
            while free >= step and low[free - step] > begins:
                low[free], high[free] = low[free - step], high[free - step]
                free -= step
            low[free], high[free] = begins, ends
        step //= 3
    covered, reached = 0.0, -math.inf
    for each in range(count):
        if high[each] > reached:
            covered += high[each] - max(low[each], reached)
            reached = high[each]
    return covered
