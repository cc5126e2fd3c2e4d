"""Know the Gauss-Kruger zones: which system is one, and which system a zone number means."""

from __future__ import annotations

from typing import NamedTuple

from pyproj import CRS

from enping_gis.crs import is_metric


class Zone(NamedTuple):
    """
    A zone of the Gauss-Kruger projection (unit metre, scale 1, false easting 500 km).

    Parameters
    ----------
    meridian_deg : int
        Central meridian.
    width_deg : {3, 6}
        Width; 3 where the eastings carry no number, since both widths then agree.
    number : int
        Number before the eastings, 0 where there is none.
    """

    meridian_deg: int
    width_deg: int = 3
    number: int = 0


def zone_of(crs: CRS) -> Zone | None:
    """
    Return the Gauss-Kruger zone of a system, whatever its datum.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system.

    Returns
    -------
    Zone or None
        None where it is no such zone: UTM, for one, has another scale.

    Examples
    --------
    >>> zone_of(CRS.from_epsg(4526)), zone_of(CRS.from_epsg(4490))
    (Zone(meridian_deg=114, width_deg=3, number=38), None)
    """
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator" or not is_metric(crs):
        return None
    origin_deg, meridian_deg, scale, east_m, north_m = (float(p.value) for p in operation.params)
    number = round((east_m - 500_000) / 1e6)
    plain = (origin_deg, scale, north_m, east_m - number * 1e6) == (0, 1, 0, 500_000)
    if not plain or meridian_deg % 3 or number not in {0, meridian_deg / 3, (meridian_deg + 3) / 6}:
        return None
    return Zone(int(meridian_deg), 3 if number in {0, meridian_deg / 3} else 6, number)


def gauss_kruger(zone: Zone) -> CRS | None:
    """
    Return the CGCS2000 system of a Gauss-Kruger zone.

    Parameters
    ----------
    zone : Zone
        Central meridian and, where the eastings carry it, number.

    Returns
    -------
    pyproj.CRS or None
        None where EPSG has none, which is outside China.

    Examples
    --------
    >>> gauss_kruger(Zone(111)).to_epsg(), gauss_kruger(Zone(111, 6, 19)).to_epsg()
    (4546, 4497)
    >>> gauss_kruger(Zone(0)) is None
    True
    """
    # EPSG counts from 75E: 3-degree zones without number, with it, 6-degree zones with it.
    first = 4534 if not zone.number else 4513 if zone.width_deg == 3 else 4491  # noqa: PLR2004 - width
    width_deg = 6 if first == 4491 else 3  # noqa: PLR2004 - see above
    steps, rest = divmod(zone.meridian_deg - 75, width_deg)
    return CRS.from_epsg(first + steps) if not rest and 0 <= steps <= 60 // width_deg else None


def stated_zones(number: int | None) -> tuple[CRS, ...]:
    """
    Return the systems that the zone number of a header can mean.

    Parameters
    ----------
    number : int or None
        13 to 23 are the 6-degree zones of China, 25 to 45 its 3-degree zones.

    Returns
    -------
    tuple of pyproj.CRS
        With the number before the eastings, and without; empty where there is no such zone.

    Examples
    --------
    >>> [crs.to_epsg() for crs in stated_zones(19)], stated_zones(None), stated_zones(99)
    ([4497, 4546], (), ())
    """
    if number is None:
        return ()
    width_deg = 6 if number < 24 else 3  # noqa: PLR2004 - no zone of China has the number 24
    meridian_deg = 6 * number - 3 if width_deg == 6 else 3 * number  # noqa: PLR2004 - width
    found = [gauss_kruger(Zone(meridian_deg, width_deg, number)), gauss_kruger(Zone(meridian_deg))]
    return tuple(crs for crs in found if crs is not None)


def twin_utm(crs: CRS) -> str:
    """
    Name the UTM zone whose numbers cannot be told from those of a Gauss-Kruger zone.

    Parameters
    ----------
    crs : pyproj.CRS
        System that was chosen.

    Returns
    -------
    str
        ``"EPSG:32649"`` and the like; empty where UTM has no zone with that meridian.

    Examples
    --------
    >>> twin_utm(CRS.from_epsg(4546)), twin_utm(CRS.from_epsg(4547))
    ('EPSG:32649', '')
    """
    zone = zone_of(crs)
    if zone is None or zone.number or zone.meridian_deg % 6 != 3 or gauss_kruger(zone) != crs:  # noqa: PLR2004 - 3, 9, 15 ...
        return ""
    return f"EPSG:{32600 + (zone.meridian_deg + 183) // 6}"
