"""
Shift degrees to the grids of Chinese web maps, GCJ-02 and BD-09, and take the shift out again.

Saved data is never shifted: the forward functions are for display and for files that ask for it.
Both shifts are functions of the place alone. They were never published by their makers; the
series below (ellipsoid of Krassovsky, origin 35N 105E) is the one that all map programs use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Degrees = npt.NDArray[np.float64]
    Pair = tuple[Degrees, Degrees]

    class _Shift(Protocol):
        def __call__(self, lon_deg: Degrees, lat_deg: Degrees, /) -> Pair: ...


# Ellipsoid of the series: half axis in metres and first eccentricity squared.
_AXIS_M, _ECCENTRICITY_2 = 6_378_245.0, 0.00669342162296594323
_ORIGIN_LON_DEG, _ORIGIN_LAT_DEG = 105.0, 35.0
# Outside this box the series is not applied: west, south, east, north in degrees.
_BOX_DEG = (72.004, 0.8293, 137.8347, 55.8271)
_BD_TURN = np.pi * 3000.0 / 180.0
_BD_LON_DEG, _BD_LAT_DEG = 0.0065, 0.006
# Five rounds leave nanometres; more are for places where the series bends, such as 105E.
_ROUNDS = 12
# 1e-12 degrees are a tenth of a micrometre, and the last round gains three figures on it.
_SMALL_DEG = 1e-12


def to_gcj02(lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    """
    Return degrees as a GCJ-02 map (Amap, Tencent) shows them.

    Parameters
    ----------
    lon_deg, lat_deg : array-like of float
        Degrees, CGCS2000 or WGS 84.

    Returns
    -------
    tuple of two numpy.ndarray
        Longitude and latitude; outside China as given.

    Examples
    --------
    >>> lon, lat = to_gcj02([112.3, -71.1], [22.2, 42.4])
    >>> lon.round(4).tolist(), lat.round(4).tolist()
    ([112.3051, -71.1], [22.1972, 42.4])
    >>> to_gcj02([], [])[0].size
    0
    """
    return _where_in_china(_gcj02, lon_deg, lat_deg)


def from_gcj02(lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    """
    Return degrees with the GCJ-02 shift taken out.

    Parameters
    ----------
    lon_deg, lat_deg : array-like of float
        Degrees of a GCJ-02 map.

    Returns
    -------
    tuple of two numpy.ndarray
        Longitude and latitude; `to_gcj02` takes them back to within 1e-6 m.

    Examples
    --------
    >>> lon, lat = from_gcj02(*to_gcj02(112.3, 22.2))
    >>> round(float(lon), 9), round(float(lat), 9)
    (112.3, 22.2)
    >>> from_gcj02([], [])[0].size
    0
    """
    return _inverse(_gcj02, lon_deg, lat_deg)


def to_bd09(lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    """
    Return degrees as a BD-09 map (Baidu) shows them.

    Parameters
    ----------
    lon_deg, lat_deg : array-like of float
        Degrees, CGCS2000 or WGS 84.

    Returns
    -------
    tuple of two numpy.ndarray
        Longitude and latitude; outside China as given.

    Examples
    --------
    >>> lon, lat = to_bd09(112.3, 22.2)
    >>> round(float(lon), 4), round(float(lat), 4)
    (112.3116, 22.2035)
    >>> to_bd09([], [])[0].size
    0
    """
    return _where_in_china(_bd09, lon_deg, lat_deg)


def from_bd09(lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    """
    Return degrees with the BD-09 shift taken out.

    Parameters
    ----------
    lon_deg, lat_deg : array-like of float
        Degrees of a BD-09 map.

    Returns
    -------
    tuple of two numpy.ndarray
        Longitude and latitude; `to_bd09` takes them back to within 1e-6 m.

    Examples
    --------
    >>> lon, lat = from_bd09(*to_bd09(112.3, 22.2))
    >>> round(float(lon), 9), round(float(lat), 9)
    (112.3, 22.2)
    >>> from_bd09([], [])[0].size
    0
    """
    return _inverse(_bd09, lon_deg, lat_deg)


def _pair(lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    lon, lat = np.broadcast_arrays(np.asarray(lon_deg, float), np.asarray(lat_deg, float))
    return lon.copy(), lat.copy()


def _in_china(lon: Degrees, lat: Degrees) -> npt.NDArray[np.bool_]:
    west, south, east, north = _BOX_DEG
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _where_in_china(shift: _Shift, lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    lon, lat = _pair(lon_deg, lat_deg)
    inside = _in_china(lon, lat)
    lon[inside], lat[inside] = shift(lon[inside], lat[inside])
    return lon, lat


def _inverse(shift: _Shift, lon_deg: npt.ArrayLike, lat_deg: npt.ArrayLike) -> Pair:
    """Go back by what the shift overshoots; each round gains three figures."""
    target_lon, target_lat = _pair(lon_deg, lat_deg)
    near = _in_china(target_lon, target_lat)
    wanted_lon, wanted_lat = target_lon[near], target_lat[near]
    lon, lat = wanted_lon.copy(), wanted_lat.copy()
    for _ in range(_ROUNDS):
        there_lon, there_lat = shift(lon, lat)
        miss_lon, miss_lat = wanted_lon - there_lon, wanted_lat - there_lat
        lon, lat = lon + miss_lon, lat + miss_lat
        if max(np.abs(miss_lon).max(initial=0), np.abs(miss_lat).max(initial=0)) < _SMALL_DEG:
            break
    # A place outside China was never shifted.
    home = _in_china(lon, lat)
    target_lon[near] = np.where(home, lon, wanted_lon)
    target_lat[near] = np.where(home, lat, wanted_lat)
    return target_lon, target_lat


def _gcj02(lon: Degrees, lat: Degrees) -> Pair:
    x, y = lon - _ORIGIN_LON_DEG, lat - _ORIGIN_LAT_DEG
    waves = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (waves + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (waves + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    phi = np.radians(lat)
    curve = 1 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / curve**1.5
    parallel_m = _AXIS_M / np.sqrt(curve) * np.cos(phi)
    return lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m)


def _bd09(lon: Degrees, lat: Degrees) -> Pair:
    x, y = _gcj02(lon, lat)
    reach = np.hypot(x, y) + 2e-5 * np.sin(y * _BD_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD_TURN)
    return reach * np.cos(angle) + _BD_LON_DEG, reach * np.sin(angle) + _BD_LAT_DEG
