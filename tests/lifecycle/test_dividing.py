"""Divide and merge plots: parts tile, figures add up, files and statuses go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from enping_gis.errors import EnpingError, InputError, ParcelError
from enping_gis.inventory import Inventory
from enping_gis.lifecycle.dividing import divided
from enping_gis.lifecycle.ledger_shares import in_hectares, shared_out
from enping_gis.lifecycle.merging import merged_plots
from enping_gis.measure.standing import status_on
from enping_gis.measure.totals import totals
from enping_gis.schema import conformed
from enping_gis.status import event_days
from enping_gis.store.chain import event_hash
from enping_gis.store.meta import InventoryMeta
from enping_gis.units import HA, M2_PER_MU, MU, as_typed, printed
from tests.plots import EAST_M, NORTH_M, events, square

if TYPE_CHECKING:
    from pathlib import Path

MU_M2 = float(M2_PER_MU)
PLACES = Inventory.demo().places
DAY, TOWN = "2023-03-01", "440785108"
# A square of 100 m: 10,000 m2, 15 mu.
WEST_EAST = shapely.linestrings([[EAST_M + 40, NORTH_M - 1], [EAST_M + 40, NORTH_M + 101]])


def inventory(
    *rows: dict[str, Any], plots: list[dict[str, Any]] | None = None, **tables: list[dict[str, Any]]
) -> Inventory:
    """Return squares of 15 mu in a row, called a, b and so on, with the events given."""
    given = plots or [{"parcel_id": "a", "name": "A", "stated_mu": 15.0}]
    shapes = [each.pop("geometry", square(number)) for number, each in enumerate(given)]
    parcels = gpd.GeoDataFrame(conformed(pd.DataFrame(given), "parcels"), geometry=shapes, crs=4546)
    frames: dict[str, pd.DataFrame] = {
        "parcels": parcels, "places": PLACES, "events": events(*rows),
    }  # fmt: skip
    frames |= {name: conformed(pd.DataFrame(its), name) for name, its in tables.items()}
    meta = InventoryMeta(CRS(4546), date(2023, 3, 30), area_method="planar", origin="office")
    return Inventory(frames, meta)


def at(day: str, kind: str, parcel_id: str = "a", **more: object) -> dict[str, Any]:
    return {"date": day, "kind": kind, "parcel_id": parcel_id, "date_basis": "stated"} | more


def mu(figures: pd.Series[float]) -> list[float]:
    return (np.asarray(figures, dtype=float) / MU_M2).round(2).tolist()


def stands(view: Inventory) -> dict[str, tuple[str, str | None, float]]:
    """Return status, since and mu revitalised of each plot."""
    rows = status_on(view)
    done_mu = mu(rows["done_m2"])
    return {
        parcel: (row["status"], row["since"], each_mu)
        for (parcel, row), each_mu in zip(rows.iterrows(), done_mu, strict=True)
    }


# By hand.


def test_a_line_makes_two_plots_in_the_place_of_one() -> None:
    before = inventory(at("2022-05-01", "agreed"))
    after = divided(before, "A", WEST_EAST, day=DAY, actor="Li", document="No 7", note="by court")
    assert list(before.parcels["parcel_id"]) == ["a"]
    assert stands(after) == {
        "a-1": ("remediating", "2022-05-01", 0.0), "a-2": ("remediating", "2022-05-01", 0.0),
    }  # fmt: skip
    rows = after.tables["parcels"].set_index("parcel_id")
    assert rows["valid_to"].tolist() == [DAY, None, None]
    assert rows["valid_from"].tolist() == [None, DAY, DAY]
    assert rows["parents"].tolist() == [None, "a", "a"]
    assert rows["name"].tolist() == ["A", "A-1", "A-2"]
    assert rows["stated_mu"].tolist() == [15.0, 6.0, 9.0]
    assert rows.geometry.area.tolist() == [10_000.0, 4_000.0, 6_000.0]
    trail = after.events[after.events["kind"] == "split"]
    assert trail["parcel_id"].tolist() == ["a", "a-1", "a-2"]
    assert trail["note"].tolist() == [
        "分割为 a-1、a-2 by court", "由 a 分割而来 by court", "由 a 分割而来 by court",
    ]  # fmt: skip
    assert set(trail["actor"]) == {"Li"}
    assert set(trail["document"]) == {"No 7"}


def test_the_day_before_shows_the_old_plot_and_the_day_the_new_ones() -> None:
    after = divided(inventory(at("2022-05-01", "agreed")), "a", WEST_EAST, day=DAY)
    assert list(stands(after.on("2023-02-28"))) == ["a"]
    assert list(stands(after.on(DAY))) == ["a-1", "a-2"]
    assert stands(after.on("2022-04-30")) == {"a": ("unknown", None, 0.0)}


def test_what_was_revitalised_goes_by_share_or_where_it_lies() -> None:
    rows = (
        at("2022-05-01", "agreed"),
        at("2022-06-01", "revitalised", area_m2=5 * MU_M2),
        at("2022-07-01", "revitalised", area_m2=1 * MU_M2),
    )
    before = inventory(*rows)
    assert stands(divided(before, "a", WEST_EAST, day=DAY)) == {
        "a-1": ("remediating", "2022-05-01", 2.4), "a-2": ("remediating", "2022-05-01", 3.6),
    }  # fmt: skip
    after = divided(before, "a", WEST_EAST, day=DAY, done_mu=[6, 0])
    assert stands(after) == {
        "a-1": ("revitalised", "2022-07-01", 6.0), "a-2": ("remediating", "2022-05-01", 0.0),
    }  # fmt: skip


@pytest.mark.parametrize(
    "done_mu", [[6, 1], [7, -1], [6.5, -0.5], [6.01, 0], [float("nan"), 6], [3]]
)
def test_what_was_revitalised_has_to_add_up(done_mu: list[float]) -> None:
    before = inventory(at("2022-06-01", "revitalised", area_m2=6 * MU_M2))
    with pytest.raises(InputError):
        divided(before, "a", WEST_EAST, day=DAY, done_mu=done_mu)


def test_a_plot_that_is_done_makes_parts_that_are() -> None:
    """The ledger has 14.99 mu, the ground 15: the parts are shared out, the rest never shows."""
    plots = [{"parcel_id": "a", "stated_mu": 15.01}]
    rows = (
        at("2022-06-01", "revitalised", area_m2=14.99 * MU_M2),
        at("2022-06-05", "revitalised"),
        at("2022-09-01", "supplied"),
    )
    for third in (33.3, 50.0, 0.5):
        line = shapely.linestrings([[EAST_M + third, NORTH_M - 1], [EAST_M + third, NORTH_M + 101]])
        after = divided(inventory(*rows, plots=plots), "a", line, day=DAY)
        found = status_on(after)
        assert found["status"].tolist() == ["supplied", "supplied"]
        assert found["rest_m2"].tolist() == [0.0, 0.0]
        assert found["since"].tolist() == ["2022-09-01"] * 2


def test_a_dispute_goes_back_to_what_was_before_in_each_part() -> None:
    rows = (at("2022-05-01", "agreed"), at("2022-06-01", "litigating"))
    after = divided(inventory(*rows), "a", WEST_EAST, day=DAY)
    settled = events(
        at("2023-03-05", "settled", "a-2", event_id="z", recorded_at="2030-01-01T00:00:00+08:00")
    )
    later = replace(after, tables=after.tables | {"events": pd.concat([after.events, settled])})
    assert {parcel: row[0] for parcel, row in stands(later).items()} == {
        "a-1": "disputed", "a-2": "remediating",
    }  # fmt: skip


def test_events_taken_back_are_not_handed_on() -> None:
    rows = (
        at("2022-05-01", "agreed", event_id="x"),
        at("2022-05-02", "producing", event_id="y"),
        at("2022-05-03", "corrected", event_id="z", corrects_id="y"),
    )
    after = divided(inventory(*rows), "a", WEST_EAST, day=DAY)
    assert {row[0] for row in stands(after).values()} == {"remediating"}
    own = after.events[after.events["parcel_id"] == "a-1"]
    assert own["kind"].tolist() == ["agreed", "split"]
    assert own["note"].tolist() == ["承自 a", "由 a 分割而来"]


def test_an_event_after_the_day_stands_in_the_way() -> None:
    before = inventory(at("2023-03-05", "agreed"), at("2023-03-09", "visit"))
    with pytest.raises(InputError, match="2023-03-05"):
        divided(before, "a", WEST_EAST, day=DAY)
    assert len(divided(before, "a", WEST_EAST, day="2023-03-05").parcels) == 2


def test_projects_and_terms_go_with_each_part() -> None:
    before = inventory(
        parcel_projects=[{"parcel_id": "a", "project_id": "P"}],
        agreements=[{"parcel_id": "a", "indicator": "far", "agreed": 1.2, "as_of": DAY}],
    )
    after = divided(before, "a", WEST_EAST, day=DAY)
    assert after.parcel_projects["parcel_id"].tolist() == ["a", "a-1", "a-2"]
    assert after.agreements["agreed"].tolist() == [1.2] * 3


def test_polygons_make_parts_in_their_order_and_take_names() -> None:
    """Drawn by hand: strips of 5 cm between them and beyond the plot are nobody's or theirs."""
    halves = [
        shapely.box(EAST_M + 50.05, NORTH_M - 0.05, EAST_M + 100.05, NORTH_M + 100),
        shapely.box(EAST_M, NORTH_M, EAST_M + 50, NORTH_M + 100),
    ]
    in_degrees = gpd.GeoSeries(halves, crs=4546).to_crs(4490)
    after = divided(inventory(), "a", in_degrees, day=DAY, ids=["N1", "N2"], names=["East", "West"])
    rows = after.parcels.set_index("parcel_id")
    assert rows["name"].tolist() == ["East", "West"]
    assert rows.geometry["N1"].centroid.x > rows.geometry["N2"].centroid.x
    assert rows.geometry.area.sum() == pytest.approx(10_000, abs=1e-6)
    assert rows.geometry["N1"].intersection(rows.geometry["N2"]).area < 1e-6
    assert rows["stated_mu"].sum() == 15


