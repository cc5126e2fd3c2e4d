"""Give the parts of a plot their shares of its area, and print them so that they add up."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from enping_gis.units import AREA_UNITS, balance, printed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from enping_gis.units import AreaUnit

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.int64]

# A product of two floats is good to 2**-52 of its size: further from a tie than this, floats
# round as the exact fraction does.
_NEAR_TIE = 1e-12


def shares(planar_m2: Floats, plot: Rows) -> Floats:
    """
    Return what part of its plot each part is.

    Parameters
    ----------
    planar_m2 : array of float, shape (n,)
        Area of each part in the plane.
    plot : array of int, shape (n,)
        Row of its plot, ascending; every row has a part.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        1 for a plot in one part.
    """
    first = _first(plot)
    whole_m2 = np.add.reduceat(planar_m2, first)[plot] if len(plot) else planar_m2
    alone = (np.bincount(plot) == 1)[plot] if len(plot) else np.empty(0, dtype=bool)
    return np.where(alone, 1.0, planar_m2 / np.where(alone | (whole_m2 == 0), 1.0, whole_m2))


def unrounded(share: Floats, plot: Rows, own_m2: Floats) -> Floats:
    """
    Divide the areas of plots among their parts so that floats add up without any error.

    Parameters
    ----------
    share : array of float, shape (n,)
        What part of its plot each part is; the first part of a plot is its largest.
    plot : array of int, shape (n,)
        Row of its plot, ascending; every row has a part.
    own_m2 : array of float, shape (m,)
        Area of each plot in m2.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        Areas in m2; those of a plot add up to its area exactly, in whatever order.
    """
    if not len(plot):
        return np.empty(0)
    # Whole multiples of the last bit of the plot's area: floats add up such without rounding.
    step_m2 = np.spacing(own_m2)[plot]
    parts_m2 = np.round(share * own_m2[plot] / step_m2) * step_m2
    first = _first(plot)
    parts_m2[first] = 0.0
    parts_m2[first] = own_m2 - np.add.reduceat(parts_m2, first)
    return parts_m2


def balanced(parts_m2: Floats, plot: Rows, unit: AreaUnit) -> Floats:
    """
    Print areas so that the parts of each plot add up to the plot as printed.

    Parameters
    ----------
    parts_m2 : array of float, shape (n,)
        Areas in m2.
    plot : array of int, shape (n,)
        Row of the plot of each, ascending; every row has a part.
    unit : AreaUnit
        In which to print.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The floats nearest to the decimals; NaN where the area is not known.
    """
    figures = rounded(parts_m2, unit)
    if not len(plot):
        return figures
    cut = (np.bincount(plot) > 1)[plot] & np.isfinite(parts_m2)
    _, cut_plot = np.unique(plot[cut], return_inverse=True)
    figures[cut] = _dealt(parts_m2[cut], cut_plot, unit)
    return figures


def _dealt(parts_m2: Floats, plot: Rows, unit: AreaUnit) -> Floats:
    """Deal the units of the last digit by largest remainder, exactly where floats leave a doubt."""
    first = _first(plot)
    digits = parts_m2 * float(10**unit.decimals / unit.m2)
    slack = _NEAR_TIE * np.maximum(digits, 1.0)
    units = np.floor(digits)
    remainder = digits - units
    doubt = (remainder <= slack) | (remainder >= 1 - slack)
    # Sums of parts are exact, see `unrounded`.
    total = np.add.reduceat(parts_m2, first) if len(plot) else parts_m2
    missing = rounded(total, unit) * 10**unit.decimals - np.bincount(plot, units)
    missing = np.rint(missing).astype(np.int64)
    order = np.lexsort((-remainder, plot))
    place = np.arange(len(plot)) - first[plot]
    units[order] += place < missing[plot]
    # Who comes last to get one and who first to get none must be clearly apart.
    apart = remainder[order][:-1] - remainder[order][1:] > 2 * slack[order][:-1]
    last = place[1:] == missing[plot[1:]]
    doubt[order[1:]] |= last & ~apart
    figures = units / 10**unit.decimals
    for row in np.unique(plot[doubt]):
        here = slice(first[row], np.searchsorted(plot, row, side="right"))
        # Ties go by the number of the part; keys of one length sort like numbers.
        keyed = {f"{number:08}": float(part) for number, part in enumerate(parts_m2[here])}
        figures[here] = [float(figure) for figure in balance(keyed, unit).values()]
    return figures


def rounded(areas_m2: Floats, unit: AreaUnit) -> Floats:
    """
    Print areas as `enping_gis.units.printed` does, many at a time.

    Parameters
    ----------
    areas_m2 : array of float, shape (n,)
        Areas in m2, not negative.
    unit : AreaUnit
        In which to print.

    Returns
    -------
    numpy.ndarray of float, shape (n,)
        The floats nearest to the decimals; NaN stays.
    """
    digits = areas_m2 * float(10**unit.decimals / unit.m2)
    figures = np.floor(digits + 0.5) / 10**unit.decimals
    off_tie = np.abs(digits - np.floor(digits) - 0.5)
    for row in np.flatnonzero(off_tie <= _NEAR_TIE * np.maximum(digits, 1.0)):
        figures[row] = float(printed(float(areas_m2[row]), unit))
    return figures


def exact_sums(areas_m2: Floats, group: Rows, groups: int) -> list[Fraction]:
    """
    Add up floats per group without rounding.

    Parameters
    ----------
    areas_m2 : array of float, shape (n,)
        Finite areas in m2.
    group : array of int, shape (n,)
        Group of each.
    groups : int
        How many groups there are.

    Returns
    -------
    list of fractions.Fraction
        One sum for each group.
    """
    mantissa, exponent = np.frexp(areas_m2)
    # 53 bits are a whole number; those of one exponent add up as such.
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    sums = [Fraction(0)] * groups
    order = np.lexsort((exponent, group))
    group, exponent, whole = group[order], exponent[order], whole[order]
    begins = np.ones(len(group), dtype=bool)
    begins[1:] = (group[1:] != group[:-1]) | (exponent[1:] != exponent[:-1])
    first = np.flatnonzero(begins)
    for start, stop in zip(first, np.append(first, len(group))[1:], strict=True):
        total = sum(whole[start:stop].tolist())
        sums[group[start]] += Fraction(total) * Fraction(2) ** (int(exponent[start]) - 53)
    return sums


def printed_columns(parts_m2: Floats, plot: Rows) -> Iterable[tuple[str, Floats]]:
    """
    Print areas in every unit, balanced per plot.

    Parameters
    ----------
    parts_m2 : array of float, shape (n,)
        Areas in m2.
    plot : array of int, shape (n,)
        Row of the plot of each, ascending; every row has a part.

    Yields
    ------
    name : str
        ``area_m2``, ``area_ha`` and ``area_mu``.
    figures : numpy.ndarray of float, shape (n,)
        The floats nearest to the decimals.
    """
    for unit in AREA_UNITS:
        yield f"area_{unit.code}", balanced(parts_m2, plot, unit)


def _first(plot: Rows) -> Rows:
    """Return where the parts of each plot begin."""
    return np.searchsorted(plot, np.arange(plot[-1] + 1 if len(plot) else 0))
