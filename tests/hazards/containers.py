"""Files that are damaged, incomplete, empty, renamed or of a kind that is not read."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

from tests.hazards.biff import xls
from tests.hazards.clean import LEDGER
from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.kml import kml
from tests.hazards.land import GAS, JIAOLONG, MICANG, PLOTS, box, frame, named
from tests.hazards.writing import (
    TEXTS,
    cells,
    dbf,
    features,
    gdb,
    geojson,
    gpkg,
    shp,
    sql,
    vector,
    workbook,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CORPUS = Corpus("containers")
# Enough rows that a file can be cut in the middle of them.
MANY = tuple(
    named(
        GAS,
        code=f"440785001001GB{100 + n:05}",
        name=f"第{n:02}号地块",
        shape=box(n * 60, 0, 50, 40),
    )
    for n in range(40)
)
CUT = reads(note("rows_missing|geometry_missing", severity="error"), plots=MANY, part=True)


def cut(path: Path, share: float) -> Path:
    """Cut a file off."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


@CORPUS.entry(".shp cut off half-way", CUT)
def truncated_shp(folder: Path) -> Path:
    return cut(shp(folder, MANY), 0.5)


UNNAMED = tuple(named(plot, code=None, name=None) for plot in MANY[19:])


@CORPUS.entry(
    ".dbf cut off half-way",
    CUT,
    refuses(),
    reads(note("attributes_cut", severity="error"), plots=(*MANY[:19], *UNNAMED)),
)
def truncated_dbf(folder: Path) -> Path:
    path = shp(folder, MANY)
    cut(path.with_suffix(".dbf"), 0.5)
    return path


@CORPUS.entry(".shx cut off half-way", reads(plots=MANY), CUT, refuses())
def truncated_shx(folder: Path) -> Path:
    path = shp(folder, MANY)
    cut(path.with_suffix(".shx"), 0.5)
    return path


@CORPUS.entry("FlatGeobuf cut off at 90 %", CUT, refuses())
def truncated_fgb(folder: Path) -> Path:
    return cut(vector(folder / "plots.fgb", MANY), 0.9)


def _cut_entry(name: str, what: str, write: Callable[[Path], Path]) -> None:
    CORPUS.add(
        f"truncated_{name}",
        f"{what} cut off half-way",
        lambda folder: cut(write(folder), 0.5),
        refuses(),
    )


_cut_entry("gpkg", "GeoPackage", lambda folder: gpkg(folder / "plots.gpkg", MANY))
_cut_entry("geojson", "GeoJSON", lambda folder: geojson(folder / "plots.geojson", features(MANY)))
_cut_entry("kml", "KML", lambda folder: kml(folder / "plots.kml", MANY))
_cut_entry("xlsx", "workbook", lambda folder: workbook(folder / "ledger.xlsx", LEDGER))
_cut_entry("xls", "old workbook", lambda folder: xls(folder / "ledger.xls", LEDGER))


@CORPUS.entry("GeoParquet cut off half-way", refuses())
def truncated_parquet(folder: Path) -> Path:
    frame(MANY).to_parquet(folder / "plots.parquet")
    return cut(folder / "plots.parquet", 0.5)


for _suffix in (
    ".shp",
    ".gpkg",
    ".geojson",
    ".kml",
    ".kmz",
    ".dxf",
    ".fgb",
    ".parquet",
    ".txt",
    ".csv",
    ".xlsx",
    ".xls",
    ".zip",
    ".tab",
    ".mif",
):

    def _empty_file(folder: Path, suffix: str = _suffix) -> Path:
        (folder / f"plots{suffix}").write_bytes(b"")
        return folder / f"plots{suffix}"

    CORPUS.add(f"zero_bytes_{_suffix[1:]}", f"{_suffix} of zero bytes", _empty_file, refuses())


@CORPUS.entry(
    "Shapefile without .dbf",
    reads(note("attributes_missing"), plots=tuple(named(p, code=None, name=None) for p in PLOTS)),
)
def no_dbf(folder: Path) -> Path:
    path = shp(folder)
    path.with_suffix(".dbf").unlink()
    return path


@CORPUS.entry("Shapefile without .shx", reads(), refuses(says=(".shx",)))
def no_shx(folder: Path) -> Path:
    path = shp(folder)
    path.with_suffix(".shx").unlink()
    return path


@CORPUS.entry("a .dbf alone, given as .shp is missing", refuses())
def no_shp(folder: Path) -> Path:
    path = shp(folder)
    path.unlink()
    return path


@CORPUS.entry(
    ".dbf with more records than the .shp has shapes",
    reads(note("rows_missing|geometry_missing", severity="error")),
    refuses(),
)
def dbf_longer(folder: Path) -> Path:
    path = shp(folder)
    extra = [b"440785001001GB00009", "多余记录".encode("gbk")]
    dbf(path.with_suffix(".dbf"), TEXTS, [*cells(), extra])
    return path


@CORPUS.entry(
    ".dbf with fewer records than the .shp has shapes",
    reads(
        note("attributes_cut", severity="error"),
        plots=(GAS, MICANG, named(JIAOLONG, code=None, name=None)),
    ),
    reads(note("attributes_cut", severity="error"), plots=(GAS, MICANG)),
    refuses(),
)
def dbf_shorter(folder: Path) -> Path:
    path = shp(folder)
    dbf(path.with_suffix(".dbf"), TEXTS, cells()[:2])
    return path


