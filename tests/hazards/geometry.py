"""Shapes that are broken, odd, or no plots at all."""

# ruff: noqa: ANN401 - shapes, tables and options are Any to the type checker

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING, Any

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
    PLOTS,
    box,
    named,
)
from tests.hazards.writing import features, geojson, gpkg, gpkg_geometry, shp

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = Corpus("geometry")
KEPT = (GAS, JIAOLONG)
BOW_TIE = named(
    MICANG,
    shape=shapely.Polygon(
        [(EAST_M + x, NORTH_M + y) for x, y in ((150, 0), (200, 50), (200, 0), (150, 50))]
    ),
)
HOLE_OUTSIDE = named(
    MICANG,
    shape=shapely.Polygon(
        box(150, 10, 120, 50).exterior.coords, [box(150, 110, 20, 20).exterior.coords]
    ),
)
TWICE = named(MICANG, shape=shapely.multipolygons([MICANG.shape, MICANG.shape]))
INVALID = note("geometry_invalid", row=2)


def _invalid(name: str, what: str, plot: Any) -> None:
    CORPUS.add(
        name,
        what,
        lambda folder: gpkg(folder / "plots.gpkg", (GAS, plot, JIAOLONG)),
        reads(INVALID, plots=(GAS, plot, JIAOLONG)),
    )


_invalid("bow_tie", "a plot like a bow tie: its area sums to 0", BOW_TIE)
_invalid("hole_outside", "a hole outside its shell", HOLE_OUTSIDE)
_invalid("duplicate_ring", "the same ring twice in one plot", TWICE)
_invalid(
    "spike",
    "a plot with a spike",
    named(
        MICANG,
        shape=shapely.Polygon(
            [
                *list(MICANG.shape.exterior.coords)[:2],
                (EAST_M + 200, NORTH_M + 60),
                (EAST_M + 200, NORTH_M + 400),
                (EAST_M + 200, NORTH_M + 60),
                *list(MICANG.shape.exterior.coords)[2:],
            ]
        ),
    ),
)


def shp_rings(path: Path, row: int, rings: list[list[tuple[float, float]]]) -> Path:
    """Replace the rings of a shape of a Shapefile, wound as given; same number of points."""
    content = bytearray(path.read_bytes())
    place = 100
    for _ in range(row - 1):
        place += 8 + 2 * struct.unpack(">i", content[place + 4 : place + 8])[0]
    size = 2 * struct.unpack(">i", content[place + 4 : place + 8])[0]
    points = [point for ring in rings for point in ring]
    starts = np.cumsum([0, *map(len, rings)])[:-1]
    body = content[place + 8 : place + 44] + struct.pack("<ii", len(rings), len(points))
    body += struct.pack(f"<{len(rings)}i", *starts)
    body += b"".join(struct.pack("<dd", *point) for point in points)
    assert len(body) == size
    content[place + 8 : place + 8 + size] = body
    path.write_bytes(bytes(content))
    return path


@CORPUS.entry(
    "Shapefile whose hole is wound like a shell: 10,400 m2 instead of 9,600",
    reads(plots=(HOLED,)),
    reads(
        note("geometry_invalid", row=1),
        plots=(
            named(
                HOLED, shape=shapely.multipolygons([box(0, 200, 100, 100), box(30, 230, 20, 20)])
            ),
        ),
    ),
)
def hole_wound_wrong(folder: Path) -> Path:
    shell, hole = box(0, 200, 100, 100), box(30, 230, 20, 20)
    both = [list(shapely.normalize(each).exterior.coords) for each in (shell, hole)]
    return shp_rings(shp(folder, (HOLED,)), 1, both)


@CORPUS.entry("Shapefile whose shells run anticlockwise", CLEAN)
def shells_anticlockwise(folder: Path) -> Path:
    path = shp(folder)
    for row, plot in enumerate(PLOTS, 1):
        ring = shapely.orient_polygons(plot.shape).exterior
        shp_rings(path, row, [list(ring.coords)])
    return path


