"""Choose how the numbers of a layer are read: once for the majority, then plot by plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from enping_gis.crs import Extent, crs_name
from enping_gis.errors import CRSError
from enping_gis.intake.coordinates.readings import (
    ORIGIN_DEG,
    Reading,
    candidates,
    in_county,
    in_degrees,
    in_use,
)
from enping_gis.intake.coordinates.zones import stated_zones, zone_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.intake.coordinates.readings import Boxes, Mask
    from enping_gis.intake.raw import Hints

NOWHERE, AMBIGUOUS = -1, -2
# Share of the plots that must land in the county before its extent corrects single plots, and
# before it settles a file that declares nothing, or a system that holds no plot there.
_AGAINST_DECLARED, _UNDECLARED = 0.5, 0.2
# Another reading that holds nearly as many plots as the best one is a rival.
_RIVAL = 0.8
# Further away, a stray plot of a file of the county is a mistake; another zone is 3 degrees off.
_STRAY_DEG = 2.0


@dataclass(frozen=True)
class Numbers:
    """
    The numbers of a layer, and all that is said about them.

    Parameters
    ----------
    bounds : numpy.ndarray of float, shape (n, 4)
        Bounds of the plots in the numbers of the file, not finite where there is no geometry.
    file : str
        Where they are from, for messages.
    hints : Hints
        What the file says besides a CRS.
    declared, option : pyproj.CRS or None
        What the file declares and what the user says, on CGCS2000 where the datum is local.
    county : Extent
        Box of the county in degrees.
    degrees : {"decimal", "packed", "either"}
        How degrees may be written.
    sixties : numpy.ndarray of bool, shape (n,), optional
        Plots with 60 or more minutes or seconds, were they packed degrees.
    doubtful : bool
        The file says degrees, and its digits do not tell whether they are packed.
    """

    bounds: Boxes
    file: str
    hints: Hints
    declared: CRS | None
    option: CRS | None
    county: Extent
    degrees: Literal["decimal", "packed", "either"] = "decimal"
    sixties: Mask | None = None
    doubtful: bool = False

    @property
    def spoken(self) -> Mask:
        """
        Tell which plots have coordinates.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            False where bounds are not finite.
        """
        return np.asarray(np.isfinite(self.bounds).all(axis=1))

    @property
    def witnesses(self) -> int:
        """
        Count the plots that can settle a system.

        Returns
        -------
        int
            At least 1; plots at 0, 0 were never given a place.
        """
        placed = ~(np.abs(self.bounds) < ORIGIN_DEG).all(axis=1)
        return max(int((self.spoken & placed).sum()), 1)

    def here(self, reading: Reading) -> Mask:
        """
        Tell which plots a reading puts into the county.

        Parameters
        ----------
        reading : Reading
            How to read them.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            False for packed degrees with 60 or more minutes or seconds.
        """
        found = in_county(self.bounds, reading, self.county)
        return found & ~self.sixties if reading.packed and self.sixties is not None else found

    def written(self) -> str:
        """
        Return the bounds of all plots for a message.

        Returns
        -------
        str
            Least and greatest first and second number.
        """
        spoken = self.bounds[self.spoken]
        return sides([*spoken[:, :2].min(0), *spoken[:, 2:].max(0)])


@dataclass(frozen=True)
class Placing:
    """
    How each plot is read.

    Parameters
    ----------
    readings : tuple of Reading
        The readings that were tried, the main one first.
    which : numpy.ndarray of int, shape (n,)
        Index of the reading of each plot, `NOWHERE` or `AMBIGUOUS`.
    how : str
        How the main reading was found.
    outside : numpy.ndarray of bool, shape (n,)
        Plots that the main reading puts out of a county in which the majority lies.
    """

    readings: tuple[Reading, ...]
    which: npt.NDArray[np.int64]
    how: str
    outside: Mask


def sides(bounds: Boxes | list[float]) -> str:
    """
    Return bounds for a message.

    Parameters
    ----------
    bounds : sequence of 4 float
        Least and greatest numbers.

    Returns
    -------
    str
        The numbers to 8 figures.

    Examples
    --------
    >>> sides([0.0, 1.5, 37620000.0, 3.0])
    '0, 1.5, 37620000, 3'
    """
    return ", ".join(f"{float(side):.8g}" for side in bounds)


def placed(numbers: Numbers, previous: Reading | None = None) -> Placing:
    """
    Choose how each plot is read.

    The option wins, then what the file declares where that lands in the county, then the one
    candidate that puts the plots into the county; where none does, the declared system in its
    own area of use. A few plots that fall elsewhere are read in the one way that puts them
    into the county.

    Parameters
    ----------
    numbers : Numbers
        The numbers of the layer and all that is said about them; some plot has coordinates.
    previous : Reading, optional
        Main reading of an earlier part of the layer, which then stands.

    Returns
    -------
    Placing
        Reading of each plot.

    Raises
    ------
    CRSError
        Nothing settles the main reading, or several candidates do.
    """
    base = previous or _base(numbers)
    spoken = numbers.spoken
    how = _how(numbers, base) if base else "extent"
    if base and numbers.here(base)[spoken].all():
        nothing = np.zeros(len(spoken), dtype=bool)
        return Placing((base,), np.where(spoken, 0, NOWHERE), how, nothing)
    readings = _tried(numbers, base)
    fits = np.array([numbers.here(each) for each in readings])
    if previous is not None:
        main: int | None = 0
    else:
        main = _main(numbers, readings, fits)
    if main is None:
        return _in_area_of_use(numbers)
    readings = (readings[main], *readings[:main], *readings[main + 1 :])
    fits = fits[[main, *range(main), *range(main + 1, len(fits))]]
    return _one_by_one(numbers, readings, fits)


def _base(numbers: Numbers) -> Reading | None:
    """Return the reading that the user or the file states."""
    crs = numbers.option or numbers.declared
    if crs is None:
        return None
    packed = numbers.degrees == "packed" and crs.is_geographic
    return Reading(crs, numbers.hints.northing_first, packed)


def _how(numbers: Numbers, reading: Reading) -> str:
    if numbers.option is not None:
        return "option"
    stated = stated_zones(numbers.hints.zone) if numbers.hints.datum else ()
    return "declared" if reading.crs == numbers.declared or reading.crs in stated else "extent"


def _turned(reading: Reading) -> Reading:
    return reading._replace(swapped=not reading.swapped)


def _tried(numbers: Numbers, base: Reading | None) -> tuple[Reading, ...]:
    first = (base, _turned(base)) if base else ()
    if numbers.option is not None:
        return first
    found = candidates(
        numbers.county,
        gauss_kruger_only=numbers.hints.gauss_kruger_only,
        packed=numbers.degrees != "decimal",
    )
    if numbers.degrees == "packed":
        found = tuple(each for each in found if each.packed or each.crs.is_projected)
    return tuple(dict.fromkeys((*first, *found)))


def _main(numbers: Numbers, readings: tuple[Reading, ...], fits: Mask) -> int | None:
    """Return the reading that puts most plots into the county, None where too few land there."""
    stated = numbers.option or numbers.declared
    counts = fits.sum(1)
    needed = _AGAINST_DECLARED if stated and counts[0] else _UNDECLARED
    if fits.any(0).sum() < max(needed * numbers.witnesses, 1):
        return None
    best = counts.max()
    # What is stated, in the one order of axes or the other, gives way to a clear majority alone.
    for index in (0, 1) if stated else ():
        if counts[index] >= best / 2:
            return index
    # A rival holds the same plots; plots of two zones in one file are no contradiction.
    shared = (fits & fits[counts.argmax()]).sum(1)
    rivals = [index for index, count in enumerate(shared) if count >= _RIVAL * best]
    if len(rivals) > 1:
        agree = [_agreement(readings[index], numbers.hints) for index in rivals]
        rivals = [index for index, n in zip(rivals, agree, strict=True) if n == max(agree)]
    if len(rivals) > 1:
        raise _ambiguous(numbers, [readings[index] for index in rivals])
    return rivals[0]


def _agreement(reading: Reading, hints: Hints) -> int:
    """Count what the file says besides a CRS and the reading bears out."""
    order = hints.northing_first and reading.swapped
    return int(order) + int(reading.crs in stated_zones(hints.zone))


def _ambiguous(numbers: Numbers, rivals: list[Reading]) -> CRSError:
    if len({each._replace(packed=False) for each in rivals}) == 1:
        return CRSError("error.degrees_packed", path=numbers.file, bounds=numbers.written())
    names = "; ".join(each.named() for each in rivals)
    return CRSError(
        "error.crs_ambiguous", path=numbers.file, bounds=numbers.written(), candidates=names
    )


def _one_by_one(numbers: Numbers, readings: tuple[Reading, ...], fits: Mask) -> Placing:
    """Read each plot by the main reading, or else the one that puts it into the county."""
    spoken = numbers.spoken
    which = np.where(fits[0], 0, NOWHERE)
    mostly_here = bool(fits.any(0).sum() >= _AGAINST_DECLARED * numbers.witnesses)
    if mostly_here:
        ways = fits.sum(0)
        which = np.where((which < 0) & (ways > 1), AMBIGUOUS, which)
        which = np.where((which == NOWHERE) & (ways == 1), fits.argmax(0), which)
        for index in _of_stated_system(numbers, readings):
            which = np.where((which < 0) & fits[index], index, which)
    stray = np.flatnonzero(spoken & (which == NOWHERE))
    good = in_use(numbers.bounds[stray], readings[0])
    if mostly_here:
        good &= away_deg(numbers, readings[0], stray) <= _STRAY_DEG
    which[stray[good]] = 0
    outside = np.zeros(len(which), dtype=bool)
    outside[stray[good]] = mostly_here
    return Placing(readings, which, _how(numbers, readings[0]), outside)


def _of_stated_system(numbers: Numbers, readings: tuple[Reading, ...]) -> list[int]:
    """Return the readings of the system that is stated, or else that of the majority."""
    crs = numbers.option or numbers.declared or readings[0].crs
    return [index for index, each in enumerate(readings) if each.crs == crs and not each.packed]


def away_deg(
    numbers: Numbers, reading: Reading, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """
    Return how far plots reach out of the county.

    Parameters
    ----------
    numbers : Numbers
        The numbers of the layer.
    reading : Reading
        How to read them.
    rows : numpy.ndarray of int
        Positions of the plots.

    Returns
    -------
    numpy.ndarray of float
        Degrees along the axis in which it is further; not a number where it has no place.
    """
    found = in_degrees(numbers.bounds[rows], reading)
    west, south, east, north = numbers.county
    with np.errstate(invalid="ignore"):
        low = np.array([west, south]) - found[:, :2]
        high = found[:, 2:] - np.array([east, north])
        return np.maximum(low, high).max(axis=1, initial=-np.inf)


def _in_area_of_use(numbers: Numbers) -> Placing:
    """Read plots of elsewhere by what is stated, where that is possible."""
    readings = _stated_readings(numbers)
    spoken = numbers.spoken
    anywhere = numbers.option is not None
    good = [in_use(numbers.bounds, each, anywhere=anywhere) & spoken for each in readings]
    enough = [index for index, each in enumerate(good) if 2 * each.sum() >= numbers.witnesses]
    stated = numbers.option or numbers.declared
    if stated is not None and enough[:1] == [0]:
        enough = [0]
    if len(enough) > 1:
        raise _ambiguous(numbers, [readings[index] for index in enough])
    if not enough:
        raise _impossible(numbers)
    main = enough[0]
    which = np.where(good[main], 0, NOWHERE)
    how = "option" if numbers.option is not None else "declared"
    return Placing((readings[main],), which, how, np.zeros(len(which), dtype=bool))


def _stated_readings(numbers: Numbers) -> list[Reading]:
    base = _base(numbers)
    if base is None:
        stated = [Reading(crs) for crs in stated_zones(numbers.hints.zone)]
        return [*stated, *map(_turned, stated)]
    if numbers.option is not None:
        return [base]
    # The number of the zone may be written where the system has none, and the other way round.
    zone = zone_of(base.crs)
    twins = [] if zone is None else stated_zones(zone.number or zone.meridian_deg // 3)
    others = [base._replace(crs=crs) for crs in twins if crs != base.crs]
    return [base, *others, *map(_turned, [base, *others])]


def _impossible(numbers: Numbers) -> CRSError:
    crs, code = numbers.declared, "error.crs_wrong"
    if numbers.option is not None:
        crs, code = numbers.option, "error.crs_option"
    elif crs is None:
        return CRSError("error.crs_missing", path=numbers.file, bounds=numbers.written())
    return CRSError(code, path=numbers.file, crs=crs_name(crs), bounds=numbers.written())
