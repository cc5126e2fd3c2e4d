"""Files without a word on coordinates, plots astray, options, shifted degrees."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.land import (
    GAS,
    JIAOLONG,
    MICANG,
    PLOTS,
    frame,
    moved,
    named,
    reshaped,
    shifted,
    swapped,
)
from tests.hazards.mars import bd09, gcj02
from tests.hazards.writing import crs_member, features, geojson, gpkg, shp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.hazards.expectation import Outcome

from tests.hazards.coordinates import CORRECTED, FOUND, SAME, into

CORPUS = Corpus("coordinates")


@CORPUS.entry("GeoPackage without a system (srs_id 0)", reads(FOUND))
def gpkg_undefined(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", crs=None)


@CORPUS.entry("GeoJSON in metres without a word on it: others say EPSG:4326", reads(CORRECTED))
def geojson_metres(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(crs=4546))


@CORPUS.entry("GeoJSON in metres with zone number, without a word on it", reads(CORRECTED))
def geojson_zone(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(crs=4525))


@CORPUS.entry("GeoJSON with latitude before longitude", reads(CORRECTED))
def geojson_latitude_first(folder: Path) -> Path:
    rows = features()
    for row in rows:
        (ring,) = row["geometry"]["coordinates"]
        row["geometry"]["coordinates"] = [[point[::-1] for point in ring]]
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry("GeoJSON that says EPSG:4326 and is in metres", reads(CORRECTED))
def geojson_says_4326(folder: Path) -> Path:
    crs = crs_member("urn:ogc:def:crs:EPSG::4326")
    return geojson(folder / "plots.geojson", features(crs=4546), crs=crs)


@CORPUS.entry("GeoJSON with a crs nobody knows", reads(), refuses("crs_unknown"))
def geojson_crs_unknown(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(), crs=crs_member("urn:enping:local"))


@CORPUS.entry("GeoJSON whose crs is no object", reads(), refuses("crs_unknown"))
def geojson_crs_text(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features(crs=4546), crs="EPSG:4546")


def _one_off(
    name: str, what: str, shape: shapely.Geometry, *due: Outcome, declared: object = 4546
) -> None:
    CORPUS.add(
        name,
        what,
        lambda folder: gpkg(
            folder / "plots.gpkg", (GAS, named(MICANG, shape=shape), JIAOLONG), crs=declared
        ),
        *due,
    )


OTHERS = (GAS, JIAOLONG)
ROW_2 = note("plots_other_system", severity="warning")
_one_off(
    "one_at_zero",
    "one plot at 0, 0",
    shapely.box(0, 0, 120, 50),
    reads(note("plot_nowhere", row=2, severity="error"), plots=OTHERS),
)
_one_off("one_swapped", "one plot with its axes swapped", swapped(MICANG.shape), reads(ROW_2))
_one_off("one_with_prefix", "one plot with zone number 37", moved(MICANG.shape, 4525), reads(ROW_2))
_one_off("one_in_degrees", "one plot in degrees", moved(MICANG.shape, 4490), reads(ROW_2))
_one_off(
    "one_swapped_undeclared",
    "one plot with its axes swapped, no system declared",
    swapped(MICANG.shape),
    reads(ROW_2),
    declared=None,
)


@CORPUS.entry("plots of zones 37 and 38 in one file, both with their number", reads(ROW_2))
def mixed_zones(folder: Path) -> Path:
    plots = (*reshaped(into(4525), (GAS, JIAOLONG)), *reshaped(into(4526), (MICANG,)))
    return shp(folder, plots, crs=None)


BEIJING = reshaped(into(4490, lambda shape: shifted(shape, 4.0, 17.7)))
FAR = reshaped(lambda shape: shifted(shape, 90_000, 30_000))


@CORPUS.entry(
    "plots outside the county, rightly declared", reads(note("outside_county"), plots=FAR)
)
def outside_county(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", FAR)


@CORPUS.entry("one plot outside the county, rightly declared", reads(plots=(GAS, MICANG, FAR[2])))
def one_outside(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", (GAS, MICANG, FAR[2]))


@CORPUS.entry(
    "plots in Beijing in degrees, nothing declared",
    refuses("crs_missing"),
    reads(note("outside_county"), plots=tuple(named(p, shape=None) for p in PLOTS)),
)
def beijing_undeclared(folder: Path) -> Path:
    return shp(folder, BEIJING, crs=None)


def _option(name: str, what: str, change: Callable[[Any], Any], crs: str, *due: Outcome) -> None:
    CORPUS.add(name, what, lambda folder: shp(folder, reshaped(change), crs=None), *due, crs=crs)


_option("crs_option", "no .prj, the system given", into(4526), "EPSG:4526", reads(clean=True))
_option(
    "crs_option_impossible",
    "no .prj, a system given that the numbers cannot be in",
    SAME,
    "EPSG:4490",
    refuses("crs_option"),
)
_option(
    "crs_option_unknown",
    "a system given that does not exist",
    SAME,
    "EPSG:999999",
    refuses("crs_unknown", blames="EPSG:999999"),
)
_option(
    "crs_option_words",
    "a system given in words",
    SAME,
    "西安80",
    refuses("crs_unknown", "crs_datum", blames="西安80"),
)
_option(
    "crs_option_datum",
    "Xi'an 80 given as the system",
    SAME,
    "EPSG:2382",
    refuses("crs_datum", "crs_datum_file", blames="Xian 1980"),
)


CORPUS.add(
    "ambiguous",
    "no .prj, numbers that are in either of two zones of a wide county",
    lambda folder: shp(folder, crs=None),
    refuses("crs_ambiguous", "crs_missing"),
    county=(108.0, 20.0, 118.0, 25.0),
)
CORPUS.add(
    "other_county",
    "another county set: its plots arrive without a warning",
    lambda folder: shp(folder, FAR, crs=None),
    reads(FOUND, plots=FAR),
    county=(112.9, 22.2, 113.4, 22.8),
)
SHIFTED = note("shift_by_reference")
KNOWN = frame().drop(columns=["DKBH", "DKMC"])
CORPUS.add(
    "gcj02_known",
    "degrees in GCJ-02, known plots tell",
    lambda folder: geojson(folder / "plots.geojson", _degrees(gcj02)),
    reads(SHIFTED),
    known=KNOWN,
)
CORPUS.add(
    "bd09_known",
    "degrees in BD-09, known plots tell",
    lambda folder: geojson(folder / "plots.geojson", _degrees(bd09)),
    reads(SHIFTED),
    known=KNOWN,
)
CORPUS.add(
    "degrees_known",
    "degrees that fit the known plots as they are",
    lambda folder: geojson(folder / "plots.geojson", features()),
    CLEAN,
    known=KNOWN,
)


def _degrees(shift: Callable[[Any], Any]) -> list[dict[str, Any]]:
    rows = features()
    for row, plot in zip(rows, PLOTS, strict=True):
        row["geometry"] = shapely.geometry.mapping(shift(plot.shape))
    return rows


def _degree_table(
    header: str, plots: Any, *, latitude_first: bool = False
) -> Callable[[Path], Path]:
    def build(folder: Path) -> Path:
        lines = [f"地块编号,地块名称,{header}"]
        for plot in plots:
            for x, y in shapely.get_coordinates(plot.shape)[:-1]:
                pair = (y, x) if latitude_first else (x, y)
                lines.append(f"{plot.code},{plot.name},{pair[0]:.10f},{pair[1]:.10f}")
        (folder / "corners.csv").write_text("\n".join(lines), encoding="utf-8-sig")
        return folder / "corners.csv"

    return build


UNSTATED = note("degrees_unstated")
CORPUS.add(
    "csv_degrees",
    "corners in longitude and latitude, datum not stated",
    _degree_table("经度,纬度", reshaped(into(4490))),
    reads(UNSTATED),
)
CORPUS.add(
    "csv_degrees_reversed",
    "corners in latitude and longitude, headers in that order",
    _degree_table("纬度,经度", reshaped(into(4490)), latitude_first=True),
    reads(UNSTATED),
)
CORPUS.add(
    "csv_degrees_mislabelled",
    "corners whose headers longitude and latitude are exchanged",
    _degree_table("纬度,经度", reshaped(into(4490))),
    reads(note("axes_swapped")),
)
CORPUS.add(
    "csv_metres_swapped",
    "corners whose headers X and Y are exchanged",
    _degree_table("X,Y", PLOTS),
    reads(FOUND),
)
CORPUS.add(
    "csv_metres_named",
    "corners headed 横坐标 and 纵坐标",
    _degree_table("横坐标,纵坐标", PLOTS),
    reads(),
)
CORPUS.add(
    "csv_prefix",
    "corners in zone 37 with its number",
    _degree_table("Y,X", reshaped(into(4525))),
    reads(),
)
