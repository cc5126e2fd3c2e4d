"""Shapes and figures that are packed come back: half a step off at most, shared sides alike."""

from __future__ import annotations

import base64
import gzip
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from enping_gis.units import AREA_UNITS, half_up, printed
from enping_gis.viewer.arcs import arcs_of
from enping_gis.viewer.columns import in_decimals, in_units
from enping_gis.viewer.encoding import _add_shapes
from enping_gis.viewer.outlining import BITS, rings_of, world
from enping_gis.viewer.packing import Packer
from tests.viewer import unpacking

STEP = 360 / 2**BITS


def packed(shapes: list[Any]) -> unpacking.Block:
    """Pack shapes whose coordinates are degrees, and read the block back."""
    packer = Packer()
    head = _add_shapes(packer, gpd.GeoDataFrame(geometry=shapes, crs=4326))
    return unpacking.unpacked(packer.packed(head | {"bits": BITS}))


def truth_of(shape: Any) -> list[tuple[int, int]]:  # noqa: ANN401 - any shape
    steps = world(shapely.get_coordinates(shape))
    return [(int(x), int(y)) for x, y in steps]


def area(rings: list[list[tuple[int, int]]]) -> int:
    """Twice the area in square steps, exact; holes, which run the other way, count against it."""
    sums = (
        x * north - east * y
        for ring in rings
        for (x, y), (east, north) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    return abs(sum(sums))


def test_two_plots_with_a_common_side_share_its_arc() -> None:
    found = packed([box(112, 22, 112.001, 22.001), box(112.001, 22, 112.002, 22.001)])
    assert sum(told > 0 for told in found.columns["used"]) == 1
    assert len(found.columns["sizes"]) == 3
    left, right = (set(map(tuple, rings[0])) for rings in unpacking.outlines(found))
    assert len(left & right) == 2


def test_a_t_junction_cuts_the_side_of_the_plot_that_has_the_node() -> None:
    south = Polygon([(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)])
    found = packed([south, box(0, 1, 1, 2), box(1, 1, 2, 2)])
    # South, the two halves of its north side, the wall between, and the rest of each.
    assert len(found.columns["sizes"]) == 6


@pytest.mark.parametrize("count", [0, 1, 3])
def test_islands_fill_their_holes_with_the_same_arc(count: int) -> None:
    hole = box(0.2, 0.2, 0.4, 0.4)
    island = Polygon([(0.4, 0.4), (0.2, 0.4), (0.2, 0.2), (0.4, 0.2)])
    found = packed([Polygon(box(0, 0, 1, 1).exterior, [hole.exterior]), *[island] * count])
    assert len(found.columns["sizes"]) == 2
    assert [len(each) for each in unpacking.outlines(found)] == [2, *[1] * count]


def test_shapes_that_shrink_to_a_point_stay_where_they_are() -> None:
    tiny = box(112, 22, 112 + STEP / 100, 22 + STEP / 100)
    (rings,) = unpacking.outlines(packed([tiny]))
    (ring,) = rings
    assert ring == truth_of(shapely.Point(112, 22))


def test_nothing_at_all() -> None:
    assert unpacking.outlines(packed([])) == []
    assert unpacking.outlines(packed([None, shapely.Polygon(), shapely.Point(1, 1)])) == [
        [],
        [],
        [],
    ]


def test_the_ends_of_the_world_are_kept_inside() -> None:
    ends = np.array([[-180.0, 90.0], [180.0, -90.0], [0.0, 0.0]])
    most = 2**BITS - 1
    assert world(ends).tolist() == [[0, 0], [most, most], [2 ** (BITS - 1)] * 2]


# Plots of a coverage: cells of a grid whose corners moved, some cells united, some left out.
@st.composite
def coverages(draw: st.DrawFn) -> list[Any]:
    wide, high = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    size = draw(st.sampled_from([1e-7, 1e-3, 0.5]))
    west, south = draw(st.floats(-170, 170)), draw(st.floats(-70, 70))
    moves = st.floats(-0.3, 0.3)
    corner = {
        (i, j): (west + (i + draw(moves)) * size, south + (j + draw(moves)) * size)
        for i in range(wide + 1)
        for j in range(high + 1)
    }
    owners = st.integers(0, wide * high)
    cells: dict[int, list[Any]] = {}
    for i in range(wide):
        for j in range(high):
            ring = [corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]
            cells.setdefault(draw(owners), []).append(Polygon(ring))
    plots = [shapely.union_all(parts) for parts in cells.values()]
    shapes = [MultiPolygon(shapely.get_parts(plot).tolist()) for plot in plots]
    return [each if draw(st.booleans()) else shapely.reverse(each) for each in shapes]


@settings(max_examples=150)
@given(coverages())
def test_any_coverage_comes_back(shapes: list[Any]) -> None:
    found = packed(shapes)
    for shape, rings in zip(shapes, unpacking.outlines(found), strict=True):
        if not rings:
            assert shape.area == 0 or shapely.point_on_surface(shape).is_empty
            continue
        steps = [vertex for ring in rings for vertex in ring]
        # Each vertex is the true one rounded, and none is missing.
        assert set(steps) == set(truth_of(shape))
        back = unpacking.degrees(np.array(steps), BITS)
        true = shapely.get_coordinates(shape)
        off = np.abs(back[:, None] - true[None]).max(axis=2).min(axis=1)
        assert off.max() <= STEP / 2 + 1e-9
        expected = [
            truth_of(ring)
            for ring in shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
        ]
        assert area(rings) == area(expected)


@settings(max_examples=150)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=9),
        min_size=1,
        max_size=6,
    )
)
def test_rings_that_cross_and_touch_as_they_like_come_back(rings: list[Any]) -> None:
    """Spikes, vertices met twice, sides run along twice: rings come back as they were, turned."""
    shapes = np.array([Polygon(ring) for ring in rings], dtype=object)
    given_rings = rings_of(shapes, bits=12)
    arcs = arcs_of(given_rings)
    ends = np.cumsum(given_rings.sizes)
    vertices = list(zip(given_rings.x.tolist(), given_rings.y.tolist(), strict=True))
    starts = np.cumsum(arcs.sizes) - arcs.sizes
    at = 0
    for size, end, count in zip(given_rings.sizes, ends, arcs.per_ring, strict=True):
        ring: list[Any] = []
        for use in range(at, at + count):
            arc = arcs.used[use]
            part = slice(starts[arc], starts[arc] + arcs.sizes[arc])
            walk = list(zip(arcs.x[part].tolist(), arcs.y[part].tolist(), strict=True))
            walk = [*walk, walk[0]] if arcs.closed[arc] else walk
            walk = walk[::-1] if arcs.backward[use] else walk
            assert not ring or ring[-1] == walk[0]
            ring = [*ring[:-1], *walk]
        at += count
        assert ring[0] == ring[-1]
        true = vertices[end - size : end]
        turned = [true[k:] + true[:k] for k in range(size)]
        backwards = [each[::-1] for each in turned]
        assert ring[:-1] in turned + backwards
    assert at == len(arcs.used)


