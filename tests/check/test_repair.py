"""A repair cures what is asked for and nothing else, and says truly what it moved."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import enping_gis
from enping_gis.check.coverage.finders import gaps, overlaps, slivers
from enping_gis.check.mending.repair import REPAIRABLE, TABLE_COLUMNS, moved_m2, repair
from enping_gis.check.mending.scene import Scene
from enping_gis.check.shapes.finders import close_points, spikes
from enping_gis.check.shapes.validity import invalid_shapes
from enping_gis.errors import CRSError, InputError, ParcelError, SchemaError
from enping_gis.inventory import Inventory
from tests.plots import EAST_M, NORTH_M

if TYPE_CHECKING:
    from pathlib import Path

FINDERS = {
    "G1": invalid_shapes, "G2": close_points, "G3": spikes,
    "T1": overlaps, "T2": gaps, "T3": slivers,
}  # fmt: skip
CORNER = np.array([EAST_M, NORTH_M])
box = shapely.box


def plots(**shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """Return plots near Enping; their shapes are given from a corner of it, in metres."""
    moved = [
        None if shape is None else shapely.transform(shape, lambda xy: xy + CORNER)
        for shape in shapes.values()
    ]
    return gpd.GeoDataFrame({"parcel_id": list(shapes)}, geometry=moved, crs=4546)


def exact_m2(shape: shapely.Geometry) -> Fraction:
    """Return the planar area of a polygon without any rounding."""
    total = Fraction(0)
    for part in shapely.get_parts(shape):
        for number, ring in enumerate((part.exterior, *part.interiors)):
            x, y = (list(map(Fraction, axis)) for axis in shapely.get_coordinates(ring).T.tolist())
            twice = sum((x[i] * y[i + 1] - x[i + 1] * y[i] for i in range(len(x) - 1)), Fraction(0))
            total += abs(twice) / 2 * (1 if number == 0 else -1)
    return total


def assert_told_truly(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, table: pd.DataFrame
) -> None:
    """Compare each plot with what the table says of it; others are as they were, to the bit."""
    assert list(table.columns) == [*TABLE_COLUMNS]
    done = table[table["outcome"] != "left"]
    told = done.groupby("parcel_id")["change_m2"].sum()
    new = dict(zip(after["parcel_id"], after.geometry, strict=True))
    for name, old in zip(before["parcel_id"], before.geometry, strict=True):
        if name not in told.index:
            assert new[name] is old or new[name].wkb == old.wkb
            continue
        shape = new.get(name, shapely.Polygon())
        assert shape.is_valid
        real = exact_m2(shape) - exact_m2(old)
        assert abs(float(real) - told[name]) <= 1e-6
    gone = set(done.loc[done["outcome"] == "removed", "parcel_id"])
    assert set(before["parcel_id"]) - set(new) == gone


def changes(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = table[["rule", "outcome", "parcel_id", "other_ids", "change_m2"]].round(6)
    return [tuple(row) for row in rows.to_numpy().tolist()]


# By hand: a plot of 50 x 80 m, and what is wrong with it or beside it.

PLOT = box(0, 0, 50, 80)
with np.errstate(invalid="ignore"):
    ENDLESS = shapely.Polygon([(0, 0), (np.nan, 1), (1, 1)])
BOW = shapely.Polygon([(0, 0), (40, 40), (40, 0), (0, 40)])
SPIKED = shapely.Polygon([(0, 0), (50, 0), (50, 40), (90, 41), (50, 42), (50, 80), (0, 80)])
NOTCHED = shapely.Polygon([(0, 0), (50, 0), (50, 40), (10, 41), (50, 42), (50, 80), (0, 80)])
# A ring that runs out and back on a line has no ground there.
RUN_BACK = shapely.Polygon([(0, 0), (50, 0), (50, 40), (90, 40), (50, 40), (50, 80), (0, 80)])
WEDGE = shapely.Polygon([(0, 0), (200, 0), (200, 30)])


@pytest.mark.parametrize(
    ("shape", "rule", "moved"),
    [
        # Two triangles of 400 m2; as it stands they cancel out.
        (BOW, "G1", 800),
        (RUN_BACK, "G1", 0),
        # A point 4 mm beside a corner: the triangle to the next is 0.5 * 4 mm * 80 m.
        (shapely.Polygon([(0, 0), (50, 0), (50.004, 0.004), (50, 80), (0, 80)]), "G2", -0.16),
        (shapely.Polygon([(0, 0), (50, 0), (50, 0), (50, 80), (0, 80)]), "G2", 0),
        (SPIKED, "G3", -40),
        (NOTCHED, "G3", 40),
    ],
)  # fmt: skip
def test_a_plot_is_mended(shape: shapely.Geometry, rule: str, moved: float) -> None:
    before = plots(a=shape, b=box(200, 0, 250, 80))
    after, table = repair(before, rules=rule)
    assert changes(table) == [(rule, "changed", "a", "", pytest.approx(moved, abs=1e-6))]
    assert_told_truly(before, after, table)
    assert not list(FINDERS[rule](after))


def test_a_bow_tie_keeps_its_ground() -> None:
    after, table = repair(plots(a=BOW), rules="G1")
    assert after.geometry.iloc[0].area == pytest.approx(800)
    assert moved_m2(table) == 0


def test_a_spike_of_two_close_points_goes_too() -> None:
    tip = [(90, 41), (90, 41.004)]
    shape = shapely.Polygon([(0, 0), (50, 0), (50, 40), *tip, (50, 42), (50, 80), (0, 80)])
    after, _ = repair(plots(a=shape), rules=["G3"])
    assert after.geometry.iloc[0].area == pytest.approx(4000)


def test_the_own_corner_of_a_plot_is_only_blunted() -> None:
    """The corner of 8.5 degrees is cut where it is 5 cm wide, 34 cm from its tip."""
    before = plots(a=WEDGE)
    after, table = repair(before, rules="G3")
    assert -0.01 < table["change_m2"].item() < -0.005
    assert not [fault for fault in spikes(after) if fault.severity != "info"]


def test_a_notch_that_another_plot_fills_stays() -> None:
    needle = shapely.Polygon([(60, 40), (10, 41), (60, 42)])
    neighbour = shapely.union(shapely.difference(box(50, 0, 99, 80), PLOT), needle)
    before = plots(a=shapely.difference(PLOT, needle), b=neighbour)
    after, table = repair(before, rules="G3")
    rows = table.set_index("parcel_id")
    assert rows.loc["b", "outcome"] == "changed", "the needle is a spike of the one"
    assert "T1" not in {fault.rule for fault in overlaps(after)}
    assert_told_truly(before, after, table)


@pytest.mark.parametrize(
    ("to", "loser"), [("larger", "b"), ("smaller", "a"), ("first", "b"), ("last", "a"), ("b", "a")]
)
def test_an_overlap_goes_to_the_side_stated(to: str, loser: str) -> None:
    """A strip of 1 x 80 m is in both; a is the larger."""
    before = plots(a=box(0, 0, 60, 80), b=box(59, 0, 99, 80), c=box(300, 0, 350, 80))
    after, table = repair(before, rules="T1", to=to)
    other = "a" if loser == "b" else "b"
    assert changes(table) == [("T1", "changed", loser, other, -80.0)]
    assert_told_truly(before, after, table)
    assert moved_m2(table) == pytest.approx(80)


def test_ground_of_three_plots_goes_to_the_largest() -> None:
    before = plots(a=box(0, 0, 60, 80), b=box(59, 0, 99, 80), c=box(58.5, 79, 98, 110))
    after, table = repair(before, rules="T1", to=["larger"])
    assert not list(overlaps(after))
    assert after.geometry.iloc[0].equals(before.geometry.iloc[0])
    assert_told_truly(before, after, table)


def test_sides_are_tried_in_their_order() -> None:
    before = plots(a=PLOT, b=box(49, 0, 99, 80), c=box(98, 0, 148, 80), d=box(200, 0, 210, 80))
    _, table = repair(before, rules="T1", to=["c", "d"])
    assert [(row[1], row[2]) for row in changes(table)] == [("changed", "b"), ("left", "a")]
    _, table = repair(before, rules="T1", to=["c", "first"])
    assert [(row[1], row[2]) for row in changes(table)] == [("changed", "b"), ("changed", "b")]


def test_what_repeats_another_plot_is_refused() -> None:
    before = plots(a=PLOT, b=PLOT)
    after, table = repair(before, rules="T1", to="first")
    assert changes(table) == [("T1", "left", "b", "a", 0.0)]
    assert "a" in table["message_en"].item()
    assert_told_truly(before, after, table)


def test_a_plot_never_vanishes_in_an_overlap() -> None:
    before = plots(a=PLOT, b=box(10, 10, 20, 15))
    _, table = repair(before, rules="T1", to="larger")
    assert changes(table) == [("T1", "left", "b", "a", 0.0)]
    after, table = repair(before, rules="T1", to="smaller")
    assert changes(table) == [("T1", "changed", "a", "b", -50.0)]
    assert len(after.geometry.iloc[0].interiors) == 1


def test_an_invalid_plot_is_cut_only_once_it_is_valid() -> None:
    before = plots(a=BOW, b=box(39, 0, 79, 40))
    _, table = repair(before, rules="T1", to="b")
    assert [row[:3] for row in changes(table)] == [("T1", "left", "a")]
    after, table = repair(before, rules="T1, G1", to="b")
    assert [row[:3] for row in changes(table)] == [("G1", "changed", "a"), ("T1", "changed", "a")]
    assert_told_truly(before, after, table)


def test_a_gap_goes_to_the_side_stated() -> None:
    before = plots(a=PLOT, b=box(50.5, 0, 99, 80))
    for to, gains in (("larger", "a"), ("last", "b")):
        after, table = repair(before, rules="T2", to=to)
        other = "b" if gains == "a" else "a"
        assert changes(table) == [("T2", "changed", gains, other, 40.0)]
        assert_told_truly(before, after, table)
        assert not list(gaps(after))


def test_a_hole_between_plots_is_filled() -> None:
    """Four plots around a square of 1 m."""
    before = plots(
        a=box(0, 0, 51, 50), b=box(51, 0, 100, 51), c=box(50, 51, 100, 100), d=box(0, 50, 50, 100)
    )
    after, table = repair(before, rules="T2", to="b")
    assert changes(table) == [("T2", "changed", "b", "a;c;d", 1.0)]
    assert_told_truly(before, after, table)


def test_a_sliver_goes_to_its_longest_neighbour() -> None:
    """A strip of 1 x 80 m beside a; b touches it for a metre only."""
    before = plots(a=PLOT, s=box(50, 0, 51, 80), b=box(40, 80, 90, 120))
    after, table = repair(before, rules="T3")
    assert changes(table) == [("T3", "removed", "s", "a", -80.0), ("T3", "changed", "a", "s", 80.0)]
    assert after.index.tolist() == [0, 2]
    assert moved_m2(table) == pytest.approx(80)
    assert_told_truly(before, after, table)
    _, table = repair(before, rules="T3", to="b")
    assert changes(table)[1] == ("T3", "changed", "b", "s", 80.0)


def test_a_plot_is_found_where_a_cure_has_taken_it() -> None:
    layer = plots(a=PLOT, b=box(300, 0, 350, 80))
    shapes = np.array(layer.geometry.to_numpy())
    scene = Scene(np.array(["a", "b"], dtype=object), shapes, layer.crs, (), ())
    place = shapely.Point(EAST_M + 150, NORTH_M + 40)
    assert scene.around(place, but=()).tolist() == []
    scene.replace(0, shapely.transform(box(0, 0, 149, 80), lambda xy: xy + CORNER))
    assert scene.around(place, but=()).tolist() == [0]
    scene.replace(0, None)
    assert scene.around(place, but=()).tolist() == []


def test_the_frame_stays_what_it_was() -> None:
    """Its index, its columns, its name for geometry, and heights of plots that are not cured."""
    before = plots(a=PLOT, b=box(49, 0, 99, 80), c=box(98, 0, 148, 80)).assign(note=["x", "y", "z"])
    before = before.set_index(pd.Index([7, 7, 9])).rename_geometry("shape")
    before["shape"] = shapely.force_3d(before["shape"].to_numpy(), 5.0)
    after, table = repair(before.astype({"parcel_id": object}), rules="T1", to="a")
    assert after.index.tolist() == [7, 7, 9]
    assert after.columns.tolist() == ["parcel_id", "shape", "note"]
    assert (after.crs, after.active_geometry_name) == (before.crs, "shape")
    assert after.has_z.tolist() == [True, False, True]
    assert after["shape"].iloc[2].wkb == before["shape"].iloc[2].wkb
    assert [row[1:3] for row in changes(table)] == [("changed", "b"), ("left", "b")]


def test_ids_may_be_numbers() -> None:
    before = plots(a=PLOT, b=box(49, 0, 99, 80)).assign(parcel_id=[1, 2])
    after, table = repair(before, rules="T1", to="2")
    assert after["parcel_id"].tolist() == [1, 2]
    assert changes(table) == [("T1", "changed", "1", "2", -80.0)]


def test_a_sliver_across_a_crack_of_survey_noise_is_joined() -> None:
    before = plots(a=PLOT, s=box(50.01, 5, 51, 75))
    after, table = repair(before, rules="T3")
    assert after["parcel_id"].tolist() == ["a"]
    assert after.geometry.iloc[0].geom_type == "Polygon"
    # The crack is 1 cm x 70 m.
    assert table["gained_m2"].sum() == pytest.approx(0.99 * 70 + 0.7, abs=0.01)
    assert_told_truly(before, after, table)


def test_a_sliver_alone_is_left() -> None:
    _, table = repair(plots(a=PLOT, s=box(70, 0, 71, 80)), rules="T3")
    assert changes(table) == [("T3", "left", "s", "", 0.0)]


def test_a_part_that_is_a_sliver_goes_alone() -> None:
    parts = shapely.multipolygons([box(200, 0, 250, 80), box(50, 0, 51, 80)])
    before = plots(a=PLOT, m=parts)
    after, table = repair(before, rules="T3")
    assert changes(table) == [("T3", "changed", "m", "a", -80.0), ("T3", "changed", "a", "m", 80.0)]
    assert after.geometry.iloc[1].geom_type == "MultiPolygon"
    assert_told_truly(before, after, table)


@pytest.mark.parametrize("shape", [None, shapely.Polygon(), shapely.Point(0, 0),
                                   ENDLESS,
                                   shapely.Polygon([(0, 0), (9, 9), (0, 0)])])  # fmt: skip
def test_what_has_no_ground_is_left(shape: shapely.Geometry | None) -> None:
    before = plots(a=PLOT)
    before = pd.concat([before, gpd.GeoDataFrame({"parcel_id": ["x"]}, geometry=[shape], crs=4546)])
    before = before.reset_index(drop=True)
    with np.errstate(invalid="ignore"):
        after, table = repair(before, rules=REPAIRABLE, to="larger")
    assert changes(table) == [("G1", "left", "x", "", 0.0)]
    assert len(after) == 2


# Bounds.


def test_one_cure_is_bounded() -> None:
    before = plots(a=PLOT, b=box(49, 0, 99, 80), c=box(98.5, 0, 150, 80))
    after, table = repair(before, rules="T1", to="first", max_each_m2=50)
    assert changes(table) == [
        ("T1", "changed", "c", "b", -40.0), ("T1", "left", "b", "a", 0.0),
    ]  # fmt: skip
    assert "80.00" in table["message_zh"].iloc[1]
    assert_told_truly(before, after, table)


def test_all_cures_are_bounded() -> None:
    before = plots(a=PLOT, b=box(49, 0, 99, 80))
    with pytest.raises(InputError, match=r"80\.00.*79\.00") as caught:
        repair(before, rules="T1", to="first", max_moved_m2=79)
    assert "b" in caught.value.text("en")
    assert moved_m2(repair(before, rules="T1", to="first", max_moved_m2=80.5)[1]) <= 80.5


@pytest.mark.parametrize(
    ("options", "kind", "code"),
    [
        ({"rules": "T4"}, InputError, "error.repair_rule"),
        ({"rules": []}, InputError, "error.repair_no_rule"),
        ({"rules": "T1"}, InputError, "error.repair_no_side"),
        ({"rules": "T2,G1"}, InputError, "error.repair_no_side"),
        ({"rules": "T1", "to": "z"}, ParcelError, "error.repair_side"),
        ({"rules": "G1", "max_moved_m2": -1}, InputError, "error.repair_bound"),
        ({"rules": "G1", "max_each_m2": float("nan")}, InputError, "error.repair_bound"),
    ],
)
def test_bad_wishes_are_refused(options: dict[str, Any], kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as caught:
        repair(plots(a=PLOT), **options)
    assert caught.value.code == code  # type: ignore[attr-defined]  # all are of the package


def test_layers_without_ids_or_metres_are_refused() -> None:
    with pytest.raises(SchemaError):
        repair(plots(a=PLOT).rename(columns={"parcel_id": "id"}), rules="G1")
    with pytest.raises(SchemaError):
        repair(pd.concat([plots(a=PLOT)] * 2), rules="G1")
    with pytest.raises(CRSError):
        repair(plots(a=PLOT).set_crs(4490, allow_override=True), rules="G1")
    with pytest.raises(CRSError):
        repair(plots(a=PLOT).set_crs(None, allow_override=True), rules="G1")


def test_the_demonstration_stays_as_it_is() -> None:
    demo = Inventory.demo().parcels
    after, table = repair(demo, rules=["G1", "G2", "G3", "T1"], to="larger")
    assert table[table["outcome"] != "left"].empty
    pd.testing.assert_frame_equal(pd.DataFrame(after), pd.DataFrame(demo))
    assert enping_gis.repair is repair


def test_real_parcels_are_repaired(shared_data: Path) -> None:
    """The assessors' parcels of Cambridge: what GEOS calls invalid, and what overlaps."""
    before = gpd.read_file(shared_data / "cambridge_fy2013.gpkg").to_crs(26986)
    before["parcel_id"] = [f"{number:05}" for number in range(len(before))]
    after, table = repair(before, rules="G1,T1", to="larger", max_moved_m2=1000)
    assert_told_truly(before, after, table)
    assert after.is_valid.all()
    mended = set(table.loc[table["rule"] == "G1", "parcel_id"])
    assert mended == set(before.loc[~before.is_valid, "parcel_id"])
    left = table[table["outcome"] == "left"]
    assert left["message_en"].str.contains("repeats").tolist() == [True]
    found = [fault.case for fault in overlaps(after) if fault.severity != "info"]
    assert found == ["repeated"]
    again, table = repair(after, rules="G1,T1", to="larger")
    assert table["outcome"].tolist() == ["left"]
    assert (again.geometry.to_wkb() == after.geometry.to_wkb()).all()