def test_a_part_that_the_line_leaves_alone_goes_with_the_nearest() -> None:
    two = shapely.MultiPolygon([square(), square(2)])
    plots = [{"parcel_id": "a", "stated_mu": 30.0, "geometry": two}]
    after = divided(inventory(plots=plots), "a", WEST_EAST, day=DAY)
    assert after.parcels["stated_mu"].tolist() == [6.0, 24.0]


def test_a_line_through_two_arms_makes_three_parts() -> None:
    arms = shapely.union_all([square(0, 0), square(0, 1), square(1, 0), square(2, 0), square(2, 1)])
    line = shapely.linestrings([[EAST_M - 5, NORTH_M + 150], [EAST_M + 305, NORTH_M + 150]])
    after = divided(inventory(plots=[{"parcel_id": "a", "geometry": arms}]), "a", line, day=DAY)
    assert sorted(after.parcels.geometry.area) == [5_000, 5_000, 40_000]


def test_a_hole_stays_a_hole_and_a_line_may_stop_at_the_boundary() -> None:
    ring = square().difference(shapely.box(EAST_M + 30, NORTH_M + 30, EAST_M + 60, NORTH_M + 60))
    short = shapely.linestrings([[EAST_M + 45, NORTH_M + 0.01], [EAST_M + 45, NORTH_M + 99.95]])
    after = divided(inventory(plots=[{"parcel_id": "a", "geometry": ring}]), "a", short, day=DAY)
    assert after.parcels.geometry.area.tolist() == pytest.approx([4_050, 5_050])


