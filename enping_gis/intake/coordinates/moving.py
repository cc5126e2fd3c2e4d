"""Take shapes from the numbers of a file to places: order, unit, datum, shift, system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from enping_gis.crs import geographic_of, transformed
from enping_gis.gcj02 import from_bd09, from_gcj02
from enping_gis.intake.coordinates.packed import unpacked
from enping_gis.intake.coordinates.readings import Reading

if TYPE_CHECKING:
    import numpy.typing as npt
    from pyproj import CRS

    from enping_gis.intake.coordinates.datum import DatumShift
    from enping_gis.intake.coordinates.placing import Placing

    Shapes = npt.NDArray[np.object_]

SHIFTS = {"gcj02": from_gcj02, "bd09": from_bd09}


def moved(
    shapes: Shapes, placing: Placing, target: CRS, shift: str, local: DatumShift | None
) -> Shapes:
    """
    Take each plot from its own numbers to the system decided.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Plots in the numbers of the file.
    placing : Placing
        How each is read.
    target : pyproj.CRS
        System decided.
    shift : {"", "gcj02", "bd09"}
        Shift in the numbers.
    local : DatumShift or None
        Local parameters, where the datum of the numbers needs them.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        In `target`; plots that have no place are as in the file.
    """
    found = shapes
    for index in np.unique(placing.which[placing.which >= 0]):
        reading = placing.readings[index]
        if reading == Reading(target) and not shift and local is None:
            continue
        found = shapes.copy() if found is shapes else found
        group = placing.which == index
        part = turned(shapes[group], reading)
        if local is not None:
            part = local.moved(part, reading.crs)
        if shift:
            degrees = geographic_of(reading.crs)
            part = unshifted(transformed(part, reading.crs, degrees), shift)
            part = transformed(part, degrees, reading.crs)
        found[group] = transformed(part, reading.crs, target)
    return found


def turned(shapes: Shapes, reading: Reading) -> Shapes:
    """
    Return shapes with their numbers in the order and the unit of a system.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Plots in the numbers of the file.
    reading : Reading
        How to read them.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        East or longitude first, decimal degrees.

    Examples
    --------
    >>> from enping_gis.crs import CGCS2000
    >>> turned(np.array([shapely.Point(22, 112.3)]), Reading(CGCS2000, True, True))[0].x
    112.5
    """
    if not reading.swapped and not reading.packed:
        return shapes
    order = [1, 0] if reading.swapped else [0, 1]

    def _vertices(vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        turned = vertices[:, order]
        return unpacked(turned) if reading.packed else turned

    return shapely.transform(shapely.force_2d(shapes), _vertices)


def unshifted(shapes: Shapes, shift: str) -> Shapes:
    """
    Return degrees with a shift taken out.

    Parameters
    ----------
    shapes : numpy.ndarray of shapely geometries, shape (n,)
        Degrees, longitude first.
    shift : {"gcj02", "bd09"}
        Shift in them.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Degrees on CGCS2000.

    Examples
    --------
    >>> unshifted(np.array([], dtype=object), "gcj02").size
    0
    """
    back = SHIFTS[shift]

    def _vertices(vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(back(vertices[:, 0], vertices[:, 1]))

    return shapely.transform(shapely.force_2d(shapes), _vertices)
