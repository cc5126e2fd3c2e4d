"""Plots outside the county, and what would bring them back (C1, C2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from enping_gis.check.checking import check
from enping_gis.crs import geographic_of, transformed
from enping_gis.gcj02 import to_bd09, to_gcj02
from tests.check.faulty import LINE_M, at, drawn, inventory, rectangle, towns

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


SQUARE = rectangle()
METRES = CRS.from_epsg(4546)


def among_others(*shapes: shapely.Geometry, rules: str = "C1,C2") -> pd.DataFrame:
    """Check plots among five that lie where they should."""
    plots = {f"good{n}": at(200.0 * n, 0, SQUARE) for n in range(5)}
    plots |= {f"x{n}": shape for n, shape in enumerate(shapes)}
    return check(inventory(drawn(plots)), rules=rules)


def in_system(epsg: int, x_m: float = 0.0) -> shapely.Geometry:
    """Return a plot near Dahuai with its numbers in another system."""
    return transformed(np.array([at(x_m, 2_000, SQUARE)]), METRES, CRS.from_epsg(epsg))[0]


def exchanged(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def test_plots_in_place_are_no_fault() -> None:
    assert among_others().empty


def test_exchanged_axes() -> None:
    rows = among_others(exchanged(at(0, 2_000, SQUARE)), exchanged(at(500, 2_000, SQUARE)))
    (row,) = rows.to_dict("records")
    assert (row["rule"], row["case"], row["severity"]) == ("C1", "axes_exchanged", "error")
    assert row["parcel_ids"] == "x0;x1"
    assert "对调" in row["cure_zh"]


@pytest.mark.parametrize(
    ("epsg", "how"),
    [(4547, "Another zone"), (4526, "Another zone"), (4525, "Zone number"), (4490, "degrees"),
     (3857, "Mercator"), (4497, "Zone number")],
)  # fmt: skip
def test_a_plot_of_another_system_is_told_which(epsg: int, how: str) -> None:
    (row,) = among_others(in_system(epsg)).to_dict("records")
    assert (row["rule"], row["case"], row["parcel_ids"]) == ("C1", "system_of_plot", "x0")
    assert f"EPSG:{epsg}" in row["message_en"]
    assert f"EPSG:{epsg}" in row["cure_zh"]
    assert how.casefold() in row["message_en"].casefold()


def test_plots_of_another_file_are_one_fault() -> None:
    (row,) = among_others(*(in_system(4547, 200.0 * n) for n in range(3))).to_dict("records")
    assert (row["rule"], row["case"], row["parcel_ids"]) == ("C2", "system_mixed", "x0;x1;x2")


def test_a_layer_in_another_system_than_declared() -> None:
    (row,) = among_others(*(in_system(4547, 200.0 * n) for n in range(9))).to_dict("records")
    assert (row["rule"], row["case"]) == ("C2", "system_wrong")
    assert "14 宗中有 9 宗" in row["message_zh"]
    assert "--crs" in row["cure_en"]


def test_what_nothing_explains_is_said_plot_by_plot() -> None:
    rows = among_others(at(900_000, 0, SQUARE), at(0, -800_000, SQUARE))
    assert rows["case"].tolist() == ["place_unexplained"] * 2
    assert rows["parcel_ids"].tolist() == ["x0", "x1"]
    assert set(rows["rule"]) == {"C1"}


def test_what_lies_elsewhere_is_held_against_nothing_else() -> None:
    """Neither its town nor its area as measured there means anything."""
    rows = among_others(exchanged(at(0, 2_000, SQUARE)), rules="T5,T6,C1,C2,A1,A2")
    assert rows["rule"].tolist() == ["C1"]


def test_without_a_county_the_area_of_use_counts() -> None:
    plots = gpd.GeoDataFrame(
        {"parcel_id": ["a", "b"]},
        geometry=[shapely.box(230_000, 900_000, 230_100, 900_100), shapely.box(0, 0, 9, 9)],
        crs=26986,
    )
    elsewhere = inventory(plots.assign(town=None), places=towns().iloc[:0].to_crs(26986))
    rows = check(elsewhere, rules="C1,C2")
    assert rows[["rule", "parcel_ids"]].to_numpy().tolist() == [["C1", "b"]]


@pytest.mark.parametrize(("shift", "name"), [(to_gcj02, "GCJ-02"), (to_bd09, "BD-09")])
def test_a_shift_explains_plots_in_the_wrong_town(shift: Callable[..., Any], name: str) -> None:
    """The shift goes east by 500 m and more: plots west of the line land east of it."""
    shapes = np.array([at(LINE_M - 250, 300.0 * n, SQUARE) for n in range(6)])
    degrees = transformed(shapes, METRES, geographic_of(METRES))
    moved = shapely.transform(degrees, lambda xy: np.column_stack(shift(xy[:, 0], xy[:, 1])))
    moved = transformed(moved, geographic_of(METRES), METRES)
    plots = drawn({f"s{n}": shape for n, shape in enumerate(moved)}).assign(town="440785108")
    plots[["stated_ha", "stated_mu"]] = None
    rows = check(inventory(plots), rules="T6,C1,C2")
    assert rows["case"].tolist() == ["shifted"]
    assert rows["value"].tolist() == [name]
    assert rows["parcel_ids"].iloc[0].count(";") == 5


def test_plots_stated_in_the_wrong_town_are_no_shift() -> None:
    """Most plots near the line are right as they stand, so three wrong ones prove nothing."""
    shapes = {f"w{n}": at(LINE_M + 200, 300.0 * n, SQUARE) for n in range(3)}
    shapes |= {f"r{n}": at(LINE_M + 200, 300.0 * n + 1_000, SQUARE) for n in range(9)}
    plots = drawn(shapes)
    plots.loc[:2, "town"] = "440785108"
    rows = check(inventory(plots), rules="T6,C1")
    assert set(rows["case"]) == {"town_other"}
    assert len(rows) == 3


def test_schematic_towns_prove_no_shift() -> None:
    plots = drawn({f"w{n}": at(LINE_M + 200, 300.0 * n, SQUARE) for n in range(5)})
    rows = check(inventory(plots.assign(town="440785108"), places=towns(schematic=True)))
    assert "shifted" not in set(rows["case"])


def test_a_source_that_names_an_old_datum_is_pointed_out() -> None:
    plots = drawn({"a": at(0, 0, SQUARE), "b": at(500, 0, SQUARE)})
    plots["source"] = ["1980西安坐标系成果", "2000国家大地坐标系成果"]
    (row,) = check(inventory(plots), rules="C2").to_dict("records")
    assert (row["case"], row["severity"], row["parcel_ids"]) == ("datum_old", "info", "a")


@settings(max_examples=25)
@given(
    st.sampled_from([4547, 4526, 4525, 4545, 4497, 4490, 3857]),
    st.floats(-15_000, 30_000),
    st.floats(-10_000, 10_000),
    st.booleans(),
)
def test_every_way_of_misreading_is_named(
    epsg: int,
    x_m: float,
    y_m: float,
    is_exchanged: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """Whatever system and order the numbers are in: it is named, and nothing else is."""
    there = transformed(np.array([at(x_m, y_m, SQUARE)]), METRES, CRS.from_epsg(epsg))[0]
    rows = among_others(exchanged(there) if is_exchanged else there)
    (row,) = rows.to_dict("records")
    assert row["case"] == "system_of_plot"
    assert f"EPSG:{epsg}" in row["cure_en"]
    assert ("[y, x]" in row["cure_en"]) is is_exchanged