def test_numbers_go_on_where_they_are_taken() -> None:
    plots: list[dict[str, Any]] = [{"parcel_id": "a", "stated_mu": 15.0}, {"parcel_id": "a-1"}]
    once = divided(inventory(plots=plots), "a", WEST_EAST, day=DAY)
    assert list(once.parcels["parcel_id"]) == ["a-1", "a-2", "a-3"]
    line = shapely.linestrings([[EAST_M - 1, NORTH_M + 50], [EAST_M + 41, NORTH_M + 50]])
    twice = divided(once, "a-2", line, day="2023-03-02")
    # From north to south.
    assert twice.parcels["parcel_id"].tolist() == ["a-1", "a-3", "a-2-1", "a-2-2"]
    assert twice.parcels.geometry.centroid.y.iloc[2] > twice.parcels.geometry.centroid.y.iloc[3]


def boxes(*sides: tuple[float, float]) -> list[shapely.Geometry]:
    return [
        shapely.box(EAST_M + west, NORTH_M, EAST_M + east, NORTH_M + 100) for west, east in sides
    ]


OUTSIDE_LINE = shapely.linestrings([[EAST_M - 9, NORTH_M], [EAST_M - 9, NORTH_M + 100]])
DEAD_END = shapely.linestrings([[EAST_M + 50, NORTH_M - 1], [EAST_M + 50, NORTH_M + 50]])


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "error.divide_parts"),
        ([square()], "error.divide_parts"),
        ([square(), OUTSIDE_LINE], "error.divide_parts"),
        ([shapely.Point(EAST_M, NORTH_M), square()], "error.divide_parts"),
        ([None, square()], "error.divide_parts"),
        (OUTSIDE_LINE, "error.divide_line"),
        (DEAD_END, "error.divide_line"),
        (boxes((0, 50), (51, 100)), "error.divide_gap"),
        (boxes((0, 51), (50, 100)), "error.divide_overlap"),
        (boxes((0, 50), (50, 101)), "error.divide_outside"),
        (boxes((0, 50), (50, 100), (100, 100.1)), "error.divide_empty"),
        (boxes((0, 50), (50, 100), (200, 300)), "error.divide_outside"),
    ],
)
def test_parts_have_to_tile_the_plot(parts: list[shapely.Geometry], code: str) -> None:
    with pytest.raises(InputError) as caught:
        divided(inventory(), "a", parts, day=DAY)
    assert caught.value.code == code
    for lang in ("zh", "en"):
        assert "\n" not in caught.value.text(lang)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"day": "2023-02-30"}, "error.date"),
        ({"day": "2999-01-01"}, "error.divide_future"),
        ({"ids": ["b"]}, "error.divide_count"),
        ({"ids": ["b", "b"]}, "error.divide_id"),
        ({"ids": ["a", "c"]}, "error.divide_id"),
        ({"ids": ["", "c"]}, "error.divide_id"),
        ({"names": ["b", "c", "d"]}, "error.divide_count"),
        ({"day": "2021-01-01"}, "error.parcel"),
    ],
)
def test_wishes_are_checked(wish: dict[str, Any], code: str) -> None:
    plots = [{"parcel_id": "a", "valid_from": "2022-01-01"}]
    with pytest.raises(EnpingError) as caught:
        divided(inventory(plots=plots), "a", WEST_EAST, **({"day": DAY} | wish))
    assert caught.value.code == code
    with pytest.raises(TypeError, match="colour"):
        divided(inventory(), "a", WEST_EAST, day=DAY, colour="red")


