"""Printed areas add up, and each is as near to the truth as its last digit allows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from enping_gis.errors import InputError
from enping_gis.inventory import Inventory
from enping_gis.measure.areas import area
from enping_gis.measure.standing import stated_m2, status_on
from enping_gis.measure.totals import GROUPINGS, Grouping, totals
from enping_gis.schema import conformed
from enping_gis.store.meta import InventoryMeta
from enping_gis.units import AREA_UNITS, printed
from tests.plots import EAST_M, NORTH_M, events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enping_gis.measure.totals import Totals

DEMO = Inventory.demo()
TOWNS = [None, "440785108", "440785105", "440785400"]


def inventory(
    sizes_m: Sequence[tuple[float, float]],
    rows: Sequence[dict[str, Any]] = (),
    **columns: list[Any],
) -> Inventory:
    """Return an inventory of rectangles in a row, measured in the plane."""
    shapes, west = [], EAST_M
    for width_m, height_m in sizes_m:
        shapes.append(shapely.MultiPolygon([shapely.box(west, NORTH_M, west + width_m,
                                                        NORTH_M + height_m)]))  # fmt: skip
        west += width_m
    ids = [f"p{number}" for number in range(len(shapes))]
    frame = gpd.GeoDataFrame({"parcel_id": ids, **columns}, geometry=shapes, crs=4546)
    frames = {"parcels": conformed(frame, "parcels"), "places": DEMO.places,
              "events": events(*rows)}  # fmt: skip
    return Inventory(frames, InventoryMeta(DEMO.crs, as_of=DEMO.as_of, area_method="planar"))


def adds_up(result: Totals, exact_m2: dict[str, Fraction]) -> None:
    """Check every promise on printed figures."""
    assert list(result.rows["key"]) == [key for key in result.rows["key"] if key in exact_m2]
    assert result.rows["parcels"].sum() == result.total["parcels"]
    whole = sum(exact_m2.values(), Fraction(0))
    for unit in AREA_UNITS:
        column = result.rows[f"area_{unit.code}"]
        assert sum(column, Decimal(0)) == result.total[f"area_{unit.code}"]
        assert result.total[f"area_{unit.code}"] == printed(whole, unit)
        for key, cell in zip(result.rows["key"], column, strict=True):
            assert isinstance(cell, Decimal)
            assert cell.as_tuple().exponent == -unit.decimals
            far = abs(Fraction(cell) - exact_m2[key] / unit.m2)
            assert far < Fraction(unit.last_digit)


sides = st.floats(0.5, 900, allow_nan=False)


@given(st.lists(st.tuples(sides, sides, st.sampled_from(TOWNS)), max_size=12))
def test_printed_parts_add_up(plots: list[tuple[float, float, str | None]]) -> None:
    book = inventory([plot[:2] for plot in plots], town=[plot[2] for plot in plots])
    exact: dict[str, Fraction] = {}
    for town, m2 in zip(book.parcels["town"], area(book.parcels, method="planar"), strict=True):
        exact[town or "unknown"] = exact.get(town or "unknown", Fraction(0)) + Fraction(m2)
    adds_up(totals(book), exact)


def test_the_demonstration_adds_up_by_every_group() -> None:
    for by in GROUPINGS:
        result = totals(DEMO, by)
        assert result.total["parcels"] == 119
        assert result.total["area_mu"] == Decimal("8605.84")
        assert result.total["area_ha"] == Decimal("573.7227")
        assert result.rows["parcels"].sum() == 119
        assert sum(result.rows["area_mu"]) == Decimal("8605.84")
        assert sum(result.rows["area_ha"]) == Decimal("573.7227")


def test_three_thirds() -> None:
    """Three plots of 1/3 mu: 0.33 each would make 0.99; ties go to the first key."""
    third_m = 2000 / 9 / 10
    book = inventory([(third_m, 10)] * 3, town=["440785108", "440785105", "440785400"])
    rows = totals(book).rows.set_index("key")["area_mu"]
    assert sorted(rows) == [Decimal("0.33"), Decimal("0.33"), Decimal("0.34")]
    assert totals(book).total["area_mu"] == Decimal("1.00")


def test_groups_come_in_the_order_of_the_places_and_unknown_last() -> None:
    book = inventory([(10, 10)] * 5, town=["440785400", None, "999", "440785108", "440785100"])
    result = totals(book)
    assert list(result.rows["key"]) == ["440785100", "440785108", "440785400", "999", "unknown"]
    assert list(result.rows["label"])[-2:] == ["999", "未载明"]
    assert totals(book, lang="en").rows["label"][0] == "Hengpi Town"


def test_by_category_and_by_responsible() -> None:
    book = inventory(
        [(10, 10), (20, 10), (30, 10)],
        category=["underused", None, "idle_closed"],
        responsible=["440785400", "440785400", None],
    )
    by_category = totals(book, "category").rows
    assert list(by_category["key"]) == ["idle_closed", "underused", "unknown"]
    assert list(by_category["area_m2"]) == [Decimal("300.00"), Decimal("100.00"), Decimal("200.00")]
    by_unit = totals(book, "responsible").rows
    assert list(by_unit["parcels"]) == [2, 1]
    assert list(by_unit["area_m2"]) == [Decimal("300.00"), Decimal("300.00")]


def event(parcel: str, day: str, kind: str, area_m2: float | None = None) -> dict[str, Any]:
    return {"parcel_id": parcel, "date": day, "kind": kind, "area_m2": area_m2}


PARTS = [
    event("p0", "2022-05-01", "agreed"),
    event("p0", "2022-06-01", "revitalised", 300.0),
    event("p1", "2022-07-01", "revitalised", 400.0),
    event("p1", "2023-02-01", "revitalised", 600.0),
    event("p2", "2023-01-01", "surveyed"),
]


def test_a_plot_partly_done_is_split_and_counted_once() -> None:
    book = inventory([(100, 10)] * 4, PARTS)
    rows = totals(book, "status").rows
    assert list(rows["key"]) == ["surveyed", "remediating", "revitalised", "unknown"]
    assert list(rows["parcels"]) == [1, 1, 1, 1]
    assert list(map(float, rows["area_m2"])) == [1000, 700, 1300, 1000]


def test_by_year_each_part_goes_to_its_own() -> None:
    rows = totals(inventory([(100, 10)] * 4, PARTS), "year").rows
    assert list(rows["key"]) == ["2022", "2023", "not_yet", "unknown"]
    assert list(map(float, rows["area_m2"])) == [700, 600, 1700, 1000]
    assert list(rows["parcels"]) == [1, 1, 1, 1]
    assert rows["label"][2] == "尚未盘活"
    early = totals(inventory([(100, 10)] * 4, PARTS).on("2022-12-31"), "year").rows
    assert list(map(float, early["area_m2"])) == [700, 1300, 2000]


def test_a_plot_without_a_shape_is_counted_and_named() -> None:
    book = inventory([(100, 10)] * 2)
    parcels = book.parcels.copy()
    parcels.loc[0, "geometry"] = None
    hollow = replace(book, tables=book.tables | {"parcels": parcels})
    for by in GROUPINGS:
        result = totals(hollow, by)
        assert result.without_area == ("p0",)
        assert result.total["parcels"] == 2
        assert result.total["area_m2"] == Decimal("1000.00")
        assert result.rows["parcels"].sum() == 2


def test_no_plots() -> None:
    for by in GROUPINGS:
        result = totals(inventory([]), by)
        assert result.rows.empty
        assert result.total["area_mu"] == Decimal("0.00")


def test_only_these_groups() -> None:
    wrong: Grouping = "nonsense"  # type: ignore[assignment]  # what a user may type
    with pytest.raises(InputError, match="town, responsible, status, category, year"):
        totals(DEMO, wrong)


def test_the_ledger_in_mu_goes_before_hectares() -> None:
    book = pd.DataFrame({"stated_mu": [1.5, None, None], "stated_ha": [9.9, 1.0, None]})
    assert stated_m2(book).fillna(-1).tolist() == [1000.0, 10_000.0, -1]


def test_where_plots_stand_on_another_day() -> None:
    book = inventory([(100, 10)] * 4, PARTS)
    assert status_on(book)["status"].tolist() == [
        "remediating", "revitalised", "surveyed", "unknown",
    ]  # fmt: skip
    assert set(status_on(book, "2022-04-30")["status"]) == {"unknown"}
    assert status_on(book).index.tolist() == ["p0", "p1", "p2", "p3"]
