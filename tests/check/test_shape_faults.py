"""Rules G1-G6: each fault of a shape is found once, by its own rule, where it is."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from enping_gis.check.faults import faults_frame
from enping_gis.check.ground import Ground
from enping_gis.check.shapes.finders import arcs, close_points, spikes
from enping_gis.check.shapes.validity import invalid_shapes
from enping_gis.errors import CRSError
from tests.check.drawn import CORNER, FINDERS, faults, here, layer, told

HOUSE = [(0, 0), (50, 0), (50, 80), (0, 80)]


def wkt(text: str) -> shapely.Geometry:
    return shapely.from_wkt(text)


BROKEN = {
    "missing": (None, "geometry_missing", None, None),
    "empty": (Polygon(), "geometry_missing", None, None),
    "a point": (shapely.Point(3, 4), "not_polygon", None, "POINT (3 4)"),
    "an outline only": (shapely.LinearRing(HOUSE), "not_polygon", None, None),
    "not closed": (shapely.LineString(HOUSE), "ring_open", 80.0, "POINT (0 80)"),
    "points on a line": (Polygon([(0, 0), (30, 30), (60, 60)]), "zero_area", 0.0, "POINT (0 0)"),
    "one point": (Polygon([(5, 5)] * 4), "zero_area", 0.0, "POINT (5 5)"),
    "2 mm wide": (box(0, 0, 0.002, 2), "zero_area", 0.004, "POINT (0.002 0)"),
    "a bow": (
        Polygon([(0, 0), (40, 40), (40, 0), (0, 40)]),
        "self_crossing",
        1,
        "POINT (20 20)",
    ),
    "two crossings": (
        Polygon([(0, 0), (90, 0), (90, 40), (60, -20), (30, -20), (0, 40)]),
        "self_crossing",
        2,
        "MULTIPOINT ((20 0), (70 0))",
    ),
    "crossing at a vertex": (
        Polygon([(0, 0), (40, 0), (20, 20), (0, 40), (40, 40), (20, 20)]),
        "self_crossing",
        1,
        "POINT (20 20)",
    ),
    "a hole written into the outline": (
        Polygon([(0, 0), (60, 0), (30, 30), (50, 60), (10, 60), (30, 30)]),
        "self_touching",
        1,
        "POINT (30 30)",
    ),
    "a spike without width": (
        Polygon([(0, 0), (50, 0), (50, 80), (60, 80), (50, 80), (0, 80)]),
        "run_back",
        10.0,
        "LINESTRING (50 80, 60 80)",
    ),
    "a hole led to": (
        wkt(
            "POLYGON ((0 0, 90 0, 90 40, 60 40, 60 20, 30 20, 30 60, 60 60, 60 40, 90 40, 90 80,"
            " 0 80, 0 0))"
        ),
        "run_back",
        30.0,
        "LINESTRING (60 40, 90 40)",
    ),
    "parts side by side": (
        MultiPolygon([box(0, 0, 40, 40), box(40, 10, 80, 40)]),
        "rings_share_side",
        30.0,
        "LINESTRING (40 10, 40 40)",
    ),
    "parts that overlap": (
        MultiPolygon([box(0, 0, 40, 40), box(30, 30, 80, 80)]),
        "self_crossing",
        2,
        "MULTIPOINT ((30 40), (40 30))",
    ),
    "a hole outside": (
        Polygon(HOUSE, [[(100, 0), (130, 0), (130, 30)]]),
        "hole_outside",
        1,
        None,
    ),
    "a hole in a hole": (
        Polygon(HOUSE, [box(5, 5, 45, 45).exterior, box(10, 10, 20, 20).exterior]),
        "hole_in_hole",
        1,
        None,
    ),
    "a part in a part": (
        MultiPolygon([box(0, 0, 40, 40), box(5, 5, 25, 25)]),
        "part_in_part",
        1,
        None,
    ),
    "cut in two by a hole": (
        Polygon(HOUSE, [[(0, 40), (25, 20), (50, 40), (25, 60)]]),
        "interior_cut",
        1,
        None,
    ),
    "a hole of one point": (
        Polygon(HOUSE, [[(5, 5)] * 4]),
        "ring_collapsed",
        1,
        "POINT (5 5)",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_cause_of_an_invalid_shape_is_named_with_its_place(name: str) -> None:
    shape, case, size, place = BROKEN[name]
    own = [fault for fault in faults(shape) if fault.rule not in {"G5", "G6"}]
    (fault,) = own
    assert (fault.rule, fault.case, fault.severity) == ("G1", case, "error")
    if size is not None:
        assert fault.size == pytest.approx(size, abs=1e-6)
    if place is not None:
        assert fault.shape is not None
        assert here(fault.shape).equals(wkt(place))
    for lang in ("zh", "en"):
        assert "a" in fault.message(lang)
        assert "{" not in fault.message(lang) + fault.cure(lang)


def test_an_outline_with_several_causes_is_told_each() -> None:
    outline = [(0, 0), (90, 0), (90, 80), (95, 80), (90, 80), (40, 80), (80, 120), (80, 80.5)]
    crossing = Polygon([*outline, (40, 120), (0, 80)])
    found = {fault.case: fault for fault in faults(crossing) if fault.rule == "G1"}
    assert set(found) == {"run_back", "self_crossing"}
    assert found["run_back"].size == pytest.approx(5)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_coordinates_that_are_no_numbers_are_told_and_hurt_no_other_plot(bad: float) -> None:
    plots = layer([Polygon(HOUSE), box(50, 0, 90, 80)])
    shapes = plots.geometry.to_numpy().copy()
    with np.errstate(invalid="ignore"):
        shapes[0] = shapely.set_coordinates(
            shapes[0].__class__(shapes[0]), [(0, 0), (bad, 0), (9, 9), (0, 9), (0, 0)]
        )
    ground = Ground(plots.set_geometry(gpd.GeoSeries(shapes, crs=4546)))
    found = [fault for find in FINDERS.values() for fault in find(ground)]
    assert [(fault.case, fault.parcels, fault.size) for fault in found] == [
        ("not_finite", ("a",), 1)
    ]


# GEOS names one place of several, or the fault is everywhere.
ANYWHERE = {
    *("part_in_part", "hole_in_hole", "hole_outside", "interior_cut"),
    *("zero_area", "ring_collapsed"),
}


@st.composite
def scribbles(draw: st.DrawFn) -> shapely.Geometry:
    """Draw rings on a coarse lattice: they often touch, cross or repeat themselves."""
    points = st.lists(st.tuples(*[st.integers(0, 5)] * 2), min_size=3, max_size=9)
    rings = [Polygon([(10 * x, 10 * y) for x, y in ring]) for ring in draw(
        st.lists(points, min_size=1, max_size=2)
    )]  # fmt: skip
    return rings[0] if len(rings) == 1 else MultiPolygon(rings)


@settings(max_examples=60)
@given(st.lists(scribbles(), min_size=1, max_size=6))
def test_invalid_is_what_geos_takes_for_invalid(shapes: list[shapely.Geometry]) -> None:
    plots = layer(shapes)
    found = list(invalid_shapes(plots))
    valid = shapely.is_valid(plots.geometry.to_numpy())
    # An area of nothing is no valid polygon either.
    assert {fault.parcels[0] for fault in found} == set(plots["parcel_id"][~valid])
    outlines = dict(zip(plots["parcel_id"], shapely.boundary(plots.geometry), strict=True))
    for fault in found:
        assert fault.shape is not None
        parts = shapely.get_parts(fault.shape)
        on = shapely.dwithin(parts, outlines[fault.parcels[0]], 1e-6)
        assert on.all()
    crossing = [fault for fault in found if fault.case in {"self_crossing", "run_back"}]
    assert all(fault.size for fault in crossing)


@settings(max_examples=40)
@given(shape=scribbles(), start=st.integers(0, 8), back=st.booleans())
def test_where_a_ring_begins_and_which_way_it_runs_changes_nothing(
    shape: shapely.Geometry, start: int, *, back: bool
) -> None:
    parts = shapely.get_parts(shape)
    turned = []
    for part in parts:
        ring = np.roll(shapely.get_coordinates(part)[:-1], start, axis=0)
        turned.append(Polygon(ring[::-1] if back else ring))
    other = turned[0] if len(turned) == 1 else MultiPolygon(turned)

    def places(each: shapely.Geometry) -> set[tuple[str, str, str]]:
        return {
            (fault.rule, fault.case, here(fault.shape).wkt)
            for fault in faults(each)
            if fault.rule in {"G1", "G3"} and fault.case not in ANYWHERE
        }

    assert places(shape) == places(other)


def test_close_points_are_told_apart_from_repeated_ones() -> None:
    shape = Polygon([(0, 0), (50, 0), (50, 0), (50, 80), (25, 80), (24.996, 80), (0, 80)])
    found = faults(shape)
    assert [(fault.case, fault.severity) for fault in found] == [
        ("repeated_points", "warning"),
        ("close_points", "warning"),
    ]
    assert [fault.size for fault in found] == pytest.approx([0, 0.004], abs=1e-6)
    assert [here(fault.shape).wkt for fault in found] == ["POINT (50 0)", "POINT (25 80)"]


def test_points_that_follow_closely_are_one_place() -> None:
    close = [(50, 40 + step * 0.006) for step in range(4)]
    shape = Polygon([(0, 0), (50, 0), *close, (50, 80), (0, 80)])
    (fault,) = faults(shape)
    assert (fault.case, fault.values["n"]) == ("close_points", 1)
    assert fault.size == pytest.approx(0.006, abs=1e-6)


def test_close_points_where_a_ring_begins_are_found_once() -> None:
    for start in range(5):
        ring = np.roll([*HOUSE, (0.0, 0.005)], start, axis=0)
        (fault,) = faults(Polygon(ring))
        assert fault.size == pytest.approx(0.005, abs=1e-6)


def test_a_centimetre_is_far_enough() -> None:
    assert told(Polygon([*HOUSE, (0, 0.0101)])) == []


def test_many_places_of_a_plot_are_one_fault() -> None:
    x = np.arange(1, 40)
    pairs = np.column_stack([np.repeat(x, 2), np.tile([0, 0], len(x))]).astype(float)
    pairs[1::2, 0] += 0.003
    shape = Polygon([*pairs, (50, 0), (50, 80), (0, 80)])
    (fault,) = close_points(layer([shape]))
    assert fault.values["n"] == 39
    assert len(shapely.get_parts(fault.shape)) == 39


def test_spikes_and_notches_are_told_apart() -> None:
    angle = math.degrees(2 * math.atan(1 / 40))
    out = Polygon([(0, 0), (50, 0), (50, 39), (90, 40), (50, 41), (50, 80), (0, 80)])
    into = Polygon([(0, 0), (50, 0), (50, 39), (10, 40), (50, 41), (50, 80), (0, 80)])
    hole = Polygon(
        [(0, 0), (100, 0), (100, 80), (0, 80)], [[(20, 39), (60, 40), (20, 41), (17, 40)]]
    )
    for shape, case in ((out, "spike"), (into, "notch"), (hole, "notch")):
        for each in (shape, shape.reverse()):
            found = [fault for fault in faults(each) if fault.rule == "G3"]
            assert [fault.case for fault in found] == [case]
            assert found[0].size == pytest.approx(angle, abs=1e-6)


@pytest.mark.parametrize(
    ("angle_deg", "expected"),
    [(9.9, [("spike", "warning")]), (10.1, [("sharp_angle", "info")]), (20.1, [])],
)
def test_what_is_sharp_is_a_spike_below_ten_degrees(
    angle_deg: float, expected: list[tuple[str, str]]
) -> None:
    half = 40 * math.tan(math.radians(angle_deg / 2))
    outline = [(0, 0), (50, 0), (50, 40 - half), (90, 40), (50, 40 + half), (50, 80), (0, 80)]
    assert [(fault.case, fault.severity) for fault in faults(Polygon(outline))] == expected


def test_close_points_at_a_corner_make_no_spike() -> None:
    shape = Polygon([(0, 0), (50, 0), (50.004, 0.001), (50, 0.003), (50, 80), (0, 80)])
    assert {fault.rule for fault in faults(shape)} == {"G2"}


def test_a_long_curve_of_close_points_is_followed() -> None:
    angle = np.linspace(0, math.pi, 9000)
    curve = np.column_stack([25 + 25 * np.cos(angle), 80 + 25 * np.sin(angle)])
    curve[:, 1] += np.random.default_rng(1).uniform(-1e-4, 1e-4, len(angle))
    (fault,) = close_points(layer([Polygon([(0, 0), (50, 0), *curve])]))
    assert fault.values["n"] == 1
    assert list(spikes(layer([Polygon([(0, 0), (50, 0), *curve])]))) == []


def test_a_spike_of_an_invalid_outline_waits_until_that_is_put_right() -> None:
    bow = Polygon([(0, 0), (200, 20), (200, 0), (0, 20)])
    assert [rule for rule, _, _ in told(bow)] == ["G1"]


def test_a_plot_thin_only_for_a_spike_is_a_spike_and_a_thin_one_a_sliver() -> None:
    spike = Polygon([(0, 0), (50, 0), (50, 40), (400, 40.5), (50, 41), (50, 80), (0, 80)])
    assert 4 * math.pi * spike.area / spike.length**2 < 0.1
    assert told(spike) == [("G3", "spike", "a")]
    assert told(Polygon([(0, 0), (600, 0), (0, 1)])) == [("T3", "sliver_thin", "a")]


@pytest.mark.parametrize("radius_m", [0.3, 5.0, 30.0, 800.0])
@pytest.mark.parametrize("decimals", [3, 9])
def test_a_stroked_arc_is_information_with_its_radius(radius_m: float, decimals: int) -> None:
    angle = np.linspace(-math.pi / 2, math.pi / 2, 17)
    bend = np.column_stack([60 + np.cos(angle), 1 + np.sin(angle)]) * radius_m
    shape = Polygon(np.round([(0, 0), *bend, (0, 2 * radius_m)], decimals))
    (fault,) = arcs(layer([shape]))
    assert (fault.case, fault.severity, fault.values["n"]) == ("arc", "info", 16)
    assert fault.size == pytest.approx(radius_m, rel=0.01)
    assert shapely.get_num_coordinates(fault.shape) == 17


def test_an_arc_is_no_row_of_close_points() -> None:
    disk = shapely.Point(0, 0).buffer(0.15, quad_segs=32)
    ring = Polygon(box(-50, -50, 50, 50).exterior, [disk.exterior])
    assert told(ring) == [("G4", "arc", "a"), ("G6", "hole", "a")]


def test_a_whole_circle_is_one_arc_and_a_hexagon_none() -> None:
    (fault,) = arcs(layer([shapely.Point(0, 0).buffer(40, quad_segs=8)]))
    assert fault.values["n"] == 32
    assert told(shapely.Point(0, 0).buffer(40, quad_segs=2)) == []


def test_sides_of_one_length_on_a_straight_line_are_no_arc() -> None:
    x = np.linspace(0, 100, 21)
    shape = Polygon([*np.column_stack([x, 0 * x]), (100, 80), (0, 80)])
    for angle in (0.0, 0.3, 1.1):
        turned = shapely.transform(
            shape,
            lambda points, angle=angle: np.round(
                points @ [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]],
                3,
            ),
        )
        assert told(turned) == []


def test_parts_and_holes_are_information() -> None:
    parts = MultiPolygon([box(0, 0, 20, 30), box(30, 0, 90, 30), box(100, 0, 120, 30)])
    (fault,) = faults(parts)
    assert (fault.rule, fault.case, fault.severity, fault.size) == ("G5", "multipart", "info", 3)
    assert here(fault.shape).equals(MultiPolygon([box(0, 0, 20, 30), box(100, 0, 120, 30)]))
    holed = Polygon(HOUSE, [box(10, 10, 20, 20).exterior, box(30, 30, 40, 50).exterior])
    (fault,) = faults(holed)
    assert (fault.rule, fault.case, fault.severity, fault.size) == ("G6", "hole", "info", 2)
    assert here(fault.shape).area == pytest.approx(300)
    assert "300.00" in fault.message("en")


def test_one_part_in_a_multipolygon_is_one_part() -> None:
    assert told(MultiPolygon([Polygon(HOUSE)])) == []


def test_nothing_is_found_on_an_empty_layer_or_on_sound_plots() -> None:
    assert told() == []
    assert told(Polygon(HOUSE), box(50, 0, 90, 80), box(0, 80, 90, 120).segmentize(25)) != []
    assert told(Polygon(HOUSE), box(50, 0, 90, 80)) == []


def test_heights_change_nothing() -> None:
    flat, tall = (faults(force(Polygon(HOUSE), 3)) for force in (lambda shape, _: shape, _raised))
    assert flat == tall == []
    assert [fault.case for fault in faults(*map(_raised, (box(0, 0, 9, 90), box(8, 0, 90, 90))))]


def _raised(shape: shapely.Geometry, z: float = 3.0) -> shapely.Geometry:
    return shapely.force_3d(shape, z)


def test_a_layer_must_be_in_metres() -> None:
    plots = gpd.GeoDataFrame({"parcel_id": ["a"]}, geometry=[box(112, 22, 113, 23)], crs=4490)
    with pytest.raises(CRSError):
        list(invalid_shapes(plots))


def test_a_layer_is_not_changed_and_faults_go_into_a_frame() -> None:
    plots = layer([BROKEN["a bow"][0], None, _raised(box(50, 0, 90, 80))])
    before = plots.copy(deep=True)
    found = [fault for find in FINDERS.values() for fault in find(plots)]
    assert before.equals(plots)
    frame = faults_frame(found, plots.crs)
    assert frame["rule"].tolist() == ["G1", "G1"]
    crossing = frame.set_index("case").loc["self_crossing"]
    assert (crossing["x"] - CORNER[0], crossing["y"] - CORNER[1]) == pytest.approx((20, 20))
