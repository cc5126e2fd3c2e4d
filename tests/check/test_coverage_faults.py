"""Rules T1-T4: each fault between plots is found once, by its own rule, with its ground."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from benchmarks.layers import surveyed_layer
from enping_gis.check.coverage.finders import gaps, overlaps, slivers, unmatched_nodes
from enping_gis.check.ground import Ground
from enping_gis.check.rules import rules
from enping_gis.measure.outlines import compiled
from tests.check.drawn import FINDERS, faults, here, layer, told

if TYPE_CHECKING:
    import geopandas as gpd

LEFT, RIGHT = box(0, 0, 50, 80), box(50, 0, 99, 80)


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the loops compiled, whatever the size of a layer."""
    monkeypatch.setattr(compiled, "FEW_STEPS", -1)


# T1


@pytest.mark.parametrize(
    ("other", "case", "area_m2", "width_m"),
    [
        (box(49, 0, 99, 80), "overlap", 80.0, 1.0),
        (box(49.9, 0, 99, 80), "overlap", 8.0, 0.1),
        (box(40, 70, 99, 99), "overlap", 100.0, 10.0),
        (box(10, 10, 40, 30), "contained", 600.0, 20.0),
        (box(0, 0, 30, 80), "contained", 2400.0, 30.0),
        (box(-20, -20, 90, 90), "contained", 4000.0, 50.0),
        (box(0, 0, 50, 80), "repeated", 4000.0, 50.0),
        (Polygon([(0, 0), (50.02, 0.01), (50, 80), (-0.03, 80)]), "repeated", None, 50.0),
        (box(0.2, 0, 50.2, 80), "overlap", 49.8 * 80, 49.8),
    ],
)
def test_overlaps_are_told_by_kind_with_their_ground(
    other: Polygon, case: str, area_m2: float | None, width_m: float
) -> None:
    (fault,) = (fault for fault in faults(LEFT, other) if fault.rule == "T1")
    common = shapely.intersection(LEFT, other)
    assert (fault.case, fault.severity, fault.parcels) == (case, "error", ("a", "b"))
    assert fault.size == pytest.approx(area_m2 or common.area, abs=1e-6)
    assert shapely.hausdorff_distance(here(fault.shape), common) < 1e-3
    assert float(str(fault.values["width"])) == pytest.approx(width_m, rel=0.011)
    if case == "contained":
        inner = "b" if other.area < LEFT.area else "a"
        assert fault.values["inner"] == inner


@pytest.mark.parametrize("width_m", [0.005, 0.03, 0.05])
def test_overlaps_within_survey_noise_are_information(width_m: float) -> None:
    (fault,) = faults(LEFT, box(50 - width_m, 0, 99, 80))
    assert (fault.rule, fault.case, fault.severity) == ("T1", "overlap_noise", "info")
    assert fault.size == pytest.approx(80 * width_m, abs=1e-6)


def test_less_than_a_hundredth_of_a_square_metre_is_no_overlap() -> None:
    assert told(LEFT, box(50 - 0.0001, 0, 99, 80)) == []
    assert not list(overlaps(layer([LEFT, box(49.91, 79.91, 99, 160)])))


def test_the_ground_of_an_invalid_plot_is_that_of_its_repair() -> None:
    bow = Polygon([(0, 0), (40, 40), (40, 0), (0, 40)])
    found = faults(bow, box(30, 10, 80, 20))
    assert [(fault.rule, fault.case) for fault in found] == [
        ("G1", "self_crossing"),
        ("T1", "overlap"),
    ]
    assert found[1].size == pytest.approx(100, abs=1e-6)
    # Where an outline winds twice, the ground is there once.
    twice = Polygon([(0, 0), (60, 0), (60, 60), (20, 60), (20, -20), (40, -20), (40, 40), (0, 40)])
    (fault,) = overlaps(layer([twice, box(25, 5, 35, 15)]))
    assert fault.case == "contained"
    assert fault.size == pytest.approx(100, abs=1e-6)


