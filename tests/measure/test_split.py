"""Plots cut along the lines of towns: by hand, on random layers beside overlay, on real ones."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from benchmarks.layers import surveyed_layer
from enping_gis.errors import CRSError, InputError, SchemaError
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import AREA_METHODS, AreaMethod, area
from enping_gis.measure.cutting.clipping import areal, clipped
from enping_gis.measure.cutting.shares import balanced, exact_sums, rounded, shares, unrounded
from enping_gis.measure.split import PART_COLUMNS, split, split_totals
from enping_gis.measure.totals import totals
from enping_gis.units import AREA_UNITS, balance, printed
from tests.measure.mosaics import mosaic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from enping_gis.units import AreaUnit

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CAMBRIDGE = SHARED_DATA / "cambridge_fy2013.gpkg"
X, Y = 634_000.0, 2_451_000.0
# What large coordinates leave of an area, and what the parts may differ by from an overlay.
NEAR_M2 = 1e-6


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def layer(*shapes: object, ids: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    names = list(ids) if ids is not None else [f"p{row}" for row in range(len(shapes))]
    return gpd.GeoDataFrame({"parcel_id": names}, geometry=list(shapes), crs=4546)


def towns(**shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"place": list(shapes)}, geometry=list(shapes.values()), crs=4546)


def parts_of(parts: gpd.GeoDataFrame, plot: str = "p0") -> dict[str | None, float]:
    """Return what each town has of a plot, as printed in m2."""
    mine = parts[parts["parcel_id"] == plot]
    assert mine["part"].tolist() == list(range(1, len(mine) + 1))
    keys = [None if pd.isna(key) else key for key in mine["key"]]
    return dict(zip(keys, mine["area_m2"], strict=True))


def adds_up(
    parts: gpd.GeoDataFrame, plots: gpd.GeoDataFrame, method: AreaMethod = "planar"
) -> None:
    """Check every promise on the areas of parts."""
    own_m2 = area(plots, method=method).set_axis(plots["parcel_id"])
    planar_m2 = plots.geometry.area.set_axis(plots["parcel_id"])
    assert parts["parcel_id"].drop_duplicates().tolist() == plots["parcel_id"].tolist()
    for plot, mine in parts.groupby("parcel_id", sort=False):
        assert abs(mine["planar_m2"].sum() - planar_m2[plot]) <= NEAR_M2
        whole = sum(map(Fraction, mine["unrounded_m2"].tolist()), Fraction(0))
        assert whole == Fraction(float(own_m2[plot]))
        assert mine["share"].sum() == pytest.approx(1)
        for unit in AREA_UNITS:
            figures = [Decimal(repr(each)) for each in mine[f"area_{unit.code}"].tolist()]
            assert sum(figures) == printed(float(own_m2[plot]), unit)
    measured_m2 = shapely.area(parts.geometry.to_numpy())
    assert np.allclose(parts["planar_m2"], measured_m2, rtol=0, atol=NEAR_M2)


WEST_EAST = towns(west=box(-500, -500, 30, 500), east=box(30, -500, 500, 500))
HOLED = box(0, 0, 100, 100).difference(box(20, 20, 40, 40))


class Case(NamedTuple):
    plot: shapely.Geometry
    by: gpd.GeoDataFrame
    parts_m2: dict[str | None, float]


CASES = {
    "30 to 70": Case(box(0, 0, 100, 100), WEST_EAST, {"east": 7000, "west": 3000}),
    "inside one": Case(box(31, 0, 100, 100), WEST_EAST, {"east": 6900}),
    "touches the line": Case(box(30, 0, 100, 100), WEST_EAST, {"east": 7000}),
    "a corner on the line": Case(
        shapely.Polygon([(X + 30, Y), (X + 90, Y + 20), (X + 90, Y - 20)]),
        WEST_EAST,
        {"east": 1200},
    ),
    "outside": Case(box(600, 0, 700, 100), WEST_EAST, {None: 10_000}),
    "half outside": Case(box(450, 0, 550, 100), WEST_EAST, {"east": 5000, None: 5000}),
    "no towns": Case(box(0, 0, 100, 100), WEST_EAST.iloc[:0], {None: 10_000}),
    # 10 m of the hole lie west of the line, 10 m east of it.
    "a hole across": Case(HOLED, WEST_EAST, {"east": 6800, "west": 2800}),
    "two polygons": Case(
        shapely.MultiPolygon([box(0, 0, 30, 100), box(60, 0, 100, 100)]),
        WEST_EAST,
        {"east": 4000, "west": 3000},
    ),
    "three towns": Case(
        box(0, 0, 100, 100),
        towns(north=box(-10, 50, 110, 200), west=box(-10, -10, 20, 50), east=box(20, -10, 110, 50)),
        {"north": 5000, "east": 4000, "west": 1000},
    ),
    "a town within the plot": Case(
        box(0, 0, 100, 100),
        towns(
            around=box(-10, -10, 110, 110).difference(box(40, 40, 60, 60)),
            within=box(40, 40, 60, 60),
        ),
        {"around": 9600, "within": 400},
    ),
    "an exclave": Case(
        box(0, 0, 100, 100),
        towns(
            west=shapely.MultiPolygon([box(-9, -9, 30, 109), box(80, -9, 109, 109)]),
            east=box(30, -9, 80, 109),
        ),
        {"east": 5000, "west": 5000},
    ),
    "a gap between the towns": Case(
        box(0, 0, 100, 100),
        towns(west=box(-10, -10, 30, 110), east=box(40, -10, 110, 110)),
        {"east": 6000, "west": 3000, None: 1000},
    ),
    "5 mm overlap": Case(
        box(0, 0, 100, 100),
        towns(west=box(-10, -10, 30, 110), east=box(29.995, -10, 110, 110)),
        {"east": 7000, "west": 3000},
    ),
    "5 mm overlap, the other way": Case(
        box(0, 0, 100, 100),
        towns(east=box(29.995, -10, 110, 110), west=box(-10, -10, 30, 110)),
        {"east": 7000.5, "west": 2999.5},
    ),
    # Overlap and gap are as large as each other: the sum of the pieces is that of the plot.
    "shifted by 5 mm": Case(
        box(0, 0, 100, 100),
        towns(
            west=box(-10, -10, 30, 110),
            middle=box(29.995, -10, 59.995, 110),
            east=box(60, -10, 110, 110),
        ),
        {"east": 4000, "west": 3000, "middle": 2999.5, None: 0.5},
    ),
    "within one, 5 mm over another": Case(
        box(29.995, 0, 100, 100),
        towns(west=box(-10, -10, 30, 110), east=box(29.9, -10, 110, 110)),
        {"east": 7000.5},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_by_hand(case: Case) -> None:
    plots = layer(case.plot)
    parts = split(plots, case.by, method="planar")
    assert tuple(parts.columns) == PART_COLUMNS
    assert parts.crs == plots.crs
    assert parts_of(parts) == pytest.approx(case.parts_m2, abs=1e-6)
    assert not parts["repaired"].any()
    adds_up(parts, plots)


def test_what_is_not_cut_keeps_its_geometry() -> None:
    odd = shapely.Polygon([(X + 40.1, Y), (X + 90, Y + 1 / 3), (X + 70, Y + 50)])
    plots = layer(odd, box(30, 0, 60, 60), shapely.force_3d(box(40, 40, 50, 50), 7.5))
    parts = split(plots, WEST_EAST)
    assert shapely.equals_identical(parts.geometry.to_numpy(), plots.geometry.to_numpy()).all()
    assert parts["planar_m2"].tolist() == plots.geometry.area.tolist()
    assert parts["unrounded_m2"].tolist() == area(plots).tolist()


def test_every_printed_area_follows_the_plot_of_its_method() -> None:
    plots = layer(box(0, 0, 100, 100), box(-100, 0, 0, 100))
    for method in AREA_METHODS:
        adds_up(split(plots, WEST_EAST, method=method), plots, method)
    parts = split(plots, WEST_EAST)
    assert parts["share"].tolist() == pytest.approx([0.7, 0.3, 1.0], abs=1e-9)
    assert parts["unrounded_m2"][0] == pytest.approx(0.7 * area(plots)[0], abs=1e-6)


def test_towns_in_another_system() -> None:
    plots = layer(box(0, 0, 100, 100))
    degrees = WEST_EAST.to_crs(4490)
    assert parts_of(split(plots, degrees, method="planar")) == pytest.approx(
        {"east": 7000, "west": 3000}, abs=0.02
    )


def test_rows_of_one_key_are_one_area() -> None:
    by = towns(a=box(-10, -10, 30, 110), b=box(30, -10, 60, 110), c=box(60, -10, 110, 110))
    by["town"] = ["one", "two", "one"]
    parts = split(layer(box(0, 0, 100, 100)), by, key="town", method="planar")
    assert parts_of(parts) == {"one": 7000, "two": 3000}
    assert parts.geometry[0].geom_type == "MultiPolygon"
    # They may lie upon one another.
    by.geometry = [box(-10, -10, 70, 110), box(70, -10, 110, 110), box(20, -10, 70, 110)]
    parts = split(layer(box(0, 0, 100, 100)), by, key="town", method="planar")
    assert parts_of(parts) == {"one": 7000, "two": 3000}
    assert parts["contested_m2"].tolist() == [0, 0]


def test_numbers_and_texts_as_keys() -> None:
    by = WEST_EAST.assign(place=[440785001, 440785100])
    assert list(parts_of(split(layer(box(0, 0, 100, 100)), by))) == ["440785100", "440785001"]


def test_the_park_does_not_count() -> None:
    demo = Inventory.demo()
    parts = split(demo.parcels, demo.places)
    assert "440785400" not in set(parts["key"])
    assert "440785400" in set(demo.places["place"])
    assert parts["key"].notna().all()
    stated = demo.parcels["town"].to_numpy()
    known = pd.notna(stated)
    assert (parts["key"].to_numpy()[known] == stated[known]).all()


def test_overlapping_towns_are_refused() -> None:
    by = towns(west=box(-10, -10, 50, 110), east=box(49.7, -10, 110, 110))
    with pytest.raises(InputError) as caught:
        split(layer(box(0, 0, 100, 100)), by)
    assert caught.value.code == "error.split_overlap"
    said = caught.value.text("en")
    assert said.startswith('"west" and "east" overlap by 36.00 m2, at plot p0 by more than 0.2 m')
    assert parts_of(split(layer(box(0, 0, 100, 100)), by, tolerance_m=0.3, method="planar")) == {
        "west": 5000, "east": 5000,
    }  # fmt: skip
    # Where no plot lies, an overlap does no harm.
    assert parts_of(split(layer(box(0, 0, 40, 100)), by, method="planar")) == {"west": 4000}
    with pytest.raises(InputError):
        split(layer(box(49.75, 0, 49.95, 100)), by, tolerance_m=0.05)


def test_a_plot_within_two_towns_is_refused() -> None:
    by = towns(county=box(-500, -500, 500, 500), town=box(-50, -50, 200, 200))
    with pytest.raises(InputError, match="county"):
        split(layer(box(0, 0, 100, 100)), by)
    assert parts_of(split(layer(box(300, 0, 400, 100)), by, method="planar")) == {"county": 10_000}


def test_contested_ground_is_told() -> None:
    by = towns(west=box(-10, -10, 30, 110), east=box(29.995, -10, 110, 110))
    parts = split(layer(box(0, 0, 100, 100), box(29, 0, 29.999, 100)), by)
    assert parts["key"].tolist() == ["east", "west", "west"]
    assert parts["contested_m2"].tolist() == pytest.approx([0, 0.5, 0.4], abs=1e-6)


@pytest.mark.parametrize(
    ("past_m", "sliver_m", "cut"),
    [(0.0009, 0.001, False), (0.0012, 0.001, True), (0.04, 0.05, False), (0.06, 0.05, True),
     (1e-5, 0.0, True)],
)  # fmt: skip
def test_a_sliver_is_no_part(past_m: float, sliver_m: float, *, cut: bool) -> None:
    plots = layer(box(30 - past_m, 0, 100, 100))
    parts = split(plots, WEST_EAST, sliver_m=sliver_m, method="planar")
    adds_up(parts, plots)
    assert len(parts) == 1 + cut
    if cut:
        assert parts["moved_m2"].tolist() == [0, 0]
    else:
        assert shapely.equals_identical(parts.geometry[0], plots.geometry[0])
        assert parts["moved_m2"][0] == pytest.approx(100 * past_m, abs=1e-6)


def test_a_sliver_goes_to_the_largest_part() -> None:
    by = towns(
        west=box(-10, -10, 40, 110),
        middle=box(40, -10, 40.0008, 110),
        east=box(40.0008, -10, 110, 110),
    )
    parts = split(layer(box(0, 0, 100, 100)), by, method="planar")
    assert parts["key"].tolist() == ["east", "west"]
    assert parts["planar_m2"].tolist() == pytest.approx([6000, 4000], abs=1e-6)
    assert parts["moved_m2"].tolist() == pytest.approx([0.08, 0], abs=1e-6)
    assert parts.geometry[0].geom_type == "Polygon"


def test_an_invalid_plot_is_cut_as_a_repaired_copy() -> None:
    bow_tie = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    plots = layer(bow_tie, affinity.translate(bow_tie, 200), box(0, 200, 100, 300))
    parts = split(plots, WEST_EAST, method="planar")
    assert parts["repaired"].tolist() == [True, True, False, False, False]
    assert parts["planar_m2"].tolist() == pytest.approx([2900, 2100, 0, 7000, 3000])
    assert parts["key"].tolist() == ["east", "west", "east", "east", "west"]
    # Loops cancel out in the area of the plot as it stands.
    assert parts["unrounded_m2"].tolist()[:3] == [0, 0, 0]
    assert shapely.is_valid(parts.geometry[0])
    assert shapely.equals_identical(parts.geometry[2], plots.geometry[1])


def test_what_has_no_polygon_is_not_lost() -> None:
    plots = layer(
        None,
        shapely.Polygon(),
        shapely.Polygon([(X, Y), (X + 9, Y), (np.inf, Y + 9)]),
        shapely.LineString([(X, Y), (X + 90, Y)]),
        shapely.GeometryCollection([box(0, 0, 100, 100), shapely.Point(X, Y)]),
    )
    parts = split(plots, WEST_EAST, method="planar")
    assert parts["parcel_id"].tolist() == ["p0", "p1", "p2", "p3", "p4", "p4"]
    assert parts["key"].isna().tolist() == [True, True, True, True, False, False]
    assert parts["area_m2"].fillna(-1).tolist() == [-1, 0, -1, 0, 7000, 3000]
    result = split_totals(parts)
    assert result.without_area == ("p0", "p2")
    assert result.total["area_m2"] == Decimal("10000.00")
    assert result.rows["parcels"].tolist() == [1, 1, 4]


def test_nothing_to_split() -> None:
    empty = split(layer(box(0, 0, 1, 1)).iloc[:0], WEST_EAST)
    assert tuple(empty.columns) == PART_COLUMNS
    assert len(empty) == 0
    assert empty.crs.to_epsg() == 4546
    result = split_totals(empty)
    assert result.rows.empty
    assert result.total == {
        "parcels": 0, "area_m2": Decimal("0.00"), "area_ha": Decimal("0.0000"),
        "area_mu": Decimal("0.00"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("plots", "by", "options", "code"),
    [
        (layer(box(0, 0, 1, 1)).drop(columns="parcel_id"), WEST_EAST, {}, "parcel_id_column"),
        (
            layer(box(0, 0, 1, 1), box(2, 0, 3, 1), ids=["a", "a"]),
            WEST_EAST,
            {},
            "parcel_id_values",
        ),
        (layer(box(0, 0, 1, 1)).set_crs(None, allow_override=True), WEST_EAST, {}, "crs_none"),
        (layer(box(0, 0, 1, 1)).to_crs(4490), WEST_EAST, {}, "crs_not_metric"),
        (layer(box(0, 0, 1, 1)), WEST_EAST.set_crs(None, allow_override=True), {}, "crs_none"),
        (layer(box(0, 0, 1, 1)), WEST_EAST, {"key": "town"}, "split_key"),
        (layer(box(0, 0, 1, 1)), WEST_EAST.assign(place=["a", None]), {}, "split_key_missing"),
        (layer(box(0, 0, 1, 1)), WEST_EAST, {"sliver_m": -1}, "length"),
        (layer(box(0, 0, 1, 1)), WEST_EAST, {"tolerance_m": float("nan")}, "length"),
        (layer(box(0, 0, 1, 1)), WEST_EAST, {"method": "round"}, "area_method"),
    ],
)
def test_wrong_use(
    plots: gpd.GeoDataFrame, by: gpd.GeoDataFrame, options: dict[str, object], code: str
) -> None:
    with pytest.raises((InputError, CRSError, SchemaError)) as caught:
        split(plots, by, **options)  # type: ignore[arg-type]  # what the test is about
    assert caught.value.code == f"error.{code}"
    assert "\n" not in str(caught.value)


def test_an_outline_that_crosses_itself() -> None:
    bow_tie = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    with pytest.raises(InputError, match="twisted"):
        split(layer(box(0, 0, 9, 9)), towns(west=box(-9, -9, 0, 9), twisted=bow_tie))
    unreal = shapely.Polygon([(X, Y), (X + 9, Y), (np.inf, Y + 9)])
    with pytest.raises(InputError, match="unreal"):
        split(layer(box(0, 0, 9, 9)), towns(unreal=unreal))
    # A loop of some centimetres at a corner is repaired.
    ring = [(0, 0), (100, 0), (100, 100), (0.02, 100), (-0.02, 99.98), (0.02, 99.98), (-0.02, 100)]
    looped = shapely.Polygon([(X + x, Y + y) for x, y in ring])
    assert not looped.is_valid
    parts = split(layer(box(50, 50, 150, 90)), towns(looped=looped), method="planar")
    assert parts_of(parts) == {"looped": 2000, None: 2000}


def test_input_is_left_alone() -> None:
    plots, by = layer(box(0, 0, 100, 100)), WEST_EAST.copy()
    before = plots.copy(), by.copy()
    split(plots, by)
    pd.testing.assert_frame_equal(pd.DataFrame(plots), pd.DataFrame(before[0]))
    pd.testing.assert_frame_equal(pd.DataFrame(by), pd.DataFrame(before[1]))


# Random layers: rectangles and triangles over a mosaic of strips.

figures = st.integers(-20, 120)
boxes = st.builds(
    lambda west, south, width, height: box(west, south, west + width, south + height),
    figures, figures, st.integers(1, 150), st.integers(1, 150),
)  # fmt: skip
corners = st.tuples(st.floats(-20, 120), st.floats(-20, 120))
triangles = st.builds(
    lambda *points: shapely.Polygon([(X + x, Y + y) for x, y in points]), corners, corners, corners
).filter(lambda shape: shape.is_valid and shape.area > 1)
plot_layers = st.lists(boxes | triangles, max_size=5).map(lambda shapes: layer(*shapes))
mosaics = st.builds(
    lambda columns, rows, seed: mosaic(
        X, Y, X + 100, Y + 100, columns=columns, rows=rows, seed=seed, step_m=10, off_m=2
    ),
    st.integers(1, 3), st.integers(1, 3), st.integers(0, 9),
)  # fmt: skip
gaps = st.lists(st.floats(-0.01, 0.01), min_size=4, max_size=4)


def overlaid(plots: gpd.GeoDataFrame, by: gpd.GeoDataFrame) -> pd.Series[float]:
    """Return the area of each plot in each town, in the plane, as geopandas has it."""
    found = gpd.overlay(plots, by, how="intersection", keep_geom_type=True)
    found["planar_m2"] = found.geometry.area
    return found.groupby(["parcel_id", "place"])["planar_m2"].sum()


def compared(parts: gpd.GeoDataFrame, peer: pd.Series[float]) -> float:
    mine = parts.dropna(subset="key").set_index(["parcel_id", "key"])["planar_m2"]
    assert mine.index.is_unique
    both = pd.concat([mine, peer.rename_axis(["parcel_id", "key"])], axis=1).fillna(0.0)
    return float(both.diff(axis=1).iloc[:, 1].abs().max()) if len(both) else 0.0


@given(plots=plot_layers, by=mosaics)
def test_random_parts_are_those_of_an_overlay(
    plots: gpd.GeoDataFrame, by: gpd.GeoDataFrame
) -> None:
    parts = split(plots, by, sliver_m=0, method="planar")
    adds_up(parts, plots)
    if len(plots):
        assert compared(parts, overlaid(plots, by)) <= NEAR_M2
    # Nothing in a part lies in another town.
    for part in parts.dropna(subset="key").itertuples():
        others = by[by["place"] != part.key].geometry.to_numpy()
        assert shapely.area(shapely.intersection(others, part.geometry)).sum() <= NEAR_M2


@given(plots=plot_layers, by=mosaics, random=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    plots: gpd.GeoDataFrame, by: gpd.GeoDataFrame, random: Random
) -> None:
    parts = split(plots, by).sort_values(["parcel_id", "part"], ignore_index=True)
    rows, lines = list(range(len(plots))), list(range(len(by)))
    random.shuffle(rows)
    random.shuffle(lines)
    again = split(plots.iloc[rows], by.iloc[lines])
    again = again.sort_values(["parcel_id", "part"], ignore_index=True)
    same = ["parcel_id", "part", "key"]
    assert parts[same].fillna("").equals(again[same].fillna(""))
    assert np.allclose(parts["planar_m2"], again["planar_m2"], rtol=0, atol=NEAR_M2)
    assert np.allclose(parts["area_mu"], again["area_mu"], rtol=0, atol=0.011)


@given(plots=plot_layers, by=mosaics)
def test_parts_are_not_cut_again(plots: gpd.GeoDataFrame, by: gpd.GeoDataFrame) -> None:
    parts = split(plots, by)
    renamed = parts.assign(parcel_id=[f"{row}" for row in range(len(parts))])
    again = split(renamed[["parcel_id", "geometry"]], by)
    assert again["key"].fillna("").tolist() == parts["key"].fillna("").tolist()
    assert again["part"].eq(1).all()
    assert shapely.equals_identical(again.geometry.to_numpy(), parts.geometry.to_numpy()).all()


@given(plots=plot_layers, shifts=gaps, sliver_m=st.sampled_from([0, 0.001, 0.02]))
def test_dirty_seams_lose_and_invent_nothing(
    plots: gpd.GeoDataFrame, shifts: list[float], sliver_m: float
) -> None:
    west = [-30, *(30 * number + shift for number, shift in enumerate(shifts[:3], 1))]
    east = [30 * number + shift for number, shift in enumerate(shifts[::-1], 1)]
    by = towns(**{f"t{n}": box(low, -30, high, 300) for n, (low, high)
                  in enumerate(zip(west, east, strict=True))})  # fmt: skip
    parts = split(plots, by, sliver_m=sliver_m, method="planar")
    adds_up(parts, plots)
    peer = overlaid(plots, by) if len(plots) else pd.Series(dtype=float)
    seams = parts.groupby("parcel_id")[["moved_m2", "contested_m2"]].sum().sum(axis=1)
    for part in parts.dropna(subset="key").itertuples():
        seam_m2 = seams[part.parcel_id] + NEAR_M2
        there_m2 = peer.get((part.parcel_id, part.key), 0.0)
        assert abs(part.planar_m2 - there_m2) <= seam_m2


@given(plots=plot_layers, by=mosaics)
def test_totals_of_parts_are_totals_of_plots(plots: gpd.GeoDataFrame, by: gpd.GeoDataFrame) -> None:
    result = split_totals(split(plots, by))
    exact = sum(map(Fraction, area(plots).tolist()), Fraction(0))
    assert result.total["parcels"] == len(plots)
    for unit in AREA_UNITS:
        column = f"area_{unit.code}"
        assert result.rows[column].sum() == result.total[column] == printed(exact, unit)


# Shares and figures.


@given(
    weights=st.lists(st.lists(st.floats(0, 1e6), min_size=1, max_size=6), min_size=1, max_size=6),
    whole=st.sampled_from([0.0, 1.0, 0.005, 100.125, 1e9 / 3, 12345.675, 200 / 3]),
)
def test_shares_add_up_and_are_dealt_as_units_deal_them(
    weights: list[list[float]], whole: float
) -> None:
    plot = np.repeat(np.arange(len(weights)), list(map(len, weights)))
    planar_m2 = np.concatenate([sorted(each, reverse=True) for each in weights])
    own_m2 = np.full(len(weights), whole)
    parts_m2 = unrounded(shares(planar_m2, plot), plot, own_m2)
    assert (parts_m2 >= 0).all()
    for row in range(len(weights)):
        mine = parts_m2[plot == row].tolist()
        assert sum(map(Fraction, mine)) == Fraction(whole)
        for unit in AREA_UNITS:
            dealt = balance({f"{n:03}": each for n, each in enumerate(mine)}, unit)
            figures = balanced(parts_m2, plot, unit)[plot == row].tolist()
            assert figures == [float(each) for each in dealt.values()]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.sampled_from(AREA_UNITS))
def test_ties_are_rounded_as_one_by_one(thousandths: list[int], unit: AreaUnit) -> None:
    areas_m2 = np.array(thousandths) / 1000
    assert rounded(areas_m2, unit).tolist() == [
        float(printed(float(each), unit)) for each in areas_m2
    ]


@given(st.lists(st.tuples(st.floats(0, 1e12), st.integers(0, 3)), max_size=30))
def test_sums_are_exact(cells: list[tuple[float, int]]) -> None:
    areas_m2 = np.array([each for each, _ in cells])
    group = np.array([each for _, each in cells], dtype=np.int64)
    expected = [
        sum((Fraction(each) for each, own in cells if own == number), Fraction(0))
        for number in range(4)
    ]
    assert exact_sums(areas_m2, group, 4) == expected


# Larger layers.


def test_surveyed_plots_beside_an_overlay() -> None:
    plots = surveyed_layer(1500, seed=5).parcels
    west, south, east, north = plots.total_bounds
    by = mosaic(west + 20, south + 30, east - 40, north - 5, seed=2)
    parts = split(plots, by, sliver_m=0)
    assert (parts["part"] > 1).sum() > 50
    assert parts["key"].isna().any()
    adds_up(parts, plots, "ellipsoidal")
    assert compared(parts, overlaid(plots, by)) <= NEAR_M2
    result = split_totals(parts)
    assert result.rows["area_mu"].sum() == result.total["area_mu"]
    assert result.rows["key"].iloc[-1] == "unknown"


def test_fine_outlines_give_the_same_parts() -> None:
    """Large polygons are clipped before they are overlaid; that must not show."""
    plots = surveyed_layer(400, seed=3).parcels
    by = mosaic(*plots.total_bounds, columns=2, rows=2, step_m=0.2, off_m=0.05)
    assert shapely.get_num_coordinates(by.geometry.to_numpy()).min() > 5000
    parts = split(plots, by, sliver_m=0)
    crossing = plots[plots["parcel_id"].isin(parts.loc[parts["part"] > 1, "parcel_id"])]
    assert 10 < len(crossing) < 100
    mine = parts[parts["parcel_id"].isin(crossing["parcel_id"])]
    assert compared(mine, overlaid(crossing, by)) <= NEAR_M2
    near = clipped(by.geometry.to_numpy(), np.zeros(len(plots), dtype=int), plots.bounds.to_numpy())
    assert shapely.get_num_coordinates(near).max() < 5000


def test_a_town_of_many_vertices_does_not_hold_up_what_lies_in_it() -> None:
    turn = np.linspace(0, 2 * np.pi, 20_000, endpoint=False)
    ring = np.column_stack([X + 3000 * np.cos(turn), Y + 3000 * np.sin(turn)])
    by = towns(round=shapely.Polygon(ring))
    shapes = [box(x, y, x + 9, y + 9) for x in range(-500, 500, 10) for y in range(-500, 500, 10)]
    parts = split(layer(*shapes, box(2000, 2000, 4000, 4000)), by)
    assert parts["key"].notna().sum() == 10_001
    assert parts["part"].tolist() == [1] * 10_001 + [2]


def test_a_plot_in_many_areas() -> None:
    columns = {f"t{number}": box(10 * number, 0, 10 * number + 10, 10) for number in range(60)}
    parts = split(layer(box(0, 0, 600, 10)), towns(**columns), method="planar")
    assert sorted(parts["key"]) == sorted(columns)
    assert set(parts["area_m2"]) == {100.0}


def test_what_has_a_surface() -> None:
    shapes = np.array(
        [None, shapely.Point(0, 0), box(0, 0, 1, 1),
         shapely.GeometryCollection([box(0, 0, 1, 1), shapely.MultiPolygon([box(2, 0, 3, 2)])])],
        dtype=object,
    )  # fmt: skip
    assert shapely.area(areal(shapes)).tolist() == [0, 0, 1, 3]


@pytest.mark.skipif(not CAMBRIDGE.is_file(), reason="the real parcels are not beside this checkout")
def test_real_parcels_beside_an_overlay() -> None:
    plots = gpd.read_file(CAMBRIDGE)
    plots = plots.set_geometry(shapely.force_2d(plots.geometry.to_numpy()))
    plots = plots.assign(parcel_id=[f"p{row}" for row in range(len(plots))])[
        ["parcel_id", "geometry"]
    ]
    by = mosaic(*plots.total_bounds).set_crs(plots.crs, allow_override=True)
    parts = split(plots, by, sliver_m=0)
    cut = set(parts.loc[parts["part"] > 1, "parcel_id"])
    assert len(cut) > 100
    sound = plots[plots.is_valid]
    assert compared(parts[parts["parcel_id"].isin(sound["parcel_id"])], overlaid(sound, by)) <= (
        NEAR_M2
    )
    own = area(plots)
    assert parts.groupby("parcel_id")["unrounded_m2"].sum().sum() == pytest.approx(own.sum())
    result = split_totals(parts)
    for unit in AREA_UNITS:
        assert result.rows[f"area_{unit.code}"].sum() == result.total[f"area_{unit.code}"]


def test_the_demonstration_adds_up_as_its_totals_do() -> None:
    demo = Inventory.demo()
    result = split_totals(split(demo.parcels, demo.places), labels={"440785108": "x"})
    assert {k: v for k, v in result.total.items() if k != "area_m2"} | {"area_m2": 0} == {
        k: v for k, v in totals(demo).total.items() if k != "area_m2"
    } | {"area_m2": 0}
    assert result.rows["key"].iloc[0] == "440785108"
    assert json.dumps(result.rows["label"].tolist())
