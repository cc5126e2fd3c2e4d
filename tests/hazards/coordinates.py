"""Coordinates in another zone, axis order, unit or datum than the file says."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from pyproj import CRS

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.land import (
    moved,
    moved_from,
    reshaped,
    shifted,
    swapped,
)
from tests.hazards.writing import shp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.hazards.expectation import Outcome

CORPUS = Corpus("coordinates")
FOUND = note("crs_detected")
REFUSED_DATUM = refuses("crs_datum", "crs_datum_file")
CORRECTED = note("crs_corrected|crs_impossible|axes_swapped|crs_detected", severity="warning")
PREFIX_M, PREFIX_38_M = 37_000_000.0, 38_000_000.0


def _shp(
    name: str, what: str, change: Callable[[Any], Any], crs: object, *due: Outcome, **options: Any
) -> None:
    """Add a Shapefile with the shapes changed and a .prj that says `crs`."""

    def build(folder: Path) -> Path:
        return shp(folder, reshaped(change), crs=crs)

    CORPUS.add(name, what, build, *due, **options)


def into(crs: object, *after: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that moves a shape to a system, then changes it further."""

    def change(shape: Any) -> Any:
        shape = moved(shape, crs)
        for each in after:
            shape = each(shape)
        return shape

    return change


def east(metres: float) -> Callable[[Any], Any]:
    """Return a function that moves a shape eastward."""
    return lambda shape: shifted(shape, metres)


SAME: Callable[[Any], Any] = lambda shape: shape  # noqa: E731 - a shape as it stands
NAMED = reads(FOUND)
# What no .prj says, in each form that offices use.
_shp("undeclared_4546", "no .prj, 3-degree zone without number", SAME, None, NAMED)
_shp("undeclared_37", "no .prj, zone number 37", into(4525), None, NAMED)
_shp(
    "undeclared_114",
    "no .prj, 3-degree zone of 114 E without number",
    into(4547),
    None,
    NAMED,
    refuses("crs_ambiguous"),
)
_shp("undeclared_38", "no .prj, zone number 38", into(4526), None, NAMED)
_shp("undeclared_19", "no .prj, 6-degree zone number 19", into(4497), None, NAMED)
_shp("undeclared_degrees", "no .prj, degrees", into(4490), None, NAMED)
_shp("undeclared_swapped", "no .prj, northing before easting", swapped, None, NAMED)
_shp(
    "undeclared_swapped_37",
    "no .prj, northing before easting with zone number",
    into(4525, swapped),
    None,
    NAMED,
)
_shp(
    "undeclared_latitude_first",
    "no .prj, latitude before longitude",
    into(4490, swapped),
    None,
    NAMED,
)
_shp(
    "undeclared_mercator", "no .prj, Web Mercator", into(3857), None, refuses("crs_missing"), NAMED
)
_shp(
    "undeclared_utm",
    "no .prj, UTM zone 49N, which looks like the 3-degree zone",
    into(32649),
    None,
    refuses("crs_ambiguous"),
    reads(FOUND, plots=reshaped(into(32649)), tolerance_m=0.01),
)
_shp(
    "undeclared_millimetres",
    "no .prj, millimetres",
    lambda s: shapely.transform(s, lambda p: p * 1000),
    None,
    refuses("crs_missing"),
)
_shp(
    "undeclared_small",
    "no .prj, a drawing with an origin of its own",
    lambda s: shifted(s, -634_000, -2_456_000),
    None,
    refuses("crs_missing"),
)
# What the .prj says is wrong.
_shp(
    "prefix_in_4546",
    "zone number 37 in a file declared without",
    into(4525),
    4546,
    reads(CORRECTED),
)
_shp("no_prefix_in_4525", "no zone number in a file declared zone 37", SAME, 4525, reads(CORRECTED))
_shp(
    "declared_114",
    "numbers of 111 E declared 114 E: three degrees off",
    SAME,
    4547,
    reads(CORRECTED),
)
_shp("declared_111", "numbers of 114 E declared 111 E", into(4547), 4546, reads(CORRECTED))
_shp("declared_38", "zone number 37 declared zone 38", into(4525), 4526, reads(CORRECTED))
_shp(
    "prefix_39",
    "zone number 39 in a file of zone 37",
    east(39_000_000),
    4527,
    reads(CORRECTED),
    refuses("crs_wrong", "crs_missing"),
    reads(
        note("outside_county"),
        plots=reshaped(lambda shape: moved_from(4527, shifted(shape, 39_000_000))),
    ),
)
_shp(
    "six_degree_in_three",
    "6-degree zone number 19 declared 3-degree",
    into(4497),
    4546,
    reads(CORRECTED),
)
_shp("swapped_4546", "northing before easting, declared EPSG:4546", swapped, 4546, reads(CORRECTED))
_shp(
    "swapped_4525",
    "northing before easting with zone number, declared EPSG:4525",
    into(4525, swapped),
    4525,
    reads(CORRECTED),
)
_shp("degrees_as_metres", "degrees declared EPSG:4546", into(4490), 4546, reads(CORRECTED))
_shp("metres_as_degrees", "metres declared EPSG:4490", SAME, 4490, reads(CORRECTED))
_shp(
    "latitude_first",
    "latitude before longitude, declared EPSG:4490",
    into(4490, swapped),
    4490,
    reads(CORRECTED),
)
_shp("utm_as_gauss", "UTM zone 49N, declared so", into(32649), 32649, CLEAN)
_shp("mercator", "Web Mercator, declared so", into(3857), 3857, CLEAN)
_shp("wgs84", "WGS 84, declared so", into(4326), 4326, CLEAN)
_shp("six_degree", "6-degree zone 19, declared so", into(4497), 4497, CLEAN)
_shp("declared_38_right", "zone 38, declared so: the east of the county", into(4526), 4526, CLEAN)
_shp("degrees_3d", "CGCS2000 with heights, declared EPSG:4480", into(4490), 4480, CLEAN)
# Datums.
_shp("xian_80", "Xi'an 80, declared so", into(4546), 2382, REFUSED_DATUM)
_shp("xian_80_zone_37", "Xi'an 80 zone 37, declared so", into(4525), 2361, REFUSED_DATUM)
_shp("beijing_54", "Beijing 54, declared so", into(4546), 2434, REFUSED_DATUM)
_shp("xian_80_degrees", "Xi'an 80 in degrees", into(4490), 4610, REFUSED_DATUM)