def test_three_plots_on_one_ground_are_three_pairs() -> None:
    found = told(LEFT, LEFT, box(10, 10, 30, 40))
    assert found == [("T1", "repeated", "ab"), ("T1", "contained", "ac"), ("T1", "contained", "bc")]


# T2


@pytest.mark.parametrize("width_m", [0.06, 0.5, 2.0])
@pytest.mark.parametrize("angle", [0.0, 0.7])
def test_a_slit_is_told_with_its_ground(width_m: float, angle: float) -> None:
    sides = turned([LEFT, box(50 + width_m, 0, 99, 80)], angle)
    (fault,) = faults(*sides)
    assert (fault.rule, fault.case, fault.severity) == ("T2", "gap", "warning")
    assert fault.parcels == ("a", "b")
    assert fault.size == pytest.approx(80 * width_m, abs=1e-4)
    (slit,) = turned([box(50, 0, 50 + width_m, 80)], angle)
    assert shapely.hausdorff_distance(here(fault.shape), slit) < 1e-3
    assert float(str(fault.values["width"])) == pytest.approx(width_m, rel=0.02, abs=0.005)


@pytest.mark.parametrize("width_m", [0.04, 0.05, 2.01, 12.0])
def test_survey_noise_and_roads_are_no_gaps(width_m: float) -> None:
    assert list(gaps(layer([LEFT, box(50 + width_m, 0, 99, 80)]))) == []


def test_what_another_plot_fills_is_no_gap() -> None:
    lane = box(50, 0, 51.5, 80)
    assert told(LEFT, box(51.5, 0, 99, 80), lane) == [("T3", "sliver_thin", "c")]
    (fault,) = gaps(layer([LEFT, box(51.5, 0, 99, 80), box(50, 0, 51.5, 30)]))
    assert fault.size == pytest.approx(1.5 * 50)


def test_a_hole_is_one_gap_of_all_plots_along_it() -> None:
    plots = [box(0, 0, 51, 50), box(51, 0, 101, 51), box(50, 51, 101, 101), box(0, 50, 50, 101)]
    (fault,) = gaps(layer(plots))
    assert fault.parcels == ("a", "b", "c", "d")
    assert here(fault.shape).equals(box(50, 50, 51, 51))
    assert fault.size == pytest.approx(1)


def test_a_hole_of_three_corners_is_found() -> None:
    corner = [(49.5, 50), (50.5, 50), (50, 51)]
    plots = [
        Polygon([(0, 0), (100, 0), corner[1], corner[0]]),
        Polygon([(0, 0), corner[0], corner[2], (50, 100), (0, 100)]),
        Polygon([(100, 0), (100, 100), (50, 100), corner[2], corner[1]]),
    ]
    (fault,) = gaps(layer(plots))
    assert fault.parcels == ("a", "b", "c")
    assert fault.size == pytest.approx(0.5, abs=1e-6)


def test_a_gap_all_round_a_plot_is_one() -> None:
    outer = Polygon(box(0, 0, 80, 80).exterior, [box(20, 20, 60, 60).exterior])
    (fault,) = gaps(layer([outer, box(20.5, 20.5, 59.5, 59.5)]))
    assert fault.size == pytest.approx(79, abs=1e-4)
    assert fault.parcels == ("a", "b")


def test_a_slit_beside_a_shared_boundary_is_found() -> None:
    bent = Polygon([(50, 0), (99, 0), (99, 80), (50.4, 80), (50.4, 30), (50, 30)])
    (fault,) = (fault for fault in faults(LEFT, bent) if fault.rule == "T2")
    assert fault.size == pytest.approx(0.4 * 50, abs=1e-6)


@pytest.mark.parametrize("degrees", [15, 30, 60, 90, 120])
def test_streets_that_fork_are_no_gap(degrees: float) -> None:
    far = 300 / math.tan(math.radians(90 - degrees / 2))
    plots = [
        Polygon([(0, 0), (-far, 300), (-far - 90, 300), (-90, 0)]),
        Polygon([(0, 0), (far, 300), (far + 90, 300), (90, 0)]),
    ]
    assert list(gaps(layer(plots))) == []


