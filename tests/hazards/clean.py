"""Clean files of every format: they arrive with nothing to warn of."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tests.hazards.biff import xls
from tests.hazards.expectation import CLEAN, Corpus, note, reads
from tests.hazards.kml import kml, kmz
from tests.hazards.land import HOLED, PARTED, PLOTS, frame, moved, named
from tests.hazards.survey import NORM, txt
from tests.hazards.writing import (
    crs_member,
    features,
    gdb,
    geojson,
    gpkg,
    parts,
    shp,
    vector,
    workbook,
    zipped,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hazards.land import Plot

CORPUS = Corpus("clean")
ALL = (*PLOTS, HOLED, PARTED)
LEDGER: list[list[Any]] = [
    ["地块编号", "地块名称", "面积（亩）", "所在镇"],
    *(
        [plot.code, plot.name, mu, "圣堂镇"]
        for plot, mu in zip(PLOTS, (15.0, 9.0, 12.6), strict=True)
    ),
]
DETECTED = note("crs_detected")
LISTED = tuple(named(plot, shape=None) for plot in PLOTS)
LEDGER_VALUES = {"stated_mu": (15.0, 9.0, 12.6)}


@CORPUS.entry("Shapefile in GBK with .cpg and .prj", reads(plots=ALL, clean=True))
def shapefile_gbk(folder: Path) -> Path:
    return shp(folder, ALL)


@CORPUS.entry("Shapefile in UTF-8 with .cpg and .prj", CLEAN)
def shapefile_utf8(folder: Path) -> Path:
    return shp(folder, encoding="UTF-8", cpg="UTF-8")


@CORPUS.entry("Shapefile in a zip", CLEAN)
def shapefile_zip(folder: Path) -> Path:
    return zipped(folder / "plots.zip", parts(shp(folder / "a")))


@CORPUS.entry("folder with one Shapefile", CLEAN)
def shapefile_folder(folder: Path) -> Path:
    shp(folder / "plots")
    return folder / "plots"


@CORPUS.entry("Shapefile with zone number 37", CLEAN)
def shapefile_zone_37(folder: Path) -> Path:
    plots = tuple(named(plot, shape=moved(plot.shape, 4525)) for plot in PLOTS)
    return shp(folder, plots, crs=4525)


@CORPUS.entry("GeoPackage", reads(plots=ALL, clean=True))
def geopackage(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", ALL)


@CORPUS.entry("FileGDB folder", reads(plots=ALL, clean=True))
def filegdb(folder: Path) -> Path:
    return gdb(folder / "plots.gdb", ALL)


@CORPUS.entry("FileGDB in a zip", CLEAN)
def filegdb_zip(folder: Path) -> Path:
    gdb(folder / "a" / "plots.gdb")
    shutil.make_archive(str(folder / "plots.gdb"), "zip", folder / "a")
    return folder / "plots.gdb.zip"


@CORPUS.entry("GeoJSON in longitude and latitude", CLEAN)
def geojson_degrees(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features())


@CORPUS.entry("GeoJSON with a crs member for EPSG:4546", CLEAN)
def geojson_with_crs(folder: Path) -> Path:
    crs = crs_member("urn:ogc:def:crs:EPSG::4546")
    return geojson(folder / "plots.geojson", features(crs=4546), crs=crs)


@CORPUS.entry("KML", CLEAN)
def kml_file(folder: Path) -> Path:
    return kml(folder / "plots.kml")


@CORPUS.entry("KMZ", CLEAN)
def kmz_file(folder: Path) -> Path:
    return kmz(folder / "plots.kmz")


@CORPUS.entry("FlatGeobuf", reads(plots=ALL, clean=True))
def flatgeobuf(folder: Path) -> Path:
    return vector(folder / "plots.fgb", ALL)


@CORPUS.entry("GeoParquet", reads(plots=ALL, clean=True))
def geoparquet(folder: Path) -> Path:
    frame(ALL).to_parquet(folder / "plots.parquet")
    return folder / "plots.parquet"


# A TAB keeps coordinates as whole numbers: 1.4 cm in a projected system.
@CORPUS.entry("MapInfo TAB in GBK", reads(tolerance_m=0.02, tolerance_m2=3.0, clean=True))
def mapinfo_tab(folder: Path) -> Path:
    return vector(folder / "plots.tab", driver="MapInfo File", encoding="GBK", crs=4546)


@CORPUS.entry("MapInfo MIF in UTF-8", CLEAN)
def mapinfo_mif(folder: Path) -> Path:
    return vector(folder / "plots.mif", driver="MapInfo File", encoding="UTF-8")


def _table(plots: tuple[Plot, ...], sign: str = ",") -> str:
    lines = [sign.join(("地块编号", "地块名称", "WKT"))]
    lines += [
        sign.join((plot.code or "", plot.name or "", f'"{plot.shape.wkt}"')) for plot in plots
    ]
    return "\n".join(lines) + "\n"


@CORPUS.entry("CSV with a column of WKT; no CSV says its system", reads(DETECTED, plots=ALL))
def csv_wkt(folder: Path) -> Path:
    (folder / "plots.csv").write_text(_table(ALL), encoding="utf-8-sig")
    return folder / "plots.csv"


def corner_rows(plots: tuple[Plot, ...] = PLOTS) -> list[list[Any]]:
    """Return a table of corners: code, name, number of the point, X (north), Y (east)."""
    rows: list[list[Any]] = [["地块编号", "地块名称", "点号", "X", "Y"]]
    for plot in plots:
        for number, (east, north) in enumerate(shapely.get_coordinates(plot.shape)[:-1], 1):
            rows.append([plot.code, plot.name, f"J{number}", round(north, 3), round(east, 3)])
    return rows


@CORPUS.entry("CSV with a row for each corner", reads(DETECTED))
def csv_corners(folder: Path) -> Path:
    lines = [",".join(map(str, row)) for row in corner_rows()]
    (folder / "corners.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    return folder / "corners.csv"


@CORPUS.entry("workbook with a row for each corner", reads(DETECTED))
def xlsx_corners(folder: Path) -> Path:
    return workbook(folder / "corners.xlsx", corner_rows())


@CORPUS.entry("boundary-point TXT after the norm", reads(plots=ALL, clean=True))
def boundary_points(folder: Path) -> Path:
    return txt(folder / "plots.txt", ALL, header=NORM)


@CORPUS.entry("ledger as .xlsx", reads(plots=LISTED, values=LEDGER_VALUES, clean=True))
def ledger_xlsx(folder: Path) -> Path:
    return workbook(folder / "ledger.xlsx", LEDGER)


@CORPUS.entry("ledger as .xls", reads(plots=LISTED, values=LEDGER_VALUES, clean=True))
def ledger_xls(folder: Path) -> Path:
    return xls(folder / "ledger.xls", LEDGER)


@CORPUS.entry("ledger as .csv", reads(plots=LISTED, values=LEDGER_VALUES, clean=True))
def ledger_csv(folder: Path) -> Path:
    lines = [",".join(map(str, row)) for row in LEDGER]
    (folder / "ledger.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    return folder / "ledger.csv"


TURNS = np.arange(5000) * math.tau / 5000
ROUND = shapely.Polygon(
    np.column_stack([634_500 + 200 * np.cos(TURNS), 2_456_900 + 200 * np.sin(TURNS)])
)
ROUND_PLOTS = (named(PLOTS[0], shape=ROUND),)


@CORPUS.entry("plot with a round outline of 5,000 corners", reads(plots=ROUND_PLOTS, clean=True))
def many_corners(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", ROUND_PLOTS)
