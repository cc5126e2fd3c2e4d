"""The compiled loops under `contacts`, each against GEOS on random outlines."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis.measure.outlines import compiled
from enping_gis.measure.outlines.beside import beside
from enping_gis.measure.outlines.faults import solid_shapes
from enping_gis.measure.outlines.inside import inside_wide
from enping_gis.measure.outlines.nearby import nearby_pairs
from enping_gis.measure.outlines.outline import RUN_SIDES
from enping_gis.measure.outlines.overlaps import in_common
from enping_gis.measure.outlines.plane import plane_of
from enping_gis.measure.outlines.rings import rings_of
from enping_gis.measure.outlines.spans import sort_numbers, sort_rows, united

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enping_gis.measure.outlines.plane import Plane

ALONG = np.array([[1.0, 0.0]])
FIRST, SECOND = np.array([0]), np.array([1])


@pytest.fixture(autouse=True, scope="module", params=["as it stands", "compiled"])
def _speed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the loops both ways, whatever the size of a layer."""
    with pytest.MonkeyPatch.context() as patch:
        steps = sys.maxsize if request.param == "as it stands" else -1
        patch.setattr(compiled, "FEW_STEPS", steps)
        yield


def plane(*shapes: shapely.Geometry | None) -> Plane:
    return plane_of(gpd.GeoDataFrame(geometry=np.array(shapes, dtype=object), crs=4546))


@st.composite
def stars(draw: st.DrawFn, reach_m: float = 60.0) -> shapely.Polygon:
    """Draw a star about some centre, with a star-shaped hole now and then: always valid."""
    x, y = draw(st.tuples(*[st.floats(-reach_m, reach_m)] * 2))
    corners = draw(st.integers(3, 40))
    angles = np.arange(corners) * 2 * math.pi / corners
    radii = np.array(draw(st.lists(st.floats(5, 40), min_size=corners, max_size=corners)))
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    holes = [(ring * 0.4 + np.array([x, y]))[::-1]] if draw(st.booleans()) else []
    return shapely.Polygon(ring + np.array([x, y]), holes)


def test_rings_keep_the_order_of_plots_and_leave_out_what_has_none() -> None:
    hole = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    parts = shapely.MultiPolygon([shapely.box(20, 0, 30, 10), shapely.box(40, 0, 50, 10)])
    shapes = [hole, None, shapely.Point(0, 0), shapely.Polygon(), parts, shapely.MultiPolygon()]
    rings = rings_of(np.array(shapes, dtype=object))
    assert rings.plot.tolist() == [0, 0, 4, 4]
    assert rings.hole.tolist() == [False, True, False, False]
    assert np.diff(rings.first).tolist() == [5, 5, 5, 5]
    assert len(rings_of(np.array([], dtype=object)).plot) == 0


@pytest.mark.parametrize("reverse", [False, True])
def test_runs_cover_all_sides_and_know_where_the_plot_lies(*, reverse: bool) -> None:
    angles = np.arange(3 * RUN_SIDES + 1) * 2 * math.pi / (3 * RUN_SIDES + 1)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    shape = shapely.Polygon((ring * 50)[:: -1 if reverse else 1], [(ring * 20)[::1]])
    outlines = plane(None, shape).outlines
    assert outlines.plot_run.tolist() == [0, 0, 8]
    assert (outlines.run_last - outlines.run_first).sum() == 2 * len(ring)
    assert outlines.run_opens.tolist() == [True, False, False, False] * 2
    assert outlines.run_sign.tolist() == [-1.0 if reverse else 1.0] * 4 + [-1.0] * 4
    assert np.isinf(outlines.plot_box[0]).all()
    assert outlines.most_vertices == 2 * (len(ring) + 1)


sizes_m = st.sampled_from([0.01, 1.0, 30.0, 500.0, 20_000.0])


@st.composite
def boxes(draw: st.DrawFn) -> shapely.Polygon:
    """Draw a box or a rhomb of any size, near the others or a thousand kilometres away."""
    centre = draw(st.sampled_from([0.0, 0.0, 0.0, 1e6]))
    x, y = draw(st.tuples(*[st.floats(-2000, 2000)] * 2))
    width, height = draw(sizes_m), draw(sizes_m)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    if draw(st.booleans()):
        corners = np.array([(-1, 0), (0, -1), (1, 0), (0, 1)])
    return shapely.Polygon(corners * (width / 2, height / 2) + np.array([x + centre, y]))


