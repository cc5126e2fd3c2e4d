"""Understand what a file says about its coordinate system."""

from __future__ import annotations

from functools import cache

from pyproj import CRS
from pyproj.exceptions import CRSError as PyprojCRSError


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
    return crs if code is None else CRS.from_epsg(code)
