"""Contacts on hand-made cases, random dirty layers, and real parcels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from shapely import affinity

from benchmarks.layers import surveyed_layer
from enping_gis.errors import CRSError, InputError, ParcelError, SchemaError
from enping_gis.measure.contacts import (
    CONTACT_COLUMNS,
    CONTACT_KINDS,
    contacts,
    contacts_by_row,
    neighbours,
)
from enping_gis.measure.outlines import compiled
from tests.measure.oracles import brute_force_contacts, pair_figures, probed_shared_m

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    import pandas as pd

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CAMBRIDGE = SHARED_DATA / "cambridge_fy2013.gpkg"
needs_cambridge = pytest.mark.skipif(
    not CAMBRIDGE.is_file(), reason="the real parcels are not beside this checkout"
)
X, Y = 634_000.0, 2_451_000.0
# Two routes to one length may differ by this: where boundaries part at a flat angle, the last
# digits of large coordinates decide over some micrometres of length.
LENGTH_ERROR_M = 1e-4


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def layer(*shapes: object, ids: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    names = list(ids) if ids is not None else [f"p{row}" for row in range(len(shapes))]
    return gpd.GeoDataFrame({"parcel_id": names}, geometry=list(shapes), crs=4546)


class Case(NamedTuple):
    shapes: tuple[shapely.Polygon, shapely.Polygon]
    kind: str
    shared_m: float
    gap_m: float = 0.0
    overlap_m2: float = 0.0


HOLED = box(0, 0, 100, 100).difference(box(40, 40, 60, 70))
CASES = {
    "shared edge": Case((box(0, 0, 50, 80), box(50, 0, 100, 80)), "shared", 80),
    "5 mm gap": Case((box(0, 0, 50, 80), box(50.005, 0, 100, 80)), "shared", 80, gap_m=0.005),
    # Of each short side 5 mm run along the other's, too: 80.005 m.
    "5 mm overlap": Case(
        (box(0, 0, 50, 80), box(49.995, 0, 100, 80)), "shared", 80.01, overlap_m2=0.4
    ),
    "T-junction": Case((box(0, 0, 50, 200), box(50, 60, 100, 140)), "shared", 80),
    "island in a hole": Case((HOLED, box(40, 40, 60, 70)), "shared", 100),
    "corner": Case((box(0, 0, 50, 80), box(50, 80, 100, 160)), "corner", 0),
    "12 m road": Case((box(0, 0, 50, 80), box(62, 0, 100, 80)), "across", 0, gap_m=12),
}


def _started_elsewhere(shape: shapely.Polygon) -> shapely.Polygon:
    rings = [list(ring.coords)[:-1] for ring in (shape.exterior, *shape.interiors)]
    shell, *holes = [ring[2:] + ring[:2] for ring in rings]
    return shapely.Polygon(shell, holes)


MOVES: dict[str, Callable[[shapely.Polygon], shapely.Geometry]] = {
    "as drawn": lambda shape: shape,
    "zone number": lambda shape: affinity.translate(shape, 37_000_000.0, 0.123),
    "rotated": lambda shape: affinity.rotate(shape, 33.7, origin=(X, Y)),
    "other start": _started_elsewhere,
    "reversed": shapely.reverse,
    "cut sides": lambda shape: shapely.segmentize(shape, 7.3),
    "as multipolygon": lambda shape: shapely.MultiPolygon([shape]),
    "with heights": lambda shape: shapely.force_3d(shape, 12.5),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("swapped", [False, True])
def test_the_seven_cases(
    case: Case, move: Callable[[shapely.Polygon], shapely.Geometry], *, swapped: bool
) -> None:
    plots = layer(*map(move, case.shapes))
    found = contacts(plots.iloc[::-1] if swapped else plots, within_m=12)
    (row,) = found.itertuples(index=False)
    assert (row.left, row.right) == (("p1", "p0") if swapped else ("p0", "p1"))
    assert row.kind == case.kind
    assert row.shared_m == pytest.approx(case.shared_m, abs=1e-4)
    assert row.gap_m == pytest.approx(case.gap_m, abs=1e-6)
    assert row.overlap_m2 == pytest.approx(case.overlap_m2, abs=1e-5)


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_a_road_counts_only_as_wide_as_asked_for(
    move: Callable[[shapely.Polygon], shapely.Geometry],
) -> None:
    plots = layer(*map(move, CASES["12 m road"].shapes))
    assert contacts(plots).empty
    assert contacts(plots, within_m=11.99).empty
    assert contacts(plots, within_m=12)["kind"].tolist() == ["across"]


@pytest.mark.parametrize(
    ("west", "kind"),
    [
        (49.7, "overlap"),
        (49.79, "overlap"),
        (49.81, "shared"),
        (49.85, "shared"),
        (50.15, "shared"),
    ],
)
@pytest.mark.parametrize("angle", [0, 28])
def test_a_strip_wider_than_the_tolerance_is_an_overlap(
    west: float, kind: str, angle: float
) -> None:
    shapes = [box(0, 0, 50, 80), box(west, 0, 100, 80)]
    found = contacts(layer(*(affinity.rotate(shape, angle, origin=(X, Y)) for shape in shapes)))
    assert found["kind"].tolist() == [kind]
    assert found["overlap_m2"][0] == pytest.approx(max(0, 50 - west) * 80, abs=1e-6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(box(0, 0, 100, 100), box(30, 30, 60, 60), id="contained"),
        pytest.param(box(0, 0, 100, 100), box(0, 0, 60, 60), id="contained at a corner"),
        pytest.param(box(0, 0, 100, 100), box(0, 0, 100, 100), id="repeated"),
        pytest.param(box(0, 0, 100, 100), box(10, 10, 10.1, 90), id="thin one inside"),
        pytest.param(box(0, 0, 0.1, 90), box(0, 0, 0.1, 90), id="thin one repeated"),
        pytest.param(HOLED, box(0, 0, 100, 100), id="hole covered"),
        pytest.param(box(0, 40, 100, 60), box(40, 0, 60, 100), id="crossing"),
        pytest.param(box(0, 0, 50, 50), box(49.7, 49.7, 90, 90), id="corner in corner"),
    ],
)
def test_containment_repetition_and_crossing_are_overlaps(
    one: shapely.Polygon, other: shapely.Polygon
) -> None:
    found = contacts(layer(one, other))
    assert found["kind"].tolist() == ["overlap"]
    assert found["gap_m"][0] == 0
    assert found["overlap_m2"][0] == pytest.approx(one.intersection(other).area, rel=1e-6)


def test_a_crossing_at_right_angles_shares_nothing() -> None:
    found = contacts(layer(box(0, 40, 100, 60), box(40, 0, 60, 100)))
    assert found["shared_m"][0] == pytest.approx(0, abs=1e-9)


def test_parts_and_several_stretches_add_up() -> None:
    parts = shapely.MultiPolygon([box(50, 0, 80, 30), box(50, 50, 80, 70), box(300, 0, 320, 20)])
    found = contacts(layer(box(0, 0, 50, 80), parts))
    assert found[["kind", "shared_m"]].to_numpy().tolist() == [["shared", pytest.approx(50)]]


def test_sides_that_count_twice_are_counted_once() -> None:
    # Two parts of one plot, a finger's breadth apart, both along the same side.
    parts = shapely.MultiPolygon([box(50, 0, 50.05, 80), box(50.1, 0, 90, 80)])
    one = pair_figures(box(0, 0, 50, 80), parts, 0.2)
    found = contacts(layer(box(0, 0, 50, 80), parts))
    assert found["shared_m"][0] == pytest.approx(one.shared_m, abs=LENGTH_ERROR_M)
    assert (found["kind"] == "shared").all()


def test_a_decoy_at_a_corner_is_no_neighbour() -> None:
    gas, timber, decoy = box(0, 0, 100, 141), box(100.004, -50, 700, 120), box(-80, 141, 0, 220)
    plots = layer(decoy, timber, gas, ids=["x9", "renamed", "gas"])
    found = neighbours(plots, "gas")
    assert found[["left", "right", "kind"]].to_numpy().tolist() == [
        ["gas", "renamed", "shared"],
        ["gas", "x9", "corner"],
    ]


def test_neighbours_are_the_contacts_of_one_plot_the_longest_first() -> None:
    plots = surveyed_layer(60, seed=4).parcels
    everything = contacts(plots, within_m=15)
    for parcel_id in plots["parcel_id"]:
        found = neighbours(plots, parcel_id, within_m=15)
        assert (found["left"] == parcel_id).all()
        assert found["shared_m"].round(6).is_monotonic_decreasing
        ours = everything[(everything["left"] == parcel_id) | (everything["right"] == parcel_id)]
        other = ours["left"].where(ours["right"] == parcel_id, ours["right"])
        expected = ours.assign(left=parcel_id, right=other).sort_values("right")
        assert_frame_equal(
            found.sort_values("right").reset_index(drop=True),
            expected.reset_index(drop=True),
            rtol=0,
            atol=1e-6,
        )


def test_least_length_and_tolerance_are_what_is_asked_for() -> None:
    plots = layer(box(0, 0, 50, 80), box(50.05, 79, 100, 160), box(100.3, 80, 200, 160))
    assert contacts(plots)["kind"].tolist() == ["shared"]
    assert contacts(plots, min_shared_m=1.01)["kind"].tolist() == ["corner"]
    assert contacts(plots, tolerance_m=0).empty
    assert contacts(plots, tolerance_m=0.3)["kind"].tolist() == ["shared", "shared"]
    corner = layer(*CASES["corner"].shapes)
    assert contacts(corner, min_shared_m=0)["kind"].tolist() == ["shared"]
    exact = layer(*CASES["T-junction"].shapes)
    assert contacts(exact, tolerance_m=0)["shared_m"].tolist() == [pytest.approx(80)]


def test_invalid_rings_are_measured_and_left_alone() -> None:
    bow_tie = shapely.Polygon([(X, Y), (X + 50, Y + 50), (X + 50, Y), (X, Y + 50)])
    spike = shapely.Polygon(
        [
            (X - 50, Y),
            (X, Y),
            (X, Y + 25),
            (X + 10, Y + 25),
            (X, Y + 25),
            (X, Y + 50),
            (X - 50, Y + 50),
        ]
    )
    flat = shapely.Polygon([(X, Y), (X + 50, Y), (X + 20, Y)])
    twice = shapely.MultiPolygon([box(50, 0, 90, 50), box(60, 0, 100, 50)])
    plots = layer(bow_tie, spike, flat, twice)
    assert not plots.geometry.is_valid.any()
    before = [shapely.to_wkb(shape) for shape in plots.geometry]
    found = contacts(plots).set_index(["left", "right"])
    assert [shapely.to_wkb(shape) for shape in plots.geometry] == before
    assert found.loc[("p0", "p3"), ["kind", "shared_m"]].tolist() == [
        "shared",
        pytest.approx(50.4, abs=0.2),
    ]
    assert found.loc[("p0", "p1"), "kind"] == "shared"


def test_what_has_no_place_has_no_contacts() -> None:
    with np.errstate(invalid="ignore"):
        lost = shapely.Polygon([(X, Y), (np.nan, Y), (X + 50, Y + 50)])
    collection = shapely.GeometryCollection(
        [shapely.MultiPolygon([box(50, 0, 90, 50)]), shapely.Point(X, Y)]
    )
    line = shapely.LineString([(X, Y), (X + 50, Y)])
    plots = layer(None, box(0, 0, 50, 50), shapely.Polygon(), lost, collection, line)
    found = contacts(plots, within_m=30)
    assert found[["left", "right", "kind"]].to_numpy().tolist() == [["p1", "p4", "shared"]]
    assert neighbours(plots, "p1")["right"].tolist() == ["p4"]
    assert neighbours(plots, "p0", within_m=30).empty


@pytest.mark.parametrize("rows", [[], [0], [0, 1]])
def test_a_layer_without_contacts_gives_the_same_columns(rows: list[int]) -> None:
    plots = layer(box(0, 0, 10, 10), box(50, 50, 60, 60)).iloc[rows]
    full = contacts(layer(*CASES["corner"].shapes))
    found = contacts(plots)
    assert found.empty
    assert tuple(found.columns) == CONTACT_COLUMNS
    assert found.dtypes.to_dict() == full.dtypes.to_dict()
    if rows:
        assert neighbours(plots, "p0").dtypes.to_dict() == full.dtypes.to_dict()


def test_wrong_use_is_refused() -> None:
    plots = layer(*CASES["corner"].shapes)
    with pytest.raises(CRSError, match="set_crs"):
        contacts(plots.set_crs(None, allow_override=True))
    for epsg in (4490, 2249, 3857):
        with pytest.raises(CRSError, match="to_crs"):
            contacts(plots.set_crs(epsg, allow_override=True))
        with pytest.raises(CRSError, match="to_crs"):
            neighbours(plots.set_crs(epsg, allow_override=True), "p0")
    for name in ("tolerance_m", "within_m", "min_shared_m"):
        for value in (-0.1, float("nan"), float("inf")):
            with pytest.raises(InputError, match=name):
                contacts(plots, **{name: value})
    with pytest.raises(SchemaError, match="parcel_id"):
        contacts(plots.drop(columns="parcel_id"))
    for ids in (["a", "a"], ["a", None]):
        with pytest.raises(SchemaError, match="parcel_id"):
            contacts(plots.assign(parcel_id=ids))
    with pytest.raises(ParcelError, match="p7"):
        neighbours(plots, "p7")


def test_plots_of_18000_vertices_are_measured_in_passing() -> None:
    angle = np.linspace(0, 2 * np.pi, 18_000, endpoint=False)
    ray = np.column_stack([np.cos(angle), np.sin(angle)])
    wavy = 500 + 3 * np.sin(40 * angle)[:, None]
    lake = shapely.Polygon((X, Y) + ray * wavy)
    hole = np.roll((X, Y) + ray * (wavy + 0.03), 7, axis=0)
    shore = shapely.Polygon((X, Y) + ray * 900, [hole])
    found = contacts(layer(lake, shore, box(899, -10, 960, 10)))
    assert found["kind"].tolist() == ["shared", "overlap"]
    assert found["shared_m"][0] == pytest.approx(lake.length, rel=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_random_dirty_layers_are_as_brute_force_and_truth_have_them(seed: int) -> None:
    made = surveyed_layer(64, seed=seed)
    plots, random = made.parcels, np.random.default_rng(seed)
    shapes = plots.geometry.to_numpy().copy()
    # Move some plots onto their neighbours, and repeat one.
    for row in random.choice(len(shapes), 6, replace=False):
        shapes[row] = affinity.translate(shapes[row], *random.uniform(-0.6, 0.6, 2))
    shapes[-1] = shapes[0]
    dirty = plots.set_geometry(gpd.GeoSeries(shapes, crs=plots.crs))
    assert_as_brute_force(dirty, within_m=15.0)
    assert_as_brute_force(dirty, within_m=0.0, tolerance_m=0.07)
    clean = contacts(plots).merge(made.truth, on=["left", "right"], suffixes=("", "_true"))
    assert len(clean) == len(made.truth)
    assert (clean["kind"] == "shared")[clean["shared_m_true"] > 1.2].all()
    off_m = (clean["shared_m"] - clean["shared_m_true"]).abs()
    assert off_m.median() < 0.06
    assert off_m.max() < 0.6


@pytest.mark.parametrize("seed", range(2))
def test_probing_with_needles_finds_the_same_lengths(seed: int) -> None:
    plots = surveyed_layer(32, seed=seed).parcels
    shapes = plots.set_index("parcel_id").geometry
    for row in contacts(plots).itertuples(index=False):
        probed_m = probed_shared_m(shapes[row.left], shapes[row.right], 0.2, step_m=0.02)
        assert row.shared_m == pytest.approx(probed_m, abs=0.1)


# Multiples of 0.15 m keep distances off the tolerance of 0.2 m, where either answer is right.
steps = st.integers(0, 24).map(lambda step: step * 0.15)
sizes = st.integers(1, 24).map(lambda step: step * 0.15)
boxes = st.builds(
    lambda x, y, width, height: box(x, y, x + width, y + height), steps, steps, sizes, sizes
)
triangles = (
    st.lists(st.tuples(steps, steps), min_size=3, max_size=3, unique=True)
    .map(lambda corners: shapely.Polygon([(X + x, Y + y) for x, y in corners]))
    .filter(lambda shape: shape.area > 0.01)
)
pairs_of_parts = (
    st.tuples(boxes, boxes).map(shapely.MultiPolygon).filter(lambda shape: shape.is_valid)
)
frames = st.builds(
    lambda x, y, rim: box(x, y, x + 3, y + 3).difference(
        box(x + rim, y + rim, x + 3 - rim, y + 3 - rim)
    ),
    steps,
    steps,
    st.sampled_from([0.3, 0.6, 0.9]),
)
dirty_layers = st.lists(boxes | triangles | pairs_of_parts | frames, min_size=2, max_size=6).map(
    lambda shapes: layer(*shapes)
)
thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@thorough
@given(dirty_layers)
def test_any_layer_is_as_brute_force_has_it(plots: gpd.GeoDataFrame) -> None:
    assert_as_brute_force(plots, within_m=1.0)


@thorough
@given(dirty_layers, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(plots: gpd.GeoDataFrame, random: Random) -> None:
    order = list(range(len(plots)))
    random.shuffle(order)
    assert_same_pairs(contacts(plots), contacts(plots.iloc[order]))


@thorough
@given(dirty_layers, st.floats(-1e6, 4e7), st.floats(-2e6, 2e6))
def test_moving_the_layer_does_not_matter(
    plots: gpd.GeoDataFrame, east_m: float, north_m: float
) -> None:
    moved = plots.set_geometry(plots.geometry.translate(east_m, north_m))
    assert_same_pairs(contacts(plots), contacts(moved))


@thorough
@given(dirty_layers, st.floats(0.1, 2.0))
def test_cutting_and_reversing_sides_does_not_matter(
    plots: gpd.GeoDataFrame, longest_m: float
) -> None:
    cut = plots.set_geometry(plots.geometry.segmentize(longest_m).reverse())
    assert_same_pairs(contacts(plots), contacts(cut))


@thorough
@given(dirty_layers)
def test_compiled_or_not_the_figures_are_the_same_to_the_last_digit(
    plots: gpd.GeoDataFrame,
) -> None:
    found = contacts(plots, within_m=30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "FEW_STEPS", -1)
        assert_frame_equal(contacts(plots, within_m=30), found, check_exact=True)


def unordered(found: pd.DataFrame) -> pd.DataFrame:
    pairs = np.sort(found[["left", "right"]].to_numpy(dtype=object), axis=1)
    return (
        found.assign(left=pairs[:, 0], right=pairs[:, 1]).set_index(["left", "right"]).sort_index()
    )


def assert_same_pairs(one: pd.DataFrame, other: pd.DataFrame) -> None:
    one, other = unordered(one), unordered(other)
    assert one.index.tolist() == other.index.tolist()
    decided = (one["shared_m"] - 1).abs() > LENGTH_ERROR_M
    assert (one["kind"] == other["kind"])[decided].all()
    for column in ("shared_m", "gap_m", "overlap_m2"):
        assert one[column].to_numpy() == pytest.approx(other[column].to_numpy(), abs=LENGTH_ERROR_M)


def assert_as_brute_force(
    plots: gpd.GeoDataFrame, *, within_m: float, tolerance_m: float = 0.2
) -> pd.DataFrame:
    """Compare with the oracle; kinds where the threshold lies far enough from the figures."""
    found = contacts(plots, within_m=within_m, tolerance_m=tolerance_m)
    expected = brute_force_contacts(plots, within_m=within_m, tolerance_m=tolerance_m)
    both = found.merge(
        expected, on=["left", "right"], how="outer", suffixes=("", "_true"), indicator=True
    )
    assert (both["_merge"] == "both").all(), both[both["_merge"] != "both"]
    assert (both["shared_m"] - both["shared_m_true"]).abs().max() <= LENGTH_ERROR_M or both.empty
    assert (both["gap_m"] - both["gap_m_true"]).abs().max() <= 1e-6 or both.empty
    assert (both["overlap_m2"] - both["overlap_m2_true"]).abs().max() <= 1e-4 or both.empty
    decided = (both["shared_m_true"] - 1).abs() > 2 * LENGTH_ERROR_M
    decided &= (both["width_m"] - tolerance_m).abs() > 0.01 * tolerance_m
    wrong = both[decided & (both["kind"] != both["kind_true"])]
    assert wrong.empty, wrong
    return both


def cambridge() -> gpd.GeoDataFrame:
    parcels = gpd.read_file(CAMBRIDGE)
    return parcels.assign(parcel_id=[f"c{row}" for row in range(len(parcels))])


@needs_cambridge
def test_part_of_the_real_parcels_is_as_brute_force_has_it() -> None:
    parcels = cambridge()
    x, y = parcels.geometry.centroid.x, parcels.geometry.centroid.y
    centre = (x - x.median()).abs() + (y - y.median()).abs()
    invalid = parcels[~parcels.geometry.is_valid]
    some = parcels.loc[centre.nsmallest(1200).index.union(invalid.index)]
    both = assert_as_brute_force(some, within_m=12)
    assert len(both) > 3000


@needs_cambridge
@pytest.mark.campaign
def test_all_real_parcels_are_as_brute_force_has_them() -> None:
    parcels = cambridge()
    both = assert_as_brute_force(parcels, within_m=12)
    assert len(both) == 42_902
    assert both["kind"].value_counts().to_dict() == {
        "shared": 23_111,
        "across": 18_100,
        "corner": 1_662,
        "overlap": 29,
    }
    shapes = parcels.set_index("parcel_id").geometry
    for row in both[both["kind"] == "shared"].sample(2000, random_state=1).itertuples():
        probed_m = probed_shared_m(shapes[row.left], shapes[row.right], 0.2, step_m=0.05)
        assert row.shared_m == pytest.approx(probed_m, abs=0.3)


@pytest.mark.campaign
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(dirty_layers)
def test_many_layers_are_as_brute_force_has_them(plots: gpd.GeoDataFrame) -> None:
    assert_as_brute_force(plots, within_m=1.0)


def test_rows_and_numbers_say_what_names_and_words_say() -> None:
    plots = surveyed_layer(300, seed=5).parcels
    named, numbered = (find(plots, within_m=40.0) for find in (contacts, contacts_by_row))
    assert set(named["kind"]) == set(CONTACT_KINDS)
    ids = plots["parcel_id"].to_numpy()
    assert named["left"].tolist() == ids[numbered["left"]].tolist()
    assert named["right"].tolist() == ids[numbered["right"]].tolist()
    assert named["kind"].tolist() == [CONTACT_KINDS[kind] for kind in numbered["kind"]]
    figures = ["shared_m", "gap_m", "overlap_m2"]
    assert_frame_equal(named[figures], numbered[figures])
