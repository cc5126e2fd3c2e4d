"""Understand what a file says about its coordinate system."""

from __future__ import annotations

from functools import cache

from pyproj import CRS
from pyproj.exceptions import CRSError as PyprojCRSError

# MapInfo writes systems without a name, and CGCS2000 as WGS 84, which is centimetres from it.
_NAMELESS = frozenset({"unnamed", "unknown", ""})
_TRANSVERSE_MERCATOR = "9807"
# Ellipsoid of CGCS2000 (GB 22021), as far as that of WGS 84 is the same (0.1 mm).
_RADIUS_M, _FLATTENING, _SAME = 6_378_137.0, 298.257222101, 1e-5
# CGCS2000: 3-degree zones without and with prefix, then 6-degree zones, which share meridians.
_ZONES = (*range(4534, 4555), *range(4513, 4534), *range(4502, 4513), *range(4491, 4502))


@cache
def declared_crs(wording: str) -> CRS | None:
    """
    Understand what a file says about its coordinate system.

    Parameters
    ----------
    wording : str
        EPSG code, WKT, PROJJSON or URN.

    Returns
    -------
    pyproj.CRS or None
        The EPSG definition where one is meant; None for a text that PROJ does not know, and
        for a system that names no place on earth.

    Examples
    --------
    >>> declared_crs("EPSG:4546").to_epsg()
    4546
    >>> declared_crs("") is None, declared_crs("nonsense") is None
    (True, True)
    """
    if not wording.strip():
        return None
    try:
        crs = CRS.from_user_input(wording)
        code = crs.to_epsg()
    except PyprojCRSError:
        return None
    if crs.type_name == "Engineering CRS" or crs.name.startswith(("Undefined", "unknown_")):
        return None
    if code is None and crs.name in _NAMELESS:
        return _named(crs)
    return crs if code is None else CRS.from_epsg(code)


def _named(crs: CRS) -> CRS:
    """Find the national zone that a system without a name is, by its numbers."""
    if crs.is_bound:  # a shift to WGS 84 was put around it
        return crs
    key = _key(crs)
    if key is None:
        return crs
    return next((zone for zone in map(CRS.from_epsg, _ZONES) if _key(zone) == key), crs)


def _key(crs: CRS) -> tuple[tuple[str, float], ...] | None:
    """Return the numbers of a zone; None where the ellipsoid is another one."""
    ellipsoid, operation = crs.ellipsoid, crs.coordinate_operation
    if ellipsoid is None or operation is None or operation.method_code != _TRANSVERSE_MERCATOR:
        return None
    same = abs(ellipsoid.semi_major_metre - _RADIUS_M) < _SAME
    if not same or abs(ellipsoid.inverse_flattening - _FLATTENING) > _SAME:
        return None
    return tuple(sorted((each.name, round(float(each.value), 6)) for each in operation.params))
