"""Name coordinate systems, choose the one to measure in, and move geometry between them."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as PyprojCRSError

from enping_gis._resources import data_folder
from enping_gis.errors import CRSError

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

ENPING_EPSG = 4546
CGCS2000 = CRS.from_epsg(4490)
WGS84 = CRS.from_epsg(4326)
# A plot may lie a little outside the county outline, which is itself only good to 0.5 km.
EXTENT_MARGIN_DEG = 0.2
# PROJ takes these datums for CGCS2000 without a word; the truth is tens of metres away.
_UNSHIFTED_DATUMS = {
    "xian80": ("xian 1980", "xian80", "iag 1975", "iau 1976"),
    # Files of Beijing 54 often call it Pulkovo 1942, which has the same ellipsoid.
    "beijing54": ("beijing", "kras", "pulkovo"),
}
_CHINA = CGCS2000.area_of_use


class Extent(NamedTuple):
    """
    A box in degrees, longitude first.

    Parameters
    ----------
    west, south, east, north : float
        Sides in degrees.
    """

    west: float
    south: float
    east: float
    north: float

    def holds(self, other: Extent) -> bool:
        """
        Tell whether another box lies in this one, give or take `EXTENT_MARGIN_DEG`.

        Parameters
        ----------
        other : Extent
            Box in degrees.

        Returns
        -------
        bool
            False where a side of `other` is not finite.
        """
        margin = EXTENT_MARGIN_DEG
        return (
            other.west >= self.west - margin
            and other.south >= self.south - margin
            and other.east <= self.east + margin
            and other.north <= self.north + margin
        )


@cache
def enping_extent() -> Extent:
    """
    Return the box of the county, from the shipped outline.

    Returns
    -------
    Extent
        Degrees, CGCS2000.

    Examples
    --------
    >>> 111.9 < enping_extent().west < enping_extent().east < 112.6
    True
    """
    outline = json.loads(data_folder("boundaries").joinpath("county.geojson").read_text("utf-8"))
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in outline["features"]]
    return Extent(*(float(side) for side in shapely.total_bounds(shapes)))


def parsed_crs(wording: str | int | CRS, *, local: bool = False) -> CRS:
    """
    Read a coordinate system and refuse those that cannot be used.

    Parameters
    ----------
    wording : str, int or pyproj.CRS
        ``"EPSG:4546"``, an EPSG code, WKT, or a CRS; heights in it are left out.
    local : bool
        Take a datum that needs local parameters too; the caller has them.

    Returns
    -------
    pyproj.CRS
        The EPSG definition where one is meant, so that equal systems compare equal.

    Raises
    ------
    CRSError
        It is no CRS, or has a datum (Xi'an 80, Beijing 54) that needs local parameters.

    Examples
    --------
    >>> parsed_crs("EPSG:4546").to_epsg()
    4546
    >>> parsed_crs("")
    Traceback (most recent call last):
    ...
    enping_gis.errors.CRSError: ...
    """
    try:
        crs = CRS.from_user_input(wording)
    except PyprojCRSError as error:
        raise CRSError("error.crs_unknown", value=wording) from error
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    code = crs.to_epsg()
    if code is not None:
        crs = CRS.from_epsg(code)
    if local_datum(crs) and not local:
        raise CRSError("error.crs_datum", value=crs.name)
    return crs


def local_datum(crs: CRS) -> Literal["", "xian80", "beijing54"]:
    """
    Name the datum of a system where only local parameters lead from it to CGCS2000.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system.

    Returns
    -------
    {"", "xian80", "beijing54"}
        Empty for every other datum.

    Examples
    --------
    >>> local_datum(CRS.from_epsg(2383)), local_datum(CRS.from_epsg(4546))
    ('xian80', '')
    """
    datum = (crs.datum.name if crs.datum is not None else "").casefold().replace("_", " ")
    if any(name in datum for name in _UNSHIFTED_DATUMS["xian80"]):
        return "xian80"
    return "beijing54" if any(name in datum for name in _UNSHIFTED_DATUMS["beijing54"]) else ""


def working_crs(crs: CRS, extent: Extent) -> CRS:
    """
    Choose the projected system in which a layer is measured.

    Enping's plots are measured in EPSG:4546 (CGCS2000 / 3-degree Gauss-Kruger CM 111E).
    Elsewhere a projected metre system is kept, but for Web Mercator, whose metres are none;
    then inside China the 3-degree zone of the centre, else the UTM zone of the centre.

    Parameters
    ----------
    crs : pyproj.CRS
        System of the layer.
    extent : Extent
        Box of the layer in degrees.

    Returns
    -------
    pyproj.CRS
        A projected system in metres.

    Examples
    --------
    >>> working_crs(WGS84, Extent(112.2, 22.1, 112.3, 22.2)).to_epsg()
    4546
    >>> working_crs(WGS84, Extent(-71.2, 42.3, -71.0, 42.4)).to_epsg()
    32619
    """
    if enping_extent().holds(extent):
        return CRS.from_epsg(ENPING_EPSG)
    if is_metric(crs):
        return crs
    lon, lat = (extent.west + extent.east) / 2, (extent.south + extent.north) / 2
    in_china = _CHINA is not None and (
        _CHINA.west <= lon <= _CHINA.east and _CHINA.south <= lat <= _CHINA.north
    )
    if in_china:
        # EPSG:4534 is CM 75E, and the codes go on in steps of 3 degrees to 4554 at 135E.
        return CRS.from_epsg(4534 + min(max(round(lon / 3) - 25, 0), 20))
    zone = min(int((lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def is_metric(crs: CRS) -> bool:
    """
    Tell whether lengths can be measured in a system.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system.

    Returns
    -------
    bool
        True for projected systems in metres; Web Mercator is none, it stretches by 8 % here.

    Examples
    --------
    >>> is_metric(CRS.from_epsg(4546)), is_metric(CRS.from_epsg(3857)), is_metric(WGS84)
    (True, False, False)
    """
    if not crs.is_projected or any(axis.unit_conversion_factor != 1 for axis in crs.axis_info[:2]):
        return False
    operation = crs.coordinate_operation
    return operation is None or "Pseudo" not in operation.method_name


def geographic_of(crs: CRS) -> CRS:
    """
    Return the longitude-latitude system with the datum of `crs`.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system on the Earth.

    Returns
    -------
    pyproj.CRS
        A geographic system.

    Raises
    ------
    CRSError
        `crs` is not tied to the Earth (a local or engineering system).

    Examples
    --------
    >>> geographic_of(CRS.from_epsg(4546)).to_epsg()
    4490
    """
    geographic = crs.geodetic_crs
    if geographic is None:
        raise CRSError("error.crs_unknown", value=crs.name)
    return geographic


@lru_cache(maxsize=64)
def transformer(source: CRS, target: CRS) -> Transformer:
    """
    Return what moves coordinates between two systems; to find it takes PROJ up to 0.2 s.

    Parameters
    ----------
    source, target : pyproj.CRS
        From where to where.

    Returns
    -------
    pyproj.Transformer
        Takes and gives x or longitude first.

    Examples
    --------
    >>> transformer(CGCS2000, CRS.from_epsg(4546)).transform(111, 0)
    (500000.0, 0.0)
    """
    return Transformer.from_crs(source, target, always_xy=True)


def transformed(
    geometries: npt.NDArray[np.object_] | gpd.GeoSeries, source: CRS, target: CRS
) -> npt.NDArray[np.object_]:
    """
    Return geometries moved from one system to another, x or longitude first.

    Parameters
    ----------
    geometries : array of shapely geometries, shape (n,)
        None stays None; heights are dropped.
    source, target : pyproj.CRS
        From where to where.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        New geometries; vertices are moved, edges stay as they stand.

    Examples
    --------
    >>> transformed(np.array([shapely.Point(111, 0)]), CGCS2000, CRS.from_epsg(4546))[0].x
    500000.0
    >>> transformed(np.array([], dtype=object), WGS84, WGS84).size
    0
    """
    flat = np.array(geometries, dtype=object)
    if shapely.has_z(flat).any():
        flat = shapely.force_2d(flat)
    if source == target:
        return flat
    move = transformer(source, target)

    def _moved(vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(move.transform(vertices[:, 0], vertices[:, 1]))

    return shapely.transform(flat, _moved)


def lonlat(parcels: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    """
    Return the geometry of a layer in WGS 84 degrees, for display.

    Parameters
    ----------
    parcels : geopandas.GeoDataFrame
        Any layer with a CRS.

    Returns
    -------
    numpy.ndarray of shapely geometries, shape (n,)
        Longitude first; CGCS2000 and WGS 84 are one for display.

    Raises
    ------
    CRSError
        The layer has no CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> lonlat(gpd.GeoDataFrame(geometry=[], crs=4546)).size
    0
    """
    if parcels.crs is None:
        raise CRSError("error.crs_none")
    return transformed(parcels.geometry.to_numpy(), parcels.crs, WGS84)


def lonlat_extent(
    bounds: tuple[float, float, float, float] | npt.NDArray[np.float64], crs: CRS
) -> Extent:
    """
    Return the box of a layer in degrees.

    Parameters
    ----------
    bounds : sequence of 4 float
        Least x, least y, greatest x, greatest y in `crs`.
    crs : pyproj.CRS
        System of the numbers.

    Returns
    -------
    Extent
        Degrees; sides are not finite where the numbers are not of this system.

    Examples
    --------
    >>> lonlat_extent((0, 0, 1, 1), WGS84)
    Extent(west=0.0, south=0.0, east=1.0, north=1.0)
    """
    west, south, east, north = (float(side) for side in bounds)
    move = transformer(crs, geographic_of(crs))
    lon, lat = move.transform([west, east, west, east], [south, south, north, north])
    return Extent(float(min(lon)), float(min(lat)), float(max(lon)), float(max(lat)))


def crs_name(crs: CRS) -> str:
    """
    Return how a system is printed.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system.

    Returns
    -------
    str
        Code and name.

    Examples
    --------
    >>> crs_name(WGS84)
    'EPSG:4326 (WGS 84)'
    """
    authority = crs.to_authority()
    return crs.name if authority is None else f"{':'.join(authority)} ({crs.name})"
