"""Boundary-point files in every variation that is met, generated: none may need a question."""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from enping_gis.crs import transformed
from enping_gis.intake.coordinates.georeference import Decoding, decoded
from enping_gis.intake.points.points import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from enping_gis.intake.raw import Hints

AXES = ("northing first", "easting first")
# 111E and 114E with and without the zone number, and 6-degree zone 19 with it; without it, its
# numbers are those of 111E.
ZONES = {"111": 4546, "37": 4525, "114": 4547, "38": 4526, "19": 4497}
CLOSINGS = ("counted", "not counted", "new point number", "next ring number", "open")
ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "utf-16")
HEADERS = ("full", "blank", "full-width", "wrong zone")

OUTER = [(0, 0), (180, 12), (205, 110), (90, 140), (-15, 95)]
HOLE = [(40, 30), (40, 60), (75, 70), (80, 35)]
ISLAND = [(50, 40), (62, 40), (62, 50)]
ASIDE = [(400, 0), (470, 8), (460, 90), (405, 80)]
RINGS = {
    "one": [OUTER],
    "hole": [OUTER, HOLE],
    "parts": [OUTER, ASIDE],
    "island": [ASIDE, OUTER, HOLE, ISLAND],
    # All under ring number 1: they end where they close.
    "hole, one number": [OUTER, HOLE],
    "parts, one number": [OUTER, ASIDE, HOLE],
}
SHAPES = {
    "one": shapely.Polygon(OUTER),
    "hole": shapely.Polygon(OUTER, [HOLE]),
    "parts": shapely.MultiPolygon([shapely.Polygon(OUTER), shapely.Polygon(ASIDE)]),
    "island": shapely.MultiPolygon(
        [shapely.Polygon(ASIDE), shapely.Polygon(OUTER, [HOLE]), shapely.Polygon(ISLAND)]
    ),
    "hole, one number": shapely.Polygon(OUTER, [HOLE]),
    "parts, one number": shapely.MultiPolygon(
        [shapely.Polygon(OUTER, [HOLE]), shapely.Polygon(ASIDE)]
    ),
}
# A place in the county, EPSG:4546.
EAST_M, NORTH_M = 634_060.0, 2_456_521.0

FULL = """[属性描述]
格式版本号=1.01
数据产生单位=恩平市自然资源局
坐标系=2000国家大地坐标系
几度分带={width}
投影类型=高斯克吕格
计量单位=米
带号={zone}
精度=0.001
转换参数=,,,,,,
[地块坐标]
"""
BLANK = "[属性描述]\n坐标系=\n几度分带=\n带号=\n转换参数=,,,,,,\n[地块坐标]\n"


class Variant(NamedTuple):
    axis: str
    zone: str
    closing: str
    encoding: str
    rings: str
    header: str


def variants() -> Iterator[Variant]:
    for each in itertools.product(AXES, ZONES, CLOSINGS, ENCODINGS, RINGS, HEADERS):
        variant = Variant(*each)
        ends_at_closing = variant.closing not in {"open", "next ring number"}
        if "one number" not in variant.rings or ends_at_closing:
            yield variant


@cache
def corners(rings: str, zone: str) -> list[list[tuple[float, float]]]:
    """Return the rings of a plot as a survey prints them: millimetres of the zone."""
    move = Transformer.from_crs(4546, ZONES[zone], always_xy=True)
    moved = []
    for ring in RINGS[rings]:
        x, y = np.array(ring, dtype=float).T
        east, north = move.transform(x + EAST_M, y + NORTH_M)
        moved.append([(round(e, 3), round(n, 3)) for e, n in zip(east, north, strict=True)])
    return moved