def test_a_plot_that_is_gone_is_not_found_and_one_without_shape_not_cut() -> None:
    once = divided(inventory(), "a", WEST_EAST, day=DAY)
    with pytest.raises(ParcelError):
        divided(once, "a", WEST_EAST, day="2023-03-02")
    bow_tie = shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    for shape in (None, bow_tie, shapely.Polygon()):
        with pytest.raises(InputError, match="check"):
            divided(
                inventory(plots=[{"parcel_id": "a", "geometry": shape}]), "a", WEST_EAST, day=DAY
            )


# Merging.


def two(*rows: dict[str, Any], gap_m: float = 0.0, **more: Any) -> Inventory:  # noqa: ANN401 - columns and tables
    west = shapely.box(EAST_M, NORTH_M, EAST_M + 100 - gap_m, NORTH_M + 100)
    plots = [
        {"parcel_id": "a", "name": "A", "stated_mu": 15.0, "holder": "X", "geometry": west}
        | more.pop("a", {}),
        {"parcel_id": "b", "name": "B", "stated_mu": 15.0, "holder": "Y"} | more.pop("b", {}),
    ]
    return inventory(*rows, plots=plots, **more)


def test_two_plots_make_one() -> None:
    rows = (at("2022-05-01", "agreed"), at("2022-06-01", "agreed", "b"))
    before = two(*rows, gap_m=0.005, a={"schematic": True, "aliases": "old"}, b={"town": TOWN})
    after = merged_plots(before, ["B", "a"], day=DAY, note="by contract")
    assert stands(after) == {"b+a": ("remediating", "2022-05-01", 0.0)}
    row = after.parcels.iloc[0]
    assert (row["stated_mu"], row["holder"], row["name"]) == (30.0, "Y;X", "B、A")
    assert (row["aliases"], row["parents"], row["schematic"]) == ("B;A;old", "b;a", True)
    assert row["town"] == TOWN  # that of the larger plot
    assert [each.rule for each in after.findings] == ["merge_place"]
    assert len(row.geometry.geoms) == 1  # the crack of 5 mm is closed
    assert row.geometry.area == pytest.approx(20_000, abs=1e-3)
    assert after.parcel("A") == after.parcel("old") == "b+a"
    trail = after.events[after.events["kind"] == "merged"]
    assert trail["parcel_id"].tolist() == ["b", "a", "b+a"]
    assert trail["note"].iloc[2] == "由 b、a 合并而来 by contract"
    assert list(stands(after.on("2023-02-28"))) == ["a", "b"]


