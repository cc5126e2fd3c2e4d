"""Plots that were divided: each is drawn, counted and hit on its own days only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from enping_gis.viewer import ParcelMap
from enping_gis.viewer.gathering import page_data
from tests.viewer.conftest import X_M, Y_M, inventory_of, plot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from playwright.sync_api import Page

    from enping_gis.inventory import Inventory

    OpenPage = Callable[..., AbstractContextManager[Page]]

DAY = "2022-06-01"


@pytest.fixture
def divided() -> Inventory:
    """T1 was divided into T2 and T3, T4 lies beside them, T5 comes after the last day."""
    whole, west, east, beside = (
        shapely.box(X_M + at, Y_M, X_M + to, Y_M + 100)
        for at, to in ((0, 200), (0, 100), (100, 200), (200, 300))
    )
    return inventory_of(
        [
            plot(1, whole) | {"valid_to": DAY},
            plot(2, west) | {"valid_from": DAY},
            plot(3, east) | {"valid_from": DAY},
            plot(4, beside),
            plot(5, shapely.box(X_M, Y_M + 300, X_M + 50, Y_M + 350))
            | {"valid_from": "2030-01-01"},
        ]
    )


def test_no_part_touches_what_it_is_part_of(divided: Inventory) -> None:
    measured = page_data(divided, "en", 40.0)
    ids = measured.parcels["parcel_id"].to_numpy()
    pairs = ids[measured.contacts[["left", "right"]].to_numpy()]
    assert {frozenset(pair) for pair in pairs.tolist()} == {
        frozenset({"T2", "T3"}),
        frozenset({"T3", "T4"}),
        frozenset({"T1", "T4"}),
    }
    assert divided.tables["parcels"]["valid_to"].tolist()[0] == DAY


def test_a_plot_is_there_on_its_own_days(
    opened: OpenPage, complaints: list[str], divided: Inventory, tmp_path: Path
) -> None:
    path = tmp_path / "divided.html"
    ParcelMap(divided).save(path)
    hit = """() => {
        const at = enping.innerPoint('T2');
        const row = Enping.page.parcels.at(L.latLng(at[0], at[1]));
        return row < 0 ? null : Enping.page.data.plots[row].id;
    }"""
    rows = "() => Enping.shownRows(Enping.page).map((row) => Enping.page.data.plots[row].id)"
    area_mu = 3 * 100 * 300 / 2000
    with opened(path) as page:
        page.evaluate("enping.goto('T2')")
        assert page.evaluate("enping.count") == 3
        assert page.evaluate(hit) == "T2"
        assert page.evaluate(rows) == ["T2", "T3", "T4"]
        now = page.evaluate("enping.visible()")
        assert now["count"] == 3
        assert now["area_mu"] == pytest.approx(area_mu, rel=1e-3)
        assert page.locator(".legend .sum td").first.inner_text() == "3"
        assert page.locator(".filter-state").inner_text() == ""
        assert page.locator(".neighbour").all_inner_texts()[0].startswith("试3")
        with_seam = seam(page)
        for day in ("2022-05-31", "2021-01-01"):
            page.evaluate("day => enping.asOf(day)", day)
            assert page.evaluate(hit) == "T1"
            assert page.evaluate(rows) == ["T1", "T4"]
            assert page.evaluate("enping.visible().count") == 2
            assert page.locator(".legend .sum td").first.inner_text() == "2"
            assert "2 宗" in page.locator(".total .small").inner_text()
            assert page.evaluate("enping.selection().ids") == []
        # The line between the parts is not drawn where they are one plot.
        assert seam(page) != with_seam
        page.evaluate("enping.goto('T1')")
        assert page.locator(".neighbour").count() == 1
        assert DAY in page.locator("#card").inner_text()
        assert page.evaluate("day => enping.filter({text: 'T2'}).count", DAY) == 0
        page.evaluate("enping.filter()")
        page.evaluate("day => enping.asOf(day)", DAY)
        assert page.evaluate(rows) == ["T2", "T3", "T4"]
        assert complaints == []


def seam(page: Page) -> str:
    """Read the pixels at the line between the two parts."""
    return str(
        page.evaluate(
            """() => {
                const [two, three] = [1, 2].map((row) => Enping.page.data.plots[row].at);
                const middle = [(two[1] + three[1]) / 2, (two[0] + three[0]) / 2];
                const at = enping.map.latLngToContainerPoint(middle);
                const around = enping.map.getContainer().getBoundingClientRect();
                const found = [];
                document.querySelectorAll('.tile').forEach((tile) => {
                    const box = tile.getBoundingClientRect();
                    const [x, y] = [at.x + around.x - box.x, at.y + around.y - box.y];
                    if (x >= 4 && y >= 4 && x < box.width - 4 && y < box.height - 4) {
                        const share = tile.width / box.width;
                        const pen = tile.getContext('2d');
                        const [left, top] = [(x - 3) * share, (y - 3) * share];
                        found.push(Array.from(pen.getImageData(left, top, 7, 7).data));
                    }
                });
                return JSON.stringify(found);
            }"""
        )
    )