# In general.


def ragged(rows: int, columns: int, draw: st.DrawFn) -> dict[str, shapely.Geometry]:
    """Draw a grid of plots whose sides miss each other by up to a metre, some with faults."""
    offs = st.sampled_from([0.0, 0.0, 0.0, 0.004, -0.03, 0.3, -0.3, 1.0, -1.0])
    shapes = {}
    for row in range(rows):
        for column in range(columns):
            west, south = column * 40 + draw(offs), row * 50 + draw(offs)
            east, north = (column + 1) * 40 + draw(offs), (row + 1) * 50 + draw(offs)
            mid = (south + north) / 2
            edge: list[tuple[float, float]] = draw(
                st.sampled_from(
                    [
                        [],
                        [(east, mid)],
                        [(east + 0.6, mid)],
                        [(east, mid), (east, mid + 0.003)],
                        [(east, mid), (east + 9, mid + 0.2), (east, mid + 0.4)],
                        [(east, mid), (east - 9, mid + 0.2), (east, mid + 0.4)],
                        [(east, mid), (west + 5, mid + 5), (east, mid + 5), (west + 5, mid)],
                        [(east, mid), (east + 5, mid), (east, mid)],
                    ]
                )
            )
            corners = [(west, south), (east, south), *edge, (east, north), (west, north)]
            shapes[f"{row}{column}"] = shapely.Polygon(corners)
    return shapes


