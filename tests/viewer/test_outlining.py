"""Shapes become rings of whole numbers, the same whatever way takes them there."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.layers import surveyed_layer
from enping_gis.crs import WGS84, transformed
from enping_gis.viewer.outlining import rings_of, world
from enping_gis.viewer.shapes import inner_points

PLOTS = surveyed_layer(2_500, seed=7, dirty=False).parcels
SHAPES = PLOTS.geometry.to_numpy()


@pytest.mark.parametrize("count", [40, len(SHAPES)])
def test_polynomials_lead_to_the_steps_of_the_projection(count: int) -> None:
    shapes = shapely.orient_polygons(SHAPES[:count], exterior_cw=False)
    found = rings_of(shapes, crs=PLOTS.crs)
    rings = shapely.get_rings(shapely.get_parts(transformed(shapes, PLOTS.crs, WGS84)))
    expected = []
    for ring in rings:
        steps = world(shapely.get_coordinates(ring)).tolist()
        # A vertex that falls together with the one before is left out, and so is the last.
        expected += [step for step, _ in groupby(steps)][:-1]
    assert np.column_stack([found.x, found.y]).tolist() == expected


STAR = st.lists(st.floats(0.2, 1.0), min_size=5, max_size=12)


@given(STAR, st.tuples(st.booleans(), st.booleans()))
def test_shells_run_counterclockwise_and_holes_clockwise(
    radii: list[float], turned: tuple[bool, bool]
) -> None:
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    outer = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None] * 1e-2
    inner = outer * 0.5
    rings = [
        ring[::-1] if turn else ring for ring, turn in zip((outer, inner), turned, strict=True)
    ]
    found = rings_of(np.array([shapely.Polygon(rings[0], [rings[1]])]))
    assert found.sizes.tolist() == [len(radii)] * 2
    first = 0
    for size, counterclockwise in zip(found.sizes.tolist(), (True, False), strict=True):
        ring = np.column_stack([found.x, -found.y])[first : first + size]
        assert shapely.is_ccw(shapely.LinearRing(ring)) == counterclockwise
        first += size


def test_a_point_is_as_deep_as_geos_says() -> None:
    hollow = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 8))
    crossed = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    several = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 9, 7)])
    shapes = np.array([*SHAPES, hollow, crossed, several, None], dtype=object)
    points, depths_m = inner_points(shapes)
    for shape, point, depth_m in zip(shapes, points, depths_m, strict=True):
        if shape is None:
            assert point is None
            assert np.isnan(depth_m)
        else:
            rim = shapely.boundary(shapely.make_valid(shape))
            assert depth_m == pytest.approx(max(point.distance(rim), 1e-3), abs=1e-7)