def test_corners_that_nearly_meet_are_no_gap() -> None:
    assert told(LEFT, box(50.7, 80.7, 99, 160)) == []
    assert told(LEFT, box(50.5, 79.7, 99, 160)) == []


def test_a_notch_and_the_ground_between_parts_are_of_one_plot_and_no_gap() -> None:
    notched = Polygon([(0, 0), (50, 0), (50, 40), (20, 40), (20, 41), (50, 41), (50, 80), (0, 80)])
    parts = MultiPolygon([box(0, 0, 50, 40), box(0, 41, 50, 80)])
    for shape in (notched, parts):
        assert list(gaps(layer([shape, box(60, 0, 99, 80)]))) == []


def turned(shapes: list[Polygon], angle: float) -> list[Polygon]:
    """Turn shapes about the origin."""
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return [shapely.transform(shape, lambda points: points @ turn) for shape in shapes]


def mosaic(seed: int) -> tuple[list[Polygon], float]:
    """Cut a field into cells within a frame that is a plot, too; return them and an angle."""
    random = np.random.default_rng(seed)
    field = box(0, 0, 200, 200)
    seeds = shapely.multipoints(random.uniform(0, 200, (random.integers(3, 14), 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=field))
    cells = shapely.intersection(cells, field)
    frame = shapely.difference(box(-30, -30, 230, 230), field)
    # What is smaller joins the frame, so that nothing is left uncovered.
    small = shapely.area(cells) < 100
    frame = shapely.union_all([frame, *cells[small]])
    return [*cells[~small], frame], random.uniform(0, 2 * math.pi)


def holed(seed: int) -> tuple[list[Polygon], shapely.Geometry]:
    """Take the rim off one or two cells of a mosaic; return the plots and what is uncovered."""
    cells, angle = mosaic(seed)
    random = np.random.default_rng([seed, 1])
    for row in random.choice(len(cells) - 1, min(len(cells) - 1, 2), replace=False):
        cells[row] = shapely.buffer(
            cells[row], -random.uniform(0.06, 0.9), join_style="mitre", mitre_limit=20
        )
    whole = box(-30, -30, 230, 230)
    return turned(cells, angle), turned([whole - shapely.union_all(cells)], angle)[0]


def assert_holes_are_gaps(seed: int) -> None:
    plots, uncovered = holed(seed)
    holes = shapely.get_parts(uncovered)
    holes = holes[shapely.area(holes) > 0.01]
    if not shapely.is_empty(shapely.buffer(holes, -1)).all():
        return
    found = list(gaps(layer(plots)))
    assert sorted(fault.size or 0.0 for fault in found) == pytest.approx(
        sorted(shapely.area(holes)), abs=1e-3
    )
    for fault in found:
        apart_m = shapely.hausdorff_distance(here(fault.shape), holes)
        assert apart_m.min() < 0.02


@pytest.mark.parametrize("seed", range(4))
def test_what_plots_leave_uncovered_is_each_told_once(seed: int) -> None:
    assert_holes_are_gaps(seed)


@pytest.mark.parametrize("seed", range(4))
def test_a_sound_mosaic_has_no_faults(seed: int) -> None:
    cells, angle = mosaic(seed)
    ground = Ground(layer(turned(cells, angle)))
    found = [fault for find in FINDERS.values() for fault in find(ground)]
    # The frame is a ring, cells meet it between its nodes, and chance draws sharp cells.
    assert {fault.rule for fault in found} <= {"G3", "G6", "T3", "T4"}
    assert {fault.rule for fault in found if fault.severity == "error"} == set()


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000))
def test_many_mosaics(seed: int) -> None:
    assert_holes_are_gaps(seed)


# T3


