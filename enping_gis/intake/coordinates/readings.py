"""List the ways to read numbers as places, and tell which of them land in a county."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pyproj import CRS
from pyproj.exceptions import ProjError

from enping_gis.crs import (
    CGCS2000,
    EXTENT_MARGIN_DEG,
    WGS84,
    Extent,
    crs_name,
    geographic_of,
    transformer,
)
from enping_gis.intake.coordinates.packed import unpacked
from enping_gis.intake.coordinates.zones import Zone, gauss_kruger

if TYPE_CHECKING:
    import numpy.typing as npt

    Boxes = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

WEB_MERCATOR = CRS.from_epsg(3857)
# Surveys run over the edge of their zone, but never by more than a zone's width.
USE_MARGIN_DEG = 3.0
_GREATEST_LAT_DEG, _GREATEST_LON_DEG = 90, 360
# Plots so near the origin of a system were never given a place.
ORIGIN_DEG, ORIGIN_M = 0.01, 1_000.0


class Reading(NamedTuple):
    """
    One way to read the numbers of a layer.

    Parameters
    ----------
    crs : pyproj.CRS
        System of the numbers.
    swapped : bool
        The first number is the northing or latitude.
    packed : bool
        Degrees, minutes and seconds are packed as ddd.mmssss.
    """

    crs: CRS
    swapped: bool = False
    packed: bool = False

    def boxes(self, bounds: Boxes) -> Boxes:
        """
        Return the bounds of plots in the order and the unit of the system.

        Parameters
        ----------
        bounds : numpy.ndarray of float, shape (n, 4)
            Least and greatest first and second number of each plot, as in the file.

        Returns
        -------
        numpy.ndarray of float, shape (n, 4)
            West, south, east, north; not a number where they cannot be packed degrees.
        """
        boxes = bounds[:, [1, 0, 3, 2]] if self.swapped else bounds
        return unpacked(boxes) if self.packed else boxes

    def named(self) -> str:
        """
        Return how the reading is called in messages.

        Returns
        -------
        str
            Name of the system, and what is uncommon about the numbers.
        """
        marks = ["y, x"] * self.swapped + ["ddd.mmssss"] * self.packed
        return crs_name(self.crs) + "".join(f" [{mark}]" for mark in marks)


def candidates(county: Extent, *, gauss_kruger_only: bool, packed: bool) -> tuple[Reading, ...]:
    """
    List the readings to try where nothing is declared, or nothing that holds.

    Longitude and latitude, the 3-degree zones around the county and its 6-degree zones, with
    and without zone number, and Web Mercator, each in both axis orders. UTM is none: Chinese
    surveys do not use it, and its numbers cannot be told from those of Gauss-Kruger.

    Parameters
    ----------
    county : Extent
        Box of the county in degrees.
    gauss_kruger_only : bool
        Leave Web Mercator out.
    packed : bool
        Try packed degrees too.

    Returns
    -------
    tuple of Reading
        First those whose first number is the easting or longitude.

    Examples
    --------
    >>> enping = Extent(112.0, 21.9, 112.5, 22.5)
    >>> [each.crs.to_epsg() for each in candidates(enping, gauss_kruger_only=True, packed=False)][
    ...     :5
    ... ]
    [4490, 4545, 4546, 4547, 4548]
    """
    first, last = round(county.west / 3), round(county.east / 3)
    meridians = [3 * zone for zone in range(first - 1, last + 2)]
    zones = [Zone(meridian) for meridian in meridians]
    zones += [Zone(meridian, 3, meridian // 3) for meridian in meridians]
    sixes = range(int(county.west // 6) + 31, int(county.east // 6) + 32)
    zones += [Zone(6 * (zone - 30) - 3, 6, zone - 30) for zone in sixes]
    degrees = _degrees(county)
    systems = [degrees, *filter(None, map(gauss_kruger, zones))]
    systems += [] if gauss_kruger_only else [WEB_MERCATOR]
    found = [Reading(crs) for crs in systems]
    found += [Reading(degrees, packed=True)] if packed else []
    return (*found, *(each._replace(swapped=True) for each in found))


def _degrees(county: Extent) -> CRS:
    use = CGCS2000.area_of_use
    in_china = use is not None and (
        use.west <= county.west <= county.east <= use.east
        and use.south <= county.south <= county.north <= use.north
    )
    return CGCS2000 if in_china else WGS84


@cache
def county_box(crs: CRS, county: Extent) -> tuple[float, float, float, float]:
    """
    Return the county with its margin in the numbers of a system.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system on the Earth.
    county : Extent
        Box of the county in degrees.

    Returns
    -------
    tuple of 4 float
        West, south, east, north; not a number where the system does not reach the county.

    Examples
    --------
    >>> [round(side, -3) for side in county_box(CRS.from_epsg(4546), Extent(112, 22, 112.5, 22.5))]
    [582000.0, 2412000.0, 676000.0, 2512000.0]
    """
    margin = EXTENT_MARGIN_DEG
    sides = (
        county.west - margin,
        county.south - margin,
        county.east + margin,
        county.north + margin,
    )
    move = transformer(geographic_of(crs), crs)
    try:
        found = np.array(move.transform_bounds(*sides))
    except ProjError:
        return (np.nan,) * 4
    west, south, east, north = (float(side) for side in np.where(np.isfinite(found), found, np.nan))
    return west, south, east, north


def in_county(bounds: Boxes, reading: Reading, county: Extent) -> Mask:
    """
    Tell which plots a reading puts into the county.

    Parameters
    ----------
    bounds : numpy.ndarray of float, shape (n, 4)
        Bounds of the plots in the numbers of the file.
    reading : Reading
        How to read them.
    county : Extent
        Box of the county in degrees.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        False too for bounds that are not finite.

    Examples
    --------
    >>> plot = np.array([[112.2, 22.1, 112.3, 22.2]])
    >>> in_county(plot, Reading(CGCS2000), Extent(112, 22, 112.5, 22.5)).tolist()
    [True]
    """
    west, south, east, north = county_box(reading.crs, county)
    boxes = reading.boxes(bounds)
    return (
        (boxes[:, 0] >= west) & (boxes[:, 1] >= south)
        & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
    )  # fmt: skip


def in_degrees(bounds: Boxes, reading: Reading) -> Boxes:
    """
    Return the bounds of plots in degrees.

    Parameters
    ----------
    bounds : numpy.ndarray of float, shape (n, 4)
        Bounds of the plots in the numbers of the file.
    reading : Reading
        How to read them.

    Returns
    -------
    numpy.ndarray of float, shape (n, 4)
        West, south, east, north on the datum of the system; not finite where there is none.

    Examples
    --------
    >>> in_degrees(
    ...     np.array([[37_500_000, 0, 37_500_000, 0]]), Reading(CRS.from_epsg(4525))
    ... ).tolist()
    [[111.0, 0.0, 111.0, 0.0]]
    """
    boxes = reading.boxes(bounds)
    move = transformer(reading.crs, geographic_of(reading.crs))
    lon, lat = move.transform(boxes[:, [0, 2, 0, 2]], boxes[:, [1, 1, 3, 3]])
    return np.column_stack([lon.min(1), lat.min(1), lon.max(1), lat.max(1)])


def in_use(bounds: Boxes, reading: Reading, *, anywhere: bool = False) -> Mask:
    """
    Tell which plots a reading puts where its system is meant to be used.

    Parameters
    ----------
    bounds : numpy.ndarray of float, shape (n, 4)
        Bounds of the plots in the numbers of the file.
    reading : Reading
        How to read them.
    anywhere : bool
        Let every place on the globe pass.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        Within 3 degrees of the area of use, or on the globe where none is stated; numbers that
        could be degrees are no metres.

    Examples
    --------
    >>> plots = np.array([[112.2, 22.1, 112.3, 22.2], [6.2e5, 2.4e6, 6.3e5, 2.5e6]])
    >>> in_use(plots, Reading(CRS.from_epsg(4546))).tolist()
    [False, True]
    """
    with np.errstate(invalid="ignore"):
        near = ORIGIN_M if reading.crs.is_projected else ORIGIN_DEG
        good = ~(np.abs(bounds) < near).all(1)
        if reading.crs.is_projected:
            good &= ~_on_globe(reading.boxes(bounds))
        found = in_degrees(bounds, reading)
        good &= _on_globe(found)
        use, margin = reading.crs.area_of_use, USE_MARGIN_DEG
        if anywhere or use is None or use.west > use.east:  # none, or over the date line
            return good
        sides = np.array(
            [use.west - margin, use.south - margin, use.east + margin, use.north + margin]
        )
        return good & (found[:, :2] >= sides[:2]).all(1) & (found[:, 2:] <= sides[2:]).all(1)


def _on_globe(boxes: Boxes) -> Mask:
    west, south, east, north = boxes.T
    return (
        np.isfinite(boxes).all(1)
        & (west >= -_GREATEST_LON_DEG / 2) & (east <= _GREATEST_LON_DEG)
        & (south >= -_GREATEST_LAT_DEG) & (north <= _GREATEST_LAT_DEG)
    )  # fmt: skip