def test_what_is_done_stays_done() -> None:
    rows = (
        at("2022-05-01", "agreed"),
        at("2022-06-01", "revitalised", area_m2=5 * MU_M2),
        at("2022-08-01", "surveyed", "b"),
        at("2022-09-01", "revitalised", "b"),
    )
    after = merged_plots(two(*rows), ["a", "b"], day=DAY, parcel_id="c", name="C")
    assert stands(after) == {"c": ("remediating", "2022-05-01", 20.0)}
    whole = merged_plots(two(rows[3] | {"parcel_id": "a"}, rows[3]), ["a", "b"], day=DAY)
    assert stands(whole) == {"a+b": ("revitalised", "2022-09-01", 30.0)}


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("agreed", "agreed", "remediating"),
        ("supplied", "offered", "supplied"),
        ("revitalised", "agreed", "remediating"),
        ("revitalised", "litigating", "disputed"),
        ("revitalised", "visit", "unknown"),
        ("agreed", "surveyed", None),
        ("revitalised", "supplied", None),
        ("producing", "construction", None),
    ],
)
def test_statuses_have_to_go_together(one: str, other: str, together: str | None) -> None:
    before = two(at("2022-06-01", one), at("2022-05-01", other, "b"))
    if together is None:
        with pytest.raises(InputError) as caught:
            merged_plots(before, ["a", "b"], day=DAY)
        assert caught.value.code == "error.merge_status"
        return
    after = merged_plots(before, ["a", "b"], day=DAY)
    assert stands(after)["a+b"][0] == together
    assert as_rows(after) == as_rows(before)