def body(variant: Variant) -> tuple[str, shapely.Geometry]:
    """Return the lines of a plot, and its shape in the numbers of the file."""
    lines, written, label = [], [], 0
    rings = corners(variant.rings, variant.zone)
    if variant.axis == "northing first":
        rings = [[(y, x) for x, y in ring] for ring in rings]
    for number, ring in enumerate(rings, 1):
        own = 1 if "one number" in variant.rings else number
        first = label + 1
        for x, y in ring:
            label += 1
            lines.append(f"J{label},{own},{x:.3f},{y:.3f}")
        if variant.closing != "open":
            closer = first
            if variant.closing == "new point number":
                label += 1
                closer = label
            own += variant.closing == "next ring number"
            lines.append(f"J{closer},{own},{ring[0][0]:.3f},{ring[0][1]:.3f}")
        written.append(ring)
    count = len(lines) - len(rings) * (variant.closing in {"not counted", "next ring number"})
    hectares = SHAPES[variant.rings].area / 10_000
    headline = f"{count},{hectares:.4f},4407-{count},米仓地块,面,F49,工业用地,061,@"
    turned = shapely.transform(rounded(variant.rings, variant.zone), order(variant.axis))
    return "\n".join([headline, *lines, ""]), turned


@cache
def rounded(rings: str, zone: str) -> shapely.Geometry:
    """Return the shape that the printed corners have, built apart from the reader."""
    move = Transformer.from_crs(4546, ZONES[zone], always_xy=True)

    def moved(xy: np.ndarray) -> np.ndarray:
        east, north = move.transform(xy[:, 0] + EAST_M, xy[:, 1] + NORTH_M)
        return np.column_stack([np.round(east, 3), np.round(north, 3)])

    return shapely.transform(SHAPES[rings], moved)


def order(axis: str) -> Callable[[np.ndarray], np.ndarray]:
    return (lambda xy: xy[:, ::-1]) if axis == "northing first" else (lambda xy: xy)


def text(variant: Variant) -> tuple[str, shapely.Geometry]:
    lines, shape = body(variant)
    zone = variant.zone if len(variant.zone) == 2 else ""
    header = FULL.format(width=6 if zone == "19" else 3, zone=zone)
    if variant.header == "blank":
        header = BLANK
    elif variant.header == "wrong zone":
        header = FULL.format(width=3, zone=39)
    elif variant.header == "full-width":
        marks = str.maketrans("[]=,@", "【】＝，＠")
        header, lines = header.translate(marks), lines.translate(marks)
    return header + lines, shape


@cache
def decoding(shape: bytes, hints: Hints) -> Decoding:
    """Decode a plot: numbers and hints are all that the decoding knows of the file."""
    return decoded(np.array([shapely.from_wkb(shape)], dtype=object), hints=hints)


@cache
def truth(rings: str) -> shapely.Geometry:
    return shapely.transform(SHAPES[rings], lambda xy: np.add(xy, (EAST_M, NORTH_M)))


def test_there_are_enough_variants() -> None:
    assert len(set(variants())) >= 3_456


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("axis", AXES)
def test_every_variant_comes_to_its_place(tmp_path: Path, axis: str, zone: str) -> None:
    path = tmp_path / "plot.txt"
    for variant in variants():
        if (variant.axis, variant.zone) != (axis, zone):
            continue
        content, shape = text(variant)
        path.write_bytes(content.encode(variant.encoding))
        (rows,) = rows_of(path, "plot")
        assert not rows.findings, (variant, [each.message("en") for each in rows.findings])
        assert rows.rows_in == len(rows.frame) == 1
        assert rows.frame["地块名称"].item() == "米仓地块", variant
        assert rows.shapes is not None
        read = rows.shapes[0]
        assert shapely.equals(read, shape), variant
        assert len(shapely.get_parts(read)) == len(shapely.get_parts(shape)), variant
        found = decoding(shapely.to_wkb(read), rows.hints)
        assert found.kept.all(), variant
        assert not [each for each in found.findings if each.severity == "error"], variant
        (placed,) = transformed(found.shapes, found.decision.crs, CRS.from_epsg(4546))
        assert shapely.hausdorff_distance(placed, truth(variant.rings)) < 1e-3, variant