@st.composite
def faulty_layers(draw: st.DrawFn) -> gpd.GeoDataFrame:
    shapes = ragged(draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw)
    if draw(st.booleans()):
        shapes["s"] = box(-1, 0, draw(st.sampled_from([0.0, -0.02, -0.5])), 60)
    if draw(st.booleans()):
        shapes["r"] = shapes["00"]
    if draw(st.booleans()):
        shapes["i"] = box(10, 10, 12, 40)
    names = draw(st.permutations(list(shapes)))
    return plots(**{name: shapes[name] for name in names})


wishes = st.fixed_dictionaries(
    {
        "rules": st.lists(st.sampled_from(REPAIRABLE), min_size=1, unique=True),
        "to": st.sampled_from(["larger", "smaller", "first", "last"]),
        "max_each_m2": st.sampled_from([200.0, 20.0, 1e5]),
        "max_moved_m2": st.just(1e6),
    }
)


def assert_repaired(before: gpd.GeoDataFrame, wish: dict[str, Any]) -> None:
    kept = before.copy(deep=True)
    after, table = repair(before, **wish)
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(kept))
    assert_told_truly(before, after, table)
    assert moved_m2(table) <= 1e6
    done = table[table["outcome"] != "left"]
    assert ((done["gained_m2"] + done["lost_m2"]) <= wish["max_each_m2"]).all()
    # What a check still finds was left, with a reason.
    left = table[table["outcome"] == "left"]
    told = {(row.rule, row.parcel_id) for row in left.itertuples()}
    for rule in wish["rules"]:
        for fault in FINDERS[rule](after):
            if fault.severity != "info":
                assert any((rule, name) in told for name in fault.parcels), fault
    again, table = repair(after, **wish)
    assert (table["outcome"] == "left").all(), changes(table)
    assert shapely.to_wkb(again.geometry).tolist() == shapely.to_wkb(after.geometry).tolist()


@settings(max_examples=20)
@given(faulty_layers(), wishes)
def test_any_layer_is_repaired_once_and_for_all(
    before: gpd.GeoDataFrame, wish: dict[str, Any]
) -> None:
    assert_repaired(before, wish)


@pytest.mark.campaign
@settings(max_examples=3000)
@given(faulty_layers(), wishes)
def test_many_layers_are_repaired_once_and_for_all(
    before: gpd.GeoDataFrame, wish: dict[str, Any]
) -> None:
    assert_repaired(before, wish)