def as_rows(view: Inventory, by: str = "status") -> dict[str, Decimal]:
    rows = totals(view, by).rows  # type: ignore[arg-type]  # a grouping
    return dict(zip(rows["key"], rows["area_mu"], strict=True))


def test_the_strictest_term_counts_and_a_finding_says_so() -> None:
    terms = [
        {"parcel_id": "a", "indicator": "far", "agreed": 1.2, "actual": 1.0, "as_of": DAY},
        {"parcel_id": "b", "indicator": "far", "agreed": 1.5, "actual": 0.9, "as_of": DAY},
        {"parcel_id": "a", "indicator": "start_by", "agreed": 20240101.0},
        {"parcel_id": "b", "indicator": "start_by", "agreed": 20230601.0},
        {"parcel_id": "b", "indicator": "tax_per_mu", "agreed": 20.0, "actual": 9.0},
    ]
    links = [{"parcel_id": each, "project_id": "P"} for each in "ab"]
    before = two(agreements=terms, parcel_projects=links)
    after = merged_plots(before, ["a", "b"], day=DAY)
    own = after.agreements[after.agreements["parcel_id"] == "a+b"].set_index("indicator")
    assert own["agreed"].to_dict() == {"far": 1.5, "start_by": 20230601, "tax_per_mu": 20}
    assert own["actual"].isna().tolist() == [True, True, False]
    assert [each.rule for each in after.findings] == ["merge_terms", "merge_terms"]
    assert "容积率" in after.findings[0].message("zh")
    assert len(after.agreements) == 8
    assert after.parcel_projects["parcel_id"].tolist() == ["a", "b", "a+b"]


def test_ledgers_add_up_and_what_is_missing_stays_so() -> None:
    both = two(a={"stated_mu": 0.1, "stated_ha": 0.0067}, b={"stated_mu": 0.2, "stated_ha": None})
    row = merged_plots(both, ["a", "b"], day=DAY).parcels.iloc[0]
    assert row["stated_mu"] == 0.3
    assert np.isnan(row["stated_ha"])
    mixed = two(a={"stated_mu": None, "stated_ha": 1.0}, b={"stated_mu": 0.5})
    assert merged_plots(mixed, ["a", "b"], day=DAY).parcels.iloc[0]["stated_mu"] == 15.5
    lacking = two(a={"stated_mu": None})
    assert np.isnan(merged_plots(lacking, ["a", "b"], day=DAY).parcels.iloc[0]["stated_mu"])