@given(st.lists(boxes(), max_size=12), st.sampled_from([0.0, 0.2, 30.0, 5000.0]))
def test_no_pair_within_reach_is_missed(shapes: list[shapely.Polygon], reach_m: float) -> None:
    laid = plane(*shapes)
    near = nearby_pairs(laid.outlines, reach_m)
    pairs = list(zip(near.left.tolist(), near.right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert (near.left < near.right).all()
    rows = np.flatnonzero(near.wide)
    inner = inside_wide(laid.at_origin(laid.shapes[rows]), laid.outlines, rows)
    found = {*pairs, *zip(*(column.tolist() for column in inner), strict=True)}
    for left, one in enumerate(shapes):
        for right in range(left + 1, len(shapes)):
            if shapely.dwithin(one, shapes[right], reach_m):
                assert (left, right) in found


@given(stars(), stars())
def test_common_area_is_that_of_geos_and_what_is_narrow_takes_no_disk(
    one: shapely.Polygon, other: shapely.Polygon
) -> None:
    laid = plane(one, other)
    for width_m in (0.2, 4.0):
        angle = width_m
        along = np.array([[math.cos(angle), math.sin(angle)]])
        area_m2, narrow = in_common(laid.outlines, FIRST, SECOND, along, width_m=width_m)
        common = shapely.intersection(one, other)
        assert area_m2[0] == pytest.approx(common.area, abs=1e-8)
        if narrow[0]:
            assert shapely.is_empty(shapely.buffer(common, -width_m / 2 - 1e-6))


def test_a_strip_is_told_narrow_in_its_own_direction_alone() -> None:
    left = shapely.Polygon([(0, 0), (100, 100), (100, 0)])
    right = shapely.Polygon([(0, 0.1), (0, 200), (200, 200), (100, 99.9), (50, 49.9)])
    laid = plane(left, right)
    slant = np.array([[math.sqrt(0.5), math.sqrt(0.5)]])
    area_m2, narrow = in_common(laid.outlines, FIRST, SECOND, slant, width_m=0.2)
    assert area_m2[0] == pytest.approx(shapely.intersection(left, right).area, abs=1e-9)
    assert narrow[0]
    assert not in_common(laid.outlines, FIRST, SECOND, slant, width_m=0.01).narrow[0]


def test_so_many_sides_that_an_overlay_is_quicker_are_left_to_geos() -> None:
    angles = np.arange(1500) * 2 * math.pi / 1500
    teeth = np.column_stack([np.cos(angles), np.sin(angles)]) * (50 + np.arange(1500) % 2)[:, None]
    laid = plane(shapely.Polygon(teeth), shapely.Polygon(teeth + np.array([0.5, 0.3])))
    area_m2, narrow = in_common(laid.outlines, FIRST, SECOND, ALONG, width_m=0.2)
    assert np.isnan(area_m2[0])
    assert not narrow[0]


@given(stars(), stars(reach_m=300.0))
def test_the_gap_is_that_of_geos(one: shapely.Polygon, other: shapely.Polygon) -> None:
    laid = plane(one, other)
    found = beside(laid.outlines, FIRST, SECOND, tolerance_m=0.2, reach_m=1000.0)
    assert found.gap_m[0] == pytest.approx(shapely.distance(one, other), abs=1e-9)
    near = beside(laid.outlines, FIRST, SECOND, tolerance_m=0.2, reach_m=0.2)
    touches = found.gap_m[0] <= 0.2
    assert near.gap_m[0] == (pytest.approx(found.gap_m[0], abs=1e-12) if touches else math.inf)


@st.composite
def scribbles(draw: st.DrawFn) -> shapely.Polygon:
    """Draw a ring on a coarse lattice: it often touches, crosses or repeats itself."""
    points = draw(st.lists(st.tuples(*[st.integers(0, 4)] * 2), min_size=3, max_size=9))
    return shapely.Polygon(points)


@settings(max_examples=300)
@given(st.lists(scribbles(), min_size=1, max_size=6))
def test_no_invalid_plot_is_taken_for_a_valid_one(shapes: list[shapely.Polygon]) -> None:
    solid, repaired = solid_shapes(plane(*shapes))
    valid = shapely.is_valid(np.array(shapes))
    assert (repaired == ~valid).all()
    assert shapely.is_valid(solid).all()
    assert all(a is b for a, b, keep in zip(solid, shapes, valid, strict=True) if keep)


@pytest.mark.parametrize("corner", range(4))
def test_a_spike_is_found_wherever_the_ring_begins(corner: int) -> None:
    ring = np.array([(0, 0), (10, 0), (10, 10), (15, 15), (10, 10), (0, 10)], dtype=float)
    _, repaired = solid_shapes(plane(shapely.Polygon(np.roll(ring, corner, axis=0))))
    assert repaired.tolist() == [True]


def test_what_meets_between_two_far_runs_of_a_long_ring_is_found() -> None:
    x = np.linspace(0, 1000, 40 * RUN_SIDES)
    there, back = np.column_stack([x, np.sin(x)]), np.column_stack([x, np.sin(x) + 3])[::-1]
    valid, touching = np.vstack([there, back]), np.vstack([there, back])
    touching[len(touching) * 3 // 4, 1] -= 5
    _, repaired = solid_shapes(plane(shapely.Polygon(valid), shapely.Polygon(touching)))
    assert repaired.tolist() == [False, True]


@given(st.lists(st.tuples(st.floats(-10, 10), st.floats(-10, 10)), max_size=80))
def test_intervals_unite(intervals: Sequence[tuple[float, float]]) -> None:
    low, high = (
        (np.array(ends, dtype=float) for ends in zip(*map(sorted, intervals), strict=True))
        if intervals
        else (np.empty(0), np.empty(0))
    )
    expected = shapely.union_all(
        [shapely.LineString([(a, 0), (b, 0)]) for a, b in zip(low, high, strict=True) if a < b]
    )
    assert united(low, high, len(low)) == pytest.approx(expected.length, abs=1e-9)


@given(st.lists(st.integers(-50, 50), max_size=100), st.data())
def test_parts_of_arrays_are_sorted(values: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(values)))
    last = data.draw(st.integers(first, len(values)))
    rows, numbers = np.array(values, dtype=np.int64), np.array(values, dtype=float)
    sort_rows(rows, first, last)
    assert rows.tolist() == values[:first] + sorted(values[first:last]) + values[last:]
    sort_numbers(numbers, last)
    assert numbers.tolist() == sorted(values[:last]) + values[last:]
