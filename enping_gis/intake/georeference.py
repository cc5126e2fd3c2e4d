"""Decide which coordinate system the numbers of a layer are in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from pyproj import CRS

from enping_gis.crs import ENPING_EPSG, Extent, crs_name, enping_extent, lonlat_extent
from enping_gis.errors import CRSError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bounds = tuple[float, float, float, float] | npt.NDArray[np.float64]

# Surveys run over the edge of their zone, but never by more than a zone's width.
_USE_MARGIN_DEG = 3.0


class Decision(NamedTuple):
    """
    A coordinate system, and how it was found.

    Parameters
    ----------
    crs : pyproj.CRS
        The system.
    how : {"option", "declared", "extent"}
        Asked for, said by the file, or the only one that puts the numbers into the county.
    """

    crs: CRS
    how: str


def decided_crs(
    bounds: Bounds | None,
    declared: CRS | None,
    *,
    option: CRS | None = None,
    county: Extent | None = None,
) -> Decision:
    """
    Decide which system the numbers of a layer are in.

    The option wins; then what the file declares, where that lands in the system's own area of
    use; then the one candidate that puts the numbers into the county. The candidates
    (longitude and latitude, and the 3-degree zones around the county with and without zone
    number) do not overlap.

    Parameters
    ----------
    bounds : sequence of 4 float, optional
        Least x, least y, greatest x, greatest y, in the layer's own unit; None where the
        layer has no coordinate, so that nothing contradicts any system.
    declared : pyproj.CRS or None
        What the file says.
    option : pyproj.CRS, optional
        What the user says.
    county : Extent, optional
        Box of the county in degrees; by default Enping's.

    Returns
    -------
    Decision
        The system and how it was found.

    Raises
    ------
    CRSError
        Nothing is declared, or it cannot be, and the candidates do not settle it.

    Examples
    --------
    >>> decided_crs((112.2, 22.1, 112.3, 22.2), None).how
    'extent'
    >>> decided_crs(None, CRS.from_epsg(4525)).how
    'declared'
    >>> decided_crs((0, 0, 1, 1), None)
    Traceback (most recent call last):
    ...
    enping_gis.errors.CRSError: ...
    """
    if bounds is None:
        if option is not None:
            return Decision(option, "option")
        known = declared is not None
        return Decision(declared or CRS.from_epsg(ENPING_EPSG), "declared" if known else "extent")
    if option is not None:
        if not _can_be(bounds, option):
            raise CRSError("error.crs_option", crs=crs_name(option), bounds=_written(bounds))
        return Decision(option, "option")
    if declared is not None and _can_be(bounds, declared) and _in_use(bounds, declared):
        return Decision(declared, "declared")
    extent = county or enping_extent()
    fitting = [crs for crs in _candidates(extent) if extent.holds(lonlat_extent(bounds, crs))]
    if len(fitting) == 1:
        return Decision(fitting[0], "extent")
    code = "error.crs_missing" if declared is None else "error.crs_wrong"
    declared_name = "" if declared is None else crs_name(declared)
    raise CRSError(code, crs=declared_name, bounds=_written(bounds))


def _can_be(bounds: Bounds, crs: CRS) -> bool:
    """Tell whether the numbers land on the globe, and are no degrees where metres are meant."""
    if crs.is_projected and _on_globe(Extent(*map(float, bounds))):
        return False
    return _on_globe(lonlat_extent(bounds, crs))


def _in_use(bounds: Bounds, crs: CRS) -> bool:
    """Tell whether the numbers land where the system is meant to be used."""
    use = crs.area_of_use
    if use is None or use.west > use.east:  # none is stated, or it spans the date line
        return True
    found, margin = lonlat_extent(bounds, crs), _USE_MARGIN_DEG
    return (
        found.west >= use.west - margin
        and found.east <= use.east + margin
        and found.south >= use.south - margin
        and found.north <= use.north + margin
    )


def _on_globe(extent: Extent) -> bool:
    return (
        all(map(math.isfinite, extent))
        and -180 <= extent.west <= extent.east <= 360  # noqa: PLR2004 - a circle has 360 degrees
        and -90 <= extent.south <= extent.north <= 90  # noqa: PLR2004 - pole to pole
    )


def _candidates(county: Extent) -> list[CRS]:
    first, last = round(county.west / 3), round(county.east / 3)
    zones = [zone for zone in range(first - 1, last + 2) if 25 <= zone <= 45]  # noqa: PLR2004 - zones of China
    # 4534 + n is the central meridian alone, 4513 + n has the zone number before the easting.
    codes = [4490, *(4534 + zone - 25 for zone in zones), *(4513 + zone - 25 for zone in zones)]
    return [CRS.from_epsg(code) for code in codes]


def _written(bounds: Bounds) -> str:
    return ", ".join(f"{float(side):.6g}" for side in bounds)
