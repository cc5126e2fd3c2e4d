"""What is no local file, or points elsewhere: refused before anything is opened."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from typing import TYPE_CHECKING

from tests.hazards.expectation import Corpus, reads, refuses
from tests.hazards.writing import gpkg, shp

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = Corpus("safety")
NETWORK = "it would follow the string"


def _string_alone(_: Path, string: str) -> str:
    return string


for _name, _string in (
    ("http", "http://127.0.0.1:9/plots.geojson"),
    ("https", "https://127.0.0.1:9/plots.geojson"),
    ("ftp", "ftp://127.0.0.1:9/plots.shp"),
    ("file_url", "file:///etc/passwd"),
    ("s3", "s3://bucket/plots.gpkg"),
    ("vsicurl", "/vsicurl/http://127.0.0.1:9/plots.geojson"),
    ("vsizip", "/vsizip/plots.zip/plots.shp"),
    ("vsizip_curl", "/vsizip/vsicurl/http://127.0.0.1:9/plots.zip"),
    ("vsimem", "/vsimem/plots.geojson"),
    ("vsistdin", "/vsistdin/"),
    ("vsisubfile", "/vsisubfile/0_100,/etc/passwd"),
    ("zip_scheme", "zip://plots.zip!plots.shp"),
    ("prefix_geojson", "GeoJSON:http://127.0.0.1:9/plots.geojson"),
    ("prefix_wfs", "WFS:http://127.0.0.1:9/wfs"),
    ("prefix_csv", "CSV:/etc/passwd"),
    ("prefix_postgres", "PG:host=127.0.0.1 dbname=x"),
    ("inline_json", '{"type": "FeatureCollection", "features": []}'),
    ("inline_vrt", "<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>"),
    ("empty_string", ""),
    ("missing", "no/such/place/plots.shp"),
    ("nul_in_name", "plots\x00.shp"),
    ("name_too_long", "长" * 3000 + ".shp"),
    ("device", "/dev/zero"),
    ("random_device", "/dev/urandom"),
    ("unc", r"\\127.0.0.1\share\plots.shp"),
):
    CORPUS.add(
        f"path_{_name}",
        f"path {_string[:60]!r}",
        partial(_string_alone, string=_string),
        refuses(),
        apart=NETWORK,
    )

VRT = """<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{path}</SrcDataSource>
<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"""
for _suffix in (
    ".vrt",
    ".geojson",
    ".gpkg",
    ".shp",
    ".kml",
    ".txt",
    ".csv",
    ".json",
    ".fgb",
    ".tab",
):

    def _vrt(folder: Path, suffix: str = _suffix) -> Path:
        secret = folder / "secret.csv"
        secret.write_text("id,WKT\n1,POINT (112.3 22.2)\n", encoding="utf-8")
        (folder / f"plots{suffix}").write_text(VRT.format(path=secret), encoding="utf-8")
        return folder / f"plots{suffix}"

    CORPUS.add(
        f"vrt_named{_suffix.replace('.', '_')}",
        f"a VRT that points to another file, named {_suffix}",
        _vrt,
        refuses(),
    )


@CORPUS.entry("a pipe named like a Shapefile", refuses(), apart="it would wait for ever")
def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "plots.shp")
    return folder / "plots.shp"


@CORPUS.entry("a folder named like a Shapefile", refuses())
def folder_named_shp(folder: Path) -> Path:
    (folder / "plots.shp").mkdir()
    return folder / "plots.shp"


@CORPUS.entry("a link to a local file", reads(clean=True), refuses())
def link(folder: Path) -> Path:
    (folder / "link.gpkg").symlink_to(gpkg(folder / "plots.gpkg"))
    return folder / "link.gpkg"


@CORPUS.entry("a link to nothing", refuses())
def link_broken(folder: Path) -> Path:
    (folder / "plots.gpkg").symlink_to(folder / "gone.gpkg")
    return folder / "plots.gpkg"


@CORPUS.entry("a link to itself", refuses())
def link_loop(folder: Path) -> Path:
    (folder / "plots.gpkg").symlink_to(folder / "plots.gpkg")
    return folder / "plots.gpkg"


@CORPUS.entry("a folder that holds a link to itself", reads(clean=True), refuses())
def folder_loop(folder: Path) -> Path:
    shp(folder / "plots")
    (folder / "plots" / "again").symlink_to(folder / "plots")
    return folder / "plots"


@CORPUS.entry("GeoJSON nested 100,000 deep", refuses())
def nested_json(folder: Path) -> Path:
    depth = 100_000
    text = '{"type": "FeatureCollection", "features": ' + "[" * depth + "]" * depth + "}"
    (folder / "plots.geojson").write_text(text)
    return folder / "plots.geojson"


@CORPUS.entry(
    "GeoPackage with a view that never ends",
    refuses(),
    reads(clean=True),
    apart="it might never end",
)
def endless_view(folder: Path) -> Path:
    path = gpkg(folder / "plots.gpkg")
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(x) AS "
            "(SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
        )
    database.close()
    return path
