"""Add up floats group by group, exactly: many at a time, and nothing is rounded."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

# A float is a whole number of 53 bits times a power of two.
_BITS = 53
_LOW_BITS = 26


def exact_sums(parts: Floats, group: Ints, groups: int) -> list[Fraction]:
    """
    Add up the parts of each group.

    The 53 bits of a float are cut in two halves, which are added up for each group and power of
    two: such sums are whole numbers that floats hold exactly, for up to 2^26 parts.

    Parameters
    ----------
    parts : numpy.ndarray of float, shape (n,)
        What to add up; each counts as the exact binary value it is.
    group : numpy.ndarray of int, shape (n,)
        The group of each part, from 0.
    groups : int
        How many groups there are.

    Returns
    -------
    list of fractions.Fraction
        The sum of each group, 0 where it has no part.

    Raises
    ------
    ValueError
        A part is not finite.

    Examples
    --------
    >>> exact_sums(np.array([0.1, 0.2, 4.0]), np.array([0, 0, 1]), 3)
    [Fraction(10808639105689191, 36028797018963968), Fraction(4, 1), Fraction(0, 1)]
    >>> exact_sums(np.array([]), np.array([], dtype=np.int64), 0)
    []
    """
    if not np.isfinite(parts).all():
        msg = "only finite numbers can be added up"
        raise ValueError(msg)
    mantissa, exponent = np.frexp(parts)
    whole = np.ldexp(mantissa, _BITS).astype(np.int64)
    least = int(exponent.min(initial=0))
    span = int(exponent.max(initial=0)) - least + 1
    cells, cell = np.unique(group * span + (exponent - least), return_inverse=True)
    high, low = (
        np.bincount(cell, weights=half, minlength=len(cells)).tolist()
        for half in (whole >> _LOW_BITS, whole & ((1 << _LOW_BITS) - 1))
    )
    sums = [Fraction(0)] * groups
    for at, upper, lower in zip(cells.tolist(), high, low, strict=True):
        number, power = divmod(at, span)
        units = (int(upper) << _LOW_BITS) + int(lower)
        sums[number] += units * Fraction(2) ** (power + least - _BITS)
    return sums