def test_every_shared_boundary_of_the_demonstration_is_kept_once() -> None:
    rings = rings_of(np.array([box(i, j, i + 1, j + 1) for i in range(9) for j in range(7)]))
    arcs = arcs_of(rings)
    # Inner sides and outer ones between nodes; the four corners of the whole are no nodes.
    assert len(arcs.sizes) == 9 * 6 + 8 * 7 + 2 * (9 + 7) - 4
    assert len(arcs.used) == 2 * (9 * 6 + 8 * 7) + 2 * (9 + 7) - 4
    assert arcs.backward.sum() == 9 * 6 + 8 * 7


@given(st.lists(st.integers(-(2**40), 2**40), max_size=30))
def test_numbers_come_back(numbers: list[int]) -> None:
    packer = Packer()
    packer.add("signed", numbers, "signed")
    packer.add("steps", numbers, "steps")
    packer.add("whole", [abs(each) for each in numbers])
    packer.add("bits", [each % 2 for each in numbers], "bits")
    packer.add_json("json", numbers)
    columns = unpacking.unpacked(packer.packed({})).columns
    assert columns["signed"] == columns["steps"] == columns["json"] == numbers
    assert columns["whole"] == [abs(each) for each in numbers]
    assert columns["bits"] == [each % 2 for each in numbers]


@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=20))
def test_texts_come_back(cells: list[str | None]) -> None:
    values = list(dict.fromkeys(each for each in cells if each is not None))
    codes = [-1 if each is None else values.index(each) for each in cells]
    packer = Packer()
    packer.add_coded("text", codes, values)
    found = unpacking.unpacked(packer.packed({}))
    assert [found.coded("text", row) for row in range(len(cells))] == cells


def test_the_same_content_gives_the_same_block() -> None:
    blocks = []
    for _ in range(2):
        packer = Packer()
        packer.add("a", [1, 2, 3])
        blocks.append(packer.packed({"x": 1}))
    assert blocks[0] == blocks[1]
    # Whatever byte of the data is damaged, the check sum at the end no longer fits.
    written = bytearray(base64.b64decode(blocks[0]))
    written[-8] ^= 1
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(bytes(written))


AREAS = st.one_of(
    st.floats(0, 1e9, allow_nan=False),
    st.integers(0, 10**9).map(lambda n: n / 200),
    st.integers(0, 10**7).map(lambda n: float(Fraction(n, 3) * 10)),
)


@settings(max_examples=300)
@given(st.lists(AREAS, min_size=1, max_size=20))
def test_areas_are_printed_as_everywhere_else(areas_m2: list[float]) -> None:
    for unit in AREA_UNITS:
        found = in_units(np.array(areas_m2), unit)
        true = [printed(each, unit).scaleb(unit.decimals) for each in areas_m2]
        assert [Decimal(int(each)) for each in found] == true


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.floats(-1e7, 1e7), st.integers(-(10**8), 10**8).map(lambda n: n / 1000)
        ).filter(math.isfinite),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([1, 2]),
)
def test_figures_are_rounded_as_everywhere_else(values: list[float], decimals: int) -> None:
    found = in_decimals(np.array(values), decimals)
    true = [half_up(each, decimals).scaleb(decimals) for each in values]
    assert [Decimal(int(each)) for each in found] == true
