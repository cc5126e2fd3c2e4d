"""Plots across town lines (T5), and plots elsewhere than stated (T6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from enping_gis.check.checking import check
from enping_gis.check.placing.places import Outlines, lying
from enping_gis.measure.split import split
from tests.check.faulty import (
    EAST,
    LINE_M,
    NAMES,
    PARK,
    WEST,
    at,
    drawn,
    inventory,
    rectangle,
    towns,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

SQUARE = rectangle()


def found(x_m: float, shape: shapely.Geometry = SQUARE, **options: object) -> pd.DataFrame:
    """Check one plot that lies `x_m` east of the line."""
    schematic = bool(options.pop("schematic", False))
    options["schematic"] = options.pop("is_sketch", False)
    plots = drawn({"a": at(LINE_M + x_m, 0, shape)}).assign(**options)
    return check(inventory(plots, places=towns(schematic=schematic)), rules="T5,T6")


def test_a_plot_across_the_line() -> None:
    (row,) = found(-70).to_dict("records")
    assert (row["rule"], row["case"], row["severity"]) == ("T5", "town_line", "warning")
    assert row["size"] == 3_000
    assert row["unit"] == "m2"
    assert row["value"] == f"{WEST};{EAST}"
    assert "大槐镇 7,000.00 m² (70.0 %)" in row["message_zh"]
    assert "Shahu Town 3,000.00 m² (30.0 %)" in row["message_en"]
    assert row["geometry"].equals(at(LINE_M, 0, rectangle(30, 100)))
    assert at(LINE_M, 0, rectangle(30, 100)).contains(shapely.Point(row["x"], row["y"]))


@pytest.mark.parametrize(
    ("x_m", "severity"),
    [
        (0.0, None),
        (-0.0099, None),
        (-0.011, "info"),
        (-0.19, "info"),
        (-0.21, "warning"),
        (50, None),
    ],
)
def test_a_strip_beyond_the_line(x_m: float, severity: str | None) -> None:
    """100 m along the line: 1 cm is 1 m2, which does not count; 20 cm is what boundaries allow."""
    rows = found(x_m, town=EAST)
    assert rows["severity"].tolist() == ([] if severity is None else [severity])


def test_a_schematic_line_informs_and_a_schematic_town_warns() -> None:
    assert found(-70, schematic=True)[["case", "severity"]].to_numpy().tolist() == [
        ["town_line_schematic", "info"]
    ]
    assert found(500, town=WEST, schematic=True)["severity"].tolist() == ["warning"]
    assert found(500, town=WEST)["severity"].tolist() == ["error"]


def test_a_schematic_plot_proves_nothing() -> None:
    assert found(-70, is_sketch=True)["severity"].tolist() == ["info"]
    assert found(500, is_sketch=True, town=WEST)["severity"].tolist() == ["warning"]
    assert found(-1_900, is_sketch=True, responsible=PARK)["severity"].tolist() == ["info"]


def test_a_plot_in_another_town_says_how_far_its_own_is() -> None:
    (row,) = found(500, town=WEST).to_dict("records")
    assert (row["rule"], row["case"], row["field"], row["value"]) == (
        "T6",
        "town_other",
        "town",
        WEST,
    )
    assert (row["size"], row["unit"]) == (500, "m")
    assert "载明在大槐镇，图形却在沙湖镇" in row["message_zh"]


def test_the_town_of_either_part_may_be_stated() -> None:
    assert found(-70, town=EAST)["rule"].tolist() == ["T5"]
    assert found(-70, town=None)["rule"].tolist() == ["T5"]
    assert found(-70, town="440785999")["rule"].tolist() == ["T5"]


def test_a_plot_in_no_town() -> None:
    (row,) = found(20_000, town=None).to_dict("records")
    assert (row["case"], row["severity"], row["size"]) == ("town_none", "error", 10_000)
    (row,) = found(9_000 - 70, town=EAST).to_dict("records")
    assert (row["case"], row["size"]) == ("town_none_partly", 3_000)


def test_a_plot_that_the_park_answers_for() -> None:
    assert found(-2_500, responsible=PARK).empty
    (row,) = found(-1_900, responsible=PARK).to_dict("records")
    assert (row["case"], row["severity"], row["size"]) == ("park_other", "warning", 100)
    assert found(-1_900, responsible=PARK, schematic=True)["severity"].tolist() == ["info"]
    assert found(-1_900, responsible=WEST).empty


def test_an_invalid_plot_is_looked_at_as_its_ground() -> None:
    bow_tie = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    rows = found(-50, bow_tie)
    assert rows["rule"].tolist() == ["T5"]
    assert rows["size"].tolist() == [2_500]


def test_what_has_no_ground_lies_nowhere() -> None:
    plots = drawn({"a": shapely.Polygon(), "b": at(0, 0, SQUARE)})
    plots.loc[2] = plots.loc[1]
    plots.loc[2, ["parcel_id", "geometry"]] = ["c", None]
    ground = Outlines.of(plots, towns(), "town")
    told = lying(plots, ground)
    assert told.home.tolist() == [None, WEST, None]
    assert told.parts == {}
    assert check(inventory(plots), rules="T5,T6").empty


def test_without_towns_nothing_is_said() -> None:
    plots = drawn({"a": at(0, 0, SQUARE)})
    assert check(inventory(plots, places=towns().iloc[:0]), rules="T5,T6").empty


def test_ground_that_two_towns_claim_counts_once() -> None:
    both = towns()
    both.loc[1, "geometry"] = shapely.union(
        both.geometry[1], at(LINE_M - 10, -2_000, rectangle(10, 9e3))
    )
    plots = drawn({"a": at(LINE_M - 40, 0, SQUARE)})
    (parts,) = lying(plots, Outlines.of(plots, both, "town")).parts.values()
    assert [part.code for part in parts] == [EAST, WEST]
    assert sum(part.area_m2 for part in parts) == pytest.approx(10_000, abs=1e-6)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(-200, 200), st.floats(-500, 500), st.floats(5, 300), st.floats(0, 3)),
        min_size=1,
        max_size=6,
    )
)
def test_the_parts_are_those_of_split(
    places: list[tuple[float, float, float, float]],
) -> None:
    """The command that cuts plots, and this rule, agree on what lies where."""
    shapes = {}
    for number, (x_m, y_m, side_m, turn) in enumerate(places):
        box = shapely.affinity.rotate(rectangle(side_m, side_m), turn, use_radians=True)
        shapes[str(number)] = at(LINE_M + x_m, y_m, box)
    plots = drawn(shapes)
    told = lying(plots, Outlines.of(plots, towns(), "town"))
    parts = split(plots, towns(), method="planar")
    for row, name in enumerate(plots["parcel_id"]):
        mine = parts[parts["parcel_id"] == name]
        if told.home[row] is not None:
            assert mine["key"].tolist() == [told.home[row]]
            continue
        ours = {part.code: part.area_m2 for part in told.parts[row]}
        theirs = dict(zip(mine["key"], mine["planar_m2"], strict=True))
        for code in set(ours) | set(theirs):
            # Pieces narrower than a millimetre are the largest part's in a split.
            apart_m2 = abs(ours.get(code, 0.0) - theirs.get(code, 0.0))
            assert apart_m2 <= 1e-3 * side_of(plots, row)


def side_of(plots: gpd.GeoDataFrame, row: int) -> float:
    return float(plots.geometry.iloc[row].length)


def test_names_are_those_of_the_office() -> None:
    own = towns()
    own["name"] = ["西镇", "东镇", NAMES[PARK]]
    rows = check(inventory(drawn({"a": at(LINE_M - 50, 0, SQUARE)}), places=own), rules="T5")
    assert "西镇" in rows["message_zh"].iloc[0]
    assert np.isfinite(rows[["x", "y"]].to_numpy(dtype=float)).all()
