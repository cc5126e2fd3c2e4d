"""What the page carries: figures that add up, shapes that come back, honesty about both."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from enping_gis.crs import lonlat
from enping_gis.inventory import Inventory
from enping_gis.viewer import ParcelMap
from enping_gis.viewer.shapes import inner_points, polygonal, rings
from tests.viewer import unpacking

if TYPE_CHECKING:
    from pathlib import Path


def data_of(page_map: ParcelMap) -> dict[str, Any]:
    """Read the data back out of the rendered page."""
    return unpacking.data_of(page_map.get_root().render())


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    return data_of(ParcelMap(Inventory.demo()))


def test_every_plot_is_there_with_its_printed_area(demo: dict[str, Any]) -> None:
    assert len(demo["plots"]) == 119
    assert sum(Decimal(plot["mu"]) for plot in demo["plots"]) == Decimal("8605.84")
    assert demo["total"]["mu"] == "8605.84"


@pytest.mark.parametrize("part", ["legend", "units"])
def test_parts_add_up_to_the_total(demo: dict[str, Any], part: str) -> None:
    assert sum(row["n"] for row in demo[part]) == 119
    assert sum(Decimal(row["mu"]) for row in demo[part]) == Decimal("8605.84")


def test_a_plot_partly_done_says_what_is_done_and_left(demo: dict[str, Any]) -> None:
    micang = next(plot for plot in demo["plots"] if plot["id"] == "EP002")
    assert (micang["mu"], micang["doneMu"], micang["restMu"]) == ("308.93", "103.12", "205.81")


def test_nine_plots_are_from_the_article_and_the_rest_says_it_is_generated(
    demo: dict[str, Any],
) -> None:
    synthetic = [plot["id"] for plot in demo["plots"] if "synthetic" in plot["tags"]]
    article = [plot["id"] for plot in demo["plots"] if plot.get("article")]
    assert (len(synthetic), len(article)) == (110, 9)
    assert not set(synthetic) & set(article)


def test_rings_come_back_within_half_a_step(demo: dict[str, Any]) -> None:
    degrees = lonlat(Inventory.demo().parcels)
    half = 180 / 2 ** demo["bits"]
    for plot, shape in zip(demo["plots"], degrees, strict=True):
        steps = np.vstack(plot["rings"])
        found = unpacking.degrees(steps, demo["bits"])
        true = np.vstack(
            [
                shapely.get_coordinates(ring)[:-1]
                for ring in shapely.get_rings(shapely.get_parts(shape))
            ]
        )
        # Rings may begin at another vertex and go the other way round.
        nearest = np.abs(found[:, None] - true[None]).max(axis=2)
        assert len(found) == len(true)
        assert nearest.min(axis=1).max() <= half + 1e-12
        assert nearest.min(axis=0).max() <= half + 1e-12
        assert unpacking.polygon(plot["rings"]).is_valid


def test_inner_points_are_deep_inside(demo: dict[str, Any]) -> None:
    degrees = lonlat(Inventory.demo().parcels)
    for plot, shape in zip(demo["plots"], degrees, strict=True):
        point = shapely.Point(plot["at"])
        depth = point.distance(shape.boundary)
        best = shapely.maximum_inscribed_circle(shape, tolerance=1e-7).length
        assert shape.contains(point)
        assert depth > 0.3 * best


def test_holes_parts_and_missing_shapes(odd_shapes: Inventory) -> None:
    data = data_of(ParcelMap(odd_shapes))
    plots = data["plots"]
    assert [len(plot.get("rings", [])) for plot in plots] == [3, 2, 0, 1, 1]
    assert data["unplaced"] == [2]
    assert "at" not in plots[2]


def test_what_cannot_be_filled_is_left_out() -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    mixed = shapely.GeometryCollection([line, shapely.box(0, 0, 1, 1)])
    broken = shapely.Polygon([(0, 0), (np.inf, 0), (1, 1)])
    kept = polygonal(np.array([line, mixed, broken, shapely.Polygon(), None], dtype=object))
    assert [each is not None for each in kept] == [False, True, False, False, False]


def test_a_flat_plot_has_no_inner_point() -> None:
    flat = shapely.Polygon([(0, 0), (1, 0), (2, 0)])
    points, depths_m = inner_points(np.array([flat], dtype=object))
    assert points[0] is None
    assert np.isnan(depths_m[0])


def test_steps_of_nothing_are_left_out() -> None:
    ring = shapely.Polygon([(0, 0), (1e-9, 0), (1, 0), (1, 1)])
    assert rings(ring) == [[0, 0, 10_000_000, 0, 0, 10_000_000]]


def test_no_plots_at_all() -> None:
    demo = Inventory.demo()
    tables = demo.tables | {"parcels": demo.tables["parcels"].iloc[:0]}
    data = data_of(ParcelMap(replace(demo, tables=tables)))
    assert data["plots"] == data["contacts"] == []


def test_english_names_of_places_and_statuses() -> None:
    data = data_of(ParcelMap(Inventory.demo(), lang="en"))
    assert {"Encheng Street", "Enping Industrial Park"} <= {row["label"] for row in data["units"]}
    assert {"Put back to use"} <= {status["label"] for status in data["statuses"]}


def test_the_difference_to_the_ledger_is_shown_with_its_sign(odd_shapes: Inventory) -> None:
    parcels = odd_shapes.parcels
    parcels["stated_mu"] = 1000.0
    tables = odd_shapes.tables | {"parcels": parcels}
    plot = data_of(ParcelMap(replace(odd_shapes, tables=tables)))["plots"][0]
    assert plot["statedMu"] == "1000.00"
    assert plot["differenceMu"].startswith("−")


def changed(inventory: Inventory, table: str, **columns: object) -> Inventory:
    """Return a copy with other values in some columns of a table."""
    return replace(
        inventory, tables=inventory.tables | {table: inventory.tables[table].assign(**columns)}
    )


@pytest.mark.parametrize("basis", ["stated", "inferred", "synthetic"])
def test_a_date_that_is_not_stated_is_marked(basis: str) -> None:
    data = data_of(ParcelMap(changed(Inventory.demo(), "events", date_basis=basis)))
    dated = [plot for plot in data["plots"] if "since" in plot]
    assert dated
    marks = {plot.get("sinceBasis") for plot in dated}
    assert marks == {None if basis == "stated" else basis}


def test_who_is_responsible_may_be_inferred() -> None:
    data = data_of(ParcelMap(changed(Inventory.demo(), "parcels", responsible_basis="inferred")))
    for plot in data["plots"]:
        assert "inferred" in plot["tags"]
        assert "responsible" in plot["inferred"]
    assert data["words"]["page.basis_responsible"]


@pytest.mark.parametrize(
    ("sketched", "said"),
    [
        ({"town", "street", "park"}, "镇（街）和园区界线为示意"),
        ({"town", "street"}, "。镇（街）界线为示意"),
        ({"park"}, "。园区界线为示意"),
        ({"street", "park"}, "。恩城街道和园区界线为示意"),
        (set(), ""),
    ],
)
def test_the_notice_names_what_is_schematic_only(sketched: set[str], said: str) -> None:
    demo = Inventory.demo()
    schematic = demo.places["kind"].isin(sketched)
    page = ParcelMap(changed(demo, "places", schematic=schematic)).get_root().render()
    notice = page.split('role="note">', 1)[1].split("</div>", 1)[0]
    assert said in notice
    assert ("界线为示意" in notice) == bool(sketched)


def test_without_responsible_units_plots_are_grouped_by_town() -> None:
    demo = Inventory.demo()
    towns = demo.parcels["town"].mask(np.arange(119) < 20, None)
    data = data_of(ParcelMap(changed(demo, "parcels", responsible=None, town=towns)))
    assert data["meta"]["grouping"] == "town"
    assert sum(row["n"] for row in data["units"]) == 119
    assert (data["units"][-1]["label"], data["units"][-1]["n"]) == ("未载明", 20)
    assert {plot["unit"] for plot in data["plots"]} == {row["key"] for row in data["units"]}
    assert not any("responsible" in plot for plot in data["plots"])


def test_one_responsible_unit_keeps_the_units_and_neither_is_no_town() -> None:
    demo = Inventory.demo()
    only = demo.parcels["responsible"].where(np.arange(119) == 118, None)
    for parcels in (
        changed(demo, "parcels", responsible=only),
        changed(demo, "parcels", responsible=None, town=None),
    ):
        data = data_of(ParcelMap(parcels))
        assert data["meta"]["grouping"] == "responsible"


def test_what_is_not_stated_is_last_in_the_legend(demo: dict[str, Any]) -> None:
    codes = [demo["statuses"][row["status"]]["code"] for row in demo["legend"]]
    assert "unknown" not in codes
    inventory = Inventory.demo()
    events = inventory.events[inventory.events["parcel_id"] != "EP003"]
    data = data_of(ParcelMap(replace(inventory, tables=inventory.tables | {"events": events})))
    codes = [data["statuses"][row["status"]]["code"] for row in data["legend"]]
    assert codes[-1] == "unknown"
    assert data["legend"][-1]["n"] == 1


def test_same_inventory_same_bytes(tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        ParcelMap(Inventory.demo()).save(tmp_path / name)
    again = ParcelMap(Inventory.demo())
    again.save(tmp_path / "three.html")
    again.save(tmp_path / "four.html")
    pages = {path.read_bytes() for path in tmp_path.glob("*.html")}
    assert len(pages) == 1
    assert len(pages.pop()) < 1_000_000