@pytest.mark.parametrize("names", [[], ["a"], ["a", "A"]])
def test_merging_takes_two(names: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        merged_plots(two(), names, day=DAY)
    assert caught.value.code == "error.merge_count"


def test_an_id_of_a_merger_is_free() -> None:
    with pytest.raises(InputError):
        merged_plots(two(), ["a", "b"], day=DAY, parcel_id="a")
    taken = two(a={"parcel_id": "a"}, b={"parcel_id": "a+"})
    assert merged_plots(taken, ["a", "a+"], day=DAY).parcels["parcel_id"].tolist() == ["a+a+"]


# Properties.

KINDS = ["surveyed", "agreed", "litigating", "settled", "revitalised", "supplied", "visit"]


@st.composite
def lives(draw: st.DrawFn, parcel: str = "a") -> list[dict[str, Any]]:
    count = draw(st.integers(0, 6))
    areas_m2 = st.sampled_from([None, 5 * MU_M2, 1234.5, 0.01 * MU_M2])
    return [
        at(f"2022-05-{7 + number:02}", draw(st.sampled_from(KINDS)), parcel,
           area_m2=draw(areas_m2), event_id=f"{parcel}{number}")
        for number in range(count)
    ]  # fmt: skip


@settings(max_examples=settings().max_examples // 6)
@given(lives(), st.floats(1, 99), st.floats(0, 100), st.integers(1, 3000))
def test_totals_are_what_they_were(
    rows: list[dict[str, Any]], low_m: float, high_m: float, ledger: int
) -> None:
    before = inventory(*rows, plots=[{"parcel_id": "a", "stated_mu": (1300 + ledger) / 100}])
    line = shapely.linestrings([[EAST_M + low_m, NORTH_M - 5], [EAST_M + high_m, NORTH_M + 105]])
    after = divided(before, "a", line, day=DAY)
    plots = after.parcels
    assert sum(map(as_typed, plots["stated_mu"])) == as_typed((1300 + ledger) / 100)
    assert shapely.union_all(plots.geometry).symmetric_difference(square()).area < 1e-6
    old, new = (status_on(each) for each in (before, after))
    assert set(new["status"]) <= {*old["status"], "revitalised"}
    # A part with less than half of 0.01 mu left is done; so much may change sides, for each part.
    for column in ("area_m2", "done_m2", "rest_m2"):
        assert new[column].sum() == pytest.approx(old[column].sum(), abs=2 * MU_M2 * 0.015)
    assert as_rows(after, "town") == as_rows(before, "town")
    pd.testing.assert_frame_equal(status_on(after, "2023-02-28"), status_on(before, "2023-02-28"))
    parts = after.events[
        (after.events["kind"] == "revitalised") & (after.events["parcel_id"] != "a")
    ]
    parts_m2 = parts["area_m2"].groupby(parts["date"]).sum(min_count=1)
    own = before.events[before.events["kind"] == "revitalised"].set_index("date")["area_m2"]
    if not len(own) or old["rest_m2"].iloc[0] > 0:
        assert parts_m2.dropna().to_dict() == pytest.approx(own.dropna().to_dict(), abs=1e-9)


@settings(max_examples=settings().max_examples // 6)
@given(lives(), lives("b"))
def test_merging_keeps_the_totals(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    before = two(*one, *other)
    statuses = set(status_on(before)["status"])
    still = statuses - {"revitalised"}
    if len(still) > 1 or (len(statuses) > 1 and still == {"supplied"}):
        with pytest.raises(InputError, match="状态不同"):
            merged_plots(before, ["a", "b"], day=DAY)
        return
    after = merged_plots(before, ["a", "b"], day=DAY)
    old, new = (status_on(each) for each in (before, after))
    assert new["done_m2"].sum() == pytest.approx(old["done_m2"].sum(), abs=2 * MU_M2 * 0.005)
    shown, known = as_rows(after), as_rows(before)
    for status in {*shown, *known}:
        off = shown.get(status, Decimal(0)) - known.get(status, Decimal(0))
        assert abs(off) <= Decimal("0.01")


@given(st.decimals(0, 10_000, places=2), st.lists(st.floats(0.01, 1e6), min_size=1, max_size=9))
def test_a_ledger_is_shared_out_to_its_last_digit(figure: Decimal, weights: list[float]) -> None:
    shares = shared_out(float(figure), MU, weights)
    assert sum(Decimal(repr(each)) for each in shares) == figure
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - float(figure) * weight / sum(weights)) < 0.010001
    assert sum(map(as_typed, shared_out(20.6, HA, weights))) == as_typed(20.6)


@given(st.integers(1, 100_000), st.lists(st.floats(0.01, 1e6), min_size=1, max_size=9))
def test_hectares_tell_the_same_as_mu(hundredths: int, weights: list[float]) -> None:
    in_mu = hundredths / 100
    shares_mu = shared_out(in_mu, MU, weights)
    whole_ha = printed(as_typed(in_mu) * M2_PER_MU, HA)
    shares_ha = in_hectares(shares_mu, float(whole_ha))
    assert sum(Decimal(repr(each)) for each in shares_ha) == whole_ha
    for share_ha, share_mu in zip(shares_ha, shares_mu, strict=True):
        # Half of the last digit of the mu is 3.33 m2; a hectare moves by less than 1 m2.
        assert abs(share_ha * 10_000 - share_mu * MU_M2) < 1.0001


# The demonstration, and the chain.


def test_the_timber_market_is_divided_where_it_was_revitalised() -> None:
    """Golden: 308.93 mu of which 103.12 are revitalised; 119 plots, 8,605.84 mu."""
    demo = Inventory.demo()
    whole = demo.parcels.set_index("parcel_id").geometry["EP002"]
    west, south, east, north = whole.bounds
    for done_mu, statuses in ((None, ["remediating"] * 2), ([103.12, 0], None)):
        line = shapely.linestrings(
            [[west + (east - west) / 2, south], [west + (east - west) / 2, north]]
        )
        after = divided(demo, "米仓", line, day="2023-03-01", done_mu=done_mu)
        new = after.parcels[after.parcels["parents"] == "EP002"]
        assert sum(map(as_typed, new["stated_mu"])) == as_typed(308.93)
        # The ledger's 20.6 ha are rough; 308.93 mu are 20.5953.
        assert sum(map(as_typed, new["stated_ha"])) == as_typed(20.5953)
        assert len(after.parcels) == 120
        assert totals(after).total["area_mu"] == Decimal("8605.84")
        for by in ("town", "responsible", "status", "category", "year"):
            assert as_rows(after, by) == as_rows(demo, by)
        if statuses:
            assert status_on(after).loc[new["parcel_id"], "status"].tolist() == statuses
        for day in ("2022-12-11", "2023-02-28"):
            assert as_rows(after.on(day)) == as_rows(demo.on(day))


def test_plots_a_few_millimetres_apart_are_merged_in_the_demonstration() -> None:
    demo = Inventory.demo()
    after = merged_plots(demo, ["EP100", "EP101"], day="2023-03-30")
    for by in ("town", "responsible", "status", "year"):
        assert as_rows(after, by) == as_rows(demo, by)
    assert after.parcels["category"].iloc[-1] is None  # they are not of the same
    ground = after.parcels.geometry.iloc[-1]
    assert len(ground.geoms) == 1
    before = demo.parcels.set_index("parcel_id").geometry[["EP100", "EP101"]]
    # A crack of 5.5 mm over 132 m: 0.73 m2; no corner of it is left.
    assert ground.area - before.area.sum() == pytest.approx(0, abs=0.8)
    points = shapely.get_coordinates(ground)
    assert np.hypot(*np.diff(points, axis=0).T).min() > 0.02
    days = event_days(after.events)
    assert (days[after.events["kind"] == "merged"] == "2023-03-30").all()


def test_the_chain_goes_on_and_the_file_keeps_it_all(tmp_path: Path) -> None:
    demo = Inventory.create(tmp_path / "file.gpkg", demo=True)
    whole = demo.parcels.set_index("parcel_id").geometry["EP002"]
    west, south, east, north = whole.bounds
    line = shapely.linestrings([[west, (south + north) / 2], [east, (south + north) / 2]])
    after = divided(demo, "EP002", line, day="2023-03-01")
    own = after.events[after.events["origin"] == demo.meta.origin]
    last = None
    for row in own.sort_values(["recorded_at", "event_id"]).to_dict("records"):
        assert (row["prev_hash"] or None) == last
        assert row["hash"] == event_hash(row, last)
        last = row["hash"]
    after.save(tmp_path / "file.gpkg")
    again = Inventory.open(tmp_path / "file.gpkg")
    assert as_rows(again) == as_rows(after)
    assert sorted(again.parcels["parcel_id"]) == sorted(after.parcels["parcel_id"])
    pd.testing.assert_frame_equal(
        status_on(again).sort_index(), status_on(after).sort_index(), check_exact=False, rtol=1e-9
    )