NESTED = (named(HOLED, shape=shapely.multipolygons([HOLED.shape, box(35, 235, 10, 10)])),)


@CORPUS.entry("island in a hole", reads(plots=NESTED, clean=True))
def island_in_hole(folder: Path) -> Path:
    return shp(folder, NESTED)


@CORPUS.entry(
    "a plot without geometry", reads(note("geometry_missing", row=2, severity="error"), plots=KEPT)
)
def null_geometry(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", (GAS, named(MICANG, shape=None), JIAOLONG))


@CORPUS.entry(
    "a plot whose geometry is empty",
    reads(note("geometry_missing|geometry_kind", row=2, severity="error"), plots=KEPT),
)
def empty_geometry(folder: Path) -> Path:
    return gpkg(folder / "plots.gpkg", (GAS, named(MICANG, shape=shapely.Polygon()), JIAOLONG))


@CORPUS.entry(
    "a null shape in a Shapefile",
    reads(note("geometry_missing", row=2, severity="error"), plots=KEPT),
)
def null_shape(folder: Path) -> Path:
    return shp(folder, (GAS, named(MICANG, shape=None), JIAOLONG))


def _mixed(shape: shapely.Geometry, folder: Path) -> Path:
    rows = features((GAS, named(MICANG, shape=shape), JIAOLONG))
    return geojson(folder / "plots.geojson", rows)


for _name, _what, _shape in (
    ("point_among_plots", "a point among the plots", shapely.Point(EAST_M, NORTH_M)),
    ("line_among_plots", "a line among the plots", box(0, 0, 50, 50).exterior),
    (
        "collection_of_line",
        "a collection of a point and a line",
        shapely.GeometryCollection(
            [
                shapely.Point(EAST_M, NORTH_M),
                shapely.LineString([(EAST_M, NORTH_M), (EAST_M + 9, NORTH_M)]),
            ]
        ),
    ),
):
    CORPUS.add(
        _name,
        _what,
        partial(_mixed, _shape),
        reads(note("geometry_kind", row=2, severity="error"), plots=KEPT),
    )


@CORPUS.entry(
    "a collection of a polygon and a point",
    reads(),
    reads(note("geometry_kind", row=2, severity="error"), plots=KEPT),
)
def collection_with_polygon(folder: Path) -> Path:
    return _mixed(
        shapely.GeometryCollection([MICANG.shape, shapely.Point(EAST_M, NORTH_M)]), folder
    )


@CORPUS.entry(
    "a layer of points alone",
    refuses("no_polygons"),
    refuses(),
    reads(note("geometry_kind", row=1, severity="error"), plots=()),
)
def only_points(folder: Path) -> Path:
    return gpkg(
        folder / "plots.gpkg", tuple(named(p, shape=shapely.centroid(p.shape)) for p in PLOTS)
    )


@CORPUS.entry("heights in every corner", CLEAN)
def heights(folder: Path) -> Path:
    return gpkg(
        folder / "plots.gpkg", tuple(named(p, shape=shapely.force_3d(p.shape, 12.5)) for p in PLOTS)
    )


@CORPUS.entry("Shapefile of kind PolygonZ", CLEAN)
def shapefile_heights(folder: Path) -> Path:
    return shp(folder, tuple(named(p, shape=shapely.force_3d(p.shape, 12.5)) for p in PLOTS))


@CORPUS.entry("measures (M) in every corner", CLEAN)
def measures(folder: Path) -> Path:
    path = gpkg(folder / "plots.gpkg")
    for row, plot in enumerate(PLOTS, 1):
        points = list(plot.shape.exterior.coords)
        wkb = struct.pack("<BIII", 1, 2003, 1, len(points))
        wkb += b"".join(struct.pack("<ddd", *point, 7.0) for point in points)
        gpkg_geometry(path, wkb, row=row)
    return path