def test_slivers_are_told_by_kind() -> None:
    assert told(box(0, 0, 10, 19.9)) == [("T3", "sliver_small", "a")]
    assert told(box(0, 0, 10, 20)) == []
    assert told(box(0, 0, 150, 1)) == [("T3", "sliver_thin", "a")]
    assert told(box(0, 0, 400, 1)) == [("T3", "sliver_thin", "a")]
    (fault,) = faults(box(0, 0, 400, 4))
    assert (fault.case, fault.severity, fault.size) == ("long_narrow", "info", 1600.0)
    # 4 pi k / (4 (k + 1)2) is 0.1 for a rectangle of k = 29.4.
    assert told(box(0, 0, 29 * 10, 10)) == []
    assert [case for _, case, _ in told(box(0, 0, 30 * 10, 10))] == ["long_narrow"]


def test_a_part_that_is_a_sliver_is_told() -> None:
    found = told(MultiPolygon([LEFT, box(60, 0, 60.5, 80)]))
    assert found == [("G5", "multipart", "a"), ("T3", "sliver_part", "a")]


def test_a_small_plot_of_two_parts_is_told_once() -> None:
    (fault,) = slivers(layer([MultiPolygon([box(0, 0, 9, 9), box(20, 0, 29, 9)])]))
    assert (fault.case, fault.size) == ("sliver_small", 162.0)


# T4


def test_a_point_that_a_neighbour_lacks_is_information_told_once_for_a_pair() -> None:
    found = faults(LEFT, box(50, 20, 99, 60))
    (fault,) = found
    assert (fault.rule, fault.case, fault.severity, fault.size) == (
        "T4", "nodes_unmatched", "info", 2,
    )  # fmt: skip
    assert here(fault.shape).equals(shapely.from_wkt("MULTIPOINT ((50 20), (50 60))"))


@pytest.mark.parametrize("off_m", [-0.04, -0.005, 0.005, 0.04])
def test_boundaries_measured_twice_are_information(off_m: float) -> None:
    found = faults(LEFT, box(50 + off_m, 0, 99, 80))
    assert [fault.severity for fault in found] == ["info"]
    assert [fault.rule for fault in found] == ["T1" if off_m < 0 else "T4"]


def test_points_within_the_tolerance_of_the_topology_are_one() -> None:
    assert told(LEFT, box(50.0009, 0, 99, 80)) == []
    assert told(LEFT, box(50.0011, 0, 99, 80)) == [("T4", "nodes_unmatched", "ab")]


def test_neighbours_that_share_all_their_points_are_sound() -> None:
    left = Polygon([(0, 0), (50, 0), (50, 20), (50, 60), (50, 80), (0, 80)])
    assert told(left, box(50, 20, 99, 60)) == []
    assert told(LEFT, RIGHT, box(0, 80, 50, 99), box(50, 80, 99, 99)) == []


def test_two_points_close_together_beside_a_corner_are_no_points_of_the_other() -> None:
    # The corner of c lies 4 cm beyond the end of a, in line with its side.
    plots = [
        Polygon([(0, 0), (50, 0), (50, 80), (0, 80)]),
        Polygon([(50, 0), (99, 0), (99, 80.04), (50, 80.04), (50, 80)]),
        Polygon([(0, 80), (50, 80), (50, 80.04), (99, 80.04), (99, 120), (0, 120)]),
    ]
    assert told(*plots) == []


def test_what_overlaps_or_gapes_is_not_told_again_as_unmatched() -> None:
    for shift_m in (-1.0, 0.5):
        assert len(told(LEFT, box(50 + shift_m, 10, 99, 70))) == 1


# All together


@pytest.mark.usefixtures("_quick")
def test_survey_noise_is_never_more_than_information() -> None:
    plots = surveyed_layer(64, seed=5, jitter_m=0.004).parcels
    ground = Ground(plots)
    found = [fault for code in ("T1", "T2", "T4") for fault in FINDERS[code](ground)]
    assert len(found) > 100
    assert {fault.severity for fault in found} == {"info"}


@pytest.mark.usefixtures("_quick")
def test_a_layer_whose_plots_share_their_nodes_has_no_fault_between_plots() -> None:
    plots = surveyed_layer(64, seed=5, dirty=False).parcels
    ground = Ground(plots)
    assert [fault for code in ("T1", "T2", "T4") for fault in FINDERS[code](ground)] == []


