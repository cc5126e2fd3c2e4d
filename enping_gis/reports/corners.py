"""List the boundary points of a plot as a survey does: numbered, northing first, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from enping_gis.export.boundary_points import from_north_west
from enping_gis.export.frames import rings_of
from enping_gis.units import half_up

if TYPE_CHECKING:
    import shapely

# Millimetres, as surveys print.
DECIMALS = 3


@dataclass(frozen=True)
class Corner:
    """
    A boundary point.

    Parameters
    ----------
    number : int
        Number of the point; numbers run on through all rings of a plot.
    north_m, east_m : decimal.Decimal
        X and Y of the survey, in metres of the working CRS, to the millimetre.
    side_m : decimal.Decimal
        Length of the side to the next point, in the plane, from the printed coordinates, so
        that whoever computes it again finds the same.
    """

    number: int
    north_m: Decimal
    east_m: Decimal
    side_m: Decimal

    @property
    def label(self) -> str:
        """
        What the point is called.

        Returns
        -------
        str
            Such as ``J1``.
        """
        return f"J{self.number}"


@dataclass(frozen=True)
class Ring:
    """
    A ring of a plot.

    Parameters
    ----------
    part, hole : int
        Number of the part, from 1, and of the hole in it; 0 is the outer ring.
    corners : tuple of Corner
        Its points, the outer ring clockwise from the north-west, holes the other way.
    """

    part: int
    hole: int
    corners: tuple[Corner, ...]


def rings_listed(shape: shapely.Geometry | None) -> tuple[Ring, ...]:
    """
    List the boundary points of a plot.

    Numbers, turn and first point are those of the boundary-point file that `enping_gis.write`
    makes of the same plot.

    Parameters
    ----------
    shape : shapely.Polygon or shapely.MultiPolygon or None
        The plot, in a projected CRS, metres.

    Returns
    -------
    tuple of Ring
        Part after part, in each the outer ring before its holes; none without a polygon.

    Examples
    --------
    >>> import shapely
    >>> (ring,) = rings_listed(shapely.box(0, 0, 30, 40))
    >>> [(each.label, str(each.north_m), str(each.side_m)) for each in ring.corners[:2]]
    [('J1', '40.000', '30.000'), ('J2', '40.000', '40.000')]
    >>> rings_listed(None)
    ()
    """
    shapes = np.empty(1, dtype=object)
    shapes[0] = shape
    found: list[Ring] = []
    number = 0
    for part, rings in enumerate(rings_of(shapes)[0], start=1):
        for hole, ring in enumerate(rings):
            turned = from_north_west(ring, clockwise=hole == 0)
            found.append(Ring(part, hole, _corners(turned, number)))
            number += len(turned)
    return tuple(found)


def perimeter_m(rings: tuple[Ring, ...]) -> Decimal:
    """
    Add up the sides of all rings as they are printed.

    Parameters
    ----------
    rings : tuple of Ring
        The rings of a plot.

    Returns
    -------
    decimal.Decimal
        Length of the whole boundary, holes included, in metres.

    Examples
    --------
    >>> import shapely
    >>> perimeter_m(rings_listed(shapely.box(0, 0, 30, 40)))
    Decimal('140.000')
    >>> perimeter_m(())
    Decimal('0')
    """
    return sum((corner.side_m for ring in rings for corner in ring.corners), Decimal(0))


def _corners(ring: list[list[float]], before: int) -> tuple[Corner, ...]:
    places = [(half_up(y, DECIMALS), half_up(x, DECIMALS)) for x, y in ring]
    sides = [
        half_up(((north - other) ** 2 + (east - further) ** 2).sqrt(), DECIMALS)
        for (north, east), (other, further) in pairwise((*places, places[0]))
    ]
    return tuple(
        Corner(before + at, north, east, side)
        for at, ((north, east), side) in enumerate(zip(places, sides, strict=True), start=1)
    )
