"""Shapes whose bytes are damaged, or that are written in odd ways."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from tests.hazards.expectation import CLEAN, Corpus, note, reads, refuses
from tests.hazards.land import (
    EAST_M,
    GAS,
    HOLED,
    JIAOLONG,
    MICANG,
    NORTH_M,
    PARTED,
    PLOTS,
    frame,
    named,
)
from tests.hazards.writing import features, geojson, gpkg, gpkg_geometry, ring_wkb, vector

if TYPE_CHECKING:
    from pathlib import Path

from tests.hazards.geometry import KEPT

CORPUS = Corpus("geometry")


def _row_wkb(name: str, what: str, wkb: bytes, *rules: str, flat: bool = False) -> None:
    def build(folder: Path) -> Path:
        return gpkg_geometry(gpkg(folder / "plots.gpkg"), wkb, row=2)

    due = [reads(note("|".join(rules), row=2, severity="error"), plots=KEPT)]
    if flat:
        plots = (GAS, named(MICANG, shape=shapely.from_wkb(wkb)), JIAOLONG)
        due.append(reads(note("geometry_invalid", row=2), plots=plots))
    CORPUS.add(name, what, build, *due)


_RING = [(float(x), float(y)) for x, y in MICANG.shape.exterior.coords]
BROKEN = ("geometry_unread", "geometry_missing")
_row_wkb(
    "nan_corner",
    "a corner that is not a number",
    ring_wkb([_RING[0], (math.nan, _RING[1][1]), *_RING[2:]]),
    "geometry_not_finite",
)
_row_wkb(
    "infinite_corner",
    "a corner at infinity",
    ring_wkb([_RING[0], (math.inf, _RING[1][1]), *_RING[2:]]),
    "geometry_not_finite",
)
_row_wkb(
    "ring_of_two",
    "a ring of two corners",
    ring_wkb([_RING[0], _RING[1], _RING[0]]),
    *BROKEN,
    flat=True,
)
_row_wkb("wkb_cut_off", "a geometry whose bytes end early", ring_wkb(_RING)[:-9], *BROKEN)
_row_wkb("wkb_garbage", "a geometry of random bytes", bytes(range(7, 99)), *BROKEN)


@CORPUS.entry(
    "one ring that does not close: others make the whole file unreadable for it",
    reads(),
    reads(note("|".join(BROKEN), row=2, severity="error"), plots=KEPT),
)
def unclosed_ring(folder: Path) -> Path:
    return gpkg_geometry(gpkg(folder / "plots.gpkg"), ring_wkb(_RING[:-1]), row=2)


@CORPUS.entry(
    "GeoJSON ring that does not close",
    reads(),
    reads(note("|".join(BROKEN), row=2, severity="error"), plots=KEPT),
)
def unclosed_geojson(folder: Path) -> Path:
    rows = features()
    rows[1]["geometry"]["coordinates"][0].pop()
    return geojson(folder / "plots.geojson", rows)


def _coordinates(name: str, what: str, change: Any, *rules: str) -> None:
    def build(folder: Path) -> Path:
        rows = features()
        ring = rows[1]["geometry"]["coordinates"][0]
        ring[1] = change(ring[1])
        return geojson(folder / "plots.geojson", rows)

    CORPUS.add(
        name,
        what,
        build,
        reads(note("|".join(rules), row=2, severity="error"), plots=KEPT),
        refuses(),
    )


_coordinates(
    "coordinates_null",
    "GeoJSON with null for a coordinate",
    lambda point: [None, point[1]],
    *BROKEN,
    "geometry_not_finite",
)
_coordinates(
    "coordinates_single", "GeoJSON with a corner of one number", lambda point: [point[0]], *BROKEN
)
_coordinates(
    "coordinates_nested", "GeoJSON with a corner nested too deep", lambda point: [[point]], *BROKEN
)
_coordinates(
    "coordinates_nan",
    "GeoJSON with NaN for a coordinate",
    lambda point: [math.nan, point[1]],
    *BROKEN,
    "geometry_not_finite",
)
_coordinates(
    "coordinates_huge",
    "GeoJSON with 1e400 for a coordinate",
    lambda point: [math.inf, point[1]],
    *BROKEN,
    "geometry_not_finite",
)


@CORPUS.entry(
    "GeoJSON with coordinates as text",
    reads(),
    reads(note("|".join(BROKEN), row=2, severity="error"), plots=KEPT),
    refuses(),
)
def coordinates_text(folder: Path) -> Path:
    rows = features()
    ring = rows[1]["geometry"]["coordinates"][0]
    rows[1]["geometry"]["coordinates"][0] = [[str(each) for each in point] for point in ring]
    return geojson(folder / "plots.geojson", rows)


@CORPUS.entry("a corner written twice", CLEAN)
def repeated_corner(folder: Path) -> Path:
    twice = tuple(
        named(p, shape=shapely.Polygon(np.repeat(shapely.get_coordinates(p.shape), 2, axis=0)))
        for p in PLOTS
    )
    return gpkg(folder / "plots.gpkg", twice)


FLAT = shapely.Polygon([_RING[0], _RING[1], _RING[1], _RING[0]])


@CORPUS.entry(
    "a plot without area: all corners on a line",
    reads(
        note("geometry_invalid|no_area", row=2), plots=(GAS, named(MICANG, shape=FLAT), JIAOLONG)
    ),
)
def flat_plot(folder: Path) -> Path:
    return gpkg_geometry(gpkg(folder / "plots.gpkg"), FLAT.wkb, row=2)


def arc_wkb(east: float, north: float, radius: float) -> bytes:
    """Return a circle as CurvePolygon of one CircularString."""
    points = [
        (east - radius, north),
        (east, north + radius),
        (east + radius, north),
        (east, north - radius),
        (east - radius, north),
    ]
    ring = struct.pack("<BII", 1, 8, 5) + b"".join(struct.pack("<dd", *point) for point in points)
    return struct.pack("<BII", 1, 10, 1) + ring


@CORPUS.entry(
    "a circle kept as arcs (CurvePolygon)",
    reads(
        note("arcs_straightened"),
        tolerance_m2=0.2,
        plots=(
            GAS,
            named(MICANG, shape=shapely.Point(EAST_M + 700, NORTH_M).buffer(100, quad_segs=500)),
            JIAOLONG,
        ),
    ),
)
def curves(folder: Path) -> Path:
    return gpkg_geometry(gpkg(folder / "plots.gpkg"), arc_wkb(EAST_M + 700, NORTH_M, 100.0), row=2)


@CORPUS.entry("a plot in two parts and one with a hole", reads(plots=(HOLED, PARTED), clean=True))
def parts_and_holes(folder: Path) -> Path:
    return geojson(folder / "plots.geojson", features((HOLED, PARTED)))


ROUND = (named(GAS, shape=shapely.Point(EAST_M, NORTH_M).buffer(800, quad_segs=50_000)),)


@CORPUS.entry("one plot of 200,000 corners", reads(plots=ROUND, clean=True))
def corners_200000(folder: Path) -> Path:
    return vector(folder / "plots.fgb", ROUND)


@CORPUS.entry(
    "the same plot twice in a file",
    reads(note("id_repeated", row=2), plots=(GAS, named(GAS, code=None))),
)
def plot_twice(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", (GAS, GAS))


@CORPUS.entry("two geometry columns in a GeoParquet", reads())
def two_geometries(folder: Path) -> Path:
    both: gpd.GeoDataFrame = frame()
    both["centre"] = gpd.GeoSeries(shapely.centroid(both.geometry.to_numpy()), crs=4546)
    both.to_parquet(folder / "plots.parquet")
    return folder / "plots.parquet"


@CORPUS.entry("Parquet with WKB but no word on geometry", reads(), refuses())
def parquet_plain(folder: Path) -> Path:
    table = frame()
    plain = table.drop(columns="geometry").assign(
        geometry=shapely.to_wkb(table.geometry.to_numpy())
    )
    plain.to_parquet(folder / "plots.parquet")
    return folder / "plots.parquet"


@CORPUS.entry("a single Feature instead of a collection", reads(plots=(GAS,)))
def single_feature(folder: Path) -> Path:
    (row,) = features((GAS,))
    (folder / "plot.geojson").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    return folder / "plot.geojson"


@CORPUS.entry(
    "a bare geometry without attributes", reads(plots=(named(GAS, code=None, name=None),))
)
def bare_geometry(folder: Path) -> Path:
    (row,) = features((GAS,))
    (folder / "plot.geojson").write_text(json.dumps(row["geometry"]))
    return folder / "plot.geojson"


@CORPUS.entry("a Feature on each line", reads(), refuses())
def feature_per_line(folder: Path) -> Path:
    lines = [json.dumps(row, ensure_ascii=False) for row in features()]
    (folder / "plots.geojson").write_text("\n".join(lines), encoding="utf-8")
    return folder / "plots.geojson"