@CORPUS.entry("Xi'an 80 named by hand in the .prj", REFUSED_DATUM)
def xian_by_hand(folder: Path) -> Path:
    path = shp(folder, crs=2382)
    text = path.with_suffix(".prj").read_text()
    path.with_suffix(".prj").write_text(text.replace("Xian_1980_3_Degree_GK_CM_111E", "XA80_111"))
    return path


PLANE = """source = xian80
dx = 55.500
dy = -12.250
rotation = 0
scale = 0
meridian = 111
"""


@CORPUS.entry(
    "Xi'an 80 with a file of four local parameters",
    reads(
        note("datum_shifted"),
        plots=reshaped(lambda shape: shifted(shape, -12.25, 55.5)),
    ),
    reads(
        note("datum_shifted"),
        plots=reshaped(lambda shape: shifted(shape, 55.5, -12.25)),
    ),
    parameters="local.txt",
)
def xian_with_parameters(folder: Path) -> Path:
    (folder / "local.txt").write_text(PLANE, encoding="utf-8")
    return shp(folder, crs=2382)


@CORPUS.entry(
    "Xi'an 80 with a file of parameters that is prose",
    refuses(blames="local.txt"),
    parameters="local.txt",
)
def xian_with_prose(folder: Path) -> Path:
    (folder / "local.txt").write_text("dx = about fifty\n", encoding="utf-8")
    shp(folder, crs=2382)
    return folder / "plots.shp"


def _prj(name: str, what: str, text: str, change: Callable[[Any], Any], *due: Outcome) -> None:
    def build(folder: Path) -> Path:
        path = shp(folder, reshaped(change))
        path.with_suffix(".prj").write_text(text, encoding="utf-8")
        return path

    CORPUS.add(name, what, build, *due)


_ESRI = CRS.from_epsg(4546).to_wkt("WKT1_ESRI")
_prj("prj_esri", "a .prj as ArcGIS writes it", _ESRI, SAME, CLEAN)
_prj(
    "prj_renamed",
    "a .prj whose system has a name of its own",
    _ESRI.replace("CGCS2000_3_Degree_GK_CM_111E", "EnPing_2000"),
    SAME,
    CLEAN,
)
_prj("prj_garbage", "a .prj of prose", "CGCS2000 111E", SAME, reads(FOUND))
_prj("prj_empty", "an empty .prj", "", SAME, reads(FOUND))
_prj(
    "prj_local",
    "a .prj with a local system",
    'LOCAL_CS["xx",UNIT["metre",1]]',
    SAME,
    reads(FOUND),
    refuses("crs_unknown"),
)
_prj("prj_cut", "a .prj cut off", _ESRI[: len(_ESRI) // 2], SAME, reads(FOUND))
_prj(
    "prj_web_page", "a .prj that is a web page", "<html><body>404</body></html>", SAME, reads(FOUND)
)