def test_loops_find_the_same_as_they_stand_and_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    plots = surveyed_layer(40, seed=7).parcels
    found = []
    for steps in (sys.maxsize, -1):
        monkeypatch.setattr(compiled, "FEW_STEPS", steps)
        ground = Ground(plots)
        found.append(
            [
                (fault.case, fault.parcels, fault.size, fault.shape.wkb)
                for code in ("T1", "T2", "T4")
                for fault in FINDERS[code](ground)
                if fault.shape is not None
            ]
        )
    assert found[0] == found[1]
    assert {case for case, *_ in found[0]} == {"overlap", "overlap_noise", "gap", "nodes_unmatched"}


@pytest.mark.usefixtures("_quick")
def test_rules_are_independent_of_the_order_of_plots() -> None:
    plots = surveyed_layer(40, seed=6).parcels
    mixed = plots.sample(frac=1, random_state=1).reset_index(drop=True)
    for code in ("T1", "T2", "T3", "T4"):
        both = [
            sorted((fault.case, fault.parcels, round(fault.size or 0, 4)) for fault in find(each))
            for find in [FINDERS[code]]
            for each in (plots, mixed)
        ]
        assert both[0] == both[1]
        assert both[0]


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Draw a star about some centre."""
    x, y = draw(st.tuples(*[st.floats(-60, 60)] * 2))
    radii = draw(st.lists(st.floats(5, 40), min_size=5, max_size=24))
    angles = np.arange(len(radii)) * 2 * math.pi / len(radii)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None]
    return Polygon(ring + np.array([x, y]))


@st.composite
def knots(draw: st.DrawFn) -> Polygon:
    """Draw a ring on a lattice that often crosses itself."""
    points = draw(st.lists(st.tuples(*[st.integers(-4, 4)] * 2), min_size=4, max_size=9))
    return Polygon([(11.0 * x, 7.0 * y) for x, y in points])


def expected_overlaps(plots: gpd.GeoDataFrame) -> dict[tuple[str, ...], float]:
    """Intersect all pairs with GEOS."""
    shapes = shapely.make_valid(plots.geometry.to_numpy(), method="structure", keep_collapsed=False)
    ids = plots["parcel_id"].tolist()
    least_m2 = rules()["T1"].limits["area_m2"]
    return {
        (ids[one], ids[other]): area_m2
        for one in range(len(ids))
        for other in range(one + 1, len(ids))
        if (area_m2 := shapely.intersection(shapes[one], shapes[other]).area) > least_m2
    }


@settings(max_examples=30)
@given(st.lists(stars() | knots(), min_size=2, max_size=6))
def test_overlaps_are_those_of_geos(shapes: list[Polygon]) -> None:
    plots = layer(shapes)
    solid = shapely.area(shapely.make_valid(plots.geometry.to_numpy(), method="structure"))
    plots = plots[solid > 1].reset_index(drop=True)
    found = list(overlaps(plots))
    expected = expected_overlaps(plots)
    assert {fault.parcels: fault.size for fault in found} == pytest.approx(expected, abs=1e-6)
    for fault in found:
        assert shapely.area(fault.shape) == pytest.approx(fault.size, rel=1e-6, abs=1e-5)


@settings(max_examples=30)
@given(st.lists(stars() | knots(), min_size=2, max_size=5))
def test_no_gap_covers_a_plot_and_every_gap_lies_between_its_plots(shapes: list[Polygon]) -> None:
    plots = layer(shapes)
    solid = shapely.make_valid(plots.geometry.to_numpy(), method="structure", keep_collapsed=False)
    by_id = dict(zip(plots["parcel_id"], solid, strict=True))
    ground = Ground(plots)
    for fault in gaps(ground):
        assert shapely.intersection(fault.shape, shapely.union_all(solid)).area < 1e-3
        assert all(shapely.dwithin(fault.shape, by_id[each], 1e-4) for each in fault.parcels)
        assert shapely.buffer(fault.shape, -1.01).is_empty
    nodes = list(unmatched_nodes(ground))
    pairs = {fault.parcels for fault in (*overlaps(ground), *gaps(ground))}
    assert not pairs & {fault.parcels for fault in nodes}
