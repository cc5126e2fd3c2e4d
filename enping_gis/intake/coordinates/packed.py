"""Tell degrees, minutes and seconds packed as ddd.mmssss from decimal degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

_CIRCLE_DEG = 360
_PACKED = 10**10
# Share of plots with 60 or more minutes or seconds from which degrees are decimal: where the
# file says nothing, and where it says that they are packed.
_SIXTIES, _SIXTIES_AGAINST_HEADER = 0.02, 0.5
# So many plots over so many degrees without any such number: they are packed. Two of five
# decimal numbers would have one.
_PLOTS, _SPREAD_DEG = 12, 0.03


def unpacked(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """
    Return degrees that were written as ddd.mmssss.

    Parameters
    ----------
    values : numpy.ndarray of float
        Degrees, minutes and seconds in one number, of any sign.

    Returns
    -------
    numpy.ndarray of float
        Decimal degrees; not a number where minutes or seconds are 60 or more.

    Examples
    --------
    >>> unpacked(np.array([112.153, 112.75, -0.3])).tolist()
    [112.25833333333334, nan, -0.5]
    >>> unpacked(np.array([])).size
    0
    """
    with np.errstate(invalid="ignore"):
        safe = np.abs(values) <= _CIRCLE_DEG
        # Whole numbers of a ten-thousandth of a second's hundredth: 112.153 is 112.15299999...
        whole = np.rint(np.where(safe, np.abs(values), 0) * _PACKED).astype(np.int64)
    degrees, rest = np.divmod(whole, _PACKED)
    minutes, rest = np.divmod(rest, _PACKED // 100)
    seconds = rest / (_PACKED // 10_000)
    good = safe & (minutes < 60) & (seconds < 60)  # noqa: PLR2004 - sixty to the hour
    return np.where(good, np.copysign(degrees + minutes / 60 + seconds / 3600, values), np.nan)


def written_as(
    shapes: npt.NDArray[np.object_], *, said: bool
) -> tuple[Literal["decimal", "packed", "either"], npt.NDArray[np.bool_]]:
    """
    Tell from the digits how degrees are written.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Plots in the numbers of the file; what cannot be degrees is no witness.
    said : bool
        The file says that its degrees are packed.

    Returns
    -------
    how : {"decimal", "packed", "either"}
        How they are written.
    sixties : numpy.ndarray of bool, shape (n,)
        Plots that have 60 or more minutes or seconds, were they packed.

    Examples
    --------
    >>> written_as(np.array([shapely.box(112.15, 22.1, 112.1501, 22.1001)]), said=False)[0]
    'either'
    >>> written_as(np.array([shapely.box(112.16, 22.1, 112.1699, 22.1001)]), said=False)[0]
    'decimal'
    """
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    with np.errstate(invalid="ignore"):
        witnesses = (np.abs(bounds) <= _CIRCLE_DEG).all(1)
    sixties = np.zeros(len(shapes), dtype=bool)
    if not witnesses.any():
        return "decimal", sixties
    vertices, owners = shapely.get_coordinates(shapes, return_index=True)
    sixties[owners[np.isnan(unpacked(vertices)).any(1)]] = True
    if sixties[witnesses].mean() > (_SIXTIES_AGAINST_HEADER if said else _SIXTIES):
        return "decimal", sixties
    sides = bounds[witnesses & ~sixties]
    wide = bool(np.ptp(sides, axis=0).max() >= _SPREAD_DEG)
    return ("packed" if said or (wide and len(sides) >= _PLOTS) else "either"), sixties