@CORPUS.entry("a record marked as deleted in the .dbf", reads(plots=(GAS, JIAOLONG)))
def dbf_deleted(folder: Path) -> Path:
    path = shp(folder)
    dbf(path.with_suffix(".dbf"), TEXTS, cells(), deleted=(1,))
    return path


@CORPUS.entry("Shapefile with capital suffixes", CLEAN)
def capital_suffixes(folder: Path) -> Path:
    path = shp(folder)
    for part in list(folder.iterdir()):
        part.rename(part.with_suffix(part.suffix.upper()))
    return path.with_suffix(".SHP")


@CORPUS.entry("Shapefile with suffixes in mixed letters", CLEAN)
def mixed_suffixes(folder: Path) -> Path:
    path = shp(folder)
    path.with_suffix(".dbf").rename(path.with_suffix(".DBF"))
    path.with_suffix(".cpg").rename(path.with_suffix(".Cpg"))
    return path


@CORPUS.entry("layer with no rows", reads(note("no_rows"), plots=()), refuses())
def no_rows(folder: Path) -> Path:
    path = gpkg(folder / "plots.gpkg")
    return sql(path, "DELETE FROM parcels")


@CORPUS.entry("GeoJSON without a feature", reads(note("no_rows"), plots=()), refuses())
def no_features(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", [])


def two_layers(folder: Path) -> Path:
    """Write two layers of plots."""
    gpkg(folder / "plots.gpkg", (GAS, MICANG), layer="一期")
    return gpkg(folder / "plots.gpkg", (JIAOLONG,), layer="二期")


CORPUS.add(
    "two_layers",
    "GeoPackage with two layers of polygons, none chosen",
    two_layers,
    refuses("layers", says=("一期", "二期")),
    reads(note("layers_together")),
)
CORPUS.add(
    "layer_chosen",
    "GeoPackage with two layers, the second chosen",
    two_layers,
    reads(plots=(JIAOLONG,), clean=True),
    layer="二期",
)
CORPUS.add(
    "layer_unknown",
    "a layer asked for that is not there",
    two_layers,
    refuses("layer", says=("三期", "一期", "二期")),
    layer="三期",
)


@CORPUS.entry(
    "GeoPackage copied, then written again: the old layer stays before the new",
    refuses("layers", says=("copy", "plots")),
    reads(note("layers_together"), note("id_repeated"), plots=(*PLOTS, named(GAS, code=None))),
)
def stale_layer(folder: Path) -> Path:
    shutil.copy(gpkg(folder / "plots.gpkg", layer="plots"), folder / "copy.gpkg")
    return vector(folder / "copy.gpkg", (GAS,), driver="GPKG")


@CORPUS.entry(
    "FileGDB with two feature classes",
    refuses("layers", says=("DK", "ZD")),
    reads(note("layers_together"), plots=(GAS, MICANG)),
)
def two_classes(folder: Path) -> Path:
    gdb(folder / "plots.gdb", (GAS,))
    return gdb(folder / "plots.gdb", (MICANG,), layer="ZD", mode="a")


@CORPUS.entry("FileGDB without its catalogue", refuses())
def gdb_without_catalogue(folder: Path) -> Path:
    path = gdb(folder / "plots.gdb")
    for part in path.glob("a00000001.*"):
        part.unlink()
    return path


@CORPUS.entry("FileGDB with a table cut off", CUT, refuses())
def gdb_table_cut(folder: Path) -> Path:
    path = gdb(folder / "plots.gdb", MANY)
    cut(
        max(
            path.glob("*.gdbtable"),
            key=lambda part: part.stat().st_mtime_ns + int(part.stem[1:], 16),
        ),
        0.5,
    )
    return path


@CORPUS.entry("a .gdb that is an empty folder", refuses())
def gdb_empty(folder: Path) -> Path:
    (folder / "plots.gdb").mkdir()
    return folder / "plots.gdb"


@CORPUS.entry("GeoPackage whose register counts fewer rows than there are", reads(), refuses())
def register_short(folder: Path) -> Path:
    path = gpkg(folder / "plots.gpkg")
    return sql(path, "UPDATE gpkg_ogr_contents SET feature_count = 2")


@CORPUS.entry("GeoPackage left with a journal: a writer died in the middle", reads(), refuses())
def hot_journal(folder: Path) -> Path:
    path = gpkg(folder / "a.gpkg")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA cache_size = 1")
    database.execute("BEGIN IMMEDIATE")
    database.execute("CREATE TABLE waste (x)")
    database.executemany("INSERT INTO waste VALUES (?)", [("x" * 900,)] * 400)
    database.execute("UPDATE gpkg_contents SET identifier = 'changed'")
    shutil.copy(path, folder / "plots.gpkg")
    shutil.copy(f"{path}-journal", folder / "plots.gpkg-journal")
    database.execute("ROLLBACK")
    database.close()
    return folder / "plots.gpkg"


@CORPUS.entry("GeoPackage open in QGIS: rows still in the write-ahead log", reads(), refuses())
def write_ahead(folder: Path) -> Path:
    path = gpkg(folder / "a.gpkg")
    sql(path, "UPDATE parcels SET DKMC = 'old'")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    for number, plot in enumerate(PLOTS, 1):
        database.execute("UPDATE parcels SET DKMC = ? WHERE fid = ?", (plot.name, number))
    for tail in ("", "-wal", "-shm"):
        shutil.copy(f"{path}{tail}", f"{folder / 'plots.gpkg'}{tail}")
    database.close()
    return folder / "plots.gpkg"
