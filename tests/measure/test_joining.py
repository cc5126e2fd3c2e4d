"""A clean coverage is joined by its sides: right where it is certain, None where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from enping_gis.measure.cutting.joining import joined
from enping_gis.measure.cutting.uniting import covered

if TYPE_CHECKING:
    from collections.abc import Callable


def array(*shapes: shapely.Geometry) -> np.ndarray:
    return np.array(shapes, dtype=object)


def same(one: shapely.Geometry | None, other: shapely.Geometry) -> bool:
    return one is not None and one.is_valid and shapely.equals(one, other)


def test_two_plots_become_one_ring() -> None:
    found = joined(array(box(0, 0, 1, 1), box(1, 0, 3, 1)))
    assert same(found, box(0, 0, 3, 1))
    assert found is not None
    assert shapely.get_num_coordinates(found) == 7  # nodes of the boundary stay


def test_nothing_makes_nothing() -> None:
    assert joined(array()) == shapely.MultiPolygon()
    assert joined(array(shapely.Polygon())) == shapely.MultiPolygon()


@pytest.mark.parametrize("turn", [lambda shape: shape, shapely.reverse])
def test_an_island_fills_the_hole_of_its_plot_and_a_pond_stays(
    turn: Callable[[shapely.Geometry], shapely.Geometry],
) -> None:
    rim = box(0, 0, 9, 9).difference(box(1, 1, 4, 4)).difference(box(5, 5, 8, 8))
    island = box(1, 1, 4, 4)
    assert same(joined(array(turn(rim), island)), box(0, 0, 9, 9).difference(box(5, 5, 8, 8)))


def test_an_island_within_a_pond_is_a_part_of_its_own() -> None:
    rim = box(0, 0, 9, 9).difference(box(1, 1, 8, 8))
    assert same(joined(array(rim, box(3, 3, 5, 5))), shapely.union_all([rim, box(3, 3, 5, 5)]))


@pytest.mark.parametrize("turns", range(4))
def test_plots_that_meet_at_a_corner_are_united(turns: int) -> None:
    ring = np.roll([(1, 1), (2, 1), (2, 2), (1, 2)], turns, axis=0)
    corner = array(box(0, 0, 1, 1), shapely.Polygon(ring))
    assert same(covered(corner, 1e-9), shapely.union_all(corner))


def test_two_beginnings_at_one_node_are_left_to_others() -> None:
    one = shapely.Polygon([(1, 1), (0, 1), (0, 0), (1, 0)])
    assert joined(array(one, shapely.Polygon([(1, 1), (2, 1), (2, 2), (1, 2)]))) is None


def test_what_crosses_itself_is_not_believed() -> None:
    bow_tie = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    assert joined(array(bow_tie)) is None
    assert covered(array(bow_tie, box(9, 0, 10, 1)), 1e-9) is None


def test_overlaps_and_repetitions_are_not_believed() -> None:
    assert covered(array(box(0, 0, 2, 1), box(1, 0, 3, 1)), 1e-9) is None
    assert covered(array(box(0, 0, 1, 1), box(0, 0, 1, 1)), 1e-9) is None
    assert covered(array(*[box(0, 0, 1, 1)] * 3), 1e-9) is None


def test_the_two_zeros_are_one_node() -> None:
    left = shapely.Polygon([(-1, -0.0), (0.0, -0.0), (0.0, 1), (-1, 1)])
    right = shapely.Polygon([(-0.0, 0.0), (1, 0.0), (1, 1), (-0.0, 1)])
    assert same(joined(array(left, right)), box(-1, 0, 1, 1))


@given(
    taken=st.lists(st.booleans(), min_size=36, max_size=36),
    turned=st.lists(st.booleans(), min_size=36, max_size=36),
)
def test_any_cells_of_a_grid_are_joined_as_geos_does(taken: list[bool], turned: list[bool]) -> None:
    cells = [box(n % 6, n // 6, n % 6 + 1, n // 6 + 1) for n in range(36)]
    shapes = array(
        *(c.reverse() if t else c for c, t, k in zip(cells, turned, taken, strict=True) if k)
    )
    proved = covered(shapes, 1e-9)
    assert proved is not None
    assert shapely.equals(proved, shapely.union_all(shapes))
