"""Take numbers from Xi'an 80 or Beijing 54 to CGCS2000 by the local parameters of a file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import shapely
from pyproj import CRS, Transformer

from enping_gis._resources import shipped_json
from enping_gis.crs import CGCS2000, local_datum, transformed
from enping_gis.errors import CRSError, SourceError
from enping_gis.intake.coordinates.zones import Zone, gauss_kruger, zone_of

if TYPE_CHECKING:
    import os

    import numpy.typing as npt

    from enping_gis.intake.raw import Datum

    Shapes = npt.NDArray[np.object_]

_GEOGRAPHIC = {"xian80": CRS.from_epsg(4610), "beijing54": CRS.from_epsg(4214)}
# PROJ's names of the ellipsoids: IAG 1975, Krassovsky 1940.
_ELLIPSOIDS = {"xian80": "IAU76", "beijing54": "krass"}
_SEVEN = ("dx_m", "dy_m", "dz_m", "rx_arcsec", "ry_arcsec", "rz_arcsec", "scale_ppm")
_FOUR = ("dx_m", "dy_m", "rotation_arcsec", "scale_ppm", "meridian_deg")
_LINE = re.compile(r"\s*([^=:]+?)\s*[=:]\s*(.*?)\s*")
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(\D*)")
_GREATEST_BYTES = 65_536
# The datums of China lie within 200 m of one another; more is a wrong unit or sign.
_GREATEST_SHIFT_M = 500.0


def datum_named(wording: str) -> Datum:
    """
    Return the datum that a text names.

    Parameters
    ----------
    wording : str
        Header of a file, a name, or WKT.

    Returns
    -------
    str
        Code of `enping_gis.intake.raw.Datum`, empty where none is named.

    Examples
    --------
    >>> datum_named("1980西安坐标系"), datum_named("GCS_Beijing_1954"), datum_named("")
    ('xian80', 'beijing54', '')
    """
    folded = _folded(wording)
    for code, names in shipped_json("datum.json")["datums"].items():
        if any(_folded(name) in folded for name in names):
            return cast("Datum", code)
    return ""


def local_system(wording: str) -> bool:
    """
    Tell whether a text names a system of a city or a site, whose place only its owner knows.

    Parameters
    ----------
    wording : str
        Header of a file, or a name.

    Returns
    -------
    bool
        False where it names none.

    Examples
    --------
    >>> local_system("江门市独立坐标系"), local_system("2000国家大地坐标系"), local_system("")
    (True, False, False)
    """
    folded = _folded(wording)
    return any(_folded(name) in folded for name in shipped_json("datum.json")["local_systems"])


def on_cgcs2000(crs: CRS) -> CRS:
    """
    Return the system with the same projection on CGCS2000, where the datum is local.

    Parameters
    ----------
    crs : pyproj.CRS
        Any system on the Earth.

    Returns
    -------
    pyproj.CRS
        `crs` itself where its datum needs no local parameters.

    Examples
    --------
    >>> on_cgcs2000(CRS.from_epsg(2383)).to_epsg(), on_cgcs2000(CRS.from_epsg(4610)).to_epsg()
    (4547, 4490)
    """
    if not local_datum(crs):
        return crs
    if crs.is_geographic:
        return CGCS2000
    zone = zone_of(crs)
    twin = None if zone is None else gauss_kruger(zone)
    return _rebased(crs, CGCS2000) if twin is None else twin


def _rebased(crs: CRS, base: CRS) -> CRS:
    """Return a projected system with its projection on another datum."""
    if crs.is_geographic:
        return base
    described = crs.to_json_dict()
    described.pop("id", None)
    described["name"] = f"{crs.name} ({base.name})"
    described["base_crs"] = {k: v for k, v in base.to_json_dict().items() if k != "$schema"}
    return CRS.from_json_dict(described)


@dataclass(frozen=True)
class DatumShift:
    """
    Local parameters from Xi'an 80 or Beijing 54 to CGCS2000.

    Seven parameters (Bursa-Wolf) act on earth-centred coordinates of height 0::

        X' = T + (1 + m) R X

    where R holds the rotations in the position-vector convention (EPSG method 9606: a positive
    rz turns a point from X to Y), or their opposites in the coordinate-frame convention (9607).

    Four parameters act on the Gauss-Kruger plane of one central meridian, x being the northing
    and y the easting without zone number (500 km at the meridian)::

        x' = dx + (1 + m) (x cos r - y sin r)
        y' = dy + (1 + m) (x sin r + y cos r)

    Parameters
    ----------
    source : {"xian80", "beijing54"}
        Datum of the numbers; the target is CGCS2000.
    convention : {"position_vector", "coordinate_frame", "plane"}
        Sign of the rotations, or four parameters.
    values : dict of str to float
        ``dx_m``, ``dy_m``, ``dz_m``, ``rx_arcsec``, ``ry_arcsec``, ``rz_arcsec``,
        ``scale_ppm``; or ``dx_m``, ``dy_m``, ``rotation_arcsec``, ``scale_ppm``,
        ``meridian_deg``.
    file : str
        Where they are from, for messages.
    """

    source: Literal["xian80", "beijing54"]
    convention: Literal["position_vector", "coordinate_frame", "plane"]
    values: dict[str, float]
    file: str = ""

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> DatumShift:
        """
        Read a file of parameters.

        Each line is ``key = value``, the unit of a value may follow it: metres, arc seconds,
        ppm, degrees. ``source`` names the old datum; with seven parameters ``convention``
        is ``position_vector`` or ``coordinate_frame``. ``#`` begins a remark.

        Parameters
        ----------
        path : path-like
            Text file, UTF-8 or GB18030.

        Returns
        -------
        DatumShift
            The parameters.

        Raises
        ------
        SourceError
            The file cannot be read, or a parameter is missing, unknown or no number.
        """
        shown = str(path)
        found: dict[str, Any] = {}
        for number, line in enumerate(_lines(Path(path), shown), start=1):
            text = unicodedata.normalize("NFKC", line).split("#")[0].strip()
            if not text:
                continue
            key, value = _entry(text, shown, number)
            if key in found:
                raise SourceError("error.datum_line", path=shown, row=number, value=line.strip())
            found[key] = value
        return _checked(found, shown)

    def moved(self, shapes: Shapes, crs: CRS) -> Shapes:
        """
        Return shapes on CGCS2000.

        Parameters
        ----------
        shapes : numpy.ndarray of shapely geometries, shape (n,)
            In the projection of `crs`, but on the old datum; x or longitude first.
        crs : pyproj.CRS
            System on CGCS2000 with the same projection.

        Returns
        -------
        numpy.ndarray of shapely geometries, shape (n,)
            In `crs`.

        Raises
        ------
        CRSError
            The parameters move a plot by more than 500 m: a unit or a sign is wrong.
        """
        old = _GEOGRAPHIC[self.source]
        if self.convention == "plane":
            plane = gauss_kruger(Zone(int(self.values["meridian_deg"])))
            assert plane is not None  # noqa: S101 - the meridian was checked on reading
            there = transformed(shapes, _rebased(crs, old), _rebased(plane, old))
            found = transformed(shapely.transform(there, self._on_plane), plane, crs)
        else:
            degrees = transformed(shapes, _rebased(crs, old), old)
            move = Transformer.from_pipeline(self._pipeline())
            found = shapely.transform(degrees, move.transform, interleaved=False)
            found = transformed(found, CGCS2000, crs)
        far_m = self._greatest_m(shapes, found, crs)
        if far_m > _GREATEST_SHIFT_M:
            raise CRSError("error.datum_far", path=self.file, distance=round(far_m))
        return found

    def _on_plane(self, vertices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        east, north = vertices[:, 0], vertices[:, 1]
        angle = np.radians(self.values["rotation_arcsec"] / 3600)
        scale = 1 + self.values["scale_ppm"] * 1e-6
        new_north = north * np.cos(angle) - east * np.sin(angle)
        new_east = north * np.sin(angle) + east * np.cos(angle)
        return np.column_stack(
            [self.values["dy_m"] + scale * new_east, self.values["dx_m"] + scale * new_north]
        )

    def _pipeline(self) -> str:
        names = ("x", "y", "z", "rx", "ry", "rz", "s")
        helmert = " ".join(
            f"+{name}={self.values[key]!r}" for name, key in zip(names, _SEVEN, strict=True)
        )
        return (
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"
            f" +step +proj=cart +ellps={_ELLIPSOIDS[self.source]}"
            f" +step +proj=helmert {helmert} +convention={self.convention}"
            " +step +inv +proj=cart +ellps=GRS80"
            " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
        )

    @staticmethod
    def _greatest_m(before: Shapes, after: Shapes, crs: CRS) -> float:
        moved = shapely.get_coordinates(after) - shapely.get_coordinates(before)
        metres = 1.0 if crs.is_projected else 111_320.0
        return float(np.hypot(*moved.T).max(initial=0.0) * metres)


def _lines(path: Path, shown: str) -> list[str]:
    if not path.is_file():
        raise SourceError("error.missing_file", path=shown)
    try:
        with path.open("rb") as file:
            content = file.read(_GREATEST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "I/O"
        raise SourceError("error.unreadable", path=shown, reason=reason) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            if len(content) <= _GREATEST_BYTES and b"\0" not in content:
                return content.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise SourceError("error.not_text", path=shown)


def _folded(wording: str) -> str:
    folded = unicodedata.normalize("NFKC", wording).casefold()
    return re.sub(r"[\s_\-()./]+", "", folded)


def _code(kind: str, wording: str) -> str:
    """Return the code of a key, a datum or a convention in a file, empty where unknown."""
    wanted = _folded(wording)
    for code, names in shipped_json("datum.json")[kind].items():
        if wanted in map(_folded, names):
            return str(code)
    return ""


def _entry(line: str, shown: str, number: int) -> tuple[str, str | float]:
    match = _LINE.fullmatch(line)
    key = _code("keys", match[1]) if match else ""
    if match is None or not key:
        raise SourceError("error.datum_line", path=shown, row=number, value=line)
    value: str | float = match[2]
    if key in {"source", "target"}:
        value = datum_named(match[2])
    elif key == "convention":
        value = _code("conventions", match[2])
    elif key != "note":
        value = _figure(match[2], key)
    if value == "":
        raise SourceError("error.datum_line", path=shown, row=number, value=line)
    return key, value


def _figure(wording: str, key: str) -> str | float:
    """Return a number in the unit of its key, empty where it is none or has another unit."""
    match = _NUMBER.fullmatch(wording.casefold())
    if match is None:
        return ""
    unit = key.rsplit("_", 1)[1]
    said = match[2].strip()
    names = [
        unicodedata.normalize("NFKC", name) for name in shipped_json("datum.json")["units"][unit]
    ]
    return float(match[1]) if not said or said in names else ""


def _checked(found: dict[str, Any], shown: str) -> DatumShift:
    if found.get("source") not in _GEOGRAPHIC or found.get("target", "cgcs2000") != "cgcs2000":
        raise SourceError("error.datum_incomplete", path=shown, missing="source")
    plane = "rotation_arcsec" in found or "meridian_deg" in found
    wanted = _FOUR if plane else _SEVEN
    missing = [key for key in wanted if key not in found]
    if not plane and any(found.get(key) for key in _SEVEN[3:6]) and "convention" not in found:
        missing.append("convention")
    extra = (set(_SEVEN) | set(_FOUR)) & set(found) - set(wanted)
    meridian_deg = found.get("meridian_deg", 111)
    if meridian_deg % 3 or gauss_kruger(Zone(int(meridian_deg))) is None:
        missing.append("meridian_deg")
    if missing or extra:
        raise SourceError(
            "error.datum_incomplete", path=shown, missing=", ".join([*missing, *extra])
        )
    convention: Any = "plane" if plane else found.get("convention", "position_vector")
    return DatumShift(found["source"], convention, {key: found[key] for key in wanted}, shown)
